//! The rest of a day with its bands: who comes, who waits, who is answered in time.

use super::axes::{self, BLUE, FAINT_INK, MARGIN, Panel, SKY, TITLE_HEIGHT, top_of};
use super::scene::{Align, Scene};
use crate::number;
use poolwise_study::forecast::{Band, Forecast, ForecastInterval};

/// Height of one of the pictures, and what lies between two.
const HEIGHT: f64 = 190.0;
const BETWEEN: f64 = 62.0;

/// Three pictures above each other, by the time of day.
pub fn day(found: &Forecast, name: &str, requests: &str) -> Option<Scene> {
    let first = found.intervals.first()?;
    let last = found.intervals.last()?;
    let mut scene = Scene::new(
        1240.0,
        TITLE_HEIGHT + 3.0 * (HEIGHT + BETWEEN) + 40.0,
        format!("The rest of the day: {name}"),
    );
    axes::titles(&mut scene, "Line: mean. Band: what one such day stays within with 95 %");
    let x = (first.from.floor(), last.until.ceil());
    let panel = |row: f64, y: (f64, f64)| {
        let top = TITLE_HEIGHT + 44.0 + row * (HEIGHT + BETWEEN);
        Panel { left: MARGIN + 90.0, top, right: 1200.0, bottom: top + HEIGHT, x, y }
    };
    // The part of an hour that is left is drawn as what a whole one would bring.
    let hourly = |i: &ForecastInterval| {
        let whole = 1.0 / (i.until - i.from);
        Some(Band {
            mean: i.arrivals.mean * whole,
            lower: i.arrivals.lower * whole,
            upper: i.arrivals.upper * whole,
        })
    };
    let waiting = |i: &ForecastInterval| Some(i.waiting);
    let most = |of: &dyn Fn(&ForecastInterval) -> Option<Band>| {
        top_of(found.intervals.iter().filter_map(of).map(|b| b.upper))
    };
    let heading = format!("{requests} an hour");
    let within = format!("Answered within {}, %", number::duration(found.within_hours));
    draw(&mut scene, panel(0.0, (0.0, most(&hourly))), found, &heading, 1.0, &hourly);
    draw(&mut scene, panel(1.0, (0.0, most(&waiting))), found, "Waiting", 1.0, &waiting);
    draw(&mut scene, panel(2.0, (0.0, 1.0)), found, &within, 100.0, &|i| i.answered);
    Some(scene)
}

fn draw(
    scene: &mut Scene,
    panel: Panel,
    found: &Forecast,
    heading: &str,
    factor: f64,
    of: &dyn Fn(&ForecastInterval) -> Option<Band>,
) {
    panel.y_axis(scene, heading, factor, 5);
    let mut hour = panel.x.0;
    let step = if panel.x.1 - panel.x.0 > 12.0 { 2.0 } else { 1.0 };
    while hour <= panel.x.1 {
        let x = panel.px(hour);
        scene.line(vec![(x, panel.bottom), (x, panel.bottom + 5.0)], FAINT_INK, 1);
        scene.text(
            (x, panel.bottom + 16.0),
            format!("{:02}:00", hour as i64 % 24),
            axes::label(Align::Centre),
        );
        hour += step;
    }
    for i in &found.intervals {
        let Some(band) = of(i) else { continue };
        let corners =
            [(i.from, band.lower), (i.from, band.upper), (i.until, band.upper), (i.until, band.lower)];
        scene.area(corners.map(|(x, y)| panel.at(x, y)).to_vec(), SKY, 0.35);
    }
    let mut line = Vec::new();
    for i in &found.intervals {
        match of(i) {
            Some(band) => line.extend([panel.at(i.from, band.mean), panel.at(i.until, band.mean)]),
            None if line.len() > 1 => scene.line(std::mem::take(&mut line), BLUE, 3),
            None => {}
        }
    }
    if line.len() > 1 {
        scene.line(line, BLUE, 3);
    }
    panel.frame(scene);
}
