//! Decoders of other libraries: a file is no reason to stop a program.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Whether a panic of this thread is one that is caught here, and told as an error.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// What a library's decoder gives. Where a file's parts contradict each other it may panic: what was decoded so far is thrown away
/// with the error, and nothing else is said of it.
pub(super) fn guarded<T>(decode: impl FnOnce() -> T) -> Result<T, &'static str> {
    static HUSHED: Once = Once::new();
    HUSHED.call_once(|| {
        let others = take_hook();
        set_hook(Box::new(move |what| {
            if !CAUGHT.get() {
                others(what);
            }
        }));
    });
    let before = CAUGHT.replace(true);
    let decoded = catch_unwind(AssertUnwindSafe(decode)).map_err(|_| "its parts contradict each other");
    CAUGHT.set(before);
    decoded
}
