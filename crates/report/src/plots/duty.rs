//! Officers on duty and officers busy through the week: all counted centres together, then the largest.

use super::axes::{self, BLUE, MARGIN, ORANGE, Panel, TITLE_HEIGHT};
use super::scene::{Align, Scene, text_width};
use super::{CentreWeek, hourly_of, staffed};
use crate::called::title_of;
use poolwise_engine::time::HOURS_OF_WEEK;
use poolwise_study::summary::Summary;

/// Centres shown one by one; the rest is in `hourly.csv`.
const SHOWN: usize = 6;
const WIDTH: f64 = 1240.0;
const BIG: f64 = 260.0;
const SMALL: f64 = 130.0;
/// Height of a small panel with its title and day names.
const SMALL_STEP: f64 = SMALL + 76.0;

/// On duty against busy. `None` when no centre has officers.
pub(crate) fn against_busy(summary: &Summary) -> Option<Scene> {
    let centres = staffed(summary);
    let counted = centres.iter().filter(|c| c.counted);
    let weeks: Vec<(String, DutyWeek)> = counted.map(|c| (c.name.to_owned(), DutyWeek::of(c))).collect();
    let all = DutyWeek::sum(weeks.iter().map(|(_, w)| w))?;
    let mut largest: Vec<&(String, DutyWeek)> = weeks.iter().collect();
    largest.sort_by(|a, b| b.1.total().total_cmp(&a.1.total()));
    largest.truncate(SHOWN);
    // With one centre the small panel would only repeat the big one.
    if weeks.len() == 1 {
        largest.clear();
    }
    let small_rows = largest.len().div_ceil(2) as f64;
    let big_bottom = TITLE_HEIGHT + 60.0 + BIG;
    let height = big_bottom + 90.0 + if largest.is_empty() { 0.0 } else { 20.0 + small_rows * SMALL_STEP };
    let officers = summary.words.fill("{Officers}");
    let mut scene = Scene::new(
        WIDTH,
        height,
        format!("{officers} on duty and busy through the week: {}", title_of(summary)),
    );
    axes::titles(
        &mut scene,
        "Mean over all weeks and replications; busy above on duty is overtime. Each centre by its own local time",
    );
    key(&mut scene, TITLE_HEIGHT + 10.0);
    let left = MARGIN + 60.0;
    let panel = all.panel(left, TITLE_HEIGHT + 60.0, WIDTH - MARGIN, big_bottom);
    let name = match weeks.as_slice() {
        [(only, _)] => format!("{officers}, {only}"),
        _ => format!("{officers}, all {} counted centres together", weeks.len()),
    };
    all.draw(&mut scene, &panel, &name, 6);
    panel.week_axis(&mut scene, "Hour of the week, local time", true);
    let column = (WIDTH - MARGIN - left + 60.0) / 2.0;
    for (i, (centre, week)) in largest.iter().enumerate() {
        let x = left + (i % 2) as f64 * column;
        let top = big_bottom + 130.0 + (i / 2) as f64 * SMALL_STEP;
        let panel = week.panel(x, top, x + column - 70.0, top + SMALL);
        week.draw(&mut scene, &panel, &format!("{officers}, {centre}"), 3);
        panel.week_axis(&mut scene, "", false);
    }
    Some(scene)
}

/// What the colours mean.
fn key(scene: &mut Scene, y: f64) {
    let style = axes::label(Align::Left);
    let left = MARGIN + 56.0;
    scene.line(vec![(left, y), (left + 30.0, y)], BLUE, 3);
    scene.text((left + 38.0, y), "on duty", style);
    let next = left + 38.0 + text_width("on duty", style) + 30.0;
    scene.rect(next, y - 7.0, next + 30.0, y + 7.0, ORANGE);
    scene.text((next + 38.0, y), "busy", style);
}

/// Officers by hour of the week.
struct DutyWeek {
    on_duty: Vec<f64>,
    busy: Vec<f64>,
}

impl DutyWeek {
    fn of(centre: &CentreWeek<'_>) -> Self {
        Self { on_duty: hourly_of(centre, |r| r.on_duty), busy: hourly_of(centre, |r| r.busy) }
    }

    fn sum<'a>(weeks: impl Iterator<Item = &'a Self>) -> Option<Self> {
        let mut all: Option<Self> = None;
        for week in weeks {
            let sum = all.get_or_insert_with(|| Self {
                on_duty: vec![0.0; HOURS_OF_WEEK],
                busy: vec![0.0; HOURS_OF_WEEK],
            });
            for (total, part) in [(&mut sum.on_duty, &week.on_duty), (&mut sum.busy, &week.busy)] {
                for (t, p) in total.iter_mut().zip(part) {
                    *t += if p.is_finite() { *p } else { 0.0 };
                }
            }
        }
        all
    }

    fn total(&self) -> f64 {
        self.on_duty.iter().filter(|v| v.is_finite()).sum()
    }

    fn panel(&self, left: f64, top: f64, right: f64, bottom: f64) -> Panel {
        let most = axes::top_of(self.on_duty.iter().chain(&self.busy).copied());
        Panel { left, top, right, bottom, x: (0.0, HOURS_OF_WEEK as f64), y: (0.0, most) }
    }

    fn draw(&self, scene: &mut Scene, panel: &Panel, name: &str, ticks: usize) {
        panel.y_axis(scene, name, 1.0, ticks);
        panel.midnights(scene);
        for run in panel.stairs(&self.busy) {
            scene.area(panel.under(&run), ORANGE, 1.0);
        }
        for run in panel.stairs(&self.on_duty) {
            scene.line(run, BLUE, 2);
        }
        panel.frame(scene);
    }
}
