//! Keeps the sums that an [`Outcome`] reports. Handlers say what happened and when; nothing here changes the course of a run.

use super::hours::Hours;
use super::integral::{Count, Gauge, Integrals, OpenHour};
use super::limits::Chains;
use super::outcome::{CentreFlow, Flow, LocalHour, Outcome, Waits};
use super::request::Request;
use super::station::Station;
use super::sums::{ConservationCounts, StageSums, SumsCell, stage_flow};
use super::trace::{TraceKind, TraceRow};
use crate::histogram::Histogram;
use crate::model::Model;
use crate::time::HOURS_OF_WEEK;

mod alike;
mod turning;
pub(super) use alike::Alike;

/// Sums of a run under way.
pub(super) struct Observer<'m> {
    pub model: &'m Model,
    pub out: Outcome,
    /// Start and end of the statistics window.
    pub from: f64,
    until: f64,
    /// Service target, seconds.
    pub target: f64,
    /// The last instants at which a case for the shares done within T and answered within `prompt` may start.
    last_case: f64,
    pub last_offer: f64,
    tracing: bool,
    /// Requests so far.
    number: u64,
    /// By class and area.
    cells: Vec<SumsCell>,
    /// Times to completion by class, and by area; of a single class or area, only the other's are kept. Not by
    /// both, which would be far too many to stay near.
    completion_of_class: Vec<Histogram>,
    completion_of_area: Vec<Histogram>,
    /// By area and local hour of the week; so many hours that any byte is one of them.
    local: Vec<[LocalHour; 256]>,
    /// Hour of the week of each area now.
    local_hour: Vec<u8>,
    /// Up to this instant no clock has a new hour, no centre's hour ends, and neither the window nor the time of its cases opens or closes.
    pub edge: f64,
    /// From when until when that which follows holds: a component begins before the last one has ended.
    window_since: f64,
    window_edge: f64,
    /// Whether the present is in the window.
    pub inside: bool,
    /// Whether a clock or a wait that starts now is a case for the share done within T, and for the share answered in time.
    now_case: bool,
    now_offer: bool,
    /// The open hour of each centre, and the officers on duty in all of it.
    open: Vec<(OpenHour, Gauge)>,
    /// By stage.
    visits: Vec<u64>,
    /// By class and area, and by stage of the exit.
    exits: Vec<u64>,
    /// By stage and centre.
    stages: Vec<StageSums>,
    centres: usize,
    pub hours: Hours,
    pub chains: Chains<'m>,
}

impl<'m> Observer<'m> {
    pub(super) fn new(model: &'m Model, replication: u32, tracing: bool) -> Self {
        let window = (model.run.warm_up, model.run.end());
        let flow = || Flow { exits: vec![0; model.stages.len()], ..Flow::default() };
        let centres: Vec<CentreFlow> = model
            .centres
            .iter()
            .map(|centre| {
                let held = centre.pools.iter().fold(0, |mask, pool| mask | pool.roles);
                let roles: Vec<usize> = (0..model.roles.len()).filter(|r| held >> r & 1 == 1).collect();
                let integrals = Integrals::new(roles.len() + 1, window);
                CentreFlow { integrals, waits: Vec::new(), roles }
            })
            .collect();
        let (classes, areas) = (model.classes.len(), model.areas.len());
        let width = model.centres.len().max(1);
        let out = Outcome {
            replication,
            total: flow(),
            classes: (0..classes).map(|_| flow()).collect(),
            areas: (0..areas).map(|_| flow()).collect(),
            stages: Vec::new(),
            centres,
            local: Vec::new(),
            duplicate: 0.0,
            rework: 0.0,
            backlog: 0,
            requests: 0,
            events: 0,
            triggers: Vec::new(),
            trace: Vec::new(),
        };
        Self {
            model,
            out,
            from: window.0,
            until: window.1,
            target: model.run.target,
            last_case: window.1 - model.run.target,
            last_offer: window.1 - model.run.prompt,
            tracing,
            number: 0,
            cells: vec![SumsCell::default(); classes * areas],
            completion_of_class: vec![Histogram::new(); if areas == 1 || classes > 1 { classes } else { 0 }],
            completion_of_area: vec![Histogram::new(); if areas > 1 { areas } else { 0 }],
            local: vec![[LocalHour::default(); 256]; areas],
            local_hour: vec![0; areas],
            edge: 0.0,
            window_since: f64::INFINITY,
            window_edge: f64::INFINITY,
            inside: false,
            now_case: false,
            now_offer: false,
            open: vec![Default::default(); model.centres.len()],
            visits: vec![0; model.stages.len()],
            exits: vec![0; classes * areas * model.stages.len()],
            stages: vec![StageSums::default(); model.stages.len() * width],
            centres: width,
            hours: Hours::new(model),
            chains: Chains::new(&|| false),
        }
    }

    /// End of the window.
    pub(super) fn until(&self) -> f64 {
        self.until
    }

    /// The hour of an area's week now.
    pub(super) fn hour_of_area(&self, area: usize) -> u8 {
        self.local_hour[area]
    }

    /// Whether an instant is in the window.
    #[inline(always)]
    pub(crate) fn in_window(&self, t: f64) -> bool {
        t >= self.from && t < self.until
    }

    /// The sums of the request's class and area.
    #[inline(always)]
    pub(super) fn cell(&mut self, r: &Request) -> &mut SumsCell {
        &mut self.cells[r.cell as usize]
    }

    /// The service of the request's area in the hour at which its clock started.
    #[inline(always)]
    pub(crate) fn local_cell(&mut self, r: &Request) -> &mut LocalHour {
        &mut self.local[r.area as usize][usize::from(r.clock_hour)]
    }

    /// How many requests of a class came and went.
    pub(crate) fn conservation(&self, class: usize) -> ConservationCounts {
        let areas = self.model.areas.len();
        let mut sum = ConservationCounts::default();
        self.cells[class * areas..(class + 1) * areas].iter().for_each(|cell| sum.add(cell.conservation));
        sum
    }

    /// Adds the sums up and writes the outcome.
    pub(super) fn finish(&mut self, stations: &[Station]) {
        let areas = self.model.areas.len();
        let exits = self.exits.chunks(self.visits.len().max(1));
        for (cell, exits) in self.cells.iter_mut().zip(exits) {
            cell.flow.exits = exits.to_vec();
        }
        for (i, cell) in self.cells.iter().enumerate() {
            self.out.duplicate += cell.duplicate;
            self.out.rework += cell.rework;
            self.out.total.add(&cell.flow);
            self.out.classes[i / areas].add(&cell.flow);
            self.out.areas[i % areas].add(&cell.flow);
        }
        self.spread_completion();
        self.out.requests = self.number;
        for (s, sums) in self.stages.chunks(self.centres).enumerate() {
            let mut flow = stage_flow(self.visits[s], sums);
            flow.completed[0] += self.out.total.exits[s];
            self.out.stages.push(flow);
        }
        let mut stations = stations.iter();
        for centre in &mut self.out.centres {
            centre.waits.push(Waits::new());
            centre.waits.extend(stations.by_ref().take(centre.roles.len()).map(Station::waits));
            let (whole, slots) = centre.waits.split_at_mut(1);
            slots.iter().for_each(|slot| whole[0].add(slot));
        }
        for hours in &self.local {
            let mut area = Box::new([LocalHour::default(); HOURS_OF_WEEK]);
            area.copy_from_slice(&hours[..HOURS_OF_WEEK]);
            self.out.local.push(area);
        }
    }

    /// Gives each class, each area and the total their times to completion.
    fn spread_completion(&mut self) {
        let (of_class, of_area) = (&mut self.completion_of_class, &mut self.completion_of_area);
        for one in if of_area.is_empty() { &*of_class } else { &*of_area } {
            self.out.total.completion.merge(one);
        }
        for (flows, kept) in [(&mut self.out.classes, of_class), (&mut self.out.areas, of_area)] {
            if kept.is_empty() {
                // It is the only class or area.
                flows.iter_mut().for_each(|flow| flow.completion = self.out.total.completion.packed());
            } else {
                flows.iter_mut().zip(kept.drain(..)).for_each(|(flow, one)| flow.completion = one.packed());
            }
        }
    }

    /// A new request is booked now.
    #[inline(always)]
    pub(super) fn booking(&mut self, r: &mut Request) {
        self.count_bookings(r.cell, 1);
        r.number = self.number;
    }

    /// A request comes back: for rework, or from a time before the run.
    pub(super) fn returning(&mut self, r: &mut Request) {
        self.number += 1;
        r.number = self.number;
        self.cell(r).conservation.returned += 1;
    }

    /// A request without a slot is still under way at the end of the run.
    #[inline]
    pub(crate) fn still_under_way(&mut self, r: &Request) {
        self.cell(r).conservation.beyond += 1;
        self.trace_row(r, r.stage as usize, None, f64::NAN, f64::NAN, TraceKind::UnderWay);
    }

    /// A request reaches its stage, `inside` the window or not.
    #[inline(always)]
    pub(super) fn visit(&mut self, r: &Request, inside: bool) {
        if inside {
            self.count_visits(r.stage, 1);
        }
    }

    /// A request goes on from the join that it is at; so many branches have waited there for so long in all.
    pub(super) fn joined(&mut self, r: &Request, (branches, waited): (u32, f64), inside: bool) {
        if inside {
            let sums = &mut self.stages[r.stage as usize * self.centres];
            sums.started += u64::from(branches);
            sums.wait_sum += waited.max(0.0);
        }
    }

    /// A request leaves its stage, served at `centre`.
    #[inline(always)]
    pub(super) fn completed(&mut self, r: &Request, centre: usize, inside: bool) {
        if inside {
            self.count_completed(r.stage, centre, 1);
        }
    }

    /// The clock of time to completion starts.
    #[inline(always)]
    pub(crate) fn start_clock(&mut self, r: &mut Request, t: f64) {
        r.clock = t;
        r.seen = false;
        self.out.backlog += i64::from(t <= self.until);
        r.clock_hour = if t < self.edge {
            self.local_hour[r.area as usize]
        } else {
            self.hour_of(self.model.areas[r.area as usize].clock, t).0 as u8
        };
        if self.in_window(t) {
            self.count_clocks(r, 1, (t <= self.last_case, t <= self.last_offer));
        }
    }

    /// Whether a clock start at `t` is a case for the share done within T.
    #[inline(always)]
    pub(crate) fn is_case(&self, t: f64) -> bool {
        t >= self.from && t <= self.last_case
    }

    /// The request is done.
    #[inline(always)]
    pub(super) fn done(&mut self, r: &mut Request, t: f64, inside: bool) {
        r.done = true;
        if !r.clock.is_nan() && t <= self.until {
            self.out.backlog -= 1;
            self.complete(r, t, inside);
        }
    }

    /// The time to completion of a request that is done.
    #[inline(always)]
    pub(crate) fn complete(&mut self, r: &Request, t: f64, inside: bool) {
        let taken = t - r.clock;
        let met = taken <= self.target && self.is_case(r.clock);
        if met {
            self.local_cell(r).met += 1;
        }
        let flow = &mut self.cell(r).flow;
        if met {
            flow.target_met += 1;
        }
        if inside {
            flow.done += 1;
            flow.completion_sum += taken;
            if let Some(of_class) = self.completion_of_class.get_mut(r.class as usize) {
                of_class.record(taken);
            }
            if let Some(of_area) = self.completion_of_area.get_mut(r.area as usize) {
                of_area.record(taken);
            }
        }
    }

    /// The request leaves by an exit that it has reached, which makes it `done` or not.
    #[inline(always)]
    pub(super) fn exit(&mut self, r: &Request, exit: usize, done: bool, t: f64, inside: bool) {
        if t > self.until {
            self.still_under_way(r);
            return;
        }
        if !r.done && !r.clock.is_nan() {
            self.out.backlog -= 1;
            if done {
                self.complete(r, t, inside);
            }
        }
        self.count_exits(r.cell, exit, 1, inside);
        if self.tracing {
            self.trace_row(r, exit, None, f64::NAN, t, TraceKind::Exit);
        }
    }

    /// The request reached what its deadline was for.
    #[inline(always)]
    pub(crate) fn deadline_met(&mut self, r: &Request, inside: bool) {
        if inside {
            self.cell(r).flow.met_deadline += 1;
        }
    }

    /// A request joins a centre, at a station.
    #[inline(always)]
    pub(crate) fn reaches_centre(&self, station: &mut Station, r: &mut Request) {
        r.hour = station.hour.of_week;
        // A copy of duplicated work is no arrival.
        if self.inside && !r.copy {
            station.reached(1, r.enqueued <= self.last_offer);
        }
    }

    /// `officers` begin to work on a request.
    #[inline(always)]
    pub(crate) fn begin_service(&mut self, station: &mut Station, r: &mut Request, officers: f64, t: f64) {
        station.change(Count::Busy, officers, t);
        let inside = self.inside;
        if !r.interrupted && !r.copy && t - r.enqueued <= self.model.run.prompt && self.is_offer(r.enqueued) {
            station.answered(r);
        }
        if inside && !r.interrupted {
            station.started(r, t - r.enqueued, self.model.run.prompt);
            let stage = &mut self.stages[r.stage as usize * self.centres + usize::from(r.centre)];
            stage.started += 1;
            stage.wait_sum += t - r.reached;
        }
        if !r.seen {
            r.seen = true;
            if !r.clock.is_nan() {
                self.first_officer(r, t - r.clock, inside);
            }
        }
    }

    /// `officers` are at work on a request no longer.
    #[inline(always)]
    pub(super) fn end_service(&mut self, station: &mut Station, r: &mut Request, officers: f64, t: f64) {
        station.change(Count::Busy, -officers, t);
        station.given += officers * (t - r.started);
        // Only work that is duplicated or done again has to be told apart.
        if r.doubled || r.rework {
            self.tell_apart(r, officers, t);
        }
    }

    /// Books officer-seconds within the window of work that is duplicated or done again.
    fn tell_apart(&mut self, r: &mut Request, officers: f64, t: f64) {
        if !r.has_copies() && !r.rework {
            return;
        }
        let spent = officers * (t.min(self.until) - r.started.max(self.from)).max(0.0);
        r.spent += spent;
        if r.rework {
            self.cell(r).rework += spent;
        }
    }

    /// Officer-seconds of a copy that came to nothing.
    pub(super) fn duplicate(&mut self, r: &Request, spent: f64) {
        self.cell(r).duplicate += spent;
    }

    /// Officer-seconds of rework in hand at the end.
    pub(super) fn rework(&mut self, r: &Request, spent: f64) {
        self.cell(r).rework += spent;
    }

    /// A row for the trace, where one is kept.
    #[inline(always)]
    pub(crate) fn trace_row(
        &mut self,
        r: &Request,
        stage: usize,
        centre: Option<usize>,
        started: f64,
        finished: f64,
        kind: TraceKind,
    ) {
        if self.tracing {
            self.out.trace.push(TraceRow::of(r, (stage, centre), (started, finished), kind));
        }
    }
}
