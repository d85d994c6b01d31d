//! Hours of centres and areas, and the window, turned as time goes on.

use super::super::components::Component;
use super::super::integral::OpenHour;
use super::super::station::Station;
use super::Observer;
use crate::time::earlier;
use std::ops::Range;

impl Observer<'_> {
    /// Closes all hours of a centre at the end of the run.
    pub(crate) fn close(&mut self, centre: usize, stations: &mut [Station], end: f64) {
        self.close_hours(centre, stations, end);
        if self.open[centre].0.from < end {
            self.close_hour(centre, stations, end);
        }
        self.out.centres[centre].integrals.finish();
    }

    /// Closes all hours of a component that end at or before `t`, before anything is recorded in the next ones; `stations_of`
    /// gives the stations of a centre.
    #[cold]
    pub(crate) fn turn_hours(
        &mut self,
        component: &Component,
        stations: &mut [Station],
        stations_of: impl Fn(usize) -> Range<usize>,
        t: f64,
    ) {
        let mut edge = f64::INFINITY;
        for &c in &component.centres {
            self.close_hours(c, &mut stations[stations_of(c)], t);
            edge = earlier(edge, self.open[c].0.until);
        }
        for &a in &component.areas {
            let (hour, until) = self.hour_of(self.model.areas[a].clock, t);
            self.local_hour[a] = hour as u8;
            edge = earlier(edge, until);
        }
        if t >= self.window_edge || t < self.window_since {
            self.turn_window(t);
        }
        self.edge = earlier(edge, self.window_edge);
    }

    /// Whether the window and the time of its cases are open at `t`, and until when that holds.
    #[cold]
    fn turn_window(&mut self, t: f64) {
        // What starts at the very last instant of a case is one.
        let edges = [self.from, self.until, self.last_case.next_up(), self.last_offer.next_up()];
        self.window_since = edges.into_iter().filter(|edge| *edge <= t).fold(f64::NEG_INFINITY, f64::max);
        self.window_edge = edges.into_iter().filter(|edge| *edge > t).fold(f64::INFINITY, f64::min);
        self.inside = self.in_window(t);
        self.now_case = self.is_case(t);
        self.now_offer = self.is_offer(t);
    }

    /// The hour of the week by a clock at `t`, and when it ends; or the interval, where sums are kept by intervals.
    // In line: asked for every request, of which few models keep intervals.
    #[inline(always)]
    pub(super) fn hour_of(&mut self, clock: usize, t: f64) -> (usize, f64) {
        match &self.model.run.now {
            Some(now) if !now.intervals.is_empty() => now.interval(t),
            _ => {
                let hour = self.hours.at(self.model, clock, t);
                (hour.of_week, hour.until)
            }
        }
    }

    /// Closes a centre's hours that end at or before `t`.
    fn close_hours(&mut self, centre: usize, stations: &mut [Station], t: f64) {
        while t >= self.open[centre].0.until {
            self.close_hour(centre, stations, self.open[centre].0.until);
        }
    }

    fn close_hour(&mut self, centre: usize, stations: &mut [Station], t: f64) {
        let (of_week, until) = self.hour_of(self.model.centres[centre].clock, t);
        let (hour, on_duty) = &mut self.open[centre];
        let gauges = stations.iter_mut().map(|station| &mut station.gauges);
        self.out.centres[centre].integrals.close(*hour, on_duty, gauges, t);
        *hour = OpenHour::new(t, of_week, until, (self.from, self.until));
        stations.iter_mut().for_each(|station| station.hour = *hour);
    }

    /// Officers come on duty at a centre or leave at `t`, in its open hour.
    pub(crate) fn on_duty(&mut self, centre: usize, by: f64, t: f64) {
        let (hour, on_duty) = &mut self.open[centre];
        on_duty.change(by, t - hour.from);
    }
}
