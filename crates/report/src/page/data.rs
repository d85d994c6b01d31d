//! The data of a page's figures: options hour by hour, differences, what measures are called.

use crate::block::difference_scale;
use crate::called::Called;
use poolwise_engine::model::{Noun, Words};
use poolwise_study::Wording;
use poolwise_study::charts;
use poolwise_study::measures::PRIMARY;
use poolwise_study::measures::{Better, MEASURES, Unit, find};
use poolwise_study::summary::{Comparison, Summary, Verdict};
use serde_json::{Map, Value, json};

/// Measures in the table of a change, where it has them.
const SHOWN: [&str; 10] = [
    "done_within_target",
    "time_to_completion_mean_hours",
    "time_to_completion_p95_hours",
    "lost_share_avoidable",
    "headcount",
    "posts",
    "utilization",
    "overtime_hours_per_week",
    "duplicate_hours_per_week",
    "backlog_at_end",
];

/// What figures draw: `works` has the expected work of each scenario's centres.
pub fn figures(summaries: &[&Summary], works: &[&charts::Work], comparison: Option<&Comparison>) -> Value {
    let baseline = comparison.map_or_else(|| summaries.first().map_or("", |s| &s.scenario), |c| &c.baseline);
    let titles: Vec<(&str, &str)> =
        summaries.iter().map(|s| (s.scenario.as_str(), s.title.as_str())).collect();
    let mut data = called(baseline, &titles, &Wording::of(summaries));
    data["options"] =
        json!(summaries.iter().zip(works).map(|(s, work)| charts::of(s, work)).collect::<Vec<_>>());
    data["differences"] = differences(summaries, comparison);
    data
}

/// The same where there is nothing to draw: what a change's table takes. Titles by name.
pub fn named(baseline: &str, titles: &[(&str, &str)], words: Words) -> Value {
    called(baseline, titles, &Wording { words, ..Wording::default() })
}

/// What is drawn of options that have other staff than their scenarios say: `titles` name all of them, those without an answer
/// too.
pub fn restaffed(
    baseline: &str,
    titles: &[(&str, &str)],
    summaries: &[&Summary],
    works: &[&charts::Work],
) -> Value {
    let mut data = called(baseline, titles, &Wording::of(summaries));
    data["options"] =
        json!(summaries.iter().zip(works).map(|(s, work)| charts::of(s, work)).collect::<Vec<_>>());
    data["restaffed"] = true.into();
    data
}

fn called(baseline: &str, titles: &[(&str, &str)], wording: &Wording) -> Value {
    let measures: Map<String, Value> = MEASURES
        .iter()
        .map(|m| {
            let better = match m.better {
                Better::More => json!("more"),
                Better::Less => json!("less"),
                Better::Neither => Value::Null,
            };
            (m.name.to_owned(), json!({ "label": wording.label(m), "better": better }))
        })
        .collect();
    let called = Called::of(titles.iter().copied());
    let short: Map<String, Value> =
        called.pairs().iter().map(|(name, short)| (name.clone(), short.as_str().into())).collect();
    let titles: Map<String, Value> = titles.iter().map(|(a, b)| ((*a).to_owned(), (*b).into())).collect();
    json!({
        "words": { "officer": noun(&wording.words.officer), "request": noun(&wording.words.request) },
        "baseline": baseline, "titles": titles, "short": short, "measures": measures, "shown": SHOWN, "options": [],
        "differences": { "measures": [], "units": {}, "rows": [] },
    })
}

fn noun(of: &Noun) -> Value {
    json!({ "one": of.one, "many": of.many })
}

/// Differences on primary measures, in the unit of their table.
fn differences(summaries: &[&Summary], comparison: Option<&Comparison>) -> Value {
    let Some(comparison) = comparison else { return json!({ "measures": [], "units": {}, "rows": [] }) };
    let mut units = Map::new();
    let mut rows = Vec::new();
    let mut measures = Vec::new();
    for name in PRIMARY {
        let Some(m) = find(name) else { continue };
        let scale = difference_scale(m, comparison, summaries);
        let unit = if m.unit == Unit::Share { "points" } else { scale.unit };
        units.insert(name.to_owned(), unit.into());
        let found: Vec<_> = comparison.rows.iter().filter(|r| r.measure == name).collect();
        if found.iter().any(|r| r.difference.estimate.is_finite()) {
            measures.push(name);
        }
        for row in found {
            let better = match (row.verdict, m.better) {
                (Some(Verdict::More), Better::More) | (Some(Verdict::Less), Better::Less) => json!(true),
                (Some(Verdict::More), Better::Less) | (Some(Verdict::Less), Better::More) => json!(false),
                _ => Value::Null,
            };
            let word = match better {
                Value::Bool(true) => "better",
                Value::Bool(false) => "worse",
                _ => "cannot tell",
            };
            let shown = |x: f64| if x.is_finite() { json!(x * scale.factor) } else { Value::Null };
            rows.push(json!({
                "measure": name, "name": row.scenario,
                "estimate": shown(row.difference.estimate), "lower": shown(row.difference.lower), "upper": shown(row.difference.upper),
                "better": better, "word": word, "text": scale.parts(&row.difference, true).0,
            }));
        }
    }
    json!({ "measures": measures, "units": units, "rows": rows })
}
