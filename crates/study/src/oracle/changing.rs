//! Pools whose arrivals or officers change: the periodic state, by uniformization.

use super::officers::{Staff, turned};
use super::pools::{OraclePool, PoolFlow};
use super::{Compared, PoolAnswer, pool_answer};
use poolwise_engine::model::{Demand, Model, Profile, ShiftEnd};
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK, WEEK};
use poolwise_theory::Exactness;
use poolwise_theory::transient::{self, Period, PeriodEnd, System, TransientError};
use poolwise_theory::{SteadyState, fluid};
use std::collections::{HashMap, HashSet};

/// Error of an exact answer, in probability.
const TOLERANCE: f64 = 1e-7;
/// Error of an approximation's solution.
const ROUGH: f64 = 1e-3;
/// Updates of a state's probability that the solutions of a scenario may take: each of those that differ gets its
/// part, so that what is solved depends neither on the order of the pools nor on the machine. A fifth of a second or so.
const WORK: f64 = 3e8;
/// Most changes of rates and officers in a cycle.
const MOST_CHANGES: f64 = 20_000.0;
/// Cycles after which a pool counts as one that does not settle.
const MOST_CYCLES: u32 = 200;
/// The same for approximations.
const FEW_CYCLES: u32 = 30;
/// Cycles to settle beside which, this many times over, a start from empty does not matter.
const NEGLIGIBLE: f64 = 1_000.0;

/// `(second, factor)`, ascending, the first at 0.
type Steps = Vec<(f64, f64)>;

/// What a solution is made of, for finding those that are alike.
type ChangingInput = (System, Vec<Period>);

/// What is kept of a solution.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChangingSolution {
    overall: SteadyState,
    error_bound: f64,
    cycles: u32,
}

/// Solutions by their input: a scenario may have twenty pools that are all alike.
#[derive(Debug, Default)]
pub(super) struct SolvedPeriods {
    known: HashMap<Vec<u64>, Result<ChangingSolution, TransientError>>,
    /// Updates that each may take.
    share: f64,
}

impl SolvedPeriods {
    /// For the pools of a scenario.
    pub(super) fn new(pools: &[OraclePool]) -> Self {
        let changing = pools.iter().filter(|p| p.expected.changes());
        let different: HashSet<Vec<u64>> = changing.filter_map(rough).map(|i| bits(&i)).collect();
        Self { known: HashMap::new(), share: WORK / different.len().max(1) as f64 }
    }

    fn periodic(
        &mut self,
        input: &ChangingInput,
        tolerance: f64,
        most: u32,
    ) -> Result<ChangingSolution, TransientError> {
        let share = self.share;
        let solve = || {
            let path = transient::periodic(&input.0, &input.1, tolerance, most, share)?;
            Ok(ChangingSolution { overall: path.overall, error_bound: path.error_bound, cycles: path.cycles })
        };
        *self.known.entry(bits(input)).or_insert_with(solve)
    }
}

/// An input as numbers that are the same only for the same input.
fn bits((system, cycle): &ChangingInput) -> Vec<u64> {
    let mut out = vec![system.service.to_bits(), system.abandonment.to_bits(), system.level_end as u64];
    out.extend(cycle.iter().flat_map(|p| [p.duration.to_bits(), p.arrivals.to_bits(), u64::from(p.servers)]));
    out
}

/// The exact answer, or why there is none.
pub(super) fn answer(
    model: &Model,
    pool: &OraclePool,
    solved: &mut SolvedPeriods,
) -> Result<Vec<PoolAnswer>, &'static str> {
    let staff = pool.staff.as_ref().ok_or("{officers} that fit no model")?;
    let Some(mean) = pool.exponential() else {
        return Err("services that are not exponential while arrivals or {officers} change");
    };
    if pool.prioritises(model) {
        return Err("priorities while arrivals or {officers} change");
    }
    if pool.room.is_some() {
        return Err("a queue limit while arrivals or {officers} change");
    }
    let handed = matches!(staff, Staff::Cycle { level_end: ShiftEnd::HandOver(_), .. });
    let level_end = if handed { PeriodEnd::HandOver } else { PeriodEnd::FinishByCount };
    let system = System { service: 1.0 / mean, abandonment: pool.abandonment, level_end };
    let (period, cycle) = cycle(model, pool, staff)?;
    let cycles = model.run.horizon / period;
    if (cycles - cycles.round()).abs() > 1e-9 * cycles || cycles < 1.0 {
        return Err("a window that is no whole number of cycles");
    }
    if pool.abandonment == 0.0 && load_factor(&cycle, mean) >= 1.0 {
        return Err("no steady state: as much work as {officers} or more");
    }
    let input = (system, cycle);
    let path = solved.periodic(&input, TOLERANCE, MOST_CYCLES).map_err(words)?;
    let settling = f64::from(path.cycles) * period;
    if model.run.warm_up < settling && model.run.horizon < NEGLIGIBLE * settling {
        return Err("statistics that begin before the queue has settled");
    }
    let (a, error) = (path.overall, path.error_bound);
    let mut values = vec![Compared::new("queue_mean", a.queue_mean), Compared::new("busy_mean", a.busy_mean)];
    if pool.abandonment > 0.0 {
        values.push(Compared::new("lost_share", a.p_lost));
    } else {
        values.insert(0, Compared::new("p_wait", a.p_wait));
        // Cases handed over wait again, which is part of the queue and not of the wait.
        if !handed {
            values.insert(0, Compared::new("wait_mean_hours", a.wait_mean));
        }
    }
    let name = if pool.abandonment > 0.0 { "M(t)/M/s(t)+M" } else { "M(t)/M/s(t)" };
    let mut row = pool_answer(model, pool, name.to_owned(), a.source, Exactness::Exact, values);
    row.error_bound = Some(error);
    Ok(vec![row])
}

/// Why there is no numerical solution.
fn words(why: TransientError) -> &'static str {
    match why {
        TransientError::TooMuch => "too many states for the numerical solution",
        TransientError::Unsettled => "a cycle that settles too slowly",
        TransientError::Unusable => "parameters beyond what can be computed",
    }
}

/// Work over officers in a cycle.
fn load_factor(cycle: &[Period], mean: f64) -> f64 {
    let work: f64 = cycle.iter().map(|p| p.arrivals * p.duration * mean).sum();
    work / cycle.iter().map(|p| f64::from(p.servers) * p.duration).sum::<f64>()
}

/// The pool's cycle from the origin, seconds, and its periods in hours.
fn cycle(model: &Model, pool: &OraclePool, staff: &Staff) -> Result<(f64, Vec<Period>), &'static str> {
    // Each rate as steps `(second, factor)` of a cycle from the origin.
    let mut rates: Vec<(f64, f64, Steps)> = Vec::new();
    for flow in &pool.flows {
        let (period, steps) = pattern(model, flow)?;
        rates.push((flow.rate, period, steps));
    }
    let mut period: f64 = 0.0;
    for (_, p, steps) in &rates {
        period = if steps.len() > 1 { period.max(*p) } else { period };
    }
    let level = match staff {
        Staff::Constant(n) => (WEEK, vec![(0.0, *n)]),
        Staff::Cycle { period: p, steps, .. } => {
            period = period.max(*p);
            (*p, steps.clone())
        }
    };
    let divides = |p: f64| ((period / p) - (period / p).round()).abs() < 1e-9 * (period / p);
    let all = rates.iter().filter(|r| r.2.len() > 1).map(|r| r.1);
    if !all.chain((level.1.len() > 1).then_some(level.0)).all(divides) {
        return Err("rates and {officers} that do not repeat together");
    }
    let often = |p: f64, steps: usize| if steps > 1 { period / p * steps as f64 } else { 0.0 };
    let changes: f64 = rates.iter().map(|r| often(r.1, r.2.len())).sum();
    if changes + often(level.0, level.1.len()) > MOST_CHANGES {
        return Err("rates and {officers} that change too often to be followed");
    }
    let mut edges = vec![0.0, period];
    let mut add = |p: f64, at: &mut dyn Iterator<Item = f64>| {
        let offsets: Vec<f64> = at.collect();
        for k in 0..(period / p).ceil() as usize {
            edges.extend(offsets.iter().map(|o| k as f64 * p + o).filter(|e| *e < period));
        }
    };
    for (_, p, steps) in rates.iter().filter(|r| r.2.len() > 1) {
        add(*p, &mut steps.iter().map(|s| s.0));
    }
    if level.1.len() > 1 {
        add(level.0, &mut level.1.iter().map(|s| s.0));
    }
    edges.sort_by(f64::total_cmp);
    edges.dedup_by(|a, b| *a - *b < 1e-6);
    let at = |steps: &[(f64, f64)], p: f64, t: f64| value_at(steps, t.rem_euclid(p));
    let periods = edges
        .windows(2)
        .filter(|w| w[1] - w[0] > 1e-6)
        .map(|w| {
            let middle = f64::midpoint(w[0], w[1]);
            Period {
                duration: (w[1] - w[0]) / HOUR,
                arrivals: rates.iter().map(|(rate, p, steps)| rate * at(steps, *p, middle)).sum(),
                servers: value_at(&level.1, middle.rem_euclid(level.0)),
            }
        })
        .collect();
    Ok((period, periods))
}

fn value_at<T: Copy>(steps: &[(f64, T)], t: f64) -> T {
    steps[steps.partition_point(|s| s.0 <= t).max(1) - 1].1
}

/// A flow's pattern: its period, and steps `(second, factor)` from the origin.
fn pattern(model: &Model, flow: &PoolFlow) -> Result<(f64, Steps), &'static str> {
    let Demand::Rate { profile, .. } = &model.classes[flow.class].demand else {
        return Err("recorded arrivals");
    };
    Ok(match profile {
        Profile::Flat => (WEEK, vec![(0.0, 1.0)]),
        Profile::Cycle { period, values } => {
            let step = period / values.len() as f64;
            (*period, values.iter().enumerate().map(|(i, v)| (i as f64 * step, *v)).collect())
        }
        Profile::HourOfWeek(values) => weekly(model, flow, &values[..])?,
        Profile::StepOfWeek(values) => weekly(model, flow, values)?,
    })
}

/// Equal steps of the local week, from the origin.
fn weekly(model: &Model, flow: &PoolFlow, values: &[f64]) -> Result<(f64, Steps), &'static str> {
    let clock = &model.clocks[model.areas[flow.area].clock];
    if clock.offset(0.0).1 < model.run.end() {
        return Err("a clock change during the run");
    }
    let step = WEEK / values.len() as f64;
    let steps: Vec<(f64, f64)> = values.iter().enumerate().map(|(i, v)| (i as f64 * step, *v)).collect();
    Ok((WEEK, turned(&steps, clock.second_of_week(0.0), WEEK)))
}

/// The pool hour by hour of the week with exponential services of the same mean, officers rounded to whole ones in
/// each hour, absence as slower work, cases handed over at the end of a shift.
fn rough(pool: &OraclePool) -> Option<ChangingInput> {
    let e = &pool.expected;
    let cycle: Vec<Period> = (0..HOURS_OF_WEEK)
        .map(|h| Period { duration: 1.0, arrivals: e.arrivals[h], servers: e.rostered[h].round() as u32 })
        .collect();
    let service = e.present / e.service;
    if !(service.is_finite() && service > 0.0) {
        return None;
    }
    if e.abandonment == 0.0 && load_factor(&cycle, 1.0 / service) >= 0.999 {
        return None;
    }
    Some((System { service, abandonment: e.abandonment, level_end: PeriodEnd::HandOver }, cycle))
}

/// The nearest approximation of a pool that changes: its periodic state by [`rough`]; where that has too many states,
/// what costs next to nothing and is named so.
pub(super) fn approximate(
    model: &Model,
    pool: &OraclePool,
    solved: &mut SolvedPeriods,
) -> Option<PoolAnswer> {
    let e = &pool.expected;
    let input = rough(pool)?;
    let solution = solved.periodic(&input, ROUGH, FEW_CYCLES);
    let (a, how) = match solution {
        Ok(solution) => (solution.overall, ""),
        Err(TransientError::Unusable) => return None,
        Err(TransientError::TooMuch | TransientError::Unsettled) => without_states(&input)?,
    };
    let mut values = vec![
        Compared::new("wait_mean_hours", a.wait_mean),
        Compared::new("p_wait", ((a.p_wait - a.p_lost) / (1.0 - a.p_lost)).max(0.0)),
        Compared::new("queue_mean", a.queue_mean),
        Compared::new("busy_mean", a.busy_mean * e.present),
    ];
    // Those who leave a queue for other reasons than impatience are no loss.
    if pool.abandonment > 0.0 {
        values.push(Compared::new("lost_share", a.p_lost));
    }
    let name = if e.abandonment > 0.0 { "M(t)/M/s(t)+M" } else { "M(t)/M/s(t)" };
    let name = format!("{name}{how}");
    let mut row = pool_answer(model, pool, name, a.source, Exactness::Approximate, values);
    match solution {
        Ok(solution) => row.error_bound = Some(solution.error_bound),
        Err(why) => row.because.push(words(why).to_owned()),
    }
    Some(row)
}

/// The fluid limit where officers are short for a while, since queues then come of that; else each hour by itself.
fn without_states((system, cycle): &ChangingInput) -> Option<(SteadyState, &'static str)> {
    let fluid = || fluid::periodic(system, cycle).map(|a| (a, ", fluid limit"));
    if fluid::overloaded(system, cycle) {
        return fluid();
    }
    fluid::pointwise(system, cycle).map(|a| (a, ", hour by hour")).or_else(fluid)
}
