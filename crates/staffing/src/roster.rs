//! Rosters for a requirement curve, of [`poolwise_rosters`], with their rows drawn up beside each other.

pub use poolwise_rosters::{
    Employed, Roster, RosterError, RosterOutcome, RosterPlan, RosterRows, cost, duty, patterns, reasons,
};

use crate::curve::Curve;
use poolwise_engine::model::Model;
use poolwise_planning::roster_rules::RosterRules;
use poolwise_study::parallel;

/// Draws up rosters for a curve, on so many threads; the result does not depend on their number.
///
/// # Errors
/// [`RosterError`] if the curve is not of this model or the rules lack what they need. That a row has no
/// roster is no error: see [`RosterOutcome::outcome`].
pub fn plan(
    model: &Model,
    rules: &RosterRules,
    curve: &Curve,
    threads: usize,
) -> Result<RosterPlan, RosterError> {
    let rows = RosterRows::new(model, rules, curve)?;
    let drawn = parallel::all(rows.count(), Some(threads), |row| rows.draw_up(row));
    Ok(rows.plan(drawn))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::CentreCurve;
    use poolwise_engine::model::{HolidayWork, Pool};
    use poolwise_engine::random::Sampler;
    use poolwise_engine::time::HOUR;
    use poolwise_planning::roster_rules::{CentreRules, ShiftRule};

    #[test]
    fn threads_do_not_matter() {
        let m = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1); 4]);
        let row = |n| CentreCurve::flat(&m.centres[0].name, &m.roles[0], n);
        let many = Curve { centres: (1..6).map(row).collect() };
        let shift = ShiftRule {
            starts: [0.0, 6.0, 12.0, 18.0].map(|h| h * HOUR).to_vec(),
            length: 8.0 * HOUR,
            breaks: Vec::new(),
            days: [true; 7],
            days_on: 5,
            consecutive: true,
            roles: 1,
            holidays: HolidayWork::Work,
        };
        let default = CentreRules { shifts: vec![shift], ..CentreRules::default() };
        let rules = RosterRules { default, ..RosterRules::default() };
        let one = plan(&m, &rules, &many, 1);
        assert_eq!(one.as_ref().map(|p| p.rows.len()), Ok(5));
        assert_eq!(one, plan(&m, &rules, &many, 4));
        assert_eq!(one, poolwise_rosters::plan(&m, &rules, &many));
    }
}
