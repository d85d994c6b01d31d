//! Work on one request in parallel: a fork sends a branch of it to several stages at once, a join waits for them.

use super::{Model, Stage, StageId, StageKind};
use crate::choice;
use std::collections::{BTreeMap, BTreeSet};

/// Most branches of a fork.
pub const MOST_BRANCHES: usize = 1_000;
/// Most parts that a request may be in at once, forks within branches taken together.
const MOST_PARTS: f64 = 10_000.0;
/// Forks within forks. Each has two branches or more, so that more of them would be too many parts anyway.
const DEEPEST: usize = 16;

/// Where the branches of a fork come together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Join {
    /// So many branches must have come for the request to go on; all of them where `None`.
    pub need: Option<u32>,
    /// What becomes of the others then.
    pub rest: Rest,
}

choice! {
    /// What becomes of the branches that a request does not wait for.
    pub enum Rest {
        /// They leave their queues, and officers stop work on them.
        Cancel = "cancel",
        /// They are worked on to the join, and nobody waits for them.
        Finish = "finish",
    }
}

/// What does not fit in the forks of a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForkFault {
    /// The stage that it is about.
    pub stage: StageId,
    /// What is wrong with it, in words that go on after its name.
    pub why: String,
}

/// A fork with its join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parallel {
    /// Where the branches begin.
    pub fork: StageId,
    /// Where they come together.
    pub join: StageId,
    /// How many there are.
    pub branches: u32,
    /// How many of them the request waits for.
    pub need: u32,
    /// All stages between the two.
    pub inside: BTreeSet<StageId>,
}

/// The forks of a workflow. Each stage lies in no branch, or in those of one fork, or of forks within each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parallels {
    /// Each fork with its join, larger ones before those within them.
    pub all: Vec<Parallel>,
    /// The innermost fork in whose branches each stage lies.
    innermost: Vec<Option<usize>>,
}

impl Parallels {
    /// The forks of a workflow, each with the join at which all its branches end.
    ///
    /// # Errors
    /// The first stage at which forks and joins do not fit together.
    pub fn of(stages: &[Stage]) -> Result<Self, ForkFault> {
        let parallel = |stage: &Stage| matches!(stage.kind, StageKind::Fork | StageKind::Join(_));
        if !stages.iter().any(parallel) {
            return Ok(Self::default());
        }
        let mut finder = Finder { stages, found: vec![None; stages.len()], under_way: Vec::new() };
        for (s, stage) in stages.iter().enumerate() {
            if stage.kind == StageKind::Fork {
                finder.find(s)?;
            }
        }
        let mut all: Vec<Parallel> = finder.found.into_iter().flatten().collect();
        all.sort_by_key(|one| (std::cmp::Reverse(one.inside.len()), one.fork));
        let mut innermost = vec![None; stages.len()];
        for (i, one) in all.iter().enumerate() {
            one.inside.iter().for_each(|s| innermost[*s] = Some(i));
        }
        let found = Self { all, innermost };
        found.check_joins(stages)?;
        found.check_ways_in(stages)?;
        for one in &found.all {
            let parts = found.parts(one.fork) * f64::from(one.branches);
            if parts > MOST_PARTS {
                let why = format!(
                    "a request would be in {parts:.0} parts at once, and at most {MOST_PARTS:.0} are possible"
                );
                return Err(ForkFault { stage: one.fork, why });
            }
        }
        Ok(found)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The innermost fork in whose branches a stage lies.
    pub fn around(&self, stage: StageId) -> Option<&Parallel> {
        self.all.get((*self.innermost.get(stage)?)?)
    }

    /// How many branches of one request are on their way where a stage is: 1 in no branch, and the product of forks within
    /// each other.
    pub fn parts(&self, stage: StageId) -> f64 {
        let mut parts = 1.0;
        let mut at = self.around(stage);
        while let Some(one) = at {
            parts *= f64::from(one.branches);
            at = self.around(one.fork);
        }
        parts
    }

    /// The fork whose branches end at a join.
    pub fn of_join(&self, join: StageId) -> Option<&Parallel> {
        self.all.iter().find(|one| one.join == join)
    }

    /// Each join belongs to one fork.
    fn check_joins(&self, stages: &[Stage]) -> Result<(), ForkFault> {
        for (s, stage) in stages.iter().enumerate() {
            let StageKind::Join(_) = stage.kind else { continue };
            let mut forks = self.all.iter().filter(|one| one.join == s);
            let fault = |why: String| Err(ForkFault { stage: s, why });
            match (forks.next(), forks.next()) {
                (None, _) => return fault("no branch of a fork comes to this join".into()),
                (Some(a), Some(b)) => {
                    let names = [a, b].map(|one| &stages[one.fork].name);
                    return fault(format!(
                        "the forks {} and {} share this join, and each needs one of its own",
                        names[0], names[1]
                    ));
                }
                (Some(_), None) => {}
            }
        }
        Ok(())
    }

    /// Nobody comes to a stage of a branch, or to a join, but by the fork.
    fn check_ways_in(&self, stages: &[Stage]) -> Result<(), ForkFault> {
        let numbered = |of: fn(&Parallel) -> StageId| -> BTreeMap<StageId, usize> {
            self.all.iter().enumerate().map(|(i, one)| (of(one), i)).collect()
        };
        let (forks, joins) = (numbered(|one| one.fork), numbered(|one| one.join));
        for (s, stage) in stages.iter().enumerate() {
            for branch in &stage.next {
                let to = branch.to;
                let from = forks.get(&s).copied().or(self.innermost[s]);
                let into = joins.get(&to).copied().or(self.innermost[to]);
                if from == into {
                    continue;
                }
                let why = match into {
                    Some(i) => format!(
                        "it is in a branch of the fork {}, and {} leads there past the fork",
                        stages[self.all[i].fork].name, stage.name
                    ),
                    None => format!("{} leads out of a branch without its join", stage.name),
                };
                return Err(ForkFault { stage: to, why });
            }
        }
        Ok(())
    }

    /// Why a request cannot begin at a stage, or be sent there from anywhere: it is in the middle of a branch, or the end of one.
    pub fn fault_of_entry(&self, stages: &[Stage], to: StageId) -> Option<ForkFault> {
        let inside = self.around(to).or_else(|| self.of_join(to))?;
        let fork = &stages[inside.fork].name;
        let why = format!("it is in a branch of the fork {fork}: requests come there by the fork only");
        Some(ForkFault { stage: to, why })
    }
}

/// Finds the join of each fork.
struct Finder<'m> {
    stages: &'m [Stage],
    found: Vec<Option<Parallel>>,
    /// Forks whose branches are being followed, one within another.
    under_way: Vec<StageId>,
}

impl Finder<'_> {
    fn find(&mut self, fork: StageId) -> Result<Parallel, ForkFault> {
        if let Some(found) = &self.found[fork] {
            return Ok(found.clone());
        }
        let fault = |stage: StageId, why: String| Err(ForkFault { stage, why });
        let name = &self.stages[fork].name;
        let branches: Vec<StageId> = self.stages[fork].next.iter().map(|branch| branch.to).collect();
        if branches.len() < 2 || branches.len() > MOST_BRANCHES {
            let count = branches.len();
            return fault(fork, format!("it has {count} branches; a fork has 2 to {MOST_BRANCHES}"));
        }
        if self.under_way.len() >= DEEPEST {
            return fault(fork, format!("forks are nested more than {DEEPEST} deep"));
        }
        if let Some(direct) = branches.iter().find(|s| matches!(self.stages[**s].kind, StageKind::Join(_))) {
            return fault(
                *direct,
                format!("a branch of the fork {name} comes to this join without any stage"),
            );
        }
        self.under_way.push(fork);
        let mut inside = BTreeSet::new();
        let mut join: Option<StageId> = None;
        let mut open = branches.clone();
        while let Some(s) = open.pop() {
            let stage = &self.stages[s];
            match &stage.kind {
                StageKind::Join(_) => match join {
                    Some(other) if other != s => {
                        let (a, b) = (&self.stages[other].name, &stage.name);
                        return fault(fork, format!("its branches end at different joins, {a} and {b}"));
                    }
                    _ => join = Some(s),
                },
                StageKind::Exit => {
                    let why = format!(
                        "a branch of it leads to the exit {}; every branch must come to a join",
                        stage.name
                    );
                    return fault(fork, why);
                }
                StageKind::Delay(delay) if delay.rebook || delay.pickup.is_some() => {
                    let what = if delay.rebook { "is booked anew" } else { "has a pick-up clock" };
                    return fault(
                        s,
                        format!("a branch of the fork {name} {what} here, which only a whole request can"),
                    );
                }
                StageKind::Fork if self.under_way.contains(&s) => {
                    return fault(s, "a branch leads back to this fork before it has come to a join".into());
                }
                StageKind::Fork => {
                    if inside.insert(s) {
                        let inner = self.find(s)?;
                        inside.extend(inner.inside);
                        inside.insert(inner.join);
                        open.extend(self.stages[inner.join].next.iter().map(|branch| branch.to));
                    }
                }
                StageKind::Service(_) | StageKind::Delay(_) => {
                    if inside.insert(s) {
                        open.extend(stage.next.iter().map(|branch| branch.to));
                    }
                }
            }
        }
        self.under_way.pop();
        let Some(join) = join else { return fault(fork, "no branch of it comes to a join".into()) };
        let StageKind::Join(rules) = &self.stages[join].kind else { unreachable!("only joins are noted") };
        let count = branches.len() as u32;
        let need = rules.need.unwrap_or(count);
        if need == 0 || need > count {
            let why = format!("it needs {need} of the {count} branches of the fork {name}");
            return fault(join, why);
        }
        let found = Parallel { fork, join, branches: count, need, inside };
        self.found[fork] = Some(found.clone());
        Ok(found)
    }
}

impl Model {
    /// The forks of the workflow; none where they do not fit together, which [`Model::validate`] tells.
    pub fn parallels(&self) -> Parallels {
        Parallels::of(&self.stages).unwrap_or_default()
    }

    /// Checks that each fork has a join, and that nobody comes into a branch but by its fork.
    pub(super) fn check_forks(&self) -> Result<(), ForkFault> {
        let forks = Parallels::of(&self.stages)?;
        if forks.is_empty() {
            return Ok(());
        }
        let firsts = self.classes.iter().map(|class| class.start);
        let asides = (0..self.classes.len()).flat_map(|class| self.asides(class));
        let started = self.run.start.iter().map(|state| state.stage);
        let gates = self.triggers.iter().flat_map(|trigger| trigger.gates.iter().map(|gate| gate.exit));
        let redone = self.rework.iter().map(|rework| rework.stage);
        for to in firsts.chain(asides).chain(started).chain(gates).chain(redone) {
            forks.fault_of_entry(&self.stages, to).map_or(Ok(()), Err)?;
        }
        for one in &forks.all {
            self.check_same_officer(one)?;
        }
        let documented = self.rework.iter().map(|rework| rework.documented_at);
        for stage in documented {
            if forks.around(stage).is_some_and(|one| one.need < one.branches) {
                let why = "it documents cases for rework in a branch that may not come to its end".into();
                return Err(ForkFault { stage, why });
            }
        }
        Ok(())
    }

    /// Whose officer would go on after a fork or a join is not said.
    fn check_same_officer(&self, one: &Parallel) -> Result<(), ForkFault> {
        for (from, what) in [(one.fork, "fork"), (one.join, "join")] {
            for branch in &self.stages[from].next {
                if let StageKind::Service(service) = &self.stages[branch.to].kind
                    && service.same_officer
                {
                    let name = &self.stages[from].name;
                    let why = format!(
                        "`same_officer` straight after the {what} {name}: no one officer had the whole request before"
                    );
                    return Err(ForkFault { stage: branch.to, why });
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Delay, ModelBuilder, Pool};
    use crate::random::Sampler;

    fn hour() -> Sampler {
        Sampler::Constant(3_600.0)
    }

    /// file -> (x-ray | blood -> count) -> results -> out.
    fn tests() -> ModelBuilder {
        let mut b = ModelBuilder::new("tests");
        let nurse = b.role("nurse");
        let file = b.fork("file");
        let xray = b.service("x-ray", nurse, hour());
        let blood = b.service("blood", nurse, hour());
        let count = b.delay("count", hour());
        let results = b.join("results", Join::default());
        let out = b.end("out");
        b.split(file, &[xray, blood]);
        b.lead(xray, &[(results, 1.0)]);
        b.lead(blood, &[(count, 1.0)]);
        b.lead(count, &[(count, 0.25), (results, 0.75)]);
        b.lead(results, &[(out, 1.0)]);
        b.class("patient", 1.0 / 3_600.0, file);
        b.centre("clinic", vec![Pool::level(1, 4)]);
        b
    }

    #[test]
    fn stages_between_fork_and_join_are_in_parts() {
        let model = tests().build().unwrap();
        let forks = model.parallels();
        let parts: Vec<f64> = (0..6).map(|s| forks.parts(s)).collect();
        assert_eq!(parts, [1.0, 2.0, 2.0, 2.0, 1.0, 1.0]);
        assert_eq!((forks.all[0].need, forks.all[0].join), (2, 4));
        let visits = model.expected_visits(0);
        let want = [1.0, 1.0, 1.0, 4.0 / 3.0, 1.0, 1.0];
        assert!(visits.iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-12), "{visits:?}");
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let says = |change: &dyn Fn(&mut Model), text: &str| {
            let mut model = tests().build().unwrap();
            change(&mut model);
            let said = model.validate().expect_err("an error").to_string();
            assert!(said.contains(text), "{text}: {said}");
        };
        says(&|m| m.stages[1].next[0].to = 5, "stage file: a branch of it leads to the exit out");
        says(&|m| m.stages[1].next[0].to = 0, "stage file: a branch leads back to this fork");
        says(&|m| m.classes[0].start = 1, "stage x-ray: it is in a branch of the fork file: requests come");
        says(&|m| m.classes[0].start = 4, "stage results: it is in a branch of the fork file: requests come");
        says(
            &|m| m.stages[4].next[0].to = 2,
            "stage blood: it is in a branch of the fork file, and results leads",
        );
        let need = |n| StageKind::Join(Join { need: Some(n), rest: Rest::Cancel });
        says(&|m| m.stages[4].kind = need(3), "stage results: it needs 3 of the 2 branches of the fork file");
        says(&|m| m.stages[4].kind = need(0), "stage results: it needs 0 of the 2");
        let one = |m: &mut Model| {
            m.stages[0].next.truncate(1);
            m.stages[0].next[0].cumulative = vec![1.0];
        };
        says(&one, "stage file: it has 1 branches; a fork has 2 to 1000");
        says(&|m| m.stages[0].next[0].cumulative = vec![0.7], "stage file: the branches of a fork are alike");
        says(
            &|m| m.stages[3].kind = StageKind::Delay(Delay { time: hour(), pickup: None, rebook: true }),
            "stage count: a branch of the fork file is booked anew here",
        );
        let other = |m: &mut Model| {
            m.stages.push(Stage::join("others", Join::default(), &[(5, 1.0)]));
            m.rules[0].stages.push(true);
            m.stages[1].next[0].to = 6;
        };
        says(&other, "stage file: its branches end at different joins, ");
        let alone = |m: &mut Model| {
            m.stages.push(Stage::join("others", Join::default(), &[(5, 1.0)]));
            m.rules[0].stages.push(true);
            m.stages[4].next[0].to = 6;
        };
        says(&alone, "stage others: no branch of a fork comes to this join");
        says(
            &|m| m.stages[0].next[0].to = 4,
            "stage results: a branch of the fork file comes to this join without",
        );
        let same = |m: &mut Model| {
            if let StageKind::Service(service) = &mut m.stages[1].kind {
                service.same_officer = true;
            }
        };
        says(&same, "stage x-ray: `same_officer` straight after the fork file");
    }

    #[test]
    fn forks_within_forks_multiply_up_to_a_limit() {
        let nested = |branches: usize| {
            let mut b = ModelBuilder::new("nested");
            let nurse = b.role("nurse");
            let (outer, inner) = (b.fork("outer"), b.fork("inner"));
            let (a, c) = (b.service("a", nurse, hour()), b.service("c", nurse, hour()));
            let (small, large) = (b.join("small", Join::default()), b.join("large", Join::default()));
            let out = b.end("out");
            b.split(inner, &vec![a; branches]);
            b.lead(a, &[(small, 1.0)]);
            b.lead(small, &[(large, 1.0)]);
            let mut ways = vec![c; branches];
            ways[0] = inner;
            b.split(outer, &ways);
            b.lead(c, &[(large, 1.0)]);
            b.lead(large, &[(out, 1.0)]);
            b.class("patient", 1.0 / 3_600.0, outer);
            b.centre("clinic", vec![Pool::level(1, 4)]);
            b.build()
        };
        let model = nested(5).unwrap();
        assert_eq!((model.parallels().parts(2), model.parallels().parts(3)), (25.0, 5.0));
        let visits = model.expected_visits(0);
        assert!((visits[2] - 5.0).abs() < 1e-9 && (visits[3] - 4.0).abs() < 1e-9, "{visits:?}");
        assert!((visits[4] - 1.0).abs() < 1e-9 && (visits[6] - 1.0).abs() < 1e-9, "{visits:?}");
        let error = nested(101).expect_err("too many").to_string();
        assert!(error.contains("10201 parts at once, and at most 10000"), "{error}");
    }
}
