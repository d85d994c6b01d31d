//! Scenarios of models that a program built, and single values as scenario files write them.

use super::Scenario;
use super::build::overload;
use super::diagnostic::{Diagnostics, Problems};
use super::distribution::{Dist, sampler};
use super::files::{Files, sha256};
use super::input::Input;
use super::layers;
use super::places::Places;
use super::quantity::Rate;
use super::source::{SourceText, Sources, TextSpan};
use poolwise_engine::model::Model;
use poolwise_engine::random::Sampler;
use poolwise_planning::offered_load::expected;
use std::path::Path;

impl Scenario {
    /// The scenario of a valid model that no file was read for. `resolved` says the same as a file would, for reports;
    /// its hash is that of these values. `path` stands for the file in messages.
    pub fn built(model: Model, resolved: toml::Table, path: &Path) -> Self {
        let (said, overloaded) = overload::of(&model, &expected(&model));
        let mut cx = Problems::of(path);
        for (_, message) in said {
            cx.warning(TextSpan::NONE, message).help(overload::HELP);
        }
        Self {
            hash: sha256(serde_json::to_string(&resolved).unwrap_or_default().as_bytes()),
            model,
            resolved,
            description: String::new(),
            pools: Vec::new(),
            warnings: cx.finish(&Sources::default()),
            roster: None,
            field_work: None,
            pay: None,
            overloaded,
            sources: vec![path.to_owned()],
            uncertain: Vec::new(),
            places: Places::default(),
        }
    }
}

/// A time of a program's model as scenario files write it, in TOML: `"20 min"`, `{ lognormal = { mean = "20 min", cv = 1 } }`.
///
/// # Errors
/// What is wrong with it, drawn.
pub fn time_law(name: &str, value: &str) -> Result<Sampler, Diagnostics> {
    alone(name, value, |dist: &Dist, sources, cx| sampler(Some(dist), &mut Files::new(sources), cx))
}

/// A rate as scenario files write it, in TOML: `"12 per hour"`; requests a second.
///
/// # Errors
/// What is wrong with it, drawn.
pub fn rate(name: &str, value: &str) -> Result<f64, Diagnostics> {
    alone(name, value, |rate: &Rate, _, _| rate.per_second())
}

/// Reads one value that stands in no file.
fn alone<I: Input, T>(
    name: &str,
    value: &str,
    make: impl FnOnce(&I, &Sources, &mut Problems) -> T,
) -> Result<T, Diagnostics> {
    let (mut sources, mut cx) = (Sources::default(), Problems::default());
    let begin = format!("{name} = ");
    let text = format!("{begin}{value}");
    let source = sources.add(SourceText::pseudo(name.to_owned(), text.clone(), Path::new("")));
    let whole = TextSpan { source, start: begin.len() as u32, end: text.len() as u32 };
    let read = layers::value(&text, begin.len(), source, &mut cx).and_then(|node| I::read(&node, &mut cx));
    let made = read.map(|read| make(&read, &sources, &mut cx));
    if !cx.uncertain.is_empty() {
        cx.error(whole, "a model built in a program has no uncertain numbers").help("give one number");
    }
    match made {
        Some(made) if !cx.any_error() => Ok(made),
        _ => {
            if !cx.any_error() {
                cx.error(whole, format!("expected {}", I::expects()));
            }
            Err(cx.finish(&sources))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_values_are_those_of_files() {
        assert_eq!(time_law("t", "\"20 min\"").unwrap(), Sampler::Constant(1_200.0));
        let law = time_law("t", "{ exponential = \"40 s\" }").unwrap();
        assert_eq!(law, Sampler::Exponential(40.0));
        assert!((rate("r", "\"36 per hour\"").unwrap() - 0.01).abs() < 1e-15);
        for wrong in [
            "{ exponentail = \"40 s\" }",
            "\"20\"",
            "{",
            "3",
            "{ low = \"1 min\", base = \"2 min\", high = \"3 min\" }",
        ] {
            let said = time_law("service of desk", wrong).unwrap_err().to_string();
            assert!(said.contains("service of desk"), "{wrong}: {said}");
        }
        assert!(rate("r", "\"-3 per hour\"").is_err());
    }
}
