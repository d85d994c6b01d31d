//! Files in which numbers or rows stand among what came and are none of it, from counts that are known: running totals, forecasts, another year's counts,
//! rows of several versions, the steps of one request.

mod files;

use files::{PLAIN, file, import_files};
use jiff::civil::{DateTime, date};
use poolwise_intake::import::Import;

/// Hours of six weeks from Monday, 3 March 2025, with the counts of two places.
fn hours() -> impl Iterator<Item = (DateTime, [usize; 2])> {
    (0..42 * 24).map(|h: i64| {
        let at = date(2025, 3, 3).at(0, 0, 0, 0).checked_add(jiff::Span::new().hours(h)).expect("an hour");
        let h = usize::try_from(h).expect("not below 0");
        (at, [(h * 7 + h / 24 * 3 + h * h) % 11, (h * 5 + h / 7) % 6])
    })
}

fn shown(at: DateTime) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

fn read(text: &str) -> Result<Import, String> {
    let dir = tempfile::tempdir().expect("a folder");
    import_files(&[file(dir.path(), "f.csv", text.as_bytes())], PLAIN)
}

fn arrivals(text: &str) -> (String, String) {
    let found = read(text).unwrap_or_else(|e| panic!("{e}"));
    let csv = found.written.files.iter().find(|f| f.0 == "data/arrivals.csv").expect("arrivals");
    (csv.1.clone(), found.said.join("\n"))
}

/// A table of rows by time.
fn table(head: &str, row: impl Fn(usize, [usize; 2]) -> String) -> String {
    let rows = hours().enumerate().map(|(i, (at, n))| format!("{},{}\n", shown(at), row(i, n)));
    format!("Time,{head}\n{}", rows.collect::<String>())
}

/// Beside counts a running total, a forecast and last year's counts are no places, and it is said so; a running total alone is refused.
#[test]
fn numbers_beside_counts() {
    let mut sums = Vec::new();
    hours().for_each(|(at, [n, _])| {
        let before = if at.hour() == 0 { 0 } else { *sums.last().unwrap_or(&0) };
        sums.push(before + n);
    });
    let plain = table("North,South", |_, [n, s]| format!("{n},{s}")).replacen("Time", "time", 1);
    for name in
        ["Calls cumulative", "Forecast", "Calls (predicted)", "Calls last year", "North YTD", "Prognose"]
    {
        let text = table(&format!("North,South,{name}"), |i, [n, s]| format!("{n},{s},{}", sums[i] + 1));
        let (found, said) = arrivals(&text);
        assert_eq!(found, plain, "{name}");
        assert!(said.contains(&format!("not used: column `{name}`")), "{said}");
    }
    let error = read(&table("Running total", |i, _| sums[i].to_string())).expect_err("sums");
    assert!(error.contains("`Running total` holds sums of what came before"), "{error}");
    // A forecast alone is what there is to staff for.
    assert_eq!(arrivals(&table("Forecast", |_, [n, _]| n.to_string())).0.lines().count(), 42 * 24 + 1);
    // Places that are called a little like it stay places.
    let (found, _) =
        arrivals(&table("Social media,Running shoes,Budget", |_, [n, s]| format!("{n},{s},{n}")));
    assert!(found.starts_with("time,Social media,Running shoes,Budget\n"), "{}", &found[..80]);
}

/// Rows of what came and of what was foreseen are no places.
#[test]
fn rows_of_versions() {
    let rows: String =
        hours().map(|(at, [n, s])| format!("{0},Actual,{n}\n{0},Forecast,{s}\n", shown(at))).collect();
    let error = read(&format!("Time,Version,Calls\n{rows}")).expect_err("versions");
    assert!(
        error.contains("`Version` has `Actual`, `Forecast`") && error.contains("what came alone"),
        "{error}"
    );
    let rows = rows.replace("Actual", "Real Madrid").replace("Forecast", "Sevilla");
    assert!(read(&format!("Time,Shop,Calls\n{rows}")).is_ok());
}

/// A list of the steps of requests is none of requests: each would count three times. By customer several rows are several requests.
#[test]
fn steps_of_requests() {
    let steps = |name: &str, each: &[&str]| {
        let mut text = format!("{name},Time,Status\n");
        for (i, (at, _)) in hours().take(600).enumerate() {
            for (k, step) in each.iter().enumerate() {
                let minutes = 7 * i64::try_from(k).expect("few") + 3;
                let at = at.checked_add(jiff::Span::new().minutes(minutes).seconds(11)).expect("a time");
                text.push_str(&format!("T{i},{},{step}\n", at.strftime("%Y-%m-%d %H:%M:%S")));
            }
        }
        text
    };
    for name in ["Ticket", "Case ID", "Incident number"] {
        let error = read(&steps(name, &["Opened", "Assigned", "Closed"])).expect_err("steps");
        assert!(error.contains(&format!("`{name}` says that several rows are of one request")), "{error}");
    }
    for text in [steps("Ticket", &["Opened"]), steps("Customer", &["Opened"])] {
        assert!(arrivals(&text).1.contains("600 requests"));
    }
    assert!(arrivals(&steps("Customer", &["A", "B", "C"])).1.contains("1800 requests"));
}
