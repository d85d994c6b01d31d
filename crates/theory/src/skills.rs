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

/// Which of the idle servers takes a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Taker {
    /// A server of the first group that is free, by class.
    Group(Vec<Vec<usize>>),
    /// The server who has been idle for longest, of those who serve the class.
    LongestIdle,
}

/// Which of those who wait a server takes who is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The first in line of all whom the group serves.
    First,
    /// The first of the class that stands first in the group's order.
    Preferred,
    /// The first of the class for which most wait; of equals, by the group's order.
    Most,
}

/// What is in service by group and class served, the groups of idle servers, and the classes of those who wait; in the order in
/// which they came to be so where that matters, and else sorted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct GroupState {
    busy: Vec<u32>,
    idle: Vec<u8>,
    waiting: Vec<u8>,
}

/// The rules of a chain of groups.
struct Rules<'a> {
    groups: &'a [ServerGroup],
    taker: &'a Taker,
    taken: Taken,
    /// Where the kinds of each group begin among those in service.
    first: Vec<usize>,
}

impl Rules<'_> {
    /// Place among those in service of a class served by a group.
    fn place(&self, g: usize, class: usize) -> Option<usize> {
        let at = self.groups[g].serves.iter().position(|(served, _)| *served == class)?;
        Some(self.first[g] + at)
    }

    /// The place among the idle of whoever takes a request of a class that comes.
    fn takes(&self, state: &GroupState, class: usize) -> Option<usize> {
        let of_group = |g: usize| state.idle.iter().position(|idle| usize::from(*idle) == g);
        match self.taker {
            Taker::Group(order) => order[class].iter().find_map(|g| of_group(*g)),
            Taker::LongestIdle => {
                state.idle.iter().position(|g| self.place(usize::from(*g), class).is_some())
            }
        }
    }

    /// The place in line of whoever a server of a group takes who is free.
    fn next(&self, state: &GroupState, g: usize) -> Option<usize> {
        let serves = &self.groups[g].serves;
        let line = &state.waiting;
        let first_of = |class: usize| line.iter().position(|waits| usize::from(*waits) == class);
        let many = |class: usize| line.iter().filter(|waits| usize::from(**waits) == class).count();
        match self.taken {
            Taken::First => line.iter().position(|class| self.place(g, usize::from(*class)).is_some()),
            Taken::Preferred => serves.iter().find_map(|(class, _)| first_of(*class)),
            Taken::Most => {
                let most = serves.iter().map(|(class, _)| many(*class)).max().filter(|most| *most > 0)?;
                serves.iter().find(|(class, _)| many(*class) == most).and_then(|(class, _)| first_of(*class))
            }
        }
    }

    /// One state for all that go on alike.
    fn settled(&self, mut state: GroupState) -> GroupState {
        if *self.taker != Taker::LongestIdle {
            state.idle.sort_unstable();
        }
        if self.taken != Taken::First {
            state.waiting.sort_unstable();
        }
        state
    }

    /// What happens next, at which rate.
    fn moves(&self, state: &GroupState, rates: &[f64], room: usize) -> Vec<(GroupState, f64)> {
        let mut next = Vec::new();
        for (class, rate) in rates.iter().enumerate() {
            let mut to = state.clone();
            match self.takes(state, class) {
                Some(idle) => {
                    let g = usize::from(to.idle.remove(idle));
                    let Some(at) = self.place(g, class) else { continue };
                    to.busy[at] += 1;
                }
                None if state.waiting.len() < room => to.waiting.push(class as u8),
                None => continue,
            }
            next.push((self.settled(to), *rate));
        }
        for (g, group) in self.groups.iter().enumerate() {
            for (kind, (_, rate)) in group.serves.iter().enumerate() {
                let at = self.first[g] + kind;
                if state.busy[at] == 0 {
                    continue;
                }
                let mut to = state.clone();
                to.busy[at] -= 1;
                let taken = self.next(state, g).map(|line| usize::from(to.waiting.remove(line)));
                match taken.and_then(|class| self.place(g, class)) {
                    Some(at) => to.busy[at] += 1,
                    None => to.idle.push(g as u8),
                }
                next.push((self.settled(to), f64::from(state.busy[at]) * rate));
            }
        }
        next
    }
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
    choosing(rates, groups, &Taker::Group(order.to_vec()), Taken::Preferred, room, MOST).map(|found| found.0)
}

/// The same by other rules of who takes whom, in a chain of at most so many states; and how many it has.
pub fn choosing(
    rates: &[f64],
    groups: &[ServerGroup],
    taker: &Taker,
    taken: Taken,
    room: u32,
    most: usize,
) -> Option<(Vec<ClassAnswer>, usize)> {
    let classes = rates.len();
    let ordered = match taker {
        Taker::Group(order) => order.len() == classes && order.iter().flatten().all(|g| *g < groups.len()),
        Taker::LongestIdle => true,
    };
    let usable = groups.iter().all(|g| g.serves.iter().all(|(class, rate)| *class < classes && *rate > 0.0));
    let servers: usize = groups.iter().map(|g| g.servers as usize).sum();
    if !usable || !ordered || classes.max(groups.len()) > 200 || servers > most {
        return None;
    }
    let first = groups.iter().scan(0, |at, g| {
        let here = *at;
        *at += g.serves.len();
        Some(here)
    });
    let rules = Rules { groups, taker, taken, first: first.collect() };
    let idle = groups.iter().enumerate().flat_map(|(g, group)| vec![g as u8; group.servers as usize]);
    let start = GroupState {
        busy: vec![0; groups.iter().map(|g| g.serves.len()).sum()],
        idle: idle.collect(),
        waiting: Vec::new(),
    };
    let room = room as usize;
    let p = stationary(start, most, |state| rules.moves(state, rates, room))?;
    let mean = |of: &dyn Fn(&GroupState) -> f64| p.iter().map(|(state, p)| p * of(state)).sum::<f64>();
    let answer = |class: usize| {
        let full = |state: &GroupState| rules.takes(state, class).is_none() && state.waiting.len() >= room;
        let waiting =
            |state: &GroupState| state.waiting.iter().filter(|waits| usize::from(**waits) == class).count();
        let blocked = mean(&|state| f64::from(u8::from(full(state))));
        let queue_mean = mean(&|state| waiting(state) as f64);
        let at_work = |state: &GroupState| {
            (0..groups.len()).filter_map(|g| Some(state.busy[rules.place(g, class)?])).sum::<u32>()
        };
        ClassAnswer {
            blocked,
            queue_mean,
            wait_mean: queue_mean / (rates[class] * (1.0 - blocked)),
            busy_mean: mean(&|state| f64::from(at_work(state))),
        }
    };
    Some(((0..classes).map(answer).collect(), p.len()))
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

    #[test]
    fn who_takes_whom_makes_no_difference_between_equals_and_does_between_others() {
        // Two servers of equal speed for one class: whoever takes it, M/M/2/5.
        let alike = [
            ServerGroup { servers: 1, serves: vec![(0, 1.0)] },
            ServerGroup { servers: 1, serves: vec![(0, 1.0)] },
        ];
        let right = finite::mmck(2, 5, 1.5, 1.0).unwrap();
        for taker in [Taker::LongestIdle, Taker::Group(vec![vec![0, 1]])] {
            for taken in [Taken::First, Taken::Preferred, Taken::Most] {
                let found = choosing(&[1.5], &alike, &taker, taken, 3, 100).unwrap().0;
                close(found[0].blocked, right.p_lost, 1e-13);
                close(found[0].queue_mean, right.queue_mean, 1e-12);
            }
        }
        // Two classes at one server, two of whom may wait: whatever is taken first, their numbers together are M/M/1/3, and each first in
        // line waits as long as the other.
        let one = [ServerGroup { servers: 1, serves: vec![(0, 1.0), (1, 1.0)] }];
        let order = Taker::Group(vec![vec![0], vec![0]]);
        let right = finite::mmck(1, 3, 1.2, 1.0).unwrap();
        for taken in [Taken::First, Taken::Preferred, Taken::Most] {
            let (found, _) = choosing(&[0.4, 0.8], &one, &order, taken, 2, 100).unwrap();
            close(found[0].queue_mean + found[1].queue_mean, right.queue_mean, 1e-12);
            let first = (found[0].wait_mean - found[1].wait_mean).abs() < 1e-12;
            assert_eq!(first, taken == Taken::First, "{found:?}");
        }
        // Of a fast and a slow one the longest idle is not always the fast: between fast first, 1/9, and slow first.
        let pair = [
            ServerGroup { servers: 1, serves: vec![(0, 2.0)] },
            ServerGroup { servers: 1, serves: vec![(0, 1.0)] },
        ];
        let of = |taker: Taker| choosing(&[1.0], &pair, &taker, Taken::First, 0, 100).unwrap().0[0].blocked;
        // By hand: with a for the fast alone at work, the slow alone is 2 a, both a, and nobody 2 a with the fast idle for longer and 2 a
        // with the slow: one eighth.
        let (fast, longest, slow) =
            (of(Taker::Group(vec![vec![0, 1]])), of(Taker::LongestIdle), of(Taker::Group(vec![vec![1, 0]])));
        close(longest, 1.0 / 8.0, 1e-13);
        assert!(fast < longest && longest < slow, "{fast} {longest} {slow}");
    }

    /// Where all serve the same it makes no difference whether the longest idle is taken or the last; of A who serves one class and B
    /// who serves both it does.
    #[test]
    fn the_longest_idle_takes_it_and_not_the_last() {
        let groups = [
            ServerGroup { servers: 1, serves: vec![(0, 1.0)] },
            ServerGroup { servers: 1, serves: vec![(0, 1.0), (1, 1.0)] },
        ];
        let found = choosing(&[1.0, 1.0], &groups, &Taker::LongestIdle, Taken::First, 0, 100).unwrap().0;
        // By hand: a is A alone at work, b B alone, c both, ab and ba nobody, A or B idle for longer. 2 ab = b, 2 ba = a, 3 a = ab + c and
        // 2 c = 2 a + b, so that b = c = 2 a, ab = a and ba = a / 2: a = 2/13. (The last idle would leave c = 5/17.)
        close(found[0].blocked, 4.0 / 13.0, 1e-13);
        close(found[1].blocked, 8.0 / 13.0, 1e-13);
    }
}
