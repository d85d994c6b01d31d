//! Pools without a queue whose blocked callers call again: the chain of busy officers and callers between two calls.

use super::constant::values;
use super::officers::Staff;
use super::pools::OraclePool;
use super::reasons::REDIAL;
use super::{Compared, PoolAnswer, pool_answer};
use poolwise_engine::model::Model;
use poolwise_engine::random::Sampler;
use poolwise_engine::time::HOUR;
use poolwise_theory::{Exactness, redial};

/// Times that a caller needs on average, from the first call to the last, after which a start from empty is forgotten;
/// and that a window must last for the intervals to be trusted.
const FORGOTTEN: f64 = 10.0;
const LASTING: f64 = 1_000.0;

/// The exact rows of a pool of officers at whom nobody may wait and all callers of one class may call again; `None` where
/// it is anything else.
pub(super) fn answer(model: &Model, pool: &OraclePool) -> Option<Vec<PoolAnswer>> {
    let (Some(Staff::Constant(servers)), Some(0)) = (&pool.staff, pool.room) else { return None };
    let [flow] = &pool.flows[..] else { return None };
    let class = &model.classes[flow.class];
    let again = class.redial.as_ref()?;
    let (Sampler::Exponential(between), [p], true) = (&again.after, &again.probability[..], again.goes_on)
    else {
        return None;
    };
    let alone = pool.because.iter().all(|why| why == REDIAL) && pool.is_constant(model);
    if !alone
        || !flow.is_whole_class(model)
        || !flow.exponential
        || class.deadline.is_some()
        || flow.stage != class.start
    {
        return None;
    }
    let found = redial::loss(*servers, flow.rate, 1.0 / flow.mean, *p, HOUR / between)?;
    let caller = flow.mean + (found.retries + 1.0) * between / HOUR;
    let (warm_up, horizon) = (model.run.warm_up / HOUR, model.run.horizon / HOUR);
    if horizon < LASTING * caller || (warm_up < FORGOTTEN * caller && horizon < FORGOTTEN * LASTING * caller)
    {
        return None;
    }
    let row = |values| {
        let name = format!("M/M/{servers}/{servers} with calls again");
        pool_answer(model, pool, name, "Falin and Templeton 1997, chapter 2", Exactness::Exact, values)
    };
    let answered = found.busy / flow.mean;
    let mut of_class = row(vec![
        Compared::new("answered_share_of_contacts", 1.0 - found.blocked),
        Compared::new("answered_share_of_clients", answered / flow.rate),
        Compared::new("redials_per_client", found.retries),
        Compared::new("between_contacts_mean", found.between),
    ]);
    // All of them are answered: a share without chance cannot be judged.
    of_class.values.retain(|v| v.measure != "answered_share_of_clients" || *p < 1.0);
    of_class.class = Some(class.name.clone());
    Some(vec![row(vec![Compared::new("busy_mean", found.busy)]), of_class])
}

/// The rows of a queue whose clients of one class give up and come again: all contacts taken for Poisson traffic, which is an
/// approximation, and how many officers first contacts alone would leave out; `None` where it is anything else.
pub(super) fn patient(model: &Model, pool: &OraclePool) -> Option<Vec<PoolAnswer>> {
    let (Some(Staff::Constant(servers)), None) = (&pool.staff, pool.room) else { return None };
    let [flow] = &pool.flows[..] else { return None };
    let class = &model.classes[flow.class];
    let again = class.redial.as_ref()?;
    let alone = pool.because.iter().all(|why| why == REDIAL) && pool.is_constant(model);
    let mean = pool.exponential().filter(|_| alone && pool.abandonment > 0.0)?;
    if !flow.is_whole_class(model) || flow.stage != class.start {
        return None;
    }
    let found = redial::patient(*servers, flow.rate, 1.0 / mean, pool.abandonment, |k| again.probability(k))?;
    let officers = match found.short {
        0 => "as many {officers}".to_owned(),
        1 => "1 {officer} fewer".to_owned(),
        n => format!("{n} {{officers}} fewer"),
    };
    let name = format!("M/M/{servers}+M of all contacts (first contacts alone would ask for {officers})");
    let row = |values| {
        let source = "Cooper 1981, section 3.5; Garnett, Mandelbaum and Reiman 2002";
        let mut row = pool_answer(model, pool, name.clone(), source, Exactness::Approximate, values);
        row.because.clone_from(&pool.because);
        row
    };
    let mut of_class = row(vec![
        Compared::new("answered_share_of_contacts", 1.0 - found.queue.p_lost),
        Compared::new("answered_share_of_clients", found.all * (1.0 - found.queue.p_lost) / flow.rate),
        Compared::new("redials_per_client", found.all / flow.rate - 1.0),
    ]);
    of_class.class = Some(class.name.clone());
    Some(vec![row(values(&found.queue)), of_class])
}
