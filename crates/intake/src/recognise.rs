//! What a table is: counts by interval, events, durations, a history, who works when. By the names of its columns and
//! what stands in them; what stays open is refused with what to write, never guessed.

pub use crate::columns::When;
use crate::columns::{is_clock, is_count, is_date, is_label, is_length, yes_or_no};
use crate::coverage::{Coverage, coverage, is_of_officers};
use crate::facts::{Facts, SheetTable};
use crate::grid::{Grid, grid};
use crate::instants::{is_epoch, is_serial, is_stamp};
pub use crate::measures::MeasureColumns;
use crate::measures::history;
use crate::no_counts;
use crate::problem::Problem;
use crate::shifts::{codes, persons, shift_counts, shift_log};
use crate::words::{
    ANSWERED, ARRIVED, ENDED, HANDLE, LOST, NUMBERED, PERSON, PLACE, STAFF, TIME, TOTAL, WAIT, says,
};

/// What a table is.
#[derive(Debug, Clone, PartialEq)]
pub enum TableShape {
    /// Counts by interval: a column for each place, or one with the places' names.
    Counts {
        /// Which columns say when.
        when: When,
        /// Columns of counts.
        counts: Vec<usize>,
        /// Column of places in a long table.
        place: Option<usize>,
        /// Columns that are sums of others.
        totals: Vec<usize>,
    },
    /// Counts in a grid of days and times.
    Grid {
        /// Its rows and columns.
        grid: Grid,
        /// Column of places.
        place: Option<usize>,
        /// Columns of sums.
        totals: Vec<usize>,
    },
    /// One row for each arrival.
    Events {
        /// Times of arrival.
        when: When,
        /// Column of places.
        place: Option<usize>,
        /// Column of the instant at which work began.
        answered: Option<usize>,
        /// Column of the instant at which it ended.
        ended: Option<usize>,
        /// Column of handling times.
        duration: Option<usize>,
        /// Column of waits.
        wait: Option<usize>,
        /// Column that says whether the request was lost.
        abandoned: Option<usize>,
    },
    /// Times of handling without arrivals; perhaps by place or class.
    Durations {
        /// The column.
        duration: usize,
        /// What may divide them.
        groups: Vec<usize>,
    },
    /// Waits and how they ended: patience.
    Waits {
        /// Column of waits.
        wait: usize,
        /// Column that says whether it was given up.
        abandoned: usize,
    },
    /// What happened by interval.
    History(History),
    /// Who works when, as numbers by shift.
    ShiftCounts {
        /// Column of places, or none.
        place: Option<usize>,
        /// Column of starts or of spans.
        start: usize,
        /// Column of ends.
        end: Option<usize>,
        /// Column of lengths.
        length: Option<usize>,
        /// Columns of officers: one, or one for each place.
        officers: Vec<usize>,
        /// Column of days of the week.
        days: Option<usize>,
        /// Column of dates.
        date: Option<usize>,
    },
    /// Who works when, as numbers by interval.
    Coverage(Coverage),
    /// Who works when, by person: a row for each shift of each.
    ShiftLog {
        /// Column of dates; that of starts where these are dates and times.
        date: usize,
        /// Column of starts or of spans.
        start: usize,
        /// Column of ends.
        end: Option<usize>,
        /// Column of places.
        place: Option<usize>,
    },
    /// Who works when, by person: a column for each day.
    Persons {
        /// Column of persons.
        person: usize,
        /// Column of places.
        place: Option<usize>,
        /// Column of each day.
        days: Vec<usize>,
    },
    /// What the letters or words of a roster mean: from when to when each shift lasts.
    Codes {
        /// Column of the letters or words.
        code: usize,
        /// Column of starts or of spans.
        start: usize,
        /// Column of ends.
        end: Option<usize>,
    },
}

/// Columns of a history.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Which columns say when.
    pub when: When,
    /// Column of places.
    pub place: Option<usize>,
    /// The measures: one set of columns, or one for each place that has its own.
    pub each: Vec<MeasureColumns>,
}

/// Finds out what a table is.
///
/// # Errors
/// If it is nothing that is known, with what the columns were taken for.
pub fn shape(table: &SheetTable) -> Result<TableShape, Problem> {
    let roster = || {
        persons(table)
            .or_else(|| coverage(table))
            .or_else(|| shift_counts(table))
            .or_else(|| shift_log(table))
            .or_else(|| codes(table))
    };
    if let Some(grid) = grid(table) {
        return Ok(if is_of_officers(table) { dated_coverage(grid) } else { grid });
    }
    if let Some(shape) = roster() {
        return Ok(shape);
    }
    let when = when(table);
    if let Some(when) = when {
        if let Some(history) = history(table, when)? {
            return Ok(TableShape::History(history));
        }
        return dated(table, when);
    }
    let wait = table.find(WAIT, is_length);
    let lost = table.find(LOST, |c| c.filled > 0);
    if let (Some(wait), Some(abandoned)) = (wait, lost) {
        return Ok(TableShape::Waits { wait, abandoned });
    }
    let duration = table.find(HANDLE, is_length).or_else(|| {
        let mut numbers =
            table.used().filter(|(_, c)| is_length(c) && !says(c, &["id", "ticket", "number", "no", "nr"]));
        let only = numbers.next().map(|c| c.0);
        only.filter(|_| numbers.next().is_none())
    });
    if let Some(duration) = duration {
        let groups = table
            .used()
            .filter(|(i, c)| *i != duration && is_label(c) && c.values.len() < 60)
            .map(|c| c.0)
            .collect();
        return Ok(TableShape::Durations { duration, groups });
    }
    let weekdays = table.used().filter(|(_, c)| crate::dates::weekday(&c.name).is_some()).count();
    if weekdays >= 5 && table.used().any(|(_, c)| is_clock(c)) {
        return Err(table
            .problem("this looks like an average week: hours by days of the week")
            .help("give the counts of dated days from which it was made: how days differ cannot be seen in a mean")
            .help("if these are officers at work, say so: write `Staff` above the table, or call the sheet or file so")
            .help("or write it as a `profile` in a scenario: docs/scenario.md, cookbook, 2"));
    }
    let mut seen: Vec<String> =
        table.used().take(MOST_SHOWN).map(|(_, c)| format!("`{}` ({})", c.name, kind(c))).collect();
    let more = table.used().count().saturating_sub(MOST_SHOWN);
    if more > 0 {
        seen.push(format!("{more} more"));
    }
    let named = |word: &str| table.used().any(|(_, c)| c.lower() == word);
    if named("year") && named("week") {
        return Err(table
            .problem("these rows have a year and a week, and no column of days of the week by name")
            .help("write a row for each day, with a column `Weekday` of days such as Mon, or dates: counts by week say nothing of days"));
    }
    if named("month") && named("day") {
        return Err(table
            .problem("these dates have a month and a day in columns of their own, and no year that is one")
            .help("add a column `Year`, such as 2025"));
    }
    let times = table.used().any(|(_, c)| c.mostly(c.clocks)) || crate::grid::times(table).is_some();
    if times && !table.used().any(|(_, c)| is_date(c)) {
        return Err(table
            .problem(format!("this table has times of day without dates; its columns are {}", seen.join(", ")))
            .help("if these are requests, add a column of dates")
            .help("if these are officers at work, say so: write `Staff` above the table or into the names of the columns, or call the sheet or file so")
            .help("a roster of shifts has spans such as 07:00-15:00, or a start and an end, with numbers"));
    }
    Err(table
        .problem(format!("this table is none that is known; its columns are {}", seen.join(", ")))
        .help("counts need a column of dates and times and one or more of counts")
        .help("events need a column of times; durations a column named `minutes`, `seconds` or `duration`")
        .help("rosters need shifts such as 07:00-15:00 with numbers, or persons with a column for each day"))
}

/// Columns that a message names.
const MOST_SHOWN: usize = 12;

fn kind(c: &Facts) -> &'static str {
    if is_date(c) {
        "dates"
    } else if is_clock(c) {
        "times of day"
    } else if c.mostly(c.numbers) {
        "numbers"
    } else if c.mostly(c.spans + c.two_parts) {
        "lengths of time"
    } else {
        "text"
    }
}

/// The columns of a row's time.
pub(crate) fn when(table: &SheetTable) -> Option<When> {
    let dates: Vec<usize> = table.used().filter(|(_, c)| is_date(c)).map(|c| c.0).collect();
    let says_of = |i: &usize, words| says(&table.columns[*i], words);
    let later = |i: &usize| says_of(i, ANSWERED) || says_of(i, ENDED);
    let first = (dates.iter().find(|i| says_of(i, ARRIVED) && !later(i)))
        .or_else(|| dates.iter().find(|i| says_of(i, ARRIVED)))
        .or_else(|| dates.iter().find(|i| !later(i)))
        .or(dates.first())
        .copied()?;
    let facts = &table.columns[first];
    let serial_time = is_serial(facts) && facts.whole < facts.numbers;
    let stamped = is_stamp(facts) && facts.range.1 > 1e9;
    if facts.with_time > 0 || serial_time || is_epoch(facts) || stamped {
        return Some(When::One(first));
    }
    let clock = table.used().find(|(i, c)| *i != first && is_clock(c) && (says(c, TIME) || c.clocks > 0));
    Some(match clock {
        Some((time, _)) => When::Two { date: first, time },
        None => When::Days(first),
    })
}

/// Whether nearly every row has a number of its own.
fn numbers_rows(c: &Facts) -> bool {
    let different = if c.values.is_empty() { c.range.1 - c.range.0 + 1.0 } else { c.values.len() as f64 };
    c.filled >= 50 && (c.many || 10.0 * different >= 9.0 * c.filled as f64)
}

/// Whether all that a column says are days of the week, months, or yes and no: those are no places.
fn names_times(c: &Facts) -> bool {
    let of_time =
        |v: &String| crate::dates::weekday(v).is_some() || crate::view::is_month(v) || yes_or_no(v).is_some();
    !c.values.is_empty() && c.values.keys().all(of_time)
}

/// A table with times: counts or events.
fn dated(table: &SheetTable, when: When) -> Result<TableShape, Problem> {
    let free = |i: usize| !when.columns().contains(&i);
    let place = table.find(PLACE, is_label).filter(|p| free(*p)).or_else(|| {
        let mut labels = table.used().filter(|(i, c)| {
            free(*i)
                && is_label(c)
                && c.values.len() <= 100
                && !names_times(c)
                && ![PERSON, LOST, ANSWERED].iter().any(|w| says(c, w))
        });
        labels.next().map(|c| c.0)
    });
    let of_date =
        |words: &[&str]| table.used().find(|(i, c)| free(*i) && is_date(c) && says(c, words)).map(|c| c.0);
    let (answered, ended) = (of_date(ANSWERED), of_date(ENDED));
    let length = |words: &[&str]| {
        table.used().find(|(i, c)| free(*i) && !is_date(c) && is_length(c) && says(c, words)).map(|c| c.0)
    };
    let (wait, duration) = (length(WAIT), length(HANDLE));
    let outcome = |words: &[&str]| {
        let other = |i: usize, c: &Facts| free(i) && Some(i) != place && !is_date(c);
        table.used().find(|(i, c)| other(*i, c) && says(c, words)).map(|c| c.0)
    };
    let dated_loss = || table.used().find(|(i, c)| free(*i) && says(c, LOST)).map(|c| c.0);
    // `Answered: no` says as much as `Abandoned: yes`.
    let answer =
        || outcome(ANSWERED).filter(|i| table.columns[*i].values.keys().any(|v| yes_or_no(v).is_some()));
    let abandoned = outcome(LOST).or_else(dated_loss).or_else(answer);
    let counted = |enough: fn(&Facts) -> bool| -> Vec<usize> {
        table
            .used()
            .filter(|(i, c)| free(*i) && is_count(c) && enough(c))
            .filter(|(i, c)| {
                Some(*i) != wait && Some(*i) != duration && Some(*i) != abandoned && !says(c, NUMBERED)
                    || says(c, &["tickets", "calls"])
            })
            .map(|c| c.0)
            .collect()
    };
    let mut numbers = counted(|c| c.is_whole() && c.negative == 0);
    let measured = answered.is_some() || ended.is_some() || duration.is_some() || wait.is_some();
    // Counts in which a cell is none: whoever reads them says which. Beside columns of counts one with mostly whole numbers is one of
    // them; where all rows begin on quarters of an hour, as no log of events does, any number is.
    let by_interval = when.columns().iter().all(|c| table.columns[*c].off_quarters == 0);
    if !measured && (by_interval || !numbers.is_empty()) {
        numbers = counted(|c| c.whole_by.iter().any(|n| 2 * n >= c.numbers));
        if numbers.is_empty() {
            numbers = counted(|_| true);
        }
    }
    // Beside times that are on no five minutes numbers that are all different are those of the requests.
    let odd = |c: &usize| 10 * table.columns[*c].off_fives > table.columns[*c].filled;
    if when.columns().iter().any(odd) {
        numbers.retain(|i| !numbers_rows(&table.columns[*i]));
    }
    // Two instants in a row are of one request; so is one to the second.
    let instants =
        table.used().filter(|(_, c)| is_date(c) && c.with_time > 0 && 10 * c.off_quarters > c.filled).count();
    if measured || numbers.is_empty() || instants >= 2 {
        if !measured {
            no_counts::no_steps(table, free)?;
        }
        return Ok(TableShape::Events { when, place, answered, ended, duration, wait, abandoned });
    }
    let numbers = no_counts::came(table, numbers)?;
    no_counts::no_versions(table, place)?;
    let (totals, counts): (Vec<usize>, Vec<usize>) =
        numbers.iter().partition(|i| says(&table.columns[**i], TOTAL));
    // A total alone is what is counted.
    let (totals, counts) = if counts.is_empty() { (Vec::new(), totals) } else { (totals, counts) };
    let of_officers = counts.iter().all(|i| says(&table.columns[*i], STAFF)) || is_of_officers(table);
    let days = counts.iter().filter(|i| crate::dates::weekday(&table.columns[**i].name).is_some()).count();
    if days >= 5 {
        let date = when.columns().first().map_or("", |c| table.columns[*c].name.as_str());
        return Err(table
            .problem(format!("`{date}` has dates, and other columns are days of the week: of which day a count is nobody knows"))
            .help("name the columns by their dates, or write a row for each day"));
    }
    let shape = TableShape::Counts { when, counts, place, totals };
    Ok(if of_officers { dated_coverage(shape) } else { shape })
}

/// Numbers of officers in the place of requests.
fn dated_coverage(shape: TableShape) -> TableShape {
    TableShape::Coverage(Coverage::Dated(Box::new(shape)))
}
