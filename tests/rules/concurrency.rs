//! Officers with several cases in hand at once.

use super::support::{Run, close, csv, head, run_at, run_with, starts};
use poolwise_engine::integral::Count;

/// Chats of so many hours at these hours, at a centre where officers have two in hand, each half as fast again as alone.
fn chats(length: &str, rest: &str, centre: &str, arrivals: &[f64]) -> Run {
    let text = format!(
        "{}[stage.chat]\nservice = {{ role = \"o\", time = \"{length}\"{rest} }}\nnext = \"out\"\n[stage.out]\nexit = true\n\
         [centre.d]\nconcurrency = {{ cases = 2, slower = [1.0, 1.5] }}\n{centre}\n",
        head(96.0, "chat")
    );
    run_at(&text, arrivals)
}

const ONE: &str = "crews = [{ from = \"0 h\", until = \"96 h\", officers = 1 }]";
const TWO: &str = "crews = [{ from = \"0 h\", until = \"96 h\", officers = 2 }]";

#[test]
fn what_is_left_of_a_case_goes_by_how_many_are_in_hand() {
    // The first has 1 of 2 hours left at 2, hence until 3.5; of the second 1 is done by then, the other hour alone until 4.5.
    let found = chats("2 h", "", ONE, &[1.0, 2.0]);
    assert_eq!(found.services("chat"), [(1, 1.0, 3.5), (2, 2.0, 4.5)]);
    // The officer is at work from 1 to 4.5, and has two in hand for 1.5 hours of it.
    close(found.hours("d", Count::Busy), 3.5);
    let waits = &found.outcome.centres[0].waits[0];
    close(waits.in_hand / 3600.0, 5.0);
    close(waits.given / 3600.0, 3.5);
}

#[test]
fn a_third_waits_until_there_is_a_place() {
    let found = chats("2 h", "", ONE, &[0.0, 0.0, 0.0]);
    // Two to 3; the third alone.
    assert_eq!(found.services("chat"), [(1, 0.0, 3.0), (2, 0.0, 3.0), (3, 3.0, 5.0)]);
}

#[test]
fn who_has_fewest_in_hand_takes_the_next() {
    // The second officer takes the second case; the third goes to the one who took one longest ago.
    let found = chats("2 h", "", TWO, &[0.0, 0.5, 1.0, 1.25]);
    // 1 and 3 share from 1 on: 1 has an hour left, done at 2.5; 2 and 4 from 1.25: 1.25 left, done at 3.125.
    assert_eq!(found.services("chat")[0], (1, 0.0, 2.5));
    assert_eq!(found.services("chat")[1], (2, 0.5, 3.125));
    close(found.hours("d", Count::Busy), 3.5 + 3.375);
}

#[test]
fn cases_in_hand_are_handed_over_with_what_is_left_of_them_alone() {
    let crews = "shift_end = \"hand-over\"\ncrews = [{ name = \"a\", from = \"0 h\", until = \"3 h\", officers = 1 }, \
                 { name = \"b\", from = \"3 h\", until = \"96 h\", officers = 2 }]";
    // At 3 each has done 2 of 4 hours; two officers of the next shift have one each.
    let found = chats("4 h", "", crews, &[0.0, 0.0]);
    assert_eq!(found.exits("out"), [5.0, 5.0]);
    close(found.hours("d", Count::Overtime), 0.0);
    close(found.hours("d", Count::Busy), 3.0 + 4.0);
    let again = crews.replace("hand-over", "restart");
    assert_eq!(chats("4 h", "", &again, &[0.0, 0.0]).exits("out"), [7.0, 7.0]);
}

#[test]
fn both_are_finished_in_overtime_and_no_other_is_begun() {
    let crews = "crews = [{ name = \"a\", from = \"0 h\", until = \"2 h\", officers = 1 }, \
                 { name = \"b\", from = \"8 h\", until = \"96 h\", officers = 1 }]";
    // A third, before the end of the shift, waits for a place that comes when nobody takes more.
    let found = chats("2 h", "", crews, &[1.0, 1.5, 1.75]);
    // First: 1.5 left at 1.5, until 3.75; second: 1.5 of 2 done by then, alone until 4.25.
    assert_eq!(found.services("chat"), [(1, 1.0, 3.75), (2, 1.5, 4.25), (3, 8.0, 10.0)]);
    close(found.hours("d", Count::Overtime), 2.25);
    close(found.hours("d", Count::Busy), 3.25 + 2.0);
    // A limit hands over both.
    let limited = format!("shift_end = {{ finish = {{ at_most = \"1 h\" }} }}\n{crews}");
    let found = chats("2 h", "", &limited, &[1.0, 1.5]);
    // At 3 the first has 0.5 left, the second 1: next morning both at once, until 8.75; then 0.5 alone.
    assert_eq!(found.exits("out"), [8.75, 9.25]);
    close(found.hours("d", Count::Overtime), 1.0);
}

#[test]
fn a_break_begins_after_the_last_case_in_hand() {
    let shifts = "shifts = [{ start = \"00:00\", length = \"24 h\", officers = 1, breaks = [{ after = \"2 h\", length = \"1 h\" }] }]";
    // Due at 2 with two in hand, of which the last ends at 4.25: no other is begun before 5.25.
    let found = chats("2 h", "", shifts, &[1.0, 1.5, 2.5]);
    assert_eq!(found.services("chat"), [(1, 1.0, 3.75), (2, 1.5, 4.25), (3, 5.25, 7.25)]);
}

#[test]
fn work_after_a_case_holds_its_place() {
    let found = chats("2 h", ", after_work = \"1 h\"", ONE, &[0.0, 1.0, 1.0]);
    // First alone to 1, then until 2.5; an hour of notes at 1.5, until 4. Second: 2 hours at 1.5, until 4 as well.
    assert_eq!(found.services("chat")[..2], [(1, 0.0, 2.5), (2, 1.0, 4.0)]);
    // The third takes the place of the notes at 4, beside the second's notes, which take until 5.5; then alone.
    assert_eq!(found.services("chat")[2], (3, 4.0, 6.5));
}

#[test]
fn who_gives_up_in_hand_makes_the_others_faster() {
    let text = format!(
        "{}[class.c.deadline]\nafter = \"2 h\"\nuntil = \"chat\"\nexit = \"gone\"\n\
         [stage.chat]\nservice = {{ role = \"o\", time = \"2 h\" }}\nnext = \"out\"\n[stage.out]\nexit = true\n\
         [stage.gone]\nexit = true\n[centre.d]\nconcurrency = {{ cases = 2, slower = [1.0, 2.0] }}\n{ONE}\n",
        head(96.0, "chat")
    );
    let found = run_at(&text, &[0.0, 1.0]);
    // At 2 the first has done 1.5 and is dropped; the second has done 0.5, and is dropped at 3 with 1.5 done.
    assert_eq!(found.exits("gone"), [2.0, 3.0]);
    close(found.hours("d", Count::Busy), 3.0);
}

#[test]
fn a_call_takes_the_whole_officer_and_chats_do_not() {
    let text = format!(
        "[run]\nstart = 2018-10-01\nhorizon = \"96 h\"\nreplications = 1\nwhole_weeks = false\nwarm_up = \"0 weeks\"\n\
         [class.a]\nstart = \"chat\"\ntrace = {{ file = \"a.csv\", kind = \"times\", column = \"time\" }}\n\
         [class.b]\nstart = \"call\"\ntrace = {{ file = \"b.csv\", kind = \"times\", column = \"time\" }}\n\
         [stage.chat]\nservice = {{ role = \"chats\", time = \"2 h\" }}\nnext = \"out\"\n\
         [stage.call]\nservice = {{ role = \"calls\", time = \"1 h\" }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[centre.d]\nconcurrency = {{ cases = 2, slower = [1.0, 1.5], roles = [\"chats\"] }}\n{ONE}\n"
    );
    let run = |a: &[f64], b: &[f64]| run_with(&text, &[("a.csv", &csv(a)), ("b.csv", &csv(b))], &[]);
    // The call waits until both chats are done; a chat that comes meanwhile goes before it, since there is a place.
    let found = run(&[0.0, 1.0], &[0.5]);
    assert_eq!(starts(&found, "chat"), [0.0, 1.0]);
    assert_eq!(found.services("call"), [(2, 3.5, 4.5)]);
    // And a chat waits for the end of a call.
    let found = run(&[0.5], &[0.0]);
    assert_eq!(starts(&found, "chat"), [1.0]);
    close(found.hours("d", Count::Busy), 3.0);
}

#[test]
fn with_one_case_in_hand_it_changes_nothing() {
    let text = |concurrency: &str| {
        format!(
            "[run]\nhorizon = \"4 weeks\"\nreplications = 1\nseed = 7\n[class.c]\nrate = \"3 per hour\"\n\
             [stage.work]\nservice = {{ role = \"o\", time = {{ exponential = \"30 min\" }}, after_work = \"2 min\" }}\nnext = \"out\"\n\
             [stage.out]\nexit = true\n[centre.d]\n{concurrency}\nshifts = [\
             {{ start = \"06:00\", length = \"9 h\", officers = 3, breaks = [{{ after = \"4 h\", length = \"30 min\" }}] }}, \
             {{ start = \"14:00\", length = \"9 h\", officers = 2 }}]\n"
        )
    };
    let plain = run_with(&text(""), &[], &[]);
    let one = run_with(&text("concurrency = { cases = 1 }"), &[], &[]);
    // The same officers at work at the same times. (Who of them takes what differs in nothing that is seen.)
    assert_eq!(plain.exits("out"), one.exits("out"));
    for count in [Count::Busy, Count::Overtime, Count::OnDuty, Count::Queue] {
        close(one.hours("d", count), plain.hours("d", count));
    }
}
