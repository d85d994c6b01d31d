//! Streams and variates: who draws what, so that the same request has the same draws everywhere.
//!
//! Every replication has its own streams, one for each *named source*. A stream's seed is a ChaCha8
//! block keyed by (root seed, replication, hash of the source's stable name). Attributes of a request
//! are keyed: a hash of (request's seed, stage, visit, purpose) starts a short SplitMix64 sequence.
//! So routing, staffing and loops never shift anybody else's draws.

mod beyond;
mod sampler;
mod variates;

pub use sampler::Sampler;
pub use variates::{Gamma, exponential, normal};

use rand::rand_core::{Rng, SeedableRng, TryRng};
use rand_chacha::ChaCha8Rng;
use rand_xoshiro::Xoshiro256PlusPlus;
use std::convert::Infallible;

/// The name and version of the stream scheme, written into manifests: results are only comparable bit
/// by bit within one scheme.
pub const STREAM_SCHEME: &str = "chacha8-xoshiro256++-splitmix64/1";

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// What a keyed draw is for. Each purpose of a stage's visit has draws of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Duration of a service or delay.
    Time = 1,
    /// Which branch is taken.
    Branch = 2,
    /// Delay on a branch.
    BranchDelay = 3,
    /// When a deadline passes or patience ends.
    Deadline = 4,
    /// Whether a routing rule with a share applies.
    Share = 5,
    /// Whether the work is duplicated.
    Duplicate = 6,
    /// Duration of a copy's service.
    CopyTime = 7,
    /// Whether a request comes back.
    Rework = 8,
    /// When it comes back.
    ReworkDelay = 9,
    /// Whether the centre documented the case well.
    Documentation = 10,
    /// Whether badly documented work is redone.
    Redone = 11,
    /// Whether a request balks at the queue it finds.
    Balk = 12,
    /// Which area a traced request comes from.
    Area = 13,
    /// How often a recorded arrival comes, and when again.
    Kept = 14,
    /// Duration of a service that is drawn anew after it was cut off.
    Redraw = 15,
    /// Whether a client who has left a queue unserved comes again.
    Redial = 16,
    /// When a request comes again.
    RedialDelay = 17,
    /// Duration of the work after a request has gone on.
    AfterWork = 18,
    /// Whether a client takes the offer to be called back.
    CallBack = 19,
    /// Whether a call is answered, and how long it rings if not.
    Call = 20,
    /// When a client is called again.
    CallAgain = 21,
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014, variant 13 of Stafford): a bijection of
/// `u64` with good avalanche.
#[inline]
pub const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Stable 64-bit hash of a name (FNV-1a, then [`mix`]): the same on every machine and version.
pub fn name_key(name: &str) -> u64 {
    let mut h: u64 = 0xCBF2_9CE4_8422_2325;
    for b in name.bytes() {
        h = (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01B3);
    }
    mix(h)
}

/// SplitMix64 started at a key: keyed draws for one attribute of one request.
#[derive(Debug, Clone)]
pub struct KeyedRng(u64);

impl KeyedRng {
    /// Keyed draws of `seed` at `place` (a stage's or source's key), `visit` and `purpose`.
    #[inline(always)]
    pub fn new(seed: u64, place: u64, visit: u32, purpose: Purpose) -> Self {
        Self::salted(seed, Self::salt(place, visit, purpose))
    }

    /// What [`Self::new`] makes of all but the seed, to be kept where it is needed again and again.
    #[inline(always)]
    pub(crate) const fn salt(place: u64, visit: u32, purpose: Purpose) -> u64 {
        mix(place
            .wrapping_add((purpose as u64).wrapping_mul(0xD1B5_4A32_D192_ED03))
            .wrapping_add((visit as u64).wrapping_mul(0xABC9_8388_FB8F_AC03)))
    }

    /// Keyed draws of `seed` under a [`Self::salt`].
    #[inline(always)]
    pub(crate) const fn salted(seed: u64, salt: u64) -> Self {
        Self(mix(seed ^ salt))
    }

    /// Keyed draws of a day, shift or other thing outside any request.
    pub fn of(seed: u64, place: u64, number: i64) -> Self {
        Self(mix(seed ^ mix(place.wrapping_add((number as u64).wrapping_mul(GOLDEN)))))
    }

    /// Next 64 random bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// Next uniform number in `[0, 1)`.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        unit(self.bits())
    }
}

impl TryRng for KeyedRng {
    type Error = Infallible;
    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.bits() >> 32) as u32)
    }
    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.bits())
    }
    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        for chunk in dst.chunks_mut(8) {
            let word = self.bits().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

/// Maps 64 random bits to `[0, 1)` by the upper 53.
#[inline]
pub fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// All streams of one replication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Streams {
    root: u64,
    replication: u64,
}

impl Streams {
    /// The streams of `replication` (from 0) under the root seed.
    pub fn new(root: u64, replication: u64) -> Self {
        Self { root, replication }
    }

    fn chacha(self, name: u64) -> ChaCha8Rng {
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&self.root.to_le_bytes());
        key[8..16].copy_from_slice(&self.replication.to_le_bytes());
        key[16..24].copy_from_slice(&name.to_le_bytes());
        key[24..].copy_from_slice(b"poolwise");
        ChaCha8Rng::from_seed(key)
    }

    /// The generator of the named source.
    pub fn source(self, name: &str) -> Xoshiro256PlusPlus {
        let mut seed = [0_u8; 32];
        self.chacha(name_key(name)).fill_bytes(&mut seed);
        Xoshiro256PlusPlus::from_seed(seed)
    }

    /// A seed for keyed draws of the named source.
    pub fn key(self, name: &str) -> u64 {
        self.chacha(name_key(name)).next_u64()
    }
}
