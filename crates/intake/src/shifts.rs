//! What of a table is a roster: numbers of officers by shift, or persons with a column for each day.

use crate::dates::weekday;
use crate::facts::{Facts, Table};
use crate::recognise::{OFFICERS, PERSON, PLACE, Shape, TOTAL, is_date, is_label, is_length, says};

/// Numbers of officers by shift.
pub(crate) fn shift_counts(table: &Table) -> Option<Shape> {
    if table.used().any(|(_, c)| is_date(c)) {
        return None;
    }
    let start = table
        .find(&["shift", "start", "begin", "from", "hours", "dienst", "schicht", "van"], |c| {
            c.mostly(c.clocks)
        })
        .or_else(|| table.used().find(|(_, c)| c.mostly(c.clocks)).map(|c| c.0))?;
    let end = table
        .used()
        .find(|(i, c)| {
            *i > start
                && c.mostly(c.clocks)
                && says(c, &["end", "until", "to", "finish", "stop", "tot", "bis"])
        })
        .map(|c| c.0);
    let is_span =
        |c: &Facts| c.values.keys().any(|v| crate::dates::start_of_span(v).is_some_and(|s| s.1.is_some()));
    let length = table
        .used()
        .find(|(i, c)| {
            *i != start && Some(*i) != end && is_length(c) && says(c, &["length", "hours", "duration"])
        })
        .map(|c| c.0);
    if end.is_none() && length.is_none() && !is_span(&table.columns[start]) {
        return None;
    }
    let taken = |i: usize| i == start || Some(i) == end || Some(i) == length;
    let days = table
        .used()
        .find(|(i, c)| {
            !taken(*i) && says(c, &["days", "day", "dagen", "tage", "weekday", "weekdays"]) && c.texts > 0
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
    let officers = match numbers.iter().find(|i| says(&table.columns[**i], OFFICERS)) {
        _ if by_day.len() >= 5 => by_day,
        Some(one) if place.is_some() => vec![*one],
        Some(one) if numbers.len() == 1 => vec![*one],
        _ if place.is_some() => numbers.into_iter().take(1).collect(),
        _ => numbers,
    };
    (!officers.is_empty()).then_some(Shape::ShiftCounts { place, start, end, length, officers, days })
}

/// Persons with a column for each day.
pub(crate) fn persons(table: &Table) -> Option<Shape> {
    let day_of = |name: &str| {
        let word = name.split([' ', ',', '.', '-']).next().unwrap_or(name);
        weekday(word).or_else(|| match crate::dates::written(name)? {
            crate::dates::Written::Local(crate::dates::Parts::Fixed(d), _) => {
                Some(usize::try_from(d.weekday().to_monday_zero_offset()).unwrap_or(0))
            }
            _ => None,
        })
    };
    let days: Vec<(usize, usize)> =
        table.columns.iter().enumerate().filter_map(|(i, c)| Some((i, day_of(&c.name)?))).collect();
    let has_spans = days.iter().any(|(i, _)| table.columns[*i].clocks > 0);
    if days.len() < 5 || !has_spans {
        return None;
    }
    let free = |i: &usize| !days.iter().any(|d| d.0 == *i);
    let place = table.find(PLACE, is_label).filter(free);
    let person = table
        .find(PERSON, |c| c.filled > 0)
        .filter(free)
        .or_else(|| table.used().map(|c| c.0).find(|i| free(i) && Some(*i) != place))?;
    Some(Shape::Persons { person, place, days })
}

/// Persons with a row for each shift: a date, a start and an end. A list of calls looks alike; it has other columns too.
pub(crate) fn shift_log(table: &Table) -> Option<Shape> {
    let date = table.used().find(|(_, c)| is_date(c) && c.with_time == 0)?.0;
    table.used().find(|(i, c)| *i != date && says(c, PERSON) && c.filled > 0)?;
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
    Some(Shape::ShiftLog { date, start, end, place })
}
