//! Queueing theory over arrays: columns of doubles in, columns of doubles out, off the interpreter's lock.

use crate::courses::fields;
use crate::error::exception;
use crate::watch::EVERY;
use poolwise_theory::{SteadyState, abandonment, deterministic, erlang, finite, general, staffing};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::time::Instant;

/// Answers as columns, in the order in which the package names them.
const FIELDS: usize = 6;

/// Rows between two looks at the clock.
const ROWS: usize = 16;

/// What one function makes of a row of arguments; the number of results is always the same.
type Formula = fn(&[f64], &mut Vec<f64>);

fn answer(found: Option<SteadyState>, out: &mut Vec<f64>) {
    match found {
        Some(a) => out.extend(fields(&a)),
        None => out.extend([f64::NAN; FIELDS]),
    }
}

/// A number of servers: whole and not negative, else none.
fn whole(x: f64) -> Option<u32> {
    (x.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&x)).then_some(x as u32)
}

fn or_nan(x: Option<f64>) -> f64 {
    x.unwrap_or(f64::NAN)
}

/// The formula of a name, and how many arguments and results it has.
fn formula(name: &str) -> Option<(Formula, usize, usize)> {
    let found: (Formula, usize, usize) = match name {
        "erlang_b" => (|x, out| out.push(or_nan(whole(x[0]).map(|c| erlang::blocking(c, x[1])))), 2, 1),
        "erlang_c" => (|x, out| out.push(or_nan(whole(x[0]).map(|c| erlang::waiting(c, x[1])))), 2, 1),
        "wait_at_most" => {
            (|x, out| out.push(or_nan(whole(x[0]).map(|c| erlang::wait_at_most(c, x[1], x[2], x[3])))), 4, 1)
        }
        "servers_for_level" => (
            |x, out| out.push(or_nan(erlang::servers_for_level(x[0], x[1], x[2], x[3]).map(f64::from))),
            4,
            1,
        ),
        "halfin_whitt" => (|x, out| out.push(staffing::halfin_whitt(x[0])), 1, 1),
        "halfin_whitt_beta" => (|x, out| out.push(staffing::halfin_whitt_beta(x[0])), 1, 1),
        "garnett" => (|x, out| out.push(staffing::garnett(x[0], x[1], x[2])), 3, 1),
        "garnett_beta" => (|x, out| out.push(staffing::garnett_beta(x[0], x[1], x[2])), 3, 1),
        "square_root" => (|x, out| out.push(square_root(x[0], x[1])), 2, 1),
        "mmc" => (|x, out| answer(whole(x[0]).and_then(|c| erlang::mmc(c, x[1], x[2])), out), 3, FIELDS),
        "loss" => (|x, out| answer(whole(x[0]).and_then(|c| erlang::loss(c, x[1], x[2])), out), 3, FIELDS),
        "erlang_a" => (
            |x, out| answer(whole(x[0]).and_then(|c| abandonment::mmc_m(c, x[1], x[2], x[3])), out),
            4,
            FIELDS,
        ),
        "mmck" => (
            |x, out| {
                let sizes = whole(x[0]).zip(whole(x[1]));
                answer(sizes.and_then(|(c, k)| finite::mmck(c, k, x[2], x[3])), out);
            },
            4,
            FIELDS,
        ),
        "mdc" => {
            (|x, out| answer(whole(x[0]).and_then(|c| deterministic::mdc(c, x[1], x[2])), out), 3, FIELDS)
        }
        "mg1" => (|x, out| answer(general::mg1(x[0], x[1], x[2]), out), 3, FIELDS),
        "ggc" => (
            |x, out| {
                answer(whole(x[0]).and_then(|c| general::allen_cunneen(c, x[1], x[2], x[3], x[4])), out);
            },
            5,
            FIELDS,
        ),
        _ => return None,
    };
    Some(found)
}

fn square_root(offered: f64, beta: f64) -> f64 {
    // Theory gives none for a load that makes no sense; a table of numbers says so.
    if offered.is_finite() && offered >= 0.0 && beta.is_finite() {
        f64::from(staffing::square_root(offered, beta))
    } else {
        f64::NAN
    }
}

/// A formula over columns of doubles in the machine's byte order, each of one value or of as many as the longest.
#[pyfunction]
pub(crate) fn over<'py>(
    py: Python<'py>,
    name: &str,
    columns: Vec<Bound<'py, PyBytes>>,
) -> PyResult<Vec<Bound<'py, PyBytes>>> {
    let usage = |text: &str| exception(py, "UsageError", text);
    let (formula, arguments, results) = formula(name).ok_or_else(|| usage("there is no such formula"))?;
    let columns: Vec<Vec<f64>> = columns.iter().map(|bytes| doubles(bytes.as_bytes())).collect();
    let n = columns.iter().map(Vec::len).find(|n| *n != 1).unwrap_or(1);
    if columns.len() != arguments || columns.iter().any(|c| c.len() != 1 && c.len() != n) {
        return Err(usage("arguments are single values or arrays of one length"));
    }
    let mut out = vec![Vec::with_capacity(n * 8); results];
    let (mut row, mut found) = (vec![0.0; arguments], Vec::with_capacity(results));
    let mut i = 0;
    while i < n {
        // Off the lock for a while, then a look whether somebody wants to stop.
        let until = Instant::now() + EVERY;
        py.detach(|| {
            while i < n && (i % ROWS != 0 || Instant::now() < until) {
                for (x, column) in row.iter_mut().zip(&columns) {
                    *x = if column.len() == 1 { column[0] } else { column[i] };
                }
                found.clear();
                formula(&row, &mut found);
                for (to, x) in out.iter_mut().zip(&found) {
                    to.extend_from_slice(&x.to_ne_bytes());
                }
                i += 1;
            }
        });
        py.check_signals()?;
    }
    Ok(out.iter().map(|bytes| PyBytes::new(py, bytes)).collect())
}

fn doubles(bytes: &[u8]) -> Vec<f64> {
    bytes.as_chunks::<8>().0.iter().map(|chunk| f64::from_ne_bytes(*chunk)).collect()
}
