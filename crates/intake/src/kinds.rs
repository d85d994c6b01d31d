//! Files of one kind: one of each, but for rosters of other places.

use crate::facts::SheetTable;
use crate::problem::Problem;
use crate::roster::RecordedRoster;

/// Two files of one kind are one too many.
pub(crate) fn once<T>(
    slot: &mut Option<(T, String)>,
    value: T,
    label: &str,
    what: &str,
    table: &SheetTable,
) -> Result<(), Problem> {
    if let Some((_, first)) = slot {
        return Err(table
            .problem(format!("these are {what}, and so is {first}"))
            .help("give one file of each kind; put tables of the same kind together, or say which sheet with `--sheet`"));
    }
    *slot = Some((value, label.to_owned()));
    Ok(())
}

/// A roster more: of other places than those before.
pub(crate) fn more_places(
    slot: &mut Option<(RecordedRoster, String)>,
    mut more: RecordedRoster,
    label: &str,
    table: &SheetTable,
) -> Result<(), Problem> {
    match slot {
        Some((first, other)) if first.by_interval != more.by_interval => Err(table
            .problem(format!(
                "this roster is by {}, and that of {other} is not",
                if more.by_interval { "interval" } else { "shift" }
            ))
            .help("give all places in one way: by shifts, or by interval")),
        Some((first, file))
            if more.places.iter().all(|p| !p.0.is_empty() && first.places.iter().all(|q| q.0 != p.0)) =>
        {
            first.places.append(&mut more.places);
            *file = format!("{file} and {label}");
            Ok(())
        }
        _ => once(slot, more, label, "a roster", table),
    }
}
