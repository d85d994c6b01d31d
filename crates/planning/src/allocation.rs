//! Officers given by headcount, spread over centres and shifts by one written rule.
//!
//! The rule is the same for every option, so that options differ in where work is done and not in how
//! well somebody drew their rosters. A sentence a step:
//!
//! 1. *Centres.* Officers go to centres in proportion to routed work (or equally), whole officers by
//!    largest remainder, each centre at least what the minimum crew on every permitted shift takes:
//!    ceil(minimum x shifts a week x hours a shift / (hours per week x planned availability)). A centre
//!    whose share is below that gets just that, and the others share the rest.
//! 2. *Officer-shifts.* A centre's rostered hours a week, officers x hours per week x planned
//!    availability, make whole officer-shifts; what is left over stays unused and is reported.
//! 3. *Shifts.* Every permitted shift of the week gets the minimum crew. The rest follow the load: each
//!    next officer-shift goes where it lowers the sum over hours of (offered work)^2 / officers most,
//!    that is, the mean workload of an officer as the work sees it; for shifts that do not overlap this
//!    greedy choice is the best one, and officers come out in proportion to work. Or they lie flat: as
//!    equal as whole officers allow, the extra ones spread over starts and weekdays in a fixed order.
//!
//! The load is that of the *draft*, in which pooled centres have one officer on every permitted shift:
//! a permitted shift is one that routing takes for open. Work that gathers while nobody may work is
//! laid evenly over the hours after the opening (see [`offered_load::worked_off`]).

mod shifts;

use crate::offered_load;
use crate::staffing::working_hours;
use poolwise_engine::choice;
use poolwise_engine::model::{Break, CentreId, HolidayWork, Learning, Model, RoleMask, ShiftLine, Skill};
use shifts::{lines, to_shifts};
use thiserror::Error;

/// A pool of officers to spread.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolSpec {
    /// Name, as reports show it.
    pub name: String,
    /// How many officers the group employs.
    pub officers: Headcount,
    /// Centres that they work at.
    pub centres: Vec<CentreId>,
    /// Permitted shifts of each centre, in the order of `centres`.
    pub shifts: Vec<Permitted>,
    /// How officers go to centres.
    pub allocate: Allocate,
    /// How they go to shifts.
    pub shape: ShiftShape,
    /// Fewest officers on every permitted shift.
    pub minimum: u32,
    /// Roles that each of them holds.
    pub roles: RoleMask,
    /// What differs between these roles, as in [`poolwise_engine::model::Pool`].
    pub skills: Vec<Skill>,
}

/// How many officers are employed: in all, or at each centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Headcount {
    /// So many officers in all, to be spread by the rule.
    Total(u32),
    /// At each centre, in the order of the pool's centres.
    ByCentre(Vec<u32>),
}

choice! {
    /// How a total goes to centres.
    pub enum Allocate {
        /// By routed work.
        Load = "load",
        /// As many at each centre.
        Equal = "equal",
    }
}

choice! {
    /// How a centre's officers go to shifts.
    pub enum ShiftShape {
        /// By routed work.
        Load = "load",
        /// As equal as can be.
        Flat = "flat",
    }
}

/// The shifts that a centre's officers may work.
#[derive(Debug, Clone, PartialEq)]
pub struct Permitted {
    /// Starts, seconds after local midnight.
    pub starts: Vec<f64>,
    /// Length of the shift, seconds.
    pub length: f64,
    /// Weekdays of the start, Monday first.
    pub days: [bool; 7],
    /// Breaks within it, each taken after the case in hand.
    pub breaks: Vec<Break>,
    /// Whether they are worked on holidays.
    pub holidays: HolidayWork,
    /// How the officers of the pool become faster, where they are new.
    pub learning: Option<Box<Learning>>,
}

/// What a centre gets from a pool.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    /// The pool, by its place in the list given.
    pub pool: usize,
    /// The centre whose officers are spread over shifts.
    pub centre: CentreId,
    /// Officers employed there.
    pub officers: u32,
    /// Its shifts, one line per permitted start.
    pub lines: Vec<ShiftLine>,
    /// Officer-shifts a week.
    pub officer_shifts: u64,
    /// Available hours a week that make no whole officer-shift.
    pub unused_hours: f64,
}

/// Why officers cannot be spread.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SpreadError {
    /// Too few officers for the minimum crew. A result as much as an error: the option is infeasible
    /// with these officers.
    #[error(
        "pool \"{pool}\": {officers} officers cannot keep {minimum} on every permitted shift; that takes {needed}{}",
        short(centres)
    )]
    TooFew {
        /// Name of the pool.
        pool: String,
        /// Officers it has.
        officers: u64,
        /// Officers it would take.
        needed: u64,
        /// Its minimum crew.
        minimum: u32,
        /// Each centre with the officers its minimum crew takes, and where officers are given by
        /// centre, those it has.
        centres: Vec<(String, Option<u64>, u64)>,
    },
    /// A centre has no permitted shift with any working time.
    #[error("pool \"{pool}\": no permitted shift at {centre} has any working time")]
    NoShift {
        /// Name of the pool.
        pool: String,
        /// Name of the centre.
        centre: String,
    },
    /// A list by centre has not one value for each centre.
    #[error("pool \"{pool}\": {given} {what} for {expected} centres; give one for each")]
    WrongLength {
        /// Name of the pool.
        pool: String,
        /// What is listed.
        what: &'static str,
        /// Values given.
        given: usize,
        /// How many centres there are.
        expected: usize,
    },
    /// Hours per week times planned availability is not a positive number.
    #[error("hours per week times planned availability must be positive to roster anybody")]
    NoHours,
}

/// Centres that have fewer officers than their minimum crew takes, in brackets.
fn short(centres: &[(String, Option<u64>, u64)]) -> String {
    let short = centres.iter().filter_map(|(name, has, needs)| match has {
        Some(has) if has < needs => Some(format!("{name} has {has} and needs {needs}")),
        _ => None,
    });
    let short: Vec<String> = short.collect();
    if short.is_empty() { String::new() } else { format!(" ({})", short.join(", ")) }
}

/// Lines with one officer on every permitted shift of the pool's `place`-th centre, for the draft
/// model that [`allocate`] reads the load from. Empty where the lists do not fit.
pub fn draft_lines(pools: &[PoolSpec], pool: usize, place: usize, centre_name: &str) -> Vec<ShiftLine> {
    let Some((centre, permitted)) =
        pools.get(pool).and_then(|p| p.centres.get(place).zip(p.shifts.get(place)))
    else {
        return Vec::new();
    };
    let officers = vec![permitted.days.map(u32::from); permitted.starts.len()];
    lines(permitted, centre_name, shared_name(pools, pool, *centre), &officers)
}

/// Spreads all pools by the load of `draft`, in the order of pools and their centres.
///
/// # Errors
/// The first [`SpreadError`] met.
pub fn allocate(draft: &Model, pools: &[PoolSpec]) -> Result<Vec<Allocation>, SpreadError> {
    allocate_by(draft, pools, &offered_load::worked_off(draft))
}

/// [`allocate`] where the load of `draft` ([`offered_load::worked_off`]) is known already.
///
/// # Errors
/// The first [`SpreadError`] met.
pub fn allocate_by(
    draft: &Model,
    pools: &[PoolSpec],
    load: &offered_load::Load,
) -> Result<Vec<Allocation>, SpreadError> {
    let per_officer = draft.workforce.hours_per_week * draft.workforce.planned_availability;
    let workable = per_officer > 0.0 && per_officer.is_finite();
    if !workable && !pools.is_empty() {
        return Err(SpreadError::NoHours);
    }
    let mut out = Vec::new();
    for (index, pool) in pools.iter().enumerate() {
        check_lengths(pool)?;
        let work: Vec<Vec<f64>> =
            pool.centres.iter().map(|&c| load.offered_in_roles(c, pool.roles)).collect();
        let officers = by_centre(draft, pool, &work, per_officer)?;
        for (place, &centre) in pool.centres.iter().enumerate() {
            let permitted = &pool.shifts[place];
            let hours = f64::from(officers[place]) * per_officer;
            let shift = permitted.hours();
            let officer_shifts = (hours / shift + 1e-9).floor() as u64;
            let crews = to_shifts(permitted, &work[place], pool.shape, pool.minimum, officer_shifts);
            let prefix = shared_name(pools, index, centre);
            out.push(Allocation {
                pool: index,
                centre,
                officers: officers[place],
                lines: lines(permitted, &draft.centres[centre].name, prefix, &crews),
                officer_shifts,
                unused_hours: (hours - officer_shifts as f64 * shift).max(0.0),
            });
        }
    }
    Ok(out)
}

impl Permitted {
    /// Working hours of one shift.
    fn hours(&self) -> f64 {
        working_hours(self.length, self.breaks.iter().map(|b| (b.after, b.length)))
    }

    /// Permitted shifts in a week.
    fn per_week(&self) -> usize {
        self.starts.len() * self.days.iter().filter(|d| **d).count()
    }
}

fn check_lengths(pool: &PoolSpec) -> Result<(), SpreadError> {
    let expected = pool.centres.len();
    let wrong = |what, given| SpreadError::WrongLength { pool: pool.name.clone(), what, given, expected };
    if pool.shifts.len() != expected {
        return Err(wrong("lists of permitted shifts", pool.shifts.len()));
    }
    match &pool.officers {
        Headcount::ByCentre(list) if list.len() != expected => Err(wrong("numbers of officers", list.len())),
        _ => Ok(()),
    }
}

/// Step 1: officers of each centre.
fn by_centre(
    draft: &Model,
    pool: &PoolSpec,
    work: &[Vec<f64>],
    per_officer: f64,
) -> Result<Vec<u32>, SpreadError> {
    let mut needed = Vec::with_capacity(pool.centres.len());
    for (&centre, permitted) in pool.centres.iter().zip(&pool.shifts) {
        let shift = permitted.hours();
        if permitted.per_week() == 0 || shift <= 0.0 {
            let centre = draft.centres[centre].name.clone();
            return Err(SpreadError::NoShift { pool: pool.name.clone(), centre });
        }
        let hours = f64::from(pool.minimum) * permitted.per_week() as f64 * shift;
        needed.push((hours / per_officer - 1e-9).ceil().max(0.0) as u64);
    }
    let total_needed: u64 = needed.iter().sum();
    let given: Option<&[u32]> = match &pool.officers {
        Headcount::ByCentre(list) => Some(list),
        Headcount::Total(_) => None,
    };
    let officers: u64 = match &pool.officers {
        Headcount::ByCentre(list) => list.iter().map(|n| u64::from(*n)).sum(),
        Headcount::Total(n) => u64::from(*n),
    };
    let short = match given {
        Some(list) => list.iter().zip(&needed).any(|(n, needs)| u64::from(*n) < *needs),
        None => officers < total_needed,
    };
    if short {
        let centre = |(i, &c): (usize, &CentreId)| {
            (draft.centres[c].name.clone(), given.map(|list| u64::from(list[i])), needed[i])
        };
        return Err(SpreadError::TooFew {
            pool: pool.name.clone(),
            officers,
            needed: total_needed,
            minimum: pool.minimum,
            centres: pool.centres.iter().enumerate().map(centre).collect(),
        });
    }
    if let Some(list) = given {
        return Ok(list.to_vec());
    }
    let mut weights: Vec<f64> = match pool.allocate {
        Allocate::Load => work.iter().map(|w| w.iter().sum()).collect(),
        Allocate::Equal => vec![1.0; work.len()],
    };
    if weights.iter().sum::<f64>() <= 0.0 {
        weights.fill(1.0);
    }
    // In the order of names, so that equals and rounding do not depend on the order in which centres are listed.
    let mut by_name: Vec<usize> = (0..pool.centres.len()).collect();
    by_name.sort_by_key(|&i| &draft.centres[pool.centres[i]].name);
    let weights: Vec<f64> = by_name.iter().map(|&i| weights[i]).collect();
    let least: Vec<u64> = by_name.iter().map(|&i| needed[i]).collect();
    let mut parts = vec![0; by_name.len()];
    for (&i, n) in by_name.iter().zip(apportion(officers, &weights, &least)) {
        parts[i] = n as u32;
    }
    Ok(parts)
}

/// `total` in whole parts by weight, each at least its `least` (whose sum is at most `total`).
fn apportion(total: u64, weights: &[f64], least: &[u64]) -> Vec<u64> {
    // Those whose quota is below their least get it; the others share what is left by weight. Each
    // round fixes at least one or is the last.
    let mut fixed = vec![false; weights.len()];
    let mut quota;
    loop {
        let taken: u64 = least.iter().zip(&fixed).filter(|(_, f)| **f).map(|(n, _)| n).sum();
        let weight: f64 = weights.iter().zip(&fixed).filter(|(_, f)| !**f).map(|(w, _)| w).sum();
        let rest = (total - taken) as f64;
        quota = (0..weights.len())
            .map(|i| match fixed[i] {
                true => least[i] as f64,
                false if weight > 0.0 => rest * weights[i] / weight,
                false => 0.0,
            })
            .collect::<Vec<f64>>();
        let below: Vec<usize> =
            (0..weights.len()).filter(|&i| !fixed[i] && quota[i] < least[i] as f64 - 1e-9).collect();
        if below.is_empty() {
            break;
        }
        below.into_iter().for_each(|i| fixed[i] = true);
    }
    let mut parts: Vec<u64> = quota.iter().map(|q| (q + 1e-9).floor() as u64).collect();
    let mut left = total.saturating_sub(parts.iter().sum());
    // The largest remainders first; of equal ones, the earlier.
    let mut order: Vec<usize> = (0..parts.len()).collect();
    let remainder = |i: usize| quota[i] - (quota[i] + 1e-9).floor();
    order.sort_by(|&a, &b| {
        let apart = remainder(b) - remainder(a);
        if apart.abs() < 1e-9 { a.cmp(&b) } else { apart.total_cmp(&0.0) }
    });
    while left > 0 && !order.is_empty() {
        for &i in &order {
            if left == 0 {
                break;
            }
            parts[i] += 1;
            left -= 1;
        }
    }
    parts
}

/// The pool's name where another pool works at the same centre, so that line names stay apart.
fn shared_name(pools: &[PoolSpec], pool: usize, centre: CentreId) -> Option<&str> {
    let other = |(i, p): (usize, &PoolSpec)| i != pool && p.centres.contains(&centre);
    pools.iter().enumerate().any(other).then(|| pools[pool].name.as_str())
}

#[cfg(test)]
mod tests;
