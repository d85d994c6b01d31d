//! Centres: pools of officers, shifts, levels.

use super::Builder;
use super::breaks::{Stagger, breaks};
use super::call_back::call_back;
use super::concurrency::concurrency;
use super::handling::learning;
use super::levels::levels;
use super::preemption::preemption;
use super::reserve::reserves;
use super::skills::{by_order, check_choices, roles};
use crate::collections::Named;
use crate::diagnostic::Problems;
use crate::parts::{
    AbsenceIn, BalkIn, CentreIn, CrewIn, LastStartIn, OfficersIn, ShiftEndIn, ShiftEndWord, ShiftIn, SpeedIn,
};
use crate::quantity::{Span, Weekdays, write_clock};
use crate::scalar::{Positive, Text};
use crate::source::TextSpan;
use poolwise_engine::model::{
    Absence, AbsenceMode, Balk, Centre, CentreId, ClockId, HolidayWork, LastStart, OvertimeLimit, Pool,
    PoolKind, RoleMask, ShiftEnd, ShiftLine, Skill,
};
use poolwise_engine::random::name_key;
use poolwise_engine::time::DAY;
use std::collections::HashSet;

/// The centres, without the officers of pools by headcount.
pub(crate) fn centres(b: &mut Builder<'_>) -> Vec<Centre> {
    let input = b.input;
    input.centre.iter().map(|(name, centre)| one(b, name, centre)).collect()
}

fn one(b: &mut Builder<'_>, name: &Text, input: &CentreIn) -> Centre {
    if name.as_str() == "local" || name.as_str() == "same" {
        b.cx.error(name.place, format!("a centre cannot be called `{}`", name.as_str()))
            .help("the word has a meaning of its own in routes");
    }
    check_choices(b, name, input);
    let clock = match &input.time_zone {
        Some(zone) => b.calendar.clock(zone, b.cx),
        None => b.run.clock,
    };
    let absence = absence(input);
    if absence.share > 0.0
        && let Some(levels) = &input.levels
    {
        b.cx.error(
            levels.place,
            "`absence` needs shifts: levels are the officers on duty, absent ones not among them",
        );
    }
    if let Some(headcount) = &input.headcount
        && input.shifts.is_none()
        && input.crews.is_none()
        && input.levels.is_none()
    {
        b.cx.error(headcount.place, "`headcount` goes with `shifts`, `crews` or `levels`")
            .help("a pool by headcount states its officers itself");
    }
    Centre {
        name: name.value.clone(),
        key: name_key(name.as_str()),
        clock,
        pools: pools(b, name, input, clock),
        shift_end: match &input.shift_end {
            ShiftEndIn::Word(ShiftEndWord::Finish) => ShiftEnd::Finish,
            ShiftEndIn::Word(ShiftEndWord::HandOver) => ShiftEnd::HandOver(0.0),
            ShiftEndIn::Word(ShiftEndWord::Restart) => ShiftEnd::Restart,
            ShiftEndIn::Table(t) => match &t.hand_over {
                Some(h) => ShiftEnd::HandOver(h.penalty.get().map_or(0.0, |p| p.seconds)),
                None => ShiftEnd::Finish,
            },
        },
        overtime_limit: overtime_limit(b, input),
        last_start: last_start(b, input),
        min_rest: min_rest(b, input),
        concurrency: concurrency(b, input),
        closing: input.closing.0,
        discipline: input.discipline.0,
        preemption: preemption(b, input),
        reserves: reserves(b, input),
        officer_choice: input.officer_choice.0,
        case_choice: input.case_choice.0,
        speed: speed(b, &input.speed),
        documentation: input.documentation.value,
        capacity: input
            .queue_capacity
            .as_ref()
            .map(|c| (c.limit.get().map_or(0, |l| l.count()), b.stage(c.exit.get()))),
        call_back: call_back(b, input),
        balk: input.balking.as_ref().and_then(|x| balk(b, x)),
        absence,
        counted: input.counted,
        headcount: input.headcount.map(|h| h.value),
    }
}

/// Levels have no officers whose shift could end: an error at a place where something is said of shifts.
fn needs_shifts(b: &mut Builder<'_>, input: &CentreIn, place: TextSpan, what: &str) {
    if input.levels.is_some() {
        b.cx.error(place, format!("{what} needs shifts: a level has no officers whose shift could end"))
            .help("write `shifts` or `crews`, or a pool by headcount, instead of `levels`");
    }
}

fn overtime_limit(b: &mut Builder<'_>, input: &CentreIn) -> Option<OvertimeLimit> {
    let ShiftEndIn::Table(table) = &input.shift_end else { return None };
    let finish = table.finish.as_ref()?;
    needs_shifts(b, input, finish.place, "overtime that ends before the case does");
    Some(OvertimeLimit { most: finish.at_most.get()?.seconds, penalty: finish.penalty.seconds })
}

fn last_start(b: &mut Builder<'_>, input: &CentreIn) -> Option<LastStart> {
    let given = input.last_start.as_ref()?;
    let (rule, place) = match given {
        LastStartIn::Before(time) => (LastStart::Before(time.seconds), time.place),
        LastStartIn::CanFinish(place) => (LastStart::CanFinish, *place),
    };
    needs_shifts(b, input, place, "`last_start`");
    Some(rule)
}

fn min_rest(b: &mut Builder<'_>, input: &CentreIn) -> f64 {
    let Some(given) = input.min_rest.as_ref() else { return 0.0 };
    needs_shifts(b, input, given.place, "`min_rest`");
    given.seconds
}

/// Shifts that are over, for new cases, before they begin.
pub(crate) fn check_last_starts(b: &mut Builder<'_>, centres: &[Centre]) {
    for (centre, (_, input)) in centres.iter().zip(b.input.centre.iter()) {
        let (Some(LastStart::Before(time)), Some(LastStartIn::Before(given))) =
            (centre.last_start, &input.last_start)
        else {
            continue;
        };
        let lines = centre.pools.iter().flat_map(|pool| match &pool.kind {
            PoolKind::Crews(lines) => &lines[..],
            PoolKind::Levels(_) => &[],
        });
        if let Some(line) = lines.filter(|line| line.length < time).min_by(|a, b| a.name.cmp(&b.name)) {
            let message =
                format!("officers of the shift `{}` at `{}` begin no case at all", line.name, centre.name);
            b.cx.error(given.place, message).help("the last start is before their shift begins");
        }
    }
}

fn absence(input: &CentreIn) -> Absence {
    let (share, mode) = match &input.absence {
        None => (0.0, AbsenceMode::Drawn),
        Some(AbsenceIn::Share(s)) => (s.value, AbsenceMode::Drawn),
        Some(AbsenceIn::Table(t)) => (t.share.get().map_or(0.0, |s| s.value), t.mode.0),
    };
    Absence { share, mode }
}

fn speed(b: &mut Builder<'_>, input: &SpeedIn) -> Vec<f64> {
    match input {
        SpeedIn::All(x) => vec![x.value; b.names.classes.len()],
        SpeedIn::ByClass(table) => {
            let mut out = vec![1.0; b.names.classes.len()];
            set_by_class(b, table, &mut out);
            out
        }
    }
}

fn set_by_class(b: &mut Builder<'_>, table: &Named<Positive>, out: &mut [f64]) {
    for (class, x) in table.iter() {
        if let Some(c) = b.names.classes.find(class, b.cx) {
            out[c] = x.value;
        }
    }
}

fn balk(b: &mut Builder<'_>, input: &BalkIn) -> Option<Balk> {
    let exit = b.stage(input.exit.get());
    let (at, probability) = (input.at.get()?, input.probability.get()?);
    if !b.cx.intact(at.place) || !b.cx.intact(probability.place) {
        return None;
    }
    if at.items.len() != probability.items.len() || at.items.is_empty() {
        b.cx.error(
            probability.place,
            format!("`at` has {} values and `probability` {}", at.items.len(), probability.items.len()),
        )
        .help("give a probability for each queue length");
        return None;
    }
    if at.items.windows(2).any(|w| w[0].value >= w[1].value) {
        b.cx.error(at.place, "the queue lengths must ascend");
    }
    let steps = at.items.iter().zip(&probability.items).map(|(n, p)| (n.count(), p.value)).collect();
    Some(Balk { steps, exit })
}

fn pools(b: &mut Builder<'_>, centre: &Text, input: &CentreIn, clock: ClockId) -> Vec<Pool> {
    let parts = [
        Some(input.place),
        input.shifts.as_ref().map(|l| l.place),
        input.crews.as_ref().map(|l| l.place),
        input.levels.as_ref().map(|l| l.place),
    ];
    let shifts = input.shifts.iter().flat_map(|l| &l.items).map(|s| s.place);
    let crews = input.crews.iter().flat_map(|l| &l.items).map(|c| c.place);
    b.routing_ok &= parts.into_iter().flatten().chain(shifts).chain(crews).all(|p| b.cx.intact(p));
    let mut out: Vec<Pool> = Vec::new();
    let mut names: HashSet<String> = HashSet::new();
    let mut listed = 0..;
    let ordered = by_order(input);
    let mut add = |(held, skills): (RoleMask, Vec<Skill>), mut line: ShiftLine| {
        line.listed = listed.next().unwrap_or(u32::MAX);
        match out.iter_mut().find(|p| p.roles == held && p.skills == skills) {
            Some(Pool { kind: PoolKind::Crews(lines), .. }) => lines.push(line),
            _ => out.push(Pool { roles: held, skills, kind: PoolKind::Crews(vec![line]) }),
        }
    };
    for shift in input.shifts.iter().flat_map(|s| &s.items) {
        let roles = roles(b, shift.roles.as_ref(), ordered, shift.place);
        let line = shift_line(centre, shift, b.cx);
        let line =
            line.map(|line| ShiftLine { learning: learning(b, clock, shift.learning.as_ref()), ..line });
        b.routing_ok &= line.is_some();
        if let Some(line) = line {
            unique(&mut names, &line.name, shift.name.as_ref().map_or(shift.place, |n| n.place), b.cx);
            add(roles, line);
        }
    }
    for crew in input.crews.iter().flat_map(|c| &c.items) {
        let roles = roles(b, crew.roles.as_ref(), ordered, crew.place);
        let line = crew_line(centre, crew, b.cx);
        let line =
            line.map(|line| ShiftLine { learning: learning(b, clock, crew.learning.as_ref()), ..line });
        b.routing_ok &= line.is_some();
        if let Some(line) = line {
            unique(&mut names, &line.name, crew.name.as_ref().map_or(crew.place, |n| n.place), b.cx);
            add(roles, line);
        }
    }
    if let Some(input) = &input.levels {
        let (held, skills) = roles(b, input.roles.as_ref(), ordered, input.place);
        let levels = levels(input, b.cx);
        b.routing_ok &= levels.is_some();
        if let Some(levels) = levels {
            out.push(Pool { roles: held, skills, kind: PoolKind::Levels(levels) });
        }
    }
    out
}

fn unique(names: &mut HashSet<String>, name: &str, place: TextSpan, cx: &mut Problems) {
    if !names.insert(name.to_owned()) {
        cx.error(place, format!("a second shift is called `{name}`"))
            .help("give shifts that start at the same time names of their own, or make them one with officers by weekday");
    }
}

/// Key of a line's draws.
pub(crate) fn line_key(centre: &str, line: &str) -> u64 {
    name_key(&format!("{centre}/{line}"))
}

fn shift_line(centre: &Text, shift: &ShiftIn, cx: &mut Problems) -> Option<ShiftLine> {
    let (start, length) = (shift.start.get(), shift.length.get());
    if let Some(start) = start {
        check_start(start.seconds, start.place, cx);
    }
    if let Some(length) = length {
        check_length(length, cx);
    }
    let start = start?.seconds;
    let length = length?.seconds;
    let officers = officers(shift.officers.get()?, shift.days);
    let name = shift.name.as_ref().map_or_else(|| write_clock(start), |n| n.value.clone());
    Some(ShiftLine {
        key: line_key(centre.as_str(), &name),
        name,
        officers,
        start,
        length,
        breaks: breaks(&shift.breaks, length, Stagger::No, cx),
        holidays: shift.holidays.0,
        listed: 0,
        learning: None,
        once: None,
    })
}

fn crew_line(centre: &Text, crew: &CrewIn, cx: &mut Problems) -> Option<ShiftLine> {
    let (from, until) = (crew.from.get()?, crew.until.get()?);
    if until.seconds <= from.seconds {
        cx.error(until.place, "`until` must be later than `from`");
        return None;
    }
    let n = crew.officers.get()?.count();
    let name = crew.name.as_ref().map_or_else(|| format!("{} s", from.seconds), |n| n.value.clone());
    Some(ShiftLine {
        key: line_key(centre.as_str(), &name),
        name,
        officers: [n, 0, 0, 0, 0, 0, 0],
        start: 0.0,
        length: until.seconds - from.seconds,
        breaks: Vec::new(),
        holidays: HolidayWork::Work,
        listed: 0,
        learning: None,
        once: Some((from.seconds, until.seconds)),
    })
}

/// A shift starts before 24:00.
pub(crate) fn check_start(seconds: f64, place: TextSpan, cx: &mut Problems) {
    if seconds >= DAY {
        cx.error(place, "a shift starts before 24:00").help("midnight is 00:00");
    }
}

/// A shift longer than a day would overlap its own next start.
pub(crate) fn check_length(length: &Span, cx: &mut Problems) {
    if length.seconds > DAY {
        cx.error(length.place, "the shift overlaps itself: it is longer than 24 hours")
            .help("a shift may last 24 hours at most");
    }
}

fn officers(input: &OfficersIn, days: Weekdays) -> [u32; 7] {
    let mut out = [0; 7];
    for (d, n) in out.iter_mut().enumerate().filter(|(d, _)| days.0[*d]) {
        *n = match input {
            OfficersIn::All(n) => n.count(),
            OfficersIn::ByDay(list) => list.0.get(d).map_or(0, |n| n.count()),
        };
    }
    out
}

/// Most officers that a pool ever has on duty together.
pub(crate) fn most_on_duty(pool: &Pool) -> u64 {
    match &pool.kind {
        PoolKind::Levels(l) => super::levels::most(&l.plan),
        // Lines may overlap, so their sum bounds it from above.
        PoolKind::Crews(lines) => {
            lines.iter().map(|l| u64::from(l.officers.iter().copied().max().unwrap_or(0))).sum()
        }
    }
}

/// Whether any pool of the centre has crews (rather than levels) that hold the role.
pub(crate) fn role_by_levels(centres: &[Centre], centre: CentreId, role: usize) -> bool {
    centres[centre].pools.iter().any(|p| p.roles & 1 << role != 0 && matches!(p.kind, PoolKind::Levels(_)))
}
