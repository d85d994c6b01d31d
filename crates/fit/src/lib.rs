//! Which law a list of times follows, how well, and how sure its numbers are.
//!
//! [`fit()`] takes times in seconds and tries eight laws on them: the greatest likelihood of each ([`likelihood`]), 95 %
//! intervals of its numbers by profile likelihood, and how often the law itself would lie as far from its own sample
//! ([`goodness`]). It says to which steps the times were rounded ([`heaping`]). Times of which some are only known to be
//! longer, such as the patience of those who were answered first, are [`censored`]; [`groups`] tells whether times differ
//! between hours or places. Nothing here knows tables or files, and random numbers come from names ([`draws`]): the same
//! times give the same bits.
//!
//! ```
//! use poolwise_fit::{Family, Shift, fit};
//!
//! // A hundred times whose ranks are those of an exponential law with a mean of ten minutes.
//! let seconds: Vec<f64> =
//!     (0..100).map(|i| -600.0 * poolwise_math::ln(1.0 - (f64::from(i) + 0.5) / 100.0)).collect();
//! let found = fit(&seconds, Shift::None).expect("times that differ");
//! let best = found.best().expect("one of the laws fits");
//! assert_eq!(best.estimate.law.family, Family::Exponential);
//! let mean = best.numbers[0].interval;
//! assert!((mean.base - 600.0).abs() < 6.0);
//! // A hundred times tell a mean to about a fifth.
//! assert!((480.0..510.0).contains(&mean.low) && (715.0..750.0).contains(&mean.high));
//! // As rounded to the step of its clock as it is far from any step.
//! assert_eq!(found.heaping.grid, 0.0);
//! ```
#![warn(missing_docs)]

pub mod censored;
pub mod draws;
pub mod goodness;
pub mod groups;
pub mod heaping;
pub mod law;
pub mod likelihood;
mod optimise;
#[cfg(test)]
mod service;
#[cfg(test)]
mod tests;
mod triangular;

pub use censored::{Observed, Patience};
pub use goodness::Goodness;
pub use heaping::Heaping;
pub use law::{Family, Law};
pub use likelihood::{FittedLaw, FittedNumber, Interval, ObservedTimes};

use poolwise_math::student_quantile;

/// A law fitted, with what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The law and its likelihood.
    pub estimate: FittedLaw,
    /// Its numbers with 95 % intervals, the mean first.
    pub numbers: Vec<FittedNumber>,
    /// Akaike's criterion: twice the numbers less twice the logarithm of the likelihood. Less is better.
    pub aic: f64,
    /// How far from the times, and how likely that is by chance.
    pub goodness: Option<Goodness>,
}

/// What was found out about a list of times.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// Times, ascending, in seconds; zeros stand as half of a step.
    pub times: ObservedTimes,
    /// Subtracted before laws were fitted, seconds; 0 unless asked for.
    pub shift: f64,
    /// Rounding and cuts.
    pub heaping: Heaping,
    /// Sample mean with Student's interval, seconds.
    pub mean: Interval,
    /// Laws, the best by Akaike's criterion first.
    pub laws: Vec<Fitted>,
}

impl PartialEq for ObservedTimes {
    fn eq(&self, other: &Self) -> bool {
        self.sorted == other.sorted
    }
}

/// Chance below which a law is taken not to fit.
pub const NOT_BY_CHANCE: f64 = 0.05;

/// What is subtracted from all times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shift {
    /// Nothing is to be said.
    None,
    /// So many seconds.
    By(f64),
    /// The least time less what the least of so many exceeds it by on average: (n least - mean) / (n - 1), the
    /// unbiased estimate for the exponential law (Johnson, Kotz and Balakrishnan 1994, section 19.7).
    Auto,
}

/// Fits all laws to times in seconds. `None` with fewer than two different ones.
pub fn fit(seconds: &[f64], shift: Shift) -> Option<Fit> {
    let mut sorted: Vec<f64> = seconds.iter().copied().filter(|x| x.is_finite() && *x >= 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    if n < 2 || sorted[0] == sorted[n - 1] {
        return None;
    }
    let heaping = heaping::look(&sorted);
    let least = sorted[0];
    let mean = sorted.iter().sum::<f64>() / n as f64;
    let shift = match shift {
        Shift::None => 0.0,
        Shift::By(s) => s.min(least),
        Shift::Auto => ((n as f64 * least - mean) / (n as f64 - 1.0)).clamp(0.0, least),
    };
    let step = if heaping.grid > 0.0 {
        heaping.grid
    } else {
        sorted.iter().copied().find(|x| *x > 0.0).unwrap_or(1.0)
    };
    let times = ObservedTimes::new(
        sorted.iter().map(|x| if *x - shift > 0.0 { x - shift } else { step / 2.0 }).collect(),
    );
    let half = student_quantile(0.975, n as f64 - 1.0) * times.cv() * times.mean() / (n as f64).sqrt();
    let mut laws: Vec<Fitted> = Family::ALL
        .into_iter()
        .filter_map(|family| {
            let estimate = likelihood::fit(family, &times)?;
            let numbers = likelihood::intervals(&estimate, &times);
            let aic = 2.0 * family.parameters() as f64 - 2.0 * estimate.ln_likelihood;
            let goodness = goodness::test(&estimate.law, &times, heaping.grid);
            Some(Fitted { estimate, numbers, aic, goodness })
        })
        .collect();
    laws.sort_by(|a, b| a.aic.total_cmp(&b.aic));
    Some(Fit {
        mean: Interval { base: mean, low: (mean - half).max(0.0), high: mean + half },
        times,
        shift,
        heaping,
        laws,
    })
}

impl Fit {
    /// The law to use: the first by Akaike's criterion that chance could have made the data from. `None`: the
    /// recorded times themselves.
    pub fn best(&self) -> Option<&Fitted> {
        self.laws.iter().find(|l| l.goodness.is_some_and(|g| g.p_value >= NOT_BY_CHANCE)).filter(|l| {
            // A law that fits but is far from the best by likelihood is none to use.
            l.aic < self.laws[0].aic + 6.0
        })
    }
}
