//! What a sweep over one scenario shows: each point with its measures and intervals, and in a sentence how far they move.

use crate::block::{Block, Cell};
use crate::number;
use crate::plots::sweep::Shown;
use poolwise_stats::Estimate;
use poolwise_sweep::analysis::breakeven::shown;
use poolwise_sweep::results::Results;

/// Points in the table, at most; the tidy file has all.
const MOST: usize = 40;
/// Confidence of intervals, each by itself.
const CONFIDENCE: f64 = 0.95;

/// Points in the order of the sweep, a row each. None where scenarios are compared: their differences have tables.
pub fn block(results: &Results, measures: &[usize]) -> Option<Block> {
    let manifest = &results.manifest;
    if manifest.scenarios.len() != 1 || results.points.is_empty() || measures.is_empty() {
        return None;
    }
    let estimates = |m: usize| -> Vec<Estimate> {
        (0..results.points.len()).map(|p| results.estimate(p, 0, m, CONFIDENCE)).collect()
    };
    let mut header: Vec<String> = manifest.axes.iter().map(|a| a.label.clone()).collect();
    let mut columns = Vec::new();
    for &m in measures {
        let (about, all) = (Shown::of(&manifest.measures[m]), estimates(m));
        let scale = about.scale(all.iter().map(|e| e.estimate));
        header.push(about.heading(&scale));
        columns.push((scale, all));
    }
    let rows = results.points.iter().enumerate().take(MOST).map(|(p, values)| {
        let axes =
            values.iter().enumerate().map(|(k, v)| Cell { value: shown(manifest, k, *v), ..Cell::default() });
        let measured = columns.iter().map(|(scale, all)| {
            let (value, interval) = scale.parts(&all[p], false);
            Cell { value, interval, remark: None }
        });
        axes.chain(measured).collect()
    });
    let shown = if results.points.len() > MOST {
        format!(", the first {MOST} of {} points", results.points.len())
    } else {
        String::new()
    };
    let title = format!(
        "{}: what comes of each point, with its {} interval{shown}",
        manifest.scenarios[0].title,
        number::percent(CONFIDENCE)
    );
    Some(Block { title, header, rows: rows.collect() })
}

/// How far the first measure moves over a sweep of one scenario along one axis, and between which values.
pub fn sentence(results: &Results, measures: &[usize]) -> Option<String> {
    let manifest = &results.manifest;
    let (&m, [axis]) = (measures.first()?, manifest.axes.as_slice()) else { return None };
    if manifest.scenarios.len() != 1 {
        return None;
    }
    let mut all: Vec<(usize, Estimate)> = (0..results.points.len())
        .map(|p| (p, results.estimate(p, 0, m, CONFIDENCE)))
        .filter(|(_, e)| e.estimate.is_finite())
        .collect();
    all.sort_by(|a, b| a.1.estimate.total_cmp(&b.1.estimate));
    let (low, high) = (all.first()?, all.last()?);
    let about = Shown::of(&manifest.measures[m]);
    let scale = about.scale(all.iter().map(|x| x.1.estimate));
    let at = |x: &(usize, Estimate)| {
        let value = results.points[x.0].first().map_or_else(String::new, |v| shown(manifest, 0, *v));
        format!("{} {} where {} is {value}", scale.cell(&x.1), scale.unit, axis.label)
    };
    let apart = low.1.upper < high.1.lower;
    Some(if apart {
        format!("{}: from {} to {}.", about.label, at(low), at(high))
    } else {
        format!(
            "{}: the points cannot be told apart; {} at the least, {} at the most.",
            about.label,
            at(low),
            at(high)
        )
    })
}
