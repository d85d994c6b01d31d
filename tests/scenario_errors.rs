//! Bad input: what is said, where, and what is suggested. Each case stands over the reference's example.

mod scenario_support;

use poolwise::scenario::{Diagnostics, Overrides, load};
use scenario_support::{Folder, example, file_name, good};

/// Checks that a fragment over the example gives an error at line and column (of the fragment, from 1) whose
/// text has all the parts.
#[track_caller]
fn bad(fragment: &str, line: usize, column: usize, parts: &[&str]) {
    let folder = Folder::new();
    let errors = folder.over(fragment).expect_err("it should not load");
    // `extends` takes the first line.
    has(&errors, "test.toml", line + 1, column, parts);
    render(&errors);
}

/// The same, where the error's place is in the example.
#[track_caller]
fn bad_at(place: &str, fragment: &str, parts: &[&str]) {
    let example = example();
    let line = example.lines().position(|l| l == place).expect("a line of the example") + 1;
    let column = place.find('.').expect("a table of the example") + 2;
    let folder = Folder::new();
    let errors = folder.over(fragment).expect_err("it should not load");
    has(&errors, "base.toml", line, column, parts);
    render(&errors);
}

#[track_caller]
fn has(errors: &Diagnostics, file: &str, line: usize, column: usize, parts: &[&str]) {
    let found = errors.iter().any(|d| {
        let place = d.location.as_ref().map(|l| (file_name(&l.file), l.line, l.column));
        let text = d.to_string();
        place == Some((file, line, column)) && parts.iter().all(|p| text.contains(p))
    });
    assert!(found, "no error at {file}:{line}:{column} with {parts:?} in:\n{errors}");
}

/// Drawing must work too, with and without colour.
#[track_caller]
fn render(errors: &Diagnostics) {
    assert!(errors.has_errors());
    assert!(errors.render(false).contains("error"));
    assert!(errors.render(true).contains('\u{1b}'));
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
    bad("[class.new]\npriority = 1", 1, 1, &["one of `rate`, `trace` is missing"]);
    bad("[stage.new]\nnext = \"closed\"", 1, 1, &["one of `delay`, `service`, `exit` is missing"]);
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
    bad("[centre.PERC]\nqueue_capacity = { limit = 3, exit = \"sign\" }", 2, 38, &["`sign` is not an exit"]);
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
    bad("[class.biometric]\nprofile = [1, 2, 3]", 2, 11, &["expected 168 values, found 3"]);
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
fn shifts_and_levels() {
    bad(
        "[centre.PERC]\nshifts = [{ start = \"06:00\", length = \"25 h\", officers = 1 }]",
        2,
        39,
        &["overlaps itself", "24 hours at most"],
    );
    bad(
        "[centre.PERC]\nshifts = [{ start = \"06:00\", length = \"8 h\", officers = 1 }, { start = \"06:00\", length = \"9 h\", officers = 1 }]",
        2,
        72,
        &["a second shift is called `06:00`"],
    );
    bad(
        "[centre.PERC]\nshifts = [{ start = \"06:00\", length = \"8 h\", officers = 1, breaks = [{ after = \"7 h\", length = \"2 h\" }] }]",
        2,
        70,
        &["does not end within the shift"],
    );
    bad(
        "[centre.PERC]\nlevels = { weekly = [{ days = \"Mon-Fri\", from = \"06:00\", to = \"22:00\", officers = 1 }, { days = \"Fri\", from = \"20:00\", to = \"04:00\", officers = 1 }] }",
        2,
        88,
        &["overlaps another entry at 20:00"],
    );
    bad("[centre.PERC]\nlevels = { steps = [[\"1 h\", 2]] }", 2, 22, &["first step must be at 0"]);
    bad(
        "[centre.PERC]\nlevels = { steps = [[\"0 h\", 2], [\"2 h\", 1], [\"1 h\", 3]] }",
        2,
        46,
        &["must ascend"],
    );
    bad(
        "[centre.PERC]\nlevels = { steps = [[\"0 h\", 2], [\"2 h\", 1]], period = \"2 h\" }",
        2,
        55,
        &["before the last step"],
    );
    bad("[centre.PERC]\nlevels = { officers = 1, period = \"2 h\" }", 2, 35, &["`period` goes with `steps`"]);
    bad("[centre.PERC]\nabsence = 0.1\nlevels = { officers = 9 }", 3, 10, &["`absence` needs shifts"]);
    bad(
        "[centre.PERC]\ncrews = [{ from = \"2 h\", until = \"1 h\", officers = 1 }]",
        2,
        34,
        &["later than `from`"],
    );
}

#[test]
fn routes_that_reach_nobody() {
    let at = "[stage.research]";
    bad_at(
        at,
        "[[route]]\nto = \"local\"",
        &["no route is sure to take `research` from `Newark`", "`local`"],
    );
    bad_at(
        at,
        "[[route]]\nto = \"PERC\"\nhours = \"open\"",
        &["no route is sure to take `research` to a centre"],
    );
    bad_at(at, "[[route]]\nto = \"PERC\"\nhours = \"Mon-Fri 00:00-24:00\"", &["no route is sure"]);
    bad_at(at, "[[route]]\nto = \"PERC\"\nshare = 0.9", &["no route is sure"]);
    bad_at(at, "[[route]]\nto = \"PERC\"\nclasses = [\"biometric\"]", &["of class `biographic`"]);
    bad_at(at, "[[route]]\nto = \"same\"", &["no route is sure to take `research`"]);
    bad_at("[stage.prepare]", "[[route]]\nto = \"PERC\"\nstages = [\"research\", \"sign\"]", &["`prepare`"]);
    bad_at(
        at,
        "[[exception]]\nname = \"x\"\nfrom = \"2018-10-10 00:00\"\nuntil = \"2018-10-12 00:00\"\n\
         routes = [{ to = \"PERC\" }]\n[[route]]\nto = \"local\"",
        &["from `Newark`"],
    );
    // Work that comes back has had no service as far as `same` is concerned.
    bad_at(
        "[stage.prepare]",
        "[rework]\ndocumented_at = \"research\"\nprobability = 0.1\nafter = \"1 h\"\nstage = \"prepare\"\n\
         [[route]]\nto = \"PERC\"\nstages = [\"research\"]\n[[route]]\nto = \"same\"",
        &["no route is sure to take `prepare`"],
    );
    // Hours that cover the week are always; `same` is enough where every path has had a service.
    let folder = Folder::new();
    good(folder.over("[[route]]\nto = \"PERC\"\nhours = [\"Mon-Fri 00:00-24:00\", \"Sat,Sun 00:00-24:00\"]"));
    good(folder.over("[[route]]\nto = \"PERC\"\nstages = [\"research\"]\n[[route]]\nto = \"same\""));
}

#[test]
fn roles_that_nobody_holds() {
    bad(
        "[centre.PERC]\nshifts = [{ start = \"00:00\", length = \"24 h\", officers = 3, roles = [\"researcher\"] }]\n[[route]]\nto = \"PERC\"",
        3,
        1,
        &["`sign` can be sent to `PERC`, where nobody holds the role `signer`", "hold `researcher`"],
    );
    // `same` follows the service before, through chains.
    bad(
        "[centre.PERC]\nshifts = [{ start = \"00:00\", length = \"24 h\", officers = 3, roles = [\"researcher\"] }]\n[[route]]\nstages = [\"research\"]\nto = \"PERC\"\n[[route]]\nto = \"same\"",
        6,
        1,
        &["`sign` can be sent to `PERC`"],
    );
    bad(
        "[centre.Empty]\n[[route]]\nto = \"PERC\"\noverflow = { queue = 3, to = \"Empty\" }",
        2,
        1,
        &["`Empty` has no officers"],
    );
    bad(
        "[centre.PERC]\nshifts = [{ start = \"00:00\", length = \"24 h\", officers = 0 }]\n[[route]]\nto = \"PERC\"",
        3,
        1,
        &["nobody holds"],
    );
    bad(
        "[centre.PERC]\nlevels = { officers = 2 }\n[stage.sign.service]\nofficers = 3\n[[route]]\nto = \"PERC\"",
        5,
        1,
        &["takes 3 officers at once", "at most 2 with its role"],
    );
    bad(
        "[centre.PERC]\nlevels = { officers = 2 }\n[stage.sign.service]\ndifferent_officer = true\n[[route]]\nto = \"PERC\"",
        5,
        1,
        &["staffed by levels", "use `shifts` or `crews`"],
    );
    let many: String = (0..17)
        .map(|i| {
            format!("[stage.s{i}]\nservice = {{ role = \"r{i}\", time = \"1 min\" }}\nnext = \"closed\"\n")
        })
        .collect();
    bad(&many, 14 * 3 + 2, 20, &["more than 16 roles"]);
}

#[test]
fn graphs() {
    bad_at(
        "[stage.booking]",
        "[stage.research]\nnext = \"prepare\"\n[stage.sign]\nnext = \"prepare\"",
        &["no exit can be reached from `booking`, `research`, `prepare`, `sign`"],
    );
    bad(
        "[stage.booking]\ndelay = \"0 min\"\nnext = [{ to = \"loop\" }]\n[stage.loop]\ndelay = \"0 min\"\nnext = [{ to = \"booking\", probability = 0.5 }, { to = \"research\" }]",
        1,
        8,
        &["a loop of stages takes no time: booking -> loop -> booking"],
    );
    let folder = Folder::new();
    let errors = folder.over("[stage.booking]\nnext = \"closed\"").expect_err("it should not load");
    let deadline = example().lines().position(|l| l.starts_with("deadline")).expect("a deadline") + 1;
    has(&errors, "base.toml", deadline, 77, &["`biometric` never reaches `sign`"]);
    bad(
        "[class.biometric]\ndeadline = { after = \"1 h\", until = \"closed\", exit = \"released\" }",
        2,
        37,
        &["`closed` is an exit"],
    );
    bad(
        "[class.biometric]\ndeadline = { after = \"1 h\", until = { start = \"booking\" }, exit = \"released\" }",
        2,
        47,
        &["not a service stage"],
    );
    bad(
        "[class.biometric]\ndeadline = { after = \"1 h\", until = \"sign\", exit = \"sign\" }",
        2,
        52,
        &["`sign` is not an exit", "`released`"],
    );
    let errors = folder.over("[class.new]\nrate = \"1 per day\"").expect_err("it should not load");
    let line = |start: &str| example().lines().position(|l| l.starts_with(start)).expect("a line") + 1;
    has(
        &errors,
        "base.toml",
        line("pickup_clock"),
        16,
        &["pick-up clock counts from the deadline, but `new` has none"],
    );
    bad("[stage.sign.service]\nsame_officer = true\ndifferent_officer = true", 1, 1, &["contradict"]);
    bad("[stage.research.service]\nsame_officer = true", 1, 8, &["`booking` before it has no officer"]);
    bad(
        "[stage.sign.service]\nsame_officer = true\nofficers = 2",
        1,
        8,
        &["the same officer and for 2 at once"],
    );
    bad("[class.biometric]\nstart = \"closed\"", 2, 9, &["cannot start at an exit"]);
    bad(
        "[rework]\ndocumented_at = \"booking\"\nprobability = 0.1\nafter = \"1 h\"\nstage = \"closed\"",
        2,
        17,
        &["documented at a service stage"],
    );
    bad(
        "[stage.sign]\npickup_clock = { hold = \"1 h\", exit = \"lapsed\" }",
        2,
        16,
        &["goes with a `delay` only"],
    );
}

/// An error of a file that cannot be read has no place unless another file names it.
#[track_caller]
fn bad_file(errors: &Diagnostics, parts: &[&str]) {
    let text = errors.to_string();
    assert!(parts.iter().all(|p| text.contains(p)), "{parts:?} are not in: {text}");
    render(errors);
}

#[test]
fn files_that_cannot_be_read() {
    let folder = Folder::new();
    let load = |name: &str| load(&folder.path(name), &Overrides::default()).expect_err("it should not load");
    bad_file(&load("nothing.toml"), &["nothing.toml: there is no such file"]);
    bad_file(&load(""), &["is a folder"]);
    folder.write("binary.toml", [b'a', 0, 1, 2]);
    bad_file(&load("binary.toml"), &["is a binary file"]);
    folder.write("latin.toml", b"title = \"x\"\ndescription = \"caf\xe9\"");
    bad_file(&load("latin.toml"), &["latin.toml:2: is not UTF-8"]);
    let huge = std::fs::File::create(folder.path("huge.toml")).expect("a file");
    huge.set_len((16 << 20) + 1).expect("a length");
    bad_file(&load("huge.toml"), &["larger than the limit of 16 MiB"]);
    folder.write("empty.toml", "");
    bad_file(&load("empty.toml"), &["no [class.<name>]", "no [stage.<name>]"]);
}

#[test]
fn data_files() {
    let folder = Folder::new();
    let huge = std::fs::File::create(folder.path("huge.csv")).expect("a file");
    huge.set_len((256 << 20) + 1).expect("a length");
    folder.write("words.csv", "minutes\n12\ntwelve\n");
    folder.write("negative.csv", "minutes\n-1\n");
    folder.write("none.csv", "");
    folder.write("binary.csv", [0, 1]);
    folder.write("ragged.csv", "a,b\n1,2\n3\n");
    let profile = |file: &str, parts: &[&str]| {
        let errors =
            folder.over(&format!("[class.biometric]\nprofile = \"{file}\"")).expect_err("it should not load");
        has(&errors, "test.toml", 3, 11, parts);
    };
    profile("absent.csv", &["absent.csv: there is no such file"]);
    profile("huge.csv", &["larger than the limit of 256 MiB"]);
    profile("words.csv", &["words.csv:3: \"twelve\" is not a number"]);
    profile("negative.csv", &["negative.csv:2: -1 is not a number of at least 0"]);
    profile("none.csv", &["none.csv: is empty"]);
    profile("binary.csv", &["binary.csv: is a binary file"]);
    profile("ragged.csv", &["there are 2 columns; say which with `column`", "`a`, `b`"]);
    profile(".", &["is a folder"]);
    bad(
        "[class.biometric]\nprofile = { file = \"profiles.csv\", column = \"evning\" }",
        2,
        45,
        &["no column `evning`", "did you mean `evening`?"],
    );
    bad(
        "[class.biometric]\ntrace = { file = \"minutes.csv\", kind = \"times\" }",
        2,
        18,
        &["minutes.csv:2: \"12\" is not a time"],
    );
    bad(
        "[class.biometric]\ntrace = { file = \"times.csv\", kind = \"hourly-counts\" }",
        2,
        18,
        &["there is no column `n`"],
    );
    bad(
        "[stage.booking]\ndelay = { empirical = { file = \"minutes.csv\" } }",
        2,
        23,
        &["`file` needs `unit`"],
    );
}

#[test]
fn syntax_errors_are_all_shown() {
    let folder = Folder::new();
    let errors =
        folder.load("[run]\nseed = \ntarget = 4 h\nx = \"open\n[class\n").expect_err("it should not load");
    let lines: Vec<usize> = errors.iter().filter_map(|d| Some(d.location.as_ref()?.line)).collect();
    assert!([2, 3, 4, 5].iter().all(|l| lines.contains(l)), "{errors}");
    assert!(errors.iter().all(|d| d.message.contains("not valid TOML")), "{errors}");
    render(&errors);
    let errors = folder.load("title = \"a\"\ntitle = \"b\"").expect_err("it should not load");
    has(&errors, "test.toml", 2, 1, &["duplicate key"]);
}

#[test]
fn deep_nesting_is_refused() {
    let folder = Folder::new();
    let deep = vec!["a"; 200_000].join(".");
    let errors = folder.load(&format!("{deep} = 1")).expect_err("it should not load");
    bad_file(&errors, &["recursion limit"]);
    let errors = folder.load(&format!("[{deep}]")).expect_err("it should not load");
    assert!(errors.has_errors());
    let errors = folder.load(&format!("a = {}", "[".repeat(100_000))).expect_err("it should not load");
    assert!(errors.has_errors());
    let errors = folder.set(&[&format!("{deep}=1")]).expect_err("it should not load");
    bad_file(&errors, &["more than 40 parts"]);
    let errors = folder.set(&[&format!("run={{{deep}=1}}")]).expect_err("it should not load");
    bad_file(&errors, &["recursion limit"]);
}

#[test]
fn extends() {
    let folder = Folder::new();
    let errors = folder.load("extends = \"nowhere.toml\"").expect_err("it should not load");
    has(&errors, "test.toml", 1, 11, &["nowhere.toml: there is no such file"]);
    let errors = folder.load("extends = \"test.toml\"").expect_err("it should not load");
    has(&errors, "test.toml", 1, 11, &["goes round in a circle"]);
    folder.write("a.toml", "extends = \"b.toml\"");
    folder.write("b.toml", "extends = \"a.toml\"");
    let errors = folder.load("extends = \"a.toml\"").expect_err("it should not load");
    has(&errors, "b.toml", 1, 11, &["goes round in a circle"]);
    let errors = folder.load("extends = 3").expect_err("it should not load");
    has(&errors, "test.toml", 1, 11, &["a file's name"]);
    let errors = folder.load("extends = \".\"").expect_err("it should not load");
    has(&errors, "test.toml", 1, 11, &["is a folder"]);
    // Each error is shown in the file that it stands in.
    folder.write("middle.toml", "extends = \"base.toml\"\n\n[run]\nseed = -3\n");
    let errors = folder.load("extends = \"middle.toml\"\n[run]\ntarget = 4").expect_err("it should not load");
    has(&errors, "middle.toml", 4, 8, &["whole number"]);
    has(&errors, "test.toml", 3, 10, &["needs a unit"]);
    assert_eq!(errors.len(), 2, "{errors}");
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
    bad("class.new={ priority = 3 }", 11, &["one of `rate`, `trace` is missing"]);
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
         = help: allowed: `start`, `time_zone`, `horizon`, `warm_up`, `replications`, `seed`, `target`, `holidays`, `precision`\n",
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
fn pools() {
    let pool = |keys: &str| format!("[centre.A]\n[[route]]\nto = \"A\"\n[pool.x]\n{keys}");
    let shifts = "shifts = { starts = [\"00:00\", \"12:00\"], length = \"12 h\" }";
    bad(
        &pool(&format!("centres = [\"A\"]\nofficers = 3\n{shifts}")),
        6,
        12,
        &["3 officers cannot keep 1", "takes 5"],
    );
    bad(
        &pool(&format!("centres = [\"PERC\"]\nofficers = 30\n{shifts}")),
        5,
        12,
        &["has officers of its own"],
    );
    // An empty list sets the pool aside: officers then have to come from elsewhere.
    bad(&pool(&format!("centres = []\nofficers = 30\n{shifts}")), 2, 1, &["`A` has no officers"]);
    bad(&pool(&format!("centres = [\"A\", \"A\"]\nofficers = 30\n{shifts}")), 5, 17, &["named twice"]);
    bad(
        &pool(&format!("centres = [\"A\"]\n{shifts}")),
        4,
        1,
        &["one of `officers`, `officers_by_centre` is missing"],
    );
    bad(
        &pool("centres = [\"A\"]\nofficers = 30\nshifts = { starts = [\"00:00\"], length = \"30 h\" }"),
        7,
        41,
        &["overlaps itself"],
    );
    bad(
        &pool(&format!(
            "centres = [\"A\"]\nofficers = 30\n{shifts}\nshifts_at.PERC = {{ starts = [\"00:00\"], length = \"8 h\" }}"
        )),
        8,
        11,
        &["`PERC` is not among the pool's `centres`"],
    );
}
