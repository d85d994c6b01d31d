//! Centres to which more work comes than their officers can do, in words.

use crate::Overload;
use crate::diagnostic::few;
use poolwise_engine::model::{CentreId, Model};
use poolwise_planning::offered_load::{Load, Stability, stability_of};

/// What becomes of a run with such a centre.
pub(crate) const HELP: &str = "the run goes on, with queues that grow over the horizon";

/// Overloaded centres, each in a sentence where they are few, and all of them.
pub(crate) fn of(model: &Model, load: &Load) -> (Vec<(CentreId, String)>, Vec<Overload>) {
    // Where a queue has an end, those whom it does not hold are turned away: it does not grow, and the results say how many.
    // Whether a trigger's help is enough is not known before the run.
    let grows = |s: &Stability| {
        s.ratio > 1.0 && model.centres[s.centre].capacity.is_none() && !is_helped(model, s.centre)
    };
    let found: Vec<_> = stability_of(model, load).into_iter().filter(grows).collect();
    let name = |s: &Stability| model.centres[s.centre].name.as_str();
    let more = |s: &Stability| {
        if s.ratio.is_finite() {
            // Whole per cent say nothing of what is just too much.
            let percent = (s.ratio - 1.0) * 100.0;
            if percent < 1.0 { "by less than 1 %".to_owned() } else { format!("by {percent:.0} %") }
        } else {
            "without end".to_owned()
        }
    };
    let said = match &found[..] {
        [first, _, _, _, ..] => {
            let list: Vec<String> = found.iter().map(|s| format!("`{}` {}", name(s), more(s))).collect();
            let message = format!(
                "{} centres cannot keep up; their work exceeds their {}: {}",
                found.len(),
                model.words.officer.many,
                list.join(", ")
            );
            vec![(first.centre, message)]
        }
        several => several.iter().map(|s| (s.centre, alone(model, s, &more(s)))).collect(),
    };
    let overloaded = found.iter().map(|s| Overload { centre: name(s).to_owned(), ratio: s.ratio }).collect();
    (said, overloaded)
}

/// Whether triggers bring officers to a centre, turn some away there, or open a route while it needs help.
fn is_helped(model: &Model, centre: CentreId) -> bool {
    model.triggers.iter().enumerate().any(|(i, trigger)| {
        trigger.calls.iter().any(|call| call.centre == centre)
            || trigger.moves.iter().any(|order| order.to == centre)
            || trigger.gates.iter().any(|gate| gate.centre == centre)
            || trigger.centre == centre && model.rules.iter().any(|rule| rule.trigger == Some(i))
    })
}

fn alone(model: &Model, s: &Stability, more: &str) -> String {
    let held = (0..model.roles.len()).filter(|r| s.roles >> r & 1 == 1);
    let mut roles: Vec<&str> = held.map(|r| model.roles[r].as_str()).collect();
    roles.sort_unstable();
    let officers = &model.words.officer.many;
    format!(
        "`{}` cannot keep up: {:.1} {officers} would be busy with the work for {}, and {:.1} {officers} present on average: too much {more}",
        model.centres[s.centre].name,
        s.offered,
        few(&roles, 8),
        s.present,
    )
}
