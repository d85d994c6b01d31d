//! Local hours, looked up once.
//!
//! Sources, centres and clocks of requests ask again and again for the local hour of an instant, mostly
//! near the present. The answer is kept for some hours of each wall clock.

use super::exceptions::Exceptions;
use crate::model::{Class, Demand, Model};
use crate::time::{HOUR, LocalClock};

/// How many hours of a clock are kept, a power of two: those near the present.
const KEPT: usize = 16;
/// How many hours of all clocks are kept at most where all hours of a run are: a third of a megabyte, which the fast memory of a core has.
const MOST_KEPT: usize = 1 << 14;

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

/// An hour without an instant: nothing is in it.
const NONE: WallHour = WallHour { from: 0.0, until: 0.0, of_week: 0, day: 0, day_until: 0.0 };

/// The hours of all wall clocks.
#[derive(Debug)]
pub(super) struct Hours {
    /// By clock, so many `each`.
    kept: Vec<WallHour>,
    each: usize,
    /// By class, whether its rate depends on the month.
    pub monthly: Vec<bool>,
    /// What is out of the ordinary when.
    pub exceptions: Exceptions,
}

impl Hours {
    pub(super) fn new(model: &Model) -> Self {
        let monthly = |class: &Class| match &class.demand {
            Demand::Rate { months, .. } => months.iter().any(|m| *m != 1.0),
            Demand::Trace(_) => false,
        };
        Self {
            kept: vec![NONE; model.clocks.len() * KEPT],
            each: KEPT,
            monthly: model.classes.iter().map(monthly).collect(),
            exceptions: Exceptions::new(model),
        }
    }

    /// Keeps all hours of a run, if they are not too many: what is simulated part by part looks each of them up more than once.
    pub(super) fn keep_all(&mut self, model: &Model) {
        let each = ((model.run.end() / HOUR) as usize + KEPT).next_power_of_two();
        if each.saturating_mul(model.clocks.len()) <= MOST_KEPT {
            self.kept = vec![NONE; model.clocks.len() * each];
            self.each = each;
        }
    }

    /// The hour of `t` on clock `c`.
    #[inline(always)]
    pub(super) fn at(&mut self, model: &Model, c: usize, t: f64) -> &WallHour {
        let kept = &mut self.kept[c * self.each + ((t * (1.0 / HOUR)) as i64 as usize & (self.each - 1))];
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
