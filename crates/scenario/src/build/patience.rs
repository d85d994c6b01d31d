//! Finds waits that nobody has the patience for: who would be served, moved on or called back after them has gone before, or
//! can never be reached.

use super::Builder;
use super::reach::Sent;
use crate::diagnostic::few;
use crate::source::TextSpan;
use poolwise_engine::model::{
    CentreId, ClassId, DeadlineUntil, Delay, Destination, Model, PoolKind, Rule, StageId, StageKind,
};
use poolwise_engine::random::Sampler;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What is known of a class.
struct ClassPatience<'m> {
    /// Time from its arrival to its deadline, where it has one.
    after: Option<&'m Sampler>,
    /// Stages that its requests come to.
    reached: Vec<bool>,
    /// Stages at which the deadline runs whenever one of its requests waits there.
    runs: Vec<bool>,
}

impl<'m> ClassPatience<'m> {
    fn of(model: &'m Model, class: ClassId) -> Self {
        let Some(deadline) = &model.classes[class].deadline else {
            return Self { after: None, reached: Vec::new(), runs: Vec::new() };
        };
        let mut entries = vec![model.classes[class].start];
        entries.extend(model.asides(class));
        entries.extend(model.rework.iter().map(|rework| rework.stage));
        entries.extend(model.run.start.iter().filter(|s| s.class == class).map(|s| s.stage));
        let reached = closed(model, class, &entries);
        let (DeadlineUntil::Finish(end) | DeadlineUntil::Start(end)) = deadline.until;
        // Behind the stage that meets it, a deadline does not run; nor where a request has turned aside, or comes back.
        let mut beyond: Vec<StageId> = model.shares(class, end).iter().map(|way| way.0).collect();
        beyond.extend_from_slice(&entries[1..]);
        let beyond = closed(model, class, &beyond);
        let runs = (0..reached.len()).map(|s| reached[s] && (s == end || !beyond[s])).collect();
        Self { after: Some(&deadline.after), reached, runs }
    }

    /// Whether nobody of the class still waits at a stage after so long.
    fn has_gone(&self, stage: StageId, wait: f64) -> bool {
        self.after.is_some_and(|after| self.runs[stage] && after.cdf(wait) >= 1.0)
    }

    /// Whether requests of the class may come to a stage, as far as is known.
    fn may_come(&self, stage: StageId) -> bool {
        self.after.is_none() || self.reached[stage]
    }
}

/// The stages that a class comes to from some, these among them.
fn closed(model: &Model, class: ClassId, from: &[StageId]) -> Vec<bool> {
    let ways = model.ways_from(class, from);
    let mut seen = vec![false; ways.len()];
    from.iter().for_each(|s| seen[*s] = true);
    ways.iter().flatten().for_each(|way| seen[way.0] = true);
    seen
}

/// Checks roles that are taken after a wait, rules that move on after one, and ways that take longer than anybody has.
pub(super) fn check(b: &mut Builder<'_>, model: &Model, sent: &Sent, rules: &[TextSpan]) {
    full_before(b, model, rules);
    if model.classes.iter().all(|class| class.deadline.is_none()) {
        return;
    }
    let classes: Vec<ClassPatience<'_>> =
        (0..model.classes.len()).map(|c| ClassPatience::of(model, c)).collect();
    offers(b, model, sent, &classes);
    overflows(b, model, rules, &classes);
    for (c, one) in classes.iter().enumerate() {
        in_vain(b, model, c, one);
    }
}

/// Officers who take a role's cases only when nobody waits any more.
fn offers(b: &mut Builder<'_>, model: &Model, sent: &Sent, classes: &[ClassPatience<'_>]) {
    for &(s, k) in sent.keys() {
        let StageKind::Service(service) = &model.stages[s].kind else { continue };
        let after = soonest(model, k, service.role);
        if service.same_officer || after <= 0.0 || after.is_infinite() || is_helped(model, k) {
            continue;
        }
        let comes = |c: &ClassId| {
            classes[*c].may_come(s)
                && model.rules.iter().any(|r| r.stages[s] && r.classes[*c] && leads(model, r, k))
        };
        let gone = |c: &ClassId| classes[*c].has_gone(s, after);
        let names: Vec<&str> = (0..classes.len())
            .filter(|c| gone(c) && comes(c))
            .map(|c| model.classes[c].name.as_str())
            .collect();
        if names.is_empty() {
            continue;
        }
        let message = format!(
            "no case of {} is ever begun in `{}` at `{}`: its officers take `{}` after a wait of {}, and nobody waits so long",
            few(&names, 5),
            model.stages[s].name,
            model.centres[k].name,
            model.roles[service.role],
            crate::quantity::write_duration(after)
        );
        b.cx.warning(b.input.centre.0[k].0.place, message).help(
            "make `after` of the role shorter than the `deadline`, or roster somebody who takes it at once",
        );
    }
}

/// The shortest wait after which somebody at a centre takes a role; infinite where nobody ever does.
fn soonest(model: &Model, k: CentreId, role: usize) -> f64 {
    let holds = model.centres[k].pools.iter().filter(|pool| pool.roles >> role & 1 == 1 && comes(&pool.kind));
    let after = |skills: &[poolwise_engine::model::Skill]| {
        skills.iter().find(|skill| skill.role == role).map_or(0.0, |skill| skill.after)
    };
    holds.map(|pool| after(&pool.skills)).fold(f64::INFINITY, f64::min)
}

/// Whether a pool ever has anybody.
fn comes(kind: &PoolKind) -> bool {
    match kind {
        PoolKind::Crews(lines) => lines.iter().any(|l| l.once.is_some() || l.officers.iter().any(|n| *n > 0)),
        PoolKind::Levels(_) => true,
    }
}

/// Whether others come to help at a centre, who may take everything at once.
fn is_helped(model: &Model, k: CentreId) -> bool {
    let helps = |t: &poolwise_engine::model::Trigger| {
        t.calls.iter().any(|call| call.centre == k) || t.moves.iter().any(|m| m.to == k)
    };
    model.triggers.iter().any(helps)
}

/// Whether a rule may lead to a centre.
fn leads(model: &Model, rule: &Rule, k: CentreId) -> bool {
    let mut targets = std::iter::once(&rule.to).chain(rule.overflow.as_ref().map(|o| &o.to));
    targets.any(|target| match target {
        Destination::Centre(c) => *c == k,
        Destination::Local => model.areas.iter().any(|area| area.centre == Some(k)),
        Destination::Same => true,
        Destination::LeastLoaded(list) => list.contains(&k),
    })
}

/// Rules that move on who waits longer than anybody does.
fn overflows(b: &mut Builder<'_>, model: &Model, places: &[TextSpan], classes: &[ClassPatience<'_>]) {
    for (rule, place) in model.rules.iter().zip(places) {
        let Some(overflow) = rule.overflow.as_ref().filter(|o| o.queue.is_none()) else { continue };
        let Some(after) = overflow.after.filter(|after| *after > 0.0) else { continue };
        let is_service =
            |s: &StageId| rule.stages[*s] && matches!(model.stages[*s].kind, StageKind::Service(_));
        let stages: Vec<StageId> = (0..model.stages.len()).filter(is_service).collect();
        let mut concerned = (0..classes.len())
            .filter(|c| rule.classes[*c])
            .flat_map(|c| stages.iter().filter(move |s| classes[c].may_come(**s)).map(move |s| (c, *s)))
            .peekable();
        if concerned.peek().is_some() && concerned.all(|(c, s)| classes[c].has_gone(s, after)) {
            let message = format!(
                "this rule moves nobody on: after {} all whom it sends have given up",
                crate::quantity::write_duration(after)
            );
            b.cx.warning(*place, message).help("make `after` of its `overflow` shorter than the `deadline`");
        }
    }
}

/// Queues that are full before they are long enough to move somebody on, or to offer a call.
fn full_before(b: &mut Builder<'_>, model: &Model, places: &[TextSpan]) {
    for (rule, place) in model.rules.iter().zip(places) {
        let Some(overflow) = rule.overflow.as_ref().filter(|o| o.after.is_none()) else { continue };
        let (Some(queue), Destination::Centre(k)) = (overflow.queue, &rule.to) else { continue };
        let Some((limit, _)) = model.centres[*k].capacity.filter(|capacity| queue > capacity.0) else {
            continue;
        };
        let name = &model.centres[*k].name;
        b.cx.warning(*place, format!("this rule moves nobody on: at `{name}` no more than {limit} may wait"))
            .help("make `queue` of its `overflow` no more than `limit` of its `queue_capacity`");
    }
    for (k, centre) in model.centres.iter().enumerate() {
        let Some(calls) = &centre.call_back else { continue };
        let place = b.input.centre.0[k].1.call_back.as_ref().map_or(TextSpan::NONE, |given| given.place);
        if let Some((limit, _)) =
            centre.capacity.filter(|capacity| calls.queue >= capacity.0 && calls.queue > 0)
        {
            let message =
                format!("nobody is ever offered a call at `{}`: no more than {limit} may wait", centre.name);
            b.cx.warning(place, message)
                .help("make `queue` of `call_back` less than `limit` of its `queue_capacity`");
        }
        if calls.accepted > 0.0 && calls.answered <= 0.0 {
            let message = "whoever takes the offer of a call is never served: no call is answered";
            b.cx.warning(place, message).help("`answered` is the probability that a call is answered");
        }
    }
}

/// A class whose deadline passes before it can be met, however few there are.
fn in_vain(b: &mut Builder<'_>, model: &Model, class: ClassId, one: &ClassPatience<'_>) {
    let (Some(after), Some(deadline)) = (one.after, &model.classes[class].deadline) else { return };
    let rebooks =
        |s: &StageId| matches!(&model.stages[*s].kind, StageKind::Delay(Delay { rebook: true, .. }));
    if (0..model.stages.len()).any(|s| one.reached[s] && rebooks(&s)) {
        return;
    }
    let (end, what) = match deadline.until {
        DeadlineUntil::Finish(s) => (s, "is done"),
        DeadlineUntil::Start(s) => (s, "is begun"),
    };
    let mut least = least_until(model, class, end);
    if matches!(deadline.until, DeadlineUntil::Finish(_)) {
        least += shortest(model, class, end);
    }
    // What ends at the deadline is in time.
    if least.is_finite() && least > 0.0 && after.cdf(least * (1.0 - 1e-9)) >= 1.0 {
        let message = format!(
            "every request of `{}` is lost: `{}` {what} {} after its arrival at the soonest, and every deadline is before",
            model.classes[class].name,
            model.stages[end].name,
            crate::quantity::write_duration(least)
        );
        b.cx.warning(b.input.class.0[class].0.place, message)
            .help("the `deadline` runs from arrival: make it longer than what lies before");
    }
}

/// The shortest time from a class's arrival until it reaches a stage, nobody waiting (Dijkstra 1959).
fn least_until(model: &Model, class: ClassId, end: StageId) -> f64 {
    let mut best = vec![f64::INFINITY; model.stages.len()];
    let start = model.classes[class].start;
    best[start] = 0.0;
    // Times are not negative, so that their bits stand in the order of their values.
    let mut open = BinaryHeap::from([(Reverse(0.0_f64.to_bits()), start)]);
    while let Some((Reverse(bits), s)) = open.pop() {
        let t = f64::from_bits(bits);
        if s == end {
            return t;
        }
        if t > best[s] {
            continue;
        }
        let mut before = 0.0;
        for branch in &model.stages[s].next {
            let taken = branch.cumulative[class] > before;
            before = branch.cumulative[class];
            let then = t + shortest(model, class, s) + branch.delay.as_ref().map_or(0.0, shortest_draw);
            if taken && then < best[branch.to] {
                best[branch.to] = then;
                open.push((Reverse(then.to_bits()), branch.to));
            }
        }
    }
    f64::INFINITY
}

/// The shortest time that a stage takes, wherever it is done.
fn shortest(model: &Model, class: ClassId, stage: StageId) -> f64 {
    match &model.stages[stage].kind {
        StageKind::Service(service) => {
            let quicker = !model.handling.is_empty()
                || model.centres.iter().any(|centre| {
                    let learns = |l: &poolwise_engine::model::ShiftLine| l.learning.is_some();
                    let quick = |pool: &poolwise_engine::model::Pool| {
                        !pool.skills.is_empty()
                            || matches!(&pool.kind, PoolKind::Crews(l) if l.iter().any(learns))
                    };
                    centre.concurrency.is_some() || centre.pools.iter().any(quick)
                });
            let speed = model.centres.iter().map(|centre| centre.speed[class]).fold(f64::INFINITY, f64::min);
            // Where times depend on who does it, on the load or on what else is in hand, none is known to be the least.
            if quicker || speed.is_infinite() { 0.0 } else { speed * shortest_draw(&service.time) }
        }
        // A pick-up clock may end a delay early.
        StageKind::Delay(delay) if delay.pickup.is_none() => shortest_draw(&delay.time),
        _ => 0.0,
    }
}

/// The least that a time can be.
fn shortest_draw(time: &Sampler) -> f64 {
    match time {
        Sampler::Constant(x) => *x,
        Sampler::Uniform { low, .. } | Sampler::Triangular { low, .. } => *low,
        Sampler::Empirical(values) => values.iter().copied().fold(f64::INFINITY, f64::min),
        _ => 0.0,
    }
}
