//! Runs that would take very long, in words.

use super::Builder;
use crate::source::TextSpan;
use poolwise_engine::model::Model;
use poolwise_planning::effort::{self, Most};
use poolwise_planning::offered_load::Load;

/// Seconds for a replication beyond which it is said.
const LONG: f64 = 20.0;

/// Says where a single replication would take long, and why.
pub(super) fn warn(b: &mut Builder<'_>, model: &Model, load: &Load) {
    let effort = effort::of(model, load);
    if effort.seconds().is_nan() || effort.seconds() < LONG {
        return;
    }
    let (place, most) = match effort.most {
        Most::Arrivals => (TextSpan::NONE, "arrivals".to_owned()),
        Most::Stage(s) => (b.input.stage.0[s].0.place, format!("visits of stage `{}`", model.stages[s].name)),
        Most::Contacts(c) => {
            let clients = format!("contacts of class `{}`, whose clients come again", model.classes[c].name);
            (b.input.class.0[c].0.place, clients)
        }
    };
    let message = format!("a replication takes {}: most steps are {most}", in_words(effort.seconds()));
    let help = format!(
        "about {:.0e} steps at some {:.0} million a second; is a time or a rate too small or too large, or the horizon too long?",
        effort.steps,
        effort::STEPS_A_SECOND / 1e6
    );
    b.cx.warning(place, message).help(help);
}

/// A long time, roughly.
fn in_words(seconds: f64) -> String {
    let units = [("minute", 60.0), ("hour", 3_600.0), ("day", 86_400.0), ("year", 31_557_600.0)];
    let (name, unit) = units.into_iter().rev().find(|u| seconds >= u.1).unwrap_or(("second", 1.0));
    let count = seconds / unit;
    if count > 1_000.0 {
        format!("more than a thousand {name}s")
    } else if count < 1.5 {
        format!("about a {name}").replace("a hour", "an hour")
    } else {
        format!("about {count:.0} {name}s")
    }
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn long_times_are_said_in_the_largest_unit_that_they_fill() {
        for (seconds, words) in [
            (25.0, "about 25 seconds"),
            (61.0, "about a minute"),
            (4_000.0, "about an hour"),
            (7_300.0, "about 2 hours"),
            (3.2e12, "more than a thousand years"),
            (f64::INFINITY, "more than a thousand years"),
        ] {
            assert_eq!(in_words(seconds), words);
        }
    }
}
