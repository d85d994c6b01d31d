//! Officers of different roles and speeds with a queue that has an end: N-, W- and M-models, as the Markov chains that they are.

use super::discipline::{Formulas, formulas};
use super::officers::at_all_times;
use super::pools::{OraclePool, PoolFlow};
use super::reasons::{CREWS, DIFFERENT_ROLES, DIFFERENT_SPEED, NOT_THE_FIRST};
use super::{Compared, PoolAnswer, pool_answer};
use poolwise_engine::model::{CaseChoice, Model, OfficerChoice, Pool as Officers, PoolKind, RoleId};
use poolwise_engine::time::HOUR;
use poolwise_theory::Exactness;
use poolwise_theory::skills::{ServerGroup, Taken, Taker, choosing};

/// Most states of a chain that is worth its time beside a run.
const MOST: usize = 1_500;
/// Why the longest idle are not quite those of the chain.
const ANEW: &str = "{officers} whose idleness begins anew with their shifts";
/// Times through a full queue after which a start from empty is forgotten; and that a window must last.
const FORGOTTEN: f64 = 20.0;
const LASTING: f64 = 1_000.0;

/// The rows of such a pool; `None` where it is anything else. Exact, unless whoever has been idle for longest takes a case.
pub(super) fn answer(model: &Model, pool: &OraclePool) -> Option<Vec<PoolAnswer>> {
    let centre = &model.centres[pool.centre];
    let fits = [DIFFERENT_ROLES, DIFFERENT_SPEED, NOT_THE_FIRST, CREWS];
    let room = pool.room?;
    if !pool.because.iter().any(|why| why == DIFFERENT_ROLES || why == DIFFERENT_SPEED)
        || !pool.because.iter().all(|why| fits.contains(&why.as_str()))
        || formulas(model, centre) != Formulas::FirstCome
        || pool.abandonment > 0.0
        || !pool.arrives_evenly(model)
    {
        return None;
    }
    // A class of the chain is a role with all that asks for it.
    let flows: Vec<&PoolFlow> =
        pool.roles.iter().map(|role| only(model, pool, *role)).collect::<Option<_>>()?;
    let class_of = |role: RoleId| pool.roles.iter().position(|r| *r == role);
    let here: Vec<&Officers> =
        centre.pools.iter().filter(|p| pool.roles.iter().any(|r| p.roles >> r & 1 == 1)).collect();
    let mut kinds = Vec::new();
    for officers in &here {
        let serves = held(officers, &pool.roles).into_iter().filter_map(|role| {
            let class = class_of(role)?;
            Some((class, 1.0 / (flows[class].mean * officers.speed(role))))
        });
        kinds.push(ServerGroup {
            servers: at_all_times(model, pool.centre, officers)?,
            serves: serves.collect(),
        });
    }
    let taker = match centre.officer_choice {
        OfficerChoice::LongestIdle => Taker::LongestIdle,
        choice => {
            let by_turn = |role: &RoleId| by_turn(choice, &here, *role);
            Taker::Group(pool.roles.iter().map(by_turn).collect::<Option<_>>()?)
        }
    };
    let taken = match centre.case_choice {
        CaseChoice::FirstInLine => Taken::First,
        CaseChoice::ByPreference => Taken::Preferred,
        CaseChoice::LongestQueue => Taken::Most,
    };
    let slowest = kinds.iter().flat_map(|g| &g.serves).map(|(_, rate)| 1.0 / rate).fold(0.0, f64::max);
    let time = slowest * f64::from(room + 1);
    if model.run.warm_up < FORGOTTEN * time * HOUR || model.run.horizon < LASTING * time * HOUR {
        return None;
    }
    let rates: Vec<f64> = flows.iter().map(|flow| flow.rate).collect();
    let (found, states) = choosing(&rates, &kinds, &taker, taken, room, MOST)?;
    // Officers of a new shift have been idle equally long, which the chain does not know.
    let exactness = if taker == Taker::LongestIdle { Exactness::Approximate } else { Exactness::Exact };
    let row = |values| {
        let name = format!("Markov chain of {states} states");
        let row = pool_answer(model, pool, name, "Gans, Koole and Mandelbaum 2003", exactness, values);
        let because = if row.exact() { Vec::new() } else { vec![ANEW.to_owned()] };
        PoolAnswer { because, ..row }
    };
    let mut rows = vec![row(vec![
        Compared::new("queue_mean", found.iter().map(|x| x.queue_mean).sum()),
        Compared::new("busy_mean", found.iter().map(|x| x.busy_mean).sum()),
    ])];
    for (flow, found) in flows.iter().zip(&found) {
        let class = &model.classes[flow.class];
        if flow.is_whole_class(model) && flow.stage == class.start {
            let mut of_class = row(vec![
                Compared::new("turned_away_share", found.blocked),
                Compared::new("wait_mean_hours", found.wait_mean),
            ]);
            of_class.class = Some(class.name.clone());
            rows.push(of_class);
        }
    }
    Some(rows)
}

/// The only flow of a role, where its services are exponential.
fn only<'p>(model: &Model, pool: &'p OraclePool, role: RoleId) -> Option<&'p PoolFlow> {
    let asks = |flow: &&PoolFlow| matches!(&model.stages[flow.stage].kind, poolwise_engine::model::StageKind::Service(x) if x.role == role);
    let mut flows = pool.flows.iter().filter(asks);
    let first = flows.next().filter(|flow| flow.exponential)?;
    flows.next().is_none().then_some(first)
}

/// The roles of officers that are asked for, in their order of preference.
fn held(officers: &Officers, asked: &[RoleId]) -> Vec<RoleId> {
    if officers.skills.is_empty() {
        return asked.iter().copied().filter(|role| officers.roles >> role & 1 == 1).collect();
    }
    officers.skills.iter().map(|skill| skill.role).filter(|role| asked.contains(role)).collect()
}

/// The groups that hold a role in the order in which their idle officers take its cases; `None` where that goes by who has been
/// idle for longest.
fn by_turn(choice: OfficerChoice, here: &[&Officers], role: RoleId) -> Option<Vec<usize>> {
    let turn = |officers: &Officers| match choice {
        OfficerChoice::LongestIdle => 0,
        OfficerChoice::FewestRolesFirst => u64::from(officers.roles.count_ones()),
        OfficerChoice::ByPreference => {
            officers.skills.iter().position(|skill| skill.role == role).unwrap_or(0) as u64
        }
        // Speeds are above 0, so that their bits ascend as they do.
        OfficerChoice::Fastest => officers.speed(role).to_bits(),
        OfficerChoice::AsListed => match &officers.kind {
            PoolKind::Crews(lines) if lines.len() == 1 => u64::from(lines[0].listed),
            PoolKind::Crews(_) | PoolKind::Levels(_) => 0,
        },
    };
    let mut order: Vec<(u64, usize)> =
        (0..here.len()).filter(|g| here[*g].roles >> role & 1 == 1).map(|g| (turn(here[g]), g)).collect();
    order.sort_unstable();
    order.windows(2).all(|w| w[0].0 < w[1].0).then(|| order.into_iter().map(|(_, g)| g).collect())
}
