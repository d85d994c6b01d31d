//! What a roster puts on duty, by hour of the week, and the shifts that its officers' weeks add up to.

use crate::Roster;
use crate::curve::WeekCurve;
use crate::programme::TOLERANCE;
use poolwise_engine::model::ShiftLine;
use poolwise_engine::random::name_key;
use poolwise_engine::time::{DAY, HOUR, HOURS_OF_WEEK, WEEK};

/// Instants that are no further apart, in seconds, are one.
const INSTANT: f64 = 1e-6;

impl Roster {
    /// Rostered hours on duty a week.
    pub fn hours(&self) -> f64 {
        self.tours.iter().map(|(t, n)| t.hours() * f64::from(*n)).sum()
    }

    /// Whether no roster can cost less.
    pub fn is_least(&self) -> bool {
        self.cost <= self.bound + TOLERANCE
    }

    /// How far it may be above the least, as a share of it; 0 where it is the least.
    pub fn gap(&self) -> f64 {
        if self.is_least() { 0.0 } else { (self.cost - self.bound) / self.cost }
    }

    /// Officers on duty by hour of the week: the fewest in each hour.
    pub fn on_duty(&self) -> WeekCurve {
        let least = self.levels().into_iter().map(|(least, _)| least);
        let mut week = [0; HOURS_OF_WEEK];
        week.iter_mut().zip(least).for_each(|(w, n)| *w = n);
        week
    }

    /// Officers on duty by hour of the week: the mean of each hour.
    pub fn mean_on_duty(&self) -> Vec<f64> {
        self.levels().into_iter().map(|(_, mean)| mean).collect()
    }

    /// Hours of the week in which fewer are on duty at some instant than `need` says, and how many fewer.
    pub(crate) fn short_of(&self, need: &WeekCurve) -> Vec<(usize, u32)> {
        let short = self.on_duty().into_iter().zip(need).enumerate();
        short.filter(|(_, (on, need))| on < need).map(|(h, (on, need))| (h, need - on)).collect()
    }

    /// Fewest and mean on duty in each hour: each officer of a shift on a break when the break is his or hers.
    fn levels(&self) -> Vec<(u32, f64)> {
        // Officers on duty as the week begins, and what changes in it, by second of the week.
        let mut now = 0_i64;
        let mut changes: Vec<(f64, i64)> = Vec::new();
        let mut add = |from: f64, length: f64, officers: i64| {
            if length > 0.0 && officers != 0 {
                let from = from.rem_euclid(WEEK);
                let until = from + length;
                changes.push((from, officers));
                changes.push((if until < WEEK { until } else { until - WEEK }, -officers));
                now += if until < WEEK { 0 } else { officers };
            }
        };
        for line in self.lines("", None) {
            for (day, n) in line.officers.into_iter().enumerate() {
                let start = day as f64 * DAY + line.start;
                add(start, line.length, i64::from(n));
                for b in &line.breaks {
                    let mut place = 0;
                    while place < n {
                        // Those who begin at the same instant go together.
                        let begin = b.begin(place, n);
                        let first = place;
                        while place < n && b.begin(place, n) <= begin {
                            place += 1;
                        }
                        let length = (begin + b.length).min(line.length) - begin.min(line.length);
                        add(start + begin, length, -i64::from(place - first));
                    }
                }
            }
        }
        changes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut next = changes.into_iter().peekable();
        let mut out = Vec::with_capacity(HOURS_OF_WEEK);
        for h in 0..HOURS_OF_WEEK {
            let (mut at, end) = (h as f64 * HOUR, (h + 1) as f64 * HOUR);
            let (mut fewest, mut sum) = (i64::MAX, 0.0);
            while at < end - INSTANT {
                while let Some((_, officers)) = next.next_if(|c| c.0 <= at + INSTANT) {
                    now += officers;
                }
                let until = next.peek().map_or(end, |c| c.0.min(end));
                fewest = fewest.min(now);
                sum += now as f64 * (until - at);
                at = until;
            }
            out.push((fewest.max(0) as u32, sum / HOUR));
        }
        out
    }

    /// The shifts that the tours add up to: officers by weekday of the start.
    pub fn lines(&self, centre: &str, role: Option<&str>) -> Vec<ShiftLine> {
        let mut out: Vec<ShiftLine> = Vec::new();
        for (tour, n) in &self.tours {
            let same = |l: &ShiftLine| {
                l.start == tour.start
                    && l.length == tour.length
                    && l.breaks == tour.breaks
                    && l.holidays == tour.holidays
            };
            let at = out.iter().position(same).unwrap_or_else(|| {
                out.push(ShiftLine {
                    name: String::new(),
                    key: 0,
                    officers: [0; 7],
                    start: tour.start,
                    length: tour.length,
                    breaks: tour.breaks.clone(),
                    holidays: tour.holidays,
                    listed: 0,
                    learning: None,
                    once: None,
                });
                out.len() - 1
            });
            for (officers, _) in out[at].officers.iter_mut().zip(tour.days).filter(|(_, on)| *on) {
                *officers += n;
            }
        }
        out.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.length.total_cmp(&b.length)));
        name_lines(&mut out, centre, role);
        out
    }
}

/// Names lines by their start, with what tells them apart where the start does not.
fn name_lines(lines: &mut [ShiftLine], centre: &str, role: Option<&str>) {
    let plain: Vec<String> = lines.iter().map(|l| clock_time(l.start)).collect();
    let long: Vec<String> =
        lines.iter().zip(&plain).map(|(l, name)| format!("{name} {}", hours(l.length))).collect();
    for i in 0..lines.len() {
        let once = |names: &[String]| names.iter().filter(|n| **n == names[i]).count() == 1;
        let name = match (once(&plain), once(&long)) {
            (true, _) => plain[i].clone(),
            (false, true) => long[i].clone(),
            (false, false) => format!("{} {}", long[i], i + 1),
        };
        let name = role.map_or(name.clone(), |role| format!("{role} {name}"));
        lines[i].key = name_key(&format!("{centre}/{name}"));
        lines[i].name = name;
    }
}

/// "06:00", with seconds only where there are any.
pub fn clock_time(second: f64) -> String {
    let s = (second.round().max(0.0) as u64) % DAY as u64;
    let (h, m, s) = (s / 3_600, s / 60 % 60, s % 60);
    if s == 0 { format!("{h:02}:{m:02}") } else { format!("{h:02}:{m:02}:{s:02}") }
}

/// "8 h", "7 h 30 min".
fn hours(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as u64;
    match (minutes / 60, minutes % 60) {
        (0, m) => format!("{m} min"),
        (h, 0) => format!("{h} h"),
        (h, m) => format!("{h} h {m} min"),
    }
}
