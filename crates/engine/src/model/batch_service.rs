//! Several requests that are served together: a tour, a group, a load.

/// How many of the requests that wait for a service are taken into one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BatchService {
    /// Most at once.
    pub most: u32,
    /// Fewest, unless somebody has waited for long.
    pub least: u32,
    /// A request that has waited so long since it reached the stage is served with as many as there are, seconds; infinite
    /// where it waits for the fewest.
    pub after: f64,
}
