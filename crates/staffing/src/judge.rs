//! Does a staffing meet its targets? A sequential test, never a point estimate against a bound.
//!
//! Replications come in a few looks. At each, every check's margin has a Student-t interval. A staffing
//! *holds* when every margin is shown to be non-negative: each at the full level, since to be wrong about
//! all together one must be wrong about one that fails (an intersection-union test, Berger 1982). It *fails*
//! when some margin is shown to be negative, each at its part of the level (Bonferroni). Looks share the
//! error equally. What is neither after the last look stays *open*: it cannot be told apart.
//!
//! A search may try any number of levels at the same error. Levels are ordered, and on common random numbers so are
//! their margins: whoever is said to hold wrongly, though less than the least staffing in truth, is said to hold at
//! the level next below that as well, so that one test bears the whole risk. It is the argument of tests in a
//! fixed order, each at the full level (Maurer, Hothorn and Lehmacher 1995). So the error goes in halves to the two
//! ends of the interval; that of *holds* is shared by the staffings of a level, one of which is enough.
//!
//! What another staffing has shown on the same random numbers helps to show that one fails, or that nothing is to be gained by more
//! replications: the two differ by less than either varies, so that a few replications of both and many of the other say nearly as
//! much as many of its own. That a staffing holds its own replications alone must show.

use poolwise_stats::estimate::moments;
use poolwise_stats::student::t_quantile;

/// A margin is known as well as it can be when its standard error beside another staffing is within this factor of that of the
/// other with all replications.
const KNOWN: f64 = 1.1;
/// By so many standard errors it may then still move.
const CHANCE: f64 = 1.0;

/// What is known of a staffing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffingVerdict {
    /// Every target is shown to be met.
    Holds,
    /// Some target is shown to be missed.
    Fails,
    /// Neither, with all replications there are.
    Open,
}

/// How to test.
#[derive(Debug, Clone, PartialEq)]
pub struct TestRule {
    /// Numbers of replications at which to look, ascending.
    pub looks: Vec<u32>,
    /// Probability that a staffing that misses a target is said to hold, at most.
    pub holds: f64,
    /// Probability that a staffing that meets all targets is said to fail, at most.
    pub fails: f64,
}

/// A verdict and what it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    /// What the replications so far show: it holds, it fails, or neither.
    pub verdict: StaffingVerdict,
    /// The check that is nearest to its bound, or furthest beyond it.
    pub tightest: usize,
    /// Its cell: the hour of the week, or 0.
    pub cell: usize,
    /// Mean margin there.
    pub margin: f64,
    /// Replications behind the verdict.
    pub replications: u32,
}

impl TestRule {
    /// Looks at 4, then about twice as often, up to `cap` replications (at least 4), with the same error of both verdicts.
    pub fn new(cap: u32, error: f64) -> Self {
        Self::starting(4, cap, error)
    }

    /// The same with the first look at `first` replications.
    pub(crate) fn starting(first: u32, cap: u32, error: f64) -> Self {
        let cap = cap.max(first);
        let mut looks = vec![first];
        while looks.last().is_some_and(|n| n * 2 <= cap) {
            looks.push(looks[looks.len() - 1] * 2);
        }
        if let Some(last) = looks.last_mut()
            && *last < cap
        {
            // The last look takes what is left rather than one of its own.
            if *last * 3 < cap * 2 { looks.push(cap) } else { *last = cap }
        }
        Self { looks, holds: error, fails: error }
    }

    /// The verdict on margins by check, cell and replication, at the present look. `None` while there is a
    /// later look that may tell. `beside` are the margins of another staffing on the same replications and more: with its help a
    /// staffing is shown to fail, or nothing to be gained by more replications; that it holds its own replications must show.
    pub(crate) fn judge(
        &self,
        margins: &[Vec<Vec<f64>>],
        beside: Option<&[Vec<Vec<f64>>]>,
    ) -> Option<Judgement> {
        let n = margins.first().and_then(|c| c.first()).map_or(0, Vec::len) as u32;
        let looks = self.looks.len() as f64;
        let all = margins.iter().map(Vec::len).sum::<usize>().max(1) as f64;
        let (holds, fails) = (self.holds / looks, self.fails / looks / all);
        let last = self.looks.last().copied().unwrap_or(n);
        let mut tight = (f64::INFINITY, 0, 0, f64::NAN);
        let (mut every, mut some) = (true, false);
        // What is in doubt is known as well as it can be; some of it is hardly shown to hold, none of it hardly missed.
        let (mut settled, mut hopeless) = (true, false);
        for (c, cells) in margins.iter().enumerate() {
            for (h, values) in cells.iter().enumerate() {
                let Some(own) = ShownMargin::of(values) else { continue };
                let joint = beside.and_then(|other| ShownMargin::beside(values, &other[c][h]));
                let best = joint.map_or(own, |(joint, _)| joint);
                let is_shown = own.score() >= bar(holds, own.df);
                every &= is_shown;
                some |= best.score() < -bar(fails, best.df);
                if !is_shown {
                    let at_last = f64::from(last) - 1.0;
                    settled &= joint.is_some_and(|(_, is_known)| is_known)
                        && best.score() > CHANCE - bar(fails, at_last);
                    hopeless |= best.score() < bar(holds, at_last) - CHANCE;
                }
                if best.score() < tight.0 {
                    tight = (best.score(), c, h, best.mean);
                }
            }
        }
        let is_last = n >= last;
        let verdict = if every {
            StaffingVerdict::Holds
        } else if some {
            StaffingVerdict::Fails
        } else if is_last || settled && hopeless {
            StaffingVerdict::Open
        } else {
            return None;
        };
        Some(Judgement { verdict, tightest: tight.1, cell: tight.2, margin: tight.3, replications: n })
    }

    /// Checks and cells that keep a staffing from being shown to hold.
    pub(crate) fn in_doubt(&self, margins: &[Vec<Vec<f64>>]) -> Vec<(usize, usize)> {
        let error = self.holds / self.looks.len() as f64;
        let doubt =
            |values: &[f64]| ShownMargin::of(values).is_some_and(|own| own.score() < bar(error, own.df));
        let cells = margins.iter().enumerate().flat_map(|(c, cells)| (0..cells.len()).map(move |h| (c, h)));
        cells.filter(|&(c, h)| doubt(&margins[c][h])).collect()
    }
}

/// What replications say of a margin.
#[derive(Debug, Clone, Copy, PartialEq)]
struct ShownMargin {
    mean: f64,
    /// Standard error; none of a single value.
    error: Option<f64>,
    /// Degrees of freedom.
    df: f64,
}

impl ShownMargin {
    /// By replications of its own; `None` where nothing was asked of anybody.
    fn of(values: &[f64]) -> Option<Self> {
        let seen: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
        if seen.is_empty() {
            return None;
        }
        let (mean, variance) = moments(&seen);
        let error = (seen.len() > 1).then(|| (variance / seen.len() as f64).sqrt());
        Some(Self { mean, error, df: seen.len() as f64 - 1.0 })
    }

    /// By its own `n` replications and those of another staffing on the same random numbers, of which there are `N > n`: the
    /// other's mean, plus the mean difference over the first `n` (double sampling: Cochran 1977, chapter 12). With w = n / N it is
    /// the mean over the first of `own - (1 - w) other`, plus `(1 - w)` times the other's mean over the rest: two parts that are independent, so that
    /// their variances add, with Satterthwaite's degrees of freedom. And whether as many replications of its own would hardly say more.
    fn beside(values: &[f64], other: &[f64]) -> Option<(Self, bool)> {
        let n = values.len();
        let all = other.len();
        if n < 2 || all < n + 2 || !values.iter().chain(other).all(|x| x.is_finite()) {
            return None;
        }
        let (firsts, rests) = (n as f64, (all - n) as f64);
        let left = 1.0 - firsts / all as f64;
        let first: Vec<f64> = values.iter().zip(other).map(|(own, other)| own - left * other).collect();
        let ((own, own_variance), (rest, rest_variance)) = (moments(&first), moments(&other[n..]));
        let (a, b) = (own_variance / firsts, left * left * rest_variance / rests);
        let df = (a + b) * (a + b) / (a * a / (firsts - 1.0) + b * b / (rests - 1.0));
        let least = (moments(other).1 / all as f64).sqrt();
        let shown = Self {
            mean: own + left * rest,
            error: Some((a + b).sqrt()),
            df: if df.is_finite() { df } else { firsts - 1.0 },
        };
        Some((shown, (a + b).sqrt() <= KNOWN * least))
    }

    /// Mean over standard error. One value has no error, so it tells nothing; equal values tell all.
    fn score(&self) -> f64 {
        match self.error {
            None => 0.0,
            Some(error) if error > 0.0 => self.mean / error,
            Some(_) if self.mean >= 0.0 => f64::INFINITY,
            Some(_) => f64::NEG_INFINITY,
        }
    }
}

/// The t quantile that a one-sided statement with this error must reach.
fn bar(error: f64, df: f64) -> f64 {
    if df < 1.0 { f64::INFINITY } else { t_quantile(1.0 - error, df) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::random::KeyedRng;

    #[test]
    fn looks_double_up_to_the_cap() {
        assert_eq!(TestRule::new(1, 0.05).looks, [4]);
        assert_eq!(TestRule::new(10, 0.05).looks, [4, 10]);
        assert_eq!(TestRule::new(13, 0.05).looks, [4, 8, 13]);
        assert_eq!(TestRule::new(16, 0.05).looks, [4, 8, 16]);
        assert_eq!(TestRule::starting(10, 64, 0.05).looks, [10, 20, 40, 64]);
        assert_eq!(TestRule::starting(10, 40, 0.05).looks, [10, 20, 40]);
    }

    #[test]
    fn verdicts_by_hand() {
        let rule = TestRule { looks: vec![4], holds: 0.05, fails: 0.05 };
        let one = |values: [f64; 4]| rule.judge(&[vec![values.to_vec()]], None).unwrap().verdict;
        // t at 0.95 with 3 degrees of freedom is 2.353: means of 1 with a standard error of 0.41 and 0.58.
        assert_eq!(one([0.0, 2.0, 1.0, 1.0]), StaffingVerdict::Holds);
        assert_eq!(one([0.0, 2.0, 2.0, 0.0]), StaffingVerdict::Open);
        assert_eq!(one([0.0, -2.0, -1.0, -1.0]), StaffingVerdict::Fails);
        assert_eq!(one([0.0; 4]), StaffingVerdict::Holds);
        // A second target that is far from its bound changes nothing for `holds`; an unseen cell neither.
        let both = [vec![vec![0.0, 2.0, 1.0, 1.0]], vec![vec![9.0; 4], vec![f64::NAN; 4]]];
        let j = rule.judge(&both, None).unwrap();
        assert_eq!((j.verdict, j.tightest, j.margin), (StaffingVerdict::Holds, 0, 1.0));
        assert_eq!(rule.in_doubt(&both), []);
        let open = [
            vec![vec![9.0; 4], vec![0.0, 2.0, 2.0, 0.0]],
            vec![vec![f64::NAN; 4], vec![0.0, -2.0, -1.0, -1.0]],
        ];
        assert_eq!(rule.in_doubt(&open), [(0, 1), (1, 1)]);
    }

    #[test]
    fn there_is_a_later_look() {
        let rule = TestRule { looks: vec![4, 8], holds: 0.05, fails: 0.05 };
        assert_eq!(rule.judge(&[vec![vec![1.0, -1.0, 1.0, -0.9]]], None), None);
        let late = rule.judge(&[vec![vec![1.0, -1.0, 1.0, -0.9, 1.0, -1.0, 1.0, -0.9]]], None);
        assert_eq!(late.unwrap().verdict, StaffingVerdict::Open);
    }

    /// 4,000 staffings exactly at their bound, looks at 4, 8 and 16: "holds" and "fails" are wrong with at
    /// most 5 % each. More than 245 of 4,000 has a probability below 1e-3 at exactly 5 %.
    #[test]
    fn the_stated_error_is_kept() {
        let rule = TestRule::new(16, 0.05);
        let (mut holds, mut fails) = (0, 0);
        for trial in 0..4_000 {
            let mut rng = KeyedRng::of(41, 7, trial);
            let mut draw = || (0..12).map(|_| rng.uniform()).sum::<f64>() - 6.0;
            let values: Vec<f64> = (0..16).map(|_| draw()).collect();
            let end =
                rule.looks.iter().find_map(|&n| rule.judge(&[vec![values[..n as usize].to_vec()]], None));
            match end.unwrap().verdict {
                StaffingVerdict::Holds => holds += 1,
                StaffingVerdict::Fails => fails += 1,
                StaffingVerdict::Open => {}
            }
        }
        assert!(holds <= 245 && fails <= 245, "{holds} {fails}");
        assert!(holds >= 60 && fails >= 60, "the looks cost too much: {holds} {fails}");
    }

    /// 4,000 staffings exactly at their bound, beside others whose margins are theirs plus a little, at looks of 4 of 16: one is said to fail
    /// with at most a third of 5 %, 66.7 of 4,000 on average (more than 95 have a probability below 1e-3), though its first
    /// look knows nearly as much as the last. A staffing half a standard deviation short is mostly found out by the first four.
    #[test]
    fn another_staffing_helps_to_show_that_one_fails() {
        let rule = TestRule::new(16, 0.05);
        let (mut wrong, mut alone, mut beside, mut left) = (0, 0, 0, 0);
        for trial in 0..4_000 {
            let mut rng = KeyedRng::of(42, 7, trial);
            let mut draw = || (0..12).map(|_| rng.uniform()).sum::<f64>() - 6.0;
            let own: Vec<f64> = (0..16).map(|_| draw()).collect();
            let other: Vec<f64> = own.iter().map(|x| x + 0.4 + 0.1 * draw()).collect();
            let verdict = |by: f64, beside: bool| {
                let first = [vec![own[..4].iter().map(|x| x - by).collect::<Vec<f64>>()]];
                let all = [vec![other.clone()]];
                rule.judge(&first, beside.then_some(&all[..])).map(|j| j.verdict)
            };
            wrong += u32::from(verdict(0.0, true) == Some(StaffingVerdict::Fails));
            left += u32::from(verdict(0.0, true) == Some(StaffingVerdict::Open));
            alone += u32::from(verdict(1.0, false) == Some(StaffingVerdict::Fails));
            beside += u32::from(verdict(1.0, true) == Some(StaffingVerdict::Fails));
        }
        assert!(wrong <= 95, "{wrong}");
        assert!(beside > 3_400 && alone < 1_000, "{beside} beside, {alone} alone");
        assert!(left > 1_500, "no more replications where they say nothing: {left}");
    }
}
