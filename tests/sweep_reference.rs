//! Every sweep shown in docs/sweeps.md runs, and the page names every key.

mod sweep_support;

use poolwise_sweep::results::SweepResults;
use std::fs;
use std::path::Path;
use sweep_support::Place;

const PAGE: &str = include_str!("../docs/sweeps.md");

/// Sweeps of the page.
fn sweeps() -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = PAGE;
    while let Some(at) = rest.find("```toml\n") {
        rest = &rest[at + 8..];
        let end = rest.find("```").unwrap();
        out.push(rest[..end].to_owned());
        rest = &rest[end..];
    }
    out
}

/// A folder with the scenarios that the page's sweeps name.
fn place(sweep: &str) -> Place {
    let place = Place::new(sweep);
    let textbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/textbook");
    for name in ["mm8.toml", "priorities.toml"] {
        fs::copy(textbook.join(name), place.path(name)).unwrap();
    }
    place.write(
        "unknown.toml",
        "extends = 'mm8.toml'\n\
         class.customer.rate = { low = '30 per hour', base = '40 per hour', high = '44 per hour', together = 'arrivals' }\n\
         stage.service.service.time.exponential = { low = '8 min', base = '10 min', high = '10.5 min' }\n",
    );
    place
}

#[test]
fn sweeps_of_the_page_run() {
    let sweeps = sweeps();
    assert!(sweeps.len() >= 6, "{}", sweeps.len());
    for sweep in sweeps {
        let place = place(&sweep);
        let run = place.poolwise(&["sweep", "sweep.toml", "--out", "o", "--horizon", "1 week", "--quiet"]);
        assert_eq!(run.code, Some(0), "{sweep}\n{}", run.err);
        let results = SweepResults::read(&place.path("o")).unwrap();
        assert_eq!(results.points.len(), results.manifest.points);
        let known = |m: usize| !results.values(0, 0, m).is_empty();
        assert!((0..results.manifest.measures.len()).all(known), "{sweep}");
    }
}

#[test]
fn designs_have_the_points_that_the_page_promises() {
    let points: Vec<usize> = sweeps()
        .iter()
        .map(|sweep| {
            let place = place(sweep);
            place.poolwise(&["sweep", "plan", "sweep.toml", "--out", "o"]).ends_with(0);
            fs::read_to_string(place.path("o/points.csv")).unwrap().lines().count() - 1
        })
        .collect();
    // Of the constrained grid, 15 minutes are out; with 5 minutes all eight are left; with 10 minutes one rate
    // for six servers (30 an hour, a load of 5) and two for eight.
    assert_eq!(points, [4 * 2, 4 * 2, 20, 16 * (2 + 2), 1 + 2 + 2, 8 + 1 + 2, 2]);
}

#[test]
fn the_page_names_every_key() {
    let schema = poolwise_scenario::sweep::json_schema();
    let mut open = vec![&schema];
    let mut keys = Vec::new();
    while let Some(value) = open.pop() {
        match value {
            serde_json::Value::Object(map) => {
                if let Some(serde_json::Value::Object(properties)) = map.get("properties") {
                    keys.extend(properties.keys().cloned());
                }
                open.extend(map.values());
            }
            serde_json::Value::Array(list) => open.extend(list),
            _ => {}
        }
    }
    assert!(keys.len() > 30, "{keys:?}");
    let uncertain = ["low", "high", "uniform", "sd", "cv", "together", "standing"];
    for key in keys.iter().filter(|k| !uncertain.contains(&k.as_str())) {
        let told = PAGE.contains(&format!("`{key}`")) || PAGE.contains(&format!("{key} ="));
        assert!(told || key == "axis", "docs/sweeps.md does not name `{key}`");
    }
}

#[test]
fn uncertain_numbers_are_axes() {
    let place = place(
        "scenarios = ['unknown.toml']\nuncertain = true\ndesign = 'one-at-a-time'\nreplications = 1\n\
         measures = ['utilization']\n",
    );
    place.write(
        "unknown.toml",
        "extends = 'mm8.toml'\n\
         class.customer.rate = { low = '30 per hour', base = '40 per hour', high = '44 per hour', together = 'busy' }\n\
         stage.service.service.time.exponential = { low = '8 min', base = '9 min', high = '10 min', together = 'busy' }\n\
         class.customer.day_factor = { cv = { low = 0.0, base = 0.0, high = 0.1 }, scope = 'national' }\n",
    );
    place.poolwise(&["sweep", "sweep.toml", "--out", "o"]).ends_with(0);
    let results = SweepResults::read(&place.path("o")).unwrap();
    let names: Vec<&str> = results.manifest.axes.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    let busy = results.manifest.axes.iter().position(|a| a.name == "busy").unwrap();
    assert!(results.manifest.axes[busy].quantile);
    let days = &results.manifest.axes[1 - busy];
    assert_eq!((days.range, days.base), (Some((0.0, 0.1)), Some(0.0)));
    assert_eq!(days.distribution.as_deref(), Some("triangular"));
    // The base, busy at both ends, days at its upper end.
    assert_eq!(results.points.len(), 4);
    // Both rise together: load 40 x 9, 30 x 8 and 44 x 10 minutes an hour, over eight servers.
    let load = |p: usize| results.values(p, 0, 0)[0].value() * 8.0;
    let mut found: Vec<f64> = (0..4).filter(|p| results.points[*p][1 - busy] == 0.0).map(load).collect();
    found.sort_by(f64::total_cmp);
    for (found, wanted) in found.iter().zip([4.0, 6.0, 440.0 / 60.0]) {
        assert!((found - wanted).abs() < 0.02 * wanted, "{found} {wanted}");
    }
}

#[test]
fn uncertain_numbers_that_do_not_serve() {
    let refused = |axis: &str, says: &[&str]| {
        let sweep = format!("scenarios = ['unknown.toml']\nreplications = 1\n[axis.x]\n{axis}\n");
        place(&sweep).poolwise(&["sweep", "sweep.toml", "--out", "o"]).ends_with(2).says(says);
    };
    refused(
        "uncertain = 'arrivels'",
        &["no scenario has an uncertain number `arrivels`", "did you mean `arrivals`?"],
    );
    refused("uncertain = 'arrivals'\nunit = 'min'", &["`arrivals` has another unit", "40 per hour"]);
    refused("uncertain = 'arrivals'\npath = 'a'", &["cannot stand beside"]);
    let none = place("scenarios = ['mm8.toml']\nuncertain = true\n");
    none.poolwise(&["sweep", "sweep.toml", "--out", "o"]).ends_with(2).says(&["have no uncertain numbers"]);
}
