//! `cargo bench -p poolwise-staffing --bench interval [-- EXPERIMENTS [WORD]]`: how often the interval that `staff` prints
//! holds the least staffing, over experiments on each of the models beside this file whose name contains the word.

mod experiment;

use experiment::{Experiment, KINDS, Truth, experiment};

/// Experiments on each model.
const EXPERIMENTS: u64 = 25;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let asked = words.iter().find_map(|a| a.parse().ok());
    let name = words.iter().find(|a| a.parse::<u64>().is_err()).map_or("", String::as_str);
    let each: u64 = asked.unwrap_or(EXPERIMENTS);
    println!(
        "| model | targets | least by rule | least | settled | answers | lower ends | meets | interval holds it | replications a search |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let (mut held, mut met, mut all) = (0, 0, 0);
    for kind in KINDS.iter().filter(|k| k.name.contains(name)) {
        let mut truth = Truth::new(kind);
        let done: Vec<Experiment> = (1..=each).map(|seed| experiment(kind, &mut truth, seed)).collect();
        let count = |f: fn(&Experiment) -> bool| done.iter().filter(|e| f(e)).count() as u64;
        let (holds, meets) = (count(|e| e.holds), count(|e| e.meets));
        let span = |f: fn(&Experiment) -> u32| {
            let (low, high) = done.iter().map(f).fold((u32::MAX, 0), |s, x| (s.0.min(x), s.1.max(x)));
            let mean = done.iter().map(|e| f64::from(f(e))).sum::<f64>() / done.len() as f64;
            format!("{mean:.1} ({low} to {high})")
        };
        let replications = done.iter().map(|e| e.replications).sum::<u64>() / each;
        println!(
            "| {} | {} | {} | {} | {} | {} | {} | {meets} of {each} | {holds} of {each} | {replications} |",
            kind.name,
            kind.targets.join(", "),
            truth.by_rule,
            truth.least,
            if truth.settled { "yes" } else { "no" },
            span(|e| e.interval.1),
            span(|e| e.interval.0),
        );
        (held, met, all) = (held + holds, met + meets, all + each);
    }
    println!("| all | | | | | | | {met} of {all} | {held} of {all} | |");
}
