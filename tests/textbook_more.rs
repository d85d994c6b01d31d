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

#[test]
fn who_finds_one_waiting_goes_to_the_other_desk() {
    let r = run("overflow-queue");
    holds(of(&r, all("one"), "queue_mean"), 0.298_893, 0.01);
    holds(of(&r, all("two"), "queue_mean"), 1.727_75, 0.03);
    holds(of(&r, all("two"), "busy_mean"), 0.669_004, 0.01);
}

#[test]
fn a_gate_is_closed_to_one_class() {
    let r = run("gate-class");
    holds(of(&r, class("other"), "turned_away_share"), 0.326_207, 0.01);
    assert_eq!(of(&r, class("member"), "turned_away_share").estimate, 0.0);
    holds(of(&r, all("desk"), "queue_mean"), 0.855_881, 0.01);
}

#[test]
fn two_on_call_come_together() {
    let r = run("on-call-two");
    holds(of(&r, all("desk"), "queue_mean"), 0.973_815, 0.01);
    holds(of(&r, all("desk"), "busy_mean"), 1.6, 0.01);
}

/// Those there as a slot of 20 min begins: of two clients each comes with 0.7, and so many are served in 20 min as a Poisson number of mean 20 / 7 allows.
#[test]
fn two_clients_have_each_appointment() {
    const MOST: usize = 60;
    let (rate, come) = (20.0 / 7.0, [0.09, 0.42, 0.49]);
    let mut served = [0.0; MOST + 2];
    served[0] = exp(-rate);
    for n in 1..served.len() {
        served[n] = served[n - 1] * rate / n as f64;
    }
    let mut there = vec![0.0; MOST + 1];
    there[0] = 1.0;
    for _ in 0..2_000 {
        let mut next = vec![0.0; MOST + 1];
        for (n, mass) in there.iter().enumerate() {
            for (x, p) in come.iter().enumerate() {
                let all = (n + x).min(MOST);
                let some: f64 = served[..all].iter().sum();
                served[..all].iter().enumerate().for_each(|(k, q)| next[all - k] += mass * p * q);
                next[0] += mass * p * (1.0 - some);
            }
        }
        there = next;
    }
    // The first waits for those there, the second for one more.
    let waits = |n: usize, x: usize| (0..x).map(|k| (n + k) as f64 * 7.0).sum::<f64>();
    let mean = |n: usize| come.iter().enumerate().map(|(x, p)| p * waits(n, x)).sum::<f64>() / 1.4;
    let wait: f64 = there.iter().enumerate().map(|(n, p)| p * mean(n)).sum();
    assert!((wait - 4.368_126).abs() < 1e-5, "{wait}");
    let r = run("appointments-pairs");
    holds(of(&r, Section::Whole, "wait_mean_hours"), wait * MINUTE, 0.02);
    holds(of(&r, Section::Whole, "arrivals_per_hour"), 4.2, 0.01);
}

#[test]
fn factors_of_classes_stages_and_centres_multiply() {
    let r = run("handling-parts");
    holds(of(&r, all("north"), "busy_mean"), 27.8, 0.01);
    holds(of(&r, all("south"), "busy_mean"), 41.7, 0.01);
}

#[test]
fn two_cases_are_in_hand_at_noon() {
    let r = run("cases-in-hand");
    for (name, minutes) in [("letter", 20.0), ("call", 32.0)] {
        let found = of(&r, class(name), "time_to_completion_mean_hours").estimate;
        assert!((found - minutes * MINUTE).abs() < 1e-9, "{name}: {found}");
    }
    assert!((of(&r, all("desk"), "queue_mean").estimate - 0.4).abs() < 1e-9);
}
