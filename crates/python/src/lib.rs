//! The extension module `poolwise._core`: what the Python package `poolwise` is made of.
//!
//! The package (`python/poolwise`) has the names, types and docstrings that people use; here is what has to be Rust: a
//! `scenario` that was read, a study's `results`, tables for `arrow`, `theory` over arrays. Everything that
//! takes time lets go of the interpreter lock and asks it now and then whether Ctrl-C was pressed (`watch`).
#![warn(missing_docs)]

mod arrow;
mod convert;
mod courses;
mod error;
mod html;
mod model;
mod outcome;
mod records;
mod requests;
mod results;
mod sample;
mod scenario;
mod staffing;
mod study;
mod sweep;
mod tables;
mod theory;
mod watch;

use mimalloc::MiMalloc;
use pyo3::prelude::*;

/// A thousand small results are some hundred megabytes. The system's allocator gives them back page by page when they are dropped, and the
/// next call pays for each page again.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// What the package is made of; use `poolwise` itself.
#[pymodule]
#[pyo3(name = "_core")]
fn core(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    m.add_class::<scenario::Scenario>()?;
    m.add_class::<model::Network>()?;
    m.add_class::<results::Results>()?;
    m.add_class::<outcome::Outcome>()?;
    m.add_class::<arrow::Table>()?;
    m.add_class::<requests::Requests>()?;
    m.add_class::<staffing::Staffing>()?;
    m.add_class::<sweep::Sweep>()?;
    m.add_class::<sweep::Swept>()?;
    m.add_function(wrap_pyfunction!(study::run, m)?)?;
    m.add_function(wrap_pyfunction!(study::engine_seconds, m)?)?;
    m.add_function(wrap_pyfunction!(sample::sample, m)?)?;
    m.add_function(wrap_pyfunction!(requests::requests, m)?)?;
    m.add_function(wrap_pyfunction!(staffing::staff, m)?)?;
    m.add_function(wrap_pyfunction!(convert::document, m)?)?;
    m.add_function(wrap_pyfunction!(convert::change, m)?)?;
    m.add_function(wrap_pyfunction!(convert::parsed, m)?)?;
    m.add_class::<records::Fit>()?;
    m.add_class::<records::Backtest>()?;
    m.add_function(wrap_pyfunction!(records::fit_times, m)?)?;
    m.add_function(wrap_pyfunction!(records::fit_values, m)?)?;
    m.add_function(wrap_pyfunction!(records::backtest, m)?)?;
    m.add_function(wrap_pyfunction!(records::import_files, m)?)?;
    m.add_function(wrap_pyfunction!(theory::over, m)?)?;
    m.add_function(wrap_pyfunction!(courses::mmc_priorities, m)?)?;
    m.add_function(wrap_pyfunction!(courses::mg1_priorities, m)?)?;
    m.add_function(wrap_pyfunction!(courses::offered_load, m)?)?;
    m.add_function(wrap_pyfunction!(courses::changing, m)?)?;
    Ok(())
}
