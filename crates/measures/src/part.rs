//! A replication's part that a measure is read off: the whole, a class, a centre's role and so on.

use crate::catalogue::MEASURES;
use crate::measure::{Measure, Read};
use crate::places::{Key, PlaceKind, Section};
use crate::reads::applies;
use poolwise_engine::integral::Count;
use poolwise_engine::model::{Model, StageKind};
use poolwise_engine::outcome::{Flow, Outcome, StageFlow, Waits};
use poolwise_engine::time::{HOUR, WEEK};
use poolwise_planning::staffing::{self, RosterSize};

/// One replication's value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// Known without simulation; the same in every replication.
    Known(f64),
    /// A value by itself, averaged over replications.
    Plain(f64),
    /// Numerator and denominator, summed over replications.
    Ratio(f64, f64),
}

impl Value {
    /// The replication's own value.
    pub fn value(self) -> f64 {
        match self {
            Self::Known(x) | Self::Plain(x) => x,
            Self::Ratio(_, 0.0) => f64::NAN,
            Self::Ratio(n, d) => n / d,
        }
    }
}

/// A part of a replication.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// What kind of part.
    pub place: PlaceKind,
    /// The model that was simulated.
    pub model: &'a Model,
    /// What the replication left behind.
    pub outcome: &'a Outcome,
    /// Index of the class, area, stage, exit or centre.
    pub id: usize,
    /// Of a role at a centre its slot there, of a stage's share by centre the centre.
    pub inner: usize,
    /// Its roster, of the whole and of centres.
    pub staffing: RosterSize,
}

impl<'a> Part<'a> {
    /// A replication's class, area or centre by its index, or the whole, without its roster: for what is read off the
    /// outcome.
    pub fn of(model: &'a Model, outcome: &'a Outcome, place: PlaceKind, id: usize) -> Self {
        Self { place, model, outcome, id, inner: 0, staffing: RosterSize::default() }
    }

    /// Length of the window, seconds.
    pub(crate) fn seconds(&self) -> f64 {
        self.model.run.horizon
    }

    /// Length of the window, hours.
    pub(crate) fn hours(&self) -> f64 {
        self.model.run.horizon / HOUR
    }

    /// Length of the window, weeks.
    pub(crate) fn weeks(&self) -> f64 {
        self.model.run.horizon / WEEK
    }

    /// The time integral of a count of officers or requests, count-seconds: of a centre or role, or over the
    /// centres that count in totals.
    pub(crate) fn count(&self, count: Count) -> f64 {
        let centres = &self.outcome.centres;
        match self.place {
            PlaceKind::Centre | PlaceKind::Role => centres[self.id].integrals.total(self.inner, count),
            _ => {
                // In the order of names, so that no sum depends on the order of the file.
                let counted =
                    self.model.centres_by_name().into_iter().filter(|&c| self.model.centres[c].counted);
                counted.map(|c| centres[c].integrals.total(0, count)).sum()
            }
        }
    }

    /// The requests of the class or area, or all.
    pub(crate) fn flow(&self) -> &'a Flow {
        match self.place {
            PlaceKind::Class => &self.outcome.classes[self.id],
            PlaceKind::Area => &self.outcome.areas[self.id],
            _ => &self.outcome.total,
        }
    }

    /// The stage.
    pub(crate) fn stage(&self) -> &'a StageFlow {
        &self.outcome.stages[self.id]
    }

    /// Requests that left by the exit.
    pub(crate) fn left(&self) -> u64 {
        self.outcome.total.exits[self.id]
    }

    /// The waits of the centre or role.
    pub(crate) fn waits(&self) -> &'a Waits {
        &self.outcome.centres[self.id].waits[self.inner]
    }

    /// Its value of a measure read in this way.
    pub fn read(&self, read: Read) -> Value {
        // Signs of zeros and bits of NaN differ between processors, and values are kept bit by bit.
        let settled = |x: f64| if x.is_nan() { f64::NAN } else { x + 0.0 };
        match read {
            Read::Known(f) => Value::Known(settled(f(self))),
            Read::Plain(f) => Value::Plain(settled(f(self))),
            Read::Ratio(f) => {
                let (n, d) = f(self);
                Value::Ratio(settled(n), settled(d))
            }
        }
    }
}

/// Who is on duty in the mean: the same in every replication of a model, so worked out once.
#[derive(Debug, Clone)]
pub struct Rosters {
    whole: RosterSize,
    /// Of each centre, and its posts by role.
    centres: Vec<(RosterSize, Vec<f64>)>,
}

impl Rosters {
    /// Those of a model.
    pub fn of(model: &Model) -> Self {
        let posts = |c| move |r| staffing::on_duty_in_role(model, c, r).mean();
        let of = |c| (staffing::staffing(model, c), (0..model.roles.len()).map(posts(c)).collect());
        Self { whole: staffing::totals(model), centres: (0..model.centres.len()).map(of).collect() }
    }

    /// That of one part, as [`Self::of`] has it.
    fn at(part: &Part<'_>) -> RosterSize {
        let none = RosterSize::default();
        match part.place {
            PlaceKind::Whole => staffing::totals(part.model),
            PlaceKind::Centre => staffing::staffing(part.model, part.id),
            PlaceKind::Role => {
                let role = part.outcome.centres[part.id].roles[part.inner - 1];
                RosterSize { posts: staffing::on_duty_in_role(part.model, part.id, role).mean(), ..none }
            }
            _ => none,
        }
    }

    /// Nobody, where only names are asked for.
    fn none(model: &Model) -> Self {
        Self { whole: RosterSize::default(), centres: vec![Default::default(); model.centres.len()] }
    }
}

/// All parts of a replication, in a fixed order.
fn parts<'a>(model: &'a Model, outcome: &'a Outcome, rosters: &Rosters) -> Vec<Part<'a>> {
    let none = RosterSize::default();
    let part = |place, id, inner, staffing| Part { place, model, outcome, id, inner, staffing };
    let mut all = vec![part(PlaceKind::Whole, 0, 0, rosters.whole)];
    let exits = model.stages.iter().enumerate().filter(|(_, s)| s.kind == StageKind::Exit);
    all.extend(exits.map(|(s, _)| part(PlaceKind::Exit, s, 0, none)));
    all.extend((0..model.classes.len()).map(|c| part(PlaceKind::Class, c, 0, none)));
    all.extend((0..model.areas.len()).map(|a| part(PlaceKind::Area, a, 0, none)));
    for (s, stage) in model.stages.iter().enumerate() {
        let service = matches!(stage.kind, StageKind::Service(_));
        let place = match &stage.kind {
            StageKind::Service(_) => PlaceKind::Service,
            StageKind::Join(_) => PlaceKind::Join,
            _ => PlaceKind::Stage,
        };
        all.push(part(place, s, 0, none));
        let centres = if service { model.centres.len() } else { 0 };
        all.extend((0..centres).map(|c| part(PlaceKind::ServiceAtCentre, s, c, none)));
    }
    for (c, (flow, (staffing, posts))) in outcome.centres.iter().zip(&rosters.centres).enumerate() {
        all.push(part(PlaceKind::Centre, c, 0, *staffing));
        for (r, &role) in flow.roles.iter().enumerate() {
            let posts = posts.get(role).copied().unwrap_or(0.0);
            all.push(part(PlaceKind::Role, c, r + 1, RosterSize { posts, ..none }));
        }
    }
    all
}

/// What a part is called.
fn section(part: &Part<'_>) -> Section {
    let Part { model, id, inner, .. } = *part;
    match part.place {
        PlaceKind::Whole => Section::Whole,
        PlaceKind::Exit => Section::Exit(model.stages[id].name.clone()),
        PlaceKind::Class => Section::Class(model.classes[id].name.clone()),
        PlaceKind::Area => Section::Area(model.areas[id].name.clone()),
        PlaceKind::Stage | PlaceKind::Join | PlaceKind::Service => {
            Section::Stage(model.stages[id].name.clone())
        }
        PlaceKind::ServiceAtCentre => Section::StageShare(model.stages[id].name.clone()),
        PlaceKind::Centre => Section::Centre(model.centres[id].name.clone(), "all".to_owned()),
        PlaceKind::Role => {
            let role = part.outcome.centres[id].roles[inner - 1];
            Section::Centre(model.centres[id].name.clone(), model.roles[role].clone())
        }
    }
}

/// All measures of a replication, in the same order for every replication of a model.
pub fn measure(model: &Model, outcome: &Outcome) -> Vec<(Key, Value)> {
    each(model, outcome, &Rosters::of(model), |part, measure, read| (key(part, measure), part.read(read)))
}

/// The names of [`measure`] alone.
pub fn names(model: &Model, outcome: &Outcome) -> Vec<Key> {
    each(model, outcome, &Rosters::none(model), |part, measure, _| key(part, measure))
}

/// The values of [`measure`] alone, in its order: names cost more than numbers.
pub fn values(model: &Model, outcome: &Outcome, rosters: &Rosters) -> Vec<Value> {
    let mut values = each(model, outcome, rosters, |part, _, read| part.read(read));
    // They are kept for every replication.
    values.shrink_to_fit();
    values
}

/// The measures of a model. Nothing is simulated.
pub fn keys(model: &Model) -> Vec<Key> {
    each(model, &Outcome::empty(model), &Rosters::none(model), |part, measure, _| key(part, measure))
}

/// The measure that a path means, and its value: the same as among all of [`measure`], at the cost of one.
pub fn value_at(model: &Model, outcome: &Outcome, path: &[String]) -> Option<(Key, Value)> {
    for mut part in parts(model, outcome, &Rosters::none(model)) {
        // The last word is the measure's name, or a centre's where a stage's shares are kept.
        let named = |m: &&Measure| {
            part.place == PlaceKind::ServiceAtCentre || path.last().is_some_and(|name| m.name == name)
        };
        for m in MEASURES.iter().filter(named).filter(|m| applies(m, &part)) {
            let Some(read) = m.read_at(part.place) else { continue };
            let key = key(&part, m);
            if key.is(path) {
                part.staffing = Rosters::at(&part);
                return Some((key, part.read(read)));
            }
        }
    }
    None
}

fn key(part: &Part<'_>, measure: &Measure) -> Key {
    // A stage's shares are kept by the names of centres.
    let name = match part.place {
        PlaceKind::ServiceAtCentre => part.model.centres[part.inner].name.clone(),
        _ => measure.name.to_owned(),
    };
    Key { section: section(part), name }
}

fn each<T>(
    model: &Model,
    outcome: &Outcome,
    rosters: &Rosters,
    of: impl Fn(&Part, &'static Measure, Read) -> T,
) -> Vec<T> {
    let mut out = Vec::with_capacity(1_024);
    for part in parts(model, outcome, rosters) {
        for m in MEASURES.iter().filter(|m| applies(m, &part)) {
            let Some(read) = m.read_at(part.place) else { continue };
            out.push(of(&part, m, read));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::model::{
        CallBack, CallIn, Concurrency, Discipline, Measured, Model, Pool, Redial, Trigger,
    };
    use poolwise_engine::random::Sampler;

    #[test]
    fn one_value_is_that_among_all() {
        let pools = vec![Pool::around_the_clock(1, 2), Pool::around_the_clock(1, 1)];
        let model = Model::one_queue(6.0, Sampler::Constant(1_800.0), pools);
        let outcome = poolwise_engine::run(&model, 0, false).expect("a run");
        let all = measure(&model, &outcome);
        assert!(all.len() > 60 && all.iter().any(|(key, _)| matches!(key.section, Section::StageShare(_))));
        for (key, value) in all {
            let path: Vec<String> = key.parts().into_iter().map(str::to_owned).collect();
            let (found, alone) = value_at(&model, &outcome, &path).expect("a measure");
            let bits = |v: Value| (std::mem::discriminant(&v), v.value().to_bits());
            assert_eq!((&found, bits(alone)), (&key, bits(value)), "{path:?}");
        }
        assert!(value_at(&model, &outcome, &["utilisation".to_owned()]).is_none());
        assert!(value_at(&model, &outcome, &[]).is_none());
    }

    #[test]
    fn every_measure_is_kept_somewhere_and_paths_find_it() {
        let mut model =
            Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1); 2]);
        model.centres[0].discipline = Discipline::Preemptive;
        let after = Sampler::Constant(60.0);
        model.classes[0].redial =
            Some(Redial { probability: vec![0.5], goes_on: true, after: after.clone() });
        model.centres[0].call_back = Some(Box::new(CallBack {
            queue: 1,
            accepted: 0.5,
            answered: 0.5,
            ringing: after.clone(),
            attempts: 2,
            again: after.clone(),
            exit: 1,
        }));
        model.centres[0].concurrency = Some(Box::new(Concurrency { slower: vec![1.0, 1.5], roles: 1 }));
        let on_call =
            CallIn { centre: 0, pool: 1, officers: 1, lead: after, stay: 0.0, premium: 0.0, allowance: 0.0 };
        model.triggers = vec![Trigger {
            name: "busy".into(),
            key: 1,
            centre: 0,
            role: None,
            on: Some(Measured::Queue(1)),
            off: None,
            hours: None,
            calls: vec![on_call],
            moves: Vec::new(),
            gates: Vec::new(),
        }];
        let keys = keys(&model);
        for m in &MEASURES {
            assert!(keys.iter().any(|k| k.measure().is_some_and(|of| of.name == m.name)), "{}", m.name);
        }
        for key in &keys {
            let parts = key.parts();
            let path: Vec<String> = parts.iter().map(|p| format!("\"{p}\"")).collect();
            let found = crate::of_path(&path.join(".")).map(|m| m.name);
            assert_eq!(found, key.measure().map(|m| m.name), "{path:?}");
            assert_eq!(keys.iter().filter(|k| k.is(&crate::split_path(&path.join(".")))).count(), 1);
        }
    }
}
