//! A class's way through the workflow, followed branch by branch.

use poolwise_engine::model::{ClassId, Model, StageId, StageKind};

/// A class's way through the workflow.
pub(super) struct ClassPath {
    /// Expected visits of a request to each stage.
    pub visits: Vec<f64>,
    /// Whether a service can come before.
    pub after_service: Vec<bool>,
    /// Whether a delay can come before.
    pub delays: Vec<StageId>,
    /// Whether it can be visited again, or comes after a time out of reach or for rework.
    pub again: Vec<bool>,
    /// Whether requests may come that gave up or were turned away.
    pub aside: Vec<bool>,
    /// A delay on a branch.
    pub branch_delays: bool,
}

impl ClassPath {
    /// Follows the branches that the class can take.
    pub(super) fn new(model: &Model, class: ClassId) -> Self {
        let n = model.stages.len();
        let asides = model.asides(class);
        let redone = model.rework.as_ref().filter(|r| r.probability * r.redone > 0.0).map(|r| r.stage);
        // Only the ways that the class can come to: each of thousands of classes may have stages of its own.
        let mut entries = vec![model.classes[class].start];
        entries.extend(
            asides.iter().copied().chain(redone).chain(model.run.start.iter().map(|state| state.stage)),
        );
        let ways = model.ways_from(class, &entries);
        let visits = model.expected_visits(class);
        let reach = |from: &[StageId]| -> Vec<bool> {
            let mut seen = vec![false; n];
            let mut open = from.to_vec();
            while let Some(s) = open.pop() {
                for &(to, _) in &ways[s] {
                    if !seen[to] {
                        seen[to] = true;
                        open.push(to);
                    }
                }
            }
            seen
        };
        let visited: Vec<StageId> = (0..n).filter(|s| visits[*s] > 0.0).collect();
        let services: Vec<StageId> = visited
            .iter()
            .copied()
            .filter(|s| matches!(model.stages[*s].kind, StageKind::Service(_)))
            .collect();
        let after_service = reach(&services);
        let mut again = model.again_among(&ways);
        let rebooked: Vec<StageId> = visited
            .iter()
            .copied()
            .filter(|s| matches!(&model.stages[*s].kind, StageKind::Delay(d) if d.rebook))
            .collect();
        let mut back = reach(&rebooked);
        if let Some(stage) = redone {
            back[stage] = true;
            back.iter_mut().zip(reach(&[stage])).for_each(|(b, r)| *b |= r);
        }
        again.iter_mut().zip(back).for_each(|(a, b)| *a |= b);
        let delays = visited
            .iter()
            .copied()
            .filter(|s| !after_service[*s] && matches!(model.stages[*s].kind, StageKind::Delay(_)))
            .collect();
        let branch_delays = visited
            .iter()
            .any(|s| !after_service[*s] && model.stages[*s].next.iter().any(|b| b.delay.is_some()));
        let mut aside = reach(&asides);
        asides.iter().for_each(|s| aside[*s] = true);
        Self { aside, visits, after_service, delays, again, branch_delays }
    }
}
