//! How to read the tables of a staffing answer, and what is missing of it.

use super::controls;
use super::tables::{called, no_staffing, staffed};
use crate::number;
use poolwise_engine::model::{PoolKind, capital};
use poolwise_staffing::answer::StaffingAnswer;
use poolwise_staffing::rostered::NoRoster;

/// What is missing of an answer that ended early.
pub fn partial(answer: &StaffingAnswer) -> Option<String> {
    answer.missing.as_ref().map(|missing| format!("PARTIAL ANSWER. {missing}."))
}

/// How to read the tables.
pub(crate) fn notes(answer: &StaffingAnswer) -> Vec<String> {
    let mut notes: Vec<String> = partial(answer).into_iter().collect();
    if answer.options.is_empty() {
        return notes;
    }
    notes.push(format!(
        "{{Officers}} needed: the least staffing shown to meet every target. In brackets the staffings that the \
         test cannot separate; both ends are right together with at least {} (sequential t tests).",
        number::percent(1.0 - answer.error)
    ));
    if let Some(first) = answer.options.iter().find_map(|o| o.solved.staffed()) {
        let w = first.model.workforce;
        notes.push(format!(
            "Posts are {{officers}} rostered at a time, before absence. One {{officer}} is paid {} hours a week and \
             rostered for {} % of them: a round-the-clock post takes {} {{officers}}.",
            number::fixed(w.hours_per_week, 0, false),
            number::fixed(w.planned_availability * 100.0, 0, false),
            number::fixed(168.0 / (w.hours_per_week * w.planned_availability), 2, false)
        ));
    }
    if let Some(a) = answer.field_work {
        let r = |r: poolwise_planning::roster_rules::AssumedRange| {
            let f = |x| number::fixed(x, 0, false);
            format!("{} [{} to {}]", f(r.base), f(r.low), f(r.high))
        };
        notes.push(format!(
            "Assumption, not a result: a case in the field takes {} {{officers}} {} hours each.",
            r(a.officers_per_case),
            r(a.hours_per_officer)
        ));
    }
    let called = called(answer);
    for o in &answer.options {
        if let Err(why) = &o.solved.result {
            let shown = if why.shown { "shown to fail" } else { "not shown to hold" };
            let mut line = format!(
                "{}: {}. Even {} {{officers}} are {shown}. Wanted is {}; with them it is {}",
                called.get(&o.scenario),
                no_staffing(why.shown),
                why.headcount,
                why.short.said,
                why.short.shown
            );
            if let Some(h) = why.short.hour_of_week {
                line.push_str(&format!(" at {}", number::hour_of_week(h)));
            }
            line.push('.');
            for reason in &why.reasons {
                line.push_str(&format!(" {}.", capital(reason)));
            }
            notes.push(line);
        }
    }
    for (o, s) in staffed(answer) {
        let lines = s.model.centres.iter().flat_map(|c| &c.pools).flat_map(|pool| match &pool.kind {
            PoolKind::Crews(lines) => lines.as_slice(),
            PoolKind::Levels(_) => &[],
        });
        if s.roster.is_some() && lines.clone().any(|line| line.learning.is_some()) {
            notes.push(format!(
                "{}: some {{officers}} are still learning. Of those on every roster as large a share is new as in the scenario.",
                called.get(&o.scenario)
            ));
        }
        match &s.roster {
            None | Some(Ok(_)) => {}
            Some(Err(NoRoster::Short)) => notes.push(format!(
                "{}: no roster of whole weeks, up to 30 % more {{officers}}, is shown to hold; permit more `starts` or other \
                 `length`s in `roster.shifts`, or raise `roster.absence_cover`.",
                called.get(&o.scenario)
            )),
            Some(Err(NoRoster::Infeasible(reasons))) => {
                notes.push(format!("{}: no roster. {}.", called.get(&o.scenario), reasons.join(". ")));
            }
        }
    }
    notes.extend(controls::lines(answer));
    let solved = || answer.options.iter().map(|o| &o.solved);
    let (staffings, replications) =
        solved().fold((0, 0), |sum, o| (sum.0 + o.staffings, sum.1 + o.replications));
    let splits: usize = solved().map(|o| o.splits).sum();
    notes.push(searched(staffings, replications, splits));
    let words = answer.words();
    notes.iter().map(|note| words.fill(note)).collect()
}

/// What a search took.
fn searched(staffings: usize, replications: u64, splits: usize) -> String {
    let of = |n: u64, one: &str| if n == 1 { format!("one {one}") } else { format!("{n} {one}s") };
    let guided = match splits {
        0 => String::new(),
        1 => "; one split of the same {officers} was looked at to choose which to test".to_owned(),
        n => format!("; {n} splits of the same {{officers}} were looked at to choose which to test"),
    };
    let (staffings, replications) = (of(staffings as u64, "staffing"), of(replications, "replication"));
    format!("Searched with {staffings} and {replications} in all{guided}.")
}

#[cfg(test)]
mod tests {
    use super::searched;

    #[test]
    fn one_is_one_and_several_are_several() {
        assert_eq!(searched(9, 42, 0), "Searched with 9 staffings and 42 replications in all.");
        assert_eq!(
            searched(1, 1, 1),
            "Searched with one staffing and one replication in all; one split of the same {officers} was looked at to choose \
             which to test."
        );
        assert!(searched(2, 2, 3).contains("; 3 splits of the same {officers} were looked at"));
    }
}
