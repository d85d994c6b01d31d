//! Requests in the system, and the arena that holds them.

use super::visits::Visits;
use crate::model::StageId;
use crate::model::limits::numbered;
use crate::random::{KeyedRng, Purpose, mix};

/// No request, officer or centre.
pub(super) const NONE: u32 = u32::MAX;
/// No centre.
pub(super) const NOWHERE: u16 = u16::MAX;

/// Where a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// On its way to a stage: its event is the arrival there.
    Underway,
    /// In a queue: its event, if any, is the deadline or the overflow limit.
    Waiting,
    /// In service: its event is the end of service, or the deadline if that comes first.
    InService,
}

/// One unit of work in the system. Times in seconds since the origin.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// Seed of all its keyed draws.
    pub seed: u64,
    /// When it arrived, seconds.
    pub arrival: f64,
    /// Start of the clock of time to completion; NaN before.
    pub clock: f64,
    /// Deadline still to be met; infinite where none runs.
    pub deadline: f64,
    /// Drawn release instant, kept after the deadline is cancelled; infinite where none is drawn.
    pub release: f64,
    /// When it first reached the queue of its present stage: its place in line.
    pub reached: f64,
    /// When it joined the queue it is in.
    pub enqueued: f64,
    /// When its present service began.
    pub started: f64,
    /// Work left of an interrupted service; NaN where nothing is begun.
    pub left: f64,
    /// Length of the present service, for `restart`.
    pub length: f64,
    /// When its present service ends if nothing comes between.
    pub ends: f64,
    /// Officer-seconds of work within the window spent on the present visit.
    pub spent: f64,
    /// Order of joining queues, for ties; of beginning, in service at a centre where cases are cut off.
    pub ticket: u64,
    /// Neighbours in a queue or in a pool's list of services.
    pub prev: u32,
    pub next: u32,
    /// First officer of the team at work, or [`NONE`] where officers have no identity.
    pub officer: u32,
    /// The officer of the last service and that officer's stamp, for `different_officer`.
    pub last_officer: u32,
    pub last_stamp: u32,
    /// The service of several requests that it is in. Of those in service at a stage that has them.
    pub batch: u32,
    /// The other copy of duplicated work.
    pub partner: u32,
    /// Has or had another copy, has been promised a call, or is in branches or one of them. What of it is not with others is
    /// [set](Request::double) when it becomes so.
    pub doubled: bool,
    /// The split that it is a branch of, and the one of its own branches. Of requests that are `doubled`.
    pub fork: u32,
    pub branches: u32,
    /// Number for traces: the how-manyth request of the run.
    pub number: u64,
    pub stage: u16,
    pub class: u16,
    pub area: u16,
    pub centre: u16,
    /// Centre of the last service.
    pub last_centre: u16,
    /// Rule that sent it here, for overflow.
    pub rule: u16,
    /// That rule has neither overflow nor duplication, nor does the class's priority rise.
    pub plain: bool,
    /// Pool at work on it.
    pub pool: u32,
    /// Its role's station at its centre.
    pub station: u32,
    /// Number of its class and area, for its sums.
    pub cell: u32,
    /// Stage with which the present booking began, to tell what no waiting would have done.
    pub entry: u16,
    /// Visits so far to stages that lie on loops.
    pub visits: Visits,
    /// The how-manyth call back is to come; 0 where none is. Of requests that are `doubled`, which others look at no further.
    pub calls: u16,
    /// How often it has been booked anew.
    pub bookings: u32,
    /// How often it has come again after leaving a queue without service.
    pub redials: u32,
    /// Hour of the centre's week when it joined the queue.
    pub hour: u8,
    /// Hour of the area's week when its clock started.
    pub clock_hour: u8,
    pub phase: Phase,
    /// Interrupted: stands at the head of the queue.
    pub interrupted: bool,
    /// Priority at its present stage; lower is more urgent.
    pub priority: u8,
    /// How often it has been cut off on the present visit, where its length is drawn anew each time.
    pub cuts: u32,
    /// Has overflowed already.
    pub moved: bool,
    /// A second copy of duplicated work; never counted as a request.
    pub copy: bool,
    /// A copy whose partner has finished: runs to its end and vanishes.
    pub orphan: bool,
    /// An orphan that is the work after a request has gone on.
    pub after_work: bool,
    /// Comes back for rework.
    pub rework: bool,
    /// Whether its work is done, by it or by its copy.
    pub done: bool,
    /// An officer has begun on it since its clock started.
    pub seen: bool,
    /// `by-officer` levels: so many of its officers leave after this case.
    pub leaving: u32,
    /// `by-officer` levels: the officer's seat, where one alone is at work on it.
    pub seat: u32,
}

impl Request {
    /// A new request of a class and area, whose sums have number `cell`.
    #[inline(always)]
    pub(super) fn new(
        seed: u64,
        (class, area, cell): (usize, usize, usize),
        arrival: f64,
        stage: StageId,
    ) -> Self {
        let mut it = Self::BLANK;
        it.begin(seed, (class, area, cell), arrival, stage);
        it
    }

    /// A slot that nobody has been in.
    const BLANK: Self = Self {
        seed: 0,
        arrival: 0.0,
        clock: f64::NAN,
        deadline: f64::INFINITY,
        release: f64::INFINITY,
        reached: 0.0,
        enqueued: 0.0,
        started: 0.0,
        left: f64::NAN,
        length: 0.0,
        ends: 0.0,
        spent: 0.0,
        ticket: 0,
        prev: NONE,
        next: NONE,
        officer: NONE,
        last_officer: NONE,
        last_stamp: 0,
        batch: NONE,
        partner: NONE,
        doubled: false,
        fork: NONE,
        branches: NONE,
        number: 0,
        stage: 0,
        class: 0,
        area: 0,
        centre: NOWHERE,
        last_centre: NOWHERE,
        rule: 0,
        plain: false,
        pool: 0,
        station: 0,
        cell: 0,
        entry: 0,
        visits: Visits::NONE,
        calls: 0,
        bookings: 0,
        redials: 0,
        hour: 0,
        clock_hour: 0,
        phase: Phase::Underway,
        interrupted: false,
        priority: 0,
        cuts: 0,
        moved: false,
        copy: false,
        orphan: false,
        after_work: false,
        rework: false,
        done: false,
        seen: false,
        leaving: 0,
        seat: NONE,
    };

    /// Makes this a new request, of a class and area whose sums have number `cell`. Written field by field,
    /// since a whole would be put together elsewhere and copied.
    #[inline(always)]
    pub(super) fn begin(
        &mut self,
        of: u64,
        (of_class, of_area, of_cell): (usize, usize, usize),
        booked: f64,
        first: StageId,
    ) {
        let at = numbered(first);
        let Self {
            seed,
            arrival,
            clock,
            deadline,
            release,
            reached,
            enqueued,
            started,
            left,
            length,
            ends,
            spent,
            ticket,
            prev,
            next,
            officer,
            last_officer,
            last_stamp,
            partner,
            doubled,
            number,
            stage,
            class,
            area,
            centre,
            last_centre,
            rule,
            plain,
            pool,
            station,
            cell,
            entry,
            visits,
            bookings,
            redials,
            hour,
            clock_hour,
            phase,
            interrupted,
            // Given when it reaches a stage, and when it is cut off.
            priority: _,
            cuts: _,
            moved,
            copy,
            orphan,
            rework,
            done,
            seen,
            leaving,
            // Set where they are used.
            seat: _,
            after_work: _,
            calls: _,
            batch: _,
            fork: _,
            branches: _,
        } = self;
        *seed = of;
        *arrival = booked;
        *clock = f64::NAN;
        *deadline = f64::INFINITY;
        *release = f64::INFINITY;
        *reached = booked;
        *enqueued = booked;
        *started = booked;
        *left = f64::NAN;
        *length = 0.0;
        *ends = 0.0;
        *spent = 0.0;
        *ticket = 0;
        *prev = NONE;
        *next = NONE;
        *officer = NONE;
        *last_officer = NONE;
        *last_stamp = 0;
        *partner = NONE;
        *doubled = false;
        *number = 0;
        *stage = at;
        *class = numbered(of_class);
        *area = numbered(of_area);
        *centre = NOWHERE;
        *last_centre = NOWHERE;
        *rule = 0;
        *plain = false;
        *pool = 0;
        *station = 0;
        *cell = of_cell as u32;
        *entry = at;
        visits.clear();
        *bookings = 0;
        *redials = 0;
        *hour = 0;
        *clock_hour = 0;
        *phase = Phase::Underway;
        *interrupted = false;
        *moved = false;
        *copy = false;
        *orphan = false;
        *rework = false;
        *done = false;
        *seen = false;
        *leaving = 0;
    }

    /// Whether its work is duplicated, or it is a copy itself, wanted or not.
    #[inline(always)]
    pub(crate) fn has_copies(&self) -> bool {
        self.copy || self.orphan || self.partner != NONE
    }

    /// From here it is work of officers and no request: nobody waits for it, and it goes nowhere when it ends.
    pub(super) fn turn_into_work_alone(&mut self) {
        self.copy = true;
        self.orphan = true;
        self.after_work = true;
        self.partner = NONE;
        self.fork = NONE;
        self.branches = NONE;
        self.deadline = f64::INFINITY;
    }

    /// From here on somebody looks at what only few requests have.
    pub(super) fn double(&mut self) {
        if !self.doubled {
            self.doubled = true;
            self.calls = 0;
            self.fork = NONE;
            self.branches = NONE;
        }
    }

    /// Whether it is a branch of a request.
    #[inline(always)]
    pub(crate) fn is_branch(&self) -> bool {
        self.doubled && self.fork != NONE
    }

    /// Whether it is to be called back.
    #[inline(always)]
    pub(crate) fn is_called(&self) -> bool {
        self.doubled && self.calls > 0
    }

    /// Keyed draws that each contact of a client who comes again, and each call back, has for itself, however many there are:
    /// they change the place of the draw, since within its visit they would come round.
    pub(crate) fn keyed_draw_of_contact(&self, place: u64, visit: u32, purpose: Purpose) -> KeyedRng {
        let call = if self.is_called() { self.calls } else { 0 };
        let nth = u64::from(self.redials) | u64::from(call) << 32;
        self.keyed_draw(if nth == 0 { place } else { mix(place ^ nth) }, visit, purpose)
    }

    /// Keyed draws of this request at a place, visit and purpose.
    #[inline]
    pub(crate) fn keyed_draw(&self, place: u64, visit: u32, purpose: Purpose) -> KeyedRng {
        KeyedRng::new(self.seed, place, visit, purpose)
    }
}

/// Slots of requests in the system; freed slots are used again, so memory follows the largest number
/// in the system at once.
#[derive(Debug, Default)]
pub(super) struct Arena {
    slots: Vec<Request>,
    free: Vec<u32>,
}

impl Arena {
    /// Takes a request in and gives its slot.
    pub(super) fn insert(&mut self, request: Request) -> u32 {
        let slot = self.take();
        self.slots[slot as usize] = request;
        slot
    }

    /// Takes a slot, in which something old may still stand.
    #[inline(always)]
    pub(super) fn take(&mut self) -> u32 {
        match self.free.pop() {
            Some(slot) => slot,
            None => self.grow(),
        }
    }

    #[cold]
    fn grow(&mut self) -> u32 {
        self.slots.push(Request::BLANK);
        (self.slots.len() - 1) as u32
    }

    /// Most requests that have been in the system at once.
    pub(super) fn most(&self) -> u64 {
        self.slots.len() as u64
    }

    /// Gives a slot back.
    #[inline(always)]
    pub(super) fn remove(&mut self, slot: u32) {
        self.free.push(slot);
    }

    /// All requests in the system, in order of slots.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Request)> {
        let mut gone = vec![false; self.slots.len()];
        for &slot in &self.free {
            gone[slot as usize] = true;
        }
        self.slots.iter().enumerate().filter(move |(i, _)| !gone[*i]).map(|(i, r)| (i as u32, r))
    }
}

impl std::ops::Index<u32> for Arena {
    type Output = Request;
    #[inline]
    fn index(&self, slot: u32) -> &Request {
        &self.slots[slot as usize]
    }
}

impl std::ops::IndexMut<u32> for Arena {
    #[inline]
    fn index_mut(&mut self, slot: u32) -> &mut Request {
        &mut self.slots[slot as usize]
    }
}
