//! Measures along one axis: a line and a band for each scenario.

use super::{Side, called, colour_of, headed, legend, lines_of, others, some_of};
use crate::number;
use crate::plots::axes::{self, MARGIN, Panel};
use crate::plots::scene::{Align, Scene, Style, text_width};
use poolwise_stats::Estimate;
use poolwise_sweep::analysis::{CONFIDENCE, Slice};
use poolwise_sweep::results::SweepResults;

const PANEL_WIDTH: f64 = 640.0;
const PANEL_HEIGHT: f64 = 190.0;
const STEP: f64 = PANEL_HEIGHT + 100.0;

/// The measures along a slice, one panel each. `None` when nothing is defined.
pub fn along(results: &SweepResults, slice: &Slice, measures: &[usize]) -> Option<Scene> {
    let manifest = &results.manifest;
    let axis = &manifest.axes[slice.axis];
    let values: Vec<f64> = slice.at.iter().map(|a| a.0).collect();
    let words = !axis.words.is_empty();
    let side = Side::new(axis, &values).padded(if words { 0.25 / values.len() as f64 } else { 0.02 });
    let left = MARGIN + 80.0;
    let bold = Style { size: 24.0, bold: true, ..axes::label(Align::Left) };
    let title = text_width(&format!("Along: {}", axis.label), bold);
    let width = (left + PANEL_WIDTH + 50.0).max(title + 2.0 * MARGIN);
    let mut below = format!("Bands: {} intervals at each point", number::percent(CONFIDENCE));
    if let Some(some) = some_of(slice.at.len(), slice.of) {
        below = format!("{below}; {some}");
    }
    let rest = others(manifest, &slice.others, &[slice.axis]);
    if !rest.is_empty() {
        below = format!("{below}; {rest}");
    }
    let below = lines_of(&below, width - 2.0 * MARGIN);
    let mut shown: Vec<(usize, Vec<Vec<Estimate>>)> = Vec::new();
    for &measure in measures {
        let lines: Vec<Vec<Estimate>> = (0..manifest.scenarios.len())
            .map(|s| slice.at.iter().map(|(_, p)| results.estimate(*p, s, measure, CONFIDENCE)).collect())
            .collect();
        if lines.iter().flatten().any(|e: &Estimate| e.estimate.is_finite()) {
            shown.push((measure, lines));
        }
    }
    if shown.is_empty() {
        return None;
    }
    // Three rows of names at most are foreseen; the picture ends where it must.
    let room = 100.0 + 22.0 * below.len() as f64 + 72.0;
    let mut scene = Scene::new(width, room + STEP * shown.len() as f64, format!("Along: {}", axis.label));
    let mut top = headed(&mut scene, &below) + 6.0;
    let names: Vec<_> = (0..manifest.scenarios.len()).map(|s| (called(results, s), colour_of(s))).collect();
    top += legend(&mut scene, top, width, &names) + 44.0;
    for (measure, lines) in shown {
        let about = manifest.shown(&manifest.measures[measure]);
        let all = || lines.iter().flatten().map(|e| e.estimate).filter(|v| v.is_finite());
        let scale = about.scale(all());
        let (low, high) = ends(&lines);
        let panel = Panel {
            left,
            top,
            right: left + PANEL_WIDTH,
            bottom: top + PANEL_HEIGHT,
            x: side.ends,
            y: (low, high),
        };
        panel.y_axis(&mut scene, "", scale.factor, 5);
        let heading = Style { bold: true, ..axes::label(Align::Left) };
        scene.text(
            (left - 4.0, top - 16.0),
            format!("{}{}", about.heading(&scale), about.better_words()),
            heading,
        );
        side.below(&mut scene, &panel, true);
        for (s, line) in lines.iter().enumerate() {
            draw(&mut scene, &panel, &side, &values, line, colour_of(s), words, s);
        }
        panel.frame(&mut scene);
        top += STEP;
    }
    scene.crop(top - 20.0);
    Some(scene)
}

#[allow(clippy::too_many_arguments, reason = "one drawing step with its whole context")]
fn draw(
    scene: &mut Scene,
    panel: &Panel,
    side: &Side,
    values: &[f64],
    line: &[Estimate],
    colour: plotters::style::RGBColor,
    words: bool,
    nth: usize,
) {
    // Words have no order to draw a line through; scenarios stand side by side.
    let shift = if words { 9.0 * (nth as f64 - 1.0) } else { 0.0 };
    let at = |x: f64, y: f64| (panel.px(side.at(x)) + shift, panel.py(y));
    let known: Vec<(f64, &Estimate)> =
        values.iter().copied().zip(line).filter(|(_, e)| e.estimate.is_finite()).collect();
    if words {
        for (x, e) in &known {
            if e.lower.is_finite() {
                scene.line(vec![at(*x, e.lower), at(*x, e.upper)], colour, 2);
            }
            scene.dot(at(*x, e.estimate), 4.0, colour);
        }
        return;
    }
    let band: Vec<&(f64, &Estimate)> = known.iter().filter(|(_, e)| e.lower.is_finite()).collect();
    if band.len() > 1 {
        let mut points: Vec<(f64, f64)> = band.iter().map(|(x, e)| at(*x, e.upper)).collect();
        points.extend(band.iter().rev().map(|(x, e)| at(*x, e.lower)));
        scene.area(points, colour, 0.18);
    }
    let points: Vec<(f64, f64)> = known.iter().map(|(x, e)| at(*x, e.estimate)).collect();
    for p in &points {
        scene.dot(*p, 3.0, colour);
    }
    scene.line(points, colour, 2);
}

/// Ends of the vertical axis: all means and the intervals around them, unless those are wild.
fn ends(lines: &[Vec<Estimate>]) -> (f64, f64) {
    let known: Vec<&Estimate> = lines.iter().flatten().filter(|e| e.estimate.is_finite()).collect();
    let low = known.iter().map(|e| e.estimate).fold(f64::INFINITY, f64::min);
    let high = known.iter().map(|e| e.estimate).fold(f64::NEG_INFINITY, f64::max);
    let room = ((high - low) * 0.25).max(1e-9 + high.abs() * 1e-3);
    let least = known.iter().map(|e| e.lower).filter(|v| v.is_finite()).fold(low, f64::min).max(low - room);
    let most = known.iter().map(|e| e.upper).filter(|v| v.is_finite()).fold(high, f64::max).min(high + room);
    let pad = (most - least) * 0.05;
    // Nothing that is measured is negative.
    let bottom = if low >= 0.0 { (least - pad).max(0.0) } else { least - pad };
    (bottom, most + pad)
}
