//! Why no exact model fits a pool: reasons that lie in a class and its way, in the centre, in priorities, in patience.

use super::discipline::{Formulas, formulas};
use super::path::ClassPath;
use super::pools::PoolFlow;
use poolwise_engine::model::{
    AbsenceMode, CaseChoice, Centre, CentreId, ClassId, DeadlineUntil, Demand, Model, Pool, PoolKind,
    Profile, RoleId, Service, Stage, StageId, StageKind,
};
use poolwise_engine::random::Sampler;
use poolwise_engine::time::HOUR;
use poolwise_planning::offered_load::Load;

/// Why most models do not fit where officers are kept free of some classes.
pub(crate) const RESERVE: &str = "{officers} kept free of some classes";
/// Why most models do not fit a class with `redial`.
pub(crate) const REDIAL: &str = "clients who come again";

/// Why most models do not fit officers with several cases in hand.
pub(crate) const CONCURRENCY: &str = "{officers} with several cases in hand";
/// Why most models do not fit services of several requests.
pub(crate) const BATCH_SERVICE: &str = "several requests served at once";
/// Why most models do not fit a class whose requests come several at a time.
pub(crate) const BATCHES: &str = "arrivals in batches";
/// Why most models do not fit officers with skills of their own.
pub(crate) const DIFFERENT_ROLES: &str = "{officers} who hold different roles";
pub(crate) const DIFFERENT_SPEED: &str = "{officers} of different speed";
pub(crate) const NOT_THE_FIRST: &str = "{officers} who do not take the first in line";
/// Why most models do not fit officers on shifts.
pub(crate) const CREWS: &str = "crews on shifts";

/// Part of a delay's mean that may be left when the statistics begin.
const UNSETTLED: f64 = 1e-3;

pub(super) fn note(because: &mut Vec<String>, why: impl Into<String>) {
    let why = why.into();
    if !because.contains(&why) {
        because.push(why);
    }
}

/// Reasons that lie in a class and its way to a stage.
pub(crate) fn of_stage(
    model: &Model,
    path: &ClassPath,
    class: ClassId,
    stage: StageId,
    service: &Service,
    because: &mut Vec<String>,
) {
    let kind = &model.classes[class];
    if path.after_service[stage] {
        note(because, "arrivals come out of another queue");
    }
    if path.again[stage] {
        note(because, "work comes back");
    }
    if service.batch.is_some() {
        note(because, BATCH_SERVICE);
    }
    if service.officers > 1 {
        note(because, "several {officers} at once");
    }
    let handed_on = |s: StageId| matches!(&model.stages[s].kind, StageKind::Service(x) if x.same_officer);
    if service.same_officer || model.stages[stage].next.iter().any(|b| handed_on(b.to)) {
        note(because, "one {officer} does several stages");
    }
    match &kind.demand {
        Demand::Trace(_) => note(because, "recorded arrivals"),
        Demand::Rate { months, day_factor, bursts, .. } => {
            if months.iter().any(|m| *m != 1.0) {
                note(because, "rates that change by month");
            }
            if day_factor.is_some() {
                note(because, "a random factor on each day");
            }
            if bursts.is_some() {
                note(because, "a random factor on short intervals");
            }
        }
    }
    if kind.batch.is_some() {
        note(because, BATCHES);
    }
    if kind.redial.is_some() {
        note(because, REDIAL);
    }
    let delayed = !path.delays.is_empty();
    if delayed && kind.deadline.is_some() {
        note(because, "deadlines that run before the queue");
    }
    if path.branch_delays {
        note(because, "delays on branches before the queue");
    }
    let each = model.run.warm_up / path.delays.len().max(1) as f64;
    let settles = |s: &StageId| match &model.stages[*s].kind {
        StageKind::Delay(d) => {
            d.pickup.is_none() && !d.rebook && d.time.limited_mean(each) >= (1.0 - UNSETTLED) * d.time.mean()
        }
        _ => true,
    };
    if !path.delays.iter().all(settles) {
        note(because, "delays before the queue that have not settled when the statistics begin");
    }
    let changing = !matches!(&kind.demand, Demand::Rate { profile: Profile::Flat, .. });
    if delayed && changing {
        note(because, "delays before the queue under changing rates");
    }
}

pub(super) fn overlaps(model: &Model, exception: usize) -> bool {
    let e = &model.exceptions[exception];
    e.until > 0.0 && e.from < model.run.end()
}

/// Reasons that lie in the centre.
pub(super) fn general(
    model: &Model,
    centre: &Centre,
    roles: &[RoleId],
    load: &Load,
    id: CentreId,
    because: &mut Vec<String>,
) {
    let touched = |e: usize| {
        let x = &model.exceptions[e];
        overlaps(model, e) && (!x.demand.is_empty() || x.roster.iter().any(|(c, _)| *c == id))
    };
    let grows = |e: &usize| model.exceptions[*e].name.is_empty();
    if (0..model.exceptions.len()).filter(|e| !grows(e)).any(touched) {
        note(because, "a dated exception");
    }
    if (0..model.exceptions.len()).filter(grows).any(touched) {
        note(because, "a demand that grows");
    }
    if centre.absence.share > 0.0 {
        note(
            because,
            match centre.absence.mode {
                AbsenceMode::Drawn => "absence by chance",
                AbsenceMode::Fixed => "absence",
            },
        );
    }
    let in_teams = |role: &RoleId| {
        let mixed =
            |s: &Stage| matches!(&s.kind, StageKind::Service(x) if x.others.iter().any(|(r, _)| r == role));
        model.stages.iter().any(mixed)
    };
    if roles.iter().any(in_teams) {
        note(because, "{officers} who are also of teams of other roles");
    }
    let skills = || {
        let here = centre.pools.iter().filter(|pool| roles.iter().any(|role| pool.roles >> role & 1 == 1));
        here.flat_map(|pool| &pool.skills)
    };
    if model.handling.iter().any(|handling| handling.centres[id]) {
        note(because, "services whose times go by the hour or the stage's factor");
    }
    let learns = |pool: &Pool| matches!(&pool.kind, PoolKind::Crews(lines) if lines.iter().any(|l| l.learning.is_some()));
    if centre.pools.iter().any(learns) {
        note(because, "{officers} who are still learning");
    }
    if skills().any(|skill| skill.after > 0.0) {
        note(because, "{officers} who leave cases to others for some time");
    }
    if skills().any(|skill| skill.speed != 1.0) {
        note(because, DIFFERENT_SPEED);
    }
    if centre.case_choice != CaseChoice::FirstInLine && roles.len() > 1 {
        note(because, NOT_THE_FIRST);
    }
    if centre.concurrency.is_some() {
        note(because, CONCURRENCY);
    }
    if centre.last_start.is_some() {
        note(because, "{officers} who begin no case near the end of their shifts");
    }
    if centre.call_back.is_some() {
        note(because, "clients who are called back");
    }
    if centre.balk.is_some() {
        note(because, "requests that leave at the sight of a queue");
    }
    let others = load.centres[id].roles.iter().enumerate();
    let alone = others.filter(|(_, r)| r.erlangs() > 0.0).all(|(r, _)| roles.contains(&r));
    if centre.capacity.is_some() && !alone {
        note(because, "a queue limit shared with other {officers}");
    }
    if let Formulas::Unknown(why) = formulas(model, centre) {
        note(because, why);
    }
}

/// Reasons that lie in how what comes to a pool is told apart.
pub(crate) fn of_priorities(model: &Model, centre: &Centre, flows: &[PoolFlow], because: &mut Vec<String>) {
    if centre.reserves.iter().any(|reserve| flows.iter().any(|f| reserve.classes[f.class])) {
        note(because, RESERVE);
    }
    if centre.discipline.is_by_priority() && flows.iter().any(|f| !model.classes[f.class].rises.is_empty()) {
        note(because, "priorities that rise with the wait");
    }
}

/// The rate at which those who wait give up, or why it fits no model.
pub(super) fn patience(model: &Model, flows: &[PoolFlow]) -> Result<f64, &'static str> {
    let of = |f: &PoolFlow| match &model.classes[f.class].deadline {
        None => Ok(0.0),
        Some(d) => match (&d.after, d.until) {
            (Sampler::Exponential(mean), DeadlineUntil::Start(s)) if s == f.stage && *mean > 0.0 => {
                Ok(HOUR / mean)
            }
            _ => Err("deadlines that are no exponential patience until service begins"),
        },
    };
    let mut rates = flows.iter().map(of);
    let first = rates.next().unwrap_or(Ok(0.0))?;
    for rate in rates {
        if (rate? - first).abs() > 1e-12 * first {
            return Err("requests of different patience");
        }
    }
    Ok(first)
}
