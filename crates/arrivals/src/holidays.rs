//! Public holidays of a country by rule, for any year: the national ones that most of the country has off. Regional days
//! are given as dates.

use jiff::Span;
use jiff::civil::{Date, Weekday, date};
use std::collections::BTreeSet;

/// How a holiday falls.
#[derive(Debug, Clone, Copy)]
enum HolidayRule {
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

use HolidayRule::{Before, Easter, From, Nth, On, OrMonday, OrNearest, OrSaturday};
use Weekday::{Friday, Monday, Saturday, Thursday};

/// Holidays and the countries that have them, by their ISO 3166 codes. From the laws of each as of 2025.
#[rustfmt::skip]
const HOLIDAYS: &[(&str, HolidayRule, &str)] = &[
    ("New Year", On(1, 1), "AT BE CH DE DK ES FI FR IE IT NL NO PL PT SE"),
    ("New Year", OrMonday(1, 1), "AU CA GB NZ"),
    ("New Year", OrNearest(1, 1), "US"),
    ("Epiphany", On(1, 6), "AT ES FI IT PL SE"),
    ("Martin Luther King Day", Nth(1, 3, Monday), "US"),
    ("Australia Day", OrMonday(1, 26), "AU"),
    // (Where the first is a Friday, as in 2030, that Friday.)
    ("St Brigid", Nth(2, 1, Monday), "IE"),
    ("Waitangi Day", OrMonday(2, 6), "NZ"),
    ("Presidents' Day", Nth(2, 3, Monday), "US"),
    ("St Patrick", On(3, 17), "IE"),
    ("Maundy Thursday", Easter(-3), "DK NO"),
    ("Good Friday", Easter(-2), "AU CA CH DE DK ES FI GB NO NZ PT SE"),
    ("Easter Monday", Easter(1), "AT AU BE CH DE DK FI FR GB IE IT NL NO NZ PL SE"),
    ("Ascension", Easter(39), "AT BE CH DE DK FI FR NL NO SE"),
    ("Whit Monday", Easter(50), "AT BE CH DE DK FR NL NO"),
    ("Corpus Christi", Easter(60), "AT PL PT"),
    ("Anzac Day", On(4, 25), "AU"),
    ("Anzac Day", OrMonday(4, 25), "NZ"),
    ("Liberation Day", On(4, 25), "IT"),
    ("Liberty Day", On(4, 25), "PT"),
    ("King's Day", OrSaturday(4, 27), "NL"),
    ("Labour Day", On(5, 1), "AT BE DE ES FR IT NO PL PT"),
    ("May Day", On(5, 1), "FI SE"),
    ("Constitution Day", On(5, 3), "PL"),
    ("Early May Day", Nth(5, 1, Monday), "GB"),
    ("May Day", Nth(5, 1, Monday), "IE"),
    ("Victory Day", On(5, 8), "FR"),
    ("Constitution Day", On(5, 17), "NO"),
    ("Victoria Day", Before(5, 24, Monday), "CA"),
    ("Memorial Day", Nth(5, -1, Monday), "US"),
    ("Spring Day", Nth(5, -1, Monday), "GB"),
    ("Republic Day", On(6, 2), "IT"),
    ("National Day", On(6, 6), "SE"),
    ("June Day", Nth(6, 1, Monday), "IE"),
    ("King's Birthday", Nth(6, 1, Monday), "NZ"),
    ("Portugal Day", On(6, 10), "PT"),
    ("Juneteenth", OrNearest(6, 19), "US"),
    ("Midsummer Eve", From(6, 19, Friday), "FI SE"),
    ("Midsummer", From(6, 20, Saturday), "FI SE"),
    ("Canada Day", OrMonday(7, 1), "CA"),
    ("Independence Day", OrNearest(7, 4), "US"),
    ("Bastille Day", On(7, 14), "FR"),
    ("National Day", On(7, 21), "BE"),
    ("National Day", On(8, 1), "CH"),
    ("August Day", Nth(8, 1, Monday), "IE"),
    ("Assumption", On(8, 15), "AT BE ES FR IT PL PT"),
    ("Summer Day", Nth(8, -1, Monday), "GB"),
    ("Labor Day", Nth(9, 1, Monday), "US"),
    ("Labour Day", Nth(9, 1, Monday), "CA"),
    ("German Unity", On(10, 3), "DE"),
    ("Republic Day", On(10, 5), "PT"),
    ("Columbus Day", Nth(10, 2, Monday), "US"),
    ("Labour Day", Nth(10, 4, Monday), "NZ"),
    ("Thanksgiving", Nth(10, 2, Monday), "CA"),
    ("National Day", On(10, 12), "ES"),
    ("National Day", On(10, 26), "AT"),
    ("October Day", Nth(10, -1, Monday), "IE"),
    ("All Saints", From(10, 31, Saturday), "FI SE"),
    ("All Saints", On(11, 1), "AT BE ES FR IT PL PT"),
    ("Thanksgiving", Nth(11, 4, Thursday), "US"),
    ("Armistice", On(11, 11), "BE FR"),
    ("Independence Day", On(11, 11), "PL"),
    ("Remembrance Day", On(11, 11), "CA"),
    ("Veterans Day", OrNearest(11, 11), "US"),
    ("Restoration Day", On(12, 1), "PT"),
    ("Constitution Day", On(12, 6), "ES"),
    ("Independence Day", On(12, 6), "FI"),
    ("Immaculate Conception", On(12, 8), "AT ES IT PT"),
    ("Christmas Eve", On(12, 24), "FI SE"),
    ("Christmas", On(12, 25), "AT AU BE CA CH DE DK ES FI FR GB IE IT NL NO NZ PL PT SE"),
    ("Christmas", OrNearest(12, 25), "US"),
    ("Boxing Day", On(12, 26), "AU CA FI GB NZ SE"),
    ("Second Christmas Day", On(12, 26), "DE DK NL NO PL"),
    ("St Stephen", On(12, 26), "AT CH IE IT"),
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

fn falls(rule: HolidayRule, year: i16) -> Vec<Date> {
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
    let codes: BTreeSet<&str> = HOLIDAYS.iter().flat_map(|h| h.2.split(' ')).collect();
    codes.into_iter().collect()
}

/// Holidays of a country in some years; `None` where it is not known.
pub fn of_country(code: &str, years: std::ops::RangeInclusive<i16>) -> Option<Vec<Holiday>> {
    let has = |countries: &str| countries.split(' ').any(|c| c.eq_ignore_ascii_case(code));
    let rules: Vec<_> = HOLIDAYS.iter().filter(|h| has(h.2)).collect();
    if rules.is_empty() {
        return None;
    }
    let mut out: Vec<Holiday> = years
        .flat_map(|year| {
            rules.iter().flat_map(move |(name, rule, _)| {
                falls(*rule, year).into_iter().map(|date| Holiday { date, name: (*name).to_owned() })
            })
        })
        .collect();
    out.sort();
    out.dedup_by_key(|h| h.date);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(code: &str, year: i16) -> String {
        let all = of_country(code, year..=year).expect("known");
        all.iter().map(|h| h.date.strftime("%m-%d").to_string()).collect::<Vec<_>>().join(" ")
    }

    /// As published: the US Office of Personnel Management for 2019 and 2021, GOV.UK for 2024, the calendars of Germany,
    /// the Netherlands and Canada for 2025, Sweden's for 2024.
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
            "01-01 01-06 03-29 04-01 05-01 05-09 06-06 06-21 06-22 11-02 12-24 12-25 12-26"
        );
        // The first Monday of February, also where that is the first day of the month.
        assert_eq!(dates("IE", 2027), "01-01 02-01 03-17 03-29 05-03 06-07 08-02 10-25 12-25 12-26");
        assert_eq!(dates("CA", 2025), "01-01 04-18 05-19 07-01 09-01 10-13 11-11 12-25 12-26");
    }

    #[test]
    fn easter_of_known_years() {
        for (year, month, day) in [(2008, 3, 23), (2011, 4, 24), (2024, 3, 31), (2025, 4, 20), (2038, 4, 25)]
        {
            assert_eq!(easter(year), date(year, month, day));
        }
    }
}
