//! Dates as a year, a week and a day of the week: by ISO 8601, whose weeks begin on Monday and belong to the year of their Thursday.
//! Where the rows show that other weeks or years are meant they are refused.

use crate::cell::{Cell, Decimal, number};
use crate::dates::weekday;
use crate::facts::{Facts, SheetTable};
use crate::problem::Problem;
use crate::read::{Book, ReadProgress};
use crate::totals::is_total_word;
use crate::words::has_word;
use jiff::civil::{Date, ISOWeekDate, Weekday};
use std::collections::BTreeSet;

/// Names of columns of weeks.
pub(crate) const WEEK: &[&str] = &[
    "week",
    "isoweek",
    "iso week",
    "week number",
    "week no",
    "weeknum",
    "weeknr",
    "weeknummer",
    "week of year",
    "wk",
    "kw",
    "kalenderwoche",
    "woche",
    "semaine",
    "semana",
];
/// Names of columns of days of the week, beside those of days.
pub(crate) const WEEKDAY: &[&str] = &[
    "weekday",
    "day of week",
    "dow",
    "dayofweek",
    "wochentag",
    "weekdag",
    "jour de la semaine",
    "iso weekday",
];

/// A number, or letters and a number: `10`, `W10`, `KW 10`.
fn week_number(text: &str) -> Option<f64> {
    let digits = text.trim_start_matches(|c: char| c.is_alphabetic() || c == ' ' || c == '.');
    let prefix = text.len() - digits.len();
    number(digits, Decimal::Point).filter(|x| prefix <= 8 && x.fract() == 0.0 && (1.0..=53.0).contains(x))
}

/// Whether a column's cells are weeks of a year.
pub(crate) fn are_weeks(c: &Facts) -> bool {
    let numbers = c.mostly(c.numbers) && c.whole == c.numbers && c.range.0 >= 1.0 && c.range.1 <= 53.0;
    let texts = || c.values.keys().all(|v| week_number(v).is_some() || is_total_word(v));
    numbers || c.mostly(c.texts) && texts()
}

/// Whether they are days of the week: names, or numbers of which the column says that they are ISO's, Monday the first.
pub(crate) fn are_weekdays(c: &Facts) -> bool {
    let names = || c.values.keys().all(|v| weekday(v).is_some() || is_total_word(v));
    let numbers = c.mostly(c.numbers) && c.whole == c.numbers && c.range.0 >= 1.0 && c.range.1 <= 7.0;
    c.mostly(c.texts) && names() || numbers && has_word(&c.name, &["iso"])
}

/// The week of a cell.
pub(crate) fn week_of(cell: &Cell<'_>) -> Option<i8> {
    match cell {
        Cell::Number(x) if x.fract() == 0.0 && (1.0..=53.0).contains(x) => Some(*x as i8),
        Cell::Text(text) => week_number(text).map(|x| x as i8),
        _ => None,
    }
}

/// The day of the week of a cell, Monday 0.
pub(crate) fn weekday_of(cell: &Cell<'_>) -> Option<i8> {
    let of = |x: f64| (x.fract() == 0.0 && (1.0..=7.0).contains(&x)).then_some(x as i8 - 1);
    match cell {
        Cell::Number(x) => of(*x),
        Cell::Text(text) => match weekday(text) {
            Some(d) => i8::try_from(d).ok(),
            None => of(number(text, Decimal::Point)?),
        },
        _ => None,
    }
}

/// The date of a week and its day; `None` where the year has no such week.
pub(crate) fn date_of(year: i16, week: i8, day: i8) -> Option<Date> {
    let day = Weekday::from_monday_zero_offset(day).ok()?;
    ISOWeekDate::new(year, week, day).ok().map(ISOWeekDate::date)
}

/// The date that a row may mean if its year is that of the calendar: the last days of December may be of week 1, the first of January of week 52
/// or 53.
fn by_calendar(d: Date) -> Option<Date> {
    let iso = d.iso_week_date();
    let day = iso.weekday().to_monday_zero_offset();
    let other = match iso.week() {
        1 => date_of(iso.year() + 1, 1, day)?,
        52.. => date_of(iso.year() - 1, iso.week(), day)?,
        _ => return None,
    };
    (other.year() == iso.year()).then_some(other)
}

/// Looks at all rows, whose dates are made in column `date`: gives the first date.
///
/// # Errors
/// If their weeks begin on Sunday, or their years are those of the calendar.
pub(crate) fn first(
    table: &SheetTable,
    date: usize,
    book: &Book,
    watch: &dyn ReadProgress,
) -> Result<Option<Date>, Problem> {
    let (mut firm, mut open) = (BTreeSet::new(), Vec::new());
    let (mut from_sunday, mut from_monday) = ((0_u64, 0), 0_u64);
    let (mut earliest, mut before) = (None, None::<Date>);
    table.rows(book, watch, &mut |row, cells| {
        let Some(Cell::Moment(at)) = cells.get(date).filter(|_| row > table.names_row) else { return Ok(()) };
        let d = at.date();
        earliest.get_or_insert(d);
        if before == Some(d) {
            return Ok(());
        }
        match by_calendar(d) {
            Some(other) => open.push((row, d, other)),
            None => {
                firm.insert(d);
            }
        }
        let week = |d: Date| (d.iso_week_date().year(), d.iso_week_date().week());
        if let Some(last) = before.replace(d).filter(|last| week(*last) == week(d)) {
            let days = [last.weekday(), d.weekday()];
            if days.contains(&Weekday::Sunday) && days.contains(&Weekday::Monday) {
                from_sunday = (from_sunday.0 + 1, row);
            }
            from_monday += u64::from(days.contains(&Weekday::Sunday) && days.contains(&Weekday::Saturday));
        }
        Ok(())
    })?;
    if from_sunday.0 > from_monday {
        return Err(Problem::new(
            table.place.clone().row(from_sunday.1),
            "Sunday and Monday of one week follow each other: these weeks begin on Sunday, and those of ISO 8601 on Monday",
        )
        .help("write dates, such as 2025-03-14, in a column `Date`"));
    }
    let near = |d: Date| {
        let by = |n: i64| d.checked_add(jiff::Span::new().days(n)).unwrap_or(d);
        firm.range(by(-8)..=by(8)).next().is_some()
    };
    if let Some((row, d, other)) = open.into_iter().find(|(_, d, other)| !near(*d) && near(*other)) {
        return Err(Problem::new(
            table.place.clone().row(row),
            format!("this row is {d} by the year and week of ISO 8601, far from the others; it would be beside them as {other}"),
        )
        .help("the year of an ISO week is that of its Thursday: write that, or dates in a column `Date`"));
    }
    Ok(earliest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// ISO 8601: week 1 of 2025 begins on 30 December 2024; 2020 has 53 weeks, 2021 has not.
    #[test]
    fn weeks_by_hand() {
        assert_eq!(date_of(2025, 1, 0), Some(date(2024, 12, 30)));
        assert_eq!(date_of(2020, 53, 6), Some(date(2021, 1, 3)));
        assert_eq!(date_of(2021, 53, 0), None);
        assert_eq!(by_calendar(date(2024, 1, 2)), Some(date(2024, 12, 31)));
        assert_eq!(by_calendar(date(2024, 1, 4)), None);
        assert_eq!(by_calendar(date(2024, 6, 4)), None);
        assert_eq!(week_of(&Cell::text("KW 10")), Some(10));
        assert_eq!(week_of(&Cell::text("Total 700")), None);
        assert_eq!((weekday_of(&Cell::text("Sonntag")), weekday_of(&Cell::Number(1.0))), (Some(6), Some(0)));
    }
}
