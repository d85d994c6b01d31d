//! A plan's rosters as a scenario that extends the one they were drawn up for, so that `run`, `compare` and `check`
//! take them like any other.

use poolwise_engine::model::{CentreId, HolidayWork, Model, Pool, PoolKind, ShiftLine, Skill};
use poolwise_engine::time::LocalClock;
use poolwise_planning::allocation::PoolSpec;
use poolwise_staffing::roster::RosterPlan;
use poolwise_staffing::roster::duty::clock_time;
use std::fmt::Write as _;

/// What the fragment says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Title<'a> {
    /// The file that it extends, as seen from its own folder.
    pub extends: &'a str,
    /// Name of the new scenario.
    pub name: &'a str,
    /// One line on it.
    pub title: &'a str,
}

/// The TOML text; `model` and `pools` are those of the scenario as it was. None where a row has no roster.
///
/// Pools by headcount that work at one of the plan's centres are set aside; their other centres get the
/// shifts that they had from the pool.
pub fn toml(plan: &RosterPlan, model: &Model, pools: &[PoolSpec], title: Title<'_>) -> Option<String> {
    if !plan.is_feasible() {
        return None;
    }
    let planned = |c: &CentreId| plan.employed.iter().any(|e| e.id == *c);
    let aside: Vec<&PoolSpec> = pools.iter().filter(|p| p.centres.iter().any(planned)).collect();
    let mut out = format!(
        "# Rosters of whole officers on permitted shifts: {} employed, {} rostered each week while the others are on\n# leave or in training, {:.1} of them at a time on average.\n\nextends = {}\nname = {}\ntitle = {}\n",
        plan.officers(),
        plan.rostered(),
        plan.posts(),
        text(title.extends),
        text(title.name),
        text(title.title),
    );
    if !aside.is_empty() {
        out.push_str("\n# The rosters below take the place of these pools by headcount.\n[pool]\n");
        for pool in &aside {
            let _ = writeln!(out, "{} = {{ centres = [] }}", text(&pool.name));
        }
    }
    for (id, centre) in model.centres.iter().enumerate() {
        if let Some(employed) = plan.employed.iter().find(|e| e.id == id) {
            let headcount = Some(f64::from(employed.officers));
            push_centre(&mut out, model, (id, headcount), &plan.pools(id, &centre.pools));
        } else if aside.iter().any(|p| p.centres.contains(&id)) {
            push_centre(&mut out, model, (id, centre.headcount), &centre.pools);
        }
    }
    Some(out)
}

/// Lines of shifts; crews that work once stay where they are.
fn shift_lines(pool: &Pool) -> impl Iterator<Item = &ShiftLine> {
    let lines = match &pool.kind {
        PoolKind::Crews(lines) => lines.as_slice(),
        PoolKind::Levels(_) => &[],
    };
    lines.iter().filter(|line| line.once.is_none())
}

/// The roles that a pool's officers hold; nothing where they hold all of them alike.
fn held(model: &Model, pool: &Pool) -> String {
    let alike = |skill: &Skill| skill.speed == 1.0 && skill.after == 0.0;
    let table = |skill: &Skill| {
        let role = text(&model.roles[skill.role]);
        if alike(skill) {
            return role;
        }
        let mut said = format!("{{ role = {role}");
        if skill.speed != 1.0 {
            let _ = write!(said, ", speed = {:?}", skill.speed);
        }
        if skill.after > 0.0 {
            let _ = write!(said, ", after = \"{}\"", duration(skill.after));
        }
        said + " }"
    };
    let all = (0..model.roles.len()).all(|r| pool.roles >> r & 1 == 1);
    let held: Vec<String> = match pool.skills.is_empty() {
        true if all => return String::new(),
        true => (0..model.roles.len())
            .filter(|r| pool.roles >> r & 1 == 1)
            .map(|r| text(&model.roles[r]))
            .collect(),
        false => pool.skills.iter().map(table).collect(),
    };
    format!(", roles = [{}]", held.join(", "))
}

/// How the officers of a line learn.
fn learning(line: &ShiftLine, clock: &LocalClock) -> String {
    let Some(learning) = &line.learning else { return String::new() };
    // Days are counted from a Monday on.
    let monday = jiff::civil::date(1970, 1, 5);
    let since = monday.saturating_add(jiff::Span::new().days(clock.day(learning.since)));
    let weeks: Vec<String> = learning.by_week.iter().map(|factor| format!("{factor:?}")).collect();
    format!(", learning = {{ since = {since}, by_week = [{}] }}", weeks.join(", "))
}

fn push_centre(out: &mut String, model: &Model, (id, headcount): (CentreId, Option<f64>), pools: &[Pool]) {
    let centre = &model.centres[id];
    let _ = writeln!(out, "\n[centre.{}]", text(&centre.name));
    if let Some(n) = headcount.filter(|n| *n > 0.0) {
        let _ = writeln!(out, "headcount = {n}");
    }
    out.push_str("shifts = [\n");
    for (pool, line) in pools.iter().flat_map(|pool| shift_lines(pool).map(move |line| (pool, line))) {
        let officers: Vec<String> = line.officers.iter().map(u32::to_string).collect();
        let _ = write!(
            out,
            "  {{ name = {}, start = \"{}\", length = \"{}\", officers = [{}]",
            text(&line.name),
            clock_time(line.start),
            duration(line.length),
            officers.join(", ")
        );
        out.push_str(&held(model, pool));
        if !line.breaks.is_empty() {
            let one = |b: &poolwise_engine::model::Break| {
                let length = duration(b.length);
                if b.spread <= 0.0 {
                    return format!("{{ after = \"{}\", length = \"{length}\" }}", duration(b.after));
                }
                let until = duration(b.after + b.spread + b.length);
                let step = match b.step > 0.0 {
                    true => format!(", stagger = \"{}\"", duration(b.step)),
                    false => String::new(),
                };
                let from = duration(b.after);
                format!("{{ between = [\"{from}\", \"{until}\"], length = \"{length}\"{step} }}")
            };
            let breaks: Vec<String> = line.breaks.iter().map(one).collect();
            let _ = write!(out, ", breaks = [{}]", breaks.join(", "));
        }
        if line.holidays == HolidayWork::Off {
            out.push_str(", holidays = \"off\"");
        }
        out.push_str(&learning(line, &model.clocks[centre.clock]));
        out.push_str(" },\n");
    }
    out.push_str("]\n");
}

/// A TOML string.
fn text(value: &str) -> String {
    toml::Value::String(value.to_owned()).to_string()
}

/// A duration in the largest unit that gives a whole number.
fn duration(seconds: f64) -> String {
    match seconds {
        s if s % 3_600.0 == 0.0 => format!("{} h", s / 3_600.0),
        s if s % 60.0 == 0.0 => format!("{} min", s / 60.0),
        s => format!("{s} s"),
    }
}
