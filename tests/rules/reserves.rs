//! Officers kept free of some classes.

use super::support::{Run, close, csv, run_with, starts};

/// Routine and urgent cases of two hours, at these hours, at a centre with these rules.
fn run(centre: &str, routine: &[f64], urgent: &[f64]) -> Run {
    let text = format!(
        "[run]\nstart = 2018-10-01\nhorizon = \"48 h\"\nreplications = 1\nwhole_weeks = false\nwarm_up = \"0 weeks\"\n\
         [class.routine]\nstart = \"routine\"\ntrace = {{ file = \"r.csv\", kind = \"times\", column = \"time\" }}\n\
         [class.urgent]\nstart = \"urgent\"\ntrace = {{ file = \"u.csv\", kind = \"times\", column = \"time\" }}\n\
         [stage.routine]\nservice = {{ role = \"o\", time = \"2 h\" }}\nnext = \"out\"\n\
         [stage.urgent]\nservice = {{ role = \"o\", time = \"2 h\" }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[stage.full]\nexit = true\n[centre.d]\n{centre}\n"
    );
    run_with(&text, &[("r.csv", &csv(routine)), ("u.csv", &csv(urgent))], &[])
}

/// Three officers of a level, or of a shift around the clock.
const OFFICERS: [&str; 2] = [
    "levels = { officers = 3 }",
    "shifts = [{ start = \"00:00\", length = \"24 h\", officers = 3 }]\nshift_end = \"hand-over\"",
];

#[test]
fn an_officer_is_kept_free_and_urgent_cases_overtake() {
    for officers in OFFICERS {
        let with = |limit: &str| format!("{officers}\nreserves = [{{ classes = [\"routine\"], {limit} }}]");
        // Three routine cases at 0 and an urgent one at 1, three officers. One kept free: two begin at 0, the urgent one takes
        // the third officer, and at 2, when two become free, the last begins with one left.
        let found = run(&with("keep_free = 1"), &[0.0; 3], &[1.0]);
        assert_eq!((starts(&found, "routine"), starts(&found, "urgent")), (vec![0.0, 0.0, 2.0], vec![1.0]));
        // Fewer than two at work, which is the same for three officers and not for two.
        let found = run(&with("busy_below = 2"), &[0.0; 3], &[1.0]);
        assert_eq!((starts(&found, "routine"), starts(&found, "urgent")), (vec![0.0, 0.0, 2.0], vec![1.0]));
        // Two kept free, or fewer than one at work: one at 0, the next when nobody is at work, at 3, and at 5.
        for limit in ["keep_free = 2", "busy_below = 1"] {
            let found = run(&with(limit), &[0.0; 3], &[1.0]);
            assert_eq!(
                (starts(&found, "routine"), starts(&found, "urgent")),
                (vec![0.0, 3.0, 5.0], vec![1.0])
            );
        }
    }
    let two = |limit: &str| {
        format!("levels = {{ officers = 2 }}\nreserves = [{{ classes = [\"routine\"], {limit} }}]")
    };
    assert_eq!(starts(&run(&two("keep_free = 1"), &[0.0; 2], &[]), "routine"), [0.0, 2.0]);
    assert_eq!(starts(&run(&two("busy_below = 2"), &[0.0; 2], &[]), "routine"), [0.0, 0.0]);
}

#[test]
fn a_case_held_back_waits_for_a_place_or_is_turned_away_and_others_are_not() {
    for officers in OFFICERS {
        let centre = format!(
            "{officers}\nqueue_capacity = {{ limit = 1, exit = \"full\" }}\n\
             reserves = [{{ classes = [\"routine\"], keep_free = 2 }}]"
        );
        // One routine case at work, one waits, one is turned away; the urgent find the queue full and an officer free.
        let run = run(&centre, &[0.0, 0.5, 1.0], &[1.0, 1.5, 1.6]);
        assert_eq!(starts(&run, "urgent"), [1.0, 1.5]);
        let full = run.exits("full");
        assert_eq!(full.len(), 2, "{full:?}");
        close(full[0], 1.0);
        close(full[1], 1.6);
        // At 2 one is free, at 3 two are, at 3.5 three.
        assert_eq!(starts(&run, "routine"), [0.0, 3.5]);
    }
}

#[test]
fn a_reserve_may_have_hours() {
    for officers in OFFICERS {
        let centre = format!(
            "{officers}\nreserves = [{{ classes = [\"routine\"], keep_free = 3, hours = \"06:00-08:30\" }}]"
        );
        // Nobody is begun in its hours; who waits is when they end, though no case does, and one comes before they begin again.
        let run = run(&centre, &[5.0, 6.0, 7.0, 28.0], &[6.25]);
        assert_eq!(starts(&run, "routine"), [5.0, 8.5, 8.5, 28.0]);
        assert_eq!(starts(&run, "urgent"), [6.25]);
    }
}

#[test]
fn a_reserve_is_of_those_who_hold_the_role() {
    // Two generalists and one who only does urgent cases: one of three is kept free, so that a routine case goes on while
    // the others are idle; a team of two needs two and one more.
    let text = "[run]\nhorizon = \"24 h\"\nreplications = 1\nwhole_weeks = false\n\
         [class.pair]\nstart = \"pair\"\ntrace = { file = \"p.csv\", kind = \"times\", column = \"time\" }\n\
         [class.one]\nstart = \"one\"\ntrace = { file = \"o.csv\", kind = \"times\", column = \"time\" }\n\
         [stage.pair]\nservice = { role = \"o\", officers = 2, time = \"2 h\" }\nnext = \"out\"\n\
         [stage.one]\nservice = { role = \"o\", time = \"3 h\" }\nnext = \"out\"\n[stage.out]\nexit = true\n\
         [centre.d]\nshifts = [{ name = \"a\", start = \"00:00\", length = \"24 h\", officers = 3 }, \
         { name = \"b\", start = \"00:00\", length = \"24 h\", officers = 5, roles = [\"p\"] }]\n\
         reserves = [{ classes = [\"pair\"], keep_free = 1 }]\n\
         [class.none]\nstart = \"never\"\nrate = \"0 per hour\"\n\
         [stage.never]\nservice = { role = \"p\", time = \"1 h\" }\nnext = \"out\"\n";
    let run = run_with(text, &[("p.csv", &csv(&[1.0])), ("o.csv", &csv(&[0.0]))], &[]);
    // At 1 two of the three are free, which is the team and nobody else.
    assert_eq!(starts(&run, "pair"), [3.0]);
}
