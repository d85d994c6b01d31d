//! What uncertain inputs do to the answer: the same rule in other worlds.
//!
//! A search by simulation in every draw would take hours. So each draw keeps what the search found, the
//! safety `b` above the offered load or the distance from the utilization limit, and takes the draw's own offered load:
//! how many officers the rule would then give. All options meet the same draw, so that what is
//! released pairs draw by draw. It is the spread of the staffing rule, not of the test.

use super::answer::Answered;
use super::check::TargetCheck;
use super::plan::Planner;
use super::probe::Halt;
use super::solve::{SearchSettings, Unsolved, limit};
use super::target::TargetMeasure;
use poolwise_scenario::{Diagnostics, Scenario};
use poolwise_study::parallel::{self, Workers};
use poolwise_study::uncertain::COVERAGE;
use serde::Serialize;
use std::ops::ControlFlow;

/// Loads a scenario with the values of its uncertain inputs in a draw: option, draw.
pub(crate) type InputLoad<'a> = dyn Fn(usize, u32) -> Result<Scenario, Diagnostics> + Sync + 'a;

/// Draws of uncertain inputs.
pub struct Draws<'a> {
    /// How many draws are made, from number 0 on.
    pub count: u32,
    /// Loads an option in a draw.
    pub load: &'a InputLoad<'a>,
}

/// Intervals over draws: from the least to the greatest, less the extreme twentieths.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DrawSpread {
    /// Draws of the uncertain inputs.
    pub draws: u32,
    /// Share of draws within.
    pub coverage: f64,
    /// Officers needed, from and to.
    pub headcount: (f64, f64),
    /// Officers released from the baseline as it is.
    pub released: (f64, f64),
    /// Officers released from the baseline right-sized in the same draw.
    pub released_from_right_sized: Option<(f64, f64)>,
}

/// The spread of every option that can be staffed.
///
/// # Errors
/// The first option and draw that cannot be loaded or staffed, or the user's stop.
pub(crate) fn spreads(
    checks: &[Vec<TargetCheck>],
    options: &[Answered],
    baseline: usize,
    draws: &Draws<'_>,
    how: &SearchSettings<'_>,
) -> Result<Vec<Option<DrawSpread>>, (String, Unsolved)> {
    let feasible: Vec<usize> =
        (0..options.len()).filter(|&i| options[i].solved.staffed().is_some()).collect();
    let jobs: Vec<(usize, u32)> =
        (0..draws.count).flat_map(|d| feasible.iter().map(move |&i| (i, d))).collect();
    let stopped = || how.watch.stopped();
    let workers = Workers { threads: how.threads, stopped: &stopped };
    let one = |k: usize| {
        let (i, draw) = jobs[k];
        officers(&checks[i], &options[i], |d| (draws.load)(i, d), draw)
    };
    let mut by_option: Vec<Vec<f64>> = vec![Vec::new(); options.len()];
    let (mut done, mut failure) = (0, None);
    parallel::ordered(0..jobs.len(), workers, one, |k, found| {
        let i = jobs[k].0;
        match found {
            Ok(n) => by_option[i].push(n),
            Err(e) => {
                failure = Some((options[i].scenario.clone(), e));
                return ControlFlow::Break(());
            }
        }
        done += 1;
        ControlFlow::Continue(())
    });
    if let Some(failure) = failure {
        return Err(failure);
    }
    if let Some((i, _)) = jobs.get(done) {
        return Err((options[*i].scenario.clone(), Halt::Stopped.into()));
    }
    let as_is = options[baseline].solved.as_is.headcount;
    let base = &by_option[baseline];
    let spread = |i: usize| {
        let own = &by_option[i];
        if own.is_empty() {
            return None;
        }
        let apart = |x: &[f64]| own.iter().zip(x).map(|(n, b)| b - n).collect::<Vec<f64>>();
        Some(DrawSpread {
            draws: draws.count,
            coverage: COVERAGE,
            headcount: within(own.clone()),
            released: within(own.iter().map(|n| as_is - n).collect()),
            released_from_right_sized: (i != baseline && !base.is_empty()).then(|| within(apart(base))),
        })
    };
    Ok((0..options.len()).map(spread).collect())
}

/// Officers that the rule found gives in a draw.
fn officers(
    checks: &[TargetCheck],
    option: &Answered,
    load: impl Fn(u32) -> Result<Scenario, Diagnostics>,
    draw: u32,
) -> Result<f64, Unsolved> {
    let Some(staffed) = option.solved.staffed() else { return Ok(f64::NAN) };
    let drawn = load(draw).map_err(|wrong| Unsolved::Draw { draw, wrong: Box::new(wrong) })?;
    let planner = Planner::new(&drawn.model, &drawn.pools)?;
    let limit = limit(checks);
    let plain = planner.plain();
    let by_load = f64::from(planner.start(limit, &plain));
    let binds = checks
        .iter()
        .find(|c| c.label == staffed.binding)
        .is_some_and(|c| c.measure == TargetMeasure::Utilization);
    if binds {
        let beyond = f64::from(staffed.plan.headcount) / f64::from(staffed.by_load).max(1.0);
        return Ok((by_load * beyond).round());
    }
    let shape = if staffed.shape.lift.len() == planner.rows.len() { &staffed.shape } else { &plain };
    Ok(f64::from(planner.plan(staffed.plan.b, shape).headcount).max(by_load))
}

/// The interval that leaves out the extreme twentieths.
fn within(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    let at = |q: f64| {
        let x = q * (values.len() - 1) as f64;
        let i = x.floor() as usize;
        values[i] + (values[(i + 1).min(values.len() - 1)] - values[i]) * (x - i as f64)
    };
    let out = (1.0 - COVERAGE) / 2.0;
    (at(out), at(1.0 - out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twentieth_is_left_out_at_each_end() {
        let values: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        let (low, high) = within(values);
        assert!((low - 5.0).abs() < 1e-9 && (high - 95.0).abs() < 1e-9);
        assert_eq!(within(vec![7.0]), (7.0, 7.0));
    }
}
