//! The table of all measures: a measure is added here, and nowhere else.

use crate::measure::{At, Better, Measure, Read, Unit};
use crate::places::{CENTRES, FLOWS, OFFICERS, PlaceKind, STAGES};
use crate::reads::{
    CLIENTS, answered, at_risk, between_contacts, called_in, clients, idle, of_queues, paid, paid_on_call,
    sum, worst_hour,
};
use poolwise_engine::integral::Count;
use poolwise_engine::time::HOUR;
use poolwise_stats::ValueRange;

/// Version of the names and meanings of measures; written into `summary.json`.
pub const VERSION: u32 = 2;

/// The primary measures, on which verdicts are given.
pub const PRIMARY: [&str; 3] = ["done_within_target", "time_to_completion_p95_hours", "lost_share_avoidable"];

/// A measure at places.
const fn at(places: &'static [PlaceKind], read: Read) -> At {
    At { places, read, note: "" }
}

const fn noted(places: &'static [PlaceKind], read: Read, note: &'static str) -> At {
    At { places, read, note }
}

/// All measures, in the order in which they are read and written.
pub const MEASURES: [Measure; 45] = [
    Measure {
        name: "posts",
        label: "Posts",
        unit: Unit::Officers,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "{Officers} rostered at a time, on average, before absence. One post around the clock takes 168 hours a week.",
        at: &[at(OFFICERS, Read::Known(|p| p.staffing.posts))],
    },
    Measure {
        name: "rostered_hours_per_week",
        label: "Rostered hours",
        unit: Unit::HoursPerWeek,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "Hours of all shifts as planned, before unplanned absence.",
        at: &[at(
            &[PlaceKind::Whole, PlaceKind::Centre],
            Read::Known(|p| p.staffing.rostered_hours_per_week),
        )],
    },
    Measure {
        name: "headcount",
        label: "Headcount",
        unit: Unit::Officers,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "{Officers} employed: rostered hours / (paid hours a week x planned availability), unless the scenario states it.",
        at: &[at(&[PlaceKind::Whole, PlaceKind::Centre], Read::Known(|p| p.staffing.headcount))],
    },
    Measure {
        name: "paid_hours_per_week",
        label: "Paid hours",
        unit: Unit::HoursPerWeek,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "Headcount x paid hours a week, plus overtime and the hours that exceptions add.",
        at: &[at(&[PlaceKind::Whole], Read::Ratio(paid))],
    },
    Measure {
        name: "on_duty_mean",
        label: "{Officers} present",
        unit: Unit::Officers,
        better: Better::Neither,
        range: ValueRange::NonNegative,
        meaning: "{Officers} on duty after unplanned absence, averaged over time.",
        at: &[at(OFFICERS, Read::Ratio(|p| (p.count(Count::OnDuty), p.seconds())))],
    },
    Measure {
        name: "busy_mean",
        label: "{Officers} busy",
        unit: Unit::Officers,
        better: Better::Neither,
        range: ValueRange::NonNegative,
        meaning: "{Officers} at work, averaged over time, overtime included.",
        at: &[at(OFFICERS, Read::Ratio(|p| (p.count(Count::Busy), p.seconds())))],
    },
    Measure {
        name: "utilization",
        label: "Utilization",
        unit: Unit::Share,
        better: Better::Neither,
        range: ValueRange::Share,
        meaning: "Busy time on duty over time on duty, after absence; overtime is in neither.",
        at: &[at(
            OFFICERS,
            Read::Ratio(|p| (p.count(Count::Busy) - p.count(Count::Overtime), p.count(Count::OnDuty))),
        )],
    },
    Measure {
        name: "downtime_hours_per_week",
        label: "Idle on-duty hours",
        unit: Unit::HoursPerWeek,
        better: Better::Neither,
        range: ValueRange::NonNegative,
        meaning: "On-duty hours without a {request} in hand.",
        at: &[at(OFFICERS, Read::Ratio(idle))],
    },
    Measure {
        name: "overtime_hours_per_week",
        label: "Overtime hours",
        unit: Unit::HoursPerWeek,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "Work after the end of a shift or beyond a level.",
        at: &[at(OFFICERS, Read::Ratio(|p| (p.count(Count::Overtime) / HOUR, p.weeks())))],
    },
    Measure {
        name: "duplicate_hours_per_week",
        label: "Duplicate hours",
        unit: Unit::HoursPerWeek,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "Work done a second time because two centres had the same {request}: all of the later copy's, partial work included.",
        at: &[at(&[PlaceKind::Whole], Read::Ratio(|p| (p.outcome.duplicate / HOUR, p.weeks())))],
    },
    Measure {
        name: "rework_hours_per_week",
        label: "Rework hours",
        unit: Unit::HoursPerWeek,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "Work on {requests} that came back because they were not documented well enough.",
        at: &[at(&[PlaceKind::Whole], Read::Ratio(|p| (p.outcome.rework / HOUR, p.weeks())))],
    },
    Measure {
        name: "interruptions_per_hour",
        label: "Interruptions",
        unit: Unit::PerHour,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "Services cut off by more urgent {requests}; where a centre is `preemptive`.",
        at: &[at(OFFICERS, Read::Ratio(|p| (of_queues(p, |w| w.cut as f64), p.hours())))],
    },
    Measure {
        name: "work_lost_hours_per_week",
        label: "Work lost by interruptions",
        unit: Unit::HoursPerWeek,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "Work on services cut off by more urgent {requests} that came to nothing: to be done again, or turned away.",
        at: &[at(OFFICERS, Read::Ratio(|p| (of_queues(p, |w| w.work_lost) / HOUR, p.weeks())))],
    },
    Measure {
        name: "cases_in_hand",
        label: "Cases in hand",
        unit: Unit::Requests,
        better: Better::Neither,
        range: ValueRange::NonNegative,
        meaning: "Mean number of {requests} in hand of an officer at work, where officers may have several at once (`concurrency`).",
        at: &[at(OFFICERS, Read::Ratio(|p| (of_queues(p, |w| w.in_hand), p.count(Count::Busy))))],
    },
    Measure {
        name: "call_ins_per_hour",
        label: "Call-ins",
        unit: Unit::PerHour,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "Groups of {officers} on call that a trigger calls in.",
        at: &[at(
            &[PlaceKind::Whole],
            Read::Ratio(|p| (called_in(p, |_, flow| flow.called as f64), p.hours())),
        )],
    },
    Measure {
        name: "on_call_hours_per_week",
        label: "On-call hours",
        unit: Unit::HoursPerWeek,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "Hours of {officers} called in by triggers, from coming to leaving; what they finish after that is overtime.",
        at: &[at(
            &[PlaceKind::Whole],
            Read::Ratio(|p| (called_in(p, |_, flow| flow.officer_seconds) / HOUR, p.weeks())),
        )],
    },
    Measure {
        name: "on_call_paid_hours_per_week",
        label: "On-call hours paid",
        unit: Unit::HoursPerWeek,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "Hours of ordinary pay that on-call hours and the allowances of call-ins come to, premiums included; in no other paid hours.",
        at: &[at(&[PlaceKind::Whole], Read::Ratio(|p| (called_in(p, paid_on_call) / HOUR, p.weeks())))],
    },
    Measure {
        name: "backlog_at_end",
        label: "Backlog at the end",
        unit: Unit::Requests,
        better: Better::Less,
        range: ValueRange::Number,
        meaning: "{Requests} whose clock has started and that are neither done nor lost when the run ends.",
        at: &[at(&[PlaceKind::Whole], Read::Plain(|p| p.outcome.backlog as f64))],
    },
    Measure {
        name: "arrivals_per_hour",
        label: "Arrivals",
        unit: Unit::PerHour,
        better: Better::Neither,
        range: ValueRange::NonNegative,
        meaning: "{Requests} that arrive, copies left out.",
        at: &[
            at(FLOWS, Read::Ratio(|p| (p.flow().arrivals as f64, p.hours()))),
            noted(STAGES, Read::Ratio(|p| (p.stage().visits as f64, p.hours())), "at stages, visits begun"),
            noted(
                CENTRES,
                Read::Ratio(|p| (sum(&p.waits().reached), p.hours())),
                "at centres, {requests} that reach the queue",
            ),
        ],
    },
    Measure {
        name: "done_per_hour",
        label: "Done",
        unit: Unit::PerHour,
        better: Better::Neither,
        range: ValueRange::NonNegative,
        meaning: "{Requests} done: finished with the last stage of work, or closed without any.",
        at: &[at(FLOWS, Read::Ratio(|p| (p.flow().done as f64, p.hours())))],
    },
    Measure {
        name: "queue_mean",
        label: "{Requests} waiting",
        unit: Unit::Requests,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "{Requests} in the queue, averaged over time.",
        at: &[at(CENTRES, Read::Ratio(|p| (p.count(Count::Queue), p.seconds())))],
    },
    Measure {
        name: "wait_mean_hours",
        label: "Mean wait for the first {officer}",
        unit: Unit::Hours,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "From the start of the clock to the first {officer}.",
        at: &[
            at(FLOWS, Read::Ratio(|p| (p.flow().first_wait_sum / HOUR, p.flow().first_wait_count as f64))),
            noted(
                &[PlaceKind::Service, PlaceKind::Join],
                Read::Ratio(|p| (p.stage().wait_sum / HOUR, p.stage().started as f64)),
                "at stages, from reaching the stage to the start; at joins, of each branch that has come until the last one needed comes",
            ),
            noted(
                CENTRES,
                Read::Ratio(|p| (p.waits().sum / HOUR, p.waits().started as f64)),
                "at centres, from reaching the queue to the start",
            ),
        ],
    },
    Measure {
        name: "wait_p95_hours",
        label: "95th percentile of the wait",
        unit: Unit::Hours,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "The wait in the queue that 95 of 100 {requests} do not exceed.",
        at: &[at(CENTRES, Read::Plain(|p| p.waits().waits.quantile(0.95) / HOUR))],
    },
    Measure {
        name: "p_wait",
        label: "Share that waits",
        unit: Unit::Share,
        better: Better::Less,
        range: ValueRange::ShareOfCounts,
        meaning: "{Requests} that do not start at once.",
        at: &[at(CENTRES, Read::Ratio(|p| (p.waits().waited as f64, p.waits().started as f64)))],
    },
    Measure {
        name: "time_to_completion_mean_hours",
        label: "Mean time to completion",
        unit: Unit::Hours,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "From the start of the clock to being done, averaged over the {requests} done.",
        at: &[at(FLOWS, Read::Ratio(|p| (p.flow().completion_sum / HOUR, p.flow().done as f64)))],
    },
    Measure {
        name: "time_to_completion_p95_hours",
        label: "95th percentile of time to completion",
        unit: Unit::Hours,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "The time within which 95 of 100 {requests} that were done were done.",
        at: &[at(FLOWS, Read::Plain(|p| p.flow().completion.quantile(0.95) / HOUR))],
    },
    Measure {
        name: "done_within_target",
        label: "Done within {T}",
        unit: Unit::Share,
        better: Better::More,
        range: ValueRange::ShareOfCounts,
        meaning: "Done within the target T, of all {requests} whose clock started at least T before the end; losses and unfinished work count as not done in time.",
        at: &[at(FLOWS, Read::Ratio(|p| (p.flow().target_met as f64, p.flow().target_cases as f64)))],
    },
    Measure {
        name: "done_within_target_of_not_lost_early",
        label: "Done within {T}, early losses left out",
        unit: Unit::Share,
        better: Better::More,
        range: ValueRange::ShareOfCounts,
        meaning: "The same share without the {requests} that were lost or turned away before the target had passed.",
        at: &[at(
            FLOWS,
            Read::Ratio(|p| {
                let flow = p.flow();
                (flow.target_met as f64, flow.target_cases as f64 - flow.target_lost_early as f64)
            }),
        )],
    },
    Measure {
        name: "done_within_target_worst_hour_of_day",
        label: "Done within {T} in the worst hour of the day",
        unit: Unit::Share,
        better: Better::More,
        range: ValueRange::Share,
        meaning: "The smallest share done within the target over the 24 local hours of the day at which the clock started.",
        at: &[at(&[PlaceKind::Area], Read::Plain(worst_hour))],
    },
    Measure {
        name: "answered_within",
        label: "Answered within {A}",
        unit: Unit::Share,
        better: Better::More,
        range: ValueRange::ShareOfCounts,
        meaning: "A first {officer} within `run.answer_within` of the clock's start, of all {requests} whose clock started at least that before the end; whoever goes without an {officer}, is turned away or still waits was not answered.",
        at: &[
            at(FLOWS, Read::Ratio(|p| (p.flow().answered as f64, p.flow().offered as f64))),
            noted(
                CENTRES,
                Read::Ratio(|p| (sum(&p.waits().answered_by_hour), sum(&p.waits().offered_by_hour))),
                "at centres, of all {requests} that reached the queue, copies left out, from joining it",
            ),
        ],
    },
    Measure {
        name: "answered_within_of_not_gone_early",
        label: "Answered within {A}, of those not gone before",
        unit: Unit::Share,
        better: Better::More,
        range: ValueRange::ShareOfCounts,
        meaning: "The same, without the {requests} that were lost or turned away, not later than that, without an {officer}.",
        at: &[
            at(
                FLOWS,
                Read::Ratio(|p| {
                    let flow = p.flow();
                    (flow.answered as f64, flow.offered as f64 - flow.gone_early as f64)
                }),
            ),
            at(
                CENTRES,
                Read::Ratio(|p| {
                    let waits = p.waits();
                    let stayed = sum(&waits.offered_by_hour) - sum(&waits.gone_early_by_hour);
                    (sum(&waits.answered_by_hour), stayed)
                }),
            ),
        ],
    },
    Measure {
        name: "answered_within_of_answered",
        label: "Answered within {A}, of those answered",
        unit: Unit::Share,
        better: Better::More,
        range: ValueRange::ShareOfCounts,
        meaning: "The same, of the {requests} that had a first {officer} in the window. Whoever gives up is in no count: the more give up, the better it looks.",
        at: &[
            at(FLOWS, Read::Ratio(|p| (p.flow().first_wait_prompt as f64, p.flow().first_wait_count as f64))),
            at(CENTRES, Read::Ratio(|p| (sum(&p.waits().prompt_by_hour), p.waits().started as f64))),
        ],
    },
    Measure {
        name: "lost_share",
        label: "Lost",
        unit: Unit::Share,
        better: Better::Less,
        range: ValueRange::ShareOfCounts,
        meaning: "{Requests} whose deadline passed first, of those whose drawn outcome asks for the deadline's stage: lost, or in time for it.",
        at: &[at(FLOWS, Read::Ratio(|p| (p.flow().lost as f64, at_risk(p))))],
    },
    Measure {
        name: "lost_share_avoidable",
        label: "Avoidable losses",
        unit: Unit::Share,
        better: Better::Less,
        range: ValueRange::ShareOfCounts,
        meaning: "The lost share less the {requests} that no waiting at all would have lost as well.",
        at: &[at(FLOWS, Read::Ratio(|p| ((p.flow().lost - p.flow().lost_anyway) as f64, at_risk(p))))],
    },
    Measure {
        name: "turned_away_share",
        label: "Turned away",
        unit: Unit::Share,
        better: Better::Less,
        range: ValueRange::ShareOfCounts,
        meaning: "{Requests} that a centre turned away (its queue is full, or they balk), of all that left by an exit; they are in no lost share, which is of deadlines.",
        at: &[at(FLOWS, Read::Ratio(|p| (p.flow().turned_away as f64, sum(&p.flow().exits))))],
    },
    Measure {
        name: "call_backs_per_hour",
        label: "Promised a call back",
        unit: Unit::PerHour,
        better: Better::Neither,
        range: ValueRange::NonNegative,
        meaning: "{Requests} that leave the line, keep their place and are called, at centres with `call_back`.",
        at: &[at(FLOWS, Read::Ratio(|p| (p.flow().call_backs as f64, p.hours())))],
    },
    Measure {
        name: "calls_in_vain_per_hour",
        label: "Calls back that nobody answers",
        unit: Unit::PerHour,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "Calls back that nobody answers; {officers} are busy with them for as long as it rings.",
        at: &[at(FLOWS, Read::Ratio(|p| (p.flow().calls_in_vain as f64, p.hours())))],
    },
    Measure {
        name: "contacts_per_hour",
        label: "Contacts",
        unit: Unit::PerHour,
        better: Better::Neither,
        range: ValueRange::NonNegative,
        meaning: "First contacts and those of {requests} that come again, of classes with `redial`.",
        at: &[at(CLIENTS, Read::Ratio(|p| (clients(p, |f| f.arrivals + f.redials), p.hours())))],
    },
    Measure {
        name: "redials_per_client",
        label: "Contacts after the first",
        unit: Unit::Requests,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "How often one of a class with `redial` comes again, on average.",
        at: &[at(CLIENTS, Read::Ratio(|p| (clients(p, |f| f.redials), clients(p, |f| f.arrivals))))],
    },
    Measure {
        name: "answered_share_of_clients",
        label: "Answered, of {requests}",
        unit: Unit::Share,
        better: Better::More,
        range: ValueRange::ShareOfCounts,
        meaning: "{Requests} of classes with `redial` that had an {officer}, of these and those that went for good without one.",
        at: &[at(CLIENTS, Read::Ratio(|p| answered(p, |f| f.clients_gone)))],
    },
    Measure {
        name: "answered_share_of_contacts",
        label: "Answered, of contacts",
        unit: Unit::Share,
        better: Better::More,
        range: ValueRange::ShareOfCounts,
        meaning: "The same of contacts, each time that somebody came: three contacts of which the last is answered are a third.",
        at: &[at(CLIENTS, Read::Ratio(|p| answered(p, |f| f.contacts_failed)))],
    },
    Measure {
        name: "between_contacts_mean",
        label: "{Requests} that will come again",
        unit: Unit::Requests,
        better: Better::Less,
        range: ValueRange::NonNegative,
        meaning: "{Requests} between two contacts, averaged over time.",
        at: &[at(CLIENTS, Read::Ratio(|p| (between_contacts(p), p.seconds())))],
    },
    Measure {
        name: "per_hour",
        label: "Completed",
        unit: Unit::PerHour,
        better: Better::Neither,
        range: ValueRange::NonNegative,
        meaning: "At exits, {requests} that leave by it; at stages, visits completed.",
        at: &[
            at(&[PlaceKind::Exit], Read::Ratio(|p| (p.left() as f64, p.hours()))),
            at(STAGES, Read::Ratio(|p| (sum(&p.stage().completed), p.hours()))),
        ],
    },
    Measure {
        name: "share",
        label: "Share of all that leave",
        unit: Unit::Share,
        better: Better::Neither,
        range: ValueRange::Share,
        meaning: "{Requests} that leave by this exit, of all that leave.",
        at: &[at(&[PlaceKind::Exit], Read::Ratio(|p| (p.left() as f64, sum(&p.outcome.total.exits))))],
    },
    Measure {
        name: "share_by_centre",
        label: "Share by centre",
        unit: Unit::Share,
        better: Better::Neither,
        range: ValueRange::Share,
        meaning: "Visits to a stage that were completed at the centre, of all that were completed.",
        at: &[at(
            &[PlaceKind::ServiceAtCentre],
            Read::Ratio(|p| (p.stage().completed[p.inner] as f64, sum(&p.stage().completed))),
        )],
    },
];
