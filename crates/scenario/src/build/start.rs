//! `[start]`: requests that are there when the run begins.

use super::Builder;
use super::forks;
use crate::parts::StartIn;
use crate::scalar::Text;
use crate::source::TextSpan;
use poolwise_engine::model::{Centre, Class, ClassId, Stage, StageId, StageKind, StartState};

/// The state at the origin.
pub(super) fn states(
    b: &mut Builder<'_>,
    stages: &[Stage],
    classes: &[Class],
    centres: &[Centre],
) -> Vec<StartState> {
    let input = b.input;
    let at_origin = &input.start.centres;
    if input.start.now.at.is_none() {
        return at_origin
            .iter()
            .filter_map(|(name, state)| one(b, name, state, stages, classes, centres))
            .collect();
    }
    if let Some((name, _)) = at_origin.iter().next() {
        b.cx.error(
            name.place,
            format!("`{}` has requests at the origin of a run that begins now", name.as_str()),
        )
        .help("say what is in hand with `cases`");
    }
    input
        .start
        .now
        .cases
        .as_ref()
        .map_or_else(Vec::new, |cases| super::cases::cases(b, cases, (stages, classes, centres)))
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
    let stage = at_stage(b, input.stage.as_ref(), (centre, name.place), stages, centres)?;
    let place = input.stage.as_ref().map_or(name.place, |s| s.place);
    let class = class_at(b, input.class.as_ref(), (stage, place), stages, classes)?;
    let area = match &input.area {
        Some(area) => Some(b.names.areas.find(area, b.cx)?),
        None => None,
    };
    let fresh = StartState::waiting(centre, input.requests.get()?.count(), stage, class);
    Some(StartState { area, ..fresh })
}

/// The service stage that requests are at, the first where none is named; somebody at the centre does it.
pub(super) fn at_stage(
    b: &mut Builder<'_>,
    named: Option<&Text>,
    (centre, place): (usize, TextSpan),
    stages: &[Stage],
    centres: &[Centre],
) -> Option<StageId> {
    let stage = match named {
        Some(stage) => b.names.stages.find(stage, b.cx)?,
        None => stages.iter().position(|s| matches!(s.kind, StageKind::Service(_)))?,
    };
    let place = named.map_or(place, |s| s.place);
    let StageKind::Service(service) = &stages[stage].kind else {
        b.cx.error(
            place,
            format!("stage `{}` is no service: nobody waits there for an officer", stages[stage].name),
        );
        return None;
    };
    if !forks::may_start_at(b, stages, stage, place) {
        return None;
    }
    if !centres[centre].pools.iter().any(|p| p.roles >> service.role & 1 == 1) {
        let name = b.names.centres.name(centre).to_owned();
        b.cx.error(place, format!("nobody at `{name}` can do stage `{}`", stages[stage].name))
            .help("name a stage whose role its officers hold");
        return None;
    }
    Some(stage)
}

/// The class of requests at a stage, the first that comes there where none is named.
pub(super) fn class_at(
    b: &mut Builder<'_>,
    named: Option<&Text>,
    (stage, place): (StageId, TextSpan),
    stages: &[Stage],
    classes: &[Class],
) -> Option<ClassId> {
    let comes = |class: ClassId| reached(stages, classes[class].start, class, stage);
    match named {
        Some(class) => {
            let found = b.names.classes.find(class, b.cx)?;
            if !comes(found) {
                b.cx.error(
                    class.place,
                    format!("class `{}` never comes to stage `{}`", class.as_str(), stages[stage].name),
                );
                return None;
            }
            Some(found)
        }
        None => {
            let first = (0..classes.len()).find(|c| comes(*c));
            if first.is_none() {
                b.cx.error(place, format!("no class comes to stage `{}`", stages[stage].name));
            }
            first
        }
    }
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
