//! Section 2: logic, read off the model.

use super::hours::window;
use super::{Described, table};
use crate::number;
use crate::setting::Setting;
use crate::staffing::StaffingFigures;
use poolwise_engine::model::{
    Balk, CentreId, DayDraw, DayScope, Deadline, DeadlineUntil, Demand, Destination, Model, PoolKind,
    Profile, Rest, Rule, StageKind, Trace, capital,
};
use poolwise_engine::random::Sampler;
use poolwise_engine::time::{DAY, HOUR, YEAR};
use poolwise_study::verdict::plural;
use std::fmt::Write;

/// Names that are written out in a list.
const MOST_NAMES: usize = 6;

/// Writes the section.
pub(super) fn write(out: &mut String, d: &Described<'_>) -> std::fmt::Result {
    let m = d.model;
    writeln!(out, "## 2. Logic\n\n### 2.1 Base model overview diagram\n")?;
    diagram(out, m)?;
    writeln!(out, "\n### 2.2 Base model logic\n")?;
    writeln!(
        out,
        "{} arrive by class and area, go through the stages of the diagram, wait where a stage needs {}, and leave by an exit. The \
         rules behind each word are in `docs/semantics.md`.",
        capital(&m.words.request.many),
        m.words.officer.many
    )?;
    for rule in &Setting::of(m).rules {
        writeln!(out, "- {rule}")?;
    }
    if let Some(rework) = &m.rework {
        writeln!(
            out,
            "- Rework: with probability {} a request is met again after a time ({}) from {}; where its centre documented it badly, {} of \
             them enter {} again.",
            number::trimmed(rework.probability, 4),
            time(&rework.after),
            m.stages[rework.documented_at].name,
            number::percent(rework.redone),
            m.stages[rework.stage].name
        )?;
    }
    writeln!(out, "\n### 2.3 Scenario logic: routing\n")?;
    let rules: Vec<Vec<String>> = m.rules.iter().enumerate().map(|(i, r)| rule(m, i, r)).collect();
    writeln!(out, "The first rule that fits a request decides which centre does the work.\n")?;
    table(out, &["", "For", "When", "To", "Also"], &rules)?;
    writeln!(out, "### 2.4 Algorithms\n")?;
    writeln!(
        out,
        "Next-event simulation; queues in the order of the discipline; expected load, on which rosters by headcount rest, by \
         following flows in expectation through the same workflow and routing. See `docs/design.md`."
    )?;
    writeln!(out, "\n### 2.5 Components\n\n#### 2.5.1 Entities: {}\n", m.words.request.many)?;
    let classes: Vec<Vec<String>> = (0..m.classes.len()).map(|c| class(m, c)).collect();
    table(out, &["Class", "Arrivals", "Pattern", "Deadline", "Enters at"], &classes)?;
    let zones = m.clocks.iter().map(|c| c.zone.as_str()).collect::<Vec<_>>().join(", ");
    let (areas, clocks) = (m.areas.len(), m.clocks.len());
    writeln!(out, "{areas} area{}; time zone{} {zones}.", plural(areas), plural(clocks))?;
    writeln!(out, "\n#### 2.5.2 Activities: stages\n")?;
    let stages: Vec<Vec<String>> = (0..m.stages.len()).filter_map(|s| activity(m, s)).collect();
    table(out, &["Stage", "Kind", "Time", "Leads to"], &stages)?;
    writeln!(out, "#### 2.5.3 Resources: {}\n", m.words.officer.many)?;
    resources(out, m)?;
    writeln!(out, "#### 2.5.4 Queues\n")?;
    writeln!(out, "One queue for each centre and role.")?;
    for centre in &m.centres {
        if let Some((limit, exit)) = centre.capacity {
            let exit = &m.stages[exit].name;
            writeln!(out, "At {} at most {limit} wait; the others leave by {exit}.", centre.name)?;
        }
        if let Some(Balk { exit, .. }) = &centre.balk {
            writeln!(
                out,
                "At {} some leave at the sight of a queue, by {}.",
                centre.name, m.stages[*exit].name
            )?;
        }
    }
    writeln!(out, "\n#### 2.5.5 Entry and exit points\n")?;
    let name = |s: usize| m.stages[s].name.as_str();
    let entries: Vec<String> = m.classes.iter().map(|c| format!("{} at {}", c.name, name(c.start))).collect();
    let exits: Vec<&str> =
        m.stages.iter().filter(|s| s.kind == StageKind::Exit).map(|s| s.name.as_str()).collect();
    writeln!(out, "Entries: {}. Exits: {}.\n", entries.join(", "), exits.join(", "))
}

/// Whether requests come back after long times.
pub(super) fn comes_back(m: &Model) -> bool {
    m.rework.is_some() || m.stages.iter().any(|s| matches!(&s.kind, StageKind::Delay(d) if d.rebook))
}

/// The workflow as a Mermaid flow chart.
fn diagram(out: &mut String, m: &Model) -> std::fmt::Result {
    writeln!(out, "```mermaid\nflowchart LR")?;
    let mut parallel = false;
    for (s, stage) in m.stages.iter().enumerate() {
        let name = stage.name.replace('"', "'");
        match stage.kind {
            StageKind::Service(_) => writeln!(out, "  s{s}[\"{name}\"]")?,
            StageKind::Delay(_) => writeln!(out, "  s{s}([\"{name}\"])")?,
            StageKind::Fork | StageKind::Join(_) => {
                parallel = true;
                writeln!(out, "  s{s}{{\"{name}\"}}")?;
            }
            StageKind::Exit => writeln!(out, "  s{s}{{{{\"{name}\"}}}}")?,
        }
    }
    for (s, stage) in m.stages.iter().enumerate() {
        for (to, share) in branches(m, s) {
            let label = if share == "1" { String::new() } else { format!("|\"{share}\"|") };
            writeln!(out, "  s{s} -->{label} s{to}")?;
        }
        if let StageKind::Delay(delay) = &stage.kind
            && let Some(pickup) = &delay.pickup
        {
            writeln!(out, "  s{s} -.->|\"hold runs out\"| s{}", pickup.exit)?;
        }
    }
    let forks = if parallel { ", diamonds forks and joins" } else { "" };
    writeln!(
        out,
        "```\n\nBoxes are services by {}, rounded boxes delays{forks}, hexagons exits.",
        m.words.officer.many
    )
}

/// Where a stage leads, with probabilities: one number, or one for each class.
fn branches(m: &Model, s: usize) -> Vec<(usize, String)> {
    if m.stages[s].kind == StageKind::Fork {
        return m.stages[s].next.iter().map(|branch| (branch.to, "1".to_owned())).collect();
    }
    let mut before = vec![0.0; m.classes.len()];
    m.stages[s]
        .next
        .iter()
        .map(|branch| {
            let shares: Vec<String> = branch
                .cumulative
                .iter()
                .zip(&mut before)
                .map(|(to, from)| {
                    let share = to - *from;
                    *from = *to;
                    number::trimmed(share, 4)
                })
                .collect();
            let same = shares.iter().all(|x| *x == shares[0]);
            let text = if same {
                shares[0].clone()
            } else {
                let named = m.classes.iter().zip(&shares).map(|(c, x)| format!("{} {x}", c.name));
                named.collect::<Vec<_>>().join(", ")
            };
            (branch.to, text)
        })
        .collect()
}

/// A time in words.
fn time(s: &Sampler) -> String {
    s.describe(&|seconds| number::duration(seconds / HOUR), &|x| number::trimmed(x, 3))
}

fn class(m: &Model, c: usize) -> Vec<String> {
    let class = &m.classes[c];
    let (arrivals, pattern) = match &class.demand {
        Demand::Trace(t) => trace(t),
        Demand::Rate { per_second, profile, months, day_factor, bursts, area } => {
            let mut pattern = match profile {
                Profile::Flat => "level".to_owned(),
                Profile::HourOfWeek(_) => "by hour of the local week".to_owned(),
                Profile::StepOfWeek(values) => {
                    format!("by {} of the local week", number::duration(168.0 / values.len() as f64))
                }
                Profile::Cycle { period, values } => {
                    format!("{} steps over {}", values.len(), number::duration(period / HOUR))
                }
            };
            if months.iter().any(|x| *x != 1.0) {
                pattern.push_str(", by month");
            }
            if let Some(f) = day_factor {
                pattern.push_str(&format!(", a random factor a day (CV {}", number::trimmed(f.cv, 3)));
                if f.autocorrelation > 0.0 {
                    pattern.push_str(&format!(
                        ", next day's correlation {}",
                        number::trimmed(f.autocorrelation, 3)
                    ));
                }
                if let DayScope::Correlated(r) = f.scope {
                    pattern.push_str(&format!(", correlation between areas {}", number::trimmed(r, 3)));
                }
                pattern.push(')');
            }
            if let Some(b) = bursts {
                pattern.push_str(&format!(
                    ", a random factor each {} (counts vary {} times as much as by chance)",
                    number::duration(b.every / HOUR),
                    number::trimmed(b.dispersion, 3)
                ));
            }
            let from = area.map_or(String::new(), |a| format!(", all from {}", m.areas[a].name));
            (format!("{} an hour{from}", number::trimmed(per_second * HOUR, 3)), pattern)
        }
    };
    let pattern = match growth(m, c) {
        Some(g) => format!("{pattern}, {} % a year", number::fixed(100.0 * g, 1, true)),
        None => pattern,
    };
    let deadline = class.deadline.as_ref().map_or_else(|| "none".to_owned(), |d| deadline(m, d));
    vec![class.name.clone(), arrivals, pattern, deadline, m.stages[class.start].name.clone()]
}

/// Change of a class's demand in a year, where it grows: from the first of its weekly steps to the last.
fn growth(m: &Model, class: usize) -> Option<f64> {
    let mut steps = m.exceptions.iter().filter(|e| e.name.is_empty()).filter_map(|e| {
        let own = e.demand.iter().find(|d| d.0 == Some(class))?;
        Some(((e.from + e.until) / 2.0, own.2))
    });
    let (at, by) = steps.next_back()?;
    Some(poolwise_math::powf(by, YEAR / at) - 1.0)
}

/// Arrivals and pattern of recorded requests.
fn trace(t: &Trace) -> (String, String) {
    let mut pattern = match t.drawn.as_ref().map(|d| &d.draw) {
        None => "as recorded".to_owned(),
        Some(DayDraw::Weekday(_)) => "recorded days drawn by weekday".to_owned(),
        Some(DayDraw::Week(_)) => "recorded weeks drawn".to_owned(),
    };
    if t.factor != 1.0 {
        pattern.push_str(&format!(", times {}", number::trimmed(t.factor, 3)));
    }
    if t.months.iter().any(|x| *x != 1.0) {
        pattern.push_str(", by month");
    }
    let arrivals = match &t.drawn {
        None => format!("{} recorded", t.times.len()),
        Some(days) => format!("{} recorded days", days.days.len()),
    };
    (arrivals, pattern)
}

fn deadline(m: &Model, d: &Deadline) -> String {
    let until = match d.until {
        DeadlineUntil::Finish(s) => format!("until the end of {}", m.stages[s].name),
        DeadlineUntil::Start(s) => format!("until {} begins", m.stages[s].name),
    };
    format!("{}, {until}; then {}", time(&d.after), m.stages[d.exit].name)
}

fn activity(m: &Model, s: usize) -> Option<Vec<String>> {
    let stage = &m.stages[s];
    let (kind, length) = match &stage.kind {
        StageKind::Exit => return None,
        StageKind::Fork => ("fork: all of these at once".to_owned(), String::new()),
        StageKind::Join(_) => (join(m, s), String::new()),
        StageKind::Delay(delay) => {
            let booked = if delay.rebook { ", then booked anew" } else { "" };
            (format!("delay{booked}"), time(&delay.time))
        }
        StageKind::Service(service) => {
            let mut kind = format!("service by {}", m.roles[service.role]);
            if service.own_officers() > 1 {
                kind.push_str(&format!(", {} at once", service.own_officers()));
            }
            for (role, n) in &service.others {
                kind.push_str(&format!(", with {n} {}", m.roles[*role]));
            }
            if let Some(batch) = &service.batch {
                kind.push_str(&format!(", {} to {} requests together", batch.least, batch.most));
                if batch.after.is_finite() {
                    kind.push_str(&format!(
                        " or as many as there are after {}",
                        number::span(batch.after / DAY)
                    ));
                }
            }
            if service.same_officer {
                kind.push_str(&m.words.fill(", the same {officer}"));
            }
            if service.different_officer {
                kind.push_str(&m.words.fill(", another {officer}"));
            }
            if let Some(after) = &service.after_work {
                kind.push_str(&format!(", then work of {} without the request", time(after)));
            }
            (kind, time(&service.time))
        }
    };
    let next: Vec<String> = branches(m, s)
        .into_iter()
        .map(|(to, share)| {
            let name = &m.stages[to].name;
            if share == "1" { name.clone() } else { format!("{name} ({share})") }
        })
        .collect();
    Some(vec![stage.name.clone(), kind, length, next.join("; ")])
}

/// What a join waits for.
fn join(m: &Model, s: usize) -> String {
    let forks = m.parallels();
    let Some(fork) = forks.of_join(s) else { return "join".to_owned() };
    let name = &m.stages[fork.fork].name;
    if fork.need == fork.branches {
        return format!("join of all {} branches of {name}", fork.branches);
    }
    let rest = match &m.stages[s].kind {
        StageKind::Join(rules) if rules.rest == Rest::Finish => "carried on",
        _ => "cancelled",
    };
    format!("join: {} of {} branches of {name} are enough, the others are {rest}", fork.need, fork.branches)
}

fn resources(out: &mut String, m: &Model) -> std::fmt::Result {
    let rules = super::officers::rules(m);
    let staffing = StaffingFigures::of(m);
    let rows: Vec<Vec<String>> = staffing
        .centres
        .iter()
        .zip(&m.centres)
        .map(|(s, centre)| {
            let kinds: Vec<String> = centre
                .pools
                .iter()
                .map(|p| match &p.kind {
                    PoolKind::Crews(lines) => format!("{} shifts", lines.len()),
                    PoolKind::Levels(_) => "a level".to_owned(),
                })
                .collect();
            vec![
                s.centre.clone(),
                kinds.join(", "),
                number::seen(s.posts, 1, false),
                number::fixed(s.rostered_hours_per_week, 0, false),
                number::trimmed(s.headcount, 1),
                number::seen(s.offered_load, 1, false),
                number::percent(centre.absence.share),
            ]
        })
        .collect();
    let header = [
        "Centre",
        &m.words.fill("{Officers} by"),
        "Posts",
        "Rostered h/week",
        "Headcount",
        &m.words.fill("Expected work, {officers}"),
        "Absence",
    ];
    table(out, &header, &rows)?;
    for rule in &rules {
        writeln!(out, "- {rule}")?;
    }
    if !rules.is_empty() {
        writeln!(out)?;
    }
    writeln!(
        out,
        "In total {} posts, {} rostered hours a week, headcount {}.\n",
        number::seen(staffing.posts, 1, false),
        number::fixed(staffing.rostered_hours_per_week, 0, false),
        number::trimmed(staffing.headcount, 1)
    )
}

fn names<'a>(all: impl Iterator<Item = &'a str>, chosen: &[bool], what: &str) -> Option<String> {
    if chosen.iter().all(|x| *x) {
        return None;
    }
    let picked: Vec<&str> = all.zip(chosen).filter(|(_, x)| **x).map(|(n, _)| n).collect();
    Some(if picked.len() > MOST_NAMES { format!("{} {what}", picked.len()) } else { picked.join(", ") })
}

fn rule(m: &Model, i: usize, r: &Rule) -> Vec<String> {
    // Rules name service stages only; others can never match.
    let services = m.stages.iter().map(|s| matches!(s.kind, StageKind::Service(_)));
    let all_services = r.stages.iter().zip(services).all(|(chosen, service)| *chosen || !service);
    let stages = if all_services {
        None
    } else {
        names(m.stages.iter().map(|s| s.name.as_str()), &r.stages, "stages")
    };
    let parts = [
        stages,
        names(m.classes.iter().map(|c| c.name.as_str()), &r.classes, "classes"),
        names(m.areas.iter().map(|a| a.name.as_str()), &r.areas, "areas"),
    ];
    let fits: Vec<String> = parts.into_iter().flatten().collect();
    let mut when = window(&r.window);
    if let Some(e) = r.exception {
        let e = &m.exceptions[e];
        let day = |t: f64| number::trimmed((t - m.run.warm_up) / DAY, 1);
        when = format!("{when}, in {} (day {} to {})", e.name, day(e.from), day(e.until));
    }
    if let Some(t) = r.trigger {
        when = format!("{when}, while \u{201c}{}\u{201d} is on", m.triggers[t].name);
    }
    if r.share < 1.0 {
        when.push_str(&format!(", for {}", number::percent(r.share)));
    }
    let mut more = Vec::new();
    if let Some(o) = &r.overflow {
        let after = o.after.map(|s| format!("after {}", number::duration(s / HOUR)));
        let queue = o.queue.map(|q| format!("at a queue of {q}"));
        let when: Vec<String> = [after, queue].into_iter().flatten().collect();
        more.push(format!("overflows {} to {}", when.join(" or "), target(m, &o.to)));
    }
    if let Some(dup) = &r.duplicate {
        more.push(format!(
            "done twice at {} with probability {}, {}",
            target(m, &dup.at),
            number::trimmed(dup.probability, 4),
            window(&dup.window)
        ));
    }
    let fits = if fits.is_empty() { "all".to_owned() } else { fits.join("; ") };
    vec![(i + 1).to_string(), fits, when, target(m, &r.to), more.join("; ")]
}

fn target(m: &Model, t: &Destination) -> String {
    let centre = |c: &CentreId| m.centres[*c].name.clone();
    match t {
        Destination::Centre(c) => centre(c),
        Destination::Local => "the area's own centre".to_owned(),
        Destination::Same => "the centre before".to_owned(),
        Destination::LeastLoaded(list) if list.len() > MOST_NAMES => {
            format!("the least loaded of {} centres", list.len())
        }
        Destination::LeastLoaded(list) => {
            format!("the least loaded of {}", list.iter().map(centre).collect::<Vec<_>>().join(", "))
        }
    }
}
