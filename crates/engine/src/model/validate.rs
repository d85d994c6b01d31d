//! What the engine takes for granted of a model: that it is within the [limits](super::limits), that indices point at
//! something, that probabilities sum to one, that times make sense, and that every request can leave.
//!
//! The reader of scenarios checks what a file says, with the place in it. Whatever is built by hand, and whatever a reader
//! let through, is checked here, at the beginning of every run.

mod demand;
mod staff;
mod triggers;

use super::{
    AreaId, Branch, CentreId, Destination, Model, Now, Rule, Service, Stage, StageId, StageKind, Window,
};
use crate::random::Sampler;
use thiserror::Error;

/// Longest run, warm-up included: 10,000 years, so that counts of hours and seconds stay exact.
const LONGEST_RUN: f64 = 3.2e11;
/// How far sums of probabilities may be from one.
const SUM_TOLERANCE: f64 = 1e-6;

/// Why a model cannot be simulated.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// More of a kind than the engine can number or hold.
    #[error("there are {count:.0} {what}, and at most {limit:.0} are possible")]
    TooMany {
        /// What there are too many of.
        what: String,
        /// How many there are.
        count: f64,
        /// How many there may be.
        limit: f64,
    },
    /// Nothing of a kind that there must be.
    #[error("the model has no {what}")]
    Missing {
        /// The kind, in the singular.
        what: &'static str,
    },
    /// An index that points at nothing.
    #[error("{place}: there is no {what} number {index}; there are {count}, from 0 on")]
    NoSuch {
        /// Where the index stands.
        place: String,
        /// What it should point at.
        what: &'static str,
        /// The index.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// A number outside of what makes sense.
    #[error("{place}: {what} is {value}, but must be {allowed}")]
    Value {
        /// Where it stands.
        place: String,
        /// Which number.
        what: &'static str,
        /// What it is.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// Parts that do not fit together.
    #[error("{place}: {why}")]
    Unfit {
        /// Which part it is about.
        place: String,
        /// What does not fit.
        why: &'static str,
    },
    /// A stage from which no exit can be reached: requests would go round for ever.
    #[error("class {class} can reach stage {stage}, from which no branch leads to an exit")]
    Endless {
        /// Name of the class.
        class: String,
        /// Name of the stage.
        stage: String,
    },
    /// Forks and joins that do not fit together.
    #[error("stage {stage}: {why}")]
    Fork {
        /// Name of the stage.
        stage: String,
        /// What does not fit.
        why: String,
    },
}

type ModelCheck = Result<(), ModelError>;

/// Where a problem is, put into words only if there is one.
type ProblemPlace<'a> = &'a dyn Fn() -> String;

fn index(place: ProblemPlace<'_>, what: &'static str, index: usize, count: usize) -> ModelCheck {
    if index < count { Ok(()) } else { Err(ModelError::NoSuch { place: place(), what, index, count }) }
}

fn value(
    place: ProblemPlace<'_>,
    what: &'static str,
    value: f64,
    fits: bool,
    allowed: &'static str,
) -> ModelCheck {
    if fits { Ok(()) } else { Err(ModelError::Value { place: place(), what, value, allowed }) }
}

fn size(place: ProblemPlace<'_>, what: &'static str, x: f64) -> ModelCheck {
    value(place, what, x, x.is_finite() && x >= 0.0, "finite and not negative")
}

fn share(place: ProblemPlace<'_>, what: &'static str, x: f64) -> ModelCheck {
    value(place, what, x, (0.0..=1.0).contains(&x), "from 0 to 1")
}

fn fit(place: ProblemPlace<'_>, fits: bool, why: &'static str) -> ModelCheck {
    if fits { Ok(()) } else { Err(ModelError::Unfit { place: place(), why }) }
}

/// Spans of a week that begin before they end and follow each other.
fn spans(place: ProblemPlace<'_>, spans: &[(f64, f64)]) -> ModelCheck {
    let ordered = spans.iter().all(|s| s.0 <= s.1) && spans.windows(2).all(|w| w[0].1 <= w[1].0);
    fit(place, ordered, "its hours must ascend")
}

fn window(place: ProblemPlace<'_>, window: &Window) -> ModelCheck {
    match window {
        Window::Hours(hours) => spans(place, hours),
        Window::Always | Window::Open => Ok(()),
    }
}

/// A time whose parameters make sense.
fn time(place: ProblemPlace<'_>, time: &Sampler) -> ModelCheck {
    time.fault().map_or(Ok(()), |why| fit(place, false, why))
}

/// All branches of a fork are taken, and none of them has a time on the way.
fn fork(place: ProblemPlace<'_>, branches: &[Branch]) -> ModelCheck {
    let n = branches.len() as f64;
    let even = |(k, branch): (usize, &Branch)| {
        let share = (k + 1) as f64 / n;
        branch.delay.is_none() && branch.cumulative.iter().all(|c| (c - share).abs() <= SUM_TOLERANCE)
    };
    fit(
        place,
        branches.iter().enumerate().all(even),
        "the branches of a fork are alike, and each begins at once",
    )
}

impl Model {
    /// Checks all that the engine takes for granted: counts within its limits; indices that point at something;
    /// probabilities that sum to one; times that are finite and not negative; an exit that every request can reach. What
    /// is legal but unwise (a centre that cannot keep up) is no error.
    ///
    /// # Errors
    /// The first [`ModelError`], in the order of the model's tables.
    pub fn validate(&self) -> Result<(), ModelError> {
        self.check_limits()?;
        self.run_settings()?;
        let reached: Vec<Vec<bool>> = (0..self.classes.len()).map(|c| self.reached(c)).collect();
        let stage = |(s, stage): (usize, &Stage)| self.stage(s, stage, &reached);
        self.stages.iter().enumerate().try_for_each(stage)?;
        self.classes.iter().try_for_each(|class| self.class(class))?;
        self.area_shares()?;
        self.centres.iter().try_for_each(|centre| self.centre(centre))?;
        let rule = |(i, rule): (usize, &Rule)| self.rule(i, rule);
        self.rules.iter().enumerate().try_for_each(rule)?;
        self.triggers.iter().try_for_each(|trigger| self.trigger(trigger))?;
        self.exceptions_and_rework()?;
        self.check_forks().map_err(|fault| {
            let stage = self.stages[fault.stage].name.clone();
            ModelError::Fork { stage, why: fault.why }
        })?;
        self.exits(&reached)
    }

    fn run_settings(&self) -> ModelCheck {
        let (run, place) = (&self.run, &|| "run".to_owned());
        index(place, "clock", run.clock, self.clocks.len())?;
        size(place, "warm-up", run.warm_up)?;
        value(
            place,
            "horizon",
            run.horizon,
            run.horizon.is_finite() && run.horizon > 0.0,
            "finite and above 0",
        )?;
        value(
            place,
            "warm-up and horizon",
            run.end(),
            run.end() <= LONGEST_RUN,
            "10,000 years together or less",
        )?;
        size(place, "target", run.target)?;
        size(place, "prompt", run.prompt)?;
        for state in &run.start {
            let place = &|| "requests at the start".to_owned();
            index(place, "centre", state.centre, self.centres.len())?;
            index(place, "class", state.class, self.classes.len())?;
            index(place, "stage", state.stage, self.stages.len())?;
            if let Some(area) = state.area {
                index(place, "area", area, self.areas.len())?;
            }
            let service = matches!(self.stages[state.stage].kind, StageKind::Service(_));
            fit(place, service, "they must be at a service stage")?;
            let together =
                matches!(&self.stages[state.stage].kind, StageKind::Service(x) if x.batch.is_some());
            fit(
                place,
                state.spent.is_none() || !together,
                "who is in hand of a service of several requests together with whom is not known: let them wait",
            )?;
            size(place, "age", state.age)?;
            size(place, "time since they arrived", state.since_arrival)?;
            size(place, "time spent", state.spent.unwrap_or(0.0))?;
        }
        run.now.as_ref().map_or(Ok(()), |now| self.now(now))
    }

    fn now(&self, now: &Now) -> ModelCheck {
        let place = &|| "the present".to_owned();
        let begins = now.at == self.run.warm_up;
        value(place, "moment", now.at, begins, "that at which statistics begin")?;
        now.on_shift
            .iter()
            .try_for_each(|(centre, _)| index(place, "centre", *centre, self.centres.len()))?;
        for arrived in &now.arrived {
            index(place, "class", arrived.class, self.classes.len())?;
            if let Some(area) = arrived.area {
                index(place, "area", area, self.areas.len())?;
            }
        }
        Ok(())
    }

    fn exit(&self, place: ProblemPlace<'_>, stage: StageId) -> ModelCheck {
        index(place, "stage", stage, self.stages.len())?;
        fit(place, matches!(self.stages[stage].kind, StageKind::Exit), "it must lead to an exit")
    }

    fn stage(&self, s: StageId, stage: &Stage, reached: &[Vec<bool>]) -> ModelCheck {
        let place: ProblemPlace<'_> = &|| format!("stage {}", stage.name);
        match &stage.kind {
            StageKind::Exit => return fit(place, stage.next.is_empty(), "an exit leads nowhere"),
            StageKind::Delay(delay) => {
                time(place, &delay.time)?;
                if let Some(pickup) = &delay.pickup {
                    size(place, "the hold", pickup.hold)?;
                    self.exit(place, pickup.exit)?;
                }
            }
            StageKind::Service(service) => self.service(place, service)?,
            StageKind::Fork => fork(place, &stage.next)?,
            StageKind::Join(_) => {}
        }
        fit(place, !stage.next.is_empty(), "it has no way on")?;
        stage.next.iter().try_for_each(|branch| self.branch(place, branch))?;
        for (class, reached) in reached.iter().enumerate() {
            let shares = || stage.next.iter().map(|b| b.cumulative[class]);
            let rising = shares().zip(shares().skip(1)).all(|(a, b)| a <= b);
            fit(place, rising, "cumulative probabilities of its branches must not fall")?;
            let sum = shares().next_back().unwrap_or(0.0);
            let whole = (sum - 1.0).abs() <= SUM_TOLERANCE;
            // Sums of branches that nobody takes do not matter.
            value(place, "the sum of its branches' probabilities", sum, whole || !reached[s], "1")?;
        }
        Ok(())
    }

    fn service(&self, place: ProblemPlace<'_>, service: &Service) -> ModelCheck {
        index(place, "role", service.role, self.roles.len())?;
        let officers = service.officers;
        value(place, "the number of officers", f64::from(officers), officers > 0, "at least 1")?;
        if let Some(batch) = &service.batch {
            let fits = batch.least > 0 && batch.least <= batch.most && batch.after >= 0.0;
            fit(place, fits, "of the requests served at once the fewest are more than the most, or none")?;
        }
        let mut roles = vec![service.role];
        for &(role, n) in &service.others {
            index(place, "role", role, self.roles.len())?;
            fit(
                place,
                n > 0 && !roles.contains(&role),
                "each other role of a team must be named once, with officers",
            )?;
            roles.push(role);
        }
        fit(place, service.own_officers() > 0, "a team must have officers of its own role")?;
        if let Some(of_class) = &service.priority {
            fit(place, of_class.len() == self.classes.len(), "it needs a priority for each class")?;
        }
        service.after_work.as_ref().map_or(Ok(()), |after| time(place, after))?;
        time(place, &service.time)
    }

    fn branch(&self, place: ProblemPlace<'_>, branch: &Branch) -> ModelCheck {
        index(place, "stage", branch.to, self.stages.len())?;
        let all = branch.cumulative.len() == self.classes.len();
        fit(place, all, "each branch needs a probability for each class")?;
        branch.cumulative.iter().try_for_each(|p| {
            value(
                place,
                "a cumulative probability",
                *p,
                (0.0..=1.0 + SUM_TOLERANCE).contains(p),
                "from 0 to 1",
            )
        })?;
        branch.delay.as_ref().map_or(Ok(()), |delay| time(place, delay))
    }

    fn rule(&self, i: usize, rule: &Rule) -> ModelCheck {
        let place: ProblemPlace<'_> = &|| format!("rule {}", i + 1);
        let whole = rule.stages.len() == self.stages.len()
            && rule.classes.len() == self.classes.len()
            && rule.areas.len() == self.areas.len();
        fit(place, whole, "it must say for each stage, class and area whether it applies")?;
        share(place, "the share", rule.share)?;
        if let Some(t) = rule.trigger {
            index(place, "trigger", t, self.triggers.len())?;
        }
        if let Some(e) = rule.exception {
            index(place, "exception", e, self.exceptions.len())?;
        }
        window(place, &rule.window)?;
        self.target(place, &rule.to)?;
        if let Some(overflow) = &rule.overflow {
            self.target(place, &overflow.to)?;
            fit(
                place,
                !matches!(overflow.to, Destination::Same),
                "work cannot flow over to the same centre",
            )?;
            overflow.after.map_or(Ok(()), |after| size(place, "the wait before overflow", after))?;
        }
        if let Some(duplicate) = &rule.duplicate {
            self.target(place, &duplicate.at)?;
            share(place, "the share done twice", duplicate.probability)?;
            window(place, &duplicate.window)?;
            // Several that are served together have one end, and a copy would have another.
            let batched = |(s, stage): (usize, &Stage)| {
                rule.stages[s] && matches!(&stage.kind, StageKind::Service(x) if x.batch.is_some())
            };
            let apart = !self.stages.iter().enumerate().any(batched);
            fit(place, apart, "work that is served several at once cannot be done twice")?;
        }
        Ok(())
    }

    fn target(&self, place: ProblemPlace<'_>, target: &Destination) -> ModelCheck {
        let centre = |c: &CentreId| index(place, "centre", *c, self.centres.len());
        match target {
            Destination::Centre(c) => centre(c),
            Destination::Local | Destination::Same => Ok(()),
            Destination::LeastLoaded(list) => {
                fit(place, !list.is_empty(), "it sends work to the least loaded of no centres")?;
                list.iter().try_for_each(centre)
            }
        }
    }

    fn exceptions_and_rework(&self) -> ModelCheck {
        for handling in &self.handling {
            let place: ProblemPlace<'_> = &|| "a factor on handling".to_owned();
            let whole = handling.classes.len() == self.classes.len()
                && handling.stages.len() == self.stages.len()
                && handling.centres.len() == self.centres.len();
            fit(place, whole, "it must say for each class, stage and centre whether it applies")?;
            let above = handling.factor.is_finite() && handling.factor > 0.0;
            value(place, "the factor", handling.factor, above, "finite and above 0")?;
            handling.hours.as_ref().map_or(Ok(()), |hours| spans(place, hours))?;
            let steps = &handling.steps;
            let ascend = steps.iter().all(|s| s.0.is_finite()) && steps.windows(2).all(|w| w[0].0 < w[1].0);
            fit(place, ascend, "its steps must ascend in time")?;
            let fits = |step: &(f64, f64)| {
                value(place, "a step", step.1, step.1.is_finite() && step.1 > 0.0, "finite and above 0")
            };
            steps.iter().try_for_each(fits)?;
        }
        for e in &self.exceptions {
            let place: ProblemPlace<'_> = &|| format!("exception {}", e.name);
            fit(
                place,
                e.from.is_finite() && !e.until.is_nan() && e.from <= e.until,
                "it ends before it begins",
            )?;
            for (class, area, factor) in &e.demand {
                class.map_or(Ok(()), |c| index(place, "class", c, self.classes.len()))?;
                let in_range = |a: AreaId| index(place, "area", a, self.areas.len());
                area.map_or(Ok(()), in_range)?;
                size(place, "a factor on demand", *factor)?;
            }
            for (centre, factor) in &e.roster {
                index(place, "centre", *centre, self.centres.len())?;
                size(place, "a factor on officers", *factor)?;
            }
        }
        let Some(rework) = &self.rework else { return Ok(()) };
        let place: ProblemPlace<'_> = &|| "rework".to_owned();
        index(place, "stage", rework.documented_at, self.stages.len())?;
        index(place, "stage", rework.stage, self.stages.len())?;
        share(place, "the probability", rework.probability)?;
        share(place, "the share redone", rework.redone)?;
        time(place, &rework.after)
    }

    /// Stages that a class can come to: by branches, deadlines, full queues, balking and rework.
    fn reached(&self, class: usize) -> Vec<bool> {
        let mut seen = vec![false; self.stages.len()];
        let mut open = vec![self.classes[class].start];
        open.extend(self.asides(class));
        open.extend(self.run.start.iter().filter(|s| s.class == class).map(|s| s.stage));
        while let Some(s) = open.pop() {
            if s >= seen.len() || std::mem::replace(&mut seen[s], true) {
                continue;
            }
            open.extend(self.onward(class, s));
            open.extend(self.rework.as_ref().filter(|r| r.documented_at == s).map(|r| r.stage));
        }
        seen
    }

    /// Stages that follow a stage with some probability.
    fn onward(&self, class: usize, stage: StageId) -> impl Iterator<Item = StageId> + '_ {
        let mut before = 0.0;
        self.stages[stage].next.iter().filter_map(move |branch| {
            let upto = branch.cumulative.get(class).copied().unwrap_or(0.0);
            let taken = upto > before;
            before = upto;
            taken.then_some(branch.to)
        })
    }

    /// Whether requests can always leave.
    fn exits(&self, reached: &[Vec<bool>]) -> ModelCheck {
        for (c, class) in self.classes.iter().enumerate() {
            let reached = &reached[c];
            let mut from: Vec<Vec<StageId>> = vec![Vec::new(); self.stages.len()];
            let mut leaves: Vec<StageId> = Vec::new();
            for s in (0..self.stages.len()).filter(|s| reached[*s]) {
                self.onward(c, s).for_each(|to| from[to].push(s));
                if matches!(self.stages[s].kind, StageKind::Exit) {
                    leaves.push(s);
                }
            }
            let mut seen = vec![false; self.stages.len()];
            while let Some(s) = leaves.pop() {
                if !std::mem::replace(&mut seen[s], true) {
                    leaves.append(&mut from[s]);
                }
            }
            if let Some(stuck) = (0..self.stages.len()).find(|s| reached[*s] && !seen[*s]) {
                let (class, stage) = (class.name.clone(), self.stages[stuck].name.clone());
                return Err(ModelError::Endless { class, stage });
            }
        }
        Ok(())
    }
}
