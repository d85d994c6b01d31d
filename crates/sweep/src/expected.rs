//! How many requests are expected at each point: known from the scenarios, without simulation.

use super::SweepError;
use super::known::KnownIds;
use super::plan::SweepPlan;
use poolwise_study::controls::expected_per_hour;
use poolwise_study::parallel::{self, Workers};
use sha2::{Digest, Sha256};
use std::ops::ControlFlow;

/// What numbers below these keys cannot change: how many requests arrive in the window. Words could: a calendar of officers in place of a
/// level makes a horizon one of whole weeks.
const NO_DEMAND: [&str; 3] = ["stage.", "centre.", "pool."];

/// Requests an hour that are expected in the window, by point and scenario: four bytes each, and sixteen for each demand of its own.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ExpectedArrivals {
    scenarios: usize,
    /// Which of `known` it is, by point, then scenario.
    of: Vec<u32>,
    /// The number, or which of `reasons` it is that there is none.
    known: Vec<Result<f64, u16>>,
    reasons: Vec<String>,
}

impl ExpectedArrivals {
    /// Those of every point of a plan. Points that differ in nothing which arrivals hang on share theirs, and one scenario is read for
    /// them.
    ///
    /// # Errors
    /// If a scenario cannot be read again.
    pub(crate) fn of(plan: &SweepPlan, threads: Option<usize>) -> Result<Self, SweepError> {
        let (of, first) = alike(plan);
        let task = |k: usize| {
            let (point, scenario) = first[k];
            let loaded = plan.load(usize::from(scenario), plan.points.row(point as usize))?;
            Ok::<_, SweepError>(expected_per_hour(&loaded.model))
        };
        let mut all = Self {
            scenarios: plan.scenarios(),
            of,
            known: Vec::with_capacity(first.len()),
            reasons: Vec::new(),
        };
        let mut failure = None;
        let workers = Workers { threads, stopped: &|| false };
        parallel::ordered(0..first.len(), workers, task, |_, expected| match expected {
            Ok(expected) => {
                let expected = expected.map_err(|why| all.reason(why));
                all.known.push(expected);
                ControlFlow::Continue(())
            }
            Err(e) => {
                failure = Some(e);
                ControlFlow::Break(())
            }
        });
        failure.map_or(Ok(all), Err)
    }

    /// The number of a reason; they are few, as they name classes at most.
    fn reason(&mut self, why: String) -> u16 {
        let known = self.reasons.iter().position(|r| *r == why);
        known.unwrap_or_else(|| {
            self.reasons.push(why);
            self.reasons.len() - 1
        }) as u16
    }

    /// That of a scenario at a point.
    ///
    /// # Errors
    /// Why it is not known.
    pub(crate) fn at(&self, point: usize, scenario: usize) -> Result<f64, String> {
        let known = &self.known[self.of[point * self.scenarios + scenario] as usize];
        known.map_err(|why| self.reasons[usize::from(why)].clone())
    }

    /// The least and the greatest; none where none is known.
    pub(crate) fn ends(&self) -> Option<(f64, f64)> {
        let known = || self.known.iter().filter_map(|e| e.as_ref().ok().copied());
        Some((known().reduce(f64::min)?, known().reduce(f64::max)?))
    }
}

/// By point and scenario which demand it is, and the first point and scenario of each.
fn alike(plan: &SweepPlan) -> (Vec<u32>, Vec<(u32, u16)>) {
    let (points, scenarios) = (plan.points.len(), plan.scenarios());
    let matters: Vec<bool> = plan
        .axes
        .iter()
        .map(|axis| {
            !axis.words.is_empty()
                || !axis.targets.iter().all(|t| NO_DEMAND.iter().any(|key| t.path.starts_with(key)))
        })
        .collect();
    let mut met = KnownIds::with_room(points * scenarios);
    let (mut of, mut first) = (Vec::with_capacity(points * scenarios), Vec::new());
    let mut bytes = Vec::new();
    for point in 0..points {
        for scenario in 0..scenarios {
            bytes.clear();
            bytes.extend((scenario as u64).to_le_bytes());
            let applies = plan.sources[scenario].axes.iter();
            for ((value, matters), applies) in plan.points.row(point).iter().zip(&matters).zip(applies) {
                if *matters && *applies {
                    bytes.extend(value.to_bits().to_le_bytes());
                }
            }
            let id = Sha256::digest(&bytes).iter().take(16).fold(0, |id, b| id << 8 | u128::from(*b));
            let demand = met.number(id);
            if demand as usize == first.len() {
                first.push((point as u32, scenario as u16));
            }
            of.push(demand);
        }
    }
    (of, first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Changes;
    use crate::plan::Look;
    use std::path::Path;

    /// Of every point of small sweeps, and of points far apart of large ones, those that share have the same number as each has alone.
    #[test]
    fn points_that_share_a_number_have_it() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/sweeps");
        let mut shared = 0;
        for name in ["smoke.toml", "break-even.toml", "local-hours.toml", "perc-staff.toml", "shocks.toml"] {
            let plan =
                SweepPlan::make(&folder.join(name), &Changes::default(), Look::Scenarios).expect("a plan");
            let all = ExpectedArrivals::of(&plan, None).expect("read");
            shared += all.of.len() - all.known.len();
            for point in (0..plan.points.len()).step_by((plan.points.len() / 8).max(1)) {
                for scenario in 0..plan.scenarios() {
                    let alone =
                        expected_per_hour(&plan.load(scenario, plan.points.row(point)).expect("read").model);
                    assert_eq!(alone, all.at(point, scenario), "{name} {point} {scenario}");
                }
            }
        }
        assert!(shared > 100, "{shared}");
    }
}
