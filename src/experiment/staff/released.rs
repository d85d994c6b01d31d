//! What released officers could do elsewhere: arithmetic on assumptions, not a result of the simulation.

use super::solve::Range;
use crate::model::roster;

/// Weeks in a year.
const WEEKS: f64 = 365.0 / 7.0;

/// What an at-large arrest takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtLarge {
    /// Officers in a team.
    pub team: Range,
    /// Hours that each of them spends on an arrest.
    pub hours: Range,
}

impl Default for AtLarge {
    /// 5 officers (3 to 7), 10 hours each (4 to 40): assumptions, nobody has published them.
    fn default() -> Self {
        Self {
            team: Range { estimate: 5.0, lower: 3.0, upper: 7.0 },
            hours: Range { estimate: 10.0, lower: 4.0, upper: 40.0 },
        }
    }
}

/// The scenario's assumptions.
impl From<roster::AtLarge> for AtLarge {
    fn from(assumed: roster::AtLarge) -> Self {
        let range = |r: roster::Range| Range { estimate: r.base, lower: r.low, upper: r.high };
        Self { team: range(assumed.officers_per_arrest), hours: range(assumed.hours_per_officer) }
    }
}

impl AtLarge {
    /// Arrests a year by so many officers, each with so many hours a week at work: base case, and the two
    /// extremes of the ranges. Nothing for officers who are not there.
    pub fn arrests(&self, officers: f64, hours_per_week: f64) -> Range {
        let year = officers.max(0.0) * hours_per_week * WEEKS;
        let of = |team: f64, hours: f64| year / (team * hours);
        Range {
            estimate: of(self.team.estimate, self.hours.estimate),
            lower: of(self.team.upper, self.hours.upper),
            upper: of(self.team.lower, self.hours.lower),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_officers_by_hand() {
        // 60 officers x 34 h x 52.142857 weeks = 106,371.4 hours; 50, 280 and 12 officer-hours an arrest.
        let arrests = AtLarge::default().arrests(60.0, 34.0);
        assert!((arrests.estimate - 2_127.428_6).abs() < 1e-3);
        assert!((arrests.lower - 379.898).abs() < 1e-3);
        assert!((arrests.upper - 8_864.286).abs() < 1e-3);
        assert_eq!(AtLarge::default().arrests(-3.0, 34.0).estimate, 0.0);
    }
}
