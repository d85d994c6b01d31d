//! What of a simulated record counts.

use super::*;
use crate::past::Happened;
use poolwise_engine::model::Pool;
use poolwise_engine::random::Sampler;

#[test]
fn counting_ends_where_it_is_stopped() {
    let model = Model::one_queue(6.0, Sampler::Constant(300.0), vec![Pool::around_the_clock(1, 1)]);
    let rows = poolwise_engine::run(&model, 0, true).expect("balanced").trace;
    assert!(rows.len() > 10);
    assert!(handled(&rows, &model, &|| true).is_none());
    assert_eq!(handled(&rows, &model, &|| false).map(|h| h.len()), Some(1));
}

#[test]
fn what_waited_at_the_beginning_is_no_request_of_the_history() {
    let model = Model::one_queue(6.0, Sampler::Constant(300.0), vec![Pool::around_the_clock(1, 1)]);
    let zone = TimeZone::UTC;
    let begin = zone.to_datetime(Timestamp::from_second(model.run.origin_unix).expect("an instant"));
    let happened = Happened { offered: 1, ..Happened::default() };
    let past = Past { rows: [((begin, 0), happened)].into(), width: 3_600, ..Past::default() };
    let begun = |booked: f64| {
        let row = TraceRow {
            request: 1,
            class: 0,
            area: 0,
            stage: 0,
            centre: Some(0),
            booked,
            reached: booked,
            started: 60.0,
            finished: 360.0,
            kind: TraceKind::Service,
        };
        let found = count(&[row], &model, (&past, &[0]), (&zone, 600.0), &|| false).expect("not stopped");
        (found.counts[&(begin, 0)].0, found.begun.get(&(begin, 0)).copied().unwrap_or(0))
    };
    assert_eq!((begun(30.0), begun(0.0), begun(-30.0)), ((1, 1), (0, 0), (0, 0)));
}
