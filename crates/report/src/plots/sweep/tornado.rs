//! Which input matters: bars, longest first.

use super::{headed, lines_of};
use crate::number::{self, Scale};
use crate::plots::axes::{self, BLUE, FAINT_INK, GRID, INK, MARGIN, ORANGE, Panel, SKY};
use crate::plots::scene::{Align, Scene, text_width};
use poolwise_sweep::analysis::{CONFIDENCE, Indices, Swing};
use poolwise_sweep::results::SweepResults;

const PLOT_WIDTH: f64 = 520.0;
const ROW: f64 = 34.0;
/// Longest bar of Sobol indices: a share can be estimated above 1.
const END: f64 = 1.3;
/// Inputs shown at most.
const MOST: usize = 20;

/// Sobol indices of an output: total and first-order, with intervals.
pub fn sobol_bars(results: &SweepResults, indices: &Indices, title: &str) -> Scene {
    let sobol = &indices.sobol;
    let mut order: Vec<usize> = (0..sobol.total.len()).collect();
    order.sort_by(|&i, &j| sobol.total[j].estimate.total_cmp(&sobol.total[i].estimate));
    order.truncate(MOST);
    let most = order
        .iter()
        .flat_map(|&k| [sobol.total[k].upper, sobol.first[k].upper])
        .filter(|x| x.is_finite())
        .fold(0.5, f64::max);
    let end = most.min(END);
    let cut = if most > end { format!(", cut off at {}", number::percent(end)) } else { String::new() };
    let words = format!(
        "Share of the variance over all inputs. Light: total, alone and with others; dark: alone. Lines: {} \
         intervals over {} rows of the design{cut}",
        number::percent(CONFIDENCE),
        sobol.rows
    );
    let names: Vec<String> = order.iter().map(|&k| results.manifest.axes[k].label.clone()).collect();
    let (mut scene, panel) = frame(title, &words, &names, (0.0, end), 0.0);
    panel.x_axis(&mut scene, "Share of variance, %", 100.0, 6);
    for (row, &k) in order.iter().enumerate() {
        let y = panel.top + (row as f64 + 0.5) * ROW;
        for (index, from, to, colour) in
            [(sobol.total[k], -11.0, 0.0, SKY), (sobol.first[k], 1.0, 11.0, BLUE)]
        {
            let end = panel.px(index.estimate.max(0.0));
            scene.rect(panel.left, y + from, end.max(panel.left + 1.0), y + to, colour);
            if index.lower.is_finite() {
                let middle = y + f64::midpoint(from, to);
                let (a, b) = (panel.px(index.lower.max(0.0)), panel.px(index.upper.max(0.0)));
                scene.line(vec![(a, middle), (b, middle)], INK, 2);
            }
        }
        let told = format!(
            "{} %  ({} % alone)",
            number::fixed(sobol.total[k].estimate * 100.0, 0, false),
            number::fixed(sobol.first[k].estimate * 100.0, 0, false)
        );
        let row = [panel.left, y - 11.0, panel.right, y + 11.0];
        scene.spot(row, results.manifest.axes[k].label.clone(), told.clone());
        scene.text((panel.right + 14.0, y), told, axes::small(Align::Left));
    }
    scene
}

/// How far an output swings along each axis while the others stay where they usually are.
pub fn swing_bars(
    results: &SweepResults,
    swings: &[Swing],
    scale: &Scale,
    unit: &str,
    title: &str,
) -> Option<Scene> {
    let swings = &swings[..swings.len().min(MOST)];
    let values = || swings.iter().flat_map(|s| [s.at_ends.0, s.at_ends.1]);
    let low = values().fold(f64::INFINITY, f64::min);
    let high = values().fold(f64::NEG_INFINITY, f64::max);
    if swings.is_empty() || high <= low {
        return None;
    }
    let words =
        "Each input alone from its lowest value (dark end) to its highest (light end), the others as usual";
    let names: Vec<String> = swings.iter().map(|s| results.manifest.axes[s.axis].label.clone()).collect();
    let room = (high - low) * 0.05;
    let (mut scene, panel) = frame(title, words, &names, (low - room, high + room), 60.0);
    panel.x_axis(&mut scene, unit, scale.factor, 6);
    if low < 0.0 && high > 0.0 {
        scene.line(vec![panel.at(0.0, 0.0), panel.at(0.0, 1.0)], FAINT_INK, 2);
    }
    for (row, s) in swings.iter().enumerate() {
        let y = panel.top + (row as f64 + 0.5) * ROW;
        let (from, to) = (panel.px(s.at_ends.0), panel.px(s.at_ends.1));
        let middle = f64::midpoint(from, to);
        scene.rect(from.min(middle), y - 9.0, from.max(middle), y + 9.0, BLUE);
        scene.rect(to.min(middle), y - 9.0, to.max(middle), y + 9.0, ORANGE);
        let a = &results.manifest.axes[s.axis];
        let ends = [s.ends.0, s.ends.1].map(|x| number::trimmed(x, 3));
        let unit = a.unit.as_ref().map_or_else(String::new, |u| format!(" {u}"));
        let at = |v: f64| number::trimmed(v * scale.factor, 2);
        scene.spot(
            [from.min(to), y - 9.0, from.max(to), y + 9.0],
            format!("{}, from {} to {}{unit}", a.label, ends[0], ends[1]),
            format!("from {} to {} {}", at(s.at_ends.0), at(s.at_ends.1), scale.unit).trim_end(),
        );
        scene.text(
            (panel.right + 14.0, y),
            format!("{} to {}{unit}", ends[0], ends[1]),
            axes::small(Align::Left),
        );
    }
    Some(scene)
}

fn frame(title: &str, words: &str, names: &[String], x: (f64, f64), more: f64) -> (Scene, Panel) {
    let widest = names.iter().map(|n| text_width(n, axes::label(Align::Right))).fold(0.0, f64::max);
    let left = MARGIN + widest + 14.0;
    let bold = super::super::scene::Style { size: 24.0, bold: true, ..axes::label(Align::Left) };
    let width = (left + PLOT_WIDTH + 150.0 + more).max(text_width(title, bold) + 2.0 * MARGIN);
    let below = lines_of(words, width - 2.0 * MARGIN);
    let bottom = 80.0 + 22.0 * below.len() as f64 + ROW * names.len() as f64;
    let mut scene = Scene::new(width, bottom + 60.0, title);
    let top = headed(&mut scene, &below) + 12.0;
    let panel = Panel {
        left,
        top,
        right: left + PLOT_WIDTH,
        bottom: top + ROW * names.len() as f64,
        x,
        y: (0.0, 1.0),
    };
    for (row, name) in names.iter().enumerate() {
        let y = top + (row as f64 + 0.5) * ROW;
        scene.line(vec![(left, y), (panel.right, y)], GRID, 1);
        scene.text((left - 12.0, y), name.clone(), axes::label(Align::Right));
    }
    scene.crop(panel.bottom + 60.0);
    (scene, panel)
}
