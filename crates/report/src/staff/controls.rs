//! What control variates did in a search, where they were asked for: one sentence an option, two where replications are shorter.

use super::tables::called;
use crate::number;
use poolwise_staffing::answer::StaffingAnswer;
use poolwise_staffing::controls::ControlsFound;

/// A line on each option; none where nobody asked.
pub(crate) fn lines(answer: &StaffingAnswer) -> Vec<String> {
    let called = called(answer);
    let alone = answer.options.len() == 1;
    let all = answer.options.iter().filter_map(|o| Some((&o.scenario, o.solved.controls.as_ref()?)));
    all.map(|(name, found)| match alone {
        true => line(found),
        false => format!("{}: {}", called.get(name), line(found)),
    })
    .collect()
}

fn line(found: &ControlsFound) -> String {
    const OF: &str = "What is known of arrivals is taken out of";
    let mut text = match &found.none {
        Some(why) => format!("{OF} no test: {why}."),
        None => {
            let share = |x: f64| number::fixed(x, 2, false);
            let targets: Vec<String> = found
                .targets
                .iter()
                .map(|t| format!("{} times as large ({})", share(t.standard_error), t.said))
                .collect();
            format!(
                "{OF} the tests of {} of {} staffings; standard errors are {}. How much arrivals explain is known from {} \
                 replications that no test uses, {} weeks in all.",
                found.staffings,
                found.tested,
                targets.join(", "),
                found.replications,
                number::fixed(found.weeks, 0, false)
            )
        }
    };
    if found.pieces > 1 {
        text += &format!(
            " Tests have {} replications of {} weeks in place of each of the scenario's.",
            found.pieces,
            number::fixed(found.window_weeks, 0, false)
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::line;
    use poolwise_staffing::controls::{ControlledTarget, ControlsFound};

    #[test]
    fn what_controls_did_is_said() {
        let none =
            ControlsFound { none: Some("nobody arrives".to_owned()), pieces: 1, ..ControlsFound::default() };
        assert_eq!(line(&none), "What is known of arrivals is taken out of no test: nobody arrives.");
        let some = ControlsFound {
            targets: vec![ControlledTarget {
                target: "lost <= 5 %".to_owned(),
                said: "at most 5 % lost in all".to_owned(),
                explained: 0.4,
                standard_error: 0.774,
            }],
            staffings: 2,
            tested: 3,
            replications: 24,
            weeks: 72.0,
            pieces: 4,
            window_weeks: 13.0,
            ..ControlsFound::default()
        };
        assert_eq!(
            line(&some),
            "What is known of arrivals is taken out of the tests of 2 of 3 staffings; standard errors are 0.77 times as large \
             (at most 5 % lost in all). How much arrivals explain is known from 24 replications that no test uses, 72 weeks in \
             all. Tests have 4 replications of 13 weeks in place of each of the scenario's."
        );
    }
}
