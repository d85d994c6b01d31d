//! `appointments` of `[class.<name>]`.

use super::HoursIn;
use crate::input::{Req, table};
use crate::quantity::{Dur, Span};
use crate::scalar::{CountScalar, Share, Text};
use crate::word::ChoiceWord;
use poolwise_engine::model::HolidayWork;

table! {
    /// Appointments: slots of a week, some of whose clients do not come.
    pub(crate) struct AppointmentsIn {
        /// Hours of the week with slots, by the area's clock, or the run's.
        hours: Req<HoursIn>,
        /// Time from one slot to the next.
        every: Req<Span>,
        /// Clients of a slot.
        each: CountScalar<1> = CountScalar::new(1),
        /// Probability that a client does not come.
        no_show: Share = Share::new(0.0),
        /// Full width of an even spread around the slot, for clients who are early or late.
        jitter: Option<Dur>,
        /// The area of all. Without it areas are drawn by share.
        area: Option<Text>,
        /// Whether there are slots on holidays.
        holidays: ChoiceWord<HolidayWork> = ChoiceWord(HolidayWork::Off),
    }
}
