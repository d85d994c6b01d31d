//! What a second thread brings, and what it loses by: the standard workloads on one thread, on two that share a model, on two with
//! a model each, and in two processes, which share nothing at all. What two processes do not reach no program can, on that machine.
//!
//! `cargo bench --bench threads`; `cargo bench --bench threads -- network wide` for some of them.

use poolwise::bench::{find, workloads};
use poolwise_engine::model::Model;
use poolwise_scenario::Overrides;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

/// Of each way; the fastest counts.
const ROUNDS: usize = 5;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if let [child, name] = &args[..]
        && child == "child"
    {
        return work_on_call(&model(name), share(name));
    }
    println!("speed-up of two over one, the fastest of {ROUNDS} rounds of each in turn\n");
    println!("| workload | two threads, one model | two threads, a model each | two processes |");
    println!("|---|---|---|---|");
    for workload in workloads().iter().filter(|w| args.is_empty() || args.iter().any(|a| a == w.name)) {
        let (model, share) = (model(workload.name), share(workload.name));
        let other = model.clone();
        let mut least = [f64::INFINITY; 4];
        for _ in 0..ROUNDS {
            let ways = [
                on_one_thread(&model, share),
                on_two_threads([&model, &model], share),
                on_two_threads([&model, &other], share),
                in_two_processes(workload.name),
            ];
            least = [0, 1, 2, 3].map(|way| least[way].min(ways[way]));
        }
        let [one, shared, own, processes] = least;
        let gain = |both: f64| 2.0 * one / both;
        println!("| {} | {:.2} | {:.2} | {:.2} |", workload.name, gain(shared), gain(own), gain(processes));
    }
}

fn model(name: &str) -> Model {
    let scenario = find(name).expect("a workload").scenario(&Overrides::default());
    scenario.unwrap_or_else(|e| panic!("{}", e.render(false))).model
}

/// Replications that each thread does.
fn share(name: &str) -> u32 {
    find(name).expect("a workload").replications
}

fn on_one_thread(model: &Model, share: u32) -> f64 {
    let begun = Instant::now();
    for replication in 0..share {
        poolwise_engine::run(model, replication, false).expect("a replication");
    }
    begun.elapsed().as_secs_f64()
}

/// Seconds until the slower of two is ready. Both do the same replications, so that neither has more to do.
fn on_two_threads(models: [&Model; 2], share: u32) -> f64 {
    let barrier = Barrier::new(2);
    let took = thread::scope(|scope| {
        let both = models.map(|model| {
            scope.spawn(|| {
                barrier.wait();
                on_one_thread(model, share)
            })
        });
        both.map(|one| one.join().expect("a thread that ends"))
    });
    took[0].max(took[1])
}

fn in_two_processes(name: &str) -> f64 {
    let program = std::env::current_exe().expect("this program");
    let children = [(), ()].map(|()| {
        let mut child = Command::new(&program)
            .args(["child", name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a second process");
        let mut lines = BufReader::new(child.stdout.take().expect("its output"));
        // It is ready.
        lines.read_line(&mut String::new()).expect("a line");
        (child, lines)
    });
    let mut children = children.map(|(mut child, lines)| {
        writeln!(child.stdin.take().expect("its input")).expect("it listens");
        (child, lines)
    });
    let took = children.each_mut().map(|(child, lines)| {
        let mut line = String::new();
        lines.read_line(&mut line).expect("a time");
        child.wait().expect("its end");
        line.trim().parse::<f64>().expect("seconds")
    });
    took[0].max(took[1])
}

/// As a child: says that it is ready, works when told to, and says how many seconds that took.
fn work_on_call(model: &Model, share: u32) {
    println!("ready");
    std::io::stdin().read_line(&mut String::new()).expect("a word");
    println!("{}", on_one_thread(model, share));
}
