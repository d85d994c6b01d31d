//! Values alone, of many scenarios and replications: what the engine takes and little beside.

use crate::arrow::{Column, Table, failed};
use crate::error::{self, exception};
use crate::scenario::Scenario;
use crate::tables::path_of;
use crate::watch::{Running, here};
use poolwise_engine::model::Model;
use poolwise_engine::{Failure, Outcome};
use poolwise_study::measures::{Key, Rosters, Section, keys, split_path, value_at, values};
use poolwise_study::parallel::{Workers, ordered};
use poolwise_study::{Study, Watch, run_watched};
use pyo3::prelude::*;
use std::ops::ControlFlow;
use std::sync::OnceLock;

/// The columns under way.
#[derive(Default)]
struct Rows {
    scenario: Vec<Option<String>>,
    replication: Vec<i64>,
    measure: Vec<Option<String>>,
    value: Vec<f64>,
}

impl Rows {
    fn push(&mut self, scenario: &str, replication: u32, measures: &[String], values: &[f64]) {
        for (measure, value) in measures.iter().zip(values) {
            self.scenario.push(Some(scenario.to_owned()));
            self.replication.push(i64::from(replication));
            self.measure.push(Some(measure.clone()));
            self.value.push(*value);
        }
    }
}

/// So many measures are looked up one by one: all of a model's hundreds cost more than a short run of it.
const FEW: usize = 16;

/// The measures wanted of a model, worked out with its first replication.
struct Columns<'a> {
    wanted: &'a [Vec<String>],
    names: OnceLock<Vec<String>>,
    /// Where they stand among all measures, and what these take: where many are wanted, or all of the whole scenario.
    among: OnceLock<(Vec<usize>, Rosters)>,
}

impl<'a> Columns<'a> {
    fn of(wanted: &'a [Vec<String>]) -> Self {
        Self { wanted, names: OnceLock::new(), among: OnceLock::new() }
    }

    fn few(&self) -> bool {
        (1..=FEW).contains(&self.wanted.len())
    }

    fn among(&self, model: &Model) -> &(Vec<usize>, Rosters) {
        self.among.get_or_init(|| {
            let all = keys(model);
            let places = match self.wanted {
                [] => (0..all.len()).filter(|at| all[*at].section == Section::Whole).collect(),
                wanted => wanted.iter().filter_map(|path| all.iter().position(|key| key.is(path))).collect(),
            };
            (places, Rosters::of(model))
        })
    }

    /// Paths of those that the model has.
    fn names(&self, model: &Model) -> &[String] {
        self.names.get_or_init(|| {
            let told = |key: &Key| path_of(&key.parts());
            if self.few() {
                let empty = Outcome::empty(model);
                let found = self.wanted.iter().filter_map(|path| value_at(model, &empty, path));
                return found.map(|(key, _)| told(&key)).collect();
            }
            let all = keys(model);
            self.among(model).0.iter().map(|at| told(&all[*at])).collect()
        })
    }

    /// Their values in a replication.
    fn values(&self, model: &Model, outcome: &Outcome) -> Vec<f64> {
        if self.few() {
            let found = self.wanted.iter().filter_map(|path| value_at(model, outcome, path));
            return found.map(|(_, value)| value.value()).collect();
        }
        let (places, rosters) = self.among(model);
        let all = values(model, outcome, rosters);
        places.iter().map(|at| all[*at].value()).collect()
    }
}

/// Simulates all replications of all scenarios on all threads, and gives the values of some measures (all of the whole
/// scenario where none is named), in the order of scenarios and replications. What was raised on the way comes back beside
/// what was finished before.
#[pyfunction]
pub(crate) fn sample(
    py: Python<'_>,
    scenarios: Vec<Py<Scenario>>,
    measures: Vec<String>,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(Table, bool, Option<PyErr>)> {
    // A study refuses two of one name.
    let study = Study::of(scenarios.iter().map(|s| s.get().0.clone())).map_err(|e| error::study(py, &e))?;
    let models: Vec<&Model> = study.scenarios().iter().map(|s| &s.model).collect();
    let wanted: Vec<Vec<String>> = measures.iter().map(|m| split_path(m)).collect();
    for (path, text) in wanted.iter().zip(&measures) {
        let has = |model: &&Model| value_at(model, &Outcome::empty(model), path).is_some();
        if !models.iter().any(has) {
            return Err(exception(py, "PathError", &format!("no scenario has a measure `{text}`")));
        }
    }
    let columns: Vec<Columns<'_>> = models.iter().map(|_| Columns::of(&wanted)).collect();
    let tasks: Vec<(usize, u32)> = models
        .iter()
        .enumerate()
        .flat_map(|(i, model)| (0..model.run.replications).map(move |k| (i, k)))
        .collect();
    let running = Running::new(tasks.len() as u64, None, None).on_this_thread(progress);
    let (found, raised) = here(py, &running, || {
        let (mut rows, mut failure, mut done) = (Rows::default(), None, 0);
        let stopped = || running.stopped();
        let one = |t: usize| {
            let (i, k) = tasks[t];
            let outcome = run_watched(models[i], k, false, &running)?;
            running.replication_done(outcome.requests);
            Ok::<_, Failure>(columns[i].values(models[i], &outcome))
        };
        ordered(0..tasks.len(), Workers { threads, stopped: &stopped }, one, |t, values| match values {
            Ok(values) => {
                let (i, k) = tasks[t];
                rows.push(&models[i].name, k, columns[i].names(models[i]), &values);
                done += 1;
                ControlFlow::Continue(())
            }
            Err(e) => {
                failure = (e != Failure::Stopped).then(|| format!("{}: {e}", models[tasks[t].0].name));
                ControlFlow::Break(())
            }
        });
        (rows, failure, done == tasks.len())
    });
    let (rows, failure, complete) = found;
    if let Some(why) = failure {
        return Err(exception(py, "RunError", &why));
    }
    let table = Table::of(vec![
        ("scenario", Column::Texts(rows.scenario)),
        ("replication", Column::Whole(rows.replication)),
        ("measure", Column::Texts(rows.measure)),
        ("value", Column::Numbers(rows.value)),
    ]);
    Ok((table.map_err(|e| failed(py, &e))?, complete, raised))
}
