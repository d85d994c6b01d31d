//! Crews, levels, shift ends, roles, teams, closing, breaks, absence.

use super::support::{close, head, one_stage, run_at, run_with};
use poolwise_engine::integral::Count;
use poolwise_engine::trace::TraceKind;

#[test]
fn finish_by_officer_lets_fresh_officers_start_and_by_count_does_not() {
    // Two busy from 0 to 10; the level falls to 1 at 1 and is 2 again at 2; a third request comes at 3.
    let levels = |finish: &str| {
        one_stage(
            40.0,
            10.0,
            &format!(
                "levels = {{ steps = [[\"0 h\", 2], [\"1 h\", 1], [\"2 h\", 2]], finish = \"{finish}\" }}"
            ),
        )
    };
    let by_officer = run_at(&levels("by-officer"), &[0.0, 0.0, 3.0]);
    assert_eq!(by_officer.exits("done"), [10.0, 10.0, 13.0]);
    // One of the two leaves after the case: 9 h beyond the level.
    close(by_officer.hours("c", Count::Overtime), 9.0);
    let by_count = run_at(&levels("by-count"), &[0.0, 0.0, 3.0]);
    assert_eq!(by_count.exits("done"), [10.0, 10.0, 20.0]);
    // Two busy against a level of one, from 1 to 2.
    close(by_count.hours("c", Count::Overtime), 1.0);
}

#[test]
fn a_crew_that_ends_hands_over_to_the_head_of_the_queue() {
    // A crew of one until 4, the next from 4. Request 1 from 0 to 4 of 6, request 2 waits: the case in
    // hand goes before it.
    let crews = |end: &str| {
        one_stage(
            40.0,
            6.0,
            &format!(
                "shift_end = {end}\ncrews = [{{ from = \"0 h\", until = \"4 h\", officers = 1 }}, \
                 {{ from = \"4 h\", until = \"40 h\", officers = 1 }}]"
            ),
        )
    };
    assert_eq!(run_at(&crews("\"hand-over\""), &[0.0, 1.0]).exits("done"), [6.0, 12.0]);
    assert_eq!(
        run_at(&crews("{ hand_over = { penalty = \"30 min\" } }"), &[0.0, 1.0]).exits("done"),
        [6.5, 12.5]
    );
    assert_eq!(run_at(&crews("\"restart\""), &[0.0, 1.0]).exits("done"), [10.0, 16.0]);
    // Finish: on top of the incoming crew, in overtime.
    let finish = run_at(&crews("\"finish\""), &[0.0, 1.0]);
    assert_eq!(finish.exits("done"), [6.0, 10.0]);
    close(finish.hours("c", Count::Overtime), 2.0);
    close(finish.hours("c", Count::OnDuty), 40.0);
}

fn two_stages(second: &str, centre: &str) -> String {
    format!(
        "{}[stage.first]\nservice = {{ role = \"a\", time = {{ deterministic = \"3 h\" }} }}\nnext = \"second\"\n\
         [stage.second]\nservice = {{ role = \"b\", time = {{ deterministic = \"2 h\" }}, {second} }}\nnext = \"done\"\n\
         [stage.done]\nexit = true\n[centre.c]\n{centre}\n[[route]]\nto = \"c\"\n",
        head(60.0, "first")
    )
}

#[test]
fn the_same_officer_goes_on_with_the_case_and_finishes_it_in_overtime() {
    let crews = "crews = [{ from = \"0 h\", until = \"2 h\", officers = 1 }, \
                 { from = \"10 h\", until = \"60 h\", officers = 1 }]";
    // Ends at 3 in overtime and goes on to 5 as the same case, though another request waits.
    let same = run_at(&two_stages("same_officer = true", crews), &[0.0, 1.0]);
    assert_eq!(same.services("second")[0], (1, 3.0, 5.0));
    close(same.hours("c", Count::Overtime), 3.0);
    // Without it the second stage waits for the next crew, behind the other request.
    let other = run_at(&two_stages("same_officer = false", crews), &[0.0, 1.0]);
    assert_eq!(other.services("second")[0], (1, 13.0, 15.0));
    close(other.hours("c", Count::Overtime), 1.0);
}

#[test]
fn under_hand_over_a_continued_case_goes_back_to_the_head() {
    // The shift ends at 4, one hour into the second stage; another request has waited since 1.
    let crews = "shift_end = \"hand-over\"\ncrews = [{ from = \"0 h\", until = \"4 h\", officers = 1 }, \
                 { from = \"4 h\", until = \"60 h\", officers = 1 }]";
    let run = run_at(&two_stages("same_officer = true", crews), &[0.0, 1.0]);
    assert_eq!(run.rows(TraceKind::Interrupted, "second").len(), 1);
    assert_eq!(run.services("second")[0], (1, 4.0, 5.0));
    assert_eq!(run.services("first")[1], (2, 5.0, 8.0));
    // It ends at the stroke between the two: somebody has to take the case over, with the penalty; another waits behind it.
    for (rule, ends) in [("{ hand_over = { penalty = \"30 min\" } }", 12.5), ("\"restart\"", 12.0)] {
        let crews = format!(
            "shift_end = {rule}\ncrews = [{{ from = \"0 h\", until = \"3 h\", officers = 1 }}, \
             {{ from = \"10 h\", until = \"60 h\", officers = 1 }}]"
        );
        let run = run_at(&two_stages("same_officer = true", &crews), &[0.0, 1.0]);
        assert_eq!(run.services("second")[0], (1, 10.0, ends), "{rule}");
        assert_eq!(run.services("first")[1].1, ends, "{rule}");
        close(run.hours("c", Count::Overtime), 0.0);
    }
}

#[test]
fn a_different_officer_is_waited_for() {
    // One officer until 8, two from 8 on: the second stage cannot start before.
    let crews = "crews = [{ from = \"0 h\", until = \"60 h\", officers = 1 }, \
                 { from = \"8 h\", until = \"60 h\", officers = 1 }]";
    let run = run_at(&two_stages("different_officer = true", crews), &[0.0]);
    assert_eq!(run.services("second"), [(1, 8.0, 10.0)]);
    // The officer who may not take it goes on with others meanwhile.
    let run = run_at(&two_stages("different_officer = true", crews), &[0.0, 4.0]);
    assert_eq!(run.services("first")[1], (2, 4.0, 7.0));
    let free = run_at(&two_stages("different_officer = false", crews), &[0.0]);
    assert_eq!(free.services("second"), [(1, 3.0, 5.0)]);
}

#[test]
fn a_crew_may_hold_several_roles_and_takes_the_first_in_line_of_all() {
    // Cross-trained: at 3 the officer takes request 2 (waiting since 1) before the second stage of 1.
    let both = "crews = [{ from = \"0 h\", until = \"60 h\", officers = 1 }]";
    let run = run_at(&two_stages("officers = 1", both), &[0.0, 1.0]);
    assert_eq!(run.services("first"), [(1, 0.0, 3.0), (2, 3.0, 6.0)]);
    assert_eq!(run.services("second"), [(1, 6.0, 8.0), (2, 8.0, 10.0)]);
    // One officer for each role: the second stage starts at once.
    let split = "crews = [{ from = \"0 h\", until = \"60 h\", officers = 1, name = \"first\", roles = [\"a\"] }, \
                 { from = \"0 h\", until = \"60 h\", officers = 1, roles = [\"b\"] }]";
    let run = run_at(&two_stages("officers = 1", split), &[0.0, 1.0]);
    assert_eq!(run.services("second"), [(1, 3.0, 5.0), (2, 6.0, 8.0)]);
}

#[test]
fn several_officers_are_taken_at_once_and_others_may_overtake() {
    // Two officers. Request 1 (single) runs from 0 to 4. Request 2 wants two from 1. Request 3 (single)
    // comes at 2: it may overtake, or not.
    let scenario = |overtaking: bool| {
        format!(
            "[run]\nhorizon = \"40 h\"\nreplications = 1\n\
             [class.single]\nstart = \"one\"\ntrace = {{ file = \"single.csv\", kind = \"times\", column = \"time\" }}\n\
             [class.double]\nstart = \"two\"\ntrace = {{ file = \"double.csv\", kind = \"times\", column = \"time\" }}\n\
             [stage.one]\nservice = {{ role = \"o\", time = {{ deterministic = \"4 h\" }} }}\nnext = \"done\"\n\
             [stage.two]\nservice = {{ role = \"o\", officers = 2, overtaking = {overtaking}, time = {{ deterministic = \"1 h\" }} }}\n\
             next = \"done\"\n[stage.done]\nexit = true\n\
             [centre.c]\ncrews = [{{ from = \"0 h\", until = \"40 h\", officers = 2 }}]\n[[route]]\nto = \"c\"\n"
        )
    };
    let files =
        [("single.csv", super::support::csv(&[0.0, 2.0])), ("double.csv", super::support::csv(&[1.0]))];
    let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (*n, t.as_str())).collect();
    let overtaken = run_with(&scenario(true), &files, &[]);
    // Request 3 from 2 to 6: both officers are free at 6.
    assert_eq!(overtaken.services("two").iter().map(|s| (s.1, s.2)).collect::<Vec<_>>(), [(6.0, 7.0)]);
    let kept = run_with(&scenario(false), &files, &[]);
    assert_eq!(kept.services("two").iter().map(|s| (s.1, s.2)).collect::<Vec<_>>(), [(4.0, 5.0)]);
    assert_eq!(kept.services("one").iter().map(|s| s.1).collect::<Vec<_>>(), [0.0, 5.0]);
    // Two officers for an hour and one for twice four.
    close(kept.hours("c", Count::Busy), 10.0);
}

#[test]
fn a_queue_holds_at_closing_or_transfers_by_the_rules() {
    let scenario = |closing: &str| {
        format!(
            "{}[stage.work]\nservice = {{ role = \"o\", time = {{ deterministic = \"3 h\" }} }}\nnext = \"done\"\n\
             [stage.done]\nexit = true\n\
             [centre.day]\nclosing = \"{closing}\"\ncrews = [{{ from = \"0 h\", until = \"4 h\", officers = 1 }}, \
             {{ from = \"24 h\", until = \"40 h\", officers = 1 }}]\n\
             [centre.always]\nlevels = {{ officers = 1 }}\n\
             [[route]]\nto = \"day\"\nhours = \"open\"\n[[route]]\nto = \"always\"\n",
            head(40.0, "work")
        )
    };
    // Request 1 from 0 to 3, request 2 from 3 to 6 in overtime, request 3 waits at closing.
    let held = run_at(&scenario("hold"), &[0.0, 1.0, 2.0]);
    assert_eq!(held.served_at("work"), [(1, "day"), (2, "day"), (3, "day")]);
    assert_eq!(held.exits("done"), [3.0, 6.0, 27.0]);
    let moved = run_at(&scenario("transfer"), &[0.0, 1.0, 2.0]);
    assert_eq!(moved.served_at("work"), [(1, "day"), (2, "day"), (3, "always")]);
    assert_eq!(moved.exits("done"), [3.0, 6.0, 7.0]);
}

#[test]
fn a_break_is_taken_after_the_case_in_hand_and_is_no_time_on_duty() {
    // Shift 00:00 to 10:00, break due at 04:00 for an hour. Busy from 3 to 6: break from 6 to 7.
    let centre = "shifts = [{ days = \"Mon\", start = \"00:00\", length = \"10 h\", officers = 1, \
                  breaks = [{ after = \"4 h\", length = \"1 h\" }] }]";
    let busy = run_at(&one_stage(24.0, 3.0, centre), &[3.0, 5.0]);
    assert_eq!(busy.services("work"), [(1, 3.0, 6.0), (2, 7.0, 10.0)]);
    close(busy.hours("c", Count::OnDuty), 9.0);
    // Idle at 4: break from 4 to 5.
    let idle = run_at(&one_stage(24.0, 3.0, centre), &[4.5]);
    assert_eq!(idle.services("work"), [(1, 5.0, 8.0)]);
    close(idle.hours("c", Count::OnDuty), 9.0);
}

#[test]
fn fixed_absence_takes_the_same_share_in_the_long_run() {
    // 5 officers, 14 shifts, 0.25 absent: 17.5 of 70 officer-shifts, whole officers each time.
    let centre = "absence = { share = 0.25, mode = \"fixed\" }\n\
                  shifts = [{ start = \"08:00\", length = \"4 h\", officers = 5 }]";
    let run = run_at(&one_stage(336.0, 1.0, centre), &[0.0]);
    let present = run.hours("c", Count::OnDuty) / 4.0;
    assert!((present - 52.5).abs() <= 0.5 + 1e-9, "{present}");
    close(present, present.round());
}

#[test]
fn drawn_absence_has_its_mean() {
    // 40 officers on 364 shifts, 0.1 absent: 1,456 expected of 14,560, standard deviation 36.2; five of
    // those leave a false alarm of one in two million.
    let centre = "absence = 0.1\nshifts = [{ start = \"08:00\", length = \"4 h\", officers = 40 }]";
    let text = one_stage(8736.0, 1.0, centre);
    let run = run_at(&text, &[0.0]);
    let absent = 14_560.0 - run.hours("c", Count::OnDuty) / 4.0;
    assert!((absent - 1456.0).abs() < 5.0 * 36.2, "{absent}");
}

#[test]
fn shifts_of_a_day_have_absences_of_their_own() {
    // Two shifts of an officer each on 364 days, half absent: each is worked on 182 days, standard deviation 9.5 (five of
    // them are 48). Were their draws shared, both would be worked on the same days.
    let shift = |start: &str| format!("{{ start = \"{start}\", length = \"4 h\", officers = 1 }}");
    let centre = format!("absence = 0.5\nshifts = [{}, {}]", shift("08:00"), shift("14:00"));
    let run = run_at(&one_stage(8736.0, 1.0, &centre), &[0.0]);
    let on_duty = &run.outcome.centres[run.centre("c")].integrals.by_hour[Count::OnDuty as usize];
    let days = |hour: usize| (0..7).map(|d| on_duty[d * 24 + hour] / 3600.0).collect::<Vec<f64>>();
    let (early, late) = (days(9), days(15));
    for days in [&early, &late] {
        let worked = days.iter().sum::<f64>();
        assert!((worked - 182.0).abs() < 48.0, "{worked}");
    }
    assert_ne!(early, late);
}

#[test]
fn a_night_shift_follows_the_wall_clock_over_a_change_of_clocks() {
    // New York, 2018-11-04: the night from Saturday 22:00 to Sunday 06:00 has nine hours.
    let text = "[run]\nstart = 2018-11-03\ntime_zone = \"America/New_York\"\nhorizon = \"48 h\"\nreplications = 1\n\
         [class.c]\nstart = \"work\"\nrate = \"1 per day\"\n\
         [stage.work]\nservice = { role = \"o\", time = { deterministic = \"1 min\" } }\nnext = \"done\"\n\
         [stage.done]\nexit = true\n[centre.c]\n\
         shifts = [{ days = \"Sat\", start = \"22:00\", length = \"8 h\", officers = 1 }]\n[[route]]\nto = \"c\"\n";
    let run = run_with(text, &[], &[]);
    close(run.hours("c", Count::OnDuty), 9.0);
}

#[test]
fn a_shift_under_way_at_the_start_is_there() {
    // Daily 22:00 to 06:00: at the origin, Monday 00:00, six hours of Sunday's shift are left.
    let centre = "shifts = [{ start = \"22:00\", length = \"8 h\", officers = 2 }]";
    let run = run_at(&one_stage(24.0, 1.0, centre), &[0.0]);
    assert_eq!(run.exits("done"), [1.0]);
    close(run.hours("c", Count::OnDuty), 2.0 * 8.0);
}

#[test]
fn holidays_can_be_off() {
    let text = one_stage(
        72.0,
        1.0,
        "shifts = [{ start = \"08:00\", length = \"8 h\", officers = 1, holidays = \"off\" }]",
    )
    .replace("target =", "holidays = [2018-10-02]\ntarget =");
    let run = run_at(&text, &[0.0]);
    close(run.hours("c", Count::OnDuty), 16.0);
}

#[test]
fn speed_multiplies_the_drawn_time_by_class() {
    let centre = "speed = { c = 1.5 }\nlevels = { officers = 1 }";
    assert_eq!(run_at(&one_stage(24.0, 2.0, centre), &[0.0]).exits("done"), [3.0]);
}

#[test]
fn staggered_breaks_begin_evenly_over_their_window() {
    // Two officers from 0 to 8; between 3 and 6 each has an hour, so begins lie from 3 to 5: at 3.5 and 4.5. Requests
    // of six minutes come when one or nobody is away.
    let centre = |breaks: &str| {
        one_stage(
            10.0,
            0.1,
            &format!(
                "shifts = [{{ start = \"00:00\", length = \"8 h\", officers = 2, breaks = [{{ {breaks} }}] }}]"
            ),
        )
    };
    let at = [3.6, 3.6, 4.6, 4.6, 6.0, 6.0];
    let exits = |breaks: &str| run_at(&centre(breaks), &at).exits("done").to_vec();
    let near = |found: Vec<f64>, want: [f64; 6]| {
        found.iter().zip(want).for_each(|(x, y)| assert!((x - y).abs() < 1e-9, "{found:?}, not {want:?}"));
        assert_eq!(found.len(), 6);
    };
    near(exits("between = [\"3 h\", \"6 h\"], length = \"1 h\""), [3.7, 3.8, 4.7, 4.8, 6.1, 6.1]);
    // Around four an hour to either side is the same window.
    near(exits("after = \"4 h\", length = \"1 h\", stagger = true"), [3.7, 3.8, 4.7, 4.8, 6.1, 6.1]);
    // Two marks two hours apart: 3 to 4 and 5 to 6.
    near(
        exits("between = [\"3 h\", \"6 h\"], length = \"1 h\", stagger = \"2 h\""),
        [3.7, 3.8, 4.7, 4.7, 6.1, 6.1],
    );
    // Written out and not staggered: both at four, and what comes at 4.6 waits until five.
    near(exits("after = \"4 h\", length = \"1 h\""), [3.7, 3.7, 5.1, 5.1, 6.1, 6.1]);
    // On duty they are the same hours in every case.
    for breaks in ["between = [\"3 h\", \"6 h\"], length = \"1 h\"", "after = \"4 h\", length = \"1 h\""] {
        close(run_at(&centre(breaks), &at).hours("c", Count::OnDuty), 14.0);
    }
}
