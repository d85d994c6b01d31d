//! The course of a run from the start of its warm-up, and what the marginal standard error rule makes of it.

use super::axes::{self, BLUE, INK, MARGIN, ORANGE, Panel, TITLE_HEIGHT, VERMILION};
use super::scene::{Align, Scene, text_width};
use crate::called::title_of;
use plotters::style::RGBColor;
use poolwise_engine::time::HOURS_OF_WEEK;
use poolwise_study::summary::Summary;
use poolwise_study::warm_up::{WarmUp, weeks};

const WIDTH: f64 = 1240.0;
const HEIGHT: f64 = 260.0;
const LOWER: f64 = 170.0;
/// Most points of a line; more are averaged.
const POINTS: usize = 600;

/// The series with the stated and the proposed warm-up, and the rule's statistic below. `None` where the run
/// is too short for a proposal.
pub(super) fn course(summary: &Summary) -> Option<Scene> {
    let w = summary.warm_up.as_ref()?;
    let proposed = w.proposed_hours?;
    if w.series.len() < 2 || w.curve.is_empty() || w.series.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let top = TITLE_HEIGHT + 60.0;
    let (bottom, second) = (top + HEIGHT, top + HEIGHT + 80.0);
    let mut scene = Scene::new(
        WIDTH,
        second + LOWER + 58.0,
        format!("Settling of the run and its warm-up: {}", title_of(summary)),
    );
    axes::titles(
        &mut scene,
        &format!("{}; mean over {} replications. All counted centres", w.method, summary.replications),
    );
    key(&mut scene, w, TITLE_HEIGHT + 12.0);
    let step = w.step_hours / HOURS_OF_WEEK as f64;
    let weeks = w.series.len() as f64 * step;
    let upper = Panel {
        left: MARGIN + 80.0,
        top,
        right: WIDTH - 3.0 * MARGIN,
        bottom,
        x: (0.0, weeks),
        y: (0.0, axes::top_of(w.series.iter().copied())),
    };
    upper.y_axis(&mut scene, &summary.words.fill("{Requests} waiting and in service"), 1.0, 6);
    let each = w.series.len().div_ceil(POINTS);
    let line: Vec<(f64, f64)> = w
        .series
        .chunks(each)
        .enumerate()
        .map(|(i, part)| {
            let middle = (i * each) as f64 + part.len() as f64 / 2.0;
            upper.at(middle * step, part.iter().sum::<f64>() / part.len() as f64)
        })
        .collect();
    scene.line(line, BLUE, if weeks > 60.0 || each > 1 { 1 } else { 2 });
    marks(&mut scene, &upper, w, proposed);
    upper.frame(&mut scene);
    upper.x_axis(&mut scene, "", 1.0, 13);

    let least = w.curve.iter().map(|c| c.1).fold(f64::INFINITY, f64::min);
    let scale = if least > 0.0 { least } else { 1.0 };
    let height = axes::top_of(w.curve.iter().map(|c| (c.1 / scale).min(4.0)));
    let lower = Panel { top: second, bottom: second + LOWER, y: (0.0, height), ..upper };
    lower.y_axis(
        &mut scene,
        "Squared standard error of the mean of what is kept, over its least value",
        1.0,
        4,
    );
    let each = w.curve.len().div_ceil(POINTS);
    let curve: Vec<(f64, f64)> =
        w.curve.iter().step_by(each).map(|(k, s)| lower.at(*k as f64 * step, s / scale)).collect();
    scene.line(curve, INK, 2);
    marks(&mut scene, &lower, w, proposed);
    lower.frame(&mut scene);
    lower.x_axis(&mut scene, "Weeks since the start of the warm-up; below: weeks left out", 1.0, 13);
    Some(scene)
}

/// Where the stated and the proposed warm-up end.
fn marks(scene: &mut Scene, panel: &Panel, w: &WarmUp, proposed: f64) {
    let upright = |scene: &mut Scene, at: f64, colour: RGBColor, width: u32| {
        let x = panel.px(at);
        scene.line(vec![(x, panel.top), (x, panel.bottom)], colour, width);
    };
    // The wider one first, so that both are seen where they are the same.
    upright(scene, proposed / HOURS_OF_WEEK as f64, ORANGE, 5);
    upright(scene, w.stated_weeks, VERMILION, 2);
}

fn key(scene: &mut Scene, w: &WarmUp, y: f64) {
    let style = axes::label(Align::Left);
    let mut left = MARGIN + 76.0;
    let proposed = match (w.proposed_hours, w.proposed_weeks) {
        (Some(h), _) if w.step_hours < 2.0 => format!("proposed: {h} h"),
        (_, Some(n)) => format!("proposed: {}", weeks(n)),
        _ => "proposed".to_owned(),
    };
    let stated = format!("stated: {}", weeks(w.stated_weeks));
    for (text, colour, width) in [(proposed, ORANGE, 5), (stated, VERMILION, 2)] {
        scene.line(vec![(left, y - 9.0), (left, y + 9.0)], colour, width);
        scene.text((left + 12.0, y), text.as_str(), style);
        left += 12.0 + text_width(&text, style) + 34.0;
    }
}
