//! How well a law fits: the greatest distance between the two distribution functions, and how often a sample of the
//! law itself, fitted anew, would show one as great. Kolmogorov's own table is wrong once numbers were fitted.

use crate::draws;
use crate::law::Law;
use crate::likelihood::{ObservedTimes, fit};

/// Samples drawn from the fitted law.
pub(crate) const SAMPLES: usize = 199;
/// Most times that the test looks at.
pub(crate) const MOST: usize = 2_000;

/// The distance and its probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goodness {
    /// Greatest distance between the distribution functions (Kolmogorov and Smirnov).
    pub distance: f64,
    /// Share of samples of the fitted law, rounded as the data are and fitted anew, whose distance is as great.
    pub p_value: f64,
}

/// Greatest distance between the sample (ascending) and a law.
pub(crate) fn distance(sorted: &[f64], cdf: &dyn Fn(f64) -> f64) -> f64 {
    let n = sorted.len() as f64;
    let mut most: f64 = 0.0;
    let mut i = 0;
    while i < sorted.len() {
        let x = sorted[i];
        let below = i as f64 / n;
        while i < sorted.len() && sorted[i] == x {
            i += 1;
        }
        let f = cdf(x);
        most = most.max((i as f64 / n - f).abs()).max((f - below).abs());
    }
    most
}

/// Tests a fitted law by a parametric bootstrap (Stute, Gonzalez Manteiga and Presedo Quindimil 1993). `grid` is the
/// step to which the times are rounded, 0 for none.
pub(crate) fn test(law: &Law, times: &ObservedTimes, grid: f64) -> Option<Goodness> {
    let sampler = law.sampler()?;
    let mut rng = draws::generator(&format!("goodness of {}", law.family.name()));
    let step = times.n().div_ceil(MOST).max(1);
    // Of very many times a part in order, every so-manyth: its distance is that of all to a thousandth.
    let part: Vec<f64> = times.sorted.iter().copied().skip(step / 2).step_by(step).collect();
    let size = part.len();
    let (found, law) = if step == 1 {
        (distance(&part, &|x| sampler.cdf(x)), *law)
    } else {
        let again = fit(law.family, &ObservedTimes::new(part.clone()))?;
        let sampler = again.law.sampler()?;
        (distance(&part, &|x| sampler.cdf(x)), again.law)
    };
    let sampler = law.sampler()?;
    let (mut as_great, mut all) = (0_usize, 0_usize);
    for _ in 0..SAMPLES {
        let sample: Vec<f64> = (0..size).map(|_| rounded(sampler.sample(&mut rng), grid)).collect();
        let sample = ObservedTimes::new(sample);
        let Some(again) = fit(law.family, &sample) else { continue };
        let Some(drawn) = again.law.sampler() else { continue };
        all += 1;
        if distance(&sample.sorted, &|x| drawn.cdf(x)) >= found {
            as_great += 1;
        }
    }
    Some(Goodness { distance: found, p_value: (as_great + 1) as f64 / (all + 1) as f64 })
}

/// Rounded to the grid; what would be 0 is half a step, as for the data.
pub(crate) fn rounded(x: f64, grid: f64) -> f64 {
    if grid <= 0.0 {
        return x;
    }
    let y = (x / grid).round() * grid;
    if y > 0.0 { y } else { grid / 2.0 }
}
