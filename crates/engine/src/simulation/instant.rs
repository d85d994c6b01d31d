//! One instant: services end, then rosters change at all centres, and only then is work handed out.
//!
//! What becomes free or changes at an instant is noted here, and settled when nothing more of its kind happens then. So it
//! makes no difference in which order the ends of services and the rosters of several centres are met: an officer who
//! finishes at the stroke goes home, and a queue that moves on finds its next centre open.

use super::event_list::{Entity, Rank};
use super::integral::Count;
use super::queue::LinePlace;
use super::request::NOWHERE;
use super::sim::Sim;
use crate::model::Closing;
use crate::model::limits::numbered;

/// Requests are held back from the officers of every centre.
const EVERYWHERE: u16 = NOWHERE - 1;

/// What has happened at the present instant and is to be settled.
#[derive(Debug)]
pub(super) struct Instant {
    /// Whether anything is left to be done at this instant.
    pub open: bool,
    /// Centres whose rosters change.
    pub rosters: Vec<u32>,
    /// Stations that a break has left without anybody on duty.
    pub closing: Vec<usize>,
    /// Requests that go straight on to another service, in the order in which the last one ended.
    reaching: Vec<u32>,
    /// Those of them who are still to join their lines, the last one first.
    going_on: Vec<u32>,
    /// Centres where officers have become free or requests have joined.
    touched: Vec<u32>,
    /// Centre whose free officers have not been given work yet: whoever joins it stands in line with those who wait.
    holding: u16,
}

impl Instant {
    pub(super) fn new() -> Self {
        Self {
            open: false,
            rosters: Vec::new(),
            closing: Vec::new(),
            reaching: Vec::new(),
            going_on: Vec::new(),
            touched: Vec::new(),
            holding: NOWHERE,
        }
    }

    /// Whether officers of a centre may be free although requests wait for them.
    #[inline(always)]
    pub(super) fn holds(&self, centre: u16) -> bool {
        self.holding == centre || self.holding == EVERYWHERE
    }

    /// A request that was to go straight on does not.
    pub(super) fn forget(&mut self, s: u32) {
        self.reaching.retain(|other| *other != s);
        self.going_on.retain(|other| *other != s);
    }

    /// Notes that a request has joined a centre where it may be taken up later in this instant.
    pub(super) fn join(&mut self, centre: usize) {
        if self.holding == EVERYWHERE {
            self.touched.push(centre as u32);
        }
    }
}

impl Sim<'_> {
    /// Whether more services end or rosters change at this instant.
    #[inline(always)]
    pub(crate) fn more_to_come(&self) -> bool {
        self.instant.open || self.events.more_changes(self.now)
    }

    /// Officers of a centre have become free, and perhaps a request goes straight on: settled when all has ended that ends now.
    #[inline(never)]
    pub(crate) fn put_off(&mut self, centre: usize, going_on: Option<u32>) {
        self.instant.open = true;
        self.instant.touched.push(centre as u32);
        self.instant.reaching.extend(going_on);
    }

    /// A request goes straight on to another service while the officers who had it, at `centre`, are free and not at work
    /// yet: if it stays there it stands in line with those who wait.
    #[inline(always)]
    pub(crate) fn go_straight_on(&mut self, s: u32, centre: usize) {
        if self.centres[centre].waiting == 0 {
            self.reach_service(s);
            return;
        }
        self.instant.holding = numbered(centre);
        self.reach_service(s);
        self.instant.holding = NOWHERE;
        // It may be for officers of another role, who are free whatever waits for those just freed.
        self.serve(centre);
    }

    /// Settles the instant: rosters change, requests that go on join their lines, officers take the first of each, and
    /// queues that nobody is left for close.
    #[cold]
    pub(super) fn settle(&mut self) {
        self.instant.open = false;
        let mut rosters = std::mem::take(&mut self.instant.rosters);
        // By name, which is the order of centres here.
        rosters.sort_unstable();
        let before: Vec<Vec<bool>> = rosters.iter().map(|&c| self.roles_on_duty(c as usize)).collect();
        let factors: Vec<f64> = rosters
            .iter()
            .map(|&c| {
                let factor = self.find_changes(c as usize);
                self.end_shifts(c as usize, factor);
                factor
            })
            .collect();
        for (&c, factor) in rosters.iter().zip(factors) {
            self.begin_shifts(c as usize, factor);
            let next = self.next_roster_change(c as usize);
            if next < f64::INFINITY {
                self.events.schedule(Entity::Roster(c), next, Rank::Roster);
            }
        }
        self.instant.holding = EVERYWHERE;
        if self.is_present() {
            self.bring_in();
        }
        if !self.instant.reaching.is_empty() {
            let Instant { reaching, going_on, .. } = &mut self.instant;
            std::mem::swap(reaching, going_on);
            going_on.reverse();
            while let Some(s) = self.instant.going_on.pop() {
                self.reach_service(s);
            }
        }
        self.instant.holding = NOWHERE;
        let mut touched = std::mem::take(&mut self.instant.touched);
        touched.extend(&rosters);
        touched.sort_unstable();
        touched.dedup();
        for &c in &touched {
            self.serve(c as usize);
        }
        self.close_queues(&rosters, &before);
        // The room is kept for the next instant.
        rosters.clear();
        self.instant.rosters = rosters;
    }

    /// The queues of roles whose last officer has gone off duty now are routed again, over all centres the first in line first.
    fn close_queues(&mut self, rosters: &[u32], before: &[Vec<bool>]) {
        let mut closing = std::mem::take(&mut self.instant.closing);
        closing.retain(|&station| self.stations[station].count(Count::OnDuty) <= 0.0);
        for (&c, before) in rosters.iter().zip(before) {
            let centre = c as usize;
            if self.model.centres[centre].closing != Closing::Transfer {
                continue;
            }
            let open = self.roles_on_duty(centre);
            for (station, (before, now)) in self.net.stations(centre).zip(before.iter().zip(&open)) {
                if *before && !*now {
                    closing.push(station);
                }
            }
        }
        closing.sort_unstable();
        closing.dedup();
        let mut leaving: Vec<(LinePlace, u32)> = Vec::new();
        for station in closing {
            let waiting = self.stations[station].queue.to_vec(&self.requests);
            leaving.extend(waiting.into_iter().map(|s| (self.place_in_line(s), s)));
        }
        leaving.sort_unstable();
        for (_, s) in leaving {
            self.transfer(s);
        }
    }
}
