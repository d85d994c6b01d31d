//! The JSON Schema of sweep files, for editors.

use super::parts::SweepIn;
use serde_json::Value;

/// The schema of what [`super::load`] accepts, apart from what depends on the scenarios.
pub fn json_schema() -> Value {
    let mut root = schemars::SchemaGenerator::default().into_root_schema_for::<SweepIn>().to_value();
    if let Some(table) = root.as_object_mut() {
        table.insert("title".to_owned(), "poolwise sweep".into());
    }
    root
}
