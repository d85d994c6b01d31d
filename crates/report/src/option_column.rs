//! A column of the table of options: its heading, and its numbers with one number of decimals.

use super::block::BlockCell;
use super::number::{self, Scale, UNDEFINED};
use super::options::MARK;
use poolwise_stats::Estimate;
use poolwise_study::measures::{PRIMARY, Unit, more_is_better};
use poolwise_study::summary::{Comparison, Difference, Summary, Verdict};

/// A column: its heading, its measure and unit.
pub(crate) struct OptionColumn {
    pub(crate) heading: String,
    pub(crate) measure: &'static str,
    pub(crate) unit: Unit,
}

/// Numbers of one column whose intervals are not shown.
struct Numbers {
    unit: Unit,
    /// Of the column as a whole.
    whole: Scale,
    signed: bool,
    /// Decimals of each unit that stands in the column.
    decimals: Vec<(&'static str, usize)>,
}

impl Numbers {
    /// Of these; `whole` is the scale that fits all levels of the column.
    fn of(unit: Unit, whole: Scale, signed: bool, all: &[Estimate]) -> Self {
        let mut numbers = Self { unit, whole, signed, decimals: Vec::new() };
        for e in all {
            let scale = numbers.scale(e);
            let alike = |other: &&Estimate| numbers.scale(other).unit == scale.unit;
            let alike: Vec<Estimate> = all.iter().filter(alike).copied().collect();
            numbers.decimals.push((scale.unit, scale.common_decimals(&alike)));
        }
        numbers
    }

    /// The scale of one: minutes below an hour.
    fn scale(&self, e: &Estimate) -> Scale {
        let hours = self.unit == Unit::Hours && self.whole.unit == "h";
        if hours && e.estimate.abs() < 1.0 {
            return Scale::of(self.unit, [e.estimate]);
        }
        self.whole
    }

    /// One of them, and its unit.
    fn show(&self, e: &Estimate) -> (String, &'static str) {
        let scale = self.scale(e);
        let known = self.decimals.iter().find(|(unit, _)| *unit == scale.unit);
        (scale.at(e.estimate, known.map_or(1, |(_, decimals)| *decimals), self.signed), scale.unit)
    }

    /// The unit of all of them, where they have one.
    fn one_unit(&self) -> bool {
        self.decimals.iter().all(|(unit, _)| *unit == self.whole.unit)
    }

    /// The same with the decimals that others have of the same unit.
    fn with_digits_of(mut self, other: &Self) -> Self {
        for (unit, decimals) in &mut self.decimals {
            if let Some((_, own)) = other.decimals.iter().find(|(of, _)| of == unit) {
                *decimals = *own;
            }
        }
        self
    }
}

impl OptionColumn {
    /// Its heading and its cells, an option each; with `short` units stand in the heading, where all numbers have one.
    pub(crate) fn draw(
        &self,
        summaries: &[&Summary],
        comparison: Option<&Comparison>,
        short: bool,
    ) -> (String, Vec<BlockCell>) {
        let Some(comparison) = comparison else {
            return (self.heading.clone(), summaries.iter().map(|s| self.with_interval(s)).collect());
        };
        let level = |s: &&Summary| s.measures.get(self.measure).filter(|e| e.estimate.is_finite()).copied();
        if self.unit == Unit::Officers {
            let count = |s| level(s).map_or(UNDEFINED.to_owned(), |e| number::seen(e.estimate, 1, false));
            return (self.heading.clone(), summaries.iter().map(|s| BlockCell::text(count(s))).collect());
        }
        let levels: Vec<Estimate> = summaries.iter().filter_map(level).collect();
        let rows: Vec<Option<&Difference>> =
            summaries.iter().map(|s| self.difference(s, comparison)).collect();
        let differences: Vec<Estimate> = rows.iter().flatten().map(|row| row.difference).collect();
        let whole = Scale::of(self.unit, levels.iter().map(|e| e.estimate));
        let numbers = Numbers::of(self.unit, whole, false, &levels);
        let apart = Numbers::of(self.unit, whole, true, &differences).with_digits_of(&numbers);
        let above = short && numbers.one_unit();
        let unit = if above { format!(",\u{a0}{}", whole.unit) } else { String::new() };
        let with = |(value, unit): (String, &str), bare: bool| {
            if bare { value } else { format!("{value}\u{a0}{unit}") }
        };
        let cells = summaries.iter().zip(rows).map(|(s, row)| {
            let Some(e) = level(s) else { return BlockCell::text(UNDEFINED) };
            let remark = row.and_then(|row| {
                let shown = apart.show(&row.difference);
                // Points are the difference of shares, and stand without a unit anyway.
                let bare = self.unit == Unit::Share || above && shown.1 == whole.unit;
                judged(row, with(shown, bare))
            });
            BlockCell { remark, ..BlockCell::text(with(numbers.show(&e), above)) }
        });
        (self.heading.clone() + &unit, cells.collect())
    }

    /// Its difference from the baseline, where that is good or bad: officers and how busy they are is what an option takes.
    fn difference<'c>(&self, summary: &Summary, comparison: &'c Comparison) -> Option<&'c Difference> {
        let mut rows = comparison.rows.iter();
        let row = rows.find(|r| r.scenario == summary.scenario && r.measure == self.measure)?;
        (PRIMARY.contains(&self.measure) && row.difference.estimate.is_finite()).then_some(row)
    }

    /// A value with its unit and interval, whole officers and short times as planners say them.
    fn with_interval(&self, summary: &Summary) -> BlockCell {
        let Some(e) = summary.measures.get(self.measure).filter(|e| e.estimate.is_finite()) else {
            return BlockCell::text(UNDEFINED);
        };
        if self.unit == Unit::Officers {
            return BlockCell::text(number::seen(e.estimate, 1, false));
        }
        let scale = Scale::of(self.unit, [e.estimate]);
        let (value, interval) = scale.parts(e, false);
        BlockCell { value: format!("{value}\u{a0}{}", scale.unit), interval, remark: None }
    }
}

/// How far an option is from the baseline and what that is: `+3.9 better`.
fn judged(row: &Difference, value: String) -> Option<String> {
    let e = &row.difference;
    let exact = e.half_width().is_nan() || e.half_width() <= 1e-9 * e.estimate.abs();
    let word = match (row.verdict?, more_is_better(&row.measure)) {
        _ if e.lower.is_nan() || exact && e.estimate != 0.0 => "",
        (Verdict::CannotTell, _) if e.estimate == 0.0 && exact => return Some(format!("{MARK}same")),
        (Verdict::CannotTell, _) => "\u{a0}unclear",
        (Verdict::More, true) | (Verdict::Less, false) => "\u{a0}better",
        (Verdict::More, false) | (Verdict::Less, true) => "\u{a0}worse",
    };
    Some(format!("{MARK}{value}{word}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_column_has_one_number_of_decimals_and_minutes_below_an_hour() {
        let mut summaries = fixture::seven();
        summaries.truncate(4);
        let name = "time_to_completion_p95_hours";
        let about = |x: f64, half: f64| fixture::estimate(x, half);
        let levels = [about(5.46, 0.3), about(7.948, 0.02), about(0.5, 0.02), about(4.52, 0.3)];
        let differences = [None, Some(about(2.471, 0.02)), Some(about(-4.96, 0.3)), Some(about(-0.333, 0.5))];
        let mut comparison = fixture::comparison(&summaries);
        comparison.rows.retain(|r| r.measure == name);
        for (i, s) in summaries.iter_mut().enumerate() {
            s.measures.insert(name.to_owned(), levels[i]);
            for row in comparison.rows.iter_mut().filter(|r| r.scenario == s.scenario) {
                row.difference = differences[i].unwrap_or(row.difference);
                row.verdict = Some(match row.difference {
                    d if d.lower > 0.0 => Verdict::More,
                    d if d.upper < 0.0 => Verdict::Less,
                    _ => Verdict::CannotTell,
                });
            }
        }
        let all: Vec<&Summary> = summaries.iter().collect();
        let column = OptionColumn { heading: "Done".to_owned(), measure: name, unit: Unit::Hours };
        let drawn = |short: bool| {
            let (heading, cells) = column.draw(&all, Some(&comparison), short);
            let said = |c: &BlockCell| format!("{} {}", c.value, c.remark.as_deref().unwrap_or_default());
            let cells: Vec<String> = cells.iter().map(said).collect();
            (heading, cells.join("|").replace(MARK, "").replace('\u{a0}', " "))
        };
        let rows = "5.5 h |7.9 h +2.5 h worse|30 min -5.0 h better|4.5 h -20 min unclear".to_owned();
        assert_eq!(drawn(false), ("Done".to_owned(), rows.clone()));
        // Not of one unit, so that each says its own.
        assert_eq!(drawn(true), ("Done".to_owned(), rows));
    }
}
