//! How many officers are there to begin a case together: by shifts, breaks, and how near the end of a shift is.

use super::concurrency::shortest_gap;
use poolwise_engine::model::{
    AbsenceMode, Centre, LastStart, LevelPlan, PoolKind, RoleId, RoleMask, ShiftEnd, ShiftLine,
};
use poolwise_engine::time::{DAY, WEEK};

/// Officers of a shift whose breaks are followed one by one, at most; beyond, somebody is always there.
const FOLLOWED: u32 = 64;
/// Slack against rounding of instants, as a part of them.
const ROUNDING: f64 = 1e-9;

/// What is asked of officers who are to begin a case.
#[derive(Debug, Clone, Copy)]
pub(super) struct StartConditions {
    /// Factor of exceptions on their number.
    pub factor: f64,
    /// Nobody begins a case while on a break.
    pub breaks: bool,
    /// How long the case takes, seconds: nobody begins what the rules for the end of a shift do not let him, or would never end.
    pub length: Option<f64>,
}

/// Who is there, over a week that comes round again or once.
pub(super) struct Presence {
    /// By pool: roles held.
    roles: Vec<RoleMask>,
    /// By pool: officers who may be there at any time.
    always: Vec<i64>,
    changes: Vec<HeadcountChange>,
    /// The changes are those of a week that comes round again.
    weekly: bool,
}

/// So many officers of a pool more or fewer.
struct HeadcountChange {
    at: f64,
    /// At one instant those who are gone by then leave first, others come, and last leave those who still begin a case.
    order: u8,
    pool: usize,
    by: i64,
}

/// When an officer may begin a case.
#[derive(Clone, Copy)]
struct StartWindow {
    from: f64,
    until: f64,
    /// At the last instant too.
    closed: bool,
}

impl Presence {
    /// Of a centre.
    pub(super) fn of(centre: &Centre, asked: StartConditions) -> Self {
        let roles = centre.pools.iter().map(|p| p.roles).collect();
        let always = vec![0; centre.pools.len()];
        let mut all = Self { roles, always, changes: Vec::new(), weekly: false };
        let (mut weekly, mut once) = (Vec::new(), Vec::new());
        for (p, pool) in centre.pools.iter().enumerate() {
            match &pool.kind {
                PoolKind::Crews(lines) => {
                    for line in lines {
                        let to = if line.once.is_some() { &mut once } else { &mut weekly };
                        add(centre, line, p, asked, to);
                    }
                }
                PoolKind::Levels(levels) => {
                    let times =
                        |n: u32| i64::from(present(centre, (f64::from(n) * asked.factor + 0.5).floor()));
                    all.always[p] = most_of_levels(&levels.plan).map(times).max().unwrap_or(0);
                }
            }
        }
        if weekly.is_empty() {
            all.changes = sorted(once);
        } else {
            // Crews of a single day beside shifts of every week: as if they could be there at any time of it.
            let (roles, always) = (all.roles.clone(), all.always.clone());
            all.always = Self { roles, always, changes: sorted(once), weekly: false }.most_by_pool();
            all.weekly = true;
            all.changes = sorted(weekly);
        }
        all
    }

    /// Most officers of a role at any time.
    pub(super) fn most(&self, role: RoleId) -> u64 {
        let mut most = 0;
        self.each(|there| {
            let of_role = self.roles.iter().zip(there).filter(|(mask, _)| **mask & 1 << role != 0);
            most = most.max(of_role.map(|(_, n)| n).sum::<i64>());
            false
        });
        u64::try_from(most).unwrap_or(0)
    }

    /// Whether all who are not there at any time come by the week.
    pub(super) fn is_weekly(&self) -> bool {
        self.weekly || self.changes.is_empty()
    }

    /// Most officers of a role from one instant of the week on, before another.
    pub(super) fn most_between(&self, role: RoleId, from: f64, until: f64) -> u64 {
        let of_role = |there: &[i64]| -> i64 {
            let held = self.roles.iter().zip(there).filter(|(mask, _)| **mask & 1 << role != 0);
            held.map(|(_, n)| n).sum()
        };
        let mut there = self.always.clone();
        let (mut most, mut before) = (0, f64::NEG_INFINITY);
        for at_once in self.changes.chunk_by(|a, b| a.at == b.at) {
            let at = at_once[0].at;
            if before < until && at > from {
                most = most.max(of_role(&there));
            }
            let mut apply = |change: &HeadcountChange| there[change.pool] += change.by;
            at_once.iter().filter(|c| c.order < 2).for_each(&mut apply);
            if (from..until).contains(&at) {
                most = most.max(of_role(&there));
            }
            at_once.iter().filter(|c| c.order == 2).for_each(|c| there[c.pool] += c.by);
            before = at;
        }
        if before < until {
            most = most.max(of_role(&there));
        }
        u64::try_from(most).unwrap_or(0)
    }

    /// Whether a team of so many officers by role is there at any time.
    pub(super) fn fills(&self, team: &[(RoleId, u32)]) -> bool {
        self.each(|there| {
            // Whatever roles of the team are looked at, as many hold some of them as these ask for (Hall 1935).
            (1_u32..1 << team.len()).all(|chosen| {
                let of_it = || team.iter().enumerate().filter(|(i, _)| chosen >> i & 1 == 1).map(|(_, t)| t);
                let mask: RoleMask = of_it().fold(0, |mask, (role, _)| mask | 1 << role);
                let wanted: i64 = of_it().map(|(_, n)| i64::from(*n)).sum();
                let holds = self.roles.iter().zip(there).filter(|(roles, _)| **roles & mask != 0);
                holds.map(|(_, n)| n).sum::<i64>() >= wanted
            })
        })
    }

    fn most_by_pool(&self) -> Vec<i64> {
        let mut most = self.always.clone();
        self.each(|there| {
            most.iter_mut().zip(there).for_each(|(most, n)| *most = (*most).max(*n));
            false
        });
        most
    }

    /// Shows the officers by pool at each instant at which some came, until `look` says that it is enough.
    fn each(&self, mut look: impl FnMut(&[i64]) -> bool) -> bool {
        let mut there = self.always.clone();
        if look(&there) {
            return true;
        }
        for (i, change) in self.changes.iter().enumerate() {
            there[change.pool] += change.by;
            let last_to_come =
                self.changes.get(i + 1).is_none_or(|next| next.at > change.at || next.order > 1);
            if change.order == 1 && last_to_come && look(&there) {
                return true;
            }
        }
        false
    }
}

fn sorted(mut changes: Vec<HeadcountChange>) -> Vec<HeadcountChange> {
    changes.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.order.cmp(&b.order)));
    changes
}

/// Numbers on duty of a plan of levels.
fn most_of_levels(plan: &LevelPlan) -> impl Iterator<Item = u32> + '_ {
    match plan {
        LevelPlan::Weekly(steps) => steps.iter(),
        LevelPlan::Steps { steps, .. } => steps.iter(),
    }
    .map(|step| step.1)
}

/// Adds a shift's officers: when they come and go.
fn add(
    centre: &Centre,
    line: &ShiftLine,
    pool: usize,
    asked: StartConditions,
    to: &mut Vec<HeadcountChange>,
) {
    let there = |n: u32| present(centre, (f64::from(n) * asked.factor + 0.5).floor());
    let shifts: Vec<(f64, f64, u32)> = match line.once {
        Some((from, until)) => vec![(from, until, there(line.officers[0]))],
        None => (line.officers.iter().enumerate())
            .map(|(day, &n)| (day as f64 * DAY + line.start, there(n)))
            .map(|(from, n)| (from, from + line.length, n))
            .collect(),
    };
    for (from, until, n) in shifts.into_iter().filter(|shift| shift.2 > 0) {
        let Some(shift) = begins((centre, line), from, until, asked.length) else { continue };
        // Who takes which of staggered breaks goes by how many come.
        let own_breaks = asked.breaks && centre.absence.share == 0.0 && n <= FOLLOWED;
        let staggered = own_breaks && line.breaks.iter().any(|b| b.spread > 0.0);
        let officers = if staggered { n } else { 1 };
        for place in 0..officers {
            let mut windows = vec![shift];
            for b in line.breaks.iter().filter(|b| asked.breaks && (staggered || b.spread <= 0.0)) {
                let begin = from + b.begin(place, officers);
                windows = windows.into_iter().flat_map(|w| without(w, begin, begin + b.length)).collect();
            }
            let by = i64::from(if staggered { 1 } else { n });
            for window in windows {
                put(window, line.once.is_none(), pool, by, to);
            }
        }
    }
}

/// When officers of a shift begin cases, of this length where one is given; `None` where they never do.
fn begins(
    (centre, line): (&Centre, &ShiftLine),
    from: f64,
    until: f64,
    length: Option<f64>,
) -> Option<StartWindow> {
    let mut window = StartWindow { from, until, closed: false };
    let Some(length) = length else { return Some(window) };
    let length = length * (1.0 - ROUNDING);
    let mut ends_by = |last: f64| {
        if last < window.until {
            (window.until, window.closed) = (last, true);
        }
    };
    match centre.last_start {
        Some(LastStart::Before(time)) => ends_by(until - time),
        Some(LastStart::CanFinish) if length <= until - from => ends_by(until - length),
        Some(LastStart::CanFinish) | None => {}
    }
    if let Some(longer) = must_end(centre, line) {
        ends_by(until + longer - length);
    }
    (window.until >= window.from).then_some(window)
}

/// How long after the end of a shift of this length a case must have ended, where it otherwise never would: because it begins again
/// then, or what handing it over costs is no less than what a shift does of it.
pub(super) fn must_end(centre: &Centre, line: &ShiftLine) -> Option<f64> {
    let shift = line.once.map_or(line.length, |(from, until)| until - from);
    match (centre.shift_end, centre.overtime_limit) {
        (ShiftEnd::Restart, _) => Some(0.0),
        (ShiftEnd::HandOver(penalty), _) if penalty >= shift => Some(0.0),
        (ShiftEnd::Finish, Some(limit)) if limit.penalty >= shift + limit.most - missed(centre, line) => {
            Some(limit.most)
        }
        _ => None,
    }
}

/// What the rest after overtime takes from the next shift of a lone officer, whose case nobody else takes up meanwhile.
fn missed(centre: &Centre, line: &ShiftLine) -> f64 {
    let lines: usize = centre
        .pools
        .iter()
        .map(|pool| match &pool.kind {
            PoolKind::Crews(lines) => lines.len(),
            PoolKind::Levels(_) => 2,
        })
        .sum();
    let alone = lines == 1 && line.once.is_none() && line.officers.iter().max() == Some(&1);
    let Some(limit) = centre.overtime_limit.filter(|_| alone && centre.min_rest > 0.0) else { return 0.0 };
    (limit.most + centre.min_rest - shortest_gap(line)).clamp(0.0, line.length)
}

/// What is left of a window beside a break, during which nobody begins anything, at its end again.
fn without(w: StartWindow, begin: f64, end: f64) -> impl Iterator<Item = StartWindow> {
    let before = StartWindow { until: w.until.min(begin), closed: w.closed && w.until < begin, ..w };
    let after = StartWindow { from: w.from.max(end), ..w };
    [before, after].into_iter().filter(|w| w.until > w.from || w.closed && w.until >= w.from)
}

/// Adds officers who may begin cases in a window; of a week that comes round again where they come every week.
fn put(w: StartWindow, weekly: bool, pool: usize, by: i64, to: &mut Vec<HeadcountChange>) {
    let mut between = |w: StartWindow| {
        to.push(HeadcountChange { at: w.from, order: 1, pool, by });
        to.push(HeadcountChange { at: w.until, order: if w.closed { 2 } else { 0 }, pool, by: -by });
    };
    if !weekly || w.until < WEEK {
        between(w);
    } else if w.from >= WEEK {
        between(StartWindow { from: w.from - WEEK, until: w.until - WEEK, ..w });
    } else {
        between(StartWindow { until: WEEK, closed: false, ..w });
        if w.until > WEEK || w.closed {
            between(StartWindow { from: 0.0, until: w.until - WEEK, ..w });
        }
    }
}

/// Most of so many rostered officers who come.
fn present(centre: &Centre, rostered: f64) -> u32 {
    let a = centre.absence;
    let most = match a.mode {
        AbsenceMode::Drawn if a.share < 1.0 => rostered,
        AbsenceMode::Drawn => 0.0,
        AbsenceMode::Fixed => (rostered * (1.0 - a.share) - 1e-9).ceil(),
    };
    most.clamp(0.0, f64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::model::{Break, Pool};
    use poolwise_engine::time::HOUR;

    const ALL: StartConditions = StartConditions { factor: 1.0, breaks: true, length: None };

    fn line(officers: u32, start: f64, length: f64, breaks: &[Break]) -> ShiftLine {
        ShiftLine { breaks: breaks.to_vec(), ..ShiftLine::weekly("l", [officers; 7], start, length) }
    }

    fn most(centre: &Centre, length: Option<f64>) -> u64 {
        Presence::of(centre, StartConditions { length: length.map(|hours| hours * HOUR), ..ALL }).most(0)
    }

    #[test]
    fn at_one_instant_those_who_leave_go_first() {
        let crews = |second: f64| {
            let lines = vec![line(2, 0.0, 12.0, &[]), line(2, second, 12.0, &[])];
            most(&Centre::new("d", 1, vec![Pool::crews(1, lines)]), None)
        };
        assert_eq!((crews(12.0), crews(11.0), crews(13.0)), (2, 4, 4));
    }

    #[test]
    fn nobody_begins_on_a_break_or_too_near_the_end() {
        let pause = Break::together(4.0 * HOUR, HOUR);
        let lines = vec![line(1, 8.0, 8.0, &[pause]), line(1, 12.0, 1.0, &[])];
        let mut centre = Centre::new("d", 1, vec![Pool::crews(1, lines)]);
        assert_eq!(most(&centre, None), 1);
        let without = Presence::of(&centre, StartConditions { breaks: false, ..ALL }).most(0);
        assert_eq!(without, 2);
        // Two of four are always there where breaks are staggered over three hours.
        let staggered = Break { spread: 3.0 * HOUR, ..Break::together(2.0 * HOUR, 1.5 * HOUR) };
        centre.pools = vec![Pool::crews(1, vec![line(4, 8.0, 8.0, &[staggered])])];
        assert_eq!(most(&centre, None), 4);
        // Shifts that overlap by an hour: what takes longer is begun by one of them at a time, but for what no shift can hold.
        centre.pools = vec![Pool::crews(1, vec![line(1, 8.0, 8.0, &[]), line(1, 15.0, 8.0, &[])])];
        assert_eq!(most(&centre, Some(1.5)), 2);
        centre.last_start = Some(LastStart::CanFinish);
        assert_eq!([1.0, 1.5, 8.0, 9.0].map(|hours| most(&centre, Some(hours))), [2, 1, 1, 2]);
        centre.last_start = Some(LastStart::Before(HOUR));
        assert_eq!(most(&centre, Some(0.1)), 2);
        centre.last_start = Some(LastStart::Before(1.1 * HOUR));
        assert_eq!(most(&centre, Some(0.1)), 1);
        centre.last_start = None;
        centre.shift_end = ShiftEnd::Restart;
        assert_eq!([1.0, 1.5, 8.0, 9.0].map(|hours| most(&centre, Some(hours))), [2, 1, 1, 0]);
    }

    #[test]
    fn hours_of_the_week_have_the_most_of_their_own() {
        let lines = vec![line(2, 8.0, 8.0, &[Break::together(2.0 * HOUR, HOUR)]), line(3, 16.0, 4.0, &[])];
        let presence = Presence::of(&Centre::new("d", 1, vec![Pool::crews(1, lines)]), ALL);
        let most = |from: f64, until: f64| presence.most_between(0, from * HOUR, until * HOUR);
        assert_eq!([most(0.0, 8.0), most(8.0, 9.0), most(9.0, 16.0), most(9.0, 16.1)], [0, 2, 2, 3]);
        assert_eq!([most(10.0, 11.0), most(10.0, 11.1), most(9.9, 11.0), most(20.0, 32.0)], [0, 2, 2, 0]);
        assert_eq!([most(0.0, 168.0), most(167.0, 168.0)], [3, 0]);
    }

    #[test]
    fn a_team_of_two_roles_is_there_at_one_time() {
        let pool = |roles: RoleMask, start: f64| Pool::crews(roles, vec![line(1, start, 8.0, &[])]);
        let fills =
            |pools: Vec<Pool>| Presence::of(&Centre::new("d", 1, pools), ALL).fills(&[(0, 1), (1, 1)]);
        assert!(fills(vec![pool(1, 8.0), pool(2, 15.0)]));
        assert!(!fills(vec![pool(1, 8.0), pool(2, 16.0)]));
        // Who holds both is one officer all the same.
        assert!(!fills(vec![pool(3, 8.0), pool(3, 16.0)]));
        assert!(fills(vec![pool(3, 8.0), pool(1, 15.0)]));
        // Over Sunday's midnight.
        let sunday = |roles, day: usize, start, length| {
            let mut officers = [0; 7];
            officers[day] = 1;
            Pool::crews(roles, vec![ShiftLine::weekly("l", officers, start, length)])
        };
        assert!(fills(vec![sunday(1, 6, 20.0, 8.0), sunday(2, 0, 3.0, 8.0)]));
        assert!(!fills(vec![sunday(1, 6, 20.0, 8.0), sunday(2, 0, 4.0, 8.0)]));
    }
}
