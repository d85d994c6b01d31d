//! Ctrl-C: the first time, replications under way are finished and reported; the second time the program
//! ends at once.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// Exit code of a program that was interrupted: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

/// Whether the user wants to stop.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens from now on. Where the system offers no such signal the program just cannot be stopped
    /// gently. A command that simulates twice listens once: whoever asks gets the same answer.
    pub fn listen() -> Self {
        static LISTENING: OnceLock<Stop> = OnceLock::new();
        LISTENING.get_or_init(Self::begin).clone()
    }

    fn begin() -> Self {
        let stop = Self::default();
        let asked = Arc::clone(&stop.0);
        let handler = move || {
            if asked.swap(true, Ordering::Relaxed) {
                std::process::exit(INTERRUPTED);
            }
            let _ = writeln!(
                std::io::stderr(),
                "\nstopping when the replications under way are finished; press Ctrl-C again to stop at once"
            );
        };
        let _ = ctrlc::set_handler(handler);
        stop
    }

    /// Whether the user has asked to stop.
    pub fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
