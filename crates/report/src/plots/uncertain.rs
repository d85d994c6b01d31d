//! What inputs and what chance leave open of each option's difference from the baseline.

use super::axes::{self, FAINT_INK, GRID, INK, MARGIN, Panel, TITLE_HEIGHT, VERMILION};
use super::scene::{Align, Scene, Style, text_width};
use crate::called::Called;
use crate::number::{self, Scale};
use poolwise_study::Wording;
use poolwise_study::measures::{Better, PRIMARY, find};
use poolwise_study::summary::Summary;
use poolwise_study::uncertain::{COVERAGE, DifferenceSpread, Robustness};

const ROW_HEIGHT: f64 = 30.0;
const PLOT_WIDTH: f64 = 560.0;

/// The primary measures, one panel each, scenarios below one another. `None` when there is nothing to show.
pub(super) fn differences(
    rows: &[DifferenceSpread],
    summaries: &[&Summary],
    baseline: &str,
) -> Option<Scene> {
    let mut scenarios: Vec<&str> = Vec::new();
    for row in rows {
        if !scenarios.contains(&row.scenario.as_str()) {
            scenarios.push(&row.scenario);
        }
    }
    if scenarios.is_empty() {
        return None;
    }
    let wording = Wording::of(summaries);
    let called = Called::summaries(summaries);
    let widest =
        scenarios.iter().map(|s| text_width(called.get(s), axes::label(Align::Right))).fold(0.0, f64::max);
    let left = MARGIN + widest + 12.0;
    let right = left + PLOT_WIDTH;
    let step = ROW_HEIGHT * scenarios.len() as f64 + 104.0;
    let subtitle = format!(
        "Thin bars hold {} of the draws of uncertain inputs; thick bars are what chance leaves open of the mean",
        number::percent(COVERAGE)
    );
    let width = (right + 330.0).max(MARGIN * 2.0 + text_width(&subtitle, axes::faint(Align::Left)));
    let height = TITLE_HEIGHT + 10.0 + step * PRIMARY.len() as f64;
    let base = called.get(baseline);
    let mut scene = Scene::new(width, height, format!("Differences from {base} with uncertain inputs drawn"));
    axes::titles(&mut scene, &subtitle);
    for (i, name) in PRIMARY.iter().enumerate() {
        let of: Vec<&DifferenceSpread> = rows.iter().filter(|r| r.spread.measure == *name).collect();
        let (Some(m), false) = (find(name), of.is_empty()) else { continue };
        let levels = summaries.iter().filter_map(|s| s.measures.get(*name)).map(|e| e.estimate);
        let ends = of.iter().flat_map(|r| [r.spread.nested.input_lower, r.spread.nested.input_upper]);
        let scale = Scale::of_difference(m.unit, levels.chain(ends.clone()));
        let top = TITLE_HEIGHT + 44.0 + i as f64 * step;
        let panel = Panel {
            left,
            top,
            right,
            bottom: top + ROW_HEIGHT * scenarios.len() as f64,
            x: around_zero(ends),
            y: (0.0, 1.0),
        };
        let better = match m.better {
            Better::More => " (to the right is better)",
            Better::Less => " (to the left is better)",
            Better::Neither => "",
        };
        let heading = Style { bold: true, ..axes::label(Align::Left) };
        scene.text((left, top - 16.0), format!("{}{better}", wording.label(m)), heading);
        panel.x_axis(&mut scene, &format!("Difference, {}", scale.unit), scale.factor, 6);
        scene.line(vec![panel.at(0.0, 0.0), panel.at(0.0, 1.0)], FAINT_INK, 2);
        for (j, scenario) in scenarios.iter().enumerate() {
            let y = top + (j as f64 + 0.5) * ROW_HEIGHT;
            scene.line(vec![(left, y), (right, y)], GRID, 1);
            scene.text((left - 12.0, y), called.get(scenario), axes::label(Align::Right));
            if let Some(row) = of.iter().find(|r| r.scenario == **scenario) {
                draw_row(&mut scene, &panel, y, row);
            }
        }
    }
    Some(scene)
}

fn draw_row(scene: &mut Scene, panel: &Panel, y: f64, row: &DifferenceSpread) {
    let n = &row.spread.nested;
    if !n.mean.estimate.is_finite() {
        return;
    }
    let (words, colour) = match row.robustness {
        Robustness::Depends => ("depends on the inputs", VERMILION),
        Robustness::More => ("more", INK),
        Robustness::Less => ("less", INK),
    };
    let share = number::fixed(row.more_share * 100.0, 0, false);
    let told = format!("{words} (more in {share} % of draws)");
    scene.text((panel.right + 14.0, y), told, axes::small(Align::Left));
    if n.input_lower.is_finite() {
        let (from, to) = (panel.px(n.input_lower), panel.px(n.input_upper));
        scene.line(vec![(from, y), (to, y)], colour, 2);
        for end in [from, to] {
            scene.line(vec![(end, y - 6.0), (end, y + 6.0)], colour, 2);
        }
    }
    if n.mean.lower.is_finite() {
        scene.line(vec![(panel.px(n.mean.lower), y), (panel.px(n.mean.upper), y)], colour, 8);
    }
    scene.dot((panel.px(n.mean.estimate), y), 5.0, colour);
}

/// Ends of an axis with zero and some room.
fn around_zero(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) =
        values.filter(|v| v.is_finite()).fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
    if high - low <= 0.0 {
        return (-1.0, 1.0);
    }
    let room = (high - low) * 0.06;
    (low - room, high + room)
}
