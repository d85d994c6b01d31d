//! Where an interval of local time begins and ends in engine time: around a change of the clock it is longer or shorter than
//! its name says.

use super::calendar::{Calendar, LocalReading};
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use poolwise_engine::model::ClockId;

/// Intervals of so many seconds by a local clock.
#[derive(Clone, Copy)]
pub(super) struct LocalIntervals<'a> {
    pub calendar: &'a Calendar,
    pub clock: ClockId,
    pub width: f64,
}

impl LocalIntervals<'_> {
    /// When the local clock would next read the end of the interval that begins at `at`, read as `local`.
    pub(super) fn end(&self, at: f64, local: DateTime) -> Option<f64> {
        let next = after(local, self.width)?;
        let end = match self.calendar.readings(self.clock, next)? {
            LocalReading::Once(end) => end,
            LocalReading::Twice(earlier, later) => {
                if earlier > at {
                    earlier
                } else {
                    later
                }
            }
            LocalReading::Never(end) => self.change_before(end, next)?,
        };
        // Of an interval that comes twice the first ends where the second begins.
        Some(match self.calendar.readings(self.clock, local)? {
            LocalReading::Twice(earlier, later) if at == earlier && self.comes_twice(earlier, later) => {
                end.min(later)
            }
            _ => end,
        })
    }

    /// Whether an interval that begins at a time which the clock reads twice comes twice itself: one that is longer than what
    /// the clock goes back is once there, and longer.
    pub(super) fn comes_twice(&self, earlier: f64, later: f64) -> bool {
        self.width <= later - earlier
    }

    /// When an interval begins that is named by a time which the clock goes over: with the change, if any of it is left.
    pub(super) fn begin_in_gap(&self, local: DateTime, reading: f64) -> Option<f64> {
        let begin = self.change_before(reading, local)?;
        (self.end(begin, local)? > begin).then_some(begin)
    }

    /// The change of the clock that goes over `local`, which is read as `reading` by the clock as it was before.
    fn change_before(&self, reading: f64, local: DateTime) -> Option<f64> {
        let moment = |t: f64| Timestamp::from_second(self.calendar.unix_second(t)).ok();
        let gap = seconds_between(local, self.calendar.local(self.clock, moment(reading)?));
        let offset =
            |t: f64| Some(seconds_between(DateTime::MIN, self.calendar.local(self.clock, moment(t)?)) - t);
        let new = offset(reading)?;
        // Offsets change at whole seconds.
        let (mut before, mut since) = (reading - gap - 1.0, reading);
        while since - before > 1.0 {
            let middle = ((before + since) / 2.0).floor();
            if offset(middle)? == new {
                since = middle;
            } else {
                before = middle;
            }
        }
        Some(since)
    }
}

/// Seconds from one local time to another, by the calendar.
pub(super) fn seconds_between(from: DateTime, to: DateTime) -> f64 {
    from.duration_until(to).as_secs_f64()
}

fn after(local: DateTime, seconds: f64) -> Option<DateTime> {
    local.checked_add(SignedDuration::try_from_secs_f64(seconds).ok()?).ok()
}
