//! All ways to foresee from weeks alone, averaged by how well each explains the record.
//!
//! How far a level wanders, and whether there is a trend, a record of some dozen weeks leaves open; intervals of the one way that
//! was nearest on a few weeks held out know nothing of that and are too narrow. So each way has a Gaussian innovations model
//! (Hyndman, Koehler, Ord and Snyder 2008, ch. 5) on a grid of its smoothing numbers; what it begins with and its variance are
//! integrated out (flat for the level and for ln sigma, normal for the slope: Zellner 1971, ch. 3); and what is foreseen is the
//! mixture of their Student laws, each weighed by its marginal likelihood (Hoeting, Madigan, Raftery and Volinsky 1999, eq. 1).

use poolwise_math::{beta_lower, exp, ln};

/// Numbers of a way: how far level and slope follow an error, and how much of the slope is left after a week.
#[derive(Debug, Clone, Copy)]
struct Smoothing {
    alpha: f64,
    beta: f64,
    phi: f64,
    /// Standard deviation of a slope before anything is known of it, over that of a week's error; `None`: no slope.
    slope: Option<f64>,
}

/// What one set of numbers foresees.
#[derive(Debug, Clone)]
struct Member {
    /// Logarithm of its weight, then its weight.
    weight: f64,
    weeks: Vec<f64>,
    deviations: Vec<f64>,
    deviation_of_mean: f64,
}

/// What is foreseen: a mixture of Student laws.
#[derive(Debug, Clone)]
pub(super) struct Averaged {
    members: Vec<Member>,
    /// Degrees of freedom of all of them.
    free: f64,
}

/// The power of the likelihood by which members are weighed. Of the ways none is quite what a stream does, and a full weight would
/// be too sure of the one that is nearest (Miller and Dunson 2019, "Robust Bayesian inference via coarsening").
const COARSENED: f64 = 0.5;

/// How likely each way is before the record is seen, over the others. Half of a likelihood parts the ways but slowly: the mean counts twice, so that
/// streams that stay as they are have no wider intervals for it, and so does a slope that wanders, which a line hides longest.
const LIKELY: [f64; 5] = [2.0, 1.0, 1.0, 1.0, 2.0];

/// Members of less weight are left out.
const LEAST_WEIGHT: f64 = 1e-5;
/// Slopes thought of: from hardly any to several errors a week.
const SLOPES: [f64; 3] = [0.05, 0.3, 3.0];

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Errors of a record, and the level and slope after it, from a level and a slope before it.
fn run(record: impl Iterator<Item = f64>, s: Smoothing, (level, slope): (f64, f64)) -> (Vec<f64>, f64, f64) {
    let (mut level, mut slope) = (level, slope);
    let errors = record
        .map(|value| {
            let foreseen = level + s.phi * slope;
            let error = value - foreseen;
            level = foreseen + s.alpha * error;
            slope = s.phi * slope + s.beta * error;
            error
        })
        .collect();
    (errors, level, slope)
}

/// What one set of numbers says of the record and foresees for `n` weeks. All is linear in the level and slope before the
/// record, so that they are found by least squares.
fn member(y: &[f64], s: Smoothing, n: usize) -> Member {
    let nothing = || y.iter().map(|_| 0.0);
    let (errors, level, slope) = run(y.iter().copied(), s, (0.0, 0.0));
    let (of_level, level_l, slope_l) = run(nothing(), s, (1.0, 0.0));
    let (of_slope, level_s, slope_s) =
        if s.slope.is_some() { run(nothing(), s, (0.0, 1.0)) } else { (vec![0.0; y.len()], 0.0, 0.0) };
    let precision = s.slope.map_or(1.0, |d| 1.0 / (d * d));
    let (a, b, d) =
        (dot(&of_level, &of_level), dot(&of_level, &of_slope), dot(&of_slope, &of_slope) + precision);
    let (u, v) = (-dot(&of_level, &errors), -dot(&of_slope, &errors));
    let determinant = a * d - b * b;
    let (first, rise) = ((d * u - b * v) / determinant, (a * v - b * u) / determinant);
    // Rounding of what fits to the last digit is no fit beyond it.
    let squares = (dot(&errors, &errors) - first * u - rise * v).max(1e-20 * dot(y, y));
    let free = y.len() as f64 - 1.0;
    let weight = COARSENED * 0.5 * (ln(precision) - ln(determinant) - free * ln(squares));
    let level = level + level_l * first + level_s * rise;
    let slope = slope + slope_l * first + slope_s * rise;
    let sigma = (squares / free).sqrt();
    let unknown = |g: (f64, f64)| (d * g.0 * g.0 - 2.0 * b * g.0 * g.1 + a * g.1 * g.1) / determinant;
    let (mut kept, mut power, mut own) = (0.0, 1.0, 1.0);
    let (mut weeks, mut deviations, mut carries) = (Vec::new(), Vec::new(), Vec::new());
    let mut of_mean = (0.0, 0.0);
    for _ in 0..n {
        power *= s.phi;
        kept += power;
        weeks.push(level + kept * slope);
        let g = (level_l + kept * slope_l, level_s + kept * slope_s);
        of_mean = (of_mean.0 + g.0 / n as f64, of_mean.1 + g.1 / n as f64);
        deviations.push(sigma * (own + unknown(g)).sqrt());
        let carried = s.alpha + s.beta * kept;
        own += carried * carried;
        carries.push(carried);
    }
    let of_errors: f64 =
        (0..n).map(|i| 1.0 + carries[..n - 1 - i].iter().sum::<f64>()).map(|effect| effect * effect).sum();
    let deviation_of_mean = sigma * (of_errors / (n * n) as f64 + unknown(of_mean)).sqrt();
    Member { weight, weeks, deviations, deviation_of_mean }
}

/// How far a slope wanders in a week, over the standard deviation of a week's error.
const WANDERS: [f64; 7] = [0.003, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

/// The smoothing numbers of a slope that wanders and a level that does not by itself (Kalata 1984, eqs 20 and 21: the steady state of
/// Kalman's filter).
fn of_wandering_slope(by: f64) -> (f64, f64) {
    let root = (by * by + 8.0 * by).sqrt();
    (-(by * by + 8.0 * by - (by + 4.0) * root) / 8.0, (by * by + 4.0 * by - by * root) / 4.0)
}

/// The ways, and each way's numbers alike before the record is seen: the mean, a level that wanders, a line, a trend, a slope
/// that wanders.
fn ways() -> [Vec<Smoothing>; 5] {
    let of = |alpha: f64, beta: f64, phi: f64, slope| Smoothing { alpha, beta, phi, slope };
    let steps = |n: u32| (1..=n).map(move |i| f64::from(i) / f64::from(n));
    let mut trends = Vec::new();
    for alpha in steps(8) {
        for part in [0.02, 0.05, 0.1, 0.2, 0.4] {
            for phi in [0.8, 0.9, 0.95, 1.0] {
                trends.extend(SLOPES.map(|slope| of(alpha, alpha * part, phi, Some(slope))));
            }
        }
    }
    [
        vec![of(0.0, 0.0, 1.0, None)],
        steps(25).map(|alpha| of(alpha, 0.0, 1.0, None)).collect(),
        SLOPES.map(|slope| of(0.0, 0.0, 1.0, Some(slope))).to_vec(),
        trends,
        WANDERS
            .into_iter()
            .map(of_wandering_slope)
            .flat_map(|(alpha, beta)| SLOPES.map(|slope| of(alpha, beta, 1.0, Some(slope))))
            .collect(),
    ]
}

impl Averaged {
    /// Foresees `n` weeks after a record of three weeks or more.
    pub(super) fn of(y: &[f64], n: usize) -> Self {
        let mut members = Vec::new();
        for (way, likely) in ways().into_iter().zip(LIKELY) {
            let share = ln(way.len() as f64 / likely);
            members.extend(way.into_iter().map(|s| {
                let mut m = member(y, s, n);
                m.weight -= share;
                m
            }));
        }
        let most = members.iter().map(|m| m.weight).fold(f64::NEG_INFINITY, f64::max);
        members.iter_mut().for_each(|m| m.weight = exp(m.weight - most));
        // Of all members first, so that what is left out is a share of the whole.
        for least in [LEAST_WEIGHT, 0.0] {
            let all: f64 = members.iter().map(|m| m.weight).sum();
            members.iter_mut().for_each(|m| m.weight /= all);
            members.retain(|m| m.weight >= least);
        }
        Self { members, free: y.len() as f64 - 1.0 }
    }

    fn average(&self, of: impl Fn(&Member) -> f64) -> f64 {
        self.members.iter().map(|m| m.weight * of(m)).sum::<f64>().max(0.0)
    }

    /// Each week.
    pub(super) fn weeks(&self) -> Vec<f64> {
        let n = self.members.first().map_or(0, |m| m.weeks.len());
        (0..n).map(|h| self.average(|m| m.weeks[h])).collect()
    }

    /// Probability that week `h` has at most so many requests.
    pub(super) fn probability(&self, h: usize, requests: f64) -> f64 {
        self.cdf(&|m| (m.weeks[h], m.deviations[h]), requests)
    }

    /// 95 % limits of week `h`.
    pub(super) fn limits(&self, h: usize) -> (f64, f64) {
        self.between(&|m| (m.weeks[h], m.deviations[h]))
    }

    /// 95 % limits of the mean of all weeks.
    pub(super) fn limits_of_mean(&self) -> (f64, f64) {
        self.between(&|m| (super::mean(&m.weeks), m.deviation_of_mean))
    }

    /// Probability that the mean of all weeks is at most so many requests.
    #[cfg(test)]
    pub(super) fn probability_of_mean(&self, requests: f64) -> f64 {
        self.cdf(&|m| (super::mean(&m.weeks), m.deviation_of_mean), requests)
    }

    fn cdf(&self, of: &dyn Fn(&Member) -> (f64, f64), x: f64) -> f64 {
        let one = |m: &Member| {
            let (centre, deviation) = of(m);
            m.weight * student_cdf((x - centre) / deviation, self.free)
        };
        self.members.iter().map(one).sum()
    }

    fn between(&self, of: &dyn Fn(&Member) -> (f64, f64)) -> (f64, f64) {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        let far = poolwise_math::student_quantile(0.976, self.free);
        for (centre, deviation) in self.members.iter().map(of) {
            (low, high) = (low.min(centre - far * deviation), high.max(centre + far * deviation));
        }
        let quantile = |p: f64| {
            let (mut low, mut high) = (low, high);
            for _ in 0..36 {
                let middle = 0.5 * (low + high);
                if self.cdf(of, middle) < p { low = middle } else { high = middle }
            }
            (0.5 * (low + high)).max(0.0)
        };
        (quantile(0.025), quantile(0.975))
    }
}

/// Student's distribution function.
fn student_cdf(t: f64, free: f64) -> f64 {
    if t.is_nan() {
        return 0.5;
    }
    let tail = 0.5 * beta_lower(free / 2.0, 0.5, free / (free + t * t));
    if t > 0.0 { 1.0 - tail } else { tail }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_math::student_quantile;

    #[test]
    fn the_distribution_function_is_the_inverse_of_the_quantile() {
        for (p, free) in [(0.025, 7.0), (0.3, 11.0), (0.9, 39.0), (0.975, 103.0)] {
            assert!((student_cdf(student_quantile(p, free), free) - p).abs() < 1e-10);
        }
    }

    /// The mean alone: the classical interval of the next value, mean +- t s sqrt(1 + 1/n), and of the mean of two,
    /// s sqrt(1/2 + 1/n); a line: least squares.
    #[test]
    fn members_by_hand() {
        let y = [3.0, 5.0, 4.0, 8.0, 5.0];
        let plain = Smoothing { alpha: 0.0, beta: 0.0, phi: 1.0, slope: None };
        let m = member(&y, plain, 2);
        let s = (14.0_f64 / 4.0).sqrt();
        assert!((m.weeks[1] - 5.0).abs() < 1e-12);
        assert!((m.deviations[1] - s * 1.2_f64.sqrt()).abs() < 1e-12);
        assert!((m.deviation_of_mean - s * 0.7_f64.sqrt()).abs() < 1e-12);
        let line = member(&y, Smoothing { slope: Some(1e6), ..plain }, 2);
        // Slope 0.7 through a mean of 5 at the third week.
        assert!((line.weeks[1] - (5.0 + 4.0 * 0.7)).abs() < 1e-6, "{:?}", line.weeks);
        // One step with alpha 1 has the last week as its level.
        let walk = member(&y, Smoothing { alpha: 1.0, ..plain }, 1);
        assert!((walk.weeks[0] - 5.0).abs() < 1e-12);
    }
}
