//! The data of a page's charts, short: three digits of each number, which is more than a chart shows.

use super::summary::{HourRow, Summary};
use poolwise_engine::model::Model;
use poolwise_engine::time::HOURS_OF_WEEK;
use poolwise_math::{log10, powf};
use poolwise_planning::offered_load;
use serde::Serialize;
use std::collections::BTreeMap;

/// What charts of a scenario draw.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Charts {
    /// The centre's name in the scenario.
    pub name: String,
    /// One line on it.
    pub title: String,
    /// Centres in its order.
    pub centres: Vec<CentreByHour>,
    /// Requests waiting through the window: day, mean, lower and upper end of the band over replications.
    pub queue: Vec<[Option<f64>; 4]>,
    /// Time to completion: upper edge in hours, share up to there.
    pub completion: Vec<[Option<f64>; 2]>,
    /// Mean wait for the first officer by local hour of the week, hours.
    pub wait: Vec<Option<f64>>,
    /// Share done within the target by local hour of the week.
    pub done: Vec<Option<f64>>,
    /// Share of requests that leave by each exit, with its interval.
    pub exits: BTreeMap<String, [Option<f64>; 3]>,
}

/// A centre through the week, by its own local hours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CentreByHour {
    /// Name, as reports show it.
    pub name: String,
    /// It counts in the totals.
    pub counted: bool,
    /// Officers on duty.
    pub on_duty: Vec<Option<f64>>,
    /// Officers busy, overtime included.
    pub busy: Vec<Option<f64>>,
    /// Requests waiting, in the mean, by hour of the centre's week.
    pub queue: Vec<Option<f64>>,
    /// Busy officers on duty over officers on duty.
    pub utilization: Vec<Option<f64>>,
    /// Officers whom the work needs: busy if nobody ever waited; empty where it is not known.
    pub work: Vec<Option<f64>>,
}

/// Expected work of each centre by hour of its local week, erlangs.
pub type Work = BTreeMap<String, Vec<f64>>;

/// The expected work of a model's centres.
pub fn work(model: &Model) -> Work {
    let load = offered_load::expected(model);
    model
        .centres
        .iter()
        .zip(load.centres)
        .map(|(c, load)| (c.name.clone(), load.all.offered.to_vec()))
        .collect()
}

/// Three digits; undefined numbers are missing.
fn short(x: f64) -> Option<f64> {
    if !x.is_finite() {
        return None;
    }
    if x == 0.0 {
        return Some(0.0);
    }
    let places = 2.0 - log10(x.abs()).floor();
    let power = powf(10.0, places.clamp(-12.0, 12.0));
    Some((x * power).round() / power + 0.0)
}

/// The data of a scenario's charts.
pub fn of(summary: &Summary, work: &Work) -> Charts {
    let detail = &summary.detail;
    let mut above = 0.0;
    let completion = detail
        .completion
        .iter()
        .map(|bin| {
            above += bin.share;
            [short(bin.to_hours), short(above)]
        })
        .collect();
    let exits = summary.exits.iter().filter_map(|(name, measures)| {
        let e = measures.get("share")?;
        Some((name.clone(), [short(e.estimate), short(e.lower), short(e.upper)]))
    });
    Charts {
        name: summary.scenario.clone(),
        title: summary.title.clone(),
        centres: centres(summary, work),
        queue: thinned(summary),
        completion,
        wait: detail.wait_by_local_hour.iter().map(|r| short(r.wait_mean_hours)).collect(),
        done: detail.wait_by_local_hour.iter().map(|r| short(r.done_within_target)).collect(),
        exits: exits.collect(),
    }
}

/// Days of the queue, at most some hundreds.
fn thinned(summary: &Summary) -> Vec<[Option<f64>; 4]> {
    const MOST: usize = 400;
    let path = &summary.detail.queue_path;
    let every = path.len().div_ceil(MOST).max(1);
    path.iter()
        .step_by(every)
        .map(|p| [short(p.day), short(p.value.estimate), short(p.band.0), short(p.band.1)])
        .collect()
}

/// Centres that have officers or a queue at some time.
fn centres(summary: &Summary, work: &Work) -> Vec<CentreByHour> {
    let mut found: Vec<CentreByHour> = Vec::new();
    let mut hours = summary.detail.hours_by_centre();
    for (name, counted) in &summary.detail.centres {
        let rows = hours.remove(name.as_str()).unwrap_or_default();
        if rows.len() != HOURS_OF_WEEK || rows.iter().all(|r| r.on_duty == 0.0 && r.queue == 0.0) {
            continue;
        }
        let of = |pick: fn(&HourRow) -> f64| rows.iter().map(|r| short(pick(r))).collect();
        found.push(CentreByHour {
            name: name.clone(),
            counted: *counted,
            on_duty: of(|r| r.on_duty),
            busy: of(|r| r.busy),
            queue: of(|r| r.queue),
            utilization: of(|r| r.utilization),
            work: work.get(name).map_or_else(Vec::new, |hours| hours.iter().map(|&x| short(x)).collect()),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn three_digits_are_kept() {
        for (x, kept) in
            [(0.0, 0.0), (1234.567, 1230.0), (0.000_123_456, 0.000_123), (-2.5, -2.5), (99_999.0, 100_000.0)]
        {
            let found = short(x).unwrap();
            assert!((found - kept).abs() <= 1e-12 * kept.abs(), "{x}: {found}");
        }
        assert_eq!(short(f64::NAN), None);
        assert_eq!(short(f64::INFINITY), None);
    }
}
