//! What a benchmark run says, as JSON and as a table, and its ratios to an earlier run.

use super::expect::BenchAnswer;
use super::machine::Machine;
use super::peers::PeerTimes;
use poolwise_report::block::{Block, BlockCell};
use poolwise_report::number::fixed;
use poolwise_report::told::Told;
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
    /// Other simulators, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peers: Option<PeerTimes>,
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
            peers: None,
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
            let place = format!("{} on {}", w.name, threads_of(w.threads));
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
            0 if self.workloads.len() == 1 => "The answer is right.".to_owned(),
            0 => format!("All {} answers are right.", self.workloads.len()),
            _ if self.workloads.len() == 1 => "The answer is wrong: the time means nothing.".to_owned(),
            1 => format!("One of {} answers is wrong: the times mean nothing.", self.workloads.len()),
            n => format!("{n} of {} answers are wrong: the times mean nothing.", self.workloads.len()),
        }];
        let rate = |w: &WorkloadTime| format!("{} ({})", fixed(w.requests_per_second, 0, false), w.name);
        let least = self.workloads.iter().map(|w| w.threads).min().unwrap_or(1);
        let of_speed =
            |a: &&WorkloadTime, b: &&WorkloadTime| a.requests_per_second.total_cmp(&b.requests_per_second);
        let alone = || self.workloads.iter().filter(|w| w.threads == least);
        if let (Some(slow), Some(fast)) = (alone().min_by(of_speed), alone().max_by(of_speed)) {
            let on = threads_of(least);
            said.push(match slow.name == fast.name {
                true => format!("Requests a second on {on}: {}.", rate(fast)),
                false => format!("Requests a second on {on}: from {} to {}.", rate(slow), rate(fast)),
            });
        }
        let ratios = || self.workloads.iter().filter_map(|w| w.ratio);
        if let (Some(baseline), true) = (&self.baseline, ratios().next().is_some()) {
            let end = |x: f64| fixed(x, 2, false);
            let (low, high) =
                (ratios().fold(f64::INFINITY, f64::min), ratios().fold(f64::NEG_INFINITY, f64::max));
            let times = match end(low) == end(high) {
                true => end(low),
                false => format!("{} to {}", end(low), end(high)),
            };
            said.push(format!("That is {times} times what {} has.", baseline.file));
        }
        said.extend(self.peers.as_ref().and_then(PeerTimes::answer));
        said
    }

    /// The answer in its parts.
    pub fn told(&self) -> Told {
        let peers = self.peers.as_ref().and_then(PeerTimes::block);
        let blocks = std::iter::once(self.block()).chain(peers).collect();
        Told { head: self.answer(), blocks, notes: self.notes(), ..Told::default() }
    }

    /// The table to read. What says nothing of any workload has no column: the spread of single rounds, what this system does
    /// not measure.
    fn block(&self) -> Block {
        let text = |value: String| BlockCell { value, ..BlockCell::default() };
        let per = |x: f64, decimals| text(fixed(x, decimals, false));
        let or_none = |x: Option<f64>, decimals| x.map_or_else(|| text(String::new()), |x| per(x, decimals));
        let scaling = self.workloads.iter().any(|w| w.threads > 1 && w.speedup.is_some());
        let mebibytes = |w: &WorkloadTime| w.peak_memory_bytes.map(|b| b as f64 / f64::from(1 << 20));
        type Cell<'a> = Box<dyn Fn(&WorkloadTime) -> BlockCell + 'a>;
        let columns: Vec<(&str, bool, Cell<'_>)> = vec![
            ("Workload", true, Box::new(|w| text(w.name.clone()))),
            ("Threads", true, Box::new(|w| text(w.threads.to_string()))),
            ("Requests/s", true, Box::new(|w| per(w.requests_per_second, 0))),
            ("Spread, %", self.has(|w| w.rounds > 1), Box::new(|w| per(w.spread * 100.0, 0))),
            ("Events/s", true, Box::new(|w| per(w.events_per_second, 0))),
            ("ns/request", true, Box::new(|w| per(w.ns_per_request, 1))),
            (
                "CPU ns/request",
                self.has(|w| w.cpu_ns_per_request.is_some()),
                Box::new(|w| or_none(w.cpu_ns_per_request, 1)),
            ),
            ("Peak MiB", self.has(|w| w.peak_memory_bytes.is_some()), Box::new(|w| or_none(mebibytes(w), 1))),
            ("Speed-up", scaling, Box::new(|w| or_none(w.speedup, 2))),
            ("Ratio to baseline", self.has(|w| w.ratio.is_some()), Box::new(|w| or_none(w.ratio, 2))),
            ("Answer", true, Box::new(|w| text(if w.check.passed { "right" } else { "WRONG" }.to_owned()))),
        ];
        let shown: Vec<_> = columns.iter().filter(|(_, shown, _)| *shown).collect();
        Block {
            title: "Workloads".to_owned(),
            header: shown.iter().map(|(name, ..)| (*name).to_owned()).collect(),
            rows: self.workloads.iter().map(|w| shown.iter().map(|(.., cell)| cell(w)).collect()).collect(),
        }
    }

    fn has(&self, of: impl Fn(&WorkloadTime) -> bool) -> bool {
        self.workloads.iter().any(of)
    }

    /// Where that was, and what it is compared with.
    fn notes(&self) -> Vec<String> {
        let m = &self.machine;
        let cpu = m.cpu.as_deref().unwrap_or(&m.architecture);
        let cores = if m.cores == 1 { "one core".to_owned() } else { format!("{} cores", m.cores) };
        let mut here = format!("poolwise {} on {cpu}, {cores}, {}", self.version, m.operating_system);
        if let Some(seconds) = self.start_up_seconds {
            here += &format!("; first result after {} ms", fixed(seconds * 1e3, 1, false));
        }
        let baseline = self.baseline.as_ref().map(|b| {
            let cpu = b.machine.cpu.as_deref().unwrap_or(&b.machine.architecture);
            format!("Baseline: {}, poolwise {} on {cpu}.", b.file, b.version)
        });
        let missing = self.peers.iter().flat_map(|peers| &peers.missing);
        let missing = missing.map(|what| format!("Not compared: {what}."));
        [here + "."].into_iter().chain(baseline).chain(missing).collect()
    }
}

/// So many threads in words.
fn threads_of(n: usize) -> String {
    if n == 1 { "one thread".to_owned() } else { format!("{n} threads") }
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
                "That is 3.00 times what old.json has."
            ]
        );
    }

    #[test]
    fn what_says_nothing_of_any_workload_has_no_column() {
        let header = |seconds: &[f64], cpu: bool| {
            let mut w = measured("a", 1, seconds, "x");
            w.cpu_ns_per_request = w.cpu_ns_per_request.filter(|_| cpu);
            BenchResults::new(None, vec![w]).told().blocks[0].header.join("|")
        };
        assert_eq!(
            header(&[2.0, 1.0], true),
            "Workload|Threads|Requests/s|Spread, %|Events/s|ns/request|CPU ns/request|Answer"
        );
        assert_eq!(header(&[2.0], false), "Workload|Threads|Requests/s|Events/s|ns/request|Answer");
    }

    #[test]
    fn threads_that_disagree_are_wrong() {
        let now = BenchResults::new(None, vec![measured("a", 1, &[2.0], "x"), measured("a", 2, &[1.0], "y")]);
        assert_eq!(now.wrong().len(), 2);
        assert_eq!(now.answer()[0], "2 of 2 answers are wrong: the times mean nothing.");
        assert!(now.wrong()[0].starts_with("a on one thread: "), "{:?}", now.wrong());
        let mut one = vec![measured("a", 1, &[2.0], "x"), measured("b", 1, &[1.0], "y")];
        one[0].check.passed = false;
        assert_eq!(
            BenchResults::new(None, one.clone()).answer()[0],
            "One of 2 answers is wrong: the times mean nothing."
        );
        let alone = |w: &WorkloadTime| BenchResults::new(None, vec![w.clone()]).answer()[0].clone();
        assert_eq!(alone(&one[0]), "The answer is wrong: the time means nothing.");
        assert_eq!(alone(&one[1]), "The answer is right.");
    }
}
