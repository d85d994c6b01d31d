//! Routing rules and dated exceptions.

use super::Builder;
use super::growth;
use crate::diagnostic::Problems;
use crate::parts::{DemandIn, ExceptionIn, HoursIn, RouteIn, TargetIn};
use crate::quantity::{HoursWord, WeekSpan};
use crate::scalar::Text;
use crate::source::TextSpan;
use poolwise_engine::model::{Destination, Duplicate, Exception, Overflow, Rule, Window};
use poolwise_engine::random::name_key;
use poolwise_engine::time::WEEK;

/// All rules, an exception's before the standing ones, and each one's place.
pub(super) fn rules(b: &mut Builder<'_>) -> (Vec<Rule>, Vec<TextSpan>) {
    let input = b.input;
    let mut out = Vec::new();
    let mut places = Vec::new();
    for (i, exception) in input.exception.items.iter().enumerate() {
        names_differ(&exception.routes.items, b.cx);
        let of = exception.name.get().map_or("", Text::as_str);
        for route in &exception.routes.items {
            let name = route.name.as_ref().map_or("", Text::as_str);
            out.push(rule(b, route, name_key(&format!("{of} {name}")), Some(i)));
            places.push(route.place);
        }
    }
    names_differ(&input.route.items, b.cx);
    b.routing_ok &= b.cx.intact(input.route.place);
    for route in &input.route.items {
        let name = route.name.as_ref().map_or("", Text::as_str);
        out.push(rule(b, route, name_key(name), None));
        places.push(route.place);
    }
    (out, places)
}

/// Names key draws and paths of overrides: each only once.
fn names_differ(routes: &[RouteIn], cx: &mut Problems) {
    let mut seen = std::collections::HashSet::new();
    for name in routes.iter().filter_map(|r| r.name.as_ref()) {
        if !seen.insert(name.as_str()) {
            cx.error(name.place, format!("a second route is called `{}`", name.as_str()));
        }
    }
}

fn rule(b: &mut Builder<'_>, input: &RouteIn, key: u64, exception: Option<usize>) -> Rule {
    b.routing_ok &= b.cx.intact(input.place);
    let mut stages = b.names.stages.flags(input.stages.as_ref(), b.cx);
    for (flag, (_, stage)) in stages.iter_mut().zip(b.input.stage.iter()) {
        *flag &= stage.service.is_some();
    }
    for name in input.stages.iter().flat_map(|l| &l.items) {
        let found = b.input.stage.iter().find(|(k, _)| k.as_str() == name.as_str());
        if found.is_some_and(|(_, s)| s.service.is_none()) {
            b.cx.error(
                name.place,
                format!("`{}` is not a service stage: nobody is needed there", name.as_str()),
            );
        }
    }
    Rule {
        key,
        stages,
        classes: b.names.classes.flags(input.classes.as_ref(), b.cx),
        areas: b.names.areas.flags(input.areas.as_ref(), b.cx),
        window: window(&input.hours, b.cx),
        exception,
        trigger: input.trigger.as_ref().and_then(|name| super::triggers::find(b, name)),
        share: input.share.value,
        to: target(b, input.to.get(), true),
        overflow: input.overflow.as_ref().map(|o| {
            if o.after.is_none() && o.queue.is_none() {
                b.cx.error(o.place, "an overflow needs `after`, `queue` or both");
            }
            let to = target(b, o.to.get(), false);
            Overflow { after: o.after.map(|d| d.seconds), queue: o.queue.map(|n| n.count()), to }
        }),
        duplicate: input.duplicate.as_ref().map(|d| Duplicate {
            at: target(b, d.at.get(), false),
            probability: d.probability.get().map_or(0.0, |p| p.value),
            window: window(&d.hours, b.cx),
            stop_later: d.stop_later,
        }),
    }
}

fn target(b: &mut Builder<'_>, input: Option<&TargetIn>, same: bool) -> Destination {
    match input {
        None => {
            b.routing_ok = false;
            Destination::Local
        }
        Some(TargetIn::One(name)) => match name.as_str() {
            "local" => Destination::Local,
            "same" if same => Destination::Same,
            "same" => {
                b.cx.error(name.place, "`same` is not allowed here")
                    .help("name a centre, `local`, or a list of centres");
                Destination::Local
            }
            _ => match b.names.centres.find(name, b.cx) {
                Some(c) => Destination::Centre(c),
                None => {
                    b.routing_ok = false;
                    Destination::Local
                }
            },
        },
        Some(TargetIn::LeastLoaded(list)) => {
            let mut centres = Vec::with_capacity(list.items.len());
            for name in &list.items {
                match b.names.centres.find(name, b.cx) {
                    Some(c) if centres.contains(&c) => {
                        b.cx.error(name.place, format!("`{}` is named twice", name.as_str()));
                    }
                    Some(c) => centres.push(c),
                    None => b.routing_ok = false,
                }
            }
            if list.items.is_empty() {
                b.cx.error(list.place, "the list of centres is empty");
                b.routing_ok = false;
            }
            Destination::LeastLoaded(centres)
        }
    }
}

pub(super) fn window(input: &HoursIn, cx: &mut Problems) -> Window {
    let spans: Vec<WeekSpan> = match input {
        HoursIn::Word(HoursWord::Always) => return Window::Always,
        HoursIn::Word(HoursWord::Open) => return Window::Open,
        HoursIn::Word(HoursWord::Span(span)) => vec![*span],
        HoursIn::Spans(list) => {
            if list.items.is_empty() {
                cx.error(list.place, "the list of hours is empty").help("leave the key out for always");
            }
            list.items.clone()
        }
    };
    let mut all: Vec<(f64, f64)> = spans.iter().flat_map(WeekSpan::intervals).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut joined: Vec<(f64, f64)> = Vec::with_capacity(all.len());
    for (from, to) in all {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    if joined == [(0.0, WEEK)] { Window::Always } else { Window::Hours(joined) }
}

/// The dated exceptions.
pub(super) fn exceptions(b: &mut Builder<'_>) -> Vec<Exception> {
    let input = b.input;
    let mut names = std::collections::HashSet::new();
    for name in input.exception.items.iter().filter_map(|e| e.name.get()) {
        if !names.insert(name.as_str()) {
            b.cx.error(name.place, format!("a second exception is called `{}`", name.as_str()));
        }
    }
    let mut all: Vec<Exception> = input.exception.items.iter().map(|e| exception(b, e)).collect();
    all.extend(growth::steps(b));
    all
}

fn exception(b: &mut Builder<'_>, input: &ExceptionIn) -> Exception {
    let clock = b.run.clock;
    let mut at = |i: Option<&crate::quantity::WrittenInstant>| {
        i.map_or(0.0, |i| b.calendar.instant(clock, i.time, i.place, b.cx))
    };
    let (from, until) = (at(input.from.get()), at(input.until.get()));
    if let (Some(_), Some(end)) = (input.from.get(), input.until.get()) {
        if until <= from {
            b.cx.error(end.place, "`until` must be later than `from`");
        } else if until <= 0.0 || from >= b.run.end() {
            b.cx.warning(input.place, "the exception lies outside the run and has no effect");
        }
    }
    let mut demand = Vec::new();
    match &input.demand {
        None => {}
        Some(DemandIn::All(factor)) => demand.push((None, None, factor.value)),
        Some(DemandIn::Some(list)) => {
            for item in &list.items {
                let Some(factor) = item.factor.get() else { continue };
                let some = |flags: Vec<bool>, given: bool| -> Vec<Option<usize>> {
                    if !given {
                        return vec![None];
                    }
                    flags.iter().enumerate().filter(|(_, on)| **on).map(|(i, _)| Some(i)).collect()
                };
                let classes = b.names.classes.flags(item.classes.as_ref(), b.cx);
                let areas = b.names.areas.flags(item.areas.as_ref(), b.cx);
                for class in some(classes, item.classes.is_some()) {
                    for area in some(areas.clone(), item.areas.is_some()) {
                        demand.push((class, area, factor.value));
                    }
                }
            }
        }
    }
    let roster = input
        .rosters
        .iter()
        .filter_map(|(centre, factor)| Some((b.names.centres.find(centre, b.cx)?, factor.value)))
        .collect();
    Exception {
        name: input.name.get().map_or_else(String::new, |n| n.value.clone()),
        from,
        until,
        demand,
        roster,
    }
}
