//! Puts deliberate faults into a copy of the source, one at a time, and expects the check beside each to fail.
//!
//! `cargo run --release --example faults [WORD]` does all of `tests/faults.toml`, or those whose
//! description contains the word. The copy and its build are kept in the target folder, so that each
//! fault costs one incremental build. Exit code 1 if any fault is not noticed, does not build or is not found.

use poolwise_report::validation::{Fault, read_faults};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A check that runs longer hangs; that is noticed too.
const PATIENCE: Duration = Duration::from_secs(1_200);
/// What is not copied.
const LEFT_OUT: [&str; 4] = ["target", ".git", "output", ".github"];

fn main() -> ExitCode {
    match run(std::env::args().nth(1).as_deref()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(e) => {
            eprintln!("error: {e}");
            ExitCode::FAILURE
        }
    }
}

fn run(word: Option<&str>) -> Outcome<bool> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let place = Place { tree: target.join("faults/tree"), build: target.join("faults/build") };
    let word = word.unwrap_or("").to_lowercase();
    let list = fs::read_to_string(root.join("tests/faults.toml"))?;
    let chosen: Vec<Fault> =
        read_faults(&list)?.into_iter().filter(|f| f.fault.to_lowercase().contains(&word)).collect();
    copy(root, &place.tree)?;
    println!("without any fault");
    let mut seen: Vec<&Fault> = Vec::new();
    for fault in &chosen {
        if seen.iter().any(|f| f.case == fault.case && f.test == fault.test) {
            continue;
        }
        seen.push(fault);
        let well = place.check(fault)?;
        println!("  {}: {}", fault.check(), if well == Found::Passes { "passes" } else { "FAILS" });
        if well != Found::Passes {
            return Err("a check fails on the source as it is".into());
        }
    }
    let mut missed = 0;
    for (i, fault) in chosen.iter().enumerate() {
        let path = place.tree.join(&fault.file);
        let text = fs::read_to_string(&path)?;
        let times = text.matches(&fault.from).count();
        if times != 1 {
            println!("NOT FOUND: {} stands {times} times in {}: {}", fault.from, fault.file, fault.fault);
            missed += 1;
            continue;
        }
        fs::write(&path, text.replacen(&fault.from, &fault.to, 1))?;
        let found = place.check(fault);
        fs::write(&path, text)?;
        let words = match found? {
            Found::Fails => "caught",
            Found::Hangs => "caught (it hangs)",
            Found::Passes => "NOT CAUGHT",
            Found::NoBuild => "DOES NOT BUILD",
        };
        missed += usize::from(!words.starts_with("caught"));
        println!("{}/{} {words}: {} ({})", i + 1, chosen.len(), fault.fault, fault.check());
    }
    println!("{} of {} faults caught", chosen.len() - missed, chosen.len());
    Ok(missed == 0)
}

/// What a check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Passes,
    Fails,
    Hangs,
    NoBuild,
}

/// The copy of the tree and its build.
struct Place {
    tree: PathBuf,
    build: PathBuf,
}

impl Place {
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.tree)
            .env("CARGO_TARGET_DIR", &self.build)
            // Quick to build, not to run.
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_INCREMENTAL", "true")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            .env("RUSTFLAGS", "-A warnings")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn cargo(&self, words: &[&str], more: &[String]) -> Command {
        let mut command = self.command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(words).args(more);
        command
    }

    fn check(&self, fault: &Fault) -> Outcome<Found> {
        let (mut build, mut check) = if fault.case.is_empty() {
            // Build first: a fault that does not compile proves nothing.
            let mut build: Vec<String> = fault.test.clone();
            build.push("--no-run".to_owned());
            (self.cargo(&["test", "--release"], &build), self.cargo(&["test", "--release"], &fault.test))
        } else {
            let mut check = self.command(self.build.join("release/poolwise"));
            check.arg("validate").args(&fault.case);
            (self.cargo(&["build", "--release", "--bin", "poolwise"], &[]), check)
        };
        if !build.status()?.success() {
            return Ok(Found::NoBuild);
        }
        wait(check.spawn()?)
    }
}

fn wait(mut child: Child) -> Outcome<Found> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(if status.success() { Found::Passes } else { Found::Fails });
        }
        if began.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Ok(Found::Hangs);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Makes `to` hold what `from` does. Files that are the same are left alone, so that they are not built anew.
fn copy(from: &Path, to: &Path) -> Outcome<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(to)? {
        let entry = entry?;
        let (here, gone) = (entry.path(), !from.join(entry.file_name()).exists());
        if gone && here.is_dir() {
            fs::remove_dir_all(here)?;
        } else if gone {
            fs::remove_file(here)?;
        }
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if LEFT_OUT.iter().any(|n| name == **n) {
            continue;
        }
        let (source, copied) = (entry.path(), to.join(&name));
        // Links to folders are followed: packages have some to what they test.
        if source.is_dir() {
            copy(&source, &copied)?;
            continue;
        }
        let bytes = fs::read(&source)?;
        if fs::read(&copied).ok().as_deref() != Some(&bytes) {
            fs::write(&copied, bytes)?;
        }
    }
    Ok(())
}
