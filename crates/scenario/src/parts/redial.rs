//! `redial` of `[class.<name>]`.

use super::Dist;
use crate::collections::List;
use crate::input::{Req, either, table};
use crate::scalar::Share;

table! {
    /// Clients who come again after they have given up or were turned away.
    pub(crate) struct RedialIn {
        /// Probability of coming again.
        probability: Req<AgainIn>,
        /// Time until then.
        after: Req<Dist>,
    }
    as replaced
}

either! {
    /// Probability of coming again.
    pub(crate) enum AgainIn {
        /// The same after each contact.
        Each(Share),
        /// After the first contact, the second and so on; nobody after more than the list has.
        ByContact(List<Share>),
    }
    expects "a number from 0 to 1, or a list of such numbers by contact"
}
