//! Uncertain inputs: what is read, what is refused, and known answers for both parts of the spread.

mod scenario_support;

use poolwise_engine::model::Model;
use poolwise_scenario::uncertain::{Standing, UncertainLaw, inputs};
use poolwise_scenario::{Diagnostics, Overrides, Scenario, load};
use poolwise_study::summary::Summary;
use poolwise_study::uncertain::{DrawPlan, Uncertain, differences, draw_all, quantile_of, sets, summarise};
use poolwise_study::{self, DrawError, Options, Settings, Study, Unwatched};
use scenario_support::{Folder, file_name, good};
use std::path::{Path, PathBuf};

fn textbook(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/textbook").join(name)
}

fn overrides(sets: &[&str], horizon: &str) -> Overrides {
    Overrides {
        sets: sets.iter().map(|s| (*s).to_owned()).collect(),
        replications: Some(2),
        horizon: Some(horizon.to_owned()),
        ..Overrides::default()
    }
}

struct Drawn {
    scenario: Scenario,
    summary: Summary,
    drawn: poolwise_study::uncertain::Drawn,
    result: Uncertain,
}

fn draw(path: &Path, overrides: &Overrides, plan: DrawPlan, threads: usize) -> Drawn {
    let scenario = good(load(path, overrides));
    let settings = Settings { threads: Some(threads), ..Settings::default() };
    let base = poolwise_study::replicate(&scenario.model, &settings, &Unwatched).expect("a run");
    let summary = poolwise_study::summarise(&scenario.model, &base);
    let again = |sets: &[String]| -> Result<Model, Diagnostics> {
        let mut all = overrides.clone();
        all.sets.extend_from_slice(sets);
        load(path, &all).map(|s| s.model)
    };
    let seed = scenario.model.run.seed;
    let drawn =
        draw_all(inputs(&scenario), seed, plan, &settings, &Unwatched, &again).expect("all draws are valid");
    let result = summarise(inputs(&scenario), seed, plan, &summary, &drawn);
    Drawn { scenario, summary, drawn, result }
}

/// Rate uniform on 44 to 52 an hour: input variance 64 / 12 = 5.33. Arrivals over 8 h given the rate are
/// Poisson: variance of the hourly rate in one replication 48 / 8 = 6. With 600 draws of 2 the standard
/// errors are about 0.5 and 0.35; the limits are four of them (chance of a false alarm 1 in 10,000 each,
/// and the seed is fixed). Were the draws to share their draws, the input variance would come out 3 less.
#[test]
fn the_variance_of_a_poisson_rate_is_taken_apart() {
    let sets = [
        "class.customer.rate={ base = \"48 per hour\", uniform = [\"44 per hour\", \"52 per hour\"] }",
        "run.warm_up=\"0 h\"",
    ];
    let d = draw(&textbook("mm1.toml"), &overrides(&sets, "8 h"), DrawPlan { draws: 600, per_draw: 2 }, 2);
    let spread = d.result.measures.iter().find(|s| s.measure == "arrivals_per_hour").expect("arrivals");
    let n = &spread.nested;
    assert!((n.input_variance - 64.0 / 12.0).abs() < 2.0, "inputs {}", n.input_variance);
    assert!((n.chance_variance - 6.0).abs() < 1.4, "chance {}", n.chance_variance);
    assert!(n.input_share.lower < 0.4706 && n.input_share.upper > 0.4706, "{:?}", n.input_share);
    // Mean 48 with standard error sqrt(6 / 1200) of chance and sqrt(5.33 / 600) of the draws themselves.
    assert!((n.mean.estimate - 48.0).abs() < 4.0 * (0.005_f64 + 0.0089).sqrt(), "{}", n.mean.estimate);
    assert!((n.mean.half_width() - 1.96 * 0.005_f64.sqrt()).abs() < 0.02, "{}", n.mean.half_width());
    // The 5 % and 95 % points of the uniform are 44.4 and 51.6; drawn together the means are half normal.
    assert!((43.4..45.2).contains(&n.input_lower) && (50.8..52.6).contains(&n.input_upper), "{n:?}");
    assert_eq!(spread.base, d.summary.measures["arrivals_per_hour"]);
    assert_eq!(n.draws, 600);
}

/// Posts are known without simulation: everything is the inputs'. Officers uniform on 2 to 4 give 2, 3 or 4
/// posts: variance 2/3 in 100 draws, standard error 0.05.
/// Whoever drew what is unknown is not told that it was not varied, but what comes of it.
#[test]
fn a_run_says_what_its_draws_make_of_it() {
    let set = "class.customer.rate={ base = \"43 per hour\", uniform = [\"30 per hour\", \"45 per hour\"] }";
    let study = Study::load(&[textbook("mm8.toml")], &overrides(&[set], "1 week")).expect("a scenario");
    let said = |uncertain| {
        let options = Options { uncertain, ..Options::default() };
        let results = study.run(&options, &Unwatched).expect("a run");
        (results.cases[0].summary.verdict.join(" "), results.cases[0].uncertain.clone())
    };
    let (text, _) = said(None);
    assert!(
        text.ends_with("It rests on arrivals of customer (43 per hour), not varied here (--uncertain)."),
        "{text}"
    );
    let (text, drawn) = said(Some(DrawPlan { draws: 6, per_draw: 2 }));
    let drawn = drawn.expect("draws");
    let spread =
        drawn.measures.iter().find(|m| m.measure == "time_to_completion_p95_hours").expect("it is kept");
    let minutes = |hours: f64| 60.0 * hours;
    let (low, high) = (minutes(spread.nested.input_lower), minutes(spread.nested.input_upper));
    let wanted = format!(
        "Over 6 draws of its one uncertain input 95 of 100 are done within {low:.1} to {high:.1} min (90 % of them)."
    );
    assert!(text.ends_with(&wanted), "{wanted}\n{text}");
}

#[test]
fn what_is_known_without_simulation_varies_by_inputs_alone() {
    let sets = ["centre.desk.levels.officers={ base = 3, uniform = [2, 4] }", "run.warm_up=\"0 h\""];
    let d = draw(&textbook("mm1.toml"), &overrides(&sets, "1 h"), DrawPlan { draws: 100, per_draw: 2 }, 2);
    let n = d.result.measures.iter().find(|s| s.measure == "posts").expect("posts").nested;
    assert_eq!((n.chance_variance, n.input_share.estimate), (0.0, 1.0));
    assert!((n.input_variance - 2.0 / 3.0).abs() < 0.2, "{}", n.input_variance);
    assert_eq!((n.input_lower, n.input_upper), (2.0, 4.0));
}

#[test]
fn results_do_not_depend_on_threads_and_scenarios_meet_the_same_world() {
    let rate =
        "class.customer.rate={ low = \"40 per hour\", base = \"48 per hour\", high = \"55 per hour\" }";
    let plan = DrawPlan { draws: 12, per_draw: 3 };
    let sets = [rate, "run.warm_up=\"0 h\""];
    let one = draw(&textbook("mm1.toml"), &overrides(&sets, "2 days"), plan, 1);
    let two = draw(&textbook("mm1.toml"), &overrides(&sets, "2 days"), plan, 2);
    // As texts, in which NaN equals itself.
    assert!(format!("{:?}", one.result) == format!("{:?}", two.result));
    // With one officer more the same requests come in every draw and replication, and wait less: the
    // difference of arrivals is exactly zero, and the sign of the wait is certain.
    let more = [rate, "run.warm_up=\"0 h\"", "centre.desk.levels.officers=2", "name=more"];
    let more = draw(&textbook("mm1.toml"), &overrides(&more, "2 days"), plan, 2);
    let arrivals = |d: &Drawn| -> Vec<f64> {
        d.result.rows.iter().filter(|r| r.2 == "arrivals_per_hour").map(|r| r.3).collect()
    };
    assert_eq!(arrivals(&one), arrivals(&more));
    assert_eq!(arrivals(&one).len(), 36);
    let models = [&one.scenario.model, &more.scenario.model];
    let settings = Settings::default();
    let runs: Vec<_> =
        models.iter().map(|m| poolwise_study::replicate(m, &settings, &Unwatched).expect("a run")).collect();
    let base = poolwise_study::compare(&models, &runs, 0);
    let scenarios = [one.scenario, more.scenario].map(std::sync::Arc::new);
    let rows = differences(&scenarios, &[one.drawn, more.drawn], 0, &base);
    let p95 = rows.iter().find(|r| r.spread.measure == "time_to_completion_p95_hours").expect("a row");
    assert_eq!((p95.scenario.as_str(), p95.more_share), ("more", 0.0));
    assert_eq!(serde_json::to_value(p95.robustness).expect("a word"), "less");
}

#[test]
fn draws_are_keyed_by_seed_draw_and_name() {
    let u = quantile_of(1, 0, "a");
    assert_eq!(u, quantile_of(1, 0, "a"));
    for other in [quantile_of(2, 0, "a"), quantile_of(1, 1, "a"), quantile_of(1, 0, "b")] {
        assert!((u - other).abs() > 1e-9);
    }
    // Mean 1/2 with standard error 0.0029 over 10,000 draws; independence of two names likewise.
    let n = 10_000;
    let (mut mean, mut product) = (0.0, 0.0);
    for d in 0..n {
        let (a, b) = (quantile_of(3, d, "a"), quantile_of(3, d, "b"));
        assert!(a > 0.0 && a < 1.0);
        mean += a / f64::from(n);
        product += (a - 0.5) * (b - 0.5) * 12.0 / f64::from(n);
    }
    assert!((mean - 0.5).abs() < 0.012 && product.abs() < 0.04, "{mean} {product}");
}

const UNCERTAIN: &str = r#"
[class.biometric]
rate = { low = "80 per day", base = "4 per hour", high = "120 per day", standing = "derived" }
[stage.research]
service = { role = "researcher", time = { base = "20 min", uniform = ["12 min", "35 min"], together = "pace" } }
[stage.prepare]
service = { role = "researcher", time = { base = "20 min", uniform = ["15 min", "30 min"], together = "pace" } }
[area."Los Angeles"]
share = { base = 9, cv = 0.2 }
[centre.PERC]
speed = { base = 1.0, sd = 0.1 }
shifts = [{ start = "00:00", length = "24 h", officers = { low = 8, base = 9, high = 12 } }]
"#;

#[test]
fn the_base_is_what_ordinary_runs_take_and_the_list_says_where_each_is() {
    let folder = Folder::new();
    let plain = UNCERTAIN
        .replace(
            "{ low = \"80 per day\", base = \"4 per hour\", high = \"120 per day\", standing = \"derived\" }",
            "\"4 per hour\"",
        )
        .replace(
            "{ base = \"20 min\", uniform = [\"12 min\", \"35 min\"], together = \"pace\" }",
            "\"20 min\"",
        )
        .replace(
            "{ base = \"20 min\", uniform = [\"15 min\", \"30 min\"], together = \"pace\" }",
            "\"20 min\"",
        )
        .replace("{ base = 9, cv = 0.2 }", "9")
        .replace("{ base = 1.0, sd = 0.1 }", "1.0")
        .replace("{ low = 8, base = 9, high = 12 }", "9");
    assert!(!plain.contains("base ="));
    let (known, unknown) = (good(folder.over(&plain)), good(folder.over(UNCERTAIN)));
    assert_eq!(known.model, unknown.model);
    assert!(inputs(&known).is_empty());
    let found: Vec<(&str, &str)> = inputs(&unknown).iter().map(|i| (i.path.as_str(), i.group())).collect();
    assert_eq!(
        found,
        [
            ("class.biometric.rate", "class.biometric.rate"),
            ("area.\"Los Angeles\".share", "area.\"Los Angeles\".share"),
            ("stage.research.service.time", "pace"),
            ("stage.prepare.service.time", "pace"),
            ("centre.PERC.shifts.0.officers", "centre.PERC.shifts.0.officers"),
            ("centre.PERC.speed", "centre.PERC.speed"),
        ]
        .map(|x| x)
    );
    let rate = &inputs(&unknown)[0];
    assert_eq!(rate.standing, Some(Standing::Derived));
    assert!(
        matches!(rate.law, UncertainLaw::Triangular { low, high } if (low * 86_400.0 - 80.0).abs() < 1e-9 && (high * 86_400.0 - 120.0).abs() < 1e-9)
    );
    // In the unit of the base.
    assert!(rate.value(0.999_999).as_str().is_some_and(|s| s.ends_with(" per hour")), "{}", rate.value(0.5));
    // Any draw, put in by `--set`, makes these numbers certain and the scenario valid.
    for d in 0..20 {
        let set = sets(inputs(&unknown), 7, d);
        let path = folder.write("drawn.toml", format!("extends = \"base.toml\"\n{UNCERTAIN}"));
        let drawn = good(load(&path, &Overrides { sets: set.clone(), ..Overrides::default() }));
        assert!(inputs(&drawn).is_empty());
        let at = |i: usize| quantile_of(7, d, inputs(&unknown)[i].group());
        assert_eq!(at(2), at(3));
        assert!((set[2].len() + set[3].len()) > 0 && drawn.model != unknown.model);
    }
}

#[test]
fn set_works_on_the_whole_and_inside() {
    let folder = Folder::new();
    let path = folder.write("u.toml", format!("extends = \"base.toml\"\n{UNCERTAIN}"));
    let with = |set: &str| load(&path, &Overrides { sets: vec![set.to_owned()], ..Overrides::default() });
    let whole = good(with("centre.PERC.speed=1.2"));
    assert_eq!(inputs(&whole).len(), 5);
    let inside = good(with("class.biometric.rate.base=5 per hour"));
    assert_eq!(inputs(&inside).len(), 6);
    assert_eq!(inputs(&inside)[0].base_text.as_str(), Some("5 per hour"));
    let other = good(with("class.biometric.rate={ base = \"4 per hour\", cv = 0.3 }"));
    assert_eq!(inputs(&other)[0].law, UncertainLaw::Lognormal { cv: 0.3 });
    let list = good(with("centre.PERC.shifts.0.officers.high=20"));
    assert!(matches!(inputs(&list)[4].law, UncertainLaw::Triangular { high, .. } if high == 20.0));
    let time = good(with("stage.research.service.time.base=30 min"));
    assert_eq!(inputs(&time)[2].base, 1800.0);
    assert!(with("class.biometric.rate.base=7 per hour").is_err());
}

#[test]
fn the_resolved_scenario_keeps_the_ranges() {
    let folder = Folder::new();
    let first = good(folder.over(UNCERTAIN));
    let mut table = first.resolved.clone();
    table.remove("derived");
    let again = good(folder.load(&toml::to_string(&table).expect("TOML")));
    assert_eq!(first.resolved, again.resolved);
    assert_eq!(first.hash, again.hash);
    let told = |s: &Scenario| -> Vec<(String, UncertainLaw)> {
        inputs(s).iter().map(|i| (i.path.clone(), i.law)).collect()
    };
    let sorted = |mut v: Vec<(String, UncertainLaw)>| {
        v.sort_by(|a, b| a.0.cmp(&b.0));
        v
    };
    assert_eq!(sorted(told(&first)), sorted(told(&again)));
}

#[track_caller]
fn bad(fragment: &str, line: usize, column: usize, parts: &[&str]) {
    let errors: Diagnostics = Folder::new().over(fragment).expect_err("it should not load");
    let found = errors.iter().any(|d| {
        let place = d.location.as_ref().map(|l| (file_name(&l.file), l.line, l.column));
        place == Some(("test.toml", line + 1, column)) && parts.iter().all(|p| d.to_string().contains(p))
    });
    assert!(found, "no error at {line}:{column} with {parts:?} in:\n{errors}");
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    let speed = |table: &str| format!("[centre.PERC]\nspeed = {table}");
    bad(&speed("{ low = 1.1, base = 1.0, high = 1.2 }"), 2, 17, &["`low` is 1.1, above `base`, 1.0"]);
    bad(&speed("{ low = 0.5, base = 1.0, high = 0.8 }"), 2, 41, &["`high` is 0.8, below `base`, 1.0"]);
    bad(&speed("{ low = 1.0, base = 1.0, high = 1.0 }"), 2, 17, &["not below `high`"]);
    bad(&speed("{ low = 0.5, base = 1.0, hihg = 1.5 }"), 2, 34, &["unknown key `hihg`", "`high`"]);
    bad(&speed("{ low = 0.5, base = 1.0 }"), 2, 9, &["`high` is missing"]);
    bad(&speed("{ low = 0.5, high = 1.5 }"), 2, 9, &["`base` is missing"]);
    bad(
        &speed("{ low = 0.5, base = 1.0, high = 1.5, cv = 0.1 }"),
        2,
        46,
        &["`cv` cannot stand beside `low`"],
    );
    bad(&speed("{ low = -1, base = 1.0, high = 1.5 }"), 2, 17, &["expected a number above 0"]);
    bad(&speed("{ base = 1.0, cv = 0 }"), 2, 28, &["`cv` must be above zero"]);
    bad(&speed("{ base = 1.0, uniform = [0.5] }"), 2, 33, &["[low, high]", "1 values"]);
    bad(&speed("{ base = 1.0, cv = 0.1, standing = \"guess\" }"), 2, 44, &["\"guess\"", "`fact`"]);
    bad(
        &speed("{ base = 1.0, standing = \"fact\" }"),
        2,
        9,
        &["one of `low`, `uniform`, `sd`, `cv` is missing"],
    );
    let delay = |table: &str| format!("[stage.booking]\ndelay = {table}");
    bad(&delay("{ low = 20, base = \"30 min\", high = \"1 h\" }"), 2, 17, &["needs a unit"]);
    bad(
        &delay("{ low = \"2 h\", base = \"30 min\", high = \"3 h\" }"),
        2,
        17,
        &["`low` is 2 h, above `base`, 30 min"],
    );
    bad("[run]\nseed = { low = 1, base = 2, high = 3 }", 2, 8, &["`run.seed` cannot be uncertain"]);
    bad(
        "[class.biometric]\nrate = { low = \"20 min\", base = \"4 per hour\", high = \"5 per hour\" }",
        2,
        16,
        &["is not a rate"],
    );
}

#[test]
fn a_draw_that_makes_the_scenario_invalid_is_named() {
    let folder = Folder::new();
    let text = "[stage.research]\nnext = [\n{ to = \"prepare\", probability = 0.5 },\n\
                { to = \"sign\", probability = { low = 0.1, base = 0.2, high = 0.9 } },\n{ to = \"closed\" },\n]";
    let path = folder.write("u.toml", format!("extends = \"base.toml\"\n{text}"));
    let scenario = good(load(&path, &Overrides::default()));
    let again = |sets: &[String]| -> Result<Model, Diagnostics> {
        let all = Overrides { sets: sets.to_vec(), horizon: Some("1 h".to_owned()), ..Overrides::default() };
        load(&path, &all).map(|s| s.model)
    };
    let plan = DrawPlan { draws: 50, per_draw: 2 };
    let failure = draw_all(inputs(&scenario), 1, plan, &Settings::default(), &Unwatched, &again)
        .expect_err("half of the draws sum to more than one");
    let DrawError::Invalid { draw, changes, .. } = &failure else { panic!("{failure}") };
    assert!(changes.contains("stage.research.next.1.probability="), "{failure}");
    let first = (0..50).find(|d| again(&sets(inputs(&scenario), 1, *d)).is_err());
    assert_eq!(Some(*draw), first);
}
