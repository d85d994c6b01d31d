//! The textbook's shortcuts, to be shown beside and tested: a stationary queue for each hour.
//!
//! SIPP (stationary independent period by period) takes each hour's arrivals into M/M/c and the least `c`
//! that meets the targets there (Green, Kolesar and Soares 2001). Lagged SIPP looks at the arrivals one mean service
//! earlier. Both see one queue with one kind of service: no network, no shifts, no absence.

use super::check::{Bound, TargetCheck, TargetPlace};
use super::curve::WeekHours;
use super::row::OfficerGroup;
use super::target::TargetMeasure;
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK};
use poolwise_theory::erlang;

/// Which arrivals an hour is staffed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shortcut {
    /// Its own.
    Sipp,
    /// Those of one mean service earlier.
    Lagged,
}

/// What a stationary queue must deliver in an hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Want {
    /// A share started within so many hours.
    Started(f64, f64),
    /// Mean wait of at most so many hours.
    Wait(f64),
    /// At most so many officers' worth of work an officer.
    Utilization(f64),
}

/// What the checks ask of a queue whose service takes `service_hours`: times to completion less the mean
/// service. `reference` gives the other scenario's value of a check. Losses have no place in M/M/c.
pub(crate) fn wants(
    checks: &[TargetCheck],
    centre: usize,
    service_hours: f64,
    reference: impl Fn(usize) -> f64,
) -> Vec<Want> {
    let mut list = Vec::new();
    for (i, check) in checks.iter().enumerate() {
        if !matches!(check.place, TargetPlace::All) && check.place != TargetPlace::Centre(centre) {
            continue;
        }
        let good = if check.measure.more_is_better() { 1.0 } else { -1.0 };
        let bound = match check.bound {
            Bound::Fixed(x) => x,
            Bound::Within(give) => reference(i) - good * give,
            Bound::WithinShare(give) => reference(i) * (1.0 - good * give),
        };
        let after = |seconds: f64| (seconds / HOUR - service_hours).max(0.0);
        list.push(match check.measure {
            TargetMeasure::Done(t) => Want::Started(after(t), bound),
            TargetMeasure::Started(t) | TargetMeasure::Answered(t, _) => Want::Started(t / HOUR, bound),
            TargetMeasure::Delayed => Want::Started(0.0, 1.0 - bound),
            TargetMeasure::WaitMean => Want::Wait(bound / HOUR),
            TargetMeasure::TimeMean => Want::Wait(after(bound)),
            TargetMeasure::WaitQuantile(q) => Want::Started(bound / HOUR, q),
            TargetMeasure::TimeQuantile(q) => Want::Started(after(bound), q),
            TargetMeasure::Utilization => Want::Utilization(bound),
            TargetMeasure::Lost | TargetMeasure::Avoidable => continue,
        });
    }
    list
}

/// Least number of servers in M/M/c at `arrivals` an hour and `service_hours` that delivers all wants.
pub fn servers(arrivals: f64, service_hours: f64, wants: &[Want]) -> u32 {
    let load = arrivals * service_hours;
    if load <= 0.0 {
        return 0;
    }
    let rate = 1.0 / service_hours;
    // No want of a share short of one needs more than this by far; one of all is never met.
    let most = load + 12.0 * load.sqrt() + 20.0;
    let fine = |c: u32| {
        wants.iter().all(|want| match want {
            Want::Started(hours, share) => erlang::wait_at_most(c, arrivals, rate, *hours) >= *share,
            Want::Wait(hours) => erlang::mmc(c, arrivals, rate).is_some_and(|a| a.wait_mean <= *hours),
            Want::Utilization(most) => load <= f64::from(c) * most,
        })
    };
    let mut c = load.floor() as u32 + 1;
    while f64::from(c) < most && !fine(c) {
        c += 1;
    }
    c
}

/// The shortcut's requirement for a row: officers rostered, not whole, the minimum crew apart.
pub(crate) fn requirement(row: &OfficerGroup, shortcut: Shortcut, wants: &[Want]) -> WeekHours {
    let arrivals = match shortcut {
        Shortcut::Sipp => row.arrivals,
        Shortcut::Lagged => lagged(&row.arrivals, row.service_hours),
    };
    let mut week = [0.0; HOURS_OF_WEEK];
    for h in (0..HOURS_OF_WEEK).filter(|&h| row.open[h]) {
        let c = f64::from(servers(arrivals[h], row.service_hours, wants));
        week[h] = c / row.present;
    }
    week
}

/// Mean arrivals of the hour that began `lag` hours earlier.
fn lagged(arrivals: &WeekHours, lag: f64) -> WeekHours {
    let whole = lag.floor();
    let part = lag - whole;
    let back = |h: usize, by: usize| arrivals[(h + HOURS_OF_WEEK * 2 - by % HOURS_OF_WEEK) % HOURS_OF_WEEK];
    std::array::from_fn(|h| {
        let by = whole as usize % HOURS_OF_WEEK;
        (1.0 - part) * back(h, by) + part * back(h, by + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_centre_as_in_the_tables() {
        // 100 calls in 30 minutes, 3 minutes each, 80 % within 20 s.
        let wants = [Want::Started(20.0 / 3_600.0, 0.8)];
        assert_eq!(servers(200.0, 0.05, &wants), 14);
        assert_eq!(servers(200.0, 0.05, &[Want::Utilization(0.5)]), 20);
        assert_eq!(servers(0.0, 0.05, &wants), 0);
        // M/M/8 at load 0.9 waits 8.769 min on average: 8 servers do for 8.77 and not for 8.76.
        assert_eq!(servers(43.2, 1.0 / 6.0, &[Want::Wait(8.77 / 60.0)]), 8);
        assert_eq!(servers(43.2, 1.0 / 6.0, &[Want::Wait(8.76 / 60.0)]), 9);
    }

    #[test]
    fn the_lag_is_one_mean_service() {
        let mut arrivals = [0.0; HOURS_OF_WEEK];
        arrivals[167] = 8.0;
        let later = lagged(&arrivals, 1.25);
        assert_eq!((later[0], later[1], later[2]), (6.0, 2.0, 0.0));
    }
}
