//! Officers around the clock who have several cases in hand: the chain of how many have how many.

use super::constant::{settled, values};
use super::officers::around_the_clock;
use super::pools::OraclePool;
use super::reasons::{CONCURRENCY, CREWS};
use super::{Compared, PoolAnswer, pool_answer};
use poolwise_engine::model::Model;
use poolwise_theory::{Exactness, concurrency};

/// The exact row of a pool of such officers; `None` where it is anything else.
pub(super) fn answer(model: &Model, pool: &OraclePool) -> Option<Vec<PoolAnswer>> {
    let centre = &model.centres[pool.centre];
    let rules = centre.concurrency.as_ref()?;
    let [role] = pool.roles[..] else { return None };
    let servers = around_the_clock(model, pool.centre, 1 << role)?;
    let alone = pool.because.iter().all(|why| why == CONCURRENCY || why == CREWS);
    let mean = pool.exponential()?;
    if !alone
        || !pool.arrives_evenly(model)
        || !rules.shares(role)
        || pool.abandonment > 0.0
        || pool.prioritises(model)
        || pool.flows.is_empty()
    {
        return None;
    }
    let rate = pool.rate();
    let found = concurrency::servers(servers, rate, 1.0 / mean, &rules.slower, pool.room)?;
    settled(model, servers, rate, mean * rules.share_of_officer(role), 1.0, 0.0).ok()?;
    let name = format!("M/M/{servers} with {} in hand each", rules.cases());
    let mut all = values(&found.steady);
    all.push(Compared::new("cases_in_hand", found.in_hand_mean / found.steady.busy_mean));
    Some(vec![pool_answer(model, pool, name, found.steady.source, Exactness::Exact, all)])
}
