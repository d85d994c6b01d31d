//! What a routing rule without a name is called: what it says. Names key a rule's draws, so that it keeps them wherever it
//! stands in the list.

use super::collections::List;
use super::parts::{HoursIn, RouteIn, TargetIn};
use super::quantity::{HoursWord, write_span};
use super::scalar::Text;
use std::collections::HashSet;

/// Names the rules of a list that have no name.
pub(crate) fn fill(list: &mut List<RouteIn>) {
    let mut taken: HashSet<String> =
        list.items.iter().filter_map(|route| route.name.as_ref()).map(|name| name.value.clone()).collect();
    for route in list.items.iter_mut().filter(|route| route.name.is_none()) {
        let said = said(route);
        let mut value = said.clone();
        // Rules that say the same are several chances, each with draws of its own.
        let mut times = 1;
        while !taken.insert(value.clone()) {
            times += 1;
            value = format!("{said} ({times})");
        }
        route.name = Some(Text { value, place: route.place });
    }
}

/// For instance `research of biometric from Newark to PERC while open`. Shares and lengths are left out: whoever changes them
/// means the same rule.
fn said(route: &RouteIn) -> String {
    let mut text = String::new();
    for (before, names) in [("", &route.stages), ("of ", &route.classes), ("from ", &route.areas)] {
        if let Some(names) = names {
            let mut names: Vec<&str> = names.items.iter().map(Text::as_str).collect();
            names.sort_unstable();
            text.push_str(&format!("{before}{} ", names.join(", ")));
        }
    }
    text.push_str("to ");
    match route.to.get() {
        Some(TargetIn::One(name)) => text.push_str(name.as_str()),
        Some(TargetIn::LeastLoaded(list)) => {
            text.push_str(&list.items.iter().map(Text::as_str).collect::<Vec<_>>().join(" or "));
        }
        None => {}
    }
    match &route.hours {
        HoursIn::Word(HoursWord::Always) => {}
        HoursIn::Word(HoursWord::Open) => text.push_str(" while open"),
        HoursIn::Word(HoursWord::Span(span)) => text.push_str(&format!(" {}", write_span(span))),
        HoursIn::Spans(list) => {
            let spans: Vec<String> = list.items.iter().map(write_span).collect();
            text.push_str(&format!(" {}", spans.join(", ")));
        }
    }
    text
}
