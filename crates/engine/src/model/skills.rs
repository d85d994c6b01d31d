//! Who takes what: roles in order of preference and at which speed, which officer takes a case, which case an officer takes.

use super::{Centre, Pool, RoleId};
use crate::choice;

/// A role as the officers of a pool hold it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Skill {
    /// The role that the officer may take.
    pub role: RoleId,
    /// Factor on the time of its services by these officers: above 1 is slower.
    pub speed: f64,
    /// They take a case of the role only when it has waited so long since it reached its stage, seconds.
    pub after: f64,
}

impl Pool {
    /// The role as these officers hold it; `None` where they hold all alike, or not at all.
    pub fn skill(&self, role: RoleId) -> Option<&Skill> {
        self.skills.iter().find(|skill| skill.role == role)
    }

    /// Factor on the time of services of a role by these officers.
    pub fn speed(&self, role: RoleId) -> f64 {
        self.skill(role).map_or(1.0, |skill| skill.speed)
    }

    /// How long a case of a role has waited before these officers take it, seconds.
    pub(crate) fn takes_after(&self, role: RoleId) -> f64 {
        self.skill(role).map_or(0.0, |skill| skill.after)
    }
}

impl Centre {
    /// Whether some of its officers leave cases to others for some time first.
    pub(crate) fn offers_later(&self) -> bool {
        self.pools.iter().any(|pool| pool.skills.iter().any(|skill| skill.after > 0.0))
    }
}

choice! {
    /// Which of several idle officers takes a case. Equals by each of these: the one who became idle first, then the one with
    /// fewer roles, then by the names of the roles; who came on duty together, by the name of the shift.
    pub enum OfficerChoice {
        /// The one who has been idle for longest.
        LongestIdle = "longest-idle",
        /// The one who holds the fewest roles, so that those who can do more stay free for it.
        FewestRolesFirst = "fewest-roles-first",
        /// The one whose line stands first among the centre's lines.
        AsListed = "as-listed",
        /// The one in whose order of roles that of the case stands first.
        ByPreference = "by-preference",
        /// The one who is fastest at the role.
        Fastest = "fastest",
    }
}

choice! {
    /// Which of the cases that wait an officer who is free takes.
    pub enum CaseChoice {
        /// Over all roles held, the first in line.
        FirstInLine = "first-in-line",
        /// In the officer's order of roles, the first in line of the first for which somebody waits.
        ByPreference = "by-preference",
        /// The first in line of the role for which most wait; of equals, in the officer's order.
        LongestQueue = "longest-queue",
    }
}
