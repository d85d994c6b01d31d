//! The levers of shifts: when they start, how long they are, on which days they are worked.

use super::find::{LeverPath, items, lookup, path, tables, written};
use super::pattern::{NumberForm, WrittenNumber};
use super::{Lever, LeverKind, LeverTarget, Write};
use toml::{Table, Value};

/// Days on which shifts are worked, to choose from.
const DAYS: [&str; 4] = ["daily", "Mon-Fri", "Mon-Sat", "Sat,Sun"];

/// Starts, lengths and days of the shifts of pools and centres.
pub(super) fn shifts(resolved: &Table, found: &mut Vec<Lever>) {
    for (name, pool) in tables(resolved, "pool") {
        let Some(permitted) = pool.get("shifts").and_then(Value::as_table) else { continue };
        let base = ["pool", name, "shifts"];
        for (i, start) in items(permitted, "starts") {
            let label = format!("{name}: shift {} starts", i + 1);
            clock(start, label, path(&[&base[..], &["starts", &i.to_string()]].concat()), found);
        }
        let length = path(&[&base[..], &["length"]].concat());
        hours(resolved, &format!("{name}: length of shifts"), length, found);
        days(permitted, &format!("{name}: days worked"), path(&[&base[..], &["days"]].concat()), found);
    }
    for (name, centre) in tables(resolved, "centre") {
        for (i, shift) in items(centre, "shifts") {
            let Some(shift) = shift.as_table() else { continue };
            let number = i.to_string();
            let at = |key| path(&["centre", name, "shifts", &number, key]);
            let start = shift.get("start").and_then(Value::as_str).unwrap_or("");
            if let Some(value) = shift.get("start") {
                clock(value, format!("{name}: the {start} shift starts"), at("start"), found);
            }
            hours(resolved, &format!("{name}: length of the {start} shift"), at("length"), found);
            days(shift, &format!("{name}: days of the {start} shift"), at("days"), found);
        }
    }
}

/// A length of a shift: at most a day.
fn hours(resolved: &Table, label: &str, at: LeverPath, found: &mut Vec<Lever>) {
    let Some(length) = lookup(resolved, &at).and_then(WrittenNumber::of) else { return };
    if length.form != NumberForm::Duration || length.range.is_some() {
        return;
    }
    found.push(Lever {
        id: written(&at),
        group: "Shifts".into(),
        label: label.to_owned(),
        kind: LeverKind::Duration("h"),
        value: length.base / 3_600.0,
        low: 4.0,
        high: 24.0,
        step: 0.5,
        most: 24.0,
        standing: length.standing,
        targets: vec![LeverTarget { path: at, write: Write::Duration(3_600.0) }],
    });
}

fn clock(value: &Value, label: String, at: LeverPath, found: &mut Vec<Lever>) {
    let Some((h, m)) = value.as_str().and_then(|text| text.split_once(':')) else { return };
    let (Ok(h), Ok(m)) = (h.parse::<f64>(), m.parse::<f64>()) else { return };
    found.push(Lever {
        id: written(&at),
        group: "Shifts".into(),
        label,
        kind: LeverKind::Clock,
        value: h * 60.0 + m,
        low: 0.0,
        high: 1_425.0,
        step: 15.0,
        most: 1_439.0,
        standing: None,
        targets: vec![LeverTarget { path: at, write: Write::Clock }],
    });
}

fn days(shift: &Table, label: &str, at: LeverPath, found: &mut Vec<Lever>) {
    let Some(now) = shift.get("days").and_then(Value::as_str) else { return };
    let mut words: Vec<String> = DAYS.map(str::to_owned).to_vec();
    if !words.iter().any(|w| w == now) {
        words.insert(0, now.to_owned());
    }
    let value = words.iter().position(|w| w == now).unwrap_or(0) as f64;
    found.push(Lever {
        id: written(&at),
        group: "Shifts".into(),
        label: label.to_owned(),
        high: words.len() as f64 - 1.0,
        most: words.len() as f64 - 1.0,
        kind: LeverKind::Choice(words.clone()),
        value,
        low: 0.0,
        step: 1.0,
        standing: None,
        targets: vec![LeverTarget { path: at, write: Write::Choice(words) }],
    });
}
