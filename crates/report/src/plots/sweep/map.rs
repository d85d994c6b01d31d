//! Two axes at once: levels, differences with their zero line, the best scenario.

use super::{Side, called, colour_of, headed, legend, lines_of, others, some_of};
use crate::number::{self, Scale};
use crate::plots::axes::{self, BLUE, EMPTY, GREEN, INK, MARGIN, PURPLE, Panel, VERMILION};
use crate::plots::scene::{Align, Scene, text_width};
use plotters::style::colors::colormaps::{ColorMap, ViridisRGB};
use plotters::style::{RGBColor, WHITE};
use poolwise_stats::Estimate;
use poolwise_study::measures::Better;
use poolwise_sweep::analysis::slice::Plane;
use poolwise_sweep::analysis::{BestColumn, CONFIDENCE, Contrast};
use poolwise_sweep::results::SweepResults;

const WIDTH: f64 = 520.0;
const HEIGHT: f64 = 380.0;
/// Shades of a scale: an even number, so that every difference shows its sign.
const SHADES: usize = 10;
/// A value so many times beyond most of the others is shown as the last shade.
const CUT: f64 = 2.5;

/// A measure of one scenario over a plane.
pub fn level_map(
    results: &SweepResults,
    plane: &Plane,
    (scenario, measure): (usize, usize),
    means: &[f64],
) -> Option<Scene> {
    let about = results.manifest.shown(&results.manifest.measures[measure]);
    let cells = over(plane, |p| means[p]);
    let known: Vec<f64> = cells.iter().flatten().copied().filter(|v| v.is_finite()).collect();
    let low = known.iter().copied().fold(f64::INFINITY, f64::min);
    let high = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if high <= low {
        return None;
    }
    let top = low + cut(known.iter().map(|v| v - low));
    let scale = about.scale(known.iter().copied());
    let shade = move |v: f64| (((v - low) / (top - low) * SHADES as f64) as usize).min(SHADES - 1);
    let name = called(results, scenario);
    let title = format!("{}: {name}", about.label);
    let mut map =
        Map::new(results, plane, title, about.better_words().trim_matches([' ', '(', ')']).to_owned());
    map.cells(&cells, &|v| viridis(shade(v)));
    map.spots(results, &|p| said(&scale, &results.estimate(p, scenario, measure, CONFIDENCE)));
    map.scale(&about.scale([low, top]), (low, top), high > top, &viridis);
    Some(map.scene)
}

/// A difference from the baseline over a plane, with the line on which it is zero, and hatched where one
/// cannot tell.
pub fn difference_map(results: &SweepResults, plane: &Plane, contrast: &Contrast) -> Option<Scene> {
    let about = results.manifest.shown(&results.manifest.measures[contrast.measure]);
    let cells = over(plane, |p| contrast.means()[p]);
    let known: Vec<f64> = cells.iter().flatten().copied().filter(|v| v.is_finite()).collect();
    let most = known.iter().map(|v| v.abs()).fold(0.0, f64::max);
    if most <= 0.0 {
        return None;
    }
    let end = cut(known.iter().map(|v| v.abs()));
    let scale = about.difference(known.iter().copied());
    let shade = move |v: f64| {
        let u = (v / end).clamp(-1.0, 1.0);
        (((u + 1.0) / 2.0 * SHADES as f64) as usize).min(SHADES - 1)
    };
    let ends = ends(about.better);
    let diverging = move |shade: usize| diverging(ends, shade);
    let colour = |v: f64| if v == 0.0 { WHITE } else { diverging(shade(v)) };
    let (ours, base) = (called(results, contrast.scenario), called(results, contrast.baseline));
    let title = format!("{}: {ours} less {base}", about.label);
    let words = format!(
        "Difference{}; thick line: no difference; hatched: cannot tell at {}",
        about.better_words(),
        number::percent(CONFIDENCE)
    );
    let mut map = Map::new(results, plane, title, words);
    map.cells(&cells, &colour);
    map.spots(results, &|p| said(&scale, &contrast.pointwise(results, p)));
    map.hatch(&|p| contrast.means()[p].is_finite() && contrast.sign(p) == 0);
    map.contour(&cells);
    map.scale(&about.difference([end]), (-end, end), most > end, &diverging);
    Some(map.scene)
}

/// The best scenario by a measure over a plane, hatched where it is not sure; numbers are probabilities in
/// per cent.
pub fn best_map(results: &SweepResults, plane: &Plane, measure: usize, best: &BestColumn) -> Option<Scene> {
    let manifest = &results.manifest;
    if !plane.points.iter().flatten().flatten().any(|p| best.at(*p).is_some()) {
        return None;
    }
    let about = manifest.shown(&manifest.measures[measure]);
    let words = format!(
        "Best{}; hatched: with a probability below {}",
        about.better_words(),
        number::percent(CONFIDENCE)
    );
    let mut map = Map::new(results, plane, format!("{}: which option is best", about.label), words);
    let cells = over(plane, |p| best.at(p).map_or(f64::NAN, |b| b.scenario as f64));
    map.cells(&cells, &|v| pale(colour_of(v as usize)));
    map.hatch(&|p| best.at(p).is_some_and(|b| b.probability.is_nan() || b.probability < CONFIDENCE));
    map.numbers(&|p| {
        let b = best.at(p).filter(|b| b.probability.is_finite())?;
        Some(number::fixed(b.probability * 100.0, 0, false))
    });
    map.spots(results, &|p| {
        let b = best.at(p)?;
        let sure = match b.probability.is_finite() {
            true => format!(", with probability {}", number::percent(b.probability)),
            false => String::new(),
        };
        Some(format!("{}{sure}", called(results, b.scenario)))
    });
    let names: Vec<(String, RGBColor)> = (0..manifest.scenarios.len())
        .filter(|s| cells.iter().flatten().any(|v| *v == *s as f64))
        .map(|s| (called(results, s), pale(colour_of(s))))
        .collect();
    let top = map.panel.bottom + 70.0;
    let used = legend(&mut map.scene, top, map.width, &names);
    map.scene.crop(top + used);
    Some(map.scene)
}

/// A value with its interval, as a page reads it.
fn said(scale: &Scale, e: &Estimate) -> Option<String> {
    let (value, interval) = scale.parts(e, false);
    let unit = if scale.unit.is_empty() { String::new() } else { format!(" {}", scale.unit) };
    let interval = interval.map_or_else(String::new, |i| format!(" {i}"));
    e.estimate.is_finite().then(|| format!("{value}{unit}{interval}"))
}

fn over(plane: &Plane, value: impl Fn(usize) -> f64) -> Vec<Vec<f64>> {
    let of = |row: &Vec<Option<usize>>| row.iter().map(|p| p.map_or(f64::NAN, &value)).collect();
    plane.points.iter().map(of).collect()
}

/// The greatest of sizes, but no more than so many times what nine of ten keep to.
fn cut(sizes: impl Iterator<Item = f64>) -> f64 {
    let mut sizes: Vec<f64> = sizes.collect();
    sizes.sort_by(f64::total_cmp);
    let most = sizes.last().copied().unwrap_or(1.0);
    let usual = poolwise_stats::nested::quantile(&sizes, 0.75);
    if usual > 0.0 { most.min(usual * CUT) } else { most }
}

fn viridis(shade: usize) -> RGBColor {
    ViridisRGB.get_color((shade as f64 + 0.5) / SHADES as f64)
}

/// Colours of less and of more: blue is better and vermilion worse; where neither is, other colours say no more than the sign.
fn ends(better: Better) -> [RGBColor; 2] {
    match better {
        Better::More => [VERMILION, BLUE],
        Better::Less => [BLUE, VERMILION],
        Better::Neither => [PURPLE, GREEN],
    }
}

/// One colour in the lower half and the other in the upper, palest next to the middle.
fn diverging([less, more]: [RGBColor; 2], shade: usize) -> RGBColor {
    let middle = SHADES / 2;
    let (colour, step) = if shade < middle { (less, middle - shade) } else { (more, shade + 1 - middle) };
    mixed(colour, step as f64 / middle as f64)
}

fn pale(colour: RGBColor) -> RGBColor {
    mixed(colour, 0.55)
}

/// A colour on white.
fn mixed(colour: RGBColor, share: f64) -> RGBColor {
    let part = |c: u8| (255.0 - (255.0 - f64::from(c)) * share).round() as u8;
    RGBColor(part(colour.0), part(colour.1), part(colour.2))
}

/// A picture of a plane as it is being drawn.
struct Map<'a> {
    scene: Scene,
    panel: Panel,
    width: f64,
    plane: &'a Plane,
    x: Side,
    y: Side,
    /// Edges of cells, coordinates.
    edges: (Vec<f64>, Vec<f64>),
}

impl<'a> Map<'a> {
    fn new(results: &SweepResults, plane: &'a Plane, title: String, words: String) -> Self {
        let manifest = &results.manifest;
        let of = |k: usize, values: &[f64]| Side::new(&manifest.axes[k], values);
        let (mut x, mut y) = (of(plane.axes.0, &plane.xs), of(plane.axes.1, &plane.ys));
        let edges = (edges(&x, &plane.xs), edges(&y, &plane.ys));
        x.ends = (edges.0[0], edges.0[edges.0.len() - 1]);
        y.ends = (edges.1[0], edges.1[edges.1.len() - 1]);
        let left = MARGIN + y.widest_tick() + 16.0;
        let title_width = text_width(
            &title,
            super::super::scene::Style { size: 24.0, bold: true, ..axes::label(Align::Left) },
        );
        let width = (left + WIDTH + 140.0).max(title_width + 2.0 * MARGIN);
        let mut rest = others(manifest, &plane.others, &[plane.axes.0, plane.axes.1]);
        let (shown, all) = (plane.xs.len() * plane.ys.len(), plane.of.0 * plane.of.1);
        if let Some(some) = some_of(shown, all) {
            rest = if rest.is_empty() { some } else { format!("{some}; {rest}") };
        }
        let mut below = lines_of(&words, width - 2.0 * MARGIN);
        if !rest.is_empty() {
            below.extend(lines_of(&rest, width - 2.0 * MARGIN));
        }
        let mut scene = Scene::new(width, 200.0 + 22.0 * below.len() as f64 + HEIGHT + 100.0, title);
        let top = headed(&mut scene, &below) + 40.0;
        let panel = Panel { left, top, right: left + WIDTH, bottom: top + HEIGHT, x: x.ends, y: y.ends };
        scene.rect(panel.left, panel.top, panel.right, panel.bottom, EMPTY);
        x.below(&mut scene, &panel, false);
        y.left(&mut scene, &panel);
        scene.crop(panel.bottom + 60.0);
        Self { scene, panel, width, plane, x, y, edges }
    }

    /// Pixels of a cell: left, top, right, bottom. Whole ones, so that neighbours meet.
    fn cell(&self, i: usize, j: usize) -> [f64; 4] {
        let (ex, ey) = &self.edges;
        let (x0, x1) = (self.panel.px(ex[i]).round(), self.panel.px(ex[i + 1]).round());
        [x0, self.panel.py(ey[j + 1]).round(), x1, self.panel.py(ey[j]).round()]
    }

    fn cells(&mut self, values: &[Vec<f64>], colour: &dyn Fn(f64) -> RGBColor) {
        for (j, row) in values.iter().enumerate() {
            for (i, v) in row.iter().enumerate().filter(|(_, v)| v.is_finite()) {
                let [l, t, r, b] = self.cell(i, j);
                self.scene.rect(l, t, r, b, colour(*v));
            }
        }
    }

    /// What each cell says to whoever points at it.
    fn spots(&mut self, results: &SweepResults, value: &dyn Fn(usize) -> Option<String>) {
        let axis = |k: usize, x: f64| {
            let axis = &results.manifest.axes[k];
            let unit = axis.unit.as_ref().filter(|_| axis.words.is_empty());
            let value = if axis.words.is_empty() { number::trimmed(x, 4) } else { axis.show(x) };
            format!("{} {value}{}", axis.label, unit.map_or_else(String::new, |u| format!(" {u}")))
        };
        for j in 0..self.plane.ys.len() {
            for i in 0..self.plane.xs.len() {
                let Some(value) = self.plane.points[j][i].and_then(value) else { continue };
                let x = axis(self.plane.axes.0, self.plane.xs[i]);
                let y = axis(self.plane.axes.1, self.plane.ys[j]);
                self.scene.spot(self.cell(i, j), format!("{x}; {y}"), value);
            }
        }
    }

    /// Slanted lines over the cells of some points, through from cell to cell.
    fn hatch(&mut self, at: &dyn Fn(usize) -> bool) {
        const GAP: f64 = 9.0;
        let grey = RGBColor(0x55, 0x55, 0x55);
        for j in 0..self.plane.ys.len() {
            for i in 0..self.plane.xs.len() {
                if !self.plane.points[j][i].is_some_and(at) {
                    continue;
                }
                let [l, t, r, b] = self.cell(i, j);
                // Lines x + y = c, clipped to the cell.
                let mut c = ((l + t) / GAP).ceil() * GAP;
                while c < r + b {
                    let from = if c - l <= b { (l, c - l) } else { (c - b, b) };
                    let to = if c - t <= r { (c - t, t) } else { (r, c - r) };
                    self.scene.line(vec![from, to], grey, 1);
                    c += GAP;
                }
            }
        }
    }

    /// A text in each cell that has room for it.
    fn numbers(&mut self, text: &dyn Fn(usize) -> Option<String>) {
        for j in 0..self.plane.ys.len() {
            for i in 0..self.plane.xs.len() {
                let [l, t, r, b] = self.cell(i, j);
                let Some(text) = self.plane.points[j][i].and_then(text) else { continue };
                if r - l >= text_width(&text, axes::small(Align::Centre)) + 6.0 && b - t >= 18.0 {
                    let style = super::super::scene::Style { colour: INK, ..axes::small(Align::Centre) };
                    self.scene.text((f64::midpoint(l, r), f64::midpoint(t, b)), text, style);
                }
            }
        }
    }

    /// The line on which values between the points' centres are zero (marching squares).
    fn contour(&mut self, values: &[Vec<f64>]) {
        let px: Vec<f64> = self.plane.xs.iter().map(|x| self.panel.px(self.x.at(*x))).collect();
        let py: Vec<f64> = self.plane.ys.iter().map(|y| self.panel.py(self.y.at(*y))).collect();
        for j in 0..py.len().saturating_sub(1) {
            for i in 0..px.len().saturating_sub(1) {
                // Corners in their order around the square.
                let corner = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)];
                let v = corner.map(|(i, j)| values[j][i]);
                if v.iter().any(|x| !x.is_finite()) {
                    continue;
                }
                let mut crossings = Vec::new();
                for k in 0..4 {
                    let (a, b) = (v[k], v[(k + 1) % 4]);
                    if (a > 0.0) != (b > 0.0) {
                        let u = a / (a - b);
                        let ((i0, j0), (i1, j1)) = (corner[k], corner[(k + 1) % 4]);
                        crossings.push((px[i0] + u * (px[i1] - px[i0]), py[j0] + u * (py[j1] - py[j0])));
                    }
                }
                match crossings.as_slice() {
                    [a, b] => self.scene.line(vec![*a, *b], INK, 3),
                    [a, b, c, d] => {
                        // A saddle: the mean says which corners belong together.
                        let middle = v.iter().sum::<f64>() > 0.0;
                        let pairs = if middle == (v[0] > 0.0) { [[a, b], [c, d]] } else { [[a, d], [b, c]] };
                        for [p, q] in pairs {
                            self.scene.line(vec![*p, *q], INK, 3);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// The colours and what they stand for, at the right.
    fn scale(
        &mut self,
        scale: &Scale,
        (low, high): (f64, f64),
        beyond: bool,
        colour: &dyn Fn(usize) -> RGBColor,
    ) {
        let left = self.panel.right + 24.0;
        let step = 22.0;
        let top = self.panel.top + 24.0;
        let height = step * SHADES as f64;
        for shade in 0..SHADES {
            let y = top + step * (SHADES - 1 - shade) as f64;
            self.scene.rect(left, y, left + 22.0, y + step, colour(shade));
        }
        let unit = if scale.unit.is_empty() { String::new() } else { scale.unit.to_owned() };
        self.scene.text((left, self.panel.top + 6.0), unit, axes::label(Align::Left));
        let (ticks, decimals) = axes::ticks(low * scale.factor, high * scale.factor, 5);
        for tick in ticks {
            let y = top + height - (tick / scale.factor - low) / (high - low) * height;
            self.scene.line(vec![(left + 22.0, y), (left + 27.0, y)], INK, 1);
            self.scene.text((left + 32.0, y), number::fixed(tick, decimals, false), axes::label(Align::Left));
        }
        if beyond {
            self.scene.text((left, top + height + 18.0), "or beyond", axes::small(Align::Left));
        }
    }
}

/// Edges of cells around levels: half way between them.
fn edges(side: &Side, levels: &[f64]) -> Vec<f64> {
    let at: Vec<f64> = levels.iter().map(|l| side.at(*l)).collect();
    let n = at.len();
    if n < 2 {
        return vec![at[0] - 0.5, at[0] + 0.5];
    }
    let mut out = vec![at[0] - (at[1] - at[0]) / 2.0];
    out.extend(at.windows(2).map(|w| f64::midpoint(w[0], w[1])));
    out.push(at[n - 1] + (at[n - 1] - at[n - 2]) / 2.0);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn better_is_blue_whichever_way_it_is_and_what_is_neither_has_other_colours() {
        let of = |better, shade| diverging(ends(better), shade);
        let (least, most) = (0, SHADES - 1);
        assert_eq!((of(Better::More, most), of(Better::More, least)), (BLUE, VERMILION));
        assert_eq!((of(Better::Less, least), of(Better::Less, most)), (BLUE, VERMILION));
        assert_eq!((of(Better::Neither, most), of(Better::Neither, least)), (GREEN, PURPLE));
    }
}
