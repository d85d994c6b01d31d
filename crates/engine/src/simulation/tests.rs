//! Known answers for the engine alone, on models built by hand. Rules of the model written in
//! scenario files are tested in `tests/`.

use super::integral::Count;
use super::{Outcome, run};
use crate::model::{
    Demand, LevelEnd, LevelPlan, Levels, Model, Pool, PoolKind, Profile, ShiftEnd, ShiftLine, Trace,
};
use crate::random::{Sampler, name_key};
use crate::time::HOUR;
use poolwise_math::powi;

/// One class, one service, one centre staffed by `pool`.
fn single(demand: Demand, time: Sampler, pool: PoolKind, shift_end: ShiftEnd, horizon: f64) -> Model {
    let mut model = Model::one_queue(1.0, time, vec![Pool::new(1, pool)]);
    model.run.horizon = horizon;
    model.classes[0].demand = demand;
    model.centres[0].shift_end = shift_end;
    model
}

/// Arrivals at a constant rate.
fn poisson(per_second: f64) -> Demand {
    Demand::Rate {
        per_second,
        profile: Profile::Flat,
        months: [1.0; 12],
        day_factor: None,
        bursts: None,
        area: None,
    }
}

fn at(times: &[f64]) -> Demand {
    Demand::Trace(Trace::replayed(times))
}

fn levels(steps: &[(f64, u32)], end: LevelEnd) -> PoolKind {
    PoolKind::Levels(Levels { plan: LevelPlan::Steps { steps: steps.to_vec(), period: None }, end })
}

fn once(from: f64, to: f64, officers: u32) -> ShiftLine {
    ShiftLine { once: Some((from, to)), ..ShiftLine::weekly(&format!("{from}"), [officers; 7], 0.0, 0.0) }
}

fn exits(model: &Model) -> Vec<f64> {
    let outcome = run(model, 0, true).expect("balanced");
    outcome
        .trace
        .iter()
        .filter(|row| row.kind == super::trace::TraceKind::Exit)
        .map(|row| row.finished)
        .collect()
}

fn overtime(outcome: &Outcome) -> f64 {
    outcome.centres[0].integrals.total(0, Count::Overtime)
}

#[test]
fn a_case_cut_off_at_5_and_taken_up_at_9_leaves_at_15_handed_over_and_19_restarted() {
    let plan = || levels(&[(0.0, 1), (5.0, 0), (9.0, 1)], LevelEnd::ByCount);
    let model = |end| single(at(&[1.0]), Sampler::Constant(10.0), plan(), end, 100.0);
    assert_eq!(exits(&model(ShiftEnd::HandOver(0.0))), [15.0]);
    assert_eq!(exits(&model(ShiftEnd::HandOver(2.5))), [17.5]);
    assert_eq!(exits(&model(ShiftEnd::Restart)), [19.0]);
    assert_eq!(exits(&model(ShiftEnd::Finish)), [11.0]);
}

#[test]
fn levels_1_3_1_begin_two_cases_at_the_rise_and_finish_them_after_the_fall() {
    let plan = |end| levels(&[(0.0, 1), (1.0, 3), (2.0, 1)], end);
    for end in [LevelEnd::ByCount, LevelEnd::ByOfficer] {
        let model = single(at(&[0.0, 0.0, 0.0]), Sampler::Constant(2.0), plan(end), ShiftEnd::Finish, 100.0);
        assert_eq!(exits(&model), [2.0, 3.0, 3.0]);
    }
}

#[test]
fn crews_of_1_2_and_0_work_4_1_and_4_of_overtime() {
    let arrivals: Vec<f64> = (1..=6).map(|k| 3.0 * f64::from(k)).collect();
    let crews = PoolKind::Crews(vec![once(0.0, 4.0, 1), once(4.0, 10.0, 2), once(10.0, 100.0, 0)]);
    let model = single(at(&arrivals), Sampler::Constant(5.0), crews, ShiftEnd::Finish, 20.0);
    let outcome = run(&model, 0, true).expect("balanced");
    let ends: Vec<f64> = outcome
        .trace
        .iter()
        .filter(|row| row.kind == super::trace::TraceKind::Service)
        .map(|row| row.finished)
        .collect();
    // Served from 3 to 8 (crew until 4), 6 to 11 and 9 to 14 (crew until 10).
    assert_eq!(ends, [8.0, 11.0, 14.0]);
    assert_eq!(overtime(&outcome), 4.0 + 1.0 + 4.0);
    // On duty 1 for 4, 2 for 6: overtime is no time on duty.
    assert_eq!(outcome.centres[0].on_duty(), 16.0);
}

/// The draws of a visit are keyed by its number, on every stage of a loop, and by nothing else.
#[test]
fn draws_are_keyed_by_the_number_of_the_visit() {
    use super::network::{Draw, Network};
    use super::visits::Visits;
    use crate::random::{KeyedRng, Purpose};
    let plan = levels(&[(0.0, 1)], LevelEnd::ByCount);
    let mut model = single(at(&[0.0]), Sampler::Constant(1.0), plan, ShiftEnd::Finish, 100.0);
    let first = model.stages[0].clone();
    for s in 0..11 {
        let mut stage = first.clone();
        stage.name = format!("work {s}");
        stage.key = name_key(&stage.name);
        stage.next[0].to = if s == 10 { 0 } else { s + 3 };
        model.stages.push(stage);
    }
    model.stages[0].next[0].to = 2;
    model.rules[0].stages.resize(13, true);
    let net = Network::new(&model);
    let mut visits = Visits::NONE;
    for n in 0..600 {
        for s in (0..13_u16).filter(|s| *s != 1) {
            let step = net.step(s);
            let key = model.stages[usize::from(s)].key;
            for (draw, purpose) in [(Draw::Time, Purpose::Time), (Draw::Branch, Purpose::Branch)] {
                let mut found = step.keyed_draw(17, &visits, draw);
                assert_eq!(found.bits(), KeyedRng::new(17, key, n, purpose).bits(), "visit {n} of stage {s}");
            }
            step.count_visit(&mut visits);
        }
    }
}

/// M/M/8 at load 0.9: mean wait 0.876916 service times, P(wait) 0.701533 (Erlang C). Ten replications
/// of 400,000 customers; the tolerance is four standard errors as seen over replications.
#[test]
fn m_m_8_waits_as_erlang_c_says() {
    let rate = poisson(7.2 / HOUR);
    let plan = levels(&[(0.0, 8)], LevelEnd::ByCount);
    let mut model = single(rate, Sampler::Exponential(HOUR), plan, ShiftEnd::Finish, 400_000.0 / 7.2 * HOUR);
    model.run.warm_up = 2_000.0 * HOUR;
    let mut mean = Vec::new();
    let mut p = Vec::new();
    for k in 0..10 {
        let outcome = run(&model, k, false).expect("balanced");
        let w = &outcome.centres[0].waits[1];
        mean.push(w.sum / w.started as f64 / HOUR);
        p.push(w.waited as f64 / w.started as f64);
    }
    for (values, truth) in [(mean, 0.876_916), (p, 0.701_533)] {
        let n = values.len() as f64;
        let m = values.iter().sum::<f64>() / n;
        let se = (values.iter().map(|x| powi(x - m, 2)).sum::<f64>() / (n - 1.0) / n).sqrt();
        assert!((m - truth).abs() < 4.0 * se, "{m} +- {se} against {truth}");
        assert!(se < 0.02 * truth);
    }
}

/// A thousand arrivals a second for one officer who does one an hour.
fn flooded() -> Model {
    let rate = poisson(1_000.0);
    single(
        rate,
        Sampler::Constant(HOUR),
        levels(&[(0.0, 1)], LevelEnd::ByCount),
        ShiftEnd::Finish,
        1e6 * HOUR,
    )
}

#[test]
fn work_beyond_all_officers_ends_where_memory_does_and_names_the_centre() {
    let model = flooded();
    let end =
        |megabytes: u64| super::run_within(&model, 0, false, super::Limits::of_memory(megabytes * 1_000_000));
    let failure = end(50).expect_err("too many requests");
    let super::Failure::TooManyRequests { requests, centre: Some((name, there)), memory, .. } = &failure
    else {
        panic!("{failure}");
    };
    assert!((50_000..90_000).contains(requests), "{requests}");
    assert_eq!((name.as_str(), *there, *memory), (model.centres[0].name.as_str(), *requests, 50_000_000));
    assert!(failure.cuts_short() && failure.to_string().contains("cannot keep up"), "{failure}");
    // The same event on every machine and in every run.
    assert_eq!(end(50).expect_err("again"), failure);
    // Requests that come all at once at the start are counted as well.
    let mut crowded = flooded();
    crowded.run.start = vec![crate::model::StartState::waiting(0, u32::MAX, 0, 0)];
    let failure = super::run_within(&crowded, 0, false, super::Limits::of_memory(10_000_000));
    assert!(matches!(failure, Err(super::Failure::TooManyRequests { .. })));
}

#[test]
fn a_run_is_left_when_asked_to() {
    use std::sync::atomic::{AtomicU32, Ordering};
    let asked = AtomicU32::new(0);
    let stopped = || asked.fetch_add(1, Ordering::Relaxed) >= 3;
    let limits = super::Limits { stopped: &stopped, ..Default::default() };
    assert!(matches!(super::run_within(&flooded(), 0, false, limits), Err(super::Failure::Stopped)));
    assert_eq!(asked.into_inner(), 4);
}

#[test]
fn a_run_is_left_while_it_puts_a_record_in_order() {
    use std::sync::atomic::{AtomicU32, Ordering};
    // Three million arrivals of one hour, of which each replication puts each somewhere else.
    let mut model = single(
        poisson(1.0),
        Sampler::Constant(0.0),
        levels(&[(0.0, 1)], LevelEnd::ByCount),
        ShiftEnd::Finish,
        HOUR,
    );
    for factor in [1.0, 2.0] {
        let trace = crate::model::Trace {
            jitter_after: HOUR,
            factor,
            ..crate::model::Trace::replayed(vec![0.0; 3_000_000])
        };
        model.classes[0].demand = crate::model::Demand::Trace(trace);
        let asked = AtomicU32::new(0);
        let stopped = || asked.fetch_add(1, Ordering::Relaxed) >= 1;
        let limits = super::Limits { stopped: &stopped, ..Default::default() };
        assert!(matches!(super::run_within(&model, 0, false, limits), Err(super::Failure::Stopped)));
    }
}

#[test]
fn rows_are_handed_on_in_pieces_and_are_those_of_a_trace() {
    use std::sync::Mutex;
    let rate = poisson(0.1);
    let officers = levels(&[(0.0, 1)], LevelEnd::ByCount);
    let model = single(rate, Sampler::Constant(5.0), officers, ShiftEnd::Finish, 480.0 * HOUR);
    let whole = super::run(&model, 1, true).expect("a run").trace;
    let pieces: Mutex<Vec<Vec<super::trace::TraceRow>>> = Mutex::default();
    let take = |rows| {
        if let Ok(mut pieces) = pieces.lock() {
            pieces.push(rows);
        }
    };
    let limits = super::Limits { rows: Some(&take), ..Default::default() };
    let outcome = super::run_within(&model, 1, true, limits).expect("a run");
    let pieces = pieces.into_inner().expect("no panic");
    assert!(outcome.trace.is_empty() && pieces.len() > 2, "{} pieces", pieces.len());
    let most = pieces.iter().map(Vec::len).max().unwrap_or(0);
    assert!(most < whole.len() / 2, "{most} of {} rows at once", whole.len());
    let shown = |rows: &[super::trace::TraceRow]| rows.iter().map(|r| format!("{r:?}")).collect::<Vec<_>>();
    assert_eq!(shown(&pieces.concat()), shown(&whole));
}
