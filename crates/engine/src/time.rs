//! The run's clock: seconds since the run's origin, and the local wall clocks that go with it.
//!
//! Engine time is an `f64` count of elapsed seconds since the *origin*, the local midnight at which
//! the warm-up begins. Every duration of whole seconds is exact in it. A [`LocalClock`] maps that
//! time to a zone's wall clock, daylight saving included, from a short table of offset changes that
//! covers the run, so that the engine needs no time-zone library.

/// Seconds in an hour.
pub const HOUR: f64 = 3_600.0;
/// Seconds in a day of 24 hours.
pub const DAY: f64 = 86_400.0;
/// Seconds in a week of 168 hours.
pub const WEEK: f64 = 604_800.0;
/// Seconds in a year of 365.25 days, by which growth is counted.
pub const YEAR: f64 = 31_557_600.0;
/// Hours in a week.
pub const HOURS_OF_WEEK: usize = 168;

/// The earlier of two instants: a comparison, where `f64::min` asks what is no number too.
#[inline(always)]
pub(crate) fn earlier(a: f64, b: f64) -> f64 {
    if b < a { b } else { a }
}

/// Days from 1970-01-01 (a Thursday) to Monday 1970-01-05: makes day numbers count from a Monday.
const MONDAY_SHIFT: i64 = 4;

/// One zone's wall clock over the run.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalClock {
    /// IANA name of the zone, for messages.
    pub zone: String,
    /// Unix time of the run's origin, in seconds.
    origin_unix: i64,
    /// Seconds from Monday 1970-01-05 00:00 UTC to the origin.
    monday_base: f64,
    /// `(from, offset)`: from engine time `from` on, local time is UTC plus `offset` seconds. The
    /// first entry holds for all earlier times too.
    steps: Vec<(f64, f64)>,
}

impl LocalClock {
    /// A clock from the origin's Unix time and the zone's offset changes as `(unix seconds, offset
    /// in seconds)`, in order of time; the first holds for all earlier times.
    ///
    /// # Panics
    /// If `changes` is empty.
    pub fn new(zone: &str, origin_unix: i64, changes: &[(i64, i32)]) -> Self {
        assert!(!changes.is_empty(), "a clock needs at least one offset");
        let steps =
            changes.iter().map(|&(at, offset)| ((at - origin_unix) as f64, f64::from(offset))).collect();
        let monday_base = (origin_unix - MONDAY_SHIFT * DAY as i64) as f64;
        Self { zone: zone.to_owned(), origin_unix, monday_base, steps }
    }

    /// A clock without offset or daylight saving (UTC).
    pub fn utc(origin_unix: i64) -> Self {
        Self::new("UTC", origin_unix, &[(origin_unix, 0)])
    }

    #[inline]
    fn step(&self, t: f64) -> usize {
        self.steps.partition_point(|&(from, _)| from <= t).saturating_sub(1)
    }

    /// Offset from UTC at `t`, in seconds, and the instant until which it holds.
    pub fn offset(&self, t: f64) -> (f64, f64) {
        let i = self.step(t);
        let until = self.steps.get(i + 1).map_or(f64::INFINITY, |s| s.0);
        (self.steps[i].1, until)
    }

    /// Local seconds since Monday 1970-01-05 00:00 local time.
    fn local(&self, t: f64) -> f64 {
        self.monday_base + t + self.offset(t).0
    }

    /// Seconds since the local week began on Monday 00:00, in `[0, 604800)`.
    pub fn second_of_week(&self, t: f64) -> f64 {
        let local = self.local(t);
        // A multiple of the week is exact, and a floor costs a tenth of a floating-point remainder.
        let second = local - (local / WEEK).floor() * WEEK;
        if second < WEEK { second } else { 0.0 }
    }

    /// Hour of the local week, 0 (Monday 00:00 to 01:00) to 167.
    pub fn hour_of_week(&self, t: f64) -> usize {
        ((self.second_of_week(t) / HOUR) as usize).min(HOURS_OF_WEEK - 1)
    }

    /// Local day number: days since Monday 1970-01-05. Modulo 7 it is the weekday, Monday = 0.
    pub fn day(&self, t: f64) -> i64 {
        (self.local(t) / DAY).floor() as i64
    }

    /// The first instant after `t` at which the local hour changes: a full local hour, or a change
    /// of the zone's offset.
    pub fn next_hour(&self, t: f64) -> f64 {
        let (_, until) = self.offset(t);
        let local = self.local(t);
        let mut next = t + (((local / HOUR).floor() + 1.0) * HOUR - local);
        if next <= t {
            next = t + HOUR;
        }
        next.min(until)
    }

    /// The instant at which local day `day` (see [`Self::day`]) has run `second` seconds of wall
    /// clock. In the gap of a spring change the instant after the gap's length is taken; of the two
    /// readings of an autumn change, the earlier.
    pub fn instant(&self, day: i64, second: f64) -> f64 {
        let utc_reading = (day + MONDAY_SHIFT) as f64 * DAY + second - self.origin_unix as f64;
        // The candidate of an offset is right when that offset holds there; the earliest such wins.
        for (i, &(from, offset)) in self.steps.iter().enumerate() {
            let t = utc_reading - offset;
            let until = self.steps.get(i + 1).map_or(f64::INFINITY, |s| s.0);
            let lower = if i == 0 { f64::NEG_INFINITY } else { from };
            if t >= lower && t < until {
                return t;
            }
            // The reading falls in the gap before the next step: read it with the old offset.
            if let Some(&(_, next_offset)) = self.steps.get(i + 1)
                && t >= until
                && utc_reading - next_offset < until
            {
                return t;
            }
        }
        utc_reading - self.steps[self.steps.len() - 1].1
    }
}

/// Local day number (days since Monday 1970-01-05) of a civil date given as days since 1970-01-01.
pub fn day_from_unix_days(days: i64) -> i64 {
    days - MONDAY_SHIFT
}

#[cfg(test)]
mod tests {
    use super::*;

    /// New York around the changes of 2018-11-04 (back) and 2019-03-10 (forward); origin Monday
    /// 2018-10-01 00:00 local = 04:00 UTC.
    fn new_york() -> LocalClock {
        let origin = 1_538_366_400;
        LocalClock::new(
            "America/New_York",
            origin,
            &[(1_520_751_600, -14_400), (1_541_311_200, -18_000), (1_552_201_200, -14_400)],
        )
    }

    #[test]
    fn reads_the_wall_clock() {
        let c = new_york();
        assert_eq!(c.hour_of_week(0.0), 0);
        assert_eq!(c.hour_of_week(HOUR * 25.5), 25);
        assert_eq!(c.day(0.0).rem_euclid(7), 0);
        assert_eq!(c.day(-1.0).rem_euclid(7), 6);
        assert_eq!(c.next_hour(0.0), HOUR);
        assert_eq!(c.next_hour(HOUR * 1.5), HOUR * 2.0);
    }

    #[test]
    fn an_autumn_day_has_25_hours_and_a_spring_day_23() {
        let c = new_york();
        let start = c.day(0.0);
        let autumn = start + 34; // Sunday 2018-11-04
        assert_eq!(c.instant(autumn + 1, 0.0) - c.instant(autumn, 0.0), 25.0 * HOUR);
        let spring = start + 160; // Sunday 2019-03-10
        assert_eq!(c.instant(spring + 1, 0.0) - c.instant(spring, 0.0), 23.0 * HOUR);
        // 02:30 does not exist in spring: read with the old offset, it is 03:30 of the new.
        assert_eq!(c.instant(spring, 2.5 * HOUR), c.instant(spring, 3.5 * HOUR));
        // 01:30 exists twice in autumn: the earlier.
        assert_eq!(c.instant(autumn, 1.5 * HOUR) - c.instant(autumn, 0.0), 1.5 * HOUR);
        assert_eq!(c.hour_of_week(c.instant(autumn, 0.0) + 1.5 * HOUR), 145);
        assert_eq!(c.hour_of_week(c.instant(autumn, 0.0) + 2.5 * HOUR), 145);
    }
}
