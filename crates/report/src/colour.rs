//! Colours of marks in the terminal: they mean good or bad, never a sign.

use super::options::MARK;

/// The colour of what is better.
pub(crate) const GOOD: &str = "\u{1b}[38;5;33m";
/// The colour of what is worse.
pub(crate) const BAD: &str = "\u{1b}[38;5;208m";
const PLAIN: &str = "\u{1b}[0m";

/// Good in blue and bad in orange, which those who see no red or no green tell apart as well. Where a terminal has no
/// colours they are taken out again on the way.
pub(crate) fn coloured(text: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split(MARK);
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let end = part.find([' ', '\n']).unwrap_or(part.len());
        let (mark, rest) = part.split_at(end);
        let colour = match mark.rsplit('\u{a0}').next() {
            Some("better") => Some(GOOD),
            Some("worse") => Some(BAD),
            _ => None,
        };
        match colour {
            Some(colour) => out.push_str(&format!("{colour}{mark}{PLAIN}")),
            None => out.push_str(mark),
        }
        out.push_str(rest);
    }
    out
}

/// The text as a terminal without colours shows it.
#[cfg(test)]
pub(crate) fn plain(text: &str) -> String {
    [GOOD, BAD, PLAIN].iter().fold(text.to_owned(), |text, code| text.replace(code, ""))
}
