//! What dated exceptions add to rosters, and take from them, over the statistics window.

use poolwise_engine::model::{Break, HolidayWork, LevelPlan, Model, PoolKind, ShiftLine};
use poolwise_engine::rosters::{factors, level, scaled};
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK, LocalClock, WEEK};

/// Rostered officer-hours a week, in the mean over the window, that exceptions change at a centre.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct HoursChange {
    /// Hours of officers who come besides.
    pub more: f64,
    /// Hours of officers who do not come.
    pub fewer: f64,
}

/// A spell of duty within a span: from, until, and the parts of it off duty on breaks, each with the share of officers who
/// are on it; all of them instants.
type Spell<'a> = (f64, f64, &'a [(f64, f64, f64)]);

/// What the exceptions of a model change in the rosters of a centre, as far as they lie in the window. Whole officers, as the
/// engine rounds them; before absence.
pub fn change(model: &Model, centre: usize) -> HoursChange {
    let mut change = HoursChange::default();
    each_spell(model, centre, &mut |by, (from, until, breaks)| {
        let off: f64 = breaks.iter().map(|(a, b, share)| share * (b - a)).sum();
        let there = (until - from - off).max(0.0);
        change.more += by.max(0.0) * there;
        change.fewer -= by.min(0.0) * there;
    });
    let weeks = model.run.horizon / WEEK;
    if weeks > 0.0 {
        change.more /= HOUR * weeks;
        change.fewer /= HOUR * weeks;
    }
    change
}

/// Officers who come besides, by hour of the centre's local week, Monday 00:00 first, in the mean over the window.
pub fn more_by_hour(model: &Model, centre: usize) -> [f64; HOURS_OF_WEEK] {
    let mut hours = [0.0; HOURS_OF_WEEK];
    let clock = &model.clocks[model.centres[centre].clock];
    let mut add = |officers: f64, from: f64, until: f64| {
        let mut t = from;
        while t < until {
            let next = clock.next_hour(t).min(until);
            hours[clock.hour_of_week(t)] += officers * (next - t);
            t = next;
        }
    };
    each_spell(model, centre, &mut |by, (from, until, breaks)| {
        if by > 0.0 {
            add(by, from, until);
            breaks.iter().for_each(|&(from, until, share)| add(-by * share, from, until));
        }
    });
    let each = HOUR * (model.run.horizon / WEEK).max(f64::MIN_POSITIVE);
    hours.map(|x| x / each)
}

/// Gives all spells in which an exception changes the number of officers at a centre, and by how many.
fn each_spell(model: &Model, centre: usize, take: &mut impl FnMut(f64, Spell<'_>)) {
    let (from, until) = (model.run.warm_up, model.run.end());
    let factors = factors(model, centre);
    for (i, &(begin, factor)) in factors.iter().enumerate() {
        let t = begin.max(from);
        let end = factors.get(i + 1).map_or(until, |next| next.0.min(until));
        if factor != 1.0 && t < end {
            let rules = &model.centres[centre];
            let clock = &model.clocks[rules.clock];
            let mut book = |officers: u32, spell: Spell<'_>| {
                take(f64::from(scaled(officers, factor)) - f64::from(officers), spell);
            };
            for pool in &rules.pools {
                match &pool.kind {
                    PoolKind::Levels(levels) => add_levels(&levels.plan, clock, (t, end), &mut book),
                    PoolKind::Crews(lines) => {
                        lines.iter().for_each(|line| add_line(model, line, clock, (t, end), &mut book));
                    }
                }
            }
        }
    }
}

fn add_levels(plan: &LevelPlan, clock: &LocalClock, span: (f64, f64), book: &mut impl FnMut(u32, Spell<'_>)) {
    let mut t = span.0;
    while t < span.1 {
        let (officers, until) = level(plan, clock, t);
        book(officers, (t, until.min(span.1), &[]));
        t = until;
    }
}

fn add_line(
    model: &Model,
    line: &ShiftLine,
    clock: &LocalClock,
    span: (f64, f64),
    book: &mut impl FnMut(u32, Spell<'_>),
) {
    let within = |from: f64, until: f64| (from.max(span.0), until.min(span.1));
    if let Some((from, until)) = line.once {
        let (from, until) = within(from, until);
        if from < until {
            book(line.officers[0], (from, until, &[]));
        }
        return;
    }
    // A shift of the day before may reach into the span.
    for day in clock.day(span.0) - 1..=clock.day(span.1) {
        let officers = line.officers[day.rem_euclid(7) as usize];
        if officers == 0 || line.holidays == HolidayWork::Off && model.is_holiday(day) {
            continue;
        }
        let start = clock.instant(day, line.start);
        let end = clock.instant(day, line.start + line.length);
        let (from, until) = within(start, end);
        if from >= until {
            continue;
        }
        // As the mean officer takes them, where they are staggered; a break ends with the shift.
        let parts = line.breaks.iter().flat_map(Break::parts);
        let off: Vec<(f64, f64, f64)> = parts
            .map(|(begin, length, share)| {
                let (from, until) = within(start + begin, (start + begin + length).min(end));
                (from, until.max(from), share)
            })
            .collect();
        book(officers, (from, until, &off));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staffing::{staffing, totals};
    use poolwise_engine::model::{Exception, LevelEnd, Levels, Pool};
    use poolwise_engine::model::{Model, ShiftLine};
    use poolwise_engine::random::Sampler;
    use poolwise_engine::time::DAY;

    fn with_factor(pools: Vec<Pool>, factor: f64, from: f64, until: f64) -> Model {
        let mut model = Model::one_queue(6.0, Sampler::Constant(1_800.0), pools);
        let name = "surge".to_owned();
        model.exceptions =
            vec![Exception { name, from, until, demand: Vec::new(), roster: vec![(0, factor)] }];
        model
    }

    #[test]
    fn extra_officers_are_posts_hours_and_pay_and_officers_taken_away_stay_paid() {
        // Five from 8 to 16 with half an hour off at 12, every day of four weeks. Half as many again on two days: 7.5, halves up
        // 8, so three more for 7.5 h on each, 45 h in four weeks.
        let mut day = ShiftLine::weekly("day", [5; 7], 8.0, 8.0);
        day.breaks = vec![Break { after: 4.0 * HOUR, length: 0.5 * HOUR, spread: 0.0, step: 0.0 }];
        let model = with_factor(vec![Pool::crews(1, vec![day.clone()])], 1.5, 7.0 * DAY, 9.0 * DAY);
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} is not {b}");
        let s = staffing(&model, 0);
        close(s.rostered_hours_per_week, 5.0 * 7.5 * 7.0 + 11.25);
        close(s.posts, (5.0 * 7.5 * 7.0 + 11.25) / 168.0);
        close(s.headcount, 5.0 * 7.5 * 7.0 / 40.0);
        close(s.paid_hours_per_week, 5.0 * 7.5 * 7.0 + 11.25);
        close(totals(&model).paid_hours_per_week, s.paid_hours_per_week);
        // Three more of them in hours of two days, half of an hour from 12:00; each a quarter in four weeks.
        let hours = more_by_hour(&model, 0);
        close(hours.iter().sum::<f64>(), 11.25);
        for (h, n) in [(7, 0.0), (8, 0.75), (12, 0.375), (15, 0.75), (16, 0.0), (32, 0.75), (56, 0.0)] {
            close(hours[h], n);
        }
        // Nobody from 12:00 to 24:00 of one day: half an hour of the break and three and a half of work fall in it.
        let model = with_factor(vec![Pool::crews(1, vec![day])], 0.0, 12.0 * HOUR, DAY);
        let s = staffing(&model, 0);
        close(s.rostered_hours_per_week, 5.0 * 7.5 * 7.0 - 5.0 * 3.5 / 4.0);
        close(s.paid_hours_per_week, 5.0 * 7.5 * 7.0);
        // A level of three, doubled for the last day and beyond the window.
        let plan = LevelPlan::Weekly(vec![(0.0, 3)]);
        let levels = Pool::new(1, PoolKind::Levels(Levels { plan, end: LevelEnd::ByCount }));
        let model = with_factor(vec![levels], 2.0, 27.0 * DAY, 40.0 * DAY);
        close(staffing(&model, 0).rostered_hours_per_week, 3.0 * 168.0 + 3.0 * 24.0 / 4.0);
    }
}
