//! Checks of who does the work: centres, shifts and levels.

use super::{ModelCheck, ProblemPlace, fit, index, share, size, spans, time, value};
use crate::model::{
    Centre, CentreId, Concurrency, Destination, LastStart, LevelPlan, Levels, Model, Pool, PoolKind, Service,
    ShiftEnd, ShiftLine, StageId, StageKind,
};
use crate::time::DAY;

impl Model {
    pub(super) fn centre(&self, centre: &Centre) -> ModelCheck {
        let place: ProblemPlace<'_> = &|| format!("centre {}", centre.name);
        index(place, "clock", centre.clock, self.clocks.len())?;
        fit(place, centre.speed.len() == self.classes.len(), "it needs a speed for each class")?;
        centre.speed.iter().try_for_each(|x| size(place, "a speed factor", *x))?;
        share(place, "documentation", centre.documentation)?;
        share(place, "absence", centre.absence.share)?;
        if let ShiftEnd::HandOver(penalty) = centre.shift_end {
            size(place, "the hand-over penalty", penalty)?;
        }
        match centre.last_start {
            Some(LastStart::Before(time)) => size(place, "the time of the last start", time)?,
            Some(LastStart::CanFinish) | None => {}
        }
        if let Some(limit) = centre.overtime_limit {
            size(place, "the longest overtime", limit.most)?;
            size(place, "the penalty after overtime", limit.penalty)?;
        }
        let finishes = centre.shift_end == ShiftEnd::Finish && centre.overtime_limit.is_none();
        fit(
            place,
            finishes && !centre.discipline.cuts_off() && centre.call_back.is_none()
                || !self.serves_any(centre, |service| service.batch.is_some()),
            "services of several requests at once are finished, cut off by none, and call nobody back",
        )?;
        size(place, "the rest after overtime", centre.min_rest)?;
        if let Some(concurrency) = &centre.concurrency {
            self.concurrency(place, centre, concurrency)?;
        }
        if let Some((_, exit)) = centre.capacity {
            index(place, "stage", exit, self.stages.len())?;
        }
        if let Some(balk) = &centre.balk {
            index(place, "stage", balk.exit, self.stages.len())?;
            balk.steps.iter().try_for_each(|s| share(place, "a balking probability", s.1))?;
            let rising = balk.steps.windows(2).all(|w| w[0].0 < w[1].0);
            fit(place, rising, "lengths of balking must ascend")?;
        }
        if let Some(calls) = &centre.call_back {
            index(place, "stage", calls.exit, self.stages.len())?;
            share(place, "the probability that a call-back is taken", calls.accepted)?;
            share(place, "the probability that a call is answered", calls.answered)?;
            time(place, &calls.ringing)?;
            time(place, &calls.again)?;
        }
        for reserve in &centre.reserves {
            let all = reserve.classes.len() == self.classes.len();
            fit(place, all, "a reserve must say of each class whether it is held back")?;
            reserve.hours.as_ref().map_or(Ok(()), |hours| spans(place, hours))?;
        }
        // Whom an urgent case of several roles would cut off is a question without a rule.
        let mixed = self.stages.iter().any(|stage| matches!(&stage.kind, StageKind::Service(service) if !service.others.is_empty() && centre.pools.iter().any(|pool| pool.roles >> service.role & 1 == 1)));
        fit(
            place,
            !mixed || !centre.discipline.cuts_off(),
            "urgent cases cut off others, and its officers work in teams of several roles",
        )?;
        if let Some(n) = centre.headcount {
            size(place, "the headcount", n)?;
        }
        for pool in &centre.pools {
            let known = u64::from(pool.roles) >> self.roles.len() == 0;
            fit(place, pool.roles != 0 && known, "officers must hold roles, and only roles that there are")?;
            skills(place, pool)?;
            match &pool.kind {
                PoolKind::Crews(lines) => lines.iter().try_for_each(|l| shift_line(place, l))?,
                PoolKind::Levels(levels) => level_steps(place, levels)?,
            }
        }
        Ok(())
    }
}

impl Model {
    /// Whether officers of a centre may be sent a service such as this.
    fn serves_any(&self, centre: &Centre, such: impl Fn(&Service) -> bool) -> bool {
        let held = centre.pools.iter().fold(0, |mask, pool| mask | pool.roles);
        let done = |service: &Service| service.team().any(|(role, _)| held >> role & 1 == 1) && such(service);
        let here = self.centres.iter().position(|other| std::ptr::eq(other, centre));
        self.stages.iter().enumerate().any(|(s, stage)| {
            matches!(&stage.kind, StageKind::Service(x) if done(x))
                && here.is_none_or(|c| self.may_send(s, c))
        })
    }

    /// Whether some rule, or the start of the run, may take a stage to a centre.
    fn may_send(&self, stage: StageId, centre: CentreId) -> bool {
        let leads = |target: &Destination| match target {
            Destination::Centre(c) => *c == centre,
            Destination::Local => self.areas.iter().any(|area| area.centre == Some(centre)),
            // Wherever the stage before was.
            Destination::Same => true,
            Destination::LeastLoaded(list) => list.contains(&centre),
        };
        let stays = matches!(&self.stages[stage].kind, StageKind::Service(x) if x.same_officer);
        if stays || self.run.start.iter().any(|state| state.stage == stage && state.centre == centre) {
            return true;
        }
        for rule in self.rules.iter().filter(|rule| rule.stages.get(stage).is_none_or(|on| *on)) {
            let overflow = rule.overflow.as_ref().map(|o| &o.to);
            let all = [Some(&rule.to), overflow, rule.duplicate.as_ref().map(|d| &d.at)];
            if all.into_iter().flatten().any(leads) {
                return true;
            }
            // What stands behind one that takes everybody is never asked.
            if rule.takes_all() {
                return false;
            }
        }
        false
    }

    /// What officers with several cases in hand cannot do besides: whose time it is, or who is free, would be questions
    /// without a rule.
    fn concurrency(&self, place: ProblemPlace<'_>, centre: &Centre, concurrency: &Concurrency) -> ModelCheck {
        let above = concurrency.slower.iter().all(|x| x.is_finite() && *x > 0.0);
        fit(
            place,
            above && !concurrency.slower.is_empty(),
            "what several cases at once take must be finite and above 0",
        )?;
        let levels = centre.pools.iter().any(|pool| matches!(pool.kind, PoolKind::Levels(_)));
        fit(place, !levels, "levels have no officers who could have several cases in hand")?;
        fit(
            place,
            !centre.discipline.cuts_off() && centre.reserves.is_empty(),
            "officers with several cases in hand cut off none, and none are kept free",
        )?;
        fit(
            place,
            centre.last_start != Some(LastStart::CanFinish),
            "when one of several cases in hand will end is not known before",
        )?;
        let teams = self.serves_any(centre, |service| service.officers > 1);
        fit(place, !teams, "officers with several cases in hand work in no teams")
    }
}

fn skills(place: ProblemPlace<'_>, pool: &Pool) -> ModelCheck {
    let mask = pool
        .skills
        .iter()
        .fold(0_u32, |mask, skill| mask | 1_u32.checked_shl(skill.role as u32).unwrap_or(0));
    let each = mask == pool.roles && mask.count_ones() as usize == pool.skills.len();
    fit(
        place,
        each || pool.skills.is_empty(),
        "what differs between the roles of officers must be said of each, once",
    )?;
    pool.skills.iter().try_for_each(|skill| {
        let fits = skill.speed.is_finite() && skill.speed > 0.0;
        value(place, "an officer's speed", skill.speed, fits, "finite and above 0")?;
        size(place, "the wait until officers take a case", skill.after)
    })
}

fn shift_line(place: ProblemPlace<'_>, line: &ShiftLine) -> ModelCheck {
    if let Some(learning) = &line.learning {
        let above = learning.by_week.iter().all(|x| x.is_finite() && *x > 0.0);
        fit(place, above && learning.since.is_finite(), "factors of learning must be finite and above 0")?;
    }
    if let Some((from, until)) = line.once {
        return fit(
            place,
            from.is_finite() && until.is_finite() && from < until,
            "a crew ends before it begins",
        );
    }
    value(place, "a shift's start", line.start, (0.0..DAY).contains(&line.start), "within the day")?;
    let fits = line.length > 0.0 && line.length <= DAY;
    value(place, "a shift's length", line.length, fits, "above 0 and at most 24 hours")?;
    line.breaks.iter().try_for_each(|b| {
        size(place, "a break's start", b.after)?;
        size(place, "a break's length", b.length)?;
        size(place, "a break's window", b.spread)?;
        size(place, "a break's step", b.step)
    })
}

fn level_steps(place: ProblemPlace<'_>, levels: &Levels) -> ModelCheck {
    let (steps, period) = match &levels.plan {
        LevelPlan::Weekly(steps) => (steps, None),
        LevelPlan::Steps { steps, period } => (steps, *period),
    };
    fit(place, steps.first().is_some_and(|s| s.0 == 0.0), "levels must begin at 0")?;
    fit(place, steps.windows(2).all(|w| w[0].0 < w[1].0), "changes of levels must ascend")?;
    let last = steps.last().map_or(0.0, |s| s.0);
    value(place, "the last change of levels", last, last.is_finite(), "finite")?;
    match period {
        Some(p) => {
            value(place, "the period of levels", p, p.is_finite() && p > last, "after the last change")
        }
        None => Ok(()),
    }
}
