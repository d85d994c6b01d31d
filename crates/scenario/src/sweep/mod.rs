//! What a planner writes to vary scenarios: a sweep file in TOML, with axes, a design, constraints.
//!
//! [`load`] reads it as scenarios are read, with the place of everything that is wrong. The scenarios
//! themselves, and whether an axis' path leads anywhere in them, are for those who plan the sweep: they
//! tell with [`SweepFile::complaint`], which shows the place in this file.

mod axis;
mod expression;
mod parts;
mod points;
mod schema;

pub use axis::{in_unit, round, unit_of};
pub use expression::Constraint;
pub use schema::json_schema;

use super::UncertainInput;
use super::diagnostic::{Diagnostics, Problems};
use super::input::Input;
use super::layers;
use super::scalar::Text;
use super::source::{MAX_SCENARIO, Snapshot, SourceText, Sources, TextSpan, folder_of};
use parts::{DesignIn, DesignWord, RandomIn, ReplicationsIn, SweepIn};
use std::path::{Path, PathBuf};

/// A sweep as it is written, checked as far as that can be done without its scenarios.
#[derive(Debug)]
pub struct SweepFile {
    /// Name of the sweep and of its folder.
    pub name: String,
    /// One line on it.
    pub title: String,
    /// What the sweep is for, in the author's words.
    pub description: String,
    /// Scenario files to be varied, and where each is named.
    pub scenarios: Vec<(PathBuf, AxisSpot)>,
    /// Scenario that the others are compared with, if named.
    pub baseline: Option<(String, AxisSpot)>,
    /// Overrides for all points, as `path=value`.
    pub sets: Vec<(String, AxisSpot)>,
    /// Where it is said that every uncertain number is an axis.
    pub uncertain: Option<AxisSpot>,
    /// The values that vary, one axis each.
    pub axes: Vec<Axis>,
    /// Which combinations of values are simulated.
    pub design: Design,
    /// Where the design is written.
    pub design_spot: AxisSpot,
    /// What must hold between axes.
    pub constraints: Vec<(Constraint, AxisSpot)>,
    /// How many replications.
    pub replications: Replications,
    /// Whether points have random numbers of their own.
    pub independent: bool,
    /// Measures to keep; all of the whole scenario if empty.
    pub measures: Vec<(String, AxisSpot)>,
    sources: Sources,
}

/// A place in the sweep file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AxisSpot(TextSpan);

/// Something that varies.
#[derive(Debug, Clone)]
pub struct Axis {
    /// Its name: the column in results.
    pub name: String,
    /// A few words.
    pub label: String,
    /// Unit of its numbers: `min`, `per hour`.
    pub unit: Option<String>,
    /// Scenario values that it sets.
    pub targets: Vec<AxisTarget>,
    /// Its words. Values of an axis of words are positions in this list.
    pub words: Vec<TextValue>,
    /// Its levels, where they are listed; else its range says what it takes.
    pub levels: Option<Vec<f64>>,
    /// The ends of its range.
    pub range: Option<(f64, f64)>,
    /// Whether the range is taken on a logarithmic scale.
    pub log: bool,
    /// Whether values are whole numbers.
    pub whole: bool,
    /// The usual value.
    pub base: Option<f64>,
    /// Whether a planner chooses the value; otherwise nobody knows it.
    pub decision: bool,
    /// Names of the scenarios it applies to; all if `None`.
    pub scenarios: Option<Vec<(String, AxisSpot)>>,
    /// A number that the scenarios call uncertain, by its word or path: they know the rest.
    pub uncertain: Option<(String, AxisSpot)>,
    /// The distribution that a sample of the range follows; uniform if `None`.
    pub law: Option<UncertainInput>,
    /// Where values are quantiles: for each target, the number that they are quantiles of.
    pub quantiles: Vec<UncertainInput>,
    /// Where it is written.
    pub spot: AxisSpot,
}

/// A scenario value that an axis sets.
#[derive(Debug, Clone)]
pub struct AxisTarget {
    /// Path in the scenario.
    pub path: String,
    /// Factor on the axis' value.
    pub times: f64,
    /// Constant added to that.
    pub plus: f64,
    /// Where it is written.
    pub spot: AxisSpot,
    /// Scenarios that have it, where not all do.
    pub scenarios: Option<Vec<String>>,
}

/// A value that is no number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextValue {
    /// As tables and results show it.
    pub shown: String,
    /// As it is written in TOML.
    pub toml: String,
}

/// Which combinations of values are simulated.
#[derive(Debug, Clone, PartialEq)]
pub enum Design {
    /// All combinations of all levels; the last axis varies fastest.
    Grid,
    /// The base point, then each axis alone through its levels.
    OneAtATime,
    /// Each axis in as many strata as points.
    LatinHypercube {
        /// How many points there are, which is also the number of strata of each axis.
        points: u64,
        /// Seed of the design.
        seed: u64,
    },
    /// Saltelli (2002): `base` x (axes + 2) points.
    Saltelli {
        /// Rows of each base matrix.
        base: u32,
        /// Seed of the design.
        seed: u64,
    },
    /// Points from a file, axis by axis within each.
    Csv {
        /// The file's name as written.
        file: String,
        /// Values, point by point.
        rows: Vec<f64>,
    },
}

/// How many replications of a scenario at a point.
#[derive(Debug, Clone, PartialEq)]
pub enum Replications {
    /// So many.
    Fixed(u32),
    /// Until intervals are short enough.
    Until(SweepPrecision),
}

/// When replications are enough.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepPrecision {
    /// Measures whose intervals count.
    pub measures: Vec<(String, AxisSpot)>,
    /// Half-width over the estimate; zero if not asked for.
    pub relative: f64,
    /// Half-width that is enough whatever the estimate; zero if none.
    pub absolute: f64,
    /// Fewest replications of a point.
    pub at_least: u32,
    /// Most replications of a point.
    pub at_most: u32,
    /// How many are added at a time.
    pub round: u32,
}

/// Something wrong with a sweep that shows only with its scenarios.
#[derive(Debug, Clone)]
pub struct Complaint {
    /// The entry of the sweep file that it is about.
    pub spot: AxisSpot,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What stands beside the marked text; may be empty.
    pub label: String,
    /// What to do about it.
    pub help: Vec<String>,
}

impl SweepFile {
    /// Complaints as diagnostics, with their places in the sweep file.
    pub fn complaint(&self, complaints: &[Complaint]) -> Diagnostics {
        // What nobody wrote, a default, is found at the beginning of the file.
        let name = self.sources.main().map_or("", |main| main.name.as_str());
        let mut cx = Problems::of(Path::new(name));
        for c in complaints {
            let note = cx.error(c.spot.0, c.message.as_str());
            if !c.label.is_empty() {
                note.label(c.label.as_str());
            }
            for help in &c.help {
                note.help(help.as_str());
            }
        }
        cx.finish(&self.sources)
    }
}

/// Reads a sweep file.
///
/// # Errors
/// All that is wrong with it, each with its place.
pub fn load(path: &Path) -> Result<SweepFile, Diagnostics> {
    load_through(&Snapshot::default(), path)
}

/// Reads a sweep file, and its points if a file has them, from the files of a snapshot.
///
/// # Errors
/// As [`load`].
pub fn load_through(files: &Snapshot, path: &Path) -> Result<SweepFile, Diagnostics> {
    let mut sources = Sources::through(files);
    let mut cx = Problems::of(path);
    let tree = match files.text(path, MAX_SCENARIO) {
        Ok(text) => {
            let source = sources.add(SourceText::file(path, &text));
            layers::parse(source, &sources, &mut cx)
        }
        Err(why) => {
            cx.error(TextSpan::NONE, why);
            None
        }
    };
    let input = tree.as_ref().and_then(|tree| SweepIn::read(tree, &mut cx));
    let file = input.and_then(|input| {
        let place = tree.map_or(TextSpan::NONE, |t| t.place);
        translate(files, path, &input, place, &mut cx)
    });
    match file {
        Some(file) if !cx.any_error() => Ok(SweepFile { sources, ..file }),
        _ => Err(cx.finish(&sources)),
    }
}

fn translate(
    files: &Snapshot,
    path: &Path,
    input: &SweepIn,
    whole: TextSpan,
    cx: &mut Problems,
) -> Option<SweepFile> {
    let name = name(path, input.name.as_ref(), cx);
    let beside = folder_of(path);
    let scenarios = input.scenarios.get()?;
    if scenarios.items.is_empty() {
        cx.error(scenarios.place, "the list of scenarios is empty");
    }
    if input.axis.0.is_empty() && !input.uncertain {
        cx.error(whole, "the sweep has no [axis.<name>]")
            .help("an axis says what varies: [axis.mean] with `path`, `from`, `to` and `steps`; or say `uncertain = true`");
    }
    let axes: Vec<Axis> =
        input.axis.iter().filter_map(|(name, axis)| axis::resolve(name, axis, cx)).collect();
    if axes.len() < input.axis.0.len() {
        return None;
    }
    let names: Vec<&str> = axes.iter().map(|a| a.name.as_str()).collect();
    let mut constraints = Vec::new();
    for text in &input.constraints.items {
        match Constraint::parse(text.as_str(), &names) {
            Ok(c) => {
                if let Some(word) = c.axes().into_iter().find(|a| !axes[*a].words.is_empty()) {
                    let why = format!("axis `{}` has words, which cannot be reckoned with", names[word]);
                    cx.error(text.place, why);
                }
                constraints.push((c, AxisSpot(text.place)));
            }
            Err(wrong) => {
                // The text stands between quotes, one character each in an ordinary string.
                let at = (text.place.start + 1 + wrong.at as u32).min(text.place.end.saturating_sub(1));
                cx.error(TextSpan { start: at, ..text.place }, wrong.why);
            }
        }
    }
    let (design, design_place) = design(files, input, &axes, whole, &beside, cx)?;
    check_design(&design, design_place, &axes, &constraints, cx);
    let replications = match &input.replications {
        ReplicationsIn::Fixed(n) => Replications::Fixed(n.count()),
        ReplicationsIn::Until(p) => {
            let measures = p.measures.get()?;
            if measures.items.is_empty() {
                cx.error(measures.place, "the list of measures is empty");
            }
            if p.relative.is_none() && p.absolute.is_none() {
                cx.error(p.place, "give `relative`, `absolute` or both");
            }
            if p.at_most.value < p.at_least.value {
                cx.error(p.at_most.place, "`at_most` is less than `at_least`");
            }
            Replications::Until(SweepPrecision {
                measures: spotted(&measures.items),
                relative: p.relative.map_or(0.0, |x| x.value),
                absolute: p.absolute.map_or(0.0, |x| x.value),
                at_least: p.at_least.count(),
                at_most: p.at_most.count(),
                round: p.round.count(),
            })
        }
    };
    let sets = input.set.0.iter().map(|s| (format!("{}={}", s.path, s.value), AxisSpot(s.place))).collect();
    Some(SweepFile {
        title: input.title.as_ref().map_or_else(|| name.clone(), |t| t.0.clone()),
        name,
        description: input.description.as_ref().map_or_else(String::new, |d| d.0.clone()),
        scenarios: scenarios.items.iter().map(|t| (beside.join(t.as_str()), AxisSpot(t.place))).collect(),
        baseline: input.baseline.as_ref().map(|t| (t.value.clone(), AxisSpot(t.place))),
        sets,
        uncertain: input.uncertain.then_some(AxisSpot(whole)),
        axes,
        design,
        design_spot: AxisSpot(design_place),
        constraints,
        replications,
        independent: input.random == RandomIn::Independent,
        measures: spotted(&input.measures.items),
        sources: Sources::default(),
    })
}

fn spotted(texts: &[Text]) -> Vec<(String, AxisSpot)> {
    texts.iter().map(|t| (t.value.clone(), AxisSpot(t.place))).collect()
}

fn name(path: &Path, given: Option<&Text>, cx: &mut Problems) -> String {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let wrong = |n: &str| !n.chars().all(fits) || n.chars().all(|c| c == '.') || n.len() > 100;
    match given {
        Some(text) => {
            if wrong(text.as_str()) {
                cx.error(text.place, format!("{:?} cannot be the name of a folder of results", text.value))
                    .help("a name has letters, digits, `-`, `_` and `.`, at most 100");
            }
            text.value.clone()
        }
        None => {
            let stem = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
            let name: String = stem.chars().map(|c| if fits(c) { c } else { '-' }).take(100).collect();
            if wrong(&name) { "sweep".to_owned() } else { name }
        }
    }
}

fn design(
    files: &Snapshot,
    input: &SweepIn,
    axes: &[Axis],
    whole: TextSpan,
    beside: &Path,
    cx: &mut Problems,
) -> Option<(Design, TextSpan)> {
    match &input.design {
        DesignIn::Word(DesignWord::Grid) => Some((Design::Grid, whole)),
        DesignIn::Word(DesignWord::OneAtATime) => Some((Design::OneAtATime, whole)),
        DesignIn::Table(t) => {
            if let Some(l) = &t.latin_hypercube {
                let points = l.points.get()?.value as u64;
                return Some((Design::LatinHypercube { points, seed: l.seed.value as u64 }, l.place));
            }
            if let Some(s) = &t.saltelli {
                let base = s.base.get()?.count();
                return Some((Design::Saltelli { base, seed: s.seed.value as u64 }, s.place));
            }
            let file = t.csv.as_ref()?;
            let rows = points::read(files, &beside.join(file.as_str()), file.place, axes, cx)?;
            Some((Design::Csv { file: file.value.clone(), rows }, file.place))
        }
    }
}

/// Whether the axes have what the design needs.
fn check_design(
    design: &Design,
    place: TextSpan,
    axes: &[Axis],
    constraints: &[(Constraint, AxisSpot)],
    cx: &mut Problems,
) {
    for axis in axes {
        let at = axis.spot.0;
        if axis.uncertain.is_some() {
            continue;
        }
        match design {
            Design::Grid | Design::OneAtATime if axis.levels.is_none() => {
                cx.error(at, format!("axis `{}` has no levels", axis.name))
                    .help("list them in `values`, or add `step`, `steps` or `log_steps` to the range");
            }
            Design::OneAtATime if axis.base.is_none() => {
                cx.error(at, format!("axis `{}` has no `base`", axis.name))
                    .help("`one-at-a-time` varies each axis while the others stay at their base");
            }
            Design::LatinHypercube { .. } | Design::Saltelli { .. }
                if axis.levels.is_none() && axis.range.is_none() =>
            {
                cx.error(at, format!("axis `{}` has no range", axis.name))
                    .help("give `from` and `to`, or `values`");
            }
            _ => {}
        }
    }
    if let (Design::Saltelli { .. }, Some((_, spot))) = (design, constraints.first()) {
        cx.error(spot.0, "Saltelli's design needs all its points, so it takes no constraints")
            .help("choose ranges in which every combination makes sense");
    }
    if let Design::Saltelli { .. } = design
        && axes.len() * 2 > 256
    {
        cx.error(place, "Saltelli's design takes at most 128 axes");
    }
}
