//! A flow in service at a centre: the work that it brings, and where it goes when it ends.

use super::{OfferedPath, PathJob, PathPlace};
use crate::offered_load::flow::HourlyFlow;
use crate::offered_load::routing::StageTime;
use poolwise_engine::model::{CentreId, DeadlineUntil};
use poolwise_engine::time::HOURS_OF_WEEK;

impl<'a> OfferedPath<'a> {
    /// Gives a flow service at a centre.
    pub(super) fn start(
        &mut self,
        job: &mut PathJob<'a>,
        centre: CentreId,
        flow: &HourlyFlow,
        goes_on: bool,
    ) {
        let (alive, speed) = (self.alive(job.live, flow), self.speed(centre));
        let kernel = self.time(StageTime::Stage(job.stage), &job.service.time, speed);
        let rate = self.view.handled(flow.rate(), centre, (self.class, job.stage));
        let work = kernel.occupy(&rate);
        let share = |role| self.model.centres[centre].share_of_officer(role);
        // Of those who are served together, when they are as many as there may be.
        let each = job.service.batch.as_ref().map_or(1.0, |batch| f64::from(batch.most));
        let team =
            || job.service.team().map(move |(role, n)| (role, f64::from(n) * alive * share(role) / each));
        team().for_each(|(role, officers)| self.found.work(centre, role, officers, &work));
        if let Some(time) = &job.service.after_work {
            let later = self.time(StageTime::AfterWork(job.stage), time, speed).occupy(&kernel.carry(&rate));
            team().for_each(|(role, officers)| self.found.work(centre, role, officers, &later));
        }
        if goes_on {
            job.started.entry(centre).and_modify(|f| f.merge(flow)).or_insert_with(|| flow.clone());
        }
    }

    /// Takes a flow to the end of its service, and on.
    pub(super) fn finish(&mut self, job: &PathJob<'a>, centre: CentreId, mut flow: HourlyFlow) {
        let model = self.model;
        let until = model.classes[self.class].deadline.as_ref().map(|d| d.until);
        let mut live = job.live;
        if live && until == Some(DeadlineUntil::Start(job.stage)) {
            flow = self.settle(flow, job.stage, job.reworked);
            live = false;
        }
        let speed = self.speed(centre);
        flow = flow.after(&self.time(StageTime::Stage(job.stage), &job.service.time, speed));
        if live && until == Some(DeadlineUntil::Finish(job.stage)) {
            flow = self.settle(flow, job.stage, job.reworked);
            live = false;
        }
        if let Some(rework) = &model.rework
            && rework.documented_at == job.stage
            && !job.reworked
        {
            let share = rework.probability * (1.0 - model.centres[centre].documentation) * rework.redone;
            let share = share * self.alive(live, &flow);
            if share > 0.0 {
                let back = self.back.get_or_insert_with(|| vec![0.0; HOURS_OF_WEEK]);
                back.iter_mut().zip(flow.rate()).for_each(|(x, y)| *x += share * y);
            }
        }
        let at = PathPlace {
            stage: job.stage,
            last: Some(centre),
            handed_on: false,
            live,
            reworked: job.reworked,
        };
        self.leave(at, Some(job.service), &flow);
    }
}
