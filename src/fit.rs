//! `poolwise fit`

use super::exit::{Done, Failure};
use super::intake_args::{FitArgs, ShiftArg};
use super::printer::Printer;
use poolwise_intake::durations::{Fittable, fittable};
use poolwise_intake::fit::{self, Shift, censored};
use poolwise_intake::problem::Problem;
use poolwise_intake::read::Book;
use poolwise_intake::{facts, recognise};
use poolwise_report::plots::Scene;
use poolwise_report::write::Folder;
use poolwise_report::{ReportError, fit as words, json, plots};
use std::path::Path;

impl From<Problem> for Failure {
    fn from(p: Problem) -> Self {
        Self::Invalid(p.to_string())
    }
}

/// Finds out which law the times of a file follow, with pictures.
///
/// # Errors
/// If the file cannot be understood or a picture not written.
pub fn fit(args: &FitArgs) -> Result<Done, Failure> {
    let printer = Printer::new(args.output);
    let said = args.said.said();
    let book = Book::open(&args.file)?;
    let sheet = super::intake_args::sheet(&book, args.said.sheet.as_deref())?;
    let watch = super::intake_args::Counter::new(&printer);
    let place = poolwise_intake::Place::sheet(&book.name, sheet.as_deref());
    let table = facts::table(&book, sheet.as_deref(), &watch)?
        .ok_or_else(|| Problem::new(place, "there is no table in this file"))?;
    let shape = match &args.column {
        Some(name) => recognise::Shape::Durations { duration: column(&table, name)?, groups: Vec::new() },
        None => recognise::shape(&table)?,
    };
    let found = fittable(&book, &table, &shape, &said, &watch)?;
    let shown = args.file.file_name().map_or_else(|| book.name.clone(), |n| n.to_string_lossy().into_owned());
    let stem = args.file.file_stem().map_or_else(|| "fit".to_owned(), |n| n.to_string_lossy().into_owned());
    let folder = match args.no_plots {
        true => None,
        false => Some(Folder::create(&args.out.join(format!("fit-{stem}")))?),
    };
    let shift = match args.shift {
        None => Shift::None,
        Some(ShiftArg::Auto) => Shift::Auto,
        Some(ShiftArg::By(s)) => Shift::By(s),
    };
    let text = match &found {
        Fittable::Durations(d) => {
            let fit = fit::fit(&d.seconds, shift).ok_or_else(|| {
                table.problem(format!(
                    "`{}` has fewer than two different times: there is nothing to fit",
                    d.column
                ))
            })?;
            if let Some(folder) = &folder {
                draw(folder, "density", plots::fit::density(&fit, &d.column, d.unit))?;
                draw(folder, "quantiles", plots::fit::quantiles(&fit, &d.column, d.unit))?;
            }
            if printer.json() {
                json::document(&words::durations_json(d, &fit, &shown))?
            } else {
                words::durations(d, &fit, &shown, &table.form)
            }
        }
        Fittable::Waits(w) => {
            let steps = censored::kaplan_meier(&w.observed);
            let laws: Vec<_> =
                censored::FAMILIES.iter().filter_map(|f| censored::fit(*f, &w.observed)).collect();
            if laws.is_empty() {
                return Err(table
                    .problem("fewer than three waits were given up: patience cannot be told")
                    .into());
            }
            if let Some(folder) = &folder {
                draw(folder, "patience", plots::fit::patience(&steps, &laws, &w.column, w.unit))?;
            }
            if printer.json() {
                json::document(&words::patience_json(w, &steps, &laws, &shown))?
            } else {
                words::patience(w, &steps, &laws, &shown, &table.form)
            }
        }
    };
    printer.results(&text)?;
    if let Some(folder) = &folder {
        printer.note(&format!("Pictures: {}", folder.path().display()));
    }
    Ok(Done::Fully)
}

fn column(table: &facts::Table, name: &str) -> Result<usize, Problem> {
    let found = table.columns.iter().position(|c| c.name.eq_ignore_ascii_case(name));
    found.ok_or_else(|| {
        let names: Vec<String> = table.columns.iter().map(|c| format!("`{}`", c.name)).collect();
        table.problem(format!("there is no column `{name}`")).help(format!("there are {}", names.join(", ")))
    })
}

/// Draws a picture as SVG and PNG.
pub fn draw(folder: &Folder, name: &str, scene: Option<Scene>) -> Result<(), Failure> {
    let Some(scene) = scene else { return Ok(()) };
    folder.write(&format!("{name}.svg"), scene.svg()?.as_bytes())?;
    let png = |path: &Path| scene.png(path).map_err(|e: ReportError| std::io::Error::other(e.to_string()));
    folder.write_at(&format!("{name}.png"), png)?;
    Ok(())
}
