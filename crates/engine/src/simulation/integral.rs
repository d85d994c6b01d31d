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
    /// Requests that wait for an officer.
    Queue = 3,
}

/// How many counts there are for each slot.
pub const COUNTS: usize = 4;

/// A count under way.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gauge {
    /// Its present value.
    pub now: f64,
    /// The open hour's part of its integral that stems from changes.
    open: f64,
}

impl Gauge {
    /// Changes by `by`, so long after the open hour began.
    #[inline(always)]
    pub(super) fn change(&mut self, by: f64, since: f64) {
        self.now += by;
        self.open -= by * since;
    }

    /// Ends the open hour after `length`: the integral over it.
    #[inline]
    fn close(&mut self, length: f64) -> f64 {
        std::mem::take(&mut self.open) + self.now * length
    }
}

/// The counts of a role at a centre.
pub(super) type Gauges = [Gauge; COUNTS];

/// The open hour of a centre's week, or the part of it that belongs to the window. To begin with, an hour
/// that ends at the origin.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OpenHour {
    pub from: f64,
    pub until: f64,
    pub of_week: u8,
}

/// Integrals of a centre's counts over time. Slot 0 is the whole centre, the others its roles.
#[derive(Debug, Clone)]
pub struct Integrals {
    /// Start and end of the window.
    window: (f64, f64),
    /// Integral within the window by hour of week, for each slot and count; count-seconds. Of the roles' slots at
    /// the end of the run only.
    pub by_hour: Vec<Box<[f64; HOURS_OF_WEEK]>>,
    /// During the run: the same by hour, for each role, so that what one hour adds lies together.
    roles: Vec<Box<[[f64; COUNTS]; HOURS_OF_WEEK]>>,
    /// Seconds of the window that fell into each hour of the week.
    pub exposure: Box<[f64; HOURS_OF_WEEK]>,
    /// Integral before the window, for each slot and count.
    pub before: Vec<f64>,
    /// Integral of the whole centre's queue on each day of the window.
    pub daily_queue: Vec<f64>,
    /// Integral of the requests waiting and in service in each elapsed hour from the origin, warm-up
    /// included; of the first `COURSE_HOURS` at most.
    pub course: Vec<f64>,
}

/// Longest course that is kept: two years, which is enough to see a run settle.
pub(crate) const COURSE_HOURS: usize = 2 * 365 * 24;

impl OpenHour {
    /// The hour that is open from `t` on: hour `of_week` of the local week, which ends at `until`.
    pub(super) fn new(t: f64, of_week: usize, mut until: f64, window: (f64, f64)) -> Self {
        let of_week = of_week as u8;
        for edge in [window.0, window.1] {
            if t < edge && edge < until {
                until = edge;
            }
        }
        Self { from: t, until, of_week }
    }
}

impl Integrals {
    /// Nothing yet.
    pub(super) fn new(slots: usize, window: (f64, f64)) -> Self {
        let n = slots * COUNTS;
        let days = ((window.1 - window.0) / DAY).ceil() as usize;
        Self {
            window,
            by_hour: (0..n).map(|_| Box::new([0.0; HOURS_OF_WEEK])).collect(),
            roles: (1..slots).map(|_| Box::new([[0.0; COUNTS]; HOURS_OF_WEEK])).collect(),
            exposure: Box::new([0.0; HOURS_OF_WEEK]),
            before: vec![0.0; n],
            daily_queue: vec![0.0; days],
            course: vec![0.0; ((window.1 / HOUR).ceil() as usize).min(COURSE_HOURS)],
        }
    }

    /// Closes an hour at `t`, with the officers on duty at the whole centre (a count of its own, since an
    /// officer may hold several roles) and the counts of its roles.
    pub(super) fn close<'g>(
        &mut self,
        hour: OpenHour,
        on_duty: &mut Gauge,
        roles: impl Iterator<Item = &'g mut Gauges>,
        t: f64,
    ) {
        let length = t - hour.from;
        let of_week = usize::from(hour.of_week);
        let whole = on_duty.close(length);
        if hour.from >= self.window.1 {
            // Beyond the window nothing is kept.
            return;
        }
        let inside = hour.from >= self.window.0;
        if inside {
            self.by_hour[Count::OnDuty as usize][of_week] += whole;
            self.exposure[of_week] += length;
        } else {
            self.before[Count::OnDuty as usize] += whole;
        }
        let day = ((hour.from - self.window.0) / DAY) as usize;
        let course = (hour.from / HOUR) as usize;
        for (role, gauges) in roles.enumerate() {
            let first = (role + 1) * COUNTS;
            let integral = gauges.each_mut().map(|gauge| gauge.close(length));
            if inside {
                for (sum, integral) in self.roles[role][of_week].iter_mut().zip(integral) {
                    *sum += integral;
                }
                if let Some(d) = self.daily_queue.get_mut(day) {
                    *d += integral[Count::Queue as usize];
                }
            } else {
                for (before, integral) in self.before[first..].iter_mut().zip(integral) {
                    *before += integral;
                }
            }
            if let Some(c) = self.course.get_mut(course) {
                *c += integral[Count::Queue as usize];
                *c += integral[Count::Busy as usize];
            }
        }
    }

    /// Adds up the whole centre's counts, but for the officers on duty, from its roles'.
    pub(super) fn finish(&mut self) {
        for (role, hours) in std::mem::take(&mut self.roles).iter().enumerate() {
            for (h, sums) in hours.iter().enumerate() {
                for (count, sum) in sums.iter().enumerate() {
                    self.by_hour[(role + 1) * COUNTS + count][h] = *sum;
                }
            }
        }
        for count in [Count::Busy, Count::Overtime, Count::Queue] {
            for i in (COUNTS..self.by_hour.len()).step_by(COUNTS) {
                let (whole, slots) = self.by_hour.split_at_mut(COUNTS);
                let slot = &slots[i - COUNTS + count as usize];
                for (to, from) in whole[count as usize].iter_mut().zip(slot.iter()) {
                    *to += from;
                }
                self.before[count as usize] += self.before[i + count as usize];
            }
        }
    }

    /// Puts the roles' slots in another order: `slots` gives, by new place, the old one, both from 0.
    pub(crate) fn reorder(&mut self, slots: &[usize]) {
        if slots.is_sorted() {
            return;
        }
        let places: Vec<usize> = std::iter::once(0)
            .chain(slots.iter().map(|slot| slot + 1))
            .flat_map(|slot| (0..COUNTS).map(move |count| slot * COUNTS + count))
            .collect();
        self.by_hour = places.iter().map(|&at| self.by_hour[at].clone()).collect();
        self.before = places.iter().map(|&at| self.before[at]).collect();
    }

    /// Integral over the window.
    pub fn total(&self, slot: usize, count: Count) -> f64 {
        self.by_hour[slot * COUNTS + count as usize].iter().sum()
    }

    /// Integral over the whole run, warm-up included.
    pub(crate) fn whole_run(&self, slot: usize, count: Count) -> f64 {
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
        let window = (HOUR, 4.0 * HOUR);
        let mut i = Integrals::new(2, window);
        let mut gauges = Gauges::default();
        let mut on_duty = Gauge::default();
        let mut hour = OpenHour::default();
        let mut advance = |hour: &mut OpenHour, gauges: &mut Gauges, t: f64| {
            while t >= hour.until {
                let at = hour.until;
                i.close(*hour, &mut on_duty, std::iter::once(&mut *gauges), at);
                *hour = OpenHour::new(at, clock.hour_of_week(at), clock.next_hour(at), window);
            }
        };
        advance(&mut hour, &mut gauges, 0.5 * HOUR);
        gauges[Count::Busy as usize].change(1.0, 0.5 * HOUR - hour.from);
        advance(&mut hour, &mut gauges, 2.25 * HOUR);
        gauges[Count::Busy as usize].change(-1.0, 2.25 * HOUR - hour.from);
        advance(&mut hour, &mut gauges, 4.0 * HOUR);
        i.finish();
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
