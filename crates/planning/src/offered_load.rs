//! The load that a model expects, without simulation: who gets how much work, hour by hour of the week.
//!
//! Flows of requests are followed in expectation (a "fluid"), as if every request were served as soon
//! as somebody of the role is on duty:
//!
//! - **Demand** by class, area and hour of the area's local week: see `arrivals`.
//! - **Workflow**: every branch with its probability; each time on the way carries the flow to later
//!   hours by its whole distribution (see `lag`). Loops are followed until a millionth of the requests
//!   is left, or for some hundred steps; the visits that are still to come then follow from the branches alone. Work that comes back is a stationary stream, however long it takes.
//! - **Routing** by the standing rules, by the hour of the area's local time at which a request
//!   reaches the queue; least-loaded lists in proportion to officers on duty. Rules of dated exceptions
//!   and overflow by queue length are left out. Zones differ by their offsets in the middle of the
//!   statistics window.
//! - **Off duty**: work waits for the next hour in which the role is rostered; if the rule's overflow
//!   comes first, it moves on then. Arrivals count in the hour in which they reach the queue. For
//!   drawing up rosters ([`worked_off`]) what has gathered is begun evenly over the hours that follow.
//! - **Work** = service time x speed factor x officers, laid on the hours it takes from its start
//!   (infinitely many officers: the offered load). A copy's work counts in full, also where the later
//!   copy would be stopped; copies are not arrivals.
//! - **Deadlines** thin a flow by the chance that they outlast the time since arrival at each stage, with
//!   no wait but for opening hours; the distribution of that time is followed (see `lag`), as
//!   independent of the hour. Capacity, balking and the pick-up clock are left out.

mod alike;
mod arrivals;
mod flow;
mod lag;
mod path;
mod routing;

pub use arrivals::by_week;

use crate::staffing;
use alike::{Origin, UnitFlow};
use arrivals::ClassArrivals;
use lag::LagGrid;
use path::OfferedPath;
use poolwise_engine::model::{CentreId, ClassId, Model, RoleMask, StageId, StageKind};
use poolwise_engine::time::HOURS_OF_WEEK;
use routing::{AreaRosters, Kernels, Opening, View};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// Load by hour of the centre's local week, Monday 00:00 first.
#[derive(Debug, Clone, PartialEq)]
pub struct HourlyLoad {
    /// Requests reaching the queue, per hour.
    pub arrivals: Vec<f64>,
    /// Offered work, erlangs (officer-hours of work an hour).
    pub offered: Vec<f64>,
}

impl HourlyLoad {
    fn empty() -> Self {
        Self { arrivals: vec![0.0; HOURS_OF_WEEK], offered: vec![0.0; HOURS_OF_WEEK] }
    }

    /// Mean arrivals an hour over the week.
    pub fn arrivals_per_hour(&self) -> f64 {
        mean(&self.arrivals)
    }

    /// Mean offered work over the week, erlangs.
    pub fn erlangs(&self) -> f64 {
        mean(&self.offered)
    }
}

/// Load of a centre.
#[derive(Debug, Clone, PartialEq)]
pub struct CentreLoad {
    /// Offered load by role, in the model's order.
    pub roles: Vec<HourlyLoad>,
    /// All roles together.
    pub all: HourlyLoad,
}

/// What a model expects.
#[derive(Debug, Clone, PartialEq)]
pub struct Load {
    /// Offered load by centre, in the model's order.
    pub centres: Vec<CentreLoad>,
    /// Requests reaching each stage, per hour; at the exit of a deadline, those lost with no wait.
    pub stage_flow: Vec<f64>,
    /// Requests an hour that reach the queue of a centre for a stage that asks for another officer than the one
    /// before, by hour of the centre's local week.
    pub for_another: BTreeMap<(StageId, CentreId), Vec<f64>>,
    /// Requests an hour that no rule takes (zero in a valid model).
    pub unrouted: f64,
    /// Requests an hour given up in loops that hardly ever end.
    pub unfinished: f64,
}

impl Load {
    /// Mean offered work of a centre over the week, erlangs.
    pub fn offered(&self, centre: CentreId) -> f64 {
        self.centres[centre].all.erlangs()
    }

    /// Offered work of a centre in a set of roles, by hour of its local week, erlangs.
    pub(crate) fn offered_in_roles(&self, centre: CentreId, roles: RoleMask) -> Vec<f64> {
        let mut sum = vec![0.0; HOURS_OF_WEEK];
        for (_, one) in self.centres[centre].roles.iter().enumerate().filter(|(r, _)| roles >> r & 1 == 1) {
            sum.iter_mut().zip(&one.offered).for_each(|(s, x)| *s += x);
        }
        sum
    }
}

/// The expected load of every centre and role, with all work begun as soon as somebody is on duty.
/// Deterministic; never fails on a valid model.
pub fn expected(model: &Model) -> Load {
    follow(model, Opening::AtOnce, true)
}

/// The same, but what gathers while nobody is on duty is begun in its order, evenly over as many hours
/// from the opening as it had gathered in, at most a day and no longer than until the next closing: the
/// load that a roster should have the shape of, for nobody staffs the first hour of a Monday for all of
/// the weekend.
pub fn worked_off(model: &Model) -> Load {
    follow(model, Opening::Evenly, true)
}

/// `together`: areas that are alike are followed once, which the result does not show.
fn follow(model: &Model, opening: Opening, together: bool) -> Load {
    let centre =
        || CentreLoad { roles: vec![HourlyLoad::empty(); model.roles.len()], all: HourlyLoad::empty() };
    let mut load = Load {
        centres: (0..model.centres.len()).map(|_| centre()).collect(),
        stage_flow: vec![0.0; model.stages.len()],
        for_another: BTreeMap::new(),
        unrouted: 0.0,
        unfinished: 0.0,
    };
    let rosters = AreaRosters::new(model);
    let views: Vec<View<'_>> =
        (0..model.areas.len()).map(|area| View::new(model, &rosters, area, opening)).collect();
    let mut kernels = Kernels::default();
    for (class, rules) in model.classes.iter().enumerate() {
        let grid = rules.deadline.as_ref().map(|d| Rc::new(LagGrid::new(&d.after)));
        // Thousands of classes, each of an area of its own, are followed from there alone.
        let areas = rules.demand.areas(views.len());
        let views = &views[areas.clone()];
        let standing = alike::rules_of(model, class, &comes_to(model, class));
        let mut arrivals = ClassArrivals::new(model, class);
        let mut origin = |(area, view)| Origin::new((model, class), area, view, &mut arrivals, &standing);
        let sources: Vec<Origin<'_>> = areas.zip(views).map(&mut origin).collect();
        let alone = sources.len() == 1;
        let first = if together && !alone { first_alike(&sources) } else { (0..sources.len()).collect() };
        // The last area that is like the first one, by the first.
        let mut last = vec![0; sources.len()];
        first.iter().enumerate().for_each(|(area, from)| last[*from] = area);
        let mut found: Vec<Option<UnitFlow>> = Vec::new();
        let mut many: BTreeMap<(usize, u64, &[CentreId]), (usize, f64)> = BTreeMap::new();
        for (area, source) in sources.iter().enumerate() {
            let path =
                || OfferedPath::new(model, class, &views[area], &mut kernels, grid.clone()).run(source);
            found.push((first[area] == area).then(path));
            let from = first[area];
            if source.sends_to_many() {
                // Thousands of areas that may send to the same thousands of centres add up before, not after they are spread.
                let key = (from, views[area].offset().to_bits(), source.centres());
                many.entry(key).or_insert((area, 0.0)).1 += source.per_hour();
                continue;
            }
            if let Some(found) = &found[from] {
                found.add(&sources[from], source, source.per_hour(), &mut load);
            }
            // It is large, so it goes with the last area that is like it.
            if last[from] == area {
                found[from] = None;
            }
        }
        for ((from, ..), (area, per_hour)) in many {
            if let Some(found) = &found[from] {
                found.add(&sources[from], &sources[area], per_hour, &mut load);
            }
        }
    }
    load
}

/// The services to which requests of a class may come, turned aside or for rework too.
fn comes_to(model: &Model, class: ClassId) -> Vec<StageId> {
    let mut comes = model.asides(class);
    comes.push(model.classes[class].start);
    comes.extend(model.rework.as_ref().map(|r| r.stage));
    let ways = model.ways_from(class, &comes);
    comes.extend(ways.into_iter().flatten().map(|way| way.0));
    comes.sort_unstable();
    comes.dedup();
    comes.retain(|s| matches!(model.stages[*s].kind, StageKind::Service(_)));
    comes
}

/// By source: the first that is alike, perhaps itself.
fn first_alike(sources: &[Origin<'_>]) -> Vec<usize> {
    // Of thousands of areas, each is compared with the few that may be like it.
    let mut firsts: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut first = Vec::with_capacity(sources.len());
    for (i, source) in sources.iter().enumerate() {
        let candidates = firsts.entry(source.digest()).or_default();
        let found = candidates.iter().copied().find(|j| sources[*j].is_like(source));
        if found.is_none() {
            candidates.push(i);
        }
        first.push(found.unwrap_or(i));
    }
    first
}

/// Whether a centre can keep up over the week as a whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stability {
    /// The centre at which this work arrives.
    pub centre: CentreId,
    /// The roles that are shortest: all of the centre's work, or a part that too few may do.
    pub roles: RoleMask,
    /// Offered work in these roles, erlangs.
    pub offered: f64,
    /// Officers on duty who hold one of them, after absence; mean over the week.
    pub present: f64,
    /// Offered over present: above 1 the queue grows without end. Infinite where there is work and
    /// nobody, zero where there is no work.
    pub ratio: f64,
}

/// The tightest ratio of work to officers at each centre, over all sets of roles: a centre can keep up
/// if and only if no set of roles asks for more than those who hold any of them (max-flow, min-cut).
pub fn stability(model: &Model) -> Vec<Stability> {
    stability_of(model, &expected(model))
}

/// [`stability`] where the load is known already.
pub fn stability_of(model: &Model, load: &Load) -> Vec<Stability> {
    (0..model.centres.len()).map(|centre| tightest(model, load, centre)).collect()
}

fn tightest(model: &Model, load: &Load, centre: CentreId) -> Stability {
    let asked: Vec<f64> = load.centres[centre].roles.iter().map(HourlyLoad::erlangs).collect();
    let all = asked.iter().enumerate().filter(|(_, x)| **x > 0.0).fold(0, |m, (r, _)| m | 1 << r);
    let there = 1.0 - model.centres[centre].absence.share;
    let of = |roles: RoleMask| {
        let offered = (0..asked.len()).filter(|r| roles >> r & 1 == 1).map(|r| asked[r]).sum();
        let present = there * staffing::on_duty(model, centre, roles).mean();
        let ratio = if offered == 0.0 { 0.0 } else { offered / present };
        Stability { centre, roles, offered, present, ratio }
    };
    let mut worst = of(all);
    if all == 0 {
        worst.present = there * staffing::posts(model, centre);
    }
    // All non-empty subsets of the roles asked for, in descending order of their bits. Only pools of
    // different roles can make a subset tighter than the whole.
    let mixed = model.centres[centre].pools.iter().any(|p| p.roles & all != all);
    let mut subset = all;
    while mixed && subset != 0 {
        let one = of(subset);
        if one.ratio > worst.ratio * (1.0 + 1e-9) {
            worst = one;
        }
        subset = (subset - 1) & all;
    }
    worst
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests;
