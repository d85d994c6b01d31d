//! Counts of requests, one or many that are alike: whole numbers, so that it makes no difference whether they are added one at a time.
//!
//! Every rule of what counts stands here once. Handlers count a request as something happens to it; a single station, whose requests
//! of a source and an hour are all counted in the same places, counts them when the hour ends.

use super::super::request::Request;
use super::super::station::Station;
use super::Observer;

/// Requests of a single station's source since the present hour began, of which nothing has been counted yet.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Alike {
    pub arrived: u64,
    /// Those begun as they came.
    pub at_once: u64,
    pub gone: u64,
}

impl Observer<'_> {
    /// So many new requests of a class and area are booked now.
    #[inline(always)]
    pub(super) fn count_bookings(&mut self, cell: u32, many: u64) {
        self.number += many;
        let inside = self.inside;
        let cell = &mut self.cells[cell as usize];
        cell.conservation.booked += many;
        if inside {
            cell.flow.arrivals += many;
        }
    }

    /// So many requests reach a stage in the window.
    #[inline(always)]
    pub(super) fn count_visits(&mut self, stage: u16, many: u64) {
        self.visits[stage as usize] += many;
    }

    /// So many requests leave a stage in the window, served at `centre`.
    #[inline(always)]
    pub(super) fn count_completed(&mut self, stage: u16, centre: usize, many: u64) {
        self.stages[stage as usize * self.centres + centre].completed += many;
    }

    /// The clocks of so many requests like `r` start in the window.
    #[inline(always)]
    pub(super) fn count_clocks(&mut self, r: &Request, many: u64, (case, offered): (bool, bool)) {
        let flow = &mut self.cell(r).flow;
        flow.target_cases += if case { many } else { 0 };
        flow.offered += if offered { many } else { 0 };
        let cell = self.local_cell(r);
        cell.reached += many as u32;
        cell.cases += if case { many as u32 } else { 0 };
        cell.offered += if offered { many as u32 } else { 0 };
    }

    /// So many requests of a class and area leave by an exit.
    #[inline(always)]
    pub(super) fn count_exits(&mut self, cell: u32, exit: usize, many: u64, inside: bool) {
        self.cells[cell as usize].conservation.left += many;
        if inside {
            self.exits[cell as usize * self.visits.len() + exit] += many;
        }
    }

    /// Counts requests like `r` of the hour that ends now: its class and area, its station, and its clock, if it has one, are theirs. `deadline`: they
    /// have one, which the start of their service meets.
    pub(crate) fn count_alike(
        &mut self,
        station: &mut Station,
        (r, exit, deadline): (&Request, u16, bool),
        Alike { arrived, at_once, gone }: Alike,
    ) {
        let (inside, clocked) = (self.inside, !r.clock.is_nan());
        self.count_bookings(r.cell, arrived);
        if inside {
            self.count_visits(r.stage, arrived);
            station.reached(arrived, self.now_offer);
            self.count_completed(r.stage, usize::from(r.centre), gone);
            self.count_visits(exit, gone);
            self.stages[r.stage as usize * self.centres + usize::from(r.centre)].started += at_once;
            self.cell(r).flow.met_deadline += if deadline { at_once } else { 0 };
        }
        self.count_exits(r.cell, usize::from(exit), gone, inside);
        station.begun_at_once(at_once, (inside, self.now_offer), self.model.run.prompt);
        if clocked {
            self.out.backlog += arrived as i64 - gone as i64;
            if inside {
                self.count_clocks(r, arrived, (self.now_case, self.now_offer));
            }
            self.count_first_officers(r, at_once);
        }
    }

    /// The first officers begin on so many requests like `r` the instant their clocks start.
    fn count_first_officers(&mut self, r: &Request, many: u64) {
        let in_time = if 0.0 <= self.model.run.prompt { many } else { 0 };
        let (inside, offered) = (self.inside, self.now_offer);
        let flow = &mut self.cell(r).flow;
        flow.answered += if offered { in_time } else { 0 };
        if inside {
            flow.first_wait_count += many;
            flow.first_wait_prompt += in_time;
        }
        let cell = self.local_cell(r);
        cell.answered += if offered { in_time as u32 } else { 0 };
        if inside {
            cell.wait_count += many as u32;
            cell.prompt += in_time as u32;
        }
    }
}
