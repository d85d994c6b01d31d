//! How a time distribution carries a flow by hours of the week to later hours.
//!
//! Whatever happens in an hour is taken as spread evenly over it. A time L (in hours) then carries to
//! the k-th hour after it the share E[max(0, 1 - |L - k|)], which is the second difference at k of
//! G(x) = E[max(0, x - L)]. G is exact for every distribution of [`Sampler`], and the mean lag is kept
//! exactly. Re-spreading over the hour adds a variance of at most a quarter of a squared hour a step.
//!
//! A running deadline needs the time since arrival, apart from the hour of the week: an [`Age`] is its
//! distribution on a grid of fiftieths of the deadline's median, carried by the same differences.

use poolwise_engine::random::Sampler;
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK};

/// Hours followed one by one; what a time carries beyond (20 weeks) is spread flat over the week.
const FOLLOWED: usize = 20 * HOURS_OF_WEEK;
/// Share of a time's longest values that is not followed further.
const NEGLIGIBLE: f64 = 1e-7;

/// A time, ready to carry flows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kernel {
    /// `(hours later, share)`, hours modulo a week, shares summing to one.
    shares: Vec<(usize, f64)>,
    /// `(hours later, hours of work)`: where the time itself is spent, summing to its mean.
    spent: Vec<(usize, f64)>,
    /// The time on the grid of a deadline's ages; empty where there is no deadline.
    ages: Age,
}

/// The distribution of the time since arrival: shares at multiples of a grid's step, the last one also
/// for all beyond. Empty where no deadline runs.
pub(super) type Age = Vec<f64>;

/// The grid of ages of a class with a deadline.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LagGrid {
    /// Step, seconds.
    step: f64,
    /// Share of deadlines later than each age.
    survival: Vec<f64>,
}

/// Shares of a time that are carried no further than 0, 1, 2, ... steps: the first difference of G.
fn reached(time: &Sampler, step: f64) -> impl Iterator<Item = f64> + '_ {
    let (mut before, mut least) = (0.0, 0.0);
    (1_u32..).map(move |k| {
        let after = time.shortfall(f64::from(k) * step) / step;
        least = (after - before).clamp(least, 1.0);
        before = after;
        least
    })
}

/// Mean over x in the hour k to k + 1 of E[min(L, x)], in hours, for k = 0, 1, 2, ... Its first difference
/// at k is the time spent in the k-th hour after a start that is uniform over an hour.
fn spent_up_to(time: &Sampler, factor: f64) -> impl Iterator<Item = f64> + '_ {
    let value = move |x: f64| x - factor * time.shortfall(x * HOUR / factor) / HOUR;
    let mut before = value(0.0);
    (0..).map(move |k: usize| {
        // Trapezoids: in the first hour at squares of 24ths, close together where short times end; then of
        // five minutes; then half-hours, where the function has long been smooth.
        let parts = match k {
            0 => 24,
            1..48 => 12,
            _ => 2,
        };
        let node = |i: u32| {
            let part = f64::from(i) / f64::from(parts);
            if k == 0 { part * part } else { k as f64 + part }
        };
        let (mut sum, mut from) = (0.0, node(0));
        for i in 1..=parts {
            let to = node(i);
            let after = value(to);
            sum += (to - from) * f64::midpoint(before, after);
            (from, before) = (to, after);
        }
        sum
    })
}

impl LagGrid {
    const POINTS: usize = 800;

    /// For a deadline.
    pub(super) fn new(deadline: &Sampler) -> Self {
        let mut high = deadline.mean().max(1.0);
        // Halving finds the median to a millionth; a mean without bound is a scenario's own fault.
        let mut low = 0.0;
        while deadline.cdf(high) < 0.5 && high < 1e15 {
            high *= 2.0;
        }
        while high - low > 1e-6 * high {
            let middle = f64::midpoint(low, high);
            if deadline.cdf(middle) < 0.5 { low = middle } else { high = middle }
        }
        let step = (high / 50.0).max(1e-6);
        let survival = (0..Self::POINTS).map(|k| 1.0 - deadline.cdf(k as f64 * step)).collect();
        Self { step, survival }
    }

    /// Share of deadlines that are later than an age.
    pub(crate) fn alive(&self, age: &Age) -> f64 {
        age.iter().zip(&self.survival).map(|(x, s)| x * s).sum()
    }

    /// `time` stretched by `factor`, as an age.
    fn of(&self, time: &Sampler, factor: f64) -> Age {
        if factor * time.mean() <= 0.0 {
            return vec![1.0];
        }
        let (mut age, mut carried) = (Vec::new(), 0.0);
        for to in reached(time, self.step / factor).take(Self::POINTS) {
            age.push(to - carried);
            carried = to;
            if carried > 1.0 - NEGLIGIBLE {
                break;
            }
        }
        if let Some(last) = age.last_mut() {
            *last += 1.0 - carried;
        }
        age
    }

    /// The distribution of given waits `(hours, share)`, the shares summing to one.
    pub(crate) fn of_waits(&self, waits: &[(f64, f64)]) -> Age {
        let mut age = vec![0.0; Self::POINTS];
        for &(hours, share) in waits {
            let at = (hours * HOUR / self.step).min((Self::POINTS - 1) as f64);
            let (k, part) = (at as usize, at.fract());
            age[k] += share * (1.0 - part);
            age[(k + 1).min(Self::POINTS - 1)] += share * part;
        }
        let used = age.iter().rposition(|x| *x > 0.0).map_or(1, |k| k + 1);
        age.truncate(used);
        age
    }
}

/// The age after a further time; both on the same grid.
pub(super) fn add(age: &Age, further: &Age) -> Age {
    if age.is_empty() || further.is_empty() {
        return Age::new();
    }
    let mut out = vec![0.0; (age.len() + further.len() - 1).min(LagGrid::POINTS)];
    let last = out.len() - 1;
    for (i, x) in age.iter().enumerate().filter(|(_, x)| **x > 1e-12) {
        let (within, beyond) = further.split_at(further.len().min(out.len() - i));
        out[i..].iter_mut().zip(within).for_each(|(z, y)| *z += x * y);
        out[last] += x * beyond.iter().sum::<f64>();
    }
    out
}

impl Kernel {
    /// Of `time` stretched by `factor`, for a class with this grid of ages.
    pub(super) fn new(time: &Sampler, factor: f64, grid: Option<&LagGrid>) -> Self {
        let mean = factor * time.mean() / HOUR;
        let ages = grid.map_or_else(Age::new, |g| g.of(time, factor));
        if mean <= 0.0 || !mean.is_finite() {
            return Self { shares: vec![(0, 1.0)], spent: Vec::new(), ages };
        }
        let mut shares = vec![0.0; HOURS_OF_WEEK];
        let mut spent = vec![0.0; HOURS_OF_WEEK];
        let (mut carried, mut under_way) = (0.0, 0.0);
        let hours = reached(time, HOUR / factor).zip(spent_up_to(time, factor)).take(FOLLOWED);
        for (k, (to, now)) in hours.enumerate() {
            shares[k % HOURS_OF_WEEK] += to - carried;
            carried = to;
            spent[k % HOURS_OF_WEEK] += (now - under_way).max(0.0);
            under_way = now;
            if carried > 1.0 - NEGLIGIBLE {
                // What little is left comes with the last, so that short times stay short lists.
                shares[k % HOURS_OF_WEEK] += 1.0 - carried;
                spent[k % HOURS_OF_WEEK] += mean - under_way;
                (carried, under_way) = (1.0, mean);
                break;
            }
        }
        let flat = 1.0 / HOURS_OF_WEEK as f64;
        let rest = (1.0 - carried) * flat;
        let rest_spent = (mean - under_way).max(0.0) * flat;
        let sparse = |values: Vec<f64>, rest: f64| {
            values.into_iter().map(|v| v + rest).enumerate().filter(|&(_, v)| v != 0.0).collect()
        };
        Self { shares: sparse(shares, rest), spent: sparse(spent, rest_spent), ages }
    }

    /// An age after the time.
    pub(super) fn later(&self, age: &Age) -> Age {
        add(age, &self.ages)
    }

    /// The flow as it is after the time.
    pub(super) fn carry(&self, flow: &[f64]) -> Vec<f64> {
        spread(&self.shares, flow)
    }

    /// Mean number at work in each hour when a flow (per hour) spends this time at once: the offered
    /// load of infinitely many servers (Eick, Massey and Whitt 1993, Theorem 1), averaged by hours.
    pub(crate) fn occupy(&self, flow: &[f64]) -> Vec<f64> {
        spread(&self.spent, flow)
    }
}

fn spread(weights: &[(usize, f64)], flow: &[f64]) -> Vec<f64> {
    /// Hours summed up together, in registers.
    const TOGETHER: usize = 24;
    const { assert!(HOURS_OF_WEEK.is_multiple_of(TOGETHER)) };
    // The flow twice, since its end goes round to the week's start.
    let mut twice = [0.0; 2 * HOURS_OF_WEEK];
    twice[..HOURS_OF_WEEK].copy_from_slice(flow);
    twice[HOURS_OF_WEEK..].copy_from_slice(flow);
    let mut out = vec![0.0; HOURS_OF_WEEK];
    for first in (0..HOURS_OF_WEEK).step_by(TOGETHER) {
        let mut sum = [0.0; TOGETHER];
        for &(later, weight) in weights {
            let from = HOURS_OF_WEEK - later + first;
            if let Some(x) = twice[from..].first_chunk::<TOGETHER>() {
                for i in 0..TOGETHER {
                    sum[i] += weight * x[i];
                }
            }
        }
        out[first..first + TOGETHER].copy_from_slice(&sum);
    }
    out
}

#[cfg(test)]
mod tests;
