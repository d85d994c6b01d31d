//! The report on a sweep: what it says in a line, tables, pictures, a page, one JSON document.

use super::{controls, cost, curve};
use crate::block::{Block, BlockCell};
use crate::page::{self, Definition, Live, Page, VARIES, live};
use crate::told::Told;
use crate::write::Folder;
use crate::{ReportError, json, number, table};
use poolwise_scenario::Overrides;
use poolwise_stats::Estimate;
use poolwise_study::measures::{Better, find};
use poolwise_study::verdict::{list, short_titles};
use poolwise_study::{Study, Wording};
use poolwise_sweep::analysis::breakeven::shown;
use poolwise_sweep::analysis::influence::Output;
use poolwise_sweep::analysis::{Findings, Indices, SENTENCES, Shown, words};
use poolwise_sweep::manifest::{Manifest, ReplicationsEntry};
use poolwise_sweep::results::SweepResults;
use std::path::Path;

/// Everything that is said of a sweep.
#[derive(Debug)]
pub struct Report<'a> {
    pub(super) results: &'a SweepResults,
    pub(super) findings: &'a Findings,
    /// The scenarios, and what the page simulates with: see [`Report::with`].
    live: Option<Live>,
    resolved: Vec<toml::Table>,
    /// The command that made it, where it is known.
    command: Option<String>,
}

impl<'a> Report<'a> {
    /// A report on results and what was found in them.
    pub fn of(results: &'a SweepResults, findings: &'a Findings) -> Self {
        Self { results, findings, live: None, resolved: Vec::new(), command: None }
    }

    /// With the sweep's scenarios: its page says what they rest on, and if `engine`, simulates changes of them.
    #[must_use]
    pub fn with(mut self, study: &Study, engine: bool) -> Self {
        let baseline = study.position(&self.results.manifest.baseline).unwrap_or(0);
        self.live =
            engine.then(|| live::unkept_with(study, baseline, self.results.is_controlled())).flatten();
        self.resolved = study.scenarios().iter().map(|s| s.resolved.clone()).collect();
        self
    }

    /// With the file of the sweep and what was changed in it, which its page names.
    #[must_use]
    pub fn of_file(mut self, file: &Path, changes: &Overrides) -> Self {
        let mut words = vec![format!("poolwise sweep {}", live::quote(&live::on_any_machine(file)))];
        words.extend(live::typed(changes));
        words.extend(self.results.is_controlled().then(|| "--controls".to_owned()));
        self.command = Some(words.join(" "));
        self
    }

    /// How it is made again.
    fn reproduce(&self) -> Vec<(String, String)> {
        let m = &self.results.manifest;
        let mut rows: Vec<(String, String)> =
            self.command.iter().map(|command| ("Command".to_owned(), command.clone())).collect();
        rows.push(("Hash of the plan".to_owned(), m.hash()));
        let of = |s: usize| (format!("Hash of {}", self.called(s)), m.scenarios[s].hash.clone());
        rows.extend((0..m.scenarios.len()).map(of));
        rows.push(("Version".to_owned(), format!("poolwise {}", m.version)));
        rows
    }

    /// All tables of the report, in reading order.
    pub fn blocks(&self) -> Vec<Block> {
        self.groups().into_iter().map(|(_, block)| block).collect()
    }

    /// The same, each with what a sentence calls it.
    fn groups(&self) -> Vec<(&'static str, Block)> {
        let mut all = vec![
            ("where differences have which sign", self.signs()),
            ("break-even values", self.break_even()),
            ("which option is best at how many points", self.best()),
        ];
        let each = |called: &'static str| move |block| (called, block);
        all.extend(curve::block(self.results, self.findings).map(each("every point")));
        all.extend(cost::block(self.results, self.findings).map(each("what the points cost")));
        all.extend(self.findings.indices.iter().map(|i| self.shares(i)).map(each("which input matters")));
        all.extend(self.correlated().into_iter().map(each("which inputs go with it")));
        all.retain(|(_, block)| !block.rows.is_empty());
        all
    }

    /// The one table of the answer, and what the others are called: the first, but of a single scenario which of its inputs
    /// matters, where that was asked.
    fn foremost(&self) -> (Option<Block>, Vec<&'static str>) {
        let mut all = self.groups();
        let inputs = self.results.manifest.scenarios.len() == 1 && !self.findings.indices.is_empty();
        let at = all.iter().position(|(called, _)| inputs && *called == "which input matters").unwrap_or(0);
        let first = (at < all.len()).then(|| all.remove(at).1);
        let mut rest: Vec<&str> = all.into_iter().map(|(called, _)| called).collect();
        rest.dedup();
        (first, rest)
    }

    fn label(&self, measure: usize) -> String {
        self.results.manifest.shown(&self.results.manifest.measures[measure]).label
    }

    pub(super) fn name(&self, scenario: usize) -> &str {
        &self.results.manifest.scenarios[scenario].name
    }

    /// What a scenario is called in tables.
    fn called(&self, scenario: usize) -> String {
        words::called(&self.results.manifest, self.name(scenario))
    }

    /// A measure, of which option where there are several beside the baseline. One name, since a table that is too wide goes on below with
    /// its first column alone.
    fn of_option(&self, label: String, called: &str) -> String {
        if self.results.manifest.scenarios.len() > 2 { format!("{label}: {called}") } else { label }
    }

    /// Where each difference has which sign.
    fn signs(&self) -> Block {
        let manifest = &self.results.manifest;
        let header = ["Measure", "Better", "Worse", "Cannot tell", "Least", "Greatest"];
        let rows = self
            .findings
            .contrasts
            .iter()
            .map(|c| {
                let count = |sign: i8| {
                    let of = |p: &usize| c.means()[*p].is_finite() && c.joint_sign(*p) == sign;
                    (0..c.means().len()).filter(of).count().to_string()
                };
                let about = manifest.shown(&manifest.measures[c.measure]);
                // Of what is neither good nor bad there is more and less.
                let [better, worse] = match about.better {
                    Better::More => [count(1), count(-1)],
                    Better::Less => [count(-1), count(1)],
                    Better::Neither => [format!("{} more", count(1)), format!("{} less", count(-1))],
                };
                vec![
                    text(self.of_option(about.label.clone(), &self.called(c.scenario))),
                    text(better),
                    text(worse),
                    text(count(0)),
                    end(&about, c.extremes.least.map(|e| e.1)),
                    end(&about, c.extremes.greatest.map(|e| e.1)),
                ]
            })
            .collect();
        let of: Vec<String> = self.findings.contrasts.iter().map(|c| self.called(c.scenario)).collect();
        let of = match of.first() {
            Some(one) if manifest.scenarios.len() == 2 => format!(" of {one}"),
            _ => String::new(),
        };
        let title = format!(
            "Differences{of} from {}: at how many of {} points (jointly 95 % sure)",
            words::called(manifest, &manifest.baseline),
            self.results.points.len()
        );
        Block { title, header: header.map(str::to_owned).to_vec(), rows }
    }

    fn break_even(&self) -> Block {
        let manifest = &self.results.manifest;
        let header = ["Measure", "Axis", "Break-even at", "Better", "The others"];
        let rows =
            self.findings
                .break_even
                .iter()
                .map(|f| {
                    let label =
                        words::axis(manifest, &f.axis).map_or_else(|| f.axis.clone(), |a| a.label.clone());
                    let (value, interval) = words::break_even_value(manifest, f);
                    vec![
                        text(self.of_option(
                            manifest.shown(&f.measure).label,
                            &words::called(manifest, &f.scenario),
                        )),
                        text(label),
                        BlockCell { value, interval, remark: None },
                        text(words::better_side(f)),
                        text(words::others(manifest, f)),
                    ]
                })
                .collect();
        let title = format!("Break-even values with {}", words::called(manifest, &manifest.baseline));
        Block { title, header: header.map(str::to_owned).to_vec(), rows }
    }

    fn best(&self) -> Block {
        let mut rows = Vec::new();
        for (m, points) in &self.findings.best {
            for s in 0..self.results.manifest.scenarios.len() {
                let here = || points.iter().flatten().filter(|b| b.scenario == s);
                let (count, sure) = (here().count(), here().filter(|b| b.probability >= 0.95).count());
                if count == 0 {
                    continue;
                }
                rows.push(vec![
                    text(format!("{}: {}", self.label(*m), self.called(s))),
                    text(count.to_string()),
                    text(sure.to_string()),
                ]);
            }
        }
        Block {
            title: "Best option: at how many points".to_owned(),
            header: ["Measure", "Best at", "With 95 % or more"].map(str::to_owned).to_vec(),
            rows,
        }
    }

    fn shares(&self, of: &Indices) -> Block {
        let axes = &self.results.manifest.axes;
        let mut order: Vec<usize> = (0..axes.len()).collect();
        order.sort_by(|&i, &j| of.sobol.total[j].estimate.total_cmp(&of.sobol.total[i].estimate));
        let percent = |x: f64| number::fixed(x * 100.0, 0, false);
        let cell = |i: &poolwise_stats::sobol::SobolIndex| BlockCell {
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
        if !self.findings.indices.is_empty() {
            return Vec::new();
        }
        let axes = &self.results.manifest.axes;
        self.findings
            .correlations
            .iter()
            .map(|(o, rho)| {
                let mut order: Vec<usize> = (0..rho.len()).filter(|k| rho[*k].is_finite()).collect();
                order.sort_by(|&i, &j| rho[j].abs().total_cmp(&rho[i].abs()));
                Block {
                    title: format!("What goes with: {} (rank correlation over points)", self.output(*o)),
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
                let (one, other) = (self.called(o.scenario), self.called(base));
                format!("{}, {one} less {other}", self.label(o.measure))
            }
            None => format!("{}, {}", self.label(o.measure), self.called(o.scenario)),
        }
    }

    /// The lines under the tables.
    pub(crate) fn notes(&self) -> Vec<String> {
        let manifest = &self.results.manifest;
        let sentences = words::break_evens(manifest, &self.findings.break_even).into_iter();
        let mut lines: Vec<String> = sentences.skip(SENTENCES).collect();
        lines.push(words::design(manifest));
        lines.extend(controls::line(manifest, self.findings));
        if !self.findings.break_even.is_empty()
            && self.findings.break_even.iter().all(|f| f.refined.is_none())
        {
            lines.push(
                "Break-even values without an interval are read off between neighbouring points; `poolwise sweep \
                 report` finds them with further replications."
                    .to_owned(),
            );
        }
        let kept = |name: &str| manifest.measures.iter().any(|m| m == name);
        if self.resolved.iter().any(|t| t.contains_key("pay"))
            && !(kept("paid_hours_per_week") && kept("overtime_hours_per_week"))
        {
            lines.push(
                "Costs of the points take `paid_hours_per_week` and `overtime_hours_per_week` among the `measures` of the \
                 sweep."
                    .to_owned(),
            );
        }
        if !self.findings.indices.is_empty() {
            lines.push(
                "Sobol indices: shares of the variance over all inputs, what chance adds taken out; intervals from \
                 resampling rows."
                    .to_owned(),
            );
        }
        lines.extend(self.doubt());
        lines
    }

    /// What takes meaning from the figures.
    fn doubt(&self) -> Option<String> {
        matches!(self.results.manifest.replications, ReplicationsEntry::Fixed(1))
            .then(|| "One replication a point, so nothing can be told from chance.".to_owned())
    }

    /// Everything in its parts.
    pub fn told(&self) -> Told {
        Told {
            head: vec![self.findings.verdict(self.results).join(" ")],
            blocks: self.blocks(),
            notes: self.notes(),
            advice: String::new(),
        }
    }

    /// For the terminal: the answer and one table, or all of them if wanted.
    pub fn text(&self, look: table::TableLook) -> String {
        let width = look.width;
        let m = &self.results.manifest;
        let mut out = format!(
            "{}\n{}\n",
            table::paragraph(&self.findings.verdict(self.results).join(" "), width),
            m.title
        );
        if look.verbose {
            out.push_str(&table::further(&self.blocks(), &self.notes(), width));
            return out;
        }
        let (first, mut rest) = self.foremost();
        rest.push("how the points were chosen");
        let more = format!("`--verbose` also shows {}.", list(&rest, "and"));
        let gains = controls::line(m, self.findings);
        let notes: Vec<String> = self.doubt().into_iter().chain(gains).chain([more]).collect();
        out.push_str(&match first {
            Some(table) => table::further(&[table], &notes, width),
            None => table::notes(&notes, width),
        });
        out
    }

    /// Writes `report.json`, the page and pictures into the sweep's folder.
    ///
    /// # Errors
    /// The first file that could not be written or picture that could not be drawn.
    pub fn write(&self, folder: &Folder, pictures: bool) -> Result<(), ReportError> {
        let answer = self.findings.answer(self.results);
        folder.write_with("report.json", |file| json::write(&answer, file))?;
        let (mut drawn, mut aside) = (Vec::new(), Vec::new());
        for picture in if pictures { self.pictures() } else { Vec::new() } {
            let svg = picture.scene.write(folder, &picture.name)?;
            // What the page draws itself is a file only.
            if picture.curve {
                continue;
            }
            if picture.aside {
                aside.push((picture.scene.title().to_owned(), svg));
            } else {
                drawn.push(svg);
            }
        }
        let m = &self.results.manifest;
        let titles: Vec<(&str, &str)> =
            m.scenarios.iter().map(|s| (s.name.as_str(), s.title.as_str())).collect();
        let long: Vec<&str> = titles.iter().map(|(_, title)| *title).collect();
        let curves = curve::curves(self.results, &self.findings.measures, &short_titles(&long));
        let page = Page {
            kind: format!("Sweep of {} points", self.results.points.len()),
            title: if m.title.is_empty() { m.sweep.clone() } else { m.title.clone() },
            intro: m.description.clone(),
            legend: m
                .scenarios
                .iter()
                .map(|s| {
                    let mark = if s.name == m.baseline { " (baseline)" } else { "" };
                    (format!("{}{mark}", s.name), s.title.clone())
                })
                .collect(),
            answer: self.findings.verdict(self.results),
            rests: page::rests(&self.resolved.iter().collect::<Vec<_>>()),
            figures: Some(page::named(&m.baseline, &titles, m.words())),
            curves,
            live: self.live.clone(),
            reproduce: self.reproduce(),
            blocks: self.blocks(),
            notes: self.notes(),
            pictures: drawn,
            more_pictures: aside,
            assumptions: vec![(VARIES.to_owned(), axis_lines(m))],
            measures: self
                .findings
                .measures
                .iter()
                .filter_map(|k| find(&m.measures[*k]))
                .map(|known| Definition::of(known, &Wording { words: m.words(), ..Wording::default() }))
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

/// The least or greatest difference of all points in its own unit, minutes below an hour, with the digits that its interval warrants.
fn end(about: &Shown, e: Option<Estimate>) -> BlockCell {
    let Some(e) = e else { return text(number::UNDEFINED) };
    let scale = about.difference([e.estimate]);
    text(format!("{} {}", scale.alone_of(&e, true), scale.unit))
}

fn text(value: impl Into<String>) -> BlockCell {
    BlockCell { value: value.into(), ..BlockCell::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::model::Words;

    #[test]
    fn the_ends_of_a_difference_have_the_digits_that_their_intervals_warrant() {
        let about = Shown::of("wait_mean_hours", &Words::default());
        let said = |x: f64, half: f64| {
            let e = Estimate { estimate: x, lower: x - half, upper: x + half, replications: 4 };
            end(&about, Some(e)).value
        };
        assert_eq!(said(-10.834 / 60.0, 2.0 / 60.0), "-11 min");
        assert_eq!([said(4.082, 0.3), said(0.0, 0.1)], ["+4.1 h", "0 min"]);
        assert_eq!(end(&about, None).value, "n/a");
    }
}
