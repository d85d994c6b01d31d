//! Tables as people lay them out: a place beside or below the other, dates in three columns or once for a day, officers by interval.

mod files;

use files::{PLAIN, import_texts};
use poolwise_intake::import::Import;

const DAYS: usize = 28;

/// A count that differs by place, day and hour.
fn n(place: usize, d: usize, h: usize) -> usize {
    (d * 7 + h * 5 + d * h + place * 3) % 11
}

/// Hours from Monday, 3 March 2025: the day's number, its date in March, the hour.
fn hours() -> impl Iterator<Item = (usize, usize, usize)> {
    (0..DAYS).flat_map(|d| (0..24).map(move |h| (d, d + 3, h)))
}

fn read(files: &[(&str, String)]) -> Result<Import, String> {
    import_texts(files, PLAIN)
}

fn contents<'i>(found: &'i Import, name: &str) -> &'i str {
    found.written.files.iter().find(|f| f.0 == name).map_or("", |f| f.1.as_str())
}

fn arrivals(text: String) -> String {
    let found = read(&[("counts.csv", text)]).unwrap_or_else(|e| panic!("{e}"));
    contents(&found, "data/arrivals.csv").to_owned()
}

/// The file's lines: the head, and one for each hour.
fn table(head: &str, row: impl Fn(usize, usize, usize) -> String) -> String {
    std::iter::once(head.to_owned())
        .chain(hours().map(|(d, m, h)| row(d, m, h)))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The same lines; else the first that differs.
fn same(found: &str, expected: &str, what: &str) {
    let differ = found.lines().zip(expected.lines()).find(|(a, b)| a != b);
    assert_eq!(differ, None, "{what}");
    assert_eq!(found.lines().count(), expected.lines().count(), "{what}");
}

fn wide() -> String {
    table("Time,North,South", |d, m, h| format!("2025-03-{m:02} {h:02}:00,{},{}", n(0, d, h), n(1, d, h)))
}

#[test]
fn tables_beside_each_other_are_a_place_each() {
    let expected = arrivals(wide());
    let both = |d: usize, m: usize, h: usize, gap: &str| {
        let at = format!("2025-03-{m:02} {h:02}:00");
        format!("{at},{}{gap},{at},{}", n(0, d, h), n(1, d, h))
    };
    let titled = table("North,,,South,\nTime,Calls,,Time,Calls", |d, m, h| both(d, m, h, ","));
    let close = table("North,,South,\nTime,Calls,Time,Calls", |d, m, h| both(d, m, h, ""));
    let named = table("Time,North,,Time,South", |d, m, h| both(d, m, h, ","));
    let apart = table("North,,,,South,,\nDate,Hour,Calls,,Date,Hour,Calls", |d, m, h| {
        let at = format!("2025-03-{m:02},{h}");
        format!("{at},{},,{at},{}", n(0, d, h), n(1, d, h))
    });
    let cells = |p: usize, d: usize| (0..24).map(|h| n(p, d, h).to_string()).collect::<Vec<_>>().join(",");
    let times = (0..24).map(|h| h.to_string()).collect::<Vec<_>>().join(",");
    let grids = (0..DAYS).fold(
        format!("North{}South{}\nDate,{times},,Date,{times}", ",".repeat(26), ",".repeat(24)),
        |text, d| {
            format!("{text}\n2025-03-{:02},{},,2025-03-{:02},{}", d + 3, cells(0, d), d + 3, cells(1, d))
        },
    );
    for text in [titled, close, named, apart, grids] {
        let start: String = text.chars().take(60).collect();
        same(&arrivals(text), &expected, &start);
    }
    // Nobody knows whose they are.
    let error = read(&[("counts.csv", table("Time,Calls,,Time,Calls", |d, m, h| both(d, m, h, ",")))]);
    let error = error.expect_err("no place is named");
    assert!(error.contains("name no place") && error.contains("write the place above each table"), "{error}");
    // Two months beside each other are one record.
    let two = |from: usize| (from..from + 14).flat_map(|d| (0..24).map(move |h| (d, h))).collect::<Vec<_>>();
    let mut halves = String::from("First half,,,Second half,\nTime,Calls,,Time,Calls");
    for ((d, h), (e, i)) in two(0).into_iter().zip(two(14)) {
        let line = |d: usize, h: usize| format!("2025-03-{:02} {h:02}:00,{}", d + 3, n(0, d, h));
        halves.push_str(&format!("\n{},,{}", line(d, h), line(e, i)));
    }
    let one = table("Time,Calls", |d, m, h| format!("2025-03-{m:02} {h:02}:00,{}", n(0, d, h)));
    same(&arrivals(halves), &arrivals(one), "two months");
    // Dates of one call beside each other are no two tables.
    let calls = table("Arrived,,Ended,\nDate,Time,Date,Time", |_, m, h| {
        format!("2025-03-{m:02},{h:02}:00,2025-03-{m:02},{h:02}:20")
    });
    let error = read(&[("calls.csv", calls)]).expect_err("two columns have one name");
    assert!(error.contains("two columns are called `Date`"), "{error}");
}

#[test]
fn tables_below_each_other_are_a_place_each() {
    let expected = arrivals(wide());
    let of = |p: usize| {
        hours().map(|(d, m, h)| format!("2025-03-{m:02} {h:02}:00,{}\n", n(p, d, h))).collect::<String>()
    };
    let stacked = format!("North,\nTime,Calls\n{}\nSouth,\nTime,Calls\n{}", of(0), of(1));
    same(&arrivals(stacked), &expected, "stacked");
    // Names that stand again on each page are no counts; what stands above them on each page neither.
    let (a, b) = expected.split_at(expected.len() / 2);
    let (a, b) =
        (format!("{a}{}", b.lines().next().unwrap_or_default()), b.split_once('\n').map_or("", |b| b.1));
    same(&arrivals(format!("{a}\ntime,North,South\n{b}")), &expected, "pages");
    let paged = format!("Calls of March,,\n{a}\nCalls of March,,\ntime,North,South\n{b}");
    same(&arrivals(paged), &expected, "pages with a title");
}

/// Each table is read by itself: thousands in one sheet are a hostile file's.
#[test]
fn more_tables_than_people_make_are_refused() {
    let below: String = (0..400)
        .map(|i| format!("Place {i},\nTime,Calls\n2025-03-03 00:00,1\n2025-03-03 01:00,2\n"))
        .collect();
    let beside =
        ["Time,Calls", "2025-03-03 00:00,1", "2025-03-03 01:00,2"].map(|cells| vec![cells; 400].join(",,"));
    for text in [below, beside.join("\n")] {
        let error = read(&[("counts.csv", text)]).expect_err("too many");
        assert!(error.contains("more than 100 tables") && error.contains("make them one table"), "{error}");
    }
}

#[test]
fn dates_in_three_columns_are_one_date() {
    let expected = arrivals(wide());
    let counts = |d: usize, h: usize| format!("{},{}", n(0, d, h), n(1, d, h));
    let forms = [
        table("Year,Month,Day,Hour,North,South", |d, m, h| format!("2025,3,{m},{h},{}", counts(d, h))),
        table("yy,mm,dd,hh,North,South", |d, m, h| format!("25,3,{m},{h},{}", counts(d, h))),
        table("Day,Month,Year,Time,North,South", |d, m, h| {
            format!("{m},March,2025,{h:02}:00,{}", counts(d, h))
        }),
        table("Jahr,Monat,Tag,Stunde,North,South", |d, m, h| format!("2025,03,{m:02},{h},{}", counts(d, h))),
        table("Year,Month,Day,Hour,Minute,North,South", |d, m, h| {
            format!("2025,3,{m},{h},0,{}", counts(d, h))
        }),
    ];
    for text in forms {
        let start: String = text.chars().take(40).collect();
        let commas = ",".repeat(text.lines().next().map_or(0, |l| l.matches(',').count()) - 1);
        same(&arrivals(format!("{text}\nTotal{commas}9,9")), &expected, &start);
        same(&arrivals(text), &expected, &start);
    }
    let refuse = |text: String| read(&[("counts.csv", text)]).expect_err("refused");
    let error = refuse(table("Year,Month,Day,Hour,Calls", |_, m, h| format!("2025,2,{m},{h},1")));
    assert!(error.contains("column `Day`") && error.contains("is not a day of month 2 of 2025"), "{error}");
    assert!(error.contains(&format!("row {}", 2 + 26 * 24)), "{error}");
    let error = refuse(table("Month,Day,Hour,Calls", |_, m, h| format!("3,{m},{h},1")));
    assert!(error.contains("no year") && error.contains("add a column `Year`"), "{error}");
}

#[test]
fn a_date_holds_for_the_rows_below_it() {
    let once = table("Date,Hour,North,South", |d, m, h| {
        let date = if h == 0 { format!("2025-03-{m:02}") } else { String::new() };
        format!("{date},{h},{},{}", n(0, d, h), n(1, d, h))
    });
    let found = read(&[("counts.csv", once.clone())]).unwrap_or_else(|e| panic!("{e}"));
    same(contents(&found, "data/arrivals.csv"), &arrivals(wide()), "once a day");
    assert!(
        found.said.iter().any(|s| s.contains("`Date` stands at the first row of each day")),
        "{:?}",
        found.said
    );
    // A day without a date would be a second one of the day before.
    let error = read(&[("counts.csv", once.replace("2025-03-09,0", ",0"))]).expect_err("a date is missing");
    assert!(error.contains("a second row for 2025-03-08 00:00"), "{error}");
}

/// Officers at work by half-hour: three from 7 to 15, two to 23, one at night.
fn at_work(half: usize) -> usize {
    match half / 2 {
        7..15 => 3,
        15..23 => 2,
        _ => 1,
    }
}

fn clock(half: usize) -> String {
    format!("{:02}:{:02}", half / 2 % 24, 30 * (half % 2))
}

fn with_roster(name: &str, roster: String) -> Result<Import, String> {
    let counts = table("Time,Calls", |d, m, h| format!("2025-03-{m:02} {h:02}:00,{}", n(0, d, h)));
    read(&[("counts.csv", counts), (name, roster)])
}

#[test]
fn officers_by_interval_are_a_roster() {
    let levels = "levels = { weekly = [\n  \
        { days = \"daily\", from = \"00:00\", to = \"07:00\", officers = 1 },\n  \
        { days = \"daily\", from = \"07:00\", to = \"15:00\", officers = 3 },\n  \
        { days = \"daily\", from = \"15:00\", to = \"23:00\", officers = 2 },\n  \
        { days = \"daily\", from = \"23:00\", to = \"00:00\", officers = 1 },\n] }\n";
    let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let lines =
        |head: String, row: &dyn Fn(usize) -> String| (0..48).fold(head, |t, i| format!("{t}\n{}", row(i)));
    let week = |head: &str| {
        lines(format!("{head}Time,{}", days.join(",")), &|i| {
            format!("{}{}", clock(i), format!(",{}", at_work(i)).repeat(7))
        })
    };
    let dated = (0..14).fold("Date,Time,Staff".to_owned(), |t, d| {
        lines(t, &|i| format!("2025-03-{:02},{},{}", d + 3, clock(i), at_work(i)))
    });
    let rows =
        days.iter().fold(format!("Day,{}", (0..48).map(clock).collect::<Vec<_>>().join(",")), |t, day| {
            format!("{t}\n{day},{}", (0..48).map(|i| at_work(i).to_string()).collect::<Vec<_>>().join(","))
        });
    let forms = [
        ("a.csv", lines("Half hour,Staff needed".to_owned(), &|i| format!("{},{}", clock(i), at_work(i)))),
        (
            "b.csv",
            lines("Interval,Officers".to_owned(), &|i| {
                format!("{}-{},{}", clock(i), clock(i + 1), at_work(i))
            }),
        ),
        ("c.csv", week("Staff needed per half hour,,,,,,,\n")),
        ("staffing.csv", week("")),
        ("staff required.csv", rows),
        ("d.csv", dated),
    ];
    for (name, text) in forms {
        let found = with_roster(name, text).unwrap_or_else(|e| panic!("{name}: {e}"));
        let today = contents(&found, "today.toml");
        assert!(today.contains(levels), "{name}: {today}");
        assert!(!today.contains("absence ="), "{name}");
        assert!(found.said.iter().any(|s| s.contains("nobody of them absent")), "{name}: {:?}", found.said);
    }
    // Days that differ are told apart.
    let weekend = week("").replace(",3,3\n", ",2,1\n");
    let found = with_roster("staff.csv", weekend).unwrap_or_else(|e| panic!("{e}"));
    let today = contents(&found, "today.toml");
    assert!(
        today.contains("{ days = \"Mon,Tue,Wed,Thu,Fri\", from = \"07:00\", to = \"15:00\", officers = 3 }"),
        "{today}"
    );
    assert!(today.contains("{ days = \"Sun\", from = \"00:00\", to = \"15:00\", officers = 1 }"), "{today}");
}

#[test]
fn whose_numbers_they_are_is_asked() {
    let days = "Mon,Tue,Wed,Thu,Fri,Sat,Sun";
    let week = (0..48).fold(format!("Time,{days}"), |t, i| format!("{t}\n{}{}", clock(i), ",2".repeat(7)));
    let error = with_roster("x.csv", week.clone()).expect_err("an average week of requests, or officers?");
    assert!(error.contains("average week") && error.contains("write `Staff` above the table"), "{error}");
    // Calls that staff took are calls.
    let error =
        with_roster("x.csv", format!("Calls answered by all staff,,,,,,,\n{week}")).expect_err("calls");
    assert!(error.contains("average week"), "{error}");
    let half = week.replace(",2", ",2.5");
    let error = with_roster("staff.csv", half).expect_err("half an officer");
    assert!(error.contains("staff.csv, row 2, column `Mon`") && error.contains("a whole number"), "{error}");
    let twice = format!("{week}\n00:00{}", ",2".repeat(7));
    let error = with_roster("staff.csv", twice).expect_err("twice");
    assert!(error.contains("officers for 00:00 a second time: the first is row 2"), "{error}");
    let uneven = week.replace("\n07:30", "\n07:40");
    let error = with_roster("staff.csv", uneven).expect_err("uneven");
    assert!(error.contains("not equally far apart"), "{error}");
}
