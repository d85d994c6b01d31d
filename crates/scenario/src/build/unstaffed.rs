//! Finds stages whose teams are on duty together and yet never begin a case, or not all of them: because roles, breaks or the
//! ends of shifts keep them from it.

use super::Builder;
use super::presence::{Presence, StartConditions, must_end};
use crate::source::TextSpan;
use poolwise_engine::model::{
    Centre, CentreId, LastStart, Model, PoolKind, RoleId, Service, ShiftLine, StageId, StageKind,
};
use poolwise_engine::time::HOUR;
use std::collections::BTreeMap;

/// A share of cases that is so small is nobody's concern.
const SELDOM: f64 = 1e-4;
/// Different lengths of shifts at a centre that are looked at, at most.
const MOST_LENGTHS: usize = 16;
/// Seconds beyond the longest shift: what is begun then is begun however long it is.
const BEYOND: f64 = 1e6;
/// Halvings between a length that is begun and one that is not.
const HALVINGS: u32 = 24;

/// A team: officers by role, the stage's own first.
type NeededTeam = Vec<(RoleId, u32)>;

/// Lengths of cases, seconds: above the first, up to the second.
type Gap = (f64, f64);

/// What keeps a team from ever beginning a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Obstacle {
    /// Its roles are not there at the same time, or by too few officers who hold several.
    Roles,
    /// Somebody is on a break.
    Breaks,
    /// One shift has begun its last case before the other begins.
    LastStart,
}

/// What is known of the teams of centres, so that stages with the same team cost once.
#[derive(Default)]
pub(super) struct Teams {
    known: BTreeMap<(CentreId, NeededTeam), (Option<Obstacle>, Vec<Gap>)>,
}

/// So many officers, and of which role where that is to be said.
pub(super) fn officers(n: u64, role: Option<&str>) -> String {
    let n = if n == 1 { "an officer".to_owned() } else { format!("{n} officers") };
    role.map_or_else(|| n.clone(), |role| format!("{n} of the role `{role}`"))
}

impl Teams {
    /// Checks a stage at a centre, with all who may come to help, of each of whose roles enough officers are on duty together at some time. Where a pool's
    /// officers are `spread` it is a warning: `staff` may well find out how many are needed.
    pub(super) fn check(
        &mut self,
        b: &mut Builder<'_>,
        model: &Model,
        centre: &Centre,
        (s, k, place): (StageId, CentreId, TextSpan),
        factor: f64,
        spread: bool,
    ) {
        let StageKind::Service(service) = &model.stages[s].kind else { return };
        // The officer of the stage before goes on with it, whatever the time.
        if service.same_officer {
            return;
        }
        let team: NeededTeam = service.team().collect();
        let breaks = !centre.discipline.cuts_off();
        let of_centre = self.known.entry((k, team.clone()));
        let (obstacle, gaps) = of_centre.or_insert_with(|| judge(centre, &team, (factor, breaks)));
        let takes = || {
            let all = team.iter().map(|(role, n)| {
                officers(u64::from(*n), (team.len() > 1).then(|| model.roles[*role].as_str()))
            });
            all.collect::<Vec<_>>().join(" and ")
        };
        let (stage, name) = (&model.stages[s].name, &centre.name);
        if let Some(obstacle) = obstacle {
            let (why, help) = obstacle.words(centre);
            let message = format!("`{stage}` takes {} at once, but at `{name}` {why}", takes());
            // Who comes for an exception may have no break behind him.
            let excepted = *obstacle == Obstacle::Breaks
                && model.exceptions.iter().any(|e| e.roster.iter().any(|r| r.0 == k));
            if spread || excepted {
                b.cx.warning(place, message).help(help);
            } else {
                b.cx.error(place, message).help(help);
            }
            return;
        }
        let pace = paces(model, (s, k), &team);
        let share: f64 = gaps.iter().map(|gap| share_within(service, pace, *gap)).sum();
        if share < SELDOM {
            return;
        }
        let all = share > 1.0 - SELDOM;
        let of = if all { "no case".to_owned() } else { format!("{} of the cases", percent(share)) };
        let (what, help) = of_gaps(centre, gaps, team.len() > 1 || service.officers > 1);
        let negated = if all { "ever" } else { "never" };
        let message =
            format!("{of} of `{stage}` {} {negated} {what} at `{name}`", if all { "is" } else { "are" });
        if all && !spread {
            b.cx.error(place, message).help(help);
        } else {
            b.cx.warning(place, message).help(help);
        }
    }
}

impl Obstacle {
    /// What it is, and what helps.
    fn words(self, centre: &Centre) -> (String, &'static str) {
        match self {
            Self::Roles => (
                "they are never on duty together".to_owned(),
                "let the shifts of these roles overlap, or roster more who hold one of them",
            ),
            Self::Breaks => (
                "whenever so many are on duty somebody is on a break".to_owned(),
                "nobody begins a case during a break; move it, or let shifts overlap for longer",
            ),
            Self::LastStart => {
                let time = match centre.last_start {
                    Some(LastStart::Before(time)) => format!(", {} before the end of a shift,", length(time)),
                    _ => String::new(),
                };
                (
                    format!(
                        "they never begin a case together: the last start{time} is before the others come"
                    ),
                    "let shifts overlap for longer than `last_start`, or make that shorter",
                )
            }
        }
    }
}

/// What keeps a team from ever beginning a case at a centre; else lengths of cases that it never begins, or never ends.
fn judge(centre: &Centre, team: &NeededTeam, (factor, breaks): (f64, bool)) -> (Option<Obstacle>, Vec<Gap>) {
    let asked = StartConditions { factor, breaks: false, length: None };
    let fills = |asked: StartConditions| Presence::of(centre, asked).fills(team);
    // Of one role it is known.
    if team.len() > 1 && !fills(asked) {
        return (Some(Obstacle::Roles), Vec::new());
    }
    let has_breaks = breaks && lines(centre).any(|l| !l.breaks.is_empty());
    let asked = StartConditions { breaks: has_breaks, ..asked };
    if has_breaks && !fills(asked) {
        return (Some(Obstacle::Breaks), Vec::new());
    }
    let ends = centre.last_start.is_some() || lines(centre).any(|l| must_end(centre, l).is_some());
    if !ends {
        return (None, Vec::new());
    }
    if matches!(centre.last_start, Some(LastStart::Before(_)))
        && !fills(StartConditions { length: Some(0.0), ..asked })
    {
        return (Some(Obstacle::LastStart), Vec::new());
    }
    (None, gaps(centre, &|length| fills(StartConditions { length: Some(length), ..asked })))
}

/// Lengths that no team begins, or never ends. Between two lengths of shifts whatever is longer is begun no more often.
fn gaps(centre: &Centre, begun: &dyn Fn(f64) -> bool) -> Vec<Gap> {
    let mut lengths: Vec<f64> = lines(centre).map(span).collect();
    lengths.sort_by(f64::total_cmp);
    lengths.dedup();
    if lengths.len() > MOST_LENGTHS {
        return Vec::new();
    }
    let mut gaps: Vec<Gap> = Vec::new();
    let mut from = 0.0;
    for until in lengths.into_iter().chain([f64::INFINITY]) {
        let (above, last) = (from * (1.0 + 1e-6), if until.is_finite() { until } else { from + BEYOND });
        let longest = if begun(last) {
            until
        } else if begun(above) {
            longest_begun(above, last, begun)
        } else {
            from
        };
        if longest < until {
            match gaps.last_mut().filter(|gap| gap.1 >= longest) {
                Some(gap) => gap.1 = until,
                None => gaps.push((longest, until)),
            }
        }
        from = until;
    }
    gaps
}

/// The greatest length that is begun, between one that is and one that is not; what is given is itself not begun any more.
fn longest_begun(mut low: f64, mut high: f64, begun: &dyn Fn(f64) -> bool) -> f64 {
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if begun(middle) { low = middle } else { high = middle }
    }
    high
}

fn lines(centre: &Centre) -> impl Iterator<Item = &ShiftLine> {
    centre.pools.iter().flat_map(|pool| match &pool.kind {
        PoolKind::Crews(lines) => &lines[..],
        PoolKind::Levels(_) => &[],
    })
}

fn span(line: &ShiftLine) -> f64 {
    line.once.map_or(line.length, |(from, until)| until - from)
}

/// The least and the greatest factor on a stage's times at a centre, as far as they differ.
fn paces(model: &Model, (s, k): (StageId, CentreId), team: &NeededTeam) -> (f64, f64) {
    let centre = &model.centres[k];
    let mut pace = (f64::INFINITY, 0.0_f64);
    for speed in &centre.speed {
        pace = (pace.0.min(*speed), pace.1.max(*speed));
    }
    let mut by = |factors: &mut dyn Iterator<Item = f64>| {
        let (low, high) = factors.fold((f64::INFINITY, 0.0_f64), |p, f| (p.0.min(f), p.1.max(f)));
        if low <= high {
            pace = (pace.0 * low, pace.1 * high);
        }
    };
    for (role, _) in team {
        by(&mut centre.pools.iter().filter(|p| p.roles & 1 << role != 0).map(|p| p.speed(*role)));
        // With however many beside it in hand.
        if let Some(concurrency) = centre.concurrency.as_ref().filter(|c| c.shares(*role)) {
            by(&mut concurrency.slower.iter().copied());
        }
    }
    let holds = |h: &&poolwise_engine::model::Handling| h.stages[s] && h.centres[k];
    for handling in model.handling.iter().filter(holds) {
        by(&mut [1.0, handling.factor].into_iter());
    }
    by(&mut lines(centre)
        .flat_map(|l| l.learning.iter())
        .flat_map(|l| l.by_week.iter().copied().chain([1.0])));
    pace
}

/// Share of a stage's cases whose length is in a gap, for whatever pace.
fn share_within(service: &Service, (fast, slow): (f64, f64), (low, high): Gap) -> f64 {
    // Work afterwards counts where it is always the same.
    let after = service.after_work.as_ref().filter(|a| a.variance() <= 0.0).map_or(0.0, |a| a.mean());
    let below = |x: f64, pace: f64| service.time.cdf(x / pace - after);
    let up_to = if high.is_infinite() { 1.0 } else { below(high, slow) };
    (up_to - below(low, fast)).max(0.0)
}

/// What becomes of cases of these lengths, and what helps.
fn of_gaps(centre: &Centre, gaps: &[Gap], several: bool) -> (String, String) {
    let low = gaps.first().map_or(0.0, |gap| gap.0);
    let high = gaps.last().map_or(0.0, |gap| gap.1);
    let never_ends = high.is_infinite() && centre.last_start != Some(LastStart::CanFinish);
    let what = if never_ends { "ended" } else { "begun" };
    let who = if several { "a team has together at most" } else { "an officer has at most" };
    let why = format!("{who} {} of its shifts", length(low));
    let why = if several { why } else { why.replace("its shifts", "a shift") };
    let help = match (never_ends, high.is_infinite()) {
        (true, _) => {
            "what is not done by the end of a shift begins again; hand it over, finish it, or make shifts longer"
        }
        (false, false) if several => {
            "`last_start = \"can-finish\"` begins only what ends within the shift of each; let shifts overlap for longer"
        }
        _ => "let shifts overlap for longer, or choose another `last_start`",
    };
    (what.to_owned(), format!("{why}; {help}"))
}

fn length(seconds: f64) -> String {
    if seconds >= HOUR {
        format!("{:.3} h", seconds / HOUR).replace(".000 h", " h")
    } else {
        format!("{:.0} min", seconds / 60.0)
    }
}

fn percent(share: f64) -> String {
    if share < 0.001 { format!("{:.2} %", 100.0 * share) } else { format!("{:.1} %", 100.0 * share) }
}
