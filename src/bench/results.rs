//! What a benchmark run says, as JSON and as a table, and its ratios to an earlier run.

use super::expect::BenchAnswer;
use super::machine::Machine;
use poolwise_report::block::{Block, BlockCell};
use poolwise_report::number::fixed;
use serde::{Deserialize, Serialize};

/// Everything a run of the benchmark says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BenchResults {
    /// Always `poolwise`.
    pub program: String,
    /// Version of the program.
    pub version: String,
    /// Where it ran.
    pub machine: Machine,
    /// Seconds from the start of a process to the end of its first replication, one national day; the
    /// least of several.
    pub start_up_seconds: Option<f64>,
    /// What `ratio` compares with.
    pub baseline: Option<Baseline>,
    /// Workloads, each on one or several numbers of threads.
    pub workloads: Vec<WorkloadTime>,
}

/// An earlier run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// File with its results.
    pub file: String,
    /// Version of the program.
    pub version: String,
    /// Where it ran.
    pub machine: Machine,
}

/// One workload on so many threads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkloadTime {
    /// Name of the workload.
    pub name: String,
    /// Threads that share the replications.
    pub threads: usize,
    /// Requests of one round.
    pub requests: u64,
    /// Events of one round.
    pub events: u64,
    /// Rounds that were timed, of which the least counts.
    pub rounds: usize,
    /// Requests a second of the fastest round, by the clock on the wall.
    pub requests_per_second: f64,
    /// The same of the median round.
    pub requests_per_second_median: f64,
    /// Slowest round's time less the fastest's, over the median's.
    pub spread: f64,
    /// Events a second of the fastest round.
    pub events_per_second: f64,
    /// Nanoseconds that one thread takes for a request, in the fastest round.
    pub ns_per_request: f64,
    /// Nanoseconds of processor time for a request, in the round that took least; unlike the clock on
    /// the wall it does not count the time that other programs ran.
    pub cpu_ns_per_request: Option<f64>,
    /// Most memory that the workload's process held, bytes.
    pub peak_memory_bytes: Option<u64>,
    /// Requests a second over those of one thread in the same run.
    pub speedup: Option<f64>,
    /// Requests a second over those of the baseline.
    pub ratio: Option<f64>,
    /// Whether its answers are right.
    pub check: WorkloadCheck,
}

/// Whether a workload's answers are right.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WorkloadCheck {
    /// All answers are near enough, and all rounds came to the same.
    pub passed: bool,
    /// Fingerprint of all measures of the first replications.
    pub digest: String,
    /// Answers that must be right for a time to count.
    pub measures: Vec<BenchAnswer>,
}

impl WorkloadTime {
    /// From the wall-clock and processor seconds of each round.
    pub fn new(
        name: &str,
        threads: usize,
        requests: u64,
        events: u64,
        rounds: &[(f64, Option<f64>)],
        peak_memory_bytes: Option<u64>,
        check: WorkloadCheck,
    ) -> Self {
        let mut seconds: Vec<f64> = rounds.iter().map(|r| r.0).collect();
        seconds.sort_by(f64::total_cmp);
        let (best, worst) = (seconds[0], seconds[seconds.len() - 1]);
        let median = f64::midpoint(seconds[(seconds.len() - 1) / 2], seconds[seconds.len() / 2]);
        let cpu = rounds.iter().filter_map(|r| r.1).min_by(f64::total_cmp);
        let n = requests as f64;
        Self {
            name: name.to_owned(),
            threads,
            requests,
            events,
            rounds: rounds.len(),
            requests_per_second: n / best,
            requests_per_second_median: n / median,
            spread: (worst - best) / median,
            events_per_second: events as f64 / best,
            ns_per_request: best * threads as f64 / n * 1e9,
            cpu_ns_per_request: cpu.map(|s| s / n * 1e9),
            peak_memory_bytes,
            speedup: None,
            ratio: None,
            check,
        }
    }
}

impl BenchResults {
    /// Results of this program on this machine.
    pub fn new(start_up_seconds: Option<f64>, mut workloads: Vec<WorkloadTime>) -> Self {
        for i in 0..workloads.len() {
            let (name, rate) = (workloads[i].name.clone(), workloads[i].requests_per_second);
            let alone = workloads.iter().find(|w| w.name == name && w.threads == 1);
            workloads[i].speedup = alone.map(|alone| rate / alone.requests_per_second);
            // The same replications must come to the same on any number of threads.
            let digest = &workloads[i].check.digest;
            let agree = workloads.iter().filter(|w| w.name == name).all(|w| w.check.digest == *digest);
            workloads[i].check.passed &= agree;
        }
        Self {
            program: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            machine: Machine::this(),
            start_up_seconds,
            baseline: None,
            workloads,
        }
    }

    /// Fills in ratios to an earlier run; what that run lacks has none.
    pub fn compare(&mut self, file: String, earlier: &Self) {
        for workload in &mut self.workloads {
            let same = |w: &&WorkloadTime| w.name == workload.name && w.threads == workload.threads;
            workload.ratio = earlier
                .workloads
                .iter()
                .find(same)
                .map(|w| workload.requests_per_second / w.requests_per_second);
        }
        let (version, machine) = (earlier.version.clone(), earlier.machine.clone());
        self.baseline = Some(Baseline { file, version, machine });
    }

    /// What is wrong with the answers, one line each.
    pub fn wrong(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for w in self.workloads.iter().filter(|w| !w.check.passed) {
            let off: Vec<&BenchAnswer> = w.check.measures.iter().filter(|m| !m.passed).collect();
            let place = format!("{} on {} threads", w.name, w.threads);
            if off.is_empty() {
                lines.push(format!("{place}: rounds or numbers of threads came to different results"));
            }
            for m in off {
                let value = m.value.map_or_else(|| "nothing".to_owned(), |v| format!("{v:.6}"));
                lines.push(format!(
                    "{place}: {} is {value}, but should be {} within {}",
                    m.measure, m.expected, m.tolerance
                ));
            }
        }
        lines
    }

    /// Whether answers are right, how fast one thread is, and the ratios to the baseline, in sentences.
    pub fn answer(&self) -> Vec<String> {
        let wrong = self.workloads.iter().filter(|w| !w.check.passed).count();
        let mut said = vec![match wrong {
            0 => format!("All {} answers are right.", self.workloads.len()),
            n => format!("{n} of {} answers are wrong: the times mean nothing.", self.workloads.len()),
        }];
        let rate = |w: &WorkloadTime| format!("{} ({})", fixed(w.requests_per_second, 0, false), w.name);
        let least = self.workloads.iter().map(|w| w.threads).min().unwrap_or(1);
        let of_speed =
            |a: &&WorkloadTime, b: &&WorkloadTime| a.requests_per_second.total_cmp(&b.requests_per_second);
        let alone = || self.workloads.iter().filter(|w| w.threads == least);
        if let (Some(slow), Some(fast)) = (alone().min_by(of_speed), alone().max_by(of_speed)) {
            let threads = if least == 1 { "one thread".to_owned() } else { format!("{least} threads") };
            said.push(match slow.name == fast.name {
                true => format!("Requests a second on {threads}: {}.", rate(fast)),
                false => format!("Requests a second on {threads}: from {} to {}.", rate(slow), rate(fast)),
            });
        }
        let ratios = || self.workloads.iter().filter_map(|w| w.ratio);
        if let (Some(baseline), true) = (&self.baseline, ratios().next().is_some()) {
            let end = |x: f64| fixed(x, 2, false);
            let (low, high) =
                (ratios().fold(f64::INFINITY, f64::min), ratios().fold(f64::NEG_INFINITY, f64::max));
            said.push(format!("That is {} to {} times what {} has.", end(low), end(high), baseline.file));
        }
        said
    }

    /// The table to read.
    pub fn block(&self) -> Block {
        let mut header: Vec<String> = [
            "Workload",
            "Threads",
            "Requests/s",
            "Spread, %",
            "Events/s",
            "ns/request",
            "CPU ns",
            "Peak MiB",
        ]
        .map(str::to_owned)
        .to_vec();
        let scaling = self.workloads.iter().any(|w| w.threads > 1 && w.speedup.is_some());
        header.extend(scaling.then(|| "Speed-up".to_owned()));
        header.extend(self.baseline.as_ref().map(|_| "Ratio to baseline".to_owned()));
        header.push("Answer".to_owned());
        let text = |value: String| BlockCell { value, ..BlockCell::default() };
        let or_none = |x: Option<f64>, decimals| x.map_or_else(String::new, |x| fixed(x, decimals, false));
        let rows = self
            .workloads
            .iter()
            .map(|w| {
                let mut row = vec![
                    text(w.name.clone()),
                    text(w.threads.to_string()),
                    text(fixed(w.requests_per_second, 0, false)),
                    text(fixed(w.spread * 100.0, 0, false)),
                    text(fixed(w.events_per_second, 0, false)),
                    text(fixed(w.ns_per_request, 1, false)),
                    text(or_none(w.cpu_ns_per_request, 1)),
                    text(or_none(w.peak_memory_bytes.map(|b| b as f64 / f64::from(1 << 20)), 1)),
                ];
                if scaling {
                    row.push(text(or_none(w.speedup, 2)));
                }
                if self.baseline.is_some() {
                    row.push(text(or_none(w.ratio, 2)));
                }
                row.push(text(if w.check.passed { "right" } else { "WRONG" }.to_owned()));
                row
            })
            .collect();
        Block { title: self.title(), header, rows }
    }

    fn title(&self) -> String {
        let m = &self.machine;
        let cpu = m.cpu.as_deref().unwrap_or(&m.architecture);
        let mut title =
            format!("poolwise {} on {cpu}, {} cores, {}", self.version, m.cores, m.operating_system);
        if let Some(seconds) = self.start_up_seconds {
            title += &format!("; first result after {} ms", fixed(seconds * 1e3, 1, false));
        }
        if let Some(b) = &self.baseline {
            let cpu = b.machine.cpu.as_deref().unwrap_or(&b.machine.architecture);
            title += &format!("; baseline: {}, poolwise {} on {cpu}", b.file, b.version);
        }
        title
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(name: &str, threads: usize, seconds: &[f64], digest: &str) -> WorkloadTime {
        let rounds: Vec<_> = seconds.iter().map(|s| (*s, Some(2.0 * s))).collect();
        let check = WorkloadCheck { passed: true, digest: digest.to_owned(), measures: Vec::new() };
        WorkloadTime::new(name, threads, 1000, 2000, &rounds, None, check)
    }

    #[test]
    fn rates_by_hand() {
        let m = measured("a", 2, &[4.0, 1.0, 2.0], "x");
        assert_eq!((m.requests_per_second, m.requests_per_second_median), (1000.0, 500.0));
        assert_eq!((m.events_per_second, m.spread, m.rounds), (2000.0, 1.5, 3));
        assert_eq!((m.ns_per_request, m.cpu_ns_per_request), (2e6, Some(2e6)));
    }

    #[test]
    fn threads_and_baseline_are_compared_by_name() {
        let all =
            vec![measured("a", 1, &[2.0], "x"), measured("a", 2, &[1.0], "x"), measured("b", 2, &[1.0], "z")];
        let mut now = BenchResults::new(None, all);
        assert_eq!(now.workloads.iter().map(|w| w.speedup).collect::<Vec<_>>(), [Some(1.0), Some(2.0), None]);
        assert!(now.wrong().is_empty());
        now.compare("old.json".to_owned(), &BenchResults::new(None, vec![measured("a", 2, &[3.0], "x")]));
        assert_eq!(now.workloads.iter().map(|w| w.ratio).collect::<Vec<_>>(), [None, Some(3.0), None]);
        assert_eq!(
            now.answer(),
            [
                "All 3 answers are right.",
                "Requests a second on one thread: 500 (a).",
                "That is 3.00 to 3.00 times what old.json has."
            ]
        );
    }

    #[test]
    fn threads_that_disagree_are_wrong() {
        let now = BenchResults::new(None, vec![measured("a", 1, &[2.0], "x"), measured("a", 2, &[1.0], "y")]);
        assert_eq!(now.wrong().len(), 2);
        assert_eq!(now.answer()[0], "2 of 2 answers are wrong: the times mean nothing.");
    }
}
