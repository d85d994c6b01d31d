//! An output against each axis over scattered points, with a trend.

use super::{Side, headed, lines_of, some_of};
use crate::number::{self, Scale};
use crate::plots::axes::{self, BLUE, FAINT_INK, MARGIN, Panel, VERMILION};
use crate::plots::scene::{Align, Scene, Style};
use poolwise_stats::nested::quantile;
use poolwise_stats::trend::local_line;
use poolwise_sweep::analysis::influence::scattered;
use poolwise_sweep::results::SweepResults;

const PANEL_WIDTH: f64 = 300.0;
const PANEL_HEIGHT: f64 = 200.0;
const ACROSS: usize = 3;
/// Panels shown at most: the axes that go with the output most.
const MOST: usize = 9;
/// Dots of a panel at most: of more points every so-manieth is drawn.
const MOST_DOTS: usize = 5_000;
/// Places along an axis at which the trend is worked out.
const PLACES: usize = 41;

/// Panels of the axes, strongest first. `None` when the design has no scattered points or nothing is defined.
pub fn scatter(
    results: &SweepResults,
    (means, rho): (&[f64], &[f64]),
    scale: &Scale,
    heading: &str,
    title: &str,
) -> Option<Scene> {
    let all = scattered(&results.manifest, means).count();
    // Scattered points have no order, so that every so-manieth is as good as drawing lots.
    let drawn = scattered(&results.manifest, means).step_by(all.div_ceil(MOST_DOTS).max(1));
    let points: Vec<(usize, f64)> = drawn.map(|p| (p, means[p])).collect();
    let mut sorted: Vec<f64> = points.iter().map(|p| p.1).collect();
    sorted.sort_by(f64::total_cmp);
    if sorted.len() < 3 || sorted[0] == sorted[sorted.len() - 1] {
        return None;
    }
    let mut order: Vec<usize> = (0..rho.len())
        .filter(|k| results.manifest.axes[*k].words.is_empty() && rho[*k].is_finite())
        .collect();
    order.sort_by(|&i, &j| rho[j].abs().total_cmp(&rho[i].abs()));
    order.truncate(MOST);
    let rows = order.len().div_ceil(ACROSS);
    let across = order.len().min(ACROSS);
    let width = MARGIN * 2.0 + 70.0 + (PANEL_WIDTH + 80.0) * across as f64;
    let words = match some_of(points.len(), all) {
        None => format!(
            "{heading}; one dot a point, {all} points. Line: trend (local regression). In brackets: rank correlation"
        ),
        Some(some) => format!(
            "{heading}; {some}, one dot each. Line: trend of the dots (local regression). In brackets: rank correlation of \
             all points"
        ),
    };
    let below = lines_of(&words, width - 2.0 * MARGIN);
    let height = 110.0 + 22.0 * below.len() as f64 + (PANEL_HEIGHT + 96.0) * rows as f64;
    let mut scene = Scene::new(width, height, title);
    let top = headed(&mut scene, &below) + 40.0;
    // The few that dwarf the rest are drawn at the edge.
    let (q1, q9) = (quantile(&sorted, 0.1), quantile(&sorted, 0.9));
    let reach = (q9 - q1) * 1.5;
    let (low, high) = (sorted[0].max(q1 - reach), sorted[sorted.len() - 1].min(q9 + reach));
    let room = (high - low) * 0.05;
    for (n, &k) in order.iter().enumerate() {
        let axis = &results.manifest.axes[k];
        let x: Vec<f64> = points.iter().map(|(p, _)| results.points[*p][k]).collect();
        let side = Side::new(axis, &x).padded(0.03);
        let left = MARGIN + 70.0 + (PANEL_WIDTH + 80.0) * (n % ACROSS) as f64;
        let panel_top = top + (PANEL_HEIGHT + 96.0) * (n / ACROSS) as f64;
        let panel = Panel {
            left,
            top: panel_top,
            right: left + PANEL_WIDTH,
            bottom: panel_top + PANEL_HEIGHT,
            x: side.ends,
            y: (low - room, high + room),
        };
        panel.y_axis(&mut scene, "", scale.factor, 4);
        side.below(&mut scene, &panel, true);
        let style = Style { bold: true, ..axes::label(Align::Left) };
        let name = format!("{} ({})", axis.label, number::fixed(rho[k], 2, true));
        scene.text((left - 4.0, panel_top - 16.0), name, style);
        if panel.y.0 < 0.0 && panel.y.1 > 0.0 {
            scene.line(vec![(left, panel.py(0.0)), (panel.right, panel.py(0.0))], FAINT_INK, 2);
        }
        for ((_, y), x) in points.iter().zip(&x) {
            scene.dot(panel.at(side.at(*x), *y), 2.5, BLUE);
        }
        let coordinates: Vec<f64> = x.iter().map(|x| side.at(*x)).collect();
        let values: Vec<f64> = points.iter().map(|p| p.1).collect();
        let ends =
            coordinates.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
        let trend: Vec<(f64, f64)> = (0..PLACES)
            .map(|i| ends.0 + (ends.1 - ends.0) * i as f64 / (PLACES - 1) as f64)
            .map(|u| panel.at(u, local_line(&coordinates, &values, u)))
            .collect();
        scene.line(trend, VERMILION, 3);
        panel.frame(&mut scene);
    }
    Some(scene)
}
