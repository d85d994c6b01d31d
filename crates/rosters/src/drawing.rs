//! Draws up rosters, row by row of a curve: what must be covered, the programme with all its rules, and what came of it.

use crate::curve::{CentreCurve, Curve, WeekCurve};
use crate::patterns::{self, Tour, Waived, covering, tours, weekends};
use crate::programme::{LpSide, Programme};
use crate::reasons::{self, Reason};
use crate::solve::{self, ProgrammeError};
use crate::{Employed, Roster, RosterError, RosterOutcome, RosterPlan, cost, headcount};
use poolwise_engine::model::{CentreId, HolidayWork, Model, PoolKind, RoleMask};
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK};
use poolwise_planning::roster_rules::{CentreRules, Cover, Least, RosterRules, ShiftRule};

/// Times that officers are asked for on top where breaks leave too few.
const ROUNDS: u32 = 12;

/// Draws up rosters for a curve, one row after the other; [`RosterRows`] has them on threads of the caller's.
///
/// # Errors
/// [`RosterError`] if the curve is not of this model or the rules lack what they need. That a row has no
/// roster is no error: see [`RosterOutcome::outcome`].
pub fn plan(model: &Model, rules: &RosterRules, curve: &Curve) -> Result<RosterPlan, RosterError> {
    let rows = RosterRows::new(model, rules, curve)?;
    let drawn = (0..rows.count()).map(|row| rows.draw_up(row)).collect();
    Ok(rows.plan(drawn))
}

/// The rows of a curve that rosters are to be drawn up for, each by itself: in any order, on any thread.
#[derive(Debug)]
pub struct RosterRows<'a> {
    model: &'a Model,
    rules: &'a RosterRules,
    rows: Vec<(&'a CentreCurve, CentreId, RoleMask)>,
}

impl<'a> RosterRows<'a> {
    /// The rows of a curve.
    ///
    /// # Errors
    /// [`RosterError`] if the curve is not of this model or the rules lack what they need.
    pub fn new(model: &'a Model, rules: &'a RosterRules, curve: &'a Curve) -> Result<Self, RosterError> {
        if rules.least == Least::Cost && rules.pay.is_none() {
            return Err(RosterError::NoPay);
        }
        let mut rows = Vec::with_capacity(curve.centres.len());
        for row in &curve.centres {
            let id = model.centres.iter().position(|c| c.name == row.centre);
            let id = id.ok_or_else(|| RosterError::Centre(row.centre.clone()))?;
            rows.push((row, id, roles_of(model, &row.role)?));
        }
        Ok(Self { model, rules, rows })
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// The roster of a row, by its place in the curve, or why there is none.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn draw_up(&self, row: usize) -> RosterOutcome {
        let (row, id, roles) = self.rows[row];
        one(self.model, self.rules, row, id, roles)
    }

    /// The plan of all rows, drawn up and in the curve's order. Where a centre's together employ more than its rules allow, none of them
    /// has a roster.
    pub fn plan(&self, mut drawn: Vec<RosterOutcome>) -> RosterPlan {
        let centres = 0..self.model.centres.len();
        let employed = centres.filter_map(|id| employed(self.model, self.rules, &mut drawn, id)).collect();
        RosterPlan { rows: drawn, employed }
    }
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
            holidays: HolidayWork::Work,
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
pub(crate) fn programme_of(
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
