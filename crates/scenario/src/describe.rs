//! How the parts of a scenario describe themselves to editors: as much of JSON Schema as they need. What is the same
//! for every part is compiled once: a part hands in its functions.

use serde_json::{Map, Value};
use std::borrow::Cow;

/// Where the schemas of parts stand that have a name.
pub(crate) const DEFS: &str = "#/$defs/";
const VERSION: &str = "https://json-schema.org/draft/2020-12/schema";

/// Something with a schema.
pub trait JsonSchema {
    /// Whether its schema is written wherever it is used, and not once under its name.
    fn inline_schema() -> bool {
        false
    }

    /// Its name; no two parts have the same.
    fn schema_name() -> Cow<'static, str>;

    /// Its schema; those of its parts come from the generator.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema;
}

/// A schema.
#[derive(Debug, Clone)]
pub struct Schema(Map<String, Value>);

impl Schema {
    /// Of a JSON object: anything else says nothing.
    pub(crate) fn of(value: Value) -> Self {
        match value {
            Value::Object(map) => Self(map),
            _ => Self(Map::new()),
        }
    }

    pub(crate) fn insert(&mut self, key: String, value: Value) {
        self.0.insert(key, value);
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

impl serde::Serialize for Schema {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// A schema, written as JSON.
macro_rules! json_schema {
    ($($json:tt)*) => { $crate::describe::Schema::of(serde_json::json!($($json)*)) };
}
pub(crate) use json_schema;

/// Collects the schemas of named parts.
#[derive(Debug, Default)]
pub struct SchemaGenerator {
    defs: Map<String, Value>,
}

impl SchemaGenerator {
    /// The schema of a part, or where it stands.
    pub(crate) fn subschema_for<T: JsonSchema>(&mut self) -> Schema {
        if T::inline_schema() {
            T::json_schema(self)
        } else {
            self.reference(T::schema_name(), T::json_schema)
        }
    }

    fn reference(&mut self, name: Cow<'static, str>, schema: fn(&mut Self) -> Schema) -> Schema {
        let at = Value::String(format!("{DEFS}{name}"));
        if !self.defs.contains_key(name.as_ref()) {
            // Before it is described, so that a part may hold others of its kind.
            self.defs.insert(name.to_string(), Value::Bool(false));
            let described = schema(self).into_value();
            self.defs.insert(name.into_owned(), described);
        }
        Schema::of(Value::Object(Map::from_iter([("$ref".to_owned(), at)])))
    }

    /// The schema of a whole file.
    pub(crate) fn root<T: JsonSchema>() -> Map<String, Value> {
        Self::whole(T::schema_name(), T::json_schema)
    }

    fn whole(name: Cow<'static, str>, schema: fn(&mut Self) -> Schema) -> Map<String, Value> {
        let mut generator = Self::default();
        let Schema(mut root) = schema(&mut generator);
        root.insert("title".to_owned(), Value::String(name.into_owned()));
        root.insert("$schema".to_owned(), VERSION.into());
        root.insert("$defs".to_owned(), Value::Object(generator.defs));
        root
    }
}

impl JsonSchema for bool {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "boolean".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "boolean" })
    }
}

impl<T: JsonSchema> JsonSchema for Box<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
