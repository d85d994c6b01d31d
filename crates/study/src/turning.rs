//! The input on which a difference turns over, as draws tell: what parts the draws in which it has the sign that it has with
//! inputs at their base from those in which it has not.

use crate::uncertain::quantile_of;
use poolwise_scenario::UncertainInput;
use poolwise_scenario::levers::{Lever, label};
use serde::Serialize;

/// Draws on either side of a value, at least.
const FEWEST: usize = 5;
/// How far both sides must be apart, as Pearson's chi-squared of the two by two table. The best of all values of twenty inputs
/// that do nothing comes so far in fewer than one of ten sets of draws (simulated: 50 to 200 draws).
const TELLING: f64 = 17.0;
/// Digits of the value.
const DIGITS: usize = 3;

/// Where a difference turns over.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Turning {
    /// The input: a word that ties several together, or a path.
    pub input: String,
    /// What people call it.
    pub label: String,
    /// The value that parts the draws, in the unit of its base.
    pub at: String,
    /// Share of the draws below that value in which the sign at the base holds.
    pub holds_below: f64,
    /// Share of the draws above it.
    pub holds_above: f64,
}

/// A value of an input, and how well it parts the draws.
struct InputSplit {
    quantile: f64,
    chi_squared: f64,
    below: f64,
    above: f64,
}

/// The input and the value that part the draws best, `None` where chance might do as well. `holds` tells of each draw whether
/// the sign holds; `None` where the difference is not defined.
pub(crate) fn turning(
    inputs: &[UncertainInput],
    levers: &[Lever],
    seed: u64,
    holds: &[Option<bool>],
) -> Option<Turning> {
    let mut best: Option<(&UncertainInput, InputSplit)> = None;
    for input in inputs {
        let drawn = holds.iter().enumerate();
        let known = drawn.filter_map(|(d, h)| Some((quantile_of(seed, d as u32, input.group()), (*h)?)));
        let Some(part) = parted(known.collect()) else { continue };
        // Those tied together part the draws alike: the first stands for them.
        if best.as_ref().is_none_or(|(_, b)| part.chi_squared > b.chi_squared) {
            best = Some((input, part));
        }
    }
    let (input, part) = best.filter(|(_, part)| part.chi_squared >= TELLING)?;
    let word = match &input.together {
        Some(word) => word.as_str(),
        None => label(levers, &input.path).unwrap_or(&input.path),
    };
    Some(Turning {
        input: input.group().to_owned(),
        label: word.to_owned(),
        at: input.value_words(part.quantile, DIGITS),
        holds_below: part.below,
        holds_above: part.above,
    })
}

/// The quantile that parts pairs of quantile and sign best.
fn parted(mut pairs: Vec<(f64, bool)>) -> Option<InputSplit> {
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let n = pairs.len();
    let all = pairs.iter().filter(|p| p.1).count();
    if all == 0 || all == n {
        return None;
    }
    let share = all as f64 / n as f64;
    let (mut best, mut before): (Option<InputSplit>, usize) = (None, 0);
    for i in 1..n {
        before += usize::from(pairs[i - 1].1);
        if i < FEWEST || n - i < FEWEST {
            continue;
        }
        let (below, above) = (before as f64 / i as f64, (all - before) as f64 / (n - i) as f64);
        let apart = (below - above) * (below - above);
        let chi_squared = apart * i as f64 * (n - i) as f64 / (n as f64 * share * (1.0 - share));
        if best.as_ref().is_none_or(|b| chi_squared > b.chi_squared) {
            let quantile = 0.5 * (pairs[i - 1].0 + pairs[i].0);
            best = Some(InputSplit { quantile, chi_squared, below, above });
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_that_parts_the_draws_is_found() {
        // It holds below 0.6, but for one draw on each side.
        let pairs: Vec<(f64, bool)> =
            (0..50).map(|i| (f64::from(i) / 50.0, i != 3 && (i < 30 || i == 40))).collect();
        let part = parted(pairs).expect("a value");
        assert!((part.quantile - 0.59).abs() < 1e-12, "{}", part.quantile);
        assert!((part.below - 29.0 / 30.0).abs() < 1e-12 && (part.above - 0.05).abs() < 1e-12);
        assert!(part.chi_squared > TELLING);
    }

    /// Seed fixed. 200 sets of 50 draws whose signs have nothing to do with any of 20 inputs: no more than 20 may be told of
    /// (one of ten); the constant was simulated to give about one of twenty.
    #[test]
    fn chance_alone_is_seldom_told_of() {
        let sign = |set: u64, d: u32| quantile_of(set, d, "sign") < 0.7;
        let told = |set: u64| {
            (0..20).any(|k| {
                let word = format!("input {k}");
                let pairs = (0..50).map(|d| (quantile_of(set, d, &word), sign(set, d))).collect();
                parted(pairs).is_some_and(|part| part.chi_squared >= TELLING)
            })
        };
        let found = (0..200).filter(|set| told(*set)).count();
        assert!(found <= 20, "{found}");
    }

    #[test]
    fn a_sign_that_never_changes_turns_on_nothing() {
        assert!(parted((0..50).map(|i| (f64::from(i), true)).collect()).is_none());
        assert!(parted(vec![(0.5, true), (0.1, false)]).is_none());
    }
}
