//! Least rest between overtime and the next shift of a line.

use super::support::{Run, close, head, run_at};
use poolwise_engine::integral::Count;

/// One officer or more from 8 to 16 every day; cases of so long at these hours.
fn run(length: &str, officers: u32, centre: &str, arrivals: &[f64]) -> Run {
    let text = format!(
        "{}[stage.work]\nservice = {{ role = \"o\", time = \"{length}\" }}\nnext = \"out\"\n[stage.out]\nexit = true\n\
         [centre.d]\n{centre}\nshifts = [{{ start = \"08:00\", length = \"8 h\", officers = {officers} }}]\n",
        head(96.0, "work")
    );
    run_at(&text, arrivals)
}

#[test]
fn after_overtime_the_next_shift_begins_later() {
    // Until 23 in overtime; home for 11 hours, so that the next shift begins at 10 instead of 8.
    let found = run("8 h", 1, "min_rest = \"11 h\"", &[15.0, 32.0]);
    assert_eq!(found.services("work"), [(1, 15.0, 23.0), (2, 34.0, 42.0)]);
    // Four days of 8 hours less 2; the second case ends at 18, in 2 hours of overtime that leave 14 of rest.
    close(found.hours("d", Count::OnDuty), 30.0);
    close(found.hours("d", Count::Overtime), 9.0);
    // Without it he is there at 8, and so where the rest is long enough.
    assert_eq!(run("8 h", 1, "", &[15.0, 32.0]).services("work")[1], (2, 32.0, 40.0));
    assert_eq!(run("8 h", 1, "min_rest = \"9 h\"", &[15.0, 32.0]).services("work")[1], (2, 32.0, 40.0));
}

#[test]
fn who_is_still_at_work_when_the_next_shift_begins_rests_first() {
    // At work until 35, three hours into the next day, then at home until 46; on the second day he is not on duty at all.
    let found = run("20 h", 1, "min_rest = \"11 h\"", &[15.0, 33.0]);
    // His shift would have ended at 40: he comes to the third day's, at 56.
    assert_eq!(found.services("work"), [(1, 15.0, 35.0), (2, 56.0, 76.0)]);
    // The second case keeps him until 76; 11 hours on it is 87, when the fourth day's shift still has an hour.
    close(found.hours("d", Count::OnDuty), 8.0 + 0.0 + 8.0 + 1.0);
    close(found.hours("d", Count::Overtime), 19.0 + 12.0);
    // Without the rule he is on the next day's shift with the case in hand.
    close(run("20 h", 1, "", &[15.0]).hours("d", Count::OnDuty), 32.0);
}

#[test]
fn the_others_of_the_shift_come_in_time() {
    let found = run("8 h", 3, "min_rest = \"11 h\"", &[15.0, 32.0, 32.0, 32.0]);
    // Two at 8, the third at 10.
    let begun: Vec<f64> = found.services("work").iter().map(|s| s.1).collect();
    assert_eq!(begun, [15.0, 32.0, 32.0, 34.0]);
    close(found.hours("d", Count::OnDuty), 4.0 * 24.0 - 2.0);
}

#[test]
fn overtime_of_limited_length_is_followed_by_rest_too() {
    let centre = "min_rest = \"15 h\"\nshift_end = { finish = { at_most = \"2 h\" } }";
    // Home at 18 with 5 of 8 hours left, back at 9.
    let found = run("8 h", 1, centre, &[15.0]);
    assert_eq!(found.services("work"), [(1, 33.0, 38.0)]);
    close(found.hours("d", Count::OnDuty), 31.0);
}
