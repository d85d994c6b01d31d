//! Break-even values in sentences and cells.

use super::Crossing;
use super::shown::Shown;
use super::words::{axis, called, lower};
use crate::manifest::Manifest;
use poolwise_engine::model::Words;
use poolwise_math::log10;
use poolwise_study::measures::Better;
use poolwise_study::number;
use poolwise_study::verdict::{list, named};

/// A break-even value with its unit, and its interval.
pub fn break_even_value(manifest: &Manifest, f: &Crossing) -> (String, Option<String>) {
    let unit =
        axis(manifest, &f.axis).and_then(|a| a.unit.clone()).map_or_else(String::new, |u| format!(" {u}"));
    match f.refined {
        Some(b) => {
            let decimals = decimals((b.upper - b.lower) / 2.0);
            let [value, lower, upper] =
                [b.estimate, b.lower, b.upper].map(|x| number::fixed(x, decimals, false));
            // An interval that is shorter than any digit shown is none to read.
            if lower == upper {
                return (format!("{}{unit}", number::trimmed(b.estimate, decimals)), None);
            }
            (format!("{value}{unit}"), Some(format!("[{lower}, {upper}]")))
        }
        None => {
            let size = f.interpolated.abs().max(1e-9);
            (format!("about {}{unit}", number::trimmed(f.interpolated, decimals(size / 30.0))), None)
        }
    }
}

/// Decimals at which a half-width shows two digits.
fn decimals(half: f64) -> usize {
    if half > 0.0 && half.is_finite() { (1.0 - log10(half).floor()).clamp(0.0, 6.0) as usize } else { 3 }
}

/// On which side of its break-even value the scenario does better than the baseline.
pub fn better_side(f: &Crossing) -> &'static str {
    match (Shown::of(&f.measure, &Words::default()).better, f.rising) {
        (Better::More, true) | (Better::Less, false) => "above",
        (Better::More, false) | (Better::Less, true) => "below",
        (Better::Neither, true) => "(more above)",
        (Better::Neither, false) => "(more below)",
    }
}

/// Break-even values as sentences, where one side is better: those of several measures that say the same are told once, with the
/// value of each where it is another.
pub fn break_evens(manifest: &Manifest, all: &[Crossing]) -> Vec<String> {
    let told = |f: &&Crossing| manifest.shown(&f.measure).better != Better::Neither;
    let mut groups: Vec<Vec<&Crossing>> = Vec::new();
    for f in all.iter().filter(told) {
        let same = |g: &Crossing| {
            g.measure != f.measure
                && (&g.scenario, &g.baseline, &g.axis, &g.others)
                    == (&f.scenario, &f.baseline, &f.axis, &f.others)
                && better_side(g) == better_side(f)
        };
        match groups.iter_mut().find(|group| group.iter().all(|g| same(g))) {
            Some(group) => group.push(f),
            None => groups.push(vec![f]),
        }
    }
    groups.iter().filter_map(|group| break_even(manifest, group)).collect()
}

/// Where the other axes stand, in the words of their labels: `forwarded share 0.35`.
pub fn others(manifest: &Manifest, f: &Crossing) -> String {
    let named = |(name, value): &(String, String)| {
        let label = axis(manifest, name).map_or(name.as_str(), |a| a.label.as_str());
        format!("{} {value}", lower(label))
    };
    f.others.iter().map(named).collect::<Vec<_>>().join(", ")
}

/// The sentence on break-even values that agree, the first measure's in full.
fn break_even(manifest: &Manifest, group: &[&Crossing]) -> Option<String> {
    let (f, rest) = group.split_first()?;
    let value = |f: &Crossing| {
        let (value, interval) = break_even_value(manifest, f);
        interval.map_or_else(|| value.clone(), |i| format!("{value} {i}"))
    };
    let own = value(f);
    let likewise: Vec<String> = rest
        .iter()
        .map(|g| {
            let other = value(g);
            let at = if other == own { String::new() } else { format!(" ({} {other})", better_side(g)) };
            format!("{}{at}", lower(&manifest.shown(&g.measure).label))
        })
        .collect();
    let likewise = match likewise.is_empty() {
        true => String::new(),
        false => format!("; likewise by {}", list(&likewise, "and")),
    };
    let about = manifest.shown(&f.measure);
    let label = axis(manifest, &f.axis).map_or(f.axis.as_str(), |a| a.label.as_str());
    let others = others(manifest, f);
    let others = if others.is_empty() { String::new() } else { format!(" ({others})") };
    Some(format!(
        "{}: {} does better than {} while {} is {} {own}{others}{likewise}.",
        about.label,
        named(&called(manifest, &f.scenario)),
        named(&called(manifest, &f.baseline)),
        lower(label),
        better_side(f)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(measure: &str, rising: bool) -> Crossing {
        Crossing {
            measure: measure.to_owned(),
            scenario: "one".to_owned(),
            baseline: "many".to_owned(),
            axis: "slowdown".to_owned(),
            others: Vec::new(),
            interpolated: 1.3421,
            refined: None,
            rising,
        }
    }

    #[test]
    fn the_better_side_follows_from_what_is_wished_for() {
        assert_eq!(better_side(&found("done_within_target", false)), "below");
        assert_eq!(better_side(&found("time_to_completion_p95_hours", true)), "below");
        assert_eq!(better_side(&found("lost_share_avoidable", false)), "above");
    }

    /// Two scenarios over one axis.
    fn two() -> Manifest {
        let axis = r#"{ "name": "slowdown", "label": "Research time", "unit": "min", "paths": [], "words": [], "levels": null,
            "range": [1, 2], "log": false, "whole": false, "base": null, "decision": false, "scenarios": null }"#;
        let scenario = |name: &str| format!(r#"{{ "name": "{name}", "title": "{name}: all", "hash": "" }}"#);
        let text = format!(
            r#"{{ "format": 1, "version": "", "stream_scheme": "", "measures_version": 1, "sweep": "s", "title": "", "description": "",
            "scenarios": [{}, {}], "baseline": "many", "axes": [{axis}], "design": "grid", "constraints": [],
            "replications": {{ "fixed": 2 }}, "common_random_numbers": true, "measures": [], "points": 3, "left_out": 0,
            "points_hash": "" }}"#,
            scenario("many"),
            scenario("one")
        );
        serde_json::from_str(&text).expect("a manifest")
    }

    #[test]
    fn break_even_values_that_agree_are_one_sentence() {
        let done = found("done_within_target", false);
        let times = found("time_to_completion_p95_hours", true);
        let losses = Crossing { interpolated: 1.2, ..found("lost_share_avoidable", true) };
        assert_eq!(
            break_evens(&two(), &[done.clone(), times.clone(), losses.clone()]),
            [
                "Done within target: one does better than many while research time is below about 1.342 min; likewise by 95th \
              percentile of time to completion and losses by waiting (below about 1.2 min)."
            ]
        );
        // The other way round is another sentence, and so is another place where the same measure turns.
        let back = Crossing { interpolated: 1.8, rising: true, ..done.clone() };
        assert_eq!(break_evens(&two(), &[done.clone(), found("lost_share_avoidable", false)]).len(), 2);
        assert_eq!(break_evens(&two(), &[done.clone(), back]).len(), 2);
        let again = Crossing { interpolated: 1.8, ..done.clone() };
        assert_eq!(break_evens(&two(), &[done, again]).len(), 2);
        assert!(break_evens(&two(), &[found("utilization", true)]).is_empty());
        // Other axes are called as people call them.
        let beside = Crossing {
            others: vec![("slowdown".to_owned(), "20 min".to_owned())],
            ..found("wait_mean_hours", true)
        };
        assert_eq!(others(&two(), &beside), "research time 20 min");
    }
}
