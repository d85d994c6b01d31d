//! A measure of a sweep in words: label, unit, which way is better.

use poolwise_engine::model::Words;
use poolwise_study::measures::{Better, Times, Unit, of_path, split_path};
use poolwise_study::number::Scale;

/// A measure as pictures and tables of sweeps speak of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Its label in words.
    pub label: String,
    /// What it is counted in.
    pub unit: Unit,
    /// Which way is better.
    pub better: Better,
}

impl Shown {
    /// A kept measure by its name; one of a part of the scenario keeps its path.
    pub fn of(name: &str, words: &Words) -> Self {
        let path = split_path(name);
        let measure = of_path(name);
        let label = match (path.as_slice(), measure) {
            ([_, stage, word, centre], _) if word == "share_by_centre" => {
                format!("Share of stage {stage} at {centre}")
            }
            // One of a part of the scenario keeps its path.
            ([_], Some(m)) => m.label(words, &Times::default()),
            _ => name.to_owned(),
        };
        let (unit, better) = measure.map_or((Unit::Requests, Better::Neither), |m| (m.unit, m.better));
        Self { label, unit, better }
    }

    /// The scale of levels.
    pub fn scale(&self, values: impl IntoIterator<Item = f64>) -> Scale {
        Scale::of(self.unit, values)
    }

    /// The scale of differences.
    pub fn difference(&self, values: impl IntoIterator<Item = f64>) -> Scale {
        Scale::of_difference(self.unit, values)
    }

    /// Label and unit.
    pub fn heading(&self, scale: &Scale) -> String {
        if scale.unit.is_empty() { self.label.clone() } else { format!("{}, {}", self.label, scale.unit) }
    }

    /// Which way is better, in brackets.
    pub fn better_words(&self) -> &'static str {
        match self.better {
            Better::More => " (more is better)",
            Better::Less => " (less is better)",
            Better::Neither => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_of_parts_have_their_units() {
        let of = |name| {
            let s = Shown::of(name, &Words::default());
            (s.label, s.unit, s.better)
        };
        let share = "Share of stage sign at New York".to_owned();
        assert_eq!(of("stage.sign.share_by_centre.\"New York\""), (share, Unit::Share, Better::Neither));
        let exit = "exit.declined.share";
        assert_eq!(of(exit), (exit.to_owned(), Unit::Share, Better::Neither));
        let stage = "stage.sign.per_hour";
        assert_eq!(of(stage), (stage.to_owned(), Unit::PerHour, Better::Neither));
        let centre = "centre.PERC.all.wait_mean_hours";
        assert_eq!(of(centre), (centre.to_owned(), Unit::Hours, Better::Less));
    }
}
