//! Break-even values by further replications, kept in the sweep's folder so that they need not be found again.

use super::breakeven::{Crossing, SearchEffort, refine};
use super::findings::Findings;
use crate::store::write_whole;
use crate::{SweepError, SweepPlan};
use poolwise_study::{Watch, format};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// Name of the file in a sweep's folder that keeps them.
pub const BREAK_EVEN: &str = "break-even.json";

/// What an earlier search found.
#[derive(Debug, Serialize, Deserialize)]
struct KeptSearch {
    plan: String,
    at_most: u32,
    found: Vec<Crossing>,
}

impl Findings {
    /// Takes over what an earlier search in `folder` found, if it was of this plan (and spent so many replications, if
    /// that is said).
    pub(crate) fn recall(&mut self, plan: &SweepPlan, folder: &Path, at_most: Option<u32>) {
        let Ok(text) = fs::read_to_string(folder.join(BREAK_EVEN)) else { return };
        let Ok(kept) = serde_json::from_str::<KeptSearch>(&text) else { return };
        if kept.plan != plan.hash || at_most.is_some_and(|n| n != kept.at_most) {
            return;
        }
        for (f, bracket) in self.break_even.iter_mut().zip(&self.brackets) {
            let same =
                |k: &&Crossing| (&k.measure, &k.scenario, &k.axis) == (&f.measure, &f.scenario, &f.axis);
            let all = || kept.found.iter().filter(same);
            // The search goes by the ends alone. With controls, or without, the value read off between the same ends is another.
            let (low, high) = bracket.ends;
            let exactly = all().find(|k| k.interpolated == f.interpolated);
            if let Some(known) =
                exactly.or_else(|| all().find(|k| low < k.interpolated && k.interpolated < high))
            {
                f.refined = known.refined;
            }
        }
    }

    /// Looks for each break-even value with further replications and keeps what it finds in `folder`. Gives whether it
    /// came to the end of the list before `watch` stopped it; `watch` hears of each axis and when it is done with.
    ///
    /// # Errors
    /// If a value makes a scenario invalid, a replication fails, or the file cannot be written.
    pub(crate) fn search(
        &mut self,
        plan: &SweepPlan,
        folder: &Path,
        effort: SearchEffort,
        watch: &dyn Watch,
    ) -> Result<bool, SweepError> {
        self.recall(plan, folder, Some(effort.at_most));
        let mut whole = true;
        for (bracket, f) in self.brackets.iter().zip(self.break_even.iter_mut()) {
            if f.refined.is_none() {
                watch.turn_to(&f.axis);
                let refined = refine(plan, bracket, effort, watch)?;
                // What a stopped search says is half of it, and nothing to keep.
                if !watch.stopped() {
                    f.refined = refined;
                }
            }
            if watch.stopped() {
                whole = false;
                break;
            }
            watch.point_done();
        }
        let kept =
            KeptSearch { plan: plan.hash.clone(), at_most: effort.at_most, found: self.break_even.clone() };
        let path = folder.join(BREAK_EVEN);
        let text = format::json(&kept)
            .map_err(|e| SweepError::Damaged { path: path.clone(), why: e.to_string() })?;
        write_whole(&path, text.as_bytes())?;
        Ok(whole)
    }
}
