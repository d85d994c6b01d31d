//! `[[route]]` and `[[exception]]`.

use super::Factor;
use crate::collections::{List, Named};
use crate::input::{Req, either, table};
use crate::quantity::{Dur, HoursWord, WeekSpan, WrittenInstant};
use crate::scalar::{CountScalar, Share, Text};

table! {
    /// A rule that says which centre does the work.
    pub(crate) struct RouteIn {
        /// Name, which keys its draws. Default: what the rule says.
        name: Option<Text>,
        /// Service stages it applies to. Default: all.
        stages: Option<List<Text>>,
        /// Classes it applies to. Default: all.
        classes: Option<List<Text>>,
        /// Areas it applies to. Default: all.
        areas: Option<List<Text>>,
        /// When it applies, in the area's local time.
        hours: HoursIn = HoursIn::Word(HoursWord::Always),
        /// The centre: a name, `local` (the area's own), `same` (of the service before), or a list of
        /// which the least loaded is taken.
        to: Req<TargetIn>,
        /// Probability that it applies to a request that fits.
        share: Share = Share::new(1.0),
        /// Only while this trigger is on.
        trigger: Option<Text>,
        /// Moves a request on that waits too long or finds too long a queue.
        overflow: Option<OverflowIn>,
        /// Has the work done a second time elsewhere.
        duplicate: Option<DuplicateIn>,
    }
}

either! {
    /// When a rule applies.
    pub(crate) enum HoursIn {
        /// Always, while the target is open, or at these hours.
        Word(HoursWord),
        /// At any of these hours.
        Spans(List<WeekSpan>),
    }
    expects "\"always\", \"open\", hours such as \"Mon-Fri 06:00-22:00\", or a list of such hours"
}

either! {
    /// Where a rule sends a request.
    pub(crate) enum TargetIn {
        /// A centre, `local` or `same`.
        One(Text),
        /// The least loaded of these.
        LeastLoaded(List<Text>),
    }
    expects "a centre, \"local\", \"same\", or a list of centres"
}

table! {
    /// Moves a waiting request once.
    pub(crate) struct OverflowIn {
        /// After this wait.
        after: Option<Dur>,
        /// At once, when so many are waiting already.
        queue: Option<CountScalar<0>>,
        /// Where to: a centre, `local`, or a list.
        to: Req<TargetIn>,
    }
}

table! {
    /// Has the work done a second time.
    pub(crate) struct DuplicateIn {
        /// Where: a centre, `local`, or a list.
        at: Req<TargetIn>,
        /// With this probability.
        probability: Req<Share>,
        /// When; `open`: while both centres are.
        hours: HoursIn = HoursIn::Word(HoursWord::Always),
        /// When the first copy is finished, the other is stopped.
        stop_later: bool = false,
    }
}

table! {
    /// Something out of the ordinary between two instants of the run's local time.
    pub(crate) struct ExceptionIn {
        /// What reports and messages call it.
        name: Req<Text>,
        /// When it begins, in the run's local time.
        from: Req<WrittenInstant>,
        /// When it is over, in the run's local time.
        until: Req<WrittenInstant>,
        /// Factor on demand, or factors by class and area.
        demand: Option<DemandIn>,
        /// Factors on the officers of centres.
        rosters: Named<Factor> = Named::none(),
        /// Rules that stand before the ordinary ones while it lasts.
        routes: List<RouteIn> = List::none(),
    }
}

either! {
    /// Factor on demand.
    pub(crate) enum DemandIn {
        /// Of all classes and areas.
        All(Factor),
        /// Of some.
        Some(List<DemandFactorIn>),
    }
    expects "a number of at least 0, or a list such as { factor = 1.3, classes = [..] }"
}

impl DemandIn {
    /// The largest of its factors.
    pub(crate) fn largest(&self) -> f64 {
        match self {
            Self::All(factor) => factor.value,
            Self::Some(list) => {
                list.items.iter().filter_map(|d| d.factor.get()).map(|f| f.value).fold(0.0, f64::max)
            }
        }
    }
}

table! {
    /// Factor on some demand.
    pub(crate) struct DemandFactorIn {
        /// The factor.
        factor: Req<Factor>,
        /// Classes. Default: all.
        classes: Option<List<Text>>,
        /// Areas. Default: all.
        areas: Option<List<Text>>,
    }
}
