//! From a requirement to officers' weeks: rosters drawn up, simulated, and corrected.
//!
//! Whole weeks of work seldom fit a curve: they cover some hours with more officers than it asks for,
//! absence leaves others short. So the requirement is turned down to where its roster has the hours of the staffing found. Hours
//! that then keep a target for every hour from being shown to hold are raised; else all of it is turned up, until the roster is shown to hold.
//! The requirement is the dial's. Drawn up for the split over centres that exchanges found rosters take more people, not fewer (national
//! status quo 310 in place of 275, overflow 282 for 275, regional 185 for 184): that split fits whole shifts, and five-day weeks at centres that it left small do not.

use super::curve::Curve;
use super::exchange::Exchange;
use super::judge::StaffingVerdict;
use super::plan::{Planner, RaiseShape, StaffingPlan as Staffing};
use super::probe::{Halt, Probe};
use super::refine::concerns;
use super::roster::{RosterPlan, plan};
use poolwise_engine::model::Model;
use poolwise_planning::roster_rules::{Cover, RosterRules};
use poolwise_study::parallel;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// A requirement is turned down by at most this share of its officers.
const MOST_DOWN: f64 = 0.4;
/// Guesses at the requirement whose roster has the hours wanted; each takes a roster.
const GUESSES: u32 = 2;
/// From there a requirement is turned up by these shares, one after the other.
const STEPS: [f64; 7] = [0.0, 0.01, 0.02, 0.04, 0.08, 0.16, 0.3];

/// Times that single hours are raised before all of the requirement is turned up again.
const CORRECTIONS: u32 = 2;

/// Rosters of an option.
#[derive(Debug, Clone)]
pub struct Rostered {
    /// The weeks that officers work, and what they cover.
    pub plan: RosterPlan,
    /// The requirement that they were drawn up for.
    pub curve: Curve,
    /// The option with them; shown to hold.
    pub model: Model,
}

/// Why there is no roster.
#[derive(Debug, Clone, PartialEq)]
pub enum NoRoster {
    /// For a centre and role: the reasons, each a sentence.
    Infeasible(Vec<String>),
    /// Every roster drawn up falls short of the targets.
    Short,
}

/// Rosters with the requirement that they were drawn up for, or the reasons why there are none.
type DrawnRosters = Result<(RosterPlan, Curve), Vec<String>>;

/// What came of drawing up rosters.
pub(crate) type Rostering = Result<Box<Rostered>, NoRoster>;

/// A roster that is shown to hold: with about the hours of the staffing found, and more where that does not do.
///
/// # Errors
/// A run that failed, or the user's stop.
pub fn draw_up(
    planner: &Planner,
    shape: &RaiseShape,
    found: &Staffing,
    rules: &RosterRules,
    (probe, exchange): (&mut Probe<'_>, &mut Exchange<'_>),
    threads: usize,
) -> Result<Rostering, Halt> {
    let rules = with_minimums(planner, rules);
    let mut known: BTreeMap<u32, DrawnRosters> = BTreeMap::new();
    let shared = Arc::new((planner.model.clone(), rules));
    let watch = probe.watch;
    let of = |curve: Curve| -> Result<DrawnRosters, Halt> {
        let (shared, asked) = (Arc::clone(&shared), curve.clone());
        // An integer programme cannot be asked to stop.
        let rosters = parallel::unless_stopped(&|| watch.stopped(), move || {
            plan(&shared.0, &shared.1, &asked, threads)
        });
        Ok(match rosters.ok_or(Halt::Stopped)? {
            Err(e) => Err(vec![e.to_string()]),
            Ok(rosters) if rosters.is_feasible() => Ok((rosters, curve)),
            Ok(rosters) => Err(reasons(&rosters)),
        })
    };
    let mut draw = |n: u32| -> Result<DrawnRosters, Halt> {
        if let Some(drawn) = known.get(&n) {
            return Ok(drawn.clone());
        }
        let drawn = of(planner.curve(planner.at_most(n, shape).b, shape))?;
        known.insert(n, drawn.clone());
        Ok(drawn)
    };
    let level = found.headcount;
    // Weeks of work cover more than they are asked for: about the requirement whose roster has the hours of
    // the staffing that holds. What it is worth is tested below.
    let least = (f64::from(level) * (1.0 - MOST_DOWN)) as u32;
    let mut at_least = level;
    for _ in 0..GUESSES {
        let Ok((rosters, _)) = draw(at_least)? else { break };
        let scaled = (f64::from(at_least) * found.hours / rosters.hours().max(1.0)).ceil() as u32;
        let next = scaled.clamp(least, level);
        if next == at_least {
            break;
        }
        at_least = next;
    }
    let mut raised: Option<Curve> = None;
    let mut last = 0;
    for step in STEPS {
        let at = at_least + (f64::from(level) * step).ceil() as u32;
        let mut next = match &raised {
            None => draw(at)?,
            Some(raised) => of(planner.curve(planner.at_most(at, shape).b, shape).over(raised))?,
        };
        for correction in 0..=CORRECTIONS {
            let (rosters, curve) = match next {
                Ok(pair) => pair,
                Err(reasons) => return Ok(Err(NoRoster::Infeasible(reasons))),
            };
            let key = key(&rosters);
            if key == last {
                break;
            }
            last = key;
            let mut model = planner.model.clone();
            rosters.apply(&mut model);
            // A test takes several times as long as a look at random numbers that guide.
            if exchange.is_far_below(key, &model)? {
                break;
            }
            if probe.judge(key, &model)?.verdict == StaffingVerdict::Holds {
                return Ok(Ok(Box::new(Rostered { plan: rosters, curve, model })));
            }
            let Some(failing) =
                hours_in_doubt(planner, probe, (key, &model)).filter(|_| correction < CORRECTIONS)
            else {
                break;
            };
            let more = rosters.corrected(&curve, &failing, 1, 1);
            next = of(more.clone())?;
            raised = Some(more);
        }
    }
    Ok(Err(NoRoster::Short))
}

/// Hours of the week, by row, that keep targets for every hour from being shown to hold; `None` where there are none,
/// or it is not for the officers of one centre to mend what is in doubt.
fn hours_in_doubt(
    planner: &Planner,
    probe: &Probe<'_>,
    (key, model): (u64, &Model),
) -> Option<Vec<Vec<usize>>> {
    let margins = probe.margins(key, model)?;
    let mut failing = vec![Vec::new(); planner.rows.len()];
    for (c, h) in probe.rule.in_doubt(&margins) {
        let check = &probe.checks[c];
        let rows = || (0..planner.rows.len()).filter(|&r| concerns(check, planner.rows[r].centre));
        let first = rows().next()?;
        if !check.hourly || rows().any(|r| planner.rows[r].centre != planner.rows[first].centre) {
            return None;
        }
        for r in rows().filter(|&r| planner.rows[r].open[h]) {
            if !failing[r].contains(&h) {
                failing[r].push(h);
            }
        }
    }
    failing.iter().any(|hours| !hours.is_empty()).then_some(failing)
}

fn reasons(rosters: &RosterPlan) -> Vec<String> {
    let all = rosters.failures();
    all.flat_map(|(row, why)| why.iter().map(move |r| format!("{}, {}: {r}", row.centre, row.role))).collect()
}

/// The rules, with the minimum crews of pools by headcount where they say nothing.
fn with_minimums(planner: &Planner, rules: &RosterRules) -> RosterRules {
    let mut rules = rules.clone();
    // Only a target in every hour is hurt by what happens within one.
    let cover = if planner.by_hour { Cover::Always } else { Cover::Mean };
    for row in &planner.rows {
        let mut own = rules.of(row.centre).clone();
        own.minimum = own.minimum.max(row.minimum);
        own.cover = own.cover.or(Some(cover));
        match rules.at.iter_mut().find(|(c, _)| *c == row.centre) {
            Some(at) => at.1 = own,
            None => rules.at.push((row.centre, own)),
        }
    }
    rules
}

fn key(plan: &RosterPlan) -> u64 {
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
