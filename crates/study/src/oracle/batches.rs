//! One officer to whom requests come in batches.

use super::constant::settled;
use super::officers::Staff;
use super::pools::OraclePool;
use super::reasons::BATCHES;
use super::{Compared, PoolAnswer, pool_answer};
use poolwise_engine::model::Model;
use poolwise_theory::{Exactness, batches};

/// The exact row of such a pool with exponential services and one class; `None` where it is anything else.
pub(super) fn answer(model: &Model, pool: &OraclePool) -> Option<Vec<PoolAnswer>> {
    let (Some(Staff::Constant(1)), [flow]) = (&pool.staff, &pool.flows[..]) else { return None };
    let class = &model.classes[flow.class];
    let sizes = class.batch.as_ref()?;
    let alone = pool.because.iter().all(|why| why == BATCHES) && pool.is_constant(model);
    let unlimited = pool.room.is_none() && pool.abandonment == 0.0;
    if !alone || !unlimited || !flow.exponential || !flow.is_whole_class(model) || flow.stage != class.start {
        return None;
    }
    let (rate, mean, square) = (flow.rate, sizes.mean(), sizes.mean_square());
    let wait = batches::mxm1(rate, 1.0 / flow.mean, mean, square).filter(|wait| wait.is_finite())?;
    // Longer than one by one, as services of that variation would make it.
    settled(model, 1, rate, flow.mean, (square / mean).sqrt(), 0.0).ok()?;
    let busy = rate * flow.mean;
    let values = vec![
        Compared::new("wait_mean_hours", wait),
        // Only the first of a batch that finds the officer idle is begun at once.
        Compared::new("p_wait", 1.0 - (1.0 - busy) / mean),
        Compared::new("queue_mean", rate * wait),
        Compared::new("busy_mean", busy),
    ];
    let source = "Gross et al. 2008, equation 3.3";
    Some(vec![pool_answer(model, pool, "M[X]/M/1".to_owned(), source, Exactness::Exact, values)])
}
