//! The verdict on a headcount: which of its staffings are tested, and in which order.
//!
//! A test takes ten times as long as a look at random numbers that guide, so a look says which staffings are worth a test: those
//! that it shows to fall short by far are not tested. The verdict rests on tests alone.

use super::candidates::Candidates;
use super::exchange::Exchange;
use super::judge::{Judgement, StaffingVerdict};
use super::plan::{Planner, RaiseShape, StaffingPlan};
use super::probe::{Halt, Probe};
use super::steering::StaffingScore;
use std::collections::BTreeMap;

/// Judges the headcounts of an option.
pub(super) struct StaffingLevels<'l, 'p> {
    /// Draws staffings up.
    pub planner: &'p Planner,
    /// Staffings that the rules make at each headcount.
    pub candidates: &'l Candidates<'p>,
    /// Raises of single centres and hours.
    pub shape: &'l RaiseShape,
    /// Staffings that come of moving officers between rows.
    pub exchange: &'l mut Exchange<'p>,
    /// What simulates a staffing and judges it.
    pub probe: &'l mut Probe<'p>,
    /// By kind of staffing: the most officers with which it was seen to fall short by far.
    pub short: BTreeMap<usize, u32>,
    /// The staffing behind each verdict.
    pub chosen: BTreeMap<u32, StaffingPlan>,
    /// Verdict on each headcount that was judged.
    pub verdicts: BTreeMap<u32, StaffingVerdict>,
}

/// The best staffing tested so far.
type BestTested = Option<(Judgement, StaffingPlan)>;

impl StaffingLevels<'_, '_> {
    /// The verdict on a headcount: of the first staffing that holds, else of the one that is not shown to fail, else of the one
    /// that is nearest. With officers in `plenty` splits change nothing.
    ///
    /// # Errors
    /// A run that failed, or the user's stop.
    pub(crate) fn judge(&mut self, level: u32, plenty: bool) -> Result<Judgement, Halt> {
        let mut best: BestTested = None;
        let holds = if self.exchange.can_help() && self.exchange.is_cheap() {
            self.by_looks(level, plenty, &mut best)?
        } else {
            let rules = self.candidates.at(level, self.shape);
            self.test_all(rules.clone(), &mut best)?
                || !plenty && self.exchange.can_help() && {
                    let found = self.exchange.best(level, &rules)?;
                    self.test_all(found.into_iter().collect(), &mut best)?
                }
        };
        // There is always the dial's.
        let (judgement, plan) = best.ok_or(Halt::Stopped)?;
        debug_assert_eq!(holds, judgement.verdict == StaffingVerdict::Holds);
        self.chosen.insert(level, plan);
        self.verdicts.insert(level, judgement.verdict);
        Ok(judgement)
    }

    /// The least headcount that seems to hold, from looks alone: where tests begin. `from` where looks are not cheap.
    ///
    /// # Errors
    /// A run that failed, or the user's stop.
    pub(crate) fn guess(&mut self, lowest: u32, from: u32, highest: u32) -> Result<u32, Halt> {
        if !self.exchange.can_help() || !self.exchange.is_cheap() {
            return Ok(from);
        }
        let (mut at, mut step) = (from.clamp(lowest, highest), 1);
        let mut below = None;
        while at < highest && !self.seems(at)? {
            below = Some(at);
            at = at.saturating_add(step).min(highest);
            step *= 2;
        }
        let mut yes = at;
        step = 1;
        while below.is_none() && at > lowest {
            at = at.saturating_sub(step).max(lowest);
            step *= 2;
            if self.seems(at)? { yes = at } else { below = Some(at) }
        }
        while let Some(no) = below.filter(|no| yes - no > 1) {
            let middle = no + (yes - no) / 2;
            if self.seems(middle)? { yes = middle } else { below = Some(middle) }
        }
        Ok(yes)
    }

    /// Whether a look at the best split known of a headcount shows it to hold, more likely than not.
    fn seems(&mut self, level: u32) -> Result<bool, Halt> {
        let start = match self.exchange.thinned_from_above(level)? {
            Some(plan) => plan,
            None => self.look_at_rules(level)?.swap_remove(0).1,
        };
        let plan = self.exchange.improved(&start, level)?;
        Ok(self.exchange.see(&plan)?.score.seems_to_hold())
    }

    /// What was found with more officers, less some of them; then the rules' staffings that a look shows to be about as good.
    /// Each exchanged before it is tested, as far as that promises anything.
    fn by_looks(&mut self, level: u32, plenty: bool, best: &mut BestTested) -> Result<bool, Halt> {
        let mut known: Option<StaffingScore> = None;
        if let Some(plan) = self.exchange.thinned_from_above(level)?.filter(|_| !plenty) {
            let improved = self.exchange.improved(&plan, level)?;
            if self.test(&improved, best)? {
                return Ok(true);
            }
            known = Some(self.exchange.see(&improved)?.score);
        }
        let seen = self.look_at_rules(level)?;
        let (first, start) = &seen[0];
        if known.is_none_or(|known| first.beats(&known)) {
            let improved = if plenty { start.clone() } else { self.exchange.improved(start, level)? };
            if self.test(&improved, best)? {
                return Ok(true);
            }
            known = Some(self.exchange.see(&improved)?.score);
        }
        let near =
            |score: &StaffingScore| known.is_none_or(|known| score.is_near(&known)) && !score.is_far_below();
        self.test_all(
            seen.iter().filter(|(score, _)| near(score)).map(|(_, plan)| plan.clone()).collect(),
            best,
        )
    }

    /// The rules' staffings of a headcount with what a look says of each, the best first: those of which it is not known
    /// already that they fall short by far, or the dial's.
    fn look_at_rules(&mut self, level: u32) -> Result<Vec<(StaffingScore, StaffingPlan)>, Halt> {
        let mut rules: Vec<(usize, StaffingPlan)> = self.candidates.by_kind(level, self.shape);
        rules.retain(|(kind, _)| self.short.get(kind).is_none_or(|most| level > *most));
        if rules.is_empty() {
            rules.push((0, self.planner.at_most(level, self.shape)));
        }
        let mut seen = Vec::new();
        for (kind, plan) in rules {
            let score = self.exchange.see(&plan)?.score;
            if score.is_far_below() {
                let most = self.short.entry(kind).or_insert(level);
                *most = level.max(*most);
            }
            seen.push((score, plan));
        }
        // A difference that counts is no order: three may each be as good as the next. So the best goes first, the others stay.
        let first = (1..seen.len()).fold(0, |best, i| if seen[i].0.beats(&seen[best].0) { i } else { best });
        if first > 0 {
            seen[..=first].rotate_right(1);
        }
        Ok(seen)
    }

    fn test_all(&mut self, plans: Vec<StaffingPlan>, best: &mut BestTested) -> Result<bool, Halt> {
        for plan in plans {
            if self.test(&plan, best)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a staffing holds.
    fn test(&mut self, plan: &StaffingPlan, best: &mut BestTested) -> Result<bool, Halt> {
        let judgement = self.probe.judge(plan.key(), &self.planner.apply(plan))?;
        let rank = |j: &Judgement| {
            (j.verdict == StaffingVerdict::Holds, j.verdict == StaffingVerdict::Open, j.margin)
        };
        if best.as_ref().is_none_or(|(known, _)| rank(&judgement) > rank(known)) {
            *best = Some((judgement, plan.clone()));
        }
        Ok(judgement.verdict == StaffingVerdict::Holds)
    }
}
