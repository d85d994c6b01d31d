//! Areas that send the same work the same way, to be followed once for all of them.
//!
//! Every step of a walk is linear in the rate. So a walk follows the pattern of the week alone, and what
//! it finds is multiplied by the area's volume; areas with the same pattern whose rules and centres look
//! the same from there share one. Twenty-four areas in five ways of working make five walks a class.

use super::arrivals::{ClassArrivals, WeekPattern};
use super::routing::{FOLLOWED_APART, View};
use super::{HourlyLoad, Load};
use poolwise_engine::model::{AreaId, CentreId, ClassId, Destination, Model, RoleId, Rule, StageId};
use poolwise_engine::time::HOURS_OF_WEEK;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::rc::Rc;

/// All that a walk of a class from an area depends on.
pub(super) struct Origin<'a> {
    model: &'a Model,
    class: ClassId,
    area: AreaId,
    view: &'a View<'a>,
    /// Arrivals by hour of the area's week, as a pattern.
    pattern: Rc<WeekPattern>,
    /// Requests an hour where the pattern is one.
    per_hour: f64,
    /// The standing rules for the class and area.
    rules: Vec<&'a RuleOfClass<'a>>,
    /// The centres that they can send to, ascending; a centre's *slot* is its place among them.
    centres: Vec<CentreId>,
}

/// A standing rule for a class.
pub(super) struct RuleOfClass<'a> {
    rule: &'a Rule,
    /// Hash of what it says, whatever the area.
    digest: u64,
}

/// The standing rules for a class at the services to which it may come.
pub(super) fn rules_of<'a>(model: &'a Model, class: ClassId, services: &[StageId]) -> Vec<RuleOfClass<'a>> {
    let fits = |r: &&Rule| {
        let standing = r.exception.is_none() && r.trigger.is_none();
        standing && r.classes[class] && services.iter().any(|s| r.stages[*s])
    };
    let of_class = |rule: &'a Rule| {
        let mut hash = DefaultHasher::new();
        (rule.share.to_bits(), &rule.stages).hash(&mut hash);
        RuleOfClass { rule, digest: hash.finish() }
    };
    model.rules.iter().filter(fits).map(of_class).collect()
}

impl<'a> Origin<'a> {
    /// Of an area, with the class's arrivals and the standing rules for it.
    pub(super) fn new(
        (model, class): (&'a Model, ClassId),
        area: AreaId,
        view: &'a View<'a>,
        arrivals: &mut ClassArrivals<'a>,
        rules: &'a [RuleOfClass<'a>],
    ) -> Self {
        let (per_hour, pattern) = arrivals.from(area);
        let rules: Vec<&RuleOfClass<'_>> = rules.iter().filter(|r| r.rule.areas[area]).collect();
        let mut centres: Vec<CentreId> = Vec::new();
        for to in rules.iter().flat_map(|r| targets(r.rule)) {
            match to {
                Destination::Centre(c) => centres.push(*c),
                Destination::Local => centres.extend(model.areas[area].centre),
                Destination::Same => {}
                Destination::LeastLoaded(list) => centres.extend(list),
            }
        }
        centres.sort_unstable();
        centres.dedup();
        Self { model, class, area, view, pattern, per_hour, rules, centres }
    }

    /// Requests an hour where the pattern is one.
    pub(super) fn per_hour(&self) -> f64 {
        self.per_hour
    }

    /// Arrivals by hour of the area's week, as a pattern.
    pub(super) fn pattern(&self) -> &[f64] {
        &self.pattern.by_hour
    }

    /// The centres that its rules can send to, ascending.
    pub(super) fn centres(&self) -> &[CentreId] {
        &self.centres
    }

    /// Whether these are very many.
    pub(super) fn sends_to_many(&self) -> bool {
        self.centres.len() > FOLLOWED_APART
    }

    /// A number that is the same for sources that are alike, and for few others.
    pub(super) fn digest(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        self.pattern.digest.hash(&mut hash);
        self.rules.iter().for_each(|r| r.digest.hash(&mut hash));
        for &c in &self.centres {
            self.model.centres[c].speed[self.class].to_bits().hash(&mut hash);
            (0..self.model.roles.len()).for_each(|r| self.view.seen(c, r).digest.hash(&mut hash));
        }
        hash.finish()
    }

    /// Whether a walk from `other` comes to the same, slot by slot.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        (Rc::ptr_eq(&self.pattern, &other.pattern) || self.pattern.by_hour == other.pattern.by_hour)
            && self.rules.len() == other.rules.len()
            && self.centres.len() == other.centres.len()
            && self.rules.iter().zip(&other.rules).all(|(a, b)| self.same_rule(a.rule, other, b.rule))
            && self.centres.iter().zip(&other.centres).all(|(a, b)| self.same_centre(*a, other, *b))
    }

    fn same_rule(&self, a: &Rule, other: &Self, b: &Rule) -> bool {
        let to = |x: &Destination, y: &Destination| self.same_target(x, other, y);
        let overflow = match (&a.overflow, &b.overflow) {
            (None, None) => true,
            (Some(x), Some(y)) => x.after == y.after && to(&x.to, &y.to),
            _ => false,
        };
        let duplicate = match (&a.duplicate, &b.duplicate) {
            (None, None) => true,
            (Some(x), Some(y)) => x.probability == y.probability && x.window == y.window && to(&x.at, &y.at),
            _ => false,
        };
        let says_the_same = || a.stages == b.stages && a.window == b.window && a.share == b.share;
        (std::ptr::eq(a, b) || says_the_same()) && to(&a.to, &b.to) && overflow && duplicate
    }

    fn same_target(&self, a: &Destination, other: &Self, b: &Destination) -> bool {
        let slots = |x: &Self, list: &[CentreId]| -> Vec<Option<usize>> {
            list.iter().map(|c| x.centres.binary_search(c).ok()).collect()
        };
        let local = |x: &Self| slots(x, x.model.areas[x.area].centre.as_slice());
        match (a, b) {
            (Destination::Centre(x), Destination::Centre(y)) => slots(self, &[*x]) == slots(other, &[*y]),
            (Destination::Local, Destination::Local) => local(self) == local(other),
            (Destination::Same, Destination::Same) => true,
            (Destination::LeastLoaded(x), Destination::LeastLoaded(y)) => slots(self, x) == slots(other, y),
            _ => false,
        }
    }

    fn same_centre(&self, a: CentreId, other: &Self, b: CentreId) -> bool {
        if a == b && self.class == other.class && self.view.offset() == other.view.offset() {
            return true;
        }
        let (x, y) = (&self.model.centres[a], &other.model.centres[b]);
        let roles =
            |c: &poolwise_engine::model::Centre| -> Vec<_> { c.pools.iter().map(|p| p.roles).collect() };
        let handled = |of: &Self, centre: CentreId| {
            let each = of.model.handling.iter().map(move |h| h.centres[centre] && h.classes[of.class]);
            each.map(|on| on.then(|| of.view.ahead(centre).to_bits())).collect::<Vec<_>>()
        };
        x.speed[self.class] == y.speed[other.class]
            && handled(self, a) == handled(other, b)
            && x.documentation == y.documentation
            && x.concurrency == y.concurrency
            && roles(x) == roles(y)
            && (0..self.model.roles.len()).all(|r| self.view.looks_like(a, other.view, b, r))
    }
}

fn targets(rule: &Rule) -> impl Iterator<Item = &Destination> {
    let overflow = rule.overflow.as_ref().map(|o| &o.to);
    std::iter::once(&rule.to).chain(overflow).chain(rule.duplicate.as_ref().map(|d| &d.at))
}

/// What a walk finds, for arrivals of one an hour where the pattern is one.
#[derive(Debug)]
pub(super) struct UnitFlow {
    /// By centre and role, in hours of the area's week.
    at: BTreeMap<(CentreId, RoleId), HourlyLoad>,
    /// Requests that ask for another officer than the one before, by stage and centre.
    for_another: BTreeMap<(StageId, CentreId), Vec<f64>>,
    stage_flow: Vec<f64>,
    pub unrouted: f64,
    pub unfinished: f64,
}

impl UnitFlow {
    pub(super) fn new(model: &Model) -> Self {
        let stage_flow = vec![0.0; model.stages.len()];
        Self { at: BTreeMap::new(), for_another: BTreeMap::new(), stage_flow, unrouted: 0.0, unfinished: 0.0 }
    }

    fn at(&mut self, centre: CentreId, role: RoleId) -> &mut HourlyLoad {
        self.at.entry((centre, role)).or_insert_with(HourlyLoad::empty)
    }

    /// `factor` times `by_hour` requests an hour reach a centre.
    pub(super) fn arrivals(&mut self, centre: CentreId, role: RoleId, factor: f64, by_hour: &[f64]) {
        add(&mut self.at(centre, role).arrivals, factor, by_hour);
    }

    /// `factor` times `by_hour` requests an hour reach a centre for a stage that asks for another officer.
    pub(super) fn another(&mut self, at: (StageId, CentreId), factor: f64, by_hour: &[f64]) {
        add(self.for_another.entry(at).or_insert_with(|| vec![0.0; HOURS_OF_WEEK]), factor, by_hour);
    }

    /// `factor` times `by_hour` erlangs are offered to a centre.
    pub(super) fn work(&mut self, centre: CentreId, role: RoleId, factor: f64, by_hour: &[f64]) {
        add(&mut self.at(centre, role).offered, factor, by_hour);
    }

    /// So many of `total` over the week reach a stage.
    pub(super) fn reach(&mut self, stage: StageId, share: f64, total: f64) {
        self.stage_flow[stage] += share * total / HOURS_OF_WEEK as f64;
    }

    /// Adds what was found on another part of the same walk, times a factor.
    pub(crate) fn add_found(&mut self, other: &Self, factor: f64) {
        for (&(centre, role), hourly) in &other.at {
            self.arrivals(centre, role, factor, &hourly.arrivals);
            self.work(centre, role, factor, &hourly.offered);
        }
        for (&at, by_hour) in &other.for_another {
            self.another(at, factor, by_hour);
        }
        add(&mut self.stage_flow, factor, &other.stage_flow);
        self.unrouted += factor * other.unrouted;
    }

    /// Adds what was found on a walk from `from` to the load, as a walk from `to`, which is like it, of so many requests an
    /// hour.
    pub(super) fn add(&self, from: &Origin<'_>, to: &Origin<'_>, scale: f64, load: &mut Load) {
        let meant = |centre: CentreId| from.centres.binary_search(&centre).map_or(centre, |s| to.centres[s]);
        for (&(centre, role), hourly) in &self.at {
            let centre = meant(centre);
            let arrivals = to.view.at_centre(centre, &hourly.arrivals);
            let offered = to.view.at_centre(centre, &hourly.offered);
            let at = &mut load.centres[centre];
            for sums in [&mut at.all, &mut at.roles[role]] {
                add(&mut sums.arrivals, scale, &arrivals);
                add(&mut sums.offered, scale, &offered);
            }
        }
        for (&(stage, centre), hourly) in &self.for_another {
            let centre = meant(centre);
            let hours = load.for_another.entry((stage, centre)).or_insert_with(|| vec![0.0; HOURS_OF_WEEK]);
            add(hours, scale, &to.view.at_centre(centre, hourly));
        }
        add(&mut load.stage_flow, scale, &self.stage_flow);
        load.unrouted += scale * self.unrouted;
        load.unfinished += scale * self.unfinished;
    }
}

fn add(to: &mut [f64], factor: f64, values: &[f64]) {
    to.iter_mut().zip(values).for_each(|(x, y)| *x += factor * y);
}
