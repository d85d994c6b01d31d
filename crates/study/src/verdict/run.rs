//! What a run says.

use super::phrases::{
    Force, force, list, measure, officers, plural, share, short_titles, spelled, target, time,
};
use super::{About, Sentence};
use crate::number::{self, Scale, Unit, duration};
use crate::summary::Summary;
use crate::uncertain::Uncertain;
use poolwise_engine::model::capital;
use poolwise_scenario::Overload;

/// A share above this counts as all, below one less it as none: naming it would say nothing.
const ALL: f64 = 0.9995;
/// Centres that cannot keep up which a sentence names.
const NAMED: usize = 2;

/// One to three sentences, and more where something is wrong, on a scenario by itself.
pub fn run(summary: &Summary, about: &About) -> Vec<Sentence> {
    sentences(summary, about, rests_on(about))
}

/// The same where its uncertain inputs were drawn.
pub(crate) fn run_drawn(summary: &Summary, about: &About, drawn: &Uncertain) -> Vec<Sentence> {
    let over = over_draws(summary, drawn).map(Sentence::from);
    sentences(summary, about, over.or_else(|| rests_on(about)))
}

fn sentences(summary: &Summary, about: &About, rests: Option<Sentence>) -> Vec<Sentence> {
    let mut said = vec![service(summary, about).into()];
    said.extend(work(summary, about).map(Sentence::from));
    said.extend(trouble(summary, &about.overloaded, None));
    said.extend(rests);
    said
}

/// What draws of its uncertain inputs make of what is delivered.
fn over_draws(summary: &Summary, drawn: &Uncertain) -> Option<String> {
    let told = |name: &str| measure(summary, name).filter(|e| (1e-9..=ALL).contains(&e.estimate)).is_some();
    let done = told("done_within_target");
    let name = if done { "done_within_target" } else { "time_to_completion_p95_hours" };
    let spread = &drawn.measures.iter().find(|s| s.measure == name)?.nested;
    let ends = [spread.input_lower, spread.input_upper];
    if ends.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let scale = Scale::of(if done { Unit::Share } else { Unit::Hours }, ends);
    let [low, high] = ends.map(|x| scale.plain(x));
    let what = match done {
        true => format!("{low} to {high} % are done within {}", target(summary)),
        false => format!("95 of 100 are done within {low} to {high} {}", scale.unit),
    };
    let n = drawn.inputs.len();
    Some(format!(
        "Over {} draws of its {} uncertain input{} {what} ({} of them).",
        drawn.draws,
        spelled(n),
        plural(n),
        number::percent(drawn.coverage)
    ))
}

/// What is delivered.
fn service(summary: &Summary, about: &About) -> String {
    let requests = &about.words.request.many;
    let title = short_titles(&[&summary.title]).concat();
    let mut parts: Vec<String> = Vec::new();
    let apart = summary.answer_within_hours != summary.target_hours;
    if let Some(e) = measure(summary, "answered_within").filter(|_| apart) {
        let within = duration(summary.answer_within_hours);
        parts.push(format!("{} of {requests} are answered within {within}", share(e)));
    }
    if let Some(e) = measure(summary, "done_within_target").filter(|e| (1e-9..=ALL).contains(&e.estimate)) {
        let of = if parts.is_empty() { format!(" of {requests}") } else { String::new() };
        parts.push(format!("{}{of} are done within {}", share(e), target(summary)));
    }
    if let Some(e) = measure(summary, "time_to_completion_p95_hours") {
        let of = if parts.is_empty() { format!("95 of 100 {requests}") } else { "95 of 100".to_owned() };
        parts.push(format!("{of} are done within {}", time(e)));
    }
    // Of whom all are lost the wait says nothing.
    let all_lost = measure(summary, "lost_share").filter(|e| e.estimate > ALL);
    if let Some(e) = &all_lost {
        parts.push(format!("{} of {requests} are lost", share(e)));
    }
    if let Some(e) = measure(summary, "wait_mean_hours").filter(|_| parts.len() < 2 && all_lost.is_none()) {
        let waits = || format!("the mean wait is {}", time(e));
        parts.push(if e.estimate == 0.0 { "nobody waited".to_owned() } else { waits() });
    }
    if let Some(e) = measure(summary, "lost_share_avoidable").filter(|e| e.estimate > 0.0) {
        parts.push(format!("{} are lost by waiting", share(e)));
    }
    if let Some(e) = measure(summary, "turned_away_share").filter(|e| e.estimate > 0.0) {
        parts.push(format!("{} are turned away", share(e)));
    }
    let nothing = || format!("no {} was done in the window", about.words.request.one);
    let said = if parts.is_empty() { nothing() } else { list(&parts, "and") };
    format!("{title}: {said}.")
}

/// What it takes.
fn work(summary: &Summary, about: &About) -> Option<String> {
    let busy = measure(summary, "utilization")?;
    let noun = |n: f64| if n == 1.0 { &about.words.officer.one } else { &about.words.officer.many };
    let many = capital(&about.words.officer.many);
    let (who, n) = match force(summary)? {
        Force::Employed(n) if n == 1.0 => (format!("The one {}", noun(n)), n),
        Force::Employed(n) => (format!("The {} {}", officers(n), noun(n)), n),
        Force::Always(n) if n == 1.0 => (format!("The one {} on duty", noun(n)), n),
        Force::Always(n) => (format!("The {} {} on duty", officers(n), noun(n)), n),
        // One on average are now none and now several.
        Force::OnAverage(p) => (format!("{many}, {} on average,", p.said("")), f64::INFINITY),
    };
    let verb = if n == 1.0 { "is" } else { "are" };
    // Without a plan that differs by the hour the busiest hour is the luckiest, no more.
    let hours = summary.detail.utilization_range.filter(|_| about.changes).map_or_else(String::new, |r| {
        let one = |x: f64, hour| {
            format!("{} ({} %)", number::hour_of_week(hour), number::seen(100.0 * x, 0, false))
        };
        let clock = about.clock.as_ref().map_or_else(String::new, |city| format!(" by the clock of {city}"));
        format!(
            ", most on {}, least on {}{clock}",
            one(r.highest, r.highest_hour),
            one(r.lowest, r.lowest_hour)
        )
    });
    if busy.estimate == 0.0 {
        return Some(format!("{who} {verb} never busy."));
    }
    Some(format!("{who} {verb} busy {} of the time{hours}.", share(busy)))
}

/// What takes meaning from the figures: work beyond the officers, a start that still shows, a run cut short, no
/// intervals. `of` names the scenario where the sentence stands among others.
pub(super) fn trouble(summary: &Summary, overloaded: &[Overload], of: Option<&str>) -> Vec<Sentence> {
    let mut said: Vec<Sentence> = Vec::new();
    if !overloaded.is_empty() {
        let mut worst: Vec<&Overload> = overloaded.iter().collect();
        worst.sort_by(|a, b| b.ratio.total_cmp(&a.ratio));
        let named: Vec<String> = worst.iter().take(NAMED).map(|o| by_how_much(o)).collect();
        let who = of.map_or_else(|| "It".to_owned(), capital);
        let n = overloaded.len();
        let at = match n {
            _ if n <= NAMED => list(&named, "and"),
            _ => format!("{n} centre{}, most at {}", plural(n), named[0]),
        };
        let officers = &summary.about.words.officer.many;
        let text = format!(
            "{who} cannot keep up: more work than {officers} at {at}, so that queues grow as long as it runs{}.",
            relief(&[summary])
        );
        said.push(text.into());
    }
    let possessive = of.map_or_else(|| "the".to_owned(), |name| format!("the {name}"));
    if summary.warm_up.as_ref().is_some_and(|w| w.too_short) {
        let whose = of.map_or_else(|| "The figures".to_owned(), |name| format!("The figures of {name}"));
        let why = "its warm-up is too short, beyond chance (see the warm-up)";
        said.push(format!("{whose} still hold the start of the run: {why}.").into());
    }
    if summary.replications < summary.replications_planned {
        let (done, planned) = (summary.replications, summary.replications_planned);
        let text = format!(
            "Stopped early: {done} of {planned} replications of {possessive} run are in these figures."
        );
        said.push(text.into());
    }
    if summary.replications == 1 && of.is_none() {
        let text = "One replication has no intervals: how much of this is chance cannot be told";
        said.push(Sentence::with_option(text, "--replications 10"));
    }
    said
}

/// Where some are lost by waiting or turned away queues need not grow for ever.
pub(super) fn relief(of: &[&Summary]) -> &'static str {
    let lost = |name| of.iter().any(|s| measure(s, name).is_some_and(|e| e.estimate > 0.0));
    let lost = lost("lost_share_avoidable") || lost("turned_away_share");
    if lost { ", or until enough are lost" } else { "" }
}

fn by_how_much(o: &Overload) -> String {
    if o.ratio.is_finite() {
        format!("{} (by {} %)", o.centre, number::fixed((o.ratio - 1.0) * 100.0, 0, false))
    } else {
        format!("{} (nobody is there)", o.centre)
    }
}

/// What the figures rest on, where the scenario says that it does not know.
fn rests_on(about: &About) -> Option<Sentence> {
    let text = format!("It rests on {}, not varied here", uncertain_numbers(about)?);
    Some(Sentence::with_option(&text, "--uncertain"))
}

/// The uncertain numbers of a scenario: `research time (20 min, an assumption) and 18 more unknowns`.
pub(super) fn uncertain_numbers(about: &About) -> Option<String> {
    let first = about.foremost.as_ref()?.said();
    Some(match about.inputs.saturating_sub(1) {
        0 => first,
        more => format!("{first} and {more} more unknown{}", plural(more)),
    })
}
