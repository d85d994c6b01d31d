//! `poolwise backtest`

use super::exit::{Done, Failure};
use super::intake_args::{BacktestArgs, Counter};
use super::printer::Printer;
use jiff::civil::{DateTime, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};
use poolwise_engine::model::{DeadlineUntil, Demand, Model};
use poolwise_engine::random::Sampler;
use poolwise_engine::trace::{TraceKind, TraceRow};
use poolwise_intake::backtest::{Counts, REPLICATIONS, Verdict, gap, judge};
use poolwise_intake::facts;
use poolwise_intake::history::{Past, history};
use poolwise_intake::problem::Problem;
use poolwise_intake::read::Book;
use poolwise_intake::recognise::{Shape, shape};
use poolwise_report::write::Folder;
use poolwise_report::{backtest as words, json};
use poolwise_scenario::{Overrides, Scenario, Snapshot, load_through};
use poolwise_study::{Settings, sample};
use std::collections::BTreeMap;
use std::path::Path;

/// A change tried on the model.
struct Change {
    name: &'static str,
    sets: Vec<String>,
    patience: f64,
}

/// Replications of each change that is tried.
const TRIED: u32 = 10;

/// Replays a history through a scenario and says how well it was predicted.
///
/// # Errors
/// If the scenario is invalid, the history cannot be understood, or they do not go together.
pub fn backtest(args: &BacktestArgs) -> Result<Done, Failure> {
    let mut printer = Printer::new(args.output);
    let past = past(args, &printer)?;
    let snapshot = Snapshot::default();
    let plain = load_through(
        &snapshot,
        &args.scenario,
        &Overrides { sets: args.sets.clone(), ..Overrides::default() },
    )?;
    let (first, last) = past.days().unwrap_or_default();
    let days = i64::from(first.until(last).map_or(0, |s| s.get_days())) + 1;
    let window = [
        format!("run.start={first}"),
        format!("run.horizon=\"{days} days\""),
        "run.warm_up=\"0 min\"".to_owned(),
        "run.whole_weeks=false".to_owned(),
    ];
    let sets = |more: &[String]| -> Overrides {
        Overrides {
            sets: args.sets.iter().chain(&window).chain(more).cloned().collect(),
            ..Overrides::default()
        }
    };
    let load = |more: &[String]| load_through(&snapshot, &args.scenario, &sets(more));
    let scenario = load(&[])?;
    let classes = classes(&scenario, &past, args)?;
    let demands = replay(&scenario, &past, &classes, (first, days))?;
    let within = args.within.unwrap_or(plain.model.run.prompt);
    let zone = run_zone(&scenario);
    let settings =
        Settings { threads: args.threads.map(std::num::NonZeroUsize::get), trace: true, confidence: 0.95 };
    let changes = changes(&scenario);
    printer.start_progress_in(1 + if args.no_changes { 0 } else { changes.len() as u64 }, "models");
    let run = |scenario: &Scenario, patience: f64, replications: u32| -> Result<Vec<Counts>, Failure> {
        let mut model = scenario.model.clone();
        model.run.replications = replications;
        model.run.precision = None;
        for (class, demand) in &demands {
            model.classes[*class].demand = demand.clone();
        }
        stretch_patience(&mut model, patience);
        let of = |outcome: poolwise_engine::Outcome| {
            count(&outcome.trace, &model, (&past, &classes), (&zone, within))
        };
        sample(&model, &settings, of).map_err(Failure::from)
    };
    let runs = run(&scenario, 1.0, REPLICATIONS)?;
    printer.step();
    let verdict = judge(&past, &runs);
    let mut tried = Vec::new();
    let now = gap(&past, &runs[..(TRIED as usize).min(runs.len())]);
    if !args.no_changes {
        for change in &changes {
            // A change that the scenario does not allow, such as a break that no shift has, is not tried.
            if let Ok(changed) = load(&change.sets) {
                tried.push((change.name, gap(&past, &run(&changed, change.patience, TRIED)?)));
            }
            printer.step();
        }
    }
    printer.end_progress();
    tried.sort_by(|a, b| a.1.total_cmp(&b.1));
    tell(args, &printer, &scenario.model.name, (&past, &verdict), (within, now, &tried))
}

fn past(args: &BacktestArgs, printer: &Printer) -> Result<Past, Failure> {
    let book = Book::open(&args.history)?;
    let sheet = super::intake_args::sheet(&book, args.said.sheet.as_deref())?;
    let watch = Counter::new(printer);
    let place = poolwise_intake::Place::sheet(&book.name, sheet.as_deref());
    let table = facts::table(&book, sheet.as_deref(), &watch)?
        .ok_or_else(|| Problem::new(place, "there is no table in this file"))?;
    match shape(&table)? {
        Shape::History(h) => Ok(history(&book, &table, &h, &args.said.said(), &watch)?),
        _ => Err(table
            .problem("this is no history: requests offered and how many were answered in time, by interval")
            .help("columns such as `Date/time`, `Office`, `Offered`, `Answered within 30 min`")
            .into()),
    }
}

/// The class of each of the history's places.
fn classes(scenario: &Scenario, past: &Past, args: &BacktestArgs) -> Result<Vec<usize>, Failure> {
    let model = &scenario.model;
    let names: Vec<&str> = model.classes.iter().map(|c| c.name.as_str()).collect();
    let mut found = Vec::new();
    for place in &past.places {
        let class = match (
            names.iter().position(|n| n.eq_ignore_ascii_case(place)),
            names.len(),
            past.places.len(),
        ) {
            (Some(i), ..) => i,
            (None, 1, 1) => 0,
            _ => {
                let what = if place.is_empty() {
                    "the history has no column of places".to_owned()
                } else {
                    format!("the history has `{place}`, which is no class of the scenario")
                };
                return Err(Problem::new(
                    poolwise_intake::Place::sheet(&args.history.display().to_string(), None),
                    what,
                )
                .help(format!(
                    "the scenario's classes are {}",
                    names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
                ))
                .help("add a column such as `Office` with these names")
                .into());
            }
        };
        found.push(class);
    }
    let without: Vec<&str> = (0..names.len()).filter(|c| !found.contains(c)).map(|c| names[c]).collect();
    if !without.is_empty() {
        return Err(Failure::Invalid(format!(
            "error: the history says nothing of {}\n  help: give all classes, or take the others out of the scenario",
            without.join(", ")
        )));
    }
    Ok(found)
}

fn run_zone(scenario: &Scenario) -> TimeZone {
    let name = scenario
        .resolved
        .get("run")
        .and_then(|r| r.get("time_zone"))
        .and_then(|z| z.as_str())
        .unwrap_or("UTC");
    TimeZoneDatabase::bundled().get(name).unwrap_or(TimeZone::UTC)
}

/// The history's arrivals as recorded demand of the scenario's classes, read as any record is.
fn replay(
    scenario: &Scenario,
    past: &Past,
    classes: &[usize],
    (first, days): (jiff::civil::Date, i64),
) -> Result<Vec<(usize, Demand)>, Failure> {
    let zone = scenario
        .resolved
        .get("run")
        .and_then(|r| r.get("time_zone"))
        .and_then(|z| z.as_str())
        .unwrap_or("UTC");
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
        if !matches!(deadline.until, DeadlineUntil::Start(_)) {
            continue;
        }
        let scaled = match &deadline.after {
            Sampler::Constant(x) => Some(Sampler::Constant(x * by)),
            Sampler::Exponential(mean) => Some(Sampler::Exponential(mean * by)),
            Sampler::LogNormal { mu, sigma } => {
                Some(Sampler::LogNormal { mu: mu + poolwise_math::ln(by), sigma: *sigma })
            }
            Sampler::Gamma { shape, scale, .. } => Sampler::gamma(*shape, scale * by),
            Sampler::Weibull { shape, scale } => Some(Sampler::Weibull { shape: *shape, scale: scale * by }),
            Sampler::Uniform { low, high } => Some(Sampler::Uniform { low: low * by, high: high * by }),
            Sampler::Triangular { low, mode, high } => Sampler::triangular(low * by, mode * by, high * by),
            Sampler::HyperExponential(phases) => {
                Some(Sampler::HyperExponential(phases.iter().map(|(p, m)| (*p, m * by)).collect()))
            }
            Sampler::Empirical(values) => Some(Sampler::Empirical(values.iter().map(|x| x * by).collect())),
        };
        if let Some(scaled) = scaled {
            deadline.after = scaled;
        }
    }
}

/// Single changes that could explain what the model does not predict.
fn changes(scenario: &Scenario) -> Vec<Change> {
    let model = &scenario.model;
    let quoted = |name: &str| format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""));
    let all = |value: &dyn Fn(&str) -> Vec<String>| -> Vec<String> {
        model.centres.iter().flat_map(|c| value(&quoted(&c.name))).collect()
    };
    let change = |name, sets| Change { name, sets, patience: 1.0 };
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
    if !no_breaks.is_empty() {
        out.push(change("no breaks", no_breaks));
    }
    let waits = model
        .classes
        .iter()
        .any(|c| c.deadline.as_ref().is_some_and(|d| matches!(d.until, DeadlineUntil::Start(_))));
    if waits {
        out.push(Change { name: "patience half as long", sets: Vec::new(), patience: 0.5 });
        out.push(Change { name: "patience twice as long", sets: Vec::new(), patience: 2.0 });
    }
    out
}

/// Requests answered in time in one replication, by interval of their arrival.
fn count(
    rows: &[TraceRow],
    model: &Model,
    (past, classes): (&Past, &[usize]),
    (zone, within): (&TimeZone, f64),
) -> Counts {
    let mut first: BTreeMap<u64, (usize, f64, f64, f64)> = BTreeMap::new();
    for r in rows.iter().filter(|r| matches!(r.kind, TraceKind::Service | TraceKind::Interrupted)) {
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
    for (class, booked, reached, started) in first.into_values() {
        let Some(place) = classes.iter().position(|c| *c == class) else { continue };
        if started - reached > within + 1e-6 {
            continue;
        }
        let Ok(at) = Timestamp::from_second(model.run.origin_unix + booked.floor() as i64) else { continue };
        let start = floor(zone.to_datetime(at), past.width);
        if let Some(cell) = out.get_mut(&(start, place)) {
            cell.0 = (cell.0 + 1).min(cell.1);
        }
    }
    out
}

/// The start of the interval in which an instant of the local day lies.
fn floor(at: DateTime, width: i64) -> DateTime {
    let seconds = i64::from(at.hour()) * 3600 + i64::from(at.minute()) * 60 + i64::from(at.second());
    let midnight = at.date().to_datetime(Time::midnight());
    midnight.checked_add(SignedDuration::from_secs(seconds / width * width)).unwrap_or(midnight)
}

fn tell(
    args: &BacktestArgs,
    printer: &Printer,
    name: &str,
    (past, verdict): (&Past, &Verdict),
    (within, now, tried): (f64, f64, &[(&str, f64)]),
) -> Result<Done, Failure> {
    let folder = Folder::create(&args.out.join(format!("backtest-{name}")))?;
    folder.write("intervals.csv", words::csv(past, verdict).as_bytes())?;
    if !args.no_plots {
        super::fit::draw(&folder, "by-hour", poolwise_report::plots::backtest::by_hour(verdict, name))?;
    }
    let text = if printer.json() {
        json::document(&words::json(name, verdict, within, now, tried))?
    } else {
        words::text(name, verdict, within, now, tried)
    };
    printer.results(&text)?;
    printer.note(&format!("Files: {}", folder.path().display()));
    Ok(Done::Fully)
}
