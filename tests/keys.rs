//! What stands behind each key of what people do (`tests/keys.toml`) is there: the rule in its words, the schema's line, a textbook scenario that uses
//! it, what theory says beside that, a timeline, a known answer, and deliberate faults. And no key of those parts is left out.

use poolwise_report::validation::read_faults;
use poolwise_scenario::{Overrides, json_schema, load};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// The tables of the schema of which every key is to be there.
const TABLES: [&str; 23] = [
    "PreemptionTableIn",
    "RiseIn",
    "SkillIn",
    "ReserveIn",
    "RedialIn",
    "CallBackIn",
    "OvertimeIn",
    "PenaltyIn",
    "ConcurrencyIn",
    "TriggerIn",
    "MeasuredIn",
    "CallInIn",
    "MoveIn",
    "GateIn",
    "StartIn",
    "StartsIn",
    "CaseIn",
    "BatchTableIn",
    "BatchServiceIn",
    "JoinTableIn",
    "AppointmentsIn",
    "HandlingIn",
    "LearningIn",
];

struct Part {
    name: String,
    keys: Vec<Row>,
}

struct Row {
    path: String,
    value: Option<String>,
    rule: (String, String),
    scenario: String,
    theory: String,
    timeline: String,
    answer: String,
    faults: Vec<String>,
}

impl Row {
    fn label(&self) -> String {
        let value = self.value.as_ref().map(|v| format!(" = \"{v}\"")).unwrap_or_default();
        format!("{}{value}", self.path)
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn parts() -> Vec<Part> {
    let all: toml::Table = include_str!("keys.toml").parse().expect("TOML");
    let text = |table: &toml::Value, key: &str| -> String {
        table[key].as_str().unwrap_or_else(|| panic!("{key} of {table}")).to_owned()
    };
    let list = |table: &toml::Value, key: &str| -> Vec<String> {
        let items = table[key].as_array().unwrap_or_else(|| panic!("{key} of {table}"));
        items.iter().map(|item| item.as_str().expect("text").to_owned()).collect()
    };
    let row = |key: &toml::Value| {
        let [heading, words] = <[String; 2]>::try_from(list(key, "rule")).expect("heading and words");
        Row {
            path: text(key, "path"),
            value: key.get("value").map(|v| v.as_str().expect("text").to_owned()),
            rule: (heading, words),
            scenario: text(key, "scenario"),
            theory: text(key, "theory"),
            timeline: text(key, "timeline"),
            answer: text(key, "answer"),
            faults: list(key, "faults"),
        }
    };
    let parts = all["part"].as_array().expect("parts");
    let part = |part: &toml::Value| Part {
        name: text(part, "name"),
        keys: part["key"].as_array().expect("keys").iter().map(row).collect(),
    };
    parts.iter().map(part).collect()
}

fn rows() -> Vec<Row> {
    parts().into_iter().flat_map(|part| part.keys).collect()
}

#[test]
fn each_rule_stands_under_its_heading() {
    let semantics = include_str!("../docs/semantics.md");
    let sections: BTreeMap<&str, &str> =
        semantics.split("\n## ").skip(1).filter_map(|section| section.split_once('\n')).collect();
    for row in rows() {
        let (heading, words) = &row.rule;
        let section = sections.get(heading.as_str()).unwrap_or_else(|| panic!("no heading {heading}"));
        assert!(section.contains(words.as_str()), "{}: no {words:?} under {heading:?}", row.label());
    }
}

/// The schemas that a reference or a choice stands for, each with the name of its definition.
fn expanded<'s>(
    schema: &'s Value,
    name: Option<&'s str>,
    root: &'s Value,
) -> Vec<(Option<&'s str>, &'s Value)> {
    let mut out = vec![(name, schema)];
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.rsplit('/').next();
        let definition = root.pointer(target.trim_start_matches('#')).expect("a definition");
        out.extend(expanded(definition, name, root));
    }
    for word in ["anyOf", "oneOf", "allOf"] {
        for choice in schema[word].as_array().into_iter().flatten() {
            out.extend(expanded(choice, None, root));
        }
    }
    out
}

/// Where a path leads in the schema: what may stand there, and the tables and keys on the way.
fn in_schema<'s>(path: &'s str, root: &'s Value) -> (Vec<&'s Value>, BTreeSet<(&'s str, &'s str)>) {
    let mut here = vec![(Some("ScenarioIn"), &root["$defs"]["ScenarioIn"])];
    let mut on_the_way = BTreeSet::new();
    for step in path.split('.') {
        let tables: Vec<_> = here.iter().flat_map(|(name, schema)| expanded(schema, *name, root)).collect();
        let mut next = Vec::new();
        for (name, table) in tables {
            let found = match step {
                "*" => table.get("additionalProperties").filter(|more| more.is_object()),
                "[]" => table.get("items"),
                key => table["properties"].get(key),
            };
            if let Some(found) = found {
                next.push((None, found));
                on_the_way.extend(name.map(|name| (name, step)));
            }
        }
        assert!(!next.is_empty(), "{path}: the schema has no {step}");
        here = next;
    }
    (here.into_iter().flat_map(|(_, schema)| expanded(schema, None, root)).map(|s| s.1).collect(), on_the_way)
}

#[test]
fn each_key_is_in_the_schema_and_none_is_left_out() {
    let schema = json_schema();
    let rows = rows();
    let mut said: BTreeMap<(&str, &str), BTreeSet<Option<&str>>> = BTreeMap::new();
    for row in &rows {
        let (there, keys) = in_schema(&row.path, &schema);
        for key in keys {
            said.entry(key).or_default().insert(row.value.as_deref());
        }
        let mut words =
            there.iter().flat_map(|s| s["enum"].as_array().into_iter().flatten().chain(s.get("const")));
        let open = there
            .iter()
            .any(|s| s["type"] == "string" && s.get("enum").is_none() && s.get("const").is_none());
        if let Some(value) = &row.value {
            assert!(open || words.any(|word| word == value), "{}: no such word", row.label());
        }
    }
    for table in TABLES {
        let keys =
            schema["$defs"][table]["properties"].as_object().unwrap_or_else(|| panic!("no table {table}"));
        for key in keys.keys() {
            assert!(said.contains_key(&(table, key.as_str())), "{table}.{key} has no row in tests/keys.toml");
        }
    }
}

/// Whether a path leads to something in a scenario as it is written, and to that value where one is asked for.
fn is_used(table: &toml::Value, path: &[&str], value: Option<&str>) -> bool {
    let Some((step, rest)) = path.split_first() else {
        return value.is_none_or(|value| table.as_str() == Some(value));
    };
    let into = |next: &toml::Value| is_used(next, rest, value);
    match (*step, table) {
        ("*", toml::Value::Table(table)) => table.values().any(into),
        ("[]", toml::Value::Array(list)) => list.iter().any(into),
        (key, toml::Value::Table(table)) => table.get(key).is_some_and(into),
        _ => false,
    }
}

fn folder() -> PathBuf {
    root().join("scenarios/textbook")
}

#[test]
fn each_textbook_scenario_uses_its_key_and_theory_says_so_much() {
    let mut theory: BTreeMap<String, &str> = BTreeMap::new();
    let mut wrong = BTreeSet::new();
    for row in rows() {
        let path = folder().join(format!("{}.toml", row.scenario));
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", row.scenario));
        let table: toml::Value = text.parse::<toml::Table>().expect("TOML").into();
        let steps: Vec<&str> = row.path.split('.').collect();
        assert!(is_used(&table, &steps, row.value.as_deref()), "{} is not in {}", row.label(), row.scenario);
        let says = *theory.entry(row.scenario.clone()).or_insert_with(|| said_of(&path));
        if row.theory != says {
            wrong.insert(format!("{} has {says}", row.scenario));
        }
    }
    assert!(wrong.is_empty(), "theory: {wrong:#?}");
}

/// What theory says of a scenario: exact where it is of some pool.
fn said_of(path: &Path) -> &'static str {
    let scenario = load(path, &Overrides::default()).unwrap_or_else(|e| panic!("{}", e.render(false)));
    let oracle = poolwise_study::oracle::oracle(&scenario.model);
    if oracle.pools.iter().any(poolwise_study::oracle::PoolAnswer::exact) {
        "exact"
    } else if oracle.pools.is_empty() {
        "silent"
    } else {
        assert!(oracle.pools.iter().all(|pool| !pool.because.is_empty()), "{}", path.display());
        "approximate"
    }
}

/// The source of a test that is named by its file and function.
fn test(name: &str) -> (String, String) {
    let (file, function) = name.split_once("::").unwrap_or_else(|| panic!("{name}"));
    let source =
        fs::read_to_string(root().join(format!("tests/{file}.rs"))).unwrap_or_else(|e| panic!("{name}: {e}"));
    let head = format!("#[test]\nfn {function}() {{\n");
    let from = source.find(&head).unwrap_or_else(|| panic!("no test {name}"));
    let body = source[from..].split("\n}\n").next().expect("a body").to_owned();
    (source, body)
}

#[test]
fn each_timeline_and_known_answer_is_a_test() {
    for row in rows() {
        assert!(row.timeline.starts_with("rules/"), "{}: {}", row.label(), row.timeline);
        test(&row.timeline);
        let (_, body) = test(&row.answer);
        assert!(
            body.contains(&format!("\"{}\"", row.scenario)),
            "{} does not run {}",
            row.answer,
            row.scenario
        );
    }
}

#[test]
fn each_fault_is_in_the_list() {
    let known: BTreeSet<String> = read_faults(include_str!("faults.toml"))
        .expect("a list")
        .into_iter()
        .map(|fault| fault.fault)
        .collect();
    for row in rows() {
        assert!(!row.faults.is_empty(), "{} has no fault", row.label());
        for fault in &row.faults {
            assert!(known.contains(fault), "{}: no fault {fault:?}", row.label());
        }
    }
}

/// The table of it for readers; `POOLWISE_PAGES=write cargo test --test keys` writes it anew.
#[test]
fn the_page_is_true() {
    let mut page = String::from(
        "# Keys of what people do, and what stands behind each\n\n\
         Each key below has a rule, a small scenario whose answer is known, a timeline made by hand, and faults put in on purpose that its tests notice. *Theory* is \
         what the program itself says beside a run of that scenario: exact values, approximate ones with the reason, or nothing. Names of tests and faults \
         are in `tests/keys.toml`, from which this page is made; `tests/keys.rs` holds that none is missing. The keys themselves are in [scenario.md](scenario.md).\n",
    );
    for (n, part) in parts().iter().enumerate() {
        write!(
            page,
            "\n## {}. {}\n\n| key | rule | scenario | theory |\n|---|---|---|---|\n",
            n + 1,
            part.name
        )
        .expect("text");
        for row in &part.keys {
            let anchor = row.rule.0.to_lowercase().replace(' ', "-").replace([',', '\''], "");
            writeln!(
                page,
                "| `{}` | [{}](semantics.md#{anchor}) | [{2}](../scenarios/textbook/{2}.toml) | {3} |",
                row.label(),
                row.rule.0,
                row.scenario,
                row.theory
            )
            .expect("text");
        }
    }
    let path = root().join("docs/keys.md");
    if std::env::var_os("POOLWISE_PAGES").is_some_and(|v| v == "write") {
        fs::write(&path, &page).expect("written");
    }
    assert!(
        fs::read_to_string(&path).is_ok_and(|text| text == page),
        "docs/keys.md is old: POOLWISE_PAGES=write"
    );
}
