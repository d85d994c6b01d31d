//! What stands in a cell, whatever kind of file it comes from, and numbers as people write them.

use jiff::Timestamp;
use jiff::civil::{DateTime, Time, date};
use std::borrow::Cow;

/// Text of a cell with a formula of which no result was saved.
pub const NO_VALUE: &str = "a formula without a saved value";

/// Text of a cell below a number that stands for several rows at once.
pub(crate) const MERGED: &str = "a number merged over several rows";

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// A cell without content.
    Empty,
    /// Text as it stands, without blanks around it.
    Text(Cow<'a, str>),
    /// A number that the file says is one.
    Number(f64),
    /// A date and time that the file says is one.
    Moment(DateTime),
    /// A time of day or a length of time that the file says is one, in seconds.
    Span(f64),
}

impl Cell<'_> {
    /// Text of a cell, as messages show it.
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => "an empty cell".to_owned(),
            Self::Text(text) => {
                let short: String = text.chars().take(40).collect();
                format!("{short:?}")
            }
            Self::Number(x) => format!("{x}"),
            Self::Moment(at) => at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            Self::Span(seconds) => format!("{seconds} s"),
        }
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// The same, owned.
    pub fn into_owned(self) -> Cell<'static> {
        match self {
            Self::Empty => Cell::Empty,
            Self::Text(text) => Cell::Text(Cow::Owned(text.into_owned())),
            Self::Number(x) => Cell::Number(x),
            Self::Moment(at) => Cell::Moment(at),
            Self::Span(s) => Cell::Span(s),
        }
    }

    /// A cell of text: empty where there are only blanks.
    pub fn text(text: &str) -> Cell<'_> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        // `="07:00"` keeps a spreadsheet from reading a text as something else.
        let text = text.strip_prefix("=\"").and_then(|t| t.strip_suffix('"')).map_or(text, str::trim);
        // A dash alone is how people write that there is nothing.
        let nothing = matches!(text, "" | "-" | "\u{2013}" | "\u{2014}");
        if nothing { Cell::Empty } else { Cell::Text(Cow::Borrowed(text)) }
    }
}

/// Whether a text is what a spreadsheet shows where a formula failed: `#REF!`, `#N/A`, `#DIV/0!`.
pub fn is_failed(text: &str) -> bool {
    let word = text.split([',', ';', '\t']).next().unwrap_or_default().trim_end();
    let marks = ["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"];
    marks.contains(&word)
}

/// Instants as numbers since 1970: seconds, thousandths, millionths or billionths of them, of the years 1980 to 2100. Which of
/// them it is its size says; a workbook's days are far below all of them.
pub fn epoch(x: f64) -> Option<(Timestamp, &'static str)> {
    let units = [(1.0, "seconds"), (1e3, "milliseconds"), (1e6, "microseconds"), (1e9, "nanoseconds")];
    let (per_second, unit) = units.into_iter().find(|(u, _)| (3.15e8 * u..4.1e9 * u).contains(&x))?;
    let micros = (x / per_second * 1e6).round();
    Some((Timestamp::from_microsecond(micros as i64).ok()?, unit))
}

/// What separates the whole from the fraction of numbers in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decimal {
    /// A point before decimals: 13.1.
    Point,
    /// A comma before decimals: 13,1.
    Comma,
}

/// A number in text under one way of writing: thousands may stand apart by the other mark, a blank or an
/// apostrophe; a per cent sign divides by a hundred. `None` where it is none.
pub fn number(text: &str, decimal: Decimal) -> Option<f64> {
    let (body, scale) = match text.strip_suffix('%') {
        Some(body) => (body.trim_end(), 0.01),
        None => (text, 1.0),
    };
    let (mark, group) = match decimal {
        Decimal::Point => ('.', ','),
        Decimal::Comma => (',', '.'),
    };
    let (sign, digits) = match body.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (-1.0, rest),
        None => (1.0, body.strip_prefix('+').unwrap_or(body)),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == mark) {
        return None;
    }
    let (whole, rest) = digits.split_once(mark).map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut plain = String::with_capacity(digits.len());
    let mut groups = whole.split([group, '\'', ' ', '\u{a0}', '\u{202f}']);
    let first = groups.next()?;
    plain.push_str(first);
    for g in groups {
        // Groups of thousands have three digits, and the first of them one to three.
        if g.len() != 3 || first.is_empty() || first.len() > 3 || first.starts_with('0') {
            return None;
        }
        plain.push_str(g);
    }
    if !plain.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if let Some(fraction) = rest {
        let (digits, exponent) =
            fraction.split_once(['e', 'E']).map_or((fraction, None), |(d, e)| (d, Some(e)));
        if !digits.bytes().all(|b| b.is_ascii_digit()) || (plain.is_empty() && digits.is_empty()) {
            return None;
        }
        plain.push('.');
        plain.push_str(digits);
        if let Some(e) = exponent {
            plain.push('e');
            plain.push_str(e);
        }
    }
    let value = sign * scale * plain.parse::<f64>().ok()?;
    value.is_finite().then_some(value)
}

/// A length of time written with units or colons, in seconds: `13 min 5 s`, `1h20`, `00:13:06`, `PT13M`. Two
/// parts with a colon may be minutes and seconds or hours and minutes: both are given.
pub fn span(text: &str) -> Option<Spans> {
    if let Some(clock) = colons(text) {
        return Some(clock);
    }
    let text = text.trim_start_matches("PT").trim_start_matches("pt");
    let mut rest = text;
    let (mut seconds, mut last) = (0.0, f64::INFINITY);
    let mut any = false;
    while !rest.trim().is_empty() {
        rest = rest.trim_start();
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(rest.len());
        let amount: f64 = rest[..digits].replace(',', ".").parse().ok()?;
        rest = rest[digits..].trim_start();
        let letters = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let marks = [("\u{2032}", 60.0), ("'", 60.0), ("\u{2019}", 60.0), ("\u{2033}", 1.0), ("\"", 1.0)];
        let (of, end) = match marks.iter().find(|m| rest.starts_with(m.0)) {
            Some((mark, of)) => (*of, mark.len()),
            // `4 min 30`, `1h20`: what follows is in the next smaller unit.
            None if rest.is_empty() && last >= 60.0 => (last / 60.0, 0),
            None => (unit(&rest[..letters])?, letters),
        };
        // The same unit twice, or a greater one after a smaller, is no length of time.
        if of >= last {
            return None;
        }
        (seconds, last) = (seconds + amount * of, of);
        rest = rest[end..].trim_start_matches('.');
        any = true;
    }
    any.then_some(Spans::One(seconds))
}

/// What a length of time may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spans {
    /// One reading, in seconds.
    One(f64),
    /// Two parts with a colon: as hours and minutes, and as minutes and seconds; both in seconds.
    Two(f64, f64),
}

fn colons(text: &str) -> Option<Spans> {
    let parts: Vec<&str> = text.split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    let mut values = [0.0; 3];
    for (value, part) in values.iter_mut().zip(&parts) {
        if part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',') {
            return None;
        }
        *value = part.replace(',', ".").parse().ok()?;
    }
    let [a, b, c] = values;
    if b >= 60.0 || c >= 60.0 {
        return None;
    }
    Some(if parts.len() == 3 {
        Spans::One(a * 3600.0 + b * 60.0 + c)
    } else {
        Spans::Two(a * 3600.0 + b * 60.0, a * 60.0 + b)
    })
}

/// Seconds of a unit of time by its name; `None` for other words.
pub(crate) fn unit(name: &str) -> Option<f64> {
    Some(match name.to_lowercase().as_str() {
        "ms" | "millisecond" | "milliseconds" | "msec" => 0.001,
        "s" | "sec" | "secs" | "second" | "seconds" | "sek" | "sekunde" | "seconde" | "seg" | "segundo"
        | "segundos" | "sekunden" | "seconden" | "secondes" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" | "minuten" | "minuut" | "minuto" | "minutos" | "mn" => {
            60.0
        }
        "h" | "hr" | "hrs" | "hour" | "hours" | "uur" | "std" | "stunde" | "stunden" | "heure" | "heures"
        | "hora" | "horas" => 3600.0,
        "d" | "day" | "days" | "dag" | "dagen" | "tag" | "tage" | "jour" | "jours" => 86_400.0,
        _ => return None,
    })
}

/// A workbook's number of a day as date and time: days since 1899-12-30, the fraction being the time of day.
pub(crate) fn serial(days: f64) -> Option<DateTime> {
    if !(1.0..2_958_466.0).contains(&days) {
        return None;
    }
    let whole = days.floor();
    // A workbook keeps sixteen digits of a day: microseconds. A thousandth of a second is what people mean.
    let millis = ((days - whole) * 86_400_000.0).round() as i64;
    // Days written with five or six decimals miss a whole minute by up to half a second.
    let minute = (millis + 30_000) / 60_000 * 60_000;
    let millis = if (millis - minute).abs() < 500 { minute } else { millis };
    let base = date(1899, 12, 30).to_datetime(Time::midnight());
    base.checked_add(jiff::Span::new().try_days(whole as i64).ok()?.try_milliseconds(millis).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        use Decimal::{Comma, Point};
        for (text, decimal, value) in [
            ("13.1", Point, Some(13.1)),
            ("13,1", Comma, Some(13.1)),
            ("13,1", Point, None),
            ("1,234", Point, Some(1234.0)),
            ("1,234", Comma, Some(1.234)),
            ("1.234.567,5", Comma, Some(1_234_567.5)),
            ("1 234,5", Comma, Some(1234.5)),
            ("1'234.5", Point, Some(1234.5)),
            ("-3", Point, Some(-3.0)),
            (".5", Point, Some(0.5)),
            ("7%", Point, Some(0.07)),
            ("12a", Point, None),
            ("1e400", Point, None),
            ("", Point, None),
            ("-", Point, None),
        ] {
            assert_eq!(number(text, decimal), value, "{text}");
        }
    }

    #[test]
    fn lengths_of_time() {
        assert_eq!(span("00:13:06"), Some(Spans::One(786.0)));
        assert_eq!(span("13:06"), Some(Spans::Two(13.0 * 3600.0 + 360.0, 786.0)));
        assert_eq!(span("13 min 6 s"), Some(Spans::One(786.0)));
        assert_eq!(span("1h20m"), Some(Spans::One(4800.0)));
        assert_eq!(span("PT13M"), Some(Spans::One(780.0)));
        for text in [
            "4m30s",
            "4 min 30",
            "4'30\"",
            "0 Std. 4 Min. 30 Sek.",
            "4,5 min",
            "270 s",
            "0:04:30",
            "4 minutos 30 segundos",
        ] {
            assert_eq!(span(text), Some(Spans::One(270.0)), "{text}");
        }
        assert_eq!(span("1h20"), Some(Spans::One(4800.0)));
        assert_eq!((span("30 s 4 min"), span("4 min 3 min")), (None, None));
        assert_eq!(span("13.1"), None);
        assert_eq!(span("1:75"), None);
        assert_eq!(span("north"), None);
    }

    #[test]
    fn instants_as_numbers() {
        let at = |x: f64| epoch(x).map(|(t, unit)| (t.to_string(), unit));
        let seven = "2025-03-03T07:00:00Z".to_owned();
        assert_eq!(at(1_740_985_200.0), Some((seven.clone(), "seconds")));
        assert_eq!(at(1_740_985_200_000.0), Some((seven.clone(), "milliseconds")));
        assert_eq!(at(1_740_985_200_000_000.0), Some((seven.clone(), "microseconds")));
        assert_eq!(at(1_740_985_200e9), Some((seven, "nanoseconds")));
        assert_eq!(at(1_740_985_200.25), Some(("2025-03-03T07:00:00.25Z".to_owned(), "seconds")));
        assert_eq!((at(45_719.0), at(7.0), at(-1.0), at(f64::NAN)), (None, None, None, None));
    }

    #[test]
    fn formulas_that_failed() {
        assert!(is_failed("#REF!") && is_failed("#N/A,3,4") && is_failed("#DIV/0!;1"));
        assert!(!is_failed("# a remark") && !is_failed("#Reference") && !is_failed("7"));
    }

    #[test]
    fn days_of_workbooks() {
        assert_eq!(serial(45719.0), Some(date(2025, 3, 3).at(0, 0, 0, 0)));
        assert_eq!(serial(45719.0 + 7.0 / 24.0), Some(date(2025, 3, 3).at(7, 0, 0, 0)));
        // Six and five decimals of a day, as files of text have them.
        assert_eq!(serial(45_719.041_667), Some(date(2025, 3, 3).at(1, 0, 0, 0)));
        assert_eq!(serial(45_719.333_33), Some(date(2025, 3, 3).at(8, 0, 0, 0)));
        assert_eq!(serial(-1.0), None);
        assert_eq!(serial(f64::NAN), None);
    }
}
