//! What rules that react did: how often each was on, for how long, when in the week, and whom it called in.

use super::merged::MergedSummary;
use poolwise_engine::model::Model;
use poolwise_engine::outcome::TriggerFlow;
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK, WEEK};
use poolwise_stats::Estimate;
use serde::Serialize;

/// What one trigger did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reaction {
    /// The trigger's name in the scenario.
    pub trigger: String,
    /// The centre that it watches.
    pub centre: String,
    /// How often it went on, a week.
    pub fired_per_week: Estimate,
    /// Part of the time that it was on.
    pub on: Estimate,
    /// How often it called officers in, a week; `None` where it calls nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_ins_per_week: Option<Estimate>,
    /// Officer-hours of those whom it called in, a week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_call_hours_per_week: Option<Estimate>,
    /// Officer-hours of those whom it moved, where they help, a week; `None` where it moves nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_hours_per_week: Option<Estimate>,
    /// How often it went on in each hour of the centre's week, once an hour of that name; `None` of hours that are not in the window.
    pub fired_by_hour: Vec<Option<f64>>,
    /// Part of each hour of the centre's week that it was on, Monday 00:00 first; `None` of hours that are not in the window.
    pub on_by_hour: Vec<Option<f64>>,
}

/// What all triggers of a model did.
pub(crate) fn reactions(model: &Model, merged: &MergedSummary, confidence: f64) -> Vec<Reaction> {
    let weeks = model.run.horizon / WEEK;
    let of = |(i, rules): (usize, &poolwise_engine::model::Trigger)| {
        let mean = |value: &dyn Fn(&TriggerFlow) -> f64| {
            let values: Vec<f64> = merged.triggers().iter().map(|flows| value(&flows[i])).collect();
            Estimate::mean(&values, confidence)
        };
        let calls = |of: fn(&poolwise_engine::outcome::CallFlow) -> f64, scale: f64| {
            (!rules.calls.is_empty()).then(|| mean(&|flow| flow.calls.iter().map(of).sum::<f64>() / scale))
        };
        let exposure = merged.exposure(rules.centre);
        let on = |h: usize| merged.triggers().iter().map(|flows| flows[i].on[h]).sum::<f64>();
        let fired = |h: usize| -> f64 {
            merged.triggers().iter().map(|flows| f64::from(flows[i].fired_by_hour[h])).sum()
        };
        let by_hour = |of: &dyn Fn(usize) -> f64| -> Vec<Option<f64>> {
            (0..HOURS_OF_WEEK).map(|h| (exposure[h] > 0.0).then(|| of(h) / exposure[h])).collect()
        };
        Reaction {
            trigger: rules.name.clone(),
            centre: model.centres[rules.centre].name.clone(),
            fired_per_week: mean(&|flow| flow.fired as f64 / weeks),
            on: mean(&|flow| flow.on.iter().sum::<f64>() / model.run.horizon),
            call_ins_per_week: calls(|call| call.called as f64, weeks),
            on_call_hours_per_week: calls(|call| call.officer_seconds, HOUR * weeks),
            moved_hours_per_week: (!rules.moves.is_empty()).then(|| {
                mean(&|flow| {
                    flow.moves.iter().map(|order| order.officer_seconds).sum::<f64>() / (HOUR * weeks)
                })
            }),
            fired_by_hour: by_hour(&|h| HOUR * fired(h)),
            on_by_hour: by_hour(&on),
        }
    };
    if merged.triggers().is_empty() {
        return Vec::new();
    }
    model.triggers.iter().enumerate().map(of).collect()
}
