//! Pools without a queue that keep officers free of some classes: trunk reservation.

use super::officers::Staff;
use super::pools::OraclePool;
use super::reasons::RESERVE;
use super::{Compared, PoolAnswer, pool_answer};
use poolwise_engine::model::{Model, ReserveLimit};
use poolwise_theory::{Exactness, reserve};

/// Services after which a start from empty is forgotten; and that a window must last for the intervals to be trusted.
const FORGOTTEN: f64 = 20.0;
const LASTING: f64 = 1_000.0;

/// The exact rows of a pool at which nobody may wait and whose services are exponential with one mean; `None` where it is
/// anything else.
pub(super) fn answer(model: &Model, pool: &OraclePool) -> Option<Vec<PoolAnswer>> {
    let (Some(Staff::Constant(servers)), Some(0), Some(mean)) = (&pool.staff, pool.room, pool.exponential())
    else {
        return None;
    };
    let centre = &model.centres[pool.centre];
    // Nobody waits, so that it matters only whether a case at work can be cut off.
    let plain = !centre.discipline.cuts_off();
    let alone = pool.because.len() == 1 && pool.because[0] == RESERVE && pool.is_constant(model);
    if !plain || !alone || pool.abandonment > 0.0 || centre.reserves.iter().any(|r| r.hours.is_some()) {
        return None;
    }
    let window = model.run.horizon / poolwise_engine::time::HOUR;
    if window < LASTING * mean || model.run.warm_up / poolwise_engine::time::HOUR < FORGOTTEN * mean {
        return None;
    }
    let kept = |class: usize| {
        let of = centre.reserves.iter().filter(|reserve| reserve.classes[class]);
        of.map(|reserve| match reserve.limit {
            ReserveLimit::KeepFree(n) => n,
            ReserveLimit::AtWork(n) => servers.saturating_sub(n),
        })
        .fold(0, u32::max)
    };
    let classes: Vec<(f64, u32)> = pool.flows.iter().map(|f| (f.rate, kept(f.class))).collect();
    let (blocked, busy) = reserve::loss(*servers, &classes, 1.0 / mean)?;
    let row = |values| {
        let name = format!("M/M/{servers}/{servers} with {{officers}} kept free");
        pool_answer(model, pool, name, "Schaack and Larson 1986", Exactness::Exact, values)
    };
    let mut rows = vec![row(vec![Compared::new("busy_mean", busy)])];
    for (flow, blocked) in pool.flows.iter().zip(blocked) {
        let class = &model.classes[flow.class];
        // The class's share is this pool's where all of it begins here.
        let one = pool.flows.iter().filter(|f| f.class == flow.class).count() == 1;
        if one && flow.stage == class.start && flow.is_whole_class(model) {
            let mut of_class = row(vec![Compared::new("turned_away_share", blocked)]);
            of_class.class = Some(class.name.clone());
            rows.push(of_class);
        }
    }
    Some(rows)
}
