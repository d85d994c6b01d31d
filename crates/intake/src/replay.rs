//! A back-test: the history's own arrivals replayed through a scenario, what it predicts for them beside what happened,
//! and which single change would close the gap best.

use crate::IntakeError;
use crate::backtest::{
    BacktestVerdict, Beside, Counts, REPLICATIONS, Replica, count, gap, given_up, handling, judge,
    recorded_times,
};
use crate::changes::{Edit, TrialChange, changes};
use crate::history::{Past, of_book};
use crate::problem::{Problem, TablePlace};
use crate::read::{Book, ReadProgress};
use crate::recorded_staff::{RecordedPresence, recorded};
use crate::ways::Said;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use poolwise_engine::model::{Demand, Handling};
use poolwise_engine::{Failure, Outcome};
use poolwise_scenario::{Overrides, Scenario, Snapshot, load_through, time_zone};
use poolwise_study::{Loaded, Settings, Watch, sample_watched};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// What is asked of a scenario and a history.
#[derive(Debug, Clone)]
pub struct BacktestRequest<'a> {
    /// The history: requests offered, and how many were answered in time, by interval.
    pub history: &'a Path,
    /// Its sheet; the only one where `None`.
    pub sheet: Option<&'a str>,
    /// What it leaves open.
    pub said: Said,
    /// In time, seconds; the scenario's `answer_within` where `None`.
    pub within: Option<f64>,
    /// Look which single change would close the gap best.
    pub changes: bool,
}

/// What the scenario predicts beside what happened.
#[derive(Debug, Clone)]
pub struct Backtest {
    /// Name of the scenario.
    pub scenario: String,
    /// In time, seconds.
    pub within: f64,
    /// What the history says by interval.
    pub past: Past,
    /// What was predicted beside it.
    pub verdict: BacktestVerdict,
    /// Share given up, where the history says it.
    pub given_up: Option<Beside>,
    /// Mean handling time in seconds of the scenario's own, where the history says what it was.
    pub handling: Option<Beside>,
    /// What the scenario predicts with its own handling times, where the history's are simulated.
    pub own_times: Option<OwnTimes>,
    /// Mean number given up by interval and place that is predicted.
    pub lost: BTreeMap<(DateTime, usize), f64>,
    /// Whose officers were simulated.
    pub staff: String,
    /// Difference over hours of the week, root mean square, as a share.
    pub gap: f64,
    /// The same that single changes leave, the least first.
    pub tried: Vec<(String, f64)>,
    /// All changes were tried.
    pub complete: bool,
}

/// A back-test, ready to run.
#[derive(Debug, Clone)]
pub struct Replay {
    past: Past,
    scenario: Arc<Scenario>,
    /// The history's arrivals, by class.
    demands: Vec<(usize, Demand)>,
    /// Class of each of the history's places.
    classes: Vec<usize>,
    zone: TimeZone,
    within: f64,
    staff: String,
    changes: Vec<Tried>,
}

/// A change to be tried, and the scenario with its settings.
#[derive(Debug, Clone)]
struct Tried {
    change: TrialChange,
    scenario: Arc<Scenario>,
}

/// What the scenario predicts with handling times of its own, where the history has others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OwnTimes {
    /// Mean share answered in time.
    pub predicted: f64,
    /// Share of intervals inside their band.
    pub inside: f64,
}

/// Replications with the scenario's own handling times, and the history's as factors on them.
struct RecordedTimes {
    own: Vec<Replica>,
    times: Vec<Handling>,
}

/// Replications of each change that is tried.
const TRIED: u32 = 10;
impl Replay {
    /// Reads the history, and sets the scenario to its days.
    ///
    /// # Errors
    /// If the history cannot be understood, or the scenario and it do not go together.
    pub fn of(
        loaded: &Loaded,
        asked: &BacktestRequest<'_>,
        rows: &dyn ReadProgress,
    ) -> Result<Self, IntakeError> {
        let past = past(asked, rows)?;
        let (first, last) = past.days().unwrap_or_default();
        let days = i64::from(first.until(last).map_or(0, |s| s.get_days())) + 1;
        let window = [
            format!("run.start={first}"),
            format!("run.horizon=\"{days} days\""),
            "run.warm_up=\"0 min\"".to_owned(),
            "run.whole_weeks=false".to_owned(),
        ];
        let mut own = loaded.changed(&window)?;
        let zone = time_zone(zone_of(&own.scenario)).unwrap_or(TimeZone::UTC);
        let mut staff = recorded(&own.scenario, &past, &zone, RecordedPresence::All);
        if !staff.sets.is_empty() {
            // Officers of a pool are not a centre's own: the scenario keeps them.
            match own.changed(&staff.sets) {
                Ok(changed) => own = changed,
                Err(_) => {
                    staff.sets.clear();
                    staff.said = "Staff are those of the scenario: its centres have no officers of their own."
                        .to_owned()
                }
            }
        }
        let scenario = own.scenario.clone();
        let classes = classes(&scenario, &past, asked)?;
        let demands = replay(&scenario, &past, &classes, (first, days))?;
        let within = asked.within.unwrap_or(loaded.scenario.model.run.prompt);
        let mut tried = Vec::new();
        let of = (staff.sets.is_empty(), within);
        for change in if asked.changes { changes(&scenario, &past, &zone, of) } else { Vec::new() } {
            let sets = if let Edit::Sets(sets) = &change.edit { sets.as_slice() } else { &[] };
            // A change that the scenario does not allow is not tried.
            if let Ok(changed) = own.changed(sets) {
                tried.push(Tried { change, scenario: changed.scenario });
            }
        }
        Ok(Self { past, scenario, demands, classes, zone, within, staff: staff.said, changes: tried })
    }

    /// Replications that it takes.
    pub fn replications(&self) -> u64 {
        let times = match (self.past.mean_handling(), self.scenario.model.handling.is_empty()) {
            (None, _) => 0,
            (Some(_), true) => REPLICATIONS,
            (Some(_), false) => REPLICATIONS + TRIED,
        };
        u64::from(REPLICATIONS + times) + self.changes.len() as u64 * u64::from(TRIED)
    }

    /// Simulates and judges. Stopped while it tries changes, it keeps those that were tried.
    ///
    /// # Errors
    /// If a replication fails, or it is stopped before there is anything to judge.
    pub fn run(&self, threads: Option<usize>, watch: &dyn Watch) -> Result<Backtest, IntakeError> {
        let by = (threads, watch);
        watch.turn_to(&self.scenario.model.name);
        let recorded = self.recorded_times(by)?;
        let (own, times) = (recorded.as_ref().map(|r| &r.own), recorded.as_ref().map(|r| r.times.as_slice()));
        let runs = self.simulate(&self.scenario, (None, times), REPLICATIONS, by)?;
        let all = |runs: &[Replica]| runs.iter().map(|r| r.counts.clone()).collect::<Vec<Counts>>();
        let few = |runs: &[Replica]| gap(&self.past, &runs[..(TRIED as usize).min(runs.len())]);
        let verdict = judge(&self.past, &all(&runs));
        let (mut tried, mut complete) = (Vec::new(), true);
        let own_times = own.map(|own| {
            tried.push(("the scenario's own handling times".to_owned(), few(own)));
            let BacktestVerdict { predicted, inside, .. } = judge(&self.past, &all(own));
            OwnTimes { predicted, inside }
        });
        for Tried { change, scenario } in &self.changes {
            watch.turn_to(&change.name);
            match self.simulate(scenario, (Some(&change.edit), times), TRIED, by) {
                Ok(runs) => tried.push((change.name.clone(), few(&runs))),
                Err(Failure::Stopped) => {
                    complete = false;
                    break;
                }
                Err(e) => return Err(e.into()),
            }
        }
        tried.sort_by(|a: &(String, f64), b| a.1.total_cmp(&b.1));
        Ok(Backtest {
            scenario: self.scenario.model.name.clone(),
            within: self.within,
            past: self.past.clone(),
            verdict,
            given_up: given_up(&self.past, &runs),
            handling: handling(&self.past, own.unwrap_or(&runs)),
            own_times,
            lost: lost(&self.past, &runs),
            staff: self.staff.clone(),
            gap: few(&runs),
            tried,
            complete,
        })
    }

    /// Both handling times, where the history says its own and they are times of such work.
    fn recorded_times(&self, by: (Option<usize>, &dyn Watch)) -> Result<Option<RecordedTimes>, Failure> {
        if self.past.mean_handling().is_none() {
            return Ok(None);
        }
        let own = self.simulate(&self.scenario, (None, None), REPLICATIONS, by)?;
        let model = &self.scenario.model;
        // Factors by the hour of the scenario's own are in the history's times already.
        let without = if model.handling.is_empty() {
            None
        } else {
            Some(self.simulate(&self.scenario, (None, Some(&[])), TRIED, by)?)
        };
        let taken = (model, without.as_deref().unwrap_or(&own));
        let times = recorded_times::recorded(&self.past, &self.classes, taken, &self.zone);
        Ok((!times.is_empty()).then_some(RecordedTimes { own, times }))
    }

    fn simulate(
        &self,
        scenario: &Scenario,
        (edit, times): (Option<&Edit>, Option<&[Handling]>),
        replications: u32,
        (threads, watch): (Option<usize>, &dyn Watch),
    ) -> Result<Vec<Replica>, Failure> {
        let mut model = scenario.model.clone();
        model.run.replications = replications;
        model.run.precision = None;
        for (class, demand) in &self.demands {
            model.classes[*class].demand = demand.clone();
        }
        if let Some(times) = times {
            model.handling = times.to_vec();
        }
        if let Some(edit) = edit {
            edit.apply(&mut model);
        }
        let stopped = || watch.stopped();
        let of = |outcome: Outcome| {
            let history = (&self.past, self.classes.as_slice());
            count(&outcome.trace, &model, history, (&self.zone, self.within), &stopped)
        };
        let settings = Settings { threads, trace: true, ..Settings::default() };
        let counted = sample_watched(&model, &settings, of, watch)?;
        // What was left in the middle of counting is no count.
        counted.into_iter().collect::<Option<Vec<_>>>().ok_or(Failure::Stopped)
    }
}

fn past(asked: &BacktestRequest<'_>, rows: &dyn ReadProgress) -> Result<Past, Problem> {
    let book = Book::open(asked.history)?;
    let past = of_book(&book, asked.sheet, &asked.said, rows)?;
    if past.rows.values().all(|r| r.within.is_none()) {
        let what = "the history does not say how many requests were answered in time";
        return Err(Problem::new(TablePlace::sheet(&book.name, asked.sheet), what)
            .help("give a column such as `Answered within 30 min` with numbers, or `SL %` with shares"));
    }
    Ok(past)
}

/// The class of each of the history's places.
fn classes(scenario: &Scenario, past: &Past, asked: &BacktestRequest<'_>) -> Result<Vec<usize>, Problem> {
    let names: Vec<&str> = scenario.model.classes.iter().map(|c| c.name.as_str()).collect();
    let file = TablePlace::sheet(&asked.history.display().to_string(), None);
    let mut found = Vec::new();
    for place in &past.places {
        let same = names.iter().position(|n| n.eq_ignore_ascii_case(place));
        let class = match (same, names.len(), past.places.len()) {
            (Some(i), ..) => i,
            (None, 1, 1) => 0,
            _ => {
                let what = if place.is_empty() {
                    "the history has no column of places".to_owned()
                } else {
                    format!("the history has `{place}`, which is no class of the scenario")
                };
                let all = names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
                return Err(Problem::new(file, what)
                    .help(format!("the scenario's classes are {all}"))
                    .help("add a column such as `Office` with these names, or call sheets or columns so: `North offered`"));
            }
        };
        found.push(class);
    }
    let without: Vec<&str> = (0..names.len()).filter(|c| !found.contains(c)).map(|c| names[c]).collect();
    if !without.is_empty() {
        return Err(Problem::new(file, format!("the history says nothing of {}", without.join(", ")))
            .help("give all classes, or take the others out of the scenario"));
    }
    Ok(found)
}

/// Name of the time zone in which the scenario runs.
fn zone_of(scenario: &Scenario) -> &str {
    scenario.resolved.get("run").and_then(|r| r.get("time_zone")).and_then(|z| z.as_str()).unwrap_or("UTC")
}

/// The history's arrivals as recorded demand of the scenario's classes, read as any record is.
fn replay(
    scenario: &Scenario,
    past: &Past,
    classes: &[usize],
    (first, days): (Date, i64),
) -> Result<Vec<(usize, Demand)>, IntakeError> {
    let zone = zone_of(scenario);
    let mut text = format!(
        "run = {{ start = {first}, time_zone = \"{zone}\", horizon = \"{days} days\", whole_weeks = false }}\n\
         stage.a = {{ service = {{ role = \"r\", time = \"1 s\" }}, next = \"b\" }}\nstage.b = {{ exit = true }}\n\
         centre.c = {{ levels = {{ officers = 1 }} }}\nroute = [{{ to = \"c\" }}]\n"
    );
    for i in 0..past.places.len() {
        text.push_str(&format!(
            "[class.c{i}]\nstart = \"a\"\ntrace = {{ file = \"history.csv\", kind = \"interval-counts\", column = \"time\", count_column = \"place {}\", width = \"{} s\" }}\n",
            i + 1,
            past.width
        ));
    }
    let files =
        Snapshot::of([("replay.toml".into(), text.into()), ("history.csv".into(), past.csv().into())].into());
    let read = load_through(&files, Path::new("replay.toml"), &Overrides::default())?;
    let mut out = Vec::new();
    for (i, class) in classes.iter().enumerate() {
        let mut demand = read.model.classes[i].demand.clone();
        if let (Demand::Trace(new), Demand::Trace(old)) =
            (&mut demand, &scenario.model.classes[*class].demand)
        {
            new.area = old.area;
        }
        out.push((*class, demand));
    }
    Ok(out)
}

/// Mean number given up by interval, of those of which the history says it.
fn lost(past: &Past, runs: &[Replica]) -> BTreeMap<(DateTime, usize), f64> {
    let known = past.rows.iter().filter(|(_, r)| r.offered > 0 && r.abandoned.is_some());
    known
        .map(|(k, r)| {
            let begun = runs.iter().map(|run| f64::from(run.begun.get(k).copied().unwrap_or(0))).sum::<f64>();
            (*k, r.offered as f64 - begun / runs.len().max(1) as f64)
        })
        .collect()
}
