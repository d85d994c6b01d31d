//! Results as a workbook: real tables of numbers with units in their heads, totals as formulas, charts. Names are always
//! written as texts, whatever they begin with, so that a spreadsheet never runs them.

pub mod staffing;
pub mod sweep;

use crate::ReportError;
use crate::number;
use poolwise_stats::Estimate;
use poolwise_study::Wording;
use poolwise_study::measures::{MEASURES, Unit, find};
use poolwise_study::summary::{Comparison, Summary};
use rust_xlsxwriter::{
    Chart, ChartType, Format, Formula, Table, TableColumn, Workbook, Worksheet, XlsxError,
};

impl From<XlsxError> for ReportError {
    fn from(e: XlsxError) -> Self {
        Self::Encode(format!("the workbook: {e}"))
    }
}

/// A shift line as a roster has it.
#[derive(Debug, Clone, PartialEq)]
pub struct RosterLine {
    /// Name of the centre.
    pub centre: String,
    /// Start, such as `07:00`.
    pub start: String,
    /// End, such as `15:00`.
    pub end: String,
    /// Length of the shift, hours.
    pub hours: f64,
    /// Officers by day of the week, Monday first.
    pub officers: [u64; 7],
}

/// A scenario with its shifts.
#[derive(Debug)]
pub struct ShiftSheet<'s> {
    /// What its replications gave.
    pub summary: &'s Summary,
    /// Shifts that are written out in it.
    pub shifts: Vec<RosterLine>,
}

/// How the scenarios' measures are called.
fn wording(all: &[ShiftSheet<'_>]) -> Wording {
    Wording::of(&all.iter().map(|s| s.summary).collect::<Vec<_>>())
}

/// Rows that fit a sheet.
const MOST_ROWS: usize = 1_000_000;

/// The unit of a column, with `{officers}` and `{requests}` to be filled in, and the factor to it.
fn unit(u: Unit) -> (&'static str, f64) {
    match u {
        Unit::Officers => ("{officers}", 1.0),
        Unit::HoursPerWeek => ("hours a week", 1.0),
        Unit::Share => ("%", 100.0),
        Unit::Hours => ("hours", 1.0),
        Unit::PerHour => ("per hour", 1.0),
        Unit::Requests => ("{requests}", 1.0),
    }
}

/// A workbook of scenarios, and of their differences from a baseline.
///
/// # Errors
/// If the workbook cannot be made.
pub fn workbook(sheets: &[ShiftSheet<'_>], comparison: Option<&Comparison>) -> Result<Vec<u8>, ReportError> {
    let mut book = Workbook::new();
    results(book.add_worksheet(), sheets)?;
    if let Some(comparison) = comparison {
        differences(book.add_worksheet(), comparison, sheets)?;
    }
    hours(book.add_worksheet(), sheets)?;
    if sheets.iter().any(|s| !s.shifts.is_empty()) {
        shifts(&mut book, sheets)?;
    }
    Ok(book.save_to_buffer()?)
}

fn number_in(sheet: &mut Worksheet, row: u32, column: u16, x: f64) -> Result<(), ReportError> {
    // What is undefined stays an empty cell.
    if x.is_finite() {
        sheet.write_number(row, column, tidy(x))?;
    }
    Ok(())
}

/// What sums of fractions leave beyond nine decimals is rounding, not a number: nothing.
fn tidy(x: f64) -> f64 {
    if x.abs() < 5e-10 { 0.0 } else { x }
}

/// A formula with what it comes to, for readers that do not work it out themselves.
fn formula(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    value: f64,
) -> Result<(), ReportError> {
    sheet.write_formula(row, column, Formula::new(text).set_result(tidy(value).to_string()))?;
    Ok(())
}

/// Makes a table of what stands in a sheet under `names`, with `rows` rows, and keeps its heads in sight.
fn finish(sheet: &mut Worksheet, names: &[String], rows: u32) -> Result<(), ReportError> {
    let columns: Vec<TableColumn> = names.iter().map(|n| TableColumn::new().set_header(n)).collect();
    let end = u16::try_from(names.len().saturating_sub(1)).unwrap_or(0);
    sheet.add_table(0, 0, last(rows as usize), end, &Table::new().set_columns(&columns))?;
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn last(n: usize) -> u32 {
    u32::try_from(n.clamp(1, MOST_ROWS)).unwrap_or(1)
}

/// One row a scenario and measure: estimate and interval.
fn results(sheet: &mut Worksheet, all: &[ShiftSheet<'_>]) -> Result<(), ReportError> {
    sheet.set_name("Results")?;
    let names =
        ["Scenario", "Measure", "Unit", "Estimate", "Lower 95 %", "Upper 95 %", "Meaning"].map(str::to_owned);
    let mut row = 1;
    let mut charted: Vec<u32> = Vec::new();
    let wording = wording(all);
    for m in &MEASURES {
        for s in all {
            let Some(e) = s.summary.measures.get(m.name) else { continue };
            let (word, factor) = unit(m.unit);
            if m.name == "done_within_target" {
                charted.push(row);
            }
            sheet.write_string(row, 0, &s.summary.scenario)?;
            sheet.write_string(row, 1, wording.label(m).replace('\u{a0}', " "))?;
            sheet.write_string(row, 2, wording.fill(word))?;
            estimate(sheet, row, 3, e, factor)?;
            sheet.write_string(row, 6, m.meaning(&s.summary.words))?;
            row += 1;
        }
    }
    finish(sheet, &names, row - 1)?;
    for (c, w) in [18.0, 44.0, 12.0, 12.0, 12.0, 12.0, 70.0].into_iter().enumerate() {
        sheet.set_column_width(c as u16, w)?;
    }
    if let (Some(first), Some(end)) = (charted.first(), charted.last()) {
        let mut chart = Chart::new(ChartType::Bar);
        chart
            .add_series()
            .set_name("Done within the target, %")
            .set_categories(("Results", *first, 0, *end, 0))
            .set_values(("Results", *first, 3, *end, 3));
        chart.title().set_name("Done within the target, %");
        sheet.insert_chart(1, 8, &chart)?;
    }
    Ok(())
}

fn estimate(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    e: &Estimate,
    factor: f64,
) -> Result<(), ReportError> {
    number_in(sheet, row, column, e.estimate * factor)?;
    number_in(sheet, row, column + 1, e.lower * factor)?;
    number_in(sheet, row, column + 2, e.upper * factor)
}

fn differences(sheet: &mut Worksheet, c: &Comparison, all: &[ShiftSheet<'_>]) -> Result<(), ReportError> {
    sheet.set_name("Differences")?;
    let names =
        ["Scenario", "Measure", "Unit", "Difference", "Lower 95 %", "Upper 95 %", "Verdict", "Baseline"]
            .map(str::to_owned);
    let wording = wording(all);
    let mut row = 1;
    for d in &c.rows {
        let Some(m) = find(&d.measure) else { continue };
        let (word, factor) = unit(m.unit);
        sheet.write_string(row, 0, &d.scenario)?;
        sheet.write_string(row, 1, wording.label(m).replace('\u{a0}', " "))?;
        sheet.write_string(row, 2, if word == "%" { "points".to_owned() } else { wording.fill(word) })?;
        estimate(sheet, row, 3, &d.difference, factor)?;
        sheet.write_string(row, 6, d.verdict.map_or("", crate::block::verdict))?;
        sheet.write_string(row, 7, &c.baseline)?;
        row += 1;
    }
    finish(sheet, &names, row - 1)?;
    for (col, w) in [18.0, 44.0, 12.0, 12.0, 12.0, 12.0, 14.0, 18.0].into_iter().enumerate() {
        sheet.set_column_width(col as u16, w)?;
    }
    Ok(())
}

/// Hours of the week at each centre, with a chart of the first scenario's.
fn hours(sheet: &mut Worksheet, all: &[ShiftSheet<'_>]) -> Result<(), ReportError> {
    sheet.set_name("Hours of the week")?;
    let names = [
        "Scenario",
        "Centre",
        "Hour of the week",
        "On duty, {officers}",
        "Busy, {officers}",
        "Waiting, {requests}",
        "Arrivals, per hour",
        "Utilization, %",
        "Mean wait, min",
        "Answered in time, %",
    ]
    .map(|name| wording(all).fill(name));
    let mut row = 1;
    let mut first_centre = 0;
    for (i, s) in all.iter().enumerate() {
        let rows = s
            .summary
            .detail
            .hourly
            .iter()
            .filter(|r| r.role == "all" && (r.on_duty > 0.0 || r.arrivals_per_hour > 0.0));
        let mut centre: Option<&str> = None;
        for r in rows {
            if row as usize >= MOST_ROWS {
                break;
            }
            if i == 0 && (centre.is_none() || centre == Some(r.centre.as_str())) {
                first_centre = row;
                centre = Some(&r.centre);
            }
            sheet.write_string(row, 0, &s.summary.scenario)?;
            sheet.write_string(row, 1, &r.centre)?;
            sheet.write_string(row, 2, number::hour_of_week(r.hour_of_week))?;
            let values = [
                r.on_duty,
                r.busy,
                r.queue,
                r.arrivals_per_hour,
                100.0 * r.utilization,
                60.0 * r.wait_mean_hours,
                100.0 * r.answered_within,
            ];
            for (c, x) in values.into_iter().enumerate() {
                number_in(sheet, row, 3 + c as u16, x)?;
            }
            row += 1;
        }
    }
    finish(sheet, &names, row - 1)?;
    sheet.set_column_width(1, 18.0)?;
    for c in 2..10 {
        sheet.set_column_width(c, 17.0)?;
    }
    if first_centre > 1 {
        let mut chart = Chart::new(ChartType::Line);
        for (column, name) in [(3_u16, "On duty"), (4, "Busy")] {
            chart
                .add_series()
                .set_name(name)
                .set_categories(("Hours of the week", 1, 2, first_centre, 2))
                .set_values(("Hours of the week", 1, column, first_centre, column));
        }
        chart.title().set_name(&wording(all).fill("{Officers} on duty and busy, first centre"));
        chart.set_width(900);
        sheet.insert_chart(1, 11, &chart)?;
    }
    Ok(())
}

/// Shifts of each scenario on a sheet of its own.
fn shifts(book: &mut Workbook, all: &[ShiftSheet<'_>]) -> Result<(), ReportError> {
    for (i, s) in all.iter().enumerate().filter(|(_, s)| !s.shifts.is_empty()) {
        shifts_of(book.add_worksheet(), i, &s.summary.scenario, &s.shifts)?;
    }
    Ok(())
}

/// Shifts of the scenario at a position, to be edited and read back by `import`.
fn shifts_of(
    sheet: &mut Worksheet,
    position: usize,
    scenario: &str,
    lines: &[RosterLine],
) -> Result<(), ReportError> {
    let bold = Format::new().set_bold();
    // Names of sheets are short and without some marks.
    let plain: String =
        scenario.chars().map(|c| if "[]:*?/\\'".contains(c) { '-' } else { c }).take(18).collect();
    sheet.set_name(format!("Shifts {} {plain}", position + 1))?;
    let names = ["Centre", "Start", "End", "Days", "Staff", "Hours a week"].map(str::to_owned);
    let (mut row, mut sums) = (1, (0.0, 0.0));
    for line in lines {
        for (days, n, officers) in grouped(&line.officers) {
            sheet.write_string(row, 0, &line.centre)?;
            sheet.write_string(row, 1, &line.start)?;
            sheet.write_string(row, 2, &line.end)?;
            sheet.write_string(row, 3, days)?;
            sheet.write_number(row, 4, officers as f64)?;
            let (hours, people) = (line.hours * n as f64 * officers as f64, officers as f64);
            formula(sheet, (row, 5), &format!("=E{}*{}*{n}", row + 1, line.hours), hours)?;
            sums = (sums.0 + people, sums.1 + hours);
            row += 1;
        }
    }
    finish(sheet, &names, row - 1)?;
    sheet.write_string_with_format(row, 0, "Total", &bold)?;
    formula(sheet, (row, 4), &format!("=SUM(E2:E{row})"), sums.0)?;
    formula(sheet, (row, 5), &format!("=SUM(F2:F{row})"), sums.1)?;
    sheet.set_column_width(0, 18.0)?;
    sheet.set_column_width(5, 14.0)?;
    Ok(())
}

/// Days with the same number of officers: their words, how many they are, and the number.
fn grouped(officers: &[u64; 7]) -> Vec<(String, usize, u64)> {
    let mut out: Vec<(String, usize, u64)> = Vec::new();
    let mut seen: Vec<u64> = Vec::new();
    for n in officers {
        if *n == 0 || seen.contains(n) {
            continue;
        }
        seen.push(*n);
        let days: Vec<&str> = (0..7).filter(|d| officers[*d] == *n).map(|d| number::DAYS[d]).collect();
        let words = if days.len() == 7 { "daily".to_owned() } else { days.join(",") };
        out.push((words, days.len(), *n));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn days_with_one_number_stand_together() {
        assert_eq!(grouped(&[2; 7]), [("daily".to_owned(), 7, 2)]);
        let week = grouped(&[3, 3, 3, 3, 3, 1, 0]);
        assert_eq!(week[0], ("Mon,Tue,Wed,Thu,Fri".to_owned(), 5, 3));
        assert_eq!(week[1], ("Sat".to_owned(), 1, 1));
    }

    #[test]
    fn a_workbook_is_made_whatever_scenarios_are_called() {
        let mut summaries = fixture::seven();
        summaries[0].scenario = "=cmd|' /C calc'!A0".to_owned();
        let sheets: Vec<ShiftSheet<'_>> = summaries
            .iter()
            .map(|summary| ShiftSheet {
                summary,
                shifts: vec![RosterLine {
                    centre: "+1".to_owned(),
                    start: "07:00".to_owned(),
                    end: "15:00".to_owned(),
                    hours: 8.0,
                    officers: [2, 2, 2, 2, 2, 1, 1],
                }],
            })
            .collect();
        let bytes = workbook(&sheets, Some(&fixture::comparison(&summaries))).expect("a workbook");
        assert!(bytes.starts_with(b"PK\x03\x04") && bytes.len() > 10_000);
    }
}
