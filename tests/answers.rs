//! What a command answers: sentences, one table, its forms, what-if without a file, help.

mod command_support;

use command_support::Place;
use serde_json::Value;
use std::fs;
use std::path::Path;

#[test]
fn a_what_if_needs_no_file() {
    let place = Place::small();
    let nine = "Nine: centre.office.levels.officers=9";
    let args = ["compare", "small.toml", "--vary", nine, "--vary", "Ten: centre.office.levels.officers=10"];
    let run = place.poolwise(&[&args[..], &["--no-plots", "--replications=10"]].concat());
    run.ends_with(0);
    for row in ["Eight officers ", "Nine ", "Ten "] {
        assert!(run.out.lines().any(|l| l.starts_with(row)), "{row}\n{}", run.out);
    }
    // The same as a file with that change.
    fs::write(place.path("nine.toml"), "extends = \"small.toml\"\ncentre.office.levels.officers = 9\n")
        .unwrap();
    let file = place.poolwise(&[
        "compare",
        "small.toml",
        "nine.toml",
        "--no-plots",
        "--replications=10",
        "--out=file",
    ]);
    file.ends_with(0);
    let measures = |path: &str| {
        let text = fs::read_to_string(place.path(path)).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["measures"].clone()
    };
    assert_eq!(measures("output/nine/summary.json"), measures("file/nine/summary.json"));
    for (wrong, why) in [
        ("Nine: centre.office.levels.oficers=9", "did you mean `officers`?"),
        ("Nine", "`Nine` is no change"),
        ("Nine:", "changes nothing"),
        ("Nine: nine", "write path=value"),
    ] {
        let run = place.poolwise(&["compare", "small.toml", "--vary", wrong]);
        assert!(run.ends_with(2).err.contains(why) && run.err.contains("--vary"), "{}", run.err);
    }
}

#[test]
fn an_answer_has_four_forms_and_a_strip_of_the_week() {
    let place = Place::small();
    let compare = |more: &[&str]| {
        let run = place.poolwise(
            &[
                &["compare", "small.toml", "large.toml", "--no-plots", "--quiet", "--replications=10"][..],
                more,
            ]
            .concat(),
        );
        run.ends_with(0);
        run.out
    };
    let csv = compare(&["--format=csv"]);
    let header = csv.lines().next().expect("a header");
    assert!(
        header.starts_with("scenario,title,measure,estimate,lower,upper,replications,difference"),
        "{header}"
    );
    assert!(
        csv.lines()
            .any(|l| l.starts_with("large,large,time_to_completion_p95_hours,") && l.ends_with(",less"))
    );
    let markdown = compare(&["--format=markdown"]);
    assert!(markdown.contains("| Option |") && markdown.contains("better |"), "{markdown}");
    assert!(compare(&["--format=json"]).trim_start().starts_with('{'));
    assert!(compare(&["--chart"]).contains("Mon"), "{}", compare(&["--chart"]));
}

#[test]
fn what_is_no_comparison_takes_every_form_as_well() {
    let place = Place::small();
    let data = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/dispatch").join(name);
        path.to_str().unwrap().to_owned()
    };
    let (durations, tickets) = (data("durations.csv"), data("tickets.xlsx"));
    let forms = |command: &[&str]| {
        let run = |form: &str| {
            place.poolwise(&[command, &["--quiet", "--format", form]].concat()).ends_with(0).out.clone()
        };
        let (csv, markdown) = (run("csv"), run("markdown"));
        assert!(run("json").trim_start().starts_with('{'), "{command:?}");
        let cells = |line: &str| line.split(',').count();
        assert!(csv.lines().count() > 1 && cells(csv.lines().next().unwrap()) > 2, "{command:?}: {csv}");
        (csv, markdown)
    };
    let (csv, markdown) = forms(&["check", "small.toml", "large.toml"]);
    assert!(csv.starts_with("table,row,column,value,interval,remark\n"), "{csv}");
    assert!(csv.lines().any(|l| l.starts_with("Side by side,Eight officers,Posts,8")), "{csv}");
    assert!(markdown.contains("| Centre |") && markdown.contains("**Side by side**"), "{markdown}");
    let (csv, markdown) = forms(&["fit", &durations, "--no-plots"]);
    assert!(csv.contains("lognormal") && markdown.contains("| Law |"), "{csv}\n{markdown}");
    for form in ["csv", "markdown"] {
        let into = format!("--into={form}");
        let run = place.poolwise(&["import", &tickets, &durations, &into, "--format", form]);
        assert!(run.ends_with(0).out.contains("How requests arrive"), "{}", run.out);
    }
    let (csv, markdown) = forms(&["bench", "--only=mm1", "--threads=1", "--seconds=0"]);
    assert!(
        csv.contains(",mm1,Answer,right,,") && markdown.contains("The answer is right."),
        "{csv}\n{markdown}"
    );
    let run = place.poolwise(&["bench", "--only=mm1", "--threads=1", "--seconds=0", "--report=speed.html"]);
    assert!(run.ends_with(0).err.contains("Page to forward: speed.html"), "{}", run.err);
    assert!(fs::read_to_string(place.path("speed.html")).unwrap().contains("The answer is right."));
}

/// Eight officers around the clock are 1344 hours a week; 20 an hour, and half of that on top from Monday to Tuesday midnight.
#[test]
fn a_pay_table_gives_costs_and_their_difference() {
    let place = Place::small();
    let pay =
        "[pay]\nhour = 20\npremiums = [{ name = \"Mondays\", hours = \"Mon 00:00-24:00\", share = 0.5 }]\n";
    fs::write(place.path("paid.toml"), format!("extends = \"small.toml\"\ntitle = \"Paid\"\n{pay}")).unwrap();
    let args = ["compare", "paid.toml", "--vary", "Nine: centre.office.levels.officers=9", "--no-plots"];
    let run = place.poolwise(&[&args[..], &["--replications=10"]].concat());
    // One officer more: 168 hours at 20, and 24 at 10.
    let said = run.ends_with(0).out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("3600 USD more cost a week"), "{said}");
    let text = fs::read_to_string(place.path("output/paid/summary.json")).unwrap();
    let cost = &serde_json::from_str::<Value>(&text).unwrap()["cost"];
    assert_eq!(cost["per_week"]["estimate"], 1344.0 * 20.0 + 8.0 * 24.0 * 10.0);
    let changed = place.poolwise(&["run", "paid.toml", "--set", "pay.hour=10", "--no-plots"]);
    assert!(!changed.ends_with(0).err.contains("changes nothing"), "{}", changed.err);
}

#[test]
fn a_sweep_over_one_scenario_shows_its_curve() {
    let place = Place::small();
    let sweep = "scenarios = [\"small.toml\"]\nreplications = 4\nmeasures = [\"wait_mean_hours\"]\n[axis.officers]\n\
                 label = \"Officers\"\npath = \"centre.office.levels.officers\"\nvalues = [8, 9, 12]\nbase = 8\n";
    fs::write(place.path("curve.toml"), sweep).unwrap();
    let run = place.poolwise(&["sweep", "curve.toml", "--quiet", "--out=curve"]);
    let said = run.ends_with(0).out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("Mean wait for the first officer: from "), "{said}");
    assert!(said.contains("where officers is 12 to ") && said.contains("where officers is 8."), "{said}");
    let rows =
        run.out.lines().filter(|l| l.contains('[') && l.trim_start().starts_with(['8', '9', '1'])).count();
    assert_eq!(rows, 3, "a row a point, with its interval\n{}", run.out);
    // Without a label it is called as people call what it moves.
    let plain = sweep.replace("label = \"Officers\"\n", "");
    fs::write(place.path("plain.toml"), plain).unwrap();
    let run = place.poolwise(&["sweep", "plain.toml", "--quiet", "--out=plain"]);
    let said = run.ends_with(0).out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("where office: on duty is 8."), "{said}");
}

#[test]
fn every_help_has_examples_and_init_comes_first() {
    let place = Place::small();
    let help = place.poolwise(&["--help"]);
    let first =
        help.ends_with(0).out.lines().skip_while(|l| *l != "Commands:").nth(1).expect("a command").to_owned();
    assert!(first.trim_start().starts_with("init "), "{first}");
    for command in [
        "init",
        "run",
        "compare",
        "staff",
        "sweep",
        "check",
        "describe",
        "bench",
        "validate",
        "schema",
        "completions",
        "man",
        "import",
        "fit",
        "backtest",
        "forecast",
        "sweep plan",
        "sweep run",
        "sweep status",
        "sweep merge",
        "sweep report",
        "sweep submit",
    ] {
        let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = place.poolwise(&words);
        let lines = help.ends_with(0).out.lines().skip_while(|l| *l != "Examples:").skip(1).count();
        assert!(lines >= 3, "{command}\n{}", help.out);
    }
    place.poolwise(&["man", "man"]).ends_with(0);
    let page = fs::read_to_string(place.path("man/poolwise-compare.1")).unwrap();
    assert!(page.contains(".TH") && page.contains("vary"), "{page}");
}

/// The rest of the day with a change has the same requests; with nobody ill more of them are answered in time.
#[test]
fn the_rest_of_the_day_with_changes() {
    let place = Place::small();
    let scenario = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/textbook/from-now.toml");
    let scenario = scenario.to_str().unwrap();
    let asked = [
        "forecast",
        scenario,
        "--days",
        "39",
        "--no-plots",
        "--quiet",
        "--vary",
        "Nobody ill: start.on_shift.desk=4",
    ];
    let run = place.poolwise(&[&asked[..], &["--format", "json"]].concat());
    let v: Value = serde_json::from_str(&run.ends_with(0).out).unwrap();
    let changed = &v["variations"][0];
    assert_eq!(changed["title"], "Nobody ill");
    assert_eq!(changed["to_come"], v["to_come"]);
    let answered = |day: &Value| day["answered"]["mean"].as_f64().unwrap();
    assert!(answered(changed) > answered(&v), "{} {}", answered(changed), answered(&v));
    let run = place.poolwise(&asked);
    let said = &run.ends_with(0).out;
    assert!(
        said.contains("With changes") && said.contains("Nobody ill") && said.contains("as it is"),
        "{said}"
    );
}

/// Of the rest of a day it matters who is there: three of four until 16:00, four more from 15:00 on, 4.2 over the ten hours, and not what the rosters of a
/// whole day come to.
#[test]
fn the_rest_of_a_day_has_those_who_are_there_on_duty() {
    let place = Place::small();
    let scenario = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/textbook/from-now.toml");
    let run =
        place.poolwise(&["run", scenario.to_str().unwrap(), "--replications", "20", "--no-plots", "--quiet"]);
    let said = run.ends_with(0).out.split_whitespace().collect::<Vec<_>>().join(" ");
    // The sentence, and the table's row.
    assert!(said.contains("Agents, 4.2 on duty on average,"), "{said}");
    assert!(said.contains("The rest of a quiet day, 4.2 "), "{said}");
}

/// One file under two names is the same as `--vary`, request for request; names are told apart, mistakes are said.
#[test]
fn a_file_given_twice_under_names() {
    let place = Place::small();
    let differences = |args: &[&str]| -> Vec<Value> {
        let run = place.poolwise(&[args, &["--no-plots", "--quiet", "--format", "json"]].concat());
        assert_eq!(run.code, Some(0), "{}", run.err);
        let v: Value = serde_json::from_str(&run.out).unwrap();
        let rows = v["comparison"]["rows"].as_array().unwrap();
        rows.iter().map(|r| r["difference"].clone()).collect()
    };
    let varied = differences(&["compare", "small.toml", "--vary", "Nine: centre.office.levels.officers=9"]);
    let named = differences(&[
        "compare",
        "today=small.toml",
        "with a ninth=small.toml: centre.office.levels.officers=9",
    ]);
    assert_eq!(varied, named);
    let run = place.poolwise(&[
        "compare",
        "today=small.toml",
        "with a ninth=small.toml: centre.office.levels.officers=9",
        "--no-plots",
    ]);
    assert!(run.out.contains("With a ninth") || run.out.contains("with a ninth"), "{}", run.out);
    assert!(run.out.contains("today"), "{}", run.out);
    assert!(place.path("output/with-a-ninth/summary.json").is_file());
    let page = fs::read_to_string(place.path("output/compare/index.html")).unwrap();
    assert!(
        page.contains(
            "poolwise compare today=small.toml 'with a ninth=small.toml: centre.office.levels.officers=9'"
        ),
        "the command on the page"
    );
    let (above, below) = page.split_once("<section id=\"validity\">").unwrap();
    let gain = "Gain from the same requests";
    assert!(!above.contains(gain) && below.contains(gain), "statistics stand at the end");
    for (wrong, said) in [("=small.toml", "no name"), ("a=", "no file"), ("a=small.toml: x", "no change")] {
        let run = place.poolwise(&["compare", "small.toml", wrong, "--no-plots"]);
        assert_eq!((run.code, run.err.contains(said)), (Some(2), true), "{wrong}: {}", run.err);
    }
}

/// A desk by day, and everything else at night.
const DAY: &str = r#"
title = "By day"
[run]
horizon = "2 weeks"
replications = 2
[class.case]
rate = { low = "8 per hour", base = "10 per hour", high = "12 per hour", together = "much" }
start = "work"
[stage.work]
service = { role = "officer", time = { exponential = "20 min" } }
next = "closed"
[stage.closed]
exit = true
[centre.day]
shifts = [{ name = "day", start = "08:00", length = "8 h", days = "daily", officers = 6 }]
[centre.night]
levels = { officers = 8 }
[[route]]
name = "by day"
hours = "daily 08:00-16:00"
to = "day"
[[route]]
to = "night"
[lever.much]
set = "much"
"#;

/// A change by `--set` leaves hours behind as one by `--vary` does, and may take away what a named lever moves.
#[test]
fn changes_of_all_options_are_told_what_they_leave_behind() {
    let place = Place::new(&[("day.toml", DAY)]);
    let said = "`centre.day.shifts.0.length` changes, but the route `by day` still has the hours \"daily 08:00-16:00\"";
    let shorter = "centre.day.shifts.0.length=\"6 h\"";
    for args in [
        vec!["run", "day.toml", "--set", shorter, "--no-plots"],
        vec!["compare", "day.toml", "--vary", "Shorter: centre.day.shifts.0.length=\"6 h\"", "--no-plots"],
        vec![
            "compare",
            "day.toml",
            "--set",
            shorter,
            "--vary",
            "Five: centre.day.shifts.0.officers=5",
            "--no-plots",
        ],
    ] {
        let run = place.poolwise(&args);
        assert!(run.ends_with(0).err.contains(said), "{args:?}: {}", run.err);
    }
    let more = ["run", "day.toml", "--set", "centre.day.shifts.0.officers=7", "--no-plots"];
    assert!(!place.poolwise(&more).ends_with(0).err.contains("still has"));
    // The number that the lever `much` moves is another one now: there is no such lever, and nothing is wrong.
    let other = ["run", "day.toml", "--set", "class.case.rate=\"11 per hour\"", "--no-plots"];
    place.poolwise(&other).ends_with(0);
    let wrong = Place::new(&[("day.toml", &DAY.replace("set = \"much\"", "set = \"mach\""))]);
    assert!(wrong.poolwise(&["check", "day.toml"]).ends_with(2).err.contains("did you mean `much`?"));
}

/// Words of the audit that the program was first made for.
const AUDIT: [&str; 4] = ["officer", "detainer", "arrest", "audit"];

/// All that a scenario's author calls something: its texts, comments included, but no keys of officers.
fn own_words(folder: &Path, name: &str) -> String {
    let text = fs::read_to_string(folder.join(name)).unwrap();
    let base =
        text.lines().find_map(|l| l.strip_prefix("extends = ")).map(|f| f.trim_matches('"').to_owned());
    let keys = ["officers =", "officers=", ".officers", "officers_by", "officer_choice", "by-officer"];
    let said = keys.iter().fold(text, |text, key| text.replace(key, ""));
    said.to_lowercase() + &base.map_or_else(String::new, |base| own_words(folder, &base))
}

/// Whether a word stands in a text otherwise than in a key or in code.
fn speaks(text: &str, word: &str) -> Option<String> {
    text.lines()
        .find(|line| {
            line.split(['`', '|', ' ', '(', ')', '"', '<', '>'])
                .any(|token| token.contains(word) && !token.contains(['.', '_', '=', '{', '-', '#']))
        })
        .map(str::to_owned)
}

#[test]
fn what_a_scenario_does_not_name_is_not_said_of_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/textbook");
    let place = Place::small();
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    names.sort();
    let (mut wrong, mut silent) = (Vec::new(), 0);
    for name in &names {
        let own = own_words(&folder, name);
        let file = folder.join(name);
        let file = file.to_str().unwrap();
        let short: &[&str] =
            if own.contains("horizon = \"52 weeks\"") || own.contains("horizon = \"10 weeks\"") {
                &["--horizon=1 week"]
            } else {
                &[]
            };
        let run = ["run", file, "--replications=2", "--verbose", "--chart", "--no-plots"];
        let texts = [
            place.poolwise(&[&run[..], short].concat()),
            place.poolwise(&["check", file, "--report=check.html"]),
            place.poolwise(&["describe", file, "--report=describe.html", "--out=describe.md"]),
        ];
        let mut said: Vec<(&str, String)> = ["run", "check", "describe"]
            .into_iter()
            .zip(texts)
            .map(|(command, run)| (command, format!("{}{}", run.ends_with(0).out, run.err)))
            .collect();
        let model = name.strip_suffix(".toml").unwrap();
        let page = format!("output/{model}/index.html");
        for (command, path) in [
            ("page", page.as_str()),
            ("check", "check.html"),
            ("describe", "describe.html"),
            ("describe", "describe.md"),
        ] {
            let text = fs::read_to_string(place.path(path)).unwrap();
            // What is seen: no style, no script, no values by their keys.
            let seen = text.split("<body>").last().unwrap().split("<script").next().unwrap();
            let seen = seen.split("<section id=\"assumptions\">").next().unwrap();
            said.push((command, seen.to_owned()));
        }
        for word in AUDIT.iter().filter(|word| !own.contains(*word)) {
            silent += 1;
            for (command, text) in &said {
                wrong.extend(
                    speaks(&text.to_lowercase(), word).map(|line| format!("{name}, {command}: {line}")),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(silent > 100, "only {silent} words were looked for");
}

#[test]
fn the_least_staff_is_told_in_the_words_of_the_scenario() {
    let place = Place::small();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/textbook/mm8.toml");
    let args = [
        "staff",
        file.to_str().unwrap(),
        "--target=answered within 1 min >= 80 %",
        "--horizon=2 weeks",
        "--no-rosters",
    ];
    let run = place.poolwise(&args);
    let said = run.ends_with(0).out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(" servers"), "{said}");
    assert_eq!(speaks(&run.out.to_lowercase(), "officer"), None);
    let page = fs::read_to_string(place.path("output/staff/index.html")).unwrap();
    let seen = page.split("<body>").last().unwrap().split("<script").next().unwrap().to_lowercase();
    assert_eq!(speaks(seen.split("<section id=\"assumptions\">").next().unwrap(), "officer"), None);
    // What is needed is said once, with the posts.
    assert!(
        seen.contains("needed to meet the targets, in people employed</caption>")
            && !seen.contains("each option needs")
    );
    assert_eq!(seen.matches("<th scope=\"col\">needs</th><th scope=\"col\">posts</th>").count(), 1);
    // Targets are said in words, wherever they stand.
    let markdown = place.poolwise(&[&args[..], &["--format=markdown", "--no-curve"]].concat());
    for text in [&said, &markdown.ends_with(0).out, &seen] {
        let text = text.replace('\u{a0}', " ");
        assert!(text.contains("at least 80 % answered within 1 min"), "{text}");
    }
    let args =
        ["staff", "small.toml", "large.toml", "--match=small", "--verbose", "--no-rosters", "--no-curve"];
    let run = place.poolwise(&args);
    let said = run.ends_with(0).out.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in ["95 of 100 done at most 5 % later", "busy at most 85 % of the time"] {
        assert!(said.contains(words), "{said}");
    }
    assert!(!said.contains("p95") && !said.contains("<=") && !said.contains(">="), "{said}");
}

#[test]
fn check_describe_and_import_write_pages_that_carry_everything() {
    let place = Place::small();
    fs::write(place.path("bad.toml"), "extends = \"small.toml\"\ncentre.office.levels.officers = -1\n")
        .unwrap();
    let page = |name: &str| {
        let html = fs::read_to_string(place.path(name)).unwrap();
        assert!(html.starts_with("<!DOCTYPE html>") && html.contains("default-src 'none'"), "{name}");
        html
    };
    let run = place.poolwise(&["check", "small.toml", "large.toml", "--report", "seen/check.html"]);
    assert!(run.ends_with(0).err.contains("Page to forward: seen/check.html"), "{}", run.err);
    let html = page("seen/check.html");
    for words in [
        "2 scenarios, checked",
        "In both scenarios every centre can keep up; the tightest is office in Eight officers (83\u{a0}%).",
        "Side by side",
        "Offered load",
        "M/G/8",
    ] {
        assert!(html.contains(words), "{words}");
    }
    // What is invalid is on the page of the others too.
    let run = place.poolwise(&["check", "small.toml", "bad.toml", "--report", "bad.html"]);
    run.ends_with(2);
    let html = page("bad.html");
    assert!(html.contains("1 of the scenarios is invalid") && html.contains("bad.toml"), "{html}");
    let run = place.poolwise(&["describe", "small.toml", "--report", "statement.html"]);
    assert_eq!(run.ends_with(0).out, "", "the page alone was asked for");
    let html = page("statement.html");
    for words in ["<h2>1. Objectives</h2>", "<h2>6. Code access</h2>", "<table>", "Eight officers"] {
        assert!(html.contains(words), "{words}");
    }
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/dispatch");
    let files =
        ["tickets.xlsx", "durations.csv", "roster.csv"].map(|f| data.join(f).to_str().unwrap().to_owned());
    let args = ["import", &files[0], &files[1], &files[2], "--into=office", "--report=import.html"];
    place.poolwise(&args).ends_with(0);
    let html = page("import.html");
    for words in ["How requests arrive", "wrote office/today.toml", "Next: poolwise compare"] {
        assert!(html.contains(words), "{words}");
    }
    let run = place.poolwise(&["describe", "small.toml", "--report", ".."]);
    assert!(run.ends_with(2).err.contains("is no file name"), "{}", run.err);
}
