//! Wait and service level by local hour of the week: averages hide night queues.

use super::axes::{self, BLUE, MARGIN, Panel, TITLE_HEIGHT, VERMILION};
use super::scene::Scene;
use crate::called::title_of;
use crate::number::{self, Scale};
use poolwise_engine::time::HOURS_OF_WEEK;
use poolwise_study::measures::Unit;
use poolwise_study::summary::Summary;

const WIDTH: f64 = 1240.0;
const HEIGHT: f64 = 210.0;

/// Mean wait and share done within the target, by hour of the week in the request's area. `None`
/// when no request was seen.
pub(crate) fn by_local_hour(summary: &Summary) -> Option<Scene> {
    let rows = &summary.detail.wait_by_local_hour;
    let by_hour = |pick: fn(&poolwise_study::summary::LocalHourRow) -> f64| {
        let mut values = vec![f64::NAN; HOURS_OF_WEEK];
        for row in rows {
            if let Some(v) = values.get_mut(row.hour_of_week) {
                *v = pick(row);
            }
        }
        values
    };
    let wait = by_hour(|r| r.wait_mean_hours);
    let done = by_hour(|r| r.done_within_target);
    if !wait.iter().chain(&done).any(|v| v.is_finite()) {
        return None;
    }
    let first_bottom = TITLE_HEIGHT + 30.0 + HEIGHT;
    let second_bottom = first_bottom + 80.0 + HEIGHT;
    let title = format!("Wait and service by local hour of the week: {}", title_of(summary));
    let words = &summary.words;
    let mut scene = Scene::new(WIDTH, second_bottom + 84.0, title);
    axes::titles(
        &mut scene,
        &words.fill(
            "By the hour in which the {request}'s clock started, local time of its area; mean over all weeks",
        ),
    );
    let scale = Scale::of(Unit::Hours, wait.iter().copied());
    let panel = |bottom: f64, y: (f64, f64)| Panel {
        left: MARGIN + 80.0,
        top: bottom - HEIGHT,
        right: WIDTH - MARGIN,
        bottom,
        x: (0.0, HOURS_OF_WEEK as f64),
        y,
    };
    let upper = panel(first_bottom, (0.0, axes::top_of(wait.iter().copied())));
    upper.y_axis(
        &mut scene,
        &format!("Mean wait for the first {}, {}", words.officer.one, scale.unit),
        scale.factor,
        5,
    );
    upper.midnights(&mut scene);
    for run in upper.stairs(&wait) {
        scene.area(upper.under(&run), BLUE, 0.25);
        scene.line(run, BLUE, 2);
    }
    upper.frame(&mut scene);
    upper.week_axis(&mut scene, "", false);
    let lower = panel(second_bottom, (floor_of(&done), 1.0));
    let name = format!("Done within {}, %", number::duration(summary.target_hours));
    lower.y_axis(&mut scene, &name, 100.0, 5);
    lower.midnights(&mut scene);
    for run in lower.stairs(&done) {
        scene.line(run, VERMILION, 2);
    }
    lower.frame(&mut scene);
    lower.week_axis(&mut scene, &words.fill("Hour of the week, local time of the {request}'s area"), true);
    Some(scene)
}

/// Where the axis of shares begins: at a full ten per cent below all of them, so that a high service level
/// still shows its bad hours.
fn floor_of(shares: &[f64]) -> f64 {
    let least = shares.iter().filter(|v| v.is_finite()).fold(1.0_f64, |a, v| a.min(*v));
    ((least * 10.0).floor() / 10.0).clamp(0.0, 0.9)
}
