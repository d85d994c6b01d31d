//! Between Python's values and those of TOML and JSON.

use crate::error::exception;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyBytes, PyDate, PyDateTime, PyDelta, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString,
    PyTime, PyTuple,
};
use toml::Value;

/// How deep dictionaries and lists may stand in each other: one that holds itself has no end.
const DEEPEST: usize = 64;

fn usage(py: Python<'_>, text: &str) -> PyErr {
    exception(py, "UsageError", text)
}

/// A Python value as TOML: dictionaries, lists and tuples, texts, numbers, truth values, dates, lengths of time, paths.
/// What other libraries have (NumPy, pandas, polars) is taken by what it turns into.
pub(crate) fn to_toml(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    within(value, 0)
}

fn within(value: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    let py = value.py();
    if depth > DEEPEST {
        return Err(usage(py, &format!("a value is more than {DEEPEST} levels deep, or holds itself")));
    }
    if let Ok(x) = value.cast::<PyBool>() {
        return Ok(Value::Boolean(x.is_true()));
    }
    if value.is_instance_of::<PyInt>() {
        return whole(value);
    }
    if let Ok(x) = value.cast::<PyFloat>() {
        return Ok(Value::Float(x.extract()?));
    }
    if let Ok(x) = value.cast::<PyString>() {
        return text(x).map(Value::String);
    }
    if let Some(time) = instant(value)? {
        return Ok(time);
    }
    if let Ok(table) = value.cast::<PyMapping>() {
        return mapping(table, depth);
    }
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        let items = value.try_iter()?.map(|item| within(&item?, depth + 1));
        return items.collect::<PyResult<_>>().map(Value::Array);
    }
    if value.is_none() {
        return Err(usage(py, "None is no value; leave the key out"));
    }
    other(value, depth)
}

/// Values of other libraries: arrays and their scalars as lists and numbers, paths as texts, else what Python takes for a
/// number.
fn other(value: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    for method in ["tolist", "to_list"] {
        if value.hasattr(method)? {
            let plain = value.call_method0(method)?;
            // An array of arrays would come back as it is.
            if !plain.get_type().is(value.get_type()) {
                return within(&plain, depth + 1);
            }
        }
    }
    if value.hasattr("__fspath__")? {
        return within(&value.call_method0("__fspath__")?, depth + 1);
    }
    if value.hasattr("__index__")? {
        return whole(&value.call_method0("__index__")?);
    }
    if value.hasattr("__float__")? {
        return Ok(Value::Float(value.call_method0("__float__")?.extract()?));
    }
    let kind = value.get_type().name()?.to_string();
    let more = if value.is_instance_of::<PyBytes>() { "; decode it" } else { "" };
    let text = format!(
        "a scenario holds texts, numbers, truth values, dates, lists and dictionaries; {kind} is none of them{more}"
    );
    Err(usage(value.py(), &text))
}

fn whole(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    value.extract::<i64>().map(Value::Integer).map_err(|e| {
        let py = value.py();
        if !e.is_instance_of::<PyOverflowError>(py) {
            return e;
        }
        // Python refuses to write out numbers of thousands of digits.
        let said = value.str().map_or_else(|_| "a longer one".to_owned(), |s| s.to_string());
        let said = if said.len() > 60 { format!("{}...", &said[..60]) } else { said };
        usage(py, &format!("whole numbers are from {} to {}, not {said}", i64::MIN, i64::MAX))
    })
}

fn text(value: &Bound<'_, PyString>) -> PyResult<String> {
    value.extract().map_err(|_| {
        usage(value.py(), &format!("a text has characters that are none (a surrogate): {}", quoted(value)))
    })
}

fn quoted(value: &Bound<'_, PyAny>) -> String {
    value.repr().map_or_else(|_| "it".to_owned(), |r| r.to_string_lossy().into_owned())
}

/// Dates and clock times as TOML has them, lengths of time as texts in seconds.
fn instant(value: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    let py = value.py();
    if value.is_instance_of::<PyDelta>() {
        let seconds: f64 = value.call_method0("total_seconds")?.extract()?;
        return Ok(Some(Value::String(format!("{seconds} s"))));
    }
    let is_instant = value.is_instance_of::<PyDateTime>()
        || value.is_instance_of::<PyDate>()
        || value.is_instance_of::<PyTime>();
    if !is_instant {
        return Ok(None);
    }
    let said: String = value.call_method0("isoformat")?.extract()?;
    let parsed = said.parse().map(Value::Datetime);
    parsed.map(Some).map_err(|_| usage(py, &format!("`{said}` is no date or time that a scenario can hold")))
}

fn mapping(table: &Bound<'_, PyMapping>, depth: usize) -> PyResult<Value> {
    let mut out = toml::Table::new();
    for item in table.items()?.iter() {
        let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
        let Ok(key) = key.cast::<PyString>() else {
            return Err(usage(
                table.py(),
                &format!("the keys of a scenario are texts, not {}", quoted(&key)),
            ));
        };
        // As in TOML, what is not there is not written.
        if !value.is_none() {
            out.insert(text(key)?, within(&value, depth + 1)?);
        }
    }
    Ok(Value::Table(out))
}

/// A value of TOML as Python's.
pub(crate) fn of_toml<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Boolean(x) => PyBool::new(py, *x).to_owned().into_any(),
        Value::Integer(x) => x.into_pyobject(py)?.into_any(),
        Value::Float(x) => PyFloat::new(py, *x).into_any(),
        Value::String(x) => PyString::new(py, x).into_any(),
        Value::Datetime(x) => PyString::new(py, &x.to_string()).into_any(),
        Value::Array(items) => {
            let items = items.iter().map(|x| of_toml(py, x)).collect::<PyResult<Vec<_>>>()?;
            PyList::new(py, items)?.into_any()
        }
        Value::Table(table) => of_table(py, table)?.into_any(),
    })
}

/// A table of TOML as a dictionary.
pub(crate) fn of_table<'py>(py: Python<'py>, table: &toml::Table) -> PyResult<Bound<'py, PyDict>> {
    let out = PyDict::new(py);
    for (key, value) in table {
        out.set_item(key, of_toml(py, value)?)?;
    }
    Ok(out)
}

/// A path of a scenario's value.
pub(crate) fn path_text(path: &Bound<'_, PyAny>) -> PyResult<String> {
    match path.cast::<PyString>() {
        Ok(path) => text(path),
        Err(_) => {
            let said = format!("paths are texts such as \"run.horizon\", not {}", quoted(path));
            Err(usage(path.py(), &said))
        }
    }
}

/// `path=value` with the value in TOML.
pub(crate) fn set(path: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<String> {
    let (py, path) = (path.py(), path_text(path)?);
    // It would end there, and the rest be taken for the value.
    if crate::error::end_of_path(&path) < path.len() {
        return Err(usage(py, &format!("a path has no `=` outside of quotes: {path}")));
    }
    if value.is_none() {
        return Err(usage(py, &format!("None is no value for `{path}`")));
    }
    Ok(format!("{path}={}", to_toml(value)?))
}

/// A value as the text of TOML.
pub(crate) fn value(value: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(to_toml(value)?.to_string())
}

/// Changes as `path=value`, in the order of the dictionary.
pub(crate) fn sets(values: &Bound<'_, PyDict>) -> PyResult<Vec<String>> {
    values.iter().map(|(path, value)| set(&path, &value)).collect()
}

/// The text of a scenario given as a dictionary.
#[pyfunction]
pub(crate) fn document(py: Python<'_>, table: &Bound<'_, PyAny>) -> PyResult<String> {
    toml::to_string(&to_toml(table)?).map_err(|e| usage(py, &e.to_string()))
}

/// A change as `path=value`.
#[pyfunction]
pub(crate) fn change(path: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<String> {
    set(path, value)
}

/// What a value in TOML is in Python.
#[pyfunction]
pub(crate) fn parsed<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    let found: toml::Table =
        format!("value = {text}").parse().map_err(|e: toml::de::Error| usage(py, &e.to_string()))?;
    of_toml(py, &found["value"])
}
