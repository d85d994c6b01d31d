//! Rosters as tidy CSV: shifts, officers' weeks, and the requirement hour by hour.

use crate::{ReportError, number};
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK};
use poolwise_planning::staffing;
use poolwise_staffing::roster::duty::clock_time;
use poolwise_staffing::roster::{Roster, RosterOutcome, RosterPlan};

/// `roster_shifts.csv`: rostered officers of every shift by weekday of its start.
///
/// # Errors
/// If a row cannot be encoded.
pub fn shifts(plan: &RosterPlan) -> Result<String, ReportError> {
    let mut header = vec!["centre", "role", "shift", "start", "length_hours", "break_hours"];
    header.extend(number::DAYS);
    header.push("hours_per_week");
    let mut rows = Vec::new();
    for (row, roster) in rosters(plan) {
        for line in roster.lines(&row.centre, None) {
            let each = staffing::line_hours(&line);
            let mut cells = vec![
                row.centre.clone(),
                row.role.clone(),
                line.name.clone(),
                clock_time(line.start),
                (line.length / HOUR).to_string(),
                (line.length / HOUR - each).to_string(),
            ];
            cells.extend(line.officers.iter().map(u32::to_string));
            cells.push((each * f64::from(line.officers.iter().sum::<u32>())).to_string());
            rows.push(cells);
        }
    }
    encode(&header, rows)
}

/// `roster_weeks.csv`: the weeks that officers work, and how many work each.
///
/// # Errors
/// If a row cannot be encoded.
pub fn weeks(plan: &RosterPlan) -> Result<String, ReportError> {
    let header = ["centre", "role", "start", "length_hours", "days", "hours_per_week", "officers"];
    let mut rows = Vec::new();
    for (row, roster) in rosters(plan) {
        for (tour, officers) in &roster.tours {
            let on = number::DAYS.iter().zip(tour.days).filter(|(_, on)| *on).map(|(day, _)| *day);
            rows.push(vec![
                row.centre.clone(),
                row.role.clone(),
                clock_time(tour.start),
                (tour.length / HOUR).to_string(),
                on.collect::<Vec<_>>().join(" "),
                tour.hours().to_string(),
                officers.to_string(),
            ]);
        }
    }
    encode(&header, rows)
}

/// `roster_hours.csv`: officers required, to be rostered, and rostered in each hour of the centre's week: the fewest
/// in the hour, and the mean.
///
/// # Errors
/// If a row cannot be encoded.
pub fn hours(plan: &RosterPlan) -> Result<String, ReportError> {
    let header = ["centre", "role", "hour_of_week", "required", "to_roster", "rostered", "rostered_mean"];
    let mut rows = Vec::new();
    for row in &plan.rows {
        let roster = row.outcome.as_ref().ok();
        let (fewest, mean) = (roster.map(Roster::on_duty), roster.map(Roster::mean_on_duty));
        for h in 0..HOURS_OF_WEEK {
            rows.push(vec![
                row.centre.clone(),
                row.role.clone(),
                h.to_string(),
                row.required[h].to_string(),
                row.covered[h].to_string(),
                fewest.map_or_else(String::new, |f| f[h].to_string()),
                mean.as_ref().map_or_else(String::new, |m| m[h].to_string()),
            ]);
        }
    }
    encode(&header, rows)
}

fn rosters(plan: &RosterPlan) -> impl Iterator<Item = (&RosterOutcome, &Roster)> {
    plan.rows.iter().filter_map(|row| row.outcome.as_ref().ok().map(|roster| (row, roster)))
}

fn encode(header: &[&str], rows: Vec<Vec<String>>) -> Result<String, ReportError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let wrong = |e: csv::Error| ReportError::Encode(e.to_string());
    writer.write_record(header).map_err(wrong)?;
    for row in rows {
        writer.write_record(row).map_err(wrong)?;
    }
    let bytes = writer.into_inner().map_err(|e| ReportError::Encode(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| ReportError::Encode(e.to_string()))
}
