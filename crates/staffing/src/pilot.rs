//! A few short replications that say where to begin. They decide nothing: what they say is tested from
//! there on.

use super::check::{TargetCheck, ratio};
use super::plan::{Planner, StaffingPlan};
use super::probe::{self, Halt, Samples, margins};
use super::solve::SearchSettings;
use poolwise_engine::model::Model;
use poolwise_engine::time::WEEK;

/// Statistics window and warm-up of a pilot, at most.
const HORIZON: f64 = 8.0 * WEEK;
const WARM_UP: f64 = WEEK;
/// Replications of a pilot.
const RUNS: u32 = 2;
/// The first step from the expected load is this part of it.
const NEAR: u32 = 16;
/// A pilot tells levels apart to this part of them.
const FINE: u32 = 64;
/// A window shorter than this is its own pilot.
const WORTH: f64 = 2.0 * HORIZON;

/// A model with the window of a pilot.
pub(crate) fn shortened(model: &Model) -> Model {
    if model.run.horizon < WORTH {
        return model.clone();
    }
    let mut short = model.clone();
    short.run.warm_up = model.run.warm_up.min(WARM_UP);
    short.run.horizon = model.run.horizon.min(HORIZON);
    short
}

/// Pilot replications of a scenario for some checks; none where they are not worth it.
///
/// # Errors
/// A run that failed, or the user's stop.
pub(crate) fn samples(
    model: &Model,
    checks: &[TargetCheck],
    how: &SearchSettings<'_>,
) -> Result<Samples, Halt> {
    if model.run.horizon < WORTH {
        return Ok(Samples::default());
    }
    probe::samples(&shortened(model), checks, 0..RUNS, (how.threads, how.watch))
}

/// The least level that seems to do, or a little more, by galloping from the expected load and halving; `None` where no pilot is worth it, or
/// not even the highest seems to do.
///
/// # Errors
/// A run that failed, or the user's stop.
pub(crate) fn start(
    planner: &Planner,
    plans: &dyn Fn(u32) -> Vec<StaffingPlan>,
    (lowest, from, highest): (u32, u32, u32),
    checks: &[TargetCheck],
    reference: &Samples,
    how: &SearchSettings<'_>,
) -> Result<Option<u32>, Halt> {
    if planner.model.run.horizon < WORTH {
        return Ok(None);
    }
    let one_seems = |plan: &StaffingPlan| -> Result<bool, Halt> {
        let ours = samples(&planner.apply(plan), checks, how)?;
        // Hours of the week see too little in a pilot.
        let margins = margins(checks, &ours, reference, RUNS as usize);
        let fine = |values: &[f64]| {
            let pairs: Vec<(f64, f64)> = values.iter().filter(|x| x.is_finite()).map(|x| (*x, 1.0)).collect();
            pairs.is_empty() || ratio(&pairs) >= 0.0
        };
        Ok(checks.iter().zip(&margins).filter(|(c, _)| !c.hourly).all(|(_, cells)| fine(&cells[0])))
    };
    let seems = |level: u32| -> Result<bool, Halt> {
        for plan in plans(level) {
            if one_seems(&plan)? {
                return Ok(true);
            }
        }
        Ok(false)
    };
    if !seems(highest)? {
        return Ok(None);
    }
    // The expected load is a good guess where utilization binds, and not far off elsewhere. What is found is refined by longer looks.
    let (mut no, mut yes) = (lowest, highest);
    let from = from.clamp(lowest, highest);
    let mut step = (from / NEAR).max(1);
    let down = seems(from)?;
    if down {
        yes = from
    } else {
        no = from
    }
    let mut at = from;
    loop {
        at = if down { at.saturating_sub(step).max(lowest) } else { at.saturating_add(step).min(highest) };
        step *= 2;
        if at <= no || at >= yes {
            break;
        }
        let fine = seems(at)?;
        if fine {
            yes = at
        } else {
            no = at
        }
        if fine != down {
            break;
        }
    }
    while yes - no > (yes / FINE).max(1) {
        let middle = no + (yes - no) / 2;
        if seems(middle)? { yes = middle } else { no = middle }
    }
    Ok(Some(yes))
}
