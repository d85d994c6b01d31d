//! Whatever is fed to the reader of scenarios, it answers: with a scenario or with errors that can be shown.

mod scenario_support;

use poolwise_scenario::{Diagnostics, Overrides, Scenario, json_schema, load, starter};
use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, RngSeed};
use scenario_support::{Folder, blocks, example};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(20_18_10_01),
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    }
}

/// An answer must be one that can be used: errors drawn, or a model that is what the engine expects.
fn answer(result: Result<Scenario, Diagnostics>) {
    match result {
        Err(errors) => {
            assert!(errors.has_errors());
            assert!(!errors.render(true).is_empty() && !errors.render(false).is_empty());
            assert!(!errors.to_string().is_empty());
        }
        Ok(scenario) => {
            scenario.warnings.render(true);
            sound(&scenario);
        }
    }
}

/// What the engine relies on.
fn sound(scenario: &Scenario) {
    use poolwise_engine::model::{Demand, Destination, StageKind};
    let m = &scenario.model;
    let (stages, centres, clocks) = (m.stages.len(), m.centres.len(), m.clocks.len());
    assert_eq!(scenario.hash.len(), 64);
    assert!(m.run.horizon > 0.0 && m.run.horizon.is_finite() && m.run.warm_up >= 0.0 && m.run.clock < clocks);
    assert!((m.areas.iter().map(|a| a.share).sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(m.areas.iter().all(|a| a.clock < clocks && a.centre.is_none_or(|c| c < centres)));
    assert!(m.centres.iter().all(|c| c.clock < clocks && c.speed.len() == m.classes.len()));
    for class in &m.classes {
        assert!(class.start < stages && !matches!(m.stages[class.start].kind, StageKind::Exit));
        match &class.demand {
            Demand::Rate { per_second, .. } => assert!(per_second.is_finite() && *per_second >= 0.0),
            Demand::Trace(trace) => {
                assert!(trace.times.is_sorted());
                assert!(trace.times.iter().all(|t| t - trace.jitter_before >= 0.0 && *t < m.run.end()));
            }
        }
    }
    for stage in &m.stages {
        let exit = matches!(stage.kind, StageKind::Exit);
        assert_eq!(exit, stage.next.is_empty(), "{}", stage.name);
        for c in 0..m.classes.len() {
            let sums: Vec<f64> = stage.next.iter().map(|b| b.cumulative[c]).collect();
            assert!(sums.is_sorted() && sums.last().is_none_or(|p| *p == 1.0), "{}: {sums:?}", stage.name);
        }
        if let StageKind::Service(s) = &stage.kind {
            assert!(s.role < m.roles.len() && s.time.mean().is_finite());
        }
    }
    for rule in &m.rules {
        assert_eq!(
            (rule.stages.len(), rule.classes.len(), rule.areas.len()),
            (stages, m.classes.len(), m.areas.len())
        );
        if let Destination::LeastLoaded(list) = &rule.to {
            assert!(!list.is_empty());
        }
    }
}

/// All texts that are in order.
fn texts() -> Vec<String> {
    let mut out: Vec<String> = starter().iter().map(|(_, t)| (*t).to_owned()).collect();
    out.extend(
        blocks()
            .into_iter()
            .map(|b| if b.fragment { format!("extends = \"base.toml\"\n{}", b.text) } else { b.text }),
    );
    out
}

/// Words that mean something somewhere.
fn words() -> Vec<&'static str> {
    vec![
        "=",
        "[",
        "]",
        "{",
        "}",
        "[[",
        "]]",
        ",",
        ".",
        "\"",
        "'",
        "\n",
        "#",
        "0",
        "-1",
        "1e308",
        "nan",
        "inf",
        "true",
        "\"0 min\"",
        "\"1 h\"",
        "\"1e9 weeks\"",
        "\"local\"",
        "\"same\"",
        "\"open\"",
        "\"PERC\"",
        "[]",
        "{}",
        "\"\"",
        "9999-12-31",
        "2018-10-01",
        "\"24:00\"",
        "\"daily\"",
        "\"profiles.csv\"",
        "\"/dev/zero\"",
        "99999999999999999999",
        "class",
        "stage",
        "extends",
        "service",
        "delay",
        "\u{1F600}",
        "\u{0}",
        "\\u0000",
        "\r",
        "\t",
    ]
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let folder = Folder::new();
        folder.write("test.toml", &bytes);
        answer(load(&folder.path("test.toml"), &Overrides::default()));
    }

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        answer(Folder::new().load(&text));
    }

    #[test]
    fn any_overrides(sets in proptest::collection::vec("\\PC{0,40}", 1..4)) {
        let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
        answer(Folder::new().set(&sets));
    }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn mutations(
        which in any::<prop::sample::Index>(),
        edits in proptest::collection::vec(
            (any::<prop::sample::Index>(), 0..12_usize, any::<prop::sample::Index>()), 1..5),
    ) {
        let texts = texts();
        let mut text: Vec<char> = which.get(&texts).chars().collect();
        let words = words();
        for (at, remove, word) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + remove).min(text.len());
            text.splice(at..end, word.get(&words).chars());
        }
        answer(Folder::new().load(&text.into_iter().collect::<String>()));
    }

    #[test]
    fn truncations(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>()) {
        let texts = texts();
        let text = which.get(&texts);
        let mut at = at.index(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        answer(Folder::new().load(&text[..at]));
    }

    #[test]
    fn values_in_place(
        which in any::<prop::sample::Index>(),
        line in any::<prop::sample::Index>(),
        word in any::<prop::sample::Index>(),
    ) {
        // A line's value replaced by another: the document stays TOML more often than with cuts.
        let texts = texts();
        let mut lines: Vec<String> = which.get(&texts).lines().map(str::to_owned).collect();
        let words = words();
        let line = line.index(lines.len());
        if let Some((key, _)) = lines[line].clone().split_once('=') {
            lines[line] = format!("{key}= {}", word.get(&words));
        }
        answer(Folder::new().load(&lines.join("\n")));
    }

    #[test]
    fn overrides_by_path(
        path in any::<prop::sample::Index>(),
        cut in 0..4_usize,
        word in any::<prop::sample::Index>(),
    ) {
        let paths = paths();
        let path = path.get(&paths);
        let keep = path.len().saturating_sub(cut).max(1);
        let words = words();
        let set = format!("{}={}", path[..keep].join("."), word.get(&words));
        answer(Folder::new().set(&[&set]));
    }
}

/// Every path to a value of the resolved example.
fn paths() -> Vec<Vec<String>> {
    fn walk(value: &toml::Value, at: &mut Vec<String>, out: &mut Vec<Vec<String>>) {
        out.push(at.clone());
        let mut below = |key: String, v: &toml::Value| {
            at.push(key);
            walk(v, at, out);
            at.pop();
        };
        match value {
            toml::Value::Table(t) => t.iter().for_each(|(k, v)| below(format!("\"{k}\""), v)),
            toml::Value::Array(a) => a.iter().enumerate().for_each(|(i, v)| below(i.to_string(), v)),
            _ => {}
        }
    }
    let scenario = scenario_support::good(Folder::new().load(&example()));
    let mut out = Vec::new();
    walk(&toml::Value::Table(scenario.resolved), &mut Vec::new(), &mut out);
    out.retain(|p| !p.is_empty());
    out
}

#[test]
fn the_fuzz_corpus_is_answered() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/scenario");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus") {
        let path = entry.expect("an entry").path();
        println!("{}", path.display());
        answer(load(&path, &Overrides::default()));
        let text = String::from_utf8_lossy(&std::fs::read(&path).expect("a file")).into_owned();
        answer(Folder::new().over(&text));
        answer(Folder::new().set(&[&text]));
        seen += 1;
    }
    assert!(seen >= 20, "only {seen} files in the corpus");
}

/// Texts made from the schema's patterns are texts that the parser reads.
#[test]
fn the_patterns_of_the_schema_are_those_of_the_parser() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, TestRunner};
    let schema = json_schema();
    let pattern = |pointer: &str| {
        let rule = schema.pointer(pointer).unwrap_or_else(|| panic!("no {pointer}"));
        // A number that may be uncertain is a choice of forms: the text is one of them.
        let forms = rule["anyOf"].as_array().cloned().unwrap_or_else(|| vec![rule.clone()]);
        let text = forms.iter().find_map(|form| form["pattern"].as_str()).expect("a pattern");
        text.trim_start_matches('^').trim_end_matches('$').to_owned()
    };
    let cases = [
        ("/$defs/RunIn/properties/target", "[run]\ntarget = "),
        ("/$defs/RunIn/properties/start", "[run]\nstart = "),
        ("/$defs/ClassIn/properties/rate", "[class.biometric]\nrate = "),
        (
            "/$defs/ShiftIn/properties/days",
            "[centre.PERC]\nshifts = [{ start = \"06:00\", length = \"8 h\", officers = 3, days = @ }]",
        ),
        (
            "/$defs/ShiftIn/properties/start",
            "[centre.PERC]\nshifts = [{ length = \"8 h\", officers = 3, start = @ }]",
        ),
        (
            "/$defs/ExceptionIn/properties/from",
            "[[exception]]\nname = \"x\"\nuntil = \"9990-01-01 00:00\"\nfrom = ",
        ),
    ];
    // What no pattern can say: ranges, days of the month, days named twice, midnight as a start.
    let allowed = [
        "too large",
        "longer than",
        "more than a million",
        "no such day",
        "named twice",
        "too far from the present",
        "starts before 24:00",
        "must be later",
    ];
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(7), ..Config::default() });
    for (pointer, key) in cases {
        let strategy = proptest::string::string_regex(&pattern(pointer)).expect("a pattern");
        for _ in 0..60 {
            let text = strategy.new_tree(&mut runner).expect("a text").current();
            let value = format!("\"{text}\"");
            let toml = if key.contains('@') { key.replace('@', &value) } else { format!("{key}{value}") };
            if let Err(errors) = Folder::new().over(&toml) {
                let said = errors.to_string();
                assert!(allowed.iter().any(|a| said.contains(a)), "{text:?} for {pointer}: {said}");
            }
        }
    }
}
