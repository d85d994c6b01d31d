//! M/D/c: service times that are all the same.
//!
//! Looked at every service time D apart, the number waiting is a random walk that is held at zero: `X'
//! = max(X + A - c, 0)`, `A` Poisson with the load as mean (Crommelin 1932). Its mean and the
//! probability of waiting are exact either as sums over the walk (Spitzer 1956), all of whose terms
//! are positive, or from the roots of `z^c = exp(a (z - 1))` in the unit disc (Crommelin 1932; Franx
//! 2001 for the distribution of the wait). The sums are quick unless the load is close to the servers;
//! there the roots, few and well apart, lose no digits.

use super::{Exactness, SteadyState, poisson, positive, usable};
use poolwise_math::{cos, exp, exp_m1, hypot, ln, sin};

/// Terms of the sums fall by `exp(-decay)`; below this the roots take over.
const SLOWEST_DECAY: f64 = 0.02;
/// The same for so few servers that their roots are found in no time.
const SLOWEST_DECAY_OF_FEW: f64 = 1.0;
/// Servers that count as few.
const FEW: u32 = 100;
/// Most servers: with more either way takes seconds.
const MOST_SERVERS: u32 = 10_000;

/// M/D/c at a rate of `arrivals` with service time `service_time`, first come first served. `None` for
/// unusable parameters, no servers or more than ten thousand.
pub fn mdc(servers: u32, arrivals: f64, service_time: f64) -> Option<SteadyState> {
    if servers == 0 || servers > MOST_SERVERS || !usable(arrivals) || !positive(service_time) {
        return None;
    }
    let what = ("M/D/c", "Crommelin 1932; Spitzer 1956; Franx 2001", Exactness::Exact);
    let c = f64::from(servers);
    let offered = arrivals * service_time;
    if offered >= c {
        return Some(SteadyState::lossless(what, arrivals, c, 1.0, f64::INFINITY));
    }
    if offered == 0.0 {
        return Some(SteadyState::lossless(what, arrivals, 0.0, 0.0, 0.0));
    }
    let rho = offered / c;
    let decay = c * (rho - 1.0 - ln(rho));
    let slowest = if servers <= FEW { SLOWEST_DECAY_OF_FEW } else { SLOWEST_DECAY };
    let (p_wait, queue) =
        if decay >= slowest { by_sums(servers, offered) } else { by_roots(servers, offered) };
    Some(SteadyState::lossless(what, arrivals, offered, p_wait, queue / arrivals))
}

/// Probability of waiting `1 - exp(-sum P(A_l >= l c) / l)` and mean queue `sum E[(A_l - l c)^+] / l`,
/// `A_l` Poisson with mean `l a`.
fn by_sums(servers: u32, offered: f64) -> (f64, f64) {
    let (mut exponent, mut queue) = (0.0, 0.0);
    for l in 1_u32.. {
        let (level, mean) = (u64::from(l) * u64::from(servers), f64::from(l) * offered);
        let reach = poisson::at_least(level, mean) / f64::from(l);
        exponent += reach;
        queue += poisson::mean_above(level, mean) / f64::from(l);
        if reach <= 1e-17 * exponent {
            break;
        }
    }
    (-exp_m1(-exponent), queue)
}

/// The same from the roots `z_k`, k = 1 .. c - 1: no wait with probability `(c - a) / prod(1 - z_k)`,
/// mean queue `sum 1 / (1 - z_k) - (c (c - 1) - a^2) / (2 (c - a))`.
fn by_roots(servers: u32, offered: f64) -> (f64, f64) {
    let c = f64::from(servers);
    let rho = offered / c;
    let (mut log_product, mut sum) = (0.0, 0.0);
    // Roots come in conjugate pairs; with an even number of servers one is real and negative.
    for k in 1..=servers / 2 {
        let (x, y) = root(rho, std::f64::consts::TAU * f64::from(k) / c);
        let norm = (1.0 - x) * (1.0 - x) + y * y;
        let pair = if 2 * k == servers { 0.5 } else { 1.0 };
        log_product += pair * ln(norm);
        sum += pair * 2.0 * (1.0 - x) / norm;
    }
    let no_wait = exp(ln(c - offered) - log_product);
    let queue = sum - (c * (c - 1.0) - offered * offered) / (2.0 * (c - offered));
    (1.0 - no_wait, queue)
}

/// The root of `z = exp(i angle) exp(rho (z - 1))` inside the unit disc: the map is a contraction there
/// (its derivative is `rho z`), so some steps of it and then Newton's from where they lead.
fn root(rho: f64, angle: f64) -> (f64, f64) {
    let image = |x: f64, y: f64| {
        let (size, turn) = (exp(rho * (x - 1.0)), angle + rho * y);
        (size * cos(turn), size * sin(turn))
    };
    let (mut x, mut y) = (0.0, 0.0);
    for step in 0..200 {
        let (u, v) = image(x, y);
        if step < 20 {
            (x, y) = (u, v);
            continue;
        }
        // Newton on f = z - image: f' = 1 - rho image.
        let (fx, fy, dx, dy) = (x - u, y - v, 1.0 - rho * u, -rho * v);
        let norm = dx * dx + dy * dy;
        let (sx, sy) = ((fx * dx + fy * dy) / norm, (fy * dx - fx * dy) / norm);
        x -= sx;
        y -= sy;
        if hypot(sx, sy) < 1e-16 {
            break;
        }
    }
    (x, y)
}

#[cfg(test)]
mod tests {
    use super::super::{close, erlang, general};
    use super::*;

    #[test]
    fn one_server_is_pollaczek_khinchine() {
        for rho in [0.05, 0.5, 0.9, 0.999] {
            let (got, want) = (mdc(1, rho, 1.0).unwrap(), general::mg1(rho, 1.0, 0.0).unwrap());
            close(got.wait_mean, want.wait_mean, 1e-12);
            close(got.p_wait, rho, 1e-12);
        }
    }

    #[test]
    fn sums_and_roots_agree() {
        for (c, rho) in [(2, 0.3), (2, 0.9), (3, 0.7), (8, 0.9), (9, 0.95), (50, 0.97), (200, 0.98)] {
            let a = rho * f64::from(c);
            let (s, r) = (by_sums(c, a), by_roots(c, a));
            close(s.0, r.0, 1e-10);
            close(s.1, r.1, 1e-9);
        }
    }

    #[test]
    fn published_values() {
        // Tijms (2003), M/D/c: the mean queue relative to M/M/c's, (1 + (1 - rho) (c - 1) (sqrt(4 + 5c) - 2)
        // / (16 rho c)) / 2 to within a per cent or so (Cosmetatos 1975).
        for (c, rho) in [(2_u32, 0.8), (5, 0.8), (10, 0.9), (25, 0.9)] {
            let n = f64::from(c);
            let factor =
                (1.0 + (1.0 - rho) * (n - 1.0) * ((4.0 + 5.0 * n).sqrt() - 2.0) / (16.0 * rho * n)) / 2.0;
            let mmc = erlang::mmc(c, rho * n, 1.0).unwrap().wait_mean;
            close(mdc(c, rho * n, 1.0).unwrap().wait_mean, mmc * factor, 0.02);
        }
    }

    #[test]
    fn the_walk_by_brute_force() {
        // Stationary number waiting for three servers at load 2.4, iterated from empty.
        let (c, a) = (3_usize, 2.4);
        let arrivals: Vec<f64> = (0..60).map(|k| poisson::probability(k, a)).collect();
        let mut x = vec![0.0; 200];
        x[0] = 1.0;
        let mut p_wait = 0.0;
        for _ in 0..3_000 {
            let mut next = vec![0.0; 200];
            p_wait = 0.0;
            for (i, p) in x.iter().enumerate() {
                for (k, q) in arrivals.iter().enumerate() {
                    next[(i + k).saturating_sub(c).min(199)] += p * q;
                    p_wait += if i + k >= c { p * q } else { 0.0 };
                }
            }
            x = next;
        }
        let mean: f64 = x.iter().enumerate().map(|(i, p)| i as f64 * p).sum();
        let got = mdc(3, a, 1.0).unwrap();
        close(got.queue_mean, mean, 1e-9);
        close(got.p_wait, p_wait, 1e-9);
    }

    #[test]
    fn light_heavy_and_odd() {
        let light = mdc(1_000, 500.0, 1.0).unwrap();
        assert!(light.p_wait > 0.0 && light.p_wait < 1e-30 && light.wait_mean > 0.0);
        let heavy = mdc(4, 3.999_6, 1.0).unwrap();
        // Kollerstroem (1974): in heavy traffic half of M/M/c's wait.
        close(heavy.wait_mean, erlang::mmc(4, 3.999_6, 1.0).unwrap().wait_mean / 2.0, 1e-3);
        assert_eq!(mdc(2, 2.0, 1.0).unwrap().wait_mean, f64::INFINITY);
        assert_eq!(mdc(2, 0.0, 1.0).unwrap().wait_mean, 0.0);
        assert!(mdc(0, 1.0, 1.0).is_none() && mdc(1, 1.0, f64::NAN).is_none());
    }
}
