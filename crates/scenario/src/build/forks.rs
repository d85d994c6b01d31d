//! Forks and joins: the branches of a fork, what a join waits for, and that the two fit together.

use super::Builder;
use super::graph::Graph;
use super::workflow::Chances;
use crate::collections::List;
use crate::parts::{JoinIn, StageIn};
use crate::scalar::Text;
use crate::source::TextSpan;
use poolwise_engine::model::{Branch, ForkFault, Join, MOST_BRANCHES, Parallels, Rest, Stage, StageId};

/// The branches of a fork.
pub(super) fn branches(b: &mut Builder<'_>, firsts: &List<Text>) -> (Vec<Branch>, Chances) {
    let classes = b.names.classes.len();
    let count = firsts.items.len();
    if count < 2 {
        b.workflow_ok = false;
        b.cx.error(firsts.place, format!("a fork has two branches or more, and this one {count}"))
            .help("name the stage at which each branch begins: fork = [\"x-ray\", \"blood\"]");
    }
    if count > MOST_BRANCHES {
        b.workflow_ok = false;
        b.cx.error(
            firsts.place,
            format!("a fork has at most {MOST_BRANCHES} branches, and this one {count}"),
        );
    }
    let stages: Vec<StageId> = firsts.items.iter().map(|first| b.stage(Some(first))).collect();
    let branch = |(to, upto): (StageId, f64)| Branch { to, cumulative: vec![upto; classes], delay: None };
    let each = vec![vec![1.0 / count.max(1) as f64; classes]; count];
    (Stage::evenly(&stages).into_iter().map(branch).collect(), each)
}

/// What a join waits for.
pub(super) fn join(b: &mut Builder<'_>, stage: &StageIn, input: &JoinIn) -> Join {
    let JoinIn::Table(table) = input else { return Join::default() };
    if table.need.is_none() && table.rest.0 != Rest::default() {
        b.cx.error(table.place, "`rest` is of the branches that are left when fewer than all are needed")
            .help("say how many are enough: join = { need = 1, rest = \"finish\" }");
    }
    b.workflow_ok &= b.cx.intact(stage.place);
    Join { need: table.need.map(|need| need.value as u32), rest: table.rest.0 }
}

/// Checks that each fork has a join of its own, and that nobody comes into a branch past its fork. Whether it is so.
pub(super) fn check(b: &mut Builder<'_>, graph: &Graph<'_>) -> bool {
    let input = b.input;
    let forks = match Parallels::of(graph.stages) {
        Ok(forks) => forks,
        Err(fault) => {
            tell(b, graph, stage_place(b, graph, &fault), &fault);
            return false;
        }
    };
    let mut fits = true;
    let mut entry = |b: &mut Builder<'_>, to: StageId, place: TextSpan| {
        if let Some(fault) = forks.fault_of_entry(graph.stages, to) {
            tell(b, graph, place, &fault);
            fits = false;
        }
    };
    for (c, class) in graph.classes.iter().enumerate() {
        let (name, given) = &input.class.0[c];
        entry(b, class.start, given.start.as_ref().map_or(name.place, |start| start.place));
        for &aside in &graph.asides[c] {
            entry(b, aside, b.input.stage.0[aside].0.place);
        }
    }
    if let (Some(rework), Some(given)) = (graph.rework, &input.rework) {
        entry(b, rework.stage, given.stage.get().map_or(given.place, |stage| stage.place));
        let documented = forks.around(rework.documented_at);
        if documented.is_some_and(|fork| fork.need < fork.branches) {
            let place = given.documented_at.get().map_or(given.place, |stage| stage.place);
            b.cx.error(place, "cases are documented in a branch that may not come to its end")
                .help("let the join wait for all branches, or document cases at a stage before or after");
            fits = false;
        }
    }
    fits
}

/// Whether requests can be there at the start: not in one branch of a fork while nothing is said of the others.
pub(super) fn may_start_at(b: &mut Builder<'_>, stages: &[Stage], stage: StageId, place: TextSpan) -> bool {
    let Ok(forks) = Parallels::of(stages) else { return true };
    let Some(fork) = forks.around(stage) else { return true };
    let name = &stages[fork.fork].name;
    b.cx.error(place, format!("`{}` is in a branch of the fork `{name}`", stages[stage].name))
        .help("where the other branches of these requests are is not known: name a stage before the fork or after the join");
    false
}

fn stage_place(b: &Builder<'_>, graph: &Graph<'_>, fault: &ForkFault) -> TextSpan {
    let (name, stage) = &b.input.stage.0[fault.stage];
    match (&graph.stages[fault.stage].kind, &stage.join) {
        (poolwise_engine::model::StageKind::Join(_), Some(JoinIn::Table(table))) => table.place,
        _ => name.place,
    }
}

fn tell(b: &mut Builder<'_>, graph: &Graph<'_>, place: TextSpan, fault: &ForkFault) {
    b.cx.error(place, format!("`{}`: {}", graph.stages[fault.stage].name, fault.why)).help(
        "a fork sends a request into its branches, and all of them end at one stage with `join`, which leads on; nothing else leads in or out",
    );
}
