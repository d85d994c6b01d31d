//! How many officers: known answers of theory, the program's own search, and what it says of bad input.

use assert_cmd::Command;
use poolwise_engine::model::Model;
use poolwise_math::sin;
use poolwise_scenario::{self, Overrides, Scenario};
use poolwise_staffing::answer::{Question, StaffingAnswer, answer};
use poolwise_staffing::candidates::Candidates;
use poolwise_staffing::headcount;
use poolwise_staffing::judge::{Judgement, StaffingVerdict};
use poolwise_staffing::offered::{Want, servers};
use poolwise_staffing::plan::Planner;
use poolwise_staffing::search::least;
use poolwise_staffing::solve::SearchSettings;
use poolwise_staffing::target::parse;
use poolwise_study::Unwatched;
use poolwise_theory::transient::{Period, PeriodEnd, System, solve};
use poolwise_theory::{erlang, staffing};
use std::convert::Infallible;
use std::f64::consts::TAU;
use std::path::Path;
use std::sync::Arc;

fn textbook(name: &str, sets: &[&str], horizon: &str, replications: u32) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/textbook").join(name);
    let overrides = Overrides {
        sets: sets.iter().map(|s| (*s).to_owned()).collect(),
        replications: Some(replications),
        seed: None,
        horizon: Some(horizon.to_owned()),
        ..Overrides::default()
    };
    match poolwise_scenario::load(&path, &overrides) {
        Ok(scenario) => scenario,
        Err(e) => panic!("{}", e.render(false)),
    }
}

fn ask(scenarios: &[Scenario], targets: &[&str], threads: usize) -> StaffingAnswer {
    let question = Question {
        targets: targets.iter().map(|t| parse(t).expect("a target")).collect(),
        matching: None,
        hourly: false,
        baseline: 0,
        field_work: None,
        causes: false,
    };
    let how = SearchSettings {
        threads: Some(threads),
        error: 0.05,
        shortcuts: true,
        rosters: false,
        curve: true,
        controls: false,
        watch: &Unwatched,
    };
    let scenarios: Vec<Arc<Scenario>> = scenarios.iter().cloned().map(Arc::new).collect();
    answer(&scenarios, &question, &how, None, &|_| {}).expect("an answer")
}

/// The curve of an M/M/c has the mean waits of Erlang's C at each number of officers, and the work that comes is the same at
/// all: within five half-widths of its interval, which a right program leaves once in many thousand seeds.
#[test]
fn the_staffing_curve_is_erlangs() {
    let scenario = textbook("mm8.toml", &[], "12 weeks", 8);
    let found = ask(&[scenario], &["started within 5 min >= 80 %"], 2);
    let staffed = found.options[0].solved.staffed().expect("a staffing");
    let curve = &staffed.service;
    assert!(curve.len() >= 2, "{curve:?}");
    assert_eq!(curve.iter().filter(|p| p.needed).count(), 1);
    for pair in curve.windows(2) {
        let wait = |k: usize| pair[k].measures["wait_mean_hours"].estimate;
        assert!(pair[0].headcount < pair[1].headcount && wait(0) > wait(1), "{curve:?}");
    }
    for point in curve.iter().filter(|p| p.posts > 7.9) {
        let (wait, busy) = (point.measures["wait_mean_hours"], point.measures["utilization"]);
        let exact = erlang::waiting(point.posts.round() as u32, 7.2) / (6.0 * (point.posts.round() - 7.2));
        assert!((wait.estimate - exact).abs() < 5.0 * (wait.upper - wait.estimate), "{point:?} {exact}");
        assert!((busy.estimate * point.posts - 7.2).abs() < 0.1, "{point:?}");
    }
}

// ---- Theory -------------------------------------------------------------------------------------------

#[test]
fn a_call_centre_takes_14_posts_and_20_people() {
    // 100 calls in 30 minutes, 3 minutes each, 80 % answered within 20 s.
    let (arrivals, service, wait) = (200.0, 20.0, 20.0 / 3_600.0);
    assert_eq!(erlang::servers_for_level(arrivals, service, wait, 0.8), Some(14));
    assert_eq!(servers(arrivals, 1.0 / service, &[Want::Started(wait, 0.8)]), 14);
    assert!((erlang::wait_at_most(14, arrivals, service, wait) - 0.888_350).abs() < 5e-7);
    // 30 % shrinkage.
    assert_eq!(headcount::employed(14.0, 0.70), 20);
}

#[test]
fn halfin_and_whitt_beta() {
    for (p, beta) in [(0.5, 0.506), (0.2, 1.062), (0.1, 1.420), (0.05, 1.740)] {
        assert!((staffing::halfin_whitt_beta(p) - beta).abs() < 5e-4);
    }
}

/// Twenty desks of eight and their one pooled queue, at load 0.80, 0.85 and 0.90: by the search that the
/// command uses, with the exact formula as its judge.
#[test]
fn pooled_servers_that_match_twenty_desks_of_eight() {
    for (load, by_wait, by_delay) in [(0.80, 131, 135), (0.85, 138, 141), (0.90, 146, 148)] {
        let (desk, pooled) = (8.0 * load, 160.0 * load);
        let apart = erlang::mmc(8, desk, 1.0).expect("a queue");
        let search = |fine: &dyn Fn(u32) -> bool| {
            let judge = |c: u32| {
                let verdict = if fine(c) { StaffingVerdict::Holds } else { StaffingVerdict::Fails };
                Ok::<_, Infallible>(Judgement { verdict, tightest: 0, cell: 0, margin: 0.0, replications: 4 })
            };
            let Ok(found) = least(1, pooled.ceil() as u32, 400, false, judge);
            (found.holds, found.fails)
        };
        let together = |c: u32| erlang::mmc(c, pooled, 1.0).expect("a queue");
        let wait = search(&|c| together(c).wait_mean <= apart.wait_mean);
        assert_eq!(wait, (Some(by_wait), Some(by_wait - 1)), "{load}");
        let delay = search(&|c| together(c).p_wait <= apart.p_wait);
        assert_eq!(delay, (Some(by_delay), Some(by_delay - 1)), "{load}");
    }
}

/// Where the stationary formula fails (after Green, Kolesar and Soares 2001): 16 (1 + 0.5 sin(2 pi t / 24)) an
/// hour, services of an hour, staffed hour by hour for P(wait) <= 0.2; the fourth day from empty, cases
/// handed over. Half-hour by half-hour P(wait) reaches 0.386; staffing an hour later 0.205, for the same hours.
#[test]
fn the_stationary_formula_is_late() {
    let rate = |t: f64| 16.0 * (1.0 + 0.5 * sin(TAU * t / 24.0));
    let level = |h: usize| {
        let arrivals = rate(h as f64 + 0.5);
        servers(arrivals, 1.0, &[Want::Started(0.0, 0.8)])
    };
    let sipp: Vec<u32> = (0..24).map(level).collect();
    let lagged: Vec<u32> = (0..24).map(|h| sipp[(h + 23) % 24]).collect();
    assert_eq!((sipp.iter().sum::<u32>(), lagged.iter().sum::<u32>()), (508, 508));
    assert!((worst_half_hour(&sipp, rate) - 0.386).abs() < 0.001, "{}", worst_half_hour(&sipp, rate));
    assert!((worst_half_hour(&lagged, rate) - 0.205).abs() < 0.001, "{}", worst_half_hour(&lagged, rate));
}

/// Greatest share of a half-hour's arrivals that wait, on the fourth day.
fn worst_half_hour(levels: &[u32], rate: impl Fn(f64) -> f64) -> f64 {
    const STEPS: usize = 40;
    let step = 1.0 / STEPS as f64;
    let periods: Vec<Period> = (0..96 * STEPS)
        .map(|i| Period {
            duration: step,
            arrivals: rate((i as f64 + 0.5) * step),
            servers: levels[i / STEPS % 24],
        })
        .collect();
    let system = System { service: 1.0, abandonment: 0.0, level_end: PeriodEnd::HandOver };
    let path = solve(&system, &periods, 0, 1e-6, 1e11).expect("a solution");
    let fourth = 72 * STEPS..96 * STEPS;
    let shares = path.periods[fourth.clone()].chunks(STEPS / 2).zip(periods[fourth].chunks(STEPS / 2));
    shares
        .map(|(outcomes, periods)| {
            let weighted: f64 = outcomes.iter().zip(periods).map(|(o, p)| o.p_wait * p.arrivals).sum();
            weighted / periods.iter().map(|p| p.arrivals).sum::<f64>()
        })
        .fold(0.0, f64::max)
}

// ---- The program's own search, by simulation ----------------------------------------------------------

/// 160 servers' worth of work at load 0.80 and twenty desks' delay probability: 135 posts. The interval holds
/// it and is at most two posts wide; both ends are right with 95 %, whatever the seed.
#[test]
fn simulation_finds_the_pooled_posts() {
    let scenario = textbook("pooling-pooled.toml", &["class.customer.rate=\"768 per hour\""], "2 weeks", 16);
    let apart = erlang::waiting(8, 6.4);
    let found = ask(&[scenario], &[&format!("delayed <= {apart:.6}")], 2);
    let staffed = found.options[0].solved.staffed().expect("a staffing");
    let posts = staffed.posts();
    assert!(posts.lower <= 135.0 && posts.upper >= 135.0, "{posts:?}");
    assert!(posts.upper - posts.lower <= 2.0, "{posts:?}");
    assert_eq!(staffed.curve.posts(), posts.estimate);
    assert!(staffed.binding.starts_with("delayed"));
}

/// The case above as simulated with hourly levels: the shortcut is shown to fail, and the search mends it
/// with about the same hours.
#[test]
fn simulation_mends_what_the_stationary_formula_does() {
    let scenario = textbook("mt-ms.toml", &[], "52 weeks", 8);
    let found = ask(&[scenario], &["delayed <= 22 % in every hour"], 2);
    let staffed = found.options[0].solved.staffed().expect("a staffing");
    let hours = staffed.plan.hours / 7.0;
    assert!((500.0..560.0).contains(&hours), "{hours}");
    let sipp = &staffed.shortcuts[0];
    assert_eq!((sipp.rule, sipp.verdict), ("SIPP", StaffingVerdict::Fails));
    assert!(sipp.short[0].value > 0.3, "{:?}", sipp.short);
    assert!(staffed.shortcuts[1].posts < sipp.posts * 1.02);
    assert!(staffed.met.iter().all(|m| m.margin >= 0.0), "{:?}", staffed.met);
}

#[test]
fn any_number_of_threads_gives_the_same_answer() {
    let texts: Vec<String> = [1, 3]
        .into_iter()
        .map(|threads| {
            let scenario = textbook("mm8.toml", &[], "4 weeks", 8);
            let found = ask(&[scenario], &["wait mean <= 5 min", "utilization <= 90 %"], threads);
            poolwise_report::staff::json::document(&found).expect("a document")
        })
        .collect();
    assert_eq!(texts[0], texts[1]);
}

/// Each desk has its own target and its own load; all are searched in the same rounds.
#[test]
fn rounds_do_not_grow_with_the_number_of_centres() {
    let mut staffings = Vec::new();
    for name in ["mm8.toml", "pooling-separate.toml"] {
        let scenario = textbook(name, &[], "2 weeks", 4);
        let centres = scenario.model.centres.len();
        let found = ask(&[scenario], &["utilization <= 80 % at each centre"], 2);
        let solved = &found.options[0].solved;
        let staffed = solved.staffed().expect("a staffing");
        // 7.2 erlangs at 80 % take 9 posts and a little chance, or 10.
        let posts = staffed.posts().estimate / centres as f64;
        assert!((9.0..=10.0).contains(&posts), "{posts}");
        staffings.push(solved.staffings);
    }
    assert!(staffings[1] <= staffings[0] + 8, "{staffings:?}");
}

// ---- Bad input ----------------------------------------------------------------------------------------

#[test]
fn what_no_staffing_reaches_is_a_result_with_reasons() {
    let scenario = textbook("mm8.toml", &[], "2 weeks", 4);
    // Ten minutes of work on average: nobody is done within a minute but one in ten.
    let found = ask(&[scenario], &["done within 1 min >= 50 %"], 2);
    let why = found.options[0].solved.result.as_ref().expect_err("no staffing");
    assert!(why.shown && (why.short.value - 0.095).abs() < 0.01, "{why:?}");
    assert!(why.reasons.iter().any(|r| r.contains("no staffing shortens")), "{why:?}");
    assert!(found.options[0].released.is_none());
}

fn refused(arguments: &[&str]) -> String {
    let out = tempfile::tempdir().expect("a folder");
    let run = Command::cargo_bin("poolwise")
        .expect("the program")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .arg("staff")
        .args(arguments)
        .arg("--out")
        .arg(out.path())
        .output()
        .expect("a run");
    assert_eq!(run.status.code(), Some(2), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8_lossy(&run.stderr).into_owned()
}

#[test]
fn bad_targets_are_refused_in_a_planners_words() {
    let desk = "scenarios/textbook/mm8.toml";
    for (target, want) in [
        ("wait mean <= 10", "it needs a unit"),
        ("waits mean <= 10 min", "did you mean `wait mean`?"),
        ("utilization <= 80 % at dask", "did you mean `desk`?"),
        ("lost <= 1 %", "no class has a deadline"),
        ("done within 1 h >= 90 % at desk", "ask for `answered within`, `started within`"),
        ("time p95 <= 1 h in every hour", "is not kept by the hour"),
    ] {
        let said = refused(&[desk, "--target", target]);
        assert!(said.contains(want) && said.contains("--> --target:1:10"), "{target}: {said}");
    }
    assert!(refused(&[desk]).contains("--target"));
    assert!(refused(&[desk, "--match", "mm9"]).contains("did you mean `mm8`?"));
    assert!(refused(&[desk, "--target", "lost <= 1 %", "--hourly"]).contains("--match"));
}

/// With `--controls` the answer says what they did, in sentences and in JSON, and is the same to the byte for each number of threads; without, nothing
/// speaks of them.
#[test]
fn controls_are_said_where_they_were_asked_for() {
    let printed = |more: &[&str]| {
        let out = tempfile::tempdir().expect("a folder");
        let run = Command::cargo_bin("poolwise")
            .expect("the program")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args([
                "staff",
                "scenarios/textbook/mm8.toml",
                "--target",
                "utilization <= 80.02 %",
                "--horizon=16 weeks",
            ])
            .args(["--no-shortcuts", "--no-rosters", "--no-curve", "--no-plots", "--out"])
            .arg(out.path())
            .args(more)
            .output()
            .expect("a run");
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8_lossy(&run.stdout).into_owned()
    };
    let text = printed(&["--controls"]).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("What is known of arrivals is taken out of the tests of"), "{text}");
    assert!(text.contains("Tests have 2 replications of 8 weeks in place of each"), "{text}");
    let json = printed(&["--controls", "--format=json", "--threads=1"]);
    assert_eq!(json, printed(&["--controls", "--format=json", "--threads=2"]));
    let whole: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let controls = &whole["options"][0]["search"]["controls"];
    // 43.2 customers an hour, by the scenario.
    assert!(
        (controls["expected_arrivals_per_hour"].as_f64().unwrap_or(0.0) - 43.2).abs() < 1e-9,
        "{controls}"
    );
    assert!(controls["targets"][0]["explained"].as_f64().is_some_and(|x| x >= 0.2), "{controls}");
    assert!(!printed(&["--format=json"]).contains("controls"));
}

#[test]
fn crews_that_come_once_cannot_be_staffed() {
    let said = refused(&["scenarios/textbook/shift-end-crews.toml", "--target", "utilization <= 80 %"]);
    assert!(said.contains("come once"), "{said}");
}

/// What `staff` tests at a headcount is what a planner gets by writing that number into the pool.
#[test]
fn the_allocation_of_run_is_tested_at_each_headcount() {
    let load_of = |file: &str, sets: &[&str]| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/national").join(file);
        let overrides =
            Overrides { sets: sets.iter().map(|s| (*s).to_owned()).collect(), ..Overrides::default() };
        match poolwise_scenario::load(&path, &overrides) {
            Ok(scenario) => scenario,
            Err(e) => panic!("{}", e.render(false)),
        }
    };
    let pools = |m: &Model| m.centres.iter().map(|c| c.pools.clone()).collect::<Vec<_>>();
    let load = |sets: &[&str]| load_of("centralized.toml", sets);
    let scenario = load(&[]);
    let planner = Planner::new(&scenario.model, &scenario.pools).expect("somebody to staff");
    let candidates = Candidates::new(&planner, &scenario.pools);
    for officers in [150, 178, 211] {
        let by_hand = load(&[&format!("pool.perc.officers={officers}")]);
        let tested = candidates.at(officers, &planner.plain());
        let found = tested.iter().any(|plan| pools(&planner.apply(plan)) == pools(&by_hand.model));
        assert!(found, "{officers}");
    }
    // And the scenario as it is, once so many officers may be there.
    let own = candidates.as_is().expect("its shifts");
    assert_eq!(planner.apply(&own).centres[0].pools, scenario.model.centres[0].pools);
    assert!(candidates.at(own.headcount, &planner.plain()).iter().any(|p| p.key() == own.key()));
    assert!(candidates.at(own.headcount - 1, &planner.plain()).iter().all(|p| p.key() != own.key()));
    // Of several pools one alone, the others as they are; and all in proportion, the smallest kept at what its minimum takes.
    let scenario = load_of("status-quo.toml", &[]);
    let planner = Planner::new(&scenario.model, &scenario.pools).expect("somebody to staff");
    let candidates = Candidates::new(&planner, &scenario.pools);
    let tested = candidates.at(229, &planner.plain());
    for sets in [
        vec!["pool.perc.officers=69"],
        vec!["pool.local.officers=129"],
        vec!["pool.perc.officers=79", "pool.local.officers=135"],
    ] {
        let by_hand = load_of("status-quo.toml", &sets);
        let found = tested.iter().any(|plan| pools(&planner.apply(plan)) == pools(&by_hand.model));
        assert!(found, "{sets:?}");
    }
}
