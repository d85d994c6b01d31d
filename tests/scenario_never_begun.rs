//! Teams that are on duty together and yet never begin a case, or not all of them: roles, breaks, and the ends of shifts.

mod scenario_support;

use scenario_support::{Folder, good};

/// A stage and a centre; three cases a day.
fn scenario(service: &str, centre: &str) -> String {
    format!(
        "[run]\nhorizon = \"4 weeks\"\nreplications = 2\n[class.c]\nrate = \"3 per day\"\nstart = \"s\"\n\
         [stage.s]\nservice = {{ {service} }}\nnext = \"out\"\n[stage.out]\nexit = true\n[centre.d]\n{centre}\n"
    )
}

/// Two officers, one of them on an early shift of eight hours; the other comes at `second`.
fn two(second: &str, more: &str) -> String {
    format!(
        "{more}\nshifts = [{{ start = \"08:00\", length = \"8 h\", officers = 1 }}, {{ start = \"{second}\", length = \"8 h\", officers = 1 }}]"
    )
}

const PAIR: &str = "role = \"r\", officers = 2, time = \"45 min\"";
const CAN_FINISH: &str = "last_start = \"can-finish\"";

/// An error at the stage that says all of this.
#[track_caller]
fn refused(service: &str, centre: &str, parts: &[&str]) {
    let errors = Folder::new().load(&scenario(service, centre)).expect_err("it should not load").to_string();
    assert!(parts.iter().all(|part| errors.contains(part)), "{errors}");
    assert!(errors.contains(".toml:7:8"), "no place: {errors}");
}

/// No error, and a warning that says all of this.
#[track_caller]
fn warned(service: &str, centre: &str, parts: &[&str]) {
    let warnings = good(Folder::new().load(&scenario(service, centre))).warnings.to_string();
    assert!(parts.iter().all(|part| warnings.contains(part)), "{warnings}");
}

/// Neither, of what this test is about.
#[track_caller]
fn fine(service: &str, centre: &str) {
    let warnings = good(Folder::new().load(&scenario(service, centre))).warnings.to_string();
    assert!(!warnings.contains("at once") && !warnings.contains("never"), "{warnings}");
}

#[test]
fn officers_who_relieve_each_other_through_a_break() {
    let relief = |relief: &str| {
        format!(
            "shifts = [{{ start = \"08:00\", length = \"8 h\", officers = 1, breaks = [{{ after = \"4 h\", length = \"1 h\" }}] }}, \
             {{ start = \"12:00\", {relief}, officers = 1 }}]"
        )
    };
    let never = [
        "`s` takes 2 officers at once, but at `d` whenever so many are on duty somebody is on a break",
        "move it",
    ];
    refused(PAIR, &relief("length = \"1 h\""), &never);
    // A minute after the break will do, and a relief before the shift; also where a break is staggered past its place.
    fine(PAIR, &relief("length = \"61 min\""));
    fine(PAIR, &relief("length = \"1 h\"").replace("12:00", "11:59"));
    fine(
        PAIR,
        "shifts = [{ start = \"08:00\", length = \"8 h\", officers = 4, breaks = [{ after = \"4 h\", length = \"1 h\", stagger = true }] }]",
    );
    // Two whose breaks of half an hour are staggered, at 12:07:30 and 12:22:30, and a third who is there from 12:10 to 12:50.
    let staggered = |length: &str| {
        format!(
            "shifts = [{{ start = \"08:00\", length = \"8 h\", officers = 2, breaks = [{{ between = [\"4 h\", \"5 h\"], length = \"30 min\" }}] }}, \
         {{ start = \"12:10\", length = \"{length}\", officers = 1 }}]"
        )
    };
    let three = "role = \"r\", officers = 3, time = \"5 min\"";
    refused(three, &staggered("40 min"), &["somebody is on a break"]);
    fine(three, &staggered("45 min"));
    // Urgent cases have breaks wait.
    fine(PAIR, &format!("discipline = \"preemptive\"\n{}", relief("length = \"1 h\"")));
    // Of one officer alone a break says nothing.
    fine("role = \"r\", time = \"45 min\"", &relief("length = \"1 h\""));
}

#[test]
fn teams_that_cannot_finish_together() {
    // Together for half an hour: too short for 45 minutes, long enough for 30.
    let half = two("15:30", CAN_FINISH);
    refused(
        PAIR,
        &half,
        &["no case of `s` is ever begun at `d`", "a team has together at most 30 min of its shifts"],
    );
    fine("role = \"r\", officers = 2, time = \"30 min\"", &half);
    // A quarter of an hour afterwards counts.
    let after = "role = \"r\", officers = 2, time = \"25 min\", after_work = \"10 min\"";
    refused(after, &half, &["no case of `s` is ever begun"]);
    // Slower officers: 25 minutes at speed 1.3 take 32.5.
    let slow = two("15:30", &format!("{CAN_FINISH}\nspeed = 1.3"));
    refused("role = \"r\", officers = 2, time = \"25 min\"", &slow, &["no case of `s` is ever begun"]);
    // Exponential with mean 20 minutes: beyond 30 minutes exp(-1.5) = 22.3 %, less what is longer than a shift.
    let random = "role = \"r\", officers = 2, time = { exponential = \"20 min\" }";
    warned(random, &half, &["22.3 % of the cases of `s` are never begun at `d`", "30 min"]);
    // What no shift can hold is begun, and one officer can always do what his shift holds.
    fine("role = \"r\", officers = 2, time = \"9 h\"", &half);
    fine("role = \"r\", time = { exponential = \"20 min\" }", &half);
    // A last start before the other comes.
    refused(
        PAIR,
        &two("15:30", "last_start = \"45 min\""),
        &[
            "`s` takes 2 officers at once",
            "the last start, 45 min before the end of a shift, is before the others come",
        ],
    );
    fine(PAIR, &two("15:30", "last_start = \"30 min\""));
}

#[test]
fn cases_that_begin_again_at_the_end_of_every_shift() {
    let restart = |officers: u32| {
        format!(
            "shift_end = \"restart\"\nshifts = [{{ start = \"08:00\", length = \"8 h\", officers = {officers} }}]"
        )
    };
    let never = ["no case of `s` is ever ended at `d`", "an officer has at most 8 h of a shift"];
    refused("role = \"r\", time = \"10 h\"", &restart(3), &never);
    fine("role = \"r\", time = \"8 h\"", &restart(3));
    // exp(-4) = 1.8 % of cases of two hours in the mean.
    warned(
        "role = \"r\", time = { exponential = \"2 h\" }",
        &restart(3),
        &["1.8 % of the cases of `s` are never ended at `d`", "hand it over"],
    );
    refused(
        PAIR,
        &two("15:30", "shift_end = \"restart\""),
        &["no case of `s` is ever ended", "at most 30 min"],
    );
    // Handed over, it ends some day; not where that costs a whole shift.
    let hand_over = |penalty: &str| {
        format!(
            "shift_end = {{ hand_over = {{ penalty = \"{penalty}\" }} }}\nshifts = [{{ start = \"08:00\", length = \"8 h\", officers = 3 }}]"
        )
    };
    fine("role = \"r\", time = \"10 h\"", &hand_over("2 min"));
    refused("role = \"r\", time = \"10 h\"", &hand_over("8 h"), &["no case of `s` is ever ended"]);
}

#[test]
fn roles_that_never_meet() {
    let team = "role = \"r\", with = { q = 1 }, time = \"5 min\"";
    let shifts = |start: &str, first: &str, second: &str| {
        format!(
            "shifts = [{{ start = \"08:00\", length = \"8 h\", officers = 1, roles = [{first}] }}, \
             {{ start = \"{start}\", length = \"8 h\", officers = 1, roles = [{second}] }}]"
        )
    };
    let never = [
        "`s` takes an officer of the role `r` and an officer of the role `q` at once, but at `d` they are never on duty together",
    ];
    refused(team, &shifts("16:00", "\"r\"", "\"q\""), &never);
    fine(team, &shifts("15:59", "\"r\"", "\"q\""));
    // One officer who holds both is one officer.
    refused(team, &shifts("16:00", "\"r\", \"q\"", "\"r\", \"q\""), &never);
    fine(team, &shifts("15:00", "\"r\", \"q\"", "\"q\""));
}

/// How many cases are in hand makes each longer, however few they are.
#[test]
fn cases_of_officers_with_several_in_hand() {
    let shifts = |slower: &str| {
        format!(
            "shift_end = \"restart\"\nconcurrency = {{ cases = 2, slower = [{slower}] }}\n\
             shifts = [{{ start = \"08:00\", length = \"8 h\", officers = 1 }}]"
        )
    };
    let service = |hours: f64| format!("role = \"r\", time = \"{hours} h\"");
    let never = ["no case of `s` is ever ended at `d`", "an officer has at most 8 h of a shift"];
    // Alone it may take 8 hours; where one alone goes at half the speed, 4; where two go twice as fast, 16.
    fine(&service(8.0), &shifts("1.0, 1.5"));
    refused(&service(8.5), &shifts("1.0, 1.5"), &never);
    fine(&service(4.0), &shifts("2.0, 3.0"));
    refused(&service(4.5), &shifts("2.0, 3.0"), &never);
    fine(&service(15.0), &shifts("1.0, 0.5"));
    // A team of two never comes about among them, and does elsewhere.
    let team = "role = \"r\", officers = 2, time = \"1 h\"";
    let errors = Folder::new().load(&scenario(team, &shifts("1.0, 1.5"))).expect_err("refused").to_string();
    assert!(
        errors.contains("officers of `d` have several cases in hand, and `s` takes several officers at once"),
        "{errors}"
    );
    let text = scenario(team, &shifts("1.0, 1.5"))
        + "[stage.t]\nservice = { role = \"r\", time = \"1 h\" }\nnext = \"out\"\n[class.e]\nrate = \"1 per day\"\nstart = \"t\"\n\
           [centre.e]\nshifts = [{ start = \"08:00\", length = \"8 h\", officers = 2 }]\n\
           [[route]]\nstages = [\"s\"]\nto = \"e\"\n[[route]]\nto = \"d\"\n";
    good(Folder::new().load(&text));
    // Nor do those who are called in have several in hand.
    let help = "[[trigger]]\nname = \"h\"\non = { queue = 3 }\ncall_in = [{ officers = 1 }]\n";
    let text = scenario(&service(1.0), &shifts("1.0, 1.5")) + help;
    let errors = Folder::new().load(&text).expect_err("refused").to_string();
    assert!(
        errors.contains("and others are called in or moved there") && errors.contains(".toml:14:15"),
        "{errors}"
    );
}

/// Services of several requests at a centre that finishes them, beside another of the same role that does not.
#[test]
fn services_of_several_go_where_they_can() {
    let service = "role = \"r\", time = \"1 h\", batch = { most = 2 }";
    let handed =
        "shift_end = \"hand-over\"\nshifts = [{ start = \"08:00\", length = \"8 h\", officers = 1 }]";
    let errors = Folder::new().load(&scenario(service, handed)).expect_err("refused").to_string();
    assert!(errors.contains("`d` does not finish what it has in hand"), "{errors}");
    let text = scenario(service, handed)
        + "[stage.t]\nservice = { role = \"r\", time = \"1 h\" }\nnext = \"out\"\n[class.e]\nrate = \"1 per day\"\nstart = \"t\"\n\
           [centre.e]\nlevels = { officers = 1 }\n[[route]]\nstages = [\"s\"]\nto = \"e\"\n[[route]]\nto = \"d\"\n";
    good(Folder::new().load(&text));
}

/// Whoever may be called in, or moved there, is counted among those who are on duty together.
#[test]
fn a_team_may_be_made_up_by_who_comes_to_help() {
    let one = "levels = { officers = 1 }\n";
    let help = |officers: u32| {
        format!(
            "{one}[[trigger]]\nname = \"h\"\non = {{ queue = 1 }}\ncall_in = [{{ officers = {officers} }}]"
        )
    };
    let three = "role = \"r\", officers = 3, time = \"1 h\"";
    refused(three, &help(1), &["`s` takes 3 officers at once, but at `d` at most 2"]);
    fine(three, &help(2));
    fine("role = \"r\", time = \"1 h\"", &help(1).replace("officers = 1 }\n", "officers = 0 }\n"));
}

/// Rest after overtime puts a shift off, and never for good.
#[test]
fn who_rests_comes_again() {
    let rests = |rest: &str, ends: &str| {
        format!(
            "min_rest = \"{rest}\"\n{ends}shifts = [{{ start = \"08:00\", length = \"8 h\", officers = 2 }}]"
        )
    };
    // Cases longer than any shift are finished, or handed over as long as that costs less than a shift does.
    fine("role = \"r\", officers = 2, time = \"30 h\"", &rests("15 h", ""));
    let limited = |penalty: &str| {
        rests(
            "11 h",
            &format!("shift_end = {{ finish = {{ at_most = \"2 h\", penalty = \"{penalty}\" }} }}\n"),
        )
    };
    fine("role = \"r\", time = \"30 h\"", &limited("9 h"));
    refused("role = \"r\", time = \"30 h\"", &limited("10 h"), &["no case of `s` is ever ended"]);
    // One officer alone comes two hours late after two of overtime, 14 h before the next shift of 8 h: he does 8 h in all.
    let alone = |penalty: &str, rest: &str| {
        rests(rest, &format!("shift_end = {{ finish = {{ at_most = \"2 h\", penalty = \"{penalty}\" }} }}\n"))
            .replace("officers = 2", "officers = 1")
    };
    fine("role = \"r\", time = \"30 h\"", &alone("7 h", "16 h"));
    refused("role = \"r\", time = \"30 h\"", &alone("8 h", "16 h"), &["no case of `s` is ever ended"]);
    fine("role = \"r\", time = \"30 h\"", &alone("8 h", "14 h"));
    // He does one of ten hours before his first rest.
    fine("role = \"r\", time = \"10 h\"", &alone("8 h", "16 h"));
}
