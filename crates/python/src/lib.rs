//! The extension module `poolwise._core`: what the Python package `poolwise` is made of.
//!
//! The package (`python/poolwise`) has the names, types and docstrings that people use; here is what has to be Rust: a
//! [`scenario`] that was read, a study's [`results`], tables for [`arrow`], [`theory`] over arrays. Everything that
//! takes time lets go of the interpreter lock and asks it now and then whether Ctrl-C was pressed ([`watch`]).
#![warn(missing_docs)]

mod arrow;
mod convert;
mod error;
mod html;
mod outcome;
mod results;
mod scenario;
mod study;
mod tables;
mod theory;
mod watch;

use pyo3::prelude::*;

/// What the package is made of; use `poolwise` itself.
#[pymodule]
#[pyo3(name = "_core")]
fn core(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    m.add_class::<scenario::Scenario>()?;
    m.add_class::<results::Results>()?;
    m.add_class::<outcome::Outcome>()?;
    m.add_class::<arrow::Table>()?;
    m.add_function(wrap_pyfunction!(study::run, m)?)?;
    m.add_function(wrap_pyfunction!(convert::document, m)?)?;
    m.add_function(wrap_pyfunction!(theory::over, m)?)?;
    Ok(())
}
