//! Whether times differ between hours, places or classes beyond chance.

use poolwise_math::gamma_upper;
use serde::Serialize;
use std::collections::BTreeMap;

/// A group of times.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimeGroup {
    /// What the group is called: an hour, place or class.
    pub name: String,
    /// Number of times in the group.
    pub n: usize,
    /// Mean, seconds.
    pub mean: f64,
}

/// Groups by one column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Groups {
    /// What divides them: a column's name, or the hour of the day.
    pub by: String,
    /// The groups, by name.
    pub groups: Vec<TimeGroup>,
    /// Probability of such differences where there are none (Kruskal and Wallis 1952).
    pub p_value: f64,
}

/// Compares groups of times in seconds by their ranks (Kruskal and Wallis 1952). Groups of fewer than five are left out;
/// `None` with fewer than two others.
pub fn compare(by: &str, groups: &BTreeMap<String, Vec<f64>>) -> Option<Groups> {
    let used: Vec<(&String, &Vec<f64>)> = groups.iter().filter(|g| g.1.len() >= 5).collect();
    if used.len() < 2 {
        return None;
    }
    let mut all: Vec<(f64, usize)> =
        used.iter().enumerate().flat_map(|(g, (_, times))| times.iter().map(move |x| (*x, g))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let n = all.len() as f64;
    let mut ranks = vec![0.0; used.len()];
    let (mut i, mut ties) = (0, 0.0);
    while i < all.len() {
        let mut j = i;
        while j < all.len() && all[j].0 == all[i].0 {
            j += 1;
        }
        let same = (j - i) as f64;
        // Equal times share the mean of their ranks.
        let rank = (i + j + 1) as f64 / 2.0;
        for (_, g) in &all[i..j] {
            ranks[*g] += rank;
        }
        ties += same * same * same - same;
        i = j;
    }
    let sum: f64 = ranks.iter().zip(&used).map(|(r, g)| r * r / g.1.len() as f64).sum();
    let h = (12.0 / (n * (n + 1.0)) * sum - 3.0 * (n + 1.0)) / (1.0 - ties / (n * n * n - n));
    let df = (used.len() - 1) as f64;
    let p_value = if h.is_finite() && h > 0.0 { gamma_upper(df / 2.0, h / 2.0) } else { 1.0 };
    let groups = used
        .into_iter()
        .map(|(name, times)| TimeGroup {
            name: name.clone(),
            n: times.len(),
            mean: times.iter().sum::<f64>() / times.len() as f64,
        })
        .collect();
    Some(Groups { by: by.to_owned(), groups, p_value })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ranks 1 to 15 in three groups, worked out by hand: sums 20, 40, 60; H = 12 / 240 (80 + 320 + 720) - 48 = 8.
    #[test]
    fn by_hand() {
        let group = |values: [f64; 5]| values.to_vec();
        let groups = BTreeMap::from([
            ("a".to_owned(), group([1.0, 2.0, 3.0, 4.0, 10.0])),
            ("b".to_owned(), group([5.0, 6.0, 7.0, 8.0, 14.0])),
            ("c".to_owned(), group([9.0, 11.0, 12.0, 13.0, 15.0])),
        ]);
        let found = compare("place", &groups).expect("three groups");
        assert!((found.p_value - (-4.0_f64).exp_reference()).abs() < 1e-12, "{}", found.p_value);
    }

    trait Reference {
        fn exp_reference(self) -> f64;
    }

    impl Reference for f64 {
        /// With two degrees of freedom the probability is exp(-H / 2).
        fn exp_reference(self) -> f64 {
            poolwise_math::exp(self)
        }
    }
}
