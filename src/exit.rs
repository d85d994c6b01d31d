//! How a command ends: done, partly done, or not, each with its exit code.
use poolwise_report::ReportError;
use poolwise_report::write::WriteError;
use poolwise_scenario::Diagnostics;
use std::fmt;
use std::io;
use std::process::ExitCode;

/// A command that ended without a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// Everything asked for was done.
    Fully,
    /// It was stopped: what was finished is reported.
    Partly,
}

/// Why a command could not do what was asked.
#[derive(Debug)]
pub enum Failure {
    /// Something went wrong that the user may mend elsewhere: a folder, a disk.
    Failed(String),
    /// What was asked makes no sense, or a scenario is invalid. The text may hold colours.
    Invalid(String),
    /// Nobody reads the output any more: no failure worth a word.
    Unread,
}

impl Failure {
    /// The outcome of writing to standard output.
    pub fn of_output(e: &io::Error) -> Self {
        match e.kind() {
            io::ErrorKind::BrokenPipe => Self::Unread,
            _ => Self::Failed(format!("cannot write to standard output: {e}")),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(why) | Self::Invalid(why) => f.write_str(why),
            Self::Unread => Ok(()),
        }
    }
}

impl From<ReportError> for Failure {
    fn from(e: ReportError) -> Self {
        Self::Failed(e.to_string())
    }
}

impl From<Diagnostics> for Failure {
    fn from(wrong: Diagnostics) -> Self {
        Self::Invalid(wrong.render(true))
    }
}

impl From<WriteError> for Failure {
    fn from(e: WriteError) -> Self {
        Self::Failed(e.to_string())
    }
}

impl From<poolwise_engine::Failure> for Failure {
    fn from(e: poolwise_engine::Failure) -> Self {
        Self::Failed(e.to_string())
    }
}

/// 0 done, 1 failed, 2 wrong usage or an invalid scenario, 3 partial.
pub(crate) fn code(outcome: &Result<Done, Failure>) -> ExitCode {
    match outcome {
        Ok(Done::Fully) | Err(Failure::Unread) => ExitCode::SUCCESS,
        Err(Failure::Failed(_)) => ExitCode::from(1),
        Err(Failure::Invalid(_)) => ExitCode::from(2),
        Ok(Done::Partly) => ExitCode::from(3),
    }
}
