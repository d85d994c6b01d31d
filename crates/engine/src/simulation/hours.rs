//! Local hours, looked up once.
//!
//! Sources, centres and clocks of requests ask again and again for the local hour of an instant, mostly
//! near the present. The answer is kept for some hours of each wall clock.

use super::exceptions::Exceptions;
use crate::model::Model;
use crate::time::{HOUR, LocalClock};

/// How many hours of a clock are kept, a power of two.
const KEPT: usize = 16;

/// A local hour, or the part of it that was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct WallHour {
    from: f64,
    /// When it ends.
    pub until: f64,
    /// Hour of the week.
    pub of_week: usize,
    /// Local day number.
    pub day: i64,
    /// When that day ends.
    pub day_until: f64,
}

impl WallHour {
    /// The part of the week at `t` where each hour has so many equal `parts`, and when it ends.
    pub(super) fn part(&self, clock: &LocalClock, t: f64, parts: usize) -> (usize, f64) {
        let length = HOUR / parts as f64;
        // Seconds of the local hour at a whole second, which are exact, so that the same instant ends one part
        // and begins the next.
        let into = clock.second_of_week(self.from) % HOUR;
        let begun = self.from - into;
        let part = (((t - begun) / length) as usize).min(parts - 1);
        (self.of_week * parts + part, (begun + (part + 1) as f64 * length).min(self.until))
    }
}

/// The hours of all wall clocks.
#[derive(Debug)]
pub(super) struct Hours {
    /// By clock, [`KEPT`] of each.
    kept: Vec<WallHour>,
    /// What is out of the ordinary when.
    pub exceptions: Exceptions,
}

impl Hours {
    pub(super) fn new(model: &Model) -> Self {
        // Hours without an instant: nothing is in them.
        let none = WallHour { from: 0.0, until: 0.0, of_week: 0, day: 0, day_until: 0.0 };
        Self { kept: vec![none; model.clocks.len() * KEPT], exceptions: Exceptions::new(model) }
    }

    /// The hour of `t` on clock `c`.
    #[inline(always)]
    pub(super) fn at(&mut self, model: &Model, c: usize, t: f64) -> &WallHour {
        let kept = &mut self.kept[c * KEPT + (t * (1.0 / HOUR)) as i64 as usize % KEPT];
        if t < kept.from || t >= kept.until {
            *kept = look_up(&model.clocks[c], t);
        }
        kept
    }
}

#[cold]
fn look_up(clock: &LocalClock, t: f64) -> WallHour {
    // Whole seconds are exact, so that the answer is the same whoever asks first.
    let from = t.floor();
    let day = clock.day(from);
    WallHour {
        from,
        until: clock.next_hour(from),
        of_week: clock.hour_of_week(from),
        day,
        day_until: clock.instant(day + 1, 0.0),
    }
}
