//! `poolwise init`

use super::exit::{Done, Failure};
use super::options::InitArgs;
use super::printer::Printer;
use poolwise_report::write::Folder;
use poolwise_scenario::starter;

/// Writes scenarios to start from. Nothing that is already there is overwritten.
///
/// # Errors
/// If a file is there already or cannot be written.
pub(crate) fn init(args: &InitArgs) -> Result<Done, Failure> {
    let folder = Folder::create(&args.folder).map_err(|e| e.chosen_by(""))?;
    let files = starter();
    if let Some((name, _)) = files.iter().find(|(name, _)| folder.path().join(name).exists()) {
        let path = folder.path().join(name);
        return Err(Failure::Failed(format!(
            "{} is there already and is not overwritten; choose another folder",
            path.display()
        )));
    }
    let mut text = String::new();
    let mut paths = Vec::new();
    for (name, contents) in files {
        let path = folder.write(name, contents.as_bytes())?;
        text.push_str(&format!("wrote {}\n", path.display()));
        paths.push(path.display().to_string());
    }
    let printer = Printer::plain();
    printer.results(&text)?;
    printer.note(&format!("Next: poolwise compare {}", paths.join(" ")));
    Ok(Done::Fully)
}
