//! The JSON Schema of scenarios, for editors: made from the same declarations as the parser.

use super::input::Input;
use super::parts::ScenarioIn;
use crate::describe::{DEFS, JsonSchema, Schema, SchemaGenerator, json_schema as object};
use serde_json::{Map, Value, json};

/// Mark of tables that a file replaces as a whole in the file that it extends.
const REPLACED: &str = "x-replaced";
const PARTIAL: &str = "Partial";

/// The schema of what [`super::load`] accepts in a file. A file that extends another may leave out, in
/// tables that are merged, what the other says.
pub fn json_schema() -> Value {
    let mut table = SchemaGenerator::root::<ScenarioIn>();
    let name = ScenarioIn::schema_name();
    let mut defs = match table.remove("$defs") {
        Some(Value::Object(defs)) => defs,
        _ => Map::new(),
    };
    let (schema, description) = (table.remove("$schema"), table.remove("description"));
    table.remove("title");
    table.insert("required".to_owned(), json!(["class", "stage"]));
    let whole = Value::Object(table);
    let mut partial = Map::new();
    let loose = relax(&whole, &defs, &mut partial);
    defs.insert(name.to_string(), whole);
    defs.extend(partial);
    for def in defs.values_mut() {
        if let Some(def) = def.as_object_mut() {
            def.remove(REPLACED);
        }
    }
    let mut out = json!({
        "$schema": schema,
        "title": "poolwise scenario",
        "description": description,
        "if": { "not": { "required": ["extends"] } },
        "then": { "$ref": format!("{DEFS}{name}") },
    });
    if let (Some(out), Value::Object(loose)) = (out.as_object_mut(), loose) {
        out.extend(loose);
        out.insert("$defs".to_owned(), Value::Object(defs));
    }
    out
}

/// The schema of a table that is merged into another: nothing is required in it, of alternatives at
/// most one may be there, and the same holds in the tables below. Lists are replaced and keep theirs.
fn relax(schema: &Value, defs: &Map<String, Value>, partial: &mut Map<String, Value>) -> Value {
    let Some(object) = schema.as_object() else { return schema.clone() };
    if object.get(REPLACED) == Some(&Value::Bool(true)) {
        return schema.clone();
    }
    let mut out = Map::new();
    for (key, value) in object {
        let value = match key.as_str() {
            "required" => continue,
            "oneOf" => at_most_one(value),
            "$ref" => relax_reference(value, defs, partial),
            "properties" => match value {
                Value::Object(list) => {
                    Value::Object(list.iter().map(|(k, v)| (k.clone(), relax(v, defs, partial))).collect())
                }
                other => other.clone(),
            },
            "anyOf" => match value {
                Value::Array(list) => Value::Array(list.iter().map(|v| relax(v, defs, partial)).collect()),
                other => other.clone(),
            },
            "additionalProperties" => relax(value, defs, partial),
            _ => value.clone(),
        };
        out.insert(key.clone(), value);
    }
    Value::Object(out)
}

fn relax_reference(value: &Value, defs: &Map<String, Value>, partial: &mut Map<String, Value>) -> Value {
    let Some(name) = value.as_str().and_then(|r| r.strip_prefix(DEFS)) else { return value.clone() };
    let Some(def) = defs.get(name) else { return value.clone() };
    let loose = format!("{PARTIAL}{name}");
    if !partial.contains_key(&loose) {
        partial.insert(loose.clone(), Value::Bool(true));
        let relaxed = relax(def, defs, partial);
        partial.insert(loose.clone(), relaxed);
    }
    Value::String(format!("{DEFS}{loose}"))
}

/// From "exactly one of these keys" to "at most one".
fn at_most_one(one_of: &Value) -> Value {
    let Value::Array(options) = one_of else { return one_of.clone() };
    if options.iter().any(|o| o.get("not").is_some()) {
        return one_of.clone();
    }
    let mut options = options.clone();
    options.push(json!({ "not": { "anyOf": options.clone() } }));
    Value::Array(options)
}

/// A table's schema.
pub(crate) struct TableSchema(Map<String, Value>, Vec<&'static str>);

impl TableSchema {
    pub(crate) fn new() -> Self {
        Self(Map::new(), Vec::new())
    }

    pub(crate) fn key<T: Input>(
        &mut self,
        generator: &mut SchemaGenerator,
        name: &'static str,
        doc: &str,
        required: bool,
        default: Option<toml::Value>,
    ) {
        self.put(generator.subschema_for::<T>(), name, doc, required, default);
    }

    /// Apart from [`Self::key`], so that it is compiled once and not for each kind of key.
    fn put(
        &mut self,
        mut schema: Schema,
        name: &'static str,
        doc: &str,
        required: bool,
        default: Option<toml::Value>,
    ) {
        schema.insert("description".to_owned(), doc.trim().into());
        if let Some(d) = default.and_then(|d| serde_json::to_value(d).ok()) {
            schema.insert("default".to_owned(), d);
        }
        self.0.insert(name.to_owned(), schema.into_value());
        if required {
            self.1.push(name);
        }
    }

    pub(crate) fn finish(self, doc: &str, exactly_one: &[&str], at_most_one: &[&str]) -> Schema {
        let mut schema = object!({
            "type": "object",
            "description": doc.trim(),
            "properties": self.0,
            "additionalProperties": false,
        });
        if !self.1.is_empty() {
            schema.insert("required".to_owned(), self.1.into());
        }
        let required = |k: &&str| json!({ "required": [k] });
        if !exactly_one.is_empty() {
            let options: Vec<_> = exactly_one.iter().map(required).collect();
            schema.insert("oneOf".to_owned(), options.into());
        }
        if !at_most_one.is_empty() {
            let mut options: Vec<_> = at_most_one.iter().map(required).collect();
            let any = json!({ "not": { "anyOf": options.clone() } });
            options.push(any);
            // Of two groups, the second stands apart.
            if schema.get("oneOf").is_some() {
                schema.insert("allOf".to_owned(), json!([{ "oneOf": options }]));
            } else {
                schema.insert("oneOf".to_owned(), options.into());
            }
        }
        schema
    }
}
