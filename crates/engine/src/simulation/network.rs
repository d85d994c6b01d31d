//! What the engine works out once from a model before a run: steps of the workflow, routes by stage,
//! class and area, stations and pools of the centres, expected visits.

use super::visits::Visits;
use crate::model::limits::numbered;
use crate::model::{
    Centre, Class, Deadline, DeadlineUntil, Delay, Destination, Join, Model, Rule, Service, Stage, StageId,
    StageKind, Window,
};
use crate::random::{KeyedRng, Purpose, Sampler};

/// No stage, and no counter of visits.
const NO: u16 = u16::MAX;

/// Look-up tables of a model.
#[derive(Debug)]
pub(super) struct Network<'m> {
    model: &'m Model,
    /// By stage.
    steps: Vec<StageStep<'m>>,
    /// By class.
    deadline_terms: Vec<DeadlineTerms<'m>>,
    /// Rules that can match, in order, for each stage and cell (a class in an area).
    routes: Vec<Route>,
    /// Where the routes of a stage and cell begin; the next one's beginning is their end.
    first_route: Vec<u32>,
    /// Number of classes and areas together.
    cells: usize,
    /// Speed of each centre for each class.
    speed: Vec<f64>,
    /// Slot of each role at each centre; 0 where nobody holds it.
    slots: Vec<u8>,
    /// Number of each centre's first station, and of all stations.
    first_station: Vec<u32>,
}

/// A stage, ready to be followed through.
#[derive(Debug)]
pub(super) struct StageStep<'m> {
    pub kind: StageAction<'m>,
    pub stage: &'m Stage,
    /// The branches of a stage, laid out for drawing one.
    pub branches: Box<[StageBranch<'m>]>,
    /// For each class, the branches' cumulative probabilities.
    shares: Box<[f64]>,
    /// For each class, its priority here.
    priorities: Box<[u8]>,
    /// Salts of its draws on the first visit.
    salts: [u64; 3],
    /// Counter of visits that it uses, for stages on loops.
    counter: u16,
    pub done: bool,
    /// The clock starts here, or at the first service where no stage says so.
    pub starts_clock: bool,
    /// A delay that takes its time and does nothing else: no clock starts, nothing is done, met, booked or picked up.
    pub plain: bool,
}

/// A branch out of a stage.
#[derive(Debug, Clone, Copy)]
pub(super) struct StageBranch<'m> {
    pub to: u16,
    pub delay: Option<&'m Sampler>,
}

/// What a stage does.
#[derive(Debug, Clone, Copy)]
pub(super) enum StageAction<'m> {
    Service(&'m Service),
    Delay(&'m Delay),
    Fork,
    Join(&'m Join),
    Exit,
}

/// A class's deadline.
#[derive(Debug)]
pub(super) struct DeadlineTerms<'m> {
    pub deadline: Option<&'m Deadline>,
    /// Stage whose start of service cancels it.
    by_start: u16,
    /// Stage whose end cancels it.
    by_finish: u16,
    /// By stage: whether the class can come from there, within one booking, to what cancels it.
    leads: Box<[bool]>,
}

/// A rule for the requests of a stage, class and area, as far as it is known beforehand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Route {
    pub rule: u16,
    /// It has neither overflow nor duplication, nor does the class's priority rise, nor do officers leave cases to others first.
    pub plain: bool,
    pub to: To,
}

/// Where a rule leads, and when.
#[derive(Debug, Clone, Copy)]
pub(super) enum To {
    /// To this station at all times.
    Always(u32),
    /// To this station while an officer of the role is on duty there.
    WhileOpen(u32),
    /// By share, hours, exception or load: to be found out each time.
    Depends,
}

/// Draws of a stage's visit.
#[derive(Debug, Clone, Copy)]
pub(super) enum Draw {
    Time = 0,
    Branch = 1,
    BranchDelay = 2,
}

/// Their purposes.
const DRAWS: [Purpose; 3] = [Purpose::Time, Purpose::Branch, Purpose::BranchDelay];

impl<'m> Network<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let (slots, first_station) = stations(model);
        Self {
            steps: steps(model),
            deadline_terms: (0..model.classes.len()).map(|class| deadline_terms(model, class)).collect(),
            routes: Vec::new(),
            first_route: vec![0],
            cells: model.classes.len() * model.areas.len(),
            speed: model.centres.iter().flat_map(|centre| centre.speed.iter().copied()).collect(),
            slots,
            first_station,
            model,
        }
        .with_routes()
    }

    fn with_routes(mut self) -> Self {
        let model = self.model;
        let offered = !model.centres.iter().any(Centre::offers_later);
        for (s, stage) in model.stages.iter().enumerate() {
            let (role, batch) = match &stage.kind {
                StageKind::Service(service) => (Some(service.role), service.batch.as_ref()),
                _ => (None, None),
            };
            for c in 0..model.classes.len() {
                for (a, area) in model.areas.iter().enumerate() {
                    let comes = model.classes[c].demand.area().is_none_or(|own| own == a);
                    for (i, rule) in model.rules.iter().enumerate().filter(|_| comes) {
                        if let Some(role) = role
                            && rule.stages[s]
                            && rule.classes[c]
                            && rule.areas[a]
                            && let Some(to) = self.leads_to(rule, area.centre, role)
                        {
                            let stays = rule.overflow.is_none() && rule.duplicate.is_none();
                            let plain =
                                stays && offered && batch.is_none() && model.classes[c].rises.is_empty();
                            self.routes.push(Route { rule: numbered(i), plain, to });
                        }
                    }
                    self.first_route.push(self.routes.len() as u32);
                }
            }
        }
        self
    }

    /// Where a rule leads requests that ask for a role; `local` is their area's own centre. `None` if it never
    /// leads anywhere.
    fn leads_to(&self, rule: &Rule, local: Option<usize>, role: usize) -> Option<To> {
        let centre = match rule.to {
            Destination::Centre(c) => c,
            Destination::Local => local?,
            Destination::Same | Destination::LeastLoaded(_) => return Some(To::Depends),
        };
        let station = self.station_of(centre, role)?;
        let at_all_times = rule.exception.is_none() && rule.trigger.is_none() && rule.share >= 1.0;
        Some(match rule.window {
            Window::Always if at_all_times => To::Always(station),
            Window::Open if at_all_times => To::WhileOpen(station),
            _ => To::Depends,
        })
    }

    /// A stage.
    #[inline(always)]
    pub(super) fn step(&self, stage: u16) -> &StageStep<'m> {
        &self.steps[stage as usize]
    }

    /// A class's deadline.
    #[inline(always)]
    pub(crate) fn deadline_terms(&self, class: u16) -> &DeadlineTerms<'m> {
        &self.deadline_terms[class as usize]
    }

    /// Rules that can match, in order.
    #[inline(always)]
    pub(super) fn routes(&self, stage: u16, cell: u32) -> &[Route] {
        let cell_of_stage = stage as usize * self.cells + cell as usize;
        &self.routes[self.first_route[cell_of_stage] as usize..self.first_route[cell_of_stage + 1] as usize]
    }

    /// What the duration of a class's services is multiplied by at a centre.
    #[inline(always)]
    pub(super) fn speed(&self, centre: usize, class: u16) -> f64 {
        self.speed[centre * self.deadline_terms.len() + class as usize]
    }

    /// Station of a role at a centre; `None` where nobody there holds it.
    #[inline]
    pub(crate) fn station_of(&self, centre: usize, role: usize) -> Option<u32> {
        let slot = self.slots[centre * self.model.roles.len() + role];
        (slot > 0).then(|| self.first_station[centre] + u32::from(slot) - 1)
    }

    /// Visits of a request that has been through the workflow once.
    pub(crate) fn once_each(&self) -> Visits {
        Visits::once_each(self.steps.iter().filter(|step| step.counter != NO).count())
    }

    /// Numbers of a centre's stations.
    #[inline]
    pub(crate) fn stations(&self, centre: usize) -> std::ops::Range<usize> {
        self.first_station[centre] as usize..self.first_station[centre + 1] as usize
    }
}

impl StageStep<'_> {
    /// How often a request has been here before, which keys its draws. Stages off all loops are
    /// visited once.
    #[inline(always)]
    pub(super) fn visit(&self, visits: &Visits) -> u32 {
        if self.counter == NO { 0 } else { visits.get(self.counter) }
    }

    /// The branch that a class takes with the draw `u` in `[0, 1)`, of at least one. The last one closes the sum,
    /// whatever rounding left of it.
    #[inline(always)]
    pub(super) fn branch(&self, class: u16, u: f64) -> &StageBranch<'_> {
        let last = self.branches.len() - 1;
        let first = class as usize * self.branches.len();
        // Counted, not searched: the processor cannot foresee where a search would end.
        let passed = self.shares[first..first + last].iter().filter(|share| u >= **share).count();
        &self.branches[passed]
    }

    /// Priority of a class that waits here.
    #[inline(always)]
    pub(super) fn priority(&self, class: u16) -> u8 {
        self.priorities[class as usize]
    }

    /// Counts a visit as over.
    #[inline(always)]
    pub(crate) fn count_visit(&self, visits: &mut Visits) {
        if self.counter != NO {
            visits.count(self.counter);
        }
    }

    /// What the draws of how long the first visit takes are salted with.
    pub(super) fn first_time(&self) -> u64 {
        self.salts[Draw::Time as usize]
    }

    /// Keyed draws of a request on its present visit.
    #[inline(always)]
    pub(crate) fn keyed_draw(&self, seed: u64, visits: &Visits, draw: Draw) -> KeyedRng {
        match self.visit(visits) {
            0 => KeyedRng::salted(seed, self.salts[draw as usize]),
            visit => KeyedRng::new(seed, self.stage.key, visit, DRAWS[draw as usize]),
        }
    }
}

impl DeadlineTerms<'_> {
    /// Whether the deadline is met by the start of service at `stage`.
    #[inline(always)]
    pub(crate) fn met_by_start(&self, stage: u16) -> bool {
        self.by_start == stage
    }

    /// Whether the class can come from `stage`, within one booking, to what cancels the deadline.
    pub(super) fn leads(&self, stage: u16) -> bool {
        self.leads.get(usize::from(stage)).is_some_and(|leads| *leads)
    }

    /// Whether the deadline is met by the end of `stage`.
    #[inline(always)]
    pub(crate) fn met_by_finish(&self, stage: u16) -> bool {
        self.by_finish == stage
    }
}

fn steps<'m>(model: &'m Model) -> Vec<StageStep<'m>> {
    let nowhere_said = !model.stages.iter().any(|s| s.starts_clock);
    let mut asides: Vec<StageId> = (0..model.classes.len()).flat_map(|class| model.asides(class)).collect();
    asides.sort_unstable();
    asides.dedup();
    let mut counters = 0;
    let step = |(s, stage): (usize, &'m Stage)| {
        let Stage { key, kind, done, starts_clock, .. } = stage;
        let met_here = |c: &Class| c.deadline.as_ref().is_some_and(|d| d.until == DeadlineUntil::Finish(s));
        let plain = match kind {
            StageKind::Delay(Delay { rebook, pickup, time: _ }) => {
                !rebook && pickup.is_none() && !done && !starts_clock && !model.classes.iter().any(met_here)
            }
            StageKind::Service(_) | StageKind::Fork | StageKind::Join(_) | StageKind::Exit => false,
        };
        let kind = match kind {
            StageKind::Service(service) => StageAction::Service(service),
            StageKind::Delay(delay) => StageAction::Delay(delay),
            StageKind::Fork => StageAction::Fork,
            StageKind::Join(join) => StageAction::Join(join),
            StageKind::Exit => StageAction::Exit,
        };
        let on_loop = reaches(model, &asides, s, s);
        counters += u16::from(on_loop);
        let classes = 0..model.classes.len();
        StageStep {
            kind,
            stage,
            branches: stage
                .next
                .iter()
                .map(|b| StageBranch { to: numbered(b.to), delay: b.delay.as_ref() })
                .collect(),
            priorities: classes.clone().map(|c| model.priority(s, c)).collect(),
            shares: classes.flat_map(|c| stage.next.iter().map(move |b| b.cumulative[c])).collect(),
            salts: DRAWS.map(|purpose| KeyedRng::salt(*key, 0, purpose)),
            counter: if on_loop { counters - 1 } else { NO },
            done: *done,
            starts_clock: *starts_clock || nowhere_said && matches!(kind, StageAction::Service(_)),
            plain,
        }
    };
    model.stages.iter().enumerate().map(step).collect()
}

fn deadline_terms(model: &Model, class: usize) -> DeadlineTerms<'_> {
    let deadline = model.classes[class].deadline.as_ref();
    let (by_start, by_finish) = match deadline.map(|d| d.until) {
        Some(DeadlineUntil::Start(s)) => (numbered(s), NO),
        Some(DeadlineUntil::Finish(s)) => (NO, numbered(s)),
        None => (NO, NO),
    };
    let leads = match deadline.map(|d| d.until) {
        Some(DeadlineUntil::Start(s) | DeadlineUntil::Finish(s)) => lead_to(model, class, s),
        None => Vec::new(),
    };
    DeadlineTerms { deadline, by_start, by_finish, leads: leads.into() }
}

/// The stages from which a class can come to stage `to` within one booking, that stage itself among them.
fn lead_to(model: &Model, class: usize, to: StageId) -> Vec<bool> {
    let mut leads = vec![false; model.stages.len()];
    leads[to] = true;
    loop {
        let mut more = false;
        for (s, stage) in model.stages.iter().enumerate() {
            let ends_booking = matches!(&stage.kind, StageKind::Delay(delay) if delay.rebook);
            if leads[s] || ends_booking {
                continue;
            }
            let mut before = 0.0;
            leads[s] = stage.next.iter().any(|branch| {
                let taken = branch.cumulative[class] > before;
                before = branch.cumulative[class];
                taken && leads[branch.to]
            });
            more |= leads[s];
        }
        if !more {
            return leads;
        }
    }
}

/// Slots of the roles at each centre, and the number of each centre's first station.
fn stations(model: &Model) -> (Vec<u8>, Vec<u32>) {
    let mut slots = Vec::new();
    let mut first_station = vec![0];
    let mut stations = 0;
    for centre in &model.centres {
        let held = centre.pools.iter().fold(0, |mask, pool| mask | pool.roles);
        let mut used = 0;
        for role in 0..model.roles.len() {
            let holds = held >> role & 1 == 1;
            used += u8::from(holds);
            slots.push(if holds { used } else { 0 });
        }
        stations += u32::from(used);
        first_station.push(stations);
    }
    (slots, first_station)
}

/// Whether `to` can be reached from `from` in one step or more, of which some may lead aside from anywhere.
fn reaches(model: &Model, asides: &[StageId], from: StageId, to: StageId) -> bool {
    let mut seen = vec![false; model.stages.len()];
    let mut open = vec![from];
    while let Some(s) = open.pop() {
        let branches = model.stages[s].next.iter().map(|branch| branch.to);
        let leaves = matches!(model.stages[s].kind, StageKind::Exit);
        for next in branches.chain(asides.iter().copied().filter(|_| !leaves)) {
            if next == to {
                return true;
            }
            if !seen[next] {
                seen[next] = true;
                open.push(next);
            }
        }
    }
    false
}

/// Expected visits of a new request of `class` to each stage where no deadline ends its way.
pub(super) fn expected_visits(model: &Model, class: usize) -> Vec<f64> {
    let n = model.stages.len();
    let mut visits = vec![0.0; n];
    let mut flow = vec![0.0; n];
    flow[model.classes[class].start] = 1.0;
    for _ in 0..100_000 {
        let mut next = vec![0.0; n];
        for (s, &f) in flow.iter().enumerate() {
            visits[s] += f;
            let mut before = 0.0;
            for branch in &model.stages[s].next {
                next[branch.to] += f * (branch.cumulative[class] - before);
                before = branch.cumulative[class];
            }
        }
        flow = next;
        if flow.iter().sum::<f64>() < 1e-12 {
            break;
        }
    }
    let forks = model.parallels();
    for (s, visits) in visits.iter_mut().enumerate() {
        *visits *= forks.parts(s);
    }
    visits
}
