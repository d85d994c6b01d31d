//! Looks at points before anything runs, and finds who is to blame for those that are not valid.

use super::error::SweepError;
use super::plan::{Look, SweepPlan};
use poolwise_scenario::sweep::{Complaint, SweepFile};
use poolwise_scenario::{self, Overrides, nearest};
use poolwise_study::parallel;

impl SweepPlan {
    /// Loads points before anything runs, to find those that are not valid.
    pub(super) fn look(&self, file: &SweepFile, look: Look) -> Result<(), SweepError> {
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
        let wrong =
            parallel::first_error(tries.len(), None, |i| self.load(tries[i].0, &tries[i].1).map(drop));
        if let Some((i, error)) = wrong {
            return Err(self.blame(file, &tries[i], error));
        }
        if look == Look::All {
            let load = |case| self.load_case(case).map(drop);
            if let Some((_, error)) = parallel::first_error(self.cases().len(), None, load) {
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
        let resolved = poolwise_scenario::load_through(
            &self.files,
            &source.path,
            &Overrides { sets: source.sets.clone(), ..Default::default() },
        );
        let paths = resolved.map_or_else(|_| Vec::new(), |s| leaves(&s.resolved));
        for ((axis, applies), value) in self.axes.iter().zip(&source.axes).zip(row) {
            for (i, target) in axis.targets.iter().enumerate().filter(|_| *applies) {
                let Some(value) = self.written(*scenario, axis, i, *value) else { continue };
                let mut sets = source.sets.clone();
                sets.push(format!("{}={value}", target.path));
                let alone = poolwise_scenario::load_through(
                    &self.files,
                    &source.path,
                    &Overrides { sets, ..Overrides::default() },
                );
                let Err(problems) = alone else { continue };
                let Some(why) = problems.iter().next() else { continue };
                let hint = Some(why.hint()).filter(|h| !h.is_empty()).map(str::to_owned);
                let mut help: Vec<String> = hint.into_iter().chain(why.help.iter().cloned()).collect();
                let known = paths.contains(&target.path);
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

/// All paths of a resolved scenario that lead to a value.
fn leaves(table: &toml::Table) -> Vec<String> {
    fn walk(prefix: &str, value: &toml::Value, out: &mut Vec<String>) {
        let join = |key: &str| {
            let bare =
                !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
            let key = if bare { key.to_owned() } else { format!("\"{key}\"") };
            if prefix.is_empty() { key } else { format!("{prefix}.{key}") }
        };
        // An uncertain number is one value.
        let uncertain = |t: &toml::Table| t.contains_key("base") && t.len() > 1;
        match value {
            toml::Value::Table(t) if uncertain(t) => out.push(prefix.to_owned()),
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
