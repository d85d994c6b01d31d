//! Numbers and rows that stand among counts and are none of what came: means, running totals, what was foreseen, another year's, and the steps
//! of one request.

use crate::facts::{Facts, SheetTable};
use crate::problem::Problem;
use crate::words::{has_word, says};

/// Means. Spanish `media` is not among them: requests come by social media.
const MEAN: &[&str] = &[
    "average",
    "averages",
    "avg",
    "mean",
    "means",
    "durchschnitt",
    "mittelwert",
    "gemiddelde",
    "moyenne",
    "promedio",
];
/// Sums of what came before.
const RUNNING: &[&str] = &[
    "cumulative",
    "cumulated",
    "cumul",
    "running total",
    "running sum",
    "running count",
    "ytd",
    "mtd",
    "wtd",
    "to date",
    "so far",
    "kumuliert",
    "cumulatief",
    "acumulado",
];
/// What was thought to come.
const FORESEEN: &[&str] = &[
    "forecast",
    "forecasted",
    "predicted",
    "prediction",
    "prognose",
    "voorspelling",
    "pr\u{e9}vision",
    "pr\u{e9}visions",
    "pron\u{f3}stico",
];
/// What came at another time.
const EARLIER: &[&str] = &[
    "last year",
    "previous year",
    "prior year",
    "last week",
    "previous week",
    "vorjahr",
    "vorjahres",
    "vorig jaar",
    "ann\u{e9}e pr\u{e9}c\u{e9}dente",
    "a\u{f1}o anterior",
];
/// What came, where rows say which they are of.
const ACTUAL: &[&str] =
    &["actual", "actuals", "ist", "werkelijk", "r\u{e9}el", "real", "budget", "plan", "soll", "target"];
/// What numbers of requests are called.
const REQUEST: &[&str] = &[
    "ticket",
    "call",
    "case",
    "request",
    "incident",
    "conversation",
    "interaction",
    "job",
    "vorgang",
    "melding",
];

/// Columns of counts of what came, those of other numbers left out.
///
/// # Errors
/// If means or running totals are all that there is.
pub(crate) fn came(table: &SheetTable, numbers: Vec<usize>) -> Result<Vec<usize>, Problem> {
    let other =
        |i: usize| [MEAN, RUNNING, FORESEEN, EARLIER].iter().any(|words| says(&table.columns[i], words));
    let counts: Vec<usize> = numbers.iter().copied().filter(|i| !other(*i)).collect();
    if !counts.is_empty() {
        return Ok(counts);
    }
    let alone = |words: &[&str]| numbers.iter().map(|i| &table.columns[*i]).find(|c| says(c, words));
    if let Some(mean) = alone(MEAN) {
        return Err(table
            .problem(format!("`{}` holds means by its name, and how days differ cannot be seen in a mean", mean.name))
            .help("give the counts of dated intervals from which the means were made, in a column such as `Calls`")
            .help("or write the means as a rate and a `profile` in a scenario: docs/scenario.md, cookbook, 2"));
    }
    if let Some(sum) = alone(RUNNING) {
        return Err(table
            .problem(format!("`{}` holds sums of what came before by its name, and no counts of each interval", sum.name))
            .help("write the count of each interval: what it has more than the one before, in a column such as `Calls`"));
    }
    Ok(numbers)
}

/// Looks at the names of places that rows have.
///
/// # Errors
/// If they say which rows are of what came and which of what was foreseen.
pub(crate) fn no_versions(table: &SheetTable, place: Option<usize>) -> Result<(), Problem> {
    let Some(c) = place.map(|p| &table.columns[p]) else { return Ok(()) };
    let version = |v: &String| has_word(v, FORESEEN) || has_word(v, ACTUAL);
    if c.values.len() < 2 || !c.values.keys().all(version) || !c.values.keys().any(|v| has_word(v, FORESEEN))
    {
        return Ok(());
    }
    let names: Vec<String> = c.values.keys().map(|v| format!("`{v}`")).collect();
    Err(table
        .problem(format!(
            "`{}` has {}: rows of what came and of what was foreseen, and no places",
            c.name,
            names.join(", ")
        ))
        .help("give the rows of what came alone"))
}

/// Whether a column has a number or name of each request, which stands in several rows.
fn repeats(c: &Facts) -> bool {
    let (seen, different) = if c.values.is_empty() {
        (c.numbers, (c.range.1 - c.range.0 + 1.0).max(1.0) as u64)
    } else {
        (c.values.values().sum(), c.values.len() as u64)
    };
    different >= 50 && 10 * different >= seen && 2 * seen >= 3 * different
}

/// Looks at a list of events.
///
/// # Errors
/// If its rows are the steps of requests: what they are numbered by stands in several of them.
pub(crate) fn no_steps(table: &SheetTable, free: impl Fn(usize) -> bool) -> Result<(), Problem> {
    let Some((_, c)) = table.used().find(|(i, c)| free(*i) && says(c, REQUEST) && repeats(c)) else {
        return Ok(());
    };
    Err(table
        .problem(format!("`{}` says that several rows are of one request, as in a list of its steps", c.name))
        .help("give one row for each request, that of its arrival, or columns of when it came, was begun and ended")
        .help(format!("if each row is a request of its own, take the column `{}` away", c.name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_stand_in_several_rows() {
        let of = |different: u64, each: u64| Facts {
            filled: different * each,
            values: (0..different).map(|i| (format!("T{i}"), each)).collect(),
            ..Facts::default()
        };
        // One row each, three rows each; few names of many rows are kinds, and so are a handful.
        assert_eq!(
            [of(60, 1), of(60, 3), of(60, 40), of(20, 3)].map(|c| repeats(&c)),
            [false, true, false, false]
        );
        let numbers = Facts { filled: 180, numbers: 180, range: (1001.0, 1060.0), ..Facts::default() };
        assert!(repeats(&numbers));
    }
}
