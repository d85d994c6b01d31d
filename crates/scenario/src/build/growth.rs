//! Growth of a class's demand: a factor of each week, as exceptions without a name.

use super::Builder;
use poolwise_engine::model::Exception;
use poolwise_engine::time::WEEK;
use poolwise_math::powf;

/// Seconds of a year: 365.25 days.
const YEAR: f64 = 365.25 * 86_400.0;

/// A step for each week from the origin on, warm-up included: of a class that grows by g a year the factor of a week whose middle lies t
/// years after the start of the warm-up is (1 + g)^t.
pub(super) fn steps(b: &Builder<'_>) -> Vec<Exception> {
    let end = b.run.end();
    let mut out = Vec::new();
    for (class, (_, input)) in b.input.class.iter().enumerate() {
        let each = 1.0 + input.growth.as_ref().map_or(0.0, |g| g.value);
        if each == 1.0 {
            continue;
        }
        let weeks = (end / WEEK).ceil().min(MOST_WEEKS) as u32;
        out.extend((0..weeks).map(|week| {
            let from = f64::from(week) * WEEK;
            let by = powf(each, (from + WEEK / 2.0) / YEAR);
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
