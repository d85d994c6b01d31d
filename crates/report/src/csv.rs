//! Tidy data as CSV: one observation a row, undefined numbers empty.

use super::ReportError;
use super::block;
use poolwise_engine::model::Model;
use poolwise_engine::time::HOUR;
use poolwise_engine::trace::TraceRow;
use poolwise_study::summary::{Comparison, Summary};
use std::io::{self, Write};

/// `replications.csv`: every whole-scenario measure of every replication.
///
/// # Errors
/// If a row cannot be encoded.
pub fn replications(summary: &Summary) -> Result<String, ReportError> {
    poolwise_study::format::replications(summary).map_err(|e| ReportError::Encode(e.to_string()))
}

/// Every whole-scenario measure with its interval, a line each; of a comparison the differences as well.
///
/// # Errors
/// If a row cannot be encoded.
pub fn measures(summaries: &[&Summary], comparison: Option<&Comparison>) -> Result<String, ReportError> {
    let header = [
        "scenario",
        "title",
        "measure",
        "estimate",
        "lower",
        "upper",
        "replications",
        "difference",
        "difference_lower",
        "difference_upper",
        "verdict",
    ];
    let rows = summaries.iter().flat_map(|s| {
        s.measures.iter().map(move |(name, e)| {
            let row = comparison
                .and_then(|c| c.rows.iter().find(|r| r.scenario == s.scenario && r.measure == *name));
            let of = |pick: fn(&poolwise_stats::Estimate) -> f64| {
                row.map_or_else(String::new, |r| number(pick(&r.difference)))
            };
            [
                s.scenario.clone(),
                s.title.clone(),
                name.clone(),
                number(e.estimate),
                number(e.lower),
                number(e.upper),
                e.replications.to_string(),
                of(|e| e.estimate),
                of(|e| e.lower),
                of(|e| e.upper),
                row.and_then(|r| r.verdict).map_or_else(String::new, |v| block::verdict(v).to_owned()),
            ]
        })
    });
    encode(header, rows)
}

/// A few facts, each a column of the one line; `data` is an object.
///
/// # Errors
/// If it cannot be encoded.
pub fn facts(data: &serde_json::Value) -> Result<String, ReportError> {
    let facts: Vec<(&String, String)> = data
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect();
    let mut out = csv::Writer::from_writer(Vec::new());
    let failed = |e: csv::Error| ReportError::Encode(e.to_string());
    out.write_record(facts.iter().map(|(name, _)| name.as_str())).map_err(failed)?;
    out.write_record(facts.iter().map(|(_, value)| value.as_str())).map_err(failed)?;
    let bytes = out.into_inner().map_err(|e| ReportError::Encode(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| ReportError::Encode(e.to_string()))
}

/// `hourly.csv`: each centre and role by hour of the centre's local week.
///
/// # Errors
/// If a row cannot be encoded.
pub fn hourly(summary: &Summary) -> Result<String, ReportError> {
    let header = [
        "centre",
        "role",
        "hour_of_week",
        "on_duty",
        "busy",
        "queue",
        "arrivals_per_hour",
        "utilization",
        "wait_mean_hours",
        "answered_within",
    ];
    let rows = summary.detail.hourly.iter().map(|r| {
        [
            r.centre.clone(),
            r.role.clone(),
            r.hour_of_week.to_string(),
            number(r.on_duty),
            number(r.busy),
            number(r.queue),
            number(r.arrivals_per_hour),
            number(r.utilization),
            number(r.wait_mean_hours),
            number(r.answered_within),
        ]
    });
    encode(header, rows)
}

/// `triggers.csv`: each rule that reacts by hour of the week at the centre that it watches.
///
/// # Errors
/// If a row cannot be encoded.
pub fn triggers(summary: &Summary) -> Result<String, ReportError> {
    let header = ["trigger", "centre", "hour_of_week", "fired", "on"];
    let rows = summary.triggers.iter().flat_map(|t| {
        let hours = t.fired_by_hour.iter().zip(&t.on_by_hour).enumerate();
        hours.filter_map(|(hour, (fired, on))| {
            let (fired, on) = (*fired).zip(*on)?;
            Some([t.trigger.clone(), t.centre.clone(), hour.to_string(), number(fired), number(on)])
        })
    });
    encode(header, rows)
}

/// `local_hours.csv`: service by area and hour of its local week.
///
/// # Errors
/// If a row cannot be encoded.
pub fn local_hours(summary: &Summary) -> Result<String, ReportError> {
    let header = [
        "area",
        "hour_of_week",
        "reached_per_hour",
        "done_within_target",
        "answered_within",
        "wait_mean_hours",
    ];
    let rows = summary.detail.local_hours.iter().map(|r| {
        [
            r.area.clone(),
            r.hour_of_week.to_string(),
            number(r.reached_per_hour),
            number(r.done_within_target),
            number(r.answered_within),
            number(r.wait_mean_hours),
        ]
    });
    encode(header, rows)
}

/// `comparison.csv`: one difference a row.
///
/// # Errors
/// If a row cannot be encoded.
pub fn comparison(comparison: &Comparison) -> Result<String, ReportError> {
    let header = [
        "scenario",
        "baseline",
        "measure",
        "difference",
        "lower",
        "upper",
        "replications",
        "interval",
        "verdict",
        "variance_ratio",
        "replications_to_tell",
    ];
    let rows = comparison.rows.iter().map(|r| {
        [
            r.scenario.clone(),
            comparison.baseline.clone(),
            r.measure.clone(),
            number(r.difference.estimate),
            number(r.difference.lower),
            number(r.difference.upper),
            r.difference.replications.to_string(),
            if r.simultaneous { "simultaneous" } else { "pointwise" }.to_owned(),
            r.verdict.map(block::verdict).unwrap_or_default().to_owned(),
            number(r.variance_ratio),
            r.replications_to_tell.map(|n| n.to_string()).unwrap_or_default(),
        ]
    });
    encode(header, rows)
}

/// `requests.csv`: what happened to each request of the first replication, in hours since the start of
/// the statistics window (negative in the warm-up). It can be long, so it goes straight to the file.
///
/// # Errors
/// If it cannot be written.
pub fn requests(model: &Model, rows: &[TraceRow], to: impl Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(to);
    writer.write_record([
        "request",
        "class",
        "area",
        "stage",
        "centre",
        "what",
        "booked_hours",
        "reached_hours",
        "started_hours",
        "finished_hours",
    ])?;
    let hours = |t: f64| {
        let h = (t - model.run.warm_up) / HOUR;
        // Six decimals are four milliseconds.
        if h.is_finite() { format!("{h:.6}") } else { String::new() }
    };
    for row in rows {
        let centre = row.centre.and_then(|c| model.centres.get(c)).map_or("", |c| c.name.as_str());
        writer.write_record([
            row.request.to_string().as_str(),
            model.classes.get(row.class).map_or("", |c| c.name.as_str()),
            model.areas.get(row.area).map_or("", |a| a.name.as_str()),
            model.stages.get(row.stage).map_or("", |s| s.name.as_str()),
            centre,
            row.kind.name(),
            &hours(row.booked),
            &hours(row.reached),
            &hours(row.started),
            &hours(row.finished),
        ])?;
    }
    writer.flush()
}

/// Shortest digits that read back as the same number; empty when undefined.
pub(super) fn number(value: f64) -> String {
    // A zero has no sign: `-0.0 + 0.0` is `0.0`.
    if value.is_finite() { (value + 0.0).to_string() } else { String::new() }
}

pub(super) fn encode<const N: usize>(
    header: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<String, ReportError> {
    let failed = |e: csv::Error| ReportError::Encode(e.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).map_err(failed)?;
    for row in rows {
        writer.write_record(row).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|e| ReportError::Encode(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| ReportError::Encode(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn hourly_rows_are_tidy_and_undefined_numbers_empty() {
        let text = hourly(&fixture::summary("alone", 0.6)).unwrap();
        let mut lines = text.lines();
        assert_eq!(
            lines.next(),
            Some(
                "centre,role,hour_of_week,on_duty,busy,queue,arrivals_per_hour,utilization,wait_mean_hours,answered_within"
            )
        );
        assert_eq!(text.lines().count(), 1 + 24 * 168);
        let closed = text.lines().find(|l| l.starts_with("Boston,all,167,")).unwrap();
        assert!(closed.starts_with("Boston,all,167,0,0,") && closed.ends_with(",0,,,"), "{closed}");
    }

    #[test]
    fn values_read_back_exactly() {
        let summary = fixture::summary("a,b", 0.6);
        let text = replications(&summary).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        for (record, row) in reader.records().zip(&summary.detail.replications) {
            let record = record.unwrap();
            assert_eq!(&record[0], "a,b");
            assert_eq!(record[3].parse::<f64>().unwrap().to_bits(), row.value.to_bits());
        }
        assert_eq!(text.lines().count(), 1 + 10 * summary.measures.len());
    }

    #[test]
    fn comparison_rows_carry_verdicts_only_for_primary_measures() {
        let summaries = fixture::seven();
        let text = comparison(&fixture::comparison(&summaries)).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        for record in reader.records() {
            let record = record.unwrap();
            assert_eq!(&record[7] == "simultaneous", !record[8].is_empty(), "{record:?}");
        }
    }
}
