//! Fills in the defaults that depend on other parts, so that the resolved scenario says everything.

use super::collections::{Exactly, List};
use super::diagnostic::Problems;
use super::input::Req;
use super::parts::{
    AbsenceIn, AreaIn, ClassIn, HoursIn, ProfileIn, RoleIn, RouteIn, ScenarioIn, ServiceIn, StageIn, TargetIn,
};
use super::quantity::{HoursWord, write_clock};
use super::route_names;
use super::scalar::{NonNegative, Positive, Prose, Share, Text, Whole};
use super::source::TextSpan;
use poolwise_engine::time::{DAY, HOUR, WEEK};
use std::collections::HashSet;

/// Fills in what was left out. `stem` is the file's name without its ending.
pub(crate) fn fill(s: &mut ScenarioIn, stem: &str, cx: &mut Problems) {
    names(s, stem, cx);
    whole_weeks(s, cx);
    if s.area.0.is_empty() {
        let area = AreaIn { place: TextSpan::NONE, share: Positive::new(1.0), time_zone: None, centre: None };
        s.area.0.push((Text::new("all"), area));
    }
    let zone = Text { value: s.run.time_zone.value.clone(), place: s.run.time_zone.place };
    for (_, area) in &mut s.area.0 {
        area.time_zone.get_or_insert_with(|| zone.clone());
    }
    let first = s.stage.0.first().map(|(k, _)| k.clone());
    for (_, class) in &mut s.class.0 {
        fill_class(class, first.as_ref());
    }
    clocks(s);
    let names = roles(s);
    let held = names.items.iter().map(|name| RoleIn::Name(name.clone())).collect();
    let roles = List { place: TextSpan::NONE, items: held };
    for (_, centre) in &mut s.centre.0 {
        centre.time_zone.get_or_insert_with(|| zone.clone());
        centre.absence.get_or_insert(AbsenceIn::Share(Share::new(0.0)));
        for shift in centre.shifts.iter_mut().flat_map(|l| &mut l.items) {
            shift.roles.get_or_insert_with(|| roles.clone());
            if let (None, Some(start)) = (&shift.name, shift.start.get()) {
                shift.name = Some(Text { value: write_clock(start.seconds), place: start.place });
            }
        }
        for crew in centre.crews.iter_mut().flat_map(|l| &mut l.items) {
            crew.roles.get_or_insert_with(|| roles.clone());
        }
        if let Some(levels) = &mut centre.levels {
            levels.roles.get_or_insert_with(|| roles.clone());
        }
    }
    for (_, pool) in &mut s.pool.0 {
        pool.shape.get_or_insert(s.roster_shape);
        pool.roles.get_or_insert_with(|| roles.clone());
    }
    routes(s);
    rosters(s, &names);
}

/// Permitted shifts of rosters: all roles, and as many days as the hours a week allow.
fn rosters(s: &mut ScenarioIn, roles: &List<Text>) {
    let week = s.workforce.hours_per_week.value * HOUR;
    let Some(roster) = &mut s.roster else { return };
    let lists = roster.at.0.iter_mut().map(|(_, at)| &mut at.shifts).chain([&mut roster.shifts]);
    for shift in lists.flatten().flat_map(|l| &mut l.items) {
        shift.roles.get_or_insert_with(|| roles.clone());
        if let (None, Some(length)) = (shift.days_on, shift.length.get()) {
            let most = shift.days.0.iter().filter(|d| **d).count() as i64;
            let days = (week / length.seconds + 1e-9).floor() as i64;
            shift.days_on = Some(Whole::new(days.clamp(1, most.max(1))));
        }
    }
}

/// Statistics of a scenario with a weekly pattern cover whole weeks: otherwise some hours of the week
/// would count more often than others. Not where the scenario says so: what a run is like on a certain day does
/// not ask for equal hours.
fn whole_weeks(s: &mut ScenarioIn, cx: &mut Problems) {
    let horizon = s.run.horizon;
    let weeks = (horizon.seconds / WEEK + 1e-9).floor();
    // The rest of a day is no sample of the week.
    if s.start.now.at.is_some()
        || !s.run.whole_weeks
        || (horizon.seconds - weeks * WEEK).abs() < 1e-6
        || !has_weekly_pattern(s)
    {
        return;
    }
    let days = |seconds: f64| (seconds / DAY * 100.0).round() / 100.0;
    if weeks < 1.0 {
        cx.warning(
            horizon.place,
            format!("the horizon of {} days is part of a week only", days(horizon.seconds)),
        )
        .help("the scenario has a weekly pattern: its hours of the week do not count equally");
        return;
    }
    s.run.horizon.seconds = weeks * WEEK;
    cx.warning(
        horizon.place,
        format!("the horizon of {} days is cut to whole weeks: {} days", days(horizon.seconds), weeks * 7.0),
    )
    .help("the scenario has a weekly pattern, and each hour of the week must count equally; `whole_weeks = false` runs all of it");
}

/// Whether arrivals or officers follow the week.
fn has_weekly_pattern(s: &ScenarioIn) -> bool {
    let profile = |p: &ProfileIn| match p {
        ProfileIn::File(name) => name.as_str() != "flat",
        ProfileIn::Week(_) => true,
        ProfileIn::Table(table) => table.file.is_some(),
    };
    s.class.iter().any(|(_, c)| c.profile.as_ref().is_some_and(profile))
        || s.class.iter().any(|(_, c)| c.trace.as_ref().is_some_and(|t| t.resample.is_some()))
        || s.class.iter().any(|(_, c)| c.appointments.is_some())
        || !s.pool.0.is_empty()
        || s.centre.iter().any(|(_, c)| {
            c.shifts.is_some() || c.levels.as_ref().is_some_and(|l| l.weekly.is_some() || l.hourly.is_some())
        })
}

fn names(s: &mut ScenarioIn, stem: &str, cx: &mut Problems) {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    match &s.name {
        Some(name) => {
            let value = name.as_str();
            if !value.chars().all(fits) || value.chars().all(|c| c == '.') || value.len() > 100 {
                cx.error(name.place, format!("{value:?} cannot be the name of a folder of results"))
                    .help("a name has letters, digits, `-`, `_` and `.`, at most 100");
            }
        }
        None => {
            let mut name: String = stem.chars().map(|c| if fits(c) { c } else { '-' }).take(60).collect();
            if name.chars().all(|c| c == '.') {
                name = "scenario".to_owned();
            }
            s.name = Some(Text::new(name));
        }
    }
    let name = s.name.as_ref().map_or_else(String::new, |n| n.value.clone());
    s.title.get_or_insert(Prose(name));
    s.description.get_or_insert(Prose(String::new()));
}

fn fill_class(class: &mut ClassIn, first: Option<&Text>) {
    if class.start.is_none() {
        class.start = first.cloned();
    }
    if class.rate.is_some() {
        class.profile.get_or_insert_with(|| ProfileIn::File(Text::new("flat")));
        class.months.get_or_insert_with(|| Exactly(vec![NonNegative::new(1.0); 12]));
    }
}

/// All roles, by order of first appearance.
fn roles(s: &ScenarioIn) -> List<Text> {
    let mut seen = HashSet::new();
    let services = s.stage.iter().filter_map(|(_, stage)| stage.service.as_ref());
    let asked = services.flat_map(ServiceIn::roles);
    let items = asked.filter(|r| seen.insert(r.as_str())).map(|r| Text::new(r.as_str())).collect();
    List { place: TextSpan::NONE, items }
}

/// Where the completion clock starts, and what counts as done.
fn clocks(s: &mut ScenarioIn) {
    let any = |f: fn(&StageIn) -> Option<bool>| s.stage.iter().any(|(_, x)| f(x) == Some(true));
    let starts_said = any(|x| x.starts_clock);
    let done_said = any(|x| x.done);
    let mut failed: HashSet<String> = HashSet::new();
    let exits = s
        .class
        .iter()
        .filter_map(|(_, c)| c.deadline.as_ref()?.exit.get())
        .chain(s.stage.iter().filter_map(|(_, x)| x.pickup_clock.as_ref()?.exit.get()))
        .chain(s.centre.iter().filter_map(|(_, c)| c.balking.as_ref()?.exit.get()))
        .chain(s.centre.iter().filter_map(|(_, c)| c.call_back.as_ref()?.exit.as_ref()))
        .chain(s.centre.iter().filter_map(|(_, c)| c.queue_capacity.as_ref()?.exit.get()))
        .chain(s.trigger.items.iter().flat_map(|t| &t.close.items).filter_map(|gate| gate.exit.get()));
    failed.extend(exits.map(|t| t.value.clone()));
    for (name, stage) in &mut s.stage.0 {
        let starts = !starts_said && stage.service.is_some();
        stage.starts_clock.get_or_insert(starts);
        let done = !done_said && stage.exit.is_some() && !failed.contains(name.as_str());
        stage.done.get_or_insert(done);
    }
}

fn routes(s: &mut ScenarioIn) {
    if let ([], [(only, _)]) = (s.route.items.as_slice(), s.centre.0.as_slice()) {
        s.route.items.push(RouteIn {
            place: TextSpan::NONE,
            name: None,
            stages: None,
            classes: None,
            areas: None,
            hours: HoursIn::Word(HoursWord::Always),
            to: Req(Some(TargetIn::One(Text::new(only.as_str())))),
            trigger: None,
            share: Share::new(1.0),
            overflow: None,
            duplicate: None,
        });
    }
    route_names::fill(&mut s.route);
    for exception in &mut s.exception.items {
        route_names::fill(&mut exception.routes);
    }
}
