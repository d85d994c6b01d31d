//! `[centre.<name>]` and `[pool.<name>]`.

use super::call_back::CallBackIn;
use super::concurrency::ConcurrencyIn;
use super::handling::LearningIn;
use super::preemption::PreemptionIn;
use super::reserve::ReserveIn;
use super::skills::RoleIn;
use crate::collections::{Exactly, List, Named};
use crate::describe::{JsonSchema, Schema, SchemaGenerator, json_schema};
use crate::diagnostic::Problems;
use crate::input::{Input, Req, either, table, words, wrong_kind};
use crate::node::{Node, NodeKind};
use crate::quantity::{Clock, Dur, Span, Weekdays};
use crate::scalar::{CountScalar, NonNegative, Positive, Share, Text};
use crate::source::TextSpan;
use crate::word::ChoiceWord;
use poolwise_engine::model::{
    AbsenceMode, CaseChoice, Closing, Discipline, HolidayWork, LevelEnd, OfficerChoice,
};
use poolwise_planning::allocation::{Allocate, ShiftShape};

table! {
    /// A place with officers.
    pub(crate) struct CentreIn {
        /// IANA name of the time zone of its shifts. Default: the run's.
        time_zone: Option<Text>,
        /// What happens to the case in hand when an officer goes off duty.
        shift_end: ShiftEndIn = ShiftEndIn::Word(ShiftEndWord::Finish),
        /// Until when before the end of the shift its officers begin cases. Default: until the end.
        last_start: Option<LastStartIn>,
        /// Least time at home between overtime and the next shift. Default: none.
        min_rest: Option<Span>,
        /// Several cases in hand of one officer at once.
        concurrency: Option<ConcurrencyIn>,
        /// What happens to the queue when the last officer of a role goes off duty.
        closing: ChoiceWord<Closing> = ChoiceWord(Closing::Hold),
        /// Who is next.
        discipline: ChoiceWord<Discipline> = ChoiceWord(Discipline::Fifo),
        /// What becomes of a case whose officers a more urgent one takes, under the `preemptive` discipline.
        preemption: Option<PreemptionIn>,
        /// Officers kept free of some classes.
        reserves: List<ReserveIn> = List::none(),
        /// Which of several idle officers of its shifts takes a case.
        officer_choice: ChoiceWord<OfficerChoice> = ChoiceWord(OfficerChoice::LongestIdle),
        /// Which of the cases that wait an officer takes.
        case_choice: ChoiceWord<CaseChoice> = ChoiceWord(CaseChoice::FirstInLine),
        /// Factor on service times; above 1 is slower.
        speed: SpeedIn = SpeedIn::All(Positive::new(1.0)),
        /// Probability that a case is documented well enough.
        documentation: Share = Share::new(1.0),
        /// Most requests that may wait, and the exit of those turned away.
        queue_capacity: Option<CapacityIn>,
        /// Requests that leave at the sight of a queue.
        balking: Option<BalkIn>,
        /// Calling back those who do not stay in line.
        call_back: Option<CallBackIn>,
        /// Unplanned absence from shifts.
        absence: Option<AbsenceIn>,
        /// Whether its officers count in the option's totals.
        counted: bool = true,
        /// Officers employed, for centres with `shifts`, `crews` or `levels`. Default: from rostered hours.
        headcount: Option<Positive>,
        /// Shifts: crews that come and leave together.
        shifts: Option<List<ShiftIn>>,
        /// Crews that work once, in elapsed time since the start of the warm-up.
        crews: Option<List<CrewIn>>,
        /// A number on duty by period.
        levels: Option<LevelsIn>,
    }
    at_most_one [shifts, crews, levels]
}

either! {
    /// What happens to the case in hand.
    pub(crate) enum ShiftEndIn {
        /// Without a penalty.
        Word(ShiftEndWord),
        /// Handed over with a penalty, or finished in a limited overtime.
        Table(ShiftEndTableIn),
    }
    expects "\"finish\", \"hand-over\", \"restart\", { hand_over = { penalty = \"2 min\" } } or { finish = { at_most = \"2 h\" } }"
}

words! {
    /// What happens to the case in hand.
    pub(crate) enum ShiftEndWord {
        /// It is finished in overtime.
        Finish = "finish",
        /// It goes to the head of the queue, work so far kept.
        HandOver = "hand-over",
        /// It goes to the head of the queue and starts again.
        Restart = "restart",
    }
}

table! {
    /// What happens to the case in hand, with numbers.
    pub(crate) struct ShiftEndTableIn {
        /// It goes to the head of the queue, work so far kept.
        hand_over: Option<PenaltyIn>,
        /// It is finished in overtime of limited length.
        finish: Option<OvertimeIn>,
    }
    exactly_one [hand_over, finish]
    as replaced
}

table! {
    /// Overtime of limited length.
    pub(crate) struct OvertimeIn {
        /// Its length; then the case goes to the head of the queue, work so far kept.
        at_most: Req<Dur>,
        /// Extra work for whoever goes on with it.
        penalty: Dur = Dur::new(0.0),
    }
}

table! {
    /// What a handover costs.
    pub(crate) struct PenaltyIn {
        /// Extra work for the next officer.
        penalty: Req<Dur>,
    }
}

/// Until when an officer begins cases.
#[derive(Debug, Clone)]
pub(crate) enum LastStartIn {
    /// So long before the end of the shift.
    Before(Span),
    /// While the case ends within the shift.
    CanFinish(TextSpan),
}

const CAN_FINISH: &str = "can-finish";

impl JsonSchema for LastStartIn {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "LastStartIn".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let span = generator.subschema_for::<Span>();
        json_schema!({
            "description": "A time before the end of the shift, or can-finish.",
            "anyOf": [{ "const": CAN_FINISH }, span],
        })
    }
}

impl Input for LastStartIn {
    fn expects() -> String {
        "a time before the end of the shift such as \"15 min\", or \"can-finish\"".to_owned()
    }
    fn accepts(node: &Node) -> bool {
        Span::accepts(node)
    }
    fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
        match node.text() {
            Some(CAN_FINISH) => Some(Self::CanFinish(node.place)),
            Some(word) if word.starts_with(|c: char| c.is_alphabetic()) => {
                cx.error(node.place, format!("`{word}` is no last start"))
                    .help(format!("write {}", Self::expects()));
                None
            }
            _ => Span::read(node, cx).map(Self::Before),
        }
    }
    fn write(&self) -> toml::Value {
        match self {
            Self::Before(time) => time.write(),
            Self::CanFinish(_) => CAN_FINISH.into(),
        }
    }
}

either! {
    /// Factor on service times.
    pub(crate) enum SpeedIn {
        /// The same for all classes.
        All(Positive),
        /// By class; 1 for the others.
        ByClass(Named<Positive>),
    }
    expects "a number above 0, or a table of such numbers by class"
}

table! {
    /// A limit on the queue.
    pub(crate) struct CapacityIn {
        /// Most requests that may wait.
        limit: Req<CountScalar<0>>,
        /// Exit of those turned away.
        exit: Req<Text>,
    }
    such "{ limit = 20, exit = \"turned away\" }"
}

table! {
    /// Balking: the probability holds from that queue length on.
    pub(crate) struct BalkIn {
        /// Queue lengths, ascending.
        at: Req<List<CountScalar<0>>>,
        /// Probability at each.
        probability: Req<List<Share>>,
        /// Exit of those who balk.
        exit: Req<Text>,
    }
}

either! {
    /// Unplanned absence.
    pub(crate) enum AbsenceIn {
        /// Its share, drawn.
        Share(Share),
        /// Its share and how it falls.
        Table(AbsenceTableIn),
    }
    expects "a number from 0 to 1, or { share = 0.06, mode = \"drawn\" }"
}

table! {
    /// Unplanned absence.
    pub(crate) struct AbsenceTableIn {
        /// Share of rostered officers who do not come.
        share: Req<Share>,
        /// How it falls.
        mode: ChoiceWord<AbsenceMode> = ChoiceWord(AbsenceMode::Drawn),
    }
}

table! {
    /// A shift: officers who come and leave together on some days of the week.
    pub(crate) struct ShiftIn {
        /// Name, unique in the centre. Default: the start.
        name: Option<Text>,
        /// Days on which it starts.
        days: Weekdays = Weekdays::ALL,
        /// Start by the centre's clock.
        start: Req<Clock>,
        /// Length, at most 24 hours; it may run over midnight.
        length: Req<Span>,
        /// Rostered officers: a number, or seven by weekday of the start.
        officers: Req<OfficersIn>,
        /// Roles that each officer holds. Default: all.
        roles: Option<List<RoleIn>>,
        /// Breaks, taken after the case in hand.
        breaks: List<BreakIn> = List::none(),
        /// Whether it is worked on holidays.
        holidays: ChoiceWord<HolidayWork> = ChoiceWord(HolidayWork::Work),
        /// How its officers become faster, where they are new.
        learning: Option<LearningIn>,
    }
    such "{ start = \"08:00\", length = \"8 h\", officers = 4 }"
}

either! {
    /// Rostered officers.
    pub(crate) enum OfficersIn {
        /// The same on all days.
        All(CountScalar<0>),
        /// By weekday of the start, Monday first.
        ByDay(Exactly<CountScalar<0>, 7>),
    }
    expects "a whole number, or seven whole numbers by weekday"
}

table! {
    /// A break.
    pub(crate) struct BreakIn {
        /// Time after the shift's start; where breaks are staggered, that of the mean officer.
        after: Option<Span>,
        /// From and until when after the shift's start officers take it, one after the other.
        between: Option<Exactly<Span, 2>>,
        /// Its length.
        length: Req<Span>,
        /// Whether officers take it one after the other, or the time between two begins. Default: with `between` and in pools.
        stagger: Option<StaggerIn>,
    }
    exactly_one [after, between]
    such "{ after = \"4 h\", length = \"30 min\" }"
}

either! {
    /// How officers take a break.
    pub(crate) enum StaggerIn {
        /// One after the other, or all together.
        Evenly(bool),
        /// At begins so far apart.
        Step(Span),
    }
    expects "true, false, or the time between two begins such as \"15 min\""
}

table! {
    /// A crew that works once.
    pub(crate) struct CrewIn {
        /// Name, unique in the centre. Default: the start.
        name: Option<Text>,
        /// Start, in elapsed time since the start of the warm-up.
        from: Req<Dur>,
        /// End, in elapsed time since the start of the warm-up.
        until: Req<Span>,
        /// Officers on duty in that time.
        officers: Req<CountScalar<0>>,
        /// Roles that each officer holds. Default: all.
        roles: Option<List<RoleIn>>,
        /// How its officers become faster, where they are new.
        learning: Option<LearningIn>,
    }
    such "{ from = \"0 h\", until = \"8 h\", officers = 2 }"
}

table! {
    /// A number on duty by period.
    pub(crate) struct LevelsIn {
        /// By day and hour of the centre's week.
        weekly: Option<List<WeeklyIn>>,
        /// By hour of the centre's week, Monday 00:00 first.
        hourly: Option<Exactly<CountScalar<0>, 168>>,
        /// Changes in elapsed time since the start of the warm-up.
        steps: Option<List<StepIn>>,
        /// The same at all times.
        officers: Option<CountScalar<0>>,
        /// Officers at times that `weekly` does not name. Default 0.
        otherwise: Option<CountScalar<0>>,
        /// Period after which `steps` begin again.
        period: Option<Span>,
        /// What `finish` means when the level falls.
        finish: ChoiceWord<LevelEnd> = ChoiceWord(LevelEnd::ByCount),
        /// Roles that each officer holds. Default: all.
        roles: Option<List<RoleIn>>,
    }
    exactly_one [weekly, hourly, steps, officers]
}

table! {
    /// Officers on duty at hours of some days; over midnight where `to` is not later than `from`.
    pub(crate) struct WeeklyIn {
        /// Days on which it starts.
        days: Weekdays = Weekdays::ALL,
        /// Time of day at which it begins.
        from: Req<Clock>,
        /// Time of day at which it ends; on the next day where that is not after the beginning.
        to: Req<Clock>,
        /// Officers on duty.
        officers: Req<CountScalar<0>>,
    }
    such "{ days = \"Mon-Fri\", from = \"08:00\", to = \"18:00\", officers = 4 }"
}

/// A change of level: `["5 h", 2]`.
#[derive(Debug, Clone)]
pub(crate) struct StepIn {
    pub from: Dur,
    pub officers: CountScalar<0>,
}

impl JsonSchema for StepIn {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "StepIn".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = [generator.subschema_for::<Dur>(), generator.subschema_for::<CountScalar<0>>()];
        json_schema!({
            "description": "A change of level: time and officers, as in [\"5 h\", 2].",
            "type": "array", "prefixItems": items, "minItems": 2, "maxItems": 2,
        })
    }
}

impl Input for StepIn {
    fn expects() -> String {
        "a pair such as [\"5 h\", 2]".to_owned()
    }
    fn accepts(node: &Node) -> bool {
        matches!(node.kind, NodeKind::Array(_))
    }
    fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
        match &node.kind {
            NodeKind::Array(items) if items.len() == 2 => {
                let (from, officers) = (Dur::read(&items[0], cx), CountScalar::<0>::read(&items[1], cx));
                Some(Self { from: from?, officers: officers? })
            }
            _ => {
                wrong_kind(node, &Self::expects(), cx);
                None
            }
        }
    }
    fn write(&self) -> toml::Value {
        toml::Value::Array(vec![self.from.write(), self.officers.write()])
    }
}

table! {
    /// Officers by headcount, spread over centres and permitted shifts by the program.
    pub(crate) struct PoolIn {
        /// How many, over all its centres.
        officers: Option<CountScalar<0>>,
        /// How many at each centre, in the order of `centres`.
        officers_by_centre: Option<List<CountScalar<0>>>,
        /// Its centres.
        centres: Req<List<Text>>,
        /// How officers are shared between centres: by routed work, or equally.
        allocate: ChoiceWord<Allocate> = ChoiceWord(Allocate::Load),
        /// How a centre's officers are spread over shifts: by routed work, or evenly. Default: `roster_shape`.
        shape: Option<ChoiceWord<ShiftShape>>,
        /// The permitted shifts.
        shifts: Req<PermittedIn>,
        /// Permitted shifts of single centres, by name.
        shifts_at: Named<PermittedIn> = Named::none(),
        /// Least officers on every permitted shift.
        minimum: CountScalar<0> = CountScalar::new(1),
        /// Roles that each officer holds. Default: all.
        roles: Option<List<RoleIn>>,
        /// How its officers become faster, where they are new.
        learning: Option<LearningIn>,
    }
    exactly_one [officers, officers_by_centre]
}

table! {
    /// Permitted shifts.
    pub(crate) struct PermittedIn {
        /// Starts by the centre's clock.
        starts: Req<List<Clock>>,
        /// Length, at most 24 hours.
        length: Req<Span>,
        /// Days on which they start.
        days: Weekdays = Weekdays::ALL,
        /// Breaks, taken after the case in hand.
        breaks: List<BreakIn> = List::none(),
        /// Whether they are worked on holidays.
        holidays: ChoiceWord<HolidayWork> = ChoiceWord(HolidayWork::Work),
    }
    such "{ starts = [\"07:00\", \"15:00\"], length = \"8 h\" }"
}

/// A factor on officers or demand.
pub(crate) type Factor = NonNegative;
