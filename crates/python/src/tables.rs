//! Results as tidy tables: a row an observation, a column a variable.

use crate::arrow::{Column, Table};
use crate::error::poolwise_part;
use crate::results::Inner;
use arrow_schema::ArrowError;
use poolwise_engine::model::Model;
use poolwise_engine::time::HOUR;
use poolwise_engine::trace::TraceRow;
use poolwise_stats::Estimate;
use poolwise_study::summary::{ReplicationRow, Summary, Verdict};

/// A measure's path from its parts, as the reader of targets and sweeps takes it.
pub(crate) fn path_of(parts: &[&str]) -> String {
    parts.iter().map(|part| poolwise_part(part)).collect::<Vec<_>>().join(".")
}

/// All estimates of a scenario by path: those of the whole, then by exit, class, area, stage and centre.
pub(crate) fn estimates(summary: &Summary) -> Vec<(String, &Estimate)> {
    let mut out: Vec<(String, &Estimate)> = Vec::new();
    out.extend(summary.measures.iter().map(|(name, e)| (path_of(&[name]), e)));
    let groups = [("exit", &summary.exits), ("class", &summary.classes), ("area", &summary.areas)];
    for (word, group) in groups {
        for (who, measures) in group {
            out.extend(measures.iter().map(|(name, e)| (path_of(&[word, who, name]), e)));
        }
    }
    for (stage, found) in &summary.stages {
        out.extend(found.measures.iter().map(|(name, e)| (path_of(&["stage", stage, name]), e)));
        let shares = found.share_by_centre.iter();
        out.extend(shares.map(|(name, e)| (path_of(&["stage", stage, "share_by_centre", name]), e)));
    }
    for (centre, roles) in &summary.centres {
        for (role, measures) in roles {
            out.extend(measures.iter().map(|(name, e)| (path_of(&["centre", centre, role, name]), e)));
        }
    }
    out
}

/// One of them by the parts of its path; a centre without a role is the centre as a whole.
pub(crate) fn estimate<'a>(summary: &'a Summary, path: &[String]) -> Option<&'a Estimate> {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    match parts[..] {
        [name] => summary.measures.get(name),
        ["exit", who, name] => summary.exits.get(who)?.get(name),
        ["class", who, name] => summary.classes.get(who)?.get(name),
        ["area", who, name] => summary.areas.get(who)?.get(name),
        ["stage", who, name] => summary.stages.get(who)?.measures.get(name),
        ["stage", who, "share_by_centre", centre] => summary.stages.get(who)?.share_by_centre.get(centre),
        ["centre", who, name] => summary.centres.get(who)?.get("all")?.get(name),
        ["centre", who, role, name] => summary.centres.get(who)?.get(role)?.get(name),
        _ => None,
    }
}

/// A table by its name; none if there is no such table.
pub(crate) fn of(results: &Inner, name: &str) -> Option<Result<Table, ArrowError>> {
    Some(match name {
        "replications" => {
            let cases = results.found().cases.iter();
            replications(&cases.flat_map(|case| &case.summary.detail.replications).collect::<Vec<_>>())
        }
        "summary" => summary(results),
        "hours" => hours(results),
        "requests" => all_requests(results),
        "differences" => differences(results),
        _ => return None,
    })
}

fn texts(values: impl Iterator<Item = String>) -> Column {
    Column::Texts(values.map(Some).collect())
}

/// Values of the whole scenario, by replication.
pub(crate) fn replications(rows: &[&ReplicationRow]) -> Result<Table, ArrowError> {
    Table::of(vec![
        ("scenario", texts(rows.iter().map(|r| r.scenario.clone()))),
        ("replication", Column::Whole(rows.iter().map(|r| i64::from(r.replication)).collect())),
        ("measure", texts(rows.iter().map(|r| r.measure.clone()))),
        ("value", Column::Numbers(rows.iter().map(|r| r.value).collect())),
    ])
}

fn summary(results: &Inner) -> Result<Table, ArrowError> {
    let cases = results.found().cases.iter().map(|case| &case.summary);
    let rows: Vec<(&Summary, String, &Estimate)> =
        cases.flat_map(|s| estimates(s).into_iter().map(move |(path, e)| (s, path, e))).collect();
    Table::of(vec![
        ("scenario", texts(rows.iter().map(|r| r.0.scenario.clone()))),
        ("measure", texts(rows.iter().map(|r| r.1.clone()))),
        ("estimate", Column::Numbers(rows.iter().map(|r| r.2.estimate).collect())),
        ("lower", Column::Numbers(rows.iter().map(|r| r.2.lower).collect())),
        ("upper", Column::Numbers(rows.iter().map(|r| r.2.upper).collect())),
        ("replications", Column::Whole(rows.iter().map(|r| i64::from(r.2.replications)).collect())),
    ])
}

fn hours(results: &Inner) -> Result<Table, ArrowError> {
    let cases = results.found().cases.iter().map(|case| &case.summary);
    let rows: Vec<_> = cases.flat_map(|s| s.detail.hourly.iter().map(move |row| (s, row))).collect();
    let numbers = |of: fn(&poolwise_study::summary::HourRow) -> f64| {
        Column::Numbers(rows.iter().map(|(_, row)| of(row)).collect())
    };
    Table::of(vec![
        ("scenario", texts(rows.iter().map(|r| r.0.scenario.clone()))),
        ("centre", texts(rows.iter().map(|r| r.1.centre.clone()))),
        ("role", texts(rows.iter().map(|r| r.1.role.clone()))),
        ("hour_of_week", Column::Whole(rows.iter().map(|r| r.1.hour_of_week as i64).collect())),
        ("on_duty", numbers(|r| r.on_duty)),
        ("busy", numbers(|r| r.busy)),
        ("queue", numbers(|r| r.queue)),
        ("arrivals_per_hour", numbers(|r| r.arrivals_per_hour)),
        ("utilization", numbers(|r| r.utilization)),
        ("wait_mean_hours", numbers(|r| r.wait_mean_hours)),
        ("answered_within", numbers(|r| r.answered_within)),
    ])
}

/// Requests' instants, in hours since the start of the statistics window: negative in the warm-up.
pub(crate) fn requests(rows: &[(&Model, u32, &TraceRow)]) -> Result<Table, ArrowError> {
    let name = |of: &dyn Fn(&Model, &TraceRow) -> Option<String>| {
        Column::Texts(rows.iter().map(|(model, _, row)| of(model, row)).collect())
    };
    let hours = |of: fn(&TraceRow) -> f64| {
        Column::Numbers(rows.iter().map(|(m, _, row)| (of(row) - m.run.warm_up) / HOUR).collect())
    };
    Table::of(vec![
        ("scenario", name(&|model, _| Some(model.name.clone()))),
        ("replication", Column::Whole(rows.iter().map(|(_, k, _)| i64::from(*k)).collect())),
        ("request", Column::Whole(rows.iter().map(|(_, _, row)| row.request as i64).collect())),
        ("class", name(&|model, row| model.classes.get(row.class).map(|c| c.name.clone()))),
        ("area", name(&|model, row| model.areas.get(row.area).map(|a| a.name.clone()))),
        ("stage", name(&|model, row| model.stages.get(row.stage).map(|s| s.name.clone()))),
        ("centre", name(&|model, row| model.centres.get(row.centre?).map(|c| c.name.clone()))),
        ("what", name(&|_, row| Some(row.kind.name().to_owned()))),
        ("booked_hours", hours(|r| r.booked)),
        ("reached_hours", hours(|r| r.reached)),
        ("started_hours", hours(|r| r.started)),
        ("finished_hours", hours(|r| r.finished)),
    ])
}

fn all_requests(results: &Inner) -> Result<Table, ArrowError> {
    let rows = |(i, case): (usize, &'_ poolwise_study::study::ScenarioResults)| -> Vec<(usize, usize)> {
        (0..case.trace.len()).map(|at| (i, at)).collect()
    };
    let cases = &results.found().cases;
    let places: Vec<(usize, usize)> = cases.iter().enumerate().flat_map(rows).collect();
    let row = |&(i, at): &(usize, usize)| (&results.scenario(i).model, 0, &cases[i].trace[at]);
    let rows: Vec<_> = places.iter().map(row).collect();
    requests(&rows)
}

fn differences(results: &Inner) -> Result<Table, ArrowError> {
    let comparison = results.found().comparison.as_ref();
    let rows = comparison.map_or(&[][..], |c| &c.rows);
    let verdict = |v: Verdict| match v {
        Verdict::More => "more",
        Verdict::Less => "less",
        Verdict::CannotTell => "cannot tell",
    };
    Table::of(vec![
        ("scenario", texts(rows.iter().map(|r| r.scenario.clone()))),
        ("measure", texts(rows.iter().map(|r| r.measure.clone()))),
        ("difference", Column::Numbers(rows.iter().map(|r| r.difference.estimate).collect())),
        ("lower", Column::Numbers(rows.iter().map(|r| r.difference.lower).collect())),
        ("upper", Column::Numbers(rows.iter().map(|r| r.difference.upper).collect())),
        ("simultaneous", Column::Truths(rows.iter().map(|r| r.simultaneous).collect())),
        ("verdict", Column::Texts(rows.iter().map(|r| r.verdict.map(|v| verdict(v).to_owned())).collect())),
    ])
}
