//! Which columns of a table are measures of what happened: requests offered, answered in time, given up, officers, handling times;
//! of one place, or of several that have columns of their own.

use crate::columns::{When, is_count, is_label, is_length};
use crate::facts::{Facts, SheetTable};
use crate::measure_words::{AT_WORK, BY_WORDS, GIVEN_UP, Measure, OFFERED, SERVED, TIMES, WITHIN};
use crate::problem::Problem;
use crate::recognise::History;
use crate::sums::place_names;
use crate::totals::is_total_word;
use crate::words::{PLACE, TOTAL, has_word, says};
use std::ops::Range;

/// Columns of the measures of one place, or of all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MeasureColumns {
    /// The place that the columns name; none where rows or the table do.
    pub place: Option<String>,
    /// Column of requests that came.
    pub offered: Option<usize>,
    /// Officers at work.
    pub staff: Option<usize>,
    /// Answered within the target, as a number.
    pub within: Option<usize>,
    /// Answered within the target, as a share.
    pub share: Option<usize>,
    /// Answered at all.
    pub answered: Option<usize>,
    /// Given up.
    pub abandoned: Option<usize>,
    /// Mean handling time.
    pub handling: Option<usize>,
}

impl MeasureColumns {
    /// All columns that count or share something.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = usize> {
        [self.offered, self.staff, self.within, self.share, self.answered, self.abandoned, self.handling]
            .into_iter()
            .flatten()
    }

    fn slot(&mut self, measure: Measure) -> &mut Option<usize> {
        match measure {
            Measure::Offered => &mut self.offered,
            Measure::Staff => &mut self.staff,
            Measure::Within => &mut self.within,
            Measure::Share => &mut self.share,
            Measure::Answered => &mut self.answered,
            Measure::Abandoned => &mut self.abandoned,
            Measure::Handling => &mut self.handling,
        }
    }
}

fn is_percent(name: &str, c: &Facts) -> bool {
    has_word(name, &["sl", "share", "percent", "service level"])
        || name.contains('%')
        || c.values.keys().any(|v| v.ends_with('%'))
}

/// What the words of a name measure: the rarest first, since `calls answered within 30 s` are not the calls that came.
fn measure(name: &str, c: &Facts) -> Option<Measure> {
    if has_word(name, WITHIN) {
        let share = is_percent(name, c) || c.whole < c.numbers && c.range.1 <= 1.0;
        return Some(if share { Measure::Share } else { Measure::Within });
    }
    BY_WORDS.into_iter().find(|(list, _)| has_word(name, list)).map(|w| w.1)
}

fn fits(measure: Measure, c: &Facts) -> bool {
    if measure == Measure::Handling { is_length(c) } else { is_count(c) }
}

/// The measures of a table of which the rows have times, if it is a history.
///
/// # Errors
/// If measures of several places cannot be told apart.
pub(crate) fn history(table: &SheetTable, when: When) -> Result<Option<History>, Problem> {
    if table.find(PLACE, is_label).is_none_or(|p| when.columns().contains(&p))
        && let Some(each) = of_places(table, when)?
    {
        return Ok(Some(History { when, place: None, each }));
    }
    let Some(found) = of_rows(table, when) else { return Ok(None) };
    one_place(table, when, &found)?;
    Ok(Some(found))
}

/// One column for each measure.
fn of_rows(table: &SheetTable, when: When) -> Option<History> {
    let free = |i: usize| !when.columns().contains(&i);
    let find =
        |words: &[&str]| table.used().find(|(i, c)| free(*i) && is_count(c) && says(c, words)).map(|c| c.0);
    let offered = find(OFFERED)?;
    let in_time: Vec<(usize, &Facts)> =
        table.used().filter(|(i, c)| free(*i) && *i != offered && is_count(c) && says(c, WITHIN)).collect();
    let share = in_time
        .iter()
        .find(|(_, c)| is_percent(&c.name, c) || c.whole < c.numbers && c.range.1 <= 1.0)
        .map(|c| c.0);
    let within = in_time.iter().find(|(i, _)| Some(*i) != share).map(|c| c.0);
    let known = within.into_iter().chain(share).collect::<Vec<_>>();
    let other = |words: &[&str]| {
        table
            .used()
            .find(|(i, c)| free(*i) && *i != offered && !known.contains(i) && is_count(c) && says(c, words))
            .map(|c| c.0)
    };
    let (staff, answered, abandoned) = (other(AT_WORK), other(SERVED), other(GIVEN_UP));
    let handling = table.used().find(|(i, c)| free(*i) && is_length(c) && says(c, TIMES)).map(|c| c.0);
    let columns = MeasureColumns {
        place: None,
        offered: Some(offered),
        staff,
        within,
        share,
        answered,
        abandoned,
        handling,
    };
    let place = table.find(PLACE, is_label).filter(|p| free(*p));
    (columns.numbers().count() >= 2).then(|| History { when, place, each: vec![columns] })
}

/// A word of a name and where it stands.
type Word = (Range<usize>, String);

fn words_of(name: &str) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::new();
    let mut start = None;
    for (i, c) in name.char_indices().chain([(name.len(), ' ')]) {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(i),
            (false, Some(s)) => {
                out.push((s..i, name[s..i].to_lowercase()));
                start = None;
            }
            _ => {}
        }
    }
    out
}

/// The places of which names that measure the same speak: what is left of each without the words that stand in all of them, before
/// or behind.
fn places(names: &[&str]) -> Option<Vec<String>> {
    let all: Vec<Vec<Word>> = names.iter().map(|n| words_of(n)).collect();
    let shortest = all.iter().map(Vec::len).min()?;
    let common = |of: &dyn Fn(&[Word], usize) -> String| {
        (0..shortest.saturating_sub(1))
            .take_while(|k| all.iter().all(|w| of(w, *k) == of(&all[0], *k)))
            .count()
    };
    let behind = common(&|w, k| w[w.len() - 1 - k].1.clone());
    let before = common(&|w, k| w[k].1.clone());
    let says_it = |words: &[Word]| words.iter().any(|w| OFFERED.contains(&w.1.as_str()));
    let first = &all[0];
    let (from, until) = if behind > 0 && says_it(&first[first.len() - behind..]) {
        (0, behind)
    } else if before > 0 && says_it(&first[..before]) {
        (before, 0)
    } else {
        return None;
    };
    let own = names.iter().zip(&all).map(|(name, words)| {
        let (a, b) = (&words[from], &words[words.len() - until - 1]);
        name[a.0.start..b.0.end].to_owned()
    });
    let own: Vec<String> = own.collect();
    let mut different = std::collections::BTreeSet::new();
    own.iter().all(|p| different.insert(p.to_lowercase())).then_some(own)
}

/// What is left of a name without a place's in it.
fn without(name: &str, place: &str) -> Option<String> {
    let (own, of) = (words_of(name), words_of(place));
    if of.is_empty() || own.len() <= of.len() {
        return None;
    }
    let at = own.windows(of.len()).position(|w| w.iter().zip(&of).all(|(a, b)| a.1 == b.1))?;
    let (before, behind) = (&name[..own[at].0.start], &name[own[at + of.len() - 1].0.end..]);
    Some(format!("{} {}", before.trim(), behind.trim()).trim().to_owned())
}

/// Columns of each place: `North calls`, `North answered within 10 min`, `South calls` and so on, as names in two rows are too.
fn of_places(table: &SheetTable, when: When) -> Result<Option<Vec<MeasureColumns>>, Problem> {
    let free = |i: usize| !when.columns().contains(&i);
    let measured: Vec<(usize, &Facts, Measure)> = table
        .used()
        .filter(|(i, _)| free(*i))
        .filter_map(|(i, c)| Some((i, c, measure(&c.name, c).filter(|m| fits(*m, c))?)))
        .collect();
    let offered: Vec<&(usize, &Facts, Measure)> =
        measured.iter().filter(|m| m.2 == Measure::Offered).collect();
    let names: Vec<&str> = offered.iter().map(|m| m.1.name.as_str()).collect();
    let Some(places) = places(&names).filter(|p| p.len() > 1) else { return Ok(None) };
    let mut each: Vec<MeasureColumns> = places
        .iter()
        .zip(&offered)
        .map(|(p, m)| MeasureColumns {
            place: Some(p.clone()),
            offered: Some(m.0),
            ..MeasureColumns::default()
        })
        .collect();
    let mut alone = None;
    for (i, c) in table.used().filter(|(i, _)| free(*i) && offered.iter().all(|m| m.0 != *i)) {
        // Of `North` and `North East` the longer one.
        let own = (0..places.len())
            .filter_map(|p| Some((p, without(&c.name, &places[p])?)))
            .max_by_key(|(p, _)| places[*p].len());
        match own.map(|(p, rest)| (p, measure(&rest, c).filter(|m| fits(*m, c) && *m != Measure::Offered))) {
            Some((p, Some(m))) => {
                each[p].slot(m).get_or_insert(i);
            }
            Some((_, None)) => {}
            None => {
                let of_all = is_total_word(&c.name) || says(c, TOTAL);
                if measure(&c.name, c).is_some_and(|m| fits(m, c)) && !of_all {
                    alone.get_or_insert(i);
                }
            }
        }
    }
    each.retain(|m| m.place.as_ref().is_none_or(|p| !is_total_word(p)));
    // What else a place has tells that these are places: `calls in` and `calls out` are none.
    if each.len() < 2 || each.iter().any(|m| m.numbers().count() < 2) {
        return Ok(None);
    }
    match alone {
        None => Ok(Some(each)),
        Some(i) => {
            let shown = places.iter().map(|p| format!("`{p}`")).collect::<Vec<_>>().join(", ");
            let name = &table.columns[i].name;
            Err(table
                .problem(format!("`{name}` names no place, and other columns are of {shown}"))
                .help("give each place a column of its own, or take this one out"))
        }
    }
}

/// A report has one number of offered requests a row; with several, a place each, the other measures cannot be told apart.
fn one_place(table: &SheetTable, when: When, found: &History) -> Result<(), Problem> {
    let Some(offered) = found.each.first().and_then(|m| m.offered) else { return Ok(()) };
    let first = &table.columns[offered].name;
    let word = |name: &str| -> Vec<String> { name.split_whitespace().map(str::to_lowercase).collect() };
    let own = word(first);
    // `North Calls` and `South Calls`: the last word is the measure, the others are the place.
    let alike = |name: &str| {
        let other = word(name);
        own.len() > 1 && other.len() > 1 && other.last() == own.last() && other != own
    };
    let free = |i: usize| i != offered && !when.columns().contains(&i);
    match table.used().find(|(i, c)| free(*i) && is_count(c) && alike(&c.name)) {
        Some((_, c)) if found.place.is_none() => Err(table
            .problem(format!("`{first}` and `{}` are the same measure of two places", c.name))
            .help("name each column by its place and its measure, such as `North offered`, `North answered within 10 min`")
            .help("or write a row for each place, with a column such as `Office`, and one column for each measure")
            .help("or keep the date and one column of counts for each place, named by the place alone")),
        _ => Ok(()),
    }
}

/// Columns of a sheet that has one measure of all places, a column each, and is called by the measure.
pub(crate) fn of_sheet_called(table: &SheetTable, name: &str, when: When) -> Option<History> {
    let columns: Vec<usize> = table
        .used()
        .filter(|(i, c)| !when.columns().contains(i) && is_length(c) && !says(c, TOTAL))
        .map(|c| c.0)
        .collect();
    let some = columns.first().map(|c| &table.columns[*c])?;
    let measure = if has_word(name, WITHIN) {
        Some(if is_percent(name, some) || columns.iter().all(|c| table.columns[*c].range.1 <= 1.0) {
            Measure::Share
        } else {
            Measure::Within
        })
    } else {
        BY_WORDS.into_iter().find(|(list, _)| has_word(name, list)).map(|w| w.1)
    }?;
    let places = place_names(columns.iter().map(|c| table.columns[*c].name.as_str()));
    let each = columns.iter().zip(places).map(|(c, place)| {
        let mut of = MeasureColumns { place: Some(place), ..MeasureColumns::default() };
        *of.slot(measure) = Some(*c);
        of
    });
    Some(History { when, place: None, each: each.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_what_names_do_not_share() {
        let of = |names: &[&str]| places(names);
        let some = |p: &[&str]| Some(p.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["North calls", "East-Coast Calls"]), some(&["North", "East-Coast"]));
        assert_eq!(of(&["Offered: North", "Offered: South"]), some(&["North", "South"]));
        assert_eq!(of(&["Calls offered North", "Calls offered South"]), some(&["North", "South"]));
        // Nothing is shared, or nothing is left.
        assert_eq!(of(&["Calls", "Tickets"]), None);
        assert_eq!(of(&["North calls", "calls"]), None);
        assert_eq!(of(&["North calls", "north Calls"]), None);
    }

    #[test]
    fn what_is_left_of_a_name_without_its_place() {
        let of = |name, place| without(name, place);
        assert_eq!(of("North answered within 10 min", "North").as_deref(), Some("answered within 10 min"));
        assert_eq!(of("SL % North", "north").as_deref(), Some("SL %"));
        assert_eq!(of("Answered North-East in time", "north east").as_deref(), Some("Answered in time"));
        assert_eq!(of("Answered", "North"), None);
        assert_eq!(of("North", "North"), None);
    }
}
