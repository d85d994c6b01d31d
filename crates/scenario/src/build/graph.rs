//! Checks of the workflow as a graph: what each class comes by, loops without time, dead ends, clocks.

use super::Builder;
use super::forks;
use super::reach::Sent;
use super::workflow::Chances;
use crate::diagnostic::{few, list};
use crate::parts::{NextIn, ProbabilityIn};
use crate::source::TextSpan;
use poolwise_engine::model::{Centre, Class, DeadlineUntil, Parallels, Rework, Stage, StageId, StageKind};
use std::collections::{BTreeMap, HashSet};

/// Which stages each class comes by.
pub(super) struct ClassStages {
    /// By class, then stage: the class can reach the stage.
    pub reached: Vec<Vec<bool>>,
    /// By class, then stage: the class can reach it with no service before.
    pub without_service: Vec<Vec<bool>>,
    /// By class, then stage: the stages that the class can come from.
    pub from: Vec<Vec<Vec<StageId>>>,
}

/// The workflow as the checks see it.
pub(crate) struct Graph<'a> {
    pub stages: &'a [Stage],
    pub chances: &'a [Chances],
    pub classes: &'a [Class],
    pub rework: Option<&'a Rework>,
    /// By class: stages to which it may turn aside, because a deadline passes or a centre does not take it in.
    pub asides: Vec<Vec<StageId>>,
}

impl Graph<'_> {
    /// Whether the class takes the branch. A probability that is not known counts as possible.
    fn taken(&self, stage: StageId, branch: usize, class: usize) -> bool {
        let p = self.chances[stage][branch][class];
        p > 0.0 || p.is_nan()
    }

    fn comes_back(&self) -> Option<&Rework> {
        self.rework.filter(|r| r.probability > 0.0 && r.redone > 0.0)
    }

    fn is_service(&self, stage: StageId) -> bool {
        matches!(self.stages[stage].kind, StageKind::Service(_))
    }

    fn rebooks(&self, stage: StageId) -> bool {
        matches!(&self.stages[stage].kind, StageKind::Delay(d) if d.rebook)
    }

    fn is_exit(&self, stage: StageId) -> bool {
        matches!(self.stages[stage].kind, StageKind::Exit)
    }

    /// What each class comes by.
    pub(super) fn flow(&self) -> ClassStages {
        let n = self.stages.len();
        let mut flow = ClassStages { reached: Vec::new(), without_service: Vec::new(), from: Vec::new() };
        for (c, class) in self.classes.iter().enumerate() {
            let mut from: Vec<Vec<StageId>> = vec![Vec::new(); n];
            let mut reached = vec![false; n];
            let mut todo = vec![class.start];
            reached[class.start] = true;
            for &s in &self.asides[c] {
                reached[s] = true;
                todo.push(s);
            }
            while let Some(s) = todo.pop() {
                let next = self.stages[s].next.iter().enumerate().filter(|(b, _)| self.taken(s, *b, c));
                let mut to: Vec<StageId> = next.map(|(_, b)| b.to).collect();
                if let Some(r) = self.comes_back().filter(|r| r.documented_at == s) {
                    to.push(r.stage);
                }
                for t in to {
                    from[t].push(s);
                    if !reached[t] {
                        reached[t] = true;
                        todo.push(t);
                    }
                }
            }
            // Work that comes back, and a request that is booked anew, forget who served them.
            let mut without = vec![false; n];
            todo.push(class.start);
            todo.extend(&self.asides[c]);
            todo.extend(self.comes_back().filter(|r| reached[r.documented_at]).map(|r| r.stage));
            for s in (0..n).filter(|s| reached[*s] && self.rebooks(*s)) {
                let next = self.stages[s].next.iter().enumerate();
                todo.extend(next.filter(|(b, _)| self.taken(s, *b, c)).map(|(_, b)| b.to));
            }
            todo.iter().for_each(|s| without[*s] = true);
            while let Some(s) = todo.pop() {
                if self.is_service(s) {
                    continue;
                }
                for (b, branch) in self.stages[s].next.iter().enumerate() {
                    if self.taken(s, b, c) && !without[branch.to] {
                        without[branch.to] = true;
                        todo.push(branch.to);
                    }
                }
            }
            flow.reached.push(reached);
            flow.without_service.push(without);
            flow.from.push(from);
        }
        flow
    }
}

/// Runs all checks of the workflow.
pub(super) fn check(b: &mut Builder<'_>, graph: &Graph<'_>, flow: &ClassStages) {
    unnamed_classes(b, graph, flow);
    if !forks::check(b, graph) {
        return;
    }
    dead_ends(b, graph, flow);
    timeless_loops(b, graph, flow);
    deadlines(b, graph, flow);
    kinds(b, graph, flow);
    never_done(b, graph, flow);
    same_officer(b, graph, flow);
}

/// Classes of which nobody is ever done: an exit that those turned away or lost share with those served counts as done for none.
fn never_done(b: &mut Builder<'_>, graph: &Graph<'_>, flow: &ClassStages) {
    let of_class = |c: &usize| !(0..graph.stages.len()).any(|s| flow.reached[*c][s] && graph.stages[s].done);
    let classes: Vec<usize> = (0..graph.classes.len()).filter(of_class).collect();
    let Some(&first) = classes.first() else { return };
    let names: Vec<&str> = classes.iter().map(|c| graph.classes[*c].name.as_str()).collect();
    let shared = (0..graph.stages.len()).find(|s| graph.is_exit(*s) && flow.reached[first][*s]);
    let place = shared.map_or(TextSpan::NONE, |s| stage_place(b, s));
    let message = format!("nothing of {} ever counts as done: no stage that it reaches does", few(&names, 5));
    b.cx.warning(place, message).help(
        "an exit of those who are lost or turned away is not done: give them one of their own, or say `done = true` at a stage",
    );
}

fn stage_place(b: &Builder<'_>, stage: StageId) -> TextSpan {
    b.input.stage.0[stage].0.place
}

/// A branch by class must name every class that comes by.
fn unnamed_classes(b: &mut Builder<'_>, graph: &Graph<'_>, flow: &ClassStages) {
    for s in 0..graph.stages.len() {
        let Some(NextIn::Branches(branches)) = &b.input.stage.0[s].1.next else { continue };
        for branch in &branches.items {
            let Some(ProbabilityIn::ByClass(table)) = &branch.probability else { continue };
            let missing: Vec<&str> = (0..graph.classes.len())
                .filter(|c| flow.reached[*c][s])
                .map(|c| graph.classes[c].name.as_str())
                .filter(|name| !table.iter().any(|(k, _)| k.as_str() == *name))
                .collect();
            if !missing.is_empty() {
                let place = table.0.first().map_or(branch.place, |(k, _)| k.place);
                b.cx.error(place, format!("no probability for {}", list(&missing)))
                    .help("name every class that can come by");
            }
        }
    }
}

/// From every stage that is reached, some exit must be.
fn dead_ends(b: &mut Builder<'_>, graph: &Graph<'_>, flow: &ClassStages) {
    let n = graph.stages.len();
    let mut stuck: Vec<bool> = vec![false; n];
    for c in 0..graph.classes.len() {
        let mut ends = vec![false; n];
        let mut todo: Vec<StageId> = (0..n).filter(|s| graph.is_exit(*s) || has_pickup(graph, *s)).collect();
        todo.iter().for_each(|s| ends[*s] = true);
        while let Some(s) = todo.pop() {
            for &p in &flow.from[c][s] {
                let leads =
                    graph.stages[p].next.iter().enumerate().any(|(i, x)| x.to == s && graph.taken(p, i, c));
                if leads && !ends[p] {
                    ends[p] = true;
                    todo.push(p);
                }
            }
        }
        for s in 0..n {
            stuck[s] |= flow.reached[c][s] && !ends[s];
        }
    }
    let names: Vec<&str> = (0..n).filter(|s| stuck[*s]).map(|s| graph.stages[s].name.as_str()).collect();
    if let Some(first) = (0..n).find(|s| stuck[*s]) {
        b.cx.error(stage_place(b, first), format!("no exit can be reached from {}", few(&names, 5)))
            .help("a request must be able to leave: let a branch lead to a stage with `exit = true`");
    }
    let mut used: HashSet<StageId> = HashSet::new();
    used.extend(graph.classes.iter().filter_map(|c| Some(c.deadline.as_ref()?.exit)));
    for stage in graph.stages {
        if let StageKind::Delay(delay) = &stage.kind {
            used.extend(delay.pickup.iter().map(|p| p.exit));
        }
    }
    used.extend(b.exits_of_centres.iter().copied());
    for s in 0..n {
        if !used.contains(&s) && !flow.reached.iter().any(|r| r[s]) {
            b.cx.warning(
                stage_place(b, s),
                format!("no request ever reaches the stage `{}`", graph.stages[s].name),
            );
        }
    }
}

fn has_pickup(graph: &Graph<'_>, s: StageId) -> bool {
    matches!(&graph.stages[s].kind, StageKind::Delay(d) if d.pickup.is_some())
}

/// A loop whose times are all zero would never let the clock go on.
fn timeless_loops(b: &mut Builder<'_>, graph: &Graph<'_>, flow: &ClassStages) {
    let n = graph.stages.len();
    let forks = Parallels::of(graph.stages).unwrap_or_default();
    let zero = |s: StageId| match &graph.stages[s].kind {
        StageKind::Service(x) => x.time.is_zero(),
        StageKind::Delay(x) => x.time.is_zero(),
        StageKind::Exit => false,
        StageKind::Fork => true,
        // Where all branches are waited for, one that takes time is enough.
        StageKind::Join(_) => forks.of_join(s).is_none_or(|fork| {
            let takes_time = |s: &StageId| match &graph.stages[*s].kind {
                StageKind::Service(x) => !x.time.is_zero(),
                StageKind::Delay(x) => !x.time.is_zero(),
                _ => false,
            };
            fork.need < fork.branches || !fork.inside.iter().any(takes_time)
        }),
    };
    let mut reported: HashSet<Vec<StageId>> = HashSet::new();
    for c in 0..graph.classes.len() {
        let mut edges: Vec<Vec<StageId>> = vec![Vec::new(); n];
        for s in (0..n).filter(|s| flow.reached[c][*s] && zero(*s)) {
            for (i, branch) in graph.stages[s].next.iter().enumerate() {
                let at_once = branch.delay.as_ref().is_none_or(poolwise_engine::random::Sampler::is_zero);
                if at_once && graph.taken(s, i, c) {
                    edges[s].push(branch.to);
                }
            }
            if let Some(r) = graph.comes_back().filter(|r| r.documented_at == s && r.after.is_zero()) {
                edges[s].push(r.stage);
            }
        }
        if let Some(mut cycle) = find_cycle(&edges) {
            let names: Vec<&str> = cycle.iter().map(|s| graph.stages[*s].name.as_str()).collect();
            let path = names.join(" -> ");
            let first = cycle[0];
            cycle.sort_unstable();
            if reported.insert(cycle) {
                b.cx.error(
                    stage_place(b, first),
                    format!("a loop of stages takes no time: {path} -> {}", names[0]),
                )
                .help("give one of the stages or branches a delay above zero");
            }
        }
    }
}

/// Stages from which a request that is turned away comes, in no time, to where it is turned away again: it would be so for
/// ever at one instant.
pub(crate) fn turned_away_for_ever(b: &mut Builder<'_>, graph: &Graph<'_>, sent: &Sent, centres: &[Centre]) {
    let mut edges: Vec<Vec<StageId>> = graph
        .stages
        .iter()
        .map(|stage| match &stage.kind {
            StageKind::Service(x) if !x.time.is_zero() => Vec::new(),
            StageKind::Delay(x) if !x.time.is_zero() => Vec::new(),
            _ => stage
                .next
                .iter()
                .filter(|x| x.delay.as_ref().is_none_or(poolwise_engine::random::Sampler::is_zero))
                .map(|x| x.to)
                .collect(),
        })
        .collect();
    let mut by: BTreeMap<(StageId, StageId), TextSpan> = BTreeMap::new();
    for &(s, k) in sent.keys() {
        let input = &b.input.centre.0[k].1;
        let place = |exit: Option<&crate::scalar::Text>| exit.map_or(input.place, |t| t.place);
        if let (Some((_, to)), Some(limit)) = (centres[k].capacity, &input.queue_capacity) {
            edges[s].push(to);
            by.entry((s, to)).or_insert(place(limit.exit.get()));
        }
        if let (Some(balk), Some(given)) = (&centres[k].balk, &input.balking) {
            edges[s].push(balk.exit);
            by.entry((s, balk.exit)).or_insert(place(given.exit.get()));
        }
    }
    if let Some(mut cycle) = find_cycle(&edges) {
        cycle.push(cycle[0]);
        let names: Vec<&str> = cycle.iter().map(|s| graph.stages[*s].name.as_str()).collect();
        let place = cycle.windows(2).find_map(|w| by.get(&(w[0], w[1])).copied());
        b.cx.error(
            place.unwrap_or(stage_place(b, cycle[0])),
            format!(
                "whoever is turned away may be turned away again in no time, for ever: {}",
                names.join(" -> ")
            ),
        )
        .help("let a delay come before the queue that may be full");
    }
}

/// A cycle of the graph, if there is one, by depth-first search.
fn find_cycle(edges: &[Vec<StageId>]) -> Option<Vec<StageId>> {
    let mut state = vec![0_u8; edges.len()];
    for root in 0..edges.len() {
        if state[root] != 0 {
            continue;
        }
        let mut path: Vec<(StageId, usize)> = vec![(root, 0)];
        state[root] = 1;
        while let Some((s, i)) = path.last_mut() {
            match edges[*s].get(*i) {
                Some(&t) => {
                    *i += 1;
                    if state[t] == 1 {
                        let start = path.iter().position(|p| p.0 == t)?;
                        return Some(path[start..].iter().map(|p| p.0).collect());
                    }
                    if state[t] == 0 {
                        state[t] = 1;
                        path.push((t, 0));
                    }
                }
                None => {
                    state[*s] = 2;
                    path.pop();
                }
            }
        }
    }
    None
}

/// Deadlines end at stages that the class comes by; pick-up clocks count from deadlines.
fn deadlines(b: &mut Builder<'_>, graph: &Graph<'_>, flow: &ClassStages) {
    for (c, class) in graph.classes.iter().enumerate() {
        let Some(deadline) = &class.deadline else { continue };
        let Some(input) = &b.input.class.0[c].1.deadline else { continue };
        let place = input.until.get().map_or(input.place, |u| match u {
            crate::parts::UntilIn::Finish(t) => t.place,
            crate::parts::UntilIn::Start(t) => t.start.get().map_or(t.place, |t| t.place),
        });
        let (stage, start) = match deadline.until {
            DeadlineUntil::Finish(s) => (s, false),
            DeadlineUntil::Start(s) => (s, true),
        };
        let name = &graph.stages[stage].name;
        if !flow.reached[c][stage] {
            b.cx.error(
                place,
                format!("the class `{}` never reaches `{name}`, so nothing cancels its deadline", class.name),
            );
        } else if start && !graph.is_service(stage) {
            b.cx.error(place, format!("`{name}` is not a service stage: service never starts there"));
        } else if graph.is_exit(stage) {
            b.cx.error(place, format!("`{name}` is an exit: a deadline ends with a service or delay"));
        }
    }
    for (s, stage) in graph.stages.iter().enumerate() {
        let StageKind::Delay(delay) = &stage.kind else { continue };
        let Some(input) = delay.pickup.as_ref().and(b.input.stage.0[s].1.pickup_clock.as_ref()) else {
            continue;
        };
        let without: Vec<&str> = (0..graph.classes.len())
            .filter(|c| flow.reached[*c][s] && graph.classes[*c].deadline.is_none())
            .map(|c| graph.classes[c].name.as_str())
            .collect();
        if !without.is_empty() {
            b.cx.error(
                input.place,
                format!("the pick-up clock counts from the deadline, but {} has none", list(&without)),
            )
            .help("give the class a `deadline`");
        }
    }
}

/// Stages named for a purpose must be of the kind that serves it.
fn kinds(b: &mut Builder<'_>, graph: &Graph<'_>, _flow: &ClassStages) {
    let input = b.input;
    let mut exits: Vec<(&crate::scalar::Text, StageId)> = Vec::new();
    for (c, (_, class)) in input.class.iter().enumerate() {
        if graph.is_exit(graph.classes[c].start) {
            let place = class.start.as_ref().map_or(TextSpan::NONE, |t| t.place);
            b.cx.error(place, "a request cannot start at an exit");
        }
    }
    for (_, stage) in input.stage.iter() {
        if let Some(text) = stage.pickup_clock.as_ref().and_then(|p| p.exit.get())
            && let Some(s) = b.names.stages.find(text, b.cx)
        {
            exits.push((text, s));
        }
    }
    for (text, s) in exits {
        if !graph.is_exit(s) {
            let names: Vec<&str> = (0..graph.stages.len())
                .filter(|s| graph.is_exit(*s))
                .map(|s| graph.stages[s].name.as_str())
                .collect();
            b.cx.error(text.place, format!("`{}` is not an exit", text.as_str())).names(text.as_str(), names);
        }
    }
    if let (Some(r), Some(input)) = (graph.rework, &input.rework) {
        if !graph.is_service(r.documented_at) {
            let place = input.documented_at.get().map_or(input.place, |t| t.place);
            b.cx.error(place, "a case is documented at a service stage");
        }
        if graph.is_exit(r.stage) {
            let place = input.stage.get().map_or(input.place, |t| t.place);
            b.cx.error(place, "work that comes back cannot enter an exit");
        }
    }
}

/// The officer of the stage before can only go on where there was one.
fn same_officer(b: &mut Builder<'_>, graph: &Graph<'_>, flow: &ClassStages) {
    for (s, stage) in graph.stages.iter().enumerate() {
        let StageKind::Service(service) = &stage.kind else { continue };
        if !service.same_officer {
            continue;
        }
        let place = stage_place(b, s);
        if service.officers > 1 {
            b.cx.error(
                place,
                format!("`{}` asks for the same officer and for {} at once", stage.name, service.officers),
            );
        }
        let mut told = HashSet::new();
        for c in (0..graph.classes.len()).filter(|c| flow.reached[*c][s]) {
            if graph.classes[c].start == s || graph.asides[c].contains(&s) {
                b.cx.error(
                    place,
                    format!(
                        "`{}` asks for the same officer, but requests come to it from a queue or start there",
                        stage.name
                    ),
                );
            }
            for &p in &flow.from[c][s] {
                if !told.insert(p) {
                    continue;
                }
                let before = &graph.stages[p];
                let delayed =
                    before.next.iter().any(|x| x.to == s && x.delay.as_ref().is_some_and(|d| !d.is_zero()));
                let wrong = match &before.kind {
                    StageKind::Service(x) if x.officers > 1 => {
                        Some(format!("`{}` takes several officers", before.name))
                    }
                    StageKind::Service(x) if x.after_work.is_some() => {
                        Some(format!("that of `{}` has `after_work` to do first", before.name))
                    }
                    StageKind::Service(_) if delayed => {
                        Some(format!("there is a delay after `{}`", before.name))
                    }
                    StageKind::Service(_) => None,
                    _ => Some(format!("`{}` before it has no officer", before.name)),
                };
                if let Some(why) = wrong {
                    b.cx.error(place, format!("`{}` asks for the same officer, but {why}", stage.name))
                        .help("the stage before must be a service of one officer, straight before it");
                }
            }
        }
    }
    if let Some(r) = graph.comes_back()
        && let StageKind::Service(service) = &graph.stages[r.stage].kind
        && service.same_officer
    {
        let place = b.input.rework.as_ref().and_then(|r| r.stage.get()).map_or(TextSpan::NONE, |t| t.place);
        b.cx.error(
            place,
            format!("work that comes back has no officer to go on with `{}`", graph.stages[r.stage].name),
        );
    }
}
