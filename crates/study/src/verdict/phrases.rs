//! Pieces of sentences: numbers with their intervals, names in a row, short titles.

use crate::number::{self, Scale, Unit, duration};
use crate::summary::Summary;
use poolwise_stats::Estimate;

/// Titles as sentences use them: what stands before a colon, where that tells the scenarios apart; else the title.
/// Those with a comma in them are quoted by [`named`].
pub fn short_titles(titles: &[&str]) -> Vec<String> {
    let short = |title: &str| {
        let head = title.split(": ").next().unwrap_or(title).trim();
        if head.is_empty() { title.to_owned() } else { head.to_owned() }
    };
    let all: Vec<String> = titles.iter().map(|t| short(t)).collect();
    let same = |a: &str| all.iter().filter(|b| b.as_str() == a).count() > 1;
    all.iter().zip(titles).map(|(s, t)| if same(s) { (*t).to_owned() } else { s.clone() }).collect()
}

/// A title inside a sentence: in quotes where it would be taken for a part of it.
pub fn named(title: &str) -> String {
    if title.contains([',', ':', ';', '.']) { format!("“{title}”") } else { title.to_owned() }
}

/// Names in a row: `a`, `a and b`, `a, b and c`.
pub fn list<T: AsRef<str>>(names: &[T], last: &str) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [before @ .., end] => {
            let before: Vec<&str> = before.iter().map(AsRef::as_ref).collect();
            format!("{} {last} {}", before.join(", "), end.as_ref())
        }
    }
}

/// `s` where there is not exactly one.
pub fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

/// A small number in letters, as sentences write it.
pub(crate) fn spelled(n: usize) -> String {
    const WORDS: [&str; 13] = [
        "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    WORDS.get(n).map_or_else(|| n.to_string(), |w| (*w).to_owned())
}

/// A share in per cent with its interval: `91.7 % [91.6, 91.8]`.
pub(super) fn share(e: &Estimate) -> String {
    with_unit(&Scale::of(Unit::Share, []), e)
}

/// A time with its interval, minutes below an hour: `25 min [24, 26]`.
pub(super) fn time(e: &Estimate) -> String {
    with_unit(&Scale::of(Unit::Hours, [e.estimate]), e)
}

fn with_unit(scale: &Scale, e: &Estimate) -> String {
    let (value, interval) = scale.parts(e, false);
    format!("{value} {}{}", scale.unit, interval.map_or_else(String::new, |i| format!(" {i}")))
}

/// The size of a difference without its sign, and its interval turned so that both ends are as the words say:
/// a difference of -3.1 h [-3.2, -2.9] is `3.1 h` shorter `[2.9, 3.2]`.
pub(super) fn size(unit: Unit, difference: &Estimate) -> (String, Option<String>) {
    let e = if difference.estimate < 0.0 { negated(difference) } else { *difference };
    let mut scale = Scale::of_difference(unit, [e.estimate]);
    // An end that is beyond zero must not be rounded to it: the words say that it is beyond.
    let lost = |scale: &Scale| e.lower > 0.0 && scale.parts(&e, false).1.is_some_and(|i| nought(&i));
    if lost(&scale) {
        scale = scale.finer();
    }
    let (value, interval) = scale.parts(&e, false);
    let word = match (unit, value.as_str()) {
        (Unit::Share, "1" | "1.0" | "1.00") => "point",
        _ => scale.unit,
    };
    (format!("{value} {word}"), interval)
}

/// Whether an interval begins with nothing but noughts.
fn nought(interval: &str) -> bool {
    let end = interval.find(',').unwrap_or(interval.len());
    interval[..end].chars().all(|c| !c.is_ascii_digit() || c == '0')
}

fn negated(e: &Estimate) -> Estimate {
    Estimate { estimate: -e.estimate, lower: -e.upper, upper: -e.lower, ..*e }
}

/// An interval as part of a sentence: with a blank before it, or nothing.
pub(super) fn bracketed(interval: Option<String>) -> String {
    interval.map_or_else(String::new, |i| format!(" {i}"))
}

/// The service target in words.
pub(super) fn target(summary: &Summary) -> String {
    duration(summary.target_hours)
}

/// A measure of the whole scenario, where it is defined.
pub(super) fn measure<'a>(summary: &'a Summary, name: &str) -> Option<&'a Estimate> {
    summary.measures.get(name).filter(|e| e.estimate.is_finite())
}

/// Officers as a sentence names them: how many are employed where the scenario says so, else how many are on duty.
pub(crate) enum Force {
    /// So many employed.
    Employed(f64),
    /// So many on duty at every hour.
    Always(f64),
    /// So many on average.
    OnAverage(Present),
}

/// Officers averaged over time: on rosters, and there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Present {
    /// Whom rosters ask for.
    pub rostered: f64,
    /// Who is there: without those who stay away, with those who are called in.
    pub on_duty: f64,
}

impl Present {
    /// Those of a scenario; of the rest of a day, and where nobody is on a roster, who is there alone.
    pub fn of(summary: &Summary) -> Option<Self> {
        let of = |name| measure(summary, name).map(|e| e.estimate).filter(|x| *x > 0.0);
        let on_duty = of("on_duty_mean");
        let rostered = if summary.about.from_now { on_duty } else { of("posts").or(on_duty) }?;
        Some(Self { rostered, on_duty: on_duty.unwrap_or(rostered) })
    }

    /// Whether all who are rostered are there, and nobody else: as far as figures show, or to half a per cent. A window that is no
    /// whole number of turns of the levels has a little more or less than their mean.
    pub fn alike(self) -> bool {
        officers(self.rostered) == officers(self.on_duty)
            || (self.on_duty - self.rostered).abs() <= 0.005 * self.rostered
    }

    /// What the number on rosters is called: those on duty only where they are as many.
    pub fn word(self) -> &'static str {
        if self.alike() { "on duty" } else { "rostered" }
    }

    /// `8 on duty`, `8 rostered and 7.5 on duty`.
    pub fn said(self, noun: &str) -> String {
        let (rostered, on_duty) = (officers(self.rostered), officers(self.on_duty));
        let noun = if noun.is_empty() { String::new() } else { format!(" {noun}") };
        match self.alike() {
            true => format!("{rostered}{noun} on duty"),
            false => format!("{rostered}{noun} rostered and {on_duty} on duty"),
        }
    }
}

/// How many officers a scenario has.
pub(crate) fn force(summary: &Summary) -> Option<Force> {
    let whole = |x: f64| (x - x.round()).abs() < 1e-6 && x > 0.5;
    let about = &summary.about;
    // What hours on duty come to in people is arithmetic that nobody spoke of; and of the rest of a day it matters who is there.
    let headcount = measure(summary, "headcount").map(|e| e.estimate);
    let headcount = headcount.filter(|x| about.states_headcount && !about.from_now && whole(*x));
    let always = |p: &Present| about.steady && !about.from_now && p.alike();
    let there = |p| if always(&p) { Force::Always(p.rostered) } else { Force::OnAverage(p) };
    headcount.map(|x| Force::Employed(x.round())).or(Present::of(summary).map(there))
}

/// A number of officers: whole where it is, else with one decimal.
pub(super) fn officers(n: f64) -> String {
    number::trimmed(n, 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, Study, Unwatched};
    use poolwise_scenario::{Overrides, Snapshot};

    #[test]
    fn titles_are_cut_at_their_colon_where_that_tells_them_apart() {
        assert_eq!(short_titles(&["Status quo: PERC and 20", "Regional: four"]), ["Status quo", "Regional"]);
        assert_eq!(short_titles(&["Model: a", "Model: b"]), ["Model: a", "Model: b"]);
        assert_eq!([named("One centre"), named("Desks, load 0.9")], ["One centre", "“Desks, load 0.9”"]);
    }

    /// What is said of a desk with 48 calls of 10 min an hour, 8 erlangs, by itself and beside another.
    fn said(desk: &str, other: &str) -> (String, String) {
        let text = |desk: &str| {
            format!(
                "run = {{ horizon = '8 weeks', replications = 6 }}\n\
                 class.call = {{ rate = '48 per hour', start = 'answer' }}\n\
                 stage.answer = {{ service = {{ role = 'agent', time = {{ exponential = '10 min' }} }}, next = 'done' }}\n\
                 stage.done = {{ exit = true }}\ncentre.desk = {{ {desk} }}\nroute = [{{ to = 'desk' }}]"
            )
        };
        let files = [("a.toml".into(), text(desk).into()), ("b.toml".into(), text(other).into())];
        let files = Snapshot::of(files.into());
        let paths = ["a.toml".into(), "b.toml".into()];
        let study = Study::load_through(&files, &paths, &Overrides::default());
        let study = study.and_then(|study| study.paired(None)).expect("two scenarios");
        let results = study.run(&Options::default(), &Unwatched).expect("a run");
        let comparison = results.comparison.as_ref().expect("a comparison");
        (results.cases[0].summary.verdict.join(" "), comparison.verdict.join(" "))
    }

    /// Ten desks around the clock take 42 people of 40 hours a week: a whole number that nobody spoke of.
    #[test]
    fn officers_who_were_worked_out_are_not_counted_as_employed() {
        let ten = "levels = { officers = 10 }";
        let (run, compared) = said(ten, "levels = { officers = 12 }");
        assert!(run.contains("The 10 servers on duty are busy"), "{run}");
        assert!(compared.contains("2 more servers on duty (12 for 10)"), "{compared}");
        let (run, _) = said("headcount = 42, levels = { officers = 10 }", ten);
        assert!(run.contains("The 42 servers are busy"), "{run}");
        let weekly = "levels = { weekly = [{ days = 'daily', from = '12:00', to = '24:00', officers = 11 }], otherwise = 9 }";
        let (run, _) = said(weekly, ten);
        assert!(run.contains("Servers, 10 on duty on average, are busy"), "{run}");
    }

    /// Every other officer stays away: of two on the roster at all hours one is there, of twenty ten, which keep up with 8 erlangs.
    #[test]
    fn who_stays_away_is_rostered_and_not_on_duty() {
        let roster = |n: u32, rest: &str| {
            format!("shifts = [{{ start = '00:00', length = '24 h', days = 'daily', officers = {n} }}]{rest}")
        };
        let half = ", absence = { share = 0.5, mode = 'fixed' }";
        let (run, compared) = said(&roster(20, half), &roster(22, half));
        assert!(run.contains("Servers, 20 rostered and 10 on duty on average, are busy"), "{run}");
        assert!(
            compared.contains("2 more servers rostered on average (22 for 20, 11 on duty for 10)"),
            "{compared}"
        );
        // The same roster: what differs is who comes.
        let (run, compared) = said(&roster(20, ""), &roster(20, half));
        assert!(run.contains("The 20 servers on duty are busy"), "{run}");
        let same = "the same 20 servers rostered on average (10 on duty for 20)";
        assert!(compared.contains(same), "{compared}");
        // All come, and not at all hours: how many there are is said once.
        let half_day = |n: u32| roster(n, "").replace("24 h", "12 h");
        let (_, compared) = said(&half_day(40), &half_day(44));
        assert!(compared.contains("2 more servers on duty on average (22 for 20)"), "{compared}");
        let one = Present { rostered: 1.0, on_duty: 0.5 };
        assert_eq!((one.word(), one.said("")), ("rostered", "1 rostered and 0.5 on duty".to_owned()));
        let nearly = Present { rostered: 94.5, on_duty: 94.6 };
        assert_eq!(nearly.said(""), "94.5 on duty");
    }
}
