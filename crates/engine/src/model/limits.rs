//! Limits on the size of a model: everything that the engine numbers with few bits or keeps in memory.
//!
//! More than a limit is an error that names it, so that no number is ever cut short silently.

use super::{Class, Demand, LevelEnd, LevelPlan, MAX_ROLES, Model, ModelError, PoolKind, Profile};

/// Most stages, classes, areas, centres, rules, and most shift lines or pools of a centre: the engine numbers them with
/// sixteen bits and keeps the last number for "none".
pub const MOST_OF_A_KIND: usize = 65_535;
/// Most entries of a table: stages x classes x areas, the same counted for each rule that applies, stages x centres.
pub const MOST_ENTRIES: f64 = 50_000_000.0;
/// Most officers of crews and of levels by officer, all centres together: each is a person in memory.
pub const MOST_OFFICERS: f64 = 5_000_000.0;
/// Most times that levels which repeat may change over a run, all centres together; and that rates may.
pub const MOST_CHANGES: f64 = 1e8;

/// Most calls to one client: the engine counts them with sixteen bits.
pub const MOST_CALLS: u32 = 65_535;

/// The number of what stands at a position, as the engine keeps it. [`Model::check_limits`] has seen to it that nothing is
/// cut off.
#[inline(always)]
pub(crate) fn numbered(position: usize) -> u16 {
    debug_assert!(position <= MOST_OF_A_KIND, "a model of a size that was refused");
    position as u16
}

fn no_more(what: &str, count: f64, limit: f64) -> Result<(), ModelError> {
    if count > limit {
        return Err(ModelError::TooMany { what: what.to_owned(), count, limit });
    }
    Ok(())
}

impl Model {
    /// Checks that the engine can number and hold all that the model has: counts within its limits, at least one class,
    /// area, stage and clock.
    pub(super) fn check_limits(&self) -> Result<(), ModelError> {
        let kinds = [
            ("classes", "class", self.classes.len()),
            ("areas", "area", self.areas.len()),
            ("stages", "stage", self.stages.len()),
        ];
        for (many, one, count) in kinds {
            if count == 0 {
                return Err(ModelError::Missing { what: one });
            }
            no_more(many, count as f64, MOST_OF_A_KIND as f64)?;
        }
        if self.clocks.is_empty() {
            return Err(ModelError::Missing { what: "clock" });
        }
        no_more("centres", self.centres.len() as f64, MOST_OF_A_KIND as f64)?;
        no_more("routing rules", self.rules.len() as f64, MOST_OF_A_KIND as f64)?;
        no_more("triggers", self.triggers.len() as f64, MOST_OF_A_KIND as f64)?;
        no_more("roles", self.roles.len() as f64, MAX_ROLES as f64)?;
        for centre in &self.centres {
            if let Some(calls) = &centre.call_back {
                no_more(
                    &format!("calls to one client by {}", centre.name),
                    f64::from(calls.attempts),
                    f64::from(MOST_CALLS),
                )?;
            }
            no_more(&format!("pools at {}", centre.name), centre.pools.len() as f64, MOST_OF_A_KIND as f64)?;
            for pool in &centre.pools {
                if let PoolKind::Crews(lines) = &pool.kind {
                    let what = format!("shift lines at {}", centre.name);
                    no_more(&what, lines.len() as f64, MOST_OF_A_KIND as f64)?;
                }
            }
        }
        let (stages, classes, areas) =
            (self.stages.len() as f64, self.classes.len() as f64, self.areas.len() as f64);
        no_more("combinations of a stage, a class and an area", stages * classes * areas, MOST_ENTRIES)?;
        no_more("combinations of a stage and a centre", stages * self.centres.len() as f64, MOST_ENTRIES)?;
        let what = "combinations of a rule with the stages, classes and areas that it applies to";
        no_more(what, self.routes(), MOST_ENTRIES)?;
        no_more("officers of crews and of levels by officer", self.persons(), MOST_OFFICERS)?;
        no_more("changes of levels over the run", self.changes_of_levels(), MOST_CHANGES)?;
        let rates: f64 = self.classes.iter().map(|class| self.changes_of_rate(class)).sum();
        no_more("changes of arrival rates over the run", rates, MOST_CHANGES)
    }

    /// Entries of the table of routes.
    fn routes(&self) -> f64 {
        let set = |flags: &[bool]| flags.iter().filter(|f| **f).count() as f64;
        self.rules.iter().map(|r| set(&r.stages) * set(&r.classes) * set(&r.areas)).sum()
    }

    /// Officers who are persons in memory, were all of them on duty at once.
    fn persons(&self) -> f64 {
        let of_pool = |kind: &PoolKind| -> f64 {
            match kind {
                PoolKind::Crews(lines) => {
                    lines.iter().map(|l| f64::from(l.officers.iter().copied().max().unwrap_or(0))).sum()
                }
                PoolKind::Levels(levels) => match (levels.end, &levels.plan) {
                    (LevelEnd::ByCount, _) => 0.0,
                    (LevelEnd::ByOfficer, LevelPlan::Weekly(steps) | LevelPlan::Steps { steps, .. }) => {
                        f64::from(steps.iter().map(|s| s.1).max().unwrap_or(0))
                    }
                },
            }
        };
        self.centres.iter().flat_map(|c| &c.pools).map(|p| of_pool(&p.kind)).sum()
    }

    /// Changes of levels that repeat by elapsed time: a period of a microsecond would be an event each half of it.
    fn changes_of_levels(&self) -> f64 {
        let of_pool = |kind: &PoolKind| match kind {
            PoolKind::Levels(levels) => match &levels.plan {
                LevelPlan::Steps { steps, period: Some(period) } => {
                    steps.len() as f64 * (self.run.end() / period).max(1.0)
                }
                LevelPlan::Weekly(_) | LevelPlan::Steps { .. } => 0.0,
            },
            PoolKind::Crews(_) => 0.0,
        };
        self.centres.iter().flat_map(|c| &c.pools).map(|p| of_pool(&p.kind)).sum()
    }

    /// Changes of a class's rate by elapsed time over the run, all areas together: each is gone through, however seldom
    /// somebody arrives.
    pub fn changes_of_rate(&self, class: &Class) -> f64 {
        let Demand::Rate { profile, bursts, .. } = &class.demand else { return 0.0 };
        let cycle = match profile {
            Profile::Cycle { period, values } => values.len() as f64 * self.run.end() / period,
            Profile::Flat | Profile::HourOfWeek(_) | Profile::StepOfWeek(_) => 0.0,
        };
        self.areas.len() as f64 * (cycle + bursts.as_ref().map_or(0.0, |b| self.run.end() / b.every))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CallBack, Levels, Pool, ShiftLine};
    use super::*;
    use crate::random::Sampler;

    fn queue(pool: Pool) -> Model {
        Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![pool])
    }

    #[test]
    fn more_than_can_be_numbered_is_an_error_that_names_it() {
        let fine = queue(Pool::level(1, 1));
        assert_eq!(fine.validate(), Ok(()));
        let mut areas = fine.clone();
        areas.areas = vec![fine.areas[0].clone(); 65_536];
        let error = areas.validate().expect_err("too many");
        assert_eq!(error.to_string(), "there are 65536 areas, and at most 65535 are possible");
        assert_eq!(crate::run(&areas, 0, false).expect_err("refused"), crate::Failure::Invalid(error));
        let mut rules = fine.clone();
        rules.rules = vec![fine.rules[0].clone(); 65_536];
        assert!(rules.validate().expect_err("too many").to_string().contains("routing rules"));
        let mut none = fine.clone();
        none.classes.clear();
        assert_eq!(none.validate(), Err(ModelError::Missing { what: "class" }));
        let mut calls = fine.clone();
        let time = Sampler::Constant(60.0);
        calls.centres[0].call_back = Some(Box::new(CallBack {
            queue: 1,
            accepted: 1.0,
            answered: 0.5,
            ringing: time.clone(),
            attempts: 65_536,
            again: time,
            exit: 0,
        }));
        assert!(calls.validate().expect_err("too many").to_string().contains("calls to one client"));
        let crowd = queue(Pool::crews(1, vec![ShiftLine::weekly("all", [u32::MAX; 7], 0.0, 8.0)]));
        assert!(crowd.validate().expect_err("too many").to_string().contains("officers of crews"));
        let plan = LevelPlan::Steps { steps: vec![(0.0, 1), (5e-7, 2)], period: Some(1e-6) };
        let kind = PoolKind::Levels(Levels { plan, end: LevelEnd::ByCount });
        let flicker = queue(Pool::new(1, kind));
        assert!(flicker.validate().expect_err("too many").to_string().contains("changes of levels"));
        let mut quick = fine.clone();
        if let Demand::Rate { profile, .. } = &mut quick.classes[0].demand {
            *profile = Profile::Cycle { period: 1e-6, values: [1.0, 2.0].into() };
        }
        assert!(quick.validate().expect_err("too many").to_string().contains("changes of arrival rates"));
    }
}
