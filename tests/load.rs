//! The expected load against a simulation in which nobody waits but for opening hours.
#![allow(missing_docs, reason = "a test crate has no readers but its source")]

use poolwise_engine::integral::Count;
use poolwise_engine::model::{
    Branch, Deadline, DeadlineUntil, Demand, Destination, Duplicate, Model, ModelBuilder, Pool, Profile,
    Rework, ShiftLine, StageId, StageKind, Window,
};
use poolwise_engine::random::Sampler;
use poolwise_engine::time::{DAY, HOUR, LocalClock, WEEK};
use poolwise_math::ln;
use poolwise_planning::offered_load::expected;

const ORIGIN: i64 = 1_538_366_400; // Monday 2018-10-01 00:00 in New York
const WEEKS: f64 = 60.0;

/// Branches to `(stage, probabilities of the two classes)`.
fn branches(to: &[(StageId, [f64; 2])]) -> Vec<Branch> {
    let mut sum = [0.0; 2];
    to.iter()
        .map(|&(to, p)| {
            sum = [sum[0] + p[0], sum[1] + p[1]];
            Branch { to, cumulative: sum.to_vec(), delay: None }
        })
        .collect()
}

/// Two classes, two areas three zones apart, a local centre by day and a central one: booking, research
/// (duplicated), an interview for some, preparation and signature; losses, returns, rework.
fn network() -> Model {
    let minutes = |mean: f64, cv| Sampler::log_normal(mean * 60.0, cv);
    let mut b = ModelBuilder::new("load");
    let (researcher, signer) = (b.role("researcher"), b.role("signer"));
    let booking = b.delay("booking", minutes(120.0, 1.0));
    let research = b.service("research", researcher, minutes(20.0, 1.0));
    let interview = b.delay("interview", minutes(480.0, 1.0));
    let prepare = b.service("prepare", researcher, minutes(40.0, 0.5));
    let sign = b.service("sign", signer, minutes(10.0, 0.5));
    let pending = b.delay("pending", Sampler::Exponential(30.0 * DAY));
    let (out, lost) = (b.exit("out"), b.exit("lost"));
    let again = b.service("again", researcher, minutes(20.0, 1.0));
    for (from, to) in [
        (booking, research),
        (interview, prepare),
        (prepare, sign),
        (sign, out),
        (pending, research),
        (again, out),
    ] {
        b.lead(from, &[(to, 1.0)]);
    }
    for name in ["finger", "name"] {
        b.class(name, 20.0 / HOUR, booking);
    }
    let shift = |officers, start, length| {
        vec![Pool::crews(3, vec![ShiftLine::weekly("day", officers, start, length)])]
    };
    let near = b.centre("near", shift([900, 900, 900, 900, 900, 0, 0], 6.0, 16.0));
    let central = b.centre("PERC", shift([80; 7], 0.0, 24.0));
    b.area("near", 0.7, Some(near));
    b.area("far", 0.3, None);
    let only = |stage: StageId| (0..9).map(|i| i == stage).collect::<Vec<bool>>();
    let first = b.route(Destination::Local);
    (first.stages, first.window) = (only(research), Window::Open);
    first.duplicate = Some(Duplicate {
        at: Destination::Centre(central),
        probability: 0.3,
        window: Window::Open,
        stop_later: false,
    });
    b.route(Destination::Same).stages = only(sign);
    b.route(Destination::Local).stages = only(prepare);
    b.route(Destination::Centre(central));

    let m = b.edit();
    m.run.origin_unix = ORIGIN;
    m.run.warm_up = 2.0 * WEEK;
    m.run.horizon = WEEKS * WEEK;
    m.run.seed = 7;
    m.clocks = [("east", -4), ("west", -7)]
        .map(|(name, h)| LocalClock::new(name, ORIGIN, &[(ORIGIN, h * 3_600)]))
        .into();
    m.areas[1].clock = 1;
    m.centres[central].clock = 1;
    for (centre, speed) in [(near, 1.2), (central, 1.0)] {
        m.centres[centre].speed = vec![speed, 1.0];
        m.centres[centre].documentation = 0.66;
    }
    let peak: Vec<f64> = (0..168).map(|h| if h % 24 < 12 { 0.6 } else { 1.4 }).collect();
    let peak = Box::new(<[f64; 168]>::try_from(peak).unwrap());
    for class in &mut m.classes {
        if let Demand::Rate { profile, .. } = &mut class.demand {
            *profile = Profile::HourOfWeek(peak.clone());
        }
        let after = Sampler::LogNormal { mu: ln(72.0 * HOUR), sigma: 1.3 };
        class.deadline = Some(Deadline { after, until: DeadlineUntil::Finish(sign), exit: lost });
    }
    m.stages[research].next =
        branches(&[(prepare, [0.4, 0.1]), (interview, [0.0, 0.3]), (pending, [0.05; 2]), (out, [0.55; 2])]);
    if let StageKind::Delay(delay) = &mut m.stages[pending].kind {
        delay.rebook = true;
    }
    m.rework = Some(Rework {
        documented_at: research,
        probability: 0.15,
        after: Sampler::Exponential(40.0 * DAY),
        redone: 0.8,
        stage: again,
    });
    b.build().unwrap()
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
