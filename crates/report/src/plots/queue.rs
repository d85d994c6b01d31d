//! Requests waiting over the horizon, with a band over replications.

use super::axes::{self, BLUE, MARGIN, Panel, SKY, TITLE_HEIGHT};
use super::scene::{Align, Scene};
use crate::Setting;
use crate::called::title_of;
use jiff::Span;
use jiff::civil::Date;
use poolwise_study::summary::Summary;

const WIDTH: f64 = 1240.0;
const HEIGHT: f64 = 300.0;
/// Least pixels between two dates on the axis.
const LABEL_STEP: f64 = 88.0;

/// The queue by day. `None` when there is none.
pub(crate) fn over_horizon(summary: &Summary, setting: Option<&Setting>) -> Option<Scene> {
    let path = &summary.detail.queue_path;
    if path.is_empty() {
        return None;
    }
    let bottom = TITLE_HEIGHT + 30.0 + HEIGHT;
    let waiting = summary.words.fill("{Requests} waiting");
    let title = format!("{waiting} through the run: {}", title_of(summary));
    let mut scene = Scene::new(WIDTH, bottom + 64.0, title);
    let subtitle = if summary.replications > 1 {
        format!(
            "Daily mean over {} replications; the band holds the middle 80 % of them. All counted centres",
            summary.replications
        )
    } else {
        "Daily mean of one replication. All counted centres".to_owned()
    };
    axes::titles(&mut scene, &subtitle);
    let most = axes::top_of(path.iter().flat_map(|p| [p.value.estimate, p.band.1]));
    let panel = Panel {
        left: MARGIN + 80.0,
        top: TITLE_HEIGHT + 30.0,
        right: WIDTH - 3.0 * MARGIN,
        bottom,
        x: (0.0, summary.horizon_days.max(1.0)),
        y: (0.0, most),
    };
    panel.y_axis(&mut scene, &waiting, 1.0, 6);
    let upper = path.iter().filter(|p| p.band.1.is_finite()).map(|p| panel.at(p.day, p.band.1));
    let lower = path.iter().rev().filter(|p| p.band.0.is_finite()).map(|p| panel.at(p.day, p.band.0));
    scene.area(upper.chain(lower).collect(), SKY, 0.5);
    let line: Vec<(f64, f64)> = path
        .iter()
        .filter(|p| p.value.estimate.is_finite())
        .map(|p| panel.at(p.day, p.value.estimate))
        .collect();
    // A long run has a point every few pixels: a fine line keeps them apart.
    let width = if line.len() > 200 { 1 } else { 2 };
    scene.line(line, BLUE, width);
    panel.frame(&mut scene);
    match setting.and_then(|s| s.start) {
        Some(start) => dates(&mut scene, &panel, start),
        None => panel.x_axis(&mut scene, "Day of the run", 1.0, 10),
    }
    Some(scene)
}

/// Dates below the panel: the first of each month, or so many days apart where the run is short.
fn dates(scene: &mut Scene, panel: &Panel, start: Date) {
    let days = panel.x.1;
    let room = ((panel.right - panel.left) / LABEL_STEP).floor().max(1.0);
    let mut marks = Vec::new();
    if days > 100.0 {
        let every = (days / 30.4 / room).ceil().max(1.0) as i64;
        let mut month = start.first_of_month();
        while let Ok(next) = month.checked_add(Span::new().months(every)) {
            let day = day_between(start, next);
            if day > days || day <= 0.0 {
                break;
            }
            marks.push((day, next));
            month = next;
        }
        if start.day() == 1 {
            marks.insert(0, (0.0, start));
        }
    } else {
        let every = (days / room).ceil().max(1.0);
        // From a week on, whole weeks: the dates then fall on the same weekday.
        let every = if every > 2.0 { (every / 7.0).ceil() * 7.0 } else { every };
        let mut day = 0.0;
        while day <= days {
            if let Ok(date) = start.checked_add(Span::new().days(day as i64)) {
                marks.push((day, date));
            }
            day += every;
        }
    }
    for (day, date) in marks {
        let x = panel.px(day);
        scene.line(vec![(x, panel.bottom), (x, panel.bottom + 6.0)], axes::INK, 1);
        scene.text(
            (x, panel.bottom + 18.0),
            date.strftime("%-d %b %y").to_string(),
            axes::label(Align::Centre),
        );
    }
    panel.x_name(scene, "Date", 44.0);
}

fn day_between(from: Date, to: Date) -> f64 {
    from.until(to).map_or(f64::NAN, |span| f64::from(span.get_days()))
}
