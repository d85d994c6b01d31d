//! `[[handling]]`: factors on handling times; `learning` of shifts.

use super::HoursIn;
use crate::collections::List;
use crate::input::{Req, table};
use crate::quantity::{Date, HoursWord};
use crate::scalar::{Positive, Text};

table! {
    /// A factor on the times of some services; factors that apply together multiply.
    pub(crate) struct HandlingIn {
        /// The factor; above 1 is slower.
        factor: Req<Positive>,
        /// Hours in which the service begins, by the centre's clock.
        hours: HoursIn = HoursIn::Word(HoursWord::Always),
        /// Classes. Default: all.
        classes: Option<List<Text>>,
        /// Service stages. Default: all.
        stages: Option<List<Text>>,
        /// Centres. Default: all.
        centres: Option<List<Text>>,
    }
    such "{ factor = 1.2, hours = \"22:00-06:00\" }"
}

table! {
    /// Officers who are new and become faster.
    pub(crate) struct LearningIn {
        /// The day on which they began.
        since: Req<Date>,
        /// Factor on the times of their services in the first week from then on, the second and so on; then it is 1.
        by_week: Req<List<Positive>>,
    }
}
