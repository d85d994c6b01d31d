//! Checks that the rules take every request to a centre, and that somebody there can do the work.

use super::Builder;
use super::graph::{ClassStages, Graph};
use super::staff::{most_on_duty, role_by_levels};
use crate::diagnostic::few;
use crate::source::TextSpan;
use poolwise_engine::model::{Area, Centre, CentreId, Destination, RoleId, Rule, StageId, StageKind, Window};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The routing as the checks see it.
pub(super) struct Routing<'a> {
    pub rules: &'a [Rule],
    pub places: &'a [TextSpan],
    pub areas: &'a [Area],
    pub centres: &'a [Centre],
}

/// A stage at a centre, and the rule that can send it there.
pub(crate) type Sent = BTreeMap<(StageId, CentreId), TextSpan>;

/// Runs the checks; gives what the rules can send where.
pub(super) fn check(
    b: &mut Builder<'_>,
    graph: &Graph<'_>,
    flow: &ClassStages,
    routing: &Routing<'_>,
) -> Sent {
    let mut missing: BTreeMap<StageId, BTreeSet<(usize, usize)>> = BTreeMap::new();
    let mut sent = Sent::new();
    // Areas that differ neither in their centre nor in any rule are routed alike: look at one of each.
    let mut alike: HashMap<(Option<CentreId>, Vec<bool>), Vec<usize>> = HashMap::new();
    for (a, area) in routing.areas.iter().enumerate() {
        let rules = routing.rules.iter().map(|r| r.areas[a]).collect();
        alike.entry((area.centre, rules)).or_default().push(a);
    }
    let groups: BTreeMap<usize, Vec<usize>> = alike.into_values().map(|g| (g[0], g)).collect();
    for (&a, group) in &groups {
        for (c, class) in graph.classes.iter().enumerate() {
            // A class of an area of its own comes from nowhere else.
            let own = class.demand.area();
            if own.is_some_and(|own| group.binary_search(&own).is_err()) {
                continue;
            }
            for s in walk(graph, flow, routing, c, a, &mut sent) {
                let areas = group.iter().filter(|a| own.is_none_or(|own| own == **a));
                missing.entry(s).or_default().extend(areas.map(|a| (c, *a)));
            }
        }
    }
    for (s, pairs) in &missing {
        uncovered(b, graph, routing, *s, pairs);
    }
    staffed(b, graph, routing, &sent);
    for (k, centre) in routing.centres.iter().enumerate() {
        let place = b.input.centre.0[k].0.place;
        if !centre.pools.is_empty() && !sent.keys().any(|(_, c)| *c == k) {
            b.cx.warning(place, format!("no rule sends any work to the officers of `{}`", centre.name));
        }
    }
    sent
}

/// Follows the rules for one class and area: notes what can be sent where; returns the stages that no
/// rule is sure to take.
fn walk(
    graph: &Graph<'_>,
    flow: &ClassStages,
    routing: &Routing<'_>,
    c: usize,
    a: usize,
    sent: &mut Sent,
) -> Vec<StageId> {
    let stages: Vec<StageId> = (0..graph.stages.len())
        .filter(|s| flow.reached[c][*s] && matches!(graph.stages[*s].kind, StageKind::Service(_)))
        .collect();
    let mut uncovered = Vec::new();
    let mut here: BTreeMap<StageId, BTreeSet<CentreId>> = BTreeMap::new();
    let mut same: Vec<(StageId, TextSpan)> = Vec::new();
    for &s in &stages {
        let StageKind::Service(service) = &graph.stages[s].kind else { continue };
        // The same officer goes on where he holds the role; else the rules decide.
        if service.same_officer {
            same.push((s, TextSpan::NONE));
        }
        let mut sure = false;
        let fits =
            |r: &(&Rule, &TextSpan)| r.0.stages[s] && r.0.classes[c] && r.0.areas[a] && r.0.share > 0.0;
        for (rule, place) in routing.rules.iter().zip(routing.places).filter(fits) {
            let mut note = |target: &Destination| {
                for k in named(target, routing.areas[a].centre) {
                    here.entry(s).or_default().insert(k);
                    sent.entry((s, k)).or_insert(*place);
                }
            };
            note(&rule.to);
            rule.overflow.iter().for_each(|o| note(&o.to));
            rule.duplicate.iter().filter(|d| d.probability > 0.0).for_each(|d| note(&d.at));
            if matches!(rule.to, Destination::Same) {
                same.push((s, *place));
            }
            let resolves = match &rule.to {
                Destination::Same => !flow.without_service[c][s],
                target => named(target, routing.areas[a].centre).next().is_some(),
            };
            if resolves
                && rule.exception.is_none()
                && rule.trigger.is_none()
                && rule.window == Window::Always
                && rule.share >= 1.0
            {
                sure = true;
                break;
            }
        }
        if !sure {
            uncovered.push(s);
        }
    }
    // `same` sends a stage to wherever the services before it can have been; several may follow each other.
    let mut changed = !same.is_empty();
    while changed {
        changed = false;
        for &(s, place) in &same {
            for p in services_before(graph, flow, c, s) {
                for k in here.get(&p).cloned().unwrap_or_default() {
                    changed |= here.entry(s).or_default().insert(k);
                    sent.entry((s, k)).or_insert(place);
                }
            }
        }
    }
    uncovered
}

/// The centres that a target may be.
fn named(target: &Destination, own: Option<CentreId>) -> impl Iterator<Item = CentreId> {
    let list = match target {
        Destination::Centre(k) => vec![*k],
        Destination::Local => own.into_iter().collect(),
        Destination::Same => Vec::new(),
        Destination::LeastLoaded(list) => list.clone(),
    };
    list.into_iter()
}

/// The service stages that can be the last before this one.
pub(crate) fn services_before(graph: &Graph<'_>, flow: &ClassStages, c: usize, s: StageId) -> Vec<StageId> {
    let mut seen = vec![false; graph.stages.len()];
    let mut out = Vec::new();
    let mut todo = vec![s];
    while let Some(t) = todo.pop() {
        for &p in &flow.from[c][t] {
            if seen[p] {
                continue;
            }
            seen[p] = true;
            match graph.stages[p].kind {
                StageKind::Service(_) => out.push(p),
                _ => todo.push(p),
            }
        }
    }
    out
}

fn uncovered(
    b: &mut Builder<'_>,
    graph: &Graph<'_>,
    routing: &Routing<'_>,
    s: StageId,
    pairs: &BTreeSet<(usize, usize)>,
) {
    let classes: BTreeSet<usize> = pairs.iter().map(|p| p.0).collect();
    let areas: BTreeSet<usize> = pairs.iter().map(|p| p.1).collect();
    let mut of = String::new();
    if classes.len() < graph.classes.len() {
        let names: Vec<&str> = classes.iter().map(|c| graph.classes[*c].name.as_str()).collect();
        of.push_str(&format!(" of class {}", few(&names, 5)));
    }
    if areas.len() < routing.areas.len() {
        let names: Vec<&str> = areas.iter().map(|a| routing.areas[*a].name.as_str()).collect();
        of.push_str(&format!(" from {}", few(&names, 5)));
    }
    let place = b.input.stage.0[s].0.place;
    b.cx.error(place, format!("no route is sure to take `{}`{of} to a centre", graph.stages[s].name)).help(
        "end with a rule without `hours` and `share` whose `to` always exists; `local` needs an area with a centre, `same` a service before",
    );
}

/// Somebody at the centre must hold the role. Whether there are enough is known once pools are spread (`served`).
fn staffed(b: &mut Builder<'_>, graph: &Graph<'_>, routing: &Routing<'_>, sent: &Sent) {
    // What nobody can do at a centre is said once for all stages of the role that a rule sends there.
    let mut nobody: BTreeMap<(TextSpan, CentreId, usize), Vec<&str>> = BTreeMap::new();
    for (&(s, k), &place) in sent {
        let StageKind::Service(service) = &graph.stages[s].kind else { continue };
        let centre = &routing.centres[k];
        let stage = &graph.stages[s].name;
        let place = if place.is_none() { b.input.stage.0[s].0.place } else { place };
        for (role, _) in service.team() {
            let most: u64 = centre.pools.iter().filter(|p| p.roles & 1 << role != 0).map(most_on_duty).sum();
            if most == 0 {
                nobody.entry((place, k, role)).or_default().push(stage);
            }
        }
        if !service.others.is_empty() && centre.discipline.cuts_off() {
            b.cx.error(
                place,
                format!(
                    "`{stage}` takes officers of several roles, and at `{}` urgent cases cut off others",
                    centre.name
                ),
            )
            .help("give the centre another `discipline`, or let one role do the stage");
        }
        if service.different_officer && role_by_levels(routing.centres, k, service.role) {
            different_among_numbers(b, place, (stage, k, service.role), centre);
        }
    }
    for ((place, k, role), stages) in nobody {
        let centre = &routing.centres[k];
        let held: Vec<&str> = (0..b.names.roles.len())
            .filter(|r| centre.pools.iter().any(|p| p.roles & 1 << *r != 0 && most_on_duty(p) > 0))
            .map(|r| b.names.roles.name(r))
            .collect();
        let there = centre.pools.iter().any(|p| most_on_duty(p) > 0);
        let held = if held.is_empty() && there {
            format!(
                "no stage asks for what the officers at `{}` hold; write the role into their `roles`",
                centre.name
            )
        } else if held.is_empty() {
            format!("`{}` has no officers: give it `shifts`, `levels`, or a place in a pool", centre.name)
        } else {
            format!("officers at `{}` hold {}", centre.name, few(&held, 8))
        };
        let message = format!(
            "{} can be sent to `{}`, where nobody holds the role `{}`",
            few(&stages, 5),
            centre.name,
            b.names.roles.name(role)
        );
        b.cx.error(place, message).help(held);
    }
}

/// Officers of a stage that asks for a different one are a number, which does not tell them apart: those of a level, or those who
/// come to help.
fn different_among_numbers(
    b: &mut Builder<'_>,
    place: TextSpan,
    (stage, k, role): (&str, CentreId, RoleId),
    centre: &Centre,
) {
    let role = b.names.roles.name(role);
    let (who, help) = if b.input.centre.0[k].1.levels.is_some() {
        (
            "is staffed by levels, which do not tell officers apart".to_owned(),
            "use `shifts` or `crews` at this centre".to_owned(),
        )
    } else {
        (
            "has officers who are called in or moved there: a number of them, which does not tell them apart"
                .to_owned(),
            format!(
                "name the `roles` of those who come to help, without `{role}`, or roster them in `shifts`"
            ),
        )
    };
    b.cx.error(place, format!("`{stage}` asks for a different officer, but `{}` {who}", centre.name))
        .help(help);
}
