//! The validation suite's results: text for the terminal, Markdown for the documentation, JSON.

use super::ReportError;
use super::block::{Block, BlockCell};
use super::grid::{titled, wrap};
use super::json::document;
use super::number::{self, UNDEFINED};
use super::page::Page;
use super::table::paragraph;
use super::told::Told;
use poolwise_engine::model::capital;
use poolwise_math::log10;
use poolwise_stats::Estimate;
use poolwise_validation::{
    CONFIDENCE, CaseGroup, Check, CheckVerdict, Finding, Known, Printed, PrintedTable, ValidationReport,
    false_alarm,
};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Widest line of the terminal's text.
const WIDTH: usize = 100;
/// Width of its columns: expected, found, verdict.
const COLUMNS: [usize; 3] = [12, 30, 7];
/// Digits of its own that an interval's half-width shows.
const DIGITS: i32 = 2;

/// The deliberate faults that the tests catch, as `tests/faults.toml` lists them.
const FAULTS: &str = include_str!("../faults.toml");

/// One deliberate fault: a piece of source text, what takes its place, and the test that notices.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What is wrong then.
    pub fault: String,
    /// Source file that the fault is put into, from the root.
    pub file: String,
    /// Text that stands in it once.
    pub from: String,
    /// What takes the place of `from`.
    pub to: String,
    /// The case of `poolwise validate` that fails then: the words after the command.
    #[serde(default)]
    pub case: Vec<String>,
    /// Or the test: the words after `cargo test`.
    #[serde(default)]
    pub test: Vec<String>,
}

impl Fault {
    /// The check that notices, in words.
    pub fn check(&self) -> String {
        if self.case.is_empty() {
            let words: Vec<&str> = self.test.iter().map(String::as_str).filter(|w| *w != "--test").collect();
            format!("test {}", words.join(" "))
        } else {
            format!("validate {}", self.case.join(" "))
        }
    }
}

#[derive(Deserialize)]
struct Faults {
    fault: Vec<Fault>,
}

/// The deliberate faults.
///
/// # Errors
/// If the list is not in order.
pub fn faults() -> Result<Vec<Fault>, ReportError> {
    read_faults(FAULTS)
}

/// The faults that a text lists.
///
/// # Errors
/// As [`faults`].
pub fn read_faults(text: &str) -> Result<Vec<Fault>, ReportError> {
    let all: Faults = toml::from_str(text).map_err(|e| ReportError::Encode(e.to_string()))?;
    Ok(all.fault)
}

/// How many checks there are, and how many of each verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// How many checks there are.
    pub checks: usize,
    /// Values that lie where they should.
    pub hold: usize,
    /// Not as expected.
    pub fail: usize,
    /// Too wide to tell.
    pub blunt: usize,
}

impl Totals {
    /// Counts the verdicts of all reports.
    pub fn of(reports: &[ValidationReport]) -> Self {
        let all: Vec<CheckVerdict> = reports.iter().flat_map(|r| &r.checks).map(Check::verdict).collect();
        let count = |v| all.iter().filter(|x| **x == v).count();
        Self {
            checks: all.len(),
            hold: count(CheckVerdict::Holds),
            fail: count(CheckVerdict::Fails),
            blunt: count(CheckVerdict::Blunt),
        }
    }

    /// Whether everything is as expected.
    pub fn all_hold(&self) -> bool {
        self.hold == self.checks
    }
}

/// One document: `{"confidence", "false_alarm", "totals", "cases": [{"group", "case", "source", "checks"}]}`.
///
/// # Errors
/// If a result cannot be written as JSON, which none should cause.
pub fn json(reports: &[ValidationReport]) -> Result<String, ReportError> {
    #[derive(Serialize)]
    struct CheckLine<'a> {
        #[serde(flatten)]
        check: &'a Check,
        verdict: CheckVerdict,
    }
    #[derive(Serialize)]
    struct CaseLines<'a> {
        group: CaseGroup,
        case: &'a str,
        source: &'a str,
        checks: Vec<CheckLine<'a>>,
    }
    #[derive(Serialize)]
    struct Suite<'a> {
        confidence: f64,
        false_alarm: f64,
        totals: Totals,
        cases: Vec<CaseLines<'a>>,
    }
    fn case(r: &ValidationReport) -> CaseLines<'_> {
        let checks = r.checks.iter().map(|check| CheckLine { check, verdict: check.verdict() }).collect();
        CaseLines { group: r.group, case: r.case, source: r.source, checks }
    }
    document(&Suite {
        confidence: CONFIDENCE,
        false_alarm: false_alarm(reports),
        totals: Totals::of(reports),
        cases: reports.iter().map(case).collect(),
    })
}

/// A case for a terminal of that width: its name, and a line for each check.
fn case(report: &ValidationReport, width: usize) -> String {
    // In columns that are the same for all cases, where there is room for them.
    if width < WIDTH {
        return titled(&case_block(report), width);
    }
    let mut text = format!("{} ({})\n", report.case, report.source);
    let name = WIDTH - COLUMNS.iter().sum::<usize>() - COLUMNS.len() - 2;
    for check in &report.checks {
        let cells = [expected(check), found(check), verdict(check).to_owned()];
        let mut label = label(check);
        // A label that is too long has a line of its own.
        if label.chars().count() > name {
            let _ = writeln!(text, "  {label}");
            label.clear();
        }
        let _ = write!(text, "  {label:name$}");
        let _ = writeln!(
            text,
            " {:>w0$} {:>w1$} {}",
            cells[0],
            cells[1],
            cells[2],
            w0 = COLUMNS[0],
            w1 = COLUMNS[1]
        );
    }
    text
}

/// Tables in print beside exact and simulated values, for a terminal of that width.
pub fn published(tables: &[PrintedTable], width: usize) -> String {
    let mut text = String::new();
    // In columns that stand below each other, where there is room for them.
    if width < WIDTH {
        let told = published_told(tables);
        for (block, note) in told.blocks.iter().zip(&told.notes) {
            let _ = writeln!(text, "{}{}", titled(block, width), paragraph(note, width));
        }
        return text;
    }
    for table in tables {
        let (decimals, more) = (table.decimals, usize::from(table.decimals > 0));
        let number = |x: f64, more: usize| number::fixed(x, decimals + more, false);
        let _ = write!(text, "{}{}", paragraph(table.title, width), paragraph(table.source, width));
        let name = table.rows.iter().map(|r| r.what.chars().count()).max().unwrap_or(0);
        let _ = writeln!(text, "  {:name$} {:>9} {:>10}  simulated", "", "print", "exact");
        for row in &table.rows {
            let print = row.print.map_or_else(|| "-".to_owned(), |x| number(x, 0));
            let simulated = row.simulated.map_or_else(
                || "-".to_owned(),
                |e| {
                    format!(
                        "{} [{}, {}]",
                        number(e.estimate, more),
                        number(e.lower, more),
                        number(e.upper, more)
                    )
                },
            );
            let exact = number(row.exact, more);
            let _ = writeln!(text, "  {:name$} {print:>9} {exact:>10}  {simulated}", row.what);
        }
        let _ = writeln!(text, "{}", wrap(&format!("  Print and exact: {}.", table.cause), width, 2));
    }
    text
}

/// The same tables as one JSON document: `{"tables": [...]}`.
///
/// # Errors
/// If a result cannot be written as JSON, which none should cause.
pub fn published_json(tables: &[PrintedTable]) -> Result<String, ReportError> {
    #[derive(Serialize)]
    struct Published<'a> {
        tables: &'a [PrintedTable],
    }
    document(&Published { tables })
}

/// How many hold, and how often a correct program would fail.
pub fn conclusion(reports: &[ValidationReport]) -> String {
    let t = Totals::of(reports);
    let mut text = format!("{} of {} checks hold", t.hold, t.checks);
    if t.fail > 0 {
        let _ = write!(text, ", {} FAIL", t.fail);
    }
    if t.blunt > 0 {
        let _ = write!(text, ", {} are too wide to tell (blunt)", t.blunt);
    }
    let alarm = false_alarm(reports);
    if alarm == 0.0 {
        text.push_str(". None of them has to do with chance.\n");
        return text;
    }
    let _ = writeln!(
        text,
        ". Intervals have a confidence of {} % each: with seeds drawn anew, a correct\nprogram would fail \
         anywhere in the suite with a probability of at most {:.2} %.",
        100.0 * CONFIDENCE,
        100.0 * alarm
    );
    text
}

fn text(value: impl Into<String>) -> BlockCell {
    BlockCell { value: value.into(), ..BlockCell::default() }
}

/// Every check, a table a case.
pub fn checks(reports: &[ValidationReport]) -> Told {
    Told { blocks: reports.iter().map(case_block).collect(), ..Told::default() }
}

fn case_block(r: &ValidationReport) -> Block {
    Block {
        title: format!("{}. {}", r.case, sentence(r.source)),
        header: ["What", "Expected", "Found", "Verdict"].map(str::to_owned).to_vec(),
        rows: r
            .checks
            .iter()
            .map(|c| vec![text(label(c)), text(expected(c)), text(found(c)), text(verdict(c).to_owned())])
            .collect(),
    }
}

/// All of it for a terminal of that width: how many hold, then what each case expected and found.
pub fn told(reports: &[ValidationReport], width: usize) -> String {
    let mut text = paragraph(&conclusion(reports).replace('\n', " "), width);
    for report in reports {
        let _ = write!(text, "\n{}", case(report, width));
    }
    text
}

/// Tables of the literature, for documents and spreadsheets.
pub fn published_told(tables: &[PrintedTable]) -> Told {
    let block = |table: &PrintedTable| {
        let (decimals, more) = (table.decimals, usize::from(table.decimals > 0));
        let number = |x: f64, more: usize| number::fixed(x, decimals + more, false);
        let row = |row: &Printed| {
            let simulated = row.simulated.map_or_else(BlockCell::default, |e| BlockCell {
                value: number(e.estimate, more),
                interval: Some(format!("[{}, {}]", number(e.lower, more), number(e.upper, more))),
                remark: None,
            });
            let print = row.print.map_or_else(String::new, |x| number(x, 0));
            vec![text(row.what.clone()), text(print), text(number(row.exact, more)), simulated]
        };
        Block {
            title: format!("{} {}", table.title, table.source),
            header: ["What", "Print", "Exact", "Simulated"].map(str::to_owned).to_vec(),
            rows: table.rows.iter().map(row).collect(),
        }
    };
    Told {
        blocks: tables.iter().map(block).collect(),
        notes: tables.iter().map(|t| format!("{} Print and exact: {}.", t.title, t.cause)).collect(),
        ..Told::default()
    }
}

/// The suite as a page to forward.
pub fn page(reports: &[ValidationReport]) -> Page {
    let mut groups: Vec<(CaseGroup, usize, usize)> = Vec::new();
    for r in reports {
        if groups.last().is_none_or(|g| g.0 != r.group) {
            groups.push((r.group, 0, 0));
        }
        if let Some(last) = groups.last_mut() {
            last.1 += r.checks.len();
            last.2 += r.checks.iter().filter(|c| c.verdict() == CheckVerdict::Holds).count();
        }
    }
    let summary = Block {
        title: "Checks by group".to_owned(),
        header: ["Group", "Checks", "Hold"].map(str::to_owned).to_vec(),
        rows: groups
            .iter()
            .map(|(g, all, hold)| {
                vec![text(g.title().to_owned()), text(all.to_string()), text(hold.to_string())]
            })
            .collect(),
    };
    let told = Told {
        head: vec![conclusion(reports).replace('\n', " ")],
        blocks: vec![summary],
        notes: vec![
            "Every case is simulated by the engine that simulates every scenario, with fixed seeds. A check holds if the interval \
             contains the expected value (give or take its tolerance) and is narrow enough to have failed."
                .to_owned(),
            "Nothing can be tried on this page: its cases are models of the program and no scenarios.".to_owned(),
        ],
        advice: String::new(),
    };
    let title = "Does poolwise find what is known?".to_owned();
    Page { more_blocks: checks(reports).blocks, ..Page::told("Validation", title, told, Vec::new()) }
}

/// The page `docs/validation.md`.
///
/// # Errors
/// If the list of faults is not in order.
pub fn markdown(reports: &[ValidationReport], long: bool) -> Result<String, ReportError> {
    let command = if long { "validate --long" } else { "validate" };
    let mut text = format!(
        "# Validation\n\nThe output of `poolwise {command} --format markdown`, which anyone can run. Every case is simulated \
         by the same engine and\nsummarised by the same code as every scenario, with fixed seeds; the expected value comes from \
         `src/theory`, from hand or\nfrom the literature. A check *holds* if the interval contains the expected value (give or take \
         its tolerance, where one is\nstated) and is narrow enough to have failed. *Approximate* values have a tolerance of \
         their own.\n\n{}\n",
        conclusion(reports)
    );
    let mut group = None;
    for report in reports {
        if group != Some(report.group) {
            group = Some(report.group);
            let _ = writeln!(text, "## {}\n", report.group.title());
        }
        let _ = writeln!(text, "### {}\n\n{}\n", report.case, sentence(report.source));
        text.push_str("| what | expected | found | verdict |\n|---|---|---|---|\n");
        for check in &report.checks {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} |",
                label(check),
                expected(check),
                found(check),
                verdict(check)
            );
        }
        text.push('\n');
    }
    text.push_str(
        "## Deliberate faults\n\nChecks that cannot fail prove nothing. `cargo run --release --example faults` puts each of \
         these faults into the source,\none at a time, and says whether the check beside it fails, as it must.\n\n| fault | in | caught by \
         |\n|---|---|---|\n",
    );
    for fault in faults()? {
        let _ = writeln!(text, "| {} | `{}` | `{}` |", fault.fault, fault.file, fault.check());
    }
    Ok(text)
}

fn sentence(source: &str) -> String {
    capital(source) + "."
}

fn label(check: &Check) -> String {
    let mut text = check.what.clone();
    if !check.unit.is_empty() && !matches!(check.found, Finding::PValue(_)) {
        let _ = write!(text, ", {}", check.unit);
    }
    match check.known {
        Known::Approximate => text.push_str(" (approximate)"),
        Known::Exact | Known::Published | Known::Hand => {}
    }
    text
}

fn expected(check: &Check) -> String {
    if let Finding::PValue(_) = check.found {
        return format!("P >= {:.5}", check.expected);
    }
    let decimals = match check.found {
        Finding::Estimate(e) | Finding::Point(e) => decimals(e.half_width()) + 1,
        Finding::Value(_) => 0,
        Finding::PValue(_) => 5,
    };
    let mut text = match check.found {
        Finding::Value(_) => plain(check.expected),
        _ => number(check.expected, decimals),
    };
    if check.tolerance > 1e-6 * check.expected.abs().max(1.0) {
        let _ = write!(text, " ± {}", plain(check.tolerance));
    }
    text
}

fn found(check: &Check) -> String {
    match check.found {
        Finding::Estimate(e) | Finding::Point(e) => interval(&e),
        Finding::Value(x) => plain(x),
        Finding::PValue(p) => format!("P = {p:.4}"),
    }
}

fn interval(e: &Estimate) -> String {
    let d = decimals(e.half_width());
    let [x, lower, upper] = [e.estimate, e.lower, e.upper].map(|x| number(x, d));
    format!("{x} [{lower}, {upper}]")
}

/// Decimals at which a half-width shows its digits.
fn decimals(half: f64) -> usize {
    if half > 0.0 { (DIGITS - 1 - log10(half).floor() as i32).clamp(0, 12) as usize } else { 3 }
}

fn number(x: f64, decimals: usize) -> String {
    if x.is_finite() { format!("{x:.decimals$}") } else { UNDEFINED.to_owned() }
}

/// A number without an interval: up to six significant digits, no trailing zeros.
fn plain(x: f64) -> String {
    if !x.is_finite() {
        return UNDEFINED.to_owned();
    }
    if x != 0.0 && x.abs() < 1e-4 {
        return format!("{x:.1e}");
    }
    let digits = if x == 0.0 { 0 } else { (5 - log10(x.abs()).floor() as i32).clamp(0, 6) as usize };
    let text = format!("{x:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn verdict(check: &Check) -> &'static str {
    match check.verdict() {
        CheckVerdict::Holds => "holds",
        CheckVerdict::Fails => "FAILS",
        CheckVerdict::Blunt => "blunt",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_show_what_their_intervals_support() {
        let e = Estimate { estimate: 8.77213, lower: 8.7012, upper: 8.84306, replications: 9 };
        assert_eq!(interval(&e), "8.772 [8.701, 8.843]");
        assert_eq!(
            (plain(15.0).as_str(), plain(2.1 / 3.0).as_str(), plain(0.0).as_str()),
            ("15", "0.7", "0")
        );
        assert_eq!((plain(3.09121).as_str(), plain(1.0e-9).as_str()), ("3.09121", "1.0e-9"));
        assert_eq!(number(f64::NAN, 2), UNDEFINED);
    }

    #[test]
    fn the_list_of_faults_can_be_read() {
        assert!(faults().unwrap().len() >= 20);
    }
}
