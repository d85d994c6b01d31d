//! What a sweep over one scenario shows: each point with its measures and intervals.

use crate::block::{Block, Cell};
use crate::number;
use poolwise_stats::Estimate;
use poolwise_sweep::analysis::breakeven::shown;
use poolwise_sweep::analysis::{CONFIDENCE, Shown};
use poolwise_sweep::results::Results;

/// Points in the table, at most; the tidy file has all.
const MOST: usize = 40;

/// Points in the order of the sweep, a row each. None where scenarios are compared: their differences have tables.
pub(super) fn block(results: &Results, measures: &[usize]) -> Option<Block> {
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
