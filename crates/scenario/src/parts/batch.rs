//! `batch` of `[class.<name>]`.

use crate::collections::List;
use crate::input::{either, table};
use crate::scalar::{Positive, Share, Whole};

either! {
    /// How many requests come at once.
    pub(crate) enum BatchIn {
        /// Always so many.
        Always(Whole<1, 10_000>),
        /// At random.
        Table(BatchTableIn),
    }
    expects "a whole number, { geometric = 2.5 } or { sizes = [1, 2, 5], probability = [0.5, 0.3, 0.2] }"
}

table! {
    /// A random number of requests that come at once.
    pub(crate) struct BatchTableIn {
        /// At least one, geometric with this mean.
        geometric: Option<Positive>,
        /// The sizes that there are.
        sizes: Option<List<Whole<1, 10_000>>>,
        /// The probability of each size.
        probability: Option<List<Share>>,
    }
    exactly_one [geometric, sizes]
    as replaced
}
