//! `[stage.<name>]` and `[rework]`.

use super::Dist;
use super::preemption::ServicePriorityIn;
use crate::collections::{List, Named};
use crate::input::{Req, either, table};
use crate::quantity::Span;
use crate::scalar::{Share, Text, True, Whole};
use crate::word::ChoiceWord;
use poolwise_engine::model::Rest;

table! {
    /// A step of the workflow: a delay, a service, a fork, a join or an exit.
    pub(crate) struct StageIn {
        /// Time that needs nobody.
        delay: Option<Dist>,
        /// Work by officers.
        service: Option<ServiceIn>,
        /// Work goes on in several branches at once: the stage at which each of them begins.
        fork: Option<List<Text>>,
        /// The branches of a fork end here, and the request goes on.
        join: Option<JoinIn>,
        /// The request leaves here.
        exit: Option<True>,
        /// Where a request goes next: a stage, or branches.
        next: Option<NextIn>,
        /// A limit on the delay, counted from the request's deadline.
        pickup_clock: Option<PickupIn>,
        /// The request is out of reach for the length of the delay and arrives anew at its end.
        rebook: bool = false,
        /// The clock of "time to completion" starts when a request first reaches this stage. Default:
        /// where no stage says so, the first service stage that a request reaches.
        starts_clock: Option<bool>,
        /// A request is done when it leaves this stage (reaches it, for an exit). Default: where no stage
        /// says so, at every exit that is not one of lost, lapsed, balked or blocked requests.
        done: Option<bool>,
    }
    exactly_one [delay, service, fork, join, exit]
}

either! {
    /// Where the branches of a fork come together.
    pub(crate) enum JoinIn {
        /// All of them are waited for.
        All(True),
        /// Some of them are enough.
        Table(JoinTableIn),
    }
    expects "true, or a table such as { need = 1, rest = \"cancel\" }"
}

table! {
    /// What a join waits for.
    pub(crate) struct JoinTableIn {
        /// So many branches must have come for the request to go on. Default: all of them.
        need: Option<Whole<1, 1000>>,
        /// What becomes of the others then.
        rest: ChoiceWord<Rest> = ChoiceWord(Rest::Cancel),
    }
    as replaced
}

table! {
    /// Work by officers.
    pub(crate) struct ServiceIn {
        /// Role asked for. Roles exist by being asked for.
        role: Req<Text>,
        /// Officers at once, for the whole time.
        officers: Whole<1, 1000> = Whole::new(1),
        /// Officers of other roles that it takes beside them, by role.
        with: Named<Whole<1, 1000>> = Named::none(),
        /// Its duration at speed 1.
        time: Req<Dist>,
        /// Work that keeps the officers when the request has gone on, at speed 1.
        after_work: Option<Dist>,
        /// Priority of those who wait for it. Default: their class's.
        priority: Option<ServicePriorityIn>,
        /// The officer of the stage before goes on with it at once.
        same_officer: bool = false,
        /// Somebody other than the officer of the stage before must do it.
        different_officer: bool = false,
        /// While it waits for several officers, later requests may be started.
        overtaking: bool = true,
        /// Several of those who wait are served together. Default: one at a time.
        batch: Option<BatchServiceIn>,
    }
    such "{ role = \"officer\", time = \"20 min\" }"
}

table! {
    /// Requests that are served together.
    pub(crate) struct BatchServiceIn {
        /// Most at once.
        most: Req<Whole<1, 1_000_000>>,
        /// Fewest with whom it is begun.
        least: Whole<1, 1_000_000> = Whole::new(1),
        /// Who has waited so long is served with as many as there are. Default: never with fewer than the fewest.
        after: Option<Span>,
    }
    as replaced
}

impl ServiceIn {
    /// Names of the roles that it asks for, its own first.
    pub(crate) fn roles(&self) -> impl Iterator<Item = &Text> {
        self.role.get().into_iter().chain(self.with.iter().map(|(name, _)| name))
    }
}

either! {
    /// Where a request goes next.
    pub(crate) enum NextIn {
        /// One stage.
        Stage(Text),
        /// One of several.
        Branches(List<BranchIn>),
    }
    expects "a stage's name, or a list of branches such as { to = \"stage\", probability = 0.4 }"
}

table! {
    /// One way on.
    pub(crate) struct BranchIn {
        /// The next stage.
        to: Req<Text>,
        /// Its probability; the one branch without takes the rest.
        probability: Option<ProbabilityIn>,
        /// Delay on the way.
        delay: Option<Dist>,
    }
}

either! {
    /// A probability.
    pub(crate) enum ProbabilityIn {
        /// The same for all classes.
        All(Share),
        /// By class.
        ByClass(Named<Share>),
    }
    expects "a number from 0 to 1, or a table of such numbers by class"
}

table! {
    /// A hold after the drawn release instant.
    pub(crate) struct PickupIn {
        /// Length of the hold.
        hold: Req<Span>,
        /// Saturdays, Sundays and holidays do not count.
        business_days: bool = false,
        /// Exit of a request whose hold runs out.
        exit: Req<Text>,
    }
}

table! {
    /// Work that comes back because a request is met again and was badly documented.
    pub(crate) struct ReworkIn {
        /// The service stage whose centre documents the case.
        documented_at: Req<Text>,
        /// Probability that the request is met again.
        probability: Req<Share>,
        /// Time from documentation until then.
        after: Req<Dist>,
        /// Share of the badly documented whose work is redone.
        redone: Share = Share::new(1.0),
        /// Stage that a returning request enters.
        stage: Req<Text>,
    }
}
