//! The officers of a pool as queueing theory sees them: a number, a number that changes in a cycle, or why
//! they fit no model.

use super::reasons::{CREWS, DIFFERENT_ROLES};
use poolwise_engine::model::{CentreId, LevelEnd, LevelPlan, Model, Pool, PoolKind, RoleMask, ShiftEnd};
use poolwise_engine::time::{DAY, WEEK};
use poolwise_planning::staffing;

/// How many officers there are.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Staff {
    /// Always the same number.
    Constant(u32),
    /// A level that changes: `(second, officers)` in a cycle of that length, from the origin.
    Cycle { period: f64, steps: Vec<(f64, u32)>, level_end: ShiftEnd },
}

/// The officers of a pool, or why they fit no model.
pub(super) fn staff(model: &Model, centre: CentreId, mask: RoleMask) -> Result<Staff, &'static str> {
    let here = &model.centres[centre];
    let pools: Vec<_> = here.pools.iter().filter(|p| p.roles & mask != 0).collect();
    if pools.iter().any(|p| p.roles & mask != mask) {
        return Err(DIFFERENT_ROLES);
    }
    let crews = pools.iter().any(|p| matches!(p.kind, PoolKind::Crews(_)));
    if crews {
        let breaks = pools.iter().any(|p| match &p.kind {
            PoolKind::Crews(lines) => lines.iter().any(|l| !l.breaks.is_empty() || l.once.is_some()),
            PoolKind::Levels(_) => true,
        });
        let duty = staffing::on_duty(model, centre, mask).officers;
        let level = duty[0];
        let even = duty.iter().all(|x| (x - level).abs() < 1e-9) && (level - level.round()).abs() < 1e-9;
        // A case handed over at the stroke goes on at once: so many are at work as if nobody had left.
        let seamless = here.shift_end == ShiftEnd::HandOver(0.0) && model.holidays.is_empty();
        if breaks || !even || !seamless {
            return Err(CREWS);
        }
        return Ok(Staff::Constant(level.round() as u32));
    }
    let mut constant = 0;
    let mut changing = Vec::new();
    for pool in &pools {
        let PoolKind::Levels(levels) = &pool.kind else { continue };
        let steps = match &levels.plan {
            LevelPlan::Weekly(steps) | LevelPlan::Steps { steps, .. } => steps,
        };
        if steps.iter().all(|s| s.1 == steps[0].1) {
            constant += steps[0].1;
        } else {
            changing.push(levels);
        }
    }
    let levels = match changing.as_slice() {
        [] => return Ok(Staff::Constant(constant)),
        [one] if pools.len() == 1 => one,
        _ => return Err("several groups of {officers} whose number changes"),
    };
    match here.shift_end {
        ShiftEnd::Finish if levels.end == LevelEnd::ByCount => {}
        ShiftEnd::HandOver(0.0) => {}
        ShiftEnd::Finish => return Err("{officers} as persons who leave after their case"),
        ShiftEnd::HandOver(_) => return Err("hand-over with a penalty"),
        ShiftEnd::Restart => return Err("cases that start again"),
    }
    let (period, steps) = match &levels.plan {
        LevelPlan::Weekly(steps) => {
            let clock = &model.clocks[here.clock];
            if clock.offset(0.0).1 < model.run.end() {
                return Err("a clock change during the run");
            }
            (WEEK, turned(steps, clock.second_of_week(0.0), WEEK))
        }
        LevelPlan::Steps { steps, period: Some(period) } => (*period, steps.clone()),
        LevelPlan::Steps { .. } => return Err("{officers} whose number changes and does not repeat"),
    };
    Ok(Staff::Cycle { period, steps, level_end: here.shift_end })
}

/// How many officers a centre has of a role at all times, whose shifts of 24 hours follow each other: whoever has cases in hand
/// then goes on with them in the next.
pub(super) fn around_the_clock(model: &Model, centre: CentreId, mask: RoleMask) -> Option<u32> {
    let pools = || model.centres[centre].pools.iter().filter(|pool| pool.roles & mask != 0);
    if pools().any(|pool| pool.roles != mask || !matches!(pool.kind, PoolKind::Crews(_))) {
        return None;
    }
    pools().map(|pool| at_all_times(model, centre, pool)).sum()
}

/// How many officers of a pool are on duty, where it is the same number at all times and none leaves a case that others take up.
pub(super) fn at_all_times(model: &Model, centre: CentreId, pool: &Pool) -> Option<u32> {
    let here = &model.centres[centre];
    if here.shift_end != ShiftEnd::Finish || here.overtime_limit.is_some() || !model.holidays.is_empty() {
        return None;
    }
    match &pool.kind {
        PoolKind::Crews(lines) => lines
            .iter()
            .map(|line| {
                let [n, ..] = line.officers;
                let even = line.once.is_none() && line.officers.iter().all(|day| *day == n);
                (even && line.length == DAY && line.breaks.is_empty()).then_some(n)
            })
            .sum(),
        PoolKind::Levels(levels) => {
            let (LevelPlan::Weekly(steps) | LevelPlan::Steps { steps, .. }) = &levels.plan;
            steps.iter().all(|step| step.1 == steps[0].1).then(|| steps[0].1)
        }
    }
}

/// Steps of a cycle counted from `origin` seconds into it.
pub(super) fn turned<T: Copy>(steps: &[(f64, T)], origin: f64, period: f64) -> Vec<(f64, T)> {
    let first = steps.iter().rposition(|s| s.0 <= origin).unwrap_or(steps.len() - 1);
    let mut out = vec![(0.0, steps[first].1)];
    for k in 1..=steps.len() {
        let (at, value) = steps[(first + k) % steps.len()];
        let at = (at - origin).rem_euclid(period);
        if at > 0.0 {
            out.push((at, value));
        }
    }
    out.sort_by(|a, b| a.0.total_cmp(&b.0));
    out
}
