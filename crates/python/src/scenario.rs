//! A scenario that was read: always a valid one, never changed in place.

use crate::convert::{of_table, of_toml, path_text, sets};
use crate::error::{exception, fields, invalid};
use crate::watch::leave;
use poolwise_report::staffing::StaffingFigures;
use poolwise_report::table;
use poolwise_scenario::{Overrides, Snapshot, nearest};
use poolwise_study::measures::split_path;
use poolwise_study::study::json;
use poolwise_study::{Loaded, Oracle, oracle};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::json as value;
use std::path::PathBuf;

/// A scenario that was read.
#[pyclass(frozen, module = "poolwise._core")]
pub struct Scenario(pub Loaded);

#[pymethods]
impl Scenario {
    /// Reads a file, with other values in the order of the dictionary.
    #[staticmethod]
    fn read(py: Python<'_>, path: PathBuf, values: &Bound<'_, PyDict>) -> PyResult<Self> {
        Self::through(py, &Snapshot::default(), path, values)
    }

    /// Reads a text as if it stood in a file of that name; other files that it mentions are looked up on the disk.
    #[staticmethod]
    fn of_text(py: Python<'_>, text: String, path: PathBuf, values: &Bound<'_, PyDict>) -> PyResult<Self> {
        let files = Snapshot::with([(path.clone(), text.into())].into());
        Self::through(py, &files, path, values)
    }

    /// The scenario with other values, in the order of the dictionary.
    fn changed(&self, py: Python<'_>, values: &Bound<'_, PyDict>) -> PyResult<Self> {
        let sets = sets(values)?;
        let again = py.detach(|| self.0.changed(&sets));
        again.map(Self).map_err(|e| invalid(py, &[e], self.0.files()))
    }

    /// The value at a path, as read: defaults included, in canonical units.
    fn get<'py>(&self, py: Python<'py>, path: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let path = path_text(path)?;
        let mut here: &toml::Value = &toml::Value::Table(toml::Table::new());
        let mut table = Some(&self.0.scenario.resolved);
        let parts = split_path(&path);
        for (i, part) in parts.iter().enumerate() {
            let found = match (table, here) {
                (Some(table), _) => table.get(part),
                (None, toml::Value::Array(list)) => part.parse::<usize>().ok().and_then(|i| list.get(i)),
                _ => None,
            };
            let Some(found) = found else {
                let names: Vec<&str> =
                    table.map_or_else(Vec::new, |t| t.keys().map(String::as_str).collect());
                let near =
                    nearest(part, &names).map_or_else(String::new, |n| format!("; did you mean `{n}`?"));
                let before =
                    if i == 0 { "the scenario".to_owned() } else { format!("`{}`", parts[..i].join(".")) };
                return Err(exception(py, "PathError", &format!("{before} has no `{part}`{near}")));
            };
            here = found;
            table = found.as_table();
        }
        of_toml(py, here)
    }

    /// All values, as read.
    fn resolved<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        of_table(py, &self.0.scenario.resolved)
    }

    /// The same as TOML.
    fn text(&self, py: Python<'_>) -> PyResult<String> {
        toml::to_string(&self.0.scenario.resolved).map_err(|e| exception(py, "RunError", &e.to_string()))
    }

    /// Changes since it was read, `path=value` each.
    #[getter]
    fn changes(&self) -> Vec<String> {
        self.0.overrides().sets.clone()
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        &self.0.scenario.model.name
    }

    /// One line on it.
    #[getter]
    fn title(&self) -> &str {
        &self.0.scenario.model.title
    }

    /// Its free text.
    #[getter]
    fn description(&self) -> &str {
        &self.0.scenario.description
    }

    /// SHA-256 of its values.
    #[getter]
    fn hash(&self) -> &str {
        &self.0.scenario.hash
    }

    /// Its file, or what stands for it.
    #[getter]
    fn path(&self) -> PathBuf {
        self.0.path.clone()
    }

    /// Replications that a run takes, at most.
    #[getter]
    fn replications(&self) -> u32 {
        let run = &self.0.scenario.model.run;
        run.replications.max(run.precision.as_ref().map_or(0, |p| p.max_replications))
    }

    /// Paths of its uncertain numbers.
    #[getter]
    fn uncertain(&self) -> Vec<String> {
        self.0.scenario.uncertain.iter().map(|u| u.path.clone()).collect()
    }

    /// What is odd about it.
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        self.0.scenario.warnings.iter().map(|d| fields(py, d, self.0.files())).collect()
    }

    /// Staffing and expected load without a run: as JSON, and as the command prints it.
    fn check(&self, py: Python<'_>, theory: bool) -> PyResult<(String, String)> {
        let model = self.0.scenario.model.clone();
        let work =
            move || (StaffingFigures::of(&model), if theory { oracle(&model) } else { Oracle::default() });
        let (staffing, oracle) = leave(py, work)?;
        let text = table::check(&staffing, &oracle, table::TableLook::default().width);
        let document = json(&value!({ "staffing": staffing, "oracle": oracle }));
        document.map(|d| (d, text)).map_err(|e| exception(py, "RunError", &e.to_string()))
    }
}

impl Scenario {
    fn through(
        py: Python<'_>,
        files: &Snapshot,
        path: PathBuf,
        values: &Bound<'_, PyDict>,
    ) -> PyResult<Self> {
        let overrides = Overrides { sets: sets(values)?, ..Overrides::default() };
        let loaded = py.detach(|| Loaded::read(files, &path, &overrides));
        loaded.map(Self).map_err(|e| invalid(py, &[e], files))
    }
}
