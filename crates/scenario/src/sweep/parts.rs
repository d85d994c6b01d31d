//! The tables of a sweep file as planners write them: keys, types, defaults.

use crate::collections::{List, Named};
use crate::describe::{JsonSchema, Schema, SchemaGenerator, json_schema};
use crate::diagnostic::Problems;
use crate::input::{Input, Req, either, table, words};
use crate::node::{Node, NodeKind, Table};
use crate::scalar::{Positive, Prose, Real, Text, Whole};
use crate::source::TextSpan;
use std::borrow::Cow;

table! {
    /// A poolwise sweep.
    pub(crate) struct SweepIn {
        /// Name of the sweep and of its folder of results: letters, digits, `-`, `_`, `.`. Default: the
        /// file's name.
        name: Option<Text>,
        /// One line for tables and pictures. Default: the name.
        title: Option<Prose>,
        /// Free text.
        description: Option<Prose>,
        /// Scenario files, one or more, beside this file.
        scenarios: Req<List<Text>>,
        /// Name of the scenario that the others are compared with. Default: the first.
        baseline: Option<Text>,
        /// Values that hold at every point, in every scenario: `run.horizon = "4 weeks"`.
        set: PathSettings = PathSettings::none(),
        /// Whether every number that the scenarios call uncertain is an axis, besides those of `axis`.
        uncertain: bool = false,
        /// What varies, by name; the name is the column in results.
        axis: Named<AxisIn> = Named::none(),
        /// Which points: all combinations (`grid`), or one of the others.
        design: DesignIn = DesignIn::Word(DesignWord::Grid),
        /// Comparisons between axes that must hold: points where one does not are left out.
        constraints: List<Text> = List::none(),
        /// Replications of each scenario at each point: a number, or until intervals are short enough.
        replications: ReplicationsIn = ReplicationsIn::Fixed(Whole::new(10)),
        /// Whether all points use the same random numbers.
        random: RandomIn = RandomIn::Common,
        /// Measures to keep. Default: all of the whole scenario.
        measures: List<Text> = List::none(),
    }
}

table! {
    /// One thing that varies: numbers or words, as a list or a range.
    pub(crate) struct AxisIn {
        /// Path of a scenario value, such as `stage.research.service.time.lognormal.mean`.
        path: Option<Text>,
        /// Several paths that this axis sets together.
        paths: Option<List<PathIn>>,
        /// A number that the scenarios call uncertain, by the word of its `together` or by its path: the
        /// range, the base and the distribution are theirs.
        uncertain: Option<Text>,
        /// The levels, one by one.
        values: Option<List<LevelIn>>,
        /// Lower end of a range.
        from: Option<LevelIn>,
        /// Upper end of a range.
        to: Option<LevelIn>,
        /// Distance between the levels of a range.
        step: Option<LevelIn>,
        /// How many levels a range has, evenly spaced.
        steps: Option<Whole<2, 1_000_000>>,
        /// How many levels a range has, each the same multiple of the one before.
        log_steps: Option<Whole<2, 1_000_000>>,
        /// Whether a range is sampled evenly on a logarithmic scale.
        log: bool = false,
        /// The usual value, from which `one-at-a-time` departs.
        base: Option<LevelIn>,
        /// Unit of the numbers: of time (`min`) or of rates (`per hour`).
        unit: Option<Text>,
        /// Whether values are rounded to whole numbers.
        whole: bool = false,
        /// Whether nobody knows the value, or a planner chooses it.
        kind: KindIn = KindIn::Unknown,
        /// Names of the scenarios that it applies to. Default: all.
        scenarios: Option<List<Text>>,
        /// A few words for pictures. Default: the axis' name.
        label: Option<Prose>,
    }
    exactly_one [path, paths, uncertain]
    at_most_one [step, steps, log_steps]
}

words! {
    /// What an axis is about.
    pub(crate) enum KindIn {
        /// An input that is not known: where it changes the answer, data do not settle the question.
        Unknown = "unknown",
        /// Something that a planner chooses.
        Decision = "decision",
    }
}

either! {
    /// A path, or one whose value is worked out from the axis.
    pub(crate) enum PathIn {
        /// The axis' value itself.
        Alone(Text),
        /// A multiple of it, and a constant.
        Scaled(ScaledIn),
    }
    expects "a path, or { path = \"...\", times = 0.5, plus = 0 }"
}

table! {
    /// A path whose value is the axis' value, multiplied, and a constant added.
    pub(crate) struct ScaledIn {
        /// Path of a scenario value.
        path: Req<Text>,
        /// By how much the axis's value is multiplied there.
        times: Real = Real::new(1.0),
        /// Constant, in the axis' unit.
        plus: Real = Real::new(0.0),
    }
}

either! {
    /// A value of an axis.
    pub(crate) enum LevelIn {
        /// A number, in the axis' unit.
        Number(Real),
        /// A number with its own unit, or a word.
        Text(Text),
        /// A switch.
        Switch(bool),
    }
    expects "a number, a number with its unit such as \"20 min\", a word, or true or false"
}

either! {
    /// A design.
    pub(crate) enum DesignIn {
        /// One without settings.
        Word(DesignWord),
        /// One with settings.
        Table(DesignTable),
    }
    expects "\"grid\", \"one-at-a-time\", or a table such as { latin_hypercube = { points = 200 } }"
}

words! {
    /// A design without settings.
    pub(crate) enum DesignWord {
        /// All combinations of all levels.
        Grid = "grid",
        /// The base point, and each axis alone through its levels.
        OneAtATime = "one-at-a-time",
    }
    otherwise "or a table: { latin_hypercube = { points = 200 } }, { saltelli = { base = 64 } }, { csv = \"points.csv\" }"
}

table! {
    /// A design with settings: exactly one of these.
    pub(crate) struct DesignTable {
        /// A Latin hypercube: each axis in as many strata as there are points, each taken once.
        latin_hypercube: Option<HypercubeIn>,
        /// Saltelli's design for Sobol indices: base x (axes + 2) points.
        saltelli: Option<SaltelliIn>,
        /// Points from a CSV file, with a column for each axis.
        csv: Option<Text>,
    }
    exactly_one [latin_hypercube, saltelli, csv]
}

table! {
    /// A Latin hypercube.
    pub(crate) struct HypercubeIn {
        /// How many points.
        points: Req<Whole<2, 1_000_000_000>>,
        /// Seed of the design.
        seed: Whole<0, { i64::MAX }> = Whole::new(1),
    }
}

table! {
    /// Saltelli's design.
    pub(crate) struct SaltelliIn {
        /// Rows of each base matrix; a power of two fills the space best.
        base: Req<Whole<2, 65_536>>,
        /// Seed of the design.
        seed: Whole<0, { i64::MAX }> = Whole::new(1),
    }
}

either! {
    /// How many replications.
    pub(crate) enum ReplicationsIn {
        /// So many.
        Fixed(Whole<1, 1_000_000>),
        /// Until intervals are short enough.
        Until(SweepPrecisionIn),
    }
    expects "a whole number of at least 1, or a table such as { measures = [\"utilization\"], relative = 0.05 }"
}

table! {
    /// Replications until the half-widths of all named measures are within their targets.
    pub(crate) struct SweepPrecisionIn {
        /// Names of the measures that have to be precise.
        measures: Req<List<Text>>,
        /// Half-width over the estimate, such as 0.05.
        relative: Option<Positive>,
        /// Half-width that is enough whatever the estimate, in the measure's unit.
        absolute: Option<Positive>,
        /// Least number of replications.
        at_least: Whole<3, 1_000_000> = Whole::new(5),
        /// Greatest number of replications.
        at_most: Whole<3, 1_000_000> = Whole::new(100),
        /// Replications that are added at a time.
        round: Whole<1, 10_000> = Whole::new(5),
    }
}

words! {
    /// Random numbers across points.
    pub(crate) enum RandomIn {
        /// The same at every point: differences between points are not blurred by chance.
        Common = "common",
        /// Others at every point; still the same in every scenario of a point.
        Independent = "independent",
    }
}

/// Paths and values, as tables or as quoted paths.
#[derive(Debug, Clone)]
pub(super) struct PathSettings(pub Vec<PathSetting>);

/// A path and its value as TOML.
#[derive(Debug, Clone)]
pub(super) struct PathSetting {
    pub path: String,
    pub value: toml::Value,
    pub place: TextSpan,
}

impl PathSettings {
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }
}

impl JsonSchema for PathSettings {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Settings".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object" })
    }
}

impl Input for PathSettings {
    fn expects() -> String {
        "a table of scenario values".to_owned()
    }
    fn accepts(node: &Node) -> bool {
        matches!(node.kind, NodeKind::Table(_))
    }
    fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
        let table = crate::input::expect_table(node, Self::expects, cx)?;
        let mut out = Vec::new();
        flatten("", table, &mut out);
        Some(Self(out))
    }
    fn write(&self) -> toml::Value {
        toml::Value::Table(self.0.iter().map(|s| (s.path.clone(), s.value.clone())).collect())
    }
}

/// Tables become paths; a key with a dot is a path already.
fn flatten(prefix: &str, table: &Table, out: &mut Vec<PathSetting>) {
    for (key, entry) in table.iter() {
        let bare = key.chars().all(|c| c.is_ascii_alphanumeric() || "-_.\"'".contains(c)) && !key.is_empty();
        let key = if bare || key.contains('"') { key.clone() } else { format!("\"{key}\"") };
        let path = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        match &entry.value.kind {
            NodeKind::Table(inner) if !inner.is_empty() => flatten(&path, inner, out),
            _ => out.push(PathSetting { path, value: plain(&entry.value), place: entry.key }),
        }
    }
}

/// A tree as TOML.
fn plain(node: &Node) -> toml::Value {
    match &node.kind {
        NodeKind::String(s) => toml::Value::String(s.clone()),
        NodeKind::Integer(i) => i64::try_from(*i).map_or(toml::Value::Float(*i as f64), toml::Value::Integer),
        NodeKind::Float(x) => toml::Value::Float(*x),
        NodeKind::Boolean(b) => toml::Value::Boolean(*b),
        NodeKind::Datetime(d) => toml::Value::Datetime(*d),
        NodeKind::Array(items) => toml::Value::Array(items.iter().map(plain).collect()),
        NodeKind::Table(table) => {
            toml::Value::Table(table.iter().map(|(k, e)| (k.clone(), plain(&e.value))).collect())
        }
    }
}
