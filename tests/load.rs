//! The expected load against a simulation in which nobody waits but for opening hours.
#![allow(missing_docs, reason = "a test crate has no readers but its source")]

use poolwise_engine::model::*;
use poolwise_engine::random::{Sampler, name_key};
use poolwise_engine::time::{DAY, HOUR, LocalClock, WEEK};
use poolwise_engine::{self, integral::Count};
use poolwise_math::ln;
use poolwise_planning::offered_load::expected;

const ORIGIN: i64 = 1_538_366_400; // Monday 2018-10-01 00:00 in New York
const WEEKS: f64 = 60.0;

fn stage(name: &str, kind: StageKind, next: &[(StageId, [f64; 2])]) -> Stage {
    let mut sum = [0.0; 2];
    let branch = |&(to, p): &(StageId, [f64; 2])| {
        sum = [sum[0] + p[0], sum[1] + p[1]];
        Branch { to, cumulative: sum.to_vec(), delay: None }
    };
    let next = next.iter().map(branch).collect();
    Stage { name: name.into(), key: name_key(name), kind, next, starts_clock: false, done: false }
}

fn service(role: RoleId, minutes: f64, cv: f64) -> StageKind {
    let time = Sampler::log_normal(minutes * 60.0, cv);
    StageKind::Service(Service {
        role,
        officers: 1,
        time,
        same_officer: false,
        different_officer: false,
        after_work: None,
        overtaking: true,
        priority: None,
    })
}

fn delay(time: Sampler, rebook: bool) -> StageKind {
    StageKind::Delay(Delay { time, pickup: None, rebook })
}

fn centre(name: &str, clock: ClockId, speed: f64, officers: [u32; 7], hours: (f64, f64)) -> Centre {
    let line = Line {
        name: "day".into(),
        key: name_key(name),
        officers,
        start: hours.0 * HOUR,
        length: (hours.1 - hours.0) * HOUR,
        breaks: Vec::new(),
        holidays: HolidayWork::Work,
        listed: 0,
        once: None,
    };
    Centre {
        name: name.into(),
        key: name_key(name),
        clock,
        pools: vec![Pool { roles: 3, kind: PoolKind::Crews(vec![line]) }],
        shift_end: ShiftEnd::Finish,
        closing: Closing::Hold,
        discipline: Discipline::Fifo,
        preemption: Preemption::default(),
        reserves: Vec::new(),
        overtime_limit: None,
        last_start: None,
        officer_choice: OfficerChoice::LongestIdle,
        speed: vec![speed, 1.0],
        documentation: 0.66,
        capacity: None,
        balk: None,
        absence: Absence { share: 0.0, mode: AbsenceMode::Drawn },
        counted: true,
        headcount: None,
    }
}

/// Two classes, two areas three zones apart, a local centre by day and a central one: booking, research
/// (duplicated), an interview for some, preparation and signature; losses, returns, rework.
fn network() -> Model {
    let classes = ["finger", "name"].map(|name| {
        let peak: Vec<f64> = (0..168).map(|h| if h % 24 < 12 { 0.6 } else { 1.4 }).collect();
        let profile = Profile::HourOfWeek(Box::new(peak.try_into().unwrap()));
        let demand = Demand::Rate {
            per_second: 20.0 / HOUR,
            profile,
            months: [1.0; 12],
            day_factor: None,
            bursts: None,
        };
        let after = Sampler::LogNormal { mu: ln(72.0 * HOUR), sigma: 1.3 };
        let deadline = Deadline { after, until: DeadlineUntil::Finish(4), exit: 7 };
        Class {
            name: name.into(),
            priority: 0,
            rises: Vec::new(),
            due: None,
            redial: None,
            start: 0,
            demand,
            deadline: Some(deadline),
        }
    });
    let area = |name: &str, share, clock, centre| Area { name: name.into(), share, clock, centre };
    let rule = |name: &str, stages: Vec<bool>, window, to| Rule {
        key: name_key(name),
        stages,
        classes: vec![true; 2],
        areas: vec![true; 2],
        window,
        exception: None,
        share: 1.0,
        to,
        overflow: None,
        duplicate: None,
    };
    let research = |s: usize| (0..9).map(|i| i == s).collect::<Vec<bool>>();
    let mut first = rule("research", research(1), Window::Open, Target::Local);
    first.duplicate =
        Some(Duplicate { at: Target::Centre(1), probability: 0.3, window: Window::Open, stop_later: false });
    let east = [(ORIGIN, -4 * 3_600)];
    let west = [(ORIGIN, -7 * 3_600)];
    Model {
        name: "load".into(),
        title: String::new(),
        baseline: false,
        words: Default::default(),
        run: RunSettings {
            origin_unix: ORIGIN,
            clock: 0,
            warm_up: 2.0 * WEEK,
            horizon: WEEKS * WEEK,
            replications: 1,
            seed: 7,
            target: 4.0 * HOUR,
            prompt: 0.0,
            precision: None,
            start: Vec::new(),
        },
        workforce: Workforce { hours_per_week: 40.0, planned_availability: 0.85 },
        clocks: vec![LocalClock::new("east", ORIGIN, &east), LocalClock::new("west", ORIGIN, &west)],
        holidays: Vec::new(),
        roles: vec!["researcher".into(), "signer".into()],
        classes: classes.into(),
        areas: vec![area("near", 0.7, 0, Some(0)), area("far", 0.3, 1, None)],
        stages: vec![
            stage("booking", delay(Sampler::log_normal(2.0 * HOUR, 1.0), false), &[(1, [1.0; 2])]),
            stage(
                "research",
                service(0, 20.0, 1.0),
                &[(3, [0.4, 0.1]), (2, [0.0, 0.3]), (5, [0.05; 2]), (6, [0.55; 2])],
            ),
            stage("interview", delay(Sampler::log_normal(8.0 * HOUR, 1.0), false), &[(3, [1.0; 2])]),
            stage("prepare", service(0, 40.0, 0.5), &[(4, [1.0; 2])]),
            stage("sign", service(1, 10.0, 0.5), &[(6, [1.0; 2])]),
            stage("pending", delay(Sampler::Exponential(30.0 * DAY), true), &[(1, [1.0; 2])]),
            stage("out", StageKind::Exit, &[]),
            stage("lost", StageKind::Exit, &[]),
            stage("again", service(0, 20.0, 1.0), &[(6, [1.0; 2])]),
        ],
        centres: vec![
            centre("near", 0, 1.2, [900, 900, 900, 900, 900, 0, 0], (6.0, 22.0)),
            centre("PERC", 1, 1.0, [80; 7], (0.0, 24.0)),
        ],
        rules: vec![
            first,
            rule("same", research(4), Window::Always, Target::Same),
            rule("local", research(3), Window::Always, Target::Local),
            rule("PERC", vec![true; 9], Window::Always, Target::Centre(1)),
        ],
        exceptions: Vec::new(),
        rework: Some(Rework {
            documented_at: 1,
            probability: 0.15,
            after: Sampler::Exponential(40.0 * DAY),
            redone: 0.8,
            stage: 8,
        }),
    }
}

/// Stage flows agree within 3 %, work within 1.5 %, and the pattern over the day within 3 % of the mean.
/// The counts behind the flows are above 15,000, so that chance alone stays within 1 % (one standard
/// deviation); the officers are so many that even the work left over from a weekend is begun at once.
#[test]
fn the_expected_load_is_what_a_simulation_with_officers_to_spare_sees() {
    let model = network();
    let load = expected(&model);
    let out = poolwise_engine::run(&model, 0, false).unwrap();
    let hours = WEEKS * 168.0;
    let near = |what: &str, expected: f64, seen: f64, tolerance: f64| {
        assert!((expected / seen - 1.0).abs() < tolerance, "{what}: expected {expected}, seen {seen}");
    };
    for (s, stage) in model.stages.iter().enumerate() {
        let seen = match stage.kind {
            StageKind::Exit => out.total.exits[s],
            _ => out.stages[s].visits,
        };
        near(&stage.name, load.stage_flow[s], seen as f64 / hours, 0.03);
    }
    for (c, centre) in model.centres.iter().enumerate() {
        let busy = out.centres[c].integrals.total(0, Count::Busy) / (HOUR * hours);
        near(&centre.name, load.offered(c), busy, 0.015);
    }
    // Pattern over the day at the centre that is always open.
    let flow = &out.centres[1];
    let by_hour = &flow.integrals.by_hour[Count::Busy as usize];
    for hour in 0..24 {
        let mean = |x: &dyn Fn(usize) -> f64| (0..7).map(|d| x(d * 24 + hour)).sum::<f64>() / 7.0;
        let seen = mean(&|h| by_hour[h] / flow.integrals.exposure[h]);
        let expected = mean(&|h| load.centres[1].all.offered[h]);
        let slack = 0.03 * load.offered(1);
        assert!((seen - expected).abs() < slack, "hour {hour}: expected {expected}, seen {seen}");
    }
}
