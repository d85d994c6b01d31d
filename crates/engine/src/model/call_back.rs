//! Clients who leave the line, keep their place in it, and are called when an officer is free.

use super::StageId;
use crate::random::Sampler;

/// Calling back at a centre.
#[derive(Debug, Clone, PartialEq)]
pub struct CallBack {
    /// It is offered to whoever has to wait and finds at least so many waiting.
    pub queue: u32,
    /// Probability that the offer is taken.
    pub accepted: f64,
    /// Probability that a call is answered.
    pub answered: f64,
    /// How long officers are at a call that nobody answers, at speed 1.
    pub ringing: Sampler,
    /// Most calls that are made to one client.
    pub attempts: u32,
    /// Time from the end of one call until the client is in line for the next.
    pub again: Sampler,
    /// Where those go on, or leave, whom the last call does not reach.
    pub exit: StageId,
}
