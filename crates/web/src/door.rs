//! The functions that JavaScript calls: texts go in and out through the module's memory.
//!
//! ```js
//! const { instance } = await WebAssembly.instantiate(bytes, {});
//! const { memory, poolwise_input, poolwise_run, poolwise_output, poolwise_output_length } = instance.exports;
//! const request = new TextEncoder().encode(JSON.stringify({ files, scenarios }));
//! const at = poolwise_input(request.length);                        // room for the request
//! new Uint8Array(memory.buffer, at, request.length).set(request);
//! const failed = poolwise_run();                                    // 0: an answer; 1: a message
//! const text = new TextDecoder().decode(
//!     new Uint8Array(memory.buffer, poolwise_output(), poolwise_output_length()));
//! ```
//!
//! A request with `"do"` in it is one of a page that simulates while the user watches; `session.rs` lists them.
//!
//! The memory may grow in every call, so views of it are made after the call.
#![allow(unsafe_code, reason = "names without mangling count as unsafe; each is of this module alone")]

use std::sync::{Mutex, PoisonError};

static INPUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static OUTPUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Makes room for a request of `length` bytes of UTF-8 and says where. It holds until the next call of this function or
/// of [`poolwise_run`].
#[unsafe(no_mangle)]
pub(crate) extern "C" fn poolwise_input(length: usize) -> *mut u8 {
    let mut input = INPUT.lock().unwrap_or_else(PoisonError::into_inner);
    *input = vec![0; length];
    input.as_mut_ptr()
}

/// Does what the request asks for. Returns 0 and leaves an [`Answer`](crate::Answer) as JSON, or returns 1 and leaves a
/// message: where is said by [`poolwise_output`].
#[unsafe(no_mangle)]
pub(crate) extern "C" fn poolwise_run() -> u32 {
    let request = std::mem::take(&mut *INPUT.lock().unwrap_or_else(PoisonError::into_inner));
    let answer = String::from_utf8(request)
        .map_err(|_| "the request is not UTF-8".to_owned())
        .and_then(|text| crate::handle(&text));
    let failed = answer.is_err();
    *OUTPUT.lock().unwrap_or_else(PoisonError::into_inner) =
        answer.map_or_else(String::into_bytes, String::into_bytes);
    u32::from(failed)
}

/// Where the last answer or message is; it holds until the next [`poolwise_run`].
#[unsafe(no_mangle)]
pub(crate) extern "C" fn poolwise_output() -> *const u8 {
    OUTPUT.lock().unwrap_or_else(PoisonError::into_inner).as_ptr()
}

/// Its length in bytes.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn poolwise_output_length() -> usize {
    OUTPUT.lock().unwrap_or_else(PoisonError::into_inner).len()
}
