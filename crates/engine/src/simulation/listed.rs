//! The services under way of a level, oldest first: a fall of the level cuts off the last ones.

use super::centre::LevelState;
use super::request::{Arena, NONE};

/// Adds a service to the end of a level pool's list.
pub(super) fn enlist(levels: &mut LevelState, s: u32, requests: &mut Arena) {
    requests[s].prev = levels.tail;
    requests[s].next = NONE;
    if levels.tail == NONE {
        levels.head = s;
    } else {
        requests[levels.tail].next = s;
    }
    levels.tail = s;
}

/// Takes a service off a level pool's list.
pub(super) fn delist(levels: &mut LevelState, s: u32, requests: &mut Arena) {
    let (prev, next) = (requests[s].prev, requests[s].next);
    if prev == NONE {
        levels.head = next;
    } else {
        requests[prev].next = next;
    }
    if next == NONE {
        levels.tail = prev;
    } else {
        requests[next].prev = prev;
    }
    requests[s].prev = NONE;
    requests[s].next = NONE;
}
