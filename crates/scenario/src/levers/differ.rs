//! What is different between two resolved scenarios, as overrides and as a scenario that extends the first.

use super::PathStep;
use super::find::written;
use toml::{Table, Value};

/// A scenario with levers moved, as what is different from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// Overrides `path=value`, as `--set` takes them.
    pub sets: Vec<String>,
    /// The differences as tables of a scenario that extends it; lists are whole.
    pub differences: Table,
}

impl Moved {
    pub(super) fn of(base: &Table, changed: &Table) -> Self {
        let mut sets = Vec::new();
        for (key, value) in changed {
            if base.get(key) != Some(value) {
                differ(base.get(key), value, &mut vec![PathStep::Key(key.clone())], &mut sets);
            }
        }
        Self { sets, differences: tables(base, changed) }
    }

    /// A scenario that extends the file `extends` and holds only the differences.
    pub fn toml(&self, extends: &str, title: &str) -> String {
        let head = Table::from_iter([
            ("extends".to_owned(), Value::String(extends.to_owned())),
            ("title".to_owned(), Value::String(title.to_owned())),
        ]);
        format!("{head}\n{}", self.differences)
    }
}

/// Paths that differ: into tables, and into lists of tables where no item was added.
fn differ(base: Option<&Value>, changed: &Value, at: &mut Vec<PathStep>, out: &mut Vec<String>) {
    match (base, changed) {
        (Some(Value::Table(a)), Value::Table(b)) if a.keys().eq(b.keys()) => {
            for (key, value) in b {
                if a.get(key) != Some(value) {
                    at.push(PathStep::Key(key.clone()));
                    differ(a.get(key), value, at, out);
                    at.pop();
                }
            }
        }
        (Some(Value::Array(a)), Value::Array(b))
            if a.len() == b.len() && b.iter().all(Value::is_table) && a.iter().all(Value::is_table) =>
        {
            for (i, (a, b)) in a.iter().zip(b).enumerate().filter(|(_, (a, b))| a != b) {
                at.push(PathStep::Item(i));
                differ(Some(a), b, at, out);
                at.pop();
            }
        }
        _ => out.push(format!("{}={changed}", written(at))),
    }
}

/// The same as tables; lists whole, because a file that extends another replaces them.
fn tables(base: &Table, changed: &Table) -> Table {
    let mut out = Table::new();
    for (key, value) in changed.iter().filter(|(key, value)| base.get(*key) != Some(value)) {
        let new = match (base.get(key), value) {
            (Some(Value::Table(a)), Value::Table(b)) if a.keys().all(|k| b.contains_key(k)) => {
                tables(a, b).into()
            }
            _ => value.clone(),
        };
        out.insert(key.clone(), new);
    }
    out
}
