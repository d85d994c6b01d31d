//! Shifts of the week one by one: how many officers on each cover a requirement, quickly and nearly as few as can be. A search over
//! staffings asks for thousands of these; weeks that officers work, and proof, are [`plan`](crate::plan)'s.

use crate::curve::{WeekCurve, WeekHours};
use poolwise_engine::model::{Break, ShiftLine};
use poolwise_engine::time::{DAY, HOUR, HOURS_OF_WEEK, WEEK};

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
    fn gives(&self, by_hour: bool) -> Gives {
        let even = self.worked / self.there.iter().map(|t| t.1).sum::<f64>();
        let on_duty = |h: usize| self.covers.iter().find(|c| c.0 == h).map_or(0.0, |c| c.1);
        let of = |&(h, there): &(usize, f64)| (h, if by_hour { on_duty(h) } else { there * even }, there);
        self.there.iter().map(of).collect()
    }
}

/// What a shift gives towards the requirement and towards the minimum crew: by hour.
type Gives = Vec<(usize, f64, f64)>;

/// Whole officers for a requirement, rounding apart.
pub fn whole(officers: f64) -> u32 {
    (officers.max(0.0) - ROUNDING).ceil().max(0.0) as u32
}

/// Every shift of the week that the lines permit: for officers by headcount (`pooled`) all weekdays on which the
/// pool's rule put somebody, else those that are worked.
pub fn slots(lines: &[ShiftLine], pooled: bool) -> Vec<ShiftSlot> {
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
    slots
}

/// Officers on each shift that cover `required`: one shift after the other where most is missing, then
/// those taken back that nobody misses. Where shifts do not overlap that is the least possible. `by_hour`: whole
/// officers in every hour by itself, breaks taken where they fall; else on the mean, breaks counting as spread over
/// the shift, so that half an hour of the week does not ask for a whole shift. `least` are officers on a shift, on a break or not.
pub fn cover(slots: &[ShiftSlot], required: &WeekHours, least: &WeekCurve, by_hour: bool) -> Vec<u32> {
    let mut crew = vec![0; slots.len()];
    let mut missing: Vec<f64> =
        required.iter().map(|n| if by_hour { f64::from(whole(*n)) } else { *n }).collect();
    let mut short: Vec<f64> = least.iter().map(|n| f64::from(*n)).collect();
    let gives: Vec<Gives> = slots.iter().map(|slot| slot.gives(by_hour)).collect();
    let hours: Vec<[u64; 3]> = gives.iter().map(hours_of).collect();
    let gain = |i: usize, missing: &[f64], short: &[f64]| {
        let of = |&(h, on, there): &(usize, f64, f64)| {
            f64::max(on.min(missing[h].max(0.0)), there.min(short[h].max(0.0)))
        };
        gives[i].iter().map(of).sum::<f64>() / slots[i].worked
    };
    let mut gains: Vec<f64> = (0..slots.len()).map(|i| gain(i, &missing, &short)).collect();
    loop {
        let mut best = (0, 1e-9);
        for (i, &gain) in gains.iter().enumerate() {
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
        // Of a shift at other hours nothing has changed.
        for i in (0..slots.len()).filter(|&i| share_hours(hours[i], hours[best.0])) {
            gains[i] = gain(i, &missing, &short);
        }
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

/// Officers on duty in each hour by `crew`, so many on each shift.
pub fn on_duty(slots: &[ShiftSlot], crew: &[u32]) -> WeekHours {
    let mut week = [0.0; HOURS_OF_WEEK];
    for (slot, n) in slots.iter().zip(crew) {
        slot.covers.iter().for_each(|&(h, share)| week[h] += share * f64::from(*n));
    }
    week
}

/// A bit for each hour of the week.
fn hours_of(gives: &Gives) -> [u64; 3] {
    let mut bits = [0; 3];
    gives.iter().for_each(|&(h, ..)| bits[h / 64] |= 1 << (h % 64));
    bits
}

fn share_hours(a: [u64; 3], b: [u64; 3]) -> bool {
    a[0] & b[0] | a[1] & b[1] | a[2] & b[2] != 0
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

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::model::HolidayWork;
    use poolwise_engine::random::KeyedRng;

    fn line(start: f64, length: f64, officers: [u32; 7], breaks: Vec<Break>) -> ShiftLine {
        ShiftLine {
            name: String::new(),
            key: 0,
            officers,
            start: start * HOUR,
            length: length * HOUR,
            breaks,
            holidays: HolidayWork::Work,
            listed: 0,
            learning: None,
            once: None,
        }
    }

    const NONE: WeekCurve = [0; HOURS_OF_WEEK];

    #[test]
    fn slots_are_the_days_worked_or_those_of_the_pool() {
        let lines = [line(8.0, 8.0, [1, 1, 1, 1, 1, 0, 0], Vec::new()), line(22.0, 8.5, [0; 7], Vec::new())];
        assert_eq!(slots(&lines, false).len(), 5);
        let pooled = slots(&lines, true);
        assert_eq!(pooled.len(), 10, "days are the same for all starts");
        // From Friday 22:00 to Saturday 06:30.
        let last = &pooled[9];
        assert_eq!((last.line, last.day, last.worked), (1, 4, 8.5));
        assert_eq!((last.covers[0], last.covers[8]), ((118, 1.0), (126, 0.5)));
    }

    #[test]
    fn shifts_that_do_not_overlap_take_the_least() {
        let all = slots(&[0.0, 8.0, 16.0].map(|start| line(start, 8.0, [1; 7], Vec::new())), false);
        let mut required = [1.5; HOURS_OF_WEEK];
        required[30] = 6.2;
        // Tuesday 06:00 is in Tuesday's first shift.
        let crew = cover(&all, &required, &NONE, true);
        assert_eq!(crew.iter().sum::<u32>(), 20 * 2 + 7);
        assert_eq!(crew[1], 7, "{crew:?}");
        assert_eq!(on_duty(&all, &crew)[30], 7.0);
        assert_eq!(cover(&all, &[0.0; HOURS_OF_WEEK], &[3; HOURS_OF_WEEK], true), [3; 21]);
    }

    #[test]
    fn breaks_are_covered_by_the_hour_or_spread_over_the_shift() {
        let lunch = vec![Break::together(4.0 * HOUR, HOUR)];
        let all = slots(&[line(8.0, 8.0, [1; 7], lunch)], false);
        assert_eq!((all[0].worked, all[0].covers.len(), all[0].there.len()), (7.0, 7, 8));
        let mut noon = [0.0; HOURS_OF_WEEK];
        noon[12] = 3.0;
        assert_eq!(cover(&all, &noon, &NONE, true), [0; 7], "nobody is there at noon");
        // Each gives 7/8 of an hour.
        assert_eq!(cover(&all, &noon, &NONE, false), [4, 0, 0, 0, 0, 0, 0]);
    }

    /// The same without memory: all gains anew for each officer.
    fn plainly(slots: &[ShiftSlot], required: &WeekHours, least: &WeekCurve, by_hour: bool) -> Vec<u32> {
        let mut crew = vec![0; slots.len()];
        let mut missing = required.map(|n| if by_hour { f64::from(whole(n)) } else { n });
        let mut short = least.map(f64::from);
        let change = |missing: &mut WeekHours, short: &mut WeekHours, slot: &ShiftSlot, by: f64| {
            for (h, on, there) in slot.gives(by_hour) {
                missing[h] -= by * on;
                short[h] -= by * there;
            }
        };
        loop {
            let (mut best, mut most) = (0, 1e-9);
            for (i, slot) in slots.iter().enumerate() {
                let mut gain = -0.0;
                for (h, on, there) in slot.gives(by_hour) {
                    gain += on.min(missing[h].max(0.0)).max(there.min(short[h].max(0.0)));
                }
                if gain / slot.worked > most * (1.0 + 1e-9) {
                    (best, most) = (i, gain / slot.worked);
                }
            }
            if most <= ROUNDING {
                break;
            }
            crew[best] += 1;
            change(&mut missing, &mut short, &slots[best], 1.0);
        }
        for (n, slot) in crew.iter_mut().zip(slots) {
            let free = |(h, on, there): (usize, f64, f64), missing: &WeekHours, short: &WeekHours| {
                missing[h] + on <= ROUNDING && short[h] + there <= ROUNDING
            };
            while *n > 0 && slot.gives(by_hour).into_iter().all(|g| free(g, &missing, &short)) {
                *n -= 1;
                change(&mut missing, &mut short, slot, -1.0);
            }
        }
        crew
    }

    #[test]
    fn gains_that_are_kept_are_those_made_anew() {
        for case in 0..60 {
            let mut rng = KeyedRng::of(case, 0, 0);
            let mut draw = |from: f64, to: f64| from + (to - from) * rng.uniform();
            let mut lines = Vec::new();
            for _ in 0..1 + case % 5 {
                let (start, length) = (draw(0.0, 24.0), draw(2.0, 12.0));
                let rest = vec![Break::together(HOUR, 0.5 * HOUR)];
                let breaks = if draw(0.0, 1.0) < 0.5 { rest } else { Vec::new() };
                lines.push(line(start, length, [1, 1, 0, 1, 1, 1, 1], breaks));
            }
            let all = slots(&lines, false);
            let required: WeekHours = std::array::from_fn(|_| draw(0.0, 6.0));
            let (least, by_hour) = ([case as u32 % 3; HOURS_OF_WEEK], case % 2 == 0);
            let crew = cover(&all, &required, &least, by_hour);
            assert_eq!(crew, plainly(&all, &required, &least, by_hour), "case {case}");
        }
    }
}
