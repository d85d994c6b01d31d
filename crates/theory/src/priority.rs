//! Priorities, with and without preemption: mean wait and time in the system of each class.

use super::{erlang, positive, usable};

/// A priority class, the first in a list being served first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PriorityClass {
    /// Arrivals per unit of time.
    pub arrivals: f64,
    /// Mean service time.
    pub service_mean: f64,
    /// Coefficient of variation of service.
    pub service_cv: f64,
}

/// Mean wait of each class in M/G/1 with non-preemptive priorities, first come first served within a
/// class: `W0 / ((1 - s(k-1)) (1 - s(k)))`, `W0` the mean work left in service, `s` cumulative loads
/// (Cobham 1954). Where the load reaches one at some class, that and the later ones wait without
/// bound; those before it keep a steady state, in which it takes the rest of the server (Phipps 1956).
/// `None` for unusable parameters.
pub fn mg1(classes: &[PriorityClass]) -> Option<Vec<f64>> {
    let fine = |c: &PriorityClass| usable(c.arrivals) && positive(c.service_mean) && usable(c.service_cv);
    if !classes.iter().all(fine) {
        return None;
    }
    let mut load: f64 = 0.0;
    let mut residual = 0.0;
    for c in classes {
        let carried = (c.arrivals * c.service_mean).min(1.0 - load);
        residual += carried * c.service_mean * (1.0 + c.service_cv * c.service_cv) / 2.0;
        load += carried;
    }
    Some(waits(residual, classes.iter().map(|c| c.arrivals * c.service_mean)))
}

/// Mean wait of each class in M/M/c with non-preemptive priorities and one service rate for all:
/// `C / (c mu) / ((1 - s(k-1)) (1 - s(k)))`, `C` the Erlang C probability of the total load (Cobham
/// 1954; Kella and Yechiali 1985). `None` for unusable parameters or no servers.
pub fn mmc(servers: u32, arrivals: &[f64], service: f64) -> Option<Vec<f64>> {
    if servers == 0 || !positive(service) || !arrivals.iter().all(|x| usable(*x)) {
        return None;
    }
    let capacity = f64::from(servers) * service;
    let p = erlang::waiting(servers, arrivals.iter().sum::<f64>() / service);
    Some(waits(p / capacity, arrivals.iter().map(|x| x / capacity)))
}

/// What a class meets in M/G/1 where the more urgent cut off the others, whose work is kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resumed {
    /// Mean time until service first begins.
    pub wait: f64,
    /// Mean time from then to the end, interruptions included.
    pub residence: f64,
    /// Probability that service does not begin at once: that somebody as urgent or more so is there.
    pub p_wait: f64,
}

/// Each class in M/G/1 with preemptive priorities, work kept: residence `E[S_k] / (1 - s(k-1))`, wait
/// `R(k) / ((1 - s(k-1)) (1 - s(k)))`, `R(k)` the mean work left in service of classes up to k, `s` cumulative loads
/// (Miller 1960; Gross, Shortle, Thompson and Harris 2008, section 3.4.3). Infinite from the class on at which the load
/// reaches one. `None` for unusable parameters.
pub fn preemptive_mg1(classes: &[PriorityClass]) -> Option<Vec<Resumed>> {
    let fine = |c: &PriorityClass| usable(c.arrivals) && positive(c.service_mean) && usable(c.service_cv);
    if !classes.iter().all(fine) {
        return None;
    }
    let (mut before, mut residual) = (0.0_f64, 0.0);
    let one = |c: &PriorityClass| {
        let load = c.arrivals * c.service_mean;
        let after = before + load;
        residual += load * c.service_mean * (1.0 + c.service_cv * c.service_cv) / 2.0;
        let wait = if after < 1.0 { residual / ((1.0 - before) * (1.0 - after)) } else { f64::INFINITY };
        let residence = if before < 1.0 { c.service_mean / (1.0 - before) } else { f64::INFINITY };
        before = after;
        Resumed { wait, residence, p_wait: after.min(1.0) }
    };
    Some(classes.iter().map(one).collect())
}

/// Mean time in the system of each class in M/M/c with preemptive priorities and one service rate for all. The classes
/// up to k are M/M/c for themselves, whatever comes after them, so that their numbers in the system differ by class k's
/// (Buzen and Bondi 1983). `None` for unusable parameters or no servers.
pub fn preemptive_mmc(servers: u32, arrivals: &[f64], service: f64) -> Option<Vec<f64>> {
    let (mut rate, mut number) = (0.0, 0.0);
    let one = |own: &f64| {
        rate += own;
        let upto = erlang::mmc(servers, rate, service)?;
        let with_it = upto.queue_mean + upto.busy_mean;
        let time = if *own > 0.0 { (with_it - number) / own } else { 0.0 };
        number = with_it;
        Some(if time.is_nan() { f64::INFINITY } else { time })
    };
    arrivals.iter().map(one).collect()
}

fn waits(first: f64, loads: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut before = 0.0;
    loads
        .map(|load| {
            let after = before + load;
            let wait = if after < 1.0 { first / ((1.0 - before) * (1.0 - after)) } else { f64::INFINITY };
            before = after;
            wait
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{close, general};
    use super::*;

    #[test]
    fn two_classes_by_hand() {
        // Loads 0.3 and 0.5 of exponential services 1 and 2: W0 = 0.3 + 1.0; 1.3 / 0.7; 1.3 / (0.7 x 0.2).
        let class = |arrivals, service_mean| PriorityClass { arrivals, service_mean, service_cv: 1.0 };
        let w = mg1(&[class(0.3, 1.0), class(0.25, 2.0)]).unwrap();
        close(w[0], 1.3 / 0.7, 1e-14);
        close(w[1], 1.3 / 0.14, 1e-13);
    }

    #[test]
    fn one_class_is_pollaczek_khinchine_and_the_law_of_conservation_holds() {
        let one = PriorityClass { arrivals: 0.6, service_mean: 1.2, service_cv: 0.5 };
        let pk = general::mg1(0.6, 1.2, 0.5).unwrap().wait_mean;
        close(mg1(&[one]).unwrap()[0], pk, 1e-14);
        // Kleinrock (1965): the load-weighted mean wait does not depend on the order.
        let classes = [
            PriorityClass { arrivals: 0.2, service_mean: 1.0, service_cv: 0.0 },
            PriorityClass { arrivals: 0.1, service_mean: 3.0, service_cv: 2.0 },
            PriorityClass { arrivals: 0.5, service_mean: 0.5, service_cv: 1.0 },
        ];
        let weighed = |list: &[PriorityClass]| -> f64 {
            let w = mg1(list).unwrap();
            list.iter().zip(w).map(|(c, w)| c.arrivals * c.service_mean * w).sum()
        };
        let reversed: Vec<PriorityClass> = classes.iter().rev().copied().collect();
        close(weighed(&classes), weighed(&reversed), 1e-13);
    }

    #[test]
    fn several_servers() {
        // Same service for all: arrival-weighted, the classes wait as the one queue does.
        let w = mmc(8, &[2.4, 2.4, 2.4], 1.0).unwrap();
        close(w.iter().sum::<f64>() / 3.0, 0.876_916, 1e-6);
        close(w[0], 0.701_533 / 8.0 / 0.7, 1e-6);
        close(w[2] / w[0], 0.7 / (0.4 * 0.1), 1e-12);
        let single = mmc(1, &[0.3, 0.4], 1.0).unwrap();
        let class = |arrivals| PriorityClass { arrivals, service_mean: 1.0, service_cv: 1.0 };
        let general = mg1(&[class(0.3), class(0.4)]).unwrap();
        close(single[0], general[0], 1e-14);
        close(single[1], general[1], 1e-14);
    }

    /// The urgent alone are M/M/1; all together, with one service, too, whoever is first.
    #[test]
    fn cutting_off_others() {
        let class = |arrivals| PriorityClass { arrivals, service_mean: 1.0, service_cv: 1.0 };
        let found = preemptive_mg1(&[class(0.2), class(0.6)]).unwrap();
        let time = |r: &Resumed| r.wait + r.residence;
        close(time(&found[0]), 1.25, 1e-14);
        close(time(&found[1]), 6.25, 1e-14);
        close(found[1].p_wait, 0.8, 1e-14);
        let mmc = preemptive_mmc(1, &[0.2, 0.6], 1.0).unwrap();
        close(mmc[0], 1.25, 1e-14);
        close(mmc[1], 6.25, 1e-13);
        let several = preemptive_mmc(4, &[1.0, 2.0], 1.0).unwrap();
        let all = erlang::mmc(4, 3.0, 1.0).unwrap();
        close(several[0], erlang::mmc(4, 1.0, 1.0).unwrap().wait_mean + 1.0, 1e-13);
        close((several[0] + 2.0 * several[1]) / 3.0, all.wait_mean + 1.0, 1e-13);
        assert!(preemptive_mmc(1, &[0.5, 0.6], 1.0).unwrap()[1].is_infinite());
        assert!(preemptive_mmc(0, &[0.5], 1.0).is_none() && preemptive_mg1(&[class(-1.0)]).is_none());
    }

    #[test]
    fn overload_leaves_the_first_classes_a_steady_state() {
        let class = |arrivals, service_mean| PriorityClass { arrivals, service_mean, service_cv: 0.0 };
        // The second takes the other half: W0 = 0.5 x 1 / 2 + 0.5 x 4 / 2, over 1 x 0.5.
        let w = mg1(&[class(0.5, 1.0), class(9.0, 4.0), class(1.0, 50.0)]).unwrap();
        close(w[0], 1.25 / 0.5, 1e-14);
        assert!(w[1].is_infinite() && w[2].is_infinite());
        let w = mmc(2, &[1.0, 5.0], 1.0).unwrap();
        close(w[0], 1.0, 1e-14);
        assert!(w[1].is_infinite());
        assert!(mmc(0, &[1.0], 1.0).is_none() && mg1(&[class(-1.0, 1.0)]).is_none());
    }
}
