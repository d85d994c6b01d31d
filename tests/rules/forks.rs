//! Work on one request in several branches at once.

use super::support::{Run, close, head, read, run_at, run_with, starts};
use poolwise_engine::integral::Count;
use poolwise_engine::{Failure, Limits};
use poolwise_planning::offered_load::expected;

/// A fork into `first` (two hours by one of role a) and `second` (three hours by one of role b), then `last` (an hour by one of
/// role a); one centre with an officer of each role.
fn text(join: &str, rest: &str, class: &str) -> String {
    format!(
        "{}{class}[stage.both]\nfork = [\"first\", \"second\"]\n\
         [stage.first]\nservice = {{ role = \"a\", time = \"2 h\" }}\nnext = \"all\"\n\
         [stage.second]\nservice = {{ role = \"b\", time = \"3 h\" }}\nnext = \"all\"\n\
         [stage.all]\njoin = {join}\nnext = \"last\"\n\
         [stage.last]\nservice = {{ role = \"a\", time = \"1 h\" }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[stage.gone]\nexit = true\n\
         [centre.d]\n{rest}shifts = [\n\
         {{ name = \"a\", start = \"00:00\", length = \"24 h\", officers = 1, roles = [\"a\"] }},\n\
         {{ name = \"b\", start = \"00:00\", length = \"24 h\", officers = 1, roles = [\"b\"] }},\n]\n",
        head(96.0, "both")
    )
}

fn run(join: &str, rest: &str, class: &str, arrivals: &[f64]) -> Run {
    run_at(&text(join, rest, class), arrivals)
}

#[test]
fn the_request_goes_on_when_all_are_done_and_waits_are_of_branches() {
    let found = run("true", "", "", &[0.0, 1.0]);
    // First branches at 0 and 2, second at 0 and 3; the first is together at 3, and its last step waits for officer a until 4.
    assert_eq!((starts(&found, "first"), starts(&found, "second")), (vec![0.0, 2.0], vec![0.0, 3.0]));
    assert_eq!(found.exits("out"), [5.0, 7.0]);
    close(found.hours("d", Count::Busy), 4.0 + 6.0 + 2.0);
    // Waits: 1 h at the first and 2 h at the second branch of the second request, and 1 h for the last step of the first.
    let waits = &found.outcome.centres[0].waits[0];
    assert_eq!(waits.started, 6);
    close(waits.sum / 3600.0, 1.0 + 2.0 + 1.0);
    let total = &found.outcome.total;
    assert_eq!((total.arrivals, total.done, total.first_wait_count), (2, 2, 2));
    close(total.completion_sum / 3600.0, 5.0 + 6.0);
    // Answered by the first officer in any branch: the first at once, the second after an hour.
    close(total.first_wait_sum / 3600.0, 1.0);
}

#[test]
fn waits_at_a_join_are_of_the_branches_that_have_come() {
    let waits = |join: &str| {
        let found = run(join, "", "", &[0.0, 1.0]);
        let join = &found.outcome.stages[found.stage("all")];
        (join.visits, join.started, join.wait_sum / 3_600.0)
    };
    // The first branches come at 2 and 4, the second at 3 and 6.
    assert_eq!(waits("true"), (2, 4, 1.0 + 2.0));
    // Nobody waits for those that are not needed.
    assert_eq!(waits("{ need = 1 }"), (2, 2, 0.0));
    assert_eq!(waits("{ need = 1, rest = \"finish\" }"), (2, 2, 0.0));
}

#[test]
fn what_a_join_needs_and_who_is_kept_free_are_levers() {
    let lever = |name: &str, id: &str| {
        let path =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/textbook/{name}.toml"));
        let scenario = poolwise_scenario::load(&path, &Default::default()).unwrap_or_else(|e| panic!("{e}"));
        let levers = poolwise_scenario::levers::levers(&scenario.resolved);
        levers.into_iter().find(|lever| lever.id == id).unwrap_or_else(|| panic!("no {id}"))
    };
    let need = lever("fork-first", "stage.answered.join.need");
    assert_eq!((need.value, need.low, need.high, need.most), (1.0, 1.0, 2.0, 2.0));
    assert_eq!(lever("reserve", "centre.desk.reserves.0.keep_free").value, 1.0);
    assert_eq!(lever("reserve-waiting", "centre.desk.reserves.0.busy_below").value, 3.0);
}

#[test]
fn the_first_is_enough_where_it_says_so() {
    let found = run("{ need = 1 }", "", "", &[0.0, 1.0]);
    // At 2 the second branch is stopped, and its officer takes the next, stopped at 4. Officer a takes the first branch of the
    // second, which has waited since 1, before the last step of the first.
    assert_eq!((starts(&found, "first"), starts(&found, "last")), (vec![0.0, 2.0], vec![4.0, 5.0]));
    assert_eq!((found.exits("out"), starts(&found, "second")), (vec![5.0, 6.0], vec![]));
    close(found.hours("d", Count::Busy), 2.0 * 2.0 + 2.0 * 1.0 + 2.0 * 2.0);
    let found = run("{ need = 1, rest = \"finish\" }", "", "", &[0.0, 1.0]);
    assert_eq!((found.exits("out"), starts(&found, "second")), (vec![5.0, 6.0], vec![0.0, 3.0]));
    close(found.hours("d", Count::Busy), 4.0 + 6.0 + 2.0);
}

#[test]
fn a_request_is_lost_and_turned_away_as_one() {
    let class = "deadline = { after = \"150 min\", until = \"all\", exit = \"gone\" }\n";
    let found = run("true", "", class, &[0.0, 50.0]);
    assert_eq!(found.exits("gone"), [2.5, 52.5]);
    assert_eq!((found.outcome.total.lost, found.outcome.total.lost_anyway), (2, 2));
    close(found.hours("d", Count::Busy), 2.0 * (2.0 + 2.5));
    // Without waiting it would have come in time: three hours of four.
    let class = "deadline = { after = \"4 h\", until = \"all\", exit = \"gone\" }\n";
    let found = run("true", "", class, &[0.0, 1.0]);
    assert_eq!((found.outcome.total.lost, found.outcome.total.lost_anyway), (1, 0));
    let full = "queue_capacity = { limit = 0, exit = \"gone\" }\n";
    let found = run("true", full, "", &[0.0, 2.5]);
    // At 2.5 the first branch of the second would begin; its second branch finds no place, and both go.
    assert_eq!((found.exits("gone"), found.exits("out")), (vec![2.5], vec![4.0]));
    assert_eq!((found.outcome.total.turned_away, found.outcome.total.done), (1, 1));
}

#[test]
fn a_turned_away_request_goes_on_elsewhere_as_one() {
    let later = text("true", "queue_capacity = { limit = 0, exit = \"later\" }\n", "")
        + "[stage.later]\ndelay = \"5 h\"\nnext = \"both\"\n";
    // It comes again at 7.5, and its branches begin then.
    let found = run_at(&later, &[0.0, 2.5]);
    assert_eq!(found.exits("out"), [4.0, 11.5]);
    assert_eq!((found.outcome.total.turned_away, found.outcome.total.done), (0, 2));
}

#[test]
fn the_expected_load_holds_the_work_of_all_branches() {
    for join in ["true", "{ need = 1 }"] {
        let rate = text(join, "", "").replace(
            "trace = { file = \"arrivals.csv\", kind = \"times\", column = \"time\" }",
            "rate = \"0.1 per hour\"",
        );
        let model = read(&rate, &[], &[]);
        let load = expected(&model);
        close(load.offered(0), 0.1 * (2.0 + 3.0 + 1.0));
        let flow: Vec<f64> = load.stage_flow.iter().map(|flow| flow * 10.0).collect();
        // Fork, branches, join, last, out; nobody is lost.
        flow.iter().zip([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]).for_each(|(flow, want)| close(*flow, want));
    }
}

#[test]
fn work_that_comes_back_from_before_the_run_has_been_through_the_branches() {
    // Two branches, of two and three days, then 100 days out of reach, and again. From the first day on as many come back as come.
    let text = "[run]\nhorizon = \"20 weeks\"\nwarm_up = \"1 week\"\nreplications = 1\n\
        [class.c]\nstart = \"both\"\nrate = \"10 per hour\"\ndeadline = { after = \"1 day\", until = \"short\", exit = \"gone\" }\n\
        [stage.both]\nfork = [\"short\", \"long\"]\n[stage.short]\ndelay = { exponential = \"1 day\" }\nnext = \"all\"\n\
        [stage.long]\ndelay = \"12 h\"\nnext = \"all\"\n[stage.all]\njoin = true\nnext = \"away\"\n\
        [stage.away]\ndelay = \"300 days\"\nrebook = true\nnext = \"back\"\n\
        [stage.back]\nservice = { role = \"o\", time = \"1 min\" }\nnext = \"out\"\n[stage.out]\nexit = true\n[stage.gone]\nexit = true\n\
        [centre.d]\nlevels = { officers = 100 }\n";
    let found = run_with(text, &[], &[]);
    let hours = 20.0 * 168.0;
    let back =
        found.outcome.stages[found.model.stages.iter().position(|s| s.name == "back").unwrap()].visits as f64;
    // The deadline runs from the arrival: 1 - 1/e of them are in time. Four standard deviations of a Poisson count, and the error
    // of the walks beforehand.
    let want = 10.0 * hours * (1.0 - poolwise_math::exp(-1.0));
    assert!((back - want).abs() < 4.0 * want.sqrt() + 0.02 * want, "{back}, not {want}");
}

#[test]
fn many_branches_are_many_parts_of_memory() {
    let names: Vec<String> = (0..400).map(|_| "\"one\"".to_owned()).collect();
    let text = format!(
        "[run]\nhorizon = \"4 weeks\"\nreplications = 1\n[class.c]\nstart = \"many\"\nrate = \"20 per hour\"\n\
         [stage.many]\nfork = [{}]\n[stage.one]\ndelay = \"30 days\"\nnext = \"all\"\n[stage.all]\njoin = true\nnext = \"out\"\n\
         [stage.out]\nexit = true\n",
        names.join(", ")
    );
    let model = read(&text, &[], &[]);
    // 400 kB a request: 50 MB are full after 125 of them.
    match poolwise_engine::run_within(&model, 0, false, Limits::of_memory(50_000_000)) {
        Err(Failure::TooManyRequests { requests, seconds, .. }) => {
            assert!(
                (50_000..110_000).contains(&requests) && seconds < 24.0 * 3600.0,
                "{requests} at {seconds}"
            );
        }
        other => panic!("{:?}", other.map(|outcome| outcome.requests)),
    }
}
