//! Which blanks no line may break at: those in an interval, between a number and its unit, between a day and its hour, between
//! P and its value. Pages
//! have no-break spaces there, and the terminal keeps both sides on a line. `unbroken` of the page's `number.js` does the same
//! for what the page writes itself.

use super::number;

/// Words after a number that are neither a unit nor a name of what is counted: a line may break before them.
const APART: [&str; 17] = [
    "to", "and", "or", "of", "at", "in", "is", "are", "was", "were", "by", "for", "with", "than", "as", "on",
    "from",
];
/// Longest interval that is kept together, characters.
const LONGEST: usize = 40;
const NO_BREAK: char = '\u{a0}';

/// The text with a no-break space at each such place.
pub(crate) fn unbroken(text: &str) -> String {
    joined(text, NO_BREAK)
}

/// The text with `by` at each such place.
pub(crate) fn joined(text: &str, by: char) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len() + 16);
    let mut until = 0;
    for (i, &c) in chars.iter().enumerate() {
        if c == '[' {
            until = until.max(interval(&chars, i).unwrap_or(0));
        }
        let joins = c == ' '
            && i > 0
            && (i < until || counted(&chars, i) || hour(&chars, i) || probability(&chars, i));
        out.push(if joins { by } else { c });
    }
    out
}

/// Where an interval ends that begins at `from`; `None` where the brackets hold something else.
fn interval(chars: &[char], from: usize) -> Option<usize> {
    let of =
        |c: char| c.is_ascii_digit() || c.is_ascii_lowercase() || "+-\u{2212}., %/\u{202f}\u{a0}".contains(c);
    let length = chars[from + 1..].iter().take(LONGEST).position(|c| *c == ']')?;
    let inside = &chars[from + 1..from + 1 + length];
    (inside.iter().all(|c| of(*c)) && inside.iter().any(char::is_ascii_digit)).then_some(from + 1 + length)
}

/// Whether the blank at `at` stands between a number and what it counts.
fn counted(chars: &[char], at: usize) -> bool {
    if !chars[at - 1].is_ascii_digit() {
        return false;
    }
    let word: String = chars[at + 1..].iter().take_while(|c| c.is_ascii_lowercase() || **c == '/').collect();
    chars.get(at + 1) == Some(&'%') || !word.is_empty() && !APART.contains(&word.as_str())
}

/// Whether it stands between a day of the week and an hour.
fn hour(chars: &[char], at: usize) -> bool {
    let before: String = chars[at.saturating_sub(3)..at].iter().collect();
    let alone = at < 4 || !chars[at - 4].is_alphanumeric();
    alone && number::DAYS.contains(&before.as_str()) && chars.get(at + 1).is_some_and(char::is_ascii_digit)
}

/// Whether it stands between a P alone and its value.
fn probability(chars: &[char], at: usize) -> bool {
    let alone = at < 2 || !chars[at - 2].is_alphanumeric();
    alone && chars[at - 1] == 'P' && chars.get(at + 1).is_some_and(char::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same texts as the script's test has, `~` at the places where no line breaks.
    const SAMPLES: &str = include_str!("../page/test/unbroken.txt");

    #[test]
    fn numbers_keep_their_units_and_intervals_are_whole() {
        assert!(SAMPLES.lines().count() > 8);
        for wanted in SAMPLES.lines() {
            assert_eq!(joined(&wanted.replace('~', " "), '~'), wanted);
        }
        assert_eq!(unbroken("4 h"), "4\u{a0}h");
    }
}
