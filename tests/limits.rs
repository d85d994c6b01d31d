//! Nothing legal runs for more than its work explains or takes memory without a bound, and Ctrl-C works within a second.

mod command_support;

use assert_cmd::Command;
#[cfg(unix)]
use command_support::has_worked;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Work for 20 officers, done by so many, over a horizon.
fn scenario(folder: &Path, name: &str, rate: &str, horizon: &str, replications: u32) -> String {
    let text = format!(
        "name = \"{name}\"\n[run]\nhorizon = \"{horizon}\"\nreplications = {replications}\ntarget = \"1 h\"\n\
         [class.c]\nrate = \"{rate}\"\nstart = \"s\"\n\
         [stage.s]\nservice = {{ role = \"r\", time = {{ exponential = \"3 min\" }} }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[centre.d]\nlevels = {{ officers = 24 }}\n"
    );
    let path = folder.join(format!("{name}.toml"));
    fs::write(&path, text).expect("a file");
    path.display().to_string()
}

fn poolwise(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("poolwise").expect("the program");
    command.current_dir(folder);
    command
}

fn stderr(output: &std::process::Output) -> String {
    // Lines are broken where the terminal ends.
    String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn work_beyond_all_officers_stops_the_run_names_the_centre_and_keeps_what_is_finished() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let calm = scenario(at, "calm", "400 per hour", "1 week", 2);
    let flood = scenario(at, "flood", "1e6 per second", "1 week", 2);
    let run = |files: &[&str]| {
        let mut command = poolwise(at);
        command.arg("run").args(files).args(["--no-plots", "--max-memory", "50 MB"]);
        command.output().expect("an end")
    };
    let alone = run(&[&flood]);
    assert_eq!(alone.status.code(), Some(1));
    for words in ["flood: after", "at centre d", "cannot keep up", "--max-memory"] {
        assert!(stderr(&alone).contains(words), "{words} in {}", stderr(&alone));
    }
    let both = run(&[&calm, &flood]);
    assert_eq!(both.status.code(), Some(3), "{}", stderr(&both));
    assert!(stderr(&both).contains("flood: after"), "{}", stderr(&both));
    assert!(at.join("output/calm/summary.json").exists());
    // Those listed after it are run as well, and each has its own name and results.
    let quiet = scenario(at, "quiet", "40 per hour", "1 week", 2);
    let three = run(&[&flood, &calm, &quiet]);
    assert_eq!(three.status.code(), Some(3), "{}", stderr(&three));
    for name in ["calm", "quiet"] {
        let text = fs::read_to_string(at.join(format!("output/{name}/summary.json"))).expect("its results");
        assert!(text.contains(&format!("\"scenario\": \"{name}\"")), "{name}");
    }
    assert!(!at.join("output/flood/summary.json").exists());
    let compared = |files: &[&str]| {
        let mut command = poolwise(at);
        command
            .arg("compare")
            .args(files)
            .args(["--no-plots", "--max-memory", "50 MB"])
            .output()
            .expect("an end")
    };
    let with_baseline = compared(&[&calm, &flood, &quiet]);
    assert_eq!(with_baseline.status.code(), Some(3), "{}", stderr(&with_baseline));
    let text = fs::read_to_string(at.join("output/compare/comparison.json")).expect("a comparison");
    assert!(text.contains("quiet") && !text.contains("flood"), "{text}");
    let without = compared(&[&flood, &calm, &quiet]);
    assert_eq!(without.status.code(), Some(3), "{}", stderr(&without));
    assert!(stderr(&without).contains("nothing to compare"), "{}", stderr(&without));
    let check = poolwise(at).args(["check", &flood]).output().expect("an end");
    assert_eq!(check.status.code(), Some(0));
    assert!(stderr(&check).contains("most of them wait at centre `d`"), "{}", stderr(&check));
    assert!(!stderr(&poolwise(at).args(["check", &calm]).output().expect("an end")).contains("--max-memory"));
}

#[test]
fn a_sweep_leaves_the_point_that_memory_is_not_enough_for_and_finishes_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    scenario(at, "calm", "400 per hour", "1 week", 2);
    let sweep = "scenarios = [\"calm.toml\"]\nreplications = 2\n[axis.rate]\npath = \"class.c.rate\"\n\
                 values = [\"400 per hour\", \"1e6 per second\", \"300 per hour\"]\n";
    fs::write(at.join("sweep.toml"), sweep).expect("a file");
    let run = poolwise(at).args(["sweep", "sweep.toml", "--max-memory", "20 MB"]).output().expect("an end");
    assert_eq!(run.status.code(), Some(3), "{}", stderr(&run));
    for words in ["point 1: calm", "at centre d", "all that is finished is kept"] {
        assert!(stderr(&run).contains(words), "{words} in {}", stderr(&run));
    }
    let status = poolwise(at).args(["sweep", "status", "sweep.toml"]).output().expect("an end");
    let said = String::from_utf8_lossy(&status.stdout).into_owned() + &stderr(&status);
    assert!(said.contains("2 of 3 points finished"), "{said}");
}

#[test]
fn draws_of_uncertain_inputs_before_the_one_that_is_too_much_are_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let path = scenario(at, "drawn", "400 per hour", "1 week", 2);
    let text = fs::read_to_string(&path).expect("a text").replace(
        "rate = \"400 per hour\"",
        "rate = { low = \"100 per hour\", base = \"400 per hour\", high = \"40000 per hour\" }",
    );
    fs::write(&path, text).expect("a file");
    let mut command = poolwise(at);
    command.args(["run", &path, "--uncertain", "--draws", "40", "--no-plots", "--max-memory", "2 MB"]);
    let run = command.output().expect("an end");
    assert_eq!(run.status.code(), Some(3), "{}", stderr(&run));
    assert!(stderr(&run).contains("What was finished before is reported"), "{}", stderr(&run));
    assert!(at.join("output/drawn/summary.json").exists());
}

#[test]
fn theory_can_be_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let path = scenario(at, "calm", "400 per hour", "1 week", 2);
    for command in [vec!["check", &path], vec!["run", &path, "--no-plots", "--verbose"]] {
        let with = poolwise(at).args(&command).output().expect("an end");
        let without = poolwise(at).args(&command).arg("--no-theory").output().expect("an end");
        let text = |o: &std::process::Output| String::from_utf8_lossy(&o.stdout).into_owned();
        assert!(text(&with).contains("heory") && !text(&without).contains("heory"), "{}", text(&without));
        assert_eq!(without.status.code(), Some(0));
    }
}

/// A delay that all requests come back to, ten million times each.
fn chain(folder: &Path, name: &str, delay: &str) {
    let text = format!(
        "[run]\nhorizon = \"1 week\"\nreplications = 1\n[class.c]\nrate = \"400 per hour\"\nstart = \"pause\"\n\
         [stage.pause]\ndelay = \"{delay}\"\nnext = [{{ to = \"pause\", probability = 0.9999999 }}, {{ to = \"s\" }}]\n\
         [stage.s]\nservice = {{ role = \"r\", time = \"3 min\" }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[centre.d]\nlevels = {{ officers = 24 }}\n"
    );
    fs::write(folder.join(format!("{name}.toml")), text).expect("a file");
}

#[test]
fn what_takes_long_is_said_beforehand() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    chain(at, "chain", "0.001 s");
    chain(at, "calm", "1 h");
    // Patience and the time until the next call are a thousandth of a second, and two of three clients find nobody free.
    let calls = |name: &str, again: &str| {
        let text = format!(
            "[run]\nhorizon = \"1 week\"\nreplications = 1\n[class.c]\nrate = \"60 per hour\"\nstart = \"s\"\n\
             deadline = {{ after = \"{again}\", until = {{ start = \"s\" }}, exit = \"gone\" }}\n\
             redial = {{ probability = 1.0, after = \"{again}\" }}\n\
             [stage.s]\nservice = {{ role = \"r\", time = \"10 min\" }}\nnext = \"out\"\n\
             [stage.out]\nexit = true\n[stage.gone]\nexit = true\n[centre.d]\nlevels = {{ officers = 12 }}\n"
        );
        fs::write(at.join(format!("{name}.toml")), text).expect("a file");
    };
    calls("calls", "0.001 s");
    calls("patient", "5 min");
    scenario(at, "flood", "1000 per second", "52 weeks", 1);
    for (name, words) in [
        ("chain", Some("most steps are visits of stage `pause`")),
        ("calm", None),
        ("calls", Some("most steps are contacts of class `c`, whose clients come again")),
        ("patient", None),
        ("flood", Some("a replication takes about 3 hours: most steps are arrivals")),
    ] {
        let check = poolwise(at).args(["check", &format!("{name}.toml")]).output().expect("an end");
        assert_eq!(check.status.code(), Some(0), "{}", stderr(&check));
        match words {
            Some(words) => assert!(stderr(&check).contains(words), "{name}: {}", stderr(&check)),
            None => assert!(!stderr(&check).contains("a replication takes"), "{name}: {}", stderr(&check)),
        }
    }
}

/// What a command says that is interrupted when it has worked so long, and ends with this code. The bound is wide, for other
/// tests run beside this one.
#[cfg(unix)]
#[track_caller]
fn interrupted(folder: &Path, words: &[&str], work: f64, code: i32) -> std::process::Output {
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("poolwise"));
    command.current_dir(folder).args(words).stdout(std::process::Stdio::piped());
    let child = command.stderr(std::process::Stdio::piped()).spawn().expect("a start");
    has_worked(child.id(), work);
    let clock = Instant::now();
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.expect("a signal").success(), "{words:?} ended by itself");
    let output = child.wait_with_output().expect("an end");
    assert!(clock.elapsed() < Duration::from_secs(8), "{words:?}: {:?}", clock.elapsed());
    assert_eq!(output.status.code(), Some(code), "{words:?}: {}", stderr(&output));
    output
}

/// Interrupted while it simulates, a command ends within a second or so with what is finished.
#[cfg(unix)]
#[test]
fn an_interrupt_is_obeyed_in_the_middle_of_a_replication() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    scenario(at, "calm", "400 per hour", "1 week", 2);
    scenario(at, "long", "400 per hour", "10000 weeks", 4);
    scenario(at, "other", "400 per hour", "10000 weeks", 4);
    // Every request goes through some ten million delays, all of them within one event.
    chain(at, "chain", "0.001 s");
    for (words, code) in [
        (vec!["run", "calm.toml", "long.toml", "--no-plots", "--no-theory"], 3),
        (vec!["run", "long.toml", "--no-plots"], 1),
        (vec!["run", "chain.toml", "--no-plots"], 1),
        (vec!["compare", "long.toml", "other.toml", "--no-plots"], 1),
        (vec!["validate"], 3),
        (vec!["staff", "long.toml", "--target", "done within 1 h >= 90 %", "--no-plots"], 1),
        (
            vec![
                "staff",
                "calm.toml",
                "long.toml",
                "--target",
                "done within 1 h >= 90 %",
                "--no-plots",
                "--no-rosters",
                "--no-curve",
                "--no-shortcuts",
            ],
            3,
        ),
    ] {
        // What is small takes a hundredth of this, what is long a thousand times.
        let output = interrupted(at, &words, 2.0, code);
        if words[0] == "staff" && code == 3 {
            // What is finished is there, and what is missing is said.
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(text.contains("PARTIAL ANSWER. long: stopped"), "{text}");
            assert!(text.contains("Servers needed") && text.contains("calm"), "{text}");
            assert!(at.join("output/staff/staffing.json").is_file());
        }
    }
}

/// The same where commands simulate for something else: draws of uncertain inputs, a history, a sweep and its break-even values.
#[cfg(unix)]
#[test]
fn an_interrupt_is_obeyed_by_draws_back_tests_and_sweeps() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    scenario(at, "long", "400 per hour", "10000 weeks", 4);
    let long = fs::read_to_string(at.join("long.toml")).expect("a file");
    let rate = "{ low = \"300 per hour\", base = \"400 per hour\", high = \"410 per hour\" }";
    fs::write(at.join("unsure.toml"), long.replace("\"400 per hour\"", rate)).expect("a file");
    fs::write(
        at.join("unsure-2.toml"),
        long.replace("\"400 per hour\"", rate).replace("\"long\"", "\"second\""),
    )
    .expect("a file");
    // 14 million requests in a replication of the history.
    let rows = (3..17)
        .flat_map(|day| (0..24).map(move |hour| format!("2025-03-{day:02} {hour:02}:00,41700,40000\n")));
    let history = "Date/time,Offered,Answered within 10 min\n".to_owned() + &rows.collect::<String>();
    fs::write(at.join("history.csv"), history).expect("a file");
    let desk = long.replace("3 min", "0.2 s").replace("10000 weeks", "1 week");
    fs::write(at.join("desk.toml"), desk).expect("a file");
    // A pair of which the break-even value is searched for with as many replications as it takes.
    for name in ["mm1.toml", "md1.toml"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/textbook").join(name);
        fs::copy(from, at.join(name)).expect("a file");
    }
    let pair = |name: &str, horizon: &str| {
        let text = format!(
            "title = 'pair'\nscenarios = ['mm1.toml', 'md1.toml']\nreplications = 6\n\
             measures = ['time_to_completion_mean_hours']\n[set]\nrun.horizon = '{horizon}'\n\
             [axis.service]\npath = 'stage.service.service.time'\nscenarios = ['md1']\nunit = 'min'\n\
             values = [0.9, 1.0, 1.07, 1.2]\nbase = 1.0\n"
        );
        fs::write(at.join(name), text).expect("a file");
    };
    pair("far.toml", "9000 weeks");
    pair("near.toml", "2 weeks");
    let near =
        poolwise(at).args(["sweep", "near.toml", "--out", "near", "--quiet"]).output().expect("an end");
    assert_eq!(near.status.code(), Some(0), "{}", stderr(&near));
    interrupted(at, &["run", "unsure.toml", "--uncertain", "--draws", "6", "--no-plots"], 2.0, 1);
    let both = ["compare", "unsure.toml", "unsure-2.toml", "--uncertain", "--draws", "6", "--no-plots"];
    interrupted(at, &both, 2.0, 1);
    interrupted(at, &["backtest", "desk.toml", "history.csv", "--within", "10 min", "--no-plots"], 2.0, 1);
    interrupted(at, &["sweep", "run", "far.toml", "--out", "far", "--yes"], 1.0, 3);
    // The search ends with what the sweep itself says.
    let report =
        ["sweep", "report", "near.toml", "--out", "near", "--at-most", "1000000", "--no-plots", "--verbose"];
    let report = interrupted(at, &report, 1.0, 3);
    assert!(String::from_utf8_lossy(&report.stdout).contains("Break-even values"), "{report:?}");
    assert!(at.join("near/index.html").is_file());
}
