//! A change under way: replications one by one, of the changed scenario and of the baseline in the same window, and what they
//! say so far.

use crate::session::{InputProblem, Session};
use poolwise_engine::time::{DAY, WEEK};
use poolwise_scenario::Scenario;
use poolwise_stats::Estimate;
use poolwise_study::charts::{self, Work};
use poolwise_study::controls::control_together;
use poolwise_study::ends::{TrialOptions, answer_at_ends};
use poolwise_study::measures::find;
use poolwise_study::number::{Scale, Unit};
use poolwise_study::replicate::extend;
use poolwise_study::study::left_behind;
use poolwise_study::summarise::{estimates, summarise};
use poolwise_study::summary::{Comparison, Difference, Summary, Verdict};
use poolwise_study::verdict::{self, About, Sentence};
use poolwise_study::{Replicated, Settings, Unwatched, compare, oracle};
use serde::Deserialize;
use serde_json::{Value, json};
use std::cell::RefCell;

/// A change of a scenario.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScenarioChange {
    scenario: String,
    /// Levers and their values.
    values: Vec<(String, f64)>,
    /// A shorter window than the scenario's own, for first numbers.
    horizon: Option<String>,
}

/// Which week of which replication is asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WeekOf {
    scenario: String,
    values: Vec<(String, f64)>,
    /// Weeks after the start of what counts.
    week: u32,
    replication: u32,
}

/// A change that is being simulated.
pub(crate) struct Run {
    scenario: Scenario,
    baseline: Scenario,
    /// Its name and title before the change.
    named: (String, String),
    /// What has been run of the changed scenario.
    changed: Replicated,
    /// The baseline in the same window: the page's own, or run here.
    base: Replicated,
    /// Expected work of the changed scenario's centres, worked out for the whole window alone.
    work: Work,
    /// The overrides of both in their own window: of the baseline none, of the changed scenario the change.
    sets: [Vec<String>; 2],
    /// Keys that the change leaves behind, such as hours of routes.
    left: Vec<String>,
    /// The baseline is run here, because its window is shorter than that of the page.
    short: Option<String>,
    /// Estimates are controlled, as those of the page.
    controls: bool,
}

/// The only thread there is.
fn settings() -> Settings {
    Settings { threads: Some(1), ..Settings::default() }
}

fn failed(why: impl ToString) -> Vec<InputProblem> {
    vec![InputProblem { lever: None, message: why.to_string() }]
}

/// Takes up a change. A baseline that was run in the same window before is kept.
pub(crate) fn begin(session: &mut Session, change: &ScenarioChange) -> Result<Value, Vec<InputProblem>> {
    let moved = session.moved(&change.scenario, &change.values)?;
    let horizon = change.horizon.as_deref();
    let baseline_name = session.asked.baseline.clone();
    // A first look has no time for a long warm-up: it compares both after the same short one.
    let whole = session.scenario(&baseline_name, &[], None)?.model.run.warm_up;
    let warm_up = (horizon.is_some() && whole > WEEK).then(|| "run.warm_up=1 week".to_owned());
    let with = |sets: &[String]| -> Vec<String> { sets.iter().chain(&warm_up).cloned().collect() };
    let baseline = session.scenario(&baseline_name, &with(&[]), horizon)?.clone();
    let unchanged = session.scenario(&change.scenario, &with(&[]), horizon)?.clone();
    let mut scenario = session.changed((&change.scenario, &change.values), &with(&moved.sets), horizon)?;
    let named = (scenario.model.name.clone(), scenario.model.title.clone());
    scenario.model.name = "changed".to_owned();
    scenario.model.title = changed(&scenario.model.title);
    let left = left_behind(&unchanged, &scenario, &moved.sets);
    let before = session.run.take().filter(|run| run.short.as_deref() == horizon);
    let base = match (before, &session.asked.kept) {
        (Some(run), _) => run.base,
        (None, Some(kept)) if horizon.is_none() => kept.replicated(&baseline.model, usize::MAX),
        _ => Replicated::none(&baseline.model, &settings()),
    };
    let planned = match horizon {
        None if !base.values.is_empty() => base.replications(),
        _ => scenario.model.run.replications,
    };
    let changed = Replicated::none(&scenario.model, &settings());
    let days = scenario.model.run.horizon / DAY;
    session.run = Some(Run {
        scenario,
        baseline,
        named,
        changed,
        base,
        work: Work::new(),
        sets: [Vec::new(), moved.sets.clone()],
        left,
        short: horizon.map(str::to_owned),
        controls: session.asked.controls,
    });
    Ok(json!({ "sets": moved.sets, "planned": planned, "days": days }))
}

/// The title of a changed scenario: told apart from its own by what is before the colon, where it has one.
fn changed(title: &str) -> String {
    match title.split_once(": ") {
        Some((head, rest)) if !head.is_empty() => format!("{head}, changed: {rest}"),
        _ => format!("{title}, changed"),
    }
}

/// One replication more.
pub(crate) fn more(session: &mut Session) -> Result<Value, Vec<InputProblem>> {
    let Some(run) = session.run.as_mut() else { return Err(failed("no change is under way")) };
    let next = run.changed.replications();
    let one = |all: &mut Replicated, scenario: &Scenario| {
        extend(&scenario.model, all, next..next + 1, &settings(), &Unwatched).map_err(failed)
    };
    one(&mut run.changed, &run.scenario)?;
    if let Some(why) = &run.changed.cut_short {
        return Err(failed(why));
    }
    if run.base.replications() <= next {
        one(&mut run.base, &run.baseline)?;
    }
    if run.work.is_empty() && run.short.is_none() {
        run.work = charts::work(&run.scenario.model);
    }
    Ok(run.report())
}

impl Run {
    /// Baseline and change, as far as both have been run, and their differences.
    fn compared(&self) -> ([Summary; 2], Comparison) {
        let mut base = self.base.clone();
        base.values.truncate(self.changed.replications() as usize);
        let models = [&self.baseline.model, &self.scenario.model];
        let mut both = [base, self.changed.clone()];
        if self.controls {
            control_together(&models, &mut both);
        }
        let comparison = compare(&models, &both, 0);
        let about = |scenario, summary| Summary { about: About::beside(scenario, &self.baseline), ..summary };
        let summaries = [
            about(&self.baseline, estimates(models[0], &both[0])),
            about(&self.scenario, estimates(models[1], &both[1])),
        ];
        (summaries, comparison)
    }

    fn report(&self) -> Value {
        let (summaries, comparison) = self.compared();
        let answer = verdict::comparison(&[&summaries[0], &summaries[1]], &comparison, &[], &[]);
        json!({
            "replications": self.changed.replications(),
            "short": self.short.is_some(),
            "days": self.scenario.model.run.horizon / DAY,
            "answer": read(&answer),
            "rows": rows(&summaries, &comparison),
            "detail": charts::of(&self.detailed(), &self.work),
            "warnings": self.scenario.warnings.iter().map(|d| d.message.clone()).collect::<Vec<_>>(),
            "left": self.left,
        })
    }

    /// The changed scenario's estimates with data for pictures.
    fn detailed(&self) -> Summary {
        let detail = self.changed.merged.detail(&self.scenario.model, self.changed.confidence);
        Summary { detail, ..estimates(&self.scenario.model, &self.changed) }
    }
}

/// A measure of the baseline and of the change, and their difference, as the tables of reports have them.
fn rows(summaries: &[Summary; 2], comparison: &Comparison) -> Vec<Value> {
    let [base, changed] = summaries;
    let row = |row: &Difference| -> Option<Value> {
        let (a, b) = (base.measures.get(&row.measure)?, changed.measures.get(&row.measure)?);
        let unit = find(&row.measure)?.unit;
        let scale = Scale::of(unit, [a.estimate, b.estimate]);
        // Times have a unit of their own: a small difference of hours is one of minutes.
        let levels = if unit == Unit::Hours { vec![] } else { vec![a.estimate, b.estimate] };
        let differences = levels.into_iter().chain([row.difference.estimate]);
        let mut finer = Scale::of_difference(unit, differences);
        if row.verdict.is_some() {
            finer = finer.finer();
        }
        let cell = |scale: &Scale, e: &Estimate, signed: bool| {
            let (value, interval) = scale.parts(e, signed);
            let number = |x: f64| if x.is_finite() { json!(x) } else { Value::Null };
            json!({
                "value": value, "interval": interval, "unit": scale.unit,
                "numbers": [number(e.estimate), number(e.lower), number(e.upper)],
            })
        };
        let mut cells = [cell(&scale, a, false), cell(&scale, b, false), cell(&finer, &row.difference, true)];
        // 245 officers, and not 245.0.
        let whole =
            |c: &Value| c["interval"].is_null() && c["value"].as_str().is_some_and(|v| v.ends_with(".0"));
        if cells.iter().all(whole) {
            for cell in &mut cells {
                let value = cell["value"].as_str().and_then(|v| v.strip_suffix(".0")).map(str::to_owned);
                cell["value"] = value.into();
            }
        }
        let [base, changed, difference] = cells;
        Some(json!({
            "measure": row.measure,
            "base": base,
            "changed": changed,
            "difference": difference,
            "verdict": row.verdict.map(word),
        }))
    };
    comparison.rows.iter().filter_map(row).collect()
}

/// Sentences for whoever reads a page.
fn read(answer: &[Sentence]) -> Vec<&str> {
    answer.iter().map(Sentence::read).collect()
}

/// The answer of the command on what has been run: with the foremost unknown tried at both ends of what it may be. `null` where the
/// command would try nothing. `requests` are those of a replication of the baseline, where the page knows them.
pub(crate) fn ends(session: &mut Session, requests: Option<f64>) -> Result<Value, Vec<InputProblem>> {
    let Some(run) = session.run.take() else { return Err(failed("no change is under way")) };
    let (summaries, comparison) = run.compared();
    let each = run.changed.requests as f64 / f64::from(run.changed.replications().max(1));
    let names = [session.asked.baseline.clone(), run.named.0.clone()];
    let held = RefCell::new(&mut *session);
    let again = |place: usize, sets: &[String], weeks: Option<u32>| {
        let all: Vec<String> = run.sets[place].iter().chain(sets).cloned().collect();
        let horizon = weeks.map(|n| format!("{n} weeks"));
        held.borrow_mut().scenario(&names[place], &all, horizon.as_deref()).ok().cloned()
    };
    let trials = TrialOptions {
        scenarios: vec![&run.baseline, &run.scenario],
        requests: vec![requests.unwrap_or(each), each],
        read: &again,
    };
    let [base, changed] = &summaries;
    let answer = answer_at_ends(&trials, &[base, changed], &comparison, Some(1), &Unwatched);
    session.run = Some(run);
    Ok(json!({ "answer": answer.as_deref().map(read) }))
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::More => "more",
        Verdict::Less => "less",
        Verdict::CannotTell => "cannot tell",
    }
}

/// The bytes of `summary.json` of what has been run, theory beside it, under the scenario's own name.
pub(crate) fn summary(session: &mut Session) -> Result<String, Vec<InputProblem>> {
    let Some(run) = &session.run else { return Err(failed("no change is under way")) };
    let model = &run.scenario.model;
    let mut changed = run.changed.clone();
    if run.controls {
        control_together(&[model], std::slice::from_mut(&mut changed));
    }
    let mut summary = summarise(model, &changed);
    (summary.scenario, summary.title) = run.named.clone();
    summary.oracle = oracle(model).against(&run.changed);
    summary.warnings.extend(summary.oracle.warnings());
    summary.warnings.extend(run.scenario.warnings.iter().map(|d| d.message.clone()));
    summary.about = About::of(&run.scenario);
    summary.tell(&verdict::run(&summary, &summary.about));
    poolwise_study::format::json(&summary).map_err(failed)
}

/// Whether the first replication of the baseline has the same bits here as on the machine that made the page.
pub(crate) fn proof(session: &mut Session) -> Result<Value, Vec<InputProblem>> {
    let name = session.asked.baseline.clone();
    let model = session.scenario(&name, &[], None)?.model.clone();
    let Some(kept) = &session.asked.kept else { return Err(failed("the page has no replications")) };
    let mut one = Replicated::none(&model, &settings());
    extend(&model, &mut one, 0..1, &settings(), &Unwatched).map_err(failed)?;
    let here = poolwise_study::Kept::of(&one);
    let same = here.measures == kept.measures && here.values.first() == kept.values.first();
    Ok(json!({ "same": same }))
}

/// Officers on duty and busy and the queue at each centre, hour by hour through one week of one replication: the
/// requests are those of the whole run, because only the window is another.
pub(crate) fn week(session: &mut Session, of: &WeekOf) -> Result<Value, Vec<InputProblem>> {
    let mut sets = session.moved(&of.scenario, &of.values)?.sets;
    let whole = session.scenario(&of.scenario, &sets, None)?;
    let run = &whole.model.run;
    let most = (run.horizon / WEEK).floor().max(1.0) as u32;
    let week = of.week.min(most - 1);
    let length = run.horizon.min(WEEK);
    let start = whole.resolved.get("run").and_then(|r| r.get("start")?.as_str()?.parse().ok());
    let start: jiff::civil::Date = start.ok_or_else(|| failed("the run has no start"))?;
    let days = jiff::Span::new().try_days(i64::from(week) * 7).map_err(failed)?;
    let first = start.checked_add(days).map_err(failed)?;
    let weeks = run.warm_up / WEEK + f64::from(week);
    let horizon = format!("{} days", length / DAY);
    // A window of some days is a week's part by itself; one that begins from now has no other.
    let horizon = (run.horizon > WEEK).then_some(horizon.as_str());
    if horizon.is_some() {
        sets.push(format!("run.start={first}"));
        sets.push(format!("run.warm_up={weeks} weeks"));
    }
    let scenario = session.scenario(&of.scenario, &sets, horizon)?;
    let model = &scenario.model;
    let mut one = Replicated::none(model, &settings());
    let k = of.replication;
    extend(model, &mut one, k..k + 1, &settings(), &Unwatched).map_err(failed)?;
    let detail = one.merged.detail(model, one.confidence);
    let summary = Summary { detail, ..estimates(model, &one) };
    Ok(json!({ "first": first.to_string(), "weeks": most, "detail": charts::of(&summary, &Work::new()) }))
}

#[cfg(test)]
mod tests {
    use super::changed;
    use poolwise_study::verdict::short_titles;

    #[test]
    fn a_changed_title_is_told_apart_by_its_head() {
        let title = "Status quo: PERC and 20 centres";
        assert_eq!(short_titles(&[title, &changed(title)]), ["Status quo", "Status quo, changed"]);
        assert_eq!(changed("A desk"), "A desk, changed");
        assert_eq!(changed(": odd"), ": odd, changed");
    }
}
