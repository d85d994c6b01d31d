//! What all Rust peers share: the numbers of the two systems, their draws, and the line they print.

use rand::distr::Distribution;
use rand::rand_core::{Rng, SeedableRng};
use rand_distr::{Exp1, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;
use std::time::Duration;

pub const HOUR: f64 = 3600.0;
const HOURS: usize = 168;
pub const CENTRES: usize = 21;
/// Warm-up and end of `network` and of `mm8`, seconds.
pub const WARM_UP: f64 = 168.0 * HOUR;
pub const END: f64 = 53.0 * 168.0 * HOUR;

/// Draws and rates.
#[derive(Clone, Serialize, Deserialize)]
pub struct Draws {
    rng: Xoshiro256PlusPlus,
    /// Arrivals a second by hour of the week.
    rates: Vec<f64>,
}

impl Draws {
    pub fn new(seed: u64) -> Self {
        let shape = |h: usize| {
            let day = 1.0 + 0.6 * (TAU * ((h % 24) as f64 - 9.0) / 24.0).sin();
            if h >= 120 { day * 0.55 } else { day }
        };
        let mean = (0..HOURS).map(shape).sum::<f64>() / HOURS as f64;
        let rates = (0..HOURS).map(|h| 1_500_000.0 / (8760.0 * HOUR) * shape(h) / mean).collect();
        Self { rng: Xoshiro256PlusPlus::seed_from_u64(seed), rates }
    }

    pub fn exponential(&mut self, mean: f64) -> f64 {
        let e: f64 = Exp1.sample(&mut self.rng);
        e * mean
    }

    /// The next arrival at the network after `t`.
    pub fn next_arrival(&mut self, t: f64) -> f64 {
        self.next(1.0, t)
    }

    /// The next arrival at one centre after `t`.
    pub fn next_arrival_at(&mut self, centre: usize, t: f64) -> f64 {
        self.next(if centre == 0 { 0.3 } else { 0.035 }, t)
    }

    /// The rate holds for an hour.
    fn next(&mut self, share: f64, mut t: f64) -> f64 {
        loop {
            let hour = (t / HOUR) as usize;
            let next = t + self.exponential(1.0 / (share * self.rates[hour % HOURS]));
            let edge = (hour + 1) as f64 * HOUR;
            if next < edge {
                return next;
            }
            t = edge;
        }
    }

    /// 30 % to the big centre, the rest to the others alike.
    pub fn centre(&mut self) -> usize {
        let u = (self.rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        if u < 0.3 { 0 } else { (1 + ((u - 0.3) / 0.7 * 20.0) as usize).min(20) }
    }

    /// Lognormal, mean 20 min, CV 1.
    pub fn service(&mut self) -> f64 {
        let sigma2 = 2.0_f64.ln();
        let z: f64 = StandardNormal.sample(&mut self.rng);
        ((1200.0_f64).ln() - sigma2 / 2.0 + sigma2.sqrt() * z).exp()
    }

    /// Exponential, mean 24 h.
    pub fn patience(&mut self) -> f64 {
        self.exponential(24.0 * HOUR)
    }
}

/// Officers of a centre from `t` on.
pub fn level(centre: usize, t: f64) -> usize {
    let hour = (t / HOUR).round() as usize % HOURS;
    let (day, hour) = (hour / 24, hour % 24);
    match centre {
        0 if hour < 8 => 30,
        0 => 40,
        _ if day < 5 && (6..22).contains(&hour) => 8,
        _ => 2,
    }
}

/// The sums that an answer needs.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Sums {
    pub served: u64,
    pub delayed: u64,
    pub waited: f64,
    pub left: u64,
}

impl Sums {
    pub fn serve(&mut self, t: f64, waited: f64) {
        if t >= WARM_UP {
            self.served += 1;
            self.delayed += u64::from(waited > 0.0);
            self.waited += waited;
        }
    }

    pub fn leave(&mut self, t: f64) {
        self.left += u64::from(t >= WARM_UP);
    }
}

/// Processor time so far.
pub fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn line(peer: &str, workload: &str, requests: u64, seconds: Duration, answers: &str) {
    println!(
        "{{\"peer\":\"{peer}\",\"workload\":\"{workload}\",\"requests\":{requests},\"seconds\":{},\"answers\":{{{answers}}}}}",
        seconds.as_secs_f64()
    );
}

/// Prints the answer of `network`.
pub fn print_network(peer: &str, requests: u64, seconds: Duration, centres: &[Sums]) {
    let sum = |it: &[Sums]| it.iter().fold((0, 0.0, 0), |s, c| (s.0 + c.served, s.1 + c.waited, s.2 + c.left));
    let (local, big) = (sum(&centres[1..]), sum(&centres[..1]));
    let (served, left) = ((local.0 + big.0) as f64, (local.2 + big.2) as f64);
    let answers = format!(
        "\"left\":{},\"local\":{},\"big\":{}",
        left / (served + left),
        local.1 / local.0 as f64 / HOUR,
        big.1 / big.0 as f64 / HOUR
    );
    line(peer, "network", requests, seconds, &answers);
}

/// Prints the answer of `mm8`: waits in mean services.
pub fn print_mm8(peer: &str, requests: u64, seconds: Duration, sums: &Sums) {
    let n = sums.served as f64;
    let answers = format!("\"p_wait\":{},\"wait\":{}", sums.delayed as f64 / n, sums.waited / n / 600.0);
    line(peer, "mm8", requests, seconds, &answers);
}
