//! What a scenario assumes, as lines `path = value`, and where scenarios differ.

use std::collections::BTreeSet;
use toml::Value;

/// What the program works out from the rest.
const DERIVED: &str = "derived";
/// Longest list that is written out.
const LONGEST_LIST: usize = 24;
/// Longest value that is written out, characters.
const LONGEST_VALUE: usize = 400;

/// Every value of a resolved scenario by its path, in its order. Long lists are only counted.
/// What follows from the others (how pools are spread) is left out: it is in the manifest.
pub(crate) fn lines(resolved: &toml::Table) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for (key, value) in resolved.iter().filter(|(key, _)| *key != DERIVED) {
        walk(&quoted(key), value, &mut lines);
    }
    lines
}

/// Lines of `other` that are not in `base`, and paths of `base` that `other` lacks (with an empty
/// value).
pub(crate) fn differing(base: &toml::Table, other: &toml::Table) -> Vec<(String, String)> {
    let (base, other) = (whole_lines(base), whole_lines(other));
    let mut found: Vec<(String, String)> = other
        .iter()
        .filter(|(path, value)| base.iter().all(|(p, v)| p != path || v != value))
        .map(|(path, value)| (path.clone(), shortened(value)))
        .collect();
    // Of a table that is not there at all its own path says everything.
    let known: BTreeSet<&str> = other.iter().flat_map(|(path, _)| prefixes(path)).collect();
    for (path, _) in &base {
        let Some(gone) = prefixes(path).find(|prefix| !known.contains(prefix)) else { continue };
        if found.last().is_none_or(|(last, value)| last != gone || !value.is_empty()) {
            found.push((gone.to_owned(), String::new()));
        }
    }
    let own = ["name", "title", "description", "author", "date", "baseline"];
    found.retain(|(path, _)| !own.contains(&path.as_str()));
    found
}

/// Lists of a page: all values of the first scenario, and of the others what differs from it.
pub(crate) fn of<'a>(
    scenarios: impl Iterator<Item = (&'a str, &'a toml::Table)>,
) -> Vec<(String, Vec<(String, String)>)> {
    let mut lists = Vec::new();
    let mut first: Option<(&str, &toml::Table)> = None;
    for (name, resolved) in scenarios {
        let Some((from, base)) = first else {
            first = Some((name, resolved));
            lists.push((format!("{name}: all values"), lines(resolved)));
            continue;
        };
        let differing = differing(base, resolved);
        let s = if differing.len() == 1 { "" } else { "s" };
        lists.push((format!("{name}: {} difference{s} from {from}", differing.len()), differing));
    }
    lists
}

/// A path's tables from the outermost to the path itself.
fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    let mut quote = None;
    let ends = path.char_indices().filter_map(move |(i, c)| {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if c == open => quote = None,
            (None, '.') => return Some(i),
            _ => {}
        }
        None
    });
    ends.chain([path.len()]).map(|end| &path[..end])
}

/// As [`lines`], but nothing is shortened: two long lists must be told apart.
fn whole_lines(table: &toml::Table) -> Vec<(String, String)> {
    fn walk(path: &str, value: &Value, lines: &mut Vec<(String, String)>) {
        match value {
            Value::Table(table) if !table.is_empty() && !is_uncertain(table) => {
                for (key, value) in table {
                    walk(&format!("{path}.{}", quoted(key)), value, lines);
                }
            }
            // Of many rules those that differ.
            Value::Array(items) if items.iter().any(Value::is_table) => {
                for (i, item) in items.iter().enumerate() {
                    walk(&format!("{path}.{i}"), item, lines);
                }
            }
            other => lines.push((path.to_owned(), other.to_string())),
        }
    }
    let mut lines = Vec::new();
    for (key, value) in table.iter().filter(|(key, _)| *key != DERIVED) {
        walk(&quoted(key), value, &mut lines);
    }
    lines
}

fn walk(path: &str, value: &Value, lines: &mut Vec<(String, String)>) {
    match value {
        Value::Table(table) if !table.is_empty() && !is_uncertain(table) => {
            for (key, value) in table {
                walk(&format!("{path}.{}", quoted(key)), value, lines);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_table) => {
            for (i, item) in items.iter().enumerate() {
                walk(&format!("{path}.{i}"), item, lines);
            }
        }
        Value::Array(items) if items.len() > LONGEST_LIST => {
            lines.push((path.to_owned(), format!("({} values)", items.len())));
        }
        other => lines.push((path.to_owned(), shortened(&other.to_string()))),
    }
}

/// Whether a table stands for one number: it is shown as a whole, with its range.
fn is_uncertain(table: &toml::Table) -> bool {
    let single = |v: &Value| !v.is_table() && !v.is_array();
    table.get("base").is_some_and(single)
        && ["low", "uniform", "sd", "cv"].iter().any(|k| table.contains_key(*k))
}

fn shortened(value: &str) -> String {
    if value.chars().count() <= LONGEST_VALUE {
        return value.to_owned();
    }
    let head: String = value.chars().take(LONGEST_VALUE).collect();
    format!("{head} \u{2026}")
}

/// A key as it is written in a path.
pub(crate) fn quoted(key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let mark = if key.contains('"') { '\'' } else { '"' };
    if bare { key.to_owned() } else { format!("{mark}{key}{mark}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> toml::Table {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn paths_are_those_of_overrides() {
        let t = table("[area.\"Los Angeles\"]\nshare = 9\n[[route]]\nto = 'local'\nshare = 0.5\n");
        let lines = lines(&t);
        assert!(lines.contains(&("area.\"Los Angeles\".share".to_owned(), "9".to_owned())));
        assert!(lines.contains(&("route.0.share".to_owned(), "0.5".to_owned())));
    }

    #[test]
    fn an_uncertain_number_is_one_line_with_its_range() {
        let t = table("[class.a.cv]\nlow = 0.03\nbase = 0.08\nhigh = 0.15\n");
        assert_eq!(
            lines(&t),
            [("class.a.cv".to_owned(), "{ low = 0.03, base = 0.08, high = 0.15 }".to_owned())]
        );
        assert_eq!(differing(&table("[class.a]\ncv = 0.08\n"), &t)[0].0, "class.a.cv");
    }

    #[test]
    fn what_is_gone_is_named_once() {
        let base =
            table("[centre.\"St. Louis\"]\na = 1\nb = 2\n[centre.North]\na = 1\nb = 2\n[pool.x]\nn = 1\n");
        let other = table("[centre.North]\na = 1\n");
        let found = differing(&base, &other);
        let paths: Vec<&str> = found.iter().map(|(p, _)| p.as_str()).collect();
        assert_eq!(paths, ["centre.\"St. Louis\"", "centre.North.b", "pool"]);
    }

    #[test]
    fn of_many_rules_those_that_differ_are_shown() {
        let rules = |over: &str| {
            let many = "[[route]]\nname = 'a rule with a long name'\nto = 'local'\n".repeat(20);
            table(&format!("{many}[[route]]\nname = 'last'\nto = '{over}'\n"))
        };
        let found = differing(&rules("local"), &rules("PERC"));
        assert_eq!(found, [("route.20.to".to_owned(), "\"PERC\"".to_owned())]);
        let fewer = table("[[route]]\nname = 'a rule with a long name'\nto = 'local'\n");
        let found = differing(&rules("local"), &fewer);
        assert_eq!(found.first(), Some(&("route.1".to_owned(), String::new())));
    }

    #[test]
    fn differences_see_into_long_lists() {
        let list = |x: i32| format!("profile = [{}{x}]\n", "1, ".repeat(30));
        let (a, b) = (table(&(list(1) + "name = 'a'\nonly = 1\n")), table(&(list(2) + "name = 'b'\n")));
        let found = differing(&a, &b);
        let paths: Vec<&str> = found.iter().map(|(p, _)| p.as_str()).collect();
        assert_eq!(paths, ["profile", "only"]);
        assert!(differing(&a, &a).is_empty());
    }
}
