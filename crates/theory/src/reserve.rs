//! Loss systems that keep servers free of some classes (trunk reservation).

use super::{positive, usable};

/// Share of each class that is blocked in M/M/c/c with one service rate, where a class with arrivals `(rate, kept)` is taken
/// in only while more than `kept` servers are free, and what there is in the mean of busy servers. The number of busy
/// servers is a birth-and-death process (Schaack and Larson 1986, whose cut-off of a class is `c - kept` busy servers). `None`
/// for unusable parameters or no servers.
pub fn loss(servers: u32, classes: &[(f64, u32)], service: f64) -> Option<(Vec<f64>, f64)> {
    if servers == 0 || !positive(service) || !classes.iter().all(|c| usable(c.0)) {
        return None;
    }
    let taken = |busy: u32, kept: u32| servers - busy > kept;
    let mut p = vec![1.0];
    let mut all = 1.0;
    for busy in 0..servers {
        let rate: f64 = classes.iter().filter(|c| taken(busy, c.1)).map(|c| c.0).sum();
        let next = p[busy as usize] * rate / (f64::from(busy + 1) * service);
        p.push(next);
        all += next;
        if all > 1e200 {
            // Only proportions matter.
            p.iter_mut().for_each(|x| *x /= all);
            all = 1.0;
        }
    }
    let states = || (0..=servers).zip(&p);
    let blocked =
        |kept: u32| states().filter(|(busy, _)| !taken(*busy, kept)).map(|(_, p)| p).sum::<f64>() / all;
    let busy = states().map(|(busy, p)| f64::from(busy) * p).sum::<f64>() / all;
    Some((classes.iter().map(|c| blocked(c.1)).collect(), busy))
}

#[cfg(test)]
mod tests {
    use super::super::{close, erlang};
    use super::*;

    #[test]
    fn urgent_and_routine_by_servers_kept_free() {
        let table = [(0.12166, 0.12166), (0.04938, 0.21397), (0.02138, 0.30638), (0.00991, 0.40648)];
        for (kept, (urgent, routine)) in table.into_iter().enumerate() {
            let (blocked, busy) = loss(10, &[(3.0, 0), (5.0, kept as u32)], 1.0).unwrap();
            assert!((blocked[0] - urgent).abs() < 6e-6 && (blocked[1] - routine).abs() < 6e-6, "{blocked:?}");
            close(busy, 3.0 * (1.0 - blocked[0]) + 5.0 * (1.0 - blocked[1]), 1e-12);
        }
        close(loss(10, &[(8.0, 0)], 1.0).unwrap().0[0], erlang::blocking(10, 8.0), 1e-13);
        close(loss(3, &[(8.0, 5)], 1.0).unwrap().0[0], 1.0, 1e-15);
        let many = loss(2_000, &[(1_900.0, 0), (50.0, 40)], 1.0).unwrap();
        assert!(many.0[0] < many.0[1] && many.0[1] < 0.3, "{many:?}");
        assert!(loss(0, &[(8.0, 0)], 1.0).is_none() && loss(2, &[(-1.0, 0)], 1.0).is_none());
    }
}
