//! How long requests take: bars over times a planner would name, and the cumulative share.

use super::axes::{self, BLUE, INK, MARGIN, ORANGE, Panel, TITLE_HEIGHT, VERMILION};
use super::scene::{Align, Scene, Style};
use crate::experiment::summary::{CompletionBin, Summary};
use crate::report::number;

const WIDTH: f64 = 1240.0;
const HEIGHT: f64 = 280.0;
/// Edges of the bars, hours: from five minutes to four weeks.
const EDGES: [f64; 14] =
    [0.0, 1.0 / 12.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 24.0, 48.0, 96.0, 168.0, 672.0];
/// Share of requests that the bars must show one by one; what takes longer is in the last bar.
const SHOWN: f64 = 0.9995;

/// Distribution of time to completion. `None` when nothing was done.
pub fn distribution(summary: &Summary) -> Option<Scene> {
    let done = Cumulative::of(&summary.detail.completion)?;
    let edges = edges(summary.target_hours, &done);
    let shares: Vec<f64> = bars(&edges, &done);
    let bottom = TITLE_HEIGHT + 34.0 + HEIGHT;
    let mut scene = Scene::new(WIDTH, bottom + 70.0, format!("How long requests take: {}", summary.scenario));
    let late = 1.0 - done.by(summary.target_hours);
    let target = number::duration(summary.target_hours);
    let subtitle = format!(
        "Time from reaching research to being done; {} % of the requests done took longer than the target of {target}",
        number::fixed(late * 100.0, 1, false)
    );
    axes::titles(&mut scene, &subtitle);
    let panel = Panel {
        left: MARGIN + 70.0,
        top: TITLE_HEIGHT + 34.0,
        right: WIDTH - MARGIN,
        bottom,
        x: (0.0, shares.len() as f64),
        y: (0.0, 1.0),
    };
    panel.y_axis(&mut scene, "Share of the requests done, %", 100.0, 5);
    let mut so_far = 0.0;
    let mut line = vec![panel.at(0.0, 0.0)];
    for (i, share) in shares.iter().enumerate() {
        let within = edges[i] < summary.target_hours;
        let (left, right) = (panel.px(i as f64) + 4.0, panel.px(i as f64 + 1.0) - 4.0);
        scene.rect(left, panel.py(*share), right, bottom, if within { BLUE } else { ORANGE });
        so_far += share;
        line.push(panel.at(i as f64 + 1.0, so_far));
        let words = match edges.get(i + 1) {
            Some(to) if i == 0 => format!("up to {}", number::duration(*to)),
            Some(to) => format!("to {}", number::duration(*to)),
            None => "longer".to_owned(),
        };
        scene.text(((left + right) / 2.0, bottom + 16.0), words, axes::label(Align::Centre));
    }
    scene.line(line.clone(), INK, 2);
    for (i, share) in shares.iter().enumerate() {
        scene.dot(line[i + 1], 4.0, INK);
        bar_label(&mut scene, &panel, i, *share, line[i + 1].1);
    }
    if let Some(place) = edges.iter().position(|e| *e == summary.target_hours) {
        let x = panel.px(place as f64);
        scene.dashes((x, panel.top - 8.0), (x, bottom), VERMILION, 2);
        scene.text((x, panel.top - 20.0), format!("target {target}"), axes::label(Align::Centre));
    }
    panel.frame(&mut scene);
    panel.x_name(&mut scene, "Time to completion (bars: share in each span; line: share done so far)", 46.0);
    Some(scene)
}

/// A bar's share on top of it, unless the line or its dot is there.
fn bar_label(scene: &mut Scene, panel: &Panel, i: usize, share: f64, line_y: f64) {
    let y = panel.py(share) - 12.0;
    if (y - line_y).abs() > 20.0 || share < 0.2 {
        let style = Style { bold: true, ..axes::label(Align::Centre) };
        scene.text((panel.px(i as f64 + 0.5), y), number::fixed(share * 100.0, 1, false), style);
    }
}

/// Edges up to where nearly all is done, the target among them; the last bar is open.
fn edges(target: f64, done: &Cumulative) -> Vec<f64> {
    let mut edges: Vec<f64> = EDGES.to_vec();
    if target > 0.0 && !edges.contains(&target) {
        edges.push(target);
        edges.sort_by(f64::total_cmp);
    }
    let enough = edges.iter().position(|e| done.by(*e) >= SHOWN).unwrap_or(edges.len() - 1);
    let target_place = edges.iter().position(|e| *e == target).unwrap_or(0);
    edges.truncate(enough.max(target_place) + 1);
    edges
}

/// Share in each bar; the last one holds all that took longer than the last edge.
fn bars(edges: &[f64], done: &Cumulative) -> Vec<f64> {
    let mut shares: Vec<f64> = edges.windows(2).map(|w| done.by(w[1]) - done.by(w[0])).collect();
    shares.push((1.0 - done.by(edges[edges.len() - 1])).max(0.0));
    shares
}

/// Share done by a time, linear within a bin.
struct Cumulative(Vec<(f64, f64)>);

impl Cumulative {
    fn of(bins: &[CompletionBin]) -> Option<Self> {
        let total: f64 = bins.iter().map(|b| b.share).sum();
        if !total.is_finite() || total <= 0.0 {
            return None;
        }
        let mut points = vec![(bins[0].from_hours, 0.0)];
        let mut so_far = 0.0;
        for bin in bins {
            so_far += bin.share / total;
            points.push((bin.to_hours, so_far));
        }
        Some(Self(points))
    }

    fn by(&self, hours: f64) -> f64 {
        let after = self.0.partition_point(|(h, _)| *h <= hours);
        match (after.checked_sub(1).and_then(|i| self.0.get(i)), self.0.get(after)) {
            (None, _) => 0.0,
            (Some(_), None) => 1.0,
            // The last bin may be open: what is in it takes longer than any time asked for.
            (Some((_, s0)), Some((h1, _))) if !h1.is_finite() => *s0,
            (Some((h0, s0)), Some((h1, s1))) => s0 + (s1 - s0) * (hours - h0) / (h1 - h0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bin(from_hours: f64, to_hours: f64, share: f64) -> CompletionBin {
        CompletionBin { from_hours, to_hours, share }
    }

    #[test]
    fn shares_are_read_off_within_bins() {
        let done =
            Cumulative::of(&[bin(0.0, 1.0, 0.5), bin(1.0, 3.0, 0.3), bin(3.0, f64::INFINITY, 0.2)]).unwrap();
        assert_eq!(done.by(0.5), 0.25);
        assert!((done.by(2.0) - 0.65).abs() < 1e-12);
        assert!((done.by(50.0) - 0.8).abs() < 1e-12);
        assert!(Cumulative::of(&[]).is_none());
    }

    #[test]
    fn bars_add_up_and_the_target_is_an_edge() {
        let done = Cumulative::of(&[bin(0.0, 1.0, 0.5), bin(1.0, 10.0, 0.5)]).unwrap();
        let edges = edges(3.0, &done);
        assert!(edges.contains(&3.0));
        let sum: f64 = bars(&edges, &done).iter().sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }
}
