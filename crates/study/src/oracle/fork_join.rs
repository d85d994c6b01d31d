//! Requests that are worked on in branches: queues that each get a part of every request, and why a queue in a branch is none
//! that theory knows.

use super::constant::settled;
use super::officers::Staff;
use super::pools::{OraclePool, PoolFlow};
use super::reasons::note;
use super::{Compared, PoolAnswer};
use poolwise_engine::model::{ClassId, Demand, Model, Parallel, Parallels, Rest, StageKind};
use poolwise_engine::time::HOUR;
use poolwise_theory::{Exactness, fork_join};

/// Reasons that lie in branches. A queue alone in its branch gets its parts as requests come, whatever the others do: unless
/// they end with another branch, or meet each other there.
pub(super) fn reasons(model: &Model, flows: &[PoolFlow], because: &mut Vec<String>) {
    let forks = model.parallels();
    if forks.is_empty() {
        return;
    }
    let mut ended = false;
    let mut together = false;
    for flow in flows {
        let mut around = forks.around(flow.stage);
        while let Some(fork) = around {
            let cancels =
                matches!(&model.stages[fork.join].kind, StageKind::Join(rules) if rules.rest == Rest::Cancel);
            ended |= cancels && fork.need < fork.branches;
            ended |= model.classes[flow.class].deadline.is_some();
            ended |= model.centres.iter().any(|centre| centre.capacity.is_some() || centre.balk.is_some());
            // Parts of one class's requests at this pool, were all of them one.
            let parts = |f: &&PoolFlow| {
                f.class == flow.class && f.area == flow.area && fork.inside.contains(&f.stage)
            };
            let comes = |f: &PoolFlow| f.rate / rate_of(model, f.class, f.area);
            together |= flows.iter().filter(parts).map(comes).sum::<f64>() > 1.0 + 1e-9;
            around = forks.around(fork.fork);
        }
    }
    if ended {
        note(because, "branches that end with others of their request");
    }
    if together {
        note(because, "several branches of a request in one queue");
    }
}

/// Requests an hour of a class from an area.
fn rate_of(model: &Model, class: ClassId, area: usize) -> f64 {
    let demand = &model.classes[class].demand;
    match demand {
        Demand::Rate { per_second, .. } => {
            per_second * HOUR * demand.part_from(area, model.areas[area].share)
        }
        Demand::Trace(_) => f64::INFINITY,
    }
}

/// A row for each class whose requests are parts of alike M/M/1 queues, and done when all parts are.
pub(super) fn rows(model: &Model, pools: &[OraclePool]) -> Vec<PoolAnswer> {
    let forks = model.parallels();
    (0..model.classes.len()).filter_map(|class| row(model, &forks, pools, class)).collect()
}

fn row(model: &Model, forks: &Parallels, pools: &[OraclePool], class: ClassId) -> Option<PoolAnswer> {
    let kind = &model.classes[class];
    let fork = forks.all.iter().find(|fork| fork.fork == kind.start)?;
    let starts = |stage: usize| model.stages[stage].starts_clock;
    let none_says = !(0..model.stages.len()).any(starts);
    if fork.need < fork.branches
        || fork.inside.len() != fork.branches as usize
        || !(none_says || starts(fork.fork) || fork.inside.iter().all(|stage| starts(*stage)))
        || !done_after(model, fork)
    {
        return None;
    }
    let queues: Vec<&OraclePool> = fork
        .inside
        .iter()
        .map(|stage| {
            let mine = |pool: &&OraclePool| pool.flows.iter().any(|f| f.stage == *stage && f.class == class);
            let mut at = pools.iter().filter(mine);
            let only = at.next().filter(|_| at.next().is_none())?;
            only.flows.iter().all(|f| f.stage == *stage && f.class == class).then_some(only)
        })
        .collect::<Option<_>>()?;
    let first = queues.first()?;
    let (rate, mean) = (first.rate(), first.exponential()?);
    let alike = |queue: &&OraclePool| {
        queue.because.is_empty()
            && queue.is_constant(model)
            && matches!(queue.staff, Some(Staff::Constant(1)))
            && queue.room.is_none()
            && queue.abandonment == 0.0
            && (queue.rate() - rate).abs() <= 1e-9 * rate
            && queue.exponential().is_some_and(|m| (m - mean).abs() <= 1e-12 * mean)
    };
    if !queues.iter().all(alike) {
        return None;
    }
    settled(model, 1, rate, mean, 1.0, 0.0).ok()?;
    let found = fork_join::queues(fork.branches, rate, 1.0 / mean)?;
    let names: Vec<&str> = queues.iter().map(|queue| model.centres[queue.centre].name.as_str()).collect();
    let because = match found.exactness {
        Exactness::Exact => Vec::new(),
        Exactness::Approximate => vec!["more than two queues".to_owned()],
    };
    Some(PoolAnswer {
        centre: names.join(" + "),
        roles: Vec::new(),
        class: Some(kind.name.clone()),
        model: format!("fork and join of {} M/M/1", fork.branches),
        source: found.source.to_owned(),
        exactness: found.exactness,
        error_bound: None,
        because,
        values: vec![Compared::new("time_to_completion_mean_hours", found.mean)],
    })
}

/// Whether requests are done, at once, with the join.
fn done_after(model: &Model, fork: &Parallel) -> bool {
    let stage = &model.stages[fork.join];
    let exit = |s: usize| model.stages[s].kind == StageKind::Exit && model.stages[s].done;
    stage.done || stage.next.iter().all(|branch| branch.delay.is_none() && exit(branch.to))
}
