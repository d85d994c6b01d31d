//! How busy each centre is in each hour of its week: a heat map.

use super::axes::{self, EMPTY, FAINT_INK, INK, MARGIN, Panel, TITLE_HEIGHT};
use super::scene::{Align, Scene, text_width};
use super::{hourly_of, staffed};
use crate::called::title_of;
use plotters::style::RGBColor;
use plotters::style::colors::colormaps::{ColorMap, ViridisRGB};
use poolwise_engine::time::HOURS_OF_WEEK;
use poolwise_study::summary::Summary;

/// Pixels of an hour: a whole number, so that all hours are equally wide.
const HOUR_WIDTH: f64 = 6.0;
const ROW_HEIGHT: f64 = 24.0;
/// Shades of the scale: ten, so that a shade can be read back to within ten per cent.
const SHADES: usize = 10;

/// Utilization by hour of week and centre. `None` when no centre has officers.
pub(super) fn utilization(summary: &Summary) -> Option<Scene> {
    let centres = staffed(summary);
    if centres.is_empty() {
        return None;
    }
    let widest = centres.iter().map(|c| text_width(c.name, axes::label(Align::Right))).fold(0.0, f64::max);
    let left = MARGIN + widest.min(320.0) + 10.0;
    let right = left + HOUR_WIDTH * HOURS_OF_WEEK as f64;
    let bottom = TITLE_HEIGHT + ROW_HEIGHT * centres.len() as f64;
    // The scale at the right needs some height of its own.
    let height = (bottom + 90.0).max(TITLE_HEIGHT + 320.0);
    let mut scene = Scene::new(
        right + 150.0,
        height,
        format!("How busy each centre is through the week: {}", title_of(summary)),
    );
    axes::titles(&mut scene, "Share of on-duty time spent on cases, mean over all weeks and replications");
    let panel = Panel {
        left,
        top: TITLE_HEIGHT,
        right,
        bottom,
        x: (0.0, HOURS_OF_WEEK as f64),
        y: (0.0, centres.len() as f64),
    };
    scene.rect(left, panel.top, right, bottom, EMPTY);
    for (row, centre) in centres.iter().enumerate() {
        let top = panel.top + row as f64 * ROW_HEIGHT;
        let values = hourly_of(centre, |r| r.utilization);
        runs(&values, |from, to, shade| {
            scene.rect(
                panel.px(from as f64),
                top,
                panel.px(to as f64),
                top + ROW_HEIGHT - 1.0,
                colour(shade),
            );
        });
        scene.text((left - 10.0, top + ROW_HEIGHT / 2.0), centre.name.to_owned(), axes::label(Align::Right));
    }
    for day in 1..7 {
        let x = panel.px(f64::from(day) * 24.0);
        scene.line(vec![(x, panel.top), (x, bottom)], RGBColor(255, 255, 255), 2);
    }
    panel.week_axis(&mut scene, "Hour of the week, local time of each centre", true);
    scale(&mut scene, right + 30.0, panel.top);
    Some(scene)
}

/// Neighbouring hours of the same shade are one rectangle, which keeps the file small.
fn runs(values: &[f64], mut draw: impl FnMut(usize, usize, usize)) {
    let shade = |v: f64| v.is_finite().then(|| ((v * SHADES as f64) as usize).min(SHADES - 1));
    let mut from = 0;
    while from < values.len() {
        let own = shade(values[from]);
        let to = (from..values.len()).find(|&i| shade(values[i]) != own).unwrap_or(values.len());
        if let Some(own) = own {
            draw(from, to, own);
        }
        from = to;
    }
}

/// Viridis: even in lightness, so it reads in grey and for the colour-blind. Dark is idle.
fn colour(shade: usize) -> RGBColor {
    ViridisRGB.get_color((shade as f64 + 0.5) / SHADES as f64)
}

fn scale(scene: &mut Scene, left: f64, top: f64) {
    let (width, step) = (24.0, 20.0);
    for shade in 0..SHADES {
        let y = top + step * (SHADES - 1 - shade) as f64;
        scene.rect(left, y, left + width, y + step, colour(shade));
    }
    for tick in (0..=SHADES).step_by(2) {
        let y = top + step * (SHADES - tick) as f64;
        scene.line(vec![(left + width, y), (left + width + 5.0, y)], INK, 1);
        scene.text((left + width + 10.0, y), format!("{} %", tick * 100 / SHADES), axes::label(Align::Left));
    }
    let below = top + step * SHADES as f64 + 22.0;
    scene.rect(left, below, left + width, below + step, EMPTY);
    scene.line(vec![(left, below), (left + width, below), (left + width, below + step)], FAINT_INK, 1);
    scene.line(vec![(left, below), (left, below + step), (left + width, below + step)], FAINT_INK, 1);
    scene.text((left + width + 10.0, below + 2.0), "nobody", axes::label(Align::Left));
    scene.text((left + width + 10.0, below + 22.0), "on duty", axes::label(Align::Left));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_neighbours_are_one_rectangle_and_gaps_are_left_out() {
        let mut drawn = Vec::new();
        runs(&[0.11, 0.15, 0.25, f64::NAN, 1.0, 1.2], |from, to, shade| drawn.push((from, to, shade)));
        assert_eq!(drawn, [(0, 2, 1), (2, 3, 2), (4, 6, 9)]);
    }
}
