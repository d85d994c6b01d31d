//! `poolwise bench`: each workload in a process of its own, so that its peak memory is its own.

use crate::bench::peers::{self, PeerProgram, PeerTimes};
use crate::bench::results::WorkloadTime;
use crate::bench::{self, BenchEffort, BenchResults, Workload, find, workloads};
use crate::exit::{Done, Failure};
use crate::options::BenchArgs;
use crate::printer::Printer;
use crate::stop::Stop;
use poolwise_report::json;
use poolwise_report::page::Page;
use poolwise_scenario::{Overrides, about_option};
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often start-up is timed.
const STARTS: usize = 5;
/// Workload of a worker that only shows how long a start takes.
const START_UP: &str = "start-up";

/// Times the standard workloads and holds their answers to the known ones.
///
/// # Errors
/// If a workload is unknown or fails, or if an answer is wrong.
pub fn bench(args: &BenchArgs) -> Result<Done, Failure> {
    if args.worker {
        return worker(args);
    }
    let mut printer = Printer::new(args.output);
    let chosen = chosen(&args.only)?;
    let baseline = args.baseline.as_deref().map(read_baseline).transpose()?;
    let threads = threads(args);
    let stop = Stop::listen();
    let jobs: Vec<(&Workload, usize)> =
        chosen.iter().flat_map(|w| threads.iter().map(move |t| (*w, *t))).collect();
    let others = args.peers.as_ref().map(|file| peers::programs(file.as_deref())).transpose()?;
    if others.is_some() {
        peers::comparable(jobs.iter().map(|(w, threads)| (w.name, *threads)))?;
    }
    let others = others.unwrap_or_default();
    printer.start_progress_in((jobs.len() + others.len()) as u64, "runs");
    let mut measured = Vec::new();
    let mut outcome = Ok(());
    for (workload, threads) in &jobs {
        if stop.asked() {
            break;
        }
        printer.progress_on(workload.name);
        match child(args, workload.name, *threads) {
            Ok(one) => measured.push(one),
            // Ctrl-C reaches the child too.
            Err(_) if stop.asked() => break,
            Err(e) => {
                outcome = Err(e);
                break;
            }
        }
        printer.step();
    }
    let done = if measured.len() == jobs.len() { Done::Fully } else { Done::Partly };
    let start = if outcome.is_ok() && done == Done::Fully { start_up(args)? } else { None };
    let beside = match outcome {
        Ok(()) if args.peers.is_some() => beside(args, &others, &measured, &stop, &mut printer),
        _ => None,
    };
    printer.end_progress();
    outcome?;
    if measured.is_empty() {
        return Err(Failure::Failed(
            "stopped before a workload was finished: there are no results".to_owned(),
        ));
    }
    // A simulator that is gone, or was not reached, leaves the comparison incomplete.
    let done = match &beside {
        Some(times) if !times.missing.is_empty() || stop.asked() => Done::Partly,
        _ => done,
    };
    let mut results = BenchResults::new(start, measured);
    results.peers = beside;
    if let (Some(file), Some(earlier)) = (&args.baseline, &baseline) {
        results.compare(file.display().to_string(), earlier);
    }
    let told = results.told();
    printer.told(&told, || told.text(printer.look().width), || json::document(&results))?;
    let title = format!("How fast poolwise {} is here", results.version);
    args.page.write(&printer, || Page::told("Benchmark", title, told.clone(), Vec::new()))?;
    match results.wrong() {
        wrong if wrong.is_empty() => Ok(done),
        wrong => {
            Err(Failure::Failed(format!("wrong answers, so the times mean nothing:\n{}", wrong.join("\n"))))
        }
    }
}

/// The workloads asked for, in the order of the list.
fn chosen(only: &[String]) -> Result<Vec<&'static Workload>, Failure> {
    if let Some(unknown) = only.iter().find(|name| find(name).is_none()) {
        let list: Vec<String> = workloads().iter().map(|w| format!("  {:15}{}", w.name, w.about)).collect();
        let message = format!("there is no workload `{unknown}`");
        return Err(
            about_option("--only", unknown, message, &format!("there are\n{}", list.join("\n"))).into()
        );
    }
    Ok(workloads().iter().filter(|w| only.is_empty() || only.iter().any(|o| o == w.name)).collect())
}

/// Numbers of threads: those asked for, else powers of two and all processors.
fn threads(args: &BenchArgs) -> Vec<usize> {
    if !args.threads.is_empty() {
        return args.threads.iter().copied().map(NonZeroUsize::get).collect();
    }
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let mut list: Vec<usize> =
        std::iter::successors(Some(1), |n| Some(n * 2)).take_while(|n| *n < cores).collect();
    list.push(cores);
    list
}

fn read_baseline(path: &Path) -> Result<BenchResults, Failure> {
    let help = "give the file to which `poolwise bench --format json` was written";
    let wrong = |why: String| about_option("--baseline", &path.display().to_string(), why, help);
    let text = std::fs::read_to_string(path).map_err(|e| wrong(format!("the file cannot be read: {e}")))?;
    Ok(serde_json::from_str(&text).map_err(|e| wrong(format!("these are no results of a benchmark: {e}")))?)
}

/// A command that runs one workload in a process of its own.
fn command(args: &BenchArgs, name: &str, threads: usize) -> Result<Command, Failure> {
    let program = std::env::current_exe()
        .map_err(|e| Failure::Failed(format!("this program's own file cannot be found: {e}")))?;
    let mut command = Command::new(program);
    command.args(["bench", "--worker", "--only", name, "--threads", &threads.to_string()]);
    command.args(["--seconds", &args.seconds.to_string()]);
    for set in &args.sets {
        command.args(["--set", set]);
    }
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    Ok(command)
}

fn child(args: &BenchArgs, name: &str, threads: usize) -> Result<WorkloadTime, Failure> {
    let failed = |why: String| Failure::Failed(format!("workload {name}: {why}"));
    let output = command(args, name, threads)?.output().map_err(|e| failed(e.to_string()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(failed(if said.is_empty() { output.status.to_string() } else { said }));
    }
    serde_json::from_slice(&output.stdout).map_err(|e| failed(e.to_string()))
}

/// Other simulators, each program in turn.
fn beside(
    args: &BenchArgs,
    others: &[PeerProgram],
    measured: &[WorkloadTime],
    stop: &Stop,
    printer: &mut Printer,
) -> Option<PeerTimes> {
    let ours = |name: &str| {
        let alone = measured.iter().find(|w| w.name == name && w.threads == 1)?;
        Some(alone.cpu_ns_per_request.unwrap_or(alone.ns_per_request) / 1e9)
    };
    let mut times = PeerTimes::default();
    for program in others {
        if stop.asked() {
            break;
        }
        printer.progress_on("other simulators");
        times.add(program, args.seconds, ours);
        printer.step();
    }
    Some(times)
}

/// The least time of several starts.
fn start_up(args: &BenchArgs) -> Result<Option<f64>, Failure> {
    let mut least = None;
    for _ in 0..STARTS {
        let clock = Instant::now();
        let output = command(args, START_UP, 1)?.output();
        let seconds = clock.elapsed().as_secs_f64();
        if output.is_ok_and(|o| o.status.success()) {
            least = Some(least.map_or(seconds, |l: f64| l.min(seconds)));
        }
    }
    Ok(least)
}

/// Runs one workload here and prints what was measured.
fn worker(args: &BenchArgs) -> Result<Done, Failure> {
    let name = args.only.first().map_or("", String::as_str);
    if name == START_UP {
        bench::start_up().map_err(Failure::Failed)?;
        return Ok(Done::Fully);
    }
    let Some(workload) = find(name) else {
        return Err(Failure::Invalid(format!("error: there is no workload `{name}`")));
    };
    let overrides = Overrides { sets: args.sets.clone(), ..Overrides::default() };
    let scenario = workload.scenario(&overrides).map_err(|e| Failure::Invalid(e.render(true)))?;
    let threads = args.threads.first().map_or(1, |t| t.get());
    let effort = BenchEffort { threads, time: Duration::from_secs_f64(args.seconds) };
    let measured = bench::measure(workload, &scenario.model, effort)?;
    Printer::plain().results(&json::document(&measured)?)?;
    Ok(Done::Fully)
}
