//! Tables that leave by the Arrow C stream interface, without a copy and without a library on the other side.

use crate::error::exception;
use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, RecordBatchIterator, StringArray,
};
use arrow_schema::{ArrowError, DataType, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList};
use std::sync::Arc;

/// A table of columns of one length.
#[pyclass(frozen, module = "poolwise._core")]
pub struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

/// A column under way.
pub enum Column {
    /// Texts, of which some may be missing.
    Texts(Vec<Option<String>>),
    /// Numbers; what is undefined is missing.
    Numbers(Vec<f64>),
    /// Whole numbers.
    Whole(Vec<i64>),
    /// Truth values.
    Truths(Vec<bool>),
}

impl Column {
    fn array(self) -> ArrayRef {
        match self {
            Self::Texts(values) => Arc::new(StringArray::from(values)),
            Self::Numbers(values) => {
                // A zero has no sign, as in files.
                let known = |x: f64| (!x.is_nan()).then_some(x + 0.0);
                Arc::new(values.into_iter().map(known).collect::<Float64Array>())
            }
            Self::Whole(values) => Arc::new(Int64Array::from(values)),
            Self::Truths(values) => Arc::new(BooleanArray::from(values)),
        }
    }
}

impl Table {
    /// A table of these columns.
    pub fn of(columns: Vec<(&str, Column)>) -> Result<Self, ArrowError> {
        Self::named(columns.into_iter().map(|(name, column)| (name.to_owned(), column)).collect())
    }

    /// The same with names that are not known beforehand.
    pub fn named(columns: Vec<(String, Column)>) -> Result<Self, ArrowError> {
        let columns = columns.into_iter().map(|(name, column)| (name, column.array()));
        let batch = RecordBatch::try_from_iter(columns)?;
        Ok(Self { schema: batch.schema(), batches: vec![batch] })
    }

    fn column_at(&self, py: Python<'_>, name: &str) -> PyResult<usize> {
        self.schema.index_of(name).map_err(|_| {
            let names: Vec<&str> = self.schema.fields().iter().map(|f| f.name().as_str()).collect();
            let text = format!("there is no column `{name}`; there are {}", names.join(", "));
            exception(py, "PathError", &text)
        })
    }
}

#[pymethods]
impl Table {
    /// The capsule of Arrow's PyCapsule interface; the schema asked for is not minded, as the interface allows.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let batches: Vec<Result<RecordBatch, ArrowError>> = self.batches.iter().cloned().map(Ok).collect();
        let reader = RecordBatchIterator::new(batches, Arc::clone(&self.schema));
        let stream = FFI_ArrowArrayStream::new(Box::new(reader));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }

    /// Names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|f| f.name().clone()).collect()
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// A column as a list; `None` where a value is missing.
    fn column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyList>> {
        let at = self.column_at(py, name)?;
        let out = PyList::empty(py);
        for batch in &self.batches {
            let array = batch.column(at);
            for i in 0..array.len() {
                if array.is_null(i) {
                    out.append(py.None())?;
                    continue;
                }
                match array.data_type() {
                    DataType::Float64 => out.append(array.as_primitive::<Float64Type>().value(i))?,
                    DataType::Int64 => out.append(array.as_primitive::<Int64Type>().value(i))?,
                    DataType::Boolean => out.append(array.as_boolean().value(i))?,
                    _ => out.append(array.as_string::<i32>().value(i))?,
                }
            }
        }
        Ok(out)
    }
}

/// An error of Arrow's as an exception.
pub(crate) fn failed(py: Python<'_>, e: &ArrowError) -> PyErr {
    exception(py, "RunError", &e.to_string())
}
