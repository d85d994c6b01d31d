//! Tables as people have them: grids of days and hours, reports, sums between rows, rosters as lists; and what is written beside
//! today's scenario.

mod files;

use files::{PLAIN, import_texts};
use jiff::civil::{Date, date};
use poolwise_intake::import::Import;

fn day(d: usize) -> Date {
    date(2025, 3, 3).checked_add(jiff::Span::new().days(d as i64)).expect("a day")
}

/// A count that differs by day and hour.
fn n(d: usize, h: usize) -> usize {
    (d * 7 + h * 5 + d * h) % 11
}

fn read(files: &[(&str, String)]) -> Import {
    import_texts(files, PLAIN).unwrap_or_else(|e| panic!("{e}"))
}

fn contents<'i>(found: &'i Import, name: &str) -> &'i str {
    let file = found.written.files.iter().find(|f| f.0 == name);
    file.map_or_else(|| panic!("{name}: {:?}", found.written.scenarios), |f| f.1.as_str())
}

fn long() -> String {
    let mut text = String::from("Date,Hour,Calls\n");
    for d in 0..28 {
        for h in 0..24 {
            text.push_str(&format!("{},{h},{}\n", day(d), n(d, h)));
        }
    }
    text
}

/// A row for each day and a column for each hour, in three ways of naming hours; a row for each hour and a column for each day;
/// with sums or without: all are the long table.
#[test]
fn grids_are_the_long_table() {
    let expected = read(&[("long.csv", long())]);
    let arrivals = contents(&expected, "data/arrivals.csv");
    let heads: [fn(usize) -> String; 4] = [
        |h| format!("{h:02}:00"),
        |h| format!("{h:02}:00-{:02}:00", h + 1),
        |h| h.to_string(),
        |h| (h + 1).to_string(),
    ];
    for head in heads {
        let names: Vec<String> = (0..24).map(head).collect();
        let mut text = format!("Date,{},Total\n", names.join(","));
        for d in 0..28 {
            let counts: Vec<String> = (0..24).map(|h| n(d, h).to_string()).collect();
            let sum: usize = (0..24).map(|h| n(d, h)).sum();
            text.push_str(&format!("{},{},{sum}\n", day(d), counts.join(",")));
        }
        text.push_str("Total,,,\n");
        let found = read(&[("grid.csv", text)]);
        assert_eq!(contents(&found, "data/arrivals.csv"), arrivals, "{names:?}");
        assert!(found.said.iter().any(|s| s.contains("`Total` is one of sums")), "{:?}", found.said);
    }
    let across = |write: &dyn Fn(Date) -> String| {
        let names: Vec<String> = (0..28).map(|d| write(day(d))).collect();
        let mut text = format!("Hour,{}\n", names.join(","));
        for h in 0..24 {
            let counts: Vec<String> = (0..28).map(|d| n(d, h).to_string()).collect();
            text.push_str(&format!("{h:02}:00,{}\n", counts.join(",")));
        }
        import_texts(&[("across.csv", text)], PLAIN)
    };
    for way in ["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y"] {
        let found = across(&|d| d.strftime(way).to_string()).unwrap_or_else(|e| panic!("{way}: {e}"));
        assert_eq!(contents(&found, "data/arrivals.csv"), arrivals, "{way}");
    }
    // The first twelve days of a month by themselves may be read in two ways.
    let mut text = String::from("Hour,03/03/2025,04/03/2025,05/03/2025,06/03/2025,07/03/2025\n");
    (0..24).for_each(|h| text.push_str(&format!("{h:02}:00,1,2,3,4,5\n")));
    let error = import_texts(&[("open.csv", text)], PLAIN).expect_err("open");
    assert!(error.contains("two ways") && error.contains("--dates"), "{error}");
}

/// Sums after each day and at the end are left out, and said to be.
#[test]
fn sums_between_rows_are_left_out() {
    let mut text = String::from("Date,Hour,Calls\n");
    for d in 0..28 {
        for h in 0..24 {
            text.push_str(&format!("{},{h},{}\n", day(d), n(d, h)));
        }
        text.push_str("Subtotal,,99\n");
    }
    text.push_str("Grand total,,9999\n");
    let found = read(&[("sums.csv", text)]);
    assert_eq!(
        contents(&found, "data/arrivals.csv"),
        contents(&read(&[("long.csv", long())]), "data/arrivals.csv")
    );
    assert!(found.said.iter().any(|s| s.contains("29 rows of sums are left out")), "{:?}", found.said);
}

/// A report of offered, handled and abandoned calls with a mean handling time is counts, and says how long handling takes.
#[test]
fn a_report_is_counts_and_a_handling_time() {
    let mut text = String::from("Interval start,Offered,Handled,Abandoned,AHT (s)\n");
    for d in 0..28 {
        for half in 0..48 {
            let offered = n(d, half);
            let aht = if half < 24 { 200 } else { 300 };
            text.push_str(&format!(
                "{} {:02}:{:02},{offered},{offered},0,{aht}\n",
                day(d),
                half / 2,
                half % 2 * 30
            ));
        }
    }
    let found = import_texts(&[("report.csv", text)], (None, &[], 0)).unwrap_or_else(|e| panic!("{e}"));
    assert!(found.said[0].contains("counts by 30 min"), "{:?}", found.said);
    let (mut sum, mut all) = (0, 0);
    for d in 0..28 {
        for half in 0..48 {
            all += n(d, half);
            sum += n(d, half) * if half < 24 { 200 } else { 300 };
        }
    }
    let demand = contents(&found, "data/demand.toml");
    let seconds = format!("{:.3}", sum as f64 / all as f64);
    assert!(demand.contains(&format!("exponential = \"{}", &seconds[..5])), "{seconds}\n{demand}");
}

/// A row for each shift of each person, over two weeks, and a column for each day of the week: both are the shifts of the week.
#[test]
fn rosters_as_lists_and_by_weekday() {
    let mut log = String::from("Employee;Date;Start;End\n");
    for d in 0..14 {
        for person in 0..(if d % 7 < 5 { 3 } else { 1 }) {
            log.push_str(&format!("P{person};{};07:00;15:00\n", day(d).strftime("%d.%m.%Y")));
        }
        log.push_str(&format!("N;{};23:00;07:00\n", day(d).strftime("%d.%m.%Y")));
    }
    let grid = "Shift,Mon,Tue,Wed,Thu,Fri,Sat,Sun\n07:00-15:00,3,3,3,3,3,1,1\n23:00-07:00,1,1,1,1,1,1,1\n"
        .to_owned();
    let shifts = |roster: (&str, String)| {
        let found = read(&[("long.csv", long()), roster]);
        let text = contents(&found, "today.toml");
        text.lines().filter(|l| l.starts_with("  { start")).map(str::to_owned).collect::<Vec<_>>()
    };
    let expected = shifts(("grid.csv", grid));
    assert_eq!(expected.len(), 2, "{expected:?}");
    assert!(expected[0].contains("officers = [3, 3, 3, 3, 3, 1, 1]"), "{expected:?}");
    assert!(expected[1].contains("start = \"23:00\", length = \"8 h\", officers = 1"), "{expected:?}");
    assert_eq!(shifts(("log.csv", log)), expected);
}

/// Beside today's scenario: arrivals by their law, with holidays as exceptions, and the weeks to come. Reading them is part of
/// importing; here, that they say what they should.
#[test]
fn laws_and_forecasts_are_scenarios() {
    let mut text = String::from("Date,Hour,North,South\n");
    for d in 0..140 {
        for h in 0..24 {
            let off = if day(d) == date(2025, 5, 26) || day(d) == date(2025, 7, 4) { 0 } else { 1 };
            text.push_str(&format!("{},{h},{},{}\n", day(d), off * n(d, h), off * (n(d, h) + h % 3)));
        }
    }
    let words = ["US".to_owned()];
    let found =
        import_texts(&[("two.csv", text)], (Some(600.0), &words, 6)).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(found.written.scenarios, ["today.toml", "night-desk.toml", "one-centre.toml"]);
    assert_eq!(found.written.beside, ["fitted.toml", "forecast.toml"]);
    let fitted = contents(&found, "fitted.toml");
    for part in ["area = \"North\"", "column = \"South\"", "rate = {", "Memorial Day 2025", "demand = 0"] {
        assert!(fitted.contains(part), "{part}\n{fitted}");
    }
    let forecast = contents(&found, "forecast.toml");
    // The record ends on Sunday, 20 July.
    for part in ["start = 2025-07-21", "horizon = \"6 weeks\"", "factor = {", "count_column = \"South\""] {
        assert!(forecast.contains(part), "{part}\n{forecast}");
    }
    assert_eq!(contents(&found, "data/forecast.csv").lines().count(), 7);
    assert_eq!(contents(&found, "data/profile.csv").lines().count(), 169);
    let error = import_texts(&[("long.csv", long())], (Some(600.0), &[], 4)).expect_err("too short");
    assert!(error.contains("4 whole weeks"), "{error}");
    let nowhere = ["Atlantis".to_owned()];
    let error = import_texts(&[("long.csv", long())], (Some(600.0), &nowhere, 0)).expect_err("no country");
    assert!(error.contains("Atlantis") && error.contains("NL"), "{error}");
}

/// 400 days that rise by a fifth a year are written as growth, with its interval; as many of a summer and a winter as months. Both run, and
/// both say why.
#[test]
fn a_trend_is_written_as_growth_and_a_season_as_months() {
    let record = |level: &dyn Fn(f64) -> f64| {
        let mut text = String::from("Date,Hour,Calls\n");
        for d in 0..400 {
            for h in 0..24 {
                let chance = ((d * 31 + h * 17 + d * h) % 7) as f64 - 3.0;
                text.push_str(&format!("{},{h},{:.0}\n", day(d), 20.0 * level(d as f64 / 365.25) + chance));
            }
        }
        read(&[("counts.csv", text)])
    };
    let trend = record(&|t| poolwise_math::powf(1.2, t));
    let fitted = contents(&trend, "fitted.toml");
    assert!(fitted.contains("growth = { low = ") && !fitted.contains("months = "), "{fitted}");
    assert!(fitted.contains("# Months: none, but a trend; a trend of +20 % a year"), "{fitted}");
    let season = record(&|t| 1.0 + 0.3 * poolwise_math::sin(std::f64::consts::TAU * t));
    let fitted = contents(&season, "fitted.toml");
    assert!(fitted.contains("months = [") && !fitted.contains("growth = "), "{fitted}");
    assert!(fitted.contains("no one line says as much"), "{fitted}");
}
