//! Utilization with intervals: by centre, and by scenario with its range over the week.

use super::axes::{self, BLUE, FAINT_INK, GRID, INK, MARGIN, Panel, SKY, TITLE_HEIGHT, VERMILION};
use super::scene::{Align, Scene, text_width};
use super::staffed;
use crate::called::{Called, title_of};
use crate::number::{self, Scale};
use poolwise_stats::Estimate;
use poolwise_study::Wording;
use poolwise_study::measures::Unit;
use poolwise_study::summary::{Summary, UtilizationRange};

const ROW_HEIGHT: f64 = 27.0;
const PLOT_WIDTH: f64 = 700.0;

/// A row: name, estimate, range if there is one.
struct CentreRow<'a> {
    name: &'a str,
    value: Estimate,
    range: Option<UtilizationRange>,
}

/// Utilization by centre with intervals. `None` when no centre has any.
pub(super) fn by_centre(summary: &Summary) -> Option<Scene> {
    let centres = staffed(summary);
    let rows: Vec<CentreRow<'_>> = centres
        .iter()
        .filter_map(|c| {
            let value = *summary.centres.get(c.name)?.get("all")?.get("utilization")?;
            value.estimate.is_finite().then_some(CentreRow { name: c.name, value, range: None })
        })
        .collect();
    let subtitle = format!(
        "Dots are means, bars {} intervals over {} replications; the broken line is the total of the counted centres",
        number::percent(summary.confidence),
        summary.replications
    );
    let total = summary.measures.get("utilization").map(|e| e.estimate);
    draw(format!("Utilization by centre: {}", title_of(summary)), &subtitle, &rows, total)
}

/// Utilization by scenario: mean, and the span from the idlest to the busiest hour of the week.
pub(crate) fn by_scenario(summaries: &[&Summary]) -> Option<Scene> {
    let called = Called::summaries(summaries);
    let rows: Vec<CentreRow<'_>> = summaries
        .iter()
        .filter_map(|s| {
            let value = *s.measures.get("utilization")?;
            let row = CentreRow { name: called.get(&s.scenario), value, range: s.detail.utilization_range };
            value.estimate.is_finite().then_some(row)
        })
        .collect();
    draw(
        Wording::of(summaries).fill("How busy {officers} are in each scenario"),
        "Dots are means over the counted centres; light bars go from the idlest to the busiest hour of the week",
        &rows,
        None,
    )
}

fn draw(title: String, subtitle: &str, rows: &[CentreRow<'_>], total: Option<f64>) -> Option<Scene> {
    if rows.is_empty() {
        return None;
    }
    let label = axes::label(Align::Right);
    let widest = rows.iter().map(|r| text_width(r.name, label)).fold(0.0, f64::max);
    let left = MARGIN + widest + 12.0;
    let right = left + PLOT_WIDTH;
    let bottom = TITLE_HEIGHT + 22.0 + ROW_HEIGHT * rows.len() as f64;
    let width = (right + 190.0).max(MARGIN * 2.0 + text_width(subtitle, axes::faint(Align::Left)));
    let mut scene = Scene::new(width, bottom + 60.0, title);
    axes::titles(&mut scene, subtitle);
    let greatest = rows.iter().map(|r| r.value.estimate.max(r.value.upper)).fold(1.0, f64::max);
    let panel = Panel { left, top: TITLE_HEIGHT + 22.0, right, bottom, x: (0.0, greatest), y: (0.0, 1.0) };
    panel.x_axis(&mut scene, "Share of on-duty time spent on cases, %", 100.0, 10);
    if let Some(total) = total.filter(|t| t.is_finite()) {
        let x = panel.px(total);
        scene.dashes((x, panel.top), (x, bottom), VERMILION, 2);
        let words = format!("all counted centres {} %", Scale::of(Unit::Share, []).plain(total));
        scene.text((x, panel.top - 12.0), words, axes::label(Align::Centre));
    }
    for (i, row) in rows.iter().enumerate() {
        let y = panel.top + (i as f64 + 0.5) * ROW_HEIGHT;
        scene.line(vec![(left, y), (right, y)], GRID, 1);
        if let Some(range) = row.range {
            scene.rect(panel.px(range.lowest), y - 5.0, panel.px(range.highest), y + 5.0, SKY);
        }
        if row.value.lower.is_finite() && row.value.upper.is_finite() {
            let (from, to) = (panel.px(row.value.lower), panel.px(row.value.upper));
            scene.line(vec![(from, y), (to, y)], INK, 2);
            for end in [from, to] {
                scene.line(vec![(end, y - 6.0), (end, y + 6.0)], INK, 2);
            }
        }
        scene.dot((panel.px(row.value.estimate), y), 5.0, BLUE);
        scene.text((left - 12.0, y), row.name, label);
        let cell = Scale::of(Unit::Share, []).cell(&row.value);
        scene.text((right + 12.0, y), cell, axes::label(Align::Left));
    }
    scene.line(vec![(left, panel.top), (left, bottom), (right, bottom)], FAINT_INK, 1);
    scene.text((right + 12.0, panel.top - 12.0), "%", axes::faint(Align::Left));
    Some(scene)
}
