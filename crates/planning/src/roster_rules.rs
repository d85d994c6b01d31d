//! Rules of rosters: the shifts that a centre may use, how officers' weeks are made of them, and what
//! hours cost. Read by those who draw up rosters, never by the engine.

use poolwise_engine::choice;
use poolwise_engine::model::{Break, CentreId, HolidayWork, RoleMask};
use poolwise_engine::time::HOURS_OF_WEEK;

/// Branch-and-bound nodes where a scenario says nothing.
pub const NODES: u32 = 50;

/// Rules for all centres of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct RosterRules {
    /// What is to be least.
    pub least: Least,
    /// Most nodes of the branch-and-bound search for one roster.
    pub nodes: u32,
    /// Centres without rules of their own.
    pub default: CentreRules,
    /// Rules of single centres.
    pub at: Vec<(CentreId, CentreRules)>,
    /// What hours cost.
    pub pay: Option<Pay>,
}

choice! {
    /// What is to be least.
    pub enum Least {
        /// Officers employed.
        Officers = "officers",
        /// Cost a week, by the pay table.
        Cost = "cost",
    }
}

/// Rules for one centre.
#[derive(Debug, Clone, PartialEq)]
pub struct CentreRules {
    /// Permitted shifts; none: those that the scenario has at the centre now.
    pub shifts: Vec<ShiftRule>,
    /// When the requirement holds; none: on the mean, but at every instant for targets in every hour.
    pub cover: Option<Cover>,
    /// Fewest officers on duty while the centre is open.
    pub minimum: u32,
    /// Most officers on duty at a time.
    pub maximum: Option<u32>,
    /// Most officers employed.
    pub officers: Option<u32>,
    /// Hours of the centre's week in which it is open; none: those in which officers are required.
    pub open: Option<Vec<bool>>,
    /// Least time between the end of an officer's shift and the start of the next, seconds.
    pub rest: f64,
    /// Share of officers who have the weekend off.
    pub weekends_off: f64,
    /// Whether officers work both days of a weekend or neither.
    pub whole_weekends: bool,
    /// Probability that enough officers come, where some are absent; 0: absence is left out.
    pub absence_cover: f64,
}

choice! {
    /// When the requirement holds.
    pub enum Cover {
        /// At every instant of each hour, each officer's breaks when he or she has them.
        Always = "always",
        /// On the mean of each hour, breaks counting as spread over the shift: officers on a shift are enough who are as many
        /// as required and the share of time that breaks take.
        Mean = "mean",
    }
}

/// A kind of permitted shift, and the weeks that officers may make of it. An officer keeps the same
/// start all week.
#[derive(Debug, Clone, PartialEq)]
pub struct ShiftRule {
    /// Starts, seconds after local midnight.
    pub starts: Vec<f64>,
    /// Length, seconds, at most a day.
    pub length: f64,
    /// Breaks within it, each taken after the case in hand.
    pub breaks: Vec<Break>,
    /// Weekdays on which it may start, Monday first.
    pub days: [bool; 7],
    /// Days that an officer works a week.
    pub days_on: u32,
    /// Whether they are consecutive (Sunday before Monday).
    pub consecutive: bool,
    /// Roles whose officers may work it.
    pub roles: RoleMask,
    /// Whether it is worked on holidays.
    pub holidays: HolidayWork,
}

/// What hours cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Pay {
    /// An ordinary hour.
    pub hour: f64,
    /// Name of the currency.
    pub currency: String,
    /// An hour of overtime, as a multiple of an ordinary one.
    pub overtime: f64,
    /// Extra pay at certain hours; where they overlap they add up.
    pub premiums: Vec<Premium>,
}

/// Extra pay at certain hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Premium {
    /// Name, as reports show it.
    pub name: String,
    /// Share of ordinary pay that comes on top.
    pub share: f64,
    /// Seconds of the centre's local week, ascending and apart: from, until.
    pub hours: Vec<(f64, f64)>,
}

/// What released officers could do in teams in the field: an assumption, with its range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FieldWork {
    /// Officers that one case takes.
    pub officers_per_case: AssumedRange,
    /// Hours that each of them spends on it.
    pub hours_per_officer: AssumedRange,
}

/// An assumed value and its range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AssumedRange {
    /// The lowest value that is assumed possible.
    pub low: f64,
    /// The value that is assumed.
    pub base: f64,
    /// The highest value that is assumed possible.
    pub high: f64,
}

impl Default for CentreRules {
    fn default() -> Self {
        Self {
            shifts: Vec::new(),
            cover: None,
            minimum: 0,
            maximum: None,
            officers: None,
            open: None,
            rest: 0.0,
            weekends_off: 0.0,
            whole_weekends: false,
            absence_cover: 0.5,
        }
    }
}

impl Default for RosterRules {
    fn default() -> Self {
        Self {
            least: Least::Officers,
            nodes: NODES,
            default: CentreRules::default(),
            at: Vec::new(),
            pay: None,
        }
    }
}

impl RosterRules {
    /// The rules of a centre.
    pub fn of(&self, centre: CentreId) -> &CentreRules {
        self.at.iter().find(|(c, _)| *c == centre).map_or(&self.default, |(_, rules)| rules)
    }
}

impl CentreRules {
    /// Whether the centre is open in that hour of its week, `required` officers being asked for.
    pub fn is_open(&self, hour: usize, required: u32) -> bool {
        self.open.as_ref().map_or(required > 0, |open| open[hour % HOURS_OF_WEEK])
    }
}

impl Premium {
    /// Seconds of `[from, from + length)`, in seconds of the week, that lie in its hours.
    pub fn overlap(&self, from: f64, length: f64) -> f64 {
        use poolwise_engine::time::WEEK;
        // A span may begin before the week or run over its end.
        let within = |shift: f64| -> f64 {
            let (a, b) = (from + shift, from + length + shift);
            self.hours.iter().map(|&(x, y)| (b.min(y) - a.max(x)).max(0.0)).sum()
        };
        within(0.0) + within(-WEEK) + within(WEEK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::time::{DAY, HOUR};

    #[test]
    fn a_premium_counts_the_hours_that_a_shift_shares_with_it() {
        // 18:00-06:00 every day, cut at the week's end.
        let mut hours = vec![(0.0, 6.0 * HOUR)];
        hours.extend((0..6).map(|d| (f64::from(d) * DAY + 18.0 * HOUR, f64::from(d + 1) * DAY + 6.0 * HOUR)));
        hours.push((6.0 * DAY + 18.0 * HOUR, 7.0 * DAY));
        let night = Premium { name: "night".to_owned(), share: 0.1, hours };
        assert_eq!(night.overlap(8.0 * HOUR, 8.0 * HOUR), 0.0);
        assert_eq!(night.overlap(16.0 * HOUR, 8.0 * HOUR), 6.0 * HOUR);
        // Sunday 22:00 to Monday 06:00.
        assert_eq!(night.overlap(6.0 * DAY + 22.0 * HOUR, 8.0 * HOUR), 8.0 * HOUR);
    }
}
