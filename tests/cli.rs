//! The command line from outside: exit codes, what goes to which stream, files, bad input.

mod command_support;

use command_support::{Place, SMALL};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .map(|p| (p.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(p).unwrap()))
        .collect()
}

#[test]
fn run_prints_a_table_and_writes_every_file() {
    let place = Place::small();
    let run = place.poolwise(&["run", "small.toml", "--trace", "--verbose"]);
    run.ends_with(0);
    for words in ["What it needs", "What it delivers", "Utilization", "95 % intervals over 3 replications"] {
        assert!(run.out.contains(words), "{words}\n{}", run.out);
    }
    assert!(run.out.lines().all(|l| l.chars().count() <= 100), "{}", run.out);
    assert!(run.err.contains("index.html"), "{}", run.err);
    let found: Vec<String> = files(&place.path("output/small")).into_keys().collect();
    for name in [
        "summary.json",
        "replications.csv",
        "hourly.csv",
        "requests.csv",
        "manifest.json",
        "host.json",
        "index.html",
        "utilization-by-hour.svg",
        "utilization-by-hour.png",
        "on-duty-and-busy.png",
        "utilization-by-centre.png",
        "queue.png",
        "wait-by-local-hour.png",
        "time-to-completion.png",
    ] {
        assert!(found.iter().any(|f| f == name), "{name} is not among {found:?}");
    }
    assert!(found.iter().all(|f| !f.starts_with('.')), "temporary files are left: {found:?}");
    let summary: Value =
        serde_json::from_slice(&fs::read(place.path("output/small/summary.json")).unwrap()).unwrap();
    // 20 requests an hour of 20 minutes for 8 officers.
    let utilization = &summary["measures"]["utilization"];
    assert!(utilization["lower"].as_f64() < Some(20.0 / 3.0 / 8.0), "{utilization}");
    assert!(utilization["upper"].as_f64() > Some(20.0 / 3.0 / 8.0), "{utilization}");
    assert_eq!(utilization["replications"], 3);
}

#[test]
fn the_same_run_is_the_same_bytes_for_any_number_of_threads() {
    let place = Place::small();
    place.poolwise(&["run", "small.toml", "--threads", "1", "--out", "one"]).ends_with(0);
    place.poolwise(&["run", "small.toml", "--threads", "3", "--out", "three"]).ends_with(0);
    let (one, three) = (files(&place.path("one/small")), files(&place.path("three/small")));
    assert_eq!(one.keys().collect::<Vec<_>>(), three.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(name == "host.json" || three[name] == *bytes, "{name} differs");
    }
}

#[test]
fn json_is_one_document_on_standard_output() {
    let place = Place::small();
    let run = place.poolwise(&["run", "small.toml", "large.toml", "--no-plots", "--format", "json"]);
    let scenarios = run.ends_with(0).json();
    assert_eq!(scenarios["scenarios"][1]["scenario"], "large");
    assert!(fs::metadata(place.path("output/small/queue.png")).is_err(), "--no-plots drew a picture");
    let compare = place.poolwise(&["compare", "small.toml", "large.toml", "--no-plots", "--format", "json"]);
    let document = compare.ends_with(0).json();
    assert_eq!(document["scenarios"].as_array().map(Vec::len), Some(2));
    assert_eq!(document["comparison"]["baseline"], "small");
    let check = place.poolwise(&["check", "small.toml", "--format", "json"]);
    let document = check.ends_with(0).json();
    assert_eq!(document["scenarios"][0]["staffing"]["posts"], 8.0);
    assert_eq!(document["scenarios"][0]["valid"], true);
}

#[test]
fn compare_tells_the_difference_and_writes_it() {
    let place = Place::small();
    // One officer more of eight: utilization falls by 1/8 - 1/9 of 20/3, and the verdict is plain.
    let args = ["compare", "large.toml", "small.toml", "--baseline=small", "--no-plots", "--replications=10"];
    let run = place.poolwise(&args);
    run.ends_with(0);
    let answer = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        answer.starts_with("Large takes ")
            && answer.contains(" less to finish 95 of 100 than Eight officers [")
    );
    let first = run.out.lines().find(|l| l.starts_with("Eight officers")).expect("a row");
    let second = run.out.lines().find(|l| l.starts_with("large ")).expect("a row");
    assert!(!first.contains("better") && second.ends_with("better"), "the baseline comes first\n{}", run.out);
    assert!(!run.out.contains('\u{1b}'), "no colours in a pipe\n{}", run.out);
    let all = place.poolwise(&[&args[..], &["--verbose"]].concat());
    assert!(all.ends_with(0).out.contains("simultaneous 95 % intervals"), "{}", all.out);
    let csv = fs::read_to_string(place.path("output/compare/comparison.csv")).unwrap();
    let p95 = csv.lines().find(|l| l.contains(",time_to_completion_p95_hours,")).unwrap();
    assert!(p95.starts_with("large,small,") && p95.contains(",simultaneous,less,"), "{p95}");
    let utilization = csv.lines().find(|l| l.contains(",utilization,")).unwrap();
    assert!(utilization.contains(",pointwise,,"), "{utilization}");
    let difference: f64 = utilization.split(',').nth(3).unwrap().parse().unwrap();
    assert!((difference + 20.0 / 3.0 / 72.0).abs() < 0.005, "{difference}");
    for name in ["large/summary.json", "small/summary.json", "compare/comparison.json", "compare/index.html"]
    {
        assert!(place.path("output").join(name).is_file(), "{name}");
    }
}

#[test]
fn the_baseline_is_the_one_that_says_so_else_the_first() {
    let place = Place::small();
    fs::write(place.path("base.toml"), "extends = \"small.toml\"\nbaseline = true\n").unwrap();
    fs::write(place.path("other.toml"), "extends = \"small.toml\"\nbaseline = true\n").unwrap();
    let baseline = |args: &[&str]| {
        let mut all = vec!["compare", "--no-plots", "--format=json", "--replications=2", "--horizon=1 week"];
        all.extend(args);
        place.poolwise(&all)
    };
    let run = baseline(&["small.toml", "base.toml"]);
    assert_eq!(run.ends_with(0).json()["comparison"]["baseline"], "base");
    let run = baseline(&["large.toml", "small.toml"]);
    assert_eq!(run.ends_with(0).json()["comparison"]["baseline"], "large");
    let run = baseline(&["other.toml", "base.toml"]);
    assert!(run.ends_with(2).err.contains("--baseline"), "{run:?}");
    let run = baseline(&["small.toml", "base.toml", "--baseline", "bass"]);
    assert!(run.ends_with(2).err.contains("small, base"), "{run:?}");
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let place = Place::small();
    fs::write(place.path("later.toml"), "extends = \"small.toml\"\nrun.seed = 2\n").unwrap();
    let run = place.poolwise(&["compare", "small.toml", "later.toml"]);
    assert!(run.ends_with(2).err.contains("run.seed"), "{run:?}");
    let run = place.poolwise(&[
        "compare",
        "small.toml",
        "later.toml",
        "--seed=5",
        "--no-plots",
        "--horizon=1 week",
    ]);
    run.ends_with(0);
    let run = place.poolwise(&["compare", "small.toml", "./small.toml"]);
    assert!(run.ends_with(2).err.contains("is called `small` too"), "{run:?}");
    let run = place.poolwise(&["compare", "small.toml"]);
    assert!(run.ends_with(2).err.contains("two scenarios or more"), "{run:?}");
}

#[test]
fn overrides_reach_the_scenario() {
    let place = Place::small();
    let args = ["check", "small.toml", "--format=json", "--set", "centre.office.levels.officers=12"];
    assert_eq!(place.poolwise(&args).ends_with(0).json()["scenarios"][0]["staffing"]["posts"], 12.0);
    let args = ["run", "small.toml", "--no-plots", "--replications=2", "--seed=9", "--horizon=1 week"];
    place.poolwise(&args).ends_with(0);
    let manifest: Value =
        serde_json::from_slice(&fs::read(place.path("output/small/manifest.json")).unwrap()).unwrap();
    assert_eq!((manifest["seed"].as_u64(), manifest["replications"].as_u64()), (Some(9), Some(2)));
    assert!(manifest["hash"].as_str().is_some_and(|h| h.len() == 64));
}

#[test]
fn invalid_scenarios_end_with_2_and_say_where() {
    let place = Place::small();
    fs::write(place.path("bad.toml"), SMALL.replace("rate =", "rat =").replace("20 min", "20 minnows"))
        .unwrap();
    let run = place.poolwise(&["check", "bad.toml", "small.toml"]);
    run.ends_with(2);
    assert!(
        run.err.contains("bad.toml:") && run.err.contains("rat") && run.err.contains("minnows"),
        "{}",
        run.err
    );
    assert!(run.out.contains("8 officers on duty for work"), "the valid one is still checked\n{}", run.out);
    assert!(!run.err.contains('\u{1b}'), "colours where there is no terminal: {}", run.err);
    let run = place.poolwise(&["check", "bad.toml", "--format=json"]);
    let document = run.ends_with(2).json();
    assert_eq!(document["scenarios"][0]["valid"], false);
    assert!(document["scenarios"][0]["errors"][0]["line"].is_number(), "{document}");
    place.poolwise(&["run", "bad.toml"]).ends_with(2);
    assert!(!place.path("output").exists(), "an invalid scenario leaves no folder");
}

#[test]
fn a_fault_in_a_shared_file_is_told_once() {
    let place = Place::small();
    fs::write(place.path("small.toml"), SMALL.replace("[centre.office]", "[centre.office]\ncolour = 1"))
        .unwrap();
    let run = place.poolwise(&["compare", "small.toml", "large.toml"]);
    assert_eq!(run.ends_with(2).err.matches("colour = 1").count(), 1, "{}", run.err);
}

#[test]
fn unreadable_input_ends_with_2() {
    let place = Place::small();
    fs::write(place.path("binary.toml"), [0xFF, 0xFE, 0x00, 0x80]).unwrap();
    for name in ["missing.toml", "binary.toml", "."] {
        let run = place.poolwise(&["check", name]);
        assert!(run.ends_with(2).err.starts_with("error"), "{run:?}");
    }
}

#[test]
fn usage_errors_end_with_2_and_help_with_0() {
    let place = Place::new(&[]);
    place.poolwise(&[]).ends_with(2);
    place.poolwise(&["simulate"]).ends_with(2);
    place.poolwise(&["run", "x.toml", "--threads", "none"]).ends_with(2);
    let help = place.poolwise(&["--help"]);
    assert!(help.ends_with(0).out.contains("Exit codes"), "{}", help.out);
    assert!(place.poolwise(&["--version"]).ends_with(0).out.starts_with("poolwise "));
    for command in ["run", "compare", "check", "schema", "init", "completions"] {
        assert!(help.out.contains(command), "{command}");
        place.poolwise(&[command, "--help"]).ends_with(0);
    }
}

#[test]
fn quiet_leaves_only_results() {
    let place = Place::small();
    let args = ["run", "small.toml", "--quiet", "--no-plots"];
    let run = place.poolwise(&args);
    assert!(run.ends_with(0).err.is_empty(), "{}", run.err);
    assert!(run.out.starts_with("Eight officers: "), "{}", run.out);
    assert!(!run.out.contains("What it needs"), "only the answer\n{}", run.out);
    let run = place.poolwise(&["run", "small.toml", "--verbose", "--no-plots"]);
    assert!(run.ends_with(0).err.contains("simulated small"), "{}", run.err);
}

#[test]
fn init_writes_scenarios_that_run_and_overwrites_nothing() {
    let place = Place::new(&[]);
    let run = place.poolwise(&["init", "start"]);
    run.ends_with(0);
    let names: Vec<String> = files(&place.path("start")).into_keys().collect();
    assert!(!names.is_empty());
    let mut args = vec!["compare".to_owned(), "--no-plots".to_owned(), "--horizon=1 week".to_owned()];
    args.extend(names.iter().filter(|n| n.ends_with(".toml")).map(|n| format!("start/{n}")));
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    place.poolwise(&args).ends_with(0);
    let before = files(&place.path("start"));
    let again = place.poolwise(&["init", "start"]);
    assert!(again.ends_with(1).err.contains("not overwritten"), "{again:?}");
    assert_eq!(files(&place.path("start")), before);
}

#[test]
fn schema_and_completions_are_printed() {
    let place = Place::new(&[]);
    let schema = place.poolwise(&["schema"]).ends_with(0).json();
    assert!(schema["properties"]["centre"].is_object(), "{schema}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(place.poolwise(&["completions", shell]).ends_with(0).out.contains("poolwise"));
    }
    place.poolwise(&["completions", "cmd"]).ends_with(2);
}

#[test]
fn a_folder_that_cannot_be_written_ends_with_1_before_anything_runs() {
    let place = Place::small();
    fs::write(place.path("taken"), "").unwrap();
    let run = place.poolwise(&["run", "small.toml", "--out", "taken"]);
    assert!(run.ends_with(1).err.contains("taken") && run.err.contains("--out"), "{run:?}");
    assert!(run.out.is_empty());
}

#[cfg(target_os = "linux")]
mod unix {
    use super::*;
    use std::io::Read;
    use std::process::{Child, Command as Plain, Stdio};

    fn spawn(place: &Place, args: &[&str], out: Stdio) -> Child {
        Plain::new(assert_cmd::cargo::cargo_bin("poolwise"))
            .current_dir(place.0.path())
            .args(args)
            .stdout(out)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn errors(child: &mut Child) -> String {
        let mut text = String::new();
        child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_pipe_that_nobody_reads_is_a_quiet_end() {
        let place = Place::small();
        let mut child = spawn(&place, &["schema"], Stdio::piped());
        drop(child.stdout.take());
        let status = child.wait().unwrap();
        assert_eq!(errors(&mut child), "");
        assert_eq!(status.code(), Some(0));
    }

    #[test]
    fn a_full_disk_ends_with_1_and_says_so() {
        let place = Place::small();
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut child = spawn(&place, &["schema"], Stdio::from(full));
        let status = child.wait().unwrap();
        assert!(errors(&mut child).contains("standard output"));
        assert_eq!(status.code(), Some(1));
    }

    #[test]
    fn ctrl_c_reports_what_was_finished() {
        let place = Place::small();
        // Far more replications than can be finished before the signal.
        let args = [
            "run",
            "small.toml",
            "--verbose",
            "--no-plots",
            "--format=json",
            "--replications=1000000",
            "--horizon=1 day",
        ];
        let child = spawn(&place, &args, Stdio::piped());
        // A replication takes a hundredth of this.
        command_support::has_worked(child.id(), 0.5);
        let kill = Plain::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{err}");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let done = document["scenarios"][0]["replications"].as_u64().unwrap();
        assert!((1..1_000_000).contains(&done));
        assert_eq!(document["scenarios"][0]["replications_planned"], 1_000_000);
        let page = fs::read_to_string(place.path("output/small/index.html")).unwrap();
        assert!(page.contains("Partial results"), "the page says so");
        assert!(err.contains("stopping"), "{err}");
    }
}

#[test]
fn uncertain_inputs_are_drawn_and_their_part_is_told() {
    let rate = "{ low = \"10 per hour\", base = \"20 per hour\", high = \"22 per hour\" }";
    let place = Place::small();
    fs::write(place.path("small.toml"), SMALL.replace("\"20 per hour\"", rate)).unwrap();
    let run = place.poolwise(&[
        "run",
        "small.toml",
        "--uncertain",
        "--draws",
        "6",
        "--format",
        "json",
        "--no-plots",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let v: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(
        (&v["uncertain"][0]["draws"], &v["uncertain"][0]["inputs"][0]["base"]),
        (&6.into(), &"20 per hour".into())
    );
    for name in ["uncertain.json", "uncertain.csv", "draws.csv"] {
        assert!(place.path("output/small").join(name).exists(), "{name}");
    }
    let page = fs::read_to_string(place.path("output/small/index.html")).unwrap();
    assert!(page.contains("Share of inputs in variance") && page.contains("low = \"10 per hour\""));
    let both =
        place.poolwise(&["compare", "small.toml", "large.toml", "--uncertain", "--draws", "6", "--no-plots"]);
    assert_eq!(both.code, Some(0), "{}", both.err);
    // The answer, one table, and what more there is.
    let tables = |text: &str| text.lines().filter(|l| l.starts_with('─')).count();
    let drawn = "difference from Eight officers with uncertain inputs drawn";
    assert!(tables(&both.out) == 1 && !both.out.contains(drawn), "{}", both.out);
    assert!(
        both.out.contains("Uncertain inputs: 6 draws") && both.out.contains("`--verbose`"),
        "{}",
        both.out
    );
    let asked =
        ["compare", "small.toml", "large.toml", "--uncertain", "--draws", "6", "--no-plots", "--verbose"];
    let all = place.poolwise(&asked);
    assert!(all.out.contains(drawn) && tables(&all.out) > 9, "{}", all.out);
    let fixed = place.poolwise(&["run", "small.toml", "--uncertain", "--set", "class.case.rate=20 per hour"]);
    assert_eq!(fixed.code, Some(2));
    assert!(fixed.err.contains("no uncertain inputs in small"), "{}", fixed.err);
    assert_eq!(place.poolwise(&["run", "small.toml", "--draws", "6"]).code, Some(2));
}

/// What makes no sense on a command line stands underlined, or in its file, with what to write.
#[test]
fn what_is_asked_wrongly_has_its_place_and_what_to_write() {
    let place = Place::small();
    let nobody = "[run]\nhorizon = \"1 week\"\n[class.c]\nrate = \"4 per hour\"\n[stage.wait]\ndelay = \"1 min\"\n\
                  next = \"out\"\n[stage.out]\nexit = true\n";
    fs::write(place.path("nobody.toml"), nobody).unwrap();
    let once = SMALL.replace(
        "levels = { officers = 8 }",
        "crews = [{ from = \"0 h\", until = \"4 weeks\", officers = 8 }]",
    );
    fs::write(place.path("once.toml"), once).unwrap();
    fs::write(place.path("first.toml"), format!("baseline = true\n{SMALL}")).unwrap();
    fs::write(place.path("second.toml"), format!("baseline = true\n{SMALL}")).unwrap();
    let sweep = "scenarios = [\"small.toml\"]\nreplications = 2\n[axis.x]\npath = \"run.target\"\nvalues = [\"1 h\", \"2 h\"]\n";
    fs::write(place.path("sweep.toml"), sweep).unwrap();
    let target = "done within 1 h >= 80 %";
    let cases: [(&[&str], &[&str]); 16] = [
        (&["staff", "nobody.toml", "--target", target], &["--> nobody.toml:1:1", "`shifts` or `levels`"]),
        (
            &["staff", "once.toml", "--target", target],
            &["--> once.toml:", "[centre.office]", "`levels` or a pool"],
        ),
        (&["staff", "small.toml"], &["staff small.toml", "^^^^^^^^^^", "--target \"done", "--match"]),
        (
            &["staff", "small.toml", "--target", target, "--precision", "0.1"],
            &["--precision 0.1", "^^^", "--replications"],
        ),
        (&["forecast", "small.toml"], &["--> small.toml:1:1", "[start]", "at = \"11:20\""]),
        (
            &["run", "small.toml", "--uncertain"],
            &["--> small.toml:1:1", "low = \"3 per hour\"", "--uncertain"],
        ),
        (&["compare", "small.toml"], &["compare small.toml", "^^^^^^^^^^", "--vary", "poolwise run"]),
        (&["compare", "first.toml", "second.toml"], &["--> second.toml:1:1", "--baseline NAME"]),
        (&["compare", "small.toml", "--vary", "More"], &["--vary More", "^^^^", "NAME: path=value"]),
        (&["compare", "small.toml", "=large.toml"], &["compare =large.toml", "NAME=FILE"]),
        (&["sweep", "run", "sweep.toml", "--points", "9"], &["--points 9", "^", "points 0 to 1"]),
        (
            &["import", "small.toml", "--into", "x", "--time-zone", "Mars"],
            &["--time-zone Mars", "^^^^", "Europe/Amsterdam"],
        ),
        (&["check", "small.toml", "--report", ".."], &["--report ..", "^^", "page.html"]),
        (&["bench", "--baseline", "no.json"], &["--baseline no.json", "^^^^^^^", "--format json"]),
        (&["run", "small.toml", "--threads", "0"], &["'--threads <N>'", "1 or more"]),
        (
            &["staff", "small.toml", "--target", target, "--at-large-team", "-1"],
            &["--at-large-team -1", "^^", "above 0"],
        ),
    ];
    for (line, words) in cases {
        let run = place.poolwise(line);
        run.ends_with(2);
        let said = run.err.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words {
            assert!(said.contains(word), "{line:?} does not say {word}:\n{}", run.err);
        }
    }
}

/// A change that a command does not use is told, whichever option makes it.
#[test]
fn changes_that_change_nothing_are_told() {
    let place = Place::small();
    let sweep = "scenarios = [\"small.toml\"]\nreplications = 2\n[axis.x]\npath = \"roster.minimum\"\nvalues = [1, 2]\n";
    fs::write(place.path("sweep.toml"), sweep).unwrap();
    let cases: [(&[&str], &str); 5] = [
        (&["check", "small.toml", "--set", "roster.minimum=2"], "--set roster.minimum=2"),
        (&["run", "small.toml", "--set", "roster.minimum=2", "--no-plots"], "--set roster.minimum=2"),
        (
            &["compare", "small.toml", "--vary", "x: roster.minimum=2", "--no-plots"],
            "--vary roster.minimum=2",
        ),
        (
            &["compare", "small.toml", "x=small.toml: roster.minimum=2", "--no-plots"],
            "the change roster.minimum=2",
        ),
        (&["sweep", "sweep.toml"], "an axis over roster.minimum"),
    ];
    for (line, what) in cases {
        let run = place.poolwise(line);
        run.ends_with(0);
        let words = format!("{what} changes nothing: only `staff` uses `roster`");
        assert!(run.err.contains(&words), "{line:?}: {}", run.err);
    }
    let paid = place.poolwise(&["run", "small.toml", "--set", "roster.pay.hour=30", "--no-plots"]);
    assert!(!paid.ends_with(0).err.contains("changes nothing"), "{}", paid.err);
}
