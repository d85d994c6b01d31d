//! Calling back those who do not stay in line.

use super::Builder;
use crate::distribution::sampler;
use crate::parts::{CallBackIn, CentreIn};
use poolwise_engine::model::CallBack;
use poolwise_engine::random::Sampler;

/// How a centre calls back.
pub(super) fn call_back(b: &mut Builder<'_>, input: &CentreIn) -> Option<Box<CallBack>> {
    let input: &CallBackIn = input.call_back.as_ref()?;
    let in_vain = input.answered.value < 1.0;
    let mut lacks = |missing: bool, what: &str, why: &str| {
        if missing {
            b.cx.error(input.place, format!("a call-back needs `{what}` where {why}")).help(
                "see the section on call-backs: { answered = 0.8, ringing = \"30 s\", exit = \"stage\" }",
            );
        }
    };
    lacks(in_vain && input.ringing.is_none(), "ringing", "some calls are not answered");
    lacks(in_vain && input.exit.is_none(), "exit", "some calls are not answered");
    let again = in_vain && input.attempts.value > 1;
    lacks(again && input.again_after.is_none(), "again_after", "there may be several calls");
    let mut time = |given: Option<&crate::parts::Dist>| match given {
        Some(_) => sampler(given, &mut b.files, b.cx),
        None => Sampler::Constant(0.0),
    };
    let (ringing, again) = (time(input.ringing.as_ref()), time(input.again_after.as_ref()));
    Some(Box::new(CallBack {
        queue: input.queue.count(),
        accepted: input.accepted.value,
        answered: input.answered.value,
        ringing,
        attempts: input.attempts.count(),
        again,
        // Nobody goes there where each call is answered: any exit will do.
        exit: match &input.exit {
            Some(exit) => b.stage(Some(exit)),
            None => b.input.stage.iter().position(|(_, stage)| stage.exit.is_some()).unwrap_or(0),
        },
    }))
}
