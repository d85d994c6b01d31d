//! The oracle beside the run: what queueing theory says of each pool of officers, and whether the
//! simulation agrees.
//!
//! A pool is the officers of a centre who can stand in for one another, with the roles they are asked
//! for. Where everything about it fits an exact model (`pools` says what does not), the model's values
//! are the simulation's expectation, and a value outside the run's interval is a warning. Elsewhere the
//! nearest approximation stands beside the run, named as such and never judged.
//!
//! **Rule of the warning.** The exact values of a run are judged together: each must lie in the Student-t
//! interval of confidence `1 - 0.001 / k`, `k` being how many there are. By Bonferroni's inequality a
//! correct program warns in at most one run of a thousand, whatever the number of pools. Judged are runs
//! whose statistics begin in the steady state and last at least a hundred relaxation times.

mod batch_service;
mod batches;
mod changing;
mod concurrency;
mod constant;
mod discipline;
mod fork_join;
mod officers;
mod path;
mod pools;
mod reasons;
mod redial;
mod reserve;
mod shares;
mod skills;

use super::measures::{Key, Section, Value, range_of};
use super::number;
use super::replicate::Replicated;
use super::summarise::parts;
use poolwise_engine::model::Model;
use poolwise_planning::offered_load;
use poolwise_stats::{Estimate, bonferroni};
use poolwise_theory::Exactness;
use serde::Serialize;

/// Probability that a correct run has all its exact values inside their intervals, at least.
pub const JOINT_CONFIDENCE: f64 = 0.999;
/// Values nearer than this are one: clocks do not tell instants further apart, and no table shows the difference.
const UNSEEN: f64 = 1e-9;

/// What theory says of a scenario's pools, and what the run said.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Oracle {
    /// Confidence at which each exact value is judged; NaN where there is none.
    pub judged_at: f64,
    /// Pool by pool, in the scenario's order; of pools with priorities also a row a class.
    pub pools: Vec<PoolAnswer>,
}

/// What theory says of a pool.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PoolAnswer {
    /// Name of the centre.
    pub centre: String,
    /// Roles that its officers are asked for.
    pub roles: Vec<String>,
    /// The class that the row is about; of all together where `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// The model, e.g. `M/M/8`.
    pub model: String,
    /// Author, year and place of the formula.
    pub source: String,
    /// Exact, or an approximation.
    pub exactness: Exactness,
    /// Bound on the error of the numerical solution, in probability; absent for closed formulas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_bound: Option<f64>,
    /// Why it is not exact; empty where it is.
    pub because: Vec<String>,
    /// What theory says of it, beside what was simulated.
    pub values: Vec<Compared>,
}

/// One value of theory beside the simulated one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// `wait_mean_hours` and `p_wait` of those served, `queue_mean`, `busy_mean`, or `lost_share` of those
    /// who reach the queue.
    pub measure: &'static str,
    /// The model's value.
    pub theory: f64,
    /// The run's, with its ordinary interval; absent before a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulated: Option<Estimate>,
    /// Whether the exact value lies in the interval at which it is judged; absent where it is not judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agrees: Option<bool>,
}

impl Compared {
    fn new(measure: &'static str, theory: f64) -> Self {
        Self { measure, theory, simulated: None, agrees: None }
    }
}

impl PoolAnswer {
    /// Whether it is the model's own answer.
    pub fn exact(&self) -> bool {
        self.exactness == Exactness::Exact
    }

    /// `centre` where its officers have one role, `centre / roles` otherwise, and the class.
    pub fn label(&self) -> String {
        let mut text = self.centre.clone();
        if let Some(class) = &self.class {
            text.push_str(&format!(", {class}"));
        }
        text
    }
}

/// What theory says of every pool of a model that has work, without a run. The work is bounded, counted in states and
/// steps: where a numerical solution would take more than its part, an approximation that costs next to nothing
/// stands in its place and says so.
pub fn oracle(model: &Model) -> Oracle {
    let mut pools = answers(&model.in_order_of_names());
    let centres = || model.centres.iter().map(|x| x.name.as_str());
    let roles = || model.roles.iter().map(String::as_str);
    let classes = || model.classes.iter().map(|x| x.name.as_str());
    for pool in &mut pools {
        pool.roles.sort_by_key(|role| place(roles(), role));
        // Models and reasons are written with `{officers}`, so that they speak as the scenario does.
        pool.model = model.words.fill(&pool.model);
        pool.because.iter_mut().for_each(|why| *why = model.words.fill(why));
    }
    pools.sort_by_cached_key(|pool| {
        let role = pool.roles.first().map(|role| place(roles(), role));
        let class = pool.class.as_ref().map(|class| place(classes(), class));
        (place(centres(), &pool.centre), role, class)
    });
    Oracle { judged_at: f64::NAN, pools }
}

/// Where a name stands in a list.
fn place<'n>(mut names: impl Iterator<Item = &'n str>, name: &str) -> Option<usize> {
    names.position(|n| n == name)
}

/// The answers about the pools of a model whose tables are in the order of names.
fn answers(model: &Model) -> Vec<PoolAnswer> {
    if model.run.now.is_some() {
        // The rest of a day from what is in hand: nothing of it is steady or begins empty.
        return Vec::new();
    }
    let load = offered_load::expected(model);
    let found = pools::find(model, &load);
    let mut solved = changing::SolvedPeriods::new(&found);
    let mut pools = if model.triggers.is_empty() { fork_join::rows(model, &found) } else { Vec::new() };
    for pool in found {
        if !model.triggers.is_empty() {
            let nearest = approximation(model, &pool, &mut solved);
            let mut because = vec!["rules that react to queues".to_owned()];
            because.extend(
                nearest
                    .because
                    .iter()
                    .chain(&pool.because)
                    .filter(|why| **why != because[0])
                    .cloned()
                    .collect::<Vec<_>>(),
            );
            because.dedup();
            pools.push(PoolAnswer { because, ..nearest });
            continue;
        }
        let special = redial::answer(model, &pool).or_else(|| redial::patient(model, &pool));
        let special = special.or_else(|| concurrency::answer(model, &pool));
        let special = special.or_else(|| batch_service::answer(model, &pool));
        let special =
            special.or_else(|| batches::answer(model, &pool)).or_else(|| skills::answer(model, &pool));
        if let Some(rows) = special.or_else(|| reserve::answer(model, &pool)) {
            pools.extend(rows);
            continue;
        }
        let exact = if !pool.because.is_empty() {
            Err(pool.because.clone())
        } else if pool.is_constant(model) {
            constant::answer(model, &pool).map_err(|why| vec![why.to_owned()])
        } else {
            changing::answer(model, &pool, &mut solved).map_err(|why| vec![why.to_owned()])
        };
        match exact {
            Ok(answers) => pools.extend(answers),
            Err(mut because) => {
                let nearest = approximation(model, &pool, &mut solved);
                because.extend(
                    nearest.because.iter().filter(|why| !because.contains(why)).cloned().collect::<Vec<_>>(),
                );
                pools.push(PoolAnswer { because, ..nearest });
            }
        }
    }
    pools
}

/// The nearest approximation of a pool that fits no exact model.
fn approximation(
    model: &Model,
    pool: &pools::OraclePool,
    solved: &mut changing::SolvedPeriods,
) -> PoolAnswer {
    let changing = pool.expected.changes().then(|| changing::approximate(model, pool, solved));
    changing.flatten().unwrap_or_else(|| constant::approximate(model, pool))
}

/// An answer about all requests of a pool.
fn pool_answer(
    model: &Model,
    pool: &pools::OraclePool,
    name: String,
    source: &str,
    exactness: Exactness,
    values: Vec<Compared>,
) -> PoolAnswer {
    PoolAnswer {
        centre: model.centres[pool.centre].name.clone(),
        roles: pool.role_names(model),
        class: None,
        model: name,
        source: source.to_owned(),
        exactness,
        error_bound: None,
        because: Vec::new(),
        values,
    }
}

impl Oracle {
    /// The same with the simulated values of a run, judged.
    pub fn against(mut self, results: &Replicated) -> Self {
        let judged: usize = self.pools.iter().filter(|p| p.exact()).map(|p| p.values.len()).sum();
        if judged > 0 {
            self.judged_at = bonferroni(JOINT_CONFIDENCE, judged);
        }
        for pool in &mut self.pools {
            let exact = pool.exact();
            let (centre, roles, class) = (&pool.centre, &pool.roles, &pool.class);
            for value in &mut pool.values {
                let Some(simulated) =
                    PoolMeasure::of(results, centre, roles, class.as_deref(), value.measure)
                else {
                    continue;
                };
                let range = range_of(value.measure);
                let shown = simulated.estimate(results.confidence);
                value.simulated = Some(shown.within(range, simulated.trials(), results.confidence));
                // Where nothing happened in any replication chance allows what is rare.
                let wide =
                    simulated.estimate(self.judged_at).within(range, simulated.trials(), self.judged_at);
                if exact && wide.lower.is_finite() {
                    let near = (wide.estimate - value.theory).abs() < UNSEEN;
                    value.agrees = Some(near || wide.covers(value.theory));
                }
            }
        }
        self
    }

    /// A sentence for each pool where an exact value disagrees beyond chance.
    pub fn warnings(&self) -> Vec<String> {
        let mut said = Vec::new();
        for pool in &self.pools {
            for v in pool.values.iter().filter(|v| v.agrees == Some(false)) {
                let simulated = v.simulated.map_or(f64::NAN, |e| e.estimate);
                said.push(format!(
                    "at {} `{}` is {} in the run and {} by {}, further apart than chance allows ({} % sure)",
                    pool.label(),
                    v.measure,
                    number::trimmed(simulated, 6),
                    number::trimmed(v.theory, 6),
                    pool.model,
                    number::trimmed(JOINT_CONFIDENCE * 100.0, 2)
                ));
            }
        }
        said
    }
}

/// A pool's measure, replication by replication.
struct PoolMeasure(Vec<Value>);

impl PoolMeasure {
    /// Sums a measure over the pool's roles: waits are pooled, counts are added.
    fn of(
        results: &Replicated,
        centre: &str,
        roles: &[String],
        class: Option<&str>,
        measure: &str,
    ) -> Option<Self> {
        let at = |section: Section, name: &str| results.position(&Key { section, name: name.to_owned() });
        if let Some(class) = class {
            let position = at(Section::Class(class.to_owned()), measure)?;
            return Some(Self(results.values.iter().map(|v| v[position]).collect()));
        }
        let of_roles = |name: &str| -> Option<Vec<usize>> {
            roles.iter().map(|r| at(Section::Centre(centre.to_owned(), r.clone()), name)).collect()
        };
        let sum = |values: &[Value], positions: &[usize]| {
            let picked: Vec<Value> = positions.iter().map(|p| values[*p]).collect();
            let (n, d) = parts(&picked);
            (n.iter().sum::<f64>(), d)
        };
        let all = match measure {
            "lost_share" => {
                // Those who reach the queue and are not served: what is under way at either end of the
                // window cancels out in the steady state.
                let (reached, served) = (of_roles("arrivals_per_hour")?, of_roles("p_wait")?);
                let one = |v: &Vec<Value>| {
                    let (came, _) = sum(v, &reached);
                    let begun: f64 = sum(v, &served).1.iter().sum();
                    Value::Ratio(came - begun, came)
                };
                results.values.iter().map(one).collect()
            }
            "queue_mean" | "busy_mean" => {
                let positions = of_roles(measure)?;
                let one = |v: &Vec<Value>| {
                    let (n, d) = sum(v, &positions);
                    Value::Ratio(n, d[0])
                };
                results.values.iter().map(one).collect()
            }
            _ => {
                let positions = of_roles(measure)?;
                let one = |v: &Vec<Value>| {
                    let (n, d) = sum(v, &positions);
                    Value::Ratio(n, d.iter().sum())
                };
                results.values.iter().map(one).collect()
            }
        };
        Some(Self(all))
    }

    fn estimate(&self, confidence: f64) -> Estimate {
        let (n, d) = parts(&self.0);
        Estimate::ratio(&n, &d, confidence)
    }

    /// Of how many things a share is.
    fn trials(&self) -> f64 {
        parts(&self.0).1.iter().sum()
    }
}

#[cfg(test)]
mod tests;
