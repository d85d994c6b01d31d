//! Histories as people keep them: a row for each place, a column of each measure for each place, a sheet for each place, month or
//! measure. All say the same, and the same history is read.

mod files;

use files::{NO_TIMES, book, file, import_files};
use jiff::civil::{DateTime, date};
use poolwise_intake::read::UnwatchedRead as NoRows;
use poolwise_intake::replay::{Backtest, BacktestRequest, Replay};
use poolwise_intake::ways::Said;
use poolwise_scenario::{Overrides, Snapshot};
use poolwise_study::{Loaded, Unwatched};
use std::path::Path;

const PLACES: [&str; 2] = ["North", "East-Coast"];

/// Hours of four days, with what happened at both places: offered, answered in time, given up, officers, mean handling time.
fn hours() -> impl Iterator<Item = (DateTime, [[usize; 5]; 2])> {
    (0..96).map(|h| {
        let at = date(2025, 3, 3).at(0, 0, 0, 0).checked_add(jiff::Span::new().hours(h)).expect("an hour");
        let h = usize::try_from(h).expect("not below 0");
        let of = |p: usize| {
            let n = 1 + (h * 7 + p * 3 + h / 5) % 6;
            [n, n - n / 3, n / 3, 2 + (h + p) % 3, 200 + h % 50 + p]
        };
        (at, [of(0), of(1)])
    })
}

fn stamp(at: DateTime) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

const MEASURES: [&str; 5] = ["Offered", "Answered within 10 min", "Abandoned", "Staff", "AHT (s)"];

fn long() -> String {
    let mut out = format!("Date/time,Office,{}\n", MEASURES.join(","));
    for (at, places) in hours() {
        for (name, of) in PLACES.iter().zip(places) {
            out.push_str(&format!("{},{name},{}\n", stamp(at), of.map(|n| n.to_string()).join(",")));
        }
    }
    out
}

/// One table of some measures: its name, and what it has in a column of its own for each place.
fn wide(head: &str, columns: &dyn Fn(&str, &str) -> String, measures: &[usize]) -> String {
    let names: Vec<String> =
        PLACES.iter().flat_map(|p| measures.iter().map(|m| columns(p, MEASURES[*m]))).collect();
    let mut out = format!("{head}Date/time,{}\n", names.join(","));
    for (at, places) in hours() {
        let cells: Vec<String> =
            places.iter().flat_map(|of| measures.iter().map(|m| of[*m].to_string())).collect();
        out.push_str(&format!("{},{}\n", stamp(at), cells.join(",")));
    }
    out
}

/// A sheet of what stands in a text with commas.
fn sheet(text: &str) -> String {
    let mut out = String::from("<sheetData>");
    for (r, line) in text.lines().enumerate() {
        out.push_str(&format!("<row r=\"{}\">", r + 1));
        for (c, cell) in line.split(',').enumerate().filter(|c| !c.1.is_empty()) {
            let at = format!("{}{}", char::from(b'A' + c as u8), r + 1);
            out.push_str(&match cell.parse::<f64>() {
                Ok(n) => format!("<c r=\"{at}\"><v>{n}</v></c>"),
                Err(_) => format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>"),
            });
        }
        out.push_str("</row>");
    }
    out + "</sheetData>"
}

/// A row for each measure, one measure after the other.
fn by_measure() -> String {
    let mut out = String::from("Date/time,Office,Metric,Value\n");
    for (m, measure) in MEASURES.into_iter().enumerate() {
        for (at, places) in hours() {
            for (name, of) in PLACES.iter().zip(places) {
                out.push_str(&format!("{},{name},{measure},{}\n", stamp(at), of[m]));
            }
        }
    }
    out
}

/// A pivot: places over measures, the day once for all of its hours and its sums below them.
fn nested() -> String {
    let mut out = format!("Column Labels,,{}\n", PLACES.map(|p| format!("{p},,,")).join(","));
    let of_means = |m: usize| if m == 4 { "Average of " } else { "Sum of " };
    let some = [0, 1, 2, 4];
    let names: Vec<String> = some.iter().map(|m| format!("{}{}", of_means(*m), MEASURES[*m])).collect();
    out.push_str(&format!("Date,Hour,{},{}\n", names.join(","), names.join(",")));
    let mut sums = [0; 8];
    for (at, places) in hours() {
        let numbers: Vec<usize> = places.iter().flat_map(|of| some.map(|m| of[m])).collect();
        let day = if at.hour() == 0 { at.date().to_string() } else { String::new() };
        sums.iter_mut().zip(&numbers).for_each(|(s, n)| *s += n);
        let shown = |n: &[usize]| n.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
        out.push_str(&format!("{day},{:02}:00,{}\n", at.hour(), shown(&numbers)));
        if at.hour() == 23 {
            out.push_str(&format!("{} Total,,{}\n", at.date(), shown(&sums)));
            sums = [0; 8];
        }
    }
    out
}

/// Columns told by blanks.
fn fixed(text: &str) -> String {
    let line = |l: &str| {
        let cells = l.split(',').enumerate();
        cells.map(|(i, c)| if i == 0 { format!("{c:<18}") } else { format!("{c:>36}") }).collect::<String>()
    };
    text.lines().map(|l| line(l) + "\n").collect()
}

fn back_test(history: &Path) -> Result<Backtest, String> {
    let mut text = String::from(
        "run = { horizon = \"1 week\" }\nroute = [{ to = \"desk\" }]\ncentre.desk = { levels = { officers = 9 } }\n\
         stage.answer = { service = { role = \"agent\", time = { exponential = \"220 s\" } }, next = \"done\" }\n\
         stage.done = { exit = true }\n",
    );
    PLACES.iter().for_each(|p| text.push_str(&format!("class.{p} = {{ rate = \"3 per hour\" }}\n")));
    let files = Snapshot::of([("desk.toml".into(), text.into())].into());
    let loaded = Loaded::read(&files, Path::new("desk.toml"), &Overrides::default()).expect("a scenario");
    let said = Said::default();
    let asked = BacktestRequest { history, sheet: None, said, within: Some(600.0), changes: false };
    let replay = Replay::of(&loaded, &asked, &NoRows).map_err(|e| e.to_string())?;
    Ok(replay.run(Some(1), &Unwatched).expect("simulated"))
}

/// Twelve forms of one history: what is read of each is what is read of the long one, and so is what is predicted.
#[test]
fn all_forms_of_one_history_are_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let expected = back_test(&file(dir.path(), "long.csv", long().as_bytes())).expect("read");
    assert_eq!(expected.past.rows.len(), 192);
    let all = [0, 1, 2, 3, 4];
    let two_rows = {
        let upper = PLACES.map(|p| format!("{p},,,,")).join(",");
        wide(&format!(",{upper}\n"), &|_, m| m.to_owned(), &all)
    };
    let texts = [
        ("behind.csv", wide("", &|p, m| format!("{p} {m}"), &all)),
        ("before.csv", wide("", &|p, m| format!("{m} {p}"), &all)),
        ("marks.csv", wide("", &|p, m| format!("{m} - {p}"), &all)),
        ("brackets.csv", wide("", &|p, m| format!("{p} ({m})"), &all)),
        ("lower.csv", wide("Offered and answered\n", &|p, m| format!("{}_{m}", p.to_lowercase()), &all)),
        ("two-rows.csv", two_rows),
        ("metric.csv", by_measure()),
        ("fixed.txt", fixed(&wide("", &|p, m| format!("{p} {m}"), &all))),
    ];
    let mut paths: Vec<_> = texts.iter().map(|(n, t)| file(dir.path(), n, t.as_bytes())).collect();
    let of_place = |p: usize| {
        let mut out = format!("Date/time,{}\n", MEASURES.join(","));
        hours().for_each(|(at, of)| {
            out.push_str(&format!("{},{}\n", stamp(at), of[p].map(|n| n.to_string()).join(",")));
        });
        sheet(&out)
    };
    let of_days = |days: std::ops::RangeInclusive<i8>| {
        let mut lines = long();
        let head = lines.lines().next().expect("a head").to_owned();
        lines = lines
            .lines()
            .filter(|l| days.contains(&l[8..10].parse().unwrap_or(0)))
            .collect::<Vec<_>>()
            .join("\n");
        sheet(&format!("{head}\n{lines}\n"))
    };
    let of_measure = |m: usize| sheet(&wide("", &|p, _| p.to_owned(), &[m]));
    let books: [(&str, Vec<(&str, String)>); 4] = [
        ("places.xlsx", (0..2).map(|p| (PLACES[p], of_place(p))).collect()),
        (
            "days.xlsx",
            vec![("First", of_days(3..=4)), ("Second", of_days(5..=6)), ("Read me", sheet("Made by hand\n"))],
        ),
        ("measures.xlsx", MEASURES.iter().enumerate().map(|(m, name)| (*name, of_measure(m))).collect()),
        (
            "staff.xlsx",
            vec![
                ("Calls", sheet(&wide("", &|p, m| format!("{p} {m}"), &[0, 1, 2, 4]))),
                ("Staff", of_measure(3)),
                ("Targets", sheet("Name,Value\nwithin,10\nshare,80\n")),
            ],
        ),
    ];
    for (name, sheets) in &books {
        let sheets: Vec<(&str, &str, &str)> = sheets.iter().map(|(n, s)| (*n, "", s.as_str())).collect();
        paths.push(book(dir.path(), name, "", &sheets, &[]));
    }
    for path in paths {
        let found = back_test(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let lower = |places: &[String]| places.iter().map(|p| p.to_lowercase()).collect::<Vec<_>>();
        assert_eq!(lower(&found.past.places), lower(&expected.past.places), "{}", path.display());
        assert_eq!(found.past.rows, expected.past.rows, "{}", path.display());
        assert_eq!(found.verdict.rows, expected.verdict.rows, "{}", path.display());
        assert!(!found.past.notes.is_empty(), "{}", path.display());
    }
}

/// A pivot, without officers, is the plain table of the same.
#[test]
fn a_nested_history_is_the_plain_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let plain = wide("", &|p, m| format!("{p} {m}"), &[0, 1, 2, 4]);
    let expected = back_test(&file(dir.path(), "plain.csv", plain.as_bytes())).expect("read");
    let found = back_test(&file(dir.path(), "nested.csv", nested().as_bytes())).expect("read");
    assert_eq!(found.past.rows, expected.past.rows);
    assert_eq!(found.verdict.rows, expected.verdict.rows);
    for said in
        ["stands at the first row of each day", "rows of totals left out", "columns of `North`, `East-Coast`"]
    {
        assert!(found.past.notes.iter().any(|n| n.contains(said)), "{said}: {:?}", found.past.notes);
    }
    let error = back_test(&file(dir.path(), "sums.csv", nested().replace("Average of", "Sum of").as_bytes()));
    assert!(error.expect_err("a sum of means").contains("a sum of `AHT (s)` is no value of it"));
}

/// What cannot be told apart is refused: a measure that names no place, the same interval in two sheets, a place without a class,
/// more answered than came. `import` reads the same forms.
#[test]
fn what_is_not_one_history_is_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    let refused =
        |name: &str, text: String| back_test(&file(dir.path(), name, text.as_bytes())).expect_err(name);
    let by_place = wide("", &|p, m| format!("{p} {m}"), &[0, 1]);
    let more: Vec<String> = by_place
        .lines()
        .enumerate()
        .map(|(i, l)| format!("{l},{}\n", if i == 0 { "Staff" } else { "3" }))
        .collect();
    let error = refused("staff.csv", more.concat());
    assert!(error.contains("`Staff` names no place") && error.contains("`East-Coast`"), "{error}");
    let error = refused("south.csv", by_place.replace("North", "South"));
    assert!(error.contains("the history has `South`") && error.contains("south.csv"), "{error}");
    let error = refused(
        "odd.csv",
        by_place
            .replace("2025-03-03 05:00,", "2025-03-03 05:00,1,7,3,3\nx")
            .lines()
            .filter(|l| !l.starts_with('x'))
            .map(|l| format!("{l}\n"))
            .collect::<String>(),
    );
    assert!(error.contains("7 is not a part of the 1 requests offered"), "{error}");
    assert!(error.contains("row 7, column `North Answered within 10 min`"), "{error}");
    let one = sheet(&by_place);
    let twice = book(dir.path(), "twice.xlsx", "", &[("A", "", &one), ("B", "", &one)], &[]);
    let error = back_test(&twice).expect_err("twice");
    assert!(
        error.contains("sheet `B`, row 2") && error.contains("of `North` is here a second time"),
        "{error}"
    );
    assert!(error.contains("sheet `A`, row 2"), "{error}");
    // With handling times it says all that an import needs.
    let text = wide("", &|p, m| format!("{p} {m}"), &[0, 1, 4]);
    let found = import_files(&[file(dir.path(), "in.csv", text.as_bytes())], NO_TIMES).expect("read");
    let csv = &found.written.files.iter().find(|f| f.0 == "data/arrivals.csv").expect("written").1;
    assert!(csv.starts_with("time,North,East-Coast\n2025-03-03 00:00,1,4\n"), "{}", &csv[..80]);
}
