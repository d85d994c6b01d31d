//! The staffing answer as a workbook: what each option needs, what it delivers, who must be there when, and the shifts.

use super::{MOST_ROWS, RosterLine, finish, formula, number_in, shifts_of};
use crate::{ReportError, number};
use poolwise_engine::model::{Model, PoolKind};
use poolwise_engine::time::HOUR;
use poolwise_staffing::answer::{Answered, StaffingAnswer};
use poolwise_staffing::solve::{HeadcountRange, Staffed};
use rust_xlsxwriter::{Chart, ChartType, Workbook, Worksheet};

/// A workbook of the answer; the shifts are those of the drawn roster, else those of the staffing found.
///
/// # Errors
/// If the workbook cannot be made.
pub fn workbook(answer: &StaffingAnswer) -> Result<Vec<u8>, ReportError> {
    let mut book = Workbook::new();
    options(book.add_worksheet(), answer)?;
    targets(book.add_worksheet(), answer)?;
    requirement(book.add_worksheet(), answer)?;
    for (i, option) in answer.options.iter().enumerate() {
        let Some(staffed) = option.solved.staffed() else { continue };
        let lines = lines(rostered(staffed));
        if !lines.is_empty() {
            shifts_of(book.add_worksheet(), i, &option.scenario, &lines)?;
        }
    }
    Ok(book.save_to_buffer()?)
}

/// The network with its drawn roster, where there is one.
fn rostered(staffed: &Staffed) -> &Model {
    match &staffed.roster {
        Some(Ok(drawn)) => &drawn.model,
        _ => &staffed.model,
    }
}

/// One row an option.
fn options(sheet: &mut Worksheet, answer: &StaffingAnswer) -> Result<(), ReportError> {
    sheet.set_name("Answer")?;
    let currency =
        answer.options.iter().find_map(|o| Some(o.solved.staffed()?.cost.as_ref()?.currency.clone()));
    let mut names: Vec<String> = [
        "Scenario",
        "Title",
        "Found",
        "{Officers} today",
        "{Officers} needed",
        "Least not excluded",
        "Least shown to hold",
        "More or fewer than today",
        "Posts",
        "Paid hours a week",
        "{Officers} on whole weeks",
        "What binds",
    ]
    .map(|name| answer.words().fill(name))
    .to_vec();
    names.extend(currency.map(|c| format!("Cost a week, {c}")));
    let mut row = 1;
    for option in &answer.options {
        option_row(sheet, row, option)?;
        row += 1;
    }
    finish(sheet, &names, row - 1)?;
    for (c, w) in
        [18.0, 44.0, 10.0, 14.0, 16.0, 18.0, 18.0, 24.0, 10.0, 18.0, 22.0, 40.0, 18.0].into_iter().enumerate()
    {
        sheet.set_column_width(c as u16, w)?;
    }
    if row > 1 {
        let mut chart = Chart::new(ChartType::Bar);
        for (column, name) in [(3_u16, "Today"), (4, "Needed")] {
            chart.add_series().set_name(name).set_categories(("Answer", 1, 0, row - 1, 0)).set_values((
                "Answer",
                1,
                column,
                row - 1,
                column,
            ));
        }
        chart.title().set_name(&answer.words().fill("{Officers} today and needed"));
        sheet.insert_chart(row + 2, 0, &chart)?;
    }
    Ok(())
}

fn option_row(sheet: &mut Worksheet, row: u32, option: &Answered) -> Result<(), ReportError> {
    sheet.write_string(row, 0, &option.scenario)?;
    sheet.write_string(row, 1, &option.title)?;
    sheet.write_number(row, 3, option.solved.as_is.headcount)?;
    let Some(staffed) = option.solved.staffed() else {
        sheet.write_string(row, 2, "none holds")?;
        return Ok(());
    };
    sheet.write_string(row, 2, "holds")?;
    let HeadcountRange { estimate, lower, upper } = staffed.headcount();
    for (c, x) in [(4, estimate), (5, lower), (6, upper)] {
        number_in(sheet, row, c, x)?;
    }
    let difference = format!("=E{0}-D{0}", row + 1);
    formula(sheet, (row, 7), &difference, estimate - option.solved.as_is.headcount)?;
    number_in(sheet, row, 8, staffed.posts().estimate)?;
    number_in(sheet, row, 9, staffed.paid_hours().estimate)?;
    if let Some(Ok(drawn)) = &staffed.roster {
        sheet.write_number(row, 10, f64::from(drawn.plan.officers()))?;
    }
    sheet.write_string(row, 11, staffed.binding_said())?;
    if let Some(cost) = &staffed.cost {
        number_in(sheet, row, 12, cost.total())?;
    }
    Ok(())
}

/// Every target with what the staffing found delivers, or why nothing was found.
fn targets(sheet: &mut Worksheet, answer: &StaffingAnswer) -> Result<(), ReportError> {
    sheet.set_name("Targets")?;
    let names = ["Scenario", "Target", "Delivers", "Tightest hour"].map(str::to_owned);
    let mut row = 1;
    for option in &answer.options {
        let met: &[_] = match &option.solved.result {
            Ok(staffed) => &staffed.met,
            Err(why) => std::slice::from_ref(&why.short),
        };
        for target in met {
            sheet.write_string(row, 0, &option.scenario)?;
            sheet.write_string(row, 1, &target.said)?;
            sheet.write_string(row, 2, target.shown.replace('\u{a0}', " "))?;
            if let Some(hour) = target.hour_of_week {
                sheet.write_string(row, 3, number::hour_of_week(hour))?;
            }
            row += 1;
        }
    }
    finish(sheet, &names, row - 1)?;
    for (c, w) in [18.0, 44.0, 30.0, 18.0].into_iter().enumerate() {
        sheet.set_column_width(c as u16, w)?;
    }
    Ok(())
}

/// Who must be there by hour of the local week, with a chart of the first centre.
fn requirement(sheet: &mut Worksheet, answer: &StaffingAnswer) -> Result<(), ReportError> {
    sheet.set_name("Required by hour")?;
    let names = ["Scenario", "Centre", "Role", "Hour of the week", "{Officers}"]
        .map(|name| answer.words().fill(name));
    let mut row = 1;
    for option in &answer.options {
        let Some(staffed) = option.solved.staffed() else { continue };
        for curve in &staffed.curve.centres {
            if row as usize + curve.required.len() > MOST_ROWS {
                break;
            }
            for (hour, officers) in curve.required.iter().enumerate() {
                sheet.write_string(row, 0, &option.scenario)?;
                sheet.write_string(row, 1, &curve.centre)?;
                sheet.write_string(row, 2, &curve.role)?;
                sheet.write_string(row, 3, number::hour_of_week(hour))?;
                sheet.write_number(row, 4, f64::from(*officers))?;
                row += 1;
            }
        }
    }
    finish(sheet, &names, row - 1)?;
    for (c, w) in [18.0, 18.0, 18.0, 18.0, 12.0].into_iter().enumerate() {
        sheet.set_column_width(c as u16, w)?;
    }
    let first = answer.options.iter().find_map(|o| o.solved.staffed()?.curve.centres.first());
    if let Some(curve) = first {
        // Named by its cell: a centre's name that begins with `=` would be read as a reference.
        let end = curve.required.len() as u32;
        let mut chart = Chart::new(ChartType::Line);
        chart
            .add_series()
            .set_name(("Required by hour", 1, 1))
            .set_categories(("Required by hour", 1, 3, end, 3))
            .set_values(("Required by hour", 1, 4, end, 4));
        chart.title().set_name(&answer.words().fill("{Officers} required, first centre"));
        chart.set_width(900);
        sheet.insert_chart(1, 6, &chart)?;
    }
    Ok(())
}

/// Shift lines of every centre that counts; those worked once and officers by level are no weekly shifts.
fn lines(model: &Model) -> Vec<RosterLine> {
    let mut out = Vec::new();
    for centre in model.centres.iter().filter(|c| c.counted) {
        for pool in &centre.pools {
            let PoolKind::Crews(crews) = &pool.kind else { continue };
            for line in crews.iter().filter(|l| l.once.is_none() && l.officers.iter().any(|n| *n > 0)) {
                out.push(RosterLine {
                    centre: centre.name.clone(),
                    start: clock(line.start),
                    end: clock(line.start + line.length),
                    hours: line.length / HOUR,
                    officers: line.officers.map(u64::from),
                });
            }
        }
    }
    out
}

/// A time of day such as `07:30`.
fn clock(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as i64;
    format!("{:02}:{:02}", minutes.rem_euclid(1440) / 60, minutes.rem_euclid(60))
}
