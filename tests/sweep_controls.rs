//! Controls in sweeps: at each point the numbers of `run` and `compare` with controls, and said so.

mod sweep_support;

use poolwise_engine::random::KeyedRng;
use poolwise_math::normal_quantile;
use poolwise_scenario::{Overrides, Snapshot};
use poolwise_stats::{Estimate, family_confidence};
use poolwise_study::measures::{PRIMARY, Value};
use poolwise_study::summary::Measures;
use poolwise_study::{Options, Results, Study, Unwatched};
use poolwise_sweep::analysis::{Findings, best, contrasts};
use poolwise_sweep::plan::Look;
use poolwise_sweep::results::SweepResults;
use poolwise_sweep::{Changes, Sweep, SweepOptions};
use std::fs;
use std::path::Path;
use sweep_support::{Place, SMALL};

/// Four points of demand and of staff, and another option with one officer more.
const TWO: &str = r#"
scenarios = ["small.toml", "more.toml"]
replications = 12
[axis.rate]
path = "class.case.rate"
unit = "per hour"
values = [16, 22]
[axis.time]
path = "stage.work.service.time.exponential"
unit = "min"
values = [18, 20]
"#;

fn more() -> String {
    SMALL.replace("title = \"Officers\"", "title = \"More\"").replace("officers = 8", "officers = 9")
}

fn controlled() -> Changes {
    Changes { controls: true, ..Changes::default() }
}

fn swept(place: &Place, changes: &Changes, out: &str) -> (Sweep, SweepResults) {
    let sweep = Sweep::load(&place.path("sweep.toml"), changes).unwrap();
    let swept = sweep.run(&SweepOptions::in_folder(place.path(out)), &Unwatched).unwrap();
    (sweep, swept.results.unwrap())
}

/// The scenarios of a point, run with controls.
fn run(place: &Place, files: &[&str], sets: &[String], replications: u32) -> Results {
    let overrides =
        Overrides { sets: sets.to_vec(), replications: Some(replications), ..Overrides::default() };
    let paths: Vec<_> = files.iter().map(|f| place.path(f)).collect();
    let study = Study::load_through(&Snapshot::default(), &paths, &overrides).unwrap();
    let study = if files.len() > 1 { study.paired(None).unwrap() } else { study };
    study.run(&Options { controls: true, ..Options::default() }, &Unwatched).unwrap()
}

fn bits(e: &Estimate) -> [u64; 3] {
    [e.estimate, e.lower, e.upper].map(f64::to_bits)
}

/// Every estimate of a scenario at a point is that of its run; gives how many differ from those without controls.
fn same_estimates(results: &SweepResults, plain: &SweepResults, at: (usize, usize), run: &Measures) -> usize {
    let mut moved = 0;
    for (k, name) in results.manifest.measures.iter().enumerate() {
        let e = results.estimate(at.0, at.1, k, 0.95);
        moved += usize::from(bits(&e) != bits(&plain.estimate(at.0, at.1, k, 0.95)));
        // A sweep keeps no weeks, on which this interval rests.
        match name.as_str() {
            "backlog_at_end" => assert_eq!(e.estimate.to_bits(), run[name].estimate.to_bits()),
            // Known without simulation: a sweep has it as a mean.
            _ if run[name].half_width() == 0.0 => {
                assert!((e.estimate - run[name].estimate).abs() <= 1e-12 * e.estimate.abs(), "{name}")
            }
            _ => assert_eq!(bits(&e), bits(&run[name]), "{name}"),
        }
    }
    moved
}

#[test]
fn a_points_estimates_are_those_of_run() {
    let place = Place::new(&TWO.replace(", \"more.toml\"", ""));
    let (sweep, results) = swept(&place, &controlled(), "o");
    let (_, plain) = swept(&place, &Changes::default(), "o");
    assert!(results.is_controlled() && !plain.is_controlled() && results == plain);
    // The same from the tidy file, values read as they are asked for.
    place.poolwise(&["sweep", "merge", "sweep.toml", "--out", "o"]).ends_with(0);
    let filed = SweepResults::read_holding(&place.path("o"), 0).unwrap();
    let filed = sweep.controlled(filed, Some(1)).unwrap();
    let mut total = 0;
    for (point, row) in results.points.iter().enumerate() {
        let sets = [
            format!("class.case.rate={} per hour", row[0]),
            format!("stage.work.service.time.exponential={} min", row[1]),
        ];
        let run = run(&place, &["small.toml"], &sets, 12);
        let moved = same_estimates(&results, &plain, (point, 0), &run.cases[0].summary.measures);
        total += moved;
        same_estimates(&filed, &plain, (point, 0), &run.cases[0].summary.measures);
        let gains = run.cases[0].summary.controls.as_ref().unwrap();
        assert_eq!(gains.measures.len(), moved);
    }
    assert!(total > 8, "{total}");
}

#[test]
fn differences_are_those_of_compare() {
    let place = Place::new(TWO);
    place.write("more.toml", more());
    let (_, results) = swept(&place, &controlled(), "o");
    let (_, plain) = swept(&place, &Changes::default(), "o");
    let joint = family_confidence(0.95, 2, PRIMARY.len());
    let all: Vec<usize> = (0..results.manifest.measures.len()).collect();
    let apart = contrasts(&results, &all);
    let (mut moved, mut settled) = (0, 0);
    for (point, row) in results.points.iter().enumerate() {
        let sets = [
            format!("class.case.rate={} per hour", row[0]),
            format!("stage.work.service.time.exponential={} min", row[1]),
        ];
        let compared = run(&place, &["small.toml", "more.toml"], &sets, 12);
        for s in 0..2 {
            moved += same_estimates(&results, &plain, (point, s), &compared.cases[s].summary.measures);
        }
        for row in &compared.comparison.as_ref().unwrap().rows {
            let k = results.manifest.measure(&row.measure).unwrap();
            let found = results.difference(point, 1, 0, k, joint).unwrap().difference;
            assert_eq!(found.estimate.to_bits(), row.difference.estimate.to_bits(), "{}", row.measure);
            let contrast = apart.iter().find(|c| c.measure == k).unwrap();
            assert_eq!(contrast.means()[point].to_bits(), row.difference.estimate.to_bits());
            if row.simultaneous {
                assert_eq!(bits(&found), bits(&row.difference), "{}", row.measure);
                settled += usize::from(contrast.sign(point) != 0);
            }
        }
    }
    assert!(moved > 10 && settled > 2, "{moved} {settled}");
    assert!(Findings::of(&plain).controls.is_none());
}

/// What is said of points and lengths is that of the estimates.
#[test]
fn what_is_said_of_lengths_is_so() {
    let place =
        Place::new(&TWO.replace("[axis.rate]", "measures = ['utilization', 'done_per_hour']\n[axis.rate]"));
    place.write("more.toml", more());
    let (_, results) = swept(&place, &controlled(), "o");
    // The same plan, values as they were.
    let plain = Sweep::load(&place.path("sweep.toml"), &controlled()).unwrap();
    let mut all = SweepResults::empty(plain.plan().manifest.clone());
    for (p, s, m) in (0..4).flat_map(|p| (0..2).flat_map(move |s| (0..3).map(move |m| (p, s, m)))) {
        results.values(p, s, m).iter().for_each(|v| all.push(p, s, m, *v));
    }
    let gains = Findings::of(&results).controls.unwrap();
    assert_eq!(gains.expected_arrivals_per_hour, Some((16.0, 22.0)));
    assert_eq!(gains.measures.len(), 2, "{gains:?}");
    for gain in &gains.measures {
        let k = results.manifest.measure(&gain.measure).unwrap();
        let mut shares = Vec::new();
        let mut apart = Vec::new();
        for point in 0..4 {
            let own = |r: &SweepResults, s: usize| r.estimate(point, s, k, 0.95);
            if bits(&own(&results, 0)) == bits(&own(&all, 0)) {
                continue;
            }
            let length =
                |r: &SweepResults| r.difference(point, 1, 0, k, 0.95).unwrap().difference.half_width();
            apart.push(length(&results) / length(&all));
            shares.extend((0..2).map(|s| own(&results, s).half_width() / own(&all, s).half_width()));
        }
        let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
        assert_eq!((gain.points, shares.len()), (apart.len(), 2 * apart.len()), "{gain:?}");
        assert!(
            (gain.half_width.unwrap().mean - mean(&shares)).abs() < 1e-12 && mean(&shares) < 0.9,
            "{gain:?}"
        );
        assert!((gain.differences.unwrap().mean - mean(&apart)).abs() < 1e-12, "{gain:?}");
    }
}

#[test]
fn it_is_off_where_it_cannot_be_had_and_said() {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    // Too few replications: plain numbers.
    let place = Place::new(TWO);
    place.write("more.toml", more());
    let few = ["sweep", "sweep.toml", "--out", "few", "--replications", "9"];
    let plain = place.poolwise(&[&few[..], &["--format", "json", "--quiet"]].concat());
    let asked = [&few[..], &["--controls"]].concat();
    let with = place.poolwise(&[&asked[..], &["--format", "json", "--quiet"]].concat());
    let why = "that takes 10 replications, and there are 9";
    let mut said: serde_json::Value = serde_json::from_str(&with.out).unwrap();
    assert_eq!(said["controls"]["without"][why], 4, "{said}");
    said.as_object_mut().unwrap().remove("controls");
    let mut without: serde_json::Value = serde_json::from_str(&plain.out).unwrap();
    // Nothing was simulated again.
    assert_eq!(said["made"]["replications"], without["made"]["replications"]);
    said["made"].take();
    without["made"].take();
    assert_eq!(said, without);
    let text = place.poolwise(&asked);
    assert!(words(&text.out).contains(&format!("is taken out of no measure: {why}.")), "{}", text.out);
    // An axis of one option: where they meet the same arrivals, and only there.
    let one = TWO.replace("values = [16, 22]", "values = [16, 20, 22]\nscenarios = [\"more\"]");
    place.write("sweep.toml", one.replace("[axis.rate]", "measures = ['done_per_hour']\n[axis.rate]"));
    let (_, results) = swept(&place, &controlled(), "one");
    let gains = Findings::of(&results).controls.unwrap();
    assert_eq!(gains.without["the options do not meet the same arrivals"], 4, "{gains:?}");
    assert_eq!(gains.measures.iter().map(|g| g.points).collect::<Vec<_>>(), [2], "{gains:?}");
}

#[test]
fn files_without_it_stay_and_a_folder_without_arrivals_is_refused() {
    let place = Place::new(TWO);
    place.write("more.toml", more());
    let call = |more: &[&str]| {
        place
            .poolwise(&[&["sweep", "report", "sweep.toml", "--out", "o", "--no-replications"], more].concat())
    };
    let tidy = place.undisturbed("o");
    call(&[]).ends_with(0);
    let report = || fs::read_to_string(place.path("o/report.json")).unwrap();
    let page = || fs::read_to_string(place.path("o/index.html")).unwrap();
    let before = (report(), page());
    assert!(!before.0.contains("controls") && !before.1.contains("--controls"));
    let with = call(&["--controls"]);
    with.ends_with(0);
    assert!(with.out.contains("What is known of arrivals is taken out of"), "{}", with.out);
    assert!(report().contains("\"controls\": {") && page().contains("--controls"));
    assert!(page().contains("What is known of arrivals is taken out of"));
    assert_eq!(place.outcome("o"), tidy);
    call(&[]).ends_with(0);
    assert_eq!((report(), page()), before);
    // Measures that are listed: arrivals are kept beside them, which is another plan.
    place.write("sweep.toml", TWO.replace("[axis.rate]", "measures = ['utilization']\n[axis.rate]"));
    let named = |more: &[&str]| place.poolwise(&[&["sweep", "sweep.toml", "--out", "named"], more].concat());
    named(&[]).ends_with(0);
    named(&["--controls"]).ends_with(2).says(&[
        "belongs to another sweep: `measures` (it was made without --controls, which keeps `arrivals_per_hour` too) differs",
    ]);
    fs::remove_dir_all(place.path("named")).unwrap();
    let run = ["sweep", "run", "sweep.toml", "--out", "named", "--controls", "--shard"];
    for shard in ["0/2", "1/2"] {
        place.poolwise(&[&run[..], &[shard]].concat()).ends_with(0);
    }
    let done = named(&["--controls", "--format", "json"]);
    done.ends_with(0);
    let said: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    let measures: Vec<&str> = said["controls"]["measures"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|m| m["measure"].as_str())
        .collect();
    assert_eq!(measures, ["utilization"]);
    let told: Vec<&str> =
        said["best"].as_array().unwrap().iter().filter_map(|b| b["measure"].as_str()).collect();
    assert!(!told.contains(&"arrivals_per_hour"), "{told:?}");
    named(&[]).ends_with(2).says(&["it was made with --controls"]);
    let script = ["sweep", "submit", "sweep.toml", "--out", "other", "--slurm", "--dry-run", "--controls"];
    let script = place.poolwise(&script);
    assert_eq!(script.out.matches(" --controls").count(), 2, "{}", script.out);
}

/// Break-even values of the search are those of plain values, and kept for both.
#[test]
fn a_search_is_kept_for_reports_with_and_without() {
    let sweep = "scenarios = ['mm1.toml', 'md1.toml']\nreplications = 10\n\
                 measures = ['time_to_completion_mean_hours', 'arrivals_per_hour']\n\
                 [axis.service]\npath = 'stage.service.service.time'\nscenarios = ['md1']\nunit = 'min'\n\
                 values = [0.9, 1.0, 1.2]\nbase = 1.0\n";
    let place = Place::new(sweep);
    for name in ["mm1.toml", "md1.toml"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/textbook").join(name);
        fs::copy(from, place.path(name)).unwrap();
    }
    place.poolwise(&["sweep", "sweep.toml", "--out", "o", "--quiet"]).ends_with(0);
    let report = |more: &[&str]| {
        let base =
            ["sweep", "report", "sweep.toml", "--out", "o", "--no-plots", "--format", "json", "--quiet"];
        let run = place.poolwise(&[&base[..], more].concat());
        run.ends_with(0);
        let said: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        said["break_even"][0].clone()
    };
    let found = report(&["--controls", "--at-most", "10"]);
    let plain = report(&["--no-replications"]);
    assert!(found["refined"]["estimate"].is_number(), "{found}");
    assert_eq!(found["refined"], plain["refined"]);
    assert_ne!(found["interpolated"], plain["interpolated"]);
    fs::remove_file(place.path("o/break-even.json")).unwrap();
    assert_eq!(report(&["--at-most", "10"])["refined"], plain["refined"]);
}

/// A point an experiment: arrivals that are normal around what the scenario expects, and two options whose values follow them in part.
/// Measures in the order of the plan: arrivals, then the one that is looked at.
fn made_up(points: u32, n: u32, options: [(f64, f64); 2]) -> SweepResults {
    let place = Place::new(&format!(
        "scenarios = ['small.toml', 'more.toml']\nreplications = {n}\nmeasures = ['arrivals_per_hour', 'wait_mean_hours']\n\
         [axis.time]\npath = 'stage.work.service.time.exponential'\nunit = 'min'\nfrom = 10\nto = 20\nsteps = {points}\n"
    ));
    place.write("more.toml", more());
    let sweep = Sweep::look(&place.path("sweep.toml"), &controlled(), Look::Ends).unwrap();
    let mut results = SweepResults::empty(sweep.plan().manifest.clone());
    results.points = sweep.plan().points.clone();
    for point in 0..points {
        let mut rng = KeyedRng::of(7, u64::from(n), i64::from(point));
        let mut normal = || normal_quantile(rng.uniform());
        for _ in 0..n {
            let (c, common) = (normal(), normal());
            for (s, (share, own)) in options.into_iter().enumerate() {
                // Twenty an hour are expected.
                results.push(point as usize, s, 0, Value::Plain(20.0 + 0.3 * c));
                let y = 100.0 + s as f64 + share.sqrt() * c + 0.3 * common + own * normal();
                results.push(point as usize, s, 1, Value::Plain(y));
            }
        }
    }
    sweep.controlled(results, Some(1)).unwrap()
}

/// 4,000 points of 10 and of 20 replications each. Coverage of 95 % falls below 93.5 or above 97 % by chance in less than one of 100,000.
#[test]
fn intervals_of_points_cover() {
    for n in [10, 20] {
        let results = made_up(4_000, n, [(0.5, 0.6), (0.3, 0.7)]);
        let contrast = &contrasts(&results, &[1])[0];
        let (mut own, mut apart, mut used) = (0, 0, 0);
        for point in 0..4_000 {
            own += i32::from(results.estimate(point, 0, 1, 0.95).covers(100.0));
            apart += i32::from(contrast.pointwise(&results, point).covers(1.0));
            let mean = results.values(point, 0, 1).iter().map(|v| v.value()).sum::<f64>() / f64::from(n);
            used += i32::from((results.estimate(point, 0, 1, 0.95).estimate - mean).abs() > 1e-9);
        }
        assert!((3_740..=3_880).contains(&own), "{n}: {own}");
        assert!((3_740..=3_880).contains(&apart), "{n}: {apart}");
        assert!((2_000..4_000).contains(&used), "{n}: {used}");
        println!("{n} replications: {own} and {apart} of 4000, controlled at {used}");
    }
}

/// The probability that an option is best is that of Student's t with two degrees of freedom less than replications, by the interval of
/// the difference: 2,000 draws, within four standard errors, or where the jackknife is the longer likewise.
#[test]
fn the_best_is_as_sure_as_the_difference() {
    let n = 12;
    let results = made_up(60, n, [(0.6, 0.5), (0.5, 0.6)]);
    let mut controlled = 0;
    for point in 0..60 {
        let e = results.difference(point, 1, 0, 1, 0.95).unwrap().difference;
        let plain: f64 = results
            .values(point, 1, 1)
            .iter()
            .zip(results.values(point, 0, 1).iter())
            .map(|(a, b)| a.value() - b.value())
            .sum();
        if (e.estimate - plain / f64::from(n)).abs() < 1e-9 {
            continue;
        }
        controlled += 1;
        // Student's t at 0.975 with ten degrees of freedom.
        let z = e.estimate.abs() * 2.228_138_851_96 / e.half_width();
        let right = student(z, f64::from(n) - 2.0);
        let found = best(&results, point, 1, true).unwrap();
        assert_eq!(found.scenario, usize::from(e.estimate > 0.0));
        let error = (right * (1.0 - right) / 2_000.0).sqrt();
        assert!((found.probability - right).abs() < 4.0 * error + 1e-3, "{point}: {found:?} for {right}");
    }
    assert!(controlled > 30, "{controlled}");
}

/// The distribution of Student's t, by Simpson's rule over its density.
fn student(x: f64, df: f64) -> f64 {
    let density = |t: f64| poolwise_math::powf(1.0 + t * t / df, -(df + 1.0) / 2.0);
    let simpson = |to: f64| {
        let h = to / 2_000.0;
        (0..2_000)
            .map(|k| f64::from(k) * h)
            .map(|a| h / 6.0 * (density(a) + 4.0 * density(a + h / 2.0) + density(a + h)))
            .sum::<f64>()
    };
    0.5 + 0.5 * simpson(x) / simpson(400.0)
}
