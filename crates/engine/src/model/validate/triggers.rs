//! Checks of the rules that react.

use super::{ModelCheck, ProblemPlace, fit, index, share, size, spans, time};
use crate::model::limits::MOST_OFFICERS;
use crate::model::{CentreId, LevelEnd, LevelPlan, Levels, Measured, Model, PoolKind, Trigger};

impl Model {
    pub(super) fn trigger(&self, trigger: &Trigger) -> ModelCheck {
        let place: ProblemPlace<'_> = &|| format!("trigger {}", trigger.name);
        index(place, "centre", trigger.centre, self.centres.len())?;
        trigger.role.map_or(Ok(()), |role| index(place, "role", role, self.roles.len()))?;
        fit(place, trigger.on.is_some() || trigger.hours.is_some(), "it needs something measured, or hours")?;
        trigger.hours.as_ref().map_or(Ok(()), |hours| spans(place, hours))?;
        for measured in trigger.on.iter().chain(&trigger.off) {
            match *measured {
                Measured::Queue(_) => {}
                Measured::Oldest(wait) => size(place, "the oldest wait", wait)?,
                Measured::Answered(part) => share(place, "the share answered", part)?,
            }
        }
        // It would go on and off at one instant, without end, if it were harder to stay on than to go on.
        let holds_on = match (trigger.on, trigger.off) {
            (Some(Measured::Queue(on)), Some(Measured::Queue(off))) => off <= on,
            (Some(Measured::Oldest(on)), Some(Measured::Oldest(off))) => off <= on,
            (Some(Measured::Answered(on)), Some(Measured::Answered(off))) => off >= on,
            (_, None) => true,
            (_, Some(_)) => false,
        };
        fit(place, holds_on, "it must be no harder to stay on than to go on, by the same measure")?;
        for call in &trigger.calls {
            self.pool_of_nobody(place, call.centre, call.pool)?;
            time(place, &call.lead)?;
            size(place, "the least stay", call.stay)?;
            size(place, "the premium", call.premium)?;
            size(place, "the allowance", call.allowance)?;
            fit(
                place,
                f64::from(call.officers) <= MOST_OFFICERS,
                "it calls in more than five million officers",
            )?;
        }
        for order in &trigger.moves {
            index(place, "centre", order.from, self.centres.len())?;
            self.pool_of_nobody(place, order.to, order.pool)?;
            size(place, "the travel time", order.travel)?;
        }
        trigger.gates.iter().try_for_each(|gate| {
            index(place, "centre", gate.centre, self.centres.len())?;
            let all = gate.classes.len() == self.classes.len();
            fit(place, all, "a gate must say of each class whether it is turned away")?;
            index(place, "stage", gate.exit, self.stages.len())
        })
    }

    /// A pool whose only officers are those who come to help.
    fn pool_of_nobody(&self, place: ProblemPlace<'_>, centre: CentreId, pool: usize) -> ModelCheck {
        index(place, "centre", centre, self.centres.len())?;
        let pools = &self.centres[centre].pools;
        index(place, "pool", pool, pools.len())?;
        let nobody = match &pools[pool].kind {
            PoolKind::Levels(Levels { plan: LevelPlan::Steps { steps, .. }, end: LevelEnd::ByCount }) => {
                steps.iter().all(|step| step.1 == 0)
            }
            _ => false,
        };
        fit(place, nobody, "those who come to help need a pool that is a level of nobody, by count")
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{
        CallIn, Gate, LevelEnd, LevelPlan, Levels, Measured, Model, Move, Pool, PoolKind, Trigger,
    };
    use crate::random::Sampler;

    /// One queue with one officer on call from three who wait.
    fn on_call() -> Model {
        let nobody =
            Levels { plan: LevelPlan::Steps { steps: vec![(0.0, 0)], period: None }, end: LevelEnd::ByCount };
        let pools = vec![Pool::level(1, 1), Pool::new(1, PoolKind::Levels(nobody))];
        let mut model = Model::one_queue(1.0, Sampler::Constant(1_800.0), pools);
        model.triggers = vec![Trigger {
            name: "busy".to_owned(),
            key: 1,
            centre: 0,
            role: Some(0),
            on: Some(Measured::Queue(3)),
            off: Some(Measured::Queue(1)),
            hours: None,
            calls: vec![CallIn {
                centre: 0,
                pool: 1,
                officers: 1,
                lead: Sampler::Constant(60.0),
                stay: 3_600.0,
                premium: 0.5,
                allowance: 0.0,
            }],
            moves: vec![Move { from: 0, to: 0, pool: 1, officers: 1, travel: 0.0 }],
            gates: vec![Gate { centre: 0, classes: vec![true], exit: 1 }],
        }];
        model
    }

    #[test]
    fn a_trigger_that_the_engine_could_not_follow_is_an_error() {
        assert_eq!(on_call().validate(), Ok(()));
        let says = |change: &dyn Fn(&mut Trigger), text: &str| {
            let mut model = on_call();
            change(&mut model.triggers[0]);
            let said = model.validate().expect_err(text).to_string();
            assert!(said.starts_with("trigger busy: ") && said.contains(text), "{text}: {said}");
        };
        says(&|t| t.centre = 1, "no centre number 1");
        says(&|t| t.role = Some(9), "no role number 9");
        says(&|t| (t.on, t.off) = (None, None), "something measured, or hours");
        says(&|t| t.hours = Some(vec![(5.0, 1.0)]), "hours must ascend");
        says(&|t| t.on = Some(Measured::Oldest(f64::NAN)), "the oldest wait is NaN");
        says(&|t| t.on = Some(Measured::Answered(1.5)), "the share answered is 1.5");
        says(&|t| t.off = Some(Measured::Queue(4)), "no harder to stay on");
        says(&|t| t.off = Some(Measured::Oldest(1.0)), "no harder to stay on");
        says(&|t| t.calls[0].pool = 2, "no pool number 2");
        says(&|t| t.calls[0].pool = 0, "a level of nobody");
        says(&|t| t.calls[0].lead = Sampler::Uniform { low: -1.0, high: 2.0 }, "a uniform");
        says(&|t| t.calls[0].stay = -1.0, "the least stay is -1");
        says(&|t| t.calls[0].premium = f64::INFINITY, "the premium is inf");
        says(&|t| t.calls[0].allowance = -1.0, "the allowance is -1");
        says(&|t| t.calls[0].officers = u32::MAX, "more than five million");
        says(&|t| t.moves[0].from = 3, "no centre number 3");
        says(&|t| t.moves[0].pool = 0, "a level of nobody");
        says(&|t| t.moves[0].travel = f64::NAN, "the travel time is NaN");
        says(&|t| t.gates[0].classes = Vec::new(), "each class");
        says(&|t| t.gates[0].exit = 8, "no stage number 8");
    }
}
