//! Pools of officers as queueing theory sees them: flows that come, services, servers, patience; and
//! every reason why an exact model does not fit.

use super::discipline::{Formulas, formulas};
use super::fork_join;
use super::officers::{Staff, staff};
use super::path::ClassPath;
use super::reasons::{general, note, of_priorities, of_stage, patience};
use super::shares::FlowShares;
use poolwise_engine::model::{
    AreaId, CentreId, ClassId, Demand, Model, Profile, RoleId, RoleMask, Service, StageId, StageKind,
};
use poolwise_engine::random::Sampler;
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK};
use poolwise_planning::offered_load::Load;
use poolwise_planning::staffing;
use std::collections::BTreeMap;

/// One kind of work that a pool gets.
#[derive(Debug, Clone)]
pub(super) struct PoolFlow {
    /// The class, by its index in the model.
    pub class: ClassId,
    /// Area that it comes from.
    pub area: AreaId,
    /// The stage at which requests are served.
    pub stage: StageId,
    /// Mean arrivals, per hour.
    pub rate: f64,
    /// Mean service, hours.
    pub mean: f64,
    /// Coefficient of variation of service.
    pub cv: f64,
    /// Whether services are exponential.
    pub exponential: bool,
}

/// Expected arrivals, work and officers by hour of the centre's week, whatever the structure.
#[derive(Debug, Clone)]
pub(super) struct ExpectedMeasures {
    /// Arrivals in each hour.
    pub arrivals: Vec<f64>,
    /// Officers rostered in each hour.
    pub rostered: Vec<f64>,
    /// Share of them who come.
    pub present: f64,
    /// Mean service, hours: expected work over arrivals.
    pub service: f64,
    /// Coefficient of variation of service, all kinds of work mixed.
    pub cv: f64,
    /// Rate of giving up while waiting, per hour; zero where nobody does.
    pub abandonment: f64,
}

impl ExpectedMeasures {
    /// Whether arrivals or officers change over the week.
    pub(super) fn changes(&self) -> bool {
        let moves = |v: &[f64]| {
            let (low, high) = v.iter().fold((f64::INFINITY, 0.0_f64), |b, x| (b.0.min(*x), b.1.max(*x)));
            high - low > 1e-6 * high
        };
        moves(&self.arrivals) || moves(&self.rostered)
    }

    /// Mean arrivals an hour.
    pub(super) fn rate(&self) -> f64 {
        self.arrivals.iter().sum::<f64>() / HOURS_OF_WEEK as f64
    }

    /// Mean number of officers present.
    pub(super) fn officers(&self) -> f64 {
        self.rostered.iter().sum::<f64>() / HOURS_OF_WEEK as f64 * self.present
    }
}

/// A pool.
#[derive(Debug, Clone)]
pub(super) struct OraclePool {
    pub centre: CentreId,
    pub roles: Vec<RoleId>,
    /// Its work, where it can be told exactly.
    pub flows: Vec<PoolFlow>,
    /// Its officers, where they fit a model.
    pub staff: Option<Staff>,
    /// Rate of giving up while waiting, per hour, the same for all; zero for nobody.
    pub abandonment: f64,
    /// Most that may wait.
    pub room: Option<u32>,
    /// Why no exact model fits.
    pub because: Vec<String>,
    pub expected: ExpectedMeasures,
}

impl PoolFlow {
    /// Whether it is all that there is of its class.
    pub(crate) fn is_whole_class(&self, model: &Model) -> bool {
        match &model.classes[self.class].demand {
            Demand::Rate { per_second, .. } => (self.rate - per_second * HOUR).abs() <= 1e-9 * self.rate,
            Demand::Trace(_) => false,
        }
    }
}

impl OraclePool {
    /// Names of its roles.
    pub(super) fn role_names(&self, model: &Model) -> Vec<String> {
        self.roles.iter().map(|r| model.roles[*r].clone()).collect()
    }

    /// Mean arrivals an hour.
    pub(super) fn rate(&self) -> f64 {
        self.flows.iter().map(|f| f.rate).sum()
    }

    /// Mean service, hours, and its coefficient of variation over all flows.
    pub(super) fn service(&self) -> (f64, f64) {
        mixture(self.flows.iter().map(|f| (f.rate, f.mean, f.cv)))
    }

    /// The mean of all services where every one is exponential with it.
    pub(super) fn exponential(&self) -> Option<f64> {
        let first = self.flows.first()?.mean;
        let same = |f: &PoolFlow| f.exponential && (f.mean - first).abs() <= 1e-12 * first;
        self.flows.iter().all(same).then_some(first)
    }

    /// The length of all services where it is always the same.
    pub(super) fn deterministic(&self) -> Option<f64> {
        let first = self.flows.first()?.mean;
        let same = |f: &PoolFlow| f.cv == 0.0 && (f.mean - first).abs() <= 1e-12 * first;
        self.flows.iter().all(same).then_some(first)
    }

    /// Whether neither arrivals nor officers change.
    pub(crate) fn is_constant(&self, model: &Model) -> bool {
        matches!(self.staff, Some(Staff::Constant(_))) && self.arrives_evenly(model)
    }

    /// Whether arrivals do not change.
    pub(crate) fn arrives_evenly(&self, model: &Model) -> bool {
        let flat = |f: &PoolFlow| {
            matches!(&model.classes[f.class].demand, Demand::Rate { profile: Profile::Flat, .. })
        };
        self.flows.iter().all(flat)
    }

    /// Whether classes of different priority meet.
    pub(crate) fn prioritises(&self, model: &Model) -> bool {
        let first = self.flows.first().map(|f| model.priority(f.stage, f.class));
        let same = |f: &PoolFlow| Some(model.priority(f.stage, f.class)) == first;
        match formulas(model, &model.centres[self.centre]) {
            Formulas::Priority | Formulas::CuttingOff => !self.flows.iter().all(same),
            Formulas::FirstCome | Formulas::Unknown(_) => false,
        }
    }
}

/// Mean and coefficient of variation of a mixture of `(weight, mean, cv)`.
pub(super) fn mixture(parts: impl Iterator<Item = (f64, f64, f64)>) -> (f64, f64) {
    let (mut weight, mut first, mut second) = (0.0, 0.0, 0.0);
    for (w, mean, cv) in parts {
        weight += w;
        first += w * mean;
        second += w * mean * mean * (1.0 + cv * cv);
    }
    let mean = first / weight;
    (mean, (second / weight / (mean * mean) - 1.0).max(0.0).sqrt())
}

/// All ways through a model, by what each pool asks of them: there may be thousands of classes, stages and centres, and few
/// of them have to do with each other.
struct AllWays<'a> {
    model: &'a Model,
    paths: Vec<ClassPath>,
    /// By class, then service stage that it comes to.
    shares: Vec<BTreeMap<StageId, FlowShares<'a>>>,
    /// By centre: class and stage of what the rules may send there, ascending.
    sent: Vec<Vec<(ClassId, StageId)>>,
    /// By role: the first class and stage that asks for it of those who gave up or were turned away.
    asides: BTreeMap<RoleId, (ClassId, StageId)>,
    /// Services that classes with a rate come to.
    kinds: Vec<WorkKind>,
}

/// A kind of work, wherever it is done.
struct WorkKind {
    class: ClassId,
    role: RoleId,
    /// Requests a second.
    weight: f64,
    /// Mean and coefficient of variation of an officer's time, seconds, at speed 1.
    mean: f64,
    cv: f64,
    /// Rate of giving up, per hour, times the weight.
    giving_up: Option<f64>,
}

impl<'a> AllWays<'a> {
    fn new(model: &'a Model) -> Self {
        let paths: Vec<ClassPath> = (0..model.classes.len()).map(|c| ClassPath::new(model, c)).collect();
        let mut shares = Vec::with_capacity(paths.len());
        let mut sent = vec![Vec::new(); model.centres.len()];
        let mut asides = BTreeMap::new();
        let mut kinds = Vec::new();
        for (class, path) in paths.iter().enumerate() {
            let mut of_class = BTreeMap::new();
            for (s, stage) in model.stages.iter().enumerate() {
                let StageKind::Service(service) = &stage.kind else { continue };
                if path.aside[s] {
                    asides.entry(service.role).or_insert((class, s));
                }
                if path.visits[s] > 0.0 || path.again[s] {
                    let rules = FlowShares::new(model, path, class, s, service);
                    rules.centres().for_each(|c| sent[c].push((class, s)));
                    of_class.insert(s, rules);
                }
                kinds.extend(WorkKind::of(model, path, class, s, service));
            }
            shares.push(of_class);
        }
        Self { model, paths, shares, sent, asides, kinds }
    }

    /// Class and stage of all that may come to a centre, and of those turned aside who may ask for one of these roles, in
    /// the order of classes and stages.
    fn coming(&self, centre: CentreId, mask: RoleMask) -> Vec<(ClassId, StageId)> {
        let asides = self.asides.iter().filter(|(role, _)| mask >> **role & 1 == 1).map(|(_, at)| *at);
        let mut all: Vec<_> = self.sent[centre].iter().copied().chain(asides).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl WorkKind {
    fn of(
        model: &Model,
        path: &ClassPath,
        class: ClassId,
        stage: StageId,
        service: &Service,
    ) -> Option<Self> {
        let Demand::Rate { per_second, .. } = &model.classes[class].demand else { return None };
        let weight = per_second * path.visits[stage];
        let giving_up = model.classes[class].deadline.as_ref().map(|d| weight * HOUR / d.after.mean());
        let (mean, cv) = (service.busy_mean(), service.busy_cv());
        (weight != 0.0).then_some(Self { class, role: service.role, weight, mean, cv, giving_up })
    }
}

/// All pools of a model that get work.
pub(super) fn find(model: &Model, load: &Load) -> Vec<OraclePool> {
    let ways = AllWays::new(model);
    let mut all = Vec::new();
    for (c, centre) in model.centres.iter().enumerate() {
        for roles in groups(model, load, c) {
            let mask = roles.iter().fold(0, |m, r| m | 1 << r);
            let mut because = Vec::new();
            let flows = flows(&ways, c, mask, &mut because);
            general(model, centre, &roles, load, c, &mut because);
            of_priorities(model, centre, &flows, &mut because);
            fork_join::reasons(model, &flows, &mut because);
            let staff = staff(model, c, mask).map_err(|why| note(&mut because, why)).ok();
            let abandonment = patience(model, &flows).unwrap_or_else(|why| {
                note(&mut because, why);
                0.0
            });
            let mut expected = expected(&ways, load, c, &roles, mask);
            if !flows.is_empty() {
                expected.cv = mixture(flows.iter().map(|f| (f.rate, f.mean, f.cv))).1;
            }
            let room = centre.capacity.map(|(limit, _)| limit);
            all.push(OraclePool { centre: c, roles, flows, staff, abandonment, room, because, expected });
        }
    }
    all
}

/// Roles of a centre with work, those together that some officer holds together.
fn groups(model: &Model, load: &Load, centre: CentreId) -> Vec<Vec<RoleId>> {
    let worked: RoleMask = (0..model.roles.len())
        .filter(|r| load.centres[centre].roles[*r].erlangs() > 0.0)
        .fold(0, |m, r| m | 1 << r);
    let mut masks: Vec<RoleMask> = Vec::new();
    for pool in &model.centres[centre].pools {
        let mut here = pool.roles & worked;
        if here == 0 {
            continue;
        }
        masks.retain(|m| {
            let apart = m & here == 0;
            if !apart {
                here |= m;
            }
            apart
        });
        masks.push(here);
    }
    masks.sort_by_key(|m| m.trailing_zeros());
    masks.iter().map(|m| (0..model.roles.len()).filter(|r| m >> r & 1 == 1).collect()).collect()
}

/// The work that comes to a pool.
fn flows(ways: &AllWays<'_>, centre: CentreId, mask: RoleMask, because: &mut Vec<String>) -> Vec<PoolFlow> {
    let model = ways.model;
    let mut flows = Vec::new();
    for (class, s) in ways.coming(centre, mask) {
        let StageKind::Service(service) = &model.stages[s].kind else { continue };
        if mask >> service.role & 1 == 0 {
            continue;
        }
        let path = &ways.paths[class];
        if path.aside[s] {
            note(because, "requests come that gave up or were turned away");
        }
        let Some(rules) = ways.shares[class].get(&s) else { continue };
        let mut here = false;
        for &area in rules.senders(centre) {
            let share = match rules.share(area, centre) {
                Ok(share) => share,
                Err(why) => {
                    note(because, why);
                    here = true;
                    continue;
                }
            };
            let Demand::Rate { per_second, .. } = &model.classes[class].demand else {
                here |= share > 0.0;
                continue;
            };
            let part = model.classes[class].demand.part_from(area, model.areas[area].share);
            let rate = per_second * HOUR * part * path.visits[s] * share;
            if rate > 0.0 {
                here = true;
                let speed = model.centres[centre].speed[class];
                let exponential =
                    matches!(service.time, Sampler::Exponential(_)) && service.after_work.is_none();
                let (mean, cv) = (service.busy_mean() * speed / HOUR, service.busy_cv());
                flows.push(PoolFlow { class, area, stage: s, rate, mean, cv, exponential });
            }
        }
        if here {
            of_stage(model, path, class, s, service, because);
        }
    }
    flows
}

/// Arrivals, officers and services hour by hour, from the expected load.
fn expected(
    ways: &AllWays<'_>,
    load: &Load,
    centre: CentreId,
    roles: &[RoleId],
    mask: RoleMask,
) -> ExpectedMeasures {
    let model = ways.model;
    let mut arrivals = vec![0.0; HOURS_OF_WEEK];
    let mut work = 0.0;
    for role in roles {
        let here = &load.centres[centre].roles[*role];
        arrivals.iter_mut().zip(&here.arrivals).for_each(|(a, x)| *a += x);
        work += here.erlangs();
    }
    let rate = arrivals.iter().sum::<f64>() / HOURS_OF_WEEK as f64;
    let (mut weight, mut giving_up) = (0.0, 0.0);
    let speed = &model.centres[centre].speed;
    let mine = || ways.kinds.iter().filter(|k| mask >> k.role & 1 == 1);
    for kind in mine() {
        weight += kind.weight;
        giving_up += kind.giving_up.unwrap_or(0.0);
    }
    let (cv, abandonment) = if weight > 0.0 {
        let parts = mine().map(|k| (k.weight, k.mean * speed[k.class] / HOUR, k.cv));
        (mixture(parts).1, giving_up / weight)
    } else {
        (1.0, 0.0)
    };
    ExpectedMeasures {
        arrivals,
        rostered: staffing::on_duty(model, centre, mask).officers,
        present: 1.0 - model.centres[centre].absence.share,
        service: work / rate,
        cv,
        abandonment: if abandonment.is_finite() { abandonment } else { 0.0 },
    }
}
