//! Breaks of a shift: when they are taken, together or one after the other.

use crate::collections::List;
use crate::diagnostic::Problems;
use crate::parts::{BreakIn, StaggerIn};
use poolwise_engine::model::Break;
use poolwise_engine::time::HOUR;

/// Whether breaks are staggered where they do not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stagger {
    /// In pools and permitted shifts, which are the program's to spread.
    Yes,
    /// In shifts that are written out.
    No,
}

/// Begins lie up to so far before and after a staggered break's time, as far as shift and other breaks allow.
const EITHER_SIDE: f64 = HOUR;

/// Breaks inside a shift, in order and apart.
pub(super) fn breaks(input: &List<BreakIn>, length: f64, default: Stagger, cx: &mut Problems) -> Vec<Break> {
    let mut out: Vec<Break> = Vec::with_capacity(input.items.len());
    // The end of the break before, as it is written.
    let mut last = 0.0;
    for (i, item) in input.items.iter().enumerate() {
        let Some(long) = item.length.get().map(|l| l.seconds) else { continue };
        let begins = match (&item.after, &item.between) {
            (Some(after), _) => {
                if after.seconds + long > length {
                    cx.error(item.place, "the break does not end within the shift");
                }
                (after.seconds, after.seconds)
            }
            (None, Some(window)) => {
                let (from, until) = (window.0[0].seconds, window.0[1].seconds);
                if until > length {
                    cx.error(item.place, "the break does not end within the shift").help(
                        "`between` is from the earliest begin to the latest end, after the shift's start",
                    );
                }
                if until < from + long {
                    cx.error(
                        item.place,
                        "the break is longer than the time `between` which it is to be taken",
                    );
                    continue;
                }
                if matches!(item.stagger, Some(StaggerIn::Evenly(false))) {
                    cx.error(
                        item.place,
                        "`between` is for breaks that are staggered, and `stagger` is false",
                    )
                    .help("write `after` for a break that all officers begin together");
                }
                (from, until - long)
            }
            (None, None) => continue,
        };
        if begins.0 < last {
            cx.error(item.place, "the break begins before the one before it ends")
                .help("write breaks in order");
        }
        let step = match &item.stagger {
            Some(StaggerIn::Step(step)) => step.seconds,
            _ => 0.0,
        };
        let wanted = match &item.stagger {
            Some(StaggerIn::Evenly(yes)) => *yes,
            Some(StaggerIn::Step(_)) => true,
            None => default == Stagger::Yes,
        };
        let mut one = Break { after: begins.0, length: long, spread: begins.1 - begins.0, step };
        if item.after.is_some() && wanted {
            // As far to either side as shift and neighbours leave: half of the time between two breaks is each one's.
            let before = if i == 0 { begins.0 } else { (begins.0 - last) / 2.0 };
            let next = input.items.get(i + 1).and_then(|n| match (&n.after, &n.between) {
                (Some(after), _) => Some(after.seconds),
                (None, Some(window)) => Some(window.0[0].seconds),
                _ => None,
            });
            let gap = |until: f64| until - begins.0 - long;
            let after = next.map_or(gap(length), |n| gap(n) / 2.0);
            let side = EITHER_SIDE.min(before).min(after).max(0.0);
            (one.after, one.spread) = (begins.0 - side, 2.0 * side);
        }
        last = begins.1 + long;
        out.push(one);
    }
    for i in 1..out.len() {
        let (a, b) = (out[i - 1], out[i]);
        // Every officer has the same share of each window, so that its two ends tell.
        if a.after + a.spread + a.length > b.after + b.spread + 1e-6 {
            cx.error(input.items[i].place, "the break begins before the one before it ends")
                .help("write breaks in order, and windows that do not run into each other");
        }
    }
    out
}
