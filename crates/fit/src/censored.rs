//! Times of which some are only known to be longer: patience, from the waits of those who gave up and of those who
//! were served first.

use crate::law::{Family, Law, ln_density};
use crate::likelihood::{FittedLaw, FittedNumber, Interval};
use crate::optimise::{allowed, profile, simplex, standard_errors};
use crate::{draws, goodness};
use poolwise_engine::random::unit;
use poolwise_math::{exp, ln};
use rand::rand_core::Rng;

/// A time, and whether it was seen to end; else it is longer than this.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observed {
    /// Where the curve steps, seconds.
    pub time: f64,
    /// Whether it ended then.
    pub ended: bool,
}

/// A step of the survival curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurvivalStep {
    /// From this time on.
    pub time: f64,
    /// Share that last longer.
    pub survival: f64,
    /// 95 % limits of it.
    pub limits: (f64, f64),
}

/// The product-limit estimate of survival (Kaplan and Meier 1958), limits by Greenwood's formula on the scale
/// ln(-ln S) (Kalbfleisch and Prentice 2002, section 1.4). A step for each time at which one ended, ascending; none where
/// none did.
pub fn kaplan_meier(all: &[Observed]) -> Vec<SurvivalStep> {
    let mut sorted = all.to_vec();
    // Of one instant, ends come before censoring.
    sorted.sort_by(|a, b| a.time.total_cmp(&b.time).then(b.ended.cmp(&a.ended)));
    let mut steps = Vec::new();
    let (mut survival, mut variance) = (1.0_f64, 0.0);
    let mut i = 0;
    while i < sorted.len() {
        let time = sorted[i].time;
        let at_risk = (sorted.len() - i) as f64;
        let mut ends = 0.0;
        while i < sorted.len() && sorted[i].time == time {
            ends += f64::from(u8::from(sorted[i].ended));
            i += 1;
        }
        if ends == 0.0 {
            continue;
        }
        survival *= 1.0 - ends / at_risk;
        if at_risk > ends {
            variance += ends / (at_risk * (at_risk - ends));
        }
        let limits = if survival > 0.0 && survival < 1.0 {
            let half = 1.96 * variance.sqrt() / ln(survival).abs();
            (poolwise_math::powf(survival, exp(half)), poolwise_math::powf(survival, exp(-half)))
        } else {
            (0.0, survival)
        };
        steps.push(SurvivalStep { time, survival, limits });
    }
    steps
}

/// Survival of a step curve just after `t`.
fn at(steps: &[SurvivalStep], t: f64) -> f64 {
    let i = steps.partition_point(|s| s.time <= t);
    if i == 0 { 1.0 } else { steps[i - 1].survival }
}

/// Laws that patience may follow.
pub const FAMILIES: [Family; 4] = [Family::Exponential, Family::Lognormal, Family::Gamma, Family::Weibull];

fn law(family: Family, u: &[f64]) -> Law {
    let cv = u.get(1).map_or(0.0, |x| exp(*x));
    Law { family, numbers: [exp(u[0]), cv, 0.0] }
}

fn likelihood(family: Family, all: &[Observed], u: &[f64]) -> f64 {
    if u.iter().any(|x| x.abs() > 40.0) || u.get(1).is_some_and(|x| !(-3.5..3.5).contains(x)) {
        return f64::NEG_INFINITY;
    }
    let law = law(family, u);
    let Some(sampler) = law.sampler() else { return f64::NEG_INFINITY };
    // The shape of a Weibull law is worked out once, not for each time.
    let weibull = match &sampler {
        poolwise_engine::random::Sampler::Weibull { shape, scale } => Some((*shape, *scale)),
        _ => None,
    };
    all.iter()
        .map(|o| match (o.ended, weibull) {
            (true, Some((k, scale))) => crate::law::weibull_density(k, scale, o.time.max(1e-9)),
            (false, Some((k, scale))) => -poolwise_math::powf(o.time / scale, k),
            (true, None) => ln_density(&law, o.time.max(1e-9)),
            (false, None) => ln((1.0 - sampler.cdf(o.time)).max(1e-300)),
        })
        .sum()
}

/// A law fitted to censored times.
#[derive(Debug, Clone, PartialEq)]
pub struct Patience {
    /// The law and its likelihood.
    pub estimate: FittedLaw,
    /// Mean, and coefficient of variation where the law has one, with 95 % intervals.
    pub numbers: Vec<FittedNumber>,
    /// Distance to the Kaplan-Meier curve and its probability.
    pub goodness: Option<goodness::Goodness>,
}

/// The most likely law of one of [`FAMILIES`] and how well it fits; `None` where fewer than three ended.
pub fn fit(family: Family, all: &[Observed]) -> Option<Patience> {
    let found = fit_untested(family, all)?;
    Some(Patience { goodness: goodness_of(&found.estimate.law, all), ..found })
}

/// The same without the test of how well it fits, which takes far longer.
pub fn fit_untested(family: Family, all: &[Observed]) -> Option<Patience> {
    let ends = all.iter().filter(|o| o.ended).count();
    if ends < 3 {
        return None;
    }
    let f = |u: &[f64]| likelihood(family, all, u);
    let total: f64 = all.iter().map(|o| o.time).sum();
    let start = if family == Family::Exponential {
        vec![ln(total / ends as f64)]
    } else {
        vec![ln(total / ends as f64), 0.0]
    };
    let (best, ln_likelihood) = simplex(&start, 0.5, &f);
    if !ln_likelihood.is_finite() {
        return None;
    }
    let errors = standard_errors(&best, &f);
    let names = ["mean", "cv"];
    let numbers = best
        .iter()
        .enumerate()
        .map(|(i, x)| {
            let error = errors.as_ref().map_or(0.3, |e| e[i]);
            // How much is known follows from how many ended.
            let (low, high) = profile(&best, i, error, allowed(ends, best.len()), &f);
            FittedNumber {
                name: names[i],
                interval: Interval { base: exp(*x), low: exp(low), high: exp(high) },
                time: i == 0,
            }
        })
        .collect();
    let estimate = FittedLaw { law: law(family, &best), ln_likelihood };
    Some(Patience { estimate, numbers, goodness: None })
}

fn gap(steps: &[SurvivalStep], cdf: &dyn Fn(f64) -> f64) -> f64 {
    let mut before = 1.0;
    let mut most: f64 = 0.0;
    for s in steps {
        let f = 1.0 - cdf(s.time);
        most = most.max((before - f).abs()).max((s.survival - f).abs());
        before = s.survival;
    }
    most
}

/// Samples for the test of censored times, and most times that it looks at.
const SAMPLES: usize = 99;
const MOST: usize = 1_000;

/// By drawing patience from the law and censoring from its own Kaplan-Meier curve, where serving ends what giving up
/// would have.
fn goodness_of(law: &Law, all: &[Observed]) -> Option<goodness::Goodness> {
    let step = all.len().div_ceil(MOST).max(1);
    let all: Vec<Observed> = all.iter().copied().step_by(step).collect();
    let law = if step == 1 { *law } else { refit(law.family, law, &all)? };
    let sampler = law.sampler()?;
    let found = gap(&kaplan_meier(&all), &|x| sampler.cdf(x));
    let turned: Vec<Observed> = all.iter().map(|o| Observed { time: o.time, ended: !o.ended }).collect();
    let censoring = kaplan_meier(&turned);
    let longest = all.iter().map(|o| o.time).fold(0.0, f64::max);
    let mut rng = draws::generator(&format!("goodness of censored {}", law.family.name()));
    let (mut as_great, mut done) = (0, 0);
    for _ in 0..SAMPLES {
        let sample: Vec<Observed> = (0..all.len())
            .map(|_| {
                let patience = sampler.sample(&mut rng);
                let u = unit(rng.next_u64());
                let served = censoring.iter().find(|s| s.survival <= u).map_or(longest, |s| s.time);
                Observed { time: patience.min(served), ended: patience <= served }
            })
            .collect();
        let Some(again) = refit(law.family, &law, &sample) else { continue };
        let Some(drawn) = again.sampler() else { continue };
        done += 1;
        if gap(&kaplan_meier(&sample), &|x| drawn.cdf(x)) >= found {
            as_great += 1;
        }
    }
    (done > 20).then(|| goodness::Goodness {
        distance: found,
        p_value: f64::from(as_great + 1) / f64::from(done + 1),
    })
}

fn refit(family: Family, near: &Law, all: &[Observed]) -> Option<Law> {
    let start: Vec<f64> = near.numbers.iter().take(family.parameters()).map(|x| ln(x.max(1e-6))).collect();
    let (best, y) = simplex(&start, 0.3, &|u| likelihood(family, all, u));
    y.is_finite().then(|| law(family, &best))
}

/// The time by which half have given up; `None` where the curve does not come down so far.
pub fn median(steps: &[SurvivalStep]) -> Option<f64> {
    steps.iter().find(|s| s.survival <= 0.5).map(|s| s.time)
}

/// Survival at a time, for pictures and tables.
pub fn survival(steps: &[SurvivalStep], t: f64) -> f64 {
    at(steps, t)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The survival of leukaemia patients under 6-MP (Freireich et al. 1963), as in every textbook.
    #[test]
    fn a_textbook_curve() {
        let ended = [6.0, 6.0, 6.0, 7.0, 10.0, 13.0, 16.0, 22.0, 23.0];
        let longer = [6.0, 9.0, 10.0, 11.0, 17.0, 19.0, 20.0, 25.0, 32.0, 32.0, 34.0, 35.0];
        let all: Vec<Observed> = ended
            .iter()
            .map(|t| Observed { time: *t, ended: true })
            .chain(longer.iter().map(|t| Observed { time: *t, ended: false }))
            .collect();
        let steps = kaplan_meier(&all);
        let expected = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448];
        assert_eq!(steps.len(), expected.len());
        for (s, e) in steps.iter().zip(expected) {
            assert!((s.survival - e).abs() < 6e-4, "{s:?} {e}");
        }
        // Exponential by hand: 9 ends in 359 weeks.
        let patience = fit(Family::Exponential, &all).expect("nine ends");
        assert!((patience.estimate.law.mean() - 359.0 / 9.0).abs() < 1e-4);
        assert!(patience.goodness.is_some_and(|g| g.p_value > 0.05));
    }
}
