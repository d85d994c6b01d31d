//! Good whole-number solutions without proof: a relaxation rounded, filled up greedily, thinned, and then
//! broken and mended many times over.
//!
//! Ruin and recreate (Schrimpf and others 2000): a few columns are taken out, the gaps are filled
//! greedily, what has become superfluous is dropped, and the result is kept where it costs no more. The
//! draws are keyed, so the same programme has the same solution everywhere.

use crate::programme::{Programme, TOLERANCE};
use poolwise_engine::random::KeyedRng;

/// Rounds of breaking and mending from each start.
const ROUNDS: u32 = 400;
/// Attempts at a first solution from nothing.
const ATTEMPTS: u32 = 50;
/// Key of the search's draws.
const PLACE: u64 = 0x0052_4F53_5445_5253;

/// A solution near `relaxed`, the best found; none where greedy filling gets stuck, which does not mean
/// that there is none. `other` is one that is known already. Stops early at `bound`.
pub(crate) fn near(
    programme: &Programme,
    relaxed: &[f64],
    other: Option<Vec<u32>>,
    bound: f64,
) -> Option<Vec<u32>> {
    let mut starts: Vec<(f64, Vec<u32>)> = Vec::new();
    let finish = |mut state: SearchState<'_>, draws: Option<&mut KeyedRng>| {
        let there = state.fits_most() && state.mend(draws) && state.keep_sides();
        there.then(|| {
            state.thin();
            (state.cost(), state.chosen)
        })
    };
    starts.extend(other.and_then(|chosen| finish(SearchState::new(programme, chosen), None)));
    // Parts up to 1 - threshold are dropped. Higher thresholds leave more to the greedy filling.
    let rounded = [0.999, 0.75, 0.5, 0.25].into_iter().filter_map(|threshold: f64| {
        let whole = |x: &f64| (x + 1.0 - threshold - TOLERANCE).floor().max(0.0) as u32;
        finish(SearchState::new(programme, relaxed.iter().map(whole).collect()), None)
    });
    // Of equal ones the first.
    starts.extend(rounded.reduce(|a, b| if b.0 < a.0 - TOLERANCE { b } else { a }));
    // Limits may stop the greedy filling short; with weights drawn at random it goes another way.
    let mut rng = KeyedRng::of(programme.columns.len() as u64, PLACE, -1);
    for attempt in 0..ATTEMPTS {
        if !starts.is_empty() {
            break;
        }
        let nothing = SearchState::new(programme, vec![0; programme.columns.len()]);
        starts.extend(finish(nothing, (attempt > 0).then_some(&mut rng)));
    }
    let mut best: Option<(f64, Vec<u32>)> = None;
    for (cost, chosen) in starts {
        if best.as_ref().is_some_and(|b| b.0 <= bound + TOLERANCE) {
            break;
        }
        let chosen = improve(programme, chosen, cost, bound);
        let cost = programme.cost(&chosen);
        if best.as_ref().is_none_or(|b| cost < b.0 - TOLERANCE) {
            best = Some((cost, chosen));
        }
    }
    best.map(|(_, chosen)| chosen)
}

/// Breaks and mends a solution.
fn improve(programme: &Programme, start: Vec<u32>, cost: f64, bound: f64) -> Vec<u32> {
    let mut rng = KeyedRng::of(programme.columns.len() as u64, PLACE, programme.rows.len() as i64);
    let (mut best, mut least) = (start.clone(), cost);
    let (mut now, mut now_cost) = (start, cost);
    for round in 0..ROUNDS {
        if least <= bound + TOLERANCE {
            break;
        }
        let mut state = SearchState::new(programme, now.clone());
        // Two to seven out at a time.
        for _ in 0..2 + round % 6 {
            state.drop_any(&mut rng);
        }
        if !state.mend(Some(&mut rng)) || !state.keep_sides() {
            continue;
        }
        state.thin();
        let cost = state.cost();
        if cost <= now_cost + TOLERANCE {
            (now, now_cost) = (state.chosen, cost);
            if now_cost < least - TOLERANCE {
                (best, least) = (now.clone(), now_cost);
            }
        }
    }
    best
}

/// A choice and what it covers.
struct SearchState<'p> {
    programme: &'p Programme,
    chosen: Vec<u32>,
    cover: Vec<f64>,
}

impl<'p> SearchState<'p> {
    fn new(programme: &'p Programme, chosen: Vec<u32>) -> Self {
        let cover = programme.cover(&chosen);
        Self { programme, chosen, cover }
    }

    fn cost(&self) -> f64 {
        self.programme.cost(&self.chosen)
    }

    fn change(&mut self, column: usize, by: i32) {
        self.chosen[column] = self.chosen[column].saturating_add_signed(by);
        for &(r, share) in &self.programme.columns[column].covers {
            self.cover[r] += share * f64::from(by);
        }
    }

    fn fits_most(&self) -> bool {
        self.cover.iter().zip(&self.programme.rows).all(|(c, row)| *c <= row.most + TOLERANCE)
    }

    /// Whether one more of the column stays within all limits of rows.
    fn has_room(&self, column: usize) -> bool {
        let rows = &self.programme.rows;
        self.programme.columns[column]
            .covers
            .iter()
            .all(|&(r, share)| self.cover[r] + share <= rows[r].most + TOLERANCE)
    }

    /// What one more of the column would fill.
    fn gain(&self, column: usize) -> f64 {
        let rows = &self.programme.rows;
        self.programme.columns[column]
            .covers
            .iter()
            .map(|&(r, share)| (rows[r].need - self.cover[r]).clamp(0.0, share))
            .sum()
    }

    /// Fills what is short, always by the column that fills most for its cost; with draws, gains are
    /// weighted a little. False where no column helps.
    fn mend(&mut self, mut draws: Option<&mut KeyedRng>) -> bool {
        loop {
            let short = self.cover.iter().zip(&self.programme.rows).any(|(c, row)| *c < row.need - TOLERANCE);
            if !short {
                return true;
            }
            let mut best: Option<(f64, usize)> = None;
            for column in 0..self.chosen.len() {
                let gain = self.gain(column);
                if gain <= TOLERANCE || !self.has_room(column) {
                    continue;
                }
                let weight = draws.as_mut().map_or(1.0, |rng| 0.7 + 0.6 * rng.uniform());
                let score = weight * gain / self.programme.columns[column].cost;
                if best.is_none_or(|(s, _)| score > s * (1.0 + 1e-9)) {
                    best = Some((score, column));
                }
            }
            match best {
                Some((_, column)) => self.change(column, 1),
                None => return false,
            }
        }
    }

    /// Adds the cheapest columns that help side rules which are broken. False where none does.
    fn keep_sides(&mut self) -> bool {
        for _ in 0..=self.chosen.iter().sum::<u32>() {
            let broken: Vec<usize> = (0..self.programme.sides.len())
                .filter(|s| {
                    let side = &self.programme.sides[*s];
                    side.of(&self.chosen) > side.limit + TOLERANCE
                })
                .collect();
            let Some(&first) = broken.first() else { return true };
            let help = self.programme.sides[first]
                .weights
                .iter()
                .filter(|&&(j, w)| w < -TOLERANCE && self.has_room(j))
                .map(|&(j, w)| (self.programme.columns[j].cost / -w, j))
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            match help {
                Some((_, j)) => self.change(j, 1),
                None => return false,
            }
        }
        false
    }

    /// Drops what is not needed, the dearest first.
    fn thin(&mut self) {
        let mut order: Vec<usize> = (0..self.chosen.len()).collect();
        order.sort_by(|a, b| {
            self.programme.columns[*b].cost.total_cmp(&self.programme.columns[*a].cost).then(a.cmp(b))
        });
        for column in order {
            while self.chosen[column] > 0 && self.is_spare(column) {
                self.change(column, -1);
                if !self.programme.keeps_sides(&self.chosen) {
                    self.change(column, 1);
                    break;
                }
            }
        }
    }

    fn is_spare(&self, column: usize) -> bool {
        let rows = &self.programme.rows;
        self.programme.columns[column]
            .covers
            .iter()
            .all(|&(r, share)| self.cover[r] - share >= rows[r].need - TOLERANCE)
    }

    /// Takes out one of all that are chosen, each with the same chance.
    fn drop_any(&mut self, rng: &mut KeyedRng) {
        let total: u32 = self.chosen.iter().sum();
        if total == 0 {
            return;
        }
        let mut left = (rng.uniform() * f64::from(total)) as u32;
        for column in 0..self.chosen.len() {
            if left < self.chosen[column] {
                return self.change(column, -1);
            }
            left -= self.chosen[column];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::LpSide;
    use crate::programme::tests::five_of_seven;

    #[test]
    fn finds_the_least_on_a_week_of_days() {
        // Ceil of the largest of: any day, and a fifth of all (see the tests of `solve`).
        let p = five_of_seven([5, 7, 8, 6, 4, 3, 2]);
        let found = near(&p, &[0.0; 7], None, 8.0).unwrap();
        assert!(p.solves(&found));
        assert_eq!(found.iter().sum::<u32>(), 8);
    }

    #[test]
    fn limits_of_rows_are_kept_or_nothing_comes_back() {
        let mut p = five_of_seven([2; 7]);
        p.rows.iter_mut().for_each(|r| r.most = 2.0);
        // 14 officer-days cannot be made of shares of five.
        assert_eq!(near(&p, &[0.4; 7], None, 0.0), None);
        p.rows.iter_mut().for_each(|r| r.most = 3.0);
        let found = near(&p, &[0.4; 7], None, 3.0).unwrap();
        assert!(p.solves(&found));
    }

    #[test]
    fn side_rules_are_kept() {
        // At least half must have the weekend (days 5 and 6) off, which only the first column has.
        let mut p = five_of_seven([1, 1, 1, 1, 1, 2, 2]);
        let weights = (0..7).map(|j| (j, if j == 0 { -0.5 } else { 0.5 })).collect();
        p.sides.push(LpSide { name: "weekends".to_owned(), weights, limit: 0.0 });
        let found = near(&p, &[0.0; 7], None, 0.0).unwrap();
        assert!(p.solves(&found), "{found:?}");
        assert_eq!(found.iter().sum::<u32>(), 2 * found[0]);
    }
}
