//! The lines under the tables: how to read them, the rules, and what a reader should know.

use super::called::Called;
use super::number::{self, Scale};
use super::setting::Setting;
use poolwise_study::Wording;
use poolwise_study::measures::{Unit, find};
use poolwise_study::summary::{Comparison, Summary, Verdict};
use poolwise_study::warm_up::WarmUp;
use std::collections::BTreeMap;

/// The lines under the tables: how to read them, the rules, and what a reader should know.
pub(crate) fn notes(
    summaries: &[&Summary],
    settings: &[Setting],
    comparison: Option<&Comparison>,
) -> Vec<String> {
    let mut lines = shared(summaries, reading);
    let several = summaries.len() > 1;
    lines.extend(shared(summaries, if several { replications_of_several } else { replications_of_one }));
    lines.extend(shared(summaries, |s| s.warm_up.as_ref().map(WarmUp::line)));
    lines.extend(shared(summaries, target_note));
    lines.extend(kept_note(summaries));
    let called = Called::summaries(summaries);
    let rules: Vec<(String, &Setting)> =
        summaries.iter().map(|s| called.within(&s.scenario)).zip(settings).collect();
    lines.extend(rule_notes(&rules));
    if let Some(c) = comparison {
        lines.extend(comparison_notes(c, &Wording::of(summaries), &called));
    }
    lines.extend(summaries.iter().filter_map(|s| warning_note(s, called.get(&s.scenario))));
    lines
}

/// A line for each scenario, or one when it is the same for all.
fn shared(summaries: &[&Summary], say: fn(&Summary) -> Option<String>) -> Vec<String> {
    let called = Called::summaries(summaries);
    let said: Vec<(&str, String)> =
        summaries.iter().filter_map(|s| say(s).map(|line| (called.get(&s.scenario), line))).collect();
    match said.split_first() {
        Some((first, rest)) if said.len() == summaries.len() && rest.iter().all(|(_, l)| *l == first.1) => {
            vec![first.1.clone()]
        }
        _ => said.into_iter().map(|(name, line)| format!("{name}: {line}")).collect(),
    }
}

/// The first few warnings on a scenario, and how many more there are.
fn warning_note(s: &Summary, called: &str) -> Option<String> {
    const SHOWN: usize = 3;
    if s.warnings.is_empty() {
        return None;
    }
    let shown: Vec<&str> = s.warnings.iter().take(SHOWN).map(String::as_str).collect();
    let more = match s.warnings.len().saturating_sub(SHOWN) {
        0 => String::new(),
        n => format!("; and {n} more in summary.json"),
    };
    Some(format!("Note on {called}: {}{more}.", shown.join("; ").trim_end_matches('.')))
}

fn reading(s: &Summary) -> Option<String> {
    let runs = match s.replications {
        1 => "One replication, so no intervals,".to_owned(),
        n => format!("In brackets {} intervals over {n} replications", number::percent(s.confidence)),
    };
    let partial = if s.replications < s.replications_planned {
        format!("PARTIAL: only {} of {} replications were finished. ", s.replications, s.replications_planned)
    } else {
        String::new()
    };
    let warm_up = if s.warm_up_days > 0.0 {
        format!(" after {} of warm-up", number::span(s.warm_up_days))
    } else {
        String::new()
    };
    Some(format!("{partial}{runs} of {}{warm_up}.", number::span(s.horizon_days)))
}

fn replications_of_one(s: &Summary) -> Option<String> {
    s.precision.as_ref().map(|p| p.line(false))
}

fn replications_of_several(s: &Summary) -> Option<String> {
    s.precision.as_ref().map(|p| p.line(true))
}

fn target_note(s: &Summary) -> Option<String> {
    let t = number::duration(s.target_hours);
    let avoidable = match is_lost(s) {
        true => " Losses by waiting: beyond those with no waiting at all.",
        false => "",
    };
    Some(format!(
        "Done within {t}: of all {} that arrived at least {t} before the end; losses and unfinished \
         work fail.{avoidable}",
        s.words.request.many
    ))
}

/// Whether any request was lost.
fn is_lost(s: &Summary) -> bool {
    s.measures.get("lost_share").is_some_and(|e| e.estimate > 0.0)
}

/// The service level without early losses, for all scenarios in one line; none where nobody is lost.
fn kept_note(summaries: &[&Summary]) -> Option<String> {
    if !summaries.iter().any(|s| is_lost(s)) {
        return None;
    }
    let called = Called::summaries(summaries);
    let share = |s: &&Summary| {
        // Where nobody came in time there is no share to speak of.
        let e = s.measures.get("done_within_target_of_not_lost_early").filter(|e| e.estimate.is_finite())?;
        Some(format!("{} {} %", called.within(&s.scenario), Scale::of(Unit::Share, []).cell(e)))
    };
    let shares: Vec<String> = summaries.iter().filter_map(share).collect();
    if shares.is_empty() {
        return None;
    }
    let label = Wording::of(summaries).label(find("done_within_target")?);
    Some(format!("{label} with early losses left out: {}.", shares.join("; ")))
}

/// Rules that all scenarios share once, the others by scenario; rules on the same thing together.
fn rule_notes(rules: &[(String, &Setting)]) -> Vec<String> {
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    // By what they say, and by what they are about, in the order of appearance: there may be thousands.
    let mut at: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, setting) in rules {
        for rule in &setting.rules {
            let place = *at.entry(rule).or_insert(found.len());
            match found.get_mut(place) {
                Some((_, names)) => names.push(name),
                None => found.push((rule, vec![name])),
            }
        }
    }
    fn subject(rule: &str) -> &str {
        rule.split(':').next().unwrap_or_default()
    }
    let mut subjects: BTreeMap<&str, usize> = BTreeMap::new();
    for (rule, _) in &found {
        let next = subjects.len();
        subjects.entry(subject(rule)).or_insert(next);
    }
    found.sort_by_key(|(rule, _)| subjects.get(subject(rule)).copied());
    found
        .into_iter()
        .map(|(rule, names)| match names.len() == rules.len() {
            true => rule.to_owned(),
            false => format!("{} In {}.", rule, names.join(", ")),
        })
        .collect()
}

fn comparison_notes(c: &Comparison, wording: &Wording, called: &Called) -> Vec<String> {
    let mut lines = vec![format!(
        "Verdicts: \u{201c}more\u{201d} or \u{201c}less\u{201d} than {} when the interval leaves out zero, jointly \
         for all verdicts; else \u{201c}cannot tell\u{201d}.",
        called.within(&c.baseline)
    )];
    let open: Vec<String> = c
        .rows
        .iter()
        .filter(|row| row.verdict == Some(Verdict::CannotTell))
        .filter_map(|row| {
            let label = find(&row.measure).map_or_else(|| row.measure.clone(), |m| wording.label(m));
            let runs = number::fixed(row.more_to_tell()? as f64, 0, false);
            Some(format!("{}, {}: {runs} more", called.within(&row.scenario), label.to_lowercase()))
        })
        .collect();
    if !open.is_empty() {
        lines.push(format!(
            "Replications that would about settle it at the present differences: {}.",
            open.join("; ")
        ));
    }
    lines
}
