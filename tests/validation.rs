//! The validation suite holds; the page shows exactly its cases; each deliberate fault has its place.
//!
//! Seeds are fixed. The suite states its own rate of false alarms; it is held to 1 % here.

use poolwise_report::validation::{Totals, faults, json};
use poolwise_validation::{Bench, ValidationReport, false_alarm, suite};
use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_suite_holds() {
    let bench = Bench::default();
    let reports: Vec<ValidationReport> =
        suite(false).iter().map(|c| c.run(&bench).unwrap_or_else(|e| panic!("{e}"))).collect();
    assert!(Totals::of(&reports).all_hold(), "{}", json(&reports).expect("JSON"));
    assert!(false_alarm(&reports) < 0.01, "{}", false_alarm(&reports));
}

/// `docs/validation.md` is the output of the long suite: its headings are the cases, in their order.
#[test]
fn the_page_shows_the_cases_of_the_suite() {
    let page = fs::read_to_string(root().join("docs/validation.md")).expect("the page");
    let shown: Vec<&str> = page.lines().filter_map(|l| l.strip_prefix("### ")).collect();
    let cases: Vec<&str> = suite(true).iter().map(|c| c.name).collect();
    assert_eq!(shown, cases, "run poolwise validate --long --format markdown > docs/validation.md");
    for line in page.lines().filter(|l| l.starts_with("| ") && l.contains("±")) {
        assert!(line.ends_with("| holds |"), "{line}");
    }
    assert!(!page.contains("FAILS") && !page.contains("| blunt |"));
    for fault in faults().expect("a list") {
        let line = format!("| {} | `{}` | `{}` |", fault.fault, fault.file, fault.check());
        assert!(page.contains(&line), "{line}");
    }
}

fn command(words: &[&str]) -> (Option<i32>, String, String) {
    let output = assert_cmd::Command::cargo_bin("poolwise")
        .expect("the program")
        .arg("validate")
        .args(words)
        .output()
        .expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn one_case_as_text_as_json_and_as_a_page() {
    let (code, text, _) = command(&["crews of 1", "--quiet"]);
    assert_eq!(code, Some(0));
    assert!(
        text.starts_with("7 of 7 checks hold. None of them has to do with chance.")
            && text.contains("\n\nCrews of 1, 2 and 0 ("),
        "{text}"
    );
    let (code, text, _) = command(&["crews of 1", "--format", "json"]);
    let all: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(code, Some(0));
    assert_eq!(all["totals"]["checks"], 7);
    let check = &all["cases"][0]["checks"][4];
    assert_eq!((&check["expected"], &check["verdict"]), (&9.0.into(), &"holds".into()));
    assert_eq!(check["found"]["value"], 9.0);
    let (_, text, _) = command(&["crews of 1", "--format", "markdown"]);
    assert!(text.contains("### Crews of 1, 2 and 0\n") && text.contains("## Deliberate faults"), "{text}");
}

#[test]
fn a_case_that_is_not_there_is_a_wrong_use() {
    let (code, out, err) = command(&["intervals of"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("without --long") && err.contains("M/M/8 at load 0.9"), "{err}");
}

/// The faults can still be put in: each text stands once in its file, and the check is there.
#[test]
fn each_fault_has_its_place() {
    for fault in faults().expect("a list") {
        let text = fs::read_to_string(root().join(&fault.file)).expect("a source file");
        assert_eq!(text.matches(&fault.from).count(), 1, "{}: {}", fault.file, fault.from);
        assert_ne!(fault.from, fault.to);
        assert!(fault.case.is_empty() != fault.test.is_empty(), "{}", fault.fault);
        if let Some(name) = fault.case.iter().find(|w| !w.starts_with("--")) {
            let wanted = name.to_lowercase();
            assert!(suite(true).iter().any(|c| c.name.to_lowercase().contains(&wanted)), "{name}");
        }
        if let [option, place, path] = fault.test.as_slice() {
            let name = path.rsplit("::").next().unwrap_or(path);
            let place = match option.as_str() {
                "-p" => root().join("crates").join(place.trim_start_matches("poolwise-")).join("src"),
                _ => root().join("tests").join(place),
            };
            let found = stands_in(&place, &format!("fn {name}()"));
            assert!(found, "{path}");
        }
    }
}

/// Whether a text stands in a source file below a folder, or in the one file of that name.
fn stands_in(place: &Path, text: &str) -> bool {
    if !place.is_dir() {
        return fs::read_to_string(place.with_extension("rs")).is_ok_and(|source| source.contains(text));
    }
    let entries = fs::read_dir(place).expect("a folder of tests").map(|e| e.expect("an entry").path());
    entries.into_iter().any(|path| match path.is_dir() {
        true => stands_in(&path, text),
        false => fs::read_to_string(&path).is_ok_and(|source| source.contains(text)),
    })
}
