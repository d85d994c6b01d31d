//! What is there when a run begins from nothing but that: how many, where, of which class and area, and at which stage.

use super::support::{Run, csv, run_with, starts};

/// A reading of an hour and then a signature of half an hour, by one officer of each of two centres; a letter comes at 1.
fn run(start: &str) -> Run {
    let text = format!(
        "[run]\nstart = 2018-10-01\nhorizon = \"48 h\"\nreplications = 1\nwhole_weeks = false\n\
         [class.card]\nstart = \"sign\"\nrate = \"0 per hour\"\n\
         [class.letter]\nstart = \"read\"\ntrace = {{ file = \"l.csv\", kind = \"times\", column = \"time\" }}\n\
         [area.north]\nshare = 1000000\n[area.south]\n\
         [stage.read]\nservice = {{ role = \"o\", time = \"1 h\" }}\nnext = \"sign\"\n\
         [stage.sign]\nservice = {{ role = \"o\", time = \"30 min\" }}\nnext = \"out\"\n[stage.out]\nexit = true\n\
         [centre.here]\nlevels = {{ officers = 1 }}\n[centre.there]\nlevels = {{ officers = 1 }}\n\
         [[route]]\nareas = [\"south\"]\nto = \"there\"\n[[route]]\nto = \"here\"\n{start}\n"
    );
    run_with(&text, &[("l.csv", &csv(&[1.0]))], &[])
}

#[test]
fn so_many_are_at_the_stage_and_centre_named() {
    // Three at the signature until 1.5; the letter is read from then on. They are no arrivals.
    let found = run("[start.here]\nrequests = 3\nstage = \"sign\"");
    assert_eq!(starts(&found, "sign"), [0.0, 0.5, 1.0, 2.5]);
    assert_eq!((starts(&found, "read"), found.outcome.total.arrivals), (vec![1.5], 1));
    // At the first service stage where none is named: two readings, and between them nothing, since readings came first.
    let found = run("[start.here]\nrequests = 2");
    assert_eq!((starts(&found, "read"), starts(&found, "sign")), (vec![0.0, 1.0, 2.5], vec![2.0, 3.5, 4.0]));
    // At the other centre nobody is in the way of the letter.
    let found = run("[start.there]\nrequests = 3\nstage = \"sign\"");
    assert_eq!((starts(&found, "read"), starts(&found, "sign")), (vec![1.0], vec![0.0, 0.5, 1.0, 2.0]));
}

#[test]
fn they_are_of_the_class_and_area_named() {
    let done = |run: &Run| -> ([u64; 2], [u64; 2]) {
        let (classes, areas) = (&run.outcome.classes, &run.outcome.areas);
        ([classes[0].done, classes[1].done], [areas[0].done, areas[1].done])
    };
    // Of cards and letters, of the north and the south.
    let found = run("[start.here]\nrequests = 3\nstage = \"sign\"\nclass = \"letter\"\narea = \"south\"");
    assert_eq!(done(&found), ([0, 4], [1, 3]));
    // Else of the first that comes there, and of an area by share.
    let found = run("[start.here]\nrequests = 3\nstage = \"sign\"");
    assert_eq!(done(&found), ([3, 1], [4, 0]));
    let found = run("[start.here]\nrequests = 3\nstage = \"read\"");
    assert_eq!(done(&found), ([0, 4], [4, 0]));
    // Whose area is the south is read here, where it is, and goes on to there by the rules.
    let found = run("[start.here]\nrequests = 1\nstage = \"read\"\nclass = \"letter\"\narea = \"south\"");
    let served: Vec<&str> = found.served_at("sign").iter().map(|s| s.1).collect();
    assert_eq!(served, ["there", "here"]);
}

#[test]
fn cases_in_hand_are_where_they_are_said_to_be() {
    // At 10 a card of the south is at its signature there, for 10 minutes; a letter of the north waits here to be signed, and one to be read.
    let run = run("[start]\nat = \"10:00\"\ncases = [\
         { centre = \"there\", stage = \"sign\", class = \"card\", area = \"south\", spent = \"10 min\" }, \
         { centre = \"here\", stage = \"sign\", class = \"letter\", area = \"north\", age = \"20 min\" }, \
         { centre = \"here\", stage = \"read\", class = \"letter\", area = \"north\", age = \"10 min\" }]");
    let mut served: Vec<(&str, f64)> = Vec::new();
    for stage in ["read", "sign"] {
        for row in run.rows(poolwise_engine::trace::TraceKind::Service, stage) {
            served.push((
                run.model.centres[row.centre.expect("a centre")].name.as_str(),
                row.finished / 3600.0,
            ));
        }
    }
    let expected = [("here", 11.5), ("there", 10.0 + 1.0 / 3.0), ("here", 10.5), ("here", 12.0)];
    assert_eq!(served.len(), expected.len(), "{served:?}");
    for (found, expected) in served.iter().zip(expected) {
        assert!(found.0 == expected.0 && (found.1 - expected.1).abs() < 1e-9, "{served:?}");
    }
    assert_eq!(run.outcome.classes.iter().map(|c| c.done).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(run.outcome.areas.iter().map(|a| a.done).collect::<Vec<_>>(), [2, 1]);
}
