//! Decoders of other libraries: a file is no reason to stop a program.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a library's decoder gives. Where a file's parts contradict each other it may panic: what was decoded so far is thrown away
/// with the error.
pub(super) fn guarded<T>(decode: impl FnOnce() -> T) -> Result<T, &'static str> {
    catch_unwind(AssertUnwindSafe(decode)).map_err(|_| "its parts contradict each other")
}
