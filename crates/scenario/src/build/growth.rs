//! Growth of a class's demand: a factor of each week, as exceptions without a name.

use super::Builder;
use poolwise_engine::model::Exception;
use poolwise_engine::time::{WEEK, YEAR};
use poolwise_math::powf;

/// What demand that grows by a share each year is a factor of, so many seconds after the start of the warm-up.
pub(super) fn factor(growth: f64, seconds: f64) -> f64 {
    powf(1.0 + growth, seconds / YEAR)
}

/// A step for each week from the origin on, warm-up included: of a class that grows by g a year the factor of a week whose middle lies t
/// years after the start of the warm-up is (1 + g)^t.
pub(super) fn steps(b: &Builder<'_>) -> Vec<Exception> {
    let end = b.run.end();
    let mut out = Vec::new();
    for (class, (_, input)) in b.input.class.iter().enumerate() {
        let growth = input.growth.map_or(0.0, |g| g.value);
        if growth == 0.0 {
            continue;
        }
        let weeks = (end / WEEK).ceil().min(MOST_WEEKS) as u32;
        out.extend((0..weeks).map(|week| {
            let from = f64::from(week) * WEEK;
            let by = factor(growth, from + WEEK / 2.0);
            Exception {
                name: String::new(),
                from,
                until: from + WEEK,
                demand: vec![(Some(class), None, by)],
                roster: Vec::new(),
            }
        }));
    }
    out
}

/// Weeks of a thousand years, the longest run.
const MOST_WEEKS: f64 = 52_179.0;
