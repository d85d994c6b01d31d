//! Who takes what, in words: skills, choices, reserves, ends of shifts, several cases at once.

use super::hours::spans_in_words;
use crate::number;
use poolwise_engine::model::{
    CaseChoice, Centre, Choice, LastStart, Model, OfficerChoice, OvertimeLimit, Pool, PoolKind, ReserveLimit,
    RoleId, ShiftLine,
};

/// Sentences about each centre that has more than officers who are all alike and take the first in line.
pub(super) fn rules(m: &Model) -> Vec<String> {
    m.centres.iter().flat_map(|centre| of_centre(m, centre)).map(|said| m.words.fill(&said)).collect()
}

fn of_centre(m: &Model, centre: &Centre) -> Vec<String> {
    let mut said: Vec<String> = centre.pools.iter().filter_map(|pool| skills(m, pool)).collect();
    said.extend(centre.pools.iter().flat_map(learning));
    if centre.officer_choice != OfficerChoice::LongestIdle {
        said.push(format!(
            "of several idle {{officers}} one takes a case by the rule `{}`",
            centre.officer_choice.word()
        ));
    }
    if centre.case_choice != CaseChoice::FirstInLine {
        said.push(format!("each {{officer}} takes cases by the rule `{}`", centre.case_choice.word()));
    }
    if let Some(several) = &centre.concurrency {
        let factors: Vec<String> = several.slower.iter().map(|x| number::trimmed(*x, 3)).collect();
        let held = centre.pools.iter().fold(0, |mask, pool| mask | pool.roles);
        let of = if held & !several.roles == 0 {
            String::new()
        } else {
            format!(" of {}", roles(m, several.roles))
        };
        said.push(format!(
            "each {{officer}} has up to {} cases{of} in hand at once, each of which takes {} times as long as alone with 1, 2 ... in hand",
            several.cases(),
            factors.join(", ")
        ));
    }
    for reserve in &centre.reserves {
        let held = reserve.classes.iter().zip(&m.classes).filter(|(on, _)| **on);
        let classes: Vec<&str> = held.map(|(_, class)| class.name.as_str()).collect();
        let hours =
            reserve.hours.as_ref().map_or_else(String::new, |spans| format!(", {}", spans_in_words(spans)));
        let limit = match reserve.limit {
            ReserveLimit::KeepFree(n) => format!("{n} {{officers}} stay free beside its team"),
            ReserveLimit::AtWork(n) => {
                format!("no more than {n} {{officers}} are at work, its team among them")
            }
        };
        said.push(format!("a case of {} is begun only while {limit}{hours}", classes.join(", ")));
    }
    match centre.last_start {
        Some(LastStart::Before(seconds)) => {
            said.push(format!(
                "no case is begun in the last {} of a shift",
                number::span(seconds / 86_400.0)
            ));
        }
        Some(LastStart::CanFinish) => {
            said.push("no case is begun that does not end within the shift".to_owned())
        }
        None => {}
    }
    if let Some(OvertimeLimit { most, .. }) = centre.overtime_limit {
        said.push(format!(
            "overtime lasts {} at most, and the case goes on to others",
            number::span(most / 86_400.0)
        ));
    }
    if centre.min_rest > 0.0 {
        said.push(format!(
            "after overtime each {{officer}} is at home for {} at least",
            number::span(centre.min_rest / 86_400.0)
        ));
    }
    if let Some(calls) = &centre.call_back {
        said.push(format!(
            "who finds {} waiting or more is offered a call, which {} take; {} of calls are answered, {} are made at most",
            calls.queue,
            number::percent(calls.accepted),
            number::percent(calls.answered),
            calls.attempts
        ));
    }
    said.into_iter().map(|sentence| format!("{}: {sentence}.", centre.name)).collect()
}

/// What officers of a pool do in which order, how fast and after which wait; nothing where they do all alike.
fn skills(m: &Model, pool: &Pool) -> Option<String> {
    if pool.skills.is_empty() {
        return None;
    }
    let each: Vec<String> = pool
        .skills
        .iter()
        .map(|skill| {
            let mut said = m.roles[skill.role].clone();
            if skill.speed != 1.0 {
                said.push_str(&format!(" in {} times the time", number::trimmed(skill.speed, 3)));
            }
            if skill.after > 0.0 {
                said.push_str(&format!(" once a case has waited {}", number::span(skill.after / 86_400.0)));
            }
            said
        })
        .collect();
    Some(format!("{} do {}", named(pool), each.join(", then ")))
}

/// Officers who are new.
fn learning(pool: &Pool) -> Vec<String> {
    let PoolKind::Crews(lines) = &pool.kind else { return Vec::new() };
    let told = |line: &ShiftLine| {
        let weeks: Vec<String> =
            line.learning.as_ref()?.by_week.iter().map(|x| number::trimmed(*x, 3)).collect();
        Some(format!(
            "the {{officers}} of `{}` are new and need {} times the time, week by week",
            line.name,
            weeks.join(", ")
        ))
    };
    lines.iter().filter_map(told).collect()
}

/// Officers of a pool, by the names of their shifts.
fn named(pool: &Pool) -> String {
    match &pool.kind {
        PoolKind::Crews(lines) => {
            let names: Vec<String> = lines.iter().take(4).map(|line| format!("`{}`", line.name)).collect();
            let more = if lines.len() > names.len() { " and others" } else { "" };
            format!("{{officers}} of {}{more}", names.join(", "))
        }
        PoolKind::Levels(_) => "its {officers}".to_owned(),
    }
}

fn roles(m: &Model, mask: u32) -> String {
    let held = (0..m.roles.len()).filter(|role: &RoleId| mask >> role & 1 == 1);
    held.map(|role| m.roles[role].as_str()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::model::{Concurrency, Skill};
    use poolwise_engine::random::Sampler;

    #[test]
    fn skills_and_ends_of_shifts_are_told_in_words() {
        let mut model = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1)]);
        assert!(rules(&model).is_empty());
        let role = model.roles[0].clone();
        let centre = &mut model.centres[0];
        centre.pools[0].skills = vec![Skill { role: 0, speed: 1.25, after: 1_800.0 }];
        centre.officer_choice = OfficerChoice::Fastest;
        centre.min_rest = 39_600.0;
        centre.concurrency = Some(Box::new(Concurrency { slower: vec![1.0, 1.5], roles: 1 }));
        let name = centre.name.clone();
        let said = rules(&model).join("\n");
        for words in [
            format!(
                "{name}: servers of `always` do {role} in 1.25 times the time once a case has waited 30 min."
            ),
            format!("{name}: of several idle servers one takes a case by the rule `fastest`."),
            format!(
                "{name}: each server has up to 2 cases in hand at once, each of which takes 1, 1.5 times as long"
            ),
            format!("{name}: after overtime each server is at home for 11 h at least."),
        ] {
            assert!(said.contains(&words), "{words} is missing in\n{said}");
        }
    }
}
