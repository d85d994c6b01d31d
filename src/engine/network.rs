//! What the engine works out once from a model before a run: routes by stage, class and area, stages
//! on loops, expected visits.

use crate::model::{DeadlineUntil, Model, StageId, StageKind, Target, Window};
use crate::random::{KeyedRng, Purpose};

/// Draws of a stage's visit.
#[derive(Debug, Clone, Copy)]
pub(super) enum Draw {
    Time = 0,
    Branch = 1,
    BranchDelay = 2,
}

/// Their purposes.
const DRAWS: [Purpose; 3] = [Purpose::Time, Purpose::Branch, Purpose::BranchDelay];

/// What becomes of a deadline at a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cancel {
    No,
    /// The start of service cancels it.
    ByStart,
    /// The end of the stage cancels it.
    ByFinish,
}

/// Look-up tables of a model.
#[derive(Debug)]
pub(super) struct Network {
    /// Rules that can match, in order, for each `(stage, class, area)`.
    routes: Vec<Vec<u16>>,
    /// Centre and rule where they are always the same.
    fixed: Vec<Option<(u16, u16)>>,
    /// Salts of each stage's draws on the first visit: time, branch, delay on the branch.
    salts: Vec<[u64; 3]>,
    /// What becomes of a class's deadline at a stage.
    cancels: Vec<Cancel>,
    /// Speed of each centre for each class.
    speed: Vec<f64>,
    /// Rules with neither overflow nor duplication.
    plain: Vec<bool>,
    classes: usize,
    areas: usize,
    /// Counter of visits that a stage uses, for stages on loops.
    loop_slot: Vec<Option<u8>>,
    /// Whether the clock starts at the first service stage because no stage says it does.
    pub clock_at_first_service: bool,
}

impl Network {
    pub fn new(model: &Model) -> Self {
        let (classes, areas) = (model.classes.len(), model.areas.len());
        let mut routes = Vec::with_capacity(model.stages.len() * classes * areas);
        for (s, stage) in model.stages.iter().enumerate() {
            let service = matches!(stage.kind, StageKind::Service(_));
            for c in 0..classes {
                for a in 0..areas {
                    let fits = |r: &crate::model::Rule| r.stages[s] && r.classes[c] && r.areas[a];
                    routes.push(if service {
                        (0..model.rules.len()).filter(|&i| fits(&model.rules[i])).map(|i| i as u16).collect()
                    } else {
                        Vec::new()
                    });
                }
            }
        }
        let fixed = routes
            .iter()
            .enumerate()
            .map(|(i, rules)| {
                let first = *rules.first()?;
                let rule = &model.rules[first as usize];
                let always = rule.exception.is_none() && rule.share >= 1.0 && rule.window == Window::Always;
                let centre = match rule.to {
                    Target::Centre(c) => Some(c),
                    Target::Local => model.areas[i % areas].centre,
                    Target::Same | Target::LeastLoaded(_) => None,
                };
                centre.filter(|_| always).map(|c| (c as u16, first))
            })
            .collect();
        let plain = model.rules.iter().map(|r| r.overflow.is_none() && r.duplicate.is_none()).collect();
        let mut used = 0_usize;
        let loop_slot = (0..model.stages.len())
            .map(|s| {
                reaches(model, s, s).then(|| {
                    used += 1;
                    ((used - 1) % 8) as u8
                })
            })
            .collect();
        let salts = model
            .stages
            .iter()
            .map(|stage| DRAWS.map(|purpose| KeyedRng::salt(stage.key, 0, purpose)))
            .collect();
        let cancels = model
            .classes
            .iter()
            .flat_map(|class| {
                (0..model.stages.len()).map(|s| match &class.deadline {
                    Some(d) if d.until == DeadlineUntil::Start(s) => Cancel::ByStart,
                    Some(d) if d.until == DeadlineUntil::Finish(s) => Cancel::ByFinish,
                    _ => Cancel::No,
                })
            })
            .collect();
        let speed = model.centres.iter().flat_map(|centre| centre.speed.iter().copied()).collect();
        let clock_at_first_service = !model.stages.iter().any(|s| s.starts_clock);
        Self {
            routes,
            fixed,
            salts,
            cancels,
            speed,
            plain,
            classes,
            areas,
            loop_slot,
            clock_at_first_service,
        }
    }

    /// Centre and rule of a request, where no hour, share or queue can change them.
    #[inline]
    pub fn fixed(&self, stage: usize, class: usize, area: usize) -> Option<(u16, u16)> {
        self.fixed[(stage * self.classes + class) * self.areas + area]
    }

    /// Luck of a request's `draw` on its present visit to `stage`.
    #[inline(always)]
    pub fn luck(&self, model: &Model, (seed, visits): (u64, &[u8; 8]), stage: usize, draw: Draw) -> KeyedRng {
        match self.visit(visits, stage) {
            0 => KeyedRng::salted(seed, self.salts[stage][draw as usize]),
            visit => KeyedRng::new(seed, model.stages[stage].key, visit, DRAWS[draw as usize]),
        }
    }

    /// What becomes of a class's deadline at `stage`.
    #[inline(always)]
    pub fn cancels(&self, class: usize, stage: usize) -> Cancel {
        self.cancels[class * self.loop_slot.len() + stage]
    }

    /// What the duration of a class's services is multiplied by at a centre.
    #[inline(always)]
    pub fn speed(&self, centre: usize, class: usize) -> f64 {
        self.speed[centre * self.classes + class]
    }

    /// Whether a rule knows neither overflow nor duplication.
    #[inline]
    pub fn is_plain(&self, rule: u16) -> bool {
        self.plain[rule as usize]
    }

    /// Rules that can match, in order.
    #[inline]
    pub fn rules(&self, stage: usize, class: usize, area: usize) -> &[u16] {
        &self.routes[(stage * self.classes + class) * self.areas + area]
    }

    /// How often a request has been at `stage` before, which keys its draws. Stages off all loops are
    /// visited once. Where more than eight stages lie on loops, some share a counter; their draws
    /// still differ, being keyed by stage as well.
    #[inline]
    pub fn visit(&self, visits: &[u8; 8], stage: usize) -> u32 {
        self.loop_slot[stage].map_or(0, |i| u32::from(visits[i as usize]))
    }

    /// Counts a visit as over.
    #[inline]
    pub fn count_visit(&self, visits: &mut [u8; 8], stage: usize) {
        if let Some(i) = self.loop_slot[stage] {
            let v = &mut visits[i as usize];
            *v = v.saturating_add(1);
        }
    }
}

/// Whether `to` can be reached from `from` in one step or more.
fn reaches(model: &Model, from: StageId, to: StageId) -> bool {
    let mut seen = vec![false; model.stages.len()];
    let mut open = vec![from];
    while let Some(s) = open.pop() {
        for branch in &model.stages[s].next {
            if branch.to == to {
                return true;
            }
            if !seen[branch.to] {
                seen[branch.to] = true;
                open.push(branch.to);
            }
        }
    }
    false
}

/// Expected visits of a new request of `class` to each stage, deadlines apart: the stationary ratio
/// of the stage's flow to the class's arrivals.
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
    visits
}
