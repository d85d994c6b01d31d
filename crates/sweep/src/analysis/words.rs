//! What a sweep says, in sentences.

use super::breakeven::shown;
pub use super::crossings::{better_side, break_even_value, break_evens, others};
use super::shown::Shown;
use super::{CONFIDENCE, Identified, Level};
use crate::manifest::{AxisEntry, DesignEntry, Manifest, ReplicationsEntry};
use crate::results::SweepResults;
use poolwise_engine::model::Words;
use poolwise_stats::Estimate;
use poolwise_study::measures::Better;
use poolwise_study::number;
use poolwise_study::verdict::{list, short_titles};

/// The first line of a report: whether it turns over, and by the first measure that says so where. Other measures are named and
/// stand in the table.
pub(crate) fn headline(all: &[Identified], points: usize, words: &Words) -> String {
    let changing: Vec<&Identified> = all.iter().filter(|i| i.changes).collect();
    if !changing.is_empty() {
        return format!(
            "It turns over: within the ranges of what nobody knows a difference changes its sign. {}",
            by_measure(&changing, points, words, false)
        );
    }
    if all.is_empty() {
        return format!("{}; there is nothing to compare with.", points_of(points));
    }
    let perhaps: Vec<&Identified> = all.iter().filter(|i| i.changes_singly).collect();
    if !perhaps.is_empty() {
        let wrong = points as f64 * (1.0 - CONFIDENCE) / 2.0;
        return format!(
            "It may turn over: with so few replications hardly any point holds jointly, but one by one they change the sign of a \
             difference. {} (Chance alone may say so of about {} points each way.)",
            by_measure(&perhaps, points, words, true),
            number::seen(wrong, 0, false)
        );
    }
    let settled: Vec<&Identified> = all.iter().filter(|i| i.more + i.less > 0).collect();
    if settled.is_empty() {
        return no_difference(points);
    }
    let told = by_measure(&settled, points, words, false);
    if all.iter().map(|i| i.unclear).sum::<usize>() > all.iter().map(|i| i.more + i.less).sum() {
        return format!(
            "At most points one cannot tell; where one can, no difference changes its sign. {told}"
        );
    }
    format!("No difference changes its sign within these ranges. {told}")
}

/// How often options are better than the baseline by the first measure, jointly or each point by itself, and by which others the same
/// is to be said.
fn by_measure(all: &[&Identified], points: usize, words: &Words, singly: bool) -> String {
    let Some(first) = all.first() else { return String::new() };
    let about = Shown::of(&first.measure, words);
    let (up, down) = match about.better {
        Better::Less => ("worse", "better"),
        Better::More | Better::Neither => ("better", "worse"),
    };
    let of = |(k, i): (usize, &&Identified)| {
        let (more, less, unclear) = match singly {
            true => (i.more_singly, i.less_singly, 0),
            false => (i.more, i.less, i.unclear),
        };
        let mut parts: Vec<String> = Vec::new();
        for (word, n) in if up == "better" { [(up, more), (down, less)] } else { [(down, less), (up, more)] }
        {
            if n == 0 {
                continue;
            }
            let than =
                if k == 0 && parts.is_empty() { format!(" than {}", i.baseline) } else { String::new() };
            let of =
                if k == 0 && parts.is_empty() { format!(" of {}", points_of(points)) } else { String::new() };
            let is = if k == 0 && parts.is_empty() { "is " } else { "" };
            parts.push(format!("{is}{word}{than} at {n}{of}"));
        }
        if unclear > 0 {
            parts.push(format!("cannot tell at {unclear}"));
        }
        format!("{} {}", i.scenario, parts.join(", "))
    };
    let mine: Vec<String> = all.iter().filter(|i| i.measure == first.measure).enumerate().map(of).collect();
    let mut text = format!("By {}: {}.", lower(&about.label), mine.join("; "));
    for (how, labels) in beside(all, first, words, singly) {
        if !labels.is_empty() {
            text.push_str(&format!(" {how} by {} (see the table).", list(&labels, "and")));
        }
    }
    text
}

/// Other measures by how they stand to the first: which say the same of every option that both tell of, which the opposite, and which
/// neither.
fn beside(
    all: &[&Identified],
    first: &Identified,
    words: &Words,
    singly: bool,
) -> [(&'static str, Vec<String>); 3] {
    let sides = |i: &Identified| {
        let (more, less) = if singly { (i.more_singly, i.less_singly) } else { (i.more, i.less) };
        let (more, less) = (more > 0, less > 0);
        if Shown::of(&i.measure, words).better == Better::Less { (less, more) } else { (more, less) }
    };
    let mut found =
        [("Likewise", Vec::new()), ("The other way round", Vec::new()), ("Otherwise", Vec::new())];
    let mut seen: Vec<&str> = vec![&first.measure];
    for i in all {
        if seen.contains(&i.measure.as_str()) {
            continue;
        }
        seen.push(&i.measure);
        let of_both: Vec<((bool, bool), (bool, bool))> = all
            .iter()
            .filter(|a| a.measure == first.measure)
            .filter_map(|a| {
                let other = all.iter().find(|b| b.measure == i.measure && b.scenario == a.scenario)?;
                Some((sides(a), sides(other)))
            })
            .collect();
        let at = match of_both.as_slice() {
            [] => 2,
            both if both.iter().all(|(a, b)| a == b) => 0,
            both if both.iter().all(|((better, worse), b)| (*worse, *better) == *b) => 1,
            _ => 2,
        };
        found[at].1.push(lower(&Shown::of(&i.measure, words).label));
    }
    found
}

/// The first line where all that varies is a planner's choice: at how many points each option is better.
pub(crate) fn choice(all: &[Identified], points: usize, words: &Words) -> String {
    let settled: Vec<&Identified> = all.iter().filter(|i| i.more + i.less > 0).collect();
    match settled.is_empty() {
        true => no_difference(points),
        false => by_measure(&settled, points, words, false),
    }
}

fn no_difference(points: usize) -> String {
    format!(
        "No difference can be told from chance at any of {}: more replications are needed.",
        points_of(points)
    )
}

fn points_of(n: usize) -> String {
    format!("{n} point{}", if n == 1 { "" } else { "s" })
}

/// A label within a sentence: its first letter small, unless it is an abbreviation's.
pub fn lower(text: &str) -> String {
    // Abbreviations stay as they are.
    if text.chars().nth(1).is_some_and(char::is_uppercase) {
        return text.to_owned();
    }
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |c| c.to_lowercase().chain(letters).collect())
}

/// What a scenario is called in sentences and tables: its title, shortened where that leaves it apart from the others.
pub fn called(manifest: &Manifest, name: &str) -> String {
    let titles: Vec<&str> = manifest.scenarios.iter().map(|s| s.title.as_str()).collect();
    let found = manifest.scenarios.iter().position(|s| s.name == name);
    found.map_or_else(|| name.to_owned(), |at| short_titles(&titles).swap_remove(at))
}

/// An axis by its name.
pub fn axis<'m>(manifest: &'m Manifest, name: &str) -> Option<&'m AxisEntry> {
    manifest.axes.iter().find(|a| a.name == name)
}

/// Axes whose values a sentence names.
const MOST_NAMED: usize = 3;

/// How far the first measure moves over a sweep of one scenario, and between which values of its axes.
pub(crate) fn course(results: &SweepResults, levels: &[Level]) -> Option<String> {
    let manifest = &results.manifest;
    if manifest.scenarios.len() != 1 || manifest.axes.is_empty() || manifest.axes.len() > MOST_NAMED {
        return None;
    }
    let course = |level: &'_ Level| {
        let (low, high) = (level.extremes.least?, level.extremes.greatest?);
        Some((low, high, low.1.upper < high.1.lower))
    };
    let known = || levels.iter().filter_map(|level| Some((level, course(level)?)));
    // The first measure whose points can be told apart.
    let (level, (low, high, apart)) = known().find(|(_, (.., apart))| *apart).or_else(|| known().next())?;
    let about = manifest.shown(&manifest.measures[level.measure]);
    let scale = about.scale(level.means().iter().copied());
    let at = |x: &(usize, Estimate)| {
        let values = results.points[x.0].iter().zip(&manifest.axes).enumerate();
        let values: Vec<String> = values
            .map(|(k, (v, axis))| format!("{} is {}", lower(&axis.label), shown(manifest, k, *v)))
            .collect();
        format!("{} {} where {}", scale.cell(&x.1), scale.unit, list(&values, "and"))
    };
    Some(if apart {
        format!("{}: from {} to {}.", about.label, at(&low), at(&high))
    } else {
        format!(
            "{}: the points cannot be told apart; {} at the least, {} at the most.",
            about.label,
            at(&low),
            at(&high)
        )
    })
}

/// The design in a sentence.
pub fn design(m: &Manifest) -> String {
    let design = match &m.design {
        DesignEntry::Grid => "full grid".to_owned(),
        DesignEntry::OneAtATime => "one axis at a time".to_owned(),
        DesignEntry::LatinHypercube { .. } => "Latin hypercube".to_owned(),
        DesignEntry::Saltelli { base, .. } => format!("Saltelli's design of {base} rows"),
        DesignEntry::Csv { file } => format!("points of {file}"),
    };
    let replications = match &m.replications {
        ReplicationsEntry::Fixed(1) => "1 replication a point".to_owned(),
        ReplicationsEntry::Fixed(n) => format!("{n} replications a point"),
        ReplicationsEntry::Until { at_least, at_most, .. } => {
            format!("{at_least} to {at_most} replications a point, to a precision")
        }
    };
    let random = if m.common_random_numbers {
        "the same random numbers at all points"
    } else {
        "other random numbers at every point"
    };
    let left_out =
        if m.left_out > 0 { format!(", {} left out by constraints", m.left_out) } else { String::new() };
    format!("Design: {design}, {} points{left_out}, {replications}, {random}.", m.points)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_says_whether_data_settle_it() {
        let i = |more, less, changes| Identified {
            measure: "done_within_target".to_owned(),
            scenario: "one".to_owned(),
            baseline: "many".to_owned(),
            more,
            less,
            unclear: 1,
            changes,
            more_singly: more,
            less_singly: less,
            changes_singly: changes,
        };
        let all = [i(3, 2, true)];
        assert!(
            headline(&all, 6, &Words::default()).starts_with("It turns over"),
            "{}",
            headline(&all, 6, &Words::default())
        );
        assert!(
            headline(&all, 6, &Words::default())
                .ends_with("one is better than many at 3 of 6 points, worse at 2, cannot tell at 1.")
        );
        let single = Identified { more_singly: 20, less_singly: 9, changes_singly: true, ..i(0, 0, false) };
        let line = headline(&[single], 100, &Words::default());
        assert!(line.starts_with("It may turn over"), "{line}");
        assert!(
            line.contains(
                "is better than many at 20 of 100 points, worse at 9. (Chance alone may say so of about 3"
            ),
            "{line}"
        );
        assert!(
            headline(&[i(5, 0, false)], 6, &Words::default()).starts_with("No difference changes its sign")
        );
        // Of several measures the first is told, and the others are named; of times less is better.
        // What is better by one measure and worse by another is no "likewise".
        let only =
            |measure: &str, more, less| Identified { measure: measure.to_owned(), ..i(more, less, true) };
        let told = |first: Identified, other: Identified| {
            choice(&[first, other], 6, &Words::default())
                .split_once(". ")
                .map(|s| s.1.to_owned())
                .unwrap_or_default()
        };
        let done = only("done_within_target", 5, 0);
        assert_eq!(
            told(done.clone(), only("paid_hours_per_week", 5, 0)),
            "The other way round by paid hours (see the table)."
        );
        assert_eq!(
            told(done.clone(), only("paid_hours_per_week", 0, 5)),
            "Likewise by paid hours (see the table)."
        );
        assert_eq!(told(done, only("paid_hours_per_week", 1, 5)), "Otherwise by paid hours (see the table).");
        let slow = Identified { measure: "time_to_completion_p95_hours".to_owned(), ..i(2, 3, true) };
        let other = Identified { scenario: "few".to_owned(), ..i(1, 4, true) };
        let line = headline(&[i(3, 2, true), other, slow.clone()], 6, &Words::default());
        assert!(
            line.contains("; few better at 1, worse at 4, cannot tell at 1. Likewise by 95th percentile"),
            "{line}"
        );
        let line = headline(&[slow], 6, &Words::default());
        assert!(
            line.ends_with("one is better than many at 3 of 6 points, worse at 2, cannot tell at 1."),
            "{line}"
        );
        assert!(headline(&[i(0, 0, false)], 6, &Words::default()).contains("more replications"));
        assert_eq!(headline(&[], 1, &Words::default()), "1 point; there is nothing to compare with.");
        // Where a planner chooses, nothing turns over: it is told where who is better.
        assert_eq!(
            choice(&[i(3, 2, true)], 6, &Words::default()),
            "By done within target: one is better than many at 3 of 6 points, worse at 2, cannot tell at 1."
        );
        assert!(choice(&[i(0, 0, false)], 6, &Words::default()).starts_with("No difference can be told"));
        // Ties, and one replication a point, which has no intervals: nothing is told.
        let open = Identified { unclear: 6, ..i(0, 0, false) };
        assert_eq!(
            headline(&[open.clone(), open], 6, &Words::default()),
            "No difference can be told from chance at any of 6 points: more replications are needed."
        );
        let few = Identified { unclear: 5, ..i(1, 0, false) };
        let line = headline(&[few], 6, &Words::default());
        assert!(
            line.starts_with(
                "At most points one cannot tell; where one can, no difference changes its sign."
            ),
            "{line}"
        );
        assert!(line.ends_with("one is better than many at 1 of 6 points, cannot tell at 5."), "{line}");
    }
}
