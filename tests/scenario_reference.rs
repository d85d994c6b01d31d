//! The reference is true: every example in it loads, and its tables name exactly the keys that exist.

mod scenario_support;

use poolwise_scenario::{Overrides, json_schema, load, starter};
use scenario_support::{Folder, REFERENCE, blocks, example, good};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn every_example_loads() {
    let blocks = blocks();
    assert!(blocks.len() > 15, "only {} examples found", blocks.len());
    for block in blocks {
        let folder = Folder::new();
        let result = if block.fragment { folder.over(&block.text) } else { folder.load(&block.text) };
        if let Err(errors) = result {
            panic!("docs/scenario.md, example from line {}:\n{}", block.line, errors.render(false));
        }
    }
}

#[test]
fn the_starter_scenarios_load_without_warnings() {
    let folder = Folder::new();
    for (name, text) in starter() {
        folder.write(name, text);
    }
    for (name, _) in starter() {
        let scenario = good(load(&folder.path(name), &Overrides::default()));
        assert!(scenario.warnings.is_empty(), "{}", scenario.warnings);
    }
}

/// Keys of each `<!-- table: Name -->` of the reference.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut table: Option<String> = None;
    for line in REFERENCE.lines() {
        if let Some(name) = line.strip_prefix("<!-- table: ").and_then(|l| l.strip_suffix(" -->")) {
            table = Some(name.to_owned());
        } else if !line.starts_with('|') {
            table = None;
        } else if let (Some(name), Some(rest)) = (&table, line.strip_prefix("| `")) {
            let key = rest.split('`').next().expect("a key");
            assert!(out.entry(name.clone()).or_default().insert(key.to_owned()), "{name}.{key} stands twice");
        }
    }
    out
}

fn keys(schema: &Value) -> BTreeSet<String> {
    schema["properties"].as_object().map(|p| p.keys().cloned().collect()).unwrap_or_default()
}

#[test]
fn the_reference_names_exactly_the_keys_of_the_schema() {
    let schema = json_schema();
    let defs = schema["$defs"].as_object().expect("definitions");
    let mut documented = documented();
    // Parameters of distributions stand in one table, by distribution.
    let parameters = [
        ("MeanTableIn", "exponential"),
        ("LogNormalIn", "lognormal"),
        ("GammaIn", "gamma"),
        ("ErlangIn", "erlang"),
        ("WeibullIn", "weibull"),
        ("UniformIn", "uniform"),
        ("TriangularIn", "triangular"),
        ("HyperIn", "hyperexponential"),
        ("PhaseIn", "hyperexponential"),
        ("EmpiricalIn", "empirical"),
    ];
    for (table, row) in parameters {
        let line = REFERENCE.lines().find(|l| l.starts_with(&format!("| `{row}` |"))).expect("a row");
        for key in keys(&defs[table]) {
            assert!(line.contains(&key), "the row of `{row}` does not name `{key}`");
            documented.entry(table.to_owned()).or_default().insert(key);
        }
    }
    // Uncertain numbers of all kinds have the same keys.
    let uncertain = documented.remove("Uncertain").expect("a table of uncertain numbers");
    let (of_numbers, tables): (Vec<_>, Vec<_>) = defs
        .iter()
        .filter(|(n, d)| !n.starts_with("Partial") && d["type"] == "object")
        .partition(|(n, _)| n.starts_with("Uncertain_"));
    assert!(of_numbers.len() > 8);
    for (name, def) in of_numbers {
        assert_eq!(uncertain, keys(def), "{name}");
    }
    for (name, def) in tables {
        let known = documented.remove(name).unwrap_or_else(|| panic!("the reference has no table {name}"));
        assert_eq!(known, keys(def), "table {name}");
    }
    assert!(documented.is_empty(), "no such tables: {documented:?}");
}

/// The first reason why a value does not fit a schema, for the words that ours uses.
fn misfit(schema: &Value, value: &Value, root: &Value, at: &str) -> Option<String> {
    let fits = |s: &Value, v: &Value| misfit(s, v, root, at).is_none();
    let object = match schema {
        Value::Bool(true) => return None,
        Value::Bool(false) => return Some(format!("{at}: not allowed")),
        Value::Object(object) => object,
        _ => panic!("not a schema: {schema}"),
    };
    let number = value.as_f64();
    for (word, rule) in object {
        let wrong = match word.as_str() {
            "$ref" => {
                let target = rule
                    .as_str()
                    .and_then(|r| root.pointer(r.trim_start_matches('#')))
                    .expect("a definition");
                return misfit(target, value, root, at);
            }
            "type" => match rule.as_str() {
                Some("object") => !value.is_object(),
                Some("array") => !value.is_array(),
                Some("string") => !value.is_string(),
                Some("boolean") => !value.is_boolean(),
                Some("number") => !value.is_number(),
                Some("integer") => !value.is_i64(),
                other => panic!("type {other:?}"),
            },
            "properties" => {
                for (key, sub) in rule.as_object().expect("properties") {
                    if let Some(v) = value.get(key)
                        && let Some(why) = misfit(sub, v, root, &format!("{at}.{key}"))
                    {
                        return Some(why);
                    }
                }
                false
            }
            "additionalProperties" => {
                let known = object.get("properties");
                for (key, v) in value.as_object().into_iter().flatten() {
                    if known.is_none_or(|k| k.get(key).is_none())
                        && let Some(why) = misfit(rule, v, root, &format!("{at}.{key}"))
                    {
                        return Some(why);
                    }
                }
                false
            }
            "required" => rule
                .as_array()
                .into_iter()
                .flatten()
                .any(|k| value.is_object() && value.get(k.as_str().expect("a key")).is_none()),
            "items" => {
                let start = object.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
                for (i, v) in value.as_array().into_iter().flatten().enumerate().skip(start) {
                    if let Some(why) = misfit(rule, v, root, &format!("{at}[{i}]")) {
                        return Some(why);
                    }
                }
                false
            }
            "prefixItems" => value.as_array().is_some_and(|list| {
                list.iter().zip(rule.as_array().expect("items")).any(|(v, s)| !fits(s, v))
            }),
            "minItems" => {
                value.as_array().is_some_and(|l| (l.len() as u64) < rule.as_u64().expect("a count"))
            }
            "maxItems" => {
                value.as_array().is_some_and(|l| (l.len() as u64) > rule.as_u64().expect("a count"))
            }
            "minLength" => value.as_str().is_some_and(|s| (s.len() as u64) < rule.as_u64().expect("a count")),
            "minimum" => number.is_some_and(|x| x < rule.as_f64().expect("a number")),
            "maximum" => number.is_some_and(|x| x > rule.as_f64().expect("a number")),
            "exclusiveMinimum" => number.is_some_and(|x| x <= rule.as_f64().expect("a number")),
            "enum" => !rule.as_array().expect("values").contains(value),
            "const" => rule != value,
            "anyOf" => !rule.as_array().expect("schemas").iter().any(|s| fits(s, value)),
            "oneOf" => rule.as_array().expect("schemas").iter().filter(|s| fits(s, value)).count() != 1,
            "not" => fits(rule, value),
            "if" => {
                let then = object.get("then").expect("a consequence");
                return if fits(rule, value) {
                    misfit(then, value, root, at)
                } else {
                    rest(object, value, root, at)
                };
            }
            "$schema" | "title" | "description" | "default" | "then" | "$defs" | "pattern"
            | "propertyNames" => false,
            other => panic!("the schema has a word that this test does not know: {other}"),
        };
        if wrong {
            return Some(format!("{at}: {word} {rule}"));
        }
    }
    None
}

/// Checks what stands beside `if`.
fn rest(object: &serde_json::Map<String, Value>, value: &Value, root: &Value, at: &str) -> Option<String> {
    let mut object = object.clone();
    object.remove("if");
    misfit(&Value::Object(object), value, root, at)
}

fn as_json(toml: &str) -> Value {
    fn convert(value: toml::Value) -> Value {
        match value {
            toml::Value::Datetime(d) => Value::String(d.to_string()),
            toml::Value::Array(list) => list.into_iter().map(convert).collect(),
            toml::Value::Table(t) => Value::Object(t.into_iter().map(|(k, v)| (k, convert(v))).collect()),
            other => serde_json::to_value(other).expect("a value"),
        }
    }
    convert(toml::Value::Table(toml.parse().expect("TOML")))
}

#[test]
fn the_schema_accepts_every_example() {
    let schema = json_schema();
    for block in blocks() {
        let text =
            if block.fragment { format!("extends = \"base.toml\"\n{}", block.text) } else { block.text };
        let why = misfit(&schema, &as_json(&text), &schema, "");
        assert_eq!(why, None, "example from line {}", block.line);
    }
    for (name, text) in starter() {
        assert_eq!(misfit(&schema, &as_json(text), &schema, ""), None, "{name}");
    }
}

#[test]
fn the_schema_rejects_what_the_parser_rejects() {
    let schema = json_schema();
    let folder = Folder::new();
    let cases = [
        "[run]\nhorzion = \"4 weeks\"",
        "[run]\nhorizon = 4",
        "[run]\nreplications = 0",
        "[class.biometric]\nrate = 5",
        "[class.biometric]\nprofile = [1, 2]",
        "[class.biometric]\nrate = \"1 per day\"\ntrace = { file = \"times.csv\", kind = \"times\" }",
        "[class.biometric]\ntrace = { kind = \"times\" }",
        "[stage.research.service]\ntime = { lognormal = { mean = \"2 min\", cv = -1 } }",
        "[stage.research.service]\ntime = { exponential = \"2 min\", gamma = { shape = 1, scale = \"1 min\" } }",
        "[stage.research.service]\ntime = {}",
        "[stage.closed]\nexit = false",
        "[stage.closed]\nexit = true\ndelay = \"1 min\"",
        "[centre.PERC]\ndiscipline = \"lifo\"",
        "[centre.PERC]\nlevels = { officers = 1 }\ncrews = []",
        "[centre.PERC]\nlevels = { steps = [[\"0 h\", 1, 2]] }",
        "[centre.PERC]\nshifts = [{ start = \"06:00\", officers = 1 }]",
        "[centre.PERC]\nshifts = [{ start = \"06:00\", length = \"8 h\", officers = [1, 2] }]",
        "[[route]]\nshare = 0.5",
        "[[route]]\nto = \"PERC\"\nshare = 1.5",
        "[[exception]]\nname = \"x\"\nfrom = \"2019-01-01 00:00\"",
        "[centre.PERC]\ndocumentation = { low = 0.5, base = 0.6 }",
        "[centre.PERC]\ndocumentation = { low = 0.5, base = 0.6, high = 0.7, sd = 0.1 }",
        "[centre.PERC]\nspeed = { base = 1.0, cv = 0.1, standing = \"guess\" }",
        "[stage.booking]\ndelay = { low = 1, base = \"2 h\", high = \"3 h\" }",
        "[surprise]\nx = 1",
    ];
    for case in cases {
        let text = format!("extends = \"base.toml\"\n{case}");
        assert!(folder.load(&text).is_err(), "the parser accepts {case}");
        assert!(misfit(&schema, &as_json(&text), &schema, "").is_some(), "the schema accepts {case}");
    }
    // Without `extends` nothing may be left out.
    assert!(misfit(&schema, &as_json("[class.a]\n[stage.b]\nexit = true"), &schema, "").is_some());
    assert_eq!(
        misfit(&schema, &as_json("[class.a]\nrate = \"1 per day\"\n[stage.b]\nexit = true"), &schema, ""),
        None
    );
}

#[test]
fn the_resolved_scenario_means_the_same() {
    for block in blocks() {
        let folder = Folder::new();
        let first = good(if block.fragment { folder.over(&block.text) } else { folder.load(&block.text) });
        let mut table = first.resolved.clone();
        table.remove("derived");
        let again = good(folder.load(&toml::to_string(&table).expect("TOML")));
        assert_eq!(first.model, again.model, "example from line {}", block.line);
        assert_eq!(first.hash, again.hash, "example from line {}", block.line);
        assert_eq!(first.resolved, again.resolved, "example from line {}", block.line);
    }
}

#[test]
fn the_example_loads_without_warnings() {
    let folder = Folder::new();
    let scenario = good(folder.load(&example()));
    assert!(scenario.warnings.is_empty(), "{}", scenario.warnings.render(false));
}

/// Each of the fifteen shapes of the cookbook is a whole scenario that runs as it stands: requests come and are done.
#[test]
fn the_cookbook_runs() {
    let end = REFERENCE.lines().position(|l| l.starts_with("## How values are written")).expect("its end");
    let shapes: Vec<_> = blocks().into_iter().filter(|b| b.line < end).collect();
    assert_eq!(shapes.len(), 15);
    for block in shapes {
        assert!(!block.fragment, "line {}", block.line);
        let folder = Folder::new();
        let scenario = good(folder.load(&block.text));
        let outcome = poolwise_engine::run(&scenario.model, 0, true)
            .unwrap_or_else(|e| panic!("docs/scenario.md, example from line {}: {e}", block.line));
        let of = |kind| outcome.trace.iter().filter(|r| r.kind == kind).count();
        use poolwise_engine::trace::TraceKind;
        let (served, gone) = (of(TraceKind::Service), of(TraceKind::Exit));
        assert!(served > 20 && gone > 20, "example from line {}: {served} served, {gone} gone", block.line);
    }
}
