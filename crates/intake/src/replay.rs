//! A back-test: the history's own arrivals replayed through a scenario, what it predicts for them beside what happened,
//! and which single change would close the gap best.

use crate::IntakeError;
use crate::backtest::{Beside, Counts, REPLICATIONS, Replica, Verdict, gap, given_up, handling, judge};
use crate::fit_file::table;
use crate::history::{Past, history};
use crate::problem::{Place, Problem};
use crate::read::{Book, Progress};
use crate::recognise::{Shape, shape};
use crate::recorded_staff::recorded;
use crate::ways::Said;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};
use poolwise_engine::model::{DeadlineUntil, Demand, Model, StageKind};
use poolwise_engine::trace::{TraceKind, TraceRow};
use poolwise_engine::{Failure, Outcome};
use poolwise_scenario::{Overrides, Scenario, Snapshot, load_through};
use poolwise_study::{Loaded, Settings, Watch, sample_watched};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// What is asked of a scenario and a history.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
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
    /// What happened.
    pub past: Past,
    /// What was predicted beside it.
    pub verdict: Verdict,
    /// Share given up, where the history says it.
    pub given_up: Option<Beside>,
    /// Mean handling time in seconds, where the history says it.
    pub handling: Option<Beside>,
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

/// A change to be tried.
#[derive(Debug, Clone)]
struct Tried {
    name: String,
    scenario: Arc<Scenario>,
    patience: f64,
}

/// A change tried on the model.
struct Change {
    name: String,
    sets: Vec<String>,
    patience: f64,
}

/// Replications of each change that is tried.
const TRIED: u32 = 10;

impl Replay {
    /// Reads the history, and sets the scenario to its days.
    ///
    /// # Errors
    /// If the history cannot be understood, or the scenario and it do not go together.
    pub fn of(loaded: &Loaded, asked: &Asked<'_>, rows: &dyn Progress) -> Result<Self, IntakeError> {
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
        let zone = TimeZoneDatabase::bundled().get(zone_of(&own.scenario)).unwrap_or(TimeZone::UTC);
        let mut staff = recorded(&own.scenario, &past, &zone);
        if !staff.sets.is_empty() {
            // Officers of a pool are not a centre's own: the scenario keeps them.
            match own.changed(&staff.sets) {
                Ok(changed) => own = changed,
                Err(_) => {
                    staff.said = "Staff are those of the scenario: its centres have no officers of their own."
                        .to_owned()
                }
            }
        }
        let scenario = own.scenario.clone();
        let classes = classes(&scenario, &past, asked)?;
        let demands = replay(&scenario, &past, &classes, (first, days))?;
        let mut tried = Vec::new();
        for change in if asked.changes { changes(&scenario, &past) } else { Vec::new() } {
            // A change that the scenario does not allow, such as a break that no shift has, is not tried.
            if let Ok(changed) = own.changed(&change.sets) {
                let Change { name, patience, .. } = change;
                tried.push(Tried { name, scenario: changed.scenario, patience });
            }
        }
        let within = asked.within.unwrap_or(loaded.scenario.model.run.prompt);
        Ok(Self { past, scenario, demands, classes, zone, within, staff: staff.said, changes: tried })
    }

    /// Replications that it takes.
    pub fn replications(&self) -> u64 {
        u64::from(REPLICATIONS) + self.changes.len() as u64 * u64::from(TRIED)
    }

    /// Simulates and judges. Stopped while it tries changes, it keeps those that were tried.
    ///
    /// # Errors
    /// If a replication fails, or it is stopped before there is anything to judge.
    pub fn run(&self, threads: Option<usize>, watch: &dyn Watch) -> Result<Backtest, IntakeError> {
        watch.turn_to(&self.scenario.model.name);
        let runs = self.simulate(&self.scenario, 1.0, REPLICATIONS, (threads, watch))?;
        let counts: Vec<Counts> = runs.iter().map(|r| r.counts.clone()).collect();
        let verdict = judge(&self.past, &counts);
        let now = gap(&self.past, &counts[..(TRIED as usize).min(counts.len())]);
        let (mut tried, mut complete) = (Vec::new(), true);
        for change in &self.changes {
            watch.turn_to(&change.name);
            match self.simulate(&change.scenario, change.patience, TRIED, (threads, watch)) {
                Ok(runs) => {
                    let counts: Vec<Counts> = runs.into_iter().map(|r| r.counts).collect();
                    tried.push((change.name.clone(), gap(&self.past, &counts)));
                }
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
            handling: handling(&self.past, &runs),
            lost: lost(&self.past, &runs),
            staff: self.staff.clone(),
            gap: now,
            tried,
            complete,
        })
    }

    fn simulate(
        &self,
        scenario: &Scenario,
        patience: f64,
        replications: u32,
        (threads, watch): (Option<usize>, &dyn Watch),
    ) -> Result<Vec<Replica>, Failure> {
        let mut model = scenario.model.clone();
        model.run.replications = replications;
        model.run.precision = None;
        for (class, demand) in &self.demands {
            model.classes[*class].demand = demand.clone();
        }
        stretch_patience(&mut model, patience);
        let of = |outcome: Outcome| {
            count(&outcome.trace, &model, (&self.past, &self.classes), (&self.zone, self.within))
        };
        let settings = Settings { threads, trace: true, confidence: 0.95 };
        sample_watched(&model, &settings, of, watch)
    }
}

fn past(asked: &Asked<'_>, rows: &dyn Progress) -> Result<Past, Problem> {
    let book = Book::open(asked.history)?;
    let table = table(&book, asked.sheet, rows)?;
    match shape(&table)? {
        Shape::History(h) => {
            let past = history(&book, &table, &h, &asked.said, rows)?;
            if past.rows.values().all(|r| r.within.is_none()) {
                return Err(table
                    .problem("the history does not say how many requests were answered in time")
                    .help(
                        "give a column such as `Answered within 30 min` with numbers, or `SL %` with shares",
                    ));
            }
            Ok(past)
        }
        _ => {
            let what = "this is no history: requests offered and how many were answered in time, by interval";
            let help = "columns such as `Date/time`, `Office`, `Offered`, `Answered within 30 min`";
            Err(table.problem(what).help(help))
        }
    }
}

/// The class of each of the history's places.
fn classes(scenario: &Scenario, past: &Past, asked: &Asked<'_>) -> Result<Vec<usize>, Problem> {
    let names: Vec<&str> = scenario.model.classes.iter().map(|c| c.name.as_str()).collect();
    let file = Place::sheet(&asked.history.display().to_string(), None);
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
                    .help("add a column such as `Office` with these names"));
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

/// Times of patience in queues, longer or shorter.
fn stretch_patience(model: &mut Model, by: f64) {
    if by == 1.0 {
        return;
    }
    for class in &mut model.classes {
        let Some(deadline) = &mut class.deadline else { continue };
        if matches!(deadline.until, DeadlineUntil::Start(_)) {
            deadline.after = deadline.after.scaled(by);
        }
    }
}

/// Single changes that could explain what the model does not predict.
fn changes(scenario: &Scenario, past: &Past) -> Vec<Change> {
    let model = &scenario.model;
    let quoted = |name: &str| format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""));
    let all = |value: &dyn Fn(&str) -> Vec<String>| -> Vec<String> {
        model.centres.iter().flat_map(|c| value(&quoted(&c.name))).collect()
    };
    let change = |name: &str, sets| Change { name: name.to_owned(), sets, patience: 1.0 };
    let speed = |x: f64| all(&|c| vec![format!("centre.{c}.speed={x}")]);
    let absence = |x: f64| all(&|c| vec![format!("centre.{c}.absence={x}")]);
    let no_breaks = all(&|c| {
        let name = c.trim_matches('"').to_owned();
        let shifts = scenario.resolved.get("centre").and_then(|t| t.get(&name)).and_then(|t| t.get("shifts"));
        let n = shifts.and_then(|s| s.as_array()).map_or(0, Vec::len);
        (0..n).map(|i| format!("centre.{c}.shifts.{i}.breaks=[]")).collect()
    });
    let mut out = vec![
        change("handling times 20 % shorter", speed(0.8)),
        change("handling times 10 % shorter", speed(0.9)),
        change("handling times 10 % longer", speed(1.1)),
        change("handling times 20 % longer", speed(1.2)),
        change("no absence", absence(0.0)),
        change("absence of 10 %", absence(0.1)),
        change("absence of 15 %", absence(0.15)),
        change("absence of 20 %", absence(0.2)),
        change(
            "five requests waiting at each centre when it begins",
            all(&|c| vec![format!("start.{c}={{requests=5}}")]),
        ),
    ];
    if let Some((name, by)) = recorded_times(model, past) {
        out.push(change(&name, speed(by)));
    }
    if !no_breaks.is_empty() {
        out.push(change("no breaks", no_breaks));
    }
    let waits = model
        .classes
        .iter()
        .any(|c| c.deadline.as_ref().is_some_and(|d| matches!(d.until, DeadlineUntil::Start(_))));
    if waits {
        out.push(Change { name: "patience half as long".to_owned(), sets: Vec::new(), patience: 0.5 });
        out.push(Change { name: "patience twice as long".to_owned(), sets: Vec::new(), patience: 2.0 });
    }
    out
}

/// Handling times as long as the history says, where the model has one service: the change, and the factor.
fn recorded_times(model: &Model, past: &Past) -> Option<(String, f64)> {
    let mut services = model.stages.iter().filter_map(|s| match &s.kind {
        StageKind::Service(service) => Some(service.busy_mean()),
        _ => None,
    });
    let (mean, second) = (services.next()?, services.next());
    let by = past.mean_handling()? / mean;
    if second.is_some() || !(0.2..5.0).contains(&by) || (by - 1.0).abs() < 0.005 {
        return None;
    }
    let percent = ((by - 1.0).abs() * 100.0).round();
    let how = if by > 1.0 { "longer" } else { "shorter" };
    Some((format!("handling times as the history has them ({percent} % {how})"), by))
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

/// What one replication gives: requests answered in time, by interval of their arrival.
fn count(
    rows: &[TraceRow],
    model: &Model,
    (past, classes): (&Past, &[usize]),
    (zone, within): (&TimeZone, f64),
) -> Replica {
    let mut first: BTreeMap<u64, (usize, f64, f64, f64)> = BTreeMap::new();
    for r in rows
        .iter()
        .filter(|r| matches!(r.kind, TraceKind::Service | TraceKind::Interrupted | TraceKind::InService))
    {
        let entry = first.entry(r.request).or_insert((r.class, r.booked, r.reached, r.started));
        // The clock is that of the first stage that was reached.
        if r.reached < entry.2 || (r.reached == entry.2 && r.started < entry.3) {
            (entry.2, entry.3) = (r.reached, r.started);
        }
    }
    let mut out: Counts = past
        .rows
        .iter()
        .filter(|(_, r)| r.offered > 0)
        .map(|(k, r)| (*k, (0, u32::try_from(r.offered).unwrap_or(u32::MAX))))
        .collect();
    let mut begun: BTreeMap<(DateTime, usize), u32> = BTreeMap::new();
    for (class, booked, reached, started) in first.into_values() {
        let Some(place) = classes.iter().position(|c| *c == class) else { continue };
        let Ok(at) = Timestamp::from_second(model.run.origin_unix + booked.floor() as i64) else { continue };
        let start = floor(zone.to_datetime(at), past.width);
        if let Some(cell) = out.get_mut(&(start, place)) {
            let so_far = begun.entry((start, place)).or_insert(0);
            *so_far = (*so_far + 1).min(cell.1);
            if started - reached <= within + 1e-6 {
                cell.0 = (cell.0 + 1).min(cell.1);
            }
        }
    }
    let services = rows.iter().filter(|r| r.kind == TraceKind::Service);
    let handled = services.fold((0.0, 0.0), |sum, r| (sum.0 + r.finished - r.started, sum.1 + 1.0));
    Replica { counts: out, begun, handled }
}

/// The start of the interval in which an instant of the local day lies.
fn floor(at: DateTime, width: i64) -> DateTime {
    let seconds = i64::from(at.hour()) * 3600 + i64::from(at.minute()) * 60 + i64::from(at.second());
    let midnight = at.date().to_datetime(Time::midnight());
    midnight.checked_add(SignedDuration::from_secs(seconds / width * width)).unwrap_or(midnight)
}
