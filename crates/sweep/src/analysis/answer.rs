//! What a sweep says as plain data: the content of `report.json`.

use super::BestColumn;
use super::breakeven::Crossing;
use super::contrast::Identified;
use super::findings::Findings;
use super::influence::Output;
use crate::results::SweepResults;
use poolwise_stats::sobol::SobolIndex;
use serde::{Serialize, Serializer};
use std::sync::Arc;

/// What a sweep says, with names in the place of positions. Its JSON is `report.json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SweepAnswer {
    /// The sweep's name.
    pub sweep: String,
    /// Whether the sign of a difference is the same all over the ranges of the axes, in a sentence.
    pub headline: String,
    /// The answer in sentences.
    pub verdict: Vec<String>,
    /// How many points there are.
    pub points: usize,
    /// At how many points each difference has which sign.
    pub identified: Vec<Identified>,
    /// Values of the axes at which a difference changes its sign.
    pub break_even: Vec<Crossing>,
    /// Sobol indices, where the design is Saltelli's.
    pub sobol: Vec<SobolEntry>,
    /// Outputs at both ends of an axis, where the design takes one at a time.
    pub swings: Vec<SwingEntry>,
    /// Rank correlations of axes with outputs, NaN where points are not scattered.
    pub rank_correlations: Vec<CorrelationEntry>,
    /// What each point costs, where scenarios have a pay table.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub costs: Vec<super::PointCost>,
    /// What controls gave, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub controls: Option<super::SweepGains>,
    /// The best scenario at each point, by measure.
    pub best: BestEntries,
}

/// What was looked at, by names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutputEntry {
    /// Name of the measure.
    pub measure: String,
    /// The scenario that it is of.
    pub scenario: String,
    /// The scenario that is taken from it, of a difference.
    pub less: Option<String>,
}

/// Values by the name of their axis, in the order of the axes.
#[derive(Debug, Clone, PartialEq)]
pub struct ByAxis<T>(pub Vec<(String, T)>);

impl<T: Serialize> Serialize for ByAxis<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// Sobol indices of an output: shares of its variance over the inputs, what chance adds taken out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SobolEntry {
    /// The measure and place that is analysed.
    pub output: OutputEntry,
    /// Of each axis alone.
    pub first: ByAxis<SobolIndex>,
    /// Of each axis, alone and together with others.
    pub total: ByAxis<SobolIndex>,
    /// The variance that the indices share out, in the measure's unit squared.
    pub variance: f64,
    /// Rows of the design behind them.
    pub rows: usize,
}

/// An output at both ends of an axis while the others stay where they usually are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SwingEntry {
    /// The measure and place that is analysed.
    pub output: OutputEntry,
    /// The axis that moves.
    pub axis: String,
    /// Its first value.
    pub from: f64,
    /// Its last value.
    pub to: f64,
    /// The output at the first value.
    pub at_from: f64,
    /// The output at the last value.
    pub at_to: f64,
}

/// Spearman's rank correlation of each axis with an output.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CorrelationEntry {
    /// The measure and place that is analysed.
    pub output: OutputEntry,
    /// Correlations, between -1 and 1.
    pub rank_correlation: ByAxis<f64>,
}

/// The best scenario at each point, by measure. In JSON a list; an entry is made when it is asked for, since of many points they are many.
#[derive(Debug, Clone, PartialEq)]
pub struct BestEntries {
    columns: Vec<(String, Arc<BestColumn>)>,
    scenarios: Vec<String>,
}

impl BestEntries {
    /// Its entries, by measure and point; none where fewer than two scenarios have the measure.
    pub fn iter(&self) -> impl Iterator<Item = BestEntry> + '_ {
        self.columns.iter().flat_map(|(measure, column)| {
            column.iter().enumerate().filter_map(|(point, best)| {
                let best = best?;
                let scenario = self.scenarios[best.scenario].clone();
                Some(BestEntry { point, measure: measure.clone(), scenario, probability: best.probability })
            })
        })
    }
}

impl Serialize for BestEntries {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// The best scenario at a point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BestEntry {
    /// The point, from 0.
    pub point: usize,
    /// The measure by which it is the best.
    pub measure: String,
    /// Name of the scenario.
    pub scenario: String,
    /// Probability that it is the best, given what was simulated; NaN after one replication.
    pub probability: f64,
}

impl Findings {
    /// What was found in `results`, as plain data with names.
    pub fn answer(&self, results: &SweepResults) -> SweepAnswer {
        let m = &results.manifest;
        let scenario = |s: usize| m.scenarios[s].name.clone();
        let axis = |k: usize| m.axes[k].name.clone();
        let output = |o: Output| OutputEntry {
            measure: m.measures[o.measure].clone(),
            scenario: scenario(o.scenario),
            less: o.less.map(scenario),
        };
        let by_axis =
            |of: &[SobolIndex]| ByAxis(of.iter().enumerate().map(|(k, index)| (axis(k), *index)).collect());
        let swings = self.swings.iter().flat_map(|(o, swings)| swings.iter().map(move |s| (*o, s)));
        let correlated = self.correlations.iter().map(|(o, rho)| {
            let by_axis = rho.iter().enumerate().map(|(k, rho)| (axis(k), *rho));
            CorrelationEntry { output: output(*o), rank_correlation: ByAxis(by_axis.collect()) }
        });
        let best =
            |(measure, column): &(usize, Arc<BestColumn>)| (m.measures[*measure].clone(), Arc::clone(column));
        SweepAnswer {
            sweep: m.sweep.clone(),
            headline: self.headline(results),
            verdict: self.verdict(results),
            points: results.points.len(),
            identified: self.identified.clone(),
            break_even: self.break_even.clone(),
            sobol: self
                .indices
                .iter()
                .map(|i| SobolEntry {
                    output: output(i.output),
                    first: by_axis(&i.sobol.first),
                    total: by_axis(&i.sobol.total),
                    variance: i.sobol.variance,
                    rows: i.sobol.rows,
                })
                .collect(),
            swings: swings
                .map(|(o, s)| SwingEntry {
                    output: output(o),
                    axis: axis(s.axis),
                    from: s.ends.0,
                    to: s.ends.1,
                    at_from: s.at_ends.0,
                    at_to: s.at_ends.1,
                })
                .collect(),
            costs: self.costs.clone(),
            controls: self.controls.clone(),
            rank_correlations: correlated.collect(),
            best: BestEntries {
                columns: self.best.iter().map(best).collect(),
                scenarios: m.scenarios.iter().map(|s| s.name.clone()).collect(),
            },
        }
    }
}
