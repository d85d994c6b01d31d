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

/// The parts of a workbook and their texts.
fn parts(book: &str) -> Vec<(String, String)> {
    let mut zip = zip::ZipArchive::new(fs::File::open(book).expect("a file")).expect("a workbook");
    let n = zip.len();
    let part = |i: usize| {
        let mut part = zip.by_index(i).expect("a part");
        let mut text = String::new();
        std::io::Read::read_to_string(&mut part, &mut text).expect("text");
        (part.name().expect("a name").into_owned(), text)
    };
    (0..n).map(part).collect()
}

/// A workbook with its formulas' results taken away and shifts of seven begun an hour earlier.
fn edit(from: &str, to: &str) {
    let mut out = zip::ZipWriter::new(fs::File::create(to).expect("made"));
    for (name, mut text) in parts(from) {
        if name == "xl/sharedStrings.xml" {
            text = text.replacen("<t>07:00</t>", "<t>06:00</t>", 1);
        }
        while let Some(at) = text.find("</f><v>") {
            let end = at + text[at..].find("</v>").expect("its end");
            text.replace_range(at + 4..end + 4, "");
        }
        out.start_file(name, zip::write::SimpleFileOptions::default()).expect("begun");
        std::io::Write::write_all(&mut out, text.as_bytes()).expect("written");
    }
    out.finish().expect("finished");
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
    // The shifts can be edited, by a program that does not work formulas out, and read back as a roster.
    let edited = path("edited.xlsx");
    edit(&book, &edited);
    for (roster, into) in [(&book, "again"), (&edited, "edited")] {
        poolwise(&["import", files[0], files[1], roster, "--sheet", "Shifts 1 today", "--into", &path(into)]);
    }
    let today = |into: &str| fs::read_to_string(path(into).clone() + "/today.toml").expect("written");
    let (again, edited) = (today("again"), today("edited"));
    assert!(!again.contains("start = \"06:00\", length = \"9 h\"") && again != edited);
    assert!(edited.contains("start = \"06:00\", length = \"9 h\""), "{edited}");
}

/// Means are those of the points, and tables along both axes have each point once; both are formulas with their results, and there is a chart a
/// scenario with a line a value of the second axis.
fn means_and_tables(book: &str, points: &[Vec<Cell<'static>>]) {
    let means = sheet(book, "Means");
    for row in &means[1..] {
        let own: Vec<f64> =
            points[1..].iter().filter(|p| p[0] == row[0] && p[2] == row[2]).map(|p| number(&p[6])).collect();
        assert_eq!(own.len(), 16);
        let mean = own.iter().sum::<f64>() / 16.0;
        assert!((number(&row[3]) - mean).abs() < 1e-9 * mean.abs().max(1.0), "{row:?} {mean}");
        assert_eq!(number(&row[4]), own.iter().copied().fold(f64::MAX, f64::min));
        assert_eq!(number(&row[5]), own.iter().copied().fold(f64::MIN, f64::max));
    }
    let more = number(&means[2][3]) - number(&means[1][3]);
    assert!(means[1].get(6).is_none_or(|c| *c == Cell::Empty) && (number(&means[2][6]) - more).abs() < 1e-9);
    let tables = sheet(book, "Tables");
    // The first: four values of the rate down, four of the pace across, and means of both.
    let text = |t: &str| Cell::text(t).into_owned();
    assert_eq!((&tables[0][1], &tables[1][1]), (&text("mm8"), &text("Slowdown of the others")));
    assert_eq!((&tables[2][0], &tables[2][5]), (&text("Arrivals, per hour"), &text("Mean")));
    for row in &tables[3..7] {
        for (j, pace) in [0.8, 0.9, 1.0, 1.1].into_iter().enumerate() {
            assert_eq!(number(&tables[2][1 + j]), pace);
            let point = points[1..].iter().find(|p| {
                p[0] == points[1][0] && p[2] == text("mm8") && p[4] == row[0] && number(&p[5]) == pace
            });
            assert_eq!(number(&row[1 + j]), number(&point.expect("a point")[6]));
        }
        let mean = row[1..5].iter().map(number).sum::<f64>() / 4.0;
        assert!((number(&row[5]) - mean).abs() < 1e-9);
    }
    let parts = parts(book);
    let charts: Vec<&(String, String)> =
        parts.iter().filter(|p| p.0.starts_with("xl/charts/chart")).collect();
    assert_eq!(charts.len(), 2);
    assert!(charts.iter().all(|c| c.1.matches("<c:ser>").count() == 4), "{}", charts[0].1);
    let part = |name: &str| parts.iter().find(|p| p.0 == name).map_or("", |p| p.1.as_str());
    assert!(part("xl/worksheets/sheet2.xml").contains("AVERAGE(Points!$G$2:$G$17)"));
    assert!(part("xl/worksheets/sheet3.xml").contains("Points!G2"));
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
    means_and_tables(&book, &rows);
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
