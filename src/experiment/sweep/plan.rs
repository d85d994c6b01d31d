//! From a sweep file to points and cases: what there is to simulate, under ids that stay the same.
//!
//! A *case* is one scenario with one set of overrides. Points at which a scenario is the same (since an axis
//! does not apply to it) share a case, so that nothing is simulated twice. A plan is a function of the sweep
//! file and the scenarios: every process of a sweep works it out by itself, and `plan.json` proves that they
//! agree.

use super::design::{self, Points};
use super::error::SweepError;
use super::manifest::{Manifest, ScenarioEntry};
use super::unknown;
use crate::experiment::measures::{Key, Section, keys, split_path};
use crate::model::Model;
use crate::random::{mix, name_key};
use crate::scenario::sweep::{self, Axis, Complaint, Replications, Spot, SweepFile, round};
use crate::scenario::{self, Overrides, Scenario, nearest, sha256};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Points that are taken without asking.
const MANY_POINTS: f64 = 20_000.0;
/// Replications that are taken without asking.
const MANY_REPLICATIONS: f64 = 1_000_000.0;
/// Points that memory can hold.
const MOST_POINTS: f64 = 20_000_000.0;

/// Changes to a sweep that the command line makes.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Scenario values at all points. They stand above the sweep file's, below its axes.
    pub overrides: Overrides,
    /// Whether a design of absurd size is meant.
    pub yes: bool,
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
pub struct Plan {
    /// Everything that results depend on.
    pub manifest: Manifest,
    /// SHA-256 of the manifest.
    pub hash: String,
    /// Values of the axes.
    pub points: Points,
    /// What there is to simulate, by first point, then scenario.
    pub cases: Vec<Case>,
    /// Replications asked for.
    pub replications: Replications,
    /// What is odd about the scenarios, in sentences.
    pub warnings: Vec<String>,
    measures: Vec<Vec<String>>,
    case_of: Vec<u32>,
    axes: Vec<Axis>,
    sources: Vec<Source>,
    independent: bool,
}

/// One scenario with one set of overrides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// Hash of the resolved scenario and the overrides, 128 bits.
    id: u128,
    /// First point that has it.
    pub point: u32,
    /// Scenario.
    pub scenario: u16,
}

impl Case {
    /// The id: sixteen hexadecimal digits.
    pub fn id(self) -> String {
        format!("{:016x}", (self.id >> 64) as u64)
    }
}

/// A scenario and what is changed in it at all points.
#[derive(Debug)]
struct Source {
    path: PathBuf,
    sets: Vec<String>,
    hash: String,
    seed: u64,
    /// Axes that apply to it.
    axes: Vec<bool>,
}

impl Plan {
    /// Plans the sweep of a file.
    ///
    /// # Errors
    /// What is wrong with the file, its scenarios, or the points looked at; a design of absurd size.
    pub fn make(path: &Path, changes: &Changes, look: Look) -> Result<Self, SweepError> {
        let invalid = |problems| SweepError::Invalid { about: String::new(), problems };
        let mut file = sweep::load(path).map_err(invalid)?;
        let replications = match changes.overrides.replications {
            Some(n) => Replications::Fixed(n),
            None => file.replications.clone(),
        };
        refuse_huge(&file, &replications, changes.yes)?;
        let sets = common_sets(&file, &changes.overrides);
        let loaded = load_all(&file, &sets)?;
        let complaints = unknown::settle(&mut file, &loaded);
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
        let (measures, complaints) = measures(&file, &replications, &loaded)?;
        complain(complaints)?;
        let points = design::points(&file.design, &file.axes, &file.constraints);
        if points.is_empty() {
            return Err(SweepError::Usage(format!(
                "no point is left: the constraints exclude all {}",
                points.left_out
            )));
        }
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
        let manifest = Manifest::of(&file, entries, baseline, measures, &replications, &points);
        let mut plan = Self {
            hash: sha256(manifest.json().as_bytes()),
            measures: manifest.measures.iter().map(|m| split_path(m)).collect(),
            manifest,
            points,
            cases: Vec::new(),
            case_of: Vec::new(),
            replications,
            warnings,
            axes: file.axes.clone(),
            sources,
            independent: file.independent,
        };
        plan.find_cases();
        plan.look(&file, look)?;
        Ok(plan)
    }

    /// How many scenarios.
    pub fn scenarios(&self) -> usize {
        self.sources.len()
    }

    /// The case of a scenario at a point.
    pub fn case_of(&self, point: usize, scenario: usize) -> usize {
        self.case_of[point * self.sources.len() + scenario] as usize
    }

    /// What is overridden in a scenario for these values of the axes.
    pub fn sets(&self, scenario: usize, row: &[f64]) -> Vec<String> {
        let mut out = self.sources[scenario].sets.clone();
        self.axis_sets(scenario, row, &mut |text| out.push(text));
        out
    }

    /// An axis' value as TOML for its target `i`, unless the scenario does not have it or stays as it is.
    fn written(&self, scenario: usize, axis: &Axis, i: usize, value: f64) -> Option<String> {
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
        scenario::load(&self.sources[scenario].path, &overrides).map_err(|problems| SweepError::Invalid {
            about: format!("{} is not a valid scenario:", self.describe(scenario, row)),
            problems,
        })
    }

    /// The scenario of a case.
    ///
    /// # Errors
    /// As [`Self::load`]; the message names the point.
    pub fn load_case(&self, case: usize) -> Result<Scenario, SweepError> {
        let Case { point, scenario, .. } = self.cases[case];
        self.load(usize::from(scenario), self.points.row(point as usize)).map_err(|e| match e {
            SweepError::Invalid { about, problems } => {
                SweepError::Invalid { about: format!("point {point}: {about}"), problems }
            }
            other => other,
        })
    }

    /// A scenario and the values of the axes, for messages: `status-quo with a = 1 min, b = 2`.
    pub fn describe(&self, scenario: usize, row: &[f64]) -> String {
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
    pub fn positions(&self, keys: &[Key]) -> Vec<Option<usize>> {
        self.measures.iter().map(|m| keys.iter().position(|k| k.is(m))).collect()
    }

    /// Cases by id: the same scenario with the same overrides is one case.
    fn find_cases(&mut self) {
        let mut known: HashMap<u128, u32> = HashMap::new();
        let mut text = String::new();
        for point in 0..self.points.len() {
            for scenario in 0..self.sources.len() {
                text.clear();
                text.push_str(&self.sources[scenario].hash);
                self.axis_sets(scenario, self.points.row(point), &mut |set| {
                    text.push('\n');
                    text.push_str(&set);
                });
                let id = u128::from_str_radix(&sha256(text.as_bytes())[..32], 16).unwrap_or(0);
                let next = self.cases.len() as u32;
                let case = *known.entry(id).or_insert(next);
                if case == next {
                    self.cases.push(Case { id, point: point as u32, scenario: scenario as u16 });
                }
                self.case_of.push(case);
            }
        }
    }

    /// Loads points before anything runs, to find those that are not valid.
    fn look(&self, file: &SweepFile, look: Look) -> Result<(), SweepError> {
        if look == Look::Scenarios {
            return Ok(());
        }
        let first = self.points.row(0);
        let mut tries: Vec<(usize, Vec<f64>)> = Vec::new();
        for scenario in 0..self.sources.len() {
            tries.push((scenario, first.to_vec()));
        }
        for (k, axis) in self.axes.iter().enumerate() {
            let values = || self.points.iter().map(|row| row[k]);
            let ends: Vec<f64> = if axis.words.is_empty() {
                vec![values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max)]
            } else {
                (0..axis.words.len()).map(|w| w as f64).collect()
            };
            for end in ends.into_iter().filter(|x| *x != first[k]) {
                let mut row = first.to_vec();
                row[k] = end;
                // Only points of the design need be valid, and constraints tell which those are.
                if !file.constraints.iter().all(|(c, _)| c.holds(&row)) {
                    continue;
                }
                for scenario in 0..self.sources.len() {
                    if self.sources[scenario].axes[k] {
                        tries.push((scenario, row.clone()));
                    }
                }
            }
        }
        let wrong = first_error(&tries, |(scenario, row)| self.load(*scenario, row).err());
        if let Some((i, error)) = wrong {
            return Err(self.blame(file, &tries[i], error));
        }
        if look == Look::All {
            let all: Vec<usize> = (0..self.cases.len()).collect();
            if let Some((_, error)) = first_error(&all, |case| self.load_case(*case).err()) {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Finds the axis whose path or value is to blame for a point that is not valid.
    fn blame(&self, file: &SweepFile, (scenario, row): &(usize, Vec<f64>), error: SweepError) -> SweepError {
        let source = &self.sources[*scenario];
        let name = &self.manifest.scenarios[*scenario].name;
        let mut complaints = Vec::new();
        let resolved =
            scenario::load(&source.path, &Overrides { sets: source.sets.clone(), ..Default::default() });
        let paths = resolved.map_or_else(|_| Vec::new(), |s| leaves(&s.resolved));
        for ((axis, applies), value) in file.axes.iter().zip(&source.axes).zip(row) {
            for (i, target) in axis.targets.iter().enumerate().filter(|_| *applies) {
                let Some(value) = self.written(*scenario, axis, i, *value) else { continue };
                let mut sets = source.sets.clone();
                sets.push(format!("{}={value}", target.path));
                let alone = scenario::load(&source.path, &Overrides { sets, ..Overrides::default() });
                let Err(problems) = alone else { continue };
                let Some(why) = problems.iter().next() else { continue };
                let hint = Some(why.hint()).filter(|h| !h.is_empty()).map(str::to_owned);
                let mut help: Vec<String> = hint.into_iter().chain(why.help.iter().cloned()).collect();
                let known = paths.iter().any(|p| *p == target.path);
                let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
                let near = nearest(&target.path, &paths).filter(|_| !known);
                let label = near.map_or_else(String::new, |n| format!("did you mean `{n}`?"));
                help.insert(0, format!("this is `{}={value}` in {name}", target.path));
                complaints.push(Complaint { spot: target.spot, message: why.message.clone(), label, help });
            }
        }
        if complaints.is_empty() {
            return error;
        }
        SweepError::Invalid { about: String::new(), problems: file.complaint(&complaints) }
    }
}

/// An axis' value as TOML, for one of its paths.
fn written(axis: &Axis, target: &sweep::Target, value: f64) -> String {
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

/// Refuses designs that are most likely a slip.
fn refuse_huge(file: &SweepFile, replications: &Replications, yes: bool) -> Result<(), SweepError> {
    let points = design::size(&file.design, &file.axes);
    let each = match replications {
        Replications::Fixed(n) => *n,
        Replications::Until(p) => p.at_most,
    };
    let all = points * file.scenarios.len() as f64 * f64::from(each);
    let levels = file
        .axes
        .iter()
        .filter_map(|a| a.levels.as_ref().map(|l| format!("{} {}", a.name, l.len())))
        .collect::<Vec<_>>()
        .join(" x ");
    let by = match file.design {
        sweep::Design::Grid => format!(" ({levels})"),
        _ => String::new(),
    };
    let size = format!(
        "the design has {points} points{by}, which is {all} replications of {} scenario{}",
        file.scenarios.len(),
        if file.scenarios.len() == 1 { "" } else { "s" }
    );
    if points > MOST_POINTS {
        return Err(SweepError::Usage(format!("{size}; at most {MOST_POINTS} points are possible")));
    }
    if (points > MANY_POINTS || all > MANY_REPLICATIONS) && !yes {
        return Err(SweepError::Huge { size });
    }
    Ok(())
}

/// What the sweep file and the command line set at all points, in that order.
fn common_sets(file: &SweepFile, overrides: &Overrides) -> Vec<String> {
    let mut sets: Vec<String> = file.sets.iter().map(|s| s.0.clone()).collect();
    sets.extend(overrides.sets.iter().cloned());
    sets.extend(overrides.seed.map(|s| format!("run.seed={s}")));
    sets.extend(overrides.horizon.as_ref().map(|h| format!("run.horizon={h}")));
    sets
}

fn load_all(file: &SweepFile, sets: &[String]) -> Result<Vec<Scenario>, SweepError> {
    let load =
        |path: &PathBuf| scenario::load(path, &Overrides { sets: sets.to_vec(), ..Overrides::default() });
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            file.scenarios.iter().map(|(path, _)| scope.spawn(move || load(path))).collect();
        threads.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
    });
    let mut out = Vec::new();
    for (result, (path, _)) in results.into_iter().zip(&file.scenarios) {
        match result {
            Ok(Ok(scenario)) => out.push(scenario),
            Ok(Err(problems)) => {
                let about = format!("{} is not a valid scenario:", path.display());
                return Err(SweepError::Invalid { about, problems });
            }
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
    Ok(out)
}

/// Scenarios with the same name, or whose requests cannot be paired.
fn unlike(file: &SweepFile, loaded: &[Scenario]) -> Vec<Complaint> {
    let mut out = Vec::new();
    let mut complain = |spot: Spot, message: String, help: &str| {
        out.push(Complaint { spot, message, label: String::new(), help: vec![help.to_owned()] });
    };
    for (i, scenario) in loaded.iter().enumerate() {
        let spot = file.scenarios[i].1;
        let name = &scenario.model.name;
        if loaded[..i].iter().any(|s| s.model.name == *name) {
            complain(spot, format!("another scenario is called `{name}` too"), "give it another `name`");
        }
        let (a, b) = (&loaded[0].model.run, &scenario.model.run);
        let differing = [
            ("run.seed", a.seed != b.seed),
            ("run.horizon", a.horizon != b.horizon),
            ("run.start or run.warm_up", (a.origin_unix, a.warm_up) != (b.origin_unix, b.warm_up)),
            ("run.target", a.target != b.target),
        ];
        if let Some((key, _)) = differing.iter().find(|(_, differs)| *differs) {
            complain(
                spot,
                format!(
                    "{name} differs from {} in {key}, so their requests cannot be paired",
                    loaded[0].model.name
                ),
                "set it for both in [set]",
            );
        }
    }
    out
}

/// The baseline's name, and each scenario with the axes that apply to it.
fn sources(
    file: &SweepFile,
    sets: &[String],
    loaded: &[Scenario],
    names: &[&str],
) -> Result<(String, Vec<Source>), Vec<Complaint>> {
    let mut complaints = Vec::new();
    let mut check = |name: &str, spot: Spot| {
        if !names.contains(&name) {
            let label = nearest(name, names).map_or_else(String::new, |n| format!("did you mean `{n}`?"));
            let help = vec![format!("the sweep's scenarios are {}", names.join(", "))];
            complaints.push(Complaint {
                spot,
                message: format!("no scenario is called `{name}`"),
                label,
                help,
            });
        }
    };
    if let Some((name, spot)) = &file.baseline {
        check(name, *spot);
    }
    for (name, spot) in file.axes.iter().filter_map(|a| a.scenarios.as_ref()).flatten() {
        check(name, *spot);
    }
    if !complaints.is_empty() {
        return Err(complaints);
    }
    let applies =
        |axis: &Axis, name: &str| axis.scenarios.as_ref().is_none_or(|l| l.iter().any(|s| s.0 == name));
    let out = loaded
        .iter()
        .zip(&file.scenarios)
        .map(|(s, (path, _))| Source {
            path: path.clone(),
            sets: sets.to_vec(),
            hash: s.hash.clone(),
            seed: s.model.run.seed,
            axes: file.axes.iter().map(|a| applies(a, &s.model.name)).collect(),
        })
        .collect();
    let first = names.first().copied().unwrap_or_default();
    let baseline = file.baseline.as_ref().map_or(first, |b| b.0.as_str());
    Ok((baseline.to_owned(), out))
}

/// The measures to keep, those that a precision asks for included, and complaints about those that no
/// scenario has.
fn measures(
    file: &SweepFile,
    replications: &Replications,
    loaded: &[Scenario],
) -> Result<(Vec<String>, Vec<Complaint>), SweepError> {
    let models: Vec<&Model> = loaded.iter().map(|s| &s.model).collect();
    let mut known: Vec<Key> = Vec::new();
    for model in models {
        let of_model =
            keys(model).map_err(|failure| SweepError::Engine { what: model.name.clone(), failure })?;
        known.extend(of_model);
    }
    known.sort();
    known.dedup();
    let mut wanted: Vec<(String, Option<Spot>)> =
        file.measures.iter().map(|(m, s)| (m.clone(), Some(*s))).collect();
    if wanted.is_empty() {
        let whole = keys(&loaded[0].model).unwrap_or_default();
        wanted.extend(whole.into_iter().filter(|k| k.section == Section::Whole).map(|k| (k.name, None)));
    }
    if let Replications::Until(p) = replications {
        wanted.extend(p.measures.iter().map(|(m, s)| (m.clone(), Some(*s))));
    }
    let mut out: Vec<String> = Vec::new();
    let mut complaints = Vec::new();
    let paths: Vec<String> = known.iter().map(|k| k.parts().join(".")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    for (name, spot) in wanted {
        let parts = split_path(&name);
        if let Some(spot) = spot
            && !known.iter().any(|k| k.is(&parts))
        {
            let label = nearest(&name, &paths).map_or_else(String::new, |n| format!("did you mean `{n}`?"));
            complaints.push(Complaint {
                spot,
                message: format!("no scenario has a measure `{name}`"),
                label,
                help: vec![
                    "measures are `utilization` and the like for the whole scenario, or `centre.<name>.utilization`, \
                     `class.<name>.lost_share`, ...: see docs/output.md"
                        .to_owned(),
                ],
            });
        }
        if !out.contains(&name) {
            out.push(name);
        }
    }
    Ok((out, complaints))
}

/// The first error in the order of the items, found on all processors.
fn first_error<T: Sync, E: Send>(items: &[T], test: impl Fn(&T) -> Option<E> + Sync) -> Option<(usize, E)> {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(items.len());
    let mut found: Vec<(usize, E)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut found = Vec::new();
                    loop {
                        let i = next.fetch_add(1, Ordering::Relaxed);
                        let Some(item) = items.get(i) else { break };
                        if let Some(e) = test(item) {
                            found.push((i, e));
                            // Those before it are under way already; later ones do not matter.
                            next.store(items.len(), Ordering::Relaxed);
                        }
                    }
                    found
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|w| w.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    found.sort_by_key(|f| f.0);
    found.into_iter().next()
}

/// All paths of a resolved scenario that lead to a value.
fn leaves(table: &toml::Table) -> Vec<String> {
    fn walk(prefix: &str, value: &toml::Value, out: &mut Vec<String>) {
        let join = |key: &str| {
            let bare =
                !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
            let key = if bare { key.to_owned() } else { format!("\"{key}\"") };
            if prefix.is_empty() { key } else { format!("{prefix}.{key}") }
        };
        match value {
            toml::Value::Table(t) => t.iter().for_each(|(k, v)| walk(&join(k), v, out)),
            toml::Value::Array(a) if a.iter().any(toml::Value::is_table) => {
                a.iter().enumerate().for_each(|(i, v)| walk(&join(&i.to_string()), v, out));
            }
            _ => out.push(prefix.to_owned()),
        }
    }
    let mut out = Vec::new();
    table.iter().filter(|(k, _)| *k != "derived").for_each(|(k, v)| {
        walk(&if k.contains([' ', '.']) { format!("\"{k}\"") } else { k.clone() }, v, &mut out);
    });
    out
}
