//! Rosters with known answers, and what comes of rules that cannot be kept.

use super::*;
use crate::curve::CentreCurve;
use crate::drawing::permitted;
use poolwise_engine::model::{Absence, AbsenceMode, Break, Exception, HolidayWork};
use poolwise_engine::model::{Model, Pool};
use poolwise_engine::random::Sampler;
use poolwise_engine::time::{DAY, HOUR, WEEK};
use poolwise_planning::roster_rules::{CentreRules, Cover, Least, Pay, Premium, RosterRules, ShiftRule};
use poolwise_planning::staffing;

fn shift(starts: &[f64], length: f64, days_on: u32) -> ShiftRule {
    ShiftRule {
        starts: starts.iter().map(|h| h * HOUR).collect(),
        length: length * HOUR,
        breaks: Vec::new(),
        days: [true; 7],
        days_on,
        consecutive: true,
        roles: 1,
        holidays: HolidayWork::Work,
    }
}

fn rules(shifts: Vec<ShiftRule>) -> RosterRules {
    RosterRules { default: CentreRules { shifts, ..CentreRules::default() }, ..RosterRules::default() }
}

fn model() -> Model {
    Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1); 4])
}

fn curve(model: &Model, hours: impl Fn(usize) -> u32) -> Curve {
    let required: Vec<u32> = (0..HOURS_OF_WEEK).map(hours).collect();
    let row = CentreCurve::new(&model.centres[0].name, &model.roles[0], &required).unwrap();
    Curve::new(vec![row]).unwrap()
}

fn roster(plan: &RosterPlan) -> &Roster {
    plan.rows[0].outcome.as_ref().unwrap()
}

fn reason(plan: &RosterPlan) -> String {
    let why = plan.rows[0].outcome.as_ref().unwrap_err();
    why.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn one_post_takes_five_tours_of_eight_hours() {
    // 168 h are 4.2 officers of 40 h; three shifts of seven days each by five-day weeks: 21 shifts take
    // at least 4.2 officers, and one start cannot lend to another: two officers for each of three.
    let mut m = model();
    let one = plan(&m, &rules(vec![shift(&[0.0, 8.0, 16.0], 8.0, 5)]), &curve(&m, |_| 1)).unwrap();
    assert_eq!((roster(&one).officers, roster(&one).bound), (6, 6.0));
    // Ten posts: 14 officers for each start, 42 = 4.2 a post exactly.
    let ten = plan(&m, &rules(vec![shift(&[0.0, 8.0, 16.0], 8.0, 5)]), &curve(&m, |_| 10)).unwrap();
    assert_eq!((roster(&ten).officers, roster(&ten).bound), (42, 42.0));
    assert!((ten.posts() - 10.0).abs() < 1e-9 && roster(&ten).is_least());
    // With a fifth away, 52.5 employed: 5.25 a post, whole.
    m.workforce.planned_availability = 0.8;
    let away = plan(&m, &rules(vec![shift(&[0.0, 8.0, 16.0], 8.0, 5)]), &curve(&m, |_| 10)).unwrap();
    assert_eq!((away.rostered(), away.officers()), (42, 53));
}

#[test]
fn the_curve_is_covered_and_the_model_says_the_same() {
    let mut m = model();
    let need = |h: usize| 2 + ((h % 24) / 6 % 3) as u32 + u32::from(h >= 120);
    let hourly: Vec<f64> = (0..24).map(f64::from).collect();
    let rules = rules(vec![shift(&hourly, 8.0, 5), shift(&hourly, 10.0, 4)]);
    let curve = curve(&m, need);
    let plan = plan(&m, &rules, &curve).unwrap();
    let on_duty = roster(&plan).on_duty();
    assert!((0..HOURS_OF_WEEK).all(|h| on_duty[h] >= need(h)));
    assert!(roster(&plan).cost <= roster(&plan).bound + 1.0, "at most one officer above the bound");
    plan.apply(&mut m);
    let duty = staffing::on_duty(&m, 0, 1);
    for (simulated, planned) in duty.officers.iter().zip(on_duty.iter()) {
        assert!((simulated - f64::from(*planned)).abs() < 1e-9);
    }
    assert!((staffing::posts(&m, 0) - plan.posts()).abs() < 1e-9);
    assert_eq!(staffing::totals(&m).headcount, f64::from(plan.officers()));
}

#[test]
fn minimum_crew_absence_and_the_present_shifts() {
    let mut m = model();
    let mut r = rules(vec![shift(&[0.0, 8.0, 16.0], 8.0, 7)]);
    r.default.minimum = 2;
    // Everybody works seven days here, so officers are posts times three.
    let one = plan(&m, &r, &curve(&m, |_| 1)).unwrap();
    assert_eq!(roster(&one).officers, 6);
    assert_eq!(one.employed[0].minimum_crew, headcount::minimum_crew(2, 168.0, m.workforce));
    // Only while open: nobody is asked for on Sunday, so none comes.
    let six = plan(&m, &rules(vec![shift(&[8.0], 8.0, 6)]), &curve(&m, |h| u32::from(h == 8))).unwrap();
    assert_eq!(roster(&six).officers, 1);
    // Half are absent: of one required, the median takes one; of twenty, forty or so.
    m.centres[0].absence = Absence { share: 0.5, mode: AbsenceMode::Drawn };
    let half = plan(&m, &r, &curve(&m, |_| 20)).unwrap();
    assert_eq!(half.rows[0].covered[0], headcount::rostered_for(20, 0.5, 0.5));
    assert!((39..=40).contains(&half.rows[0].covered[0]));
    // Without permitted shifts: the model's own have no shifts (levels), so eight hours from every hour.
    assert_eq!(permitted(&m, &RosterRules::default(), 0)[0].starts.len(), 1, "the fixture's own start");
}

#[test]
fn breaks_are_covered_by_others_or_on_the_mean() {
    let m = model();
    let mut s = shift(&[0.0, 8.0, 16.0], 8.0, 7);
    s.breaks = vec![Break::together(4.0 * HOUR, 0.5 * HOUR)];
    let mut r = rules(vec![s]);
    let strict = plan(&m, &r, &curve(&m, |_| 1)).unwrap();
    let why = reason(&strict);
    let all =
        "all people of the shifts that could be on duty are on a break together at Mon 04:00, Mon 12:00";
    assert!(why.contains(all) && why.contains("`stagger = true`"), "{why}");
    r.default.cover = Some(Cover::Mean);
    let mean = plan(&m, &r, &curve(&m, |_| 1)).unwrap();
    // A break counts as spread over the shift, and a sixteenth of an officer is nobody.
    assert_eq!(roster(&mean).officers, 3);
    assert_eq!(roster(&mean).on_duty()[4], 0);
    assert_eq!(roster(&mean).mean_on_duty()[4], 0.5);
}

/// One officer a shift is away for the half hour of the break, in the middle of its window; of two, one is there. Of five
/// with breaks of 30 minutes that begin 15 minutes apart two are away together, so that three take five.
#[test]
fn staggered_breaks_are_subtracted_where_they_fall() {
    let m = model();
    let mut s = shift(&[0.0, 8.0, 16.0], 8.0, 7);
    s.breaks = vec![Break { after: 3.0 * HOUR, length: 0.5 * HOUR, spread: 2.0 * HOUR, step: 0.0 }];
    let strict = plan(&m, &rules(vec![s.clone()]), &curve(&m, |_| 1)).unwrap();
    let drawn = roster(&strict);
    assert_eq!(drawn.officers, 6);
    let on_duty = drawn.on_duty();
    assert_eq!((on_duty[2], on_duty[3], on_duty[4], on_duty[5]), (2, 1, 1, 2));
    // Begins at 3.5 and 4.5 hours: in the hours from 3 and 4 one of two is away for half of the time.
    let mean = drawn.mean_on_duty();
    assert_eq!((mean[2], mean[3], mean[4], mean[5]), (2.0, 1.5, 1.5, 2.0));
    s.breaks = vec![Break { after: 3.0 * HOUR, length: 0.5 * HOUR, spread: HOUR, step: 0.25 * HOUR }];
    let strict = plan(&m, &rules(vec![s.clone()]), &curve(&m, |_| 3)).unwrap();
    assert!(roster(&strict).on_duty().iter().all(|n| *n >= 3));
    assert_eq!(roster(&strict).officers, 15);
    assert_eq!(roster(&strict).bound, 9.0, "without breaks");
    let mut r = rules(vec![s]);
    r.default.cover = Some(Cover::Mean);
    assert_eq!(roster(&plan(&m, &r, &curve(&m, |_| 3)).unwrap()).officers, 9, "a sixteenth is nobody");
}

#[test]
fn weekends_off_by_rotation() {
    // Baker (1976): n on the weekend with a share w off takes n / (1 - w) officers.
    let m = model();
    let day = |h: usize| if (8..16).contains(&(h % 24)) { 4 } else { 0 };
    let mut r = rules(vec![ShiftRule { consecutive: false, ..shift(&[8.0], 8.0, 5) }]);
    r.default.whole_weekends = true;
    r.default.weekends_off = 0.5;
    let half = plan(&m, &r, &curve(&m, day)).unwrap();
    assert_eq!(roster(&half).officers, 8);
    let working: u32 = roster(&half).tours.iter().filter(|(t, _)| t.works_weekends()).map(|(_, n)| n).sum();
    assert!(working <= 4);
    r.default.weekends_off = 0.0;
    assert_eq!(roster(&plan(&m, &r, &curve(&m, day)).unwrap()).officers, 6, "28 shifts of 5");
}

#[test]
fn least_cost_avoids_the_dear_hours() {
    // One officer needed at noon on Monday: the shift from 08:00 or the one from 12:00, of which the
    // second runs into the premium after 18:00.
    let m = model();
    let mut r = rules(vec![shift(&[12.0, 8.0], 8.0, 1)]);
    r.least = Least::Cost;
    let noon = curve(&m, |h| u32::from(h == 12));
    assert_eq!(plan(&m, &r, &noon), Err(RosterError::NoPay));
    let evening = |d: usize| (d as f64 * DAY + 18.0 * HOUR, (d + 1) as f64 * DAY);
    let night = Premium { name: "night".to_owned(), share: 0.1, hours: (0..7).map(evening).collect() };
    let pay = Pay { hour: 50.0, currency: "USD".to_owned(), overtime: 1.5, premiums: vec![night] };
    r.pay = Some(pay.clone());
    let cheap = plan(&m, &r, &noon).unwrap();
    assert_eq!(roster(&cheap).tours[0].0.start, 8.0 * HOUR);
    let cost = cost::RosterCost::of(&pay, &cheap, &applied(&m, &cheap), 3.0);
    assert_eq!(cost.ordinary, 40.0 * 50.0);
    assert_eq!(cost.premiums, [("night".to_owned(), 0.0, 0.0)]);
    assert_eq!(cost.total(), 2_000.0 + 3.0 * 75.0);
    // The other way: two hours at a tenth of 50 more.
    let dear = plan(&m, &rules(vec![shift(&[12.0], 8.0, 1)]), &noon).unwrap();
    let mut called_in = applied(&m, &dear);
    let cost = cost::RosterCost::of(&pay, &dear, &called_in, 0.0);
    assert_eq!((&cost.premiums[0], cost.exceptions), (&("night".to_owned(), 2.0, 10.0), (0.0, 0.0)));
    // Two more for the eight hours of one Monday, in the mean over the run's weeks, at 50 an hour.
    let weeks = called_in.run.horizon / WEEK;
    let (from, until) = (called_in.run.warm_up, called_in.run.warm_up + DAY);
    let roster = vec![(0, 3.0)];
    called_in.exceptions = vec![Exception { name: "surge".into(), from, until, demand: Vec::new(), roster }];
    let cost = cost::RosterCost::of(&pay, &dear, &called_in, 0.0);
    assert!((cost.exceptions.0 - 16.0 / weeks).abs() < 1e-9, "{cost:?}");
    assert!((cost.total() - (2_000.0 + 10.0 + 16.0 / weeks * 50.0)).abs() < 1e-9);
}

/// A model with a plan's rosters.
fn applied(model: &Model, plan: &RosterPlan) -> Model {
    let mut model = model.clone();
    plan.apply(&mut model);
    model
}

#[test]
fn rules_that_cannot_be_kept_are_named() {
    let m = model();
    let night = curve(&m, |h| u32::from(h % 24 == 3) * 5);
    let day = shift(&[8.0], 8.0, 5);
    let why = reason(&plan(&m, &rules(vec![day.clone()]), &night).unwrap());
    assert_eq!(
        why,
        "no permitted shift is on duty at Mon 03:00, Tue 03:00, Wed 03:00, Thu 03:00 and 3 more hours; permit one that is, by its `starts`, `length` or `days`"
    );
    let mut other = rules(vec![ShiftRule { roles: 2, ..day.clone() }]);
    let why = reason(&plan(&m, &other, &night).unwrap());
    assert!(why.starts_with("no permitted shift is for people of this role"), "{why}");
    other = rules(vec![shift(&[0.0], 16.0, 2)]);
    other.default.rest = 11.0 * HOUR;
    let why = reason(&plan(&m, &other, &night).unwrap());
    assert_eq!(why, "no week of permitted shifts is left to work; `rest` leaves them out");
    other = rules(vec![shift(&[0.0], 8.0, 7)]);
    other.default.maximum = Some(4);
    other.default.open = Some((0..HOURS_OF_WEEK).map(|h| h < 120).collect());
    let why = reason(&plan(&m, &other, &night).unwrap());
    assert!(why.contains("required at Sat 03:00, Sun 03:00 while the centre is closed"), "{why}");
    assert!(why.contains("up to 5 people are required at Mon 03:00") && why.contains("allows 4"), "{why}");
    assert!(why.contains("`open` leaves them out"), "{why}");
    // Officers: 5 a night on seven nights take 7 at five nights each.
    other = rules(vec![shift(&[0.0], 8.0, 5)]);
    other.default.officers = Some(6);
    let why = reason(&plan(&m, &other, &night).unwrap());
    assert_eq!(why, "at least 7 people would have to be employed, and `officers` allows 6");
    // The weekend needs all, and all want it off.
    other = rules(vec![shift(&[0.0], 8.0, 5)]);
    other.default.maximum = Some(5);
    other.default.weekends_off = 0.8;
    let why = reason(&plan(&m, &other, &night).unwrap());
    assert!(
        why.contains("there is a roster without `maximum = 5`, or without `weekends_off = 0.8`"),
        "{why}"
    );
}

#[test]
fn what_failed_is_asked_for_again_and_more() {
    let m = model();
    let r = rules(vec![shift(&[0.0, 8.0, 16.0], 8.0, 5)]);
    let asked = curve(&m, |_| 1);
    let first = plan(&m, &r, &asked).unwrap();
    let on_duty = roster(&first).on_duty();
    let raised = first.corrected(&asked, &[vec![10]], 1, 1);
    assert_eq!(raised.centres[0].required[10], on_duty[10] + 1);
    assert_eq!(raised.centres[0].required[9], on_duty[9] + 1);
    assert_eq!(raised.centres[0].required[11], 1);
    let second = plan(&m, &r, &raised).unwrap();
    assert!(roster(&second).on_duty()[10] > on_duty[10]);
}

#[test]
fn lines_are_named_by_what_tells_them_apart() {
    let m = model();
    let r = rules(vec![shift(&[6.0], 8.0, 5), shift(&[6.0], 10.0, 4)]);
    let need = curve(&m, |h| match h % 24 {
        6..14 => 3,
        14..16 => 2,
        _ => 0,
    });
    let plan = plan(&m, &r, &need).unwrap();
    let lines = roster(&plan).lines("c", None);
    let names: Vec<&str> = lines.iter().map(|l| l.name.as_str()).collect();
    assert!(names == ["06:00 8 h", "06:00 10 h"] || names == ["06:00"], "{names:?}");
    let with_role = roster(&plan).lines("c", Some("o"));
    assert!(with_role.iter().all(|l| l.name.starts_with("o 06:00")));
    let hours: f64 =
        lines.iter().map(|l| l.officers.iter().sum::<u32>() as f64 * staffing::line_hours(l)).sum();
    assert!((hours - plan.hours()).abs() < 1e-9);
}

#[test]
fn curves_of_another_model_are_refused() {
    let m = model();
    let row = |centre: &str, role: &str| Curve { centres: vec![CentreCurve::flat(centre, role, 1)] };
    let r = RosterRules::default();
    assert_eq!(plan(&m, &r, &row("nowhere", &m.roles[0])), Err(RosterError::Centre("nowhere".to_owned())));
    let wrong = row(&m.centres[0].name, "nobody");
    assert_eq!(plan(&m, &r, &wrong), Err(RosterError::Role("nobody".to_owned())));
}
