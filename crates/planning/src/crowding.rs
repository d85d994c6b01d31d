//! How many requests a run can be expected to hold at once: what memory must be enough for.
//!
//! A rough figure, told beforehand and without simulation: where more work comes than officers can do, the queue grows
//! by the difference until the end of the run; in a delay there are rate times length (Little's law), at most all that
//! came. Requests that give up are not taken off.

use crate::offered_load::{Load, stability_of};
use poolwise_engine::model::{Model, StageKind};
use poolwise_engine::time::HOUR;

/// A place with many requests at the end of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Crowd {
    /// The centre, or the stage of a delay.
    pub place: String,
    /// Whether it is a centre.
    pub centre: bool,
    /// Requests expected there at the end of the run.
    pub requests: f64,
}

/// Places with requests at the end of the run, those with most of them first.
pub fn crowds(model: &Model, load: &Load) -> Vec<Crowd> {
    let hours = model.run.end() / HOUR;
    let mut out = Vec::new();
    for tight in stability_of(model, load).iter().filter(|s| s.ratio > 1.0) {
        let come = load.centres[tight.centre].all.arrivals_per_hour();
        let left = come * (1.0 - 1.0 / tight.ratio) * hours;
        out.push(Crowd { place: model.centres[tight.centre].name.clone(), centre: true, requests: left });
    }
    for (stage, flow) in model.stages.iter().zip(&load.stage_flow) {
        if let StageKind::Delay(delay) = &stage.kind {
            let there = flow * (delay.time.mean() / HOUR).min(hours);
            out.push(Crowd { place: stage.name.clone(), centre: false, requests: there });
        }
    }
    out.retain(|c| c.requests > 0.0);
    out.sort_by(|a, b| b.requests.total_cmp(&a.requests).then_with(|| a.place.cmp(&b.place)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offered_load::expected;
    use poolwise_engine::model::{Model, Pool, Rule, Stage};
    use poolwise_engine::random::Sampler;

    #[test]
    fn queues_grow_by_what_cannot_be_done_and_delays_hold_what_little_says() {
        // Six an hour of half an hour each for one officer: four an hour are left, over 4 weeks of 168 h.
        let mut m = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1)]);
        m.stages = vec![
            Stage::delay("pause", Sampler::Constant(10.0 * HOUR), &[(1, 1.0)]),
            Stage::service("work", 0, Sampler::Constant(0.5 * HOUR), &[(2, 1.0)]),
            Stage::exit("out"),
        ];
        m.rules = vec![Rule::everything(&m, m.rules[0].to.clone())];
        let found = crowds(&m, &expected(&m));
        assert_eq!((found[0].place.as_str(), found[0].centre), ("here", true));
        assert!((found[0].requests - 4.0 * 672.0).abs() < 1.0, "{found:?}");
        assert_eq!((found[1].place.as_str(), found[1].centre), ("pause", false));
        assert!((found[1].requests - 60.0).abs() < 1e-6, "{found:?}");
    }
}
