//! The names of a nested table: which row they stand in, which columns are labels, what stands over several columns, which columns are totals.

use super::Row;
use super::labels::{Kind, kind, whole, year_and_month};
use crate::cell::{Cell, Decimal, number, span};
use crate::dates::weekday;
use crate::heads::{is_data, one_text};
use crate::problem::{Problem, TablePlace};
use crate::totals::is_total_word;
use crate::words::{TIME, has_word};
use jiff::civil::{Date, Time};

/// Columns of the plain table that stand beside one label over several columns.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// The label over them, where it becomes a column.
    pub label: Option<Cell<'static>>,
    /// Where each of the plain table's columns stands; past the end of a row where this group has none.
    pub columns: Vec<usize>,
}

/// Names of a nested table.
#[derive(Debug, Clone)]
pub(super) struct Names {
    pub first_row: u64,
    pub last_row: u64,
    /// Columns of labels, the first ones.
    pub keys: usize,
    pub key_names: Vec<String>,
    /// What is counted, where one corner says so.
    pub measure: Option<String>,
    /// Words that only pivots have.
    pub says_pivot: bool,
    /// Names of the plain table's columns of numbers, and where they come from.
    pub columns: Vec<Cell<'static>>,
    pub groups: Vec<Group>,
    /// Name of the column of labels that stood over columns.
    pub group_name: Option<&'static str>,
    raw: Vec<String>,
    totals: Vec<usize>,
    over: Vec<Cell<'static>>,
    renamed: bool,
    wrong: Option<(String, String, String)>,
}

/// Where no column stands.
const NONE: usize = usize::MAX;
/// Rows among which names are looked for.
const MOST: usize = 12;

const PIVOT: &[&str] = &[
    "row labels",
    "column labels",
    "zeilenbeschriftungen",
    "spaltenbeschriftungen",
    "\u{e9}tiquettes de lignes",
    "\u{e9}tiquettes de colonnes",
    "etiquetas de fila",
    "etiquetas de columna",
    "rijlabels",
    "kolomlabels",
    "grand total",
    "gesamtergebnis",
    "total g\u{e9}n\u{e9}ral",
    "total general",
    "eindtotaal",
];
const SUMS: &[&str] = &[
    "sum of ",
    "count of ",
    "summe von ",
    "anzahl von ",
    "somme de ",
    "nombre de ",
    "suma de ",
    "cuenta de ",
    "som van ",
    "aantal van ",
];
const MEANS: &[&str] =
    &["average of ", "mittelwert von ", "moyenne de ", "promedio de ", "gemiddelde van ", "mean of "];
/// Measures that are means or shares: sums of them say nothing.
const OF_MEANS: &[&str] = &[
    "aht",
    "asa",
    "handling",
    "handle",
    "duration",
    "talk",
    "sl",
    "service level",
    "percent",
    "occupancy",
    "share",
];
const DATES: &[&str] = &[
    "date", "datum", "fecha", "day", "days", "tag", "dag", "jour", "year", "years", "jahr", "month",
    "months", "monat",
];

/// A name without what a pivot puts before it, and what that was.
fn bare(name: &str) -> (String, Option<bool>) {
    let lower = name.to_lowercase();
    for (list, mean) in [(SUMS, false), (MEANS, true)] {
        if let Some(p) = list.iter().find(|p| lower.starts_with(**p)) {
            return (name.chars().skip(p.chars().count()).collect::<String>().trim().to_owned(), Some(mean));
        }
    }
    (name.to_owned(), None)
}

fn text(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Cell::Empty => String::new(),
        Cell::Moment(at) => at.date().to_string(),
        other => other.shown(),
    }
}

fn filled(cells: &[Cell<'_>]) -> usize {
    cells.iter().filter(|c| !c.is_empty()).count()
}

/// Whether numbers run on: hours, or days of a month that may begin again.
fn runs_on(numbers: &[u32]) -> bool {
    numbers.len() >= 6
        && numbers.iter().all(|n| *n <= 31)
        && numbers.windows(2).all(|w| w[1] == w[0] + 1 || w[1] <= 1)
}

/// Whether a row may be one of names.
fn is_head(cells: &[Cell<'_>]) -> bool {
    let Some(first) = cells.iter().find(|c| !c.is_empty()) else { return false };
    let named = matches!(first, Cell::Text(text) if !is_total_word(text)) && !is_data(first);
    let numbers: Vec<u32> = cells.iter().filter_map(whole).filter(|n| *n < 1900).collect();
    let may = |c: &Cell<'_>| match c {
        Cell::Empty | Cell::Moment(_) | Cell::Span(_) => true,
        other => {
            !is_data(other)
                || whole(other).is_some_and(|n| n <= 31)
                || !matches!(kind(other), Some(Kind::Place | Kind::Period) | None)
        }
    };
    filled(cells) >= 2 && named && cells.iter().all(may) && (numbers.is_empty() || runs_on(&numbers))
}

fn is_number(cell: &Cell<'_>) -> bool {
    match cell {
        Cell::Number(_) => true,
        Cell::Text(text) => {
            let t = text.trim_end_matches('%').trim();
            number(t, Decimal::Point).or(number(t, Decimal::Comma)).is_some()
        }
        _ => false,
    }
}

impl Names {
    /// Finds the names among the first rows of a sheet; `None` where it has none above numbers.
    pub(super) fn of(first: &[Row]) -> Option<Self> {
        let i = (0..first.len().saturating_sub(1).min(MOST)).find(|i| {
            let below = &first[i + 1].1;
            is_head(&first[*i].1) && !is_head(below) && below.iter().skip(1).any(is_number)
        })?;
        let head = &first[i].1;
        let width = head.len().max(if i > 0 { first[i - 1].1.len() } else { 0 });
        let top = (0..i).rev().take_while(|j| one_text(&first[*j].1).is_none()).last().unwrap_or(i);
        let keys = keys(head, &first[i + 1..])?;
        if keys >= width {
            return None;
        }
        let upper = (top < i).then(|| &first[i - 1].1[..]);
        let mut out = Self {
            first_row: first[top].0,
            last_row: first[i].0,
            keys,
            key_names: (0..keys).map(|k| text(&head[k])).collect(),
            measure: None,
            says_pivot: false,
            columns: Vec::new(),
            groups: Vec::new(),
            group_name: None,
            raw: Vec::new(),
            totals: Vec::new(),
            over: Vec::new(),
            renamed: false,
            wrong: None,
        };
        let corner = first[top..i].iter().flat_map(|r| r.1.iter().take(keys));
        out.measure = corner.map(text).find_map(|t| Some(bare(&t)).filter(|b| b.1.is_some()).map(|b| b.0));
        out.says_pivot = first[top..=i]
            .iter()
            .flat_map(|r| &r.1)
            .map(text)
            .any(|t| PIVOT.contains(&t.to_lowercase().as_str()) || bare(&t).1.is_some());
        out.read(head, upper.unwrap_or_default(), width);
        Some(out)
    }

    /// Puts names and labels over them together.
    fn read(&mut self, head: &[Cell<'static>], upper: &[Cell<'static>], width: usize) {
        let at = |cells: &[Cell<'static>], c: usize| cells.get(c).cloned().unwrap_or(Cell::Empty);
        let mut above = Cell::Empty;
        let (mut used, mut lower): (Vec<usize>, Vec<Cell<'static>>) = (Vec::new(), Vec::new());
        for c in 0..width {
            let (own, low) = (at(upper, c), at(head, c));
            let shown = if low.is_empty() { text(&own) } else { text(&low) };
            self.raw.push(shown.clone());
            if c < self.keys {
                continue;
            }
            if !own.is_empty() {
                above = own.clone();
            }
            let (name, prefix) = bare(&text(&low));
            let total = |cell: &Cell<'_>| {
                let (name, prefix) = bare(&text(cell));
                prefix.is_none() && is_total_word(&name)
            };
            if low.is_empty() && own.is_empty() {
                continue;
            }
            if total(&low) || total(&own) {
                self.totals.push(c);
                continue;
            }
            let of_mean = has_word(&name, OF_MEANS) || name.contains('%');
            let (over, over_prefix) = bare(&text(&above));
            let prefix = prefix.or(over_prefix);
            let measured = if of_mean { &name } else { &over };
            let of_mean = of_mean || has_word(&over, OF_MEANS) || over.contains('%');
            match prefix {
                Some(false) if of_mean => {
                    let what = format!("a sum of `{measured}` is no value of it");
                    self.wrong.get_or_insert((
                        shown.clone(),
                        what,
                        "show the mean in the pivot, not the sum".to_owned(),
                    ));
                }
                Some(true) if !of_mean => {
                    let what = format!("`{shown}` is a mean, and counts are wanted");
                    self.wrong.get_or_insert((
                        shown.clone(),
                        what,
                        "show the sum in the pivot, not the mean".to_owned(),
                    ));
                }
                _ => {}
            }
            self.renamed |= prefix.is_some();
            used.push(c);
            self.over.push(if over_prefix.is_some() {
                Cell::text(&over).into_owned()
            } else {
                above.clone()
            });
            lower.push(match low {
                Cell::Text(_) => Cell::text(&name).into_owned(),
                other => other,
            });
        }
        // A table of totals alone is not one of totals.
        if used.is_empty() {
            used = std::mem::take(&mut self.totals);
            lower = used.iter().map(|c| at(head, *c)).collect();
            self.over = vec![Cell::Empty; used.len()];
        }
        self.arrange(&used, lower);
    }

    /// The labels over columns, each once.
    fn labels(&self) -> Vec<Cell<'static>> {
        let mut out: Vec<Cell<'static>> = Vec::new();
        self.over.iter().filter(|c| !c.is_empty()).for_each(|c| {
            if !out.contains(c) {
                out.push(c.clone());
            }
        });
        out
    }

    fn arrange(&mut self, used: &[usize], lower: Vec<Cell<'static>>) {
        let labels = self.labels();
        let one =
            |columns: Vec<Cell<'static>>| (columns, vec![Group { label: None, columns: used.to_vec() }]);
        let all = |of: &dyn Fn(&Cell<'static>) -> bool, cells: &[Cell<'static>]| cells.iter().all(of);
        let is =
            |kinds: &'static [Kind]| move |c: &Cell<'static>| kind(c).is_some_and(|k| kinds.contains(&k));
        let spread = labels.len() >= 2 && self.over.iter().all(|c| !c.is_empty());
        if !spread {
            self.over.clear();
            (self.columns, self.groups) = one(lower);
            return;
        }
        let of_months = all(&is(&[Kind::Month]), &labels);
        let numbers: Vec<u32> = lower.iter().filter_map(whole).collect();
        let weekdays = all(&|c| matches!(c, Cell::Text(t) if weekday(t).is_some()), &lower);
        let (dates, clocks) = (all(&is(&[Kind::Date]), &lower), all(&is(&[Kind::Clock]), &lower));
        if of_months && (weekdays || numbers.len() == lower.len() && runs_on(&numbers)) {
            (self.columns, self.groups) = one(self.days(&lower, weekdays));
        } else if of_months && dates {
            (self.columns, self.groups) = one(lower);
        } else if dates || clocks || all(&is(&[Kind::Date]), &labels) {
            let of_dates = all(&is(&[Kind::Date]), &labels);
            self.group_name = Some(if of_dates { "Date" } else { "Place" });
            for cell in &lower {
                if !self.columns.contains(cell) {
                    self.columns.push(cell.clone());
                }
            }
            for label in labels {
                let of = |name: &Cell<'static>| {
                    let found = (0..used.len()).find(|n| self.over[*n] == label && lower[*n] == *name);
                    found.map_or(NONE, |n| used[n])
                };
                let columns = self.columns.iter().map(of).collect();
                self.groups.push(Group { label: Some(label), columns });
            }
        } else {
            let both = self
                .over
                .iter()
                .zip(&lower)
                .map(|(o, l)| Cell::text(&format!("{} {}", text(o), text(l))).into_owned());
            let both: Vec<Cell<'static>> = both.collect();
            (self.columns, self.groups) = one(both);
        }
    }

    /// Dates of columns that are days of months.
    fn days(&mut self, lower: &[Cell<'static>], weekdays: bool) -> Vec<Cell<'static>> {
        let date = |(over, day): (&Cell<'static>, &Cell<'static>)| {
            let Cell::Text(label) = over else { return None };
            let (year, month) = year_and_month(label)?;
            let date = Date::new(year?, month, i8::try_from(whole(day)?).ok()?).ok()?;
            Some(Cell::Moment(date.to_datetime(Time::midnight())))
        };
        let found: Vec<Option<Cell<'static>>> = self.over.iter().zip(lower).map(date).collect();
        if let Some(n) = found.iter().position(Option::is_none) {
            let (over, day) = (text(&self.over[n]), text(&lower[n]));
            let (what, help) = if weekdays {
                (
                    format!("`{day}` of `{over}` is all such days of the month together"),
                    "put the dates into the rows or columns of the pivot in the place of months and days of the week: how one day differs from the next cannot be seen in their sum",
                )
            } else {
                (
                    format!("`{day}` of `{over}` is no day of a year that is known"),
                    "write the months with their year, such as `Mar 2025`",
                )
            };
            self.wrong.get_or_insert((day, what, help.to_owned()));
        }
        found.into_iter().map(|c| c.unwrap_or(Cell::Empty)).collect()
    }

    /// What cannot be read.
    pub(super) fn told(&self, place: &TablePlace) -> Result<(), Problem> {
        match &self.wrong {
            None => Ok(()),
            Some((column, what, help)) => {
                Err(Problem::new(place.clone().row(self.last_row).column(column), what.clone())
                    .help(help.clone()))
            }
        }
    }

    /// Names over several columns.
    pub(super) fn is_spread(&self) -> bool {
        !self.over.is_empty()
    }

    pub(super) fn is_renamed(&self) -> bool {
        self.renamed || self.measure.is_some()
    }

    /// All columns of numbers.
    pub(super) fn all(&self) -> impl Iterator<Item = usize> + '_ {
        self.keys..self.raw.len()
    }

    pub(super) fn raw_name(&self, column: usize) -> &str {
        &self.raw[column]
    }

    /// Whether a column has means or shares: their sums say nothing.
    pub(super) fn is_mean(&self, column: usize) -> bool {
        let (name, prefix) = bare(&self.raw[column]);
        prefix == Some(true) || has_word(&name, OF_MEANS) || name.contains('%')
    }

    /// Whether a row has nothing but numbers where numbers are.
    pub(super) fn fits(&self, cells: &[Cell<'_>]) -> bool {
        let may = |c: &Cell<'_>| {
            c.is_empty()
                || is_number(c)
                || matches!(c, Cell::Span(_))
                || matches!(c, Cell::Text(t) if span(t).is_some() || matches!(&**t, "-" | "\u{2013}" | "\u{2014}"))
        };
        cells.iter().skip(self.keys).all(may) && cells.iter().skip(self.raw.len()).all(Cell::is_empty)
    }

    pub(super) fn said(&self) -> Vec<String> {
        let mut out = Vec::new();
        if let Some(name) = self.group_name {
            let labels = self.labels();
            let shown: Vec<String> = labels.iter().take(4).map(|c| format!("`{}`", text(c))).collect();
            let more = if labels.len() > shown.len() {
                format!(" and {} more", labels.len() - shown.len())
            } else {
                String::new()
            };
            let what = if name == "Date" { "days" } else { "places" };
            out.push(format!("names in two rows: the upper ones are {what}: {}{more}", shown.join(", ")));
        } else if self.is_spread() && matches!(self.columns.first(), Some(Cell::Moment(_))) {
            out.push("names in two rows: days of months".to_owned());
        }
        if !self.totals.is_empty() {
            let shown: Vec<String> =
                self.totals.iter().take(4).map(|c| format!("`{}`", self.raw[*c])).collect();
            out.push(format!("columns of totals are left out: {}", shown.join(", ")));
        }
        out
    }
}

/// Columns of labels: the first ones, up to the first with numbers alone.
fn keys(head: &[Cell<'_>], below: &[Row]) -> Option<usize> {
    let of_time = |name: &str| has_word(name, TIME) || has_word(name, DATES);
    let is_key = |c: usize| {
        let values = || below.iter().filter_map(|r| r.1.get(c)).filter(|v| !v.is_empty());
        let name = text(&head[c]);
        let word = |v: &Cell<'_>| !is_number(v) && kind(v).is_some();
        matches!(head[c], Cell::Text(_))
            && !is_data(&head[c])
            && (values().any(word) || of_time(&name) && values().any(is_number))
    };
    let n = (0..head.len()).take_while(|c| is_key(*c)).count();
    (n > 0).then_some(n)
}
