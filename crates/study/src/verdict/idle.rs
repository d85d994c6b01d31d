//! Officers whom an option leaves with little to do.

use super::phrases::{Present, officers};
use crate::number;
use crate::summary::Summary;

/// A centre is idle in an option if its officers are busy for less than this, and for less than this part of what they
/// are in the baseline.
const IDLE: f64 = 0.4;
const LESS: f64 = 2.0 / 3.0;

/// Officers whom an option leaves with little to do: their number was kept, their work went elsewhere.
pub(super) fn idle(ours: &Summary, base: &Summary, titles: [&str; 2]) -> Option<String> {
    let of = |s: &Summary, centre: &str, name: &str| {
        let e = s.centres.get(centre)?.get("all")?.get(name)?;
        e.estimate.is_finite().then_some(e.estimate)
    };
    // Where nobody said how many are employed, those on rosters are counted.
    let stated = ours.about.states_headcount && !ours.about.from_now;
    let counted_as = if stated { "headcount" } else { "posts" };
    let (mut kept, mut busy, mut there, mut before, mut there_before) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let mut had = 0.0;
    for (centre, _) in ours.detail.centres.iter().filter(|(_, counted)| *counted) {
        let known = |s, name| of(s, centre, name);
        let (Some(now), Some(then)) = (known(ours, "utilization"), known(base, "utilization")) else {
            continue;
        };
        if now < IDLE && now < LESS * then && known(ours, counted_as) >= known(base, counted_as) {
            kept += known(ours, counted_as).unwrap_or(0.0);
            had += known(base, counted_as).unwrap_or(0.0);
            let present = |s| known(s, "on_duty_mean").unwrap_or(0.0);
            (busy, there) = (busy + now * present(ours), there + present(ours));
            (before, there_before) = (before + then * present(base), there_before + present(base));
        }
    }
    let noun = &base.about.words.officer.many;
    let word = Present { rostered: kept, on_duty: there }.word();
    let noun = if stated { noun.clone() } else { format!("{noun} {word}") };
    (kept >= 1.5 && there > 0.0 && there_before > 0.0).then(|| {
        let per_cent = |x: f64| number::seen(100.0 * x, 0, false);
        let many = |x: f64| if stated { number::fixed(x, 0, false) } else { officers(x) };
        let same = many(kept) == many(had);
        format!(
            "In {} {} {noun} are only {} % busy ({}{} % in {}){}.",
            titles[0],
            many(kept),
            per_cent(busy / there),
            if same { String::new() } else { format!("{} and ", many(had)) },
            per_cent(before / there_before),
            titles[1],
            if same { ": their number was kept, their work was not" } else { "" }
        )
    })
}
