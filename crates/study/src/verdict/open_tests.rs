//! What comparisons say where one measure leaves an option open, and another does not; where options are alike; where nothing was done.

use super::tests::{SHARP, base, option, said};
use super::{About, Sentence, run};
use crate::summary::{Summary, UtilizationRange};
use poolwise_scenario::Overload;
use poolwise_stats::Estimate;

fn quick() -> Summary {
    option("Quick", 245.0, 0.917, 2.5, 0.0082)
}

fn late() -> Summary {
    option("Late", 245.0, 0.917, 9.5, 0.0082)
}

fn less() -> Summary {
    option("Less", 245.0, 0.8, 5.56, 0.0082)
}

#[test]
fn what_another_measure_tells_is_not_called_open() {
    assert_eq!(
        said(&[base(), less(), late()], SHARP),
        "Status quo is best: Less is worse in the share done within 4 h and Late in the time in which 95 of 100 are done."
    );
    assert_eq!(
        said(&[base(), less(), late(), option("Same", 245.0, 0.917, 5.56, 0.0082)], SHARP),
        "No option is shown to be better than Status quo: of Same it cannot be told, and Less is worse in the share done \
         within 4 h and Late in the time in which 95 of 100 are done."
    );
    assert_eq!(
        said(&[base(), less(), quick()], SHARP),
        "Quick takes 3.1 h less to finish 95 of 100 than Status quo [3.0, 3.2], with the same 245 officers. In the share done \
         within 4 h no option is shown to be better, and Less is worse."
    );
}

#[test]
fn a_baseline_is_best_in_what_it_is_best_in() {
    let options = [base(), option("A", 245.0, 0.9, 2.0, 0.0082), option("B", 245.0, 0.91, 6.0, 0.0082)];
    assert_eq!(
        said(&options, SHARP),
        "Status quo is best in the share done within 4 h: none of the two other options gets more done within 4 h; the \
         nearest, B, gets 0.7 points less done within 4 h [0.5, 0.9]."
    );
}

#[test]
fn who_else_is_better_is_named() {
    let one = option("One", 245.0, 0.957, 2.5, 0.0001);
    let hubs = option("Hubs", 245.0, 0.956, 2.5, 0.0001);
    let third = option("Third", 245.0, 0.93, 5.0, 0.0001);
    let text = said(&[base(), one.clone(), hubs, third], SHARP);
    assert!(
        text.ends_with(
            "Which of One and Hubs is best cannot be told; Hubs and Third are better than Status quo too."
        ),
        "{text}"
    );
    let again = Summary { scenario: "again".into(), title: "Again".into(), ..one.clone() };
    let text = said(&[base(), one, again], SHARP);
    assert!(text.ends_with(" fewer losses. Again does the same in every replication."), "{text}");
}

/// Of two that serve alike what each takes decides.
#[test]
fn what_a_tie_takes_is_told() {
    let fewer = option("Fewer", 220.0, 0.917, 5.56, 0.0082);
    let text = said(&[base(), fewer.clone()], SHARP);
    assert!(
        text.starts_with(
            "Cannot tell Fewer, with 25 fewer officers (220 for 245), from Status quo: the difference in the share done"
        ),
        "{text}"
    );
    assert_eq!(
        said(&[base(), fewer], [0.0; 3]),
        "Fewer does the same as Status quo in every replication, with 25 fewer officers (220 for 245)."
    );
}

/// The gap to the baseline stands in the first sentence.
#[test]
fn how_far_the_best_is_ahead_is_said_once() {
    let text = said(&[base(), option("One", 245.0, 0.957, 2.5, 0.0001), less()], SHARP);
    assert!(text.ends_with("Best of three by every measure."), "{text}");
}

/// Who can give up does: queues do not grow for ever.
#[test]
fn queues_that_some_leave_need_not_grow_for_ever() {
    let over = |lost: f64| {
        let mut s = option("Few", 6.0, 0.66, 5.56, lost);
        s.about.overloaded = vec![Overload { centre: "desk".to_owned(), ratio: 1.33 }];
        said(&[base(), s], SHARP)
    };
    let grow = "more work than officers at desk (by 33 %), so that queues grow as long as it runs";
    assert!(over(0.0).ends_with(&format!("{grow}.")), "{}", over(0.0));
    assert!(over(0.3).ends_with(&format!("{grow}, or until enough are lost.")), "{}", over(0.3));
}

#[test]
fn options_in_which_nothing_was_done_are_named() {
    let mut nobody = option("Nobody comes", 245.0, f64::NAN, f64::NAN, f64::NAN);
    assert_eq!(
        said(&[base(), nobody.clone()], SHARP),
        "Nothing was done in Nobody comes: there is nothing to compare."
    );
    let text = said(&[base(), quick(), nobody.clone()], SHARP);
    assert!(text.ends_with("with the same 245 officers. Nothing was done in Nobody comes."), "{text}");
    nobody.title = "Nobody".to_owned();
    assert_eq!(
        said(&[nobody.clone(), nobody], SHARP),
        "Nothing was done in any option: there is nothing to compare."
    );
}

/// Of twice as many officers it is not said that their number was kept.
#[test]
fn officers_left_idle_are_counted_as_they_are() {
    let of = |title: &str, officers: f64, busy: f64| {
        let mut s = option(title, officers, 0.917, 5.56, 0.0082);
        let mut desk = s.measures.clone();
        for (name, value) in
            [("utilization", busy), ("on_duty_mean", officers / 5.0), ("headcount", officers)]
        {
            desk.insert(name.to_owned(), Estimate::exact(value, 10));
        }
        s.centres.insert("desk".to_owned(), [("all".to_owned(), desk)].into());
        s.detail.centres.push(("desk".to_owned(), true));
        s
    };
    let text = said(&[of("Today", 10.0, 0.8), of("Twice", 20.0, 0.3)], SHARP);
    assert!(text.ends_with(" In Twice 20 officers are only 30 % busy (10 and 80 % in Today)."), "{text}");
    let text = said(&[of("Today", 10.0, 0.8), of("Moved", 10.0, 0.004)], SHARP);
    assert!(
        text.ends_with("In Moved 10 officers are only 0.4 % busy (80 % in Today): their number was kept, their work was not."),
        "{text}"
    );
}

/// Nobody waits where none did; the hours of a week are those of a clock.
#[test]
fn a_run_says_whose_hours_it_tells_and_that_nobody_waited() {
    let mut s = base();
    s.measures.remove("done_within_target");
    s.measures.insert("wait_mean_hours".to_owned(), Estimate::exact(0.0, 10));
    s.measures.remove("lost_share_avoidable");
    let range = UtilizationRange { lowest: 0.004, lowest_hour: 9, highest: 0.97, highest_hour: 123 };
    s.detail.utilization_range = Some(range);
    let about =
        |clock: Option<&str>| About { changes: true, clock: clock.map(str::to_owned), ..s.about.clone() };
    let said = |clock| run(&s, &about(clock)).iter().map(Sentence::typed).collect::<Vec<_>>().join(" ");
    let text = said(Some("New York"));
    assert!(text.contains("are done within 5.56 h [5.51, 5.61] and nobody waited."), "{text}");
    assert!(
        text.ends_with("most on Sat 03:00 (97 %), least on Mon 09:00 (0.4 %) by the clock of New York."),
        "{text}"
    );
    assert!(said(None).ends_with("least on Mon 09:00 (0.4 %)."), "{}", said(None));
    s.measures.insert("utilization".to_owned(), Estimate::exact(0.0, 10));
    assert!(run(&s, &s.about).iter().any(|s| s.typed() == "The 245 officers are never busy."));
}
