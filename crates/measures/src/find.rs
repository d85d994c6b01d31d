//! Measures by name.

use crate::catalogue::MEASURES;
use crate::measure::{Better, Measure};

/// The measure of that name, of the whole scenario or of a part.
///
/// # Examples
/// ```
/// use poolwise_measures::{Better, find};
/// assert_eq!(find("lost_share").unwrap().better, Better::Less);
/// ```
pub fn find(name: &str) -> Option<&'static Measure> {
    MEASURES.iter().find(|m| m.name == name)
}

/// Whether more of a measure is better.
pub fn more_is_better(name: &str) -> bool {
    find(name).is_some_and(|m| m.better == Better::More)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::PRIMARY;
    use crate::measure::Times;
    use poolwise_engine::model::Words;

    #[test]
    fn names_are_unique_and_the_primary_ones_have_a_direction() {
        for (i, a) in MEASURES.iter().enumerate() {
            assert!(MEASURES.iter().skip(i + 1).all(|b| b.name != a.name), "{} twice", a.name);
        }
        for name in PRIMARY {
            assert_ne!(find(name).map(|m| m.better), Some(Better::Neither), "{name}");
        }
    }

    #[test]
    fn the_times_and_the_words_are_part_of_the_label() {
        let label = |name: &str, times: &Times| find(name).unwrap().label(&Words::default(), times);
        let times = Times { target: Some("4 h".to_owned()), answer: Some("20 s".to_owned()) };
        assert_eq!(label("done_within_target", &times), "Done within 4\u{a0}h");
        assert_eq!(label("done_within_target", &Times::default()), "Done within target");
        assert_eq!(label("answered_within", &times), "Answered within 20\u{a0}s");
        assert_eq!(label("wait_mean_hours", &times), "Mean wait for the first server");
        assert_eq!(label("on_duty_mean", &times), "Servers present");
    }

    #[test]
    fn no_place_for_a_word_is_left_open() {
        for m in &MEASURES {
            let (label, meaning) =
                (m.label(&Words::default(), &Times::default()), m.meaning(&Words::default()));
            for text in [label, meaning] {
                assert!(!text.contains(['{', '}']), "{}: {text}", m.name);
            }
        }
    }
}
