//! A rectangle with scales: maps data to pixels, and draws the axes, grids and labels around it.

use super::scene::{Align, Scene, Style};
use crate::number;
use plotters::style::RGBColor;
use poolwise_math::{log10, powf};

/// Text and axes.
pub(crate) const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
/// Less important text.
pub(crate) const FAINT_INK: RGBColor = RGBColor(0x5A, 0x5A, 0x5A);
/// Grid lines.
pub(crate) const GRID: RGBColor = RGBColor(0xDD, 0xDD, 0xDD);
/// Where there is nothing to show.
pub(super) const EMPTY: RGBColor = RGBColor(0xE6, 0xE6, 0xE6);
/// Blue of the palette of Okabe and Ito (2008), which the colour-blind can tell apart.
pub(crate) const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
/// Its light blue.
pub(crate) const SKY: RGBColor = RGBColor(0x56, 0xB4, 0xE9);
/// Its orange.
pub(crate) const ORANGE: RGBColor = RGBColor(0xE6, 0x9F, 0x00);
/// Its vermilion.
pub(crate) const VERMILION: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
/// Its bluish green.
pub(crate) const GREEN: RGBColor = RGBColor(0x00, 0x9E, 0x73);
/// Its reddish purple.
pub(crate) const PURPLE: RGBColor = RGBColor(0xCC, 0x79, 0xA7);

/// Size of the picture's title.
const TITLE_SIZE: f64 = 24.0;
/// Size of labels.
pub(crate) const LABEL_SIZE: f64 = 17.0;
/// Left edge of titles.
pub(crate) const MARGIN: f64 = 20.0;
/// Height that the title and the line below it take.
pub(crate) const TITLE_HEIGHT: f64 = 78.0;

/// Ordinary label.
pub(super) fn label(align: Align) -> Style {
    Style { size: LABEL_SIZE, colour: INK, bold: false, align }
}

/// Label of less weight.
pub(crate) fn faint(align: Align) -> Style {
    Style { colour: FAINT_INK, ..label(align) }
}

/// Title of the picture and a line below it that says what is seen.
pub(super) fn titles(scene: &mut Scene, subtitle: &str) {
    let title = scene.title().to_owned();
    let style = Style { size: TITLE_SIZE, bold: true, ..label(Align::Left) };
    scene.text((MARGIN, 28.0), title, style);
    scene.text((MARGIN, 56.0), subtitle, faint(Align::Left));
}

/// A rectangle of the picture and what its sides stand for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Panel {
    /// Left edge, pixels.
    pub left: f64,
    /// Top edge, pixels.
    pub top: f64,
    /// Right edge, pixels.
    pub right: f64,
    /// Bottom edge, pixels.
    pub bottom: f64,
    /// Data at the left and right edge.
    pub x: (f64, f64),
    /// Data at the bottom and top edge.
    pub y: (f64, f64),
}

impl Panel {
    /// Pixel of a horizontal value; values outside are drawn at the edge.
    pub(crate) fn px(&self, x: f64) -> f64 {
        let share = (x - self.x.0) / (self.x.1 - self.x.0);
        self.left + share.clamp(0.0, 1.0) * (self.right - self.left)
    }

    /// Pixel of a vertical value; values outside are drawn at the edge.
    pub(super) fn py(&self, y: f64) -> f64 {
        let share = (y - self.y.0) / (self.y.1 - self.y.0);
        self.bottom - share.clamp(0.0, 1.0) * (self.bottom - self.top)
    }

    /// Point of a pair of values.
    pub(super) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.px(x), self.py(y))
    }

    /// Lines at the left and the bottom.
    pub(crate) fn frame(&self, scene: &mut Scene) {
        let corners = vec![(self.left, self.top), (self.left, self.bottom), (self.right, self.bottom)];
        scene.line(corners, INK, 1);
    }

    /// Horizontal grid lines with their numbers at the left, and what they count above the panel.
    /// Numbers are shown times `factor`.
    pub(crate) fn y_axis(&self, scene: &mut Scene, name: &str, factor: f64, most: usize) {
        let (ticks, decimals) = ticks(self.y.0 * factor, self.y.1 * factor, most);
        for tick in ticks {
            let y = self.py(tick / factor);
            scene.line(vec![(self.left, y), (self.right, y)], GRID, 1);
            scene.text((self.left - 8.0, y), number::fixed(tick, decimals, false), label(Align::Right));
        }
        scene.text((self.left - 4.0, self.top - 16.0), name, label(Align::Left));
    }

    /// Vertical grid lines with their numbers below, and what they count below those.
    pub(crate) fn x_axis(&self, scene: &mut Scene, name: &str, factor: f64, most: usize) {
        let (ticks, decimals) = ticks(self.x.0 * factor, self.x.1 * factor, most);
        for tick in ticks {
            let x = self.px(tick / factor);
            scene.line(vec![(x, self.top), (x, self.bottom)], GRID, 1);
            scene.text((x, self.bottom + 14.0), number::fixed(tick, decimals, false), label(Align::Centre));
        }
        self.x_name(scene, name, 38.0);
    }

    /// What the horizontal axis counts, that far below the panel.
    pub(crate) fn x_name(&self, scene: &mut Scene, name: &str, below: f64) {
        scene.text(((self.left + self.right) / 2.0, self.bottom + below), name, label(Align::Centre));
    }

    /// A week of hours: a line at each midnight, days by name between them, noon marked; panels that
    /// are wide enough show the hours 6, 12 and 18 too.
    pub(crate) fn week_axis(&self, scene: &mut Scene, name: &str, full: bool) {
        for (day, word) in number::DAYS.iter().enumerate() {
            let hour = day as f64 * 24.0;
            let x = self.px(hour);
            let reach = if full { 46.0 } else { 24.0 };
            scene.line(vec![(x, self.bottom), (x, self.bottom + reach)], FAINT_INK, 1);
            let below = if full { 38.0 } else { 14.0 };
            scene.text((self.px(hour + 12.0), self.bottom + below), *word, label(Align::Centre));
            if full {
                for clock in [6.0, 12.0, 18.0] {
                    let x = self.px(hour + clock);
                    scene.line(vec![(x, self.bottom), (x, self.bottom + 5.0)], FAINT_INK, 1);
                    scene.text((x, self.bottom + 16.0), format!("{clock:02}"), small(Align::Centre));
                }
            }
        }
        let reach = if full { 46.0 } else { 24.0 };
        scene.line(vec![(self.right, self.bottom), (self.right, self.bottom + reach)], FAINT_INK, 1);
        self.x_name(scene, name, if full { 64.0 } else { 38.0 });
    }

    /// Lines at the midnights of a week, behind the data.
    pub(super) fn midnights(&self, scene: &mut Scene) {
        for day in 1..7 {
            let x = self.px(f64::from(day) * 24.0);
            scene.line(vec![(x, self.top), (x, self.bottom)], GRID, 1);
        }
    }

    /// Points of a staircase over hours from 0, with gaps where a value is undefined.
    pub(crate) fn stairs(&self, values: &[f64]) -> Vec<Vec<(f64, f64)>> {
        let mut runs: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
        for (hour, &value) in values.iter().enumerate() {
            if !value.is_finite() {
                runs.push(Vec::new());
                continue;
            }
            if let Some(run) = runs.last_mut() {
                run.push(self.at(hour as f64, value));
                run.push(self.at(hour as f64 + 1.0, value));
            }
        }
        runs.retain(|run| !run.is_empty());
        runs
    }

    /// A staircase as an area down to the bottom.
    pub(super) fn under(&self, stairs: &[(f64, f64)]) -> Vec<(f64, f64)> {
        let (Some(first), Some(last)) = (stairs.first(), stairs.last()) else { return Vec::new() };
        let mut points = vec![(first.0, self.bottom)];
        points.extend_from_slice(stairs);
        points.push((last.0, self.bottom));
        points
    }
}

/// Small label.
pub(super) fn small(align: Align) -> Style {
    Style { size: 14.0, ..faint(align) }
}

/// Round numbers between two ends, at most about `most`, and the decimals they need.
pub(super) fn ticks(low: f64, high: f64, most: usize) -> (Vec<f64>, usize) {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 || most == 0 {
        return (Vec::new(), 0);
    }
    let rough = span / most as f64;
    let power = powf(10_f64, log10(rough).floor());
    let step = [1.0, 2.0, 5.0, 10.0].iter().map(|m| m * power).find(|s| *s >= rough * 0.999).unwrap_or(rough);
    let decimals = (-log10(step).floor()).clamp(0.0, 6.0) as usize;
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    ((first..=last).map(|i| i as f64 * step).collect(), decimals)
}

/// The upper end of an axis from zero that leaves some room above the greatest value; 1 if there is none.
pub(crate) fn top_of(values: impl IntoIterator<Item = f64>) -> f64 {
    let greatest = values.into_iter().filter(|v| v.is_finite()).fold(0.0_f64, f64::max);
    if greatest > 0.0 { greatest * 1.08 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks(0.0, 100.0, 5), (vec![0.0, 20.0, 40.0, 60.0, 80.0, 100.0], 0));
        let (t, decimals) = ticks(-0.03, 0.11, 5);
        assert_eq!(decimals, 2);
        assert!(t.len() == 3 && t[0] == 0.0 && (t[2] - 0.1).abs() < 1e-12, "{t:?}");
        assert!(ticks(1.0, 1.0, 5).0.is_empty());
        assert!(ticks(0.0, f64::NAN, 5).0.is_empty());
    }

    #[test]
    fn values_outside_are_drawn_at_the_edge() {
        let p = Panel { left: 10.0, top: 20.0, right: 110.0, bottom: 120.0, x: (0.0, 10.0), y: (0.0, 1.0) };
        assert_eq!(p.at(5.0, 0.5), (60.0, 70.0));
        assert_eq!(p.at(99.0, -4.0), (110.0, 120.0));
    }

    #[test]
    fn stairs_break_where_undefined() {
        let p = Panel { left: 0.0, top: 0.0, right: 168.0, bottom: 10.0, x: (0.0, 168.0), y: (0.0, 10.0) };
        let runs = p.stairs(&[1.0, f64::NAN, 2.0, 3.0]);
        assert_eq!(runs.len(), 2);
        assert_eq!(runs[1], vec![(2.0, 8.0), (3.0, 8.0), (3.0, 7.0), (4.0, 7.0)]);
    }
}
