//! Distributions of durations: how they are written, and what they are made into.

use crate::build::SUM_TOLERANCE;
use crate::collections::List;
use crate::diagnostic::Problems;
use crate::files::Files;
use crate::input::{Req, either, table, words};
use crate::quantity::{Dur, LONGEST, Span};
use crate::scalar::{NonNegative, Positive, Real, Share, Text, Whole};
use crate::source::TextSpan;
use poolwise_engine::random::Sampler;
use poolwise_math::{exp, ln, ln_1p};

either! {
    /// A duration, fixed or random.
    pub(crate) enum Dist {
        /// Always the same.
        Fixed(Dur),
        /// Drawn from a distribution, given by its table.
        Random(Box<DistIn>),
    }
    expects "a duration such as \"20 min\", or a distribution such as { exponential = \"20 min\" }"
}

table! {
    /// A distribution: exactly one of these.
    pub(crate) struct DistIn {
        /// Exponential, by its mean.
        exponential: Option<MeanIn>,
        /// Lognormal: `mean` and `cv`, `median` and `cv`, `median` and `mean`, or `mu` and `sigma`.
        lognormal: Option<LogNormalIn>,
        /// Gamma: `mean` and `cv`, or `shape` and `scale`.
        gamma: Option<GammaIn>,
        /// Erlang: `shape` phases with this total `mean`.
        erlang: Option<ErlangIn>,
        /// Weibull: `shape` with `scale` or `mean`, or `mean` and `cv`.
        weibull: Option<WeibullIn>,
        /// Uniform between `low` and `high`.
        uniform: Option<UniformIn>,
        /// Triangular: `low`, `mode`, `high`.
        triangular: Option<TriangularIn>,
        /// Always the same.
        deterministic: Option<Dur>,
        /// A mixture of exponentials: `mean` and `cv` with balanced means, or `phases`.
        hyperexponential: Option<HyperIn>,
        /// Observed values, each equally likely: a column of a CSV `file`, or `values`.
        empirical: Option<EmpiricalIn>,
    }
    exactly_one [
        exponential, lognormal, gamma, erlang, weibull, uniform, triangular, deterministic,
        hyperexponential, empirical,
    ]
    as replaced
}

either! {
    /// A mean.
    pub(crate) enum MeanIn {
        /// A mean and nothing else.
        Alone(Span),
        /// By its name.
        Named(MeanTableIn),
    }
    expects "a duration such as \"20 min\""
}

impl MeanIn {
    pub(crate) fn get(&self) -> Option<f64> {
        match self {
            Self::Alone(d) => Some(d.seconds),
            Self::Named(t) => t.mean.get().map(|d| d.seconds),
        }
    }
}

table! {
    /// A mean by its name.
    pub(crate) struct MeanTableIn {
        /// The mean.
        mean: Req<Span>,
    }
}

table! {
    /// Lognormal: the logarithm of the time is normal. By mean or median, and a coefficient of variation.
    pub(crate) struct LogNormalIn {
        /// Mean of the time itself, not of its logarithm.
        mean: Option<Span>,
        /// Time that half of all are below.
        median: Option<Span>,
        /// Coefficient of variation.
        cv: Option<NonNegative>,
        /// Mean of the logarithm of the time in `unit`.
        mu: Option<Real>,
        /// Standard deviation of the logarithm.
        sigma: Option<NonNegative>,
        /// Unit of the time whose logarithm has mean `mu`.
        unit: Option<UnitIn>,
    }
}

words! {
    /// A unit of time.
    pub(crate) enum UnitIn {
        /// Values are in seconds.
        Second = "s",
        /// Values are in minutes.
        Minute = "min",
        /// Values are in hours.
        Hour = "h",
        /// Values are in days of 24 hours.
        Day = "days",
        /// Values are in weeks of 168 hours.
        Week = "weeks",
    }
}

impl UnitIn {
    /// Its length, seconds.
    pub(crate) fn seconds(self) -> f64 {
        match self {
            Self::Second => 1.0,
            Self::Minute => 60.0,
            Self::Hour => poolwise_engine::time::HOUR,
            Self::Day => poolwise_engine::time::DAY,
            Self::Week => poolwise_engine::time::WEEK,
        }
    }
}

table! {
    /// Gamma, by mean and coefficient of variation or by shape and scale.
    pub(crate) struct GammaIn {
        /// Mean, which is shape times scale.
        mean: Option<Span>,
        /// Coefficient of variation.
        cv: Option<NonNegative>,
        /// Shape, a number; 1 makes it exponential.
        shape: Option<Positive>,
        /// Scale, a time: the mean over the shape.
        scale: Option<Span>,
    }
}

table! {
    /// Erlang: so many exponential phases in a row.
    pub(crate) struct ErlangIn {
        /// Number of phases.
        shape: Req<Whole<1, 1_000_000>>,
        /// Mean of their sum.
        mean: Req<Span>,
    }
}

table! {
    /// Weibull, by shape and either scale or mean.
    pub(crate) struct WeibullIn {
        /// Shape, a number: below 1 many short and some very long, above 1 a hump.
        shape: Option<Positive>,
        /// Scale, a time that 63 % are below.
        scale: Option<Span>,
        /// Mean, instead of the scale.
        mean: Option<Span>,
        /// Coefficient of variation.
        cv: Option<Positive>,
    }
}

table! {
    /// Uniform: every time between two limits is equally likely.
    pub(crate) struct UniformIn {
        /// Shortest time.
        low: Req<Dur>,
        /// Longest time.
        high: Req<Span>,
    }
}

table! {
    /// Triangular: rises to its mode, falls from there.
    pub(crate) struct TriangularIn {
        /// Shortest time.
        low: Req<Dur>,
        /// Most likely.
        mode: Req<Dur>,
        /// Longest time.
        high: Req<Span>,
    }
}

table! {
    /// A mixture of exponentials.
    pub(crate) struct HyperIn {
        /// Mean of the mixture.
        mean: Option<Span>,
        /// Coefficient of variation, above 1.
        cv: Option<Positive>,
        /// Its parts.
        phases: Option<List<PhaseIn>>,
    }
}

table! {
    /// A part of a mixture.
    pub(crate) struct PhaseIn {
        /// Its probability.
        probability: Req<Share>,
        /// Its mean.
        mean: Req<Span>,
    }
}

table! {
    /// Observed values.
    pub(crate) struct EmpiricalIn {
        /// CSV file beside the scenario.
        file: Option<Text>,
        /// The values themselves.
        values: Option<List<Dur>>,
        /// Column of the file. Default: the only one.
        column: Option<Text>,
        /// Unit of the file's numbers.
        unit: Option<UnitIn>,
    }
    exactly_one [file, values]
}

/// A sampler that stands where a distribution makes no sense; the error has been noted.
const BROKEN: Sampler = Sampler::Constant(1.0);

/// Turns a distribution into a sampler.
pub(crate) fn sampler(dist: Option<&Dist>, files: &mut Files<'_>, cx: &mut Problems) -> Sampler {
    let made = match dist {
        Some(Dist::Fixed(d)) => Some(Sampler::Constant(d.seconds)),
        Some(Dist::Random(table)) => random(table, files, cx),
        None => None,
    };
    let Some(made) = made else { return BROKEN };
    // Extreme parameters overflow, and an infinite time would stop the calendar.
    if let Some(Dist::Random(table)) = dist {
        let (mean, variance) = (made.mean(), made.variance());
        if !mean.is_finite() || !variance.is_finite() || mean > LONGEST {
            cx.error(table.place, "the distribution has no mean and variance that a run could use")
                .help("use less extreme parameters");
            return BROKEN;
        }
    }
    made
}

fn random(d: &DistIn, files: &mut Files<'_>, cx: &mut Problems) -> Option<Sampler> {
    if let Some(mean) = &d.exponential {
        return Some(Sampler::Exponential(mean.get()?));
    }
    if let Some(x) = &d.lognormal {
        return log_normal(x, cx);
    }
    if let Some(x) = &d.gamma {
        return gamma(x, cx);
    }
    if let Some(x) = &d.erlang {
        let shape = x.shape.get()?.value as f64;
        return Sampler::gamma(shape, x.mean.get()?.seconds / shape);
    }
    if let Some(x) = &d.weibull {
        return weibull(x, cx);
    }
    if let Some(x) = &d.uniform {
        let (low, high) = (x.low.get()?.seconds, x.high.get()?.seconds);
        if low > high {
            cx.error(x.place, "`low` is above `high`");
            return None;
        }
        return Some(if low == high { Sampler::Constant(low) } else { Sampler::Uniform { low, high } });
    }
    if let Some(x) = &d.triangular {
        let (low, mode, high) = (x.low.get()?.seconds, x.mode.get()?.seconds, x.high.get()?.seconds);
        if !(low <= mode && mode <= high) {
            cx.error(x.place, "`low`, `mode`, `high` must ascend");
            return None;
        }
        if low == high {
            return Some(Sampler::Constant(low));
        }
        return Sampler::triangular(low, mode, high);
    }
    if let Some(x) = &d.deterministic {
        return Some(Sampler::Constant(x.seconds));
    }
    if let Some(x) = &d.hyperexponential {
        return hyper_exponential(x, cx);
    }
    empirical(d.empirical.as_ref()?, files, cx)
}

/// Says which pairs of parameters there are.
fn pairs(place: TextSpan, name: &str, allowed: &str, cx: &mut Problems) -> Option<Sampler> {
    if !cx.intact(place) {
        return None;
    }
    cx.error(place, format!("{name} needs exactly two parameters that go together"))
        .help(format!("allowed: {allowed}"));
    None
}

fn log_normal(x: &LogNormalIn, cx: &mut Problems) -> Option<Sampler> {
    let s = |d: Span| d.seconds;
    if x.unit.is_some() && x.mu.is_none() {
        cx.error(x.place, "`unit` goes with `mu` only");
        return None;
    }
    match (x.mean, x.median, x.cv, x.mu, x.sigma) {
        (Some(mean), None, Some(cv), None, None) => Some(Sampler::log_normal(s(mean), cv.value)),
        (None, Some(median), Some(cv), None, None) => {
            let mean = s(median) * (1.0 + cv.value * cv.value).sqrt();
            Some(Sampler::log_normal(mean, cv.value))
        }
        (Some(mean), Some(median), None, None, None) => {
            if s(mean) < s(median) {
                cx.error(mean.place, "the mean of a lognormal is not below its median");
                return None;
            }
            // mean / median = exp(sigma^2 / 2).
            let sigma = (2.0 * ln(s(mean) / s(median))).sqrt();
            Some(shape_log_normal(ln(s(median)), sigma))
        }
        (None, None, None, Some(mu), Some(sigma)) => {
            let Some(unit) = x.unit else {
                cx.error(x.place, "`mu` needs `unit`")
                    .help("the unit of the time whose logarithm has mean `mu`");
                return None;
            };
            Some(shape_log_normal(mu.value + ln(unit.seconds()), sigma.value))
        }
        _ => pairs(
            x.place,
            "lognormal",
            "`mean` and `cv`; `median` and `cv`; `median` and `mean`; `mu` and `sigma` with `unit`",
            cx,
        ),
    }
}

fn shape_log_normal(mu: f64, sigma: f64) -> Sampler {
    if sigma == 0.0 { Sampler::Constant(exp(mu)) } else { Sampler::LogNormal { mu, sigma } }
}

fn gamma(x: &GammaIn, cx: &mut Problems) -> Option<Sampler> {
    let made = match (x.mean, x.cv, x.shape, x.scale) {
        (Some(mean), Some(cv), None, None) => Sampler::gamma_mean_cv(mean.seconds, cv.value),
        (None, None, Some(shape), Some(scale)) => Sampler::gamma(shape.value, scale.seconds),
        _ => return pairs(x.place, "gamma", "`mean` and `cv`; `shape` and `scale`", cx),
    };
    if made.is_none() {
        cx.error(x.place, "the parameters of gamma are too extreme");
    }
    made
}

fn weibull(x: &WeibullIn, cx: &mut Problems) -> Option<Sampler> {
    let (shape, mean) = match (x.shape, x.scale, x.mean, x.cv) {
        (Some(shape), Some(scale), None, None) => {
            return Some(Sampler::Weibull { shape: shape.value, scale: scale.seconds });
        }
        (Some(shape), None, Some(mean), None) => (shape.value, mean.seconds),
        (None, None, Some(mean), Some(cv)) => match weibull_shape(cv.value) {
            Some(shape) => (shape, mean.seconds),
            None => {
                cx.error(cv.place, "the coefficient of variation of weibull must be from 0.02 to 100");
                return None;
            }
        },
        _ => {
            return pairs(x.place, "weibull", "`shape` and `scale`; `shape` and `mean`; `mean` and `cv`", cx);
        }
    };
    Some(Sampler::Weibull { shape, scale: mean / poolwise_math::gamma(1.0 + 1.0 / shape) })
}

/// The Weibull shape with this coefficient of variation: 1 + cv^2 = G(1 + 2/k) / G(1 + 1/k)^2, whose right
/// side falls as k grows; by bisection on ln k.
fn weibull_shape(cv: f64) -> Option<f64> {
    let ln_ratio =
        |k: f64| poolwise_math::ln_gamma(1.0 + 2.0 / k) - 2.0 * poolwise_math::ln_gamma(1.0 + 1.0 / k);
    if !(0.02..=100.0).contains(&cv) {
        return None;
    }
    let target = ln_1p(cv * cv);
    let (mut low, mut high) = (ln(0.05_f64), ln(100.0_f64));
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if ln_ratio(exp(middle)) > target {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(exp(f64::midpoint(low, high)))
}

fn hyper_exponential(x: &HyperIn, cx: &mut Problems) -> Option<Sampler> {
    match (x.mean, x.cv, &x.phases) {
        (Some(mean), Some(cv), None) => {
            if cv.value <= 1.0 {
                cx.error(cv.place, "the coefficient of variation of hyperexponential must be above 1")
                    .help("at 1 it is exponential; below, use erlang or gamma");
                return None;
            }
            // Two phases with balanced means, p1 m1 = p2 m2 (Whitt 1982).
            let c2 = cv.value * cv.value;
            let p = 0.5 * (1.0 + ((c2 - 1.0) / (c2 + 1.0)).sqrt());
            let m = mean.seconds;
            Some(Sampler::hyper_exponential(&[(p, m / (2.0 * p)), (1.0 - p, m / (2.0 * (1.0 - p)))]))
        }
        (None, None, Some(list)) => {
            let phases: Vec<(f64, f64)> = list
                .items
                .iter()
                .filter_map(|p| Some((p.probability.get()?.value, p.mean.get()?.seconds)))
                .collect();
            if phases.len() < list.items.len() || !cx.intact(list.place) {
                return None;
            }
            let total: f64 = phases.iter().map(|p| p.0).sum();
            if (total - 1.0).abs() > SUM_TOLERANCE {
                cx.error(list.place, format!("the probabilities sum to {total}, not to 1"));
                return None;
            }
            Some(Sampler::hyper_exponential(&phases))
        }
        _ => {
            cx.error(x.place, "hyperexponential needs `mean` and `cv`, or `phases`");
            None
        }
    }
}

fn empirical(x: &EmpiricalIn, files: &mut Files<'_>, cx: &mut Problems) -> Option<Sampler> {
    let values: Vec<f64> = match (&x.file, &x.values) {
        (Some(file), None) => {
            let Some(unit) = x.unit else {
                cx.error(x.place, "`file` needs `unit`, the unit of its numbers")
                    .help(format!("`unit` is {}", <UnitIn as crate::input::Input>::expects()));
                return None;
            };
            let numbers = files.numbers(file, x.column.as_ref(), cx)?;
            if let Some(n) = numbers.iter().find(|n| *n * unit.seconds() > LONGEST) {
                cx.error(file.place, format!("the value {n} is longer than a thousand years"));
                return None;
            }
            numbers.iter().map(|n| n * unit.seconds()).collect()
        }
        (None, Some(list)) => {
            if x.column.is_some() || x.unit.is_some() {
                cx.error(x.place, "`column` and `unit` go with `file` only");
            }
            list.items.iter().map(|d| d.seconds).collect()
        }
        _ => return None,
    };
    if values.is_empty() {
        cx.error(x.place, "there is no value");
        return None;
    }
    Some(Sampler::Empirical(values.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weibull_shape_has_the_coefficient_of_variation() {
        for cv in [0.02, 0.5, 1.0, 2.0, 10.0, 100.0] {
            let k = weibull_shape(cv).expect("in range");
            let s = Sampler::Weibull { shape: k, scale: 60.0 };
            assert!((s.cv() / cv - 1.0).abs() < 1e-6, "cv {cv}: shape {k} gives {}", s.cv());
        }
        assert!((weibull_shape(1.0).expect("in range") - 1.0).abs() < 1e-9);
    }
}
