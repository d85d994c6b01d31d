//! All that a sweep says, worked out from its results once: for tables, pictures, pages and other programs.

use super::breakeven::{Bracket, Crossing, brackets};
use super::contrast::taken_stock;
use super::influence::{Indices, Output, Swing, correlations, indices, swings};
use super::slice::slices;
use super::survey::Survey;
use super::{BestColumn, Contrast, Identified, Level, SweepGains, identified, words};
use crate::manifest::{DesignEntry, Manifest};
use crate::results::SweepResults;
use poolwise_study::controls::ARRIVALS;
use poolwise_study::measures::{Better, MEASURES, PRIMARY};
use poolwise_study::verdict::named;
use std::sync::Arc;

/// Measures that pictures and tables are about, at most; the tidy file has all.
const MOST_MEASURES: usize = 3;

/// Break-even values in the first sentences, at most; the table has all.
pub const SENTENCES: usize = 2;

/// What a sweep says, in columns: some hundred bytes a point, whatever the number of replications. Scenarios, measures and axes are positions in the [manifest](Manifest)'s lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Findings {
    /// The measures that it is about, a few at most; the tidy file has all.
    pub measures: Vec<usize>,
    /// Differences from the baseline at every point.
    pub contrasts: Vec<Contrast>,
    /// Each of the measures of each scenario at every point.
    pub levels: Vec<Level>,
    /// Of each difference that a verdict hangs on: whether its sign is the same all over.
    pub identified: Vec<Identified>,
    /// Values of the axes at which a difference changes its sign.
    pub break_even: Vec<Crossing>,
    /// Sobol indices, where the design is Saltelli's.
    pub indices: Vec<Indices>,
    /// Swings by output, where the design takes one axis at a time.
    pub swings: Vec<(Output, Vec<Swing>)>,
    /// By output: the rank correlation of each axis with it, NaN where points are not scattered.
    pub correlations: Vec<(Output, Vec<f64>)>,
    /// By measure: the best scenario at each point.
    pub best: Vec<(usize, Arc<BestColumn>)>,
    /// What each point costs, where scenarios have a pay table; empty until a sweep finds them.
    pub costs: Vec<super::PointCost>,
    /// What controls gave, where they were asked for.
    pub controls: Option<SweepGains>,
    /// Between which points each break-even value lies, in their order.
    pub(crate) brackets: Vec<Bracket>,
    /// Outputs by point that are in no contrast.
    differences: Vec<(Output, Vec<f64>)>,
}

impl Findings {
    /// Works out what results say by themselves: of break-even values, where a line between two points is zero.
    pub fn of(results: &SweepResults) -> Self {
        let manifest = &results.manifest;
        let (slices, mut measures) = (slices(results), measures(manifest));
        let Survey { mut levels, mut contrasts, mut best, mut differences, gains } =
            Survey::of(results, &measures, &slices);
        // A measure that nothing here has is not worth an empty table.
        measures.retain(|m| levels.iter().any(|l| l.measure == *m && l.extremes.least.is_some()));
        levels.retain(|l| measures.contains(&l.measure));
        contrasts.retain(|c| measures.contains(&c.measure));
        differences.retain(|d| measures.contains(&d.0.measure));
        best.retain(|b| measures.contains(&b.0) && b.1.iter().any(|at| at.is_some()));
        let brackets = brackets(results, &slices, &contrasts);
        let outputs = outputs(manifest, &measures);
        let better = |m: usize| manifest.shown(&manifest.measures[m]).better;
        let mut found = Self {
            // Of a measure that is neither good nor bad no verdict hangs on the sign.
            identified: contrasts
                .iter()
                .filter(|c| better(c.measure) != Better::Neither)
                .filter_map(|c| identified(results, c))
                .collect(),
            indices: outputs.iter().filter_map(|o| indices(results, *o)).collect(),
            swings: match manifest.design {
                DesignEntry::OneAtATime => {
                    outputs.iter().map(|o| (*o, swings(results, &slices, *o))).collect()
                }
                _ => Vec::new(),
            },
            break_even: brackets.iter().map(|b| Crossing::of(results, b)).collect(),
            brackets,
            costs: Vec::new(),
            controls: gains,
            best: best.into_iter().map(|(m, column)| (m, Arc::new(column))).collect(),
            correlations: Vec::new(),
            contrasts,
            levels,
            differences,
            measures,
        };
        found.correlations = outputs.iter().map(|o| (*o, correlations(results, found.means(*o)))).collect();
        found
    }

    /// An output's estimates by point; empty of one that findings are not about.
    pub fn means(&self, output: Output) -> &[f64] {
        let contrast = |less: usize| {
            let own = |c: &&Contrast| {
                (c.measure, c.scenario, c.baseline) == (output.measure, output.scenario, less)
            };
            self.contrasts.iter().find(own).map(Contrast::means)
        };
        let level = || {
            let own = |l: &&Level| (l.measure, l.scenario) == (output.measure, output.scenario);
            self.levels.iter().find(own).map(Level::means)
        };
        let apart = self.differences.iter().find(|d| d.0 == output).map(|d| d.1.as_slice());
        apart.or_else(|| output.less.map_or_else(level, contrast)).unwrap_or_default()
    }

    /// The first line: whether the sign of a difference is the same all over the ranges of the axes.
    pub fn headline(&self, results: &SweepResults) -> String {
        let called = |name: &str| named(&words::called(&results.manifest, name));
        let in_words = |i: &Identified| Identified {
            scenario: called(&i.scenario),
            baseline: called(&i.baseline),
            ..i.clone()
        };
        let (points, nouns) = (results.points.len(), results.manifest.words());
        let chosen = results.manifest.axes.iter().all(|a| a.decision);
        if chosen && !self.contrasts.is_empty() {
            let better = |c: &&Contrast| {
                results.manifest.shown(&results.manifest.measures[c.measure]).better != Better::Neither
            };
            let all = self.contrasts.iter().filter(better).map(|c| in_words(&taken_stock(results, c)));
            return words::choice(&all.collect::<Vec<_>>(), points, &nouns);
        }
        words::headline(&self.identified.iter().map(in_words).collect::<Vec<_>>(), points, &nouns)
    }

    /// The answer in sentences: whether the verdict turns over, and where.
    pub fn verdict(&self, results: &SweepResults) -> Vec<String> {
        if let Some(said) = words::course(results, &self.levels) {
            return vec![said];
        }
        let sentences = words::break_evens(&results.manifest, &self.break_even).into_iter();
        [self.headline(results)].into_iter().chain(sentences.take(SENTENCES)).collect()
    }
}

/// The measures that findings are about: the primary ones that were kept, then others in the order in which
/// they are read.
fn measures(manifest: &Manifest) -> Vec<usize> {
    let known = PRIMARY
        .iter()
        .copied()
        .chain(MEASURES.iter().filter(|m| m.better != Better::Neither).map(|m| m.name));
    let mut out: Vec<usize> = Vec::new();
    for name in known {
        if let Some(m) = manifest.measure(name).filter(|m| !out.contains(m)) {
            out.push(m);
        }
    }
    // All that was kept by name counts, in that order, when it is little.
    for m in 0..manifest.measures.len() {
        // What is kept for controls alone is nobody's question.
        let aside = manifest.for_controls && manifest.measures[m] == ARRIVALS;
        if !aside && !out.contains(&m) {
            out.push(m);
        }
    }
    out.truncate(MOST_MEASURES);
    out
}

/// Differences from the baseline, then levels: of every measure.
pub fn outputs(manifest: &Manifest, measures: &[usize]) -> Vec<Output> {
    let baseline = manifest.scenario(&manifest.baseline);
    let mut out = Vec::new();
    for &measure in measures {
        for scenario in (0..manifest.scenarios.len()).filter(|s| Some(*s) != baseline) {
            out.push(Output { measure, scenario, less: baseline });
        }
    }
    for &measure in measures {
        for scenario in 0..manifest.scenarios.len() {
            out.push(Output { measure, scenario, less: None });
        }
    }
    out
}
