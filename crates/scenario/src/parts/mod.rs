//! The tables of a scenario as planners write them: keys, types, defaults. Each declaration is at once
//! the parser, the merge rule, the canonical form and the schema.

mod appointments;
mod batch;
mod call_back;
mod concurrency;
mod demand;
mod handling;
mod lever;
mod preemption;
mod redial;
mod reserve;
mod roster;
mod route;
mod run;
mod skills;
mod staff;
mod start;
mod trigger;
mod workflow;

pub(crate) use crate::distribution::*;
pub(crate) use appointments::*;
pub(crate) use batch::*;
pub(crate) use call_back::*;
pub(crate) use demand::*;
pub(crate) use handling::*;
pub(crate) use lever::*;
pub(crate) use preemption::*;
pub(crate) use redial::*;
pub(crate) use reserve::*;
pub(crate) use roster::*;
pub(crate) use route::*;
pub(crate) use run::*;
pub(crate) use skills::*;
pub(crate) use staff::*;
pub(crate) use start::*;
pub(crate) use trigger::*;
pub(crate) use workflow::*;

use super::collections::{List, Named};
use super::input::{Req, either, table};
use super::quantity::Date;
use super::scalar::{Prose, Text};
use super::word::ChoiceWord;
use poolwise_planning::allocation::ShiftShape;

table! {
    /// A noun whose plural is not made by rule.
    pub(crate) struct Plural {
        /// One of them.
        one: Req<Text>,
        /// The word for more than one.
        many: Req<Text>,
    }
    as replaced
}

either! {
    /// A noun: in the singular, or with its plural where that is not made by rule.
    pub(crate) enum NounIn {
        /// In the singular.
        Regular(Text),
        /// With its plural.
        Irregular(Plural),
    }
    expects "a word such as \"call\", or { one = \"person\", many = \"people\" }"
}

table! {
    /// A poolwise scenario.
    pub(crate) struct ScenarioIn {
        /// Another scenario file, beside this one, that this one changes: tables are merged, lists and
        /// distributions replaced.
        extends: Option<Text>,
        /// Name of the scenario and of its folder of results: letters, digits, `-`, `_`, `.`. Default:
        /// the file's name. Not inherited.
        name: Option<Text>,
        /// One line for tables and pictures. Default: the name. Not inherited.
        title: Option<Prose>,
        /// Free text for the manifest. Not inherited.
        description: Option<Prose>,
        /// Who wrote the scenario, for pages. Not inherited.
        author: Option<Prose>,
        /// The day as of which the scenario holds, for pages: pages bear no date of the run, so that the same results are
        /// the same bytes. Not inherited.
        date: Option<Date>,
        /// What a request is called in reports: `call`, `ticket`, `patient`. Default: `request`.
        unit: Option<NounIn>,
        /// What an officer is called in reports: `agent`, `nurse`, `clerk`. Default: `server`.
        officer: Option<NounIn>,
        /// Whether `compare` takes this scenario as the baseline. Not inherited.
        baseline: bool = false,
        /// Default `shape` of all pools by headcount.
        roster_shape: ChoiceWord<ShiftShape> = ChoiceWord(ShiftShape::Load),
        /// Calendar, horizon, replications.
        run: RunIn = RunIn::default(),
        /// From headcount to rostered hours.
        workforce: WorkforceIn = WorkforceIn::default(),
        /// Kinds of request, by name.
        class: Named<ClassIn> = Named::none(),
        /// Where requests come from, by name. Without any, one area called `all`.
        area: Named<AreaIn> = Named::none(),
        /// Steps of the workflow, by name.
        stage: Named<StageIn> = Named::none(),
        /// Places with officers, by name.
        centre: Named<CentreIn> = Named::none(),
        /// Officers by headcount, spread over centres and shifts by the program, by name.
        pool: Named<PoolIn> = Named::none(),
        /// What is there when the run begins: now, or at the origin by centre. Without any, it starts empty.
        start: StartsIn = StartsIn::none(),
        /// Rules that say which centre does the work; in order, the first match wins. Without any, and
        /// with one centre, everything goes there.
        route: List<RouteIn> = List::none(),
        /// Rules that react to the state of a centre.
        trigger: List<TriggerIn> = List::none(),
        /// Dated exceptions: outages, surges, injunctions.
        exception: List<ExceptionIn> = List::none(),
        /// Work that comes back.
        rework: Option<ReworkIn>,
        /// Factors on handling times by hour and place.
        handling: List<HandlingIn> = List::none(),
        /// Rules for drawing up rosters.
        roster: Option<RosterIn>,
        /// What hours cost. The same table may stand in `roster`.
        pay: Option<PayIn>,
        /// What released officers could do in teams in the field.
        at_large: Option<AtLargeIn>,
        /// Levers that a page shows first, by name.
        lever: Option<Named<LeverIn>>,
    }
}
