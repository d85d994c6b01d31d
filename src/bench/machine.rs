//! The machine under the benchmark, and what the process used of it. Where the system does not tell,
//! there is no value.

use serde::{Deserialize, Serialize};
use std::fs;
use std::time::Duration;

/// The machine that timings are of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Model of the processor.
    pub cpu: Option<String>,
    /// Processors this process may use.
    pub cores: usize,
    /// Name of the operating system.
    pub operating_system: String,
    /// Name of the instruction set.
    pub architecture: String,
}

impl Machine {
    /// The machine that this runs on.
    pub fn this() -> Self {
        Self {
            cpu: field("/proc/cpuinfo", "model name"),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            operating_system: std::env::consts::OS.to_owned(),
            architecture: std::env::consts::ARCH.to_owned(),
        }
    }
}

/// Most memory this process has held so far, bytes: Linux's `VmHWM`.
pub fn peak_memory() -> Option<u64> {
    let text = field("/proc/self/status", "VmHWM")?;
    let kibibytes: u64 = text.strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// Processor time this process has used so far, over all its threads.
#[cfg(unix)]
pub fn cpu_time() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Some(Duration::new(u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?))
}

/// Processor time is not known here.
#[cfg(not(unix))]
pub fn cpu_time() -> Option<Duration> {
    None
}

/// The value of the first line `name : value` of a file.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    })
}
