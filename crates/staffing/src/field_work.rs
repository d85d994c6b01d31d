//! What released officers could do in teams in the field: cases a year, by the scenario's assumptions. Arithmetic, not
//! simulation: it says what the hours would buy, not that the cases would be made.

use poolwise_engine::model::Workforce;
use poolwise_planning::roster_rules::FieldWork;
use serde::Serialize;

/// Weeks of a year of 365 days.
const WEEKS: f64 = 365.0 / 7.0;

/// Cases a year.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cases {
    /// With as many officers released as assumed and the base assumptions.
    pub base: f64,
    /// Fewest: the fewest released, and cases that take most.
    pub low: f64,
    /// Most: the most released, and cases that take least.
    pub high: f64,
}

/// Cases a year of so many released officers: `released` is the estimate with its interval, `(low, estimate,
/// high)`; `absence` the share of rostered hours that officers are unplanned away. Nobody released, no cases.
///
/// Hours a year: officers x hours a week x planned availability x (1 - absence) x 365 / 7. Hours a case:
/// officers it takes x hours of each.
pub(crate) fn cases(
    released: (f64, f64, f64),
    assumed: FieldWork,
    workforce: Workforce,
    absence: f64,
) -> Cases {
    let hours = workforce.hours_per_week * workforce.planned_availability * (1.0 - absence) * WEEKS;
    let of = |officers: f64, team: f64, each: f64| officers.max(0.0) * hours / (team * each);
    let FieldWork { officers_per_case: team, hours_per_officer: each } = assumed;
    Cases {
        base: of(released.1, team.base, each.base),
        low: of(released.0, team.high, each.high),
        high: of(released.2, team.low, each.low),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_planning::roster_rules::AssumedRange;

    #[test]
    fn hours_over_hours_a_case() {
        let assumed = FieldWork {
            officers_per_case: AssumedRange { low: 3.0, base: 5.0, high: 7.0 },
            hours_per_officer: AssumedRange { low: 4.0, base: 10.0, high: 40.0 },
        };
        let workforce = Workforce { hours_per_week: 35.0, planned_availability: 0.8 };
        // 35 x 0.8 x 0.75 x 365 / 7 = 1,095 hours a year.
        let a = cases((-4.0, 100.0, 120.0), assumed, workforce, 0.25);
        assert!((a.base - 100.0 * 1_095.0 / 50.0).abs() < 1e-9);
        assert_eq!(a.low, 0.0, "nobody may be released");
        assert!((a.high - 120.0 * 1_095.0 / 12.0).abs() < 1e-9);
        let low = cases((28.0, 100.0, 120.0), assumed, workforce, 0.25).low;
        assert!((low - 28.0 * 1_095.0 / 280.0).abs() < 1e-9);
    }
}
