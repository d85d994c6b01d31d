//! What each point costs, where scenarios have a pay table.

use super::CONFIDENCE;
use crate::results::SweepResults;
use crate::{SweepError, SweepPlan};
use poolwise_study::cost::{Cost, CostDifference, difference};
use poolwise_study::summary::Measures;
use serde::Serialize;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Cases that are read for their costs, at most: each is a scenario with its staffing.
const MOST_CASES: usize = 2_000;

/// What a scenario costs at a point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PointCost {
    /// The point, from 0.
    pub point: usize,
    /// Name of the scenario.
    pub scenario: String,
    /// What its officers cost by week and year.
    pub cost: Cost,
    /// That less the baseline's at the point.
    pub difference: Option<CostDifference>,
}

/// Costs by point, then scenario: hours and premiums of the case's own staffing, overtime as simulated. Empty where no
/// scenario has a pay table, hours were not kept among the measures, or the cases are more than 2,000.
///
/// # Errors
/// If a case cannot be read.
pub(crate) fn costs(plan: &SweepPlan, results: &SweepResults) -> Result<Vec<PointCost>, SweepError> {
    let m = &results.manifest;
    let of = |name: &str| m.measures.iter().position(|known| known == name);
    let (Some(paid), Some(overtime)) = (of("paid_hours_per_week"), of("overtime_hours_per_week")) else {
        return Ok(Vec::new());
    };
    if !plan.have_pay() || plan.cases().len() > MOST_CASES {
        return Ok(Vec::new());
    }
    let baseline = m.scenarios.iter().position(|s| s.name == m.baseline);
    let mut known: HashMap<usize, Option<Cost>> = HashMap::new();
    let mut out = Vec::new();
    for point in 0..results.points.len() {
        let mut here: Vec<Option<Cost>> = Vec::new();
        for s in 0..m.scenarios.len() {
            let case = plan.case_of(point, s);
            let cost = match known.entry(case) {
                Entry::Occupied(there) => there.into_mut(),
                Entry::Vacant(free) => {
                    let scenario = plan.load_case(case)?;
                    let measures: Measures =
                        [("paid_hours_per_week", paid), ("overtime_hours_per_week", overtime)]
                            .map(|(name, k)| (name.to_owned(), results.estimate(point, s, k, CONFIDENCE)))
                            .into();
                    let cost =
                        scenario.pay.as_ref().and_then(|pay| Cost::of(&scenario.model, pay, &measures));
                    free.insert(cost.filter(|c| c.per_week.estimate.is_finite()))
                }
            };
            here.push(cost.clone());
        }
        let theirs = baseline.and_then(|b| here[b].clone());
        for (s, cost) in here.into_iter().enumerate() {
            let Some(cost) = cost else { continue };
            let less = theirs.as_ref().filter(|_| Some(s) != baseline).and_then(|theirs| {
                let paired = results.difference(point, s, baseline?, overtime, CONFIDENCE);
                difference(&m.scenarios[s].name, &cost, theirs, paired.map(|p| p.difference).as_ref())
            });
            out.push(PointCost { point, scenario: m.scenarios[s].name.clone(), cost, difference: less });
        }
    }
    Ok(out)
}
