//! The agency's files, in all their forms, and shapes of tables that others have.

use poolwise_intake::arrivals;
use poolwise_intake::counts::{Series, counts};
use poolwise_intake::durations::durations;
use poolwise_intake::events::events;
use poolwise_intake::facts::{self, SheetTable};
use poolwise_intake::fit::{Shift, fit};
use poolwise_intake::problem::Problem;
use poolwise_intake::read::{Book, UnwatchedRead};
use poolwise_intake::recognise::{TableShape, shape};
use poolwise_intake::roster::{Codes, RecordedRoster, roster};
use poolwise_intake::scenario::{HandlingTimes, Material, WrittenFiles, write};
use poolwise_intake::ways::Said;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn open(path: &Path) -> (Book, SheetTable, TableShape) {
    let book = Book::open(path).unwrap_or_else(|e| panic!("{e}"));
    let sheet = book.sheets().expect("sheets").remove(0);
    let table = facts::table(&book, sheet.as_deref(), &UnwatchedRead)
        .unwrap_or_else(|e| panic!("{e}"))
        .expect("a table");
    let shape = shape(&table).unwrap_or_else(|e| panic!("{e}"));
    (book, table, shape)
}

fn series(path: &Path) -> Series {
    let (book, table, shape) = open(path);
    counts(&book, &table, &shape, (&Said::default(), None), &UnwatchedRead).unwrap_or_else(|e| panic!("{e}"))
}

fn agency_roster() -> RecordedRoster {
    let (book, table, shape) = open(&root().join("docs/dispatch/roster.csv"));
    roster(&book, &table, &shape, (&Said::default(), &Codes::new()), &UnwatchedRead)
        .unwrap_or_else(|e| panic!("{e}"))
}

fn written(series: &Series) -> WrittenFiles {
    let (book, table, shape) = open(&root().join("docs/dispatch/durations.csv"));
    let TableShape::Durations { duration, groups } = &shape else { panic!("{shape:?}") };
    let d =
        durations(&book, &table, (*duration, groups), &Said::default(), &UnwatchedRead).expect("durations");
    let fitted = fit(&d.seconds, Shift::None).expect("a fit");
    let streams: Vec<_> = (0..series.places.len()).map(|p| arrivals::stream(series, Some(p))).collect();
    let roster = agency_roster();
    write(&Material {
        series,
        not_recorded: &[],
        counts_file: "counts",
        streams: &streams,
        handling: HandlingTimes::Recorded(&fitted, &d.seconds, "durations.csv", d.unit),
        roster: Some((&roster, "roster.csv")),
        patience: None,
        zone: None,
        target: 1800.0,
        patterns: poolwise_intake::pattern::patterns(series, &[]).as_ref(),
        holidays: &[],
        forecast: None,
    })
    .unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn all_forms_give_the_same_files() {
    let first = series(&root().join("docs/dispatch/tickets.xlsx"));
    assert_eq!(first.places, ["North", "South", "East", "West", "Harbour"]);
    assert_eq!((first.width, first.rows.len(), first.total()), (3600, 1344, 28_021));
    let files = written(&first);
    println!(
        "{}",
        files
            .files
            .iter()
            .filter(|f| f.0.ends_with("toml"))
            .map(|f| format!("== {}\n{}", f.0, f.1))
            .collect::<String>()
    );
    assert_eq!(files.scenarios, ["today.toml", "night-desk.toml", "one-centre.toml"]);
    for form in ["tickets_iso", "tickets_eu", "tickets_us", "two", "u16"] {
        let again = series(&root().join(format!("tests/intake/{form}.csv")));
        assert_eq!(again.rows, first.rows, "{form}");
        assert_eq!(written(&again).files, files.files, "{form}");
    }
}

fn file(text: &str, name: &str) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join(name);
    std::fs::write(&path, text).expect("written");
    (dir, path)
}

#[test]
fn a_long_table_is_the_wide_one() {
    let mut long = String::from("Day\tHour\tOffice\tCalls\n");
    for d in 1..=20 {
        for h in 1..=24 {
            for (o, n) in [("North", d + h), ("South", 2 * h)] {
                long.push_str(&format!("{d:02}.03.2025\t{h}\t{o}\t{n}\n"));
            }
        }
    }
    let (_dir, path) = file(&long, "long.txt");
    let s = series(&path);
    assert_eq!(s.places, ["North", "South"]);
    assert_eq!(s.rows[0], ("2025-03-01T00:00".parse().expect("a time"), vec![2, 2]));
    assert!(s.notes.iter().any(|n| n.contains("1 to 24")), "{:?}", s.notes);
    assert!(s.notes.iter().any(|n| n.contains("day standing first")), "{:?}", s.notes);
}

#[test]
fn call_records_give_arrivals_times_and_patience() {
    let mut text = String::from("Call ID,Queue,Arrived,Answered,Ended,Agent\n");
    for i in 0..600 {
        let (h, m) = (i / 60 % 24, i % 60);
        let (a, e) = if i % 10 == 0 {
            (String::new(), format!("2025-03-{:02} {h:02}:{m:02}:50", 3 + i / 60 % 7))
        } else {
            (
                format!("2025-03-{:02} {h:02}:{m:02}:20", 3 + i / 60 % 7),
                format!("2025-03-{:02} {h:02}:{m:02}:55", 3 + i / 60 % 7),
            )
        };
        text.push_str(&format!("{i},help,2025-03-{:02} {h:02}:{m:02}:05,{a},{e},Kim\n", 3 + i / 60 % 7));
    }
    let (_dir, path) = file(&text, "calls.csv");
    let (book, table, shape) = open(&path);
    let (s, also) = events(&book, &table, &shape, (&Said::default(), None), &UnwatchedRead)
        .unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((s.total(), s.width, s.places.as_slice()), (600, 900, &["help".to_owned()][..]));
    assert_eq!((also.handling.seen, also.waits.seen), (540, 600));
    assert!(also.handling.kept.iter().all(|x| *x == 35.0));
    assert_eq!(also.waits.kept.iter().filter(|w| w.ended && w.time == 45.0).count(), 60);
}

#[test]
fn rosters_of_persons_and_of_numbers_are_the_same() {
    let expected = agency_roster();
    assert_eq!(expected.places.len(), 5);
    let (_dir, path) = file(
        "Name,Office,Mon,Tue,Wed,Thu,Fri,Sat,Sun\nA,North,07:00-15:00,07:00-15:00,off,07:00-15:00,07:00-15:00,,\nB,North,23:00-07:00,,23:00-07:00,,23:00-07:00,off,23:00-07:00\n",
        "people.csv",
    );
    let (book, table, shape) = open(&path);
    let r = roster(&book, &table, &shape, (&Said::default(), &Codes::new()), &UnwatchedRead)
        .unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(r.places[0].0, "North");
    assert_eq!(r.places[0].1[0].officers, [1, 1, 0, 1, 1, 0, 0]);
    assert_eq!((r.places[0].1[1].start, r.places[0].1[1].length), (1380, 480));
    let (_dir, path) = file(
        "Office;Start;End;Days;Officers\nNorth;7:00;15:00;Mon-Fri;3\nNorth;7:00;15:00;Sat,Sun;2\nTotal;;;;5\n",
        "numbers.csv",
    );
    let (book, table, shape) = open(&path);
    let r = roster(&book, &table, &shape, (&Said::default(), &Codes::new()), &UnwatchedRead)
        .unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(r.places[0].1[0].officers, [3, 3, 3, 3, 3, 2, 2]);
}

#[test]
fn heaped_minutes_are_named() {
    let mut text = String::from("time\n");
    for d in 3..24 {
        for h in 0..24 {
            for m in [0, 0, 0, 30, 30, 7 + h % 20, 41] {
                text.push_str(&format!("2025-03-{d:02} {h:02}:{m:02}\n"));
            }
        }
    }
    let (_dir, path) = file(&text, "times.csv");
    let (book, table, shape) = open(&path);
    let (s, _) = events(&book, &table, &shape, (&Said::default(), None), &UnwatchedRead)
        .unwrap_or_else(|e| panic!("{e}"));
    let note = s.notes.iter().find(|n| n.contains("heaped")).expect("named");
    assert!(note.contains("42.9 % at :00") && note.contains("28.6 % at :30"), "{note}");
    assert_eq!((s.width, s.rows.len()), (3600, 21 * 24));
}

#[test]
fn what_is_open_is_refused() {
    let refuse = |text: &str| -> Problem {
        let (_dir, path) = file(text, "x.csv");
        let (book, table, shape) = open(&path);
        counts(&book, &table, &shape, (&Said::default(), None), &UnwatchedRead).expect_err("open")
    };
    let mut text = String::from("Date,Hour,n\n");
    (3..8).for_each(|d| (0..24).for_each(|h| text.push_str(&format!("{d:02}/04/2025,{h},1\n"))));
    let e = refuse(&text);
    assert!(e.to_string().contains("--dates day-first") && e.place.row == 2, "{e}");
    let e = refuse("time,n\n2025-03-03 00:00,1\n2025-03-03 01:00,1\n2025-03-03 01:00,2\n");
    assert!(e.to_string().contains("the first is row 3") && e.place.row == 4, "{e}");
}
