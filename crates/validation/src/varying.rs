//! Rates and officers that change: offered load, uniformization, and the identity of equal rates.

use super::bench::{Bench, check, known, percent};
use super::{CaseGroup, Check, Known, KnownModel};
use poolwise_engine::Outcome;
use poolwise_engine::integral::Count;
use poolwise_engine::model::{Demand, LevelPlan, Model, PoolKind, Profile, ShiftEnd, StageKind};
use poolwise_engine::random::Sampler;
use poolwise_engine::time::HOUR;
use poolwise_engine::trace::TraceKind;
use poolwise_math::{gamma_upper, powi};
use poolwise_stats::Estimate;
use poolwise_theory::transient::{self, Course, Period, PeriodEnd, System};
use poolwise_theory::{offered, poisson};
use std::f64::consts::TAU;

const GROUP: CaseGroup = CaseGroup::Varying;

pub(super) const CASES: &[KnownModel] = &[
    KnownModel {
        group: GROUP,
        name: "M(t)/G/infinity",
        source: "offered load; Eick, Massey and Whitt 1993, theorem 1",
        run: infinite,
    },
    KnownModel {
        group: GROUP,
        name: "M(t)/M/s(t), hand-over",
        source: "uniformization; after Green, Kolesar and Soares 2001",
        run: hand_over,
    },
    KnownModel {
        group: GROUP,
        name: "M(t)/M/s(t)+M, three shifts",
        source: "uniformization",
        run: three_shifts,
    },
    KnownModel {
        group: GROUP,
        name: "M(t)/M/s(t)+M, equal rates, hourly",
        source: "Feldman, Mandelbaum, Massey and Whitt 2008",
        run: identity_hourly,
    },
    KnownModel {
        group: GROUP,
        name: "M(t)/M/s(t)+M, equal rates, sine, by count",
        source: "Feldman et al. 2008: Poisson at every instant",
        run: |bench| sine(bench, &[]),
    },
    KnownModel {
        group: GROUP,
        name: "M(t)/M/s(t)+M, equal rates, sine, by officer",
        source: "Feldman et al. 2008: Poisson at every instant",
        run: |bench| sine(bench, &["centre.desk.levels.finish=by-officer"]),
    },
];

/// Hours of the day that get a line of their own.
const HOURS: [usize; 6] = [1, 5, 9, 13, 17, 21];
/// Instants of a cycle at which the number in system is looked at.
const PHASES: usize = 8;
/// Bins of its distribution.
const BINS: usize = 12;
/// Error that uniformization may have.
const TOLERANCE: f64 = 1e-9;
/// Updates of a probability that a solution may take.
const MOST_UPDATES: f64 = 1e11;

/// The rates of a model's only class through one cycle, per hour, and the length of a step, hours.
fn cycle(model: &Model) -> Option<(Vec<f64>, f64)> {
    let Demand::Rate { per_second, profile: Profile::Cycle { period, values }, .. } =
        &model.classes[0].demand
    else {
        return None;
    };
    let rates = values.iter().map(|v| per_second * HOUR * v).collect();
    Some((rates, period / HOUR / values.len() as f64))
}

fn service(model: &Model) -> Option<&Sampler> {
    model.stages.iter().find_map(|s| match &s.kind {
        StageKind::Service(service) => Some(&service.time),
        _ => None,
    })
}

/// The chain that a model with one desk of levels is, in hours.
fn chain(model: &Model) -> Option<(System, Vec<Period>)> {
    let (rates, step) = cycle(model)?;
    let desk = &model.centres[0];
    let PoolKind::Levels(levels) = &desk.pools[0].kind else { return None };
    let LevelPlan::Steps { steps, .. } = &levels.plan else { return None };
    let level_end = match desk.shift_end {
        ShiftEnd::HandOver(_) => PeriodEnd::HandOver,
        _ => PeriodEnd::FinishByCount,
    };
    let abandonment = model.classes[0].deadline.as_ref().map_or(0.0, |d| HOUR / d.after.mean());
    let system = System { service: HOUR / service(model)?.mean(), abandonment, level_end };
    let servers = |t: f64| steps.iter().rev().find(|s| s.0 / HOUR <= t + 1e-9).map_or(0, |s| s.1);
    let period = |(k, &arrivals): (usize, &f64)| Period {
        duration: step,
        arrivals,
        servers: servers(k as f64 * step),
    };
    Some((system, rates.iter().enumerate().map(period).collect()))
}

/// Officers on duty, averaged over a cycle.
pub(super) fn mean_level(model: &Model) -> Result<f64, String> {
    let (_, periods) = known(chain(model))?;
    let time: f64 = periods.iter().map(|p| p.duration).sum();
    Ok(periods.iter().map(|p| p.duration * f64::from(p.servers)).sum::<f64>() / time)
}

/// The periodic course of a model with one desk of levels.
pub(super) fn solution(model: &Model) -> Result<Course, String> {
    let (system, periods) = known(chain(model))?;
    transient::periodic(&system, &periods, TOLERANCE, 100, MOST_UPDATES).map_err(|why| why.to_string())
}

/// What a replication says of the hours of its days, and of losses.
struct DayFigures {
    queue: [f64; 24],
    busy: [f64; 24],
    overtime: [f64; 24],
    lost: f64,
    at_risk: f64,
}

impl DayFigures {
    fn of(outcome: &Outcome) -> Self {
        let integrals = &outcome.centres[0].integrals;
        let mean = |count: Count| {
            let mut mean = [0.0; 24];
            for (hour, m) in mean.iter_mut().enumerate() {
                let days = (0..7).map(|d| d * 24 + hour);
                let time: f64 = days.clone().map(|h| integrals.exposure[h]).sum();
                *m = days.map(|h| integrals.by_hour[count as usize][h]).sum::<f64>() / time;
            }
            mean
        };
        let total = &outcome.total;
        Self {
            queue: mean(Count::Queue),
            busy: mean(Count::Busy),
            overtime: mean(Count::Overtime),
            lost: total.lost as f64,
            at_risk: (total.lost + total.met_deadline) as f64,
        }
    }
}

/// The mean over replications of a value of each.
fn mean(days: &[DayFigures], of: impl Fn(&DayFigures) -> f64) -> Estimate {
    Estimate::mean(&days.iter().map(of).collect::<Vec<_>>(), super::CONFIDENCE)
}

fn of_day(hours: &[f64]) -> f64 {
    hours.iter().sum::<f64>() / 24.0
}

/// A line for the whole day and one for each of [`HOURS`].
fn hourly(
    days: &[DayFigures],
    what: &str,
    of: impl Fn(&DayFigures, usize) -> f64,
    expected: &[f64],
    narrow: f64,
) -> Vec<Check> {
    let whole = mean(days, |d| (0..24).map(|h| of(d, h)).sum::<f64>() / 24.0);
    let mut checks = vec![check(format!("mean {what}"), "", of_day(expected), whole).narrow(narrow)];
    for h in HOURS {
        let what = format!("mean {what}, {h:02}:00 to {:02}:00", h + 1);
        checks.push(check(what, "", expected[h], mean(days, |d| of(d, h))).narrow(narrow));
    }
    checks
}

fn infinite(bench: &Bench) -> Result<Vec<Check>, String> {
    let model = bench.model("mt-infinite.toml", &[])?;
    let (rates, step) = known(cycle(&model))?;
    // Loads minute by minute, whose mean over an hour is right to 1e-5 (trapezoids).
    let minutes: Vec<f64> = rates.iter().flat_map(|r| std::iter::repeat_n(r / HOUR, 60)).collect();
    let load = known(service(&model).and_then(|s| offered::periodic(&minutes, step * 60.0, s)))?;
    let n = load.len();
    let hour = |h: usize| {
        (0..60).map(|m| f64::midpoint(load[h * 60 + m], load[(h * 60 + m + 1) % n])).sum::<f64>() / 60.0
    };
    let expected: Vec<f64> = (0..24).map(hour).collect();
    let days = bench.sample(&model, false, |o| DayFigures::of(&o))?;
    let checks = hourly(&days, "in service", |d, h| d.busy[h], &expected, 0.02);
    Ok(checks.into_iter().map(|c| c.within(1e-4)).collect())
}

fn hand_over(bench: &Bench) -> Result<Vec<Check>, String> {
    let model = bench.model("mt-ms.toml", &["run.replications=32", "run.horizon=52 weeks"])?;
    let path = solution(&model)?;
    let expected: Vec<f64> = path.periods.iter().map(|p| p.queue + p.busy).collect();
    let days = bench.sample(&model, false, |o| DayFigures::of(&o))?;
    let mut checks = hourly(&days, "in system", |d, h| d.queue[h] + d.busy[h], &expected, 0.03);
    let queue = mean(&days, |d| of_day(&d.queue));
    checks.push(check("mean queue", "", path.overall.queue_mean, queue).narrow(0.1));
    // Runge-Kutta by a separate program, to six decimals.
    let exact = path.overall.queue_mean;
    let integrated = Check::value("mean queue, against integration", "", Known::Exact, 0.745_738, exact);
    checks.push(integrated.within(1e-6));
    Ok(checks)
}

fn three_shifts(bench: &Bench) -> Result<Vec<Check>, String> {
    let model = bench.model("mt-staffing.toml", &[])?;
    let path = solution(&model)?;
    let expected: Vec<f64> = path.periods.iter().map(|p| p.queue).collect();
    let days = bench.sample(&model, false, |o| DayFigures::of(&o))?;
    let mut checks = hourly(&days, "queue", |d, h| d.queue[h], &expected, 0.2);
    let above: Vec<f64> = path.periods.iter().map(|p| p.above_level).collect();
    let (lost, at_risk): (Vec<f64>, Vec<f64>) = days.iter().map(|d| (d.lost, d.at_risk)).unzip();
    checks.extend([
        percent("leave unserved", path.overall.p_lost, Estimate::ratio(&lost, &at_risk, super::CONFIDENCE)),
        check("mean in service", "", path.overall.busy_mean, mean(&days, |d| of_day(&d.busy))),
        check("mean beyond the level", "", of_day(&above), mean(&days, |d| of_day(&d.overtime))).narrow(0.1),
    ]);
    let error = path.error_bound;
    let bound = Check::value("bound on the error of uniformization", "", Known::Exact, 0.0, error);
    checks.push(bound.within(10.0 * TOLERANCE));
    Ok(checks)
}

fn identity_hourly(bench: &Bench) -> Result<Vec<Check>, String> {
    let model = bench.model("mt-identity.toml", &["run.replications=32", "run.horizon=26 weeks"])?;
    let (rates, step) = known(cycle(&model))?;
    let load = known(offered::periodic(&rates, step, &Sampler::Exponential(1.0)))?;
    // m' = lambda - m within an hour: the mean is lambda - (m(end) - m(start)) / 1 h.
    let expected: Vec<f64> = (0..24).map(|h| rates[h] - (load[(h + 1) % 24] - load[h])).collect();
    let days = bench.sample(&model, false, |o| DayFigures::of(&o))?;
    Ok(hourly(&days, "in system", |d, h| d.queue[h] + d.busy[h], &expected, 0.04))
}

/// Numbers in system at [`PHASES`] instants of each cycle, phase by phase. Requests that are still there
/// at the end have left no trace, so the last 30 hours (30 mean stays) are not looked at.
fn numbers(outcome: &Outcome, period: f64, end: f64) -> Vec<Vec<u32>> {
    let rows = outcome.trace.iter().filter(|r| r.kind == TraceKind::Exit);
    let (mut came, mut went): (Vec<f64>, Vec<f64>) = rows.map(|r| (r.booked, r.finished)).unzip();
    came.sort_unstable_by(f64::total_cmp);
    went.sort_unstable_by(f64::total_cmp);
    let mut numbers = vec![Vec::new(); PHASES];
    let first = 10 * PHASES;
    for k in first.. {
        let t = k as f64 * period / PHASES as f64;
        if t > end - 30.0 * HOUR {
            break;
        }
        let inside = came.partition_point(|x| *x <= t) - went.partition_point(|x| *x <= t);
        numbers[k % PHASES].push(inside as u32);
    }
    numbers
}

fn sine(bench: &Bench, sets: &[&str]) -> Result<Vec<Check>, String> {
    let model = bench.model("mt-sine.toml", sets)?;
    let (rates, step) = known(cycle(&model))?;
    let load = known(offered::periodic(&rates, step, &Sampler::Exponential(1.0)))?;
    let each = rates.len() / PHASES;
    let wave = |k: usize| offered::sinusoidal(100.0, 0.2, 1.0, 1.0, k as f64 * TAU / rates.len() as f64);
    let off = (0..rates.len()).map(|k| (load[k] - wave(k)).abs()).fold(0.0, f64::max);
    let period = step * HOUR * rates.len() as f64;
    let all = bench.sample(&model, true, |o| numbers(&o, period, model.run.end()))?;
    let estimate = |f: &dyn Fn(u32) -> f64, phase: usize| {
        let mean =
            |run: &Vec<Vec<u32>>| run[phase].iter().map(|n| f(*n)).sum::<f64>() / run[phase].len() as f64;
        Estimate::mean(&all.iter().map(mean).collect::<Vec<_>>(), super::CONFIDENCE)
    };
    let mut checks =
        vec![Check::value("m(t) in steps against the sine", "", Known::Exact, 0.0, off).within(0.01)];
    let mut least = 1.0_f64;
    for phase in 0..PHASES {
        let m = load[phase * each];
        let at = format!("at {phase}/{PHASES} of the cycle");
        checks.push(check(format!("mean in system {at}"), "", m, estimate(&f64::from, phase)));
        let variance = estimate(&|n| powi(f64::from(n) - m, 2), phase);
        checks.push(check(format!("variance {at}"), "", m, variance).narrow(0.15));
        let counts = all.iter().flat_map(|run| run[phase].iter().copied());
        least = least.min(poisson_p_value(m, counts));
    }
    let p = (PHASES as f64 * least).min(1.0);
    checks.push(Check::p_value("Poisson distribution at 8 instants, chi-square", p));
    Ok(checks)
}

/// P value of counts against the Poisson distribution with a given mean, in [`BINS`] about equally likely
/// bins.
fn poisson_p_value(mean: f64, counts: impl Iterator<Item = u32>) -> f64 {
    let mut edges = Vec::new();
    let mut shares = Vec::new();
    let (mut sum, mut bin) = (0.0, 0.0);
    for k in 0.. {
        let p = poisson::probability(k, mean);
        (sum, bin) = (sum + p, bin + p);
        if sum >= (edges.len() + 1) as f64 / BINS as f64 {
            edges.push(k as u32);
            shares.push(bin);
            bin = 0.0;
            if edges.len() == BINS - 1 {
                break;
            }
        }
    }
    shares.push(1.0 - sum);
    let mut seen = [0_u64; BINS];
    counts.for_each(|n| seen[edges.partition_point(|e| *e < n)] += 1);
    let total: u64 = seen.iter().sum();
    let term = |(n, share): (&u64, &f64)| {
        let expected = share * total as f64;
        powi(*n as f64 - expected, 2) / expected
    };
    let statistic: f64 = seen.iter().zip(&shares).map(term).sum();
    gamma_upper((BINS - 1) as f64 / 2.0, statistic / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::random::Streams;
    use poolwise_math::ln;
    use rand::rand_core::Rng;

    #[test]
    fn counts_of_another_mean_are_told_apart() {
        // Poisson counts as the number of unit exponentials within the mean.
        let mut rng = Streams::new(3, 0).source("poisson");
        let mut draw = || {
            let (mut n, mut sum) = (0, 0.0);
            loop {
                sum -= ln(1.0 - poolwise_engine::random::unit(rng.next_u64()));
                if sum > 100.0 {
                    return n;
                }
                n += 1;
            }
        };
        let counts: Vec<u32> = (0..20_000).map(|_| draw()).collect();
        assert!(poisson_p_value(100.0, counts.iter().copied()) > 1e-4);
        assert!(poisson_p_value(101.0, counts.iter().copied()) < 1e-4);
    }
}
