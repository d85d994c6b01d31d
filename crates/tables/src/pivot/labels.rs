//! What the labels of a nested table say: a place, a year, a month, a day, a time of day; and which of them hold for a row.

use crate::cell::Cell;
use crate::dates::{is_day_end, month, named_hour, start_of_span, written};
use crate::sections::place;
use crate::totals::is_total_word;
use jiff::civil::Date;

/// What a label is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Year,
    /// A month, perhaps with its year.
    Month,
    /// A day and its month without a year, as a pivot's groups of days are called.
    Day,
    Date,
    Clock,
    /// A week or quarter.
    Period,
    Place,
    Total,
}

/// Year and month of such a label; no year where it names none.
pub(super) fn year_and_month(text: &str) -> Option<(Option<i16>, i8)> {
    let words: Vec<&str> =
        text.split([' ', '-', '.', '/', '\'']).map(str::trim).filter(|w| !w.is_empty()).collect();
    let year = |w: &str| {
        let y: i16 = w.parse().ok()?;
        match w.len() {
            4 if (1900..2200).contains(&y) => Some(y),
            2 => Some(2000 + y),
            _ => None,
        }
    };
    let named = |w: &str| w.chars().all(char::is_alphabetic).then(|| month(w)).flatten();
    match words[..] {
        [m] => Some((None, i8::try_from(named(m)?).ok()?)),
        [a, b] => match (named(a), named(b)) {
            (Some(m), None) => Some((Some(year(b)?), i8::try_from(m).ok()?)),
            (None, Some(m)) if a.len() == 4 => Some((Some(year(a)?), i8::try_from(m).ok()?)),
            (None, None) if text.contains('-') && a.len() == 4 => {
                let m: i8 = b.parse().ok().filter(|m| (1..=12).contains(m))?;
                Some((Some(year(a)?), m))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Month and day of a label such as `03-Mar` or `Mar 3`.
pub(super) fn month_and_day(text: &str) -> Option<(i8, i8)> {
    let words: Vec<&str> = text.split([' ', '-', '.', '/']).filter(|w| !w.is_empty()).collect();
    let [a, b] = words[..] else { return None };
    let named = |w: &str| w.chars().all(char::is_alphabetic).then(|| month(w)).flatten();
    let (m, d) = named(b).map(|m| (m, a)).or_else(|| named(a).map(|m| (m, b)))?;
    let d: i8 = if d.len() <= 2 { d.parse().ok()? } else { return None };
    if !(1..=31).contains(&d) {
        return None;
    }
    Some((i8::try_from(m).ok()?, d))
}

/// The year that a label is, if it is one.
pub(super) fn year(cell: &Cell<'_>) -> Option<i16> {
    let whole = |x: f64| (x.fract() == 0.0 && (1900.0..2200.0).contains(&x)).then_some(x as i16);
    match cell {
        Cell::Number(x) => whole(*x),
        Cell::Text(text) if text.trim().len() == 4 => whole(text.trim().parse().ok()?),
        _ => None,
    }
}

/// A whole number of a cell.
pub(super) fn whole(cell: &Cell<'_>) -> Option<u32> {
    match cell {
        Cell::Number(x) if x.fract() == 0.0 && (0.0..1e6).contains(x) => Some(*x as u32),
        Cell::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// What a label is of; `None` for an empty cell.
pub(super) fn kind(cell: &Cell<'_>) -> Option<Kind> {
    if year(cell).is_some() {
        return Some(Kind::Year);
    }
    Some(match cell {
        Cell::Empty => return None,
        Cell::Moment(_) => Kind::Date,
        Cell::Span(_) => Kind::Clock,
        Cell::Number(_) if whole(cell).is_some_and(|h| h <= 24) => Kind::Clock,
        Cell::Number(_) => Kind::Place,
        Cell::Text(text) => {
            let text = text.trim();
            if is_total_word(text) {
                Kind::Total
            } else if month_and_day(text).is_some() {
                Kind::Day
            } else if year_and_month(text).is_some() {
                Kind::Month
            } else if written(text).is_some() {
                Kind::Date
            } else if start_of_span(text).is_some()
                || named_hour(text).is_some()
                || is_day_end(text)
                || whole(cell).is_some_and(|h| h <= 24)
            {
                Kind::Clock
            } else if place(text).is_none() {
                Kind::Period
            } else {
                Kind::Place
            }
        }
    })
}

/// The labels that hold, the outermost first.
#[derive(Debug, Clone, Default)]
pub(super) struct Held(pub Vec<Cell<'static>>);

impl Held {
    /// A label of a level: those within it hold no longer.
    pub(super) fn set(&mut self, level: usize, cell: &Cell<'_>) {
        self.0.resize(self.0.len().max(level + 1), Cell::Empty);
        self.0[level] = cell.clone().into_owned();
        self.0[level + 1..].fill(Cell::Empty);
    }

    /// The date that a day without a year is, by the year or the month with a year above it.
    pub(super) fn date(&self, day: &Cell<'_>) -> Option<Date> {
        let Cell::Text(text) = day else { return None };
        let (m, d) = month_and_day(text)?;
        let of = |c: &Cell<'static>| {
            year(c).or_else(|| match c {
                Cell::Text(text) => year_and_month(text)?.0,
                _ => None,
            })
        };
        Date::new(self.0.iter().rev().find_map(of)?, m, d).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_what_they_are_of() {
        for (label, of) in [
            ("2025", Kind::Year),
            ("Mar", Kind::Month),
            ("Mar 2025", Kind::Month),
            ("2025-03", Kind::Month),
            ("M\u{e4}rz", Kind::Month),
            ("03-Mar", Kind::Day),
            ("3. Mrz", Kind::Day),
            ("2025-03-03", Kind::Date),
            ("03.03.2025", Kind::Date),
            ("07:00", Kind::Clock),
            ("7 AM", Kind::Clock),
            ("7", Kind::Clock),
            ("North", Kind::Place),
            ("Week 12", Kind::Period),
            ("Grand Total", Kind::Total),
            ("North Total", Kind::Total),
        ] {
            assert_eq!(kind(&Cell::text(label)), Some(of), "{label}");
        }
    }

    #[test]
    fn a_day_takes_its_year_from_above() {
        let mut held = Held::default();
        held.set(0, &Cell::Number(2025.0));
        held.set(1, &Cell::text("Mar"));
        assert_eq!(held.date(&Cell::text("03-Mar")), Some(jiff::civil::date(2025, 3, 3)));
        held.set(0, &Cell::text("North"));
        assert_eq!(held.date(&Cell::text("03-Mar")), None);
    }
}
