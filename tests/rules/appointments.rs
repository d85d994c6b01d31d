//! Appointments: slots of a week, some of whose clients do not come.

use super::support::{Run, run_with};

/// A week and a day of requests that take no time to speak of; arrivals in hours.
fn run(appointments: &str) -> Run {
    let text = format!(
        "[run]\nstart = 2018-10-01\nhorizon = \"192 h\"\nreplications = 1\nwhole_weeks = false\nholidays = [2018-10-03]\n\
         [class.c]\nappointments = {{ {appointments} }}\n\
         [stage.work]\nservice = {{ role = \"o\", time = \"1 s\" }}\nnext = \"done\"\n[stage.done]\nexit = true\n\
         [centre.c]\nlevels = {{ officers = 100 }}\n[area.here]\ntime_zone = \"America/New_York\"\n"
    );
    run_with(&text, &[], &[])
}

fn times(appointments: &str) -> Vec<f64> {
    run(appointments).services("work").iter().map(|s| s.1).collect()
}

#[test]
fn slots_are_at_their_hours_and_not_on_holidays() {
    // Mondays to Wednesdays at 9, 9:20 and 9:40; Wednesday is a holiday; the second Monday is in the run.
    let day = |d: f64| [d * 24.0 + 9.0, d * 24.0 + 9.0 + 1.0 / 3.0, d * 24.0 + 9.0 + 2.0 / 3.0];
    let close = |found: &[f64], right: &[f64]| {
        assert!(
            found.len() == right.len() && found.iter().zip(right).all(|(a, b)| (a - b).abs() < 1e-9),
            "{found:?}"
        );
    };
    let found = times("hours = \"Mon-Wed 09:00-10:00\", every = \"20 min\"");
    close(&found, &[day(0.0), day(1.0), day(7.0)].concat());
    let found = times("hours = \"Mon-Wed 09:00-10:00\", every = \"20 min\", holidays = \"work\"");
    close(&found, &[day(0.0), day(1.0), day(2.0), day(7.0)].concat());
    // By the clock of the area, four hours behind; two clients a slot.
    let found = times("hours = \"Mon 09:00-09:30\", every = \"20 min\", each = 2, area = \"here\"");
    let [a, b, _] = day(0.0).map(|t| t + 4.0);
    let [c, d, _] = day(7.0).map(|t| t + 4.0);
    close(&found, &[a, a, b, b, c, c, d, d]);
}

#[test]
fn some_do_not_come_and_some_are_early_or_late() {
    let all = times("hours = \"always\", every = \"1 min\"");
    assert_eq!(all.len(), 192 * 60 - 24 * 60);
    let come = times("hours = \"always\", every = \"1 min\", no_show = 0.25");
    // 10,080 slots: 7,560 come, with a standard deviation of 43.
    assert!(come.len().abs_diff(7_560) < 220, "{}", come.len());
    // Of those who come each has a slot, and none comes twice.
    assert!(come.windows(2).all(|w| w[0] < w[1]));
    assert!(come.iter().all(|t| (t * 60.0 - (t * 60.0).round()).abs() < 1e-6));
    // Half an hour wide: nobody is more than a quarter off, and they are on both sides.
    let spread = times(
        "hours = \"daily 12:00-12:30\", every = \"1 h\", each = 40, jitter = \"30 min\", holidays = \"work\"",
    );
    let off: Vec<f64> = spread.iter().map(|t| t.rem_euclid(24.0) - 12.0).collect();
    assert_eq!(off.len(), 8 * 40);
    assert!(
        off.iter().all(|x| x.abs() <= 0.25 + 1e-9)
            && off.iter().any(|x| *x < -0.1)
            && off.iter().any(|x| *x > 0.1)
    );
}
