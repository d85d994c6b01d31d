//! Measures that are kept by the hour of the local week, and how each is read off an hour.

use poolwise_engine::integral::{COUNTS, Count};
use poolwise_engine::outcome::{CentreFlow, LocalHour};
use poolwise_engine::time::HOUR;

/// Numerator and denominator of an hour of the local week.
pub(crate) type OfRequests = fn(&LocalHour) -> (f64, f64);
/// Numerator and denominator of a centre in an hour of its local week.
pub(crate) type OfCentre = fn(&CentreFlow, usize) -> (f64, f64);

/// How a measure is read off an hour of the local week: numerator and denominator, in the measure's unit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hourly {
    /// Off the requests of an area whose clock started in the hour.
    pub requests: Option<OfRequests>,
    /// Off a centre, all roles together, in this hour of its week.
    pub centre: Option<OfCentre>,
}

/// How a measure of that name is read by the hour; nothing where it is not kept so.
///
/// # Examples
/// ```
/// use poolwise_measures::by_hour;
///
/// assert!(by_hour("done_within_target").requests.is_some());
/// assert!(by_hour("done_within_target").centre.is_none()); // a request may pass several
/// assert!(by_hour("lost_share").requests.is_none());
/// ```
pub fn by_hour(name: &str) -> Hourly {
    match name {
        "done_within_target" => {
            Hourly { requests: Some(|hour| (f64::from(hour.met), f64::from(hour.cases))), centre: None }
        }
        "answered_within" => Hourly {
            requests: Some(|hour| (f64::from(hour.answered), f64::from(hour.offered))),
            centre: Some(|flow, h| {
                let waits = &flow.waits[0];
                (waits.answered_by_hour[h] as f64, waits.offered_by_hour[h] as f64)
            }),
        },
        "answered_within_of_not_gone_early" => Hourly {
            requests: Some(|hour| {
                (f64::from(hour.answered), f64::from(hour.offered) - f64::from(hour.gone_early))
            }),
            centre: Some(|flow, h| {
                let waits = &flow.waits[0];
                let stayed = waits.offered_by_hour[h] - waits.gone_early_by_hour[h];
                (waits.answered_by_hour[h] as f64, stayed as f64)
            }),
        },
        "answered_within_of_answered" => Hourly {
            requests: Some(|hour| (f64::from(hour.prompt), f64::from(hour.wait_count))),
            centre: Some(|flow, h| {
                (flow.waits[0].prompt_by_hour[h] as f64, flow.waits[0].started_by_hour[h] as f64)
            }),
        },
        "wait_mean_hours" => Hourly {
            requests: Some(|hour| (hour.wait_sum / HOUR, f64::from(hour.wait_count))),
            centre: Some(|flow, h| {
                (flow.waits[0].sum_by_hour[h] / HOUR, flow.waits[0].started_by_hour[h] as f64)
            }),
        },
        "utilization" => Hourly {
            requests: None,
            centre: Some(|flow, h| {
                let count = |count: Count| flow.integrals.by_hour[count as usize % COUNTS][h];
                (count(Count::Busy) - count(Count::Overtime), count(Count::OnDuty))
            }),
        },
        _ => Hourly::default(),
    }
}
