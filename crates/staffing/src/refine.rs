//! Where more officers are needed than the square-root rule gives: centres and hours with targets of their
//! own.
//!
//! Iterative staffing in the manner of Feldman, Mandelbaum, Massey and Whitt (2008): simulate, raise what
//! falls short, simulate again, until nothing does. Point estimates only steer here; whether the outcome
//! holds is tested afterwards. All centres, and all hours, are moved in the same round, so rounds grow with the logarithm of what a
//! centre lacks and not with the number of centres or hours.

use super::check::{TargetCheck, TargetPlace};
use super::plan::{Planner, RaiseShape, StaffingPlan};
use super::probe::{Halt, Probe, margins};
use poolwise_engine::time::HOURS_OF_WEEK;

/// Replications of a round.
const ROUND: u32 = 4;
/// Most rounds.
const MOST_ROUNDS: u32 = 24;
/// A centre's raise is settled when known to this much.
const SETTLED: f64 = 0.1;

/// Whether a check asks for something of single centres or hours.
pub(crate) fn scoped(check: &TargetCheck) -> bool {
    check.hourly || matches!(check.place, TargetPlace::Centre(_))
}

/// A row's raise under way.
#[derive(Debug, Clone, Copy)]
struct Raise {
    /// The greatest known to fall short.
    short: Option<f64>,
    /// The least known to do.
    does: Option<f64>,
    at: f64,
    step: f64,
}

/// Raises of centres and hours at which no point estimate falls short, from `b` for all.
///
/// # Errors
/// A run that failed, or the user's stop.
pub(crate) fn shape(planner: &Planner, b: f64, probe: &mut Probe<'_>) -> Result<RaiseShape, Halt> {
    let rows = planner.rows.len();
    let mut raises = vec![Raise { short: None, does: None, at: 0.0, step: 0.5 }; rows];
    let mut by_hour = planner.plain();
    let mut short_before = vec![[false; HOURS_OF_WEEK]; rows];
    let mut shape = planner.plain();
    for _ in 0..MOST_ROUNDS {
        let plan = planner.plan(b, &shape);
        let model = planner.apply(&plan);
        let checks = probe.checks;
        let reference = probe.reference;
        let round = probe.window().times(ROUND);
        let samples = probe.grow(plan.key(), &model, round)?;
        let margins = margins(checks, samples, reference, round as usize);
        let mut centre_short = vec![false; rows];
        let mut hour_short = vec![[false; HOURS_OF_WEEK]; rows];
        for (check, cells) in checks.iter().zip(&margins).filter(|(c, _)| scoped(c)) {
            for h in (0..cells.len()).filter(|&h| falls_short(&cells[h])) {
                for (r, _) in planner.rows.iter().enumerate().filter(|(_, row)| concerns(check, row.centre)) {
                    if check.hourly {
                        hour_short[r][h] = true;
                    } else {
                        centre_short[r] = true;
                    }
                }
            }
        }
        let moved = move_centres(&mut raises, &centre_short);
        let raised = raise_hours(planner, &plan, b, &hour_short, &mut short_before, &mut by_hour);
        if !moved && !raised {
            break;
        }
        shape = sum(&by_hour, &raises);
    }
    for raise in &mut raises {
        raise.at = raise.does.unwrap_or(raise.at);
    }
    Ok(sum(&by_hour, &raises))
}

/// Whether the mean of margins lies below nothing.
fn falls_short(margins: &[f64]) -> bool {
    margins.iter().filter(|x| x.is_finite()).sum::<f64>() < 0.0
}

/// Whether officers of a centre can do something for a check.
pub(crate) fn concerns(check: &TargetCheck, centre: usize) -> bool {
    match check.place {
        TargetPlace::Centre(c) => c == centre,
        _ => true,
    }
}

fn sum(by_hour: &RaiseShape, raises: &[Raise]) -> RaiseShape {
    let mut shape = by_hour.clone();
    for (row, raise) in shape.lift.iter_mut().zip(raises) {
        row.iter_mut().for_each(|x| *x += raise.at);
    }
    shape
}

/// Doubles what falls short, then halves the distance. Whether anything moved.
fn move_centres(raises: &mut [Raise], short: &[bool]) -> bool {
    let mut moved = false;
    for (raise, &short) in raises.iter_mut().zip(short) {
        if short {
            raise.short = Some(raise.at);
            // What did before, beside other centres, may not do any more.
            raise.does = raise.does.filter(|does| *does > raise.at);
        } else {
            raise.does = Some(raise.at);
        }
        let next = match (raise.short, raise.does) {
            (None, _) => raise.at,
            (Some(low), Some(high)) if high - low > SETTLED => f64::midpoint(low, high),
            (Some(_), Some(high)) => high,
            (Some(low), None) => {
                raise.step *= 2.0;
                low + raise.step / 2.0
            }
        };
        moved |= next != raise.at;
        raise.at = next;
    }
    moved
}

/// One officer more in each hour that falls short, or a tenth more where there are many; where that did
/// not do in the round before, also in the hour before it, from which the queue comes.
fn raise_hours(
    planner: &Planner,
    plan: &StaffingPlan,
    b: f64,
    short: &[[bool; HOURS_OF_WEEK]],
    short_before: &mut [[bool; HOURS_OF_WEEK]],
    by_hour: &mut RaiseShape,
) -> bool {
    let mut raised = false;
    for (r, row) in planner.rows.iter().enumerate() {
        let rostered = row.rostered(&plan.crews[r]);
        let mut want = [false; HOURS_OF_WEEK];
        for h in (0..HOURS_OF_WEEK).filter(|&h| short[r][h]) {
            want[h] = true;
            if short_before[r][h] {
                want[(h + HOURS_OF_WEEK - 1) % HOURS_OF_WEEK] = true;
            }
        }
        for h in (0..HOURS_OF_WEEK).filter(|&h| want[h] && row.open[h]) {
            let more = (rostered[h] / 10.0).ceil().max(1.0);
            let lift = row.lift_to(h, (rostered[h] + more).floor() as u32, b);
            if lift > by_hour.lift[r][h] {
                by_hour.lift[r][h] = lift;
                raised = true;
            }
        }
        short_before[r] = short[r];
    }
    raised
}
