//! A plan's rosters as a scenario that extends the one they were drawn up for, so that `run`, `compare` and `check`
//! take them like any other.

use poolwise_engine::model::{CentreId, HolidayWork, Model, PoolKind, RoleMask, ShiftLine};
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
        "# Rosters of whole officers on permitted shifts: {} employed, {} rostered each week while the others are on\n# leave or in training, {:.1} on duty on average.\n\nextends = {}\nname = {}\ntitle = {}\n",
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
        let mut lines: Vec<(RoleMask, ShiftLine)> = Vec::new();
        if let Some(employed) = plan.employed.iter().find(|e| e.id == id) {
            let rows: Vec<_> = plan.rows.iter().filter(|r| r.id == id).collect();
            for row in &rows {
                let Ok(roster) = &row.outcome else { continue };
                let role = (rows.len() > 1).then_some(row.role.as_str());
                lines.extend(roster.lines(&centre.name, role).into_iter().map(|l| (row.roles, l)));
            }
            let kept = centre.pools.iter().filter(|p| rows.iter().all(|r| r.roles != p.roles));
            lines.extend(own_lines(kept));
            push_centre(&mut out, model, &centre.name, Some(f64::from(employed.officers)), &lines);
        } else if aside.iter().any(|p| p.centres.contains(&id)) {
            lines.extend(own_lines(centre.pools.iter()));
            push_centre(&mut out, model, &centre.name, centre.headcount, &lines);
        }
    }
    Some(out)
}

fn own_lines<'m>(
    pools: impl Iterator<Item = &'m poolwise_engine::model::Pool>,
) -> Vec<(RoleMask, ShiftLine)> {
    let lines = |pool: &poolwise_engine::model::Pool| match &pool.kind {
        PoolKind::Crews(lines) => lines.iter().map(|l| (pool.roles, l.clone())).collect(),
        PoolKind::Levels(_) => Vec::new(),
    };
    pools.flat_map(lines).filter(|(_, line)| line.once.is_none()).collect()
}

fn push_centre(
    out: &mut String,
    model: &Model,
    name: &str,
    headcount: Option<f64>,
    lines: &[(RoleMask, ShiftLine)],
) {
    let _ = writeln!(out, "\n[centre.{}]", text(name));
    if let Some(n) = headcount.filter(|n| *n > 0.0) {
        let _ = writeln!(out, "headcount = {n}");
    }
    out.push_str("shifts = [\n");
    for (roles, line) in lines {
        let officers: Vec<String> = line.officers.iter().map(u32::to_string).collect();
        let _ = write!(
            out,
            "  {{ name = {}, start = \"{}\", length = \"{}\", officers = [{}]",
            text(&line.name),
            clock_time(line.start),
            duration(line.length),
            officers.join(", ")
        );
        let all = (0..model.roles.len()).all(|r| roles >> r & 1 == 1);
        if !all {
            let held = model.roles.iter().enumerate().filter(|(r, _)| roles >> r & 1 == 1);
            let held: Vec<String> = held.map(|(_, name)| text(name)).collect();
            let _ = write!(out, ", roles = [{}]", held.join(", "));
        }
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
