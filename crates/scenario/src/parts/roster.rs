//! `[roster]` and `[at_large]`: rules for drawing up rosters, pay, and what released officers could do.

use super::BreakIn;
use crate::collections::{List, Named};
use crate::input::{Req, either, table};
use crate::quantity::{Clock, Dur, Span, WeekSpan, Weekdays};
use crate::scalar::{CountScalar, NonNegative, Positive, Share, Text, Whole};
use crate::word::ChoiceWord;
use poolwise_engine::model::HolidayWork;
use poolwise_planning::roster_rules::{Cover, Least};

table! {
    /// Rules for drawing up rosters.
    pub(crate) struct RosterIn {
        /// What is to be least.
        least: ChoiceWord<Least> = ChoiceWord(Least::Officers),
        /// Most nodes of the branch-and-bound search for one roster.
        nodes: Whole<0, 1_000_000> = Whole::new(poolwise_planning::roster_rules::NODES as i64),
        /// Permitted shifts. Default: those that the scenario has at each centre.
        shifts: Option<List<ShiftRuleIn>>,
        /// When the requirement holds. Default: on the mean, but for targets in every hour.
        cover: Option<ChoiceWord<Cover>>,
        /// Fewest officers on duty while the centre is open.
        minimum: CountScalar<0> = CountScalar::new(0),
        /// Most officers on duty at a time.
        maximum: Option<CountScalar<1>>,
        /// Most officers employed at a centre.
        officers: Option<CountScalar<1>>,
        /// When the centre is open: whole hours of its week. Default: while officers are required.
        open: Option<OpenIn>,
        /// Least time between the end of an officer's shift and the start of the next.
        rest: Dur = Dur::new(0.0),
        /// Share of officers who have the weekend off.
        weekends_off: Share = Share::new(0.0),
        /// Whether officers work both days of a weekend or neither.
        whole_weekends: bool = false,
        /// Probability that enough officers come, where some are absent; 0 leaves absence out.
        absence_cover: Share = Share::new(0.5),
        /// Rules of single centres, by name; what they leave out is as above.
        at: Named<RosterAtIn> = Named::none(),
        /// What hours cost.
        pay: Option<PayIn>,
    }
}

table! {
    /// Rules for the rosters of one centre.
    pub(crate) struct RosterAtIn {
        /// Permitted shifts.
        shifts: Option<List<ShiftRuleIn>>,
        /// When the requirement holds.
        cover: Option<ChoiceWord<Cover>>,
        /// Fewest officers on duty while the centre is open.
        minimum: Option<CountScalar<0>>,
        /// Most officers on duty at a time.
        maximum: Option<CountScalar<1>>,
        /// Most officers employed.
        officers: Option<CountScalar<1>>,
        /// When it is open.
        open: Option<OpenIn>,
        /// Least time between the end of an officer's shift and the start of the next.
        rest: Option<Dur>,
        /// Share of officers who have the weekend off.
        weekends_off: Option<Share>,
        /// Whether officers work both days of a weekend or neither.
        whole_weekends: Option<bool>,
        /// Probability that enough officers come.
        absence_cover: Option<Share>,
    }
}

either! {
    /// Hours of the week.
    pub(crate) enum OpenIn {
        /// One span.
        One(WeekSpan),
        /// Several spans, each of which counts.
        Several(List<WeekSpan>),
    }
    expects "hours such as \"Mon-Fri 06:00-22:00\", or a list of such hours"
}

table! {
    /// A kind of permitted shift. An officer works the same one on so many days a week.
    pub(crate) struct ShiftRuleIn {
        /// Starts by the centre's clock.
        starts: Option<List<Clock>>,
        /// A start at midnight and after every such time.
        every: Option<Span>,
        /// Length, at most 24 hours.
        length: Req<Span>,
        /// Days on which it may start.
        days: Weekdays = Weekdays::ALL,
        /// Days that an officer works a week. Default: as many as the hours a week allow.
        days_on: Option<Whole<1, 7>>,
        /// Whether these days follow each other.
        consecutive: bool = true,
        /// Breaks, in order.
        breaks: List<BreakIn> = List::none(),
        /// Roles whose officers may work it. Default: all.
        roles: Option<List<Text>>,
        /// Whether it is worked on holidays.
        holidays: ChoiceWord<HolidayWork> = ChoiceWord(HolidayWork::Work),
    }
    exactly_one [starts, every]
}

table! {
    /// What hours cost.
    pub(crate) struct PayIn {
        /// An ordinary hour.
        hour: Req<Positive>,
        /// Name of the currency.
        currency: Text = Text::new("USD"),
        /// An hour of overtime, as a multiple of an ordinary one.
        overtime: Positive = Positive::new(1.5),
        /// Extra pay at certain hours.
        premiums: List<PremiumIn> = List::none(),
    }
}

table! {
    /// Extra pay at certain hours.
    pub(crate) struct PremiumIn {
        /// What reports call this pay.
        name: Req<Text>,
        /// Hours of the centre's week.
        hours: Req<OpenIn>,
        /// Share of ordinary pay that comes on top.
        share: Req<NonNegative>,
    }
    such "{ name = \"night\", hours = \"22:00-06:00\", share = 0.25 }"
}

table! {
    /// What released officers could do in teams in the field: assumptions.
    pub(crate) struct AtLargeIn {
        /// Officers that one case (a visit, a repair) takes.
        officers_per_case: Option<RangeIn>,
        /// The former name of `officers_per_case`, read until the end of 2027 with a warning.
        officers_per_arrest: Option<RangeIn>,
        /// Hours that each of them spends on it.
        hours_per_officer: Req<RangeIn>,
    }
    exactly_one [officers_per_case, officers_per_arrest]
}

either! {
    /// An assumed number, with or without its range.
    pub(crate) enum RangeIn {
        /// With. First: an uncertain number looks the same, and would be drawn.
        Table(RangeTableIn),
        /// A number without a range.
        One(Positive),
    }
    expects "a number above 0, or { low = 3, base = 5, high = 7 }"
}

table! {
    /// An assumed number and its range.
    pub(crate) struct RangeTableIn {
        /// Lowest value held possible.
        low: Req<Positive>,
        /// The value that runs use.
        base: Req<Positive>,
        /// Highest value held possible.
        high: Req<Positive>,
    }
}
