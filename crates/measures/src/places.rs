//! What a measure can belong to: kinds of places, and the places of a model by name.

use crate::find::find;
use crate::measure::Measure;
use poolwise_stats::ValueRange;

/// A kind of place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    /// The scenario as a whole.
    Whole,
    /// An exit.
    Exit,
    /// A request class.
    Class,
    /// An area.
    Area,
    /// A stage that needs no officer.
    Stage,
    /// A join.
    Join,
    /// A stage of service.
    Service,
    /// A stage of service at one centre.
    ServiceAtCentre,
    /// A centre, all roles together.
    Centre,
    /// A role at a centre.
    Role,
}

/// Sets of requests.
pub(crate) const FLOWS: &[PlaceKind] = &[PlaceKind::Whole, PlaceKind::Class, PlaceKind::Area];
/// Stages of all kinds.
pub(crate) const STAGES: &[PlaceKind] = &[PlaceKind::Stage, PlaceKind::Join, PlaceKind::Service];
/// Centres and their roles.
pub(crate) const CENTRES: &[PlaceKind] = &[PlaceKind::Centre, PlaceKind::Role];
/// The whole scenario, centres and their roles.
pub(crate) const OFFICERS: &[PlaceKind] = &[PlaceKind::Whole, PlaceKind::Centre, PlaceKind::Role];

/// What a measure belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// The scenario as a whole.
    Whole,
    /// An exit.
    Exit(String),
    /// A request class.
    Class(String),
    /// An area.
    Area(String),
    /// A stage.
    Stage(String),
    /// A stage's share by centre.
    StageShare(String),
    /// A centre and role; role `all` is the centre.
    Centre(String, String),
}

/// A measure's name and place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// What it belongs to.
    pub section: Section,
    /// Name, unit included; of a stage's share by centre the centre.
    pub name: String,
}

/// Name of the measure whose keys are centres: a stage's share at each.
pub(crate) const SHARE_BY_CENTRE: &str = "share_by_centre";

impl Key {
    /// The measure itself, out of the catalogue.
    pub fn measure(&self) -> Option<&'static Measure> {
        match self.section {
            Section::StageShare(_) => find(SHARE_BY_CENTRE),
            _ => find(&self.name),
        }
    }

    /// What values it can have.
    pub fn range(&self) -> ValueRange {
        self.measure().map_or(ValueRange::NonNegative, |m| m.range)
    }

    /// Its path: `utilization`, `centre.PERC.all.utilization`, `stage.research.share_by_centre.PERC`.
    pub fn parts(&self) -> Vec<&str> {
        let name = self.name.as_str();
        match &self.section {
            Section::Whole => vec![name],
            Section::Exit(x) => vec!["exit", x, name],
            Section::Class(x) => vec!["class", x, name],
            Section::Area(x) => vec!["area", x, name],
            Section::Stage(x) => vec!["stage", x, name],
            Section::StageShare(x) => vec!["stage", x, SHARE_BY_CENTRE, name],
            Section::Centre(c, r) => vec!["centre", c, r, name],
        }
    }

    /// Whether it is what a path means; parts with dots stand in quotes, and a centre without a role is
    /// the centre as a whole.
    pub fn is(&self, path: &[String]) -> bool {
        let mine = self.parts();
        let same = |path: &[String]| path.iter().map(String::as_str).eq(mine.iter().copied());
        same(path)
            || matches!((&self.section, path), (Section::Centre(_, role), [word, centre, name])
                if role == "all" && word == "centre" && *centre == mine[1] && *name == self.name)
    }
}

/// The measure that a path means, out of the catalogue: `utilization`, `centre.PERC.utilization`.
pub fn of_path(path: &str) -> Option<&'static Measure> {
    match split_path(path).as_slice() {
        [stage, _, word, _] if stage == "stage" && word == SHARE_BY_CENTRE => find(word),
        parts => find(parts.last()?),
    }
}

/// What values the measure that a path means can have.
pub fn range_of(path: &str) -> ValueRange {
    of_path(path).map_or(ValueRange::NonNegative, |m| m.range)
}

/// Splits a measure's path at its dots, but for those in quotes.
pub fn split_path(path: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quote = None;
    for c in path.chars() {
        match (c, quote) {
            (c, Some(q)) if c == q => quote = None,
            ('"' | '\'', None) => quote = Some(c),
            ('.', None) => parts.push(String::new()),
            (c, _) => {
                if let Some(last) = parts.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    parts
}
