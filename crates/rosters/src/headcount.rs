//! From posts to officers: leave, absence, minimum crews, whole officers.
//!
//! A *post* is one officer on duty around the clock: 168 hours a week. An officer is paid for so many
//! hours a week, of which leave and training take a part (planned availability). What is left divides
//! 168 into the *relief factor*: officers that one post takes.

use poolwise_engine::model::Workforce;
use poolwise_engine::time::HOURS_OF_WEEK;
use poolwise_math::{exp, ln};

/// Slack against rounding when numbers are made whole.
const ROUNDING: f64 = 1e-9;

/// Officers that one post around the clock takes: 168 / (hours a week x availability).
pub fn relief_factor(hours_per_week: f64, availability: f64) -> f64 {
    HOURS_OF_WEEK as f64 / (hours_per_week * availability)
}

/// Posts that so many officers keep.
pub fn posts(officers: f64, hours_per_week: f64, availability: f64) -> f64 {
    officers / relief_factor(hours_per_week, availability)
}

/// Whole officers employed so that `present` of them are there, when a share `availability` is.
pub fn employed(present: f64, availability: f64) -> u32 {
    (present / availability - ROUNDING).ceil().max(0.0) as u32
}

/// Of so many employed, the most whole officers that can be rostered.
pub(crate) fn rostered_of(employed: u32, availability: f64) -> u32 {
    (f64::from(employed) * availability + ROUNDING).floor() as u32
}

/// Whole officers that a centre employs for so many rostered hours a week.
pub(crate) fn for_hours(rostered_hours: f64, workforce: Workforce) -> u32 {
    employed(rostered_hours / workforce.hours_per_week, workforce.planned_availability)
}

/// Whole officers that a crew of `minimum` takes by itself in `open` hours a week.
pub(crate) fn minimum_crew(minimum: u32, open: f64, workforce: Workforce) -> u32 {
    for_hours(f64::from(minimum) * open, workforce)
}

/// The fewest officers to roster so that at least `required` come with probability `confidence`, when
/// each is absent with probability `absence` by chance of his or her own: the least `n` with
/// `P(Binomial(n, 1 - absence) >= required) >= confidence`. `required` itself where nobody is ever
/// absent, or `confidence` is 0. At a confidence of 0.5 that is close to `required / (1 - absence)`.
pub(crate) fn rostered_for(required: u32, absence: f64, confidence: f64) -> u32 {
    if required == 0 || absence <= 0.0 || confidence <= 0.0 {
        return required;
    }
    let come = 1.0 - absence;
    // Beyond this a confidence that rounding cannot reach would be searched for in vain.
    let most = (f64::from(required) / come.max(1e-3)).ceil() as u32 * 4 + 64;
    (required..most).find(|n| at_least(required, *n, come) >= confidence).unwrap_or(most)
}

/// `P(Binomial(n, p) >= k)`.
fn at_least(k: u32, n: u32, p: f64) -> f64 {
    // By the smaller tail of absentees: at most n - k of n do not come.
    let (q, spare) = (1.0 - p, n.saturating_sub(k));
    let mut term = f64::from(n) * ln(p);
    let mut sum = exp(term);
    for i in 0..spare {
        term += ln(f64::from(n - i) / f64::from(i + 1) * (q / p));
        sum += exp(term);
    }
    if k > n { 0.0 } else { sum.min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    }

    #[test]
    fn relief_factors() {
        close(relief_factor(40.0, 1.0), 4.2);
        close(relief_factor(40.0, 0.8), 5.25);
        // Eight officers keep 1.9 posts before leave, 1.43 at a quarter away.
        close(posts(8.0, 40.0, 1.0), 8.0 / 4.2);
        assert!((posts(8.0, 40.0, 1.0) - 1.90).abs() < 0.005);
        assert!((posts(8.0, 40.0, 0.75) - 1.43).abs() < 0.005);
        assert!((posts(160.0, 40.0, 1.0) - 38.1).abs() < 0.005);
        assert!((posts(160.0, 40.0, 0.75) - 28.6).abs() < 0.05);
    }

    #[test]
    fn officers_are_whole() {
        assert_eq!(employed(14.0, 0.7), 20, "14 posts at 30 % shrinkage");
        assert_eq!(employed(17.0, 0.85), 20, "20 exactly, not 21 by rounding");
        assert_eq!(employed(1.0, 0.85), 2, "no centre has 1.2 officers");
        assert_eq!(employed(0.0, 0.85), 0);
        assert_eq!((rostered_of(20, 0.85), rostered_of(21, 0.85)), (17, 17));
        let workforce = Workforce { hours_per_week: 40.0, planned_availability: 0.8 };
        assert_eq!(for_hours(168.0, workforce), 6, "5.25");
        assert_eq!(minimum_crew(2, 168.0, workforce), 11, "10.5");
        // Two on duty on weekdays around the clock: 240 h of 32 each.
        assert_eq!(minimum_crew(2, 120.0, workforce), 8);
    }

    #[test]
    fn absence_by_chance() {
        // One absent in four: of two 0.5625 come both; of three 27/64 + 27/64 at least two.
        close(at_least(2, 2, 0.75), 0.5625);
        close(at_least(2, 3, 0.75), 54.0 / 64.0);
        assert_eq!(rostered_for(2, 0.25, 0.5), 2);
        assert_eq!(rostered_for(2, 0.25, 0.8), 3);
        assert_eq!(rostered_for(2, 0.25, 0.9), 4, "243/256");
        assert_eq!(rostered_for(7, 0.0, 0.99), 7);
        assert_eq!(rostered_for(7, 0.3, 0.0), 7);
        // At one half: close to 50 / 0.94 = 53.2.
        assert_eq!(rostered_for(50, 0.06, 0.5), 53);
        assert!(rostered_for(1, 0.999, 0.999_999) > 1);
    }
}
