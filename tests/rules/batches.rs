//! Requests that come several at a time.

use super::support::run_with;
use poolwise_engine::trace::TraceKind;

/// Hours at which requests that take no time are done: twelve an hour, for a thousand hours.
fn arrivals(batch: &str) -> Vec<f64> {
    let text = format!(
        "[run]\nhorizon = \"1000 h\"\nreplications = 1\nwhole_weeks = false\n[class.c]\nrate = \"12 per hour\"\n{batch}\n\
         [stage.work]\nservice = {{ role = \"o\", time = \"1 s\" }}\nnext = \"done\"\n[stage.done]\nexit = true\n\
         [centre.c]\nlevels = {{ officers = 1000 }}\n"
    );
    let run = run_with(&text, &[], &[]);
    run.rows(TraceKind::Service, "work").iter().map(|r| r.started).collect()
}

/// Sizes of those who come at one instant.
fn sizes(times: &[f64]) -> Vec<usize> {
    times.chunk_by(|a, b| a == b).map(<[f64]>::len).collect()
}

#[test]
fn so_many_come_at_one_instant_and_the_rate_is_of_requests() {
    let times = arrivals("batch = 3");
    let found = sizes(&times);
    assert!(found.iter().all(|n| *n == 3), "{found:?}");
    // 4,000 batches are expected, with a standard deviation of 63: a correct program is off by five of them once in two million.
    assert!(found.len().abs_diff(4_000) < 320, "{}", found.len());
    assert!(sizes(&arrivals("")).iter().all(|n| *n == 1));
}

#[test]
fn sizes_have_their_probabilities() {
    let found = sizes(&arrivals("batch = { sizes = [1, 4], probability = [0.5, 0.5] }"));
    // 4,800 batches, half of each size: five standard deviations are 173 of 4,800 and less.
    assert!(found.iter().all(|n| *n == 1 || *n == 4));
    let ones = found.iter().filter(|n| **n == 1).count();
    assert!(
        found.len().abs_diff(4_800) < 350 && (2 * ones).abs_diff(found.len()) < 350,
        "{ones} of {}",
        found.len()
    );
    let found = sizes(&arrivals("batch = { geometric = 3.0 }"));
    // P(1) is a third, and P(2) two ninths.
    for (size, share) in [(1, 3.0_f64.recip()), (2, 2.0 / 9.0)] {
        let n = found.iter().filter(|n| **n == size).count() as f64;
        let all = found.len() as f64;
        assert!((n - share * all).abs() < 5.0 * (share * (1.0 - share) * all).sqrt(), "{n} of {all}");
    }
}

#[test]
fn a_batch_stands_in_line_together() {
    // Pairs, services of half an hour: both waits of a pair that finds nobody are 0 and half an hour.
    let text = "[run]\nhorizon = \"1000 h\"\nreplications = 1\nwhole_weeks = false\n[class.c]\nrate = \"0.2 per hour\"\nbatch = 2\n\
         [stage.work]\nservice = { role = \"o\", time = \"30 min\" }\nnext = \"done\"\n[stage.done]\nexit = true\n\
         [centre.c]\nlevels = { officers = 1 }\n";
    let run = run_with(text, &[], &[]);
    let services = run.services("work");
    assert!(services.len() > 100);
    for pair in services.chunk_by(|a, b| (a.2 - b.1).abs() < 1e-9) {
        assert_eq!(pair.len() % 2, 0, "{pair:?}");
    }
}
