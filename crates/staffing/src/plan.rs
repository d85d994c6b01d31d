//! Staffings of an option, ordered by how much they staff.
//!
//! The offered load `m` of each centre and hour is that of infinitely many officers (M(t)/G/infinity, lagged;
//! see [`offered_load`]). A staffing has `m + b sqrt(m)` officers present in each hour (Jennings, Mandelbaum, Massey
//! and Whitt 1996), one `b` for all centres and hours, the one dial; `lift` may raise single centres or
//! hours. Divided by the share that is present and rounded up that is the requirement; permitted shifts
//! cover it, and never with fewer than the minimum crew.

use super::curve::{CentreCurve, Curve, WeekHours};
use super::row::{GroupKind, OfficerGroup, shifts};
use poolwise_engine::model::{Model, PoolKind, RoleMask};
use poolwise_engine::time::HOURS_OF_WEEK;
use poolwise_planning::allocation::PoolSpec;
use poolwise_planning::{offered_load, staffing};
use std::hash::{DefaultHasher, Hash, Hasher};
use thiserror::Error;

/// The greatest `b`: more changes nothing that a planner would see.
const AMPLE: f64 = 8.0;
/// Raises of `b` by row and hour.
#[derive(Debug, Clone, PartialEq)]
pub struct RaiseShape {
    /// By row of the planner, how much `b` is raised in each hour of the week.
    pub lift: Vec<WeekHours>,
}

/// A staffing at one setting of the safety above the offered load.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffingPlan {
    /// Safety above the offered load, in square roots of it (Halfin and Whitt 1981).
    pub b: f64,
    /// By row: officers on each shift of the week; by hour for levels.
    pub crews: Vec<Vec<u32>>,
    /// Rostered hours a week, all rows.
    pub hours: f64,
    /// Officers employed: whole ones at each centre.
    pub headcount: u32,
}

/// Why an option cannot be staffed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PlanError {
    /// No centre that counts has officers.
    Nobody,
    /// Officers who come once, by elapsed time.
    Once {
        /// Name of the centre.
        centre: String,
    },
    /// There is work for a role, and no permitted shift of anybody who holds it.
    NoShift {
        /// Name of the centre.
        centre: String,
        /// Name of the role.
        role: String,
    },
    /// Hours a week times availability is nothing.
    NoHours,
}

impl std::fmt::Display for PlanError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (what, help) = self.in_words();
        write!(f, "{what}; {help}")
    }
}

impl PlanError {
    /// The centre that it is about, if it is about one.
    pub fn centre(&self) -> Option<&str> {
        match self {
            Self::Once { centre } | Self::NoShift { centre, .. } => Some(centre),
            Self::Nobody | Self::NoHours => None,
        }
    }

    /// What is wrong, and what to write.
    pub fn in_words(&self) -> (String, String) {
        match self {
            Self::Nobody => (
                "no centre that counts in totals has officers to staff".to_owned(),
                "give a centre `shifts` or `levels`, or list it in a pool; `counted = false` takes a centre out".to_owned(),
            ),
            Self::Once { centre } => (
                format!("`{centre}` has crews that come once, by elapsed time"),
                "give it `shifts`, `levels` or a pool instead of `crews`".to_owned(),
            ),
            Self::NoShift { centre, role } => (
                format!("`{centre}` gets work for `{role}`, and nobody who holds it has a permitted shift there"),
                format!(
                    "add one to `centre.{centre}.shifts` or to the `shifts` of its pool, with `roles` that hold it, or \
                     route the work elsewhere"
                ),
            ),
            Self::NoHours => (
                "`workforce.hours_per_week` times `workforce.planned_availability` is nothing".to_owned(),
                "give `workforce` hours above 0, such as hours_per_week = 40".to_owned(),
            ),
        }
    }
}

/// Draws up staffings of one option.
#[derive(Debug, Clone)]
pub struct Planner {
    /// The option as it is.
    pub model: Model,
    /// Who can be staffed.
    pub rows: Vec<OfficerGroup>,
    /// Rostered hours that an officer gives a week.
    pub per_officer: f64,
    /// Whether something is asked of every hour by itself, so that every hour must be covered and not only the mean.
    pub by_hour: bool,
}

impl Planner {
    /// Rows of all centres that count.
    ///
    /// # Errors
    /// [`PlanError`] when there is nothing to staff.
    pub fn new(model: &Model, pools: &[PoolSpec]) -> Result<Self, PlanError> {
        let per_officer = model.workforce.hours_per_week * model.workforce.planned_availability;
        if !(per_officer > 0.0 && per_officer.is_finite()) {
            return Err(PlanError::NoHours);
        }
        let load = offered_load::worked_off(model);
        let mut rows = Vec::new();
        for (c, centre) in model.centres.iter().enumerate().filter(|(_, c)| c.counted) {
            for (p, pool) in centre.pools.iter().enumerate() {
                let minimum = pools
                    .iter()
                    .filter(|s| s.roles == pool.roles && s.centres.contains(&c))
                    .map(|s| s.minimum)
                    .max();
                let permitted = pools.iter().any(|s| s.roles == pool.roles && s.centres.contains(&c));
                let kind = match &pool.kind {
                    PoolKind::Levels(levels) => GroupKind::Levels(levels.end),
                    PoolKind::Crews(lines) => shifts(&centre.name, lines, permitted)?,
                };
                let duty = staffing::on_duty(model, c, pool.roles);
                let mut open = [false; HOURS_OF_WEEK];
                match &kind {
                    GroupKind::Levels(_) => (0..HOURS_OF_WEEK).for_each(|h| open[h] = duty.officers[h] > 0.0),
                    GroupKind::Shifts(_, slots) => {
                        slots.iter().flat_map(|s| &s.covers).for_each(|(h, _)| open[*h] = true);
                    }
                }
                let mut row = OfficerGroup {
                    centre: c,
                    name: centre.name.clone(),
                    role: role_names(model, pool.roles),
                    pool: p,
                    load: [0.0; HOURS_OF_WEEK],
                    arrivals: [0.0; HOURS_OF_WEEK],
                    service_hours: 0.0,
                    open,
                    minimum: minimum.unwrap_or(1),
                    present: 1.0 - centre.absence.share,
                    kind,
                };
                share_load(model, &load, &mut row, pool.roles)?;
                rows.push(row);
            }
        }
        if rows.is_empty() {
            return Err(PlanError::Nobody);
        }
        Ok(Self { model: model.clone(), rows, per_officer, by_hour: false })
    }

    /// The shape that raises no hour above the rule.
    pub fn plain(&self) -> RaiseShape {
        RaiseShape { lift: vec![[0.0; HOURS_OF_WEEK]; self.rows.len()] }
    }

    /// The least `b`: nothing but minimum crews.
    pub fn least_b(&self) -> f64 {
        let most = self.rows.iter().flat_map(|r| &r.load).copied().fold(0.0, f64::max);
        -most.sqrt() - 1.0
    }

    /// A `b` beyond which more officers change nothing.
    pub(crate) fn ample_b(&self) -> f64 {
        AMPLE
    }

    /// The staffing at `b`.
    pub fn plan(&self, b: f64, shape: &RaiseShape) -> StaffingPlan {
        let required: Vec<WeekHours> =
            self.rows.iter().zip(&shape.lift).map(|(row, lift)| row.required(b, lift)).collect();
        self.cover(b, &required)
    }

    /// A staffing that covers a requirement.
    pub(crate) fn cover(&self, b: f64, required: &[WeekHours]) -> StaffingPlan {
        let rows = self.rows.iter().zip(required);
        self.of_crews(b, rows.map(|(row, week)| row.cover(week, self.by_hour)).collect())
    }

    /// The staffing with these officers on each shift of each row, or in each hour.
    pub(crate) fn of_crews(&self, b: f64, crews: Vec<Vec<u32>>) -> StaffingPlan {
        let hours: Vec<f64> = self.rows.iter().zip(&crews).map(|(row, crew)| row.hours(crew)).collect();
        StaffingPlan { b, headcount: self.headcount(&hours), hours: hours.iter().sum(), crews }
    }

    /// Whole officers at each centre for hours by row.
    pub(crate) fn headcount(&self, hours: &[f64]) -> u32 {
        let mut by_centre = vec![0.0; self.model.centres.len()];
        self.rows.iter().zip(hours).for_each(|(row, h)| by_centre[row.centre] += h);
        by_centre.iter().map(|h| (h / self.per_officer - 1e-9).ceil().max(0.0) as u32).sum()
    }

    /// The largest staffing with at most so many officers: that of the greatest `b`. The least staffing
    /// where even that takes more.
    pub(crate) fn at_most(&self, officers: u32, shape: &RaiseShape) -> StaffingPlan {
        let (mut low, mut high) = (self.least_b(), self.ample_b());
        let least = self.plan(low, shape);
        if least.headcount >= officers {
            // Of plans with the same headcount the fullest, below.
            if least.headcount > officers {
                return least;
            }
        }
        let mut best = least;
        for _ in 0..48 {
            let middle = f64::midpoint(low, high);
            let plan = self.plan(middle, shape);
            if plan.headcount <= officers {
                low = middle;
                best = plan;
            } else {
                high = middle;
            }
        }
        best
    }

    /// The headcount at which all officers present would be busy for `utilization` of their time, if
    /// work were spread as a staffing is: where a search begins.
    pub(crate) fn start(&self, utilization: f64, shape: &RaiseShape) -> u32 {
        let work: f64 = self.rows.iter().flat_map(|r| &r.load).sum();
        let (mut low, mut high) = (self.least_b(), self.ample_b());
        for _ in 0..40 {
            let middle = f64::midpoint(low, high);
            let plan = self.plan(middle, shape);
            let present: f64 =
                self.rows.iter().zip(&plan.crews).map(|(row, crew)| row.present * row.hours(crew)).sum();
            if present * utilization >= work { high = middle } else { low = middle }
        }
        self.plan(high, shape).headcount
    }

    /// Officers present beyond the offered load, in square roots of the load: means over the week, summed over
    /// rows. Never negative.
    pub(crate) fn safety(&self, plan: &StaffingPlan) -> f64 {
        let week = HOURS_OF_WEEK as f64;
        let (mut spare, mut roots) = (0.0, 0.0);
        for (row, crew) in self.rows.iter().zip(&plan.crews) {
            let load = row.load.iter().sum::<f64>() / week;
            spare += row.present * row.hours(crew) / week - load;
            roots += load.sqrt();
        }
        if roots > 0.0 { (spare / roots).max(0.0) } else { 0.0 }
    }

    /// The option with a staffing in place of its officers.
    pub fn apply(&self, plan: &StaffingPlan) -> Model {
        let mut model = self.model.clone();
        let mut hours = vec![0.0; model.centres.len()];
        for (row, crew) in self.rows.iter().zip(&plan.crews) {
            hours[row.centre] += row.hours(crew);
            model.centres[row.centre].pools[row.pool].kind = row.staffed(crew);
        }
        for row in &self.rows {
            let officers = (hours[row.centre] / self.per_officer - 1e-9).ceil().max(0.0);
            model.centres[row.centre].headcount = Some(officers);
        }
        model
    }

    /// The requirement at `b` as reports see it: officers present, or the minimum crew.
    pub fn curve(&self, b: f64, shape: &RaiseShape) -> Curve {
        let rows = self.rows.iter().zip(&shape.lift);
        Curve {
            centres: rows
                .map(|(row, lift)| CentreCurve {
                    centre: row.name.clone(),
                    role: row.role.clone(),
                    required: row.needed(b, lift),
                })
                .collect(),
        }
    }
}

impl StaffingPlan {
    /// Tells it from plans with other officers.
    pub fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.crews.hash(&mut hasher);
        hasher.finish()
    }

    /// Mean number rostered.
    pub(crate) fn posts(&self) -> f64 {
        self.hours / HOURS_OF_WEEK as f64
    }
}

/// A role's work goes to the pools that hold it in proportion to their officers.
fn share_load(
    model: &Model,
    load: &offered_load::Load,
    row: &mut OfficerGroup,
    roles: RoleMask,
) -> Result<(), PlanError> {
    let centre = &model.centres[row.centre];
    let (mut work, mut arrivals) = (0.0, 0.0);
    for (r, role) in model.roles.iter().enumerate() {
        let of = &load.centres[row.centre].roles[r];
        if of.erlangs() <= 0.0 {
            continue;
        }
        let holders = centre.pools.iter().filter(|p| p.roles >> r & 1 == 1).count();
        if holders == 0 {
            return Err(PlanError::NoShift { centre: row.name.clone(), role: role.clone() });
        }
        if roles >> r & 1 == 0 {
            continue;
        }
        for h in 0..HOURS_OF_WEEK {
            row.load[h] += of.offered[h] / holders as f64;
            row.arrivals[h] += of.arrivals[h] / holders as f64;
        }
        work += of.erlangs() / holders as f64;
        arrivals += of.arrivals_per_hour() / holders as f64;
    }
    row.service_hours = if arrivals > 0.0 { work / arrivals } else { 0.0 };
    if work > 0.0 && !row.open.contains(&true) {
        return Err(PlanError::NoShift { centre: row.name.clone(), role: row.role.clone() });
    }
    Ok(())
}

fn role_names(model: &Model, roles: RoleMask) -> String {
    let held = model.roles.iter().enumerate().filter(|(r, _)| roles >> r & 1 == 1);
    held.map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("+")
}
