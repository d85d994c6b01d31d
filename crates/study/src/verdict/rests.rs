//! What the verdict of a comparison rests on, and what would turn it over.

use super::phrases::{list, plural, spelled};
use super::run::uncertain_numbers;
use super::{Foremost, foremost_of};
use crate::ends::{AtEnd, EndTrials};
use crate::number;
use crate::summary::Summary;
use crate::turning::Turning;
use crate::uncertain::{DifferenceSpread, Robustness, Uncertain};
use poolwise_engine::model::capital;

/// What draws of the uncertain inputs do to the verdict.
pub(super) fn turns_over(
    option: &Summary,
    name: &str,
    over_draws: &[DifferenceSpread],
    drawn: &[&Uncertain],
) -> Option<String> {
    let spread = over_draws.iter().find(|d| d.scenario == option.scenario && d.spread.measure == name)?;
    let draws = drawn.iter().find(|u| u.scenario == option.scenario)?;
    let more = spread.spread.base.estimate > 0.0;
    let held = spread.robustness == if more { Robustness::More } else { Robustness::Less };
    let share = if more { spread.more_share } else { 1.0 - spread.more_share };
    let share = number::fixed(100.0 * share, 0, false);
    let n = draws.inputs.len();
    let over =
        format!("{share} % of {} draws of the {} uncertain input{}", draws.draws, spelled(n), plural(n));
    if held {
        return Some(format!("It holds in {over}."));
    }
    let most = draws.drivers.iter().find(|d| d.measure == name);
    let why = match (&spread.turning, most) {
        (Some(turning), _) => beyond(turning),
        (None, Some(d)) => format!("; what moves {} most is {}", option_measure(name), d.input),
        (None, None) => String::new(),
    };
    Some(format!("It may turn over: it holds in only {over}{why}."))
}

/// Beyond which value it turns over: the side on which it seldom holds is named.
fn beyond(turning: &Turning) -> String {
    let percent = |x: f64| number::fixed(100.0 * x, 0, false);
    let (side, seldom, often) = match turning.holds_above < turning.holds_below {
        true => ("above", turning.holds_above, turning.holds_below),
        false => ("below", turning.holds_below, turning.holds_above),
    };
    format!(
        ": in {} % of those where {} is {side} {}, in {} % of the others",
        percent(seldom),
        turning.label,
        turning.at,
        percent(often)
    )
}

fn option_measure(name: &str) -> &'static str {
    match name {
        "done_within_target" => "the share done in time",
        "time_to_completion_p95_hours" => "the times",
        _ => "the losses",
    }
}

/// Inputs that the verdict rests on, when they were not drawn: a verdict may turn over on them, where nothing is told there
/// is nothing to turn.
pub(super) fn not_tried(summaries: &[&Summary], told: bool) -> Option<String> {
    // The first of equals: the baseline before the others.
    let what = uncertain_numbers(&foremost_of(summaries)?.about)?;
    Some(match told {
        true => format!("{} may turn it over (--uncertain).", capital(&what)),
        false => format!("It rests on {what}, not varied here (--uncertain)."),
    })
}

/// What comes at both ends of what the foremost unknown may be; in a sentence of its own how it was tried, and which others were not.
pub(super) fn at_both_ends(summaries: &[&Summary], trials: &EndTrials) -> Vec<String> {
    let Some(summary) = foremost_of(summaries) else { return Vec::new() };
    let Some(what) = summary.about.foremost.as_ref().map(Foremost::said) else { return Vec::new() };
    let of = |wanted: AtEnd| -> Vec<String> {
        let ends = trials.ends.iter().filter(|(_, found)| *found == wanted);
        ends.map(|(value, _)| format!("at {value}")).collect()
    };
    let [holds, turns, open] = [AtEnd::Holds, AtEnd::Turns, AtEnd::Open].map(of);
    // What it is said of stands behind the first word.
    let mut told: Vec<String> = Vec::new();
    for (word, ends) in [("turns over", turns), ("holds", holds), ("cannot be told", open)] {
        if ends.is_empty() {
            continue;
        }
        let with = if told.is_empty() { format!(" with {what}") } else { String::new() };
        told.push(format!("{word}{with} {}", list(&ends, "and")));
    }
    let weeks = trials.weeks.map(|n| match n {
        1 => "tried on a week".to_owned(),
        n => format!("tried on {n} weeks"),
    });
    let more = summary.about.inputs.saturating_sub(1);
    let more =
        (more > 0).then(|| format!("{more} more unknown{} may turn it over (--uncertain)", plural(more)));
    let beside: Vec<String> = [weeks, more].into_iter().flatten().collect();
    let mut said = vec![format!("It {}.", told.join(", and "))];
    if !beside.is_empty() {
        said.push(capital(&(beside.join("; ") + ".")));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{About, Foremost};

    #[test]
    fn what_was_tried_is_said_and_what_was_not() {
        let foremost =
            Foremost { label: "research time".to_owned(), base: "20 min".to_owned(), assumed: true };
        let said = |inputs: usize, ends: [AtEnd; 2], weeks| {
            let about = About { inputs, foremost: Some(foremost.clone()), ..About::default() };
            let summary = Summary { about, ..Summary::default() };
            let ends = ["12 min", "35 min"].map(str::to_owned).into_iter().zip(ends).collect();
            at_both_ends(&[&summary], &EndTrials { weeks, ends }).join(" ")
        };
        assert_eq!(
            said(3, [AtEnd::Open, AtEnd::Holds], Some(1)),
            "It holds with research time (20 min, an assumption) at 35 min, and cannot be told at 12 min. Tried on a week; 2 more \
             unknowns may turn it over (--uncertain)."
        );
        assert_eq!(
            said(2, [AtEnd::Turns, AtEnd::Turns], None),
            "It turns over with research time (20 min, an assumption) at 12 min and at 35 min. 1 more unknown may turn it over \
             (--uncertain)."
        );
        assert_eq!(
            said(1, [AtEnd::Holds, AtEnd::Turns], None),
            "It turns over with research time (20 min, an assumption) at 35 min, and holds at 12 min."
        );
    }
}
