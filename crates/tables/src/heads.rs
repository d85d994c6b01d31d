//! The row of names of a table, below titles and above data; names may stand in two rows, the upper over several columns.

use crate::cell::{Cell, Decimal, number, span, unit};
use crate::dates::{start_of_span, weekday, written};
use crate::facts::{Facts, SheetTable, letter};
use crate::problem::TablePlace;
use crate::read::Book;
use crate::words::{TIME, has_word};
use jiff::civil::Time;

/// Rows among which the row of names is looked for.
pub(crate) const TITLE_ROWS: usize = 30;

/// A row with its number.
type Row = (u64, Vec<Cell<'static>>);

fn filled(cells: &[Cell<'_>]) -> usize {
    cells.iter().filter(|c| !c.is_empty()).count()
}

/// Whether a cell is data rather than a name.
pub(crate) fn is_data(cell: &Cell<'_>) -> bool {
    match cell {
        Cell::Text(text) => {
            number(text, Decimal::Point).or(number(text, Decimal::Comma)).is_some()
                || written(text).is_some()
                || start_of_span(text).is_some()
                || span(text).is_some()
        }
        Cell::Empty => false,
        _ => true,
    }
}

/// The text of a row of which it is the only content, perhaps merged over several cells.
pub(crate) fn one_text<'c>(cells: &'c [Cell<'_>]) -> Option<&'c str> {
    let mut filled = cells.iter().filter(|c| !c.is_empty());
    let first = filled.next()?;
    // Whether it is a number or a date takes longest to find out.
    match first {
        Cell::Text(text) if filled.all(|c| c == first) && !is_data(first) => Some(text.trim()),
        _ => None,
    }
}

fn is_plain(cells: &[Cell<'_>]) -> bool {
    !cells.iter().any(is_data)
}

/// Whether a row names five days or more, as the head of a roster of persons does.
fn is_calendar(cells: &[Cell<'_>]) -> bool {
    let day = |c: &Cell<'_>| match c {
        Cell::Text(text) => names_day(text),
        Cell::Moment(_) => true,
        _ => false,
    };
    cells.iter().filter(|c| day(c)).count() >= 5
}

/// Whether a name is that of a day: a day of the week, perhaps with more, or a date.
pub fn names_day(name: &str) -> bool {
    let word = name.split([' ', ',', '.', '-', '/']).next().unwrap_or(name);
    weekday(word).is_some() || written(name).is_some()
}

/// Whether a row may be that of names: text as wide as what is below it, above data.
fn is_names(first: &[Row], i: usize) -> bool {
    let cells = &first[i].1;
    let Some(below) = first.get(i + 1) else { return false };
    let texts = filled(cells);
    // A title merged over several columns stands in each of them.
    if texts >= 2 && one_text(cells).is_some() {
        return false;
    }
    // A line of a title or a remark is narrower than the table.
    let widest = first[i + 1..].iter().take(12).map(|r| filled(&r.1)).max().unwrap_or(0);
    let wide = (texts * 2 > filled(&below.1) && texts * 3 > widest) || texts >= 3;
    // Names of days or hours may be columns of a grid: dates above a row that begins with a text.
    let grid = || {
        texts > 2
            && (heads_times(cells)
                || cells.iter().skip(1).filter(|c| !c.is_empty()).all(|c| is_heading(c, is_data(c))))
    };
    let below_has_data = first[i + 1..].iter().take(3).any(|r| r.1.iter().any(is_data));
    (is_plain(cells) || grid()) && wide && (below_has_data || is_calendar(cells))
}

/// Whether a cell may head a column of a grid although it is a date.
fn is_heading(cell: &Cell<'_>, is_data: bool) -> bool {
    match cell {
        Cell::Moment(_) => true,
        Cell::Text(text) => !is_data || written(text).is_some(),
        _ => false,
    }
}

/// Whether the row below a row of names holds names too, or units: text alone, above data.
fn is_second(first: &[Row], i: usize) -> bool {
    let cells = &first[i].1;
    let above_data = first.get(i + 1).is_some_and(|r| r.1.iter().filter(|c| is_data(c)).count() >= 2);
    let is_unit = |c: &Cell<'_>| matches!(c, Cell::Text(text) if unit(bare(text)).is_some());
    let names = filled(cells) >= 2 || cells.iter().any(is_unit);
    is_plain(cells) && names && above_data && !is_calendar(&first[i - 1].1)
}

/// Whether a row of texts above one of names says of what each of those is that stand twice.
fn is_over(upper: &[Cell<'_>], lower: &[Cell<'_>]) -> bool {
    let same = |a: &Cell<'_>, b: &Cell<'_>| matches!((a, b), (Cell::Text(a), Cell::Text(b)) if a.trim().eq_ignore_ascii_case(b.trim()));
    let twice: Vec<&Cell<'_>> = (0..lower.len())
        .filter(|i| !lower[*i].is_empty() && lower[..*i].iter().any(|o| same(o, &lower[*i])))
        .map(|i| &lower[i])
        .collect();
    // Dates that stand twice are those of two tables, or of the beginning and the end of one thing.
    let of_time = |c: &Cell<'_>| matches!(c, Cell::Text(text) if has_word(text, TIME) || has_word(text, &["date", "datum", "fecha", "day"]));
    let stands_over = |i: usize| lower.get(i).is_some_and(|c| !c.is_empty());
    filled(upper) >= 2
        && is_plain(upper)
        && one_text(upper).is_none()
        && !twice.is_empty()
        && !twice.into_iter().any(of_time)
        && upper.iter().enumerate().all(|(i, c)| c.is_empty() || stands_over(i))
}

/// Whether a row below one of days of the week has their dates.
fn is_dates(first: &[Row], i: usize) -> bool {
    let date = |c: &Cell<'_>| match c {
        Cell::Text(text) => written(text).is_some(),
        Cell::Moment(at) => at.time() == jiff::civil::Time::midnight(),
        _ => false,
    };
    let named = |c: &Cell<'_>| matches!(c, Cell::Text(text) if weekday(text).is_some());
    let (upper, lower) = (&first[i - 1].1, &first[i].1);
    let both = upper.iter().zip(lower).filter(|(u, l)| named(u) && date(l)).count();
    both >= 5 && lower.iter().filter(|c| !c.is_empty()).count() <= both + 2
}

/// A unit without its brackets.
fn bare(text: &str) -> &str {
    text.trim_matches(['(', ')', '[', ']'])
}

/// A table of which the names are known.
pub(crate) struct Begun {
    /// The table, no row of it seen.
    pub table: SheetTable,
    /// Which of the first rows are names.
    pub names: Option<std::ops::Range<usize>>,
    /// The first of its rows.
    pub from: usize,
}

/// Begins a table: finds the row of names among the first rows, which begin at some column of the sheet.
pub(crate) fn begin(book: &Book, sheet: Option<&str>, first: &[Row], column: usize) -> Option<Begun> {
    if first.is_empty() {
        return None;
    }
    let mut table = SheetTable::new(TablePlace::sheet(&book.name, sheet), sheet, &book.form);
    table.view.columns.start = column;
    let Some(i) = (0..first.len()).find(|i| is_names(first, *i)) else {
        let from = first.iter().position(|r| r.1.iter().any(is_data)).unwrap_or(0);
        return Some(Begun { table, names: None, from });
    };
    let second = i + 1 < first.len() && (is_second(first, i + 1) || is_dates(first, i + 1));
    // A name or two over several columns each are narrower than a row of names.
    let over = i > 0 && !second && is_over(&first[i - 1].1, &first[i].1);
    let (i, second) = if over { (i - 1, true) } else { (i, second) };
    let names = names(&first[i].1, second.then(|| &first[i + 1].1[..]), column);
    let last = i + usize::from(second);
    table.names_row = first[last].0;
    table.columns.extend(names.into_iter().map(|name| Facts { name, ..Facts::default() }));
    Some(Begun { table, names: Some(i..last + 1), from: last + 1 })
}

/// Names of the columns. Of two rows the lower counts; what it has twice, or as a unit, gets the name above it before it.
fn names(upper: &[Cell<'_>], lower: Option<&[Cell<'_>]>, column: usize) -> Vec<String> {
    let Some(lower) = lower else {
        return upper.iter().enumerate().map(|(i, c)| name(c, column + i)).collect();
    };
    let width = upper.len().max(lower.len());
    let text = |cells: &[Cell<'_>], i: usize| cells.get(i).filter(|c| !c.is_empty()).map(|c| name(c, i));
    let mut above: Option<String> = None;
    let mut out = Vec::with_capacity(width);
    for i in 0..width {
        let own = text(upper, i);
        // A name over several columns stands over the first of them.
        above = own.clone().or_else(|| above.filter(|_| text(lower, i).is_some()));
        let below = text(lower, i);
        let twice = |b: &str| (0..width).filter(|j| text(lower, *j).as_deref() == Some(b)).count() > 1;
        out.push(match (&above, below) {
            (Some(a), Some(b)) if *a == b => b,
            // What stands in brackets says more of the name above it.
            (Some(a), Some(b)) if unit(bare(&b)).is_some() || b.starts_with(['(', '[']) => {
                format!("{a} ({})", bare(&b))
            }
            (Some(a), Some(b)) if twice(&b) => format!("{a} {b}"),
            (_, Some(b)) => b,
            (Some(a), None) if own.is_some() => a.clone(),
            _ => format!("column {}", letter(column + i)),
        });
    }
    out
}

/// What a cell says as a name.
fn name(cell: &Cell<'_>, column: usize) -> String {
    match cell {
        Cell::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Cell::Empty => format!("column {}", letter(column)),
        Cell::Moment(at) => at.date().to_string(),
        Cell::Span(s) => format!("{:02}:{:02}", (s / 3600.0) as u32, (s / 60.0).round() as u32 % 60),
        other => other.shown(),
    }
}

/// The time of day that a column's name says: `07:00`, `07:00-08:00`, an hour.
pub fn time_of(name: &str) -> Option<Time> {
    if let Some((start, _)) = start_of_span(name) {
        return Some(start);
    }
    let bare = name.trim_start_matches(['h', 'H']).trim_end_matches(['h', 'H', 'u', ' ']);
    let hour = number(bare, Decimal::Point).filter(|x| x.fract() == 0.0 && (0.0..24.0).contains(x))?;
    Time::new(hour as i8, 0, 0, 0).ok()
}

/// Whether a row of cells heads a grid: after its first cell times or hours in equal steps, but for words such as `Total`.
pub(crate) fn heads_times(cells: &[Cell<'_>]) -> bool {
    let starts: Vec<f64> = cells
        .iter()
        .skip(1)
        .filter_map(|c| match c {
            Cell::Span(s) => Some(*s),
            Cell::Number(x) if x.fract() == 0.0 && (0.0..=24.0).contains(x) => Some(x * 3600.0),
            Cell::Text(text) => {
                time_of(text).map(|t| f64::from(t.hour()) * 3600.0 + f64::from(t.minute()) * 60.0)
            }
            _ => None,
        })
        .collect();
    let others = cells.iter().skip(1).filter(|c| !c.is_empty()).count() - starts.len();
    let step = starts.windows(2).next().map_or(0.0, |w| w[1] - w[0]);
    let named =
        matches!(cells.first(), Some(Cell::Text(text)) if time_of(text).is_none() && written(text).is_none());
    named && starts.len() >= 6 && others <= 2 && step > 0.0 && starts.windows(2).all(|w| w[1] - w[0] == step)
}
