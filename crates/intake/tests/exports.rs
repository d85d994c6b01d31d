//! Files as the programs of agencies, hospitals, call centres and help desks write them, all of the same requests: each gives the same
//! counts, or says what to write.

mod files;

use files::{PLAIN, import_texts};
use jiff::civil::{DateTime, date};
use std::collections::BTreeMap;
use std::fmt::Write;

const PLACES: [&str; 2] = ["North", "South"];

/// Hours of six weeks from Monday, 3 March 2025, with the counts of two places.
fn hours() -> impl Iterator<Item = (DateTime, [usize; 2])> {
    (0..42 * 24).map(|h: i64| {
        let at = date(2025, 3, 3).at(0, 0, 0, 0).checked_add(jiff::Span::new().hours(h)).expect("an hour");
        let h = usize::try_from(h).expect("not below 0");
        (at, [(h * 7 + h / 24 * 3 + h * h) % 11, (h * 5 + h / 7) % 6])
    })
}

/// What is known: requests by hour and place, where there are some.
fn truth() -> Counts {
    let of = |(at, n): (DateTime, [usize; 2])| {
        PLACES.into_iter().zip(n).map(move |(p, n)| ((shown(at, "%Y-%m-%d %H"), p.to_owned()), n as u64))
    };
    hours().flat_map(of).filter(|x| x.1 > 0).collect()
}

fn shown(at: DateTime, way: &str) -> String {
    at.strftime(way).to_string()
}

/// A request each, some minutes and seconds into its hour, with its number, in the order of time.
fn requests() -> Vec<(usize, DateTime, &'static str)> {
    let mut out = Vec::new();
    for (at, counts) in hours() {
        for (place, n) in PLACES.into_iter().zip(counts) {
            for k in 0..n {
                let i = out.len() + 1;
                let later =
                    jiff::Span::new().minutes(((k * 13 + i * 7) % 60) as i64).seconds((i * 11 % 60) as i64);
                out.push((i, at.checked_add(later).expect("a time"), place));
            }
        }
    }
    out.sort_by_key(|r| r.1);
    out
}

/// A table by hour.
fn counts(head: &str, row: impl Fn(DateTime, usize, usize) -> String) -> String {
    hours().fold(format!("{head}\n"), |mut out, (at, [n, s])| {
        writeln!(out, "{}", row(at, n, s)).expect("text");
        out
    })
}

/// A log.
fn log(head: &str, row: impl Fn(usize, DateTime, &str) -> String) -> String {
    requests().into_iter().fold(format!("{head}\n"), |mut out, (i, at, place)| {
        writeln!(out, "{}", row(i, at, place)).expect("text");
        out
    })
}

/// Requests by hour and place.
type Counts = BTreeMap<(String, String), u64>;

/// What is read of a text, by hour and place; and what is said.
fn read(text: &str) -> Result<(Counts, String), String> {
    let found = import_texts(&[("f.csv", text.to_owned())], PLAIN)?;
    let csv = &found.written.files.iter().find(|f| f.0 == "data/arrivals.csv").expect("arrivals").1;
    let mut lines = csv.lines().map(|l| l.split(',').map(str::to_owned).collect::<Vec<_>>());
    let names = lines.next().expect("names");
    let mut out = BTreeMap::new();
    for line in lines {
        for (name, n) in names.iter().zip(&line).skip(1) {
            let n: u64 = n.parse().expect("a count");
            if n > 0 {
                *out.entry((line[0][..13].to_owned(), name.clone())).or_insert(0) += n;
            }
        }
    }
    Ok((out, found.said.join("\n")))
}

fn all_are_read(texts: &[(&str, String)]) {
    let truth = truth();
    let mut wrong = Vec::new();
    for (name, text) in texts {
        match read(text) {
            Ok((found, _)) if found == truth => {}
            Ok((found, said)) => {
                wrong.push(format!("{name}: {} of {} cells\n{said}", found.len(), truth.len()))
            }
            Err(e) => {
                wrong.push(format!("{name}: {e}\n{}", text.lines().take(3).collect::<Vec<_>>().join("\n")))
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), texts.len(), wrong.join("\n\n"));
}

fn half(at: DateTime) -> &'static str {
    if at.hour() < 12 { "AM" } else { "PM" }
}

fn twelve(at: DateTime) -> i8 {
    if at.hour() % 12 == 0 { 12 } else { at.hour() % 12 }
}

/// Logs of dispatch, emergency departments, help desks and telephone systems.
#[test]
fn logs_of_programs() {
    let later =
        |at: DateTime, minutes: i64| at.checked_add(jiff::Span::new().minutes(minutes)).expect("a time");
    all_are_read(&[
        (
            "dispatch",
            log("Incident #,Call Received,Cleared,Division", |i, at, p| {
                let time = |t: DateTime| format!("{} {}", shown(t, "%m/%d/%Y %I:%M:%S"), half(t));
                format!("{i},{},{},{p}", time(at), time(later(at, 20)))
            }),
        ),
        ("hl7", log("Visit,ARRIVED,Ward", |i, at, p| format!("V{i},{},{p}", shown(at, "%Y%m%d%H%M%S")))),
        (
            "hl7 to the minute",
            log("Visit,ARRIVED,Ward", |i, at, p| format!("V{i},{},{p}", shown(at, "%Y%m%d%H%M"))),
        ),
        (
            "sas",
            log("Enc,ArrivalDtTm,Unit", |i, at, p| {
                format!("{i},{},{p}", shown(at, "%d%b%Y:%H:%M:%S").to_uppercase())
            }),
        ),
        (
            "emergency department",
            log("CSN,Arrival Date,Arrival Time,Department", |i, at, p| {
                format!("{i},{},{},{p}", shown(at, "%m/%d/%Y"), shown(at, "%H%M"))
            }),
        ),
        (
            "help desk",
            log("Id,Subject,Created at,Group", |i, at, p| {
                format!("{i},Printer,{},{p}", shown(at, "%Y-%m-%dT%H:%M:%SZ"))
            }),
        ),
        (
            "service management",
            log("number,opened_at,closed_at,assignment_group,priority", |i, at, p| {
                let time = |t: DateTime| shown(t, "%Y-%m-%d %H:%M:%S");
                format!("INC{i:07},{},{},{p},{} - High", time(at), time(later(at, 300)), i % 3 + 1)
            }),
        ),
        (
            "issue tracker",
            log("Key,Created,Component", |i, at, p| {
                format!(
                    "OPS-{i},{} {}:{} {},{p}",
                    shown(at, "%d/%b/%y"),
                    twelve(at),
                    shown(at, "%M"),
                    half(at)
                )
            }),
        ),
        (
            "mail",
            log("Call ID,Timestamp,Queue", |i, at, p| {
                format!("{i},\"{}\",{p}", shown(at, "%a, %d %b %Y %H:%M:%S"))
            }),
        ),
        (
            "offset",
            log("id,created,team", |i, at, p| format!("{i},{}+01:00,{p}", shown(at, "%Y-%m-%dT%H:%M:%S"))),
        ),
    ]);
}

/// Parts of a log or of a table under titles of their own are places; titles of weeks are remarks, and so are notes.
#[test]
fn parts_under_titles_are_places() {
    let part = |p: &str, row: &dyn Fn(DateTime) -> String| {
        requests().iter().filter(|r| r.2 == p).map(|r| row(r.1) + "\n").collect::<String>()
    };
    let time = |at: DateTime| shown(at, "%Y-%m-%d %H:%M:%S");
    let both = |at: DateTime| {
        format!("{},{}", time(at), time(at.checked_add(jiff::Span::new().minutes(9)).expect("a time")))
    };
    let sections = |titles: [&str; 2], head: &str| {
        let [a, b] = titles;
        format!("{head}{a}{}{b}{}", part("North", &both), part("South", &both))
    };
    let (counts_north, counts_south): (String, String) = hours()
        .map(|(at, [n, s])| {
            let line = |n: usize| format!("{},{},{n}\n", shown(at, "%Y-%m-%d"), at.hour());
            (line(n), line(s))
        })
        .unzip();
    all_are_read(&[
        ("lines", sections(["North\n", "South\n"], "Arrived,Ended\n")),
        ("lines with commas", sections(["North,\n", ",\nSouth,\n"], "Arrived,Ended\n")),
        ("offices", sections(["Office: North\n", "Office: South\n"], "Arrived,Ended\n")),
        ("above the names", sections(["", "South\n"], "North\nArrived,Ended\n")),
        (
            "notes between",
            sections(["North\n", "Closed on Sunday.\nSouth\n"], "Arrived,Ended\n") + "End of the report.\n",
        ),
        ("counts", format!("Date,Hour,Calls\nNorth,,\n{counts_north}\nSouth,,\n{counts_south}")),
    ]);
    // Weeks have days of their own: the rows are of one place, and the titles remarks.
    let mut weeks = String::from("Date,Hour,North,South\n");
    for (i, (at, [n, s])) in hours().enumerate() {
        if i % 168 == 0 {
            writeln!(weeks, "{},,,", ["First part", "Second part", "Third part"][i / 168 % 3]).expect("text");
        }
        writeln!(weeks, "{},{},{n},{s}", shown(at, "%Y-%m-%d"), at.hour()).expect("text");
    }
    let (found, said) = read(&weeks.replace("Third part", "Week 12")).expect("read");
    assert_eq!(found, truth());
    assert!(said.contains("rows of text alone are left out"), "{said}");
    let (_, said) = read(&sections(["North\n", "South\n"], "Arrived,Ended\n")).expect("read");
    assert!(said.contains("titles of parts are taken for places: `North` from row 2"), "{said}");
}

/// Tables by hour as telephone systems, wallboards and spreadsheets write them.
#[test]
fn tables_of_programs() {
    let iso = |at: DateTime| shown(at, "%Y-%m-%d");
    let (week_nl, month_nl) = (["ma", "di", "wo", "do", "vr", "za", "zo"], ["mrt", "apr"]);
    let week_fr = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
    let month_fr = ["mars", "avril"];
    let of_week = |at: DateTime| usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or(0);
    let of_year = |at: DateTime| usize::try_from(at.month() - 3).unwrap_or(0);
    let head = "Date,Hour,North,South";
    let table = |hour: &dyn Fn(i8) -> String| {
        counts(head, |at, n, s| format!("{},{},{n},{s}", iso(at), hour(at.hour())))
    };
    let dates = |way: &str| counts(head, |at, n, s| format!("{},{},{n},{s}", shown(at, way), at.hour()));
    let stamps = |way: &dyn Fn(DateTime) -> String| {
        counts("Timestamp,North,South", |at, n, s| format!("{},{n},{s}", way(at)))
    };
    let next = |at: DateTime| at.checked_add(jiff::Span::new().hours(1)).expect("an hour");
    all_are_read(&[
        ("military", table(&|h| format!("{h:02}00"))),
        ("military without zeros", table(&|h| (i32::from(h) * 100).to_string())),
        ("hour ending", table(&|h| format!("HE{:02}", h + 1))),
        ("to the last minute", table(&|h| format!("{h:02}00-{h:02}59"))),
        ("to the last minute, colons", table(&|h| format!("{h:02}:00 - {h:02}:59"))),
        ("hours with h", table(&|h| format!("{h}h"))),
        ("hours with Uhr", table(&|h| format!("{h} Uhr"))),
        ("hours with u", table(&|h| format!("{h:02}u00"))),
        (
            "am and pm",
            table(&|h| {
                format!("{}{}", if h % 12 == 0 { 12 } else { h % 12 }, if h < 12 { "am" } else { "pm" })
            }),
        ),
        ("eight digits", dates("%Y%m%d")),
        ("years in front", dates("%Y/%m/%d")),
        ("weekday in front", dates("%a %m/%d/%Y")),
        ("month in letters", dates("%d-%b-%y")),
        ("compact", stamps(&|at| shown(at, "%Y%m%d %H%M"))),
        ("compact, T", stamps(&|at| shown(at, "%Y%m%dT%H%M%S"))),
        (
            "from and to in a cell",
            stamps(&|at| format!("{} {:02}:00 - {}", iso(at), at.hour(), shown(next(at), "%Y-%m-%d %H:%M"))),
        ),
        (
            "from and to in a cell, one date",
            stamps(&|at| format!("{}-{}", shown(at, "%m/%d/%Y %H:%M"), shown(next(at), "%H:%M"))),
        ),
        (
            "Dutch",
            counts("Datum;Uur;North;South", |at, n, s| {
                format!(
                    "{} {} {} {};{};{n};{s}",
                    week_nl[of_week(at)],
                    at.day(),
                    month_nl[of_year(at)],
                    at.year(),
                    at.hour()
                )
            }),
        ),
        (
            "French",
            counts("Date;Heure;North;South", |at, n, s| {
                format!(
                    "{} {} {} {};{}h;{n};{s}",
                    week_fr[of_week(at)],
                    at.day(),
                    month_fr[of_year(at)],
                    at.year(),
                    at.hour()
                )
            }),
        ),
    ]);
}

/// Cells that hold more or less than a plain number, and rows and columns beside the counts.
#[test]
fn tables_of_programs_with_more_beside() {
    let iso = |at: DateTime| shown(at, "%Y-%m-%d");
    let head = "Date,Hour,North,South";
    let (mut sums, mut grand) = ([0; 2], String::from("Row Labels,North,South,Grand Total\n"));
    for (at, [n, s]) in hours() {
        let cell = |n: usize| if n == 0 { String::new() } else { n.to_string() };
        writeln!(grand, "{} {:02}:00,{},{},{}", iso(at), at.hour(), cell(n), cell(s), n + s).expect("text");
        sums = [sums[0] + n, sums[1] + s];
    }
    writeln!(grand, "Grand Total,{},{},{}", sums[0], sums[1], sums[0] + sums[1]).expect("text");
    all_are_read(&[
        (
            "kept as text",
            counts(head, |at, n, s| format!("=\"{}\",=\"{:02}:00\",{n},{s}", iso(at), at.hour())),
        ),
        (
            "dashes for nothing",
            counts(head, |at, n, s| {
                let cell = |n: usize| if n == 0 { "-".to_owned() } else { n.to_string() };
                format!("{},{},{},{}", iso(at), at.hour(), cell(n), cell(s))
            }),
        ),
        (
            "a column of weekdays",
            counts("Date,Day,Hour,North,South", |at, n, s| {
                format!("{},{},{},{n},{s}", iso(at), shown(at, "%A"), at.hour())
            }),
        ),
        (
            "weekdays beside one count a row",
            hours().fold(String::from("Date,Day,Hour,Office,Calls\n"), |mut out, (at, counts)| {
                for (p, n) in PLACES.into_iter().zip(counts) {
                    writeln!(out, "{},{},{},{p},{n}", iso(at), shown(at, "%a"), at.hour()).expect("text");
                }
                out
            }),
        ),
        (
            "a line below the names",
            counts("| Date | Hour | North | South |\n|---|:--|--:|---|", |at, n, s| {
                format!("| {} | {} | {n} | {s} |", iso(at), at.hour())
            }),
        ),
        (
            "handling times beside",
            counts("Date,Hour,North calls,North AHT (s),South calls,South AHT (s)", |at, n, s| {
                format!("{},{},{n},{},{s},{}", iso(at), at.hour(), 200 + n, 300 + s)
            }),
        ),
        ("a pivot table", grand),
        (
            "sums first",
            counts(&format!("{head}\nTotal,,{},{}", sums[0], sums[1]), |at, n, s| {
                format!("{},{},{n},{s}", iso(at), at.hour())
            }),
        ),
        (
            "everything quoted",
            counts("\"Date\",\"Hour\",\"North\",\"South\"", |at, n, s| {
                format!("\"{}\",\"{}\",\"{n}\",\"{s}\"", iso(at), at.hour())
            }),
        ),
        ("decimals of nothing", counts(head, |at, n, s| format!("{},{},{n}.0,{s}.0", iso(at), at.hour()))),
    ]);
}

/// What is not read says so: weeks without dates, days of the week beside dates.
#[test]
fn what_is_not_read_is_refused() {
    let refused = |text: &str| read(text).expect_err("refused");
    let weeks = counts("Week,Weekday,Hour,North,South", |at, n, s| {
        format!(
            "2025-W{},{},{},{n},{s}",
            10 + (at.day() + 31 * (at.month() - 3) - 3) / 7,
            shown(at, "%A"),
            at.hour()
        )
    });
    assert!(refused(&weeks).contains("its columns are `Week`"), "{}", refused(&weeks));
    let week = "Sunday,Monday,Tuesday,Wednesday,Thursday,Friday,Saturday";
    let rows = (0..6 * 24).map(|i| {
        let day = date(2025, 3, 2).checked_add(jiff::Span::new().weeks(i / 24)).expect("a day");
        format!(
            "{day},{},{}\n",
            i % 24,
            (0..7).map(|d| ((i * 3 + d) % 9).to_string()).collect::<Vec<_>>().join(",")
        )
    });
    let text = format!("Week of,Hour,{week}\n{}", rows.collect::<String>());
    assert!(refused(&text).contains("other columns are days of the week"), "{}", refused(&text));
}
