//! What a sweep's points cost a week, beside the baseline at the same point.

use crate::block::{Block, BlockCell};
use crate::number;
use poolwise_stats::Estimate;
use poolwise_study::cost::WEEKS;
use poolwise_sweep::analysis::breakeven::shown;
use poolwise_sweep::analysis::{Findings, PointCost, words};
use poolwise_sweep::results::SweepResults;

/// Points in the table, at most; `report.json` has all.
const MOST: usize = 40;

/// A row a point: the cost of each scenario, and how much more or less than the baseline that is. `None` where there is no
/// pay table.
pub(super) fn block(results: &SweepResults, findings: &Findings) -> Option<Block> {
    let currency = &findings.costs.first()?.cost.currency;
    let m = &results.manifest;
    let several = m.scenarios.len() > 1;
    let mut header: Vec<String> = m.axes.iter().map(|a| a.label.clone()).collect();
    header.extend(
        m.scenarios
            .iter()
            .map(|s| if several { words::called(m, &s.name) } else { "Cost a week".to_owned() }),
    );
    let points = results.points.len();
    let rows = (0..points.min(MOST)).map(|p| {
        let axes = results.points[p]
            .iter()
            .enumerate()
            .map(|(k, v)| BlockCell { value: shown(m, k, *v), ..BlockCell::default() });
        let at = |name: &str| findings.costs.iter().find(|c| c.point == p && c.scenario == name);
        let costs = m.scenarios.iter().map(|s| at(&s.name).map_or_else(none, cell));
        axes.chain(costs).collect()
    });
    let first = if points > MOST { format!(", the first {MOST} of {points} points") } else { String::new() };
    let less = if several {
        format!("; more or less than {}", words::called(m, &m.baseline))
    } else {
        String::new()
    };
    Some(Block {
        title: format!(
            "Cost a week, {currency} (a year is {} of them){less}{first}",
            number::fixed(WEEKS, 2, false)
        ),
        header,
        rows: rows.collect(),
    })
}

fn none() -> BlockCell {
    BlockCell { value: number::UNDEFINED.to_owned(), ..BlockCell::default() }
}

fn cell(of: &PointCost) -> BlockCell {
    BlockCell {
        value: whole(of.cost.per_week.estimate, false),
        interval: None,
        remark: of.difference.as_ref().map(|d| priced(&d.per_week)),
    }
}

/// `-3,100 less [-3,200, -3,000]`: a word where the interval leaves out zero, the interval where it has a width.
pub(super) fn priced(e: &Estimate) -> String {
    let word = match (e.lower, e.upper) {
        (low, _) if low > 0.0 => " more",
        (_, high) if high < 0.0 => " less",
        _ => "",
    };
    let wide = e.upper - e.lower >= 1.0;
    let interval =
        if wide { format!(" [{}, {}]", whole(e.lower, true), whole(e.upper, true)) } else { String::new() };
    format!("{}{word}{interval}", whole(e.estimate, true))
}

fn whole(x: f64, signed: bool) -> String {
    number::fixed(x, 0, signed)
}
