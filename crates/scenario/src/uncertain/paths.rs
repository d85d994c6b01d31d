//! Paths of uncertain numbers: where each is in the scenario, as `--set` takes it.

use super::{NotedInput, UncertainInput, is};
use crate::diagnostic::Problems;
use crate::node::{Node, NodeKind};
use crate::source::TextSpan;
use toml::Value;

/// Gives each noted number its path, from its place in the tree, in the order of the tree. Numbers of the
/// run that say how to simulate, not what, cannot be uncertain.
pub fn located(root: &Node, cx: &mut Problems) -> Vec<UncertainInput> {
    let mut noted = std::mem::take(&mut cx.uncertain);
    let mut found = Vec::with_capacity(noted.len());
    if !noted.is_empty() {
        walk(root, &mut Vec::new(), &mut noted, &mut found);
    }
    for (place, input) in &found {
        if input.path.starts_with("run.") && input.path != "run.target" {
            cx.error(*place, format!("`{}` cannot be uncertain", input.path))
                .help("it says how to simulate, not what; write the number alone");
        }
    }
    found.into_iter().map(|(_, input)| input).collect()
}

fn walk(
    node: &Node,
    path: &mut Vec<String>,
    noted: &mut Vec<NotedInput>,
    found: &mut Vec<(TextSpan, UncertainInput)>,
) {
    if let Some(i) = noted.iter().position(|n| n.place == node.place && is(node)) {
        let mut input = noted.swap_remove(i).input;
        input.path = path.join(".");
        found.push((node.place, input));
        return;
    }
    match &node.kind {
        NodeKind::Table(table) => {
            for (key, entry) in table {
                path.push(quoted(key));
                walk(&entry.value, path, noted, found);
                path.pop();
            }
        }
        NodeKind::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                path.push(i.to_string());
                walk(item, path, noted, found);
                path.pop();
            }
        }
        _ => {}
    }
}

/// A key as a path of `--set` has it.
pub(crate) fn quoted(key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let mark = if key.contains('"') { '\'' } else { '"' };
    if bare { key.to_owned() } else { format!("{mark}{key}{mark}") }
}

/// Puts the uncertain numbers into a resolved scenario, which has their bases.
pub fn restore(resolved: &mut toml::Table, inputs: &[UncertainInput]) {
    for input in inputs {
        let mut parts = parts(&input.path);
        let Some(last) = parts.pop() else { continue };
        let mut at: Option<&mut Value> = None;
        for part in parts {
            at = match at {
                None => resolved.get_mut(&part),
                Some(value) => child(value, &part),
            };
            if at.is_none() {
                break;
            }
        }
        if let Some(slot) = at.and_then(|value| child(value, &last)) {
            *slot = Value::Table(input.table.clone());
        }
    }
}

fn child<'v>(value: &'v mut Value, part: &str) -> Option<&'v mut Value> {
    match value {
        Value::Table(table) => table.get_mut(part),
        Value::Array(items) => part.parse::<usize>().ok().and_then(|i| items.get_mut(i)),
        _ => None,
    }
}

/// A path of [`quoted`] keys in its parts.
pub(super) fn parts(path: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut open = None;
    for c in path.chars() {
        match (open, c) {
            (None, '"' | '\'') => open = Some(c),
            (Some(mark), c) if c == mark => open = None,
            (None, '.') => out.push(String::new()),
            (_, c) => {
                if let Some(last) = out.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    out
}
