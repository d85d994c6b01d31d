//! Requests that are served several at once.

use super::Builder;
use super::reach::Sent;
use crate::parts::ServiceIn;
use poolwise_engine::model::{BatchService, Model, ShiftEnd, StageId, StageKind};

/// How many of those who wait are taken into one service.
pub(crate) fn batch_service(b: &mut Builder<'_>, service: &ServiceIn) -> Option<Box<BatchService>> {
    let input = service.batch.as_ref()?;
    let (most, least) = (input.most.get()?.count(), input.least.count());
    let mut cannot = |with: bool, message: String, help: &str| {
        if with {
            b.cx.error(input.place, message).help(help.to_owned());
        }
    };
    cannot(
        least > most,
        format!("a service of at least {least} and at most {most} requests is never begun"),
        "`least` is the number with which it is begun, `most` how many it takes",
    );
    cannot(
        least == 1 && input.after.is_some(),
        "`after` has no meaning where one request is enough".to_owned(),
        "say from how many on it is begun: { most = 8, least = 4, after = \"10 min\" }",
    );
    cannot(
        service.same_officer || service.different_officer,
        "requests that are served together have had no officer in common".to_owned(),
        "leave `same_officer` and `different_officer` out",
    );
    let after = input.after.as_ref().map_or(f64::INFINITY, |after| after.seconds);
    Some(Box::new(BatchService { most, least, after }))
}

/// Whether nothing stands beside it that cannot: at the centres that do it, in the rules that send it there, at the stages after.
pub(crate) fn check(b: &mut Builder<'_>, model: &Model, sent: &Sent) -> bool {
    let mut right = true;
    for (s, stage) in model.stages.iter().enumerate() {
        let given = b.input.stage.0[s].1.service.as_ref().and_then(|x| x.batch.as_ref());
        let Some(place) = given.map(|given| given.place) else { continue };
        let Some(why) = hindrance(model, s, sent) else { continue };
        let message = format!("requests of `{}` are served several at once, and {why}", stage.name);
        b.cx.error(place, message).help("serve them one at a time there, or let others do it");
        right = false;
    }
    right
}

fn hindrance(model: &Model, s: StageId, sent: &Sent) -> Option<String> {
    for centre in sent.keys().filter(|to| to.0 == s).map(|to| &model.centres[to.1]) {
        let why = if centre.shift_end != ShiftEnd::Finish || centre.overtime_limit.is_some() {
            "does not finish what it has in hand at the end of a shift"
        } else if centre.discipline.cuts_off() {
            "cuts off services for urgent ones"
        } else if centre.call_back.is_some() {
            "calls clients back"
        } else {
            continue;
        };
        return Some(format!("`{}` {why}", centre.name));
    }
    if model.rules.iter().any(|rule| rule.stages[s] && rule.duplicate.is_some()) {
        return Some("a route has their work done twice".to_owned());
    }
    let goes_on = |to: StageId| matches!(&model.stages[to].kind, StageKind::Service(x) if x.same_officer);
    let next = model.stages[s].next.iter().find(|branch| goes_on(branch.to))?;
    Some(format!("`{}` is for the same officer", model.stages[next.to].name))
}
