//! Small models for the unit tests of this folder.

use super::*;
use crate::random::{Sampler, name_key};
use crate::time::{HOUR, LocalClock, WEEK};

/// A shift line; hours after midnight and of length.
pub fn line(name: &str, officers: [u32; 7], start: f64, length: f64) -> Line {
    Line {
        name: name.into(),
        key: name_key(name),
        officers,
        start: start * HOUR,
        length: length * HOUR,
        breaks: Vec::new(),
        holidays: HolidayWork::Work,
        listed: 0,
        once: None,
    }
}

/// A pool of crews.
pub fn pool(roles: RoleMask, lines: Vec<Line>) -> Pool {
    Pool { roles, kind: PoolKind::Crews(lines) }
}

/// A pool of one officer at all hours.
pub fn always() -> Pool {
    pool(1, vec![line("always", [1; 7], 0.0, 24.0)])
}

/// A counted centre of classes at speed 1 in clock 0.
pub fn centre(name: &str, classes: usize, pools: Vec<Pool>) -> Centre {
    Centre {
        name: name.into(),
        key: name_key(name),
        clock: 0,
        pools,
        shift_end: ShiftEnd::Finish,
        closing: Closing::Hold,
        discipline: Discipline::Fifo,
        preemption: Preemption::default(),
        reserves: Vec::new(),
        officer_choice: OfficerChoice::LongestIdle,
        speed: vec![1.0; classes],
        documentation: 1.0,
        capacity: None,
        balk: None,
        absence: Absence { share: 0.0, mode: AbsenceMode::Drawn },
        counted: true,
        headcount: None,
    }
}

/// A service stage of role 0 with these branches `(to, cumulative probability)` for one class.
pub fn service(name: &str, time: Sampler, next: &[(StageId, f64)]) -> Stage {
    let kind = StageKind::Service(Service {
        role: 0,
        officers: 1,
        time,
        same_officer: false,
        different_officer: false,
        overtaking: true,
        priority: None,
    });
    stage(name, kind, next)
}

/// A delay stage.
pub fn delay(name: &str, time: Sampler, next: &[(StageId, f64)]) -> Stage {
    stage(name, StageKind::Delay(Delay { time, pickup: None, rebook: false }), next)
}

/// An exit.
pub fn exit(name: &str) -> Stage {
    stage(name, StageKind::Exit, &[])
}

fn stage(name: &str, kind: StageKind, next: &[(StageId, f64)]) -> Stage {
    let next = next.iter().map(|&(to, p)| Branch { to, cumulative: vec![p], delay: None }).collect();
    Stage { name: name.into(), key: name_key(name), kind, next, starts_clock: false, done: false }
}

/// A rule for every stage, class and area.
pub fn rule(model: &Model, to: Target) -> Rule {
    Rule {
        key: 1,
        stages: vec![true; model.stages.len()],
        classes: vec![true; model.classes.len()],
        areas: vec![true; model.areas.len()],
        window: Window::Always,
        exception: None,
        share: 1.0,
        to,
        overflow: None,
        duplicate: None,
    }
}

/// One class at 6 requests an hour, one area, one 30-minute service stage, one centre "here" with
/// these pools, one rule that sends everything there. The run starts on a Monday in UTC.
pub fn model_with(pools: Vec<Pool>) -> Model {
    let monday = 1_538_352_000;
    let mut model = Model {
        name: "test".into(),
        title: String::new(),
        words: super::Words::default(),
        baseline: false,
        run: RunSettings {
            origin_unix: monday,
            clock: 0,
            warm_up: 0.0,
            horizon: 4.0 * WEEK,
            replications: 1,
            seed: 1,
            target: HOUR,
            prompt: 0.0,
            precision: None,
            start: Vec::new(),
        },
        workforce: Workforce { hours_per_week: 40.0, planned_availability: 1.0 },
        clocks: vec![LocalClock::utc(monday)],
        holidays: Vec::new(),
        roles: vec!["researcher".into(), "signer".into()],
        classes: vec![Class {
            name: "only".into(),
            priority: 0,
            rises: Vec::new(),
            due: None,
            redial: None,
            start: 0,
            demand: Demand::Rate {
                per_second: 6.0 / HOUR,
                profile: Profile::Flat,
                months: [1.0; 12],
                day_factor: None,
                bursts: None,
            },
            deadline: None,
        }],
        areas: vec![Area { name: "all".into(), share: 1.0, clock: 0, centre: Some(0) }],
        stages: vec![service("work", Sampler::Constant(0.5 * HOUR), &[(1, 1.0)]), exit("out")],
        centres: vec![centre("here", 1, pools)],
        rules: Vec::new(),
        exceptions: Vec::new(),
        rework: None,
    };
    model.rules = vec![rule(&model, Target::Centre(0))];
    model
}
