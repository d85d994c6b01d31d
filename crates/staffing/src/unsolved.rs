//! Why an option has no answer, and what its search had shown by then.

use super::judge::StaffingVerdict;
use super::plan::PlanError;
use super::probe::Halt;
use poolwise_scenario::Diagnostics;
use serde::Serialize;
use std::collections::BTreeMap;
use thiserror::Error;

/// Why an option has no answer at all.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum Unsolved {
    /// It cannot be staffed.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A run failed or was stopped.
    #[error(transparent)]
    Halt(#[from] Halt),
    /// The search was stopped by the user, or by a run that failed.
    #[error("{0}")]
    Unfinished(Box<Unfinished>),
    /// A run failed before anything was finished; in words.
    #[error("{0}")]
    Failed(String),
    /// A draw of uncertain inputs makes it invalid.
    #[error("draw {draw} of its uncertain inputs makes it invalid: {}", .wrong.render(false))]
    Draw {
        /// Number of the draw, from 0.
        draw: u32,
        /// All that is wrong with it.
        #[source]
        wrong: Box<Diagnostics>,
    },
}

/// What a search had shown when it ended early.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unfinished {
    /// The fewest officers shown to hold.
    pub holds: Option<u32>,
    /// The most officers below those shown to fail.
    pub fails: Option<u32>,
    /// Replications that were simulated before the end.
    pub replications: u64,
    /// Why it ended.
    #[serde(skip)]
    pub why: Halt,
}

impl Unfinished {
    /// From the verdicts on the headcounts tried.
    pub(crate) fn of(verdicts: &BTreeMap<u32, StaffingVerdict>, replications: u64, why: Halt) -> Box<Self> {
        let holds = verdicts.iter().find(|(_, v)| **v == StaffingVerdict::Holds).map(|(n, _)| *n);
        let below = verdicts.range(..holds.unwrap_or(u32::MAX)).rev();
        let fails = below.clone().find(|(_, v)| **v == StaffingVerdict::Fails).map(|(n, _)| *n);
        Box::new(Self { holds, fails, replications, why })
    }
}

impl std::fmt::Display for Unfinished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; after {} replications ", self.why, self.replications)?;
        match (self.fails, self.holds) {
            (None, None) => f.write_str("no number of officers is shown to hold, and none to fail"),
            (None, Some(holds)) => write!(f, "{holds} officers are shown to hold, and fewer may do"),
            (Some(fails), None) => write!(f, "{fails} officers are shown to fail, and none to hold yet"),
            (Some(fails), Some(holds)) => {
                write!(
                    f,
                    "{holds} officers are shown to hold and {fails} to fail: the least is among {} to {holds}",
                    fails + 1
                )
            }
        }
    }
}
