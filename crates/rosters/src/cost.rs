//! What a roster costs a week: ordinary pay of all who are employed, premiums on rostered hours, officers whom exceptions call
//! in, overtime.

use crate::patterns::Tour;
use crate::{RosterOutcome, RosterPlan};
use poolwise_engine::model::{Model, Workforce};
use poolwise_engine::time::HOUR;
use poolwise_planning::exceptions;
use poolwise_planning::roster_rules::Pay;
use serde::Serialize;

/// Cost a week.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RosterCost {
    /// Name of the currency.
    pub currency: String,
    /// Ordinary pay: officers employed x hours a week x an hour's pay; leave is paid.
    pub ordinary: f64,
    /// Each premium by name: rostered hours that it covers, and what they cost on top.
    pub premiums: Vec<(String, f64, f64)>,
    /// Hours of officers who come besides while dated exceptions last, in the mean over the run, and what they cost at an
    /// hour's pay. Who is sent away meanwhile stays employed and paid.
    pub exceptions: (f64, f64),
    /// Overtime hours of the roster, as simulated, and what they cost.
    pub overtime: (f64, f64),
}

impl RosterCost {
    /// The cost of a plan in `model`, its scenario with it, with so many hours of overtime a week.
    pub fn of(pay: &Pay, plan: &RosterPlan, model: &Model, overtime_hours: f64) -> Self {
        let called_in: f64 = plan.employed.iter().map(|at| exceptions::change(model, at.id).more).sum();
        let premiums = pay
            .premiums
            .iter()
            .map(|p| {
                let hours: f64 = plan.rows.iter().map(|row| hours_within(row, |t| premium_hours(p, t))).sum();
                (p.name.clone(), hours, hours * p.share * pay.hour)
            })
            .collect();
        Self {
            currency: pay.currency.clone(),
            ordinary: f64::from(plan.officers()) * model.workforce.hours_per_week * pay.hour,
            premiums,
            exceptions: (called_in, called_in * pay.hour),
            overtime: (overtime_hours, overtime_hours * pay.hour * pay.overtime),
        }
    }

    /// All of it.
    pub fn total(&self) -> f64 {
        self.ordinary + self.premiums.iter().map(|p| p.2).sum::<f64>() + self.exceptions.1 + self.overtime.1
    }
}

fn hours_within(row: &RosterOutcome, of: impl Fn(&Tour) -> f64) -> f64 {
    let Ok(roster) = &row.outcome else { return 0.0 };
    roster.tours.iter().map(|(t, n)| f64::from(*n) * of(t)).sum()
}

/// Hours on duty a week of a tour that a premium covers.
fn premium_hours(premium: &poolwise_planning::roster_rules::Premium, tour: &Tour) -> f64 {
    let there: f64 = tour.spans().into_iter().map(|(from, length)| premium.overlap(from, length)).sum();
    let away =
        tour.staggered().into_iter().map(|(from, length, share)| share * premium.overlap(from, length));
    (there - away.sum::<f64>()) / HOUR
}

/// What one more officer on a tour costs a week, with the part of another who stands in.
pub(crate) fn of_tour(pay: &Pay, tour: &Tour, workforce: Workforce) -> f64 {
    let ordinary = workforce.hours_per_week / workforce.planned_availability;
    let extra: f64 = pay.premiums.iter().map(|p| p.share * premium_hours(p, tour)).sum();
    pay.hour * (ordinary + extra)
}
