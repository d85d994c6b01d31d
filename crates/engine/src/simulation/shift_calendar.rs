//! When officers come and go: the calendar of shifts and levels of a centre.
//!
//! Nothing is laid out beforehand: each line knows its shift under way and its next one, so memory
//! does not grow with the horizon.

use crate::model::{
    AbsenceMode, Centre, Exception, HolidayWork, LevelPlan, Model, Pool, PoolKind, ShiftLine,
};
use crate::random::KeyedRng;
use crate::time::{LocalClock, WEEK};
use std::collections::BTreeSet;

/// One occurrence of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shift {
    pub start: f64,
    pub end: f64,
    /// Officers who should come.
    pub rostered: u32,
    /// Officers who come: rostered less absent. Known once the shift has begun.
    pub present: u32,
    /// Local day on which it starts.
    day: i64,
}

/// Where a line stands in its calendar.
#[derive(Debug)]
pub(super) struct LineCalendar {
    /// Next local day to look at.
    day: i64,
    /// Next shift, not yet begun.
    pub next: Option<Shift>,
    /// What fixed absence owes the line: officers who should have been absent less those who were.
    owed: f64,
}

impl LineCalendar {
    /// A calendar whose next shift is the first that ends after the origin.
    pub(super) fn new(model: &Model, centre: &Centre, line: &ShiftLine) -> Self {
        let clock = &model.clocks[centre.clock];
        let mut it = Self { day: clock.day(0.0) - 2, next: None, owed: 0.0 };
        it.step(model, centre, line);
        while it.next.is_some_and(|s| s.end <= 0.0) {
            it.step(model, centre, line);
        }
        it
    }

    /// Moves on to the next shift.
    pub(super) fn step(&mut self, model: &Model, centre: &Centre, line: &ShiftLine) {
        let clock = &model.clocks[centre.clock];
        if let Some((start, end)) = line.once {
            let first = self.next.is_none() && self.day < i64::MAX;
            self.day = i64::MAX;
            let rostered = line.officers[0];
            self.next = first.then_some(Shift { start, end, rostered, present: rostered, day: 0 });
            return;
        }
        // A week without a single working day cannot recur for ever except through holidays.
        for _ in 0..3_660 {
            let day = self.day;
            self.day += 1;
            let rostered = line.officers[day.rem_euclid(7) as usize];
            let off = line.holidays == HolidayWork::Off && model.is_holiday(day);
            if rostered > 0 && !off {
                let start = clock.instant(day, line.start);
                let end = wall_end(clock, day, line);
                self.next = Some(Shift { start, end, rostered, present: rostered, day });
                return;
            }
        }
        self.next = None;
    }

    /// Settles who comes to a shift of the line, as it begins. `centre_owed` is what fixed absence owes the whole centre.
    pub(super) fn settle(
        &mut self,
        shift: &mut Shift,
        (centre, line): (&Centre, &ShiftLine),
        absences: u64,
        centre_owed: &mut f64,
    ) {
        let share = centre.absence.share;
        if share <= 0.0 {
            return;
        }
        shift.present = match centre.absence.mode {
            AbsenceMode::Fixed => {
                // Even over the centre alone, two lines in turn with half absent would always spare the first; even over each line
                // alone, all lines would run short on the same days. So both are kept small. What is owed the lines adds up to what is
                // owed the centre, so that neither can run away.
                let due = f64::from(shift.rostered) * share;
                let absent = (due + 0.5 * (*centre_owed + self.owed) + 0.5).floor();
                let absent = absent.clamp(0.0, f64::from(shift.rostered));
                *centre_owed += due - absent;
                self.owed += due - absent;
                shift.rostered - absent as u32
            }
            AbsenceMode::Drawn => {
                let mut draws = KeyedRng::of(absences, line.key, shift.day);
                (0..shift.rostered).filter(|_| draws.uniform() >= share).count() as u32
            }
        };
    }
}

/// The end of a line's shift by the wall clock: a night of a clock change is an hour shorter or longer.
fn wall_end(clock: &LocalClock, day: i64, line: &ShiftLine) -> f64 {
    clock.instant(day, line.start + line.length)
}

/// The factor that exceptions put on a centre's rosters at `t`.
pub fn factor(model: &Model, centre: usize, t: f64) -> f64 {
    let mut factor = 1.0;
    for e in &model.exceptions {
        if t >= e.from && t < e.until {
            factor *= e.roster.iter().filter(|r| r.0 == centre).map(|r| r.1).product::<f64>();
        }
    }
    factor
}

/// That factor through all time: the instants from which on each holds, ascending, the first before any other; none where it is
/// always 1. In one pass over the exceptions, of which there may be thousands.
pub fn factors(model: &Model, centre: usize) -> Vec<(f64, f64)> {
    let of = |e: &Exception| e.roster.iter().filter(|r| r.0 == centre).map(|r| r.1).product::<f64>();
    let mut edges: Vec<(f64, bool, usize)> = Vec::new();
    for (i, e) in model.exceptions.iter().enumerate().filter(|(_, e)| e.from < e.until) {
        if e.roster.iter().any(|r| r.0 == centre) {
            edges.extend([(e.from, true, i), (e.until, false, i)]);
        }
    }
    edges.sort_by(|a, b| a.0.total_cmp(&b.0));
    if edges.is_empty() {
        return Vec::new();
    }
    let mut found = vec![(f64::NEG_INFINITY, 1.0)];
    let mut held = BTreeSet::new();
    for at_once in edges.chunk_by(|a, b| a.0 == b.0) {
        for &(_, begins, i) in at_once {
            if begins {
                held.insert(i);
            } else {
                held.remove(&i);
            }
        }
        // In the order of the list, as at any instant by itself: to the same bits.
        let factor = held.iter().fold(1.0, |all, i| all * of(&model.exceptions[*i]));
        found.push((at_once[0].0, factor));
    }
    found
}

/// Whole officers of `n` under a factor, halves up.
pub fn scaled(n: u32, factor: f64) -> u32 {
    (f64::from(n) * factor + 0.5).floor().max(0.0) as u32
}

/// Officers on shift at a centre at `t` by its rosters, exceptions included and absence not.
pub fn on_shift_at(model: &Model, centre: usize, t: f64) -> u32 {
    let rules = &model.centres[centre];
    let factor = factor(model, centre, t);
    let under_way = |line: &ShiftLine| {
        let mut calendar = LineCalendar::new(model, rules, line);
        while calendar.next.is_some_and(|shift| shift.end <= t) {
            calendar.step(model, rules, line);
        }
        calendar.next.filter(|shift| shift.start <= t).map_or(0, |shift| scaled(shift.rostered, factor))
    };
    let of_pool = |pool: &Pool| match &pool.kind {
        PoolKind::Crews(lines) => lines.iter().map(under_way).sum(),
        PoolKind::Levels(levels) => scaled(level(&levels.plan, &model.clocks[rules.clock], t).0, factor),
    };
    rules.pools.iter().map(of_pool).sum()
}

/// The level at `t`, and the next instant at which it may change.
pub fn level(plan: &LevelPlan, clock: &LocalClock, t: f64) -> (u32, f64) {
    match plan {
        LevelPlan::Weekly(steps) => {
            let second = clock.second_of_week(t);
            let i = steps.partition_point(|s| s.0 <= second).saturating_sub(1);
            let to = steps.get(i + 1).map_or(WEEK, |s| s.0);
            let (_, change) = clock.offset(t);
            let mut until = (t + (to - second)).min(change);
            if until <= t {
                until = t + 1.0;
            }
            (steps[i].1, until)
        }
        LevelPlan::Steps { steps, period } => {
            // The end of one period is the start of the next to the last bit: were it `base + p`, rounding
            // could put it before that start, and the roster would stand still.
            let (base, end) = period.map_or((0.0, f64::INFINITY), |p| {
                let mut k = (t / p).floor();
                if (k + 1.0) * p <= t {
                    k += 1.0;
                }
                (k * p, (k + 1.0) * p)
            });
            let i = steps.partition_point(|s| base + s.0 <= t).saturating_sub(1);
            (steps[i].1, steps.get(i + 1).map_or(end, |s| base + s.0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_by_week_and_by_steps() {
        let clock = LocalClock::utc(4 * 86_400); // a Monday 00:00
        let weekly = LevelPlan::Weekly(vec![(0.0, 2), (6.0 * 3600.0, 8), (22.0 * 3600.0, 2)]);
        assert_eq!(level(&weekly, &clock, 0.0), (2, 6.0 * 3600.0));
        assert_eq!(level(&weekly, &clock, 6.0 * 3600.0), (8, 22.0 * 3600.0));
        assert_eq!(level(&weekly, &clock, 23.0 * 3600.0), (2, WEEK));
        let steps = LevelPlan::Steps { steps: vec![(0.0, 1), (5.0, 0), (9.0, 1)], period: Some(10.0) };
        assert_eq!(level(&steps, &clock, 0.0), (1, 5.0));
        assert_eq!(level(&steps, &clock, 5.0), (0, 9.0));
        assert_eq!(level(&steps, &clock, 9.5), (1, 10.0));
        assert_eq!(level(&steps, &clock, 10.0), (1, 15.0));
        let once = LevelPlan::Steps { steps: vec![(0.0, 1), (5.0, 3)], period: None };
        assert_eq!(level(&once, &clock, 7.0), (3, f64::INFINITY));
    }

    #[test]
    fn a_period_that_is_no_round_number_always_goes_on() {
        let clock = LocalClock::utc(0);
        for period in [22_619.467_105_847, 1e5 / 3.0, 0.1] {
            let steps = vec![(0.0, 3), (period / 3.0, 5), (period / 2.0, 4)];
            let plan = LevelPlan::Steps { steps, period: Some(period) };
            let mut t = 0.0;
            for k in 0..30_000 {
                let (level, until) = level(&plan, &clock, t);
                assert!(until > t, "{period}: stands still at {t}");
                assert_eq!(level, [3, 5, 4][k % 3], "{period} at {t}");
                t = until;
            }
        }
    }

    #[test]
    fn officers_under_a_factor_are_whole() {
        assert_eq!(scaled(5, 0.5), 3);
        assert_eq!(scaled(5, 0.0), 0);
        assert_eq!(scaled(2, 0.2), 0);
    }
}
