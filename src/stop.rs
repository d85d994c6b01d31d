//! Ctrl-C. The first time everything under way is left within a second, what is finished is reported, and the exit code
//! is 3; the second time the program ends at once.
//!
//! Simulations ask every some thousand events whether to go on. Where nobody asks (a solver at work, a picture being
//! drawn) a watchdog ends the program after a second, with the same code: files are written whole or not at all, so what
//! is there stands.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

/// Exit code of a program that was interrupted twice: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;
/// Exit code of a program that leaves partial results.
const PARTIAL: i32 = 3;
/// Time in which somebody must have heard of it.
const PATIENCE: Duration = Duration::from_millis(900);

/// Whether the user wants to stop.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<StopRequest>);

#[derive(Debug, Default)]
struct StopRequest {
    /// Ctrl-C was pressed.
    asked: AtomicBool,
    /// Somebody has seen it, and is bringing things to an end.
    heard: AtomicBool,
}

impl Stop {
    /// Listens from now on. Where the system offers no such signal the program just cannot be stopped
    /// gently. A command that simulates twice listens once: whoever asks gets the same answer.
    pub(crate) fn listen() -> Self {
        static LISTENING: OnceLock<Stop> = OnceLock::new();
        LISTENING.get_or_init(Self::begin).clone()
    }

    fn begin() -> Self {
        let stop = Self::default();
        let state = Arc::clone(&stop.0);
        let handler = move || {
            if state.asked.swap(true, Ordering::SeqCst) {
                std::process::exit(INTERRUPTED);
            }
            let text = "\nstopping: what is finished will be reported; press Ctrl-C again to stop at once";
            let _ = writeln!(std::io::stderr(), "{text}");
            let state = Arc::clone(&state);
            // In a thread of its own, for this one has to hear the second Ctrl-C.
            let watchdog = move || {
                thread::sleep(PATIENCE);
                if !state.heard.load(Ordering::SeqCst) {
                    let _ = writeln!(std::io::stderr(), "stopped; files that are there are whole");
                    std::process::exit(PARTIAL);
                }
            };
            let _ = thread::Builder::new().spawn(watchdog);
        };
        let _ = ctrlc::set_handler(handler);
        stop
    }

    /// Whether the user has asked to stop. Whoever asks brings things to an end.
    pub(crate) fn asked(&self) -> bool {
        let asked = self.0.asked.load(Ordering::Relaxed);
        if asked {
            self.0.heard.store(true, Ordering::SeqCst);
        }
        asked
    }
}
