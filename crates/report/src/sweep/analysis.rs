//! The report on a sweep: what it says in a line, tables, pictures, a page, one JSON document.

use super::{curve, pictures::outputs, words};
use crate::block::{Block, Cell};
use crate::page::{Definition, Page};
use crate::plots::sweep::Shown;
use crate::write::Folder;
use crate::{ReportError, json, number, table};
use poolwise_study::Wording;
use poolwise_study::measures::{Better, MEASURES, PRIMARY, find};
use poolwise_sweep::analysis::breakeven::shown;
use poolwise_sweep::analysis::influence::{Output, correlations};
use poolwise_sweep::analysis::{
    Best, Contrast, Found, Identified, Indices, Swing, best, contrasts, identified, indices, swings,
};
use poolwise_sweep::manifest::{DesignEntry, Manifest, ReplicationsEntry};
use poolwise_sweep::results::Results;
use serde_json::{Value, json};
use std::io;

/// Measures that pictures and tables are about, at most; the tidy file has all.
const MOST_MEASURES: usize = 3;

/// Break-even values in the first sentences, at most; the table has all.
const SENTENCES: usize = 2;

/// Everything that is said of a sweep.
#[derive(Debug)]
pub struct Report<'a> {
    pub(super) results: &'a Results,
    pub(super) measures: Vec<usize>,
    pub(super) contrasts: Vec<Contrast>,
    identified: Vec<Identified>,
    found: &'a [Found],
    pub(super) indices: Vec<Indices>,
    pub(super) swings: Vec<(Output, Vec<Swing>)>,
    pub(super) best: Vec<(usize, Vec<Option<Best>>)>,
}

/// The measures that a report is about: the primary ones that were kept, then others in the order in which
/// they are read.
pub fn measures(manifest: &Manifest) -> Vec<usize> {
    let known = PRIMARY
        .iter()
        .copied()
        .chain(MEASURES.iter().filter(|m| m.better != Better::Neither).map(|m| m.name));
    let mut out: Vec<usize> = Vec::new();
    for name in known {
        if let Some(m) = manifest.measure(name).filter(|m| !out.contains(m)) {
            out.push(m);
        }
    }
    // All that was kept by name counts, in that order, when it is little.
    for m in 0..manifest.measures.len() {
        if !out.contains(&m) {
            out.push(m);
        }
    }
    out.truncate(MOST_MEASURES);
    out
}

impl<'a> Report<'a> {
    /// Works out everything. `found` are the break-even values of the contrasts of [`measures`].
    pub fn of(results: &'a Results, found: &'a [Found]) -> Self {
        let manifest = &results.manifest;
        let measures: Vec<usize> = measures(manifest)
            .into_iter()
            // A measure that nothing here has is not worth an empty table.
            .filter(|m| {
                (0..results.points.len()).any(|p| {
                    (0..manifest.scenarios.len())
                        .any(|s| results.estimate(p, s, *m, 0.95).estimate.is_finite())
                })
            })
            .collect();
        let contrasts = contrasts(results, &measures);
        let outputs: Vec<Output> = outputs(manifest, &measures);
        let best = measures
            .iter()
            .filter_map(|&m| {
                let more = match Shown::of(&manifest.measures[m]).better {
                    Better::More => true,
                    Better::Less => false,
                    Better::Neither => return None,
                };
                let of: Vec<Option<Best>> =
                    (0..results.points.len()).map(|p| best(results, p, m, more)).collect();
                of.iter().any(Option::is_some).then_some((m, of))
            })
            .collect();
        Self {
            results,
            // Of a measure that is neither good nor bad no verdict hangs on the sign.
            identified: contrasts
                .iter()
                .filter(|c| Shown::of(&manifest.measures[c.measure]).better != Better::Neither)
                .filter_map(|c| identified(results, c))
                .collect(),
            indices: outputs.iter().filter_map(|o| indices(results, *o)).collect(),
            swings: match manifest.design {
                DesignEntry::OneAtATime => outputs.iter().map(|o| (*o, swings(results, *o))).collect(),
                _ => Vec::new(),
            },
            best,
            contrasts,
            measures,
            found,
        }
    }

    /// The first line: whether public data settle the question.
    pub fn headline(&self) -> String {
        words::headline(&self.identified, self.results.points.len())
    }

    /// The answer in sentences: whether the verdict turns over, and where.
    pub fn verdict(&self) -> Vec<String> {
        if let Some(said) = curve::sentence(self.results, &self.measures) {
            return vec![said];
        }
        let mut said = vec![self.headline()];
        let manifest = &self.results.manifest;
        said.extend(self.found.iter().filter_map(|f| words::break_even(manifest, f)).take(SENTENCES));
        said
    }

    /// All tables.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks = vec![self.signs(), self.break_even(), self.best()];
        blocks.extend(curve::block(self.results, &self.measures));
        blocks.extend(self.indices.iter().map(|i| self.shares(i)));
        blocks.extend(self.correlated());
        blocks.retain(|b| !b.rows.is_empty());
        blocks
    }

    fn label(&self, measure: usize) -> String {
        Shown::of(&self.results.manifest.measures[measure]).label
    }

    pub(super) fn name(&self, scenario: usize) -> &str {
        &self.results.manifest.scenarios[scenario].name
    }

    /// Where each difference has which sign.
    fn signs(&self) -> Block {
        let manifest = &self.results.manifest;
        let header = ["Measure", "Scenario", "More", "Less", "Cannot tell", "Least", "Greatest"];
        let rows = self
            .contrasts
            .iter()
            .map(|c| {
                let count = |sign: i8| {
                    let of = c.joint.iter().filter(|e| {
                        e.estimate.is_finite() && poolwise_sweep::analysis::contrast::sign(e) == sign
                    });
                    text(of.count().to_string())
                };
                let about = Shown::of(&manifest.measures[c.measure]);
                let values = || c.pointwise.iter().map(|e| e.estimate).filter(|v| v.is_finite());
                let scale = about.difference(values());
                let end =
                    |v: f64| text(format!("{} {}", number::fixed(v * scale.factor, 2, true), scale.unit));
                vec![
                    text(about.label),
                    text(self.name(c.scenario)),
                    count(1),
                    count(-1),
                    count(0),
                    end(values().fold(f64::INFINITY, f64::min)),
                    end(values().fold(f64::NEG_INFINITY, f64::max)),
                ]
            })
            .collect();
        let title = format!(
            "Differences from {}: at how many of {} points (jointly 95 % sure)",
            manifest.baseline,
            self.results.points.len()
        );
        Block { title, header: header.map(str::to_owned).to_vec(), rows }
    }

    fn break_even(&self) -> Block {
        let manifest = &self.results.manifest;
        let header = ["Measure", "Scenario", "Axis", "Break-even at", "Better", "The others"];
        let rows = self
            .found
            .iter()
            .map(|f| {
                let label =
                    words::axis(manifest, &f.axis).map_or_else(|| f.axis.clone(), |a| a.label.clone());
                let others: Vec<String> = f.others.iter().map(|(a, v)| format!("{a} {v}")).collect();
                let (value, interval) = words::break_even_value(manifest, f);
                vec![
                    text(Shown::of(&f.measure).label),
                    text(&f.scenario),
                    text(label),
                    Cell { value, interval, remark: None },
                    text(words::better_side(f)),
                    text(others.join(", ")),
                ]
            })
            .collect();
        let title = format!("Break-even values with {}", manifest.baseline);
        Block { title, header: header.map(str::to_owned).to_vec(), rows }
    }

    fn best(&self) -> Block {
        let mut rows = Vec::new();
        for (m, points) in &self.best {
            for s in 0..self.results.manifest.scenarios.len() {
                let here: Vec<&Best> = points.iter().flatten().filter(|b| b.scenario == s).collect();
                if here.is_empty() {
                    continue;
                }
                let sure = here.iter().filter(|b| b.probability >= 0.95).count();
                rows.push(vec![
                    text(self.label(*m)),
                    text(self.name(s)),
                    text(here.len().to_string()),
                    text(sure.to_string()),
                ]);
            }
        }
        Block {
            title: "Best option: at how many points".to_owned(),
            header: ["Measure", "Scenario", "Best at", "With 95 % or more"].map(str::to_owned).to_vec(),
            rows,
        }
    }

    fn shares(&self, of: &Indices) -> Block {
        let axes = &self.results.manifest.axes;
        let mut order: Vec<usize> = (0..axes.len()).collect();
        order.sort_by(|&i, &j| of.sobol.total[j].estimate.total_cmp(&of.sobol.total[i].estimate));
        let percent = |x: f64| number::fixed(x * 100.0, 0, false);
        let cell = |i: &poolwise_stats::sobol::Index| Cell {
            value: format!("{} %", percent(i.estimate)),
            interval: Some(format!("[{}, {}]", percent(i.lower), percent(i.upper))),
            remark: None,
        };
        let rows = order
            .into_iter()
            .map(|k| vec![text(&axes[k].label), cell(&of.sobol.total[k]), cell(&of.sobol.first[k])])
            .collect();
        Block {
            title: format!("Which input matters for: {} (Sobol indices)", self.output(of.output)),
            header: ["Input", "Alone and with others", "Alone"].map(str::to_owned).to_vec(),
            rows,
        }
    }

    /// Rank correlations over scattered points, where there are no Sobol indices.
    fn correlated(&self) -> Vec<Block> {
        if !self.indices.is_empty() {
            return Vec::new();
        }
        let axes = &self.results.manifest.axes;
        outputs(&self.results.manifest, &self.measures)
            .into_iter()
            .map(|o| {
                let rho = correlations(self.results, o);
                let mut order: Vec<usize> = (0..rho.len()).filter(|k| rho[*k].is_finite()).collect();
                order.sort_by(|&i, &j| rho[j].abs().total_cmp(&rho[i].abs()));
                Block {
                    title: format!("What goes with: {} (rank correlation over points)", self.output(o)),
                    header: ["Input", "Rank correlation"].map(str::to_owned).to_vec(),
                    rows: order
                        .into_iter()
                        .map(|k| vec![text(&axes[k].label), text(number::fixed(rho[k], 2, true))])
                        .collect(),
                }
            })
            .collect()
    }

    pub(super) fn output(&self, o: Output) -> String {
        match o.less {
            Some(base) => {
                format!("{}, {} less {}", self.label(o.measure), self.name(o.scenario), self.name(base))
            }
            None => format!("{}, {}", self.label(o.measure), self.name(o.scenario)),
        }
    }

    /// The lines under the tables.
    pub fn notes(&self) -> Vec<String> {
        let manifest = &self.results.manifest;
        let mut lines: Vec<String> =
            self.found.iter().filter_map(|f| words::break_even(manifest, f)).skip(SENTENCES).collect();
        lines.push(words::design(manifest));
        if !self.found.is_empty() && self.found.iter().all(|f| f.refined.is_none()) {
            lines.push(
                "Break-even values without an interval are read off between neighbouring points; `poolwise sweep \
                 report` finds them with further replications."
                    .to_owned(),
            );
        }
        if !self.indices.is_empty() {
            lines.push(
                "Sobol indices: shares of the variance over all inputs, what chance adds taken out; intervals from \
                 resampling rows."
                    .to_owned(),
            );
        }
        if matches!(manifest.replications, ReplicationsEntry::Fixed(1)) {
            lines.push("One replication a point, so nothing can be told from chance.".to_owned());
        }
        lines
    }

    /// For the terminal.
    pub fn text(&self, look: table::Look) -> String {
        let width = look.width;
        let m = &self.results.manifest;
        let mut out = format!("{}\n{}\n", table::paragraph(&self.verdict().join(" "), width), m.title);
        out.push_str(&table::further(&self.blocks(), &self.notes(), width));
        out
    }

    /// One JSON document.
    pub fn json(&self) -> Value {
        let m = &self.results.manifest;
        let axis = |k: usize| m.axes[k].name.as_str();
        let output = |o: Output| {
            json!({
                "measure": m.measures[o.measure],
                "scenario": self.name(o.scenario),
                "less": o.less.map(|b| self.name(b)),
            })
        };
        let sobol: Vec<Value> = self
            .indices
            .iter()
            .map(|i| {
                let by_axis = |of: &[poolwise_stats::sobol::Index]| -> Value {
                    of.iter()
                        .enumerate()
                        .map(|(k, x)| (axis(k).to_owned(), json!(x)))
                        .collect::<serde_json::Map<_, _>>()
                        .into()
                };
                json!({
                    "output": output(i.output),
                    "first": by_axis(&i.sobol.first),
                    "total": by_axis(&i.sobol.total),
                    "variance": i.sobol.variance,
                    "rows": i.sobol.rows,
                })
            })
            .collect();
        let swings: Vec<Value> = self
            .swings
            .iter()
            .flat_map(|(o, swings)| {
                swings.iter().map(move |s| {
                    json!({
                        "output": output(*o),
                        "axis": axis(s.axis),
                        "from": s.ends.0,
                        "to": s.ends.1,
                        "at_from": s.at_ends.0,
                        "at_to": s.at_ends.1,
                    })
                })
            })
            .collect();
        let correlated: Vec<Value> = outputs(m, &self.measures)
            .into_iter()
            .map(|o| {
                let rho = correlations(self.results, o);
                let by_axis: serde_json::Map<String, Value> =
                    rho.iter().enumerate().map(|(k, x)| (axis(k).to_owned(), json!(x))).collect();
                json!({ "output": output(o), "rank_correlation": by_axis })
            })
            .collect();
        let best: Vec<Value> = self
            .best
            .iter()
            .flat_map(|(measure, points)| {
                points.iter().enumerate().filter_map(move |(p, b)| {
                    let b = (*b)?;
                    Some(json!({
                        "point": p,
                        "measure": m.measures[*measure],
                        "scenario": self.name(b.scenario),
                        "probability": b.probability,
                    }))
                })
            })
            .collect();
        json!({
            "sweep": m.sweep,
            "headline": self.headline(),
            "verdict": self.verdict(),
            "points": self.results.points.len(),
            "identified": self.identified,
            "break_even": self.found,
            "sobol": sobol,
            "swings": swings,
            "rank_correlations": correlated,
            "best": best,
        })
    }

    /// Writes `report.json`, the page and pictures into the sweep's folder.
    ///
    /// # Errors
    /// The first file that could not be written or picture that could not be drawn.
    pub fn write(&self, folder: &Folder, pictures: bool) -> Result<(), ReportError> {
        folder.write("report.json", json::document(&self.json())?.as_bytes())?;
        let (mut drawn, mut aside) = (Vec::new(), Vec::new());
        for picture in if pictures { self.pictures() } else { Vec::new() } {
            let svg = picture.scene.svg()?;
            folder.write(&format!("{}.svg", picture.name), svg.as_bytes())?;
            folder.write_at(&format!("{}.png", picture.name), |p| {
                picture.scene.png(p).map_err(io::Error::other)
            })?;
            if picture.aside {
                aside.push((picture.scene.title().to_owned(), svg));
            } else {
                drawn.push(svg);
            }
        }
        let m = &self.results.manifest;
        let page = Page {
            kind: format!("Sweep of {} points", self.results.points.len()),
            title: format!("{}: {}", m.sweep, m.title),
            intro: m.description.clone(),
            legend: m
                .scenarios
                .iter()
                .map(|s| {
                    let mark = if s.name == m.baseline { " (baseline)" } else { "" };
                    (format!("{}{mark}", s.name), s.title.clone())
                })
                .collect(),
            answer: vec![self.headline()],
            blocks: self.blocks(),
            notes: self.notes(),
            pictures: drawn,
            more_pictures: aside,
            assumptions: vec![("What varies".to_owned(), axis_lines(m))],
            measures: self
                .measures
                .iter()
                .filter_map(|k| find(&m.measures[*k]))
                .map(|known| Definition::of(known, &Wording::default()))
                .collect(),
            ..Page::default()
        };
        folder.write("index.html", page.html().as_bytes())?;
        Ok(())
    }
}

/// Axes as the page's list of assumptions shows them.
fn axis_lines(m: &Manifest) -> Vec<(String, String)> {
    let what = |k: usize| {
        let a = &m.axes[k];
        let kind = if a.decision { "a planner's choice" } else { "nobody knows it" };
        let values = match (&a.levels, a.range) {
            _ if !a.words.is_empty() => a.words.join(", "),
            (_, Some((from, to))) => format!("{} to {}", shown(m, k, from), shown(m, k, to)),
            (Some(levels), None) => levels.iter().map(|l| shown(m, k, *l)).collect::<Vec<_>>().join(", "),
            (None, None) => String::new(),
        };
        let base = a.base.map_or_else(String::new, |b| format!("; usually {}", shown(m, k, b)));
        format!("{values}{base} ({kind})")
    };
    (0..m.axes.len())
        .map(|k| {
            let paths: Vec<&str> = m.axes[k].paths.iter().map(|p| p.path.as_str()).collect();
            (format!("{}: {}", m.axes[k].label, paths.join(", ")), what(k))
        })
        .collect()
}

fn text(value: impl Into<String>) -> Cell {
    Cell { value: value.into(), ..Cell::default() }
}
