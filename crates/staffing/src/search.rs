//! The least staffing that holds, by verdicts that may stay open.
//!
//! Levels are ordered: more staff serves better. The search looks for two of them, the least level that
//! is shown to hold and the greatest that is shown to fail; what lies between cannot be told apart. It
//! gallops from where the expected load says, then halves. The number of levels tried grows with the logarithm of the distance,
//! whatever the number of centres and hours behind a level.

use super::judge::{Judgement, StaffingVerdict};
use std::collections::BTreeMap;

/// Where the search ended.
#[derive(Debug, Clone, PartialEq)]
pub struct LeastLevel {
    /// The least level shown to hold; `None` when not even the highest does.
    pub holds: Option<u32>,
    /// The greatest level shown to fail below it; `None` when nothing fails down to the lowest.
    pub fails: Option<u32>,
    /// Every level tried, with its verdict.
    pub tried: BTreeMap<u32, Judgement>,
}

/// Searches `lowest..=highest`, beginning at `start`. `judge` gives the verdict on a level; levels that
/// are the same staffing should give the same verdict at no cost. Unless the highest is `sure` to do, it is asked
/// first: if all the staff in the world does not do, the search would only find that out slowly.
///
/// # Errors
/// The first error of `judge`.
pub fn least<E>(
    lowest: u32,
    start: u32,
    highest: u32,
    sure: bool,
    mut judge: impl FnMut(u32) -> Result<Judgement, E>,
) -> Result<LeastLevel, E> {
    let mut tried = BTreeMap::new();
    let mut ask = |level: u32, tried: &mut BTreeMap<u32, Judgement>| -> Result<StaffingVerdict, E> {
        if let Some(known) = tried.get(&level) {
            return Ok(known.verdict);
        }
        let judgement = judge(level)?;
        tried.insert(level, judgement);
        Ok(judgement.verdict)
    };
    let highest = highest.max(lowest);
    let mut at = start.clamp(lowest, highest);
    if !sure && ask(highest, &mut tried)? != StaffingVerdict::Holds {
        at = highest;
    }
    let mut step = 1;
    // Up to something that holds.
    let mut below = None;
    while ask(at, &mut tried)? != StaffingVerdict::Holds {
        if at == highest {
            let fails = (tried[&highest].verdict == StaffingVerdict::Fails).then_some(highest);
            return Ok(LeastLevel { holds: None, fails, tried });
        }
        below = Some(at);
        at = at.saturating_add(step).min(highest);
        step *= 2;
    }
    let mut holds = at;
    // Or down to something that does not.
    let mut down = steps_down();
    let mut at = holds;
    while below.is_none() && at > lowest {
        at = at.saturating_sub(down.next().unwrap_or(1)).max(lowest);
        if ask(at, &mut tried)? == StaffingVerdict::Holds {
            holds = at;
        } else {
            below = Some(at);
        }
    }
    // The least that holds.
    while let Some(low) = below.filter(|low| holds - low > 1) {
        let middle = low + (holds - low) / 2;
        if ask(middle, &mut tried)? == StaffingVerdict::Holds {
            holds = middle;
        } else {
            below = Some(middle);
        }
    }
    // The greatest that fails: further down while it is open.
    let mut open = holds;
    let known = |tried: &BTreeMap<u32, Judgement>| {
        tried.range(..holds).filter(|(_, j)| j.verdict == StaffingVerdict::Fails).map(|(n, _)| *n).next_back()
    };
    let mut fails = known(&tried);
    let mut down = steps_down();
    while fails.is_none() && open > lowest {
        open = open.saturating_sub(down.next().unwrap_or(1)).max(lowest);
        if ask(open, &mut tried)? == StaffingVerdict::Fails {
            fails = Some(open);
        }
    }
    let mut not = tried
        .range(fails.map_or(lowest, |f| f + 1)..=holds)
        .find(|(_, j)| j.verdict != StaffingVerdict::Fails)
        .map_or(holds, |(n, _)| *n);
    while let Some(low) = fails.filter(|low| not - low > 1) {
        let middle = low + (not - low) / 2;
        if ask(middle, &mut tried)? == StaffingVerdict::Fails {
            fails = Some(middle);
        } else {
            not = middle;
        }
    }
    Ok(LeastLevel { holds: Some(holds), fails, tried })
}

/// Steps from a level down to one that is worse: what cannot be told apart is mostly two or three levels, and one that is passed over
/// has to be tried afterwards.
fn steps_down() -> impl Iterator<Item = u32> {
    [1, 1].into_iter().chain((0..u32::BITS).map(|bit| 1 << bit))
}

/// The most levels that [`least`] may try between two ends.
#[cfg(test)]
fn most_tries(lowest: u32, highest: u32) -> u32 {
    let bits = u32::BITS - highest.saturating_sub(lowest).leading_zeros();
    3 * bits + 6
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    /// Fails up to `fails`, open up to `open`, holds above.
    fn run(lowest: u32, start: u32, highest: u32, fails: u32, open: u32) -> LeastLevel {
        let judge = |n: u32| {
            let verdict = match n {
                n if n <= fails => StaffingVerdict::Fails,
                n if n <= open => StaffingVerdict::Open,
                _ => StaffingVerdict::Holds,
            };
            Ok::<_, Infallible>(Judgement { verdict, tightest: 0, cell: 0, margin: 0.0, replications: 4 })
        };
        let Ok(found) = least(lowest, start, highest, false, judge);
        let Ok(sure) = least(lowest, start, highest, true, judge);
        assert_eq!((found.holds, found.fails.is_some()), (sure.holds, sure.fails.is_some()));
        found
    }

    #[test]
    fn finds_both_ends_wherever_it_begins() {
        for start in [0, 1, 50, 99, 100, 130, 200] {
            for (fails, open) in [(99, 99), (99, 103), (0, 0), (120, 120), (60, 99)] {
                let found = run(1, start, 200, fails, open);
                assert_eq!(found.holds, Some(open + 1), "{start} {fails} {open}");
                assert_eq!(found.fails, (fails > 0).then_some(fails), "{start} {fails} {open}");
                assert!(found.tried.len() <= most_tries(1, 200) as usize, "{}", found.tried.len());
            }
        }
    }

    #[test]
    fn what_nothing_reaches_is_found_out_at_once() {
        let found = run(1, 10, 200, 500, 500);
        assert_eq!((found.holds, found.fails, found.tried.len()), (None, Some(200), 1));
        let found = run(1, 10, 200, 100, 500);
        assert_eq!((found.holds, found.fails), (None, None));
    }

    #[test]
    fn few_levels_are_tried_near_the_start() {
        assert!(run(1, 100, 100_000, 101, 101).tried.len() <= 6);
        // 17 bits between the ends.
        assert!(run(1, 1, 100_000, 77_777, 77_780).tried.len() <= 45);
    }
}
