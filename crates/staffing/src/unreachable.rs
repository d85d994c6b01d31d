//! Targets that no staffing is shown to reach: which, how far off, and what stands in the way.

use super::check::TargetCheck;
use super::judge::{Judgement, StaffingVerdict};
use super::plan::{Planner, StaffingPlan};
use super::probe::{Probe, Samples};
use super::search::LeastLevel;
use super::solve::{TargetMargin, met};
use super::target::TargetMeasure;
use poolwise_engine::time::HOURS_OF_WEEK;
use serde::Serialize;

/// Why no staffing holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unreachable {
    /// Officers tried at most.
    pub headcount: u32,
    /// The target that falls short furthest, and what that many officers deliver.
    pub short: TargetMargin,
    /// Whether that is shown, or only not excluded.
    pub shown: bool,
    /// What stands in the way.
    pub reasons: Vec<String>,
}

/// Why the most officers tried do not hold.
pub(super) fn unreachable(
    planner: &Planner,
    plan: &StaffingPlan,
    highest: u32,
    found: &LeastLevel,
    probe: &Probe<'_>,
) -> Unreachable {
    let judgement: Option<&Judgement> = found.tried.get(&highest);
    let c = judgement.map_or(0, |j| j.tightest);
    let empty = Samples::default();
    let samples = probe.samples(plan.key()).unwrap_or(&empty);
    let check = &probe.checks[c];
    let controlling = probe.controlling(plan.key(), &planner.apply(plan));
    let short = met(check, c, (samples, probe.reference), controlling);
    let shown = judgement.is_some_and(|j| j.verdict == StaffingVerdict::Fails);
    let reasons = if short.margin >= 0.0 && !shown {
        vec![format!(
            "the estimate meets it, and {} replications are too few to show that: give more `--replications`, or a longer `horizon` in [run]",
            samples.replications.len()
        )]
    } else {
        in_the_way(planner, check)
    };
    Unreachable { headcount: plan.headcount, short, shown, reasons }
}

/// What keeps any number of officers from a target.
fn in_the_way(planner: &Planner, check: &TargetCheck) -> Vec<String> {
    let mut reasons = Vec::new();
    let closed = planner.rows.iter().filter(|r| r.open.contains(&false)).count();
    if closed > 0 {
        let hours = planner.rows.iter().map(|r| r.open.iter().filter(|o| !**o).count()).max().unwrap_or(0);
        reasons.push(format!(
            "{closed} of {} centres have no permitted shift in up to {hours} of the week's {HOURS_OF_WEEK} hours; \
             what comes then waits for the opening: permit more with `starts` and `days` of the pool's `shifts`, or in the \
             centre's own `shifts` or `levels`",
            planner.rows.len()
        ));
    }
    let unit = match check.measure {
        // The work itself counts in it.
        TargetMeasure::Done(_) | TargetMeasure::TimeMean | TargetMeasure::TimeQuantile(_) => Some(
            "with so many {officers} hardly anybody waits while a centre is open: what is left is the work itself, \
             delays on the way and closed hours, which no staffing shortens; give the target a longer time, or mend `time` of \
             the services and `delay` of the stages on the way",
        ),
        TargetMeasure::Lost | TargetMeasure::Avoidable => Some(
            "with so many {officers} hardly anybody waits while a centre is open: who is still lost runs out of time in closed \
             hours, in delays on the way and in the work itself; give classes a longer `deadline`",
        ),
        TargetMeasure::Utilization => None,
        _ => Some(
            "with so many {officers} hardly anybody waits while a centre is open: what is left is waiting in closed hours, \
             for a stage that takes several `officers`, or for a role that few hold (`roles`)",
        ),
    };
    reasons.extend(unit.map(|why| planner.model.words.fill(why)));
    reasons
}
