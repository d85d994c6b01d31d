//! What an option's officers cost a week, where the scenario has a pay table: ordinary pay of all paid hours, premiums on
//! rostered hours, overtime as simulated.
//!
//! Leave is paid, and so are officers whom dated exceptions call in (both are in `paid_hours_per_week`). Premiums
//! are on the standard week's rostered hours, hour by hour; an hour of overtime costs its multiple of an ordinary one.
//! Only overtime is random, so that the interval of a cost is that of overtime, priced.

use super::summary::{Comparison, Measures, Summary};
use poolwise_engine::model::{Model, RoleMask};
use poolwise_engine::time::HOUR;
use poolwise_planning::roster_rules::{Pay, Premium};
use poolwise_planning::{exceptions, staffing};
use poolwise_stats::Estimate;
use serde::Serialize;

/// Weeks in a year, as costs a year count them.
pub const WEEKS: f64 = 365.0 / 7.0;

/// Cost of the counted centres.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cost {
    /// Name of the currency.
    pub currency: String,
    /// All of it, a week.
    pub per_week: Estimate,
    /// All of it, a year of 365 days.
    pub per_year: Estimate,
    /// Ordinary pay a week.
    pub ordinary: f64,
    /// Premiums a week, by name: rostered hours that each covers, and what they cost on top.
    pub premiums: Vec<(String, f64, f64)>,
    /// Overtime a week.
    pub overtime: f64,
    /// Officers called in by triggers, a week, where there may be any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_call: Option<f64>,
    /// What an hour of overtime costs.
    #[serde(skip)]
    overtime_hour: f64,
    /// What does not depend on chance with the fewest officers who may do, where a search leaves several numbers open.
    #[serde(skip)]
    fixed_at_least: f64,
}

/// An option's cost less the baseline's.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CostDifference {
    /// Name of the scenario.
    pub scenario: String,
    /// Name of the currency.
    pub currency: String,
    /// A week; its interval is that of the paired difference in overtime, pointwise, and where a search leaves numbers of officers
    /// open, from the fewest of the one to the most of the other.
    pub per_week: Estimate,
    /// A year of 365 days.
    pub per_year: Estimate,
}

impl Cost {
    /// What a scenario costs by its pay table and its results.
    pub fn of(model: &Model, pay: &Pay, measures: &Measures) -> Option<Self> {
        let paid = measures.get("paid_hours_per_week")?.estimate;
        let overtime = measures.get("overtime_hours_per_week")?;
        let premiums: Vec<(String, f64, f64)> = pay
            .premiums
            .iter()
            .map(|p| {
                let hours = covered(model, p);
                (p.name.clone(), hours, hours * p.share * pay.hour)
            })
            .collect();
        let ordinary = (paid - overtime.estimate) * pay.hour;
        let fixed = ordinary + premiums.iter().map(|p| p.2).sum::<f64>();
        let overtime_hour = pay.hour * pay.overtime;
        let mut per_week = priced(overtime, overtime_hour, fixed);
        // Both are random: the ends are added up, which is on the safe side.
        let on_call = measures.get("on_call_paid_hours_per_week").map(|hours| priced(hours, pay.hour, 0.0));
        if let Some(on_call) = &on_call {
            per_week.estimate += on_call.estimate;
            per_week.lower += on_call.lower;
            per_week.upper += on_call.upper;
        }
        Some(Self {
            currency: pay.currency.clone(),
            per_week,
            per_year: priced(&per_week, WEEKS, 0.0),
            ordinary,
            premiums,
            overtime: overtime.estimate * overtime_hour,
            on_call: on_call.map(|on_call| on_call.estimate),
            overtime_hour,
            fixed_at_least: fixed,
        })
    }

    /// The same where as few officers may do as `least` has: both ends of the interval then hold what the search cannot tell
    /// apart.
    #[must_use]
    pub fn or_as_few_as(mut self, least: &Self) -> Self {
        self.fixed_at_least = self.fixed_at_least.min(least.fixed());
        let less = self.fixed_at_least - self.fixed();
        self.per_week.lower += less;
        self.per_year.lower += less * WEEKS;
        self
    }

    /// What does not depend on chance.
    fn fixed(&self) -> f64 {
        self.per_week.estimate - self.overtime - self.on_call.unwrap_or(0.0)
    }
}

/// `fixed` and so much for each of a quantity.
fn priced(e: &Estimate, each: f64, fixed: f64) -> Estimate {
    let of = |x: f64| fixed + each * x;
    Estimate { estimate: of(e.estimate), lower: of(e.lower), upper: of(e.upper), ..*e }
}

/// Rostered hours a week of the counted centres that a premium covers, those of officers among them who come besides in an
/// exception: they are paid by the hour, as all do who are there then.
fn covered(model: &Model, premium: &Premium) -> f64 {
    let counted = (0..model.centres.len()).filter(|&c| model.centres[c].counted);
    counted
        .map(|c| {
            let officers = staffing::on_duty(model, c, RoleMask::MAX).officers;
            let more = exceptions::more_by_hour(model, c);
            let hours = officers.iter().zip(&more).map(|(n, more)| n + more).enumerate();
            hours.map(|(h, n)| n * premium.overlap(h as f64 * HOUR, HOUR) / HOUR).sum::<f64>()
        })
        .sum()
}

/// Costs of options less the baseline's, where both have one in the same currency and at the same price of overtime.
pub(crate) fn differences(summaries: &[&Summary], comparison: &Comparison) -> Vec<CostDifference> {
    let Some((base, options)) = summaries.split_first() else { return Vec::new() };
    let Some(theirs) = &base.cost else { return Vec::new() };
    let of = |option: &&Summary| {
        let row = comparison
            .rows
            .iter()
            .find(|r| r.scenario == option.scenario && r.measure == "overtime_hours_per_week");
        difference(&option.scenario, option.cost.as_ref()?, theirs, row.map(|r| &r.difference))
    };
    options.iter().filter_map(of).collect()
}

/// An option's cost less another's, with the paired difference of their overtime hours a week where that is known. `None`
/// where their currencies differ.
pub fn difference(
    scenario: &str,
    ours: &Cost,
    theirs: &Cost,
    overtime: Option<&Estimate>,
) -> Option<CostDifference> {
    if ours.currency != theirs.currency {
        return None;
    }
    let fixed = ours.fixed() - theirs.fixed();
    let alike =
        ours.overtime_hour == theirs.overtime_hour && ours.on_call.is_none() && theirs.on_call.is_none();
    let mut per_week = match overtime.filter(|_| alike) {
        Some(hours) => priced(hours, ours.overtime_hour, fixed),
        // Differently priced overtime does not pair, nor does that of officers on call with theirs; the numbers are right, their interval is not known.
        None => Estimate {
            estimate: ours.per_week.estimate - theirs.per_week.estimate,
            replications: ours.per_week.replications,
            ..Estimate::undefined()
        },
    };
    per_week.lower += ours.fixed_at_least - ours.fixed();
    per_week.upper += theirs.fixed() - theirs.fixed_at_least;
    Some(CostDifference {
        scenario: scenario.to_owned(),
        currency: ours.currency.clone(),
        per_week,
        per_year: priced(&per_week, WEEKS, 0.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::model::{Exception, Model, Pool};
    use poolwise_engine::random::Sampler;

    #[test]
    fn ordinary_pay_premiums_and_overtime_by_hand() {
        let model = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1)]);
        let officers = staffing::posts(&model, 0);
        // A premium on ten hours of one day, half of another hour left out.
        let night = Premium { name: "night".into(), share: 0.25, hours: vec![(0.0, 9.5 * HOUR)] };
        let pay = Pay { hour: 20.0, currency: "USD".into(), overtime: 1.5, premiums: vec![night] };
        let mut measures = Measures::new();
        measures.insert("paid_hours_per_week".into(), Estimate::exact(410.0, 3));
        let overtime = Estimate { estimate: 10.0, lower: 8.0, upper: 12.0, replications: 3 };
        measures.insert("overtime_hours_per_week".into(), overtime);
        let cost = Cost::of(&model, &pay, &measures).unwrap();
        // 400 ordinary hours at 20, 9.5 hours a post at 5 on top, 10 hours at 30.
        assert_eq!(cost.ordinary, 8_000.0);
        assert!((cost.premiums[0].2 - 9.5 * officers * 5.0).abs() < 1e-9);
        assert_eq!(cost.overtime, 300.0);
        let all = 8_300.0 + 47.5 * officers;
        assert!((cost.per_week.estimate - all).abs() < 1e-9);
        assert!((cost.per_week.upper - cost.per_week.lower - 120.0).abs() < 1e-9);
        assert!((cost.per_year.estimate - all * 365.0 / 7.0).abs() < 1e-6);
        // With one hour of pay less in doubt: the lower end alone moves, and ends of differences by the other's doubt.
        measures.insert("paid_hours_per_week".into(), Estimate::exact(409.0, 3));
        let few = Cost::of(&model, &pay, &measures).unwrap();
        let open = cost.clone().or_as_few_as(&few);
        assert!((open.per_week.lower - (cost.per_week.lower - 20.0)).abs() < 1e-9);
        assert_eq!(
            (open.per_week.upper, open.per_week.estimate),
            (cost.per_week.upper, cost.per_week.estimate)
        );
        let hours = Estimate { estimate: 0.0, lower: -1.0, upper: 1.0, replications: 3 };
        let less = difference("x", &open, &cost, Some(&hours)).unwrap().per_week;
        let more = difference("x", &cost, &open, Some(&hours)).unwrap().per_week;
        for (found, wanted) in [(less, (0.0, -50.0, 30.0)), (more, (0.0, -30.0, 50.0))] {
            let ends = (found.estimate - wanted.0, found.lower - wanted.1, found.upper - wanted.2);
            assert!(ends.0.abs() + ends.1.abs() + ends.2.abs() < 1e-9, "{found:?}");
        }
        // Twice as many in the first of four weeks' nights: a quarter more of the premium. Who is sent home keeps it.
        for (factor, more) in [(2.0, 0.25), (0.0, 0.0)] {
            let mut surge = model.clone();
            let (from, until) = (0.0, 12.0 * HOUR);
            let name = "surge".to_owned();
            surge.exceptions =
                vec![Exception { name, from, until, demand: Vec::new(), roster: vec![(0, factor)] }];
            let cost = Cost::of(&surge, &pay, &measures).unwrap();
            assert!((cost.premiums[0].1 - 9.5 * officers * (1.0 + more)).abs() < 1e-9, "{factor}");
        }
    }
}
