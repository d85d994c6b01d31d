//! Random numbers of fits: from names, so that the same data give the same figures.

use poolwise_engine::random::Streams;
use rand_xoshiro::Xoshiro256PlusPlus;

/// A generator of its own for each purpose: the same purpose, the same numbers.
pub fn generator(purpose: &str) -> Xoshiro256PlusPlus {
    Streams::new(1, 0).source(purpose)
}
