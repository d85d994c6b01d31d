//! Columns of measures: which unit their numbers have, what stands above them, and how many decimals say something.

use super::block::{Block, BlockCell};
use super::number::{self, Scale};
use poolwise_stats::Estimate;
use poolwise_study::Wording;
use poolwise_study::measures::{Better, Measure};

/// The unit in headings of shares.
pub(crate) const PER_CENT: &str = ",\u{a0}%";

/// A column of one measure, and in which unit its numbers are.
pub(crate) struct MeasureColumn {
    pub(crate) measure: &'static Measure,
    /// Of all its numbers, unless each has its own.
    scale: Scale,
    /// Times below an hour and above one stand in it: each number says its unit.
    apart: bool,
    /// Digits of its own that an interval shows: one, or one more where it decides.
    fine: bool,
}

impl MeasureColumn {
    /// A column of these values, in the unit that fits all of them unless they are too far apart.
    pub(crate) fn of(measure: &'static Measure, scale: Scale, values: impl IntoIterator<Item = f64>) -> Self {
        let short = |v: f64| v != 0.0 && v.abs() < 1.0;
        let apart = scale.unit == "h" && values.into_iter().any(short);
        Self { measure, scale, apart, fine: false }
    }

    /// The same where its intervals decide: they show one digit more.
    pub(crate) fn finer(self) -> Self {
        Self { fine: true, ..self }
    }

    /// What stands above it.
    pub(crate) fn heading(&self, wording: &Wording, better: Option<Better>) -> String {
        let label = wording.label(self.measure);
        if self.apart { with_better(label, better) } else { heading(&label, &self.scale, better) }
    }

    /// One of its numbers.
    pub(crate) fn cell(&self, e: &Estimate, signed: bool) -> BlockCell {
        if !self.apart {
            return BlockCell::number(&self.scale, e, signed);
        }
        let own = Scale::of(self.measure.unit, [e.estimate]);
        let mut cell = BlockCell::number(&if self.fine { own.finer() } else { own }, e, signed);
        if cell.value != number::UNDEFINED {
            cell.value.push_str(&format!("\u{a0}{}", own.unit));
        }
        cell
    }
}

/// Takes the decimal from columns in which all numbers that there are are whole and known: 245, not 245.0.
pub(crate) fn trim_whole(block: &mut Block) {
    for column in 1..block.header.len() {
        let whole = |row: &Vec<BlockCell>| {
            row.get(column).is_some_and(|c| {
                [number::UNDEFINED, "", "0"].contains(&c.value.as_str())
                    || c.interval.is_none() && c.value.ends_with(".0")
            })
        };
        if !block.rows.iter().all(whole) {
            continue;
        }
        for cell in block.rows.iter_mut().filter_map(|row| row.get_mut(column)) {
            if let Some(shorter) = cell.value.strip_suffix(".0") {
                cell.value = shorter.to_owned();
            }
        }
    }
}

fn heading(label: &str, scale: &Scale, better: Option<Better>) -> String {
    let mut text = label.to_owned();
    // Hours of work already have the word in their label; only their period is missing.
    match scale.unit {
        "" | "requests" => {}
        "h/week" => text.push_str(" a week"),
        // A no-break space keeps a lonely sign from a line of its own.
        "%" => text.push_str(PER_CENT),
        unit => text.push_str(&format!(", {unit}")),
    }
    with_better(text, better)
}

/// A heading that says which numbers are the better ones, where some are.
fn with_better(text: String, better: Option<Better>) -> String {
    match better {
        Some(Better::More) => text + " (more is better)",
        Some(Better::Less) => text + " (less is better)",
        Some(Better::Neither) | None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_study::measures::find;

    #[test]
    fn a_column_of_whole_numbers_has_no_decimals() {
        let row = |values: [&str; 3]| values.map(BlockCell::text).to_vec();
        let rows = vec![row(["a", "245.0", "49.0"]), row(["b", "160.0", "32.4"])];
        let mut block = Block { title: String::new(), header: vec![String::new(); 3], rows };
        trim_whole(&mut block);
        assert_eq!(block.rows, [row(["a", "245", "49.0"]), row(["b", "160", "32.4"])]);
        // Differences, of which one is unknown.
        let rows = vec![row(["a", "-85.0", "0.0"]), row(["b", "n/a", "+1.5"])];
        let mut block = Block { title: String::new(), header: vec![String::new(); 3], rows };
        trim_whole(&mut block);
        assert_eq!(block.rows, [row(["a", "-85", "0.0"]), row(["b", "n/a", "+1.5"])]);
    }

    #[test]
    fn times_below_an_hour_are_in_minutes_in_every_column() {
        let measure = find("time_to_completion_mean_hours").unwrap();
        let of = |values: [f64; 2]| MeasureColumn::of(measure, Scale::of(measure.unit, values), values);
        let e = |v: f64| Estimate { estimate: v, lower: v - 0.02, upper: v + 0.02, replications: 9 };
        let cell = |column: &MeasureColumn, v: f64| column.cell(&e(v), false);
        let far = of([0.5, 3.0]);
        assert_eq!(cell(&far, 0.5).value, "30\u{a0}min");
        assert_eq!(cell(&far, 0.5).interval.as_deref(), Some("[29, 31]"));
        assert_eq!(cell(&far, 3.0).value, "3.00\u{a0}h");
        let wording = Wording::default();
        assert!(!far.heading(&wording, None).ends_with(", h"), "{}", far.heading(&wording, None));
        let (short, long) = (of([0.5, 0.9]), of([2.0, 3.0]));
        assert_eq!((cell(&short, 0.5).value.as_str(), cell(&long, 3.0).value.as_str()), ("30", "3.00"));
        assert!(
            short.heading(&wording, None).ends_with(", min") && long.heading(&wording, None).ends_with(", h")
        );
    }
}
