//! The layers are as `docs/design.md` draws them; the engine knows no files, threads, formats or printing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn manifest(folder: &Path) -> toml::Table {
    let text = fs::read_to_string(folder.join("Cargo.toml")).expect("a manifest");
    text.parse().expect("TOML")
}

/// Folders of the crates under `crates/`.
fn folders() -> Vec<PathBuf> {
    let crates = fs::read_dir(root().join("crates")).expect("crates").map(|e| e.expect("an entry").path());
    crates.filter(|path| path.join("Cargo.toml").exists()).collect()
}

/// Crates of ours and what each imports of ours, tests apart.
fn imports_by_cargo() -> BTreeMap<String, BTreeSet<String>> {
    let of = |folder: PathBuf| {
        let manifest = manifest(&folder);
        let name = manifest["package"]["name"].as_str().expect("a name").to_owned();
        let dependencies = manifest.get("dependencies").and_then(|d| d.as_table());
        let names = dependencies.into_iter().flat_map(|table| table.keys().cloned());
        (name, names.filter(|name| name.starts_with("poolwise")).collect())
    };
    folders().into_iter().chain([root()]).map(of).collect()
}

/// The same by the table in the page on design: names in backticks, a crate and what it imports.
fn imports_by_page() -> BTreeMap<String, BTreeSet<String>> {
    let page = fs::read_to_string(root().join("docs/design.md")).expect("the page on design");
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').collect();
        let name = names(cells.get(1)?).into_iter().next().filter(|name| name.starts_with("poolwise"))?;
        Some((name, names(cells.get(3)?).into_iter().collect()))
    };
    page.lines().filter(|line| line.starts_with("| `poolwise")).filter_map(row).collect()
}

#[test]
fn the_page_on_design_draws_the_house_as_it_stands() {
    assert_eq!(imports_by_page(), imports_by_cargo());
}

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut open = vec![root().join(folder)];
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

#[test]
fn the_engine_touches_nothing_outside() {
    let forbidden =
        ["serde", "std::fs", "std::io", "std::thread", "std::env", "println!", "eprintln!", "rayon", "toml"];
    for (path, text) in sources("crates/engine/src") {
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or("");
            for word in forbidden {
                assert!(!code.contains(word), "{}:{}: {word}", path.display(), number + 1);
            }
        }
    }
}

#[test]
fn every_crate_can_be_packaged() {
    for folder in folders() {
        let manifest = manifest(&folder);
        for key in ["description", "license", "keywords", "categories"] {
            assert!(manifest["package"].get(key).is_some(), "{}: no {key}", folder.display());
        }
        // A package holds its own folder and nothing beside it: what is embedded lies in it, or is linked into it.
        let source = folder.strip_prefix(root()).expect("inside").join("src");
        for (path, text) in sources(&source.display().to_string()) {
            let depth = path.strip_prefix(&folder).expect("inside").components().count() - 1;
            let outside = format!("\"{}", "../".repeat(depth + 1));
            for line in text.lines().filter(|line| line.contains("include_")) {
                assert!(!line.contains(&outside), "{}: {line}", path.display());
            }
        }
    }
}
