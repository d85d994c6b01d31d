//! Exact Shapley values of a function of sets, and how its members interact.
//!
//! What each member adds depends on who is there already; its Shapley value (Shapley 1953) is the mean over
//! all orders of arrival. The interaction of a pair (Grabisch and Roubens 1999, eq. 3) is the mean, over the
//! sets of the others, of what the two add together beyond what each adds alone: negative where they do the
//! same thing twice, positive where one needs the other.

use serde::Serialize;

/// Most members: all sets are evaluated.
pub(crate) const MOST: usize = 16;

/// What the members of a set are worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CauseShares {
    /// Shapley value of each; they sum to `total`.
    pub shapley: Vec<f64>,
    /// What each adds when it comes first, with nobody else there.
    pub first: Vec<f64>,
    /// What each adds when it comes last, with all others there.
    pub last: Vec<f64>,
    /// Interaction of each pair; symmetric, with zeros on the diagonal.
    pub interaction: Vec<Vec<f64>>,
    /// Value of all together less that of none.
    pub total: f64,
}

/// Shapley values of `n` members, at most [`MOST`]; `value` is asked once for every set, a bit a member.
pub(crate) fn shares(n: usize, value: impl FnMut(u32) -> f64) -> CauseShares {
    let n = n.min(MOST);
    let all = (1_u32 << n) - 1;
    let v: Vec<f64> = (0..=all).map(value).collect();
    let of = |set: u32| v[set as usize];
    let others = |members: u32| (0..=all).filter(move |set| set & members == 0);
    let shapley = (0..n).map(|i| {
        let me = 1 << i;
        others(me).map(|s| weight(s.count_ones(), n) * (of(s | me) - of(s))).sum()
    });
    let pair = |i: usize, j: usize| -> f64 {
        if i == j {
            return 0.0;
        }
        let (a, b) = (1 << i, 1 << j);
        let both = |s: u32| of(s | a | b) - of(s | a) - of(s | b) + of(s);
        others(a | b).map(|s| weight(s.count_ones(), n - 1) * both(s)).sum()
    };
    CauseShares {
        shapley: shapley.collect(),
        first: (0..n).map(|i| of(1 << i) - of(0)).collect(),
        last: (0..n).map(|i| of(all) - of(all & !(1 << i))).collect(),
        interaction: (0..n).map(|i| (0..n).map(|j| pair(i.min(j), i.max(j))).collect()).collect(),
        total: of(all) - of(0),
    }
}

/// `s! (n - s - 1)! / n!`: the share of orders of `n` in which one member comes right after these `s`.
fn weight(s: u32, n: usize) -> f64 {
    // 1 / (n x C(n - 1, s)).
    let (s, m) = (f64::from(s), n as f64 - 1.0);
    let mut choose = 1.0;
    let mut k = 0.0;
    while k < s {
        choose *= (m - k) / (k + 1.0);
        k += 1.0;
    }
    1.0 / (n as f64 * choose)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    }

    #[test]
    fn a_glove_market() {
        // One left glove and two right ones; a pair is worth 1. The left is worth 2/3, each right 1/6.
        let s = shares(3, |set| f64::from(u8::from(set & 1 == 1 && set & 6 != 0)));
        close(s.shapley[0], 2.0 / 3.0);
        close(s.shapley[1], 1.0 / 6.0);
        close(s.shapley[2], 1.0 / 6.0);
        // Left and a right: together 1 with nobody else, 0 beyond with the other right there: 1/2.
        close(s.interaction[0][1], 0.5);
        // Two rights: 0 without the left, -1 with it.
        close(s.interaction[1][2], -0.5);
        assert_eq!((s.first[0], s.last[0], s.last[1]), (0.0, 1.0, 0.0));
    }

    #[test]
    fn an_airport_runway() {
        // Littlechild and Owen (1973): a runway for aeroplanes that need 1, 2, 4 costs the largest need:
        // each length is paid equally by those who need it: 1/3, 1/3 + 1/2, 1/3 + 1/2 + 2.
        let need = [1.0, 2.0, 4.0];
        let s = shares(3, |set| (0..3).filter(|i| set >> i & 1 == 1).map(|i| need[i]).fold(0.0, f64::max));
        close(s.shapley[0], 1.0 / 3.0);
        close(s.shapley[1], 5.0 / 6.0);
        close(s.shapley[2], 17.0 / 6.0);
    }

    proptest! {
        #[test]
        fn axioms(values in proptest::collection::vec(-10.0..10.0_f64, 32), add in proptest::collection::vec(-5.0..5.0_f64, 5)) {
            let s = shares(5, |set| values[set as usize]);
            // Efficiency.
            prop_assert!((s.shapley.iter().sum::<f64>() - s.total).abs() < 1e-9);
            // An additive part goes to whom it belongs and interacts with nobody.
            let extra = |set: u32| (0..5).filter(|i| set >> i & 1 == 1).map(|i| add[i]).sum::<f64>();
            let more = shares(5, |set| values[set as usize] + extra(set));
            for (i, added) in add.iter().enumerate() {
                prop_assert!((more.shapley[i] - s.shapley[i] - added).abs() < 1e-9);
                for j in 0..5 {
                    prop_assert!((more.interaction[i][j] - s.interaction[i][j]).abs() < 1e-9);
                    prop_assert_eq!(s.interaction[i][j], s.interaction[j][i]);
                }
            }
            // Symmetry: only the number matters, so all are alike; and two that are swapped swap values.
            let alike = shares(5, |set| values[set.count_ones() as usize]);
            prop_assert!(alike.shapley.iter().all(|x| (x - alike.shapley[0]).abs() < 1e-9));
            let swap = |set: u32| (set & !3) | (set & 1) << 1 | (set >> 1 & 1);
            let swapped = shares(5, |set| values[swap(set) as usize]);
            prop_assert!((swapped.shapley[0] - s.shapley[1]).abs() < 1e-9);
        }
    }
}
