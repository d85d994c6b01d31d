//! What a sweep shows along an axis: each point with its measures and intervals, as a table where there is one scenario, and as
//! curves for the page.

use crate::block::{Block, BlockCell};
use crate::number;
use crate::page::{self, CurveLine, PageCurve};
use crate::plots::sweep::some_of;
use poolwise_stats::Estimate;
use poolwise_sweep::analysis::breakeven::shown;
use poolwise_sweep::analysis::{CONFIDENCE, Findings, facets};
use poolwise_sweep::results::SweepResults;

/// Points in the table, at most; the tidy file has all.
const MOST: usize = 40;
/// Curves on a page, at most.
const MOST_CURVES: usize = 24;

/// Curves along every axis of numbers, a measure each; `called` are the scenarios' short titles.
pub(super) fn curves(results: &SweepResults, measures: &[usize], called: &[String]) -> Vec<PageCurve> {
    let manifest = &results.manifest;
    let mut out = Vec::new();
    for slice in facets(results) {
        let axis = &manifest.axes[slice.axis];
        if !axis.words.is_empty() || slice.at.len() < 2 {
            continue;
        }
        let unit = axis.unit.as_ref().map_or_else(String::new, |u| format!(", {u}"));
        let x = format!("{}{unit}", axis.label);
        let mut rest: Vec<String> = (0..manifest.axes.len())
            .filter(|k| *k != slice.axis)
            .map(|k| format!("{} {}", manifest.axes[k].label, shown(manifest, k, slice.others[k])))
            .collect();
        rest.extend(some_of(slice.at.len(), slice.of));
        for &m in measures {
            let about = manifest.shown(&manifest.measures[m]);
            let lines: Vec<Vec<(f64, Estimate)>> = (0..manifest.scenarios.len())
                .map(|s| slice.at.iter().map(|(v, p)| (*v, results.estimate(*p, s, m, CONFIDENCE))).collect())
                .collect();
            let scale = about.scale(lines.iter().flatten().map(|(_, e)| e.estimate));
            let line = |(points, name): (&Vec<(f64, Estimate)>, &String)| CurveLine {
                name: name.clone(),
                points: points.iter().map(|(v, e)| page::point(*v, e, scale.factor)).collect(),
                marked: None,
            };
            let lines: Vec<CurveLine> = lines.iter().zip(called).map(line).collect();
            if lines.iter().flat_map(|l| &l.points).all(|p| p[1].is_none()) {
                continue;
            }
            let at = if rest.is_empty() { String::new() } else { format!(" ({})", rest.join(", ")) };
            let title = format!("{} along: {}{at}", about.label, axis.label);
            out.push(PageCurve { title, x: x.clone(), y: about.heading(&scale), lines });
        }
    }
    out.truncate(MOST_CURVES);
    out
}

/// Points in the order of the sweep, a row each. None where scenarios are compared: their differences have tables.
pub(super) fn block(results: &SweepResults, findings: &Findings) -> Option<Block> {
    let manifest = &results.manifest;
    if manifest.scenarios.len() != 1 || results.points.is_empty() || findings.measures.is_empty() {
        return None;
    }
    let mut header: Vec<String> = manifest.axes.iter().map(|a| a.label.clone()).collect();
    let mut columns = Vec::new();
    for level in &findings.levels {
        let about = manifest.shown(&manifest.measures[level.measure]);
        let scale = about.scale(level.means().iter().copied());
        // Times below an hour beside longer ones: each says its unit.
        let short = |x: &f64| *x != 0.0 && x.abs() < 1.0;
        let apart = scale.unit == "h" && level.means().iter().any(short);
        header.push(if apart { about.label.clone() } else { about.heading(&scale) });
        columns.push((about, scale, apart, level.measure));
    }
    let rows = results.points.iter().enumerate().take(MOST).map(|(p, values)| {
        let axes = values
            .iter()
            .enumerate()
            .map(|(k, v)| BlockCell { value: shown(manifest, k, *v), ..BlockCell::default() });
        let measured = columns.iter().map(|(about, scale, apart, measure)| {
            let e = results.estimate(p, 0, *measure, CONFIDENCE);
            let own = if *apart { about.scale([e.estimate]) } else { *scale };
            let (mut value, interval) = own.parts(&e, false);
            if *apart && value != number::UNDEFINED {
                value.push_str(&format!("\u{a0}{}", own.unit));
            }
            BlockCell { value, interval, remark: None }
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
