//! From a sweep file to points and cases: what there is to simulate, under ids that stay the same.
//!
//! A *case* is one scenario with one set of overrides. Points at which a scenario is the same (since an axis
//! does not apply to it) share a case, so that nothing is simulated twice. A plan is a function of the sweep
//! file and the scenarios: every process of a sweep works it out by itself, and `plan.json` proves that they
//! agree.

use super::design::{self, Points};
use super::error::SweepError;
use super::inputs::{BaseScenario, common_sets, load_all, measures, refuse_huge, sources, unlike};
use super::known::KnownIds;
use super::manifest::{Manifest, ScenarioEntry};
use super::unknown;
use poolwise_engine::model::Words;
use poolwise_engine::random::{mix, name_key};
use poolwise_scenario::sweep::{self, Axis, Complaint, Replications, round};
use poolwise_scenario::{self, Overrides, Scenario, Snapshot};
use poolwise_study::controls::ARRIVALS;
use poolwise_study::measures::{Key, split_path};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::OnceLock;

/// Changes to a sweep that the command line makes.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Scenario values at all points. They stand above the sweep file's, below its axes.
    pub overrides: Overrides,
    /// Whether a design of absurd size is meant.
    pub yes: bool,
    /// Take what is known of arrivals out of estimates, where it gains ([`poolwise_study::controls`]), and keep arrivals among the
    /// measures for it.
    pub controls: bool,
}

/// How closely points are looked at before anything runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The scenarios alone.
    Scenarios,
    /// Also the first point, and each axis at its ends.
    Ends,
    /// Every point.
    All,
}

/// A sweep, ready to run.
#[derive(Debug)]
pub struct SweepPlan {
    /// Everything that results depend on.
    pub manifest: Manifest,
    /// SHA-256 of the manifest.
    pub hash: String,
    /// Values of the axes.
    pub points: Points,
    /// Replications asked for.
    pub replications: Replications,
    /// What is odd about the scenarios, in sentences.
    pub warnings: Vec<String>,
    /// Whether estimates are to be controlled.
    pub controls: bool,
    measures: Vec<Vec<String>>,
    /// Found once somebody asks: a report does not.
    cases: OnceLock<PlanCases>,
    pub(super) axes: Vec<Axis>,
    pub(super) sources: Vec<BaseScenario>,
    independent: bool,
    /// The files as they were when the plan was made: cases are read through it.
    pub(super) files: Snapshot,
}

/// What there is to simulate.
#[derive(Debug)]
struct PlanCases {
    /// By first point, then scenario.
    all: Vec<Case>,
    /// The case of each point and scenario.
    of: Vec<u32>,
}

/// One scenario with one set of overrides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// Of the hash of the resolved scenario and the overrides 64 bits.
    id: u64,
    /// First point that has it.
    pub point: u32,
    /// Position of the scenario in the sweep's list.
    pub scenario: u16,
}

impl Case {
    /// The id: sixteen hexadecimal digits.
    pub(crate) fn id(self) -> String {
        format!("{:016x}", self.id)
    }
}

impl SweepPlan {
    /// Plans the sweep of a file.
    ///
    /// # Errors
    /// What is wrong with the file, its scenarios, or the points looked at; a design of absurd size.
    pub fn make(path: &Path, changes: &Changes, look: Look) -> Result<Self, SweepError> {
        Self::make_through(Snapshot::default(), path, changes, look)
    }

    /// The same from the files of a snapshot.
    ///
    /// # Errors
    /// As [`Self::make`].
    pub(crate) fn make_through(
        files: Snapshot,
        path: &Path,
        changes: &Changes,
        look: Look,
    ) -> Result<Self, SweepError> {
        let invalid = |problems| SweepError::Invalid { about: String::new(), problems };
        let mut file = sweep::load_through(&files, path).map_err(invalid)?;
        let replications = match changes.overrides.replications {
            Some(n) => Replications::Fixed(n),
            None => file.replications.clone(),
        };
        refuse_huge(&file, &replications, changes.yes)?;
        let sets = common_sets(&file, &changes.overrides);
        let loaded = load_all(&files, &file, &sets)?;
        let complaints = unknown::settle(&mut file, &loaded);
        unknown::name(&mut file, &loaded);
        let complain = |c: Vec<Complaint>| match c.is_empty() {
            true => Ok(()),
            false => Err(invalid(file.complaint(&c))),
        };
        complain(complaints)?;
        refuse_huge(&file, &replications, changes.yes)?;
        complain(unlike(&file, &loaded))?;
        let names: Vec<&str> = loaded.iter().map(|s| s.model.name.as_str()).collect();
        let (baseline, sources) =
            sources(&file, &sets, &loaded, &names).map_err(|c| invalid(file.complaint(&c)))?;
        let (mut measures, complaints) = measures(&file, &replications, &loaded)?;
        complain(complaints)?;
        let for_controls = changes.controls && !measures.iter().any(|m| m == ARRIVALS);
        measures.extend(for_controls.then(|| ARRIVALS.to_owned()));
        let points = design::points(&file.design, &file.axes, &file.constraints);
        if points.is_empty() {
            return Err(SweepError::Usage(format!(
                "no point is left: the constraints exclude all {}; loosen one of `constraints`, or widen an axis",
                points.left_out
            )));
        }
        let words = Words::common(loaded.iter().map(|s| &s.model.words));
        let entries = loaded
            .iter()
            .map(|s| ScenarioEntry {
                name: s.model.name.clone(),
                title: s.model.title.clone(),
                hash: s.hash.clone(),
            })
            .collect();
        let mut warnings: Vec<String> =
            loaded.iter().flat_map(|s| s.warnings.iter().map(ToString::to_string)).collect();
        warnings.dedup();
        let manifest = Manifest {
            for_controls,
            ..Manifest::of(&file, &words, entries, baseline, measures, &replications, &points)
        };
        let plan = Self {
            hash: manifest.hash(),
            measures: manifest.measures.iter().map(|m| split_path(m)).collect(),
            manifest,
            points,
            cases: OnceLock::new(),
            replications,
            warnings,
            controls: changes.controls,
            axes: std::mem::take(&mut file.axes),
            sources,
            independent: file.independent,
            files,
        };
        plan.look(&file, look)?;
        Ok(plan)
    }

    /// How many scenarios.
    pub(crate) fn scenarios(&self) -> usize {
        self.sources.len()
    }

    /// Whether any scenario has a pay table.
    pub(crate) fn have_pay(&self) -> bool {
        self.sources.iter().any(|s| s.pay)
    }

    /// What there is to simulate, by first point, then scenario.
    pub fn cases(&self) -> &[Case] {
        &self.found_cases().all
    }

    fn found_cases(&self) -> &PlanCases {
        self.cases.get_or_init(|| self.find_cases())
    }

    /// The case of a scenario at a point.
    pub(crate) fn case_of(&self, point: usize, scenario: usize) -> usize {
        self.found_cases().of[point * self.sources.len() + scenario] as usize
    }

    /// What is overridden in a scenario for these values of the axes.
    pub(crate) fn sets(&self, scenario: usize, row: &[f64]) -> Vec<String> {
        let mut out = self.sources[scenario].sets.clone();
        self.axis_sets(scenario, row, &mut |text| out.push(text));
        out
    }

    /// An axis' value as TOML for its target `i`, unless the scenario does not have it or stays as it is.
    pub(super) fn written(&self, scenario: usize, axis: &Axis, i: usize, value: f64) -> Option<String> {
        let target = &axis.targets[i];
        let name = &self.manifest.scenarios[scenario].name;
        if target.scenarios.as_ref().is_some_and(|l| !l.contains(name)) {
            return None;
        }
        match axis.quantiles.get(i) {
            None => Some(written(axis, target, value)),
            // At the base all numbers have theirs, although those may lie at different quantiles.
            Some(_) if axis.base == Some(value) => None,
            Some(number) => Some(number.value(value).to_string()),
        }
    }

    fn axis_sets(&self, scenario: usize, row: &[f64], take: &mut dyn FnMut(String)) {
        let source = &self.sources[scenario];
        for ((axis, applies), value) in self.axes.iter().zip(&source.axes).zip(row) {
            if *applies {
                for (i, target) in axis.targets.iter().enumerate() {
                    if let Some(text) = self.written(scenario, axis, i, *value) {
                        take(format!("{}={text}", target.path));
                    }
                }
            }
        }
        if self.independent {
            let text: String = row.iter().map(|x| format!("{:016x}", x.to_bits())).collect();
            let seed = mix(source.seed ^ name_key(&text)) >> 1;
            take(format!("run.seed={seed}"));
        }
    }

    /// A scenario with these values of the axes, whether or not the design has such a point.
    ///
    /// # Errors
    /// What makes it invalid.
    pub fn load(&self, scenario: usize, row: &[f64]) -> Result<Scenario, SweepError> {
        let sets = self.sets(scenario, row);
        let overrides = Overrides { sets, ..Overrides::default() };
        poolwise_scenario::load_through(&self.files, &self.sources[scenario].path, &overrides).map_err(
            |problems| SweepError::Invalid {
                about: format!("{} is not a valid scenario:", self.describe(scenario, row)),
                problems,
            },
        )
    }

    /// The scenario of a case.
    ///
    /// # Errors
    /// As [`Self::load`]; the message names the point.
    pub(crate) fn load_case(&self, case: usize) -> Result<Scenario, SweepError> {
        let Case { point, scenario, .. } = self.cases()[case];
        self.load(usize::from(scenario), self.points.row(point as usize)).map_err(|e| match e {
            SweepError::Invalid { about, problems } => {
                SweepError::Invalid { about: format!("point {point}: {about}"), problems }
            }
            other => other,
        })
    }

    /// A scenario and the values of the axes, for messages: `status-quo with a = 1 min, b = 2`.
    pub(crate) fn describe(&self, scenario: usize, row: &[f64]) -> String {
        let values: Vec<String> = self
            .manifest
            .axes
            .iter()
            .zip(row)
            .map(|(a, x)| {
                let unit = a.unit.as_ref().map_or_else(String::new, |u| format!(" {u}"));
                format!("{} = {}{unit}", a.name, a.show(*x))
            })
            .collect();
        format!("{} with {}", self.manifest.scenarios[scenario].name, values.join(", "))
    }

    /// Positions of the kept measures among those of a replication.
    pub(crate) fn positions(&self, keys: &[Key]) -> Vec<Option<usize>> {
        self.measures.iter().map(|m| keys.iter().position(|k| k.is(m))).collect()
    }

    /// Cases by id: the same scenario with the same overrides is one case.
    fn find_cases(&self) -> PlanCases {
        let most = self.points.len() * self.sources.len();
        let mut known = KnownIds::with_room(most);
        let (mut all, mut of) = (Vec::new(), Vec::with_capacity(most));
        let mut text = String::new();
        for point in 0..self.points.len() {
            for scenario in 0..self.sources.len() {
                text.clear();
                text.push_str(&self.sources[scenario].hash);
                self.axis_sets(scenario, self.points.row(point), &mut |set| {
                    text.push('\n');
                    text.push_str(&set);
                });
                let id =
                    Sha256::digest(text.as_bytes()).iter().take(16).fold(0, |id, b| id << 8 | u128::from(*b));
                let case = known.number(id);
                if case as usize == all.len() {
                    let id = (id >> 64) as u64;
                    all.push(Case { id, point: point as u32, scenario: scenario as u16 });
                }
                of.push(case);
            }
        }
        all.shrink_to_fit();
        PlanCases { all, of }
    }
}

/// An axis' value as TOML, for one of its paths.
fn written(axis: &Axis, target: &sweep::AxisTarget, value: f64) -> String {
    if let Some(word) = axis.words.get(value as usize) {
        return word.toml.clone();
    }
    let scaled = if target.times == 1.0 && target.plus == 0.0 {
        value
    } else {
        let x = round(value * target.times + target.plus);
        if axis.whole { x.round() } else { x }
    };
    match &axis.unit {
        Some(unit) => format!("\"{scaled} {unit}\""),
        None => scaled.to_string(),
    }
}
