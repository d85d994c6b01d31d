//! The one table of an answer, a row an option; and what planners look for next: centres, and the busiest hours.

use super::block::{Block, BlockCell};
use super::called::Called;
use super::column::trim_whole;
use super::number::{self, Scale, UNDEFINED};
use super::option_column::OptionColumn;
use poolwise_engine::model::capital;
use poolwise_stats::Estimate;
use poolwise_study::cost::Cost;
use poolwise_study::measures::Unit;
use poolwise_study::summary::{Comparison, HourRow, Summary};
use std::collections::{BTreeMap, BTreeSet};

/// Stands before a mark in a cell, has no width, and becomes a colour where the terminal has some.
pub(crate) const MARK: char = '\u{2060}';
/// A share above this everywhere says nothing about options.
const ALL: f64 = 0.99995;
/// How busy officers are.
const BUSY: &str = "utilization";
/// Centres shown when not all are asked for.
pub(crate) const CENTRES: usize = 8;
/// Busiest hours listed.
const HOURS: usize = 5;

/// How much room a table may take: the second and third say units above the numbers, the third leaves out how busy officers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    Ample,
    Scarce,
    Least,
}

/// All options side by side; differences from the baseline where there is a comparison, intervals where there is none.
pub(crate) fn table(summaries: &[&Summary], comparison: Option<&Comparison>) -> Block {
    within(summaries, comparison, Room::Ample)
}

/// The same where there is so much room.
pub(crate) fn within(summaries: &[&Summary], comparison: Option<&Comparison>, room: Room) -> Block {
    let called = Called::summaries(summaries);
    let mut columns = columns(summaries);
    if room == Room::Least {
        columns.retain(|column| column.measure != BUSY);
    }
    let mut header = vec![if comparison.is_some() { "Option" } else { "Scenario" }.to_owned()];
    let mut rows: Vec<Vec<BlockCell>> =
        summaries.iter().map(|s| vec![plain(called.get(&s.scenario))]).collect();
    for column in columns {
        let (heading, cells) = column.draw(summaries, comparison, room != Room::Ample);
        header.push(heading);
        rows.iter_mut().zip(cells).for_each(|(row, cell)| row.push(cell));
    }
    if let Some(paid) = summaries.iter().find_map(|s| s.cost.as_ref()) {
        header.push(format!("Cost a week, {}", paid.currency));
        rows.iter_mut().zip(summaries).for_each(|(row, s)| row.push(cost(s, comparison)));
    }
    let mut block = Block { title: String::new(), header, rows };
    trim_whole(&mut block);
    block
}

fn plain(value: impl Into<String>) -> BlockCell {
    BlockCell { value: value.into(), ..BlockCell::default() }
}

fn estimates<'a>(summaries: &'a [&Summary], name: &'a str) -> impl Iterator<Item = f64> + 'a {
    summaries.iter().filter_map(move |s| Some(s.measures.get(name)?.estimate)).filter(|x| x.is_finite())
}

/// The columns that say something: what is nought or unknown for all options is left out.
fn columns(summaries: &[&Summary]) -> Vec<OptionColumn> {
    let Some(first) = summaries.first() else { return Vec::new() };
    let words = &first.about.words;
    let some = |name: &str| estimates(summaries, name).any(|x| x > 0.0);
    let common = |of: fn(&Summary) -> f64| summaries.iter().all(|s| of(s) == of(first)).then(|| of(first));
    let time = |hours: Option<f64>| {
        hours.map_or_else(|| "target".to_owned(), |h| number::duration(h).replace(' ', "\u{a0}"))
    };
    let mut columns = Vec::new();
    let mut add = |heading: String, measure: &'static str, unit: Unit| {
        columns.push(OptionColumn { heading, measure, unit });
    };
    let whole = |x: f64| (x - x.round()).abs() < 1e-6;
    let from_now = summaries.iter().all(|s| s.about.from_now);
    // As the sentences have it: what hours on duty come to in people is arithmetic that nobody spoke of.
    let employed = summaries.iter().all(|s| s.about.states_headcount);
    if from_now && some("on_duty_mean") {
        add("On\u{a0}duty".to_owned(), "on_duty_mean", Unit::Officers);
    } else if employed && some("headcount") && estimates(summaries, "headcount").all(whole) {
        add(capital(&words.officer.many), "headcount", Unit::Officers);
    } else if some("posts") {
        add("Posts".to_owned(), "posts", Unit::Officers);
    }
    if some(BUSY) {
        add("Busy".to_owned(), BUSY, Unit::Share);
    }
    if summaries.iter().any(|s| s.answer_within_hours != s.target_hours) {
        let within = time(common(|s| s.answer_within_hours));
        add(format!("Answered within {within}"), "answered_within", Unit::Share);
    }
    let all_done = estimates(summaries, "done_within_target").all(|x| x > ALL);
    if !all_done && some("done_within_target") {
        add(format!("Done within {}", time(common(|s| s.target_hours))), "done_within_target", Unit::Share);
    } else if some("wait_mean_hours") {
        add("Mean wait".to_owned(), "wait_mean_hours", Unit::Hours);
    }
    if some("time_to_completion_p95_hours") {
        add("95 of 100 done within".to_owned(), "time_to_completion_p95_hours", Unit::Hours);
    }
    if some("lost_share_avoidable") {
        add("Lost by waiting".to_owned(), "lost_share_avoidable", Unit::Share);
    }
    if some("turned_away_share") {
        add("Turned away".to_owned(), "turned_away_share", Unit::Share);
    }
    columns
}

/// What an option costs a week, and how much more or less than the baseline.
fn cost(summary: &Summary, comparison: Option<&Comparison>) -> BlockCell {
    let Some(cost) = &summary.cost else { return plain(UNDEFINED) };
    let row = comparison.and_then(|c| c.costs.iter().find(|r| r.scenario == summary.scenario));
    let whole = |x: f64, signed| number::fixed(x, 0, signed);
    BlockCell {
        value: whole(cost.per_week.estimate, false),
        interval: None,
        remark: row.map(|r| more_or_less(&r.per_week)),
    }
}

/// How much more or less an option costs; the word stands where the interval leaves out zero.
fn more_or_less(e: &Estimate) -> String {
    let word = match (e.lower, e.upper) {
        (low, _) if low > 0.0 => "\u{a0}more",
        (_, high) if high < 0.0 => "\u{a0}less",
        _ => "\u{a0}unclear",
    };
    if e.estimate == 0.0 && e.lower == e.upper {
        return format!("{MARK}same");
    }
    format!("{MARK}{}{word}", number::fixed(e.estimate, 0, true))
}

/// What makes up the cost of each option, a week and a year, and how much more or less than the baseline's that is, where
/// there is a pay table. `None` without one.
pub(crate) fn cost_parts(summaries: &[&Summary], comparison: Option<&Comparison>) -> Option<Block> {
    let priced: Vec<(&Summary, &Cost)> =
        summaries.iter().filter_map(|s| Some((*s, s.cost.as_ref()?))).collect();
    let (_, first) = priced.first()?;
    let called = Called::summaries(summaries);
    let mut names: Vec<&str> = Vec::new();
    for (name, ..) in priced.iter().flat_map(|(_, c)| &c.premiums) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let whole = |x: f64| number::fixed(x, 0, false);
    let on_call = priced.iter().any(|(_, cost)| cost.on_call.is_some());
    let rows = priced
        .iter()
        .map(|(s, cost)| {
            let premium =
                |name: &&str| cost.premiums.iter().filter(|p| p.0 == **name).map(|p| p.2).sum::<f64>();
            let parts = [cost.ordinary].into_iter().chain(names.iter().map(premium)).chain([cost.overtime]);
            let parts = parts.chain(on_call.then(|| cost.on_call.unwrap_or(0.0)));
            let row = comparison.and_then(|c| c.costs.iter().find(|r| r.scenario == s.scenario));
            let ends =
                [(&cost.per_week, row.map(|r| &r.per_week)), (&cost.per_year, row.map(|r| &r.per_year))];
            let ends = ends
                .map(|(e, more)| BlockCell { remark: more.map(more_or_less), ..plain(whole(e.estimate)) });
            let parts = parts.map(|x| plain(whole(x)));
            [plain(called.get(&s.scenario))].into_iter().chain(parts).chain(ends).collect()
        })
        .collect();
    let header = ["Option", "Ordinary pay"].into_iter().chain(names).chain(["Overtime"]);
    let header = header.chain(on_call.then_some("On call")).chain(["A week", "A year"]);
    Some(Block {
        title: format!("What it costs, {}", first.currency),
        header: header.map(str::to_owned).collect(),
        rows,
    })
}

/// A table by centre, the longest waits first: who is there, how busy, what service, and the worst hour of the week.
/// `most` limits the rows; how many more there are is in the title.
pub(crate) fn centres(summary: &Summary, most: usize) -> Option<Block> {
    if summary.centres.len() < 2 {
        return None;
    }
    let of = |centre: &str, name: &str| {
        let e = summary.centres.get(centre)?.get("all")?.get(name)?;
        e.estimate.is_finite().then_some(e.estimate)
    };
    let mut names: Vec<&str> = summary.detail.centres.iter().map(|(name, _)| name.as_str()).collect();
    names.retain(|c| of(c, "arrivals_per_hour").is_some_and(|x| x > 0.0));
    let wait = |c: &str| of(c, "wait_p95_hours").unwrap_or(-1.0);
    names.sort_by(|a, b| wait(b).total_cmp(&wait(a)));
    let rest = names.len().saturating_sub(most);
    let share = |x: Option<f64>| {
        x.map_or_else(|| UNDEFINED.to_owned(), |x| format!("{}\u{a0}%", Scale::of(Unit::Share, []).plain(x)))
    };
    let worst = worst_hours(summary);
    let rows: Vec<Vec<BlockCell>> = names
        .iter()
        .take(most)
        .map(|&c| {
            let worst = worst.get(c);
            vec![
                plain(c),
                plain(
                    of(c, "on_duty_mean").map_or_else(|| UNDEFINED.to_owned(), |x| number::seen(x, 1, false)),
                ),
                plain(share(of(c, "utilization"))),
                plain(share(of(c, "answered_within"))),
                plain(span(of(c, "wait_p95_hours"))),
                plain(worst.map_or_else(String::new, |r| {
                    format!("{}: {}", number::hour_of_week(r.hour_of_week), span(Some(r.wait_mean_hours)))
                })),
            ]
        })
        .collect();
    let within = number::duration(summary.answer_within_hours).replace(' ', "\u{a0}");
    let header = [
        "Centre",
        "Present",
        "Busy",
        &format!("Begun within {within}"),
        "95 of 100 wait at most",
        "Worst hour: mean wait",
    ];
    let more = if rest > 0 { format!(", {most} of {}", most + rest) } else { String::new() };
    let title = format!("By centre, the longest waits first{more}");
    let mut block = Block { title, header: header.map(str::to_owned).to_vec(), rows };
    trim_whole(&mut block);
    (!block.rows.is_empty()).then_some(block)
}

/// The hour of the week with the longest mean wait, by centre.
fn worst_hours(summary: &Summary) -> BTreeMap<&str, &HourRow> {
    let mut worst: BTreeMap<&str, &HourRow> = BTreeMap::new();
    let hours = summary.detail.hourly.iter().filter(|r| r.role == "all" && r.wait_mean_hours.is_finite());
    for row in hours {
        let known = worst.entry(&row.centre).or_insert(row);
        let longer = row.wait_mean_hours.total_cmp(&known.wait_mean_hours);
        if longer.then(known.hour_of_week.cmp(&row.hour_of_week)).is_ge() {
            *known = row;
        }
    }
    worst
}

/// A length of time, minutes below an hour.
fn span(hours: Option<f64>) -> String {
    let Some(hours) = hours.filter(|h| h.is_finite()) else { return UNDEFINED.to_owned() };
    let (value, unit) = match hours {
        h if h > 0.0 && h < 1.0 / 60.0 => (3_600.0 * h, "s"),
        h if h < 1.0 => (60.0 * h, "min"),
        h => (h, "h"),
    };
    format!("{}\u{a0}{unit}", number::seen(value, usize::from(value < 10.0), false))
}

/// The busiest hours of the week as a line, where the plan differs by the hour.
pub(crate) fn busiest(summary: &Summary) -> Option<String> {
    let counted: BTreeSet<&str> = summary
        .detail
        .centres
        .iter()
        .filter(|(_, counted)| *counted)
        .map(|(name, _)| name.as_str())
        .collect();
    let mut hours: Vec<&HourRow> = summary
        .detail
        .hourly
        .iter()
        .filter(|r| r.role == "all" && r.utilization > 0.0)
        .filter(|r| counted.contains(r.centre.as_str()))
        .collect();
    hours.sort_by(|a, b| b.utilization.total_cmp(&a.utilization).then(a.hour_of_week.cmp(&b.hour_of_week)));
    let several = summary.centres.len() > 1;
    let list: Vec<String> = hours
        .iter()
        .take(HOURS)
        .map(|r| {
            let place = if several { format!("{} ", r.centre) } else { String::new() };
            let busy = number::seen(100.0 * r.utilization, 0, false);
            format!("{place}{} ({busy}\u{a0}%)", number::hour_of_week(r.hour_of_week))
        })
        .collect();
    (summary.about.changes && !list.is_empty()).then(|| {
        // Hours of centres are those of their own clocks.
        let clock = if summary.about.clock.is_some() { " by each centre's clock" } else { "" };
        format!("Busiest hours of the week{clock}: {}.", list.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_row_an_option_with_words_for_good_and_bad() {
        let summaries = fixture::seven();
        let all: Vec<&Summary> = summaries.iter().collect();
        let block = table(&all, Some(&fixture::comparison(&summaries)));
        assert_eq!(block.rows.len(), 7);
        let text: String = block.rows.iter().flatten().filter_map(|c| c.remark.clone()).collect();
        for word in ["better", "worse"] {
            assert!(text.contains(word), "{word}\n{text}");
        }
        assert!(block.rows[0].iter().all(|c| c.remark.is_none()), "the baseline is compared with nothing");
        assert_eq!(block.rows[0][1].value, "245");
    }

    #[test]
    fn columns_that_say_nothing_are_not_there() {
        let mut summary = fixture::summary("alone", 0.6);
        for name in ["lost_share_avoidable", "turned_away_share"] {
            summary.measures.insert(name.to_owned(), Estimate::exact(0.0, 10));
        }
        summary.measures.insert("done_within_target".to_owned(), Estimate::exact(1.0, 10));
        let header = table(&[&summary], None).header.join("|");
        assert_eq!(header, "Scenario|Servers|Busy|Mean wait|95 of 100 done within");
    }

    #[test]
    fn times_below_an_hour_are_in_minutes() {
        assert_eq!(span(Some(0.5)), "30\u{a0}min");
        assert_eq!(span(Some(0.05)), "3.0\u{a0}min");
        assert_eq!(span(Some(1.25)), "1.2\u{a0}h");
        assert_eq!([0.005, 0.0].map(|h| span(Some(h))), ["18\u{a0}s", "0\u{a0}min"]);
        assert_eq!(span(None), "n/a");
    }
}
