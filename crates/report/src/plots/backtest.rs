//! Predicted against actual by hour of the day.

use super::axes::{self, BLUE, MARGIN, Panel, SKY, TITLE_HEIGHT, VERMILION};
use super::scene::{Align, Scene};
use poolwise_intake::backtest::BacktestVerdict;

/// Two staircases over the day. `None` where nothing was predicted.
pub fn by_hour(v: &BacktestVerdict, name: &str) -> Option<Scene> {
    let mut predicted = vec![f64::NAN; 24];
    let mut actual = vec![f64::NAN; 24];
    for (h, p, a) in &v.by_hour {
        predicted[*h] = *p;
        actual[*h] = *a;
    }
    let least =
        v.by_hour.iter().flat_map(|r| [r.1, r.2]).filter(|x| x.is_finite()).fold(f64::INFINITY, f64::min);
    if !least.is_finite() {
        return None;
    }
    let bottom = (least * 20.0 - 1.0).floor().max(0.0) / 20.0;
    let mut scene =
        Scene::new(1240.0, TITLE_HEIGHT + 440.0, format!("Answered in time by hour of the day: {name}"));
    axes::titles(&mut scene, "What the model predicts for the history's arrivals, and what happened");
    let panel = Panel {
        left: MARGIN + 90.0,
        top: TITLE_HEIGHT + 64.0,
        right: 1200.0,
        bottom: TITLE_HEIGHT + 380.0,
        x: (0.0, 24.0),
        y: (bottom, 1.0),
    };
    panel.y_axis(&mut scene, "Answered in time, %", 100.0, 6);
    panel.x_axis(&mut scene, "Hour of the local day", 1.0, 12);
    for run in panel.stairs(&predicted) {
        scene.area(panel.under(&run), SKY, 0.35);
        scene.line(run, BLUE, 3);
    }
    for run in panel.stairs(&actual) {
        scene.line(run, VERMILION, 3);
    }
    for (x, colour, words) in [(MARGIN + 90.0, BLUE, "predicted"), (MARGIN + 250.0, VERMILION, "actual")] {
        let y = TITLE_HEIGHT + 14.0;
        scene.rect(x, y - 6.0, x + 22.0, y + 6.0, colour);
        scene.text((x + 30.0, y), words, axes::label(Align::Left));
    }
    panel.frame(&mut scene);
    Some(scene)
}
