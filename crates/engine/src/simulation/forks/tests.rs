//! Forks and joins: timelines by hand, closed formulas, and that nothing is lost whatever they meet.

use crate::model::{
    Balk, BatchService, Class, Deadline, DeadlineUntil, Demand, Destination, Discipline, Duplicate, Join,
    Model, ModelBuilder, Pool, Preemption, Redial, Rest, Rule, ShiftEnd, ShiftLine, Stage, StageKind, Trace,
    Window,
};
use crate::random::{KeyedRng, Purpose, Sampler};
use crate::simulation::integral::Count;
use crate::simulation::trace::TraceKind;
use crate::simulation::{Outcome, run};
use crate::time::{HOUR, WEEK};
use poolwise_math::powi;

fn join(need: u32, rest: Rest) -> Join {
    Join { need: Some(need), rest }
}

fn s(seconds: f64) -> Sampler {
    Sampler::Constant(seconds)
}

/// x-ray (10 s) beside blood (20 s and a count of 5 s), then the doctor (3 s); one officer of each role at a centre of its
/// own.
fn clinic(rules: Join, arrivals: &[f64]) -> Model {
    let mut b = ModelBuilder::new("clinic");
    let roles = ["x", "b", "d"].map(|name| b.role(name));
    let file = b.fork("file");
    let xray = b.service("x-ray", roles[0], s(10.0));
    let blood = b.service("blood", roles[1], s(20.0));
    let count = b.delay("count", s(5.0));
    let results = b.join("results", rules);
    let doctor = b.service("see", roles[2], s(3.0));
    let out = b.end("out");
    let gone = b.exit("gone");
    b.split(file, &[xray, blood]);
    b.lead(xray, &[(results, 1.0)]);
    b.lead(blood, &[(count, 1.0)]);
    b.lead(count, &[(results, 1.0)]);
    b.lead(results, &[(doctor, 1.0)]);
    b.lead(doctor, &[(out, 1.0)]);
    b.class("patient", 1.0, file);
    for role in roles {
        b.centre(&format!("room {role}"), vec![Pool::level(1 << role, 1)]);
    }
    let mut model = b.build().unwrap();
    model.rules = (0..3).map(|c| Rule::everything(&model, Destination::Centre(c))).collect();
    model.classes[0].demand = Demand::Trace(Trace::replayed(arrivals));
    model.run.horizon = HOUR;
    let _ = gone;
    model
}

/// Stage, start and end of each row, in order.
fn rows(model: &Model, kind: TraceKind) -> Vec<(String, f64, f64)> {
    let outcome = run(model, 0, true).expect("balanced");
    let rows = outcome.trace.iter().filter(|row| row.kind == kind);
    let mut rows: Vec<_> =
        rows.map(|row| (model.stages[row.stage].name.clone(), row.started, row.finished)).collect();
    rows.sort_by(|a, b| a.2.total_cmp(&b.2).then_with(|| a.0.cmp(&b.0)));
    rows
}

fn services(model: &Model) -> Vec<(String, f64, f64)> {
    rows(model, TraceKind::Service)
}

fn named(rows: &[(&str, f64, f64)]) -> Vec<(String, f64, f64)> {
    rows.iter().map(|(name, a, b)| ((*name).to_owned(), *a, *b)).collect()
}

fn exits(model: &Model) -> Vec<(String, f64)> {
    rows(model, TraceKind::Exit).into_iter().map(|(name, _, at)| (name, at)).collect()
}

fn busy(outcome: &Outcome, centre: usize) -> f64 {
    outcome.centres[centre].integrals.total(0, Count::Busy)
}

#[test]
fn all_branches_are_waited_for() {
    let model = clinic(Join::default(), &[0.0, 12.0]);
    let want = [
        ("x-ray", 0.0, 10.0),
        ("blood", 0.0, 20.0),
        ("x-ray", 12.0, 22.0),
        ("see", 25.0, 28.0),
        ("blood", 20.0, 40.0),
        ("see", 45.0, 48.0),
    ];
    assert_eq!(services(&model), named(&want));
    assert_eq!(exits(&model), [("out".to_owned(), 28.0), ("out".to_owned(), 48.0)]);
    let outcome = run(&model, 0, false).unwrap();
    let visits: Vec<u64> = outcome.stages.iter().map(|stage| stage.visits).collect();
    assert_eq!(visits, [2, 2, 2, 2, 2, 2, 2, 0]);
    let completed: Vec<u64> = outcome.stages.iter().map(|stage| stage.completed.iter().sum()).collect();
    assert_eq!(completed, [2, 2, 2, 2, 2, 2, 2, 0]);
    // Once per request: arrivals, requests done, their first officers, their time from the first officer's stage on.
    let total = &outcome.total;
    assert_eq!((total.arrivals, total.done, total.first_wait_count, outcome.requests), (2, 2, 2, 2));
    assert_eq!((total.completion_sum, total.first_wait_sum, outcome.backlog), (28.0 + 36.0, 0.0, 0));
}

#[test]
fn the_first_of_two_is_enough_and_the_other_is_cancelled_or_finished() {
    let model = clinic(join(1, Rest::Cancel), &[0.0, 2.0]);
    // At 10 the first blood test stops and the second begins; it is stopped at 20 after 10 s.
    let want = [("x-ray", 0.0, 10.0), ("see", 10.0, 13.0), ("x-ray", 10.0, 20.0), ("see", 20.0, 23.0)];
    assert_eq!(services(&model), named(&want));
    let outcome = run(&model, 0, false).unwrap();
    assert_eq!((busy(&outcome, 0), busy(&outcome, 1), busy(&outcome, 2)), (20.0, 20.0, 6.0));
    assert_eq!((outcome.stages[2].started, outcome.stages[2].completed.iter().sum::<u64>()), (2, 0));

    let model = clinic(join(1, Rest::Finish), &[0.0, 2.0]);
    let want = [
        ("x-ray", 0.0, 10.0),
        ("see", 10.0, 13.0),
        ("blood", 0.0, 20.0),
        ("x-ray", 10.0, 20.0),
        ("see", 20.0, 23.0),
        ("blood", 20.0, 40.0),
    ];
    assert_eq!(services(&model), named(&want));
    let outcome = run(&model, 0, false).unwrap();
    assert_eq!((busy(&outcome, 1), outcome.total.done, outcome.total.completion_sum), (40.0, 2, 13.0 + 21.0));
    assert_eq!(outcome.stages[3].visits, 2);
    assert_eq!(outcome.stages[4].visits, 2);
}

#[test]
fn a_branch_that_waits_leaves_its_queue_when_nobody_waits_for_it() {
    // The second request's blood test never begins: the x-ray of the second is done at 20, and blood is busy until 40.
    let mut model = clinic(join(1, Rest::Cancel), &[0.0, 2.0]);
    model.stages[4].kind = StageKind::Join(Join::default());
    let first = services(&model);
    assert_eq!(first.last(), Some(&("see".to_owned(), 45.0, 48.0)));
    let mut model = clinic(join(1, Rest::Cancel), &[0.0, 1.0, 2.0]);
    if let StageKind::Service(service) = &mut model.stages[1].kind {
        service.time = s(4.0);
    }
    // x-rays end at 4, 8 and 12; each ends a blood test, those of 4 and 8 that had just begun.
    let outcome = run(&model, 0, false).unwrap();
    assert_eq!((busy(&outcome, 1), outcome.stages[2].started), (12.0, 3));
    assert_eq!(outcome.total.completion_sum, 7.0 + 10.0 + 13.0);
}

#[test]
fn a_deadline_ends_the_whole_request_once() {
    let mut model = clinic(Join::default(), &[0.0]);
    let lost = |model: &mut Model, after: f64, until: DeadlineUntil| {
        model.classes[0].deadline = Some(Deadline { after: s(after), until, exit: 7 });
        let outcome = run(model, 0, false).unwrap();
        (outcome.total.lost, outcome.total.met_deadline, busy(&outcome, 0), busy(&outcome, 1), exits(model))
    };
    let gone = |t: f64| vec![("gone".to_owned(), t)];
    let out = vec![("out".to_owned(), 28.0)];
    let met_by_exit = DeadlineUntil::Finish(5);
    // Both in hand; one at the join and one in hand; one at the join and one on its way; just in time.
    assert_eq!(lost(&mut model, 7.0, met_by_exit), (1, 0, 7.0, 7.0, gone(7.0)));
    assert_eq!(lost(&mut model, 15.0, met_by_exit), (1, 0, 10.0, 15.0, gone(15.0)));
    assert_eq!(lost(&mut model, 22.0, met_by_exit), (1, 0, 10.0, 20.0, gone(22.0)));
    assert_eq!(lost(&mut model, 28.0, met_by_exit), (0, 1, 10.0, 20.0, out.clone()));
    // Met in one branch, it is met for all; a branch that nobody needs meets nothing.
    assert_eq!(lost(&mut model, 10.0, DeadlineUntil::Finish(1)), (0, 1, 10.0, 20.0, out.clone()));
    assert_eq!(lost(&mut model, 9.0, DeadlineUntil::Finish(1)), (1, 0, 9.0, 9.0, gone(9.0)));
    assert_eq!(lost(&mut model, 1.0, DeadlineUntil::Start(2)), (0, 1, 10.0, 20.0, out));
}

#[test]
fn patience_at_one_branch_takes_the_others_with_it() {
    // Blood is busy with the first until 20: the second, patient for 6 s, gives up there at 8, and its x-ray is stopped.
    let mut model = clinic(Join::default(), &[0.0, 2.0, 3.0]);
    let until = DeadlineUntil::Start(2);
    model.classes[0].deadline = Some(Deadline { after: s(6.0), until, exit: 7 });
    let outcome = run(&model, 0, false).unwrap();
    assert_eq!((outcome.total.lost, outcome.total.met_deadline, outcome.total.lost_anyway), (2, 1, 0));
    assert_eq!(exits(&model), [("gone".into(), 8.0), ("gone".into(), 9.0), ("out".into(), 28.0)]);
    assert_eq!((busy(&outcome, 0), busy(&outcome, 1), outcome.backlog), (10.0, 20.0, 0));
}

#[test]
fn who_is_turned_away_in_one_branch_is_turned_away() {
    let mut model = clinic(Join::default(), &[0.0, 2.0]);
    model.centres[1].capacity = Some((0, 7));
    let outcome = run(&model, 0, false).unwrap();
    assert_eq!((outcome.total.turned_away, outcome.total.done), (1, 1));
    // The x-ray of the second, that waited, is not done.
    assert_eq!((busy(&outcome, 0), exits(&model)), (10.0, vec![("gone".into(), 2.0), ("out".into(), 28.0)]));
}

#[test]
fn a_fork_may_name_a_stage_twice_and_lie_in_another_and_in_a_loop() {
    // Two readers of the same film, each with draws of their own; half of the time they read again.
    let mut b = ModelBuilder::new("two readers");
    let reader = b.role("reader");
    let start = b.fork("start");
    let copy = b.delay("copy", s(1.0));
    let film = b.fork("film");
    let read = b.service("read", reader, Sampler::Uniform { low: 1.0, high: 9.0 });
    let both = b.join("both", Join::default());
    let all = b.join("all", Join::default());
    let out = b.end("out");
    b.split(start, &[copy, film]);
    b.split(film, &[read, read]);
    b.lead(read, &[(both, 1.0)]);
    b.lead(both, &[(film, 0.5), (all, 0.5)]);
    b.lead(copy, &[(all, 1.0)]);
    b.lead(all, &[(out, 1.0)]);
    b.edit().run.horizon = WEEK;
    b.class("film", 0.01, start);
    b.centre("room", vec![Pool::level(1, 1_000)]);
    let model = b.build().unwrap();
    let outcome = run(&model, 0, false).unwrap();
    // Two rounds on average, each as long as the longer of two readings: 1 + 8 x 2/3. One reading, or the same twice, takes 5.
    let (total, n) = (&outcome.total, outcome.total.done as f64);
    assert!(
        n > 5_500.0 && (total.completion_sum / n - 2.0 * 19.0 / 3.0).abs() < 0.5,
        "{}",
        total.completion_sum / n
    );
    assert!((busy(&outcome, 0) / n - 2.0 * 2.0 * 5.0).abs() < 0.8, "{}", busy(&outcome, 0) / n);
    assert_eq!(total.first_wait_count, total.arrivals);
}

/// Identical queues, each with its own server, at which every request is served in all; all of those needed are waited for.
fn queues(n: usize, servers: u32, per_second: f64, rules: Join) -> Model {
    let mut b = ModelBuilder::new("fork and join");
    let role = b.role("server");
    let fork = b.fork("fork");
    let stages: Vec<usize> =
        (0..n).map(|i| b.service(&format!("queue {i}"), role, Sampler::Exponential(1.0))).collect();
    let end = b.join("join", rules);
    let out = b.end("out");
    b.split(fork, &stages);
    stages.iter().for_each(|stage| b.lead(*stage, &[(end, 1.0)]));
    b.lead(end, &[(out, 1.0)]);
    b.class("job", per_second, fork);
    for i in 0..n {
        b.centre(&format!("centre {i}"), vec![Pool::level(1, servers)]);
    }
    let mut model = b.build().unwrap();
    model.rules = (0..n)
        .map(|i| {
            let mut rule = Rule::everything(&model, Destination::Centre(i));
            rule.stages = (0..model.stages.len()).map(|s| s == stages[i]).collect();
            rule
        })
        .collect();
    model.run.warm_up = 2_000.0;
    model.run.horizon = 100_000.0;
    model
}

/// Mean time from fork to join, and its standard error over replications.
fn response(model: &Model, replications: u32) -> (f64, f64) {
    let means: Vec<f64> = (0..replications)
        .map(|k| {
            let total = run(model, k, false).expect("balanced").total;
            total.completion_sum / total.done as f64
        })
        .collect();
    let mean = means.iter().sum::<f64>() / f64::from(replications);
    let variance = means.iter().map(|x| powi(x - mean, 2)).sum::<f64>() / f64::from(replications - 1);
    (mean, (variance / f64::from(replications)).sqrt())
}

#[test]
fn two_queues_agree_with_flatto_and_hahn_1984() {
    // Mean response (12 - rho) / 8 times that of M/M/1 (Nelson and Tantawi 1988, eq. 6). Four standard errors: one false alarm
    // in 16,000.
    for rho in [0.3, 0.7] {
        let (mean, error) = response(&queues(2, 1, rho, Join::default()), 20);
        let exact = (12.0 - rho) / 8.0 / (1.0 - rho);
        assert!(error < 0.01 * exact && (mean - exact).abs() < 4.0 * error, "{mean} +- {error}, not {exact}");
    }
}

#[test]
fn without_waiting_the_kth_of_n_is_an_order_statistic() {
    // The k-th smallest of n exponentials: sum of 1 / i for i from n - k + 1 to n (Renyi 1953).
    for (n, k, rest) in
        [(5, 5, Rest::Cancel), (5, 2, Rest::Cancel), (5, 2, Rest::Finish), (3, 1, Rest::Finish)]
    {
        let mut model = queues(n, 50, 1.0, join(k, rest));
        model.run.horizon = 50_000.0;
        let (mean, error) = response(&model, 5);
        let exact: f64 = (n as u32 - k + 1..=n as u32).map(|i| 1.0 / f64::from(i)).sum();
        assert!(error < 0.01 * exact && (mean - exact).abs() < 4.0 * error, "{n}, {k}: {mean}, not {exact}");
        let outcome = run(&model, 0, false).unwrap();
        // All of the work of each queue is done, or the part before the k-th ends: k of n minima.
        let work: f64 = (0..n).map(|c| busy(&outcome, c)).sum::<f64>() / outcome.total.done as f64;
        let want = if rest == Rest::Finish || k == n as u32 { n as f64 } else { f64::from(k) };
        assert!((work - want).abs() < 0.05 * want, "{n}, {k}: {work}, not {want}");
    }
}

/// A number below `n`, drawn.
struct Draws(KeyedRng);

impl Draws {
    fn below(&mut self, n: usize) -> usize {
        (self.0.uniform() * n as f64) as usize
    }

    fn time(&mut self) -> Sampler {
        match self.below(3) {
            0 => Sampler::Constant(600.0 * (1 + self.below(3)) as f64),
            1 => Sampler::Exponential(900.0),
            _ => Sampler::Uniform { low: 0.0, high: 1_800.0 },
        }
    }

    fn rules(&mut self, branches: usize) -> Join {
        let need = [None, Some(1 + self.below(branches) as u32)][self.below(2)];
        Join { need, rest: [Rest::Cancel, Rest::Finish][self.below(2)] }
    }

    /// Adds a branch that ends at `join`.
    fn branch(&mut self, b: &mut ModelBuilder, join: usize, deep: usize) -> usize {
        let name = format!("stage {}", b.edit().stages.len());
        match self.below(if deep < 2 { 5 } else { 4 }) {
            0 => {
                let stage = b.delay(&name, self.time());
                b.lead(stage, &[(join, 1.0)]);
                stage
            }
            1 | 2 => {
                let stage = b.service(&name, 0, self.time());
                // Again, perhaps.
                let again = self.below(2) as f64 * 0.3;
                b.lead(stage, &[(stage, again), (join, 1.0 - again)]);
                stage
            }
            3 => {
                let next = self.branch(b, join, deep + 1);
                let stage = b.service(&name, 1, self.time());
                b.lead(stage, &[(next, 1.0)]);
                stage
            }
            _ => {
                let inner = self.fork(b, &name, join, deep + 1);
                let stage = b.delay(&format!("{name} first"), self.time());
                b.lead(stage, &[(inner, 1.0)]);
                stage
            }
        }
    }

    /// Adds a fork whose join leads to `next`, or back to the fork.
    fn fork(&mut self, b: &mut ModelBuilder, name: &str, next: usize, deep: usize) -> usize {
        let fork = b.fork(&format!("{name} fork"));
        let branches = 2 + self.below(2);
        let rules = self.rules(branches);
        let end = b.join(&format!("{name} join"), rules);
        let again = self.below(2) as f64 * 0.2;
        b.lead(end, &[(fork, again), (next, 1.0 - again)]);
        let mut firsts: Vec<usize> = (0..branches).map(|_| self.branch(b, end, deep)).collect();
        if self.below(3) == 0 {
            firsts.push(firsts[0]);
        }
        b.split(fork, &firsts);
        fork
    }
}

/// A drawn network with forks, and with much of what they may meet.
fn drawn(seed: u64) -> Model {
    let mut draws = Draws(KeyedRng::new(seed, 0, 0, Purpose::Time));
    let mut b = ModelBuilder::new("drawn");
    let roles = [b.role("a"), b.role("b")];
    let (out, gone) = (b.end("out"), b.exit("gone"));
    let last = b.service("last", 0, draws.time());
    b.lead(last, &[(out, 1.0)]);
    let fork = draws.fork(&mut b, "outer", last, 0);
    let first = b.service("first", 1, draws.time());
    b.lead(first, &[(fork, 1.0)]);
    b.class("one", 1.5 / HOUR, first);
    b.class("other", 1.0 / HOUR, fork);
    let pool = |draws: &mut Draws, roles: u32| match draws.below(3) {
        0 => Pool::level(roles, 3),
        1 => Pool::around_the_clock(roles, 3),
        _ => Pool::crews(
            roles,
            vec![ShiftLine::weekly("day", [4; 7], 6.0, 16.0), ShiftLine::weekly("night", [2; 7], 20.0, 12.0)],
        ),
    };
    let both = 1 << roles[0] | 1 << roles[1];
    for name in ["here", "there"] {
        let officers = pool(&mut draws, both);
        b.centre(name, vec![officers]);
    }
    let mut model = b.build().expect("a valid model");
    model.run.horizon = WEEK;
    model.classes[1].priority = 1;
    for stage in &mut model.stages {
        if let StageKind::Service(service) = &mut stage.kind {
            match draws.below(6) {
                0 => service.after_work = Some(Box::new(draws.time())),
                1 => service.same_officer = false,
                2 => service.different_officer = true,
                3 => service.officers = 2,
                4 => service.batch = Some(Box::new(BatchService { most: 3, least: 1, after: f64::INFINITY })),
                _ => {}
            }
        }
    }
    for centre in &mut model.centres {
        centre.discipline =
            [Discipline::Fifo, Discipline::Priority, Discipline::EarliestDeadline, Discipline::Preemptive]
                [draws.below(4)];
        centre.shift_end = [ShiftEnd::Finish, ShiftEnd::HandOver(60.0), ShiftEnd::Restart][draws.below(3)];
        if centre.discipline == Discipline::Preemptive {
            centre.preemption = Preemption { needs_place: draws.below(2) == 0, ..Preemption::default() };
        }
        match draws.below(4) {
            0 => centre.capacity = Some((6, gone)),
            1 => centre.balk = Some(Balk { steps: vec![(2, 0.4)], exit: gone }),
            _ => {}
        }
    }
    let services: Vec<usize> =
        (0..model.stages.len()).filter(|s| matches!(model.stages[*s].kind, StageKind::Service(_))).collect();
    let set = |class: &mut Class, draws: &mut Draws| {
        let at = services[draws.below(services.len())];
        let until = [DeadlineUntil::Start(at), DeadlineUntil::Finish(at)][draws.below(2)];
        if draws.below(3) > 0 {
            class.deadline = Some(Deadline { after: Sampler::Exponential(4.0 * HOUR), until, exit: gone });
        }
        if draws.below(2) == 0 {
            let after = Sampler::Exponential(HOUR);
            class.redial = Some(Redial { probability: vec![0.5], goes_on: true, after });
        }
    };
    model.classes.iter_mut().for_each(|class| set(class, &mut draws));
    let mut twice = Rule::everything(&model, Destination::Centre(0));
    let at = Destination::Centre(1);
    twice.duplicate =
        Some(Duplicate { at, probability: 0.3, window: Window::Always, stop_later: draws.below(2) == 0 });
    let both = Rule::everything(&model, Destination::LeastLoaded(vec![0, 1]));
    model.rules = if draws.below(2) == 0 { vec![twice] } else { vec![both] };
    model
}

#[test]
fn nothing_is_lost_whatever_a_branch_meets() {
    let batched =
        |stage: &Stage| matches!(&stage.kind, StageKind::Service(service) if service.batch.is_some());
    let (mut requests, mut lost, mut turned, mut batches) = (0, 0, 0, 0);
    for seed in 0..400 {
        let mut model = drawn(seed);
        if model.validate().is_err() || model.rules[0].duplicate.is_some() {
            // Services of several requests go with few rules of shifts, and with no second copy.
            for stage in &mut model.stages {
                if let StageKind::Service(service) = &mut stage.kind {
                    service.batch = None;
                }
            }
        }
        batches += u32::from(model.stages.iter().any(batched));
        // Each run balances requests, time in queues and time at work.
        let outcome = run(&model, 0, true).unwrap_or_else(|failure| panic!("seed {seed}: {failure}"));
        requests += outcome.requests;
        lost += outcome.total.lost;
        turned += outcome.total.turned_away;
        let went: u64 = outcome.total.exits.iter().sum();
        assert!(went <= outcome.requests, "seed {seed}");
    }
    assert!(
        batches > 8 && requests > 100_000 && lost > 9_000 && turned > 15_000,
        "{batches} {requests} {lost} {turned}"
    );
}
