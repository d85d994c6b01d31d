//! Pools by headcount: what the program may do with them, and what comes of it.

use super::Builder;
use super::breaks::{Stagger, breaks};
use super::handling::learning;
use super::skills::{by_order, roles};
use super::staff::{check_length, check_start};
use crate::parts::{PermittedIn, PoolIn};
use crate::quantity::write_clock;
use crate::scalar::Text;
use crate::source::TextSpan;
use poolwise_engine::model::{Centre, CentreId, Model, Pool, PoolKind, ShiftLine};
use poolwise_engine::time::HOUR;
use poolwise_planning::allocation::{
    Headcount, Permitted, PoolSpec, ShiftShape, SpreadError, allocate_by, draft_lines,
};
use poolwise_planning::offered_load::Load;
use std::collections::HashSet;

/// Most looks at permitted shifts in spreading one centre's officers.
const MOST_LOOKS: f64 = 3e7;

/// Reads the pools.
pub(crate) fn specs(b: &mut Builder<'_>, known: &[Centre]) -> Vec<PoolSpec> {
    let input = b.input;
    input.pool.iter().filter_map(|(name, pool)| spec(b, name, pool, known)).collect()
}

/// Whether the pool has an empty list of centres: rosters have taken its place.
pub(crate) fn is_set_aside(input: &PoolIn) -> bool {
    input.centres.get().is_some_and(|list| list.items.is_empty())
}

fn spec(b: &mut Builder<'_>, name: &Text, input: &PoolIn, known: &[Centre]) -> Option<PoolSpec> {
    if is_set_aside(input) {
        return None;
    }
    let default = input.shifts.get().and_then(|s| permitted(b, s));
    let mut own: Vec<(usize, Permitted)> = Vec::new();
    for (centre, shifts) in input.shifts_at.iter() {
        let listed =
            input.centres.get().is_some_and(|l| l.items.iter().any(|t| t.as_str() == centre.as_str()));
        let found = b.names.centres.find(centre, b.cx);
        if found.is_some() && !listed {
            b.cx.error(centre.place, format!("`{}` is not among the pool's `centres`", centre.as_str()));
        }
        if let (Some(c), Some(p)) = (found, permitted(b, shifts)) {
            own.push((c, p));
        }
    }
    let list = input.centres.get()?;
    let mut centres = Vec::with_capacity(list.items.len());
    let mut seen = HashSet::new();
    for centre in &list.items {
        let Some(c) = b.names.centres.find(centre, b.cx) else { continue };
        if !seen.insert(c) {
            b.cx.error(centre.place, format!("`{}` is named twice", centre.as_str()));
            continue;
        }
        let its = &b.input.centre.0[c].1;
        if its.shifts.is_some() || its.crews.is_some() || its.levels.is_some() {
            b.cx.error(
                centre.place,
                format!(
                    "`{}` has officers of its own and is also in the pool `{}`",
                    centre.as_str(),
                    name.as_str()
                ),
            )
            .help("take away its `shifts`, `crews` or `levels`, or take it off the list");
        }
        centres.push(c);
    }
    let officers = match (&input.officers, &input.officers_by_centre) {
        (Some(n), _) => Headcount::Total(n.count()),
        (None, Some(each)) => {
            // What could not be read is told already, and does not count as one too few.
            if !b.cx.intact(each.place) || !b.cx.intact(list.place) {
                return None;
            }
            if each.items.len() != list.items.len() {
                b.cx.error(
                    each.place,
                    format!("{} numbers for {} centres", each.items.len(), list.items.len()),
                )
                .help("give one for each of `centres`, in their order");
                return None;
            }
            Headcount::ByCentre(each.items.iter().map(|n| n.count()).collect())
        }
        (None, None) => return None,
    };
    let ordered = centres.iter().any(|c| by_order(&b.input.centre.0[*c].1));
    let (roles, skills) = roles(b, input.roles.as_ref(), ordered, name.place);
    let default = default?;
    if centres.len() < list.items.len() || centres.is_empty() {
        return None;
    }
    let shifts: Vec<Permitted> = centres
        .iter()
        .map(|c| {
            let permitted = own.iter().find(|(k, _)| k == c).map_or(&default, |(_, p)| p).clone();
            Permitted { learning: learning(b, known[*c].clock, input.learning.as_ref()), ..permitted }
        })
        .collect();
    too_many(b, &officers, &shifts, list.place)?;
    Some(PoolSpec {
        name: name.value.clone(),
        officers,
        centres,
        shifts,
        allocate: input.allocate.0,
        shape: input.shape.map_or(ShiftShape::Load, |word| word.0),
        minimum: input.minimum.count(),
        roles,
        skills,
    })
}

/// Officers are placed one shift at a time, each after a look at all permitted shifts: keeps that short.
fn too_many(b: &mut Builder<'_>, officers: &Headcount, shifts: &[Permitted], place: TextSpan) -> Option<()> {
    let heads: u64 = match officers {
        Headcount::Total(n) => u64::from(*n),
        Headcount::ByCentre(list) => list.iter().map(|n| u64::from(*n)).sum(),
    };
    let work = &b.input.workforce;
    let hours = heads as f64 * work.hours_per_week.value * work.planned_availability.value;
    let looks = shifts.iter().map(|p| {
        let off: f64 = p.breaks.iter().map(|x| x.length).sum();
        // Shifts without working time are another error.
        7.0 * p.starts.len() as f64 * hours * HOUR / (p.length - off).max(60.0)
    });
    if looks.fold(0.0, f64::max) <= MOST_LOOKS {
        return Some(());
    }
    b.cx.error(place, "the pool has too many officers for so short and so many permitted shifts")
        .help("give longer or fewer permitted shifts, or split the pool");
    None
}

fn permitted(b: &mut Builder<'_>, input: &PermittedIn) -> Option<Permitted> {
    let starts = input.starts.get()?;
    if starts.items.is_empty() {
        b.cx.error(starts.place, "there is no permitted start");
        return None;
    }
    for (i, start) in starts.items.iter().enumerate() {
        check_start(start.seconds, start.place, b.cx);
        if starts.items[..i].iter().any(|s| s.seconds == start.seconds) {
            b.cx.error(start.place, format!("{} is named twice", write_clock(start.seconds)));
        }
    }
    let length = input.length.get()?;
    check_length(length, b.cx);
    let mut starts: Vec<f64> = starts.items.iter().map(|s| s.seconds).collect();
    starts.sort_by(f64::total_cmp);
    Some(Permitted {
        starts,
        length: length.seconds,
        days: input.days.0,
        breaks: breaks(&input.breaks, length.seconds, Stagger::Yes, b.cx),
        holidays: input.holidays.0,
        learning: None,
    })
}

/// Where a pool's crews stand: the centre, and the position among the centre's pools.
pub(super) type CrewSlot = (CentreId, usize);

/// Puts one officer on every permitted shift: the draft that the load is read from. Returns where the
/// crews of each pool and centre stand, in the order of [`allocate_by`].
pub(crate) fn add_drafts(centres: &mut [Centre], pools: &[PoolSpec]) -> Vec<CrewSlot> {
    let mut slots = Vec::new();
    for (i, pool) in pools.iter().enumerate() {
        for (place, &c) in pool.centres.iter().enumerate() {
            let lines = draft_lines(pools, i, place, &centres[c].name);
            slots.push((c, centres[c].pools.len()));
            let (roles, skills) = (pool.roles, pool.skills.clone());
            centres[c].pools.push(Pool { roles, skills, kind: PoolKind::Crews(lines) });
        }
    }
    slots
}

/// Spreads the pools over the draft's centres by its load; what came of it, for the manifest.
pub(super) fn spread(
    b: &mut Builder<'_>,
    model: &mut Model,
    pools: &[PoolSpec],
    slots: &[CrewSlot],
    load: &Load,
) -> Option<toml::Table> {
    let allocations = match allocate_by(model, pools, load) {
        Ok(list) => list,
        Err(why) => {
            cannot_spread(b, &why);
            return None;
        }
    };
    let mut out = toml::Table::new();
    for (allocation, &(centre, slot)) in allocations.into_iter().zip(slots) {
        let centre = &mut model.centres[centre];
        let officers = |line: &ShiftLine| {
            line.officers.iter().map(|n| toml::Value::from(i64::from(*n))).collect::<Vec<_>>()
        };
        let lines: toml::Table =
            allocation.lines.iter().map(|l| (l.name.clone(), officers(l).into())).collect();
        let entry: toml::Table = [
            ("officers".to_owned(), i64::from(allocation.officers).into()),
            ("unused_hours_per_week".to_owned(), allocation.unused_hours.into()),
            ("officers_by_weekday".to_owned(), lines.into()),
        ]
        .into_iter()
        .collect();
        let of_pool = out.entry(&pools[allocation.pool].name).or_insert_with(|| toml::Table::new().into());
        if let toml::Value::Table(table) = of_pool {
            table.insert(centre.name.clone(), entry.into());
        }
        centre.pools[slot].kind = PoolKind::Crews(allocation.lines);
        *centre.headcount.get_or_insert(0.0) += f64::from(allocation.officers);
    }
    Some(out)
}

/// Notes why officers cannot be spread, at the pool's number of officers.
fn cannot_spread(b: &mut Builder<'_>, why: &SpreadError) {
    let name = match why {
        SpreadError::TooFew { pool, .. }
        | SpreadError::NoShift { pool, .. }
        | SpreadError::WrongLength { pool, .. } => pool.as_str(),
        SpreadError::NoHours => "",
    };
    let place = b.input.pool.iter().find(|(k, _)| k.as_str() == name).map_or(TextSpan::NONE, |(k, pool)| {
        let each = pool.officers_by_centre.as_ref().map(|l| l.place);
        let place = pool.officers.map(|n| n.place).or(each).unwrap_or(k.place);
        if place.is_none() { k.place } else { place }
    });
    let note = b.cx.error(place, why.to_string());
    if matches!(why, SpreadError::TooFew { .. }) {
        note.help("give the pool more officers, a smaller `minimum`, or fewer permitted shifts");
    }
}
