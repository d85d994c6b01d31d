//! Groups of servers who serve some classes, in an order of preference, at rates of their own: N-, W- and M-models and their like,
//! as the Markov chains that they are. For a survey of them see Gans, Koole and Mandelbaum (2003), section 5.

use super::chain::stationary;

/// Most states of a chain.
const MOST: usize = 4_000;

/// Servers of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerGroup {
    /// Number of servers of this kind.
    pub servers: u32,
    /// `(class, rate of service)`: whom they serve, the class that they prefer first.
    pub serves: Vec<(usize, f64)>,
}

/// What there is of a class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassAnswer {
    /// Probability of being turned away.
    pub blocked: f64,
    /// Mean number waiting.
    pub queue_mean: f64,
    /// Mean wait of those served, in the unit of the rates.
    pub wait_mean: f64,
    /// Mean number in service.
    pub busy_mean: f64,
}

/// Classes that arrive at these `rates`, and at most `room` of whom wait in all. A request that comes goes to the first group in
/// `order[class]` with a free server, and else waits; a server who is free takes the longest waiting of the first class in the
/// group's order for which somebody waits. Services are exponential. `None` for more than 4,000 states or unusable parameters.
pub fn groups(
    rates: &[f64],
    groups: &[ServerGroup],
    order: &[Vec<usize>],
    room: u32,
) -> Option<Vec<ClassAnswer>> {
    let classes = rates.len();
    let usable = groups.iter().all(|g| g.serves.iter().all(|(class, rate)| *class < classes && *rate > 0.0))
        && order.len() == classes
        && order.iter().flatten().all(|g| *g < groups.len());
    if !usable {
        return None;
    }
    // Those who wait by class, then those in service by group and class served.
    let first: Vec<usize> = groups
        .iter()
        .scan(classes, |at, g| {
            let here = *at;
            *at += g.serves.len();
            Some(here)
        })
        .collect();
    let kinds = |g: usize| first[g]..first[g] + groups[g].serves.len();
    let all: usize = classes + groups.iter().map(|g| g.serves.len()).sum::<usize>();
    let free = |state: &[u32], g: usize| {
        let busy: u32 = state[kinds(g)].iter().sum();
        busy < groups[g].servers
    };
    let place = |g: usize, class: usize| {
        let at = groups[g].serves.iter().position(|(served, _)| *served == class);
        at.map(|at| first[g] + at)
    };
    let waiting = |state: &[u32]| state[..classes].iter().sum::<u32>();
    let takes = |state: &[u32], class: usize| {
        order[class].iter().find(|g| free(state, **g)).and_then(|g| place(*g, class))
    };
    let moves = |state: &Vec<u32>| {
        let mut next = Vec::new();
        let with = |changes: &[(usize, i64)]| {
            let mut to = state.clone();
            for &(at, by) in changes {
                to[at] = to[at].saturating_add_signed(by as i32);
            }
            to
        };
        for (class, rate) in rates.iter().enumerate() {
            if let Some(at) = takes(state, class) {
                next.push((with(&[(at, 1)]), *rate));
            } else if waiting(state) < room {
                next.push((with(&[(class, 1)]), *rate));
            }
        }
        for (g, group) in groups.iter().enumerate() {
            for (at, (_, rate)) in kinds(g).zip(&group.serves).filter(|(at, _)| state[*at] > 0) {
                let of_all = f64::from(state[at]) * rate;
                match group.serves.iter().position(|(class, _)| state[*class] > 0) {
                    Some(taken) => {
                        let class = group.serves[taken].0;
                        next.push((with(&[(at, -1), (class, -1), (first[g] + taken, 1)]), of_all));
                    }
                    None => next.push((with(&[(at, -1)]), of_all)),
                }
            }
        }
        next
    };
    let p = stationary(vec![0; all], MOST, moves)?;
    let mean = |of: &dyn Fn(&Vec<u32>) -> f64| p.iter().map(|(state, p)| p * of(state)).sum::<f64>();
    let answer = |class: usize| {
        let full = |state: &Vec<u32>| takes(state, class).is_none() && waiting(state) >= room;
        let blocked = mean(&|state| f64::from(u8::from(full(state))));
        let queue_mean = mean(&|state| f64::from(state[class]));
        let at_work =
            |state: &Vec<u32>| (0..groups.len()).filter_map(|g| Some(state[place(g, class)?])).sum::<u32>();
        let busy_mean = mean(&|state| f64::from(at_work(state)));
        ClassAnswer {
            blocked,
            queue_mean,
            wait_mean: queue_mean / (rates[class] * (1.0 - blocked)),
            busy_mean,
        }
    };
    Some((0..classes).map(answer).collect())
}

#[cfg(test)]
mod tests {
    use super::super::{close, finite};
    use super::*;

    #[test]
    fn one_group_is_a_queue_with_an_end_and_who_serves_all_is_shared() {
        let one = ServerGroup { servers: 3, serves: vec![(0, 1.0)] };
        let found = groups(&[3.0], &[one], &[vec![0]], 6).unwrap();
        let right = finite::mmck(3, 9, 3.0, 1.0).unwrap();
        close(found[0].blocked, right.p_lost, 1e-13);
        close(found[0].queue_mean, right.queue_mean, 1e-12);
        // Two classes served alike are one; without room it makes no difference who prefers whom.
        let both = ServerGroup { servers: 4, serves: vec![(0, 1.0), (1, 1.0)] };
        let found = groups(&[1.0, 2.0], std::slice::from_ref(&both), &[vec![0], vec![0]], 0).unwrap();
        close(found[0].blocked, finite::mmck(4, 4, 3.0, 1.0).unwrap().p_lost, 1e-13);
        close(found[0].blocked, found[1].blocked, 1e-13);
        close(found[1].busy_mean, 2.0 * (1.0 - found[1].blocked), 1e-13);
        assert!(groups(&[1.0], &[both], &[vec![0]], 0).is_none());
    }

    #[test]
    fn two_servers_of_different_speed_the_fast_one_first() {
        // Gumbel (1960), without room: rates 2 and 1, arrivals 1, balanced by hand.
        let fast = ServerGroup { servers: 1, serves: vec![(0, 2.0)] };
        let slow = ServerGroup { servers: 1, serves: vec![(0, 1.0)] };
        let found = groups(&[1.0], &[fast, slow], &[vec![0, 1]], 0).unwrap();
        // p00 = 2 p10 + p01; 2 p01 = 2 p11; 3 p11 = p10 + p01; so p01 = p11 = p, p10 = 2p, p00 = 5p: p = 1/9.
        close(found[0].blocked, 1.0 / 9.0, 1e-13);
    }
}
