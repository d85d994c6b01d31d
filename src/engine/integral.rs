//! Time integrals of a centre's counts, by hour of its local week.
//!
//! Nothing is integrated event by event: a change of a count by `d` at instant `t` of an hour that
//! began at `s` adds `-d (t - s)`, and at the hour's end the count times the hour's length is added.
//! Both together are the integral, with small numbers only.

use crate::time::{DAY, HOUR, HOURS_OF_WEEK};

/// What is counted at a centre, for the whole of it and for each role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Officers on duty.
    OnDuty = 0,
    /// Officers at work, overtime included.
    Busy = 1,
    /// Officers at work beyond their shift or level.
    Overtime = 2,
    /// Requests waiting.
    Queue = 3,
}

/// How many counts there are for each slot.
pub const COUNTS: usize = 4;

/// A count under way.
#[derive(Debug, Clone, Copy, Default)]
struct Gauge {
    /// Its present value.
    now: f64,
    /// The open hour's part of its integral that stems from changes.
    open: f64,
}

/// Integrals of a centre's counts over time. Slot 0 is the whole centre, the others its roles.
#[derive(Debug, Clone)]
pub struct Integrals {
    /// Present counts, for each slot and count.
    gauges: Vec<Gauge>,
    /// Start of the open hour, or of the part of it that belongs to the window.
    from: f64,
    /// End of the open hour.
    until: f64,
    hour: usize,
    /// Start and end of the window.
    window: (f64, f64),
    /// Integral within the window by hour of week, for each slot and count; count-seconds.
    pub by_hour: Vec<Box<[f64; HOURS_OF_WEEK]>>,
    /// Seconds of the window that fell into each hour of the week.
    pub exposure: Box<[f64; HOURS_OF_WEEK]>,
    /// Integral before the window, for each slot and count.
    pub before: Vec<f64>,
    /// Integral of the whole centre's queue on each day of the window.
    pub daily_queue: Vec<f64>,
    /// Integral of the requests waiting and in service in each elapsed hour from the origin, warm-up
    /// included; of the first [`COURSE_HOURS`] at most.
    pub course: Vec<f64>,
}

/// Longest course that is kept: two years, which is enough to see a run settle.
pub const COURSE_HOURS: usize = 2 * 365 * 24;

impl Gauge {
    /// Integral over the open hour when it ends after `length`.
    #[inline]
    fn integral(self, length: f64) -> f64 {
        self.open + self.now * length
    }
}

impl Integrals {
    /// Zero counts at time zero.
    pub fn new(slots: usize, window: (f64, f64), hour_at: &mut impl FnMut(f64) -> (usize, f64)) -> Self {
        let n = slots * COUNTS;
        let days = ((window.1 - window.0) / DAY).ceil() as usize;
        let mut it = Self {
            gauges: vec![Gauge::default(); n],
            from: 0.0,
            until: 0.0,
            hour: 0,
            window,
            by_hour: (0..n).map(|_| Box::new([0.0; HOURS_OF_WEEK])).collect(),
            exposure: Box::new([0.0; HOURS_OF_WEEK]),
            before: vec![0.0; n],
            daily_queue: vec![0.0; days],
            course: vec![0.0; ((window.1 / HOUR).ceil() as usize).min(COURSE_HOURS)],
        };
        it.open_hour(0.0, hour_at);
        it
    }

    fn open_hour(&mut self, t: f64, hour_at: &mut impl FnMut(f64) -> (usize, f64)) {
        self.from = t;
        (self.hour, self.until) = hour_at(t);
        for edge in [self.window.0, self.window.1] {
            if edge > t {
                self.until = self.until.min(edge);
            }
        }
    }

    /// Whether an hour ends at or before `t`, so that [`Self::advance`] has something to do.
    #[inline]
    pub fn is_behind(&self, t: f64) -> bool {
        t >= self.until
    }

    /// Closes all hours that end at or before `t`. `hour_at` tells the hour of the local week at an
    /// instant, and when it ends.
    pub fn advance(&mut self, t: f64, hour_at: &mut impl FnMut(f64) -> (usize, f64)) {
        while t >= self.until {
            self.close(self.until, hour_at);
        }
    }

    fn close(&mut self, t: f64, hour_at: &mut impl FnMut(f64) -> (usize, f64)) {
        let length = t - self.from;
        if self.from >= self.window.1 {
            // Beyond the window nothing is kept.
        } else if self.from >= self.window.0 {
            for (gauge, hours) in self.gauges.iter().zip(&mut self.by_hour) {
                hours[self.hour] += gauge.integral(length);
            }
            self.exposure[self.hour] += length;
            let day = ((self.from - self.window.0) / DAY) as usize;
            if let Some(d) = self.daily_queue.get_mut(day) {
                for role in self.gauges.chunks_exact(COUNTS).skip(1) {
                    *d += role[Count::Queue as usize].integral(length);
                }
            }
        } else {
            for (before, gauge) in self.before.iter_mut().zip(&self.gauges) {
                *before += gauge.integral(length);
            }
        }
        if self.from < self.window.1
            && let Some(hour) = self.course.get_mut((self.from / HOUR) as usize)
        {
            for role in self.gauges.chunks_exact(COUNTS).skip(1) {
                *hour += role[Count::Queue as usize].integral(length);
                *hour += role[Count::Busy as usize].integral(length);
            }
        }
        self.gauges.iter_mut().for_each(|gauge| gauge.open = 0.0);
        self.open_hour(t, hour_at);
    }

    /// Changes one count of one slot at `t`; hours must be up to date. The whole centre's officers on
    /// duty are a count of their own, since an officer may hold several roles; its other counts are the
    /// sums of its roles' and are added up at the end.
    #[inline(always)]
    pub fn change(&mut self, slot: usize, count: Count, by: f64, t: f64) {
        let since = t - self.from;
        let gauge = &mut self.gauges[slot * COUNTS + count as usize];
        gauge.now += by;
        gauge.open -= by * since;
    }

    /// A present count.
    #[inline]
    pub fn count(&self, slot: usize, count: Count) -> f64 {
        self.gauges[slot * COUNTS + count as usize].now
    }

    /// Hour of the local week that is open.
    #[inline]
    pub fn hour(&self) -> usize {
        self.hour
    }

    /// Closes everything up to the end of the run.
    pub fn finish(&mut self, end: f64, hour_at: &mut impl FnMut(f64) -> (usize, f64)) {
        self.advance(end, hour_at);
        if self.from < end {
            self.close(end, hour_at);
        }
        for count in [Count::Busy, Count::Overtime, Count::Queue] {
            for i in (COUNTS..self.gauges.len()).step_by(COUNTS) {
                let (whole, slots) = self.by_hour.split_at_mut(COUNTS);
                let slot = &slots[i - COUNTS + count as usize];
                for (to, from) in whole[count as usize].iter_mut().zip(slot.iter()) {
                    *to += from;
                }
                self.before[count as usize] += self.before[i + count as usize];
            }
        }
    }

    /// Integral over the window.
    pub fn total(&self, slot: usize, count: Count) -> f64 {
        self.by_hour[slot * COUNTS + count as usize].iter().sum()
    }

    /// Integral over the whole run, warm-up included.
    pub fn whole_run(&self, slot: usize, count: Count) -> f64 {
        self.before[slot * COUNTS + count as usize] + self.total(slot, count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::LocalClock;

    /// One officer from 00:30 to 02:15, window from 01:00: by hand 0.5 h before, then 1 h and 0.25 h.
    #[test]
    fn splits_by_hour_and_window() {
        let clock = LocalClock::utc(4 * 86_400);
        let clock = &mut |t| (clock.hour_of_week(t), clock.next_hour(t));
        let mut i = Integrals::new(2, (HOUR, 4.0 * HOUR), clock);
        i.advance(0.5 * HOUR, clock);
        i.change(1, Count::Busy, 1.0, 0.5 * HOUR);
        i.advance(2.25 * HOUR, clock);
        i.change(1, Count::Busy, -1.0, 2.25 * HOUR);
        i.finish(4.0 * HOUR, clock);
        for slot in [0, 1] {
            let q = slot * COUNTS + Count::Busy as usize;
            assert_eq!(i.before[q], 0.5 * HOUR);
            assert_eq!(i.by_hour[q][1], HOUR);
            assert_eq!(i.by_hour[q][2], 0.25 * HOUR);
            assert_eq!(i.by_hour[q][3], 0.0);
            assert_eq!(i.whole_run(slot, Count::Busy), 1.75 * HOUR);
        }
        assert_eq!(i.exposure[0], 0.0);
        assert_eq!(i.exposure[3], HOUR);
    }
}
