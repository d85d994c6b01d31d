//! What a sweep's report says, against known answers; and that the ready sweeps are in order.

mod sweep_support;

use poolwise_report::sweep::analysis::Report;
use poolwise_study::Unwatched;
use poolwise_study::measures::Value;
use poolwise_sweep::analysis::slice::planes;
use poolwise_sweep::analysis::{Findings, SearchEffort, best, brackets, contrasts, identified, slices};
use poolwise_sweep::plan::Look;
use poolwise_sweep::results::SweepResults;
use poolwise_sweep::{Changes, Sweep, SweepOptions, SweepPlan};
use std::fs;
use std::path::{Path, PathBuf};
use sweep_support::Place;

fn scenarios(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name)
}

/// A folder with textbook scenarios beside a sweep.
fn textbook(names: &[&str], sweep: &str) -> Place {
    let place = Place::new(sweep);
    for name in names {
        fs::copy(scenarios("textbook").join(name), place.path(name)).unwrap();
    }
    place
}

/// M/M/1 at load 0.8 has a mean time to completion of 5 min. M/D/1 with service d min at the same 0.8
/// arrivals a minute has 0.8 d^2 / (2 (1 - 0.8 d)) + d, which is 5 at d = (12.5 - sqrt(106.25)) / 2 = 1.0961.
#[test]
fn the_break_even_of_a_textbook_pair() {
    let sweep = "title = 'pair'\nscenarios = ['mm1.toml', 'md1.toml']\nreplications = 6\n\
                 measures = ['time_to_completion_mean_hours']\n\
                 [set]\nrun.horizon = '2 weeks'\n\
                 [axis.service]\npath = 'stage.service.service.time'\nscenarios = ['md1']\nunit = 'min'\n\
                 values = [0.9, 1.0, 1.07, 1.2]\nbase = 1.0\n";
    let place = textbook(&["mm1.toml", "md1.toml"], sweep);
    let run = place.poolwise(&["sweep", "sweep.toml", "--out", "o", "--quiet"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let run = place.poolwise(&[
        "sweep",
        "report",
        "sweep.toml",
        "--out",
        "o",
        "--at-most",
        "20",
        "--format",
        "json",
        "--quiet",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let v: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let f = &v["break_even"][0];
    assert_eq!(v["break_even"].as_array().map(Vec::len), Some(1), "{v}");
    let exact = (12.5 - 106.25_f64.sqrt()) / 2.0;
    let of = |key: &str| f["refined"][key].as_f64().unwrap();
    let (estimate, lower, upper) = (of("estimate"), of("lower"), of("upper"));
    assert!((estimate - exact).abs() < 0.015, "{f}");
    assert!(lower < exact && exact < upper && upper - lower < 0.03, "{f}");
    assert!((f["interpolated"].as_f64().unwrap() - exact).abs() < 0.04, "{f}");
    assert_eq!((f["rising"].as_bool(), f["axis"].as_str()), (Some(true), Some("service")));
    // At the last level chance is too great for a verdict at four points jointly.
    assert_eq!(
        (v["identified"][0]["less"].as_u64(), v["identified"][0]["more"].as_u64()),
        (Some(3), Some(0)),
        "{v}"
    );
    // What was found is kept: the next report simulates nothing, and says the same.
    let again = place.poolwise(&[
        "sweep",
        "report",
        "sweep.toml",
        "--out",
        "o",
        "--at-most",
        "20",
        "--format",
        "json",
        "--quiet",
        "--no-plots",
    ]);
    assert_eq!(run.out, again.out);
    let page = fs::read_to_string(place.path("o/index.html")).unwrap();
    assert!(page.contains("Break-even values"));
    // The library searches and says the same, byte for byte.
    let sweep = Sweep::load(&place.path("sweep.toml"), &Changes::default()).unwrap();
    let options =
        SweepOptions { search: Some(SearchEffort::of(20)), ..SweepOptions::in_folder(place.path("library")) };
    let swept = sweep.run(&options, &Unwatched).unwrap();
    assert_eq!(poolwise_study::format::json(&swept.answer).unwrap(), again.out);
}

/// Made-up numbers on the plan of the smoke sweep: the option is better where the pace is below 1, worse
/// above; at the loads in turn.
fn made_up() -> SweepResults {
    let plan =
        SweepPlan::make(&scenarios("sweeps/smoke.toml"), &Changes::default(), Look::Scenarios).unwrap();
    let mut results = SweepResults::empty(plan.manifest.clone());
    for (i, row) in plan.points.iter().enumerate() {
        results.points[i].copy_from_slice(row);
        for scenario in 0..2 {
            for measure in 0..3 {
                for k in 0..4 {
                    let noise = [0.01, -0.01, 0.02, -0.02][k];
                    let effect = if scenario == 1 { (row[1] - 0.97) * 20.0 + noise } else { 0.0 };
                    let common = 5.0 + row[0] / 10.0 + noise * 30.0;
                    results.push(i, scenario, measure, Value::Plain(common + effect));
                }
            }
        }
    }
    results
}

#[test]
fn signs_slices_and_the_best_option() {
    let r = made_up();
    let all = contrasts(&r, &[0, 1]);
    assert_eq!(all.len(), 2);
    for (i, point) in r.points.iter().enumerate() {
        let expected = if point[1] > 0.97 { 1 } else { -1 };
        assert_eq!(all[0].joint_sign(i), expected, "{point:?}");
        // Less time is better; paired, there is hardly any doubt.
        let b = best(&r, i, 0, false).unwrap();
        assert_eq!((b.scenario, b.probability > 0.95), (usize::from(expected < 0), true), "{b:?}");
    }
    let known = identified(&r, &all[0]).unwrap();
    assert_eq!((known.more, known.less, known.unclear, known.changes), (8, 8, 0, true));
    // Through the base point: four loads, four paces; the sign changes along the pace alone.
    let lengths: Vec<usize> = slices(&r).iter().map(|s| s.at.len()).collect();
    assert_eq!(lengths, [4, 4]);
    let found = brackets(&r, &slices(&r), &all[..1]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].axis, found[0].ends), (1, (0.9, 1.0)));
    assert!((found[0].interpolated() - 0.97).abs() < 1e-9);
    let plane = &planes(&r)[0];
    assert_eq!((plane.xs.len(), plane.ys.len()), (4, 4));
    assert!(plane.points.iter().flatten().all(Option::is_some));
}

/// A coin: two options of the same mean are each best with probability one half, and nothing is identified.
#[test]
fn what_cannot_be_told_is_not_told() {
    let mut r = made_up();
    let mut same = SweepResults::empty(r.manifest.clone());
    std::mem::swap(&mut same.points, &mut r.points);
    for point in 0..same.points.len() {
        for k in 0..4 {
            let x = [1.0, -1.0, 1.0, -1.0][k];
            same.push(point, 0, 0, Value::Plain(5.0 + x));
            same.push(point, 1, 0, Value::Plain(5.0 - x));
            same.push(point, 0, 1, Value::Plain(5.0 + x));
            same.push(point, 1, 1, Value::Plain(5.0 + x));
        }
    }
    // Options that are equal in every replication share the first place.
    assert_eq!(best(&same, 0, 1, true).unwrap().probability, 0.5);
    let b = best(&same, 0, 0, true).unwrap();
    // 2,000 draws: within four standard errors of one half.
    assert!((b.probability - 0.5).abs() < 0.045, "{b:?}");
    let c = &contrasts(&same, &[0])[0];
    let known = identified(&same, c).unwrap();
    assert_eq!((known.more, known.less, known.unclear, known.changes), (0, 0, 16, false));
    assert!(brackets(&same, &slices(&same), std::slice::from_ref(c)).is_empty());
    assert!(Findings::of(&same).headline(&same).contains("more replications are needed"));
}

#[test]
fn no_text_in_pictures_is_cut_off_or_runs_into_another() {
    let r = made_up();
    let pictures = Report::of(&r, &Findings::of(&r)).pictures();
    let names: Vec<&str> = pictures.iter().map(|p| p.name.as_str()).collect();
    assert!(
        names.contains(&"along-pace") && names.iter().any(|n| n.starts_with("map-rate-pace-")),
        "{names:?}"
    );
    for picture in &pictures {
        let boxes = picture.scene.text_boxes();
        for (i, ([left, top, right, bottom], text)) in boxes.iter().enumerate() {
            let inside = *left >= 2.0
                && *top >= 2.0
                && *right <= picture.scene.width() - 2.0
                && *bottom <= picture.scene.height() - 2.0;
            assert!(inside, "{}: '{text}' is cut off", picture.name);
            for ([l, t, r, b], other) in &boxes[i + 1..] {
                let apart = r <= left || l >= right || b <= top || t >= bottom;
                assert!(apart, "{}: '{text}' and '{other}' overlap", picture.name);
            }
        }
        let svg = picture.scene.svg().unwrap();
        assert_eq!(svg, picture.scene.svg().unwrap(), "{}", picture.name);
    }
}

#[test]
fn the_smoke_sweep_runs_and_reports() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().to_str().unwrap();
    let place = Place::new("");
    let file = scenarios("sweeps/smoke.toml");
    let run = place.poolwise(&["sweep", file.to_str().unwrap(), "--out", out, "--quiet"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.out.contains("It turns over"), "{}", run.out);
    // The answer, one table, and what more there is.
    let tables = |text: &str| text.lines().filter(|l| l.starts_with('─')).count();
    let more = "`--verbose` also shows break-even values, which option is best at how many points and how the points were chosen.";
    let said = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(tables(&run.out) == 1 && said(&run.out).contains(more), "{}", run.out);
    let asked = ["sweep", "report", file.to_str().unwrap(), "--out", out, "--no-replications", "--verbose"];
    let all = place.poolwise(&asked);
    assert!(tables(&all.out) >= 3 && all.out.contains("Design: full grid"), "{}", all.out);
    for name in ["index.html", "report.json", "along-rate.png", "along-pace.svg"] {
        assert!(dir.path().join(name).exists(), "{name}");
    }
    // Another sweep's folder is refused.
    let wrong =
        place.poolwise(&["sweep", "report", file.to_str().unwrap(), "--out", out, "--replications", "5"]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.err);
    assert!(wrong.err.contains("belongs to another sweep"), "{}", wrong.err);
    let none = place.poolwise(&["sweep", "report", file.to_str().unwrap(), "--out", "nowhere"]);
    assert_eq!(none.code, Some(1), "{}", none.err);
}

#[test]
fn the_ready_sweeps_are_in_order() {
    let mut seen = 0;
    for entry in fs::read_dir(scenarios("sweeps")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "toml") {
            continue;
        }
        seen += 1;
        // Looking at the ends of nineteen axes takes its time; their ranges are the scenarios' own.
        let look = if path.ends_with("unknowns.toml") { Look::Scenarios } else { Look::Ends };
        let plan = SweepPlan::make(&path, &Changes::default(), look)
            .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let readme = fs::read_to_string(scenarios("sweeps/README.md")).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(readme.contains(&format!("`{name}`")), "the page does not speak of {name}");
        assert!(plan.points.len() > 1);
    }
    assert!(seen >= 7, "{seen}");
}

/// A server who is always there is paid 168 hours a week; a premium on Mondays covers 24 of them at half as much again.
#[test]
fn a_sweep_says_what_each_point_costs() {
    let sweep = "scenarios = ['one.toml', 'two.toml']\nreplications = 2\n[set]\nrun.horizon = '2 weeks'\n\
                 [axis.pay]\npath = 'pay.hour'\nvalues = [10, 20]\n";
    let place = textbook(&["mm1.toml"], sweep);
    let pay = "[pay]\nhour = 10\npremiums = [{ name = 'Mondays', hours = 'Mon 00:00-24:00', share = 0.5 }]\n";
    fs::write(place.path("one.toml"), format!("extends = 'mm1.toml'\n{pay}")).unwrap();
    fs::write(
        place.path("two.toml"),
        format!("extends = 'mm1.toml'\n{pay}[centre.desk.levels]\nofficers = 2\n"),
    )
    .unwrap();
    let run = place.poolwise(&["sweep", "sweep.toml", "--out", "o", "--quiet"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let run = place.poolwise(&["sweep", "report", "sweep.toml", "--out", "o", "--verbose"]);
    assert!(run.out.contains("Cost a week"), "{}", run.out);
    let run = place.poolwise(&["sweep", "report", "sweep.toml", "--out", "o", "--format", "json", "--quiet"]);
    let v: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let costs = v["costs"].as_array().unwrap();
    assert_eq!(costs.len(), 4);
    for (k, cost) in costs.iter().enumerate() {
        let hour = [10.0, 20.0][k / 2];
        let servers = [1.0, 2.0][k % 2];
        let week = |v: &serde_json::Value| v["per_week"]["estimate"].as_f64().unwrap();
        let paid = costs[0]["cost"]["ordinary"].as_f64().unwrap() / 10.0;
        let all = hour * servers * (paid + 12.0);
        assert!((week(&cost["cost"]) - all).abs() < 1e-6, "{cost} {all}");
        let less = &cost["difference"];
        assert_eq!(less.is_null(), k % 2 == 0, "{cost}");
        if k % 2 == 1 {
            assert!((week(less) - all / 2.0).abs() < 1e-6, "{cost}");
        }
    }
}
