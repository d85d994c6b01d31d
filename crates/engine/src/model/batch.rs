//! Requests that come several at a time.

/// How many requests come at once: the sizes of batches, which are independent.
#[derive(Debug, Clone, PartialEq)]
pub enum BatchSize {
    /// One, two, three ... with cumulative probabilities, the last of which is 1.
    Table(Vec<f64>),
    /// At least one, geometric with this mean.
    Geometric(f64),
}

impl BatchSize {
    /// Mean number of requests that come at once.
    pub fn mean(&self) -> f64 {
        match self {
            // P(X > k), summed.
            Self::Table(cumulative) => 1.0 + cumulative.iter().map(|p| 1.0 - p).sum::<f64>(),
            Self::Geometric(mean) => *mean,
        }
    }

    /// Mean of the square of the size.
    pub fn mean_square(&self) -> f64 {
        match self {
            Self::Table(cumulative) => {
                let before = std::iter::once(0.0).chain(cumulative.iter().copied());
                let sizes = cumulative.iter().zip(before).enumerate();
                sizes.map(|(k, (upto, before))| ((k + 1) * (k + 1)) as f64 * (upto - before)).sum()
            }
            Self::Geometric(mean) => 2.0 * mean * mean - mean,
        }
    }

    /// The size that belongs to a uniform number in `[0, 1)`.
    pub(crate) fn of(&self, u: f64) -> u32 {
        match self {
            Self::Table(cumulative) => {
                let last = cumulative.len().saturating_sub(1);
                1 + cumulative.iter().take(last).filter(|p| u >= **p).count() as u32
            }
            Self::Geometric(mean) if *mean > 1.0 => {
                // P(X > k) = (1 - 1/m)^k.
                let tail = poolwise_math::ln(1.0 - u) / poolwise_math::ln(1.0 - 1.0 / mean);
                1 + tail.clamp(0.0, 1e6) as u32
            }
            Self::Geometric(_) => 1,
        }
    }

    /// Why it makes no sense, if it makes none.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        match self {
            Self::Table(cumulative) => {
                let rising = cumulative.windows(2).all(|w| w[0] <= w[1]);
                let whole = cumulative.last().is_some_and(|last| (last - 1.0).abs() < 1e-9);
                let shares = cumulative.iter().all(|p| (0.0..=1.0 + 1e-9).contains(p));
                (!(rising && whole && shares))
                    .then_some("cumulative probabilities of batch sizes must rise to 1")
            }
            Self::Geometric(mean) => (!(1.0..=10_000.0).contains(mean))
                .then_some("the mean size of a batch must be from 1 to 10,000"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_their_probabilities() {
        let table = BatchSize::Table(vec![0.5, 0.5, 0.75, 1.0]);
        assert_eq!([0.0, 0.49, 0.5, 0.74, 0.75, 0.999].map(|u| table.of(u)), [1, 1, 3, 3, 4, 4]);
        assert!((table.mean() - 2.25).abs() < 1e-15);
        assert!((table.mean_square() - (0.5 + 9.0 * 0.25 + 16.0 * 0.25)).abs() < 1e-15);
        let geometric = BatchSize::Geometric(4.0);
        // P(X > 1) = 3/4, P(X > 2) = 9/16.
        assert_eq!([0.0, 0.249, 0.251, 0.437, 0.438].map(|u| geometric.of(u)), [1, 1, 2, 2, 3]);
        assert_eq!(BatchSize::Geometric(1.0).of(0.99), 1);
        assert!(table.fault().is_none() && geometric.fault().is_none());
        assert!(
            BatchSize::Table(vec![0.5, 0.4, 1.0]).fault().is_some()
                && BatchSize::Geometric(0.5).fault().is_some()
        );
    }
}
