//! A run that begins in the middle of a day, with what is in hand then.

use super::support::{Run, close, csv, read, run_with};
use poolwise_engine::trace::TraceKind;
use poolwise_engine::{Outcome, run};
use poolwise_math::{exp, ln, normal_cdf};

/// Cases of two hours, recorded at these hours, at a desk; now is 10:00.
fn desk(centre: &str, start: &str, class: &str, arrivals: &[f64]) -> Run {
    let text = format!(
        "[run]\nstart = 2018-10-01\nreplications = 1\ntarget = \"1 h\"\n\
         [class.c]\nstart = \"work\"\n{class}\ntrace = {{ file = \"a.csv\", kind = \"times\", column = \"time\" }}\n\
         [stage.work]\nservice = {{ role = \"o\", time = \"2 h\" }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[stage.gone]\nexit = true\n[centre.d]\n{centre}\n[start]\nat = \"10:00\"\n{start}\n"
    );
    run_with(&text, &[("a.csv", &csv(arrivals))], &[])
}

/// Start and end of each service, hours of the day.
fn services(run: &Run) -> Vec<(f64, f64)> {
    run.services("work").iter().map(|s| (s.1, s.2)).collect()
}

#[test]
fn cases_in_hand_go_on_from_where_they_are() {
    // One officer, half an hour into a case of two hours. Two wait, one since 08:00; who came at 09:00 is not of this run.
    for officers in
        ["levels = { officers = 1 }", "shifts = [{ start = \"06:00\", length = \"18 h\", officers = 1 }]"]
    {
        let run = desk(
            officers,
            "cases = [{ age = \"10 min\" }, { spent = \"30 min\" }, { age = \"2 h\" }]",
            "",
            &[9.0, 10.5],
        );
        assert_eq!(services(&run), [(9.5, 11.5), (11.5, 13.5), (13.5, 15.5), (15.5, 17.5)]);
        // Waits are counted from their beginning: 3.5 h and 3 h 40 min of those in hand, 5 h of the new one.
        let waits = &run.outcome.centres[0].waits[0];
        assert_eq!(waits.started, 3);
        close(waits.sum / 3_600.0, 3.5 + 3.5 + 1.0 / 6.0 + 5.0);
        // They are no arrivals, and no cases for the service level: their clocks started before.
        assert_eq!(
            (run.outcome.total.arrivals, run.outcome.total.target_cases, run.outcome.total.done),
            (1, 1, 4)
        );
        // Busy from now on: 7.5 hours; and in the window, which ends at midnight.
        close(run.hours("d", poolwise_engine::integral::Count::Busy), 7.5);
        assert_eq!(run.outcome.backlog, 0);
    }
}

#[test]
fn the_present_may_be_a_time_of_the_file_format_itself() {
    let text = |at: &str| {
        format!(
            "[run]\nstart = 2018-10-01\nreplications = 1\n[class.c]\nrate = \"1 per hour\"\nstart = \"work\"\n\
             [stage.work]\nservice = {{ role = \"o\", time = \"1 min\" }}\nnext = \"out\"\n[stage.out]\nexit = true\n\
             [centre.d]\nlevels = {{ officers = 1 }}\n[start]\nat = {at}\n"
        )
    };
    let written = read(&text("\"2018-10-03 14:30\""), &[], &[]);
    for at in ["2018-10-03T14:30:00", "2018-10-03 14:30:00"] {
        assert_eq!(read(&text(at), &[], &[]).run, written.run);
    }
    // As `--set` has it.
    let set = read(&text("\"08:00\""), &[], &["start.at=11:20"]);
    assert_eq!(set.run.warm_up, 11.0 * 3_600.0 + 20.0 * 60.0);
    assert_eq!(set.run.now, read(&text("\"11:20\""), &[], &[]).run.now);
}

#[test]
fn until_is_the_next_such_time_of_day() {
    let run = desk(
        "levels = { officers = 1 }",
        "until = \"12:00\"\ncases = [{ spent = \"30 min\" }]",
        "",
        &[11.0, 13.0],
    );
    assert_eq!(services(&run), [(9.5, 11.5)]);
    assert_eq!((run.model.run.warm_up, run.model.run.end()), (36_000.0, 43_200.0));
    let run = desk("levels = { officers = 1 }", "until = \"06:00\"", "", &[11.0, 28.0]);
    assert_eq!(services(&run), [(11.0, 13.0), (28.0, 30.0)]);
    close(run.model.run.end(), 30.0 * 3_600.0);
}

#[test]
fn patience_goes_on_from_the_age() {
    let class = "deadline = { after = \"3 h\", until = { start = \"work\" }, exit = \"gone\" }";
    let cases = "cases = [{ age = \"2 h\" }, { age = \"30 min\" }, { spent = \"10 min\", age = \"1 h\" }]";
    let run = desk("levels = { officers = 1 }", cases, class, &[]);
    // The one in service is begun at 09:50 and ends at 11:50; who has waited since 08:00 gives up at 11:00, and the other,
    // since 09:30, is begun before 12:30.
    assert_eq!(run.exits("gone"), [11.0]);
    let found = services(&run);
    close(found[0].0, 10.0 - 1.0 / 6.0);
    close(found[1].0, 12.0 - 1.0 / 6.0);
    assert_eq!(found.len(), 2);
}

#[test]
fn who_is_on_shift_now_counts_until_the_shift_ends() {
    let shifts = "shifts = [{ name = \"early\", start = \"06:00\", length = \"6 h\", officers = 3 }, \
                  { name = \"late\", start = \"12:00\", length = \"12 h\", officers = 3 }]";
    let starts =
        |start: &str| services(&desk(shifts, start, "", &[10.0, 10.0, 10.0, 10.0, 10.0, 13.0, 13.0, 13.0]));
    // Two of three are there: two begin at 10, and at 12, as the late shift comes, the other three.
    let found: Vec<f64> = starts("on_shift = { d = 2 }").iter().map(|s| s.0).collect();
    assert_eq!(found, [10.0, 10.0, 12.0, 12.0, 12.0, 14.0, 14.0, 14.0]);
    // Five are there, two more than rostered.
    let found: Vec<f64> = starts("on_shift = { d = 5 }").iter().map(|s| s.0).collect();
    assert_eq!(found, [10.0, 10.0, 10.0, 10.0, 10.0, 13.0, 13.0, 13.0]);
    let levels = "levels = { weekly = [{ from = \"00:00\", to = \"12:00\", officers = 3 }], otherwise = 1 }";
    let found = services(&desk(levels, "on_shift = { d = 1 }", "", &[10.0, 10.5, 10.6, 11.9]));
    assert_eq!(found.iter().map(|s| s.0).collect::<Vec<_>>(), [10.0, 12.0, 14.0, 16.0]);
}

#[test]
fn a_case_without_an_officer_stands_at_the_head_with_what_is_left() {
    let run = desk(
        "levels = { officers = 1 }",
        "cases = [{ age = \"5 h\" }, { spent = \"90 min\", requests = 2 }]",
        "",
        &[],
    );
    // Two are said to be in service and one officer is there: the second goes on at 10:30 for half an hour, before who waited longest.
    assert_eq!(services(&run), [(8.5, 10.5), (10.5, 11.0), (11.0, 13.0)]);
    assert_eq!(run.rows(TraceKind::Interrupted, "work").len(), 0);
}

#[test]
fn a_file_of_cases_says_the_same_as_a_list() {
    let text = |cases: &str| {
        format!(
            "[run]\nreplications = 1\nstart = 2018-10-01\n[class.c]\nrate = \"2 per hour\"\nstart = \"work\"\n\
             [stage.work]\nservice = {{ role = \"o\", time = {{ exponential = \"20 min\" }} }}\nnext = \"out\"\n\
             [stage.out]\nexit = true\n[centre.d]\nlevels = {{ officers = 1 }}\n[start]\nat = \"2018-10-03 10:00\"\ncases = {cases}\n"
        )
    };
    let list = read(
        &text(
            "[{ centre = \"d\", class = \"c\", age = \"12 min\", spent = \"4 min\" }, { age = \"3 min\", requests = 2 }]",
        ),
        &[],
        &[],
    );
    let file = "class;centre;age;spent;requests\nc;d;12 min;0:04:00;\nc;;180 s;;2\n";
    let from_file = read(&text("\"in-hand.csv\""), &[("in-hand.csv", file)], &[]);
    assert_eq!(list.run.start, from_file.run.start);
    assert_eq!(list.run.start.len(), 2);
}

/// Outcomes of so many replications.
fn outcomes(text: &str, replications: u32) -> Vec<Outcome> {
    let model = read(text, &[], &[]);
    (0..replications).map(|k| run(&model, k, false).unwrap_or_else(|e| panic!("{e}"))).collect()
}

/// Given n arrivals where m were expected, and a gamma factor of shape k, what is to come is negative binomial with mean
/// e (k + n) / (k + m) and variance mean (1 + e / (k + m)) where e is expected (Jongbloed and Koole 2001). Each of the two tests
/// of a mean and a variance fails by chance less than once in ten thousand.
#[test]
fn todays_count_scales_the_rest_of_the_day() {
    // 20 an hour by day, from 08:00 on; twice as many from 16:00. Now is 14:00: 120 were expected, 60 came; 40 + 320 follow.
    let profile: Vec<String> = (0..168)
        .map(|h| match h % 24 {
            0..8 => "0".to_owned(),
            8..16 => "20".to_owned(),
            _ => "40".to_owned(),
        })
        .collect();
    // (8 x 20 + 8 x 40) / 24 = 20 an hour in the mean.
    let text = format!(
        "[run]\nstart = 2018-10-01\nreplications = 1\n[class.c]\nrate = \"20 per hour\"\nprofile = [{}]\n\
         day_factor = {{ cv = 0.2 }}\nstart = \"work\"\n\
         [stage.work]\nservice = {{ role = \"o\", time = \"1 min\" }}\nnext = \"out\"\n[stage.out]\nexit = true\n\
         [centre.d]\nlevels = {{ officers = 50 }}\n[start]\nat = \"14:00\"\narrivals = {{ c = 60 }}\n",
        profile.join(", ")
    );
    let model = read(&text, &[], &[]);
    let found = poolwise_engine::so_far(&model);
    close(found[0].expected, 120.0);
    let (k, e) = (25.0, 360.0);
    let factor = found[0].factor.as_ref().expect("a factor");
    close(factor.mean(), (k + 60.0) / (k + 120.0));
    let n = 2_000;
    let counts: Vec<f64> = outcomes(&text, n).iter().map(|o| o.total.arrivals as f64).collect();
    let mean = counts.iter().sum::<f64>() / f64::from(n);
    let variance = counts.iter().map(|c| (c - mean) * (c - mean)).sum::<f64>() / f64::from(n - 1);
    let expected = e * (k + 60.0) / (k + 120.0);
    let spread = expected * (1.0 + e / (k + 120.0));
    assert!((mean - expected).abs() < 4.0 * (spread / f64::from(n)).sqrt(), "{mean} for {expected}");
    // The variance of a sample variance is about 2 / n of its square, and a little more here.
    assert!((variance / spread - 1.0).abs() < 4.0 * (2.3 / f64::from(n)).sqrt(), "{variance} for {spread}");
}

/// Of M/M/1 with five in the system at 12:00 the chance that the desk is empty at 13:00, by uniformization of the birth-death chain.
#[test]
fn a_queue_from_five_in_hand_has_its_transient_law() {
    let (lambda, mu, hours) = (6.0, 9.0, 1.0);
    let text = format!(
        "[run]\nstart = 2018-10-01\nreplications = 1\n[class.c]\nrate = \"{lambda} per hour\"\nstart = \"work\"\n\
         [stage.work]\nservice = {{ role = \"o\", time = {{ exponential = \"{} s\" }} }}\nnext = \"out\"\n[stage.out]\nexit = true\n\
         [centre.d]\nlevels = {{ officers = 1 }}\n[start]\nat = \"12:00\"\nuntil = \"13:00\"\n\
         cases = [{{ spent = \"2 min\" }}, {{ age = \"5 min\", requests = 4 }}]\n",
        3_600.0 / mu
    );
    let n = 8_000_u32;
    let left: Vec<i64> = outcomes(&text, n).iter().map(|o| o.backlog).collect();
    // P(t) = sum over Poisson jumps at rate lambda + mu of the chain's steps, 60 states deep.
    let (rate, states) = (lambda + mu, 80);
    let mut p = vec![0.0; states];
    p[5] = 1.0;
    let (mut weight, mut law) = (exp(-rate * hours), vec![0.0; states]);
    for jump in 1..200 {
        law.iter_mut().zip(&p).for_each(|(sum, p)| *sum += weight * p);
        weight *= rate * hours / f64::from(jump);
        let mut next = vec![0.0; states];
        for (i, mass) in p.iter().enumerate() {
            next[(i + 1).min(states - 1)] += mass * lambda / rate;
            next[i.saturating_sub(1)] += mass * mu / rate;
        }
        p = next;
    }
    // Within 4 standard errors each, of three chances: an alarm by chance once in 5,000.
    for state in [0, 1, 5] {
        let expected: f64 = law[state];
        let found = left.iter().filter(|n| **n == state as i64).count() as f64 / f64::from(n);
        let error = (expected * (1.0 - expected) / f64::from(n)).sqrt();
        assert!((found - expected).abs() < 4.0 * error, "{state}: {found} for {expected}");
    }
}

/// With officers for all, who is in service is so for what is left of the time: lognormal with mean 30 min and cv 0.8, given that
/// it has lasted for 20 min, the chance that it lasts 25 min more.
#[test]
fn what_is_left_of_a_service_is_drawn_given_its_age() {
    let text = "[run]\nstart = 2018-10-01\nreplications = 1\n[class.c]\nrate = \"0 per hour\"\nstart = \"work\"\n\
        [stage.work]\nservice = { role = \"o\", time = { lognormal = { mean = \"30 min\", cv = 0.8 } } }\nnext = \"out\"\n\
        [stage.out]\nexit = true\n[centre.d]\nlevels = { officers = 20_000 }\n[start]\nat = \"12:00\"\nuntil = \"12:25\"\n\
        cases = [{ spent = \"20 min\", requests = 20_000 }]\n";
    let left = outcomes(text, 1)[0].backlog as f64;
    let variance = ln(1.0 + 0.8 * 0.8);
    let beyond = |minutes: f64| 1.0 - normal_cdf((ln(minutes / 30.0) + variance / 2.0) / variance.sqrt());
    let p = beyond(45.0) / beyond(20.0);
    assert!((left / 20_000.0 - p).abs() < 4.0 * (p * (1.0 - p) / 20_000.0).sqrt(), "{left} for {p}");
}

/// A class of this kind from areas `a` and `b`, 20 an hour each, and half a day at noon.
fn halves(class: &str, start: &str) -> String {
    format!(
        "[run]\nstart = 2018-10-01\nhorizon = \"24 h\"\nwhole_weeks = false\nreplications = 1\n[class.c]\nrate = \"40 per hour\"\n{class}\n\
         start = \"work\"\n[area.a]\n[area.b]\n[stage.work]\nservice = {{ role = \"o\", time = \"1 min\" }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[centre.d]\nlevels = {{ officers = 90 }}\n{start}"
    )
}

/// Arrivals of each area before and after noon.
fn of_halves(outcome: &Outcome) -> [[f64; 2]; 2] {
    let half = |area: usize, hours: std::ops::Range<usize>| {
        outcome.local[area][hours].iter().map(|hour| f64::from(hour.reached)).sum::<f64>()
    };
    [0, 1].map(|area| [half(area, 0..12), half(area, 12..24)])
}

/// What comes after noon, mean and standard error, of all or of the second area: of whole days with such a count before noon, of all or of the
/// first area, which is Bayes' rule; and of runs that begin with that count.
fn by_bayes_and_from_now(class: &str, together: bool, count: f64, within: f64) -> [(f64, f64); 2] {
    let mean = |values: Vec<f64>| {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let square = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>();
        (mean, (square / (n - 1.0) / n).sqrt())
    };
    let of = |day: [[f64; 2]; 2], area: usize, half: usize| {
        if together { day[0][half] + day[1][half] } else { day[area][half] }
    };
    let days = outcomes(&halves(class, ""), 10_000);
    let alike = days.iter().map(of_halves).filter(|day| (of(*day, 0, 0) - count).abs() <= within);
    let told = if together { format!("{count}") } else { format!("{{ a = {count} }}") };
    let start = format!("[start]\nat = \"12:00\"\narrivals = {{ c = {told} }}\n");
    let now = outcomes(&halves(class, &start).replace("horizon = \"24 h\"\n", ""), 2_000);
    [
        mean(alike.map(|day| of(day, 1, 1)).collect()),
        mean(now.iter().map(|o| of(of_halves(o), 1, 1)).collect()),
    ]
}

/// Counts of bursts and of batches vary more and say less; those of one area say something of another. Each difference lies within four standard
/// errors, a false alarm in 15,000 for each of three.
#[test]
fn counts_beside_bursts_batches_and_correlation_follow_bayes_rule() {
    let factor = "day_factor = { cv = 0.3 }";
    // 480 were expected until noon, 240 of them from `a`. A Poisson count of 350 would say 353 of the rest, one of fifteen times its
    // variance 383; of area `b` alone nothing would say 240, and the count of `a` says 205.
    let kinds = [
        (format!("{factor}\nbursts = {{ dispersion = 15, every = \"1 h\" }}"), true, 350.0, 15.0, 383.0),
        (format!("{factor}\nbatch = {{ geometric = 8 }}"), true, 350.0, 15.0, 383.0),
        ("day_factor = { cv = 0.3, correlation = 0.6 }".to_owned(), false, 180.0, 6.0, 205.0),
    ];
    for (class, together, count, within, about) in kinds {
        let [bayes, now] = by_bayes_and_from_now(&class, together, count, within);
        let error = poolwise_math::hypot(bayes.1, now.1);
        assert!(error < 7.0 && (bayes.0 - now.0).abs() < 4.0 * error, "{class}: {bayes:?} {now:?}");
        assert!((now.0 - about).abs() < 12.0, "{class}: {now:?}");
    }
}

/// By quarter hours, by hand: cases at 10:05 and 10:20 at one officer, from 10:00 to 13:00; each day is the same.
#[test]
fn a_forecast_by_quarter_hours_has_the_sums_of_each() {
    let run = |every: f64, start: &str, arrivals: &[f64]| {
        let run = desk("levels = { officers = 1 }", start, "", arrivals);
        let mut model = run.model.clone();
        model.run.replications = 39;
        let found = poolwise_study::forecast::forecast(
            &model,
            every,
            &poolwise_study::Settings::default(),
            &poolwise_study::Unwatched,
        );
        found.expect("a run").expect("it begins from now").intervals
    };
    let arrivals = [10.0 + 1.0 / 12.0, 10.0 + 1.0 / 3.0];
    let quarters = run(900.0, "until = \"13:00\"", &arrivals);
    assert_eq!(quarters.len(), 12);
    let is = |i: usize, come: f64, waiting: f64, busy: f64| {
        close(quarters[i].arrivals.mean, come);
        close(quarters[i].waiting.mean, waiting);
        close(quarters[i].busy.expect("an officer").mean, busy);
    };
    // Services of two hours, from 10:05 and 12:05 on: the second waits from 10:20.
    is(0, 1.0, 0.0, 2.0 / 3.0);
    is(1, 1.0, 2.0 / 3.0, 1.0);
    is(2, 0.0, 1.0, 1.0);
    is(8, 0.0, 1.0 / 3.0, 1.0);
    assert_eq!((quarters[11].from, quarters[11].until), (12.75, 13.0));
    // Hours are the sums of their quarters.
    let hours = run(3_600.0, "until = \"13:00\"", &arrivals);
    for (hour, four) in hours.iter().zip(quarters.chunks(4)) {
        close(hour.arrivals.mean, four.iter().map(|q| q.arrivals.mean).sum());
        close(hour.waiting.mean, four.iter().map(|q| q.waiting.mean).sum::<f64>() / 4.0);
    }
}

/// The night on which 1:00 to 2:00 comes twice has 25 hours, each with what comes in it.
#[test]
fn an_hour_that_comes_twice_is_foreseen_twice() {
    let text = "[run]\nstart = 2018-11-04\ntime_zone = \"America/New_York\"\n[class.c]\nrate = \"600 per hour\"\nstart = \"work\"\n\
        [stage.work]\nservice = { role = \"o\", time = \"1 min\" }\nnext = \"out\"\n[stage.out]\nexit = true\n\
        [centre.d]\nlevels = { officers = 100 }\n[start]\nat = \"00:30\"\n";
    let mut model = read(text, &[], &[]);
    model.run.replications = 39;
    let found = poolwise_study::forecast::forecast(
        &model,
        3_600.0,
        &poolwise_study::Settings::default(),
        &poolwise_study::Unwatched,
    );
    let hours = found.expect("a run").expect("it begins from now").intervals;
    assert_eq!(hours.len(), 25);
    // 600 in each, within six standard errors of a mean of 39 days.
    for hour in &hours[1..] {
        assert!((hour.arrivals.mean - 600.0).abs() < 6.0 * (600.0_f64 / 39.0).sqrt(), "{hour:?}");
    }
}
