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

use poolwise_stats::estimate::moments;
use poolwise_stats::student::t_quantile;

/// What is known of a staffing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every target is shown to be met.
    Holds,
    /// Some target is shown to be missed.
    Fails,
    /// Neither, with all replications there are.
    Open,
}

/// How to test.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
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
    /// The verdict.
    pub verdict: Verdict,
    /// The check that is nearest to its bound, or furthest beyond it.
    pub tightest: usize,
    /// Its cell: the hour of the week, or 0.
    pub cell: usize,
    /// Mean margin there.
    pub margin: f64,
    /// Replications behind the verdict.
    pub replications: u32,
}

impl Rule {
    /// Looks at 4, then about twice as often, up to `cap` replications (at least 4), with the same error of both verdicts.
    pub fn new(cap: u32, error: f64) -> Self {
        let cap = cap.max(4);
        let mut looks = vec![4];
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
    /// later look that may tell.
    pub(crate) fn judge(&self, margins: &[Vec<Vec<f64>>]) -> Option<Judgement> {
        let n = margins.first().and_then(|c| c.first()).map_or(0, Vec::len) as u32;
        let looks = self.looks.len() as f64;
        let all = margins.iter().map(Vec::len).sum::<usize>().max(1) as f64;
        let (holds, fails) = (self.holds / looks, self.fails / looks / all);
        let mut tight = (f64::INFINITY, 0, 0, f64::NAN);
        let (mut every, mut some) = (true, false);
        for (c, cells) in margins.iter().enumerate() {
            for (h, values) in cells.iter().enumerate() {
                let Some((mean, studentised, df)) = studentise(values) else { continue };
                every &= studentised >= bar(holds, df);
                some |= studentised < -bar(fails, df);
                if studentised < tight.0 {
                    tight = (studentised, c, h, mean);
                }
            }
        }
        let verdict = if every {
            Verdict::Holds
        } else if some {
            Verdict::Fails
        } else if self.looks.last().is_some_and(|last| n >= *last) {
            Verdict::Open
        } else {
            return None;
        };
        Some(Judgement { verdict, tightest: tight.1, cell: tight.2, margin: tight.3, replications: n })
    }

    /// Checks and cells that keep a staffing from being shown to hold.
    pub(crate) fn in_doubt(&self, margins: &[Vec<Vec<f64>>]) -> Vec<(usize, usize)> {
        let error = self.holds / self.looks.len() as f64;
        let doubt = |values: &[f64]| studentise(values).is_some_and(|(_, score, df)| score < bar(error, df));
        let cells = margins.iter().enumerate().flat_map(|(c, cells)| (0..cells.len()).map(move |h| (c, h)));
        cells.filter(|&(c, h)| doubt(&margins[c][h])).collect()
    }
}

/// Mean, mean over standard error, and degrees of freedom of margins; `None` where nothing was asked of anybody.
fn studentise(values: &[f64]) -> Option<(f64, f64, f64)> {
    let seen: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
    if seen.is_empty() {
        return None;
    }
    let (mean, variance) = moments(&seen);
    let error = (variance / seen.len() as f64).sqrt();
    Some((mean, score(mean, error, seen.len()), seen.len() as f64 - 1.0))
}

/// Mean over standard error. One value has no error, so it tells nothing; equal values tell all.
fn score(mean: f64, error: f64, n: usize) -> f64 {
    if n < 2 {
        0.0
    } else if error > 0.0 {
        mean / error
    } else if mean >= 0.0 {
        f64::INFINITY
    } else {
        f64::NEG_INFINITY
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
        assert_eq!(Rule::new(1, 0.05).looks, [4]);
        assert_eq!(Rule::new(10, 0.05).looks, [4, 10]);
        assert_eq!(Rule::new(13, 0.05).looks, [4, 8, 13]);
        assert_eq!(Rule::new(16, 0.05).looks, [4, 8, 16]);
    }

    #[test]
    fn verdicts_by_hand() {
        let rule = Rule { looks: vec![4], holds: 0.05, fails: 0.05 };
        let one = |values: [f64; 4]| rule.judge(&[vec![values.to_vec()]]).unwrap().verdict;
        // t at 0.95 with 3 degrees of freedom is 2.353: means of 1 with a standard error of 0.41 and 0.58.
        assert_eq!(one([0.0, 2.0, 1.0, 1.0]), Verdict::Holds);
        assert_eq!(one([0.0, 2.0, 2.0, 0.0]), Verdict::Open);
        assert_eq!(one([0.0, -2.0, -1.0, -1.0]), Verdict::Fails);
        assert_eq!(one([0.0; 4]), Verdict::Holds);
        // A second target that is far from its bound changes nothing for `holds`; an unseen cell neither.
        let both = [vec![vec![0.0, 2.0, 1.0, 1.0]], vec![vec![9.0; 4], vec![f64::NAN; 4]]];
        let j = rule.judge(&both).unwrap();
        assert_eq!((j.verdict, j.tightest, j.margin), (Verdict::Holds, 0, 1.0));
        assert_eq!(rule.in_doubt(&both), []);
        let open = [
            vec![vec![9.0; 4], vec![0.0, 2.0, 2.0, 0.0]],
            vec![vec![f64::NAN; 4], vec![0.0, -2.0, -1.0, -1.0]],
        ];
        assert_eq!(rule.in_doubt(&open), [(0, 1), (1, 1)]);
    }

    #[test]
    fn there_is_a_later_look() {
        let rule = Rule { looks: vec![4, 8], holds: 0.05, fails: 0.05 };
        assert_eq!(rule.judge(&[vec![vec![1.0, -1.0, 1.0, -0.9]]]), None);
        let late = rule.judge(&[vec![vec![1.0, -1.0, 1.0, -0.9, 1.0, -1.0, 1.0, -0.9]]]);
        assert_eq!(late.unwrap().verdict, Verdict::Open);
    }

    /// 4,000 staffings exactly at their bound, looks at 4, 8 and 16: "holds" and "fails" are wrong with at
    /// most 5 % each. More than 245 of 4,000 has a probability below 1e-3 at exactly 5 %.
    #[test]
    fn the_stated_error_is_kept() {
        let rule = Rule::new(16, 0.05);
        let (mut holds, mut fails) = (0, 0);
        for trial in 0..4_000 {
            let mut rng = KeyedRng::of(41, 7, trial);
            let mut draw = || (0..12).map(|_| rng.uniform()).sum::<f64>() - 6.0;
            let values: Vec<f64> = (0..16).map(|_| draw()).collect();
            let end = rule.looks.iter().find_map(|&n| rule.judge(&[vec![values[..n as usize].to_vec()]]));
            match end.unwrap().verdict {
                Verdict::Holds => holds += 1,
                Verdict::Fails => fails += 1,
                Verdict::Open => {}
            }
        }
        assert!(holds <= 245 && fails <= 245, "{holds} {fails}");
        assert!(holds >= 60 && fails >= 60, "the looks cost too much: {holds} {fails}");
    }
}
