//! The textbook scenarios of a key's other forms: what is handed over needs more, priority of a stage, thresholds at which a trigger goes off, calls
//! again by contact, those who turn aside, counts by area, cases in a file. As `textbook.rs`, each file at its fixed seed.

mod textbook_support;

use poolwise_study::Replicated;
use poolwise_study::measures::Section;
use textbook_support::{MINUTE, all, class, holds, of, run};

/// A value that is known to the second.
#[track_caller]
fn is(results: &Replicated, section: Section, name: &str, truth: f64) {
    let found = of(results, section, name).estimate;
    assert!((found - truth).abs() < 1e-9 * (1.0 + truth), "{name}: {found} is not {truth}");
}

fn stage(name: &str) -> Section {
    Section::Stage(name.to_owned())
}

#[test]
fn a_case_handed_over_needs_an_hour_more() {
    // A day that begins idle, and one that begins with a case left over: in three of five evenings there is one.
    let work: f64 = 0.4 * (4.8 - 0.24) + 0.6 * (1.0 + 4.2 + 0.16);
    assert!((work - 5.04).abs() < 1e-12, "{work}");
    let r = run("hand-over-penalty");
    holds(of(&r, all("desk"), "busy_mean"), work / 24.0, 0.01);
    holds(of(&r, Section::Whole, "turned_away_share"), 1.0 - (8.0 - work) / 24.0, 0.002);
    assert_eq!(of(&r, Section::Whole, "overtime_hours_per_week").upper, 0.0);
}

#[test]
fn three_letters_wait_for_their_signature_at_the_beginning() {
    let r = run("start-stage");
    is(&r, Section::Area("South".to_owned()), "time_to_completion_mean_hours", 1.0);
    is(&r, Section::Area("North".to_owned()), "time_to_completion_mean_hours", 2.0);
    is(&r, class("letter"), "time_to_completion_mean_hours", 1.25);
    is(&r, stage("sign"), "wait_mean_hours", 1.5 / 4.0);
    is(&r, stage("read"), "wait_mean_hours", 0.5);
}

#[test]
fn a_second_step_goes_before_first_ones() {
    let r = run("stage-priority");
    holds(of(&r, stage("read"), "wait_mean_hours"), 6.0 * MINUTE, 0.03);
    assert_eq!(of(&r, stage("answer"), "wait_mean_hours").upper, 0.0);
    holds(of(&r, Section::Whole, "time_to_completion_mean_hours"), 8.0 * MINUTE, 0.03);
}

#[test]
fn a_trigger_goes_off_at_a_shorter_wait_or_a_greater_share() {
    let r = run("on-call-until");
    is(&r, Section::Whole, "wait_mean_hours", 47.0 * MINUTE);
    is(&r, Section::Whole, "call_ins_per_hour", 1.0 / 24.0);
    is(&r, all("desk"), "on_duty_mean", 1.0 + 1.5 / 24.0);
    is(&r, Section::Whole, "overtime_hours_per_week", 0.5 * 7.0);
    let r = run("on-call-answered-until");
    is(&r, Section::Whole, "wait_mean_hours", 4.0 / 9.0);
    is(&r, Section::Whole, "call_ins_per_hour", 1.0 / 24.0);
    is(&r, all("desk"), "on_duty_mean", 1.0 + 130.0 * MINUTE / 24.0);
    is(&r, Section::Whole, "overtime_hours_per_week", 0.0);
}

/// Of clients who call evenly over twelve hours: those of the last two have one more call until the desk is open, those of the two before two.
#[test]
fn the_chance_of_calling_again_goes_by_contact() {
    let (second, third) = (0.8, 0.8 * 0.5);
    let answered = (2.0 * second + 2.0 * third) / 12.0;
    let again = (2.0 * second + 10.0 * (second + third)) / 12.0;
    let r = run("redial-twice");
    holds(of(&r, Section::Whole, "answered_share_of_clients"), answered, 0.03);
    holds(of(&r, Section::Whole, "redials_per_client"), again, 0.01);
    holds(of(&r, Section::Whole, "answered_share_of_contacts"), answered / (1.0 + again), 0.03);
}

#[test]
fn who_gives_up_or_balks_goes_on_at_another_stage() {
    holds(of(&run("aside-patience"), all("letters"), "busy_mean"), 48.0 * 0.030_912 * 2.0, 0.03);
    holds(of(&run("aside-balking"), all("second"), "busy_mean"), 54.0 * 0.187_364 / 12.0, 0.02);
}

#[test]
fn each_area_foretells_its_own_day() {
    let r = run("from-now-areas");
    for (name, come) in [("North", 30.0), ("South", 90.0)] {
        let truth = 180.0 * (25.0 + come) / (25.0 + 60.0);
        holds(of(&r, Section::Area(name.to_owned()), "arrivals_per_hour"), truth / 10.0, 0.03);
    }
}

#[test]
fn two_cases_in_hand_stand_in_a_file() {
    let r = run("cases-in-hand-file");
    is(&r, class("letter"), "time_to_completion_mean_hours", 20.0 * MINUTE);
    is(&r, class("call"), "time_to_completion_mean_hours", 32.0 * MINUTE);
    is(&r, all("desk"), "queue_mean", 0.4);
}

#[test]
fn requests_come_two_by_two() {
    let there = 0.6 * (1.0 + 2.0) / (2.0 * 0.4);
    holds(of(&run("batches-pairs"), Section::Whole, "wait_mean_hours"), (there / 0.6 - 1.0) * MINUTE, 0.02);
}

#[test]
fn a_crew_of_new_officers_learns() {
    // As of a pool: some minutes of four weeks.
    holds(of(&run("learning-crew"), all("desk"), "busy_mean"), 10.0 * 5.75 / 4.0, 0.01);
}

#[test]
fn an_officer_is_sent_to_another_desk_than_the_one_that_is_watched() {
    let r = run("moves-elsewhere");
    is(&r, all("front"), "wait_mean_hours", 1.5);
    is(&r, all("hall"), "wait_mean_hours", 0.0);
    is(&r, all("hall"), "on_duty_mean", 1.0 + 1.75 / 24.0);
    is(&r, all("back"), "on_duty_mean", 1.0 - 2.25 / 24.0);
}

#[test]
fn the_longest_idle_takes_the_case() {
    let r = run("longest-idle");
    is(&r, class("a"), "wait_mean_hours", 0.0);
    is(&r, class("b"), "wait_mean_hours", 1.0);
}

/// The rule is on 23.7468 % of the time, and the officer is paid for it and for half an hour of each call, and half of both more.
#[test]
fn officers_on_call_cost_their_premium_and_allowance() {
    let paid = 168.0 * 1.5 * (0.237_468 + 0.5 * 0.103_153);
    holds(of(&run("on-call"), Section::Whole, "on_call_paid_hours_per_week"), paid, 0.03);
}
