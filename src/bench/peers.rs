//! Other simulators on the same workloads, where `benches/peers/run` has installed them: how many times as long they take.
//!
//! Each is a program that prints a line of JSON for each workload: its name (`peer`), `workload`, `requests` and the processor `seconds`
//! they took. `installed.json` lists the programs.

use crate::exit::Failure;
use poolwise_report::block::{Block, BlockCell};
use poolwise_report::number::fixed;
use poolwise_scenario::about_option;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Workloads that other simulators have.
const COMMON: [&str; 2] = ["network", "mm8"];
/// A program runs again until its share of seconds is spent, and no more often.
const MOST_RUNS: usize = 10;

/// Other simulators beside poolwise, in one run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PeerTimes {
    /// What each takes for a request, of poolwise's time.
    pub ratios: Vec<PeerRatio>,
    /// Programs that gave nothing, and why.
    pub missing: Vec<String>,
}

/// One simulator on one workload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PeerRatio {
    /// Its name.
    pub peer: String,
    /// The workload.
    pub workload: String,
    /// Its processor time for a request over that of poolwise on one thread: so many times as fast is poolwise.
    pub ratio: f64,
}

/// A program that times other simulators.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PeerProgram {
    /// What it is called where it gives nothing.
    name: String,
    command: Vec<String>,
}

/// A line that such a program prints.
#[derive(Debug, Deserialize)]
struct PeerLine {
    peer: String,
    workload: String,
    requests: f64,
    seconds: f64,
}

/// Where `benches/peers/run` lists what it has installed: beside the folder of this program.
fn usual_list() -> Option<PathBuf> {
    Some(std::env::current_exe().ok()?.parent()?.parent()?.join("peers/installed.json"))
}

/// The programs of a list; of the usual one where no file is given.
///
/// # Errors
/// If there is none, or if it is no such list.
pub fn programs(file: Option<&Path>) -> Result<Vec<PeerProgram>, Failure> {
    let help = "`benches/peers/run` in poolwise's sources installs them and writes the list; then this takes `--peers` alone, or `--peers FILE`";
    let wrong = |given: String, why: String| Failure::from(about_option("--peers", &given, why, help));
    let Some(path) = file.map(Path::to_path_buf).or_else(usual_list) else {
        return Err(wrong(String::new(), "this program's own folder cannot be found".to_owned()));
    };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(_) if file.is_none() => {
            return Err(wrong(String::new(), "no other simulators are installed here".to_owned()));
        }
        Err(e) => return Err(wrong(path.display().to_string(), format!("the file cannot be read: {e}"))),
    };
    let list: Result<Vec<PeerProgram>, _> = serde_json::from_str(&text);
    let list =
        list.map_err(|e| wrong(path.display().to_string(), format!("this is no list of programs: {e}")))?;
    match list.iter().any(|program| program.command.is_empty()) {
        true => Err(wrong(path.display().to_string(), "a program has no command".to_owned())),
        false => Ok(list),
    }
}

/// That one of the workloads is among those that run on one thread.
///
/// # Errors
/// If none is.
pub fn comparable<'n>(mut jobs: impl Iterator<Item = (&'n str, usize)>) -> Result<(), Failure> {
    if jobs.any(|(name, threads)| threads == 1 && COMMON.contains(&name)) {
        return Ok(());
    }
    let why = "other simulators have none of these workloads on one thread";
    let help =
        format!("they have {} on one thread: `--only {} --threads 1`", COMMON.join(" and "), COMMON[0]);
    Err(about_option("--peers", "", why.to_owned(), &help).into())
}

impl PeerTimes {
    /// Adds what a program prints, run again until `seconds` are spent. `ours` is the processor time of a request by workload.
    pub fn add(&mut self, program: &PeerProgram, seconds: f64, ours: impl Fn(&str) -> Option<f64>) {
        let clock = Instant::now();
        for run in 0..MOST_RUNS {
            if run > 0 && clock.elapsed().as_secs_f64() >= seconds {
                break;
            }
            match lines(program) {
                Ok(lines) => lines.iter().for_each(|line| self.keep(line, &ours)),
                Err(why) => {
                    self.missing.push(format!("{}: {why}", program.name));
                    break;
                }
            }
        }
    }

    /// The least of several times is kept.
    fn keep(&mut self, line: &PeerLine, ours: impl Fn(&str) -> Option<f64>) {
        let Some(ours) = ours(&line.workload) else { return };
        let ratio = line.seconds / line.requests / ours;
        if !ratio.is_finite() || ratio <= 0.0 {
            return;
        }
        match self.ratios.iter_mut().find(|r| r.peer == line.peer && r.workload == line.workload) {
            Some(known) => known.ratio = known.ratio.min(ratio),
            None => {
                let (peer, workload) = (line.peer.clone(), line.workload.clone());
                self.ratios.push(PeerRatio { peer, workload, ratio });
            }
        }
    }

    /// Their names, the fastest first, by the first workload that a simulator has.
    fn peers(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for ratio in &self.ratios {
            if !names.contains(&ratio.peer.as_str()) {
                names.push(&ratio.peer);
            }
        }
        let first = |name: &str| COMMON.iter().find_map(|w| self.of(name, w)).unwrap_or(f64::INFINITY);
        names.sort_by(|a, b| first(a).total_cmp(&first(b)));
        names
    }

    fn of(&self, peer: &str, workload: &str) -> Option<f64> {
        self.ratios.iter().find(|r| r.peer == peer && r.workload == workload).map(|r| r.ratio)
    }

    /// How poolwise stands beside the fastest of them, in a sentence; none without any.
    pub fn answer(&self) -> Option<String> {
        let of = |workload: &&str| {
            let all = self.ratios.iter().filter(|r| r.workload == **workload);
            let next = all.min_by(|a, b| a.ratio.total_cmp(&b.ratio))?;
            Some(format!("{} times as fast as {} on {workload}", said(next.ratio), next.peer))
        };
        let parts: Vec<String> = COMMON.iter().filter_map(of).collect();
        (!parts.is_empty()).then(|| format!("Beside the fastest other simulator: {}.", parts.join(", ")))
    }

    /// Ratios by simulator and workload; none without any.
    pub fn block(&self) -> Option<Block> {
        let shown: Vec<&str> =
            COMMON.iter().filter(|w| self.ratios.iter().any(|r| r.workload == **w)).copied().collect();
        let text = |value: String| BlockCell { value, ..BlockCell::default() };
        let row = |peer: &str| {
            let ratios = shown.iter().map(|w| text(self.of(peer, w).map_or_else(String::new, said)));
            std::iter::once(text(peer.to_owned())).chain(ratios).collect()
        };
        let header =
            std::iter::once("Other simulator".to_owned()).chain(shown.iter().map(|w| (*w).to_owned()));
        (!shown.is_empty()).then(|| Block {
            title: "How many times as long others take for a request, on one thread".to_owned(),
            header: header.collect(),
            rows: self.peers().into_iter().map(row).collect(),
        })
    }
}

fn said(ratio: f64) -> String {
    fixed(ratio, if ratio < 10.0 { 2 } else { 0 }, false)
}

/// What a program prints.
fn lines(program: &PeerProgram) -> Result<Vec<PeerLine>, String> {
    let mut command = Command::new(&program.command[0]);
    let output =
        command.args(&program.command[1..]).stdin(Stdio::null()).output().map_err(|e| e.to_string())?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(said.lines().last().map_or_else(|| output.status.to_string(), str::to_owned));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .map(|line| serde_json::from_str(line).map_err(|e| format!("it prints no result: {e}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(peer: &str, workload: &str, seconds: f64) -> PeerLine {
        PeerLine { peer: peer.to_owned(), workload: workload.to_owned(), requests: 1000.0, seconds }
    }

    /// Half a microsecond a request is ours on both workloads.
    #[test]
    fn the_least_times_are_compared_and_the_fastest_stands_first() {
        let ours = |name: &str| COMMON.contains(&name).then_some(5e-7);
        let mut times = PeerTimes::default();
        assert_eq!((times.answer(), times.block()), (None, None));
        for line in [
            line("slow", "network", 2e-2),
            line("quick", "network", 1.5e-3),
            line("quick", "network", 1e-3),
            line("quick", "network", 1.25e-3),
            line("quick", "mm8", 6e-4),
            line("quick", "tandem", 1.0),
            line("broken", "mm8", 0.0),
        ] {
            times.keep(&line, ours);
        }
        assert_eq!(
            times.answer().unwrap(),
            "Beside the fastest other simulator: 2.00 times as fast as quick on network, 1.20 times as fast as quick on mm8."
        );
        let block = times.block().unwrap();
        let rows: Vec<Vec<&str>> =
            block.rows.iter().map(|r| r.iter().map(|c| c.value.as_str()).collect()).collect();
        assert_eq!(block.header, ["Other simulator", "network", "mm8"]);
        assert_eq!(rows, [vec!["quick", "2.00", "1.20"], vec!["slow", "40", ""]]);
    }
}
