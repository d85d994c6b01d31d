//! Where requests may turn aside: stages at which they go on because a deadline passes or a centre does not take them in.

use super::{Area, Centre, CentreId, Class, ClassId, Model, Rule, Stage, StageId, StageKind, Target};

/// The parts of a model that say where requests may turn aside.
#[derive(Debug, Clone, Copy)]
pub struct Asides<'m> {
    /// Steps of the workflow.
    pub stages: &'m [Stage],
    /// Kinds of request.
    pub classes: &'m [Class],
    /// Places with officers.
    pub centres: &'m [Centre],
    /// Routing rules.
    pub rules: &'m [Rule],
    /// Where requests come from.
    pub areas: &'m [Area],
}

impl Asides<'_> {
    /// Stages to which requests of a class may turn aside, wherever they are. Exits are not among them: nothing follows.
    pub fn of(&self, class: ClassId) -> Vec<StageId> {
        let leads_on =
            |s: &StageId| self.stages.get(*s).is_some_and(|stage| !matches!(stage.kind, StageKind::Exit));
        let mut out: Vec<StageId> = self.classes[class].deadline.iter().map(|d| d.exit).filter(leads_on).collect();
        // Most centres turn nobody aside, and then nobody needs to know where the rules lead: there may be thousands of each.
        let mut turned_away = self.centres.iter().enumerate().flat_map(|(k, centre)| {
            let full = centre.capacity.map(|limit| limit.1);
            let unreached = centre.call_back.as_ref().map(|calls| calls.exit);
            let exits = full.into_iter().chain(centre.balk.as_ref().map(|balk| balk.exit)).chain(unreached);
            exits.filter(leads_on).map(move |exit| (k, exit))
        });
        if let Some(first) = turned_away.next() {
            let may = self.reached_by_rules(class);
            out.extend(std::iter::once(first).chain(turned_away).filter(|(k, _)| may[*k]).map(|(_, exit)| exit));
        }
        out
    }

    /// The centres to which some rule may send requests of a class, by itself or by overflow.
    fn reached_by_rules(&self, class: ClassId) -> Vec<bool> {
        let mut reached = vec![false; self.centres.len()];
        let mut reach = |c: CentreId| reached.iter_mut().skip(c).take(1).for_each(|r| *r = true);
        let rules = self.rules.iter().filter(|rule| rule.classes.get(class) == Some(&true));
        let mut to_local = false;
        for target in rules.flat_map(|rule| [Some(&rule.to), rule.overflow.as_ref().map(|o| &o.to)]).flatten() {
            match target {
                Target::Centre(c) => reach(*c),
                Target::Local => to_local = true,
                Target::Same => return vec![true; self.centres.len()],
                Target::LeastLoaded(list) => list.iter().copied().for_each(&mut reach),
            }
        }
        if to_local {
            self.areas.iter().filter_map(|area| area.centre).for_each(reach);
        }
        reached
    }
}

impl Model {
    /// Stages to which requests of a class may turn aside: see [`Asides::of`].
    pub fn asides(&self, class: ClassId) -> Vec<StageId> {
        let Self { stages, classes, centres, rules, areas, .. } = self;
        Asides { stages, classes, centres, rules, areas }.of(class)
    }
}
