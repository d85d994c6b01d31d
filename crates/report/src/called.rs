//! What scenarios are called where people read: by their titles, as short as tells them apart. Names are of files and keys.

use poolwise_study::summary::Summary;
use poolwise_study::verdict::{named, short_titles};

/// What some scenarios are called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Called(Vec<(String, String)>);

impl Called {
    /// Of scenarios by name and title. Those with one title between them keep their names.
    pub(crate) fn of<'a>(scenarios: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let (names, titles): (Vec<&str>, Vec<&str>) = scenarios.into_iter().unzip();
        let short = short_titles(&titles);
        let apart = |title: &String| !title.is_empty() && short.iter().filter(|s| *s == title).count() == 1;
        let pair = |(name, title): (&&str, &String)| {
            ((*name).to_owned(), if apart(title) { title.clone() } else { (*name).to_owned() })
        };
        Self(names.iter().zip(&short).map(pair).collect())
    }

    /// Of results.
    pub(crate) fn summaries(all: &[&Summary]) -> Self {
        Self::of(all.iter().map(|s| (s.scenario.as_str(), s.title.as_str())))
    }

    /// What the scenario is called; its name where nothing else is known of it.
    pub(crate) fn get<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.iter().find(|(known, _)| known == name).map_or(name, |(_, title)| title)
    }

    /// The same inside a sentence: in quotation marks where it would be taken for a part of it.
    pub(crate) fn within(&self, name: &str) -> String {
        named(self.get(name))
    }

    /// Names and what they stand for, in the order in which they were given.
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

/// What one scenario by itself is called.
pub(crate) fn title_of(summary: &Summary) -> String {
    Called::summaries(&[summary]).get(&summary.scenario).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_are_called_by_their_titles_and_by_name_where_these_are_one() {
        let called =
            Called::of([("a", "North: two desks"), ("b", "South, at night"), ("c", "One"), ("d", "One")]);
        assert_eq!(
            ["a", "b", "c", "d", "e"].map(|n| called.get(n)),
            ["North", "South, at night", "c", "d", "e"]
        );
        assert_eq!(called.within("b"), "\u{201c}South, at night\u{201d}");
        assert_eq!(Called::of([("a", "")]).get("a"), "a");
    }
}
