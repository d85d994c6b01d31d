//! Classes and areas: rates, profiles, traces, deadlines.

use super::Builder;
use super::appointments::appointments;
use super::batch::batch;
use super::preemption::rises;
use super::redial::redial;
use super::trace;
use crate::collections::Exactly;
use crate::distribution::sampler;
use crate::parts::{
    BurstsIn, ClassIn, DayFactorIn, DayScopeIn, DeadlineIn, ProfileIn, ProfileTableIn, UntilIn,
};
use crate::quantity::Rate;
use crate::scalar::NonNegative;
use crate::source::TextSpan;
use poolwise_engine::model::{
    Area, Bursts, Class, DayFactor, DayScope, Deadline, DeadlineUntil, Demand, Profile,
};
use poolwise_engine::time::HOURS_OF_WEEK;

/// The areas, their weights scaled to shares.
pub(super) fn areas(b: &mut Builder<'_>) -> Vec<Area> {
    let input = b.input;
    let mut weights: Vec<f64> = input.area.iter().map(|(_, a)| a.share.value).collect();
    // In an order of their own: the sum, which is rounded, must not depend on that of the tables.
    weights.sort_by(f64::total_cmp);
    let total: f64 = weights.iter().sum();
    input
        .area
        .iter()
        .map(|(name, area)| {
            let clock = match &area.time_zone {
                Some(zone) => b.calendar.clock(zone, b.cx),
                None => b.run.clock,
            };
            let centre = area.centre.as_ref().and_then(|c| b.names.centres.find(c, b.cx));
            b.routing_ok &= b.cx.intact(area.place) && (centre.is_some() || area.centre.is_none());
            Area { name: name.value.clone(), share: area.share.value / total, clock, centre }
        })
        .collect()
}

/// The classes.
pub(super) fn classes(b: &mut Builder<'_>, areas: &[Area]) -> Vec<Class> {
    let input = b.input;
    let classes = input
        .class
        .iter()
        .map(|(name, class)| {
            // A class without its deadline would have other checks speak of the lack of it.
            b.workflow_ok &= b.cx.intact(class.place) || class.deadline.is_some();
            Class {
                name: name.value.clone(),
                priority: u8::try_from(class.priority.value).unwrap_or(u8::MAX),
                rises: rises(b, class),
                due: class.due.as_ref().map(|due| due.seconds),
                start: b.stage(class.start.as_ref()),
                demand: demand(b, class, areas),
                batch: batch(b, class),
                deadline: class.deadline.as_ref().map(|d| deadline(b, d)),
                redial: redial(b, class),
            }
        })
        .collect();
    trace::warn_replayed(b);
    classes
}

fn demand(b: &mut Builder<'_>, class: &ClassIn, areas: &[Area]) -> Demand {
    if let Some(input) = &class.appointments {
        let changed = [
            ("profile", class.profile.is_some()),
            ("months", class.months.is_some()),
            ("growth", class.growth.is_some()),
            ("bursts", class.bursts.is_some()),
            ("day_factor", class.day_factor.is_some()),
            ("area", class.area.is_some()),
        ];
        for (key, _) in changed.iter().filter(|key| key.1) {
            b.cx.error(class.place, format!("`{key}` cannot stand beside `appointments`"))
                .help("their hours say when they are");
        }
        return Demand::Trace(appointments(b, input, areas));
    }
    if let Some(input) = &class.trace {
        let own = "a trace has the pattern of its own events";
        let months = "a trace has the pattern of its own events; what shall change it stands in it: \
                      `trace = { ..., months = [...], factor = 1.1 }`";
        let unused = [
            ("profile", class.profile.is_some(), own),
            ("months", class.months.is_some(), months),
            ("bursts", class.bursts.is_some(), own),
            (
                "area",
                class.area.is_some(),
                "the area of recorded arrivals stands in the trace: `trace = { ..., area = \"North\" }`",
            ),
            (
                "day_factor",
                class.day_factor.is_some(),
                "days that differ are drawn with `resample = \"days\"`",
            ),
        ];
        for (key, _, help) in unused.iter().filter(|u| u.1) {
            b.cx.error(class.place, format!("`{key}` cannot stand beside `trace`")).help(*help);
        }
        return Demand::Trace(trace::trace(b, input, areas, class.growth.map_or(0.0, |g| g.value)));
    }
    Demand::Rate {
        per_second: class.rate.as_ref().map_or(0.0, Rate::per_second),
        profile: class.profile.as_ref().and_then(|p| profile(b, p)).unwrap_or(Profile::Flat),
        months: months(class.months.as_ref()),
        day_factor: class.day_factor.as_ref().and_then(|d| day_factor(b, d)),
        bursts: class.bursts.as_ref().and_then(|x| bursts(b, x)),
        area: class.area.as_ref().and_then(|name| b.names.areas.find(name, b.cx)),
    }
}

fn day_factor(b: &mut Builder<'_>, d: &DayFactorIn) -> Option<DayFactor> {
    let scope = match (d.correlation.map(|c| c.value), d.scope) {
        (Some(r), _) if r <= 0.0 => DayScope::Area,
        (Some(r), _) if r >= 1.0 => DayScope::National,
        (Some(r), _) => DayScope::Correlated(r),
        (None, DayScopeIn::National) => DayScope::National,
        (None, DayScopeIn::Area) => DayScope::Area,
    };
    let autocorrelation = d.autocorrelation.map_or(0.0, |r| r.value);
    if let Some(r) = d.autocorrelation.filter(|r| r.value >= 1.0) {
        b.cx.error(r.place, "with a correlation of 1 all days would be alike: it must be below 1");
        return None;
    }
    let cv = d.cv.get()?.value;
    (cv > 0.0).then_some(DayFactor { cv, scope, autocorrelation })
}

/// Longest and shortest interval of bursts, seconds.
const BURSTS: std::ops::RangeInclusive<f64> = 60.0..=86_400.0;

fn bursts(b: &mut Builder<'_>, x: &BurstsIn) -> Option<Bursts> {
    let dispersion = x.dispersion.get()?;
    if dispersion.value < 1.0 {
        b.cx.error(dispersion.place, "counts of a Poisson stream with a random rate vary at least as much as by chance: `dispersion` must be at least 1")
            .help("1 is pure chance; real streams by the hour have 1.2 to 7");
        return None;
    }
    if !BURSTS.contains(&x.every.seconds) || (86_400.0 / x.every.seconds).fract() != 0.0 {
        b.cx.error(x.every.place, "`every` must divide a day, and be from a minute to a day");
        return None;
    }
    (dispersion.value > 1.0).then_some(Bursts { dispersion: dispersion.value, every: x.every.seconds })
}

/// Factors of the months, ones where nothing is said.
pub(super) fn months(input: Option<&Exactly<NonNegative, 12>>) -> [f64; 12] {
    let mut out = [1.0; 12];
    if let Some(list) = input {
        for (to, from) in out.iter_mut().zip(&list.0) {
            *to = from.value;
        }
    }
    out
}

fn profile(b: &mut Builder<'_>, input: &ProfileIn) -> Option<Profile> {
    match input {
        ProfileIn::File(name) if name.as_str() == "flat" => Some(Profile::Flat),
        ProfileIn::File(file) => {
            let values = b.files.numbers(file, None, b.cx)?;
            week(b, &values, file.place)
        }
        ProfileIn::Week(values) => week(b, &numbers(&values.0.items), values.0.place),
        ProfileIn::Table(table) => table_profile(b, table),
    }
}

fn numbers(values: &[NonNegative]) -> Vec<f64> {
    values.iter().map(|v| v.value).collect()
}

fn table_profile(b: &mut Builder<'_>, table: &ProfileTableIn) -> Option<Profile> {
    if let Some(file) = &table.file {
        if let Some(period) = &table.period {
            b.cx.error(period.place, "`period` goes with `values` only");
        }
        let values = b.files.numbers(file, table.column.as_ref(), b.cx)?;
        return week(b, &values, file.place);
    }
    let list = table.values.as_ref()?;
    if let Some(column) = &table.column {
        b.cx.error(column.place, "`column` goes with `file` only");
    }
    let Some(period) = &table.period else {
        b.cx.error(table.place, "`values` need `period`, the time that they cover");
        return None;
    };
    if !b.cx.intact(list.place) {
        return None;
    }
    let mut values = numbers(&list.items);
    scale(b, &mut values, list.place)?;
    Some(Profile::Cycle { period: period.seconds, values: values.into() })
}

/// Steps of an hour that a profile of the week may have.
const STEPS_OF_HOUR: [usize; 3] = [1, 2, 4];

fn week(b: &mut Builder<'_>, values: &[f64], place: TextSpan) -> Option<Profile> {
    // A value that could not be read is told already, and does not count as one too few.
    if !b.cx.intact(place) {
        return None;
    }
    if !STEPS_OF_HOUR.iter().any(|n| values.len() == n * HOURS_OF_WEEK) {
        let note = b.cx.error(
            place,
            format!(
                "expected 168 values (hours of the week), 336 (half-hours) or 672 (quarters), found {}",
                values.len()
            ),
        );
        if matches!(values.len(), 24 | 48 | 96) {
            note.help("for a pattern of one day write { period = \"24 h\", values = [...] }");
        }
        return None;
    }
    let mut values = values.to_vec();
    scale(b, &mut values, place)?;
    Some(match <[f64; HOURS_OF_WEEK]>::try_from(&values[..]) {
        Ok(hours) => Profile::HourOfWeek(Box::new(hours)),
        Err(_) => Profile::StepOfWeek(values.into()),
    })
}

/// Scales to mean 1.
fn scale(b: &mut Builder<'_>, values: &mut [f64], place: TextSpan) -> Option<()> {
    let total: f64 = values.iter().sum();
    if total <= 0.0 {
        b.cx.error(place, "a profile needs a value above 0");
        return None;
    }
    let mean = total / values.len() as f64;
    for v in values {
        *v /= mean;
    }
    Some(())
}

fn deadline(b: &mut Builder<'_>, input: &DeadlineIn) -> Deadline {
    let after = sampler(input.after.get(), &mut b.files, b.cx);
    let until = match input.until.get() {
        Some(UntilIn::Finish(stage)) => DeadlineUntil::Finish(b.stage(Some(stage))),
        Some(UntilIn::Start(start)) => DeadlineUntil::Start(b.stage(start.start.get())),
        None => DeadlineUntil::Finish(b.stage(None)),
    };
    Deadline { after, until, exit: b.stage(input.exit.get()) }
}
