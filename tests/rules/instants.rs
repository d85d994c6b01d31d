//! What happens at one instant: services end, then rosters change everywhere, and only then is work handed out.

use super::support::{close, csv, head, run_at, run_with};
use poolwise_engine::integral::Count;

/// Three cases of 5 h that come at 0, with an officer from 5 to 10 and from 15 on, as `staff` of centre `c` says it.
fn stroke(staff: &str) -> String {
    format!(
        "{}[stage.work]\nservice = {{ role = \"o\", time = \"5 h\" }}\nnext = \"done\"\n[stage.done]\nexit = true\n\
         [centre.c]\n{staff}\n[[route]]\nto = \"c\"\n",
        head(60.0, "work")
    )
}

const CREWS: &str = "crews = [{ from = \"5 h\", until = \"10 h\", officers = 1 }, { from = \"15 h\", until = \"100 h\", officers = 1 }]";

#[test]
fn an_officer_whose_case_ends_with_the_shift_goes_home() {
    let levels = |end: &str| {
        format!(
            "levels = {{ finish = \"{end}\", steps = [[\"0 h\", 0], [\"5 h\", 1], [\"10 h\", 0], [\"15 h\", 1]] }}"
        )
    };
    for staff in [CREWS.to_owned(), levels("by-count"), levels("by-officer")] {
        let run = run_at(&stroke(&staff), &[0.0, 0.0, 0.0]);
        assert_eq!(run.exits("done"), [10.0, 20.0, 25.0], "{staff}");
        close(run.hours("c", Count::Overtime), 0.0);
    }
}

#[test]
fn a_case_that_is_not_begun_at_the_stroke_is_neither_handed_over_nor_restarted() {
    for rule in ["{ hand_over = { penalty = \"1 h\" } }", "\"hand-over\"", "\"restart\""] {
        let run = run_at(&stroke(&format!("shift_end = {rule}\n{CREWS}")), &[0.0, 0.0, 0.0]);
        assert_eq!(run.exits("done"), [10.0, 20.0, 25.0], "{rule}");
        let cut = run.rows(poolwise_engine::trace::TraceKind::Interrupted, "work");
        assert!(cut.is_empty(), "{rule}");
    }
}

#[test]
fn a_break_that_falls_due_as_a_case_ends_begins_at_once() {
    // 2 h of break at 5, as the first case ends; the second is worked on from 7 to 12.
    let run = run_at(
        &stroke(
            "shifts = [{ start = \"00:00\", length = \"12 h\", officers = 1, breaks = [{ after = \"5 h\", length = \"2 h\" }] }]",
        ),
        &[0.0, 0.0],
    );
    assert_eq!(run.exits("done"), [5.0, 12.0]);
    close(run.hours("c", Count::Overtime), 0.0);
}

/// Two centres that relieve each other at the stroke of 12, the queue moving with its officers.
fn relay(centres: [&str; 2]) -> String {
    let [from, until] = ["a", "b"].map(|c| if c == "a" { ("0 h", "12 h") } else { ("12 h", "60 h") });
    let centre = |name: &str| {
        let (start, end) = if name == "a" { from } else { until };
        format!(
            "[centre.{name}]\nclosing = \"transfer\"\nshift_end = \"hand-over\"\n\
             crews = [{{ from = \"{start}\", until = \"{end}\", officers = 1 }}]\n"
        )
    };
    format!(
        "{}[stage.work]\nservice = {{ role = \"o\", time = \"5 h\" }}\nnext = \"done\"\n[stage.done]\nexit = true\n{}{}\
         [[route]]\nhours = \"open\"\nto = \"a\"\n[[route]]\nhours = \"open\"\nto = \"b\"\n[[route]]\nto = \"a\"\n",
        head(60.0, "work"),
        centre(centres[0]),
        centre(centres[1])
    )
}

#[test]
fn a_queue_that_moves_at_the_stroke_finds_the_next_centre_open() {
    // 0-5, 5-10, 10-12 at the first centre; the rest of the third case and the fourth at the second.
    for centres in [["a", "b"], ["b", "a"]] {
        let run = run_at(&relay(centres), &[0.0, 0.0, 0.0, 0.0]);
        assert_eq!(run.exits("done"), [5.0, 10.0, 15.0, 20.0], "{centres:?}");
    }
}

/// A first stage of 2 h with two officers each alone, then more at the same centre.
fn straight_on(staff: &str, next: &str) -> String {
    format!(
        "{}[stage.first]\nservice = {{ role = \"o\", time = \"2 h\" }}\nnext = \"second\"\n\
         [stage.second]\nservice = {{ role = \"o\", {next} }}\nnext = \"done\"\n[stage.done]\nexit = true\n\
         [class.d]\nstart = \"pair\"\ntrace = {{ file = \"pairs.csv\", kind = \"times\", column = \"time\" }}\n\
         [stage.pair]\nservice = {{ role = \"o\", officers = 2, time = \"1 h\" }}\nnext = \"paired\"\n\
         [stage.paired]\nexit = true\n\
         [centre.c]\n{staff}\n[[route]]\nto = \"c\"\n",
        head(60.0, "first")
    )
}

#[test]
fn a_request_that_goes_straight_on_does_not_overtake_a_case_for_several() {
    // One case from 0 to 2; another that needs both officers waits from 1 and begins at 2, before the first goes on.
    let by_officer = "levels = { officers = 2, finish = \"by-officer\" }";
    let crews = "crews = [{ from = \"0 h\", until = \"60 h\", officers = 2 }]";
    for staff in ["levels = { officers = 2 }", by_officer, crews] {
        let files = [("arrivals.csv", csv(&[0.0])), ("pairs.csv", csv(&[1.0]))];
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let run = run_with(&straight_on(staff, "time = \"2 h\""), &files, &[]);
        assert_eq!(run.exits("paired"), [3.0], "{staff}");
        assert_eq!(run.exits("done"), [5.0], "{staff}");
    }
}

#[test]
fn officers_of_a_level_are_not_freed_twice_where_a_case_goes_straight_on() {
    // Two officers; one takes a case at 0, which goes straight on at 2, to 4, when the level falls to one officer: whoever
    // came last leaves after the case in hand. The other is busy from 1 to 11.
    let text = straight_on(
        "levels = { finish = \"by-officer\", steps = [[\"0 h\", 2], [\"3 h\", 0]] }",
        "time = \"2 h\"",
    );
    let files = [("arrivals.csv", csv(&[0.0, 1.0])), ("pairs.csv", csv(&[50.0]))];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let run = run_with(&text, &files, &[]);
    // Both are at work at 3, when all go: to 4 on the first case; the second ends its first stage at 3 and stays undone.
    assert_eq!(run.exits("done"), [4.0]);
    close(run.hours("c", Count::Overtime), 1.0);
}

#[test]
fn arrivals_of_one_instant_come_by_priority_then_by_name() {
    let class = |name: &str, priority: u32| {
        format!(
            "[class.{name}]\nstart = \"{name}\"\npriority = {priority}\n\
             trace = {{ file = \"one.csv\", kind = \"times\", column = \"time\" }}\n\
             [stage.{name}]\nservice = {{ role = \"o\", time = \"1 h\" }}\nnext = \"{name}-done\"\n[stage.{name}-done]\nexit = true\n"
        )
    };
    let run_head = "[run]\nstart = 2018-10-01\nhorizon = \"20 h\"\nwarm_up = \"0 weeks\"\nreplications = 1\n";
    let one = csv(&[1.0]);
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let classes = [class("x", 2), class("b", 1), class("a", 2)];
        let text = format!(
            "{run_head}{}{}{}[centre.c]\nlevels = {{ officers = 1 }}\n",
            classes[order[0]], classes[order[1]], classes[order[2]]
        );
        let run = run_with(&text, &[("one.csv", &one)], &[]);
        let left = ["b-done", "a-done", "x-done"].map(|exit| run.exits(exit)[0]);
        assert_eq!(left, [2.0, 3.0, 4.0], "{order:?}");
    }
}

/// Requests that come at these hours for officers by headcount: one for each permitted shift of `pools`.
fn by_headcount(pools: &str, length: &str, week: f64, arrivals: &[f64]) -> super::support::Run {
    let text = format!(
        "{}[workforce]\nhours_per_week = {week}\n[stage.work]\nservice = {{ role = \"o\", time = \"{length}\" }}\n\
         next = \"done\"\n[stage.done]\nexit = true\n{pools}",
        head(168.0, "work")
    );
    run_at(&text, arrivals)
}

/// One officer from 8 to 16 on weekdays, who holds this in his shift and at his centre.
fn one_on_weekdays(shift: &str, centre: &str) -> String {
    format!(
        "[centre.c]\n{centre}\n[pool.p]\nofficers = 1\ncentres = [\"c\"]\n\
         shifts = {{ starts = [\"08:00\"], length = \"8 h\", days = \"Mon-Fri\"{shift} }}\n[[route]]\nto = \"c\"\n"
    )
}

#[test]
fn an_officer_of_a_pool_whose_case_ends_with_the_shift_goes_home() {
    // 8-12 and 12-16, at the stroke of the end; the third on Tuesday.
    for end in ["finish", "hand-over", "restart"] {
        let pool = one_on_weekdays("", &format!("shift_end = \"{end}\""));
        let run = by_headcount(&pool, "4 h", 40.0, &[0.0, 0.0, 0.0]);
        assert_eq!(run.exits("done"), [12.0, 16.0, 36.0], "{end}");
        close(run.hours("c", Count::Overtime), 0.0);
        assert!(run.rows(poolwise_engine::trace::TraceKind::Interrupted, "work").is_empty(), "{end}");
    }
    // No penalty for zero work: a case as long as the shift, each day one.
    let pool = one_on_weekdays("", "shift_end = { hand_over = { penalty = \"1 h\" } }");
    let run = by_headcount(&pool, "8 h", 40.0, &[0.0, 0.0]);
    assert_eq!(run.exits("done"), [16.0, 40.0]);
}

#[test]
fn shifts_of_a_pool_that_relieve_each_other_leave_no_gap() {
    let pools = "[centre.c]\n[pool.p]\nofficers = 2\ncentres = [\"c\"]\nshifts = { starts = [\"00:00\", \"12:00\"], length = \"12 h\" }\n\
                 [[route]]\nto = \"c\"\n";
    // As long as the shift: who comes takes the next at the stroke, at which the one before ends.
    let run = by_headcount(pools, "12 h", 84.0, &[0.0, 0.0, 0.0]);
    assert_eq!(run.exits("done"), [12.0, 24.0, 36.0]);
    close(run.hours("c", Count::Overtime), 0.0);
    // A case under way at noon is finished in overtime, from 10 to 15, while who comes takes the next one.
    let run = by_headcount(pools, "5 h", 84.0, &[0.0, 0.0, 0.0, 0.0]);
    assert_eq!(run.exits("done"), [5.0, 10.0, 15.0, 17.0]);
    close(run.hours("c", Count::Overtime), 3.0);
}

#[test]
fn a_break_of_a_pool_that_falls_due_as_a_case_ends_begins_at_once() {
    // Staggered, as in pools unless they say otherwise: the one officer begins at the middle of 3 to 4 h after the start, at 11:30.
    let pool = one_on_weekdays(", breaks = [{ between = [\"3 h\", \"5 h\"], length = \"1 h\" }]", "");
    let run = by_headcount(&pool, "3.5 h", 40.0, &[0.0, 0.0, 0.0]);
    assert_eq!(run.exits("done"), [11.5, 16.0, 35.5]);
    close(run.hours("c", Count::Overtime), 0.0);
}

#[test]
fn the_queue_of_a_pool_that_closes_at_the_stroke_finds_the_next_one_open() {
    let centre = |name: &str| format!("[centre.{name}]\nclosing = \"transfer\"\nshift_end = \"hand-over\"\n");
    let pool = |name: &str, start: &str| {
        format!(
            "[pool.{name}]\nofficers = 1\ncentres = [\"{name}\"]\nshifts = {{ starts = [\"{start}\"], length = \"12 h\" }}\n"
        )
    };
    let routes = "[[route]]\nhours = \"open\"\nto = \"a\"\n[[route]]\nhours = \"open\"\nto = \"b\"\n[[route]]\nto = \"a\"\n";
    let parts = [centre("a"), centre("b"), pool("a", "08:00"), pool("b", "20:00")];
    // 8-13, 13-18 and 18-20 by day; the rest of the third case and the fourth by night; the fifth goes back at 8.
    for order in [[0, 1, 2, 3], [1, 0, 3, 2], [3, 0, 2, 1]] {
        let text: String = order.iter().map(|i| parts[*i].as_str()).chain([routes]).collect();
        let run = by_headcount(&text, "5 h", 84.0, &[8.0, 8.0, 8.0, 8.0, 8.0]);
        assert_eq!(run.exits("done"), [13.0, 18.0, 23.0, 28.0, 33.0], "{order:?}");
        close(run.hours("a", Count::Overtime) + run.hours("b", Count::Overtime), 0.0);
    }
}

#[test]
fn officers_of_a_pool_whom_an_exception_takes_away_at_the_stroke_take_no_case() {
    // Nobody from 12 to 14: the first case ends at 12, the second is worked on from 14 to 18, the third on Tuesday.
    let pool = one_on_weekdays("", "")
        + "[[exception]]\nname = \"away\"\nfrom = \"2018-10-01 12:00\"\nuntil = \"2018-10-01 14:00\"\nrosters = { c = 0.0 }\n";
    let run = by_headcount(&pool, "4 h", 40.0, &[0.0, 0.0, 0.0]);
    assert_eq!(run.exits("done"), [12.0, 18.0, 36.0]);
    close(run.hours("c", Count::Overtime), 2.0);
}
