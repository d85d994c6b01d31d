//! Officers who have several cases in hand at once, each of which then takes longer.

use super::{Centre, RoleId, RoleMask};

/// How many cases an officer of a centre may have in hand, and how much slower each of them goes then.
#[derive(Debug, Clone, PartialEq)]
pub struct Concurrency {
    /// Factor on the time of each case while so many are in hand: the first for one, the last for as many as there may be.
    pub slower: Vec<f64>,
    /// Roles of which several cases may be in hand together; a case of another role takes the whole officer.
    pub roles: RoleMask,
}

impl Concurrency {
    /// Most cases in hand of one officer.
    pub fn cases(&self) -> usize {
        self.slower.len()
    }

    /// Whether cases of a role may be in hand together with others.
    pub fn shares(&self, role: RoleId) -> bool {
        self.roles >> role & 1 == 1
    }

    /// Factor on the time of a case of a role while so many are in hand.
    pub fn factor(&self, role: RoleId, in_hand: usize) -> f64 {
        let at = in_hand.clamp(1, self.slower.len().max(1)) - 1;
        if self.shares(role) { self.slower.get(at).copied().unwrap_or(1.0) } else { 1.0 }
    }

    /// Time of an officer that a case of a role takes, as a factor on its time alone, where officers have as many in hand as
    /// gets most done.
    pub fn share_of_officer(&self, role: RoleId) -> f64 {
        if !self.shares(role) {
            return 1.0;
        }
        let each = self.slower.iter().enumerate().map(|(k, slower)| slower / (k + 1) as f64);
        each.fold(f64::INFINITY, f64::min)
    }
}

impl Centre {
    /// Time of an officer that a case of a role takes, as a factor on the length of its service.
    pub fn share_of_officer(&self, role: RoleId) -> f64 {
        self.concurrency.as_ref().map_or(1.0, |concurrency| concurrency.share_of_officer(role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_takes_the_least_of_an_officer_where_most_gets_done() {
        let chat = Concurrency { slower: vec![1.0, 1.2, 2.4], roles: 0b10 };
        assert_eq!((chat.factor(1, 1), chat.factor(1, 2), chat.factor(1, 3)), (1.0, 1.2, 2.4));
        assert_eq!((chat.factor(0, 1), chat.share_of_officer(0)), (1.0, 1.0));
        // Two at once do 2 / 1.2, three no more than 3 / 2.4.
        assert!((chat.share_of_officer(1) - 0.6).abs() < 1e-15);
    }
}
