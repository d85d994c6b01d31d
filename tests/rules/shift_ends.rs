//! Last starts, overtime that ends before the case does, work after a request has gone on.

use super::support::{Run, close, csv, head, run_at, run_with, starts};
use poolwise_engine::integral::Count;

/// Cases of so many hours at these hours, and a centre.
fn run(length: &str, centre: &str, arrivals: &[f64]) -> Run {
    let text = format!(
        "{}[stage.work]\nservice = {{ role = \"o\", time = \"{length}\" }}\nnext = \"out\"\n[stage.out]\nexit = true\n\
         [centre.d]\n{centre}\n",
        head(80.0, "work")
    );
    run_at(&text, arrivals)
}

/// One officer until 8, the next until 16, and one until 48.
const CREWS: &str = "crews = [{ name = \"a\", from = \"0 h\", until = \"8 h\", officers = 1 }, \
                     { name = \"b\", from = \"8 h\", until = \"16 h\", officers = 1 }, \
                     { name = \"c\", from = \"16 h\", until = \"48 h\", officers = 1 }]";

#[test]
fn an_officer_begins_no_case_after_the_last_start() {
    let with = |rule: &str| format!("last_start = {rule}\n{CREWS}");
    // At 7, the last start, one is begun; after it nobody is until the next officer comes at 8.
    let found = run("30 min", &with("\"1 h\""), &[7.0, 7.1]);
    assert_eq!(starts(&found, "work"), [7.0, 8.0]);
    let found = run("30 min", &with("\"1 h\""), &[6.75, 6.8]);
    assert_eq!(starts(&found, "work"), [6.75, 8.0]);
    // He is on duty all the same.
    close(found.hours("d", Count::OnDuty), 48.0);
    // Nor may the end of a case that he has in hand go on into another.
    let found = run("2 h", &with("\"1 h\""), &[5.5, 5.6]);
    assert_eq!(starts(&found, "work"), [5.5, 8.0]);
}

#[test]
fn what_cannot_be_finished_is_not_begun_and_what_can_overtakes() {
    let text = format!(
        "[run]\nstart = 2018-10-01\nhorizon = \"72 h\"\nreplications = 1\nwhole_weeks = false\nwarm_up = \"0 weeks\"\n\
         [class.long]\nstart = \"long\"\ntrace = {{ file = \"l.csv\", kind = \"times\", column = \"time\" }}\n\
         [class.short]\nstart = \"short\"\ntrace = {{ file = \"s.csv\", kind = \"times\", column = \"time\" }}\n\
         [stage.long]\nservice = {{ role = \"o\", time = \"3 h\" }}\nnext = \"out\"\n\
         [stage.short]\nservice = {{ role = \"o\", time = \"30 min\", after_work = \"15 min\" }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[centre.d]\nlast_start = \"can-finish\"\n{CREWS}\n"
    );
    let run =
        |long: &[f64], short: &[f64]| run_with(&text, &[("l.csv", &csv(long)), ("s.csv", &csv(short))], &[]);
    // The case of 3 hours that comes at 5 ends at 8, to the second; that of 5.5 waits, and the short one of 6 goes before it.
    let found = run(&[5.0], &[]);
    assert_eq!(starts(&found, "long"), [5.0]);
    let found = run(&[5.5], &[6.0, 7.25, 7.5]);
    assert_eq!(starts(&found, "long"), [8.0]);
    // With its after-work the one of 7.5 would end at 8.25. Both that wait are begun at 8 by who reached the stage first.
    assert_eq!(starts(&found, "short"), [6.0, 7.25, 11.0]);
    close(found.hours("d", Count::Overtime), 0.0);
    // Without its after-work this one would end at 7.9: the officer is free, and does not begin it.
    assert_eq!(starts(&run(&[], &[7.4]), "short"), [8.0]);
    assert_eq!(starts(&run(&[], &[7.25]), "short"), [7.25]);
}

#[test]
fn a_case_longer_than_the_shift_is_begun_at_any_time() {
    let found = run("9 h", &format!("last_start = \"can-finish\"\n{CREWS}"), &[3.0, 3.0]);
    // The first at once, into overtime until 12; the second by the next officer at 8, though his shift is too short as well.
    assert_eq!(starts(&found, "work"), [3.0, 8.0]);
    close(found.hours("d", Count::Overtime), 5.0);
}

#[test]
fn overtime_of_limited_length_ends_in_a_hand_over() {
    let with = |finish: &str| format!("shift_end = {{ finish = {{ {finish} }} }}\n{CREWS}");
    // Until 9 in overtime, then to the head of the queue with 2 of 6 left, before the one that came at 4.
    let found = run("6 h", &with("at_most = \"1 h\""), &[5.0, 6.0, 7.0]);
    // The next officer has the second from 8 to 14, then the rest of the first until 16, and there goes home with nothing in hand.
    assert_eq!(found.services("work"), [(2, 8.0, 14.0), (1, 14.0, 16.0), (3, 16.0, 22.0)]);
    close(found.hours("d", Count::Overtime), 1.0);
    let found = run("6 h", &with("at_most = \"1 h\", penalty = \"30 min\""), &[5.0, 6.0]);
    // Half an hour more than it would have been, of which none is overtime beyond the first's.
    assert_eq!(found.services("work"), [(2, 8.0, 14.0), (1, 14.0, 16.5)]);
    close(found.hours("d", Count::Overtime), 1.5);
    // A case that ends at the limit is finished.
    let found = run("6 h", &with("at_most = \"1 h\""), &[3.0]);
    assert_eq!(found.services("work"), [(1, 3.0, 9.0)]);
}

fn with_after_work(after: &str, rest: &str, centre: &str) -> String {
    format!(
        "{}[stage.work]\nservice = {{ role = \"o\", time = \"2 h\", after_work = \"{after}\"{rest} }}\nnext = \"sign\"\n\
         [stage.sign]\nservice = {{ role = \"o\", time = \"1 h\" }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[centre.d]\n{centre}\n",
        head(80.0, "work")
    )
}

#[test]
fn after_work_keeps_the_officer_and_not_the_request() {
    for officers in [
        "levels = { officers = 1 }",
        "shifts = [{ start = \"00:00\", length = \"24 h\", officers = 1 }]\nshift_end = \"hand-over\"",
        "levels = { steps = [[\"0 h\", 1]], finish = \"by-officer\" }",
        "levels = { officers = 1 }\nshift_end = \"hand-over\"",
        "levels = { officers = 1 }\ndiscipline = \"preemptive\"",
    ] {
        // Work until 2, after-work until 3, and in line the second request before the first one's next stage.
        let found = run_at(&with_after_work("1 h", "", officers), &[0.0, 1.0]);
        assert_eq!(found.services("work"), [(1, 0.0, 2.0), (2, 3.0, 5.0)], "{officers}");
        assert_eq!(found.services("sign"), [(1, 6.0, 7.0), (2, 7.0, 8.0)], "{officers}");
        close(found.hours("d", Count::Busy), 8.0);
        close(found.hours("d", Count::Overtime), 0.0);
    }
    // A team has it together, and another officer goes on with the request at once.
    let team = with_after_work("1 h", ", officers = 2", "levels = { officers = 3 }");
    let found = run_at(&team, &[0.0, 1.0]);
    assert_eq!(found.services("sign"), [(1, 2.0, 3.0), (2, 5.0, 6.0)]);
    close(found.hours("d", Count::Busy), 2.0 * (4.0 + 2.0) + 2.0);
}

#[test]
fn after_work_is_finished_in_overtime_or_ends_with_the_shift() {
    let crews = |rule: &str| {
        format!(
            "shift_end = {rule}\ncrews = [{{ from = \"0 h\", until = \"3 h\", officers = 1 }}, \
                                      {{ from = \"5 h\", until = \"80 h\", officers = 1 }}]"
        )
    };
    for (rule, overtime) in
        [("\"finish\"", 1.0), ("{ finish = { at_most = \"30 min\" } }", 0.5), ("\"hand-over\"", 0.0)]
    {
        let found = run_at(&with_after_work("2 h", "", &crews(rule)), &[0.0]);
        assert_eq!(found.services("sign"), [(1, 5.0, 6.0)], "{rule}");
        close(found.hours("d", Count::Overtime), overtime);
        close(found.hours("d", Count::Busy), 3.0 + overtime + 1.0);
    }
    // A level that falls: beyond it under `finish`, cut off otherwise.
    for (rule, overtime) in [("\"finish\"", 1.0), ("\"hand-over\"", 0.0)] {
        let level =
            format!("shift_end = {rule}\nlevels = {{ steps = [[\"0 h\", 1], [\"3 h\", 0], [\"5 h\", 1]] }}");
        let found = run_at(&with_after_work("2 h", "", &level), &[0.0]);
        assert_eq!(found.services("sign"), [(1, 5.0, 6.0)], "{rule}");
        close(found.hours("d", Count::Overtime), overtime);
    }
}

#[test]
fn urgent_cases_leave_after_work_alone() {
    let text = "[run]\nstart = 2018-10-01\nhorizon = \"24 h\"\nreplications = 1\nwhole_weeks = false\nwarm_up = \"0 weeks\"\n\
         [class.routine]\nstart = \"routine\"\npriority = 2\ntrace = { file = \"r.csv\", kind = \"times\", column = \"time\" }\n\
         [class.urgent]\nstart = \"urgent\"\ntrace = { file = \"u.csv\", kind = \"times\", column = \"time\" }\n\
         [stage.routine]\nservice = { role = \"o\", time = \"1 h\", after_work = \"2 h\" }\nnext = \"out\"\n\
         [stage.urgent]\nservice = { role = \"o\", time = \"1 h\" }\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[centre.d]\nlevels = { officers = 1 }\ndiscipline = \"preemptive\"\n";
    let found = run_with(text, &[("r.csv", &csv(&[0.0, 10.0])), ("u.csv", &csv(&[2.0, 10.5]))], &[]);
    // At 2 after-work is done until 3; at 10.5 the case itself is cut off.
    assert_eq!(starts(&found, "urgent"), [3.0, 10.5]);
    assert_eq!(found.services("routine")[1], (3, 11.5, 12.0));
}
