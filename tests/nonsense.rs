//! No command says nonsense: whatever little there is to tell, no text has a number that is none, and every error has a
//! place.

use assert_cmd::Command;
use std::path::Path;

/// A scenario of one centre, to be made odd.
const BASE: &str = r#"
[run]
horizon = "1 week"
replications = 3
[class.c]
rate = "4 per hour"
start = "s"
deadline = { after = { exponential = "2 h" }, until = { start = "s" }, exit = "gone" }
[stage.s]
service = { role = "r", time = { exponential = "10 min" } }
next = "out"
[stage.out]
exit = true
[stage.gone]
exit = true
[centre.d]
levels = { officers = 2 }
"#;

/// What makes it odd: nobody comes, nobody is there, nothing takes time, nothing ends.
const ODD: &[&[&str]] = &[
    &["class.c.rate=0 per hour"],
    &["class.c.rate=1 per year", "run.replications=1"],
    &["run.horizon=1 h", "run.whole_weeks=false"],
    &["run.horizon=1 s", "run.whole_weeks=false"],
    &["run.replications=1"],
    &["centre.d.levels={ weekly = [{ days = \"Mon\", from = \"00:00\", to = \"01:00\", officers = 1 }] }"],
    &["stage.s.service.time=0 min"],
    &["run.target=10 weeks"],
    &["run.target=0.001 s"],
    &["centre.d.queue_capacity={ limit = 0, exit = \"gone\" }"],
    &["centre.d.balking={ at = [0], probability = [1.0], exit = \"gone\" }"],
    &["class.c.deadline.after=0 s"],
    &["centre.d.counted=false"],
    &["run.precision={ relative = 0.5, max_replications = 5 }", "class.c.rate=0 per hour"],
];

const COMMANDS: &[&[&str]] = &[
    &["check", "a.toml", "--report", "out/check.html"],
    &["check", "a.toml", "--format", "json"],
    &["check", "a.toml", "--format", "csv"],
    &["check", "a.toml", "--format", "markdown"],
    &["run", "a.toml", "--out", "out"],
    &["run", "a.toml", "--out", "out", "--format", "json"],
    &["run", "a.toml", "--out", "out", "--format", "csv"],
    &["run", "a.toml", "--out", "out", "--format", "markdown"],
    &["compare", "a.toml", "b.toml", "--out", "out"],
    &["compare", "a.toml", "b.toml", "--out", "out", "--format", "json"],
    &["compare", "a.toml", "b.toml", "--out", "out", "--format", "csv"],
    &["compare", "a.toml", "b.toml", "--out", "out", "--format", "markdown"],
    &["describe", "a.toml", "--report", "out/described.html"],
    &["staff", "a.toml", "--target", "started within 5 min >= 80 %", "--draws", "0", "--out", "out"],
];

/// Numbers that are none, a unit without a number, a sign without a size, hours in days.
fn nonsense(text: &str) -> Option<&str> {
    text.lines().find(|line| {
        let words = || line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '.');
        let zero = |w: &str| w.starts_with("-0") && w.parse::<f64>() == Ok(0.0);
        words().any(|w| matches!(w, "NaN" | "nan" | "inf" | "-inf" | "infinity") || zero(w))
            || ["n/a %", "n/a h", "n/a min", " 0.04 days", "panicked"].iter().any(|bad| line.contains(bad))
    })
}

/// All texts in a folder of results, pictures apart.
fn written(folder: &Path, out: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let kind = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_owned();
        if path.is_dir() {
            written(&path, out);
        } else if matches!(kind.as_str(), "csv" | "json" | "html" | "toml") {
            let mut text = std::fs::read_to_string(&path).expect("a text");
            // Pictures inside a page have coordinates, which are no figures; its packed data are no words.
            for (begin, end) in
                [("<svg", "</svg>"), ("<script type=\"application/octet-stream\"", "</script>")]
            {
                while let Some(from) = text.find(begin) {
                    let to = from + text[from..].find(end).expect("an end") + end.len();
                    text.replace_range(from..to, "");
                }
            }
            out.push((path.display().to_string(), text));
        }
    }
}

#[test]
fn no_command_says_nonsense() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.toml"), BASE).expect("written");
    let more = "extends = \"a.toml\"\n[centre.d.levels]\nofficers = 3\n";
    std::fs::write(folder.path().join("b.toml"), more).expect("written");
    for sets in ODD {
        for command in COMMANDS {
            // Nobody is left to be staffed where nobody comes for years.
            let _ = std::fs::remove_dir_all(folder.path().join("out"));
            let mut run = Command::cargo_bin("poolwise").expect("the program");
            run.current_dir(folder.path()).args(*command);
            if command[0] != "describe" {
                run.arg("--quiet");
            }
            for set in *sets {
                run.args(["--set", set]);
            }
            if command[0] != "check" && command[0] != "describe" {
                run.arg("--no-plots");
            }
            let found = run.output().expect("it runs");
            let code = found.status.code();
            let text =
                String::from_utf8_lossy(&found.stdout).into_owned() + &String::from_utf8_lossy(&found.stderr);
            let refused = command[0] != "describe" && code == Some(2);
            assert!(matches!(code, Some(0 | 3)) || refused, "{command:?} {sets:?}: {code:?}\n{text}");
            let mut texts = vec![("output".to_owned(), text)];
            written(&folder.path().join("out"), &mut texts);
            for (name, text) in texts {
                if let Some(line) = nonsense(&text) {
                    panic!("{command:?} {sets:?}: {name} says\n{line}");
                }
            }
        }
    }
}

/// Small changes of a text: a line left out, a word changed, a character too many.
fn mutants(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = Vec::new();
    for i in 0..lines.len() {
        let with = |line: &str| {
            let mut all = lines.clone();
            all[i] = line;
            all.join("\n")
        };
        out.push(with(""));
        out.push(with(&lines[i].replace('"', "")));
        out.push(with(&lines[i].replacen('=', "", 1)));
        out.push(with(&lines[i].replacen('s', "x", 1)));
        out.push(with(&lines[i].replacen(|c: char| c.is_ascii_digit(), "-7", 1)));
        out.push(with(&lines[i].replacen(|c: char| c.is_ascii_digit(), "1e300", 1)));
        out.push(with(&format!("{} }}", lines[i])));
        if let Some((key, _)) = lines[i].split_once('=') {
            out.push(with(&format!("{key}= []")));
            out.push(with(&format!("{key}= {{}}")));
            out.push(with(&format!("{key}= \"absent.csv\"")));
            out.push(with(&format!("{key}= 2018-10-01")));
        }
    }
    out.push(String::new());
    out.push("\u{0}".to_owned());
    out
}

fn path_of(folder: &tempfile::TempDir, text: &str) -> std::path::PathBuf {
    let path = folder.path().join("c.toml");
    std::fs::write(&path, text).expect("written");
    path
}

#[test]
fn every_error_has_a_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.toml");
    let crews = include_str!("../scenarios/textbook/shift-end-crews.toml");
    let mut errors = 0;
    for text in mutants(BASE).into_iter().chain(mutants(crews)) {
        std::fs::write(&path, &text).expect("written");
        match poolwise_scenario::load(&path, &poolwise_scenario::Overrides::default()) {
            Ok(scenario) => {
                assert!(
                    scenario.warnings.iter().all(|w| w.location.is_some()),
                    "{}\n{text}",
                    scenario.warnings
                );
            }
            Err(found) => {
                errors += 1;
                assert!(found.iter().all(|e| e.location.is_some()), "{found}\n{text}");
            }
        }
    }
    assert!(errors > 200, "{errors}");
    let model = poolwise_scenario::load(&path_of(&folder, BASE), &poolwise_scenario::Overrides::default());
    let scenario = model.expect("it is valid");
    for warning in [
        scenario.warning_at_centre("d", "crowded", "more memory"),
        scenario.warning_at_stage("s", "long", ""),
    ] {
        let place = warning.iter().next().and_then(|w| w.location.clone()).expect("a place");
        assert!(place.line > 1 && place.column > 1, "{warning}");
    }
    let absent =
        poolwise_scenario::load(&folder.path().join("b.toml"), &poolwise_scenario::Overrides::default());
    assert!(absent.expect_err("it is not there").iter().all(|e| e.location.is_some()));
}

/// Of a scenario that loses everybody the verdict says so, and not how short the wait was; where no table tells the run from
/// theory nobody is told that they differ.
#[test]
fn losses_of_all_and_times_of_nothing_are_told_as_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.toml"), BASE).expect("a file");
    let said = |sets: &[&str]| {
        let mut command = Command::cargo_bin("poolwise").expect("the program");
        command.current_dir(folder.path()).args(["run", "a.toml", "--no-plots", "--out", "out"]);
        command.args(sets.iter().flat_map(|set| ["--set", set]));
        let output = command.output().expect("an end");
        assert!(output.status.success());
        String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let lost = said(&[
        "class.c.deadline={ after = \"1 s\", until = \"s\", exit = \"gone\" }",
        "stage.s.service.time=10 min",
    ]);
    assert!(lost.contains("of requests are lost") && !lost.contains("the mean wait is"), "{lost}");
    let quick = said(&[
        "class.c.deadline={ after = \"1000 weeks\", until = { start = \"s\" }, exit = \"gone\" }",
        "stage.s.service.time=0.000000001 s",
        "centre.d.levels={ officers = 1 }",
    ]);
    assert!(!quick.contains("further apart"), "{quick}");
}
