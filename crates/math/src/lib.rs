//! Elementary and special functions that give the same bits on every machine.
//!
//! The functions of a platform's mathematical library (which `f64::exp`, `ln`, `powf`, `sin` and the like call) differ in
//! their last digits between systems, and some choose other code by processor. Here everything is additions,
//! multiplications, divisions and square roots of doubles, each of them exact to rounding on every machine, in one
//! written order and without fused operations. What an error bound says is tested against a million points.
//!
//! [`exp`] and [`ln`] are inlined and faster than a call of the usual library. Rarely used functions
//! come from the crate `libm`, a port of FreeBSD's.
//!
//! ```
//! use poolwise_math::{exp, ln, powf, student_quantile};
//!
//! assert_eq!(exp(0.0), 1.0);
//! assert_eq!(ln(exp(1.0)), 1.0);
//! assert_eq!(powf(2.0, 0.5), std::f64::consts::SQRT_2);
//! // The multiplier of a 95 % interval from ten observations.
//! assert!((student_quantile(0.975, 9.0) - 2.262_157_162_798_205).abs() < 1e-13);
//! ```
#![warn(missing_docs)]

mod beta;
mod double;
mod exponential;
mod gamma;
mod logarithm;
mod normal;
mod power;
#[cfg(test)]
mod testing;
mod trigonometry;
pub mod ziggurat;

pub use beta::{beta_lower, beta_quantile, fisher_quantile, student_quantile};
pub use exponential::{exp, exp_m1};
pub use gamma::{deviance, digamma, gamma, gamma_lower, gamma_upper, ln_gamma, stirling_error};
pub use logarithm::{ln, ln_1p, log2, log10};
pub use normal::{erf, erfc, normal_cdf, normal_density, normal_quantile};
pub use power::{hypot, powf, powi};
pub use trigonometry::{atan, atan2, cos, sin, tan};
