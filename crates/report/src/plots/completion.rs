//! How long requests take: bars over times a planner would name, with the share done so far.

use super::axes::{self, BLUE, MARGIN, ORANGE, Panel, TITLE_HEIGHT, VERMILION};
use super::scene::{Align, Scene, Style};
use crate::called::title_of;
use crate::number;
use poolwise_study::summary::{CompletionBin, Summary};

const WIDTH: f64 = 1240.0;
const HEIGHT: f64 = 280.0;
/// Edges of the bars, hours: from five minutes to four weeks.
const EDGES: [f64; 14] =
    [0.0, 1.0 / 12.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 24.0, 48.0, 96.0, 168.0, 672.0];
/// Share of requests that the bars must show one by one; what takes longer is in the last bar.
const SHOWN: f64 = 0.9995;

/// Distribution of time to completion. `None` when nothing was done.
pub(super) fn distribution(summary: &Summary) -> Option<Scene> {
    let done = Cumulative::of(&summary.detail.completion)?;
    let edges = edges(summary.target_hours, &done);
    let shares: Vec<f64> = bars(&edges, &done);
    let bottom = TITLE_HEIGHT + 34.0 + HEIGHT;
    let requests = &summary.words.request;
    let mut scene =
        Scene::new(WIDTH, bottom + 70.0, format!("How long {} take: {}", requests.many, title_of(summary)));
    let late = 1.0 - done.by(summary.target_hours);
    let target = number::duration(summary.target_hours);
    let subtitle = format!(
        "Time from the start of the clock to being done; {} % of the {} done took longer than the target of {target}",
        number::fixed(late * 100.0, 1, false),
        requests.many
    );
    axes::titles(&mut scene, &subtitle);
    let panel = Panel {
        left: MARGIN + 130.0,
        top: TITLE_HEIGHT + 34.0,
        right: WIDTH - MARGIN,
        bottom,
        x: (0.0, shares.len() as f64),
        y: (0.0, axes::top_of(shares.iter().copied())),
    };
    panel.y_axis(&mut scene, &format!("Share of the {} done, %", requests.many), 100.0, 5);
    let mut so_far = 0.0;
    for (i, share) in shares.iter().enumerate() {
        let within = edges[i] < summary.target_hours;
        let (left, right) = (panel.px(i as f64) + 4.0, panel.px(i as f64 + 1.0) - 4.0);
        let (middle, top) = ((left + right) / 2.0, panel.py(*share));
        scene.rect(left, top, right, bottom, if within { BLUE } else { ORANGE });
        let bold = Style { bold: true, ..axes::label(Align::Centre) };
        scene.text((middle, top - 11.0), percent(*share), bold);
        so_far += share;
        scene.text((middle, bottom + 18.0), span(edges[i], edges.get(i + 1)), axes::label(Align::Centre));
        scene.text((middle, bottom + 46.0), percent(so_far), axes::label(Align::Centre));
    }
    for (line, words) in [(18.0, "Time"), (46.0, "Done so far, %")] {
        scene.text((panel.left - 8.0, bottom + line), words, axes::label(Align::Right));
    }
    if let Some(place) = edges.iter().position(|e| *e == summary.target_hours) {
        let x = panel.px(place as f64);
        scene.dashes((x, panel.top - 8.0), (x, bottom), VERMILION, 2);
        scene.text((x, panel.top - 20.0), format!("target {target}"), axes::label(Align::Centre));
    }
    panel.frame(&mut scene);
    Some(scene)
}

fn percent(share: f64) -> String {
    number::fixed(share * 100.0, 1, false)
}

/// A span of time in one unit: `15\u{2013}30 min`, `4\u{2013}8 h`; `longer` when it is open.
fn span(from: f64, to: Option<&f64>) -> String {
    let Some(&to) = to else { return "longer".to_owned() };
    let (per_hour, unit) = match to {
        t if t <= 1.0 => (60.0, "min"),
        t if t <= 24.0 => (1.0, "h"),
        _ => (1.0 / 24.0, "days"),
    };
    let show = |hours: f64| number::trimmed(hours * per_hour, 1);
    format!("{}\u{2013}{} {unit}", show(from), show(to))
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
    fn spans_are_in_one_unit() {
        assert_eq!(span(0.25, Some(&0.5)), "15\u{2013}30 min");
        assert_eq!(span(0.5, Some(&1.0)), "30\u{2013}60 min");
        assert_eq!(span(16.0, Some(&24.0)), "16\u{2013}24 h");
        assert_eq!(span(24.0, Some(&48.0)), "1\u{2013}2 days");
        assert_eq!(span(672.0, None), "longer");
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
