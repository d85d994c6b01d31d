//! Axes that take their range from the scenarios: numbers that those call uncertain.
//!
//! Numbers that are tied by the same word rise and fall together and make one axis. Where they are all the
//! same number, the axis has its unit; where they differ (a mean and a median), the axis is the quantile at
//! which all of them are taken.

use poolwise_scenario::levers::{label, levers};
use poolwise_scenario::sweep::{Axis, AxisSpot, AxisTarget, Complaint, SweepFile, in_unit, unit_of};
use poolwise_scenario::uncertain::UncertainLaw;
use poolwise_scenario::{Scenario, UncertainInput, nearest};

/// Fills in the axes that the scenarios know more of, and adds those that `uncertain = true` asks for.
/// Complaints come back.
pub(crate) fn settle(file: &mut SweepFile, loaded: &[Scenario]) -> Vec<Complaint> {
    if let Some(spot) = file.uncertain {
        add(file, loaded, spot);
        if file.axes.is_empty() {
            let message = "the scenarios have no uncertain numbers".to_owned();
            let help = vec!["one is written { low = 0.1, base = 0.2, high = 0.4 }".to_owned()];
            return vec![Complaint { spot, message, label: String::new(), help }];
        }
    }
    file.axes.iter_mut().filter_map(|axis| fill(axis, loaded).err()).collect()
}

/// One axis for each uncertain number, or group of them, that no axis speaks of yet.
fn add(file: &mut SweepFile, loaded: &[Scenario], spot: AxisSpot) {
    for input in loaded.iter().flat_map(|s| &s.uncertain) {
        let group = input.group();
        let known = file.axes.iter().any(|a| {
            a.uncertain.as_ref().is_some_and(|u| u.0 == group || u.0 == input.path)
                || a.targets.iter().any(|t| t.path == input.path)
        });
        if known {
            continue;
        }
        let mut name = axis_name(group);
        while file.axes.iter().any(|a| a.name == name) {
            name.push('_');
        }
        file.axes.push(Axis::of_uncertain(name, group.to_owned(), spot));
    }
}

/// A group's word as the name of a column.
fn axis_name(group: &str) -> String {
    let mut name = String::new();
    for c in group.chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if c != '\'' && !name.ends_with('_') && !name.is_empty() {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name.to_owned() } else { format!("x_{name}") }
}

fn fill(axis: &mut Axis, loaded: &[Scenario]) -> Result<(), Complaint> {
    let Some((word, spot)) = axis.uncertain.clone() else { return Ok(()) };
    let complain =
        |message: String, label: String, help: Vec<String>| Err(Complaint { spot, message, label, help });
    // Each path once, with the scenarios that have it.
    let mut members: Vec<(&UncertainInput, Vec<String>)> = Vec::new();
    for scenario in loaded {
        for input in scenario.uncertain.iter().filter(|u| u.group() == word || u.path == word) {
            let name = scenario.model.name.clone();
            match members.iter_mut().find(|m| m.0.path == input.path) {
                Some((known, names)) => {
                    if (known.law, known.base) != (input.law, input.base) {
                        let message = format!("`{}` is not the same in {} and {name}", input.path, names[0]);
                        return complain(
                            message,
                            String::new(),
                            vec!["give an axis its own `path` and range".to_owned()],
                        );
                    }
                    names.push(name);
                }
                None => members.push((input, vec![name])),
            }
        }
    }
    let Some((first, _)) = members.first() else {
        let known: Vec<&str> = loaded.iter().flat_map(|s| &s.uncertain).map(UncertainInput::group).collect();
        let label = nearest(&word, &known).map_or_else(String::new, |n| format!("did you mean `{n}`?"));
        let help = vec!["name a number by the word of its `together`, or by its path".to_owned()];
        return complain(format!("no scenario has an uncertain number `{word}`"), label, help);
    };
    let same = members.iter().all(|m| (m.0.law, m.0.base, m.0.unit) == (first.law, first.base, first.unit));
    axis.targets = members
        .iter()
        .map(|(input, names)| AxisTarget {
            path: input.path.clone(),
            times: 1.0,
            plus: 0.0,
            spot,
            scenarios: (names.len() < loaded.len()).then(|| names.clone()),
        })
        .collect();
    if same {
        if axis.unit.is_none() {
            axis.unit = unit_of(&first.base_text);
        }
        let number = |value: &toml::Value| in_unit(value, axis.unit.as_deref());
        let (low, high) = first.range();
        let (Some(low), Some(base), Some(high)) = (number(&low), number(&first.base_text), number(&high))
        else {
            let message = format!("`{word}` has another unit: its base is {}", first.base_text);
            return complain(message, String::new(), Vec::new());
        };
        axis.whole = first.base_text.is_integer();
        if axis.range.is_none() && axis.levels.is_none() {
            axis.range = Some((low, high));
            axis.law = Some((*first).clone());
        }
        axis.base = axis.base.or(Some(base));
    } else {
        if let Some(unit) = &axis.unit {
            let message = format!(
                "`{word}` ties numbers that differ, so the axis is a quantile and has no unit `{unit}`"
            );
            return complain(message, String::new(), Vec::new());
        }
        let outside = |x: &f64| !(0.0..=1.0).contains(x);
        if axis.levels.iter().flatten().any(outside)
            || axis.range.is_some_and(|r| outside(&r.0) || outside(&r.1))
        {
            let message =
                format!("`{word}` ties numbers that differ, so the axis is a quantile, from 0 to 1");
            return complain(message, String::new(), Vec::new());
        }
        axis.quantiles = members.iter().map(|m| m.0.clone()).collect();
        if axis.range.is_none() && axis.levels.is_none() {
            axis.range = Some(match first.law {
                UncertainLaw::Triangular { .. } | UncertainLaw::Uniform { .. } => (0.0, 1.0),
                UncertainLaw::Normal { .. } | UncertainLaw::Lognormal { .. } => (0.05, 0.95),
            });
        }
        axis.base = axis.base.or(Some(quantile_of_base(first)));
    }
    // Low, base and high, for designs that go by levels.
    if axis.levels.is_none()
        && let (Some((from, to)), Some(base)) = (axis.range, axis.base)
    {
        let mut levels = vec![from, base, to];
        levels.dedup();
        axis.levels = Some(levels);
    }
    Ok(())
}

/// At which quantile a number has its base.
fn quantile_of_base(input: &UncertainInput) -> f64 {
    let place = |low: f64, high: f64| if high > low { (input.base - low) / (high - low) } else { 0.5 };
    match input.law {
        // For a triangular distribution too: P(X <= mode) = (mode - low) / (high - low).
        UncertainLaw::Triangular { low, high } | UncertainLaw::Uniform { low, high } => place(low, high),
        UncertainLaw::Normal { .. } | UncertainLaw::Lognormal { .. } => 0.5,
    }
}

/// Axes without a label bear the name that people have for what they move, where the scenarios have one for it.
pub(super) fn name(file: &mut SweepFile, loaded: &[Scenario]) {
    let known: Vec<_> = loaded.iter().map(|s| levers(&s.resolved)).collect();
    for axis in file.axes.iter_mut().filter(|axis| axis.label == axis.name) {
        let plain = axis.targets.iter().all(|t| t.times == 1.0 && t.plus == 0.0);
        let [target] = axis.targets.as_slice() else { continue };
        let found = known.iter().find_map(|levers| label(levers, &target.path));
        if let Some(label) = found.filter(|_| plain) {
            axis.label = label.to_owned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns() {
        assert_eq!(axis_name("LESC's own research"), "LESCs_own_research");
        assert_eq!(axis_name("stage.work.service.time"), "stage_work_service_time");
        assert_eq!(axis_name("24 hours"), "x_24_hours");
    }
}
