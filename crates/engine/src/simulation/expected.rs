//! How many requests are expected: the rates of their arrivals, with whatever is random about them at its mean.

use super::arrivals::segment;
use super::hours::Hours;
use super::varying::Varying;
use crate::model::{ClassId, Demand, Model};

/// The requests of a class that are expected to arrive between two instants, exactly: the rates that a run draws them by, over every
/// change of hour, clock, month and exception. Factors of days and of bursts have mean 1, and batches are so much rarer as they are large. `None` where arrivals are recorded
/// ones, or the run begins from now, where what has come tells of what will come.
pub fn expected_arrivals(model: &Model, class: ClassId, from: f64, until: f64) -> Option<f64> {
    if model.run.now.is_some() || matches!(model.classes[class].demand, Demand::Trace(_)) {
        return None;
    }
    let size = model.classes[class].batch.as_ref().map_or(1.0, |size| size.mean());
    let mut hours = Hours::new(model);
    let mut expected = 0.0;
    for area in model.classes[class].demand.areas(model.areas.len()) {
        let mut varying = Varying::certain();
        let mut t = from;
        while t < until {
            let (rate, end) = segment(model, &mut hours, (class, area), t, &mut varying);
            let end = end.min(until);
            expected += rate * size * (end - t);
            t = end;
        }
    }
    Some(expected)
}
