//! Tables for the terminal, no wider than it is: a table with more columns than there is room for goes on below, and
//! no number is ever broken.

use super::block::{self, Block};
use super::called::Called;
use super::check::sentence;
use super::controls;
pub use super::grid::titled;
use super::grid::{grid, wrap};
pub use super::messages::messages;
use super::notes::notes as notes_on;
use super::options::{self, Room};
use super::reactions;
use super::setting::Setting;
use super::shifts;
use super::staffing::StaffingFigures;
use super::theory;
use poolwise_study::Oracle;
use poolwise_study::summary::{Comparison, Summary};

/// Width where there is no terminal.
pub const WIDTH: usize = 100;
/// Pools that `check` shows.
const CHECKED: usize = 40;
/// Sentences before the table, at most; the others stand below it.
const SENTENCES: usize = 3;
/// Stands where the second table of an answer on several would.
const COST_PARTS: &str = "What makes up the cost, a week and a year, comes with `--verbose`.";

/// Stands where there was no room for a column.
const BUSY: &str = "How busy they are comes with `--verbose`, or on longer lines.";

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableLook {
    /// Widest line, characters.
    pub width: usize,
    /// All tables and notes, not the answer alone.
    pub verbose: bool,
}

impl Default for TableLook {
    fn default() -> Self {
        Self { width: WIDTH, verbose: false }
    }
}

/// The answer on one scenario or several side by side; with all tables and the notes to read them by if wanted.
pub fn scenarios(summaries: &[&Summary], settings: &[Setting], look: TableLook) -> String {
    let width = look.width;
    let mut text = said(summaries.iter().map(|s| s.verdict.as_slice()), width);
    text.push_str(&grid(&options::table(summaries, None), width));
    let centres = if look.verbose { usize::MAX } else { options::CENTRES };
    if summaries.len() == 1 || look.verbose {
        for s in summaries {
            let titled = options::centres(s, centres).map(|b| of_one(s, summaries, b));
            push_blocks(&mut text, titled.as_slice(), width);
        }
        let busiest: Vec<String> = summaries.iter().filter_map(|s| options::busiest(s)).collect();
        if !busiest.is_empty() {
            push_notes(&mut text, &busiest, width);
        }
    }
    let parts = options::cost_parts(summaries, None);
    let alone = summaries.len() == 1;
    if alone || look.verbose {
        push_blocks(&mut text, parts.as_slice(), width);
    }
    push_notes_if_any(&mut text, &doubts(summaries, None), width);
    if !look.verbose {
        if alone {
            push_blocks(&mut text, reactions::block(summaries).as_slice(), width);
        }
        let parts = parts.filter(|_| !alone).map(|_| COST_PARTS.to_owned());
        push_notes_if_any(&mut text, parts.as_slice(), width);
        return text;
    }
    text.push('\n');
    text.push_str(&legend(summaries, None, width));
    push_blocks(&mut text, &block::scenarios(summaries), width);
    let mut notes = notes_on(summaries, settings, None);
    for (s, setting) in summaries.iter().zip(settings) {
        push_blocks(
            &mut text,
            shifts::block(&setting.shifts, &s.words).map(|b| of_one(s, summaries, b)).as_slice(),
            width,
        );
    }
    let called = Called::summaries(summaries);
    for s in summaries {
        push_blocks(
            &mut text,
            theory::block(called.get(&s.scenario), &s.oracle, theory::FEW, &s.words).as_slice(),
            width,
        );
        notes.extend(theory::notes(&s.oracle, theory::FEW));
    }
    push_notes(&mut text, &notes, width);
    text
}

/// The answers in sentences, a paragraph each, and an empty line.
fn said<'a>(answers: impl IntoIterator<Item = &'a [String]>, width: usize) -> String {
    let mut text: String = answers
        .into_iter()
        .filter(|sentences| !sentences.is_empty())
        .map(|sentences| wrap(&sentences[..sentences.len().min(SENTENCES)].join(" "), width, 0))
        .collect();
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// What stands below the table: sentences beyond the first, what theory says against a run, and what controls gave.
fn doubts(summaries: &[&Summary], comparison: Option<&Comparison>) -> Vec<String> {
    let beyond = |said: &[String]| said.get(SENTENCES..).map(<[String]>::to_vec).unwrap_or_default();
    let mut notes = match comparison {
        Some(comparison) => beyond(&comparison.verdict),
        None => summaries.iter().flat_map(|s| beyond(&s.verdict)).collect(),
    };
    let of = |s: &&Summary| {
        let said = s.oracle.warnings();
        (!said.is_empty()).then(|| format!("Note on {}: {}", s.title, said.join("; ")))
    };
    notes.extend(summaries.iter().filter_map(of));
    notes.extend(controls::lines(summaries, comparison));
    notes
}

/// More tables, and notes to read them by.
pub fn further(blocks: &[Block], notes: &[String], width: usize) -> String {
    let mut text = String::new();
    if !blocks.is_empty() {
        push_blocks(&mut text, blocks, width);
        push_notes(&mut text, notes, width);
    }
    text
}

/// Notes below an empty line.
pub(crate) fn notes(notes: &[String], width: usize) -> String {
    let mut text = String::new();
    push_notes_if_any(&mut text, notes, width);
    text
}

/// A paragraph.
pub(crate) fn paragraph(text: &str, width: usize) -> String {
    wrap(text, width, 0)
}

/// The answer on options: in sentences, and as one table; with all tables and notes if wanted.
pub fn comparison(
    summaries: &[&Summary],
    comparison: &Comparison,
    settings: &[Setting],
    look: TableLook,
) -> String {
    let width = look.width;
    let mut text = said([comparison.verdict.as_slice()], width);
    let (table, room) = in_lines(summaries, comparison, width);
    text.push_str(&table);
    let parts = options::cost_parts(summaries, Some(comparison));
    let mut notes = doubts(summaries, Some(comparison));
    if !look.verbose {
        notes.extend((room == Room::Least).then(|| BUSY.to_owned()));
        notes.extend(parts.map(|_| COST_PARTS.to_owned()));
        push_notes_if_any(&mut text, &notes, width);
        return text;
    }
    push_blocks(&mut text, parts.as_slice(), width);
    push_notes_if_any(&mut text, &notes, width);
    text.push('\n');
    text.push_str(&legend(summaries, Some(&comparison.baseline), width));
    for s in summaries {
        let titled = options::centres(s, usize::MAX).map(|b| of_one(s, summaries, b));
        push_blocks(&mut text, titled.as_slice(), width);
    }
    push_blocks(&mut text, &block::scenarios(summaries), width);
    push_blocks(&mut text, &block::differences(comparison, summaries), width);
    for (s, setting) in summaries.iter().zip(settings) {
        push_blocks(
            &mut text,
            shifts::block(&setting.shifts, &s.words).map(|b| of_one(s, summaries, b)).as_slice(),
            width,
        );
    }
    push_notes(&mut text, &notes_on(summaries, settings, Some(comparison)), width);
    text
}

/// The table of options with a line an option if there is any way to it, and which that was; else the one with the fewest lines.
fn in_lines(summaries: &[&Summary], comparison: &Comparison, width: usize) -> (String, Room) {
    let drawn = [Room::Ample, Room::Scarce, Room::Least]
        .map(|room| (grid(&options::within(summaries, Some(comparison), room), width), room));
    let lines = |(text, _): &(String, Room)| text.lines().count();
    // Two lines of headings and the rule.
    let enough = summaries.len() + 3;
    let fewest = drawn.iter().map(lines).min().unwrap_or(enough).max(enough);
    let [ample, ..] = drawn.clone();
    drawn.into_iter().find(|table| lines(table) <= fewest).unwrap_or(ample)
}

/// A table of one scenario, with its title where there are several.
fn of_one(summary: &Summary, all: &[&Summary], block: Block) -> Block {
    if all.len() < 2 {
        return block;
    }
    Block { title: format!("{}. {}", Called::summaries(all).get(&summary.scenario), block.title), ..block }
}

/// A legend of names, tables, and the notes to read them by.
pub(crate) fn document(
    legend: &[(String, String)],
    blocks: &[Block],
    notes: &[String],
    width: usize,
) -> String {
    let mut text = legend_of(legend, width);
    push_blocks(&mut text, blocks, width);
    push_notes(&mut text, notes, width);
    text
}

/// What `check` says of a valid scenario: whether everybody can keep up, then staffing, expected load, and theory.
pub fn check(staffing: &StaffingFigures, oracle: &Oracle, width: usize) -> String {
    let mut text = paragraph(&sentence(staffing), width);
    push_blocks(&mut text, &[staffing.block()], width);
    push_blocks(
        &mut text,
        theory::block(&staffing.title, oracle, CHECKED, &staffing.words).as_slice(),
        width,
    );
    push_notes_if_any(&mut text, &theory::notes(oracle, CHECKED), width);
    text
}

fn legend(summaries: &[&Summary], baseline: Option<&str>, width: usize) -> String {
    legend_of(&block::legend(summaries, baseline), width)
}

fn legend_of(entries: &[(String, String)], width: usize) -> String {
    let widest = entries.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, title) in entries {
        let line = format!("{name:widest$}  {title}");
        text.push_str(&wrap(&line, width, (widest + 2).min(width / 3)));
    }
    text
}

fn push_blocks(text: &mut String, blocks: &[Block], width: usize) {
    for block in blocks {
        text.push('\n');
        text.push_str(&titled(block, width));
    }
}

fn push_notes(text: &mut String, notes: &[String], width: usize) {
    text.push('\n');
    for note in notes {
        text.push_str(&wrap(note, width, 2));
    }
}

fn push_notes_if_any(text: &mut String, notes: &[String], width: usize) {
    if !notes.is_empty() {
        push_notes(text, notes, width);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colour::{GOOD, plain};
    use crate::fixture;
    use crate::grid::room;

    const ALL: TableLook = TableLook { width: WIDTH, verbose: true };

    #[test]
    fn at_80_and_60_columns_nothing_is_wider_and_no_number_is_broken() {
        let summaries = fixture::seven();
        let all: Vec<&Summary> = summaries.iter().collect();
        let c = fixture::comparison(&summaries);
        let words = |width: usize| -> Vec<String> {
            let text = comparison(&all, &c, &fixture::settings(7), TableLook { width, verbose: true });
            for line in plain(&text).lines() {
                assert!(room(line) <= width, "{} columns: {line}", room(line));
            }
            let mut all: Vec<String> = text
                .split_whitespace()
                .filter(|w| w.chars().any(|c| c.is_ascii_digit()))
                .map(str::to_owned)
                .collect();
            all.sort();
            all.dedup();
            all
        };
        let wide = words(200);
        for width in [100, 80, 60] {
            assert_eq!(words(width), wide, "at {width}");
        }
    }

    #[test]
    fn the_answer_on_six_options_and_their_table_take_twelve_lines() {
        let mut summaries = fixture::seven();
        summaries.pop();
        for s in &mut summaries {
            s.title = format!("{}: with 24 centres", s.scenario);
        }
        let all: Vec<&Summary> = summaries.iter().collect();
        let text = comparison(&all, &fixture::comparison(&summaries), &[], TableLook::default());
        assert!(text.lines().count() <= 12, "{text}");
        assert!(plain(&text).contains("better") && text.contains(GOOD), "{text}");
    }

    #[test]
    fn at_80_columns_an_option_takes_one_line() {
        let mut summaries = fixture::seven();
        summaries.pop();
        for s in &mut summaries {
            s.title = s.scenario.chars().take(10).collect();
        }
        summaries[5].title = "injunction".to_owned();
        let all: Vec<&Summary> = summaries.iter().collect();
        let lines = |width: usize| {
            let look = TableLook { width, verbose: false };
            let text = plain(&comparison(&all, &fixture::comparison(&summaries), &[], look));
            let table = text.lines().skip_while(|line| !line.starts_with("Option"));
            let table: Vec<String> = table.take_while(|line| !line.is_empty()).map(str::to_owned).collect();
            assert!(text.lines().all(|line| room(line) <= width), "{text}");
            (table.len(), text)
        };
        let (wide, narrow) = (lines(120), lines(80));
        assert!(wide.0 <= 9 && wide.1.contains("Busy") && !wide.1.contains("longer lines"), "{}", wide.1);
        assert!(narrow.0 <= 9, "{}", narrow.1);
        // What there is no room for is named.
        assert_eq!(narrow.1.contains("Busy"), !narrow.1.contains(BUSY), "{}", narrow.1);
        assert!(narrow.1.contains("4\u{a0}h,\u{a0}%"), "{}", narrow.1);
    }

    fn fits(text: &str) {
        for line in text.lines() {
            assert!(room(line) <= WIDTH, "{} columns: {line}", room(line));
            assert_eq!(line, line.trim_end());
        }
    }

    #[test]
    fn seven_scenarios_fit_100_columns_and_show_every_measure() {
        let summaries = fixture::seven();
        let all: Vec<&Summary> = summaries.iter().collect();
        let c = fixture::comparison(&summaries);
        let text = plain(&comparison(&all, &c, &fixture::settings(summaries.len()), ALL));
        fits(&text);
        for words in [
            "Posts",
            "Rostered",
            "Headcount",
            "Utilization,\u{a0}%",
            "Idlest",
            "Busiest",
            "Done within 4\u{a0}h",
            "Mean time",
            "95th percentile",
            "Losses by",
            "Duplicate",
            "Rework",
            "Overtime",
            "Backlog",
            "simultaneous 95 %",
            "pointwise 95 %",
            "cannot tell",
            "status-quo (baseline)",
            "Shift end:",
            "Replications that would",
        ] {
            assert!(text.contains(words), "{words} is missing in\n{text}");
        }
    }

    #[test]
    fn one_scenario_without_intervals_and_with_undefined_numbers() {
        let mut summary = fixture::summary("alone", 0.6);
        (summary.replications, summary.replications_planned) = (1, 1);
        for e in summary.measures.values_mut() {
            (e.lower, e.upper) = (f64::NAN, f64::NAN);
        }
        summary.measures.get_mut("time_to_completion_p95_hours").unwrap().estimate = f64::NAN;
        summary.detail.utilization_range = None;
        let text = scenarios(&[&summary], &fixture::settings(1), ALL);
        fits(&text);
        assert!(text.contains("One replication, so no intervals"), "{text}");
        // What is not defined for any option has no column.
        assert!(!text.contains('[') && !text.contains("n/a") && !text.contains("95th percentile"), "{text}");
    }

    #[test]
    fn a_partial_run_says_so_first_among_the_notes() {
        let mut summary = fixture::summary("half", 0.6);
        summary.replications = 3;
        let text = scenarios(&[&summary], &[], ALL);
        assert!(text.contains("PARTIAL: only 3 of 10 replications were finished. In brackets"), "{text}");
    }

    #[test]
    fn very_long_names_still_fit() {
        let summary = fixture::summary(&"a-very-long-name-of-a-scenario".repeat(3), 0.6);
        fits(&grid(&block::scenarios(&[&summary])[0], WIDTH));
    }
}
