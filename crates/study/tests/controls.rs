//! Control variates: the arrivals that a model expects, for every kind of them, and estimates that they are taken out of.

use poolwise_engine::model::Model;
use poolwise_engine::time::HOUR;
use poolwise_scenario::{Overrides, Snapshot, load_through};
use poolwise_stats::Estimate;
use poolwise_study::controls::expected_per_hour;
use poolwise_study::{Options, Results, Settings, Study, StudyError, Unwatched, sample};

const REST: &str = "
[stage.work]
service = { role = 'o', time = { exponential = '6 min' } }
next = 'done'
[stage.done]
exit = true
[[route]]
to = 'c'
";

fn text(run: &str, class: &str, more: &str) -> String {
    format!(
        "[run]\n{run}\n[class.call]\nstart = 'work'\n{class}\n{REST}\n[centre.c]\nlevels = {{ officers = 9 }}\n{more}"
    )
}

fn read(text: &str) -> Model {
    let files = Snapshot::of([("s.toml".into(), text.to_owned().into())].into());
    load_through(&files, "s.toml".as_ref(), &Overrides::default()).unwrap_or_else(|e| panic!("{e}")).model
}

/// Requests that are expected in the window.
fn expected(model: &Model) -> f64 {
    expected_per_hour(model).expect("known") * model.run.horizon / HOUR
}

#[test]
fn expected_arrivals_by_hand() {
    let close = |model: &Model, right: f64| {
        let found = expected(model);
        assert!((found / right - 1.0).abs() < 1e-12, "{found} for {right}");
    };
    // 0, 1, 3 and 0 times 100 in the hours of a cycle: 5 in six hours. One hour of 300 with twice as many: 3 more.
    let run = "start = 2025-01-06\ntime_zone = 'UTC'\nhorizon = '6 h'\nwhole_weeks = false";
    let cycle = "rate = '100 per hour'\nprofile = { period = '4 h', values = [0, 1, 3, 0] }";
    close(&read(&text(run, cycle, "")), 500.0);
    let surge =
        "[[exception]]\nname = 'surge'\nfrom = '2025-01-06 02:00'\nuntil = '2025-01-06 03:00'\ndemand = 2";
    close(&read(&text(run, cycle, surge)), 800.0);
    // 31 days at 1, of the next month one day at 3.
    let run = "start = 2025-01-01\ntime_zone = 'UTC'\nhorizon = '32 days'\nwhole_weeks = false";
    let months = "rate = '10 per day'\nmonths = [1, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]";
    close(&read(&text(run, months, "")), 340.0);
    // All of a day's requests in one local hour, which comes once a day over the change of the clock, and in the hour that is left out
    // on one of seven days. Factors of chance and sizes of batches change nothing.
    let hour = |h: usize| {
        let at: Vec<&str> = (0..168).map(|i| if i % 24 == h { "1" } else { "0" }).collect();
        format!("rate = '24 per day'\nprofile = [{}]", at.join(", "))
    };
    let run = "start = 2025-03-24\ntime_zone = 'Europe/Berlin'\nhorizon = '1 week'";
    let days = "day_factor = { cv = 0.3, autocorrelation = 0.4 }";
    for chance in ["bursts = { dispersion = 2 }", "batch = { geometric = 2.5 }"] {
        close(&read(&text(run, &format!("{}\n{days}\n{chance}", hour(9)), "")), 168.0);
    }
    close(&read(&text(run, &hour(2), "")), 144.0);
}

/// 2,000 replications each: their mean within 4 standard errors, which it is not by chance once in 16,000.
#[test]
fn the_mean_of_runs_is_what_is_expected() {
    // The week in which American clocks change.
    let week = "start = 2025-03-03\ntime_zone = 'America/New_York'\nhorizon = '1 week'\nwarm_up = '1 week'";
    let short = "start = 2025-01-30\ntime_zone = 'UTC'\nhorizon = '3 days'\nwhole_weeks = false";
    let areas = "[area.east]\nshare = 0.7\ntime_zone = 'America/New_York'\n[area.west]\nshare = 0.3\ntime_zone = 'America/Los_Angeles'";
    let two = |more: &str| format!("{areas}\n{more}");
    let hours: Vec<String> = (0..168).map(|h| format!("{}", h % 7)).collect();
    let profile = format!("rate = '12 per day'\nprofile = [{}]", hours.join(", "));
    let steps: Vec<String> = (0..336).map(|h| format!("{}", h % 5)).collect();
    let halves = format!("rate = '12 per day'\nprofile = [{}]", steps.join(", "));
    let rate = "rate = '20 per day'";
    let surge = "[[exception]]\nname = 'surge'\nfrom = '2025-01-30 12:00'\nuntil = '2025-02-01 06:30'\ndemand = [{ factor = 2.5, areas = ['west'] }]";
    let cases = [
        ("a plain rate", text(short, rate, "")),
        ("hours of zones that change", text(week, &profile, &two(""))),
        ("half-hours", text(week, &halves, "")),
        (
            "a cycle",
            text(short, "rate = '20 per day'\nprofile = { period = '10 h', values = [0, 1, 2] }", ""),
        ),
        (
            "months",
            text(short, &format!("{rate}\nmonths = [0.5, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"), &two("")),
        ),
        ("growth", text(week, &format!("{rate}\ngrowth = 0.5"), "")),
        ("an exception of an area", text(short, rate, &two(surge))),
        ("days", text(short, &format!("{rate}\nday_factor = {{ cv = 0.5 }}"), &two(""))),
        (
            "days of areas",
            text(short, &format!("{rate}\nday_factor = {{ cv = 0.5, scope = 'area' }}"), &two("")),
        ),
        (
            "days that hang together",
            text(
                short,
                &format!("{rate}\nday_factor = {{ cv = 0.6, autocorrelation = 0.5, correlation = 0.4 }}"),
                &two(""),
            ),
        ),
        ("bursts", text(short, &format!("{rate}\nbursts = {{ dispersion = 3, every = '6 h' }}"), "")),
        (
            "batches",
            text(
                short,
                &format!("{rate}\nbatch = {{ sizes = [1, 2, 5], probability = [0.6, 0.3, 0.1] }}"),
                "",
            ),
        ),
        ("batches of any size", text(short, &format!("{rate}\nbatch = {{ geometric = 2.5 }}"), "")),
        (
            "clients who come again",
            text(
                "horizon = '2 h'",
                "rate = '200 per hour'\ndeadline = { after = '1 min', until = { start = 'work' }, exit = 'gone' }\n\
                 redial = { probability = 0.5, after = '10 min' }",
                "[stage.gone]\nexit = true\n",
            ),
        ),
        ("cases in hand at the start", text(short, rate, "[start.c]\nrequests = 30\n")),
    ];
    let runs = 2_000;
    for (what, text) in cases {
        let mut model = read(&text);
        model.run.replications = runs;
        let found =
            sample(&model, &Settings::default(), |outcome| outcome.total.arrivals as f64).expect("runs");
        let mean = Estimate::mean(&found, 0.95);
        let (spread, right) = (mean.half_width() / 1.961_15, expected(&model));
        assert!(
            (mean.estimate - right).abs() < 4.0 * spread,
            "{what}: {} for {right} +- {spread}",
            mean.estimate
        );
        assert!(spread < 0.04 * right, "{what}: {spread} of {right}");
    }
}

#[test]
fn what_is_not_known_is_said() {
    let run = "start = 2025-01-06\nhorizon = '1 week'";
    let booked =
        "appointments = { hours = 'Mon-Fri 09:00-17:00', every = '15 min', each = 1, no_show = 0.12 }";
    let why = expected_per_hour(&read(&text(run, booked, ""))).expect_err("not a rate");
    assert!(why.contains("call"), "{why}");
    let why = expected_per_hour(&read(&text(run, "rate = '0 per day'", ""))).expect_err("nobody");
    assert_eq!(why, "nobody arrives");
    let now = text("horizon = '6 h'", "rate = '20 per day'", "[start]\nat = '2025-01-06 11:00'\n");
    assert!(expected_per_hour(&read(&now)).expect_err("from now").contains("today"));
}

/// A day whose numbers vary, and one officer more in the second option.
fn study(replications: u32, officers: &[u32], second: &str) -> Study {
    let desk = |officers: u32, more: &str| {
        format!(
            "[run]\nhorizon = '2 weeks'\nreplications = {replications}\ntarget = '30 min'\n[class.call]\nstart = 'work'\n\
             rate = '40 per hour'\nday_factor = {{ cv = 0.2 }}\n{REST}\n[centre.c]\nlevels = {{ officers = {officers} }}\n{more}"
        )
    };
    let files: Vec<(std::path::PathBuf, _)> = officers
        .iter()
        .enumerate()
        .map(|(i, n)| (format!("o{i}.toml").into(), desk(*n, if i > 0 { second } else { "" }).into()))
        .collect();
    let paths: Vec<_> = files.iter().map(|f| f.0.clone()).collect();
    let study =
        Study::load_through(&Snapshot::of(files.into_iter().collect()), &paths, &Overrides::default());
    let study = study.expect("valid");
    if officers.len() > 1 { study.paired(None).expect("pairs") } else { study }
}

fn run(study: &Study, controls: bool) -> Results {
    study.run(&Options { controls, ..Options::default() }, &Unwatched).expect("runs")
}

#[test]
fn intervals_are_shorter_where_it_gains() {
    let study = study(20, &[5], "");
    let (with, without) = (run(&study, true), run(&study, false));
    let (s, plain) = (&with.cases[0].summary, &without.cases[0].summary);
    assert!(plain.controls.is_none());
    let gains = s.controls.as_ref().expect("asked for");
    assert_eq!(gains.none, None);
    assert!((gains.expected_arrivals_per_hour.expect("known") - 40.0).abs() < 1e-9);
    let busy = gains.measures["utilization"];
    assert!(busy.explained > 0.8 && busy.half_width < 0.6, "{busy:?}");
    let share = s.measures["utilization"].half_width() / plain.measures["utilization"].half_width();
    assert!((share - busy.half_width).abs() < 1e-12);
    // 40 requests an hour of 6 minutes: four of five officers.
    assert!(s.measures["utilization"].covers(0.8), "{:?}", s.measures["utilization"]);
    // The control itself, and what rests on weeks, stay.
    for name in ["arrivals_per_hour", "backlog_at_end", "posts"] {
        assert_eq!(
            format!("{:?}", s.measures.get(name)),
            format!("{:?}", plain.measures.get(name)),
            "{name}"
        );
        assert!(!gains.measures.contains_key(name));
    }
    // One class, one centre: they are the whole.
    assert_eq!(s.classes["call"]["done_per_hour"], s.measures["done_per_hour"]);
    assert!(gains.others > 0);
    assert!(with.cases[0].summary_json().expect("JSON").contains("\"controls\": {"));
    assert!(!without.cases[0].summary_json().expect("JSON").contains("controls"));
    assert_eq!(
        with.cases[0].replications_csv().expect("CSV"),
        without.cases[0].replications_csv().expect("CSV")
    );
}

#[test]
fn differences_are_those_of_what_is_shown() {
    let study = study(20, &[5, 6, 7], "");
    let results = run(&study, true);
    let comparison = results.comparison.as_ref().expect("compared");
    let level = |scenario: &str, measure: &str| {
        let case = results.cases.iter().find(|c| c.summary.scenario == scenario).expect("a case");
        case.summary.measures[measure].estimate
    };
    let mut controlled = 0;
    for row in &comparison.rows {
        let apart = level(&row.scenario, &row.measure) - level(&comparison.baseline, &row.measure);
        let size = level(&comparison.baseline, &row.measure).abs();
        if apart.is_finite() {
            assert!((row.difference.estimate - apart).abs() <= 1e-9 * (1.0 + size), "{row:?} {apart}");
        }
        controlled += i32::from(row.controls.is_some());
    }
    assert!(controlled > 5, "{controlled}");
    // One decision for all options.
    let used = |case: usize| {
        let gains = results.cases[case].summary.controls.as_ref().expect("asked for");
        gains.measures.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(used(0), used(1));
    assert_eq!(used(0), used(2));
}

#[test]
fn it_is_off_where_it_cannot_be_had() {
    let why = |study: &Study| {
        let results = run(study, true);
        let plain = run(study, false);
        assert_eq!(
            format!("{:?}", results.cases[0].summary.measures),
            format!("{:?}", plain.cases[0].summary.measures)
        );
        results.cases[0].summary.controls.clone().and_then(|g| g.none).expect("none")
    };
    assert_eq!(why(&study(9, &[5], "")), "that takes 10 replications, and there are 9");
    // The second option meets a surge.
    let surge = "[[exception]]\nname = 'surge'\nfrom = 2018-10-03T00:00:00\nuntil = 2018-10-04T00:00:00\ndemand = 1.5\n";
    assert_eq!(why(&study(12, &[5, 5], surge)), "the options do not meet the same arrivals");
    let options = Options { controls: true, uncertain: Some(Default::default()), ..Options::default() };
    let refused = study(10, &[5], "").run(&options, &Unwatched);
    assert!(matches!(refused, Err(StudyError::DrawnControls)));
}

#[test]
fn a_precision_run_says_what_was_saved() {
    let text = text(
        "horizon = '1 week'\nreplications = 10\nprecision = { relative = 0.01, measures = ['utilization'], max_replications = 400 }",
        "rate = '60 per hour'\nday_factor = { cv = 0.2 }",
        "",
    );
    let files = Snapshot::of([("s.toml".into(), text.into())].into());
    let study = Study::load_through(&files, &["s.toml".into()], &Overrides::default()).expect("valid");
    let reached = |controls| run(&study, controls).cases[0].summary.precision.clone().expect("a precision");
    let (with, without) = (reached(true), reached(false));
    assert!(with.met && without.met && without.without_controls.is_none());
    let told = with.without_controls.expect("told");
    assert!(with.replications < without.replications && told > with.replications, "{with:?} {without:?}");
    // About what it takes: the look-ahead and rounds of ten are beyond it.
    let ratio = f64::from(told) / f64::from(without.replications);
    assert!((0.5..1.6).contains(&ratio), "{told} {without:?}");
}
