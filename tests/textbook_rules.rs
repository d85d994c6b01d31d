//! The textbook scenarios of rules for who takes what: cutting off, keeping free, coming again, ends of shifts, triggers, batches and joins. As
//! `textbook.rs`, each file at its fixed seed. Where no sum is given here, the known answer is of the equations of the Markov chain that the
//! file names, solved apart to the digits stated.

mod textbook_support;

use poolwise_math::{exp, powi};
use poolwise_study::measures::Section;
use textbook_support::{MINUTE, all, class, holds, of, run};

/// A gate that closes when three wait and opens when nobody does: the chain of those there and the gate, solved by steps until it
/// stands still.
#[test]
fn a_gate_closes_and_opens() {
    let (come, go, most) = (1.3, 1.0, 4);
    let mut p = vec![[0.0; 2]; most + 1];
    p[0][0] = 1.0;
    for _ in 0..20_000 {
        let mut next = vec![[0.0; 2]; most + 1];
        let states = p
            .iter()
            .enumerate()
            .flat_map(|(there, both)| both.iter().enumerate().map(move |(c, mass)| (there, c, *mass)));
        for (there, closed, mass) in states {
            let mass = mass / (come + go);
            // With one there nobody waits: the gate opens; with four three wait.
            let gate = |n: usize| {
                if n > 3 {
                    1
                } else if n < 2 {
                    0
                } else {
                    closed
                }
            };
            let up = if closed == 1 && there > 0 { there } else { there + 1 };
            next[up.min(most)][gate(up)] += come * mass;
            let down = there.saturating_sub(1);
            next[down][gate(down)] += go * mass;
        }
        p = next;
    }
    let closed: f64 = p[1..].iter().map(|both| both[1]).sum();
    let waiting: f64 = p.iter().enumerate().map(|(n, p)| n.saturating_sub(1) as f64 * (p[0] + p[1])).sum();
    let wait = waiting / (come * (1.0 - closed));
    assert!((closed - 0.359_570).abs() < 1e-6 && (wait - 1.281_17).abs() < 1e-5, "{closed} {wait}");
    let r = run("gate");
    holds(of(&r, Section::Whole, "turned_away_share"), closed, 0.01);
    holds(of(&r, Section::Whole, "wait_mean_hours"), wait * MINUTE, 0.01);
}

/// Those who wait where the officer comes for three and goes when nobody waits, after the case in hand: the queue of M/M/1 and, independent of
/// it, those there while nobody is served. With j < 3 who have come during the last case, a geometric number, j to 2 are there for as long.
#[test]
fn an_officer_on_call_alone_comes_for_three() {
    let rho = 0.6;
    let p = rho / (1.0 + rho);
    let left = |j: i32| (1.0 - p) * powi(p, j);
    let there: f64 = (0..3).map(|j| left(j) * (j..3).map(f64::from).sum::<f64>()).sum();
    let time: f64 = (0..3).map(|j| left(j) * f64::from(3 - j)).sum();
    let waiting = rho * rho / (1.0 - rho) + there / time;
    assert!((waiting - 2.032_53).abs() < 1e-5, "{waiting}");
    holds(of(&run("on-call-alone"), all("desk"), "queue_mean"), waiting, 0.03);
}

#[test]
fn a_pool_of_new_officers_learns_and_others_do_not() {
    // As above: some minutes of four weeks of the half whose services become shorter.
    holds(of(&run("learning-pool"), all("desk"), "busy_mean"), 10.0 * 5.75 / 4.0 + 10.0, 0.004);
}

/// A routine case of length x is begun again after each urgent one that comes within it: a geometric number of times of an interval shorter
/// than x and a busy period of urgent cases. Such times make an M/G/1 queue; who comes to it empty may find a busy period of urgent ones under
/// way, whose rest comes first.
#[test]
fn urgent_cases_cut_off_others_which_begin_again() {
    let (urgent, routine, mu, x) = (0.2, 1.0 / 3.0, 1.0, 1.5);
    let rho = urgent / mu;
    // Busy period of the urgent: its moments, and its transform at the rate of the routine.
    let (b1, b2) = (1.0 / (mu - urgent), 2.0 / (mu * mu * powi(1.0 - rho, 3)));
    let sum = urgent + mu + routine;
    let beta = (sum - (sum * sum - 4.0 * urgent * mu).sqrt()) / (2.0 * urgent);
    // From its first begin to its end.
    let uncut = exp(-urgent * x);
    let (times, spread) = ((1.0 - uncut) / uncut, (1.0 - uncut) / (uncut * uncut));
    let cut = 1.0 - uncut;
    let i1 = 1.0 / urgent - x * uncut / cut;
    let i2 = 2.0 / (urgent * urgent) - (x * x + 2.0 * x / urgent) * uncut / cut;
    let (y, y_variance) = (i1 + b1, i2 - i1 * i1 + b2 - b1 * b1);
    let mean = x + times * y;
    let square = times * y_variance + spread * y * y + mean * mean;
    // The rest of an urgent busy period that the first routine case of its own finds.
    let during = urgent / (urgent + routine);
    let d1 = during * (b1 - (1.0 - beta) / routine) / (1.0 - during * beta);
    let d2 =
        during * (b2 - 2.0 * b1 / routine + 2.0 * (1.0 - beta) / (routine * routine)) / (1.0 - during * beta);
    let sojourn = mean
        + routine * square / (2.0 * (1.0 - routine * mean))
        + (2.0 * d1 + routine * d2) / (2.0 * (1.0 + routine * d1));
    assert!((sojourn - 7.100_61).abs() < 1e-5, "{sojourn}");
    let r = run("preemptive-restart");
    holds(of(&r, class("urgent"), "time_to_completion_mean_hours"), 1.25 * MINUTE, 0.02);
    holds(of(&r, class("routine"), "time_to_completion_mean_hours"), sojourn * MINUTE, 0.04);
}

/// Whatever is served first, the mean wait over all cases of one law is that of M/M/1.
#[test]
fn due_dates_change_who_waits_and_not_how_long() {
    let r = run("due-dates");
    holds(of(&r, Section::Whole, "wait_mean_hours"), 4.0 * MINUTE, 0.03);
    let [early, late] = ["early", "late"].map(|c| of(&r, class(c), "wait_mean_hours").estimate / MINUTE);
    assert!(early < 2.0 && late - early < 17.0 && late > 6.0, "{early} {late}");
}

#[test]
fn priorities_rise_with_the_wait() {
    let r = run("rising");
    holds(of(&r, class("urgent"), "wait_mean_hours"), 1.5306 * MINUTE, 0.01);
    holds(of(&r, class("routine"), "wait_mean_hours"), 1.9210 * MINUTE, 0.01);
    holds(of(&r, Section::Whole, "turned_away_share"), 0.278_650, 0.01);
}

#[test]
fn clients_are_called_twice_at_most() {
    let r = run("call-back-again");
    holds(of(&r, Section::Exit("unreached".into()), "share"), 0.077_184, 0.02);
    holds(of(&r, Section::Whole, "calls_in_vain_per_hour"), 8.914_77, 0.02);
    holds(of(&r, Section::Whole, "turned_away_share"), 0.048_177, 0.03);
}

#[test]
fn an_officer_is_moved_and_goes_back() {
    let r = run("moves");
    let value = |section: Section, name: &str| of(&r, section, name).estimate;
    assert!((value(all("office"), "wait_mean_hours") - 0.9).abs() < 1e-9);
    // One of the two calls waits from 3:18 until 3:30.
    assert!((value(all("help desk"), "wait_mean_hours") - 0.1).abs() < 1e-9);
    assert!((value(all("office"), "overtime_hours_per_week") - 7.0 * 0.25).abs() < 1e-9);
}

#[test]
fn routine_cases_wait_while_three_are_at_work() {
    let r = run("reserve-waiting");
    holds(of(&r, class("urgent"), "wait_mean_hours"), 0.031_710 * MINUTE, 0.03);
    holds(of(&r, class("routine"), "wait_mean_hours"), 0.472_913 * MINUTE, 0.02);
}

#[test]
fn a_call_back_is_offered_in_a_queue_and_taken_by_some() {
    let r = run("call-back-offered");
    holds(of(&r, Section::Whole, "turned_away_share"), 0.016_793, 0.04);
    holds(of(&r, Section::Exit("gone".into()), "share"), 0.154_266, 0.01);
    holds(of(&r, Section::Exit("unreached".into()), "share"), 0.034_513, 0.03);
}

#[test]
fn overtime_is_half_an_hour_at_most() {
    // Of a case left over the night the officer has as much to do as of a new one.
    let kept = exp(-0.5);
    let at_work = 0.6 * (1.0 - exp(-20.0)) / (1.0 - kept * exp(-20.0));
    let overtime = 7.0 * at_work * (1.0 - kept);
    assert!((overtime - 1.652_571).abs() < 1e-6, "{overtime}");
    holds(of(&run("overtime-limit"), Section::Whole, "overtime_hours_per_week"), overtime, 0.03);
}

#[test]
fn the_first_of_two_branches_is_enough() {
    let r = run("fork-first");
    holds(of(&r, Section::Whole, "time_to_completion_mean_hours"), 2.5 * MINUTE, 0.02);
    let join = of(&r, Section::Stage("answered".into()), "wait_mean_hours");
    assert_eq!((join.estimate, join.lower), (0.0, 0.0));
}

#[test]
fn who_has_waited_goes_on_to_the_second_centre() {
    let r = run("overflow-later");
    holds(of(&r, Section::Whole, "turned_away_share"), 0.341_887, 0.01);
    holds(of(&r, all("second"), "utilization"), 0.340_112, 0.02);
}

#[test]
fn a_third_officer_takes_some_minutes_to_come() {
    let r = run("on-call-lead");
    holds(of(&r, Section::Whole, "wait_mean_hours"), 1.682_99 * MINUTE, 0.01);
    // Beside the two: who is on duty, and works on in overtime.
    let third = of(&r, all("desk"), "on_duty_mean");
    holds(third, 2.0 + 57.5676 / 168.0, 0.01);
}

#[test]
fn a_case_that_is_cut_off_needs_a_place() {
    let r = run("preemptive-full");
    holds(of(&r, class("urgent"), "turned_away_share"), 0.196_071, 0.02);
    holds(of(&r, class("routine"), "turned_away_share"), 0.338_632, 0.01);
}

#[test]
fn batches_have_sizes_of_their_own() {
    holds(of(&run("batches-of-sizes"), Section::Whole, "wait_mean_hours"), 7.279_04 * MINUTE, 0.02);
}

#[test]
fn some_leave_at_the_sight_of_a_queue() {
    let leaves = |there: usize| match there.saturating_sub(1) {
        0 => 0.0,
        1 | 2 => 0.3,
        _ => 0.6,
    };
    let mut p = vec![1.0];
    for there in 0..100 {
        p.push(p[there] * 0.9 * (1.0 - leaves(there)));
    }
    let all: f64 = p.iter().sum();
    let left = p.iter().enumerate().map(|(n, p)| p * leaves(n)).sum::<f64>() / all;
    let waiting = p.iter().enumerate().map(|(n, p)| p * n.saturating_sub(1) as f64).sum::<f64>() / all;
    let r = run("balking");
    holds(of(&r, Section::Whole, "turned_away_share"), left, 0.01);
    holds(of(&r, Section::Whole, "wait_mean_hours"), waiting / (0.9 * (1.0 - left)) * MINUTE, 0.02);
}
