//! The tables of a report as plain text cells, the same for the terminal and for the page.

use super::called::Called;
use super::column::{MeasureColumn, PER_CENT, trim_whole};
use super::number::{self, Scale};
use poolwise_stats::Estimate;
use poolwise_study::Wording;
use poolwise_study::measures::{Measure, PRIMARY, Unit, find};
use poolwise_study::summary::{Comparison, Difference, Summary, UtilizationRange, Verdict};

/// What one option needs.
const NEEDS: [&str; 4] = ["posts", "rostered_hours_per_week", "headcount", "utilization"];
/// What it delivers.
const DELIVERS: [&str; 4] = [
    "done_within_target",
    "time_to_completion_mean_hours",
    "time_to_completion_p95_hours",
    "lost_share_avoidable",
];
/// What it spends beside, and leaves undone.
const EXTRA: [&str; 4] =
    ["duplicate_hours_per_week", "rework_hours_per_week", "overtime_hours_per_week", "backlog_at_end"];
/// Differences without a verdict, in two tables.
const POINTWISE: [[&str; 4]; 2] =
    [["headcount", "posts", "utilization", "time_to_completion_mean_hours"], EXTRA];

/// A titled table of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// What the table shows.
    pub title: String,
    /// Column headings; the first column names scenarios.
    pub header: Vec<String>,
    /// Rows, as long as the header.
    pub rows: Vec<Vec<BlockCell>>,
}

/// A cell of a table, with how it is to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlockCell {
    /// The number or name.
    pub value: String,
    /// Its interval in brackets.
    pub interval: Option<String>,
    /// Words on it: a verdict.
    pub remark: Option<String>,
}

impl BlockCell {
    pub(crate) fn text(value: impl Into<String>) -> Self {
        Self { value: value.into(), ..Self::default() }
    }

    pub(crate) fn number(scale: &Scale, e: &Estimate, signed: bool) -> Self {
        let (value, interval) = scale.parts(e, signed);
        Self { value, interval, remark: None }
    }
}

/// All scenarios side by side: what each needs, delivers, and spends beside.
pub fn scenarios(summaries: &[&Summary]) -> Vec<Block> {
    let mut needs = levels("What it needs", &NEEDS, summaries);
    // Without a plan that differs by the hour the busiest hour is the luckiest, no more.
    if summaries.iter().any(|s| s.about.changes && s.detail.utilization_range.is_some()) {
        needs.header.extend(["Idlest hour", "Busiest hour"].map(|label| label.to_owned() + PER_CENT));
        for (row, summary) in needs.rows.iter_mut().zip(summaries) {
            row.extend(range_cells(summary.detail.utilization_range));
        }
    }
    let mut blocks = vec![
        needs,
        levels("What it delivers", &DELIVERS, summaries),
        levels("Extra work, and what is left at the end", &EXTRA, summaries),
    ];
    blocks.retain(|block| block.header.len() > 1);
    blocks.extend(super::reactions::block(summaries));
    blocks
}

/// Whether a measure says something of some option: what is nought or unknown for all has no column.
fn says_something(measure: &Measure, summaries: &[&Summary]) -> bool {
    // What hours on duty come to in people is arithmetic that nobody spoke of.
    if measure.name == "headcount" && !summaries.iter().any(|s| s.about.states_headcount) {
        return false;
    }
    let of = |s: &&Summary| s.measures.get(measure.name).copied();
    summaries.iter().filter_map(of).any(|e| e.estimate.is_finite() && (e.estimate != 0.0 || e.upper > 0.0))
}

fn range_cells(range: Option<UtilizationRange>) -> [BlockCell; 2] {
    let cell = |share: f64, hour| {
        BlockCell::text(format!("{} {}", Scale::of(Unit::Share, []).plain(share), number::hour_of_week(hour)))
    };
    match range {
        Some(r) => [cell(r.lowest, r.lowest_hour), cell(r.highest, r.highest_hour)],
        None => [BlockCell::text(number::UNDEFINED), BlockCell::text(number::UNDEFINED)],
    }
}

fn levels(title: &str, names: &[&str], summaries: &[&Summary]) -> Block {
    let wording = Wording::of(summaries);
    let called = Called::summaries(summaries);
    let columns: Vec<MeasureColumn> = names
        .iter()
        .filter_map(|name| find(name))
        .filter(|m| says_something(m, summaries))
        .map(|m| {
            let values = || summaries.iter().filter_map(|s| s.measures.get(m.name)).map(|e| e.estimate);
            MeasureColumn::of(m, Scale::of(m.unit, values()), values())
        })
        .collect();
    let mut header = vec!["Option".to_owned()];
    header.extend(columns.iter().map(|column| column.heading(&wording, None)));
    let rows = summaries
        .iter()
        .map(|s| {
            let mut row = vec![BlockCell::text(called.get(&s.scenario))];
            row.extend(columns.iter().map(|column| match s.measures.get(column.measure.name) {
                Some(e) => column.cell(e, false),
                None => BlockCell::text(number::UNDEFINED),
            }));
            row
        })
        .collect();
    let mut block = Block { title: title.to_owned(), header, rows };
    trim_whole(&mut block);
    block
}

/// Differences from the baseline: the primary measures with verdicts, then others without.
pub fn differences(comparison: &Comparison, summaries: &[&Summary]) -> Vec<Block> {
    let confidence = number::percent(comparison.confidence);
    let called = Called::summaries(summaries);
    let baseline = called.within(&comparison.baseline);
    let primary = format!(
        "Differences from {baseline}: primary measures, simultaneous {confidence} intervals and verdict"
    );
    let others = format!("Differences from {baseline}: other measures, pointwise {confidence} intervals");
    let mut blocks = vec![difference_block(&primary, &PRIMARY, comparison, summaries)];
    for (i, names) in POINTWISE.iter().enumerate() {
        let title = if i == 0 { others.clone() } else { format!("{others} (continued)") };
        blocks.push(difference_block(&title, names, comparison, summaries));
    }
    blocks.insert(1, gain_block(comparison, summaries));
    blocks.insert(2, best_block(comparison, summaries));
    // A table of nothing but blanks says nothing.
    blocks.retain(|b| b.header.len() > 1 && !b.rows.is_empty());
    blocks
}

fn difference_block(title: &str, names: &[&str], comparison: &Comparison, summaries: &[&Summary]) -> Block {
    let wording = Wording::of(summaries);
    let called = Called::summaries(summaries);
    let columns: Vec<MeasureColumn> = names
        .iter()
        .filter(|name| rows_of(comparison, name).any(|row| row.difference.estimate.is_finite()))
        .filter_map(|name| find(name))
        .filter(|m| says_something(m, summaries))
        .map(|m| difference_column(m, comparison, summaries))
        .collect();
    let mut header = vec!["Option".to_owned()];
    let with_verdict = names.iter().any(|n| PRIMARY.contains(n));
    header.extend(columns.iter().map(|c| c.heading(&wording, with_verdict.then_some(c.measure.better))));
    let mut scenarios: Vec<&str> = Vec::new();
    for row in &comparison.rows {
        if !scenarios.contains(&row.scenario.as_str()) {
            scenarios.push(&row.scenario);
        }
    }
    let rows = scenarios
        .iter()
        .map(|scenario| {
            let mut cells = vec![BlockCell::text(called.get(scenario))];
            cells.extend(columns.iter().map(|column| {
                let found = rows_of(comparison, column.measure.name).find(|r| r.scenario == *scenario);
                found.map_or_else(|| BlockCell::text(number::UNDEFINED), |r| difference_cell(column, r))
            }));
            cells
        })
        .collect();
    let mut block = Block { title: title.to_owned(), header, rows };
    trim_whole(&mut block);
    block
}

/// A table with a row a scenario and a column for each primary measure, of what `cell` says.
fn primary_block(
    title: String,
    scenarios: &[&str],
    summaries: &[&Summary],
    head: impl Fn(&Measure) -> String,
    cell: impl Fn(&str, &Measure) -> Option<BlockCell>,
) -> Block {
    let of = |s: &&Summary, name: &str| s.measures.get(name).is_some_and(|e| e.estimate.is_finite());
    let known = |name: &&&str| summaries.iter().any(|s| of(s, name));
    let columns: Vec<&Measure> = PRIMARY.iter().filter(|n| known(n)).filter_map(|name| find(name)).collect();
    let called = Called::summaries(summaries);
    let mut header = vec!["Option".to_owned()];
    header.extend(columns.iter().map(|m| head(m)));
    let row = |scenario: &&str| {
        let mut row = vec![BlockCell::text(called.get(scenario))];
        let cells =
            columns.iter().map(|m| cell(scenario, m).unwrap_or_else(|| BlockCell::text(number::UNDEFINED)));
        row.extend(cells);
        row
    };
    Block { title, header, rows: scenarios.iter().map(row).collect() }
}

/// What pairing gained, and what is still open.
pub(crate) fn gain_block(comparison: &Comparison, summaries: &[&Summary]) -> Block {
    let wording = Wording::of(summaries);
    let mut scenarios: Vec<&str> = comparison.rows.iter().map(|r| r.scenario.as_str()).collect();
    scenarios.dedup();
    let title = "Gain from the same requests: times fewer replications than with independent runs; and \
                 replications still to run where the verdict is open";
    primary_block(
        title.to_owned(),
        &scenarios,
        summaries,
        |m| wording.label(m),
        |scenario, m| {
            let row = rows_of(comparison, m.name).find(|r| r.scenario == scenario)?;
            let value = if row.variance_ratio.is_finite() {
                number::fixed(row.variance_ratio, 1, false)
            } else {
                number::UNDEFINED.to_owned()
            };
            let open = row.verdict == Some(Verdict::CannotTell);
            let remark = open.then(|| match row.more_to_tell() {
                Some(n) => format!("about {} more", number::fixed(n as f64, 0, false)),
                None => "no difference in sight".to_owned(),
            });
            Some(BlockCell { value, interval: None, remark })
        },
    )
}

/// Which scenario is best, and which may be.
fn best_block(comparison: &Comparison, summaries: &[&Summary]) -> Block {
    let wording = Wording::of(summaries);
    let names: Vec<&str> = summaries.iter().map(|s| s.scenario.as_str()).collect();
    let of = |scenario: &str, name: &str| {
        comparison.best.iter().find(|b| b.scenario == scenario && b.measure == name)
    };
    let title = format!(
        "Which is best: difference from the best of the others, {} intervals that hold for all scenarios \
         together",
        number::percent(comparison.confidence)
    );
    let column = |m: &Measure| find(m.name).map(|m| difference_column(m, comparison, summaries));
    let head = |m: &Measure| column(m).map_or_else(String::new, |c| c.heading(&wording, Some(m.better)));
    let shown: Vec<&str> =
        names.iter().copied().filter(|s| PRIMARY.iter().any(|n| of(s, n).is_some())).collect();
    primary_block(title, &shown, summaries, head, |scenario, m| {
        let row = of(scenario, m.name)?;
        let mut cell = column(m)?.cell(&row.difference, true);
        let alone = row.difference.lower.is_nan();
        cell.remark = (!alone).then(|| {
            match (row.is_best, row.may_be_best) {
                (true, _) => "best",
                (_, true) => "may be best",
                _ => "not best",
            }
            .to_owned()
        });
        Some(cell)
    })
}

/// The scale of a measure's differences: the unit of its levels, so that both tables speak alike, and
/// one digit more for the primary ones, whose intervals decide.
pub(crate) fn difference_scale(m: &Measure, comparison: &Comparison, summaries: &[&Summary]) -> Scale {
    let levels = summaries.iter().filter_map(|s| s.measures.get(m.name)).map(|e| e.estimate);
    let differences = rows_of(comparison, m.name).map(|r| r.difference.estimate);
    let scale = Scale::of_difference(m.unit, levels.chain(differences));
    if PRIMARY.contains(&m.name) { scale.finer() } else { scale }
}

/// The column of a measure's differences.
fn difference_column(m: &'static Measure, comparison: &Comparison, summaries: &[&Summary]) -> MeasureColumn {
    let values = rows_of(comparison, m.name).map(|r| r.difference.estimate);
    let scale = difference_scale(m, comparison, summaries);
    let column = MeasureColumn::of(m, scale, values);
    if PRIMARY.contains(&m.name) { column.finer() } else { column }
}

fn rows_of<'a>(comparison: &'a Comparison, name: &'a str) -> impl Iterator<Item = &'a Difference> {
    comparison.rows.iter().filter(move |r| r.measure == name)
}

fn difference_cell(column: &MeasureColumn, row: &Difference) -> BlockCell {
    let mut cell = column.cell(&row.difference, true);
    cell.remark = row.verdict.map(|v| verdict(v).to_owned());
    cell
}

/// A verdict in words.
pub(crate) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::More => "more",
        Verdict::Less => "less",
        Verdict::CannotTell => "cannot tell",
    }
}

/// What each scenario is: `(name, title)`, the baseline marked.
pub(crate) fn legend(summaries: &[&Summary], baseline: Option<&str>) -> Vec<(String, String)> {
    summaries
        .iter()
        .map(|s| {
            let mark = if baseline == Some(s.scenario.as_str()) { " (baseline)" } else { "" };
            (format!("{}{mark}", s.scenario), s.title.clone())
        })
        .collect()
}
