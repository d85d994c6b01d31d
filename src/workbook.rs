//! `--xlsx`: results as a workbook.

use super::exit::Failure;
use poolwise_report::write::Folder;
use poolwise_report::xlsx::{self, RosterLine, ShiftSheet};
use poolwise_scenario::Scenario;
use poolwise_study::summary::{Comparison, Summary};
use std::path::Path;
use std::sync::Arc;

/// Writes scenarios' results, and their differences, as a workbook.
///
/// # Errors
/// If it cannot be made or written.
pub(crate) fn write(
    path: &Path,
    scenarios: &[Arc<Scenario>],
    summaries: &[&Summary],
    comparison: Option<&Comparison>,
) -> Result<(), Failure> {
    let sheets: Vec<ShiftSheet<'_>> = summaries
        .iter()
        .map(|summary| {
            let own = scenarios.iter().find(|s| s.model.name == summary.scenario);
            ShiftSheet { summary, shifts: own.map_or_else(Vec::new, shifts) }
        })
        .collect();
    put(path, &xlsx::workbook(&sheets, comparison)?)
}

/// Writes a workbook's bytes whole or not at all.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let name =
        path.file_name().map_or_else(|| "results.xlsx".to_owned(), |n| n.to_string_lossy().into_owned());
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Folder::create(parent)?.write(&name, bytes)?;
    Ok(())
}

/// Shift lines that a scenario writes out; officers of pools are the program's to place.
fn shifts(scenario: &Arc<Scenario>) -> Vec<RosterLine> {
    let mut out = Vec::new();
    let Some(centres) = scenario.resolved.get("centre").and_then(|c| c.as_table()) else { return out };
    for (centre, table) in centres {
        for shift in table.get("shifts").and_then(|s| s.as_array()).into_iter().flatten() {
            let text = |key: &str| shift.get(key).and_then(|v| v.as_str()).unwrap_or_default();
            let Some(start) = minutes(text("start")) else { continue };
            let Ok(hours) = hours(text("length")) else { continue };
            let officers = match shift.get("officers") {
                Some(toml::Value::Integer(n)) => [u64::try_from(*n).unwrap_or(0); 7],
                Some(toml::Value::Array(list)) => {
                    let mut seven = [0; 7];
                    for (to, n) in seven.iter_mut().zip(list) {
                        *to = n.as_integer().and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
                    }
                    seven
                }
                _ => continue,
            };
            let days = days(text("days"));
            let mut on = officers;
            for (n, works) in on.iter_mut().zip(days) {
                *n = if works { *n } else { 0 };
            }
            let clock = |m: i64| format!("{:02}:{:02}", m.rem_euclid(1440) / 60, m.rem_euclid(60));
            let end = start + (hours * 60.0).round() as i64;
            out.push(RosterLine {
                centre: centre.clone(),
                start: clock(start),
                end: clock(end),
                hours,
                officers: on,
            });
        }
    }
    out
}

fn minutes(clock: &str) -> Option<i64> {
    let (h, m) = clock.split_once(':')?;
    Some(h.parse::<i64>().ok()? * 60 + m.parse::<i64>().ok()?)
}

/// Hours of a length of time in canonical units.
fn hours(text: &str) -> Result<f64, ()> {
    match poolwise_intake::cell::span(text) {
        Some(poolwise_intake::cell::Spans::One(s)) => Ok(s / 3600.0),
        _ => Err(()),
    }
}

/// Days in canonical form; all where nothing is said.
fn days(text: &str) -> [bool; 7] {
    poolwise_intake::roster::days(text).unwrap_or([true; 7])
}
