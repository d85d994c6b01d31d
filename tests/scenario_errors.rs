//! Bad keys, values and overrides: what is said, where, and what is suggested.

mod scenario_support;

use poolwise_scenario::{Overrides, load};
use scenario_support::errors::{bad, render};
use scenario_support::{Folder, example};

#[test]
fn who_is_turned_away_may_not_be_so_for_ever() {
    let again = "may be turned away again in no time, for ever: sign -> sign";
    bad("[centre.PERC]\nqueue_capacity = { limit = 3, exit = \"sign\" }", 2, 38, &[again]);
    // From one queue to another and back.
    let both = "[centre.PERC]\nqueue_capacity = { limit = 3, exit = \"research\" }\n\
                [centre.\"Los Angeles\"]\nbalking = { at = [0], probability = [0.5], exit = \"prepare\" }";
    bad(both, 2, 38, &["turned away again in no time"]);
    // With a delay on the way it may.
    let folder = Folder::new();
    let later = "[centre.PERC]\nqueue_capacity = { limit = 3, exit = \"later\" }\n\
                 [stage.later]\ndelay = \"1 h\"\nnext = \"sign\"";
    folder.over(later).expect("it is right");
}

#[test]
fn several_cases_at_once_need_officers_as_persons_and_each_factor() {
    let level = "[centre.x]\nlevels = { officers = 1 }\nconcurrency = { cases = 2 }";
    bad(level, 3, 15, &["`concurrency` needs shifts"]);
    let few = "[centre.PERC]\nconcurrency = { cases = 3, slower = [1.0, 1.2] }";
    bad(few, 2, 37, &["2 factors for up to 3 cases in hand", "from one on"]);
    let with = |key: &str| format!("[centre.PERC]\nconcurrency = {{ cases = 2 }}\n{key}");
    bad(&with("discipline = \"preemptive\""), 2, 15, &["cannot stand beside the discipline `preemptive`"]);
    bad(&with("last_start = \"can-finish\""), 2, 15, &["cannot stand beside `last_start = \"can-finish\"`"]);
    let roles = "[centre.PERC]\nconcurrency = { cases = 2, roles = [\"signr\"] }";
    bad(roles, 2, 37, &["unknown role `signr`", "signer"]);
}

#[test]
fn services_of_several_requests_are_finished_and_have_no_past() {
    let with = |batch: &str, rest: &str| {
        format!(
            "[stage.sign]\nservice = {{ role = \"signer\", time = \"5 min\", batch = {{ {batch} }}{rest} }}"
        )
    };
    bad(&with("most = 2, least = 3", ""), 2, 54, &["at least 3 and at most 2 requests is never begun"]);
    bad(&with("most = 2, after = \"1 h\"", ""), 2, 54, &["`after` has no meaning"]);
    bad(&with("most = 2", ", different_officer = true"), 2, 54, &["have had no officer in common"]);
    let handed = format!("{}\n[centre.PERC]\nshift_end = \"hand-over\"", with("most = 2", ""));
    bad(&handed, 2, 54, &["`PERC` does not finish what it has in hand"]);
}

#[test]
fn branches_begin_at_a_fork_and_end_at_its_join() {
    let with = |fork: &str, join: &str, rest: &str| {
        format!(
            "[stage.prepare]\nnext = \"both\"\n[stage.both]\nfork = {fork}\n\
             [stage.call]\ndelay = \"1 h\"\nnext = \"all\"\n[stage.file]\nservice = {{ role = \"signer\", time = \"5 min\" }}\nnext = \"all\"\n\
             [stage.all]\njoin = {join}\nnext = \"sign\"\n{rest}"
        )
    };
    let both = "[\"call\", \"file\"]";
    Folder::new().over(&with(both, "true", "")).expect("it is right");
    bad(&with("[\"call\", \"fiel\"]", "true", ""), 4, 17, &["unknown stage `fiel`", "did you mean `file`"]);
    bad(&with("[\"call\"]", "true", ""), 4, 8, &["two branches or more, and this one 1"]);
    bad(&with(both, "{ need = 3 }", ""), 12, 8, &["`all`: it needs 3 of the 2 branches of the fork both"]);
    bad(&with(both, "{ need = 0 }", ""), 12, 17, &["0"]);
    bad(&with(both, "{ need = 1, rest = \"finsh\" }", ""), 12, 27, &["unknown word \"finsh\"", "finish"]);
    bad(&with(both, "{ rest = \"finish\" }", ""), 12, 8, &["`rest` is of the branches that are left"]);
    let text = with(both, "true", "").replace("[stage.both]\n", "[stage.both]\nnext = \"sign\"\n");
    bad(&text, 3, 8, &["the fork `both` has a `next`"]);
    let out =
        with(both, "true", "").replace("next = \"all\"\n[stage.file]", "next = \"released\"\n[stage.file]");
    bad(&out, 3, 8, &["`both`: a branch of it leads to the exit released; every branch must come to a join"]);
    bad(
        &with(both, "true", "[class.biometric]\nstart = \"file\""),
        15,
        9,
        &["`file`: it is in a branch of the fork both"],
    );
    let past = "[stage.research]\nnext = \"call\"";
    bad(
        &with(both, "true", past),
        5,
        8,
        &["`call`: it is in a branch of the fork both, and research leads there past the fork"],
    );
    let same =
        with(both, "true", "").replace("time = \"5 min\" }", "time = \"5 min\", same_officer = true }");
    bad(&same, 8, 8, &["`file` asks for the same officer, but `both` before it has no officer"]);
    let there = "[start.PERC]\nrequests = 3\nstage = \"file\"";
    bad(&with(both, "true", there), 16, 9, &["`file` is in a branch of the fork `both`"]);
}

#[test]
fn ends_of_shifts_need_shifts_and_time_to_begin_in() {
    bad("[centre.PERC]\nlast_start = \"can-finsh\"", 2, 14, &["`can-finsh` is no last start", "can-finish"]);
    bad(
        "[centre.PERC]\nlast_start = \"9 h\"",
        2,
        14,
        &["officers of the shift `00:00` at `PERC` begin no case"],
    );
    let level = "[centre.x]\nlevels = { officers = 1 }\n";
    bad(&format!("{level}min_rest = \"11 h\""), 3, 12, &["`min_rest` needs shifts"]);
    bad(
        "[centre.PERC]\nmin_rest = \"20 h\"",
        2,
        12,
        &["begins again within the rest of 20 h", "the same from day to day"],
    );
    bad(&format!("{level}last_start = \"1 h\""), 3, 14, &["`last_start` needs shifts"]);
    bad(&format!("{level}last_start = \"can-finish\""), 3, 14, &["`last_start` needs shifts"]);
    let limited = format!("{level}shift_end = {{ finish = {{ at_most = \"1 h\" }} }}");
    bad(&limited, 3, 24, &["overtime that ends before the case does needs shifts"]);
    let both =
        "[centre.PERC]\nshift_end = { finish = { at_most = \"1 h\" }, hand_over = { penalty = \"1 h\" } }";
    bad(both, 2, 15, &["`finish` cannot stand beside `hand_over`"]);
    let both = "[stage.research]\nservice = { after_work = \"5 min\" }\n[stage.prepare]\nservice = { same_officer = true }";
    bad(both, 3, 8, &["that of `research` has `after_work` to do first"]);
}

#[test]
fn unknown_keys_at_every_level() {
    bad("[runn]\nx = 1", 1, 2, &["unknown key `runn`", "did you mean `run`?"]);
    bad(
        "[run]\nhorzion = \"4 weeks\"",
        2,
        1,
        &["unknown key `horzion`", "did you mean `horizon`?", "`seed`"],
    );
    bad("[class.biometric]\nprioritty = 1", 2, 1, &["unknown key `prioritty`", "`priority`"]);
    bad(
        "[class.biometric]\nday_factor = { cv = 0.1, scop = \"area\" }",
        2,
        26,
        &["unknown key `scop`", "`scope`"],
    );
    bad("[area.Newark]\nshar = 2", 2, 1, &["unknown key `shar`", "`share`"]);
    bad("[stage.research]\nservise = {}", 2, 1, &["unknown key `servise`", "`service`"]);
    bad("[stage.research.service]\nrolle = \"x\"", 2, 1, &["unknown key `rolle`", "`role`"]);
    bad("[stage.research]\nnext = [{ to = \"closed\", probabilty = 0.1 }]", 2, 26, &["`probability`"]);
    bad("[stage.booking]\ndelay = { lognormol = { mean = \"1 h\", cv = 1 } }", 2, 11, &["`lognormal`"]);
    bad("[stage.booking]\ndelay = { gamma = { mean = \"1 h\", vc = 1 } }", 2, 35, &["unknown key `vc`"]);
    bad("[centre.PERC]\nabsense = 0.1", 2, 1, &["unknown key `absense`", "`absence`"]);
    bad(
        "[centre.PERC]\nshifts = [{ start = \"06:00\", lenght = \"8 h\", officers = 1 }]",
        2,
        30,
        &["unknown key `lenght`", "`length`"],
    );
    bad("[[route]]\nto = \"PERC\"\noverflow = { aftr = \"1 h\", to = \"PERC\" }", 3, 14, &["`after`"]);
    bad("[[exception]]\nname = \"x\"\nform = \"2019-01-01 00:00\"", 3, 1, &["unknown key `form`", "`from`"]);
    bad("[rework]\nstaje = \"sign\"", 2, 1, &["unknown key `staje`", "`stage`"]);
}

#[test]
fn missing_keys() {
    bad("[class.new]\npriority = 1", 1, 1, &["one of `rate`, `trace`, `appointments` is missing"]);
    bad(
        "[stage.new]\nnext = \"closed\"",
        1,
        1,
        &["one of `delay`, `service`, `fork`, `join`, `exit` is missing"],
    );
    bad("[stage.new]\ndelay = \"1 h\"", 1, 8, &["`new` has no `next`"]);
    bad("[[route]]\nshare = 0.5", 1, 1, &["`to` is missing", "a centre"]);
    bad("[centre.PERC]\nshifts = [{ start = \"06:00\", officers = 1 }]", 2, 11, &["`length` is missing"]);
    bad("[rework]\nprobability = 0.1", 1, 1, &["`documented_at` is missing"]);
}

#[test]
fn alternatives() {
    bad(
        "[class.new]\nrate = \"1 per day\"\ntrace = { file = \"times.csv\", kind = \"times\" }",
        3,
        1,
        &["`trace` cannot stand beside `rate`"],
    );
    bad(
        "[stage.booking]\ndelay = { exponential = \"1 h\", gamma = { shape = 1, scale = \"1 h\" } }",
        2,
        32,
        &["`gamma` cannot stand beside `exponential`"],
    );
    bad("[centre.PERC]\nlevels = { officers = 1 }\ncrews = []", 2, 1, &["cannot stand beside"]);
    bad(
        "[stage.booking]\ndelay = { lognormal = { mean = \"1 h\", median = \"1 h\", cv = 1 } }",
        2,
        23,
        &["exactly two parameters", "`median` and `cv`"],
    );
    bad("[stage.booking]\ndelay = { lognormal = { mu = 1.0, sigma = 1 } }", 2, 23, &["`mu` needs `unit`"]);
    bad(
        "[class.biometric]\ntrace = { file = \"times.csv\", kind = \"times\" }\nmonths = [1,1,1,1,1,1,1,1,1,1,1,1]",
        1,
        1,
        &["`months` cannot stand beside `trace`"],
    );
    bad("[class.biometric]\ngrowth = -1", 2, 10, &["a number above -1"]);
    bad(
        "[class.biometric]\nappointments = { hours = \"Mon-Fri 09:00-17:00\", every = \"15 min\" }\ngrowth = 0.1",
        1,
        1,
        &["`growth` cannot stand beside `appointments`"],
    );
}

#[test]
fn units_and_kinds() {
    bad("[run]\ntarget = 4", 2, 10, &["the number 4 needs a unit", "20 min"]);
    bad("[run]\ntarget = \"4\"", 2, 10, &["\"4\" is not a duration", "needs a unit"]);
    bad("[run]\ntarget = \"4 hous\"", 2, 10, &["unknown unit `hous`", "did you mean `hours`?"]);
    bad("[run]\ntarget = \"2 months\"", 2, 10, &["no fixed length"]);
    bad("[run]\ntarget = \"-4 h\"", 2, 10, &["must not be negative"]);
    bad("[run]\ntarget = \"0 h\"", 2, 10, &["longer than zero"]);
    bad("[run]\nhorizon = \"1e300 weeks\"", 2, 11, &["too large"]);
    bad("[run]\nhorizon = \"300000 days\"", 2, 11, &["longer than 200 years"]);
    bad("[run]\nwarm_up = \"10 days\"", 2, 11, &["whole weeks"]);
    bad("[class.biometric]\nrate = 94.4", 2, 8, &["needs a unit", "174.9 per hour"]);
    bad("[class.biometric]\nrate = \"94.4 per fortnight\"", 2, 8, &["unknown unit `fortnight`"]);
    bad("[class.biometric]\nrate = \"94.4\"", 2, 8, &["`per hour`"]);
    bad("[class.biometric]\nrate = \"-1 per day\"", 2, 8, &["must not be negative"]);
    bad("[run]\nreplications = 0", 2, 16, &["a whole number from 1 to 1000000, found the number 0"]);
    bad("[run]\nreplications = 2.5", 2, 16, &["whole number"]);
    bad("[run]\nseed = -1", 2, 8, &["whole number of at least 0"]);
    bad("[run]\nseed = 99999999999999999999", 2, 8, &["whole number"]);
    bad("[area.Newark]\nshare = 0", 2, 9, &["a number above 0"]);
    bad("[area.Newark]\nshare = nan", 2, 9, &["a number above 0"]);
    bad("[area.Newark]\nshare = inf", 2, 9, &["a number above 0"]);
    bad("[workforce]\nplanned_availability = 1.2", 2, 24, &["above 0, at most 1"]);
    bad("[workforce]\nhours_per_week = 200", 2, 18, &["at most 168"]);
    bad("[centre.PERC]\nabsence = \"much\"", 2, 11, &["from 0 to 1", "the text \"much\""]);
    bad("[centre.PERC]\ndiscipline = \"lifo\"", 2, 14, &["unknown word \"lifo\"", "did you mean `fifo`?"]);
    bad("[stage.closed]\nexit = false", 2, 8, &["leave the key out"]);
    bad("[centre]\nPERC = 3", 2, 8, &["a table", "the number 3"]);
    bad("class = 3", 1, 9, &["a table of names"]);
    bad("route = { to = \"PERC\" }", 1, 9, &["a list"]);
    bad(
        "[centre.PERC]\nshifts = [{ start = \"25:00\", length = \"8 h\", officers = 1 }]",
        2,
        21,
        &["00:00 to 24:00"],
    );
    bad(
        "[centre.PERC]\nshifts = [{ start = \"24:00\", length = \"8 h\", officers = 1 }]",
        2,
        21,
        &["midnight is 00:00"],
    );
    bad(
        "[centre.PERC]\nshifts = [{ days = \"Mo-Fr\", start = \"06:00\", length = \"8 h\", officers = 1 }]",
        2,
        20,
        &["unknown day \"Mo\""],
    );
    bad(
        "[centre.PERC]\nshifts = [{ days = \"Mon,Mon\", start = \"06:00\", length = \"8 h\", officers = 1 }]",
        2,
        20,
        &["named twice"],
    );
    bad(
        "[[route]]\nto = \"PERC\"\nhours = \"Mon-Fri 6-22\"",
        3,
        9,
        &["\"Mon-Fri 6-22\" is not", "Mon-Fri 06:00-22:00"],
    );
}

#[test]
fn dates_and_zones() {
    bad("[run]\nstart = \"2018-13-01\"", 2, 9, &["no such day"]);
    bad("[run]\nstart = \"1 Oct 2018\"", 2, 9, &["year-month-day"]);
    bad("[run]\nstart = 2018-10-01T00:00:00", 2, 9, &["a date such as"]);
    bad("[run]\nstart = 9999-12-30", 2, 9, &["too far from the present"]);
    bad(
        "[run]\ntime_zone = \"America/New York\"",
        2,
        13,
        &["unknown time zone", "did you mean `America/New_York`?"],
    );
    bad("[area.Newark]\ntime_zone = \"Los Angeles\"", 2, 13, &["did you mean `America/Los_Angeles`?"]);
    bad("[centre.PERC]\ntime_zone = \"Erope/Berlin\"", 2, 13, &["did you mean `Europe/Berlin`?"]);
    bad(
        "[[exception]]\nname = \"x\"\nfrom = \"2018-10-10 00:00\"\nuntil = \"2018-10-09 00:00\"",
        4,
        9,
        &["`until` must be later than `from`"],
    );
}

#[test]
fn unknown_names() {
    bad(
        "[class.biometric]\nstart = \"boking\"",
        2,
        9,
        &["unknown stage `boking`", "did you mean `booking`?"],
    );
    bad("[stage.booking]\nnext = \"reserch\"", 2, 8, &["unknown stage `reserch`", "`research`"]);
    bad("[area.Newark]\ncentre = \"Perc\"", 2, 10, &["unknown centre `Perc`", "did you mean `PERC`?"]);
    bad("[[route]]\nto = \"PRC\"", 2, 6, &["unknown centre `PRC`", "`PERC`"]);
    bad("[[route]]\nto = [\"PERC\", \"Los Angels\"]", 2, 15, &["did you mean `Los Angeles`?"]);
    bad("[[route]]\nto = \"PERC\"\nclasses = [\"biometrics\"]", 3, 12, &["unknown class", "`biometric`"]);
    bad("[[route]]\nto = \"PERC\"\nareas = [\"Newwark\"]", 3, 10, &["unknown area", "`Newark`"]);
    bad("[[route]]\nto = \"PERC\"\nstages = [\"booking\"]", 3, 11, &["`booking` is not a service stage"]);
    bad(
        "[centre.PERC]\nshifts = [{ start = \"06:00\", length = \"8 h\", officers = 1, roles = [\"sign\"] }]",
        2,
        69,
        &["unknown role `sign`", "did you mean `signer`?"],
    );
    bad("[centre.PERC]\nspeed = { biometrc = 1.1 }", 2, 11, &["unknown class", "`biometric`"]);
    bad("[centre.PERC]\nqueue_capacity = { limit = 3, exit = \"close\" }", 2, 38, &["unknown stage `close`"]);
    bad(
        "[[exception]]\nname = \"x\"\nfrom = \"2018-10-10 00:00\"\nuntil = \"2018-10-12 00:00\"\nrosters = { PERK = 0 }",
        5,
        13,
        &["`PERC`"],
    );
    bad("[centre.local]", 1, 9, &["cannot be called `local`"]);
}

#[test]
fn probabilities() {
    bad(
        "[stage.research]\nnext = [{ to = \"closed\", probability = 0.4 }, { to = \"prepare\", probability = 0.5 }]",
        2,
        8,
        &["sum to 0.9, not to 1", "takes the rest"],
    );
    bad(
        "[stage.research]\nnext = [{ to = \"closed\", probability = { biometric = 0.7, biographic = 0.2 } }, { to = \"prepare\", probability = 0.5 }, { to = \"closed\" }]",
        2,
        8,
        &["sum to 1.2 for `biometric`, more than 1"],
    );
    bad(
        "[stage.research]\nnext = [{ to = \"closed\" }, { to = \"prepare\" }]",
        2,
        28,
        &["a second branch without"],
    );
    bad("[stage.research]\nnext = [{ to = \"closed\", probability = 1.5 }]", 2, 40, &["from 0 to 1"]);
    bad(
        "[stage.research]\nnext = [{ to = \"closed\", probability = { biometric = 1.0 } }]",
        2,
        42,
        &["no probability for `biographic`"],
    );
    bad("[stage.research]\nnext = []", 2, 8, &["list of branches is empty"]);
    bad(
        "[stage.booking]\ndelay = { hyperexponential = { phases = [{ probability = 0.5, mean = \"1 h\" }] } }",
        2,
        41,
        &["sum to 0.5"],
    );
    bad(
        "[stage.booking]\ndelay = { hyperexponential = { mean = \"1 h\", cv = 0.5 } }",
        2,
        51,
        &["must be above 1"],
    );
}

#[test]
fn lists_of_the_wrong_length() {
    bad(
        "[class.biometric]\nprofile = [1, 2, 3]",
        2,
        11,
        &["expected 168 values (hours of the week), 336 (half-hours) or 672 (quarters), found 3"],
    );
    bad("[class.biometric]\nmonths = [1, 2, 3]", 2, 10, &["expected 12 values, found 3"]);
    bad("[class.biometric]\nprofile = \"minutes.csv\"", 2, 11, &["expected 168 values", "found 3"]);
    bad("[class.biometric]\nprofile = { values = [0, 0], period = \"1 h\" }", 2, 22, &["a value above 0"]);
    bad(
        "[centre.PERC]\nshifts = [{ start = \"06:00\", length = \"8 h\", officers = [1, 2] }]",
        2,
        57,
        &["expected 7 values, found 2"],
    );
    bad(
        "[centre.PERC]\nbalking = { at = [5, 10], probability = [0.1], exit = \"released\" }",
        2,
        41,
        &["`at` has 2 values and `probability` 1"],
    );
    bad(
        "[centre.A]\n[pool.x]\ncentres = [\"A\"]\nofficers_by_centre = [9, 9]\nshifts = { starts = [\"00:00\"], length = \"24 h\" }",
        4,
        22,
        &["2 numbers for 1 centres"],
    );
}

#[test]
fn overrides() {
    let folder = Folder::new();
    let bad = |set: &str, column: usize, parts: &[&str]| {
        let errors = folder.set(&[set]).expect_err("it should not load");
        let found = errors.iter().any(|d| {
            let place = d.location.as_ref().map(|l| (l.file.clone(), l.line, l.column));
            place == Some((format!("--set {set}"), 1, column))
                && parts.iter().all(|p| d.to_string().contains(p))
        });
        assert!(found, "no error in column {column} with {parts:?} in:\n{errors}");
        render(&errors);
    };
    bad("run.seed=x", 10, &["whole number", "the text \"x\""]);
    bad("run.sed=3", 5, &["unknown key `sed`", "`seed`"]);
    bad("runn.seed=3", 1, &["unknown key `runn`"]);
    bad("run.target=4", 12, &["needs a unit"]);
    bad("run.target = \"4\"", 14, &["needs a unit"]);
    bad("class.biometrics.priority=3", 7, &["there is no `biometrics`", "did you mean `biometric`?"]);
    bad("class.new={ priority = 3 }", 11, &["one of `rate`, `trace`, `appointments` is missing"]);
    bad("route.7.share=0.5", 7, &["no item `7`", "0 to 1"]);
    bad("route.\"local hour\".share=0.5", 7, &["no item `local hour`", "did you mean `local hours`?"]);
    bad("route.local hours.share=1.5", 25, &["from 0 to 1"]);
    bad("run", 1, &["no `=`", "path=value"]);
    bad("=3", 1, &["a part of the path is empty"]);
    bad("run..seed=3", 1, &["a part of the path is empty"]);
    bad("\"run.seed=3", 1, &["not closed"]);
    bad("extends=\"other.toml\"", 1, &["`extends` cannot be overridden"]);
    bad("run.holidays=[2018-11-12", 25, &["not valid TOML"]);
    bad("class.biometric.profile=nowhere.csv", 25, &["there is no such file"]);
    bad("stage.research.service.time.exponential=20", 41, &["needs a unit"]);
    let options = Overrides {
        sets: Vec::new(),
        replications: Some(0),
        seed: Some(u64::MAX),
        horizon: Some("soon".to_owned()),
        ..Overrides::default()
    };
    let errors = load(&folder.path("base.toml"), &options).expect_err("it should not load");
    let text = errors.to_string();
    for part in
        ["--replications 0:1:", "from 1 to 1000000", "--seed 18446744073709551615:1:", "--horizon soon:1:"]
    {
        assert!(text.contains(part), "{part} is not in: {text}");
    }
    assert_eq!(errors.len(), 3, "{errors}");
}

#[test]
fn all_errors_at_once_in_order() {
    let folder = Folder::new();
    let text = example()
        .replace("2018-10-01", "\"2018-10-32\"")
        .replace("\"4 per hour\"", "4")
        .replace("cv = 1.0", "cv = -1")
        .replace("to = \"PERC\"", "to = \"PERCY\"")
        .replace("officers = 3", "ofcers = 3");
    let errors = folder.load(&text).expect_err("it should not load");
    assert_eq!(errors.len(), 8, "{errors}");
    let lines: Vec<usize> = errors.iter().filter_map(|d| Some(d.location.as_ref()?.line)).collect();
    assert!(lines.is_sorted(), "{errors}");
}

#[test]
fn a_drawn_error_shows_the_place() {
    let folder = Folder::new();
    let errors = folder.over("[run]\nhorzion = \"4 weeks\"").expect_err("it should not load");
    let path = folder.path("test.toml");
    let expected = format!(
        "error: unknown key `horzion`\n --> {}:3:1\n  |\n3 | horzion = \"4 weeks\"\n  | ^^^^^^^ did you mean `horizon`?\n  |\n  \
         = help: allowed: `start`, `time_zone`, `horizon`, `whole_weeks`, `warm_up`, `replications`, `seed`, `target`, \
         `answer_within`, `holidays`, `precision`\n",
        path.display()
    );
    assert_eq!(errors.render(false), expected);
}

#[test]
fn names_of_scenarios() {
    bad("name = \"a/b\"", 1, 8, &["cannot be the name of a folder"]);
    bad("name = \"..\"", 1, 8, &["cannot be the name of a folder"]);
    bad("name = \"\"", 1, 8, &["must not be empty"]);
}

#[test]
fn a_precision_is_of_measures_of_the_whole_that_replications_make_more_precise() {
    let of = |name: &str| format!("[run]\nprecision = {{ relative = 0.1, measures = [\"{name}\"] }}");
    let allowed = ["did you mean `answered_within`?", "`turned_away_share`"];
    bad(&of("answerd_within"), 2, 43, &allowed);
    bad(&of("posts"), 2, 43, &["`posts` is the same in every replication"]);
    bad(&of("p_wait"), 2, 43, &["`p_wait` is not of the whole scenario"]);
    bad(&of("redials_per_client"), 2, 42, &["measure of scenarios with a class with `redial` only"]);
    let names = ["answered_within", "answered_within_of_answered", "turned_away_share", "backlog_at_end"];
    for name in names {
        let loaded = Folder::new().over(&of(name)).expect("a scenario");
        assert_eq!(loaded.model.run.precision.expect("a rule").measures, [name]);
    }
}
