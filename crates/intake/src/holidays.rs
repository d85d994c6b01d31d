//! Public holidays of a country by rule, for any year: the national ones that most of the country has off. Regional days
//! are given as dates.

use crate::problem::{Place, Problem};
use jiff::Span;
use jiff::civil::{Date, Weekday, date};

/// How a holiday falls.
#[derive(Debug, Clone, Copy)]
enum Rule {
    /// A month and day.
    On(i8, i8),
    /// A month and day; on a Saturday or Sunday the Monday after is off instead.
    OrMonday(i8, i8),
    /// A month and day; on a Saturday the Friday before is off instead, on a Sunday the Monday after.
    OrNearest(i8, i8),
    /// A month and day; on a Sunday the day before it instead.
    OrSaturday(i8, i8),
    /// So many days after Easter Sunday.
    Easter(i32),
    /// The n-th such weekday of a month, -1 the last.
    Nth(i8, i8, Weekday),
    /// The last such weekday on or before a month and day.
    Before(i8, i8, Weekday),
    /// The first such weekday on or after a month and day.
    From(i8, i8, Weekday),
}

use Rule::{Before, Easter, From, Nth, On, OrMonday, OrNearest, OrSaturday};
use Weekday::{Friday, Monday, Saturday, Thursday};

/// Countries by their ISO 3166 codes, and their holidays. From the laws of each as of 2025.
const COUNTRIES: &[(&str, &[(&str, Rule)])] = &[
    (
        "AT",
        &[
            ("New Year", On(1, 1)),
            ("Epiphany", On(1, 6)),
            ("Easter Monday", Easter(1)),
            ("Labour Day", On(5, 1)),
            ("Ascension", Easter(39)),
            ("Whit Monday", Easter(50)),
            ("Corpus Christi", Easter(60)),
            ("Assumption", On(8, 15)),
            ("National Day", On(10, 26)),
            ("All Saints", On(11, 1)),
            ("Immaculate Conception", On(12, 8)),
            ("Christmas", On(12, 25)),
            ("St Stephen", On(12, 26)),
        ],
    ),
    (
        "AU",
        &[
            ("New Year", OrMonday(1, 1)),
            ("Australia Day", OrMonday(1, 26)),
            ("Good Friday", Easter(-2)),
            ("Easter Monday", Easter(1)),
            ("Anzac Day", On(4, 25)),
            ("Christmas", On(12, 25)),
            ("Boxing Day", On(12, 26)),
        ],
    ),
    (
        "BE",
        &[
            ("New Year", On(1, 1)),
            ("Easter Monday", Easter(1)),
            ("Labour Day", On(5, 1)),
            ("Ascension", Easter(39)),
            ("Whit Monday", Easter(50)),
            ("National Day", On(7, 21)),
            ("Assumption", On(8, 15)),
            ("All Saints", On(11, 1)),
            ("Armistice", On(11, 11)),
            ("Christmas", On(12, 25)),
        ],
    ),
    (
        "CA",
        &[
            ("New Year", OrMonday(1, 1)),
            ("Good Friday", Easter(-2)),
            ("Victoria Day", Before(5, 24, Monday)),
            ("Canada Day", OrMonday(7, 1)),
            ("Labour Day", Nth(9, 1, Monday)),
            ("Thanksgiving", Nth(10, 2, Monday)),
            ("Remembrance Day", On(11, 11)),
            ("Christmas", On(12, 25)),
            ("Boxing Day", On(12, 26)),
        ],
    ),
    (
        "CH",
        &[
            ("New Year", On(1, 1)),
            ("Good Friday", Easter(-2)),
            ("Easter Monday", Easter(1)),
            ("Ascension", Easter(39)),
            ("Whit Monday", Easter(50)),
            ("National Day", On(8, 1)),
            ("Christmas", On(12, 25)),
            ("St Stephen", On(12, 26)),
        ],
    ),
    (
        "DE",
        &[
            ("New Year", On(1, 1)),
            ("Good Friday", Easter(-2)),
            ("Easter Monday", Easter(1)),
            ("Labour Day", On(5, 1)),
            ("Ascension", Easter(39)),
            ("Whit Monday", Easter(50)),
            ("German Unity", On(10, 3)),
            ("Christmas", On(12, 25)),
            ("Second Christmas Day", On(12, 26)),
        ],
    ),
    (
        "DK",
        &[
            ("New Year", On(1, 1)),
            ("Maundy Thursday", Easter(-3)),
            ("Good Friday", Easter(-2)),
            ("Easter Monday", Easter(1)),
            ("Ascension", Easter(39)),
            ("Whit Monday", Easter(50)),
            ("Christmas", On(12, 25)),
            ("Second Christmas Day", On(12, 26)),
        ],
    ),
    (
        "ES",
        &[
            ("New Year", On(1, 1)),
            ("Epiphany", On(1, 6)),
            ("Good Friday", Easter(-2)),
            ("Labour Day", On(5, 1)),
            ("Assumption", On(8, 15)),
            ("National Day", On(10, 12)),
            ("All Saints", On(11, 1)),
            ("Constitution Day", On(12, 6)),
            ("Immaculate Conception", On(12, 8)),
            ("Christmas", On(12, 25)),
        ],
    ),
    (
        "FI",
        &[
            ("New Year", On(1, 1)),
            ("Epiphany", On(1, 6)),
            ("Good Friday", Easter(-2)),
            ("Easter Monday", Easter(1)),
            ("May Day", On(5, 1)),
            ("Ascension", Easter(39)),
            ("Midsummer Eve", From(6, 19, Friday)),
            ("Midsummer", From(6, 20, Saturday)),
            ("Independence Day", On(12, 6)),
            ("Christmas Eve", On(12, 24)),
            ("Christmas", On(12, 25)),
            ("Boxing Day", On(12, 26)),
        ],
    ),
    (
        "FR",
        &[
            ("New Year", On(1, 1)),
            ("Easter Monday", Easter(1)),
            ("Labour Day", On(5, 1)),
            ("Victory Day", On(5, 8)),
            ("Ascension", Easter(39)),
            ("Whit Monday", Easter(50)),
            ("Bastille Day", On(7, 14)),
            ("Assumption", On(8, 15)),
            ("All Saints", On(11, 1)),
            ("Armistice", On(11, 11)),
            ("Christmas", On(12, 25)),
        ],
    ),
    (
        "GB",
        &[
            ("New Year", OrMonday(1, 1)),
            ("Good Friday", Easter(-2)),
            ("Easter Monday", Easter(1)),
            ("Early May Day", Nth(5, 1, Monday)),
            ("Spring Day", Nth(5, -1, Monday)),
            ("Summer Day", Nth(8, -1, Monday)),
            ("Christmas", On(12, 25)),
            ("Boxing Day", On(12, 26)),
        ],
    ),
    (
        "IE",
        &[
            ("New Year", On(1, 1)),
            ("St Brigid", From(2, 2, Monday)),
            ("St Patrick", On(3, 17)),
            ("Easter Monday", Easter(1)),
            ("May Day", Nth(5, 1, Monday)),
            ("June Day", Nth(6, 1, Monday)),
            ("August Day", Nth(8, 1, Monday)),
            ("October Day", Nth(10, -1, Monday)),
            ("Christmas", On(12, 25)),
            ("St Stephen", On(12, 26)),
        ],
    ),
    (
        "IT",
        &[
            ("New Year", On(1, 1)),
            ("Epiphany", On(1, 6)),
            ("Easter Monday", Easter(1)),
            ("Liberation Day", On(4, 25)),
            ("Labour Day", On(5, 1)),
            ("Republic Day", On(6, 2)),
            ("Assumption", On(8, 15)),
            ("All Saints", On(11, 1)),
            ("Immaculate Conception", On(12, 8)),
            ("Christmas", On(12, 25)),
            ("St Stephen", On(12, 26)),
        ],
    ),
    (
        "NL",
        &[
            ("New Year", On(1, 1)),
            ("Easter Monday", Easter(1)),
            ("King's Day", OrSaturday(4, 27)),
            ("Ascension", Easter(39)),
            ("Whit Monday", Easter(50)),
            ("Christmas", On(12, 25)),
            ("Second Christmas Day", On(12, 26)),
        ],
    ),
    (
        "NO",
        &[
            ("New Year", On(1, 1)),
            ("Maundy Thursday", Easter(-3)),
            ("Good Friday", Easter(-2)),
            ("Easter Monday", Easter(1)),
            ("Labour Day", On(5, 1)),
            ("Constitution Day", On(5, 17)),
            ("Ascension", Easter(39)),
            ("Whit Monday", Easter(50)),
            ("Christmas", On(12, 25)),
            ("Second Christmas Day", On(12, 26)),
        ],
    ),
    (
        "NZ",
        &[
            ("New Year", OrMonday(1, 1)),
            ("Waitangi Day", OrMonday(2, 6)),
            ("Good Friday", Easter(-2)),
            ("Easter Monday", Easter(1)),
            ("Anzac Day", OrMonday(4, 25)),
            ("King's Birthday", Nth(6, 1, Monday)),
            ("Labour Day", Nth(10, 4, Monday)),
            ("Christmas", On(12, 25)),
            ("Boxing Day", On(12, 26)),
        ],
    ),
    (
        "PL",
        &[
            ("New Year", On(1, 1)),
            ("Epiphany", On(1, 6)),
            ("Easter Monday", Easter(1)),
            ("Labour Day", On(5, 1)),
            ("Constitution Day", On(5, 3)),
            ("Corpus Christi", Easter(60)),
            ("Assumption", On(8, 15)),
            ("All Saints", On(11, 1)),
            ("Independence Day", On(11, 11)),
            ("Christmas", On(12, 25)),
            ("Second Christmas Day", On(12, 26)),
        ],
    ),
    (
        "PT",
        &[
            ("New Year", On(1, 1)),
            ("Good Friday", Easter(-2)),
            ("Liberty Day", On(4, 25)),
            ("Labour Day", On(5, 1)),
            ("Corpus Christi", Easter(60)),
            ("Portugal Day", On(6, 10)),
            ("Assumption", On(8, 15)),
            ("Republic Day", On(10, 5)),
            ("All Saints", On(11, 1)),
            ("Restoration Day", On(12, 1)),
            ("Immaculate Conception", On(12, 8)),
            ("Christmas", On(12, 25)),
        ],
    ),
    (
        "SE",
        &[
            ("New Year", On(1, 1)),
            ("Epiphany", On(1, 6)),
            ("Good Friday", Easter(-2)),
            ("Easter Monday", Easter(1)),
            ("May Day", On(5, 1)),
            ("Ascension", Easter(39)),
            ("National Day", On(6, 6)),
            ("Midsummer Eve", From(6, 19, Friday)),
            ("Midsummer", From(6, 20, Saturday)),
            ("Christmas Eve", On(12, 24)),
            ("Christmas", On(12, 25)),
            ("Boxing Day", On(12, 26)),
        ],
    ),
    (
        "US",
        &[
            ("New Year", OrNearest(1, 1)),
            ("Martin Luther King Day", Nth(1, 3, Monday)),
            ("Presidents' Day", Nth(2, 3, Monday)),
            ("Memorial Day", Nth(5, -1, Monday)),
            ("Juneteenth", OrNearest(6, 19)),
            ("Independence Day", OrNearest(7, 4)),
            ("Labor Day", Nth(9, 1, Monday)),
            ("Columbus Day", Nth(10, 2, Monday)),
            ("Veterans Day", OrNearest(11, 11)),
            ("Thanksgiving", Nth(11, 4, Thursday)),
            ("Christmas", OrNearest(12, 25)),
        ],
    ),
];

/// A holiday.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holiday {
    /// Its date.
    pub date: Date,
    /// Its name; the date where it was given as one.
    pub name: String,
}

/// Easter Sunday of a year (Meeus 1991, "Astronomical Algorithms", after Butcher 1876).
fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    date(year, (n / 31) as i8, (n % 31 + 1) as i8)
}

fn shifted(day: Date, by: i32) -> Date {
    day.checked_add(Span::new().days(by)).unwrap_or(day)
}

/// The day of such a name at so many days from a date or fewer, forwards.
fn on_or_after(day: Date, weekday: Weekday) -> Date {
    shifted(day, i32::from(day.weekday().until(weekday)))
}

fn falls(rule: Rule, year: i16) -> Vec<Date> {
    let fixed = |m, d| Date::new(year, m, d).ok();
    let instead = |m, d, saturday: i32, sunday: i32| {
        let day = fixed(m, d)?;
        Some(match day.weekday() {
            Weekday::Saturday => shifted(day, saturday),
            Weekday::Sunday => shifted(day, sunday),
            _ => day,
        })
    };
    let found = match rule {
        On(m, d) => fixed(m, d),
        OrMonday(m, d) => instead(m, d, 2, 1),
        OrNearest(m, d) => instead(m, d, -1, 1),
        OrSaturday(m, d) => instead(m, d, 0, -1),
        Easter(by) => Some(shifted(easter(year), by)),
        Nth(m, n, weekday) => fixed(m, 1).and_then(|first| first.nth_weekday_of_month(n, weekday).ok()),
        Before(m, d, weekday) => fixed(m, d)
            .map(|last| shifted(on_or_after(last, weekday), if last.weekday() == weekday { 0 } else { -7 })),
        From(m, d, weekday) => fixed(m, d).map(|first| on_or_after(first, weekday)),
    };
    found.into_iter().collect()
}

/// Codes of the countries that are known.
pub fn countries() -> Vec<&'static str> {
    COUNTRIES.iter().map(|c| c.0).collect()
}

/// Holidays of a country in some years; `None` where it is not known.
pub fn of_country(code: &str, years: std::ops::RangeInclusive<i16>) -> Option<Vec<Holiday>> {
    let (_, rules) = COUNTRIES.iter().find(|c| c.0.eq_ignore_ascii_case(code))?;
    let mut out: Vec<Holiday> = years
        .flat_map(|year| {
            rules.iter().flat_map(move |(name, rule)| {
                falls(*rule, year).into_iter().map(|date| Holiday { date, name: (*name).to_owned() })
            })
        })
        .collect();
    out.sort();
    out.dedup_by_key(|h| h.date);
    Some(out)
}

/// Holidays as they were asked for: codes of countries and dates, between two days.
///
/// # Errors
/// If a word is neither.
pub fn asked(words: &[String], from: Date, until: Date) -> Result<Vec<Holiday>, Problem> {
    let mut out = Vec::new();
    for word in words {
        if let Some(list) = of_country(word, from.year()..=until.year().saturating_add(1)) {
            out.extend(list);
        } else if let Ok(date) = word.parse::<Date>() {
            out.push(Holiday { date, name: date.to_string() });
        } else {
            return Err(Problem::new(
                Place::sheet("--holidays", None),
                format!("`{word}` is neither a country that is known nor a date"),
            )
            .help(format!("countries are {}; dates are written 2025-12-25", countries().join(", "))));
        }
    }
    out.retain(|h| h.date >= from && h.date < until);
    out.sort();
    out.dedup_by_key(|h| h.date);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(code: &str, year: i16) -> String {
        let all = of_country(code, year..=year).expect("known");
        all.iter().map(|h| h.date.strftime("%m-%d").to_string()).collect::<Vec<_>>().join(" ")
    }

    /// As published: the US Office of Personnel Management for 2019 and 2022, GOV.UK for 2022 to 2024 without the days of one
    /// year alone, the calendars of Germany and the Netherlands for 2025, Sweden's for 2024.
    #[test]
    fn holidays_as_published() {
        // Juneteenth is a holiday since 2021; it is left in earlier years, in which it had no effect.
        assert_eq!(dates("US", 2019), "01-01 01-21 02-18 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25");
        assert_eq!(dates("us", 2021), "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24");
        assert_eq!(dates("GB", 2024), "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26");
        assert_eq!(dates("DE", 2025), "01-01 04-18 04-21 05-01 05-29 06-09 10-03 12-25 12-26");
        assert_eq!(dates("NL", 2025), "01-01 04-21 04-26 05-29 06-09 12-25 12-26");
        assert_eq!(
            dates("SE", 2024),
            "01-01 01-06 03-29 04-01 05-01 05-09 06-06 06-21 06-22 12-24 12-25 12-26"
        );
        assert_eq!(dates("CA", 2025), "01-01 04-18 05-19 07-01 09-01 10-13 11-11 12-25 12-26");
    }

    #[test]
    fn easter_of_known_years() {
        for (year, month, day) in [(2008, 3, 23), (2011, 4, 24), (2024, 3, 31), (2025, 4, 20), (2038, 4, 25)]
        {
            assert_eq!(easter(year), date(year, month, day));
        }
    }

    #[test]
    fn words_are_countries_or_dates() {
        let day = |m, d| date(2025, m, d);
        let words = ["NL".to_owned(), "2025-05-05".to_owned(), "2024-05-05".to_owned()];
        let found = asked(&words, day(4, 22), day(6, 1)).expect("known");
        let days: Vec<Date> = found.iter().map(|h| h.date).collect();
        assert_eq!(days, [day(4, 26), day(5, 5), day(5, 29)]);
        assert!(asked(&["Atlantis".to_owned()], day(1, 1), day(2, 1)).is_err());
    }
}
