//! `poolwise bench` from outside: what it prints, that a wrong answer fails, and ratios to an earlier run. Nothing here depends on how fast the machine is.

use assert_cmd::Command;
use serde_json::Value;
use std::fs;

/// Exit code, standard output, standard error.
fn bench(args: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("poolwise").unwrap();
    let out = command.args(["bench", "--seconds", "0", "--quiet"]).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}

fn json(args: &[&str]) -> Value {
    let (code, out, err) = bench(&[args, &["--format", "json"]].concat());
    assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
    serde_json::from_str(&out).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn each_workload_says_what_was_measured_and_that_it_is_right() {
    let found = json(&["--only", "mm1", "--only", "mm8", "--threads", "1,2"]);
    assert_eq!(found["program"], "poolwise");
    assert_eq!(found["version"], env!("CARGO_PKG_VERSION"));
    assert!(number(&found["machine"]["cores"]) >= 1.0);
    assert!(number(&found["start_up_seconds"]) > 0.0);
    let workloads = found["workloads"].as_array().unwrap();
    let which: Vec<_> =
        workloads.iter().map(|w| (w["name"].as_str().unwrap(), w["threads"].as_u64())).collect();
    assert_eq!(which, [("mm1", Some(1)), ("mm1", Some(2)), ("mm8", Some(1)), ("mm8", Some(2))]);
    for w in workloads {
        let (rate, each, threads) =
            (number(&w["requests_per_second"]), number(&w["ns_per_request"]), number(&w["threads"]));
        assert!((rate * each / 1e9 / threads - 1.0).abs() < 1e-9);
        let events = number(&w["events_per_second"]) / rate;
        assert!((events - number(&w["events"]) / number(&w["requests"])).abs() < 1e-9);
        assert!((1.9..2.5).contains(&events), "an arrival and an end for each request: {events}");
        if cfg!(target_os = "linux") {
            assert!(number(&w["peak_memory_bytes"]) > 1e6);
        }
        assert_eq!(w["check"]["passed"], true);
        assert_eq!(w["ratio"], Value::Null, "nothing to compare with");
    }
    for pair in workloads.chunks(2) {
        assert_eq!(
            pair[0]["check"]["digest"], pair[1]["check"]["digest"],
            "results do not depend on threads"
        );
        assert_eq!(number(&pair[0]["speedup"]), 1.0);
        let twice = number(&pair[1]["requests"]) / number(&pair[0]["requests"]);
        assert!((twice - 2.0).abs() < 0.02, "each thread has the same work: {twice}");
    }
}

#[test]
fn a_wrong_answer_fails_however_fast() {
    let faster =
        ["--only", "mm8", "--threads", "1", "--set", "centre.desk.levels.officers=9", "--format", "json"];
    let (code, out, err) = bench(&faster);
    assert_eq!(code, 1);
    assert!(err.contains("wrong answers") && err.contains("mm8"), "{err}");
    let found: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(found["workloads"][0]["check"]["passed"], false);
}

#[test]
fn ratios_to_an_earlier_run() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("earlier.json");
    let mut earlier = json(&["--only", "mm1", "--threads", "1"]);
    earlier["workloads"][0]["requests_per_second"] = Value::from(1000.0);
    fs::write(&file, earlier.to_string()).unwrap();
    let path = file.to_str().unwrap();
    let now = json(&["--only", "mm1", "--only", "mm8", "--threads", "1", "--baseline", path]);
    assert_eq!(now["baseline"]["file"], path);
    let (mm1, mm8) = (&now["workloads"][0], &now["workloads"][1]);
    let ratio = number(&mm1["ratio"]) * 1000.0 / number(&mm1["requests_per_second"]);
    assert!((ratio - 1.0).abs() < 1e-9, "{ratio}");
    assert_eq!(mm8["ratio"], Value::Null, "it was not in the earlier run");
    fs::write(&file, "{}").unwrap();
    let (code, _, err) = bench(&["--baseline", path]);
    assert_eq!(code, 2);
    assert!(err.contains("no results of a benchmark") && err.contains("--> --baseline:1:12"), "{err}");
}

#[test]
fn an_unknown_workload_is_answered_with_the_list() {
    let (code, _, err) = bench(&["--only", "mm2"]);
    assert_eq!(code, 2);
    for name in ["mm2", "mm1", "mm8", "network", "national", "wide", "long", "heavy-backlog"] {
        assert!(err.contains(name), "{name} is not in\n{err}");
    }
}

/// Stand-ins for other simulators print what those print.
#[test]
#[cfg(unix)]
fn other_simulators_are_compared_where_they_are_installed() {
    let dir = tempfile::tempdir().unwrap();
    let list = |programs: Value| {
        let file = dir.path().join("installed.json");
        fs::write(&file, programs.to_string()).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let twin = r#"{"peer": "twin", "workload": "mm8", "requests": 1000, "seconds": 0.001, "answers": {}}"#;
    let other = r#"{"peer": "twin", "workload": "tandem", "requests": 1000, "seconds": 0.001}"#;
    let echo = |what: &str| serde_json::json!({"name": "echo", "command": ["/bin/echo", what]});
    let only = ["--only", "mm8", "--only", "mm1", "--threads", "1", "--peers"];
    let path = list(serde_json::json!([echo(twin), echo(other)]));
    let found = json(&[&only[..], &[path.as_str()]].concat());
    let ratios = found["peers"]["ratios"].as_array().unwrap();
    assert_eq!(ratios.len(), 1, "poolwise has no such workload as the other's: {ratios:?}");
    let mm8 = found["workloads"].as_array().unwrap().iter().find(|w| w["name"] == "mm8").unwrap();
    let ours =
        if mm8["cpu_ns_per_request"].is_null() { &mm8["ns_per_request"] } else { &mm8["cpu_ns_per_request"] };
    assert!(
        (number(&ratios[0]["ratio"]) * number(ours) / 1000.0 - 1.0).abs() < 1e-9,
        "a microsecond a request"
    );

    let gone = serde_json::json!({"name": "gone", "command": ["/bin/false"]});
    let path = list(serde_json::json!([gone, echo(twin)]));
    let (code, out, err) = bench(&[&only[..], &[path.as_str()]].concat());
    assert_eq!((code, err.as_str()), (3, ""), "one of two could not be compared");
    assert!(
        out.contains("times as fast as twin on mm8") && out.contains("Not compared: gone: exit status"),
        "{out}"
    );

    for (args, said) in [
        (vec!["--only", "mm1", "--threads", "1", "--peers", path.as_str()], "have none of these workloads"),
        (vec!["--only", "mm8", "--threads", "2", "--peers", path.as_str()], "have none of these workloads"),
        (vec!["--only", "mm8", "--threads", "1", "--peers", "nowhere.json"], "cannot be read"),
        (vec!["--only", "mm8", "--threads", "1", "--peers", "Cargo.toml"], "no list of programs"),
    ] {
        let (code, out, err) = bench(&args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(err.contains(said) && err.contains("benches/peers/run") != said.contains("none of"), "{err}");
    }
}
