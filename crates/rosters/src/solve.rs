//! Solves a covering programme: its relaxation for a bound, a search for a good solution, and branch and
//! bound between the two, limited by nodes.
//!
//! `good_lp` writes the programme down for the solver: microlp, or HiGHS with the feature `highs`. Both
//! stop after a number of nodes and never by the clock, so that a roster is the same on every machine.
//! Either alone proves little within a few hundred nodes on hundreds of patterns; with a good solution
//! to start from, the bound rounded up to whole officers often meets it at once.

use crate::programme::{Programme, TOLERANCE};
use crate::search;
use good_lp::{Expression, ProblemVariables, ResolutionError, Variable, variable};

/// Parts of a column from which on diving makes it whole.
const NEARLY: f64 = 0.75;

/// A solution and how good it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LpSolution {
    /// How many of each column.
    pub chosen: Vec<u32>,
    /// Value of the objective: what is least.
    pub cost: f64,
    /// No solution costs less; rounded up to whole columns where all cost the same.
    pub bound: f64,
    /// Nodes that branch and bound solved.
    pub nodes: u64,
    /// The search ended by its limit of nodes.
    pub limited: bool,
}

impl LpSolution {
    /// Whether nothing can cost less.
    #[cfg(test)]
    pub(crate) fn is_least(&self) -> bool {
        self.cost <= self.bound + TOLERANCE
    }
}

/// Why there is no solution.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ProgrammeError {
    /// There is none.
    Infeasible,
    /// None was found within the limit of nodes; the least that one could cost.
    NoneFound {
        /// Nodes solved.
        nodes: u64,
        /// Bound on the cost.
        bound: f64,
    },
    /// The solver failed numerically.
    Failed(String),
}

/// What the relaxation says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Relaxed {
    /// How much of each column.
    pub values: Vec<f64>,
    /// The least cost.
    pub cost: f64,
}

/// Solves a programme with at most `nodes` nodes of branch and bound.
///
/// # Errors
/// [`ProgrammeError`] where it has no solution, or none is found.
pub(crate) fn solve(programme: &Programme, nodes: u32) -> Result<LpSolution, ProgrammeError> {
    let parts = programme.parts();
    if parts.len() < 2 {
        return solve_whole(programme, nodes);
    }
    // Starts that never overlap have nothing to do with each other: officers are whole start by start.
    let mut all = LpSolution {
        chosen: vec![0; programme.columns.len()],
        cost: 0.0,
        bound: 0.0,
        nodes: 0,
        limited: false,
    };
    for (part, columns) in parts {
        let one = solve_whole(&part, nodes)?;
        columns.iter().zip(&one.chosen).for_each(|(j, n)| all.chosen[*j] = *n);
        all.cost += one.cost;
        all.bound += one.bound;
        all.nodes += one.nodes;
        all.limited |= one.limited;
    }
    Ok(all)
}

fn solve_whole(programme: &Programme, nodes: u32) -> Result<LpSolution, ProgrammeError> {
    let relaxed = relax(programme)?;
    let bound = programme.round_up(relaxed.cost);
    let start = search::near(programme, &relaxed.values, dive(programme, &relaxed), bound);
    if let Some(chosen) = &start {
        let cost = programme.cost(chosen);
        if cost <= bound + TOLERANCE || nodes == 0 {
            let limited = cost > bound + TOLERANCE;
            return Ok(LpSolution { chosen: chosen.clone(), cost, bound, nodes: 0, limited });
        }
    } else if nodes == 0 {
        return Err(ProgrammeError::NoneFound { nodes: 0, bound });
    }
    let branched = branch(programme, start.as_deref(), nodes)?;
    let bound = programme.round_up(branched.bound.unwrap_or(relaxed.cost).max(relaxed.cost));
    // The solver's own solution counts only if it is one after rounding.
    let found = branched.chosen.filter(|chosen| programme.solves(chosen));
    let best =
        [start, found].into_iter().flatten().min_by(|a, b| programme.cost(a).total_cmp(&programme.cost(b)));
    let Some(chosen) = best else { return Err(ProgrammeError::NoneFound { nodes: branched.nodes, bound }) };
    let cost = programme.cost(&chosen);
    let bound = if branched.proven { cost } else { bound.min(cost) };
    let limited = cost > bound + TOLERANCE;
    Ok(LpSolution { chosen, cost, bound, nodes: branched.nodes, limited })
}

/// Solves the relaxation, in which parts of columns may be chosen.
///
/// # Errors
/// [`ProgrammeError::Infeasible`] where not even it has a solution, [`ProgrammeError::Failed`] where the solver fails.
pub(crate) fn relax(programme: &Programme) -> Result<Relaxed, ProgrammeError> {
    // HiGHS takes no programme without rows or without columns. Columns cost something, so nothing beats none of them;
    // and where there are none, nothing but that can be a solution.
    if programme.solves(&vec![0; programme.columns.len()]) {
        return Ok(Relaxed { values: vec![0.0; programme.columns.len()], cost: 0.0 });
    }
    if programme.columns.is_empty() {
        return Err(ProgrammeError::Infeasible);
    }
    let (problem, columns) = written(programme, false);
    let values = backend::relaxed(problem, programme, &columns)?;
    let cost = programme.columns.iter().zip(&values).map(|(c, x)| c.cost * x).sum();
    Ok(Relaxed { values, cost })
}

/// A solution by diving: the whole parts of the relaxation are kept, or else its largest part is made
/// whole, and what is left is relaxed again. None where that leads nowhere.
fn dive(programme: &Programme, relaxed: &Relaxed) -> Option<Vec<u32>> {
    let mut chosen = vec![0_u32; programme.columns.len()];
    let mut values = relaxed.values.clone();
    loop {
        let mut more: Vec<u32> = values.iter().map(|x| (x + TOLERANCE).floor().max(0.0) as u32).collect();
        if more.iter().all(|n| *n == 0) {
            // Of equal parts the first.
            let largest = (0..values.len()).rev().max_by(|a, b| values[*a].total_cmp(&values[*b]))?;
            if values[largest] <= TOLERANCE {
                return programme.solves(&chosen).then_some(chosen);
            }
            // Others that are nearly whole go along, which saves relaxations.
            more = values.iter().map(|x| u32::from(*x >= NEARLY)).collect();
            more[largest] = 1;
        }
        chosen.iter_mut().zip(&more).for_each(|(c, n)| *c += n);
        let mut left = programme.clone();
        for (row, cover) in left.rows.iter_mut().zip(programme.cover(&chosen)) {
            row.need = (row.need - cover).max(0.0);
            row.most -= cover;
            if row.most < -TOLERANCE {
                return None;
            }
            row.most = row.most.max(0.0);
        }
        left.sides.iter_mut().for_each(|side| side.limit -= side.of(&chosen));
        values = relax(&left).ok()?.values;
    }
}

/// What branch and bound found.
struct Branched {
    chosen: Option<Vec<u32>>,
    bound: Option<f64>,
    nodes: u64,
    proven: bool,
}

fn branch(programme: &Programme, start: Option<&[u32]>, nodes: u32) -> Result<Branched, ProgrammeError> {
    let (problem, columns) = written(programme, true);
    backend::branched(problem, programme, &columns, start, nodes)
}

/// The programme's variables and objective.
fn written(programme: &Programme, whole: bool) -> (good_lp::variable::UnsolvedProblem, Vec<Variable>) {
    let mut variables = ProblemVariables::new();
    let define = || if whole { variable().min(0).integer() } else { variable().min(0) };
    let columns: Vec<Variable> = programme.columns.iter().map(|_| variables.add(define())).collect();
    let mut objective = Expression::with_capacity(columns.len());
    for (column, x) in programme.columns.iter().zip(&columns) {
        objective.add_mul(column.cost, *x);
    }
    (variables.minimise(objective), columns)
}

/// The programme's rows, as `good_lp` takes them.
fn constraints(programme: &Programme, columns: &[Variable]) -> Vec<good_lp::Constraint> {
    let mut covers: Vec<Expression> =
        programme.rows.iter().map(|_| Expression::with_capacity(columns.len())).collect();
    for (column, x) in programme.columns.iter().zip(columns) {
        column.covers.iter().for_each(|&(r, share)| covers[r].add_mul(share, *x));
    }
    let mut out = Vec::with_capacity(2 * programme.rows.len() + programme.sides.len());
    for (row, cover) in programme.rows.iter().zip(covers) {
        if row.most.is_finite() {
            out.push(cover.clone().leq(row.most));
        }
        if row.need > 0.0 {
            out.push(cover.geq(row.need));
        }
    }
    for side in &programme.sides {
        let mut sum = Expression::with_capacity(side.weights.len());
        side.weights.iter().for_each(|&(j, w)| sum.add_mul(w, columns[j]));
        out.push(sum.leq(side.limit));
    }
    out
}

fn failed(e: &ResolutionError) -> ProgrammeError {
    match e {
        ResolutionError::Infeasible => ProgrammeError::Infeasible,
        other => ProgrammeError::Failed(other.to_string()),
    }
}

/// The relative gap at which a solution that costs `cost` cannot be bettered by a whole column.
fn whole_gap(programme: &Programme, cost: f64) -> f64 {
    match programme.columns.first() {
        Some(first) if programme.counts() && cost > 0.0 => (first.cost / cost * (1.0 - 1e-6)).min(1.0),
        _ => 0.0,
    }
}

fn whole(values: impl Iterator<Item = f64>) -> Vec<u32> {
    values.map(|x| x.round().max(0.0) as u32).collect()
}

#[cfg(not(feature = "highs"))]
mod backend {
    use super::{Branched, Programme, ProgrammeError, constraints, failed, whole, whole_gap};
    use ::microlp::{Error, SolveOptions, SolveOutcome, TerminationReason};
    use good_lp::variable::UnsolvedProblem;
    use good_lp::{Solution as _, SolverModel as _, Variable, microlp};

    pub(super) fn relaxed(
        problem: UnsolvedProblem,
        programme: &Programme,
        columns: &[Variable],
    ) -> Result<Vec<f64>, ProgrammeError> {
        let mut model = problem.using(microlp);
        constraints(programme, columns).into_iter().for_each(|c| {
            model.add_constraint(c);
        });
        let solution = model.solve().map_err(|e| failed(&e))?;
        Ok(columns.iter().map(|x| solution.value(*x)).collect())
    }

    /// `good_lp` has no word for a limit of nodes, so the problem that it wrote is solved by microlp's
    /// own call.
    pub(crate) fn branched(
        problem: UnsolvedProblem,
        programme: &Programme,
        columns: &[Variable],
        start: Option<&[u32]>,
        nodes: u32,
    ) -> Result<Branched, ProgrammeError> {
        let mut model = problem.using(microlp);
        constraints(programme, columns).into_iter().for_each(|c| {
            model.add_constraint(c);
        });
        let mut options = SolveOptions::default();
        options.node_limit = Some(u64::from(nodes));
        let inner = model.as_inner();
        if let Some(start) = start {
            options.mip_gap = whole_gap(programme, programme.cost(start));
            // `good_lp` keeps the solver's variables to itself; those of any problem of that size do.
            let mut like = ::microlp::Problem::new(::microlp::OptimizationDirection::Minimize);
            options.warm_start =
                Some(start.iter().map(|n| (like.add_integer_var(0.0, (0, 0)), f64::from(*n))).collect());
        }
        let outcome = match inner.solve_with(options) {
            Ok(outcome) => outcome,
            Err(Error::Infeasible) => return Err(ProgrammeError::Infeasible),
            Err(e) => return Err(ProgrammeError::Failed(e.to_string())),
        };
        let stats = outcome.stats();
        let proven = outcome.termination_reason() == TerminationReason::ProvenOptimal;
        let chosen = match &outcome {
            SolveOutcome::Solution(s) => Some(whole(s.iter().map(|(_, x)| x))),
            SolveOutcome::Interrupted(_) => None,
        };
        Ok(Branched { chosen, bound: stats.best_bound, nodes: stats.nodes_solved, proven })
    }
}

#[cfg(feature = "highs")]
mod backend {
    use super::{Branched, Programme, ProgrammeError, constraints, failed, whole, whole_gap};
    use ::highs::{HighsModelStatus, HighsSolutionStatus};
    use good_lp::variable::UnsolvedProblem;
    use good_lp::{Solution as _, SolverModel as _, Variable, highs};

    pub(crate) fn relaxed(
        problem: UnsolvedProblem,
        programme: &Programme,
        columns: &[Variable],
    ) -> Result<Vec<f64>, ProgrammeError> {
        let mut model = problem.using(highs).set_threads(1);
        constraints(programme, columns).into_iter().for_each(|c| {
            model.add_constraint(c);
        });
        let solution = model.solve().map_err(|e| failed(&e))?;
        Ok(columns.iter().map(|x| solution.value(*x)).collect())
    }

    /// `good_lp` keeps bound and gap to itself, so the problem that it wrote is solved by HiGHS's own
    /// call.
    pub(crate) fn branched(
        problem: UnsolvedProblem,
        programme: &Programme,
        columns: &[Variable],
        start: Option<&[u32]>,
        nodes: u32,
    ) -> Result<Branched, ProgrammeError> {
        let mut model = problem.using(highs);
        constraints(programme, columns).into_iter().for_each(|c| {
            model.add_constraint(c);
        });
        let mut model = model.try_into_inner().map_err(|e| failed(&e))?;
        model.make_quiet();
        model.set_option("threads", 1);
        model.set_option("mip_max_nodes", i32::try_from(nodes).unwrap_or(i32::MAX));
        let gap = start.map_or(0.0, |s| whole_gap(programme, programme.cost(s)));
        model.set_option("mip_rel_gap", gap);
        if let Some(start) = start {
            let values: Vec<f64> = start.iter().map(|n| f64::from(*n)).collect();
            model.set_solution(Some(&values), None, None, None);
        }
        let solved = model.try_solve().map_err(|e| ProgrammeError::Failed(format!("{e:?}")))?;
        match solved.status() {
            HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible => {
                return Err(ProgrammeError::Infeasible);
            }
            HighsModelStatus::Optimal
            | HighsModelStatus::ReachedSolutionLimit
            | HighsModelStatus::ReachedIterationLimit
            | HighsModelStatus::ReachedInterrupt
            | HighsModelStatus::ObjectiveBound
            | HighsModelStatus::ObjectiveTarget => {}
            other => return Err(ProgrammeError::Failed(format!("{other:?}"))),
        }
        let there = solved.primal_solution_status() == HighsSolutionStatus::Feasible;
        let cost = solved.objective_value();
        let left = solved.mip_gap();
        let chosen = there.then(|| whole(solved.get_solution().columns().iter().copied()));
        let bound = (there && left.is_finite()).then(|| cost * (1.0 - left));
        let proven = solved.status() == HighsModelStatus::Optimal && left <= 1e-9;
        Ok(Branched { chosen, bound, nodes: u64::from(nodes), proven })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::tests::{by_enumeration, five_of_seven, small};
    use crate::programme::{LpColumn, LpConstraint, LpSide};
    use proptest::prelude::*;

    fn least(p: &Programme) -> f64 {
        let solution = solve(p, 1_000).unwrap();
        assert!(p.solves(&solution.chosen), "{solution:?}");
        assert!(solution.is_least(), "{solution:?}");
        solution.cost
    }

    #[test]
    fn days_off_in_pairs_take_the_classical_number() {
        // Baker and Magazine (1977): with N on each weekday and n <= N on each day of the weekend, five
        // days on end for everybody, the least workforce is ceil(N + 2 n / 5).
        for n in 1_u32..=6 {
            for weekend in 0..=n {
                let p = five_of_seven([n, n, n, n, n, weekend, weekend]);
                let formula = (5 * n + 2 * weekend).div_ceil(5);
                assert_eq!(least(&p), f64::from(formula), "{n} and {weekend}");
            }
        }
    }

    #[test]
    fn where_nothing_is_asked_for_nothing_is_chosen() {
        let p = five_of_seven([0; 7]);
        assert_eq!(relax(&p).unwrap().values, [0.0; 7]);
        assert_eq!(least(&p), 0.0);
        let none =
            Programme { rows: vec![LpConstraint { need: 1.0, most: f64::INFINITY }], ..Programme::default() };
        assert_eq!(solve(&none, 100), Err(ProgrammeError::Infeasible));
    }

    #[test]
    fn textbook_week() {
        // Winston, Operations Research (1994), example 7 of chapter 3: 17, 13, 15, 19, 14, 16, 11 on
        // the days of the week take 23 full-time employees (22 1/3 in the relaxation).
        let p = five_of_seven([17, 13, 15, 19, 14, 16, 11]);
        assert!((relax(&p).unwrap().cost - 67.0 / 3.0).abs() < 1e-9);
        assert_eq!(least(&p), 23.0);
    }

    #[test]
    fn a_roundabout_of_pairs_has_a_gap_that_only_branching_closes() {
        // Five rows in a ring, each column covers two neighbours: 2.5 in the relaxation, 3 in truth.
        // Costs differ, so rounding up does not help.
        let columns = (0..5)
            .map(|j| {
                let mut at = [j, (j + 1) % 5];
                at.sort_unstable();
                LpColumn { cost: if j == 4 { 1.01 } else { 1.0 }, covers: at.map(|r| (r, 1.0)).to_vec() }
            })
            .collect();
        let p = Programme {
            columns,
            rows: vec![LpConstraint { need: 1.0, most: f64::INFINITY }; 5],
            sides: vec![],
        };
        let solution = solve(&p, 1_000).unwrap();
        assert!(solution.nodes > 0 && solution.is_least(), "{solution:?}");
        assert!((solution.cost - 3.0).abs() < 1e-9);
        // Without a node the best known comes back, with its gap.
        let stopped = solve(&p, 0).unwrap();
        assert!(stopped.limited && stopped.bound < 2.6 && (stopped.cost - 3.0).abs() < 1e-9, "{stopped:?}");
    }

    #[test]
    fn what_cannot_be_is_said_to_be_infeasible() {
        let mut p = five_of_seven([2; 7]);
        p.sides.push(LpSide {
            name: "officers".into(),
            weights: (0..7).map(|j| (j, 1.0)).collect(),
            limit: 2.0,
        });
        // 14 officer-days take 2.8 officers.
        assert_eq!(solve(&p, 100), Err(ProgrammeError::Infeasible));
        p.sides[0].limit = 3.0;
        assert_eq!(least(&p), 3.0);
    }

    #[test]
    fn whole_numbers_can_be_infeasible_where_parts_are_not() {
        let mut p = five_of_seven([1; 7]);
        p.rows.iter_mut().for_each(|r| r.most = 1.0);
        assert!((relax(&p).unwrap().cost - 1.4).abs() < 1e-9);
        assert_eq!(solve(&p, 10_000), Err(ProgrammeError::Infeasible));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]
        #[test]
        fn small_programmes_have_the_optimum_of_enumeration(p in small()) {
            let truth = by_enumeration(&p, 4);
            match solve(&p, 10_000) {
                Ok(s) => {
                    prop_assert!(p.solves(&s.chosen));
                    prop_assert!(s.is_least());
                    // More than four of a column are never needed where each covers a whole of a row.
                    if let Some(t) = truth {
                        prop_assert!((s.cost - t).abs() < 1e-6 || s.cost < t, "{} against {t}", s.cost);
                    }
                }
                Err(why) => {
                    prop_assert_eq!(why, ProgrammeError::Infeasible);
                    prop_assert_eq!(truth, None);
                }
            }
        }
    }
}
