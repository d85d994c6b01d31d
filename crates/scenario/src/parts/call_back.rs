//! `call_back` of `[centre.<name>]`.

use super::Dist;
use crate::input::table;
use crate::scalar::{CountScalar, Share, Text, Whole};

table! {
    /// Clients who leave the line, keep their place in it, and are called when an officer is free.
    pub(crate) struct CallBackIn {
        /// Offered to whoever has to wait and finds at least so many waiting.
        queue: CountScalar<0> = CountScalar::new(0),
        /// Probability that the offer is taken.
        accepted: Share = Share::new(1.0),
        /// Probability that a call is answered.
        answered: Share = Share::new(1.0),
        /// How long officers are at a call that nobody answers.
        ringing: Option<Dist>,
        /// Most calls.
        attempts: Whole<1, 1000> = Whole::new(1),
        /// Time from one call until the client is in line for the next.
        again_after: Option<Dist>,
        /// Exit of those whom the last call does not reach, or any stage.
        exit: Option<Text>,
    }
    as replaced
}
