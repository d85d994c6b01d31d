//! How busy officers are through the week, in block characters: a line a centre, an hour or a few hours a character.

use super::called::Called;
use super::grid::wrap;
use super::number::DAYS;
use poolwise_study::summary::{HourRow, Summary};
use std::collections::BTreeMap;

/// From idle to all busy.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Centres shown, the busiest first; the page has all.
const MOST: usize = 24;
/// Widest name.
const NAME: usize = 16;

/// A strip for each scenario, no wider than `width`.
pub fn strips(summaries: &[&Summary], width: usize) -> String {
    let called = Called::summaries(summaries);
    let parts = summaries.iter().map(|s| strip(s, called.get(&s.scenario), width));
    parts.collect::<Vec<_>>().join("\n")
}

fn strip(summary: &Summary, title: &str, width: usize) -> String {
    let mut hours: BTreeMap<&str, Vec<&HourRow>> = BTreeMap::new();
    for row in summary.detail.hourly.iter().filter(|r| r.role == "all") {
        hours.entry(&row.centre).or_default().push(row);
    }
    let mut centres: Vec<(&str, Vec<&HourRow>)> = summary
        .detail
        .centres
        .iter()
        .map(|(name, _)| (name.as_str(), hours.remove(name.as_str()).unwrap_or_default()))
        .filter(|(_, rows)| rows.iter().any(|r| r.on_duty > 0.0))
        .collect();
    let highest = |rows: &[&HourRow]| share(rows).unwrap_or(0.0);
    centres.sort_by(|a, b| highest(&b.1).total_cmp(&highest(&a.1)));
    let left = centres.len().saturating_sub(MOST);
    centres.truncate(MOST);
    let names = centres.iter().map(|c| c.0.chars().count().min(NAME)).max().unwrap_or(0);
    // As many hours to a character as the width asks for: days keep the same length.
    let room = width.saturating_sub(names + 1) / 7;
    let hours = [1, 2, 3, 4, 6, 8, 12, 24].into_iter().find(|h| 24 / h <= room).unwrap_or(24);
    let day = 24 / hours;
    let each = if hours == 1 { "an hour".to_owned() } else { format!("{hours} hours") };
    let officers = &summary.words.officer.many;
    let mut out = wrap(&format!("{title}: share of {officers} busy, {each} a character"), width, 2);
    let pad = |name: &str| {
        let name: String = name.chars().take(NAME).collect();
        format!("{name:<names$} ")
    };
    let days: String =
        DAYS.iter().map(|d| format!("{:<day$}", d.chars().take(day).collect::<String>())).collect();
    out.push_str(format!("{}{days}", pad("")).trim_end());
    out.push('\n');
    for (name, rows) in &centres {
        let line: String = rows.chunks(hours).map(|some| share(some).map_or(' ', block)).collect();
        out.push_str(format!("{}{line}", pad(name)).trim_end());
        out.push('\n');
    }
    if left > 0 {
        out.push_str(&format!("and {left} more centres, on the page\n"));
    }
    out
}

/// Busy share over some hours; none where nobody is on duty.
fn share(rows: &[&HourRow]) -> Option<f64> {
    let there = || rows.iter().filter(|r| r.on_duty > 0.0 && r.utilization.is_finite());
    let on_duty: f64 = there().map(|r| r.on_duty).sum();
    (on_duty > 0.0).then(|| there().map(|r| r.utilization * r.on_duty).sum::<f64>() / on_duty)
}

fn block(share: f64) -> char {
    let level = (share * BLOCKS.len() as f64) as usize;
    BLOCKS[level.min(BLOCKS.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn every_width_has_seven_days_of_the_same_length() {
        let summary = fixture::summary("one", 0.6);
        for (width, day) in [(200, 24), (120, 12), (80, 8), (60, 6), (40, 3)] {
            let text = strips(&[&summary], width);
            let line = text.lines().find(|l| l.starts_with("PERC")).expect("a centre that is always open");
            assert!(text.lines().all(|l| l.chars().count() <= width), "{text}");
            assert_eq!(line.chars().filter(|c| BLOCKS.contains(c)).count(), 7 * day, "{width}\n{text}");
        }
    }

    #[test]
    fn levels_and_closed_hours() {
        assert_eq!([0.0, 0.124, 0.126, 0.99, 1.0].map(block), ['▁', '▁', '▂', '█', '█']);
        assert_eq!(share(&[]), None);
    }
}
