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
    let factor = found[0].factor.expect("a factor");
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
