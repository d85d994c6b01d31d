//! Whole days of which a record has nothing although something would have come: not recorded, rather than empty. They are found by
//! evidence, said, left out of profiles, and have the counts of a like day where whole weeks are drawn.

use crate::holidays::Holiday;
use crate::series::{COUNT_AS_NONE, NONE_ARRIVE, NONE_BETWEEN, Series};
use jiff::civil::{Date, DateTime};
use std::collections::{BTreeMap, BTreeSet};

/// Days without a record, by place.
pub(crate) type MissingDays = BTreeMap<usize, BTreeSet<Date>>;

/// A weekday of which more days than one in so many have nothing is one on which a place may be closed.
const RARE: usize = 5;
/// Days of a weekday from which on it has a record of its own.
const LEAST: usize = 4;

fn weekday(d: Date) -> usize {
    usize::try_from(d.weekday().to_monday_zero_offset()).unwrap_or(0)
}

/// Days on which nearly all close.
fn is_feast(d: Date) -> bool {
    matches!((d.month(), d.day()), (12, 24..=26 | 31) | (1, 1))
}

/// The days from the first to the last between which all are known whole, and each place's requests on them; the last place is all together.
fn totals(series: &Series) -> Option<(Vec<Date>, Vec<Vec<u64>>)> {
    let (first, last) = (series.rows.first()?.0.date(), series.rows.last()?.0.date());
    let days: Vec<Date> = first.series(jiff::Span::new().days(1)).take_while(|d| *d <= last).collect();
    let places = series.places.len();
    let mut out = vec![vec![0; days.len()]; places + 1];
    for (at, counts) in &series.rows {
        let day = usize::try_from(first.until(at.date()).ok()?.get_days()).ok()?;
        for (p, n) in counts.iter().enumerate() {
            out[p][day] += n;
            out[places][day] += n;
        }
    }
    Some((days, out))
}

/// The days of one place on which nothing came by no chance: other days of their weekday have so many that a third of them would leave a day
/// empty less than once in a hundred such records, hardly one of them is empty, and the same date of another year is not.
fn of_place(days: &[Date], totals: &[u64], off: &BTreeSet<Date>) -> BTreeSet<Date> {
    let mut out = BTreeSet::new();
    for w in 0..7 {
        let own: Vec<usize> = (0..days.len()).filter(|i| weekday(days[*i]) == w).collect();
        let mut some: Vec<u64> = own.iter().map(|i| totals[*i]).filter(|n| *n > 0).collect();
        let empty: Vec<Date> = own
            .iter()
            .filter(|i| totals[**i] == 0 && **i > 0 && **i + 1 < days.len())
            .map(|i| days[*i])
            .filter(|d| !off.contains(d) && !is_feast(*d))
            .collect();
        some.sort_unstable();
        let ordinary = some.get(some.len() / 2).copied().unwrap_or(0) as f64;
        let sure = ordinary / 3.0 > poolwise_math::ln(100.0 * days.len() as f64);
        if some.len() >= LEAST && sure && empty.len() * RARE <= own.len() {
            out.extend(empty);
        }
    }
    let closed: BTreeSet<Date> = out
        .iter()
        .filter(|d| out.iter().any(|o| (o.month(), o.day()) == (d.month(), d.day()) && o.year() != d.year()))
        .copied()
        .collect();
    out.retain(|d| !closed.contains(d));
    out
}

/// Finds the days without a record: of each place, and of all together.
pub fn missing_days(series: &Series, holidays: &[Holiday]) -> MissingDays {
    let mut out = MissingDays::new();
    let Some((days, totals)) = totals(series) else { return out };
    let off: BTreeSet<Date> = holidays.iter().map(|h| h.date).collect();
    let places = series.places.len();
    let of_all = of_place(&days, &totals[places], &off);
    for (p, totals) in totals[..places].iter().enumerate() {
        let mut own = of_place(&days, totals, &off);
        // A place that has too few requests to tell is told by the others; not where it never has any on such days.
        let ever = |d: &Date| (0..days.len()).any(|i| weekday(days[i]) == weekday(*d) && totals[i] > 0);
        own.extend(of_all.iter().filter(|d| ever(d)));
        if !own.is_empty() {
            out.insert(p, own);
        }
    }
    out
}

/// The nearest day of the same weekday that is known, the earlier of two as near.
fn like(day: Date, series: &Series, missing: &BTreeSet<Date>) -> Option<Date> {
    let (first, last) = (series.rows.first()?.0.date(), series.rows.last()?.0.date());
    (1..=520_i64)
        .flat_map(|w| [-7 * w, 7 * w])
        .filter_map(|d| day.checked_add(jiff::Span::new().days(d)).ok())
        .find(|d| *d > first && *d < last && !missing.contains(d))
}

/// The record with the counts of a like day on days without a record, so that whole weeks can be drawn of it.
pub fn filled(series: &Series, missing: &MissingDays) -> Series {
    let mut out = series.clone();
    let any: BTreeSet<Date> = missing.values().flatten().copied().collect();
    if any.is_empty() {
        return out;
    }
    let places = series.places.len();
    let mut by_day: BTreeMap<Date, Vec<(DateTime, Vec<u64>)>> = BTreeMap::new();
    for row in &series.rows {
        by_day.entry(row.0.date()).or_default().push(row.clone());
    }
    for (p, days) in missing {
        for day in days {
            let Some(from) = like(*day, series, days).and_then(|d| by_day.get(&d)).cloned() else { continue };
            let rows = by_day.entry(*day).or_default();
            for (at, counts) in from {
                let at = day.to_datetime(at.time());
                match rows.binary_search_by_key(&at, |r| r.0) {
                    Ok(i) => rows[i].1[*p] = counts[*p],
                    Err(i) => {
                        let mut new = vec![0; places];
                        new[*p] = counts[*p];
                        rows.insert(i, (at, new));
                    }
                }
            }
        }
    }
    out.rows = by_day.into_values().flatten().collect();
    out
}

/// Days that a sentence names.
const MOST_SAID: usize = 10;

/// What was found, in sentences: places with the same days together.
fn said(series: &Series, missing: &MissingDays) -> Vec<String> {
    let mut alike: BTreeMap<&BTreeSet<Date>, Vec<usize>> = BTreeMap::new();
    for (p, days) in missing {
        alike.entry(days).or_default().push(*p);
    }
    let of = |days: &BTreeSet<Date>, places: &[usize]| {
        let named: Vec<String> = days.iter().take(MOST_SAID).map(Date::to_string).collect();
        let more = days.len() - named.len();
        let more = if more > 0 { format!(" and {more} more days") } else { String::new() };
        let who = if places.len() == series.places.len() {
            "nothing came".to_owned()
        } else {
            let names: Vec<String> = places.iter().map(|p| format!("`{}`", series.places[*p])).collect();
            format!("nothing came at {}", names.join(", "))
        };
        let first = days.first().map_or_else(String::new, Date::to_string);
        format!(
            "{who} on {}{more}, although other such days are never empty: taken as not recorded, left out of the profile, and given the counts \
             of the nearest day of their weekday where weeks are drawn; if nothing did come, say `--holidays {first}`",
            named.join(", ")
        )
    };
    alike.into_iter().map(|(days, places)| of(days, &places)).collect()
}

/// Says on which days nothing was recorded; what was said of them before, that nothing came, holds of the others.
pub fn told(series: &Series, missing: &MissingDays, before: &mut Vec<String>) -> Vec<String> {
    let found = self::said(series, missing);
    if !found.is_empty() {
        for line in before.iter_mut() {
            for says in [NONE_ARRIVE, NONE_BETWEEN, COUNT_AS_NONE] {
                *line = line.replace(says, &format!("{says}, but for the days named below"));
            }
        }
    }
    before.extend(found.iter().cloned());
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// Twelve weeks from Monday, 3 March 2025, of two places: so many a day at each.
    fn series(count: impl Fn(usize, Date) -> u64) -> Series {
        let rows = (0..84).flat_map(|d: i64| {
            let day = date(2025, 3, 3).checked_add(jiff::Span::new().days(d)).expect("a day");
            let n = [count(0, day), count(1, day)];
            [0_i8, 12]
                .map(|h| (day.at(h, 0, 0, 0), n.map(|n| if h == 0 { n / 2 } else { n - n / 2 }).to_vec()))
        });
        let rows = rows.collect();
        Series { places: vec!["a".to_owned(), "b".to_owned()], width: 43_200, rows, notes: Vec::new() }
    }

    #[test]
    fn days_that_are_empty_by_no_chance_are_missing() {
        let (gone, sunday) = (date(2025, 4, 2), date(2025, 4, 6));
        let weekend = |d: Date| weekday(d) > 4;
        // Closed at weekends: those are no missing days, nor is a day that may be empty by chance, nor a holiday.
        let s = series(|p, d| match (p, d) {
            (_, d) if weekend(d) => 0,
            (0, d) if d == gone => 0,
            (0, _) => 60,
            (_, d) if d == date(2025, 4, 3) => 0,
            _ => 8,
        });
        let found = missing_days(&s, &[]);
        assert_eq!(found, MissingDays::from([(0, BTreeSet::from([gone]))]));
        assert!(!found[&0].contains(&sunday));
        let holiday = Holiday { date: gone, name: "a day off".to_owned() };
        assert!(missing_days(&s, &[holiday]).is_empty());
        // Where nothing came anywhere, the small place is told by the large one.
        let s = series(|p, d| if d == gone { 0 } else { [60, 8][p] });
        assert_eq!(missing_days(&s, &[]).len(), 2);
        let whole = filled(&s, &missing_days(&s, &[]));
        assert_eq!(whole.total(), s.total() + 68);
        // What was said of empty intervals holds of the others.
        let mut before = vec![format!("24 intervals have no row: {NONE_ARRIVE}")];
        told(&s, &missing_days(&s, &[]), &mut before);
        assert!(before.len() == 2 && before[0].ends_with("but for the days named below"), "{before:?}");
        let said = said(&s, &missing_days(&s, &[]));
        assert!(said.len() == 1 && said[0].contains("nothing came on 2025-04-02, although"), "{said:?}");
        // Every third Wednesday empty: that is how the place works.
        let s = series(|p, d| if weekday(d) == 2 && d.day() % 3 == 0 { 0 } else { [60, 8][p] });
        assert!(missing_days(&s, &[]).is_empty(), "{:?}", missing_days(&s, &[]));
    }

    /// A day of which the file has no row at all is filled by that of a week before.
    #[test]
    fn days_without_rows_are_filled() {
        let mut s = series(|_, d| 60 + u64::try_from(d.day()).unwrap_or(0));
        s.rows.retain(|r| r.0.date() != date(2025, 4, 2));
        let whole = filled(&s, &missing_days(&s, &[]));
        let at =
            |d: Date| whole.rows.iter().filter(|r| r.0.date() == d).map(|r| r.1.clone()).collect::<Vec<_>>();
        assert_eq!(at(date(2025, 4, 2)), at(date(2025, 3, 26)));
        assert!(whole.rows.windows(2).all(|w| w[0].0 < w[1].0));
    }
}
