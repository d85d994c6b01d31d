//! What both kernels of `network` know: rates, levels, and the known answer.

use super::{Answer, WEEKS};
use poolwise_math::sin;
use std::f64::consts::TAU;

pub(crate) const CENTRES: usize = 21;
pub(crate) const HOUR: f64 = 3600.0;
pub(crate) const HOURS: usize = 168;
/// Mean patience, seconds.
pub(crate) const PATIENCE: f64 = 24.0 * HOUR;
/// Mean and coefficient of variation of a service, seconds.
pub(crate) const SERVICE: (f64, f64) = (1200.0, 1.0);
/// Hours simulated: warm-up and all.
pub(crate) const ALL_HOURS: (usize, usize) = (WEEKS.0 * HOURS, (WEEKS.0 + WEEKS.1) * HOURS);

/// Arrivals a second in each hour of the week.
pub(crate) fn rates() -> [f64; HOURS] {
    let shape = |h: usize| {
        let day = 1.0 + 0.6 * sin(TAU * ((h % 24) as f64 - 9.0) / 24.0);
        if h >= 120 { day * 0.55 } else { day }
    };
    let mean = (0..HOURS).map(shape).sum::<f64>() / HOURS as f64;
    let per_second = 1_500_000.0 / (365.0 * 24.0 * HOUR);
    std::array::from_fn(|h| per_second * shape(h) / mean)
}

/// Officers of a centre in an hour of the week; centre 0 is the big one.
pub(crate) fn level(centre: usize, hour: usize) -> i32 {
    let (day, hour) = (hour / 24, hour % 24);
    match centre {
        0 if hour < 8 => 30,
        0 => 40,
        _ if day < 5 && (6..22).contains(&hour) => 8,
        _ => 2,
    }
}

/// A centre from a uniform number: 30 % to the big one, the rest to the others alike.
#[inline]
pub(crate) fn centre(u: f64) -> usize {
    if u < 0.3 { 0 } else { 1 + ((u - 0.3) * (20.0 / 0.7)) as usize }.min(CENTRES - 1)
}

/// The answer from the sums of the window: left, served and waited, at the local centres and the big one.
pub(crate) fn answer(requests: u64, left: u64, local: (u64, f64), big: (u64, f64)) -> Answer {
    let served = (local.0 + big.0) as f64;
    Answer {
        requests,
        values: vec![
            ("left unserved", left as f64 / (left as f64 + served), 0.0033, 0.0003),
            ("mean wait, local, h", local.1 / local.0 as f64 / HOUR, 0.111, 0.004),
            ("mean wait, big, h", big.1 / big.0 as f64 / HOUR, 0.0007, 0.0002),
        ],
    }
}
