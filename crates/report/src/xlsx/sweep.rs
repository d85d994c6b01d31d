//! A sweep as a workbook: each point with its measures and intervals, break-even values, and the curve of a sweep along
//! one axis.

use super::{MOST_ROWS, estimate, finish, number_in, unit};
use crate::ReportError;
use poolwise_sweep::analysis::{CONFIDENCE, Findings, words};
use poolwise_sweep::manifest::Manifest;
use poolwise_sweep::results::SweepResults;
use rust_xlsxwriter::{Chart, ChartType, Workbook, Worksheet};

/// A workbook of a finished sweep.
///
/// # Errors
/// If the workbook cannot be made, or has more rows than a sheet can hold.
pub fn workbook(results: &SweepResults, findings: &Findings) -> Result<Vec<u8>, ReportError> {
    let m = &results.manifest;
    let rows = results.points.len() * m.scenarios.len() * m.measures.len();
    if rows >= MOST_ROWS {
        return Err(ReportError::Encode(format!(
            "the workbook: {rows} rows are more than a sheet holds; the tidy files results.parquet and results.csv \
             have them all"
        )));
    }
    let mut book = Workbook::new();
    points(book.add_worksheet(), results)?;
    if !findings.break_even.is_empty() {
        break_even(book.add_worksheet(), m, findings)?;
    }
    Ok(book.save_to_buffer()?)
}

/// One row a measure, scenario and point, so that the rows of a curve stand together.
fn points(sheet: &mut Worksheet, results: &SweepResults) -> Result<(), ReportError> {
    sheet.set_name("Points")?;
    let m = &results.manifest;
    let axes = m.axes.len() as u16;
    let mut names: Vec<String> = ["Measure", "Unit", "Scenario", "Point"].map(str::to_owned).to_vec();
    for (k, axis) in m.axes.iter().enumerate() {
        let head = axis.unit.as_ref().map_or_else(|| axis.label.clone(), |u| format!("{}, {u}", axis.label));
        // Heads of a table have to differ.
        names.push(if names.contains(&head) { format!("{head} ({})", k + 1) } else { head });
    }
    names.extend(["Estimate", "Lower 95 %", "Upper 95 %"].map(str::to_owned));
    let mut row = 1;
    let words = m.words();
    for (k, name) in m.measures.iter().enumerate() {
        let about = m.shown(name);
        let (word, factor) = unit(about.unit);
        for (s, scenario) in m.scenarios.iter().enumerate() {
            for (p, values) in results.points.iter().enumerate() {
                sheet.write_string(row, 0, about.label.replace('\u{a0}', " "))?;
                sheet.write_string(row, 1, words.fill(word))?;
                sheet.write_string(row, 2, &scenario.name)?;
                sheet.write_number(row, 3, p as f64)?;
                for (a, (axis, value)) in m.axes.iter().zip(values).enumerate() {
                    let column = 4 + a as u16;
                    if axis.words.is_empty() {
                        number_in(sheet, row, column, *value)?;
                    } else {
                        sheet.write_string(row, column, axis.show(*value))?;
                    }
                }
                estimate(sheet, row, 4 + axes, &results.estimate(p, s, k, CONFIDENCE), factor)?;
                row += 1;
            }
        }
    }
    finish(sheet, &names, row - 1)?;
    for (c, w) in [44.0, 12.0, 18.0, 8.0].into_iter().enumerate() {
        sheet.set_column_width(c as u16, w)?;
    }
    for c in 4..(7 + axes) {
        sheet.set_column_width(c, 16.0)?;
    }
    curve(sheet, results)
}

/// The first measure along the axis, where there is one axis of numbers: a line a scenario.
fn curve(sheet: &mut Worksheet, results: &SweepResults) -> Result<(), ReportError> {
    let m = &results.manifest;
    let ([axis], Some(name)) = (m.axes.as_slice(), m.measures.first()) else { return Ok(()) };
    let n = results.points.len() as u32;
    if !axis.words.is_empty() || n < 2 {
        return Ok(());
    }
    // Names are taken from cells: a text of a user's that begins with `=` would be read as a reference.
    let mut chart = Chart::new(ChartType::ScatterStraightWithMarkers);
    for s in 0..m.scenarios.len() {
        let first = 1 + s as u32 * n;
        chart
            .add_series()
            .set_name(("Points", first, 2))
            .set_categories(("Points", first, 4, first + n - 1, 4))
            .set_values(("Points", first, 5, first + n - 1, 5));
    }
    chart.title().set_name(&m.shown(name).label.replace('\u{a0}', " "));
    chart.x_axis().set_name(("Points", 0, 4));
    chart.set_width(700);
    sheet.insert_chart(1, 9, &chart)?;
    Ok(())
}

/// Where an option and the baseline are equal.
fn break_even(sheet: &mut Worksheet, m: &Manifest, findings: &Findings) -> Result<(), ReportError> {
    sheet.set_name("Break-even")?;
    let names = [
        "Measure",
        "Scenario",
        "Compared with",
        "Input",
        "Unit",
        "Equal at",
        "Lower 95 %",
        "Upper 95 %",
        "Better",
        "The others",
    ]
    .map(str::to_owned);
    let mut row = 1;
    for found in &findings.break_even {
        let axis = words::axis(m, &found.axis);
        sheet.write_string(row, 0, m.shown(&found.measure).label.replace('\u{a0}', " "))?;
        sheet.write_string(row, 1, &found.scenario)?;
        sheet.write_string(row, 2, &found.baseline)?;
        sheet.write_string(row, 3, axis.map_or(&found.axis, |a| &a.label))?;
        sheet.write_string(row, 4, axis.and_then(|a| a.unit.as_deref()).unwrap_or_default())?;
        match found.refined {
            Some(b) => {
                for (c, x) in [(5, b.estimate), (6, b.lower), (7, b.upper)] {
                    number_in(sheet, row, c, x)?;
                }
            }
            // Read off between two points: there is no interval.
            None => number_in(sheet, row, 5, found.interpolated)?,
        }
        sheet.write_string(row, 8, words::better_side(found))?;
        let others: Vec<String> = found.others.iter().map(|(a, v)| format!("{a} {v}")).collect();
        sheet.write_string(row, 9, others.join(", "))?;
        row += 1;
    }
    finish(sheet, &names, row - 1)?;
    for (c, w) in [44.0, 18.0, 18.0, 30.0, 12.0, 12.0, 12.0, 12.0, 14.0, 40.0].into_iter().enumerate() {
        sheet.set_column_width(c as u16, w)?;
    }
    Ok(())
}
