//! Officers moved from one centre to another, or from one shift to another, while that serves better.
//!
//! Rules that spread officers by load are good and not best: how much an officer is worth somewhere depends on how the
//! centre's queues come and go. So at a headcount the best of the rules' staffings is improved by exchanges, one after the other:
//! an officer of one centre for one of another, a shift of the week for another of the same centre. Where waiting gathers by centre and hour
//! says which exchanges to try first, and a simulation of each whether it helps. It ends where none of those tried does.
//! Where every officer more at a place is worth less than the one before, such an end is the best of all splits (Fox 1966 for
//! centres that do not share work; Koole and van der Sluis 2003 for shifts and one target for the whole day).

use super::curve::WeekHours;
use super::plan::{Planner, StaffingPlan};
use super::probe::{Halt, Samples};
use super::row::{GroupKind, OfficerGroup};
use super::steering::{Observation, Steering};
use poolwise_engine::model::Model;
use poolwise_engine::time::HOURS_OF_WEEK;
use poolwise_math::exp;
use poolwise_rosters::slots::ShiftSlot;
use std::collections::{BTreeMap, HashSet};

/// Exchanges tried from one staffing before it counts as one that none improves.
const TRIES: usize = 16;
/// Splits looked at before a headcount's search ends, at most; and so many more as are tried from the last one.
const LOOKS: usize = 80;
/// Where a look takes few requests, so many times as many are tried, and looked at: of small crews many splits are about as good,
/// and the way to a better one leads past those that are not.
const TRIES_OF_SMALL: usize = 2;
const LOOKS_OF_SMALL: usize = 200;
/// Exchanges made at once, at most.
const AT_ONCE: usize = 8;
/// Centres that give, and that take, among those tried.
const PLACES: usize = 8;
/// Exchanges within centres that are among those tried.
const SWAPS: usize = 8;
/// What work that does not wait counts.
const WORK: f64 = 1e-9;
/// Loads below this are taken as this.
const LEAST_LOAD: f64 = 0.25;
/// Slack against rounding of hours.
const ROUNDING: f64 = 1e-9;

/// Searches among splits of the same officers.
pub struct Exchange<'a> {
    planner: &'a Planner,
    steering: Steering<'a>,
    /// By row: what officers can be put on.
    slots: Vec<Vec<ShiftSlot>>,
    tries: usize,
    /// The split found at each headcount.
    found: BTreeMap<u32, StaffingPlan>,
    /// Splits that none of the exchanges tried improves.
    ended: HashSet<u64>,
}

/// The officers of one centre, in the making.
#[derive(Clone)]
struct Draft {
    rows: Vec<usize>,
    /// By row.
    crews: Vec<Vec<u32>>,
    /// By row: what waits, weighed by what an officer does about it.
    worth: Vec<WeekHours>,
    /// By row: officers more or fewer than when that was seen.
    change: Vec<WeekHours>,
}

/// An officer more or fewer at a centre: its draft then, and what that is worth.
struct Turn {
    draft: Draft,
    worth: f64,
}

/// An exchange: what it promises, and the crews that it changes.
type Offer = (f64, Vec<(usize, Vec<u32>)>);

impl<'a> Exchange<'a> {
    /// Of a planner's option.
    pub fn new(planner: &'a Planner, steering: Steering<'a>) -> Self {
        let slots = planner.rows.iter().map(OfficerGroup::places).collect();
        Self { planner, steering, slots, tries: TRIES, found: BTreeMap::new(), ended: HashSet::new() }
    }

    /// The same with so many exchanges tried before it ends.
    pub fn with_tries(self, tries: usize) -> Self {
        Self { tries, ..self }
    }

    /// Splits looked at so far.
    pub(crate) fn looked_at(&self) -> usize {
        self.steering.looked_at
    }

    /// Whether there is anything to exchange: another centre, or another shift.
    pub(crate) fn can_help(&self) -> bool {
        let rows = &self.planner.rows;
        let shifts = rows.iter().zip(&self.slots);
        rows.iter().any(|row| row.centre != rows[0].centre)
            || shifts
                .into_iter()
                .any(|(row, slots)| matches!(row.kind, GroupKind::Shifts(..)) && slots.len() > 1)
    }

    /// Whether a look takes less than the first few replications of a test.
    pub(crate) fn is_cheap(&self) -> bool {
        self.steering.is_cheap()
    }

    /// Looks at a staffing.
    ///
    /// # Errors
    /// A run that failed, or the user's stop.
    pub(crate) fn see(&mut self, plan: &StaffingPlan) -> Result<Observation, Halt> {
        self.steering.see(plan)
    }

    /// Whether a look at the option with other officers, which `key` tells from others, shows that they fall short by so much that no test
    /// is needed; never where looks are not cheap.
    ///
    /// # Errors
    /// A run that failed, or the user's stop.
    pub(crate) fn is_far_below(&mut self, key: u64, model: &Model) -> Result<bool, Halt> {
        Ok(self.is_cheap() && self.steering.is_far_below(key, model)?)
    }

    /// The replications of a look, and those of the scenario to be matched.
    ///
    /// # Errors
    /// A run that failed, or the user's stop.
    pub(crate) fn samples(&mut self, key: u64, model: &Model) -> Result<(&Samples, &Samples), Halt> {
        self.steering.samples(key, model)
    }

    /// The best split of at most `level` officers that exchanges reach from `plans`, and from what was found at
    /// higher levels; none where there is nothing to begin with, or as much was looked at as may be.
    ///
    /// # Errors
    /// A run that failed, or the user's stop.
    pub fn best(&mut self, level: u32, plans: &[StaffingPlan]) -> Result<Option<StaffingPlan>, Halt> {
        if self.steering.is_spent() {
            return Ok(None);
        }
        let mut starts: Vec<StaffingPlan> = plans.iter().filter(|p| p.headcount <= level).cloned().collect();
        starts.extend(self.thinned_from_above(level)?);
        let mut best: Option<(StaffingPlan, Observation)> = None;
        for plan in starts {
            let seen = self.steering.see(&plan)?;
            if best.as_ref().is_none_or(|(_, known)| seen.score.beats(&known.score)) {
                best = Some((plan, seen));
            }
        }
        match best {
            Some((plan, seen)) if seen.splits_matter => Ok(Some(self.improved(&plan, level)?)),
            _ => Ok(None),
        }
    }

    /// The best split of at most `level` officers that exchanges reach from a staffing before as much was looked at as may be.
    ///
    /// # Errors
    /// A run that failed, or the user's stop.
    pub(crate) fn improved(&mut self, plan: &StaffingPlan, level: u32) -> Result<StaffingPlan, Halt> {
        let (mut plan, mut seen) = (plan.clone(), self.steering.see(plan)?);
        let until = self.looked_at() + if self.steering.is_small() { LOOKS_OF_SMALL } else { LOOKS };
        while self.looked_at() < until && !self.steering.is_spent() && !self.ended.contains(&plan.key()) {
            let Some((next, better)) = self.step(&plan, &seen, level)? else {
                if !self.steering.is_spent() {
                    self.ended.insert(plan.key());
                }
                break;
            };
            (plan, seen) = (next, better);
        }
        let known = self.found.get(&level).cloned();
        let worse = match known {
            Some(known) => self.steering.see(&known)?.score.beats(&seen.score),
            None => false,
        };
        // Where splits change nothing the rules' staffing of a headcount is better than another's with officers left out.
        if !worse && seen.splits_matter {
            self.found.insert(level, plan.clone());
        }
        Ok(plan)
    }

    /// The first exchange that helps: of several centres at once, then of half as many, then one after the other.
    fn step(
        &mut self,
        plan: &StaffingPlan,
        seen: &Observation,
        level: u32,
    ) -> Result<Option<(StaffingPlan, Observation)>, Halt> {
        if !seen.splits_matter || seen.score.is_ample() {
            return Ok(None);
        }
        let offers = self.offers(plan, seen, level);
        let at_once = apart(&offers);
        let mut tries: Vec<Vec<&Offer>> = Vec::new();
        let mut size = at_once.len();
        while size > 1 {
            tries.push(at_once[..size].to_vec());
            size /= 2;
        }
        let singly = self.tries * if self.steering.is_small() { TRIES_OF_SMALL } else { 1 };
        tries.extend(offers.iter().take(singly).map(|offer| vec![offer]));
        for all in tries {
            let mut crews = plan.crews.clone();
            for (r, crew) in all.iter().flat_map(|offer| &offer.1) {
                crews[*r].clone_from(crew);
            }
            let next = self.planner.of_crews(plan.b, crews);
            if next.headcount > level || next.key() == plan.key() {
                continue;
            }
            if self.steering.is_spent() {
                return Ok(None);
            }
            let better = self.steering.see_beside(&next, plan)?;
            if let Some(better) = better.filter(|better| better.score.beats(&seen.score)) {
                return Ok(Some((next, better)));
            }
        }
        Ok(None)
    }

    /// What was found at the next headcount above with its least useful officers left out; none where nothing was.
    ///
    /// # Errors
    /// A run that failed, or the user's stop.
    pub(crate) fn thinned_from_above(&mut self, level: u32) -> Result<Option<StaffingPlan>, Halt> {
        let Some(mut plan) = self.found.range(level..).next().map(|(_, plan)| plan.clone()) else {
            return Ok(None);
        };
        let seen = self.steering.see(&plan)?;
        let mut drafts = self.drafts(&plan, &seen);
        while plan.headcount > level {
            let turns = drafts.iter().enumerate().filter_map(|(i, d)| Some((i, self.shrunk(d)?)));
            let least = turns.min_by(|a, b| a.1.worth.total_cmp(&b.1.worth));
            let Some((i, turn)) = least else { return Ok(None) };
            let mut crews = plan.crews.clone();
            turn.crews().into_iter().for_each(|(r, crew)| crews[r] = crew);
            drafts[i] = turn.draft;
            plan = self.planner.of_crews(plan.b, crews);
        }
        Ok(Some(plan))
    }

    /// The centres of a staffing, in the order of their names, so that nothing depends on the order of the file.
    fn drafts(&self, plan: &StaffingPlan, seen: &Observation) -> Vec<Draft> {
        let rows = &self.planner.rows;
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|&r| (&rows[r].name, r));
        let mut drafts: Vec<Draft> = Vec::new();
        for r in order {
            let crew = plan.crews[r].clone();
            let worth = worth(&rows[r], &seen.waiting[r]);
            match drafts.last_mut().filter(|d| rows[d.rows[0]].centre == rows[r].centre) {
                Some(draft) => draft.add(r, crew, worth),
                None => {
                    let mut draft =
                        Draft { rows: Vec::new(), crews: Vec::new(), worth: Vec::new(), change: Vec::new() };
                    draft.add(r, crew, worth);
                    drafts.push(draft);
                }
            }
        }
        drafts
    }

    /// Exchanges from a staffing, the most promising first.
    fn offers(&self, plan: &StaffingPlan, seen: &Observation, level: u32) -> Vec<Offer> {
        let drafts = self.drafts(plan, seen);
        let mut all: Vec<Offer> = Vec::new();
        // Hours that a centre's officers on shifts have left; levels are turned up by the rule as far as their hours go.
        let on_shifts =
            |d: &&Draft| d.rows.iter().all(|&r| matches!(self.planner.rows[r].kind, GroupKind::Shifts(..)));
        let left = drafts.iter().filter(on_shifts).filter_map(|d| self.grown(d, 0));
        all.extend(left.map(|t| (t.worth, t.crews())));
        let mut more: Vec<(usize, Turn)> =
            drafts.iter().enumerate().filter_map(|(i, d)| Some((i, self.grown(d, 1)?))).collect();
        more.sort_by(|a, b| b.1.worth.total_cmp(&a.1.worth));
        more.truncate(PLACES);
        if plan.headcount < level {
            all.extend(more.iter().map(|(_, t)| (t.worth, t.crews())));
        }
        let mut fewer: Vec<(usize, Turn)> =
            drafts.iter().enumerate().filter_map(|(i, d)| Some((i, self.shrunk(d)?))).collect();
        fewer.sort_by(|a, b| a.1.worth.total_cmp(&b.1.worth));
        fewer.truncate(PLACES);
        for (to, more) in &more {
            for (_, fewer) in fewer.iter().filter(|(from, _)| from != to) {
                let crews = more.crews().into_iter().chain(fewer.crews()).collect();
                all.push((more.worth - fewer.worth, crews));
            }
        }
        let mut swaps: Vec<Offer> = drafts.iter().flat_map(|d| self.swaps(d)).collect();
        swaps.sort_by(|a, b| b.0.total_cmp(&a.0));
        swaps.truncate(SWAPS);
        all.extend(swaps);
        // The order is stable: equals stay as their centres' names have them.
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        all
    }

    /// Shifts of a row exchanged: the most promising.
    fn swaps(&self, draft: &Draft) -> Vec<Offer> {
        let mut offers = Vec::new();
        for (k, &r) in draft.rows.iter().enumerate() {
            if matches!(self.planner.rows[r].kind, GroupKind::Levels(_)) {
                continue;
            }
            let slots = &self.slots[r];
            let all = 0..slots.len();
            let gain: Vec<f64> = all.clone().map(|i| self.worth(draft, k, i, true)).collect();
            let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
            for from in all.clone().filter(|&i| self.can_spare(draft, k, i)) {
                let loss = self.worth(draft, k, from, false);
                let fits = |to: &usize| *to != from && slots[*to].worked <= slots[from].worked + ROUNDING;
                pairs.extend(all.clone().filter(fits).map(|to| (gain[to] - loss, from, to)));
            }
            pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
            offers.extend(pairs.into_iter().take(SWAPS).map(|(net, from, to)| {
                let mut crew = draft.crews[k].clone();
                crew[from] -= 1;
                crew[to] += 1;
                (net, vec![(r, crew)])
            }));
        }
        offers
    }

    /// A centre with so many officers more, on the shifts where they are worth most; none where nobody can be put there.
    fn grown(&self, draft: &Draft, more: u32) -> Option<Turn> {
        let mut draft = draft.clone();
        let hours = self.hours(&draft);
        let mut left = f64::from(self.officers(hours) + more) * self.planner.per_officer - hours;
        let mut gained = 0.0;
        let mut put = false;
        loop {
            let mut best: Option<(f64, usize, usize)> = None;
            for (k, &r) in draft.rows.iter().enumerate() {
                for (i, slot) in self.slots[r].iter().enumerate().filter(|(_, s)| s.worked <= left + ROUNDING)
                {
                    let dense = self.worth(&draft, k, i, true) / slot.worked;
                    if dense > best.map_or(0.0, |b| b.0) {
                        best = Some((dense, k, i));
                    }
                }
            }
            let Some((dense, k, i)) = best else { break };
            let slot = &self.slots[draft.rows[k]][i];
            left -= slot.worked;
            gained += dense * slot.worked;
            draft.crews[k][i] += 1;
            slot.covers.iter().for_each(|&(h, share)| draft.change[k][h] += share);
            put = true;
        }
        put.then_some(Turn { draft, worth: gained })
    }

    /// A centre with an officer fewer, from the shifts where that is felt least; none where its minimum crew needs all.
    fn shrunk(&self, draft: &Draft) -> Option<Turn> {
        let mut draft = draft.clone();
        let mut hours = self.hours(&draft);
        let fewer = self.officers(hours).checked_sub(1)?;
        let allowed = f64::from(fewer) * self.planner.per_officer + ROUNDING;
        let mut lost = 0.0;
        while hours > allowed {
            let mut best: Option<(f64, usize, usize)> = None;
            for (k, &r) in draft.rows.iter().enumerate() {
                for i in (0..self.slots[r].len()).filter(|&i| self.can_spare(&draft, k, i)) {
                    let dense = self.worth(&draft, k, i, false) / self.slots[r][i].worked;
                    if best.is_none_or(|(known, ..)| dense < known) {
                        best = Some((dense, k, i));
                    }
                }
            }
            let (dense, k, i) = best?;
            let slot = &self.slots[draft.rows[k]][i];
            hours -= slot.worked;
            lost += dense * slot.worked;
            draft.crews[k][i] -= 1;
            slot.covers.iter().for_each(|&(h, share)| draft.change[k][h] -= share);
        }
        Some(Turn { draft, worth: lost })
    }

    /// What an officer more on a shift is worth, or what it costs to take one off: by the hours' waiting, less with each put
    /// there and more with each taken.
    fn worth(&self, draft: &Draft, k: usize, i: usize, more: bool) -> f64 {
        let r = draft.rows[k];
        let load = &self.planner.rows[r].load;
        let of = |&(h, share): &(usize, f64)| {
            let change = draft.change[k][h] - if more { 0.0 } else { 1.0 };
            share * draft.worth[k][h] * exp(-change / root(load[h]))
        };
        self.slots[r][i].covers.iter().map(of).sum()
    }

    /// Whether somebody can be taken off a shift and the minimum crew remains.
    fn can_spare(&self, draft: &Draft, k: usize, i: usize) -> bool {
        let r = draft.rows[k];
        let (slots, least) = (&self.slots[r], f64::from(self.planner.rows[r].minimum) - ROUNDING);
        let there = |h: usize| -> f64 {
            let of = |(slot, n): (&ShiftSlot, &u32)| {
                slot.there.iter().find(|t| t.0 == h).map_or(0.0, |t| t.1 * f64::from(*n))
            };
            slots.iter().zip(&draft.crews[k]).map(of).sum()
        };
        draft.crews[k][i] > 0 && slots[i].there.iter().all(|&(h, share)| there(h) - share >= least)
    }

    fn hours(&self, draft: &Draft) -> f64 {
        draft.rows.iter().zip(&draft.crews).map(|(&r, crew)| self.planner.rows[r].hours(crew)).sum()
    }

    fn officers(&self, hours: f64) -> u32 {
        (hours / self.planner.per_officer - ROUNDING).ceil().max(0.0) as u32
    }
}

impl Draft {
    fn add(&mut self, r: usize, crew: Vec<u32>, worth: WeekHours) {
        self.rows.push(r);
        self.crews.push(crew);
        self.worth.push(worth);
        self.change.push([0.0; HOURS_OF_WEEK]);
    }
}

impl Turn {
    fn crews(&self) -> Vec<(usize, Vec<u32>)> {
        self.draft.rows.iter().copied().zip(self.draft.crews.iter().cloned()).collect()
    }
}

/// What waits by hour, weighed by what an officer more does about it.
fn worth(row: &OfficerGroup, waiting: &WeekHours) -> WeekHours {
    let mut week = [0.0; HOURS_OF_WEEK];
    for (h, to) in week.iter_mut().enumerate() {
        let (before, after) = ((h + HOURS_OF_WEEK - 1) % HOURS_OF_WEEK, (h + 1) % HOURS_OF_WEEK);
        // Who came an hour ago waits still, and what is done now is not there in an hour. Where nothing waits,
        // officers go where the work is.
        let near = (waiting[before] + 2.0 * waiting[h] + waiting[after]) / 4.0;
        *to = (near + WORK * row.load[h]) / root(row.load[h]);
    }
    week
}

/// Exchanges that promise something and touch none of the same officers.
fn apart(offers: &[Offer]) -> Vec<&Offer> {
    let mut rows: Vec<usize> = Vec::new();
    let mut list = Vec::new();
    for offer in offers.iter().filter(|o| o.0 > 0.0) {
        let own = offer.1.iter().map(|(r, _)| *r);
        if list.len() < AT_ONCE && own.clone().all(|r| !rows.contains(&r)) {
            rows.extend(own);
            list.push(offer);
        }
    }
    list
}

/// By how many officers a load of this size is told apart.
fn root(load: f64) -> f64 {
    load.max(LEAST_LOAD).sqrt()
}
