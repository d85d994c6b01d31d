//! What all requests of a source that come to a single station in an hour have in common.
//!
//! They are counted in the same places, so that they are counted together when the hour ends ([`Alike`](super::Alike)), and so are those begun
//! as they come; only waits, services, times to completion and those who give up are added one at a time.

use super::super::sim::Sim;
use super::{From, SingleStation};

impl<'m> Sim<'m> {
    /// Counts what has come and gone since the hour began, before another one does.
    pub(super) fn count_alike_of(&mut self, single: &mut SingleStation<'m>) {
        let station = &mut self.stations[single.station];
        for From { form: r, exit, stage, clocked, clock_hour, patience, alike, .. } in &mut single.sources {
            r.stage = *stage;
            r.clock = if *clocked { r.arrival } else { f64::NAN };
            r.clock_hour = *clock_hour;
            self.obs.count_alike(station, (r, *exit, patience.is_some()), std::mem::take(alike));
        }
    }

    /// Another hour has begun.
    pub(super) fn note_hours_of(&self, single: &mut SingleStation<'m>) {
        single.hour = self.stations[single.station].hour.of_week;
        for From { form: r, clock_hour, .. } in &mut single.sources {
            *clock_hour = self.obs.hour_of_area(usize::from(r.area));
        }
    }
}
