//! Officers of one centre who hold the same roles: what each hour requires of them, and the shifts that cover it.

use super::curve::WeekCurve;
use super::plan::{PlanError, WeekHours};
use poolwise_engine::model::{Break, CentreId, LevelEnd, LevelPlan, Levels, PoolKind, ShiftLine};
use poolwise_engine::time::{DAY, HOUR, HOURS_OF_WEEK, WEEK};

/// Loads below this are raised as if they were this: the root of nothing lifts nothing.
const LEAST_LOAD: f64 = 0.25;
/// Slack against rounding when officers are made whole.
const ROUNDING: f64 = 1e-9;

/// One shift of the week.
#[derive(Debug, Clone, PartialEq)]
pub struct ShiftSlot {
    /// Line of the roster.
    pub line: usize,
    /// Weekday of its start.
    pub day: usize,
    /// Hours of the week in which it is on duty, with the share of each.
    pub covers: Vec<(usize, f64)>,
    /// Hours of the week in which it is worked, breaks included, with the share of each.
    pub there: Vec<(usize, f64)>,
    /// Hours on duty.
    pub worked: f64,
}

impl ShiftSlot {
    fn gives(&self, by_hour: bool) -> Vec<(usize, f64, f64)> {
        let even = self.worked / self.there.iter().map(|t| t.1).sum::<f64>();
        let on_duty = |h: usize| self.covers.iter().find(|c| c.0 == h).map_or(0.0, |c| c.1);
        let of = |&(h, there): &(usize, f64)| (h, if by_hour { on_duty(h) } else { there * even }, there);
        self.there.iter().map(of).collect()
    }
}

/// Whole officers for a requirement.
fn whole(officers: f64) -> u32 {
    (officers.max(0.0) - ROUNDING).ceil().max(0.0) as u32
}

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
        let mut week = [0.0; HOURS_OF_WEEK];
        match &self.kind {
            GroupKind::Levels(_) => week.iter_mut().zip(crew).for_each(|(w, n)| *w = f64::from(*n)),
            GroupKind::Shifts(_, slots) => {
                for (slot, n) in slots.iter().zip(crew) {
                    slot.covers.iter().for_each(|&(h, share)| week[h] += share * f64::from(*n));
                }
            }
        }
        week
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

    /// Officers on each shift that cover `required`: one shift after the other where most is missing, then
    /// those taken back that nobody misses. Where shifts do not overlap that is the least possible. `by_hour`: whole
    /// officers in every hour by itself, breaks taken where they fall; else on the mean, breaks counting as spread over
    /// the shift, so that half an hour of the week does not ask for a whole shift. The minimum crew is of officers on a
    /// shift, on a break or not.
    pub(super) fn cover(&self, required: &WeekHours, by_hour: bool) -> Vec<u32> {
        let least = |h: usize| if self.open[h] { self.minimum } else { 0 };
        let GroupKind::Shifts(_, slots) = &self.kind else {
            return (0..HOURS_OF_WEEK).map(|h| whole(required[h]).max(least(h))).collect();
        };
        let mut crew = vec![0; slots.len()];
        let mut missing: Vec<f64> =
            required.iter().map(|n| if by_hour { f64::from(whole(*n)) } else { *n }).collect();
        let mut short: Vec<f64> = (0..HOURS_OF_WEEK).map(|h| f64::from(least(h))).collect();
        // By hour of each shift: what it gives towards the requirement, and towards the minimum crew.
        let gives: Vec<Vec<(usize, f64, f64)>> = slots.iter().map(|slot| slot.gives(by_hour)).collect();
        loop {
            let mut best = (0, 1e-9);
            for (i, slot) in slots.iter().enumerate() {
                let gain: f64 = gives[i]
                    .iter()
                    .map(|&(h, on, there)| on.min(missing[h].max(0.0)).max(there.min(short[h].max(0.0))))
                    .sum::<f64>()
                    / slot.worked;
                if gain > best.1 * (1.0 + 1e-9) {
                    best = (i, gain);
                }
            }
            // What is left below this is rounding, of which no officer comes.
            if best.1 <= ROUNDING {
                break;
            }
            crew[best.0] += 1;
            gives[best.0].iter().for_each(|&(h, on, there)| {
                missing[h] -= on;
                short[h] -= there;
            });
        }
        for i in 0..slots.len() {
            let spare = |missing: &[f64], short: &[f64]| {
                let free = |&(h, on, there): &(usize, f64, f64)| {
                    missing[h] + on <= ROUNDING && short[h] + there <= ROUNDING
                };
                gives[i].iter().all(free)
            };
            while crew[i] > 0 && spare(&missing, &short) {
                crew[i] -= 1;
                gives[i].iter().for_each(|&(h, on, there)| {
                    missing[h] += on;
                    short[h] += there;
                });
            }
        }
        crew
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

/// Every shift of the week that the lines permit: for officers by headcount all weekdays on which the
/// pool's rule put somebody, else those that are worked.
pub(super) fn shifts(centre: &str, lines: &[ShiftLine], pooled: bool) -> Result<GroupKind, PlanError> {
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
            let covers = covered(line, &line.breaks, day);
            let hours: f64 = covers.iter().map(|c| c.1).sum();
            if hours > 0.0 {
                let there = covered(line, &[], day);
                slots.push(ShiftSlot { line: i, day, covers, there, worked: hours });
            }
        }
    }
    let empty = lines.iter().map(|l| ShiftLine { officers: [0; 7], ..l.clone() }).collect();
    Ok(GroupKind::Shifts(empty, slots))
}

fn covered(line: &ShiftLine, breaks: &[Break], day: usize) -> Vec<(usize, f64)> {
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
    for (begin, length, share) in breaks.iter().flat_map(Break::parts) {
        let (from, until) = (begin.min(line.length), (begin + length).min(line.length));
        add(start + from, until - from, -share);
    }
    hours.into_iter().enumerate().filter(|(_, share)| *share > 1e-9).collect()
}
