//! The staffing curve: what service goes with how many officers, around the number that an option needs.

use super::candidates::Candidates;
use super::plan::{Plan, Planner, Shape};
use super::probe::Halt;
use super::solve::{How, summary};
use poolwise_planning::roster_rules::Pay;
use poolwise_study::cost::Cost;
use poolwise_study::summary::{Measures, Summary};
use serde::Serialize;

/// Officers of the points, as shares of those that are needed.
const SHARES: [f64; 7] = [0.8, 0.9, 0.95, 1.0, 1.05, 1.1, 1.2];
/// What is kept of each point.
const KEPT: [&str; 5] = [
    "done_within_target",
    "time_to_completion_p95_hours",
    "lost_share_avoidable",
    "wait_mean_hours",
    "utilization",
];

/// The service with a number of officers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServicePoint {
    /// Officers employed at this point of the curve.
    pub headcount: u32,
    /// Rostered, on average.
    pub posts: f64,
    /// Whether it is the number that the option needs.
    pub needed: bool,
    /// What is delivered, with pointwise intervals over a few replications on the same requests at every point.
    pub measures: Measures,
    /// What it costs a week, where there is a pay table.
    pub cost_per_week: Option<f64>,
}

/// The curve around `plan`, whose service is known: staffings made by the same rule with more and fewer officers. A number
/// with which a replication cannot be finished, as when its queue outgrows memory, has no point.
///
/// # Errors
/// [`Halt::Stopped`] if the user stops it.
pub fn curve(
    planner: &Planner,
    candidates: &Candidates<'_>,
    (plan, shape): (&Plan, &Shape),
    known: &Summary,
    pay: Option<&Pay>,
    how: &How<'_>,
) -> Result<Vec<ServicePoint>, Halt> {
    // The rule that made the plan has the same place in the list of every headcount; the dial's is first.
    let rule = candidates.at(plan.headcount, shape).iter().position(|p| p.key() == plan.key()).unwrap_or(0);
    let mut points: Vec<ServicePoint> = Vec::new();
    for share in SHARES {
        let wanted = (f64::from(plan.headcount) * share).round() as u32;
        let needed = wanted == plan.headcount;
        let mut all = if needed { vec![plan.clone()] } else { candidates.at(wanted, shape) };
        let at = if rule < all.len() { rule } else { 0 };
        if all.is_empty() {
            continue;
        }
        let own = all.swap_remove(at);
        if points.iter().any(|p| p.headcount == own.headcount) || own.headcount == plan.headcount && !needed {
            continue;
        }
        let model = planner.apply(&own);
        let found = match (needed, || summary(&model, how)) {
            (true, _) => known.clone(),
            (false, run) => match run() {
                Ok(found) => found,
                Err(Halt::Failed(_)) => continue,
                Err(stopped) => return Err(stopped),
            },
        };
        let cost = pay.and_then(|pay| Cost::of(&model, pay, &found.measures));
        let kept = |name: &&str| Some(((*name).to_owned(), *found.measures.get(*name)?));
        points.push(ServicePoint {
            headcount: own.headcount,
            posts: own.posts(),
            needed,
            measures: KEPT.iter().filter_map(kept).collect(),
            cost_per_week: cost.map(|c| c.per_week.estimate),
        });
    }
    points.sort_by_key(|p| p.headcount);
    Ok(points)
}
