//! What the tests of sweeps share: a small scenario, a folder, the program.

#![allow(dead_code)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A system of officers that takes a moment to simulate.
pub(crate) const SMALL: &str = r#"
title = "Officers"
[run]
horizon = "1 week"
[class.case]
rate = "20 per hour"
start = "work"
[stage.work]
service = { role = "officer", time = { exponential = "20 min" } }
next = "closed"
[stage.closed]
exit = true
done = true
[centre.office]
levels = { officers = 8 }
[[route]]
to = "office"
"#;

/// Eight points of it, four replications each.
pub(crate) const SWEEP: &str = r#"
scenarios = ["small.toml"]
replications = 4
[axis.rate]
path = "class.case.rate"
unit = "per hour"
values = [12, 16, 20, 22]
[axis.officers]
path = "centre.office.levels.officers"
values = [8, 9]
"#;

/// A folder with a scenario and a sweep of it.
pub(crate) struct Place(pub TempDir);

impl Place {
    /// With `small.toml`, and this text as `sweep.toml`.
    pub(crate) fn new(sweep: &str) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.write("small.toml", SMALL);
        place.write("sweep.toml", sweep);
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.current_dir(self.0.path()).args(args).stdin(Stdio::null());
        command.env_remove("SLURM_ARRAY_TASK_ID").env_remove("JOB_COMPLETION_INDEX");
        command
    }

    /// The program in this folder.
    pub(crate) fn poolwise(&self, args: &[&str]) -> Run {
        Run::of(&mut self.command(args))
    }

    /// The whole sweep, into a folder; what it wrote.
    #[track_caller]
    pub(crate) fn undisturbed(&self, out: &str) -> Outcome {
        self.poolwise(&["sweep", "sweep.toml", "--out", out]).ends_with(0);
        self.outcome(out)
    }

    /// The files that must come out the same however they were made.
    #[track_caller]
    pub(crate) fn outcome(&self, out: &str) -> Outcome {
        ["plan.json", "points.csv", "results.csv", "results.parquet"]
            .into_iter()
            .map(|name| (name, fs::read(self.path(out).join(name)).unwrap()))
            .collect()
    }

    /// The shard files of a sweep.
    pub(crate) fn shards(&self, out: &str) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = fs::read_dir(self.path(out).join("shards"))
            .unwrap()
            .map(|e| e.unwrap().path())
            .filter(|p| p.extension().is_some_and(|e| e == "shard"))
            .collect();
        found.sort();
        found
    }

    /// Nothing temporary is left in a folder.
    #[track_caller]
    pub(crate) fn is_tidy(&self, out: &str) {
        let names = |p: &Path| -> Vec<String> {
            fs::read_dir(p).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
        };
        let mut all = names(&self.path(out));
        all.extend(names(&self.path(out).join("shards")));
        assert!(all.iter().all(|n| !n.starts_with('.')), "{all:?}");
    }
}

pub(crate) type Outcome = BTreeMap<&'static str, Vec<u8>>;

pub(crate) fn program() -> PathBuf {
    assert_cmd::cargo::cargo_bin("poolwise")
}

#[derive(Debug)]
pub(crate) struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Run {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub(crate) fn ends_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    /// The error holds all of these.
    #[track_caller]
    pub(crate) fn says(&self, parts: &[&str]) -> &Self {
        for part in parts {
            assert!(self.err.contains(part), "{part:?} is not in\n{}", self.err);
        }
        self
    }
}
