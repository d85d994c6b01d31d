//! The JSON Schema of sweep files, for editors.

use super::parts::SweepIn;
use crate::describe::SchemaGenerator;
use serde_json::Value;

/// The schema of what [`super::load`] accepts, apart from what depends on the scenarios.
pub fn json_schema() -> Value {
    let mut root = SchemaGenerator::root::<SweepIn>();
    root.insert("title".to_owned(), "poolwise sweep".into());
    Value::Object(root)
}
