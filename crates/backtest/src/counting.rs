//! What of a replication's trace stands beside a history.

use crate::past::Past;
use crate::verdict::{Counts, Handled, Replica};
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use poolwise_engine::model::{Model, StageKind};
use poolwise_engine::trace::{TraceKind, TraceRow};
use std::collections::BTreeMap;

/// After so many rows of a trace counting asks whether to go on: millions of them take seconds.
const LOOK: usize = 1 << 16;

/// What one replication gives: requests answered within so many seconds, by interval of their arrival and by the history's places,
/// of which `classes` says the class. `None` where it is stopped.
pub fn count(
    rows: &[TraceRow],
    model: &Model,
    (past, classes): (&Past, &[usize]),
    (zone, within): (&TimeZone, f64),
    stopped: &dyn Fn() -> bool,
) -> Option<Replica> {
    let mut first: BTreeMap<u64, (usize, f64, f64, f64)> = BTreeMap::new();
    for (i, r) in rows.iter().enumerate() {
        if i % LOOK == 0 && stopped() {
            return None;
        }
        if !matches!(r.kind, TraceKind::Service | TraceKind::Interrupted | TraceKind::InService) {
            continue;
        }
        let entry = first.entry(r.request).or_insert((r.class, r.booked, r.reached, r.started));
        // The clock is that of the first stage that was reached.
        if r.reached < entry.2 || (r.reached == entry.2 && r.started < entry.3) {
            (entry.2, entry.3) = (r.reached, r.started);
        }
    }
    let mut out: Counts = past
        .rows
        .iter()
        .filter(|(_, r)| r.offered > 0)
        .map(|(k, r)| (*k, (0, u32::try_from(r.offered).unwrap_or(u32::MAX))))
        .collect();
    let mut begun: BTreeMap<(DateTime, usize), u32> = BTreeMap::new();
    for (i, (class, booked, reached, started)) in first.into_values().enumerate() {
        if i % LOOK == 0 && stopped() {
            return None;
        }
        // What waited when the run began is no request of the history.
        let Some(place) = classes.iter().position(|c| *c == class).filter(|_| booked > 0.0) else { continue };
        let Ok(at) = Timestamp::from_second(model.run.origin_unix + booked.floor() as i64) else { continue };
        let start = floor(zone.to_datetime(at), past.width);
        if let Some(cell) = out.get_mut(&(start, place)) {
            let so_far = begun.entry((start, place)).or_insert(0);
            *so_far = (*so_far + 1).min(cell.1);
            if started - reached <= within + 1e-6 {
                cell.0 = (cell.0 + 1).min(cell.1);
            }
        }
    }
    let handled = handled(rows, model, stopped)?;
    Some(Replica { counts: out, begun, handled })
}

/// Handling times of the requests of which a service was finished, by class: all their services together, and the work after them.
/// `None` where it is stopped.
fn handled(rows: &[TraceRow], model: &Model, stopped: &dyn Fn() -> bool) -> Option<Vec<Handled>> {
    let mut by_request: BTreeMap<u64, (usize, f64, bool)> = BTreeMap::new();
    for (i, r) in rows.iter().enumerate() {
        if i % LOOK == 0 && stopped() {
            return None;
        }
        if !matches!(r.kind, TraceKind::Service | TraceKind::Interrupted) {
            continue;
        }
        let entry = by_request.entry(r.request).or_insert((r.class, 0.0, false));
        entry.1 += r.finished - r.started;
        if r.kind == TraceKind::Service {
            entry.2 = true;
            if let StageKind::Service(service) = &model.stages[r.stage].kind {
                entry.1 += service.busy_mean() - service.time.mean();
            }
        }
    }
    let mut out = vec![Handled::default(); model.classes.len()];
    for (class, seconds, _) in by_request.into_values().filter(|r| r.2) {
        out[class].add(seconds);
    }
    Some(out)
}

/// The start of the interval in which an instant of the local day lies.
fn floor(at: DateTime, width: i64) -> DateTime {
    let seconds = i64::from(at.hour()) * 3600 + i64::from(at.minute()) * 60 + i64::from(at.second());
    let midnight = at.date().to_datetime(Time::midnight());
    midnight.checked_add(SignedDuration::from_secs(seconds / width * width)).unwrap_or(midnight)
}

#[cfg(test)]
mod tests;
