//! Tables as agencies have them, made from counts that are known: each gives these counts, or is refused with what to write.

mod files;

use files::{PLAIN, file, import_files, xlsx};
use jiff::civil::{DateTime, date};
use poolwise_intake::import::Import;
use std::path::PathBuf;

fn read(paths: &[PathBuf]) -> Result<Import, String> {
    import_files(paths, PLAIN)
}

fn of(name: &str, text: &str) -> Result<Import, String> {
    of_all(&[(name, text)])
}

fn of_all(texts: &[(&str, &str)]) -> Result<Import, String> {
    let dir = tempfile::tempdir().expect("a folder");
    let paths: Vec<PathBuf> = texts.iter().map(|(n, t)| file(dir.path(), n, t.as_bytes())).collect();
    read(&paths)
}

fn contents<'i>(found: &'i Import, name: &str) -> &'i str {
    found.written.files.iter().find(|f| f.0 == name).map_or("", |f| f.1.as_str())
}

fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no `{part}` in: {text}");
    }
}

const DAYS: i64 = 42;

/// Hours from Monday, 3 March 2025, on.
fn hours() -> impl Iterator<Item = (DateTime, usize)> {
    (0..DAYS * 24).map(|h| {
        let at = date(2025, 3, 3).at(0, 0, 0, 0).checked_add(jiff::Span::new().hours(h)).expect("an hour");
        let h = usize::try_from(h).expect("not below 0");
        (at, (h * 7 + h / 24 * 3 + h * h) % 11)
    })
}

/// The counts of a table of one place, as they should be.
fn expected() -> String {
    let mut out = String::from("time,requests\n");
    hours().for_each(|(at, n)| out.push_str(&format!("{},{n}\n", at.strftime("%Y-%m-%d %H:%M"))));
    out
}

fn table(head: &str, row: impl Fn(DateTime, usize) -> String) -> String {
    let mut out = format!("{head}\n");
    hours().for_each(|(at, n)| out.push_str(&row(at, n)));
    out
}

#[test]
fn titles_sums_and_names_in_two_rows_are_no_counts() {
    // A title, a line narrower than the table, names over several columns above names, a sum after each day.
    let mut text = String::from(
        "Clinic West: arrivals\nprinted 14.04.2025\n,,Arrivals,,\nDatum,Uur,Triage,Ward,Totaal\n",
    );
    for (at, n) in hours() {
        let hour = at.hour();
        text.push_str(&format!(
            "{},{hour:02}:00 - {:02}:00,{n},{},{}\n",
            at.strftime("%d.%m.%Y"),
            hour + 1,
            n + 1,
            2 * n + 1
        ));
        if hour == 23 {
            text.push_str(&format!("Totaal {},,99,99,198\n", at.strftime("%d.%m.%Y")));
        }
    }
    let found = of("clinic.csv", &text).unwrap_or_else(|e| panic!("{e}"));
    let arrivals = contents(&found, "data/arrivals.csv");
    let mut lines = arrivals.lines();
    assert_eq!(lines.next(), Some("time,Triage,Ward"));
    for ((at, n), line) in hours().zip(lines) {
        assert_eq!(line, format!("{},{n},{}", at.strftime("%Y-%m-%d %H:%M"), n + 1));
    }
    // Units in a row of their own belong to the names above them.
    let times: String = (0..60).map(|i| format!("{},{}.5\n", i, 5 + i % 9)).collect();
    let text = format!("Case,Handling\n,min\n{times}");
    let all =
        of_all(&[("counts.csv", &table("time,n", |at, n| format!("{at},{n}\n"))), ("times.csv", &text)]);
    says(&all.unwrap_or_else(|e| panic!("{e}")).said.join("\n"), &["60 durations in min"]);
}

/// Measures under the names of two places are each place's; one that names no place is nobody's.
#[test]
fn two_measures_of_two_places_are_read_by_place() {
    let rows = |row: &dyn Fn(usize) -> String| {
        table("", |at, n| format!("{},{},{}\n", at.date(), at.hour(), row(n))).trim_start().to_owned()
    };
    let all = rows(&|n| format!("{n},300,{},310", n + 1));
    let found = of("two.csv", &format!("Date,Hour,North,,South,\n,,Calls,AHT (s),Calls,AHT (s)\n{all}"));
    let found = found.unwrap_or_else(|e| panic!("{e}"));
    let plain = of("plain.csv", &format!("Date,Hour,North,South\n{}", rows(&|n| format!("{n},{}", n + 1))));
    let plain = plain.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(contents(&found, "data/arrivals.csv"), contents(&plain, "data/arrivals.csv"));
    let text = format!("Date,Hour,North Calls,North AHT (s),South Calls,AHT (s)\n{all}");
    let error = of("two.csv", &text).expect_err("whose is the second?");
    says(&error, &["two.csv", "`North Calls` and `South Calls`", "a row for each place", "`North offered`"]);
}

/// A column of which the numbers are no counts is told, not passed over: rows were once taken for one request each.
#[test]
fn numbers_that_are_no_counts_are_refused_not_passed_over() {
    let with = |name: &str, other: &dyn Fn(usize) -> String| {
        let mut i = 0;
        let mut text = String::from("Date,Hour,Calls,South\n");
        for (at, n) in hours() {
            i += 1;
            text.push_str(&format!("{},{},{n},{}\n", at.date(), at.hour(), other(i)));
        }
        of(name, &text).expect_err(name)
    };
    says(
        &with("half.csv", &|i| if i == 30 { "2.5".into() } else { "2".into() }),
        &["row 31", "column `South`", "whole"],
    );
    says(
        &with("negative.csv", &|i| if i == 50 { "-1".into() } else { "2".into() }),
        &["row 51", "column `South`", "\"-1\""],
    );
    says(
        &with("unknown.csv", &|i| if i == 9 { "n/a".into() } else { "2".into() }),
        &["row 10", "n/a", "not 0"],
    );
    // The only column of counts.
    let alone = table("Date,Hour,Calls", |at, n| format!("{},{},{n}.5\n", at.date(), at.hour()));
    says(&of("alone.csv", &alone).expect_err("no counts"), &["row 2", "column `Calls`", "whole"]);
    // Thousands with a point, as a German workbook writes them.
    let mut days = String::from("Tag;Anrufe\n");
    (0..40).for_each(|d| {
        days.push_str(&format!(
            "{};1.{:03}\n",
            date(2025, 3, 3).checked_add(jiff::Span::new().days(d)).expect("a day").strftime("%d.%m.%Y"),
            4 + d
        ))
    });
    says(&of("german.csv", &days).expect_err("open"), &["row 2", "column `Anrufe`", "--decimal comma"]);
    let used = table("Date,Hour,Calls,Remark,Temperature", |at, n| {
        format!("{},{},{n},x{n},{}.3\n", at.date(), at.hour(), n)
    });
    says(&of("more.csv", &used).expect("read").said.join("\n"), &["not used: ", "`Temperature`"]);
}

/// Dates with two digits of the year fit three orders; rows that run on do so in one of them.
#[test]
fn rows_that_run_on_tell_the_order_of_dates() {
    let short = table("Date;Hour;Calls", |at, n| format!("{};{};{n}\n", at.strftime("%d/%m/%y"), at.hour()));
    let found = of("short.csv", &short).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(contents(&found, "data/arrivals.csv"), expected());
    says(&found.said.join("\n"), &["day standing first", "would not follow each other"]);
    // A week of them runs on in all three.
    let week: String = short.lines().take(1 + 7 * 24).map(|l| format!("{l}\n")).collect();
    says(&of("week.csv", &week).expect_err("open"), &["two ways", "--dates day-first"]);
}

#[test]
fn a_file_or_sheet_for_each_month_or_place_is_one_series() {
    let month = |m: i8| {
        let mut out = String::from("Date,Hour,Calls\n");
        let of_month = hours().filter(|h| h.0.month() == m);
        of_month.for_each(|(at, n)| out.push_str(&format!("{},{},{n}\n", at.date(), at.hour())));
        out
    };
    let found =
        of_all(&[("april.csv", &month(4)), ("march.csv", &month(3))]).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(contents(&found, "data/arrivals.csv"), expected());
    says(&found.said.join("\n"), &["2 tables of counts are made one"]);
    let (all, march) =
        (table("Date,Hour,Calls", |at, n| format!("{},{},{n}\n", at.date(), at.hour())), month(3));
    let found = of_all(&[("North.csv", &all), ("South.csv", &march)]).unwrap_or_else(|e| panic!("{e}"));
    let arrivals = contents(&found, "data/arrivals.csv");
    assert!(arrivals.starts_with("time,North,South\n2025-03-03 00:00,0,0\n"), "{arrivals}");
    says(&found.said.join("\n"), &["a place each", "`South` has no count in 312 intervals"]);
    // The same place twice in one hour is nobody's wish.
    let named = all.replace("Calls", "North");
    let error = of_all(&[("a.csv", &named), ("b.csv", &named)]).expect_err("twice");
    says(&error, &["b.csv", "a count of `North` for 2025-03-03 00:00, and a.csv has one too"]);
    let daily = "Date,Calls\n2025-04-14,5\n2025-04-15,7\n2025-04-16,6\n";
    says(
        &of_all(&[("a.csv", &all), ("b.csv", daily)]).expect_err("widths"),
        &["b.csv", "1440 min", "60 min"],
    );
}

/// Shifts of the week, whatever a roster writes them as.
#[test]
fn rosters_in_every_way_of_writing() {
    let counts = table("time,n", |at, n| format!("{at},{n}\n"));
    let shifts = |name: &str, roster: &str| {
        let found = of_all(&[("counts.csv", &counts), (name, roster)]).unwrap_or_else(|e| panic!("{e}"));
        let today = contents(&found, "today.toml");
        today
            .lines()
            .filter(|l| l.starts_with("  { start"))
            .map(|l| l.split(", breaks").next().unwrap_or(l).to_owned())
            .collect::<Vec<_>>()
    };
    let grid = |days: &[String], d: &str, n: &str, p: &str| {
        let line = |name: &str, cell: &str, on: &dyn Fn(usize) -> bool| {
            let cells: Vec<&str> = (0..days.len()).map(|i| if on(i % 7) { cell } else { "off" }).collect();
            format!("{name};1,0;{}\n", cells.join(";"))
        };
        format!(
            "Name;FTE;{}\n{}{}{}",
            days.join(";"),
            line("Ann", d, &|i| i < 5),
            line("Bo", n, &|_| true),
            line("Cy", p, &|i| i < 5)
        )
    };
    let week: Vec<String> = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].map(str::to_owned).into();
    let first = shifts("grid.csv", &grid(&week, "07:00-15:00", "23:00-07:00", "09:00-13:00"));
    assert_eq!(first.len(), 3, "{first:?}");
    assert!(first[0].contains("officers = [1, 1, 1, 1, 1, 0, 0]") && first[2].contains("23:00"), "{first:?}");
    for (d, n, p) in [
        ("0700-1500", "2300-0700", "0900-1300"),
        ("7h-15h", "23h-7h", "9h-13h"),
        ("7:00 to 15:00", "23:00 to 7:00", "9:00 to 13:00"),
        ("7am-3pm", "11pm-7am", "9am-1pm"),
    ] {
        assert_eq!(shifts("other.csv", &grid(&week, d, n, p)), first, "{d}");
    }
    // Days by their dates, four weeks of them.
    let dates: Vec<String> = (0..28)
        .map(|d| {
            date(2025, 3, 3)
                .checked_add(jiff::Span::new().days(d))
                .expect("a day")
                .strftime("%d-%m-%Y")
                .to_string()
        })
        .collect();
    assert_eq!(shifts("dated.csv", &grid(&dates, "07:00-15:00", "23:00-07:00", "09:00-13:00")), first);
    // Letters, explained below or in a file of their own; unexplained they are told.
    let letters = grid(&week, "D", "N", "P");
    let below = format!("{letters}\nD = 07:00-15:00\nN = 23:00-07:00\nP: 09:00-13:00\n");
    assert_eq!(shifts("below.csv", &below), first);
    let codes = "Code,Start,End\nD,07:00,15:00\nN,23:00,07:00\nP,09:00,13:00\noff,,\n";
    let found = of_all(&[("counts.csv", &counts), ("letters.csv", &letters), ("codes.csv", codes)])
        .unwrap_or_else(|e| panic!("{e}"));
    says(&found.said.join("\n"), &["3 codes of shifts", "N is 23:00-07:00"]);
    let error = of_all(&[("counts.csv", &counts), ("letters.csv", &letters)]).expect_err("what is D?");
    says(&error, &["letters.csv", "row 2", "column `Mon`", "\"D\"", "Code,Start,End"]);
    // Numbers by date, and shifts of persons by their instants.
    let (mut by_date, mut log) =
        (String::from("Date,Start,End,Officers\n"), String::from("Agent,Shift start,Shift end\n"));
    for d in 0..28 {
        let day = date(2025, 3, 3).checked_add(jiff::Span::new().days(d)).expect("a day");
        let next = day.tomorrow().expect("a day");
        by_date.push_str(&format!("{day},23:00,07:00,1\n"));
        log.push_str(&format!("Bo,{day} 23:00,{next} 07:00\n"));
        if d % 7 < 5 {
            by_date.push_str(&format!("{day},07:00,15:00,1\n{day},09:00,13:00,1\n"));
            log.push_str(&format!("Ann,{day} 07:00,{day} 15:00\nCy,{day} 09:00,{day} 13:00\n"));
        }
    }
    assert_eq!(shifts("by_date.csv", &by_date), first);
    assert_eq!(shifts("log.csv", &log), first);
    let staff = table("Date,Time,Staff", |at, n| format!("{},{:02}:00,{n}\n", at.date(), at.hour()));
    // Officers by interval are a roster, no requests.
    says(&of("staff.csv", &staff).expect_err("no requests"), &["staff.csv", "how many requests come"]);
}

/// Outcomes of calls in the words of their systems: who was not answered gave up, whatever the word begins with.
#[test]
fn outcomes_are_what_they_say() {
    let log = |head: &str, word: &dyn Fn(usize) -> &'static str| {
        let mut out = format!("{head}\n");
        for (i, (at, _)) in hours().take(400).enumerate() {
            out.push_str(&format!("{i},{},{},{}\n", at.strftime("%d.%m.%Y %H:07:11"), 20 + i % 50, word(i)));
        }
        out
    };
    let given_up = |text: &str| {
        let found = of("calls.csv", text).unwrap_or_else(|e| panic!("{e}"));
        let said = found.said.join("\n");
        said.lines().find(|l| l.contains("given up")).map(|l| l.trim().to_owned()).unwrap_or(said)
    };
    for (yes, no) in [
        ("NO ANSWER", "ANSWERED"),
        ("unanswered", "handled"),
        ("nicht angenommen", "angenommen"),
        ("afgebroken", "aangenomen"),
        ("yes", "no"),
    ] {
        let text = log("Nr,Eingang,Wartezeit (s),Ergebnis", &|i| if i % 4 == 0 { yes } else { no });
        assert_eq!(given_up(&text), "400 waits, 100 of them given up", "{yes}");
    }
    // `Answered: no` says as much as `Abandoned: yes`.
    let text = log("Nr,Arrived,Wait (s),Answered", &|i| if i % 4 == 0 { "no" } else { "yes" });
    assert_eq!(given_up(&text), "400 waits, 100 of them given up");
}

/// A workbook's serial days with decimal commas, in a column that is called `When`.
#[test]
fn days_as_a_workbook_counts_them_in_text() {
    let mut i = 0.0;
    let text = table("When;Calls", |_, _| String::new());
    let mut text = text;
    for (_, n) in hours() {
        text.push_str(&format!("{:.6};{n}\n", 45_719.0 + i / 24.0).replace('.', ","));
        i += 1.0;
    }
    assert_eq!(contents(&of("serial.csv", &text).expect("read"), "data/arrivals.csv"), expected());
    let parts = table("Year,Month,Day,Hour,Calls", |at, n| {
        format!("{},{},{},{},{n}\n", at.year(), at.month(), at.day(), at.hour())
    });
    assert_eq!(contents(&of("parts.csv", &parts).expect("read"), "data/arrivals.csv"), expected());
    let dir = tempfile::tempdir().expect("a folder");
    let empty = xlsx(dir.path(), "empty.xlsx", "<sheetData/>", &[]);
    says(&read(&[empty]).expect_err("nothing"), &["no table"]);
}
