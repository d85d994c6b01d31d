//! What textbook shortcuts would have given, and whether that holds.

use super::check::ratio;
use super::curve::WeekHours;
use super::exchange::Exchange;
use super::judge::{StaffingVerdict, TestRule};
use super::offered::{self, Shortcut};
use super::plan::{Planner, StaffingPlan};
use super::probe::{Halt, Probe, margins};
use super::service::weeks_are_alike;
use super::solve::{TargetMargin, met_all, met_as_judged};
use serde::Serialize;

/// A staffing drawn up by a textbook shortcut, and whether it holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tested {
    /// `SIPP` or `lagged SIPP`.
    pub rule: &'static str,
    /// Rostered, on average.
    pub posts: f64,
    /// Officers that the shortcut asks for, rounded up.
    pub headcount: u32,
    /// Whether every target is shown to hold, or one to fail.
    #[serde(serialize_with = "in_words")]
    pub verdict: StaffingVerdict,
    /// Targets whose estimate falls short, with what it delivers there.
    pub short: Vec<TargetMargin>,
}

fn in_words<S: serde::Serializer>(verdict: &StaffingVerdict, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(words(*verdict))
}

/// A verdict in words.
pub fn words(verdict: StaffingVerdict) -> &'static str {
    match verdict {
        StaffingVerdict::Holds => "holds",
        StaffingVerdict::Fails => "fails",
        StaffingVerdict::Open => "cannot tell",
    }
}

/// The textbook's shortcuts, each tested at this error.
///
/// # Errors
/// A run that failed, or the user's stop.
pub(super) fn shortcuts(
    planner: &Planner,
    (probe, exchange): (&mut Probe<'_>, &mut Exchange<'_>),
    error: f64,
) -> Result<Vec<Tested>, Halt> {
    let (checks, reference) = (probe.checks, probe.reference);
    let value = |c: usize| ratio(&reference.pairs(c, 0, reference.replications.len()));
    let mut list = Vec::new();
    for (rule, shortcut) in [("SIPP", Shortcut::Sipp), ("lagged SIPP", Shortcut::Lagged)] {
        let required: Vec<WeekHours> = planner
            .rows
            .iter()
            .map(|row| {
                let wants = offered::wants(checks, row.centre, row.service_hours, value);
                offered::requirement(row, shortcut, &wants)
            })
            .collect();
        let plan = planner.cover(f64::NAN, &required);
        let (verdict, met) = tested(planner, &plan, (probe, exchange), error)?;
        list.push(Tested {
            rule,
            posts: plan.posts(),
            headcount: plan.headcount,
            verdict,
            short: met.into_iter().filter(|m| m.margin < 0.0).collect(),
        });
    }
    Ok(list)
}

/// The verdict on a staffing that is no part of the search, and what it delivers. Where weeks are like each other a look tells as
/// well as a year does, and most shortcuts are far from their bound: so the look comes first, with half the error.
fn tested(
    planner: &Planner,
    plan: &StaffingPlan,
    (probe, exchange): (&mut Probe<'_>, &mut Exchange<'_>),
    error: f64,
) -> Result<(StaffingVerdict, Vec<TargetMargin>), Halt> {
    let (key, model) = (plan.key(), planner.apply(plan));
    let looks = exchange.is_cheap() && weeks_are_alike(&model);
    if looks {
        let (ours, theirs) = exchange.samples(key, &model)?;
        let n = ours.replications.len();
        // A look that does not tell is none: the last number is never reached.
        let rule = TestRule { looks: vec![n as u32, u32::MAX], holds: error, fails: error };
        if let Some(judgement) = rule.judge(&margins(probe.checks, ours, theirs, n), None) {
            return Ok((judgement.verdict, met_all(probe.checks, (ours, theirs), None)));
        }
    }
    let judgement = probe.judge_alone(key, &model, if looks { error / 2.0 } else { error })?;
    Ok((judgement.verdict, met_as_judged(probe, key, &model)))
}
