//! Rosters, routes, roles, pools and graphs that do not fit together: what is said, where, and what is suggested.

mod scenario_support;

use scenario_support::errors::{bad, bad_at, has};
use scenario_support::{Folder, example, good};

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
        "[stage.custody]\npickup_clock = { hold = \"48 h\", exit = \"sign\" }",
        2,
        40,
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

#[test]
fn a_second_officer_where_there_is_one() {
    let said = "`sign` needs an officer other than the one before";
    let warned = |shifts: &str, rule: &str| {
        let fragment = format!(
            "[area.\"Los Angeles\"]\ntime_zone = \"America/New_York\"\n[stage.sign.service]\ndifferent_officer = true\n\
             [centre.PERC]\nshifts = [{shifts}]\n{rule}[[route]]\nto = \"PERC\""
        );
        good(Folder::new().over(&fragment)).warnings.to_string()
    };
    let shift = |start: u32, officers: u32, roles: &str| {
        format!(
            "{{ name = '{start} {roles}', start = \"{start}:00\", length = \"12 h\", officers = {officers}, roles = [{roles}] }},"
        )
    };
    let all = "\"researcher\", \"signer\"";
    let alone = warned(&(shift(10, 3, all) + &shift(22, 1, all)), "");
    let place = "at times there is one officer of the role `signer` on duty at `PERC` (84 h a week)";
    assert!(alone.contains(said) && alone.contains(place), "{alone}");
    let two = warned(&(shift(10, 3, all) + &shift(22, 2, all)), "");
    assert!(!two.contains(said), "{two}");
    // In those hours a rule sends the signature elsewhere.
    let rule = "[[route]]\nstages = [\"sign\"]\nhours = \"22:00-10:00\"\nto = \"Los Angeles\"\n";
    let elsewhere = warned(&(shift(10, 3, all) + &shift(22, 1, all)), rule);
    assert!(!elsewhere.contains(said), "{elsewhere}");
    // Nobody who prepares can sign: the one signer on duty is somebody else.
    let (first, second) = ("\"researcher\"", "\"signer\"");
    let apart = warned(
        &(shift(10, 3, first) + &shift(22, 1, first) + &shift(10, 1, second) + &shift(22, 1, second)),
        "",
    );
    assert!(!apart.contains(said), "{apart}");
}

#[test]
fn requests_and_officers_have_the_words_of_the_scenario() {
    let folder = Folder::new();
    let words = |text: &str| folder.over(text).expect("a scenario").model.words;
    assert_eq!(words("").request.many, "requests");
    let called = words("unit = \"inquiry\"\nofficer = { one = \"salesperson\", many = \"salespeople\" }");
    assert_eq!([&called.request.one, &called.request.many], ["inquiry", "inquiries"]);
    assert_eq!([&called.officer.one, &called.officer.many], ["salesperson", "salespeople"]);
    // Both are inherited.
    folder.write("below.toml", "extends = \"base.toml\"\nunit = \"call\"");
    let above = folder.load("extends = \"below.toml\"\nofficer = \"agent\"").expect("a scenario").model.words;
    assert_eq!([above.request.many, above.officer.many], ["calls", "agents"]);
    for wrong in ["unit = \"\"", "unit = \"<b>\"", "unit = { one = \"call\" }", "officer = 3"] {
        assert!(folder.over(wrong).is_err(), "{wrong}");
    }
}

/// Where no stage asks for a role that is what is wrong, not the roles of officers who hold all there are.
#[test]
fn an_empty_table_of_stages_is_no_empty_list_of_roles() {
    let text = |roles: &str, stages: &str| {
        format!("[class.c]\nrate = \"1 per hour\"\n{stages}[centre.d]\nlevels = {{ officers = 1{roles} }}\n")
    };
    let said = |text: &str| Folder::new().load(text).expect_err("an error").render(false);
    let empty = said(&text("", "[stage]\n"));
    assert!(
        empty.contains("the scenario has no [stage.<name>]") && !empty.contains("names no role"),
        "{empty}"
    );
    let work =
        "[stage.s]\nservice = { role = \"o\", time = \"1 h\" }\nnext = \"out\"\n[stage.out]\nexit = true\n";
    assert!(said(&text(", roles = []", work)).contains("the list names no role"));
}
