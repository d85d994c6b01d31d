//! What an option takes beside the baseline: officers, and money.

use super::phrases::{Force, Present, bracketed, force, officers};
use crate::cost::CostDifference;
use crate::number;
use crate::summary::Summary;
use poolwise_stats::Estimate;

/// `1,200 USD less cost a week [1,100, 1,300]`; no more than the interval says.
pub(crate) fn cost_clause(cost: &CostDifference) -> String {
    let e = &cost.per_week;
    let less = e.estimate < 0.0;
    let turned =
        if less { Estimate { estimate: -e.estimate, lower: -e.upper, upper: -e.lower, ..*e } } else { *e };
    if turned.estimate < 0.5 && turned.upper < 0.5 {
        return "the same cost".to_owned();
    }
    let whole = |x: f64| number::fixed(x, 0, false);
    let interval = (turned.upper - turned.lower >= 1.0)
        .then(|| format!("[{}, {}]", whole(turned.lower), whole(turned.upper)));
    let word = if less { "less" } else { "more" };
    // What may be more as well as less is neither.
    if turned.lower < 0.0 {
        return format!(
            "a cost that cannot be told apart ({} {} {word} a week{})",
            whole(turned.estimate),
            cost.currency,
            bracketed(interval)
        );
    }
    format!("{} {} {word} cost a week{}", whole(turned.estimate), cost.currency, bracketed(interval))
}

/// `the same 245 officers`, `67 fewer officers (178 for 245)`; of rosters that not all keep, `2 more officers rostered on average (22 for 20)`.
pub(crate) fn force_clause(ours: &Summary, base: &Summary) -> Option<String> {
    let noun = &base.about.words.officer;
    let mut there = String::new();
    let (mine, theirs, where_) = match (force(ours)?, force(base)?) {
        (Force::Employed(a), Force::Employed(b)) => (a, b, ""),
        (Force::Always(a), Force::Always(b)) => (a, b, " on duty"),
        _ => {
            let (a, b) = (Present::of(ours)?, Present::of(base)?);
            let on_duty = [a, b].map(|p| officers(p.on_duty));
            let alike = a.alike() && b.alike();
            // Where all who are rostered are there it is said once.
            if !alike && on_duty[0] != on_duty[1] {
                there = format!("{} on duty for {}", on_duty[0], on_duty[1]);
            }
            (a.rostered, b.rostered, if alike { " on duty on average" } else { " rostered on average" })
        }
    };
    let (a, b) = (officers(mine), officers(theirs));
    if a == b {
        let noun = if a == "1" { &noun.one } else { &noun.many };
        let a = if a == "1" { "one" } else { &a };
        let there = bracketed((!there.is_empty()).then(|| format!("({there})")));
        return Some(format!("the same {a} {noun}{where_}{there}"));
    }
    let less = (mine - theirs).abs();
    let noun = if officers(less) == "1" { &noun.one } else { &noun.many };
    let word = match (mine < theirs, officers(less).as_str()) {
        (true, "1") => "less",
        (true, _) => "fewer",
        (false, _) => "more",
    };
    let there = if there.is_empty() { there } else { format!(", {there}") };
    Some(match word {
        "less" => format!("1 {noun} less{where_} ({a} for {b}{there})"),
        _ => format!("{} {word} {noun}{where_} ({a} for {b}{there})", officers(less)),
    })
}
