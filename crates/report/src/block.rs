//! The tables of a report as plain text cells, the same for the terminal and for the page.

use super::number::{self, Scale};
use super::setting::Setting;
use poolwise_stats::Estimate;
use poolwise_study::Wording;
use poolwise_study::measures::{Better, Measure, PRIMARY, Unit, find};
use poolwise_study::summary::{Comparison, Difference, Summary, UtilizationRange, Verdict};
use poolwise_study::warm_up::WarmUp;
use std::collections::BTreeMap;

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
/// The unit in headings of shares.
const PER_CENT: &str = ",\u{a0}%";
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
    fn text(value: impl Into<String>) -> Self {
        Self { value: value.into(), ..Self::default() }
    }

    fn number(scale: &Scale, e: &Estimate, signed: bool) -> Self {
        let (value, interval) = scale.parts(e, signed);
        Self { value, interval, remark: None }
    }
}

/// All scenarios side by side: what each needs, delivers, and spends beside.
pub fn scenarios(summaries: &[&Summary]) -> Vec<Block> {
    let mut needs = levels("What it needs", &NEEDS, summaries);
    needs.header.extend(["Idlest hour", "Busiest hour"].map(|label| label.to_owned() + PER_CENT));
    for (row, summary) in needs.rows.iter_mut().zip(summaries) {
        row.extend(range_cells(summary.detail.utilization_range));
    }
    let mut blocks = vec![
        needs,
        levels("What it delivers", &DELIVERS, summaries),
        levels("Extra work, and what is left at the end", &EXTRA, summaries),
    ];
    blocks.extend(super::reactions::block(summaries));
    blocks
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
    let columns: Vec<(&Measure, Scale)> = names
        .iter()
        .filter_map(|name| find(name))
        .map(|m| {
            let values = summaries.iter().filter_map(|s| s.measures.get(m.name)).map(|e| e.estimate);
            (m, Scale::of(m.unit, values))
        })
        .collect();
    let mut header = vec!["Scenario".to_owned()];
    header.extend(columns.iter().map(|(m, scale)| heading(&wording.label(m), scale, None)));
    let rows = summaries
        .iter()
        .map(|s| {
            let mut row = vec![BlockCell::text(&s.scenario)];
            row.extend(columns.iter().map(|(m, scale)| match s.measures.get(m.name) {
                Some(e) => BlockCell::number(scale, e, false),
                None => BlockCell::text(number::UNDEFINED),
            }));
            row
        })
        .collect();
    let mut block = Block { title: title.to_owned(), header, rows };
    trim_whole(&mut block);
    block
}

/// Takes the decimal from columns in which all numbers are whole and known: 245, not 245.0.
fn trim_whole(block: &mut Block) {
    for column in 1..block.header.len() {
        let whole = |row: &Vec<BlockCell>| {
            row.get(column).is_some_and(|c| c.interval.is_none() && c.value.ends_with(".0"))
        };
        if !block.rows.iter().all(whole) {
            continue;
        }
        for cell in block.rows.iter_mut().filter_map(|row| row.get_mut(column)) {
            cell.value.truncate(cell.value.len() - 2);
        }
    }
}

fn heading(label: &str, scale: &Scale, better: Option<Better>) -> String {
    let mut text = label.to_owned();
    // Hours of work already have the word in their label; only their period is missing.
    match scale.unit {
        "" | "requests" => {}
        "h/week" => text.push_str(" a week"),
        // A no-break space keeps a lonely sign from a line of its own.
        "%" => text.push_str(PER_CENT),
        unit => text.push_str(&format!(", {unit}")),
    }
    match better {
        Some(Better::More) => text + " (more is better)",
        Some(Better::Less) => text + " (less is better)",
        Some(Better::Neither) | None => text,
    }
}

/// Differences from the baseline: the primary measures with verdicts, then others without.
pub fn differences(comparison: &Comparison, summaries: &[&Summary]) -> Vec<Block> {
    let confidence = number::percent(comparison.confidence);
    let baseline = &comparison.baseline;
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
    let columns: Vec<(&Measure, Scale)> = names
        .iter()
        .filter(|name| rows_of(comparison, name).next().is_some())
        .filter_map(|name| find(name))
        .map(|m| (m, difference_scale(m, comparison, summaries)))
        .collect();
    let mut header = vec!["Scenario".to_owned()];
    let with_verdict = names.iter().any(|n| PRIMARY.contains(n));
    header.extend(
        columns.iter().map(|(m, scale)| heading(&wording.label(m), scale, with_verdict.then_some(m.better))),
    );
    let mut scenarios: Vec<&str> = Vec::new();
    for row in &comparison.rows {
        if !scenarios.contains(&row.scenario.as_str()) {
            scenarios.push(&row.scenario);
        }
    }
    let rows = scenarios
        .iter()
        .map(|scenario| {
            let mut cells = vec![BlockCell::text(*scenario)];
            cells.extend(columns.iter().map(|(m, scale)| {
                let found = rows_of(comparison, m.name).find(|r| r.scenario == *scenario);
                found.map_or_else(|| BlockCell::text(number::UNDEFINED), |r| difference_cell(scale, r))
            }));
            cells
        })
        .collect();
    Block { title: title.to_owned(), header, rows }
}

/// A table with a row a scenario and a column for each primary measure, of what `cell` says.
fn primary_block(
    title: String,
    scenarios: &[&str],
    summaries: &[&Summary],
    head: impl Fn(&Measure) -> String,
    cell: impl Fn(&str, &Measure) -> Option<BlockCell>,
) -> Block {
    let known = |name: &&&str| summaries.iter().any(|s| s.measures.contains_key(**name));
    let columns: Vec<&Measure> = PRIMARY.iter().filter(|n| known(n)).filter_map(|name| find(name)).collect();
    let mut header = vec!["Scenario".to_owned()];
    header.extend(columns.iter().map(|m| head(m)));
    let row = |scenario: &&str| {
        let mut row = vec![BlockCell::text(*scenario)];
        let cells =
            columns.iter().map(|m| cell(scenario, m).unwrap_or_else(|| BlockCell::text(number::UNDEFINED)));
        row.extend(cells);
        row
    };
    Block { title, header, rows: scenarios.iter().map(row).collect() }
}

/// What pairing gained, and what is still open.
fn gain_block(comparison: &Comparison, summaries: &[&Summary]) -> Block {
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
    let scale = |m: &Measure| difference_scale(m, comparison, summaries);
    let head = |m: &Measure| heading(&wording.label(m), &scale(m), Some(m.better));
    let shown: Vec<&str> =
        names.iter().copied().filter(|s| PRIMARY.iter().any(|n| of(s, n).is_some())).collect();
    primary_block(title, &shown, summaries, head, |scenario, m| {
        let row = of(scenario, m.name)?;
        let mut cell = BlockCell::number(&scale(m), &row.difference, true);
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

fn rows_of<'a>(comparison: &'a Comparison, name: &'a str) -> impl Iterator<Item = &'a Difference> {
    comparison.rows.iter().filter(move |r| r.measure == name)
}

fn difference_cell(scale: &Scale, row: &Difference) -> BlockCell {
    let mut cell = BlockCell::number(scale, &row.difference, true);
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

/// The lines under the tables: how to read them, the rules, and what a reader should know.
pub(crate) fn notes(
    summaries: &[&Summary],
    settings: &[Setting],
    comparison: Option<&Comparison>,
) -> Vec<String> {
    let mut lines = shared(summaries, reading);
    let several = summaries.len() > 1;
    lines.extend(shared(summaries, if several { replications_of_several } else { replications_of_one }));
    lines.extend(shared(summaries, |s| s.warm_up.as_ref().map(WarmUp::line)));
    lines.extend(shared(summaries, target_note));
    lines.extend(kept_note(summaries));
    let rules: Vec<(&str, &Setting)> = summaries.iter().map(|s| s.scenario.as_str()).zip(settings).collect();
    lines.extend(rule_notes(&rules));
    if let Some(c) = comparison {
        lines.extend(comparison_notes(c, &Wording::of(summaries)));
    }
    lines.extend(summaries.iter().filter_map(|s| warning_note(s)));
    lines
}

/// A line for each scenario, or one when it is the same for all.
fn shared(summaries: &[&Summary], say: fn(&Summary) -> Option<String>) -> Vec<String> {
    let said: Vec<(&str, String)> =
        summaries.iter().filter_map(|s| say(s).map(|line| (s.scenario.as_str(), line))).collect();
    match said.split_first() {
        Some((first, rest)) if said.len() == summaries.len() && rest.iter().all(|(_, l)| *l == first.1) => {
            vec![first.1.clone()]
        }
        _ => said.into_iter().map(|(name, line)| format!("{name}: {line}")).collect(),
    }
}

/// The first few warnings on a scenario, and how many more there are.
fn warning_note(s: &Summary) -> Option<String> {
    const SHOWN: usize = 3;
    if s.warnings.is_empty() {
        return None;
    }
    let shown: Vec<&str> = s.warnings.iter().take(SHOWN).map(String::as_str).collect();
    let more = match s.warnings.len().saturating_sub(SHOWN) {
        0 => String::new(),
        n => format!("; and {n} more in summary.json"),
    };
    Some(format!("Note on {}: {}{more}.", s.scenario, shown.join("; ").trim_end_matches('.')))
}

fn reading(s: &Summary) -> Option<String> {
    let runs = match s.replications {
        1 => "One replication, so no intervals,".to_owned(),
        n => format!("In brackets {} intervals over {n} replications", number::percent(s.confidence)),
    };
    let partial = if s.replications < s.replications_planned {
        format!("PARTIAL: only {} of {} replications were finished. ", s.replications, s.replications_planned)
    } else {
        String::new()
    };
    let warm_up = if s.warm_up_days > 0.0 {
        format!(" after {} of warm-up", number::span(s.warm_up_days))
    } else {
        String::new()
    };
    Some(format!("{partial}{runs} of {}{warm_up}.", number::span(s.horizon_days)))
}

fn replications_of_one(s: &Summary) -> Option<String> {
    s.precision.as_ref().map(|p| p.line(false))
}

fn replications_of_several(s: &Summary) -> Option<String> {
    s.precision.as_ref().map(|p| p.line(true))
}

fn target_note(s: &Summary) -> Option<String> {
    let t = number::duration(s.target_hours);
    Some(format!(
        "Done within {t}: of all {} that arrived at least {t} before the end; losses and unfinished \
         work fail. Avoidable losses: beyond those with no waiting at all.",
        s.words.request.many
    ))
}

/// The service level without early losses, for all scenarios in one line.
fn kept_note(summaries: &[&Summary]) -> Option<String> {
    let share = |s: &&Summary| {
        // Where nobody came in time there is no share to speak of.
        let e = s.measures.get("done_within_target_of_not_lost_early").filter(|e| e.estimate.is_finite())?;
        Some(format!("{} {} %", s.scenario, Scale::of(Unit::Share, []).cell(e)))
    };
    let shares: Vec<String> = summaries.iter().filter_map(share).collect();
    if shares.is_empty() {
        return None;
    }
    let label = Wording::of(summaries).label(find("done_within_target")?);
    Some(format!("{label} with early losses left out: {}.", shares.join("; ")))
}

/// Rules that all scenarios share once, the others by scenario; rules on the same thing together.
fn rule_notes(rules: &[(&str, &Setting)]) -> Vec<String> {
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    // By what they say, and by what they are about, in the order of appearance: there may be thousands.
    let mut at: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, setting) in rules {
        for rule in &setting.rules {
            let place = *at.entry(rule).or_insert(found.len());
            match found.get_mut(place) {
                Some((_, names)) => names.push(name),
                None => found.push((rule, vec![name])),
            }
        }
    }
    fn subject(rule: &str) -> &str {
        rule.split(':').next().unwrap_or_default()
    }
    let mut subjects: BTreeMap<&str, usize> = BTreeMap::new();
    for (rule, _) in &found {
        let next = subjects.len();
        subjects.entry(subject(rule)).or_insert(next);
    }
    found.sort_by_key(|(rule, _)| subjects.get(subject(rule)).copied());
    found
        .into_iter()
        .map(|(rule, names)| match names.len() == rules.len() {
            true => rule.to_owned(),
            false => format!("{} In {}.", rule, names.join(", ")),
        })
        .collect()
}

fn comparison_notes(c: &Comparison, wording: &Wording) -> Vec<String> {
    let mut lines = vec![format!(
        "Verdicts: \u{201c}more\u{201d} or \u{201c}less\u{201d} than {} when the interval leaves out zero, jointly \
         for all verdicts; else \u{201c}cannot tell\u{201d}.",
        c.baseline
    )];
    let open: Vec<String> = c
        .rows
        .iter()
        .filter(|row| row.verdict == Some(Verdict::CannotTell))
        .filter_map(|row| {
            let label = find(&row.measure).map_or_else(|| row.measure.clone(), |m| wording.label(m));
            let runs = number::fixed(row.more_to_tell()? as f64, 0, false);
            Some(format!("{}, {}: {runs} more", row.scenario, label.to_lowercase()))
        })
        .collect();
    if !open.is_empty() {
        lines.push(format!(
            "Replications that would about settle it at the present differences: {}.",
            open.join("; ")
        ));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_of_whole_numbers_has_no_decimals() {
        let row = |values: [&str; 3]| values.map(BlockCell::text).to_vec();
        let rows = vec![row(["a", "245.0", "49.0"]), row(["b", "160.0", "32.4"])];
        let mut block = Block { title: String::new(), header: vec![String::new(); 3], rows };
        trim_whole(&mut block);
        assert_eq!(block.rows, [row(["a", "245", "49.0"]), row(["b", "160", "32.4"])]);
    }
}
