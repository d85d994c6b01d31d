//! Files that differ from plain ones as people's do, from counts, times and shifts that are known: sums and remarks among the rows,
//! rows copied twice, hours named by their ends, thousands with dots, names in other words and languages.

mod files;

use files::{PLAIN, file, import_files};
use jiff::civil::{DateTime, date};
use poolwise_intake::import::Import;

fn read(texts: &[(&str, &str)]) -> Result<Import, String> {
    let dir = tempfile::tempdir().expect("a folder");
    let paths: Vec<_> = texts.iter().map(|(n, t)| file(dir.path(), n, t.as_bytes())).collect();
    import_files(&paths, PLAIN)
}

fn arrivals(text: &str) -> (String, String) {
    let found = read(&[("f.csv", text)]).unwrap_or_else(|e| panic!("{e}\n{}", &text[..text.len().min(400)]));
    let csv = found.written.files.iter().find(|f| f.0 == "data/arrivals.csv").expect("arrivals");
    (csv.1.clone(), found.said.join("\n"))
}

/// Hours of six weeks from Monday, 3 March 2025, with the counts of two places.
fn hours() -> impl Iterator<Item = (DateTime, [usize; 2])> {
    (0..42 * 24).map(|h: i64| {
        let at = date(2025, 3, 3).at(0, 0, 0, 0).checked_add(jiff::Span::new().hours(h)).expect("an hour");
        let h = usize::try_from(h).expect("not below 0");
        (at, [(h * 7 + h / 24 * 3 + h * h) % 11, (h * 5 + h / 7) % 6])
    })
}

fn day(at: DateTime) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// What a plain table of the two gives.
fn plain() -> String {
    let mut out = String::from("time,North,South\n");
    hours().for_each(|(at, [n, s])| out.push_str(&format!("{},{n},{s}\n", at.strftime("%Y-%m-%d %H:%M"))));
    out
}

/// Sums after each week in several words, remarks below and blank rows between: the counts are those of the plain table.
#[test]
fn sums_and_remarks_among_the_rows() {
    for word in ["Week 9 total", "KW 9 Summe", "Total week 9", "Subtotal"] {
        let mut text = String::from("Tickets,,\nprinted on Monday,,\nDate,Hour,North,South\n");
        for (i, (at, [n, s])) in hours().enumerate() {
            text.push_str(&format!("{},{},{n},{s}\n", day(at), at.hour()));
            if i % 168 == 167 {
                text.push_str(&format!("{word},,700,400\n,,,\n"));
            }
        }
        text.push_str("Note: South was closed on Sunday,,,\n* preliminary,,,\n");
        let (found, said) = arrivals(&text);
        assert_eq!(found, plain(), "{word}");
        assert!(said.contains("6 rows of sums are left out"), "{said}");
        assert!(said.contains("\"Note: South was closed on Sunday\""), "{said}");
    }
    // The word of a day's sum stands in the column of hours, and the date once.
    let mut text = String::from("Date,Hour,North,South\n");
    for (at, [n, s]) in hours() {
        let date = if at.hour() == 0 { day(at) } else { String::new() };
        text.push_str(&format!("{date},{},{n},{s}\n", at.hour()));
        if at.hour() == 23 {
            text.push_str(",Total,90,50\n");
        }
    }
    assert_eq!(arrivals(&text).0, plain());
}

/// A column or a place that is the sum of the others is none, whatever it is called; one that is called a total and is none is refused.
#[test]
fn sums_by_any_name_are_no_places() {
    let mut wide = String::from("Date,Hour,North,South,City\n");
    let mut long = String::from("Date,Hour,Office,Tickets\n");
    let mut wrong = long.clone();
    for (at, [n, s]) in hours() {
        let key = format!("{},{}", day(at), at.hour());
        wide.push_str(&format!("{key},{n},{s},{}\n", n + s));
        for (place, count) in [("North", n), ("South", s), ("All", n + s)] {
            long.push_str(&format!("{key},{place},{count}\n"));
            wrong.push_str(&format!("{key},{place},{}\n", if place == "All" { count + 1 } else { count }));
        }
    }
    for (text, name) in [(wide, "City"), (long, "All")] {
        let (found, said) = arrivals(&text);
        assert_eq!(found, plain());
        assert!(said.contains(&format!("`{name}` is the sum of others in every interval")), "{said}");
    }
    let error = read(&[("wrong.csv", &wrong)]).expect_err("no sum");
    assert!(error.contains("`All` is a place by its name") && error.contains("wrong.csv"), "{error}");
}

/// Rows of two exports that overlap count once; the same hour with another count is refused with both rows.
#[test]
fn rows_copied_twice_count_once() {
    let rows: Vec<String> =
        hours().map(|(at, [n, s])| format!("{},{},{n},{s}\n", day(at), at.hour())).collect();
    let head = "Date,Hour,North,South\n";
    let (found, said) = arrivals(&format!("{head}{}{}", rows[..300].concat(), rows[280..].concat()));
    assert_eq!(found, plain());
    assert!(said.contains("20 rows stand a second time"), "{said}");
    let error = read(&[(
        "f.csv",
        &format!("{head}{}{},7,99,1\n", rows.concat(), day(hours().next().expect("one").0)),
    )])
    .expect_err("two counts");
    assert!(error.contains("the first is row 9") && error.contains("row 1010"), "{error}");
    // Calls are told by their numbers; without them two may be alike.
    let calls: Vec<String> = (0..600)
        .map(|i| format!("{i},2025-03-{:02} {:02}:{:02}:07,A\n", 3 + i / 24, i % 24, i % 60))
        .collect();
    let twice = format!("Call ID,Arrived,Queue\n{}{}", calls.concat(), calls[500..].concat());
    let (_, said) = arrivals(&twice);
    assert!(said.contains("600 requests") && said.contains("100 rows stand a second time"), "{said}");
}

/// Hours named by their ends, with 24:00 or by a word, are read as what they are; so is a span to 24:00.
#[test]
fn hours_named_by_their_ends() {
    let table = |head: &str, cell: &dyn Fn(DateTime) -> String| {
        let row = |(at, [n, s]): (DateTime, [usize; 2])| format!("{},{},{n},{s}\n", day(at), cell(at));
        format!("{head},North,South\n{}", hours().map(row).collect::<String>())
    };
    let named = table("Date,Hour", &|at| format!("{:02}:00", at.hour() + 1));
    let (found, said) = arrivals(&named);
    assert_eq!(found, plain());
    assert!(said.contains("intervals are named by their ends"), "{said}");
    let midnight = table("Date,Hour ending", &|at| format!("{:02}:00", (at.hour() + 1) % 24));
    assert_eq!(arrivals(&midnight).0, plain());
    let spans = table("Date,Hour", &|at| format!("{:02}:00-{:02}:00", at.hour(), at.hour() + 1));
    assert_eq!(arrivals(&spans).0, plain());
}

/// Counts are whole: 1.213 beside 987 is 1213, and so is 1,213 beside it; 1.000 alone may be 1.
#[test]
fn thousands_in_counts_are_told_by_their_being_whole() {
    for (mark, separator) in [('.', ';'), (',', ';')] {
        let mut text = format!("Datum{separator}N{separator}S\n");
        let mut expected = String::from("time,N,S\n");
        for d in 0..60_i8 {
            let at = date(2025, 3, 3).checked_add(jiff::Span::new().days(d)).expect("a day");
            let (n, s) = (980 + i32::from(d) * 13, 400 + i32::from(d));
            let shown = if n < 1000 { n.to_string() } else { format!("{}{mark}{:03}", n / 1000, n % 1000) };
            text.push_str(&format!("{}{separator}{shown}{separator}{s}\n", at.strftime("%d.%m.%Y")));
            expected.push_str(&format!("{at} 00:00,{n},{s}\n"));
        }
        assert_eq!(arrivals(&text).0, expected, "{mark}");
    }
    let days: String = (1..=28).map(|d| format!("{d:02}.03.2025;1.000\n")).collect();
    let error = read(&[("f.csv", &format!("Datum;Anrufe\n{days}"))]).expect_err("open");
    assert!(error.contains("--decimal comma") && error.contains("row 2, column `Anrufe`"), "{error}");
}

/// Call records in other words, languages and orders of columns: the same counts, times of handling and losses.
#[test]
fn call_records_in_other_words() {
    let heads = [
        ["Agent", "Outcome", "Queue", "Call end", "Call start", "Answer"],
        ["Rep", "Call result", "Skill group", "Disconnected at", "Offered at", "Connected at"],
        ["Bearbeiter", "Ergebnis", "Gruppe", "Gespr\u{e4}chsende", "Anrufbeginn", "Annahme"],
        ["Agent", "Statut", "File d'attente", "Fin d'appel", "Date d'appel", "D\u{e9}croch\u{e9} \u{e0}"],
        ["Agente", "Estado", "Cola", "Hora de fin", "Hora de llamada", "Hora de respuesta"],
        ["Medewerker", "Resultaat", "Wachtrij", "Be\u{eb}indigd", "Binnengekomen", "Opgenomen"],
    ];
    let words = [
        ["answered", "abandoned"],
        ["Handled", "Caller hung up"],
        ["angenommen", "Anrufer hat aufgelegt"],
        ["trait\u{e9}", "raccroch\u{e9}"],
        ["atendida", "perdida"],
        ["beantwoord", "opgehangen"],
    ];
    for (head, words) in heads.iter().zip(words) {
        let mut text = head.join(";") + "\n";
        for i in 0..400_i64 {
            let at = date(2025, 3, 3)
                .at(8, 0, 13, 0)
                .checked_add(jiff::Span::new().minutes(61 * i))
                .expect("a time");
            let later = |s: i64| at.checked_add(jiff::Span::new().seconds(s)).expect("a time");
            let lost = i % 5 == 0;
            let begun = if lost { String::new() } else { later(20).to_string() };
            let end = later(if lost { 40 } else { 20 + 300 + i % 7 });
            text.push_str(&format!("x;{};Sales;{end};{at};{begun}\n", words[usize::from(lost)]));
        }
        let found = read(&[("f.csv", &text)]).unwrap_or_else(|e| panic!("{head:?}: {e}"));
        let said = found.said.join("\n");
        for part in [
            "400 requests",
            "320 handling times",
            "400 waits, 80 of them given up",
            &format!("`{}`", head[4]),
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
    // Unknown words are no arrivals by interval; their columns are named.
    let unknown = "Zeta;Eta;Theta\n".to_owned()
        + &(0..60)
            .map(|i| format!("2025-03-03 08:{i:02}:11;2025-03-03 08:{i:02}:31;2025-03-03 09:{i:02}:31\n"))
            .collect::<String>();
    let dir = tempfile::tempdir().expect("a folder");
    let path = file(dir.path(), "f.csv", unknown.as_bytes());
    let error = import_files(&[path], files::NO_TIMES).expect_err("no times");
    assert!(error.contains("`Eta`, `Theta` hold times too"), "{error}");
}

/// A year, a week and a day of the week are a date by ISO 8601, and the reading is said: also over the end of a year, in other words and with weeks
/// such as `W10`. Weeks that begin on Sunday, years of the calendar, weeks that a year has not and days by number are refused.
#[test]
fn dates_by_week_and_weekday() {
    let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let row = |at: DateTime, year: i16, week: &str, day: &str, [n, s]: [usize; 2]| {
        format!("{year},{week},{day},{},{n},{s}\n", at.hour())
    };
    let table = |from: i64, head: &str, cell: &dyn Fn(DateTime) -> (i16, String, String)| {
        let rows = hours().map(|(at, n)| {
            let at = at.checked_add(jiff::Span::new().days(from)).expect("a day");
            let (year, week, day) = cell(at);
            row(at, year, &week, &day, n)
        });
        format!("{head},Hour,North,South\n{}", rows.collect::<String>())
    };
    let iso = |at: DateTime| {
        let d = at.date().iso_week_date();
        (d.year(), d.week(), d.weekday().to_monday_zero_offset() as usize)
    };
    let plain_iso = |at: DateTime| {
        let (y, w, d) = iso(at);
        (y, w.to_string(), days[d].to_owned())
    };
    let (found, said) = arrivals(&table(0, "Year,Week,Weekday", &plain_iso));
    assert_eq!(found, plain());
    assert!(said.contains("weeks of ISO 8601") && said.contains("the first row is 2025-03-03"), "{said}");
    let other = table(0, "Jahr,KW,Wochentag", &|at| {
        let (y, w, d) = iso(at);
        (y, format!("KW {w}"), ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"][d].to_owned())
    });
    assert_eq!(arrivals(&other).0, plain());
    // Over the end of the year, 2 December 2024 to 12 January 2025.
    let over = table(-91, "Year,Week,Day", &plain_iso);
    assert_eq!(arrivals(&over).0.lines().nth(1), Some("2024-12-02 00:00,0,0"));
    assert_eq!(arrivals(&over).0.lines().count(), plain().lines().count());
    let refused = |text: &str| read(&[("f.csv", text)]).expect_err("not ISO's");
    let ends_with_2024: Vec<_> =
        over.lines().filter(|l| !l.starts_with("2025,2") && !l.starts_with("2025,1,W")).collect();
    let by_calendar = ends_with_2024
        .join("\n")
        .replace("\n2025,1,Mon", "\n2024,1,Mon")
        .replace("\n2025,1,Tue", "\n2024,1,Tue");
    let by_calendar: String =
        by_calendar.lines().filter(|l| !l.starts_with("2025")).map(|l| format!("{l}\n")).collect();
    let error = refused(&by_calendar);
    assert!(error.contains("2024-01-01") && error.contains("2024-12-30"), "{error}");
    let from_sunday = table(6, "Year,Week,Weekday", &|at| {
        let (y, w, d) = iso(at);
        (y, (if d == 6 { w + 1 } else { w }).to_string(), days[d].to_owned())
    });
    assert!(refused(&from_sunday).contains("begin on Sunday"), "{}", refused(&from_sunday));
    let beyond = table(0, "Year,Week,Weekday", &|at| (2021, "53".to_owned(), days[iso(at).2].to_owned()));
    assert!(refused(&beyond).contains("a week of 2021 by ISO 8601"), "{}", refused(&beyond));
    let numbered =
        |head: &str| table(0, head, &|at| (iso(at).0, iso(at).1.to_string(), (iso(at).2 + 1).to_string()));
    assert!(refused(&numbered("Year,Week,Weekday")).contains("a column `Weekday` of days such as Mon"));
    assert_eq!(arrivals(&numbered("ISO year,ISO week,ISO weekday")).0, plain());
}

/// A column of means is no place beside counts, whole or not; alone it is refused with what to write.
#[test]
fn means_are_no_counts() {
    for whole in [true, false] {
        let mean = |n: usize| if whole { n.to_string() } else { format!("{n}.5") };
        let (mut both, mut alone) =
            (String::from("Date,Hour,North,South,Average\n"), String::from("Date,Hour,Average calls\n"));
        for (at, [n, s]) in hours() {
            both.push_str(&format!("{},{},{n},{s},{}\n", day(at), at.hour(), mean((n + s) / 2)));
            alone.push_str(&format!("{},{},{}\n", day(at), at.hour(), mean(n)));
        }
        let (found, said) = arrivals(&both);
        assert_eq!(found, plain());
        assert!(said.contains("not used: column `Average`"), "{said}");
        let error = read(&[("f.csv", &alone)]).expect_err("means");
        assert!(
            error.contains("`Average calls` holds means") && error.contains("in a column such as `Calls`"),
            "{error}"
        );
    }
}

fn shifts(roster: &str) -> Vec<String> {
    let counts = "Date,Hour,Calls\n".to_owned()
        + &hours().map(|(at, [n, _])| format!("{},{},{n}\n", day(at), at.hour())).collect::<String>();
    let found =
        read(&[("counts.csv", &counts), ("roster.csv", roster)]).unwrap_or_else(|e| panic!("{roster}: {e}"));
    let today = &found.written.files.iter().find(|f| f.0 == "today.toml").expect("today").1;
    let line = |l: &str| l.split(", breaks").next().unwrap_or(l).trim().trim_end_matches(" },").to_owned();
    today.lines().filter(|l| l.starts_with("  { start")).map(line).collect()
}

/// Rosters in German, French and Spanish, with a column for each day, two shifts in a cell, letters for part-time and days off, dates
/// below days of the week: shifts as they stand, and none taken for an explanation of letters.
#[test]
fn rosters_in_other_words() {
    let both = [
        "{ start = \"07:00\", length = \"8 h\", officers = [2, 2, 2, 2, 2, 0, 0]",
        "{ start = \"23:00\", length = \"8 h\", officers = 1",
    ];
    for text in [
        "Schicht;Beginn;Ende;Mo;Di;Mi;Do;Fr;Sa;So\nFr\u{fc}h;07:00;15:00;2;2;2;2;2;0;0\nNacht;23:00;07:00;1;1;1;1;1;1;1\n",
        "Turno;Inicio;Fin;Lun;Mar;Mi\u{e9};Jue;Vie;S\u{e1}b;Dom\nMa\u{f1}ana;07:00;15:00;2;2;2;2;2;0;0\nNoche;23:00;07:00;1;1;1;1;1;1;1\n",
        "Poste;D\u{e9}but;Fin;Lun;Mar;Mer;Jeu;Ven;Sam;Dim\nMatin;7h;15h;2;2;2;2;2;0;0\nNuit;23h;7h;1;1;1;1;1;1;1\n",
    ] {
        assert_eq!(shifts(text), both, "{text}");
    }
    let week = "Name;Std.;Mo;Di;Mi;Do;Fr;Sa;So\n";
    let codes = format!(
        "{week}Ann;40;F;F;F;F;F;U;U\nBo;40;F;F;F;F;F;;\nCy;20;N;N;N;N;N;N;N\n\nF = 07:00-15:00 (voll)\nN = 23:00-07:00\nU = Urlaub\n"
    );
    assert_eq!(shifts(&codes), both);
    let split = "Name,Mon,Tue,Wed,Thu,Fri,Sat,Sun\nAnn,07:00-11:00 / 17:00-19:00,,,,,,\n";
    assert_eq!(
        shifts(split),
        [
            "{ start = \"07:00\", length = \"4 h\", officers = [1, 0, 0, 0, 0, 0, 0]",
            "{ start = \"17:00\", length = \"2 h\", officers = [1, 0, 0, 0, 0, 0, 0]"
        ]
    );
    let dated = "Name,Mon,Tue,Wed,Thu,Fri,Sat,Sun,Mon,Tue\n,2025-03-03,2025-03-04,2025-03-05,2025-03-06,2025-03-07,2025-03-08,2025-03-09,2025-03-10,2025-03-11\nAnn,07:00-15:00,,,,,,,07:00-15:00,\n";
    assert_eq!(shifts(dated), ["{ start = \"07:00\", length = \"8 h\", officers = [1, 0, 0, 0, 0, 0, 0]"]);
}
