//! How many replications: until the intervals of several measures are short enough.
//!
//! After Hoad, Robinson and Davies (2010): replications are added until the half-width of every named
//! measure is within its target and stays there over a look-ahead of further replications, so that a
//! lucky short interval early on does not stop the run. Between a floor and a cap; in rounds, so that
//! a round can run in parallel while the number of replications stays the same for any thread count.

use super::estimate::Estimate;

/// What one measure must reach.
#[derive(Debug, Clone, PartialEq)]
pub struct PrecisionTarget {
    /// Name of the measure that is to be precise.
    pub measure: String,
    /// Half-width over the size of the estimate, e.g. 0.05.
    pub relative: f64,
    /// Half-width that is enough whatever the estimate's size, in the measure's unit; zero for none.
    pub absolute: f64,
}

impl PrecisionTarget {
    /// Whether an estimate's half-width is within the target; `false` without an interval.
    pub fn met(&self, e: &Estimate) -> bool {
        e.half_width() <= (self.relative * e.estimate.abs()).max(self.absolute)
    }

    /// Half-width over what the target allows: at most 1 when met; infinite when nothing is allowed
    /// or there is no interval.
    pub fn excess(&self, e: &Estimate) -> f64 {
        let half = e.half_width();
        let allowed = (self.relative * e.estimate.abs()).max(self.absolute);
        if half <= allowed && half == 0.0 {
            0.0
        } else if half.is_nan() || allowed.is_nan() {
            f64::INFINITY
        } else {
            half / allowed
        }
    }
}

/// When to stop.
#[derive(Debug, Clone, PartialEq)]
pub struct StoppingRule {
    /// What each measure must reach.
    pub targets: Vec<PrecisionTarget>,
    /// Replications of the first round, and the least number of all; at least 3 are always run.
    pub floor: u32,
    /// The greatest number of all.
    pub cap: u32,
    /// Replications added in each later round.
    pub round: u32,
    /// Look-ahead for up to 100 replications (5 in the paper); for more, this many per hundred.
    pub look_ahead: u32,
}

/// How a sequential run ended.
#[derive(Debug, Clone, PartialEq)]
pub struct SequentialEnd {
    /// Replications that were run in all.
    pub replications: u32,
    /// Rounds of replications after which the precision was looked at.
    pub rounds: u32,
    /// All targets were met, and stayed so over the look-ahead.
    pub met: bool,
    /// The measure that was met last, or that is farthest from its target at the cap; `None` without
    /// targets.
    pub decided_by: Option<String>,
    /// For each target, in order: the least number of replications from which on it was met, if any.
    pub met_from: Vec<Option<u32>>,
}

impl StoppingRule {
    /// The look-ahead at `n` replications.
    fn ahead(&self, n: u32) -> u32 {
        if n <= 100 { self.look_ahead } else { (u64::from(n) * u64::from(self.look_ahead) / 100) as u32 }
    }

    /// Runs rounds until the rule stops.
    ///
    /// `run(from, to)` runs replications `from..to`. `estimate(measure, n)` gives the estimate of the
    /// target with that index from the first `n` replications. An error of `run` ends it at once.
    ///
    /// # Errors
    /// The first error of `run`.
    pub fn drive<E>(
        &self,
        mut run: impl FnMut(u32, u32) -> Result<(), E>,
        mut estimate: impl FnMut(usize, u32) -> Estimate,
    ) -> Result<SequentialEnd, E> {
        let floor = self.floor.max(3);
        let cap = self.cap.max(floor);
        let mut n = 0;
        let mut rounds = 0;
        // For each target, since which n it has been met without a break.
        let mut since: Vec<Option<u32>> = vec![None; self.targets.len()];
        let mut excess = vec![f64::INFINITY; self.targets.len()];
        let mut met = false;
        while n < cap && !met {
            let to = (if n == 0 { floor } else { n.saturating_add(self.round.max(1)) }).min(cap);
            run(n, to)?;
            rounds += 1;
            for m in (n + 1).max(3)..=to {
                for (i, target) in self.targets.iter().enumerate() {
                    let e = estimate(i, m);
                    excess[i] = target.excess(&e);
                    since[i] = if target.met(&e) { since[i].or(Some(m)) } else { None };
                }
            }
            n = to;
            met = since.iter().all(|s| s.is_some_and(|s| n - s >= self.ahead(s)));
        }
        // Met last, or not met and farthest away; the first of equals.
        let key = |i: usize| since[i].map_or((u32::MAX, excess[i]), |s| (s, 0.0));
        let decided = (0..since.len()).reduce(|best, i| {
            let (a, b) = (key(best), key(i));
            if b.0 > a.0 || (b.0 == a.0 && b.1 > a.1) { i } else { best }
        });
        Ok(SequentialEnd {
            replications: n,
            rounds,
            met,
            decided_by: decided.map(|i| self.targets[i].measure.clone()),
            met_from: since,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn target(measure: &str, relative: f64) -> PrecisionTarget {
        PrecisionTarget { measure: measure.to_owned(), relative, absolute: 0.0 }
    }

    fn rule(targets: Vec<PrecisionTarget>) -> StoppingRule {
        StoppingRule { targets, floor: 5, cap: 200, round: 10, look_ahead: 5 }
    }

    /// An estimate of 1 whose half-width falls as scale / sqrt(n).
    fn shrinking(scale: f64, n: u32) -> Estimate {
        let half = scale / f64::from(n).sqrt();
        Estimate { estimate: 1.0, lower: 1.0 - half, upper: 1.0 + half, replications: n }
    }

    #[test]
    fn stops_in_the_round_that_holds_over_the_look_ahead_and_names_the_slowest() {
        let r = rule(vec![target("quick", 0.1), target("slow", 0.1)]);
        let mut calls = Vec::new();
        let o = r
            .drive(
                |a, b| {
                    calls.push((a, b));
                    Ok::<_, Infallible>(())
                },
                |i, n| shrinking([0.19, 0.499][i], n),
            )
            .unwrap();
        // Slow is met from 0.499^2 / 0.01 = 24.9, so 25, and must hold to 30: rounds end at 5, 15, 25, 35.
        assert_eq!(calls, [(0, 5), (5, 15), (15, 25), (25, 35)]);
        assert_eq!((o.replications, o.rounds, o.met), (35, 4, true));
        assert_eq!(o.decided_by.as_deref(), Some("slow"));
        assert_eq!(o.met_from, [Some(4), Some(25)]);
    }

    #[test]
    fn a_lucky_interval_does_not_stop_the_run() {
        let r = rule(vec![target("x", 0.1)]);
        // Short at 5 only; settles from 40 on.
        let o = r
            .drive(
                |_, _| Ok::<_, Infallible>(()),
                |_, n| if n == 5 || n >= 40 { shrinking(0.0, n) } else { shrinking(10.0, n) },
            )
            .unwrap();
        assert_eq!((o.replications, o.met_from[0]), (45, Some(40)));
    }

    #[test]
    fn the_cap_ends_it_and_names_the_farthest() {
        let r = rule(vec![target("near", 0.1), target("far", 0.1), target("done", 0.5)]);
        let o = r.drive(|_, _| Ok::<_, Infallible>(()), |i, n| shrinking([2.0, 9.0, 0.99][i], n)).unwrap();
        assert_eq!((o.replications, o.met), (200, false));
        assert_eq!(o.decided_by.as_deref(), Some("far"));
        assert_eq!(o.met_from[2], Some(4));
    }

    #[test]
    fn zero_and_undefined_estimates() {
        let zero = Estimate { estimate: 0.0, lower: 0.0, upper: 0.0, replications: 9 };
        assert!(target("x", 0.1).met(&zero));
        assert!(!target("x", 0.1).met(&Estimate::undefined()));
        let noisy = Estimate { estimate: 0.0, lower: -0.1, upper: 0.1, replications: 9 };
        assert!(!target("x", 0.1).met(&noisy));
        assert!(PrecisionTarget { absolute: 0.1, ..target("x", 0.1) }.met(&noisy));
        let o = rule(vec![]).drive(|_, _| Ok::<_, Infallible>(()), |_, _| zero).unwrap();
        assert_eq!((o.replications, o.met, o.decided_by), (5, true, None));
    }

    #[test]
    fn errors_end_it_and_large_look_aheads_grow() {
        let r = rule(vec![target("x", 0.1)]);
        assert_eq!(r.drive(|_, _| Err("stopped"), |_, n| shrinking(1.0, n)), Err("stopped"));
        assert_eq!((r.ahead(100), r.ahead(400)), (5, 20));
    }
}
