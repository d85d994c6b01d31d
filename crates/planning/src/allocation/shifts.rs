//! From a centre's officer-shifts to the lines of its roster.

use super::{Permitted, ShiftShape};
use poolwise_engine::model::{Break, ShiftLine};
use poolwise_engine::random::name_key;
use poolwise_engine::time::{DAY, HOUR, HOURS_OF_WEEK, WEEK};

/// Step 3: officers of each start by weekday.
pub(super) fn to_shifts(
    permitted: &Permitted,
    work: &[f64],
    shape: ShiftShape,
    minimum: u32,
    officer_shifts: u64,
) -> Vec<[u32; 7]> {
    let mut crews = vec![[0_u32; 7]; permitted.starts.len()];
    let order = even_order(permitted);
    let slots = order.len() as u64;
    if slots == 0 {
        return crews;
    }
    if shape == ShiftShape::Flat || work.iter().sum::<f64>() <= 0.0 {
        let (each, extra) = ((officer_shifts / slots) as u32, (officer_shifts % slots) as usize);
        for (i, &(start, day)) in order.iter().enumerate() {
            crews[start][day] = each + u32::from(i < extra);
        }
        return crews;
    }
    let covers: Vec<Vec<(usize, f64)>> =
        order.iter().map(|&(start, day)| covered(permitted, permitted.starts[start], day)).collect();
    let mut officers = vec![0.0; HOURS_OF_WEEK];
    let mut left = officer_shifts;
    for (&(start, day), cover) in order.iter().zip(&covers) {
        crews[start][day] = minimum;
        left = left.saturating_sub(u64::from(minimum));
        cover.iter().for_each(|&(h, share)| officers[h] += share * f64::from(minimum));
    }
    for _ in 0..left {
        let mut best = (0, f64::NEG_INFINITY);
        for (i, cover) in covers.iter().enumerate() {
            // An hour with nobody counts as one with a thousandth of an officer.
            let gain = |&(h, share): &(usize, f64)| {
                let n = officers[h].max(1e-3);
                work[h] * work[h] * (1.0 / n - 1.0 / (n + share))
            };
            let gain: f64 = cover.iter().map(gain).sum();
            // Of equal gains (rounding apart) the first in the even order.
            if gain > best.1 + 1e-9 * best.1.abs() || best.1 == f64::NEG_INFINITY {
                best = (i, gain);
            }
        }
        let (start, day) = order[best.0];
        crews[start][day] = crews[start][day].saturating_add(1);
        covers[best.0].iter().for_each(|&(h, share)| officers[h] += share);
    }
    crews
}

/// All permitted shifts `(start, weekday)` in an order whose beginnings are spread evenly: next comes
/// the start used least so far, on the weekday used least so far, weekdays that far apart first.
pub(super) fn even_order(permitted: &Permitted) -> Vec<(usize, usize)> {
    const DAYS: [usize; 7] = [0, 3, 5, 1, 4, 2, 6];
    let mut left: Vec<(usize, usize)> = DAYS
        .iter()
        .filter(|&&day| permitted.days[day])
        .flat_map(|&day| (0..permitted.starts.len()).map(move |start| (start, day)))
        .collect();
    let mut by_start = vec![0; permitted.starts.len()];
    let mut by_day = [0; 7];
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        // Of equals the first, which is the earlier in `DAYS`, then the earlier start.
        let mut best = 0;
        for (i, &(start, day)) in left.iter().enumerate() {
            if (by_start[start], by_day[day]) < (by_start[left[best].0], by_day[left[best].1]) {
                best = i;
            }
        }
        let (start, day) = left.remove(best);
        by_start[start] += 1;
        by_day[day] += 1;
        order.push((start, day));
    }
    order
}

/// Hours of the week in which a shift's officers are on duty, with the share of each.
fn covered(permitted: &Permitted, start: f64, day: usize) -> Vec<(usize, f64)> {
    let mut hours = vec![0.0; HOURS_OF_WEEK];
    let mut add = |from: f64, length: f64, sign: f64| {
        let (mut t, end) = (from, from + length);
        while t < end {
            let hour = (t / HOUR).floor();
            let next = ((hour + 1.0) * HOUR).min(end);
            hours[hour as usize % HOURS_OF_WEEK] += sign * (next - t) / HOUR;
            t = next;
        }
    };
    let from = (day as f64 * DAY + start).rem_euclid(WEEK);
    add(from, permitted.length.min(WEEK), 1.0);
    for (begin, length, share) in permitted.breaks.iter().flat_map(Break::parts) {
        let off = (begin + length).min(permitted.length) - begin.min(permitted.length);
        add(from + begin, off, -share);
    }
    hours.into_iter().enumerate().filter(|(_, share)| *share > 1e-9).collect()
}

/// One line per permitted start; names get `prefix` where one is needed to keep them apart.
pub(super) fn lines(
    permitted: &Permitted,
    centre: &str,
    prefix: Option<&str>,
    crews: &[[u32; 7]],
) -> Vec<ShiftLine> {
    let line = |(&start, &officers): (&f64, &[u32; 7])| {
        let name = match prefix {
            Some(pool) => format!("{pool} {}", clock_time(start)),
            None => clock_time(start),
        };
        ShiftLine {
            key: name_key(&format!("{centre}/{name}")),
            name,
            officers,
            start,
            length: permitted.length,
            breaks: permitted.breaks.clone(),
            holidays: permitted.holidays,
            listed: 0,
            learning: permitted.learning.clone(),
            once: None,
        }
    };
    permitted.starts.iter().zip(crews).map(line).collect()
}

/// "06:00", with seconds only where there are any.
fn clock_time(second: f64) -> String {
    let s = second.round().max(0.0) as u64;
    let (h, m, s) = (s / 3_600, s / 60 % 60, s % 60);
    if s == 0 { format!("{h:02}:{m:02}") } else { format!("{h:02}:{m:02}:{s:02}") }
}
