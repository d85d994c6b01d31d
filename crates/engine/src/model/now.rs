//! What is known of the day so far, where a run begins in the middle of it.

use super::{AreaId, CentreId, ClassId};

/// A run that begins from now: the cases in hand are its [`super::StartState`]s.
#[derive(Debug, Clone, PartialEq)]
pub struct Now {
    /// The present, engine time in seconds. Rosters go on from the origin; requests arrive, and statistics are kept, from here on.
    pub at: f64,
    /// Officers on shift now, breaks included, by centre; elsewhere as the roster and absence have it.
    pub on_shift: Vec<(CentreId, u32)>,
    /// Requests that have come so far today, since local midnight of their areas.
    pub arrived: Vec<Arrived>,
}

/// A count of today's arrivals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrived {
    /// Of this class.
    pub class: ClassId,
    /// From this area; from all of the class's areas where `None`.
    pub area: Option<AreaId>,
    /// Requests that came in this interval.
    pub count: u64,
}
