//! The pictures of a sweep's report: which there are, in which order, under which names.

use super::analysis::Report;
use crate::plots::Scene;
use crate::plots::sweep as plots;
use poolwise_sweep::analysis::influence::Output;
use poolwise_sweep::analysis::slice::planes;
use poolwise_sweep::analysis::{Slice, facets};

/// Pictures that are shown at once; the others are shown on demand.
const MOST_PICTURES: usize = 12;

/// A picture and its file name.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepPicture {
    /// File name without an ending.
    pub name: String,
    /// What is drawn.
    pub scene: Scene,
    /// Whether it is shown on demand only.
    pub aside: bool,
    /// Whether it is of curves along an axis of numbers, which the page draws itself.
    pub curve: bool,
}

impl Report<'_> {
    /// All pictures, in the order in which they are shown.
    pub fn pictures(&self) -> Vec<SweepPicture> {
        let (r, m) = (self.results, &self.results.manifest);
        let mut out: Vec<SweepPicture> = Vec::new();
        let mut put = |name: String, scene: Option<Scene>, aside: bool, curve: bool| {
            if let Some(scene) = scene {
                let aside = aside || out.len() >= MOST_PICTURES;
                out.push(SweepPicture { name, scene, aside, curve });
            }
        };
        let mut add = |name: String, scene: Option<Scene>, aside: bool| put(name, scene, aside, false);
        for plane in planes(r) {
            let pair = format!("{}-{}", slug(&m.axes[plane.axes.0].name), slug(&m.axes[plane.axes.1].name));
            for c in &self.findings.contrasts {
                let name =
                    format!("map-{pair}-{}-{}", slug(&m.measures[c.measure]), slug(self.name(c.scenario)));
                add(name, plots::difference_map(r, &plane, c), false);
            }
            for (measure, best) in self.findings.best.iter().filter(|_| m.scenarios.len() > 2) {
                let name = format!("best-{pair}-{}", slug(&m.measures[*measure]));
                add(name, plots::best_map(r, &plane, *measure, best), false);
            }
            for &measure in &self.findings.measures {
                for s in 0..m.scenarios.len() {
                    let name = format!("level-{pair}-{}-{}", slug(&m.measures[measure]), slug(self.name(s)));
                    let means = self.findings.means(Output { measure, scenario: s, less: None });
                    add(name, plots::level_map(r, &plane, (s, measure), means), true);
                }
            }
        }
        let courses = facets(r);
        for (i, slice) in courses.iter().enumerate() {
            let same = |s: &&Slice| s.axis == slice.axis;
            let nth = courses[..i].iter().filter(same).count();
            let mark = if nth == 0 { String::new() } else { format!("-{}", nth + 1) };
            let name = format!("along-{}{mark}", slug(&m.axes[slice.axis].name));
            put(
                name,
                plots::along(r, slice, &self.findings.measures),
                false,
                m.axes[slice.axis].words.is_empty(),
            );
        }
        let mut add = |name: String, scene: Option<Scene>, aside: bool| put(name, scene, aside, false);
        for i in &self.findings.indices {
            let title = format!("What moves {}", self.output(i.output));
            add(
                format!("sobol-{}", self.file(i.output)),
                Some(plots::sobol_bars(r, i, &title)),
                i.output.less.is_none() && m.scenarios.len() > 1,
            );
        }
        for (o, swings) in &self.findings.swings {
            let about = m.shown(&m.measures[o.measure]);
            let values = swings.iter().flat_map(|s| [s.at_ends.0, s.at_ends.1]);
            let scale = if o.less.is_some() { about.difference(values) } else { about.scale(values) };
            let title = format!("What moves {}", self.output(*o));
            let scene = plots::swing_bars(r, swings, &scale, &about.heading(&scale), &title);
            add(format!("tornado-{}", self.file(*o)), scene, o.less.is_none() && m.scenarios.len() > 1);
        }
        for (o, rho) in &self.findings.correlations {
            let (o, about) = (*o, m.shown(&m.measures[o.measure]));
            let means = self.findings.means(o);
            let values = means.iter().copied();
            let scale = if o.less.is_some() { about.difference(values) } else { about.scale(values) };
            let heading = about.heading(&scale);
            let title = self.output(o);
            let aside = o.less.is_none() && m.scenarios.len() > 1;
            let scene = plots::scatter(r, (means, rho), &scale, &heading, &title);
            add(format!("scatter-{}", self.file(o)), scene, aside);
        }
        out
    }

    fn file(&self, o: Output) -> String {
        let less = if o.less.is_some() { "-difference" } else { "" };
        format!("{}-{}{less}", slug(&self.results.manifest.measures[o.measure]), slug(self.name(o.scenario)))
    }
}

/// A name that any file system takes.
fn slug(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    name.chars().map(|c| if fits(c) { c } else { '-' }).collect()
}
