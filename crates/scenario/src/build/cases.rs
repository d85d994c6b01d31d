//! Cases in hand when a run begins from now: a list, or a CSV file with a row for each.

use super::Builder;
use super::start::{at_stage, class_at};
use crate::parts::{CaseIn, CasesIn};
use crate::quantity::{Dur, duration};
use crate::scalar::{CountScalar, Text};
use crate::source::TextSpan;
use poolwise_engine::model::{Centre, Class, Stage, StageKind, StartState};

/// Columns that a file of cases may have.
const COLUMNS: [&str; 8] = ["class", "centre", "stage", "area", "requests", "age", "since_arrival", "spent"];

/// The cases in hand.
pub(super) fn cases(
    b: &mut Builder<'_>,
    input: &CasesIn,
    (stages, classes, centres): (&[Stage], &[Class], &[Centre]),
) -> Vec<StartState> {
    let (list, file) = match input {
        CasesIn::List(list) => (list.items.clone(), None),
        CasesIn::File(file) => (from_file(b, file), Some(file)),
    };
    let place = |case: &CaseIn| file.map_or(case.place, |file| file.place);
    let all = list.iter().filter_map(|case| one(b, case, place(case), (stages, classes, centres)));
    all.collect()
}

fn one(
    b: &mut Builder<'_>,
    input: &CaseIn,
    place: TextSpan,
    (stages, classes, centres): (&[Stage], &[Class], &[Centre]),
) -> Option<StartState> {
    let centre = match &input.centre {
        Some(name) => b.names.centres.find(name, b.cx)?,
        None if centres.len() == 1 => 0,
        None => {
            b.cx.error(place, "the case says no `centre`, and there are several")
                .names("", b.names.centres.all().iter().map(String::as_str));
            return None;
        }
    };
    let stage = at_stage(b, input.stage.as_ref(), (centre, place), stages, centres)?;
    let class = class_at(b, input.class.as_ref(), (stage, place), stages, classes)?;
    let area = match &input.area {
        Some(area) => Some(b.names.areas.find(area, b.cx)?),
        None => None,
    };
    let age = input.age.seconds.max(input.spent.map_or(0.0, |spent| spent.seconds));
    if input.age.seconds > 0.0 && input.spent.is_some_and(|spent| spent.seconds > input.age.seconds) {
        b.cx.error(place, "`spent` is longer than `age`").help(
            "the age counts from when the case reached the stage, its wait included; leave it out where the case was begun at once",
        );
        return None;
    }
    if input.since_arrival.is_some_and(|since| since.seconds < age) {
        b.cx.error(place, "`since_arrival` is shorter than the time at the stage")
            .help("a case arrives no later than it reaches its stage");
        return None;
    }
    if let (StageKind::Service(service), Some(spent)) = (&stages[stage].kind, input.spent) {
        let speed = centres[centre].speed[class];
        if speed > 0.0 && service.time.cdf(spent.seconds / speed) >= 1.0 {
            b.cx.warning(
                place,
                format!(
                    "no service of `{}` takes longer than the `spent` of this case: it ends at once",
                    stages[stage].name
                ),
            )
            .help("the law of the service's time has nothing beyond; is it the right one?");
        }
    }
    Some(StartState {
        centre,
        requests: input.requests.count(),
        stage,
        class,
        area,
        age,
        since_arrival: input.since_arrival.map_or(age, |since| since.seconds),
        spent: input.spent.map(|spent| spent.seconds),
    })
}

/// A time in a cell: with a unit, or hours, minutes and seconds.
fn time(cell: &str) -> Result<f64, String> {
    let parts: Vec<&str> = cell.split(':').collect();
    if let [hours, minutes, seconds] = parts[..] {
        let part = |text: &str| text.parse::<u32>().ok().map(f64::from);
        if let (Some(h), Some(m), Some(s)) = (part(hours), part(minutes), part(seconds))
            && m < 60.0
            && s < 60.0
        {
            return Ok(3_600.0 * h + 60.0 * m + s);
        }
    }
    duration(cell).map_err(|why| format!("{cell:?} is no time such as \"3 min\", \"90 s\" or 0:03:00: {why}"))
}

/// Reads a file of cases: the names in its first row are those of the keys.
fn from_file(b: &mut Builder<'_>, file: &Text) -> Vec<CaseIn> {
    let Some((names, rows)) = b.files.table(file, b.cx) else { return Vec::new() };
    let mut columns = Vec::new();
    for name in &names {
        match COLUMNS.iter().position(|column| column == name) {
            Some(column) => columns.push(column),
            None => {
                b.cx.error(file.place, format!("{}: unknown column `{name}`", file.as_str()))
                    .names(name, COLUMNS);
                return Vec::new();
            }
        }
    }
    let mut out = Vec::new();
    for (line, cells) in rows {
        let mut case = CaseIn {
            place: file.place,
            requests: CountScalar::new(1),
            centre: None,
            stage: None,
            class: None,
            area: None,
            age: Dur::new(0.0),
            since_arrival: None,
            spent: None,
        };
        for (&column, cell) in columns.iter().zip(&cells) {
            // An empty cell says nothing: the case waits, or the default holds.
            if cell.is_empty() {
                continue;
            }
            let name = || Some(Text { value: cell.clone(), place: file.place });
            let mut length = || match time(cell) {
                Ok(seconds) => Some(Dur { seconds, place: file.place }),
                Err(why) => {
                    b.cx.error(file.place, format!("{}:{line}: {why}", file.as_str()));
                    None
                }
            };
            match COLUMNS[column] {
                "class" => case.class = name(),
                "centre" => case.centre = name(),
                "stage" => case.stage = name(),
                "area" => case.area = name(),
                "age" => case.age = length().unwrap_or(Dur::new(0.0)),
                "since_arrival" => case.since_arrival = length(),
                "spent" => case.spent = length(),
                _ => match cell.parse::<u32>().ok().filter(|n| (1..=1_000_000).contains(n)) {
                    Some(n) => case.requests = CountScalar::new(i64::from(n)),
                    None => {
                        b.cx.error(
                            file.place,
                            format!("{}:{line}: {cell:?} is not a whole number from 1 on", file.as_str()),
                        );
                    }
                },
            }
        }
        out.push(case);
    }
    out
}
