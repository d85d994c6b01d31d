//! Section 3: data, with where each value stands.

use super::{Described, Noted, table};
use crate::assumptions;
use poolwise_engine::model::capital;
use std::fmt::Write;

/// Leaves of one note that are written out in its row.
const MOST_VALUES: usize = 6;
/// Longest comment in a row, characters.
const LONGEST: usize = 280;
/// Values without a word on them that are listed.
const MOST_LISTED: usize = 60;

/// What a file says of a group of values.
struct DescribedRow<'a> {
    note: Option<&'a Noted>,
    path: String,
    values: Vec<(String, String)>,
    standing: String,
}

/// Keys that say what a file is, and nothing of the system.
const OWN: [&str; 6] = ["name", "title", "description", "author", "date", "baseline"];

/// Paths that the scenario's own file sets, where it extends another.
pub(crate) fn own_values(d: &Described<'_>) -> Vec<String> {
    let Some(own) = d.files.first() else { return Vec::new() };
    let head = |path: &str| path.split('.').take(2).collect::<Vec<_>>().join(".");
    let mut found: Vec<String> = Vec::new();
    for note in d.notes.iter().filter(|n| n.file == *own) {
        let path = head(&note.path);
        let plain = ["extends"].contains(&path.as_str()) || OWN.contains(&path.as_str());
        // `area` alone says less than `area.Denver`; the longer ones follow it.
        if !plain && path.contains('.') && !found.contains(&path) {
            found.push(path);
        }
    }
    found
}

/// Writes the section.
pub(super) fn write(out: &mut String, d: &Described<'_>) -> std::fmt::Result {
    writeln!(out, "## 3. Data\n\n### 3.1 Data sources\n")?;
    writeln!(out, "Scenario and data files; each scenario file is laid over those after it:\n")?;
    for file in d.files {
        writeln!(out, "- `{file}`{}", hash(d, file))?;
    }
    writeln!(out, "\n### 3.2 Pre-processing\n")?;
    writeln!(
        out,
        "Profiles are scaled to mean 1 and areas' shares to sum 1; distributions are drawn in the form in which they are \
         given. Nothing else is done to the data."
    )?;
    if d.resolved.get("pool").and_then(toml::Value::as_table).is_some_and(|t| !t.is_empty()) {
        writeln!(
            out,
            "{} by headcount are spread over centres and shifts by the program's rule, in proportion to the expected \
             work; what came of it is in the manifest under `derived.pool`.",
            capital(&d.model.words.officer.many)
        )?;
    }
    let (rows, silent) = rows(d);
    writeln!(out, "\n### 3.3 Input parameters\n")?;
    writeln!(out, "Values with what the scenario says of their standing, in its own words:\n")?;
    let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
    table(out, &["Key", "Value", "Standing", "The scenario's words"], &cells)?;
    writeln!(
        out,
        "### 3.4 Assumptions\n\nA value whose comment has several of these words counts under each of them.\n"
    )?;
    for word in ["fact", "derived", "outside", "assumption"] {
        let count: usize =
            rows.iter().filter(|r| r.standing.split(", ").any(|s| s == word)).map(|r| r.values.len()).sum();
        writeln!(out, "- {word}: {count} values")?;
    }
    writeln!(out, "- nothing said: {} values, defaults of the program among them", silent.len())?;
    if !silent.is_empty() {
        let listed: Vec<&str> = silent.iter().take(MOST_LISTED).map(String::as_str).collect();
        let more = silent.len().saturating_sub(MOST_LISTED);
        let rest = if more > 0 { format!(" and {more} more in the manifest") } else { String::new() };
        writeln!(out, "\nWithout a word on their standing: `{}`{rest}.", listed.join("`, `"))?;
    }
    writeln!(out)
}

/// SHA-256 of a data file, where the resolved scenario has it.
fn hash(d: &Described<'_>, file: &str) -> String {
    let hashes = d.resolved.get("derived").and_then(|x| x.get("sha256_of_file")).and_then(|x| x.as_table());
    let found = hashes.and_then(|t| t.iter().find(|(k, _)| k.rsplit('/').next() == Some(file)));
    found.and_then(|(_, v)| v.as_str()).map_or_else(String::new, |h| format!(" (SHA-256 `{h}`)"))
}

/// All values by what is said of them, and the paths of those of which nothing is.
fn rows<'a>(d: &Described<'a>) -> (Vec<DescribedRow<'a>>, Vec<String>) {
    let mut rows: Vec<DescribedRow<'a>> = Vec::new();
    let mut silent = Vec::new();
    for (path, value) in assumptions::lines(d.resolved) {
        let top = path.split('.').next().unwrap_or_default();
        if ["derived", "extends"].contains(&top) || OWN.contains(&top) {
            continue;
        }
        let covers =
            |n: &&Noted| path == n.path || path.strip_prefix(&n.path).is_some_and(|r| r.starts_with('.'));
        // The nearest; of the same key in several files, the one laid on top, which comes first.
        let note = d
            .notes
            .iter()
            .filter(|n| !n.standing.is_empty())
            .filter(covers)
            .rev()
            .max_by_key(|n| n.path.len());
        let own = inline_standing(&value);
        // A comment on a table speaks of what the table says, not of the program's defaults in it.
        let written = d.notes.iter().any(|n| !n.table && covers(&n));
        let note = note.filter(|_| written);
        let standing = match (&own, note) {
            (Some(word), _) => word.clone(),
            (None, Some(note)) => note.standing.join(", "),
            (None, None) => {
                silent.push(path);
                continue;
            }
        };
        let group =
            if own.is_some() { path.clone() } else { note.map_or_else(|| path.clone(), |n| n.path.clone()) };
        match rows.iter_mut().find(|r| r.path == group && r.standing == standing) {
            Some(row) => row.values.push((path, value)),
            None => rows.push(DescribedRow { note, path: group, values: vec![(path, value)], standing }),
        }
    }
    (rows, silent)
}

/// The standing in a number with a range: `{ low = .., base = .., standing = "assumption" }`.
fn inline_standing(value: &str) -> Option<String> {
    let rest = value.split("standing = \"").nth(1)?;
    rest.split('"').next().map(str::to_owned)
}

fn cells(row: &DescribedRow<'_>) -> Vec<String> {
    let value = match row.values.as_slice() {
        [(path, value)] if *path == row.path => value.clone(),
        few if few.len() <= MOST_VALUES => few
            .iter()
            .map(|(path, value)| {
                let rest = path.strip_prefix(&row.path).unwrap_or(path).trim_start_matches('.');
                format!("{rest} = {value}")
            })
            .collect::<Vec<_>>()
            .join("; "),
        many => format!("({} values)", many.len()),
    };
    let mut words = row.note.map_or_else(String::new, |n| n.text.clone());
    if words.chars().count() > LONGEST {
        words = words.chars().take(LONGEST).collect::<String>() + " \u{2026}";
    }
    vec![format!("`{}`", row.path), value, row.standing.clone(), words]
}
