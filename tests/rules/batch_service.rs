//! Requests that are served several at once.

use super::support::{Run, close, csv, head, run_at, run_with, starts};
use poolwise_engine::integral::Count;

/// A service of two hours for several at these hours, by one officer.
fn run(batch: &str, rest: &str, centre: &str, arrivals: &[f64]) -> Run {
    let text = format!(
        "{}[stage.tour]\nservice = {{ role = \"o\", time = \"2 h\", batch = {{ {batch} }}{rest} }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[centre.d]\n{centre}\n",
        head(96.0, "tour")
    );
    run_at(&text, arrivals)
}

const ONE: &str = "levels = { officers = 1 }";
const TWO: &str = "levels = { officers = 2 }";

#[test]
fn those_who_wait_are_taken_together_up_to_the_most() {
    let found = run("most = 3", "", ONE, &[0.0, 0.5, 0.5, 1.0, 1.5]);
    // One alone at once; three of the four that wait at 2; the last at 4.
    assert_eq!(found.exits("out"), [2.0, 4.0, 4.0, 4.0, 6.0]);
    assert_eq!(starts(&found, "tour"), [0.0, 2.0, 2.0, 2.0, 4.0]);
    // The officer's time is that of three services, and waits are of each.
    close(found.hours("d", Count::Busy), 6.0);
    let waits = &found.outcome.centres[0].waits[0];
    close(waits.sum / 3600.0, 1.5 + 1.5 + 1.0 + 2.5);
    assert_eq!(waits.started, 5);
}

#[test]
fn it_is_begun_with_the_fewest_or_when_somebody_has_waited_long_enough() {
    let found = run("most = 4, least = 2", "", TWO, &[0.0, 1.0, 1.25, 3.0]);
    // The second makes up two; the others make up two at 3.
    assert_eq!(starts(&found, "tour"), [1.0, 1.0, 3.0, 3.0]);
    // The last alone never is.
    assert_eq!(run("most = 4, least = 2", "", TWO, &[0.0, 1.0, 9.0]).exits("out"), [3.0, 3.0]);
    let timed = "most = 4, least = 3, after = \"1 h\"";
    let found = run(timed, "", ONE, &[0.0, 0.5, 10.0, 10.2, 10.4]);
    // The first waits for an hour, and takes the second along; three are enough at once.
    assert_eq!(starts(&found, "tour"), [1.0, 1.0, 10.4, 10.4, 10.4]);
    // Where nobody is free when the hour is over, they are begun as soon as somebody is.
    let found = run(timed, "", ONE, &[0.0, 1.5, 2.75]);
    assert_eq!(starts(&found, "tour"), [1.0, 3.0, 3.0]);
}

#[test]
fn other_work_overtakes_those_who_wait_for_company() {
    let text = format!(
        "[run]\nstart = 2018-10-01\nhorizon = \"96 h\"\nreplications = 1\nwhole_weeks = false\nwarm_up = \"0 weeks\"\n\
         [class.a]\nstart = \"tour\"\ntrace = {{ file = \"a.csv\", kind = \"times\", column = \"time\" }}\n\
         [class.b]\nstart = \"desk\"\ntrace = {{ file = \"b.csv\", kind = \"times\", column = \"time\" }}\n\
         [stage.tour]\nservice = {{ role = \"o\", time = \"2 h\", batch = {{ most = 2, least = 2 }} }}\nnext = \"out\"\n\
         [stage.desk]\nservice = {{ role = \"o\", time = \"1 h\" }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[centre.d]\n{ONE}\n"
    );
    let found = run_with(&text, &[("a.csv", &csv(&[0.0, 1.0])), ("b.csv", &csv(&[0.5, 1.25]))], &[]);
    // The one at the desk begins at once, though one waits before it; when the second for the tour comes it is as early as any.
    assert_eq!(starts(&found, "desk"), [0.5, 3.5]);
    assert_eq!(starts(&found, "tour"), [1.5, 1.5]);
    // Of a team all are there for all together.
    let found = run("most = 2, least = 2", ", officers = 2", TWO, &[0.0, 0.0, 1.0, 1.0]);
    assert_eq!(starts(&found, "tour"), [0.0, 0.0, 2.0, 2.0]);
    close(found.hours("d", Count::Busy), 8.0);
}

#[test]
fn work_after_it_is_done_once() {
    let found = run("most = 2", ", after_work = \"1 h\"", ONE, &[0.0, 0.5, 0.5]);
    // Two leave together at 5, and their officer has an hour to do after each of two services.
    assert_eq!(found.exits("out"), [2.0, 5.0, 5.0]);
    close(found.hours("d", Count::Busy), 6.0);
}

#[test]
fn who_is_lost_leaves_the_others_and_the_last_takes_the_officer_along() {
    let text = |deadline: &str| {
        format!(
            "{}[class.c.deadline]\nafter = \"{deadline}\"\nuntil = \"tour\"\nexit = \"gone\"\n\
             [stage.tour]\nservice = {{ role = \"o\", time = \"2 h\", batch = {{ most = 2, least = 2 }} }}\nnext = \"out\"\n\
             [stage.out]\nexit = true\n[stage.gone]\nexit = true\n[centre.d]\n{ONE}\n",
            head(96.0, "tour")
        )
    };
    // The first is lost at 2.5; the second ends at 3.
    let found = run_at(&text("2.5 h"), &[0.0, 1.0]);
    assert_eq!((found.exits("gone"), found.exits("out")), (vec![2.5], vec![3.0]));
    close(found.hours("d", Count::Busy), 2.0);
    // Both are lost: nobody is left to serve.
    let found = run_at(&text("1.5 h"), &[0.0, 1.0]);
    assert_eq!((found.exits("gone"), found.exits("out")), (vec![1.5, 2.5], vec![]));
    close(found.hours("d", Count::Busy), 1.5);
}

#[test]
fn crews_finish_it_in_overtime() {
    let crews = "crews = [{ name = \"a\", from = \"0 h\", until = \"2 h\", officers = 1 }, \
                 { name = \"b\", from = \"2 h\", until = \"96 h\", officers = 1 }]";
    let found = run("most = 2, least = 2", "", crews, &[0.5, 1.0, 1.5, 1.75]);
    assert_eq!(starts(&found, "tour"), [1.0, 1.0, 2.0, 2.0]);
    close(found.hours("d", Count::Overtime), 1.0);
}
