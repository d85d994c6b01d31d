//! Times that were rounded, and records that were cut: what the last digits say of how they were written down.

use serde::Serialize;
use std::collections::BTreeMap;

/// What the digits show.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Heaping {
    /// All times are multiples of this many seconds; 0 where of none.
    pub grid: f64,
    /// Coarser steps at which more times lie than chance allows: seconds, share there, share expected.
    pub heaps: Vec<Heap>,
    /// Share of times that equal the greatest, where so many do that the record seems cut.
    pub cut_above: Option<f64>,
    /// Share that equal the least.
    pub cut_below: Option<f64>,
    /// How many are 0.
    pub zeros: usize,
}

/// A step at which times gather.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Heap {
    /// The step, seconds.
    pub step: f64,
    /// Share of times that are multiples of it.
    pub share: f64,
    /// Share that would be by chance.
    pub expected: f64,
}

/// Steps that people round to, seconds.
const STEPS: [f64; 15] =
    [0.1, 0.5, 1.0, 3.0, 5.0, 6.0, 10.0, 15.0, 30.0, 60.0, 300.0, 600.0, 900.0, 1800.0, 3600.0];

/// Looks at times in seconds, ascending.
pub(crate) fn look(sorted: &[f64]) -> Heaping {
    let n = sorted.len();
    if n < 10 {
        return Heaping { zeros: sorted.iter().filter(|x| **x == 0.0).count(), ..Heaping::default() };
    }
    let multiples = |step: f64| sorted.iter().filter(|x| on(**x, step)).count() as f64 / n as f64;
    let mut grid = 0.0;
    let mut heaps: Vec<Heap> = Vec::new();
    for step in STEPS {
        if step > sorted[n / 2].max(1.0) {
            break;
        }
        let share = multiples(step);
        if share >= 1.0 {
            grid = step;
            continue;
        }
        // A multiple of the coarser step by chance: the grid's share of it. Of a continuous record none is.
        let base = heaps.last().map_or(grid, |h| h.step).max(if grid > 0.0 { grid } else { 1.0 });
        let expected = if step > grid { (if grid > 0.0 { grid } else { 0.01 }) / step } else { continue };
        let chance = (expected * (1.0 - expected) / n as f64).sqrt();
        if share > expected + 6.0 * chance && share > 2.0 * expected && step > base {
            // What a finer heap explains is no heap of its own.
            let explained = heaps.last().is_some_and(|h| share < 1.5 * h.share * h.step / step);
            if !explained {
                heaps.push(Heap { step, share, expected });
            }
        }
    }
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    for x in sorted {
        *counts.entry(x.to_bits()).or_default() += 1;
    }
    let share = |x: f64| counts.get(&x.to_bits()).copied().unwrap_or(0) as f64 / n as f64;
    let cut = |x: f64| Some(share(x)).filter(|s| *s > 0.02 && counts.len() > 20 && *s * n as f64 > 5.0);
    Heaping {
        grid,
        heaps,
        cut_above: cut(sorted[n - 1]),
        cut_below: cut(sorted[0]).filter(|_| sorted[0] > 0.0),
        zeros: sorted.iter().filter(|x| **x == 0.0).count(),
    }
}

fn on(x: f64, step: f64) -> bool {
    let r = x / step;
    (r - r.round()).abs() < 1e-6 * r.abs().max(1.0)
}
