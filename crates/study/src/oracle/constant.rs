//! Pools whose arrivals and officers do not change: the closed formulas.

use super::discipline::{Formulas, formulas};
use super::officers::Staff;
use super::pools::{OraclePool, PoolFlow, mixture};
use super::{Compared, PoolAnswer, pool_answer};
use poolwise_engine::model::{CutWork, Model, StageId, StageKind};
use poolwise_engine::time::HOUR;
use poolwise_math::powi;
use poolwise_theory::{
    Exactness, SteadyState, abandonment, deterministic, erlang, finite, general, priority,
};

/// Relaxation times after which a start from empty is forgotten.
const FORGOTTEN: f64 = 10.0;
/// Relaxation times beside which a start from empty does not matter.
const NEGLIGIBLE: f64 = 2_000.0;
/// Relaxation times that a window must last for the interval of a mean to be trusted.
const LASTING: f64 = 100.0;

/// Why there is no answer although the model fits.
const UNCOMPUTED: &str = "parameters beyond what can be computed";

/// The exact answer, or why there is none.
pub(super) fn answer(model: &Model, pool: &OraclePool) -> Result<Vec<PoolAnswer>, &'static str> {
    let Some(Staff::Constant(servers)) = pool.staff else { return Err("{officers} whose number changes") };
    let (rate, (mean, cv)) = (pool.rate(), pool.service());
    if servers == 0 || pool.flows.is_empty() {
        return Err("no {officers} or no work");
    }
    let unlimited = pool.room.is_none();
    if unlimited && pool.abandonment == 0.0 && rate * mean >= f64::from(servers) {
        return Err("no steady state: as much work as {officers} or more");
    }
    let settled = settled(model, servers, rate, mean, cv, pool.abandonment);
    if pool.prioritises(model) {
        return by_priority(model, pool, servers).and_then(|rows| settled.map(|()| rows));
    }
    let c = servers;
    let exponential = pool.exponential();
    let found = match (pool.room, pool.abandonment > 0.0, exponential, pool.deterministic()) {
        (None, false, Some(mean), _) => erlang::mmc(c, rate, 1.0 / mean).map(|a| (a, format!("M/M/{c}"))),
        (None, true, Some(mean), _) => {
            abandonment::mmc_m(c, rate, 1.0 / mean, pool.abandonment).map(|a| (a, format!("M/M/{c}+M")))
        }
        (Some(room), false, Some(mean), _) => {
            let capacity = c.saturating_add(room);
            finite::mmck(c, capacity, rate, 1.0 / mean).map(|a| (a, format!("M/M/{c}/{capacity}")))
        }
        (None, false, None, fixed) if c == 1 => {
            let name = if fixed.is_some() { "M/D/1" } else { "M/G/1" };
            general::mg1(rate, mean, cv).map(|a| (a, name.to_owned()))
        }
        (None, false, None, Some(time)) => deterministic::mdc(c, rate, time).map(|a| (a, format!("M/D/{c}"))),
        (Some(_), true, ..) => return Err("a queue limit with patience"),
        (Some(_), ..) => return Err("a queue limit with services that are not exponential"),
        (None, true, ..) => return Err("patience with services that are not exponential"),
        (None, false, None, None) => return Err("services of general distribution by several {officers}"),
    };
    let (answer, name) = found.ok_or(UNCOMPUTED)?;
    settled?;
    Ok(vec![pool_answer(model, pool, name, answer.source, Exactness::Exact, values(&answer))])
}

/// Whether the statistics are those of the steady state.
pub(super) fn settled(
    model: &Model,
    servers: u32,
    rate: f64,
    mean: f64,
    cv: f64,
    abandonment: f64,
) -> Result<(), &'static str> {
    let relaxation = relaxation(servers, rate, mean, cv, abandonment);
    let (warm_up, horizon) = (model.run.warm_up / HOUR, model.run.horizon / HOUR);
    if warm_up < FORGOTTEN * relaxation && horizon < NEGLIGIBLE * relaxation {
        return Err("statistics that begin before the queue has settled");
    }
    if horizon < LASTING * relaxation {
        return Err("a window that is short beside the queue's memory");
    }
    Ok(())
}

/// Time in which M/M/c forgets its state (Morse 1955: the spectral gap is `(sqrt(c mu) - sqrt(lambda))^2`
/// under load and at most `mu`), longer by `(1 + cv^2) / 2` for other services; with abandonment the gap is at
/// least the smaller of the two rates.
fn relaxation(servers: u32, rate: f64, mean: f64, cv: f64, abandonment: f64) -> f64 {
    let mu = 1.0 / mean;
    let gap = powi((f64::from(servers) * mu).sqrt() - rate.sqrt(), 2).min(mu);
    let wait = if rate * mean < f64::from(servers) && gap > 0.0 { 1.0 / gap } else { f64::INFINITY };
    let longer = f64::midpoint(1.0, cv * cv);
    let giving_up = if abandonment > 0.0 { 1.0 / mu.min(abandonment) } else { f64::INFINITY };
    (wait * longer).min(giving_up)
}

/// What the run measures, of an answer in hours.
pub(super) fn values(a: &SteadyState) -> Vec<Compared> {
    let served = 1.0 - a.p_lost;
    // Who gives up has waited; who is turned away has not. Of those served:
    let waited = if a.model == "M/M/c+M" { a.p_wait - a.p_lost } else { a.p_wait };
    let mut values = vec![
        Compared::new("wait_mean_hours", a.wait_mean_served),
        Compared::new("p_wait", waited / served),
        Compared::new("queue_mean", a.queue_mean),
        Compared::new("busy_mean", a.busy_mean),
    ];
    if a.p_lost > 0.0 {
        values.push(Compared::new("lost_share", a.p_lost));
    }
    values
}

/// Priorities: all requests together, then class by class.
fn by_priority(model: &Model, pool: &OraclePool, servers: u32) -> Result<Vec<PoolAnswer>, &'static str> {
    if pool.abandonment > 0.0 {
        return Err("priorities with patience");
    }
    if pool.room.is_some() {
        return Err("priorities with a queue limit");
    }
    let level = |f: &PoolFlow| model.priority(f.stage, f.class);
    let mut levels: Vec<u8> = pool.flows.iter().map(level).collect();
    levels.sort_unstable();
    levels.dedup();
    let groups: Vec<priority::PriorityClass> = levels
        .iter()
        .map(|l| {
            let flows = || pool.flows.iter().filter(|f| level(f) == *l);
            let (service_mean, service_cv) = mixture(flows().map(|f| (f.rate, f.mean, f.cv)));
            priority::PriorityClass { arrivals: flows().map(|f| f.rate).sum(), service_mean, service_cv }
        })
        .collect();
    let found = match formulas(model, &model.centres[pool.centre]) {
        Formulas::CuttingOff => cutting_off(model, pool, servers, &groups)?,
        Formulas::FirstCome | Formulas::Priority | Formulas::Unknown(_) => waiting(pool, servers, &groups)?,
    };
    let row = |values| pool_answer(model, pool, found.name.clone(), found.source, Exactness::Exact, values);
    let mut rows = vec![row(found.all)];
    for (class, kind) in model.classes.iter().enumerate() {
        let priority = model.priority(kind.start, class);
        if !waits_here(model, pool, class)
            || (found.of_level.0 == COMPLETION && !done_after(model, kind.start))
        {
            continue;
        }
        let at = levels.iter().position(|l| *l == priority).unwrap_or(0);
        let mut answer = row(vec![Compared::new(found.of_level.0, found.of_level.1[at])]);
        answer.class = Some(kind.name.clone());
        rows.push(answer);
    }
    Ok(rows)
}

/// A measure of a class, where it is done with the service.
const COMPLETION: &str = "time_to_completion_mean_hours";

/// What theory says of a pool with priorities.
struct ByLevel {
    name: String,
    source: &'static str,
    /// Of all requests.
    all: Vec<Compared>,
    /// A measure, and its value for each level.
    of_level: (&'static str, Vec<f64>),
}

/// Priorities that do not interrupt.
fn waiting(
    pool: &OraclePool,
    servers: u32,
    groups: &[priority::PriorityClass],
) -> Result<ByLevel, &'static str> {
    let (rate, (mean, _)) = (pool.rate(), pool.service());
    let arrivals: Vec<f64> = groups.iter().map(|g| g.arrivals).collect();
    let (waits, name, source) = match pool.exponential() {
        Some(mean) if servers > 1 => (
            priority::mmc(servers, &arrivals, 1.0 / mean),
            format!("M/M/{servers}, priorities"),
            "Cobham 1954; Kella and Yechiali 1985",
        ),
        _ if servers == 1 => (priority::mg1(groups), "M/G/1, priorities".to_owned(), "Cobham 1954"),
        _ => return Err("priorities with services of different length by several {officers}"),
    };
    let waits = waits.ok_or(UNCOMPUTED)?;
    let wait = waits.iter().zip(&arrivals).map(|(w, a)| w * a).sum::<f64>() / rate;
    let p_wait = if servers == 1 { rate * mean } else { erlang::waiting(servers, rate * mean) };
    let all = vec![
        Compared::new("wait_mean_hours", wait),
        Compared::new("p_wait", p_wait),
        Compared::new("queue_mean", rate * wait),
        Compared::new("busy_mean", rate * mean),
    ];
    Ok(ByLevel { name, source, all, of_level: ("wait_mean_hours", waits) })
}

/// Priorities where urgent cases cut off others.
fn cutting_off(
    model: &Model,
    pool: &OraclePool,
    servers: u32,
    groups: &[priority::PriorityClass],
) -> Result<ByLevel, &'static str> {
    match model.centres[pool.centre].preemption.work {
        CutWork::Resume => {}
        // What is left of an exponential time is as long as a new one.
        CutWork::Redraw if pool.flows.iter().all(|f| f.exponential) => {}
        CutWork::Redraw => return Err("cut cases whose length is drawn anew"),
        CutWork::Restart => return Err("cut cases that start again"),
    }
    let (rate, (mean, _)) = (pool.rate(), pool.service());
    let total =
        |of: &dyn Fn(usize) -> f64| groups.iter().enumerate().map(|(k, g)| g.arrivals * of(k)).sum::<f64>();
    if servers == 1 {
        let found = priority::preemptive_mg1(groups).ok_or(UNCOMPUTED)?;
        let time = |k: usize| found[k].wait + found[k].residence;
        let all = vec![
            Compared::new("wait_mean_hours", total(&|k| found[k].wait) / rate),
            Compared::new("p_wait", total(&|k| found[k].p_wait) / rate),
            Compared::new("queue_mean", total(&time) - rate * mean),
            Compared::new("busy_mean", rate * mean),
        ];
        let times = (0..groups.len()).map(time).collect();
        let name = "M/G/1, preemptive priorities".to_owned();
        return Ok(ByLevel { name, source: "Miller 1960", all, of_level: (COMPLETION, times) });
    }
    let Some(mean) = pool.exponential() else {
        return Err("priorities with services of different length by several {officers}");
    };
    let arrivals: Vec<f64> = groups.iter().map(|g| g.arrivals).collect();
    let times = priority::preemptive_mmc(servers, &arrivals, 1.0 / mean).ok_or(UNCOMPUTED)?;
    let upto = |k: usize| erlang::waiting(servers, arrivals[..=k].iter().sum::<f64>() * mean);
    let all = vec![
        Compared::new("p_wait", total(&upto) / rate),
        Compared::new("queue_mean", total(&|k| times[k]) - rate * mean),
        Compared::new("busy_mean", rate * mean),
    ];
    let name = format!("M/M/{servers}, preemptive priorities");
    Ok(ByLevel { name, source: "Buzen and Bondi 1983", all, of_level: (COMPLETION, times) })
}

/// Whether requests are done, at once, with the service at a stage.
fn done_after(model: &Model, stage: StageId) -> bool {
    let stage = &model.stages[stage];
    let exit = |s: StageId| matches!(model.stages[s].kind, StageKind::Exit) && model.stages[s].done;
    stage.done || stage.next.iter().all(|b| b.delay.is_none() && exit(b.to))
}

/// Whether the class's own wait, from where its completion clock starts, is the wait in this pool: all of
/// it comes here and starts its clock here.
fn waits_here(model: &Model, pool: &OraclePool, class: usize) -> bool {
    let mine: Vec<&PoolFlow> = pool.flows.iter().filter(|f| f.class == class).collect();
    let poolwise_engine::model::Demand::Rate { per_second, .. } = &model.classes[class].demand else {
        return false;
    };
    let here: f64 = mine.iter().map(|f| f.rate).sum();
    let none_says = !model.stages.iter().any(|s| s.starts_clock);
    (here - per_second * HOUR).abs() <= 1e-9 * here
        && mine.iter().all(|f| {
            f.stage == model.classes[class].start && (none_says || model.stages[f.stage].starts_clock)
        })
}

/// The nearest stationary approximation: Allen and Cunneen's for the mean load, Erlang A where somebody
/// gives up.
pub(super) fn approximate(model: &Model, pool: &OraclePool) -> PoolAnswer {
    let e = &pool.expected;
    let (rate, officers) = (e.rate(), e.officers());
    let servers = officers.round().max(1.0) as u32;
    // Whole servers, and the capacity of the officers present.
    let service = e.service * f64::from(servers) / officers;
    let mean_of = if e.changes() { " at the mean load" } else { "" };
    let found = if e.abandonment > 0.0 && officers > 0.0 {
        let name = format!("M/M/{servers}+M (Erlang A){mean_of}");
        abandonment::mmc_m(servers, rate, 1.0 / service, e.abandonment).map(|a| (a, name))
    } else {
        let name = format!("M/G/{servers} (Allen-Cunneen){mean_of}");
        general::allen_cunneen(servers, rate, 1.0, service, e.cv).map(|a| (a, name))
    };
    match found.filter(|(a, _)| a.wait_mean.is_finite()) {
        Some((a, name)) => {
            let mut values = values(&a);
            values.retain(|v| v.measure != "lost_share" || pool.abandonment > 0.0);
            // Officers at work are fewer than the servers they are taken for.
            if let Some(busy) = values.iter_mut().find(|v| v.measure == "busy_mean") {
                busy.theory *= officers / f64::from(servers);
            }
            pool_answer(model, pool, name, a.source, Exactness::Approximate, values)
        }
        None => {
            let busy = vec![Compared::new("busy_mean", officers)];
            let name = "none: more work than {officers}, the queue grows".to_owned();
            pool_answer(model, pool, name, "", Exactness::Approximate, busy)
        }
    }
}
