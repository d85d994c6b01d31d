//! What a comparison says.

use super::Sentence;
use super::idle::idle;
use super::needs::{cost_clause, force_clause};
use super::phrases::{bracketed, list, measure, named, short_titles, size, spelled, target};
use super::rests::{at_both_ends, not_tried, turns_over};
use super::run::{relief, trouble};
use crate::ends::EndTrials;
use crate::measures::{PRIMARY, more_is_better};
use crate::number::Unit;
use crate::summary::{Comparison, Difference, Summary, Verdict};
use crate::uncertain::{DifferenceSpread, Uncertain};
use poolwise_engine::model::capital;
use poolwise_stats::Estimate;

/// Options that a sentence names; more are counted.
const NAMED: usize = 3;

/// What a difference is for a planner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DifferenceWord {
    Better,
    Worse,
    Open,
}

/// A comparison with everything its sentences draw on.
pub(super) struct ComparedOption<'a> {
    pub(super) summaries: &'a [&'a Summary],
    pub(super) comparison: &'a Comparison,
    pub(super) titles: Vec<String>,
}

/// One to three sentences on options, and more where something is wrong. Summaries in the comparison's order, the
/// baseline first; `over_draws` and `drawn` where uncertain inputs were drawn.
pub fn comparison(
    summaries: &[&Summary],
    comparison: &Comparison,
    over_draws: &[DifferenceSpread],
    drawn: &[&Uncertain],
) -> Vec<Sentence> {
    let turns = |about: Option<(usize, &'static str)>| {
        let (option, name) = about?;
        turns_over(summaries[option], name, over_draws, drawn).map(Sentence::from)
    };
    let open = |told| if over_draws.is_empty() { not_tried(summaries, told) } else { None };
    sentences(summaries, comparison, |about| {
        turns(about).into_iter().chain(open(about.map(|(option, _)| option))).collect()
    })
}

/// The same where nothing was drawn, but the foremost unknown was tried at both ends of its range.
pub(crate) fn tried(summaries: &[&Summary], comparison: &Comparison, trials: &EndTrials) -> Vec<Sentence> {
    sentences(summaries, comparison, |about| at_both_ends(summaries, trials, about.map(|(option, _)| option)))
}

/// The option that the verdict is about and the measure that it is told by, where it is about one.
pub(crate) fn about(summaries: &[&Summary], comparison: &Comparison) -> Option<(usize, &'static str)> {
    let all = ComparedOption::of(summaries, comparison);
    let name = all.lead().filter(|_| summaries.iter().all(|s| s.replications > 1))?;
    all.verdict(name).1
}

/// Sentences on options; `rests` tells of the verdict on an option by a measure, where it is one, what it rests on.
fn sentences(
    summaries: &[&Summary],
    comparison: &Comparison,
    rests: impl FnOnce(Option<(usize, &'static str)>) -> Vec<Sentence>,
) -> Vec<Sentence> {
    let all = ComparedOption::of(summaries, comparison);
    if summaries.is_empty() {
        return Vec::new();
    }
    let replications = summaries.iter().map(|s| s.replications).min().unwrap_or(0);
    let mut said: Vec<Sentence> = Vec::new();
    let mut about = None;
    let lead = all.lead();
    if let Some(name) = lead.filter(|_| replications > 1) {
        let (sentences, told) = all.verdict(name);
        said.extend(sentences.into_iter().map(Sentence::from));
        about = told;
    } else if lead.is_some() {
        said.extend(all.one_replication());
    }
    said.extend(all.nothing_done(lead.is_some()).map(Sentence::from));
    said.extend(rests(about));
    said.extend(all.troubles());
    said
}

impl<'a> ComparedOption<'a> {
    fn of(summaries: &'a [&'a Summary], comparison: &'a Comparison) -> Self {
        let titles: Vec<&str> = summaries.iter().map(|s| s.title.as_str()).collect();
        let titles = short_titles(&titles).iter().map(|t| named(t)).collect();
        Self { summaries, comparison, titles }
    }
}

impl ComparedOption<'_> {
    pub(super) fn row(&self, option: usize, name: &str) -> Option<&Difference> {
        let scenario = &self.summaries[option].scenario;
        self.comparison
            .rows
            .iter()
            .find(|r| r.scenario == *scenario && r.measure == name && r.difference.estimate.is_finite())
    }

    fn word(&self, option: usize, name: &str) -> Option<DifferenceWord> {
        Some(match (self.row(option, name)?.verdict?, more_is_better(name)) {
            (Verdict::CannotTell, _) => DifferenceWord::Open,
            (Verdict::More, true) | (Verdict::Less, false) => DifferenceWord::Better,
            (Verdict::More, false) | (Verdict::Less, true) => DifferenceWord::Worse,
        })
    }

    pub(super) fn options(&self) -> std::ops::Range<usize> {
        1..self.summaries.len()
    }

    /// The measure that the first sentence is about: the first that tells any option from the baseline. The intervals
    /// of all primary measures hold together, so that this choice costs nothing.
    pub(super) fn lead(&self) -> Option<&'static str> {
        let known = |name: &&&str| self.options().any(|o| self.row(o, name).is_some());
        let told = |name: &&&str| {
            self.options()
                .any(|o| matches!(self.word(o, name), Some(DifferenceWord::Better | DifferenceWord::Worse)))
        };
        // Of what is exactly the same there is less to say than of what is not told.
        let differs = |name: &&&str| {
            let of = |o| self.row(o, name).is_some_and(|row| row.difference.estimate != 0.0);
            self.options().any(of)
        };
        let first = PRIMARY.iter().find(told).or_else(|| PRIMARY.iter().find(differs));
        first.or_else(|| PRIMARY.iter().find(known)).copied()
    }

    fn of_word(&self, name: &str, word: DifferenceWord) -> Vec<usize> {
        let mut of: Vec<usize> = self.options().filter(|&o| self.word(o, name) == Some(word)).collect();
        let sign = if more_is_better(name) { -1.0 } else { 1.0 };
        let at = |o: usize| self.row(o, name).map_or(f64::NAN, |r| sign * r.difference.estimate);
        of.sort_by(|a, b| at(*a).total_cmp(&at(*b)));
        of
    }

    /// Options in which nothing was done, of which there is nothing to tell.
    fn nothing_done(&self, others: bool) -> Option<String> {
        let done = |o: usize| measure(self.summaries[o], "time_to_completion_p95_hours").is_some();
        let of: Vec<usize> = (0..self.summaries.len()).filter(|&o| !done(o)).collect();
        match of.len() {
            0 => None,
            _ if others => Some(format!("Nothing was done in {}.", self.names(&of, "and"))),
            n if n == self.summaries.len() => {
                Some("Nothing was done in any option: there is nothing to compare.".to_owned())
            }
            _ => {
                Some(format!("Nothing was done in {}: there is nothing to compare.", self.names(&of, "and")))
            }
        }
    }

    /// The verdict, and the option that it is about and the measure that it is told by, where there is one.
    fn verdict(&self, name: &'static str) -> (Vec<String>, Option<(usize, &'static str)>) {
        let [better, worse, open] = [DifferenceWord::Better, DifferenceWord::Worse, DifferenceWord::Open]
            .map(|w| self.of_word(name, w));
        match (better.as_slice(), worse.as_slice(), open.as_slice()) {
            ([], [], _) => (vec![self.tie(name, &open)], None),
            ([], [only], []) => (vec![self.against_baseline(*only, name)], Some((*only, name))),
            ([], _, []) => (vec![self.baseline_best(name, &worse)], Some((worse[0], name))),
            ([], _, _) => self.none_better(name, &worse, &open),
            ([first, ..], _, _) => {
                let mut said = vec![self.against_baseline(*first, name)];
                said.extend(self.rank(*first, name, &better));
                (said, Some((*first, name)))
            }
        }
    }

    /// The first other measure that tells an option from the baseline in that way.
    fn elsewhere(&self, option: usize, name: &str, word: DifferenceWord) -> Option<&'static str> {
        PRIMARY.iter().filter(|m| **m != name).find(|m| self.word(option, m) == Some(word)).copied()
    }

    /// `A gets 4.0 points more done within 4 h than B [3.8, 4.2], with the same 245 officers and fewer losses.`
    fn against_baseline(&self, option: usize, name: &str) -> String {
        let Some(row) = self.row(option, name) else { return String::new() };
        let (what, interval) = self.difference(name, &row.difference);
        let (ours, base) = (self.summaries[option], self.summaries[0]);
        let mut with: Vec<String> = force_clause(ours, base).into_iter().collect();
        let mut but = Vec::new();
        let led = self.word(option, name);
        for other in PRIMARY.iter().filter(|m| **m != name) {
            // A word of the same kind goes along; one of the other kind turns the sentence.
            if let Some(word @ (DifferenceWord::Better | DifferenceWord::Worse)) = self.word(option, other) {
                let of = if Some(word) == led { &mut with } else { &mut but };
                of.push(side(other, word).to_owned());
            }
        }
        let mut text =
            format!("{} {what} than {}{}", self.titles[option], self.titles[0], bracketed(interval));
        if let Some(cost) = self.comparison.costs.iter().find(|c| c.scenario == ours.scenario) {
            with.push(cost_clause(cost));
        }
        if !with.is_empty() {
            text.push_str(&format!(", with {}", list(&with, "and")));
        }
        if !but.is_empty() {
            text.push_str(&format!(", but with {}", list(&but, "and")));
        }
        capital(&(text + "."))
    }

    /// How the best of the better ones stands among all options.
    fn rank(&self, first: usize, name: &str, better: &[usize]) -> Option<String> {
        let n = self.summaries.len();
        let done = |o: usize| measure(self.summaries[o], name).is_some();
        let told = (0..n).filter(|&o| done(o)).count();
        if told < 3 {
            return None;
        }
        let of = |o: usize, m: &str| {
            let scenario = &self.summaries[o].scenario;
            self.comparison.best.iter().find(|b| b.scenario == *scenario && b.measure == m)
        };
        let best = of(first, name)?;
        if best.is_best {
            let others = || PRIMARY.iter().filter(|m| of(first, m).is_some());
            let everywhere =
                others().count() > 1 && others().all(|m| of(first, m).is_some_and(|b| b.is_best));
            let mut text = format!("Best of {}", spelled(told));
            if everywhere {
                text.push_str(" by every measure");
            }
            // How far it is ahead of the baseline has been said.
            if let Some(next) = self.next(first, name).filter(|&next| next != 0) {
                let (gap, _) = size(unit(name), &best.difference);
                text.push_str(&format!(", {gap} ahead of {}", self.titles[next]));
            }
            return Some(text + ".");
        }
        let may = |o: usize| o != first && done(o) && of(o, name).is_some_and(|b| b.may_be_best);
        let mut equals: Vec<usize> = (0..n).filter(|&o| may(o)).collect();
        if equals.is_empty() {
            return None;
        }
        equals.insert(0, first);
        let also = &better[1..];
        if let [a, b] = equals[..]
            && self.alike(a, b)
        {
            return Some(format!("{} does the same in every replication.", capital(&self.titles[b])));
        }
        let too = match also {
            [] => String::new(),
            _ if equals.len() == 2 && also == &equals[1..] => {
                format!("; both are better than {}", self.titles[0])
            }
            [one] => format!("; {} is better than {} too", self.titles[*one], self.titles[0]),
            _ => format!("; {} are better than {} too", self.names(also, "and"), self.titles[0]),
        };
        Some(format!("Which of {} is best cannot be told{too}.", self.names(&equals, "and")))
    }

    /// Whether two options come to exactly the same by every primary measure.
    fn alike(&self, a: usize, b: usize) -> bool {
        let of = |o: usize, name| measure(self.summaries[o], name).map(|e| [e.estimate, e.lower, e.upper]);
        PRIMARY.iter().all(|name| of(a, name) == of(b, name))
    }

    /// The option that comes next after the best.
    fn next(&self, first: usize, name: &str) -> Option<usize> {
        let value = |o: usize| measure(self.summaries[o], name).map(|e| e.estimate);
        let sign = if more_is_better(name) { -1.0 } else { 1.0 };
        let mut others: Vec<(usize, f64)> = (0..self.summaries.len())
            .filter(|&o| o != first)
            .filter_map(|o| Some((o, sign * value(o)?)))
            .collect();
        others.sort_by(|a, b| a.1.total_cmp(&b.1));
        others.first().map(|o| o.0)
    }

    /// Names of options, or how many there are where they are many.
    fn some(&self, titles: &[&str], last: &str) -> String {
        match titles.len() {
            n if n > NAMED => {
                format!("{} and {} others", titles[..NAMED - 1].join(", "), spelled(n + 1 - NAMED))
            }
            _ => list(titles, last),
        }
    }

    fn names(&self, options: &[usize], last: &str) -> String {
        let titles: Vec<&str> = options.iter().map(|&o| self.titles[o].as_str()).collect();
        self.some(&titles, last)
    }

    /// All others are worse than the baseline.
    fn baseline_best(&self, name: &str, worse: &[usize]) -> String {
        let nearest = worse[0];
        let near = self.row(nearest, name).map_or_else(String::new, |row| {
            let (what, interval) = self.difference(name, &row.difference);
            format!("; the nearest, {}, {what}{}", self.titles[nearest], bracketed(interval))
        });
        // What is better by another measure is not simply worse.
        let by = match worse.iter().any(|&o| self.elsewhere(o, name, DifferenceWord::Better).is_some()) {
            true => format!(" in {}", self.about(name)),
            false => String::new(),
        };
        format!(
            "{} is best{by}: none of the {} other options {}{near}.",
            self.titles[0],
            spelled(worse.len()),
            self.better(name)
        )
    }

    /// Some are worse than the baseline, of others that measure does not tell: another may.
    fn none_better(
        &self,
        name: &str,
        worse: &[usize],
        open: &[usize],
    ) -> (Vec<String>, Option<(usize, &'static str)>) {
        let are = |of: &[usize]| if of.len() == 1 { "is" } else { "are" };
        let found =
            PRIMARY.iter().find(|m| open.iter().any(|&o| self.word(o, m) == Some(DifferenceWord::Better)));
        if let Some(&other) = found {
            let better: Vec<usize> = self
                .of_word(other, DifferenceWord::Better)
                .into_iter()
                .filter(|o| open.contains(o))
                .collect();
            let rest = format!(
                "In {} no option is shown to be better, and {} {} worse.",
                self.about(name),
                self.names(worse, "and"),
                are(worse)
            );
            return (vec![self.against_baseline(better[0], other), rest], Some((better[0], other)));
        }
        let mut losers =
            vec![format!("{} {} worse in {}", self.names(worse, "and"), are(worse), self.about(name))];
        let mut rest = open.to_vec();
        for other in PRIMARY.iter().filter(|m| **m != name) {
            let here: Vec<usize> = rest
                .iter()
                .copied()
                .filter(|&o| self.word(o, other) == Some(DifferenceWord::Worse))
                .collect();
            if !here.is_empty() {
                losers.push(format!("{} in {}", self.names(&here, "and"), self.about(other)));
            }
            rest.retain(|o| !here.contains(o));
        }
        if rest.is_empty() {
            return (vec![format!("{} is best: {}.", self.titles[0], list(&losers, "and"))], None);
        }
        let told = format!(
            "No option is shown to be better than {}: of {} it cannot be told, and {}.",
            self.titles[0],
            self.names(&rest, "and"),
            list(&losers, "and")
        );
        (vec![told], None)
    }

    /// A difference in words, and its interval.
    pub(super) fn difference(&self, name: &str, d: &Estimate) -> (String, Option<String>) {
        let (amount, interval) = size(unit(name), d);
        let more = d.estimate >= 0.0;
        let what = match name {
            "done_within_target" => {
                format!(
                    "gets {amount} {} done within {}",
                    if more { "more" } else { "less" },
                    target(self.summaries[0])
                )
            }
            "time_to_completion_p95_hours" => {
                format!("takes {amount} {} to finish 95 of 100", if more { "longer" } else { "less" })
            }
            _ => format!("loses {amount} {} by waiting", if more { "more" } else { "fewer" }),
        };
        (what, interval)
    }

    fn better(&self, name: &str) -> String {
        match name {
            "done_within_target" => format!("gets more done within {}", target(self.summaries[0])),
            "time_to_completion_p95_hours" => "is quicker to finish 95 of 100".to_owned(),
            _ => "loses fewer by waiting".to_owned(),
        }
    }

    pub(super) fn about(&self, name: &str) -> String {
        match name {
            "done_within_target" => format!("the share done within {}", target(self.summaries[0])),
            "time_to_completion_p95_hours" => "the time in which 95 of 100 are done".to_owned(),
            _ => "the share lost by waiting".to_owned(),
        }
    }

    /// Options whose figures mean less than they seem to.
    fn troubles(&self) -> Vec<Sentence> {
        let over: Vec<usize> =
            (0..self.summaries.len()).filter(|&o| !self.summaries[o].about.overloaded.is_empty()).collect();
        let mut said: Vec<Sentence> = Vec::new();
        if over.len() > 1 {
            let text = format!(
                "{} cannot keep up: more work than {}, so that queues grow as long as they run{}.",
                self.names(&over, "and"),
                self.summaries[over[0]].about.words.officer.many,
                relief(&over.iter().map(|&o| self.summaries[o]).collect::<Vec<_>>())
            );
            said.push(text.into());
        }
        let idle = |o: usize| {
            let titles = [self.titles[o].as_str(), self.titles[0].as_str()];
            idle(self.summaries[o], self.summaries[0], titles)
        };
        said.extend(self.options().filter_map(idle).map(Sentence::from));
        for (o, summary) in self.summaries.iter().enumerate() {
            let overloaded = if over.len() > 1 { &[][..] } else { summary.about.overloaded.as_slice() };
            said.extend(trouble(summary, overloaded, Some(&self.titles[o])));
        }
        said
    }
}

/// The unit of a primary measure.
pub(super) fn unit(name: &str) -> Unit {
    if name == "time_to_completion_p95_hours" { Unit::Hours } else { Unit::Share }
}

/// What an option has beside, in words.
fn side(name: &str, word: DifferenceWord) -> &'static str {
    match (name, word == DifferenceWord::Better) {
        ("done_within_target", true) => "more done in time",
        ("done_within_target", false) => "less done in time",
        ("time_to_completion_p95_hours", true) => "shorter times",
        ("time_to_completion_p95_hours", false) => "longer times",
        (_, true) => "fewer losses",
        (_, false) => "more losses",
    }
}
