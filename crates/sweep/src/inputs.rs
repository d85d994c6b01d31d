//! What a plan takes from the scenarios: their hashes, the axes that apply to them, the measures they have.

use super::design;
use super::error::SweepError;
use poolwise_engine::model::Model;
use poolwise_scenario::sweep::{self, Axis, AxisSpot, Complaint, Replications, SweepFile};
use poolwise_scenario::{self, Overrides, Scenario, Snapshot, nearest};
use poolwise_study::measures::{Key, Section, keys, split_path};
use poolwise_study::pairing::differing_key;
use poolwise_study::parallel;
use std::path::PathBuf;

/// Points that are taken without asking.
const MANY_POINTS: f64 = 20_000.0;
/// Replications that are taken without asking.
const MANY_REPLICATIONS: f64 = 1_000_000.0;
/// Points that memory can hold.
const MOST_POINTS: f64 = 20_000_000.0;
/// Most pairs of a point and a scenario: they are numbered with 32 bits, and each takes some bytes of memory.
const MOST_CASES: f64 = 200_000_000.0;
/// Most scenarios: they are numbered with sixteen bits.
const MOST_SCENARIOS: usize = 65_535;

/// A scenario and what is changed in it at all points.
#[derive(Debug)]
pub(crate) struct BaseScenario {
    pub path: PathBuf,
    pub sets: Vec<String>,
    pub hash: String,
    pub seed: u64,
    /// Axes that apply to it.
    pub axes: Vec<bool>,
    /// Whether it has a pay table.
    pub pay: bool,
}

/// Refuses designs that are most likely a slip.
pub(crate) fn refuse_huge(
    file: &SweepFile,
    replications: &Replications,
    yes: bool,
) -> Result<(), SweepError> {
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
    let scenarios = file.scenarios.len();
    let allowed = if points > MOST_POINTS {
        Some(format!("at most {MOST_POINTS} points are possible"))
    } else if scenarios > MOST_SCENARIOS {
        Some(format!("at most {MOST_SCENARIOS} scenarios are possible"))
    } else if points * scenarios as f64 > MOST_CASES {
        Some(format!("at most {MOST_CASES} points, scenario by scenario, are possible"))
    } else {
        None
    };
    if let Some(allowed) = allowed {
        let complaint =
            Complaint { spot: file.design_spot, message: size, label: String::new(), help: vec![allowed] };
        return Err(SweepError::Invalid { about: String::new(), problems: file.complaint(&[complaint]) });
    }
    if (points > MANY_POINTS || all > MANY_REPLICATIONS) && !yes {
        return Err(SweepError::Huge { size });
    }
    Ok(())
}

/// What the sweep file and the command line set at all points, in that order.
pub(crate) fn common_sets(file: &SweepFile, overrides: &Overrides) -> Vec<String> {
    let mut sets: Vec<String> = file.sets.iter().map(|s| s.0.clone()).collect();
    sets.extend(overrides.sets.iter().cloned());
    sets.extend(overrides.seed.map(|s| format!("run.seed={s}")));
    sets.extend(overrides.horizon.as_ref().map(|h| format!("run.horizon={h}")));
    sets
}

pub(crate) fn load_all(
    files: &Snapshot,
    file: &SweepFile,
    sets: &[String],
) -> Result<Vec<Scenario>, SweepError> {
    let load = |i: usize| {
        let overrides = Overrides { sets: sets.to_vec(), ..Overrides::default() };
        poolwise_scenario::load_through(files, &file.scenarios[i].0, &overrides)
    };
    let results = parallel::all(file.scenarios.len(), None, load);
    let mut out = Vec::new();
    for (result, (path, _)) in results.into_iter().zip(&file.scenarios) {
        match result {
            Ok(scenario) => out.push(scenario),
            Err(problems) => {
                let about = format!("{} is not a valid scenario:", path.display());
                return Err(SweepError::Invalid { about, problems });
            }
        }
    }
    Ok(out)
}

/// Scenarios with the same name, or whose requests cannot be paired.
pub(crate) fn unlike(file: &SweepFile, loaded: &[Scenario]) -> Vec<Complaint> {
    let mut out = Vec::new();
    let mut complain = |spot: AxisSpot, message: String, help: &str| {
        out.push(Complaint { spot, message, label: String::new(), help: vec![help.to_owned()] });
    };
    for (i, scenario) in loaded.iter().enumerate() {
        let spot = file.scenarios[i].1;
        let name = &scenario.model.name;
        if loaded[..i].iter().any(|s| s.model.name == *name) {
            complain(spot, format!("another scenario is called `{name}` too"), "give it another `name`");
        }
        if let Some(key) = differing_key(&loaded[0].model, &scenario.model) {
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
pub(crate) fn sources(
    file: &SweepFile,
    sets: &[String],
    loaded: &[Scenario],
    names: &[&str],
) -> Result<(String, Vec<BaseScenario>), Vec<Complaint>> {
    let mut complaints = Vec::new();
    let mut check = |name: &str, spot: AxisSpot| {
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
        .map(|(s, (path, _))| BaseScenario {
            path: path.clone(),
            sets: sets.to_vec(),
            hash: s.hash.clone(),
            seed: s.model.run.seed,
            axes: file.axes.iter().map(|a| applies(a, &s.model.name)).collect(),
            pay: s.pay.is_some(),
        })
        .collect();
    let first = names.first().copied().unwrap_or_default();
    let baseline = file.baseline.as_ref().map_or(first, |b| b.0.as_str());
    Ok((baseline.to_owned(), out))
}

/// The measures to keep, those that a precision asks for included, and complaints about those that no
/// scenario has.
pub(crate) fn measures(
    file: &SweepFile,
    replications: &Replications,
    loaded: &[Scenario],
) -> Result<(Vec<String>, Vec<Complaint>), SweepError> {
    let models: Vec<&Model> = loaded.iter().map(|s| &s.model).collect();
    let mut known: Vec<Key> = Vec::new();
    for model in models {
        known.extend(keys(model));
    }
    known.sort();
    known.dedup();
    let mut wanted: Vec<(String, Option<AxisSpot>)> =
        file.measures.iter().map(|(m, s)| (m.clone(), Some(*s))).collect();
    if wanted.is_empty() {
        let whole = keys(&loaded[0].model);
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
