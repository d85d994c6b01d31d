//! What the tests of the command share: a small scenario, a folder of files, the program run in it.

#![allow(dead_code, reason = "not every test target uses all of it")]

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// A system of eight officers that takes a moment to simulate.
pub(crate) const SMALL: &str = r#"
title = "Eight officers"
officer = "officer"
[run]
horizon = "2 weeks"
replications = 3
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

/// A folder with scenario files.
pub(crate) struct Place(pub TempDir);

impl Place {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(dir.path().join(name), text).unwrap();
        }
        Self(dir)
    }

    /// The small system, and one like it with more officers.
    pub(crate) fn small() -> Self {
        Self::new(&[
            ("small.toml", SMALL),
            ("large.toml", "extends = \"small.toml\"\ncentre.office.levels.officers = 9\n"),
        ])
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The program in this folder.
    pub(crate) fn poolwise(&self, args: &[&str]) -> Run {
        let mut command = Command::cargo_bin("poolwise").unwrap();
        let output = command.current_dir(self.0.path()).args(args).output().unwrap();
        Run {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// How a command ended, and what it said.
#[derive(Debug)]
pub(crate) struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Run {
    pub(crate) fn ends_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("one JSON document: {e}\n{}", self.out))
    }
}

/// Waits until a program listens to Ctrl-C and has computed for so long, by its own clock: a test that presses a key then rests on what has
/// been done, not on how fast or how busy the machine is. Where the system does not tell, it waits for a while.
#[cfg(unix)]
pub(crate) fn has_worked(process: u32, seconds: f64) {
    use std::time::Duration;
    let of = |file: &str| fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
    if of("status").is_empty() {
        return std::thread::sleep(Duration::from_secs_f64(1.0 + seconds));
    }
    loop {
        let status = of("status");
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
        // After the name, which may hold anything: user time is the 12th value, in hundredths of a second.
        let stat = of("stat");
        let ticks =
            stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(11)?.parse::<f64>().ok());
        let listens = caught & 0b10 != 0;
        let ended = status.contains("State:\tZ") || status.is_empty();
        if ended || (listens && ticks.is_some_and(|ticks| ticks >= 100.0 * seconds)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
