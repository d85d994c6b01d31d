//! Functions of angles in radians: those of FreeBSD as ported to Rust by the crate `libm`, which has no code by
//! processor in them.

/// Sine. Error below one unit in the last place.
pub fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// Cosine. Error below one unit in the last place.
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// Tangent. Error below one unit in the last place.
pub fn tan(x: f64) -> f64 {
    libm::tan(x)
}

/// Arc tangent. Error below one unit in the last place.
pub fn atan(x: f64) -> f64 {
    libm::atan(x)
}

/// Angle of the point `(x, y)`, from -pi to pi. Error below one unit in the last place.
pub fn atan2(y: f64, x: f64) -> f64 {
    libm::atan2(y, x)
}

#[cfg(test)]
mod tests;
