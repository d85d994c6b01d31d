//! From what a planner wrote to a checked [`Model`].

mod appointments;
mod batch;
mod batch_service;
mod breaks;
mod calendar;
mod call_back;
mod cases;
mod concurrency;
mod demand;
mod effort;
mod forks;
mod graph;
mod growth;
mod handling;
mod held_back;
mod intervals;
mod levels;
mod local_intervals;
mod names;
mod now;
pub(crate) mod overload;
mod patience;
mod pools;
mod preemption;
mod presence;
mod reach;
mod redial;
mod resample;
mod reserve;
mod roster;
mod route;
mod second;
mod served;
mod skills;
mod staff;
mod start;
mod trace;
mod triggers;
mod unstaffed;
mod words;
mod workflow;

use super::Overload;
use super::diagnostic::Problems;
use super::files::Files;
use super::parts::{MeasureName, ScenarioIn};
use super::scalar::Text;
use super::source::{Sources, TextSpan};
use calendar::Calendar;
use names::Names;
use poolwise_engine::model::{
    Asides, Destination, MOST_CHANGES, MOST_ENTRIES, Model, RoleId, RunSettings, StageId, Workforce,
};
use poolwise_planning::allocation::PoolSpec;
use poolwise_planning::offered_load::{Load, expected, worked_off};
use poolwise_planning::roster_rules::{FieldWork, Pay, RosterRules};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How far sums of probabilities may be from one.
pub(crate) const SUM_TOLERANCE: f64 = 1e-9;

/// What the parts of the translation share.
struct Builder<'a> {
    input: &'a ScenarioIn,
    names: Names,
    files: Files<'a>,
    calendar: Calendar,
    run: RunSettings,
    cx: &'a mut Problems,
    /// All stages were understood, so that checks of the whole graph make sense.
    workflow_ok: bool,
    /// All rules were understood.
    routing_ok: bool,
    /// Exits of balking and capacity.
    exits_of_centres: Vec<StageId>,
    /// Files whose arrivals are replayed as recorded.
    replayed: Vec<TextSpan>,
}

impl Builder<'_> {
    /// A stage by name. Where there is none, any will do: the error has been noted.
    fn stage(&mut self, name: Option<&Text>) -> StageId {
        let found = name.and_then(|n| self.names.stages.find(n, self.cx));
        self.workflow_ok &= found.is_some();
        found.unwrap_or(0)
    }

    fn role(&mut self, name: Option<&Text>) -> RoleId {
        let found = name.and_then(|n| self.names.roles.find(n, self.cx));
        self.workflow_ok &= found.is_some();
        found.unwrap_or(0)
    }
}

/// What comes of a scenario.
pub(crate) struct Built {
    pub model: Model,
    /// What the program worked out: officers of pools, hashes of data files.
    pub derived: toml::Table,
    /// Pools by headcount, with their permitted shifts.
    pub pools: Vec<PoolSpec>,
    /// Data files that were read.
    pub paths: Vec<PathBuf>,
    /// Rules of rosters.
    pub roster: Option<RosterRules>,
    /// What released officers could do.
    pub field_work: Option<FieldWork>,
    /// What hours cost.
    pub pay: Option<Pay>,
    /// Centres that cannot keep up.
    pub overloaded: Vec<Overload>,
}

/// Translates and checks. The model is only whole if `cx` has no error afterwards.
pub(crate) fn build(input: &ScenarioIn, sources: &Sources, cx: &mut Problems) -> Option<Built> {
    let names = Names::new(input, cx);
    let (run, calendar) = calendar::run(&input.run, &input.start.now, cx);
    for (table, empty) in [("class", names.classes.len() == 0), ("stage", names.stages.len() == 0)] {
        if empty {
            cx.error(TextSpan::NONE, format!("the scenario has no [{table}.<name>]"))
                .help("there must be at least one");
        }
    }
    if names.centres.len() == 0 && names.roles.len() > 0 {
        cx.error(TextSpan::NONE, "the scenario has no [centre.<name>]")
            .help("its service stages need officers");
    }
    if !tables_fit(input, &names, cx) {
        return None;
    }
    let mut b = Builder {
        input,
        workflow_ok: names.classes.len() > 0 && names.stages.len() > 0,
        routing_ok: names.centres.len() > 0,
        names,
        files: Files::new(sources),
        calendar,
        run,
        cx,
        exits_of_centres: Vec::new(),
        replayed: Vec::new(),
    };
    let areas = demand::areas(&mut b);
    let (stages, chances) = workflow::stages(&mut b);
    let classes = demand::classes(&mut b, &areas);
    let rework = workflow::rework(&mut b);
    let mut centres = staff::centres(&mut b);
    b.exits_of_centres = centres
        .iter()
        .flat_map(|c| {
            c.capacity
                .iter()
                .map(|x| x.1)
                .chain(c.balk.iter().map(|x| x.exit))
                .chain(c.call_back.iter().map(|x| x.exit))
        })
        .collect();
    let pools = pools::specs(&mut b, &centres);
    b.routing_ok &= pools.len() == input.pool.iter().filter(|(_, p)| !pools::is_set_aside(p)).count();
    let slots = pools::add_drafts(&mut centres, &pools);
    let handling = handling::handling(&mut b, &mut centres);
    let triggers = triggers::triggers(&mut b, &stages, &mut centres);
    b.exits_of_centres.extend(triggers.iter().flat_map(|t| &t.gates).map(|gate| gate.exit));
    let (rules, places) = route::rules(&mut b);
    let exceptions = route::exceptions(&mut b);
    let words = words::words(&mut b);
    let roster = roster::rules(&mut b);
    let field_work = roster::field_work(&mut b);
    roster::one_pay_table(&mut b);
    let pay = match &roster {
        Some(rules) => rules.pay.clone(),
        None => roster::paid(&mut b),
    };
    let mut seconds = second::Pairs::new();
    let mut sent = reach::Sent::new();
    if b.workflow_ok {
        let graph = graph::Graph {
            stages: &stages,
            chances: &chances,
            classes: &classes,
            rework: rework.as_ref(),
            asides: {
                let all = Asides {
                    stages: &stages,
                    classes: &classes,
                    centres: &centres,
                    rules: &rules,
                    areas: &areas,
                };
                (0..classes.len()).map(|class| all.of(class)).collect()
            },
        };
        let flow = graph.flow();
        graph::check(&mut b, &graph, &flow);
        if b.routing_ok {
            let helped = triggers::with_help(&centres, &triggers);
            let routing = reach::Routing { rules: &rules, places: &places, areas: &areas, centres: &helped };
            sent = reach::check(&mut b, &graph, &flow, &routing);
            graph::turned_away_for_ever(&mut b, &graph, &sent, &centres);
            seconds = second::pairs(&graph, &flow, &routing, &sent);
        }
    }
    if b.workflow_ok {
        b.run.start = start::states(&mut b, &stages, &classes, &centres);
        if input.start.now.at.is_some() {
            let at = b.run.warm_up;
            b.run.now = Some(Box::new(now::now(&mut b, at, &classes, &areas)));
        }
    }
    if b.cx.any_error() {
        return None;
    }
    let text = |p: &Option<super::scalar::Prose>| p.as_ref().map_or_else(String::new, |t| t.0.clone());
    let mut model = Model {
        name: input.name.as_ref().map_or_else(String::new, |n| n.value.clone()),
        title: text(&input.title),
        words,
        baseline: input.baseline,
        workforce: Workforce {
            hours_per_week: input.workforce.hours_per_week.value,
            planned_availability: input.workforce.planned_availability.value,
        },
        clocks: std::mem::take(&mut b.calendar.clocks),
        holidays: calendar::holidays(&input.run),
        roles: b.names.roles.all().to_vec(),
        classes,
        areas,
        stages,
        centres,
        rules,
        exceptions,
        rework,
        triggers,
        handling,
        run: b.run.clone(),
    };
    if let Some(precision) = &input.run.precision {
        let place = precision.measures.place;
        for MeasureName(name) in &precision.measures.items {
            if let Some(what) = poolwise_measures::lacks(name, &model) {
                b.cx.error(place, format!("`{name}` is a measure of scenarios with {what} only"));
            }
        }
    }
    if b.cx.any_error() {
        return None;
    }
    // What the model itself would refuse without a place in the file.
    let together = concurrency::check(&mut b, &model, &sent) && batch_service::check(&mut b, &model, &sent);
    if !together || !within_limits(&mut b, &model) {
        return None;
    }
    let mut spread = None;
    let mut load = None;
    if !pools.is_empty() {
        let by = load.insert(worked_off(&model));
        spread = pools::spread(&mut b, &mut model, &pools, &slots, by);
        if b.cx.any_error() {
            return None;
        }
    }
    // The draft's weekly totals are those of the spread officers too, unless work goes where more
    // officers are.
    let listed = |r: &poolwise_engine::model::Rule| {
        let of = [Some(&r.to), r.overflow.as_ref().map(|o| &o.to), r.duplicate.as_ref().map(|d| &d.at)];
        of.into_iter().flatten().any(|t| matches!(t, Destination::LeastLoaded(_)))
    };
    let load = load.filter(|_| !model.rules.iter().any(listed)).unwrap_or_else(|| expected(&model));
    let spread_over: Vec<_> = slots.iter().map(|s| s.0).collect();
    served::check(&mut b, &model, &sent, &spread_over);
    patience::check(&mut b, &model, &sent, &places);
    staff::check_last_starts(&mut b, &model.centres);
    now::check(&mut b, &model);
    // Again with the officers of pools.
    if !pools.is_empty() {
        let _ = concurrency::check(&mut b, &model, &sent) && batch_service::check(&mut b, &model, &sent);
    }
    if b.cx.any_error() {
        return None;
    }
    let overloaded = warn_unstable(&mut b, &model, &load);
    effort::warn(&mut b, &model, &load);
    second::warn(&mut b, &model, &load, &seconds);
    let derived = derived(spread, &b.files.hashes);
    Some(Built { model, derived, pools, paths: b.files.paths, roster, field_work, pay, overloaded })
}

/// Whether the tables that the engine keeps for stages, classes and areas together can be as large as they would be: before
/// anything is done with each of their entries.
fn tables_fit(input: &ScenarioIn, names: &Names, cx: &mut Problems) -> bool {
    let kinds = [
        (names.stages.len(), "stages", input.stage.0.last().map(|s| s.0.place)),
        (names.classes.len(), "classes", input.class.0.last().map(|c| c.0.place)),
        (names.areas.len().max(1), "areas", input.area.0.last().map(|a| a.0.place)),
    ];
    let entries: f64 = kinds.iter().map(|kind| kind.0 as f64).product();
    if entries <= MOST_ENTRIES {
        return true;
    }
    // The kind of which there are most is the one to have fewer of.
    let most = kinds.iter().max_by_key(|kind| kind.0);
    let place = most.and_then(|kind| kind.2).unwrap_or(TextSpan::NONE);
    let counts: Vec<String> = kinds.iter().map(|(n, what, _)| format!("{n} {what}")).collect();
    cx.error(
        place,
        format!(
            "there are {entries} combinations of a stage, a class and an area, and at most {MOST_ENTRIES} are possible"
        ),
    )
    .help(format!("there are {}: put together what differs in numbers only", counts.join(", ")));
    false
}

/// Whether the engine can number and hold all that the model has.
fn within_limits(b: &mut Builder<'_>, model: &Model) -> bool {
    let Err(why) = model.validate() else { return true };
    // Most counts belong to no line of the file; rates that change too often do to a class.
    let often = |i: &usize| model.changes_of_rate(&model.classes[*i]);
    let class = (0..model.classes.len()).max_by(|i, j| often(i).total_cmp(&often(j)));
    let class = class.filter(|i| often(i) > MOST_CHANGES);
    let place = class.map_or(TextSpan::NONE, |i| b.input.class.0[i].0.place);
    b.cx.error(place, why.to_string());
    false
}

/// Says where more work comes than the officers can do. Gives back where.
fn warn_unstable(b: &mut Builder<'_>, model: &Model, load: &Load) -> Vec<Overload> {
    let (said, overloaded) = overload::of(model, load);
    for (centre, message) in said {
        let place = b.input.centre.0[centre].0.place;
        b.cx.warning(place, message).help(overload::HELP);
    }
    overloaded
}

fn derived(spread: Option<toml::Table>, hashes: &BTreeMap<String, String>) -> toml::Table {
    let mut out = toml::Table::new();
    if let Some(spread) = spread {
        out.insert("pool".to_owned(), spread.into());
    }
    if !hashes.is_empty() {
        let files: toml::Table = hashes.iter().map(|(k, v)| (k.clone(), v.clone().into())).collect();
        out.insert("sha256_of_file".to_owned(), files.into());
    }
    out
}
