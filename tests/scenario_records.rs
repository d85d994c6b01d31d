//! Data files that are other than they are meant: what is said, and what to write.

mod scenario_support;

use poolwise_scenario::Scenario;
use scenario_support::{Folder, good};

const ZONE: &str = "[run]\nwarm_up = \"0 weeks\"\nhorizon = \"2 weeks\"\n";

/// Loads the example with a trace whose file has this text.
fn trace(file: impl AsRef<[u8]>, keys: &str) -> Result<Scenario, String> {
    let folder = Folder::new();
    folder.write("x.csv", file);
    let text = format!("{ZONE}[class.biometric]\ntrace = {{ file = \"x.csv\", {keys} }}");
    folder.over(&text).map_err(|e| {
        // Every message has a place in the scenario, and names the row.
        assert!(e.iter().all(|d| d.location.is_some()), "{e}");
        e.to_string()
    })
}

#[track_caller]
fn wrong(file: impl AsRef<[u8]>, keys: &str, parts: &[&str]) {
    let text = trace(file, keys).expect_err("it should not load");
    assert!(parts.iter().all(|p| text.contains(p)), "{text}");
}

#[track_caller]
fn warned(file: impl AsRef<[u8]>, keys: &str, parts: &[&str]) {
    let text = good_text(trace(file, keys)).warnings.to_string();
    assert!(parts.iter().all(|p| text.contains(p)), "{text}");
}

#[track_caller]
fn good_text(result: Result<Scenario, String>) -> Scenario {
    result.unwrap_or_else(|e| panic!("{e}"))
}

const HOURLY: &str = "kind = \"hourly-counts\"";
const INTERVALS: &str = "kind = \"interval-counts\"";
const TIMES: &str = "kind = \"times\"";

#[test]
fn what_the_rows_stand_for_is_never_guessed_in_silence() {
    let half = "t,n\n2018-10-01 08:00,1\n2018-10-01 08:30,2\n";
    wrong(half, HOURLY, &["x.csv:3", "30 min apart", "`kind = \"interval-counts\"`"]);
    good_text(trace(half, INTERVALS));
    wrong(half, &format!("{INTERVALS}, width = \"1 h\""), &["30 min apart", "`width`"]);
    // One interval twice: two agencies in one file, or a repeated export.
    let twice = "t,n\n2018-10-01 08:00,1\n2018-10-01 09:00,2\n2018-10-01 08:00,3\n";
    wrong(twice, HOURLY, &["x.csv:4", "a second row for 2018-10-01 08:00", "line 2"]);
    // Dates alone.
    let days = "Date,Hour,n\n2018-10-01,07,1\n2018-10-01,08,2\n";
    for kind in [HOURLY, INTERVALS] {
        wrong(days, kind, &["x.csv:2", "`time_column = \"Hour\"`"]);
    }
    wrong("t\n2018-10-01\n2018-10-02\n", TIMES, &["x.csv:2", "no time of day", "`time_column"]);
    wrong("t\n2018-10-01 23:00\n2018-10-02\n", TIMES, &["x.csv:3", "write midnight as 00:00"]);
    warned("t,n\n2018-10-01,5\n2018-10-02,7\n", INTERVALS, &["dates alone", "spread evenly over its day"]);
    good_text(trace("t,n\n2018-10-01,5\n2018-10-02,7\n", &format!("{INTERVALS}, width = \"1 day\"")));
    // Uneven steps, one row.
    let uneven = "t,n\n2018-10-01 08:00,1\n2018-10-01 08:30,2\n2018-10-01 09:15,2\n";
    wrong(uneven, INTERVALS, &["x.csv:4", "45 min", "`width`"]);
    wrong("t,n\n2018-10-01 08:00,1\n", INTERVALS, &["one row", "`width = \"30 min\"`"]);
    warned(
        "t,n\n2018-10-01 08:00,1\n2018-10-01 11:00,2\n2018-10-01 12:00,2\n",
        HOURLY,
        &["x.csv:2", "2 intervals have no row", "2018-10-01 08:00"],
    );
    warned(
        "t,n\n2018-10-01 08:00,1\n2018-10-01 10:00,2\n2018-10-01 12:00,2\n",
        HOURLY,
        &["all rows are 2 h apart"],
    );
}

#[test]
fn what_a_record_does_not_cover_is_said() {
    let rows = "t\n2018-10-04 08:00\n2018-10-11 08:00\n";
    warned(rows, TIMES, &["nothing arrives in the first 3 days", "begins on 2018-10-04"]);
    warned(rows, TIMES, &["nothing arrives in the last 3 days", "ends on 2018-10-11"]);
    warned(rows, TIMES, &["the same in every replication", "`resample = \"days\"`"]);
    let folder = Folder::new();
    let late = "[run]\nwarm_up = \"1 week\"\n[class.biometric]\ntrace = { file = \"hourly.csv\", kind = \"hourly-counts\" }";
    let text = good(folder.over(late)).warnings.to_string();
    assert!(text.contains("its warm-up included"), "{text}");
    // Nothing of the kind where days are drawn.
    let folder = Folder::new();
    let drawn = "[class.biometric]\ntrace = { file = \"half-hours.csv\", kind = \"interval-counts\", column = \"date\", time_column = \"from\", count_column = \"calls\", dates = \"day-first\", resample = \"days\" }";
    let text = good(folder.over(drawn)).warnings.to_string();
    assert!(text.contains("every drawn week is the same") && !text.contains("nothing arrives"), "{text}");
    wrong(rows, &format!("{TIMES}, resample = \"weeks\""), &["no whole week, Monday to Sunday"]);
    wrong("t\n2018-10-01 08:00\n", &format!("{TIMES}, resample = \"days\""), &["no whole Tuesday"]);
}

#[test]
fn changes_of_the_clock() {
    // The example's run is in New York, from 2018-10-01; a longer one reaches 2018-11-04 and 2019-03-10.
    let fold = "t,n\n2018-11-04 00:00,1\n2018-11-04 01:00,3\n2018-11-04 02:00,1\n";
    warned(fold, HOURLY, &["x.csv:3", "comes twice", "halved"]);
    let third = "t,n\n2018-11-04 01:00,1\n2018-11-04 01:00,3\n2018-11-04 01:00,1\n";
    wrong(third, HOURLY, &["a second row for 2018-11-04 01:00"]);
    wrong("t,n\n2019-03-10 02:00,1\n", HOURLY, &["x.csv:2", "does not exist"]);
    warned("t\n2018-10-01 08:00\n2019-03-10 02:30\n", TIMES, &["x.csv:3", "read as an hour later"]);
    warned("t\n2018-11-04 00:30\n2018-11-04 01:30\n", TIMES, &["comes twice", "the first is taken"]);
}

#[test]
fn files_as_spreadsheets_save_them() {
    wrong("t\n3/14/2018 0:00\n", TIMES, &["x.csv:2", "`dates = \"month-first\"`"]);
    wrong("t\n14.3.2018 0:00\n", TIMES, &["`dates = \"day-first\"`"]);
    wrong("t\r\n4-3-2018 0:00\r\n", TIMES, &["x.csv:2", "day-first", "month-first"]);
    wrong(b"PK\x03\x04rest", TIMES, &["workbook", "save its sheet as CSV"]);
    wrong("a,a\n1,2\n", &format!("{TIMES}, column = \"a\""), &["two columns are called `a`"]);
    wrong("t,calls\n2018-10-01 08:00,1\n", HOURLY, &["no column `n`", "`count_column`", "`calls`"]);
    wrong("t,n\n2018-10-01 08:00,1.5\n", HOURLY, &["whole number of arrivals"]);
    wrong("t,n\n2018-10-01 08:00,\n", HOURLY, &["x.csv:2", "empty"]);
    wrong("t,n\n2018-10-01 08:00,\"1,234\"\n", HOURLY, &["x.csv:2", "thousands without marks: 1234"]);
    wrong("t|n\n2018-10-01 08:00|1\n", HOURLY, &["one column, `t|n`", "commas, semicolons or tabs"]);
    wrong("t,n\n2018-10-01 08:00,1\n2018-10-01 09:00\n", HOURLY, &["x.csv:3", "1 column, the first row 2"]);
    let sixteen: Vec<u8> =
        "\u{feff}t\tn\n2018-10-01 08:00\t3\n\t\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    good_text(trace(sixteen, HOURLY));
    // Decimal commas in a column of minutes.
    let folder = Folder::new();
    folder.write("m.csv", "Ticket;Minutes\n1;13,5\n2;14,5\n");
    let text = "[stage.sign]\nservice = { role = \"signer\", time = { empirical = { file = \"m.csv\", column = \"Minutes\", unit = \"min\" } } }";
    let model = good(folder.over(text)).model;
    let sign = model.stages.iter().find(|s| s.name == "sign").expect("the stage");
    let poolwise_engine::model::StageKind::Service(service) = &sign.kind else { panic!("no service") };
    assert_eq!(service.time.mean(), 14.0 * 60.0);
}

#[test]
fn keys_that_go_with_other_rows() {
    let rows = "t,n\n2018-10-01 08:00,1\n";
    wrong(rows, &format!("{HOURLY}, width = \"1 h\""), &["`width` goes with"]);
    wrong(rows, &format!("{HOURLY}, jitter = \"1 h\""), &["`jitter` goes with"]);
    wrong(rows, &format!("{TIMES}, count_column = \"n\""), &["`count_column` goes with"]);
    wrong(rows, "kind = \"half-hourly\"", &["interval-counts"]);
    wrong(rows, &format!("{HOURLY}, factor = 1e9"), &["more than 50000000 arrivals"]);
    wrong(
        "d,h,n\n2018-10-01 08:00,07,1\n",
        &format!("{HOURLY}, time_column = \"h\""),
        &["x.csv:2", "has a time of day already"],
    );
    wrong("d,h,n\n2018-10-01,24,1\n", &format!("{HOURLY}, time_column = \"h\""), &["by its start"]);
}
