//! Small Markov chains, solved state by state.

use std::collections::BTreeMap;

/// The stationary probabilities of a continuous-time Markov chain with the states that can be reached from `start` by `moves`,
/// which gives the next states with their rates. By the elimination of Grassmann, Taksar and Heyman (1985), which subtracts
/// nothing, so that every probability has nearly full precision. `None` for more than `most` states, or rates that are no
/// numbers, or a state without a way out (of several).
///
/// ```
/// // M/M/1/3 at load 1/2: 8, 4, 2 and 1 fifteenths.
/// let p = poolwise_theory::chain::stationary(0_u32, 100, |n| {
///     let mut moves = Vec::new();
///     if *n < 3 { moves.push((n + 1, 1.0)) }
///     if *n > 0 { moves.push((n - 1, 2.0)) }
///     moves
/// }).expect("a small chain");
/// assert!((p[&0] - 8.0 / 15.0).abs() < 1e-15 && (p[&3] - 1.0 / 15.0).abs() < 1e-15);
/// ```
pub fn stationary<S: Ord + Clone>(
    start: S,
    most: usize,
    moves: impl Fn(&S) -> Vec<(S, f64)>,
) -> Option<BTreeMap<S, f64>> {
    let mut places = BTreeMap::from([(start.clone(), 0)]);
    let mut states = vec![start];
    let mut rates: Vec<Vec<(usize, f64)>> = Vec::new();
    while let Some(state) = states.get(rates.len()).cloned() {
        let mut row = Vec::new();
        for (next, rate) in moves(&state) {
            if !rate.is_finite() || rate < 0.0 {
                return None;
            }
            if next == state || rate == 0.0 {
                continue;
            }
            let place = *places.entry(next.clone()).or_insert_with(|| {
                states.push(next);
                states.len() - 1
            });
            row.push((place, rate));
        }
        if states.len() > most {
            return None;
        }
        rates.push(row);
    }
    let p = eliminate(&rates)?;
    Some(places.into_iter().map(|(state, place)| (state, p[place])).collect())
}

/// Grassmann, Taksar and Heyman (1985): states are taken out one by one, the last first, and put back.
fn eliminate(rates: &[Vec<(usize, f64)>]) -> Option<Vec<f64>> {
    let n = rates.len();
    let mut q = vec![vec![0.0; n]; n];
    for (row, to) in q.iter_mut().zip(rates) {
        for &(place, rate) in to {
            row[place] += rate;
        }
    }
    for k in (1..n).rev() {
        let (before, rest) = q.split_at_mut(k);
        let row = &rest[0];
        let out: f64 = row[..k].iter().sum();
        if out <= 0.0 {
            return None;
        }
        for other in before.iter_mut() {
            let into = other[k] / out;
            if into == 0.0 {
                continue;
            }
            other[k] = into;
            for j in 0..k {
                other[j] += into * row[j];
            }
        }
    }
    let mut p = vec![0.0; n];
    p[0] = 1.0;
    for k in 1..n {
        p[k] = (0..k).map(|i| p[i] * q[i][k]).sum();
    }
    let all: f64 = p.iter().sum();
    p.iter_mut().for_each(|x| *x /= all);
    Some(p)
}

#[cfg(test)]
mod tests {
    use super::super::{close, erlang};
    use super::*;

    #[test]
    fn a_loss_system_is_erlangs_and_a_ring_goes_round() {
        let p = stationary(0_u32, 100, |n| {
            let up = (*n < 10).then_some((n + 1, 8.0));
            let down = (*n > 0).then(|| (n - 1, f64::from(*n)));
            up.into_iter().chain(down).collect()
        });
        close(p.unwrap()[&10], erlang::blocking(10, 8.0), 1e-14);
        let ring = stationary(0_u32, 3, |n| vec![((n + 1) % 3, f64::from(n + 1))]).unwrap();
        close(ring[&2], 2.0 / 11.0, 1e-14);
        assert!(stationary(0_u32, 2, |n| vec![((n + 1) % 3, 1.0)]).is_none());
        assert!(stationary(0_u32, 9, |_| vec![(1, 1.0)]).is_none());
        assert!(stationary(0_u32, 9, |n| vec![((n + 1) % 3, f64::NAN)]).is_none());
        assert_eq!(stationary(5_u32, 9, |_| Vec::new()).unwrap()[&5], 1.0);
    }
}
