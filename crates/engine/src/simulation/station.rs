//! A station: where requests wait for one role at one centre, and what is recorded there. Everything that an
//! event there touches lies together.

use super::centre::{is_mixed, is_paced, is_selective, serves_batches};
use super::integral::{Count, Gauges, OpenHour};
use super::outcome::Waits;
use super::queue::{LinePlace, Queue};
use super::request::Request;
use crate::histogram::Histogram;
use crate::model::limits::numbered;
use crate::model::{CaseChoice, Model, StageKind};
use crate::time::HOURS_OF_WEEK;
use std::collections::BTreeMap;

/// A role at a centre.
#[derive(Debug)]
pub(super) struct Station {
    pub centre: u16,
    /// The centre's first pool that holds the role.
    pub pool: u32,
    /// The centre has no other pool.
    pub alone: bool,
    /// Each service at the centre asks for one officer: who becomes free takes up one request at most.
    pub singly: bool,
    /// And any officer will do: nobody waits while somebody is free.
    pub by_anyone: bool,
    /// The centre turns some away, or calls some back.
    pub limited: bool,
    /// Urgent cases cut off others here.
    pub preemptive: bool,
    /// It is preemptive, or some service at the centre is of several requests at once.
    pub apart: bool,
    /// A request may be begun although others wait: urgent cases cut off others, or some are held back.
    pub overtakes: bool,
    /// Some service at the centre takes several officers and lets nobody overtake while it waits for them, or officers of
    /// several roles, or not every officer who is free takes every case.
    pub guarded: bool,
    /// Triggers watch the centre.
    pub watched: bool,
    /// It is guarded or watched.
    pub attended: bool,
    /// Officers are kept free of some classes, begin no case near the end of their shifts, or leave cases to others first.
    pub reserved: bool,
    /// Triggers count who is begun in time here.
    pub counted: bool,
    /// It is preemptive, mixed, paced, concurrent or counted.
    pub rare: bool,
    /// Some service at the centre takes officers of several roles.
    pub mixed: bool,
    /// Some officers at the centre are faster or slower than others.
    pub paced: bool,
    /// Officers at the centre may have several cases in hand.
    pub concurrent: bool,
    /// Its waiting requests that nobody may overtake, by their places in line.
    pub guards: BTreeMap<LinePlace, u32>,
    /// The centre's open hour.
    pub hour: OpenHour,
    pub queue: Queue,
    pub gauges: Gauges,
    /// Sum of waits in the window.
    sum: f64,
    /// Whole run: time in the queue, and officer-seconds of service given.
    pub queued: f64,
    pub given: f64,
    /// In the window: services cut off by more urgent cases, and officer-seconds of work that came to nothing by it.
    pub cut: u64,
    pub work_lost: f64,
    /// In the window: time of cases in hand, of officers who may have several.
    pub in_hand: f64,
    waits: Histogram,
    /// By hour of the week; so many that any byte is one of them.
    hours: Box<[StationHour; 256]>,
}

/// Requests of one hour of a centre's week: those who reached the station, those of them begun, their waits.
#[derive(Debug, Clone, Copy, Default)]
struct StationHour {
    reached: u64,
    started: u64,
    wait_sum: f64,
    /// Services begun after a wait no longer than the run's `prompt`.
    prompt: u64,
    /// Those who reached the station at least `prompt` before the window's end; of these, those begun within
    /// `prompt`, and those gone within it.
    offered: u64,
    answered: u64,
    gone_early: u64,
}

impl Station {
    pub(super) fn new(model: &Model, centre: usize, pool: usize) -> Self {
        let rules = &model.centres[centre];
        let held = rules.pools.iter().fold(0, |mask, pool| mask | pool.roles);
        let services = || {
            model.stages.iter().filter_map(|stage| match &stage.kind {
                StageKind::Service(service) => (held >> service.role & 1 == 1).then_some(service),
                StageKind::Delay(_) | StageKind::Fork | StageKind::Join(_) | StageKind::Exit => None,
            })
        };
        let preemptive = rules.discipline.cuts_off();
        // Where cases are cut off, who becomes free may be of a team with some of those at work.
        // Where some are held back, whoever becomes free may let others be begun.
        // So it is where an officer may be free for some cases only.
        // Or where some wait for others with whom they are served.
        let batches = serves_batches(model, rules);
        let reserved = !rules.reserves.is_empty() || is_selective(rules) || batches;
        let mixed = is_mixed(model, rules);
        let chosen = rules.case_choice != CaseChoice::FirstInLine;
        let watched = model.triggers.iter().any(|trigger| trigger.centre == centre);
        let gated =
            model.triggers.iter().any(|trigger| trigger.gates.iter().any(|gate| gate.centre == centre));
        let counted = model.measures_answers(centre);
        let guarded =
            reserved || mixed || services().any(|service| service.officers > 1 && !service.overtaking);
        let singly = !preemptive && !reserved && !chosen && services().all(|service| service.officers == 1);
        Self {
            centre: numbered(centre),
            pool: pool as u32,
            alone: rules.pools.len() == 1,
            singly,
            by_anyone: singly && services().all(|service| !service.different_officer),
            guarded,
            watched,
            attended: guarded || watched,
            counted,
            reserved,
            rare: preemptive || mixed || is_paced(model, centre) || rules.concurrency.is_some() || counted,
            mixed,
            paced: is_paced(model, centre),
            concurrent: rules.concurrency.is_some(),
            overtakes: preemptive || reserved,
            guards: BTreeMap::new(),
            preemptive,
            apart: preemptive || batches,
            limited: gated || rules.capacity.is_some() || rules.balk.is_some() || rules.call_back.is_some(),
            hour: OpenHour::default(),
            queue: Queue::new(model, rules),
            gauges: Gauges::default(),
            sum: 0.0,
            queued: 0.0,
            given: 0.0,
            cut: 0,
            work_lost: 0.0,
            in_hand: 0.0,
            waits: Histogram::new(),
            hours: Box::new([StationHour::default(); 256]),
        }
    }

    /// A present count.
    #[inline(always)]
    pub(super) fn count(&self, count: Count) -> f64 {
        self.gauges[count as usize].now
    }

    /// A count changes at `t`, an instant of the open hour.
    #[inline(always)]
    pub(super) fn change(&mut self, count: Count, by: f64, t: f64) {
        debug_assert!(t < self.hour.until, "an hour that is over has not been closed");
        self.gauges[count as usize].change(by, t - self.hour.from);
    }

    /// So many requests have come, and are counted in the open hour; `offered` where the window leaves them time enough to
    /// be answered in.
    #[inline(always)]
    pub(super) fn reached(&mut self, many: u64, offered: bool) {
        let hour = &mut self.hours[usize::from(self.hour.of_week)];
        hour.reached += many;
        hour.offered += if offered { many } else { 0 };
    }

    /// So many requests are begun in the open hour as they come, in the window or not, offered or not.
    pub(super) fn begun_at_once(&mut self, many: u64, (inside, offered): (bool, bool), prompt: f64) {
        let hour = &mut self.hours[usize::from(self.hour.of_week)];
        let in_time = if 0.0 <= prompt { many } else { 0 };
        hour.answered += if offered { in_time } else { 0 };
        if inside {
            self.waits.record_zeros(many);
            hour.started += many;
            hour.prompt += in_time;
        }
    }

    /// An offered request is begun within `prompt` of joining.
    #[inline(always)]
    pub(super) fn answered(&mut self, r: &Request) {
        self.hours[usize::from(r.hour)].answered += 1;
    }

    /// An offered request goes unserved within `prompt` of joining.
    pub(super) fn gone_early(&mut self, r: &Request) {
        self.hours[usize::from(r.hour)].gone_early += 1;
    }

    /// A request leaves the queue at `t`, served or not.
    #[inline(always)]
    pub(crate) fn leave_queue(&mut self, r: &Request, t: f64) {
        self.change(Count::Queue, -1.0, t);
        self.queued += t - r.enqueued;
    }

    /// Service begins in the window, `waited` after the request joined the queue; no longer than `prompt`
    /// is counted apart.
    #[inline(always)]
    pub(super) fn started(&mut self, r: &Request, waited: f64, prompt: f64) {
        self.sum += waited;
        self.waits.record(waited);
        let hour = &mut self.hours[usize::from(r.hour)];
        hour.started += 1;
        hour.wait_sum += waited;
        hour.prompt += u64::from(waited <= prompt);
    }

    /// The waits, as they are reported.
    pub(super) fn waits(&self) -> Waits {
        let started = self.waits.count();
        let hours = &self.hours[..HOURS_OF_WEEK];
        Waits {
            reached: hours.iter().map(|h| h.reached).collect(),
            started,
            waited: started - self.waits.zeros(),
            sum: self.sum,
            waits: self.waits.packed(),
            sum_by_hour: hours.iter().map(|h| h.wait_sum).collect(),
            started_by_hour: hours.iter().map(|h| h.started).collect(),
            prompt_by_hour: hours.iter().map(|h| h.prompt).collect(),
            offered_by_hour: hours.iter().map(|h| h.offered).collect(),
            answered_by_hour: hours.iter().map(|h| h.answered).collect(),
            gone_early_by_hour: hours.iter().map(|h| h.gone_early).collect(),
            queued: self.queued,
            given: self.given,
            cut: self.cut,
            work_lost: self.work_lost,
            in_hand: self.in_hand,
        }
    }
}
