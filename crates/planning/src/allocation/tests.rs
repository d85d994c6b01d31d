//! Spreads against computations by hand.

use super::shifts::even_order;
use super::*;
use poolwise_engine::model::{Area, Demand, Destination, Pool, Profile};
use poolwise_engine::model::{Centre, Model, Rule, ShiftLine};
use poolwise_engine::random::Sampler;
use poolwise_engine::random::name_key;
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK};

fn three_shifts() -> Permitted {
    Permitted {
        starts: vec![0.0, 8.0 * HOUR, 16.0 * HOUR],
        length: 8.0 * HOUR,
        days: [true; 7],
        breaks: Vec::new(),
        holidays: HolidayWork::Work,
        learning: None,
    }
}

fn spec(officers: u32, centres: usize) -> PoolSpec {
    PoolSpec {
        name: "local".into(),
        officers: Headcount::Total(officers),
        centres: (0..centres).collect(),
        shifts: vec![three_shifts(); centres],
        allocate: Allocate::Load,
        shape: ShiftShape::Load,
        minimum: 1,
        roles: 1,
        skills: Vec::new(),
    }
}

/// Areas with these shares, each with its own centre, around the clock.
fn draft(shares: &[f64]) -> Model {
    let mut m = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1)]);
    m.areas = shares
        .iter()
        .enumerate()
        .map(|(i, &share)| Area { name: format!("a{i}"), share, clock: 0, centre: Some(i) })
        .collect();
    m.centres = (0..shares.len())
        .map(|i| Centre::new(&format!("c{i}"), 1, vec![Pool::around_the_clock(1, 1)]))
        .collect();
    m.rules = vec![Rule::everything(&m, Destination::Local)];
    m
}

fn profile(model: &mut Model, of: impl Fn(usize) -> f64) {
    let mut values = Box::new([0.0; HOURS_OF_WEEK]);
    values.iter_mut().enumerate().for_each(|(h, x)| *x = of(h));
    let mean = values.iter().sum::<f64>() / HOURS_OF_WEEK as f64;
    values.iter_mut().for_each(|x| *x /= mean);
    let Demand::Rate { profile, .. } = &mut model.classes[0].demand else { unreachable!() };
    *profile = Profile::HourOfWeek(values);
}

fn officers(allocations: &[Allocation]) -> Vec<u32> {
    allocations.iter().map(|a| a.officers).collect()
}

fn crew(a: &Allocation) -> Vec<[u32; 7]> {
    a.lines.iter().map(|l| l.officers).collect()
}

#[test]
fn officers_go_by_work_whole_and_by_largest_remainder() {
    // 23 officers at 0.50, 0.30, 0.20: quotas 11.5, 6.9, 4.6. The least is ceil(21 x 8 / 40) = 5 each,
    // so the third gets 5 and 18 are left for 5/8 and 3/8: 11.25 and 6.75.
    let m = draft(&[0.5, 0.3, 0.2]);
    let got = allocate(&m, &[spec(23, 3)]).unwrap();
    assert_eq!(officers(&got), [11, 7, 5]);
    // 60: 30, 18, 12, no remainder.
    assert_eq!(officers(&allocate(&m, &[spec(60, 3)]).unwrap()), [30, 18, 12]);
    let mut equal = spec(61, 3);
    equal.allocate = Allocate::Equal;
    assert_eq!(officers(&allocate(&m, &[equal]).unwrap()), [21, 20, 20]);
}

#[test]
fn too_few_officers_are_told_how_many_it_takes() {
    // Two on duty around the clock: ceil(2 x 168 / (40 x 0.85)) = 10 a centre.
    let mut m = draft(&[0.5, 0.5]);
    m.workforce.planned_availability = 0.85;
    let mut pool = spec(19, 2);
    pool.minimum = 2;
    let error = allocate(&m, &[pool.clone()]).unwrap_err();
    assert!(matches!(error, SpreadError::TooFew { officers: 19, needed: 20, .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "pool \"local\": 19 officers cannot keep 2 on every permitted shift; that takes 20"
    );
    pool.officers = Headcount::Total(20);
    assert_eq!(officers(&allocate(&m, &[pool.clone()]).unwrap()), [10, 10]);
    pool.officers = Headcount::ByCentre(vec![12, 9]);
    let error = allocate(&m, &[pool.clone()]).unwrap_err();
    assert!(error.to_string().ends_with("takes 20 (c1 has 9 and needs 10)"), "{error}");
    pool.officers = Headcount::ByCentre(vec![12]);
    let error = allocate(&m, &[pool.clone()]).unwrap_err();
    assert!(matches!(error, SpreadError::WrongLength { given: 1, expected: 2, .. }));
    pool.shifts[1].starts.clear();
    pool.officers = Headcount::Total(20);
    assert!(matches!(allocate(&m, &[pool.clone()]), Err(SpreadError::NoShift { .. })));
    m.workforce.planned_availability = 0.0;
    assert_eq!(allocate(&m, &[pool]).unwrap_err(), SpreadError::NoHours);
}

#[test]
fn hours_make_whole_officer_shifts() {
    // 8 x 40 x 0.85 = 272 h = 34 shifts of 8 h; of 8.5 h less half an hour of break, the same; of 9 h,
    // 30 and 2 h unused.
    let mut m = draft(&[1.0]);
    m.workforce.planned_availability = 0.85;
    let mut pool = spec(8, 1);
    let got = &allocate(&m, &[pool.clone()]).unwrap()[0];
    assert_eq!((got.officer_shifts, got.officers), (34, 8));
    assert!(got.unused_hours.abs() < 1e-9);
    assert_eq!(crew(got).iter().flatten().sum::<u32>(), 34);
    pool.shifts[0].length = 8.5 * HOUR;
    pool.shifts[0].breaks = vec![Break::together(4.0 * HOUR, 0.5 * HOUR)];
    assert_eq!(allocate(&m, &[pool.clone()]).unwrap()[0].officer_shifts, 34);
    (pool.shifts[0].length, pool.shifts[0].breaks) = (9.0 * HOUR, Vec::new());
    let got = &allocate(&m, &[pool]).unwrap()[0];
    assert_eq!(got.officer_shifts, 30);
    assert!((got.unused_hours - 2.0).abs() < 1e-9);
}

#[test]
fn flat_is_as_equal_as_can_be_and_extras_are_spread() {
    // 6 officers: 30 officer-shifts over 21 shifts, nine extra: three at each start; every weekday has
    // one, two have two.
    let m = draft(&[1.0]);
    let mut pool = spec(6, 1);
    pool.shape = ShiftShape::Flat;
    let crews = crew(&allocate(&m, &[pool]).unwrap()[0]);
    for start in &crews {
        assert_eq!(start.iter().sum::<u32>(), 10);
        assert!(start.iter().all(|n| (1..=2).contains(n)));
    }
    for day in 0..7 {
        assert!((4..=5).contains(&crews.iter().map(|c| c[day]).sum::<u32>()), "{crews:?}");
    }
    let order = even_order(&three_shifts());
    assert_eq!(order[..4], [(0, 0), (1, 3), (2, 5), (0, 1)]);
    let mut all = order.clone();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 21);
}

#[test]
fn a_shaped_roster_follows_the_load() {
    // Nights 1, days 3, evenings 2 (relative): 21 officers make 105 officer-shifts, 5 for each unit of
    // 21. In proportion: 2.5, 7.5, 5. The greedy choice gives that exactly to within one officer.
    let mut m = draft(&[1.0]);
    profile(&mut m, |h| [1.0, 3.0, 2.0][h % 24 / 8]);
    let crews = crew(&allocate(&m, &[spec(21, 1)]).unwrap()[0]);
    for day in 0..7 {
        assert!((2..=3).contains(&crews[0][day]), "{crews:?}");
        assert!((7..=8).contains(&crews[1][day]), "{crews:?}");
        assert!((4..=6).contains(&crews[2][day]), "{crews:?}");
    }
    assert_eq!(crews.iter().flatten().sum::<u32>(), 105);
    // Nobody at night, but the minimum crew.
    profile(&mut m, |h| [0.0, 3.0, 2.0][h % 24 / 8]);
    // Service takes half an hour: nothing flows into the night from 23:00 but the share that starts
    // there; work is laid on the hour of its start.
    let crews = crew(&allocate(&m, &[spec(21, 1)]).unwrap()[0]);
    assert_eq!(crews[0], [1; 7]);
}

#[test]
fn the_greedy_choice_is_optimal_for_shifts_that_do_not_overlap() {
    // Two starts on one day of 12 h, loads 5 and 2 per hour; all ways to share 9 officer-shifts.
    let mut m = draft(&[1.0]);
    profile(&mut m, |h| if h % 24 < 12 { 5.0 } else { 2.0 });
    let mut pool = spec(3, 1);
    pool.shifts[0] = Permitted {
        starts: vec![0.0, 12.0 * HOUR],
        length: 12.0 * HOUR,
        days: [true, false, false, false, false, false, false],
        ..three_shifts()
    };
    // Closed for the rest of the week in the draft too, so that its load waits for Monday.
    m.centres[0].pools = vec![Pool { ..pool_of(&pool) }];
    m.workforce.hours_per_week = 36.0;
    let got = &allocate(&m, &[pool.clone()]).unwrap()[0];
    assert_eq!(got.officer_shifts, 9);
    let work = crate::offered_load::worked_off(&m).offered_in_roles(0, 1);
    let cost = |a: u32| -> f64 {
        let by_hour = |(h, w): (usize, &f64)| w * w / f64::from(if h < 12 { a } else { 9 - a });
        work.iter().take(24).enumerate().map(by_hour).sum()
    };
    let best = (1..9).min_by(|&a, &b| cost(a).total_cmp(&cost(b))).unwrap();
    assert_eq!(got.lines[0].officers[0], best);
}

fn pool_of(spec: &PoolSpec) -> Pool {
    Pool::crews(1, draft_lines(std::slice::from_ref(spec), 0, 0, "c0"))
}

#[test]
fn lines_are_named_and_keyed_by_centre_and_start() {
    let m = draft(&[1.0]);
    let one = spec(10, 1);
    let lines = draft_lines(std::slice::from_ref(&one), 0, 0, "c0");
    assert_eq!(lines.len(), 3);
    assert_eq!((lines[1].name.as_str(), lines[1].officers), ("08:00", [1; 7]));
    assert_eq!(lines[1].key, name_key("c0/08:00"));
    let got = &allocate(&m, std::slice::from_ref(&one)).unwrap()[0];
    assert_eq!(got.lines[1].key, lines[1].key);
    // Two pools at one centre have lines of their own.
    let mut other = one.clone();
    other.name = "signers".into();
    let got = allocate(&m, &[one, other]).unwrap();
    assert_eq!(
        (got[0].lines[0].name.as_str(), got[1].lines[0].name.as_str()),
        ("local 00:00", "signers 00:00")
    );
    assert!(draft_lines(&[], 0, 0, "c0").is_empty());
}

#[test]
fn a_pool_without_work_lies_flat() {
    let mut m = draft(&[1.0, 0.0]);
    m.centres[1].pools = vec![Pool::crews(1, vec![ShiftLine::weekly("never", [0; 7], 0.0, 8.0)])];
    let mut idle = spec(5, 1);
    idle.centres = vec![1];
    let crews = crew(&allocate(&m, &[idle]).unwrap()[0]);
    assert_eq!(crews.iter().flatten().sum::<u32>(), 25);
    assert!(crews.iter().flatten().all(|n| (1..=2).contains(n)));
}

/// Two areas with the same demand around the clock; one's centre is open from 08:00 to 16:00, the other's always. The
/// nights' work waits at the first and counts there in full, so officers are shared equally; its shift of the whole day
/// has the day's work, and where the day is cut in two, what gathered in the 16 hours is begun evenly in the 8 that follow.
#[test]
fn nights_at_a_centre_open_by_day_count_there_in_full() {
    let mut m = draft(&[1.0, 1.0]);
    let day = |starts: &[f64], length: f64| Permitted {
        starts: starts.iter().map(|h| h * HOUR).collect(),
        length: length * HOUR,
        ..three_shifts()
    };
    let mut both = spec(20, 1);
    both.centres = vec![0, 1];
    both.shifts = vec![day(&[8.0], 8.0), three_shifts()];
    for (place, centre) in m.centres.iter_mut().enumerate() {
        centre.pools = vec![Pool::crews(1, draft_lines(std::slice::from_ref(&both), 0, place, "c"))];
    }
    let got = allocate(&m, &[both.clone()]).unwrap();
    assert_eq!((got[0].officers, got[1].officers), (10, 10));
    both.shifts[0] = day(&[8.0, 12.0], 4.0);
    m.centres[0].pools = vec![Pool::crews(1, draft_lines(std::slice::from_ref(&both), 0, 0, "c"))];
    let got = allocate(&m, &[both]).unwrap();
    let crews = crew(&got[0]);
    assert!(crews[0].iter().zip(crews[1]).all(|(a, b)| a.abs_diff(b) <= 1), "{crews:?}");
}
