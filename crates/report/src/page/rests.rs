//! What an answer rests on: numbers that the scenario says are not known well, each with its standing.

use super::html::words;
use crate::assumptions::quoted;
use crate::number;
use poolwise_engine::model::capital;
use poolwise_scenario::levers::{Lever, label, levers, said};
use std::fmt::Write;
use toml::{Table, Value};

/// A number that is not known well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestsOn {
    /// What people call it: the word that the scenario has for it, or the label of its lever.
    pub what: String,
    /// Its value in the results.
    pub value: String,
    /// What it may be, where the scenario says.
    pub range: Option<String>,
    /// How well it is known: fact, derived, outside, assumption.
    pub standing: Option<String>,
    /// Whether it is a handling time.
    handling: bool,
}

impl RestsOn {
    #[cfg(test)]
    pub(super) fn new(what: &str, value: &str) -> Self {
        let (what, value) = (what.to_owned(), value.to_owned());
        Self { what, value, range: None, standing: None, handling: false }
    }

    /// `Research time: 20 min (assumption, 12 min to 35 min)`
    pub(crate) fn line(&self) -> String {
        let about: Vec<&str> =
            [self.standing.as_deref(), self.range.as_deref()].into_iter().flatten().collect();
        match about.is_empty() {
            true => format!("{}: {}", self.what, self.value),
            false => format!("{}: {} ({})", self.what, self.value, about.join(", ")),
        }
    }
}

/// The uncertain numbers of resolved scenarios, each once: assumptions first, then what is known better; of either, handling
/// times first, as the answer names them.
pub fn rests(resolved: &[&Table]) -> Vec<RestsOn> {
    let mut found: Vec<RestsOn> = Vec::new();
    for table in resolved {
        let levers = levers(table);
        for (key, value) in
            table.iter().filter(|(key, _)| !["run", "at_large", "derived"].contains(&key.as_str()))
        {
            walk(&quoted(key), value, &levers, &mut found);
        }
    }
    let order = ["assumption", "outside", "derived", "fact"];
    let place =
        |r: &RestsOn| order.iter().position(|s| r.standing.as_deref() == Some(s)).unwrap_or(order.len());
    found.sort_by_key(|r| (place(r), !r.handling));
    found
}

fn walk(path: &str, value: &Value, levers: &[Lever], found: &mut Vec<RestsOn>) {
    match value {
        Value::Table(table) if is_uncertain(table) => {
            let shown = |value: &Value| part(path, value).unwrap_or_else(|| said(levers, path, value));
            let text = |key: &str| table.get(key).map(shown);
            let together = table.get("together").and_then(Value::as_str);
            // A key that no lever has a word for is written as it stands in the scenario.
            let word = together.or_else(|| label(levers, path));
            let what = word.map_or_else(|| path.to_owned(), capital);
            if found.iter().any(|r| r.what == what) {
                return;
            }
            let range = match (text("low"), text("high"), table.get("uniform")) {
                (Some(low), Some(high), _) => Some(format!("{low} to {high}")),
                (_, _, Some(Value::Array(ends))) if ends.len() == 2 => {
                    Some(format!("{} to {}", shown(&ends[0]), shown(&ends[1])))
                }
                _ => text("sd").map(|sd| format!("give or take {sd}")),
            };
            let standing = table.get("standing").and_then(Value::as_str).map(str::to_owned);
            let handling = path.starts_with("stage.") && path.contains(".service.") && !path.ends_with(".cv");
            found.push(RestsOn { what, value: text("base").unwrap_or_default(), range, standing, handling });
        }
        Value::Table(table) => {
            for (key, value) in table {
                walk(&format!("{path}.{}", quoted(key)), value, levers, found);
            }
        }
        Value::Array(items) => {
            for (i, value) in items.iter().enumerate() {
                walk(&format!("{path}.{i}"), value, levers, found);
            }
        }
        _ => {}
    }
}

/// Keys whose numbers are parts of a whole: people speak of them in per cent, whether or not there is a lever for them.
const PARTS: [&str; 5] = ["probability", "share", "redone", "absence", "planned_availability"];

/// A part of a whole in per cent; `None` for anything else, shares of areas among them, which are weights.
fn part(path: &str, value: &Value) -> Option<String> {
    let key = path.rsplit('.').next().filter(|_| !path.starts_with("area."))?;
    let of = value.as_float().or_else(|| value.as_integer().map(|n| n as f64))?;
    (PARTS.contains(&key) && (0.0..=1.0).contains(&of))
        .then(|| format!("{} %", number::trimmed(100.0 * of, 4)))
}

fn is_uncertain(table: &Table) -> bool {
    let single = |v: &Value| !v.is_table() && !v.is_array();
    table.get("base").is_some_and(single)
        && ["low", "uniform", "sd", "cv"].iter().any(|k| table.contains_key(*k))
}

/// All of them as a table.
pub(crate) fn table(out: &mut String, rests: &[RestsOn]) -> std::fmt::Result {
    writeln!(
        out,
        "<div class=\"wide whole\" tabindex=\"0\" role=\"region\" aria-label=\"Numbers that are not known well\"><table><caption>Numbers that \
         are not known well</caption><thead><tr><th scope=\"col\">What</th><th scope=\"col\">Taken as</th><th scope=\"col\">May \
         be</th><th scope=\"col\">Standing</th></tr></thead><tbody>"
    )?;
    for rest in rests {
        let cell = |text: Option<&str>| words(text.unwrap_or("not said"));
        writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
            words(&rest.what),
            words(&rest.value),
            cell(rest.range.as_deref()),
            cell(rest.standing.as_deref())
        )?;
    }
    writeln!(out, "</tbody></table></div>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_words_of_levers_and_not_keys() {
        let text = "
            [class.call.day_factor]
            cv = { low = 0.03, base = 0.08, high = 0.15 }
            [centre.'St. Louis']
            absence = { low = 0.02, base = 0.06, high = 0.1 }
            [centre.North]
            absence = { low = 0.01, base = 0.04, high = 0.1 }
            [[route]]
            name = 'night'
            to = 'North'
            share = { low = 0.1, base = 0.2, high = 0.3 }
            [[route]]
            to = 'North'
            share = { low = 0.1, base = 0.2, high = 0.3 }
            [stage.sort]
            next = [{ to = 'a', share = { low = 0.5, base = 0.6, high = 0.7 } }, { to = 'b' }]
            [unheard_of]
            days_off = { low = 1, base = 2, high = 3 }
        ";
        let table: Table = toml::from_str(text).unwrap();
        let mut what: Vec<String> = rests(&[&table]).into_iter().map(|rest| rest.what).collect();
        what.sort();
        assert_eq!(
            what,
            [
                "Absence at North",
                "Absence at St. Louis",
                "Call: day factor, cv",
                "Rule \u{201c}2\u{201d}: share",
                "Rule \u{201c}night\u{201d}: share",
                "Sort to a: share",
                "Unheard of, days off"
            ]
        );
    }

    #[test]
    fn shares_are_in_per_cent_and_what_one_lever_moves_is_said_once() {
        let text = "
            [centre.North]
            absence = { low = 0.02, base = 0.05, high = 0.1, standing = 'assumption' }
            [centre.South]
            absence = { low = 0.02, base = 0.05, high = 0.1, standing = 'assumption' }
        ";
        let table: Table = toml::from_str(text).unwrap();
        let lines: Vec<String> = rests(&[&table]).iter().map(RestsOn::line).collect();
        assert_eq!(lines, ["Absence: 5 % (assumption, 2 % to 10 %)"]);
        // Shares that no lever moves are shares all the same; weights of areas are none.
        let text = "
            [rework]
            probability = { low = 0.05, base = 0.15, high = 0.3, together = 'met again' }
            redone = { low = 0.5, base = 0.8, high = 1.0, together = 'share redone' }
            [area.North]
            share = { low = 0.5, base = 0.6, high = 1.5, together = 'north' }
        ";
        let table: Table = toml::from_str(text).unwrap();
        let mut lines: Vec<String> = rests(&[&table]).iter().map(RestsOn::line).collect();
        lines.sort();
        assert_eq!(
            lines,
            [
                "Met again: 15 % (5 % to 30 %)",
                "North: 0.6 (0.5 to 1.5)",
                "Share redone: 80 % (50 % to 100 %)"
            ]
        );
        // A time that was worked out, in the unit in which people speak of it; others as they are written.
        let text = "
            [stage.handle.service]
            time = { exponential = { low = '1029 s', base = '1059.96 s', high = '1091.94 s', standing = 'derived' } }
            [stage.look.service]
            time = { low = '12 min', base = '20 min', high = '35 min' }
            [stage.wait.service]
            time = { low = '30 min', base = '2 h', high = '6 h' }
            [class.a.trace]
            factor = { low = 0.9, base = 1.0, high = 1.1 }
        ";
        let table: Table = toml::from_str(text).unwrap();
        let lines: Vec<String> = rests(&[&table]).iter().map(RestsOn::line).collect();
        assert_eq!(
            lines,
            [
                "Time for handle: 17.67 min (derived, 17.15 min to 18.2 min)",
                "Time for look: 20 min (12 min to 35 min)",
                "Time for wait: 2 h (30 min to 6 h)",
                "Arrivals of a, as a multiple of the record: 1 (0.9 to 1.1)"
            ]
        );
    }

    #[test]
    fn what_is_not_known_well_is_said_once_assumptions_first() {
        let text = "
            [class.a]
            rate = { low = '1 per hour', base = '2 per hour', high = '3 per hour', standing = 'fact' }
            [stage.x.service]
            time = { base = '20 min', uniform = ['12 min', '35 min'], together = 'pace', standing = 'assumption' }
            [stage.y.service]
            time = { base = '20 min', uniform = ['12 min', '35 min'], together = 'pace', standing = 'assumption' }
        ";
        let table: Table = toml::from_str(text).unwrap();
        let lines: Vec<String> = rests(&[&table, &table]).iter().map(RestsOn::line).collect();
        assert_eq!(
            lines,
            [
                "Pace: 20 min (assumption, 12 min to 35 min)",
                "Arrivals of a: 2 per hour (fact, 1 per hour to 3 per hour)"
            ]
        );
    }
}
