//! The present moment of a run that begins from now: its time, who is on shift, what has come so far today.

use super::Builder;
use super::calendar::Calendar;
use crate::diagnostic::Problems;
use crate::parts::{ArrivedIn, NowIn, RunIn};
use crate::quantity::{DateOrder, Moment, WrittenMoment, moment};
use crate::scalar::Text;
use crate::source::TextSpan;
use jiff::ToSpan;
use jiff::civil::{DateTime, Time};
use poolwise_engine::model::{
    Area, AreaId, Arrived, Class, DayScope, Demand, Model, Now, StageKind, StartState,
};
use poolwise_engine::rosters::{factor, on_shift_at};

/// The present and the end of the run, by the run's clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Present {
    pub(super) at: DateTime,
    pub(super) until: DateTime,
    pub(super) place: TextSpan,
}

/// Reads the present. Where nothing is said of it, nothing else may be.
pub(super) fn present(run: &RunIn, now: &NowIn, cx: &mut Problems) -> Option<Present> {
    let Some(at) = &now.at else {
        let said = [
            ("until", now.until.is_some()),
            ("cases", now.cases.is_some()),
            ("arrivals", !now.arrivals.0.is_empty()),
            ("on_shift", !now.on_shift.0.is_empty()),
        ];
        if let Some((key, _)) = said.iter().find(|(_, said)| *said) {
            cx.error(now.place, format!("`{key}` needs the present moment, `at`"))
                .help("write at = \"11:20\", or with the date: at = \"2026-11-28 11:20\"");
        }
        return None;
    };
    let local = moment_of_day(at, run, cx)?;
    let end = now.until.map_or(86_400.0, |until| until.seconds);
    let midnight = local.date().to_datetime(Time::midnight());
    let of_day = |day: DateTime| day.checked_add((end as i64).seconds()).ok();
    let today = of_day(midnight)?;
    let until = if today > local { today } else { of_day(midnight.checked_add(1.day()).ok()?)? };
    Some(Present { at: local, until, place: at.place })
}

fn moment_of_day(at: &WrittenMoment, run: &RunIn, cx: &mut Problems) -> Option<DateTime> {
    let text = at.text.as_str();
    let time_alone = text.len() <= 8 && text.contains(':') && !text.contains(['-', 'T', ' ']);
    let whole = if time_alone { format!("{} {text}", run.start.date) } else { text.to_owned() };
    let why = match moment(&whole, DateOrder::Year) {
        Ok(Moment::Local(local)) => return Some(local),
        Ok(Moment::Day(_)) => "it has no time of day".to_owned(),
        Ok(Moment::At(_)) => "it has an offset; write the time as the run's clock shows it".to_owned(),
        Err(why) => why,
    };
    cx.error(at.place, format!("{text:?} is no moment such as \"11:20\" or \"2026-11-28 11:20\"")).label(why);
    None
}

/// What is known of the present. `at` is its engine time.
pub(super) fn now(b: &mut Builder<'_>, at: f64, classes: &[Class], areas: &[Area]) -> Now {
    let input = &b.input.start.now;
    let on_shift = input.on_shift.iter().filter_map(|(name, officers)| {
        let centre = b.names.centres.find(name, b.cx)?;
        Some((centre, officers.count()))
    });
    let on_shift = on_shift.collect();
    let mut arrived = Vec::new();
    for (name, counts) in input.arrivals.iter() {
        let Some(class) = b.names.classes.find(name, b.cx) else { continue };
        match counts {
            ArrivedIn::Whole(count) => {
                if may_be_whole(b, &classes[class], areas, at, name) {
                    arrived.push(Arrived { class, area: None, count: u64::from(count.count()) });
                }
            }
            ArrivedIn::ByArea(counts) => {
                for (area_name, count) in counts.iter() {
                    let Some(area) = b.names.areas.find(area_name, b.cx) else { continue };
                    if from_elsewhere(b, &classes[class], area, area_name) {
                        continue;
                    }
                    arrived.push(Arrived { class, area: Some(area), count: u64::from(count.count()) });
                }
            }
        }
        says_something(b, &classes[class], name);
    }
    let mut now = Now::new(at);
    (now.on_shift, now.arrived) = (on_shift, arrived);
    now
}

/// Whether the class's requests all come from another area than the one named.
fn from_elsewhere(b: &mut Builder<'_>, class: &Class, area: AreaId, name: &Text) -> bool {
    let elsewhere = class.demand.area().is_some_and(|own| own != area);
    if elsewhere {
        b.cx.error(
            name.place,
            format!("class `{}` has an area of its own: none come from `{}`", class.name, name.as_str()),
        );
    }
    elsewhere
}

/// Whether one count for all areas says which day's factor it is of.
fn may_be_whole(b: &mut Builder<'_>, class: &Class, areas: &[Area], at: f64, name: &Text) -> bool {
    let Demand::Rate { day_factor: Some(factor), area: None, .. } = &class.demand else { return true };
    if areas.len() == 1 {
        return true;
    }
    let named =
        b.names.areas.all().iter().map(|area| format!("{area} = 0")).take(2).collect::<Vec<_>>().join(", ");
    let why = match factor.scope {
        DayScope::Area | DayScope::Correlated(_) => "each area has a day's factor of its own",
        DayScope::National => {
            let days = areas.iter().map(|area| b.calendar.clocks[area.clock].day(at));
            if days.clone().zip(days.skip(1)).all(|(one, next)| one == next) {
                return true;
            }
            "it is not the same day in all areas"
        }
    };
    b.cx.error(name.place, format!("{why}: say how many have come from each"))
        .help(format!("write {} = {{ {named}, ... }}", name.as_str()));
    false
}

/// Says where a count says nothing of the rest of the day.
fn says_something(b: &mut Builder<'_>, class: &Class, name: &Text) {
    match &class.demand {
        Demand::Rate { day_factor: Some(_), .. } => {}
        Demand::Rate { day_factor: None, .. } | Demand::Trace(_) => {
            b.cx.warning(
                name.place,
                format!(
                    "class `{}` has no `day_factor`: what has come says nothing of what will come",
                    class.name
                ),
            )
            .help("with day_factor = { cv = 0.15 } a busy morning foretells a busy afternoon");
        }
    }
}

/// Engine times of the present and of the end.
pub(super) fn times(present: &Present, calendar: &Calendar, clock: usize) -> Option<(f64, f64)> {
    calendar.engine_time(clock, present.at).zip(calendar.engine_time(clock, present.until))
}

/// Whether those on shift and the cases in hand can be where they are said to be, once the officers of all pools are known.
pub(super) fn check(b: &mut Builder<'_>, model: &Model) {
    let Some(now) = &model.run.now else { return };
    let input = &b.input.start.now;
    for ((name, officers), (centre, _)) in input.on_shift.iter().zip(&now.on_shift) {
        let rostered = on_shift_at(model, *centre, now.at);
        if officers.count() > 0 && rostered == 0 {
            b.cx.error(
                name.place,
                format!(
                    "no shift is under way at `{}` now: it is not said until when these officers stay",
                    name.as_str()
                ),
            )
            .help("give the centre a shift for them, or leave it out");
        }
        if factor(model, *centre, now.at) != 1.0 {
            b.cx.error(
                name.place,
                format!(
                    "an exception changes the officers of `{}` now; say here who is there, or there",
                    name.as_str()
                ),
            );
        }
    }
    for (c, centre) in model.centres.iter().enumerate() {
        let busy = |state: &&StartState| state.centre == c && state.spent.is_some();
        let officers = |state: &StartState| match &model.stages[state.stage].kind {
            StageKind::Service(service) => u64::from(service.officers) * u64::from(state.requests),
            StageKind::Delay(_) | StageKind::Fork | StageKind::Join(_) | StageKind::Exit => 0,
        };
        let needed: u64 = model.run.start.iter().filter(busy).map(officers).sum();
        let said = now.on_shift.iter().find(|(centre, _)| *centre == c);
        let there = said.map_or_else(|| on_shift_at(model, c, now.at), |(_, officers)| *officers);
        if needed > u64::from(there) {
            b.cx.warning(
                input.place,
                format!("at `{}` {needed} officers are at work on the cases in hand, and {there} are on shift", centre.name),
            )
            .help("cases for whom there is no officer stand at the head of the line with the work that is left; say who is there with `on_shift`");
        }
    }
}
