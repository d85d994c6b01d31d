//! The textbook scenarios against their known answers.
//!
//! Each file runs as it stands, at its fixed seed. An answer must lie in the run's 99.9 % interval, so that
//! a correct program fails one answer in a thousand, were the seed drawn anew; and the interval must be narrow
//! enough (`within`, relative) for a real fault to show.

mod textbook_support;

use poolwise_math::{exp, ln, powi};
use poolwise_scenario::{self, Overrides};
use poolwise_stats::Estimate;
use poolwise_study::measures::{Key, Section};
use poolwise_theory::erlang;
use poolwise_theory::skills::{ServerGroup, Taken, Taker, choosing};
use std::path::Path;
use textbook_support::{MINUTE, all, class, folder, holds, of, run, run_with};

#[test]
fn mm1() {
    let r = run("mm1");
    holds(of(&r, Section::Whole, "wait_mean_hours"), 4.0 * MINUTE, 0.03);
    holds(of(&r, Section::Whole, "time_to_completion_mean_hours"), 5.0 * MINUTE, 0.03);
    // The time in the system is exponential: its 95th percentile is 5 ln 20 minutes.
    holds(of(&r, Section::Whole, "time_to_completion_p95_hours"), 5.0 * MINUTE * ln(20.0_f64), 0.03);
    holds(of(&r, all("desk"), "p_wait"), 0.8, 0.01);
    holds(of(&r, all("desk"), "utilization"), 0.8, 0.01);
}

#[test]
fn mm8() {
    let r = run("mm8");
    let theory = erlang::mmc(8, 43.2, 6.0).expect("a stable queue");
    assert!((theory.p_wait - 0.701_533).abs() < 1e-6);
    assert!((theory.wait_mean * 6.0 - 0.876_916).abs() < 1e-6);
    holds(of(&r, all("desk"), "p_wait"), theory.p_wait, 0.02);
    holds(of(&r, all("desk"), "wait_mean_hours"), theory.wait_mean, 0.04);
    holds(of(&r, all("desk"), "queue_mean"), 43.2 * theory.wait_mean, 0.04);
}

#[test]
fn mmc_patience() {
    let r = run("mmc-patience");
    holds(of(&r, Section::Whole, "lost_share"), 0.030_912, 0.03);
}

#[test]
fn mg1_md1() {
    holds(of(&run("mg1"), Section::Whole, "wait_mean_hours"), 3.791_667 * MINUTE, 0.05);
    holds(of(&run("md1"), Section::Whole, "wait_mean_hours"), 2.0 * MINUTE, 0.03);
}

#[test]
fn priorities() {
    let r = run("priorities");
    let waits: Vec<Estimate> = r
        .keys
        .iter()
        .filter(|k| matches!(k.section, Section::Class(_)) && k.name == "wait_mean_hours")
        .map(|k| of(&r, k.section.clone(), "wait_mean_hours"))
        .collect();
    let (low, high) = (waits[0].estimate.min(waits[1].estimate), waits[0].estimate.max(waits[1].estimate));
    for e in waits {
        let truth = if e.estimate == low { 1.642_857 } else { 8.214_286 };
        holds(e, truth * MINUTE, 0.05);
    }
    assert!(low < high);
}

#[test]
fn urgent_cases_cut_off_others() {
    // Exponential times drawn anew are as long as what was left of them.
    for work in ["resume", "redraw"] {
        let r = run_with("preemptive", &[&format!("centre.desk.preemption={work}")]);
        holds(of(&r, class("urgent"), "time_to_completion_mean_hours"), 1.25 * MINUTE, 0.02);
        holds(of(&r, class("routine"), "time_to_completion_mean_hours"), 6.25 * MINUTE, 0.03);
        // Until the first officer, 0.8 / 0.16 of them; an urgent case cuts off one when it finds one at work: 0.6 of them.
        holds(of(&r, class("routine"), "wait_mean_hours"), 5.0 * MINUTE, 0.04);
        holds(of(&r, Section::Whole, "interruptions_per_hour"), 12.0 * 0.6, 0.02);
    }
    let r = run("preemptive-servers");
    let times = [("first", 5.059_709, 0.01), ("second", 6.537_232, 0.01), ("third", 25.538_892, 0.05)];
    for (name, minutes, within) in times {
        holds(of(&r, class(name), "time_to_completion_mean_hours"), minutes * MINUTE, within);
    }
}

#[test]
fn blocked_callers_call_again() {
    let r = run("redial-single");
    holds(of(&r, class("caller"), "between_contacts_mean"), 4.9, 0.05);
    holds(of(&r, class("caller"), "redials_per_client"), 3.5, 0.05);
    holds(of(&r, class("caller"), "answered_share_of_contacts"), 1.0 / 4.5, 0.05);
    holds(of(&r, class("caller"), "wait_mean_hours"), 7.0 * MINUTE, 0.05);
    holds(of(&r, all("desk"), "busy_mean"), 0.7, 0.02);
    let exact = poolwise_theory::redial::loss(6, 300.0, 60.0, 0.85, 6.0).expect("a steady state");
    let r = run("redial");
    holds(of(&r, class("caller"), "answered_share_of_contacts"), 1.0 - exact.blocked, 0.01);
    holds(of(&r, class("caller"), "answered_share_of_clients"), exact.busy / 5.0, 0.01);
    holds(of(&r, class("caller"), "between_contacts_mean"), exact.between, 0.05);
    holds(of(&r, Section::Whole, "contacts_per_hour"), exact.calls, 0.02);
}

#[test]
fn others_take_those_turned_away() {
    let r = run("aside");
    holds(of(&r, Section::Whole, "turned_away_share"), erlang::blocking(7, 5.0), 0.01);
    holds(of(&r, all("four"), "busy_mean"), 5.0 * (1.0 - erlang::blocking(4, 5.0)), 0.005);
}

#[test]
fn who_has_to_wait_is_called_back() {
    let r = run("call-back");
    holds(of(&r, Section::Exit("unreached".to_owned()), "share"), 0.2, 0.02);
    holds(of(&r, Section::Whole, "wait_mean_hours"), 8.429_167 * MINUTE, 0.03);
    holds(of(&r, all("desk"), "busy_mean"), 2.0 / 3.0, 0.01);
    holds(of(&r, Section::Whole, "calls_in_vain_per_hour"), 1.6, 0.02);
}

#[test]
fn officers_kept_free() {
    let exact = [(0.121_66, 0.121_66), (0.049_38, 0.213_97), (0.021_38, 0.306_38), (0.009_91, 0.406_48)];
    for (kept, (urgent, routine)) in exact.into_iter().enumerate() {
        let limit = match kept {
            0 => "busy_below = 10".to_owned(),
            _ => format!("keep_free = {kept}"),
        };
        let r =
            run_with("reserve", &[&format!("centre.desk.reserves=[{{ classes = [\"routine\"], {limit} }}]")]);
        // Half a unit of the last digit beside the interval.
        for (name, share) in [("urgent", urgent), ("routine", routine)] {
            let e = of(&r, class(name), "turned_away_share");
            let off = (e.estimate - share).abs();
            assert!(
                off <= e.half_width() + 5e-6 && e.half_width() < 0.04 * share,
                "{kept} {name}: {e:?}, {share}"
            );
        }
    }
}

/// Each class of a model with skills against the chain.
fn holds_skills(
    name: &str,
    sets: &[&str],
    classes: &[(&str, f64)],
    groups: &[(u32, &[(usize, f64)])],
    (taker, taken): (&Taker, Taken),
    room: u32,
) {
    let r = run_with(name, sets);
    let rates: Vec<f64> = classes.iter().map(|(_, rate)| *rate).collect();
    let groups: Vec<ServerGroup> = groups
        .iter()
        .map(|(servers, serves)| ServerGroup { servers: *servers, serves: serves.to_vec() })
        .collect();
    let exact = choosing(&rates, &groups, taker, taken, room, 2_000).expect("a small chain").0;
    for ((class_name, _), exact) in classes.iter().zip(&exact) {
        holds(of(&r, class(class_name), "turned_away_share"), exact.blocked, 0.04);
        holds(of(&r, class(class_name), "wait_mean_hours"), exact.wait_mean, 0.04);
    }
    holds(of(&r, all("desk"), "busy_mean"), exact.iter().map(|x| x.busy_mean).sum(), 0.01);
}

#[test]
fn officers_of_several_skills() {
    // Cases an hour; 12 services of five minutes an hour.
    let n: [(u32, &[(usize, f64)]); 2] = [(2, &[(0, 12.0)]), (2, &[(1, 12.0), (0, 9.6)])];
    let rates = [("a", 27.0), ("b", 15.0)];
    let turn = Taker::Group(vec![vec![0, 1], vec![1]]);
    holds_skills("skills-n", &[], &rates, &n, (&turn, Taken::Preferred), 6);
    // The same by other rules; with four places, so that the chain of the order in line stays small.
    let four = "centre.desk.queue_capacity.limit=4";
    for (rule, taken) in [("first-in-line", Taken::First), ("longest-queue", Taken::Most)] {
        let case = format!("centre.desk.case_choice={rule}");
        holds_skills("skills-n", &[four, &case], &rates, &n, (&turn, taken), 4);
        let longest = "centre.desk.officer_choice=longest-idle";
        holds_skills("skills-n", &[four, &case, longest], &rates, &n, (&Taker::LongestIdle, taken), 4);
    }
    let m: [(u32, &[(usize, f64)]); 3] = [(1, &[(0, 12.0)]), (1, &[(1, 7.5)]), (2, &[(0, 10.0), (1, 6.25)])];
    let turn = Taker::Group(vec![vec![0, 2], vec![1, 2]]);
    holds_skills("skills-m", &[], &[("a", 20.0), ("b", 12.0)], &m, (&turn, Taken::Preferred), 6);
    let w: [(u32, &[(usize, f64)]); 2] =
        [(2, &[(0, 12.0), (1, 12.0 / 1.1)]), (2, &[(2, 12.0), (1, 12.0 / 1.3)])];
    let turn = Taker::Group(vec![vec![0], vec![0, 1], vec![1]]);
    holds_skills("skills-w", &[], &[("a", 15.0), ("b", 12.0), ("c", 15.0)], &w, (&turn, Taken::Preferred), 4);
}

#[test]
fn cases_are_offered_later_to_a_second_officer() {
    // States: nobody waits, with the first, the second, both or neither at work; somebody waits, since the second was idle or at
    // work, for less than the time; and for longer. Only transition probabilities and mean times matter (semi-Markov).
    let (rate, one, two, after) = (30.0, 12.0, 8.0, 2.0 / 60.0);
    let (stay, both) = (exp(-one * after), exp(-(one + two) * after));
    let at_one = one / (one + two) * (1.0 - both);
    let mean = (1.0 - stay) / one;
    let by =
        |list: Vec<(&'static str, f64)>, mean: f64| list.into_iter().map(|(to, p)| (to, p / mean)).collect();
    let p = poolwise_theory::chain::stationary("none", 7, |state| match *state {
        "none" => vec![("first", rate)],
        "first" => vec![("since idle", rate), ("none", one)],
        "second" => vec![("both", rate), ("none", two)],
        "both" => vec![("since busy", rate), ("second", one), ("first", two)],
        "since idle" => by(vec![("first", 1.0 - stay), ("both", stay)], mean),
        "since busy" => {
            by(vec![("both", at_one + stay - both), ("first", 1.0 - stay - at_one), ("longer", both)], mean)
        }
        _ => vec![("both", one + two)],
    })
    .expect("seven states");
    let waiting = p["since idle"] + p["since busy"] + p["longer"];
    let r = run("offered-later");
    holds(of(&r, Section::Whole, "turned_away_share"), waiting, 0.01);
    holds(of(&r, Section::Whole, "wait_mean_hours"), waiting / (rate * (1.0 - waiting)), 0.01);
    // The values that the file states.
    assert!((waiting - STATED.0).abs() < 1e-6, "{waiting}");
    let wait = 60.0 * waiting / (rate * (1.0 - waiting));
    assert!((wait - STATED.1).abs() < 1e-4, "{wait}");
}

/// Share turned away and mean wait, minutes, that `offered-later.toml` states.
const STATED: (f64, f64) = (0.483_719, 1.8739);

#[test]
fn services_that_take_longer_by_night_and_with_new_officers() {
    // It begins empty, and what is begun in a week or a night goes on beyond: some minutes of four weeks.
    holds(of(&run("handling"), all("desk"), "busy_mean"), 10.0 * (7.0 / 6.0) * 5.75 / 4.0, 0.004);
}

#[test]
fn appointments_whose_clients_do_not_all_come() {
    // The root of x = A(m (1 - x)) below 1, in minutes.
    let mut x = 0.5;
    for _ in 0..1_000 {
        let slot = exp(-15.0 * (1.0 - x) / 12.0);
        x = 0.8 * slot / (1.0 - 0.2 * slot);
    }
    assert!((x - 0.442780).abs() < 1e-6, "{x}");
    let r = run("appointments");
    holds(of(&r, all("surgery"), "p_wait"), x, 0.01);
    holds(of(&r, Section::Whole, "wait_mean_hours"), 12.0 * MINUTE * x / (1.0 - x), 0.02);
}

#[test]
fn requests_that_come_in_batches() {
    let r = run("batches");
    // Geometric with mean m: the mean square is 2 m^2 - m.
    let wait = poolwise_theory::batches::mxm1(36.0, 60.0, 2.5, 2.0 * 6.25 - 2.5).expect("a steady state");
    assert!((wait - 5.25 * MINUTE).abs() < 1e-12);
    holds(of(&r, Section::Whole, "wait_mean_hours"), wait, 0.04);
    holds(of(&r, all("desk"), "busy_mean"), 0.6, 0.01);
}

#[test]
fn a_team_of_a_doctor_and_a_nurse() {
    let weight = |n: u32, m: u32| {
        let part = |k: u32| powi(2.0, k as i32) / (1..=k).map(f64::from).product::<f64>();
        part(n) * part(m)
    };
    let states = || (0..=3_u32).flat_map(|n| (0..=5 - n).map(move |m| (n, m)));
    let all: f64 = states().map(|(n, m)| weight(n, m)).sum();
    let share = |of: &dyn Fn(u32, u32) -> bool| {
        states().filter(|(n, m)| of(*n, *m)).map(|(n, m)| weight(n, m)).sum::<f64>() / all
    };
    let (visit, call) = (share(&|n, m| n == 3 || n + m == 5), share(&|n, m| n + m == 5));
    let r = run("team-of-roles");
    holds(of(&r, class("visit"), "turned_away_share"), visit, 0.02);
    holds(of(&r, class("call"), "turned_away_share"), call, 0.02);
    let at = |role: &str| Section::Centre("ward".to_owned(), role.to_owned());
    holds(of(&r, at("doctor"), "busy_mean"), 2.0 * (1.0 - visit), 0.01);
    holds(of(&r, at("nurse"), "busy_mean"), 2.0 * (1.0 - visit) + 2.0 * (1.0 - call), 0.01);
}

#[test]
fn officers_have_notes_to_write_when_the_request_has_gone_on() {
    let r = run("after-work");
    holds(of(&r, Section::Whole, "wait_mean_hours"), 18.666_667 * MINUTE, 0.04);
    holds(of(&r, Section::Whole, "time_to_completion_mean_hours"), 22.666_667 * MINUTE, 0.04);
    holds(of(&r, all("desk"), "busy_mean"), 0.8, 0.01);
}

#[test]
fn officers_begin_nothing_near_the_end_of_their_shifts() {
    let r = run("last-start");
    holds(of(&r, class("request"), "turned_away_share"), 0.886_574, 0.0015);
    holds(of(&r, Section::Whole, "overtime_hours_per_week"), 2.830_476, 0.04);
    let r = run_with("last-start", &["centre.desk.shift_end={ finish = { at_most = \"30 min\" } }"]);
    // What is left of a case is done in the morning, which is forgotten by the afternoon.
    holds(of(&r, Section::Whole, "overtime_hours_per_week"), 1.113_706, 0.04);
}

#[test]
fn officers_have_several_chats_in_hand_and_rest_after_overtime() {
    let r = run("concurrency");
    let found =
        poolwise_theory::concurrency::servers(2, 30.0, 10.0, &[1.0, 1.25, 1.6], None).expect("a queue");
    holds(of(&r, Section::Whole, "wait_mean_hours"), found.steady.wait_mean, 0.06);
    let each = found.in_hand_mean / found.steady.busy_mean;
    holds(of(&r, Section::Whole, "cases_in_hand"), each, 0.01);
    holds(of(&r, Section::Whole, "busy_mean"), found.steady.busy_mean, 0.01);
    let r = run("min-rest");
    let overtime = of(&r, Section::Whole, "overtime_hours_per_week").estimate;
    assert!((overtime - 31.0 * 7.0 / 3.0).abs() < 1e-9, "{overtime}");
    let on_duty = of(&r, Section::Whole, "on_duty_mean").estimate;
    assert!((on_duty - 0.125).abs() < 1e-12, "{on_duty}");
}

#[test]
fn several_requests_are_served_at_once() {
    let r = run("batch-service");
    let found = poolwise_theory::batch_service::single(24.0, 12.0, 2, 4).expect("a queue");
    holds(of(&r, Section::Whole, "wait_mean_hours"), found.wait_mean, 0.02);
    holds(of(&r, Section::Whole, "busy_mean"), found.busy_mean, 0.02);
    let centre = Section::Centre("museum".to_owned(), "guide".to_owned());
    holds(of(&r, centre, "p_wait"), found.p_wait, 0.02);
}

#[test]
fn two_parts_of_a_request_are_waited_for() {
    let r = run("fork-join");
    let both = poolwise_theory::fork_join::queues(2, 42.0, 60.0).expect("a queue").mean;
    assert!((both * 60.0 - 4.708_333).abs() < 1e-6);
    holds(of(&r, class("patient"), "time_to_completion_mean_hours"), both, 0.02);
    // Each queue for itself is M/M/1, and each request is one.
    for (centre, role) in [("radiology", "radiographer"), ("laboratory", "analyst")] {
        let section = Section::Centre(centre.to_owned(), role.to_owned());
        holds(of(&r, section, "wait_mean_hours"), 0.7 / 18.0, 0.03);
    }
    holds(of(&r, Section::Whole, "busy_mean"), 1.4, 0.005);
    holds(of(&r, class("patient"), "done_per_hour"), 42.0, 0.005);
}

#[test]
fn theory_stands_beside_skills_batches_and_several_at_once() {
    for (name, rows) in [
        ("skills-n", 3),
        ("skills-m", 3),
        ("skills-w", 4),
        ("batches", 1),
        ("batch-service", 1),
        ("concurrency", 1),
        ("fork-join", 3),
    ] {
        let model = poolwise_scenario::load(&folder().join(format!("{name}.toml")), &Overrides::default());
        let model = model.unwrap_or_else(|e| panic!("{}", e.render(false))).model;
        let oracle = poolwise_study::oracle::oracle(&model);
        assert_eq!(oracle.pools.len(), rows, "{name}");
        for pool in &oracle.pools {
            assert!(pool.exact(), "{name}: {:?}", pool.because);
        }
    }
    // What nobody says of who takes what, with four places; and whoever has been idle for longest, whose idleness is the shift's.
    for (choice, is_exact) in [("fewest-roles-first", true), ("longest-idle", false)] {
        let sets =
            ["case_choice=first-in-line", "queue_capacity.limit=4", &format!("officer_choice={choice}")];
        let sets = sets.iter().map(|set| format!("centre.desk.{set}")).collect();
        let overrides = Overrides { sets, ..Overrides::default() };
        let model = poolwise_scenario::load(&folder().join("skills-n.toml"), &overrides);
        let model = model.unwrap_or_else(|e| panic!("{}", e.render(false))).model;
        let oracle = poolwise_study::oracle::oracle(&model);
        assert_eq!(oracle.pools.len(), 3);
        for pool in &oracle.pools {
            assert!(pool.exact() == is_exact && pool.model.contains("Markov chain"), "{pool:?}");
        }
    }
}

#[test]
fn pooling_helps_and_hurts() {
    let separate = run("mixed-separate");
    holds(of(&separate, class("short"), "wait_mean_hours"), 2.5 * MINUTE, 0.05);
    holds(of(&separate, class("long"), "wait_mean_hours"), 25.0 * MINUTE, 0.07);
    holds(of(&separate, Section::Whole, "wait_mean_hours"), 4.545_455 * MINUTE, 0.05);
    holds(of(&run("mixed-pooled"), Section::Whole, "wait_mean_hours"), 6.128 * MINUTE, 0.05);
    let apart = run("pooling-separate");
    holds(of(&apart, Section::Whole, "wait_mean_hours"), 8.769_16 * MINUTE, 0.05);
    let pooled = run("pooling-pooled");
    holds(of(&pooled, Section::Whole, "wait_mean_hours"), 4.8490 / 3600.0, 0.1);
}

#[test]
fn rates_and_staff_that_vary() {
    let r = run("mt-ms");
    let centre = r.keys.iter().find(|k| k.name == "queue_mean").expect("a centre").section.clone();
    holds(of(&r, centre, "queue_mean"), 0.745_738, 0.07);
    holds(of(&r, Section::Whole, "time_to_completion_mean_hours"), 1.046_609, 0.01);
    let r = run("mt-identity");
    let centre = r.keys.iter().find(|k| k.name == "queue_mean").expect("a centre").section.clone();
    let (queue, busy) = (of(&r, centre.clone(), "queue_mean"), of(&r, centre, "busy_mean"));
    let (sum, width) = (queue.estimate + busy.estimate, queue.half_width() + busy.half_width());
    assert!((sum - 16.0).abs() <= width && width < 0.16, "{sum} +- {width}");
}

/// The reference workload. The answers are those of separate programs, to the digits given: half a unit
/// of the last digit is allowed beside the interval.
#[test]
fn network() {
    for (name, local) in [("network", 0.111), ("network-by-officer", 0.105)] {
        // More and shorter replications than the file has: a narrow interval at this confidence.
        let r = run_with(name, &["run.replications=10", "run.horizon=26 weeks"]);
        let locals: Vec<Section> = r
            .keys
            .iter()
            .filter(|k| k.name == "wait_mean_hours")
            .map(|k| k.section.clone())
            .filter(|s| matches!(s, Section::Centre(c, role) if role == "all" && c != "central"))
            .collect();
        assert_eq!(locals.len(), 20);
        let waits: Vec<Estimate> = locals.into_iter().map(|s| of(&r, s, "wait_mean_hours")).collect();
        let mean = waits.iter().map(|e| e.estimate).sum::<f64>() / 20.0;
        let half = waits.iter().map(|e| powi(e.half_width(), 2)).sum::<f64>().sqrt() / 20.0;
        assert!((mean - local).abs() <= half + 0.0005 && half < 0.004, "{name}: {mean} +- {half}");
        let central = of(&r, all("central"), "wait_mean_hours");
        assert!((central.estimate - 0.0007).abs() <= central.half_width() + 0.00005, "{central:?}");
        if name == "network" {
            let lost = of(&r, Section::Whole, "lost_share");
            assert!((lost.estimate - 0.0033).abs() <= lost.half_width() + 0.00005, "{lost:?}");
        }
    }
}

/// Files whose answers are exact to the second.
#[test]
fn shift_ends() {
    let exits = |name: &str| -> Vec<f64> {
        let path = folder().join(format!("{name}.toml"));
        let model = poolwise_scenario::load(&path, &Overrides::default())
            .unwrap_or_else(|e| panic!("{}", e.render(false)))
            .model;
        let outcome = poolwise_engine::run(&model, 0, true).unwrap_or_else(|e| panic!("{e}"));
        let rows = outcome.trace.iter().filter(|r| r.centre.is_none());
        rows.map(|r| r.finished / 3600.0).collect()
    };
    assert_eq!(exits("shift-end-hand-over"), [15.0]);
    assert_eq!(exits("shift-end-restart"), [19.0]);
    assert_eq!(exits("shift-end-levels"), [2.0, 3.0, 3.0]);
    let r = run("shift-end-crews");
    let weeks = r.values[0][r
        .position(&Key { section: Section::Whole, name: "overtime_hours_per_week".into() })
        .expect("overtime")];
    let poolwise_study::measures::Value::Ratio(hours, _) = weeks else { panic!("a ratio") };
    assert!((hours - 9.0).abs() < 1e-9, "{hours}");
}

/// Of 360 calls that an average day would still bring 360 x (25 + 60) / (25 + 120) come, where 60 of 120 have.
#[test]
fn what_has_come_so_far_foretells_the_rest_of_the_day() {
    let r = run("from-now");
    holds(of(&r, Section::Whole, "arrivals_per_hour"), 36.0 * 85.0 / 145.0, 0.02);
}

/// A Markov chain of those who wait, the first officer, and the second at home, finishing or on duty: `tests/rules/triggers.rs` solves it.
#[test]
fn a_second_officer_on_call_has_the_figures_of_its_chain() {
    let r = run("on-call");
    holds(of(&r, Section::Centre("desk".into(), "all".into()), "queue_mean"), 1.025_378, 0.03);
    holds(of(&r, Section::Whole, "call_ins_per_hour"), 0.103_153, 0.03);
}

/// Every file of the folder is run by a test above, or by a case of the validation suite.
#[test]
fn every_file_is_tested() {
    let cases = ["erlang", "general", "pooling", "varying"].map(|group| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("crates/validation/src/{group}.rs"));
        std::fs::read_to_string(path).expect("a group of cases")
    });
    let source = [
        include_str!("textbook.rs"),
        include_str!("textbook_rules.rs"),
        include_str!("textbook_more.rs"),
        include_str!("textbook_variants.rs"),
    ]
    .concat();
    for entry in std::fs::read_dir(folder()).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|e| e == "toml") {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let validated = cases.iter().any(|text| text.contains(&format!("\"{name}.toml\"")));
            assert!(validated || source.contains(&format!("\"{name}\"")), "{name} is not tested");
        }
    }
}
