//! SHA-256 of what is written, without holding it.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Takes bytes and keeps nothing but their hash.
#[derive(Default)]
pub(crate) struct Hashed(Sha256);

impl Hashed {
    /// The hash in hexadecimal digits.
    pub(crate) fn hex(self) -> String {
        let mut out = String::with_capacity(64);
        for byte in self.0.finalize() {
            let _ = write!(out, "{byte:02x}");
        }
        out
    }
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_have_the_hash_of_the_whole() {
        let mut hashed = Hashed::default();
        hashed.write_all(b"one").unwrap();
        hashed.write_all(b" and another").unwrap();
        assert_eq!(hashed.hex(), poolwise_scenario::sha256(b"one and another"));
    }
}
