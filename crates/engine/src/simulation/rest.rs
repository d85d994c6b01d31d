//! Officers who have gone home after overtime: they come to the next shift of their line when they have rested.

use super::centre::PoolState;
use super::event_list::{Entity, Rank};
use super::sim::Sim;
use std::cmp::Reverse;

impl Sim<'_> {
    /// An officer of a line goes home after overtime.
    pub(crate) fn go_to_rest(&mut self, pool: usize, line: usize) {
        let centre = self.pools[pool].centre;
        let rest = self.model.centres[centre].min_rest;
        if rest > 0.0 {
            self.note_rest(centre, (pool, line), self.now + rest);
        }
    }

    #[cold]
    fn note_rest(&mut self, centre: usize, (pool, line): (usize, usize), until: f64) {
        let PoolState::Crews(crews) = &mut self.pools[pool].state else { return };
        crews[line].resting.push(until);
        let Some(shift) = crews[line].shift else { return };
        // He is missing from the shift that is under way. Of one that begins later its beginning will ask.
        if until < shift.end {
            let run = &mut self.centres[centre];
            let of_line = |(p, l): &(u32, u32)| (*p as usize, *l as usize) == (pool, line);
            let Some(i) = run.lines.iter().position(of_line) else { return };
            run.changes.retain(|change| change.0.1 != i as u32);
            let next = self.next_change(pool, line);
            self.centres[centre].changes.push(Reverse((next.to_bits(), i as u32)));
            let next = self.next_roster_change(centre);
            self.events.schedule(Entity::Roster(centre as u32), next, Rank::Roster);
        }
    }

    /// How many of a `target` of officers of a line, of whom so many are `present` without exceptions, can be there: not those
    /// who still rest, or are at work in overtime.
    #[inline(always)]
    pub(crate) fn rested(&mut self, pool: usize, line: usize, (target, present): (usize, u32)) -> usize {
        if self.model.centres[self.pools[pool].centre].min_rest <= 0.0 {
            return target;
        }
        let all = target.max(present as usize);
        target.min(all - self.count_resting(pool, line).min(all))
    }

    #[cold]
    fn count_resting(&mut self, pool: usize, line: usize) -> usize {
        let now = self.now;
        let PoolState::Crews(crews) = &mut self.pools[pool].state else { return 0 };
        let crew = &mut crews[line];
        crew.resting.retain(|until| *until > now);
        crew.resting.len() + crew.overtime.iter(&self.officers).count()
    }
}
