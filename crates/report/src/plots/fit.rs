//! Pictures of fits: the record's density with the laws over it, each law's quantiles against the record's, and how
//! patience runs out.

use super::axes::{self, BLUE, FAINT_INK, INK, MARGIN, ORANGE, Panel, SKY, TITLE_HEIGHT, VERMILION};
use super::scene::{Align, Scene};
use plotters::style::RGBColor;
use poolwise_engine::random::Sampler;
use poolwise_intake::fit::censored::{SurvivalStep, survival};
use poolwise_intake::fit::law::quantile;
use poolwise_intake::fit::{Fit, Patience};
use poolwise_intake::values::unit_name;

const WIDTH: f64 = 1240.0;
/// Laws that are drawn.
const DRAWN: usize = 3;
const COLOURS: [RGBColor; DRAWN] = [BLUE, VERMILION, ORANGE];

/// The laws that are drawn, with names and colours.
fn drawn(fit: &Fit) -> Vec<(&'static str, Sampler, RGBColor)> {
    fit.laws
        .iter()
        .filter_map(|l| Some((l.estimate.law.family.name(), l.estimate.law.sampler()?)))
        .take(DRAWN)
        .zip(COLOURS)
        .map(|((name, sampler), colour)| (name, sampler, colour))
        .collect()
}

fn legend(scene: &mut Scene, entries: &[(&str, RGBColor)], y: f64) {
    let mut x = MARGIN + 90.0;
    for (name, colour) in entries {
        scene.rect(x, y - 6.0, x + 22.0, y + 6.0, *colour);
        scene.text((x + 30.0, y), *name, axes::label(Align::Left));
        x += 60.0 + 11.0 * name.len() as f64;
    }
}

/// Bars of the record and densities of the best laws.
pub(crate) fn density(fit: &Fit, column: &str, unit: f64) -> Option<Scene> {
    let sorted = &fit.times.sorted;
    let n = sorted.len();
    let top = sorted[((n as f64 * 0.995) as usize).min(n - 1)] * 1.05;
    let step = fit.heaping.grid;
    let wanted = (2.0 * poolwise_math::powf(n as f64, 1.0 / 3.0)).clamp(8.0, 60.0);
    let mut width = top / wanted;
    if step > 0.0 {
        // Bars of a whole number of steps, or rounding would show as a comb.
        width = (width / step).ceil() * step;
    }
    let bars = (top / width).ceil() as usize;
    let mut counts = vec![0_usize; bars];
    for x in sorted {
        // A rounded time stands for half a step to either side.
        if let Some(c) = counts.get_mut(((x + step / 2.0) / width) as usize) {
            *c += 1;
        }
    }
    let laws = drawn(fit);
    let per = |c: usize| c as f64 / n as f64 / width;
    let at =
        |s: &Sampler, x: f64| (s.cdf(x + width / 20.0) - s.cdf((x - width / 20.0).max(0.0))) / (width / 10.0);
    let points: Vec<f64> = (1..400).map(|i| top * f64::from(i) / 400.0).collect();
    let tallest = counts.iter().map(|c| per(*c)).fold(0.0, f64::max);
    let mut scene = Scene::new(WIDTH, TITLE_HEIGHT + 480.0, format!("How long it takes: {column}"));
    axes::titles(&mut scene, &format!("{n} recorded times (bars) and the laws that fit best (lines)"));
    let panel = Panel {
        left: MARGIN + 90.0,
        top: TITLE_HEIGHT + 64.0,
        right: WIDTH - MARGIN - 20.0,
        bottom: TITLE_HEIGHT + 420.0,
        x: (0.0, top / unit),
        y: (0.0, 1.25 * tallest * unit),
    };
    panel.y_axis(&mut scene, &format!("Share of times per {}, %", unit_name(unit)), 100.0, 5);
    panel.x_axis(&mut scene, &format!("Time, {}", unit_name(unit)), 1.0, 10);
    for (i, c) in counts.iter().enumerate() {
        let left = (i as f64 * width - step / 2.0).max(0.0);
        let (l, r) = (panel.px(left / unit), panel.px((left + width) / unit) - 1.0);
        scene.rect(l, panel.py(per(*c) * unit), r.max(l + 1.0), panel.bottom, SKY);
    }
    for (_, sampler, colour) in &laws {
        let line = points.iter().map(|x| panel.at(x / unit, at(sampler, *x) * unit)).collect();
        scene.line(line, *colour, 3);
    }
    let entries: Vec<(&str, RGBColor)> = laws.iter().map(|l| (l.0, l.2)).collect();
    legend(&mut scene, &entries, TITLE_HEIGHT + 14.0);
    panel.frame(&mut scene);
    Some(scene)
}

/// Quantiles of the best laws against those of the record: on the line they agree.
pub(crate) fn quantiles(fit: &Fit, column: &str, unit: f64) -> Option<Scene> {
    let sorted = &fit.times.sorted;
    let n = sorted.len();
    let laws = drawn(fit);
    let ranks: Vec<usize> =
        if n <= 300 { (0..n).collect() } else { (0..300).map(|i| i * (n - 1) / 299).collect() };
    let mut all: Vec<(RGBColor, Vec<(f64, f64)>)> = Vec::new();
    for (_, sampler, colour) in &laws {
        let points =
            ranks.iter().map(|i| (quantile(sampler, (*i as f64 + 0.5) / n as f64), sorted[*i])).collect();
        all.push((*colour, points));
    }
    let top = 1.05 * all.iter().flat_map(|l| &l.1).map(|p| p.1).fold(0.0, f64::max);
    let mut scene = Scene::new(
        900.0,
        TITLE_HEIGHT + 680.0,
        format!("Quantiles of laws against those of the record: {column}"),
    );
    axes::titles(&mut scene, "Each point is a recorded time; where the law fits, points lie on the line");
    let panel = Panel {
        left: MARGIN + 90.0,
        top: TITLE_HEIGHT + 64.0,
        right: 860.0,
        bottom: TITLE_HEIGHT + 620.0,
        x: (0.0, top / unit),
        y: (0.0, top / unit),
    };
    panel.y_axis(&mut scene, &format!("Recorded, {}", unit_name(unit)), 1.0, 8);
    panel.x_axis(&mut scene, &format!("By the law, {}", unit_name(unit)), 1.0, 8);
    scene.line(vec![panel.at(0.0, 0.0), panel.at(top / unit, top / unit)], INK, 1);
    for (colour, points) in all.iter().rev() {
        for (x, y) in points.iter().filter(|p| p.0 <= top) {
            scene.dot(panel.at(x / unit, y / unit), 3.0, *colour);
        }
    }
    let entries: Vec<(&str, RGBColor)> = laws.iter().map(|l| (l.0, l.2)).collect();
    legend(&mut scene, &entries, TITLE_HEIGHT + 14.0);
    panel.frame(&mut scene);
    Some(scene)
}

/// The survival curve of patience with its limits, and the laws.
pub(crate) fn patience(steps: &[SurvivalStep], laws: &[Patience], column: &str, unit: f64) -> Option<Scene> {
    let last = steps.last()?.time * 1.1;
    let mut scene = Scene::new(WIDTH, TITLE_HEIGHT + 480.0, format!("How patience runs out: {column}"));
    axes::titles(
        &mut scene,
        "Share who would still wait, by Kaplan and Meier with 95 % limits (grey), and laws (lines)",
    );
    let panel = Panel {
        left: MARGIN + 90.0,
        top: TITLE_HEIGHT + 64.0,
        right: WIDTH - MARGIN - 20.0,
        bottom: TITLE_HEIGHT + 420.0,
        x: (0.0, last / unit),
        y: (0.0, 1.0),
    };
    panel.y_axis(&mut scene, "Still waiting, %", 100.0, 5);
    panel.x_axis(&mut scene, &format!("Waited, {}", unit_name(unit)), 1.0, 10);
    let limits = |pick: fn(&SurvivalStep) -> f64| {
        let mut line = vec![panel.at(0.0, 1.0)];
        let mut before = 1.0;
        for s in steps {
            line.push(panel.at(s.time / unit, before));
            before = pick(s);
            line.push(panel.at(s.time / unit, before));
        }
        line
    };
    scene.line(limits(|s| s.limits.0), axes::GRID, 2);
    scene.line(limits(|s| s.limits.1), axes::GRID, 2);
    scene.line(limits(|s| s.survival), FAINT_INK, 3);
    debug_assert!(survival(steps, 0.0) <= 1.0);
    let mut entries = vec![("Kaplan-Meier", FAINT_INK)];
    for (p, colour) in laws.iter().zip(COLOURS) {
        let Some(sampler) = p.estimate.law.sampler() else { continue };
        let line = (0..400)
            .map(|i| last * f64::from(i) / 400.0)
            .map(|x| panel.at(x / unit, 1.0 - sampler.cdf(x)))
            .collect();
        scene.line(line, colour, 2);
        entries.push((p.estimate.law.family.name(), colour));
    }
    legend(&mut scene, &entries, TITLE_HEIGHT + 14.0);
    panel.frame(&mut scene);
    Some(scene)
}
