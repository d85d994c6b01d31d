//! Amounts as they are typed: memory, seconds, per cent, numbers.

use std::num::NonZeroUsize;

/// A number of per cent, above 0 and at most 100.
pub(crate) fn percentage(text: &str) -> Result<f64, String> {
    match text.trim_end_matches('%').trim().parse::<f64>() {
        Ok(x) if x > 0.0 && x <= 100.0 => Ok(x),
        _ => Err("give a number above 0 and at most 100".to_owned()),
    }
}

/// A whole number, at least 1.
pub(crate) fn count(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "give a whole number, 1 or more".to_owned())
}

/// A length of time in seconds.
pub(crate) fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(s) if (0.0..=86_400.0).contains(&s) => Ok(s),
        _ => Err("expected a number of seconds from 0 to 86400".to_owned()),
    }
}

/// An amount of memory in bytes.
pub(crate) fn memory(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "kb" | "k" => 1e3,
        "mb" | "m" => 1e6,
        "gb" | "g" => 1e9,
        "tb" | "t" => 1e12,
        "kib" => 1024.0,
        "mib" => 1024.0 * 1024.0,
        "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return Err("write a number with its unit, such as `500 MB` or `4 GB`".to_owned()),
    };
    match number.parse::<f64>() {
        Ok(x) if (1e6..=1e15).contains(&(x * factor)) => Ok((x * factor) as u64),
        _ => Err("write an amount from 1 MB to 1000 TB, such as `500 MB` or `4 GB`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_none_are_refused_in_words() {
        assert_eq!(count("3").map(NonZeroUsize::get), Ok(3));
        for wrong in ["0", "-1", "1.5", "two", ""] {
            assert!(count(wrong).is_err_and(|e| e.contains("1 or more")), "{wrong}");
        }
    }

    #[test]
    fn amounts_of_memory() {
        assert_eq!(memory("2 GB"), Ok(2_000_000_000));
        assert_eq!(memory("1.5MiB"), Ok(1_572_864));
        for wrong in ["2", "GB", "-1 GB", "1 byte", "10 kB", "1e9 GB", ""] {
            assert!(memory(wrong).is_err(), "{wrong}");
        }
    }
}
