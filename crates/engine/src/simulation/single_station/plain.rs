//! The single station whose requests have nothing to say: nobody gives up, and no trace is kept of them.
//!
//! Then all requests of a source that come in an hour are counted in the same places, so that they are counted together when the hour
//! ends ([`Alike`]), and so are those begun as they come; only waits, services and times to completion are added one at a time.

use super::super::integral::Count;
use super::super::observe::Alike;
use super::super::service::length_at;
use super::super::sim::Sim;
use super::{Case, From, SingleStation, State};

/// What is the same of all requests of a plain source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plain {
    pub exit: u16,
    /// A clock of time to completion starts as they come.
    pub clocked: bool,
    /// And they are done when they leave.
    pub completes: bool,
    /// The hour of the area's week.
    pub clock_hour: u8,
    pub alike: Alike,
}

impl<'m> Sim<'m> {
    /// Counts what has come and gone since the hour began, before another one does.
    pub(super) fn count_plain(&mut self, single: &mut SingleStation<'m>) {
        let station = &mut self.stations[single.station];
        for From { form: r, plain, stage, .. } in &mut single.sources {
            r.stage = *stage;
            r.clock = if plain.clocked { r.arrival } else { f64::NAN };
            r.clock_hour = plain.clock_hour;
            self.obs.count_alike(station, (r, plain.exit), std::mem::take(&mut plain.alike));
        }
    }

    /// Another hour has begun.
    pub(super) fn note_plain_hours(&self, single: &mut SingleStation<'m>) {
        single.hour = self.stations[single.station].hour.of_week;
        for From { form: r, plain, .. } in &mut single.sources {
            plain.clock_hour = self.obs.hour_of_area(usize::from(r.area));
        }
    }

    /// A request arrives.
    #[inline(always)]
    pub(super) fn arrive_plain(&mut self, single: &mut SingleStation<'m>) {
        let (t, i) = single.arrival;
        let seed = self.sources[single.sources[i].source].seed();
        self.next_of_single_station(single, i);
        single.find_arrival();
        let From { service, form: r, plain, .. } = &mut single.sources[i];
        plain.alike.arrived += 1;
        r.seed = seed;
        let station = &mut self.stations[single.station];
        let at_once = single.waiting == 0 && single.busy < single.level;
        let length = if at_once {
            plain.alike.at_once += 1;
            station.change(Count::Busy, 1.0, t);
            single.busy += 1;
            length_at(&self.net, r, service, single.centre)
        } else {
            station.change(Count::Queue, 1.0, t);
            single.waiting += 1;
            f64::NAN
        };
        let case = Case {
            seed,
            arrival: t,
            clock: if plain.clocked { t } else { f64::NAN },
            deadline: f64::INFINITY,
            started: t,
            length,
            of: i as u32,
            hour: single.hour,
            clock_hour: plain.clock_hour,
            state: if at_once { State::InService } else { State::Waiting },
        };
        let place = single.keep(case);
        if at_once {
            single.ends.insert(t + length, place);
        } else {
            single.queue.push_back(place);
        }
    }

    /// A service ends.
    #[inline(always)]
    pub(super) fn end_plain(&mut self, single: &mut SingleStation<'m>) {
        let t = self.now;
        let Some(place) = single.ends.pop() else { return };
        single.free.push(place);
        let case = &single.cases[place as usize];
        let From { form: r, plain, .. } = &mut single.sources[case.of as usize];
        plain.alike.gone += 1;
        r.started = case.started;
        self.obs.end_service(&mut self.stations[single.station], r, 1.0, t);
        if plain.completes {
            r.clock = case.clock;
            r.clock_hour = case.clock_hour;
            self.obs.complete(r, t, self.obs.inside);
        }
        self.free_in_single_station(single);
    }
}
