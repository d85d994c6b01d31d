//! Whatever is asked is answered first, in each of the four forms; and its page plays a week where it can simulate one.

mod command_support;

use command_support::Place;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// A command that is answered, what its answer begins with in sentences, and what a spreadsheet's first line is.
struct Asked<'a> {
    words: &'a [&'a str],
    begins: &'a str,
    header: &'a str,
}

/// The answer in a form.
fn said(place: &Place, asked: &Asked<'_>, form: &str) -> String {
    let words = [asked.words, &["--quiet", "--format", form]].concat();
    place.poolwise(&words).ends_with(0).out.clone()
}

/// Sentences first, for a reader and for a document; one document for a program; one table for a spreadsheet.
fn answers_first(place: &Place, asked: &Asked<'_>) -> Value {
    for form in ["table", "markdown"] {
        let text = said(place, asked, form);
        assert!(text.starts_with(asked.begins), "{:?} as {form}:\n{text}", asked.words);
        assert!(!text.contains("\n\n\n"), "{:?} as {form} has two empty lines:\n{text}", asked.words);
    }
    let csv = said(place, asked, "csv");
    assert_eq!(csv.lines().next(), Some(asked.header), "{:?}", asked.words);
    let widths: Vec<usize> = csv::Reader::from_reader(csv.as_bytes())
        .records()
        .map(|record| record.expect("one table alone").len())
        .collect();
    assert!(!widths.is_empty() && widths.iter().all(|w| *w == asked.header.split(',').count()), "{csv}");
    serde_json::from_str(&said(place, asked, "json")).expect("one document")
}

#[test]
fn a_sweep_answers_before_it_tells_its_size() {
    const ANSWER: &str = "No difference changes its sign within these ranges.";
    let place = Place::small();
    let sweep = "scenarios = [\"small.toml\", \"large.toml\"]\nreplications = 4\nmeasures = [\"wait_mean_hours\"]\n[axis.rate]\n\
                 label = \"Arrivals\"\npath = \"class.case.rate\"\nunit = \"per hour\"\nvalues = [8, 12]\nbase = 12\n";
    fs::write(place.path("both.toml"), sweep).unwrap();
    let asked = Asked {
        words: &["sweep", "both.toml", "--out=both", "--replications", "4"],
        begins: ANSWER,
        header: "table,row,column,value,interval,remark",
    };
    let data = answers_first(&place, &asked);
    assert!(data["verdict"][0].as_str().unwrap().starts_with(ANSWER), "{data}");
    assert_eq!(data.as_object().unwrap().keys().next().map(String::as_str), Some("sweep"));
    assert_eq!(data["made"]["points"], 2);
    assert_eq!(data["made"]["replications"], 16);
    let text = said(&place, &asked, "table");
    let (answer, facts) = (text.find(ANSWER).unwrap(), text.find("2 points, 16 replications").unwrap());
    assert!(answer < facts && text.trim_end().ends_with("results.parquet"), "{text}");
    // Options by their titles, and a week that the page simulates itself.
    let page = fs::read_to_string(place.path("both/index.html")).unwrap();
    assert!(page.contains("<section id=\"replay\">") && page.contains("<a href=\"#replay\">A week</a>"));
    let command = "<td>poolwise sweep both.toml <span class=\"option\">--replications</span> 4</td>";
    assert!(page.contains(command), "the command is on the page");
    let first = page.find("class=\"verdict\">").unwrap();
    assert!(page[first..].starts_with(&format!("class=\"verdict\">{ANSWER}")), "{first}");
}

#[test]
fn a_forecast_takes_every_form() {
    let place = Place::small();
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/textbook/from-now.toml");
    let asked = Asked {
        words: &["forecast", scenario.to_str().unwrap(), "--days", "39", "--no-plots"],
        begins: "From 14:00 to midnight ",
        header: "from,until,arrivals,arrivals_lower,arrivals_upper,waiting,waiting_lower,waiting_upper,answered,\
                 answered_lower,answered_upper,busy,busy_lower,busy_upper",
    };
    let data = answers_first(&place, &asked);
    assert!(data["sentence"].as_str().unwrap().starts_with("From 14:00"), "{data}");
    assert!(simulates(&place, "output/forecast-from-now/index.html"));
    // Its command makes the same again.
    let page = fs::read_to_string(place.path("output/forecast-from-now/index.html")).unwrap();
    assert!(page.contains("<span class=\"option\">--days</span> 39</td>"), "the command is on the page");
}

/// Whether a page has the simulator in it, and plays hours with it.
fn simulates(place: &Place, page: &str) -> bool {
    let page = fs::read_to_string(place.path(page)).unwrap();
    let engine = page.contains("id=\"engine\"");
    assert_eq!(engine, page.contains("<section id=\"replay\">") && page.contains("<section id=\"try\""));
    assert!(page.len() < if engine { 1_500_000 } else { 500_000 }, "{}", page.len());
    engine
}

#[test]
fn every_page_of_a_scenario_simulates_it_and_others_say_why_they_do_not() {
    let place = Place::small();
    let page = |words: &[&str]| {
        place.poolwise(&[words, &["--report", "page.html", "--quiet"]].concat()).ends_with(0);
        simulates(&place, "page.html")
    };
    assert!(page(&["check", "small.toml", "large.toml"]) && page(&["check", "small.toml"]));
    assert!(!page(&["check", "small.toml", "--static"]));
    place.poolwise(&["describe", "small.toml", "--report", "stated.html"]).ends_with(0);
    assert!(simulates(&place, "stated.html"));
    place.poolwise(&["describe", "small.toml", "--report", "stated.html", "--static"]).ends_with(0);
    assert!(!simulates(&place, "stated.html"));
    // Of two that cannot be paired the first alone is simulated.
    fs::write(place.path("other.toml"), "extends = \"small.toml\"\nrun.seed = 7\n").unwrap();
    assert!(page(&["check", "small.toml", "other.toml"]));
    let data = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/dispatch").join(name);
        path.to_str().unwrap().to_owned()
    };
    let files = ["tickets.xlsx", "durations.csv", "roster.csv"].map(data);
    assert!(page(&["import", &files[0], &files[1], &files[2], "--into", "office"]));
    place.poolwise(&["fit", &files[1], "--quiet", "--no-plots"]).ends_with(0);
    place.poolwise(&["fit", &files[1], "--quiet"]).ends_with(0);
    assert!(!simulates(&place, "output/fit-durations/index.html"));
    let fitted = fs::read_to_string(place.path("output/fit-durations/index.html")).unwrap();
    assert!(fitted.contains("Nothing can be tried on this page"));
}

/// What was read stands below the answer and its table; how counts vary comes with `--verbose`.
#[test]
fn an_import_takes_every_form() {
    let place = Place::small();
    let data = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/dispatch").join(name);
        path.to_str().unwrap().to_owned()
    };
    let files = ["tickets.xlsx", "durations.csv", "roster.csv"].map(data);
    // Nothing is overwritten: each time into a folder of its own.
    let import = |into: &str, more: &[&str]| {
        let words = [&["import", &files[0], &files[1], &files[2], "--into", into], more].concat();
        place.poolwise(&words).ends_with(0).out.clone()
    };
    const ANSWER: &str = "At 5 places together 20.85 requests an hour come [20.13, 21.57]: 1.51 times the mean at 16:00, 0.26 \
                          times at 04:00; 27.7 % of them at weekends.";
    const OFFICERS: &str = "Today: 12.8 officers rostered and 12.2 on duty on average for work that keeps 6.1 busy; all centres can keep up, the tightest is South (55 %).";
    let text = import("a", &[]);
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&text).starts_with(&format!("{ANSWER} {OFFICERS} How requests arrive")), "{text}");
    let table = text.lines().position(|line| line.starts_with("all "));
    assert!(table.is_some_and(|at| at <= 12), "the answer and its table come first:\n{text}");
    assert!(
        text.contains("tickets.xlsx, sheet `Tickets per hour`") && !text.contains("How much they vary"),
        "{text}"
    );
    let all = import("b", &["--verbose"]);
    assert!(
        words(&all).starts_with(ANSWER)
            && all.contains("How much they vary")
            && all.contains("fitted.toml has no months")
    );
    let document = import("c", &["--format", "markdown"]);
    assert!(document.starts_with(&format!("{ANSWER}\n\n{OFFICERS}\n\n**How requests arrive")), "{document}");
    let asked = ["--format", "json", "--report", "found.html", "--dates", "year-first", "--holidays", "NL"];
    let data: Value = serde_json::from_str(&import("d", &asked)).expect("one document");
    let page = fs::read_to_string(place.path("found.html")).unwrap();
    for words in ["--into</span> d ", "--dates</span> year-first ", "--holidays</span> NL</td>"] {
        assert!(page.contains(words), "{words} is not on the page");
    }
    assert_eq!(data["answer"], serde_json::json!([ANSWER, OFFICERS]));
}

#[test]
fn a_benchmark_takes_every_form() {
    let place = Place::small();
    let asked = Asked {
        words: &["bench", "--only", "mm1", "--threads", "1", "--seconds", "0"],
        begins: "The answer is right.\n\nRequests a second on one thread: ",
        header: "table,row,column,value,interval,remark",
    };
    let data = answers_first(&place, &asked);
    assert_eq!(data["workloads"][0]["check"]["passed"], true);
    // A spreadsheet takes no number with blanks in it.
    let csv = said(&place, &asked, "csv");
    let rate = csv.lines().find(|line| line.starts_with("Workloads,mm1,Requests/s,")).expect("a rate");
    assert!(rate.split(',').nth(3).is_some_and(|n| n.parse::<f64>().is_ok_and(|n| n > 1000.0)), "{csv}");
}

#[test]
fn a_back_test_takes_every_form() {
    let place = Place::small();
    let data = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/dispatch").join(name);
        path.to_str().unwrap().to_owned()
    };
    let files = ["tickets.xlsx", "durations.csv", "roster.csv"].map(data);
    let import = ["import", &files[0], &files[1], &files[2], "--into", "office", "--quiet"];
    place.poolwise(&import).ends_with(0);
    let history = data("history.csv");
    let asked = Asked {
        words: &[
            "backtest",
            "office/today.toml",
            &history,
            "--within",
            "10 min",
            "--no-changes",
            "--no-plots",
        ],
        begins: "The model predicted ",
        header: "time,place,offered,actual,predicted,lower,upper,inside,given_up,given_up_predicted",
    };
    let data = answers_first(&place, &asked);
    assert!(data["sentence"].as_str().unwrap().starts_with("The model predicted"), "{data}");
    // The answer and one table; what single changes leave comes with the rest.
    let tables = |text: &str| text.lines().filter(|line| line.starts_with('─')).count();
    let text = said(&place, &asked, "table");
    assert!(tables(&text) == 1 && text.contains("`--verbose` also shows how"), "{text}");
    let all = ["backtest", "office/today.toml", &history, "--within", "10 min", "--no-plots"];
    let short = place.poolwise(&all).ends_with(0).out.clone();
    assert!(
        tables(&short) == 1 && short.contains("also shows what each of 20 single changes leaves"),
        "{short}"
    );
    let whole = place.poolwise(&[&all[..], &["--verbose"]].concat()).ends_with(0).out.clone();
    assert!(tables(&whole) == 2 && whole.contains("\nSingle changes: "), "{whole}");
    // Its page simulates, so that it plays a week too.
    let page = fs::read_to_string(place.path("output/backtest-today/index.html")).unwrap();
    assert!(page.contains("<section id=\"replay\">") && page.contains("Hash of Today</"), "{}", page.len());
}

#[test]
fn a_validation_takes_every_form() {
    let place = Place::small();
    let words = ["validate", "M/M/10/10", "--quiet"];
    let form =
        |form: &str| place.poolwise(&[&words[..], &["--format", form]].concat()).ends_with(0).out.clone();
    let (csv, markdown) = (form("csv"), form("markdown"));
    let table = form("table");
    assert!(table.starts_with("2 of 2 checks hold") && table.contains("turned away"), "{table}");
    assert!(markdown.contains("2 of 2 checks hold"), "{markdown}");
    let records = csv::Reader::from_reader(csv.as_bytes()).records().map(Result::unwrap).count();
    assert_eq!(records, 6, "{csv}");
    let data: Value = serde_json::from_str(&form("json")).expect("one document");
    assert_eq!(data["totals"]["hold"], 2, "{data}");
}
