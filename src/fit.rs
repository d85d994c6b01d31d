//! `poolwise fit`

use super::exit::{Done, Failure};
use super::intake_args::{Counter, FitArgs};
use super::printer::Printer;
use poolwise_intake::IntakeError;
use poolwise_intake::fit_file::{FitRequest, fit_file};
use poolwise_intake::problem::Problem;
use poolwise_report::plots::Scene;
use poolwise_report::write::Folder;
use poolwise_report::{fit as words, json};
use poolwise_scenario::about_option;

impl From<Problem> for Failure {
    fn from(p: Problem) -> Self {
        Self::Invalid(p.to_string())
    }
}

impl From<IntakeError> for Failure {
    fn from(e: IntakeError) -> Self {
        match e {
            IntakeError::Problem(p) => p.into(),
            IntakeError::Scenario(wrong) => wrong.into(),
            IntakeError::Run(failure) => failure.into(),
            IntakeError::NoZone(name) => {
                let message = format!("there is no time zone `{name}`");
                about_option(
                    "--time-zone",
                    &name,
                    message,
                    "names are such as Europe/Amsterdam or America/New_York",
                )
                .into()
            }
        }
    }
}

/// Finds out which law the times of a file follow, with pictures.
///
/// # Errors
/// If the file cannot be understood or a picture not written.
pub(crate) fn fit(args: &FitArgs) -> Result<Done, Failure> {
    let printer = Printer::new(args.output);
    let asked = FitRequest {
        file: &args.file,
        sheet: args.said.sheet.as_deref(),
        column: args.column.as_deref(),
        shift: args.shift.map_or(poolwise_intake::fit::Shift::None, Into::into),
        said: args.said.said(),
        patience: args.patience,
    };
    let found = fit_file(&asked, &Counter::new(&printer))?;
    let stem = args.file.file_stem().map_or_else(|| "fit".to_owned(), |n| n.to_string_lossy().into_owned());
    let folder = match args.files.no_plots {
        true => None,
        false => Some(Folder::create(&args.files.out.join(format!("fit-{stem}")))?),
    };
    let mut pictures = Vec::new();
    if let Some(folder) = &folder {
        for (name, scene) in words::pictures(&found) {
            pictures.extend(draw(folder, name, Some(scene))?);
        }
        folder.write("index.html", words::page(&found, pictures).html().as_bytes())?;
    }
    printer.told(
        &words::told(&found),
        || words::text(&found, printer.look().width),
        || json::document(&words::json(&found)),
    )?;
    if let Some(folder) = &folder {
        printer.note(&format!("Page to forward: {}", folder.path().join("index.html").display()));
    }
    Ok(Done::Fully)
}

/// Draws a picture as SVG and PNG; gives the SVG.
pub(crate) fn draw(folder: &Folder, name: &str, scene: Option<Scene>) -> Result<Option<String>, Failure> {
    Ok(scene.map(|scene| scene.write(folder, name)).transpose()?)
}
