//! A sweep as a workbook: each point with its measures and intervals; means, least and greatest values as formulas; tables and
//! curves of a sweep along one axis or two; break-even values.

use super::{MOST_ROWS, estimate, finish, formula, number_in, unit};
use crate::ReportError;
use poolwise_sweep::analysis::{CONFIDENCE, Findings, words};
use poolwise_sweep::manifest::{AxisEntry, Manifest};
use poolwise_sweep::results::SweepResults;
use rust_xlsxwriter::utility::column_number_to_name as column_name;
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
    means(book.add_worksheet(), results)?;
    if let Some(grid) = PointGrid::of(results) {
        grid.sheet(book.add_worksheet(), results)?;
    }
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
        let head = head(axis);
        // Heads of a table have to differ.
        names.push(if names.contains(&head) { format!("{head} ({})", k + 1) } else { head });
    }
    let estimate_head = if results.is_controlled() { "Estimate, controlled" } else { "Estimate" };
    names.extend([estimate_head, "Lower 95 %", "Upper 95 %"].map(str::to_owned));
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
                    axis_value(sheet, axis, (row, FIRST_AXIS + a as u16), *value)?;
                }
                estimate(sheet, row, FIRST_AXIS + axes, &results.estimate(p, s, k, CONFIDENCE), factor)?;
                row += 1;
            }
        }
    }
    finish(sheet, &names, row - 1)?;
    for (c, w) in [44.0, 12.0, 18.0, 8.0].into_iter().enumerate() {
        sheet.set_column_width(c as u16, w)?;
    }
    for c in FIRST_AXIS..(FIRST_AXIS + axes + 3) {
        sheet.set_column_width(c, 16.0)?;
    }
    curve(sheet, results)
}

/// Column of the first axis in the sheet of points; estimates stand behind the last.
const FIRST_AXIS: u16 = 4;

/// Row of the first point of a measure and scenario in the sheet of points, counted from 0 as all rows but those that formulas name.
fn first_row(results: &SweepResults, measure: usize, scenario: usize) -> u32 {
    1 + ((measure * results.manifest.scenarios.len() + scenario) * results.points.len()) as u32
}

/// What an axis is called, and in what unit.
fn head(axis: &AxisEntry) -> String {
    axis.unit.as_ref().map_or_else(|| axis.label.clone(), |u| format!("{}, {u}", axis.label))
}

/// A value of an axis: a number, or the word for it.
fn axis_value(
    sheet: &mut Worksheet,
    axis: &AxisEntry,
    (row, column): (u32, u16),
    x: f64,
) -> Result<(), ReportError> {
    if axis.words.is_empty() {
        return number_in(sheet, row, column, x);
    }
    sheet.write_string(row, column, axis.show(x))?;
    Ok(())
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
        let first = first_row(results, 0, s);
        chart
            .add_series()
            .set_name(("Points", first, 2))
            .set_categories(("Points", first, FIRST_AXIS, first + n - 1, FIRST_AXIS))
            .set_values(("Points", first, FIRST_AXIS + 1, first + n - 1, FIRST_AXIS + 1));
    }
    chart.title().set_name(&m.shown(name).label.replace('\u{a0}', " "));
    chart.x_axis().set_name(("Points", 0, FIRST_AXIS));
    chart.set_width(700);
    sheet.insert_chart(1, 9, &chart)?;
    Ok(())
}

/// One row a measure and scenario: the mean over all points, the least and the greatest, and what the scenario has more than the first; formulas
/// over the sheet of points, so that they follow what is changed there.
fn means(sheet: &mut Worksheet, results: &SweepResults) -> Result<(), ReportError> {
    sheet.set_name("Means")?;
    let m = &results.manifest;
    let names = [
        "Measure",
        "Unit",
        "Scenario",
        "Mean of the points",
        "Least",
        "Greatest",
        "More than the first scenario",
    ]
    .map(str::to_owned);
    let n = results.points.len() as u32;
    // The estimate's column in the sheet of points.
    let column = column_name(FIRST_AXIS + m.axes.len() as u16);
    let words = m.words();
    let mut row = 1;
    for (k, name) in m.measures.iter().enumerate() {
        let about = m.shown(name);
        let (word, factor) = unit(about.unit);
        let of_first = row;
        let mut mean_of_first = f64::NAN;
        for (s, scenario) in m.scenarios.iter().enumerate() {
            let first = 1 + first_row(results, k, s);
            let range = format!("Points!${column}${first}:${column}${}", first + n - 1);
            let known: Vec<f64> = (0..results.points.len())
                .map(|p| factor * results.estimate(p, s, k, CONFIDENCE).estimate)
                .filter(|x| x.is_finite())
                .collect();
            sheet.write_string(row, 0, about.label.replace('\u{a0}', " "))?;
            sheet.write_string(row, 1, words.fill(word))?;
            sheet.write_string(row, 2, &scenario.name)?;
            // A mean of nothing is an error that no reader wants to see.
            if !known.is_empty() {
                let mean = known.iter().sum::<f64>() / known.len() as f64;
                let (low, high) = known.iter().fold((f64::MAX, f64::MIN), |(l, h), x| (l.min(*x), h.max(*x)));
                for (c, what, value) in [(3, "AVERAGE", mean), (4, "MIN", low), (5, "MAX", high)] {
                    formula(sheet, (row, c), &format!("={what}({range})"), value)?;
                }
                if s == 0 {
                    mean_of_first = mean;
                } else if mean_of_first.is_finite() {
                    let text = format!("=D{}-D{}", row + 1, of_first + 1);
                    formula(sheet, (row, 6), &text, mean - mean_of_first)?;
                }
            }
            row += 1;
        }
    }
    finish(sheet, &names, row - 1)?;
    for (c, w) in [44.0, 12.0, 18.0, 20.0, 12.0, 12.0, 28.0].into_iter().enumerate() {
        sheet.set_column_width(c as u16, w)?;
    }
    Ok(())
}

/// Most values of a second axis that are drawn, and cells of all tables.
const MOST_SERIES: usize = 24;
const MOST_CELLS: usize = 200_000;

/// A sweep along two axes of which each value of one is met by each of the other.
struct PointGrid {
    /// Values of both axes, ascending.
    values: [Vec<f64>; 2],
    /// The point at each value of the first and of the second.
    points: Vec<Vec<usize>>,
}

impl PointGrid {
    fn of(results: &SweepResults) -> Option<Self> {
        let m = &results.manifest;
        if m.axes.len() != 2 || m.measures.is_empty() {
            return None;
        }
        let values = [0, 1].map(|a| {
            let mut all: Vec<f64> = results.points.iter().map(|p| p[a]).collect();
            all.sort_by(f64::total_cmp);
            all.dedup();
            all
        });
        let cells = results.points.len() * m.scenarios.len() * m.measures.len();
        if values[0].len() * values[1].len() != results.points.len() || cells > MOST_CELLS {
            return None;
        }
        let at = |a: usize, x: f64| values[a].binary_search_by(|v| v.total_cmp(&x)).ok();
        let mut points = vec![vec![usize::MAX; values[1].len()]; values[0].len()];
        for (p, x) in results.points.iter().enumerate() {
            points[at(0, x[0])?][at(1, x[1])?] = p;
        }
        points.iter().flatten().all(|p| *p != usize::MAX).then_some(Self { values, points })
    }

    /// A table a measure and scenario: down the first axis, across the second, with means as formulas; of the first measure a chart a scenario with
    /// a line a value of the second axis.
    fn sheet(&self, sheet: &mut Worksheet, results: &SweepResults) -> Result<(), ReportError> {
        const NAME: &str = "Tables";
        sheet.set_name(NAME)?;
        let m = &results.manifest;
        let words = m.words();
        let column = column_name(FIRST_AXIS + 2);
        let across = self.values[1].len() as u16;
        let mut row = 0;
        for (k, name) in m.measures.iter().enumerate() {
            let about = m.shown(name);
            let (word, factor) = unit(about.unit);
            for (s, scenario) in m.scenarios.iter().enumerate() {
                let label = about.label.replace('\u{a0}', " ");
                sheet.write_string(row, 0, format!("{label}, {}", words.fill(word)))?;
                sheet.write_string(row, 1, &scenario.name)?;
                sheet.write_string(row + 1, 1, head(&m.axes[1]))?;
                let names = row + 2;
                sheet.write_string(names, 0, head(&m.axes[0]))?;
                for (j, x) in self.values[1].iter().enumerate() {
                    axis_value(sheet, &m.axes[1], (names, 1 + j as u16), *x)?;
                }
                sheet.write_string(names, 1 + across, "Mean")?;
                let first = names + 1;
                let end = first + self.values[0].len() as u32;
                let mut known = vec![Vec::new(); usize::from(across)];
                for (i, x) in self.values[0].iter().enumerate() {
                    let at = first + i as u32;
                    axis_value(sheet, &m.axes[0], (at, 0), *x)?;
                    let mut own = Vec::new();
                    for (j, p) in self.points[i].iter().enumerate() {
                        let x = factor * results.estimate(*p, s, k, CONFIDENCE).estimate;
                        let from = 1 + first_row(results, k, s) + *p as u32;
                        if x.is_finite() {
                            formula(sheet, (at, 1 + j as u16), &format!("=Points!{column}{from}"), x)?;
                            own.push(x);
                            known[j].push(x);
                        }
                    }
                    mean_of(sheet, (at, 1 + across), ((at, 1), (at, across)), &own)?;
                }
                sheet.write_string(end, 0, "Mean")?;
                for (j, own) in known.iter().enumerate() {
                    let c = 1 + j as u16;
                    mean_of(sheet, (end, c), ((first, c), (end - 1, c)), own)?;
                }
                if k == 0 {
                    let chart = self.chart(NAME, (names, first, end - 1), results, &label);
                    sheet.insert_chart(row, across + 4, &chart)?;
                }
                // Charts are some fifteen rows high.
                row = if k == 0 { (end + 3).max(row + 18) } else { end + 3 };
            }
        }
        sheet.set_column_width(0, 44.0)?;
        Ok(())
    }

    /// A line a value of the second axis. Names are taken from cells.
    fn chart(
        &self,
        sheet: &str,
        (names, first, last): (u32, u32, u32),
        results: &SweepResults,
        label: &str,
    ) -> Chart {
        let of_numbers = results.manifest.axes[0].words.is_empty();
        let kind = if of_numbers { ChartType::ScatterStraightWithMarkers } else { ChartType::Line };
        let mut chart = Chart::new(kind);
        for j in 0..self.values[1].len().min(MOST_SERIES) as u16 {
            chart
                .add_series()
                .set_name((sheet, names, 1 + j))
                .set_categories((sheet, first, 0, last, 0))
                .set_values((sheet, first, 1 + j, last, 1 + j));
        }
        chart.title().set_name(label);
        chart.x_axis().set_name((sheet, names, 0));
        chart.set_width(700);
        chart
    }
}

/// The mean of some cells as a formula; none where nothing is known.
fn mean_of(
    sheet: &mut Worksheet,
    at: (u32, u16),
    ((top, left), (bottom, right)): ((u32, u16), (u32, u16)),
    known: &[f64],
) -> Result<(), ReportError> {
    if known.is_empty() {
        return Ok(());
    }
    let cell = |row: u32, column: u16| format!("{}{}", column_name(column), row + 1);
    let text = format!("=AVERAGE({}:{})", cell(top, left), cell(bottom, right));
    formula(sheet, at, &text, known.iter().sum::<f64>() / known.len() as f64)
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
