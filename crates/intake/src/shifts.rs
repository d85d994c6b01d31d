//! What of a table is a roster: numbers of officers by shift, or persons with a column for each day.

use crate::columns::{is_date, is_label, is_length};
use crate::dates::weekday;
use crate::facts::{Facts, SheetTable};
use crate::heads::names_day;
use crate::recognise::TableShape;
use crate::words::{END, OFFICERS, PERSON, PLACE, SHIFT, STAFF, START, TOTAL, says};

/// Numbers of officers by shift.
pub(crate) fn shift_counts(table: &SheetTable) -> Option<TableShape> {
    let date = table.used().find(|(_, c)| is_date(c)).map(|c| c.0);
    // With dates a number by interval may be one of requests; a word for officers says that it is none.
    if let Some(d) = date
        && (table.columns[d].with_time > 0
            || !table.used().any(|(_, c)| c.mostly(c.numbers) && says(c, STAFF)))
    {
        return None;
    }
    // `7h` of a start or an end is a time of day, although it might be a length.
    let clock = |c: &Facts, words| c.mostly(c.clocks) || c.mostly(c.spans) && says(c, words);
    let start = table
        .find(START, |c| clock(c, START))
        .or_else(|| table.used().find(|(_, c)| c.mostly(c.clocks)).map(|c| c.0))?;
    let end = table.used().find(|(i, c)| *i > start && clock(c, END) && says(c, END)).map(|c| c.0);
    let is_span =
        |c: &Facts| c.values.keys().any(|v| crate::dates::start_of_span(v).is_some_and(|s| s.1.is_some()));
    let length = table
        .used()
        .find(|(i, c)| {
            *i != start
                && Some(*i) != end
                && is_length(c)
                && says(
                    c,
                    &[
                        "length",
                        "hours",
                        "duration",
                        "dauer",
                        "stunden",
                        "heures",
                        "horas",
                        "dur\u{e9}e",
                        "duur",
                        "uren",
                    ],
                )
        })
        .map(|c| c.0);
    if end.is_none() && length.is_none() && !is_span(&table.columns[start]) {
        return None;
    }
    let taken = |i: usize| i == start || Some(i) == end || Some(i) == length || Some(i) == date;
    let days = table
        .used()
        .find(|(i, c)| {
            !taken(*i)
                && says(
                    c,
                    &[
                        "days",
                        "day",
                        "dagen",
                        "tage",
                        "weekday",
                        "weekdays",
                        "tag",
                        "wochentag",
                        "wochentage",
                        "jours",
                        "jour",
                        "d\u{ed}as",
                    ],
                )
                && c.texts > 0
        })
        .map(|c| c.0);
    let place = table
        .used()
        .find(|(i, c)| !taken(*i) && Some(*i) != days && is_label(c) && says(c, PLACE))
        .map(|c| c.0);
    let numbers: Vec<usize> = table
        .used()
        .filter(|(i, c)| !taken(*i) && c.mostly(c.numbers) && c.negative == 0 && !says(c, TOTAL))
        .map(|c| c.0)
        .collect();
    // A column for each day of the week.
    let by_day: Vec<usize> =
        numbers.iter().copied().filter(|i| weekday(&table.columns[*i].name).is_some()).collect();
    // Intervals that follow each other through the day are no shifts.
    if date.is_some()
        && (end.is_none() && table.columns[start].values.len() > 20
            || numbers.iter().any(|i| !says(&table.columns[*i], STAFF)))
    {
        return None;
    }
    let officers = match numbers.iter().find(|i| says(&table.columns[**i], OFFICERS)) {
        _ if by_day.len() >= 5 => by_day,
        Some(one) if place.is_some() => vec![*one],
        Some(one) if numbers.len() == 1 => vec![*one],
        _ if place.is_some() => numbers.into_iter().take(1).collect(),
        _ => numbers,
    };
    (!officers.is_empty()).then_some(TableShape::ShiftCounts {
        place,
        start,
        end,
        length,
        officers,
        days,
        date,
    })
}

/// Persons with a column for each day: spans of time in them, or the letters and words that a table of codes explains.
pub(crate) fn persons(table: &SheetTable) -> Option<TableShape> {
    let days: Vec<usize> =
        table.columns.iter().enumerate().filter(|(_, c)| names_day(&c.name)).map(|c| c.0).collect();
    let has_spans = days.iter().any(|i| table.columns[*i].clocks > 0);
    let has_codes = || {
        let of_days = || days.iter().map(|i| &table.columns[*i]);
        let (filled, texts) = of_days().fold((0, 0), |(f, t), c| (f + c.filled, t + c.texts));
        let different: std::collections::BTreeSet<&String> =
            of_days().flat_map(|c| c.values.keys()).collect();
        texts > 0 && texts * 2 > filled && different.len() <= 60
    };
    if days.len() < 5 || !(has_spans || has_codes()) {
        return None;
    }
    let free = |i: &usize| !days.contains(i);
    let place = table.find(PLACE, is_label).filter(free);
    let person = table
        .find(PERSON, |c| c.filled > 0)
        .filter(free)
        .or_else(|| table.used().map(|c| c.0).find(|i| free(i) && Some(*i) != place))?;
    Some(TableShape::Persons { person, place, days })
}

/// What the letters or words of a roster mean: a row for each with its start and end.
pub(crate) fn codes(table: &SheetTable) -> Option<TableShape> {
    if table.used().any(|(_, c)| is_date(c)) {
        return None;
    }
    let mut clocks = table.used().filter(|(_, c)| c.mostly(c.clocks));
    let (start, first) = clocks.next()?;
    let end = clocks.next().map(|c| c.0);
    let spans = first.values.keys().any(|v| crate::dates::start_of_span(v).is_some_and(|s| s.1.is_some()));
    if end.is_none() && !spans || table.rows > 100 {
        return None;
    }
    // Numbers beside them are officers: a roster that is not understood explains no letters.
    let number = |c: &Facts| {
        c.mostly(c.numbers)
            && !says(
                c,
                &[
                    "hours", "length", "stunden", "uren", "heures", "horas", "fte", "break", "pause", "no",
                    "nr",
                ],
            )
    };
    if table.used().any(|(_, c)| number(c)) {
        return None;
    }
    let short =
        |c: &Facts| c.values.len() as u64 == c.filled && c.values.keys().all(|v| v.chars().count() <= 12);
    let code =
        table.used().find(|(i, c)| *i != start && Some(*i) != end && c.texts * 2 > c.filled && short(c))?.0;
    Some(TableShape::Codes { code, start, end: if spans { None } else { end } })
}

/// Persons with a row for each shift: a date, a start and an end. A list of calls looks alike; it has other columns too.
pub(crate) fn shift_log(table: &SheetTable) -> Option<TableShape> {
    let of_calls = [
        "call",
        "calls",
        "ticket",
        "case",
        "request",
        "incident",
        "queue",
        "arrived",
        "created",
        "answered",
        "outcome",
        "abandoned",
        "wait",
        "duration",
        "talk",
        "disposition",
    ];
    if table.used().any(|(_, c)| says(c, &of_calls)) {
        return None;
    }
    table.used().find(|(_, c)| says(c, PERSON) && c.filled > 0 && !is_date(c))?;
    // Starts and ends with their dates, in columns that say that they are of shifts.
    let moments: Vec<(usize, &Facts)> = table.used().filter(|(_, c)| is_date(c) && c.with_time > 0).collect();
    if let [(start, a), (end, b)] = moments[..]
        && (says(a, SHIFT) || says(b, SHIFT))
    {
        let place = table.find(PLACE, is_label);
        return Some(TableShape::ShiftLog { date: start, start, end: Some(end), place });
    }
    let date = table.used().find(|(_, c)| is_date(c) && c.with_time == 0)?.0;
    let mut clocks = table.used().filter(|(i, c)| *i != date && c.mostly(c.clocks) && c.dates == 0);
    let (start, first) = clocks.next()?;
    let end = clocks.next().map(|c| c.0);
    let spans = first.values.keys().any(|v| crate::dates::start_of_span(v).is_some_and(|s| s.1.is_some()));
    // Shifts begin at the same times again and again.
    if first.many || first.values.len() > 96 || (end.is_none() && !spans) {
        return None;
    }
    let end = if spans { None } else { end };
    let place = table.find(PLACE, is_label).filter(|p| *p != date && *p != start && Some(*p) != end);
    Some(TableShape::ShiftLog { date, start, end, place })
}
