//! A study's run: scenarios one after another, or together until all are precise; then draws, then differences.

use super::{Options, Results, ScenarioResults, Study, StudyError};
use crate::controls::control_together;
use crate::cost::{self, Cost};
use crate::ends::{TrialOptions, answer_at_ends};
use crate::kept::Kept;
use crate::replicate::{Replicated, Settings, Watch, replicate};
use crate::sequential::{Reached, until_precise};
use crate::summary::{Comparison, Summary};
use crate::uncertain::{self, Drawn, differences};
use crate::verdict::{self, About, Sentence};
use crate::{compare, oracle, summarise};
use poolwise_engine::model::Model;
use poolwise_scenario::Scenario;
use std::sync::Arc;

pub(super) fn run(study: &Study, options: &Options, watch: &dyn Watch) -> Result<Results, StudyError> {
    let settings = options.settings();
    let scenarios = study.scenarios();
    // Options to be compared get the same number of replications where that number is found on the way.
    let size = match scenarios.first() {
        Some(first) if study.is_paired() && first.model.run.precision.is_some() => scenarios.len(),
        _ => 1,
    };
    let (mut cases, mut all): (Vec<_>, Vec<_>) = (Vec::new(), Vec::new());
    let mut held: Vec<(usize, Finished)> = Vec::new();
    let (mut complete, mut cut_short) = (true, Vec::new());
    for (g, group) in scenarios.chunks(size).enumerate() {
        if watch.stopped() {
            break;
        }
        for (i, (scenario, one)) in group.iter().zip(replicate_group(group, &settings, watch)?).enumerate() {
            if let Some(why) = &one.replicated.cut_short {
                complete = false;
                cut_short.push(format!("{}: {why} (--max-memory)", scenario.model.name));
            }
            // Whoever needs too much memory is left out; the others have nothing to do with it.
            if one.replicated.replications() > 0 {
                complete &= one.ended;
                held.push((g * size + i, one));
            }
        }
    }
    if options.controls {
        held = with_controls(study, held);
    }
    for (place, one) in held {
        let (case, replicated) = sum_up(&scenarios[place], place, one, options.theory);
        cases.push(case);
        all.push(replicated);
    }
    if cases.is_empty() {
        return Err(if cut_short.is_empty() { StudyError::Stopped } else { StudyError::CutShort(cut_short) });
    }
    complete &= cases.len() == scenarios.len()
        && cases.iter().all(|c| c.summary.replications == c.summary.replications_planned);
    let mut draws = Vec::new();
    if options.uncertain.is_some() && complete {
        (draws, complete) = draw(study, options, &mut cases, watch)?;
        let scenarios = draws.iter().zip(study.names());
        cut_short = scenarios
            .filter_map(|(d, name)| Some(format!("{name}: {} (--max-memory)", d.cut_short.as_ref()?)))
            .collect();
    }
    let models: Vec<&Model> = cases.iter().map(|case| &scenarios[case.place].model).collect();
    // Nothing can be compared with a baseline that was not finished.
    let has_baseline = cases.first().is_some_and(|case| case.place == 0);
    let mut comparison =
        (study.is_paired() && has_baseline && models.len() > 1).then(|| compare(&models, &all, 0));
    let uncertain_differences = match &comparison {
        Some(base) if draws.len() == models.len() => differences(study.scenarios(), &draws, 0, base),
        _ => Vec::new(),
    };
    if comparison.is_some() {
        for case in cases.iter_mut().skip(1) {
            case.summary.about = About::beside(&scenarios[case.place], &scenarios[0]);
        }
    }
    if let Some(comparison) = &mut comparison {
        let summaries: Vec<_> = cases.iter().map(|c| &c.summary).collect();
        comparison.costs = cost::differences(&summaries, comparison);
        let drawn: Vec<_> = cases.iter().filter_map(|c| c.uncertain.as_ref()).collect();
        let tried = if drawn.is_empty() { try_ends(study, options, &cases, comparison, watch) } else { None };
        let answer = tried
            .unwrap_or_else(|| verdict::comparison(&summaries, comparison, &uncertain_differences, &drawn));
        comparison.tell(&answer);
    }
    Ok(Results { cases, comparison, uncertain_differences, complete, cut_short })
}

/// The same with what is known of arrivals: decided together for options that are compared, for each alone otherwise.
fn with_controls(study: &Study, held: Vec<(usize, Finished)>) -> Vec<(usize, Finished)> {
    let models: Vec<&Model> = held.iter().map(|(place, _)| &study.scenarios()[*place].model).collect();
    let (places, (mut all, rest)): (Vec<usize>, (Vec<Replicated>, Vec<_>)) = held
        .into_iter()
        .map(|(place, Finished { replicated, reached, ended })| (place, (replicated, (reached, ended))))
        .unzip();
    let together = if study.is_paired() { all.len() } else { 1 };
    for (models, all) in models.chunks(together.max(1)).zip(all.chunks_mut(together.max(1))) {
        control_together(models, all);
    }
    let finished = |(replicated, (reached, ended))| Finished { replicated, reached, ended };
    places.into_iter().zip(all.into_iter().zip(rest).map(finished)).collect()
}

/// The answer with the verdict tried at both ends of the foremost unknown; nothing where there is no such answer.
fn try_ends(
    study: &Study,
    options: &Options,
    cases: &[ScenarioResults],
    comparison: &Comparison,
    watch: &dyn Watch,
) -> Option<Vec<Sentence>> {
    let summaries: Vec<&Summary> = cases.iter().map(|c| &c.summary).collect();
    let of = |c: &ScenarioResults| c.requests as f64 / f64::from(c.summary.replications.max(1));
    let trials = TrialOptions {
        scenarios: cases.iter().map(|c| &*study.scenarios()[c.place]).collect(),
        requests: cases.iter().map(of).collect(),
        read: &|place, sets, weeks| study.shortened(cases[place].place, sets, weeks).ok(),
    };
    answer_at_ends(&trials, &summaries, comparison, options.threads, watch)
}

/// One scenario's replications.
pub(super) struct Finished {
    pub(super) replicated: Replicated,
    pub(super) reached: Option<Reached>,
    /// It was not stopped on the way.
    pub(super) ended: bool,
}

/// Replicates a group of scenarios: one by itself, or several together until all are precise enough.
fn replicate_group(
    group: &[Arc<Scenario>],
    settings: &Settings,
    watch: &dyn Watch,
) -> Result<Vec<Finished>, StudyError> {
    let failed = |m: usize, source: poolwise_engine::Failure| StudyError::Run {
        scenario: group[m].model.name.clone(),
        source,
    };
    let turn_to = |m: usize| watch.turn_to(&group[m].model.name);
    let Some(precision) = group.first().and_then(|s| s.model.run.precision.as_ref()) else {
        let one = |(m, scenario): (usize, &Arc<Scenario>)| {
            turn_to(m);
            let replicated = replicate(&scenario.model, settings, watch).map_err(|e| failed(m, e))?;
            Ok(Finished { replicated, reached: None, ended: true })
        };
        return group.iter().enumerate().map(one).collect();
    };
    let models: Vec<&Model> = group.iter().map(|s| &s.model).collect();
    let (all, reached) =
        until_precise(&models, precision, settings, watch, &turn_to).map_err(|(m, e)| failed(m, e))?;
    let ended = reached.is_some();
    let finished = |replicated| Finished { replicated, reached: reached.clone(), ended };
    Ok(all.into_iter().map(finished).collect())
}

/// The estimates of a scenario, the study's `place`th, with theory beside them and everything that a reader should be warned of.
pub(super) fn sum_up(
    scenario: &Scenario,
    place: usize,
    one: Finished,
    theory: bool,
) -> (ScenarioResults, Replicated) {
    let Finished { mut replicated, reached, .. } = one;
    let mut summary = summarise(&scenario.model, &replicated);
    summary.precision = reached;
    if theory {
        summary.oracle = oracle(&scenario.model).against(&replicated);
    }
    summary.warnings.extend(summary.oracle.warnings());
    summary.warnings.extend(scenario.warnings.iter().map(|d| d.message.clone()));
    summary.about = About::of(scenario);
    summary.cost = scenario.pay.as_ref().and_then(|pay| Cost::of(&scenario.model, pay, &summary.measures));
    summary.tell(&verdict::run(&summary, &summary.about));
    let trace = std::mem::take(&mut replicated.trace);
    let values = Kept::of(&replicated);
    (
        ScenarioResults { place, summary, uncertain: None, requests: replicated.requests, trace, values },
        replicated,
    )
}

/// Draws the inputs of all scenarios, and puts what comes of it beside the runs at base values. Stopped by
/// `watch`, it keeps the draws that were finished; whether all were is the second value.
fn draw(
    study: &Study,
    options: &Options,
    cases: &mut [ScenarioResults],
    watch: &dyn Watch,
) -> Result<(Vec<Drawn>, bool), StudyError> {
    let plan = options.uncertain.unwrap_or_default();
    let settings = Settings { trace: false, ..options.settings() };
    let mut all = Vec::new();
    for (i, scenario) in study.scenarios().iter().enumerate() {
        if watch.stopped() {
            break;
        }
        let name = &scenario.model.name;
        watch.turn_to(name);
        let load = |sets: &[String]| study.changed(i, sets).map(|changed| changed.model);
        let seed = scenario.model.run.seed;
        let drawn = uncertain::draw_all(&scenario.uncertain, seed, plan, &settings, watch, &load);
        all.push(drawn.map_err(|source| StudyError::Drawn { scenario: name.clone(), source })?);
    }
    for ((case, scenario), drawn) in cases.iter_mut().zip(study.scenarios()).zip(&all) {
        let seed = scenario.model.run.seed;
        let found = uncertain::summarise(&scenario.uncertain, seed, plan, &case.summary, drawn);
        case.summary.tell(&verdict::run_drawn(&case.summary, &case.summary.about, &found));
        case.uncertain = Some(found);
    }
    let whole = all.len() == cases.len() && all.iter().all(|d| d.values.len() as u32 == d.planned);
    Ok((all, whole))
}
