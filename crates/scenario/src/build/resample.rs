//! Cuts a record into whole days, from which each replication draws those of its run.

use super::Builder;
use super::trace::TraceRecord;
use crate::parts::ResampleIn;
use crate::source::TextSpan;
use jiff::ToSpan;
use jiff::civil::Date;
use poolwise_engine::model::{ClockId, DayDraw, RecordedDays};

/// Names of days, Monday first.
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The whole days of a record, and which may be drawn for which. Days on which the clock changes are not drawn:
/// their hours would not fit another day.
pub(super) fn days(
    b: &mut Builder<'_>,
    by: ResampleIn,
    record: &TraceRecord,
    clock: ClockId,
    place: TextSpan,
) -> Option<RecordedDays> {
    let (first, last) = record.days?;
    let count = last.since(first).ok()?.get_days();
    let mut days: Vec<Vec<f64>> = vec![Vec::new(); usize::try_from(count).ok()? + 1];
    for e in &record.events {
        let number = |d: Date| d.since(first).ok().and_then(|s| usize::try_from(s.get_days()).ok());
        let Some(day) = number(e.local.date()).and_then(|n| days.get_mut(n)) else { continue };
        let time = e.local.time();
        let second = f64::from(
            i32::from(time.hour()) * 3600 + i32::from(time.minute()) * 60 + i32::from(time.second()),
        ) + f64::from(time.subsec_nanosecond()) * 1e-9;
        day.resize(day.len() + e.n, second);
    }
    days.iter_mut().for_each(|d| d.sort_by(f64::total_cmp));
    let dates: Vec<Date> =
        (0..days.len()).filter_map(|i| first.checked_add((i as i64).days()).ok()).collect();
    let plain: Vec<bool> = dates.iter().map(|d| b.calendar.is_plain_day(clock, *d)).collect();
    let weekday = |d: &Date| usize::try_from(d.weekday().to_monday_zero_offset()).unwrap_or(0);
    let draw = match by {
        ResampleIn::Days => {
            let mut lists: [Vec<u32>; 7] = Default::default();
            for (i, date) in dates.iter().enumerate().filter(|(i, _)| plain[*i]) {
                lists[weekday(date)].push(i as u32);
            }
            if let Some(d) = lists.iter().position(Vec::is_empty) {
                b.cx.error(place, format!("no whole {} is recorded that could be drawn ({first} to {last})", DAYS[d]))
                    .help("`resample = \"days\"` needs a record of every day of the week, changes of the clock apart");
                return None;
            }
            if lists.iter().all(|l| l.len() == 1) {
                warn_single(b, place);
            }
            DayDraw::Weekday(lists)
        }
        ResampleIn::Weeks => {
            let whole = |i: &usize| plain.get(*i..*i + 7).is_some_and(|w| w.iter().all(|p| *p));
            let mondays: Vec<u32> = (0..dates.len())
                .filter(|i| weekday(&dates[*i]) == 0)
                .filter(whole)
                .filter_map(|i| u32::try_from(i).ok())
                .collect();
            match mondays.len() {
                0 => {
                    b.cx.error(place, format!("no whole week, Monday to Sunday, is recorded that could be drawn ({first} to {last})"))
                        .help("weeks in which the clock changes are not drawn; `resample = \"days\"` needs less");
                    return None;
                }
                1 => warn_single(b, place),
                _ => {}
            }
            DayDraw::Week(mondays)
        }
    };
    Some(RecordedDays { days: days.into_iter().map(Into::into).collect(), draw })
}

fn warn_single(b: &mut Builder<'_>, place: TextSpan) {
    b.cx.warning(place, "only one week is recorded, so that every drawn week is the same")
        .help("intervals hold no uncertainty of demand then; record more weeks");
}
