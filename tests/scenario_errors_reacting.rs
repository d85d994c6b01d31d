//! Errors of runs that begin from now, and of rules that react: each with its place and what to write instead.

mod scenario_support;

use scenario_support::Folder;
use scenario_support::errors::{bad, render};

#[test]
fn runs_from_now() {
    let now = |rest: &str| format!("[start]\nat = \"14:00\"\n{rest}");
    bad(
        "[start]\narrivals = { biometric = 5 }",
        1,
        1,
        &["`arrivals` needs the present moment, `at`", "at = \"11:20\""],
    );
    bad("[start]\nat = \"noon\"", 2, 6, &["is no moment such as \"11:20\""]);
    bad("[start]\nat = \"2019-03-04\"", 2, 6, &["no time of day"]);
    bad(
        &now("[start.PERC]\nrequests = 3"),
        3,
        8,
        &["requests at the origin of a run that begins now", "`cases`"],
    );
    bad(
        &now("cases = [{ centre = \"PERC\", spent = \"3 min\", age = \"1 min\" }]"),
        3,
        10,
        &["`spent` is longer than `age`"],
    );
    bad(
        &now("cases = [{ centre = \"PERC\", age = \"3 min\", since_arrival = \"1 min\" }]"),
        3,
        10,
        &["`since_arrival` is shorter"],
    );
    bad(&now("cases = [{ centre = \"PERK\" }]"), 3, 21, &["unknown centre `PERK`", "`PERC`"]);
    bad(&now("cases = [{ centre = \"PERC\", agee = \"3 min\" }]"), 3, 29, &["unknown key `agee`", "`age`"]);
    bad(&now("cases = \"nowhere.csv\""), 3, 9, &["nowhere.csv"]);
    bad(&now("on_shift = { PERK = 3 }"), 3, 14, &["unknown centre `PERK`"]);
    bad(&now("arrivals = { biometrik = 3 }"), 3, 14, &["unknown class `biometrik`", "`biometric`"]);
    // What has come is weighed beside whatever makes counts vary; where areas have factors of their own it is said by area.
    let of_law = |class: &str, areas: &str, come: &str| {
        format!(
            "[run]\nhorizon = \"1 week\"\n[start]\nat = \"14:00\"\narrivals = {{ c = {come} }}\n{areas}[class.c]\nrate = \"6 per hour\"\n{class}\n\
             [stage.s]\nservice = {{ role = \"r\", time = \"5 min\" }}\nnext = \"out\"\n[stage.out]\nexit = true\n\
             [centre.d]\nlevels = {{ officers = 2 }}\n"
        )
    };
    let factor = "day_factor = { cv = 0.2 }";
    for beside in ["", "bursts = { dispersion = 1.4, every = \"1 h\" }", "batch = 3"] {
        Folder::new().load(&of_law(&format!("{factor}\n{beside}"), "", "40")).expect("a scenario");
    }
    let two = "[area.x]\nshare = 0.5\n[area.y]\nshare = 0.5\n";
    let correlated = "day_factor = { cv = 0.2, correlation = 0.4 }";
    Folder::new().load(&of_law(correlated, two, "{ x = 40 }")).expect("a scenario");
    let errors = Folder::new().load(&of_law(correlated, two, "40")).expect_err("it should not load");
    assert!(errors.to_string().contains("say how many have come from each"), "{errors}");
    render(&errors);
}

#[test]
fn rules_that_react() {
    let trigger = |rest: &str| format!("[[trigger]]\nname = \"x\"\nat = \"PERC\"\n{rest}");
    bad(
        "[[trigger]]\nname = \"x\"\non = { queue = 3 }\nclose = [{ exit = \"closed\" }]",
        1,
        1,
        &["several centres", "`at`"],
    );
    bad(&trigger("close = [{ exit = \"closed\" }]"), 1, 1, &["nothing puts `x` on", "on = { queue = 10 }"]);
    bad(&trigger("on = { queue = 3 }\noff = { queue = 5 }"), 5, 7, &["`off` lies beyond `on`"]);
    bad(
        &trigger("on = { queue = 3 }\noff = { oldest = \"5 min\" }"),
        5,
        7,
        &["`off` measures something else"],
    );
    bad(&trigger("on = { queue = 3, oldest = \"5 min\" }"), 4, 19, &["`oldest` cannot stand beside `queue`"]);
    bad(&trigger("on = { queue = 3 }\nclose = [{ exit = \"sign\" }]"), 5, 19, &["`sign` is no exit"]);
    bad(
        &trigger("on = { queue = 3 }\ncall_in = [{ officer = 1 }]"),
        5,
        14,
        &["unknown key `officer`", "`officers`"],
    );
    bad("[[route]]\nto = \"PERC\"\ntrigger = \"rush\"", 3, 11, &["unknown trigger `rush`", "no [[trigger]]"]);
}
