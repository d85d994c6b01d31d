//! What goes wrong, as the exceptions of `poolwise._errors`.

use poolwise_intake::Problem;
use poolwise_scenario::{Diagnostic, Diagnostics, Location, Severity, Snapshot};
use poolwise_study::study::said_once;
use poolwise_study::{DrawError, StudyError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::Path;
use toml::de::{DeTable, DeValue};

/// An exception of the package, by the name of its class. Options of the command are keywords here.
pub(crate) fn exception(py: Python<'_>, class: &str, message: &str) -> PyErr {
    let message = keywords(message);
    let made = py
        .import("poolwise._errors")
        .and_then(|module| module.getattr(class))
        .and_then(|class| class.call1((message,)));
    made.map_or_else(|e| e, PyErr::from_value)
}

/// A message of the command in the words of a caller: `--time-zone` is `time_zone`, and `--dates day-first` is
/// `dates="day-first"`.
pub(crate) fn keywords(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(at) = rest.find("--") {
        let begins =
            rest[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || matches!(c, '`' | '('));
        let word = |c: char| c.is_ascii_lowercase() || c == '-';
        let option = &rest[at + 2..];
        let end = option.find(|c| !word(c)).unwrap_or(option.len());
        // In code a value follows up to the closing mark.
        let in_code = rest[..at].ends_with('`');
        let value = option[end..].strip_prefix(' ').and_then(|v| v.split_once('`')).filter(|_| in_code);
        out.push_str(&rest[..at]);
        if !begins || end == 0 {
            out.push_str("--");
            rest = option;
            continue;
        }
        out.push_str(&option[..end].replace('-', "_"));
        rest = &option[end..];
        if let Some((value, after)) = value {
            out.push_str(&format!("=\"{}\"`", value.trim_matches('"')));
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// A file that cannot be understood: the message, and its place.
pub(crate) fn data(py: Python<'_>, problem: &Problem) -> PyErr {
    let place = &problem.place;
    let fields = (
        keywords(&problem.to_string()),
        place.file.as_str(),
        place.sheet.as_deref(),
        (place.row > 0).then_some(place.row),
        place.column.as_deref(),
        problem.help.iter().map(|h| keywords(h)).collect::<Vec<_>>(),
    );
    let made = py
        .import("poolwise._errors")
        .and_then(|module| module.getattr("DataError"))
        .and_then(|class| class.call1(fields));
    made.map_or_else(|e| e, PyErr::from_value)
}

/// Scenarios that are not valid: the drawn message, and each problem with its place.
pub(crate) fn invalid(py: Python<'_>, wrong: &[Diagnostics], files: &Snapshot) -> PyErr {
    let message = said_once(wrong, false).join("\n\n");
    let made = || -> PyResult<PyErr> {
        let module = py.import("poolwise._errors")?;
        let problem = module.getattr("Problem")?;
        let all = wrong
            .iter()
            .flat_map(Diagnostics::iter)
            .map(|d| problem.call((), Some(&fields(py, d, files)?)))
            .collect::<PyResult<Vec<_>>>()?;
        Ok(PyErr::from_value(module.getattr("ScenarioError")?.call1((message.as_str(), all))?))
    };
    made().unwrap_or_else(|e| e)
}

/// What a problem consists of.
pub(crate) fn fields<'py>(py: Python<'py>, d: &Diagnostic, files: &Snapshot) -> PyResult<Bound<'py, PyDict>> {
    let out = PyDict::new(py);
    let severity = match d.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut help: Vec<&str> = Vec::new();
    help.extend(Some(d.hint()).filter(|hint| !hint.is_empty()));
    help.extend(d.help.iter().map(String::as_str));
    out.set_item("severity", severity)?;
    out.set_item("message", d.message.as_str())?;
    out.set_item("file", d.location.as_ref().map(|l| l.file.as_str()))?;
    out.set_item("line", d.location.as_ref().map(|l| l.line))?;
    out.set_item("column", d.location.as_ref().map(|l| l.column))?;
    out.set_item("key", d.location.as_ref().and_then(|l| key(l, files)))?;
    out.set_item("help", help)?;
    Ok(out)
}

/// The dotted path of the value at a place.
fn key(location: &Location, files: &Snapshot) -> Option<String> {
    if let Some(set) = location.file.strip_prefix("--set ") {
        return Some(set[..end_of_path(set)].trim().to_owned());
    }
    let text = files.known(Path::new(&location.file))?;
    let line = text.split_inclusive('\n').take(location.line - 1).map(str::len).sum::<usize>();
    let within = text.get(line..)?.char_indices().nth(location.column - 1).map_or(0, |(at, _)| at);
    let (table, _) = DeTable::parse_recoverable(&text);
    let mut path = Vec::new();
    find(table.get_ref(), line + within, &mut path).then(|| path.join("."))
}

/// Where the path of `path=value` ends: at the first `=` outside of quotes.
pub(crate) fn end_of_path(set: &str) -> usize {
    let mut quote = None;
    for (at, c) in set.char_indices() {
        match (c, quote) {
            (c, Some(q)) if c == q => quote = None,
            ('"' | '\'', None) => quote = Some(c),
            ('=', None) => return at,
            _ => {}
        }
    }
    set.len()
}

/// Looks for the innermost value, or its key, that holds a byte. A table's own span is that of its header, and its
/// values stand elsewhere, so every table is looked into.
fn find(table: &DeTable<'_>, at: usize, path: &mut Vec<String>) -> bool {
    table.iter().any(|(key, value)| {
        path.push(poolwise_part(key.get_ref()));
        let inside = match value.get_ref() {
            DeValue::Table(inner) => find(inner, at, path),
            DeValue::Array(list) => list.iter().enumerate().any(|(i, item)| {
                path.push(i.to_string());
                let found = match item.get_ref() {
                    DeValue::Table(inner) => find(inner, at, path) || item.span().contains(&at),
                    _ => item.span().contains(&at),
                };
                if !found {
                    path.pop();
                }
                found
            }),
            _ => false,
        };
        let found = inside || value.span().contains(&at) || key.span().contains(&at);
        if !found {
            path.pop();
        }
        found
    })
}

/// A part of a path, in quotes where it would read as several.
pub(crate) fn poolwise_part(part: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    if !part.is_empty() && part.chars().all(plain) { part.to_owned() } else { format!("\"{part}\"") }
}

/// Why a study cannot be read or run.
pub(crate) fn study(py: Python<'_>, e: &StudyError) -> PyErr {
    match e {
        StudyError::Invalid(wrong) => invalid(py, wrong, &Snapshot::default()),
        StudyError::Drawn { source: DrawError::Invalid { .. }, .. } => {
            exception(py, "ScenarioError", &e.to_string())
        }
        e if e.is_usage() => exception(py, "UsageError", &e.to_string()),
        e => exception(py, "RunError", &e.to_string()),
    }
}
