//! M(t)/M/s(t)+M by uniformization: arrival rate and number of servers constant within each period,
//! exponential services and patience, every state's probability at every instant.
//!
//! **When the number of servers falls.** Under [`PeriodEnd::FinishByCount`] everybody in service goes on
//! to the end, and nobody starts while as many are busy as the level allows; so the state is the pair
//! (busy, waiting), and more than the level may be busy for a while. Under [`PeriodEnd::HandOver`] those
//! above the level stop at once and their requests wait again; exponential services being without
//! memory, a request that goes on where it stopped is the same in law as one that starts with a fresh
//! time. **When it rises**, those who wait start at once.
//!
//! **Method and error.** Within a period, `p(t) = sum of Poisson(k; L t) p P^k` (Jensen 1953; Grassmann
//! 1977), `L` above every state's rate. The Poisson weights leave out less than 1e-16. The queue has
//! room for a number that grows until the expected number of arrivals which it turns away, over the
//! whole horizon, is within the tolerance: by coupling, that expectation bounds the total variation
//! between the truncated chain and the real one at every instant. It is the stated error; a probability
//! is off by no more.

mod state;

use super::poisson;
use super::{Exactness, SteadyState, positive, usable};
use serde::Serialize;
use state::{BusyWaiting, MOST_STATES};

/// No more room than this is tried; a horizon that needs it comes back with the error it has.
const MOST_ROOM: usize = 1 << 16;
/// What a step costs beside its states, in updates of one.
const PER_STEP: usize = 16;
/// What a period costs beside its steps, for each state.
const PER_PERIOD: usize = 16;
/// No more probabilities than this are kept of the ends of periods: 128 megabytes.
const MOST_KEPT: usize = 1 << 24;

/// What happens to services above the level when the number of servers falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum PeriodEnd {
    /// They finish; nobody starts while as many are busy as the level allows.
    FinishByCount,
    /// They stop and wait again.
    HandOver,
}

/// Rates that do not change, and the rule at a falling level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct System {
    /// Service rate of each server.
    pub service: f64,
    /// Rate at which each that waits gives up; zero for never.
    pub abandonment: f64,
    /// What a falling level does.
    pub level_end: PeriodEnd,
}

/// A stretch of time over which nothing changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Period {
    /// How long it lasts.
    pub duration: f64,
    /// Arrivals per unit of time.
    pub arrivals: f64,
    /// Servers on duty.
    pub servers: u32,
}

/// What a period brought: means over it, and the state at its end.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodMeans {
    /// Time at its end, from the beginning of the horizon.
    pub end: f64,
    /// Probability that an arrival in it waits (Poisson arrivals see time averages).
    pub p_wait: f64,
    /// Mean number waiting.
    pub queue: f64,
    /// Mean number busy, those above the level included.
    pub busy: f64,
    /// Mean number busy above the level.
    pub above_level: f64,
    /// Those who give up, per unit of time.
    pub abandonments: f64,
    /// Distribution of the number in system at its end.
    pub in_system_at_end: Vec<f64>,
    /// Probability at its end that an arrival would wait.
    pub p_wait_at_end: f64,
}

impl PeriodMeans {
    /// Mean number in system at the end.
    pub fn mean_at_end(&self) -> f64 {
        self.in_system_at_end.iter().enumerate().map(|(n, p)| n as f64 * p).sum()
    }
}

/// The course of a horizon.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// Period by period.
    pub periods: Vec<PeriodMeans>,
    /// The whole horizon as one: waits per arrival (for a cycle that repeats, exactly its mean wait),
    /// time averages of queue and busy. The wait of the served is not given.
    pub overall: SteadyState,
    /// Bound on the total variation between the computed and the true distribution at any instant.
    pub error_bound: f64,
    /// Cycles run until the state repeated; one for [`solve`].
    pub cycles: u32,
}

/// Why there is no solution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransientError {
    /// A rate that is negative or undefined, a period without length, no period, no tolerance.
    #[error("parameters that make no sense")]
    Unusable,
    /// More states, or more updates of a state, than allowed.
    #[error("too many states to be followed")]
    TooMuch,
    /// The state at the end of the cycle still moves after the greatest number of cycles.
    #[error("a cycle that settles too slowly")]
    Unsettled,
}

/// Work still allowed, counted in updates of a state's probability, so that whether an answer comes does not
/// depend on the machine.
struct Budget(f64);

impl Budget {
    /// Takes so many updates off; [`TransientError::TooMuch`] where there are not as many left.
    fn spend(&mut self, updates: f64) -> Result<(), TransientError> {
        if updates <= self.0 {
            self.0 -= updates;
            return Ok(());
        }
        Err(TransientError::TooMuch)
    }
}

/// The uniformized chain of one period: what does not change from step to step.
struct TransientChain {
    level: usize,
    width: usize,
    /// Chance of an arrival, and of one service's end.
    up: f64,
    mu: f64,
    /// Chance that nothing happens, by state.
    stays: Vec<f64>,
    /// Chance in the level's own row, and in the rows above it, that the next greater queue becomes this one.
    shrinks: [Vec<f64>; 2],
}

impl TransientChain {
    /// `rate` is above every state's rate.
    fn new(state: &BusyWaiting, system: &System, arrivals: f64, rate: f64) -> Self {
        let (level, width) = (state.level, state.room + 1);
        let (up, mu, theta) = (arrivals / rate, system.service / rate, system.abandonment / rate);
        let stays = |(busy, waiting, _): (usize, usize, f64)| {
            let served = busy as f64 * mu;
            if busy < level {
                return 1.0 - up - served;
            }
            // A full room turns arrivals away.
            let comes = if waiting < state.room { up } else { 0.0 };
            1.0 - (comes + served + waiting as f64 * theta)
        };
        // One gives up; at the level itself one that is done also brings in the next.
        let shrinks = |served: f64| (1..=width).map(|q| q as f64 * theta + served).collect();
        let shrinks = [shrinks(level as f64 * mu), shrinks(0.0)];
        Self { level, width, up, mu, stays: state.states().map(stays).collect(), shrinks }
    }

    /// One step: `next = p P`. In loops without a branch, since nearly all the time goes here.
    fn step(&self, p: &[f64], next: &mut [f64]) {
        let (level, width, up, mu) = (self.level, self.width, self.up, self.mu);
        for b in 0..level {
            let arrived = if b > 0 { p[b - 1] * up } else { 0.0 };
            // The state above is (b + 1, nobody waiting), below the level or the first of its row.
            next[b] = p[b] * self.stays[b] + arrived + p[b + 1] * (b + 1) as f64 * mu;
        }
        let rows = (p.len() - level) / width;
        for j in 0..rows {
            let here = level + j * width..level + (j + 1) * width;
            let (row, stays) = (&p[here.clone()], &self.stays[here.clone()]);
            let shrinks = &self.shrinks[j.min(1)];
            let next = &mut next[here.clone()];
            let last = width - 1;
            let arrived = if j == 0 && level > 0 { p[level - 1] * up } else { 0.0 };
            let shrunk = if last > 0 { row[1] * shrinks[0] } else { 0.0 };
            next[0] = row[0] * stays[0] + arrived + shrunk;
            if last > 0 {
                let inner = last - 1;
                let (left, middle, right) = (&row[..inner], &row[1..=inner], &row[2..]);
                let (to, stays, shrinks) = (&mut next[1..=inner], &stays[1..=inner], &shrinks[1..=inner]);
                for q in 0..inner {
                    to[q] = middle[q] * stays[q] + left[q] * up + right[q] * shrinks[q];
                }
                next[last] = row[last] * self.stays[here.end - 1] + row[last - 1] * up;
            }
            if j + 1 < rows {
                let busy = (level + j + 1) as f64;
                let above = &p[here.end..here.end + width];
                next.iter_mut().zip(above).for_each(|(x, y)| *x += y * busy * mu);
            }
        }
    }
}

/// Runs one period from `state` with its room; gives the state at the end, the integral over time of
/// the probabilities, and the expected number turned away.
fn run(
    state: &BusyWaiting,
    period: &Period,
    system: &System,
    budget: &mut Budget,
) -> Result<(BusyWaiting, BusyWaiting, f64), TransientError> {
    let most_busy = (state.level + state.rows() - 1) as f64;
    let rate = period.arrivals + most_busy * system.service + state.room as f64 * system.abandonment;
    let rate = if rate > 0.0 { rate } else { 1.0 };
    // The window of weights alone would take too much memory where this is too much.
    let each = (state.p.len() + PER_STEP) as f64;
    budget.spend(rate * period.duration * each)?;
    let (first, weights) = poisson::window(rate * period.duration);
    budget.spend(weights.len() as f64 * each)?;
    // Weight of step k in the integral: the chance of more than k events, over the rate.
    let mut beyond = vec![0.0; weights.len()];
    for i in (0..weights.len() - 1).rev() {
        beyond[i] = beyond[i + 1] + weights[i + 1];
    }
    let mut now = state.clone();
    let mut next = vec![0.0; now.p.len()];
    let mut end = BusyWaiting { p: vec![0.0; now.p.len()], ..*state };
    let mut integral = end.clone();
    let chain = TransientChain::new(state, system, period.arrivals, rate);
    for k in 0..first + weights.len() {
        if k < first {
            let tail = 1.0 / rate;
            integral.p.iter_mut().zip(&now.p).for_each(|(s, p)| *s += tail * p);
        } else {
            let (w, tail) = (weights[k - first], beyond[k - first] / rate);
            for ((e, s), p) in end.p.iter_mut().zip(&mut integral.p).zip(&now.p) {
                *e += w * p;
                *s += tail * p;
            }
        }
        chain.step(&now.p, &mut next);
        std::mem::swap(&mut now.p, &mut next);
    }
    let full: f64 = integral.states().filter(|s| s.0 >= state.level && s.1 == state.room).map(|s| s.2).sum();
    Ok((end, integral, period.arrivals * full))
}

fn valid(system: &System, periods: &[Period], tolerance: f64) -> bool {
    positive(system.service)
        && usable(system.abandonment)
        && positive(tolerance)
        && !periods.is_empty()
        && periods.iter().all(|p| positive(p.duration) && usable(p.arrivals))
}

/// One pass over the periods from `state`; the outcomes, the state at the end and the error.
fn pass(
    system: &System,
    periods: &[Period],
    mut state: BusyWaiting,
    tolerance: f64,
    budget: &mut Budget,
) -> Result<(Vec<PeriodMeans>, BusyWaiting, f64), TransientError> {
    let horizon: f64 = periods.iter().map(|p| p.duration).sum();
    let mut error = 0.0;
    let mut clock = 0.0;
    let mut outcomes = Vec::with_capacity(periods.len());
    let mut kept = 0;
    for period in periods {
        let allowed = tolerance * period.duration / horizon;
        let mut spread = ((period.arrivals * period.duration).sqrt() as usize).saturating_add(16);
        let (end, integral, lost) = loop {
            let level = period.servers as usize;
            let used = state.used_room() + state.level.saturating_sub(level);
            let room = used.saturating_add(spread).min(MOST_ROOM);
            budget.spend((PER_PERIOD * (state.p.len() + level + room)) as f64)?;
            let (start, displaced) = state.refit(level, room, system.level_end)?;
            let (end, integral, turned_away) = run(&start, period, system, budget)?;
            let lost = turned_away + displaced;
            if lost <= allowed || room == MOST_ROOM {
                break (end, integral, lost);
            }
            spread = spread.saturating_mul(2);
        };
        error += lost;
        clock += period.duration;
        let mean = |f: &dyn Fn(usize, usize) -> f64| {
            integral.states().map(|(b, q, p)| f(b, q) * p).sum::<f64>() / period.duration
        };
        let queue = mean(&|_, q| q as f64);
        outcomes.push(PeriodMeans {
            end: clock,
            p_wait: integral.p_wait() / period.duration,
            queue,
            busy: mean(&|b, _| b as f64),
            above_level: mean(&|b, _| b.saturating_sub(integral.level) as f64),
            abandonments: system.abandonment * queue,
            in_system_at_end: end.in_system(),
            p_wait_at_end: end.p_wait(),
        });
        kept += outcomes.last().map_or(0, |o| o.in_system_at_end.len());
        if kept > MOST_KEPT {
            return Err(TransientError::TooMuch);
        }
        state = end;
    }
    Ok((outcomes, state, error))
}

fn path(periods: &[Period], outcomes: Vec<PeriodMeans>, error_bound: f64, cycles: u32) -> Course {
    let (mut time, mut arrivals, mut waits, mut queue, mut busy, mut lost) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for (p, o) in periods.iter().zip(&outcomes) {
        time += p.duration;
        arrivals += p.arrivals * p.duration;
        waits += p.arrivals * p.duration * o.p_wait;
        queue += o.queue * p.duration;
        busy += o.busy * p.duration;
        lost += o.abandonments * p.duration;
    }
    let overall = SteadyState {
        model: "M(t)/M/s(t)+M",
        source: "uniformization: Jensen 1953; Grassmann 1977",
        exactness: Exactness::Exact,
        p_wait: waits / arrivals,
        wait_mean: queue / arrivals,
        wait_mean_served: f64::NAN,
        p_lost: lost / arrivals,
        queue_mean: queue / time,
        busy_mean: busy / time,
    };
    Course { periods: outcomes, overall, error_bound, cycles }
}

/// The course of `periods` from `initial` requests in system, as many of them in service as the first
/// period has servers for. `tolerance` bounds the error (see the module); [`Course::error_bound`] is what
/// was reached.
///
/// # Errors
/// [`TransientError`] for unusable parameters, or if it takes more than `most_updates` of a state's probability.
pub fn solve(
    system: &System,
    periods: &[Period],
    initial: u32,
    tolerance: f64,
    most_updates: f64,
) -> Result<Course, TransientError> {
    if !valid(system, periods, tolerance) {
        return Err(TransientError::Unusable);
    }
    if initial as usize > MOST_ROOM || !few_servers(periods) {
        return Err(TransientError::TooMuch);
    }
    let mut budget = Budget(most_updates);
    let (outcomes, _, error) = pass(system, periods, beginning(periods, initial), tolerance, &mut budget)?;
    Ok(path(periods, outcomes, error, 1))
}

fn few_servers(periods: &[Period]) -> bool {
    periods.iter().all(|p| (p.servers as usize) < MOST_STATES)
}

fn beginning(periods: &[Period], initial: u32) -> BusyWaiting {
    let level = periods[0].servers as usize;
    let busy = (initial as usize).min(level);
    let mut state = BusyWaiting::new(level, level, initial as usize - busy);
    let at = state.index(busy, initial as usize - busy);
    state.p[at] = 1.0;
    state
}

/// The periodic steady state of a `cycle` that repeats for ever: cycles are run, from empty, until the
/// state at the end is that at the start to within `tolerance` as seen from the limit, extrapolating
/// the shrinking distance between them; that is added to [`Course::error_bound`].
///
/// # Errors
/// [`TransientError`] for unusable parameters, if it takes more than `most_updates` of a state's probability, or when it has
/// not settled after `most_cycles` (no steady state, or very close to none).
pub fn periodic(
    system: &System,
    cycle: &[Period],
    tolerance: f64,
    most_cycles: u32,
    most_updates: f64,
) -> Result<Course, TransientError> {
    if !valid(system, cycle, tolerance) {
        return Err(TransientError::Unusable);
    }
    if !few_servers(cycle) {
        return Err(TransientError::TooMuch);
    }
    let mut budget = Budget(most_updates);
    let mut state = beginning(cycle, 0);
    let mut last = f64::INFINITY;
    for n in 1..=most_cycles {
        let (outcomes, end, error) = pass(system, cycle, state.clone(), tolerance / 2.0, &mut budget)?;
        let distance = end.distance(&state);
        let shrink = distance / last;
        // What is still to come, were the distance to go on shrinking at this rate.
        let rest = if shrink < 1.0 { distance / (1.0 - shrink) } else { f64::INFINITY };
        if n > 1 && (rest <= tolerance / 2.0 || distance == 0.0) {
            return Ok(path(cycle, outcomes, error + rest, n));
        }
        last = distance;
        state = end;
    }
    Err(TransientError::Unsettled)
}

#[cfg(test)]
mod tests;
