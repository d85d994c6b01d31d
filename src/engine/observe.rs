//! Keeps the sums that an [`Outcome`] reports. Handlers say what happened and when; nothing here
//! changes the course of a run.

use super::hours::Hours;
use super::integral::{Count, Integrals};
use super::outcome::{CentreFlow, Flow, LocalHour, Outcome, StageFlow, Waits};
use super::request::Request;
use super::trace::{TraceKind, TraceRow};
use crate::model::Model;
use crate::stats::quantile::Histogram;
use crate::time::HOURS_OF_WEEK;

/// Sums of a run under way, laid out for writing: what one event touches lies together.
#[derive(Debug)]
pub(super) struct Observer<'m> {
    model: &'m Model,
    pub out: Outcome,
    /// Start and end of the statistics window.
    from: f64,
    until: f64,
    /// Service target, seconds.
    target: f64,
    tracing: bool,
    /// Requests so far.
    number: u64,
    /// By class and area.
    cells: Vec<Cell>,
    /// By area and local hour of the week.
    local: Vec<LocalHour>,
    /// By centre and role.
    desks: Vec<Desk>,
    /// Number of each centre's first desk.
    first_desk: Vec<u32>,
    stages: Vec<StageSums>,
    /// Visits completed in the window, by stage and centre.
    completed: Vec<u64>,
    pub hours: Hours,
}

/// Sums of a class in an area.
#[derive(Debug, Clone)]
struct Cell {
    flow: Flow,
    /// Whole run: bookings, returns (rework and past), exits up to the end, and requests without a slot
    /// whose next instant lies beyond the end.
    books: Books,
}

/// How many requests came and went over the whole run.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Books {
    pub booked: u64,
    pub returned: u64,
    pub left: u64,
    pub beyond: u64,
}

/// Sums of a role at a centre.
#[derive(Debug, Clone)]
struct Desk {
    /// Sum of waits.
    sum: f64,
    /// Whole run: time in the queue, and officer-seconds of service given.
    queued: f64,
    given: f64,
    waits: Histogram,
    hours: Box<[DeskHour; HOURS_OF_WEEK]>,
}

/// Requests of one hour of a centre's week: those who reached the queue, those of them begun, their waits.
#[derive(Debug, Clone, Copy, Default)]
struct DeskHour {
    reached: u64,
    started: u64,
    wait_sum: f64,
}

#[derive(Debug, Clone, Copy, Default)]
struct StageSums {
    visits: u64,
    started: u64,
    wait_sum: f64,
}

impl<'m> Observer<'m> {
    pub fn new(model: &'m Model, replication: u32, tracing: bool) -> Self {
        let window = (model.run.warm_up, model.run.end());
        let flow = || Flow { exits: vec![0; model.stages.len()], ..Flow::default() };
        let centres: Vec<CentreFlow> = model
            .centres
            .iter()
            .map(|centre| {
                let held = centre.pools.iter().fold(0, |mask, pool| mask | pool.roles);
                let roles: Vec<usize> = (0..model.roles.len()).filter(|r| held >> r & 1 == 1).collect();
                let slots = roles.len() + 1;
                let clock = &model.clocks[centre.clock];
                let hour_at = &mut |t| (clock.hour_of_week(t), clock.next_hour(t));
                CentreFlow { integrals: Integrals::new(slots, window, hour_at), waits: Vec::new(), roles }
            })
            .collect();
        let mut desks = 0;
        let first_desk = centres
            .iter()
            .map(|centre| {
                desks += centre.roles.len();
                (desks - centre.roles.len()) as u32
            })
            .collect();
        let classes = model.classes.len();
        let out = Outcome {
            replication,
            total: flow(),
            classes: (0..classes).map(|_| flow()).collect(),
            areas: model.areas.iter().map(|_| flow()).collect(),
            stages: Vec::new(),
            centres,
            local: Vec::new(),
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
            target: model.run.target,
            tracing,
            number: 0,
            cells: vec![Cell { flow: flow(), books: Books::default() }; classes * model.areas.len()],
            local: vec![LocalHour::default(); model.areas.len() * HOURS_OF_WEEK],
            desks: vec![Desk::new(); desks],
            first_desk,
            stages: vec![StageSums::default(); model.stages.len()],
            completed: vec![0; model.stages.len() * model.centres.len().max(1)],
            hours: Hours::new(model),
        }
    }

    #[inline(always)]
    fn in_window(&self, t: f64) -> bool {
        t >= self.from && t < self.until
    }

    /// The sums of the request's class and area.
    #[inline(always)]
    fn cell(&mut self, r: &Request) -> &mut Cell {
        &mut self.cells[r.cell as usize]
    }

    /// The service of the request's area in the hour at which its clock started.
    #[inline(always)]
    fn local_cell(&mut self, r: &Request) -> &mut LocalHour {
        &mut self.local[r.area as usize * HOURS_OF_WEEK + r.clock_hour as usize]
    }

    /// Number of a role's desk at a centre.
    #[inline(always)]
    pub fn desk(&self, centre: usize, slot: usize) -> u32 {
        self.first_desk[centre] + slot as u32 - 1
    }

    /// How many requests of a class came and went.
    pub fn books(&self, class: usize) -> Books {
        let areas = self.model.areas.len();
        let mut sum = Books::default();
        for cell in &self.cells[class * areas..(class + 1) * areas] {
            sum.booked += cell.books.booked;
            sum.returned += cell.books.returned;
            sum.left += cell.books.left;
            sum.beyond += cell.books.beyond;
        }
        sum
    }

    /// Adds the sums up and writes the outcome.
    pub fn finish(&mut self) {
        let (areas, centres) = (self.model.areas.len(), self.model.centres.len().max(1));
        for (i, cell) in self.cells.iter().enumerate() {
            self.out.total.add(&cell.flow);
            self.out.classes[i / areas].add(&cell.flow);
            self.out.areas[i % areas].add(&cell.flow);
        }
        self.out.requests = self.number;
        for (s, (sums, completed)) in self.stages.iter().zip(self.completed.chunks_exact(centres)).enumerate()
        {
            let mut completed = completed.to_vec();
            completed[0] += self.out.total.exits[s];
            self.out.stages.push(StageFlow {
                visits: sums.visits,
                completed,
                started: sums.started,
                wait_sum: sums.wait_sum,
            });
        }
        let mut desks = self.desks.iter();
        for centre in &mut self.out.centres {
            let mut whole = Waits::new();
            let slots: Vec<Waits> =
                desks.by_ref().take(centre.roles.len()).map(Desk::waits).inspect(|w| whole.add(w)).collect();
            centre.waits.push(whole);
            centre.waits.extend(slots);
        }
        for hours in self.local.chunks_exact(HOURS_OF_WEEK) {
            let mut area = Box::new([LocalHour::default(); HOURS_OF_WEEK]);
            area.copy_from_slice(hours);
            self.out.local.push(area);
        }
    }

    /// A new request is booked.
    #[inline(always)]
    pub fn booking(&mut self, r: &mut Request) {
        self.number += 1;
        r.number = self.number;
        let inside = self.in_window(r.arrival);
        let cell = self.cell(r);
        cell.books.booked += 1;
        cell.flow.arrivals += u64::from(inside);
    }

    /// A request comes back: for rework, or from a time before the run.
    pub fn returning(&mut self, r: &mut Request) {
        self.number += 1;
        r.number = self.number;
        self.cell(r).books.returned += 1;
    }

    /// A request without a slot is still under way at the end of the run.
    #[inline]
    pub fn still_under_way(&mut self, r: &Request) {
        self.cell(r).books.beyond += 1;
    }

    /// A request reaches a stage.
    #[inline(always)]
    pub fn visit(&mut self, stage: usize, t: f64) {
        let inside = self.in_window(t);
        self.stages[stage].visits += u64::from(inside);
    }

    /// A request leaves a stage, served at `centre`.
    #[inline(always)]
    pub fn completed(&mut self, stage: usize, centre: usize, t: f64) {
        let inside = self.in_window(t);
        self.completed[stage * self.model.centres.len().max(1) + centre] += u64::from(inside);
    }

    /// The clock of time to completion starts.
    #[inline(always)]
    pub fn clock_starts(&mut self, r: &mut Request, t: f64) {
        r.clock = t;
        r.seen = false;
        self.out.backlog += i64::from(t <= self.until);
        let clock = self.model.areas[r.area as usize].clock;
        r.clock_hour = self.hours.at(self.model, clock, t).of_week as u8;
        let case = self.is_case(t);
        self.cell(r).flow.target_cases += u64::from(case);
        self.local_cell(r).cases += u32::from(case);
    }

    /// Whether a clock start at `t` is a case for the share done within T.
    #[inline(always)]
    fn is_case(&self, t: f64) -> bool {
        t >= self.from && t + self.target <= self.until
    }

    /// The request is done.
    #[inline(always)]
    pub fn done(&mut self, r: &mut Request, t: f64) {
        r.done = true;
        if r.clock.is_nan() || t > self.until {
            return;
        }
        self.out.backlog -= 1;
        let taken = t - r.clock;
        let met = taken <= self.target && self.is_case(r.clock);
        self.local_cell(r).met += u32::from(met);
        let inside = self.in_window(t);
        let flow = &mut self.cell(r).flow;
        flow.target_met += u64::from(met);
        if inside {
            flow.done += 1;
            flow.completion_sum += taken;
            flow.completion.record(taken);
        }
    }

    /// The request leaves by `exit`.
    #[inline(always)]
    pub fn exit(&mut self, r: &Request, exit: usize, t: f64) {
        if t > self.until {
            self.still_under_way(r);
            return;
        }
        self.out.backlog -= i64::from(!r.done && !r.clock.is_nan());
        let inside = self.in_window(t);
        let cell = self.cell(r);
        cell.books.left += 1;
        cell.flow.exits[exit] += u64::from(inside);
        if self.tracing {
            self.trace_row(r, exit, None, f64::NAN, t, TraceKind::Exit);
        }
    }

    /// The request reached what its deadline was for.
    #[inline(always)]
    pub fn deadline_met(&mut self, r: &Request, t: f64) {
        let inside = self.in_window(t);
        self.cell(r).flow.met_deadline += u64::from(inside);
    }

    /// The request's deadline passed first. `needed` tells whether its drawn outcome asks for the
    /// deadline's stage, `anyway` whether no waiting at all would have saved it.
    pub fn lost(&mut self, r: &Request, needed: bool, anyway: bool, t: f64) {
        let early = !r.done && !r.clock.is_nan() && self.is_case(r.clock) && t - r.clock < self.target;
        let inside = needed && self.in_window(t);
        let flow = &mut self.cell(r).flow;
        flow.lost += u64::from(inside);
        flow.lost_anyway += u64::from(inside && anyway);
        flow.target_lost_early += u64::from(early);
    }

    /// A centre's sums, its hours brought up to `t`.
    #[inline(always)]
    fn advance(&mut self, centre: usize, t: f64) -> &mut CentreFlow {
        let flow = &mut self.out.centres[centre];
        if flow.integrals.is_behind(t) {
            let clock = self.model.centres[centre].clock;
            flow.integrals.advance(t, &mut |at| {
                let hour = self.hours.at(self.model, clock, at);
                (hour.of_week, hour.until)
            });
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

    /// A request reaches a centre to be served in `slot`, at the desk that it names.
    #[inline(always)]
    pub fn reaches_centre(&mut self, centre: usize, r: &mut Request, t: f64) {
        // A copy of duplicated work is no arrival.
        let inside = self.in_window(t) && !r.copy;
        let hour = self.advance(centre, t).integrals.hour();
        r.hour = hour as u8;
        self.desks[r.desk as usize].hours[hour].reached += u64::from(inside);
    }

    /// A request leaves a queue after `waited`, served or not.
    #[inline(always)]
    pub fn leaves_queue(&mut self, r: &Request, waited: f64) {
        self.desks[r.desk as usize].queued += waited;
    }

    /// Service begins, `waited` after the request joined the centre's queue.
    #[inline(always)]
    pub fn served(&mut self, r: &Request, waited: f64, t: f64) {
        if !self.in_window(t) {
            return;
        }
        let desk = &mut self.desks[r.desk as usize];
        desk.sum += waited;
        desk.waits.record(waited);
        let hour = &mut desk.hours[r.hour as usize];
        hour.started += 1;
        hour.wait_sum += waited;
        let stage = &mut self.stages[r.stage as usize];
        stage.started += 1;
        stage.wait_sum += t - r.reached;
    }

    /// The first officer since the clock started begins on the request.
    #[inline(always)]
    pub fn first_officer(&mut self, r: &Request, t: f64) {
        let waited = t - r.clock;
        if r.clock.is_nan() || !self.in_window(t) {
            return;
        }
        let flow = &mut self.cell(r).flow;
        flow.first_wait_sum += waited;
        flow.first_wait_count += 1;
        let cell = self.local_cell(r);
        cell.wait_count += 1;
        cell.wait_sum += waited;
    }

    /// `officers` worked on a request from `from` to `t`; gives the officer-seconds that fall into the window.
    #[inline(always)]
    pub fn worked(&mut self, r: &Request, officers: f64, from: f64, t: f64) -> f64 {
        self.desks[r.desk as usize].given += officers * (t - from);
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

impl Desk {
    fn new() -> Self {
        Self {
            sum: 0.0,
            queued: 0.0,
            given: 0.0,
            waits: Histogram::new(),
            hours: Box::new([DeskHour::default(); HOURS_OF_WEEK]),
        }
    }

    fn waits(&self) -> Waits {
        let started = self.waits.count();
        Waits {
            reached: self.hours.iter().map(|h| h.reached).collect(),
            started,
            waited: started - self.waits.zeros(),
            sum: self.sum,
            waits: self.waits.clone(),
            sum_by_hour: self.hours.iter().map(|h| h.wait_sum).collect(),
            started_by_hour: self.hours.iter().map(|h| h.started).collect(),
            queued: self.queued,
            given: self.given,
        }
    }
}
