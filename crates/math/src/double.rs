//! Numbers of about 106 bits as unevaluated sums of two doubles (Dekker 1971), for tables worked out at compile
//! time and as the reference of tests. Everything is `const`, so tables cost nothing at run time.

/// The sum `hi + lo`, with `|lo|` at most half a unit in the last place of `hi`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Double {
    pub hi: f64,
    pub lo: f64,
}

/// ln 2.
pub(crate) const LN_2: Double = Double { hi: std::f64::consts::LN_2, lo: 2.319_046_813_846_299_6e-17 };

/// One over each of the first whole numbers (and zero for zero).
pub(crate) const RECIPROCALS: [Double; 72] = {
    let mut all = [Double::of(0.0); 72];
    let mut n = 1;
    while n < all.len() {
        all[n] = Double::ONE.over(Double::of(n as f64));
        n += 1;
    }
    all
};

/// `a + b` and what rounding took away (Knuth 1969).
pub(crate) const fn sum(a: f64, b: f64) -> Double {
    let hi = a + b;
    let part = hi - a;
    Double { hi, lo: (a - (hi - part)) + (b - part) }
}

/// `a * b` and what rounding took away (Dekker 1971, with Veltkamp's split).
pub(crate) const fn product(a: f64, b: f64) -> Double {
    let hi = a * b;
    let ((ah, al), (bh, bl)) = (split(a), split(b));
    Double { hi, lo: ((ah * bh - hi) + ah * bl + al * bh) + al * bl }
}

const fn split(a: f64) -> (f64, f64) {
    let wide = 134_217_729.0 * a;
    let high = wide - (wide - a);
    (high, a - high)
}

impl Double {
    pub(crate) const ONE: Self = Self::of(1.0);

    pub(crate) const fn of(x: f64) -> Self {
        Self { hi: x, lo: 0.0 }
    }

    pub(crate) const fn plus(self, other: Self) -> Self {
        let s = sum(self.hi, other.hi);
        let t = sum(self.lo, other.lo);
        let u = sum(s.hi, s.lo + t.hi);
        sum(u.hi, u.lo + t.lo)
    }

    pub(crate) const fn minus(self, other: Self) -> Self {
        self.plus(Self { hi: -other.hi, lo: -other.lo })
    }

    pub(crate) const fn times(self, other: Self) -> Self {
        let p = product(self.hi, other.hi);
        sum(p.hi, p.lo + (self.hi * other.lo + self.lo * other.hi))
    }

    pub(crate) const fn over(self, other: Self) -> Self {
        let first = self.hi / other.hi;
        let rest = self.minus(other.times(Self::of(first)));
        let second = rest.hi / other.hi;
        let last = rest.minus(other.times(Self::of(second)));
        sum(first, second).plus(Self::of(last.hi / other.hi))
    }

    /// By a power of two.
    pub(crate) const fn scaled(self, factor: f64) -> Self {
        Self { hi: self.hi * factor, lo: self.lo * factor }
    }

    /// The exponential function, for `|self|` below 700, to about 1e-30 of itself.
    pub(crate) const fn exp(self) -> Self {
        let k = (self.hi / LN_2.hi).round_ties_even();
        // Halved eight times, so that few terms of the series do; squared as often afterwards.
        let r = self.minus(LN_2.times(Self::of(k))).scaled(1.0 / 256.0);
        let (mut term, mut less_one, mut n) = (r, r, 2);
        while n < 11 {
            term = term.times(r).times(RECIPROCALS[n]);
            less_one = less_one.plus(term);
            n += 1;
        }
        let mut i = 0;
        while i < 8 {
            // (1 + m)^2 - 1, which keeps the digits of a small m.
            less_one = less_one.scaled(2.0).plus(less_one.times(less_one));
            i += 1;
        }
        // In two steps, for 2^k alone may be beyond the largest double.
        let half = (k / 2.0).round_ties_even();
        Self::ONE.plus(less_one).scaled(power_of_two(half)).scaled(power_of_two(k - half))
    }

    /// Natural logarithm of a number between 1/2 and 2 (others lose digits): 2 artanh((x - 1) / (x + 1)).
    pub(crate) const fn ln_near_one(self) -> Self {
        let s = self.minus(Self::ONE).over(self.plus(Self::ONE));
        let square = s.times(s);
        let (mut power, mut total, mut odd) = (s, s, 3);
        while odd < RECIPROCALS.len() {
            power = power.times(square);
            total = total.plus(power.times(RECIPROCALS[odd]));
            odd += 2;
        }
        total.scaled(2.0)
    }
}

/// 2^k for a whole `k` between -1022 and 1023.
const fn power_of_two(k: f64) -> f64 {
    f64::from_bits(((1023 + k as i64) as u64) << 52)
}
