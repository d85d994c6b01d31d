//! Tidy results, read back: what reports and root finders stand on.
//!
//! `results.parquet` has one row for each scenario, point, replication and measure, and the plan in its
//! metadata under [`PLAN_KEY`], so that it can be understood alone.

use super::controls::{PointControl, SweepControls};
use super::design::Points;
use super::error::SweepError;
use super::filed::Filed;
use super::manifest::{Manifest, ReplicationsEntry};
use super::rows::{PlacedRows, RowNames, ValueRows};
use parquet::file::reader::{FileReader, SerializedFileReader};
use poolwise_stats::{Control, Estimate, Paired, ValueRange, ratio_residuals};
use poolwise_study::controls::controlled;
use poolwise_study::measures::{Value, range_of};
use poolwise_study::summarise::estimate_of;
use std::borrow::Cow;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Name of the tidy file in a sweep's folder.
pub const PARQUET: &str = "results.parquet";
/// Name of the same as text.
pub const CSV: &str = "results.csv";
/// Where the plan stands in the Parquet file's metadata.
pub const PLAN_KEY: &str = "poolwise.plan";

/// Values up to this number are held in memory, some 30 bytes each; of more the file is read as they are asked for.
const MOST_HELD: i64 = 1 << 20;

/// All results of a sweep.
#[derive(Debug, Clone)]
pub struct SweepResults {
    /// The sweep: scenarios, axes, design, measures.
    pub manifest: Manifest,
    /// Values of the axes, point by point; of an axis of words, positions in its list.
    pub points: Points,
    values: Values,
    /// What is known of arrivals, where estimates are to be controlled.
    controls: Option<SweepControls>,
}

/// Where values are.
#[derive(Debug, Clone)]
enum Values {
    /// By point, scenario and measure: values by replication. Empty where the scenario has no such measure.
    Held(Vec<Cell>),
    /// In the tidy file.
    Filed(Arc<Filed>),
}

/// A measure's values at a point by replication: of one replication without a list of its own.
#[derive(Debug, Clone)]
enum Cell {
    None,
    One(Value),
    Several(Vec<Value>),
}

impl Cell {
    fn values(&self) -> &[Value] {
        match self {
            Self::None => &[],
            Self::One(value) => std::slice::from_ref(value),
            Self::Several(values) => values,
        }
    }

    /// Adds a value; so many are expected.
    fn push(&mut self, value: Value, expected: usize) {
        match self {
            Self::None => *self = Self::One(value),
            Self::One(first) => {
                let mut values = Vec::with_capacity(expected.max(2));
                values.extend([*first, value]);
                *self = Self::Several(values);
            }
            Self::Several(values) => values.push(value),
        }
    }
}

impl PartialEq for SweepResults {
    /// The same numbers at the same points, wherever they are.
    fn eq(&self, other: &Self) -> bool {
        let (m, points) = (&self.manifest, self.points.len());
        let cells = || {
            let of_point =
                |p| (0..m.scenarios.len()).flat_map(move |s| (0..m.measures.len()).map(move |k| (p, s, k)));
            (0..points).flat_map(of_point)
        };
        self.manifest == other.manifest
            && self.points == other.points
            && cells().all(|(p, s, k)| self.values(p, s, k) == other.values(p, s, k))
    }
}

impl SweepResults {
    /// Reads `results.parquet` of a folder. Of a large one only the points are held, and values are read as they are asked for, best
    /// point by point in ascending order; [`Self::intact`] says whether all of them could be.
    ///
    /// # Errors
    /// If it cannot be read or is not what this program writes.
    pub fn read(folder: &Path) -> Result<Self, SweepError> {
        Self::read_holding(folder, MOST_HELD)
    }

    /// The same with at most so many values held, whatever their number.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_holding(folder: &Path, most: i64) -> Result<Self, SweepError> {
        let path = folder.join(PARQUET);
        let file = File::open(&path).map_err(|e| SweepError::file(&path, "read", e))?;
        let damaged = |why: String| SweepError::Damaged { path: path.clone(), why };
        let reader = SerializedFileReader::new(file).map_err(|e| damaged(e.to_string()))?;
        let manifest = manifest_of(&reader).map_err(damaged)?;
        let holds = reader.metadata().file_metadata().num_rows() <= most;
        let mut out = if holds { Self::empty(manifest) } else { Self::pointless(manifest) };
        let names = RowNames::of(&out.manifest);
        let mut spans = Vec::new();
        for group in 0..reader.num_row_groups() {
            let group = reader.get_row_group(group).map_err(|e| damaged(e.to_string()))?;
            let placed = PlacedRows::of(group.as_ref(), &out.manifest).map_err(|e| damaged(e.to_string()))?;
            out.place(&placed);
            spans.extend(placed.span());
            if holds {
                let rows = ValueRows::of(group.as_ref(), &names).map_err(|e| damaged(e.to_string()))?;
                rows.each(|(p, s, m), value| out.push(p, s, m, value));
            }
        }
        if !holds {
            out.values = Values::Filed(Arc::new(Filed::new(reader, &out.manifest, spans).map_err(damaged)?));
        }
        Ok(out)
    }

    /// Whether every value that was asked for could be read.
    ///
    /// # Errors
    /// Why not, of the first that could not.
    pub fn intact(&self, folder: &Path) -> Result<(), SweepError> {
        let why = match &self.values {
            Values::Held(_) => None,
            Values::Filed(filed) => filed.failure(),
        };
        let path: PathBuf = folder.join(PARQUET);
        why.map_or(Ok(()), |why| Err(SweepError::Damaged { path, why }))
    }

    /// Results in which nothing is known yet. `points` are of the right number, their values NaN.
    pub fn empty(manifest: Manifest) -> Self {
        let cells = manifest.points * manifest.scenarios.len() * manifest.measures.len();
        Self { values: Values::Held(vec![Cell::None; cells]), ..Self::pointless(manifest) }
    }

    /// Results without room for values.
    fn pointless(manifest: Manifest) -> Self {
        Self {
            points: Points::unknown(manifest.axes.len(), manifest.points, manifest.left_out),
            values: Values::Held(Vec::new()),
            controls: None,
            manifest,
        }
    }

    /// Takes in the axes' values at the points of some rows.
    fn place(&mut self, rows: &PlacedRows) {
        let mut last = None;
        for (row, &p) in rows.point.iter().enumerate() {
            // A point has many rows, all of them at the same place.
            if last.replace(p) == Some(p) {
                continue;
            }
            for (to, axis) in self.points[p as usize].iter_mut().zip(&rows.axes) {
                *to = axis[row];
            }
        }
    }

    /// Holds the values of some measures at a point in memory, where they are in the file.
    pub(crate) fn hold(&self, point: usize, measures: &[usize]) {
        let Values::Filed(filed) = &self.values else { return };
        let arrivals = self.controls.as_ref().map(SweepControls::arrivals);
        for scenario in 0..self.manifest.scenarios.len() {
            measures.iter().chain(&arrivals).for_each(|m| filed.hold(point, scenario, *m));
        }
    }

    /// The same, estimates and differences controlled from now on.
    pub(crate) fn with(self, controls: SweepControls) -> Self {
        Self { controls: Some(controls), ..self }
    }

    /// What is known of arrivals, where estimates are controlled.
    pub(crate) fn controls(&self) -> Option<&SweepControls> {
        self.controls.as_ref()
    }

    /// Whether what is known of arrivals is taken out of estimates, where it gains: see [`Sweep::controlled`](crate::Sweep::controlled).
    pub fn is_controlled(&self) -> bool {
        self.controls.is_some()
    }

    /// What is known of arrivals at a point, where estimates are controlled.
    pub(crate) fn control_at(&self, point: usize) -> Option<Arc<PointControl>> {
        Some(self.controls.as_ref()?.at(self, point))
    }

    fn cell(&self, point: usize, scenario: usize, measure: usize) -> usize {
        (point * self.manifest.scenarios.len() + scenario) * self.manifest.measures.len() + measure
    }

    /// Values of a measure, by replication; empty where the scenario has no such measure.
    pub fn values(&self, point: usize, scenario: usize, measure: usize) -> Cow<'_, [Value]> {
        match &self.values {
            Values::Held(all) => Cow::Borrowed(all[self.cell(point, scenario, measure)].values()),
            Values::Filed(filed) => Cow::Owned(filed.values(point, scenario, measure)),
        }
    }

    /// Adds a replication's value of a measure; results that are read from a file have all of theirs.
    pub fn push(&mut self, point: usize, scenario: usize, measure: usize, value: Value) {
        let cell = self.cell(point, scenario, measure);
        let expected = match self.manifest.replications {
            ReplicationsEntry::Fixed(n) => n,
            ReplicationsEntry::Until { at_least, .. } => at_least,
        };
        if let Values::Held(all) = &mut self.values {
            all[cell].push(value, expected as usize);
        }
    }

    /// What values a measure can have.
    pub(crate) fn range(&self, measure: usize) -> ValueRange {
        range_of(&self.manifest.measures[measure])
    }

    /// The estimate of a measure over replications, controlled where that is asked for and gains; undefined where the scenario has no
    /// such measure.
    pub fn estimate(&self, point: usize, scenario: usize, measure: usize, confidence: f64) -> Estimate {
        let at = self.control_at(point);
        match at.as_ref().and_then(|at| at.of(self, measure)) {
            Some(control) => match self.values(point, scenario, measure).as_ref() {
                [] => Estimate::undefined(),
                values => controlled(values, self.range(measure), control, confidence),
            },
            None => self.plain_estimate(point, scenario, measure, confidence),
        }
    }

    /// The same without any control.
    pub(crate) fn plain_estimate(
        &self,
        point: usize,
        scenario: usize,
        measure: usize,
        confidence: f64,
    ) -> Estimate {
        match self.values(point, scenario, measure).as_ref() {
            [] => Estimate::undefined(),
            values => estimate_of(values, self.range(measure), confidence),
        }
    }

    /// Scenario `a` less scenario `b`, replications paired by number, ratios by their linearised values.
    /// Of controlled values where estimates are. `None` where one of them has no such measure.
    pub fn difference(
        &self,
        point: usize,
        a: usize,
        b: usize,
        measure: usize,
        confidence: f64,
    ) -> Option<Paired> {
        let (a, b) = (self.values(point, a, measure), self.values(point, b, measure));
        let n = a.len().min(b.len());
        let at = self.control_at(point);
        let control = at.as_ref().and_then(|at| at.of(self, measure));
        (n > 0).then(|| {
            Paired::given(&linear(&a[..n]), &linear(&b[..n]), control, confidence)
                .possible(self.range(measure))
        })
    }

    /// The difference of [`Self::difference`] alone at each of some confidences; undefined where one has no such measure. How many
    /// replications would settle it, which takes far longer to find, is not asked.
    pub(crate) fn difference_at<const N: usize>(
        &self,
        point: usize,
        pair: (usize, usize),
        measure: usize,
        confidences: [f64; N],
    ) -> [Estimate; N] {
        let at = self.control_at(point);
        let control = at.as_ref().and_then(|at| at.of(self, measure));
        self.difference_given(point, pair, measure, control, confidences)
    }

    /// The same with this control, or none.
    pub(crate) fn difference_given<const N: usize>(
        &self,
        point: usize,
        (a, b): (usize, usize),
        measure: usize,
        control: Option<&Control>,
        confidences: [f64; N],
    ) -> [Estimate; N] {
        let (a, b) = (self.values(point, a, measure), self.values(point, b, measure));
        let n = a.len().min(b.len());
        if n == 0 {
            return [Estimate::undefined(); N];
        }
        let left = |values: &[Value]| match control {
            Some(control) => control.residuals(&linear(values)),
            None => linear(values),
        };
        let pairs = left(&a[..n]).into_iter().zip(left(&b[..n]));
        let differences: Vec<f64> =
            pairs.filter(|(x, y)| x.is_finite() && y.is_finite()).map(|(x, y)| x - y).collect();
        confidences.map(|confidence| {
            let difference = match control {
                Some(control) => control.estimate(&differences, confidence),
                None => Estimate::mean(&differences, confidence),
            };
            let paired = Paired { difference, variance_ratio: f64::NAN, replications_to_tell: None };
            paired.possible(self.range(measure)).difference
        })
    }

    /// Scenario `a` less scenario `b` in each replication, whose mean is the plain difference.
    pub(crate) fn differences(&self, point: usize, a: usize, b: usize, measure: usize) -> Vec<f64> {
        let (a, b) = (linear(&self.values(point, a, measure)), linear(&self.values(point, b, measure)));
        a.iter().zip(&b).map(|(x, y)| x - y).collect()
    }
}

/// Values whose mean is the estimate: a ratio's linearised values, or the values themselves.
pub(crate) fn linear(values: &[Value]) -> Vec<f64> {
    if matches!(values.first(), Some(Value::Ratio(..))) {
        let (n, d) = poolwise_study::summarise::parts(values);
        ratio_residuals(&n, &d)
    } else {
        values.iter().map(|v| v.value()).collect()
    }
}

fn manifest_of(reader: &SerializedFileReader<File>) -> Result<Manifest, String> {
    let pairs = reader.metadata().file_metadata().key_value_metadata();
    let plan = pairs.and_then(|p| p.iter().find(|kv| kv.key == PLAN_KEY)).and_then(|kv| kv.value.as_ref());
    let plan = plan.ok_or("is not the result of a sweep: it holds no plan")?;
    serde_json::from_str(plan).map_err(|e| format!("its plan cannot be read: {e}"))
}
