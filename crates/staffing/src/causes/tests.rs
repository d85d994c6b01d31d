//! The split over causes on organisations small enough for a pencil.

use super::*;
use poolwise_math::sin;

fn site(load: f64) -> Site {
    Site {
        name: "x".to_owned(),
        offered: vec![load; HOURS_OF_WEEK],
        duplicate: 0.0,
        rework: 0.0,
        ahead: 0,
        minimum: 0.0,
        open: vec![true; HOURS_OF_WEEK],
    }
}

fn setting(beta: f64) -> FormulaSetting {
    // 42 h a week: a post around the clock takes four officers.
    let workforce = Workforce { hours_per_week: 42.0, planned_availability: 1.0 };
    FormulaSetting { beta, block: 8, workforce, absence: 0.0 }
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9, "{a} is not {b}");
}

fn of(split: &Split, cause: Cause) -> f64 {
    split.shares.shapley[CAUSES.iter().position(|c| *c == cause).unwrap()]
}

#[test]
fn pooling_saves_the_safety_of_all_but_one() {
    // Four centres of 9 erlangs, beta 2/3: 11 posts each, 44; one of 36: 40, 10 for each of four.
    let (from, to, setting) = (vec![site(9.0); 4], vec![site(36.0)], setting(2.0 / 3.0));
    close(needed(&from, &to, &[], setting), 176.0);
    close(needed(&from, &to, &[Cause::Randomness], setting), 160.0);
    close(needed(&from, &to, &CAUSES, setting), 160.0);
    // Two centres of 18 each: 36 + 2 x 2/3 sqrt(18) = 41.66, 21 whole posts each.
    let two = vec![site(18.0); 2];
    close(needed(&from, &two, &CAUSES, setting), 2.0 * 84.0);
    let ends = CauseEnds { now: 210.0, right_sized: 176.0, option: 160.0 };
    let split = split(&from, &to, ends, setting);
    close(of(&split, Cause::Slack), 34.0);
    close(of(&split, Cause::Randomness), 16.0);
    close(split.scale, 1.0);
    close(split.shares.total, 50.0);
}

#[test]
fn parts_of_officers_add_up_where_crews_are_not_indivisible() {
    // Ten centres of 0.4 erlangs without safety: one each, 40 officers; together 4 posts, 16.
    let (from, to) = (vec![site(0.4); 10], vec![site(4.0)]);
    close(needed(&from, &to, &[], setting(0.0)), 40.0);
    close(needed(&from, &to, &[Cause::Indivisible], setting(0.0)), 16.0);
}

#[test]
fn minimum_crews_are_cover_whatever_the_work() {
    // Five centres of 1 erlang with two on duty throughout: 10 posts; without, 5; the central one has 3.
    let small = Site { minimum: 2.0, ..site(1.0) };
    let (from, to) = (vec![small; 5], vec![Site { minimum: 3.0, ..site(5.0) }]);
    close(needed(&from, &to, &[], setting(0.0)), 40.0);
    close(needed(&from, &to, &[Cause::RoundTheClock], setting(0.0)), 20.0);
    // The central minimum binds where there is less work than that.
    let idle = vec![Site { minimum: 2.0, ..site(0.2) }; 5];
    close(needed(&idle, &to, &CAUSES, setting(0.0)), 12.0);
}

#[test]
fn work_done_twice_and_again() {
    let from = vec![Site { duplicate: 0.2, rework: 0.25, ..site(20.0) }];
    let to = vec![site(12.0)];
    close(needed(&from, &to, &[Cause::Duplication], setting(0.0)), 64.0);
    close(needed(&from, &to, &[Cause::Rework], setting(0.0)), 60.0);
    close(needed(&from, &to, &[Cause::Duplication, Cause::Rework], setting(0.0)), 48.0);
    // Each takes a share of what the other leaves: on average 14 and 18 of 32.
    let split = split(&from, &to, CauseEnds { now: 80.0, right_sized: 80.0, option: 48.0 }, setting(0.0));
    close(of(&split, Cause::Duplication), (16.0 + 12.0) / 2.0);
    close(of(&split, Cause::Rework), (20.0 + 16.0) / 2.0);
    let (i, j) = (5, 6);
    close(split.shares.interaction[i][j], 32.0 - 16.0 - 20.0);
}

#[test]
fn peaks_at_different_hours_smooth_out() {
    // Two centres with 4 erlangs in eight hours of the day and none else, their clocks eight hours apart:
    // 4 posts in one block each; the common curve has 4 in two blocks: nothing is saved, by any clock.
    let busy = |ahead| Site {
        offered: (0..HOURS_OF_WEEK).map(|h| if h % 24 < 8 { 4.0 } else { 0.0 }).collect(),
        ahead,
        ..site(0.0)
    };
    let to = vec![site(8.0 / 3.0)];
    let apart = [busy(0), busy(16)];
    close(needed(&apart, &to, &[Cause::Smoothing], setting(0.0)), needed(&apart, &to, &[], setting(0.0)));
    // Four hours of each block busy, and clocks four hours apart: one block for both instead of two.
    let half = |ahead| Site {
        offered: (0..HOURS_OF_WEEK).map(|h| if h % 24 < 4 { 4.0 } else { 0.0 }).collect(),
        ahead,
        ..site(0.0)
    };
    let shifted = [half(0), half(HOURS_OF_WEEK - 4)];
    // 4 + 4 posts in a block of eight hours a day are 448 h: 6 + 6 officers by centre (5.33); half as many.
    close(needed(&shifted, &to, &[], setting(0.0)), 12.0);
    close(needed(&shifted, &to, &[Cause::Smoothing], setting(0.0)), 6.0);
}

#[test]
fn the_parts_sum_to_the_simulated_difference() {
    let from: Vec<Site> = (1..6)
        .map(|i| Site {
            duplicate: 0.05,
            minimum: 2.0,
            ahead: i,
            offered: (0..HOURS_OF_WEEK)
                .map(|h| f64::from(i as u32) * 0.4 * (1.2 + sin(h as f64 * 0.26)))
                .collect(),
            ..site(0.0)
        })
        .collect();
    let to = vec![site(7.0)];
    let ends = CauseEnds { now: 160.0, right_sized: 131.0, option: 88.0 };
    let one = split(&from, &to, ends, setting(1.1));
    close(one.shares.shapley.iter().sum::<f64>() + one.unexplained, 72.0);
    assert_eq!(one.unexplained, 0.0);
    assert!(one.scale > 0.0 && one.formula.0 > one.formula.1);
    // Where the option needs more than the formulas can explain, that is said.
    let other = split(&from, &to, CauseEnds { option: 140.0, ..ends }, setting(1.1));
    close(other.shares.shapley.iter().sum::<f64>() + other.unexplained, 20.0);
    assert!(other.unexplained < 0.0 && other.scale == 1.0);
    // Nothing released, nothing to explain.
    let same = split(&from, &from, CauseEnds { now: 100.0, right_sized: 100.0, option: 100.0 }, setting(1.1));
    assert!(same.shares.shapley.iter().all(|x| x.abs() < 1e-9) && same.unexplained == 0.0);
}
