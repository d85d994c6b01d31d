//! Who is answered in time, and of whom that is a share; what each column by the hour is divided by.

use super::support::{csv, read, run_with};
use poolwise_engine::model::Model;
use poolwise_math::exp;
use poolwise_study::measures::{Key, Section, keys, measure};
use poolwise_study::replicate::{Settings, Unwatched, replicate};

/// Numerators and denominators of a measure summed over replications.
fn value(model: &Model, replications: u32, path: &str) -> f64 {
    let path = poolwise_study::measures::split_path(path);
    let (mut n, mut d) = (0.0, 0.0);
    for k in 0..replications {
        let outcome = poolwise_engine::run(model, k, false).expect("balanced");
        let rows = measure(model, &outcome);
        let found = rows.iter().find(|(key, _)| key.is(&path)).expect("a measure");
        let poolwise_study::measures::Value::Ratio(a, b) = found.1 else { panic!("no ratio") };
        (n, d) = (n + a, d + b);
    }
    n / d
}

/// 200 calls an hour of 3 minutes; patience of a minute where it ends.
fn calls(agents: u32, patience: bool) -> String {
    let deadline = if patience {
        "deadline = { after = { exponential = \"1 min\" }, until = { start = \"talk\" }, exit = \"gone\" }"
    } else {
        ""
    };
    format!(
        "[run]\nhorizon = \"8 weeks\"\nwarm_up = \"1 week\"\nanswer_within = \"20 s\"\n\
         [class.call]\nrate = \"200 per hour\"\nstart = \"talk\"\n{deadline}\n\
         [stage.talk]\nservice = {{ role = \"agent\", time = {{ exponential = \"3 min\" }} }}\nnext = \"out\"\n\
         [stage.gone]\nexit = true\n[stage.out]\nexit = true\n[centre.d]\nlevels = {{ officers = {agents} }}\n"
    )
}

/// Exact shares answered within T of an M/M/s+M queue: of all offered, of those not gone by then, of those
/// answered (Mandelbaum and Zeltyn 2007), from the chain's states: whoever finds k before him in the queue waits
/// for k + 1 departures, each at rate s mu + j theta, and gives up at rate theta. The chance of service within T
/// is integrated in small steps over the states left.
fn exact(s: usize, lambda: f64, mu: f64, theta: f64, t: f64) -> (f64, f64, f64) {
    const STATES: usize = 200;
    let mut p = vec![1.0_f64];
    for n in 1..=s + STATES {
        let out = mu * n.min(s) as f64 + theta * n.saturating_sub(s) as f64;
        p.push(p[n - 1] * lambda / out);
    }
    let all: f64 = p.iter().sum();
    p.iter_mut().for_each(|x| *x /= all);
    let at_once: f64 = p[..s].iter().sum();
    // Chance of being k-th in line still, by steps; begun and gone are absorbing.
    let mut line: Vec<f64> = p[s..s + STATES].to_vec();
    let (mut begun, mut gone, mut ever) = (0.0, 0.0, 0.0);
    let steps_in_t = 20_000;
    let dt = t / f64::from(steps_in_t);
    let (mut by_t, mut gone_by_t) = (0.0, 0.0);
    for step in 1..=steps_in_t * 60 {
        let mut next = vec![0.0; STATES];
        for (k, x) in line.iter().enumerate() {
            let ahead = s as f64 * mu + theta * k as f64;
            gone += x * theta * dt;
            if k == 0 {
                begun += x * ahead * dt
            } else {
                next[k - 1] += x * ahead * dt
            }
            next[k] += x * (1.0 - (ahead + theta) * dt);
        }
        line = next;
        if step == steps_in_t {
            (by_t, gone_by_t) = (begun, gone);
        }
        ever = begun;
        if line.iter().sum::<f64>() < 1e-9 {
            break;
        }
    }
    let met = at_once + by_t;
    (met, met / (1.0 - gone_by_t), met / (at_once + ever))
}

#[test]
fn answered_within_is_of_all_offered_and_has_two_other_definitions() {
    // An independent simulation of four million calls with ten agents gives 71.80, 79.52 and 85.23 %.
    let (offered, staying, answered) = exact(10, 200.0 / 3600.0, 1.0 / 180.0, 1.0 / 60.0, 20.0);
    assert!((offered - 0.7180).abs() < 0.001 && (staying - 0.7952).abs() < 0.001, "{offered} {staying}");
    assert!((answered - 0.8523).abs() < 0.001, "{answered}");
    let model = read(&calls(10, true), &[], &[]);
    // Over a million calls in four runs; batches correlate little, and .003 is more than four standard errors.
    for (name, want) in [
        ("answered_within", offered),
        ("class.call.answered_within", offered),
        ("area.all.answered_within", offered),
        ("centre.d.answered_within", offered),
        ("answered_within_of_not_gone_early", staying),
        ("centre.d.answered_within_of_not_gone_early", staying),
        ("answered_within_of_answered", answered),
        ("centre.d.answered_within_of_answered", answered),
    ] {
        let path = if name.starts_with("area") {
            format!("area.{}.answered_within", model.areas[0].name)
        } else {
            name.to_owned()
        };
        let found = value(&model, 4, &path);
        assert!((found - want).abs() < 0.003, "{name}: {found}, {want}");
    }
}

#[test]
fn without_abandonment_all_three_are_erlang_c() {
    // s = 12, a = 10: P(wait) = C, P(wait <= T) = 1 - C exp(-(s mu - lambda) T).
    let (s, a) = (12_usize, 10.0_f64);
    let mut b = 1.0_f64;
    for k in 1..=s {
        b = a * b / (k as f64 + a * b);
    }
    let c = s as f64 * b / (s as f64 - a * (1.0 - b));
    let want = 1.0 - c * exp(-(s as f64 / 180.0 - 200.0 / 3600.0) * 20.0);
    let model = read(&calls(12, false), &[], &[]);
    for name in ["answered_within", "answered_within_of_not_gone_early", "answered_within_of_answered"] {
        let found = value(&model, 4, name);
        assert!((found - want).abs() < 0.005, "{name}: {found}, {want}");
    }
}

/// A day of one officer, services of half an hour, patience of an hour.
const HAND: &str = "[run]\nhorizon = \"36 h\"\nwhole_weeks = false\nreplications = 1\ntarget = \"2 h\"\n\
     answer_within = \"20 min\"\n[class.c]\nstart = \"work\"\n\
     trace = { file = \"arrivals.csv\", kind = \"times\" }\n\
     deadline = { after = { deterministic = \"15 min\" }, until = { start = \"work\" }, exit = \"gone\" }\n\
     [stage.work]\nservice = { role = \"o\", time = { deterministic = \"30 min\" } }\nnext = \"out\"\n\
     [stage.gone]\nexit = true\n[stage.away]\nexit = true\n[stage.out]\nexit = true\n\
     [centre.d]\nlevels = { officers = 1 }\nqueue_capacity = { limit = 1, exit = \"away\" }\n";

#[test]
fn each_column_by_the_hour_has_the_denominator_it_states() {
    // 00:00 begun at once; 00:20 waits ten minutes; 00:21 finds one waiting and is turned away; 00:31 waits until
    // 00:46 and is lost; 24:10 (the same hour of another day) begun at once; 35:50 begun at once, too late to be a
    // case of either share.
    let arrivals = [0.0, 20.0 / 60.0, 21.0 / 60.0, 31.0 / 60.0, 24.0 + 10.0 / 60.0, 35.0 + 50.0 / 60.0];
    let text = HAND;
    let run = run_with(text, &[("arrivals.csv", &csv(&arrivals))], &[]);
    let total = &run.outcome.total;
    assert_eq!((total.offered, total.answered, total.gone_early, total.turned_away), (5, 3, 2, 1));
    assert_eq!((total.target_cases, total.target_met, total.target_lost_early), (5, 3, 2));
    let waits = &run.outcome.centres[0].waits[0];
    assert_eq!((waits.reached[0], waits.offered_by_hour[0]), (4, 4));
    assert_eq!((waits.answered_by_hour[0], waits.gone_early_by_hour[0]), (2, 2));
    let results = replicate(&run.model, &Settings::default(), &Unwatched).expect("balanced");
    let summary = poolwise_study::summarise::summarise(&run.model, &results);
    let row = |h: usize| &summary.detail.local_hours[h];
    // Monday 00:00 is there once, as is Tuesday 00:00; Tuesday 11:00 is the last hour; Tuesday 12:00 is not there.
    assert_eq!(
        (row(0).reached_per_hour, row(24).reached_per_hour, row(35).reached_per_hour),
        (4.0, 1.0, 1.0)
    );
    assert!(row(36).reached_per_hour.is_nan());
    assert_eq!((row(0).done_within_target, row(0).answered_within), (0.5, 0.5));
    assert_eq!((row(24).done_within_target, row(24).answered_within), (1.0, 1.0));
    assert!(row(35).done_within_target.is_nan() && row(35).answered_within.is_nan());
    // Mean wait of the two begun: none and ten minutes.
    assert!((row(0).wait_mean_hours - 5.0 / 60.0).abs() < 1e-12);
    assert_eq!(row(35).wait_mean_hours, 0.0);
    let whole = |name: &str| summary.measures[name].estimate;
    assert_eq!(whole("done_within_target_of_not_lost_early"), 1.0);
    assert_eq!(whole("answered_within_of_not_gone_early"), 1.0);
    // Of six who left before the end of 36 hours one is in hand still.
    assert_eq!(whole("turned_away_share"), 0.2);
}

#[test]
fn names_are_known_without_a_simulation_and_are_those_of_a_run() {
    let run = run_with(HAND, &[("arrivals.csv", &csv(&[0.0]))], &[]);
    let of_run: Vec<Key> = measure(&run.model, &run.outcome).into_iter().map(|r| r.0).collect();
    assert_eq!(keys(&run.model), of_run);
    assert!(of_run.iter().any(|k| k.section == Section::Whole && k.name == "answered_within"));
}

#[test]
fn each_request_has_one_last_row() {
    use poolwise_engine::trace::TraceKind;
    // Copies, losses, cut-off cases, delays beyond the end, and a queue that is never empty.
    let text = "[run]\nhorizon = \"1 week\"\nreplications = 1\n[class.c]\nrate = \"9 per hour\"\nstart = \"work\"\n\
         deadline = { after = { exponential = \"30 h\" }, until = \"after\", exit = \"gone\" }\n\
         [stage.work]\nservice = { role = \"o\", time = { exponential = \"20 min\" } }\nnext = \"after\"\n\
         [stage.after]\ndelay = { exponential = \"12 h\" }\nnext = [{ to = \"work\", probability = 0.1 }, { to = \"out\" }]\n\
         [stage.gone]\nexit = true\n[stage.out]\nexit = true\n\
         [centre.d]\nshift_end = \"hand-over\"\nshifts = [{ start = \"START\", length = \"10 h\", officers = 4 }]\n\
         [centre.e]\nlevels = { officers = 1 }\n\
         [[route]]\nto = \"d\"\nduplicate = { at = \"e\", probability = 0.3 }\n";
    let mut of_kind = [0; 4];
    // At the end of the run, midnight, the crew is at work in one and has gone home in the other.
    for start in ["16:00", "08:00"] {
        let run = run_with(&text.replace("START", start), &[], &[]);
        let mut last = vec![0; run.outcome.requests as usize + 1];
        for row in &run.outcome.trace {
            let kind = match row.kind {
                TraceKind::Exit => 0,
                TraceKind::Waiting => 1,
                TraceKind::InService => 2,
                TraceKind::UnderWay => 3,
                TraceKind::Service | TraceKind::Interrupted | TraceKind::Duplicate => continue,
            };
            of_kind[kind] += 1;
            last[row.request as usize] += 1;
            assert_eq!(row.finished.is_nan(), kind > 0, "{row:?}");
            assert_eq!(row.started.is_nan(), kind != 2, "{row:?}");
        }
        assert!(last[1..].iter().all(|rows| *rows == 1), "{last:?}");
    }
    assert!(of_kind.iter().all(|n| *n > 0), "{of_kind:?}");
}

#[test]
fn rates_by_the_hour_hold_over_changes_of_the_clock_and_parts_of_weeks() {
    // One arrival in the middle of each hour, by UTC. Where the clock goes back an hour is there twice, where it goes forward
    // it is not there, and ten days have some hours once and some twice: an hour that is there has one arrival an hour.
    let stamp = |date: &str, hours: i64| {
        let begin: i64 = if date == "2018-10-29" { 1_540_785_600 } else { 1_551_675_600 };
        let mut text = String::from("time\n");
        for h in 0..hours {
            let second = begin + h * 3_600 + 1_800;
            let day = second.div_euclid(86_400);
            // Days since 2018-10-01, which is day 17,805 since 1970.
            let (mut month, mut of_month) = (10, day - 17_805 + 1);
            let (mut year, mut lengths) = (2018, [31, 30, 31, 31, 28, 31].iter());
            while let Some(length) = lengths.next().filter(|l| of_month > **l) {
                of_month -= length;
                month += 1;
                if month > 12 {
                    (year, month) = (2019, 1);
                }
            }
            let (hour, minute) = (second.rem_euclid(86_400) / 3_600, second.rem_euclid(3_600) / 60);
            text.push_str(&format!("{year}-{month:02}-{of_month:02}T{hour:02}:{minute:02}:00Z\n"));
        }
        text
    };
    for (date, days, left_out) in [("2018-10-29", 10, None), ("2019-03-04", 7, Some(6 * 24 + 2))] {
        let text = format!(
            "[run]\nstart = {date}\ntime_zone = \"America/New_York\"\nhorizon = \"{days} days\"\nwhole_weeks = false\n\
             replications = 1\n[class.c]\nstart = \"work\"\ntrace = {{ file = \"arrivals.csv\", kind = \"times\" }}\n\
             [stage.work]\nservice = {{ role = \"o\", time = \"1 min\" }}\nnext = \"out\"\n[stage.out]\nexit = true\n\
             [centre.d]\nlevels = {{ officers = 1 }}\n"
        );
        let run = run_with(&text, &[("arrivals.csv", &stamp(date, days * 24))], &[]);
        let results = replicate(&run.model, &Settings::default(), &Unwatched).expect("balanced");
        let detail = poolwise_study::summarise::summarise(&run.model, &results).detail;
        assert_eq!((detail.local_hours.len(), detail.hourly.len()), (168, 336));
        for row in &detail.local_hours {
            let there = left_out != Some(row.hour_of_week);
            assert!(
                if there { row.reached_per_hour == 1.0 } else { row.reached_per_hour.is_nan() },
                "{date} {row:?}"
            );
        }
        for row in &detail.hourly {
            let there = left_out != Some(row.hour_of_week);
            assert!(
                if there { row.arrivals_per_hour == 1.0 } else { row.arrivals_per_hour.is_nan() },
                "{date} {row:?}"
            );
        }
    }
}
