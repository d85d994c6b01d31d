use super::*;
use poolwise_engine::model::{
    Balk, CutWork, Deadline, DeadlineUntil, Destination, Discipline, LevelEnd, LevelPlan, Levels, Overflow,
    Pool, PoolKind, Redial, StageKind,
};
use poolwise_engine::model::{Model, Rule, ShiftLine};
use poolwise_engine::random::Sampler;
use poolwise_engine::time::{HOUR, WEEK};
use poolwise_math::exp;

/// Six requests an hour, exponential services of half an hour, four officers, long enough.
fn mm4() -> Model {
    let levels = Levels { plan: LevelPlan::Weekly(vec![(0.0, 4)]), end: LevelEnd::ByCount };
    let mut m =
        Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::new(1, PoolKind::Levels(levels))]);
    m.run.warm_up = 4.0 * WEEK;
    m.run.horizon = 52.0 * WEEK;
    set_service(&mut m, Sampler::Exponential(0.5 * HOUR));
    m
}

fn set_service(m: &mut Model, time: Sampler) {
    if let StageKind::Service(s) = &mut m.stages[0].kind {
        s.time = time;
    }
}

fn only(m: &Model) -> PoolAnswer {
    let all = oracle(m).pools;
    assert_eq!(all.len(), 1, "{all:?}");
    all.into_iter().next().unwrap()
}

fn value(row: &PoolAnswer, measure: &str) -> f64 {
    row.values.iter().find(|v| v.measure == measure).unwrap_or_else(|| panic!("{measure} in {row:?}")).theory
}

#[test]
fn a_plain_queue_is_erlang_c() {
    let row = only(&mm4());
    assert_eq!((row.model.as_str(), row.exact()), ("M/M/4", true));
    assert!(row.because.is_empty());
    // Erlang C of four servers at three erlangs: 0.509434; wait 0.509434 / (8 - 6) h.
    assert!((value(&row, "p_wait") - 0.509_434).abs() < 1e-6);
    assert!((value(&row, "wait_mean_hours") - 0.254_717).abs() < 1e-6);
    assert!((value(&row, "queue_mean") - 6.0 * 0.254_717).abs() < 1e-5);
    assert!((value(&row, "busy_mean") - 3.0).abs() < 1e-12);
}

#[test]
fn work_after_a_service_is_part_of_it() {
    let mut m = mm4();
    if let StageKind::Service(s) = &mut m.stages[0].kind {
        (s.time, s.after_work) =
            (Sampler::Constant(0.3 * HOUR), Some(Box::new(Sampler::Constant(0.2 * HOUR))));
    }
    let row = only(&m);
    assert_eq!((row.model.as_str(), row.exact()), ("M/D/4", true));
    assert!((value(&row, "busy_mean") - 3.0).abs() < 1e-12);
    // Two exponential parts are no exponential time.
    if let StageKind::Service(s) = &mut m.stages[0].kind {
        s.time = Sampler::Exponential(0.3 * HOUR);
    }
    assert!(!only(&m).exact());
}

#[test]
fn other_services_and_patience_have_their_own_models() {
    let mut m = mm4();
    set_service(&mut m, Sampler::Constant(0.5 * HOUR));
    assert_eq!(only(&m).model, "M/D/4");
    set_service(&mut m, Sampler::log_normal(0.5 * HOUR, 2.0));
    let row = only(&m);
    assert!(!row.exact() && row.model.contains("Allen-Cunneen"), "{row:?}");
    assert!((value(&row, "wait_mean_hours") - 0.254_717 * 2.5).abs() < 1e-5);
    assert!(row.because[0].contains("general distribution"), "{row:?}");

    let mut m = mm4();
    let until = DeadlineUntil::Start(0);
    m.classes[0].deadline = Some(Deadline { after: Sampler::Exponential(0.5 * HOUR), until, exit: 1 });
    let row = only(&m);
    assert_eq!((row.model.as_str(), row.exact()), ("M/M/4+M", true));
    // All clocks at one rate: the number in system is Poisson with mean 3.
    let p = |k: i32| (0..k).fold(exp(-3.0_f64), |p, i| p * 3.0 / f64::from(i + 1));
    let below: f64 = (0..4).map(p).sum();
    let queue = 3.0 - 4.0 + (0..4).map(|k| (4.0 - f64::from(k)) * p(k)).sum::<f64>();
    assert!((value(&row, "queue_mean") - queue).abs() < 1e-12);
    assert!((value(&row, "lost_share") - queue * 2.0 / 6.0).abs() < 1e-12);
    let waited = (1.0 - below - queue / 3.0) / (1.0 - queue / 3.0);
    assert!((value(&row, "p_wait") - waited).abs() < 1e-12);

    let mut m = mm4();
    m.centres[0].capacity = Some((2, 1));
    assert_eq!(only(&m).model, "M/M/4/6");
}

/// A second class of another priority beside the first.
fn two_classes(m: &mut Model) {
    m.classes.push(m.classes[0].clone());
    m.classes[1].name = "second".into();
    m.classes[1].priority = 1;
    m.stages.iter_mut().flat_map(|s| &mut s.next).for_each(|b| b.cumulative.push(b.cumulative[0]));
    m.centres[0].speed.push(1.0);
    m.rules.iter_mut().for_each(|r| r.classes.push(true));
}

#[test]
fn urgent_cases_that_cut_off_others() {
    let mut m = mm4();
    set_service(&mut m, Sampler::Exponential(0.25 * HOUR));
    two_classes(&mut m);
    m.stages[1].done = true;
    m.centres[0].discipline = Discipline::Preemptive;
    let rows = oracle(&m).pools;
    // Erlang C of four servers at 1.5 and 3 erlangs: .074586 and .509434; 16 services an hour.
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|r| r.exact() && r.model == "M/M/4, preemptive priorities"), "{rows:?}");
    assert!((value(&rows[0], "p_wait") - (0.074_586 + 0.509_434) / 2.0).abs() < 1e-6);
    let times: Vec<f64> = rows[1..].iter().map(|r| value(r, "time_to_completion_mean_hours")).collect();
    assert!((times[0] - 0.25 - 0.074_586 / 10.0).abs() < 1e-6, "{times:?}");
    assert!((times[0] + times[1] - 0.5 - 2.0 * 0.509_434 / 4.0).abs() < 1e-6, "{times:?}");
    // Drawn anew, exponential times are as long as what was left; begun again they are not.
    m.centres[0].preemption.work = CutWork::Redraw;
    assert_eq!(oracle(&m).pools, rows);
    m.centres[0].preemption.work = CutWork::Restart;
    let rows = oracle(&m).pools;
    assert!(rows.len() == 1 && !rows[0].exact() && rows[0].because[0].contains("start again"), "{rows:?}");
    // Of one priority nobody is cut off.
    m.classes[1].priority = 0;
    assert_eq!(only(&m).model, "M/M/4");
}

#[test]
fn blocked_callers_who_call_again() {
    let mut m = mm4();
    m.centres[0].capacity = Some((0, 1));
    let after = Sampler::Exponential(2.0 * HOUR);
    m.classes[0].redial = Some(Redial { probability: vec![0.9], goes_on: true, after });
    let rows = oracle(&m).pools;
    assert!(rows.len() == 2 && rows.iter().all(PoolAnswer::exact), "{rows:?}");
    // Callers are answered, or give up after a last call.
    let (busy, answered) = (value(&rows[0], "busy_mean"), value(&rows[1], "answered_share_of_clients"));
    assert!((busy / 0.5 - 6.0 * answered).abs() < 1e-9, "{rows:?}");
    assert!(value(&rows[1], "answered_share_of_contacts") < answered);
    // Any other law of what happens is said to be approximated.
    m.classes[0].redial =
        Some(Redial { probability: vec![0.9], goes_on: false, after: Sampler::Constant(HOUR) });
    let row = only(&m);
    assert!(!row.exact() && row.because.iter().any(|why| why == "clients who come again"), "{row:?}");
}

#[test]
fn beside_clients_who_give_up_and_come_again_stands_erlang_a_of_all_contacts() {
    let mut m = mm4();
    let start = m.classes[0].start;
    m.classes[0].deadline = Some(poolwise_engine::model::Deadline {
        after: Sampler::Exponential(HOUR),
        until: poolwise_engine::model::DeadlineUntil::Start(start),
        exit: 1,
    });
    let plain = only(&m);
    m.classes[0].redial =
        Some(Redial { probability: vec![0.9], goes_on: true, after: Sampler::Exponential(2.0 * HOUR) });
    let rows = oracle(&m).pools;
    assert!(rows.len() == 2 && !rows.iter().any(PoolAnswer::exact), "{rows:?}");
    assert!(rows[0].model.contains("first contacts alone would ask for"), "{}", rows[0].model);
    assert!(value(&rows[0], "lost_share") > value(&plain, "lost_share"));
    // Contacts that are not answered come again, nine in ten.
    let (again, share) =
        (value(&rows[1], "redials_per_client"), value(&rows[1], "answered_share_of_contacts"));
    assert!((again - 0.9 * (1.0 - share) * (1.0 + again)).abs() < 1e-9, "{rows:?}");
}

/// Each departure from the model is named, and takes away the exactness.
#[test]
fn whatever_does_not_fit_is_said() {
    type Change = fn(&mut Model);
    let cases: [(&str, Change); 12] = [
        ("absence", |m| m.centres[0].absence.share = 0.1),
        ("crews", |m| m.centres[0].pools = vec![Pool::around_the_clock(1, 1); 4]),
        ("sight of a queue", |m| m.centres[0].balk = Some(Balk { steps: vec![(3, 0.5)], exit: 1 })),
        ("random factor", |m| {
            let factor = poolwise_engine::model::DayFactor {
                cv: 0.1,
                scope: poolwise_engine::model::DayScope::National,
                autocorrelation: 0.0,
            };
            if let poolwise_engine::model::Demand::Rate { day_factor, .. } = &mut m.classes[0].demand {
                *day_factor = Some(factor);
            }
        }),
        ("by month", |m| {
            if let poolwise_engine::model::Demand::Rate { months, .. } = &mut m.classes[0].demand {
                months[3] = 1.5;
            }
        }),
        ("overflow", |m| {
            let to = Destination::Centre(0);
            m.rules[0].overflow = Some(Overflow { after: Some(HOUR), queue: None, to });
        }),
        ("several servers", |m| {
            if let StageKind::Service(s) = &mut m.stages[0].kind {
                s.officers = 2;
                s.time = Sampler::Exponential(0.2 * HOUR);
            }
        }),
        ("comes back", |m| {
            m.stages[0].next = vec![
                poolwise_engine::model::Branch { to: 0, cumulative: vec![0.2], delay: None },
                poolwise_engine::model::Branch { to: 1, cumulative: vec![1.0], delay: None },
            ];
        }),
        ("exponential patience", |m| {
            let until = DeadlineUntil::Finish(0);
            m.classes[0].deadline =
                Some(Deadline { after: Sampler::Exponential(9.0 * HOUR), until, exit: 1 });
        }),
        ("settled", |m| {
            m.run.warm_up = 0.0;
            m.run.horizon = WEEK;
        }),
        ("dated exception", |m| {
            m.exceptions = vec![poolwise_engine::model::Exception {
                name: "surge".into(),
                from: WEEK,
                until: 2.0 * WEEK,
                demand: vec![(None, None, 1.5)],
                roster: Vec::new(),
            }];
        }),
        ("more work", |m| set_service(m, Sampler::Exponential(HOUR))),
    ];
    for (words, change) in cases {
        let mut m = mm4();
        change(&mut m);
        let row = only(&m);
        assert!(!row.exact(), "{words}: {row:?}");
        let said = format!("{} {}", row.because.join("; "), row.model);
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn a_level_that_changes_is_solved_and_one_that_does_not_is_the_same() {
    let mut m = mm4();
    let steps = vec![(0.0, 4), (12.0 * HOUR, 4 + 1)];
    let plan = LevelPlan::Steps { steps, period: Some(24.0 * HOUR) };
    let levels = Levels { plan, end: LevelEnd::ByCount };
    m.centres[0].pools = vec![Pool::new(1, PoolKind::Levels(levels))];
    let row = only(&m);
    assert_eq!((row.model.as_str(), row.exact()), ("M(t)/M/s(t)", true));
    assert!(row.error_bound.unwrap() < 1e-6);
    assert!((value(&row, "busy_mean") - 3.0).abs() < 1e-5);
    let (four, five) = (0.254_717, 0.059_045);
    let wait = value(&row, "wait_mean_hours");
    assert!(five < wait && wait < four, "{wait}");
    // Waiting time by the two halves of the day, one with four and one with five: near their mean.
    assert!((wait - f64::midpoint(four, five)).abs() < 0.03, "{wait}");
}

#[test]
fn what_differs_beyond_chance_is_a_warning() {
    let mut m = mm4();
    m.run.horizon = 8.0 * WEEK;
    m.run.replications = 8;
    let results = crate::replicate(&m, &Default::default(), &crate::Unwatched).unwrap();
    let found = oracle(&m).against(&results);
    assert!(found.pools[0].values.iter().all(|v| v.agrees == Some(true)), "{found:?}");
    assert!(found.warnings().is_empty());
    // Four values, each at 1 - 0.001 / 4.
    assert!((found.judged_at - 0.999_75).abs() < 1e-12);
    // The answer for slightly slower services is not that of the run.
    set_service(&mut m, Sampler::Exponential(0.53 * HOUR));
    let wrong = oracle(&m).against(&results);
    assert!(wrong.warnings().iter().any(|w| w.contains("busy_mean")), "{wrong:?}");
}

#[test]
fn what_has_too_many_states_is_approximated_and_says_so() {
    // Letters round the clock, worked on weekdays by day: a state for every letter of the weekend.
    let letters = |per_hour: f64| {
        let officers = (per_hour * 0.05 * 168.0 / 50.0 / 0.87).ceil() as u32;
        let mut days = [officers; 7];
        (days[5], days[6]) = (0, 0);
        let line = ShiftLine::weekly("day", days, 8.0, 10.0);
        let mut m = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::crews(1, vec![line])]);
        set_service(&mut m, Sampler::Exponential(0.05 * HOUR));
        if let poolwise_engine::model::Demand::Rate { per_second, .. } = &mut m.classes[0].demand {
            *per_second = per_hour / HOUR;
        }
        m
    };
    let small = only(&letters(20.0));
    assert!(small.error_bound.is_some() && small.model == "M(t)/M/s(t)", "{small:?}");
    let large = only(&letters(800.0));
    assert_eq!(large.model, "M(t)/M/s(t), fluid limit");
    assert!(large.because.iter().any(|why| why.contains("too many states")), "{:?}", large.because);
    // By the numerical solution, run once for an hour: 24.80 h and 19 839 waiting.
    assert!((value(&large, "wait_mean_hours") - 24.80).abs() < 0.15, "{large:?}");
    assert!((value(&large, "busy_mean") - 40.0).abs() < 1e-6);
    // A hundred thousand times as many take no longer.
    assert_eq!(only(&letters(8e7)).model, "M(t)/M/s(t), fluid limit");
}

#[test]
fn rates_that_change_every_microsecond_are_not_followed() {
    let mut m = mm4();
    if let poolwise_engine::model::Demand::Rate { profile, .. } = &mut m.classes[0].demand {
        let values = vec![0.5, 1.5].into();
        *profile = poolwise_engine::model::Profile::Cycle { period: 1e-6, values };
    }
    let steps = vec![(0.0, 4), (8.0 * HOUR, 6)];
    let levels = Levels { plan: LevelPlan::Steps { steps, period: Some(WEEK) }, end: LevelEnd::ByCount };
    m.centres[0].pools[0].kind = PoolKind::Levels(levels);
    let row = only(&m);
    assert!(row.because.iter().any(|why| why.contains("change too often")), "{:?}", row.because);
}

#[test]
fn what_is_solved_does_not_depend_on_the_order_of_the_centres() {
    // Two centres of which one alone would take more than its part.
    let mut m = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1)]);
    let crew = |n| ShiftLine::weekly("day", [n; 7], 8.0, 10.0);
    m.centres[0].pools = vec![Pool::crews(1, vec![crew(20)])];
    let mut other = m.centres[0].clone();
    other.name = "there".into();
    other.pools = vec![Pool::crews(1, vec![crew(2_000)])];
    m.centres.push(other);
    m.areas = vec![
        poolwise_engine::model::Area { name: "a".into(), share: 0.01, clock: 0, centre: Some(0) },
        poolwise_engine::model::Area { name: "b".into(), share: 0.99, clock: 0, centre: Some(1) },
    ];
    m.rules = vec![Rule::everything(&m, Destination::Local)];
    if let poolwise_engine::model::Demand::Rate { per_second, .. } = &mut m.classes[0].demand {
        *per_second = 1_000.0 / HOUR;
    }
    let mut turned = m.clone();
    turned.centres.reverse();
    turned.areas.iter_mut().for_each(|a| a.centre = a.centre.map(|c| 1 - c));
    let sorted = |m: &Model| {
        let mut pools = oracle(m).pools;
        pools.sort_by(|a, b| a.centre.cmp(&b.centre));
        pools
    };
    let (pools, others) = (sorted(&m), sorted(&turned));
    assert_eq!(pools.len(), 2);
    assert_eq!(pools, others);
}

/// Two servers with a second's work now and then: in a run of weeks nobody waits, which is no sign that nobody can.
#[test]
fn what_never_happened_is_no_disagreement() {
    use crate::{Options, Study, Unwatched};
    use poolwise_scenario::{Overrides, Snapshot};
    let text = "run = { horizon = '2 weeks', warm_up = '1 week', replications = 5 }\n\
                class.call = { rate = '2 per hour', start = 'answer' }\n\
                stage.answer = { service = { role = 'agent', time = { exponential = '1 s' } }, next = 'done' }\n\
                stage.done = { exit = true }\ncentre.desk = { levels = { officers = 2 } }\nroute = [{ to = 'desk' }]";
    let files = Snapshot::of([("a.toml".into(), text.into())].into());
    let study = Study::load_through(&files, &["a.toml".into()], &Overrides::default()).expect("a scenario");
    let results = study.run(&Options::default(), &Unwatched).expect("a run");
    let oracle = &results.cases[0].summary.oracle;
    let value = |name: &str| oracle.pools[0].values.iter().find(|v| v.measure == name).expect("a value");
    assert_eq!(value("p_wait").simulated.map(|e| e.estimate), Some(0.0));
    assert!(value("p_wait").agrees == Some(true) && oracle.warnings().is_empty(), "{:?}", oracle.warnings());
}
