//! Handling times by hour and place, and officers who are still learning.

use super::support::{close, head, run_at, run_with};

/// Services of 2 h by officers of this centre, with these factors, of requests at these hours.
fn ends(factors: &str, centre: &str, arrivals: &[f64]) -> Vec<f64> {
    let text = format!(
        "{}[stage.work]\nservice = {{ role = \"o\", time = \"2 h\" }}\nnext = \"done\"\n[stage.done]\nexit = true\n\
         [centre.c]\n{centre}\n{factors}\n",
        head(1_344.0, "work")
    );
    run_at(&text, arrivals).exits("done")
}

const THREE: &str = "levels = { officers = 3 }";

#[test]
fn a_factor_holds_for_services_that_begin_in_its_hours() {
    let night = "[[handling]]\nfactor = 1.5\nhours = \"22:00-06:00\"";
    assert_eq!(ends(night, THREE, &[5.5, 6.0, 21.5, 22.0]), [8.0, 8.5, 23.5, 25.0]);
    // What waits is begun later, and that hour counts.
    assert_eq!(ends(night, "levels = { officers = 1 }", &[21.0, 21.5]), [23.0, 26.0]);
    // Several multiply, in whatever order; hours are those of the centre's clock.
    let two = "[[handling]]\nfactor = 0.5\n[[handling]]\nfactor = 1.5\nhours = \"22:00-06:00\"";
    assert_eq!(ends(two, THREE, &[6.0, 22.0]), [7.0, 23.5]);
    let elsewhere = format!("time_zone = \"America/New_York\"\n{THREE}");
    assert_eq!(ends(night, &elsewhere, &[0.0, 3.0, 9.9, 10.0]), [2.0, 6.0, 12.0, 12.9]);
}

#[test]
fn what_is_left_of_a_case_goes_by_the_hour_in_which_it_is_gone_on_with() {
    // Begun at 5 at half the pace, an hour of it done at 7, when the shift ends; the rest at 7 needs an hour. In overtime it ends at 9.
    let morning = "[[handling]]\nfactor = 2.0\nhours = \"00:00-06:00\"";
    let shifts = "shifts = [{ start = \"00:00\", length = \"7 h\", officers = 1 }, { start = \"07:00\", length = \"17 h\", officers = 1 }]";
    let by = |rule: &str| ends(morning, &format!("shift_end = \"{rule}\"\n{shifts}"), &[5.0]);
    assert_eq!(by("hand-over"), [8.0]);
    assert_eq!(by("restart"), [9.0]);
    assert_eq!(by("finish"), [9.0]);
}

#[test]
fn a_factor_may_be_of_classes_stages_and_centres() {
    let text = |factor: &str| {
        format!(
            "{}[stage.one]\nservice = {{ role = \"o\", time = \"1 h\" }}\nnext = \"two\"\n\
             [stage.two]\nservice = {{ role = \"o\", time = \"1 h\", after_work = \"1 h\" }}\nnext = \"done\"\n[stage.done]\nexit = true\n\
             [centre.c]\nlevels = {{ officers = 1 }}\n[centre.d]\nlevels = {{ officers = 1 }}\n\
             [[route]]\nstages = [\"one\"]\nto = \"c\"\n[[route]]\nto = \"d\"\n[[handling]]\nfactor = 3.0\n{factor}\n",
            head(48.0, "one")
        )
    };
    let done = |factor: &str| run_at(&text(factor), &[0.0, 0.0]).exits("done");
    // The second begins its first stage when the first has ended it, and its second when the notes after the first are written.
    for factor in ["stages = [\"two\"]", "centres = [\"d\"]", "centres = [\"d\"]\nclasses = [\"c\"]"] {
        assert_eq!(done(factor), [4.0, 10.0], "{factor}");
    }
    assert_eq!(done("stages = [\"one\"]"), [4.0, 7.0]);
    assert_eq!(done("stages = [\"one\"]\ncentres = [\"d\"]"), [2.0, 4.0]);
}

#[test]
fn new_officers_become_faster_with_the_weeks() {
    let shift = |learning: &str| {
        format!("shifts = [{{ start = \"00:00\", length = \"24 h\", officers = 1{learning} }}]")
    };
    // In the first week half as fast, in the second two thirds, then as all.
    let week = 168.0;
    let arrivals = [1.0, week - 0.5, week + 6.0, 2.0 * week];
    let found = ends("", &shift(", learning = { since = 2018-10-01, by_week = [2.0, 1.5] }"), &arrivals);
    assert_eq!(found, [5.0, week + 3.5, week + 9.0, 2.0 * week + 2.0]);
    // Who began a week before is in the second; who begins later is as on the first day.
    let found = ends("", &shift(", learning = { since = 2018-09-24, by_week = [2.0, 1.5] }"), &arrivals);
    assert_eq!(found, [4.0, week + 2.5, week + 8.0, 2.0 * week + 2.0]);
    let found = ends("", &shift(", learning = { since = 2018-10-08, by_week = [2.0, 1.5] }"), &arrivals);
    assert_eq!(found[0], 5.0);
    // A team is as fast as its slowest, and whoever can finish asks for the own pace.
    let both = "shifts = [{ name = \"new\", start = \"00:00\", length = \"24 h\", officers = 1, learning = { since = 2018-10-01, by_week = [2.0] } }, \
                { name = \"old\", start = \"00:00\", length = \"24 h\", officers = 1 }]";
    let text = format!(
        "{}[stage.work]\nservice = {{ role = \"o\", officers = 2, time = \"2 h\" }}\nnext = \"done\"\n[stage.done]\nexit = true\n\
         [centre.c]\n{both}\n",
        head(24.0, "work")
    );
    close(run_at(&text, &[1.0]).exits("done")[0], 5.0);
    let day = "last_start = \"can-finish\"\nshifts = [{ start = \"00:00\", length = \"12 h\", officers = 1, learning = { since = 2018-10-01, by_week = [2.0] } }]";
    assert_eq!(ends("", day, &[8.0, 9.0]), [12.0, 28.0]);
}

/// A pool's officers learn as those of a shift do, by the clock of each centre; others at the same centres are a pool of their own.
#[test]
fn officers_of_pools_and_crews_learn_too() {
    let learning = "learning = { since = 2018-10-01, by_week = [2.0, 1.5] }";
    let week = 168.0;
    let arrivals = [1.0, week + 6.0, 2.0 * week];
    let crew = format!("crews = [{{ from = \"0 h\", until = \"600 h\", officers = 1, {learning} }}]");
    assert_eq!(ends("", &crew, &arrivals), [5.0, week + 9.0, 2.0 * week + 2.0]);
    let text = |pools: &str| {
        format!(
            "{}[stage.work]\nservice = {{ role = \"o\", time = \"2 h\" }}\nnext = \"done\"\n[stage.done]\nexit = true\n\
             [workforce]\nhours_per_week = 24\n[centre.c]\ntime_zone = \"America/Los_Angeles\"\nofficer_choice = \"as-listed\"\n{pools}",
            head(600.0, "work")
        )
    };
    let pool = |name: &str, learning: &str| {
        format!(
            "[pool.{name}]\nofficers = 7\ncentres = [\"c\"]\nshifts = {{ starts = [\"00:00\"], length = \"24 h\" }}\n{learning}\n"
        )
    };
    // Midnight in California is seven hours later: the second week begins then, and at 6 it is still the first.
    let found = run_at(&text(&pool("new", learning)), &[1.0, week + 6.0, week + 8.0, 2.0 * week + 8.0]);
    assert_eq!(found.exits("done"), [5.0, week + 10.0, week + 13.0, 2.0 * week + 10.0]);
    // One of two is new.
    let both = text(&format!("{}{}", pool("new", learning), pool("old", "")));
    assert_eq!(run_at(&both, &[1.0, 1.0]).exits("done"), [3.0, 5.0]);
}

#[test]
fn a_factor_at_all_times_is_a_centres_speed() {
    let text = |more: &str| {
        format!(
            "{}[stage.work]\nservice = {{ role = \"o\", time = \"2 h\" }}\nnext = \"done\"\n[stage.done]\nexit = true\n\
             [centre.c]\nspeed = 2.0\nlevels = {{ officers = 1 }}\n{more}",
            head(24.0, "work")
        )
    };
    let run =
        run_with(&text("[[handling]]\nfactor = 1.5"), &[("arrivals.csv", &super::support::csv(&[0.0]))], &[]);
    assert!(run.model.handling.is_empty());
    assert_eq!(run.model.centres[0].speed, [3.0]);
}
