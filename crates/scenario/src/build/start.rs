//! `[start.<centre>]`: requests that are there when the run begins.

use super::Builder;
use crate::parts::StartIn;
use crate::scalar::Text;
use poolwise_engine::model::{Centre, Class, ClassId, Stage, StageId, StageKind, StartState};

/// The state at the origin.
pub fn states(
    b: &mut Builder<'_>,
    stages: &[Stage],
    classes: &[Class],
    centres: &[Centre],
) -> Vec<StartState> {
    let input = b.input;
    input.start.iter().filter_map(|(name, state)| one(b, name, state, stages, classes, centres)).collect()
}

fn one(
    b: &mut Builder<'_>,
    name: &Text,
    input: &StartIn,
    stages: &[Stage],
    classes: &[Class],
    centres: &[Centre],
) -> Option<StartState> {
    let centre = b.names.centres.find(name, b.cx)?;
    let stage = match &input.stage {
        Some(stage) => b.names.stages.find(stage, b.cx)?,
        None => stages.iter().position(|s| matches!(s.kind, StageKind::Service(_)))?,
    };
    let place = input.stage.as_ref().map_or(name.place, |s| s.place);
    let StageKind::Service(service) = &stages[stage].kind else {
        b.cx.error(
            place,
            format!("stage `{}` is no service: nobody waits there for an officer", stages[stage].name),
        );
        return None;
    };
    if !centres[centre].pools.iter().any(|p| p.roles >> service.role & 1 == 1) {
        b.cx.error(place, format!("nobody at `{}` can do stage `{}`", name.as_str(), stages[stage].name))
            .help("name a stage whose role its officers hold");
        return None;
    }
    let comes = |class: ClassId| reached(stages, classes[class].start, class, stage);
    let class = match &input.class {
        Some(class) => {
            let found = b.names.classes.find(class, b.cx)?;
            if !comes(found) {
                b.cx.error(
                    class.place,
                    format!("class `{}` never comes to stage `{}`", class.as_str(), stages[stage].name),
                );
                return None;
            }
            found
        }
        None => match (0..classes.len()).find(|c| comes(*c)) {
            Some(class) => class,
            None => {
                b.cx.error(place, format!("no class comes to stage `{}`", stages[stage].name));
                return None;
            }
        },
    };
    let area = match &input.area {
        Some(area) => Some(b.names.areas.find(area, b.cx)?),
        None => None,
    };
    Some(StartState { centre, requests: input.requests.get()?.count(), stage, class, area })
}

/// Whether a class can come to a stage.
fn reached(stages: &[Stage], from: StageId, class: ClassId, to: StageId) -> bool {
    let mut seen = vec![false; stages.len()];
    let mut open = vec![from];
    while let Some(s) = open.pop() {
        if s == to {
            return true;
        }
        if std::mem::replace(&mut seen[s], true) {
            continue;
        }
        let mut before = 0.0;
        for branch in &stages[s].next {
            if branch.cumulative[class] > before {
                open.push(branch.to);
            }
            before = branch.cumulative[class];
        }
    }
    false
}
