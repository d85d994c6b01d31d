//! Which levers a scenario offers.

use super::pattern::{WrittenNumber, is_uncertain, number};
use super::shifts::shifts;
use super::{Lever, LeverKind, LeverTarget, PathStep, Write};
use crate::quantity::duration;
use crate::uncertain::quoted;
use jiff::civil::Date;
use poolwise_engine::model::{Noun, Words, capital};
use toml::{Table, Value};

/// Centres that are closed one by one; with more of them the list would be all switches.
const MOST_CENTRES: usize = 60;

/// Parts of a scenario whose members bear the author's own names.
const NAMED: [&str; 6] = ["class", "stage", "centre", "pool", "area", "exception"];

/// The group of numbers that no other has.
const OTHERS: &str = "Other assumptions";

/// The group of numbers of officers, before the scenario's own word stands for it.
const OFFICERS: &str = "Officers";

pub(super) type LeverPath = Vec<PathStep>;

/// All levers: those with a name in `[lever]` first.
pub(super) fn all(resolved: &Table) -> Vec<Lever> {
    let mut found = Vec::new();
    officers(resolved, &mut found);
    shifts(resolved, &mut found);
    open(resolved, &mut found);
    handling(resolved, &mut found);
    volumes(resolved, &mut found);
    shares(resolved, &mut found);
    routing(resolved, &mut found);
    rules(resolved, &mut found);
    absence(resolved, &mut found);
    others(resolved, &mut found);
    let officers = capital(&officer_noun(resolved).many);
    for lever in found.iter_mut().filter(|lever| lever.group == OFFICERS) {
        lever.group = officers.clone().into();
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|lever| seen.insert(lever.id.clone()));
    once(named_first(resolved, found))
}

/// Without the numbers by themselves that another lever moves with others: the absence of one centre where one lever moves that of
/// all. What the scenario names stays.
fn once(found: Vec<Lever>) -> Vec<Lever> {
    let moved = |lever: &Lever| {
        let [own] = lever.targets.as_slice() else { return false };
        let others = found.iter().filter(|other| other.id != lever.id);
        others.flat_map(|other| &other.targets).any(|target| target.path == own.path)
    };
    found.iter().filter(|lever| lever.group != OTHERS || !moved(lever)).cloned().collect()
}

/// The levers that the scenario names come first, in its order, with its names and ends.
fn named_first(resolved: &Table, mut found: Vec<Lever>) -> Vec<Lever> {
    let mut first = Vec::new();
    for (name, named) in tables(resolved, "lever") {
        let Some(at) = named.get("set").and_then(Value::as_str).and_then(|set| position(&found, set)) else {
            continue;
        };
        let mut lever = found.remove(at);
        lever.group = "Chosen".into();
        lever.label = name.to_owned();
        let end = |key: &str| named.get(key).and_then(|value| lever.read_end(value));
        let (low, high) = (end("low"), end("high"));
        lever.low = low.unwrap_or(lever.low);
        lever.high = high.unwrap_or(lever.high).max(lever.low);
        lever.step = named.get("step").and_then(Value::as_float).unwrap_or(lever.step);
        first.push(lever);
    }
    first.append(&mut found);
    first
}

/// The lever that a path or word names.
pub(super) fn position(levers: &[Lever], set: &str) -> Option<usize> {
    let moves = |lever: &Lever| lever.targets.iter().any(|t| written(&t.path) == set);
    levers.iter().position(|l| l.id == set).or_else(|| levers.iter().position(moves))
}

pub(super) fn path(parts: &[&str]) -> LeverPath {
    parts.iter().map(|p| p.parse().map_or_else(|_| PathStep::Key((*p).to_owned()), PathStep::Item)).collect()
}

/// The path as `--set` takes it.
pub(super) fn written(path: &[PathStep]) -> String {
    let part = |step: &PathStep| match step {
        PathStep::Key(key) => quoted(key),
        PathStep::Item(i) => i.to_string(),
    };
    path.iter().map(part).collect::<Vec<_>>().join(".")
}

pub(super) fn tables<'t>(resolved: &'t Table, key: &str) -> impl Iterator<Item = (&'t str, &'t Table)> {
    let named = resolved.get(key).and_then(Value::as_table).into_iter().flatten();
    named.filter_map(|(name, value)| Some((name.as_str(), value.as_table()?)))
}

pub(super) fn items<'t>(table: &'t Table, key: &str) -> impl Iterator<Item = (usize, &'t Value)> {
    table.get(key).and_then(Value::as_array).into_iter().flatten().enumerate()
}

/// Adds a number, or with it all numbers that bear the same word.
fn add(resolved: &Table, group: &'static str, label: &str, at: LeverPath, found: &mut Vec<Lever>) {
    let Some(value) = lookup(resolved, &at) else { return };
    let Some(one) = WrittenNumber::of(value) else { return };
    // A number that others move with is one lever, under their word.
    let (id, label, places) = match &one.together {
        Some(word) => {
            let places = uncertain_places(resolved)
                .into_iter()
                .filter(|(_, w)| w.together.as_ref() == Some(word))
                .collect();
            (word.clone(), capital(word), places)
        }
        None => (written(&at), label.to_owned(), vec![(at, one)]),
    };
    if found.iter().all(|l| l.id != id) {
        found.extend(number(group, label, id, places));
    }
}

pub(super) fn lookup<'t>(resolved: &'t Table, at: &[PathStep]) -> Option<&'t Value> {
    let (PathStep::Key(first), rest) = at.split_first()? else { return None };
    let mut value = resolved.get(first)?;
    for step in rest {
        value = match (value, step) {
            (Value::Table(table), PathStep::Key(key)) => table.get(key)?,
            (Value::Array(list), PathStep::Item(i)) => list.get(*i)?,
            _ => return None,
        };
    }
    Some(value)
}

/// Every uncertain number, in the order of the scenario.
fn uncertain_places(resolved: &Table) -> Vec<(LeverPath, WrittenNumber)> {
    fn walk(value: &Value, at: &mut LeverPath, out: &mut Vec<(LeverPath, WrittenNumber)>) {
        match value {
            Value::Table(table) if is_uncertain(table) => {
                out.extend(WrittenNumber::of(value).map(|w| (at.clone(), w)));
            }
            Value::Table(table) => {
                for (key, value) in table {
                    at.push(PathStep::Key(key.clone()));
                    walk(value, at, out);
                    at.pop();
                }
            }
            Value::Array(list) => {
                for (i, value) in list.iter().enumerate() {
                    at.push(PathStep::Item(i));
                    walk(value, at, out);
                    at.pop();
                }
            }
            _ => {}
        }
    }
    let mut out = Vec::new();
    for (key, value) in
        resolved.iter().filter(|(key, _)| !["run", "at_large", "derived"].contains(&key.as_str()))
    {
        walk(value, &mut vec![PathStep::Key(key.clone())], &mut out);
    }
    out
}

/// What the scenario calls its officers.
fn officer_noun(resolved: &Table) -> Noun {
    match resolved.get("officer") {
        Some(Value::String(one)) => Noun::regular(one),
        Some(Value::Table(both)) => {
            let form = |key: &str| both.get(key).and_then(Value::as_str).map(str::to_owned);
            form("one")
                .zip(form("many"))
                .map_or_else(|| Words::default().officer, |(one, many)| Noun { one, many })
        }
        _ => Words::default().officer,
    }
}

fn officers(resolved: &Table, found: &mut Vec<Lever>) {
    let many = capital(&officer_noun(resolved).many);
    for (name, pool) in tables(resolved, "pool") {
        add(resolved, OFFICERS, &format!("{many} of {name}"), path(&["pool", name, "officers"]), found);
        for (i, _) in items(pool, "officers_by_centre") {
            let centre = items(pool, "centres").nth(i).and_then(|(_, c)| c.as_str()).unwrap_or(name);
            let at = path(&["pool", name, "officers_by_centre", &i.to_string()]);
            add(resolved, OFFICERS, &format!("{many} of {name} at {centre}"), at, found);
        }
    }
    for (name, centre) in tables(resolved, "centre") {
        for (i, shift) in items(centre, "shifts") {
            let start = shift.get("start").and_then(Value::as_str).unwrap_or("");
            let at = path(&["centre", name, "shifts", &i.to_string(), "officers"]);
            add(resolved, OFFICERS, &format!("{name}: on the {start} shift"), at, found);
        }
        for (i, crew) in items(centre, "crews") {
            let from = crew.get("from").and_then(Value::as_str).unwrap_or("");
            let at = path(&["centre", name, "crews", &i.to_string(), "officers"]);
            add(resolved, OFFICERS, &format!("{name}: crew from {from}"), at, found);
        }
        let at = path(&["centre", name, "levels", "officers"]);
        add(resolved, OFFICERS, &format!("{name}: on duty"), at, found);
        let Some(levels) = centre.get("levels").and_then(Value::as_table) else { continue };
        for (i, level) in items(levels, "weekly") {
            let word = |key| level.get(key).and_then(Value::as_str).unwrap_or("");
            let label = format!("{name}: on duty {} {}-{}", word("days"), word("from"), word("to"));
            let at = path(&["centre", name, "levels", "weekly", &i.to_string(), "officers"]);
            add(resolved, OFFICERS, &label, at, found);
        }
    }
}

fn switch(group: &'static str, label: String, id: String, targets: Vec<LeverTarget>) -> Lever {
    let kind = LeverKind::Switch;
    Lever {
        id,
        group: group.into(),
        label,
        kind,
        value: 1.0,
        low: 0.0,
        high: 1.0,
        step: 1.0,
        most: 1.0,
        standing: None,
        targets,
    }
}

/// A centre is closed by an exception over the whole run, in which nobody is on its rosters: the rules then send its work
/// elsewhere, or it waits.
fn open(resolved: &Table, found: &mut Vec<Lever>) {
    let Some((from, until)) = span(resolved) else { return };
    let staffed: Vec<&str> = tables(resolved, "centre").map(|(name, _)| name).collect();
    if !(2..=MOST_CENTRES).contains(&staffed.len()) || !resolved.contains_key("exception") {
        return;
    }
    for name in staffed {
        let text = |s: &str| Value::String(s.to_owned());
        let rosters = Table::from_iter([(name.to_owned(), Value::Float(0.0))]);
        let item = Table::from_iter([
            ("name".to_owned(), Value::String(format!("{name} closed"))),
            ("from".to_owned(), text(&from)),
            ("until".to_owned(), text(&until)),
            ("rosters".to_owned(), rosters.into()),
        ]);
        let targets = vec![LeverTarget { path: path(&["exception"]), write: Write::Add(item.into()) }];
        found.push(switch("Centres", format!("{name} is open"), format!("open: {name}"), targets));
    }
}

/// The midnights around the whole run.
fn span(resolved: &Table) -> Option<(String, String)> {
    let run = resolved.get("run")?.as_table()?;
    let start: Date = run.get("start")?.as_str()?.parse().ok()?;
    let days = |key: &str| Some((duration(run.get(key)?.as_str()?).ok()? / 86_400.0).ceil() as i64);
    let midnight = |days: i64| {
        let date = start.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
        Some(format!("{date} 00:00"))
    };
    Some((midnight(-days("warm_up")?)?, midnight(days("horizon")? + 1)?))
}

/// Distributions of one parameter that is a time, or whose mean is.
fn mean_of(dist: &Value, at: &LeverPath) -> Vec<LeverPath> {
    let below = |keys: &[&str]| at.iter().cloned().chain(path(keys)).collect::<LeverPath>();
    match dist {
        Value::String(_) => vec![at.clone()],
        Value::Table(table) if is_uncertain(table) => vec![at.clone()],
        Value::Table(table) => {
            let Some((law, inner)) = table.iter().next() else { return Vec::new() };
            match inner {
                Value::String(_) => vec![below(&[law])],
                Value::Table(t) if is_uncertain(t) => vec![below(&[law])],
                Value::Table(t) => ["mean", "median"]
                    .iter()
                    .filter(|key| t.contains_key(**key))
                    .map(|key| below(&[law, key]))
                    .take(1)
                    .collect(),
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

fn handling(resolved: &Table, found: &mut Vec<Lever>) {
    for (name, stage) in tables(resolved, "stage") {
        let Some(service) = stage.get("service").and_then(Value::as_table) else { continue };
        let Some(time) = service.get("time") else { continue };
        for at in mean_of(time, &path(&["stage", name, "service", "time"])) {
            add(resolved, "Handling times", &format!("Time for {name}"), at, found);
        }
    }
    for (name, _) in tables(resolved, "centre") {
        let label = format!("{name}: time per request, as a multiple");
        add(resolved, "Handling times", &label, path(&["centre", name, "speed"]), found);
    }
}

fn volumes(resolved: &Table, found: &mut Vec<Lever>) {
    for (name, _) in tables(resolved, "class") {
        add(resolved, "Volumes", &format!("Arrivals of {name}"), path(&["class", name, "rate"]), found);
    }
    for (name, _) in tables(resolved, "class") {
        let at = path(&["class", name, "trace", "factor"]);
        add(resolved, "Volumes", &format!("Arrivals of {name}, as a multiple of the record"), at, found);
    }
}

fn shares(resolved: &Table, found: &mut Vec<Lever>) {
    for (name, stage) in tables(resolved, "stage") {
        let branches: Vec<_> = items(stage, "next").collect();
        for &(i, branch) in &branches {
            let to = branch.get("to").and_then(Value::as_str).unwrap_or("");
            let at = path(&["stage", name, "next", &i.to_string(), "probability"]);
            let Some(probability) = lookup(resolved, &at) else { continue };
            // Other branches must not state the rest, which would no longer sum to one.
            let rest = branches.iter().any(|(_, b)| b.get("probability").is_none());
            if rest && WrittenNumber::of(probability).is_some() {
                add(resolved, "Shares", &format!("Of {name}, to {to}"), at, found);
            }
        }
    }
    let several = tables(resolved, "area").count() > 1;
    for (name, _) in tables(resolved, "area").filter(|_| several) {
        add(resolved, "Areas", &format!("Weight of {name}"), path(&["area", name, "share"]), found);
    }
}

fn routing(resolved: &Table, found: &mut Vec<Lever>) {
    let count = items(resolved, "route").count();
    for (i, rule) in items(resolved, "route") {
        let name =
            rule.get("name").and_then(Value::as_str).map_or_else(|| format!("{}", i + 1), str::to_owned);
        let number = i.to_string();
        let at = |keys: &[&str]| path(&[&["route", &number][..], keys].concat());
        let share = rule.get("share");
        let whole = share.and_then(WrittenNumber::of).is_some_and(|w| w.base == 1.0 && w.range.is_none());
        if whole && count > 1 {
            let targets = vec![LeverTarget { path: at(&["share"]), write: Write::Off(Value::Float(0.0)) }];
            let id = written(&at(&["share"]));
            found.push(switch("Routing", format!("Rule \u{201c}{name}\u{201d}"), id, targets));
        } else if count > 1 {
            let label = format!("Rule \u{201c}{name}\u{201d}: share");
            add(resolved, "Routing", &label, at(&["share"]), found);
        }
        let label = format!("Rule \u{201c}{name}\u{201d}: moves on after");
        add(resolved, "Routing", &label, at(&["overflow", "after"]), found);
        let label = format!("Rule \u{201c}{name}\u{201d}: moves on at a queue of");
        add(resolved, "Routing", &label, at(&["overflow", "queue"]), found);
        let label = format!("Rule \u{201c}{name}\u{201d}: done twice");
        add(resolved, "Routing", &label, at(&["duplicate", "probability"]), found);
    }
}

/// Numbers of rules for who takes what: branches that a join needs, officers kept free.
fn rules(resolved: &Table, found: &mut Vec<Lever>) {
    let forks = tables(resolved, "stage").map(|(_, stage)| items(stage, "fork").count());
    let branches = forks.max().unwrap_or(0) as f64;
    for (name, _) in tables(resolved, "stage") {
        let before = found.len();
        let label = format!("{name}: branches that are enough");
        add(resolved, "Rules", &label, path(&["stage", name, "join", "need"]), found);
        for lever in &mut found[before..] {
            (lever.low, lever.high, lever.most) = (1.0, branches, branches);
        }
    }
    for (name, centre) in tables(resolved, "centre") {
        for (i, _) in items(centre, "reserves") {
            let at = |key| path(&["centre", name, "reserves", &i.to_string(), key]);
            let label = format!("{name}: kept free by rule {}", i + 1);
            add(resolved, "Rules", &label, at("keep_free"), found);
            let label = format!("{name}: begun while fewer are at work, by rule {}", i + 1);
            add(resolved, "Rules", &label, at("busy_below"), found);
        }
    }
}

/// One lever where all centres have the same absence.
fn absence(resolved: &Table, found: &mut Vec<Lever>) {
    let places: Vec<(LeverPath, WrittenNumber)> = tables(resolved, "centre")
        .filter_map(|(name, centre)| {
            let absence = centre.get("absence")?;
            let at = match absence {
                Value::Table(t) if !is_uncertain(t) => path(&["centre", name, "absence", "share"]),
                _ => path(&["centre", name, "absence"]),
            };
            let written = WrittenNumber::of(lookup(resolved, &at)?)?;
            Some((at, written))
        })
        .collect();
    let alike = places.iter().all(|(_, w)| *w == places[0].1);
    match places.as_slice() {
        [] => {}
        [(_, one), ..] if alike && one.together.is_none() => {
            found.extend(number("Absence", "Absence".to_owned(), "absence".to_owned(), places));
        }
        several => {
            for (at, _) in several {
                let centre = at.get(1).map_or_else(String::new, PathStep::word);
                add(resolved, "Absence", &format!("Absence at {centre}"), at.clone(), found);
            }
        }
    }
    for key in ["planned_availability", "hours_per_week"] {
        let label =
            if key == "hours_per_week" { "Paid hours a week" } else { "Share of paid hours on a roster" };
        add(resolved, "Absence", label, path(&["workforce", key]), found);
    }
}

/// Every other number that is not known well.
fn others(resolved: &Table, found: &mut Vec<Lever>) {
    for (at, _) in uncertain_places(resolved) {
        let label = spoken(resolved, &at);
        add(resolved, OTHERS, &label, at, found);
    }
}

/// A path in words: whose number it is, and which: `class.call.day_factor.cv` is `call: day factor, cv`.
fn spoken(resolved: &Table, at: &[PathStep]) -> String {
    let words = |steps: &[PathStep]| {
        let plain = |step: &PathStep| match step {
            PathStep::Key(key) => key.replace('_', " "),
            PathStep::Item(i) => format!("no. {}", i + 1),
        };
        steps.iter().map(plain).collect::<Vec<_>>().join(", ")
    };
    match at {
        [PathStep::Key(section), PathStep::Item(i), rest @ ..] if section == "route" && !rest.is_empty() => {
            let rule = lookup(resolved, &at[..2]).and_then(|rule| rule.get("name")?.as_str());
            let name = rule.map_or_else(|| (i + 1).to_string(), str::to_owned);
            format!("Rule \u{201c}{name}\u{201d}: {}", words(rest))
        }
        [
            PathStep::Key(section),
            PathStep::Key(name),
            PathStep::Key(next),
            PathStep::Item(i),
            PathStep::Key(key),
        ] if section == "stage" && next == "next" => {
            let to = lookup(resolved, &at[..4]).and_then(|branch| branch.get("to")?.as_str());
            let place = || format!("branch {}", i + 1);
            format!("{name} to {}: {}", to.map_or_else(place, str::to_owned), key.replace('_', " "))
        }
        [PathStep::Key(section), PathStep::Key(name), rest @ ..]
            if NAMED.contains(&&**section) && !rest.is_empty() =>
        {
            format!("{name}: {}", words(rest))
        }
        _ => words(at),
    }
}
