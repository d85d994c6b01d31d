//! Parts of a model that have nothing to do with each other.
//!
//! Where no request that can reach one centre can reach another, nothing that happens at the one is felt at
//! the other. Such components are simulated one after the other, some small ones together: the calendar holds the
//! events of few centres only, and all that they touch stays close to the processor, however many centres
//! there are. Draws are keyed by source and request, and sums are kept by centre and by class and area, so results
//! are those of one loop over everything.

use super::arrivals::ArrivalSource;
use super::backfill::Backfill;
use crate::model::{Demand, Destination, Model, Rule};

/// So many centres are simulated together where they can be: their sums find room in a second-level cache, and
/// hours need not be looked up for each anew.
const TOGETHER: usize = 16;

/// A component: numbers of its centres, areas, sources and past streams, and about how many events a second it has.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Component {
    pub centres: Vec<usize>,
    pub areas: Vec<usize>,
    pub sources: Vec<usize>,
    pub backfills: Vec<usize>,
    pub event_rate: f64,
}

/// The components of a model, in the order of their first centres; those without any come last.
pub(super) fn components(model: &Model, sources: &[ArrivalSource], backfills: &[Backfill]) -> Vec<Component> {
    let (centres, areas) = (model.centres.len(), model.areas.len());
    // Nodes: centres, then classes in areas.
    let cell = |class: usize, area: usize| centres + class * areas + area;
    let mut groups = ComponentGroups::new(centres + model.classes.len() * areas);
    for (c, class) in model.classes.iter().enumerate() {
        if let Demand::Trace(trace) = &class.demand
            && trace.area.is_none()
        {
            // Each of its requests may come from any area.
            (1..areas).for_each(|a| groups.join(cell(c, 0), cell(c, a)));
        }
        for a in class.demand.areas(areas) {
            let area = &model.areas[a];
            for rule in model.rules.iter().filter(|r| r.classes[c] && r.areas[a]) {
                reached(rule, area.centre).for_each(|centre| groups.join(cell(c, a), centre));
            }
        }
    }
    let mut components: Vec<Component> = Vec::new();
    let mut component_of = vec![usize::MAX; centres + model.classes.len() * areas];
    let mut of_areas: Vec<(usize, usize)> = Vec::new();
    let mut component = |components: &mut Vec<Component>, node: usize| {
        let group = groups.of(node);
        if component_of[group] == usize::MAX {
            component_of[group] = components.len();
            components.push(Component {
                centres: Vec::new(),
                areas: Vec::new(),
                sources: Vec::new(),
                backfills: Vec::new(),
                event_rate: 0.0,
            });
        }
        component_of[group]
    };
    for c in 0..centres {
        let p = component(&mut components, c);
        components[p].centres.push(c);
    }
    for (c, class) in model.classes.iter().enumerate() {
        for a in class.demand.areas(areas) {
            let p = component(&mut components, cell(c, a));
            of_areas.push((a, p));
        }
    }
    of_areas.sort_unstable();
    of_areas.dedup();
    of_areas.into_iter().for_each(|(a, p)| components[p].areas.push(a));
    for (s, source) in sources.iter().enumerate() {
        let p = component(&mut components, cell(source.class, source.area));
        components[p].sources.push(s);
        components[p].event_rate += 2.0 * arrival_rate(model, source);
    }
    for (i, backfill) in backfills.iter().enumerate() {
        let p = component(&mut components, cell(backfill.class, backfill.area));
        components[p].backfills.push(i);
    }
    components
}

/// The same with small components put together.
pub(super) fn together(components: Vec<Component>) -> Vec<Component> {
    let mut all: Vec<Component> = Vec::new();
    for component in components {
        match all.last_mut() {
            Some(last) if last.centres.len() + component.centres.len() <= TOGETHER => last.add(component),
            _ => all.push(component),
        }
    }
    all
}

impl Component {
    fn add(&mut self, other: Self) {
        self.centres.extend(other.centres);
        let more = other.areas.into_iter().filter(|a| !self.areas.contains(a));
        self.areas.extend(more.collect::<Vec<_>>());
        self.sources.extend(other.sources);
        self.backfills.extend(other.backfills);
        self.event_rate += other.event_rate;
    }
}

/// All of a model as one component.
pub(super) fn whole(model: &Model, sources: &[ArrivalSource], backfills: &[Backfill]) -> Component {
    Component {
        centres: (0..model.centres.len()).collect(),
        areas: (0..model.areas.len()).collect(),
        sources: (0..sources.len()).collect(),
        backfills: (0..backfills.len()).collect(),
        event_rate: sources.iter().map(|source| 2.0 * arrival_rate(model, source)).sum(),
    }
}

/// Requests a second of a source, about.
fn arrival_rate(model: &Model, source: &ArrivalSource) -> f64 {
    let demand = &model.classes[source.class].demand;
    match demand {
        Demand::Rate { per_second, .. } => {
            per_second * demand.part_from(source.area, model.areas[source.area].share)
        }
        Demand::Trace(trace) => trace.per_second(model.run.end()),
    }
}

/// All centres that a rule may send requests or copies to; `local` is their area's own.
fn reached(rule: &Rule, local: Option<usize>) -> impl Iterator<Item = usize> {
    let also = rule.overflow.as_ref().map(|o| &o.to);
    let copies = rule.duplicate.as_ref().map(|d| &d.at);
    let targets = std::iter::once(&rule.to).chain(also).chain(copies);
    targets.flat_map(move |target| match target {
        Destination::Centre(c) => vec![*c],
        Destination::Local => local.into_iter().collect(),
        // It has been there by another rule.
        Destination::Same => Vec::new(),
        Destination::LeastLoaded(list) => list.clone(),
    })
}

/// Disjoint sets of nodes (union by lower number, with path halving).
struct ComponentGroups(Vec<usize>);

impl ComponentGroups {
    fn new(nodes: usize) -> Self {
        Self((0..nodes).collect())
    }

    fn of(&mut self, mut node: usize) -> usize {
        while self.0[node] != node {
            self.0[node] = self.0[self.0[node]];
            node = self.0[node];
        }
        node
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{arrivals::sources, backfill::backfills, network::Network};
    use super::*;
    use crate::model::{Area, Duplicate, Overflow, Window};
    use crate::model::{Centre, Model, Pool, Rule};
    use crate::random::Sampler;
    use crate::random::Streams;

    /// Three areas, each with a centre of its own.
    fn three() -> Model {
        let mut model = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1)]);
        model.centres =
            ["a", "b", "c"].map(|name| Centre::new(name, 1, vec![Pool::around_the_clock(1, 1)])).into();
        let area = |c: usize| Area { name: format!("area {c}"), share: 1.0 / 3.0, clock: 0, centre: Some(c) };
        model.areas = (0..3).map(area).collect();
        model.rules = Vec::new();
        model.rules = vec![Rule::everything(&model, Destination::Local)];
        model
    }

    fn centres(model: &Model) -> Vec<Vec<usize>> {
        let streams = Streams::new(1, 0);
        let (sources, backfills) =
            (sources(model, streams, &|| false), backfills(model, &Network::new(model), streams));
        let found = components(model, &sources, &backfills);
        let rates: f64 = found.iter().map(|p| p.event_rate).sum();
        assert!((rates - whole(model, &sources, &backfills).event_rate).abs() < 1e-12);
        assert_eq!(found.iter().map(|p| p.sources.len()).sum::<usize>(), sources.len());
        found.into_iter().map(|p| p.centres).collect()
    }

    #[test]
    fn what_rules_overflow_or_copies_join_is_one_part() {
        let mut model = three();
        assert_eq!(centres(&model), [vec![0], vec![1], vec![2]]);

        model.rules[0].overflow =
            Some(Overflow { after: Some(1.0), queue: None, to: Destination::Centre(2) });
        assert_eq!(centres(&model), [vec![0, 1, 2]]);

        let mut model = three();
        let mut copies = Rule::everything(&model, Destination::Local);
        copies.areas = vec![true, false, false];
        let at = Destination::Centre(2);
        copies.duplicate = Some(Duplicate { at, probability: 0.1, window: Window::Always, stop_later: true });
        model.rules.insert(0, copies);
        assert_eq!(centres(&model), [vec![0, 2], vec![1]]);

        let mut model = three();
        let mut shared = Rule::everything(&model, Destination::LeastLoaded(vec![0, 1]));
        shared.areas = vec![false, true, false];
        model.rules.insert(0, shared);
        assert_eq!(centres(&model), [vec![0, 1], vec![2]]);
    }

    #[test]
    fn small_parts_are_put_together() {
        let component = |c: usize| Component {
            centres: vec![2 * c, 2 * c + 1],
            areas: vec![c, 0],
            sources: vec![c],
            backfills: Vec::new(),
            event_rate: 1.0,
        };
        let all = together((0..9).map(component).collect());
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].centres, (0..16).collect::<Vec<_>>());
        assert_eq!(all[0].areas, [0, 0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!((all[0].event_rate, &all[0].sources[..]), (8.0, &[0, 1, 2, 3, 4, 5, 6, 7][..]));
        assert_eq!((&all[1].centres[..], &all[1].sources[..]), (&[16, 17][..], &[8][..]));
    }

    #[test]
    fn a_centre_that_nobody_comes_to_is_a_part() {
        let mut model = three();
        model.rules = vec![Rule::everything(&model, Destination::Centre(1))];
        assert_eq!(centres(&model), [vec![0], vec![1], vec![2]]);
    }
}
