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

/// Time in the system of routine cases that lose their work to each urgent one: from first begin to end, a number of times of an interval until
/// the cut and a busy period of urgent cases, and then the interval that is not cut. Such times make an M/G/1 queue; who comes to it empty may
/// find a busy period of urgent ones under way, whose rest comes first. `cut` and `whole` are mean and square of the interval that is cut and of
/// the one that is not; `times` mean and variance of how often it is cut.
fn lost_work(urgent: f64, routine: f64, cut: [f64; 2], whole: [f64; 2], (times, spread): (f64, f64)) -> f64 {
    let mu = 1.0;
    let rho = urgent / mu;
    // Busy period of the urgent: its moments, and its transform at the rate of the routine.
    let (b1, b2) = (1.0 / (mu - urgent), 2.0 / (mu * mu * powi(1.0 - rho, 3)));
    let sum = urgent + mu + routine;
    let beta = (sum - (sum * sum - 4.0 * urgent * mu).sqrt()) / (2.0 * urgent);
    // From its first begin to its end.
    let (y, y_variance) = (cut[0] + b1, cut[1] - cut[0] * cut[0] + b2 - b1 * b1);
    let mean = whole[0] + times * y;
    let square = whole[1] - whole[0] * whole[0] + times * y_variance + spread * y * y + mean * mean;
    // The rest of an urgent busy period that the first routine case of its own finds.
    let during = urgent / (urgent + routine);
    let d1 = during * (b1 - (1.0 - beta) / routine) / (1.0 - during * beta);
    let d2 =
        during * (b2 - 2.0 * b1 / routine + 2.0 * (1.0 - beta) / (routine * routine)) / (1.0 - during * beta);
    mean + routine * square / (2.0 * (1.0 - routine * mean))
        + (2.0 * d1 + routine * d2) / (2.0 * (1.0 + routine * d1))
}

#[test]
fn urgent_cases_cut_off_others_which_begin_again() {
    let (urgent, routine, x) = (0.2, 1.0 / 3.0, 1.5);
    let uncut = exp(-urgent * x);
    let cut = 1.0 - uncut;
    let i1 = 1.0 / urgent - x * uncut / cut;
    let i2 = 2.0 / (urgent * urgent) - (x * x + 2.0 * x / urgent) * uncut / cut;
    let sojourn = lost_work(urgent, routine, [i1, i2], [x, x * x], (cut / uncut, cut / (uncut * uncut)));
    assert!((sojourn - 7.100_61).abs() < 1e-5, "{sojourn}");
    let r = run("preemptive-restart");
    holds(of(&r, class("urgent"), "time_to_completion_mean_hours"), 1.25 * MINUTE, 0.02);
    holds(of(&r, class("routine"), "time_to_completion_mean_hours"), sojourn * MINUTE, 0.04);
    // A third of a case a minute, each cut off so often, and each time so long was in vain.
    let times = 20.0 * cut / uncut;
    holds(of(&r, Section::Whole, "interruptions_per_hour"), times, 0.02);
    holds(of(&r, Section::Whole, "work_lost_hours_per_week"), 168.0 * times * i1 * MINUTE, 0.02);
}

/// Drawn anew each time, a long case is done at last with a short draw: intervals that end uncut are shorter than others, by the transform
/// of the law at the rate of urgent cases and its derivatives.
#[test]
fn urgent_cases_cut_off_others_whose_length_is_drawn_anew() {
    // Two phases of 36 s: (1 + 0.6 s)^-2.
    let (urgent, routine, phase) = (0.2, 1.0 / 3.0, 0.6);
    let slow = 1.0 + urgent * phase;
    let uncut = powi(slow, -2);
    let cut = 1.0 - uncut;
    let (e1, e2) = (2.0 * phase * powi(slow, -3), 6.0 * phase * phase * powi(slow, -4));
    let i1 = (cut / urgent - e1) / cut;
    let i2 = (2.0 * cut / (urgent * urgent) - e2 - 2.0 * e1 / urgent) / cut;
    let times = (cut / uncut, cut / (uncut * uncut));
    let sojourn = lost_work(urgent, routine, [i1, i2], [e1 / uncut, e2 / uncut], times);
    assert!((sojourn - 3.728_723).abs() < 1e-6, "{sojourn}");
    let r = run("preemptive-redraw");
    holds(of(&r, class("urgent"), "time_to_completion_mean_hours"), 1.25 * MINUTE, 0.02);
    holds(of(&r, class("routine"), "time_to_completion_mean_hours"), sojourn * MINUTE, 0.02);
    // A third of a case a minute, each cut off so often.
    holds(of(&r, Section::Whole, "interruptions_per_hour"), 20.0 * times.0, 0.02);
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
    let r = run("overtime-limit");
    holds(of(&r, Section::Whole, "overtime_hours_per_week"), overtime, 0.03);
    // At work on duty, where the day begins idle, and with a case left over that needs an hour more.
    let left = at_work * kept;
    let on_duty = (4.8 - 0.24) * (1.0 - left) + (1.0 + 0.6 * 7.0 + 0.16) * left;
    assert!((on_duty - 4.851_134).abs() < 1e-5, "{on_duty}");
    holds(of(&r, all("desk"), "busy_mean"), (on_duty + overtime / 7.0) / 24.0, 0.01);
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

/// The chance that the officer is idle so long after nine, in steps of a thousandth of an hour: who was begun at s is still at it at t if the case
/// is longer than t - s, and was begun only if it ends by 17:00.
#[test]
fn an_officer_begins_what_can_be_finished() {
    let (rate, shift, steps) = (1.5, 8.0, 8_000);
    let step = shift / f64::from(steps);
    let within = |x: f64| x.clamp(0.0, 2.0) / 2.0;
    let mut idle = vec![1.0];
    for i in 1..=steps {
        let t = f64::from(i) * step;
        let at_it = |j: i32| {
            let s = f64::from(j) * step;
            (within(shift - s) - within(t - s)).max(0.0)
        };
        let weight = |j: i32| if j == 0 { 0.5 } else { 1.0 };
        let busy: f64 = (0..i).map(|j| weight(j) * idle[j as usize] * at_it(j)).sum();
        idle.push((1.0 - rate * step * busy) / (1.0 + 0.5 * rate * step * at_it(i)));
    }
    let day = |of: &dyn Fn(f64) -> f64| {
        let terms = idle.iter().enumerate().map(|(i, p)| {
            let weight = if i == 0 || i == steps as usize { 0.5 } else { 1.0 };
            weight * p * of(shift - i as f64 * step)
        });
        rate * step * terms.sum::<f64>()
    };
    let served = day(&within);
    let work = day(&|left| if left < 2.0 { left * left / 4.0 } else { 1.0 });
    assert!((served - 4.565_343).abs() < 1e-4 && (work - 4.289_374).abs() < 1e-4, "{served} {work}");
    let r = run("can-finish");
    holds(of(&r, Section::Whole, "turned_away_share"), 1.0 - served / (24.0 * rate), 0.002);
    holds(of(&r, all("desk"), "busy_mean"), work / 24.0, 0.01);
    assert_eq!(of(&r, Section::Whole, "overtime_hours_per_week").upper, 0.0);
}

/// While somebody waits with the first officer busy alone, or both, the age of the wait runs for half an hour at most; who has waited for longer does so
/// with both busy, until either is free.
#[test]
fn a_wait_of_half_an_hour_calls_a_second_officer() {
    let (rate, half) = (1.2, exp(-0.5));
    // Times in the two states with an age, per visit: of those who come while the first is busy, and while both are.
    let (alone, both) = (1.0 - half, (1.0 - half * half) / 2.0);
    let (after_both, third) = (alone - both, half - half * half);
    // Balance of: none busy, the first, the second, both; with nobody waiting. The first is taken as 1, and the last two found from the others.
    let second_of_both = 1.0 / (rate + 1.0);
    // First: (rate + 1) p1 = rate p0 + pb + rate (p1 alone + pb after_both). None: rate p0 = p1 + p2. Second: (rate + 1) p2 = pb.
    let first_of_both = (second_of_both + 1.0 + rate * after_both) / (rate - rate * alone);
    let none_of_both = (first_of_both + second_of_both) / rate;
    let late_of_both = rate * half * half / 2.0;
    let waiting = rate * (first_of_both * alone + after_both + both);
    let sum = none_of_both + first_of_both + second_of_both + 1.0 + waiting + late_of_both;
    let turned = (waiting + late_of_both) / sum;
    let calls = rate * (first_of_both * half + third + half * half) / sum;
    assert!((turned - 0.228_429).abs() < 1e-6 && (calls - 0.306_315).abs() < 1e-6, "{turned} {calls}");
    let r = run("on-call-oldest");
    holds(of(&r, Section::Whole, "turned_away_share"), turned, 0.01);
    holds(of(&r, Section::Whole, "wait_mean_hours"), turned / (rate * (1.0 - turned)), 0.01);
    holds(of(&r, Section::Whole, "call_ins_per_hour"), calls, 0.01);
    holds(of(&r, all("desk"), "on_duty_mean"), 1.0 + late_of_both / sum, 0.001);
}

/// Time on duty from coming to one or two there: an hour and a half, and with n there then until all but one of them are done; with one in hand he
/// goes off duty, and is called again where somebody comes before its end.
#[test]
fn an_officer_on_call_stays_for_some_time() {
    let (rate, states) = (0.8, 120);
    // From one there and from two, the law after 1.5 h of jumps at 1.8 an hour.
    let after = |there: usize| {
        let jumps = 1.5 * (rate + 1.0);
        let mut p = vec![0.0; states];
        p[there] = 1.0;
        let (mut law, mut weight) = (vec![0.0; states], exp(-jumps));
        for jump in 1..100 {
            law.iter_mut().zip(&p).for_each(|(sum, p)| *sum += weight * p);
            weight *= jumps / f64::from(jump);
            let mut next = vec![0.0; states];
            for (i, mass) in p.iter().enumerate() {
                next[(i + 1).min(states - 1)] += mass * rate / (rate + 1.0);
                next[i.saturating_sub(1)] += mass / (rate + 1.0);
            }
            p = next;
        }
        let longer: f64 =
            law.iter().enumerate().skip(2).map(|(n, p)| p * (n - 1) as f64 / (1.0 - rate)).sum();
        (1.5 + longer, law[0])
    };
    let ((one, idle), (two, idle_again)) = (after(1), after(2));
    let again = rate / (rate + 1.0);
    let overtime = (1.0 - idle) / (1.0 - again * (1.0 - idle_again));
    let cycle = 1.0 / rate + one + overtime * (again * two + 1.0 / (rate + 1.0));
    let duty = (one + overtime * again * two) / cycle;
    let calls = (1.0 + overtime * again) / cycle;
    assert!((duty - 0.794_873).abs() < 1e-6 && (calls - 0.164_102).abs() < 1e-6, "{duty} {calls}");
    let r = run("on-call-stay");
    holds(of(&r, all("desk"), "queue_mean"), rate * rate / (1.0 - rate), 0.06);
    holds(of(&r, all("desk"), "on_duty_mean"), duty, 0.01);
    holds(of(&r, Section::Whole, "call_ins_per_hour"), calls, 0.03);
    holds(of(&r, Section::Whole, "overtime_hours_per_week"), 168.0 * overtime / (rate + 1.0) / cycle, 0.03);
}

#[test]
fn few_answered_in_time_call_a_second_officer() {
    let r = run("on-call-answered");
    let value = |section: Section, name: &str| of(&r, section, name).estimate;
    assert!((value(Section::Whole, "wait_mean_hours") - 4.0 / 9.0).abs() < 1e-9);
    assert!((value(Section::Whole, "call_ins_per_hour") - 3.0 / 24.0).abs() < 1e-9);
    assert!((value(all("desk"), "on_duty_mean") - 1.0 - 1.5 / 24.0).abs() < 1e-9);
    assert!((value(Section::Whole, "overtime_hours_per_week") - 7.0 / 6.0).abs() < 1e-9);
}

/// A check of an exponential hour beside a deadline that is even over the four hours to come.
#[test]
fn a_deadline_goes_on_from_the_arrival() {
    let lost = (1.0 - exp(-4.0)) / 4.0;
    holds(of(&run("since-arrival"), Section::Exit("too late".into()), "share"), lost, 0.05);
}

/// Officers at work, by day and by night in turn, in steps of a second.
#[test]
fn routine_cases_wait_for_two_by_day() {
    let (urgent, routine) = (6.0, 9.0);
    let step = 1.0 / 3_600.0;
    let mut p = [1.0, 0.0, 0.0, 0.0];
    let mut turned = [0.0; 2];
    for second in 0..48 * 3_600 {
        let by_day = (8..20).contains(&(second / 3_600 % 24));
        let below = if by_day { 2 } else { 3 };
        if second >= 24 * 3_600 {
            turned[0] += p[3] * step / 24.0;
            turned[1] += p[below..].iter().sum::<f64>() * step / 24.0;
        }
        let mut next = p;
        for busy in 0..3 {
            let up = p[busy] * step * (urgent + if busy < below { routine } else { 0.0 });
            let down = p[busy + 1] * step * 6.0 * (busy + 1) as f64;
            next[busy] += down - up;
            next[busy + 1] += up - down;
        }
        p = next;
    }
    assert!((turned[0] - 0.209_015).abs() < 1e-5 && (turned[1] - 0.412_829).abs() < 1e-5, "{turned:?}");
    let r = run("reserve-hours");
    holds(of(&r, class("urgent"), "turned_away_share"), turned[0], 0.02);
    holds(of(&r, class("routine"), "turned_away_share"), turned[1], 0.01);
}

/// Those at the first office, whether the route is open, and those at the second.
#[test]
fn a_queue_opens_a_route() {
    let rate = 1.2;
    let settled = |first: u32, open: bool| match first {
        0 | 1 => false,
        2 => open,
        _ => true,
    };
    let moves = |&(first, open, second): &(u32, bool, u32)| {
        let mut to = Vec::new();
        match open {
            true if second < 2 => to.push(((first, open, second + 1), rate)),
            true => {}
            false => to.push(((first + 1, settled(first + 1, open), second), rate)),
        }
        if first > 0 {
            to.push(((first - 1, settled(first - 1, open), second), 1.0));
        }
        if second > 0 {
            to.push(((first, open, second - 1), 1.0));
        }
        to
    };
    let p = poolwise_theory::chain::stationary((0, false, 0), 100, moves).expect("a small chain");
    let share =
        |of: &dyn Fn(u32, bool, u32) -> f64| p.iter().map(|(s, p)| p * of(s.0, s.1, s.2)).sum::<f64>();
    let is = |yes: bool| f64::from(u8::from(yes));
    let (open, turned) = (share(&|_, open, _| is(open)), share(&|_, open, second| is(open && second == 2)));
    assert!((open - 0.354_971).abs() < 1e-6 && (turned - 0.088_787).abs() < 1e-6, "{open} {turned}");
    let r = run("route-opened");
    holds(of(&r, Section::Whole, "turned_away_share"), turned, 0.03);
    holds(of(&r, all("second"), "utilization"), share(&|_, _, second| is(second > 0)), 0.02);
    holds(of(&r, all("first"), "queue_mean"), share(&|first, _, _| f64::from(first.saturating_sub(1))), 0.02);
}

#[test]
fn two_wards_share_beds() {
    // Of n and m there the product of two Poisson probabilities, where they fit.
    let (mut all, mut full) = (0.0, [0.0; 2]);
    let fits = |n: i32, m: i32| n <= 15 && m <= 15 && n + m <= 26;
    let mut first = 1.0;
    for n in 0..=15 {
        let mut weight = first;
        for m in 0..=15 {
            if fits(n, m) {
                all += weight;
                full[0] += if fits(n + 1, m) { 0.0 } else { weight };
                full[1] += if fits(n, m + 1) { 0.0 } else { weight };
            }
            weight *= 9.718 / f64::from(m + 1);
        }
        first *= 8.145 / f64::from(n + 1);
    }
    assert!(
        (full[0] / all - 0.016_930).abs() < 1e-6 && (full[1] / all - 0.035_711).abs() < 1e-6,
        "{full:?} of {all}"
    );
    let r = run("wards-shared");
    holds(of(&r, class("acute"), "turned_away_share"), full[0] / all, 0.05);
    holds(of(&r, class("others"), "turned_away_share"), full[1] / all, 0.05);
}
