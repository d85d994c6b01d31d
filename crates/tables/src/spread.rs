//! Tables with a row for each measure (`Metric`, `Value`), as reporting programs export them, read as if each measure had a column.

use crate::cell::Cell;
use crate::columns::{is_clock, is_date, is_label};
use crate::facts::{Facts, SheetTable};
use crate::measure_words::{Measure, names_measure};
use crate::problem::Problem;
use crate::read::{Book, ReadProgress, Take};
use crate::words::{ANSWERED, LOST, says};
use std::collections::BTreeMap;

/// A column of measures and those of their values.
#[derive(Debug, Clone)]
pub(crate) struct Spread {
    measure: usize,
    values: Vec<usize>,
    unit: Option<usize>,
    /// The measures in the order of their names, each with its unit.
    measures: Vec<(String, String)>,
    /// Columns of the table before.
    width: usize,
    /// Names of the columns of values, in front of the measures where there are several.
    prefixes: Vec<String>,
}

const MEASURE: &[&str] = &[
    "metric",
    "metrics",
    "measure",
    "measures",
    "measure names",
    "kpi",
    "indicator",
    "kennzahl",
    "messgr\u{f6}\u{df}e",
    "m\u{e9}trica",
    "metrica",
    "medida",
    "mesure",
    "indicateur",
    "indicador",
    "kengetal",
    "statistic",
    "variable",
];
const UNIT: &[&str] = &["unit", "units", "uom", "einheit", "unit\u{e9}", "unidad", "eenheid"];
/// Measures of one table.
const MOST_MEASURES: usize = 40;
/// Values that are held at once.
const MOST: usize = 20_000_000;

impl Spread {
    /// Finds a column of measures with values beside it.
    ///
    /// # Errors
    /// If the file is broken.
    pub(crate) fn find(
        table: &SheetTable,
        book: &Book,
        watch: &dyn ReadProgress,
    ) -> Result<Option<Self>, Problem> {
        let known = |c: &Facts| {
            let different: std::collections::BTreeSet<_> =
                c.values.keys().filter_map(|v| names_measure(v)).collect();
            let n = c.values.keys().filter(|v| names_measure(v).is_some()).count();
            (different.len(), n == c.values.len())
        };
        // How a request of a log ended is no measure: there times are on no quarters of an hour.
        let by_interval =
            table.used().filter(|(_, c)| is_date(c) || is_clock(c)).all(|(_, c)| c.off_quarters == 0)
                && table.used().filter(|(_, c)| is_date(c)).count() == 1;
        let is_measure = |c: &Facts| {
            let (different, all) = known(c);
            let tells = different > 1 && all && by_interval && !says(c, LOST) && !says(c, ANSWERED);
            is_label(c) && c.values.len() <= MOST_MEASURES && (says(c, MEASURE) && different > 0 || tells)
        };
        let Some((measure, _)) = table.used().find(|(_, c)| is_measure(c)) else { return Ok(None) };
        let dated = table.used().any(|(_, c)| is_date(c));
        let unit = table.used().find(|(i, c)| *i != measure && says(c, UNIT) && c.texts > 0).map(|c| c.0);
        let is_value = |i: usize, c: &Facts| {
            let tells_when = is_date(c)
                || is_clock(c) && says(c, crate::words::TIME)
                || says(c, &["year", "month", "day", "week", "weekday", "id"]);
            i != measure && !tells_when && 2 * (c.numbers + c.spans + c.two_parts + c.clocks) > c.filled
        };
        let values: Vec<usize> = table.used().filter(|(i, c)| is_value(*i, c)).map(|c| c.0).collect();
        if values.is_empty() || !dated || values.len() > 1 && !says(&table.columns[measure], MEASURE) {
            return Ok(None);
        }
        let has = |m: Measure| table.columns[measure].values.keys().any(|v| names_measure(v) == Some(m));
        if !has(Measure::Offered) && (has(Measure::Answered) || has(Measure::Abandoned)) {
            let name = &table.columns[measure].name;
            return Err(table
                .problem(format!("`{name}` says how requests ended, and nothing says how many came"))
                .help("add rows `Offered`: those answered and those abandoned together"));
        }
        let mut out = Self {
            measure,
            unit,
            measures: Vec::new(),
            width: table.columns.len(),
            prefixes: values
                .iter()
                .map(
                    |v| if values.len() > 1 { format!("{} ", table.columns[*v].name) } else { String::new() },
                )
                .collect(),
            values,
        };
        let mut units: BTreeMap<String, String> = BTreeMap::new();
        table.rows(book, watch, &mut |row, cells| {
            if row > table.names_row
                && let Some(Cell::Text(name)) = cells.get(measure)
            {
                let of = unit.and_then(|u| cells.get(u)).filter(|c| matches!(c, Cell::Text(_)));
                units.entry(name.to_string()).or_insert_with(|| match of {
                    Some(Cell::Text(unit)) => format!("{name} ({unit})"),
                    _ => name.to_string(),
                });
            }
            Ok(())
        })?;
        out.measures = units.into_iter().collect();
        Ok((out.measures.len() <= MOST_MEASURES).then_some(out))
    }

    /// Names of the columns of the plain table: those it had, and one for each measure. A name that says nothing any more is empty.
    pub(crate) fn names(&self, table: &SheetTable) -> Vec<String> {
        let own = table.columns.iter().map(|c| c.name.clone());
        let measures =
            |p: &String| self.measures.iter().map(move |m| format!("{p}{}", m.1)).collect::<Vec<_>>();
        own.chain(self.prefixes.iter().flat_map(measures)).collect()
    }

    /// How it was read.
    pub(crate) fn said(&self, table: &SheetTable) -> String {
        let names: Vec<String> = self.measures.iter().take(8).map(|m| format!("`{}`", m.1)).collect();
        let of: Vec<String> = self.values.iter().map(|v| format!("`{}`", table.columns[*v].name)).collect();
        format!(
            "`{}` says what {} measures: {}",
            table.columns[self.measure].name,
            of.join(", "),
            names.join(", ")
        )
    }

    /// Gathers the rows of `each` and hands on one for each time and place, in the order in which they come.
    ///
    /// # Errors
    /// If a measure stands twice, and what `take` says.
    pub(crate) fn rows(
        &self,
        table: &SheetTable,
        each: impl FnOnce(&mut Take<'_>) -> Result<(), Problem>,
        take: &mut Take<'_>,
    ) -> Result<(), Problem> {
        let n = self.measures.len();
        let mut found: Vec<(u64, Vec<Cell<'static>>, Vec<u64>)> = Vec::new();
        let mut by: BTreeMap<String, usize> = BTreeMap::new();
        let numbers: BTreeMap<&str, usize> = self.measures.iter().map(|m| m.0.as_str()).zip(0..).collect();
        let mut head: Vec<(u64, Vec<Cell<'static>>)> = Vec::new();
        each(&mut |row, cells| {
            if row <= table.names_row {
                head.push((row, cells.iter().map(|c| c.clone().into_owned()).collect()));
                return Ok(());
            }
            let get = |i: usize| cells.get(i).unwrap_or(&Cell::Empty);
            let k = match get(self.measure) {
                Cell::Text(name) => numbers.get(&**name).copied(),
                _ => None,
            };
            let gone = |i: usize| i == self.measure || Some(i) == self.unit || self.values.contains(&i);
            let key = (0..self.width)
                .filter(|i| !gone(*i))
                .map(|i| format!("{:?}", get(i)))
                .collect::<Vec<_>>()
                .join("\t");
            let Some(k) = k else {
                // A row of sums names no measure.
                return head_or_remark(cells).map_or(Ok(()), |c| {
                    Err(Problem::new(
                        table.place.clone().row(row).column(&table.columns[self.measure].name),
                        format!("{} is no measure", c.shown()),
                    )
                    .help("name the measure of each value, such as `Offered`"))
                });
            };
            let at = *by.entry(key).or_insert_with(|| {
                let mut own: Vec<Cell<'static>> = (0..self.width)
                    .map(|i| if gone(i) { Cell::Empty } else { get(i).clone().into_owned() })
                    .collect();
                own.resize(self.width + n * self.values.len(), Cell::Empty);
                found.push((row, own, vec![0; n]));
                found.len() - 1
            });
            if found.len() * (self.width + n) > MOST {
                return Err(Problem::new(
                    table.place.clone().row(row),
                    "the table is too long for a row for each measure",
                )
                .help("give each measure a column of its own"));
            }
            let (_, own, seen) = &mut found[at];
            if seen[k] > 0 {
                let what = format!(
                    "a second value of `{}` for the same time and place: the first is in row {}",
                    self.measures[k].0, seen[k]
                );
                return Err(Problem::new(table.place.clone().row(row).column(&table.columns[self.values[0]].name), what)
                    .help("write one row for each measure, time and place; a column that tells the rows apart must be named, such as `Office`"));
            }
            seen[k] = row;
            for (v, column) in self.values.iter().enumerate() {
                own[self.width + v * n + k] = get(*column).clone().into_owned();
            }
            Ok(())
        })?;
        head.iter().try_for_each(|(row, cells)| take(*row, cells))?;
        found.iter().try_for_each(|(row, cells, _)| take(*row, cells))
    }
}

/// The cell of a row without a measure that asks for one: a row of sums does not.
fn head_or_remark<'c>(cells: &'c [Cell<'c>]) -> Option<&'c Cell<'c>> {
    let sum = |c: &Cell<'_>| matches!(c, Cell::Text(text) if crate::totals::is_total_word(text));
    if cells.iter().any(sum) || crate::heads::one_text(cells).is_some() {
        return None;
    }
    Some(cells.iter().find(|c| c.is_empty()).unwrap_or(&Cell::Empty))
}
