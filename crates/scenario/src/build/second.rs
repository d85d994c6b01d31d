//! Says where work that needs a second officer meets one officer on duty.

use super::Builder;
use super::graph::{ClassStages, Graph};
use super::reach::{Routing, Sent, services_before};
use poolwise_engine::model::{CentreId, Model, StageId, StageKind};
use poolwise_planning::offered_load::Load;
use poolwise_planning::staffing;
use std::collections::BTreeMap;

/// Most centres that a warning names.
const SHOWN: usize = 6;

/// Stages with `different_officer`, and the centres where an officer who did the stage before may be the one
/// who is asked for it.
pub(super) type Pairs = BTreeMap<StageId, Vec<CentreId>>;

/// Finds them among what the rules send where.
pub(super) fn pairs(graph: &Graph<'_>, flow: &ClassStages, routing: &Routing<'_>, sent: &Sent) -> Pairs {
    let mut out = Pairs::new();
    for &(s, k) in sent.keys() {
        let StageKind::Service(service) = &graph.stages[s].kind else { continue };
        if !service.different_officer {
            continue;
        }
        let own = 1 << service.role;
        let can_be_the_last = |p: StageId| match &graph.stages[p].kind {
            StageKind::Service(before) => {
                let both = own | 1 << before.role;
                sent.contains_key(&(p, k)) && routing.centres[k].pools.iter().any(|q| q.roles & both == both)
            }
            _ => false,
        };
        let mut before = (0..graph.classes.len()).flat_map(|c| services_before(graph, flow, c, s));
        if before.any(can_be_the_last) {
            out.entry(s).or_default().push(k);
        }
    }
    out
}

/// Warns, once a stage, where such work is expected in hours in which no more officers of the role are on duty
/// than the stage takes: if one of them did the stage before, the request waits for somebody else to come.
pub(super) fn warn(b: &mut Builder<'_>, model: &Model, load: &Load, pairs: &Pairs) {
    for (&s, centres) in pairs {
        let StageKind::Service(service) = &model.stages[s].kind else { continue };
        // Up to the rounding of sums of seconds.
        let alone = |n: f64, open: f64| open > 0.0 && n <= f64::from(service.own_officers()) * open + 1e-9;
        let few_hours = |k: CentreId| {
            let duty = staffing::on_duty_in_role(model, k, service.role);
            let comes = load.for_another.get(&(s, k)).map_or(&[][..], Vec::as_slice);
            let hours = duty.officers.iter().zip(&duty.open).zip(comes);
            hours.filter(|((n, open), rate)| **rate > 1e-9 && alone(**n, **open)).count()
        };
        let found: Vec<String> = centres
            .iter()
            .map(|&k| (k, few_hours(k)))
            .filter(|(_, hours)| *hours > 0)
            .map(|(k, hours)| format!("`{}` ({hours} h a week)", model.centres[k].name))
            .collect();
        if found.is_empty() {
            continue;
        }
        let shown = found.len().min(SHOWN);
        let more = match found.len() - shown {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        let stage = &model.stages[s].name;
        let on_duty = match service.own_officers() {
            1 => "there is one officer".to_owned(),
            n => format!("there are {n} officers or fewer"),
        };
        let place = b.input.stage.0[s].0.place;
        b.cx.warning(
            place,
            format!(
                "`{stage}` needs an officer other than the one before, and at times {on_duty} of the role `{}` on duty at {}{more}",
                model.roles[service.role],
                found[..shown].join(", ")
            ),
        )
        .help("the request then waits until somebody else comes on duty; roster one more, or let a rule send it to another centre in those hours");
    }
}
