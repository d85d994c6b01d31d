//! Two real streams of arrivals: what is found in them, and whether what is simulated has it.

use super::{poolwise, root};
use std::fs;
use std::path::{Path, PathBuf};

/// Two public streams with their properties; their files are not part of this repository. Without them the test says that
/// it was skipped.
#[test]
fn streams_with_known_properties_are_found() {
    let folder =
        std::env::var("POOLWISE_DATA").map_or_else(|_| root().join("../../shared/data"), PathBuf::from);
    let cases = [
        ("baltimore_bookings_hourly_2013_2015.csv", 4.564, (18, 1.51), 0.208, 1.51, 2.92, 0.14, 0.31),
        ("cook_felony_review_arrests_hourly_2019.csv", 3.924, (19, 1.74), 0.262, 1.49, 2.70, 0.15, 0.34),
    ];
    for (name, rate, peak, weekend, hours, days, cv, lag) in cases {
        let file = folder.join(name);
        if !file.exists() {
            eprintln!("SKIPPED: {} is not there; set POOLWISE_DATA", file.display());
            continue;
        }
        let dir = tempfile::tempdir().expect("a folder");
        let (file, into) = (file.display().to_string(), dir.path().join("s").display().to_string());
        let (code, text, error) =
            poolwise(&["import", &file, "--handling", "20 min", "--into", &into, "--format", "json"]);
        assert_eq!(code, 0, "{error}");
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let s = &value["streams"][0];
        let get = |key: &str| s[key].as_f64().unwrap_or_else(|| s[key]["base"].as_f64().unwrap_or(f64::NAN));
        assert!((get("per_hour") - rate).abs() < 0.02, "{name}: {}", get("per_hour"));
        assert_eq!(s["peak"][0], peak.0, "{name}");
        assert!((s["peak"][1].as_f64().expect("a rate") - peak.1).abs() < 0.02, "{name}: {}", s["peak"]);
        assert!((get("weekend") - weekend).abs() < 0.01, "{name}: {}", get("weekend"));
        assert!((get("hourly_dispersion") - hours).abs() < 0.06, "{name}: {}", get("hourly_dispersion"));
        assert!((get("daily_dispersion") - days).abs() < 0.25, "{name}: {}", get("daily_dispersion"));
        assert!((get("day_factor") - cv).abs() < 0.025, "{name}: {}", get("day_factor"));
        assert!((get("autocorrelation") - lag).abs() < 0.06, "{name}: {}", get("autocorrelation"));
    }
}

/// Variance over mean of hourly counts within the hour of the week, the same of daily totals within the weekday, and the
/// correlation of a day's departure with the next day's. Counts begin on a Monday.
fn figures(hours: &[f64]) -> (f64, f64, f64) {
    let within = |x: &[f64], period: usize| {
        let (mut squares, mut freedom) = (0.0, 0.0);
        for p in 0..period {
            let own: Vec<f64> = x.iter().copied().skip(p).step_by(period).collect();
            let m = own.iter().sum::<f64>() / own.len() as f64;
            squares += own.iter().map(|v| (v - m) * (v - m)).sum::<f64>();
            freedom += own.len() as f64 - 1.0;
        }
        squares / freedom / (x.iter().sum::<f64>() / x.len() as f64)
    };
    let days: Vec<f64> = hours.chunks(24).map(|d| d.iter().sum()).collect();
    let mean = |p: usize| {
        let own: Vec<f64> = days.iter().copied().skip(p).step_by(7).collect();
        own.iter().sum::<f64>() / own.len() as f64
    };
    let means: Vec<f64> = (0..7).map(mean).collect();
    let away: Vec<f64> = days.iter().enumerate().map(|(i, d)| d / means[i % 7] - 1.0).collect();
    let lag = away.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / away.iter().map(|x| x * x).sum::<f64>();
    (within(hours, 168), within(&days, 7), lag)
}

/// Runs a scenario that was imported into `s` once: requests by hour in whole weeks.
fn simulated(folder: &Path, name: &str) -> Vec<f64> {
    let (scenario, out) = (folder.join(format!("s/{name}.toml")), folder.join("out"));
    let (scenario, out) = (scenario.display().to_string(), out.display().to_string());
    let plain = ["--no-plots", "--no-theory", "--quiet"];
    let asked = [&["run", &scenario, "--replications", "1", "--trace", "--out", &out], &plain[..]].concat();
    let (code, _, error) = poolwise(&asked);
    assert_eq!(code, 0, "{error}");
    let requests = fs::read_to_string(folder.join(format!("out/{name}/requests.csv"))).expect("written");
    let mut hours = vec![0.0; 60 * 168];
    let mut seen = std::collections::BTreeSet::new();
    let mut last = 0;
    for line in requests.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        if seen.insert(cells[0].to_owned()) {
            let hour = cells[6].parse::<f64>().expect("an hour") as usize;
            hours[hour] += 1.0;
            last = last.max(hour);
        }
    }
    hours.truncate((last / 168 + 1) * 168);
    hours
}

/// What is simulated from a record varies as the record does, within the day and from day to day. Whole weeks are drawn, so
/// that of seven pairs of days six hang together as recorded.
#[test]
fn the_simulated_stream_varies_as_the_record_does() {
    let folder =
        std::env::var("POOLWISE_DATA").map_or_else(|_| root().join("../../shared/data"), PathBuf::from);
    for name in ["baltimore_bookings_hourly_2013_2015.csv", "cook_felony_review_arrests_hourly_2019.csv"] {
        let file = folder.join(name);
        let Ok(text) = fs::read_to_string(&file) else {
            eprintln!("SKIPPED: {} is not there; set POOLWISE_DATA", file.display());
            continue;
        };
        let dir = tempfile::tempdir().expect("a folder");
        let path = |name: &str| dir.path().join(name).display().to_string();
        let (code, _, error) = poolwise(&[
            "import",
            &file.display().to_string(),
            "--handling",
            "20 min",
            "--into",
            &path("s"),
            "--quiet",
        ]);
        assert_eq!(code, 0, "{error}");
        let simulated = simulated(dir.path(), "today");
        let rows: Vec<(&str, f64)> = text
            .lines()
            .skip(1)
            .filter_map(|l| l.split_once(','))
            .map(|(at, n)| (at, n.parse().expect("a count")))
            .collect();
        let monday = |at: &str| {
            at[..10].parse::<jiff::civil::Date>().expect("a date").weekday() == jiff::civil::Weekday::Monday
        };
        let first = rows.iter().position(|(at, _)| monday(at)).expect("a Monday");
        let recorded: Vec<f64> = rows[first..].iter().map(|r| r.1).collect();
        let recorded = &recorded[..recorded.len() / 168 * 168];
        let ((h, d, l), (sh, sd, sl)) = (figures(recorded), figures(&simulated));
        let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
        println!("{name}: recorded {h:.2} {d:.2} {l:.2}, simulated {sh:.2} {sd:.2} {sl:.2}");
        assert!((mean(&simulated) / mean(recorded) - 1.0).abs() < 0.06, "{name}");
        assert!((sh / h - 1.0).abs() < 0.12, "{name}: {sh} {h}");
        assert!((sd / d - 1.0).abs() < 0.45, "{name}: {sd} {d}");
        assert!((sl - l * 6.0 / 7.0).abs() < 0.2, "{name}: {sl} {l}");
    }
}

/// What is simulated from the fitted law, imported once more, has the figures of the record within their intervals.
#[test]
fn the_fitted_law_has_the_records_figures() {
    let folder =
        std::env::var("POOLWISE_DATA").map_or_else(|_| root().join("../../shared/data"), PathBuf::from);
    for name in ["baltimore_bookings_hourly_2013_2015.csv", "cook_felony_review_arrests_hourly_2019.csv"] {
        let file = folder.join(name);
        if !file.exists() {
            eprintln!("SKIPPED: {} is not there; set POOLWISE_DATA", file.display());
            continue;
        }
        let dir = tempfile::tempdir().expect("a folder");
        let path = |name: &str| dir.path().join(name).display().to_string();
        let stream = |file: &str, into: &str| {
            let (code, text, error) = poolwise(&[
                "import",
                file,
                "--handling",
                "20 min",
                "--into",
                &path(into),
                "--format",
                "json",
            ]);
            assert_eq!(code, 0, "{error}");
            let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            // The law's correlation has the interval.
            let mut stream = value["streams"][0].clone();
            stream["autocorrelation"] = value["law"]["places"][0]["autocorrelation"].clone();
            stream["growth"] = value["law"]["places"][0]["course"]["growth"].clone();
            stream
        };
        let recorded = stream(&file.display().to_string(), "s");
        let mut text = String::from("time,n\n");
        // A year that begins on a Monday, as runs of both do.
        let start = jiff::civil::date(2018, 1, 1).at(0, 0, 0, 0);
        for (h, n) in simulated(dir.path(), "fitted").iter().enumerate() {
            let at = start.checked_add(jiff::Span::new().hours(h as i64)).expect("an hour");
            text.push_str(&format!("{},{n}\n", at.strftime("%Y-%m-%d %H:%M")));
        }
        fs::write(path("again.csv"), text).expect("written");
        let again = stream(&path("again.csv"), "again");
        println!("{name}\n{recorded}\n{again}");
        let base = |s: &serde_json::Value, key: &str| s[key]["base"].as_f64().expect("a number");
        let plain = |s: &serde_json::Value, key: &str| s[key].as_f64().expect("a number");
        // Two intervals of 95 % of one truth overlap but once in some two hundred.
        for key in ["per_hour", "day_factor", "autocorrelation"] {
            let end = |s: &serde_json::Value, end: &str| s[key][end].as_f64().expect("a number");
            // With a trend the year that is simulated, the record's first, is so many times as high as the whole record.
            let ahead = 0.5 * (1.0 - plain(&recorded, "days") / 365.25);
            let year = |end: &str| match recorded["growth"][end].as_f64() {
                Some(growth) if key == "per_hour" => poolwise_math::powf(1.0 + growth, ahead),
                _ => 1.0,
            };
            let (one, other) = (year("low"), year("high"));
            let (low, high) =
                (end(&recorded, "low") * one.min(other), end(&recorded, "high") * one.max(other));
            println!("{name}, {key}: recorded {low} to {high}, again {}", again[key]);
            assert!(low <= end(&again, "high") && end(&again, "low") <= high, "{name}, {key}");
        }
        assert!(base(&again, "autocorrelation") > 0.1, "{name}: {}", again["autocorrelation"]);
        // Standard errors over a year: 0.03 of the hours' ratio, 0.3 of the days'.
        assert!(
            (plain(&again, "hourly_dispersion") - plain(&recorded, "hourly_dispersion")).abs() < 0.1,
            "{name}"
        );
        assert!(
            (plain(&again, "daily_dispersion") - plain(&recorded, "daily_dispersion")).abs() < 0.9,
            "{name}"
        );
        assert!((plain(&again, "weekend") - plain(&recorded, "weekend")).abs() < 0.02, "{name}");
        for key in ["peak", "trough"] {
            let at = |s: &serde_json::Value| {
                (s[key][0].as_i64().expect("an hour"), s[key][1].as_f64().expect("a rate"))
            };
            let (a, b) = (at(&recorded), at(&again));
            assert!((a.0 - b.0).abs() <= 1 && (a.1 - b.1).abs() < 0.1, "{name}, {key}: {a:?} {b:?}");
        }
    }
}
