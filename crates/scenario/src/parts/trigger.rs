//! `[[trigger]]`: rules that react to the state of a centre.

use super::{Dist, HoursIn};
use crate::collections::List;
use crate::input::{Req, table};
use crate::quantity::{Dur, HoursWord};
use crate::scalar::{CountScalar, NonNegative, Share, Text};

table! {
    /// A rule that is on while a centre needs it.
    pub(crate) struct TriggerIn {
        /// What routes and reports call it.
        name: Req<Text>,
        /// The centre that is watched. Default: the only one.
        at: Option<Text>,
        /// Only those who wait for this role are looked at. Default: all who wait at the centre.
        role: Option<Text>,
        /// What puts it on. Without it, its hours alone do.
        on: Option<MeasuredIn>,
        /// It goes off when less than this is reached, of the same kind as `on`. Default: as `on`.
        off: Option<MeasuredIn>,
        /// Hours in which it may be on, by the centre's clock.
        hours: HoursIn = HoursIn::Word(HoursWord::Always),
        /// Officers whom it calls in.
        call_in: List<CallInIn> = List::none(),
        /// Officers whom it moves.
        move_officers: List<MoveIn> = List::none(),
        /// Gates that it closes.
        close: List<GateIn> = List::none(),
    }
}

table! {
    /// What is measured at a centre.
    pub(crate) struct MeasuredIn {
        /// So many wait, or more.
        queue: Option<CountScalar<1>>,
        /// Somebody has waited for so long since the stage was reached, or longer.
        oldest: Option<Dur>,
        /// Of those begun or gone in the last hour, less than this share were begun within `run.answer_within`.
        answered_below: Option<Share>,
    }
    exactly_one [queue, oldest, answered_below]
}

table! {
    /// Officers on call.
    pub(crate) struct CallInIn {
        /// How many come.
        officers: Req<CountScalar<1>>,
        /// Where they work. Default: the centre that is watched.
        centre: Option<Text>,
        /// Roles that they hold. Default: all that the centre's officers hold.
        roles: Option<List<Text>>,
        /// Time from the call until they are there.
        lead: Option<Dist>,
        /// They stay for at least so long.
        stay: Dur = Dur::new(0.0),
        /// What an hour of theirs costs on top of ordinary pay, as a share of it.
        premium: NonNegative = NonNegative::new(0.0),
        /// Time that each of them is paid for each call-in besides the time there.
        allowance: Dur = Dur::new(0.0),
    }
    such "{ officers = 2, lead = \"45 min\" }"
}

table! {
    /// Officers on shift who help elsewhere, or in another role, and go back.
    pub(crate) struct MoveIn {
        /// How many, at most.
        officers: Req<CountScalar<1>>,
        /// Where they are on shift.
        from: Req<Text>,
        /// Where they help. Default: the centre that is watched.
        to: Option<Text>,
        /// Roles that they hold there. Default: all that the centre's officers hold.
        roles: Option<List<Text>>,
        /// How long they travel, there and back.
        travel: Dur = Dur::new(0.0),
    }
}

table! {
    /// A gate that turns away who would have to wait.
    pub(crate) struct GateIn {
        /// Exit of those turned away, or any stage at which they go on.
        exit: Req<Text>,
        /// Where. Default: the centre that is watched.
        centre: Option<Text>,
        /// Classes that are turned away. Default: all.
        classes: Option<List<Text>>,
    }
}
