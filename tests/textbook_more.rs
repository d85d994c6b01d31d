//! The textbook scenarios of keys that no other has: what waits where, the longest queue, chats beside calls, gates by the hour, roles changed,
//! branches finished, tours, clients early or late. As `textbook.rs`, each file at its fixed seed.

mod textbook_support;

use poolwise_math::exp;
use poolwise_study::measures::Section;
use poolwise_theory::skills::{ServerGroup, Taken, Taker, choosing};
use textbook_support::{MINUTE, all, class, holds, of, run};

#[test]
fn who_is_listed_first_and_the_longest_queue() {
    // Of a: 12 an hour by the one for a; of both 9.6 of a and 12 / 1.4 of b.
    let group = |serves: &[(usize, f64)]| ServerGroup { servers: 1, serves: serves.to_vec() };
    let groups = [group(&[(0, 9.6), (1, 12.0 / 1.4)]), group(&[(0, 12.0)]), group(&[(1, 12.0)])];
    let turn = Taker::Group(vec![vec![0, 1], vec![0, 2]]);
    let (exact, _) = choosing(&[10.8, 10.8], &groups, &turn, Taken::Most, 4, 1_000).expect("a small chain");
    let r = run("skills-listed");
    for (name, exact) in ["a", "b"].into_iter().zip(&exact) {
        holds(of(&r, class(name), "turned_away_share"), exact.blocked, 0.05);
        holds(of(&r, class(name), "wait_mean_hours"), exact.wait_mean, 0.03);
    }
    holds(of(&r, all("desk"), "busy_mean"), exact.iter().map(|x| x.busy_mean).sum(), 0.01);
}

#[test]
fn cases_that_are_cut_off_wait_by_arrival() {
    let r = run("preemptive-by-arrival");
    for (name, hours) in [("pair", 14.0), ("single", 19.0), ("urgent", 6.0)] {
        let found = of(&r, class(name), "time_to_completion_mean_hours").estimate;
        assert!((found - hours).abs() < 1e-9, "{name}: {found}");
    }
}

#[test]
fn calls_take_the_whole_officer_and_chats_do_not() {
    // Of nothing in hand as 1: one chat 1.2, two 12 / (20 / 1.4) of that, a call a half.
    let (one, two, call): (f64, f64, f64) = (1.2, 1.2 * 12.0 * 1.4 / 20.0, 0.5);
    let sum = 1.0 + one + two + call;
    let (chats, calls) = ((two + call) / sum, (one + two + call) / sum);
    assert!((chats - 0.406_688).abs() < 1e-6 && (calls - 0.730_313).abs() < 1e-6, "{chats} {calls}");
    let r = run("concurrency-calls");
    holds(of(&r, class("chat"), "turned_away_share"), chats, 0.01);
    holds(of(&r, class("call"), "turned_away_share"), calls, 0.01);
}

/// Those there in steps of two seconds, for ten days; by night nobody joins two.
#[test]
fn a_gate_is_closed_by_night() {
    let step = 2.0 / 3_600.0;
    let mut p = [0.0; 60];
    p[0] = 1.0;
    let (mut turned, mut waiting) = (0.0, 0.0);
    for i in 0..10 * 24 * 1_800 {
        let hour = i / 1_800 % 24;
        let night = !(6..22).contains(&hour);
        if i >= 9 * 24 * 1_800 {
            turned += if night { p[2..].iter().sum::<f64>() * step / 24.0 } else { 0.0 };
            waiting +=
                p.iter().enumerate().map(|(n, p)| p * n.saturating_sub(2) as f64).sum::<f64>() * step / 24.0;
        }
        let mut next = p;
        for n in 0..59 {
            let up = if night && n >= 2 { 0.0 } else { 3.0 * step * p[n] };
            let down = 2.0 * (n + 1).min(2) as f64 * step * p[n + 1];
            next[n] += down - up;
            next[n + 1] += up - down;
        }
        p = next;
    }
    assert!((turned - 0.119_202).abs() < 1e-4 && (waiting - 0.981_832).abs() < 1e-3, "{turned} {waiting}");
    let r = run("gate-hours");
    holds(of(&r, Section::Whole, "turned_away_share"), turned, 0.03);
    holds(of(&r, all("desk"), "queue_mean"), waiting, 0.07);
}

#[test]
fn an_officer_changes_the_role_where_he_is() {
    let r = run("moves-roles");
    let value = |section: Section, name: &str| of(&r, section, name).estimate;
    assert!((value(class("case"), "wait_mean_hours") - 10.0 * MINUTE).abs() < 1e-9);
    assert!((value(class("call"), "wait_mean_hours") - 75.0 * MINUTE).abs() < 1e-9);
    assert!((value(Section::Whole, "overtime_hours_per_week") - 3.5).abs() < 1e-9);
}

#[test]
fn the_branch_that_nobody_waits_for_is_finished() {
    let r = run("fork-finish");
    holds(of(&r, Section::Whole, "time_to_completion_mean_hours"), 2.0 / 3.0, 0.02);
    holds(of(&r, all("bureaus"), "busy_mean"), 18.0, 0.02);
}

#[test]
fn a_tour_leaves_with_two_or_with_one_who_has_waited() {
    let alone = exp(-4.0 / 6.0);
    let wait = (1.0 - alone) / 4.0 / (2.0 - alone);
    assert!((wait - 4.909_75 * MINUTE).abs() < 1e-6, "{wait}");
    let r = run("batch-service-after");
    holds(of(&r, Section::Whole, "wait_mean_hours"), wait, 0.01);
    // So many tours of three quarters of an hour.
    holds(of(&r, all("museum"), "busy_mean"), 0.75 * 4.0 / (2.0 - alone), 0.01);
}

/// Of two times that are even over 6 min the difference is above x with (6 - x)^2 / 72.
#[test]
fn clients_are_early_or_late() {
    let r = run("appointments-early-late");
    holds(of(&r, all("office"), "p_wait"), 9.0 / 72.0, 0.03);
    holds(of(&r, Section::Whole, "wait_mean_hours"), 0.125 * MINUTE, 0.04);
}
