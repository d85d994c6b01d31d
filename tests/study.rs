//! The library's door gives what the command writes, byte for byte.

use assert_cmd::Command;
use poolwise_scenario::{Overrides, Snapshot};
use poolwise_staffing::{StaffingStudy, Wanted};
use poolwise_study::uncertain::DrawPlan;
use poolwise_study::{Loaded, Options, Study, StudyError, Unwatched};
use std::fs;
use std::path::{Path, PathBuf};

fn textbook(names: &[&str]) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/textbook");
    names.iter().map(|name| folder.join(name)).collect()
}

fn short() -> Overrides {
    Overrides { replications: Some(3), horizon: Some("2 weeks".into()), ..Overrides::default() }
}

/// What the command prints as JSON; its files are in `out`.
fn command(verb: &str, paths: &[PathBuf], more: &[&str], out: &Path) -> String {
    let mut command = Command::cargo_bin("poolwise").expect("the program");
    command.arg(verb).args(paths).args(["--replications", "3", "--horizon", "2 weeks", "--no-plots"]);
    let output =
        command.args(["--format", "json", "--quiet", "--out"]).arg(out).args(more).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn a_comparison_is_the_same_as_that_of_the_command() {
    let paths = textbook(&["pooling-separate.toml", "pooling-pooled.toml"]);
    let study = Study::load(&paths, &short()).unwrap().paired(None).unwrap();
    let results = study.run(&Options { threads: Some(1), ..Options::default() }, &Unwatched).unwrap();
    let out = tempfile::tempdir().unwrap();
    let printed = command("compare", &paths, &[], out.path());
    assert_eq!(results.json(true).unwrap(), printed);
    for case in &results.cases {
        let file = out.path().join(&case.summary.scenario).join("summary.json");
        assert_eq!(case.summary_json().unwrap(), fs::read_to_string(file).unwrap());
    }
    let file = out.path().join("compare/comparison.json");
    assert_eq!(results.comparison.unwrap().json().unwrap(), fs::read_to_string(file).unwrap());
}

#[test]
fn a_run_with_uncertain_inputs_is_the_same_as_that_of_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("uncertain.toml");
    let text = fs::read_to_string(&textbook(&["mm1.toml"])[0]).unwrap();
    let text = text.replace(
        "\"48 per hour\"",
        "{ low = \"40 per hour\", base = \"44 per hour\", high = \"48 per hour\" }",
    );
    fs::write(&path, text).unwrap();
    let study = Study::load(std::slice::from_ref(&path), &short()).unwrap();
    let plan = DrawPlan { draws: 4, per_draw: 2 };
    let results = study.run(&Options { uncertain: Some(plan), ..Options::default() }, &Unwatched).unwrap();
    // The files were read once: an edit changes nothing any more.
    fs::write(&path, "no scenario").unwrap();
    let again = study.run(&Options { uncertain: Some(plan), ..Options::default() }, &Unwatched).unwrap();
    assert_eq!(results.json(false).unwrap(), again.json(false).unwrap());
    assert_eq!(results.uncertain()[0].draws, 4);
}

#[test]
fn a_staffing_answer_is_the_same_as_that_of_the_command() {
    let paths = textbook(&["mt-staffing.toml"]);
    let target = "started within 3 min >= 80 %";
    let asked = Wanted { targets: vec![target.into()], ..Wanted::default() };
    let study = StaffingStudy::load(&paths, &short(), &asked).unwrap();
    let options = poolwise_staffing::StaffingOptions { draws: 0, rosters: false, ..Default::default() };
    let answer = study.run(&options, &Unwatched).unwrap();
    let out = tempfile::tempdir().unwrap();
    let more = ["--target", target, "--no-rosters", "--draws", "0"];
    let printed = command("staff", &paths, &more, out.path());
    assert_eq!(poolwise_report::staff::json::document(&answer).unwrap(), printed);
}

#[test]
fn of_variants_of_one_text_that_says_it_is_the_baseline_the_first_is() {
    let text = "baseline = true\nrun = { horizon = \"2 weeks\", replications = 2 }\nclass.call = { rate = \"48 per hour\", start = \"answer\" }\n\
                stage.answer = { service = { role = \"agent\", time = { exponential = \"1 min\" } }, next = \"answered\" }\n\
                stage.answered = { exit = true }\ncentre.desk = { levels = { officers = 1 } }\nroute = [{ to = \"desk\" }]\n";
    let read = |text: String, sets: &[&str]| {
        let files = Snapshot::with([("desk.toml".into(), text.into())].into());
        let sets = sets.iter().map(|&set| set.to_owned()).collect();
        Loaded::read(&files, "desk.toml".as_ref(), &Overrides { sets, ..Overrides::default() }).unwrap()
    };
    let (one, two) =
        (read(text.to_owned(), &[]), read(text.to_owned(), &["name=two", "centre.desk.levels.officers=2"]));
    let study = Study::of([two, one.clone()]).unwrap().paired(None).unwrap();
    assert_eq!(study.names(), ["two", "desk"]);
    let other = read(text.replace("48", "40"), &["name=other"]);
    let wrong = Study::of([one, other]).unwrap().paired(None).unwrap_err();
    assert!(
        matches!(wrong, StudyError::SeveralBaselines { ref names, .. } if names == &["desk", "other"]),
        "{wrong}"
    );
}
