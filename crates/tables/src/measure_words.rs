//! Words of what is measured by interval: requests offered, answered in time, given up, officers, handling times.

use crate::words::has_word;

/// What a column measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Requests that came.
    Offered,
    /// Officers at work.
    Staff,
    /// Answered within the target, as a number.
    Within,
    /// Answered within the target, as a share.
    Share,
    /// Answered at all.
    Answered,
    /// Given up.
    Abandoned,
    /// Mean handling time.
    Handling,
}

/// Requests that came.
pub const OFFERED: &[&str] =
    &["offered", "calls", "tickets", "requests", "arrivals", "demand", "contacts", "volume", "cases"];
/// Answered within the target.
pub const WITHIN: &[&str] = &["within", "sl", "in time", "service level", "on time", "target"];
/// Given up.
pub const GIVEN_UP: &[&str] = &["abandoned", "abandons", "lost", "gave up"];
/// Officers at work.
pub const AT_WORK: &[&str] = &["staff", "officers", "agents", "staffed", "rostered", "heads", "posts", "fte"];
/// Answered at all.
pub const SERVED: &[&str] = &["answered", "handled", "served", "done", "completed"];
/// Handling times.
pub const TIMES: &[&str] = &["aht", "handling", "handle", "duration", "talk"];

/// Words of measures, the rarest first.
pub const BY_WORDS: [(&[&str], Measure); 5] = [
    (GIVEN_UP, Measure::Abandoned),
    (SERVED, Measure::Answered),
    (AT_WORK, Measure::Staff),
    (TIMES, Measure::Handling),
    (OFFERED, Measure::Offered),
];

/// What a text measures, if it is the name of a measure.
pub(crate) fn names_measure(text: &str) -> Option<Measure> {
    if has_word(text, WITHIN) {
        return Some(Measure::Within);
    }
    BY_WORDS.into_iter().find(|(list, _)| has_word(text, list)).map(|w| w.1)
}
