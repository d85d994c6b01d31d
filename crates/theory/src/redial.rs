//! Loss systems whose blocked callers call again: by the chain of callers at work and callers who will call again, and by
//! the shortcut that takes all calls for Poisson traffic.

use super::{SteadyState, abandonment, erlang, positive, usable};

/// The steady state of a loss system whose blocked callers call again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Redialled {
    /// Calls, first ones and others, per unit of time.
    pub calls: f64,
    /// Share of all calls that find every server busy.
    pub blocked: f64,
    /// Calls after the first, per caller.
    pub retries: f64,
    /// Mean number of callers between two calls.
    pub between: f64,
    /// Mean number of busy servers.
    pub busy: f64,
}

/// Contacts of one client beyond which they are taken for endless.
const MOST_CONTACTS: u32 = 100_000;
/// States of the chain beyond which it is refused: time grows with them and with the square of the servers.
const MOST_STATES: usize = 200_000;
/// Probability that may lie beyond the largest number of callers between two calls.
const CUT_OFF: f64 = 1e-13;

/// M/M/c/c with calls again: first calls at rate `arrivals`, service at rate `service`, a blocked caller calls again with
/// probability `again` after an exponential time of rate `retry`, and so on (Falin and Templeton 1997, chapter 2). The
/// chain is cut off where the rest is below 1e-13 and solved by elimination without subtractions (Grassmann, Taksar and
/// Heyman 1985). `None` for unusable parameters, without a steady state (`again` 1 and as much work as servers), or where it
/// takes too many states.
pub fn loss(servers: u32, arrivals: f64, service: f64, again: f64, retry: f64) -> Option<Redialled> {
    let fine = servers > 0 && positive(arrivals) && positive(service) && positive(retry);
    if !fine || !(0.0..=1.0).contains(&again) || (again >= 1.0 && arrivals >= f64::from(servers) * service) {
        return None;
    }
    let width = servers as usize + 1;
    let mut most = 32;
    while most * width <= MOST_STATES {
        let p = RedialChain { width, arrivals, service, again, retry }.solve(most);
        let last: f64 = p[most * width..].iter().sum();
        if last < CUT_OFF {
            let number = |of: &dyn Fn(usize, usize) -> f64| {
                p.iter().enumerate().map(|(k, p)| p * of(k % width, k / width)).sum::<f64>()
            };
            let between = number(&|_, n| n as f64);
            let busy = number(&|i, _| i as f64);
            let calls = arrivals + retry * between;
            let blocked =
                number(&|i, n| if i + 1 == width { arrivals + n as f64 * retry } else { 0.0 }) / calls;
            return Some(Redialled { calls, blocked, retries: retry * between / arrivals, between, busy });
        }
        most *= 2;
    }
    None
}

/// The same where the calls are taken for Poisson traffic: with `offered` erlangs of first calls, all calls are
/// `a = offered + again x a B(c, a)` (Cooper 1981, section 3.5). Right in the limit of long times between calls.
/// Gives the share blocked and all erlangs offered. `None` for unusable parameters or no solution.
pub fn poisson(servers: u32, offered: f64, again: f64) -> Option<(f64, f64)> {
    if servers == 0 || !usable(offered) || !(0.0..=1.0).contains(&again) {
        return None;
    }
    let next = |a: f64| offered + again * a * erlang::blocking(servers, a);
    // It rises from below the solution to it, slowly where nearly all come again.
    let mut a = offered;
    for _ in 0..1_000_000 {
        let better = next(a);
        if better - a <= 1e-14 * a {
            return Some((erlang::blocking(servers, better), better));
        }
        a = better;
    }
    None
}

/// What there is of a queue whose clients give up and come again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contacts {
    /// Contacts, first ones and others, per unit of time.
    pub all: f64,
    /// The queue as these meet it.
    pub queue: SteadyState,
    /// By how many servers Erlang A falls short that counts first contacts alone: so many fewer would, by it, lose no greater share.
    pub short: u32,
}

/// M/M/c+M (Erlang A) whose clients, when they have given up, come again with the probability `again` after the first, second
/// (0, 1) ... contact, all contacts taken for Poisson traffic: with `x` the share of contacts given up there are `arrivals` times
/// the sum of the products of `again(k) x` of them (the argument of Cooper 1981, section 3.5, with Garnett, Mandelbaum
/// and Reiman 2002). Right in the limit of long times between contacts; an approximation. `None` for unusable parameters or
/// where no traffic solves it.
pub fn patient(
    servers: u32,
    arrivals: f64,
    service: f64,
    abandonment: f64,
    again: impl Fn(u32) -> f64,
) -> Option<Contacts> {
    let contacts = |given_up: f64| {
        let (mut sum, mut part) = (0.0, 1.0);
        for k in 0..MOST_CONTACTS {
            sum += part;
            part *= again(k) * given_up;
            if part < 1e-15 {
                return arrivals * sum;
            }
        }
        f64::INFINITY
    };
    // It rises from below the solution to it.
    let mut all = arrivals;
    for _ in 0..10_000 {
        let queue = abandonment::mmc_m(servers, all, service, abandonment)?;
        let better = contacts(queue.p_lost);
        if !better.is_finite() {
            return None;
        }
        if better - all <= 1e-12 * all {
            let enough = |c: &u32| {
                let alone = abandonment::mmc_m(*c, arrivals, service, abandonment);
                alone.is_some_and(|alone| alone.p_lost <= queue.p_lost)
            };
            let least = (1..=servers).find(enough).unwrap_or(servers);
            return Some(Contacts { all, queue, short: servers - least });
        }
        all = better;
    }
    None
}

/// The chain: state `n * width + i` has `i` servers busy and `n` callers between two calls.
struct RedialChain {
    width: usize,
    arrivals: f64,
    service: f64,
    again: f64,
    retry: f64,
}

impl RedialChain {
    /// Rates out of a state, as `(state, rate)`; with at most `most` callers between calls.
    fn rates(&self, k: usize, most: usize) -> [(usize, f64); 4] {
        let (i, n) = (k % self.width, k / self.width);
        let (all_busy, calls) = (i + 1 == self.width, n as f64 * self.retry);
        let back = if n > 0 { k - self.width } else { k };
        [
            if all_busy {
                (k + self.width, if n < most { self.arrivals * self.again } else { 0.0 })
            } else {
                (k + 1, self.arrivals)
            },
            (k.saturating_sub(1), i as f64 * self.service),
            if all_busy { (back, calls * (1.0 - self.again)) } else { (back + 1, calls) },
            (k, 0.0),
        ]
    }

    /// Its stationary distribution. Nothing leads farther than the width, and elimination keeps it so.
    fn solve(&self, most: usize) -> Vec<f64> {
        let (w, states) = (self.width, (most + 1) * self.width);
        let mut rows = vec![0.0; states * (2 * w + 1)];
        let at = |from: usize, to: usize| from * (2 * w + 1) + to + w - from;
        for k in 0..states {
            for (to, rate) in self.rates(k, most) {
                if to != k && rate > 0.0 {
                    rows[at(k, to)] += rate;
                }
            }
        }
        for k in (1..states).rev() {
            let first = k.saturating_sub(w);
            let out: f64 = (first..k).map(|j| rows[at(k, j)]).sum();
            for i in first..k {
                let share = rows[at(i, k)] / out;
                rows[at(i, k)] = share;
                if share > 0.0 {
                    for j in (first..k).filter(|j| *j != i) {
                        let through = share * rows[at(k, j)];
                        rows[at(i, j)] += through;
                    }
                }
            }
        }
        let mut p = vec![0.0; states];
        p[0] = 1.0;
        for k in 1..states {
            p[k] = (k.saturating_sub(w)..k).map(|i| p[i] * rows[at(i, k)]).sum();
        }
        let all: f64 = p.iter().sum();
        p.iter_mut().for_each(|x| *x /= all);
        p
    }
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;

    /// One server, everybody calls again: mean between calls r / (1 - r) (r + lambda / retry), here 4.9 (Falin and
    /// Templeton 1997, section 1.1).
    #[test]
    fn one_server_in_closed_form() {
        let a = loss(1, 0.7, 1.0, 1.0, 0.5).unwrap();
        close(a.between, 4.9, 1e-9);
        close(a.retries, 3.5, 1e-9);
        close(a.busy, 0.7, 1e-9);
        close(a.between / 0.7, 7.0, 1e-9);
        assert!(loss(1, 1.0, 1.0, 1.0, 0.5).is_none() && loss(0, 1.0, 1.0, 0.5, 0.5).is_none());
    }

    #[test]
    fn who_gives_up_and_comes_again_makes_erlang_a_ask_for_too_few() {
        // Nobody comes again: Erlang A itself, and no server is missing.
        let alone = patient(12, 10.0, 1.0, 0.5, |_| 0.0).unwrap();
        close(alone.queue.p_lost, abandonment::mmc_m(12, 10.0, 1.0, 0.5).unwrap().p_lost, 1e-13);
        assert_eq!(alone.short, 0);
        // Without patience it is the loss system.
        let none = patient(6, 5.0, 1.0, 1e9, |_| 0.85).unwrap();
        assert!((none.queue.p_lost - 0.3262).abs() < 5e-5 && (none.all - 6.918).abs() < 5e-4, "{none:?}");
        // Contacts are answered or given up, for good by those who do not come again.
        let some = patient(10, 12.0, 1.0, 0.5, |_| 0.8).unwrap();
        close(some.all, 12.0 + 0.8 * some.queue.p_lost * some.all, 1e-10);
        assert!(some.queue.p_lost > abandonment::mmc_m(10, 12.0, 1.0, 0.5).unwrap().p_lost);
        // First contacts alone lose as much with fewer.
        assert!(some.short >= 2, "{some:?}");
        let fewer = abandonment::mmc_m(10 - some.short, 12.0, 1.0, 0.5).unwrap().p_lost;
        let fewest = abandonment::mmc_m(9 - some.short, 12.0, 1.0, 0.5).unwrap().p_lost;
        assert!(fewer <= some.queue.p_lost && some.queue.p_lost < fewest);
        // At most one contact more: arrivals (1 + x), times what the second one brings.
        let twice = patient(10, 12.0, 1.0, 0.5, |k| if k == 0 { 1.0 } else { 0.0 }).unwrap();
        close(twice.all, 12.0 * (1.0 + twice.queue.p_lost), 1e-10);
        assert!(patient(0, 12.0, 1.0, 0.5, |_| 0.8).is_none());
    }

    #[test]
    fn nobody_calls_again_is_erlang_b_and_late_calls_are_poisson_traffic() {
        close(loss(6, 5.0, 1.0, 0.0, 1.0).unwrap().blocked, erlang::blocking(6, 5.0), 1e-12);
        let (blocked, offered) = poisson(6, 5.0, 0.85).unwrap();
        assert!((blocked - 0.3262).abs() < 5e-5 && (offered - 6.918).abs() < 5e-4, "{blocked} {offered}");
        let late = loss(6, 5.0, 1.0, 0.85, 0.01).unwrap();
        assert!((late.blocked - blocked).abs() < 2e-3, "{late:?}");
        // Calls are served or given up: arrivals = busy x service + the last calls of those who go.
        let soon = loss(6, 5.0, 1.0, 0.85, 1.0).unwrap();
        close(5.0, soon.busy + 0.15 * soon.blocked * soon.calls, 1e-10);
        assert!(soon.blocked > blocked, "{soon:?}");
    }
}
