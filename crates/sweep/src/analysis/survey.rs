//! One way through all points of a sweep: of a large one each row group of the tidy file is then decoded once, and what is kept of a
//! point are some numbers in columns.

use super::best::{BestColumn, PosteriorDraws, best_by};
use super::contrast::{Contrast, begun};
use super::gains::{GainTally, SweepGains};
use super::influence::{Output, is_scattered};
use super::level::Level;
use super::slice::{Slice, facets, planes};
use super::{CONFIDENCE, findings};
use crate::manifest::{Manifest, ReplicationsEntry};
use crate::results::SweepResults;
use poolwise_stats::bonferroni;
use poolwise_study::measures::Better;
use std::collections::BTreeSet;

/// First points of the design, which tables show.
const FIRST: usize = 40;

/// What is known of some measures at all points.
pub(super) struct Survey {
    pub levels: Vec<Level>,
    pub contrasts: Vec<Contrast>,
    /// By measure, where more or less of it is better.
    pub best: Vec<(usize, BestColumn)>,
    /// Differences as [`Output`] has them, where they are not those of the contrasts: with other numbers of replications at a point.
    pub differences: Vec<(Output, Vec<f64>)>,
    /// What controls gave, where they were asked for.
    pub gains: Option<SweepGains>,
}

impl Survey {
    /// Goes through the points. Values of those that are shown one by one are held on the way.
    pub(super) fn of(results: &SweepResults, measures: &[usize], slices: &[Slice]) -> Self {
        let m = &results.manifest;
        let points = results.points.len();
        let scenarios = m.scenarios.len();
        let levels = measures.iter().flat_map(|k| (0..scenarios).map(|s| Level::begun(*k, s, points)));
        let better = |k: usize| m.shown(&m.measures[k]).better;
        let compared = measures.iter().filter(|k| scenarios > 1 && better(**k) != Better::Neither);
        let more: Vec<bool> = compared.clone().map(|k| better(*k) == Better::More).collect();
        let mut all = Self {
            levels: levels.collect(),
            contrasts: begun(m, measures),
            best: compared.map(|k| (*k, BestColumn::with_room(points))).collect(),
            differences: if apart(m) { differences(m, measures) } else { Vec::new() },
            gains: None,
        };
        let jointly = bonferroni(CONFIDENCE, points);
        let shown = shown(results, slices);
        let mut draws = PosteriorDraws::default();
        let mut gains = GainTally::begun(measures);
        for point in 0..points {
            all.levels.iter_mut().for_each(|level| level.take(results));
            all.contrasts.iter_mut().for_each(|contrast| contrast.take(results, jointly));
            for ((k, column), more) in all.best.iter_mut().zip(&more) {
                column.push(best_by(&mut draws, results, point, *k, *more));
            }
            for (output, means) in &mut all.differences {
                means.push(output.estimate(results, point).estimate);
            }
            gains.take(results, point, &all.contrasts);
            if shown.contains(&point) {
                results.hold(point, measures);
            }
        }
        all.gains = gains.gains(results);
        all
    }
}

/// Whether differences of outputs are no contrasts: replications that only one scenario has count in these, and not in those.
fn apart(m: &Manifest) -> bool {
    let scattered = (0..m.axes.len() + 2).any(|p| is_scattered(m, p));
    scattered && matches!(m.replications, ReplicationsEntry::Until { .. })
}

fn differences(m: &Manifest, measures: &[usize]) -> Vec<(Output, Vec<f64>)> {
    let of = findings::outputs(m, measures).into_iter().filter(|o| o.less.is_some());
    of.map(|o| (o, Vec::with_capacity(m.points))).collect()
}

/// Points whose values are shown: a bounded number, however many there are.
fn shown(results: &SweepResults, slices: &[Slice]) -> BTreeSet<usize> {
    let along = slices.iter().flat_map(|s| &s.at).map(|(_, p)| *p);
    let mut out: BTreeSet<usize> = along.chain(0..FIRST.min(results.points.len())).collect();
    out.extend(facets(results).iter().flat_map(|s| &s.at).map(|(_, p)| *p));
    out.extend(planes(results).iter().flat_map(|plane| plane.points.iter().flatten().flatten()));
    out
}
