//! Results as JSON: `summary.json`, `comparison.json`, and the single document of `--format json`.
//! Undefined numbers are `null`.

use super::ReportError;
use poolwise_study::summary::{Comparison, Summary};
use poolwise_study::uncertain::{DifferenceSpread, Uncertain};
use serde::Serialize;

/// What `run --format json` prints.
#[derive(Serialize)]
struct Run<'a> {
    scenarios: &'a [&'a Summary],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    uncertain: &'a [&'a Uncertain],
}

/// What `compare --format json` prints.
#[derive(Serialize)]
struct Compare<'a> {
    scenarios: &'a [&'a Summary],
    comparison: Option<&'a Comparison>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    uncertain: &'a [&'a Uncertain],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    uncertain_differences: &'a [DifferenceSpread],
}

/// One scenario's `summary.json`.
///
/// # Errors
/// If a result cannot be written as JSON, which no result of this program should cause.
pub fn summary(summary: &Summary) -> Result<String, ReportError> {
    document(summary)
}

/// The comparison's `comparison.json`.
///
/// # Errors
/// As [`summary`].
pub fn comparison(comparison: &Comparison) -> Result<String, ReportError> {
    document(comparison)
}

/// `{"scenarios": [...]}`, and `"uncertain": [...]` where inputs were drawn.
///
/// # Errors
/// As [`summary`].
pub fn run(summaries: &[&Summary], uncertain: &[&Uncertain]) -> Result<String, ReportError> {
    document(&Run { scenarios: summaries, uncertain })
}

/// `{"scenarios": [...], "comparison": {...}}`; `null` when the run was stopped before there was anything
/// to compare. Where inputs were drawn also `"uncertain": [...]` and `"uncertain_differences": [...]`.
///
/// # Errors
/// As [`summary`].
pub fn compare(
    summaries: &[&Summary],
    comparison: Option<&Comparison>,
    uncertain: &[&Uncertain],
    uncertain_differences: &[DifferenceSpread],
) -> Result<String, ReportError> {
    document(&Compare { scenarios: summaries, comparison, uncertain, uncertain_differences })
}

/// Any value as indented JSON that ends with a line feed.
///
/// # Errors
/// As [`summary`].
pub fn document<T: Serialize>(value: &T) -> Result<String, ReportError> {
    let mut text = serde_json::to_string_pretty(value).map_err(|e| ReportError::Encode(e.to_string()))?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use serde_json::Value;

    #[test]
    fn measures_stand_where_the_documentation_says_and_nan_is_null() {
        let mut s = fixture::summary("alone", 0.6);
        let p95 = s.measures.get_mut("time_to_completion_p95_hours").unwrap();
        (p95.estimate, p95.lower, p95.upper) = (f64::NAN, f64::NAN, f64::NAN);
        let v: Value = serde_json::from_str(&summary(&s).unwrap()).unwrap();
        assert_eq!(v["measures"]["utilization"]["estimate"], 0.6);
        assert_eq!(v["measures"]["utilization"]["replications"], 10);
        assert!(v["measures"]["time_to_completion_p95_hours"]["lower"].is_null());
        assert_eq!(v["stages"]["research"]["share_by_centre"]["PERC"]["estimate"], 0.3);
        assert_eq!(v["stages"]["research"]["wait_mean_hours"]["estimate"], 0.3);
        assert!(v["centres"]["PERC"]["all"]["utilization"]["upper"].is_number());
        assert_eq!(v["exits"]["closed"]["share"]["estimate"], 0.69);
        assert!(v.get("detail").is_none());
    }

    #[test]
    fn documents_of_the_commands() {
        let summaries = fixture::seven();
        let all: Vec<&Summary> = summaries.iter().collect();
        let v: Value = serde_json::from_str(&run(&all, &[]).unwrap()).unwrap();
        assert_eq!(v["scenarios"].as_array().map(Vec::len), Some(7));
        let c = fixture::comparison(&summaries);
        let v: Value = serde_json::from_str(&compare(&all, Some(&c), &[], &[]).unwrap()).unwrap();
        assert_eq!(v["comparison"]["baseline"], "status-quo");
        let verdicts: Vec<&str> = v["comparison"]["rows"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|r| r["verdict"].as_str())
            .collect();
        assert_eq!(verdicts.len(), 18);
        assert!(verdicts.contains(&"cannot tell"));
    }
}
