//! What a staffing must deliver, as planners write it: `done within 4 h >= 90 %`.
//!
//! A target is a measure, a bound, and where it must hold: overall, at a centre, for a class or an area,
//! and if asked for in every hour of the local week. [`parse`] reads one; nothing here knows a scenario.

use poolwise_engine::time::{DAY, HOUR};
use poolwise_scenario::{duration, nearest};
use poolwise_stats::Estimate;
use poolwise_study::measures::{Unit, find};
use poolwise_study::number::{self, Scale};
use std::fmt;
use thiserror::Error;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TargetMeasure {
    /// Share of requests done within so many seconds of reaching the first stage of the completion
    /// clock; losses and unfinished work fail.
    Done(f64),
    /// Share with a first officer within so many seconds: of the completion clock's start; at a centre, of
    /// joining its queue.
    Answered(f64, Of),
    /// Share of services begun within so many seconds: from the completion clock's start to the first
    /// officer; at a centre, from joining its queue.
    Started(f64),
    /// Share of services that had to wait at all: one less the share started within no time.
    Delayed,
    /// Mean wait to the first officer; at a centre, in its queue. Seconds.
    WaitMean,
    /// Quantile of the waits in queue. Seconds.
    WaitQuantile(f64),
    /// Mean time to completion. Seconds.
    TimeMean,
    /// Quantile of the time to completion. Seconds.
    TimeQuantile(f64),
    /// Share lost at the deadline.
    Lost,
    /// The same, less those that no waiting at all would have lost as well.
    Avoidable,
    /// Busy time on duty over time on duty.
    Utilization,
}

/// Of whom a share answered in time is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Of all offered: whoever goes without an officer, or still waits, is not answered in time.
    Offered,
    /// Of all offered but those gone without an officer before the time had passed.
    Staying,
    /// Of those answered: whoever goes without an officer is in no count.
    Answered,
}

/// Where a target must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The whole scenario.
    Overall,
    /// At the centre of this name.
    Centre(String),
    /// At every centre that counts in totals.
    EachCentre,
    /// For the class or area of this name.
    Named(String),
    /// For every class.
    EachClass,
    /// For every area.
    EachArea,
}

/// A target as it was written: what is measured, where, and the limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// What is measured.
    pub measure: TargetMeasure,
    /// Where it must hold.
    pub scope: Scope,
    /// In every hour of the local week by itself.
    pub hourly: bool,
    /// The bound: a share, or seconds. Shares done or started must reach it; all else must not exceed it.
    pub value: f64,
}

/// Why a target cannot be read, in a planner's words.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("target \"{text}\": {why}")]
pub struct TargetError {
    /// What was written.
    pub text: String,
    /// What is wrong with it.
    pub why: String,
}

/// How targets are written, for messages and help.
pub(crate) const GRAMMAR: &str = "\
MEASURE, `>=` or `<=`, VALUE, and where it must hold. Measures: `done within TIME`, `answered within TIME`, \
`started within TIME` (with >= and a share); `delayed`, `lost`, `avoidable lost`, `utilization` (with <= and a share); `wait mean`, \
`wait p95`, `time mean`, `time p95` (with <= and a time). Where: nothing for the whole scenario, `at CENTRE`, \
`at each centre`, `for CLASS` or `for AREA`, `for each class`, `for each area`; then perhaps `in every hour`";

const MEASURES: [&str; 13] = [
    "done within",
    "answered within",
    "answered within TIME of staying",
    "answered within TIME of answered",
    "started within",
    "delayed",
    "wait mean",
    "wait p95",
    "time mean",
    "time p95",
    "lost",
    "avoidable lost",
    "utilization",
];

impl TargetMeasure {
    /// Its name in the catalogue of measures, which says how it is read. The share delayed is one less that of those
    /// answered at once.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Done(_) => "done_within_target",
            Self::Answered(_, Of::Offered) => "answered_within",
            Self::Answered(_, Of::Staying) => "answered_within_of_not_gone_early",
            Self::Answered(_, Of::Answered) | Self::Started(_) | Self::Delayed => {
                "answered_within_of_answered"
            }
            Self::WaitMean => "wait_mean_hours",
            Self::WaitQuantile(_) => "wait_p95_hours",
            Self::TimeMean => "time_to_completion_mean_hours",
            Self::TimeQuantile(_) => "time_to_completion_p95_hours",
            Self::Lost => "lost_share",
            Self::Avoidable => "lost_share_avoidable",
            Self::Utilization => "utilization",
        }
    }

    /// Whether more of it is better; utilization is good or bad in itself by no catalogue, but limited by a target.
    pub(crate) fn more_is_better(self) -> bool {
        self != Self::Delayed && poolwise_study::measures::more_is_better(self.name())
    }

    /// Whether it is a share rather than a time.
    pub(crate) fn is_share(self) -> bool {
        find(self.name()).is_some_and(|m| m.unit == Unit::Share)
    }
}

impl fmt::Display for TargetMeasure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done(t) => write!(f, "done within {}", time(*t)),
            Self::Answered(t, Of::Offered) => write!(f, "answered within {}", time(*t)),
            Self::Answered(t, Of::Staying) => write!(f, "answered within {} of staying", time(*t)),
            Self::Answered(t, Of::Answered) => write!(f, "answered within {} of answered", time(*t)),
            Self::Started(t) => write!(f, "started within {}", time(*t)),
            Self::Delayed => f.write_str("delayed"),
            Self::WaitMean => f.write_str("wait mean"),
            Self::WaitQuantile(q) => write!(f, "wait p{}", trimmed(q * 100.0)),
            Self::TimeMean => f.write_str("time mean"),
            Self::TimeQuantile(q) => write!(f, "time p{}", trimmed(q * 100.0)),
            Self::Lost => f.write_str("lost"),
            Self::Avoidable => f.write_str("avoidable lost"),
            Self::Utilization => f.write_str("utilization"),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overall => Ok(()),
            Self::Centre(name) => write!(f, " at {name}"),
            Self::EachCentre => f.write_str(" at each centre"),
            Self::Named(name) => write!(f, " for {name}"),
            Self::EachClass => f.write_str(" for each class"),
            Self::EachArea => f.write_str(" for each area"),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.measure.more_is_better() { ">=" } else { "<=" };
        write!(f, "{} {sign} {}{}", self.measure, value(self.measure, self.value), self.scope)?;
        if self.hourly { f.write_str(" in every hour") } else { Ok(()) }
    }
}

impl Target {
    /// The target as sentences and tables say it: `at least 90 % done within 4 h at each centre`.
    pub fn in_words(&self) -> String {
        let text = said(self.measure, self.value) + &self.scope.to_string();
        if self.hourly { text + " in every hour" } else { text }
    }
}

/// What is asked of a measure, in words.
pub(crate) fn said(measure: TargetMeasure, x: f64) -> String {
    let bound = value(measure, x);
    match measure {
        TargetMeasure::Done(t) => format!("at least {bound} done within {}", time(t)),
        TargetMeasure::Answered(t, Of::Offered) => format!("at least {bound} answered within {}", time(t)),
        TargetMeasure::Answered(t, Of::Staying) => {
            format!("at least {bound} of those who stay answered within {}", time(t))
        }
        TargetMeasure::Answered(t, Of::Answered) => {
            format!("at least {bound} of those answered within {}", time(t))
        }
        TargetMeasure::Started(t) => format!("at least {bound} started within {}", time(t)),
        TargetMeasure::Delayed => format!("at most {bound} wait at all"),
        TargetMeasure::WaitMean => format!("mean wait at most {bound}"),
        TargetMeasure::WaitQuantile(q) => format!("{} wait at most {bound}", so_many(q)),
        TargetMeasure::TimeMean => format!("mean time at most {bound}"),
        TargetMeasure::TimeQuantile(q) => format!("{} done within {bound}", so_many(q)),
        TargetMeasure::Lost => format!("at most {bound} lost in all"),
        TargetMeasure::Avoidable => format!("at most {bound} lost by waiting"),
        TargetMeasure::Utilization => format!("busy at most {bound} of the time"),
    }
}

/// A quantile as planners say it: `95 of 100`.
fn so_many(q: f64) -> String {
    let percent = q * 100.0;
    if (percent - percent.round()).abs() < 1e-9 {
        format!("{} of 100", trimmed(percent))
    } else {
        format!("{} %", trimmed(percent))
    }
}

/// What a measure came to with an interval of that half width, in words: `91.5 %`, `2.0 h`.
pub(crate) fn delivered(measure: TargetMeasure, x: f64, half: f64) -> String {
    if !x.is_finite() {
        return number::UNDEFINED.to_owned();
    }
    let unit = find(measure.name()).map_or(Unit::Share, |m| m.unit);
    let per = if measure.is_share() { 1.0 } else { HOUR };
    let (x, half) = (x / per, half / per);
    let scale = Scale::of(unit, [x]);
    let e = Estimate { estimate: x, lower: x - half, upper: x + half, replications: 1 };
    format!("{} {}", scale.alone_of(&e, false), scale.unit)
}

/// A measure's value in words: `90 %`, `4 h`.
pub(crate) fn value(measure: TargetMeasure, x: f64) -> String {
    if !x.is_finite() {
        return "n/a".to_owned();
    }
    if measure.is_share() { format!("{} %", trimmed(x * 100.0)) } else { time(x) }
}

/// A time in the largest unit in which it is at least one: `20 s`, `1.5 h`, `2 days`.
pub(crate) fn time(seconds: f64) -> String {
    let (unit, length) = match seconds {
        s if s >= 2.0 * DAY => ("days", DAY),
        s if s >= HOUR => ("h", HOUR),
        s if s >= 60.0 => ("min", 60.0),
        _ => ("s", 1.0),
    };
    format!("{} {unit}", trimmed(seconds / length))
}

/// At most three digits after the point, and none that say nothing.
fn trimmed(x: f64) -> String {
    let text = format!("{x:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Reads a target.
///
/// # Errors
/// What is wrong, what is allowed, and the nearest valid words.
pub fn parse(text: &str) -> Result<Target, TargetError> {
    read(text).map_err(|why| TargetError { text: text.to_owned(), why })
}

fn read(text: &str) -> Result<Target, String> {
    let (at, sign) = [">=", "<=", "=>", "=<", ">", "<"]
        .iter()
        .filter_map(|s| text.find(s).map(|at| (at, *s)))
        .min_by_key(|(at, s)| (*at, std::cmp::Reverse(s.len())))
        .ok_or_else(|| format!("there is no `>=` or `<=` in it. A target is {GRAMMAR}"))?;
    let measure = measure(text[..at].trim())?;
    let more = sign.starts_with('>') || sign == "=>";
    if more != measure.more_is_better() {
        let (want, word) = if more { ("<=", "at most") } else { (">=", "at least") };
        return Err(format!("`{measure}` must be {word} something: write `{want}`"));
    }
    let (number, scope, hourly) = places(text[at + sign.len()..].trim())?;
    let value = if measure.is_share() { share(number)? } else { seconds(number)? };
    Ok(Target { measure, scope, hourly, value })
}

fn measure(text: &str) -> Result<TargetMeasure, String> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let list: Vec<&str> = words.iter().map(String::as_str).collect();
    match list.as_slice() {
        ["done" | "completed", "within", rest @ ..] => Ok(TargetMeasure::Done(seconds(&rest.join(" "))?)),
        ["answered", "within", rest @ ..] => {
            let (time, of) = match rest {
                [time @ .., "of", "offered"] | [time @ .., "of", "all", "offered"] => (time, Of::Offered),
                [time @ .., "of", "staying"] | [time @ .., "of", "not", "gone", "early"] => {
                    (time, Of::Staying)
                }
                [time @ .., "of", "answered"] => (time, Of::Answered),
                [_, .., "of", other] => {
                    return Err(format!(
                        "a share answered is `of offered`, `of staying` (those gone within the time left out) or \
                         `of answered`, not of `{other}`"
                    ));
                }
                time => (time, Of::Offered),
            };
            Ok(TargetMeasure::Answered(seconds(&time.join(" "))?, of))
        }
        ["started" | "begun", "within", rest @ ..] => Ok(TargetMeasure::Started(seconds(&rest.join(" "))?)),
        ["delayed"] => Ok(TargetMeasure::Delayed),
        ["wait", "mean"] | ["mean", "wait"] => Ok(TargetMeasure::WaitMean),
        ["time", "mean"] | ["mean", "time"] => Ok(TargetMeasure::TimeMean),
        ["wait", q] | [q, "wait"] if quantile(q).is_some() => {
            Ok(TargetMeasure::WaitQuantile(quantile(q).unwrap_or(0.95)))
        }
        ["time", q] | [q, "time"] if quantile(q).is_some() => {
            Ok(TargetMeasure::TimeQuantile(quantile(q).unwrap_or(0.95)))
        }
        ["lost"] => Ok(TargetMeasure::Lost),
        ["avoidable", "lost"] | ["avoidable", "loss"] | ["avoidable"] => Ok(TargetMeasure::Avoidable),
        ["utilization" | "utilisation"] => Ok(TargetMeasure::Utilization),
        _ => {
            let near = nearest(&words.join(" "), &MEASURES);
            let hint = near.map_or_else(String::new, |n| format!(" (did you mean `{n}`?)"));
            Err(format!("unknown measure `{text}`{hint}. Known: {}", MEASURES.join(", ")))
        }
    }
}

/// `p95` as 0.95.
fn quantile(word: &str) -> Option<f64> {
    let q: f64 = word.strip_prefix('p')?.parse().ok()?;
    (q > 0.0 && q < 100.0).then_some(q / 100.0)
}

/// Splits the value from where it must hold.
fn places(text: &str) -> Result<(&str, Scope, bool), String> {
    let lower = text.to_lowercase();
    // Lower case may be longer than the text in other scripts; then cut nothing by its positions.
    let lower = if lower.len() == text.len() { lower } else { text.to_owned() };
    let (body, hourly) = match lower.strip_suffix("in every hour").or(lower.strip_suffix("every hour")) {
        Some(front) => (text[..front.len()].trim_end(), true),
        None => (text, false),
    };
    let found = [" at ", " for "].iter().filter_map(|word| lower[..body.len()].find(word)).min();
    let Some(cut) = found else { return Ok((body.trim(), Scope::Overall, hourly)) };
    let (number, rest) = (body[..cut].trim(), body[cut..].trim());
    let (word, name) = rest.split_once(' ').unwrap_or((rest, ""));
    let name = name.trim();
    let each = name.to_lowercase();
    let scope = match (word.to_lowercase().as_str(), each.as_str()) {
        (_, "") => return Err(format!("`{word}` needs a name after it")),
        ("at", "each centre" | "every centre") => Scope::EachCentre,
        ("for", "each class" | "every class") => Scope::EachClass,
        ("for", "each area" | "every area") => Scope::EachArea,
        ("at", "each class" | "each area") => return Err(format!("write `for {name}`")),
        ("for", "each centre") => return Err("write `at each centre`".to_owned()),
        ("at", _) => Scope::Centre(name.to_owned()),
        _ => Scope::Named(name.to_owned()),
    };
    Ok((number, scope, hourly))
}

fn share(text: &str) -> Result<f64, String> {
    let (number, unit) = match text.strip_suffix('%') {
        Some(front) => (front.trim(), 100.0),
        None => (text, 1.0),
    };
    let value: f64 = number.parse().map_err(|_| format!("`{text}` is no share; write one such as `90 %`"))?;
    let share = value / unit;
    if (0.0..=1.0).contains(&share) {
        Ok(share)
    } else if unit == 1.0 && (1.0..=100.0).contains(&share) {
        Err(format!("`{text}` is no share: write `{text} %`"))
    } else {
        Err(format!("`{text}` is not between 0 and 100 %"))
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    duration(text).map_err(|why| format!("`{text}` is no time, such as `20 s` or `4 h`: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_said_as_the_rest_of_the_program_speaks() {
        for (text, words) in [
            ("done within 4 h >= 91.5 %", "at least 91.5 % done within 4 h"),
            ("time p95 <= 2 h", "95 of 100 done within 2 h"),
            ("wait p99.5 <= 20 s at Desk", "99.5 % wait at most 20 s at Desk"),
            ("wait mean <= 5 min in every hour", "mean wait at most 5 min in every hour"),
            (
                "started within 20 s >= 80 % at each centre",
                "at least 80 % started within 20 s at each centre",
            ),
            ("delayed <= 30 %", "at most 30 % wait at all"),
            ("lost <= 5 % for each class", "at most 5 % lost in all for each class"),
            ("avoidable lost <= 1 %", "at most 1 % lost by waiting"),
            ("utilization <= 85 %", "busy at most 85 % of the time"),
        ] {
            assert_eq!(parse(text).unwrap().in_words(), words);
        }
    }

    #[test]
    fn what_is_delivered_has_the_digits_that_its_interval_warrants() {
        assert_eq!(delivered(TargetMeasure::Lost, 0.03131, 0.002), "3.1 %");
        assert_eq!(delivered(TargetMeasure::Done(HOUR), 0.915_01, 0.0004), "91.50 %");
        assert_eq!(delivered(TargetMeasure::TimeQuantile(0.95), 1.959 * HOUR, 0.1 * HOUR), "2.0 h");
        assert_eq!(delivered(TargetMeasure::WaitMean, 95.0, 10.0), "1.6 min");
        assert_eq!(delivered(TargetMeasure::WaitMean, f64::NAN, 0.0), "n/a");
    }

    #[test]
    fn targets_read_as_they_are_written() {
        for (text, canonical) in [
            ("done within 4 h >= 90 %", "done within 4 h >= 90 %"),
            ("completed within 30 min>=0.5", "done within 30 min >= 50 %"),
            (
                "started within 20 s >= 80% at each centre in every hour",
                "started within 20 s >= 80 % at each centre in every hour",
            ),
            ("answered within 20 s >= 80 %", "answered within 20 s >= 80 %"),
            ("answered within 20 s of all offered >= 80 % at d", "answered within 20 s >= 80 % at d"),
            (
                "answered within 20 s of not gone early >= .8 for each class",
                "answered within 20 s of staying >= 80 % for each class",
            ),
            ("answered within 20 s of answered >= 80 %", "answered within 20 s of answered >= 80 %"),
            ("p95 wait <= 1 h 30 min at Los Angeles", "wait p95 <= 1.5 h at Los Angeles"),
            ("mean time <= 2 days for biometric", "time mean <= 2 days for biometric"),
            ("lost <= 0.1 % for each class", "lost <= 0.1 % for each class"),
            ("Utilisation <= 85 %", "utilization <= 85 %"),
            ("delayed <= 20 % every hour", "delayed <= 20 % in every hour"),
            ("time p99.5 <= 90 s for each area", "time p99.5 <= 1.5 min for each area"),
        ] {
            assert_eq!(parse(text).map(|t| t.to_string()), Ok(canonical.to_owned()), "{text}");
            // What is printed can be read again.
            assert_eq!(parse(canonical), parse(text));
        }
    }

    #[test]
    fn errors_say_what_to_write() {
        for (text, want) in [
            ("done within 4 h", "no `>=` or `<=`"),
            ("done withn 4 h >= 90 %", "unknown measure `done withn 4 h`"),
            ("utilisaton <= 85 %", "did you mean `utilization`"),
            ("utilization >= 85 %", "at most something: write `<=`"),
            ("done within 4 h <= 90 %", "at least something: write `>=`"),
            ("done within 4 >= 90 %", "`4` is no time"),
            ("done within 4 h >= 90", "write `90 %`"),
            ("done within 4 h >= 190 %", "not between 0 and 100 %"),
            ("answered within 20 s of everybody >= 80 %", "not of `everybody`"),
            ("wait mean <= 90 %", "is no time"),
            ("lost <= 1 % at ", "no share"),
            ("lost <= 1 % for each centre", "write `at each centre`"),
            ("lost <= many", "is no share"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(want), "{text}: {error}");
        }
    }
}
