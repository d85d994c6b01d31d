//! Pools of officers as queueing theory sees them: flows that come, services, servers, patience; and
//! every reason why an exact model does not fit.

use super::discipline::{Formulas, formulas};
use super::fork_join;
use super::officers::{Staff, staff};
use super::path::ClassPath;
use super::reasons::{general, note, of_priorities, of_stage, patience};
use super::shares::FlowShares;
use poolwise_engine::model::{
    AreaId, CentreId, ClassId, Demand, Model, Profile, RoleId, RoleMask, StageId, StageKind,
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

/// All pools of a model that get work.
pub(super) fn find(model: &Model, load: &Load) -> Vec<OraclePool> {
    let paths: Vec<ClassPath> = (0..model.classes.len()).map(|c| ClassPath::new(model, c)).collect();
    let shares: Vec<BTreeMap<StageId, FlowShares<'_>>> = paths
        .iter()
        .enumerate()
        .map(|(class, path)| {
            let met = |s: &StageId| path.visits[*s] > 0.0 || path.again[*s];
            let at = |s| Some((s, FlowShares::new(model, path, class, s)?));
            (0..model.stages.len()).filter(met).filter_map(at).collect()
        })
        .collect();
    let mut all = Vec::new();
    for (c, centre) in model.centres.iter().enumerate() {
        for roles in groups(model, load, c) {
            let mask = roles.iter().fold(0, |m, r| m | 1 << r);
            let mut because = Vec::new();
            let flows = flows(model, &paths, &shares, c, mask, &mut because);
            general(model, centre, &roles, load, c, &mut because);
            of_priorities(model, centre, &flows, &mut because);
            fork_join::reasons(model, &flows, &mut because);
            let staff = staff(model, c, mask).map_err(|why| note(&mut because, why)).ok();
            let abandonment = patience(model, &flows).unwrap_or_else(|why| {
                note(&mut because, why);
                0.0
            });
            let mut expected = expected(model, load, &paths, c, &roles, mask);
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
fn flows(
    model: &Model,
    paths: &[ClassPath],
    shares: &[BTreeMap<StageId, FlowShares<'_>>],
    centre: CentreId,
    mask: RoleMask,
    because: &mut Vec<String>,
) -> Vec<PoolFlow> {
    let mut flows = Vec::new();
    for (class, path) in paths.iter().enumerate() {
        for (s, stage) in model.stages.iter().enumerate() {
            let StageKind::Service(service) = &stage.kind else { continue };
            if mask >> service.role & 1 == 1 && path.aside[s] {
                note(because, "requests come that gave up or were turned away");
            }
            if mask >> service.role & 1 == 0 {
                continue;
            }
            let Some(rules) = shares[class].get(&s) else { continue };
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
    }
    flows
}

/// Arrivals, officers and services hour by hour, from the expected load.
fn expected(
    model: &Model,
    load: &Load,
    paths: &[ClassPath],
    centre: CentreId,
    roles: &[RoleId],
    mask: RoleMask,
) -> ExpectedMeasures {
    let mut arrivals = vec![0.0; HOURS_OF_WEEK];
    let mut work = 0.0;
    for role in roles {
        let here = &load.centres[centre].roles[*role];
        arrivals.iter_mut().zip(&here.arrivals).for_each(|(a, x)| *a += x);
        work += here.erlangs();
    }
    let rate = arrivals.iter().sum::<f64>() / HOURS_OF_WEEK as f64;
    let mut kinds = Vec::new();
    let (mut weight, mut giving_up) = (0.0, 0.0);
    for (class, path) in paths.iter().enumerate() {
        let Demand::Rate { per_second, .. } = &model.classes[class].demand else { continue };
        for (s, stage) in model.stages.iter().enumerate() {
            let StageKind::Service(service) = &stage.kind else { continue };
            let w = per_second * path.visits[s];
            if mask >> service.role & 1 == 0 || w == 0.0 {
                continue;
            }
            let mean = service.busy_mean() * model.centres[centre].speed[class] / HOUR;
            kinds.push((w, mean, service.busy_cv()));
            weight += w;
            if let Some(d) = &model.classes[class].deadline {
                giving_up += w * HOUR / d.after.mean();
            }
        }
    }
    let (cv, abandonment) =
        if kinds.is_empty() { (1.0, 0.0) } else { (mixture(kinds.into_iter()).1, giving_up / weight) };
    ExpectedMeasures {
        arrivals,
        rostered: staffing::on_duty(model, centre, mask).officers,
        present: 1.0 - model.centres[centre].absence.share,
        service: work / rate,
        cv,
        abandonment: if abandonment.is_finite() { abandonment } else { 0.0 },
    }
}
