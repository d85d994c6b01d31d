//! The weeks that an officer may work, and the rows that they cover: from rules to a covering programme.

use crate::programme::{LpColumn, LpConstraint, LpSide, Programme};
use poolwise_engine::model::{HolidayWork, RoleMask};
use poolwise_engine::time::{DAY, HOUR, HOURS_OF_WEEK, WEEK};
use poolwise_planning::roster_rules::{CentreRules, Cover, ShiftRule};
use std::collections::BTreeMap;

/// Saturday and Sunday.
const WEEKEND: [usize; 2] = [5, 6];

/// A week of shifts that one officer works: the same shift on some days.
#[derive(Debug, Clone, PartialEq)]
pub struct Tour {
    /// Start, seconds after local midnight.
    pub start: f64,
    /// Length of the shift, seconds, breaks included.
    pub length: f64,
    /// Breaks within it, each taken after the case in hand.
    pub breaks: Vec<poolwise_engine::model::Break>,
    /// Whether it is worked on holidays.
    pub holidays: HolidayWork,
    /// Weekdays on which it starts, Monday first.
    pub days: [bool; 7],
}

impl Tour {
    fn new(rule: &ShiftRule, start: f64, days: [bool; 7]) -> Self {
        let (breaks, holidays) = (rule.breaks.clone(), rule.holidays);
        Self { start, length: rule.length, breaks, holidays, days }
    }

    /// Days worked.
    pub(crate) fn days_on(&self) -> u32 {
        self.days.iter().map(|d| u32::from(*d)).sum()
    }

    /// Hours on duty a week.
    pub fn hours(&self) -> f64 {
        let breaks = self.breaks.iter().map(|b| (b.after, b.length));
        f64::from(self.days_on()) * poolwise_planning::staffing::working_hours(self.length, breaks)
    }

    /// Whether a shift of it starts on a Saturday or Sunday.
    pub(crate) fn works_weekends(&self) -> bool {
        WEEKEND.iter().any(|d| self.days[*d])
    }

    /// Share of the shift in which an officer is on duty and not on a break.
    fn on_duty_share(&self) -> f64 {
        self.hours() * HOUR / (f64::from(self.days_on()) * self.length)
    }

    /// Spans on the shift in seconds of the week, breaks included: from, length.
    fn shifts(&self) -> Vec<(f64, f64)> {
        let days = (0..7).filter(|d| self.days[*d]);
        days.map(|day| (day as f64 * DAY + self.start, self.length)).collect()
    }

    /// Spans on duty in seconds of the week: from, length. They may run over its end. Breaks that officers take one
    /// after the other are no gap: see [`Self::staggered`].
    pub(crate) fn spans(&self) -> Vec<(f64, f64)> {
        let mut out = Vec::new();
        for day in (0..7).filter(|d| self.days[*d]) {
            let from = day as f64 * DAY + self.start;
            let mut at = 0.0;
            for b in self.breaks.iter().filter(|b| b.spread <= 0.0) {
                out.push((from + at, b.after - at));
                at = (b.after + b.length).min(self.length);
            }
            out.push((from + at, self.length - at));
        }
        out.retain(|(_, length)| *length > 0.0);
        out
    }
}

impl Tour {
    /// Breaks that officers take one after the other, in seconds of the week: from, length, and the share of officers.
    pub(crate) fn staggered(&self) -> Vec<(f64, f64, f64)> {
        let mut out = Vec::new();
        for day in (0..7).filter(|d| self.days[*d]) {
            let from = day as f64 * DAY + self.start;
            let parts = self.breaks.iter().filter(|b| b.spread > 0.0).flat_map(|b| b.parts());
            out.extend(parts.map(|(begin, length, share)| (from + begin, length, share)));
        }
        out
    }
}

/// Which rules may be left out, to see which of them stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Waived {
    /// Whether the rule `rest` forbids patterns.
    pub rest: bool,
    /// Whether the rule `open` forbids patterns.
    pub open: bool,
    /// Whether the rule `whole_weekends` forbids patterns.
    pub whole_weekends: bool,
    /// `days` of shifts.
    pub days: bool,
    /// `roles` of shifts.
    pub roles: bool,
}

/// The weeks that officers with these roles may work under the rules, by permitted shift, start and
/// first day.
pub(crate) fn tours(rules: &CentreRules, shifts: &[ShiftRule], roles: RoleMask, waived: Waived) -> Vec<Tour> {
    let mut out: Vec<Tour> = Vec::new();
    for rule in shifts.iter().filter(|s| waived.roles || s.roles & roles == roles) {
        // The same start every day leaves 24 hours less the shift between two of them.
        if !waived.rest && rule.days_on > 1 && rule.length + rules.rest > DAY + 1e-6 {
            continue;
        }
        for &start in &rule.starts {
            let allowed = |d: usize| {
                (waived.days || rule.days[d]) && (waived.open || is_within(rules, d, start, rule.length))
            };
            for days in day_sets(rule, allowed) {
                if !waived.whole_weekends && rules.whole_weekends && days[5] != days[6] {
                    continue;
                }
                let tour = Tour::new(rule, start, days);
                if tour.hours() > 0.0 && !out.contains(&tour) {
                    out.push(tour);
                }
            }
        }
    }
    out
}

/// Whether a shift lies within the opening hours.
fn is_within(rules: &CentreRules, day: usize, start: f64, length: f64) -> bool {
    let Some(open) = &rules.open else { return true };
    let from = day as f64 * DAY + start;
    let (first, last) = ((from / HOUR).floor() as usize, ((from + length) / HOUR).ceil() as usize);
    (first..last).all(|h| open[h % HOURS_OF_WEEK])
}

/// Sets of as many allowed days as the rule says.
fn day_sets(rule: &ShiftRule, allowed: impl Fn(usize) -> bool) -> Vec<[bool; 7]> {
    let n = rule.days_on as usize;
    let mut out: Vec<[bool; 7]> = Vec::new();
    let mut add = |set: [bool; 7]| {
        if (0..7).all(|d| !set[d] || allowed(d)) && !out.contains(&set) {
            out.push(set);
        }
    };
    if rule.consecutive {
        for first in 0..7 {
            let mut set = [false; 7];
            (0..n.min(7)).for_each(|d| set[(first + d) % 7] = true);
            add(set);
        }
    } else {
        for bits in 0_u32..128 {
            if bits.count_ones() as usize == n {
                add(std::array::from_fn(|d| bits >> d & 1 == 1));
            }
        }
    }
    out
}

/// A covering programme, and which hour of the week each row is about.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Covering {
    /// The programme; columns are the tours in their order, all of cost 1 until somebody sets them.
    pub programme: Programme,
    /// By row, the hour of the week that needs most of it.
    pub hours: Vec<usize>,
}

/// The programme that covers `need` by hour of the week with `tours`. Instants, or hours, that the same
/// tours cover make one row.
pub(crate) fn covering(rules: &CentreRules, tours: &[Tour], need: &[u32; HOURS_OF_WEEK]) -> Covering {
    let cover = rules.cover.unwrap_or(Cover::Always);
    let pieces = match cover {
        Cover::Always => instants(tours),
        Cover::Mean => (0..HOURS_OF_WEEK).map(|h| (h as f64 * HOUR, (h + 1) as f64 * HOUR)).collect(),
    };
    let most = rules.maximum.map_or(f64::INFINITY, f64::from);
    let covers: Vec<Vec<(usize, f64)>> = tours.iter().map(|tour| shares(tour, cover, &pieces)).collect();
    let raised = raised_by_breaks(rules, tours, cover, need);
    let mut by_piece: Vec<Vec<(usize, f64)>> = vec![Vec::new(); pieces.len()];
    for (j, cover) in covers.iter().enumerate() {
        cover.iter().for_each(|&(piece, share)| by_piece[piece].push((j, share)));
    }
    let mut rows: Vec<LpConstraint> = Vec::new();
    let mut hours = Vec::new();
    let mut row_of_piece: Vec<Option<usize>> = vec![None; pieces.len()];
    let mut seen: BTreeMap<Vec<(usize, u64)>, usize> = BTreeMap::new();
    for (piece, by) in by_piece.iter().enumerate() {
        let hour = (pieces[piece].0 / HOUR) as usize % HOURS_OF_WEEK;
        let asked = f64::from(raised[hour]);
        if asked == 0.0 && most.is_infinite() {
            continue;
        }
        let key = by.iter().map(|&(j, share)| (j, share.to_bits())).collect();
        match seen.get(&key) {
            Some(&row) => {
                if asked > rows[row].need {
                    (rows[row].need, hours[row]) = (asked, hour);
                }
            }
            None => {
                seen.insert(key, rows.len());
                row_of_piece[piece] = Some(rows.len());
                rows.push(LpConstraint { need: asked, most });
                hours.push(hour);
            }
        }
    }
    let column = |cover: &Vec<(usize, f64)>| {
        let own = |&(piece, share): &(usize, f64)| row_of_piece[piece].map(|row| (row, share));
        let mut covers: Vec<(usize, f64)> = cover.iter().filter_map(own).collect();
        covers.sort_by_key(|c| c.0);
        LpColumn { cost: 1.0, covers }
    };
    let columns = covers.iter().map(column).collect();
    Covering { programme: Programme { columns, rows, sides: Vec::new() }, hours }
}

/// What must be on a shift for `need` to be on duty in the mean: more by the share of time that breaks take, to the
/// nearest officer, and never fewer than the minimum crew, whose officers may be on a break.
fn raised_by_breaks(
    rules: &CentreRules,
    tours: &[Tour],
    cover: Cover,
    need: &[u32; HOURS_OF_WEEK],
) -> [u32; HOURS_OF_WEEK] {
    if cover == Cover::Always || tours.is_empty() {
        return *need;
    }
    let share = tours.iter().map(Tour::on_duty_share).sum::<f64>() / tours.len() as f64;
    need.map(|n| {
        let raised = (f64::from(n) / share - 1e-9).round() as u32;
        if n <= rules.minimum { n } else { raised.max(n) }
    })
}

/// The rule on weekends as a side rule: those who work on one are at most 1 - share of all.
pub(crate) fn weekends(rules: &CentreRules, tours: &[Tour]) -> Option<LpSide> {
    let share = rules.weekends_off;
    let weight = |t: &Tour| if t.works_weekends() { share } else { share - 1.0 };
    (share > 0.0).then(|| LpSide {
        name: "weekends_off".to_owned(),
        weights: tours.iter().map(weight).enumerate().filter(|(_, w)| *w != 0.0).collect(),
        limit: 0.0,
    })
}

/// The week cut at every instant at which somebody may come or go, and at every hour.
fn instants(tours: &[Tour]) -> Vec<(f64, f64)> {
    let mut cuts: Vec<f64> = (0..=HOURS_OF_WEEK).map(|h| h as f64 * HOUR).collect();
    for (from, length) in tours.iter().flat_map(Tour::spans) {
        cuts.extend([from.rem_euclid(WEEK), (from + length).rem_euclid(WEEK)]);
    }
    cuts.sort_by(f64::total_cmp);
    cuts.dedup_by(|a, b| (*a - *b).abs() < 1e-6);
    cuts.windows(2).map(|w| (w[0], w[1])).collect()
}

/// Pieces of the week that a tour covers, ascending, and the share of each.
fn shares(tour: &Tour, cover: Cover, pieces: &[(f64, f64)]) -> Vec<(usize, f64)> {
    let mut out: BTreeMap<usize, f64> = BTreeMap::new();
    let spans = if cover == Cover::Mean { tour.shifts() } else { tour.spans() };
    for (from, length) in spans {
        let (mut at, end) = (from, from + length);
        while at < end - 1e-6 {
            let here = at.rem_euclid(WEEK);
            let piece = pieces.partition_point(|p| p.1 <= here + 1e-6).min(pieces.len() - 1);
            let (a, b) = pieces[piece];
            let step = (b - here).min(end - at);
            *out.entry(piece).or_insert(0.0) += step / (b - a);
            at += step;
        }
    }
    // Parts that add up to a whole piece are one, whatever rounding says.
    out.into_iter().map(|(p, s)| (p, if (s - 1.0).abs() < 1e-9 { 1.0 } else { s })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::model::Break;

    fn rule(starts: &[f64], length: f64, days_on: u32) -> ShiftRule {
        ShiftRule {
            starts: starts.iter().map(|h| h * HOUR).collect(),
            length: length * HOUR,
            breaks: Vec::new(),
            days: [true; 7],
            days_on,
            consecutive: true,
            roles: 1,
            holidays: HolidayWork::Work,
        }
    }

    fn count(rules: &CentreRules, shifts: &[ShiftRule]) -> usize {
        tours(rules, shifts, 1, Waived::default()).len()
    }

    #[test]
    fn patterns_are_starts_by_runs_of_days() {
        let free = CentreRules::default();
        let hourly: Vec<f64> = (0..24).map(f64::from).collect();
        // 24 starts, 7 first days; eight and ten hours.
        assert_eq!(count(&free, &[rule(&hourly, 8.0, 5), rule(&hourly, 10.0, 4)]), 336);
        let mut any = rule(&[6.0], 8.0, 5);
        any.consecutive = false;
        assert_eq!(count(&free, &[any]), 21);
        let mut weekdays = rule(&[6.0], 8.0, 4);
        weekdays.days = [true, true, true, true, true, false, false];
        assert_eq!(count(&free, &[weekdays.clone()]), 2, "Monday to Thursday, Tuesday to Friday");
        weekdays.days_on = 6;
        assert_eq!(count(&free, &[weekdays]), 0);
        assert_eq!(count(&free, &[rule(&[0.0, 8.0], 8.0, 7)]), 2, "seven days are one week");
    }

    #[test]
    fn rules_leave_patterns_out() {
        let shifts = [rule(&[6.0], 14.0, 3)];
        let mut rules = CentreRules { rest: 11.0 * HOUR, ..CentreRules::default() };
        assert_eq!(count(&rules, &shifts), 0, "14 h and 11 h are more than a day");
        assert_eq!(tours(&rules, &shifts, 1, Waived { rest: true, ..Waived::default() }).len(), 7);
        rules.rest = 10.0 * HOUR;
        assert_eq!(count(&rules, &shifts), 7);
        rules.whole_weekends = true;
        // Runs of three with both or none of Saturday and Sunday: from Monday, Tuesday, Wednesday,
        // Friday and Saturday.
        assert_eq!(count(&rules, &shifts), 5);
        // Open on weekdays only: from Monday, Tuesday, Wednesday.
        let open = (0..HOURS_OF_WEEK).map(|h| h < 120).collect();
        rules = CentreRules { open: Some(open), ..CentreRules::default() };
        assert_eq!(count(&rules, &shifts), 3);
        assert!(tours(&rules, &shifts, 2, Waived::default()).is_empty(), "another role");
    }

    #[test]
    fn three_shifts_make_one_row_each_a_day() {
        let shifts = [rule(&[0.0, 8.0, 16.0], 8.0, 5)];
        let rules = CentreRules::default();
        let all = tours(&rules, &shifts, 1, Waived::default());
        let mut need = [2; HOURS_OF_WEEK];
        need[30] = 7;
        let covering = covering(&rules, &all, &need);
        assert_eq!(covering.programme.rows.len(), 21);
        let row = covering.hours.iter().position(|h| *h == 30).unwrap();
        assert_eq!(covering.programme.rows[row].need, 7.0);
        assert!(covering.programme.columns.iter().all(|c| c.covers.len() == 5));
    }

    #[test]
    fn a_break_is_a_gap_at_every_instant_and_a_part_on_the_mean() {
        let mut shift = rule(&[22.0], 8.0, 5);
        shift.breaks = vec![Break::together(3.5 * HOUR, 0.5 * HOUR)];
        let mut rules = CentreRules::default();
        let all = tours(&rules, &[shift.clone()], 1, Waived::default());
        assert_eq!(all[0].hours(), 37.5);
        let mut need = [0; HOURS_OF_WEEK];
        need[25] = 1;
        let strict = covering(&rules, &all, &need);
        // 01:00-01:30 is worked by those whose shift began on Monday; 01:30-02:00 by nobody.
        assert_eq!(strict.programme.rows.len(), 2);
        assert_eq!(strict.programme.cover(&[1, 0, 0, 0, 0, 0, 0]), [1.0, 0.0]);
        rules.cover = Some(Cover::Mean);
        let mean = covering(&rules, &all, &need);
        assert_eq!(mean.programme.cover(&[1, 0, 0, 0, 0, 0, 0]), [1.0]);
        // On the mean breaks are a sixteenth of each hour: seven still do with seven on the shift, eight take nine.
        for (required, on_shift) in [(7, 7.0), (8, 9.0), (16, 17.0)] {
            need[25] = required;
            assert_eq!(covering(&rules, &all, &need).programme.rows[0].need, on_shift);
        }
    }

    #[test]
    fn the_week_is_a_ring() {
        // A night shift from Sunday ends on Monday at 06:00.
        let shifts = [rule(&[22.0], 8.0, 1)];
        let rules = CentreRules::default();
        let all = tours(&rules, &shifts, 1, Waived::default());
        let mut need = [0; HOURS_OF_WEEK];
        need[3] = 2;
        let covering = covering(&rules, &all, &need);
        assert_eq!(covering.programme.rows.len(), 1);
        let sunday = all.iter().position(|t| t.days[6]).unwrap();
        assert_eq!(covering.programme.columns[sunday].covers, [(0, 1.0)]);
    }

    #[test]
    fn those_with_the_weekend_off_count_against_those_who_work_it() {
        let shifts = [rule(&[8.0], 8.0, 5)];
        let rules = CentreRules { weekends_off: 0.5, ..CentreRules::default() };
        let all = tours(&rules, &shifts, 1, Waived::default());
        let side = weekends(&rules, &all).unwrap();
        // Only Monday to Friday is free of weekends.
        assert_eq!(side.of(&[1, 1, 0, 0, 0, 0, 0]), 0.0);
        assert_eq!(side.of(&[1, 1, 1, 0, 0, 0, 0]), 0.5);
        assert_eq!(weekends(&CentreRules::default(), &all), None);
    }
}
