//! What a scenario calls its requests and its officers.

use super::Builder;
use crate::diagnostic::Problems;
use crate::parts::NounIn;
use crate::scalar::Text;
use poolwise_engine::model::{Noun, Words};

/// Longest noun, so that it has room in a heading.
const LONGEST: usize = 30;

/// The words of the scenario, those that nobody gave as usual.
pub(super) fn words(b: &mut Builder<'_>) -> Words {
    let usual = Words::default();
    let (unit, officer) = (&b.input.unit, &b.input.officer);
    Words {
        request: unit.as_ref().and_then(|n| noun(n, b.cx)).unwrap_or(usual.request),
        officer: officer.as_ref().and_then(|n| noun(n, b.cx)).unwrap_or(usual.officer),
    }
}

fn noun(input: &NounIn, cx: &mut Problems) -> Option<Noun> {
    match input {
        NounIn::Regular(one) => Some(Noun::regular(word(one, cx)?)),
        NounIn::Irregular(both) => {
            let (one, many) = (word(both.one.get()?, cx), word(both.many.get()?, cx));
            Some(Noun { one: one?.to_owned(), many: many?.to_owned() })
        }
    }
}

/// A word that fits in the sentences and headings of a report.
fn word<'t>(text: &'t Text, cx: &mut Problems) -> Option<&'t str> {
    let fits = |c: char| c.is_alphanumeric() || " -'\u{2019}.".contains(c);
    let word = text.as_str();
    if word.trim() == word && word.chars().count() <= LONGEST && word.chars().all(fits) {
        return Some(word);
    }
    cx.error(text.place, format!("{word:?} is no noun for tables and sentences")).help(format!(
        "write one in the singular, such as \"call\": letters, digits, spaces and hyphens, {LONGEST} at most"
    ));
    None
}
