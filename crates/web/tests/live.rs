//! A page's session: levers found, changes simulated on the baseline's requests, the same bytes as a study's.

use poolwise_scenario::{Overrides, Snapshot};
use poolwise_study::{Options, Study, Unwatched, Variation};
use serde_json::{Value, json};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// There is one session; tests take turns.
static TURN: Mutex<()> = Mutex::new(());

const TWO: &str = r#"
    run = { horizon = "4 weeks", warm_up = "1 week", replications = 4, time_zone = "America/Chicago" }
    class.call = { rate = { low = "10 per hour", base = "14 per hour", high = "20 per hour", standing = "assumption" } }
    class.mail = { rate = "4 per hour", start = "answer" }
    area.north = { share = 2, centre = "desk" }
    area.south = { share = 1 }
    stage.answer = { service = { role = "agent", time = { lognormal = { mean = "6 min", cv = 1.0 } } }, next = [
        { to = "again", probability = 0.1 }, { to = "answered" } ] }
    stage.again = { service = { role = "agent", time = "4 min" }, next = "answered" }
    stage.answered = { exit = true }
    centre.desk = { absence = 0.05, closing = "transfer", shifts = [{ start = "08:00", length = "12 h", officers = 2 }] }
    centre.hub = { absence = 0.05 }
    pool.hub = { officers = 16, centres = ["hub"], shifts = { starts = ["00:00", "08:00", "16:00"], length = "8 h" } }
    route = [{ name = "near", hours = "open", to = "local", share = 1.0 }, { name = "far", to = "hub" }]
"#;

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ask(request: &Value) -> Value {
    serde_json::from_str(&poolwise_web::handle(&request.to_string()).unwrap()).unwrap()
}

fn problems(request: &Value) -> Value {
    serde_json::from_str(&poolwise_web::handle(&request.to_string()).unwrap_err()).unwrap()
}

fn study(sets: &[&str]) -> Study {
    let files = Snapshot::of([("two.toml".into(), TWO.into())].into());
    let sets = sets.iter().map(|s| (*s).to_owned()).collect();
    let changes = Overrides { sets, ..Overrides::default() };
    Study::load_through(&files, &["two.toml".into()], &changes).unwrap()
}

/// Opens the scenario with its own replications as a page has them.
fn open() {
    let results = study(&[]).run(&Options::default(), &Unwatched).unwrap();
    // Through text, as on a page.
    let kept: Value =
        serde_json::from_str(&serde_json::to_string(&results.cases[0].values).unwrap()).unwrap();
    let files = json!({ "two.toml": TWO });
    ask(
        &json!({ "do": "open", "files": files, "scenarios": { "two": "two.toml" }, "baseline": "two", "kept": kept }),
    );
}

fn levers() -> Vec<Value> {
    ask(&json!({ "do": "levers", "scenario": "two" })).as_array().unwrap().clone()
}

#[test]
fn levers_follow_from_the_scenario() {
    let _turn = turn();
    open();
    let levers = levers();
    let find =
        |id: &str| levers.iter().find(|l| l["id"] == id).unwrap_or_else(|| panic!("{id} in {levers:#?}"));
    assert_eq!(find("pool.hub.officers")["value"], 16.0);
    assert_eq!(find("centre.desk.shifts.0.officers")["group"], "Servers");
    assert_eq!(find("pool.hub.shifts.starts.1")["value"], 480.0);
    assert_eq!(find("centre.desk.shifts.0.length")["value"], 12.0);
    assert_eq!(find("open: desk")["kind"], "switch");
    let time = find("stage.answer.service.time.lognormal.mean");
    assert_eq!((&time["value"], &time["of"]), (&json!(6.0), &json!("min")));
    let rate = find("class.call.rate");
    assert_eq!(
        (&rate["low"], &rate["high"], &rate["standing"]),
        (&json!(10.0), &json!(20.0), &json!("assumption"))
    );
    assert_eq!(find("stage.answer.next.0.probability")["kind"], "share");
    assert_eq!(find("route.0.share")["label"], "Rule \u{201c}near\u{201d}");
    assert_eq!(find("absence")["value"], 0.05);
    assert_eq!(find("area.north.share")["value"], 2.0);
    // Every lever can be moved to both ends of its slider, or says why not; none is without effect.
    for lever in &levers {
        for end in ["low", "high"] {
            if lever[end] == lever["value"] {
                continue;
            }
            let values = json!([[lever["id"], lever[end]]]);
            let request = json!({ "do": "begin", "scenario": "two", "values": values, "horizon": "1 week" });
            match poolwise_web::handle(&request.to_string()) {
                Ok(text) => {
                    let begun: Value = serde_json::from_str(&text).unwrap();
                    assert!(!begun["sets"].as_array().unwrap().is_empty(), "{lever}");
                }
                Err(text) => assert!(text.contains("message"), "{text}"),
            }
        }
    }
}

#[test]
fn a_change_is_compared_with_the_page_to_the_last_bit() {
    let _turn = turn();
    open();
    assert_eq!(ask(&json!({ "do": "proof" })), json!({ "same": true }));
    let values = json!([["pool.hub.officers", 14.0], ["stage.answer.service.time.lognormal.mean", 7.0]]);
    let begun = ask(&json!({ "do": "begin", "scenario": "two", "values": values }));
    assert_eq!(begun["planned"], 4);
    let sets = ["pool.hub.officers=14", "stage.answer.service.time.lognormal.mean=\"7 min\""];
    let mut said: Vec<&str> = begun["sets"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    said.sort_unstable();
    assert_eq!(said, sets);
    let reports: Vec<Value> = (0..4).map(|_| ask(&json!({ "do": "more" }))).collect();
    let last = &reports[3];
    assert_eq!(last["replications"], 4);
    // The same by a study of both, from the scenario and its overrides.
    let all = |sets: &[&str]| study(sets).run(&Options::default(), &Unwatched).unwrap();
    let (base, changed) = (all(&[]), all(&sets));
    for row in last["rows"].as_array().unwrap() {
        let name = row["measure"].as_str().unwrap();
        let (a, b) = (base.cases[0].summary.measures[name], changed.cases[0].summary.measures[name]);
        let number = |x: f64| if x.is_finite() { json!(x) } else { Value::Null };
        for (cell, e) in [(&row["base"], a), (&row["changed"], b)] {
            assert_eq!(
                cell["numbers"],
                json!([number(e.estimate), number(e.lower), number(e.upper)]),
                "{name}"
            );
        }
    }
    // The page says what `compare --vary` says, at both ends of the unknown too.
    let sets = sets.map(str::to_owned).to_vec();
    let varied = study(&[]).varied(None, &[Variation { title: "two, changed".to_owned(), sets }]);
    let compared = varied.and_then(|study| study.paired(None)).unwrap();
    let compared = compared.run(&Options::default(), &Unwatched).unwrap().comparison.unwrap();
    let answer = &ask(&json!({ "do": "ends" }))["answer"];
    assert_eq!(*answer, json!(compared.on_page));
    assert!(answer.to_string().contains(" at 20 per hour"), "{answer}");
    let summary = poolwise_web::handle(&json!({ "do": "summary" }).to_string()).unwrap();
    assert_eq!(summary, changed.cases[0].summary_json().unwrap());
}

/// A page of a run with controls simulates by the same rule: from ten replications on rows are those of `compare --controls`, and
/// the summary is that of `run --controls`.
#[test]
fn a_page_with_controls_is_controlled_as_the_command() {
    let _turn = turn();
    let options = Options { controls: true, ..Options::default() };
    // Days that differ, so that arrivals explain much.
    let own = ["run.horizon=1 week", "class.call.day_factor={ cv = 0.4 }"];
    let with = |sets: &[&str]| study(&[sets, &["run.replications=12"], own.as_slice()].concat());
    let base = with(&[]).run(&options, &Unwatched).unwrap();
    let kept: Value = serde_json::from_str(&serde_json::to_string(&base.cases[0].values).unwrap()).unwrap();
    ask(&json!({
        "do": "open", "files": { "two.toml": TWO }, "scenarios": { "two": "two.toml" }, "baseline": "two", "kept": kept,
        "set": { "two": own }, "replications": 12, "controls": true,
    }));
    ask(&json!({ "do": "begin", "scenario": "two", "values": [["pool.hub.officers", 14.0]] }));
    let reports: Vec<Value> = (0..12).map(|_| ask(&json!({ "do": "more" }))).collect();
    let last = &reports[11];
    let sets = vec!["pool.hub.officers=14".to_owned()];
    let varied = with(&[]).varied(None, &[Variation { title: "two, changed".to_owned(), sets }]);
    let compared = varied.and_then(|study| study.paired(None)).unwrap().run(&options, &Unwatched).unwrap();
    let comparison = compared.comparison.unwrap();
    assert!(comparison.rows.iter().filter(|row| row.controls.is_some()).count() > 3);
    for row in last["rows"].as_array().unwrap() {
        let name = row["measure"].as_str().unwrap();
        let of = |case: usize| compared.cases[case].summary.measures[name];
        let apart = comparison.rows.iter().find(|r| r.measure == name).unwrap().difference;
        let number = |x: f64| if x.is_finite() { json!(x) } else { Value::Null };
        for (cell, e) in [(&row["base"], of(0)), (&row["changed"], of(1)), (&row["difference"], apart)] {
            let numbers = json!([number(e.estimate), number(e.lower), number(e.upper)]);
            assert_eq!(cell["numbers"], numbers, "{name}");
        }
    }
    let alone = with(&["pool.hub.officers=14"]).run(&options, &Unwatched).unwrap();
    let summary = poolwise_web::handle(&json!({ "do": "summary" }).to_string()).unwrap();
    assert_eq!(summary, alone.cases[0].summary_json().unwrap());
}

#[test]
fn a_short_window_runs_its_own_baseline() {
    let _turn = turn();
    open();
    let begin = |officers: f64| {
        let values = json!([["pool.hub.officers", officers]]);
        ask(&json!({ "do": "begin", "scenario": "two", "values": values, "horizon": "1 week" }));
        ask(&json!({ "do": "more" }));
        ask(&json!({ "do": "more" }))
    };
    let (first, second) = (begin(14.0), begin(18.0));
    assert_eq!((&first["short"], &first["days"]), (&json!(true), &json!(7.0)));
    // Kept from the first change to the next.
    let of = |report: &Value| report["rows"][5]["base"].clone();
    assert_eq!(of(&first), of(&second));
}

#[test]
fn what_is_wrong_is_said_of_its_lever() {
    let _turn = turn();
    open();
    let begin = |id: &str, value: f64| json!({ "do": "begin", "scenario": "two", "values": [[id, value]] });
    assert_eq!(problems(&begin("pool.hub.officers", 1.5))["problems"][0]["lever"], "pool.hub.officers");
    assert_eq!(problems(&begin("pool.hub.officers", -1.0))["problems"][0]["lever"], "pool.hub.officers");
    assert_eq!(problems(&begin("no such", 1.0))["problems"][0]["lever"], "no such");
    let said = |id: &str, value: f64| {
        let all = problems(&begin(id, value))["problems"].clone();
        assert_eq!(all[0]["lever"], id, "{all}");
        all[0]["message"].as_str().unwrap().to_owned()
    };
    // What the scenario's reader refuses is told of the lever too, by its label.
    let text = said("pool.hub.officers", 0.0);
    assert!(text.starts_with("Servers of hub: ") && text.contains("; "), "{text}");
    for (id, value, why) in [
        ("stage.answer.service.time.lognormal.mean", 0.0, "Time for answer must be longer than zero"),
        ("stage.again.service.time", -1.0, "Time for again must be from 0 to 1000000000 min"),
        ("centre.desk.shifts.0.length", 0.0, "desk: length of the 08:00 shift must be longer than zero"),
        ("centre.desk.shifts.0.start", 5000.0, "desk: the 08:00 shift starts: it must be a time of day"),
        ("open: desk", 2.0, "desk is open: it must be on or off"),
        ("pool.hub.officers", 1.5, "Servers of hub must be a whole number"),
    ] {
        assert_eq!(said(id, value), why);
    }
    // Of two moves the one that is wrong by itself.
    let two = json!({ "do": "begin", "scenario": "two", "values": [
        ["pool.hub.officers", 17.0], ["stage.answer.service.time.lognormal.mean", 0.0]] });
    assert_eq!(problems(&two)["problems"][0]["message"], "Time for answer must be longer than zero");
    assert!(problems(&json!({ "do": "levers", "scenario": "x" })).to_string().contains("no scenario"));
}

#[test]
fn a_saved_change_extends_the_scenario_and_means_the_same() {
    let _turn = turn();
    open();
    let values = json!([
        ["route.0.share", 0.0],
        ["pool.hub.shifts.starts.1", 540.0],
        ["open: desk", 0.0],
        ["pool.hub.officers", 20.0]
    ]);
    let saved = ask(
        &json!({ "do": "save", "scenario": "two", "values": values, "extends": "two.toml", "title": "a \"b\"" }),
    );
    let text = saved["toml"].as_str().unwrap();
    assert!(text.starts_with("extends = \"two.toml\"") && text.contains("\"09:00\""), "{text}");
    let texts = [("two.toml".into(), TWO.into()), ("new.toml".into(), text.to_owned().into())];
    let load = |path: &str, sets: Vec<String>| {
        let changes = Overrides { sets, ..Overrides::default() };
        poolwise_scenario::load_through(&Snapshot::of(texts.clone().into()), path.as_ref(), &changes).unwrap()
    };
    let sets = saved["sets"].as_array().unwrap().iter().map(|s| s.as_str().unwrap().to_owned()).collect();
    let without = |mut table: toml::Table| {
        for key in ["name", "title", "description", "derived"] {
            table.remove(key);
        }
        table
    };
    assert_eq!(without(load("new.toml", vec![]).resolved), without(load("two.toml", sets).resolved));
}

/// A day that begins at 14:00 with cases in hand: its hours are played, and a change is told beside it.
#[test]
fn the_rest_of_a_day_is_played_and_changed() {
    const DAY: &str = r#"
        run = { start = 2018-10-01, replications = 4, answer_within = "20 s", target = "10 min" }
        class.call = { rate = "20 per hour", start = "answer" }
        stage.answer = { service = { role = "agent", time = "6 min" }, next = "answered" }
        stage.answered = { exit = true }
        centre.desk = { shifts = [{ start = "08:00", length = "8 h", officers = 4 }, { start = "15:00", length = "9 h", officers = 4 }] }
        start = { at = "14:00", on_shift = { desk = 3 }, cases = [{ spent = "2 min" }, { age = "3 min", requests = 2 }] }
        route = [{ to = "desk" }]
    "#;
    let _turn = turn();
    ask(
        &json!({ "do": "open", "files": { "day.toml": DAY }, "scenarios": { "day": "day.toml" }, "baseline": "day" }),
    );
    let week = ask(&json!({ "do": "week", "scenario": "day", "values": [], "week": 0, "replication": 0 }));
    assert_eq!(week["first"], "2018-10-01");
    let duty = week["detail"]["centres"][0]["on_duty"].as_array().unwrap();
    // Monday from 14:00 to midnight: three of the early shift, from 15:00 the late one as well, from 16:00 alone.
    let known: Vec<usize> = (0..168).filter(|h| !duty[*h].is_null()).collect();
    assert_eq!(known, (14..24).collect::<Vec<_>>(), "{duty:?}");
    assert_eq!([14, 15, 16].map(|h: usize| duty[h].as_f64().unwrap()), [3.0, 7.0, 4.0]);
    let levers = ask(&json!({ "do": "levers", "scenario": "day" }));
    let late = levers.as_array().unwrap().iter().find(|l| l["label"] == "desk: on the 15:00 shift").unwrap();
    let begun = ask(&json!({ "do": "begin", "scenario": "day", "values": [[late["id"], 2.0]] }));
    assert_eq!(begun["planned"], 4);
    let told = (0..4).fold(Value::Null, |_, _| ask(&json!({ "do": "more" })));
    let said = told["answer"][0].as_str().unwrap();
    assert!(said.contains("done within 10 min") || said.contains("takes"), "{said}");
}

#[test]
fn a_week_is_a_part_of_its_replication() {
    let _turn = turn();
    open();
    let week =
        |w: u32| ask(&json!({ "do": "week", "scenario": "two", "values": [], "week": w, "replication": 1 }));
    // Officers busy through four weeks are those of the whole window: the requests are the same.
    let busy = |report: &Value, centre: usize| -> f64 {
        report["detail"]["centres"][centre]["busy"].as_array().unwrap().iter().filter_map(Value::as_f64).sum()
    };
    let results = study(&[]).run(&Options::default(), &Unwatched).unwrap();
    let whole = results.cases[0].summary.detail.replications.iter();
    let mean = whole.filter(|r| r.measure == "busy_mean" && r.replication == 1).map(|r| r.value).sum::<f64>();
    let weeks: f64 = (0..4).map(week).map(|r| (0..2).map(|c| busy(&r, c)).sum::<f64>()).sum();
    assert!((weeks / (4.0 * 168.0) - mean).abs() < 1e-3 * mean, "{} {mean}", weeks / (4.0 * 168.0));
    assert_eq!(week(9)["first"], week(3)["first"]);
}
