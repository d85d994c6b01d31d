//! Recorded arrivals: intervals of any width, changes of the clock, factors, days and weeks drawn from a record.

use super::support::read;
use poolwise_engine::model::Model;
use poolwise_engine::time::{DAY, HOUR};
use poolwise_engine::trace::TraceKind;
use std::fmt::Write as _;

const WORK: &str = "[stage.work]\nservice = { role = \"o\", time = { deterministic = \"1 s\" } }\nnext = \"done\"\n\
     [stage.done]\nexit = true\n[centre.c]\nlevels = { officers = 5000 }\n[[route]]\nto = \"c\"\n";

/// Booking instants of a run with their class, ascending, seconds.
fn bookings(model: &Model, replication: u32) -> Vec<(f64, usize)> {
    let outcome = poolwise_engine::run(model, replication, true).expect("balanced");
    let exits = outcome.trace.iter().filter(|r| r.kind == TraceKind::Exit);
    let mut all: Vec<(f64, usize)> = exits.map(|r| (r.booked, r.class)).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all
}

/// A scenario of one class with a trace.
fn text(run: &str, trace: &str) -> String {
    format!(
        "[run]\nwhole_weeks = false\nreplications = 1\n{run}\n[class.c]\nstart = \"work\"\ntrace = {{ {trace} }}\n{WORK}"
    )
}

/// How many come in each step of `width` seconds.
fn counts(times: &[(f64, usize)], width: f64) -> Vec<usize> {
    let mut out = Vec::new();
    for (t, _) in times {
        let step = (t / width) as usize;
        if out.len() <= step {
            out.resize(step + 1, 0);
        }
        out[step] += 1;
    }
    out
}

#[test]
fn counts_by_half_and_quarter_hour_fall_in_their_interval() {
    let file =
        "interval,n\n2018-10-01 08:00,60\n2018-10-01 08:30,0\n2018-10-01 09:00,60\n2018-10-01 09:30,0\n";
    let trace = "file = \"n.csv\", kind = \"interval-counts\"";
    let model = read(&text("horizon = \"1 day\"", trace), &[("n.csv", file)], &[]);
    let found = counts(&bookings(&model, 0), HOUR / 2.0);
    assert_eq!((found[16], found[17], found[18], found.len()), (60, 0, 60, 19));
    // Spread evenly: of 120 in two halves 60 are expected, five standard deviations are 27.
    let half = bookings(&model, 0).iter().filter(|(t, _)| (t / (HOUR / 2.0)).fract() < 0.5).count();
    assert!(half.abs_diff(60) < 28, "{half}");
    // A width that is given: rows every half hour, each for its first quarter.
    let trace = "file = \"n.csv\", kind = \"interval-counts\", width = \"15 min\"";
    let model = read(&text("horizon = \"1 day\"", trace), &[("n.csv", file)], &[]);
    let found = counts(&bookings(&model, 0), HOUR / 4.0);
    assert_eq!((found[32], found[36], found.len()), (60, 60, 37));
}

#[test]
fn dates_and_hours_may_stand_in_two_columns_and_in_other_forms() {
    let expected = {
        let mut hours = vec![0; 33];
        (hours[7], hours[8], hours[32]) = (3, 5, 7);
        hours
    };
    for (file, keys) in [
        ("Date,Hour,calls\n2018-10-01,07,3\n2018-10-01,08,5\n2018-10-02,8,7\n", ""),
        (
            "Date;Hour;calls\n01-10-2018;07:00-08:00;3\n01-10-2018;8:00-9:00;5\n02-10-2018;8 am;7\n",
            "dates = \"day-first\", ",
        ),
        (
            "Date\tHour\tcalls\n10/1/2018\t7:00\t3\n10/1/2018\t8:00\t5\n10/2/2018 0:00\t8:00\t7\n",
            "dates = \"month-first\", ",
        ),
    ] {
        let trace = format!(
            "file = \"n.csv\", kind = \"hourly-counts\", column = \"Date\", time_column = \"Hour\", {keys}count_column = \"calls\""
        );
        let model = read(&text("horizon = \"2 days\"", &trace), &[("n.csv", file)], &[]);
        assert_eq!(counts(&bookings(&model, 0), HOUR), expected, "{file}");
    }
}

#[test]
fn an_hour_that_comes_twice_has_two_rows_in_order_and_one_that_is_left_out_none() {
    // New York, 2018-11-04: hours 0, 1, 1 again, 2 of the day.
    let trace = "file = \"n.csv\", kind = \"hourly-counts\"";
    let zone = "time_zone = \"America/New_York\"\nhorizon = \"1 day\"\n";
    let run = format!("{zone}start = 2018-11-04");
    let of =
        |file: &str, run: &str| counts(&bookings(&read(&text(run, trace), &[("n.csv", file)], &[]), 0), HOUR);
    let rows = "t,n\n2018-11-04 00:00,10\n2018-11-04 01:00,20\n2018-11-04 01:00,30\n2018-11-04 02:00,40\n";
    assert_eq!(of(rows, &run), [10, 20, 30, 40]);
    // Both halves of the repeated hour.
    let halves = "t,n\n2018-11-04 01:00,1\n2018-11-04 01:30,2\n2018-11-04 01:00,3\n2018-11-04 01:30,4\n2018-11-04 02:00,5\n";
    let by_half =
        read(&text(&run, "file = \"n.csv\", kind = \"interval-counts\""), &[("n.csv", halves)], &[]);
    assert_eq!(counts(&bookings(&by_half, 0), HOUR / 2.0), [0, 0, 1, 2, 3, 4, 5]);
    // One row for both: halved.
    assert_eq!(
        of("t,n\n2018-11-04 00:00,10\n2018-11-04 01:00,21\n2018-11-04 02:00,40\n", &run),
        [10, 11, 10, 40]
    );
    // With offsets nothing is in doubt, in any order.
    let offsets = "t,n\n2018-11-04T01:00-05:00,30\n2018-11-04T01:00-04:00,20\n";
    assert_eq!(of(offsets, &run), [0, 20, 30]);
    // 2019-03-10: 02:00 does not exist; an empty row for it is no harm.
    let spring = "t,n\n2019-03-10 01:00,1\n2019-03-10 02:00,0\n2019-03-10 03:00,3\n2019-03-10 04:00,4\n";
    assert_eq!(of(spring, &format!("{zone}start = 2019-03-10")), [0, 1, 3, 4]);
    // Times: the step back tells the two readings apart.
    let times = "t\n2018-11-04 00:30\n2018-11-04 01:10\n2018-11-04 01:50\n2018-11-04 01:05\n2018-11-04 01:55\n2018-11-04 02:30\n";
    let model = read(&text(&run, "file = \"t.csv\", kind = \"times\""), &[("t.csv", times)], &[]);
    let found: Vec<f64> = bookings(&model, 0).iter().map(|b| b.0 / 60.0).collect();
    assert_eq!(found, [30.0, 70.0, 110.0, 125.0, 175.0, 210.0]);
}

/// An interval of local time lasts as long as its clock takes for it: each row has a thousand arrivals for each of its hours (or as
/// told), each step the same share, to five standard deviations of the greatest binomial (31).
#[test]
fn an_interval_over_a_change_of_the_clock_is_as_long_as_it_is() {
    let of = |zone: &str, day: &str, keys: &str, rows: &str, step: f64| {
        let run = format!("time_zone = \"{zone}\"\nhorizon = \"1 day\"\nstart = {day}");
        let rows = rows.split(' ').map(|row| format!("{day}{row}\n")).collect::<String>();
        let trace = format!("file = \"n.csv\", {keys}");
        counts(&bookings(&read(&text(&run, &trace), &[("n.csv", &format!("t,n\n{rows}"))], &[]), 0), step)
    };
    let is = |found: Vec<usize>, expected: &[usize]| {
        let near = found.iter().zip(expected).all(|(n, e)| n.abs_diff(*e) <= if *e == 0 { 0 } else { 160 });
        assert!(found.len() == expected.len() && near, "{found:?} {expected:?}");
    };
    let (york, back, forward) = ("America/New_York", "2018-11-04", "2018-03-11");
    let (found, given) = ("kind = \"interval-counts\"", "kind = \"interval-counts\", width = \"2 h\"");
    for keys in [found, given] {
        // From 00:00 to 02:00 are three hours, and one; two rows of the same hours as in files with other clocks are left as they are.
        is(of(york, back, keys, "T00:00,3000 T02:00,2000 T04:00,0", HOUR), &[1000; 5]);
        is(of(york, forward, keys, "T00:00,2000 T02:00,1000 T04:00,2000", HOUR), &[1000; 5]);
        let utc = "T04:00Z,2000 T06:00Z,1000 T08:00Z,2000";
        is(of(york, back, keys, utc, HOUR), &[1000, 1000, 500, 500, 1000, 1000]);
        // An interval that begins in the hour that comes twice, and one that begins in the middle of the hour that is left out.
        is(of(york, back, keys, "T01:00,3000 T03:00,2000", HOUR), &[0, 1000, 1000, 1000, 1000, 1000]);
        is(
            of(york, forward, keys, "T00:30,1500 T02:30,1500 T04:30,0", HOUR / 2.0),
            &[0, 500, 500, 500, 500, 500, 500],
        );
    }
    let four = "kind = \"interval-counts\", width = \"4 h\"";
    is(of(york, forward, four, "T00:00,3000 T04:00,4000", HOUR), &[1000; 7]);
    let day = "kind = \"interval-counts\", width = \"1 day\"";
    is(of(york, back, day, ",25000", HOUR), &[1000; 24]);
    is(of(york, forward, day, ",23000", HOUR), &[1000; 23]);
    // Lord Howe goes back and forward by half an hour, at 2:00.
    let (howe, hourly) = ("Australia/Lord_Howe", "kind = \"hourly-counts\"");
    is(
        of(howe, "2018-04-01", hourly, "T01:00,1500 T02:00,1000", HOUR / 2.0),
        &[0, 0, 500, 500, 500, 500, 500],
    );
    is(
        of(howe, "2018-10-07", hourly, "T01:00,1000 T02:00,500 T03:00,1000", HOUR / 2.0),
        &[0, 0, 500, 500, 500, 500, 500],
    );
}

#[test]
fn a_profile_by_half_hours_holds_in_local_time_over_a_change_of_the_clock() {
    // All demand in the local half hour 09:30 to 10:00, New York, over the change of 2018-11-04.
    let profile: Vec<&str> = (0..336).map(|h| if h % 48 == 19 { "1" } else { "0" }).collect();
    let text = format!(
        "[run]\nstart = 2018-10-29\nhorizon = \"2 weeks\"\nreplications = 1\n\
         [class.c]\nstart = \"work\"\nrate = \"2400 per day\"\nprofile = [{}]\n\
         [area.a]\ntime_zone = \"America/New_York\"\n{WORK}",
        profile.join(", ")
    );
    let times = bookings(&read(&text, &[], &[]), 0);
    // Five standard deviations of a Poisson count: false alarms of one in two million.
    assert!((times.len() as f64 - 33_600.0).abs() < 5.0 * 33_600_f64.sqrt(), "{}", times.len());
    for (t, _) in times {
        let day = (t / DAY) as usize;
        let from = if day < 6 { 13.5 } else { 14.5 };
        let hour = t / HOUR - day as f64 * 24.0;
        assert!((from..=from + 0.5).contains(&hour), "day {day}, hour {hour}");
    }
    // Quarters from a file, at a zone that is half an hour off: the third quarter of each local hour.
    let quarters: String = (0..672).map(|q| if q % 4 == 2 { "1\n" } else { "0\n" }).collect();
    let text = format!(
        "[run]\nhorizon = \"1 week\"\nreplications = 1\n[class.c]\nstart = \"work\"\nrate = \"1000 per day\"\n\
         profile = \"q.csv\"\n[area.a]\ntime_zone = \"Asia/Kolkata\"\n{WORK}"
    );
    for (t, _) in bookings(&read(&text, &[("q.csv", &quarters)], &[]), 0) {
        // Local half past is the full hour of UTC.
        assert!((t / HOUR).fract() <= 0.25, "{t}");
    }
}

#[test]
fn exceptions_months_and_a_factor_change_recorded_arrivals() {
    // 500 in each of 96 hours; the second day at 0.5, the third at 2, the fourth none.
    let mut file = "t,n\n".to_owned();
    for hour in 0..96 {
        let _ = writeln!(file, "2018-10-0{} {:02}:00,500", 1 + hour / 24, hour % 24);
    }
    let exception = |day: u32, factor: f64| {
        format!(
            "[[exception]]\nname = \"{day}\"\nfrom = \"2018-10-0{day} 00:00\"\nuntil = \"2018-10-0{} 00:00\"\ndemand = {factor}\n",
            day + 1
        )
    };
    let plain = text("horizon = \"4 days\"", "file = \"n.csv\", kind = \"hourly-counts\"");
    let changed = format!("{plain}{}{}{}", exception(2, 0.5), exception(3, 2.0), exception(4, 0.0));
    let of = |text: &str| bookings(&read(text, &[("n.csv", &file)], &[]), 0);
    let (before, after) = (of(&plain), of(&changed));
    let days = counts(&after, DAY);
    assert_eq!((days[0], days[2], days.len()), (12_000, 24_000, 3));
    // 12,000 kept with probability a half: five standard deviations are 274.
    assert!(days[1].abs_diff(6_000) < 274, "{}", days[1]);
    // Those that are left are the same requests at the same times.
    let all: std::collections::BTreeSet<u64> = before.iter().map(|b| b.0.to_bits()).collect();
    let second = |b: &&(f64, usize)| (DAY..2.0 * DAY).contains(&b.0);
    assert!(after.iter().filter(second).all(|b| all.contains(&b.0.to_bits())));
    // A factor and a month: 12,000 a day at 1.25 x 0.8 = 1 on average, in whole and left-out ones.
    let months = "[1, 1, 1, 1, 1, 1, 1, 1, 1, 0.6, 1, 1]";
    let trace = format!("file = \"n.csv\", kind = \"hourly-counts\", factor = 2.5, months = {months}");
    let found = of(&text("horizon = \"4 days\"", &trace)).len();
    // Each comes once for certain and a second time with probability a half: 48,000 x 1.5.
    assert!(found.abs_diff(72_000) < 548, "{found}");
    // Exact times that come again do not come in pairs.
    let times = "t\n2018-10-01 06:00\n2018-10-01 12:00\n";
    let trace = "file = \"t.csv\", kind = \"times\", factor = 3";
    let model = read(&text("horizon = \"1 day\"", trace), &[("t.csv", times)], &[]);
    let found = bookings(&model, 0);
    assert_eq!(found.len(), 6);
    assert!(found.windows(2).all(|w| w[0].0 < w[1].0));
    assert!(found.iter().all(|(t, _)| (t / HOUR - 6.0).abs() <= 0.5 || (t / HOUR - 12.0).abs() <= 0.5));
}

/// Two classes over two recorded weeks: on day `d` of the record the first has `d + 1` arrivals at 06:00 and the
/// second as many at 18:00.
fn fortnight(by: &str, run: &str) -> Model {
    let mut file = "t,early,late\n".to_owned();
    for hour in 0..14 * 24 {
        let day = hour / 24;
        let n = |at: u32| if hour % 24 == at { day + 1 } else { 0 };
        let _ = writeln!(file, "2018-10-{:02} {:02}:00,{},{}", 1 + day, hour % 24, n(6), n(18));
    }
    let class = |name: &str| {
        format!(
            "[class.{name}]\nstart = \"work\"\ntrace = {{ file = \"n.csv\", kind = \"hourly-counts\", count_column = \"{name}\", resample = \"{by}\" }}\n"
        )
    };
    let text = format!("[run]\nreplications = 2\n{run}\n{}{}{WORK}", class("early"), class("late"));
    read(&text, &[("n.csv", &file)], &[])
}

/// Arrivals of both classes by day.
fn by_day(model: &Model, replication: u32) -> Vec<[usize; 2]> {
    let mut out = vec![[0; 2]; (model.run.horizon / DAY) as usize];
    for (t, class) in bookings(model, replication) {
        let hour = (t / HOUR) as usize % 24;
        assert_eq!(hour, [6, 18][class]);
        out[(t / DAY) as usize][class] += 1;
    }
    out
}

#[test]
fn days_are_drawn_by_weekday_and_classes_share_them() {
    // 200 weeks in another year than the record, beginning on a Monday.
    let model = fortnight("days", "start = 2020-01-06\nhorizon = \"200 weeks\"");
    let days = by_day(&model, 0);
    let mut second = 0;
    for (d, [early, late]) in days.iter().enumerate() {
        assert!(*early == d % 7 + 1 || *early == d % 7 + 8, "day {d}: {early}");
        assert_eq!(early, late);
        second += usize::from(*early > 7);
    }
    // 1,400 draws of a half: five standard deviations are 94.
    assert!(second.abs_diff(700) < 94, "{second}");
    assert_ne!(days, by_day(&model, 1));
    // The same days in another scenario with the same record, whatever else differs.
    let other = fortnight("days", "start = 2020-01-06\nhorizon = \"100 weeks\"\ntarget = \"1 h\"");
    assert_eq!(by_day(&other, 0), days[..700]);
}

#[test]
fn weeks_are_drawn_whole() {
    let model = fortnight("weeks", "start = 2020-01-06\nhorizon = \"200 weeks\"");
    let mut second = 0;
    for week in by_day(&model, 0).chunks(7) {
        let base = if week[0][0] > 7 { 8 } else { 1 };
        second += usize::from(base == 8);
        for (d, [early, late]) in week.iter().enumerate() {
            assert_eq!((*early, *late), (base + d, base + d));
        }
    }
    // 200 draws of a half: five standard deviations are 35.
    assert!(second.abs_diff(100) < 36, "{second}");
}

#[test]
fn a_drawn_day_keeps_its_local_hours_over_a_change_of_the_clock() {
    // One arrival a day at 09:00 local, New York, recorded far from any change; the run crosses 2018-11-04.
    let mut file = "t\n".to_owned();
    for day in 1..=14 {
        let _ = writeln!(file, "2018-01-{day:02} 09:00");
    }
    let trace = "file = \"t.csv\", kind = \"times\", resample = \"days\"";
    let run = "time_zone = \"America/New_York\"\nstart = 2018-10-29\nhorizon = \"2 weeks\"";
    let model = read(&text(run, trace), &[("t.csv", &file)], &[]);
    let found: Vec<f64> = bookings(&model, 0).iter().map(|b| b.0 / HOUR).collect();
    let expected: Vec<f64> = (0..14).map(|d| f64::from(d) * 24.0 + if d < 6 { 9.0 } else { 10.0 }).collect();
    assert_eq!(found, expected);
}
