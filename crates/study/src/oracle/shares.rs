//! Which share of the requests at a stage the rules send to a centre, where that can be told without simulation.

use super::path::ClassPath;
use super::reasons::overlaps;
use poolwise_engine::model::{AreaId, CentreId, ClassId, Destination, Model, Rule, Service, StageId, Window};
use poolwise_planning::staffing;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// The rules for a class at a service stage. They are asked for every centre, and there may be thousands of centres, areas
/// and rules: so each centre has a list of the areas that may send something there, and each area one of its rules.
pub(super) struct FlowShares<'a> {
    model: &'a Model,
    service: &'a Service,
    /// Whether there is a service before, whose centre a rule may name.
    after_service: bool,
    /// The areas from which the class may come.
    areas: Range<AreaId>,
    /// By one of these areas: the rules that apply there, in order.
    rules: Vec<Vec<Rc<Applied<'a>>>>,
    /// By centre: areas with a rule that may send requests or copies there, ascending; only centres that there are any for.
    senders: BTreeMap<CentreId, Vec<AreaId>>,
    /// Whether somebody of the role is always on duty, by centre, where it was asked for.
    open: RefCell<BTreeMap<CentreId, bool>>,
}

/// A rule, with its lists of centres where they are found soon.
struct Applied<'a> {
    rule: &'a Rule,
    /// Where requests may be moved on to, and where copies may go; ascending, as far as these are lists.
    overflow: Vec<CentreId>,
    duplicate: Vec<CentreId>,
}

impl<'a> Applied<'a> {
    fn new(rule: &'a Rule) -> Rc<Self> {
        let sorted = |to: Option<&Destination>| {
            let mut list = match to {
                Some(Destination::LeastLoaded(list)) => list.clone(),
                _ => Vec::new(),
            };
            list.sort_unstable();
            list
        };
        let overflow = sorted(rule.overflow.as_ref().map(|o| &o.to));
        let duplicate = sorted(rule.duplicate.as_ref().map(|d| &d.at));
        Rc::new(Self { rule, overflow, duplicate })
    }
}

impl<'a> FlowShares<'a> {
    /// Of a class, whose way is `path`, at the stage of a service.
    pub(super) fn new(
        model: &'a Model,
        path: &ClassPath,
        class: ClassId,
        stage: StageId,
        service: &'a Service,
    ) -> Self {
        let after_service = path.after_service[stage];
        let areas = model.classes[class].demand.areas(model.areas.len());
        let mut rules = vec![Vec::new(); areas.len()];
        let mut senders: BTreeMap<CentreId, Vec<AreaId>> = BTreeMap::new();
        let applied: Vec<Rc<Applied<'_>>> =
            model.rules.iter().filter(|r| r.stages[stage] && r.classes[class]).map(Applied::new).collect();
        for area in areas.clone() {
            let at = &model.areas[area];
            let mut send = |centre: CentreId| {
                let here = senders.entry(centre).or_default();
                if here.last() != Some(&area) {
                    here.push(area);
                }
            };
            for one in applied.iter().filter(|a| a.rule.areas[area]) {
                let overflow = one.rule.overflow.as_ref().map(|o| &o.to);
                let duplicate = one.rule.duplicate.as_ref().map(|d| &d.at);
                for to in [Some(&one.rule.to), overflow, duplicate].into_iter().flatten() {
                    match to {
                        Destination::Centre(c) => send(*c),
                        Destination::Local => at.centre.into_iter().for_each(&mut send),
                        Destination::Same if after_service => (0..model.centres.len()).for_each(&mut send),
                        Destination::Same => {}
                        Destination::LeastLoaded(list) => list.iter().copied().for_each(&mut send),
                    }
                }
                rules[area - areas.start].push(Rc::clone(one));
            }
        }
        Self { model, service, after_service, areas, rules, senders, open: RefCell::default() }
    }

    /// The centres to which something may be sent, ascending.
    pub(super) fn centres(&self) -> impl Iterator<Item = CentreId> {
        self.senders.keys().copied()
    }

    /// Areas that may send something to a centre, ascending.
    pub(super) fn senders(&self, centre: CentreId) -> &[AreaId] {
        self.senders.get(&centre).map_or(&[], Vec::as_slice)
    }

    /// The share of an area's requests that go to a centre, or why it cannot be told.
    pub(super) fn share(&self, area: AreaId, centre: CentreId) -> Result<f64, &'static str> {
        let own = self.model.areas[area].centre;
        let may = |target: &Destination, list: &[CentreId]| match target {
            Destination::Centre(c) => *c == centre,
            Destination::Local => own == Some(centre),
            Destination::Same => self.after_service,
            Destination::LeastLoaded(_) => list.binary_search(&centre).is_ok(),
        };
        let (mut left, mut share) = (1.0, 0.0);
        for applied in &self.rules[area - self.areas.start] {
            let rule = applied.rule;
            if let Some(e) = rule.exception {
                if overlaps(self.model, e) {
                    return Err("a dated exception");
                }
                continue;
            }
            let to = match &rule.to {
                Destination::Centre(c) => *c,
                Destination::Local => match own {
                    Some(c) => c,
                    None => continue,
                },
                Destination::Same if !self.after_service => continue,
                Destination::Same => return Err("routing to the centre before"),
                Destination::LeastLoaded(_) => return Err("routing to the least loaded"),
            };
            match &rule.window {
                Window::Always => {}
                Window::Open if self.always_open(to) => {}
                Window::Open | Window::Hours(_) => return Err("routing by hours"),
            }
            if rule.overflow.as_ref().is_some_and(|o| to == centre || may(&o.to, &applied.overflow)) {
                return Err("overflow");
            }
            if rule.duplicate.as_ref().is_some_and(|d| to == centre || may(&d.at, &applied.duplicate)) {
                return Err("duplicate work");
            }
            if to == centre {
                share += left * rule.share;
            }
            left *= 1.0 - rule.share;
            if left <= 0.0 {
                break;
            }
        }
        Ok(share)
    }

    fn always_open(&self, centre: CentreId) -> bool {
        let look = || {
            let duty = staffing::on_duty_in_role(self.model, centre, self.service.role);
            self.model.centres[centre].absence.share == 0.0 && duty.open.iter().all(|x| *x >= 1.0 - 1e-9)
        };
        *self.open.borrow_mut().entry(centre).or_insert_with(look)
    }
}
