//! One officer who serves several requests at once.

use super::constant::{settled, values};
use super::officers::{Staff, around_the_clock};
use super::pools::OraclePool;
use super::reasons::{BATCH_SERVICE, CREWS};
use super::{PoolAnswer, pool_answer};
use poolwise_engine::model::{Model, StageKind};
use poolwise_theory::{Exactness, batch_service};

/// The exact row of one such officer with one kind of work; `None` where it is anything else.
pub(super) fn answer(model: &Model, pool: &OraclePool) -> Option<Vec<PoolAnswer>> {
    let stage = pool.flows.first()?.stage;
    let StageKind::Service(service) = &model.stages[stage].kind else { return None };
    let batch = service.batch.as_ref()?;
    let servers = match &pool.staff {
        Some(Staff::Constant(n)) => *n,
        _ => around_the_clock(model, pool.centre, pool.roles.iter().fold(0, |mask, role| mask | 1 << role))?,
    };
    let alone = pool.because.iter().all(|why| why == BATCH_SERVICE || why == CREWS);
    let unlimited = pool.room.is_none() && pool.abandonment == 0.0 && batch.after == f64::INFINITY;
    let one_kind = pool.flows.iter().all(|flow| flow.stage == stage);
    if servers != 1
        || !pool.arrives_evenly(model)
        || !alone
        || !unlimited
        || !one_kind
        || pool.prioritises(model)
    {
        return None;
    }
    let (rate, mean) = (pool.rate(), pool.exponential()?);
    let found = batch_service::single(rate, 1.0 / mean, batch.least, batch.most)?;
    settled(model, 1, rate / f64::from(batch.most), mean, 1.0, 0.0).ok()?;
    let name = format!("M/M[{},{}]/1", batch.least, batch.most);
    Some(vec![pool_answer(model, pool, name, found.source, Exactness::Exact, values(&found))])
}
