//! From a requirement to officers' weeks: rosters drawn up, simulated, and corrected.
//!
//! Whole weeks of work seldom fit a curve: they cover some hours with more officers than it asks for,
//! absence leaves others short. So the requirement is turned up or down until the roster drawn up for it is the
//! least that is shown to hold.

use super::curve::Curve;
use super::judge::Verdict;
use super::plan::{Planner, Shape};
use super::probe::{Halt, Probe};
use super::roster::{Plan, plan};
use super::search;
use crate::model::Model;
use crate::model::roster::RosterRules;
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A requirement is turned up by at most this share of its officers.
const MOST_UP: f64 = 0.3;
/// And down by this.
const MOST_DOWN: f64 = 0.3;

/// Rosters of an option.
#[derive(Debug, Clone)]
pub struct Rostered {
    /// Officers' weeks.
    pub plan: Plan,
    /// The requirement that they were drawn up for.
    pub curve: Curve,
    /// The option with them.
    pub model: Model,
    /// Whether they are shown to hold; only then are they the answer.
    pub verdict: Verdict,
}

/// Why there is no roster.
#[derive(Debug, Clone, PartialEq)]
pub enum NoRoster {
    /// For a centre and role: the reasons, each a sentence.
    Infeasible(Vec<String>),
    /// Every roster drawn up falls short of the targets.
    Short,
}

/// What came of drawing up rosters.
pub type Outcome = Result<Box<Rostered>, NoRoster>;

/// The least roster that is shown to hold, beginning with the requirement at `level` officers.
///
/// # Errors
/// A run that failed, or the user's stop.
pub fn draw_up(
    planner: &Planner,
    shape: &Shape,
    level: u32,
    rules: &RosterRules,
    probe: &mut Probe<'_>,
    threads: usize,
) -> Result<Outcome, Halt> {
    let rules = with_minimums(planner, rules);
    let mut drawn: BTreeMap<u32, (Plan, Curve)> = BTreeMap::new();
    let mut verdicts: HashMap<u64, Verdict> = HashMap::new();
    let mut reasons = Vec::new();
    let lowest = (f64::from(level) * (1.0 - MOST_DOWN)) as u32;
    let highest = (f64::from(level) * (1.0 + MOST_UP)).ceil() as u32;
    let floor = planner.plan(planner.least_b(), shape).headcount;
    let found = search::near(lowest.max(floor).min(level), level, highest, |n| {
        let curve = planner.curve(planner.at_most(n, shape).b, shape);
        let rosters = match plan(&planner.model, &rules, &curve, threads) {
            Ok(rosters) => rosters,
            Err(e) => {
                reasons = vec![e.to_string()];
                return Ok(Verdict::Fails);
            }
        };
        if !rosters.is_feasible() {
            reasons = rosters
                .failures()
                .flat_map(|(row, why)| why.iter().map(move |r| format!("{}, {}: {r}", row.centre, row.role)))
                .collect();
            return Ok(Verdict::Fails);
        }
        let mut model = planner.model.clone();
        rosters.apply(&mut model);
        let key = key(&rosters);
        let verdict = match verdicts.get(&key) {
            Some(known) => *known,
            None => probe.judge(key, &model)?.verdict,
        };
        verdicts.insert(key, verdict);
        drawn.insert(n, (rosters, curve));
        Ok(verdict)
    })?;
    let Some((rosters, curve)) = found.and_then(|n| drawn.remove(&n)) else {
        return Ok(Err(if drawn.is_empty() { NoRoster::Infeasible(reasons) } else { NoRoster::Short }));
    };
    let mut model = planner.model.clone();
    rosters.apply(&mut model);
    Ok(Ok(Box::new(Rostered { plan: rosters, curve, model, verdict: Verdict::Holds })))
}

/// The rules, with the minimum crews of pools by headcount where they say nothing.
fn with_minimums(planner: &Planner, rules: &RosterRules) -> RosterRules {
    let mut rules = rules.clone();
    for row in &planner.rows {
        let mut own = rules.of(row.centre).clone();
        own.minimum = own.minimum.max(row.minimum);
        match rules.at.iter_mut().find(|(c, _)| *c == row.centre) {
            Some(at) => at.1 = own,
            None => rules.at.push((row.centre, own)),
        }
    }
    rules
}

fn key(plan: &Plan) -> u64 {
    let mut hasher = DefaultHasher::new();
    "roster".hash(&mut hasher);
    for row in &plan.rows {
        let Ok(roster) = &row.outcome else { continue };
        for line in roster.lines(&row.centre, None) {
            (line.key, line.officers, line.start.to_bits(), line.length.to_bits()).hash(&mut hasher);
        }
    }
    hasher.finish()
}
