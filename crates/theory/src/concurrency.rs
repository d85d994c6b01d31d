//! Servers who have several customers in hand at once, each of whom then takes longer: chats, wards of one doctor.
//!
//! Services are exponential; whoever comes goes to the server with the fewest in hand. With one server this is the queue with
//! rates that depend on the state (Gross, Shortle, Thompson and Harris 2008, section 2.9); with many places and factors 1, 2, 3
//! ... it is processor sharing (Kleinrock 1967).

use super::chain::stationary;
use super::{Exactness, SteadyState, positive};
use std::collections::BTreeMap;

/// Most states of the chain of servers.
const MOST: usize = 700;

/// The steady state of servers with several customers in hand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConcurrencyState {
    /// Waits, queue, servers at work.
    pub steady: SteadyState,
    /// Mean number in hand of all servers together.
    pub in_hand_mean: f64,
}

/// `servers` with so many places as there are factors in `slower`, the first for one in hand: a customer's service, of rate
/// `service` alone, takes that factor longer. At most `room` wait; any number where `None`. `None` for unusable parameters, a
/// queue without a steady state, or more than 700 states of the servers.
///
/// ```
/// // One server with one place is M/M/1.
/// let one = poolwise_theory::concurrency::servers(1, 0.5, 1.0, &[1.0], None).unwrap();
/// assert!((one.steady.wait_mean - 1.0).abs() < 1e-12);
/// ```
pub fn servers(
    servers: u32,
    rate: f64,
    service: f64,
    slower: &[f64],
    room: Option<u32>,
) -> Option<ConcurrencyState> {
    let places = slower.len();
    if servers == 0 || places == 0 || !positive(rate) || !positive(service) {
        return None;
    }
    if !slower.iter().all(|x| positive(*x)) {
        return None;
    }
    // All customers of a server with so many in hand are done at this rate.
    let done = |in_hand: usize| in_hand as f64 * service / slower[in_hand - 1];
    let full = f64::from(servers) * done(places);
    let load = rate / full;
    if room.is_none() && load >= 1.0 {
        return None;
    }
    // How many servers have 0, 1, 2 ... in hand, while nobody waits. Those who wait come in and go out by way of the state in
    // which all are full, so that they leave the proportions of the others as they are.
    let mut empty = vec![0_u32; places + 1];
    empty[0] = servers;
    let p = stationary(empty, MOST, |state: &Vec<u32>| {
        let mut moves = Vec::new();
        let to = |from: usize, to: usize| {
            let mut next = state.clone();
            next[from] -= 1;
            next[to] += 1;
            next
        };
        if let Some(fewest) = (0..places).find(|k| state[*k] > 0) {
            moves.push((to(fewest, fewest + 1), rate));
        }
        for k in (1..=places).filter(|k| state[*k] > 0) {
            moves.push((to(k, k - 1), f64::from(state[k]) * done(k)));
        }
        moves
    })?;
    Some(with_queue(servers, rate, places, load, room, &p))
}

/// Adds those who wait: by one more their probability falls by the load.
fn with_queue(
    servers: u32,
    rate: f64,
    places: usize,
    load: f64,
    room: Option<u32>,
    p: &BTreeMap<Vec<u32>, f64>,
) -> ConcurrencyState {
    let all_full = |state: &&Vec<u32>| state[places] == servers;
    let at_full: f64 = p.iter().filter(|(state, _)| all_full(state)).map(|(_, p)| p).sum();
    let (mut waiting, mut queue, mut last) = (0.0, 0.0, at_full);
    match room {
        None => {
            waiting = at_full * load / (1.0 - load);
            queue = waiting / (1.0 - load);
        }
        Some(room) => {
            for n in 1..=room {
                last *= load;
                waiting += last;
                queue += f64::from(n) * last;
            }
        }
    }
    let all = 1.0 + waiting;
    let p_lost = if room.is_some() { last / all } else { 0.0 };
    let mean = |of: &dyn Fn(&[u32]) -> f64| p.iter().map(|(state, p)| p * of(state)).sum::<f64>();
    let busy = mean(&|state| f64::from(servers - state[0])) + waiting * f64::from(servers);
    let in_hand = mean(&|state| state.iter().enumerate().map(|(k, n)| k as f64 * f64::from(*n)).sum())
        + waiting * places as f64 * f64::from(servers);
    let entered = rate * (1.0 - p_lost);
    let steady = SteadyState {
        model: "several in hand",
        source: "Gross et al. 2008, section 2.9",
        exactness: Exactness::Exact,
        p_wait: (at_full + waiting) / all - p_lost,
        wait_mean: queue / all / entered,
        wait_mean_served: queue / all / entered,
        p_lost,
        queue_mean: queue / all,
        busy_mean: busy / all,
    };
    ConcurrencyState { steady, in_hand_mean: in_hand / all }
}

#[cfg(test)]
mod tests {
    use super::super::{close, erlang, finite};
    use super::*;

    #[test]
    fn one_place_each_is_erlangs() {
        let found = servers(3, 2.0, 1.0, &[1.0], None).unwrap();
        let right = erlang::mmc(3, 2.0, 1.0).unwrap();
        close(found.steady.wait_mean, right.wait_mean, 1e-12);
        close(found.steady.p_wait, right.p_wait, 1e-12);
        close(found.in_hand_mean, 2.0, 1e-12);
        close(found.steady.busy_mean, 2.0, 1e-12);
        let found = servers(3, 3.0, 1.0, &[1.0], Some(6)).unwrap();
        let right = finite::mmck(3, 9, 3.0, 1.0).unwrap();
        close(found.steady.p_lost, right.p_lost, 1e-12);
        close(found.steady.wait_mean, right.wait_mean, 1e-12);
        close(found.steady.p_wait, right.p_wait, 1e-12);
    }

    #[test]
    fn no_slower_in_threes_is_as_many_servers_and_sharing_is_one() {
        // Three places at full speed are three servers; nobody else knows that they are one person.
        let found = servers(1, 2.0, 1.0, &[1.0, 1.0, 1.0], None).unwrap();
        close(found.steady.wait_mean, erlang::mmc(3, 2.0, 1.0).unwrap().wait_mean, 1e-12);
        // At half speed each, two do no more than one: the total number is that of M/M/1, of whom two are in hand.
        let found = servers(1, 0.6, 1.0, &[1.0, 2.0], None).unwrap();
        close(found.steady.busy_mean, 0.6, 1e-12);
        close(found.in_hand_mean + found.steady.queue_mean, 1.5, 1e-12);
        close(found.in_hand_mean, 0.4 * 0.6 + 2.0 * 0.36, 1e-12);
        // Places without end that share one server: the time there is that of M/M/1 (Kleinrock 1967).
        let sharing: Vec<f64> = (1..=200).map(f64::from).collect();
        close(servers(1, 0.6, 1.0, &sharing, Some(0)).unwrap().in_hand_mean, 1.5, 1e-12);
    }

    #[test]
    fn two_servers_with_two_places_balanced_by_hand() {
        // Without room, rates 1 and 1, no slower: four servers in all for whoever comes.
        let found = servers(2, 1.0, 1.0, &[1.0, 1.0], Some(0)).unwrap();
        close(found.steady.p_lost, finite::mmck(4, 4, 1.0, 1.0).unwrap().p_lost, 1e-12);
        assert!(servers(1, 2.0, 1.0, &[1.0, 2.0], None).is_none());
        assert!(servers(0, 1.0, 1.0, &[1.0], None).is_none() && servers(1, 0.5, 1.0, &[0.0], None).is_none());
    }
}
