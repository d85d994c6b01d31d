//! What a model's rosters come to: posts, rostered and paid hours, headcount.
//!
//! Everything here is *rostered*: before absence, and for a standard week (no holidays or changes of daylight
//! saving); what dated exceptions change is added to the sums of [`staffing`] alone. Breaks are outside on-duty time and are not counted.
//! Officers by elapsed time (crews that come once, levels by steps) have a place in the week only
//! where their period divides it; otherwise their mean over the statistics window holds at all hours.

use crate::exceptions;
use poolwise_engine::model::{
    Centre, CentreId, LevelPlan, Model, PoolKind, RoleId, RoleMask, RunSettings, ShiftLine,
};
use poolwise_engine::time::{DAY, HOUR, HOURS_OF_WEEK, LocalClock, WEEK};

/// Officers on duty by hour of the centre's local week.
#[derive(Debug, Clone, PartialEq)]
pub struct Duty {
    /// Mean number on duty in each hour, Monday 00:00 first.
    pub officers: Vec<f64>,
    /// Share of each hour in which somebody is on duty.
    pub open: Vec<f64>,
}

impl Duty {
    /// Mean number on duty over the week.
    pub fn mean(&self) -> f64 {
        self.officers.iter().sum::<f64>() / HOURS_OF_WEEK as f64
    }
}

/// The size of a roster.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RosterSize {
    /// Time-average of rostered officers on duty.
    pub posts: f64,
    /// Those of them who come: posts without the absent.
    pub present: f64,
    /// Rostered hours on duty a week: 168 a post.
    pub rostered_hours_per_week: f64,
    /// Officers employed, whether or not on duty.
    pub headcount: f64,
    /// Hours paid a week, overtime apart.
    pub paid_hours_per_week: f64,
}

/// Rostered officers of `centre` who hold at least one of `roles`, by hour of its local week.
pub fn on_duty(model: &Model, centre: CentreId, roles: RoleMask) -> Duty {
    let c = &model.centres[centre];
    week_of(c, roles, &model.clocks[c.clock], &model.run).duty()
}

/// Rostered officers of `centre` who hold `role`, by hour of its local week.
pub fn on_duty_in_role(model: &Model, centre: CentreId, role: RoleId) -> Duty {
    on_duty(model, centre, 1 << role)
}

/// The roles that some officer of the centre holds.
pub(crate) fn roles_held(centre: &Centre) -> RoleMask {
    centre.pools.iter().fold(0, |all, pool| all | pool.roles)
}

/// Time-average of rostered officers on duty at `centre`.
pub fn posts(model: &Model, centre: CentreId) -> f64 {
    on_duty(model, centre, RoleMask::MAX).mean()
}

/// Posts, hours and headcount of `centre`. The headcount is the scenario's own figure or else the standard week's rostered
/// hours / (hours per week x planned availability). What exceptions add is paid by the hour; whom they take away
/// stays employed and paid.
pub fn staffing(model: &Model, centre: CentreId) -> RosterSize {
    let standard = posts(model, centre);
    let rostered = standard * HOURS_OF_WEEK as f64;
    let change = exceptions::change(model, centre);
    let hours = HOURS_OF_WEEK as f64;
    let per_officer = model.workforce.hours_per_week * model.workforce.planned_availability;
    let needed = if rostered == 0.0 { 0.0 } else { rostered / per_officer };
    let headcount = model.centres[centre].headcount.unwrap_or(needed);
    let posts = standard + (change.more - change.fewer) / hours;
    RosterSize {
        posts,
        present: posts * (1.0 - model.centres[centre].absence.share),
        rostered_hours_per_week: rostered + change.more - change.fewer,
        headcount,
        paid_hours_per_week: headcount * model.workforce.hours_per_week + change.more,
    }
}

/// Sums over the centres that count in an option's totals.
pub fn totals(model: &Model) -> RosterSize {
    let mut sum = RosterSize::default();
    for centre in model.centres_by_name().into_iter().filter(|&c| model.centres[c].counted) {
        let one = staffing(model, centre);
        sum.posts += one.posts;
        sum.present += one.present;
        sum.rostered_hours_per_week += one.rostered_hours_per_week;
        sum.headcount += one.headcount;
        sum.paid_hours_per_week += one.paid_hours_per_week;
    }
    sum
}

/// Hours on duty of one officer who works `line` once.
pub fn line_hours(line: &ShiftLine) -> f64 {
    working_hours(line.length, line.breaks.iter().map(|b| (b.after, b.length)))
}

/// Hours of a shift of `length` seconds less its breaks `(after, length)`, as far as they fall in it.
pub fn working_hours(length: f64, breaks: impl Iterator<Item = (f64, f64)>) -> f64 {
    let off: f64 = breaks.map(|(after, b)| (after + b).min(length) - after.min(length)).sum();
    (length - off).max(0.0) / HOUR
}

fn week_of(centre: &Centre, roles: RoleMask, clock: &LocalClock, run: &RunSettings) -> WeekFunction {
    let mut week = WeekFunction::default();
    for pool in centre.pools.iter().filter(|pool| pool.roles & roles != 0) {
        match &pool.kind {
            PoolKind::Crews(lines) => lines.iter().for_each(|line| week.add_line(line, run)),
            PoolKind::Levels(levels) => match &levels.plan {
                LevelPlan::Weekly(steps) => week.add_steps(steps, WEEK, 0.0),
                LevelPlan::Steps { steps, period: Some(period) } if divides_week(*period) => {
                    week.add_steps(steps, *period, clock.second_of_week(0.0));
                }
                LevelPlan::Steps { steps, period: Some(period) } => {
                    week.always += mean_of_steps(steps, 0.0, *period);
                }
                LevelPlan::Steps { steps, period: None } => {
                    week.always += mean_of_steps(steps, run.warm_up, run.end());
                }
            },
        }
    }
    week
}

/// Whether a pattern with this period has a place in the week by hours: a whole number of periods
/// makes a week, and none is shorter than an hour.
pub(crate) fn divides_week(period: f64) -> bool {
    let n = WEEK / period;
    period >= HOUR && n >= 1.0 - 1e-9 && (n - n.round()).abs() < 1e-9 * n
}

/// Mean of a step function over `[from, until)`; its last step holds for ever.
fn mean_of_steps(steps: &[(f64, u32)], from: f64, until: f64) -> f64 {
    if until <= from {
        return 0.0;
    }
    let spans = steps.iter().enumerate().map(|(i, &(start, n))| {
        let end = steps.get(i + 1).map_or(f64::INFINITY, |next| next.0);
        f64::from(n) * (end.min(until) - start.max(from)).max(0.0)
    });
    spans.sum::<f64>() / (until - from)
}

/// A step function over the week, as its changes.
#[derive(Default)]
struct WeekFunction {
    /// `(second of the week, change)`, in no order.
    changes: Vec<(f64, i64)>,
    /// Officers at the start of the week.
    at_start: i64,
    /// Officers with no place in the week.
    always: f64,
}

impl WeekFunction {
    /// `n` more officers from `from` for `length` seconds, every week.
    fn add(&mut self, from: f64, length: f64, n: i64) {
        if n == 0 || length <= 0.0 {
            return;
        }
        if length >= WEEK {
            self.at_start += n;
            return;
        }
        let (start, end) = (from.rem_euclid(WEEK), (from + length).rem_euclid(WEEK));
        if start > end {
            self.at_start += n;
        }
        self.changes.push((start, n));
        self.changes.push((end, -n));
    }

    fn add_line(&mut self, line: &ShiftLine, run: &RunSettings) {
        if let Some((from, until)) = line.once {
            let there = (until.min(run.end()) - from.max(run.warm_up)).max(0.0);
            if run.horizon > 0.0 {
                self.always += f64::from(line.officers[0]) * there / run.horizon;
            }
            return;
        }
        for (day, &n) in line.officers.iter().enumerate() {
            let start = day as f64 * DAY + line.start;
            self.add(start, line.length, i64::from(n));
            for b in &line.breaks {
                let mut away = |begin: f64, n: u32| {
                    let off = (begin + b.length).min(line.length) - begin.min(line.length);
                    self.add(start + begin, off, -i64::from(n));
                };
                if b.spread > 0.0 {
                    (0..n).for_each(|place| away(b.begin(place, n), 1));
                } else {
                    away(b.after, n);
                }
            }
        }
    }

    /// Steps that repeat with a period that divides the week; elapsed second 0 is `origin` of the week.
    fn add_steps(&mut self, steps: &[(f64, u32)], period: f64, origin: f64) {
        for cycle in 0..(WEEK / period).round() as usize {
            for (i, &(start, n)) in steps.iter().enumerate() {
                let end = steps.get(i + 1).map_or(period, |next| next.0.min(period));
                self.add(origin + cycle as f64 * period + start, end - start, i64::from(n));
            }
        }
    }

    fn duty(mut self) -> Duty {
        self.changes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut duty = Duty { officers: vec![0.0; HOURS_OF_WEEK], open: vec![0.0; HOURS_OF_WEEK] };
        let mut level = self.at_start;
        let mut from = 0.0;
        for &(at, change) in self.changes.iter().chain(&[(WEEK, 0)]) {
            duty.fill(from, at, level as f64 + self.always);
            level += change;
            from = at;
        }
        duty
    }
}

impl Duty {
    /// Adds `level` officers from `from` to `to`, in seconds of the week.
    fn fill(&mut self, from: f64, to: f64, level: f64) {
        let mut t = from;
        while t < to {
            let hour = ((t / HOUR) as usize).min(HOURS_OF_WEEK - 1);
            let end = ((hour + 1) as f64 * HOUR).min(to);
            let share = (end - t) / HOUR;
            self.officers[hour] += share * level;
            if level > 0.0 {
                self.open[hour] += share;
            }
            t = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::model::{Break, LevelEnd, Levels, Pool};
    use poolwise_engine::model::{Model, ShiftLine};
    use poolwise_engine::random::Sampler;

    fn levels(plan: LevelPlan) -> Pool {
        Pool::new(1, PoolKind::Levels(Levels { plan, end: LevelEnd::ByCount }))
    }

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    }

    #[test]
    fn a_night_shift_wraps_over_the_week_and_its_break_is_off_duty() {
        // 22:00 to 06:00, three on Sunday, with half an hour off after 4 h (02:00 on Monday).
        let mut night = ShiftLine::weekly("night", [0, 0, 0, 0, 0, 0, 3], 22.0, 8.0);
        night.breaks = vec![Break::together(4.0 * HOUR, 0.5 * HOUR)];
        let m = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::crews(1, vec![night.clone()])]);
        let duty = on_duty(&m, 0, 1);
        close(duty.officers[166], 3.0);
        close(duty.officers[1], 3.0);
        close(duty.officers[2], 1.5);
        close(duty.open[2], 0.5);
        close(duty.officers[6], 0.0);
        close(posts(&m, 0), 3.0 * 7.5 / 168.0);
        close(line_hours(&night), 7.5);
        assert_eq!(on_duty(&m, 0, 2).mean(), 0.0, "nobody holds the other role");
    }

    #[test]
    fn one_post_around_the_clock_takes_5_and_a_quarter_officers_at_80_percent() {
        let shifts =
            (0..3).map(|i| ShiftLine::weekly(&format!("s{i}"), [1; 7], 8.0 * f64::from(i), 8.0)).collect();
        let mut m = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::crews(1, shifts)]);
        m.workforce.planned_availability = 0.8;
        let s = staffing(&m, 0);
        close(s.posts, 1.0);
        close(s.rostered_hours_per_week, 168.0);
        close(s.headcount, 5.25);
        close(s.paid_hours_per_week, 210.0);
        m.centres[0].absence.share = 0.25;
        close(staffing(&m, 0).present, 0.75);
        close(staffing(&m, 0).posts, 1.0);
        m.centres[0].headcount = Some(6.0);
        close(totals(&m).paid_hours_per_week, 240.0);
        m.centres[0].counted = false;
        assert_eq!(totals(&m), RosterSize::default());
    }

    #[test]
    fn levels_by_week_and_by_elapsed_time() {
        // Two, from Monday 06:30 six.
        let weekly = levels(LevelPlan::Weekly(vec![(0.0, 2), (6.5 * HOUR, 6)]));
        let m = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![weekly]);
        close(on_duty(&m, 0, 1).officers[6], 4.0);
        close(posts(&m, 0), (6.5 * 2.0 + 161.5 * 6.0) / 168.0);
        // A period of a day has its place in the week; one of 5 h has only a mean.
        let steps = vec![(0.0, 3), (HOUR, 1)];
        let daily = levels(LevelPlan::Steps { steps: steps.clone(), period: Some(DAY) });
        let m = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![daily]);
        close(on_duty(&m, 0, 1).officers[48], 3.0);
        close(on_duty(&m, 0, 1).officers[47], 1.0);
        let odd = levels(LevelPlan::Steps { steps: steps.clone(), period: Some(5.0 * HOUR) });
        let m = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![odd]);
        close(on_duty(&m, 0, 1).officers[100], 7.0 / 5.0);
        // Without a period: the mean over the statistics window.
        let mut m = Model::one_queue(
            6.0,
            Sampler::Constant(1_800.0),
            vec![levels(LevelPlan::Steps { steps, period: None })],
        );
        m.run.warm_up = 0.5 * HOUR;
        m.run.horizon = 2.0 * HOUR;
        close(posts(&m, 0), (0.5 * 3.0 + 1.5) / 2.0);
    }

    #[test]
    fn a_crew_that_comes_once_counts_for_its_part_of_the_window() {
        let mut once = ShiftLine::weekly("first", [4, 0, 0, 0, 0, 0, 0], 0.0, 1.0);
        once.once = Some((0.0, 3.0 * HOUR));
        let mut m = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::crews(1, vec![once])]);
        m.run.warm_up = HOUR;
        m.run.horizon = 10.0 * HOUR;
        close(posts(&m, 0), 4.0 * 2.0 / 10.0);
    }
}
