//! No line is wider than `COLUMNS`, whatever is asked: but for paths, commands and lines of a scenario, which are copied whole.

mod command_support;

use assert_cmd::Command;
use command_support::Place;
use std::path::Path;

/// What a command prints on both outputs where lines have so many characters.
fn printed(place: &Place, columns: usize, words: &[&str]) -> String {
    let mut command = Command::cargo_bin("poolwise").expect("the program");
    let output = command
        .current_dir(place.0.path())
        .env("COLUMNS", columns.to_string())
        .args(words)
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Whether nobody would want it broken: a word as long as that, a command, or a line of a scenario.
fn is_whole(line: &str, columns: usize) -> bool {
    // Lines of a file come with their number.
    let text = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
    let command =
        ["poolwise ", "Next: poolwise ", "time = ", "-->", "| "].iter().any(|s| text.starts_with(s));
    command || line.split(' ').any(|word| word.chars().count() > columns / 2)
}

fn narrow(place: &Place, words: &[&str], most_whole: usize) {
    for columns in [60, 80] {
        let text = printed(place, columns, words);
        let wide: Vec<&str> = text.lines().filter(|l| l.chars().count() > columns).collect();
        let broken: Vec<&&str> = wide.iter().filter(|line| !is_whole(line, columns)).collect();
        assert!(broken.is_empty(), "{words:?} at {columns} columns:\n{broken:#?}");
        assert!(wide.len() <= most_whole, "{words:?} at {columns} columns:\n{wide:#?}");
        assert!(text.lines().count() > 1, "{words:?}: {text}");
    }
}

fn of_this_package(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    path.to_str().expect("a path").to_owned()
}

#[test]
fn answers_and_tables_follow_the_width() {
    let place = Place::small();
    let office = "small.toml: centre.office.levels.officers=6";
    narrow(&place, &["run", "small.toml"], 0);
    narrow(&place, &["run", "small.toml", "--verbose", "--chart"], 0);
    narrow(&place, &["compare", "small.toml", "large.toml", "--verbose"], 0);
    narrow(&place, &["compare", "small.toml", "--vary", "six: centre.office.levels.officers=6"], 0);
    narrow(&place, &["compare", &format!("six={office}"), "large.toml", "small.toml"], 0);
    narrow(&place, &["check", "small.toml", "large.toml"], 0);
    let target = ["--target", "done within 2 h >= 80 %", "--no-rosters", "--no-curve", "--no-plots"];
    narrow(&place, &[&["staff", "small.toml", "large.toml"][..], &target].concat(), 0);
    narrow(&place, &["validate", "M/M/10/10"], 0);
    narrow(
        &place,
        &["bench", "--only", "mm1", "--only", "heavy-backlog", "--threads", "1,2", "--seconds", "0"],
        0,
    );
    narrow(&place, &["forecast", &of_this_package("scenarios/textbook/from-now.toml"), "--days", "39"], 0);
    narrow(&place, &["sweep", &of_this_package("scenarios/sweeps/smoke.toml"), "--out", "swept"], 0);
    narrow(
        &place,
        &["sweep", "report", &of_this_package("scenarios/sweeps/smoke.toml"), "--out", "swept"],
        0,
    );
    // One sentence, which 80 columns have room for.
    let smoke = of_this_package("scenarios/sweeps/smoke.toml");
    let status = printed(&place, 60, &["sweep", "status", &smoke, "--out", "swept"]);
    assert!(status.lines().count() > 1 && status.lines().all(|l| l.chars().count() <= 60), "{status}");
    narrow(
        &place,
        &["sweep", "plan", &of_this_package("scenarios/sweeps/smoke.toml"), "--out", "planned"],
        0,
    );
    narrow(&place, &["check", &of_this_package("scenarios/national/status-quo-no-perc.toml")], 3);
    // The flow chart, a hash, and lists of paths.
    narrow(&place, &["describe", "small.toml"], 6);
    narrow(&place, &["describe", &of_this_package("scenarios/national/status-quo.toml")], 40);
}

/// What a wrong command line comes to, and the help: lines of usage too.
#[test]
fn usage_follows_the_width() {
    let wrong: [&[&str]; 5] = [
        &["run", "--nonsense"],
        &["run", "x.toml", "--replications", "many"],
        &["staff", "x.toml", "--target"],
        &["sweep", "submit", "x.toml", "--slurm", "--time"],
        &["compare", "a.toml", "--vary"],
    ];
    let help: [&[&str]; 3] = [&["--help"], &["staff", "--help"], &["sweep", "submit", "-h"]];
    for words in wrong.into_iter().chain(help) {
        let mut command = Command::cargo_bin("poolwise").expect("the program");
        let output = command.env("COLUMNS", "60").args(words).output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        let wide: Vec<&str> = text.lines().filter(|l| l.chars().count() > 60).collect();
        assert!(wide.is_empty() && text.lines().count() > 1, "{words:?}: {wide:#?}");
    }
}

#[test]
fn what_files_hold_follows_the_width() {
    let place = Place::small();
    let data = |name: &str| of_this_package(&format!("docs/dispatch/{name}"));
    let files = ["tickets.xlsx", "durations.csv", "roster.csv"].map(data);
    for columns in [60, 80] {
        let into = format!("office-{columns}");
        let words = ["import", &files[0], &files[1], &files[2], "--into", &into, "--holidays", "NL"];
        let text = printed(&place, columns, &words);
        let wide: Vec<&str> = text.lines().filter(|l| l.chars().count() > columns).collect();
        assert!(wide.iter().all(|line| is_whole(line, columns)), "{wide:#?}");
        // The commands that come next, on lines of their own.
        assert!(wide.iter().all(|line| line.contains("poolwise ")) && wide.len() <= 2, "{wide:#?}");
    }
    narrow(&place, &["fit", &files[1]], 1);
    let history = data("history.csv");
    narrow(&place, &["backtest", "office-60/today.toml", &history, "--within", "10 min", "--no-changes"], 0);
}
