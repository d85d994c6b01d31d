//! Which components of a model are single stations.

use super::ends::Ends;
use super::first_length::FirstLength;
use super::{From, SingleStation};
use crate::model::limits::numbered;
use crate::model::{
    Branch, Centre, Class, Closing, Deadline, DeadlineUntil, Demand, Discipline, LevelEnd, LevelPlan, Levels,
    Pool, PoolKind, Service, ShiftEnd, StageId, StageKind,
};
use crate::simulation::components::Component;
use crate::simulation::network::{StageAction, To};
use crate::simulation::observe::Alike;
use crate::simulation::request::{NONE, Request};
use crate::simulation::sim::Sim;
use std::collections::VecDeque;

/// Most sources of a single station: the next of so few is found by looking at each.
const MOST_SOURCES: usize = 8;

impl<'m> Sim<'m> {
    /// The single station that a component is, if it is one.
    ///
    /// Everything that a model can say about it is named here without `..`, so that whoever adds something decides whether
    /// a single station can do it.
    pub(crate) fn single_station(&self, component: &Component) -> Option<SingleStation<'m>> {
        let model = self.model;
        let Component { centres, areas: _, sources, backfills, event_rate: _ } = component;
        let &[c] = &centres[..] else { return None };
        if !backfills.is_empty()
            || sources.is_empty()
            || sources.len() > MOST_SOURCES
            || model.rework.is_some()
            || !model.run.start.is_empty()
            || !model.triggers.is_empty()
        {
            return None;
        }
        let Centre {
            name: _,
            key: _,
            clock: _,
            pools,
            shift_end: ShiftEnd::Finish,
            // Of officers on shifts.
            overtime_limit: _,
            last_start: _,
            concurrency: _,
            min_rest: _,
            closing: Closing::Hold,
            discipline: Discipline::Fifo,
            // Of a discipline that it has not.
            preemption: _,
            reserves,
            // Officers of a level are a number.
            officer_choice: _,
            case_choice: _,
            speed: _,
            documentation: _,
            capacity: None,
            balk: None,
            call_back: None,
            // Of officers on shifts.
            absence: _,
            counted: _,
            headcount: _,
        } = &model.centres[c]
        else {
            return None;
        };
        let [Pool { roles, skills, kind: PoolKind::Levels(Levels { plan, end: LevelEnd::ByCount }) }] =
            &pools[..]
        else {
            return None;
        };
        if roles.count_ones() != 1 || !reserves.is_empty() || !skills.is_empty() {
            return None;
        }
        let station = self.net.stations(c).start;
        let mut from: Vec<From> =
            sources.iter().map(|&s| self.lane_source(s, station)).collect::<Option<_>>()?;
        // Of those that arrive at one instant, the order is that of their turns.
        from.sort_by_key(|from| self.turns[from.source]);
        let (LevelPlan::Weekly(steps) | LevelPlan::Steps { steps, period: _ }) = plan;
        let most = steps.iter().map(|step| step.1).max().unwrap_or(0);
        Some(SingleStation {
            centre: c,
            pool: self.centres[c].pools.start,
            station,
            patient: from.iter().all(|from| from.patience.is_none()),
            sources: from,
            hour: 0,
            look: 0.0,
            arrival: (f64::INFINITY, 0),
            level: 0,
            busy: 0,
            over: false,
            change: 0.0,
            cases: Vec::new(),
            free: NONE,
            queue: VecDeque::new(),
            waiting: 0,
            ends: Ends::new(most),
            patience: f64::INFINITY,
            crowded: false,
        })
    }

    /// A source of a single station's requests, if they do nothing but wait, be served and leave.
    fn lane_source(&self, source: usize, station: usize) -> Option<From<'m>> {
        let model = self.model;
        let of = &self.sources[source];
        let (class, area) = (of.class, of.area);
        let Class {
            name: _,
            priority: _,
            // First come, first served, they mean nothing.
            rises: _,
            due: _,
            start,
            demand: Demand::Rate { .. },
            batch: None,
            deadline,
            redial: None,
        } = &model.classes[class]
        else {
            return None;
        };
        let stage = numbered(*start);
        let patience = match deadline {
            // Whoever gives up leaves: at a stage for those who did they would go on.
            Some(Deadline { after, until: DeadlineUntil::Start(until), exit })
                if until == start && matches!(model.stages[*exit].kind, StageKind::Exit) =>
            {
                Some(after)
            }
            Some(_) => return None,
            None => None,
        };
        let StageAction::Service(service) = self.net.step(stage).kind else { return None };
        let Service {
            role: _,
            officers: 1,
            // Of one officer there are none.
            others: _,
            time: _,
            after_work: None,
            priority: _,
            same_officer: _,
            different_officer: false,
            overtaking: _,
            batch: None,
        } = service
        else {
            return None;
        };
        let [Branch { to, cumulative: _, delay: None }] = &model.stages[*start].next[..] else { return None };
        if !matches!(model.stages[*to].kind, StageKind::Exit) {
            return None;
        }
        let cell = class * model.areas.len() + area;
        let mut form = Request::new(0, (class, area, cell), 0.0, *start as StageId);
        match self.net.routes(stage, cell as u32).first() {
            Some(route) if route.plain && matches!(route.to, To::Always(s) if s as usize == station) => {
                form.rule = route.rule;
                form.plain = true;
            }
            _ => return None,
        }
        let at = &self.stations[station];
        if !at.by_anyone || at.limited || at.guarded || at.paced {
            return None;
        }
        form.pool = self.centres[usize::from(at.centre)].pools.start as u32;
        form.station = station as u32;
        form.centre = at.centre;
        let (clocked, done) = (
            self.net.step(stage).starts_clock,
            self.net.step(stage).done || self.net.step(numbered(*to)).done,
        );
        Some(From {
            source,
            next: f64::INFINITY,
            service,
            length: FirstLength::new(&self.net, stage, service, usize::from(at.centre), numbered(class)),
            stage,
            form,
            exit: numbered(*to),
            patience,
            clocked,
            completes: clocked && done,
            clock_hour: 0,
            alike: Alike::default(),
        })
    }
}
