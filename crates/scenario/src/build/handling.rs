//! Factors on handling times by hour and place, and officers who are still learning.

use super::Builder;
use super::route::window;
use crate::parts::{HandlingIn, LearningIn};
use poolwise_engine::model::{Centre, ClockId, Handling, Learning, Window};

/// The factors that go by the hour or the stage; the others are part of the centres' speeds.
pub(crate) fn handling(b: &mut Builder<'_>, centres: &mut [Centre]) -> Vec<Handling> {
    let input = b.input;
    let mut all: Vec<Handling> = Vec::new();
    for item in &input.handling.items {
        let Some(handling) = one(b, item) else { continue };
        if handling.hours.is_some() || item.stages.is_some() {
            all.push(handling);
            continue;
        }
        for (centre, _) in centres.iter_mut().zip(&handling.centres).filter(|(_, on)| **on) {
            let speeds = centre.speed.iter_mut().zip(&handling.classes);
            speeds.filter(|(_, on)| **on).for_each(|(speed, _)| *speed *= handling.factor);
        }
    }
    // Products are rounded: in an order that is not that of the list.
    all.sort_by(|x, y| x.factor.total_cmp(&y.factor));
    all
}

fn one(b: &mut Builder<'_>, input: &HandlingIn) -> Option<Handling> {
    let hours = match window(&input.hours, b.cx) {
        Window::Always => None,
        Window::Hours(spans) => Some(spans),
        Window::Open => {
            b.cx.error(input.place, "a factor has hours such as \"22:00-06:00\", or none")
                .help("services begin while somebody is on duty anyway");
            None
        }
    };
    let mut stages = b.names.stages.flags(input.stages.as_ref(), b.cx);
    for name in input.stages.iter().flat_map(|list| &list.items) {
        let found = b.input.stage.iter().find(|(k, _)| k.as_str() == name.as_str());
        if found.is_some_and(|(_, stage)| stage.service.is_none()) {
            b.cx.error(name.place, format!("`{}` is no service: it has no handling time", name.as_str()));
        }
    }
    for (on, (_, stage)) in stages.iter_mut().zip(b.input.stage.iter()) {
        *on &= stage.service.is_some();
    }
    Some(Handling {
        factor: input.factor.get()?.value,
        classes: b.names.classes.flags(input.classes.as_ref(), b.cx),
        stages,
        centres: b.names.centres.flags(input.centres.as_ref(), b.cx),
        hours,
        steps: Vec::new(),
    })
}

/// How officers of a shift become faster, by the centre's clock.
pub(crate) fn learning(
    b: &mut Builder<'_>,
    clock: ClockId,
    input: Option<&LearningIn>,
) -> Option<Box<Learning>> {
    let input = input?;
    let (since, by_week) = (input.since.get()?, input.by_week.get()?);
    if by_week.items.is_empty() {
        b.cx.error(by_week.place, "the list has no week").help("leave `learning` out where nobody is new");
    }
    let midnight = since.date.to_datetime(jiff::civil::Time::midnight());
    let since = b.calendar.instant(clock, midnight, since.place, b.cx);
    Some(Box::new(Learning { since, by_week: by_week.items.iter().map(|x| x.value).collect() }))
}
