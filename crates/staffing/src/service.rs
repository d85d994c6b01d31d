//! The staffing curve: what service goes with how many officers, around the number that an option needs.

use super::candidates::Candidates;
use super::plan::{Planner, RaiseShape, StaffingPlan};
use super::probe::Halt;
use super::solve::{SearchSettings, summary};
use poolwise_engine::model::{Demand, Model, Profile};
use poolwise_engine::time::WEEK;
use poolwise_planning::roster_rules::Pay;
use poolwise_study::cost::Cost;
use poolwise_study::summary::{Measures, Summary};
use serde::Serialize;

/// Officers of the points, as shares of those that are needed.
const SHARES: [f64; 7] = [0.8, 0.9, 0.95, 1.0, 1.05, 1.1, 1.2];
/// Statistics window of a point, at most, where every week is like every other: officers are told apart by less than chance
/// within it.
const WINDOW: f64 = 16.0 * WEEK;
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
pub(crate) fn curve(
    planner: &Planner,
    candidates: &Candidates<'_>,
    (plan, shape): (&StaffingPlan, &RaiseShape),
    known: &Summary,
    pay: Option<&Pay>,
    how: &SearchSettings<'_>,
) -> Result<Vec<ServicePoint>, Halt> {
    // A split that exchanges found is none of the rules'; the dial, the first, goes on from it best.
    let known_rules = candidates.by_kind(plan.headcount, shape);
    let rule = known_rules.iter().find(|(_, p)| p.key() == plan.key()).map_or(0, |(kind, _)| *kind);
    let short = weeks_are_alike(&planner.model) && planner.model.run.horizon > WINDOW;
    let mut points: Vec<ServicePoint> = Vec::new();
    for share in SHARES {
        let wanted = (f64::from(plan.headcount) * share).round() as u32;
        let needed = wanted == plan.headcount;
        let own = if needed {
            plan.clone()
        } else {
            let mut all = candidates.by_kind(wanted, shape);
            let at = all.iter().position(|(kind, _)| *kind == rule).unwrap_or(0);
            all.swap_remove(at).1
        };
        if points.iter().any(|p| p.headcount == own.headcount) || own.headcount == plan.headcount && !needed {
            continue;
        }
        let mut model = planner.apply(&own);
        if short {
            model.run.horizon = WINDOW;
        }
        let found = match (needed && !short, || summary(&model, how)) {
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

/// Whether a window of whole weeks is as good as any other of them: nothing goes by the year or by dates, and no work is
/// there at the beginning.
pub(super) fn weeks_are_alike(model: &Model) -> bool {
    let alike = |demand: &Demand| match demand {
        Demand::Rate { profile, months, .. } => {
            !matches!(profile, Profile::Cycle { .. }) && months.iter().all(|m| *m == months[0])
        }
        Demand::Trace(_) => false,
    };
    model.classes.iter().all(|class| alike(&class.demand))
        && model.exceptions.is_empty()
        && model.run.start.is_empty()
}
