//! What was run: `manifest.json`, the same bytes for the same thing, and beside it `host.json` with
//! what differs from run to run.

use super::ReportError;
use super::json;
use poolwise_engine::random::STREAM_SCHEME;
use poolwise_study::measures;
use poolwise_study::summary::Summary;
use serde_json::{Map, Value, json};

/// What a scenario was made of.
#[derive(Debug, Clone, Copy)]
pub struct ScenarioSource<'a> {
    /// Free text on the scenario.
    pub description: &'a str,
    /// All values, after `extends` and overrides.
    pub resolved: &'a toml::Table,
    /// Hash of the resolved values.
    pub hash: &'a str,
    /// Root of all random numbers.
    pub seed: u64,
}

/// Where, when and how fast it ran. Nothing in results depends on it.
#[derive(Debug, Clone, Default)]
pub struct Host {
    /// Start, as an instant in text.
    pub started: String,
    /// End, as an instant in text.
    pub finished: String,
    /// Wall-clock seconds of the simulation of this scenario.
    pub simulation_seconds: f64,
    /// Requests simulated, over all replications.
    pub requests: u64,
    /// Threads asked for; `None` means one for each processor.
    pub threads: Option<usize>,
    /// The command line.
    pub command: Vec<String>,
    /// Files the scenario was read from.
    pub sources: Vec<String>,
}

/// The bytes of `manifest.json`.
///
/// # Errors
/// If a value cannot be encoded.
pub fn manifest(source: &ScenarioSource<'_>, summary: &Summary) -> Result<String, ReportError> {
    json::document(&json!({
        "program": "poolwise",
        "version": env!("CARGO_PKG_VERSION"),
        "stream_scheme": STREAM_SCHEME,
        "measures_version": measures::VERSION,
        "scenario": summary.scenario,
        "title": summary.title,
        "description": source.description,
        "hash": source.hash,
        "seed": source.seed,
        "replications": summary.replications,
        "replications_planned": summary.replications_planned,
        "resolved": table(source.resolved),
    }))
}

/// The bytes of `host.json`.
///
/// # Errors
/// If a value cannot be encoded.
pub fn host(host: &Host) -> Result<String, ReportError> {
    let processors = std::thread::available_parallelism().map_or(Value::Null, |n| json!(n.get()));
    json::document(&json!({
        "started": host.started,
        "finished": host.finished,
        "simulation_seconds": host.simulation_seconds,
        "requests": host.requests,
        "threads": host.threads,
        "processors": processors,
        "operating_system": std::env::consts::OS,
        "architecture": std::env::consts::ARCH,
        "command": host.command,
        "sources": host.sources,
    }))
}

fn table(table: &toml::Table) -> Value {
    Value::Object(table.iter().map(|(key, value)| (key.clone(), plain(value))).collect::<Map<_, _>>())
}

/// A TOML value as JSON: dates and times become text, infinities and NaN text too, because JSON has
/// no word for them.
fn plain(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(s) => json!(s),
        toml::Value::Integer(i) => json!(i),
        toml::Value::Float(f) if f.is_finite() => json!(f),
        toml::Value::Float(f) => json!(f.to_string()),
        toml::Value::Boolean(b) => json!(b),
        toml::Value::Datetime(d) => json!(d.to_string()),
        toml::Value::Array(a) => Value::Array(a.iter().map(plain).collect()),
        toml::Value::Table(t) => table(t),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn the_manifest_holds_every_resolved_value_and_no_time_of_day() {
        let resolved: toml::Table = toml::from_str(
            "name = 'x'\n[run]\nstart = 2018-10-01\n[area.\"Los Angeles\"]\nshare = 9\nweights = [1.5, inf]\n",
        )
        .unwrap();
        let source = ScenarioSource { description: "free text", resolved: &resolved, hash: "abc", seed: 7 };
        let text = manifest(&source, &fixture::summary("x", 0.6)).unwrap();
        assert_eq!(text, manifest(&source, &fixture::summary("x", 0.6)).unwrap());
        let v: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(v["resolved"]["run"]["start"], "2018-10-01");
        assert_eq!(v["resolved"]["area"]["Los Angeles"]["share"], 9);
        assert_eq!(v["resolved"]["area"]["Los Angeles"]["weights"][1], "inf");
        assert_eq!(v["stream_scheme"], STREAM_SCHEME);
        assert_eq!((v["hash"].as_str(), v["seed"].as_u64()), (Some("abc"), Some(7)));
    }
}
