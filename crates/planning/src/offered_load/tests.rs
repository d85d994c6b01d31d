//! Loads against computations by hand.

use super::*;
use poolwise_engine::model::{
    Absence, AbsenceMode, Area, Branch, Deadline, DeadlineUntil, Demand, Destination, Duplicate, Overflow,
    Profile, Rework, Rule, StageKind, Window,
};
use poolwise_engine::model::{Centre, Model, Pool, ShiftLine, Stage};
use poolwise_engine::random::Sampler;
use poolwise_engine::time::{DAY, HOUR, LocalClock};
use poolwise_math::exp;

/// Six requests an hour of half an hour each, at one centre.
fn half_hours(pools: Vec<Pool>) -> Model {
    Model::one_queue(6.0, Sampler::Constant(1_800.0), pools)
}

#[track_caller]
fn close(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-6, "{a} is not {b}");
}

/// To the error of the trapezoids in `lag`: 1/1152 of the flow at most.
#[track_caller]
fn near(a: f64, b: f64) {
    assert!((a - b).abs() < SPIKE / 1152.0, "{a} is not {b}");
}

/// Six requests an hour on average, all of them in `hour`: 6 x 168 in that hour.
fn spike(model: &mut Model, hour: usize) {
    let mut values = Box::new([0.0; HOURS_OF_WEEK]);
    values[hour] = HOURS_OF_WEEK as f64;
    let Demand::Rate { profile, .. } = &mut model.classes[0].demand else { unreachable!() };
    *profile = Profile::HourOfWeek(values);
}

const SPIKE: f64 = 6.0 * 168.0;

fn minutes(m: f64) -> Sampler {
    Sampler::Constant(m * 60.0)
}

/// Mon-Fri 08:00 to 16:00, one officer.
fn office_hours() -> poolwise_engine::model::Pool {
    Pool::crews(1, vec![ShiftLine::weekly("day", [1, 1, 1, 1, 1, 0, 0], 8.0, 8.0)])
}

/// A second centre "central", open at all hours.
fn with_central(mut model: Model) -> Model {
    model.centres.push(Centre::new("central", 1, vec![Pool::around_the_clock(1, 1)]));
    model
}

#[test]
fn six_an_hour_for_half_an_hour_are_three_erlangs() {
    let m = half_hours(vec![Pool::around_the_clock(1, 1)]);
    let load = expected(&m);
    for h in 0..HOURS_OF_WEEK {
        close(load.centres[0].all.arrivals[h], 6.0);
        close(load.centres[0].all.offered[h], 3.0);
    }
    close(load.offered(0), 3.0);
    close(load.offered_in_roles(0, 1)[9], 3.0);
    close(load.offered_in_roles(0, 2)[9], 0.0);
    close(load.stage_flow[1], 6.0);
    assert_eq!((load.unrouted, load.unfinished), (0.0, 0.0));
}

#[test]
fn work_takes_the_class_speed_and_the_officers() {
    let mut m = half_hours(vec![Pool::around_the_clock(1, 1)]);
    m.centres[0].speed[0] = 1.2;
    let StageKind::Service(s) = &mut m.stages[0].kind else { unreachable!() };
    s.officers = 3;
    close(expected(&m).offered(0), 6.0 * 0.5 * 1.2 * 3.0);
}

#[test]
fn branches_and_lags_carry_the_flow() {
    // Work for 30 min at hour 10; 40 % then wait exactly 2 h and have 15 min of work more.
    let mut m = half_hours(vec![Pool::around_the_clock(1, 1)]);
    m.stages = vec![
        Stage::service("first", 0, minutes(30.0), &[(1, 0.4), (3, 1.0)]),
        Stage::delay("pause", minutes(120.0), &[(2, 1.0)]),
        Stage::service("second", 0, minutes(15.0), &[(3, 1.0)]),
        Stage::exit("out"),
    ];
    m.rules = vec![Rule::everything(&m, Destination::Centre(0))];
    spike(&mut m, 10);
    let load = expected(&m);
    let arrivals = &load.centres[0].all.arrivals;
    close(arrivals[10], SPIKE);
    // Half an hour of work: evenly over hours 10 and 11, then two hours on.
    close(arrivals[12], 0.4 * SPIKE / 2.0);
    close(arrivals[13], 0.4 * SPIKE / 2.0);
    // Of a quarter of an hour of work from a random instant of an hour, 1/32 h falls in the next one.
    near(load.centres[0].all.offered[12], 0.4 * SPIKE / 2.0 * (0.25 - 1.0 / 32.0));
    near(load.centres[0].all.offered[13], 0.4 * SPIKE / 2.0 * 0.25);
    near(load.centres[0].all.offered[14], 0.4 * SPIKE / 2.0 / 32.0);
    close(load.stage_flow[2], 2.4);
    close(load.stage_flow[3], 6.0);
    close(load.offered(0), 6.0 * 0.5 + 2.4 * 0.25);
}

#[test]
fn a_delay_on_a_branch_counts() {
    let mut m = half_hours(vec![Pool::around_the_clock(1, 1)]);
    m.stages = vec![
        Stage::delay("start", minutes(0.0), &[(1, 1.0)]),
        Stage::service("work", 0, minutes(30.0), &[]),
        Stage::exit("out"),
    ];
    m.stages[0].next = vec![Branch { to: 1, cumulative: vec![1.0], delay: Some(minutes(180.0)) }];
    m.stages[1].next = vec![Branch { to: 2, cumulative: vec![1.0], delay: None }];
    m.rules = vec![Rule::everything(&m, Destination::Centre(0))];
    spike(&mut m, 166);
    close(expected(&m).centres[0].all.arrivals[1], SPIKE);
}

#[test]
fn a_loop_is_followed_until_a_millionth_is_left() {
    // Three in four come back: four visits a request.
    let mut m = half_hours(vec![Pool::around_the_clock(1, 1)]);
    m.stages = vec![Stage::service("work", 0, minutes(30.0), &[(0, 0.75), (1, 1.0)]), Stage::exit("out")];
    let load = expected(&m);
    assert!((load.stage_flow[0] - 24.0).abs() < 24.0 * 2e-6, "{}", load.stage_flow[0]);
    assert!((load.offered(0) - 12.0).abs() < 12.0 * 2e-6);
    assert!(load.unfinished < 6.1e-6);
    close(load.stage_flow[1] + load.unfinished, 6.0);
}

#[test]
fn loops_that_hardly_ever_end_are_summed_up() {
    for p in [0.97, 0.99, 0.9999, 1.0 - 1e-7] {
        // Work and a delay go round together; another delay by itself.
        let mut m = half_hours(vec![Pool::around_the_clock(1, 1)]);
        m.stages = vec![
            Stage::service("work", 0, minutes(30.0), &[(1, 1.0)]),
            Stage::delay("pause", minutes(45.0), &[(0, p), (2, 1.0)]),
            Stage::delay("wait", minutes(1.0), &[(2, p), (3, 1.0)]),
            Stage::exit("out"),
        ];
        let load = expected(&m);
        let visits = 6.0 / (1.0 - p);
        for stage in 0..3 {
            let error = load.stage_flow[stage] / visits - 1.0;
            assert!(error.abs() < 1e-4, "{p}: {} of {visits} at {stage}", load.stage_flow[stage]);
        }
        assert!((load.offered(0) / (visits / 2.0) - 1.0).abs() < 1e-4, "{p}: {}", load.offered(0));
        assert!((load.stage_flow[3] + load.unfinished - 6.0).abs() < 1e-3, "{p}: {:?}", load.stage_flow);
    }
    // One that never ends has no load to tell, and does not hang.
    let mut m = half_hours(vec![Pool::around_the_clock(1, 1)]);
    m.stages = vec![Stage::service("work", 0, minutes(30.0), &[(0, 1.0)]), Stage::exit("out")];
    close(expected(&m).unfinished, 6.0);
}

#[test]
fn hours_are_those_of_the_centre() {
    // Area four hours behind UTC, centre seven behind: its clock shows three hours less.
    let mut m = half_hours(vec![Pool::around_the_clock(1, 1)]);
    let origin = m.run.origin_unix;
    m.clocks.push(LocalClock::new("west", origin, &[(origin, -7 * 3_600)]));
    m.clocks.push(LocalClock::new("half", origin, &[(origin, 5_400)]));
    m.clocks.push(LocalClock::new("east", origin, &[(origin, -4 * 3_600)]));
    m.areas[0].clock = 3;
    m.centres[0].clock = 1;
    spike(&mut m, 1);
    close(expected(&m).centres[0].all.arrivals[166], SPIKE);
    // Five and a half hours ahead: half in each of two hours.
    m.centres[0].clock = 2;
    let load = expected(&m);
    close(load.centres[0].all.arrivals[6], SPIKE / 2.0);
    close(load.centres[0].all.arrivals[7], SPIKE / 2.0);
}

#[test]
fn rules_split_by_hours_openness_and_share() {
    let mut m = with_central(half_hours(vec![office_hours()]));
    // 70 % of what is met while the local centre is open stays; Monday 10-10:30 goes central anyhow.
    let mut early = Rule::everything(&m, Destination::Centre(1));
    early.window = Window::Hours(vec![(10.0 * HOUR, 10.5 * HOUR)]);
    let mut local = Rule::everything(&m, Destination::Local);
    (local.window, local.share) = (Window::Open, 0.7);
    m.rules = vec![early, local, Rule::everything(&m, Destination::Centre(1))];
    let load = expected(&m);
    let (here, central) = (&load.centres[0].all.arrivals, &load.centres[1].all.arrivals);
    close(here[9], 6.0 * 0.7);
    close(central[9], 6.0 * 0.3);
    close(here[10], 3.0 * 0.7);
    close(central[10], 3.0 + 3.0 * 0.3);
    close(here[7], 0.0);
    close(here[16], 0.0);
    close(central[150], 6.0);
    close(load.centres[0].all.arrivals_per_hour(), (6.0 * 39.0 + 3.0) * 0.7 / 168.0);
    // A rule of an exception does not count; nor does an area without a centre match "local".
    m.rules[1].exception = Some(0);
    close(expected(&m).offered(0), 0.0);
    m.rules[1].exception = None;
    m.areas[0].centre = None;
    close(expected(&m).offered(0), 0.0);
}

#[test]
fn the_least_loaded_get_by_officers_on_duty() {
    let mut m =
        with_central(half_hours(vec![Pool::crews(1, vec![ShiftLine::weekly("day", [3; 7], 8.0, 8.0)])]));
    m.rules = vec![Rule::everything(&m, Destination::LeastLoaded(vec![0, 1]))];
    let load = expected(&m);
    close(load.centres[0].all.arrivals[9], 4.5);
    close(load.centres[1].all.arrivals[9], 1.5);
    close(load.centres[0].all.arrivals[20], 0.0);
    close(load.centres[1].all.arrivals[20], 6.0);
}

#[test]
fn the_rest_of_the_case_stays_and_the_same_officer_does_not_queue() {
    let mut m = with_central(half_hours(vec![office_hours()]));
    m.stages = vec![
        Stage::service("research", 0, minutes(60.0), &[(1, 1.0)]),
        Stage::service("prepare", 0, minutes(30.0), &[(2, 1.0)]),
        Stage::exit("out"),
    ];
    // Research locally while open; what follows at the same centre, though it be closed by then.
    let mut local = Rule::everything(&m, Destination::Local);
    (local.window, local.stages) = (Window::Open, vec![true, false, false]);
    let mut central = Rule::everything(&m, Destination::Centre(1));
    central.stages = vec![true, false, false];
    m.rules = vec![local, central, Rule::everything(&m, Destination::Same)];
    spike(&mut m, 15);
    let load = expected(&m);
    close(load.centres[1].all.erlangs(), 0.0);
    close(load.centres[0].all.arrivals[16], SPIKE);
    // Monday 16:00 is after hours: it is prepared on Tuesday from 08:00.
    // (Of the hour of research half falls after 16:00. Of half an hour of work, an eighth of an hour
    // falls in the hour after.)
    near(load.centres[0].all.offered[16], SPIKE * 0.5);
    near(load.centres[0].all.offered[32], SPIKE * 0.375);
    near(load.centres[0].all.offered[33], SPIKE * 0.125);
    let StageKind::Service(s) = &mut m.stages[1].kind else { unreachable!() };
    s.same_officer = true;
    let load = expected(&m);
    close(load.centres[0].all.arrivals[16], SPIKE);
    near(load.centres[0].all.offered[16], SPIKE * (0.5 + 0.375));
    close(load.stage_flow[1], 6.0);
    // Not where the next stage needs a second officer.
    let StageKind::Service(s) = &mut m.stages[1].kind else { unreachable!() };
    s.officers = 2;
    near(expected(&m).centres[0].all.offered[16], SPIKE * 0.5);
}

#[test]
fn for_rosters_what_gathered_overnight_is_begun_over_as_many_hours() {
    // Open Mon-Fri 08:00-16:00. What is met at 20:00 on Monday, the fifth of 16 hours, is begun after a
    // quarter (4 of 16) of the eight hours to the next closing, at 10:00.
    let mut m = half_hours(vec![office_hours()]);
    spike(&mut m, 20);
    near(worked_off(&m).centres[0].all.offered[24 + 10], SPIKE * 0.375);
    near(expected(&m).centres[0].all.offered[24 + 8], SPIKE * 0.375);
    // A flat week: 6 an hour. The 64 hours of the weekend are begun over Monday's eight: 6 + 48.
    let mut m = half_hours(vec![office_hours()]);
    m.stages[0] = Stage::service("work", 0, minutes(0.5), &[(1, 1.0)]);
    let load = worked_off(&m);
    let half_a_minute = 1.0 / 120.0;
    for h in 8..16 {
        assert!((load.centres[0].all.offered[h] / half_a_minute - 54.0).abs() < 0.5);
        assert!((load.centres[0].all.offered[24 + h] / half_a_minute - 18.0).abs() < 0.5);
    }
    close(load.centres[0].all.arrivals[8], 6.0);
}

#[test]
fn overflow_takes_what_the_centre_would_not_open_for_in_time() {
    let mut m = with_central(half_hours(vec![office_hours()]));
    m.rules[0].overflow = Some(Overflow { after: Some(0.5 * HOUR), queue: None, to: Destination::Centre(1) });
    // Reached at 20:00-21:00: all move half an hour later.
    spike(&mut m, 20);
    let load = expected(&m);
    close(load.centres[0].all.arrivals[20], SPIKE);
    close(load.centres[1].all.arrivals[20], SPIKE / 2.0);
    close(load.centres[1].all.arrivals[21], SPIKE / 2.0);
    close(load.offered(0), 0.0);
    close(load.offered(1), 3.0);
    // Reached at 07:00-08:00: those after 07:30 are served at 08:00, here.
    spike(&mut m, 7);
    let load = expected(&m);
    close(load.offered(0), 1.5);
    close(load.offered(1), 1.5);
    near(load.centres[0].all.offered[8], SPIKE / 2.0 * 0.375);
}

#[test]
fn copies_add_work_and_win_half_of_the_time() {
    let mut m = with_central(half_hours(vec![Pool::around_the_clock(1, 1)]));
    m.stages = vec![
        Stage::service("research", 0, minutes(30.0), &[(1, 1.0)]),
        Stage::service("sign", 0, minutes(6.0), &[(2, 1.0)]),
        Stage::exit("out"),
    ];
    let mut research = Rule::everything(&m, Destination::Local);
    research.stages = vec![true, false, false];
    research.duplicate = Some(Duplicate {
        at: Destination::Centre(1),
        probability: 0.1,
        window: Window::Open,
        stop_later: false,
    });
    m.rules = vec![research, Rule::everything(&m, Destination::Same)];
    let load = expected(&m);
    // 6 an hour signed: 5 % at the second centre, which arrive there.
    close(load.centres[1].all.arrivals_per_hour(), 0.3);
    close(load.offered(1), 0.6 * 0.5 + 0.3 * 0.1);
    close(load.centres[0].all.arrivals_per_hour(), 6.0 + 5.7);
    close(load.offered(0), 6.0 * 0.5 + 5.7 * 0.1);
    close(load.stage_flow[1], 6.0);
    // Twice as slow here: the copy wins two in three.
    m.centres[0].speed[0] = 2.0;
    let load = expected(&m);
    close(load.centres[1].all.arrivals_per_hour(), 0.4);
    // While only one of them is on duty, an open window copies nothing; one that is always open gives
    // the case to whoever is there.
    m.centres[0].speed[0] = 1.0;
    m.centres[0].pools = vec![office_hours()];
    let load = expected(&m);
    close(load.centres[1].roles[0].offered[100 + 40], 0.0);
    m.rules[0].duplicate.as_mut().unwrap().window = Window::Always;
    let load = expected(&m);
    close(load.centres[1].all.arrivals[140], 0.6);
    close(load.centres[1].all.offered[140], 0.6 * 0.5 + 0.6 * 0.1);
}

#[test]
fn badly_documented_cases_come_back() {
    let mut m = half_hours(vec![Pool::around_the_clock(1, 1)]);
    m.stages = vec![
        Stage::service("research", 0, minutes(30.0), &[(2, 1.0)]),
        Stage::service("again", 0, minutes(20.0), &[(2, 1.0)]),
        Stage::exit("out"),
    ];
    m.rules = vec![Rule::everything(&m, Destination::Centre(0))];
    m.centres[0].documentation = 0.66;
    m.rework = Some(Rework {
        documented_at: 0,
        probability: 0.15,
        after: Sampler::Exponential(90.0 * DAY),
        redone: 0.8,
        stage: 1,
    });
    let load = expected(&m);
    let back = 6.0 * 0.15 * 0.34 * 0.8;
    close(load.stage_flow[1], back);
    close(load.offered(0), 3.0 + back / 3.0);
    close(load.stage_flow[2], 6.0 + back);
    // Work that came back is not documented again.
    m.rework.as_mut().unwrap().stage = 0;
    close(expected(&m).stage_flow[0], 6.0 + back);
}

#[test]
fn deadlines_thin_the_flow_by_the_time_since_arrival() {
    // Two hours on the way, one hour of work; the deadline is exponential with mean 10 h.
    let mut m = half_hours(vec![Pool::around_the_clock(1, 1)]);
    m.stages = vec![
        Stage::delay("way", minutes(120.0), &[(1, 1.0)]),
        Stage::service("work", 0, minutes(60.0), &[(2, 1.0)]),
        Stage::service("after", 0, minutes(60.0), &[(3, 1.0)]),
        Stage::exit("out"),
        Stage::exit("lost"),
    ];
    m.rules = vec![Rule::everything(&m, Destination::Centre(0))];
    let until = |until| Some(Deadline { after: Sampler::Exponential(10.0 * HOUR), until, exit: 4 });
    m.classes[0].deadline = until(DeadlineUntil::Finish(1));
    let load = expected(&m);
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-3, "{a} is not {b}");
    close(load.stage_flow[1], 6.0 * exp(-0.2_f64));
    close(load.stage_flow[2], 6.0 * exp(-0.3_f64));
    close(load.stage_flow[4], 6.0 * (1.0 - exp(-0.3_f64)));
    close(load.stage_flow[3] + load.stage_flow[4], 6.0);
    close(load.offered(0), 6.0 * exp(-0.2_f64) + 6.0 * exp(-0.3_f64));
    m.classes[0].deadline = until(DeadlineUntil::Start(1));
    close(expected(&m).stage_flow[2], 6.0 * exp(-0.2_f64));
    // A closed centre takes its toll, as arrival at 16:00-17:00 on Monday waits for 08:00: 15.5 h.
    m.centres[0].pools = vec![office_hours()];
    spike(&mut m, 14);
    let load = expected(&m);
    let survives = load.stage_flow[2] / 6.0;
    assert!((survives - exp(-1.75_f64)).abs() < 1e-4, "{survives}");
}

#[test]
fn a_request_booked_anew_has_a_deadline_of_its_own() {
    // One in four is away for 100 days and comes back to the start; the deadline is exponential with
    // mean 10 h, work takes an hour, and losses are those of the hour: a = exp(-0.1) live.
    let mut m = half_hours(vec![Pool::around_the_clock(1, 1)]);
    m.stages = vec![
        Stage::service("work", 0, minutes(60.0), &[(1, 0.25), (2, 1.0)]),
        Stage::delay("away", Sampler::Exponential(100.0 * DAY), &[(0, 1.0)]),
        Stage::exit("out"),
        Stage::exit("lost"),
    ];
    let StageKind::Delay(away) = &mut m.stages[1].kind else { unreachable!() };
    away.rebook = true;
    m.rules = vec![Rule::everything(&m, Destination::Centre(0))];
    m.classes[0].deadline =
        Some(Deadline { after: Sampler::Exponential(10.0 * HOUR), until: DeadlineUntil::Finish(0), exit: 3 });
    let load = expected(&m);
    let a = exp(-0.1_f64);
    let visits = 6.0 / (1.0 - 0.25 * a);
    assert!((load.stage_flow[0] - visits).abs() < 1e-3, "{} {visits}", load.stage_flow[0]);
    assert!((load.stage_flow[3] - visits * (1.0 - a)).abs() < 1e-3);
    assert!((load.stage_flow[2] - visits * a * 0.75).abs() < 1e-3);
}

#[test]
fn areas_and_their_shares_meet_at_a_centre() {
    let mut m = half_hours(vec![Pool::around_the_clock(1, 1)]);
    m.areas = vec![
        Area { name: "a".into(), share: 0.75, clock: 0, centre: Some(0) },
        Area { name: "b".into(), share: 0.25, clock: 0, centre: None },
    ];
    m = with_central(m);
    m.rules = vec![Rule::everything(&m, Destination::Local), Rule::everything(&m, Destination::Centre(1))];
    let load = expected(&m);
    close(load.offered(0), 2.25);
    close(load.offered(1), 0.75);
    m.rules.pop();
    close(expected(&m).unrouted, 1.5);
}

#[test]
fn areas_that_are_alike_are_followed_once_with_the_same_result() {
    // Areas 0, 1 and 3 have a centre with office hours, of which one is slower; area 2 has none. One
    // and three are five hours ahead. All else goes to a centre that is always open.
    let mut m = half_hours(vec![office_hours()]);
    m.clocks.push(LocalClock::new("east", m.run.origin_unix, &[(m.run.origin_unix, 5 * 3_600)]));
    let area = |name: &str, share, clock, centre| Area { name: name.into(), share, clock, centre };
    m.areas = vec![
        area("a", 0.1, 0, Some(0)),
        area("b", 0.3, 1, Some(2)),
        area("c", 0.4, 0, None),
        area("d", 0.2, 1, Some(3)),
    ];
    m = with_central(m);
    m.centres.extend([Centre::new("b", 1, vec![office_hours()]), Centre::new("d", 1, vec![office_hours()])]);
    (m.centres[2].clock, m.centres[3].clock, m.centres[3].speed[0]) = (1, 1, 1.5);
    m.stages = vec![
        Stage::service("work", 0, minutes(50.0), &[(0, 0.2), (1, 0.7), (2, 1.0)]),
        Stage::delay("away", Sampler::Exponential(9.0 * HOUR), &[(0, 1.0)]),
        Stage::exit("out"),
        Stage::exit("lost"),
    ];
    m.classes[0].deadline =
        Some(Deadline { after: Sampler::Exponential(30.0 * HOUR), until: DeadlineUntil::Finish(0), exit: 3 });
    let mut local = Rule { window: Window::Open, ..Rule::everything(&m, Destination::Local) };
    local.overflow = Some(Overflow { after: Some(HOUR), queue: None, to: Destination::Centre(1) });
    m.rules = vec![local, Rule::everything(&m, Destination::Centre(1))];
    for opening in [Opening::AtOnce, Opening::Evenly] {
        let load = follow(&m, opening, true);
        assert_eq!(load, follow(&m, opening, false));
        close(3.0 * load.offered(0), load.offered(2));
        assert!(load.offered(3) > 2.1 * load.offered(0) && load.unrouted < 1e-9);
        // Monday 08:00 by each centre's own clock.
        assert!(load.centres[0].all.arrivals[8] > 0.0 && load.centres[2].all.arrivals[8] > 0.0);
    }
}

#[test]
fn stability_says_by_how_much() {
    let mut m = half_hours(vec![Pool::crews(1, vec![ShiftLine::weekly("all day", [2; 7], 0.0, 24.0)])]);
    m.centres[0].absence = Absence { share: 0.06, mode: AbsenceMode::Drawn };
    let s = stability(&m)[0];
    close(s.present, 1.88);
    close(s.offered, 3.0);
    close(s.ratio, 3.0 / 1.88);
    // A second role with little work but nobody of its own to spare: ten researchers and half a
    // signer for 0.6 erlangs of signatures.
    let mut m = half_hours(vec![
        Pool::crews(1, vec![ShiftLine::weekly("all day", [10; 7], 0.0, 24.0)]),
        Pool::crews(2, vec![ShiftLine::weekly("half day", [1; 7], 0.0, 12.0)]),
    ]);
    m.roles.push("signer".into());
    m.stages = vec![
        Stage::service("work", 0, minutes(30.0), &[(1, 1.0)]),
        Stage::service("sign", 0, minutes(6.0), &[(2, 1.0)]),
        Stage::exit("out"),
    ];
    let StageKind::Service(sign) = &mut m.stages[1].kind else { unreachable!() };
    sign.role = 1;
    m.rules = vec![Rule::everything(&m, Destination::Centre(0))];
    let s = stability(&m)[0];
    assert_eq!(s.roles, 2);
    close(s.ratio, 0.6 / 0.5);
    // Work and nobody.
    let m = half_hours(vec![Pool::crews(1, vec![ShiftLine::weekly("never", [0; 7], 0.0, 8.0)])]);
    assert_eq!(stability(&m)[0].ratio, f64::INFINITY);
    close(expected(&m).offered(0), 3.0);
}
