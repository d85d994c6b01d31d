//! Distributions of durations.

use crate::collections::List;
use crate::input::{Req, either, table, words};
use crate::quantity::{Dur, Span};
use crate::scalar::{NonNegative, Positive, Real, Share, Text, Whole};

either! {
    /// A duration, fixed or random.
    pub enum Dist {
        /// Always the same.
        Fixed(Dur),
        /// Random.
        Random(Box<DistIn>),
    }
    expects "a duration such as \"20 min\", or a distribution such as { exponential = \"20 min\" }"
}

table! {
    /// A distribution: exactly one of these.
    pub struct DistIn {
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
    pub enum MeanIn {
        /// Alone.
        Alone(Span),
        /// By its name.
        Named(MeanTableIn),
    }
    expects "a duration such as \"20 min\""
}

impl MeanIn {
    pub fn get(&self) -> Option<f64> {
        match self {
            Self::Alone(d) => Some(d.seconds),
            Self::Named(t) => t.mean.get().map(|d| d.seconds),
        }
    }
}

table! {
    /// A mean by its name.
    pub struct MeanTableIn {
        /// The mean.
        mean: Req<Span>,
    }
}

table! {
    /// Lognormal.
    pub struct LogNormalIn {
        /// Mean.
        mean: Option<Span>,
        /// Median.
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
    pub enum UnitIn {
        /// Seconds.
        Second = "s",
        /// Minutes.
        Minute = "min",
        /// Hours.
        Hour = "h",
        /// Days.
        Day = "days",
        /// Weeks.
        Week = "weeks",
    }
}

impl UnitIn {
    /// Its length, seconds.
    pub fn seconds(self) -> f64 {
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
    /// Gamma.
    pub struct GammaIn {
        /// Mean.
        mean: Option<Span>,
        /// Coefficient of variation.
        cv: Option<NonNegative>,
        /// Shape.
        shape: Option<Positive>,
        /// Scale.
        scale: Option<Span>,
    }
}

table! {
    /// Erlang.
    pub struct ErlangIn {
        /// Number of phases.
        shape: Req<Whole<1, 1_000_000>>,
        /// Mean of their sum.
        mean: Req<Span>,
    }
}

table! {
    /// Weibull.
    pub struct WeibullIn {
        /// Shape.
        shape: Option<Positive>,
        /// Scale.
        scale: Option<Span>,
        /// Mean.
        mean: Option<Span>,
        /// Coefficient of variation.
        cv: Option<Positive>,
    }
}

table! {
    /// Uniform.
    pub struct UniformIn {
        /// Shortest.
        low: Req<Dur>,
        /// Longest.
        high: Req<Span>,
    }
}

table! {
    /// Triangular.
    pub struct TriangularIn {
        /// Shortest.
        low: Req<Dur>,
        /// Most likely.
        mode: Req<Dur>,
        /// Longest.
        high: Req<Span>,
    }
}

table! {
    /// A mixture of exponentials.
    pub struct HyperIn {
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
    pub struct PhaseIn {
        /// Its probability.
        probability: Req<Share>,
        /// Its mean.
        mean: Req<Span>,
    }
}

table! {
    /// Observed values.
    pub struct EmpiricalIn {
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
