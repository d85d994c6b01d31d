//! Why there is no roster: which hour, which rule.

use crate::curve::WeekCurve;
use crate::drawing::programme_of;
use crate::headcount;
use crate::patterns::{Tour, Waived, tours};
use crate::programme::TOLERANCE;
use crate::solve::{self, ProgrammeError};
use poolwise_engine::model::{Model, RoleMask};
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK, WEEK};
use poolwise_planning::roster_rules::{CentreRules, Cover, Least, RosterRules, ShiftRule};
use std::fmt;

/// Most hours named in a reason.
const NAMED: usize = 4;

/// Names of days, Monday first.
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A reason why a row has no roster.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// No permitted shift is for officers of these roles.
    NoShift,
    /// The rules leave no week of shifts to work; with the rule that stands in the way, if it is one.
    NoWeek(Option<&'static str>),
    /// Officers are required while the centre is closed.
    Closed {
        /// Hours of the week.
        hours: Vec<usize>,
    },
    /// Nobody can be on duty when somebody must be, because of a rule or since no permitted shift covers it.
    Uncovered {
        /// Hours of the week.
        hours: Vec<usize>,
        /// The rule without which somebody could.
        because: Option<&'static str>,
    },
    /// Breaks that officers take one after the other leave too few, however many there are.
    Breaks {
        /// Hours of the week.
        hours: Vec<usize>,
    },
    /// More are required than may be on duty.
    Maximum {
        /// Hours of the week.
        hours: Vec<usize>,
        /// Most officers required in one of them.
        required: u32,
        /// The limit.
        most: u32,
    },
    /// More officers would be employed than the rules allow.
    Officers {
        /// Officers that it takes at least.
        needed: u32,
        /// The limit.
        most: u32,
    },
    /// No single hour, but the rules together: what leaving out one of them would do.
    Together {
        /// Rules each of which stands in the way: without any one of them there is a roster.
        rules: Vec<String>,
        /// Hours that stay short of officers when all others are covered as well as can be.
        hours: Vec<usize>,
    },
    /// The search ended without a roster, and without proof that there is none.
    NoneFound {
        /// Nodes solved.
        nodes: u64,
        /// A roster would cost at least this.
        bound: f64,
    },
    /// The solver failed.
    Solver(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoShift => f.write_str(
                "no permitted shift is for people of this role; add it to the `roles` of a shift in [roster]",
            ),
            Self::NoWeek(Some(rule)) => write!(
                f,
                "no week of permitted shifts is left to work; `{rule}` leaves them out"
            ),
            Self::NoWeek(None) => f.write_str(
                "no week of permitted shifts is left to work: the rules contradict each other; look at `days`, `days_on`, `open`, `rest` and `whole_weekends`",
            ),
            Self::Closed { hours } => write!(
                f,
                "people are required {} while the centre is closed; widen `open`, or route the work elsewhere then",
                named(hours)
            ),
            Self::Uncovered { hours, because: Some("breaks") } => write!(
                f,
                "all people of the shifts that could be on duty are on a break together {}; stagger it with `between` or `stagger = true`, or write `cover = \"mean\"` in [roster]",
                named(hours)
            ),
            Self::Breaks { hours } => write!(
                f,
                "however many are rostered, breaks one after the other leave too few {}; widen their `between`, or write `cover = \"mean\"` in [roster]",
                named(hours)
            ),
            Self::Uncovered { hours, because: Some(rule) } => {
                write!(f, "nobody can be on duty {}: `{rule}` leaves out the shifts that could", named(hours))
            }
            Self::Uncovered { hours, because: None } => {
                write!(f, "no permitted shift is on duty {}; permit one that is, by its `starts`, `length` or `days`", named(hours))
            }
            Self::Maximum { hours, required, most } => write!(
                f,
                "up to {required} people are required {}, and `maximum` allows {most}",
                named(hours)
            ),
            Self::Officers { needed, most } => write!(
                f,
                "at least {needed} people would have to be employed, and `officers` allows {most}"
            ),
            Self::Together { rules, hours } => {
                f.write_str("the rules cannot be kept together")?;
                if !hours.is_empty() {
                    write!(f, ": somebody is short {}", named(hours))?;
                }
                match rules.as_slice() {
                    [] => f.write_str("; no single rule is the cause, so that more than one must give way"),
                    list => write!(f, "; there is a roster without {}", list.join(", or without ")),
                }
            }
            Self::NoneFound { nodes, bound } => write!(
                f,
                "no roster was found in {nodes} nodes, nor proof that there is none (it would cost at least {bound:.1}); give `nodes` a higher limit, or relax a rule"
            ),
            Self::Solver(why) => write!(f, "the solver failed: {why}"),
        }
    }
}

/// "Mon 03:00, Mon 04:00 and 5 more hours".
fn named(hours: &[usize]) -> String {
    let one = |h: &usize| format!("{} {:02}:00", DAYS[h / 24 % 7], h % 24);
    let list: Vec<String> = hours.iter().take(NAMED).map(one).collect();
    match hours.len().saturating_sub(NAMED) {
        0 => format!("at {}", list.join(", ")),
        1 => format!("at {} and 1 more hour", list.join(", ")),
        n => format!("at {} and {n} more hours", list.join(", ")),
    }
}

/// Reasons that can be seen without solving anything.
pub(crate) fn plain(
    its: &CentreRules,
    shifts: &[ShiftRule],
    roles: RoleMask,
    left: &[Tour],
    covered: &WeekCurve,
) -> Vec<Reason> {
    let mut out = Vec::new();
    let asked: Vec<usize> = (0..HOURS_OF_WEEK).filter(|h| covered[*h] > 0).collect();
    if asked.is_empty() {
        return out;
    }
    if shifts.iter().all(|s| s.roles & roles != roles) {
        return vec![Reason::NoShift];
    }
    let closed: Vec<usize> = asked.iter().copied().filter(|h| !its.is_open(*h, covered[*h])).collect();
    if !closed.is_empty() {
        out.push(Reason::Closed { hours: closed.clone() });
    }
    if let Some(most) = its.maximum {
        let hours: Vec<usize> = asked.iter().copied().filter(|h| covered[*h] > most).collect();
        if let Some(required) = hours.iter().map(|h| covered[*h]).max() {
            out.push(Reason::Maximum { hours, required, most });
        }
    }
    if left.is_empty() {
        let found = |waived: &Waived| !tours(its, shifts, roles, *waived).is_empty();
        out.push(Reason::NoWeek(WAIVERS.iter().find(|(_, w)| found(w)).map(|(name, _)| *name)));
        return out;
    }
    let cover = its.cover.unwrap_or(Cover::Always);
    let bare = uncovered(cover, left, &asked);
    let bare: Vec<usize> = bare.into_iter().filter(|h| !closed.contains(h)).collect();
    if !bare.is_empty() {
        let helps = |waived: &Waived| {
            let more = tours(its, shifts, roles, *waived);
            uncovered(cover, &more, &bare).is_empty()
        };
        // Without any break somebody might be there all the time.
        let unbroken: Vec<Tour> =
            left.iter().map(|tour| Tour { breaks: Vec::new(), ..tour.clone() }).collect();
        let breaks = uncovered(cover, &unbroken, &bare).is_empty().then_some("breaks");
        let because = breaks.or_else(|| WAIVERS.iter().find(|(_, w)| helps(w)).map(|(name, _)| *name));
        out.push(Reason::Uncovered { hours: bare, because });
    }
    out
}

const OFF: Waived = Waived { rest: false, open: false, whole_weekends: false, days: false, roles: false };

/// Rules that leave shifts out, in the order in which they are blamed.
const WAIVERS: [(&str, Waived); 5] = [
    ("rest", Waived { rest: true, ..OFF }),
    ("whole_weekends", Waived { whole_weekends: true, ..OFF }),
    ("open", Waived { open: true, ..OFF }),
    ("roles", Waived { roles: true, ..OFF }),
    ("days", Waived { days: true, ..OFF }),
];

/// Hours of `asked` with an instant at which no tour is on duty; on the mean: in which none is at all.
fn uncovered(cover: Cover, tours: &[Tour], asked: &[usize]) -> Vec<usize> {
    let mut spans: Vec<(f64, f64)> = Vec::new();
    for (from, length) in tours.iter().flat_map(Tour::spans) {
        let from = from.rem_euclid(WEEK);
        spans.push((from, from + length));
        spans.push((from - WEEK, from + length - WEEK));
    }
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let covered = |hour: usize| {
        let (mut at, end) = (hour as f64 * HOUR, (hour + 1) as f64 * HOUR);
        for &(from, until) in &spans {
            match cover {
                Cover::Mean if from < end && until > at => return true,
                Cover::Always if from <= at + 1e-6 && until > at => at = until,
                _ => {}
            }
        }
        cover == Cover::Always && at >= end - 1e-6
    };
    asked.iter().copied().filter(|h| !covered(*h)).collect()
}

/// Reasons why rules that can be kept one by one cannot be kept together.
pub(crate) fn together(
    model: &Model,
    rules: &RosterRules,
    its: &CentreRules,
    tours: &[Tour],
    covered: &WeekCurve,
) -> Vec<Reason> {
    let feasible = |its: &CentreRules| {
        let counting = RosterRules { least: Least::Officers, ..rules.clone() };
        let (programme, _) = programme_of(model, &counting, its, tours, covered);
        solve::solve(&programme, rules.nodes)
    };
    if its.officers.is_some() {
        let without = CentreRules { officers: None, ..its.clone() };
        if let (Ok(found), Some(most)) = (feasible(&without), its.officers) {
            let needed = headcount::employed(found.bound, model.workforce.planned_availability);
            if needed > most {
                return vec![Reason::Officers { needed, most }];
            }
        }
    }
    let alone: [(String, bool, CentreRules); 3] = [
        (
            format!("`maximum = {}`", its.maximum.unwrap_or(0)),
            its.maximum.is_some(),
            CentreRules { maximum: None, ..its.clone() },
        ),
        (
            format!("`weekends_off = {}`", its.weekends_off),
            its.weekends_off > 0.0,
            CentreRules { weekends_off: 0.0, ..its.clone() },
        ),
        (
            format!("`officers = {}`", its.officers.unwrap_or(0)),
            its.officers.is_some(),
            CentreRules { officers: None, ..its.clone() },
        ),
    ];
    let guilty = alone
        .into_iter()
        .filter(|(_, there, without)| *there && !matches!(feasible(without), Err(ProgrammeError::Infeasible)))
        .map(|(name, ..)| name)
        .collect();
    vec![Reason::Together { rules: guilty, hours: short(model, rules, its, tours, covered) }]
}

/// Hours that stay short when as much as can be is covered: the relaxation with a price on what is not.
fn short(
    model: &Model,
    rules: &RosterRules,
    its: &CentreRules,
    tours: &[Tour],
    covered: &WeekCurve,
) -> Vec<usize> {
    let (mut programme, hours) = programme_of(model, rules, its, tours, covered);
    let officers = programme.columns.len();
    programme.columns.iter_mut().for_each(|c| c.cost = 1.0);
    // A column for each row covers it without any officer, at a price above that of any officer.
    for row in 0..programme.rows.len() {
        programme.columns.push(crate::programme::LpColumn { cost: 1e4, covers: vec![(row, 1.0)] });
    }
    // The limit of a row is on officers alone.
    let limited: Vec<(usize, f64)> =
        (0..programme.rows.len()).filter_map(|r| its.maximum.map(|most| (r, f64::from(most)))).collect();
    for (row, most) in limited {
        let weights = programme.columns[..officers]
            .iter()
            .enumerate()
            .filter_map(|(j, c)| c.covers.iter().find(|(r, _)| *r == row).map(|(_, share)| (j, *share)))
            .collect();
        programme.sides.push(crate::programme::LpSide { name: String::new(), weights, limit: most });
    }
    programme.rows.iter_mut().for_each(|r| r.most = f64::INFINITY);
    let Ok(relaxed) = solve::relax(&programme) else { return Vec::new() };
    let mut out: Vec<usize> = relaxed.values[officers..]
        .iter()
        .zip(&hours)
        .filter(|(x, _)| **x > 100.0 * TOLERANCE)
        .map(|(_, hour)| *hour)
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}
