//! The command line of what makes answers trustworthy: theory beside the run, sequential replications, start
//! states, whole weeks, the best of several, the reproducibility statement.

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Eight officers, twenty requests an hour of twenty minutes.
const SMALL: &str = r#"
title = "Eight officers"
# fact: the office's opening
[run]
horizon = "4 weeks"
warm_up = "1 week"
replications = 4
[class.case]
rate = "20 per hour"        # assumption [10 to 30]
start = "work"
[stage.work]
service = { role = "officer", time = { exponential = "20 min" } }
next = "closed"
[stage.closed]
exit = true
done = true
[centre.office]
levels = { officers = 8 }
"#;

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join("small.toml"), SMALL).expect("a file");
        for (name, officers) in [("nine", 9), ("twelve", 12)] {
            let text = format!("extends = \"small.toml\"\ncentre.office.levels.officers = {officers}\n");
            fs::write(dir.path().join(format!("{name}.toml")), text).expect("a file");
        }
        Self(dir)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Exit code, standard output and standard error.
    fn poolwise(&self, args: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::cargo_bin("poolwise").expect("the program");
        let output = command.current_dir(self.0.path()).args(args).output().expect("an output");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    fn json(&self, args: &[&str]) -> Value {
        let mut all = args.to_vec();
        all.extend(["--format=json", "--quiet"]);
        let (code, out, err) = self.poolwise(&all);
        assert_eq!(code, Some(0), "{err}");
        serde_json::from_str(&out).expect("JSON")
    }
}

#[test]
fn check_and_run_name_the_model_and_agree() {
    let place = Place::new();
    let (code, out, _) = place.poolwise(&["check", "small.toml"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("exact: M/M/8"), "{out}");
    let first = out.lines().next().unwrap_or_default();
    assert!(first.contains(" 8 servers on duty for work that keeps "), "{out}");
    let v = place.json(&["check", "small.toml"]);
    assert_eq!(v["scenarios"][0]["oracle"]["pools"][0]["model"], "M/M/8");

    let (_, out, _) = place.poolwise(&["run", "small.toml", "--no-plots", "--verbose"]);
    for words in
        ["Theory beside the run", "simulated", "of 4 exact values, all agree", "Warm-up: 1 week stated"]
    {
        assert!(out.contains(words), "{words} in {out}");
    }
    let text = fs::read_to_string(place.path("output/small/summary.json")).expect("a summary");
    let v: Value = serde_json::from_str(&text).expect("JSON");
    let pool = &v["oracle"]["pools"][0];
    assert_eq!((&pool["exactness"], &pool["values"][0]["agrees"]), (&"exact".into(), &true.into()));
    let page = fs::read_to_string(place.path("output/small/index.html")).expect("a page");
    assert!(page.contains("Theory beside the run"));
}

#[test]
fn replications_go_on_until_all_measures_are_precise_and_the_last_is_named() {
    let place = Place::new();
    let asked =
        ["--precision=0.05", "--measure=utilization,wait_mean_hours", "--max-replications=60", "--no-plots"];
    let mut args = vec!["run", "small.toml"];
    args.extend(asked);
    let one = place.json(&[&args[..], &["--threads=1"]].concat());
    let two = place.json(&[&args[..], &["--threads=2"]].concat());
    assert_eq!(one, two);
    let reached = &one["scenarios"][0]["precision"];
    assert_eq!(reached["decided_by"]["measure"], "wait_mean_hours");
    assert_eq!(reached["replications"], one["scenarios"][0]["replications"]);
    assert!(reached["replications"].as_u64().is_some_and(|n| n > 4), "{reached}");
    // The same number asked for gives the same results.
    let n = format!("--replications={}", reached["replications"]);
    let fixed = place.json(&["run", "small.toml", "--no-plots", &n]);
    assert_eq!(fixed["scenarios"][0]["measures"], one["scenarios"][0]["measures"]);

    let (_, out, _) = place.poolwise(&[&args[..], &["--verbose"]].concat());
    assert!(out.contains("wait_mean_hours decided") || out.contains("wait_mean_hours is farthest"), "{out}");
    let (code, _, err) =
        place.poolwise(&["run", "small.toml", "--precision=0.05", "--measure=wait_meen_hours"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("wait_mean_hours"), "{err}");
    let (code, ..) = place.poolwise(&["run", "small.toml", "--measure=utilization"]);
    assert_eq!(code, Some(2));
}

#[test]
fn compare_tells_the_best_the_gain_and_goes_on_together() {
    let place = Place::new();
    let files = ["compare", "small.toml", "nine.toml", "twelve.toml", "--no-plots"];
    let (code, out, err) = place.poolwise(&[&files[..], &["--verbose"]].concat());
    assert_eq!(code, Some(0), "{err}");
    for words in ["Gain from the same requests", "Which is best", "best"] {
        assert!(out.contains(words), "{words} in {out}");
    }
    let v = place.json(&[&files[..], &["--precision=0.02", "--max-replications=30"]].concat());
    let best = v["comparison"]["best"].as_array().expect("rows");
    let p95: Vec<&Value> = best.iter().filter(|b| b["measure"] == "time_to_completion_p95_hours").collect();
    assert_eq!(p95.len(), 3);
    let of = |name: &str| p95.iter().find(|b| b["scenario"] == name).expect("a scenario");
    assert_eq!(of("small")["may_be_best"], false, "{best:?}");
    assert_eq!(of("twelve")["may_be_best"], true, "{best:?}");
    let numbers: Vec<u64> =
        v["scenarios"].as_array().expect("three").iter().filter_map(|s| s["replications"].as_u64()).collect();
    assert!(numbers.iter().all(|n| *n == numbers[0]), "{numbers:?}");
    assert_eq!(v["scenarios"][0]["precision"]["targets"].as_array().map(Vec::len), Some(6));
}

#[test]
fn a_weekly_pattern_is_cut_to_whole_weeks_and_a_level_one_is_not() {
    let place = Place::new();
    let (_, _, err) = place.poolwise(&["check", "small.toml", "--horizon=10 days"]);
    assert!(!err.contains("whole weeks"), "{err}");
    let weekly = "centre.office.levels={ weekly = [{ from = \"08:00\", to = \"16:00\", officers = 9 }], otherwise = 8 }";
    let args = ["--set", weekly, "--horizon=10 days"];
    let (code, _, err) = place.poolwise(&[&["check", "small.toml"][..], &args].concat());
    assert_eq!(code, Some(0));
    assert!(err.contains("cut to whole weeks: 7 days"), "{err}");
    let v = place.json(&[&["run", "small.toml", "--no-plots", "--replications=1"][..], &args].concat());
    assert_eq!(v["scenarios"][0]["horizon_days"], 7.0);
    let whole = ["--set", "run.whole_weeks=false"];
    let v =
        place.json(&[&["run", "small.toml", "--no-plots", "--replications=1"][..], &args, &whole].concat());
    assert_eq!(v["scenarios"][0]["horizon_days"], 10.0);
}

/// Three requests at the start, one officer, two hours each, nobody else: they wait 0, 2 and 4 hours and leave
/// at 2, 4 and 6; as they are no arrivals, none is counted.
#[test]
fn a_run_starts_from_the_state_that_is_given() {
    let place = Place::new();
    let sets = [
        "--set=start.office={ requests = 3 }",
        "--set=centre.office.levels.officers=1",
        "--set=stage.work.service.time=2 h",
        "--set=class.case.rate=0.000001 per year",
        "--set=run.warm_up=0 weeks",
        "--horizon=10 h",
        "--replications=1",
        "--no-plots",
        "--trace",
    ];
    let v = place.json(&[&["run", "small.toml"][..], &sets].concat());
    let desk = &v["scenarios"][0]["centres"]["office"]["all"];
    assert_eq!(desk["wait_mean_hours"]["estimate"], 2.0);
    assert_eq!(desk["p_wait"]["estimate"], 2.0 / 3.0);
    assert!((desk["queue_mean"]["estimate"].as_f64().expect("a number") - 0.6).abs() < 1e-12);
    assert_eq!(v["scenarios"][0]["measures"]["arrivals_per_hour"]["estimate"], 0.0);
    let rows = fs::read_to_string(place.path("output/small/requests.csv")).expect("a trace");
    assert_eq!(rows.lines().filter(|l| l.contains("closed")).count(), 3, "{rows}");

    let (code, _, err) =
        place.poolwise(&["check", "small.toml", "--set=start.office={ requests = 3, stage = \"closed\" }"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("no service"), "{err}");
}

#[test]
fn describe_is_filled_from_the_scenario() {
    let place = Place::new();
    let (code, out, err) = place.poolwise(&["describe", "small.toml", "--seed=5"]);
    assert_eq!(code, Some(0), "{err}");
    for words in [
        "# Eight officers",
        "| `class.case.rate` | \"20 per hour\" | assumption |",
        "root seed 5",
        "| `run` |",
        "fact: the office's opening",
        "1 week of warm-up",
        "4 independent replications",
        "its one pool fits an exact model",
    ] {
        assert!(out.contains(words), "{words} in {out}");
    }
    let (code, out, _) = place.poolwise(&["describe", "nine.toml", "--out", "doc/nine.md"]);
    assert_eq!((code, out.as_str()), (Some(0), ""));
    let text = fs::read_to_string(place.path("doc/nine.md")).expect("a file");
    assert!(text.contains("`centre.office`") && text.contains("- `small.toml`"), "{text}");
    assert_eq!(place.poolwise(&["describe", "none.toml"]).0, Some(2));
}

/// The national scenario reads well: every section, and most values with a word on where they stand.
#[test]
fn the_national_scenario_is_described() {
    let place = Place::new();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/national/status-quo.toml");
    let (code, out, err) = place.poolwise(&["describe", file.to_str().expect("a path")]);
    assert_eq!(code, Some(0), "{err}");
    let signed = "| sign; St. Paul, Detroit | Mon-Fri 06:00-22:00 | Chicago |";
    for words in [signed, "## 6. Code access", "| assumption |", "| derived |", "profile.csv", "SHA-256"] {
        assert!(out.contains(words), "{words}");
    }
}

#[test]
fn controls_shorten_intervals_on_request() {
    let place = Place::new();
    let many = ["--replications=12", "--controls"];
    let plain = place.json(&["run", "small.toml", "--replications=12"]);
    let with = place.json(&[&["run", "small.toml"], many.as_slice()].concat());
    let width = |results: &Value| {
        let e = &results["scenarios"][0]["measures"]["utilization"];
        e["upper"].as_f64().expect("a number") - e["lower"].as_f64().expect("a number")
    };
    assert!(plain["scenarios"][0].get("controls").is_none());
    let gains = &with["scenarios"][0]["controls"];
    assert!((gains["expected_arrivals_per_hour"].as_f64().expect("a number") - 20.0).abs() < 1e-9, "{gains}");
    let said = gains["measures"]["utilization"]["half_width"].as_f64().expect("a number");
    assert!((width(&with) / width(&plain) - said).abs() < 1e-9 && said < 0.9, "{gains}");
    let (code, out, err) = place.poolwise(&[&["run", "small.toml"], many.as_slice()].concat());
    assert_eq!(code, Some(0), "{err}");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&out).contains("What is known of arrivals is taken out of"), "{out}");
    let page = fs::read_to_string(place.path("output/small/index.html")).expect("a page");
    assert!(page.contains("What is known of arrivals is taken out of") && page.contains("--controls"));
    let few = place.poolwise(&["run", "small.toml", "--controls", "--quiet"]).1;
    assert!(
        words(&few).contains("is taken out of no measure: that takes 10 replications, and there are 4."),
        "{few}"
    );
    let compared = place.json(&[&["compare", "small.toml", "nine.toml"], many.as_slice()].concat());
    let rows = compared["comparison"]["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["measure"] == "done_per_hour").expect("a measure");
    assert!(row["controls"]["explained"].is_number(), "{row}");
    let (code, _, err) = place.poolwise(&["run", "small.toml", "--controls", "--uncertain"]);
    assert!(code == Some(2) && err.contains("--uncertain"), "{err}");
    let precise = ["run", "small.toml", "--controls", "--precision=0.003", "--measure=utilization"];
    let (code, out, err) = place.poolwise(&precise);
    assert!(code == Some(0) && words(&out).contains("That saved about"), "{out}{err}");
}
