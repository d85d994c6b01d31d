//! The facts of the rules that decide what the numbers mean, read from the model: calendar, service
//! target, what happens at shift ends, who is next. They are printed beside the numbers.

use super::number;
use super::shifts::{self, Assigned};
use jiff::Span;
use jiff::civil::Date;
use poolwise_engine::model::{
    Centre, Closing, LevelEnd, LevelPlan, Levels, Model, PoolKind, ShiftEnd, Workforce,
};
use poolwise_engine::time::DAY;
use poolwise_study::verdict::states_headcount;

/// What a reader must know of a scenario's rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// First day of the statistics window, in the run's own time zone.
    pub start: Option<Date>,
    /// IANA name of that zone.
    pub zone: String,
    /// Rules in words, one sentence each.
    pub rules: Vec<String>,
    /// Shifts as assigned.
    pub shifts: Vec<Assigned>,
}

impl Setting {
    /// The setting of a model.
    pub fn of(model: &Model) -> Self {
        let zone = model.clocks.get(model.run.clock).map_or("UTC", |c| c.zone.as_str()).to_owned();
        Self {
            start: start_date(model),
            rules: rules(model).iter().map(|rule| model.words.fill(rule)).collect(),
            zone,
            shifts: shifts::of(model),
        }
    }
}

/// The local day on which the warm-up has passed; day numbers count from Monday 1970-01-05.
fn start_date(model: &Model) -> Option<Date> {
    let clock = model.clocks.get(model.run.clock)?;
    let days = clock.day(model.run.warm_up);
    Date::new(1970, 1, 5).ok()?.checked_add(Span::new().try_days(days).ok()?).ok()
}

/// Rules in words, with `{officers}` and the like to be filled in. Those that all centres share are said once.
fn rules(model: &Model) -> Vec<String> {
    let mut said = Vec::new();
    let by = |say: fn(&Centre) -> Option<String>, lead: &str| sentence(&model.centres, say, lead);
    said.extend(by(shift_end, "Shift end"));
    said.extend(by(closing, "Closing"));
    said.extend(by(discipline, "Order of service"));
    said.extend(by(absence, "Absence"));
    let uncounted: Vec<&str> = model.centres.iter().filter(|c| !c.counted).map(|c| c.name.as_str()).collect();
    if !uncounted.is_empty() {
        said.push(format!("Not counted in the totals: {}.", uncounted.join(", ")));
    }
    let work = model.workforce;
    // What hours on duty come to in people is arithmetic that nobody spoke of.
    said.extend((states_headcount(model) || work != Workforce::USUAL).then(|| {
        format!(
            "Headcount: {} paid hours a week for each {{officer}}, {} of them available for the roster.",
            number::trimmed(work.hours_per_week, 2),
            number::percent(work.planned_availability)
        )
    }));
    said.extend(super::reactions::sentences(model));
    // Those without a name are steps of a growing demand.
    for exception in model.exceptions.iter().filter(|e| !e.name.is_empty()) {
        let from = number::trimmed((exception.from - model.run.warm_up) / DAY, 1);
        let until = number::trimmed((exception.until - model.run.warm_up) / DAY, 1);
        said.push(format!("Exception \u{201c}{}\u{201d}: day {from} to day {until}.", exception.name));
    }
    said
}

/// `Lead: what most centres do; what the others do at A, B.`
fn sentence(centres: &[Centre], say: fn(&Centre) -> Option<String>, lead: &str) -> Option<String> {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for centre in centres {
        let Some(words) = say(centre) else { continue };
        match groups.iter_mut().find(|(w, _)| *w == words) {
            Some((_, names)) => names.push(&centre.name),
            None => groups.push((words, vec![&centre.name])),
        }
    }
    // The commonest first; ties keep the scenario's order because the sort is stable.
    groups.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
    let (first, rest) = groups.split_first()?;
    if rest.is_empty() {
        return Some(format!("{lead}: {}.", first.0));
    }
    let mut parts = vec![format!("{} at {}", first.0, place(&first.1))];
    parts.extend(rest.iter().map(|(words, names)| format!("{words} at {}", place(names))));
    Some(format!("{lead}: {}.", parts.join("; ")))
}

/// A short list of names, or how many there are.
fn place(names: &[&str]) -> String {
    if names.len() <= 4 { names.join(", ") } else { format!("{} centres", names.len()) }
}

fn shift_end(centre: &Centre) -> Option<String> {
    if !centre.pools.iter().any(|p| roster_changes(&p.kind)) {
        return None;
    }
    Some(match centre.shift_end {
        ShiftEnd::Finish => match centre.overtime_limit {
            None => finish(centre).to_owned(),
            Some(limit) => format!(
                "{{officers}} finish the case in hand in overtime of at most {}, after which it goes to the head of the queue",
                number::duration(limit.most / 3600.0)
            ),
        },
        ShiftEnd::HandOver(penalty) => {
            let extra = if penalty > 0.0 {
                format!(", plus {}", number::duration(penalty / 3600.0))
            } else {
                String::new()
            };
            format!("the case in hand goes to the head of the queue and its work so far is kept{extra}")
        }
        ShiftEnd::Restart => "the case in hand goes to the head of the queue and starts again".to_owned(),
    })
}

/// Whether officers ever go off duty: a constant level has no shift end.
fn roster_changes(kind: &PoolKind) -> bool {
    match kind {
        PoolKind::Crews(_) => true,
        PoolKind::Levels(Levels { plan: LevelPlan::Weekly(steps), .. }) => steps.len() > 1,
        PoolKind::Levels(Levels { plan: LevelPlan::Steps { steps, .. }, .. }) => steps.len() > 1,
    }
}

fn finish(centre: &Centre) -> &'static str {
    let by_count = centre.pools.iter().any(
        |p| matches!(&p.kind, PoolKind::Levels(l) if l.end == LevelEnd::ByCount && roster_changes(&p.kind)),
    );
    if by_count {
        "{officers} finish the case in hand, and nobody starts while as many are busy as the level allows"
    } else {
        "{officers} finish the case in hand in overtime, on top of those coming on duty"
    }
}

fn closing(centre: &Centre) -> Option<String> {
    let closes = centre.pools.iter().any(|p| roster_changes(&p.kind));
    closes.then(|| {
        match centre.closing {
            Closing::Hold => "the queue of a centre that goes off duty waits",
            Closing::Transfer => "the queue of a centre that goes off duty is routed again",
        }
        .to_owned()
    })
}

fn discipline(centre: &Centre) -> Option<String> {
    Some(centre.discipline.describe(&centre.preemption).to_owned())
}

fn absence(centre: &Centre) -> Option<String> {
    Some(if centre.absence.share > 0.0 {
        format!("{} of rostered {{officers}} do not come", number::percent(centre.absence.share))
    } else {
        "none beyond what was planned".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::model::{Centre, Model, Pool, RoleMask};
    use poolwise_engine::random::Sampler;
    use poolwise_engine::time::WEEK;

    fn model() -> Model {
        let mut model = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1)]);
        for name in ["north", "south"] {
            model.centres.push(Centre::new(name, 1, vec![Pool::around_the_clock(1, 1)]));
        }
        model
    }

    #[test]
    fn the_window_starts_when_the_warm_up_has_passed() {
        let mut model = model();
        assert_eq!(Setting::of(&model).start, Date::new(2018, 10, 1).ok());
        model.run.warm_up = 4.0 * WEEK;
        assert_eq!(Setting::of(&model).start, Date::new(2018, 10, 29).ok());
    }

    #[test]
    fn what_all_centres_do_is_said_once_and_the_others_are_named() {
        let mut model = model();
        let shift_end = |model: &Model| {
            Setting::of(model).rules.into_iter().find(|r| r.starts_with("Shift end")).unwrap_or_default()
        };
        assert!(!shift_end(&model).contains(" at here"), "{}", shift_end(&model));
        model.centres[1].shift_end = ShiftEnd::HandOver(120.0);
        let words = shift_end(&model);
        assert!(words.contains("overtime, on top of those coming on duty at here, south;"), "{words}");
        assert!(words.ends_with("is kept, plus 2 min at north."), "{words}");
    }

    #[test]
    fn a_constant_level_has_no_shift_end() {
        const ALL: RoleMask = 1;
        let plan = LevelPlan::Weekly(vec![(0.0, 8)]);
        let kind = PoolKind::Levels(Levels { plan, end: LevelEnd::ByCount });
        let model = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::new(ALL, kind)]);
        let rules = Setting::of(&model).rules;
        assert!(rules.iter().all(|r| !r.starts_with("Shift end") && !r.starts_with("Closing")), "{rules:?}");
    }
}
