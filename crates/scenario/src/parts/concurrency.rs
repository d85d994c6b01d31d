//! `concurrency` of `[centre.<name>]`.

use crate::collections::List;
use crate::input::{Req, table};
use crate::scalar::{Positive, Text, Whole};

table! {
    /// Officers who have several cases in hand at once.
    pub(crate) struct ConcurrencyIn {
        /// Most cases in hand of one officer.
        cases: Req<Whole<1, 100>>,
        /// Factor on the time of each of them with one in hand, with two and so on; above 1 is slower. Default: 1 at all times.
        slower: Option<List<Positive>>,
        /// Roles of which cases may be in hand together; a case of another takes the whole officer. Default: all.
        roles: Option<List<Text>>,
    }
    as replaced
}
