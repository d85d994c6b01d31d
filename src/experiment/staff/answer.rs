//! All options answered on the same requests, and what each releases.

use super::check::{self, Check, Margins};
use super::probe::{Halt, Samples, sample};
use super::released::AtLarge;
use super::solve::{How, Range, Solved, Staffed, Trouble, solve};
use super::target::{Target, TargetError};
use crate::experiment::summary::Summary;
use crate::experiment::{Settings, replicate, summarise};
use crate::scenario::Scenario;
use std::fmt;

/// What is asked of all options.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Targets.
    pub targets: Vec<Target>,
    /// Match the service of the baseline.
    pub matching: Option<Margins>,
    /// Match it in every hour of the local week as well.
    pub hourly: bool,
    /// Position of the baseline among the scenarios.
    pub baseline: usize,
    /// What released officers could do.
    pub at_large: AtLarge,
}

/// One option's part of the answer.
#[derive(Debug, Clone)]
pub struct Answered {
    /// Scenario.
    pub scenario: String,
    /// One line on it.
    pub title: String,
    /// What it needs.
    pub solved: Solved,
    /// Officers released from the baseline as it is.
    pub released: Option<Range>,
    /// Officers released from the baseline right-sized: what is no slack.
    pub released_from_right_sized: Option<Range>,
    /// Arrests a year by the released officers, an assumption.
    pub arrests: Option<Range>,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Name of the baseline.
    pub baseline: String,
    /// The baseline as it is, simulated, where its service is to be matched.
    pub as_is: Option<Summary>,
    /// Whether its service is to be matched.
    pub matched: bool,
    /// Probability that any part of one option's search is wrong, at most.
    pub error: f64,
    /// Options in their order.
    pub options: Vec<Answered>,
    /// What released officers could do.
    pub at_large: AtLarge,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq)]
pub enum NoAnswer {
    /// A target does not fit a scenario.
    Target(TargetError),
    /// An option has no answer.
    Option(String, Trouble),
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target(e) => e.fmt(f),
            Self::Option(name, e) => write!(f, "{name}: {e}"),
        }
    }
}

impl std::error::Error for NoAnswer {}

/// The checks of an option.
///
/// # Errors
/// A target that does not fit the scenario.
pub fn checks(question: &Question, scenarios: &[Scenario], option: usize) -> Result<Vec<Check>, TargetError> {
    let model = &scenarios[option].model;
    let mut list = check::resolve(&question.targets, model)?;
    if let Some(margins) = &question.matching {
        let reference = &scenarios[question.baseline].model.name;
        list.extend(check::matching(model, margins, reference, question.hourly));
    }
    Ok(list)
}

/// Answers for all scenarios. `begin` is told the name of each before it is searched.
///
/// # Errors
/// [`NoAnswer`] at the first target or option that has none; an option that no staffing makes reach its
/// targets is an answer.
pub fn answer(
    scenarios: &[Scenario],
    question: &Question,
    how: &How<'_>,
    begin: &dyn Fn(&str),
) -> Result<Answer, NoAnswer> {
    let base = &scenarios[question.baseline];
    let all: Vec<Vec<Check>> = (0..scenarios.len())
        .map(|i| checks(question, scenarios, i).map_err(NoAnswer::Target))
        .collect::<Result<_, _>>()?;
    let trouble = |name: &str, t: Trouble| NoAnswer::Option(name.to_owned(), t);
    let name = base.model.name.clone();
    let mut as_is = None;
    if question.matching.is_some() {
        begin(&name);
        let settings = Settings { threads: how.threads, ..Settings::default() };
        let done = replicate(&base.model, &settings, how.watch)
            .map_err(|e| trouble(&name, Halt::Failed(e).into()))?;
        if how.watch.stopped() {
            return Err(trouble(&name, Halt::Stopped.into()));
        }
        as_is = Some(summarise(&base.model, &done));
    }
    let mut options = Vec::new();
    let (mut references, none) = (Vec::new(), Samples::default());
    for (scenario, checks) in scenarios.iter().zip(&all) {
        let own = &scenario.model.name;
        begin(own);
        let reference: &Samples = if question.matching.is_some() {
            // The baseline's replications for this option's checks; targets beside them have places of the
            // option's own and are not read there.
            let matched: Vec<Check> = checks.iter().map(|c| neutral(c, scenarios, question)).collect();
            let known = references.iter().position(|(c, _): &(Vec<Check>, Samples)| *c == matched);
            let at = match known {
                Some(at) => at,
                None => {
                    let n = base.model.run.replications.max(4);
                    let cells = sample(&base.model, &matched, 0..n, how.threads, how.watch)
                        .map_err(|e| trouble(own, e.into()))?;
                    references.push((matched, Samples { replications: cells }));
                    references.len() - 1
                }
            };
            &references[at].1
        } else {
            &none
        };
        let solved = solve(scenario, checks, reference, how).map_err(|e| trouble(own, e))?;
        options.push(Answered {
            scenario: own.clone(),
            title: scenario.model.title.clone(),
            solved,
            released: None,
            released_from_right_sized: None,
            arrests: None,
        });
    }
    let before = options[question.baseline].solved.as_is.headcount;
    let right_sized = options[question.baseline].solved.staffed().map(Staffed::headcount);
    for (i, option) in options.iter_mut().enumerate() {
        let Some(now) = option.solved.staffed().map(Staffed::headcount) else { continue };
        let released = now.taken_from(before);
        option.released = Some(released);
        option.released_from_right_sized = right_sized.filter(|_| i != question.baseline).map(|r| Range {
            estimate: r.estimate - now.estimate,
            lower: r.lower - now.upper,
            upper: r.upper - now.lower,
        });
        let per_officer =
            scenarios[i].model.workforce.hours_per_week * scenarios[i].model.workforce.planned_availability;
        option.arrests = Some(question.at_large.arrests(released.estimate, per_officer));
    }
    Ok(Answer {
        baseline: name,
        as_is,
        matched: question.matching.is_some(),
        error: how.error,
        options,
        at_large: question.at_large,
    })
}

/// A check that the baseline can be read by: places that only the option has are read overall, and not
/// used.
fn neutral(check: &Check, scenarios: &[Scenario], question: &Question) -> Check {
    let base = &scenarios[question.baseline].model;
    let fits = match check.place {
        check::Place::All => true,
        check::Place::Centre(c) => c < base.centres.len(),
        check::Place::Class(c) => c < base.classes.len(),
        check::Place::Area(a) => a < base.areas.len(),
    };
    if fits { check.clone() } else { Check { place: check::Place::All, ..check.clone() } }
}
