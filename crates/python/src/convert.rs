//! Between Python's values and those of TOML and JSON.

use crate::error::exception;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use toml::Value;

/// A Python value as TOML: dictionaries, lists and tuples, texts, numbers, truth values. Numbers of NumPy and the like
/// are taken by what they turn into.
pub fn to_toml(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    let py = value.py();
    if let Ok(x) = value.cast::<PyBool>() {
        return Ok(Value::Boolean(x.is_true()));
    }
    if let Ok(x) = value.cast::<PyInt>() {
        return Ok(Value::Integer(x.extract()?));
    }
    if let Ok(x) = value.cast::<PyFloat>() {
        return Ok(Value::Float(x.extract()?));
    }
    if let Ok(x) = value.cast::<PyString>() {
        return Ok(Value::String(x.extract()?));
    }
    if let Ok(table) = value.cast::<PyDict>() {
        let mut out = toml::Table::new();
        for (key, value) in table.iter() {
            let key: String = key.extract().map_err(|_| {
                exception(py, "UsageError", &format!("the keys of a scenario are texts, not {key}"))
            })?;
            // As in TOML, what is not there is not written.
            if !value.is_none() {
                out.insert(key, to_toml(&value)?);
            }
        }
        return Ok(Value::Table(out));
    }
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        return value.try_iter()?.map(|item| to_toml(&item?)).collect::<PyResult<_>>().map(Value::Array);
    }
    if let Ok(x) = value.call_method0("__index__") {
        return Ok(Value::Integer(x.extract()?));
    }
    if let Ok(x) = value.call_method0("__float__") {
        return Ok(Value::Float(x.extract()?));
    }
    let kind = value.get_type().name()?.to_string();
    let text = format!(
        "a scenario holds texts, numbers, truth values, lists and dictionaries; {kind} is none of them"
    );
    Err(exception(py, "UsageError", &text))
}

/// A value of TOML as Python's.
pub fn of_toml<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
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
pub fn of_table<'py>(py: Python<'py>, table: &toml::Table) -> PyResult<Bound<'py, PyDict>> {
    let out = PyDict::new(py);
    for (key, value) in table {
        out.set_item(key, of_toml(py, value)?)?;
    }
    Ok(out)
}

/// `path=value` with the value in TOML.
pub fn set(path: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(format!("{path}={}", to_toml(value)?))
}

/// The text of a scenario given as a dictionary.
#[pyfunction]
pub fn document(py: Python<'_>, table: &Bound<'_, PyDict>) -> PyResult<String> {
    toml::to_string(&to_toml(table)?).map_err(|e| exception(py, "UsageError", &e.to_string()))
}

/// A value as TOML.
#[pyfunction]
pub fn literal(value: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(to_toml(value)?.to_string())
}
