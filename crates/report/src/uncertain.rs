//! Uncertain inputs in words and tables: what was drawn, how far results spread, and through which input.

use super::block::{Block, BlockCell};
use super::called::Called;
use super::number::{self, Scale};
use super::table::{self, TableLook};
use super::{ReportError, csv};
use poolwise_stats::Estimate;
use poolwise_study::Wording;
use poolwise_study::measures::{PRIMARY, find};
use poolwise_study::summary::Summary;
use poolwise_study::uncertain::{DifferenceSpread, Robustness, Spread, Uncertain};

/// Measures told of each scenario beside the primary ones.
const BESIDE: [&str; 3] = ["time_to_completion_mean_hours", "utilization", "arrivals_per_hour"];

/// Tables of scenarios with their inputs drawn.
pub fn scenarios(all: &[&Uncertain], summaries: &[&Summary]) -> Vec<Block> {
    let mut blocks = vec![inputs(all)];
    let (wording, called) = (Wording::of(summaries), Called::summaries(summaries));
    for name in PRIMARY.iter().chain(&BESIDE) {
        let Some(m) = find(name) else { continue };
        let rows: Vec<(&str, &Spread)> = all
            .iter()
            .filter_map(|u| Some((u.scenario.as_str(), u.measures.iter().find(|s| s.measure == **name)?)))
            .collect();
        let scale = Scale::of(m.unit, rows.iter().flat_map(|(_, s)| ends(s)));
        let title = format!("{}{}: with uncertain inputs drawn", wording.label(m), unit(&scale));
        let header =
            ["Option", "At base values", "Mean over draws", &middle(all), "Share of inputs in variance"];
        let rows = rows
            .iter()
            .map(|(scenario, s)| {
                let mut row = vec![text(called.get(scenario))];
                row.extend(spread_cells(&scale, s, false));
                row.push(share(s));
                row
            })
            .collect();
        blocks.push(Block { title, header: header.map(str::to_owned).to_vec(), rows });
    }
    blocks.extend(drivers(all, summaries));
    blocks.retain(|b| !b.rows.is_empty());
    blocks
}

/// Tables of differences from the baseline over draws.
pub fn differences(
    rows: &[DifferenceSpread],
    all: &[&Uncertain],
    summaries: &[&Summary],
    baseline: &str,
) -> Vec<Block> {
    let (wording, called) = (Wording::of(summaries), Called::summaries(summaries));
    let baseline = called.within(baseline);
    let mut blocks = Vec::new();
    for name in PRIMARY {
        let Some(m) = find(name) else { continue };
        let of: Vec<&DifferenceSpread> = rows.iter().filter(|r| r.spread.measure == name).collect();
        let levels = summaries.iter().filter_map(|s| s.measures.get(name)).map(|e| e.estimate);
        let scale =
            Scale::of_difference(m.unit, levels.chain(of.iter().flat_map(|r| ends(&r.spread)))).finer();
        let title = format!(
            "{}{}: difference from {baseline} with uncertain inputs drawn",
            wording.label(m),
            unit(&scale)
        );
        let header =
            ["Option", "At base values", "Mean over draws", &middle(all), "Draws with more", "Verdict"];
        let rows = of
            .iter()
            .map(|r| {
                let mut row = vec![text(called.get(&r.scenario))];
                row.extend(spread_cells(&scale, &r.spread, true));
                row.push(text(&format!("{} %", number::fixed(r.more_share * 100.0, 0, false))));
                row.push(text(robustness(r.robustness)));
                row
            })
            .collect();
        blocks.push(Block { title, header: header.map(str::to_owned).to_vec(), rows });
    }
    blocks.retain(|b| !b.rows.is_empty());
    blocks
}

/// What stands below an answer whose uncertain inputs were drawn: all tables and notes if wanted, else how many draws there
/// were and what more there is.
pub fn below(blocks: &[Block], all: &[&Uncertain], look: TableLook) -> String {
    let Some(first) = all.first() else { return String::new() };
    if look.verbose {
        return table::further(blocks, &notes(all), look.width);
    }
    let mut lines = partial(all);
    lines.push(format!(
        "Uncertain inputs: {} draws with {} replications each. `--verbose` also shows what was drawn, how far results spread over \
         the draws, and what moves them.",
        first.draws, first.replications_per_draw
    ));
    table::notes(&lines, look.width)
}

/// The lines under the tables.
pub(crate) fn notes(all: &[&Uncertain]) -> Vec<String> {
    let Some(first) = all.first() else { return Vec::new() };
    let mut lines = vec![format!(
        "Uncertain inputs: {} draws with {} replications each. Brackets hold what chance leaves open about the mean \
         ({} interval); \u{201c}{}\u{201d} is what the inputs leave open, chance taken out.",
        first.draws,
        first.replications_per_draw,
        number::percent(first.confidence),
        middle(all)
    )];
    lines.push(
        "Share of inputs in variance: of the variance of one such period, inputs unknown; the rest is chance. Inputs \
         are drawn independently but for those tied together."
            .to_owned(),
    );
    lines.extend(partial(all));
    lines
}

/// Of which scenarios not all draws were finished.
fn partial(all: &[&Uncertain]) -> Vec<String> {
    let cut = all.iter().filter(|u| u.draws < u.draws_planned);
    cut.map(|u| {
        format!("PARTIAL: {}: only {} of {} draws were finished.", u.scenario, u.draws, u.draws_planned)
    })
    .collect()
}

/// `draws.csv`: the value of every uncertain input in every draw.
///
/// # Errors
/// If a row cannot be encoded.
pub(crate) fn draws_csv(u: &Uncertain) -> Result<String, ReportError> {
    let rows = u.drawn.iter().map(|(draw, path, value)| [draw.to_string(), path.clone(), value.clone()]);
    csv::encode(["draw", "path", "value"], rows)
}

/// `uncertain.csv`: every whole-scenario measure of every replication of every draw.
///
/// # Errors
/// If a row cannot be encoded.
pub(crate) fn values_csv(u: &Uncertain) -> Result<String, ReportError> {
    let rows = u.rows.iter().map(|(draw, k, measure, value)| {
        [u.scenario.clone(), draw.to_string(), k.to_string(), measure.clone(), csv::number(*value)]
    });
    csv::encode(["scenario", "draw", "replication", "measure", "value"], rows)
}

fn text(value: &str) -> BlockCell {
    BlockCell { value: value.to_owned(), ..BlockCell::default() }
}

fn unit(scale: &Scale) -> String {
    if scale.unit.is_empty() { String::new() } else { format!(", {}", scale.unit) }
}

fn middle(all: &[&Uncertain]) -> String {
    let coverage = all.first().map_or(0.9, |u| u.coverage);
    format!("{} of draws", number::percent(coverage))
}

fn ends(s: &Spread) -> [f64; 2] {
    [s.nested.input_lower, s.nested.input_upper]
}

/// At base values, mean over draws, input interval.
fn spread_cells(scale: &Scale, s: &Spread, signed: bool) -> [BlockCell; 3] {
    let number = |e: &Estimate| {
        let (value, interval) = scale.parts(e, signed);
        BlockCell { value, interval, remark: None }
    };
    // The input interval with the digits that it supports itself.
    let n = &s.nested;
    let around =
        Estimate { estimate: n.mean.estimate, lower: n.input_lower, upper: n.input_upper, replications: 0 };
    let range = scale.finer().parts(&around, signed).1.unwrap_or_else(|| number::UNDEFINED.to_owned());
    [number(&s.base), number(&n.mean), text(&range)]
}

fn share(s: &Spread) -> BlockCell {
    let share = s.nested.input_share;
    if !share.estimate.is_finite() {
        return text(number::UNDEFINED);
    }
    let percent = |x: f64| number::fixed(x * 100.0, 0, false);
    let interval = share.lower.is_finite() && share.upper > share.lower;
    BlockCell {
        value: format!("{} %", percent(share.estimate)),
        interval: interval.then(|| format!("[{}, {}]", percent(share.lower), percent(share.upper))),
        remark: None,
    }
}

/// All inputs of all scenarios, each once.
fn inputs(all: &[&Uncertain]) -> Block {
    let header = ["Uncertain input", "Low", "Base", "High", "Drawn", "Standing"].map(str::to_owned).to_vec();
    let mut rows: Vec<Vec<BlockCell>> = Vec::new();
    for input in all.iter().flat_map(|u| &u.inputs) {
        let row = vec![
            text(&input.name),
            text(&input.low),
            text(&input.base),
            text(&input.high),
            text(&input.distribution),
            text(input.standing.unwrap_or("")),
        ];
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    Block { title: "Uncertain inputs".to_owned(), header, rows }
}

/// What moves each primary measure most.
fn drivers(all: &[&Uncertain], summaries: &[&Summary]) -> Option<Block> {
    let (wording, called) = (Wording::of(summaries), Called::summaries(summaries));
    let mut rows = Vec::new();
    for u in all {
        for name in PRIMARY {
            let Some(m) = find(name) else { continue };
            let found: Vec<String> = u
                .drivers
                .iter()
                .filter(|d| d.measure == name)
                .map(|d| format!("{} ({})", d.input, number::fixed(d.rank_correlation, 2, true)))
                .collect();
            if !found.is_empty() {
                rows.push(vec![
                    text(called.get(&u.scenario)),
                    text(&wording.label(m)),
                    text(&found.join("; ")),
                ]);
            }
        }
    }
    let header = ["Option", "Measure", "Inputs, strongest first"].map(str::to_owned).to_vec();
    let title =
        "What moves it: rank correlation of inputs with measures over draws, beyond chance".to_owned();
    (!rows.is_empty()).then_some(Block { title, header, rows })
}

fn robustness(r: Robustness) -> &'static str {
    match r {
        Robustness::More => "more",
        Robustness::Less => "less",
        Robustness::Depends => "depends on the inputs",
    }
}
