//! `--xlsx` of `staff` and `sweep`: the workbooks hold what the other files say, and shifts come back by `import`.

use assert_cmd::Command;
use poolwise_intake::cell::Cell;
use poolwise_intake::read::{Book, UnwatchedRead};
use std::fs;
use std::path::Path;

fn poolwise(args: &[&str]) {
    let out = Command::cargo_bin("poolwise")
        .expect("the program")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(args)
        .output()
        .expect("it runs");
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
}

/// The cells of a sheet, its heads first.
fn sheet(path: &str, name: &str) -> Vec<Vec<Cell<'static>>> {
    let mut rows = Vec::new();
    Book::open(Path::new(path))
        .expect("a workbook")
        .rows(Some(name), &UnwatchedRead, &mut |_, cells| {
            rows.push(cells.iter().map(|c| c.clone().into_owned()).collect());
            Ok(())
        })
        .expect("a sheet");
    rows
}

fn number(cell: &Cell<'_>) -> f64 {
    match cell {
        Cell::Number(x) => *x,
        other => panic!("a number: {other:?}"),
    }
}

fn csv(path: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).expect("written");
    text.lines().map(|l| l.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn the_staffing_answer_goes_out_with_its_shifts() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = |name: &str| dir.path().join(name).display().to_string();
    let (into, book, out) = (path("office"), path("staff.xlsx"), path("out"));
    let files = ["tests/intake/tickets_iso.csv", "docs/dispatch/durations.csv"];
    poolwise(&["import", files[0], files[1], "docs/dispatch/roster.csv", "--into", &into]);
    poolwise(&[
        "staff",
        &path("office/today.toml"),
        "--target",
        "done within 60 min >= 80 %",
        "--replications",
        "8",
        "--horizon",
        "2 weeks",
        "--no-plots",
        "--draws",
        "0",
        "--xlsx",
        &book,
        "--out",
        &out,
    ]);
    let answer = sheet(&book, "Answer");
    let staffing = csv(&path("out/staff/staffing.csv"));
    let column = |name: &str| staffing[0].iter().position(|h| h == name).expect("a column");
    for (at, name) in
        [(3, "headcount_as_is"), (4, "headcount"), (5, "headcount_lower"), (6, "headcount_upper")]
    {
        assert_eq!(number(&answer[1][at]).to_string(), staffing[1][column(name)], "{name}");
    }
    let required: f64 = sheet(&book, "Required by hour")[1..].iter().map(|r| number(&r[4])).sum();
    let written: f64 = csv(&path("out/staff/requirement.csv"))[1..]
        .iter()
        .map(|r| r[4].parse::<f64>().expect("a number"))
        .sum();
    assert!(required > 0.0 && required == written, "{required} {written}");
    // The shifts can be read back as a roster.
    poolwise(&["import", files[0], files[1], &book, "--sheet", "Shifts 1 today", "--into", &path("again")]);
}

#[test]
fn a_sweep_goes_out_with_every_point() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = |name: &str| dir.path().join(name).display().to_string();
    let (book, again, out) = (path("sweep.xlsx"), path("again.xlsx"), path("out"));
    poolwise(&["sweep", "scenarios/sweeps/smoke.toml", "--xlsx", &book, "--out", &out]);
    let rows = sheet(&book, "Points");
    let heads: Vec<String> = rows[0].iter().map(Cell::shown).collect();
    assert_eq!(heads[4], "\"Arrivals, per hour\"");
    // What is estimated is near the mean of a point's four replications.
    let text = |t: &str| Cell::text(t).into_owned();
    let (measure, scenario) = (text("Mean wait for the first server"), text("mm8"));
    let waits: Vec<_> = rows[1..].iter().filter(|r| r[0] == measure && r[2] == scenario).collect();
    assert_eq!(waits.len(), 16);
    let tidy = csv(&path("out/results.csv"));
    let column = |name: &str| tidy[0].iter().position(|h| h == name).expect("a column");
    for row in waits {
        let point = number(&row[3]).to_string();
        let values: Vec<f64> = tidy[1..]
            .iter()
            .filter(|r| {
                r[column("point")] == point
                    && r[column("scenario")] == "mm8"
                    && r[column("measure")] == "wait_mean_hours"
            })
            .map(|r| r[column("value")].parse().expect("a number"))
            .collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        assert_eq!(values.len(), 4);
        assert!((number(&row[6]) - mean).abs() < 0.02 * mean, "{point}: {row:?} {mean}");
        assert!(number(&row[7]) <= number(&row[6]) && number(&row[6]) <= number(&row[8]));
    }
    poolwise(&[
        "sweep",
        "report",
        "scenarios/sweeps/smoke.toml",
        "--no-replications",
        "--xlsx",
        &again,
        "--out",
        &out,
    ]);
    assert_eq!(sheet(&again, "Points"), rows);
}
