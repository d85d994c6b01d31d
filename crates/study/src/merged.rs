//! Sums over replications behind the hourly file and the pictures.

use super::summary::{
    AreaHourRow, CompletionBin, Detail, HourRow, LocalHourRow, PathPoint, UtilizationRange,
};
use poolwise_engine::histogram::Histogram;
use poolwise_engine::integral::{COUNTS, Count};
use poolwise_engine::model::Model;
use poolwise_engine::outcome::{Outcome, TriggerFlow};
use poolwise_engine::time::{DAY, HOUR, HOURS_OF_WEEK, WEEK};
use poolwise_math::powf;
use poolwise_stats::warmup::weekly_totals;
use poolwise_stats::{Estimate, ValueRange};

type MergedHours = [f64; HOURS_OF_WEEK];

/// Windows of fewer weeks are looked at by day.
const LEAST_WEEKS: usize = 4;
/// Numbers present are known to this part of one.
const FINE: f64 = 64.0;

/// Sums over replications.
#[derive(Debug, Clone)]
pub struct MergedSummary {
    replications: u32,
    centres: Vec<CentreHours>,
    /// By area and local hour of the week.
    local: Vec<Vec<LocalSums>>,
    completion: Histogram,
    /// Mean queue of all counted centres on each day, by replication.
    daily_queue: Vec<Vec<f64>>,
    /// Requests at the counted centres in each elapsed hour from the origin, summed over replications;
    /// request-seconds.
    course: Vec<f64>,
    /// The same in whole weeks, by replication.
    weeks: Vec<Vec<f64>>,
    /// Mean number at the counted centres in the hours of the window that are like its last, by replication.
    ends: Vec<Vec<f64>>,
    /// What triggers did, by replication; nothing of models without any.
    triggers: Vec<Vec<TriggerFlow>>,
}

/// Numbers present in the hours of a window that are like its last. Coarse, so that a page that keeps them stays small.
fn like_the_last(model: &Model, course: &[f64]) -> Vec<f64> {
    let first = (model.run.warm_up / HOUR) as usize;
    let last = ((model.run.end() / HOUR) as usize).min(course.len());
    let weeks = last.saturating_sub(first) / HOURS_OF_WEEK;
    let step = if weeks < LEAST_WEEKS { HOURS_OF_WEEK / 7 } else { HOURS_OF_WEEK };
    (first..last).rev().step_by(step).map(|h| (course[h] / HOUR * FINE).round() / FINE).collect()
}

/// Sums of a local hour of an area's week.
#[derive(Debug, Clone, Copy, Default)]
struct LocalSums {
    reached: f64,
    cases: f64,
    met: f64,
    offered: f64,
    answered: f64,
    wait_sum: f64,
    waits: f64,
}

#[derive(Debug, Clone)]
struct CentreHours {
    /// Slot names: `all`, then roles.
    roles: Vec<String>,
    exposure: MergedHours,
    /// By slot and count.
    counts: Vec<MergedHours>,
    reached: Vec<MergedHours>,
    wait_sum: Vec<MergedHours>,
    started: Vec<MergedHours>,
    offered: Vec<MergedHours>,
    answered: Vec<MergedHours>,
}

fn zeros() -> MergedHours {
    [0.0; HOURS_OF_WEEK]
}

impl MergedSummary {
    /// Nothing yet.
    pub(crate) fn new(model: &Model) -> Self {
        let centres = model
            .centres
            .iter()
            .map(|centre| {
                let held = centre.pools.iter().fold(0, |mask, pool| mask | pool.roles);
                let mut roles = vec!["all".to_owned()];
                roles.extend(
                    model
                        .roles
                        .iter()
                        .enumerate()
                        .filter(|(r, _)| held >> r & 1 == 1)
                        .map(|(_, n)| n.clone()),
                );
                let n = roles.len();
                let per_slot = || (0..n).map(|_| zeros()).collect();
                CentreHours {
                    exposure: zeros(),
                    counts: (0..n * COUNTS).map(|_| zeros()).collect(),
                    reached: per_slot(),
                    wait_sum: per_slot(),
                    started: per_slot(),
                    offered: per_slot(),
                    answered: per_slot(),
                    roles,
                }
            })
            .collect();
        Self {
            replications: 0,
            centres,
            local: vec![vec![LocalSums::default(); HOURS_OF_WEEK]; model.areas.len()],
            completion: Histogram::new(),
            daily_queue: Vec::new(),
            course: Vec::new(),
            weeks: Vec::new(),
            ends: Vec::new(),
            triggers: Vec::new(),
        }
    }

    /// Adds one replication.
    pub(crate) fn add(&mut self, model: &Model, outcome: &Outcome) {
        self.replications += 1;
        let mut queue = vec![0.0; outcome.centres.first().map_or(0, |c| c.integrals.daily_queue.len())];
        for c in model.centres_by_name() {
            let (sums, flow) = (&mut self.centres[c], &outcome.centres[c]);
            add_hours(&mut sums.exposure, flow.integrals.exposure.iter().copied());
            for (to, from) in sums.counts.iter_mut().zip(&flow.integrals.by_hour) {
                add_hours(to, from.iter().copied());
            }
            for (slot, waits) in flow.waits.iter().enumerate() {
                add_hours(&mut sums.reached[slot], waits.reached.iter().map(|n| *n as f64));
                add_hours(&mut sums.wait_sum[slot], waits.sum_by_hour.iter().copied());
                add_hours(&mut sums.started[slot], waits.started_by_hour.iter().map(|n| *n as f64));
                add_hours(&mut sums.offered[slot], waits.offered_by_hour.iter().map(|n| *n as f64));
                add_hours(&mut sums.answered[slot], waits.answered_by_hour.iter().map(|n| *n as f64));
            }
            if model.centres[c].counted {
                for (to, from) in queue.iter_mut().zip(&flow.integrals.daily_queue) {
                    *to += from;
                }
            }
        }
        let hours = outcome.centres.iter().map(|c| c.integrals.course.len()).max().unwrap_or(0);
        let mut course = vec![0.0; hours];
        for c in model.centres_by_name().into_iter().filter(|&c| model.centres[c].counted) {
            let integrals = &outcome.centres[c].integrals;
            course.iter_mut().zip(&integrals.course).for_each(|(to, from)| *to += from);
        }
        self.course.resize(hours, 0.0);
        self.course.iter_mut().zip(&course).for_each(|(to, from)| *to += from);
        self.weeks.push(weekly_totals(&course, HOURS_OF_WEEK));
        self.ends.push(like_the_last(model, &course));
        let days = queue.len();
        for (d, q) in queue.iter_mut().enumerate() {
            let last = model.run.horizon - (days - 1) as f64 * DAY;
            *q /= if d + 1 == days { last } else { DAY };
        }
        self.daily_queue.push(queue);
        for (sums, area) in self.local.iter_mut().zip(&outcome.local) {
            for (to, cell) in sums.iter_mut().zip(area.iter()) {
                to.reached += f64::from(cell.reached);
                to.cases += f64::from(cell.cases);
                to.met += f64::from(cell.met);
                to.offered += f64::from(cell.offered);
                to.answered += f64::from(cell.answered);
                to.wait_sum += cell.wait_sum;
                to.waits += f64::from(cell.wait_count);
            }
        }
        self.completion.merge(&outcome.total.completion);
        if !outcome.triggers.is_empty() {
            self.triggers.push(outcome.triggers.clone());
        }
    }

    /// What triggers did, by replication.
    pub(crate) fn triggers(&self) -> &[Vec<TriggerFlow>] {
        &self.triggers
    }

    /// Seconds of each hour of a centre's week in the window, over all replications.
    pub(crate) fn exposure(&self, centre: usize) -> &MergedHours {
        &self.centres[centre].exposure
    }

    /// The data of pictures and hourly files.
    pub fn detail(&self, model: &Model, confidence: f64) -> Detail {
        Detail {
            hourly: self.hourly(model),
            queue_path: self.queue_path(confidence),
            local_hours: self.local_hours(model),
            wait_by_local_hour: self.wait_by_local_hour(model),
            completion: self.completion_bins(),
            replications: Vec::new(),
            centres: model.centres.iter().map(|c| (c.name.clone(), c.counted)).collect(),
            utilization_range: self.utilization_range(model),
        }
    }

    /// Mean number of requests waiting and in service at the counted centres in each hour since the warm-up
    /// began, over replications.
    pub(crate) fn course(&self) -> Vec<f64> {
        let scale = f64::from(self.replications.max(1)) * HOUR;
        self.course.iter().map(|x| x / scale).collect()
    }

    /// The mean number in each whole week, by replication.
    pub(crate) fn weeks(&self) -> Vec<Vec<f64>> {
        self.weeks.iter().map(|run| run.iter().map(|x| x / WEEK).collect()).collect()
    }

    /// Requests at the counted centres in the hours of the window that are like its last, the last first, by replication:
    /// the same hour of each week, of each day where the window has fewer than four weeks. To 1/64 of a request.
    pub(crate) fn ends(&self) -> &[Vec<f64>] {
        &self.ends
    }

    /// The same of replications that were run elsewhere.
    pub(crate) fn with_ends(self, ends: Vec<Vec<f64>>) -> Self {
        Self { ends, ..self }
    }

    fn local_hours(&self, model: &Model) -> Vec<AreaHourRow> {
        let mut seconds: Vec<Option<MergedHours>> = vec![None; model.clocks.len()];
        let mut rows = Vec::new();
        for (area, sums) in model.areas.iter().zip(&self.local) {
            let seconds = seconds[area.clock].get_or_insert_with(|| seconds_of_hours(model, area.clock));
            for (hour_of_week, cell) in sums.iter().enumerate() {
                let hours = seconds[hour_of_week] / HOUR * f64::from(self.replications);
                rows.push(AreaHourRow {
                    area: area.name.clone(),
                    hour_of_week,
                    reached_per_hour: cell.reached / hours,
                    done_within_target: cell.met / cell.cases,
                    answered_within: cell.answered / cell.offered,
                    wait_mean_hours: cell.wait_sum / cell.waits / HOUR,
                });
            }
        }
        rows
    }

    fn wait_by_local_hour(&self, model: &Model) -> Vec<LocalHourRow> {
        let areas = model.areas_by_name();
        (0..HOURS_OF_WEEK)
            .map(|hour_of_week| {
                let sum = |part: fn(&LocalSums) -> f64| -> f64 {
                    areas.iter().map(|&a| part(&self.local[a][hour_of_week])).sum()
                };
                LocalHourRow {
                    hour_of_week,
                    wait_mean_hours: sum(|c| c.wait_sum) / sum(|c| c.waits) / HOUR,
                    done_within_target: sum(|c| c.met) / sum(|c| c.cases),
                }
            })
            .collect()
    }

    fn hourly(&self, model: &Model) -> Vec<HourRow> {
        let mut rows = Vec::new();
        for (c, sums) in self.centres.iter().enumerate() {
            for (slot, role) in sums.roles.iter().enumerate() {
                for h in 0..HOURS_OF_WEEK {
                    let seconds = sums.exposure[h];
                    let count = |count: Count| sums.counts[slot * COUNTS + count as usize][h] / seconds;
                    let on_duty = tidy(count(Count::OnDuty));
                    let busy = tidy(count(Count::Busy));
                    let overtime = tidy(count(Count::Overtime));
                    rows.push(HourRow {
                        centre: model.centres[c].name.clone(),
                        role: role.clone(),
                        hour_of_week: h,
                        on_duty,
                        busy,
                        queue: tidy(count(Count::Queue)),
                        arrivals_per_hour: sums.reached[slot][h] / (seconds / HOUR),
                        utilization: if on_duty > 0.0 { (busy - overtime) / on_duty } else { f64::NAN },
                        wait_mean_hours: sums.wait_sum[slot][h] / sums.started[slot][h] / HOUR,
                        answered_within: sums.answered[slot][h] / sums.offered[slot][h],
                    });
                }
            }
        }
        rows
    }

    fn queue_path(&self, confidence: f64) -> Vec<PathPoint> {
        let days = self.daily_queue.first().map_or(0, Vec::len);
        (0..days)
            .map(|d| {
                let mut values: Vec<f64> = self.daily_queue.iter().map(|run| run[d]).collect();
                let value = Estimate::mean(&values, confidence).within(
                    ValueRange::NonNegative,
                    values.len() as f64,
                    confidence,
                );
                values.sort_by(f64::total_cmp);
                let at = |q: f64| {
                    let x = q * (values.len() - 1) as f64;
                    let i = x.floor() as usize;
                    let next = values[(i + 1).min(values.len() - 1)];
                    values[i] + (next - values[i]) * (x - i as f64)
                };
                PathPoint { day: d as f64, value, band: (at(0.1), at(0.9)) }
            })
            .collect()
    }

    /// Quarter octaves from two minutes up: about twenty bins for a day.
    fn completion_bins(&self) -> Vec<CompletionBin> {
        let n = self.completion.count();
        if n == 0 {
            return Vec::new();
        }
        let greatest = self.completion.greatest();
        let mut bins = Vec::new();
        let (mut from, mut below) = (0.0, 0.0);
        let mut to = 120.0;
        loop {
            let share = self.completion.share_at_most(to);
            bins.push(CompletionBin { from_hours: from / HOUR, to_hours: to / HOUR, share: share - below });
            if to >= greatest {
                return bins;
            }
            below = share;
            from = to;
            to *= powf(2.0_f64, 0.25);
        }
    }

    /// Utilization of all counted centres together by hour of the run's week, each centre's hours
    /// shifted by its zone's offset at the middle of the window.
    fn utilization_range(&self, model: &Model) -> Option<UtilizationRange> {
        let middle = model.run.warm_up + model.run.horizon / 2.0;
        let home = model.clocks[model.run.clock].offset(middle).0;
        let mut busy = [0.0; HOURS_OF_WEEK];
        let mut on_duty = [0.0; HOURS_OF_WEEK];
        for c in model.centres_by_name().into_iter().filter(|&c| model.centres[c].counted) {
            let sums = &self.centres[c];
            let there = model.clocks[model.centres[c].clock].offset(middle).0;
            let shift = ((home - there) / HOUR).round() as i64;
            for h in 0..HOURS_OF_WEEK {
                let at = (h as i64 + shift).rem_euclid(HOURS_OF_WEEK as i64) as usize;
                let count = |count: Count| sums.counts[count as usize][h];
                on_duty[at] += count(Count::OnDuty);
                busy[at] += count(Count::Busy) - count(Count::Overtime);
            }
        }
        let value = |h: usize| busy[h] / on_duty[h];
        let staffed = || (0..HOURS_OF_WEEK).filter(|&h| on_duty[h] > 0.0);
        let lowest_hour = staffed().min_by(|&a, &b| value(a).total_cmp(&value(b)))?;
        let highest_hour = staffed().max_by(|&a, &b| value(a).total_cmp(&value(b)))?;
        Some(UtilizationRange {
            lowest: value(lowest_hour),
            lowest_hour,
            highest: value(highest_hour),
            highest_hour,
        })
    }
}

/// Seconds of each hour of the week that a clock shows within the statistics window: a part of a week counts as
/// long as it is, an hour that a clock change skips or repeats as often as it is there.
fn seconds_of_hours(model: &Model, clock: usize) -> MergedHours {
    let clock = &model.clocks[clock];
    let mut sums = zeros();
    let mut t = model.run.warm_up;
    while t < model.run.end() {
        let until = clock.next_hour(t).min(model.run.end());
        sums[clock.hour_of_week(t)] += until - t;
        t = until;
    }
    sums
}

fn add_hours(to: &mut MergedHours, from: impl Iterator<Item = f64>) {
    for (t, f) in to.iter_mut().zip(from) {
        *t += f;
    }
}

/// Integrals by difference leave rounding of the order of 1e-12 where nothing was: that is nothing.
fn tidy(x: f64) -> f64 {
    if x.abs() < 1e-9 { 0.0 } else { x }
}
