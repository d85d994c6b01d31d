//! Imports go one way; the engine knows no files, threads, formats or printing.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder)];
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).expect("a folder").map(|e| e.expect("an entry").path()));
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            found.push((path, text));
        }
    }
    assert!(!found.is_empty(), "{folder} has sources");
    found
}

/// Layers and what each may import from the crate, besides itself.
const LAYERS: [(&str, &[&str]); 9] = [
    ("random", &[]),
    ("model", &["random", "time"]),
    ("stats", &[]),
    ("theory", &["random", "stats"]),
    ("engine", &["model", "random", "stats", "time"]),
    ("scenario", &["model", "random", "time", "stats"]),
    ("experiment", &["engine", "model", "random", "scenario", "stats", "theory", "time"]),
    ("validation", &["engine", "experiment", "model", "random", "scenario", "stats", "theory", "time"]),
    ("report", &["engine", "experiment", "model", "random", "stats", "theory", "time", "validation"]),
];

#[test]
fn imports_go_one_way() {
    for (layer, allowed) in LAYERS {
        for (path, text) in sources(layer).into_iter().filter(|(path, _)| !path.ends_with("tests.rs")) {
            // A unit test may use anything.
            let shipped = text.split("#[cfg(test)]").next().unwrap_or("");
            for (number, line) in shipped.lines().enumerate() {
                let code = line.split("//").next().unwrap_or("");
                for (at, _) in code.match_indices("crate::") {
                    let rest = &code[at + 7..];
                    let target: String =
                        rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                    let fine = target == layer || allowed.contains(&target.as_str());
                    assert!(fine, "{}:{}: {layer} imports {target}", path.display(), number + 1);
                }
            }
        }
    }
}

#[test]
fn the_engine_touches_nothing_outside() {
    let forbidden =
        ["serde", "std::fs", "std::io", "std::thread", "std::env", "println!", "eprintln!", "rayon", "toml"];
    for (path, text) in sources("engine") {
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or("");
            for word in forbidden {
                assert!(!code.contains(word), "{}:{}: {word}", path.display(), number + 1);
            }
        }
    }
}
