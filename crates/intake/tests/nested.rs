//! Nested tables as a spreadsheet's pivots are, a row for each measure, and text in columns of a fixed width: each gives the same counts as the
//! plain table, or is refused where two readings fit.

mod files;

use files::{PLAIN, import_texts};
use jiff::civil::{DateTime, date};
use std::fmt::Write;

const PLACES: [&str; 2] = ["North", "South East"];
const DAYS: usize = 35;

/// Hours of five weeks from Monday, 3 March 2025, with the counts of two places, by day.
fn days() -> Vec<(DateTime, [[usize; 2]; 24])> {
    (0..DAYS)
        .map(|d| {
            let at = date(2025, 3, 3).at(0, 0, 0, 0).checked_add(jiff::Span::new().days(d as i64));
            let of = |h: usize| [(d * 5 + h * 7 + h * h) % 11, (d + h * 5) % 6];
            (at.expect("a day"), std::array::from_fn(of))
        })
        .collect()
}

fn sums(of: impl IntoIterator<Item = [usize; 2]>) -> [usize; 2] {
    of.into_iter().fold([0; 2], |s, x| [s[0] + x[0], s[1] + x[1]])
}

fn lines(head: &str, rows: impl Iterator<Item = String>) -> String {
    rows.fold(format!("{head}\n"), |mut out, row| {
        writeln!(out, "{row}").expect("text");
        out
    })
}

fn total() -> [usize; 2] {
    sums(days().into_iter().flat_map(|d| d.1))
}

fn plain() -> String {
    let row = |(day, hours): (DateTime, [[usize; 2]; 24])| {
        (0..24)
            .map(|h| format!("{} {h:02}:00,{},{}", day.date(), hours[h][0], hours[h][1]))
            .collect::<Vec<_>>()
            .join("\n")
    };
    lines("Time,North,South East", days().into_iter().map(row))
}

/// The counts in one form, and what is said.
fn read(name: &str, text: &str) -> Result<(String, String), String> {
    let found = import_texts(&[(name, text.to_owned())], PLAIN)?;
    let csv = &found.written.files.iter().find(|f| f.0 == "data/arrivals.csv").expect("arrivals").1;
    Ok((csv.clone(), found.said.join("\n")))
}

fn same(name: &str, text: &str, said: &str) {
    let (truth, _) = read("plain.csv", &plain()).expect("the plain table");
    match read(name, text) {
        Ok((found, words)) => {
            let first = found.lines().zip(truth.lines()).find(|(a, b)| a != b);
            assert!(found == truth, "{name}: {first:?}\n{words}");
            assert!(words.contains(said), "{name}: {words}");
        }
        Err(e) => panic!("{name}: {e}\n{}", text.lines().take(4).collect::<Vec<_>>().join("\n")),
    }
}

/// Days above their hours: in columns of their own with subtotals below or above, and in one column.
#[test]
fn labels_that_stand_once() {
    let tabular = days().into_iter().map(|(day, hours)| {
        let rows: Vec<String> = (0..24)
            .map(|h| {
                let label = if h == 0 { day.date().to_string() } else { String::new() };
                let [n, s] = hours[h];
                format!("{label},{h:02}:00,{n},{s},{}", n + s)
            })
            .collect();
        let [n, s] = sums(hours);
        format!("{}\n{} Total,,{n},{s},{}", rows.join("\n"), day.date(), n + s)
    });
    let [n, s] = total();
    let head = "Sum of Calls,,Office,,\nDate,Hour,North,South East,Grand Total";
    let text = format!("{}Grand Total,,{n},{s},{}\n", lines(head, tabular), n + s);
    same("tabular.csv", &text, "`Date` stands at the first row of each day and holds for the rows below it");
    let outline = |first: &'static str, inner: &'static str| {
        days().into_iter().map(move |(day, hours)| {
            let [n, s] = sums(hours);
            let rows: Vec<String> = (0..24)
                .map(|h| {
                    format!("{inner}{h:02}:00,{},{},{}", hours[h][0], hours[h][1], hours[h][0] + hours[h][1])
                })
                .collect();
            format!("{}{first},{n},{s},{}\n{}", day.date(), n + s, rows.join("\n"))
        })
    };
    let text = lines(head, outline(",", ","));
    same("outline.csv", &text, "35 rows with the sums of the rows below left out");
    let head = "Sum of Calls,Column Labels,,\nRow Labels,North,South East,Grand Total";
    let text = format!("{}Grand Total,{n},{s},{}\n", lines(head, outline("", "")), n + s);
    same("compact.csv", &text, "has days, times of day below each other");
    // Years and months above days without a year.
    let mut text = format!("{head}\n2025,{n},{s},{}\n", n + s);
    for month in [3, 4] {
        let of: Vec<_> = days().into_iter().filter(|d| d.0.month() == month).collect();
        let [n, s] = sums(of.iter().flat_map(|d| d.1));
        writeln!(text, "{},{n},{s},{}", if month == 3 { "Mar" } else { "Apr" }, n + s).expect("text");
        for (day, hours) in of {
            let [n, s] = sums(hours);
            writeln!(text, "{},{n},{s},{}", day.strftime("%d-%b"), n + s).expect("text");
            for (h, [n, s]) in hours.into_iter().enumerate() {
                writeln!(text, "{h:02}:00,{n},{s},{}", n + s).expect("text");
            }
        }
    }
    same("grouped.csv", &text, "has years, months, days, times of day below each other");
    let no_year = text.lines().filter(|l| !l.starts_with("2025")).collect::<Vec<_>>().join("\n");
    let error = read("no-year.csv", &no_year).expect_err("no year");
    assert!(error.contains("row 5, column `Row Labels`") && error.contains("has no year"), "{error}");
}

/// Places above days, with a column for each hour; once for all of its rows, and in one column with the days.
#[test]
fn places_above_days() {
    let hours: Vec<String> = (0..24).map(|h| h.to_string()).collect();
    let of = |p: usize, first: &dyn Fn(usize) -> String| -> String {
        let rows = days().into_iter().enumerate().map(|(i, (day, hours))| {
            let cells: Vec<String> = hours.iter().map(|h| h[p].to_string()).collect();
            format!("{}{},{},{}", first(i), day.date(), cells.join(","), sums(hours)[p])
        });
        rows.collect::<Vec<_>>().join("\n")
    };
    let by_hour = |p: usize| {
        let cells = (0..24).map(|h| sums(days().iter().map(|d| d.1[h]))[p].to_string());
        format!("{},{}", cells.collect::<Vec<_>>().join(","), total()[p])
    };
    let mut text =
        format!("Sum of Calls,,Hour{}\nOffice,Date,{},Grand Total\n", ",".repeat(24), hours.join(","));
    for (p, name) in PLACES.into_iter().enumerate() {
        let label = |i: usize| if i == 0 { format!("{name},") } else { ",".to_owned() };
        writeln!(text, "{}\n{name} Total,,{}", of(p, &label), by_hour(p)).expect("text");
    }
    same("places.csv", &text, "`Office` stands once and holds for the rows below it");
    let mut text =
        format!("Sum of Calls,Column Labels{}\nRow Labels,{},Grand Total\n", ",".repeat(24), hours.join(","));
    for (p, name) in PLACES.into_iter().enumerate() {
        writeln!(text, "{name},{}\n{}", by_hour(p), of(p, &|_| String::new())).expect("text");
    }
    same("compact-places.csv", &text, "has places, days below each other");
    // A place's row that is not the sum of its days is refused.
    let spoilt = text.replacen(&format!("North,{}", by_hour(0)), &format!("North,{}", by_hour(1)), 1);
    let error = read("spoilt.csv", &spoilt).expect_err("no sum");
    assert!(error.contains("row 3, column `0`") && error.contains("neither their sum"), "{error}");
}

/// Places over days, days over places, months over days; months over days of the week are refused.
#[test]
fn names_over_several_columns() {
    let all = days();
    let dates: Vec<String> = all.iter().map(|d| d.0.date().to_string()).collect();
    let blanks = ",".repeat(DAYS - 1);
    let head = format!(
        "Sum of Calls,North{blanks},North Total,South East{blanks},South East Total,Grand Total\nHour,{d},,{d},,",
        d = dates.join(",")
    );
    let row = |h: usize| {
        let of = |p: usize| {
            let n: Vec<usize> = all.iter().map(|d| d.1[h][p]).collect();
            format!(
                "{},{}",
                n.iter().map(usize::to_string).collect::<Vec<_>>().join(","),
                n.iter().sum::<usize>()
            )
        };
        format!("{h:02}:00,{},{},{}", of(0), of(1), all.iter().map(|d| d.1[h][0] + d.1[h][1]).sum::<usize>())
    };
    same(
        "over-days.csv",
        &lines(&head, (0..24).map(row)),
        "the upper ones are places: `North`, `South East`",
    );
    let head = format!(
        "Sum of Calls,{}\nHour{}",
        dates.iter().map(|d| format!("{d},")).collect::<Vec<_>>().join(","),
        ",North,South East".repeat(DAYS)
    );
    let row = |h: usize| {
        let cells: Vec<String> = all.iter().map(|d| format!("{},{}", d.1[h][0], d.1[h][1])).collect();
        format!("{h:02}:00,{}", cells.join(","))
    };
    same("under-days.csv", &lines(&head, (0..24).map(row)), "the upper ones are days");
    // One place: days of months.
    let months = |label: &dyn Fn(i8) -> &'static str| {
        let count = |m: i8| all.iter().filter(|d| d.0.month() == m).count();
        let numbers: Vec<String> = all.iter().map(|d| d.0.day().to_string()).collect();
        format!(
            "Sum of Calls,{}{},{}{}\nHour,{}",
            label(3),
            ",".repeat(count(3) - 1),
            label(4),
            ",".repeat(count(4) - 1),
            numbers.join(",")
        )
    };
    let row = |h: usize| {
        format!(
            "{h:02}:00,{}",
            all.iter().map(|d| (d.1[h][0] + d.1[h][1]).to_string()).collect::<Vec<_>>().join(",")
        )
    };
    let one = all.iter().flat_map(|(day, hours)| {
        hours.iter().enumerate().map(move |(h, n)| format!("{} {h:02}:00,{}", day.date(), n[0] + n[1]))
    });
    let (truth, _) = read("plain.csv", &lines("Time,requests", one)).expect("plain");
    let text = lines(&months(&|m| if m == 3 { "Mar 2025" } else { "Apr 2025" }), (0..24).map(row));
    assert_eq!(read("months.csv", &text).expect("months").0, truth);
    let text = lines(&months(&|m| if m == 3 { "Mar" } else { "Apr" }), (0..24).map(row));
    let error = read("no-year.csv", &text).expect_err("no year");
    assert!(error.contains("row 2, column `3`") && error.contains("`Mar 2025`"), "{error}");
    let week = "Mon,Tue,Wed,Thu,Fri,Sat,Sun";
    let text = lines(
        &format!("Sum of Calls,Mar,,,,,,,Apr,,,,,,\nHour,{week},{week}"),
        (0..24).map(|h| format!("{h:02}:00{}", ",5".repeat(14))),
    );
    let error = read("weekdays.csv", &text).expect_err("no days");
    assert!(
        error.contains("column `Mon`") && error.contains("all such days of the month together"),
        "{error}"
    );
}

/// A row for each measure of each hour and place, by place and by measure.
#[test]
fn a_row_for_each_measure() {
    let rows: Vec<[String; 5]> = days()
        .into_iter()
        .flat_map(|(day, hours)| {
            hours.into_iter().enumerate().flat_map(move |(h, n)| {
                PLACES.into_iter().zip(n).flat_map(move |(p, n)| {
                    [("Offered", n), ("Abandoned", n / 5), ("AHT (s)", 300)].map(|(m, v)| {
                        [
                            day.date().to_string(),
                            format!("{h:02}:00"),
                            p.to_owned(),
                            m.to_owned(),
                            v.to_string(),
                        ]
                    })
                })
            })
        })
        .collect();
    let of = |rows: &[[String; 5]]| lines("Date,Hour,Office,Metric,Value", rows.iter().map(|r| r.join(",")));
    same("metric.csv", &of(&rows), "`Metric` says what `Value` measures");
    let mut sorted = rows.clone();
    sorted.sort_by(|a, b| a[3].cmp(&b[3]));
    same("sorted.csv", &of(&sorted), "`Metric` says what `Value` measures");
    // Under a name that says nothing the measures tell; they were taken for places.
    let text = lines("Date,Hour,Office,Type,Number", rows.iter().map(|r| r.join(",")));
    same("type.csv", &text, "`Type` says what `Number` measures");
    let ends = text.replace("Offered", "Answered");
    let error = read("ends.csv", &ends).expect_err("parts alone");
    assert!(error.contains("`Type` says how requests ended") && error.contains("rows `Offered`"), "{error}");
    let mut twice = rows;
    twice.insert(7, twice[0].clone());
    let error = read("twice.csv", &of(&twice)).expect_err("twice");
    assert!(error.contains("row 9, column `Value`") && error.contains("the first is in row 2"), "{error}");
}

/// Columns told by blanks: names over texts and numbers, a rule below the names, one blank between words.
#[test]
fn text_in_columns_of_a_fixed_width() {
    let each = |row: &dyn Fn(DateTime, usize, [usize; 2]) -> String| {
        let rows = days().into_iter().flat_map(|(day, hours)| {
            hours.into_iter().enumerate().map(|(h, n)| row(day, h, n)).collect::<Vec<_>>()
        });
        rows.collect::<Vec<_>>().into_iter()
    };
    let text = lines(
        "Calls by office and hour\n\nDate        Hour       North  South East",
        each(&|day, h, [n, s]| {
            format!("{:<12}{:<8}{n:>8}{s:>12}", day.date().to_string(), format!("{h:02}:00"))
        }),
    );
    same("fixed.txt", &text, "blanks between columns");
    let text = lines(
        "Date and time     Office        Calls\n----------------  ------------  -----",
        each(&|day, h, n| {
            let row = |p: usize| {
                format!(
                    "{:<18}{:<14}{:>5}",
                    format!("{} {h:02}:00", day.strftime("%d.%m.%Y")),
                    PLACES[p],
                    n[p]
                )
            };
            format!("{}\n{}", row(0), row(1))
        }),
    );
    same("ruled.txt", &text, "blanks between columns");
    let text =
        lines("date hour north south", each(&|day, h, [n, s]| format!("{} {h:02}:00 {n} {s}", day.date())));
    let (found, _) = read("words.txt", &text).expect("words");
    let (truth, _) = read("plain.csv", &plain().replace("North,South East", "north,south")).expect("plain");
    assert_eq!(found, truth);
    // A row that runs over a gap is refused with its place.
    let text = lines(
        "Date        Hour       North  South East",
        each(&|day, h, [n, s]| {
            format!("{:<12}{:<8}{n:>8}{s:>12}", day.date().to_string(), format!("{h:02}:00"))
        }),
    );
    let spoilt = text.replacen("2025-04-01  12:00 ", "2025-04-01123:1200", 1);
    let error = read("spoilt.txt", &spoilt).expect_err("a row that does not fit");
    assert!(error.contains("row 710") && error.contains("columns begin at characters"), "{error}");
}
