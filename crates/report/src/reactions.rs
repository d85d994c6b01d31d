//! What rules that react did, as a table.

use super::block::{Block, BlockCell};
use super::called::Called;
use super::number::{self, Scale};
use poolwise_engine::model::{Measured, Model, Trigger};
use poolwise_engine::time::HOUR;
use poolwise_stats::Estimate;
use poolwise_study::measures::Unit;
use poolwise_study::reactions::Reaction;
use poolwise_study::summary::Summary;

/// Stands where there is nothing to tell.
const NOTHING: &str = "\u{2013}";

/// A row for each trigger of each scenario; none where there are none.
pub(crate) fn block(summaries: &[&Summary]) -> Option<Block> {
    let several = summaries.len() > 1;
    let called = Called::summaries(summaries);
    let all = summaries.iter().flat_map(|s| s.triggers.iter().map(move |reaction| (*s, reaction)));
    let mut rows: Vec<Vec<BlockCell>> = all
        .map(|(summary, reaction)| row(several.then(|| called.get(&summary.scenario)), reaction))
        .collect();
    if rows.is_empty() {
        return None;
    }
    let mut header = vec![
        "Rule",
        "On, times a week",
        "Goes on most",
        "On, %",
        "Most on",
        "Called in, times a week",
        "On-call hours a week",
        "Moved hours a week",
    ];
    // What none of the rules does has no column.
    for column in (0..header.len()).rev() {
        if rows.iter().all(|row| row[column].value == NOTHING) {
            header.remove(column);
            rows.iter_mut().for_each(|row| drop(row.remove(column)));
        }
    }
    let header = header.into_iter().map(str::to_owned).collect();
    Some(Block { title: "Rules that react".to_owned(), header, rows })
}

fn row(called: Option<&str>, reaction: &Reaction) -> Vec<BlockCell> {
    let plain = |value: String| BlockCell { value, ..BlockCell::default() };
    let some = |e: Option<&Estimate>| e.map_or_else(|| plain(NOTHING.to_owned()), number);
    let name = match called {
        Some(called) => format!("{called}: {}", reaction.trigger),
        None => reaction.trigger.clone(),
    };
    let most_often = most(&reaction.fired_by_hour, |fired| number::seen(fired, 2, false));
    let most_on = most(&reaction.on_by_hour, |on| format!("{} %", number::seen(100.0 * on, 0, false)));
    let (value, interval) = Scale::of(Unit::Share, [reaction.on.estimate]).parts(&reaction.on, false);
    vec![
        plain(name),
        number(&reaction.fired_per_week),
        plain(most_often),
        BlockCell { value, interval, remark: None },
        plain(most_on),
        some(reaction.call_ins_per_week.as_ref()),
        some(reaction.on_call_hours_per_week.as_ref()),
        some(reaction.moved_hours_per_week.as_ref()),
    ]
}

/// The hour of the week with the greatest value, the first of equals, and that value; nothing where all are 0.
fn most(by_hour: &[Option<f64>], word: impl Fn(f64) -> String) -> String {
    let hours = by_hour.iter().enumerate().filter_map(|(hour, value)| Some((hour, (*value)?)));
    let most = hours.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).filter(|most| most.1 > 0.0);
    most.map_or_else(
        || NOTHING.to_owned(),
        |(hour, value)| format!("{} ({})", number::hour_of_week(hour), word(value)),
    )
}

fn number(e: &Estimate) -> BlockCell {
    BlockCell::number(&Scale::of(Unit::Officers, []), e, false)
}

/// What the triggers of a model watch and do, a sentence each.
pub(crate) fn sentences(model: &Model) -> Vec<String> {
    model.triggers.iter().map(|trigger| sentence(model, trigger)).collect()
}

fn sentence(model: &Model, trigger: &Trigger) -> String {
    let time = |seconds: f64| number::duration(seconds / HOUR);
    let measured = |of: Measured| match of {
        Measured::Queue(n) => format!("{n} or more wait"),
        Measured::Oldest(wait) => format!("somebody has waited for {} or longer", time(wait)),
        Measured::Answered(share) => format!(
            "less than {} of those begun or gone in the last hour were begun within {}",
            number::percent(share),
            time(model.run.prompt)
        ),
    };
    let centre = |c: usize| &model.centres[c].name;
    let mut out = format!("Trigger \u{201c}{}\u{201d} at {}: on ", trigger.name, centre(trigger.centre));
    match (trigger.on, trigger.off) {
        (Some(on), Some(off)) if off != on => {
            out.push_str(&format!("when {}, and then while {}", measured(on), measured(off)));
        }
        (Some(on), _) => out.push_str(&format!("while {}", measured(on))),
        (None, _) => out.push_str("in its hours"),
    }
    if trigger.on.is_some() && trigger.hours.is_some() {
        out.push_str(", in its hours");
    }
    for call in &trigger.calls {
        out.push_str(&format!(
            "; calls in {} at {}, there after {} on average, for {} at least",
            model.words.officer.count(u64::from(call.officers)),
            centre(call.centre),
            time(call.lead.mean()),
            time(call.stay)
        ));
    }
    for order in &trigger.moves {
        out.push_str(&format!(
            "; moves up to {} from {} to {}, {} away",
            model.words.officer.count(u64::from(order.officers)),
            centre(order.from),
            centre(order.to),
            time(order.travel)
        ));
    }
    for gate in &trigger.gates {
        out.push_str(&format!("; turns away who would have to wait at {}", centre(gate.centre)));
    }
    let place = model.triggers.iter().position(|other| other.name == trigger.name);
    if model.rules.iter().any(|rule| rule.trigger == place) {
        out.push_str("; opens a route");
    }
    out.push('.');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::estimate;

    #[test]
    fn what_seldom_happens_is_not_shown_as_nought() {
        let cell = |value: f64, half: f64| number(&estimate(value, half));
        assert_eq!(cell(0.02, 0.01).value, "0.02");
        assert_eq!(cell(0.02, 0.01).interval.as_deref(), Some("[0.01, 0.03]"));
        assert_eq!((cell(56.23, 2.1).value.as_str(), cell(0.0, 0.0).value.as_str()), ("56", "0"));
    }
}
