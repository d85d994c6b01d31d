//! Waits that nobody has the patience for are said where they stand.

mod scenario_support;

use scenario_support::{Folder, good};

/// A class with this deadline, a stage, and a centre.
fn scenario(deadline: &str, service: &str, centre: &str) -> String {
    format!(
        "[run]\nhorizon = \"4 weeks\"\nreplications = 2\n[class.c]\nrate = \"3 per hour\"\nstart = \"s\"\n{deadline}\n\
         [stage.s]\nservice = {{ role = \"r\", {service} }}\nnext = \"out\"\n[stage.out]\nexit = true\n[stage.lost]\nexit = true\n\
         [centre.d]\n{centre}\n"
    )
}

fn patience(after: &str) -> String {
    format!("deadline = {{ after = {after}, until = {{ start = \"s\" }}, exit = \"lost\" }}")
}

/// A warning, at this line, that says all of this.
#[track_caller]
fn warned(text: &str, line: usize, parts: &[&str]) {
    let warnings = good(Folder::new().load(text)).warnings.to_string();
    assert!(parts.iter().all(|part| warnings.contains(part)), "{warnings}");
    assert!(warnings.contains(&format!(".toml:{line}:")), "no place: {warnings}");
}

/// No warning that says this.
#[track_caller]
fn fine(text: &str, part: &str) {
    let warnings = good(Folder::new().load(text)).warnings.to_string();
    assert!(!warnings.contains(part), "{warnings}");
}

#[test]
fn officers_who_take_a_role_when_all_have_given_up() {
    let after = |after: &str| {
        format!(
            "shifts = [{{ start = \"00:00\", length = \"24 h\", officers = 2, roles = [{{ role = \"r\", after = \"{after}\" }}] }}]"
        )
    };
    let text = |patience: &str, wait: &str| scenario(patience, "time = \"5 min\"", &after(wait));
    let never = ["no case of `c` is ever begun in `s` at `d`", "after a wait of 1 h", "nobody waits so long"];
    warned(&text(&patience("\"30 min\""), "1 h"), 15, &never);
    warned(&text(&patience("{ uniform = { low = \"5 min\", high = \"59 min\" } }"), "1 h"), 15, &never);
    for (patience, wait) in [
        (patience("\"30 min\""), "29 min"),
        (patience("{ exponential = \"30 min\" }"), "1 h"),
        (patience("{ uniform = { low = \"5 min\", high = \"61 min\" } }"), "1 h"),
        (String::new(), "1 h"),
    ] {
        fine(&text(&patience, wait), "ever begun");
    }
    // Somebody takes it at once.
    let both = "shifts = [{ start = \"00:00\", length = \"12 h\", officers = 2, roles = [{ role = \"r\", after = \"1 h\" }] }, \
                { start = \"12:00\", length = \"12 h\", officers = 2, roles = [\"r\"] }]";
    fine(&scenario(&patience("\"30 min\""), "time = \"5 min\"", both), "ever begun");
}

#[test]
fn rules_that_move_on_whom_nobody_finds_waiting() {
    let rule = |overflow: &str| {
        format!(
            "levels = {{ officers = 1 }}\nqueue_capacity = {{ limit = 5, exit = \"lost\" }}\n[centre.e]\nlevels = {{ officers = 1 }}\n\
                 [[route]]\nto = \"d\"\noverflow = {{ {overflow}, to = \"e\" }}"
        )
    };
    let text = |overflow: &str| scenario(&patience("\"30 min\""), "time = \"5 min\"", &rule(overflow));
    warned(
        &text("after = \"45 min\""),
        20,
        &["this rule moves nobody on: after 45 min all whom it sends have given up"],
    );
    fine(&text("after = \"15 min\""), "moves nobody on");
    fine(&text("after = \"45 min\", queue = 4"), "moves nobody on");
    warned(&text("queue = 6"), 20, &["this rule moves nobody on: at `d` no more than 5 may wait"]);
    fine(&text("queue = 5"), "moves nobody on");
}

#[test]
fn calls_that_nobody_takes_or_answers() {
    let calls = |queue: u32, answered: &str| {
        let centre = format!(
            "levels = {{ officers = 1 }}\nqueue_capacity = {{ limit = 5, exit = \"lost\" }}\n\
             call_back = {{ queue = {queue}, accepted = 0.5, answered = {answered}, ringing = \"30 s\", exit = \"lost\" }}"
        );
        scenario("", "time = \"5 min\"", &centre)
    };
    warned(&calls(2, "0.0"), 18, &["whoever takes the offer of a call is never served: no call is answered"]);
    warned(&calls(5, "0.8"), 18, &["nobody is ever offered a call at `d`: no more than 5 may wait"]);
    fine(&calls(4, "0.8"), "call");
}

#[test]
fn deadlines_that_nobody_meets() {
    let text = |after: &str, time: &str| {
        let deadline = format!("deadline = {{ after = {after}, until = \"s\", exit = \"lost\" }}");
        scenario(&deadline, &format!("time = {time}"), "levels = { officers = 3 }")
    };
    let lost = ["every request of `c` is lost: `s` is done 30 min after its arrival at the soonest"];
    warned(&text("\"20 min\"", "\"30 min\""), 4, &lost);
    // What ends at the deadline is in time, and who may be quick may be in time.
    fine(&text("\"30 min\"", "\"30 min\""), "is lost");
    fine(&text("\"20 min\"", "{ exponential = \"30 min\" }"), "is lost");
    fine(&text("{ exponential = \"5 min\" }", "\"30 min\""), "is lost");
    // A delay before, and one way round it.
    let delayed = |next: &str| {
        text("\"40 min\"", "\"30 min\"").replace("start = \"s\"", "start = \"w\"")
            + &format!("[stage.w]\ndelay = \"15 min\"\nnext = {next}\n")
    };
    warned(&delayed("\"s\""), 4, &["`s` is done 45 min after its arrival"]);
    fine(
        &delayed("[{ to = \"s\", probability = 0.5 }, { to = \"out\" }]").replace("\"40 min\"", "\"45 min\""),
        "is lost",
    );
}

#[test]
fn an_exit_of_those_turned_away_that_served_ones_share() {
    let capacity = |exit: &str| {
        format!("levels = {{ officers = 1 }}\nqueue_capacity = {{ limit = 5, exit = \"{exit}\" }}")
    };
    let text = |exit: &str| scenario("", "time = \"5 min\"", &capacity(exit));
    warned(
        &text("out"),
        11,
        &["nothing of `c` ever counts as done: no stage that it reaches does", "one of their own"],
    );
    fine(&text("lost"), "counts as done");
    let said = text("out")
        .replace("role = \"r\", time = \"5 min\" }", "role = \"r\", time = \"5 min\" }\ndone = true");
    fine(&said, "counts as done");
}
