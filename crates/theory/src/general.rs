//! General service times: M/G/1 exactly, G/G/c approximately.

use super::{Exactness, SteadyState, erlang, positive, usable};

/// M/G/1 by Pollaczek and Khinchine: mean wait `lambda E[S^2] / (2 (1 - rho))`, from the mean and the
/// coefficient of variation of service (Pollaczek 1930; Khinchine 1932; Cooper 1981, eq. 5.8.7).
/// `None` for unusable parameters.
pub fn mg1(arrivals: f64, service_mean: f64, service_cv: f64) -> Option<SteadyState> {
    if !usable(arrivals) || !positive(service_mean) || !usable(service_cv) {
        return None;
    }
    let what = ("M/G/1", "Pollaczek 1930 and Khinchine 1932; Cooper 1981, section 5.8", Exactness::Exact);
    let rho = arrivals * service_mean;
    let square = service_mean * service_mean * (1.0 + service_cv * service_cv);
    let wait = if rho < 1.0 { arrivals * square / (2.0 * (1.0 - rho)) } else { f64::INFINITY };
    Some(SteadyState::lossless(what, arrivals, rho.min(1.0), rho.min(1.0), wait))
}

/// G/G/c by Allen and Cunneen: the wait of M/M/c times `(ca^2 + cs^2) / 2` (Allen 1990, section 5.3;
/// for Poisson arrivals, `ca` = 1, it is that of Lee and Longton 1959). An approximation: within a
/// few per cent under heavy load and moderate variation, worse at low load or for mixed services. `None`
/// for unusable parameters or no servers.
pub fn allen_cunneen(
    servers: u32,
    arrivals: f64,
    arrival_cv: f64,
    service_mean: f64,
    service_cv: f64,
) -> Option<SteadyState> {
    if !positive(service_mean) || !usable(service_cv) || !usable(arrival_cv) {
        return None;
    }
    let base = erlang::mmc(servers, arrivals, 1.0 / service_mean)?;
    let factor = f64::midpoint(arrival_cv * arrival_cv, service_cv * service_cv);
    let what = ("G/G/c", "Allen and Cunneen; Allen 1990, section 5.3", Exactness::Approximate);
    let wait = if base.wait_mean.is_finite() { base.wait_mean * factor } else { base.wait_mean };
    Some(SteadyState::lossless(what, arrivals, base.busy_mean, base.p_wait, wait))
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;

    #[test]
    fn one_server() {
        close(mg1(0.8, 1.0, 1.0).unwrap().wait_mean, erlang::mmc(1, 0.8, 1.0).unwrap().wait_mean, 1e-14);
        // Deterministic service halves the wait.
        close(mg1(0.8, 1.0, 0.0).unwrap().wait_mean, 2.0, 1e-14);
        close(mg1(0.4, 2.0, 2.0).unwrap().queue_mean, 0.8 * 0.8 * 5.0 / (2.0 * 0.2), 1e-14);
        assert_eq!(mg1(1.0, 1.0, 0.5).unwrap().wait_mean, f64::INFINITY);
        assert!(mg1(1.0, -1.0, 0.5).is_none());
    }

    #[test]
    fn two_classes_apart_and_pooled() {
        // Deterministic services of 1 and 10 minutes, 50 and 5 an hour (van Dijk and van der Sluis 2008):
        // apart 2.5 and 25 minutes exactly, 4.545 over all; pooled about 6.2.
        let short = mg1(50.0 / 60.0, 1.0, 0.0).unwrap().wait_mean;
        let long = mg1(5.0 / 60.0, 10.0, 0.0).unwrap().wait_mean;
        close(short, 2.5, 1e-13);
        close(long, 25.0, 1e-13);
        close((50.0 * short + 5.0 * long) / 55.0, 4.545_454_545, 1e-9);
        let mean: f64 = 100.0 / 55.0;
        let cv = ((50.0 + 5.0 * 100.0) / 55.0 / (mean * mean) - 1.0).sqrt();
        let pooled = allen_cunneen(2, 55.0 / 60.0, 1.0, mean, cv).unwrap();
        assert_eq!(pooled.exactness, Exactness::Approximate);
        close(pooled.wait_mean, 6.25, 1e-9);
    }

    #[test]
    fn the_approximation_is_exact_where_it_should_be() {
        let exact = erlang::mmc(8, 7.2, 1.0).unwrap();
        close(allen_cunneen(8, 7.2, 1.0, 1.0, 1.0).unwrap().wait_mean, exact.wait_mean, 1e-14);
        close(
            allen_cunneen(1, 0.8, 1.0, 1.0, 0.3).unwrap().wait_mean,
            mg1(0.8, 1.0, 0.3).unwrap().wait_mean,
            1e-14,
        );
        assert_eq!(allen_cunneen(2, 3.0, 0.0, 1.0, 0.0).unwrap().wait_mean, f64::INFINITY);
    }
}
