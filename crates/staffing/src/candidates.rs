//! The staffings that are tested at a headcount.
//!
//! The square-root rule orders staffings by one dial, but nothing says that it is best at each headcount: with small
//! crews whole officers matter more. So three kinds are tested beside each other, and a headcount holds when one of them
//! does: the dial's, the allocation that `run` would make of so many officers in the scenario's pools (all pools in their
//! proportions, or one of them alone), and the scenario as it is. What is found is then never worse than what anybody can find by changing a pool's number of officers.

use super::plan::{Planner, RaiseShape, StaffingPlan};
use super::row::GroupKind;
use poolwise_engine::model::{Model, PoolKind, ShiftLine};
use poolwise_planning::allocation::{
    Allocate, Allocation, Headcount, PoolSpec, SpreadError, allocate_by, draft_lines,
};
use poolwise_planning::offered_load::{self, Load};
use poolwise_planning::staffing;

/// With more pools than this none is changed alone.
const MOST_ALONE: usize = 4;

/// Draws up the staffings of a headcount.
pub struct Candidates<'a> {
    planner: &'a Planner,
    /// The draft that pools are spread over, and its load; none without pools.
    draft: Option<(Model, Load)>,
    /// Pools by the scenario's own rule, and by load where that rule is another.
    rules: Vec<Vec<PoolSpec>>,
    /// Pools of which one may be changed alone, the others staying as they are: where there are several, but few.
    alone: usize,
    as_is: Vec<Option<Vec<u32>>>,
}

impl<'a> Candidates<'a> {
    /// Of a planner's option with these pools.
    pub fn new(planner: &'a Planner, pools: &[PoolSpec]) -> Self {
        let draft = (!pools.is_empty()).then(|| {
            let draft = draft(&planner.model, pools);
            let load = offered_load::worked_off(&draft);
            (draft, load)
        });
        let mut rules = Vec::new();
        if !pools.is_empty() {
            rules.push(pools.to_vec());
            let by_load =
                |p: &PoolSpec| matches!(p.officers, Headcount::Total(_)) && p.allocate == Allocate::Load;
            if !pools.iter().all(by_load) {
                let total = |p: &PoolSpec| PoolSpec {
                    officers: Headcount::Total(officers(&p.officers)),
                    allocate: Allocate::Load,
                    ..p.clone()
                };
                rules.push(pools.iter().map(total).collect());
            }
        }
        let as_is = (0..planner.rows.len()).map(|r| as_is(planner, r)).collect();
        let alone = if (2..=MOST_ALONE).contains(&pools.len()) { pools.len() } else { 0 };
        Self { planner, draft, rules, alone, as_is }
    }

    /// Kinds of staffings at a headcount, at most: those of [`Self::at`], and the best split that exchanges find.
    pub(crate) fn kinds(&self) -> u32 {
        (3 + self.rules.len() + self.alone) as u32
    }

    /// The scenario's own staffing, where it can be written as one.
    pub fn as_is(&self) -> Option<StaffingPlan> {
        let crews: Option<Vec<Vec<u32>>> = self.as_is.iter().cloned().collect();
        let plan = self.planner.of_crews(0.0, crews?);
        let b = self.planner.at_most(plan.headcount, &self.planner.plain()).b;
        Some(StaffingPlan { b, ..plan })
    }

    /// The different staffings of at most `level` officers, the dial's first.
    pub fn at(&self, level: u32, shape: &RaiseShape) -> Vec<StaffingPlan> {
        self.by_kind(level, shape).into_iter().map(|(_, plan)| plan).collect()
    }

    /// The same, each with its kind: a number that stands for the same rule at every headcount.
    pub(crate) fn by_kind(&self, level: u32, shape: &RaiseShape) -> Vec<(usize, StaffingPlan)> {
        let dial = self.planner.at_most(level, shape);
        let b = dial.b;
        let mut others: Vec<Option<StaffingPlan>> =
            self.rules.iter().map(|pools| self.by_rule(pools, level, None)).collect();
        if let Some(own) = self.rules.first() {
            others.extend((0..self.alone).map(|pool| self.by_rule(own, level, Some(pool))));
        }
        others.push(self.as_is());
        let mut all = vec![(0, dial)];
        for (i, plan) in others.into_iter().enumerate() {
            let new = |p: &StaffingPlan| {
                p.headcount <= level
                    && all.iter().all(|(_, known): &(usize, StaffingPlan)| known.key() != p.key())
            };
            if let Some(plan) = plan.filter(new) {
                all.push((i + 1, StaffingPlan { b, ..plan }));
            }
        }
        all
    }

    /// What the pools' rule makes of `level` officers; centres without a pool stay as they are, and all pools but one where
    /// that is named.
    fn by_rule(&self, pools: &[PoolSpec], level: u32, alone: Option<usize>) -> Option<StaffingPlan> {
        let (draft, load) = self.draft.as_ref()?;
        let planner = self.planner;
        let pooled = |centre: usize| pools.iter().any(|p| p.centres.contains(&centre));
        let mut crews: Vec<Vec<u32>> = Vec::with_capacity(planner.rows.len());
        for (row, own) in planner.rows.iter().zip(&self.as_is) {
            crews.push(if pooled(row.centre) { Vec::new() } else { own.clone()? });
        }
        let fixed: Vec<f64> = planner
            .rows
            .iter()
            .zip(&crews)
            .map(|(row, crew)| if crew.is_empty() { 0.0 } else { row.hours(crew) })
            .collect();
        let left = level.checked_sub(planner.headcount(&fixed))?;
        let given: Vec<u32> = pools.iter().map(|p| officers(&p.officers)).collect();
        let allocations = match alone {
            None => in_proportion(draft, pools, load, left, &given)?,
            Some(pool) => {
                let rest: u32 = given.iter().sum::<u32>() - given[pool];
                let own = left.checked_sub(rest)?;
                let size = |(i, p): (usize, &PoolSpec)| if i == pool { resized(p, own) } else { p.clone() };
                let sized: Vec<PoolSpec> = pools.iter().enumerate().map(size).collect();
                allocate_by(draft, &sized, load).ok()?
            }
        };
        for (r, row) in planner.rows.iter().enumerate().filter(|(_, row)| pooled(row.centre)) {
            // Pools of a centre stand in their own order, and nothing else does there.
            let mut of_centre = pools.iter().enumerate().filter(|(_, p)| p.centres.contains(&row.centre));
            let (pool, _) = of_centre.nth(row.pool)?;
            let own = allocations.iter().find(|a| a.pool == pool && a.centre == row.centre)?;
            crews[r] = on_slots(&row.kind, &own.lines)?;
        }
        Some(planner.of_crews(0.0, crews))
    }
}

/// The allocation of `total` officers over pools in the proportions that they have, none with fewer than its minimum crew takes.
fn in_proportion(
    draft: &Model,
    pools: &[PoolSpec],
    load: &Load,
    total: u32,
    given: &[u32],
) -> Option<Vec<Allocation>> {
    let mut least: Vec<Option<u32>> = vec![None; pools.len()];
    loop {
        let free: Vec<u32> =
            given.iter().zip(&least).map(|(n, l)| if l.is_some() { 0 } else { *n }).collect();
        let left = total.checked_sub(least.iter().flatten().sum())?;
        let sizes = shared(left, &free);
        let sizes = sizes.into_iter().zip(&least).map(|(n, l)| l.unwrap_or(n));
        let sized: Vec<PoolSpec> = pools.iter().zip(sizes).map(|(pool, n)| resized(pool, n)).collect();
        match allocate_by(draft, &sized, load) {
            Ok(allocations) => return Some(allocations),
            // Each round settles one more pool.
            Err(SpreadError::TooFew { pool, needed, .. }) => {
                let short = pools.iter().position(|p| p.name == pool)?;
                if least[short].is_some() {
                    return None;
                }
                least[short] = Some(u32::try_from(needed).ok()?);
            }
            Err(_) => return None,
        }
    }
}

/// The model with one officer on every permitted shift of the pools.
fn draft(model: &Model, pools: &[PoolSpec]) -> Model {
    let mut draft = model.clone();
    let mut next = vec![0; draft.centres.len()];
    for (i, pool) in pools.iter().enumerate() {
        for (place, &c) in pool.centres.iter().enumerate() {
            let lines = draft_lines(pools, i, place, &draft.centres[c].name);
            if let Some(slot) = draft.centres[c].pools.get_mut(next[c]) {
                slot.kind = PoolKind::Crews(lines);
            }
            next[c] += 1;
        }
    }
    draft
}

fn officers(of: &Headcount) -> u32 {
    match of {
        Headcount::Total(n) => *n,
        Headcount::ByCentre(list) => list.iter().sum(),
    }
}

/// A pool with so many officers, by centre in the proportions that it has.
fn resized(pool: &PoolSpec, n: u32) -> PoolSpec {
    let officers = match &pool.officers {
        Headcount::Total(_) => Headcount::Total(n),
        Headcount::ByCentre(list) => Headcount::ByCentre(shared(n, list)),
    };
    PoolSpec { officers, ..pool.clone() }
}

/// `total` in whole parts in the proportions of `weights`: largest remainders, of equal ones the earlier.
fn shared(total: u32, weights: &[u32]) -> Vec<u32> {
    let sum: u64 = weights.iter().map(|w| u64::from(*w)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let exact: Vec<u64> = weights.iter().map(|w| u64::from(total) * u64::from(*w)).collect();
    let mut parts: Vec<u32> = exact.iter().map(|x| (x / sum) as u32).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(exact[i] % sum));
    let left = total - parts.iter().sum::<u32>();
    order.into_iter().take(left as usize).for_each(|i| parts[i] += 1);
    parts
}

/// A row's officers as the scenario has them; none where they change within an hour.
fn as_is(planner: &Planner, r: usize) -> Option<Vec<u32>> {
    let row = &planner.rows[r];
    match &planner.model.centres[row.centre].pools[row.pool].kind {
        PoolKind::Crews(lines) => on_slots(&row.kind, lines),
        PoolKind::Levels(_) => {
            let here = planner.rows.iter().filter(|other| other.centre == row.centre).count();
            let roles = planner.model.centres[row.centre].pools[row.pool].roles;
            let duty = staffing::on_duty(&planner.model, row.centre, roles);
            let is_whole = |n: &f64| (n - n.round()).abs() < 1e-9;
            // Pools that share roles cannot be told apart by what is on duty.
            (here == 1 && duty.officers.iter().all(is_whole))
                .then(|| duty.officers.iter().map(|n| n.round() as u32).collect())
        }
    }
}

/// Officers by slot of a row; none where somebody works a shift that is none of them.
fn on_slots(kind: &GroupKind, lines: &[ShiftLine]) -> Option<Vec<u32>> {
    let GroupKind::Shifts(_, slots) = kind else { return None };
    let crew: Vec<u32> = slots.iter().map(|s| lines[s.line].officers[s.day]).collect();
    let all: u64 = lines.iter().flat_map(|l| l.officers).map(u64::from).sum();
    (crew.iter().map(|n| u64::from(*n)).sum::<u64>() == all).then_some(crew)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_in_proportion() {
        assert_eq!(shared(62, &[6, 8, 10, 12, 14]), [8, 10, 12, 15, 17]);
        assert_eq!(shared(10, &[160, 85]), [7, 3]);
        assert_eq!(shared(3, &[0, 0]), [0, 0]);
    }
}
