//! Clients who leave the line, keep their place in it, and are called.

use super::support::{Run, close, head, run_at};
use poolwise_engine::integral::Count;

/// Work of 2 hours, who waits for an hour gives up, and a centre.
fn run(centre: &str, arrivals: &[f64]) -> Run {
    let text = format!(
        "{}deadline = {{ after = \"1 h\", until = {{ start = \"work\" }}, exit = \"gone\" }}\n\
         [stage.work]\nservice = {{ role = \"o\", time = \"2 h\" }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[stage.gone]\nexit = true\n[stage.unreached]\nexit = true\n\
         [centre.d]\n{centre}\n",
        head(60.0, "work")
    );
    run_at(&text, arrivals)
}

const OFFICERS: [&str; 4] = [
    "levels = { officers = 1 }",
    "levels = { steps = [[\"0 h\", 1]], finish = \"by-officer\" }",
    "levels = { officers = 1 }\nshift_end = \"hand-over\"",
    "shifts = [{ start = \"00:00\", length = \"24 h\", officers = 1 }]\nshift_end = \"hand-over\"",
];

#[test]
fn who_is_called_keeps_the_place_and_does_not_give_up() {
    for officers in OFFICERS {
        // The second waits alone, is offered nothing and gives up at 1.5; the third finds one waiting and is called at 2.
        let found = run(&format!("{officers}\ncall_back = {{ queue = 1 }}"), &[0.0, 0.5, 0.75, 1.75]);
        assert_eq!(found.exits("gone"), [1.5], "{officers}");
        assert_eq!(found.services("work"), [(1, 0.0, 2.0), (3, 2.0, 4.0), (4, 4.0, 6.0)], "{officers}");
        let total = &found.outcome.total;
        assert_eq!((total.call_backs, total.calls_in_vain, total.lost, total.met_deadline), (2, 0, 1, 3));
    }
}

#[test]
fn who_does_not_take_the_offer_waits_and_gives_up() {
    // The second and the third wait from 0.5 and 0.75 on. Where everybody takes the offer they are called at 2 and 4; where nobody does they
    // give up after an hour. Where half do, whoever did not gives up, and the others are called.
    for (accepted, gone, served) in
        [("1.0", vec![], vec![0.0, 2.0, 4.0]), ("0.0", vec![1.5, 1.75], vec![0.0])]
    {
        let calls = format!("levels = {{ officers = 1 }}\ncall_back = {{ accepted = {accepted} }}");
        let found = run(&calls, &[0.0, 0.5, 0.75]);
        let begun: Vec<f64> = found.services("work").iter().map(|s| s.1).collect();
        assert_eq!((found.exits("gone"), begun), (gone, served), "{accepted}");
    }
    let often = "levels = { officers = 100 }\nqueue_capacity = { limit = 2000, exit = \"gone\" }\ncall_back = { accepted = 0.3 }";
    // 2,000 find all 100 at work: 600 called in the mean, and within 4.1 standard deviations but once in 20,000 times.
    let found = run(often, &[0.5; 2_100]);
    let taken = found.outcome.total.call_backs as f64;
    assert!((taken - 600.0).abs() < 4.1 * (2_000.0_f64 * 0.3 * 0.7).sqrt(), "{taken}");
    assert_eq!(found.outcome.total.lost as f64, 2_000.0 - taken);
}

#[test]
fn a_call_in_vain_keeps_the_officer_and_comes_again() {
    for officers in OFFICERS {
        let calls = "call_back = { answered = 0.0, ringing = \"30 min\", attempts = 2, again_after = \"1 h\", exit = \"unreached\" }";
        let found = run(&format!("{officers}\n{calls}"), &[0.0, 0.5]);
        // Called at 2 until 2.5, and at 3.5 until 4.
        assert_eq!((found.exits("unreached"), found.services("work").len()), (vec![4.0], 1), "{officers}");
        close(found.hours("d", Count::Busy), 3.0);
        close(found.hours("d", Count::Queue), 1.5);
        let total = &found.outcome.total;
        assert_eq!((total.call_backs, total.calls_in_vain, total.lost, total.first_wait_count), (1, 2, 0, 1));
    }
}

#[test]
fn the_place_in_line_is_that_of_the_first_time() {
    // All are called, and nobody answers: the first of those who wait is called at 2, 4 and so on. Called again an hour after
    // it has rung it stands before those who came while it was away, though they have waited since.
    let calls = "levels = { officers = 1 }\n\
                 call_back = { answered = 0.0, ringing = \"1 h\", attempts = 2, again_after = \"30 min\", exit = \"unreached\" }";
    let found = run(calls, &[0.0, 0.5, 1.0, 3.25]);
    // 0.5: rings 2 to 3, in line at 3.5, rings 4 to 5. 1.0: rings 3 to 4, in line at 4.5, rings 5 to 6; 3.25 only then.
    assert_eq!(found.exits("unreached"), [5.0, 6.0, 8.5]);
}
