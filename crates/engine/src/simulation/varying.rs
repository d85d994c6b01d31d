//! Random factors on a rate: of whole days, which may hang together, and of short intervals within the day.

use crate::model::{Bursts, DayFactor, DayScope, KnownDay};
use crate::random::{Gamma, KeyedRng};

/// The factors of one source.
#[derive(Debug)]
pub(super) struct Varying {
    /// Seed of the days, shared by all sources of a replication.
    days: u64,
    /// Day on which chains of days begin.
    first: i64,
    /// Key of the area.
    area: u64,
    /// What the arrivals so far say of the day on which a run from now begins.
    known: Option<KnownDay>,
    /// All factors are 1.
    certain: bool,
    /// Day whose factor is known, and the factor.
    day: i64,
    factor: f64,
    /// Where days hang together: what all areas share of it, and what is the area's own.
    parts: [f64; 2],
    /// Seed of the intervals.
    bursts: u64,
    /// Interval whose factor is known, and the factor.
    pub(super) interval: f64,
    burst: f64,
    /// Shape of the gamma that the interval's factor is.
    pub(super) shape: f64,
}

impl Varying {
    pub(super) fn new((days, first, area): (u64, i64, u64), bursts: u64, known: Option<KnownDay>) -> Self {
        Self {
            known,
            certain: false,
            days,
            first,
            area,
            day: i64::MIN,
            factor: 1.0,
            parts: [0.0; 2],
            bursts,
            interval: f64::NAN,
            burst: 1.0,
            shape: f64::INFINITY,
        }
    }

    /// Factors of 1: what is expected.
    pub(super) fn certain() -> Self {
        Self { certain: true, ..Self::new((0, 0, 0), 0, None) }
    }

    /// The factor of a local day.
    pub(super) fn of_day(&mut self, factor: &DayFactor, today: i64) -> f64 {
        if self.day == today || self.certain {
            return self.factor;
        }
        let shape = 1.0 / (factor.cv * factor.cv);
        let place = match factor.scope {
            DayScope::Area => self.area,
            DayScope::National | DayScope::Correlated(_) => 0,
        };
        if let Some(known) = self.known.as_ref().filter(|known| known.day == today) {
            let draws = |place| KeyedRng::of(self.days, place, today);
            let own = if matches!(factor.scope, DayScope::Correlated(_)) { self.area } else { place };
            let shared;
            (self.factor, shared) = known.law.draw(&mut draws(0), &mut draws(own));
            // Of a chain the next day's goes on from here: the parts are of one area's own, or of all areas.
            self.parts = match factor.scope {
                DayScope::Area => [0.0, self.factor * shape],
                DayScope::National | DayScope::Correlated(_) => {
                    let shared = shared.unwrap_or(self.factor * shape);
                    [shared, self.factor * shape - shared]
                }
            };
        } else if factor.autocorrelation == 0.0 && !matches!(factor.scope, DayScope::Correlated(_)) {
            let draw = Gamma::new(shape, 1.0 / shape);
            let mut draws = KeyedRng::of(self.days, place, today);
            self.factor = draw.map_or(1.0, |g| g.sample(&mut draws));
        } else {
            self.factor = self.chained(factor, shape, today);
        }
        self.day = today;
        self.factor
    }

    /// A day's factor as the sum of a part that all areas share and one of the area's own. Independent gammas of one
    /// scale add up to a gamma, and two such sums have the shared part's share of the shape as their correlation.
    fn chained(&mut self, factor: &DayFactor, shape: f64, today: i64) -> f64 {
        let shared = match factor.scope {
            DayScope::National => 1.0,
            DayScope::Area => 0.0,
            DayScope::Correlated(r) => r,
        };
        let shapes = [shape * shared, shape * (1.0 - shared)];
        let places = [0, self.area];
        if self.day == i64::MIN || self.day > today {
            self.day = self.first.min(today);
            for i in 0..2 {
                self.parts[i] = gamma(shapes[i], &mut KeyedRng::of(self.days, places[i], self.day));
            }
        }
        while self.day < today {
            self.day += 1;
            for i in 0..2 {
                let mut draws = KeyedRng::of(self.days, places[i], self.day);
                self.parts[i] = next(self.parts[i], shapes[i], factor.autocorrelation, &mut draws);
            }
        }
        (self.parts[0] + self.parts[1]) / shape
    }

    /// The rate with the factor of the interval at `t`, and when the interval ends. Of a Poisson count with mean m
    /// times a gamma of shape m / (D - 1) the variance is D m.
    pub(crate) fn in_interval(&mut self, bursts: &Bursts, t: f64, rate: f64) -> (f64, f64) {
        let mut k = (t / bursts.every).floor();
        // The interval is counted from zero, so that the same multiple ends one and begins the next.
        if (k + 1.0) * bursts.every <= t {
            k += 1.0;
        }
        if self.interval != k {
            self.interval = k;
            let shape = rate * bursts.every / (bursts.dispersion - 1.0);
            self.shape = shape;
            let draw = Gamma::new(shape, 1.0 / shape);
            self.burst = draw.map_or(1.0, |g| g.sample(&mut KeyedRng::of(self.bursts, 0, k as i64)));
        }
        let burst = if self.certain { 1.0 } else { self.burst };
        (rate * burst, (k + 1.0) * bursts.every)
    }
}

/// A gamma draw of scale 1; 0 of shape 0.
fn gamma(shape: f64, draws: &mut KeyedRng) -> f64 {
    Gamma::new(shape, 1.0).map_or(0.0, |g| g.sample(draws))
}

/// The next of a chain of gammas with this correlation: a beta-distributed part of the last is kept, and the rest is
/// new (Lewis, McKenzie and Hugus 1989, "Gamma processes").
fn next(last: f64, shape: f64, correlation: f64, draws: &mut KeyedRng) -> f64 {
    if shape <= 0.0 {
        return 0.0;
    }
    let fresh = gamma(shape * (1.0 - correlation), draws);
    if correlation <= 0.0 {
        return fresh;
    }
    let (a, b) = (gamma(shape * correlation, draws), gamma(shape * (1.0 - correlation), draws));
    let kept = if a + b > 0.0 { a / (a + b) } else { 0.0 };
    kept * last + fresh
}
