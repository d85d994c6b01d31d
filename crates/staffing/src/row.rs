//! Officers of one centre who hold the same roles: what each hour requires of them, and the shifts that cover it.

use super::curve::{WeekCurve, WeekHours};
use super::plan::PlanError;
use poolwise_engine::model::{CentreId, LevelEnd, LevelPlan, Levels, PoolKind, ShiftLine};
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK};
use poolwise_rosters::slots::{self, ShiftSlot, whole};

/// Loads below this are raised as if they were this: the root of nothing lifts nothing.
const LEAST_LOAD: f64 = 0.25;

/// How a row's officers come and go.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupKind {
    /// As many as are required, hour by hour.
    Levels(LevelEnd),
    /// On permitted shifts: the lines without officers, and every shift of the week.
    Shifts(Vec<ShiftLine>, Vec<ShiftSlot>),
}

/// Officers of one centre who hold the same roles.
#[derive(Debug, Clone, PartialEq)]
pub struct OfficerGroup {
    /// The centre, by its index in the model.
    pub centre: CentreId,
    /// The row's name, of centre and role.
    pub name: String,
    /// Roles, joined by `+`.
    pub role: String,
    /// Pool of the centre.
    pub pool: usize,
    /// Offered work by hour of the local week, erlangs.
    pub load: WeekHours,
    /// Requests reaching the queue, per hour.
    pub arrivals: WeekHours,
    /// Mean work per request, hours.
    pub service_hours: f64,
    /// Hours in which somebody may be on duty.
    pub open: [bool; HOURS_OF_WEEK],
    /// Fewest rostered while open.
    pub minimum: u32,
    /// Share present of those rostered.
    pub present: f64,
    /// How they come and go.
    pub kind: GroupKind,
}

impl OfficerGroup {
    /// Officers rostered that each hour requires at `b`, the minimum crew apart; not whole.
    pub(crate) fn required(&self, b: f64, lift: &WeekHours) -> WeekHours {
        let mut week = [0.0; HOURS_OF_WEEK];
        for h in (0..HOURS_OF_WEEK).filter(|&h| self.open[h]) {
            week[h] = self.present_at(h, b, lift).max(0.0) / self.present;
        }
        week
    }

    /// Officers who must be there in each hour at `b`.
    pub(crate) fn needed(&self, b: f64, lift: &WeekHours) -> WeekCurve {
        let mut week = [0; HOURS_OF_WEEK];
        for h in (0..HOURS_OF_WEEK).filter(|&h| self.open[h]) {
            week[h] = whole(self.present_at(h, b, lift)).max(self.minimum);
        }
        week
    }

    fn present_at(&self, h: usize, b: f64, lift: &WeekHours) -> f64 {
        let m = self.load[h];
        m + b * m.sqrt() + lift[h] * m.max(LEAST_LOAD).sqrt()
    }

    /// The lift at which hour `h` requires `officers` rostered at `b`.
    pub(crate) fn lift_to(&self, h: usize, officers: u32, b: f64) -> f64 {
        let m = self.load[h];
        let present = (f64::from(officers) - 0.5) * self.present;
        ((present - m - b * m.sqrt()) / m.max(LEAST_LOAD).sqrt()).max(0.0)
    }

    /// Officers rostered in each hour by `crew`.
    pub(crate) fn rostered(&self, crew: &[u32]) -> WeekHours {
        let GroupKind::Shifts(_, slots) = &self.kind else {
            let mut week = [0.0; HOURS_OF_WEEK];
            week.iter_mut().zip(crew).for_each(|(w, n)| *w = f64::from(*n));
            return week;
        };
        slots::on_duty(slots, crew)
    }

    /// What officers can be put on, in the order of a crew: shifts of the week, or the hours of levels, those that are closed
    /// without any.
    pub(super) fn places(&self) -> Vec<ShiftSlot> {
        let hour = |h: usize| {
            let covers = if self.open[h] { vec![(h, 1.0)] } else { Vec::new() };
            // Nobody fits into a closed hour.
            let worked = if self.open[h] { 1.0 } else { f64::INFINITY };
            ShiftSlot { line: 0, day: h / 24, there: covers.clone(), covers, worked }
        };
        match &self.kind {
            GroupKind::Levels(_) => (0..HOURS_OF_WEEK).map(hour).collect(),
            GroupKind::Shifts(_, slots) => slots.clone(),
        }
    }

    /// Rostered hours a week.
    pub(crate) fn hours(&self, crew: &[u32]) -> f64 {
        match &self.kind {
            GroupKind::Levels(_) => crew.iter().map(|n| f64::from(*n)).sum(),
            GroupKind::Shifts(_, slots) => {
                slots.iter().zip(crew).map(|(s, n)| s.worked * f64::from(*n)).sum()
            }
        }
    }

    /// Officers on each shift, or in each hour, that cover `required` and the minimum crew: see [`slots::cover`].
    pub(super) fn cover(&self, required: &WeekHours, by_hour: bool) -> Vec<u32> {
        let mut least = [0; HOURS_OF_WEEK];
        (0..HOURS_OF_WEEK).filter(|&h| self.open[h]).for_each(|h| least[h] = self.minimum);
        match &self.kind {
            GroupKind::Levels(_) => (0..HOURS_OF_WEEK).map(|h| whole(required[h]).max(least[h])).collect(),
            GroupKind::Shifts(_, slots) => slots::cover(slots, required, &least, by_hour),
        }
    }

    pub(super) fn staffed(&self, crew: &[u32]) -> PoolKind {
        match &self.kind {
            GroupKind::Levels(end) => {
                let mut steps: Vec<(f64, u32)> = Vec::new();
                for (h, n) in crew.iter().enumerate() {
                    if steps.last().is_none_or(|last| last.1 != *n) {
                        steps.push((h as f64 * HOUR, *n));
                    }
                }
                PoolKind::Levels(Levels { plan: LevelPlan::Weekly(steps), end: *end })
            }
            GroupKind::Shifts(lines, slots) => {
                let mut lines = lines.clone();
                for (slot, n) in slots.iter().zip(crew) {
                    lines[slot.line].officers[slot.day] = *n;
                }
                PoolKind::Crews(lines)
            }
        }
    }
}

/// Every shift of the week that the lines permit, for officers by headcount (`pooled`) or by name: see [`slots::slots`].
pub(super) fn shifts(centre: &str, lines: &[ShiftLine], pooled: bool) -> Result<GroupKind, PlanError> {
    if lines.iter().any(|l| l.once.is_some()) {
        return Err(PlanError::Once { centre: centre.to_owned() });
    }
    let empty = lines.iter().map(|l| ShiftLine { officers: [0; 7], ..l.clone() }).collect();
    Ok(GroupKind::Shifts(empty, slots::slots(lines, pooled)))
}
