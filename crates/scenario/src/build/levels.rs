//! Officers on duty by period.

use crate::collections::List;
use crate::diagnostic::Problems;
use crate::parts::{LevelsIn, StepIn, WeeklyIn};
use crate::quantity::{WeekSpan, write_clock};
use poolwise_engine::model::{LevelPlan, Levels};
use poolwise_engine::time::{DAY, HOUR, WEEK};

/// Turns the input into levels.
pub(super) fn levels(input: &LevelsIn, cx: &mut Problems) -> Option<Levels> {
    if let Some(otherwise) = &input.otherwise
        && input.weekly.is_none()
    {
        cx.error(otherwise.place, "`otherwise` goes with `weekly` only");
    }
    if let Some(period) = &input.period
        && input.steps.is_none()
    {
        cx.error(period.place, "`period` goes with `steps` only");
    }
    let plan = if let Some(list) = &input.weekly {
        weekly(list, input.otherwise.map_or(0, |n| n.count()), cx)
    } else if let Some(hours) = &input.hourly {
        let steps = hours.0.iter().enumerate().map(|(h, n)| (h as f64 * HOUR, n.count())).collect();
        LevelPlan::Weekly(merged(steps))
    } else if let Some(list) = &input.steps {
        steps(list, input, cx)?
    } else {
        LevelPlan::Steps { steps: vec![(0.0, input.officers?.count())], period: None }
    };
    Some(Levels { plan, end: input.finish.0 })
}

/// Drops changes that change nothing.
fn merged(mut steps: Vec<(f64, u32)>) -> Vec<(f64, u32)> {
    steps.dedup_by(|later, earlier| later.1 == earlier.1);
    steps
}

fn weekly(list: &List<WeeklyIn>, otherwise: u32, cx: &mut Problems) -> LevelPlan {
    let mut spans: Vec<(f64, f64, u32)> = Vec::new();
    for item in &list.items {
        let (Some(from), Some(to), Some(n)) = (item.from.get(), item.to.get(), item.officers.get()) else {
            continue;
        };
        if from.seconds >= DAY || from.seconds == to.seconds {
            cx.error(item.place, "`from` must be before 24:00 and differ from `to`")
                .help("a whole day is from 00:00 to 24:00");
            continue;
        }
        let week = WeekSpan { days: item.days, from: from.seconds, to: to.seconds };
        for (a, b) in week.intervals() {
            if let Some(other) = spans.iter().find(|s| a < s.1 && s.0 < b) {
                cx.error(
                    item.place,
                    format!(
                        "it overlaps another entry at {} of day {}",
                        write_clock(other.0.max(a) % DAY),
                        (other.0.max(a) / DAY) as u32 + 1
                    ),
                )
                .help("each hour of the week has one level");
                break;
            }
            spans.push((a, b, n.count()));
        }
    }
    spans.sort_by(|x, y| x.0.total_cmp(&y.0));
    let mut steps = Vec::with_capacity(2 * spans.len() + 1);
    let mut at = 0.0;
    for (a, b, n) in spans {
        if a > at {
            steps.push((at, otherwise));
        }
        steps.push((a, n));
        at = b;
    }
    if at < WEEK {
        steps.push((at, otherwise));
    }
    LevelPlan::Weekly(merged(steps))
}

fn steps(list: &List<StepIn>, input: &LevelsIn, cx: &mut Problems) -> Option<LevelPlan> {
    let steps: Vec<(f64, u32)> = list.items.iter().map(|s| (s.from.seconds, s.officers.count())).collect();
    match steps.first() {
        Some((0.0, _)) => {}
        first => {
            let place = if first.is_some() { list.items[0].from.place } else { list.place };
            cx.error(place, "the first step must be at 0").help("as in [\"0 h\", 2]");
            return None;
        }
    }
    if let Some(i) = (1..steps.len()).find(|i| steps[*i].0 <= steps[i - 1].0) {
        cx.error(list.items[i].from.place, "the steps must ascend in time");
        return None;
    }
    let period = input.period.map(|p| p.seconds);
    if let (Some(length), Some(last)) = (&input.period, steps.last())
        && last.0 >= length.seconds
    {
        cx.error(length.place, "the period ends before the last step");
        return None;
    }
    Some(LevelPlan::Steps { steps, period })
}

/// The highest level.
pub(super) fn most(plan: &LevelPlan) -> u64 {
    let steps = match plan {
        LevelPlan::Weekly(steps) | LevelPlan::Steps { steps, .. } => steps,
    };
    steps.iter().map(|s| u64::from(s.1)).max().unwrap_or(0)
}
