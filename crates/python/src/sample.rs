//! Values alone, of many scenarios and replications: what the engine takes and little beside.

use crate::arrow::{Column, Table, failed};
use crate::error::{self, exception};
use crate::scenario::Scenario;
use crate::tables::path_of;
use crate::watch::{Running, here};
use poolwise_engine::Failure;
use poolwise_engine::model::Model;
use poolwise_study::measures::{Key, Rosters, Section, keys, split_path, values};
use poolwise_study::parallel::{Workers, ordered};
use poolwise_study::{Study, Watch, run_watched};
use pyo3::prelude::*;
use std::ops::ControlFlow;

/// The columns under way.
#[derive(Default)]
struct Rows {
    scenario: Vec<Option<String>>,
    replication: Vec<i64>,
    measure: Vec<Option<String>>,
    value: Vec<f64>,
}

impl Rows {
    fn push(&mut self, scenario: &str, replication: u32, measures: &[(usize, String)], values: &[f64]) {
        for ((_, measure), value) in measures.iter().zip(values) {
            self.scenario.push(Some(scenario.to_owned()));
            self.replication.push(i64::from(replication));
            self.measure.push(Some(measure.clone()));
            self.value.push(*value);
        }
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
    let named: Vec<Vec<Key>> = models.iter().map(|model| keys(model)).collect();
    let places: Vec<Vec<(usize, String)>> = named.iter().map(|all| positions(all, &wanted)).collect();
    let rosters: Vec<Rosters> = models.iter().map(|model| Rosters::of(model)).collect();
    for (path, text) in wanted.iter().zip(&measures) {
        if !named.iter().any(|all| all.iter().any(|key| key.is(path))) {
            return Err(exception(py, "PathError", &format!("no scenario has a measure `{text}`")));
        }
    }
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
            let all = values(models[i], &outcome, &rosters[i]);
            Ok::<_, Failure>(places[i].iter().map(|(at, _)| all[*at].value()).collect::<Vec<f64>>())
        };
        ordered(0..tasks.len(), Workers { threads, stopped: &stopped }, one, |t, values| match values {
            Ok(values) => {
                let (i, k) = tasks[t];
                rows.push(&models[i].name, k, &places[i], &values);
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

/// Positions and paths of the measures that are wanted of a model; of none named all of the whole scenario.
fn positions(all: &[Key], wanted: &[Vec<String>]) -> Vec<(usize, String)> {
    let told = |at: usize| (at, path_of(&all[at].parts()));
    if wanted.is_empty() {
        return (0..all.len()).filter(|at| all[*at].section == Section::Whole).map(told).collect();
    }
    wanted.iter().filter_map(|path| all.iter().position(|key| key.is(path)).map(told)).collect()
}
