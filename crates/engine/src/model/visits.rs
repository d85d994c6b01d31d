//! How often a request comes to each stage on average: exactly, also where loops hardly ever end.

use super::{ClassId, Model, StageId};
use std::collections::{BTreeMap, BTreeSet};

impl Model {
    /// Expected visits of a new request of a class to each stage, nothing but the branches deciding: deadlines, pick-up
    /// clocks and rework apart. Solves `v = start + v P`, component by component of the graph of stages, so that the
    /// work does not depend on how long loops last (a loop of probability 1 - 1e-9 is a small system of equations).
    /// Infinite at stages from which no way leads out.
    pub fn expected_visits(&self, class: ClassId) -> Vec<f64> {
        let mut start = vec![0.0; self.stages.len()];
        start[self.classes[class].start] = 1.0;
        self.visits_from(class, start)
    }

    /// The same where so many requests of the class are on their way to each stage.
    pub fn visits_from(&self, class: ClassId, start: Vec<f64>) -> Vec<f64> {
        let from: Vec<StageId> = (0..start.len()).filter(|s| start[*s] != 0.0).collect();
        let ways = self.ways_from(class, &from);
        // A fork is followed as if one of its branches were taken, each as likely: so that a join is reached once, and what lies
        // between as often as there are branches less.
        let forks = self.parallels();
        let mut visits = start;
        for (s, visits) in visits.iter_mut().enumerate() {
            *visits /= forks.parts(s);
        }
        // Components come with those first that others lead to; the flow goes the other way.
        let components = components(&ways);
        let mut part = vec![0; ways.len()];
        for (c, component) in components.iter().enumerate() {
            component.iter().for_each(|s| part[*s] = c);
        }
        for (c, component) in components.iter().enumerate().rev() {
            if let [s] = component[..] {
                let back: f64 = ways[s].iter().filter(|w| w.0 == s).map(|w| w.1).sum();
                if back > 0.0 && visits[s] > 0.0 {
                    visits[s] /= (1.0 - back).max(0.0);
                }
            } else {
                solve(component, &ways, &mut visits);
            }
            for &s in component {
                for &(to, p) in ways[s].iter().filter(|w| part[w.0] != c) {
                    visits[to] += visits[s] * p;
                }
            }
        }
        for (s, visits) in visits.iter_mut().enumerate() {
            *visits *= forks.parts(s);
        }
        visits
    }

    /// Stages at which a request may be again that goes these ways.
    pub fn again_among(&self, ways: &[Vec<(StageId, f64)>]) -> Vec<bool> {
        let mut again = vec![false; ways.len()];
        for component in components(ways) {
            for &s in &component {
                again[s] = component.len() > 1 || ways[s].iter().any(|w| w.0 == s);
            }
        }
        again
    }

    /// Where a class goes from the stages that it reaches from some, with probabilities; empty for all others, since of
    /// thousands of classes each may have stages of its own.
    pub fn ways_from(&self, class: ClassId, from: &[StageId]) -> Vec<Vec<(StageId, f64)>> {
        let mut ways = vec![Vec::new(); self.stages.len()];
        let mut seen = vec![false; self.stages.len()];
        let mut open = from.to_vec();
        while let Some(s) = open.pop() {
            if !std::mem::replace(&mut seen[s], true) {
                ways[s] = self.shares(class, s);
                open.extend(ways[s].iter().map(|way| way.0));
            }
        }
        ways
    }

    /// Where a class goes from a stage, with probabilities; those of zero are left out.
    pub fn shares(&self, class: ClassId, stage: StageId) -> Vec<(StageId, f64)> {
        let mut before = 0.0;
        let mut out = Vec::new();
        for branch in &self.stages[stage].next {
            let p = branch.cumulative[class] - before;
            before = branch.cumulative[class];
            if p > 0.0 {
                out.push((branch.to, p));
            }
        }
        out
    }
}

/// The visits within a component on which requests come in as `visits` says: Gaussian elimination of `v (I - P) = in`,
/// by the rule of Grassmann, Taksar and Heyman (1985): nothing is subtracted, so no digit is lost however long the loop.
/// Only ways that there are take part: a loop of thousands of stages has few.
fn solve(component: &[StageId], ways: &[Vec<(StageId, f64)>], visits: &mut [f64]) {
    let m = component.len();
    let at: BTreeMap<StageId, usize> = component.iter().enumerate().map(|(i, s)| (*s, i)).collect();
    // P within the component, by row; which rows have each column; and what leaves the component.
    let mut p: Vec<BTreeMap<usize, f64>> = vec![BTreeMap::new(); m];
    let mut into: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); m];
    let mut leaves = vec![0.0; m];
    let mut flow: Vec<f64> = component.iter().map(|s| visits[*s]).collect();
    for (i, s) in component.iter().enumerate() {
        for &(to, share) in &ways[*s] {
            match at.get(&to) {
                Some(&j) => {
                    *p[i].entry(j).or_insert(0.0) += share;
                    into[j].insert(i);
                }
                None => leaves[i] += share,
            }
        }
    }
    // Takes out the last state: what went to it goes on to where it leads.
    for k in (1..m).rev() {
        let onward: Vec<(usize, f64)> = p[k].range(..k).map(|(j, y)| (*j, *y)).collect();
        let leaving = leaves[k];
        let out = onward.iter().map(|w| w.1).sum::<f64>() + leaving;
        for i in into[k].range(..k).copied().collect::<Vec<_>>() {
            let share = p[i][&k] / out;
            for &(j, y) in &onward {
                *p[i].entry(j).or_insert(0.0) += share * y;
                into[j].insert(i);
            }
            leaves[i] += share * leaving;
        }
        let share = flow[k] / out;
        onward.iter().for_each(|&(j, y)| flow[j] += share * y);
    }
    let mut found = vec![0.0; m];
    for k in 0..m {
        let out = p[k].range(..k).map(|w| w.1).sum::<f64>() + leaves[k];
        let come = flow[k] + into[k].range(..k).map(|i| found[*i] * p[*i][&k]).sum::<f64>();
        found[k] = if come > 0.0 { come / out } else { 0.0 };
    }
    for (s, v) in component.iter().zip(found) {
        visits[*s] = v;
    }
}

/// Strongly connected components (Tarjan 1972) of the stages that ways lead from or to, without recursion: each after those
/// that it leads to.
fn components(ways: &[Vec<(StageId, f64)>]) -> Vec<Vec<StageId>> {
    const NEW: usize = usize::MAX;
    let n = ways.len();
    let (mut order, mut low, mut on) = (vec![NEW; n], vec![0; n], vec![false; n]);
    let (mut stack, mut out, mut count) = (Vec::new(), Vec::new(), 0);
    // Where no way leads from a stage, and none to it, there is nothing to find.
    for root in (0..n).filter(|s| !ways[*s].is_empty()) {
        if order[root] != NEW {
            continue;
        }
        let mut path: Vec<(StageId, usize)> = vec![(root, 0)];
        while let Some((s, next)) = path.pop() {
            if next == 0 {
                (order[s], low[s]) = (count, count);
                count += 1;
                stack.push(s);
                on[s] = true;
            }
            match ways[s].get(next) {
                Some(&(to, _)) => {
                    path.push((s, next + 1));
                    if order[to] == NEW {
                        path.push((to, 0));
                    } else if on[to] {
                        low[s] = low[s].min(order[to]);
                    }
                }
                None => {
                    if let Some(&(before, _)) = path.last() {
                        low[before] = low[before].min(low[s]);
                    }
                    if low[s] == order[s] {
                        let from = stack.iter().rposition(|x| *x == s).unwrap_or(0);
                        let component = stack.split_off(from);
                        component.iter().for_each(|x| on[*x] = false);
                        out.push(component);
                    }
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::model::{Model, Pool, Stage};
    use crate::random::Sampler;

    /// Visits by following the flow step by step.
    fn by_steps(model: &Model, steps: usize) -> Vec<f64> {
        let n = model.stages.len();
        let (mut visits, mut flow) = (vec![0.0; n], vec![0.0; n]);
        flow[model.classes[0].start] = 1.0;
        for _ in 0..steps {
            let mut next = vec![0.0; n];
            for s in 0..n {
                visits[s] += flow[s];
                model.shares(0, s).iter().for_each(|(to, p)| next[*to] += flow[s] * p);
            }
            flow = next;
        }
        visits
    }

    fn of(stages: Vec<crate::model::Stage>) -> Model {
        let mut model = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1)]);
        model.stages = stages;
        model
    }

    #[test]
    fn a_loop_that_hardly_ever_ends_is_no_harder() {
        let time = || Sampler::Constant(60.0);
        for p in [0.5, 0.99, 1.0 - 1e-9] {
            let m = of(vec![Stage::service("a", 0, time(), &[(0, p), (1, 1.0)]), Stage::exit("out")]);
            let visits = m.expected_visits(0);
            assert!(
                (visits[0] * (1.0 - p) - 1.0).abs() < 1e-6 && (visits[1] - 1.0).abs() < 1e-6,
                "{visits:?}"
            );
        }
    }

    #[test]
    fn loops_within_loops_agree_with_the_flow_step_by_step() {
        let time = || Sampler::Constant(60.0);
        let m = of(vec![
            Stage::service("a", 0, time(), &[(1, 0.7), (4, 1.0)]),
            Stage::delay("b", time(), &[(2, 0.6), (0, 0.9), (1, 1.0)]),
            Stage::service("c", 0, time(), &[(1, 0.3), (3, 0.8), (4, 1.0)]),
            Stage::delay("d", time(), &[(0, 0.5), (2, 1.0)]),
            Stage::service("e", 0, time(), &[(4, 0.2), (5, 1.0)]),
            Stage::exit("out"),
        ]);
        let (got, want) = (m.expected_visits(0), by_steps(&m, 4_000));
        for (a, b) in got.iter().zip(&want) {
            assert!((a - b).abs() < 1e-10 * b.max(1.0), "{got:?} {want:?}");
        }
        assert!((got[5] - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_loop_of_thousands_of_stages_is_few_equations() {
        let n = 3_000;
        let mut stages: Vec<Stage> =
            (0..n).map(|s| Stage::delay("d", Sampler::Constant(60.0), &[(s + 1, 1.0)])).collect();
        stages.push(Stage::delay("back", Sampler::Constant(60.0), &[(0, 0.75), (n + 1, 1.0)]));
        stages.push(Stage::exit("out"));
        let m = of(stages);
        let visits = m.expected_visits(0);
        assert!(visits[..=n].iter().all(|v| (v - 4.0).abs() < 1e-9) && (visits[n + 1] - 1.0).abs() < 1e-9);
        let again = m.again_among(&m.ways_from(0, &[0]));
        assert!(again[..=n].iter().all(|x| *x) && !again[n + 1]);
    }

    #[test]
    fn no_way_out_is_infinite() {
        let m = of(vec![Stage::delay("a", Sampler::Constant(60.0), &[(0, 1.0)]), Stage::exit("out")]);
        assert_eq!(m.expected_visits(0)[0], f64::INFINITY);
    }
}
