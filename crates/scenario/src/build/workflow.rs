//! Stages, branches and rework.

use super::batch_service::batch_service;
use super::forks;
use super::preemption::service_priority;
use super::skills::others;
use super::{Builder, SUM_TOLERANCE};
use crate::diagnostic::list;
use crate::distribution::sampler;
use crate::parts::{BranchIn, NextIn, ProbabilityIn, StageIn};
use crate::scalar::Text;
use crate::source::TextSpan;
use poolwise_engine::model::{Branch, Delay, PickupClock, Rework, Service, Stage, StageKind};
use poolwise_engine::random::name_key;

/// Probability of each branch by class. Not a number for a class that the branch does not name: an
/// error only where the class comes by, which [`super::graph`] knows.
pub(crate) type Chances = Vec<Vec<f64>>;

/// The stages, and the probabilities of each one's branches.
pub(super) fn stages(b: &mut Builder<'_>) -> (Vec<Stage>, Vec<Chances>) {
    let input = b.input;
    input
        .stage
        .iter()
        .map(|(name, stage)| {
            b.workflow_ok &= b.cx.intact(stage.place);
            let (next, chances) = next(b, name, stage);
            if stage.rebook && stage.delay.is_none() {
                b.cx.error(
                    name.place,
                    format!("`rebook` goes with a `delay` only, and `{}` is none", name.as_str()),
                );
            }
            let stage = Stage {
                name: name.value.clone(),
                key: name_key(name.as_str()),
                kind: kind(b, stage),
                next,
                starts_clock: stage.starts_clock.unwrap_or(false),
                done: stage.done.unwrap_or(false),
            };
            (stage, chances)
        })
        .unzip()
}

fn kind(b: &mut Builder<'_>, stage: &StageIn) -> StageKind {
    if let Some(pickup) = &stage.pickup_clock
        && stage.delay.is_none()
    {
        b.cx.error(pickup.place, "`pickup_clock` goes with a `delay` only");
    }
    if let Some(service) = &stage.service {
        if service.same_officer && service.different_officer {
            b.cx.error(service.place, "`same_officer` and `different_officer` contradict each other");
        }
        let (others, officers) = others(b, service);
        return StageKind::Service(Service {
            role: b.role(service.role.get()),
            officers,
            others,
            time: sampler(service.time.get(), &mut b.files, b.cx),
            after_work: service
                .after_work
                .as_ref()
                .map(|time| Box::new(sampler(Some(time), &mut b.files, b.cx))),
            priority: service_priority(b, service.priority.as_ref()),
            same_officer: service.same_officer,
            different_officer: service.different_officer,
            overtaking: service.overtaking,
            batch: batch_service(b, service),
        });
    }
    if stage.delay.is_some() {
        let time = sampler(stage.delay.as_ref(), &mut b.files, b.cx);
        let pickup = stage.pickup_clock.as_ref().map(|p| PickupClock {
            hold: p.hold.get().map_or(1.0, |h| h.seconds),
            business_days: p.business_days,
            exit: b.stage(p.exit.get()),
        });
        return StageKind::Delay(Delay { time, pickup, rebook: stage.rebook });
    }
    if let Some(join) = &stage.join {
        return StageKind::Join(forks::join(b, stage, join));
    }
    if stage.fork.is_some() {
        return StageKind::Fork;
    }
    if stage.exit.is_none() {
        b.workflow_ok = false;
    }
    StageKind::Exit
}

fn next(b: &mut Builder<'_>, name: &Text, stage: &StageIn) -> (Vec<Branch>, Chances) {
    let whole = b.names.classes.len();
    if stage.exit.is_some() {
        if stage.next.is_some() {
            b.cx.error(name.place, format!("the exit `{}` has a `next`", name.as_str()));
        }
        return (Vec::new(), Vec::new());
    }
    if let Some(firsts) = &stage.fork {
        if stage.next.is_some() {
            b.cx.error(name.place, format!("the fork `{}` has a `next`", name.as_str()))
                .help("its branches are what follows; the stage with `join` at which they end says where the request goes on");
        }
        return forks::branches(b, firsts);
    }
    match &stage.next {
        None => {
            b.workflow_ok = false;
            b.cx.error(name.place, format!("the stage `{}` has no `next`", name.as_str()))
                .help("every stage that is not an exit says where a request goes next");
            (Vec::new(), Vec::new())
        }
        Some(NextIn::Stage(to)) => {
            let branch = Branch { to: b.stage(Some(to)), cumulative: vec![1.0; whole], delay: None };
            (vec![branch], vec![vec![1.0; whole]])
        }
        Some(NextIn::Branches(branches)) => branch_list(b, &branches.items, branches.place),
    }
}

fn branch_list(b: &mut Builder<'_>, branches: &[BranchIn], place: TextSpan) -> (Vec<Branch>, Chances) {
    if branches.is_empty() {
        b.workflow_ok = false;
        b.cx.error(place, "the list of branches is empty");
    }
    b.workflow_ok &= b.cx.intact(place) && branches.iter().all(|x| b.cx.intact(x.place));
    let classes = b.names.classes.len();
    let mut out = Vec::with_capacity(branches.len());
    let mut total = vec![0.0_f64; classes];
    let mut rest: Option<usize> = None;
    let mut each: Chances = Vec::with_capacity(branches.len());
    for (i, branch) in branches.iter().enumerate() {
        let to = b.stage(branch.to.get());
        let p = match &branch.probability {
            None => {
                if rest.is_some() {
                    b.cx.error(branch.place, "a second branch without a probability")
                        .help("at most one branch takes the rest");
                }
                rest = Some(i);
                vec![0.0; classes]
            }
            Some(ProbabilityIn::All(p)) => vec![p.value; classes],
            Some(ProbabilityIn::ByClass(table)) => {
                let mut p = vec![f64::NAN; classes];
                for (class, share) in table.iter() {
                    if let Some(c) = b.names.classes.find(class, b.cx) {
                        p[c] = share.value;
                    }
                }
                p
            }
        };
        for (t, p) in total.iter_mut().zip(&p) {
            *t += p;
        }
        each.push(p);
        let delay = branch.delay.as_ref().map(|d| sampler(Some(d), &mut b.files, b.cx));
        out.push(Branch { to, cumulative: Vec::new(), delay });
    }
    check_sums(b, &total, rest.is_some(), place);
    if let Some(i) = rest {
        // A class whose sum is unknown keeps an unknown rest; the check of the graph speaks of it.
        each[i] = total.iter().map(|t| if 1.0 - t < SUM_TOLERANCE { 0.0 } else { 1.0 - t }).collect();
    }
    let mut sum = vec![0.0_f64; classes];
    for (branch, p) in out.iter_mut().zip(&each) {
        for (s, p) in sum.iter_mut().zip(p) {
            *s += p;
        }
        branch.cumulative.clone_from(&sum);
    }
    if let Some(last) = out.last_mut() {
        last.cumulative = vec![1.0; classes];
    }
    // A class that never comes by may be unnamed: any valid numbers will do for it.
    for branch in &mut out {
        for c in &mut branch.cumulative {
            *c = if c.is_nan() { 1.0 } else { c.min(1.0) };
        }
    }
    (out, each)
}

fn check_sums(b: &mut Builder<'_>, total: &[f64], rest: bool, place: TextSpan) {
    let wrong: Vec<usize> = (0..total.len())
        .filter(
            |c| if rest { total[*c] > 1.0 + SUM_TOLERANCE } else { (total[*c] - 1.0).abs() > SUM_TOLERANCE },
        )
        .filter(|c| !total[*c].is_nan())
        .collect();
    let Some(first) = wrong.first() else { return };
    let sum = (total[*first] * 1e12).round() / 1e12;
    let of = if wrong.len() == total.len() && wrong.iter().all(|c| total[*c] == total[*first]) {
        String::new()
    } else {
        let names: Vec<&str> = wrong.iter().map(|c| b.names.classes.name(*c)).collect();
        format!(" for {}", list(&names))
    };
    let message = if rest {
        format!("the probabilities sum to {sum}{of}, more than 1")
    } else {
        format!("the probabilities sum to {sum}{of}, not to 1")
    };
    let note = b.cx.error(place, message);
    if !rest {
        note.help("leave one branch without a probability: it takes the rest");
    }
}

/// Work that comes back.
pub(super) fn rework(b: &mut Builder<'_>) -> Option<Rework> {
    let input = b.input.rework.as_ref()?;
    b.workflow_ok &= b.cx.intact(input.place);
    Some(Rework {
        documented_at: b.stage(input.documented_at.get()),
        probability: input.probability.get().map_or(0.0, |p| p.value),
        after: sampler(input.after.get(), &mut b.files, b.cx),
        redone: input.redone.value,
        stage: b.stage(input.stage.get()),
    })
}
