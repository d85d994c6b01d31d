//! Keeps the sums that an [`Outcome`] reports. Handlers say what happened and when; nothing here
//! changes the course of a run.

use super::integral::{Count, Integrals};
use super::outcome::{CentreFlow, Flow, LocalHour, Outcome, StageFlow, Waits};
use super::request::Request;
use super::trace::{TraceKind, TraceRow};
use crate::model::Model;
use crate::time::HOURS_OF_WEEK;

/// Sums of a run under way.
#[derive(Debug)]
pub(super) struct Observer<'m> {
    model: &'m Model,
    pub out: Outcome,
    /// Start and end of the statistics window.
    from: f64,
    until: f64,
    /// Whole run, by class: bookings, returns (rework and past), exits up to the end.
    pub booked: Vec<u64>,
    pub returned: Vec<u64>,
    pub left: Vec<u64>,
    /// Whole run, by class: requests without a slot whose next instant lies beyond the end.
    pub beyond: Vec<u64>,
    tracing: bool,
    number: u64,
    /// Sums by class and area.
    cells: Vec<Flow>,
    /// For each wall clock, the local hour last asked for: from, until, hour of week. Most questions
    /// are about the present hour.
    hours: Vec<(f64, f64, usize)>,
}

impl<'m> Observer<'m> {
    pub fn new(model: &'m Model, replication: u32, tracing: bool) -> Self {
        let window = (model.run.warm_up, model.run.end());
        let flow = || Flow { exits: vec![0; model.stages.len()], ..Flow::default() };
        let centres = model
            .centres
            .iter()
            .map(|centre| {
                let held = centre.pools.iter().fold(0, |mask, pool| mask | pool.roles);
                let roles: Vec<usize> = (0..model.roles.len()).filter(|r| held >> r & 1 == 1).collect();
                let slots = roles.len() + 1;
                let clock = &model.clocks[centre.clock];
                CentreFlow {
                    integrals: Integrals::new(slots, window, clock),
                    waits: (0..slots).map(|_| Waits::new()).collect(),
                    roles,
                }
            })
            .collect();
        let classes = model.classes.len();
        let out = Outcome {
            replication,
            total: flow(),
            classes: (0..classes).map(|_| flow()).collect(),
            areas: model.areas.iter().map(|_| flow()).collect(),
            stages: model
                .stages
                .iter()
                .map(|_| StageFlow { completed: vec![0; model.centres.len().max(1)], ..StageFlow::default() })
                .collect(),
            centres,
            local: model.areas.iter().map(|_| Box::new([LocalHour::default(); HOURS_OF_WEEK])).collect(),
            duplicate: 0.0,
            rework: 0.0,
            backlog: 0,
            requests: 0,
            events: 0,
            trace: Vec::new(),
        };
        Self {
            model,
            out,
            from: window.0,
            until: window.1,
            booked: vec![0; classes],
            returned: vec![0; classes],
            left: vec![0; classes],
            beyond: vec![0; classes],
            tracing,
            number: 0,
            cells: (0..classes * model.areas.len()).map(|_| flow()).collect(),
            hours: vec![(0.0, 0.0, 0); model.clocks.len()],
        }
    }

    #[inline]
    fn in_window(&self, t: f64) -> bool {
        t >= self.from && t < self.until
    }

    /// The sums of the request's class and area.
    #[inline]
    fn flow(&mut self, r: &Request) -> &mut Flow {
        &mut self.cells[r.class as usize * self.model.areas.len() + r.area as usize]
    }

    /// Adds the sums of classes and areas up.
    pub fn finish(&mut self) {
        let areas = self.model.areas.len();
        for (i, cell) in self.cells.iter().enumerate() {
            self.out.total.add(cell);
            self.out.classes[i / areas].add(cell);
            self.out.areas[i % areas].add(cell);
        }
        for centre in &mut self.out.centres {
            let (whole, slots) = centre.waits.split_at_mut(1);
            for slot in slots {
                whole[0].add(slot);
            }
        }
    }

    /// A new request is booked.
    #[inline]
    pub fn booking(&mut self, r: &mut Request) {
        self.out.requests += 1;
        self.number += 1;
        r.number = self.number;
        self.booked[r.class as usize] += 1;
        if self.in_window(r.arrival) {
            self.flow(r).arrivals += 1;
        }
    }

    /// A request comes back: for rework, or from a time before the run.
    pub fn returning(&mut self, r: &mut Request) {
        self.out.requests += 1;
        self.number += 1;
        r.number = self.number;
        self.returned[r.class as usize] += 1;
    }

    /// A request without a slot is still under way at the end of the run.
    #[inline]
    pub fn still_under_way(&mut self, r: &Request) {
        self.beyond[r.class as usize] += 1;
    }

    /// A request reaches a stage.
    #[inline]
    pub fn visit(&mut self, stage: usize, t: f64) {
        if self.in_window(t) {
            self.out.stages[stage].visits += 1;
        }
    }

    /// A request leaves a stage, served at `centre`.
    #[inline]
    pub fn completed(&mut self, stage: usize, centre: usize, t: f64) {
        if self.in_window(t) {
            self.out.stages[stage].completed[centre] += 1;
        }
    }

    /// The clock of time to completion starts.
    #[inline(always)]
    pub fn clock_starts(&mut self, r: &mut Request, t: f64) {
        r.clock = t;
        r.seen = false;
        if t <= self.until {
            self.out.backlog += 1;
        }
        r.clock_hour = self.local_hour(r, t) as u8;
        if self.is_case(t) {
            self.flow(r).target_cases += 1;
            self.out.local[r.area as usize][r.clock_hour as usize].cases += 1;
        }
    }

    /// Whether a clock start at `t` is a case for the share done within T.
    #[inline]
    fn is_case(&self, t: f64) -> bool {
        t >= self.from && t + self.model.run.target <= self.until
    }

    #[inline]
    fn local_hour(&mut self, r: &Request, t: f64) -> usize {
        let c = self.model.areas[r.area as usize].clock;
        let (from, until, hour) = self.hours[c];
        if t >= from && t < until {
            return hour;
        }
        let clock = &self.model.clocks[c];
        let hour = clock.hour_of_week(t);
        self.hours[c] = (t, clock.next_hour(t), hour);
        hour
    }

    /// The request is done.
    #[inline(always)]
    pub fn done(&mut self, r: &mut Request, t: f64) {
        r.done = true;
        let target = self.model.run.target;
        if r.clock.is_nan() || t > self.until {
            return;
        }
        self.out.backlog -= 1;
        let taken = t - r.clock;
        if taken <= target && self.is_case(r.clock) {
            self.flow(r).target_met += 1;
            self.out.local[r.area as usize][r.clock_hour as usize].met += 1;
        }
        if self.in_window(t) {
            let f = self.flow(r);
            f.done += 1;
            f.completion_sum += taken;
            f.completion.record(taken);
        }
    }

    /// The request leaves by `exit`.
    #[inline(always)]
    pub fn exit(&mut self, r: &Request, exit: usize, t: f64) {
        if t > self.until {
            self.still_under_way(r);
            return;
        }
        self.left[r.class as usize] += 1;
        if !r.done && !r.clock.is_nan() {
            self.out.backlog -= 1;
        }
        if self.in_window(t) {
            self.flow(r).exits[exit] += 1;
            self.out.stages[exit].completed[0] += 1;
        }
        if self.tracing {
            self.trace_row(r, exit, None, f64::NAN, t, TraceKind::Exit);
        }
    }

    /// The request reached what its deadline was for.
    #[inline]
    pub fn deadline_met(&mut self, r: &Request, t: f64) {
        if self.in_window(t) {
            self.flow(r).met_deadline += 1;
        }
    }

    /// The request's deadline passed first. `needed` tells whether its drawn outcome asks for the
    /// deadline's stage, `anyway` whether no waiting at all would have saved it.
    pub fn lost(&mut self, r: &Request, needed: bool, anyway: bool, t: f64) {
        if needed && self.in_window(t) {
            let f = self.flow(r);
            f.lost += 1;
            f.lost_anyway += u64::from(anyway);
        }
        if !r.done && !r.clock.is_nan() && self.is_case(r.clock) && t - r.clock < self.model.run.target {
            self.flow(r).target_lost_early += 1;
        }
    }

    /// A centre's sums, its hours brought up to `t`.
    #[inline(always)]
    fn advance(&mut self, centre: usize, t: f64) -> &mut CentreFlow {
        let flow = &mut self.out.centres[centre];
        if flow.integrals.is_behind(t) {
            let clock = &self.model.clocks[self.model.centres[centre].clock];
            flow.integrals.advance(t, clock);
        }
        flow
    }

    /// A count of a centre changes at one role's slot.
    #[inline(always)]
    pub fn change(&mut self, centre: usize, slot: usize, count: Count, by: f64, t: f64) {
        self.advance(centre, t).integrals.change(slot, count, by, t);
    }

    /// Officers of a pool come on duty or leave: counted once for the centre and at each role held.
    pub fn on_duty(&mut self, centre: usize, roles: u32, by: f64, t: f64) {
        let flow = self.advance(centre, t);
        flow.integrals.change(0, Count::OnDuty, by, t);
        for (i, role) in flow.roles.iter().enumerate() {
            if roles >> role & 1 == 1 {
                flow.integrals.change(i + 1, Count::OnDuty, by, t);
            }
        }
    }

    /// A present count.
    #[inline]
    pub fn count(&self, centre: usize, slot: usize, count: Count) -> f64 {
        self.out.centres[centre].integrals.count(slot, count)
    }

    /// A request reaches a centre to be served in `slot`.
    #[inline(always)]
    pub fn reaches_centre(&mut self, centre: usize, slot: usize, r: &mut Request, t: f64) {
        // A copy of duplicated work is no arrival.
        let inside = self.in_window(t) && !r.copy;
        let flow = self.advance(centre, t);
        let hour = flow.integrals.hour();
        r.hour = hour as u8;
        if inside {
            flow.waits[slot].reached[hour] += 1;
        }
    }

    /// A request leaves a queue after `waited`, served or not.
    #[inline]
    pub fn leaves_queue(&mut self, centre: usize, slot: usize, waited: f64) {
        self.out.centres[centre].waits[slot].queued += waited;
    }

    /// Service begins, `waited` after the request joined the centre's queue.
    #[inline]
    pub fn served(&mut self, r: &Request, slot: usize, waited: f64, t: f64) {
        if !self.in_window(t) {
            return;
        }
        let w = &mut self.out.centres[r.centre as usize].waits[slot];
        w.started += 1;
        w.waited += u64::from(waited > 0.0);
        w.sum += waited;
        w.waits.record(waited);
        w.sum_by_hour[r.hour as usize] += waited;
        w.started_by_hour[r.hour as usize] += 1;
        w.prompt_by_hour[r.hour as usize] += u64::from(waited <= self.model.run.prompt);
        let stage = &mut self.out.stages[r.stage as usize];
        stage.started += 1;
        stage.wait_sum += t - r.reached;
    }

    /// The first officer since the clock started begins on the request.
    #[inline]
    pub fn first_officer(&mut self, r: &Request, t: f64) {
        let waited = t - r.clock;
        if r.clock.is_nan() || !self.in_window(t) {
            return;
        }
        let prompt = waited <= self.model.run.prompt;
        let f = self.flow(r);
        f.first_wait_sum += waited;
        f.first_wait_count += 1;
        f.first_wait_prompt += u64::from(prompt);
        let cell = &mut self.out.local[r.area as usize][r.clock_hour as usize];
        cell.wait_count += 1;
        cell.wait_sum += waited;
        cell.prompt += u32::from(prompt);
    }

    /// `officers` worked from `from` to `t`; gives the officer-seconds that fall into the window.
    #[inline]
    pub fn worked(&mut self, centre: usize, slot: usize, officers: f64, from: f64, t: f64) -> f64 {
        self.out.centres[centre].waits[slot].given += officers * (t - from);
        officers * (t.min(self.until) - from.max(self.from)).max(0.0)
    }

    /// A row for the trace, where one is kept.
    #[inline]
    pub fn trace_row(
        &mut self,
        r: &Request,
        stage: usize,
        centre: Option<usize>,
        started: f64,
        finished: f64,
        kind: TraceKind,
    ) {
        if self.tracing {
            self.out.trace.push(TraceRow {
                request: r.number,
                class: r.class as usize,
                area: r.area as usize,
                stage,
                centre,
                booked: r.arrival,
                reached: if kind == TraceKind::Exit { finished } else { r.reached },
                started,
                finished,
                kind,
            });
        }
    }
}
