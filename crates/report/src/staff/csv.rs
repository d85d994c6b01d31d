//! The staffing answer as CSV: one line an option, and the requirement hour by hour.

use crate::ReportError;
use poolwise_staffing::answer::StaffingAnswer;
use poolwise_staffing::solve::{HeadcountRange, Staffed};

/// `staffing.csv`: what each option needs.
///
/// # Errors
/// If a row cannot be encoded.
pub fn options(answer: &StaffingAnswer) -> Result<String, ReportError> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let ranges = ["headcount", "posts", "paid_hours_per_week", "officers_released"];
    let mut header: Vec<String> =
        ["scenario", "feasible", "headcount_as_is"].iter().map(|h| (*h).to_owned()).collect();
    for name in ranges {
        header.extend([name.to_owned(), format!("{name}_lower"), format!("{name}_upper")]);
    }
    header.extend(["headcount_in_whole_weeks", "binding"].map(str::to_owned));
    out.write_record(&header).map_err(encode)?;
    for o in &answer.options {
        let staffed = o.solved.staffed();
        let mut row =
            vec![o.scenario.clone(), staffed.is_some().to_string(), o.solved.as_is.headcount.to_string()];
        let all = [
            staffed.map(Staffed::headcount),
            staffed.map(Staffed::posts),
            staffed.map(Staffed::paid_hours),
            o.released,
        ];
        for range in all {
            let cells = |r: HeadcountRange| [r.estimate, r.lower, r.upper].map(|x| x.to_string());
            row.extend(range.map_or_else(|| [const { String::new() }; 3], cells));
        }
        let weeks =
            staffed.and_then(|s| s.roster.as_ref()?.as_ref().ok()).map(|r| r.plan.officers().to_string());
        row.push(weeks.unwrap_or_default());
        row.push(staffed.map_or_else(String::new, |s| s.binding.clone()));
        out.write_record(&row).map_err(encode)?;
    }
    text(out)
}

/// `requirement.csv`: officers who must be there, by option, centre, role and hour of the local week.
///
/// # Errors
/// As [`options`].
pub(crate) fn requirement(answer: &StaffingAnswer) -> Result<String, ReportError> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["scenario", "centre", "role", "hour_of_week", "officers"]).map_err(encode)?;
    for o in &answer.options {
        let Some(staffed) = o.solved.staffed() else { continue };
        for row in &staffed.curve.centres {
            for (h, n) in row.required.iter().enumerate() {
                let cells = [&o.scenario, &row.centre, &row.role, &h.to_string(), &n.to_string()];
                out.write_record(cells).map_err(encode)?;
            }
        }
    }
    text(out)
}

fn text(out: csv::Writer<Vec<u8>>) -> Result<String, ReportError> {
    let bytes = out.into_inner().map_err(|e| ReportError::Encode(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| ReportError::Encode(e.to_string()))
}

fn encode(e: csv::Error) -> ReportError {
    ReportError::Encode(e.to_string())
}
