//! Counts that stand in several sheets or files, made one series: a month each, or a place each.

use crate::counts::{Series, seconds_between};
use crate::problem::{Problem, TablePlace};
use jiff::civil::DateTime;
use poolwise_arrivals::series::{COUNT_AS_NONE, NONE_BETWEEN};
use std::collections::BTreeMap;

/// Counts of one table.
#[derive(Debug)]
pub(crate) struct JoinedTable {
    /// The counts.
    pub series: Series,
    /// File and sheet, for people.
    pub label: String,
    /// What the table is called: what stands above it, its sheet, or its file without an ending.
    pub name: String,
    /// It is called by what stands above it.
    pub titled: bool,
}

/// Counts of each place and the number of the table that has them, by start of interval and by which coming of it.
type JoinedRows = BTreeMap<(DateTime, usize), Vec<Option<(u64, usize)>>>;

/// A place's name where a table names none.
pub(crate) const UNNAMED: &str = "requests";

/// Makes one series of the tables' counts; the notes say how.
///
/// # Errors
/// If their intervals differ in length, or two of them have counts for the same place and interval.
pub(crate) fn join(mut parts: Vec<JoinedTable>) -> Result<Option<(Series, String, Vec<String>)>, Problem> {
    let Some(first) = parts.first() else { return Ok(None) };
    if parts.len() == 1 {
        return Ok(parts.pop().map(|p| (p.series, p.label, Vec::new())));
    }
    let problem = |label: &str, message: String| Problem::new(TablePlace::sheet(label, None), message);
    let width = first.series.width;
    if let Some(other) = parts.iter().find(|p| p.series.width != width) {
        let minutes = |w: i64| format!("{} min", w / 60);
        return Err(problem(
            &other.label,
            format!(
                "these are counts by {}, and those of {} by {}",
                minutes(other.series.width),
                first.label,
                minutes(width)
            ),
        )
        .help("give counts of one width, or leave one of the two out: of workbooks `--sheet` names what is read"));
    }
    let mut notes = Vec::new();
    // Tables of the same days that name no place are one of each place; of those with a title above them their places are its.
    let unnamed = parts.iter().all(|p| p.series.places == [UNNAMED] || p.titled);
    if unnamed && overlap(&parts) {
        let mut names = std::collections::BTreeSet::new();
        if let Some(twice) = parts.iter().find(|p| !names.insert(&p.name)) {
            return Err(problem(
                &twice.label,
                format!("two tables of counts of the same days in `{}` name no place", twice.name),
            )
            .help("write the place above each table, or as the name of its column of counts"));
        }
        for part in &mut parts {
            let of = &part.name;
            part.series.places = match &part.series.places[..] {
                [_] => vec![of.clone()],
                several => several.iter().map(|place| format!("{of} {place}")).collect(),
            };
        }
        notes.push(
            "tables of the same days that name no place are taken for a place each, by their names"
                .to_owned(),
        );
    }
    let label = parts.iter().map(|p| p.label.as_str()).collect::<Vec<_>>().join(" and ");
    let mut places: Vec<String> = Vec::new();
    // Where the clock goes back an interval comes twice; by which coming keeps both.
    let mut rows = JoinedRows::new();
    for (n, part) in parts.iter().enumerate() {
        let at: Vec<usize> = part.series.places.iter().map(|name| number(&mut places, name)).collect();
        let mut before: Option<(DateTime, usize)> = None;
        for (time, counts) in &part.series.rows {
            let again = before.filter(|b| b.0 == *time).map_or(0, |b| b.1 + 1);
            before = Some((*time, again));
            let row = rows.entry((*time, again)).or_default();
            row.resize(places.len().max(row.len()), None);
            for (p, count) in at.iter().zip(counts) {
                if let Some((_, other)) = row[*p] {
                    let shown = time.strftime("%Y-%m-%d %H:%M");
                    return Err(problem(
                        &part.label,
                        format!(
                            "a count of `{}` for {shown}, and {} has one too",
                            places[*p], parts[other].label
                        ),
                    )
                    .help("leave one of the two out: of workbooks `--sheet` names what is read"));
                }
                row[*p] = Some((*count, n));
            }
        }
    }
    notes.push(format!("{} tables of counts are made one", parts.len()));
    notes.extend(holes(&rows, &places, width));
    let rows = rows
        .into_iter()
        .map(|((at, _), row)| {
            (at, (0..places.len()).map(|p| row.get(p).copied().flatten().map_or(0, |c| c.0)).collect())
        })
        .collect();
    Ok(Some((Series { places, width, rows, notes: Vec::new() }, label, notes)))
}

fn number(places: &mut Vec<String>, name: &str) -> usize {
    places.iter().position(|p| p == name).unwrap_or_else(|| {
        places.push(name.to_owned());
        places.len() - 1
    })
}

/// Whether two tables have a day in common.
fn overlap(parts: &[JoinedTable]) -> bool {
    let mut spans: Vec<(DateTime, DateTime)> =
        parts.iter().filter_map(|p| Some((p.series.rows.first()?.0, p.series.rows.last()?.0))).collect();
    spans.sort_unstable();
    spans.windows(2).any(|w| w[1].0 <= w[0].1)
}

/// What no table has: intervals between them, and places in intervals that others have.
fn holes(rows: &JoinedRows, places: &[String], width: i64) -> Vec<String> {
    let mut out = Vec::new();
    let starts: Vec<DateTime> = rows.keys().map(|k| k.0).collect();
    let hole = starts.windows(2).find(|w| seconds_between(w[0], w[1]) > width.max(3600) + 3600);
    if let Some(w) = hole {
        out.push(format!(
            "between {} and {} no table has a row: {NONE_BETWEEN}",
            w[0].strftime("%Y-%m-%d %H:%M"),
            w[1].strftime("%Y-%m-%d %H:%M")
        ));
    }
    for (p, name) in places.iter().enumerate() {
        let missing = rows.values().filter(|row| row.get(p).copied().flatten().is_none()).count();
        if missing > 0 {
            out.push(format!(
                "`{name}` has no count in {missing} intervals that others have: {COUNT_AS_NONE}"
            ));
        }
    }
    out
}
