//! Requirement curves: officers on duty by hour of the week, centre by centre.

use poolwise_engine::time::HOURS_OF_WEEK;
use serde::{Serialize, Serializer};
use thiserror::Error;

/// Officers on duty by hour of the centre's local week, Monday 00:00 first.
pub type WeekCurve = [u32; HOURS_OF_WEEK];

/// A real number by hour of the local week, Monday 00:00 first.
pub type WeekHours = [f64; HOURS_OF_WEEK];

/// What one centre needs in one role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CentreCurve {
    /// Name of the centre.
    pub centre: String,
    /// Role, or the roles that its officers all hold, joined by `+`.
    pub role: String,
    /// Officers who must be on duty, present and not on a break, in each hour of the centre's local
    /// week, Monday 00:00 first.
    #[serde(serialize_with = "as_list")]
    pub required: WeekCurve,
}

fn as_list<S: Serializer>(week: &WeekCurve, s: S) -> Result<S::Ok, S::Error> {
    s.collect_seq(week)
}

/// What all centres of an option need.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Curve {
    /// Centres in the scenario's order; a centre whose officers hold different roles has a row for each
    /// group of roles.
    pub centres: Vec<CentreCurve>,
}

/// Why a curve cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CurveError {
    /// A row has not one number for each hour of the week.
    #[error("the curve of {centre} has {found} hours; a week has {HOURS_OF_WEEK}")]
    Hours {
        /// Name of the centre.
        centre: String,
        /// How many numbers it has.
        found: usize,
    },
    /// Two rows are for the same centre and role.
    #[error("{centre} has two curves for {role}")]
    Twice {
        /// Name of the centre.
        centre: String,
        /// Name of the role.
        role: String,
    },
}

impl CentreCurve {
    /// A curve from one number for each hour of the week.
    ///
    /// # Errors
    /// [`CurveError::Hours`] unless there are 168.
    pub fn new(centre: &str, role: &str, required: &[u32]) -> Result<Self, CurveError> {
        let week: WeekCurve = required
            .try_into()
            .map_err(|_| CurveError::Hours { centre: centre.to_owned(), found: required.len() })?;
        Ok(Self { centre: centre.to_owned(), role: role.to_owned(), required: week })
    }

    /// The same number around the clock.
    pub fn flat(centre: &str, role: &str, officers: u32) -> Self {
        Self { centre: centre.to_owned(), role: role.to_owned(), required: [officers; HOURS_OF_WEEK] }
    }

    /// Mean number on duty over the week.
    pub fn posts(&self) -> f64 {
        f64::from(self.required.iter().sum::<u32>()) / HOURS_OF_WEEK as f64
    }
}

impl Curve {
    /// At least as many as another curve of the same rows asks for.
    #[must_use]
    pub fn over(mut self, least: &Self) -> Self {
        for (row, other) in self.centres.iter_mut().zip(&least.centres) {
            row.required.iter_mut().zip(other.required).for_each(|(n, least)| *n = (*n).max(least));
        }
        self
    }

    /// A curve of several centres.
    ///
    /// # Errors
    /// [`CurveError::Twice`] when two rows are for the same centre and role.
    pub fn new(centres: Vec<CentreCurve>) -> Result<Self, CurveError> {
        for (i, row) in centres.iter().enumerate() {
            if centres[..i].iter().any(|other| other.centre == row.centre && other.role == row.role) {
                return Err(CurveError::Twice { centre: row.centre.clone(), role: row.role.clone() });
            }
        }
        Ok(Self { centres })
    }

    /// Mean number on duty over the week, all rows together.
    pub fn posts(&self) -> f64 {
        self.centres.iter().map(CentreCurve::posts).sum()
    }

    /// Hours on duty a week: 168 a post.
    pub fn hours_per_week(&self) -> u32 {
        self.centres.iter().map(|row| row.required.iter().sum::<u32>()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_has_an_hour_for_each_of_the_week() {
        let short = CentreCurve::new("desk", "server", &[1; 24]);
        assert_eq!(short, Err(CurveError::Hours { centre: "desk".into(), found: 24 }));
        assert_eq!(short.unwrap_err().to_string(), "the curve of desk has 24 hours; a week has 168");
        let mut hours = [2; 168];
        hours[9] = 44;
        let row = CentreCurve::new("desk", "server", &hours).unwrap();
        assert!((row.posts() - (2.0 + 42.0 / 168.0)).abs() < 1e-12);
    }

    #[test]
    fn rows_differ_in_centre_or_role() {
        let row = |centre, role| CentreCurve::flat(centre, role, 3);
        let curve = Curve::new(vec![row("a", "x"), row("a", "y"), row("b", "x")]).unwrap();
        assert_eq!((curve.posts(), curve.hours_per_week()), (9.0, 9 * 168));
        let twice = Curve::new(vec![row("a", "x"), row("a", "x")]);
        assert_eq!(twice.unwrap_err().to_string(), "a has two curves for x");
    }

    #[test]
    fn json_lists_the_hours() {
        let json = serde_json::to_value(Curve::new(vec![CentreCurve::flat("a", "x", 3)]).unwrap()).unwrap();
        assert_eq!(json["centres"][0]["required"].as_array().map(Vec::len), Some(168));
        assert_eq!(json["centres"][0]["centre"], "a");
    }
}
