//! Public holidays as users ask for them: by country, or as dates.

use crate::problem::{Problem, TablePlace};
use jiff::civil::Date;
pub use poolwise_arrivals::holidays::{Holiday, countries, of_country};

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
                TablePlace::sheet("--holidays", None),
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
    use jiff::civil::date;

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
