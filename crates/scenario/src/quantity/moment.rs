//! Dates and times as data files have them: year, day or month first, a clock of 24 or of 12 hours, with or
//! without an offset from UTC.

use crate::input::words;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

words! {
    /// Which part of a date of numbers stands first. A year of four digits in front is always read as such.
    pub(crate) enum DateOrder {
        /// `2025-03-14`.
        Year = "year-first",
        /// `14-03-2025`.
        Day = "day-first",
        /// `3/14/2025`.
        Month = "month-first",
    }
}

/// What stands in a cell of times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Moment {
    /// An instant, by its offset from UTC.
    At(Timestamp),
    /// A local date and time.
    Local(DateTime),
    /// A date alone.
    Day(Date),
}

/// Reads a cell of times, or says in a sentence what is wrong and what to write.
pub(crate) fn moment(text: &str, order: DateOrder) -> Result<Moment, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Moment::At(at));
    }
    let (day, rest) = match text.find(['T', ' ']) {
        Some(i) => (&text[..i], text[i + 1..].trim()),
        None => (text, ""),
    };
    let day = date(text, day, order)?;
    if rest.is_empty() {
        return Ok(Moment::Day(day));
    }
    clock(rest).map(|time| Moment::Local(day.to_datetime(time))).map_err(|why| format!("{text:?}: {why}"))
}

fn date(text: &str, day: &str, order: DateOrder) -> Result<Date, String> {
    let wrong = || format!("{text:?} is not a time such as \"2018-10-01 06:30\"{}", hint(text));
    let separator = day.chars().find(|c| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let fields: Vec<&str> = day.split(separator).collect();
    let [a, b, c] = fields[..] else { return Err(wrong()) };
    let digits = |f: &str| (1..=4).contains(&f.len()) && f.bytes().all(|b| b.is_ascii_digit());
    if !['-', '/', '.'].contains(&separator) || !fields.iter().all(|f| digits(f)) {
        return Err(wrong());
    }
    let (year, month, day) = match (a.len() == 4, order) {
        (true, _) => (a, b, c),
        (false, _) if c.len() != 4 => {
            return Err(format!("{text:?}: write the year with four digits, as in 2018-10-01 06:30"));
        }
        (false, DateOrder::Day) => (c, b, a),
        (false, DateOrder::Month) => (c, a, b),
        (false, DateOrder::Year) => return Err(say_the_order(text, a, b)),
    };
    let number = |f: &str| f.parse::<i16>().unwrap_or(0);
    Date::new(number(year), number(month) as i8, number(day) as i8)
        .map_err(|_| format!("{text:?}: there is no such day{}", other_order(a, b, order)))
}

/// Which order fits a date that has its year last.
fn say_the_order(text: &str, a: &str, b: &str) -> String {
    let number = |f: &str| f.parse::<u16>().unwrap_or(0);
    let say = match (number(a) > 12, number(b) > 12) {
        (true, _) => "write `dates = \"day-first\"`",
        (false, true) => "write `dates = \"month-first\"`",
        (false, false) => {
            "say whether the day or the month stands first: `dates = \"day-first\"` or `dates = \"month-first\"`"
        }
    };
    format!("{text:?} has its year last; {say}")
}

fn other_order(a: &str, b: &str, order: DateOrder) -> &'static str {
    let number = |f: &str| f.parse::<u16>().unwrap_or(0);
    match order {
        DateOrder::Day if number(b) > 12 && number(a) <= 12 => "; is it `dates = \"month-first\"`?",
        DateOrder::Month if number(a) > 12 && number(b) <= 12 => "; is it `dates = \"day-first\"`?",
        _ => "",
    }
}

/// What a text that is no time may be.
fn hint(text: &str) -> &'static str {
    if clock(text).is_ok() && text.contains(':') {
        "; it has no date: name the column of dates with `column` and this one with `time_column`"
    } else if text.parse::<f64>().is_ok_and(|x| (20_000.0..80_000.0).contains(&x)) {
        "; it looks like a workbook's number of a day: save the column as text"
    } else {
        ""
    }
}

/// A time of day as data files have it: `6:30`, `06:30:15.5`, `6:30 PM`.
pub(super) fn clock(text: &str) -> Result<Time, String> {
    let wrong = || "the time of day is not one such as 06:30".to_owned();
    let lower = text.to_ascii_lowercase();
    let (body, half) = match lower.strip_suffix("am") {
        Some(body) => (body.trim_end(), Some(0)),
        None => match lower.strip_suffix("pm") {
            Some(body) => (body.trim_end(), Some(12)),
            None => (lower.as_str(), None),
        },
    };
    let (body, fraction) = body.split_once('.').unwrap_or((body, ""));
    let mut parts = body.split(':');
    let mut part = |most: i8| {
        let text =
            parts.next().filter(|p| (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))?;
        text.parse::<i8>().ok().filter(|n| *n <= most)
    };
    let hour = part(24).ok_or_else(wrong)?;
    let minute = match (part(59), half) {
        (Some(m), _) => m,
        (None, Some(_)) if !body.contains(':') => 0,
        (None, _) => return Err(wrong()),
    };
    let second = if body.matches(':').count() > 1 { part(59).ok_or_else(wrong)? } else { 0 };
    if parts.next().is_some() || fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let hour = match half {
        None if hour == 24 => return Err("write midnight as 00:00 of the next day".to_owned()),
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return Err(wrong()),
        Some(after) => hour % 12 + after,
    };
    let nanos: i32 = format!("{fraction:0<9}").parse().map_err(|_| wrong())?;
    Time::new(hour, minute, second, nanos).map_err(|_| wrong())
}

/// The time of day in a column of its own: an hour's number, a time, or a span of which the start counts.
pub(crate) fn hour_cell(text: &str) -> Result<Time, String> {
    let wrong =
        |why: &str| format!("{text:?} is not an hour from 0 to 23 or a time of day such as 06:30{why}");
    if text.bytes().all(|b| b.is_ascii_digit()) && (1..=2).contains(&text.len()) {
        let hour: i8 = text.parse().map_err(|_| wrong(""))?;
        return Time::new(hour, 0, 0, 0).map_err(|_| {
            wrong("; where hours are numbered 1 to 24, take 1 from each: an hour is named by its start")
        });
    }
    let start = text.split(['-', '\u{2013}']).next().unwrap_or(text).trim();
    clock(start).map_err(|_| wrong(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_forms_of_times() {
        use DateOrder::{Day, Month, Year};
        let at = date(2025, 3, 4).at(6, 30, 0, 0);
        for (text, order) in [
            ("2025-03-04 06:30", Year),
            ("2025-03-04T06:30:00", Year),
            ("2025/3/4 6:30", Day),
            ("04-03-2025 06:30", Day),
            ("4.3.2025 6:30", Day),
            ("3/4/2025 6:30", Month),
            ("3/4/2025 6:30 AM", Month),
            ("2025-03-04  06:30:00.000", Year),
        ] {
            assert_eq!(moment(text, order), Ok(Moment::Local(at)), "{text}");
        }
        let evening = Moment::Local(date(2025, 3, 4).at(18, 30, 0, 0));
        assert_eq!(moment("2025-03-04 6:30 pm", Year), Ok(evening));
        assert_eq!(moment("2025-03-04 12:00 am", Year), Ok(Moment::Local(date(2025, 3, 4).at(0, 0, 0, 0))));
        assert_eq!(moment("2025-03-04", Year), Ok(Moment::Day(date(2025, 3, 4))));
        assert!(matches!(moment("2025-03-04T06:30Z", Year), Ok(Moment::At(_))));
        assert!(matches!(moment("2025-03-04 06:30:00+02:00", Year), Ok(Moment::At(_))));
    }

    #[test]
    fn a_wrong_time_says_what_to_write() {
        let wrong = |text: &str, order| moment(text, order).expect_err(text);
        assert!(wrong("13-03-2025 00:00", DateOrder::Year).contains("`dates = \"day-first\"`"));
        assert!(wrong("3/13/2025 0:00", DateOrder::Year).contains("`dates = \"month-first\"`"));
        let both = wrong("3/3/2025 0:00", DateOrder::Year);
        assert!(both.contains("day-first") && both.contains("month-first"));
        assert!(wrong("3/13/2025 0:00", DateOrder::Day).contains("month-first"));
        assert!(wrong("3/3/25 0:00", DateOrder::Month).contains("four digits"));
        assert!(wrong("08:00", DateOrder::Year).contains("time_column"));
        assert!(wrong("45719.33", DateOrder::Year).contains("workbook"));
        assert!(wrong("2025-02-30 08:00", DateOrder::Year).contains("no such day"));
        assert!(wrong("2025-02-03 24:00", DateOrder::Year).contains("next day"));
        assert!(wrong("", DateOrder::Year).contains("is not a time"));
    }

    #[test]
    fn hours_in_a_column_of_their_own() {
        let time = |h, m| Ok(Time::new(h, m, 0, 0).expect("a time"));
        for (text, hour, minute) in [
            ("0", 0, 0),
            ("07", 7, 0),
            ("23", 23, 0),
            ("7:30", 7, 30),
            ("07:30-08:00", 7, 30),
            ("7 pm", 19, 0),
        ] {
            assert_eq!(hour_cell(text), time(hour, minute), "{text}");
        }
        assert!(hour_cell("24").expect_err("24").contains("by its start"));
        assert!(hour_cell("x").is_err());
    }
}
