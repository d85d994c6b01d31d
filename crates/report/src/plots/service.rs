//! The staffing curve as a picture: service against officers, a line and a band an option.

use super::axes::{self, BLUE, FAINT_INK, GREEN, MARGIN, ORANGE, PURPLE, Panel, TITLE_HEIGHT, VERMILION};
use super::scene::{Align, Scene, Style, text_width};
use crate::number::Scale;
use crate::staff::tables::called;
use plotters::style::RGBColor;
use poolwise_staffing::answer::{Answered, StaffingAnswer};
use poolwise_staffing::service::ServicePoint;
use poolwise_stats::Estimate;
use poolwise_study::measures::find;

/// Measures drawn, a panel each.
pub(crate) const MEASURES: [&str; 3] =
    ["done_within_target", "time_to_completion_p95_hours", "lost_share_avoidable"];
const PANEL_WIDTH: f64 = 700.0;
const PANEL_HEIGHT: f64 = 190.0;
const STEP: f64 = PANEL_HEIGHT + 96.0;
/// Colours of options, of the palette of Okabe and Ito (2008).
const COLOURS: [RGBColor; 6] = [BLUE, VERMILION, GREEN, ORANGE, PURPLE, FAINT_INK];

type ServiceLine<'a> = (&'a Answered, Vec<(&'a ServicePoint, Estimate)>);

/// Service with more and fewer officers; the greater dots are the numbers needed. `None` where no curve was asked for.
pub(super) fn curve(answer: &StaffingAnswer) -> Option<Scene> {
    let shown: Vec<(&str, Vec<ServiceLine<'_>>)> =
        MEASURES.iter().map(|m| (*m, lines(answer, m))).filter(|(_, l)| says_something(l)).collect();
    if shown.is_empty() {
        return None;
    }
    let words = answer.words();
    let left = MARGIN + 80.0;
    let height = TITLE_HEIGHT + 80.0 + STEP * shown.len() as f64;
    let mut scene =
        Scene::new(left + PANEL_WIDTH + 60.0, height, words.fill("Service with more and fewer {officers}"));
    axes::titles(
        &mut scene,
        &words.fill("Great dots: the {officers} needed. Bands: 95 % intervals at each point"),
    );
    let mut top = TITLE_HEIGHT + 8.0;
    top += legend(&mut scene, top, left + PANEL_WIDTH, answer) + 40.0;
    let officers = || {
        let all = shown.iter().flat_map(|(_, lines)| lines).flat_map(|(_, points)| points);
        all.map(|(p, _)| f64::from(p.headcount))
    };
    let (least, most) = (officers().fold(f64::INFINITY, f64::min), officers().fold(0.0, f64::max));
    let room = ((most - least) * 0.03).max(0.5);
    let wording = answer.wording();
    for (name, lines) in &shown {
        let Some(measure) = find(name) else { continue };
        let values = || lines.iter().flat_map(|(_, p)| p.iter().map(|(_, e)| e));
        let scale = Scale::of(measure.unit, values().map(|e| e.estimate));
        let (low, high) = ends(values());
        let panel = Panel {
            left,
            top,
            right: left + PANEL_WIDTH,
            bottom: top + PANEL_HEIGHT,
            x: (least - room, most + room),
            y: (low, high),
        };
        panel.y_axis(&mut scene, "", scale.factor, 5);
        panel.x_axis(&mut scene, &words.fill("{Officers}"), 1.0, 8);
        let unit = if scale.unit.is_empty() { String::new() } else { format!(", {}", scale.unit) };
        let heading = Style { bold: true, ..axes::label(Align::Left) };
        scene.text((left - 4.0, top - 16.0), format!("{}{unit}", wording.label(measure)), heading);
        for (option, points) in lines {
            draw(&mut scene, &panel, points, colour(answer, option));
        }
        panel.frame(&mut scene);
        top += STEP;
    }
    scene.crop(top - 20.0);
    Some(scene)
}

fn lines<'a>(answer: &'a StaffingAnswer, measure: &str) -> Vec<ServiceLine<'a>> {
    let of = |o: &'a Answered| {
        let points = o.solved.staffed()?.service.iter();
        let known: Vec<_> = points
            .filter_map(|p| Some((p, *p.measures.get(measure)?)))
            .filter(|(_, e)| e.estimate.is_finite())
            .collect();
        (known.len() > 1).then_some((o, known))
    };
    answer.options.iter().filter_map(of).collect()
}

/// Whether a measure differs anywhere.
fn says_something(lines: &[ServiceLine<'_>]) -> bool {
    let mut values = lines.iter().flat_map(|(_, points)| points.iter().map(|(_, e)| e.estimate));
    values.next().is_some_and(|first| values.any(|v| (v - first).abs() > 1e-9))
}

fn colour(answer: &StaffingAnswer, option: &Answered) -> RGBColor {
    let at = answer.options.iter().position(|o| o.scenario == option.scenario).unwrap_or(0);
    COLOURS[at % COLOURS.len()]
}

fn draw(scene: &mut Scene, panel: &Panel, points: &[(&ServicePoint, Estimate)], colour: RGBColor) {
    let at = |p: &ServicePoint, y: f64| (panel.px(f64::from(p.headcount)), panel.py(y));
    let banded: Vec<_> = points.iter().filter(|(_, e)| e.lower.is_finite() && e.upper.is_finite()).collect();
    if banded.len() > 1 {
        let mut area: Vec<(f64, f64)> = banded.iter().map(|(p, e)| at(p, e.upper)).collect();
        area.extend(banded.iter().rev().map(|(p, e)| at(p, e.lower)));
        scene.area(area, colour, 0.18);
    }
    scene.line(points.iter().map(|(p, e)| at(p, e.estimate)).collect(), colour, 2);
    for (p, e) in points {
        scene.dot(at(p, e.estimate), if p.needed { 6.0 } else { 3.0 }, colour);
    }
}

/// Ends of the vertical axis: all means, and intervals unless they are wild.
fn ends<'a>(values: impl Iterator<Item = &'a Estimate> + Clone) -> (f64, f64) {
    let low = values.clone().map(|e| e.estimate).fold(f64::INFINITY, f64::min);
    let high = values.clone().map(|e| e.estimate).fold(f64::NEG_INFINITY, f64::max);
    let room = ((high - low) * 0.25).max(1e-9);
    let finite = |x: &f64| x.is_finite();
    let least = values.clone().map(|e| e.lower).filter(finite).fold(low, f64::min).max(low - room);
    let most = values.map(|e| e.upper).filter(finite).fold(high, f64::max).min(high + room);
    let pad = (most - least) * 0.05;
    ((least - pad).max(0.0), most + pad)
}

/// Options in their colours, in rows; the height taken.
fn legend(scene: &mut Scene, top: f64, width: f64, answer: &StaffingAnswer) -> f64 {
    let style = axes::label(Align::Left);
    let (mut x, mut y) = (MARGIN, top);
    let names = called(answer);
    let staffed = |(option, _): &(&Answered, _)| option.solved.staffed().is_some();
    for (option, (_, name)) in answer.options.iter().zip(names.pairs()).filter(staffed) {
        let w = 46.0 + text_width(name, style);
        if x > MARGIN && x + w > width {
            (x, y) = (MARGIN, y + 24.0);
        }
        scene.line(vec![(x, y), (x + 24.0, y)], colour(answer, option), 4);
        scene.text((x + 32.0, y), name.as_str(), style);
        x += w + 14.0;
    }
    y - top + 24.0
}
