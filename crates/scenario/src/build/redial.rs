//! Clients who come again.

use super::Builder;
use crate::distribution::sampler;
use crate::parts::{AgainIn, ClassIn, UntilIn};
use poolwise_engine::model::Redial;

/// When and how often clients of a class come again.
pub(super) fn redial(b: &mut Builder<'_>, class: &ClassIn) -> Option<Redial> {
    let input = class.redial.as_ref()?;
    let patient = class.deadline.as_ref().is_some_and(|d| matches!(d.until.get(), Some(UntilIn::Start(_))));
    let turns_away = b.input.centre.iter().any(|(_, c)| c.queue_capacity.is_some() || c.balking.is_some());
    if !patient && !turns_away {
        b.cx.error(input.place, "`redial` is for those who give up or are turned away, and nobody is")
            .help(
                "give the class a patience, `deadline = { after = ..., until = { start = \"stage\" }, exit = \"stage\" }`, \
                 or a centre a `queue_capacity` or `balking`",
            );
    }
    let after = sampler(input.after.get(), &mut b.files, b.cx);
    if input.after.get().is_some() && after.is_zero() {
        b.cx.error(input.place, "nobody comes again in no time: `after` must be above 0")
            .help("who calls again at once finds the same full queue; a second is enough");
    }
    let (probability, goes_on) = match input.probability.get()? {
        AgainIn::Each(p) => (vec![p.value], true),
        AgainIn::ByContact(list) => {
            if list.items.is_empty() {
                b.cx.error(list.place, "the list is empty")
                    .help("leave `redial` out where nobody comes again");
            }
            (list.items.iter().map(|p| p.value).collect(), false)
        }
    };
    Some(Redial { probability, goes_on, after })
}
