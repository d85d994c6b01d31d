//! In which way the cells of a table are written: order of dates, decimal mark. All cells of a column are read in one way,
//! and where two ways fit, nothing is guessed.

use crate::cell::Decimal;
use crate::dates::DatePartOrder;
use crate::facts::{Facts, SheetTable};
use crate::problem::Problem;

/// What the user says of files, where they do not say it themselves.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// Which part of a date stands first.
    pub dates: Option<DatePartOrder>,
    /// Decimal mark.
    pub decimal: Option<Decimal>,
    /// Seconds of the unit in which times are numbers.
    pub unit: Option<f64>,
}

/// How a table's cells are to be read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CellReading {
    /// Order of dates.
    pub order: DatePartOrder,
    /// Decimal mark.
    pub decimal: Decimal,
}

/// How cells of the columns are to be read, all of them in one way.
///
/// # Errors
/// If two ways fit and nothing settles it, or none does.
pub fn reading(
    table: &SheetTable,
    dates: &[usize],
    numbers: &[usize],
    said: &Said,
) -> Result<CellReading, Problem> {
    Ok(CellReading { order: order(table, dates, said)?, decimal: decimal(table, numbers, said)? })
}

/// The same of columns of counts: counts are whole, so that a decimal mark under which one would have a fraction is none.
///
/// # Errors
/// If two ways fit and nothing settles it, or none does.
pub fn reading_of_counts(
    table: &SheetTable,
    dates: &[usize],
    counts: &[usize],
    said: &Said,
) -> Result<CellReading, Problem> {
    // Numbers that all have the mark may be anything; beside plain ones they are thousands.
    let of = |f: fn(&Facts) -> u64| counts.iter().map(|c| f(&table.columns[*c])).sum::<u64>();
    let eithers = of(|c| c.eithers);
    let open = eithers > 0 && of(|c| c.numbers) > eithers;
    let whole = |i: usize| counts.iter().map(|c| &table.columns[*c]).all(|c| c.whole_by[i] == c.numbers);
    let decimal = match (whole(0), whole(1)) {
        (true, false) if open => Some(Decimal::Point),
        (false, true) if open => Some(Decimal::Comma),
        _ => None,
    };
    reading(table, dates, counts, &Said { decimal: said.decimal.or(decimal), ..said.clone() })
}

fn order(table: &SheetTable, columns: &[usize], said: &Said) -> Result<DatePartOrder, Problem> {
    let mut open = DatePartOrder::ALL.to_vec();
    for &c in columns {
        let facts = &table.columns[c];
        let fits = facts.orders();
        if let Some(order) = said.dates
            && let Some((row, text)) =
                &facts.not_in_order[DatePartOrder::ALL.iter().position(|o| *o == order).unwrap_or(0)]
        {
            return Err(Problem::new(
                table.place.clone().row(*row).column(&facts.name),
                format!("{text:?} is no day with the {}", order.word().replace("-first", " first")),
            )
            .help(format!("take `--dates {}` away, or write another", order.word())));
        }
        if fits.is_empty() {
            let [_, day, month] = &facts.not_in_order;
            let (row, text) = day.clone().or(month.clone()).unwrap_or_default();
            let (other_row, other) = month.clone().unwrap_or_default();
            return Err(Problem::new(
                table.place.clone().row(row).column(&facts.name),
                format!("{text:?} is a day only with the month first, and {other:?} in row {other_row} only with the day first"),
            )
            .help("write all dates of a column in one way, best as 2025-03-14"));
        }
        open.retain(|o| fits.contains(o));
    }
    if let Some(order) = said.dates {
        return Ok(order);
    }
    // Rows of a table run on; where they do so under one order alone, it is that.
    if let Some(order) = columns.first().and_then(|c| table.columns[*c].runs.only(&open)) {
        return Ok(order);
    }
    match open[..] {
        [one] => Ok(one),
        [first, ..] if open.len() == 3 && columns.iter().all(|c| undisputed(&table.columns[*c])) => Ok(first),
        [] => Err(table
            .problem("the columns of dates are written in different ways")
            .help("write all dates in one way, best as 2025-03-14")),
        _ => {
            let facts = columns.first().map(|c| &table.columns[*c]);
            let (row, text) = facts.and_then(|f| f.first.clone()).unwrap_or_default();
            let name = facts.map_or("", |f| f.name.as_str());
            let words: Vec<String> = open.iter().map(|o| format!("`--dates {}`", o.word())).collect();
            Err(Problem::new(
                table.place.clone().row(row).column(name),
                format!("{text} may be read in two ways, and no other row says which"),
            )
            .help(format!("write {}", words.join(" or "))))
        }
    }
}

/// Whether all dates of a column have one reading.
fn undisputed(c: &Facts) -> bool {
    // A workbook's own dates, named months and years of four digits in front fit all orders.
    c.values.keys().all(|v| match crate::dates::written(v) {
        Some(crate::dates::WrittenDate::Local(parts, _)) => matches!(parts, crate::dates::Parts::Fixed(_)),
        _ => true,
    })
}

fn decimal(table: &SheetTable, columns: &[usize], said: &Said) -> Result<Decimal, Problem> {
    if let Some(decimal) = said.decimal {
        return Ok(decimal);
    }
    let all = || table.columns.iter();
    let (point, comma) = (all().find_map(|c| c.only[0].clone()), all().find_map(|c| c.only[1].clone()));
    let own = |i: usize| columns.iter().find_map(|c| table.columns[*c].only[i].clone().map(|o| (*c, o)));
    match (point.is_some(), comma.is_some()) {
        (true, false) => Ok(Decimal::Point),
        (false, true) => Ok(Decimal::Comma),
        (false, false) => {
            match columns.iter().find_map(|c| table.columns[*c].either.clone().map(|e| (*c, e))) {
                None => Ok(Decimal::Point),
                Some((c, (row, text))) => Err(Problem::new(
                    table.place.clone().row(row).column(&table.columns[c].name),
                    format!("{text:?} is one number with a decimal comma and another with a decimal point"),
                )
                .help("write `--decimal comma` or `--decimal point`")),
            }
        }
        (true, true) => match (own(0), own(1)) {
            (Some(_), None) => Ok(Decimal::Point),
            (None, Some(_)) => Ok(Decimal::Comma),
            (None, None) => Ok(Decimal::Point),
            (Some((c, (row, text))), Some((_, (other_row, other)))) => Err(Problem::new(
                table.place.clone().row(row).column(&table.columns[c].name),
                format!("{text:?} has a decimal point, and {other:?} in row {other_row} a decimal comma"),
            )
            .help("write all numbers of a file in one way")),
        },
    }
}
