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
        let deadline = self.classes[class].deadline.as_ref().map(|d| d.exit);
        let may = |k: CentreId| {
            let mut rules = self.rules.iter().filter(|rule| rule.classes.get(class) == Some(&true));
            rules.any(|rule| self.may_lead_to(rule, k))
        };
        let turned_away = self.centres.iter().enumerate().filter(|(k, _)| may(*k)).flat_map(|(_, centre)| {
            let full = centre.capacity.map(|limit| limit.1);
            let unreached = centre.call_back.as_ref().map(|calls| calls.exit);
            full.into_iter().chain(centre.balk.as_ref().map(|balk| balk.exit)).chain(unreached)
        });
        let leads_on =
            |s: &StageId| self.stages.get(*s).is_some_and(|stage| !matches!(stage.kind, StageKind::Exit));
        deadline.into_iter().chain(turned_away).filter(leads_on).collect()
    }

    /// Whether a rule may send requests to a centre, by itself or by overflow.
    fn may_lead_to(&self, rule: &Rule, centre: CentreId) -> bool {
        let mut targets = std::iter::once(&rule.to).chain(rule.overflow.as_ref().map(|o| &o.to));
        targets.any(|target| match target {
            Target::Centre(c) => *c == centre,
            Target::Local => self.areas.iter().any(|area| area.centre == Some(centre)),
            Target::Same => true,
            Target::LeastLoaded(list) => list.contains(&centre),
        })
    }
}

impl Model {
    /// Stages to which requests of a class may turn aside: see [`Asides::of`].
    pub fn asides(&self, class: ClassId) -> Vec<StageId> {
        let Self { stages, classes, centres, rules, areas, .. } = self;
        Asides { stages, classes, centres, rules, areas }.of(class)
    }
}
