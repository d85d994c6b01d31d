//! The general loop takes over from a single station's own.

use super::super::centre::PoolState;
use super::super::event_list::{Entity, Rank};
use super::super::request::Phase;
use super::super::sim::Sim;
use super::{From, SingleStation, State};

impl<'m> Sim<'m> {
    /// Everybody takes a usual place, and what is to happen stands in the event list.
    pub(super) fn leave_single_station(&mut self, mut single: SingleStation<'m>) {
        self.count_alike_of(&mut single);
        let in_line =
            single.queue.iter().copied().filter(|w| single.cases[*w as usize].state == State::Waiting);
        for place in in_line.collect::<Vec<_>>() {
            let slot = self.insert_from_single_station(&mut single, place, Phase::Waiting, f64::NAN);
            self.ticket += 1;
            self.requests[slot].ticket = self.ticket;
            let deadline = self.requests[slot].deadline;
            self.stations[single.station].queue.insert(slot, &mut self.requests);
            self.centres[single.centre].waiting += 1;
            if deadline < f64::INFINITY {
                self.events.schedule(Entity::Request(slot), deadline, Rank::Timeout);
            }
        }
        // In the order in which they end, which the event list keeps.
        loop {
            let ends = single.ends.first;
            let Some(place) = single.ends.pop() else { break };
            let slot = self.insert_from_single_station(&mut single, place, Phase::InService, ends);
            self.events.schedule(Entity::Request(slot), ends, Rank::Finish);
        }
        if let PoolState::Levels(levels) = &mut self.pools[single.pool].state {
            levels.busy = single.busy;
        }
        for from in &single.sources {
            if from.next < f64::INFINITY {
                let entity = Entity::Source(from.source as u32);
                self.events.schedule_as(entity, from.next, Rank::Arrive, self.turns[from.source]);
            }
        }
    }

    fn insert_from_single_station(
        &mut self,
        single: &mut SingleStation,
        place: u32,
        phase: Phase,
        ends: f64,
    ) -> u32 {
        let case = single.cases[place as usize];
        let From { stage, form: r, .. } = &mut single.sources[case.of as usize];
        case.write(r, *stage);
        r.phase = phase;
        r.ends = ends;
        let r = r.clone();
        self.requests.insert(r)
    }
}
