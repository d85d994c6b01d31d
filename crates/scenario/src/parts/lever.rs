//! `[lever.<name>]`

use crate::input::{Req, either, table};
use crate::scalar::{NonNegative, Positive, Text};

table! {
    /// A lever that a page shows first, under this name.
    pub(crate) struct LeverIn {
        /// What it moves: a path as `--set` takes it, or the word of numbers that move `together`.
        set: Req<Text>,
        /// Least value of its slider, written as the value is.
        low: Option<LeverEndIn>,
        /// Greatest value of its slider, written as the value is.
        high: Option<LeverEndIn>,
        /// Step of its slider, in the unit that the page shows.
        step: Option<Positive>,
    }
}

either! {
    /// An end of a slider.
    pub(crate) enum LeverEndIn {
        /// A number.
        Number(NonNegative),
        /// A duration, a rate or a time of day.
        Text(Text),
    }
    expects "a number, or a text such as \"20 min\", \"10 per hour\" or \"06:00\""
}
