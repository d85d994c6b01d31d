//! Demand: exact rates across every change, local time, months, day factors, traces, exceptions.

use super::support::{read, run_with};
use poolwise_engine::model::Model;
use poolwise_engine::time::HOUR;
use poolwise_math::powi;

const WORK: &str = "[stage.work]\nservice = { role = \"o\", time = { deterministic = \"1 s\" } }\nnext = \"done\"\n\
     [stage.done]\nexit = true\n[centre.c]\nlevels = { officers = 50 }\n[[route]]\nto = \"c\"\n";

/// Booking instants of a run, seconds.
fn bookings(model: &Model, replication: u32) -> Vec<f64> {
    let outcome = poolwise_engine::run(model, replication, true).expect("balanced");
    let mut times: Vec<f64> = outcome
        .trace
        .iter()
        .filter(|r| r.kind == poolwise_engine::trace::TraceKind::Exit)
        .map(|r| r.booked)
        .collect();
    times.sort_by(f64::total_cmp);
    times
}

/// Five standard deviations of a Poisson count: false alarms of one in two million.
#[track_caller]
fn poisson(count: usize, mean: f64) {
    assert!((count as f64 - mean).abs() < 5.0 * mean.sqrt(), "{count} against {mean}");
}

#[test]
fn a_profile_is_read_in_the_areas_local_time_with_daylight_saving() {
    // All demand in the local hours 09:00 to 10:00 of every day, New York, over the change of
    // 2018-11-04: 13:00 UTC before, 14:00 UTC after.
    let profile: Vec<&str> = (0..168).map(|h| if h % 24 == 9 { "1" } else { "0" }).collect();
    let text = format!(
        "[run]\nstart = 2018-10-29\ntime_zone = \"UTC\"\nhorizon = \"2 weeks\"\nreplications = 1\n\
         [class.c]\nstart = \"work\"\nrate = \"2400 per day\"\nprofile = [{}]\n\
         [area.a]\ntime_zone = \"America/New_York\"\n{WORK}",
        profile.join(", ")
    );
    let model = read(&text, &[], &[]);
    let times = bookings(&model, 0);
    poisson(times.len(), 2400.0 * 14.0);
    for t in times {
        let hour = (t / HOUR) as u64;
        let day = hour / 24;
        let expected = if day < 6 { 13 } else { 14 };
        assert_eq!(hour % 24, expected, "day {day}");
    }
}

#[test]
fn the_rate_is_exact_across_changes() {
    // 0 for an hour, then 3,000 an hour for one: no arrival may leak into the empty hour, and counts on
    // each side of a change of 1 to 3 are right.
    let text = format!(
        "[run]\nhorizon = \"400 h\"\nreplications = 1\n\
         [class.c]\nstart = \"work\"\nrate = \"100 per hour\"\nprofile = {{ period = \"4 h\", values = [0, 1, 3, 0] }}\n{WORK}"
    );
    let times = bookings(&read(&text, &[], &[]), 0);
    let mut counts = [0_usize; 4];
    // The first and the last tenth of each step as well: a rate taken at the wrong instant shows there.
    let mut edges = [[0_usize; 2]; 4];
    for t in &times {
        let step = (t / HOUR) as usize % 4;
        counts[step] += 1;
        let part = (t / HOUR).fract();
        if part < 0.1 {
            edges[step][0] += 1;
        } else if part >= 0.9 {
            edges[step][1] += 1;
        }
    }
    assert_eq!((counts[0], counts[3]), (0, 0));
    poisson(counts[1], 10_000.0);
    poisson(counts[2], 30_000.0);
    for (step, mean) in [(1, 1_000.0), (2, 3_000.0)] {
        poisson(edges[step][0], mean);
        poisson(edges[step][1], mean);
    }
}

#[test]
fn months_scale_the_rate_by_the_local_calendar() {
    let text = format!(
        "[run]\nstart = 2018-10-01\nhorizon = \"61 days\"\nreplications = 1\n\
         [class.c]\nstart = \"work\"\nrate = \"10 per hour\"\nmonths = [1, 1, 1, 1, 1, 1, 1, 1, 1, 0.5, 2, 1]\n{WORK}"
    );
    let times = bookings(&read(&text, &[], &[]), 0);
    let october = times.iter().filter(|t| **t < 31.0 * 24.0 * HOUR).count();
    poisson(october, 0.5 * 240.0 * 31.0);
    poisson(times.len() - october, 2.0 * 240.0 * 30.0);
}

/// A rate and a record that grow by half a year: the counts of each half-year are those of (1 + g)^t, t the middle of each week; what another
/// class brings does not grow. Offered load counts the mean of the two years, (1.5^2 - 1) / (2 ln 1.5) = 1.5415.
#[test]
fn demand_grows_from_the_start_of_the_run_on() {
    let text = format!(
        "[run]\nhorizon = \"104 weeks\"\nreplications = 1\n[class.c]\nstart = \"work\"\nrate = \"10 per hour\"\ngrowth = 0.5\n\
         [class.d]\nstart = \"work\"\nrate = \"10 per hour\"\n{WORK}"
    );
    let model = read(&text, &[], &[]);
    let outcome = poolwise_engine::run(&model, 0, true).expect("balanced");
    let exits = outcome.trace.iter().filter(|r| r.kind == poolwise_engine::trace::TraceKind::Exit);
    let mut counts = [[0_usize; 4]; 2];
    for row in exits {
        counts[row.class][((row.booked / (26.0 * 168.0 * HOUR)) as usize).min(3)] += 1;
    }
    for (half, grows) in counts[0].iter().enumerate() {
        let week = |w: usize| poolwise_math::powf(1.5, (w as f64 + 0.5) * 7.0 / 365.25);
        poisson(*grows, 1_680.0 * (26 * half..26 * half + 26).map(week).sum::<f64>());
        poisson(counts[1][half], 1_680.0 * 26.0);
    }
    let load = poolwise_planning::offered_load::by_week(&model);
    assert!((load[0] - 1_680.0 * (1.0 + poolwise_math::powf(1.5, 3.5 / 365.25))).abs() < 1e-6, "{}", load[0]);
    let mut file = "t,n\n".to_owned();
    for day in 1..=28 {
        for hour in 0..24 {
            file.push_str(&format!("2018-10-{day:02} {hour:02}:00,40\n"));
        }
    }
    let text = format!(
        "[run]\nstart = 2018-10-01\nhorizon = \"28 days\"\nreplications = 1\n[class.c]\nstart = \"work\"\ngrowth = 9\n\
         trace = {{ file = \"n.csv\", kind = \"hourly-counts\" }}\n{WORK}"
    );
    let times = bookings(&read(&text, &[("n.csv", &file)], &[]), 0);
    for week in 0..4_usize {
        let found = times.iter().filter(|t| (**t / (168.0 * HOUR)) as usize == week).count();
        let expected = 6_720.0 * poolwise_math::powf(10.0, (week as f64 + 0.5) * 7.0 / 365.25);
        assert!(
            (found as f64 - expected).abs() < 5.0 * (0.25_f64 * 6_720.0).sqrt(),
            "{week}: {found}, {expected}"
        );
    }
}

/// Variance of daily counts over the mean, and correlation of two areas' daily counts.
fn daily(text: &str) -> (f64, f64, f64) {
    let model = read(text, &[], &[]);
    let outcome = poolwise_engine::run(&model, 0, true).expect("balanced");
    let days = (model.run.horizon / 86_400.0) as usize;
    let mut counts = vec![[0.0_f64; 2]; days];
    for row in &outcome.trace {
        if row.kind == poolwise_engine::trace::TraceKind::Exit {
            counts[((row.booked / 86_400.0) as usize).min(days - 1)][row.area] += 1.0;
        }
    }
    let n = days as f64;
    let mean = |f: &dyn Fn(&[f64; 2]) -> f64| counts.iter().map(f).sum::<f64>() / n;
    let (a, b) = (mean(&|c| c[0]), mean(&|c| c[1]));
    let va = mean(&|c| powi(c[0] - a, 2));
    let vb = mean(&|c| powi(c[1] - b, 2));
    let cov = mean(&|c| (c[0] - a) * (c[1] - b));
    (a, va / a, cov / (va * vb).sqrt())
}

#[test]
fn day_factors_spread_days_and_are_shared_or_not() {
    // Mean 500 a day and area, CV 0.2: variance/mean 1 + 500 x 0.04 = 21; correlation of areas
    // 20 / 21 = 0.95 when shared, 0 when each has its own. 1,000 days: five standard errors of the
    // variance ratio are about 5 x 21 x sqrt(2.3 / 1000) = 5; of a zero correlation 0.16.
    let text = |scope: &str| {
        format!(
            "[run]\nhorizon = \"1000 days\"\nreplications = 1\n\
             [class.c]\nstart = \"work\"\nrate = \"1000 per day\"\nday_factor = {{ cv = 0.2, scope = \"{scope}\" }}\n\
             [area.a]\nshare = 1\n[area.b]\nshare = 1\n{WORK}"
        )
    };
    let (mean, ratio, correlation) = daily(&text("national"));
    assert!((mean - 500.0).abs() < 5.0 * (21.0_f64 * 500.0 / 1000.0).sqrt(), "{mean}");
    assert!((ratio - 21.0).abs() < 5.0, "{ratio}");
    assert!((correlation - 0.952).abs() < 0.02, "{correlation}");
    let (_, ratio, correlation) = daily(&text("area"));
    assert!((ratio - 21.0).abs() < 5.0, "{ratio}");
    assert!(correlation.abs() < 0.16, "{correlation}");
}

#[test]
fn traces_are_replayed_and_spread_within_their_width() {
    let text = |trace: &str| {
        format!(
            "[run]\nhorizon = \"48 h\"\nreplications = 1\n[class.c]\nstart = \"work\"\ntrace = {trace}\n{WORK}"
        )
    };
    let times = "time\n2018-10-01 01:00:00\n2018-10-01 01:00:00\n2018-10-02 05:30:00\n";
    let exact = text("{ file = \"t.csv\", kind = \"times\", column = \"time\" }");
    let run = run_with(&exact, &[("t.csv", times)], &[]);
    let mut found: Vec<f64> =
        run.outcome.trace.iter().filter(|r| r.centre.is_none()).map(|r| r.booked).collect();
    found.sort_by(f64::total_cmp);
    assert_eq!(found, [3600.0, 3600.0, 29.5 * 3600.0]);
    let wide = text("{ file = \"t.csv\", kind = \"times\", column = \"time\", jitter = \"30 min\" }");
    let model = read(&wide, &[("t.csv", times)], &[]);
    let found = bookings(&model, 0);
    assert_eq!(found.len(), 3);
    assert!(found[0] != 3600.0 && (found[0] - 3600.0).abs() <= 900.0);
    assert_ne!(found, bookings(&model, 1));
    // Hourly counts: each event within its hour, spread over it.
    let counts: String = std::iter::once("hour,n\n".to_owned())
        .chain((0..24).map(|h| format!("2018-10-01 {h:02}:00,{}\n", h * 10)))
        .collect();
    let hourly =
        text("{ file = \"n.csv\", kind = \"hourly-counts\", column = \"hour\", count_column = \"n\" }");
    let found = bookings(&read(&hourly, &[("n.csv", &counts)], &[]), 0);
    let mut by_hour = [0; 24];
    for t in &found {
        by_hour[(t / HOUR) as usize] += 1;
    }
    for (h, n) in by_hour.iter().enumerate() {
        assert_eq!(*n, h * 10);
    }
    let mean_part = found.iter().map(|t| (t / HOUR).fract()).sum::<f64>() / found.len() as f64;
    // 2,760 uniform parts: five standard errors are 0.0275.
    assert!((mean_part - 0.5).abs() < 0.0275, "{mean_part}");
}

#[test]
fn an_exception_scales_demand_of_its_classes_and_areas_while_it_lasts() {
    let text = format!(
        "[run]\nhorizon = \"30 days\"\nreplications = 1\n\
         [class.c]\nstart = \"work\"\nrate = \"100 per hour\"\n[area.a]\nshare = 3\n[area.b]\nshare = 1\n{WORK}\
         [[exception]]\nname = \"surge\"\nfrom = 2018-10-11T00:00:00\nuntil = 2018-10-21T12:00:00\n\
         demand = [{{ factor = 1.5, areas = [\"b\"] }}]\n"
    );
    let model = read(&text, &[], &[]);
    let outcome = poolwise_engine::run(&model, 0, true).expect("balanced");
    let day = 86_400.0;
    let inside = |t: f64| (10.0 * day..20.5 * day).contains(&t);
    let count = |area: usize, within: bool| {
        outcome
            .trace
            .iter()
            .filter(|r| r.centre.is_none() && r.area == area && inside(r.booked) == within)
            .count()
    };
    poisson(count(0, true), 75.0 * 24.0 * 10.5);
    poisson(count(0, false), 75.0 * 24.0 * 19.5);
    poisson(count(1, true), 1.5 * 25.0 * 24.0 * 10.5);
    poisson(count(1, false), 25.0 * 24.0 * 19.5);
}

/// Two areas of shares 1 and 3, a class in each and one of both: 20 an hour from a alone, 5 from b alone, and 8 of which a has
/// a quarter. Load and simulation agree, and what is there at the start is of its class's area.
#[test]
fn a_class_with_an_area_comes_from_there_alone() {
    let text = format!(
        "[run]\nhorizon = \"1000 h\"\nwhole_weeks = false\nreplications = 1\n\
         [class.x]\nstart = \"work\"\nrate = \"20 per hour\"\narea = \"a\"\n\
         [class.y]\nstart = \"work\"\nrate = \"5 per hour\"\narea = \"b\"\n\
         [class.z]\nstart = \"work\"\nrate = \"8 per hour\"\n\
         [area.a]\nshare = 1\n[area.b]\nshare = 3\n[start.c]\nclass = \"y\"\nstage = \"work\"\nrequests = 40\n{WORK}"
    );
    let model = read(&text, &[], &[]);
    let outcome = poolwise_engine::run(&model, 0, true).expect("balanced");
    let mut found = [[0_usize; 2]; 3];
    for row in outcome.trace.iter().filter(|r| r.kind == poolwise_engine::trace::TraceKind::Exit) {
        found[row.class][row.area] += 1;
    }
    poisson(found[0][0], 20_000.0);
    assert_eq!(found[0][1], 0);
    assert_eq!(found[1][0], 0);
    poisson(found[1][1], 5_040.0);
    poisson(found[2][0], 2_000.0);
    poisson(found[2][1], 6_000.0);
    let load = poolwise_planning::offered_load::expected(&model);
    let arrivals: f64 = load.centres[0].roles[0].arrivals.iter().sum::<f64>() / 168.0;
    assert!((arrivals - 33.0).abs() < 1e-9, "{arrivals}");
    let refused = poolwise_scenario::Snapshot::of(
        [("s.toml".into(), text.replace("area = \"b\"", "area = \"q\"").into())].into(),
    );
    let error = poolwise_scenario::load_through(
        &refused,
        "s.toml".as_ref(),
        &poolwise_scenario::Overrides::default(),
    );
    assert!(error.is_err_and(|e| e.to_string().contains("q")));
}
