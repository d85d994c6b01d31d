//! `reserves` of `[centre.<name>]`.

use super::HoursIn;
use crate::collections::List;
use crate::input::{Req, table};
use crate::quantity::HoursWord;
use crate::scalar::{CountScalar, Text};

table! {
    /// Officers kept free of some classes, for the others.
    pub(crate) struct ReserveIn {
        /// The classes that are held back.
        classes: Req<List<Text>>,
        /// Officers that stay free where one of their cases is begun.
        keep_free: Option<CountScalar<1>>,
        /// Or: they are begun only while fewer officers than this are at work.
        busy_below: Option<CountScalar<1>>,
        /// When, by the centre's clock.
        hours: HoursIn = HoursIn::Word(HoursWord::Always),
    }
    exactly_one [keep_free, busy_below]
    such "{ classes = [\"routine\"], keep_free = 1 }"
}
