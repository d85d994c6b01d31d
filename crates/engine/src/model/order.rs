//! The order of names: a model's tables in an order that does not depend on how they are listed.
//!
//! The engine numbers what it handles by place in a table, adds sums up in that order and settles ties by it. So it runs
//! every model with its tables in the order of their names, and gives the outcome back in the order of the model as it
//! stands: whoever lists centres, classes or shifts otherwise gets the same numbers, to the last bit. What is a list by
//! its meaning keeps its order: routing rules, the branches out of a stage, the centres among which the least loaded is
//! sought, the requests that are there at the origin.

use super::{
    AreaId, Branch, Centre, CentreId, DeadlineUntil, Demand, Destination, Model, Pool, PoolKind, RoleMask,
    ShiftLine, StageKind,
};
use crate::simulation::outcome::{CentreFlow, Flow, Outcome};
use crate::simulation::trace::TraceRow;
use std::borrow::Cow;

/// Numbers of a table's entries in the order of their names, and the way back.
#[derive(Debug, Clone)]
struct TablePlaces {
    /// By new place: the old one.
    old: Vec<usize>,
    /// By old place: the new one.
    new: Vec<usize>,
}

impl TablePlaces {
    fn of<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let names: Vec<&str> = names.collect();
        let mut old: Vec<usize> = (0..names.len()).collect();
        old.sort_by_key(|&i| names[i]);
        let mut new = vec![0; old.len()];
        for (place, &i) in old.iter().enumerate() {
            new[i] = place;
        }
        Self { old, new }
    }

    fn unchanged(&self) -> bool {
        self.old.iter().enumerate().all(|(place, &i)| place == i)
    }

    /// Entries listed as they were, now in the order of names.
    fn sorted<T: Clone>(&self, entries: &[T]) -> Vec<T> {
        self.old.iter().filter_map(|&i| entries.get(i).cloned()).collect()
    }

    /// Entries in the order of names, listed again as they were.
    fn listed<T>(&self, entries: Vec<T>) -> Vec<T> {
        let mut slots: Vec<Option<T>> = entries.into_iter().map(Some).collect();
        self.new.iter().filter_map(|&place| slots.get_mut(place)?.take()).collect()
    }
}

/// How the tables of a model change places.
#[derive(Debug, Clone)]
pub(crate) struct TableOrder {
    roles: TablePlaces,
    classes: TablePlaces,
    areas: TablePlaces,
    stages: TablePlaces,
    centres: TablePlaces,
    exceptions: TablePlaces,
}

/// The place of a centre's pool in the order of pools.
fn pool_place(model: &Model, centre: &Centre, pool: usize) -> usize {
    let mut places: Vec<usize> = (0..centre.pools.len()).collect();
    places.sort_by_cached_key(|&p| pool_key(model, &centre.pools[p]));
    places.iter().position(|&p| p == pool).unwrap_or(pool)
}

impl TableOrder {
    /// The order of a model's names.
    pub(crate) fn of(model: &Model) -> Self {
        Self {
            roles: TablePlaces::of(model.roles.iter().map(String::as_str)),
            classes: TablePlaces::of(model.classes.iter().map(|x| x.name.as_str())),
            areas: TablePlaces::of(model.areas.iter().map(|x| x.name.as_str())),
            stages: TablePlaces::of(model.stages.iter().map(|x| x.name.as_str())),
            centres: TablePlaces::of(model.centres.iter().map(|x| x.name.as_str())),
            exceptions: TablePlaces::of(model.exceptions.iter().map(|x| x.name.as_str())),
        }
    }

    /// The model with its tables in this order; itself where they are already.
    pub(crate) fn sorted<'m>(&self, model: &'m Model) -> Cow<'m, Model> {
        let tables = [&self.roles, &self.classes, &self.areas, &self.stages, &self.centres, &self.exceptions];
        let pools = |centre: &Centre| {
            let keys: Vec<_> = centre.pools.iter().map(|pool| pool_key(model, pool)).collect();
            keys.is_sorted() && centre.pools.iter().all(lines_sorted)
        };
        if tables.into_iter().all(TablePlaces::unchanged) && model.centres.iter().all(pools) {
            return Cow::Borrowed(model);
        }
        let mut to = model.clone();
        to.roles = self.roles.sorted(&model.roles);
        self.sort_demand(model, &mut to);
        self.sort_workflow(model, &mut to);
        for handling in &mut to.handling {
            handling.classes = self.classes.sorted(&handling.classes);
            handling.stages = self.stages.sorted(&handling.stages);
            handling.centres = self.centres.sorted(&handling.centres);
        }
        to.centres = self.centres.old.iter().map(|&c| self.centre(model, &model.centres[c])).collect();
        for rule in &mut to.rules {
            rule.stages = self.stages.sorted(&rule.stages);
            rule.classes = self.classes.sorted(&rule.classes);
            rule.areas = self.areas.sorted(&rule.areas);
            rule.exception = rule.exception.map(|e| self.exceptions.new[e]);
            self.send(&mut rule.to);
            if let Some(overflow) = &mut rule.overflow {
                self.send(&mut overflow.to);
            }
            if let Some(duplicate) = &mut rule.duplicate {
                self.send(&mut duplicate.at);
            }
        }
        Cow::Owned(to)
    }

    /// Classes, areas, exceptions and what is there at the origin.
    fn sort_demand(&self, model: &Model, to: &mut Model) {
        to.classes = self.classes.sorted(&model.classes);
        for class in &mut to.classes {
            class.start = self.stages.new[class.start];
            if let Some(deadline) = &mut class.deadline {
                deadline.exit = self.stages.new[deadline.exit];
                deadline.until = match deadline.until {
                    DeadlineUntil::Finish(s) => DeadlineUntil::Finish(self.stages.new[s]),
                    DeadlineUntil::Start(s) => DeadlineUntil::Start(self.stages.new[s]),
                };
            }
            if let Demand::Trace(trace) = &mut class.demand {
                trace.area = trace.area.map(|a| self.areas.new[a]);
            }
        }
        to.areas = self.areas.sorted(&model.areas);
        for area in &mut to.areas {
            area.centre = area.centre.map(|c| self.centres.new[c]);
        }
        to.exceptions = self.exceptions.sorted(&model.exceptions);
        for exception in &mut to.exceptions {
            for (class, area, _) in &mut exception.demand {
                *class = class.map(|c| self.classes.new[c]);
                *area = area.map(|a| self.areas.new[a]);
            }
            // Factors multiply, and products are rounded.
            exception.demand.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
            for (centre, _) in &mut exception.roster {
                *centre = self.centres.new[*centre];
            }
            exception.roster.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        }
        for trigger in &mut to.triggers {
            trigger.centre = self.centres.new[trigger.centre];
            trigger.role = trigger.role.map(|role| self.roles.new[role]);
            for call in &mut trigger.calls {
                call.pool = pool_place(model, &model.centres[call.centre], call.pool);
                call.centre = self.centres.new[call.centre];
            }
            for order in &mut trigger.moves {
                order.pool = pool_place(model, &model.centres[order.to], order.pool);
                order.from = self.centres.new[order.from];
                order.to = self.centres.new[order.to];
            }
            for gate in &mut trigger.gates {
                gate.centre = self.centres.new[gate.centre];
                gate.classes = self.classes.sorted(&gate.classes);
                gate.exit = self.stages.new[gate.exit];
            }
        }
        for state in &mut to.run.start {
            state.centre = self.centres.new[state.centre];
            state.stage = self.stages.new[state.stage];
            state.class = self.classes.new[state.class];
            state.area = state.area.map(|a| self.areas.new[a]);
        }
        if let Some(now) = &mut to.run.now {
            for (centre, _) in &mut now.on_shift {
                *centre = self.centres.new[*centre];
            }
            now.on_shift.sort_unstable();
            for arrived in &mut now.arrived {
                arrived.class = self.classes.new[arrived.class];
                arrived.area = arrived.area.map(|a| self.areas.new[a]);
            }
        }
    }

    /// Stages and rework.
    fn sort_workflow(&self, model: &Model, to: &mut Model) {
        to.stages = self.stages.sorted(&model.stages);
        for stage in &mut to.stages {
            match &mut stage.kind {
                StageKind::Service(service) => {
                    service.role = self.roles.new[service.role];
                    service.others.iter_mut().for_each(|(role, _)| *role = self.roles.new[*role]);
                    service.priority =
                        service.priority.as_ref().map(|of_class| self.classes.sorted(of_class));
                }
                StageKind::Delay(delay) => {
                    if let Some(pickup) = &mut delay.pickup {
                        pickup.exit = self.stages.new[pickup.exit];
                    }
                }
                StageKind::Fork | StageKind::Join(_) | StageKind::Exit => {}
            }
            for Branch { to, cumulative, .. } in &mut stage.next {
                *to = self.stages.new[*to];
                *cumulative = self.classes.sorted(cumulative);
            }
        }
        if let Some(rework) = &mut to.rework {
            rework.documented_at = self.stages.new[rework.documented_at];
            rework.stage = self.stages.new[rework.stage];
        }
    }

    fn centre(&self, model: &Model, from: &Centre) -> Centre {
        let mut centre = from.clone();
        centre.speed = self.classes.sorted(&from.speed);
        for reserve in &mut centre.reserves {
            reserve.classes = self.classes.sorted(&reserve.classes);
        }
        if let Some(concurrency) = &mut centre.concurrency {
            concurrency.roles = self.mask(concurrency.roles);
        }
        if let Some((_, exit)) = &mut centre.capacity {
            *exit = self.stages.new[*exit];
        }
        if let Some(calls) = &mut centre.call_back {
            calls.exit = self.stages.new[calls.exit];
        }
        if let Some(balk) = &mut centre.balk {
            balk.exit = self.stages.new[balk.exit];
        }
        centre.pools.sort_by(|a, b| pool_key(model, a).cmp(&pool_key(model, b)));
        for pool in &mut centre.pools {
            pool.roles = self.mask(pool.roles);
            pool.skills.iter_mut().for_each(|skill| skill.role = self.roles.new[skill.role]);
            if let PoolKind::Crews(lines) = &mut pool.kind {
                lines.sort_by(|a, b| a.name.cmp(&b.name));
            }
        }
        centre
    }

    fn mask(&self, roles: RoleMask) -> RoleMask {
        let held = self.roles.new.iter().enumerate().filter(|(old, _)| roles >> old & 1 == 1);
        held.fold(0, |mask, (_, new)| mask | 1 << new)
    }

    fn send(&self, target: &mut Destination) {
        match target {
            Destination::Centre(c) => *c = self.centres.new[*c],
            Destination::LeastLoaded(list) => list.iter_mut().for_each(|c| *c = self.centres.new[*c]),
            Destination::Local | Destination::Same => {}
        }
    }

    /// The outcome of a model in this order, as its tables are listed.
    pub(crate) fn listed(&self, model: &Model, mut outcome: Outcome) -> Outcome {
        let exits = |flow: &mut Flow| flow.exits = self.stages.listed(std::mem::take(&mut flow.exits));
        exits(&mut outcome.total);
        outcome.classes.iter_mut().chain(&mut outcome.areas).for_each(exits);
        outcome.classes = self.classes.listed(outcome.classes);
        outcome.areas = self.areas.listed(outcome.areas);
        outcome.local = self.areas.listed(outcome.local);
        outcome.stages = self.stages.listed(outcome.stages);
        for (stage, flow) in model.stages.iter().zip(&mut outcome.stages) {
            // Delays and exits are counted in the first entry, whichever centre that is.
            if matches!(stage.kind, StageKind::Service(_)) {
                flow.completed = self.centres.listed(std::mem::take(&mut flow.completed));
            }
        }
        outcome.centres = self.centres.listed(outcome.centres);
        outcome.centres.iter_mut().for_each(|flow| self.list_roles(flow));
        self.list_rows(&mut outcome.trace);
        outcome
    }

    /// Rows of a trace, whose entries count as the model lists them again.
    pub(crate) fn list_rows(&self, rows: &mut [TraceRow]) {
        for row in rows {
            row.class = self.classes.old[row.class];
            row.area = self.areas.old[row.area];
            row.stage = self.stages.old[row.stage];
            row.centre = row.centre.map(|c| self.centres.old[c]);
        }
    }

    /// Puts the slots of a centre's roles as the roles are listed.
    fn list_roles(&self, flow: &mut CentreFlow) {
        for role in &mut flow.roles {
            *role = self.roles.old[*role];
        }
        let mut slots: Vec<usize> = (0..flow.roles.len()).collect();
        slots.sort_by_key(|&slot| flow.roles[slot]);
        flow.integrals.reorder(&slots);
        let mut waits: Vec<_> = std::mem::take(&mut flow.waits).into_iter().map(Some).collect();
        let whole = std::iter::once(0);
        flow.waits =
            whole.chain(slots.iter().map(|s| s + 1)).filter_map(|s| waits.get_mut(s)?.take()).collect();
        flow.roles.sort_unstable();
    }
}

impl Model {
    /// The model with its tables in the order of their names, in which it is run: whoever works something out of it that
    /// must not depend, to the last bit, on how tables are listed takes this one.
    pub fn in_order_of_names(&self) -> Cow<'_, Model> {
        TableOrder::of(self).sorted(self)
    }

    /// Numbers of the centres in the order of their names, in which sums over them are added up: a sum of rounded numbers
    /// depends on the order, and nothing may depend on that of the tables.
    pub fn centres_by_name(&self) -> Vec<CentreId> {
        TablePlaces::of(self.centres.iter().map(|x| x.name.as_str())).old
    }

    /// The same of the areas.
    pub fn areas_by_name(&self) -> Vec<AreaId> {
        TablePlaces::of(self.areas.iter().map(|x| x.name.as_str())).old
    }
}

/// What a pool goes by among those of its centre: the names of its roles, and of its first shift.
fn pool_key<'m>(model: &'m Model, pool: &'m Pool) -> (Vec<&'m str>, Option<&'m str>) {
    let mut roles: Vec<&str> = model
        .roles
        .iter()
        .enumerate()
        .filter(|(r, _)| pool.roles >> r & 1 == 1)
        .map(|(_, n)| n.as_str())
        .collect();
    roles.sort_unstable();
    let first = match &pool.kind {
        PoolKind::Crews(lines) => lines.iter().map(|line| line.name.as_str()).min(),
        PoolKind::Levels(_) => None,
    };
    (roles, first)
}

fn lines_sorted(pool: &Pool) -> bool {
    match &pool.kind {
        PoolKind::Crews(lines) => lines.is_sorted_by(|a: &ShiftLine, b: &ShiftLine| a.name <= b.name),
        PoolKind::Levels(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Area;
    use crate::model::{Centre, Model, Pool, Rule, Stage};
    use crate::random::Sampler;

    #[test]
    fn a_model_in_order_is_left_alone_and_another_comes_back_as_it_was() {
        let mut model = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1)]);
        let order = TableOrder::of(&model);
        // Its two stages, "work" and "out", are not in order.
        assert!(matches!(order.sorted(&model), Cow::Owned(_)));
        model.stages.swap(0, 1);
        model.classes[0].start = 1;
        model.stages[1].next[0].to = 0;
        model.rules[0].stages.swap(0, 1);
        let order = TableOrder::of(&model);
        assert!(matches!(order.sorted(&model), Cow::Borrowed(_)));

        model.centres = vec![
            Centre::new("z", 1, vec![Pool::around_the_clock(1, 1)]),
            Centre::new("a", 1, vec![Pool::around_the_clock(1, 1)]),
        ];
        model.areas =
            ["y", "b"].map(|name| Area { name: name.into(), share: 0.5, clock: 0, centre: Some(0) }).into();
        model.areas[1].centre = Some(1);
        model.stages.push(Stage::service("extra", 0, Sampler::Constant(60.0), &[(0, 1.0)]));
        model.rules = vec![];
        model.rules = vec![Rule::everything(&model, Destination::LeastLoaded(vec![0, 1]))];
        let order = TableOrder::of(&model);
        let sorted = order.sorted(&model).into_owned();
        assert_eq!(sorted.centres.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["a", "z"]);
        assert_eq!(
            sorted.areas.iter().map(|a| (a.name.as_str(), a.centre)).collect::<Vec<_>>(),
            [("b", Some(0)), ("y", Some(1))]
        );
        assert_eq!(sorted.rules[0].to, Destination::LeastLoaded(vec![1, 0]));
        let again = order.listed(&model, Outcome::empty(&sorted));
        assert_eq!(again.centres.len(), 2);
        assert_eq!(again.stages.len(), 3);
    }
}
