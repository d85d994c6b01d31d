//! Officers of the same roles who are not all alike: a roster has of each kind the share that the scenario has.

use crate::{Roster, RosterPlan};
use poolwise_engine::model::{CentreId, Learning, Pool, PoolKind, RoleMask, ShiftLine, Skill};
use poolwise_engine::random::name_key;
use std::cmp::Ordering;

/// What sets officers who hold the same roles apart.
struct OfficerKind {
    /// Order of their roles, speed at them, and when they take their cases.
    skills: Vec<Skill>,
    /// How they become faster, where they are new.
    learning: Option<Box<Learning>>,
    /// Officer-hours a week of theirs.
    hours: f64,
}

impl OfficerKind {
    /// Experienced officers without particulars first; an order that no file has a part in.
    fn order(&self, other: &Self) -> Ordering {
        let numbers = |kind: &Self| -> Vec<f64> {
            let skills = kind.skills.iter().flat_map(|s| [s.role as f64, s.speed, s.after]);
            let weeks = kind.learning.iter().flat_map(|l| std::iter::once(l.since).chain(l.by_week.clone()));
            // What stands between keeps lists of different length apart.
            skills.chain([f64::NEG_INFINITY]).chain(weeks).collect()
        };
        let (ours, theirs) = (numbers(self), numbers(other));
        let differs = ours.iter().zip(&theirs).map(|(a, b)| a.total_cmp(b)).find(|o| o.is_ne());
        differs.unwrap_or_else(|| ours.len().cmp(&theirs.len()))
    }
}

/// The kinds of officers with these roles among a centre's, in an order of their own; one at least.
fn kinds(pools: &[Pool], roles: RoleMask) -> Vec<OfficerKind> {
    let mut found: Vec<OfficerKind> = Vec::new();
    let mut add = |skills: &[Skill], learning: Option<&Learning>, hours: f64| {
        let same = |kind: &&mut OfficerKind| kind.skills == skills && kind.learning.as_deref() == learning;
        match found.iter_mut().find(same) {
            Some(kind) => kind.hours += hours,
            None => found.push(OfficerKind {
                skills: skills.to_vec(),
                learning: learning.cloned().map(Box::new),
                hours,
            }),
        }
    };
    for pool in pools.iter().filter(|pool| pool.roles == roles) {
        match &pool.kind {
            PoolKind::Crews(lines) => lines.iter().for_each(|line| {
                let officers: u32 = line.officers.iter().sum();
                add(&pool.skills, line.learning.as_deref(), f64::from(officers) * line.length);
            }),
            PoolKind::Levels(_) => add(&pool.skills, None, 1.0),
        }
    }
    found.sort_by(OfficerKind::order);
    if found.iter().any(|kind| kind.hours > 0.0) {
        found.retain(|kind| kind.hours > 0.0);
    } else {
        found.truncate(1);
    }
    if found.is_empty() {
        found.push(OfficerKind { skills: Vec::new(), learning: None, hours: 1.0 });
    }
    found
}

impl Roster {
    /// Its officers by kind: each works the same week all along, and one after the other is of the kind that is most short of its share.
    fn by_kind(&self, kinds: &[OfficerKind]) -> Vec<Self> {
        let all: f64 = kinds.iter().map(|kind| kind.hours).sum();
        let mut given = vec![0_u32; kinds.len()];
        let mut parts = vec![Self { tours: Vec::new(), ..self.clone() }; kinds.len()];
        for (tour, officers) in &self.tours {
            let before = given.clone();
            for _ in 0..*officers {
                let so_far = f64::from(given.iter().sum::<u32>() + 1);
                let short = |k: usize| match all > 0.0 {
                    true => kinds[k].hours / all * so_far - f64::from(given[k]),
                    false => 0.0,
                };
                let most = (1..kinds.len()).fold(0, |most, k| if short(k) > short(most) { k } else { most });
                given[most] += 1;
            }
            for (part, (now, before)) in parts.iter_mut().zip(given.iter().zip(before)) {
                if *now > before {
                    part.tours.push((tour.clone(), now - before));
                }
            }
        }
        parts
    }
}

impl RosterPlan {
    /// The officers of a centre with its rosters in the place of those of the same roles. Rows without a roster are left out.
    pub fn pools(&self, id: CentreId, before: &[Pool]) -> Vec<Pool> {
        let rows = || self.rows.iter().filter(|row| row.id == id);
        let several = rows().count() > 1;
        let replaced = |pool: &Pool| rows().any(|row| row.outcome.is_ok() && row.roles == pool.roles);
        let mut pools: Vec<Pool> = before.iter().filter(|pool| !replaced(pool)).cloned().collect();
        for row in rows() {
            let Ok(roster) = &row.outcome else { continue };
            let kinds = kinds(before, row.roles);
            for (k, (kind, part)) in kinds.iter().zip(roster.by_kind(&kinds)).enumerate() {
                // So few that nobody is of this kind.
                if part.tours.is_empty() && roster.officers > 0 {
                    continue;
                }
                let mut lines = part.lines(&row.centre, several.then_some(row.role.as_str()));
                for line in &mut lines {
                    line.learning.clone_from(&kind.learning);
                    if k > 0 {
                        rename(line, &row.centre, k);
                    }
                }
                let same = |pool: &&mut Pool| pool.roles == row.roles && pool.skills == kind.skills;
                match pools.iter_mut().find(same) {
                    Some(Pool { kind: PoolKind::Crews(others), .. }) => others.extend(lines),
                    _ => pools.push(Pool { skills: kind.skills.clone(), ..Pool::crews(row.roles, lines) }),
                }
            }
        }
        let kinds = pools.iter_mut().map(|pool| &mut pool.kind);
        let lines = kinds.flat_map(|kind| match kind {
            PoolKind::Crews(lines) => lines.iter_mut(),
            PoolKind::Levels(_) => [].iter_mut(),
        });
        // As the scenario that the roster is written into lists them.
        lines.zip(0..).for_each(|(line, place)| line.listed = place);
        pools
    }
}

/// Tells a line of the k-th kind, from 0 on, from one of the first kind at the same time.
fn rename(line: &mut ShiftLine, centre: &str, k: usize) {
    let kind = if line.learning.is_some() { "new" } else { "others" };
    let number = if k > 1 { format!(" {k}") } else { String::new() };
    line.name = format!("{}, {kind}{number}", line.name);
    line.key = name_key(&format!("{centre}/{}", line.name));
}
