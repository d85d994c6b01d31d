//! What a planner writes: TOML files with units, `extends` and overrides, turned into a [`Model`].
//!
//! [`load`] reads a file, what it extends and the overrides into one tree of values that know where
//! they were written (`node`, `layers`); reads the tree into typed tables (`parts`); fills in defaults
//! (`defaults`); keeps what it says of uncertain numbers (`uncertain`); and translates them into a model with all its checks (`build`). Every step notes what is
//! wrong and goes on, so that all errors are seen at once (`diagnostic`).
#![warn(missing_docs)]

mod build;
mod built;
mod collections;
pub mod comments;
mod decode;
mod defaults;
mod describe;
mod diagnostic;
mod distribution;
mod files;
mod input;
mod layers;
pub mod levers;
mod node;
mod parts;
mod places;
mod quantity;
mod route_names;
mod scalar;
mod schema;
mod source;
mod starter;
pub mod sweep;
mod synonyms;
pub mod uncertain;
mod word;
mod zones;

pub use built::{rate, time_law};
pub use diagnostic::{Diagnostic, Diagnostics, Location, Severity, about_file, about_option, nearest};
pub use files::sha256;
pub use layers::Overrides;
pub use quantity::duration;
pub use schema::json_schema;
pub use source::{Library, Snapshot, Texts, plain_path};
pub use starter::starter;
pub use uncertain::UncertainInput;
pub use zones::{add_zone, time_zone, zone_data};

use diagnostic::Problems;
use input::Input;
use parts::ScenarioIn;
use poolwise_engine::model::Model;
use poolwise_planning::allocation::PoolSpec;
use poolwise_planning::roster_rules::{FieldWork, Pay, RosterRules};
use source::Sources;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// A scenario, ready to run.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The network of centres, officers and work that the scenario describes.
    pub model: Model,
    /// Every value resolved: defaults, `extends` and overrides included, in a stable order and canonical
    /// units. Without its table `derived` it is itself a scenario, with the same meaning.
    pub resolved: toml::Table,
    /// SHA-256 of the resolved table, in hexadecimal digits.
    pub hash: String,
    /// The scenario's free text.
    pub description: String,
    /// Pools by headcount as they are written, with the shifts that their officers may work.
    pub pools: Vec<PoolSpec>,
    /// What is odd but does not keep it from running.
    pub warnings: Diagnostics,
    /// Rules for drawing up rosters, if it has any.
    pub roster: Option<RosterRules>,
    /// What released officers could do in teams in the field, if it says so.
    pub field_work: Option<FieldWork>,
    /// What hours cost, if it says so.
    pub pay: Option<Pay>,
    /// Centres to which more work comes than their officers can do.
    pub overloaded: Vec<Overload>,
    /// The files it was read from: itself, what it extends, data files.
    pub sources: Vec<PathBuf>,
    /// Numbers that are not known well; the model has their bases.
    pub uncertain: Vec<UncertainInput>,
    places: places::Places,
}

/// A centre that cannot keep up.
#[derive(Debug, Clone, PartialEq)]
pub struct Overload {
    /// Name of the centre in the scenario.
    pub centre: String,
    /// Work over officers present, above 1: in the roles that are shortest. Infinite where nobody is there.
    pub ratio: f64,
}

/// Reads and checks a scenario.
///
/// # Errors
/// All that is wrong with it, each with its place.
pub fn load(path: &Path, overrides: &Overrides) -> Result<Scenario, Diagnostics> {
    load_through(&Snapshot::default(), path, overrides)
}

/// Reads and checks a scenario from the files of a snapshot, which reads each of them once.
///
/// # Errors
/// As [`load`].
pub fn load_through(files: &Snapshot, path: &Path, overrides: &Overrides) -> Result<Scenario, Diagnostics> {
    read(path, overrides, Sources::through(files))
}

/// Reads and checks a scenario that is held in memory, with all files it mentions.
///
/// # Errors
/// As [`load`].
pub fn load_texts(texts: Texts, path: &Path, overrides: &Overrides) -> Result<Scenario, Diagnostics> {
    load_through(&Snapshot::of(texts), path, overrides)
}

/// Reads and checks a scenario that comes with the program: the text called `name` in `library`, where
/// what it extends and its data files are too.
///
/// # Errors
/// As [`load`].
pub fn load_embedded(
    library: &'static Library,
    name: &str,
    overrides: &Overrides,
) -> Result<Scenario, Diagnostics> {
    let texts = library.iter().map(|(name, text)| (name.into(), Cow::Borrowed(*text))).collect();
    load_texts(texts, Path::new(name), overrides)
}

fn read(path: &Path, overrides: &Overrides, mut sources: Sources) -> Result<Scenario, Diagnostics> {
    let mut cx = Problems::of(path);
    let tree = layers::assemble(path, overrides, &mut sources, &mut cx);
    let input = tree.and_then(|tree| {
        let input = ScenarioIn::read(&tree, &mut cx)?;
        Some((input, uncertain::located(&tree, &mut cx)))
    });
    let Some((mut input, uncertain)) = input else { return Err(cx.finish(&sources)) };
    let stem = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    defaults::fill(&mut input, &stem, &mut cx);
    if overrides.horizon.is_some() && input.start.now.at.is_some() {
        cx.error(source::TextSpan::NONE, "a run that begins now has no horizon: it ends at `start.until`")
            .help("give --set start.until=20:00 in place of --horizon");
    }
    let built = build::build(&input, &sources, &mut cx);
    let Some(built) = built.filter(|_| !cx.any_error()) else { return Err(cx.finish(&sources)) };
    let mut resolved = match input.write() {
        toml::Value::Table(table) => table,
        _ => toml::Table::new(),
    };
    if !built.derived.is_empty() {
        resolved.insert("derived".to_owned(), built.derived.into());
    }
    uncertain::restore(&mut resolved, &uncertain);
    // A change may replace the numbers that a lever moves: the lever is then not offered.
    if overrides.sets.is_empty() && overrides.vary.is_empty() {
        levers::check(&input, &resolved, &mut cx);
    }
    if cx.any_error() {
        return Err(cx.finish(&sources));
    }
    let places = places::Places::of(path, &input, &sources);
    let json = serde_json::to_string(&resolved).unwrap_or_default();
    Ok(Scenario {
        model: built.model,
        hash: files::sha256(json.as_bytes()),
        description: input.description.map_or_else(String::new, |d| d.0),
        resolved,
        roster: built.roster,
        field_work: built.field_work,
        pay: built.pay,
        overloaded: built.overloaded,
        pools: built.pools,
        warnings: cx.finish(&sources),
        places,
        sources: sources.paths().chain(built.paths).collect(),
        uncertain,
    })
}
