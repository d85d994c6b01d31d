//! Officers of one centre who hold the same roles: what each hour requires of them, and the shifts that cover it.

use super::curve::Week;
use super::plan::{Hours, PlanError};
use poolwise_engine::model::{CentreId, LevelEnd, LevelPlan, Levels, Line, PoolKind};
use poolwise_engine::time::{DAY, HOUR, HOURS_OF_WEEK, WEEK};

/// Loads below this are raised as if they were this: the root of nothing lifts nothing.
const LEAST_LOAD: f64 = 0.25;

/// One shift of the week.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// Line of the roster.
    pub line: usize,
    /// Weekday of its start.
    pub day: usize,
    /// Hours of the week in which it is on duty, with the share of each.
    pub covers: Vec<(usize, f64)>,
    /// Hours on duty.
    pub worked: f64,
}

/// How a row's officers come and go.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// As many as are required, hour by hour.
    Levels(LevelEnd),
    /// On permitted shifts: the lines without officers, and every shift of the week.
    Shifts(Vec<Line>, Vec<Slot>),
}

/// Officers of one centre who hold the same roles.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Centre.
    pub centre: CentreId,
    /// Its name.
    pub name: String,
    /// Roles, joined by `+`.
    pub role: String,
    /// Pool of the centre.
    pub pool: usize,
    /// Offered work by hour of the local week, erlangs.
    pub load: Hours,
    /// Requests reaching the queue, per hour.
    pub arrivals: Hours,
    /// Mean work per request, hours.
    pub service_hours: f64,
    /// Hours in which somebody may be on duty.
    pub open: [bool; HOURS_OF_WEEK],
    /// Fewest rostered while open.
    pub minimum: u32,
    /// Share present of those rostered.
    pub present: f64,
    /// How they come and go.
    pub kind: Kind,
}

impl Row {
    /// Officers rostered that each hour requires at `b`.
    pub fn required(&self, b: f64, lift: &Hours) -> Week {
        self.week(b, lift, self.present)
    }

    /// Officers who must be there in each hour at `b`.
    pub fn needed(&self, b: f64, lift: &Hours) -> Week {
        self.week(b, lift, 1.0)
    }

    fn week(&self, b: f64, lift: &Hours, share: f64) -> Week {
        let mut week = [0; HOURS_OF_WEEK];
        for h in (0..HOURS_OF_WEEK).filter(|&h| self.open[h]) {
            let m = self.load[h];
            let present = m + b * m.sqrt() + lift[h] * m.max(LEAST_LOAD).sqrt();
            week[h] = ((present.max(0.0) / share - 1e-9).ceil() as u32).max(self.minimum);
        }
        week
    }

    /// The lift at which hour `h` requires `officers` rostered at `b`.
    pub fn lift_to(&self, h: usize, officers: u32, b: f64) -> f64 {
        let m = self.load[h];
        let present = (f64::from(officers) - 0.5) * self.present;
        ((present - m - b * m.sqrt()) / m.max(LEAST_LOAD).sqrt()).max(0.0)
    }

    /// Officers rostered in each hour by `crew`.
    pub fn rostered(&self, crew: &[u32]) -> Hours {
        let mut week = [0.0; HOURS_OF_WEEK];
        match &self.kind {
            Kind::Levels(_) => week.iter_mut().zip(crew).for_each(|(w, n)| *w = f64::from(*n)),
            Kind::Shifts(_, slots) => {
                for (slot, n) in slots.iter().zip(crew) {
                    slot.covers.iter().for_each(|&(h, share)| week[h] += share * f64::from(*n));
                }
            }
        }
        week
    }

    /// Rostered hours a week.
    pub fn hours(&self, crew: &[u32]) -> f64 {
        match &self.kind {
            Kind::Levels(_) => crew.iter().map(|n| f64::from(*n)).sum(),
            Kind::Shifts(_, slots) => slots.iter().zip(crew).map(|(s, n)| s.worked * f64::from(*n)).sum(),
        }
    }

    /// Officers on each shift that cover `required`: one shift after the other where most is missing, then
    /// those taken back that nobody misses. Where shifts do not overlap that is the least possible.
    pub(super) fn cover(&self, required: &Week) -> Vec<u32> {
        let Kind::Shifts(_, slots) = &self.kind else { return required.to_vec() };
        let mut crew = vec![0; slots.len()];
        let mut missing: Vec<f64> = required.iter().map(|n| f64::from(*n)).collect();
        loop {
            let mut best = (0, 1e-9);
            for (i, slot) in slots.iter().enumerate() {
                let gain: f64 =
                    slot.covers.iter().map(|&(h, share)| share.min(missing[h].max(0.0))).sum::<f64>()
                        / slot.worked;
                if gain > best.1 * (1.0 + 1e-9) {
                    best = (i, gain);
                }
            }
            if best.1 <= 1e-9 {
                break;
            }
            crew[best.0] += 1;
            slots[best.0].covers.iter().for_each(|&(h, share)| missing[h] -= share);
        }
        for (i, slot) in slots.iter().enumerate() {
            while crew[i] > 0 && slot.covers.iter().all(|&(h, share)| missing[h] + share <= 1e-9) {
                crew[i] -= 1;
                slot.covers.iter().for_each(|&(h, share)| missing[h] += share);
            }
        }
        crew
    }

    pub(super) fn staffed(&self, crew: &[u32]) -> PoolKind {
        match &self.kind {
            Kind::Levels(end) => {
                let mut steps: Vec<(f64, u32)> = Vec::new();
                for (h, n) in crew.iter().enumerate() {
                    if steps.last().is_none_or(|last| last.1 != *n) {
                        steps.push((h as f64 * HOUR, *n));
                    }
                }
                PoolKind::Levels(Levels { plan: LevelPlan::Weekly(steps), end: *end })
            }
            Kind::Shifts(lines, slots) => {
                let mut lines = lines.clone();
                for (slot, n) in slots.iter().zip(crew) {
                    lines[slot.line].officers[slot.day] = *n;
                }
                PoolKind::Crews(lines)
            }
        }
    }
}

/// Every shift of the week that the lines permit: for officers by headcount all weekdays on which the
/// pool's rule put somebody, else those that are worked.
pub(super) fn shifts(centre: &str, lines: &[Line], pooled: bool) -> Result<Kind, PlanError> {
    if lines.iter().any(|l| l.once.is_some()) {
        return Err(PlanError::Once { centre: centre.to_owned() });
    }
    // A pool without a minimum may have left a permitted shift empty on some day; days are the same for
    // all of its starts.
    let mut worked = [false; 7];
    lines.iter().for_each(|l| (0..7).for_each(|d| worked[d] |= l.officers[d] > 0));
    let mut slots = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        for day in (0..7).filter(|&d| if pooled { worked[d] } else { line.officers[d] > 0 }) {
            let covers = covered(line, day);
            let hours: f64 = covers.iter().map(|c| c.1).sum();
            if hours > 0.0 {
                slots.push(Slot { line: i, day, covers, worked: hours });
            }
        }
    }
    let empty = lines.iter().map(|l| Line { officers: [0; 7], ..l.clone() }).collect();
    Ok(Kind::Shifts(empty, slots))
}

fn covered(line: &Line, day: usize) -> Vec<(usize, f64)> {
    let mut hours = [0.0; HOURS_OF_WEEK];
    let mut add = |from: f64, length: f64, sign: f64| {
        let (mut t, end) = (from, from + length);
        while t < end - 1e-9 {
            let next = (((t / HOUR).floor() + 1.0) * HOUR).min(end);
            hours[(t.rem_euclid(WEEK) / HOUR) as usize % HOURS_OF_WEEK] += sign * (next - t) / HOUR;
            t = next;
        }
    };
    let start = day as f64 * DAY + line.start;
    add(start, line.length, 1.0);
    for b in &line.breaks {
        let (from, until) = (b.after.min(line.length), (b.after + b.length).min(line.length));
        add(start + from, until - from, -1.0);
    }
    hours.into_iter().enumerate().filter(|(_, share)| *share > 1e-9).collect()
}
