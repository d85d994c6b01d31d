//! Stationary distribution of a birth-death chain with a single peak, from the peak outwards so that
//! nothing overflows, however many states there are.

/// Terms below this, relative to what they are added to, are left out.
const NEGLIGIBLE: f64 = 1e-22;

/// Probabilities of the states `first..first + p.len()`; those outside are negligible.
pub(super) struct Stationary {
    pub first: u64,
    pub p: Vec<f64>,
}

impl Stationary {
    /// States with their probabilities.
    pub(crate) fn states(&self) -> impl Iterator<Item = (u64, f64)> + '_ {
        (self.first..).zip(self.p.iter().copied())
    }

    /// Sum over states of `f(state) p(state)`.
    pub(crate) fn expect(&self, f: impl Fn(u64) -> f64) -> f64 {
        // Smallest terms first on the upper side, where tails are wanted to full precision.
        self.states().collect::<Vec<_>>().iter().rev().map(|&(n, p)| f(n) * p).sum()
    }
}

/// Balance equations `p(n) birth(n) = p(n + 1) death(n + 1)` on `0..=max`, whose ratio falls with `n`
/// and crosses one at about `mode`. States up to `through` are kept however improbable, and beyond
/// it until their sum no longer matters even beside the tail from `through` on.
pub(super) fn stationary(
    birth: impl Fn(u64) -> f64,
    death: impl Fn(u64) -> f64,
    mode: u64,
    through: u64,
    max: u64,
) -> Stationary {
    let mode = mode.min(max);
    let mut down = Vec::new();
    let (mut w, mut n) = (1.0, mode);
    while n > 0 && w > NEGLIGIBLE {
        w *= death(n) / birth(n - 1);
        n -= 1;
        down.push(w);
    }
    let first = n;
    let mut p: Vec<f64> = down.into_iter().rev().collect();
    p.push(1.0);
    let (mut w, mut n) = (1.0, mode);
    let mut tail = if mode >= through { 1.0 } else { 0.0 };
    while n < max && w > 0.0 {
        let ratio = birth(n) / death(n + 1);
        w *= ratio;
        n += 1;
        p.push(w);
        if n >= through {
            tail += w;
            if ratio < 1.0 && w <= NEGLIGIBLE * tail {
                break;
            }
        }
    }
    let total: f64 = p.iter().sum();
    p.iter_mut().for_each(|x| *x /= total);
    Stationary { first, p }
}
