//! Each form of a verdict, on results made up for it.

use super::{About, Foremost, Sentence, comparison, run};
use crate::cost::CostDifference;
use crate::measures::{PRIMARY, more_is_better};
use crate::summary::{Best, Comparison, Difference, Summary, Verdict};
use crate::turning::Turning;
use crate::uncertain::{DifferenceSpread, Driver, InputRow, Robustness, Spread, Uncertain};
use crate::warm_up::WarmUp;
use poolwise_engine::model::{Noun, Words};
use poolwise_scenario::Overload;
use poolwise_stats::{Estimate, nested};

const DONE: &str = PRIMARY[0];
const P95: &str = PRIMARY[1];
const LOST: &str = PRIMARY[2];

fn e(estimate: f64, half: f64) -> Estimate {
    Estimate { estimate, lower: estimate - half, upper: estimate + half, replications: 10 }
}

/// A scenario that speaks of officers.
fn of_officers() -> About {
    About {
        words: Words { officer: Noun::regular("officer"), ..Words::default() },
        states_headcount: true,
        ..About::default()
    }
}

/// A scenario with a title, whole officers, and its primary measures.
pub(super) fn option(title: &str, officers: f64, done: f64, p95: f64, lost: f64) -> Summary {
    let mut s = Summary {
        scenario: title.to_lowercase().replace(' ', "-"),
        title: title.to_owned(),
        replications: 10,
        replications_planned: 10,
        target_hours: 4.0,
        answer_within_hours: 4.0,
        horizon_days: 364.0,
        about: of_officers(),
        ..Summary::default()
    };
    for (name, value) in [
        (DONE, e(done, 0.001)),
        (P95, e(p95, 0.05)),
        (LOST, e(lost, 0.00012)),
        ("utilization", e(0.632, 0.002)),
    ] {
        s.measures.insert(name.to_owned(), value);
    }
    s.measures.insert("headcount".to_owned(), Estimate::exact(officers, 10));
    s.measures.insert("posts".to_owned(), Estimate::exact(officers / 5.0, 10));
    s
}

/// Their comparison, with one half-width for each measure's differences.
fn compared(options: &[Summary], half: [f64; 3]) -> Comparison {
    let verdict = |d: &Estimate| match (d.lower > 0.0, d.upper < 0.0) {
        (true, _) => Verdict::More,
        (_, true) => Verdict::Less,
        _ => Verdict::CannotTell,
    };
    let (mut rows, mut best) = (Vec::new(), Vec::new());
    for (measure, half) in PRIMARY.iter().zip(half) {
        let at = |s: &Summary| s.measures[*measure].estimate;
        for (i, s) in options.iter().enumerate() {
            let difference = e(at(s) - at(&options[0]), half);
            if i > 0 {
                rows.push(Difference {
                    scenario: s.scenario.clone(),
                    measure: (*measure).to_owned(),
                    difference,
                    simultaneous: true,
                    verdict: Some(verdict(&difference)),
                    variance_ratio: 1.0,
                    replications_to_tell: Some(140),
                    controls: None,
                });
            }
            let sign = if more_is_better(measure) { 1.0 } else { -1.0 };
            let others = options.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, o)| sign * at(o));
            let ahead = sign * at(s) - others.fold(f64::NEG_INFINITY, f64::max);
            best.push(Best {
                measure: (*measure).to_owned(),
                scenario: s.scenario.clone(),
                difference: e(sign * ahead, half),
                may_be_best: ahead > -half,
                is_best: ahead > half,
            });
        }
    }
    let baseline = options[0].scenario.clone();
    Comparison {
        baseline,
        verdict: Vec::new(),
        costs: Vec::new(),
        confidence: 0.95,
        rows,
        best,
        on_page: Vec::new(),
    }
}

pub(super) const SHARP: [f64; 3] = [0.002, 0.1, 0.0002];
const BLUNT: [f64; 3] = [0.2, 9.0, 0.2];

pub(super) fn said(options: &[Summary], half: [f64; 3]) -> String {
    let all: Vec<&Summary> = options.iter().collect();
    typed(&comparison(&all, &compared(options, half), &[], &[]))
}

/// Sentences as the command line has them.
fn typed(said: &[Sentence]) -> String {
    said.iter().map(Sentence::typed).collect::<Vec<_>>().join(" ")
}

pub(super) fn base() -> Summary {
    option("Status quo", 245.0, 0.917, 5.56, 0.0082)
}

#[test]
fn one_option_that_is_better() {
    let one = option("One centre", 245.0, 0.957, 2.5, 0.0001);
    assert_eq!(
        said(&[base(), one], SHARP),
        "One centre gets 4.0 points more done within 4 h than Status quo [3.8, 4.2], with the same 245 officers, \
         shorter times and fewer losses."
    );
}

#[test]
fn an_option_that_is_worse_in_part_or_altogether() {
    let half = option("Hubs", 178.0, 0.957, 7.5, 0.0082);
    assert_eq!(
        said(&[base(), half], SHARP),
        "Hubs gets 4.0 points more done within 4 h than Status quo [3.8, 4.2], with 67 fewer officers (178 for 245), \
         but with longer times."
    );
    let worse = option("Hubs", 246.0, 0.857, 7.5, 0.0182);
    assert_eq!(
        said(&[base(), worse], SHARP),
        "Hubs gets 6.0 points less done within 4 h than Status quo [5.8, 6.2], with 1 more officer (246 for 245), \
         longer times and more losses."
    );
}

#[test]
fn the_best_of_several_and_how_far_ahead() {
    let options = [
        base(),
        option("Regional", 245.0, 0.950, 2.7, 0.0005),
        option("One centre", 245.0, 0.957, 2.5, 0.0001),
    ];
    let text = said(&options, SHARP);
    assert!(text.starts_with("One centre gets 4.0 points more"), "{text}");
    assert!(text.ends_with("Best of three by every measure, 0.7 points ahead of Regional."), "{text}");
}

#[test]
fn two_that_are_better_and_cannot_be_told_apart() {
    let options = [
        base(),
        option("Regional", 245.0, 0.956, 2.5, 0.0001),
        option("One centre", 245.0, 0.957, 2.5, 0.0001),
    ];
    let text = said(&options, SHARP);
    assert!(
        text.ends_with(
            "Which of One centre and Regional is best cannot be told; both are better than Status quo."
        ),
        "{text}"
    );
}

#[test]
fn a_baseline_that_is_best() {
    let options = [base(), option("A", 245.0, 0.9, 6.0, 0.01), option("B", 245.0, 0.91, 6.0, 0.01)];
    assert_eq!(
        said(&options, SHARP),
        "Status quo is best: none of the two other options gets more done within 4 h; the nearest, B, gets 0.7 points \
         less done within 4 h [0.5, 0.9]."
    );
}

#[test]
fn what_cannot_be_told() {
    let near = option("One centre", 245.0, 0.957, 2.5, 0.0001);
    assert_eq!(
        said(&[base(), near.clone()], BLUNT),
        "Cannot tell One centre from Status quo: the difference in the share done within 4 h is +4.0 [-16.0, +24.0] \
         points; about 130 more replications would settle it, were the difference to stay."
    );
    let text = said(&[base(), near.clone(), option("Hubs", 245.0, 0.95, 2.5, 0.0)], BLUNT);
    assert!(text.starts_with("Cannot tell either of the two options from Status quo"), "{text}");
    // Open for one, worse for the other: nobody is called best.
    let text = said(
        &[base(), option("A", 245.0, 0.918, 5.56, 0.0082), option("B", 245.0, 0.8, 5.56, 0.0082)],
        SHARP,
    );
    assert_eq!(
        text,
        "No option is shown to be better than Status quo: of A it cannot be told, and B is worse in the share done \
         within 4 h."
    );
}

#[test]
fn a_tie_in_every_replication() {
    let same = Summary { scenario: "copy".into(), title: "Copy".into(), ..base() };
    assert_eq!(
        said(&[base(), same], [0.0; 3]),
        "Copy and Status quo do the same in every replication: there is no difference."
    );
}

#[test]
fn what_is_the_same_in_one_measure_alone_is_no_tie() {
    let text = said(&[option("A", 8.0, 1.0, 1.2, 0.0), option("B", 8.0, 1.0, 1.1, 0.0)], [0.0, 0.3, 0.0]);
    assert!(
        text.starts_with("Cannot tell B from A: the difference in the time in which 95 of 100 are done is"),
        "{text}"
    );
}

#[test]
fn the_first_measure_that_tells_leads() {
    let quick = option("Pooled", 5.0, 1.0, 0.25, 0.0);
    let text = said(&[option("Separate", 5.0, 1.0, 0.5, 0.0), quick], [0.0, 0.01, 0.0]);
    assert_eq!(
        text,
        "Pooled takes 15.0 min less to finish 95 of 100 than Separate [14.4, 15.6], with the same 5 officers."
    );
}

#[test]
fn one_replication_tells_nothing() {
    let mut options = [base(), option("One centre", 245.0, 0.957, 2.5, 0.0001)];
    options.iter_mut().for_each(|s| (s.replications, s.replications_planned) = (1, 1));
    let all: Vec<&Summary> = options.iter().collect();
    let said = comparison(&all, &compared(&options, [f64::NAN; 3]), &[], &[]);
    assert!(!said[0].read().contains("--"), "{said:?}");
    assert_eq!(
        typed(&said),
        "Nothing can be told from one replication, which has no intervals. In it One centre gets 4.0 points more done \
         within 4 h than Status quo; --replications 10 tells how much of that is chance."
    );
}

#[test]
fn overload_a_short_warm_up_and_an_early_stop_are_said() {
    let mut worse = option("No PERC", 160.0, 0.4, 50.0, 0.17);
    worse.about.overloaded = vec![
        Overload { centre: "Dallas".into(), ratio: 1.06 },
        Overload { centre: "Atlanta".into(), ratio: 1.08 },
        Overload { centre: "Miami".into(), ratio: f64::INFINITY },
    ];
    let text = said(&[base(), worse.clone()], SHARP);
    assert!(
        text.contains(
            "No PERC cannot keep up: more work than officers at 3 centres, most at Miami (nobody is there)"
        ),
        "{text}"
    );
    worse.about.overloaded.truncate(1);
    worse.replications = 4;
    worse.warm_up = Some(WarmUp {
        method: String::new(),
        stated_weeks: 0.0,
        proposed_hours: None,
        proposed_weeks: None,
        at_edge: false,
        too_short: true,
        difference: None,
        step_hours: 1.0,
        series: Vec::new(),
        curve: Vec::new(),
    });
    let text = typed(&run(&worse, &worse.about));
    for words in [
        "It cannot keep up: more work than officers at Dallas (by 6 %)",
        "The figures still hold the start of the run",
        "Stopped early: 4 of 10 replications",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

#[test]
fn officers_who_are_left_with_little_to_do_are_named() {
    let at = |mut s: Summary, utilization: f64| {
        let centre =
            [("utilization", utilization), ("headcount", 160.0), ("posts", 30.0), ("on_duty_mean", 30.0)];
        let measures = centre.map(|(name, x)| (name.to_owned(), e(x, 0.001))).into();
        s.centres.insert("Local".to_owned(), [("all".to_owned(), measures)].into());
        s.detail.centres = vec![("Local".to_owned(), true)];
        s
    };
    let options = [at(base(), 0.7), at(option("Night", 245.0, 0.957, 2.5, 0.0001), 0.35)];
    let text = said(&options, SHARP);
    assert!(
        text.ends_with(
            "In Night 160 officers are only 35 % busy (70 % in Status quo): their number was kept, their work was not."
        ),
        "{text}"
    );
    // Of whom nobody says that they are employed, those who are there.
    let unsaid = [at(base(), 0.7), at(option("Night", 245.0, 0.957, 2.5, 0.0001), 0.35)].map(|mut s| {
        s.about.states_headcount = false;
        s
    });
    let text = said(&unsaid, SHARP);
    assert!(text.contains("In Night 30 officers on duty are only 35 % busy (70 % in Status quo)"), "{text}");
    let options = [at(base(), 0.7), at(option("Night", 245.0, 0.957, 2.5, 0.0001), 0.55)];
    assert!(!said(&options, SHARP).contains("only"));
}

#[test]
fn a_run_by_itself() {
    let summary = base();
    let about = About { inputs: 24, foremost: Some(research(true)), ..of_officers() };
    assert_eq!(
        typed(&run(&summary, &about)),
        "Status quo: 91.7 % [91.6, 91.8] of requests are done within 4 h, 95 of 100 are done within 5.56 h [5.51, 5.61] \
         and 0.82 % [0.81, 0.83] are lost by waiting. The 245 officers are busy 63.2 % [63.0, 63.4] of the time. It \
         rests on research time (20 min, an assumption) and 23 more unknowns, not varied here (--uncertain)."
    );
    // A target that all meet says nothing; nor do losses where there are none.
    let mut plain = option("M/M/1", 1.0, 1.0, 0.25, 0.0);
    plain.measures.insert("wait_mean_hours".to_owned(), e(0.0667, 0.0008));
    plain.measures.insert("turned_away_share".to_owned(), e(0.0, 0.0));
    plain.about = About { states_headcount: true, ..About::default() };
    let text = typed(&run(&plain, &plain.about));
    assert_eq!(
        text,
        "M/M/1: 95 of 100 requests are done within 15 min [12, 18] and the mean wait is 4.00 min [3.95, 4.05]. The one \
         server is busy 63.2 % [63.0, 63.4] of the time."
    );
}

#[test]
fn one_replication_by_itself_and_a_time_to_answer() {
    let mut summary = base();
    (summary.replications, summary.replications_planned) = (1, 1);
    for m in summary.measures.values_mut() {
        (m.lower, m.upper) = (f64::NAN, f64::NAN);
    }
    summary.answer_within_hours = 20.0 / 3600.0;
    summary.measures.insert("answered_within".to_owned(), Estimate { lower: f64::NAN, ..e(0.8, 0.0) });
    let text = typed(&run(&summary, &About::default()));
    assert!(
        text.starts_with(
            "Status quo: 80.0 % of requests are answered within 20 s, 91.7 % are done within 4 h"
        ),
        "{text}"
    );
    assert!(text.ends_with(
        "One replication has no intervals: how much of this is chance cannot be told (--replications 10)."
    ));
    assert!(!text.contains('['), "{text}");
}

fn drawn(more_share: f64, robustness: Robustness, turning: Option<Turning>) -> String {
    let options = [base(), option("One centre", 245.0, 0.957, 2.5, 0.0001)];
    let nested = nested(&vec![vec![0.04, 0.05]; 4], 0.95, 0.9);
    let spread = Spread { measure: DONE.to_owned(), base: e(0.04, 0.002), nested };
    let over = [DifferenceSpread {
        scenario: "one-centre".to_owned(),
        spread: spread.clone(),
        more_share,
        robustness,
        turning,
    }];
    let input = InputRow {
        name: "research time".into(),
        paths: Vec::new(),
        base: String::new(),
        low: String::new(),
        high: String::new(),
        distribution: String::new(),
        standing: None,
    };
    let uncertain = Uncertain {
        scenario: "one-centre".into(),
        draws: 50,
        draws_planned: 50,
        replications_per_draw: 2,
        confidence: 0.95,
        coverage: 0.9,
        inputs: vec![input],
        measures: vec![spread],
        drivers: vec![Driver { measure: DONE.into(), input: "research time".into(), rank_correlation: -0.9 }],
        drawn: Vec::new(),
        rows: Vec::new(),
    };
    let all: Vec<&Summary> = options.iter().collect();
    typed(&comparison(&all, &compared(&options, SHARP), &over, &[&uncertain]))
}

#[test]
fn draws_say_whether_it_turns_over() {
    let text = drawn(0.98, Robustness::More, None);
    assert!(text.ends_with("It holds in 98 % of 50 draws of the one uncertain input."), "{text}");
    let text = drawn(0.62, Robustness::Depends, None);
    assert!(
        text.ends_with(
            "It may turn over: it holds in only 62 % of 50 draws of the one uncertain input; what moves the share done in \
             time most is research time."
        ),
        "{text}"
    );
    let turning = |below, above| Turning {
        input: "research time".into(),
        label: "research time".into(),
        at: "24.6 min".into(),
        holds_below: below,
        holds_above: above,
    };
    let text = drawn(0.62, Robustness::Depends, Some(turning(0.97, 0.05)));
    assert!(
        text.ends_with(
            "It may turn over: it holds in only 62 % of 50 draws of the one uncertain input: in 5 % of those where research \
             time is above 24.6 min, in 97 % of the others."
        ),
        "{text}"
    );
    let text = drawn(0.62, Robustness::Depends, Some(turning(0.1, 0.9)));
    assert!(
        text.ends_with(": in 10 % of those where research time is below 24.6 min, in 90 % of the others."),
        "{text}"
    );
}

#[test]
fn a_cost_is_less_or_more_only_where_its_interval_says_so() {
    let options = [base(), option("One centre", 245.0, 0.957, 2.5, 0.0001)];
    let all: Vec<&Summary> = options.iter().collect();
    let with = |estimate: f64, half: f64| {
        let mut found = compared(&options, SHARP);
        found.costs = vec![CostDifference {
            scenario: options[1].scenario.clone(),
            currency: "EUR".to_owned(),
            per_week: e(estimate, half),
            per_year: e(52.0 * estimate, 52.0 * half),
        }];
        typed(&comparison(&all, &found, &[], &[]))
    };
    for (estimate, half, words) in [
        (-1200.0, 100.0, " and 1200 EUR less cost a week [1100, 1300]"),
        (300.0, 100.0, " and 300 EUR more cost a week [200, 400]"),
        (-4.0, 21.0, " and a cost that cannot be told apart (4 EUR less a week [-17, 25])"),
        (0.0, 0.0, " and the same cost"),
    ] {
        let text = with(estimate, half);
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn inputs_that_were_not_drawn_are_said_to_be_untried() {
    let mut one = option("One centre", 245.0, 0.957, 2.5, 0.0001);
    one.about = About { inputs: 2, foremost: Some(research(true)), ..of_officers() };
    let text = said(&[base(), one], SHARP);
    assert!(
        text.ends_with(
            "Research time (20 min, an assumption) and 1 more unknown may turn it over (--uncertain)."
        ),
        "{text}"
    );
    // Where nothing is told there is nothing to turn; a number with a source is no assumption.
    let mut same = base();
    same.title = "Again".to_owned();
    same.about = About { inputs: 1, foremost: Some(research(false)), ..of_officers() };
    let text = said(&[base(), same], SHARP);
    assert!(text.ends_with("It rests on research time (20 min), not varied here (--uncertain)."), "{text}");
}

fn research(assumed: bool) -> Foremost {
    Foremost { label: "research time".to_owned(), base: "20 min".to_owned(), assumed }
}
