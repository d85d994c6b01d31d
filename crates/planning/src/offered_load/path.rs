//! Follows one class's flow from one area through the workflow.

mod served;

use super::alike::{Origin, UnitFlow};
use super::flow::HourlyFlow;
use super::lag::{Age, Kernel, LagGrid, add};
use super::routing::{FlowPart, Kernels, StageTime, View};
use poolwise_engine::model::{
    CentreId, ClassId, Destination, Duplicate, Model, Overflow, RoleMask, Service, StageId, StageKind, Window,
};
use poolwise_engine::random::Sampler;
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Share of a source's requests that may be left on the way.
const LEFT: f64 = 1e-6;
/// Steps that are followed one by one. By then only loops are left in which the same shares go round and round.
const MOST_STEPS: usize = 350;
/// The last of them, from which the rest is told.
const LAST_STEPS: usize = 50;

/// Where a flow stands. Flows in the same place are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct PathPlace {
    stage: StageId,
    /// Centre of the last service.
    last: Option<CentreId>,
    /// Its officer goes on at once.
    handed_on: bool,
    /// The deadline is running.
    live: bool,
    /// It has come back for rework, and will not again.
    reworked: bool,
}

/// A service stage about to be done.
struct PathJob<'a> {
    stage: StageId,
    service: &'a Service,
    live: bool,
    reworked: bool,
    /// Flows that start service, by centre.
    started: BTreeMap<CentreId, HourlyFlow>,
}

/// One walk.
pub(super) struct OfferedPath<'a> {
    model: &'a Model,
    class: ClassId,
    view: &'a View<'a>,
    found: UnitFlow,
    kernels: &'a mut Kernels,
    /// For ages, where the class has a deadline.
    grid: Option<Rc<LagGrid>>,
    splits: BTreeMap<(StageId, Option<CentreId>), Rc<Vec<FlowPart<'a>>>>,
    ahead: BTreeMap<PathPlace, HourlyFlow>,
    /// To be sent back for rework, from where they stand.
    back: Option<Vec<f64>>,
    /// What the last steps found, by stage.
    last: BTreeMap<StageId, Last>,
}

/// What the last steps found at a stage.
struct Last {
    found: UnitFlow,
    /// Requests that came there, lost ones included.
    visits: f64,
    /// Requests sent back for rework.
    back: f64,
}

impl Last {
    fn new(model: &Model) -> Self {
        Self { found: UnitFlow::new(model), visits: 0.0, back: 0.0 }
    }
}

impl<'a> OfferedPath<'a> {
    pub(super) fn new(
        model: &'a Model,
        class: ClassId,
        view: &'a View<'a>,
        kernels: &'a mut Kernels,
        grid: Option<Rc<LagGrid>>,
    ) -> Self {
        let (splits, ahead) = (BTreeMap::new(), BTreeMap::new());
        Self {
            model,
            class,
            view,
            found: UnitFlow::new(model),
            kernels,
            grid,
            splits,
            ahead,
            back: None,
            last: BTreeMap::new(),
        }
    }

    /// Follows the class's requests from the area of `source`.
    pub(super) fn run(mut self, source: &Origin<'_>) -> UnitFlow {
        let class = &self.model.classes[self.class];
        let enough = LEFT * source.pattern().iter().sum::<f64>();
        self.book(class.start, false, source.pattern().to_vec());
        // As many steps as a way through all stages takes, and the loops of it.
        let stages = self.model.stages.len();
        let (most, last) = (MOST_STEPS + 4 * stages, LAST_STEPS + stages);
        for step in 0..most {
            let now = std::mem::take(&mut self.ahead);
            let total: f64 = now.values().map(HourlyFlow::total).sum();
            if total <= enough {
                self.ahead = now;
                break;
            }
            for (at, flow) in now {
                if step < most - last {
                    self.step(at, flow);
                } else {
                    self.step_apart(at, flow);
                }
            }
            self.send_back();
        }
        self.sum_up(enough);
        self.found
    }

    /// A step whose findings are kept by stage.
    fn step_apart(&mut self, at: PathPlace, flow: HourlyFlow) {
        let mut apart = self.last.remove(&at.stage).unwrap_or_else(|| Last::new(self.model));
        apart.visits += flow.total();
        std::mem::swap(&mut self.found, &mut apart.found);
        let before = self.back.as_ref().map_or(0.0, |b| b.iter().sum());
        self.step(at, flow);
        apart.back += self.back.as_ref().map_or(0.0, |b| b.iter().sum::<f64>()) - before;
        std::mem::swap(&mut self.found, &mut apart.found);
        self.last.insert(at.stage, apart);
    }

    /// Adds what the last steps found at each stage, once for these steps and again for all visits still to come. Those
    /// follow from the branches alone, however long a loop lasts; a visit brings what it brought in the last steps.
    fn sum_up(&mut self, enough: f64) {
        let mut start = vec![0.0; self.model.stages.len()];
        self.ahead.iter().for_each(|(at, flow)| start[at.stage] += flow.total());
        let left: f64 = start.iter().sum();
        let mut to_come = vec![0.0; start.len()];
        if left > enough {
            to_come = self.model.visits_from(self.class, start);
            if let Some(rework) = &self.model.rework {
                let back = |(stage, l): (&StageId, &Last)| {
                    l.back / l.visits.max(f64::MIN_POSITIVE) * to_come[*stage]
                };
                let mut start = vec![0.0; to_come.len()];
                start[rework.stage] = self.last.iter().map(back).sum();
                let again = self.model.visits_from(self.class, start);
                to_come.iter_mut().zip(again).for_each(|(x, y)| *x += y);
            }
        }
        let ends = to_come.iter().all(|v| v.is_finite());
        for (stage, last) in std::mem::take(&mut self.last) {
            let more = if ends && last.visits > 0.0 { to_come[stage] / last.visits } else { 0.0 };
            self.found.add_found(&last.found, 1.0 + more);
        }
        self.found.unfinished = if left > enough && ends { 0.0 } else { left / HOURS_OF_WEEK as f64 };
    }

    /// Sends back what the round has found badly documented.
    fn send_back(&mut self) {
        if let (Some(rework), Some(back)) = (&self.model.rework, self.back.take()) {
            let rate = self.time(StageTime::Rework, &rework.after, 1.0).carry(&back);
            self.book(rework.stage, true, rate);
        }
    }

    /// Sends a flow to a stage; flows in the same place become one.
    fn push(&mut self, mut at: PathPlace, flow: &HourlyFlow) {
        if self.view.is_idle_from(at.stage) {
            // Nothing asks any more who did the last work.
            (at.last, at.handed_on) = (None, false);
        } else if !at.handed_on && self.view.forgets_from(at.stage) {
            at.last = None;
        }
        self.ahead.entry(at).and_modify(|f| f.merge(flow)).or_insert_with(|| flow.clone());
    }

    /// A flow arrives, or arrives anew: nothing served yet, a deadline from now on.
    fn book(&mut self, stage: StageId, reworked: bool, rate: Vec<f64>) {
        let flow = self.anew(rate);
        let live = self.grid.is_some();
        self.push(PathPlace { stage, last: None, handed_on: false, live, reworked }, &flow);
    }

    /// A flow of age zero.
    fn anew(&self, rate: Vec<f64>) -> HourlyFlow {
        HourlyFlow::new(rate, if self.grid.is_some() { vec![1.0] } else { Age::new() })
    }

    /// The kernel of a time of the class's way.
    fn time(&mut self, place: StageTime, time: &Sampler, factor: f64) -> Rc<Kernel> {
        self.kernels.get(place, self.class, self.grid.as_deref(), time, factor)
    }

    /// A flow after a time on its way to `stage`. Where no more work is to come and no deadline runs, only
    /// its total still counts, which no time changes.
    fn after(&mut self, flow: HourlyFlow, stage: StageId, place: StageTime, time: &Sampler) -> HourlyFlow {
        if self.view.is_idle_from(stage) && flow.age().is_empty() {
            return flow;
        }
        flow.after(&self.time(place, time, 1.0))
    }

    /// Whether the officer of a stage goes on with the next one at once.
    fn hands_on(&self, from: &Service, centre: CentreId, to: StageId) -> bool {
        let StageKind::Service(next) = &self.model.stages[to].kind else { return false };
        let holds_both = |roles: RoleMask| roles >> from.role & 1 == 1 && roles >> next.role & 1 == 1;
        next.same_officer
            && next.officers == 1
            && from.officers == 1
            && self.model.centres[centre].pools.iter().any(|p| holds_both(p.roles))
    }

    /// Share of a flow that its deadline has not taken yet.
    fn alive(&self, live: bool, flow: &HourlyFlow) -> f64 {
        match &self.grid {
            Some(grid) if live => flow.alive(grid),
            _ => 1.0,
        }
    }

    /// Takes those whose deadline has passed out of a flow, to their exit or to where they go on; it runs no longer for
    /// the others.
    fn settle(&mut self, flow: HourlyFlow, stage: StageId, reworked: bool) -> HourlyFlow {
        // A request in branches is lost once.
        let parts = self.view.parts(stage);
        let alive = self.alive(true, &flow);
        if let Some(d) = &self.model.classes[self.class].deadline {
            self.found.reach(d.exit, 1.0 - alive, flow.total() / parts);
            if alive < 1.0 && !matches!(self.model.stages[d.exit].kind, StageKind::Exit) {
                let aside = PathPlace { stage: d.exit, last: None, handed_on: false, live: false, reworked };
                self.push(aside, &flow.scaled((1.0 - alive) / parts).ageless());
            }
        }
        flow.scaled(alive).ageless()
    }

    fn step(&mut self, at: PathPlace, flow: HourlyFlow) {
        let model = self.model;
        let stage = &model.stages[at.stage];
        let alive = self.alive(at.live, &flow);
        let come = if matches!(stage.kind, StageKind::Join(_)) { self.view.branches(at.stage) } else { 1.0 };
        self.found.reach(at.stage, alive, flow.total() / come);
        match &stage.kind {
            StageKind::Exit => {
                if at.live {
                    self.settle(flow, at.stage, at.reworked);
                }
            }
            StageKind::Delay(delay) if delay.rebook => {
                let flow = if at.live { self.settle(flow, at.stage, at.reworked) } else { flow };
                let later = self.after(flow.ageless(), at.stage, StageTime::Stage(at.stage), &delay.time);
                let anew = self.anew(later.rate().to_vec());
                let live = self.grid.is_some();
                self.leave(PathPlace { last: None, live, ..at }, None, &anew);
            }
            // As many flows as branches, of which the model keeps that one is taken. What comes of them is one request again.
            StageKind::Fork => self.leave(at, None, &flow.scaled(self.view.branches(at.stage))),
            StageKind::Join(_) => self.leave(at, None, &flow.scaled(1.0 / self.view.branches(at.stage))),
            StageKind::Delay(delay) => {
                let later = self.after(flow, at.stage, StageTime::Stage(at.stage), &delay.time);
                self.leave(at, None, &later);
            }
            StageKind::Service(service) => {
                let (stage, live, reworked) = (at.stage, at.live, at.reworked);
                let mut job = PathJob { stage, service, live, reworked, started: BTreeMap::new() };
                match at.last {
                    Some(centre) if at.handed_on => {
                        self.arrive(&job, centre, &flow);
                        self.start(&mut job, centre, &flow, true);
                    }
                    last => self.route(&mut job, last, &flow),
                }
                for (centre, flow) in std::mem::take(&mut job.started) {
                    self.finish(&job, centre, flow);
                }
            }
        }
    }

    /// Takes the branches out of the stage that a flow has been through (`by` officers, if any).
    fn leave(&mut self, from: PathPlace, by: Option<&Service>, flow: &HourlyFlow) {
        let model = self.model;
        let mut before = 0.0;
        for (i, branch) in model.stages[from.stage].next.iter().enumerate() {
            let p = branch.cumulative[self.class] - before;
            before = branch.cumulative[self.class];
            if p <= 0.0 {
                continue;
            }
            let mut out = flow.scaled(p);
            if let Some(delay) = &branch.delay {
                out = self.after(out, branch.to, StageTime::Branch(from.stage, i), delay);
            }
            let handed_on = match (by, from.last) {
                (Some(service), Some(centre)) if branch.delay.as_ref().is_none_or(Sampler::is_zero) => {
                    self.hands_on(service, centre, branch.to)
                }
                _ => false,
            };
            self.push(PathPlace { stage: branch.to, handed_on, ..from }, &out);
        }
    }

    /// Sends a flow to centres by the rules.
    fn route(&mut self, job: &mut PathJob<'a>, last: Option<CentreId>, flow: &HourlyFlow) {
        let parts = match self.splits.get(&(job.stage, last)) {
            Some(parts) => Rc::clone(parts),
            None => {
                let parts = Rc::new(self.view.split(self.class, job.stage, last));
                self.splits.insert((job.stage, last), Rc::clone(&parts));
                parts
            }
        };
        let mut routed = 0.0;
        for part in parts.iter() {
            let flow = flow.weighted(|h| part.share[h]);
            routed += flow.total();
            self.arrive(job, part.centre, &flow);
            let mut own = flow.clone();
            if let Some(duplicate) = &part.rule.duplicate {
                self.copy(job, part, duplicate, last, &flow, &mut own);
            }
            self.place(job, part.centre, &own, part.rule.overflow.as_ref(), true);
        }
        let lost = (flow.total() - routed).max(0.0);
        let alive = self.alive(job.live, flow);
        self.found.unrouted += lost * alive / HOURS_OF_WEEK as f64;
    }

    /// Adds the work of copies, and moves from `own` to the second centre what it finishes first.
    ///
    /// Without waiting, both start together where both or neither are on duty: the copy is first with
    /// probability s / (s + s'), s and s' being the speed factors of the first and second centre (exact
    /// for exponential times), and both run to the end. Where only one is on duty it does the work
    /// alone, for the other's copy is dropped before it starts.
    fn copy(
        &mut self,
        job: &mut PathJob<'a>,
        part: &FlowPart<'a>,
        duplicate: &Duplicate,
        last: Option<CentreId>,
        flow: &HourlyFlow,
        own: &mut HourlyFlow,
    ) {
        let role = job.service.role;
        let first_open = self.view.seen(part.centre, role).open().to_vec();
        let targets = self.view.targets(&duplicate.at, role, last);
        let window = self.view.window(&duplicate.window, &targets, role);
        for (second, share) in targets.into_iter().filter(|t| t.0 != part.centre) {
            let second_open = self.view.seen(second, role).open().to_vec();
            let copied = |h: usize| {
                let both = if duplicate.window == Window::Open { first_open[h] } else { 1.0 };
                duplicate.probability * share[h] * window[h] * both
            };
            let (a, b) = (self.speed(part.centre), self.speed(second));
            let copy_first = if a + b > 0.0 { a / (a + b) } else { 0.5 };
            let first_alone = |h: usize| first_open[h] > 0.0 && second_open[h] <= 0.0;
            let second_alone = |h: usize| first_open[h] <= 0.0 && second_open[h] > 0.0;
            let together = |h: usize| if first_alone(h) || second_alone(h) { 0.0 } else { copied(h) };
            let alone = |h: usize| if second_alone(h) { copied(h) } else { 0.0 };
            let won = flow.weighted(|h| together(h) * copy_first + alone(h));
            self.place(job, second, &won, None, true);
            self.place(job, part.centre, &flow.weighted(|h| together(h) * copy_first), None, false);
            self.place(job, second, &flow.weighted(|h| together(h) * (1.0 - copy_first)), None, false);
            *own = own.without(&won);
        }
    }

    fn speed(&self, centre: CentreId) -> f64 {
        self.model.centres[centre].speed[self.class]
    }

    /// Counts a flow that reaches a centre's queue.
    fn arrive(&mut self, job: &PathJob<'a>, centre: CentreId, flow: &HourlyFlow) {
        let alive = self.alive(job.live, flow);
        self.found.arrivals(centre, job.service.role, alive, flow.rate());
        if job.service.different_officer {
            self.found.another((job.stage, centre), alive, flow.rate());
        }
    }

    /// Starts a flow at a centre: at once where it is open, else when it is begun after the opening,
    /// unless the rule moves it on first. `goes_on` is false for work that is only duplicated.
    fn place(
        &mut self,
        job: &mut PathJob<'a>,
        centre: CentreId,
        flow: &HourlyFlow,
        overflow: Option<&Overflow>,
        goes_on: bool,
    ) {
        let seen = self.view.seen(centre, job.service.role);
        let begun = seen.begun.as_deref();
        let patience = overflow.and_then(|o| o.after).map(|s| s / HOUR);
        let mut start = vec![0.0; HOURS_OF_WEEK];
        let mut moved = vec![0.0; HOURS_OF_WEEK];
        // Those who stay, by the hours they wait for.
        let mut stay = vec![0.0; HOURS_OF_WEEK];
        for (h, &x) in flow.rate().iter().enumerate() {
            let d = begun.map_or(0, |b| b[h]);
            // Arrivals are uniform over their hour: the wait for the hour in which they are begun is
            // d - U.
            let on = match patience {
                Some(_) if begun.is_none() => 1.0,
                Some(p) if d > 0 => (d as f64 - p).clamp(0.0, 1.0),
                _ => 0.0,
            };
            moved[h] += x * on;
            start[(h + d) % HOURS_OF_WEEK] += x * (1.0 - on);
            stay[d] += x * (1.0 - on);
        }
        let total: f64 = stay.iter().sum();
        if total > 0.0 {
            let flow = match &self.grid {
                Some(grid) if stay[0] < total && !flow.age().is_empty() => {
                    let wait = |(d, x): (usize, &f64)| ((d as f64 - 0.5).max(0.0), x / total);
                    let waits: Vec<(f64, f64)> = stay.iter().enumerate().map(wait).collect();
                    HourlyFlow::new(start, add(flow.age(), &grid.of_waits(&waits)))
                }
                _ => flow.of_same_age(start),
            };
            self.start(job, centre, &flow, goes_on);
        }
        if let (Some(overflow), Some(after)) = (overflow, patience)
            && moved.iter().any(|x| *x > 0.0)
        {
            let wait = self.time(StageTime::Overflow, &Sampler::Constant(1.0), after * HOUR);
            let moved = flow.of_same_age(moved).after(&wait);
            self.overflow(job, centre, &overflow.to, &moved);
        }
    }

    /// Moves a flow on, once, to another centre's queue; where there is no other, it stays.
    fn overflow(&mut self, job: &mut PathJob<'a>, from: CentreId, to: &Destination, flow: &HourlyFlow) {
        let targets = self.view.targets(to, job.service.role, Some(from));
        if targets.is_empty() {
            self.place(job, from, flow, None, true);
        }
        for (centre, share) in targets {
            let flow = flow.weighted(|h| share[h]);
            if centre != from {
                self.arrive(job, centre, &flow);
            }
            self.place(job, centre, &flow, None, true);
        }
    }
}
