//! Roles in order of preference, at a speed, and after a wait; which officer takes a case and which case an officer takes; teams of
//! several roles.

use super::support::{Run, close, csv, run_with, starts, two_roles};
use poolwise_engine::integral::Count;

/// Cases of two hours of role `a` and role `b`, at these hours, at a centre with these rules.
fn run(centre: &str, a: &[f64], b: &[f64]) -> Run {
    two_roles(48, centre, a, b)
}

fn ends(run: &Run, stage: &str) -> Vec<f64> {
    run.services(stage).iter().map(|s| s.2).collect()
}

/// A shift around the clock of so many officers who hold these roles.
fn shift(name: &str, officers: u32, roles: &str) -> String {
    format!(
        "{{ name = \"{name}\", start = \"00:00\", length = \"24 h\", officers = {officers}, roles = [{roles}] }}"
    )
}

fn shifts(list: &[String]) -> String {
    format!("shifts = [{}]", list.join(", "))
}

#[test]
fn cases_are_offered_to_the_second_group_after_a_wait() {
    let groups = |after: &str| {
        let second = format!("\"b\", {{ role = \"a\", after = \"{after}\" }}");
        shifts(&[shift("first", 1, "\"a\""), shift("second", 1, &second)])
    };
    // The first takes the case of 0; that of 0.5 waits an hour for the second, who begins it at 1.5.
    assert_eq!(starts(&run(&groups("1 h"), &[0.0, 0.5], &[]), "sa"), [0.0, 1.5]);
    // Meanwhile the second takes what comes of b, at once, and then the case has waited long enough when b ends.
    let found = run(&groups("1 h"), &[0.0, 0.5], &[1.0]);
    assert_eq!((starts(&found, "sa"), starts(&found, "sb")), (vec![0.0, 2.0], vec![1.0]));
    // The wait of each counts: of two that wait the second is offered to nobody before 2.75, and the first officer is free at 2.
    assert_eq!(starts(&run(&groups("1 h"), &[0.0, 0.5, 1.75], &[]), "sa"), [0.0, 1.5, 2.0]);
    // Without a wait nobody waits, and one longer than the queue is none.
    assert_eq!(starts(&run(&groups("0 h"), &[0.0, 0.5], &[]), "sa"), [0.0, 0.5]);
    assert_eq!(starts(&run(&groups("9 h"), &[0.0, 0.5], &[]), "sa"), [0.0, 2.0]);
    // An officer alone who leaves cases to nobody takes them late.
    let alone = shifts(&[shift("only", 1, "\"b\", { role = \"a\", after = \"30 min\" }")]);
    assert_eq!(starts(&run(&alone, &[1.0], &[]), "sa"), [1.5]);
    // One who has waited elsewhere in the line, for b, is not asked about a.
    let level = "levels = { officers = 1, roles = [\"b\", { role = \"a\", after = \"30 min\" }] }";
    assert_eq!(starts(&run(level, &[1.0, 1.1], &[]), "sa"), [1.5, 3.5]);
}

#[test]
fn an_officer_takes_the_case_that_comes_first_in_the_order_of_roles() {
    let centre = |choice: &str, roles: &str| {
        format!("case_choice = \"{choice}\"\n{}", shifts(&[shift("s", 1, roles)]))
    };
    // Busy until 2; a of 0.5, b of 1 and 1.5 wait.
    let order = |choice: &str, roles: &str| {
        let found = run(&centre(choice, roles), &[0.0, 0.5], &[1.0, 1.5]);
        (starts(&found, "sa"), starts(&found, "sb"))
    };
    assert_eq!(order("first-in-line", "\"b\", \"a\""), (vec![0.0, 2.0], vec![4.0, 6.0]));
    assert_eq!(order("by-preference", "\"b\", \"a\""), (vec![0.0, 6.0], vec![2.0, 4.0]));
    assert_eq!(order("by-preference", "\"a\", \"b\""), (vec![0.0, 2.0], vec![4.0, 6.0]));
    // Two of b against one of a; then one against one, where the order decides.
    assert_eq!(order("longest-queue", "\"a\", \"b\""), (vec![0.0, 4.0], vec![2.0, 6.0]));
    assert_eq!(order("longest-queue", "\"b\", \"a\""), (vec![0.0, 6.0], vec![2.0, 4.0]));
}

#[test]
fn the_officer_is_the_one_who_prefers_the_role_or_is_fastest() {
    let order = |choice: &str, list: [String; 2]| {
        let found = run(&format!("officer_choice = \"{choice}\"\n{}", shifts(&list)), &[1.0], &[1.5, 1.5]);
        (ends(&found, "sa"), ends(&found, "sb"))
    };
    let both = |x: &str, y: &str| [shift("x", 1, x), shift("y", 1, y)];
    // y prefers a and takes its case at 1; x is free for b at 1.5, and y from 3 on.
    for list in [both("\"b\", \"a\"", "\"a\", \"b\""), both("\"a\", \"b\"", "\"b\", \"a\"")] {
        assert_eq!(order("by-preference", list), (vec![3.0], vec![3.5, 5.0]));
    }
    // Who prefers b is slow at a, and does not begin its case in either order of names.
    let slow_at_a = "\"b\", { role = \"a\", speed = 2.0 }";
    for list in [both(slow_at_a, "\"a\", \"b\""), both("\"a\", \"b\"", slow_at_a)] {
        assert_eq!(order("by-preference", list).0, [3.0]);
    }
    // x is slow at b: 3 h. Were it x who takes a, both cases of b would end later or earlier than so.
    let slow = "\"a\", { role = \"b\", speed = 1.5 }";
    let list = both(slow, "\"a\", { role = \"b\", speed = 1.0 }");
    assert_eq!(order("fastest", list.clone()).0, [3.0]);
    let reversed = [list[1].clone(), list[0].clone()];
    assert_eq!(order("fastest", list), order("fastest", reversed));
    // At b alone: the fast one takes the first case although the other has been idle for as long.
    let found = run(
        &format!("officer_choice = \"fastest\"\n{}", shifts(&both(slow, "\"b\", \"a\""))),
        &[],
        &[1.0, 1.0],
    );
    assert_eq!(ends(&found, "sb"), [3.0, 4.0]);
    let found = run(
        &format!("officer_choice = \"fastest\"\n{}", shifts(&both(slow, "\"b\", \"a\""))),
        &[],
        &[1.0, 3.5],
    );
    assert_eq!(ends(&found, "sb"), [3.0, 5.5]);
}

#[test]
fn who_goes_on_with_a_case_does_what_is_left_at_the_own_speed() {
    // A case of 2 h from 3 on, by an officer until 4 who takes half as long again: a third is done, and the next, twice as slow,
    // needs 2 x 4/3 h. Begun again it is 4 h; in overtime it is done at 6.
    let lines = "shifts = [{ name = \"x\", start = \"00:00\", length = \"4 h\", officers = 1, roles = [{ role = \"a\", speed = 1.5 }, \"b\"] }, \
                 { name = \"y\", start = \"04:00\", length = \"20 h\", officers = 1, roles = [{ role = \"a\", speed = 2.0 }, \"b\"] }]";
    for (rule, end) in [("hand-over", 4.0 + 8.0 / 3.0), ("restart", 8.0), ("finish", 6.0)] {
        let found = run(&format!("shift_end = \"{rule}\"\n{lines}"), &[3.0], &[]);
        close(found.exits("out")[0], end);
    }
    // The case of b is as fast with either, and the speed of a centre multiplies.
    close(run(&format!("shift_end = \"hand-over\"\n{lines}"), &[], &[3.0]).exits("out")[0], 5.0);
    close(run(&format!("speed = 2.0\n{lines}"), &[3.0], &[]).exits("out")[0], 9.0);
    // Who begins only what can be finished asks by the own speed: 3 h do not fit before 4, and the next begins at 4.
    close(run(&format!("last_start = \"can-finish\"\n{lines}"), &[1.5], &[]).exits("out")[0], 8.0);
    close(run(&format!("last_start = \"can-finish\"\n{lines}"), &[1.0], &[]).exits("out")[0], 4.0);
    // A level too.
    let level = "levels = { officers = 1, roles = [{ role = \"a\", speed = 1.5 }, \"b\"] }";
    let found = run(level, &[0.0], &[0.0]);
    assert_eq!((ends(&found, "sa"), ends(&found, "sb")), (vec![3.0], vec![5.0]));
}

/// Cases that take these officers for two hours, at these hours; cases of an hour of role `nurse`.
fn visits(with: &str, centre: &str, visits: &[f64], calls: &[f64]) -> Run {
    let text = format!(
        "[run]\nstart = 2018-10-01\nhorizon = \"48 h\"\nreplications = 1\nwhole_weeks = false\n\
         [class.visit]\nstart = \"visit\"\ntrace = {{ file = \"v.csv\", kind = \"times\", column = \"time\" }}\n\
         [class.call]\nstart = \"call\"\ntrace = {{ file = \"c.csv\", kind = \"times\", column = \"time\" }}\n\
         [stage.visit]\nservice = {{ role = \"doctor\", time = \"2 h\", {with} }}\nnext = \"out\"\n\
         [stage.call]\nservice = {{ role = \"nurse\", time = \"1 h\" }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[centre.d]\n{centre}\n"
    );
    run_with(&text, &[("v.csv", &csv(visits)), ("c.csv", &csv(calls))], &[])
}

#[test]
fn a_team_takes_officers_of_several_roles_at_once() {
    let own = shifts(&[shift("doctors", 2, "\"doctor\""), shift("nurses", 1, "\"nurse\"")]);
    // The nurse is on a call until 1: the visits wait for both. A second doctor is of no use; the call of 2 came after both visits.
    let found = visits("with = { nurse = 1 }", &own, &[0.5, 0.5], &[0.0, 2.0]);
    assert_eq!((starts(&found, "visit"), starts(&found, "call")), (vec![1.0, 3.0], vec![0.0, 5.0]));
    // Each is at work in the own role: two visits of 2 h, and two calls.
    let role = |name: &str| {
        let role = found.model.roles.iter().position(|r| r == name).expect("a role");
        let centre = &found.outcome.centres[0];
        let slot = centre.roles.iter().position(|r| *r == role).expect("held") + 1;
        centre.integrals.total(slot, Count::Busy) / 3600.0
    };
    close(role("doctor"), 4.0);
    close(role("nurse"), 6.0);
    // Calls that come while it waits may be begun, or not.
    let one = shifts(&[shift("doctors", 1, "\"doctor\""), shift("nurses", 2, "\"nurse\"")]);
    let found = visits("with = { nurse = 2 }", &one, &[0.5], &[0.0, 0.75]);
    assert_eq!((starts(&found, "visit"), starts(&found, "call")), (vec![1.75], vec![0.0, 0.75]));
    let found = visits("with = { nurse = 2 }, overtaking = false", &one, &[0.5], &[0.0, 0.75]);
    assert_eq!((starts(&found, "visit"), starts(&found, "call")), (vec![1.0], vec![0.0, 3.0]));
    // A level that holds both.
    let found = visits("with = { nurse = 2 }", "levels = { officers = 3 }", &[0.0], &[0.5, 2.0]);
    assert_eq!((starts(&found, "visit"), starts(&found, "call")), (vec![0.0], vec![2.0, 2.0]));
}

#[test]
fn who_holds_both_roles_stands_in_where_the_team_lacks_one() {
    // One who holds both and has been idle for longest, one nurse: the first must be the doctor.
    let centre = |choice: &str| {
        let list = [shift("all", 1, "\"nurse\", \"doctor\""), shift("nurses", 1, "\"nurse\"")];
        format!("officer_choice = \"{choice}\"\n{}", shifts(&list))
    };
    for choice in ["longest-idle", "fewest-roles-first", "as-listed", "by-preference"] {
        let found = visits("with = { nurse = 1 }", &centre(choice), &[1.0], &[]);
        assert_eq!(starts(&found, "visit"), [1.0], "{choice}");
    }
    // One who holds both and stands first, one doctor: the first must be the nurse.
    let list = [shift("all", 1, "\"nurse\", \"doctor\""), shift("doctors", 1, "\"doctor\"")];
    let found = visits(
        "with = { nurse = 1 }",
        &format!("officer_choice = \"as-listed\"\n{}", shifts(&list)),
        &[1.0],
        &[],
    );
    assert_eq!(starts(&found, "visit"), [1.0]);
    // A porter besides, whom only the one who is a nurse too can be: the nurse must be the other, so that a call waits.
    let list = [
        shift("doctors", 1, "\"doctor\""),
        shift("both", 1, "\"nurse\", \"porter\""),
        shift("nurses", 1, "\"nurse\""),
    ];
    let centre = format!("officer_choice = \"as-listed\"\n{}", shifts(&list));
    let found = visits("with = { nurse = 1, porter = 1 }", &centre, &[1.0], &[1.5]);
    assert_eq!((starts(&found, "visit"), starts(&found, "call")), (vec![1.0], vec![3.0]));
    // Two who hold both are a team; one alone is none, whatever the count.
    let two = shifts(&[shift("all", 2, "\"doctor\", \"nurse\"")]);
    assert_eq!(starts(&visits("with = { nurse = 1 }", &two, &[1.0], &[0.5]), "visit"), [1.5]);
    // Two doctors and a nurse out of two who hold both and two nurses: both must be doctors.
    let mixed = shifts(&[shift("all", 2, "\"doctor\", \"nurse\""), shift("nurses", 2, "\"nurse\"")]);
    let found = visits("officers = 2, with = { nurse = 1 }", &mixed, &[1.0], &[0.5, 0.5, 0.5]);
    // The three calls take one who holds both at most after the nurses; at 1.5 all are free.
    assert_eq!(starts(&found, "visit"), [1.5]);
}

#[test]
fn the_shift_of_one_of_a_team_ends_for_all() {
    // The nurse goes at 2: handed over, the visit of 1 is done by the doctor and the next nurse, from 3 on: an hour was left.
    let lines = "shifts = [{ name = \"doctors\", start = \"00:00\", length = \"24 h\", officers = 1, roles = [\"doctor\"] }, \
         { name = \"early\", start = \"00:00\", length = \"2 h\", officers = 1, roles = [\"nurse\"] }, \
         { name = \"late\", start = \"03:00\", length = \"21 h\", officers = 1, roles = [\"nurse\"] }]";
    let found = visits("with = { nurse = 1 }", &format!("shift_end = \"hand-over\"\n{lines}"), &[1.0], &[]);
    assert_eq!(found.exits("out"), [4.0]);
    // Finished, the overtime is the nurse's alone.
    let found = visits("with = { nurse = 1 }", lines, &[1.0], &[]);
    assert_eq!(found.exits("out"), [3.0]);
    let nurse = found.model.roles.iter().position(|r| r == "nurse").expect("a role");
    let slot = found.outcome.centres[0].roles.iter().position(|r| *r == nurse).expect("held") + 1;
    close(found.outcome.centres[0].integrals.total(slot, Count::Overtime) / 3600.0, 1.0);
}
