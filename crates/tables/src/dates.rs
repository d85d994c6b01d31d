//! Dates as people write them, and which part stands first. A single cell such as 03/04/2025 does not say; a
//! column of them may. Nothing is guessed: the readings that all cells allow are kept, and one must be left.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

/// Which part of a date stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatePartOrder {
    /// Year first: 2025-03-14.
    Year,
    /// Day first: 14-03-2025.
    Day,
    /// Month first: 3/14/2025.
    Month,
}

impl DatePartOrder {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Year, Self::Day, Self::Month];

    /// The word for it on the command line and in scenarios.
    pub fn word(self) -> &'static str {
        match self {
            Self::Year => "year-first",
            Self::Day => "day-first",
            Self::Month => "month-first",
        }
    }
}

/// A date as written, with a time of day or an offset from UTC perhaps.
#[derive(Debug, Clone, PartialEq)]
pub enum WrittenDate {
    /// An instant, and the wall clock that the text shows.
    Instant(Timestamp, DateTime),
    /// A local date and perhaps a time of day.
    Local(Parts, Option<Time>),
    /// The end of a local date: 24:00.
    DayEnd(Parts),
}

/// The date's parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Parts {
    /// There is one reading.
    Fixed(Date),
    /// Three numbers of which the order is open; the last has four digits or two.
    Open([i16; 3]),
}

impl Parts {
    /// The date in one order; `None` where there is no such day.
    pub fn read(self, order: DatePartOrder) -> Option<Date> {
        let Self::Open([a, b, c]) = self else {
            let Self::Fixed(date) = self else { return None };
            return Some(date);
        };
        let short = c < 100;
        let (y, m, d) = match order {
            // A year in front has four digits, or two where all have.
            DatePartOrder::Year if short => (a, b, c),
            DatePartOrder::Year => return None,
            DatePartOrder::Day => (c, b, a),
            DatePartOrder::Month => (c, a, b),
        };
        let y = if y < 100 { y + 2000 } else { y };
        Date::new(y, i8::try_from(m).ok()?, i8::try_from(d).ok()?).ok()
    }

    /// The orders in which it is a day.
    pub(crate) fn orders(self) -> Vec<DatePartOrder> {
        DatePartOrder::ALL.into_iter().filter(|o| self.read(*o).is_some()).collect()
    }
}

/// How the dates of successive rows follow each other, under each order of their parts. Rows of a table run on, up or down;
/// read in a wrong order their dates jump.
#[derive(Debug, Default)]
pub struct Runs {
    last: [Option<Date>; 3],
    broken: [[bool; 2]; 3],
    steps: u64,
}

/// Steps from a date to another from which on they tell the order: so many numbers in any order run on by chance with
/// probability 2 / 11!, five in a hundred million.
const TELLING: u64 = 10;

impl Runs {
    /// One more date.
    pub fn look(&mut self, parts: Parts) {
        let mut stepped = false;
        for (i, order) in DatePartOrder::ALL.into_iter().enumerate() {
            let Some(date) = parts.read(order) else { continue };
            if let Some(last) = self.last[i].filter(|l| *l != date) {
                stepped = true;
                self.broken[i][usize::from(date < last)] = true;
            }
            self.last[i] = Some(date);
        }
        self.steps += u64::from(stepped);
    }

    /// The one of several orders under which the dates run on, where they tell.
    pub fn only(&self, open: &[DatePartOrder]) -> Option<DatePartOrder> {
        let runs = |o: &DatePartOrder| {
            let at = DatePartOrder::ALL.iter().position(|x| x == o).unwrap_or(0);
            self.last[at].is_some() && self.broken[at] != [true, true]
        };
        let mut fit = open.iter().copied().filter(runs);
        let one = fit.next().filter(|_| self.steps >= TELLING)?;
        fit.next().is_none().then_some(one)
    }
}

/// Reads a text as a date, with what may follow it; `None` where it is none in any order.
pub fn written(text: &str) -> Option<WrittenDate> {
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    if may_have_offset(text)
        && let Ok(at) = text.parse::<Timestamp>()
    {
        return Some(WrittenDate::Instant(at, shown_clock(text)?));
    }
    // `Mar` is March, and Tuesday in French and Spanish: a day of the week only where the rest is a date.
    local(text).or_else(|| local(without_weekday(text)))
}

/// Whether there may be an offset from UTC: behind a date, which takes eight digits. Most columns have none, and are read a million times.
fn may_have_offset(text: &str) -> bool {
    text.bytes().skip(8).any(|b| matches!(b, b'Z' | b'z' | b'+' | b'-') || !b.is_ascii())
}

fn local(text: &str) -> Option<WrittenDate> {
    if let Some((parts, rest)) = named_month(text).or_else(|| numbers(text)) {
        let rest = rest.trim_start_matches(['T', 't', ',', ' ', ':']).trim();
        if is_day_end(rest) && !parts.orders().is_empty() {
            return Some(WrittenDate::DayEnd(parts));
        }
        let time = if rest.is_empty() {
            None
        } else {
            Some(clock(rest).or_else(|| plain_clock(rest)).or_else(|| start_of_interval(rest))?)
        };
        if parts.orders().is_empty() {
            return None;
        }
        return Some(WrittenDate::Local(parts, time));
    }
    None
}

/// A time of day in four digits or six beside a date: `0700`, `070015`.
fn plain_clock(text: &str) -> Option<Time> {
    if !matches!(text.len(), 4 | 6) || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |at: usize| text.get(at..at + 2).map_or(Ok(0), str::parse::<i8>).ok();
    Time::new(part(0)?, part(2)?, part(4)?, 0).ok()
}

/// The start of an interval behind a date: `07:00-08:00`, `07:00 - 2025-03-04 08:00`.
fn start_of_interval(text: &str) -> Option<Time> {
    let (start, end) = text.split_once(['-', '\u{2013}'])?;
    let end = end.trim();
    let ends = clock(end).is_some() || is_day_end(end) || written(end).is_some();
    clock(start.trim()).filter(|_| ends)
}

/// A number that is a date as it is written, or a date and a time: 20250304, 202503040630, 20250304063015.
pub(crate) fn stamp(x: f64) -> Option<DateTime> {
    if x.fract() != 0.0 || !(19_000_101.0..22_000_000_000_000.0).contains(&x) {
        return None;
    }
    let text = format!("{x}");
    if !matches!(text.len(), 8 | 12 | 14) {
        return None;
    }
    let (Parts::Fixed(date), _) = numbers(&text[..8])? else { return None };
    let rest = &text[8..];
    Some(date.to_datetime(if rest.is_empty() { Time::midnight() } else { plain_clock(rest)? }))
}

/// The wall clock of a time with an offset, as its text shows it.
fn shown_clock(text: &str) -> Option<DateTime> {
    let (day, rest) = text.split_once(['T', 't', ' '])?;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(rest.len());
    let date: Date = day.parse().ok()?;
    Some(date.to_datetime(clock(&rest[..end])?))
}

/// Leaves out a day of the week that stands before.
fn without_weekday(text: &str) -> &str {
    let word = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    if (2..=9).contains(&word) && weekday(&text[..word]).is_some() {
        text[word..].trim_start_matches(['.', ',', ' '])
    } else {
        text
    }
}

/// The day of the week that a word names, Monday 0: English, German, Dutch, French, Spanish.
pub fn weekday(word: &str) -> Option<usize> {
    const DAYS: [&[&str]; 7] = [
        &["mon", "monday", "mo", "montag", "ma", "maandag", "lun", "lundi", "lunes"],
        &["tue", "tues", "tuesday", "tu", "di", "dienstag", "dinsdag", "mar", "mardi", "martes"],
        &[
            "wed",
            "wednesday",
            "we",
            "mi",
            "mittwoch",
            "wo",
            "woensdag",
            "mer",
            "mercredi",
            "mie",
            "miercoles",
        ],
        &[
            "thu",
            "thur",
            "thurs",
            "thursday",
            "th",
            "do",
            "donnerstag",
            "donderdag",
            "jeu",
            "jeudi",
            "jue",
            "jueves",
        ],
        &["fri", "friday", "fr", "freitag", "vr", "vrijdag", "ven", "vendredi", "vie", "viernes"],
        &["sat", "saturday", "sa", "samstag", "za", "zaterdag", "sam", "samedi", "sab", "sabado"],
        &["sun", "sunday", "su", "so", "sonntag", "zo", "zondag", "dim", "dimanche", "dom", "domingo"],
    ];
    let word = word.to_lowercase().replace('\u{e9}', "e").replace('\u{e1}', "a");
    DAYS.iter().position(|names| names.contains(&word.trim_end_matches('.')))
}

/// The month that a word names, January 1.
pub(crate) fn month(word: &str) -> Option<i16> {
    const MONTHS: [&[&str]; 12] = [
        &["jan", "ene", "enero"],
        &["feb", "fév", "fev"],
        &["mar", "mrt", "maart", "mär", "mrz"],
        &["apr", "avr", "abr"],
        &["may", "mai", "mei"],
        &["jun", "juin"],
        &["jul", "juil"],
        &["aug", "aoû", "aou", "ago"],
        &["sep"],
        &["oct", "okt"],
        &["nov"],
        &["dec", "dez", "déc", "dic"],
    ];
    if !word.starts_with(char::is_alphabetic) {
        return None;
    }
    let word = word.to_lowercase();
    let at = MONTHS.iter().position(|names| names.iter().any(|n| word.starts_with(n)))?;
    Some(at as i16 + 1)
}

/// `3 Mar 2025`, `03-Mar-25`, `March 3, 2025`.
fn named_month(text: &str) -> Option<(Parts, &str)> {
    let mut parts: [&str; 3] = [""; 3];
    let mut rest = text;
    for part in &mut parts {
        rest = between(rest);
        let digits = rest.starts_with(|c: char| c.is_ascii_digit());
        let end = rest
            .find(|c: char| if digits { !c.is_ascii_digit() } else { !c.is_alphabetic() })
            .unwrap_or(rest.len());
        *part = &rest[..end];
        rest = if digits { ordinal(&rest[end..]) } else { &rest[end..] };
    }
    let [a, b, c] = parts;
    let (day, name, year) = if month(a).is_some() { (b, a, c) } else { (a, b, c) };
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let m = month(name)?;
    let (d, y): (i16, i16) = (day.parse().ok()?, year.parse().ok()?);
    // A year in front, as in 2025 Mar 3.
    let (d, y) = if d > 31 { (y, d) } else { (d, y) };
    let y = if y < 100 { y + 2000 } else { y };
    Some((Parts::Fixed(Date::new(y, m as i8, i8::try_from(d).ok()?).ok()?), rest))
}

/// What follows the marks and small words between the parts of a date: `3 de marzo de 2025`, `the 3rd of March 2025`.
fn between(text: &str) -> &str {
    let mut rest = text.trim_start_matches(['-', '/', '.', ',', ' ']);
    while rest.starts_with(char::is_alphabetic)
        && let Some((word, more)) = rest.split_once(' ')
    {
        if !["de", "del", "of", "den", "the"].contains(&word.to_lowercase().as_str()) {
            break;
        }
        rest = more.trim_start();
    }
    rest
}

/// What follows the ending of an ordinal number: `1er`, `3rd`, `1\u{ba}`.
fn ordinal(text: &str) -> &str {
    for ending in ["er", "st", "nd", "rd", "th", "\u{ba}", "e"] {
        if let Some(rest) = text.strip_prefix(ending)
            && rest.starts_with([' ', ',', '.'])
        {
            return rest;
        }
    }
    text
}

/// Three numbers with one mark between them, or eight digits.
fn numbers(text: &str) -> Option<(Parts, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if digits == 8 {
        let part = |a: usize, b: usize| text[a..b].parse::<i16>().ok();
        let (y, m, d) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
        if !(1900..2200).contains(&y) {
            return None;
        }
        return Some((Parts::Fixed(Date::new(y, m as i8, d as i8).ok()?), &text[8..]));
    }
    let mark = text[digits..].chars().next().filter(|c| ['-', '/', '.'].contains(c))?;
    let (a, rest) = text.split_once(mark)?;
    let (b, rest) = rest.split_once(mark)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (c, rest) = rest.split_at(end);
    if [a, b, c].iter().any(|f| f.is_empty() || f.len() > 4 || !f.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let n = |f: &str| f.parse::<i16>().ok();
    let (x, y, z) = (n(a)?, n(b)?, n(c)?);
    let parts = match (a.len(), c.len()) {
        (4, 1..=2) => Parts::Fixed(Date::new(x, i8::try_from(y).ok()?, i8::try_from(z).ok()?).ok()?),
        (1..=2, 4) if b.len() <= 2 => Parts::Open([x, y, z]),
        (1..=2, 2) if b.len() <= 2 => Parts::Open([x, y, z]),
        _ => return None,
    };
    Some((parts, rest))
}

/// Whether a time of day is the end of its day: `24:00`.
pub fn is_day_end(text: &str) -> bool {
    matches!(
        text.trim(),
        "24:00" | "24:00:00" | "24.00" | "24h00" | "24h" | "24:00 h" | "24:00 Uhr" | "24.00 Uhr"
    )
}

/// A time of day as nearly all files write it: `06:30` or `06:30:15`.
fn usual_clock(text: &[u8]) -> Option<Time> {
    let pair = |at: usize| match text.get(at..at + 2)? {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some((10 * (a - b'0') + (b - b'0')) as i8),
        _ => None,
    };
    let second = match text.len() {
        5 => 0,
        8 if text[5] == b':' => pair(6)?,
        _ => return None,
    };
    (text[2] == b':').then_some(())?;
    Time::new(pair(0)?, pair(3)?, second, 0).ok()
}

/// A time of day: `6:30`, `06:30:15.5`, `6:30 PM`, `6.30 u`, `7h30`, `7 pm`.
pub(crate) fn clock(text: &str) -> Option<Time> {
    if let Some(time) = usual_clock(text.as_bytes()) {
        return Some(time);
    }
    let lower = text.trim().to_ascii_lowercase();
    let half = |suffixes: &[&str]| suffixes.iter().find_map(|s| lower.strip_suffix(s)).map(str::trim_end);
    let (body, after) = match (half(&["a.m.", "am"]), half(&["p.m.", "pm"])) {
        (Some(body), _) => (body, Some(0)),
        (_, Some(body)) => (body, Some(12)),
        _ => (lower.trim_end_matches(" uhr").trim_end_matches([' ', 'u', 'h']), None),
    };
    let (body, fraction) = match body.rsplit_once('.') {
        Some((b, f)) if b.contains(':') => (b, f),
        _ => (body, ""),
    };
    let body = body.replace(['h', 'u', '.'], ":");
    let parts: Vec<&str> = body.split(':').collect();
    if parts.len() > 3 || (parts.len() == 1 && after.is_none()) {
        return None;
    }
    let mut n = [0_i8; 3];
    for (n, part) in n.iter_mut().zip(&parts) {
        if part.is_empty() || part.len() > 2 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        *n = part.parse().ok()?;
    }
    let hour = match after {
        None => n[0],
        Some(_) if !(1..=12).contains(&n[0]) => return None,
        Some(after) => n[0] % 12 + after,
    };
    if fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nanos: i32 = format!("{fraction:0<9}").parse().ok()?;
    Time::new(hour, n[1], n[2], nanos).ok()
}

/// A time of day in a column of its own: a time, or the start of a span such as `08:00-08:30`, `7h-15h`, `0700-1500` or
/// `7:00 to 15:00`.
pub fn start_of_span(text: &str) -> Option<(Time, Option<Time>)> {
    if let Some(n) = text.strip_prefix("HE").map(str::trim) {
        // The hour that ends then, as grids of power number them.
        let end = n.parse::<i8>().ok().filter(|end| (1..=24).contains(end))?;
        return Some((Time::new(end - 1, 0, 0, 0).ok()?, Some(Time::new(end % 24, 0, 0, 0).ok()?)));
    }
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.len() > 40 {
        return None;
    }
    let words = [" to ", " until ", " till ", " tot ", " bis ", " \u{e0} ", " a "];
    let parted = text
        .split_once(['-', '\u{2013}', '\u{2014}'])
        .or_else(|| words.iter().find_map(|w| text.split_once(w)));
    let (start, end) = parted.map_or((text.trim(), None), |(a, b)| (a.trim(), Some(b.trim())));
    // Four digits are a time only beside four others, and by fives, so that years are none.
    let digits = |t: &str| t.len() == 4 && t.bytes().all(|b| b.is_ascii_digit());
    let four = |t: &str| digits(t) && t.ends_with(['0', '5']);
    // The last minute of an interval: `0700-0759`.
    let last = |t: &str| digits(t) && ["14", "29", "44", "59"].iter().any(|m| t.ends_with(m));
    if let Some(end) = end.filter(|end| four(start) && (four(end) || last(end))) {
        let time = |t: &str| Time::new((t[..2]).parse().ok()?, t[2..].parse().ok()?, 0, 0).ok();
        let to = if end == "2400" { Time::midnight() } else { time(end)? };
        return Some((time(start)?, Some(to)));
    }
    let end_time = match end {
        Some("24:00" | "24") => Some(Time::midnight()),
        Some(end) => Some(clock(end).or_else(|| whole_hour(end))?),
        None => None,
    };
    let start = clock(start).or_else(|| if end.is_some() { whole_hour(start) } else { None })?;
    Some((start, end_time))
}

/// An hour by itself, with the word for it: `7h`, `7 Uhr`, `07u`, `7 hrs`.
pub(crate) fn named_hour(text: &str) -> Option<Time> {
    let lower = text.to_ascii_lowercase();
    let hour = ["uhr", "hrs", "hr", "h", "u"].iter().find_map(|w| lower.strip_suffix(w))?;
    whole_hour(hour.trim_end_matches([' ', '.']))
}

/// Numbers that are times of day in three digits or four: 700 for 7:00, 1530 for 15:30.
pub(crate) fn military(x: f64) -> Option<Time> {
    if x.fract() != 0.0 || !(0.0..2400.0).contains(&x) {
        return None;
    }
    let n = x as i16;
    Time::new(i8::try_from(n / 100).ok()?, i8::try_from(n % 100).ok()?, 0, 0).ok()
}

/// An hour as a part of a span: `7`, `07`, `7h`, `7u`.
pub fn whole_hour(text: &str) -> Option<Time> {
    let text = text.strip_suffix(['h', 'H', 'u', 'U']).unwrap_or(text).trim_end();
    if text.is_empty() || text.len() > 2 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Time::new(text.parse().ok()?, 0, 0, 0).ok()
}

#[cfg(test)]
#[path = "dates/tests.rs"]
mod tests;
