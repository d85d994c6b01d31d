//! Random numbers: every sampler has its distribution over ten million draws, streams share no seed and
//! do not overlap, and what should be independent is.
//!
//! Seeds are fixed. Draws come from a source's stream, and from the keys of as many requests. A line that
//! rests on several tests shows the least P value times their number (Bonferroni).

use super::bench::Bench;
use super::{CaseGroup, Check, Known, KnownModel};
use poolwise_engine::random::{KeyedRng, Purpose, Sampler, Streams, name_key};
use poolwise_math::{exp, exp_m1, gamma, gamma_lower, gamma_upper, ln, powf, powi};
use poolwise_study::parallel;
use rand::rand_core::Rng;

const GROUP: CaseGroup = CaseGroup::Streams;

pub(super) const CASES: &[KnownModel] = &[
    KnownModel {
        group: GROUP,
        name: "Uniform numbers",
        source: "Kolmogorov-Smirnov; chi-square; moments; 10^7 draws",
        run: uniforms,
    },
    KnownModel {
        group: GROUP,
        name: "Samplers",
        source: "chi-square over 4,096 bins; mean; variance; 10^7 draws",
        run: samplers,
    },
    KnownModel { group: GROUP, name: "Streams apart", source: "seeds and words that recur", run: apart },
    KnownModel {
        group: GROUP,
        name: "Streams independent",
        source: "chi-square of 16 x 16 tables of 10^6 pairs, upper and lower bits",
        run: independent,
    },
];

const DRAWS: usize = 10_000_000;
const BINS: usize = 4_096;
const PAIRS: usize = 1_000_000;
const ROOT: u64 = 20_190_605;

/// The least of some P values times their number.
fn bonferroni(p: &[f64]) -> f64 {
    (p.iter().copied().fold(1.0, f64::min) * p.len() as f64).min(1.0)
}

/// P value of counts that should be `expected` each.
fn chi_square(counts: &[u64], expected: f64) -> f64 {
    let statistic: f64 = counts.iter().map(|&n| powi(n as f64 - expected, 2) / expected).sum();
    gamma_upper((counts.len() - 1) as f64 / 2.0, statistic / 2.0)
}

/// Two-sided P value of a standard normal statistic.
fn two_sided(z: f64) -> f64 {
    gamma_upper(0.5, z * z / 2.0)
}

/// Two-sided P value of the Kolmogorov-Smirnov distance, by the limit distribution.
fn kolmogorov(mut u: Vec<f64>) -> f64 {
    let n = u.len() as f64;
    u.sort_unstable_by(f64::total_cmp);
    let distance = u.iter().enumerate().fold(0.0_f64, |d, (i, x)| {
        let i = i as f64;
        d.max((i + 1.0) / n - x).max(x - i / n)
    });
    let z = n.sqrt() * distance;
    let term = |k: f64| if k as i32 % 2 == 1 { 1.0 } else { -1.0 } * exp(-2.0 * k * k * z * z);
    (2.0 * (1..=100).map(|k| term(f64::from(k))).sum::<f64>()).clamp(0.0, 1.0)
}

/// Sums of powers about a centre.
#[derive(Default)]
struct Powers {
    n: f64,
    first: f64,
    second: f64,
    third: f64,
    fourth: f64,
}

impl Powers {
    fn add(&mut self, d: f64) {
        let square = d * d;
        self.n += 1.0;
        self.first += d;
        self.second += square;
        self.third += square * d;
        self.fourth += square * square;
    }

    /// P values of the mean and of the variance.
    fn p_values(&self, variance: f64) -> [f64; 2] {
        let (second, fourth) = (self.second / self.n, self.fourth / self.n);
        [
            two_sided(self.first / (self.n * variance).sqrt()),
            two_sided((second - variance) / ((fourth - second * second) / self.n).sqrt()),
        ]
    }
}

/// Draws of `sampler` from a stream, or from the keys of as many requests.
fn draw(sampler: &Sampler, name: &str, keyed: bool, mut each: impl FnMut(f64)) {
    let streams = Streams::new(ROOT, 0);
    if keyed {
        let mut requests = streams.source("requests");
        let place = name_key(name);
        for _ in 0..DRAWS {
            each(sampler.sample(&mut KeyedRng::new(requests.next_u64(), place, 0, Purpose::Time)));
        }
    } else {
        let mut rng = streams.source(name);
        (0..DRAWS).for_each(|_| each(sampler.sample(&mut rng)));
    }
}

fn kind(keyed: bool) -> &'static str {
    if keyed { "requests" } else { "stream" }
}

fn uniforms(bench: &Bench) -> Result<Vec<Check>, String> {
    let sampler = Sampler::Uniform { low: 0.0, high: 1.0 };
    let tests = parallel::all(2, bench.threads, |k| {
        let keyed = k == 1;
        let mut all = Vec::with_capacity(DRAWS);
        let mut powers = Powers::default();
        draw(&sampler, "uniform numbers", keyed, |x| {
            powers.add(x - 0.5);
            all.push(x);
        });
        let mut cells = vec![0_u64; BINS];
        for t in all.chunks_exact(3) {
            cells[t.iter().fold(0, |c, x| 16 * c + (x * 16.0) as usize)] += 1;
        }
        let triples = chi_square(&cells, (DRAWS / 3) as f64 / BINS as f64);
        (keyed, triples, powers.p_values(1.0 / 12.0), kolmogorov(all))
    });
    let mut checks = Vec::new();
    for (keyed, triples, [mean, variance], distance) in tests {
        let kind = kind(keyed);
        checks.push(Check::p_value(format!("Kolmogorov-Smirnov, {kind}"), distance));
        checks.push(Check::p_value(format!("triples in 4,096 cells, {kind}"), triples));
        checks.push(Check::p_value(format!("mean, {kind}"), mean));
        checks.push(Check::p_value(format!("variance, {kind}"), variance));
    }
    Ok(checks)
}

/// A sampler with its distribution function.
struct TestedStream {
    name: &'static str,
    sampler: Sampler,
    cdf: fn(f64) -> f64,
}

fn normal_cdf(z: f64) -> f64 {
    // Through the incomplete gamma function: not the code that the library itself uses.
    let half = 0.5 * gamma_lower(0.5, z * z / 2.0);
    if z < 0.0 { 0.5 - half } else { 0.5 + half }
}

/// Distribution functions are written out here, apart from the samplers' own means and variances.
fn tested() -> Option<Vec<TestedStream>> {
    let one = |name, sampler, cdf| TestedStream { name, sampler, cdf };
    Some(vec![
        one("exponential", Sampler::Exponential(1_200.0), |x| -exp_m1(-x / 1_200.0)),
        one("lognormal", Sampler::log_normal(900.0, 0.5), |x| {
            let sigma2 = ln(1.25_f64);
            normal_cdf((ln(x) - ln(900.0_f64) + sigma2 / 2.0) / sigma2.sqrt())
        }),
        one("gamma, shape 3.7", Sampler::gamma(3.7, 50.0)?, |x| gamma_lower(3.7, x / 50.0)),
        one("gamma, shape 0.4", Sampler::gamma(0.4, 2_000.0)?, |x| gamma_lower(0.4, x / 2_000.0)),
        one("Erlang, 3 phases", Sampler::gamma(3.0, 100.0 / 3.0)?, |x| {
            let y = x * 0.03;
            1.0 - exp(-y) * (1.0 + y + y * y / 2.0)
        }),
        one("Weibull", Sampler::Weibull { shape: 1.5, scale: 600.0 }, |x| -exp_m1(-powf(x / 600.0, 1.5))),
        one("uniform", Sampler::Uniform { low: 30.0, high: 90.0 }, |x| ((x - 30.0) / 60.0).clamp(0.0, 1.0)),
        one("triangular", Sampler::triangular(10.0, 20.0, 60.0)?, |x| match x {
            x if x <= 10.0 => 0.0,
            x if x < 20.0 => powi(x - 10.0, 2) / 500.0,
            x if x < 60.0 => 1.0 - powi(60.0 - x, 2) / 2_000.0,
            _ => 1.0,
        }),
        one("hyperexponential", Sampler::hyper_exponential(&[(0.25, 4_000.0), (0.75, 400.0)]), |x| {
            -0.25 * exp_m1(-x / 4_000.0) - 0.75 * exp_m1(-x / 400.0)
        }),
    ])
}

/// The edges of equally likely bins, by bisection.
fn edges(cdf: fn(f64) -> f64) -> Vec<f64> {
    let mut top = 1.0;
    while cdf(top) < 1.0 - 0.1 / BINS as f64 {
        top *= 2.0;
    }
    let edge = |k: usize| {
        let (mut low, mut high) = (0.0, top);
        for _ in 0..100 {
            let middle = f64::midpoint(low, high);
            if cdf(middle) < k as f64 / BINS as f64 { low = middle } else { high = middle }
        }
        high
    };
    (1..BINS).map(edge).collect()
}

fn samplers(bench: &Bench) -> Result<Vec<Check>, String> {
    let all = tested().ok_or("a sampler could not be made")?;
    // Mean and variance of the Weibull, the one whose moments are not plain from its parameters.
    let weibull = (600.0 * gamma(5.0 / 3.0), 3.6e5 * (gamma(7.0 / 3.0) - powi(gamma(5.0 / 3.0), 2)));
    let tests = parallel::all(2 * all.len(), bench.threads, |task| {
        let (t, keyed) = (&all[task / 2], task % 2 == 1);
        let (mean, variance) =
            if t.name == "Weibull" { weibull } else { (t.sampler.mean(), t.sampler.variance()) };
        let edges = edges(t.cdf);
        let mut counts = vec![0_u64; BINS];
        let mut powers = Powers::default();
        draw(&t.sampler, t.name, keyed, |x| {
            counts[edges.partition_point(|e| *e < x)] += 1;
            powers.add(x - mean);
        });
        let [of_mean, of_variance] = powers.p_values(variance);
        let p = bonferroni(&[chi_square(&counts, DRAWS as f64 / BINS as f64), of_mean, of_variance]);
        Check::p_value(format!("{}, {}", t.name, kind(keyed)), p)
    });
    let mut checks = tests;
    for keyed in [false, true] {
        let values = [5.0, 1.0, 0.0, 9.0, 2.5, 7.0, 3.0];
        let mut counts = [0_u64; 7];
        draw(&Sampler::Empirical(values.to_vec().into()), "empirical", keyed, |x| {
            counts[values.iter().position(|v| *v == x).unwrap_or(0)] += 1;
        });
        let p = chi_square(&counts, DRAWS as f64 / 7.0);
        checks.push(Check::p_value(format!("empirical, {}", kind(keyed)), p));
    }
    Ok(checks)
}

/// How many values occur again.
fn repeated(mut values: Vec<u64>) -> f64 {
    let all = values.len();
    values.sort_unstable();
    values.dedup();
    (all - values.len()) as f64
}

fn apart(_: &Bench) -> Result<Vec<Check>, String> {
    // Streams that overlapped would show the same 64-bit words. By chance one recurs among so many with
    // probability 3e-6.
    let mut words = Vec::with_capacity(DRAWS);
    for replication in 0..100 {
        for source in 0..20 {
            let mut rng = Streams::new(ROOT, replication).source(&format!("arrivals/class {source}/area"));
            words.extend((0..DRAWS / 2_000).map(|_| rng.next_u64()));
        }
    }
    // First words of a million streams, among them those of replication 0 and of root 0.
    let mut seeds = Vec::with_capacity(1_000_000);
    for root in 0..10 {
        for replication in 0..1_000 {
            let streams = Streams::new(root, replication);
            for source in 0..50 {
                let name = format!("source {source}");
                seeds.extend([streams.source(&name).next_u64(), streams.key(&name)]);
            }
        }
    }
    let names: Vec<u64> = (0..1_000_000).map(|k| name_key(&format!("stage {k}"))).collect();
    let none = |what: &str, n: f64| Check::value(what, "", Known::Exact, 0.0, n);
    Ok(vec![
        none("words that recur in 2,000 streams of 5,000", repeated(words)),
        none("first words that recur in a million streams and keys", repeated(seeds)),
        none("keys that recur of a million names", repeated(names)),
    ])
}

/// P values of two tables of pairs, by upper and by lower bits.
fn tables(mut pair: impl FnMut() -> (u64, u64)) -> [f64; 2] {
    let (mut upper, mut lower) = (vec![0_u64; 256], vec![0_u64; 256]);
    for _ in 0..PAIRS {
        let (a, b) = pair();
        upper[((a >> 60) << 4 | b >> 60) as usize] += 1;
        lower[((a & 15) << 4 | b & 15) as usize] += 1;
    }
    [upper, lower].map(|table| chi_square(&table, PAIRS as f64 / 256.0))
}

fn first(seed: u64, place: &str, visit: u32, purpose: Purpose) -> u64 {
    KeyedRng::new(seed, name_key(place), visit, purpose).bits()
}

fn independent(bench: &Bench) -> Result<Vec<Check>, String> {
    let purposes = [
        Purpose::Time,
        Purpose::Branch,
        Purpose::BranchDelay,
        Purpose::Deadline,
        Purpose::Share,
        Purpose::Duplicate,
        Purpose::CopyTime,
        Purpose::Rework,
        Purpose::ReworkDelay,
        Purpose::Documentation,
        Purpose::Redone,
        Purpose::Balk,
        Purpose::Area,
    ];
    let pairs: Vec<(Purpose, Purpose)> =
        purposes.iter().enumerate().flat_map(|(i, a)| purposes[..i].iter().map(|b| (*a, *b))).collect();
    let of_purposes = parallel::all(pairs.len(), bench.threads, |i| {
        let (a, b) = pairs[i];
        let mut seeds = Streams::new(1, 0).source("requests");
        tables(|| {
            let seed = seeds.next_u64();
            (first(seed, "research", 0, a), first(seed, "research", 0, b))
        })
    });
    let of_streams = |a: (u64, u64, &str), b: (u64, u64, &str)| {
        let mut x = Streams::new(a.0, a.1).source(a.2);
        let mut y = Streams::new(b.0, b.1).source(b.2);
        tables(move || (x.next_u64(), y.next_u64()))
    };
    let streams = [
        ((5, 0, "north"), (5, 1, "north")),
        ((5, 1, "north"), (5, 2, "north")),
        ((5, 0, "north"), (5, 0, "south")),
        ((5, 0, "a"), (5, 0, "c")),
        ((0, 0, "north"), (1, 0, "north")),
        ((0, 1, "north"), (1, 0, "north")),
    ];
    let of_streams: Vec<[f64; 2]> = streams.iter().map(|(a, b)| of_streams(*a, *b)).collect();
    let mut seeds = Streams::new(2, 0).source("requests");
    let visits = [(0, 1), (1, 2), (0, 13)].map(|(a, b)| {
        tables(|| {
            let seed = seeds.next_u64();
            (first(seed, "sign", a, Purpose::Time), first(seed, "sign", b, Purpose::Time))
        })
    });
    let places = [("research", "prepare"), ("a", "b"), ("ab", "ba")].map(|(a, b)| {
        tables(|| {
            let seed = seeds.next_u64();
            (first(seed, a, 0, Purpose::Time), first(seed, b, 0, Purpose::Time))
        })
    });
    let mut last = seeds.next_u64();
    let neighbours = tables(|| {
        let seed = seeds.next_u64();
        let before = std::mem::replace(&mut last, seed);
        (first(before, "research", 0, Purpose::Time), first(seed, "research", 0, Purpose::Time))
    });
    let key = Streams::new(3, 0).key("absence");
    let mut day = -1_000;
    let days = tables(|| {
        day += 1;
        (KeyedRng::of(key, 9, day).bits(), KeyedRng::of(key, 9, day + 1).bits())
    });
    let line = |what: &str, p: &[[f64; 2]]| Check::p_value(what, bonferroni(p.as_flattened()));
    Ok(vec![
        line("purposes of a request, 78 pairs", &of_purposes),
        line("replications, names and roots, 6 pairs", &of_streams),
        line("visits, 3 pairs", &visits),
        line("stages, 3 pairs", &places),
        line("neighbouring requests", &[neighbours]),
        line("neighbouring days", &[days]),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_equally_likely_and_the_tests_can_fail() {
        let all = tested().expect("samplers");
        for t in &all {
            let e = edges(t.cdf);
            for k in [1, BINS / 2, BINS - 1] {
                assert!(((t.cdf)(e[k - 1]) - k as f64 / BINS as f64).abs() < 1e-9, "{}", t.name);
            }
        }
        assert!(chi_square(&[100, 130, 70], 100.0) < 1e-3 && chi_square(&[100, 101, 99], 100.0) > 0.9);
        assert!(kolmogorov((0..1_000).map(|k| f64::from(k) / 1_100.0).collect()) < 1e-6);
        assert!(kolmogorov((0..1_000).map(|k| f64::from(k) / 1_000.0).collect()) > 0.9);
        assert_eq!(repeated(vec![1, 2, 2, 3, 2]), 2.0);
        assert_eq!(bonferroni(&[0.3, 0.01, 0.9]), 0.03);
    }
}
