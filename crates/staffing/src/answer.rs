//! All options answered on the same requests, and what each releases.

use super::causes::{self, CauseEnds, FormulaSetting, Split};
use super::check::{self, Margins, TargetCheck};
use super::controls::{self, TestWindow};
use super::field_work::{self, Cases};
use super::inputs::{self, DrawSpread, Draws};
use super::pilot;
use super::plan::PlanError;
use super::probe::{Halt, Samples, sample_shown, samples};
use super::solve::{HeadcountRange, SearchSettings, Solved, Staffed, Unfinished, Unsolved, solve, summary};
use super::steering::{self, Matched};
use super::target::{Target, TargetError};
use poolwise_engine::model::{Model, Words};
use poolwise_planning::roster_rules::FieldWork;
use poolwise_planning::staffing;
use poolwise_scenario::Scenario;
use poolwise_stats::Estimate;
use poolwise_study::Wording;
use poolwise_study::cost::{Cost, CostDifference, difference};
use poolwise_study::summarise;
use poolwise_study::summary::Summary;
use poolwise_study::verdict::short_titles;
use serde::Serialize;
use std::sync::Arc;
use thiserror::Error;

/// What is asked of all options.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What must be reached.
    pub targets: Vec<Target>,
    /// Match the service of the baseline.
    pub matching: Option<Margins>,
    /// Match it in every hour of the local week as well.
    pub hourly: bool,
    /// Position of the baseline among the scenarios.
    pub baseline: usize,
    /// What a case in the field takes, where the user says so; else the baseline's own assumption.
    pub field_work: Option<FieldWork>,
    /// Split what is released over its causes.
    pub causes: bool,
}

/// One option's part of the answer.
#[derive(Debug, Clone)]
pub struct Answered {
    /// Name of the scenario.
    pub scenario: String,
    /// One line on it.
    pub title: String,
    /// What it needs.
    pub solved: Solved,
    /// Officers released from the baseline as it is.
    pub released: Option<HeadcountRange>,
    /// Officers released from the baseline right-sized: what is no slack.
    pub released_from_right_sized: Option<HeadcountRange>,
    /// Cases a year by the released officers, where there is an assumption.
    pub cases: Option<Cases>,
    /// Officers released from the baseline as it is, over their causes.
    pub causes: Option<Split>,
    /// What uncertain inputs do to the numbers.
    pub inputs: Option<DrawSpread>,
}

/// What a staffing question is answered with: option by option, and what is missing if it was stopped.
#[derive(Debug, Clone)]
pub struct StaffingAnswer {
    /// Name of the baseline.
    pub baseline: String,
    /// The baseline as it is, simulated, where its service is to be matched.
    pub as_is: Option<Summary>,
    /// What that costs, where it has a pay table.
    pub as_is_price: Option<Cost>,
    /// Whether its service is to be matched.
    pub matched: bool,
    /// Probability that any part of one option's search is wrong, at most.
    pub error: f64,
    /// Options in their order; where it ended early, those that were searched.
    pub options: Vec<Answered>,
    /// What is missing, where it ended early.
    pub missing: Option<Missing>,
    /// What a case in the field takes: an assumption.
    pub field_work: Option<FieldWork>,
    /// What the baseline calls requests and officers.
    words: Words,
}

impl StaffingAnswer {
    /// What the scenarios call requests and officers: the words of the baseline, whether it can be staffed or not.
    pub fn words(&self) -> Words {
        self.words.clone()
    }

    /// What its measures are called, in the words of the options' trade.
    pub fn wording(&self) -> Wording {
        let summaries: Vec<&Summary> =
            self.options.iter().filter_map(|o| o.solved.staffed()).map(|s| &s.summary).collect();
        Wording::of(&summaries)
    }

    /// What an option's officers cost less the baseline's: as it is, where that was simulated, else with what it needs. Its
    /// interval holds what the search cannot tell apart, and the paired difference in overtime.
    pub fn cost_difference(&self, option: &Answered) -> Option<CostDifference> {
        let staffed = option.solved.staffed()?;
        let as_is = || Some((self.as_is_price.as_ref()?, self.as_is.as_ref()?));
        let right_sized = || {
            let base = self.options.iter().find(|o| o.scenario == self.baseline)?;
            let found = base.solved.staffed().filter(|_| base.scenario != option.scenario)?;
            Some((found.price.as_ref()?, &found.summary))
        };
        let (theirs, before) = as_is().or_else(right_sized)?;
        let overtime = paired_overtime(&staffed.summary, before);
        difference(&option.scenario, staffed.price.as_ref()?, theirs, overtime.as_ref())
    }
}

/// Overtime hours a week less another's, replication by replication.
fn paired_overtime(ours: &Summary, theirs: &Summary) -> Option<Estimate> {
    let hours = |s: &Summary| -> Vec<f64> {
        let rows = s.detail.replications.iter().filter(|r| r.measure == "overtime_hours_per_week");
        rows.map(|r| r.value).collect()
    };
    let pairs = hours(ours).into_iter().zip(hours(theirs));
    let differences: Vec<f64> = pairs.map(|(a, b)| a - b).collect();
    (differences.len() > 1).then(|| Estimate::mean(&differences, ours.confidence))
}

/// What is missing from an answer that ended early: stopped by the user, or by a run that failed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Missing {
    /// The scenario at work when it ended.
    pub scenario: String,
    /// What is not there, and why, in words.
    pub what: String,
    /// What its search had shown by then.
    pub so_far: Option<Unfinished>,
    /// Scenarios that were not begun.
    pub not_begun: Vec<String>,
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.scenario, self.what)?;
        if self.not_begun.is_empty() {
            return Ok(());
        }
        write!(f, ". Not begun: {}", self.not_begun.join(", "))
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum NoAnswer {
    /// A target does not fit a scenario.
    #[error(transparent)]
    Target(TargetError),
    /// An option has no answer.
    #[error("{0}: {1}")]
    Option(String, #[source] Unsolved),
}

impl NoAnswer {
    /// The option that cannot be staffed, and why, if that is so.
    pub fn unstaffable(&self) -> Option<(&str, &PlanError)> {
        match self {
            Self::Option(name, Unsolved::Plan(why)) => Some((name, why)),
            _ => None,
        }
    }
}

/// The checks of an option.
///
/// # Errors
/// A target that does not fit the scenario.
pub(crate) fn checks(
    question: &Question,
    scenarios: &[Arc<Scenario>],
    option: usize,
) -> Result<Vec<TargetCheck>, TargetError> {
    let model = &scenarios[option].model;
    let mut list = check::resolve(&question.targets, model)?;
    if let Some(margins) = &question.matching {
        let titles: Vec<&str> = scenarios.iter().map(|s| s.model.title.as_str()).collect();
        let reference = &short_titles(&titles)[question.baseline];
        list.extend(check::matching(model, margins, reference, question.hourly));
    }
    Ok(list)
}

/// Answers for all scenarios. `begin` is told the name of each before it is searched; `draws`
/// loads them with other values of their uncertain inputs.
///
/// # Errors
/// [`NoAnswer`] at the first target or option that has none; an option that no staffing makes reach its
/// targets is an answer.
pub fn answer(
    scenarios: &[Arc<Scenario>],
    question: &Question,
    how: &SearchSettings<'_>,
    draws: Option<&Draws<'_>>,
    begin: &dyn Fn(&str),
) -> Result<StaffingAnswer, NoAnswer> {
    let base = &scenarios[question.baseline];
    let all: Vec<Vec<TargetCheck>> = (0..scenarios.len())
        .map(|i| checks(question, scenarios, i).map_err(NoAnswer::Target))
        .collect::<Result<_, _>>()?;
    let name = base.model.name.clone();
    let mut as_is = None;
    let mut options: Vec<Answered> = Vec::new();
    let mut missing = match searched(scenarios, question, how, &all, begin, (&mut as_is, &mut options)) {
        Ok(()) => cut_short(&options),
        // What is finished is worth having; an option that makes no sense is an error all the same.
        Err((own, t)) => Some(what_is_missing(scenarios, &own, t, options.len())?),
    };
    let field_work = question.field_work.or(base.field_work);
    release(scenarios, question, &mut options, field_work);
    if let (Some(draws), None) = (draws, &missing) {
        begin("uncertain inputs");
        match inputs::spreads(&all, &options, question.baseline, draws, how) {
            Ok(spreads) => options.iter_mut().zip(spreads).for_each(|(o, spread)| o.inputs = spread),
            Err((own, Unsolved::Halt(Halt::Stopped))) => {
                let what = format!("{}: what uncertain inputs do is not there", Halt::Stopped);
                missing = Some(Missing { scenario: own, what, so_far: None, not_begun: Vec::new() });
            }
            Err((own, t)) => return Err(NoAnswer::Option(own, t)),
        }
    }
    let price = |summary: &Summary| Cost::of(&base.model, base.pay.as_ref()?, &summary.measures);
    Ok(StaffingAnswer {
        as_is_price: as_is.as_ref().and_then(price),
        baseline: name,
        words: base.model.words.clone(),
        as_is,
        matched: question.matching.is_some(),
        error: how.error,
        options,
        missing,
        field_work,
    })
}

/// Options whose shortcuts or rosters were stopped.
fn cut_short(options: &[Answered]) -> Option<Missing> {
    let own = options.iter().find(|o| o.solved.cut_short)?;
    let what = format!("{}: how many are needed stands, shortcuts and rosters are missing", Halt::Stopped);
    Some(Missing { scenario: own.scenario.clone(), what, so_far: None, not_begun: Vec::new() })
}

/// What is missing where the search of a scenario ended early.
fn what_is_missing(
    scenarios: &[Arc<Scenario>],
    own: &str,
    trouble: Unsolved,
    finished: usize,
) -> Result<Missing, NoAnswer> {
    let (what, so_far) = match trouble {
        Unsolved::Unfinished(so_far) => (so_far.to_string(), Some(*so_far)),
        Unsolved::Halt(why) => (why.to_string(), None),
        other => return Err(NoAnswer::Option(own.to_owned(), other)),
    };
    // Before anything is shown it is a failure and no partial answer.
    let nothing = so_far.as_ref().is_none_or(|s| s.holds.is_none() && s.fails.is_none());
    if nothing && finished == 0 {
        return Err(NoAnswer::Option(own.to_owned(), Unsolved::Failed(what)));
    }
    let names = scenarios.iter().map(|s| &s.model.name);
    let not_begun = names.skip(finished).filter(|n| *n != own).cloned().collect();
    Ok(Missing { scenario: own.to_owned(), what, so_far, not_begun })
}

/// Replications of the scenario to be matched that say how much arrivals explain; none where nobody asked.
fn explaining(model: &Model, checks: &[TargetCheck], how: &SearchSettings<'_>) -> Result<Samples, Halt> {
    if !how.controls {
        return Ok(Samples::default());
    }
    samples(&controls::short(model), checks, controls::whole_range(), (how.threads, how.watch))
}

/// Searches all scenarios one after the other into `options`; the error is of the scenario named.
fn searched(
    scenarios: &[Arc<Scenario>],
    question: &Question,
    how: &SearchSettings<'_>,
    all: &[Vec<TargetCheck>],
    begin: &dyn Fn(&str),
    (as_is, options): (&mut Option<Summary>, &mut Vec<Answered>),
) -> Result<(), (String, Unsolved)> {
    let base = &scenarios[question.baseline];
    let trouble = |name: &str, t: Unsolved| (name.to_owned(), t);
    if question.matching.is_some() {
        begin(&base.model.name);
    }
    let (mut references, none) = (Vec::new(), Matched::default());
    let models: Vec<&Model> = scenarios.iter().map(|s| &s.model).collect();
    let window = if how.controls { TestWindow::of(&models) } else { TestWindow::WHOLE };
    for (scenario, checks) in scenarios.iter().zip(all) {
        let own = &scenario.model.name;
        begin(own);
        let reference: &Matched = if question.matching.is_some() {
            // The baseline's replications for this option's checks; targets beside them have places of the
            // option's own and are not read there.
            let matched: Vec<TargetCheck> = checks.iter().map(|c| neutral(c, scenarios, question)).collect();
            let known = references.iter().position(|(c, _): &(Vec<TargetCheck>, Matched)| *c == matched);
            let at = match known {
                Some(at) => at,
                None => {
                    let n = window.times(base.model.run.replications.max(4));
                    let shown = if as_is.is_none() { window.shown(&base.model) } else { 0 };
                    let model = window.applied(&base.model);
                    let (tested, shown) =
                        sample_shown(&model, &matched, 0..n, shown, (how.threads, how.watch))
                            .map_err(|e| trouble(own, e.into()))?;
                    if as_is.is_none() {
                        *as_is = Some(match shown {
                            Some(done) => summarise(&model, &done),
                            None => summary(&base.model, how).map_err(|e| trouble(own, e.into()))?,
                        });
                    }
                    let pilots =
                        pilot::samples(&base.model, &matched, how).map_err(|e| trouble(own, e.into()))?;
                    let guiding = steering::reference(&base.model, &matched, how)
                        .map_err(|e| trouble(own, e.into()))?;
                    let explaining =
                        explaining(&base.model, &matched, how).map_err(|e| trouble(own, e.into()))?;
                    references.push((matched, Matched { tested, pilots, guiding, explaining }));
                    references.len() - 1
                }
            };
            &references[at].1
        } else {
            &none
        };
        let solved = solve(scenario, checks, (reference, window), how).map_err(|e| trouble(own, e))?;
        options.push(Answered {
            scenario: own.clone(),
            title: scenario.model.title.clone(),
            solved,
            released: None,
            released_from_right_sized: None,
            cases: None,
            causes: None,
            inputs: None,
        });
    }
    Ok(())
}

/// What each option releases, from the baseline as it is and right-sized.
fn release(
    scenarios: &[Arc<Scenario>],
    question: &Question,
    options: &mut [Answered],
    field_work: Option<FieldWork>,
) {
    let base = &scenarios[question.baseline];
    let Some(solved) = options.get(question.baseline).map(|o| &o.solved) else { return };
    let before = solved.as_is.headcount;
    let right_sized = solved.staffed().map(Staffed::headcount);
    for (i, option) in options.iter_mut().enumerate() {
        let Some(now) = option.solved.staffed().map(Staffed::headcount) else { continue };
        let released = now.taken_from(before);
        option.released = Some(released);
        option.released_from_right_sized =
            right_sized.filter(|_| i != question.baseline).map(|r| HeadcountRange {
                estimate: r.estimate - now.estimate,
                lower: r.lower - now.upper,
                upper: r.upper - now.lower,
            });
        let absence = absence(base);
        option.cases = field_work.map(|assumed| {
            let officers = (released.lower, released.estimate, released.upper);
            field_work::cases(officers, assumed, base.model.workforce, absence)
        });
        if let (true, Some(right), Some(staffed)) =
            (question.causes && i != question.baseline, right_sized, option.solved.staffed())
        {
            let sites = |s: &Scenario| {
                causes::sites(&s.model, &causes::minimums(&s.model, &s.pools, s.roster.as_ref()))
            };
            let ends = CauseEnds { now: before, right_sized: right.estimate, option: now.estimate };
            let setting = FormulaSetting {
                beta: staffed.safety,
                block: causes::BLOCK,
                workforce: base.model.workforce,
                absence,
            };
            option.causes = Some(causes::split(&sites(base), &sites(&scenarios[i]), ends, setting));
        }
    }
}

/// A check that the baseline can be read by: places that only the option has are read overall, and not
/// used.
fn neutral(check: &TargetCheck, scenarios: &[Arc<Scenario>], question: &Question) -> TargetCheck {
    let base = &scenarios[question.baseline].model;
    let fits = match check.place {
        check::TargetPlace::All => true,
        check::TargetPlace::Centre(c) => c < base.centres.len(),
        check::TargetPlace::Class(c) => c < base.classes.len(),
        check::TargetPlace::Area(a) => a < base.areas.len(),
    };
    if fits { check.clone() } else { TargetCheck { place: check::TargetPlace::All, ..check.clone() } }
}

/// Share of rostered officers of the counted centres who do not come, on average.
fn absence(scenario: &Scenario) -> f64 {
    let model = &scenario.model;
    let counted = (0..model.centres.len()).filter(|&c| model.centres[c].counted);
    let (absent, all) = counted.fold((0.0, 0.0), |sum, c| {
        let posts = staffing::posts(model, c);
        (sum.0 + posts * model.centres[c].absence.share, sum.1 + posts)
    });
    if all > 0.0 { absent / all } else { 0.0 }
}
