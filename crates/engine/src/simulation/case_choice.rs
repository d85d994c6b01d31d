//! Which case an officer takes who does not take the first in line over all roles.

use super::centre::{PoolRun, PoolState};
use super::request::NONE;
use super::sim::Sim;
use crate::model::{CaseChoice, OfficerChoice};
use std::cmp::Reverse;

impl Sim<'_> {
    /// Begins waiting requests of a centre where the first in line is not always next.
    #[cold]
    pub(crate) fn serve_otherwise(&mut self, centre: usize) {
        if self.centres[centre].at_work.is_some() {
            self.serve_by_cutting(centre);
            return;
        }
        while self.centres[centre].waiting > 0 {
            let Some(s) = self.first_by_choice(centre) else { return };
            let service = self.service(&self.requests[s]);
            self.leave_queue(s);
            self.begin_service(s, service);
        }
    }

    /// The case that one of a centre's free officers takes next. They choose in turn, the longest idle first.
    fn first_by_choice(&self, centre: usize) -> Option<u32> {
        let run = &self.centres[centre];
        // Whose turn it is may not hang on the role that is looked for.
        let choice = match run.choice {
            OfficerChoice::ByPreference | OfficerChoice::Fastest => OfficerChoice::LongestIdle,
            choice => choice,
        };
        let free = run.pools.clone().filter(|p| self.pools[*p].free() > 0);
        let mut turns: Vec<_> = free
            .map(|p| {
                let pool = &self.pools[p];
                let turn = match (&pool.state, pool.next_idle(&self.officers, NONE)) {
                    (PoolState::Crews(_), Some(o)) => pool.turn(&self.officers, o, choice, 0),
                    _ => (0, 0, 0, pool.rank),
                };
                (turn, p)
            })
            .collect();
        turns.sort_unstable();
        turns.into_iter().find_map(|(_, p)| {
            let pool = &self.pools[p];
            self.stations_by_choice(pool, run.cases).into_iter().find_map(|at| self.first_at(pool, at))
        })
    }

    /// The stations of a pool in the order in which its officers look for a case.
    fn stations_by_choice(&self, pool: &PoolRun, cases: CaseChoice) -> Vec<u32> {
        let mut stations = pool.stations.clone();
        if cases == CaseChoice::LongestQueue {
            // Stable: of queues as long, the first in the officers' order.
            stations.sort_by_key(|at| Reverse(self.stations[*at as usize].queue.len()));
        }
        stations
    }
}
