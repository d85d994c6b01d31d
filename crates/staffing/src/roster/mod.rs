//! Rosters: whole officers on permitted shifts that cover a requirement curve, at least cost.
//!
//! For each row of the curve (a centre, and the officers there who hold the same roles): the number
//! required in each hour, raised so that enough come when some are absent and to the minimum crew; the
//! weeks that an officer may work under the rules ([`patterns`]); a covering programme of the two
//! (`programme`); and its solution with a bound ([`solve`]). Where there is none, the reasons
//! ([`reasons`]). Officers are whole, row by row: a centre cannot borrow four tenths of somebody else's.

pub mod cost;
pub mod duty;
mod kinds;
pub mod patterns;
pub(crate) mod programme;
pub mod reasons;
pub mod search;
pub mod solve;

use super::curve::{CentreCurve, Curve, WeekCurve};
use super::headcount;
use patterns::{Tour, Waived, covering, tours, weekends};
use poolwise_engine::model::{CentreId, Model, PoolKind, RoleMask};
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK};
use poolwise_planning::roster_rules::{CentreRules, Cover, Least, RosterRules, ShiftRule};
use poolwise_study::parallel;
use programme::{LpSide, Programme};
use reasons::Reason;
use serde::Serialize;
use solve::ProgrammeError;
use thiserror::Error;

/// Times that officers are asked for on top where breaks leave too few.
const ROUNDS: u32 = 12;

/// A roster for every row of a curve, or the reasons why there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct RosterPlan {
    /// Rows in the curve's order.
    pub rows: Vec<RosterOutcome>,
    /// Officers employed, by centre that has a row, in the scenario's order.
    pub employed: Vec<Employed>,
}

/// What came of one row of the curve.
#[derive(Debug, Clone, PartialEq)]
pub struct RosterOutcome {
    /// Name of the centre.
    pub centre: String,
    /// Its place in the model.
    pub id: CentreId,
    /// Roles that its officers hold, joined by `+`.
    pub role: String,
    /// The same as a set.
    pub roles: RoleMask,
    /// Officers that the curve requires, present and not on a break.
    pub required: WeekCurve,
    /// Officers to be rostered: after absence and with the minimum crew.
    pub covered: WeekCurve,
    /// The roster, or why there is none.
    pub outcome: Result<Roster, Vec<Reason>>,
}

/// Which weeks how many officers work, so that the need of each hour is covered.
#[derive(Debug, Clone, PartialEq)]
pub struct Roster {
    /// Weeks of shifts that somebody works, and how many do.
    pub tours: Vec<(Tour, u32)>,
    /// Officers rostered: all tours together.
    pub officers: u32,
    /// The objective: officers, or cost a week of those rostered.
    pub cost: f64,
    /// No roster costs less: whole officers where officers are counted.
    pub bound: f64,
    /// Nodes of branch and bound.
    pub nodes: u64,
    /// The search ended at its limit of nodes, with this the best found.
    pub limited: bool,
}

/// Officers employed at a centre: those rostered and those who stand in for leave and training.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Employed {
    /// Name of the centre.
    pub centre: String,
    /// Its place in the model.
    #[serde(skip)]
    pub id: CentreId,
    /// Officers who have a week of work in it.
    pub rostered: u32,
    /// Officers whom the roster employs.
    pub officers: u32,
    /// Rostered hours on duty a week.
    pub hours: f64,
    /// Officers that the minimum crew would take by itself.
    pub minimum_crew: u32,
}

/// Why no plan can be made of a curve at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RosterError {
    /// The curve names a centre that the scenario does not have.
    #[error("the curve names a centre `{0}`, which the scenario does not have")]
    Centre(String),
    /// The curve names a role that the scenario does not have.
    #[error("the curve names a role `{0}`, which the scenario does not have")]
    Role(String),
    /// Least cost, without a pay table.
    #[error("`least = \"cost\"` needs [pay]: what an hour costs")]
    NoPay,
}

/// Draws up rosters for a curve, on so many threads; the result does not depend on their number.
///
/// # Errors
/// [`RosterError`] if the curve is not of this model or the rules lack what they need. That a row has no
/// roster is no error: see [`RosterOutcome::outcome`].
pub fn plan(
    model: &Model,
    rules: &RosterRules,
    curve: &Curve,
    threads: usize,
) -> Result<RosterPlan, RosterError> {
    if rules.least == Least::Cost && rules.pay.is_none() {
        return Err(RosterError::NoPay);
    }
    let mut jobs = Vec::with_capacity(curve.centres.len());
    for row in &curve.centres {
        let id = model.centres.iter().position(|c| c.name == row.centre);
        let id = id.ok_or_else(|| RosterError::Centre(row.centre.clone()))?;
        jobs.push((row, id, roles_of(model, &row.role)?));
    }
    let mut rows = parallel::all(jobs.len(), Some(threads), |i| {
        let (row, id, roles) = jobs[i];
        one(model, rules, row, id, roles)
    });
    let employed = (0..model.centres.len()).filter_map(|id| employed(model, rules, &mut rows, id)).collect();
    Ok(RosterPlan { rows, employed })
}

/// The set of roles of a row: names joined by `+`.
fn roles_of(model: &Model, role: &str) -> Result<RoleMask, RosterError> {
    // A role's own name may have a plus in it.
    if let Some(r) = model.roles.iter().position(|name| name == role) {
        return Ok(1 << r);
    }
    role.split('+').map(str::trim).try_fold(0, |mask, part| {
        let r = model.roles.iter().position(|name| name == part);
        r.map(|r| mask | 1 << r).ok_or_else(|| RosterError::Role(part.to_owned()))
    })
}

/// The permitted shifts of a centre: those of the rules, or else those that it has now, or else eight
/// hours from every hour on five days.
pub(crate) fn permitted(model: &Model, rules: &RosterRules, id: CentreId) -> Vec<ShiftRule> {
    let own = &rules.of(id).shifts;
    if !own.is_empty() {
        return own.clone();
    }
    let week = model.workforce.hours_per_week * HOUR;
    let days_on = |length: f64, days: &[bool; 7]| {
        let most = days.iter().filter(|d| **d).count() as u32;
        ((week / length + 1e-9).floor() as u32).clamp(1, most.max(1))
    };
    let mut out: Vec<ShiftRule> = Vec::new();
    for pool in &model.centres[id].pools {
        let PoolKind::Crews(lines) = &pool.kind else { continue };
        for line in lines.iter().filter(|l| l.once.is_none()) {
            let days = line.officers.map(|n| n > 0);
            out.push(ShiftRule {
                starts: vec![line.start],
                length: line.length,
                breaks: line.breaks.clone(),
                days,
                days_on: days_on(line.length, &days),
                consecutive: true,
                roles: pool.roles,
                holidays: line.holidays,
            });
        }
    }
    out.retain(|s| s.days != [false; 7]);
    if out.is_empty() {
        out.push(ShiftRule {
            starts: (0..24).map(|h| f64::from(h) * HOUR).collect(),
            length: 8.0 * HOUR,
            breaks: Vec::new(),
            days: [true; 7],
            days_on: days_on(8.0 * HOUR, &[true; 7]).min(5),
            consecutive: true,
            roles: RoleMask::MAX,
            holidays: poolwise_engine::model::HolidayWork::Work,
        });
    }
    out
}

/// What must be rostered for `required` to be there.
fn to_cover(model: &Model, rules: &CentreRules, id: CentreId, required: &WeekCurve) -> WeekCurve {
    let absence = model.centres[id].absence.share;
    std::array::from_fn(|h| {
        let rostered = headcount::rostered_for(required[h], absence, rules.absence_cover);
        if rules.is_open(h, required[h]) { rostered.max(rules.minimum) } else { rostered }
    })
}

fn one(
    model: &Model,
    rules: &RosterRules,
    row: &CentreCurve,
    id: CentreId,
    roles: RoleMask,
) -> RosterOutcome {
    let its = rules.of(id);
    let covered = to_cover(model, its, id, &row.required);
    let outcome = draw_up(model, rules, id, roles, &covered);
    RosterOutcome {
        centre: row.centre.clone(),
        id,
        role: row.role.clone(),
        roles,
        required: row.required,
        covered,
        outcome,
    }
}

/// The covering programme of a row with all its rules: tours, programme, the hour of each row.
pub(super) fn programme_of(
    model: &Model,
    rules: &RosterRules,
    its: &CentreRules,
    tours: &[Tour],
    covered: &WeekCurve,
) -> (Programme, Vec<usize>) {
    let patterns::Covering { mut programme, hours } = covering(its, tours, covered);
    if rules.least == Least::Cost
        && let Some(pay) = &rules.pay
    {
        for (column, tour) in programme.columns.iter_mut().zip(tours) {
            column.cost = cost::of_tour(pay, tour, model.workforce);
        }
    }
    programme.sides.extend(weekends(its, tours));
    if let Some(officers) = its.officers {
        let most = headcount::rostered_of(officers, model.workforce.planned_availability);
        programme.sides.push(LpSide {
            name: "officers".to_owned(),
            weights: (0..tours.len()).map(|j| (j, 1.0)).collect(),
            limit: f64::from(most),
        });
    }
    (programme, hours)
}

fn draw_up(
    model: &Model,
    rules: &RosterRules,
    id: CentreId,
    roles: RoleMask,
    covered: &WeekCurve,
) -> Result<Roster, Vec<Reason>> {
    let its = rules.of(id);
    let shifts = permitted(model, rules, id);
    let tours = tours(its, &shifts, roles, Waived::default());
    let plain = reasons::plain(its, &shifts, roles, &tours, covered);
    if !plain.is_empty() {
        return Err(plain);
    }
    if covered.iter().all(|n| *n == 0) {
        let none = Roster { tours: Vec::new(), officers: 0, cost: 0.0, bound: 0.0, nodes: 0, limited: false };
        return Ok(none);
    }
    // A programme knows no order of officers, so breaks that they take one after the other are left out of it; what is
    // then short at some instant is asked for on top. Without them a roster costs no more, so that the first bound stands.
    let exact = its.cover.unwrap_or(Cover::Always) == Cover::Always;
    let mut need = *covered;
    let mut first: Option<Roster> = None;
    for _ in 0..ROUNDS {
        let roster = drawn(model, rules, its, &tours, &need)?;
        let bound = first.as_ref().map_or(roster.bound, |r| r.bound);
        let nodes = roster.nodes + first.as_ref().map_or(0, |r| r.nodes);
        let roster = Roster { bound, nodes, ..roster };
        let short = if exact { roster.short_of(covered) } else { Vec::new() };
        if short.is_empty() {
            return Ok(roster);
        }
        short.into_iter().for_each(|(h, officers)| need[h] += officers);
        first = Some(roster);
    }
    let short = first.map_or_else(Vec::new, |roster| roster.short_of(covered));
    Err(vec![Reason::Breaks { hours: short.into_iter().map(|(h, _)| h).collect() }])
}

/// The roster that covers `need`, breaks apart that officers take one after the other.
fn drawn(
    model: &Model,
    rules: &RosterRules,
    its: &CentreRules,
    tours: &[Tour],
    need: &WeekCurve,
) -> Result<Roster, Vec<Reason>> {
    let (programme, _) = programme_of(model, rules, its, tours, need);
    let solution = match solve::solve(&programme, rules.nodes) {
        Ok(solution) => solution,
        Err(ProgrammeError::Infeasible) => return Err(reasons::together(model, rules, its, tours, need)),
        Err(ProgrammeError::NoneFound { nodes, bound }) => {
            return Err(vec![Reason::NoneFound { nodes, bound }]);
        }
        Err(ProgrammeError::Failed(why)) => return Err(vec![Reason::Solver(why)]),
    };
    let all = tours.iter().cloned().zip(solution.chosen);
    let chosen: Vec<(Tour, u32)> = all.filter(|(_, n)| *n > 0).collect();
    Ok(Roster {
        officers: chosen.iter().map(|(_, n)| n).sum(),
        tours: chosen,
        cost: solution.cost,
        bound: solution.bound,
        nodes: solution.nodes,
        limited: solution.limited,
    })
}

/// Officers employed at a centre, if it has rows. Where they are more than the rules allow, its rows get
/// that as their reason.
fn employed(
    model: &Model,
    rules: &RosterRules,
    rows: &mut [RosterOutcome],
    id: CentreId,
) -> Option<Employed> {
    let here: Vec<&mut RosterOutcome> = rows.iter_mut().filter(|r| r.id == id).collect();
    let first = here.first()?;
    let centre = first.centre.clone();
    let rosters = || here.iter().filter_map(|r| r.outcome.as_ref().ok());
    let rostered: u32 = rosters().map(|r| r.officers).sum();
    let hours = rosters().map(Roster::hours).sum();
    let availability = model.workforce.planned_availability;
    let officers = headcount::employed(f64::from(rostered), availability);
    let its = rules.of(id);
    let open = (0..HOURS_OF_WEEK).filter(|h| here.iter().any(|r| its.is_open(*h, r.required[*h]))).count();
    let minimum_crew = here.len() as u32 * headcount::minimum_crew(its.minimum, open as f64, model.workforce);
    if let Some(most) = its.officers
        && officers > most
    {
        for row in here {
            if row.outcome.is_ok() {
                row.outcome = Err(vec![Reason::Officers { needed: officers, most }]);
            }
        }
    }
    Some(Employed { centre, id, rostered, officers, hours, minimum_crew })
}

impl RosterPlan {
    /// Whether every row has a roster.
    pub fn is_feasible(&self) -> bool {
        self.rows.iter().all(|r| r.outcome.is_ok())
    }

    /// Rows without one, and why.
    pub fn failures(&self) -> impl Iterator<Item = (&RosterOutcome, &[Reason])> {
        self.rows.iter().filter_map(|r| r.outcome.as_ref().err().map(|why| (r, why.as_slice())))
    }

    /// Officers employed over all centres.
    pub fn officers(&self) -> u32 {
        self.employed.iter().map(|e| e.officers).sum()
    }

    /// Officers rostered over all centres.
    pub fn rostered(&self) -> u32 {
        self.employed.iter().map(|e| e.rostered).sum()
    }

    /// Rostered hours on duty a week over all centres.
    pub fn hours(&self) -> f64 {
        self.employed.iter().map(|e| e.hours).sum()
    }

    /// Posts: rostered officers on duty, on average.
    pub fn posts(&self) -> f64 {
        self.hours() / HOURS_OF_WEEK as f64
    }

    /// Puts the rosters in place of the officers of the same roles at each centre, and states the
    /// officers employed. Rows without a roster are left out.
    pub fn apply(&self, model: &mut Model) {
        for employed in &self.employed {
            let centre = &mut model.centres[employed.id];
            centre.pools = self.pools(employed.id, &centre.pools);
            centre.headcount = Some(f64::from(employed.officers));
        }
    }

    /// The curve that asks, in hours where service failed, for at least `by` more officers than the
    /// roster has there now, so that the next plan must differ. `failing` lists hours of the week by row
    /// of the curve; `lead` hours before each are raised too, since work that waits was there before.
    pub(crate) fn corrected(&self, curve: &Curve, failing: &[Vec<usize>], by: u32, lead: usize) -> Curve {
        let mut out = curve.clone();
        for ((row, hours), plan) in out.centres.iter_mut().zip(failing).zip(&self.rows) {
            let on_duty = plan.outcome.as_ref().map_or(plan.required, Roster::on_duty);
            let before = row.required;
            for hour in hours {
                for back in 0..=lead {
                    let h = (hour + HOURS_OF_WEEK - back % HOURS_OF_WEEK) % HOURS_OF_WEEK;
                    // The curve counts those present, the roster those who should come.
                    let spare = on_duty[h].saturating_sub(plan.covered[h]);
                    row.required[h] = row.required[h].max(before[h] + spare + by);
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests;
