//! Points from a CSV file: a column for each axis, a row for each point.

use super::Axis;
use crate::diagnostic::Problems;
use crate::source::{MAX_DATA, Snapshot, TextSpan};
use std::path::Path;

/// The values, point by point. Nothing comes back if the file does not serve; `cx` says why.
pub(super) fn read(
    files: &Snapshot,
    path: &Path,
    place: TextSpan,
    axes: &[Axis],
    cx: &mut Problems,
) -> Option<Vec<f64>> {
    let text = match files.text(path, MAX_DATA) {
        Ok(text) => text,
        Err(why) => {
            cx.error(place, why);
            return None;
        }
    };
    let shown = path.display();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut columns: Option<Vec<usize>> = None;
    let mut rows = Vec::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(e) => {
                let line = e.position().map_or(0, csv::Position::line);
                cx.error(place, format!("{shown}:{line}: not valid CSV: {e}"));
                return None;
            }
        }
        let line = record.position().map_or(0, csv::Position::line);
        let Some(columns) = &columns else {
            columns = Some(header(&record, &format!("{shown}:{line}"), place, axes, cx)?);
            continue;
        };
        for (axis, column) in axes.iter().zip(columns) {
            match cell(axis, record.get(*column).unwrap_or("")) {
                Ok(x) => rows.push(x),
                Err(why) => {
                    cx.error(place, format!("{shown}:{line}: column `{}`: {why}", axis.name));
                    return None;
                }
            }
        }
    }
    if rows.is_empty() {
        cx.error(place, format!("{shown}: has no points"));
        return None;
    }
    Some(rows)
}

/// The position of each axis' column. A column `point` is let pass.
fn header(
    record: &csv::StringRecord,
    at: &str,
    place: TextSpan,
    axes: &[Axis],
    cx: &mut Problems,
) -> Option<Vec<usize>> {
    let mut whole = true;
    for name in record.iter().filter(|n| *n != "point") {
        if axes.iter().all(|a| a.name != name) {
            cx.error(place, format!("{at}: column `{name}` is no axis"))
                .names(name, axes.iter().map(|a| a.name.as_str()));
            whole = false;
        }
    }
    let mut out = Vec::new();
    for axis in axes {
        match record.iter().position(|n| n == axis.name) {
            Some(i) => out.push(i),
            None => {
                cx.error(place, format!("{at}: there is no column `{}`", axis.name))
                    .names(&axis.name, record.iter());
                whole = false;
            }
        }
    }
    whole.then_some(out)
}

fn cell(axis: &Axis, text: &str) -> Result<f64, String> {
    if !axis.words.is_empty() {
        let found = axis.words.iter().position(|w| w.shown == text);
        return found.map(|i| i as f64).ok_or_else(|| {
            let words: Vec<&str> = axis.words.iter().map(|w| w.shown.as_str()).collect();
            format!("{text:?} is not among the axis' values, {}", words.join(", "))
        });
    }
    let x: f64 = text.parse().map_err(|_| format!("{text:?} is not a number"))?;
    if !x.is_finite() {
        return Err(format!("{text:?} is not a finite number"));
    }
    if let Some((from, to)) = axis.range
        && !(from..=to).contains(&x)
    {
        return Err(format!("{x} is outside the axis' range, {from} to {to}"));
    }
    if axis.whole && x.fract() != 0.0 {
        return Err(format!("{x} is not a whole number"));
    }
    Ok(x)
}
