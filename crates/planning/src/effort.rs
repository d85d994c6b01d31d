//! How long a replication can be expected to take: said beforehand, since a single small time may make one that never ends.
//!
//! A rough figure from above, without simulation. Steps are arrivals, visits of stages and contacts of clients who come
//! again. Of a stage there are as many visits as the branches make, but no request is there more often than the run is
//! longer than the stage, and officers serve no more than they have time for. Contacts are those of clients who find
//! no place: as many as are in service at a time, and those whom the officers have no time for.

use crate::offered_load::{Load, stability_of};
use poolwise_engine::model::{ClassId, DeadlineUntil, Demand, Model, Redial, StageId, StageKind};
use poolwise_engine::time::HOUR;

/// Steps of a replication that are simulated in a second, roughly.
pub const STEPS_A_SECOND: f64 = 5e6;

/// What takes the most steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Most {
    /// Arrivals of all classes.
    Arrivals,
    /// Visits of a stage.
    Stage(StageId),
    /// Contacts of a class's clients, who come again.
    Contacts(ClassId),
}

/// Steps of a replication.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReplicationEffort {
    /// All of them.
    pub steps: f64,
    /// What most of them are.
    pub most: Most,
}

impl ReplicationEffort {
    /// Time that a replication takes, seconds.
    pub fn seconds(&self) -> f64 {
        self.steps / STEPS_A_SECOND
    }
}

/// The steps of a replication.
pub fn of(model: &Model, load: &Load) -> ReplicationEffort {
    let hours = model.run.end() / HOUR;
    let come: Vec<f64> = (0..model.classes.len()).map(|c| arrivals(model, c, hours)).collect();
    let all: f64 = come.iter().sum();
    let forks = model.parallels();
    let mut parts = vec![(all, Most::Arrivals)];
    for (s, (stage, flow)) in model.stages.iter().zip(&load.stage_flow).enumerate() {
        let visits = flow * hours;
        // How often a request can be there, one visit after the other.
        let often = |mean: f64| if mean > 0.0 { 1.0 + hours * HOUR / mean } else { f64::INFINITY };
        let branches = all * forks.parts(s);
        let most = match &stage.kind {
            StageKind::Exit => 0.0,
            // Forks and joins take no time; what lies between does.
            StageKind::Fork | StageKind::Join(_) => f64::INFINITY,
            StageKind::Delay(delay) => branches * often(delay.time.mean()),
            StageKind::Service(service) => branches * often(service.time.mean()),
        };
        parts.push((visits.min(most), Most::Stage(s)));
    }
    for (c, class) in model.classes.iter().enumerate() {
        if let Some(redial) = &class.redial {
            parts.push((contacts(model, load, c, redial, come[c]), Most::Contacts(c)));
        }
    }
    let steps = parts.iter().map(|p| p.0).sum();
    // The first of those with most.
    let most = parts.iter().rev().max_by(|a, b| a.0.total_cmp(&b.0)).map_or(Most::Arrivals, |p| p.1);
    ReplicationEffort { steps, most }
}

/// Arrivals of a class in a run.
fn arrivals(model: &Model, class: ClassId, hours: f64) -> f64 {
    match &model.classes[class].demand {
        Demand::Rate { per_second, .. } => per_second * HOUR * hours,
        Demand::Trace(trace) => trace.times.len() as f64 * trace.factor,
    }
}

/// Contacts of clients who come again, of so many who come.
fn contacts(model: &Model, load: &Load, class: ClassId, redial: &Redial, come: f64) -> f64 {
    let patience =
        model.classes[class].deadline.as_ref().filter(|d| matches!(d.until, DeadlineUntil::Start(_)));
    let turned_away = model.centres.iter().any(|c| c.capacity.is_some() || c.balk.is_some());
    let cycle = redial.after.mean()
        + match patience {
            Some(_) if turned_away => 0.0,
            Some(deadline) => deadline.after.mean(),
            None if turned_away => 0.0,
            None => return 0.0,
        };
    // Contacts of a client of whom none is answered.
    let (mut each, mut goes_on) = (1.0, 1.0);
    for p in &redial.probability {
        goes_on *= p;
        each += goes_on;
    }
    if let (true, Some(p)) = (redial.goes_on, redial.probability.last()) {
        each += goes_on * p / (1.0 - p).max(0.0);
    }
    let end = model.run.end();
    let tight = stability_of(model, load);
    let served: f64 = load.centres.iter().map(|c| c.all.erlangs()).sum();
    let over = tight.iter().filter(|s| s.ratio > 1.0);
    let left = over.map(|s| load.centres[s.centre].all.arrivals_per_hour() * (1.0 - 1.0 / s.ratio));
    let out_of_place = (served.max(1.0) + left.sum::<f64>() * end / HOUR / 2.0).min(come);
    let in_time = if cycle > 0.0 { out_of_place * end / cycle } else { f64::INFINITY };
    in_time.min(come * each)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offered_load::expected;
    use poolwise_engine::model::{Deadline, Pool, Stage};
    use poolwise_engine::random::Sampler;

    /// Six an hour for 672 hours, half an hour of work each.
    fn model(officers: u32) -> Model {
        Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, officers)])
    }

    fn effort(model: &Model) -> ReplicationEffort {
        of(model, &expected(model))
    }

    #[test]
    fn arrivals_and_visits_are_steps() {
        let m = model(4);
        let found = effort(&m);
        assert!((found.steps - 2.0 * 6.0 * m.run.end() / HOUR).abs() < 1.0, "{found:?}");
        assert!(found.seconds() < 1.0);
    }

    #[test]
    fn a_loop_of_short_delays_takes_as_many_steps_as_visits_and_no_more_than_fit_the_run() {
        let mut m = model(4);
        let n = 6.0 * m.run.end() / HOUR;
        let with = |m: &mut Model, time: f64, p: f64| {
            m.stages =
                vec![Stage::delay("wait", Sampler::Constant(time), &[(0, p), (1, 1.0)]), Stage::exit("out")];
            effort(m)
        };
        let found = with(&mut m, 0.001, 0.999_999);
        assert!((found.steps / (1e6 * n) - 1.0).abs() < 1e-3 && found.most == Most::Stage(0), "{found:?}");
        // A loop of an hour does not go round a million times.
        let found = with(&mut m, HOUR, 0.999_999);
        assert!(found.steps < n * (m.run.end() / HOUR + 3.0), "{found:?}");
    }

    #[test]
    fn clients_who_try_again_at_once_make_contacts_all_the_time() {
        let mut m = model(2);
        let class = &mut m.classes[0];
        class.deadline =
            Some(Deadline { after: Sampler::Constant(0.001), until: DeadlineUntil::Start(0), exit: 1 });
        let redial = |after: f64, goes_on: bool| Redial {
            probability: vec![1.0],
            goes_on,
            after: Sampler::Constant(after),
        };
        class.redial = Some(redial(0.001, true));
        let found = effort(&m);
        assert!(found.steps > 1e9 && found.most == Most::Contacts(0), "{found:?}");
        // Once again only, or after five minutes, is nothing.
        for calm in [redial(0.001, false), redial(300.0, true)] {
            m.classes[0].redial = Some(calm);
            assert!(effort(&m).seconds() < 10.0, "{:?}", effort(&m));
        }
    }
}
