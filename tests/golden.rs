//! The same bytes on every machine: hashes of what ten scenarios give, in `tests/golden.json`. `scripts/wasm.sh` compares
//! the same scenarios in WebAssembly.
//!
//! Hashes change when results are meant to change. Then say so in the change log, and write them anew:
//! `POOLWISE_GOLDEN=write cargo test --release --test golden`.

use assert_cmd::Command;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

/// A scenario as it is run, and the hashes of its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Golden {
    scenario: String,
    replications: u32,
    horizon: String,
    set: Vec<String>,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    replications_csv: String,
}

impl Golden {
    /// Runs it by the command, and hashes its files.
    fn run(&mut self, out: &Path) {
        let replications = self.replications.to_string();
        let mut command = Command::cargo_bin("poolwise").expect("the program");
        command.current_dir(env!("CARGO_MANIFEST_DIR")).args([
            "run",
            &self.scenario,
            "--no-plots",
            "--quiet",
        ]);
        command.args(["--replications", &replications, "--horizon", &self.horizon, "--out"]).arg(out);
        command.args(self.set.iter().flat_map(|s| ["--set", s])).assert().success();
        let name = Path::new(&self.scenario).file_stem().expect("a name");
        let hash = |file: &str| {
            let bytes = fs::read(out.join(name).join(file)).expect("a file of the run");
            Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
        };
        (self.summary, self.replications_csv) = (hash("summary.json"), hash("replications.csv"));
    }
}

#[test]
fn results_have_the_bytes_they_had() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden.json");
    let known: Vec<Golden> = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert!(known.len() >= 10);
    let out = tempfile::tempdir().unwrap();
    let mut found = known.clone();
    found.iter_mut().for_each(|golden| golden.run(out.path()));
    if std::env::var("POOLWISE_GOLDEN").is_ok_and(|v| v == "write") {
        fs::write(&path, serde_json::to_string_pretty(&found).unwrap() + "\n").unwrap();
        return;
    }
    for (found, known) in found.iter().zip(&known) {
        assert_eq!(
            found, known,
            "results differ from those in tests/golden.json; its test says how to renew them"
        );
    }
}
