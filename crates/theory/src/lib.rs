//! Known answers: exact formulas and named approximations of queueing theory, independent of the
//! engine. Read by reports and tests only.
//!
//! Rates are per unit of time and times in that unit, whichever the caller likes. A function whose
//! parameters make no sense (a negative rate, NaN, no service) gives `None` or NaN as it says; a queue
//! without a steady state has an infinite mean wait.
#![warn(missing_docs)]

pub mod abandonment;
pub mod batch_service;
pub mod batches;
mod birth_death;
pub mod chain;
pub mod concurrency;
pub mod deterministic;
pub mod erlang;
pub mod finite;
pub mod fluid;
pub mod fork_join;
pub mod general;
pub mod offered;
pub mod poisson;
pub mod priority;
pub mod redial;
pub mod reserve;
pub mod skills;
pub mod staffing;
pub mod transient;

use serde::Serialize;

/// Whether an answer is the model's own or an approximation to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Exactness {
    /// The model's value, up to rounding.
    Exact,
    /// An approximation, to be shown as such and never tested against.
    Approximate,
}

/// The steady state of a queue as theory gives it. What a model does not tell is NaN.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SteadyState {
    /// The model, e.g. `M/M/c`.
    pub model: &'static str,
    /// Author, year and place of the formula.
    pub source: &'static str,
    /// Exact, or an approximation.
    pub exactness: Exactness,
    /// Probability that an arrival waits (one that is turned away does not).
    pub p_wait: f64,
    /// Mean wait in queue of all that enter, zero waits and those who give up included.
    pub wait_mean: f64,
    /// Mean wait of those who are served.
    pub wait_mean_served: f64,
    /// Share of arrivals that are lost: turned away, or gone before service.
    pub p_lost: f64,
    /// Mean number waiting.
    pub queue_mean: f64,
    /// Mean number of busy servers.
    pub busy_mean: f64,
}

impl SteadyState {
    /// A queue that loses nobody, from its probability of waiting and mean wait.
    fn lossless(
        (model, source, exactness): (&'static str, &'static str, Exactness),
        arrivals: f64,
        busy_mean: f64,
        p_wait: f64,
        wait_mean: f64,
    ) -> Self {
        Self {
            model,
            source,
            exactness,
            p_wait,
            wait_mean,
            wait_mean_served: wait_mean,
            p_lost: 0.0,
            queue_mean: if arrivals == 0.0 { 0.0 } else { arrivals * wait_mean },
            busy_mean,
        }
    }
}

/// Whether a rate or time is usable: finite and not negative.
fn usable(x: f64) -> bool {
    x.is_finite() && x >= 0.0
}

/// Whether a rate or time is usable and not zero.
fn positive(x: f64) -> bool {
    x.is_finite() && x > 0.0
}

#[cfg(test)]
pub(crate) fn close(got: f64, want: f64, relative: f64) {
    assert!((got - want).abs() <= relative * want.abs(), "got {got}, want {want}");
}
