//! What the tests of scenarios share: the examples of the reference, and a folder to load them in.

#![allow(dead_code)]

pub(crate) mod errors;

use poolwise_scenario::{Diagnostics, Overrides, Scenario, load};
use std::path::{Path, PathBuf};

/// The reference.
pub(crate) const REFERENCE: &str = include_str!("../../docs/scenario.md");

/// A block of the reference: its first line in the page, and its text.
pub(crate) struct Block {
    pub line: usize,
    pub fragment: bool,
    pub text: String,
}

/// All TOML blocks of the reference.
pub(crate) fn blocks() -> Vec<Block> {
    let mut out = Vec::new();
    let mut open: Option<Block> = None;
    for (i, line) in REFERENCE.lines().enumerate() {
        match &mut open {
            Some(block) if line == "```" => {
                out.push(Block {
                    line: block.line,
                    fragment: block.fragment,
                    text: std::mem::take(&mut block.text),
                });
                open = None;
            }
            Some(block) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            None if line.starts_with("```toml") => {
                let fragment = line == "```toml fragment";
                assert!(fragment || line == "```toml", "line {}: {line}", i + 1);
                open = Some(Block { line: i + 2, fragment, text: String::new() });
            }
            None => {}
        }
    }
    out
}

/// The example of the reference, over which its fragments are laid.
pub(crate) fn example() -> String {
    let marked = |b: &Block| !b.fragment && b.text.contains("The example of the reference");
    blocks().into_iter().find(marked).expect("the reference has an example").text
}

/// A folder with the reference's example as `base.toml` and the data files that its fragments name.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder for the test"));
        folder.write("base.toml", example());
        let week: String = (0..168).map(|h| format!("{h},{}\n", 1 + h % 24)).collect();
        folder.write("profiles.csv", format!("hour_of_week,evening\n{week}"));
        folder.write("times.csv", "time_local\n2018-10-01 06:30\n2018-10-02T07:00\n2018-11-04 01:30:30\n");
        folder.write("hourly.csv", "hour,n\n2018-10-01 06:00,2\n2018-10-01 07:00,0\n2018-10-02 08:00,3\n");
        let half_hours: String = (0..7 * 48)
            .map(|i| format!("{:02}.10.2018;{}:{:02};{}\n", 1 + i / 48, i % 48 / 2, i % 2 * 30, i % 5))
            .collect();
        folder.write("half-hours.csv", format!("date;from;calls\n{half_hours}"));
        folder.write("minutes.csv", "minutes\n12\n18.5\n31\n");
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).expect("a file of the test");
        path
    }

    /// Loads a text as a scenario of its own.
    pub(crate) fn load(&self, text: &str) -> Result<Scenario, Diagnostics> {
        load(&self.write("test.toml", text), &Overrides::default())
    }

    /// Loads a text laid over the example.
    pub(crate) fn over(&self, text: &str) -> Result<Scenario, Diagnostics> {
        self.load(&format!("extends = \"base.toml\"\n{text}"))
    }

    /// Loads the example with overrides.
    pub(crate) fn set(&self, sets: &[&str]) -> Result<Scenario, Diagnostics> {
        let sets = sets.iter().map(|s| (*s).to_owned()).collect();
        load(&self.path("base.toml"), &Overrides { sets, ..Overrides::default() })
    }
}

/// Unwraps, showing the errors as a planner would see them.
#[track_caller]
pub(crate) fn good(result: Result<Scenario, Diagnostics>) -> Scenario {
    match result {
        Ok(scenario) => scenario,
        Err(errors) => panic!("the scenario should be in order:\n{}", errors.render(false)),
    }
}

/// Only the file's name of a path.
pub(crate) fn file_name(path: &str) -> &str {
    Path::new(path).file_name().and_then(|n| n.to_str()).unwrap_or(path)
}
