//! How measures are read off a part, where it takes more than a word; and which measures a part has.

use crate::measure::Measure;
use crate::part::Part;
use crate::places::PlaceKind;
use poolwise_engine::histogram::Histogram;
use poolwise_engine::integral::Count;
use poolwise_engine::model::{CallIn, Model};
use poolwise_engine::outcome::{CallFlow, Flow, Waits};
use poolwise_engine::time::HOUR;

/// What a model must have for a measure to be kept: what belongs to a feature is left out of models without it. Words for
/// a message; `None` where the measure is of all models, or of this one.
pub fn lacks(name: &str, model: &Model) -> Option<&'static str> {
    let (has, what) = match name {
        "interruptions_per_hour" | "work_lost_hours_per_week" => (
            model.centres.iter().any(|centre| centre.discipline.cuts_off()),
            "a centre with `discipline = \"preemptive\"`",
        ),
        "call_ins_per_hour" | "on_call_hours_per_week" | "on_call_paid_hours_per_week" => {
            (model.triggers.iter().any(|trigger| !trigger.calls.is_empty()), "a `[[trigger]]` with `call_in`")
        }
        "cases_in_hand" => {
            (model.centres.iter().any(|centre| centre.concurrency.is_some()), "a centre with `concurrency`")
        }
        "call_backs_per_hour" | "calls_in_vain_per_hour" => {
            (model.centres.iter().any(|centre| centre.call_back.is_some()), "a centre with `call_back`")
        }
        "contacts_per_hour"
        | "redials_per_client"
        | "answered_share_of_clients"
        | "answered_share_of_contacts"
        | "between_contacts_mean" => {
            (model.classes.iter().any(|class| class.redial.is_some()), "a class with `redial`")
        }
        _ => return None,
    };
    (!has).then_some(what)
}

/// The times, seconds, behind a percentile of the catalogue, for other percentiles of them.
pub fn times<'a>(name: &str, part: &Part<'a>) -> Option<&'a Histogram> {
    match (name, part.place) {
        ("wait_p95_hours", PlaceKind::Centre | PlaceKind::Role) => Some(&part.waits().waits),
        ("time_to_completion_p95_hours", PlaceKind::Whole | PlaceKind::Class | PlaceKind::Area) => {
            Some(&part.flow().completion)
        }
        _ => None,
    }
}

/// Whether a part has a measure.
pub(crate) fn applies(measure: &Measure, part: &Part) -> bool {
    let of_clients = measure.at.iter().all(|at| at.places == CLIENTS);
    lacks(measure.name, part.model).is_none()
        && (!of_clients || part.place != PlaceKind::Class || part.model.classes[part.id].redial.is_some())
}

/// The whole, and classes, for what is of classes that come again.
pub(crate) const CLIENTS: &[PlaceKind] = &[PlaceKind::Whole, PlaceKind::Class];

/// The classes of a part whose clients may come again.
pub(crate) fn with_redial<'a>(p: &Part<'a>) -> impl Iterator<Item = &'a Flow> {
    let part = *p;
    let classes = part.model.classes.iter().zip(&part.outcome.classes).enumerate();
    classes
        .filter(move |(c, (class, _))| {
            class.redial.is_some() && (part.place != PlaceKind::Class || part.id == *c)
        })
        .map(|(_, (_, flow))| flow)
}

/// A count of theirs.
pub(crate) fn clients(p: &Part, of: fn(&Flow) -> u64) -> f64 {
    with_redial(p).map(of).sum::<u64>() as f64
}

/// A sum over all groups of officers on call.
pub(crate) fn called_in(p: &Part, of: fn(&CallIn, &CallFlow) -> f64) -> f64 {
    let triggers = p.model.triggers.iter().zip(&p.outcome.triggers);
    triggers
        .flat_map(|(rules, flow)| rules.calls.iter().zip(&flow.calls))
        .map(|(call, flow)| of(call, flow))
        .sum()
}

/// Seconds of ordinary pay that a group on call comes to.
pub(crate) fn paid_on_call(call: &CallIn, flow: &CallFlow) -> f64 {
    let allowed = flow.called as f64 * f64::from(call.officers) * call.allowance;
    (flow.officer_seconds + allowed) * (1.0 + call.premium)
}

/// Those of them answered, and with those who went unserved.
pub(crate) fn answered(p: &Part, unserved: fn(&Flow) -> u64) -> (f64, f64) {
    let served = clients(p, |f| f.first_wait_count);
    (served, served + clients(p, unserved))
}

/// Their time between contacts, seconds: added up from the smallest, so that the order of classes makes no difference.
pub(crate) fn between_contacts(p: &Part) -> f64 {
    let mut all: Vec<f64> = with_redial(p).map(|f| f.between_contacts).collect();
    all.sort_by(f64::total_cmp);
    all.iter().sum()
}

/// A sum kept with the queue of a centre or role, or over all centres, in the order of their names.
pub(crate) fn of_queues(p: &Part, of: fn(&Waits) -> f64) -> f64 {
    match p.place {
        PlaceKind::Centre | PlaceKind::Role => of(p.waits()),
        _ => p.model.centres_by_name().into_iter().map(|c| of(&p.outcome.centres[c].waits[0])).sum(),
    }
}

pub(crate) fn sum(counts: &[u64]) -> f64 {
    counts.iter().sum::<u64>() as f64
}

pub(crate) fn paid(p: &Part) -> (f64, f64) {
    (p.staffing.paid_hours_per_week * p.weeks() + p.count(Count::Overtime) / HOUR, p.weeks())
}

pub(crate) fn idle(p: &Part) -> (f64, f64) {
    let idle = p.count(Count::OnDuty) - p.count(Count::Busy) + p.count(Count::Overtime);
    (idle / HOUR, p.weeks())
}

pub(crate) fn at_risk(p: &Part) -> f64 {
    (p.flow().met_deadline + p.flow().lost) as f64
}

/// The local hour of the day with the smallest share done within the target: averages hide nights.
pub(crate) fn worst_hour(p: &Part) -> f64 {
    let mut by_hour = [(0_u64, 0_u64); 24];
    for (h, cell) in p.outcome.local[p.id].iter().enumerate() {
        by_hour[h % 24].0 += u64::from(cell.met);
        by_hour[h % 24].1 += u64::from(cell.cases);
    }
    by_hour.iter().filter(|c| c.1 > 0).map(|c| c.0 as f64 / c.1 as f64).fold(f64::NAN, f64::min)
}
