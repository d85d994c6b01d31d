//! Time of a call of each function here and in the standard library, in nanoseconds: side by side, and each waiting
//! for the one before. `cargo run --release -p poolwise-math --example speed`
#![allow(clippy::disallowed_methods, reason = "the standard library's are what is compared")]

use std::hint::black_box;
use std::time::Instant;

fn best(points: &[f64], run: impl Fn(&[f64]) -> f64) -> f64 {
    let once = || {
        let start = Instant::now();
        black_box(run(black_box(points)));
        start.elapsed().as_secs_f64()
    };
    (0..20).map(|_| once()).fold(f64::INFINITY, f64::min) / points.len() as f64 * 1e9
}

fn nanoseconds(points: &[f64], f: impl Fn(f64) -> f64) -> (f64, f64) {
    let aside = best(points, |p| p.iter().map(|x| f(*x)).sum());
    let waiting = best(points, |p| p.iter().fold(0.0, |last, x| f(x + last * 1e-300)));
    (aside, waiting)
}

fn main() {
    let points: Vec<f64> = (0..100_000).map(|i| 1e-3 + f64::from((i * 7_919) % 100_000) * 1e-4).collect();
    println!("{:8}{:>10}{:>10}{:>12}{:>10}", "", "here", "standard", "one by one", "standard");
    let line = |name: &str, ours: (f64, f64), theirs: (f64, f64)| {
        println!("{name:8}{:>10.2}{:>10.2}{:>12.2}{:>10.2}", ours.0, theirs.0, ours.1, theirs.1);
    };
    let p = &points;
    line("exp", nanoseconds(p, poolwise_math::exp), nanoseconds(p, f64::exp));
    line("ln", nanoseconds(p, poolwise_math::ln), nanoseconds(p, f64::ln));
    line("exp_m1", nanoseconds(p, poolwise_math::exp_m1), nanoseconds(p, f64::exp_m1));
    line("ln_1p", nanoseconds(p, poolwise_math::ln_1p), nanoseconds(p, f64::ln_1p));
    line("powf", nanoseconds(p, |x| poolwise_math::powf(x, 1.7)), nanoseconds(p, |x| x.powf(1.7)));
    line("sin", nanoseconds(p, poolwise_math::sin), nanoseconds(p, f64::sin));
    line("atan", nanoseconds(p, poolwise_math::atan), nanoseconds(p, f64::atan));
}
