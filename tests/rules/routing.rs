//! Routing rules, overflow, least load, copies, capacity, balking, disciplines, exceptions.

use super::support::{close, csv, head, run_at, run_with};
use poolwise_engine::time::HOUR;
use poolwise_engine::trace::TraceKind;

/// One service of `hours`, centres and rules as given.
fn one(horizon: f64, hours: f64, rest: &str) -> String {
    format!(
        "{}[stage.work]\nservice = {{ role = \"o\", time = {{ deterministic = \"{hours} h\" }} }}\nnext = \"done\"\n\
         [stage.done]\nexit = true\n{rest}",
        head(horizon, "work")
    )
}

#[test]
fn the_first_rule_that_matches_at_the_hour_of_reaching_the_queue_decides() {
    // The delay of 3 h carries the request of 05:00 to 08:00, where the rule of the day holds. Local
    // time is the area's: 08:00 in Denver is 14:00 UTC.
    let text = |zone: &str, span: &str| {
        format!(
            "{}[area.a]\ntime_zone = \"{zone}\"\n[stage.way]\ndelay = {{ deterministic = \"3 h\" }}\nnext = \"work\"\n\
             [stage.work]\nservice = {{ role = \"o\", time = {{ deterministic = \"1 h\" }} }}\nnext = \"done\"\n\
             [stage.done]\nexit = true\n[centre.day]\nlevels = {{ officers = 1 }}\n\
             [centre.night]\nlevels = {{ officers = 1 }}\n\
             [[route]]\nhours = \"{span}\"\nto = \"day\"\n[[route]]\nto = \"night\"\n",
            head(40.0, "way")
        )
    };
    let utc = run_at(&text("UTC", "Mon-Fri 08:00-12:00"), &[4.9, 5.0, 8.9, 9.0]);
    let served: Vec<&str> = utc.served_at("work").iter().map(|s| s.1).collect();
    assert_eq!(served, ["night", "day", "day", "night"]);
    // 05:00 UTC + 3 h is 02:00 in Denver.
    let denver = run_at(&text("America/Denver", "Mon-Fri 02:00-06:00"), &[5.0, 9.0]);
    let served: Vec<&str> = denver.served_at("work").iter().map(|s| s.1).collect();
    assert_eq!(served, ["day", "night"]);
}

#[test]
fn a_wait_that_reaches_the_limit_moves_a_request_once_to_its_place_by_original_arrival() {
    // Centre a: busy from 0 to 10. Request 2 comes at 1 and flows over at 3; centre b is busy from 0 to
    // 4 and has request 4 waiting since 2: request 2 goes before it.
    let text = "[run]\nhorizon = \"60 h\"\nreplications = 1\n\
         [class.a]\nstart = \"work\"\ntrace = { file = \"a.csv\", kind = \"times\", column = \"time\" }\n\
         [class.b]\nstart = \"work\"\ntrace = { file = \"b.csv\", kind = \"times\", column = \"time\" }\n\
         [stage.work]\nservice = { role = \"o\", time = { deterministic = \"4 h\" } }\nnext = \"done\"\n\
         [stage.done]\nexit = true\n\
         [centre.a]\nspeed = 2.5\nlevels = { officers = 1 }\n[centre.b]\nlevels = { officers = 1 }\n\
         [[route]]\nclasses = [\"a\"]\nto = \"a\"\noverflow = { after = \"2 h\", to = \"b\" }\n\
         [[route]]\nto = \"b\"\n"
        .to_string();
    let (a, b) = (csv(&[0.0, 1.0]), csv(&[0.0, 2.0]));
    let run = run_with(&text, &[("a.csv", &a), ("b.csv", &b)], &[]);
    let mut ends: Vec<(&str, f64, f64)> = run
        .rows(TraceKind::Service, "work")
        .iter()
        .map(|r| (run.model.classes[r.class].name.as_str(), r.booked / HOUR, r.finished / HOUR))
        .collect();
    ends.sort_by(|x, y| x.2.total_cmp(&y.2));
    assert_eq!(ends, [("b", 0.0, 4.0), ("a", 1.0, 8.0), ("a", 0.0, 10.0), ("b", 2.0, 12.0)]);
}

/// In hand while the limit passes, and handed over at the end of the shift: it is moved then, since it has waited for longer at its stage.
#[test]
fn a_case_handed_over_after_the_limit_is_moved_at_once() {
    let text = format!(
        "{}[stage.work]\nservice = {{ role = \"o\", time = \"2 h\" }}\nnext = \"out\"\n[stage.out]\nexit = true\n\
         [centre.a]\nshift_end = \"hand-over\"\nshifts = [{{ start = \"00:00\", length = \"3 h\", officers = 1 }}]\n\
         [centre.b]\nlevels = {{ officers = 1 }}\n\
         [[route]]\nto = \"a\"\noverflow = {{ after = \"1 h\", to = \"b\" }}\n",
        head(24.0, "work")
    );
    // Begun at 1.5, limit at 2.5, half an hour left at 3. One that comes at 2.25 has waited for three quarters of an hour by then, and moves at 3.25.
    let run = run_at(&text, &[1.5, 2.25]);
    assert_eq!(run.services("work"), [(1, 3.0, 3.5), (2, 3.5, 5.5)]);
    assert_eq!(run.served_at("work"), [(1, "b"), (2, "b")]);
}

#[test]
fn the_deadline_goes_on_after_overflow() {
    let text = one(
        60.0,
        10.0,
        "[stage.left]\nexit = true\n[centre.a]\nlevels = { officers = 1 }\n[centre.b]\nlevels = { steps = [[\"0 h\", 0], [\"900 h\", 1]] }\n\
         [[route]]\nto = \"a\"\noverflow = { after = \"2 h\", to = \"b\" }\n",
    )
    .replace(
        "[stage.work]",
        "deadline = { after = { deterministic = \"5 h\" }, until = { start = \"work\" }, exit = \"left\" }\n[stage.work]",
    );
    let run = run_at(&text, &[0.0, 1.0]);
    assert_eq!(run.exits("left"), [6.0]);
}

#[test]
fn a_long_queue_sends_requests_on_at_once() {
    let text = one(
        60.0,
        4.0,
        "[centre.a]\nlevels = { officers = 1 }\n[centre.b]\nlevels = { officers = 1 }\n\
         [[route]]\nto = \"a\"\noverflow = { queue = 2, to = \"b\" }\n",
    );
    // One in service, two waiting, the fourth finds a queue of two.
    let run = run_at(&text, &[0.0, 0.1, 0.2, 0.3]);
    let served: Vec<&str> = run.served_at("work").iter().map(|s| s.1).collect();
    assert_eq!(served, ["a", "a", "a", "b"]);
}

#[test]
fn the_least_loaded_has_the_fewest_per_officer_on_duty() {
    let text = one(
        60.0,
        10.0,
        "[centre.a]\nlevels = { officers = 1 }\n[centre.b]\nlevels = { officers = 3 }\n\
         [centre.closed]\nlevels = { steps = [[\"0 h\", 0], [\"900 h\", 1]] }\n[[route]]\nto = [\"closed\", \"a\", \"b\"]\n",
    );
    // 1: a (tie in order), 2-4: b at 0, 1/3, 2/3; 5: a and b are both at 1: a.
    let run = run_at(&text, &[0.0, 0.1, 0.2, 0.3, 0.4]);
    let served: Vec<&str> = run.served_at("work").iter().map(|s| s.1).collect();
    assert_eq!(served, ["a", "b", "b", "b", "a"]);
}

#[test]
fn a_share_takes_its_part_of_the_requests() {
    let text = one(
        600.0,
        0.1,
        "[centre.a]\nlevels = { officers = 9 }\n[centre.b]\nlevels = { officers = 9 }\n\
         [[route]]\nto = \"a\"\nshare = 0.3\n[[route]]\nto = \"b\"\n",
    );
    let times: Vec<f64> = (0..2000).map(|k| f64::from(k) * 0.1).collect();
    let run = run_at(&text, &times);
    let at_a = run.served_at("work").iter().filter(|s| s.1 == "a").count() as f64;
    // Binomial(2000, 0.3): five standard deviations of 20.5.
    assert!((at_a - 600.0).abs() < 5.0 * 20.5, "{at_a}");
}

/// Research of 4 h at `a`, copied at `b`, whose speed is given; a second stage follows where the first
/// copy was finished.
fn copied(speed: f64, stop_later: bool, officers_b: u32) -> String {
    // A level of zero for good would be no pool at all: one comes after the end.
    let levels_b = format!("steps = [[\"0 h\", {officers_b}], [\"900 h\", 1]]");
    format!(
        "{}[stage.work]\nservice = {{ role = \"o\", time = {{ deterministic = \"4 h\" }} }}\nnext = \"then\"\n\
         [stage.then]\nservice = {{ role = \"o\", time = {{ deterministic = \"1 h\" }} }}\nnext = \"done\"\n\
         [stage.done]\nexit = true\n[centre.a]\nlevels = {{ officers = 1 }}\n\
         [centre.b]\nspeed = {speed}\nlevels = {{ {levels_b} }}\n\
         [[route]]\nstages = [\"work\"]\nto = \"a\"\n\
         duplicate = {{ at = \"b\", probability = 1.0, stop_later = {stop_later} }}\n\
         [[route]]\nto = \"same\"\n[[route]]\nto = \"a\"\n",
        head(60.0, "work")
    )
}

#[test]
fn both_copies_run_to_the_end_and_the_later_one_is_duplicate_work() {
    // The copy at b takes 6 h: the request goes on at a at 4; b's 6 h are duplicate.
    let slow = run_at(&copied(1.5, false, 1), &[0.0]);
    assert_eq!(slow.exits("done"), [5.0]);
    assert_eq!(slow.served_at("then"), [(1, "a")]);
    close(slow.outcome.duplicate / HOUR, 6.0);
    // The copy takes 2 h: the request goes on at b; a's own 4 h are duplicate.
    let fast = run_at(&copied(0.5, false, 1), &[0.0]);
    assert_eq!(fast.exits("done"), [2.5]);
    assert_eq!(fast.served_at("then"), [(1, "b")]);
    close(fast.outcome.duplicate / HOUR, 4.0);
    // A copy is no request.
    assert_eq!(fast.outcome.total.arrivals, 1);
    assert_eq!(fast.outcome.total.done, 1);
}

#[test]
fn the_later_copy_can_be_stopped_its_work_so_far_is_duplicate() {
    let slow = run_at(&copied(1.5, true, 1), &[0.0]);
    close(slow.outcome.duplicate / HOUR, 4.0);
    let fast = run_at(&copied(0.5, true, 1), &[0.0]);
    close(fast.outcome.duplicate / HOUR, 2.0);
    // a is free at 2 for the next request.
    let two = run_at(&copied(0.5, true, 1), &[0.0, 1.0]);
    assert_eq!(two.rows(TraceKind::Duplicate, "work")[0].finished / HOUR, 2.0);
}

#[test]
fn a_copy_not_begun_is_dropped() {
    let run = run_at(&copied(1.0, false, 0), &[0.0, 1.0]);
    close(run.outcome.duplicate, 0.0);
    // Roles o at a: work 0-4, work 4-8 (queued at 1, before the second stage of the first).
    assert_eq!(run.exits("done"), [9.0, 10.0]);
}

#[test]
fn a_lost_request_takes_its_copy_with_it() {
    let text = copied(1.0, false, 1).replace(
        "[stage.work]",
        "deadline = { after = { deterministic = \"3 h\" }, until = \"then\", exit = \"lost\" }\n[stage.lost]\nexit = true\n[stage.work]",
    );
    let run = run_at(&text, &[0.0]);
    assert_eq!(run.exits("lost"), [3.0]);
    close(run.outcome.duplicate / HOUR, 3.0);
}

#[test]
fn a_full_queue_turns_requests_away_and_a_long_one_deters_them() {
    let text = |rule: &str| {
        one(
            60.0,
            4.0,
            &format!(
                "[stage.away]\nexit = true\n[centre.a]\n{rule}\nlevels = {{ officers = 1 }}\n[[route]]\nto = \"a\"\n"
            ),
        )
    };
    let full = run_at(&text("queue_capacity = { limit = 2, exit = \"away\" }"), &[0.0, 0.1, 0.2, 0.3]);
    assert_eq!(full.exits("away"), [0.3]);
    assert_eq!(full.exits("done"), [4.0, 8.0, 12.0]);
    let balk = run_at(
        &text("balking = { at = [1, 2], probability = [0.0, 1.0], exit = \"away\" }"),
        &[0.0, 0.1, 0.2, 0.3],
    );
    assert_eq!(balk.exits("away"), [0.3]);
    let none = run_at(&text("balking = { at = [0], probability = [1.0], exit = \"away\" }"), &[0.0, 0.1]);
    assert_eq!(none.exits("away"), [0.1]);
}

#[test]
fn disciplines_choose_who_is_next() {
    let text = |discipline: &str| {
        format!(
            "[run]\nhorizon = \"60 h\"\nreplications = 1\n\
             [class.first]\nstart = \"work\"\npriority = 2\ntrace = {{ file = \"first.csv\", kind = \"times\", column = \"time\" }}\n\
             [class.late]\nstart = \"work\"\npriority = 2\ntrace = {{ file = \"late.csv\", kind = \"times\", column = \"time\" }}\n\
             deadline = {{ after = {{ deterministic = \"100 h\" }}, until = \"work\", exit = \"lost\" }}\n\
             [class.urgent]\nstart = \"work\"\npriority = 1\ntrace = {{ file = \"urgent.csv\", kind = \"times\", column = \"time\" }}\n\
             deadline = {{ after = {{ deterministic = \"50 h\" }}, until = \"work\", exit = \"lost\" }}\n\
             [stage.work]\nservice = {{ role = \"o\", time = {{ deterministic = \"4 h\" }} }}\nnext = \"done\"\n\
             [stage.done]\nexit = true\n[stage.lost]\nexit = true\n\
             [centre.a]\ndiscipline = \"{discipline}\"\nlevels = {{ officers = 1 }}\n[[route]]\nto = \"a\"\n"
        )
    };
    let order = |discipline: &str| {
        let files = [("first.csv", csv(&[0.0, 1.0])), ("late.csv", csv(&[2.0])), ("urgent.csv", csv(&[3.0]))];
        let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (*n, t.as_str())).collect();
        let run = run_with(&text(discipline), &files, &[]);
        let rows = run.rows(TraceKind::Service, "work");
        let names: Vec<String> = rows.iter().map(|r| run.model.classes[r.class].name.clone()).collect();
        names.join(" ")
    };
    assert_eq!(order("fifo"), "first first late urgent");
    assert_eq!(order("priority"), "first urgent first late");
    assert_eq!(order("earliest-deadline"), "first urgent late first");
}

#[test]
fn exceptions_change_rosters_routes_and_demand_between_two_instants() {
    let text = one(
        60.0,
        1.0,
        "[centre.a]\nshift_end = \"hand-over\"\nlevels = { officers = 2 }\n[centre.b]\nlevels = { officers = 1 }\n\
         [[route]]\nto = \"a\"\n\
         [[exception]]\nname = \"outage\"\nfrom = 2018-10-01T10:30:00\nuntil = 2018-10-01T20:00:00\nrosters = { a = 0.0 }\n\
         [[exception]]\nname = \"injunction\"\nfrom = 2018-10-01T30:00:00\nuntil = 2018-10-02T12:00:00\nroutes = [{ to = \"b\" }]\n"
            .replace("2018-10-01T30:00:00", "2018-10-02T06:00:00")
            .as_str(),
    );
    let run = run_at(&text, &[10.0, 12.0, 29.0, 30.0, 36.0]);
    // Cut off at 10:30, taken up at 20:00; the one of 12:00 waits for 20:00 as well.
    assert_eq!(run.exits("done"), [20.5, 21.0, 30.0, 31.0, 37.0]);
    let served: Vec<&str> = run.served_at("work").iter().map(|s| s.1).collect();
    assert_eq!(served, ["a", "a", "a", "b", "a"]);
}

#[test]
fn overflow_looks_at_the_queue_of_the_role_and_capacity_at_all_who_wait() {
    // One officer for both roles is busy from 0 with a case of role `e`, a second one waits since 0.5. The first `o` finds nobody of its role
    // waiting and stays; the second flows over. Where one may wait at the centre at all, the first `o` is turned away, and is not lost.
    let text = |rule: &str, overflow: &str| {
        format!(
            "[run]\nhorizon = \"60 h\"\nreplications = 1\nwhole_weeks = false\n\
             [class.e]\nstart = \"other\"\ntrace = {{ file = \"e.csv\", kind = \"times\", column = \"time\" }}\n\
             [class.o]\nstart = \"work\"\ntrace = {{ file = \"o.csv\", kind = \"times\", column = \"time\" }}\n\
             deadline = {{ after = \"50 h\", until = \"work\", exit = \"lost\" }}\n\
             [stage.other]\nservice = {{ role = \"e\", time = \"4 h\" }}\nnext = \"done\"\n\
             [stage.work]\nservice = {{ role = \"o\", time = \"4 h\" }}\nnext = \"done\"\n\
             [stage.done]\nexit = true\n[stage.away]\nexit = true\n[stage.lost]\nexit = true\n\
             [centre.a]\nlevels = {{ officers = 1 }}\n{rule}\n[centre.b]\nlevels = {{ officers = 1 }}\n\
             [[route]]\nto = \"a\"\n{overflow}\n"
        )
    };
    let files = [csv(&[0.0, 0.5]), csv(&[1.0, 1.5])];
    let files = [("e.csv", files[0].as_str()), ("o.csv", files[1].as_str())];
    let run = run_with(&text("", "overflow = { queue = 1, to = \"b\" }"), &files, &[]);
    let mut served: Vec<&str> = run.served_at("work").iter().map(|s| s.1).collect();
    served.sort_unstable();
    assert_eq!(served, ["a", "b"]);
    let full = run_with(&text("queue_capacity = { limit = 1, exit = \"away\" }", ""), &files, &[]);
    assert_eq!(full.exits("away"), [1.0, 1.5]);
    assert_eq!((full.outcome.total.lost, full.outcome.total.met_deadline), (0, 0));
}

#[test]
fn waits_are_of_both_copies_and_what_is_completed_is_the_winners() {
    let run = run_at(&copied(0.5, false, 1), &[0.0]);
    let stage = &run.outcome.stages[run.model.stages.iter().position(|s| s.name == "work").expect("a stage")];
    assert_eq!(stage.started, 2);
    let (a, b) = (run.centre("a"), run.centre("b"));
    assert_eq!((stage.completed[a], stage.completed[b]), (0, 1));
}
