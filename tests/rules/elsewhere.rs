//! Rules that react in one place to what happens in another: whom they call to it or send there, and which gates they close.

use super::support::{Run, close, csv, run_with, starts};
use poolwise_engine::integral::Count;

/// Cases of an hour at the desk `d`, which is watched, and cases of `p` and `q` at the desk `e`, of an hour too.
fn run(e: &str, trigger: &str, d: &[f64], p: &[f64], q: &[f64]) -> Run {
    let kind = |name: &str, stage: &str| {
        format!(
            "[class.{name}]\nstart = \"{stage}\"\ntrace = {{ file = \"{name}.csv\", kind = \"times\", column = \"time\" }}\n\
             [stage.{stage}]\nservice = {{ role = \"{name}\", time = \"1 h\" }}\nnext = \"out\"\n"
        )
    };
    let text = format!(
        "[run]\nstart = 2018-10-01\nhorizon = \"24 h\"\nreplications = 1\nwhole_weeks = false\n{}{}{}\
         [stage.out]\nexit = true\n[stage.away]\nexit = true\n\
         [centre.d]\nlevels = {{ officers = 1, roles = [\"c\"] }}\n[centre.e]\n{e}\n\
         [[trigger]]\nname = \"rush\"\nat = \"d\"\non = {{ queue = 2 }}\n{trigger}\n\
         [[route]]\nstages = [\"work\"]\nto = \"d\"\n[[route]]\nto = \"e\"\n",
        kind("c", "work"),
        kind("p", "ask"),
        kind("q", "look")
    );
    run_with(&text, &[("c.csv", &csv(d)), ("p.csv", &csv(p)), ("q.csv", &csv(q))], &[])
}

/// One officer for each of two roles.
const EACH: &str = "shifts = [{ name = \"p\", start = \"00:00\", length = \"24 h\", officers = 1, roles = [\"p\"] }, \
                    { name = \"q\", start = \"00:00\", length = \"24 h\", officers = 1, roles = [\"q\"] }]";

#[test]
fn officers_are_called_to_the_place_and_for_the_roles_named() {
    let call = |rest: &str| format!("call_in = [{{ officers = 1, centre = \"e\", stay = \"2 h\"{rest} }}]");
    // At 1 two wait at `d`: an officer comes to `e` for two hours, where two of each kind have come at 1, and two of `p` at 2.
    let found = run(EACH, &call(", roles = [\"p\"]"), &[1.0; 3], &[1.0, 1.0, 2.0, 2.0], &[1.0, 1.0]);
    assert_eq!(starts(&found, "work"), [1.0, 2.0, 3.0]);
    assert_eq!(starts(&found, "ask"), [1.0, 1.0, 2.0, 2.0]);
    assert_eq!(starts(&found, "look"), [1.0, 2.0]);
    close(found.hours("d", Count::OnDuty), 24.0);
    // Of both roles, where nothing is said: one of `q` is begun at once, as it comes.
    let found = run(EACH, &call(""), &[1.0; 3], &[1.0], &[1.0, 1.0]);
    assert_eq!((starts(&found, "ask"), starts(&found, "look")), (vec![1.0], vec![1.0, 1.0]));
}

#[test]
fn officers_are_sent_to_another_place_than_the_one_that_is_watched() {
    let both = "shifts = [{ start = \"00:00\", length = \"24 h\", officers = 1, roles = [\"p\", \"q\"] }]\n\
                [centre.f]\nshifts = [{ start = \"00:00\", length = \"24 h\", officers = 1 }]";
    let order =
        "move_officers = [{ officers = 1, from = \"f\", to = \"e\", roles = [\"q\"], travel = \"15 min\" }]";
    // Two wait at `d` from 1 to 2. One of `f` is at `e` from 1.25 on, for `q` alone: what came at 1 waits for the officer there.
    let found = run(both, order, &[1.0; 3], &[0.5, 1.0], &[1.0]);
    assert_eq!(starts(&found, "work"), [1.0, 2.0, 3.0]);
    assert_eq!((starts(&found, "ask"), starts(&found, "look")), (vec![0.5, 1.5], vec![1.25]));
    // Off at 2, with a quarter of an hour of the case left, and as long to travel: back at 2.5.
    close(found.hours("e", Count::Overtime), 0.25);
    close(found.hours("f", Count::OnDuty), 24.0 - 1.5);
}

#[test]
fn a_gate_is_of_a_place_and_of_classes() {
    let gate = "close = [{ exit = \"away\", centre = \"e\", classes = [\"q\"] }]";
    // Two wait at `d` from 1 to 2: of those who would have to wait at `e` then those of `p` do, and those of `q` are turned away.
    let found = run(EACH, gate, &[1.0; 3], &[1.0, 1.5], &[1.0, 1.5, 2.0, 2.5]);
    assert_eq!(starts(&found, "work"), [1.0, 2.0, 3.0]);
    assert_eq!(starts(&found, "ask"), [1.0, 2.0]);
    assert_eq!((starts(&found, "look"), found.exits("away")), (vec![1.0, 2.0, 3.0], vec![1.5]));
    // Of all classes, where none is named; at the place that is watched, where none is.
    let found = run(EACH, &gate.replace(", classes = [\"q\"]", ""), &[1.0; 3], &[1.0, 1.5], &[1.0, 1.5]);
    assert_eq!(found.exits("away"), [1.5, 1.5]);
    let found = run(EACH, "close = [{ exit = \"away\" }]", &[1.0, 1.0, 1.0, 1.5], &[1.0, 1.5], &[]);
    assert_eq!((found.exits("away"), starts(&found, "ask")), (vec![1.5], vec![1.0, 2.0]));
}
