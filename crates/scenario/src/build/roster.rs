//! Rules of rosters, pay, and what released officers could do.

use super::Builder;
use super::breaks::{Stagger, breaks};
use super::staff::{check_length, check_start};
use crate::collections::List;
use crate::diagnostic::list;
use crate::parts::{AtLargeIn, OpenIn, PayIn, RangeIn, RosterAtIn, RosterIn, ShiftRuleIn};
use crate::quantity::{WeekSpan, write_clock};
use crate::source::TextSpan;
use poolwise_engine::time::{DAY, HOUR, HOURS_OF_WEEK};
use poolwise_planning::roster_rules::{
    AssumedRange, CentreRules, FieldWork, Least, Pay, Premium, RosterRules, ShiftRule,
};
use std::collections::HashSet;

/// Most weeks that an officer may work, starts times sets of days.
const MOST_WEEKS: usize = 5_000;
/// Closest starts of `every`, seconds.
const CLOSEST: f64 = 900.0;

/// Reads the rules.
pub(super) fn rules(b: &mut Builder<'_>) -> Option<RosterRules> {
    let input = b.input;
    let input = input.roster.as_ref()?;
    let default = centre_rules(b, input);
    check(b, &default, input.place, input.shifts.as_ref().map_or(input.place, |l| l.place));
    if let (Some(most), true) = (input.maximum, default.maximum.is_some_and(|m| m < default.minimum)) {
        contradiction(b, most.place, default.minimum);
    }
    let mut at = Vec::new();
    for (name, own) in input.at.iter() {
        let Some(centre) = b.names.centres.find(name, b.cx) else { continue };
        let rules = laid_over(b, &default, own);
        check(b, &rules, own.place, own.shifts.as_ref().map_or(own.place, |l| l.place));
        if rules.maximum.is_some_and(|m| m < rules.minimum) {
            let place = own.maximum.map(|m| m.place).or(own.minimum.map(|m| m.place));
            contradiction(b, place.unwrap_or(own.place), rules.minimum);
        }
        at.push((centre, rules));
    }
    let pay = paid(b);
    let least = input.least.0;
    if least == Least::Cost && input.pay.is_none() && b.input.pay.is_none() {
        b.cx.error(input.place, "`least = \"cost\"` needs [pay]")
            .help("say what an hour costs: [pay] with `hour = 50.0`");
    }
    Some(RosterRules { least, nodes: input.nodes.count(), default, at, pay })
}

fn contradiction(b: &mut Builder<'_>, place: TextSpan, minimum: u32) {
    b.cx.error(place, format!("`maximum` is below `minimum`, {minimum}"))
        .help("no number of officers on duty could be right");
}

fn centre_rules(b: &mut Builder<'_>, input: &RosterIn) -> CentreRules {
    CentreRules {
        shifts: input.shifts.as_ref().map_or_else(Vec::new, |l| shifts(b, l)),
        cover: input.cover.map(|word| word.0),
        minimum: input.minimum.count(),
        maximum: input.maximum.map(|n| n.count()),
        officers: input.officers.map(|n| n.count()),
        open: input.open.as_ref().map(|o| open(b, o, input.place)),
        rest: input.rest.seconds,
        weekends_off: input.weekends_off.value,
        whole_weekends: input.whole_weekends,
        absence_cover: input.absence_cover.value,
    }
}

/// A centre's own rules over those of all.
fn laid_over(b: &mut Builder<'_>, all: &CentreRules, own: &RosterAtIn) -> CentreRules {
    CentreRules {
        shifts: own.shifts.as_ref().map_or_else(|| all.shifts.clone(), |l| shifts(b, l)),
        cover: own.cover.map(|word| word.0).or(all.cover),
        minimum: own.minimum.map_or(all.minimum, |n| n.count()),
        maximum: own.maximum.map(|n| n.count()).or(all.maximum),
        officers: own.officers.map(|n| n.count()).or(all.officers),
        open: own.open.as_ref().map(|o| open(b, o, own.place)).or_else(|| all.open.clone()),
        rest: own.rest.map_or(all.rest, |r| r.seconds),
        weekends_off: own.weekends_off.map_or(all.weekends_off, |s| s.value),
        whole_weekends: own.whole_weekends.unwrap_or(all.whole_weekends),
        absence_cover: own.absence_cover.map_or(all.absence_cover, |s| s.value),
    }
}

/// Rules that contradict each other, and roles that no shift is for.
fn check(b: &mut Builder<'_>, rules: &CentreRules, whole: TextSpan, shifts: TextSpan) {
    for shift in &rules.shifts {
        if shift.days_on > 1 && shift.length + rules.rest > DAY + 1e-6 {
            let hours = |s: f64| s / HOUR;
            b.cx.error(
                whole,
                format!(
                    "a shift of {} h on {} days a week leaves {} h between shifts, and `rest` asks for {} h",
                    hours(shift.length),
                    shift.days_on,
                    hours(DAY - shift.length),
                    hours(rules.rest)
                ),
            )
            .help("permit shorter shifts, or less rest");
        }
    }
    if rules.shifts.is_empty() {
        return;
    }
    let missing: Vec<String> = (0..b.names.roles.len())
        .filter(|r| rules.shifts.iter().all(|s| s.roles >> r & 1 == 0))
        .map(|r| b.names.roles.name(r).to_owned())
        .collect();
    if !missing.is_empty() {
        let s = if missing.len() == 1 { "role" } else { "roles" };
        b.cx.error(shifts, format!("no permitted shift is for the {s} {}", list(&missing)))
            .help("add it to the `roles` of a shift, or leave `roles` out for all");
    }
}

fn shifts(b: &mut Builder<'_>, input: &List<ShiftRuleIn>) -> Vec<ShiftRule> {
    if input.items.is_empty() {
        b.cx.error(input.place, "there is no permitted shift")
            .help("leave `shifts` out to permit those that the scenario has");
    }
    let read: Vec<ShiftRule> = input.items.iter().filter_map(|s| shift(b, s)).collect();
    let sets = |s: &ShiftRule| if s.consecutive { 7 } else { 35 };
    let weeks: usize = read.iter().map(|s| s.starts.len() * sets(s)).sum();
    if weeks > MOST_WEEKS {
        b.cx.error(
            input.place,
            format!("the shifts make up to {weeks} different weeks to work; {MOST_WEEKS} are the most"),
        )
        .help("permit fewer starts or lengths");
    }
    read
}

fn shift(b: &mut Builder<'_>, input: &ShiftRuleIn) -> Option<ShiftRule> {
    let starts = match (&input.starts, &input.every) {
        (Some(list), _) => {
            if list.items.is_empty() {
                b.cx.error(list.place, "there is no permitted start");
            }
            for (i, start) in list.items.iter().enumerate() {
                check_start(start.seconds, start.place, b.cx);
                if list.items[..i].iter().any(|s| s.seconds == start.seconds) {
                    b.cx.error(start.place, format!("{} is named twice", write_clock(start.seconds)));
                }
            }
            list.items.iter().map(|s| s.seconds).collect()
        }
        (None, Some(every)) => {
            if every.seconds < CLOSEST || every.seconds > DAY {
                b.cx.error(every.place, "starts must be 15 min to 24 h apart");
                return None;
            }
            let n = (DAY / every.seconds - 1e-9).ceil() as usize;
            (0..n).map(|i| i as f64 * every.seconds).collect()
        }
        (None, None) => return None,
    };
    let length = input.length.get()?;
    check_length(length, b.cx);
    let permitted = input.days.0.iter().filter(|d| **d).count() as i64;
    let days_on = input.days_on.map_or(1, |n| n.value);
    if let Some(n) = input.days_on
        && n.value > permitted
    {
        let place = if n.place.is_none() { input.place } else { n.place };
        b.cx.error(
            place,
            format!("{} days of work a week, and only {permitted} on which the shift may start", n.value),
        )
        .help("give more `days`, or fewer `days_on`");
    }
    Some(ShiftRule {
        starts,
        length: length.seconds,
        breaks: breaks(&input.breaks, length.seconds, Stagger::Yes, b.cx),
        days: input.days.0,
        days_on: u32::try_from(days_on).unwrap_or(1),
        consecutive: input.consecutive,
        roles: b.names.mask(input.roles.as_ref(), b.cx),
        holidays: input.holidays.0,
    })
}

fn spans(input: &OpenIn) -> Vec<WeekSpan> {
    match input {
        OpenIn::One(span) => vec![*span],
        OpenIn::Several(list) => list.items.clone(),
    }
}

/// Spans of the week, ascending, joined where they meet.
fn intervals(input: &OpenIn) -> Vec<(f64, f64)> {
    let mut all: Vec<(f64, f64)> =
        spans(input).iter().flat_map(|s| s.intervals().collect::<Vec<_>>()).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut joined: Vec<(f64, f64)> = Vec::new();
    for (from, to) in all {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

fn open(b: &mut Builder<'_>, input: &OpenIn, whole: TextSpan) -> Vec<bool> {
    let place = match input {
        OpenIn::One(_) => whole,
        OpenIn::Several(list) => list.place,
    };
    let all = intervals(input);
    if all.iter().any(|(a, z)| a % HOUR != 0.0 || z % HOUR != 0.0) {
        b.cx.error(place, "`open` takes whole hours").help("write hours as 06:00-22:00");
    }
    if all.is_empty() {
        b.cx.error(place, "the centre is never open");
    }
    (0..HOURS_OF_WEEK).map(|h| all.iter().any(|(a, z)| (*a..*z).contains(&(h as f64 * HOUR)))).collect()
}

/// What hours cost: [pay], or [roster.pay].
pub(super) fn paid(b: &mut Builder<'_>) -> Option<Pay> {
    let inner = b.input.roster.as_ref().and_then(|r| r.pay.as_ref());
    let input = b.input.pay.as_ref().or(inner)?;
    pay(b, input)
}

/// Refuses two pay tables.
pub(crate) fn one_pay_table(b: &mut Builder<'_>) {
    let inner = b.input.roster.as_ref().and_then(|r| r.pay.as_ref());
    if let (Some(_), Some(inner)) = (&b.input.pay, inner) {
        b.cx.error(inner.place, "what hours cost stands in [pay] already").help("leave one of the two out");
    }
}

fn pay(b: &mut Builder<'_>, input: &PayIn) -> Option<Pay> {
    let mut seen = HashSet::new();
    let mut premiums = Vec::new();
    for item in &input.premiums.items {
        let (Some(name), Some(hours), Some(share)) = (item.name.get(), item.hours.get(), item.share.get())
        else {
            continue;
        };
        if !seen.insert(name.as_str()) {
            b.cx.error(name.place, format!("`{}` is named twice", name.as_str()));
        }
        premiums.push(Premium { name: name.value.clone(), share: share.value, hours: intervals(hours) });
    }
    Some(Pay {
        hour: input.hour.get()?.value,
        currency: input.currency.value.clone(),
        overtime: input.overtime.value,
        premiums,
    })
}

/// Reads what released officers could do.
pub(super) fn field_work(b: &mut Builder<'_>) -> Option<FieldWork> {
    let input: &AtLargeIn = b.input.at_large.as_ref()?;
    let former = input.officers_per_arrest.as_ref();
    if former.is_some() {
        b.cx.warning(input.place, "`officers_per_arrest` is called `officers_per_case` now")
            .help("write `officers_per_case`: the former name is read until the end of 2027");
    }
    let (officers, hours) = (input.officers_per_case.as_ref().or(former)?, input.hours_per_officer.get()?);
    Some(FieldWork { officers_per_case: range(b, officers)?, hours_per_officer: range(b, hours)? })
}

fn range(b: &mut Builder<'_>, input: &RangeIn) -> Option<AssumedRange> {
    match input {
        RangeIn::One(x) => Some(AssumedRange { low: x.value, base: x.value, high: x.value }),
        RangeIn::Table(t) => {
            let (low, base, high) = (t.low.get()?.value, t.base.get()?.value, t.high.get()?.value);
            if !(low <= base && base <= high) {
                b.cx.error(t.place, "`low`, `base`, `high` must ascend");
            }
            Some(AssumedRange { low, base, high })
        }
    }
}
