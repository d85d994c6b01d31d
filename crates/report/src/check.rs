//! What `check` says on a page: who is there, how much work is expected of them, what queueing theory says, and warnings.
//! Nothing of it is simulated.

use crate::block::{Block, BlockCell};
use crate::called::Called;
use crate::column::trim_whole;
use crate::page::{self, Page, live};
use crate::staffing::{CentreStaffing, StaffingFigures, ratio};
use crate::told::Told;
use crate::{assumptions, number, theory};
use poolwise_study::oracle::Oracle;
use poolwise_study::verdict::{Present, list};
use poolwise_study::{Loaded, Study};

/// A valid scenario, looked at.
#[derive(Debug)]
pub struct Checked {
    /// The scenario that is checked.
    pub loaded: Loaded,
    /// Who is there, and how much work.
    pub staffing: StaffingFigures,
    /// What theory says.
    pub oracle: Oracle,
    /// Warnings, a sentence each.
    pub warnings: Vec<String>,
}

/// What is said of some scenarios, beside `invalid` others: of several the answer on all of them and a line each come first.
pub fn told(checked: &[Checked], invalid: usize) -> Told {
    let mut told = Told::default();
    match checked {
        [] => {}
        [one] => told.head.push(sentence(&one.staffing)),
        several => {
            told.head.push(together(&named_staffing(several)));
            told.blocks.push(side_by_side(several));
        }
    }
    let called = called(checked);
    for one in checked {
        told.blocks.push(one.staffing.block());
        let theory =
            theory::block(called.get(&one.staffing.scenario), &one.oracle, usize::MAX, &one.staffing.words);
        told.blocks.extend(theory);
        told.notes
            .extend(one.warnings.iter().map(|w| format!("{}: {w}", called.get(&one.staffing.scenario))));
    }
    for note in checked.iter().flat_map(|one| theory::notes(&one.oracle, usize::MAX)) {
        if !told.notes.contains(&note) {
            told.notes.push(note);
        }
    }
    if !checked.is_empty() {
        told.notes.push(
            "Expected work is work that would be done if nobody ever waited: nothing was simulated. `poolwise run` does that."
                .to_owned(),
        );
    }
    if invalid > 0 {
        let (s, verb) = if invalid == 1 { ("", "is") } else { ("s", "are") };
        told.head.push(format!("{invalid} scenario{s} {verb} invalid."));
    }
    told
}

/// The page on some scenarios; `invalid` has what is wrong with others, a text each. Of several scenarios the tables by centre come on
/// demand. If `engine`, they can be simulated there.
pub fn page(checked: &[Checked], invalid: &[String], engine: bool) -> Page {
    // What is invalid is told above the answer.
    let mut told = told(checked, 0);
    told.advice = invalid.join("\n");
    let more_blocks = if checked.len() > 1 { told.blocks.split_off(1) } else { Vec::new() };
    let called = called(checked);
    let title = match checked {
        [one] => one.staffing.title.clone(),
        _ => format!("{} scenarios, checked", checked.len() + invalid.len()),
    };
    let page = Page {
        alert: (!invalid.is_empty()).then(|| {
            let n = invalid.len();
            format!("{n} of the scenarios {} invalid: see below.", if n == 1 { "is" } else { "are" })
        }),
        more_blocks,
        ..Page::told("Checked, not simulated", title, told, Vec::new())
    };
    let study = Study::of(checked.iter().map(|one| one.loaded.clone())).and_then(|s| s.with_baseline(None));
    match study {
        Ok(study) => page.of_scenarios(&study, Some(live::command("check", &study)), engine),
        // Those of one name are two files of one scenario, of which a page could not say which it simulates.
        Err(_) => {
            let all = || checked.iter().map(|one| (called.get(&one.staffing.scenario), &one.loaded.scenario));
            Page {
                rests: page::rests(&all().map(|(_, s)| &s.resolved).collect::<Vec<_>>()),
                assumptions: assumptions::of(all().map(|(name, s)| (name, &s.resolved))),
                reproduce: all().map(|(name, s)| (format!("Hash of {name}"), s.hash.clone())).collect(),
                ..page
            }
        }
    }
}

/// What the scenarios are called.
fn called(checked: &[Checked]) -> Called {
    Called::of(checked.iter().map(|one| (one.staffing.scenario.as_str(), one.staffing.title.as_str())))
}

fn titles(checked: &[Checked]) -> Vec<String> {
    called(checked).pairs().iter().map(|(_, title)| title.clone()).collect()
}

/// What the scenarios are called, and their staffing.
fn named_staffing(checked: &[Checked]) -> Vec<(String, &StaffingFigures)> {
    titles(checked).into_iter().zip(checked.iter().map(|one| &one.staffing)).collect()
}

/// Which of several scenarios can keep up, and where it is tightest.
fn together(all: &[(String, &StaffingFigures)]) -> String {
    let (keeps, not): (Vec<_>, Vec<_>) = all.iter().partition(|(_, s)| overloaded(s).is_empty());
    let officers = all.first().map_or("officers", |(_, s)| s.words.officer.many.as_str());
    let mut said = Vec::new();
    if !keeps.is_empty() {
        let which = match (not.len(), keeps.len()) {
            (0, 2) => "In both scenarios every centre can keep up".to_owned(),
            (0, n) => format!("In all {n} scenarios every centre can keep up"),
            (_, 1) => format!("In {} every centre can keep up", keeps[0].0),
            (_, n) => format!("In {n} of {} scenarios every centre can keep up", all.len()),
        };
        let tightest = keeps
            .iter()
            .filter_map(|(title, s)| Some((title, busiest(s)?)))
            .max_by(|(_, a), (_, b)| a.load_ratio.total_cmp(&b.load_ratio));
        said.push(match tightest {
            Some((title, c)) if keeps.len() > 1 => {
                format!("{which}; the tightest is {} in {title} ({}).", c.centre, percent(c.load_ratio))
            }
            Some((_, c)) => format!("{which}; the tightest is {} ({}).", c.centre, percent(c.load_ratio)),
            None => format!("{which}."),
        });
    }
    let where_not: Vec<String> =
        not.iter().map(|(title, s)| format!("{title} at {}", named(&overloaded(s)))).collect();
    if !where_not.is_empty() {
        let which = list(&where_not, "and");
        said.push(format!(
            "There is more work than {officers} in {which}, so that queues will grow without end there{}.",
            relief(not.iter().any(|(_, s)| s.some_leave))
        ));
    }
    said.join(" ")
}

/// A line a scenario.
fn side_by_side(checked: &[Checked]) -> Block {
    let text = |value: String| BlockCell { value, ..BlockCell::default() };
    let words = &checked[0].staffing.words;
    let stated = checked.iter().all(|one| one.staffing.states_headcount);
    let header = ["Scenario"].into_iter().chain(stated.then_some("{Officers} employed")).chain([
        "Posts",
        "Hours a week",
        "Work, {officers}",
        "Tightest centre",
        "Its load,\u{a0}%",
    ]);
    let row = |(title, one): (String, &Checked)| {
        let s = &one.staffing;
        let (centre, load) =
            busiest(s).map_or_else(|| (String::new(), String::new()), |c| (c.centre.clone(), ratio(c)));
        let employed = stated.then(|| text(number::seen(s.headcount, 1, false)));
        [text(title)]
            .into_iter()
            .chain(employed)
            .chain([
                text(number::seen(s.posts, 1, false)),
                text(number::fixed(s.rostered_hours_per_week, 0, false)),
                text(number::seen(s.offered_load, 1, false)),
                text(centre),
                text(load),
            ])
            .collect()
    };
    let mut block = Block {
        title: "Side by side".to_owned(),
        header: header.map(|head| words.fill(head)).collect(),
        rows: titles(checked).into_iter().zip(checked).map(row).collect(),
    };
    trim_whole(&mut block);
    block
}

/// Centres with more work than officers, by their names.
fn overloaded(s: &StaffingFigures) -> Vec<&str> {
    s.centres.iter().filter(|c| c.load_ratio >= 1.0).map(|c| c.centre.as_str()).collect()
}

/// The centre with the most work for those present.
fn busiest(s: &StaffingFigures) -> Option<&CentreStaffing> {
    s.centres.iter().filter(|c| !c.load_ratio.is_nan()).max_by(|a, b| a.load_ratio.total_cmp(&b.load_ratio))
}

/// Who is on the rosters of all counted centres, and comes.
fn present(s: &StaffingFigures) -> Present {
    Present { rostered: s.posts, on_duty: s.present }
}

fn percent(x: f64) -> String {
    format!("{} %", number::fixed(100.0 * x, 0, false))
}

/// Up to three names, and how many more.
fn named(names: &[&str]) -> String {
    match names.len().saturating_sub(3) {
        0 => list(names, "and"),
        more => format!("{} and {more} more", names[..3].join(", ")),
    }
}

/// Where some can leave a queue it need not grow for ever.
fn relief(some_leave: bool) -> &'static str {
    if some_leave { ", or until enough give up or are turned away" } else { "" }
}

/// Whether everybody can keep up.
pub(crate) fn sentence(s: &StaffingFigures) -> String {
    let one = |x: f64| number::trimmed(x, 1);
    let noun = if one(s.posts) == "1" { &s.words.officer.one } else { &s.words.officer.many };
    let work = format!(
        "{}: {}{} for work that keeps {} busy",
        s.title,
        present(s).said(noun),
        if s.steady && present(s).alike() { "" } else { " on average" },
        one(s.offered_load)
    );
    let over = overloaded(s);
    let busiest = busiest(s).filter(|c| c.load_ratio.is_finite());
    match (over.as_slice(), busiest) {
        ([], Some(c)) if s.centres.len() > 1 => {
            format!(
                "{work}; all centres can keep up, the tightest is {} ({}).",
                c.centre,
                percent(c.load_ratio)
            )
        }
        ([], Some(c)) => format!("{work}, {} of the time.", percent(c.load_ratio)),
        ([], None) => format!("{work}."),
        (over, _) => {
            format!(
                "{work}; more work than {} at {}, so that queues will grow without end{}.",
                s.words.officer.many,
                named(over),
                relief(s.some_leave)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::model::{Model, Pool};
    use poolwise_engine::random::Sampler;

    /// Who can give up does: queues do not grow for ever.
    #[test]
    fn queues_that_some_leave_need_not_grow_for_ever() {
        let model = Model::one_queue(6.0, Sampler::Constant(3_600.0), vec![Pool::around_the_clock(1, 4)]);
        let leave = StaffingFigures { some_leave: true, ..StaffingFigures::of(&model) };
        assert!(
            sentence(&leave).ends_with("will grow without end, or until enough give up or are turned away."),
            "{}",
            sentence(&leave)
        );
    }

    #[test]
    fn the_sentence_says_whether_they_keep_up() {
        let of = |minutes: f64| {
            let pools = vec![Pool::around_the_clock(1, 4)];
            sentence(&StaffingFigures::of(&Model::one_queue(6.0, Sampler::Constant(60.0 * minutes), pools)))
        };
        assert!(
            of(20.0).ends_with("4 servers on duty for work that keeps 2 busy, 50 % of the time."),
            "{}",
            of(20.0)
        );
        assert!(
            of(60.0).ends_with("more work than servers at here, so that queues will grow without end."),
            "{}",
            of(60.0)
        );
        // Every other one stays away: of four on the roster two are there, whom two busy ones fill.
        let mut model = Model::one_queue(6.0, Sampler::Constant(1_200.0), vec![Pool::around_the_clock(1, 4)]);
        model.centres[0].absence.share = 0.5;
        let said = sentence(&StaffingFigures::of(&model));
        let half = "4 servers rostered and 2 on duty on average for work that keeps 2 busy; more work than";
        assert!(said.contains(half), "{said}");
    }

    #[test]
    fn of_several_it_says_which_keep_up() {
        let of = |minutes: f64| {
            let pools = vec![Pool::around_the_clock(1, 4)];
            StaffingFigures::of(&Model::one_queue(6.0, Sampler::Constant(60.0 * minutes), pools))
        };
        let (half, most, over) = (of(20.0), of(32.0), of(60.0));
        let said = |all: &[(&str, &StaffingFigures)]| {
            together(&all.iter().map(|(title, s)| ((*title).to_owned(), *s)).collect::<Vec<_>>())
        };
        assert_eq!(
            said(&[("A", &half), ("B", &most)]),
            "In both scenarios every centre can keep up; the tightest is here in B (80 %)."
        );
        assert_eq!(
            said(&[("A", &half), ("B", &over), ("C", &most)]),
            "In 2 of 3 scenarios every centre can keep up; the tightest is here in C (80 %). There is more work than servers in B \
             at here, so that queues will grow without end there."
        );
        assert_eq!(
            said(&[("A", &over), ("B", &half)]),
            "In B every centre can keep up; the tightest is here (50 %). There is more work than servers in A at here, so that \
             queues will grow without end there."
        );
        assert_eq!(
            said(&[("A", &over), ("B", &over)]),
            "There is more work than servers in A at here and B at here, so that queues will grow without end there."
        );
    }
}
