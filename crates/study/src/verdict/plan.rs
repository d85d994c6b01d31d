//! Whether plans differ by the hour: where they do not, the busiest hour of a week is the luckiest, no more.

use super::staffed;
use crate::warm_up::{demand_changes, is_steady};
use poolwise_engine::model::{Centre, HolidayWork, Model, Pool, PoolKind};
use poolwise_planning::staffing::on_duty_in_role;

/// Whether arrivals or officers are planned differently for hours, days or months.
pub(super) fn changes(model: &Model) -> bool {
    demand_changes(model) || !model.exceptions.is_empty() || model.centres.iter().any(|c| !even(model, c))
}

/// Whether the same number of officers is on duty at every hour, in the centres that count in an option's totals.
pub fn steady(model: &Model) -> bool {
    model.exceptions.is_empty() && staffed(model).all(|centre| even(model, centre))
}

/// Whose clock hours of the whole scenario are told by: the city of its time zone, where some centre has another.
pub(super) fn clock(model: &Model) -> Option<String> {
    let zone = |clock: usize| model.clocks.get(clock).map_or("UTC", |c| c.zone.as_str());
    let own = zone(model.run.clock);
    let apart = staffed(model).any(|centre| zone(centre.clock) != own);
    apart.then(|| own.rsplit('/').next().unwrap_or(own).replace('_', " "))
}

/// Whether a centre has the same officers at every hour: levels that do not change, or shifts that follow each other without a break.
fn even(model: &Model, centre: &Centre) -> bool {
    if centre.pools.iter().all(|pool| is_steady(&pool.kind)) {
        return true;
    }
    let Some(id) = model.centres.iter().position(|c| std::ptr::eq(c, centre)) else { return false };
    let same = |role| {
        let duty = on_duty_in_role(model, id, role);
        duty.officers.iter().all(|n| (n - duty.officers[0]).abs() < 1e-9)
    };
    centre.pools.iter().all(|pool| is_steady(&pool.kind) || every_week(pool))
        && (0..model.roles.len()).all(same)
}

/// Whether a pool's shifts are the same every week, holidays too.
fn every_week(pool: &Pool) -> bool {
    match &pool.kind {
        PoolKind::Crews(lines) => lines
            .iter()
            .all(|line| line.once.is_none() && line.breaks.is_empty() && line.holidays == HolidayWork::Work),
        PoolKind::Levels(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::model::{Break, ShiftLine};
    use poolwise_engine::random::Sampler;

    fn of(lines: Vec<ShiftLine>) -> [bool; 2] {
        let model = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::crews(1, lines)]);
        [steady(&model), changes(&model)]
    }

    /// Three shifts of four are four officers at every hour; of which hour is the busiest chance alone decides.
    #[test]
    fn shifts_that_follow_each_other_are_no_plan_by_the_hour() {
        let shift = |i: u32, n| ShiftLine::weekly(&format!("s{i}"), [n; 7], 8.0 * f64::from(i), 8.0);
        assert_eq!(of((0..3).map(|i| shift(i, 4)).collect()), [true, false]);
        assert_eq!(of((0..3).map(|i| shift(i, 4 + i)).collect()), [false, true]);
        assert_eq!(of(vec![shift(0, 4), shift(1, 4)]), [false, true]);
        let mut resting = shift(2, 4);
        resting.breaks = vec![Break::together(4.0 * 3_600.0, 1_800.0)];
        assert_eq!(of(vec![shift(0, 4), shift(1, 4), resting]), [false, true]);
        let mut weekend = shift(2, 4);
        weekend.officers[6] = 3;
        assert_eq!(of(vec![shift(0, 4), shift(1, 4), weekend]), [false, true]);
    }

    /// Hours of the whole scenario are the run's, which a centre on another coast does not see on its clock.
    #[test]
    fn whose_clock_hours_are_told_by_is_said_where_clocks_differ() {
        let mut model = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 4)]);
        model.clocks[0].zone = "America/New_York".to_owned();
        assert_eq!(clock(&model), None);
        model.clocks.push(model.clocks[0].clone());
        model.centres[0].clock = 1;
        assert_eq!(clock(&model), None, "another clock that shows the same");
        model.clocks[1].zone = "America/Los_Angeles".to_owned();
        assert_eq!(clock(&model).as_deref(), Some("New York"));
        model.centres[0].counted = false;
        assert_eq!(clock(&model), None, "a centre that is in no total");
    }
}
