//! What each measure is called in words, its unit, its meaning, and whether more of it is better.

use super::number;
pub use super::number::Unit;

/// Which way a planner would like a measure to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Higher is better.
    More,
    /// Lower is better.
    Less,
    /// Neither in itself.
    Neither,
}

/// A measure of the whole scenario.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    /// Name in files.
    pub name: &'static str,
    /// Words for tables; `{T}` stands for the service target.
    label: &'static str,
    /// Unit.
    pub unit: Unit,
    /// Which way is better.
    pub wish: Wish,
    /// What it means, in one sentence.
    pub meaning: &'static str,
}

impl Measure {
    /// Words for tables and axes, with the service target in hours filled in (the word "target" when
    /// the scenarios at hand have different targets).
    pub fn label(&self, target_hours: Option<f64>) -> String {
        let target = target_hours.map_or_else(|| "target".to_owned(), number::duration);
        // A no-break space keeps the number and its unit on one line.
        self.label.replace("{T}", &target.replace(' ', "\u{a0}"))
    }
}

const fn m(
    name: &'static str,
    label: &'static str,
    unit: Unit,
    wish: Wish,
    meaning: &'static str,
) -> Measure {
    Measure { name, label, unit, wish, meaning }
}

/// All measures of the whole scenario that reports have words for, in the order they are read.
pub const MEASURES: [Measure; 24] = [
    m(
        "posts",
        "Posts",
        Unit::Officers,
        Wish::Less,
        "Officers rostered at a time, on average. One post around the clock takes 168 hours a week.",
    ),
    m(
        "rostered_hours_per_week",
        "Rostered hours",
        Unit::HoursPerWeek,
        Wish::Less,
        "Hours of all shifts as planned, before unplanned absence.",
    ),
    m(
        "paid_hours_per_week",
        "Paid hours",
        Unit::HoursPerWeek,
        Wish::Less,
        "Headcount times an officer's hours a week, plus overtime.",
    ),
    m(
        "headcount",
        "Headcount",
        Unit::Officers,
        Wish::Less,
        "Officers employed: rostered hours over an officer's hours a week times planned availability.",
    ),
    m(
        "utilization",
        "Utilization",
        Unit::Share,
        Wish::Neither,
        "Busy on-duty time over on-duty time of the counted centres, after absence.",
    ),
    m(
        "arrivals_per_hour",
        "Arrivals",
        Unit::PerHour,
        Wish::Neither,
        "Requests that arrive, copies left out.",
    ),
    m(
        "done_within_target",
        "Done within {T}",
        Unit::Share,
        Wish::More,
        "Requests done within the target over all that arrived at least the target before the end; losses \
         and unfinished work count as not done in time.",
    ),
    m(
        "done_within_target_of_not_lost_early",
        "Done within {T}, early losses left out",
        Unit::Share,
        Wish::More,
        "The same share without the requests that were lost before the target had passed.",
    ),
    m(
        "time_to_completion_mean_hours",
        "Mean time to completion",
        Unit::Hours,
        Wish::Less,
        "From reaching research to being done, averaged over the requests done.",
    ),
    m(
        "time_to_completion_p95_hours",
        "95th percentile of time to completion",
        Unit::Hours,
        Wish::Less,
        "The time within which 95 of 100 done requests were done.",
    ),
    m(
        "done_per_hour",
        "Done",
        Unit::PerHour,
        Wish::Neither,
        "Requests done: closed without action, or finished with the last stage of work.",
    ),
    m(
        "lost_share",
        "Lost",
        Unit::Share,
        Wish::Less,
        "Requests whose deadline passed first, over those that met a deadline or lost to it.",
    ),
    m(
        "lost_share_avoidable",
        "Avoidable losses",
        Unit::Share,
        Wish::Less,
        "The lost share less what would be lost with no waiting at all.",
    ),
    m(
        "wait_mean_hours",
        "Mean wait for the first officer",
        Unit::Hours,
        Wish::Less,
        "From reaching the first queue to the start of service there.",
    ),
    m(
        "wait_p95_hours",
        "95th percentile of the wait",
        Unit::Hours,
        Wish::Less,
        "The wait that 95 of 100 requests do not exceed.",
    ),
    m("p_wait", "Share that waits", Unit::Share, Wish::Less, "Requests that do not start at once."),
    m("queue_mean", "Requests waiting", Unit::Requests, Wish::Less, "Averaged over time."),
    m(
        "on_duty_mean",
        "Officers present",
        Unit::Officers,
        Wish::Neither,
        "Officers on duty after unplanned absence, averaged over time.",
    ),
    m("busy_mean", "Officers busy", Unit::Officers, Wish::Neither, "Averaged over time, overtime included."),
    m(
        "downtime_hours_per_week",
        "Idle on-duty hours",
        Unit::HoursPerWeek,
        Wish::Neither,
        "On-duty hours without a case in hand.",
    ),
    m(
        "duplicate_hours_per_week",
        "Duplicate hours",
        Unit::HoursPerWeek,
        Wish::Less,
        "Research done a second time because two centres had the same request, partial work included.",
    ),
    m(
        "rework_hours_per_week",
        "Rework hours",
        Unit::HoursPerWeek,
        Wish::Less,
        "Work done again because the earlier case was not documented well enough.",
    ),
    m(
        "overtime_hours_per_week",
        "Overtime hours",
        Unit::HoursPerWeek,
        Wish::Less,
        "Work on a case in hand after the end of the shift.",
    ),
    m(
        "backlog_at_end",
        "Backlog at the end",
        Unit::Requests,
        Wish::Less,
        "Requests that have reached research and are neither done nor lost when the run ends.",
    ),
];

/// The measure of that name, if reports have words for it.
pub fn find(name: &str) -> Option<&'static Measure> {
    MEASURES.iter().find(|m| m.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_study::summary::PRIMARY;

    #[test]
    fn names_are_unique_and_the_primary_ones_have_a_direction() {
        for (i, a) in MEASURES.iter().enumerate() {
            assert!(MEASURES.iter().skip(i + 1).all(|b| b.name != a.name), "{} twice", a.name);
        }
        for name in PRIMARY {
            assert_ne!(find(name).map(|m| m.wish), Some(Wish::Neither), "{name}");
            assert!(find(name).is_some(), "{name}");
        }
    }

    #[test]
    fn the_target_is_part_of_the_label() {
        let done = find("done_within_target").unwrap();
        assert_eq!(done.label(Some(4.0)), "Done within 4\u{a0}h");
        assert_eq!(done.label(Some(0.5)), "Done within 30\u{a0}min");
        assert_eq!(done.label(None), "Done within target");
    }
}
