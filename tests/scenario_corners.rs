//! What a planner may write otherwise: names that files cannot tell apart, words for keys, shares in per cent, stages
//! that no crew can staff. What is said, and that it has a place.

mod scenario_support;

use scenario_support::errors::bad;
use scenario_support::{Folder, good};

#[test]
fn names_are_told_apart_in_every_file() {
    bad(
        "[stage.sign]\nservice = { role = \"all\", time = \"5 min\" }",
        2,
        20,
        &["a role cannot be called `all`"],
    );
    bad(
        "[stage.sign]\nservice = { role = \"Researcher\", time = \"5 min\" }",
        2,
        20,
        &["`Researcher`", "`researcher`", "capitals"],
    );
    for table in ["class.Biometric", "area.newark", "stage.Sign", "centre.perc"] {
        let key = match table.split('.').next() {
            Some("class") => "rate = \"1 per hour\"",
            Some("stage") => "exit = true",
            _ => "",
        };
        let (kind, name) = table.split_once('.').expect("a kind");
        bad(&format!("[{table}]\n{key}"), 1, kind.len() + 3, &[name, "differ in capitals or blanks only"]);
    }
    bad("[area.\"Newark \"]", 1, 7, &["begins or ends with a blank"]);
    bad("[area.\"New\\tark\"]", 1, 7, &["line break or the like"]);
    bad("[centre.local]", 1, 9, &["cannot be called `local`"]);
    // Names that differ in anything else are fine.
    let folder = Folder::new();
    good(folder.over("[area.\"Newark 2\"]\n[area.all]\n[area.\"N\u{e9}wark\"]"));
}

#[test]
fn words_that_mean_a_key_of_another_name() {
    bad("[centre.PERC]\nsick = 0.07", 2, 1, &["unknown key `sick`", "did you mean `absence`?"]);
    let shift = "{ start = \"06:00\", length = \"8 h\", officers = 1, lunch = \"30 min\" }";
    bad(&format!("[centre.PERC]\nshifts = [{shift}]"), 2, 60, &["unknown key `lunch`", "`breaks`"]);
    bad("[centre.PERC]\nlunch = \"30 min\"", 2, 1, &["`lunch` is called `breaks` and stands in a shift"]);
    bad("[run]\nreps = 3", 2, 1, &["did you mean `replications`?"]);
    bad("[class.biometric]\nvolume = \"3 per day\"", 2, 1, &["did you mean `rate`?"]);
    let storm = "[[exception]]\nname = \"e\"\nfrom = \"2018-10-01\"\nuntil = \"2018-10-02\"\nofficers = 0.5";
    bad(storm, 5, 1, &["unknown key `officers`", "did you mean `rosters`?"]);
    bad("[workforce]\nsick = 0.1", 2, 1, &["did you mean `planned_availability`?"]);
    let trace = "trace = { file = \"times.csv\", kind = \"times\", separator = \";\" }";
    bad(
        &format!("[class.biometric]\n{trace}"),
        2,
        47,
        &["unknown key `separator`", "told apart by the first row"],
    );
}

#[test]
fn numbers_written_as_texts() {
    bad("[centre.PERC]\nabsence = \"7%\"", 2, 11, &["write 0.07 for 7%"]);
    bad("[centre.PERC]\nabsence = 7%", 2, 11, &["not valid TOML", "write 0.07 for 7%"]);
    bad("[area.Newark]\nshare = \"0,5\"", 2, 9, &["write 0.5 without quotes"]);
    bad("[run]\nhorizon = 4 weeks", 2, 11, &["write it in quotes: \"4 weeks\""]);
    bad("[run]\nseed = 18446744073709551615", 2, 8, &["a whole number from 0 to 9223372036854775807"]);
    let folder = Folder::new();
    folder.write("nan.csv", format!("nan\n{}", "1\n".repeat(167)));
    let errors =
        folder.over("[class.biometric]\nprofile = \"nan.csv\"").expect_err("it should not load").to_string();
    assert!(errors.contains("nan.csv:1: \"nan\" is not a number"), "{errors}");
}

/// The example with two stages that several officers do, and a centre of two crews.
fn crews(first: &str, second: &str, more: &str) -> String {
    format!(
        "[stage.sign]\nservice = {{ role = \"signer\", officers = 3, time = \"5 min\" }}\n\
         [centre.PERC]\n{more}\nshifts = [{{ start = \"00:00\", {first} }}, {{ start = \"12:00\", {second} }}]\n\
         [centre.\"Los Angeles\"]\nshifts = [{{ start = \"00:00\", length = \"24 h\", officers = 4 }}]\n"
    )
}

#[test]
fn a_stage_that_no_crew_can_staff_is_an_error() {
    let (half, long) = ("length = \"12 h\", officers = 2", "length = \"13 h\", officers = 2");
    let never = ["`sign` takes 3 officers", "at `PERC` at most 2 with its role are ever on duty together"];
    let folder = Folder::new();
    let errors = |text: &str| folder.over(text).expect_err("it should not load").to_string();
    let warnings = |text: &str| good(folder.over(text)).warnings.to_string();
    let has = |text: &str, parts: &[&str]| assert!(parts.iter().all(|p| text.contains(p)), "{text}");
    // Crews that relieve each other at the stroke, and crews that overlap by an hour, also over midnight of Sunday.
    has(&errors(&crews(half, half, "")), &never);
    has(&errors(&crews(half, half, "")), &["its shifts are not there at the same time"]);
    assert!(!warnings(&crews(half, long, "")).contains("together"));
    // Fixed absence takes one of four; drawn absence takes all of them now and then only.
    let four = "length = \"12 h\", officers = 3";
    has(&errors(&crews(four, four, "absence = { share = 0.4, mode = \"fixed\" }")), &never);
    assert!(
        !warnings(&crews(four, four, "absence = { share = 0.2, mode = \"fixed\" }")).contains("together")
    );
    has(
        &warnings(&crews(four, four, "absence = 0.7")),
        &["with an absence of 0.7", "so many come together in 2.7 % of shifts at best"],
    );
    has(
        &errors(&crews(four, four, "absence = 1.0")),
        &["at most 0 with its role are ever on duty together", "some are absent"],
    );
    // A pool's crews are known once its officers are spread: 20 in two shifts make three at a time, 4 do not.
    let pool = |officers: u32| {
        "[run]\nhorizon = \"2 weeks\"\n[class.c]\nrate = \"1 per hour\"\n\
         [stage.s]\nservice = { role = \"r\", officers = 3, time = \"5 min\" }\nnext = \"out\"\n[stage.out]\nexit = true\n[centre.d]\n"
            .to_owned()
            + &format!(
                "[pool.p]\nofficers = {officers}\ncentres = [\"d\"]\nshifts = {{ starts = [\"06:00\", \"14:00\"], length = \"8 h\" }}\n"
            )
    };
    let of_pool = |officers: u32| good(folder.load(&pool(officers))).warnings.to_string();
    assert!(!of_pool(20).contains("together"));
    has(&of_pool(4), &["`s` takes 3 officers", "together", "give the pool more officers"]);
    // An exception for all of the run, and one for a part of it.
    let exception = |from: &str, until: &str| {
        format!(
            "[[exception]]\nname = \"cut\"\nfrom = \"{from}\"\nuntil = \"{until}\"\nrosters = {{ PERC = 0.5 }}\n"
        )
    };
    let text = crews(four, four, "") + &exception("2017-01-01 00:00", "2027-01-01 00:00");
    has(&errors(&text), &never);
    let text = crews(four, four, "") + &exception("2018-10-08 00:00", "2018-10-15 00:00");
    has(&warnings(&text), &["while `cut` lasts nobody can do `sign` at `PERC`", "at most 2 are on duty"]);
}

#[test]
fn a_class_that_a_reserve_never_lets_begin_is_an_error() {
    let folder = Folder::new();
    let with = |team: u32, reserve: &str| {
        format!(
            "[run]\nhorizon = \"2 weeks\"\n[class.c]\nrate = \"1 per hour\"\nstart = \"s\"\n[class.u]\nrate = \"1 per hour\"\nstart = \"u\"\n\
             [stage.s]\nservice = {{ role = \"r\", officers = {team}, time = \"5 min\" }}\nnext = \"out\"\n\
             [stage.u]\nservice = {{ role = \"r\", time = \"5 min\" }}\nnext = \"out\"\n[stage.out]\nexit = true\n\
             [centre.d]\nlevels = {{ officers = 3 }}\nreserves = [{{ classes = [\"c\"], {reserve} }}]\n"
        )
    };
    for (team, reserve, why) in [
        (1, "keep_free = 3", "of at most 3 on duty together 3 stay free beside its team"),
        (2, "keep_free = 2", "of at most 3 on duty together 2 stay free"),
        (2, "busy_below = 1", "it takes 2 officers, and is begun only while no more than 1 are at work"),
    ] {
        let errors = folder.load(&with(team, reserve)).expect_err("it should not load").to_string();
        assert!(
            errors.contains("no case of `c` is ever begun in `s` at `d`") && errors.contains(why),
            "{errors}"
        );
    }
    for (team, reserve) in [
        (1, "keep_free = 2"),
        (2, "keep_free = 1"),
        (2, "busy_below = 2"),
        (1, "keep_free = 3, hours = \"Mon-Fri 08:00-18:00\""),
    ] {
        good(folder.load(&with(team, reserve)));
    }
}

#[test]
fn a_class_that_reserves_keep_out_whenever_officers_are_there_is_an_error() {
    let folder = Folder::new();
    let with = |roster: &str, reserves: &str| {
        "[run]\nhorizon = \"2 weeks\"\n[class.c]\nrate = \"1 per hour\"\nstart = \"s\"\n\
             [class.u]\nrate = \"1 per hour\"\nstart = \"s\"\n\
             [stage.s]\nservice = { role = \"r\", time = \"5 min\" }\nnext = \"out\"\n[stage.out]\nexit = true\n\
             [centre.d]\nshifts = [{roster}]\nreserves = [{reserves}]\n"
        .replace("{roster}", roster)
        .replace("{reserves}", reserves)
    };
    let day = "{ days = \"Mon-Fri\", start = \"08:00\", length = \"8 h\", officers = 2 }";
    let pause = "{ start = \"08:00\", length = \"8 h\", officers = 2, \
                 breaks = [{ after = \"4 h\", length = \"1 h\" }] }";
    let kept = |n: u32, hours: &str| format!("{{ classes = [\"c\"], keep_free = {n}, hours = \"{hours}\" }}");
    let never = [
        (day.to_owned(), kept(2, "06:00-18:00")),
        (day.to_owned(), kept(2, "Mon-Fri 08:00-16:00")),
        // Two that relieve each other, and one shift of each.
        (day.to_owned(), format!("{}, {}", kept(2, "06:00-12:00"), kept(3, "12:00-18:00"))),
        (
            format!("{day}, {{ start = \"20:00\", length = \"6 h\", officers = 3 }}"),
            format!("{}, {}", kept(2, "08:00-16:00"), kept(3, "20:00-02:00")),
        ),
        // Nobody is there in the hour that the reserve leaves out.
        (pause.to_owned(), format!("{}, {}", kept(2, "08:00-12:00"), kept(2, "13:00-16:00"))),
    ];
    for (roster, reserves) in &never {
        let text = with(roster, reserves);
        let errors = folder.load(&text).expect_err("it should not load").to_string();
        assert!(
            errors.contains("no case of `c` is ever begun in `s` at `d`") && errors.contains("in no hour"),
            "{errors}"
        );
    }
    let some = [
        (day.to_owned(), kept(1, "06:00-18:00")),
        (day.to_owned(), kept(2, "08:00-15:45")),
        (day.to_owned(), kept(2, "08:15-16:00")),
        (day.to_owned(), kept(2, "Mon-Thu 08:00-16:00")),
        (pause.to_owned(), kept(2, "08:00-15:00")),
        (
            format!("{day}, {{ start = \"15:45\", length = \"6 h\", officers = 1 }}"),
            format!("{}, {}", kept(2, "08:00-16:00"), kept(1, "16:00-24:00")),
        ),
    ];
    for (roster, reserves) in &some {
        good(folder.load(&with(roster, reserves)));
    }
}

#[test]
fn a_value_that_cannot_be_read_is_told_once() {
    let folder = Folder::new();
    for (text, said) in [
        (
            format!("[class.biometric]\nprofile = [nan, {}]", ["1"; 167].join(", ")),
            "expected a number of at least 0",
        ),
        (
            "[class.biometric]\nprofile = { period = \"2 h\", values = [1, -1] }".to_owned(),
            "expected a number of at least 0",
        ),
        (
            "[centre.PERC]\nconcurrency = { cases = 2, slower = [1, \"x\"] }".to_owned(),
            "found the text \"x\"",
        ),
        (
            "[centre.PERC]\nbalking = { at = [1, 2], probability = [0.5, 2], exit = \"released\" }"
                .to_owned(),
            "from 0 to 1",
        ),
    ] {
        let errors = folder.over(&text).expect_err("it should not load");
        assert_eq!(errors.iter().count(), 1, "{errors}");
        assert!(errors.to_string().contains(said), "{errors}");
    }
}

#[test]
fn rules_need_to_cover_only_the_area_that_a_class_comes_from() {
    let text = |route: &str| {
        format!(
            "[class.c]\nrate = \"1 per hour\"\nstart = \"s\"\narea = \"a\"\n[area.a]\ncentre = \"k\"\n[area.b]\n\
             [stage.s]\nservice = {{ role = \"r\", time = \"5 min\" }}\nnext = \"out\"\n[stage.out]\nexit = true\n\
             [centre.k]\nlevels = {{ officers = 1 }}\n[[route]]\n{route}\nto = \"local\"\n"
        )
    };
    // Nobody comes from `b`, which has no centre.
    let folder = Folder::new();
    let load = |text: &str| folder.load(text);
    let warnings = good(load(&text(""))).warnings.to_string();
    assert!(!warnings.contains("`s`"), "{warnings}");
    let errors = load(&text("areas = [\"b\"]")).expect_err("it should not load").to_string();
    assert!(
        errors.contains("no route") && errors.contains("`a`") && !errors.contains("`b` to a centre"),
        "{errors}"
    );
}

/// One on shift, and two kept free: only with officers on call, or moved there, is anybody left.
#[test]
fn officers_on_call_count_beside_a_reserve() {
    let folder = Folder::new();
    let with = |hours: &str, called: u32| {
        format!(
            "[run]\nhorizon = \"2 weeks\"\n[class.c]\nrate = \"1 per hour\"\nstart = \"s\"\n\
             [class.u]\nrate = \"1 per hour\"\nstart = \"s\"\n\
             [stage.s]\nservice = {{ role = \"r\", time = \"5 min\" }}\nnext = \"out\"\n[stage.out]\nexit = true\n\
             [centre.d]\nshifts = [{{ start = \"08:00\", length = \"8 h\", officers = 1 }}]\n\
             reserves = [{{ classes = [\"c\"], keep_free = 2, hours = \"{hours}\" }}]\n\
             [[trigger]]\nname = \"t\"\non = {{ queue = 5 }}\ncall_in = [{{ officers = {called} }}]\n"
        )
    };
    for hours in ["always", "06:00-18:00"] {
        // Those called in may be there at any time, so that in hours without the reserve somebody begins.
        folder.load(&with(hours, 2)).unwrap_or_else(|e| panic!("{e}"));
    }
    let errors = folder.load(&with("always", 1)).expect_err("it should not load").to_string();
    assert!(errors.contains("of at most 2 on duty together 2 stay free"), "{errors}");
    // One of two is on call, and there is a reserve at any time, though none at all times.
    let halves = "06:00-18:00\" }, { classes = [\"c\"], keep_free = 2, hours = \"18:00-06:00";
    folder.load(&with(halves, 2)).unwrap_or_else(|e| panic!("{e}"));
    let errors = folder.load(&with(halves, 1)).expect_err("it should not load").to_string();
    assert!(errors.contains("is ever begun") && errors.contains("in no hour"), "{errors}");
}

/// Officers who come to help are a number: who asks for a different officer is told so, and not of levels.
#[test]
fn a_different_officer_is_not_told_among_those_called_in() {
    let folder = Folder::new();
    let with = |roles: &str| {
        format!(
            "[run]\nhorizon = \"2 weeks\"\n[class.c]\nrate = \"1 per hour\"\nstart = \"s\"\n\
             [stage.s]\nservice = {{ role = \"r\", time = \"5 min\" }}\nnext = \"t\"\n\
             [stage.t]\nservice = {{ role = \"q\", time = \"5 min\", different_officer = true }}\nnext = \"out\"\n[stage.out]\nexit = true\n\
             [centre.d]\nshifts = [{{ start = \"00:00\", length = \"24 h\", officers = 3 }}]\n\
             [[trigger]]\nname = \"t\"\non = {{ queue = 5 }}\ncall_in = [{{ officers = 1{roles} }}]\n"
        )
    };
    let errors = folder.load(&with("")).expect_err("it should not load").to_string();
    assert!(
        errors.contains("has officers who are called in or moved there") && !errors.contains("levels"),
        "{errors}"
    );
    assert!(errors.contains("without `q`"), "{errors}");
    folder.load(&with(", roles = [\"r\"]")).unwrap_or_else(|e| panic!("{e}"));
}
