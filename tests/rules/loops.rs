//! Loops: a request may come back to a stage any number of times, on any number of stages.

use super::support::{head, read, run_at};
use poolwise_engine::integral::Count;
use poolwise_engine::model::Model;

/// One request an hour, `stages` services of `seconds` each in a row on average, and from the last back to the first with
/// probability `again`.
fn looping(stages: usize, seconds: f64, again: f64) -> Model {
    let mut text = String::from(
        "[run]\nhorizon = \"8 weeks\"\nwarm_up = \"1 week\"\nreplications = 4\n\
         [class.c]\nrate = \"1 per hour\"\nstart = \"s0\"\n",
    );
    for s in 0..stages {
        let next = if s + 1 < stages {
            format!("\"s{}\"", s + 1)
        } else {
            format!("[{{ to = \"s0\", probability = {again} }}, {{ to = \"out\" }}]")
        };
        text.push_str(&format!(
            "[stage.s{s}]\nservice = {{ role = \"r\", time = {{ exponential = \"{seconds} s\" }} }}\nnext = {next}\n"
        ));
    }
    text.push_str("[stage.out]\nexit = true\n[centre.d]\nlevels = { officers = 1 }\n");
    read(&text, &[], &[])
}

/// Utilization, and exits an hour, over four replications.
fn found(model: &Model) -> (f64, f64) {
    let (mut busy, mut done, mut time) = (0.0, 0, 0.0);
    for k in 0..4 {
        let outcome = poolwise_engine::run(model, k, false).expect("balanced");
        busy += outcome.centres[0].integrals.total(0, Count::Busy);
        done += outcome.total.done;
        time += model.run.horizon;
    }
    (busy / time, done as f64 / time * 3600.0)
}

/// The load is one request an hour times half an hour of work, whatever the loop. Work of a request is about
/// exponential, so that the utilization over 5,376 requests has a standard error of 0.5 sqrt(2 / 5376) = 0.0096, the
/// flow of 1 / sqrt(5376) = 0.0136: five of each, less than one false alarm in a million, with fixed seeds.
#[track_caller]
fn half_busy(stages: usize, seconds: f64, again: f64) {
    let (busy, done) = found(&looping(stages, seconds, again));
    assert!((busy - 0.5).abs() < 0.048, "{stages} stages, {again} again: utilization {busy}");
    assert!((done - 1.0).abs() < 0.07, "{stages} stages, {again} again: {done} done an hour");
}

#[test]
fn a_loop_may_be_gone_through_any_number_of_times() {
    half_busy(1, 36.0, 0.98);
    // 200 times on average: every fourth request more than 255 times.
    half_busy(1, 9.0, 0.995);
}

#[test]
fn any_number_of_stages_may_lie_on_a_loop() {
    half_busy(24, 1.5, 0.98);
    half_busy(9, 0.4, 0.998);
}

#[test]
fn each_booking_has_a_deadline_of_its_own_however_many_there_are() {
    // Booked anew each hour; of each booking's deadline, 0 to 100 s, one in a hundred is shorter than the second of work.
    // So each request is lost in the end, with a probability of 1 - 0.99^1999. A draw repeated from the 256th booking on
    // would let 0.99^255 = 7.7 % of them stay for ever, 23 of 300.
    let text = format!(
        "{}deadline = {{ after = {{ uniform = {{ low = \"0 s\", high = \"100 s\" }} }}, until = \"work\", exit = \"lost\" }}\n\
         [stage.work]\nservice = {{ role = \"o\", time = \"1 s\" }}\nnext = \"away\"\n\
         [stage.away]\ndelay = \"1 h\"\nrebook = true\n\
         next = [{{ to = \"work\", probability = 0.9999999 }}, {{ to = \"out\" }}]\n\
         [stage.out]\nexit = true\n[stage.lost]\nexit = true\n[centre.c]\nlevels = {{ officers = 1 }}\n",
        head(2_000.0, "work")
    );
    let times: Vec<f64> = (0..300).map(|k| f64::from(7 * k) / 3600.0).collect();
    let run = run_at(&text, &times);
    assert_eq!(run.exits("lost").len(), 300);
}
