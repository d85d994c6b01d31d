//! Models in a few lines, without a scenario file: for tests, examples and studies in Rust.
//!
//! A builder begins with a plain world: UTC, a run of four weeks from a Monday, one area. Roles, stages, classes and
//! centres are added one by one and known by what their methods return; everything else of the [`Model`] can be set
//! through [`ModelBuilder::edit`]. [`ModelBuilder::build`] fills in what was left out and validates the whole.
//!
//! Two centres, one of which takes what comes while the other is closed:
//!
//! ```
//! use poolwise_engine::model::{ShiftLine, ModelBuilder, Pool, Destination, Window};
//! use poolwise_engine::random::Sampler;
//! use poolwise_engine::time::HOUR;
//!
//! let mut b = ModelBuilder::new("two centres");
//! let officer = b.role("officer");
//! let done = b.end("done");
//! let work = b.service("work", officer, Sampler::Exponential(0.5 * HOUR));
//! b.lead(work, &[(done, 1.0)]);
//! b.class("case", 6.0 / HOUR, work);
//! let day = ShiftLine::weekly("day", [5, 5, 5, 5, 5, 0, 0], 8.0, 8.0);
//! let local = b.centre("local", vec![Pool::crews(1 << officer, vec![day])]);
//! let central = b.centre("central", vec![Pool::level(1 << officer, 3)]);
//! b.route(Destination::Centre(local)).window = Window::Open;
//! b.route(Destination::Centre(central));
//! let model = b.build()?;
//! let outcome = poolwise_engine::run(&model, 0, false)?;
//! assert!(outcome.total.done > 3_900 && outcome.total.done < 4_200);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::{
    Area, Branch, Centre, CentreId, Class, ClassId, Demand, Destination, Join, Model, ModelError, Pool,
    Profile, RoleId, Rule, RunSettings, Stage, StageId, Words, Workforce,
};
use crate::random::Sampler;
use crate::time::{HOUR, LocalClock, WEEK};

/// Monday, 1 October 2018, 00:00 UTC: where runs begin unless told otherwise.
const MONDAY: i64 = 1_538_352_000;

/// Builds a [`Model`].
#[derive(Debug, Clone)]
pub struct ModelBuilder {
    model: Model,
    /// Branches by stage, as `(to, probability)`.
    branches: Vec<Vec<(StageId, f64)>>,
}

impl ModelBuilder {
    /// A world without requests and officers: UTC, four weeks from a Monday, one replication, seed 1, a target of an
    /// hour.
    pub fn new(name: &str) -> Self {
        let model = Model {
            name: name.into(),
            title: String::new(),
            words: Words::default(),
            baseline: false,
            run: RunSettings {
                origin_unix: MONDAY,
                clock: 0,
                warm_up: 0.0,
                horizon: 4.0 * WEEK,
                replications: 1,
                seed: 1,
                target: HOUR,
                prompt: 0.0,
                precision: None,
                start: Vec::new(),
                now: None,
            },
            workforce: Workforce::USUAL,
            clocks: vec![LocalClock::utc(MONDAY)],
            holidays: Vec::new(),
            roles: Vec::new(),
            classes: Vec::new(),
            areas: Vec::new(),
            stages: Vec::new(),
            centres: Vec::new(),
            rules: Vec::new(),
            exceptions: Vec::new(),
            rework: None,
            triggers: Vec::new(),
            handling: Vec::new(),
        };
        Self { model, branches: Vec::new() }
    }

    /// One queue: a Poisson stream of so many requests an hour, one service stage, one centre with these officers, who
    /// hold role 0.
    ///
    /// ```
    /// use poolwise_engine::model::{ModelBuilder, Pool};
    /// use poolwise_engine::random::Sampler;
    ///
    /// // M/M/8 at 90 %, in hours.
    /// let model = ModelBuilder::one_queue(7.2, Sampler::Exponential(3_600.0), vec![Pool::level(1, 8)]).build()?;
    /// let outcome = poolwise_engine::run(&model, 0, false)?;
    /// assert!(outcome.total.arrivals > 4_000);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn one_queue(per_hour: f64, time: Sampler, pools: Vec<Pool>) -> Self {
        let mut builder = Self::new("one queue");
        let role = builder.role("officer");
        let work = builder.service("work", role, time);
        let out = builder.exit("out");
        builder.lead(work, &[(out, 1.0)]);
        builder.class("only", per_hour / HOUR, work);
        builder.centre("here", pools);
        builder
    }

    /// Everything else that can be set: the run, clocks, holidays, single fields of what was added.
    pub fn edit(&mut self) -> &mut Model {
        &mut self.model
    }

    /// Adds a role.
    pub fn role(&mut self, name: &str) -> RoleId {
        self.model.roles.push(name.into());
        self.model.roles.len() - 1
    }

    /// Adds a class that arrives at a constant rate, per second, at a stage.
    pub fn class(&mut self, name: &str, per_second: f64, start: StageId) -> ClassId {
        let (profile, months) = (Profile::Flat, [1.0; 12]);
        let demand = Demand::Rate { per_second, profile, months, day_factor: None, bursts: None, area: None };
        self.model.classes.push(Class {
            name: name.into(),
            priority: 0,
            rises: Vec::new(),
            due: None,
            start,
            demand,
            batch: None,
            deadline: None,
            redial: None,
        });
        self.model.classes.len() - 1
    }

    /// Adds an area with its share of all requests and perhaps a centre of its own. Without any there is one, `all`,
    /// whose own centre is the first.
    pub fn area(&mut self, name: &str, share: f64, centre: Option<CentreId>) -> usize {
        self.model.areas.push(Area { name: name.into(), share, clock: 0, centre });
        self.model.areas.len() - 1
    }

    /// Adds a stage of work by one officer of a role.
    pub fn service(&mut self, name: &str, role: RoleId, time: Sampler) -> StageId {
        self.stage(Stage::service(name, role, time, &[]))
    }

    /// Adds a delay that needs nobody.
    pub fn delay(&mut self, name: &str, time: Sampler) -> StageId {
        self.stage(Stage::delay(name, time, &[]))
    }

    /// Adds an exit.
    pub fn exit(&mut self, name: &str) -> StageId {
        self.stage(Stage::exit(name))
    }

    /// Adds an exit at which requests are done: they count in `done`, with the time that they took.
    pub fn end(&mut self, name: &str) -> StageId {
        self.stage(Stage { done: true, ..Stage::exit(name) })
    }

    /// Adds a fork, whose branches are given by [`Self::split`].
    pub fn fork(&mut self, name: &str) -> StageId {
        self.stage(Stage::fork(name, &[]))
    }

    /// Adds a join, at which the branches of a fork end.
    pub fn join(&mut self, name: &str, rules: Join) -> StageId {
        self.stage(Stage::join(name, rules, &[]))
    }

    /// Gives a fork its branches, by the stage at which each begins.
    pub fn split(&mut self, fork: StageId, branches: &[StageId]) {
        let share = 1.0 / branches.len() as f64;
        self.lead(fork, &branches.iter().map(|to| (*to, share)).collect::<Vec<_>>());
    }

    fn stage(&mut self, stage: Stage) -> StageId {
        self.model.stages.push(stage);
        self.branches.push(Vec::new());
        self.model.stages.len() - 1
    }

    /// Leads from a stage to others, with probabilities that are the same for all classes.
    pub fn lead(&mut self, from: StageId, to: &[(StageId, f64)]) {
        if let Some(branches) = self.branches.get_mut(from) {
            branches.extend_from_slice(to);
        }
    }

    /// Adds a counted centre: first come first served, cases finished after the shift, queues held.
    pub fn centre(&mut self, name: &str, pools: Vec<Pool>) -> CentreId {
        self.model.centres.push(Centre::new(name, 0, pools));
        self.model.centres.len() - 1
    }

    /// Adds a rule for all stages, classes and areas, at all times; what it returns can be narrowed. Without any rule
    /// everything goes to the first centre. Flags left out are set.
    pub fn route(&mut self, to: Destination) -> &mut Rule {
        let at = self.model.rules.len();
        // Flags are filled in at the end, when all stages, classes and areas are there.
        let (stages, classes, areas) = (Vec::new(), Vec::new(), Vec::new());
        let rule = Rule::everything(&self.model, to);
        self.model.rules.push(Rule { key: at as u64 + 1, stages, classes, areas, ..rule });
        &mut self.model.rules[at]
    }

    /// The model, with what was left out filled in.
    ///
    /// # Errors
    /// See [`Model::validate`].
    pub fn build(self) -> Result<Model, ModelError> {
        let model = self.fill();
        model.validate()?;
        Ok(model)
    }

    /// The model with what was left out filled in, as it is.
    fn fill(mut self) -> Model {
        if self.model.areas.is_empty() {
            let own = (!self.model.centres.is_empty()).then_some(0);
            self.area("all", 1.0, own);
        }
        if self.model.rules.is_empty() && !self.model.centres.is_empty() {
            self.route(Destination::Centre(0));
        }
        let mut model = self.model;
        let (classes, stages, areas) = (model.classes.len(), model.stages.len(), model.areas.len());
        for (stage, branches) in model.stages.iter_mut().zip(&self.branches) {
            let mut sum = 0.0;
            for (i, &(to, probability)) in branches.iter().enumerate() {
                sum += probability;
                // The last one closes the sum, whatever rounding left of it.
                let last = i + 1 == branches.len() && (sum - 1.0_f64).abs() < 1e-9;
                let cumulative = vec![if last { 1.0 } else { sum }; classes];
                stage.next.push(Branch { to, cumulative, delay: None });
            }
        }
        for centre in &mut model.centres {
            centre.speed.resize(classes, 1.0);
        }
        for rule in &mut model.rules {
            rule.stages.resize(stages, true);
            rule.classes.resize(classes, true);
            rule.areas.resize(areas, true);
        }
        model
    }
}

impl Model {
    /// One queue as by [`ModelBuilder::one_queue`], not validated: for what is to be changed further.
    pub fn one_queue(per_hour: f64, time: Sampler, pools: Vec<Pool>) -> Self {
        ModelBuilder::one_queue(per_hour, time, pools).fill()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BatchSize, LevelPlan, ShiftLine};
    use super::*;

    fn queue() -> ModelBuilder {
        ModelBuilder::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::level(1, 4)])
    }

    #[test]
    fn what_is_left_out_is_filled_in() {
        let model = queue().build().unwrap();
        assert_eq!((model.areas.len(), model.rules.len()), (1, 1));
        assert_eq!(model.centres[0].speed, [1.0]);
        assert_eq!(model.rules[0].stages, [true, true]);
    }

    #[test]
    fn what_does_not_fit_together_is_an_error_that_says_where() {
        let says = |change: &dyn Fn(&mut Model), text: &str| {
            let mut model = queue().build().unwrap();
            change(&mut model);
            let said = model.validate().expect_err("an error").to_string();
            assert!(said.contains(text), "{text}: {said}");
        };
        says(&|m| m.stages[0].next[0].to = 7, "stage work: there is no stage number 7; there are 2");
        says(&|m| m.stages[0].next[0].cumulative = vec![0.9], "probabilities is 0.9, but must be 1");
        says(&|m| m.stages[0].next[0].to = 0, "class only can reach stage work, from which no branch leads");
        says(&|m| m.areas[0].share = 0.5, "the sum of their shares is 0.5");
        says(&|m| m.areas[0].clock = 3, "area all: there is no clock number 3");
        says(&|m| m.centres[0].speed = Vec::new(), "centre here: it needs a speed for each class");
        says(&|m| m.centres[0].pools[0].roles = 2, "centre here: officers must hold roles");
        says(&|m| m.rules[0].to = Destination::Centre(1), "rule 1: there is no centre number 1");
        says(&|m| m.run.horizon = f64::NAN, "run: horizon is NaN");
        says(
            &|m| m.centres[0].pools[0] = Pool::levels(1, LevelPlan::Weekly(vec![(5.0, 1)])),
            "centre here: levels must begin at 0",
        );
        let mut longer = ShiftLine::weekly("night", [1; 7], 20.0, 30.0);
        says(&|m| m.centres[0].pools[0] = Pool::crews(1, vec![longer.clone()]), "a shift's length is 108000");
        let uniform = Sampler::Uniform { low: -1.0, high: 2.0 };
        says(
            &|m| m.stages[0] = Stage::service("work", 0, uniform.clone(), &[(1, 1.0)]),
            "stage work: a uniform",
        );
        says(&|m| m.classes[0].due = Some(f64::NAN), "class only: the time until it is due is NaN");
        says(
            &|m| m.classes[0].batch = Some(BatchSize::Geometric(0.5)),
            "class only: the mean size of a batch must be from 1",
        );
        longer.length = 3_600.0;
        longer.start = -1.0;
        says(&|m| m.centres[0].pools[0] = Pool::crews(1, vec![longer.clone()]), "a shift's start is -1");
        assert!(matches!(ModelBuilder::new("empty").build(), Err(ModelError::Missing { what: "class" })));
    }
}
