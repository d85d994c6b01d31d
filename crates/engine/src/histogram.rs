//! Distribution of non-negative times in a fixed, mergeable log-linear histogram.
//!
//! A time's bucket is read off the bits of the `f64` itself: its exponent and the upper seven bits of
//! its mantissa, so that 128 buckets of equal width share each octave and no bucket is wider than
//! 1/128 of its lower edge. Counts are whole numbers, so merging is exact in any order.

/// Sub-buckets in each octave, as a power of two.
const SUB_BITS: u32 = 7;
/// Least exponent with buckets of its own: times from 2^-3 s (an eighth of a second).
const LOW: i32 = -3;
/// First exponent beyond the buckets: times from 2^31 s (68 years) overflow.
const HIGH: i32 = 31;
/// Buckets of an octave.
const OCTAVE: usize = 1 << SUB_BITS;
const BUCKETS: usize = ((HIGH - LOW) as usize) << SUB_BITS;
/// The upper bits of 2^LOW: where bucket 0 begins.
const FIRST: u64 = ((1023 + LOW) as u64) << SUB_BITS;
const SHIFT: u32 = 52 - SUB_BITS;

/// Counts of non-negative times, in seconds. Zero has a count of its own, exact; so have the times
/// below an eighth of a second and those from 2^31 s. Least and greatest are kept exactly.
#[derive(Debug, Clone)]
pub struct Histogram {
    zeros: u64,
    tiny: u64,
    /// By bucket, the lower halves; empty until the first time falls into one, and in a merged one without the octaves after
    /// the greatest. Halves, because a run keeps so many histograms that what they take of the processor's cache is felt.
    counts: Vec<u32>,
    /// The upper halves; empty until one is not zero.
    upper: Vec<u32>,
    huge: u64,
    least: f64,
    greatest: f64,
}

/// What was counted is the same; how much memory was set aside for more does not matter.
impl PartialEq for Histogram {
    fn eq(&self, other: &Self) -> bool {
        let alone = |h: &Self| (h.zeros, h.tiny, h.huge, h.least.to_bits(), h.greatest.to_bits());
        alone(self) == alone(other) && self.used() == other.used() && self.upper == other.upper
    }
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
    }
}

/// A bucket that holds something: times in `[from, to)`, or exactly zero when both are zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Lower edge, seconds.
    pub from: f64,
    /// Upper edge, seconds.
    pub to: f64,
    /// How many times were recorded in it.
    pub count: u64,
}

impl Histogram {
    /// An empty histogram. It takes memory (17 kB, once) with the first time that falls into a bucket:
    /// of the many that a run keeps, a good part stays empty or sees zeros only.
    pub fn new() -> Self {
        Self {
            zeros: 0,
            tiny: 0,
            counts: Vec::new(),
            upper: Vec::new(),
            huge: 0,
            least: f64::INFINITY,
            greatest: 0.0,
        }
    }

    /// Counts one time of `x` seconds. Negative times and NaN are counted as zero; callers do not
    /// produce them.
    #[inline(always)]
    pub fn record(&mut self, x: f64) {
        debug_assert!(x >= 0.0, "a time cannot be {x}");
        if x > 0.0 {
            let bucket = (x.to_bits() >> SHIFT).wrapping_sub(FIRST) as usize;
            if let Some(count) = self.counts.get_mut(bucket) {
                *count = count.wrapping_add(1);
                if *count == 0 {
                    self.carry(bucket);
                }
            } else {
                self.record_unusual(x, bucket);
            }
            if x > self.greatest {
                self.greatest = x;
            }
            if x < self.least {
                self.least = x;
            }
        } else {
            self.zeros += 1;
            self.least = 0.0;
        }
    }

    /// Counts so many times of zero.
    pub(crate) fn record_zeros(&mut self, many: u64) {
        if many > 0 {
            self.zeros += many;
            self.least = 0.0;
        }
    }

    /// A bucket's lower half has run over.
    #[cold]
    fn carry(&mut self, bucket: usize) {
        if self.upper.is_empty() {
            self.upper = vec![0; BUCKETS];
        }
        self.upper[bucket] += 1;
    }

    /// How many times were recorded in a bucket.
    fn in_bucket(&self, bucket: usize) -> u64 {
        let upper = self.upper.get(bucket).copied().unwrap_or(0);
        u64::from(upper) << 32 | u64::from(self.counts[bucket])
    }

    /// Counts the first time in a bucket, the first beyond what was merged, or one outside of the buckets.
    #[cold]
    fn record_unusual(&mut self, x: f64, bucket: usize) {
        if bucket < BUCKETS {
            if self.counts.is_empty() {
                self.counts = vec![0; BUCKETS];
            } else {
                self.counts.resize(BUCKETS, 0);
            }
            self.counts[bucket] = 1;
        } else if x < 1.0 {
            self.tiny += 1;
        } else {
            self.huge += 1;
        }
    }

    /// The buckets up to the octave of the greatest time: those that can hold anything.
    fn used(&self) -> &[u32] {
        let beyond = (self.greatest.to_bits() >> SHIFT).saturating_sub(FIRST) as usize + 1;
        &self.counts[..beyond.next_multiple_of(OCTAVE).min(self.counts.len())]
    }

    /// The same in as little memory as holds it.
    pub(crate) fn packed(&self) -> Self {
        let mut packed = Self::new();
        packed.merge(self);
        packed
    }

    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.zeros += other.zeros;
        self.tiny += other.tiny;
        let used = other.used();
        if self.counts.is_empty() {
            // An outcome of a short run is kept by the thousand: it takes what it holds, not what it could.
            self.counts = used.to_vec();
        } else {
            if self.counts.len() < used.len() {
                self.counts.resize(used.len(), 0);
            }
            for (bucket, &more) in used.iter().enumerate() {
                let (sum, over) = self.counts[bucket].overflowing_add(more);
                self.counts[bucket] = sum;
                if over {
                    self.carry(bucket);
                }
            }
        }
        if self.upper.is_empty() {
            self.upper.clone_from(&other.upper);
        } else {
            for (mine, theirs) in self.upper.iter_mut().zip(&other.upper) {
                *mine += theirs;
            }
        }
        self.huge += other.huge;
        self.least = self.least.min(other.least);
        self.greatest = self.greatest.max(other.greatest);
    }

    /// How many times were recorded.
    pub fn count(&self) -> u64 {
        // Every quantile asks for it: halves are summed apart.
        let lower: u64 = self.used().iter().map(|&n| u64::from(n)).sum();
        let upper: u64 = self.upper.iter().map(|&n| u64::from(n) << 32).sum();
        self.zeros + self.tiny + self.huge + lower + upper
    }

    /// How many of them were exactly zero.
    pub fn zeros(&self) -> u64 {
        self.zeros
    }

    /// Least time recorded; NaN when empty.
    pub fn least(&self) -> f64 {
        if self.least.is_finite() { self.least } else { f64::NAN }
    }

    /// Greatest time recorded; NaN when empty.
    pub fn greatest(&self) -> f64 {
        if self.least.is_finite() { self.greatest } else { f64::NAN }
    }

    /// The bins that hold something, ascending.
    pub fn bins(&self) -> impl Iterator<Item = Bin> + '_ {
        self.bins_from(None)
    }

    /// The same without those below a bucket, if one is given.
    fn bins_from(&self, bucket: Option<usize>) -> impl Iterator<Item = Bin> + '_ {
        let below =
            [Bin { from: 0.0, to: 0.0, count: self.zeros }, Bin { from: 0.0, to: edge(0), count: self.tiny }];
        let inner = (bucket.unwrap_or(0)..self.counts.len()).map(|i| Bin {
            from: edge(i),
            to: edge(i + 1),
            count: self.in_bucket(i),
        });
        below
            .into_iter()
            .filter(move |_| bucket.is_none())
            .chain(inner)
            .chain(std::iter::once(Bin { from: edge(BUCKETS), to: self.greatest, count: self.huge }))
            .filter(|b| b.count > 0)
    }

    /// Passes over whole octaves while `below` says so of the count up to an octave's end and of that end: the first bucket
    /// after them, and the count before it. Quantiles are read off every replication, and most buckets are empty; counts
    /// are whole numbers, so sums by octave are those of going bin by bin.
    fn skip(&self, below: impl Fn(f64, f64) -> bool) -> (Option<usize>, f64) {
        let (mut bucket, mut before) = (0, self.zeros + self.tiny);
        if !self.upper.is_empty() || !below(before as f64, edge(0)) {
            return (None, 0.0);
        }
        for octave in self.counts.chunks_exact(OCTAVE) {
            let after = before + octave.iter().map(|&n| u64::from(n)).sum::<u64>();
            if !below(after as f64, edge(bucket + OCTAVE)) {
                break;
            }
            (bucket, before) = (bucket + OCTAVE, after);
        }
        (Some(bucket), before as f64)
    }

    /// The time that a share `q` of all does not exceed: linear inside its bin, exact at zero, never
    /// beyond the least and greatest time. NaN when empty or unless `0 <= q <= 1`.
    pub fn quantile(&self, q: f64) -> f64 {
        let n = self.count();
        if n == 0 || !(0.0..=1.0).contains(&q) {
            return f64::NAN;
        }
        let rank = q * n as f64;
        let (skipped, mut before) = self.skip(|before, _| rank > before);
        for bin in self.bins_from(skipped) {
            let count = bin.count as f64;
            if rank <= before + count {
                let x = bin.from + (bin.to - bin.from) * (rank - before) / count;
                return x.clamp(self.least, self.greatest);
            }
            before += count;
        }
        self.greatest
    }

    /// Share of times not above `x` seconds: linear inside the bin of `x`. NaN when empty.
    pub fn share_at_most(&self, x: f64) -> f64 {
        let n = self.count();
        if n == 0 || x.is_nan() {
            return f64::NAN;
        }
        if x >= self.greatest {
            return 1.0;
        }
        let (skipped, mut below) = self.skip(|_, to| x >= to);
        for bin in self.bins_from(skipped) {
            if x >= bin.to {
                below += bin.count as f64;
            } else {
                if x > bin.from {
                    below += bin.count as f64 * (x - bin.from) / (bin.to - bin.from);
                }
                break;
            }
        }
        below / n as f64
    }
}

/// Lower edge of bucket `i`, seconds (the upper edge of the one before).
fn edge(i: usize) -> f64 {
    f64::from_bits((FIRST + i as u64) << SHIFT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{KeyedRng, Sampler};
    use poolwise_math::ln_1p;

    fn filled(values: impl IntoIterator<Item = f64>) -> Histogram {
        let mut h = Histogram::new();
        values.into_iter().for_each(|x| h.record(x));
        h
    }

    #[test]
    fn edges_are_those_of_the_octaves() {
        assert_eq!((edge(0), edge(128), edge(BUCKETS)), (0.125, 0.25, 2_147_483_648.0));
        for x in [0.125, 0.3, 1.0, 1.007, 59.9, 3_600.0, 86_400.0, 2.1e9] {
            let h = filled([x]);
            let bin = h.bins().next().unwrap();
            assert!(bin.from <= x && x < bin.to && bin.to - bin.from <= bin.from / 128.0, "{x} {bin:?}");
            assert_eq!(h.quantile(0.5), x);
        }
    }

    #[test]
    fn zero_tiny_and_huge_are_kept_apart() {
        let h = filled([0.0, 0.0, 0.0, 1e-9, 3e9, f64::MAX]);
        assert_eq!((h.count(), h.zeros()), (6, 3));
        assert_eq!(h.share_at_most(0.0), 0.5);
        assert_eq!(h.quantile(0.5), 0.0);
        assert!(h.quantile(0.6) > 0.0);
        assert_eq!(h.quantile(1.0), f64::MAX);
        assert!((h.share_at_most(1.0) - 4.0 / 6.0).abs() < 1e-15);
        assert_eq!(h.share_at_most(-1.0), 0.0);
    }

    #[test]
    fn a_merged_one_goes_on_counting_beyond_what_it_was_given() {
        let short = filled([1.0, 2.0, 3.0]);
        let mut merged = Histogram::new();
        merged.merge(&short);
        assert!(merged == short && merged.counts.len() < short.counts.len());
        merged.record(1e6);
        merged.record(2.5);
        assert_eq!(merged, filled([1.0, 2.0, 3.0, 1e6, 2.5]));
        // A short one takes in a longer one, and the other way round.
        let (mut a, mut b) = (Histogram::new(), Histogram::new());
        a.merge(&short);
        a.merge(&filled([5e4, 0.0]));
        b.merge(&filled([5e4, 0.0]));
        b.merge(&short);
        assert!(a == b && a == filled([0.0, 1.0, 2.0, 3.0, 5e4]));
        assert_eq!((a.count(), a.quantile(1.0), a.quantile(0.0)), (5, 5e4, 0.0));
    }

    #[test]
    fn empty_has_no_quantile() {
        let h = Histogram::new();
        assert!(h.quantile(0.5).is_nan() && h.share_at_most(1.0).is_nan());
        assert!(h.least().is_nan() && h.greatest().is_nan() && h.bins().next().is_none());
        assert!(filled([1.0]).quantile(1.5).is_nan());
    }

    #[test]
    fn quantiles_of_a_known_distribution() {
        // Equally spaced points of an exponential with mean an hour: no chance involved, so the only
        // error is that of the bins, 1/128 at most and far less after interpolation.
        let n = 100_000;
        let h = filled((0..n).map(|i| -3_600.0 * ln_1p(-(f64::from(i) + 0.5) / f64::from(n))));
        for q in [0.1_f64, 0.5, 0.9, 0.95, 0.99, 0.999] {
            let exact = -3_600.0 * ln_1p(-q);
            assert!((h.quantile(q) / exact - 1.0).abs() < 2e-4, "{q}: {} {exact}", h.quantile(q));
            assert!((h.share_at_most(exact) - q).abs() < 2e-5, "{q}: {}", h.share_at_most(exact));
        }
        assert_eq!(h.quantile(0.0), h.least());
        assert_eq!(h.quantile(1.0), h.greatest());
    }

    /// Beyond 2^32 in one bucket, by recording and by merging: 2^31 doubled, then three more.
    #[test]
    fn large_counts_carry() {
        let mut h = filled([1.0]);
        let bucket = h.counts.iter().position(|n| *n == 1).unwrap();
        for _ in 0..32 {
            let same = h.clone();
            h.merge(&same);
        }
        assert_eq!((h.counts[bucket], h.upper[bucket], h.count()), (0, 1, 1 << 32));
        h.counts[bucket] = u32::MAX;
        h.record(1.0);
        h.record(1.0);
        assert_eq!((h.counts[bucket], h.upper[bucket]), (1, 2));
        assert_eq!(h.bins().next().unwrap().count, (2 << 32) + 1);
        let mut other = filled([1.0]);
        other.merge(&h);
        assert_eq!(other.count(), (2 << 32) + 2);
    }

    #[test]
    fn merging_in_any_order_is_the_same_as_recording_all() {
        let sampler = Sampler::log_normal(1_200.0, 1.5);
        let mut rng = KeyedRng::of(7, 1, 0);
        let mut draw =
            |i: usize| [0.0, 1e-3, 4e9].get(i % 10).copied().unwrap_or_else(|| sampler.sample(&mut rng));
        let values: Vec<f64> = (0..3_000).map(&mut draw).collect();
        let all = filled(values.iter().copied());
        let parts: Vec<Histogram> = values.chunks(700).map(|c| filled(c.iter().copied())).collect();
        let mut forward = Histogram::new();
        parts.iter().for_each(|p| forward.merge(p));
        let mut backward = Histogram::new();
        parts.iter().rev().for_each(|p| backward.merge(p));
        assert!(forward == all && backward == all);
        let counted: u64 = all.bins().map(|b| b.count).sum();
        assert_eq!((counted, all.zeros()), (3_000, 300));
    }
}
