//! What else those do whose deadline passes or whom a centre does not take in.

use super::support::{close, head, run_at, starts};
use poolwise_engine::integral::Count;

/// One officer for work of 4 hours and letters of 1, which are written for 3 hours.
fn letters(deadline: &str, centre: &str) -> String {
    format!(
        "{}{deadline}\n[stage.work]\nservice = {{ role = \"o\", time = \"4 h\" }}\nnext = \"out\"\n\
         [stage.letter]\ndelay = \"3 h\"\nnext = \"answer\"\n\
         [stage.answer]\nservice = {{ role = \"o\", time = \"1 h\" }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[centre.d]\nlevels = {{ officers = 1 }}\n{centre}\n",
        head(60.0, "work")
    )
}

#[test]
fn whoever_gives_up_goes_on_elsewhere() {
    let patience = "deadline = { after = \"1 h\", until = { start = \"work\" }, exit = \"letter\" }";
    // The second gives up at 2; its letter is there at 5, and is answered after the third, which came at 3.5 and waits since.
    let run = run_at(&letters(patience, ""), &[0.0, 1.0, 3.5]);
    assert_eq!(run.services("work"), [(1, 0.0, 4.0), (3, 4.0, 8.0)]);
    assert_eq!(run.services("answer"), [(2, 8.0, 9.0)]);
    assert_eq!(run.exits("out"), [4.0, 8.0, 9.0]);
    let total = &run.outcome.total;
    assert_eq!((total.lost, total.met_deadline, total.done), (1, 2, 3));
    // From its first service stage on, 1 to 9.
    close(total.completion_sum / 3600.0, 4.0 + 4.5 + 8.0);
}

#[test]
fn a_case_whose_deadline_passes_in_service_goes_on_and_its_officer_is_free() {
    for officers in [
        "levels = { officers = 1 }",
        "levels = { steps = [[\"0 h\", 1]], finish = \"by-officer\" }",
        "shifts = [{ start = \"00:00\", length = \"24 h\", officers = 1 }]\nshift_end = \"hand-over\"",
    ] {
        let deadline = "deadline = { after = \"3 h\", until = \"work\", exit = \"letter\" }";
        let text = letters(deadline, "").replace("levels = { officers = 1 }", officers);
        // At 3 the first is dropped and the second, of 2, begun; that is dropped at 5 and the letter of 6 answered then.
        let run = run_at(&text, &[0.0, 2.0]);
        assert_eq!(starts(&run, "answer"), [6.0, 8.0], "{officers}");
        close(run.hours("d", Count::Busy), 3.0 + 2.0 + 2.0);
    }
}

#[test]
fn who_finds_the_queue_full_goes_on_elsewhere_and_may_come_back() {
    let later = "queue_capacity = { limit = 0, exit = \"later\" }\n\
                 [stage.later]\ndelay = \"90 min\"\nnext = \"work\"";
    // At 1, at 2.5 and at 4: the officer is free again at that instant.
    let run = run_at(&letters("", later), &[0.0, 1.0]);
    assert_eq!(run.services("work"), [(1, 0.0, 4.0), (2, 4.0, 8.0)]);
    assert_eq!(run.outcome.total.turned_away, 0);
    let balking = "balking = { at = [0], probability = [1.0], exit = \"letter\" }";
    let run = run_at(&letters("", balking), &[0.0, 1.5]);
    // The letter of 4.5 finds the officer free, who is since 4.
    assert_eq!(run.services("answer"), [(2, 4.5, 5.5)]);
}

#[test]
fn another_centre_takes_those_turned_away_at_once() {
    let text = format!(
        "{}[stage.work]\nservice = {{ role = \"o\", time = \"2 h\" }}\nnext = \"out\"\n\
         [stage.second]\nservice = {{ role = \"o\", time = \"2 h\" }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[stage.gone]\nexit = true\n\
         [centre.a]\nlevels = {{ officers = 1 }}\nqueue_capacity = {{ limit = 0, exit = \"second\" }}\n\
         [centre.b]\nlevels = {{ officers = 1 }}\nqueue_capacity = {{ limit = 0, exit = \"gone\" }}\n\
         [[route]]\nstages = [\"work\"]\nto = \"a\"\n[[route]]\nto = \"b\"\n",
        head(60.0, "work")
    );
    let run = run_at(&text, &[0.0, 0.5, 1.0]);
    assert_eq!((starts(&run, "work"), starts(&run, "second")), (vec![0.0], vec![0.5]));
    assert_eq!((run.exits("gone"), run.outcome.total.turned_away), (vec![1.0], 1));
}

#[test]
fn patience_ends_with_the_queue() {
    let text = letters(
        "deadline = { after = \"2 h\", until = { start = \"work\" }, exit = \"gone\" }",
        "queue_capacity = { limit = 0, exit = \"letter\" }\n[stage.gone]\nexit = true",
    );
    // Turned away at 1, and not gone at 3, while the letter is written.
    let run = run_at(&text, &[0.0, 1.0]);
    assert_eq!((run.exits("gone").len(), run.services("answer")), (0, vec![(2, 4.0, 5.0)]));
}

#[test]
fn another_visit_has_draws_of_its_own() {
    let later = "queue_capacity = { limit = 0, exit = \"later\" }\n[stage.later]\ndelay = { exponential = \"1 h\" }\nnext = \"check\"\n\
                 [stage.check]\nservice = { role = \"p\", time = \"1 s\" }\nnext = \"work\"\n\
                 [centre.e]\nlevels = { officers = 1 }\n[[route]]\nstages = [\"check\"]\nto = \"e\"\n[[route]]\nto = \"d\"";
    let text = letters("", later).replace("time = \"4 h\"", "time = \"30 h\"");
    let run = run_at(&text, &[0.0, 0.5]);
    let checks = run.services("check");
    assert!(checks.len() > 3, "{checks:?}");
    let delays: Vec<f64> = checks.windows(2).map(|w| w[1].1 - w[0].2).collect();
    assert!(delays.windows(2).all(|w| (w[0] - w[1]).abs() > 1e-6), "{delays:?}");
}
