//! What the verdict of a comparison rests on, and what would turn it over.

use super::phrases::{list, plural, spelled};
use super::run::uncertain_numbers;
use super::{About, Foremost, Sentence, foremost_of, within};
use crate::ends::{AtEnd, Bracket, EndTrial, EndTrials, SEARCHING};
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
pub(super) fn not_tried(summaries: &[&Summary], told: Option<usize>) -> Option<Sentence> {
    // The first of equals: the baseline before the others.
    let about = &foremost_of(summaries)?.about;
    let Some(option) = told else {
        let text = format!("It rests on {}, not varied here", uncertain_numbers(about)?);
        return Some(Sentence::with_option(&text, "--uncertain"));
    };
    let varied = &summaries[option].about.varied;
    let left = about.inputs.saturating_sub(varied.len());
    let text = match &about.foremost {
        Some(foremost) if varied.contains(&foremost.label) && left == 0 => return None,
        Some(foremost) if varied.contains(&foremost.label) => {
            let own = within(&foremost.label);
            format!("It changes {own} itself; {left} more unknown{} may turn it over", plural(left))
        }
        _ => {
            let what = uncertain_numbers(&About { inputs: left, ..about.clone() })?;
            format!("{} may turn it over", capital(&what))
        }
    };
    Some(Sentence::with_option(&text, "--uncertain"))
}

/// What comes at both ends of what the foremost unknown may be; in a sentence of its own how it was tried, and which others were not.
pub(super) fn at_both_ends(
    summaries: &[&Summary],
    trials: &EndTrials,
    option: Option<usize>,
) -> Vec<Sentence> {
    let Some(summary) = foremost_of(summaries) else { return Vec::new() };
    let Some(what) = summary.about.foremost.as_ref().map(Foremost::said) else { return Vec::new() };
    let of = |wanted: AtEnd| -> Vec<String> {
        let ends = trials.ends.iter().filter(|end| end.found == wanted);
        ends.map(at_end).collect()
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
    let mut said = vec![Sentence::from(format!("It {}.", told.join(", and ")))];
    // What the option itself changes does not turn it over.
    let varied = option.map_or(0, |o| summaries[o].about.varied.len());
    let more = summary.about.inputs.saturating_sub(1 + varied);
    if more > 0 {
        let more = format!("{more} more unknown{} may turn it over", plural(more));
        let beside: Vec<String> = weeks.into_iter().chain([more]).collect();
        said.push(Sentence::with_option(&capital(&beside.join("; ")), "--uncertain"));
    } else if let Some(weeks) = weeks {
        said.push((capital(&weeks) + ".").into());
    }
    said
}

/// `at 35 min`, or where it turns: `above a value between 24 and 25 min`.
fn at_end(end: &EndTrial) -> String {
    let Some(Bracket { values: [from, to], wide }) = &end.between else { return format!("at {}", end.value) };
    let side = if end.high { "above" } else { "below" };
    // A unit is said once.
    let first = match (from.split_once(' '), to.split_once(' ')) {
        (Some((number, unit)), Some((_, other))) if unit == other => number,
        _ => from.as_str(),
    };
    // Why two values are far apart.
    let why = if *wide { format!(" (as near as {SEARCHING} replications tell)") } else { String::new() };
    format!("{side} a value between {first} and {to}{why}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Study;
    use poolwise_scenario::{Overrides, Snapshot};

    fn said(inputs: usize, ends: [(AtEnd, Option<[&str; 2]>); 2], weeks: Option<u32>) -> [String; 2] {
        let foremost =
            Foremost { label: "research time".to_owned(), base: "20 min".to_owned(), assumed: true };
        let about = About { inputs, foremost: Some(foremost), ..About::default() };
        let summary = Summary { about, ..Summary::default() };
        let of = |((found, between), value): ((AtEnd, Option<[&str; 2]>), &str)| EndTrial {
            value: value.to_owned(),
            high: value == "35 min",
            found,
            between: between
                .map(|both| Bracket { values: both.map(str::to_owned), wide: both[0] == "15 min" }),
        };
        let ends = ends.into_iter().zip(["12 min", "35 min"]).map(of).collect();
        let said = at_both_ends(&[&summary], &EndTrials { weeks, ends }, None);
        [Sentence::typed, Sentence::read].map(|form| said.iter().map(form).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn what_was_tried_is_said_and_what_was_not() {
        let [typed, read] = said(3, [(AtEnd::Open, None), (AtEnd::Holds, None)], Some(1));
        assert_eq!(
            typed,
            "It holds with research time (20 min, an assumption) at 35 min, and cannot be told at 12 min. Tried on a week; 2 more \
             unknowns may turn it over (--uncertain)."
        );
        // Whoever reads a page has no command line before them.
        assert_eq!(read, typed.replace(" (--uncertain)", ""));
        assert_eq!(
            said(2, [(AtEnd::Turns, None), (AtEnd::Turns, None)], None)[0],
            "It turns over with research time (20 min, an assumption) at 12 min and at 35 min. 1 more unknown may turn it over \
             (--uncertain)."
        );
        assert_eq!(
            said(1, [(AtEnd::Holds, None), (AtEnd::Turns, None)], Some(2))[0],
            "It turns over with research time (20 min, an assumption) at 35 min, and holds at 12 min. Tried on 2 weeks."
        );
    }

    #[test]
    fn what_an_option_changes_itself_is_not_what_may_turn_it_over() {
        let foremost =
            Foremost { label: "Research time".to_owned(), base: "20 min".to_owned(), assumed: true };
        let said = |inputs: usize, varied: &[&str]| {
            let about = About { inputs, foremost: Some(foremost.clone()), ..About::default() };
            let varied = varied.iter().map(|label| (*label).to_owned()).collect();
            let option = Summary { about: About { varied, ..about.clone() }, ..Summary::default() };
            let base = Summary { about, ..Summary::default() };
            not_tried(&[&base, &option], Some(1)).map(|s| s.typed().to_owned())
        };
        assert_eq!(
            said(19, &["Research time"]).unwrap(),
            "It changes research time itself; 18 more unknowns may turn it over (--uncertain)."
        );
        assert_eq!(said(1, &["Research time"]), None);
        assert_eq!(
            said(19, &["Absence"]).unwrap(),
            "Research time (20 min, an assumption) and 17 more unknowns may turn it over (--uncertain)."
        );
    }

    #[test]
    fn where_it_turns_is_said_as_closely_as_it_was_found() {
        let at = |low, high| said(1, [low, high], None)[1].clone();
        assert_eq!(
            at((AtEnd::Holds, None), (AtEnd::Turns, Some(["24 min", "25 min"]))),
            "It turns over with research time (20 min, an assumption) above a value between 24 and 25 min, and holds at 12 min."
        );
        assert_eq!(
            at((AtEnd::Turns, Some(["15 min", "19 min"])), (AtEnd::Holds, None)),
            "It turns over with research time (20 min, an assumption) below a value between 15 and 19 min (as near as 10 \
             replications tell), and holds at 35 min."
        );
        assert_eq!(
            at((AtEnd::Turns, Some(["55 s", "1.5 min"])), (AtEnd::Turns, None)),
            "It turns over with research time (20 min, an assumption) below a value between 55 s and 1.5 min and at 35 min."
        );
    }

    #[test]
    fn the_first_assumed_handling_time_is_named() {
        let text = |rest: &str| {
            format!(
                r#"
                run = {{ horizon = "1 day" }}
                class.call = {{ rate = {{ low = "5 per hour", base = "6 per hour", high = "7 per hour", standing = "assumption" }}, start = "answer" }}
                stage.answer = {{ service = {{ role = "agent", time = {{ exponential = {{ low = "5 min", base = "6 min", high = "9 min"{rest} }} }} }}, next = "done" }}
                stage.done = {{ exit = true }}
                centre.desk = {{ levels = {{ officers = 2 }} }}
                route = [{{ to = "desk" }}]
                "#
            )
        };
        let of = |rest: &str| {
            let files = Snapshot::of([("a.toml".into(), text(rest).into())].into());
            let study = Study::load_through(&files, &["a.toml".into()], &Overrides::default()).unwrap();
            About::of(&study.scenarios()[0])
        };
        let about = of(", standing = \"assumption\"");
        assert_eq!(about.inputs, 2);
        assert_eq!(about.foremost.unwrap().said(), "time for answer (6 min, an assumption)");
        // An assumption goes before a number that somebody has published.
        assert_eq!(
            of(", standing = \"fact\"").foremost.unwrap().said(),
            "arrivals of call (6 per hour, an assumption)"
        );
    }
}
