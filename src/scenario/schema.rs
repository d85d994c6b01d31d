//! The JSON Schema of scenarios, for editors.

use super::parts::ScenarioIn;
use serde_json::Value;

/// The schema of what [`super::load`] accepts.
pub fn json_schema() -> Value {
    schemars::SchemaGenerator::default().into_root_schema_for::<ScenarioIn>().to_value()
}
