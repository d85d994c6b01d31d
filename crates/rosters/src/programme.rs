//! The covering programme in numbers: so many of each column, so that every row has what it needs.
//!
//! Minimise the sum of `cost[j] x[j]` over whole numbers `x[j] >= 0` such that for each row `need <= sum
//! of share[j] x[j] <= most`, and for each side rule `sum of weight[j] x[j] <= limit`. Dantzig (1954) wrote
//! the covering of a day by shifts so; nothing here knows what columns and rows are about.

/// How far a whole-number solution may miss a row: shares are fractions of hours.
pub(crate) const TOLERANCE: f64 = 1e-6;

/// A covering programme.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Programme {
    /// What may be chosen.
    pub columns: Vec<LpColumn>,
    /// What must be covered.
    pub rows: Vec<LpConstraint>,
    /// Limits beside the cover: how many officers may work a pattern, and the like.
    pub sides: Vec<LpSide>,
}

/// Something of which any whole number may be chosen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LpColumn {
    /// What one costs; above 0.
    pub cost: f64,
    /// Rows that one covers, ascending, and how much of each.
    pub covers: Vec<(usize, f64)>,
}

/// What must be covered, and what may be at most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LpConstraint {
    /// Officers that must be there at least.
    pub need: f64,
    /// Most cover; infinite where there is no limit.
    pub most: f64,
}

/// A limit across columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LpSide {
    /// Name, for reasons.
    pub name: String,
    /// Columns and their weights.
    pub weights: Vec<(usize, f64)>,
    /// The right-hand side.
    pub limit: f64,
}

impl Programme {
    /// The cost of a choice.
    pub(crate) fn cost(&self, chosen: &[u32]) -> f64 {
        self.columns.iter().zip(chosen).map(|(c, n)| c.cost * f64::from(*n)).sum()
    }

    /// What a choice covers, by row.
    pub(crate) fn cover(&self, chosen: &[u32]) -> Vec<f64> {
        let mut cover = vec![0.0; self.rows.len()];
        for (column, &n) in self.columns.iter().zip(chosen).filter(|(_, n)| **n > 0) {
            column.covers.iter().for_each(|&(r, share)| cover[r] += share * f64::from(n));
        }
        cover
    }

    /// Whether a choice keeps all side rules.
    pub(crate) fn keeps_sides(&self, chosen: &[u32]) -> bool {
        self.sides.iter().all(|side| side.of(chosen) <= side.limit + TOLERANCE)
    }

    /// Whether a choice is a solution.
    pub(crate) fn solves(&self, chosen: &[u32]) -> bool {
        let fits = |(cover, row): (f64, &LpConstraint)| {
            cover >= row.need - TOLERANCE && cover <= row.most + TOLERANCE
        };
        self.cover(chosen).into_iter().zip(&self.rows).all(fits) && self.keeps_sides(chosen)
    }

    /// Whether all columns cost the same, so that the least cost is the least number.
    pub(crate) fn counts(&self) -> bool {
        self.columns.windows(2).all(|pair| pair[0].cost == pair[1].cost)
    }

    /// Programmes that have no row in common, with the columns of each, by their first
    /// rows; one where side rules tie all together.
    pub(crate) fn parts(&self) -> Vec<(Self, Vec<usize>)> {
        let whole = || vec![(self.clone(), (0..self.columns.len()).collect())];
        if !self.sides.is_empty() {
            return whole();
        }
        // The part of each row, by the smallest row that it hangs together with.
        let mut root: Vec<usize> = (0..self.rows.len()).collect();
        fn find(root: &mut [usize], mut r: usize) -> usize {
            while root[r] != r {
                root[r] = root[root[r]];
                r = root[r];
            }
            r
        }
        for column in &self.columns {
            let Some(&(first, _)) = column.covers.first() else { continue };
            for &(r, _) in &column.covers[1..] {
                let (a, b) = (find(&mut root, first), find(&mut root, r));
                root[a.max(b)] = a.min(b);
            }
        }
        let mut parts: Vec<(usize, Self, Vec<usize>)> = Vec::new();
        let mut place = vec![0; self.rows.len()];
        for (r, row) in self.rows.iter().enumerate() {
            let own = find(&mut root, r);
            let at = parts.iter().position(|p| p.0 == own).unwrap_or_else(|| {
                parts.push((own, Self::default(), Vec::new()));
                parts.len() - 1
            });
            place[r] = parts[at].1.rows.len();
            parts[at].1.rows.push(*row);
        }
        for (j, column) in self.columns.iter().enumerate() {
            let Some(&(first, _)) = column.covers.first() else { continue };
            let own = find(&mut root, first);
            if let Some(part) = parts.iter_mut().find(|p| p.0 == own) {
                let covers = column.covers.iter().map(|&(r, share)| (place[r], share)).collect();
                part.1.columns.push(LpColumn { cost: column.cost, covers });
                part.2.push(j);
            }
        }
        if parts.len() < 2 { whole() } else { parts.into_iter().map(|(_, p, j)| (p, j)).collect() }
    }

    /// The least cost that a cost of at least `bound` can be: whole columns, where all cost the same.
    pub(crate) fn round_up(&self, bound: f64) -> f64 {
        match self.columns.first() {
            Some(first) if self.counts() => (bound / first.cost - TOLERANCE).ceil().max(0.0) * first.cost,
            _ => bound.max(0.0),
        }
    }
}

impl LpSide {
    /// The weighted sum of a choice.
    pub(crate) fn of(&self, chosen: &[u32]) -> f64 {
        self.weights.iter().map(|&(j, w)| w * f64::from(chosen[j])).sum()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `need` on each of seven days; everybody works five days on end.
    pub(crate) fn five_of_seven(need: [u32; 7]) -> Programme {
        let columns = (0..7)
            .map(|first| {
                let mut days: Vec<usize> = (0..5).map(|d| (first + d) % 7).collect();
                days.sort_unstable();
                LpColumn { cost: 1.0, covers: days.into_iter().map(|d| (d, 1.0)).collect() }
            })
            .collect();
        let rows = need.iter().map(|n| LpConstraint { need: f64::from(*n), most: f64::INFINITY }).collect();
        Programme { columns, rows, sides: Vec::new() }
    }

    /// The least cost by trying everything up to `most` of each column.
    pub(crate) fn by_enumeration(p: &Programme, most: u32) -> Option<f64> {
        fn go(p: &Programme, j: usize, most: u32, chosen: &mut Vec<u32>, best: &mut Option<f64>) {
            if best.is_some_and(|b| p.cost(chosen) >= b) {
                return;
            }
            if j == p.columns.len() {
                if p.solves(chosen) {
                    *best = Some(p.cost(chosen));
                }
                return;
            }
            for n in 0..=most {
                chosen[j] = n;
                go(p, j + 1, most, chosen, best);
            }
            chosen[j] = 0;
        }
        let mut best = None;
        go(p, 0, most, &mut vec![0; p.columns.len()], &mut best);
        best
    }

    /// Small programmes: up to five columns over up to six rows, some with limits.
    pub(crate) fn small() -> impl Strategy<Value = Programme> {
        let column = (1_u32..4, proptest::collection::vec(proptest::bool::ANY, 6), proptest::bool::ANY);
        let row = (0_u32..4, proptest::option::weighted(0.2, 3_u32..6));
        (proptest::collection::vec(column, 1..=5), proptest::collection::vec(row, 6), proptest::bool::ANY)
            .prop_map(|(columns, rows, equal)| Programme {
                columns: columns
                    .into_iter()
                    .map(|(cost, on, half)| LpColumn {
                        cost: if equal { 1.0 } else { f64::from(cost) },
                        covers: (0..6)
                            .filter(|r| on[*r])
                            .map(|r| (r, if half && r == 2 { 0.5 } else { 1.0 }))
                            .collect(),
                    })
                    .collect(),
                rows: rows
                    .into_iter()
                    .map(|(need, most)| LpConstraint {
                        need: f64::from(need),
                        most: most.map_or(f64::INFINITY, f64::from),
                    })
                    .collect(),
                sides: Vec::new(),
            })
    }

    #[test]
    fn what_hangs_together_stays_together() {
        let mut p = five_of_seven([1; 7]);
        assert_eq!(p.parts().len(), 1);
        // A second week that shares nothing with the first, its columns between those of the first.
        let second = p.columns[0].covers.iter().map(|&(r, s)| (r + 7, s)).collect();
        p.columns.insert(3, LpColumn { cost: 1.0, covers: second });
        p.rows.extend([LpConstraint { need: 2.0, most: f64::INFINITY }; 5]);
        let parts = p.parts();
        assert_eq!(
            parts.iter().map(|(_, j)| j.clone()).collect::<Vec<_>>(),
            [vec![0, 1, 2, 4, 5, 6, 7], vec![3]]
        );
        assert_eq!(parts[1].0.columns[0].covers, [(0, 1.0), (1, 1.0), (2, 1.0), (3, 1.0), (4, 1.0)]);
        p.sides.push(LpSide { name: String::new(), weights: vec![(0, 1.0)], limit: 9.0 });
        assert_eq!(p.parts().len(), 1);
    }

    #[test]
    fn costs_covers_and_bounds() {
        let p = five_of_seven([1; 7]);
        assert_eq!(p.cost(&[1, 0, 0, 0, 0, 1, 0]), 2.0);
        // Monday to Friday, and Saturday to Wednesday.
        assert_eq!(p.cover(&[1, 0, 0, 0, 0, 1, 0]), [2.0, 2.0, 2.0, 1.0, 1.0, 1.0, 1.0]);
        assert!(p.solves(&[1, 0, 0, 0, 0, 1, 0]) && !p.solves(&[2, 0, 0, 0, 0, 0, 0]));
        assert_eq!((p.round_up(1.4), p.round_up(2.0), p.round_up(2.0 + 1e-9)), (2.0, 2.0, 2.0));
        let mut dear = p;
        dear.columns[0].cost = 1.5;
        assert_eq!(dear.round_up(1.4), 1.4);
    }
}
