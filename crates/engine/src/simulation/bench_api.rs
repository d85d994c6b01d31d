//! Doors for `benches/`: parts of the engine that nobody else needs to see.

use super::event_list::{Entity, EventList, Rank};
use super::integral::{Count, Gauge, Gauges, Integrals, OpenHour};
use crate::model::{Model, RunSettings};
use crate::random::{KeyedRng, Purpose};
use crate::time::LocalClock;
use poolwise_math::ln;

/// The calendar with a steady number of pending events: each step takes the next one out and schedules it
/// anew after an exponential gap (the "hold" model of event-list studies; Jones 1986).
#[derive(Debug)]
pub struct Hold {
    events: EventList,
    draws: KeyedRng,
    mean: f64,
}

impl Hold {
    /// `pending` events, one every `mean / pending` seconds.
    pub fn new(pending: u32, mean: f64) -> Self {
        let mut it = Self {
            events: EventList::new(0, 0, f64::from(pending) / mean),
            draws: KeyedRng::new(1, 0, 0, Purpose::Time),
            mean,
        };
        for i in 0..pending {
            it.schedule(i, 0.0);
        }
        it
    }

    fn schedule(&mut self, i: u32, now: f64) {
        let gap = -self.mean * ln(1.0 - self.draws.uniform());
        self.events.schedule(Entity::Request(i), now + gap, Rank::Finish);
    }

    /// One event out and in; its instant.
    pub fn step(&mut self) -> f64 {
        match self.events.pop().map(|(t, id)| (t, self.events.entity(id))) {
            Some((t, Entity::Request(i))) => {
                self.schedule(i, t);
                t
            }
            _ => f64::NAN,
        }
    }
}

/// So many changes of a centre's officers at work, one every `gap` seconds, integrated by hour of the week;
/// the integral, officer-seconds.
pub fn integrate(changes: u32, gap: f64) -> f64 {
    let end = f64::from(changes) * gap;
    let clock = LocalClock::utc(end as i64 + 86_400);
    let window = (0.0, end);
    let mut integrals = Integrals::new(2, window);
    let (mut on_duty, mut gauges, mut hour) = (Gauge::default(), Gauges::default(), OpenHour::default());
    let mut close = |hour: &mut OpenHour, gauges: &mut Gauges, t: f64| {
        integrals.close(*hour, &mut on_duty, std::iter::once(gauges), t);
        *hour = OpenHour::new(t, clock.hour_of_week(t), clock.next_hour(t), window);
    };
    for i in 0..changes {
        let t = f64::from(i) * gap;
        while t >= hour.until {
            let until = hour.until;
            close(&mut hour, &mut gauges, until);
        }
        gauges[Count::Busy as usize].change(if i % 2 == 0 { 1.0 } else { -1.0 }, t - hour.from);
    }
    while hour.until < end {
        let until = hour.until;
        close(&mut hour, &mut gauges, until);
    }
    close(&mut hour, &mut gauges, end);
    integrals.finish();
    integrals.total(1, Count::Busy)
}

/// The same model over another horizon, seconds.
pub fn with_horizon(model: &Model, horizon: f64) -> Model {
    let run = RunSettings { horizon, ..model.run.clone() };
    Model { run, ..model.clone() }
}
