//! Where requests may turn aside: stages at which they go on because a deadline passes or a centre does not take them in.

use super::{Area, Centre, CentreId, Class, ClassId, Destination, Model, Rule, Stage, StageId, StageKind};

/// The parts of a model that say where requests may turn aside.
#[derive(Debug, Clone, Copy)]
pub struct Asides<'m> {
    /// Steps of the workflow.
    pub stages: &'m [Stage],
    /// Kinds of request.
    pub classes: &'m [Class],
    /// Places with officers.
    pub centres: &'m [Centre],
    /// Routing rules, in the order in which they are tried.
    pub rules: &'m [Rule],
    /// Where requests come from.
    pub areas: &'m [Area],
}

impl Asides<'_> {
    /// Stages to which requests of a class may turn aside, wherever they are. Exits are not among them: nothing follows.
    pub fn of(&self, class: ClassId) -> Vec<StageId> {
        let leads_on =
            |s: &StageId| self.stages.get(*s).is_some_and(|stage| !matches!(stage.kind, StageKind::Exit));
        let mut out: Vec<StageId> =
            self.classes[class].deadline.iter().map(|d| d.exit).filter(leads_on).collect();
        // Most centres turn nobody aside, and then nobody needs to know where the rules lead: there may be thousands of each.
        let mut turned_away = self.centres.iter().enumerate().flat_map(|(k, centre)| {
            let full = centre.capacity.map(|limit| limit.1);
            let unreached = centre.call_back.as_ref().map(|calls| calls.exit);
            let exits = full.into_iter().chain(centre.balk.as_ref().map(|balk| balk.exit)).chain(unreached);
            exits.filter(leads_on).map(move |exit| (k, exit))
        });
        if let Some(first) = turned_away.next() {
            let may = self.reached_by_rules(class);
            out.extend(
                std::iter::once(first).chain(turned_away).filter(|(k, _)| may[*k]).map(|(_, exit)| exit),
            );
        }
        out
    }

    /// The centres to which some rule may send requests of a class, by itself or by overflow.
    fn reached_by_rules(&self, class: ClassId) -> Vec<bool> {
        let mut reached = vec![false; self.centres.len()];
        let mut reach = |c: CentreId| reached.iter_mut().skip(c).take(1).for_each(|r| *r = true);
        let rules = self.rules.iter().filter(|rule| rule.classes.get(class) == Some(&true));
        let mut to_local = false;
        for target in rules.flat_map(|rule| [Some(&rule.to), rule.overflow.as_ref().map(|o| &o.to)]).flatten()
        {
            match target {
                Destination::Centre(c) => reach(*c),
                Destination::Local => to_local = true,
                Destination::Same => return vec![true; self.centres.len()],
                Destination::LeastLoaded(list) => list.iter().copied().for_each(&mut reach),
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

#[cfg(test)]
mod tests {
    use crate::model::{Destination, Duplicate, Model, Pool, Rule, Stage, StageKind, Window};
    use crate::random::Sampler;

    /// Two centres, of which the second turns away to a stage that leads on.
    fn model() -> Model {
        let time = || Sampler::Constant(60.0);
        let mut model = Model::one_queue(6.0, time(), vec![Pool::around_the_clock(1, 1)]);
        model.stages = vec![
            Stage::service("s", 0, time(), &[(1, 1.0)]),
            Stage::exit("out"),
            Stage::delay("aside", time(), &[(1, 1.0)]),
        ];
        let mut second = model.centres[0].clone();
        second.name = "second".to_owned();
        second.capacity = Some((3, 2));
        model.centres.push(second);
        model.rules = vec![Rule { stages: vec![true, false, false], ..model.rules[0].clone() }];
        model
    }

    #[test]
    fn only_where_rules_lead_do_requests_turn_aside() {
        let mut model = model();
        assert_eq!(model.asides(0), [0_usize; 0]);
        for to in [Destination::Centre(1), Destination::LeastLoaded(vec![0, 1]), Destination::Same] {
            model.rules[0].to = to;
            assert_eq!(model.asides(0), [2], "{:?}", model.rules[0].to);
        }
        model.rules[0].to = Destination::Local;
        assert_eq!(model.asides(0), [0_usize; 0]);
        model.areas[0].centre = Some(1);
        assert_eq!(model.asides(0), [2]);
        // An exit is where nothing follows.
        model.centres[1].capacity = Some((3, 1));
        assert_eq!(model.asides(0), [0_usize; 0]);
    }

    #[test]
    fn what_is_served_several_at_once_is_not_done_twice() {
        let mut model = model();
        model.centres[1].capacity = None;
        let twice = Duplicate {
            at: Destination::Centre(1),
            probability: 0.5,
            window: Window::Always,
            stop_later: true,
        };
        model.rules[0].duplicate = Some(twice);
        model.validate().expect("one at a time");
        let StageKind::Service(service) = &mut model.stages[0].kind else { panic!("a service") };
        service.batch =
            Some(Box::new(crate::model::BatchService { most: 4, least: 1, after: f64::INFINITY }));
        let error = model.validate().expect_err("several at once").to_string();
        assert!(error.contains("cannot be done twice"), "{error}");
    }
}
