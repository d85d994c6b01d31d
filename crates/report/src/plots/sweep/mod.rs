//! Pictures of sweeps: lines along an axis, maps of two, what matters, scattered points.

mod lines;
mod map;
mod scatter;
mod tornado;

pub use lines::along;
pub use map::{best_map, difference_map, level_map};
pub use scatter::scatter;
pub use tornado::{sobol_bars, swing_bars};

use super::axes::{self, BLUE, GREEN, GRID, INK, ORANGE, PURPLE, Panel, SKY, VERMILION};
use super::scene::{Align, Scene, text_width};
use crate::number;
use plotters::style::RGBColor;
use poolwise_math::ln;
use poolwise_sweep::analysis::words;
use poolwise_sweep::manifest::{AxisEntry, Manifest};
use poolwise_sweep::results::SweepResults;

/// `1,000 of 1,000,000 points`, where not all are shown.
pub(crate) fn some_of(shown: usize, all: usize) -> Option<String> {
    let [few, many] = [shown, all].map(|n| number::fixed(n as f64, 0, false));
    (shown < all).then(|| format!("{few} of {many} points"))
}

/// Colours of scenarios, in their order: the palette of Okabe and Ito (2008).
const COLOURS: [RGBColor; 7] = [INK, BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY];

/// What a scenario is called.
fn called(results: &SweepResults, scenario: usize) -> String {
    words::called(&results.manifest, &results.manifest.scenarios[scenario].name)
}

fn colour_of(scenario: usize) -> RGBColor {
    COLOURS[scenario % COLOURS.len()]
}

/// An axis of a sweep on a side of a picture: where values stand, and what is written there.
struct Side {
    label: String,
    log: bool,
    ends: (f64, f64),
    ticks: Vec<(f64, String)>,
}

/// Most numbers along a side.
const MOST_TICKS: usize = 8;

impl Side {
    fn new(axis: &AxisEntry, values: &[f64]) -> Self {
        let finite = || values.iter().copied().filter(|v| v.is_finite());
        let low = finite().fold(f64::INFINITY, f64::min);
        let high = finite().fold(f64::NEG_INFINITY, f64::max);
        let log = axis.words.is_empty() && axis.log && low > 0.0;
        let unit = axis.unit.as_ref().map_or_else(String::new, |u| format!(", {u}"));
        let mut side =
            Self { label: format!("{}{unit}", axis.label), log, ends: (0.0, 1.0), ticks: Vec::new() };
        side.ends = (side.at(low), side.at(high));
        if side.ends.1 <= side.ends.0 {
            side.ends = (side.ends.0 - 0.5, side.ends.0 + 0.5);
        }
        side.ticks = if !axis.words.is_empty() {
            (0..axis.words.len()).map(|i| (i as f64, axis.words[i].clone())).collect()
        } else if log {
            let mut levels: Vec<f64> = finite().collect();
            levels.sort_by(f64::total_cmp);
            levels.dedup();
            let step = levels.len().div_ceil(MOST_TICKS).max(1);
            levels.iter().step_by(step).map(|v| (side.at(*v), number::trimmed(*v, 3))).collect()
        } else if let Some(levels) = few_apart(finite().collect()) {
            levels.into_iter().map(|v| (v, number::trimmed(v, 3))).collect()
        } else {
            let (ticks, decimals) = axes::ticks(low, high, 6);
            ticks.into_iter().map(|t| (t, number::fixed(t, decimals, false))).collect()
        };
        side
    }

    /// A value's coordinate.
    fn at(&self, value: f64) -> f64 {
        if self.log { ln(value) } else { value }
    }

    /// Some room at both ends.
    fn padded(mut self, share: f64) -> Self {
        let room = (self.ends.1 - self.ends.0) * share;
        self.ends = (self.ends.0 - room, self.ends.1 + room);
        self
    }

    /// Numbers below the panel, and what they count.
    fn below(&self, scene: &mut Scene, panel: &Panel, grid: bool) {
        for (at, text) in &self.ticks {
            let x = panel.px(*at);
            let to = if grid { panel.top } else { panel.bottom + 5.0 };
            scene.line(vec![(x, panel.bottom), (x, to)], if grid { GRID } else { INK }, 1);
            scene.text((x, panel.bottom + 15.0), text.clone(), axes::label(Align::Centre));
        }
        panel.x_name(scene, &self.label, 39.0);
    }

    /// Numbers at the left, and what they count above them.
    fn left(&self, scene: &mut Scene, panel: &Panel) {
        for (at, text) in &self.ticks {
            let y = panel.py(*at);
            scene.line(vec![(panel.left - 5.0, y), (panel.left, y)], INK, 1);
            scene.text((panel.left - 9.0, y), text.clone(), axes::label(Align::Right));
        }
        scene.text((panel.left - 4.0, panel.top - 16.0), self.label.clone(), axes::label(Align::Left));
    }

    fn widest_tick(&self) -> f64 {
        self.ticks.iter().map(|t| text_width(&t.1, axes::label(Align::Right))).fold(0.0, f64::max)
    }
}

/// Levels that are few and far enough apart to be written each.
fn few_apart(mut values: Vec<f64>) -> Option<Vec<f64>> {
    values.sort_by(f64::total_cmp);
    values.dedup();
    let width = values.last()? - values.first()?;
    let apart = values.windows(2).all(|w| w[1] - w[0] >= width * 0.09);
    (values.len() > 1 && apart).then_some(values)
}

/// What the other axes are, for a line under the title; empty when there are none.
fn others(manifest: &Manifest, at: &[f64], but: &[usize]) -> String {
    let said: Vec<String> = (0..manifest.axes.len())
        .filter(|k| !but.contains(k))
        .map(|k| {
            let a = &manifest.axes[k];
            let unit = a.unit.as_ref().map_or_else(String::new, |u| format!(" {u}"));
            format!("{} {}{unit}", a.label, a.show(at[k]))
        })
        .collect();
    said.join(", ")
}

/// Breaks a text at blanks into lines no wider than that, but not before a per cent sign.
fn lines_of(text: &str, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    let text = text.replace(" %", "\u{a0}%");
    for word in text.split(' ') {
        if let Some(last) = lines.last_mut() {
            let longer = if last.is_empty() { word.to_owned() } else { format!("{last} {word}") };
            if last.is_empty() || text_width(&longer, axes::faint(Align::Left)) <= width {
                *last = longer;
                continue;
            }
        }
        lines.push(word.to_owned());
    }
    lines.into_iter().map(|l| l.replace('\u{a0}', " ")).collect()
}

/// Title, and lines below it; gives back where the picture itself begins.
fn headed(scene: &mut Scene, below: &[String]) -> f64 {
    axes::titles(scene, below.first().map_or("", String::as_str));
    for (i, line) in below.iter().enumerate().skip(1) {
        scene.text((axes::MARGIN, 56.0 + 22.0 * i as f64), line.clone(), axes::faint(Align::Left));
    }
    56.0 + 22.0 * below.len().max(1) as f64
}

/// Names in their colours, in rows; gives back the height taken.
fn legend(scene: &mut Scene, top: f64, width: f64, names: &[(String, RGBColor)]) -> f64 {
    let (mut x, mut y) = (axes::MARGIN, top);
    for (name, colour) in names {
        let w = 46.0 + text_width(name, axes::label(Align::Left));
        if x > axes::MARGIN && x + w > width - axes::MARGIN {
            (x, y) = (axes::MARGIN, y + 24.0);
        }
        scene.line(vec![(x, y), (x + 24.0, y)], *colour, 4);
        scene.text((x + 32.0, y), name.clone(), axes::label(Align::Left));
        x += w + 14.0;
    }
    y - top + 24.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_its_per_cent_sign_stay_together() {
        let text = "Lines: 95 % intervals over rows";
        for width in 20..300 {
            let lines = lines_of(text, f64::from(width));
            assert!(lines.iter().all(|l| !l.starts_with('%')), "{lines:?}");
            assert_eq!(lines.join(" "), text);
        }
    }
}
