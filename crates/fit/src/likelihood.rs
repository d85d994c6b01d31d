//! The greatest likelihood of each law, and 95 % intervals of its numbers. Location is 0 unless it was subtracted
//! before.

use crate::law::{Family, Law, ln_likelihood, weibull_cv};
use crate::optimise::{allowed, profile, simplex, standard_errors};
use poolwise_math::{digamma, exp, gamma as gamma_function, ln, ln_1p, ln_gamma, powf};
use serde::Serialize;

/// An estimate with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The estimate by maximum likelihood.
    pub base: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

/// A number of a law.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FittedNumber {
    /// Its name in scenarios.
    pub name: &'static str,
    /// Estimate and interval.
    #[serde(flatten)]
    pub interval: Interval,
    /// Whether it is a time.
    pub time: bool,
}

/// A law fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedLaw {
    /// The law that was fitted, with its numbers.
    pub law: Law,
    /// Logarithm of its likelihood.
    pub ln_likelihood: f64,
}

/// Observed times, above 0, ascending, with the sums that likelihoods need.
#[derive(Debug, Clone)]
pub struct ObservedTimes {
    /// The values in ascending order.
    pub sorted: Vec<f64>,
    sum: f64,
    sum_ln: f64,
    sum_ln2: f64,
    logs: Vec<f64>,
}

impl ObservedTimes {
    /// Of values above 0 in any order.
    pub fn new(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let logs: Vec<f64> = values.iter().map(|x| ln(*x)).collect();
        let sum_ln = logs.iter().sum::<f64>();
        let mean = sum_ln / logs.len().max(1) as f64;
        // About the mean, so that no digits are lost.
        let sum_ln2 = logs.iter().map(|l| (l - mean) * (l - mean)).sum();
        Self { sum: values.iter().sum(), sum_ln, sum_ln2, sorted: values, logs }
    }

    /// How many.
    pub fn n(&self) -> usize {
        self.sorted.len()
    }

    /// The mean of the values.
    pub fn mean(&self) -> f64 {
        self.sum / self.n() as f64
    }

    /// Coefficient of variation of the sample.
    pub fn cv(&self) -> f64 {
        let m = self.mean();
        let v = self.sorted.iter().map(|x| (x - m) * (x - m)).sum::<f64>() / (self.n() as f64 - 1.0).max(1.0);
        v.sqrt() / m
    }

    fn spread(&self) -> bool {
        self.n() > 1 && self.sorted[self.n() - 1] > self.sorted[0]
    }
}

/// A function of coordinates.
type Surface<'t> = Box<dyn Fn(&[f64]) -> f64 + 't>;

/// Logarithm of the likelihood in coordinates without limits: logarithms of mean and coefficient of variation; for
/// the hyperexponential the logarithm of the mean, the logit of the probability, the logarithm of the ratio of means.
fn coordinates_likelihood(family: Family, times: &ObservedTimes) -> Surface<'_> {
    let n = times.n() as f64;
    match family {
        Family::Exponential => Box::new(move |u| -n * u[0] - times.sum * exp(-u[0])),
        Family::Lognormal => Box::new(move |u| {
            let s2 = ln_1p(exp(2.0 * u[1]));
            let away = times.sum_ln / n - (u[0] - s2 / 2.0);
            -times.sum_ln
                - n / 2.0 * ln(s2)
                - n * 0.918_938_533_204_672_7
                - (times.sum_ln2 + n * away * away) / (2.0 * s2)
        }),
        Family::Gamma => Box::new(move |u| {
            let shape = exp(-2.0 * u[1]);
            let ln_scale = u[0] + 2.0 * u[1];
            (shape - 1.0) * times.sum_ln
                - times.sum * exp(-ln_scale)
                - n * (ln_gamma(shape) + shape * ln_scale)
        }),
        Family::Weibull => Box::new(move |u| {
            // By shape, whose coefficient of variation follows: bisection for each trial would be dear.
            let k = exp(u[1]);
            let ln_scale = u[0] - ln_gamma(1.0 + 1.0 / k);
            let powers: f64 = times.logs.iter().map(|l| exp(k * (l - ln_scale))).sum();
            n * (u[1] - ln_scale) + (k - 1.0) * (times.sum_ln - n * ln_scale) - powers
        }),
        _ => Box::new(move |u| {
            let (mean, p, ratio) = (exp(u[0]), 1.0 / (1.0 + exp(-u[1])), exp(u[2]));
            let first = mean / (p + (1.0 - p) * ratio);
            let law = Law { family: Family::Hyperexponential, numbers: [p, first, first * ratio] };
            ln_likelihood(&law, &times.sorted)
        }),
    }
}

/// The most likely law of a family; `None` where the times allow none.
pub fn fit(family: Family, times: &ObservedTimes) -> Option<FittedLaw> {
    if times.n() < 2 || !times.spread() {
        return None;
    }
    let made = |numbers: [f64; 3], ln_likelihood: f64| {
        (ln_likelihood.is_finite() && numbers.iter().all(|x| x.is_finite()))
            .then_some(FittedLaw { law: Law { family, numbers }, ln_likelihood })
    };
    let (n, mean) = (times.n() as f64, times.mean());
    match family {
        Family::Exponential => {
            let at = [ln(mean)];
            made([mean, 0.0, 0.0], coordinates_likelihood(family, times)(&at))
        }
        Family::Lognormal => {
            let s2 = times.sum_ln2 / n;
            let (m, cv) = (exp(times.sum_ln / n + s2 / 2.0), poolwise_math::exp_m1(s2).sqrt());
            made([m, cv, 0.0], coordinates_likelihood(family, times)(&[ln(m), ln(cv)]))
        }
        Family::Gamma => {
            let shape = gamma_shape(ln(mean) - times.sum_ln / n)?;
            let cv = 1.0 / shape.sqrt();
            made([mean, cv, 0.0], coordinates_likelihood(family, times)(&[ln(mean), ln(cv)]))
        }
        Family::Weibull => {
            let (k, scale) = weibull(times)?;
            let m = scale * gamma_function(1.0 + 1.0 / k);
            made([m, weibull_cv(k), 0.0], coordinates_likelihood(family, times)(&[ln(m), ln(k)]))
        }
        Family::Erlang => {
            let shape = gamma_shape(ln(mean) - times.sum_ln / n)?;
            let floor = shape.floor().clamp(1.0, 1e6);
            let both = [floor, floor + 1.0].map(|k| (k, erlang_likelihood(times, k)));
            let (k, best) = if both[0].1 >= both[1].1 { both[0] } else { both[1] };
            made([k, mean, 0.0], best)
        }
        Family::Hyperexponential => {
            let (numbers, best) = hyperexponential(times)?;
            made(numbers, best)
        }
        Family::Uniform => {
            let (low, high) = (times.sorted[0], times.sorted[times.n() - 1]);
            made([low, high, 0.0], -n * ln(high - low))
        }
        Family::Triangular => {
            let (numbers, best) = triangular(times)?;
            made(numbers, best)
        }
    }
}

/// The gamma shape where ln k - digamma(k) equals `s`: Newton's steps from Minka's (2002) start.
fn gamma_shape(s: f64) -> Option<f64> {
    if s <= 1e-12 {
        return None;
    }
    let mut k = (3.0 - s + ((s - 3.0) * (s - 3.0) + 24.0 * s).sqrt()) / (12.0 * s);
    for _ in 0..30 {
        let h = 1e-5 * k;
        let slope = (digamma(k + h) - digamma(k - h)) / (2.0 * h);
        let next = 1.0 / (1.0 / k + (ln(k) - digamma(k) - s) / (k * k * (1.0 / k - slope)));
        if !next.is_finite() || next <= 0.0 {
            break;
        }
        let done = (next - k).abs() < 1e-12 * k;
        k = next;
        if done {
            break;
        }
    }
    Some(k)
}

fn erlang_likelihood(times: &ObservedTimes, k: f64) -> f64 {
    let n = times.n() as f64;
    let scale = times.mean() / k;
    (k - 1.0) * times.sum_ln - times.sum / scale - n * (ln_gamma(k) + k * ln(scale))
}

/// Shape and scale: the root of the shape's equation, which rises, by bisection on ln k.
fn weibull(times: &ObservedTimes) -> Option<(f64, f64)> {
    let n = times.n() as f64;
    let (mean_ln, top) = (times.sum_ln / n, *times.logs.last()?);
    let sums = |k: f64| {
        times.logs.iter().fold((0.0, 0.0), |(a, b), l| {
            let w = exp(k * (l - top));
            (a + w, b + w * l)
        })
    };
    let (mut low, mut high) = (ln(0.02), ln(500.0));
    for _ in 0..45 {
        let middle = f64::midpoint(low, high);
        let k = exp(middle);
        let (weights, weighted) = sums(k);
        if weighted / weights - 1.0 / k - mean_ln < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    let k = exp(f64::midpoint(low, high));
    Some((k, exp(top) * powf(sums(k).0 / n, 1.0 / k)))
}

/// Expectation and maximisation (Dempster, Laird and Rubin 1977) from the moments' start. A sample that varies less
/// than an exponential has no mixture.
fn hyperexponential(times: &ObservedTimes) -> Option<([f64; 3], f64)> {
    let (n, mean, cv) = (times.n() as f64, times.mean(), times.cv());
    if times.n() < 4 || cv <= 1.0 {
        return None;
    }
    let c2 = cv * cv;
    let mut p = 0.5 * (1.0 + ((c2 - 1.0) / (c2 + 1.0)).sqrt());
    let (mut a, mut b) = (mean / (2.0 * p), mean / (2.0 * (1.0 - p)));
    // Large samples by steps of the sample in order, which has the same law.
    let step = (times.n() / 20_000).max(1);
    let few: Vec<f64> = times.sorted.iter().copied().skip(step / 2).step_by(step).collect();
    let m = few.len() as f64;
    let few_sum: f64 = few.iter().sum();
    for _ in 0..2000 {
        let (mut weight, mut weighted) = (0.0, 0.0);
        for x in &few {
            let (f, g) = (p / a * exp(-x / a), (1.0 - p) / b * exp(-x / b));
            let w = if f + g > 0.0 { f / (f + g) } else { 0.0 };
            weight += w;
            weighted += w * x;
        }
        if weight < 1e-9 || weight > m - 1e-9 {
            return None;
        }
        let next = (weight / m, weighted / weight, (few_sum - weighted) / (m - weight));
        let change = (next.0 - p).abs() + (next.1 / a - 1.0).abs() + (next.2 / b - 1.0).abs();
        (p, a, b) = next;
        if change < 1e-7 {
            break;
        }
    }
    if step > 1 {
        // The mean of all is kept.
        let scale = mean / (p * a + (1.0 - p) * b);
        (a, b) = (a * scale, b * scale);
    }
    let law = Law { family: Family::Hyperexponential, numbers: [p, a, b] };
    let best: f64 = ln_likelihood(&law, &times.sorted);
    let exponential = -n * ln(mean) - n;
    // Phases that cannot be told apart are one.
    (best > exponential + 1e-6 && (b / a - 1.0).abs() > 1e-3).then_some((law.numbers, best))
}

/// Ends outside of the sample and the mode, by the simplex from three starts.
fn triangular(times: &ObservedTimes) -> Option<([f64; 3], f64)> {
    let (first, last) = (times.sorted[0], times.sorted[times.n() - 1]);
    let range = last - first;
    let step = (times.n() / 2_000).max(1);
    let few: Vec<f64> =
        times.sorted.iter().copied().skip(step / 2).step_by(step).chain([first, last]).collect();
    let numbers = |u: &[f64]| {
        let low = (first - range * exp(u[0])).max(0.0);
        let high = last + range * exp(u[1]);
        let share = 1.0 / (1.0 + exp(-u[2]));
        [low, low + share * (high - low), high]
    };
    let value = |u: &[f64]| -> f64 {
        if u.iter().any(|x| x.abs() > 30.0) {
            return f64::NEG_INFINITY;
        }
        let law = Law { family: Family::Triangular, numbers: numbers(u) };
        ln_likelihood(&law, &few)
    };
    let mode = 3.0 * times.mean() - first - last;
    let share = ((mode - first) / range).clamp(0.05, 0.95);
    let starts = [share, 0.5, 0.15, 0.85].map(|s| [-3.0, -3.0, ln(s / (1.0 - s))]);
    let best = starts.iter().map(|s| simplex(s, 0.7, &value)).max_by(|a, b| a.1.total_cmp(&b.1))?;
    let found = numbers(&best.0);
    let law = Law { family: Family::Triangular, numbers: found };
    let total: f64 = ln_likelihood(&law, &times.sorted);
    total.is_finite().then_some((found, total))
}

/// Most times for which the whole profile of the likelihood is followed; above, its curvature serves as well.
const MOST_FOR_PROFILE: usize = 1_000;

/// 95 % intervals of a law's numbers, the mean's first.
pub fn intervals(estimate: &FittedLaw, times: &ObservedTimes) -> Vec<FittedNumber> {
    let [a, b, c] = estimate.law.numbers;
    let family = estimate.law.family;
    let number =
        |name, base, (low, high), time| FittedNumber { name, interval: Interval { base, low, high }, time };
    let n = times.n();
    let scaled = |x: f64| move |(l, h): (f64, f64)| (exp(l).min(x), exp(h).max(x));
    match family {
        Family::Exponential => {
            let ends = coordinate_intervals(family, times, &[ln(a)], n);
            vec![number("mean", a, scaled(a)(ends[0]), true)]
        }
        Family::Lognormal | Family::Gamma => {
            let ends = coordinate_intervals(family, times, &[ln(a), ln(b)], n);
            vec![number("mean", a, scaled(a)(ends[0]), true), number("cv", b, scaled(b)(ends[1]), false)]
        }
        Family::Weibull => {
            let k = crate::law::weibull_shape(b);
            let ends = coordinate_intervals(family, times, &[ln(a), ln(k)], n);
            let (low, high) = ends[1];
            let cvs = (weibull_cv(exp(high)).min(b), weibull_cv(exp(low)).max(b));
            vec![number("mean", a, scaled(a)(ends[0]), true), number("cv", b, cvs, false)]
        }
        Family::Erlang => {
            let fallen =
                |k: f64| 2.0 * (estimate.ln_likelihood - erlang_likelihood(times, k)) > allowed(n, 2);
            let (mut low, mut high) = (a, a);
            while low > 1.0 && !fallen(low - 1.0) {
                low -= 1.0;
            }
            while high < 1e6 && !fallen(high + 1.0) {
                high += 1.0;
            }
            let ends = erlang_mean(times, a);
            vec![number("mean", b, ends, true), number("shape", a, (low, high), false)]
        }
        Family::Hyperexponential => {
            let at = [ln(estimate.law.mean()), ln(a / (1.0 - a)), ln(c / b)];
            let ends = coordinate_intervals(family, times, &at, n);
            let logit = |x: f64| 1.0 / (1.0 + exp(-x));
            let mean = estimate.law.mean();
            vec![
                number("mean", mean, scaled(mean)(ends[0]), true),
                number("probability of the first phase", a, (logit(ends[1].0), logit(ends[1].1)), false),
                number("ratio of the phases' means", c / b, scaled(c / b)(ends[2]), false),
            ]
        }
        Family::Uniform => {
            // Of n draws, P((low end - least) / range) has the exact law (1 + t)^-(n - 1) (order statistics).
            let t = powf(0.05, -1.0 / (n as f64 - 1.0)) - 1.0;
            let (range, mean) = (b - a, f64::midpoint(a, b));
            vec![
                number("mean", mean, (mean - range * t / 2.0, mean + range * t / 2.0), true),
                number("low", a, ((a - range * t).max(0.0), a), true),
                number("high", b, (b, b + range * t), true),
            ]
        }
        Family::Triangular => crate::triangular::intervals(estimate, times),
    }
}

/// The mean's interval given whole phases: the profile of n k (x / m - 1 - ln(x / m)), exact but for the law of its size.
fn erlang_mean(times: &ObservedTimes, k: f64) -> (f64, f64) {
    let (n, mean) = (times.n(), times.mean());
    let f = |u: &[f64]| n as f64 * k * (-u[0] - mean * exp(-u[0]));
    let at = [ln(mean)];
    let error = 1.0 / (n as f64 * k).sqrt();
    let (low, high) = profile(&at, 0, error, allowed(n, 1), &f);
    (exp(low), exp(high))
}

/// Intervals of the coordinates: by profile, of many times by curvature.
fn coordinate_intervals(family: Family, times: &ObservedTimes, at: &[f64], n: usize) -> Vec<(f64, f64)> {
    let f = coordinates_likelihood(family, times);
    let errors = standard_errors(at, &*f);
    let cheap = matches!(family, Family::Exponential | Family::Lognormal | Family::Gamma);
    at.iter()
        .enumerate()
        .map(|(i, x)| {
            let error = errors.as_ref().map_or(0.3, |e| e[i]);
            if (cheap || n <= MOST_FOR_PROFILE) && error.is_finite() {
                profile(at, i, error, allowed(n, at.len()), &*f)
            } else {
                (x - 1.96 * error, x + 1.96 * error)
            }
        })
        .collect()
}
