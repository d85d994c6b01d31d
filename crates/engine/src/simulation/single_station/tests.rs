//! A single station's outcome is that of the general loop, to the last bit.

use super::super::{Limits, Outcome, run, run_within, sim::Sim};
use crate::model::{
    Area, Centre, DayFactor, DayScope, Deadline, DeadlineUntil, Demand, Destination, Discipline, LevelEnd,
    LevelPlan, Levels, Model, Pool, PoolKind, Profile, Rule, ShiftEnd, Stage, StageKind,
};
use crate::random::{KeyedRng, Sampler};
use crate::time::{DAY, HOUR, WEEK};

fn single_stations(model: &Model) -> usize {
    let sim = Sim::new(model, 0, false, Limits::default());
    sim.components.iter().filter(|component| sim.single_station(component).is_some()).count()
}

/// By the general loop: it is the one that writes down each request.
fn general(model: &Model, replication: u32) -> Outcome {
    let mut outcome = run(model, replication, true).expect("balanced");
    outcome.trace.clear();
    outcome
}

/// A level by steps, or by the week.
fn plan(draws: &mut KeyedRng, most: u32) -> LevelPlan {
    let mut level = || 1 + (draws.uniform() * f64::from(most)) as u32;
    let (one, two, three) = (level(), level(), level());
    match level() % 3 {
        0 => LevelPlan::Steps { steps: vec![(0.0, one)], period: None },
        1 => {
            let steps = vec![(0.0, one), (5.0 * HOUR, two), (9.0 * HOUR, three)];
            LevelPlan::Steps { steps, period: Some(13.0 * HOUR) }
        }
        _ => LevelPlan::Weekly(vec![(0.0, one), (30.0 * HOUR, two), (100.0 * HOUR, three)]),
    }
}

/// A network of one to three stations of this kind, everything else drawn.
fn drawn(seed: u64) -> Model {
    let mut draws = KeyedRng::of(seed, 1, 2);
    let mut below = |n: u32| (draws.uniform() * f64::from(n)) as u32;
    let (centres, classes) = (1 + below(3) as usize, 1 + below(2) as usize);
    let (most, kind, load) = ([1, 3, 8, 40][below(4) as usize], below(4), f64::from(5 + below(8)) / 10.0);
    // Now and then so much that the queue is long.
    let load = if below(6) == 0 { 5.0 } else { load };
    let (patient, profiled, varied, clocked) = (below(3), below(2) == 0, below(2) == 0, below(2) == 0);
    let mut model = Model::one_queue(6.0, Sampler::Constant(1_800.0), Vec::new());
    model.run.seed = seed;
    model.run.warm_up = f64::from(below(3)) * 20.5 * HOUR;
    model.run.horizon = 1.5 * WEEK;
    model.run.prompt = f64::from(below(3)) * 60.0;
    let service = [600.0, 1_200.0, 3_600.0][below(3) as usize];
    let time = match kind {
        0 => Sampler::Exponential(service),
        1 => Sampler::log_normal(service, 1.2),
        // Ends of services meet, with each other and with changes of the level.
        _ => Sampler::Constant(service),
    };
    model.stages[0] = Stage::service("work", 0, time, &[(1, 1.0)]);
    model.stages.push(Stage::exit("gone"));
    model.stages[0].next[0].cumulative = vec![1.0; classes];
    model.stages[0].starts_clock = clocked;
    model.stages[1].done = true;
    let per_second = load * f64::from(most) / service / classes as f64;
    let class = |c: usize| {
        let mut class = model.classes[0].clone();
        class.name = format!("class {c}");
        let mut values = vec![1.0; 168];
        values.iter_mut().step_by(3).for_each(|v| *v = if profiled { 0.2 } else { 1.0 });
        class.demand = Demand::Rate {
            per_second,
            profile: Profile::HourOfWeek(values.try_into().expect("168 hours")),
            months: [1.0; 12],
            day_factor: varied.then_some(DayFactor { cv: 0.4, scope: DayScope::Area, autocorrelation: 0.0 }),
            bursts: None,
            area: None,
        };
        class.deadline = (patient > 0).then(|| Deadline {
            after: Sampler::Exponential(service * f64::from(patient)),
            until: DeadlineUntil::Start(0),
            exit: 2,
        });
        class
    };
    model.classes = (0..classes).map(class).collect();
    let area =
        |c: usize| Area { name: format!("area {c}"), share: 1.0 / centres as f64, clock: 0, centre: Some(c) };
    model.areas = (0..centres).map(area).collect();
    model.centres = (0..centres)
        .map(|c| {
            let kind = PoolKind::Levels(Levels { plan: plan(&mut draws, most), end: LevelEnd::ByCount });
            Centre::new(&format!("centre {c}"), classes, vec![Pool::new(1, kind)])
        })
        .collect();
    model.rules = vec![Rule::everything(&model, Destination::Local)];
    model
}

/// Every number is the same, to the last digit that tells doubles apart.
fn same(one: &Outcome, other: &Outcome, seed: u64) {
    let [one, other] = [one, other].map(|outcome| format!("{outcome:?}"));
    let at = one.bytes().zip(other.bytes()).position(|(a, b)| a != b);
    if let Some(at) = at.or((one.len() != other.len()).then_some(0)) {
        let part = |text: &str| text[at.saturating_sub(120)..(at + 40).min(text.len())].to_owned();
        panic!("seed {seed}: {}\n   but {}", part(&one), part(&other));
    }
}

#[test]
fn a_single_station_is_the_general_loop_in_less_time() {
    let mut requests = 0;
    for seed in 0..300 {
        let model = drawn(seed);
        assert_eq!(single_stations(&model), model.centres.len(), "seed {seed}");
        let outcome = run(&model, 0, false).expect("balanced");
        requests += outcome.requests;
        same(&outcome, &general(&model, 0), seed);
    }
    assert!(requests > 300_000, "{requests}");
}

#[test]
fn what_is_more_than_waiting_and_being_served_is_no_single_station() {
    let changes: [fn(&mut Model); 8] = [
        |model| model.centres[0].discipline = Discipline::Priority,
        |model| model.centres[0].shift_end = ShiftEnd::Restart,
        |model| model.centres[0].capacity = Some((3, 2)),
        |model| model.stages[0].next[0].delay = Some(Sampler::Constant(DAY)),
        |model| model.rules[0].share = 0.5,
        // Whoever gives up goes on elsewhere, or is met only by the end.
        |model| model.classes[0].deadline = Some(patience(3, DeadlineUntil::Start(0))),
        |model| model.classes[0].deadline = Some(patience(2, DeadlineUntil::Finish(0))),
        |model| {
            if let StageKind::Service(service) = &mut model.stages[0].kind {
                service.officers = 2;
            }
        },
    ];
    for (i, change) in changes.iter().enumerate() {
        let mut model = drawn(3);
        model.centres.truncate(1);
        model.areas.truncate(1);
        model.areas[0].share = 1.0;
        // Where whoever gives up may leave a message.
        model.stages.push(Stage::delay("message", Sampler::Constant(HOUR), &[(2, 1.0)]));
        model.stages[3].next[0].cumulative = vec![1.0; model.classes.len()];
        model.rules = vec![Rule::everything(&model, Destination::Local)];
        assert_eq!(single_stations(&model), 1, "{i}");
        change(&mut model);
        assert_eq!(single_stations(&model), 0, "{i}");
    }
}

fn patience(exit: usize, until: DeadlineUntil) -> Deadline {
    Deadline { after: Sampler::Exponential(600.0), until, exit }
}

/// As many give up whether they leave or go on elsewhere, and whoever goes on is not forgotten.
#[test]
fn whoever_gives_up_may_go_on_elsewhere() {
    let mut model = drawn(3);
    for class in &mut model.classes {
        class.deadline = Some(patience(2, DeadlineUntil::Start(0)));
    }
    let leaving = run(&model, 0, false).expect("balanced");
    let classes = model.classes.len();
    model.stages.push(Stage::delay("message", Sampler::Constant(HOUR), &[(2, 1.0)]));
    model.stages[3].next[0].cumulative = vec![1.0; classes];
    for class in &mut model.classes {
        class.deadline = Some(patience(3, DeadlineUntil::Start(0)));
    }
    model.rules = vec![Rule::everything(&model, Destination::Local)];
    let going_on = run(&model, 0, false).expect("balanced");
    assert!(leaving.total.lost > 1_000, "{}", leaving.total.lost);
    assert_eq!(going_on.total.lost, leaving.total.lost);
    assert_eq!(going_on.total.met_deadline, leaving.total.met_deadline);
}

#[test]
fn a_single_station_without_end_stops_where_memory_does() {
    let mut model = drawn(0);
    let Demand::Rate { per_second, .. } = &mut model.classes[0].demand else { panic!("a rate") };
    *per_second = 1_000.0;
    model.classes[0].deadline = None;
    let limits = Limits::of_memory(20_000_000);
    let failure = run_within(&model, 0, false, limits).expect_err("too many requests");
    assert!(failure.to_string().contains("cannot keep up"), "{failure}");
    assert_eq!(run_within(&model, 0, false, limits).expect_err("again"), failure);
}
