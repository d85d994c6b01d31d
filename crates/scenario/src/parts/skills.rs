//! `roles` of officers: which, in which order, how fast, and after which wait.

use crate::input::{Req, either, table};
use crate::quantity::Dur;
use crate::scalar::{Positive, Text};

either! {
    /// A role that an officer holds.
    pub(crate) enum RoleIn {
        /// As everybody.
        Name(Text),
        /// At a speed of their own, or only for cases that have waited.
        Table(SkillIn),
    }
    expects "a role, or { role = \"adviser\", speed = 1.2, after = \"30 s\" }"
}

table! {
    /// A role as these officers hold it.
    pub(crate) struct SkillIn {
        /// The role.
        role: Req<Text>,
        /// Factor on the time of its services; above 1 is slower.
        speed: Positive = Positive::new(1.0),
        /// They take its cases only when these have waited so long since they reached their stage.
        after: Dur = Dur::new(0.0),
    }
}

impl RoleIn {
    /// The role's name.
    pub(crate) fn name(&self) -> Option<&Text> {
        match self {
            Self::Name(name) => Some(name),
            Self::Table(table) => table.role.get(),
        }
    }
}
