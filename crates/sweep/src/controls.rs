//! Control variates of a sweep: at each point as a comparison of its scenarios has them.
//!
//! The control of a point is the number of requests that arrive there less what its scenarios expect, and whether a measure uses it is
//! decided at each point, for all its scenarios or for none ([`poolwise_study::controls`]). So a point's estimates and differences are
//! those of `compare` with controls, or of `run` where there is one scenario.

use super::SweepError;
use super::expected::ExpectedArrivals;
use super::plan::SweepPlan;
use super::results::SweepResults;
use poolwise_stats::Control;
use poolwise_study::controls::{ARRIVALS, enough, gains_of, one_control};
use poolwise_study::summarise::AT_AN_INSTANT;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What is known of the arrivals of a sweep.
#[derive(Debug)]
pub(crate) struct SweepControls {
    expected: Arc<ExpectedArrivals>,
    /// Position of the measure that the control is.
    arrivals: usize,
    /// The point that was asked for last: whoever goes through all of them asks for many of its measures.
    last: Mutex<Option<Arc<PointControl>>>,
}

impl Clone for SweepControls {
    fn clone(&self) -> Self {
        Self { expected: Arc::clone(&self.expected), arrivals: self.arrivals, last: Mutex::default() }
    }
}

/// What is known of the arrivals at a point.
#[derive(Debug)]
pub(crate) struct PointControl {
    point: usize,
    /// The control of all scenarios, or why there is none.
    control: Result<Control, String>,
    /// Replications of each scenario, where there is one.
    replications: usize,
    /// By measure whether it is used, once that was asked for.
    used: Vec<OnceLock<bool>>,
}

impl SweepControls {
    /// Those of a plan.
    ///
    /// # Errors
    /// If the plan does not keep arrivals, or a scenario cannot be read again.
    pub(crate) fn of(plan: &SweepPlan, threads: Option<usize>) -> Result<Self, SweepError> {
        let arrivals = plan.manifest.measure(ARRIVALS).ok_or_else(|| {
            SweepError::Usage(format!("controls take `{ARRIVALS}` among the `measures` of the sweep"))
        })?;
        let expected = Arc::new(ExpectedArrivals::of(plan, threads)?);
        Ok(Self { expected, arrivals, last: Mutex::default() })
    }

    /// Position of the measure that the control is.
    pub(crate) fn arrivals(&self) -> usize {
        self.arrivals
    }

    /// The least and the greatest number of requests an hour that are expected.
    pub(crate) fn expected(&self) -> Option<(f64, f64)> {
        self.expected.ends()
    }

    /// What is known at a point.
    pub(crate) fn at(&self, results: &SweepResults, point: usize) -> Arc<PointControl> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = last.as_ref().filter(|known| known.point == point) {
            return Arc::clone(known);
        }
        let used = vec![OnceLock::new(); results.manifest.measures.len()];
        let replications = results.values(point, 0, self.arrivals).len();
        let control = self.control(results, point);
        let found = Arc::new(PointControl { point, control, replications, used });
        *last = Some(Arc::clone(&found));
        found
    }

    fn control(&self, results: &SweepResults, point: usize) -> Result<Control, String> {
        let scenarios = results.manifest.scenarios.len();
        let counts = || (0..scenarios).map(|s| results.values(point, s, self.arrivals).len());
        let n = counts().min().unwrap_or(0);
        let control = one_control((0..scenarios).map(|s| {
            let expected = self.expected.at(point, s)?;
            enough(n)?;
            let arrivals = results.values(point, s, self.arrivals);
            Ok(arrivals[..n].iter().map(|v| v.value() - expected).collect())
        }))?;
        match counts().all(|other| other == n) {
            true => Ok(control),
            false => Err("not all options have the same replications".to_owned()),
        }
    }
}

impl PointControl {
    /// Why there is none, if so.
    pub(crate) fn none(&self) -> Option<&str> {
        self.control.as_ref().err().map(String::as_str)
    }

    /// The control, where a measure uses it: where all scenarios gain that have the measure.
    pub(crate) fn of(&self, results: &SweepResults, measure: usize) -> Option<&Control> {
        let control = self.control.as_ref().ok()?;
        let gains = || {
            // Its interval would rest on weeks, of which the control is no part.
            results.manifest.measures[measure] != AT_AN_INSTANT
                && (0..results.manifest.scenarios.len()).all(|s| {
                    let values = results.values(self.point, s, measure);
                    let gains = || gains_of(&values, results.range(measure), control);
                    values.is_empty() || (values.len() == self.replications && gains())
                })
        };
        self.used[measure].get_or_init(gains).then_some(control)
    }
}
