//! Rosters from scenario to scenario: rules as planners write them, programmes with known answers, the roster as
//! a scenario that runs.

mod scenario_support;

use poolwise_engine::model::{PoolKind, Words};
use poolwise_planning::roster_rules::{Cover, Least, RosterRules};
use poolwise_planning::staffing;
use poolwise_report::plots;
use poolwise_report::roster::{csv, fragment, words};
use poolwise_scenario::{Overrides, Scenario, load};
use poolwise_staffing::curve::{CentreCurve, Curve};
use poolwise_staffing::exchange::Exchange;
use poolwise_staffing::headcount;
use poolwise_staffing::judge::TestRule;
use poolwise_staffing::plan::Planner;
use poolwise_staffing::probe::{Probe, Samples};
use poolwise_staffing::roster::{RosterPlan, plan};
use poolwise_staffing::solve::SearchSettings;
use poolwise_staffing::steering::Steering;
use poolwise_staffing::{check, rostered, target};
use poolwise_study::Unwatched;
use scenario_support::{Folder, good};
use std::path::Path;

fn rules_of(text: &str) -> (Scenario, RosterRules) {
    let scenario = good(Folder::new().over(text));
    let rules = scenario.roster.clone().expect("rules");
    (scenario, rules)
}

fn curve_of(scenario: &Scenario, need: impl Fn(&str, usize) -> u32) -> Curve {
    let role = scenario.model.roles.join("+");
    let row = |centre: &str| {
        let hours: Vec<u32> = (0..168).map(|h| need(centre, h)).collect();
        CentreCurve::new(centre, &role, &hours).expect("168 hours")
    };
    Curve::new(scenario.model.centres.iter().map(|c| row(&c.name)).collect()).expect("centres differ")
}

fn wrong(text: &str) -> String {
    match Folder::new().over(text) {
        Ok(_) => panic!("accepted: {text}"),
        Err(errors) => errors.to_string(),
    }
}

#[test]
fn rules_are_read_with_those_of_single_centres_over_them() {
    let (scenario, rules) = rules_of(
        "[roster]\nshifts = [{ every = \"6 h\", length = \"10 h\" }]\nminimum = 2\nrest = \"11 h\"\n\
         weekends_off = 0.5\n[roster.at.\"Los Angeles\"]\nminimum = 1\nopen = \"Mon-Fri 06:00-22:00\"\ncover = \"mean\"\n\
         shifts = [{ starts = [\"06:00\"], length = \"8 h\", days = \"Mon-Thu\" }]\n",
    );
    assert_eq!((rules.least, rules.nodes), (Least::Officers, 50));
    let all = rules.of(0);
    assert_eq!((all.minimum, all.rest, all.cover, all.weekends_off), (2, 39_600.0, None, 0.5));
    assert_eq!(all.shifts[0].starts, [0.0, 21_600.0, 43_200.0, 64_800.0]);
    // 40 h are four days of ten.
    assert_eq!((all.shifts[0].days_on, all.shifts[0].roles), (4, 0b11));
    let own = scenario.model.centres.iter().position(|c| c.name == "Los Angeles").expect("a centre");
    let own = rules.of(own);
    assert_eq!((own.minimum, own.rest, own.cover), (1, 39_600.0, Some(Cover::Mean)));
    assert_eq!(
        (own.shifts[0].days_on, own.open.as_ref().map(|o| o.iter().filter(|x| **x).count())),
        (4, Some(80))
    );
}

#[test]
fn contradictions_are_errors_with_their_place() {
    let cases = [
        ("[roster]\nminimum = 4\nmaximum = 3\n", "test.toml:4:11: error: `maximum` is below `minimum`, 4"),
        (
            "[roster]\nshifts = [{ every = \"8 h\", length = \"8 h\", days = \"Mon-Fri\", days_on = 6 }]\n",
            "6 days of work a week, and only 5 on which the shift may start",
        ),
        (
            "[roster]\nrest = \"12 h\"\nshifts = [{ every = \"8 h\", length = \"14 h\" }]\n",
            "a shift of 14 h on 2 days a week leaves 10 h between shifts, and `rest` asks for 12 h",
        ),
        (
            "[roster]\nshifts = [{ every = \"8 h\", length = \"8 h\", roles = [\"researcher\"] }]\n",
            "no permitted shift is for the role `signer`",
        ),
        ("[roster]\nleast = \"cost\"\n", "`least = \"cost\"` needs [pay]"),
        ("[roster]\nleast = \"officer\"\n", "did you mean `officers`?"),
        ("[roster.at.PERK]\nminimum = 1\n", "unknown centre `PERK`; did you mean `PERC`?"),
        ("[roster]\nminimun = 1\n", "unknown key `minimun`; did you mean `minimum`?"),
        ("[roster]\nopen = \"06:30-22:00\"\n", "`open` takes whole hours"),
        (
            "[roster]\nshifts = [{ every = \"1 min\", length = \"8 h\" }]\n",
            "starts must be 15 min to 24 h apart",
        ),
        (
            "[roster]\nshifts = [{ every = \"15 min\", length = \"8 h\", consecutive = false }, { every = \"15 min\", length = \"10 h\", consecutive = false }]\n",
            "make up to 6720 different weeks",
        ),
        (
            "[roster.pay]\nhour = 1\npremiums = [{ name = \"n\", hours = \"18:00-06:00\", share = 0.1 }, { name = \"n\", hours = \"Sun 00:00-24:00\", share = 0.1 }]\n",
            "`n` is named twice",
        ),
        (
            "[at_large]\nhours_per_officer = 3\nofficers_per_case = { low = 3, base = 2, high = 7 }\n",
            "`low`, `base`, `high` must ascend",
        ),
    ];
    for (text, expected) in cases {
        let said = wrong(text);
        assert!(said.contains(expected), "{text}\n{said}");
    }
}

#[test]
fn the_former_name_of_a_case_is_read_with_a_warning() {
    let now = good(Folder::new().over("[at_large]\nhours_per_officer = 3\nofficers_per_case = 5\n"));
    let former = good(Folder::new().over("[at_large]\nhours_per_officer = 3\nofficers_per_arrest = 5\n"));
    assert_eq!(former.field_work, now.field_work);
    assert!(former.warnings.to_string().contains("`officers_per_case` now"), "{}", former.warnings);
    assert!(!now.warnings.to_string().contains("officers_per_case"), "{}", now.warnings);
}

const RULES: &str = "[roster]\nshifts = [{ starts = [\"00:00\", \"08:00\", \"16:00\"], length = \"8 h\" }]\nminimum = 1\n\
     [roster.at.\"Los Angeles\"]\nshifts = [{ starts = [\"06:00\", \"14:00\"], length = \"8 h\", days = \"Mon-Fri\" }]\n";

fn planned(folder: &Folder, text: &str) -> (Scenario, RosterPlan) {
    let scenario = good(folder.over(text));
    let need = |centre: &str, h: usize| match centre {
        "PERC" => 2 + u32::from(h % 24 >= 8) + u32::from(h >= 120),
        _ => 2 * u32::from(h < 120 && (6..22).contains(&(h % 24))),
    };
    let curve = curve_of(&scenario, need);
    let plan = plan(&scenario.model, scenario.roster.as_ref().expect("rules"), &curve, 2).expect("a plan");
    (scenario, plan)
}

#[test]
fn a_roster_is_a_scenario_with_the_same_posts() {
    let folder = Folder::new();
    let (before, plan) = planned(&folder, RULES);
    let title = fragment::Title { extends: "test.toml", name: "rostered", title: "Rostered" };
    let text = fragment::toml(&plan, &before.model, &before.pools, title).expect("feasible");
    let after = good(load(&folder.write("rostered.toml", &text), &Overrides::default()));
    assert_eq!(after.model.name, "rostered");
    let totals = staffing::totals(&after.model);
    assert!((totals.posts - plan.posts()).abs() < 1e-9);
    assert_eq!(totals.headcount, f64::from(plan.officers()));
    // The model with the rosters put in is the one that the file gives.
    let mut applied = before.model.clone();
    plan.apply(&mut applied);
    assert_eq!(applied.centres, after.model.centres);
    // The simulation takes it.
    let mut short = after.model;
    short.run.horizon = 7.0 * 86_400.0;
    short.run.replications = 1;
    let run = poolwise_engine::run(&short, 0, false).expect("the books balance");
    assert!(run.total.arrivals > 0);
}

#[test]
fn a_roster_has_new_and_slower_officers_as_the_scenario_has() {
    // By officer-hours half are as others, a sixth is new and a third slower at research: so are those on the roster, each all week.
    let kinds = "[centre.PERC]\nshifts = [\
         { name = \"slow\", start = \"16:00\", length = \"8 h\", officers = 2, roles = [\"signer\", { role = \"researcher\", speed = 1.5, after = \"5 min\" }] }, \
         { name = \"new\", start = \"08:00\", length = \"8 h\", officers = 1, learning = { since = 2018-09-17, by_week = [1.6, 1.25] } }, \
         { name = \"old\", start = \"00:00\", length = \"8 h\", officers = 3 }]\n";
    let folder = Folder::new();
    let (before, plan) = planned(&folder, &format!("{RULES}{kinds}"));
    let mut applied = before.model.clone();
    plan.apply(&mut applied);
    let perc = applied.centres.iter().position(|c| c.name == "PERC").expect("a centre");
    let rostered = plan.employed.iter().find(|e| e.id == perc).expect("rostered").rostered;
    let (mut new, mut slow, mut all) = (0, 0, 0);
    for pool in &applied.centres[perc].pools {
        let PoolKind::Crews(lines) = &pool.kind else { panic!("no shifts") };
        for line in lines {
            let shifts: u32 = line.officers.iter().sum();
            all += shifts;
            new += if line.learning.is_some() { shifts } else { 0 };
            slow += if pool.skills.iter().any(|skill| skill.speed == 1.5) { shifts } else { 0 };
        }
    }
    // Five shifts a week each; one officer up or down, since officers are whole.
    assert_eq!(all, 5 * rostered);
    assert!((f64::from(new) / 5.0 - f64::from(rostered) / 6.0).abs() < 1.0, "{new} of {all}");
    assert!((f64::from(slow) / 5.0 - f64::from(rostered) / 3.0).abs() < 1.0, "{slow} of {all}");
    assert!(new > 0 && new % 5 == 0 && slow % 5 == 0, "{new} {slow}");
    // The file that is written says the same, in whatever order the shifts stood.
    let title = fragment::Title { extends: "test.toml", name: "rostered", title: "Rostered" };
    let text = fragment::toml(&plan, &before.model, &before.pools, title).expect("feasible");
    let after = good(load(&folder.write("rostered.toml", &text), &Overrides::default()));
    assert_eq!(applied.centres, after.model.centres, "{text}");
}

#[test]
fn a_pool_by_headcount_gives_way_to_rosters() {
    let folder = Folder::new();
    let pool = "[area.Newark]\ncentre = \"Newark\"\n[centre.Newark]\n[centre.Reserve]\n\
         [pool.\"two places\"]\nofficers = 30\ncentres = [\"Newark\", \"Reserve\"]\nshifts_at.Reserve = { starts = [\"06:00\"], length = \"8 h\" }\n\
         shifts = { starts = [\"00:00\", \"08:00\", \"16:00\"], length = \"8 h\", breaks = [{ after = \"4 h\", length = \"30 min\" }] }\n\
         [[route]]\nareas = [\"Newark\"]\nto = \"local\"\noverflow = { after = \"2 h\", to = \"Reserve\" }\n[[route]]\nto = \"PERC\"\n\
         [roster]\ncover = \"mean\"\n";
    let before = good(folder.over(pool));
    // Only Newark gets a roster; Reserve keeps the shifts that it has from the pool.
    let role = before.model.roles.join("+");
    let curve = Curve::new(vec![CentreCurve::flat("Newark", &role, 2)]).expect("one row");
    let rules = before.roster.clone().expect("rules");
    let plan = plan(&before.model, &rules, &curve, 1).expect("a plan");
    let title = fragment::Title { extends: "test.toml", name: "rostered", title: "Rostered" };
    let text = fragment::toml(&plan, &before.model, &before.pools, title).expect("feasible");
    let after = good(load(&folder.write("rostered.toml", &text), &Overrides::default()));
    let at =
        |s: &Scenario, name: &str| s.model.centres.iter().position(|c| c.name == name).expect("a centre");
    for name in ["PERC", "Los Angeles", "Reserve"] {
        let (a, b) = (at(&before, name), at(&after, name));
        assert_eq!(before.model.centres[a].pools, after.model.centres[b].pools, "{name}");
        assert_eq!(before.model.centres[a].headcount, after.model.centres[b].headcount, "{name}");
    }
    let mut applied = before.model.clone();
    plan.apply(&mut applied);
    assert_eq!(applied.centres, after.model.centres);
    // Breaks make the posts of a shift of eight hours seven and a half.
    let newark = staffing::posts(&after.model, at(&after, "Newark"));
    assert!((newark - plan.posts()).abs() < 1e-9 && newark >= 2.0 - 1e-9);
}

#[test]
fn officers_are_whole_by_centre() {
    let (scenario, plan) = planned(&Folder::new(), RULES);
    // PERC: 2 at night and 3 by day from Monday to Friday, one more at weekends. By start: 12 or more
    // shifts of weekdays and weekends: (5 x 2 + 2 x 3) / 5 -> 4, (5 x 3 + 2 x 4) / 5 -> 5, the same in the evening.
    // Los Angeles: 2 on each of two shifts.
    let rostered: Vec<u32> = plan.employed.iter().map(|e| e.rostered).collect();
    assert_eq!(rostered, [14, 4]);
    assert!(plan.rows.iter().all(|r| r.outcome.as_ref().expect("a roster").is_least()));
    let availability = scenario.model.workforce.planned_availability;
    let officers: u32 = rostered.iter().map(|n| headcount::employed(f64::from(*n), availability)).sum();
    assert_eq!(plan.officers(), officers);
    assert_eq!(words::quality(&plan, Least::Officers), ["all 2 rosters are proven to be the least"]);
    assert!(words::failures(&plan).is_empty());
}

#[test]
fn files_and_pictures() {
    let (_, plan) = planned(&Folder::new(), RULES);
    let shifts = csv::shifts(&plan).expect("rows");
    assert!(shifts.starts_with(
        "centre,role,shift,start,length_hours,break_hours,Mon,Tue,Wed,Thu,Fri,Sat,Sun,hours_per_week\n"
    ));
    let weeks = csv::weeks(&plan).expect("rows");
    assert!(weeks.contains("Los Angeles,researcher+signer,06:00,8,Mon Tue Wed Thu Fri,40,2\n"), "{weeks}");
    // Hours of all shifts are those of the plan.
    let hours: f64 = shifts
        .lines()
        .skip(1)
        .map(|l| l.rsplit(',').next().expect("a cell").parse::<f64>().expect("hours"))
        .sum();
    assert!((hours - plan.hours()).abs() < 1e-9);
    let by_hour = csv::hours(&plan).expect("rows");
    assert_eq!(by_hour.lines().count(), 1 + 2 * 168);
    for row in by_hour.lines().skip(1) {
        let cells: Vec<f64> = row.rsplit(',').take(3).map(|c| c.parse().expect("a number")).collect();
        assert!(cells[1] >= cells[2], "rostered below what is to be rostered: {row}");
    }
    let picture = plots::roster(&plan, "example", &Words::default()).expect("a picture");
    assert!(picture.scene.svg().expect("drawn").contains("required, with absence and minimum crew"));
}

#[test]
fn what_cannot_be_is_a_result() {
    let folder = Folder::new();
    let (scenario, plan) = planned(&folder, &RULES.replace("minimum = 1\n", "minimum = 1\nofficers = 10\n"));
    assert!(!plan.is_feasible());
    let failures = words::failures(&plan);
    assert_eq!(
        failures,
        ["PERC, researcher+signer: at least 14 people would have to be employed, and `officers` allows 10"]
    );
    let title = fragment::Title { extends: "test.toml", name: "x", title: "X" };
    assert_eq!(fragment::toml(&plan, &scenario.model, &scenario.pools, title), None);
}

/// Days-off programmes against the optimum by exhaustive search over the weeks themselves.
#[test]
fn rosters_match_exhaustive_search() {
    // Two starts that overlap, three days on: 14 weeks. Needs of 0 or 1 at four hours of the week.
    let (scenario, rules) = rules_of(
        "[roster]\nabsence_cover = 0.0\nshifts = [{ starts = [\"06:00\", \"10:00\"], length = \"8 h\", days_on = 3 }]\n",
    );
    for pattern in 0_u32..64 {
        // Mon 08 and 15, Wed 11, Thu 17, Sat 08, Sun 15.
        let hours = [8, 15, 59, 89, 128, 159];
        let need = |centre: &str, h: usize| {
            u32::from(
                centre == "PERC" && hours.iter().enumerate().any(|(i, x)| *x == h && pattern >> i & 1 == 1),
            )
        };
        let plan = plan(&scenario.model, &rules, &curve_of(&scenario, need), 1).expect("a plan");
        let roster = plan.rows[0].outcome.as_ref().expect("a roster");
        // A week (start, first day) covers an hour if it is one of its days and within its eight hours.
        let covers = |start: usize, first: usize, hour: usize| {
            (hour / 24 + 7 - first) % 7 < 3 && (start..start + 8).contains(&(hour % 24))
        };
        let weeks: Vec<u32> = [6, 10]
            .iter()
            .flat_map(|start| (0..7).map(move |first| (*start, first)))
            .map(|(start, first)| {
                (0..6).filter(|i| covers(start, first, hours[*i])).fold(0, |set, i| set | 1 << i)
            })
            .collect();
        // Fewest sets whose union holds the pattern: by numbers of sets.
        let mut reached = vec![0_u32];
        let mut n = 0;
        while !reached.iter().any(|r| r & pattern == pattern) {
            reached = reached.iter().flat_map(|r| weeks.iter().map(move |w| r | w)).collect();
            reached.sort_unstable();
            reached.dedup();
            n += 1;
        }
        assert_eq!(roster.officers, n, "{pattern:b}");
        assert!(roster.is_least(), "{pattern:b}");
    }
}

/// The tables of reasons and the example of the page are what the program says and takes.
#[test]
fn the_page_is_true() {
    let page = include_str!("../docs/rosters.md");
    let folder = Folder::new();
    let example =
        page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let scenario = good(folder.load(example));
    let perc: &str = "PERC";
    let id = scenario.model.centres.iter().position(|c| c.name == perc).expect("PERC");
    // 21 x 3 + 33 + 28 shifts of eight hours a week.
    assert!((staffing::posts(&scenario.model, id) - 8.0 * (21.0 + 33.0 + 28.0) / 168.0).abs() < 1e-9);
    assert_eq!(scenario.model.centres[id].headcount, Some(20.0));
    // The reasons of the page, less hours and numbers, are words of the program's.
    let words =
        include_str!("../crates/rosters/src/reasons.rs").split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "is for people of this role",
        "no week of permitted shifts is left to work",
        "no permitted shift is on duty",
        "leaves out the shifts that could",
        "people would have to be employed, and `officers` allows",
        "the rules cannot be kept together",
        "no roster was found in",
    ] {
        assert!(page.contains(said) && words.contains(said), "{said}");
    }
}

/// A requirement that is ample but for the morning's peak: where it falls short it is raised, until the roster holds, and
/// the evening is asked for nothing more.
#[test]
fn a_roster_is_raised_in_the_hours_that_fall_short() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/textbook/mt-ms.toml");
    let overrides =
        Overrides { replications: Some(8), horizon: Some("8 weeks".to_owned()), ..Overrides::default() };
    let scenario = load(&path, &overrides).unwrap_or_else(|e| panic!("{}", e.render(false)));
    let target = target::parse("delayed <= 50 % in every hour").expect("a target");
    let checks = check::resolve(&[target], &scenario.model).expect("checks");
    let planner = Planner::new(&scenario.model, &scenario.pools).expect("a planner");
    let mut shape = planner.plain();
    let peak = |h: &usize| (3..12).contains(&(h % 24));
    (0..168).filter(|h| !peak(h)).for_each(|h| shape.lift[0][h] = 4.0);
    let few = planner.plan(-0.6, &shape);
    let none = Samples::default();
    let mut probe = Probe::new(&checks, &none, TestRule::new(8, 0.05), Some(2), &Unwatched);
    let rules = RosterRules::default();
    let how = SearchSettings {
        threads: Some(2),
        error: 0.05,
        shortcuts: false,
        rosters: true,
        curve: false,
        controls: false,
        watch: &Unwatched,
    };
    let mut exchange = Exchange::new(&planner, Steering::new(&planner, &checks, &none, &how));
    let drawn = rostered::draw_up(&planner, &shape, &few, &rules, (&mut probe, &mut exchange), 2);
    let drawn = drawn.expect("runs");
    let drawn = drawn.expect("a roster that holds");
    let (before, after) = (planner.curve(few.b, &shape), drawn.curve);
    let raised = |h: &usize| after.centres[0].required[*h] > before.centres[0].required[*h];
    let raised: Vec<usize> = (0..168).filter(raised).collect();
    assert!(raised.iter().any(peak), "{raised:?}");
    assert!(raised.iter().all(|h| (1..18).contains(&(h % 24))), "{raised:?}");
}
