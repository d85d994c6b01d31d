//! Where the rules send a flow, in expectation, by hour of the area's local week.

use super::lag::{Kernel, LagGrid};
use crate::staffing::{self, Duty};
use poolwise_engine::model::{
    AreaId, CentreId, ClassId, Destination, Model, RoleId, Rule, StageId, StageKind, Window,
};
use poolwise_engine::random::Sampler;
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::rc::Rc;

/// So few centres are followed apart, although nothing asks later which of them did the work, and areas apart that send there.
pub(super) const FOLLOWED_APART: usize = 64;

/// Officers and clocks of all centres, as they stand in a week.
pub(super) struct AreaRosters {
    /// By centre, then role: in the centre's local hours.
    duty: Vec<Vec<Duty>>,
    /// By centre: its clock's offset in the middle of the window, seconds.
    offsets: Vec<f64>,
    /// By stage: no service comes there or later.
    idle: Vec<bool>,
    /// By stage: nothing there or later asks which centre did the last work.
    forgetful: Vec<bool>,
    /// By stage: in how many parts a request is there, and how many branches a fork has or come to a join.
    parts: Vec<f64>,
    branches: Vec<f64>,
    /// By centre, role and an area's offset (bits): worked out when asked for, since an area's work goes to few centres, and
    /// once for all areas with that offset, since all of them may go to all centres.
    seen: RefCell<HashMap<(CentreId, RoleId, u64), Rc<SeenRole>>>,
    /// One of all that look the same, by their hash: thousands of centres have few rosters between them.
    alike: RefCell<HashMap<u64, Vec<Rc<SeenRole>>>>,
}

/// The same seen from an area: all hours are of the area's local week.
pub(super) struct View<'a> {
    model: &'a Model,
    area: AreaId,
    opening: Opening,
    rosters: &'a AreaRosters,
    /// The area's offset, seconds.
    offset: f64,
}

/// A role at a centre, seen from an area.
#[derive(PartialEq)]
pub(super) struct SeenRole {
    /// Hash of all below, so that most that differ need no second look.
    pub digest: u64,
    duty: Duty,
    /// From each hour, hours until what is met then is begun: zero where it is open. `None` where nobody ever holds the
    /// role on duty.
    pub begun: Option<Vec<usize>>,
}

impl SeenRole {
    /// Share of each hour in which an officer of the role is on duty.
    pub(super) fn open(&self) -> &[f64] {
        &self.duty.open
    }
}

/// What becomes of work that gathers while nobody is on duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// All of it is begun at the opening.
    AtOnce,
    /// It is begun in its order, evenly over as many hours from the opening as it had gathered in, but
    /// at most a day and no longer than until the next closing.
    Evenly,
}

/// A part of a flow that one rule sends to one centre.
#[derive(Clone)]
pub(super) struct FlowPart<'a> {
    /// The rule of the model that sends work here.
    pub rule: &'a Rule,
    /// The centre that it sends work to.
    pub centre: CentreId,
    /// Share of the flow, by hour.
    pub share: Vec<f64>,
}

impl AreaRosters {
    pub(super) fn new(model: &Model) -> Self {
        let of = |c| (0..model.roles.len()).map(|r| staffing::on_duty_in_role(model, c, r)).collect();
        let services: Vec<bool> =
            model.stages.iter().map(|s| matches!(s.kind, StageKind::Service(_))).collect();
        let idle = leads_to(model, &services).into_iter().map(|leads| !leads).collect();
        let asks: Vec<bool> = (0..model.stages.len()).map(|s| services[s] && asks_back(model, s)).collect();
        // Where few centres do the work, what each did is followed apart, which is nearer to the truth where a deadline runs.
        let many = model.centres.len() > FOLLOWED_APART;
        let forgetful = leads_to(model, &asks).into_iter().map(|leads| many && !leads).collect();
        let offsets = model.centres.iter().map(|c| middle_offset(model, c.clock)).collect();
        let duty = (0..model.centres.len()).map(of).collect();
        let forks = model.parallels();
        let parts = (0..model.stages.len()).map(|s| forks.parts(s)).collect();
        let mut branches = vec![1.0; model.stages.len()];
        for one in &forks.all {
            (branches[one.fork], branches[one.join]) = (f64::from(one.branches), f64::from(one.branches));
        }
        let (seen, alike) = (RefCell::default(), RefCell::default());
        Self { duty, offsets, idle, forgetful, parts, branches, seen, alike }
    }

    /// The one of all that look like this.
    fn shared(&self, seen: SeenRole) -> Rc<SeenRole> {
        let mut alike = self.alike.borrow_mut();
        let same = alike.entry(seen.digest).or_default();
        if let Some(one) = same.iter().find(|one| ***one == seen) {
            return Rc::clone(one);
        }
        let one = Rc::new(seen);
        same.push(Rc::clone(&one));
        one
    }
}

/// By stage: whether a request there may come to one that is `wanted`, or is there.
fn leads_to(model: &Model, wanted: &[bool]) -> Vec<bool> {
    let mut before: Vec<Vec<StageId>> = vec![Vec::new(); wanted.len()];
    for (s, stage) in model.stages.iter().enumerate() {
        stage.next.iter().for_each(|b| before[b.to].push(s));
    }
    let mut leads = wanted.to_vec();
    let mut open: Vec<StageId> = (0..wanted.len()).filter(|s| wanted[*s]).collect();
    while let Some(s) = open.pop() {
        for &b in &before[s] {
            if !std::mem::replace(&mut leads[b], true) {
                open.push(b);
            }
        }
    }
    leads
}

/// Whether some rule sends requests at a stage to the centre of the service before.
fn asks_back(model: &Model, stage: StageId) -> bool {
    model.rules.iter().filter(|r| r.stages[stage]).any(|r| {
        let overflow = r.overflow.as_ref().map(|o| &o.to);
        let duplicate = r.duplicate.as_ref().map(|d| &d.at);
        [Some(&r.to), overflow, duplicate].into_iter().flatten().any(|to| *to == Destination::Same)
    })
}

/// A clock's offset in the middle of the statistics window, seconds.
fn middle_offset(model: &Model, clock: usize) -> f64 {
    model.clocks[clock].offset(model.run.warm_up + model.run.horizon / 2.0).0
}

impl<'a> View<'a> {
    pub(super) fn new(model: &'a Model, rosters: &'a AreaRosters, area: AreaId, opening: Opening) -> Self {
        let offset = middle_offset(model, model.areas[area].clock);
        Self { model, area, opening, rosters, offset }
    }

    /// In how many parts a request is at a stage.
    pub(super) fn parts(&self, stage: StageId) -> f64 {
        self.rosters.parts[stage]
    }

    /// Branches of a fork, or of the fork whose join a stage is; 1 at others.
    pub(super) fn branches(&self, stage: StageId) -> f64 {
        self.rosters.branches[stage]
    }

    /// Hours that a centre's clock is ahead of the area's.
    pub(super) fn ahead(&self, centre: CentreId) -> f64 {
        (self.rosters.offsets[centre] - self.offset) / HOUR
    }

    /// A rate by hour of the area's week, times the factor on services of a class at a stage and centre that begin then.
    pub(super) fn handled<'r>(
        &self,
        rate: &'r [f64],
        centre: CentreId,
        (class, stage): (ClassId, StageId),
    ) -> Cow<'r, [f64]> {
        if self.model.handling.is_empty() {
            return Cow::Borrowed(rate);
        }
        let factor = |hour: usize| {
            // The mean over the quarters of an hour, in whose middles no span begins or ends.
            let at = |quarter: usize| (hour as f64 + (quarter as f64 + 0.5) / 4.0) * HOUR;
            (0..4).map(|q| self.model.handling_factor(centre, class, stage, at(q))).sum::<f64>() / 4.0
        };
        let there: Vec<f64> = (0..HOURS_OF_WEEK).map(factor).collect();
        rate.iter().zip(turned(&there, self.ahead(centre))).map(|(r, f)| r * f).collect()
    }

    /// A role at a centre.
    pub(super) fn seen(&self, centre: CentreId, role: RoleId) -> Rc<SeenRole> {
        let look = || {
            let (there, hours) = (&self.rosters.duty[centre][role], self.ahead(centre));
            let duty = Duty { officers: turned(&there.officers, hours), open: turned(&there.open, hours) };
            let begun = begun(&duty.open, self.opening);
            let mut hash = DefaultHasher::new();
            duty.officers.iter().chain(&duty.open).for_each(|x| x.to_bits().hash(&mut hash));
            begun.hash(&mut hash);
            self.rosters.shared(SeenRole { digest: hash.finish(), duty, begun })
        };
        // All views of one set of rosters have the same opening.
        let key = (centre, role, self.offset.to_bits());
        Rc::clone(self.rosters.seen.borrow_mut().entry(key).or_insert_with(look))
    }

    /// Whether no service comes at `stage` or later.
    pub(crate) fn is_idle_from(&self, stage: StageId) -> bool {
        self.rosters.idle[stage]
    }

    /// Whether a role at `centre` looks from here as it does at `there` from another area.
    pub(crate) fn looks_like(&self, centre: CentreId, other: &Self, there: CentreId, role: RoleId) -> bool {
        let (a, b) = (self.seen(centre, role), other.seen(there, role));
        Rc::ptr_eq(&a, &b) || a == b
    }

    /// The area's offset, seconds: where it is the same, all centres look the same.
    pub(super) fn offset(&self) -> f64 {
        self.offset
    }

    /// Whether nothing at `stage` or later asks which centre did the last work, so that flows from many centres are one.
    pub(crate) fn forgets_from(&self, stage: StageId) -> bool {
        self.rosters.forgetful[stage]
    }

    /// A flow by the area's hours as one by the centre's.
    pub(crate) fn at_centre(&self, centre: CentreId, flow: &[f64]) -> Vec<f64> {
        turned(flow, -self.ahead(centre))
    }

    /// Splits a flow that reaches the queue of a service stage; what no rule takes is left over. Rules
    /// of exceptions are passed over, as is a target where nobody ever holds the role.
    pub(super) fn split(&self, class: ClassId, stage: StageId, last: Option<CentreId>) -> Vec<FlowPart<'a>> {
        let StageKind::Service(service) = &self.model.stages[stage].kind else { return Vec::new() };
        let mut left = vec![1.0; HOURS_OF_WEEK];
        let mut parts: Vec<FlowPart<'a>> = Vec::new();
        for rule in &self.model.rules {
            let fits = rule.stages[stage] && rule.classes[class] && rule.areas[self.area];
            if !fits || rule.exception.is_some() || rule.trigger.is_some() {
                continue;
            }
            let targets = self.targets(&rule.to, service.role, last);
            if targets.is_empty() {
                continue;
            }
            let window = self.window(&rule.window, &targets, service.role);
            let taken: Vec<f64> = left.iter().zip(&window).map(|(l, w)| l * w * rule.share).collect();
            for (centre, share) in targets {
                let share = taken.iter().zip(&share).map(|(t, s)| t * s).collect();
                parts.push(FlowPart { rule, centre, share });
            }
            left.iter_mut().zip(&taken).for_each(|(l, t)| *l -= t);
        }
        parts.retain(|p| p.share.iter().any(|s| *s > 1e-12));
        parts
    }

    /// The centres of a target, with their shares by hour (summing to one). Among a list a request goes
    /// to the least loaded: in proportion to the officers on duty, equally where there are none.
    pub(super) fn targets(
        &self,
        to: &Destination,
        role: RoleId,
        last: Option<CentreId>,
    ) -> Vec<(CentreId, Vec<f64>)> {
        let mut centres = match to {
            Destination::Centre(c) => vec![*c],
            Destination::Local => self.model.areas[self.area].centre.into_iter().collect(),
            Destination::Same => last.into_iter().collect(),
            Destination::LeastLoaded(list) => list.clone(),
        };
        centres.retain(|&c| staffing::roles_held(&self.model.centres[c]) >> role & 1 == 1);
        let count = centres.len() as f64;
        let mut total = vec![0.0; HOURS_OF_WEEK];
        for &c in &centres {
            total.iter_mut().zip(&self.seen(c, role).duty.officers).for_each(|(t, n)| *t += n);
        }
        let share = |c: CentreId| {
            let seen = self.seen(c, role);
            let officers = seen.duty.officers.iter().zip(&total);
            officers.map(|(n, t)| if *t > 0.0 { n / t } else { 1.0 / count }).collect()
        };
        centres.into_iter().map(|c| (c, share(c))).collect()
    }

    /// Share of each hour that a window covers. `Open` asks for one of the targets on duty.
    pub(super) fn window(&self, window: &Window, targets: &[(CentreId, Vec<f64>)], role: RoleId) -> Vec<f64> {
        match window {
            Window::Always => vec![1.0; HOURS_OF_WEEK],
            Window::Hours(spans) => (0..HOURS_OF_WEEK)
                .map(|h| {
                    let (from, to) = (h as f64 * HOUR, (h + 1) as f64 * HOUR);
                    let covered = |&(a, b): &(f64, f64)| (b.min(to) - a.max(from)).max(0.0);
                    spans.iter().map(covered).sum::<f64>() / HOUR
                })
                .collect(),
            Window::Open => {
                let seen: Vec<Rc<SeenRole>> = targets.iter().map(|t| self.seen(t.0, role)).collect();
                (0..HOURS_OF_WEEK).map(|h| seen.iter().map(|s| s.open()[h]).fold(0.0, f64::max)).collect()
            }
        }
    }
}

/// See [`View::begun`].
fn begun(open: &[f64], opening: Opening) -> Option<Vec<usize>> {
    let is_open = |h: usize| open[h % HOURS_OF_WEEK] > 0.0;
    if !(0..HOURS_OF_WEEK).any(is_open) {
        return None;
    }
    // Lengths of the spells before and after each hour, from where they end; all end within the week.
    let (mut closed_before, mut until_open, mut stays_open) =
        ([0; HOURS_OF_WEEK], [0; HOURS_OF_WEEK], [0; HOURS_OF_WEEK]);
    let (mut closed, mut to_open, mut to_close) = (0, 0, 0);
    for h in 0..2 * HOURS_OF_WEEK {
        closed_before[h % HOURS_OF_WEEK] = closed;
        closed = if is_open(h) { 0 } else { closed + 1 };
    }
    for h in (0..2 * HOURS_OF_WEEK).rev() {
        (to_open, to_close) = if is_open(h) { (0, to_close + 1) } else { (to_open + 1, 0) };
        until_open[h % HOURS_OF_WEEK] = to_open;
        stays_open[h % HOURS_OF_WEEK] = to_close.min(HOURS_OF_WEEK);
    }
    let wait = |h: usize| {
        let ahead = until_open[h];
        if ahead == 0 || opening == Opening::AtOnce {
            return ahead;
        }
        let place = closed_before[h];
        let gathered = place + ahead;
        let over = gathered.min(24).min(stays_open[(h + ahead) % HOURS_OF_WEEK]);
        ahead + place * over / gathered
    };
    Some((0..HOURS_OF_WEEK).map(wait).collect())
}

/// `out[h]` is `values` at `h + hours`, modulo a week; between two whole hours, weighted.
fn turned(values: &[f64], hours: f64) -> Vec<f64> {
    let whole = hours.floor();
    let part = hours - whole;
    let first = (whole as i64).rem_euclid(HOURS_OF_WEEK as i64) as usize;
    let mut out = [&values[first..], &values[..first]].concat();
    if part != 0.0 {
        let from = out[0];
        for h in 0..HOURS_OF_WEEK {
            let next = out.get(h + 1).copied().unwrap_or(from);
            out[h] = (1.0 - part) * out[h] + part * next;
        }
    }
    out
}

/// Kernels of the times of a model, made once each.
#[derive(Default)]
pub(super) struct Kernels(BTreeMap<(StageTime, ClassId, u64), Rc<Kernel>>);

/// Which time of the workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum StageTime {
    /// A stage's own time.
    Stage(StageId),
    /// Work of a stage's officers when the request has gone on.
    AfterWork(StageId),
    /// Delay on a stage's branch.
    Branch(StageId, usize),
    /// Time until work comes back.
    Rework,
    /// Wait before an overflow.
    Overflow,
}

impl Kernels {
    /// The kernel of `time` at `place` for a class, stretched by `factor`.
    pub(super) fn get(
        &mut self,
        place: StageTime,
        class: ClassId,
        grid: Option<&LagGrid>,
        time: &Sampler,
        factor: f64,
    ) -> Rc<Kernel> {
        let key = (place, class, factor.to_bits());
        Rc::clone(self.0.entry(key).or_insert_with(|| Rc::new(Kernel::new(time, factor, grid))))
    }
}
