//! Differences from the baseline with their intervals, for the primary measures.

use super::axes::{self, BLUE, FAINT_INK, GRID, INK, MARGIN, Panel, TITLE_HEIGHT, VERMILION};
use super::scene::{Align, Scene, text_width};
use crate::block;
use crate::called::Called;
use crate::number::{self, Scale};
use plotters::style::RGBColor;
use poolwise_study::Wording;
use poolwise_study::measures::{Better, PRIMARY, find};
use poolwise_study::summary::{Comparison, Difference, Summary, Verdict};

const ROW_HEIGHT: f64 = 30.0;
const PLOT_WIDTH: f64 = 560.0;
/// A difference this many times as long as the second longest is cut off, so that one scenario that does
/// not keep up leaves the others legible.
const CUT: f64 = 6.0;
/// The same where there is but one other.
const CUT_OF_TWO: f64 = 20.0;

/// The primary measures, one panel each, scenarios below one another. `None` when there is no
/// difference to show.
pub(super) fn differences(comparison: &Comparison, summaries: &[&Summary]) -> Option<Scene> {
    let mut scenarios: Vec<&str> = Vec::new();
    for row in &comparison.rows {
        if !scenarios.contains(&row.scenario.as_str()) {
            scenarios.push(&row.scenario);
        }
    }
    if scenarios.is_empty() || !comparison.rows.iter().any(|r| r.difference.estimate.is_finite()) {
        return None;
    }
    let wording = Wording::of(summaries);
    let called = Called::summaries(summaries);
    let widest =
        scenarios.iter().map(|s| text_width(called.get(s), axes::label(Align::Right))).fold(0.0, f64::max);
    let left = MARGIN + widest + 12.0;
    let right = left + PLOT_WIDTH;
    let step = ROW_HEIGHT * scenarios.len() as f64 + 104.0;
    // What no option has (losses where nobody gives up) is no panel.
    let is_known = |name: &&str| {
        comparison.rows.iter().any(|r| r.measure == **name && r.difference.estimate.is_finite())
    };
    let shown: Vec<&str> = PRIMARY.iter().copied().filter(is_known).collect();
    let height = TITLE_HEIGHT + 10.0 + step * shown.len() as f64;
    let subtitle = format!(
        "Dots are differences, bars simultaneous {} intervals; an arrow lies further out than the axis",
        number::percent(comparison.confidence)
    );
    let width = (right + 390.0).max(MARGIN * 2.0 + text_width(&subtitle, axes::faint(Align::Left)));
    let mut scene =
        Scene::new(width, height, format!("Differences from {}", called.get(&comparison.baseline)));
    axes::titles(&mut scene, &subtitle);
    for (i, name) in shown.iter().enumerate() {
        let rows: Vec<Option<&Difference>> = scenarios
            .iter()
            .map(|s| comparison.rows.iter().find(|r| r.measure == *name && r.scenario == **s))
            .collect();
        let (Some(m), true) = (find(name), rows.iter().any(Option::is_some)) else { continue };
        let scale = block::difference_scale(m, comparison, summaries);
        let top = TITLE_HEIGHT + 44.0 + i as f64 * step;
        let panel = Panel {
            left,
            top,
            right,
            bottom: top + ROW_HEIGHT * scenarios.len() as f64,
            x: ends(rows.iter().flatten().map(|r| &r.difference).map(|d| [d.estimate, d.lower, d.upper])),
            y: (0.0, 1.0),
        };
        let better = match m.better {
            Better::More => " (to the right is better)",
            Better::Less => " (to the left is better)",
            Better::Neither => "",
        };
        let heading = axes::label(Align::Left);
        let label = wording.label(m);
        scene.text(
            (left, top - 16.0),
            format!("{label}{better}"),
            super::scene::Style { bold: true, ..heading },
        );
        panel.x_axis(&mut scene, &format!("Difference, {}", scale.unit), scale.factor, 6);
        scene.line(vec![panel.at(0.0, 0.0), panel.at(0.0, 1.0)], FAINT_INK, 2);
        for (j, (scenario, row)) in scenarios.iter().zip(&rows).enumerate() {
            let y = top + (j as f64 + 0.5) * ROW_HEIGHT;
            scene.line(vec![(left, y), (right, y)], GRID, 1);
            scene.text((left - 12.0, y), called.get(scenario), axes::label(Align::Right));
            if let Some(row) = row {
                draw_row(&mut scene, &panel, y, row, &scale);
            }
        }
    }
    Some(scene)
}

fn draw_row(scene: &mut Scene, panel: &Panel, y: f64, row: &Difference, scale: &Scale) {
    let d = &row.difference;
    let (value, interval) = scale.parts(d, true);
    let judged = judged(row);
    let word = row.verdict.map(|v| match judged {
        Some(true) => format!("{}: better", block::verdict(v)),
        Some(false) => format!("{}: worse", block::verdict(v)),
        None => block::verdict(v).to_owned(),
    });
    let words = [Some(value), interval, word];
    let text: Vec<String> = words.into_iter().flatten().collect();
    scene.text((panel.right + 14.0, y), text.join("  "), axes::label(Align::Left));
    if !d.estimate.is_finite() {
        return;
    }
    let colour = colour(judged);
    let (low, high) = panel.x;
    if d.lower.is_finite() && d.upper.is_finite() {
        let (from, to) = (panel.px(d.lower), panel.px(d.upper));
        scene.line(vec![(from, y), (to, y)], colour, 3);
        for (end, value) in [(from, d.lower), (to, d.upper)] {
            if (low..=high).contains(&value) {
                scene.line(vec![(end, y - 7.0), (end, y + 7.0)], colour, 2);
            }
        }
    }
    if (low..=high).contains(&d.estimate) {
        scene.dot((panel.px(d.estimate), y), 5.0, colour);
    } else {
        // An arrow head: the difference is further out than the axis.
        let (tip, back) = if d.estimate > high { (panel.right, -14.0) } else { (panel.left, 14.0) };
        scene.area(vec![(tip, y), (tip + back, y - 8.0), (tip + back, y + 8.0)], colour, 1.0);
    }
}

/// Whether a difference that is told apart from none is for the better.
fn judged(row: &Difference) -> Option<bool> {
    match (row.verdict?, find(&row.measure)?.better) {
        (Verdict::More, Better::More) | (Verdict::Less, Better::Less) => Some(true),
        (Verdict::More, Better::Less) | (Verdict::Less, Better::More) => Some(false),
        (Verdict::CannotTell, _) | (_, Better::Neither) => None,
    }
}

/// The colour means good or bad, never the sign, and only repeats what the words say.
fn colour(better: Option<bool>) -> RGBColor {
    match better {
        Some(true) => BLUE,
        Some(false) => VERMILION,
        None => INK,
    }
}

/// Ends of an axis that shows zero and all intervals, but cuts off the one that dwarfs the others.
fn ends(rows: impl Iterator<Item = [f64; 3]>) -> (f64, f64) {
    let rows: Vec<[f64; 3]> = rows.collect();
    let reach = |row: &[f64; 3]| row.iter().filter(|v| v.is_finite()).fold(0.0_f64, |a, v| a.max(v.abs()));
    let mut reaches: Vec<f64> = rows.iter().map(reach).collect();
    reaches.sort_by(f64::total_cmp);
    // Differences of nothing (the same scenario again) must not shrink the axis to nothing.
    let others = reaches.len().checked_sub(2).map_or(0.0, |i| reaches[i]);
    let cut = if rows.len() > 2 { CUT } else { CUT_OF_TWO };
    let limit = if others > 0.0 { others * cut } else { f64::INFINITY };
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    for value in rows.iter().filter(|r| reach(r) <= limit).flatten().filter(|v| v.is_finite()) {
        low = low.min(*value);
        high = high.max(*value);
    }
    if high - low <= 0.0 {
        return (-1.0, 1.0);
    }
    // The one cut off still needs its side of zero.
    for row in rows.iter().filter(|r| reach(r) > limit) {
        if row[0] > 0.0 { high = high.max(-low * 0.3) } else { low = low.min(-high * 0.3) }
    }
    let room = (high - low) * 0.06;
    (low - room, high + room)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_losses_have_the_colour_of_more_done_in_time() {
        use crate::fixture;
        let summaries = fixture::seven();
        let c = fixture::comparison(&summaries);
        let of = |measure: &str, verdict| {
            let row = c.rows.iter().find(|r| r.measure == measure).cloned().expect("a primary measure");
            colour(judged(&Difference { verdict: Some(verdict), ..row }))
        };
        let (done, time) = ("done_within_target", "time_to_completion_p95_hours");
        assert_eq!((of(done, Verdict::More), of(time, Verdict::Less)), (BLUE, BLUE));
        assert_eq!((of(done, Verdict::Less), of(time, Verdict::More)), (VERMILION, VERMILION));
        assert_eq!(of(time, Verdict::CannotTell), INK);
    }

    #[test]
    fn one_that_dwarfs_the_others_is_cut_off() {
        let rows = [[1.0, 0.5, 1.5], [-2.0, -2.5, -1.5], [900.0, 850.0, 950.0]];
        let (low, high) = ends(rows.into_iter());
        assert!(low < -2.5 && high > 1.5 && high < 10.0, "{low} {high}");
        // Of two neither is the rule from which the other departs.
        let (_, high) = ends([[2.0, 1.8, 2.4], [15.0, 14.0, 16.0]].into_iter());
        assert!(high > 16.0, "{high}");
        let (low, high) = ends([[3.0, 2.0, 4.0]].into_iter());
        assert!(low < 0.0 && high > 4.0);
        assert_eq!(ends([[0.0, f64::NAN, f64::NAN]].into_iter()), (-1.0, 1.0));
    }
}
