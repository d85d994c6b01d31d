//! Theory of what has a course: several priority classes, rates and servers that change. Lists of numbers in and out.

use crate::error::exception;
use crate::watch::leave;
use poolwise_engine::random::Sampler;
use poolwise_theory::priority::{self, PriorityClass};
use poolwise_theory::transient::{self, Period, PeriodEnd, System, TransientError};
use poolwise_theory::{SteadyState, offered};
use pyo3::prelude::*;

/// Cycles after which a queue that has not settled has no steady state to speak of.
const MOST_CYCLES: u32 = 10_000;
/// Updates of a state's probability: a minute or two.
const MOST_UPDATES: f64 = 1e11;
/// Bound on the error of every probability.
const TOLERANCE: f64 = 1e-9;

/// Fields of an answer in the order in which the package names them.
type Fields = [f64; 6];

fn unusable(py: Python<'_>, what: &str) -> PyErr {
    exception(py, "UsageError", &format!("{what}: a number is negative, undefined or missing"))
}

/// Mean waits of priority classes, the first served first: several servers with one service rate.
#[pyfunction]
pub(crate) fn mmc_priorities(
    py: Python<'_>,
    servers: u32,
    arrivals: Vec<f64>,
    service: f64,
) -> PyResult<Vec<f64>> {
    priority::mmc(servers, &arrivals, service).ok_or_else(|| unusable(py, "priorities"))
}

/// The same for one server, each class with its mean and coefficient of variation of service.
#[pyfunction]
pub(crate) fn mg1_priorities(py: Python<'_>, classes: Vec<(f64, f64, f64)>) -> PyResult<Vec<f64>> {
    let classes: Vec<PriorityClass> = classes
        .into_iter()
        .map(|(arrivals, service_mean, service_cv)| PriorityClass { arrivals, service_mean, service_cv })
        .collect();
    priority::mg1(&classes).ok_or_else(|| unusable(py, "priorities"))
}

/// Offered load by step: at the start of each in a cycle that repeats, at the end of each from an empty system.
#[pyfunction]
pub(crate) fn offered_load(
    py: Python<'_>,
    rates: Vec<f64>,
    step: f64,
    law: &str,
    mean: f64,
    cv: f64,
    repeats: bool,
) -> PyResult<Vec<f64>> {
    if !(mean.is_finite() && mean > 0.0 && cv.is_finite() && cv >= 0.0) {
        return Err(unusable(py, "services"));
    }
    let service = match law {
        "exponential" => Some(Sampler::Exponential(mean)),
        "deterministic" => Some(Sampler::Constant(mean)),
        "lognormal" => Some(Sampler::log_normal(mean, cv)),
        "gamma" => Sampler::gamma_mean_cv(mean, cv),
        _ => None,
    };
    let Some(service) = service else {
        let text = format!(
            "`distribution` is \"exponential\", \"deterministic\", \"lognormal\" or \"gamma\" with a positive `cv`, not \
             \"{law}\""
        );
        return Err(exception(py, "UsageError", &text));
    };
    let load = leave(py, move || match repeats {
        true => offered::periodic(&rates, step, &service),
        false => offered::from_empty(&rates, step, &service),
    })?;
    load.ok_or_else(|| unusable(py, "offered load"))
}

/// What a course consists of: by period, overall, and the bound on the error.
type Course = (Vec<[f64; 5]>, Fields, f64);

/// M(t)/M/s(t)+M by uniformization: periods of arrivals and servers that repeat, or one after another from an empty system.
#[pyfunction]
pub(crate) fn changing(
    py: Python<'_>,
    periods: Vec<(f64, u32)>,
    step: f64,
    service: f64,
    abandonment: f64,
    hand_over: bool,
    repeats: bool,
) -> PyResult<Course> {
    let level_end = if hand_over { PeriodEnd::HandOver } else { PeriodEnd::FinishByCount };
    let system = System { service, abandonment, level_end };
    let periods: Vec<Period> =
        periods.into_iter().map(|(arrivals, servers)| Period { duration: step, arrivals, servers }).collect();
    let path = leave(py, move || match repeats {
        true => transient::periodic(&system, &periods, TOLERANCE, MOST_CYCLES, MOST_UPDATES),
        false => transient::solve(&system, &periods, 0, TOLERANCE, MOST_UPDATES),
    })?;
    let transient::Course { periods, overall, error_bound, .. } = path.map_err(|e| match e {
        TransientError::Unusable => unusable(py, "periods"),
        e => exception(py, "RunError", &e.to_string()),
    })?;
    let rows = periods.iter().map(|p| [p.p_wait, p.queue, p.busy, p.above_level, p.abandonments]).collect();
    Ok((rows, fields(&overall), error_bound))
}

/// An answer's fields.
pub(crate) fn fields(a: &SteadyState) -> Fields {
    [a.p_wait, a.wait_mean, a.wait_mean_served, a.p_lost, a.queue_mean, a.busy_mean]
}
