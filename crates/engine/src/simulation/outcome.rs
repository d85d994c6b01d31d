//! What one replication leaves behind: raw sums and counts over the statistics window, never ratios,
//! so that ratios over replications are ratios of sums.

use super::integral::{Count, Integrals};
use super::trace::TraceRow;
use crate::histogram::Histogram;
use crate::time::HOURS_OF_WEEK;

/// Raw results of one replication. Times in seconds.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Which replication, from 0.
    pub replication: u32,
    /// Counts and times of all requests together.
    pub total: Flow,
    /// The same by class, in the model's order.
    pub classes: Vec<Flow>,
    /// The same by area, in the model's order.
    pub areas: Vec<Flow>,
    /// Services and waits by stage, in the model's order.
    pub stages: Vec<StageFlow>,
    /// Work and officers by centre, in the model's order.
    pub centres: Vec<CentreFlow>,
    /// By area and local hour of the week at which the clock started.
    pub local: Vec<Box<[LocalHour; HOURS_OF_WEEK]>>,
    /// Officer-seconds of work done twice, the later copy's whole work.
    pub duplicate: f64,
    /// Officer-seconds of work on requests that came back for rework.
    pub rework: f64,
    /// Requests with a running completion clock at the end, not done: waiting or in hand.
    pub backlog: i64,
    /// Requests simulated over the whole run, warm-up included.
    pub requests: u64,
    /// Events of the event list that were handled, warm-up included.
    pub events: u64,
    /// What rules that react did, in the order of the model.
    pub triggers: Vec<TriggerFlow>,
    /// Instants of each request, where asked for.
    pub trace: Vec<TraceRow>,
}

/// What a rule that reacts did in the window.
#[derive(Debug, Clone, PartialEq)]
pub struct TriggerFlow {
    /// How often it went on.
    pub fired: u64,
    /// The same by hour of the centre's week.
    pub fired_by_hour: [u32; HOURS_OF_WEEK],
    /// The same over the whole run.
    pub ever: u64,
    /// Seconds that it was on, by hour of the centre's week.
    pub on: [f64; HOURS_OF_WEEK],
    /// Of each group of officers on call.
    pub calls: Vec<CallFlow>,
    /// Of each order that moves officers: how many were sent, and how long they were there.
    pub moves: Vec<CallFlow>,
}

/// What became of a group of officers on call in the window.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CallFlow {
    /// How often they were called.
    pub called: u64,
    /// Officer-seconds from coming to leaving; what they finish after that is overtime.
    pub officer_seconds: f64,
}

impl Default for TriggerFlow {
    fn default() -> Self {
        Self {
            fired: 0,
            fired_by_hour: [0; HOURS_OF_WEEK],
            ever: 0,
            on: [0.0; HOURS_OF_WEEK],
            calls: Vec::new(),
            moves: Vec::new(),
        }
    }
}

/// Counts and times of a set of requests.
#[derive(Debug, Clone, Default)]
pub struct Flow {
    /// New requests booked in the window.
    pub arrivals: u64,
    /// Requests done in the window.
    pub done: u64,
    /// Sum of their times to completion.
    pub completion_sum: f64,
    /// Distribution of their times to completion.
    pub completion: Histogram,
    /// Requests whose clock started in the window, at least T before its end.
    pub target_cases: u64,
    /// Of these, done within T.
    pub target_met: u64,
    /// Of these, lost before T had passed.
    pub target_lost_early: u64,
    /// Requests whose outcome asks for the deadline's stage and that reached it in the window.
    pub met_deadline: u64,
    /// Such requests lost in the window.
    pub lost: u64,
    /// Of these, the ones that no waiting at all would have saved.
    pub lost_anyway: u64,
    /// Waits from first reaching a stage to the first officer, at the stage that starts the clock.
    pub first_wait_sum: f64,
    /// Requests whose first service began, over which the first wait is a mean.
    pub first_wait_count: u64,
    /// Of these, no longer than the run's `prompt`.
    pub first_wait_prompt: u64,
    /// Requests whose clock started in the window, at least the run's `prompt` before its end.
    pub offered: u64,
    /// Of these, with a first officer no later than `prompt` after the clock's start.
    pub answered: u64,
    /// Of these, gone without an officer no later than that: lost at the deadline or turned away.
    pub gone_early: u64,
    /// Requests turned away by a centre in the window: no room, or not willing to join the queue they found.
    pub turned_away: u64,
    /// Requests promised a call back in the window.
    pub call_backs: u64,
    /// Calls back in the window that nobody answered.
    pub calls_in_vain: u64,
    /// Of classes that may come again: contacts that ended without service in the window, given up or turned away.
    pub contacts_failed: u64,
    /// Clients of such classes who went for good in the window, never served.
    pub clients_gone: u64,
    /// Contacts in the window of clients who had come before.
    pub redials: u64,
    /// Time in the window between two contacts, of all clients, seconds.
    pub between_contacts: f64,
    /// Exits in the window, by stage index of the exit.
    pub exits: Vec<u64>,
}

impl Flow {
    /// Adds another set of requests.
    pub fn add(&mut self, other: &Self) {
        self.arrivals += other.arrivals;
        self.done += other.done;
        self.completion_sum += other.completion_sum;
        self.completion.merge(&other.completion);
        self.target_cases += other.target_cases;
        self.target_met += other.target_met;
        self.target_lost_early += other.target_lost_early;
        self.met_deadline += other.met_deadline;
        self.lost += other.lost;
        self.lost_anyway += other.lost_anyway;
        self.first_wait_sum += other.first_wait_sum;
        self.first_wait_count += other.first_wait_count;
        self.first_wait_prompt += other.first_wait_prompt;
        self.offered += other.offered;
        self.answered += other.answered;
        self.gone_early += other.gone_early;
        self.turned_away += other.turned_away;
        self.call_backs += other.call_backs;
        self.calls_in_vain += other.calls_in_vain;
        self.contacts_failed += other.contacts_failed;
        self.clients_gone += other.clients_gone;
        self.redials += other.redials;
        self.between_contacts += other.between_contacts;
        for (to, from) in self.exits.iter_mut().zip(&other.exits) {
            *to += from;
        }
    }
}

/// Counts of a stage.
#[derive(Debug, Clone, Default)]
pub struct StageFlow {
    /// Visits that began in the window.
    pub visits: u64,
    /// Visits completed in the window, by centre; of a delay or exit in one entry.
    pub completed: Vec<u64>,
    /// Services begun; at joins, branches that came by when a request went on.
    pub started: u64,
    /// Sum of their waits from first reaching the stage; at joins, until the last branch needed came.
    pub wait_sum: f64,
}

/// Sums of a centre.
#[derive(Debug, Clone)]
pub struct CentreFlow {
    /// Model roles of slots 1, 2, ...; slot 0 is the whole centre.
    pub roles: Vec<usize>,
    /// Time integrals of officers and queues by role and hour of the week.
    pub integrals: Integrals,
    /// Waits by slot.
    pub waits: Vec<Waits>,
}

/// Waits at a centre for a role.
#[derive(Debug, Clone, Default)]
pub struct Waits {
    /// Requests that reached the queue, by hour of the centre's week.
    pub reached: Vec<u64>,
    /// Services begun in the window.
    pub started: u64,
    /// Of these, after a wait.
    pub waited: u64,
    /// Sum of waits.
    pub sum: f64,
    /// Distribution of waits.
    pub waits: Histogram,
    /// Sum of waits by hour of joining the queue.
    pub sum_by_hour: Vec<f64>,
    /// Services begun by hour of joining the queue.
    pub started_by_hour: Vec<u64>,
    /// Of these, after a wait no longer than the run's `prompt`.
    pub prompt_by_hour: Vec<u64>,
    /// Requests that reached the queue in the window, at least `prompt` before its end, copies left out; by hour.
    pub offered_by_hour: Vec<u64>,
    /// Of these, begun no later than `prompt` after joining.
    pub answered_by_hour: Vec<u64>,
    /// Of these, gone unserved no later than that: lost at the deadline or turned away.
    pub gone_early_by_hour: Vec<u64>,
    /// Whole run: time spent in the queue by everybody who left it.
    pub queued: f64,
    /// Whole run: officer-seconds of service given.
    pub given: f64,
    /// Services cut off in the window by more urgent cases.
    pub cut: u64,
    /// Officer-seconds of work on them that came to nothing: to be done again, or turned away.
    pub work_lost: f64,
    /// Seconds of cases in hand, of officers who may have several.
    pub in_hand: f64,
}

impl Waits {
    /// No waits yet.
    pub fn new() -> Self {
        Self {
            reached: vec![0; HOURS_OF_WEEK],
            sum_by_hour: vec![0.0; HOURS_OF_WEEK],
            started_by_hour: vec![0; HOURS_OF_WEEK],
            prompt_by_hour: vec![0; HOURS_OF_WEEK],
            offered_by_hour: vec![0; HOURS_OF_WEEK],
            answered_by_hour: vec![0; HOURS_OF_WEEK],
            gone_early_by_hour: vec![0; HOURS_OF_WEEK],
            ..Self::default()
        }
    }

    /// Adds the waits of another slot.
    pub fn add(&mut self, other: &Self) {
        self.started += other.started;
        self.waited += other.waited;
        self.sum += other.sum;
        self.waits.merge(&other.waits);
        self.queued += other.queued;
        self.given += other.given;
        self.cut += other.cut;
        self.work_lost += other.work_lost;
        self.in_hand += other.in_hand;
        for h in 0..HOURS_OF_WEEK {
            self.reached[h] += other.reached[h];
            self.sum_by_hour[h] += other.sum_by_hour[h];
            self.started_by_hour[h] += other.started_by_hour[h];
            self.prompt_by_hour[h] += other.prompt_by_hour[h];
            self.offered_by_hour[h] += other.offered_by_hour[h];
            self.answered_by_hour[h] += other.answered_by_hour[h];
            self.gone_early_by_hour[h] += other.gone_early_by_hour[h];
        }
    }
}

/// Service by local hour.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalHour {
    /// Clock starts at least T before the end.
    pub cases: u32,
    /// Of these, done within T.
    pub met: u32,
    /// Waits for the first officer.
    pub wait_count: u32,
    /// Sum of the waits of those who were served, seconds.
    pub wait_sum: f64,
    /// Waits no longer than the run's `prompt`.
    pub prompt: u32,
    /// Clock starts in the window, wherever it ends.
    pub reached: u32,
    /// Clock starts at least `prompt` before the end.
    pub offered: u32,
    /// Of these, with a first officer no later than `prompt` after the start.
    pub answered: u32,
    /// Of these, gone without an officer no later than that.
    pub gone_early: u32,
}

impl CentreFlow {
    /// Slot of a role, if somebody here holds it.
    pub fn slot(&self, role: usize) -> Option<usize> {
        self.roles.iter().position(|&r| r == role).map(|i| i + 1)
    }

    /// Officer-seconds on duty in the window.
    pub fn on_duty(&self) -> f64 {
        self.integrals.total(0, Count::OnDuty)
    }
}
