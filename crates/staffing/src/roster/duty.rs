//! What a roster puts on duty, by hour of the week, and the shifts that its officers' weeks add up to.

use super::Roster;
use super::programme::TOLERANCE;
use crate::curve::Week;
use poolwise_engine::model::Line;
use poolwise_engine::random::name_key;
use poolwise_engine::time::{DAY, HOUR, HOURS_OF_WEEK};

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
    pub fn on_duty(&self) -> Week {
        let least = self.levels().into_iter().map(|(least, _)| least);
        let mut week = [0; HOURS_OF_WEEK];
        week.iter_mut().zip(least).for_each(|(w, n)| *w = n);
        week
    }

    /// Officers on duty by hour of the week: the mean of each hour.
    pub fn mean_on_duty(&self) -> Vec<f64> {
        self.levels().into_iter().map(|(_, mean)| mean).collect()
    }

    /// Fewest and mean on duty in each hour.
    fn levels(&self) -> Vec<(u32, f64)> {
        // Everything that changes within an hour does so at one of these instants.
        let mut cuts: Vec<Vec<f64>> = (0..HOURS_OF_WEEK).map(|h| vec![h as f64, (h + 1) as f64]).collect();
        let spans: Vec<(f64, f64, u32)> = self
            .tours
            .iter()
            .flat_map(|(t, n)| t.spans().into_iter().map(|(from, length)| (from / HOUR, length / HOUR, *n)))
            .collect();
        let week = HOURS_OF_WEEK as f64;
        for at in spans.iter().flat_map(|s| [s.0, s.0 + s.1]).map(|t| t.rem_euclid(week)) {
            cuts[(at as usize).min(HOURS_OF_WEEK - 1)].push(at);
        }
        let mut out = Vec::with_capacity(HOURS_OF_WEEK);
        for mut cuts in cuts {
            cuts.sort_by(f64::total_cmp);
            let (mut fewest, mut mean) = (u32::MAX, 0.0);
            for w in cuts.windows(2).filter(|w| w[1] - w[0] > 1e-9) {
                let middle = f64::midpoint(w[0], w[1]);
                let there = |s: &&(f64, f64, u32)| (middle - s.0).rem_euclid(week) < s.1;
                let n: u32 = spans.iter().filter(there).map(|s| s.2).sum();
                fewest = fewest.min(n);
                mean += f64::from(n) * (w[1] - w[0]);
            }
            out.push((fewest, mean));
        }
        out
    }

    /// The shifts that the tours add up to: officers by weekday of the start.
    pub fn lines(&self, centre: &str, role: Option<&str>) -> Vec<Line> {
        let mut out: Vec<Line> = Vec::new();
        for (tour, n) in &self.tours {
            let same = |l: &Line| {
                l.start == tour.start
                    && l.length == tour.length
                    && l.breaks == tour.breaks
                    && l.holidays == tour.holidays
            };
            let at = out.iter().position(same).unwrap_or_else(|| {
                out.push(Line {
                    name: String::new(),
                    key: 0,
                    officers: [0; 7],
                    start: tour.start,
                    length: tour.length,
                    breaks: tour.breaks.clone(),
                    holidays: tour.holidays,
                    listed: 0,
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
fn name_lines(lines: &mut [Line], centre: &str, role: Option<&str>) {
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
pub fn hours(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as u64;
    match (minutes / 60, minutes % 60) {
        (0, m) => format!("{m} min"),
        (h, 0) => format!("{h} h"),
        (h, m) => format!("{h} h {m} min"),
    }
}
