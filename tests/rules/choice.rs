//! Which idle officer takes a case, and what officers beyond their shift or level count as.

use super::support::{Run, close, csv, head, one_stage, run_at, run_with, starts, two_roles};
use poolwise_engine::integral::Count;
use poolwise_engine::time::HOUR;

const GENERALIST: &str =
    "{ name = \"generalist\", start = \"00:00\", length = \"24 h\", officers = 1, roles = [\"a\", \"b\"] }";
const SPECIALIST: &str =
    "{ name = \"specialist\", start = \"00:00\", length = \"24 h\", officers = 1, roles = [\"a\"] }";

#[test]
fn of_officers_idle_since_the_same_instant_the_one_with_fewer_roles_takes_the_case() {
    for shifts in [[GENERALIST, SPECIALIST], [SPECIALIST, GENERALIST]] {
        let shifts = format!("shifts = [{}, {}]", shifts[0], shifts[1]);
        for choice in ["longest-idle", "fewest-roles-first"] {
            let run = two_roles(24, &format!("officer_choice = \"{choice}\"\n{shifts}"), &[0.0], &[0.1]);
            assert_eq!(starts(&run, "sb"), [0.1], "{choice}, {shifts}");
        }
        assert_eq!(starts(&two_roles(24, &shifts, &[0.0], &[0.1]), "sb"), [0.1]);
        // Nor does it go by the names of roles.
        let of_b = shifts.replace("roles = [\"a\"]", "roles = [\"b\"]");
        assert_eq!(starts(&two_roles(24, &of_b, &[0.1], &[0.0]), "sa"), [0.1]);
    }
}

/// Idle since the same instant and with the same roles: whose case has ended before who comes on duty, and of those by the names of shifts, in whatever
/// order the lines stand.
#[test]
fn of_the_same_roles_who_became_idle_first_at_one_instant_takes_the_case() {
    let overtime = |lines: &[&str], arrivals: &[f64]| {
        let by_order = |lines: &str| {
            let text = format!(
                "{}[stage.work]\nservice = {{ role = \"o\", time = \"2 h\" }}\nnext = \"done\"\n[stage.done]\nexit = true\n\
                 [centre.c]\nshifts = [{lines}]\n",
                head(24.0, "work")
            );
            run_at(&text, arrivals).hours("c", Count::Overtime)
        };
        let found = by_order(&lines.join(", "));
        let turned: Vec<&str> = lines.iter().rev().copied().collect();
        close(by_order(&turned.join(", ")), found);
        found
    };
    let line = |name: &str, start: u32, length: u32| {
        format!("{{ name = \"{name}\", start = \"{start:02}:00\", length = \"{length} h\", officers = 1 }}")
    };
    // One is at work from 0 to 2, another comes at 2 and goes at 4: the case of 3 is for the one who has worked, whatever they are called.
    for (day, short) in [("a", "b"), ("b", "a")] {
        close(overtime(&[&line(day, 0, 24), &line(short, 2, 2)], &[0.0, 3.0]), 0.0);
    }
    // Both come at 2: the one of the first name takes the case of 3, with an hour of overtime where that one goes at 4.
    close(overtime(&[&line("a", 2, 2), &line("b", 2, 20)], &[3.0]), 1.0);
    close(overtime(&[&line("b", 2, 2), &line("a", 2, 20)], &[3.0]), 0.0);
}

#[test]
fn each_choice_of_an_officer_is_its_own() {
    // The specialist works from 0 to 2, so that the generalist has been idle for longer when another `a` comes at 3.
    for (choice, b_starts) in [("longest-idle", 5.0), ("fewest-roles-first", 3.5)] {
        for shifts in [[GENERALIST, SPECIALIST], [SPECIALIST, GENERALIST]] {
            let shifts = format!("officer_choice = \"{choice}\"\nshifts = [{}, {}]", shifts[0], shifts[1]);
            assert_eq!(starts(&two_roles(24, &shifts, &[0.0, 3.0], &[3.5]), "sb"), [b_starts], "{shifts}");
        }
    }
    let listed = |shifts: [&str; 2]| {
        let shifts = format!("officer_choice = \"as-listed\"\nshifts = [{}, {}]", shifts[0], shifts[1]);
        starts(&two_roles(24, &shifts, &[0.0], &[0.1]), "sb")
    };
    assert_eq!(listed([GENERALIST, SPECIALIST]), [2.0]);
    assert_eq!(listed([SPECIALIST, GENERALIST]), [0.1]);
}

#[test]
fn lines_of_the_same_roles_stand_in_the_order_listed_where_that_is_asked_for() {
    // Shifts from 8 to 16 and from 12 to 20, a case of an hour at 15:54: 0.9 h of overtime or none.
    let overtime = |choice: &str, shifts: [&str; 2]| {
        let text = format!(
            "{}[stage.work]\nservice = {{ role = \"o\", time = \"1 h\" }}\nnext = \"done\"\n[stage.done]\nexit = true\n\
             [centre.c]\nofficer_choice = \"{choice}\"\nshifts = [{}, {}]\n",
            head(24.0, "work"),
            shifts[0],
            shifts[1]
        );
        run_at(&text, &[15.9]).hours("c", Count::Overtime)
    };
    let early = "{ start = \"08:00\", length = \"8 h\", officers = 1 }";
    let late = "{ start = \"12:00\", length = \"8 h\", officers = 1 }";
    close(overtime("as-listed", [early, late]), 0.9);
    close(overtime("as-listed", [late, early]), 0.0);
    // The early one has been idle since 8.
    close(overtime("longest-idle", [early, late]), 0.9);
    close(overtime("longest-idle", [late, early]), 0.9);
}

#[test]
fn the_longest_idle_takes_the_case_and_ties_go_by_the_name_of_the_shift() {
    // Both idle since 0: `a`, until 12, takes the case of two hours at 0, then `z` the one at 3, `a` at 6, and `z` at 11. Were it
    // the one who became idle last, `a` would take them all and be an hour in overtime.
    let lines = [("a", 12), ("z", 24)];
    let run = |[x, y]: [(&str, u32); 2], arrivals: &[f64]| {
        let line = |(name, hours)| {
            format!("{{ name = \"{name}\", start = \"00:00\", length = \"{hours} h\", officers = 1 }}")
        };
        let text = format!(
            "{}[stage.work]\nservice = {{ role = \"o\", time = \"2 h\" }}\nnext = \"done\"\n[stage.done]\nexit = true\n\
             [centre.c]\nshifts = [{}, {}]\n",
            head(24.0, "work"),
            line(x),
            line(y)
        );
        run_at(&text, arrivals).hours("c", Count::Overtime)
    };
    for order in [lines, [lines[1], lines[0]]] {
        close(run(order, &[0.0, 3.0, 6.0, 11.0]), 0.0);
        close(run(order, &[0.0, 3.0, 11.0]), 1.0);
    }
}

#[test]
fn an_officer_in_overtime_is_the_first_of_the_next_shift_of_the_line() {
    // A line of one officer around the clock: a case from 23:00 to 02:00, another comes at midnight. Nobody is in two places.
    let centre = "shifts = [{ start = \"00:00\", length = \"24 h\", officers = 1 }]";
    let text = format!(
        "{}[stage.work]\nservice = {{ role = \"o\", time = \"3 h\" }}\nnext = \"done\"\n[stage.done]\nexit = true\n\
         [centre.c]\n{centre}\n",
        head(48.0, "work")
    );
    let run = run_at(&text, &[23.0, 24.0]);
    assert_eq!(run.exits("done"), [26.0, 29.0]);
    close(run.hours("c", Count::Overtime), 0.0);
    close(run.hours("c", Count::OnDuty), 48.0);
    // Two officers, both busy from 22 to 25 and from 23 to 26, one only on the second day: whose case began first is on duty.
    let fewer = text.replace("officers = 1 }", "officers = [2, 1, 1, 1, 1, 1, 1] }");
    let run = run_at(&fewer, &[22.0, 23.0, 24.0]);
    assert_eq!(run.exits("done"), [25.0, 26.0, 28.0]);
    close(run.hours("c", Count::Overtime), 2.0);
    close(run.hours("c", Count::OnDuty), 72.0);
    // Overtime that ends before the next shift begins stays overtime.
    let day = text.replace("length = \"24 h\"", "length = \"12 h\"");
    close(run_at(&day, &[11.0]).hours("c", Count::Overtime), 2.0);
}

#[test]
fn overtime_of_a_level_by_count_is_of_the_roles_at_work() {
    // Six on duty until 12, three from then on. Four cases of role a run from 11 to 13, two of role b from 11 to 14: three too
    // many from 12 to 13, two thirds of them on a. From 13 on two work, no more than the level.
    let run = |a: &[f64], b: &[f64]| {
        let text = "[run]\nhorizon = \"24 h\"\nreplications = 1\nwhole_weeks = false\n\
             [class.a]\nstart = \"sa\"\ntrace = { file = \"a.csv\", kind = \"times\", column = \"time\" }\n\
             [class.b]\nstart = \"sb\"\ntrace = { file = \"b.csv\", kind = \"times\", column = \"time\" }\n\
             [class.none]\nstart = \"never\"\nrate = \"0 per hour\"\n\
             [stage.never]\nservice = { role = \"0\", time = \"1 h\" }\nnext = \"out\"\n\
             [stage.sa]\nservice = { role = \"a\", time = \"2 h\" }\nnext = \"out\"\n\
             [stage.sb]\nservice = { role = \"b\", time = \"3 h\" }\nnext = \"out\"\n\
             [stage.out]\nexit = true\n\
             [centre.d]\nlevels = { steps = [[\"0 h\", 6], [\"12 h\", 3]] }\n";
        let run = run_with(text, &[("a.csv", &csv(a)), ("b.csv", &csv(b))], &[]);
        let centre = &run.outcome.centres[0];
        let role = |name: &str| {
            let role = run.model.roles.iter().position(|r| r == name).expect("a role");
            centre.roles.iter().position(|r| *r == role).expect("held") + 1
        };
        ["0", "a", "b"].map(|name| centre.integrals.total(role(name), Count::Overtime) / HOUR)
    };
    for (found, right) in run(&[11.0; 4], &[11.0; 2]).into_iter().zip([0.0, 2.0, 1.0]) {
        close(found, right);
    }
    // Six of b: three too many from 12 to 14.
    for (found, right) in run(&[], &[11.0; 6]).into_iter().zip([0.0, 0.0, 6.0]) {
        close(found, right);
    }
}

#[test]
fn a_break_of_the_last_officer_closes_as_the_end_of_a_shift_does() {
    // A break of two hours at 4, taken at 5 after the case in hand. Request 2 waits since 4.5; request 3 comes at 5.5.
    let scenario = |closing: &str| {
        format!(
            "{}[stage.work]\nservice = {{ role = \"o\", time = \"3 h\" }}\nnext = \"done\"\n[stage.done]\nexit = true\n\
             [centre.day]\nclosing = \"{closing}\"\nshifts = [{{ start = \"00:00\", length = \"24 h\", officers = 1, \
             breaks = [{{ after = \"4 h\", length = \"2 h\" }}] }}]\n\
             [centre.always]\nlevels = {{ officers = 1 }}\n\
             [[route]]\nto = \"day\"\nhours = \"open\"\n[[route]]\nto = \"always\"\n",
            head(24.0, "work")
        )
    };
    let moved = run_at(&scenario("transfer"), &[2.0, 4.5, 5.5]);
    assert_eq!(moved.served_at("work"), [(1, "day"), (2, "always"), (3, "always")]);
    assert_eq!(moved.exits("done"), [5.0, 8.0, 11.0]);
    let held = run_at(&scenario("hold"), &[2.0, 4.5, 5.5]);
    assert_eq!(held.served_at("work"), [(1, "day"), (2, "day"), (3, "always")]);
    assert_eq!(held.exits("done"), [5.0, 8.5, 10.0]);
}

#[test]
fn fixed_absence_is_even_over_the_lines_of_a_centre() {
    // Officers present in each hour of the week.
    let present = |hours: f64, share: f64, shifts: &str| {
        let centre = format!("absence = {{ share = {share}, mode = \"fixed\" }}\nshifts = [{shifts}]");
        let run = run_at(&one_stage(hours, 1.0, &centre), &[0.0]);
        run.outcome.centres[0].integrals.by_hour[Count::OnDuty as usize].map(|sum| sum / HOUR)
    };
    // Four lines of five officers each, a tenth absent: two of twenty a day, never four on one and none on the other.
    let shift = |start: u32| format!("{{ start = \"{start:02}:00\", length = \"6 h\", officers = 5 }}");
    let of_four = present(168.0, 0.1, &[0, 6, 12, 18].map(shift).join(", "));
    let at = |day: usize, line: usize| of_four[day * 24 + line * 6 + 3];
    for day in 0..7 {
        close((0..4).map(|line| at(day, line)).sum(), 18.0);
    }
    // And none of the four is spared: 3.5 of the 35 officer-shifts of each are due, so 3 or 4.
    for line in 0..4 {
        let came: f64 = (0..7).map(|day| at(day, line)).sum();
        assert!((31.0 - 1e-9..=32.0 + 1e-9).contains(&came), "{line}: {came}");
    }
    // Half of one officer by day and of one by night: now the one, now the other. By hand: the first day, then the second
    // night, then again.
    let halves = "{ start = \"00:00\", length = \"12 h\", officers = 1 }, \
                  { start = \"12:00\", length = \"12 h\", officers = 1 }";
    let of_two = present(96.0, 0.5, halves);
    let came: Vec<f64> = (0..8).map(|half| of_two[half * 12 + 3]).collect();
    assert_eq!(came, [0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0]);
}

/// A case `team` that takes two of role `a` and an hour, at 1; cases of two hours of role `b`.
fn team_and_others(centre: &str, of_class: &str, b: &[f64]) -> Run {
    let text = format!(
        "[run]\nhorizon = \"48 h\"\nreplications = 1\nwhole_weeks = false\n\
         [class.team]\nstart = \"sa\"\ntrace = {{ file = \"a.csv\", kind = \"times\", column = \"time\" }}\n{of_class}\n\
         [class.b]\nstart = \"sb\"\ntrace = {{ file = \"b.csv\", kind = \"times\", column = \"time\" }}\n\
         [stage.sa]\nservice = {{ role = \"a\", officers = 2, time = \"1 h\", overtaking = false }}\nnext = \"out\"\n\
         [stage.sb]\nservice = {{ role = \"b\", time = \"2 h\" }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[stage.gone]\nexit = true\n[centre.d]\n{centre}\n"
    );
    run_with(&text, &[("a.csv", &csv(&[1.0])), ("b.csv", &csv(b))], &[])
}

#[test]
fn a_case_that_nobody_may_overtake_holds_back_whom_its_officers_could_serve() {
    let both = "shifts = [{ start = \"00:00\", length = \"24 h\", officers = 2 }]";
    // The first `b` ends at 2: the team begins, and both that came later at 3.
    let run = team_and_others(both, "", &[0.0, 1.5, 2.4]);
    assert_eq!(starts(&run, "sa"), [2.0]);
    assert_eq!(starts(&run, "sb"), [0.0, 3.0, 3.0]);
    // Whoever was there before is not held back: from 0 to 2 two are at work, and the third, there since 0.9, begins at 2.
    let run = team_and_others(both, "", &[0.0, 0.0, 0.9, 1.5]);
    assert_eq!(starts(&run, "sb"), [0.0, 0.0, 2.0, 5.0]);
    assert_eq!(starts(&run, "sa"), [4.0]);
    // An officer who does not hold role `a` could not be of the team and goes on.
    let three = "shifts = [{ start = \"00:00\", length = \"24 h\", officers = 2 }, \
                 { name = \"b\", start = \"00:00\", length = \"24 h\", officers = 1, roles = [\"b\"] }]";
    let run = team_and_others(three, "", &[0.0, 0.0, 1.5, 2.1]);
    assert_eq!(starts(&run, "sa"), [2.0]);
    assert_eq!(starts(&run, "sb"), [0.0, 0.0, 2.0, 3.0]);
    // The team's case is given up at 1.75: the `b` of 1.5 begins at once.
    let patience = "deadline = { after = \"45 min\", until = { start = \"sa\" }, exit = \"gone\" }";
    let run = team_and_others(both, patience, &[0.0, 1.5]);
    assert_eq!(run.exits("gone"), [1.75]);
    assert_eq!(starts(&run, "sb"), [0.0, 1.75]);
    // Who stands before it in line by priority is not held back.
    let by_priority = format!("discipline = \"priority\"\n{both}");
    let run = team_and_others(&by_priority, "priority = 1", &[0.0, 1.5]);
    assert_eq!(starts(&run, "sb"), [0.0, 1.5]);
    assert_eq!(starts(&run, "sa"), [3.5]);
}

/// Of three officers one stays from 2 to 6. With one at work the idle two go; with two at work one of them finishes in overtime, which is over at 6, when
/// the officers are back.
#[test]
fn the_idle_go_first_where_an_exception_leaves_fewer() {
    for (arrivals, overtime) in [(vec![0.0], 0.0), (vec![0.0; 2], 4.0), (vec![0.0; 3], 8.0)] {
        let text = format!(
            "{}[stage.work]\nservice = {{ role = \"o\", time = \"10 h\" }}\nnext = \"done\"\n[stage.done]\nexit = true\n\
             [centre.c]\nshifts = [{{ start = \"00:00\", length = \"24 h\", officers = 3 }}]\n\
             [[exception]]\nname = \"fewer\"\nfrom = \"2018-10-01 02:00\"\nuntil = \"2018-10-01 06:00\"\nrosters = {{ c = 0.4 }}\n",
            head(24.0, "work")
        );
        let run = run_at(&text, &arrivals);
        close(run.hours("c", Count::Overtime), overtime);
        close(run.hours("c", Count::OnDuty), 24.0 * 3.0 - 4.0 * 2.0);
        assert_eq!(run.exits("done"), vec![10.0; arrivals.len()]);
    }
}
