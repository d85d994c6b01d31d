//! The same file, seed and version give the same bytes, whatever the number of threads.

use assert_cmd::Command;
use poolwise_scenario::{Overrides, load};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// All files of a folder, but for the facts of the host.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if name != "host.json" {
            found.insert(name, fs::read(&path).expect("a file"));
        }
    }
    found
}

fn run(threads: &str, out: &Path) -> BTreeMap<String, Vec<u8>> {
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/national/status-quo.toml");
    Command::cargo_bin("poolwise")
        .expect("the program")
        .args([
            "run",
            "--quiet",
            "--horizon",
            "3 weeks",
            "--replications",
            "5",
            "--threads",
            threads,
            "--trace",
        ])
        .arg("--out")
        .arg(out)
        .arg(scenario)
        .assert()
        .success();
    files(&out.join("status-quo"))
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let one = run("1", &dir.path().join("one"));
    for name in
        ["summary.json", "replications.csv", "hourly.csv", "manifest.json", "requests.csv", "queue.png"]
    {
        assert!(one.contains_key(name), "{name} in {:?}", one.keys());
    }
    for threads in ["2", "5"] {
        let other = run(threads, &dir.path().join(threads));
        assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
        for (name, bytes) in &one {
            assert!(bytes == &other[name], "{name} differs with {threads} threads");
        }
    }
}

/// Parts of a model that have nothing to do with each other are simulated one after the other, except where a
/// trace is kept: to the bit the same, though one loop goes over everything there.
#[test]
fn parts_apart_give_the_same_as_one_loop() {
    for name in
        ["textbook/network", "textbook/network-by-officer", "national/distributed", "national/regional"]
    {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{name}.toml"));
        let sets = vec!["run.horizon=\"3 weeks\"".to_owned(), "run.warm_up=\"1 week\"".to_owned()];
        let overrides = Overrides { sets, ..Overrides::default() };
        let model = load(&file, &overrides).map_err(|e| e.render(false)).expect("a scenario").model;
        let apart = poolwise_engine::run(&model, 0, false).expect("a run");
        let mut together = poolwise_engine::run(&model, 0, true).expect("a run");
        assert!(apart.requests > 1_000 && together.trace.len() > 1_000, "{name}");
        together.trace.clear();
        assert!(format!("{apart:?}") == format!("{together:?}"), "{name} differs");
    }
}
