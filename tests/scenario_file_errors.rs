//! Files that cannot be read, text that is no TOML, data beside a scenario, and files that extend others.

mod scenario_support;

use poolwise_scenario::{Diagnostics, Overrides, load};
use scenario_support::Folder;
use scenario_support::errors::{bad, has, render};

/// An error of a file that cannot be read has no place unless another file names it.
#[track_caller]
fn bad_file(errors: &Diagnostics, parts: &[&str]) {
    let text = errors.to_string();
    assert!(parts.iter().all(|p| text.contains(p)), "{parts:?} are not in: {text}");
    render(errors);
}

#[test]
fn files_that_cannot_be_read() {
    let folder = Folder::new();
    let load = |name: &str| load(&folder.path(name), &Overrides::default()).expect_err("it should not load");
    bad_file(&load("nothing.toml"), &["nothing.toml: there is no such file"]);
    bad_file(&load(""), &["is a folder"]);
    folder.write("binary.toml", [b'a', 0, 1, 2]);
    bad_file(&load("binary.toml"), &["is a binary file"]);
    folder.write("latin.toml", b"title = \"x\"\ndescription = \"caf\xe9\"");
    bad_file(&load("latin.toml"), &["latin.toml:2: is not UTF-8"]);
    let huge = std::fs::File::create(folder.path("huge.toml")).expect("a file");
    huge.set_len((16 << 20) + 1).expect("a length");
    bad_file(&load("huge.toml"), &["larger than the limit of 16 MiB"]);
    folder.write("empty.toml", "");
    bad_file(&load("empty.toml"), &["no [class.<name>]", "no [stage.<name>]"]);
}

#[test]
fn data_files() {
    let folder = Folder::new();
    let huge = std::fs::File::create(folder.path("huge.csv")).expect("a file");
    huge.set_len((256 << 20) + 1).expect("a length");
    folder.write("words.csv", "minutes\n12\ntwelve\n");
    folder.write("negative.csv", "minutes\n-1\n");
    folder.write("none.csv", "");
    folder.write("binary.csv", [0, 1]);
    folder.write("ragged.csv", "a,b\n1,2\n3\n");
    let profile = |file: &str, parts: &[&str]| {
        let errors =
            folder.over(&format!("[class.biometric]\nprofile = \"{file}\"")).expect_err("it should not load");
        has(&errors, "test.toml", 3, 11, parts);
    };
    profile("absent.csv", &["absent.csv: there is no such file"]);
    profile("huge.csv", &["larger than the limit of 256 MiB"]);
    profile("words.csv", &["words.csv:3: \"twelve\" is not a number"]);
    profile("negative.csv", &["negative.csv:2: \"-1\" is not a number of at least 0"]);
    profile("none.csv", &["none.csv: is empty"]);
    profile("binary.csv", &["binary.csv: is a binary file"]);
    profile("ragged.csv", &["there are 2 columns; say which with `column`", "`a`, `b`"]);
    profile(".", &["is a folder"]);
    bad(
        "[class.biometric]\nprofile = { file = \"profiles.csv\", column = \"evning\" }",
        2,
        45,
        &["no column `evning`", "did you mean `evening`?"],
    );
    bad(
        "[class.biometric]\ntrace = { file = \"minutes.csv\", kind = \"times\" }",
        2,
        18,
        &["minutes.csv:2: \"12\" is not a time"],
    );
    bad(
        "[class.biometric]\ntrace = { file = \"times.csv\", kind = \"hourly-counts\" }",
        2,
        18,
        &["there is no column `n`"],
    );
    bad(
        "[stage.booking]\ndelay = { empirical = { file = \"minutes.csv\" } }",
        2,
        23,
        &["`file` needs `unit`"],
    );
}

#[test]
fn syntax_errors_are_all_shown() {
    let folder = Folder::new();
    let errors =
        folder.load("[run]\nseed = \ntarget = 4 h\nx = \"open\n[class\n").expect_err("it should not load");
    let lines: Vec<usize> = errors.iter().filter_map(|d| Some(d.location.as_ref()?.line)).collect();
    assert!([2, 3, 4, 5].iter().all(|l| lines.contains(l)), "{errors}");
    assert!(errors.iter().all(|d| d.message.contains("not valid TOML")), "{errors}");
    render(&errors);
    let errors = folder.load("title = \"a\"\ntitle = \"b\"").expect_err("it should not load");
    has(&errors, "test.toml", 2, 1, &["duplicate key"]);
}

#[test]
fn deep_nesting_is_refused() {
    let folder = Folder::new();
    let deep = vec!["a"; 200_000].join(".");
    let errors = folder.load(&format!("{deep} = 1")).expect_err("it should not load");
    bad_file(&errors, &["recursion limit"]);
    let errors = folder.load(&format!("[{deep}]")).expect_err("it should not load");
    assert!(errors.has_errors());
    let errors = folder.load(&format!("a = {}", "[".repeat(100_000))).expect_err("it should not load");
    assert!(errors.has_errors());
    let errors = folder.set(&[&format!("{deep}=1")]).expect_err("it should not load");
    bad_file(&errors, &["more than 40 parts"]);
    let errors = folder.set(&[&format!("run={{{deep}=1}}")]).expect_err("it should not load");
    bad_file(&errors, &["recursion limit"]);
}

#[test]
fn extends() {
    let folder = Folder::new();
    let errors = folder.load("extends = \"nowhere.toml\"").expect_err("it should not load");
    has(&errors, "test.toml", 1, 11, &["nowhere.toml: there is no such file"]);
    let errors = folder.load("extends = \"test.toml\"").expect_err("it should not load");
    has(&errors, "test.toml", 1, 11, &["goes round in a circle"]);
    folder.write("a.toml", "extends = \"b.toml\"");
    folder.write("b.toml", "extends = \"a.toml\"");
    let errors = folder.load("extends = \"a.toml\"").expect_err("it should not load");
    has(&errors, "b.toml", 1, 11, &["goes round in a circle"]);
    let errors = folder.load("extends = 3").expect_err("it should not load");
    has(&errors, "test.toml", 1, 11, &["a file's name"]);
    let errors = folder.load("extends = \".\"").expect_err("it should not load");
    has(&errors, "test.toml", 1, 11, &["is a folder"]);
    // Each error is shown in the file that it stands in.
    folder.write("middle.toml", "extends = \"base.toml\"\n\n[run]\nseed = -3\n");
    let errors = folder.load("extends = \"middle.toml\"\n[run]\ntarget = 4").expect_err("it should not load");
    has(&errors, "middle.toml", 4, 8, &["whole number"]);
    has(&errors, "test.toml", 3, 10, &["needs a unit"]);
    assert_eq!(errors.len(), 2, "{errors}");
}

/// Tables that would be too large are refused before anything is done with their entries, at what there is most of.
#[test]
fn tables_that_would_be_too_large_name_their_place_and_counts() {
    let each = |n: usize, text: &dyn Fn(usize) -> String| (0..n).map(text).collect::<String>();
    let text = each(400, &|i| format!("[class.c{i}]\nrate = \"1 per day\"\nstart = \"s{i}\"\n"))
        + &each(400, &|i| {
            format!("[stage.s{i}]\nservice = {{ role = \"r\", time = \"1 min\" }}\nnext = \"out\"\n")
        })
        + "[stage.out]\nexit = true\n[centre.k]\nlevels = { officers = 1 }\n"
        + &each(400, &|i| format!("[area.a{i}]\nshare = 1\n"));
    let folder = Folder::new();
    folder.write("large.toml", &text);
    let errors = load(&folder.path("large.toml"), &Overrides::default()).expect_err("it is too large");
    let last_stage = 1 + text.lines().position(|line| line == "[stage.out]").expect("a stage");
    has(
        &errors,
        "large.toml",
        last_stage,
        8,
        &["64160000 combinations", "401 stages, 400 classes, 400 areas"],
    );
}
