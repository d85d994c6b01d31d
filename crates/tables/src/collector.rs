//! Counts by interval and place while rows go by: a place's number, a second count for the same interval, rows copied twice.

use crate::cell::Cell;
use crate::problem::Problem;
use crate::values::CellValues;
use jiff::civil::{DateTime, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

/// Most cells of counts.
pub const MOST: usize = 40_000_000;
/// Most places.
const MOST_PLACES: usize = 500;

/// Collects counts by interval.
pub struct Collector {
    /// Names of the places.
    pub names: Vec<String>,
    numbers: BTreeMap<String, usize>,
    /// By start: the row that gave each place its count (for messages), and the counts.
    pub rows: BTreeMap<DateTime, CountSlot>,
    /// Second readings, where the clock goes back.
    pub again: BTreeMap<DateTime, CountSlot>,
    /// Cells without a count.
    pub empty: u64,
    /// Cells of counts so far; readers stop at [`MOST`].
    pub cells: usize,
    /// Rows that stand a second time, and the last of them.
    pub doubled: (u64, Option<u64>),
}

/// What is known of one interval, by the places' numbers.
#[derive(Debug, Clone, Default)]
pub struct CountSlot {
    /// The row that gave each place its count, from 1; 0 where none did or where events were counted.
    pub row: Vec<u64>,
    /// The counts.
    pub n: Vec<u64>,
    /// What stands in the whole row that gave it, as a number.
    marks: Vec<u64>,
}

/// What stands in a row, as a number: two rows that differ have the same one once in 2^64.
pub fn mark(cells: &[Cell<'_>]) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    for cell in cells {
        match cell {
            Cell::Empty => 0_u8.hash(&mut hasher),
            Cell::Text(text) => text.hash(&mut hasher),
            Cell::Number(x) | Cell::Span(x) => x.to_bits().hash(&mut hasher),
            Cell::Moment(at) => at.hash(&mut hasher),
        }
    }
    hasher.finish()
}

impl Collector {
    /// Nothing yet, of these places.
    pub fn new(names: Vec<String>) -> Self {
        let numbers = names.iter().enumerate().map(|(i, n)| (n.clone(), i)).collect();
        Self {
            names,
            numbers,
            rows: BTreeMap::new(),
            again: BTreeMap::new(),
            empty: 0,
            cells: 0,
            doubled: (0, None),
        }
    }

    /// The number of a place, new ones added at the end.
    ///
    /// # Errors
    /// If there are more than 500, as of a column of persons or tickets.
    pub fn place(&mut self, cells: &CellValues<'_>, row: u64, name: &str) -> Result<usize, Problem> {
        if let Some(i) = self.numbers.get(name) {
            return Ok(*i);
        }
        if self.names.len() == MOST_PLACES {
            return Err(Problem::new(
                cells.table.place.clone().row(row),
                format!("more than {MOST_PLACES} places"),
            )
            .help("is the column of places one of tickets or persons?"));
        }
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), self.names.len() - 1);
        Ok(self.names.len() - 1)
    }

    fn slot(map: &mut BTreeMap<DateTime, CountSlot>, at: DateTime, place: usize) -> &mut CountSlot {
        let slot = map.entry(at).or_default();
        if slot.n.len() <= place {
            slot.n.resize(place + 1, 0);
            slot.row.resize(place + 1, 0);
            slot.marks.resize(place + 1, 0);
        }
        slot
    }

    /// Moves all intervals to begin so many seconds earlier.
    pub fn earlier(&mut self, seconds: i64) {
        let back = jiff::SignedDuration::from_secs(seconds);
        for map in [&mut self.rows, &mut self.again] {
            *map = std::mem::take(map)
                .into_iter()
                .map(|(at, s)| (at.checked_sub(back).unwrap_or(at), s))
                .collect();
        }
    }

    /// Adds an event.
    pub fn add(&mut self, at: DateTime, place: usize) {
        let before = self.rows.len();
        Self::slot(&mut self.rows, at, place).n[place] += 1;
        self.cells += (self.rows.len() - before) * self.names.len().max(1);
    }

    /// Puts the count of a row, given with its number and its [`mark`]; a second one for the same interval is a problem, but where
    /// the clock goes back or the same row was copied.
    ///
    /// # Errors
    /// If another row gave one already.
    pub fn put(
        &mut self,
        cells: &CellValues<'_>,
        (row, at, mark): (u64, DateTime, u64),
        place: usize,
        n: u64,
    ) -> Result<(), Problem> {
        let twice = cells.zone.as_ref().is_some_and(|z| repeated(z, at));
        let slot = Self::slot(&mut self.rows, at, place);
        if slot.row[place] == 0 {
            (slot.row[place], slot.n[place], slot.marks[place]) = (row, n, mark);
            self.cells += 1;
            return Ok(());
        }
        let (first, same) = (slot.row[place], slot.marks[place] == mark);
        if twice {
            let slot = Self::slot(&mut self.again, at, place);
            if slot.row[place] == 0 {
                (slot.row[place], slot.n[place]) = (row, n);
                return Ok(());
            }
        }
        // A row that stands twice in every cell was copied: two exports of which the days overlap, say.
        // Not where it may be the hour that comes twice, of which two rows may be alike: without a zone nobody knows.
        let known = cells.zone.is_some() || !may_be_repeated(at);
        if same && first != row && known {
            if self.doubled.1.is_none_or(|last| last != row) {
                self.doubled = (self.doubled.0 + 1, Some(row));
            }
            return Ok(());
        }
        let shown = at.strftime("%Y-%m-%d %H:%M");
        let of = self.names.get(place).map_or(String::new(), |p| format!(" of `{p}`"));
        Err(Problem::new(
            cells.table.place.clone().row(row),
            format!("a second row for {shown}{of}: the first is row {first}"),
        )
        .help("write one row for each interval, with the sum")
        .help("if the clock goes back then, name the zone: `--time-zone Europe/Amsterdam`"))
    }
}

/// Whether clocks go back at this time in some zone of today: on nights to Sunday in autumn, of either half of the world.
fn may_be_repeated(at: DateTime) -> bool {
    at.weekday() == Weekday::Sunday && at.hour() < 3 && matches!(at.month(), 3 | 4 | 9..=11)
}

/// Whether a local time comes twice in a zone.
fn repeated(zone: &TimeZone, at: DateTime) -> bool {
    matches!(zone.to_ambiguous_timestamp(at).offset(), AmbiguousOffset::Fold { .. })
}

/// Whether a local time does not exist in a zone.
pub fn skipped(zone: &TimeZone, at: DateTime) -> bool {
    matches!(zone.to_ambiguous_timestamp(at).offset(), AmbiguousOffset::Gap { .. })
}
