//! Why a sweep could not be planned, run or merged.
use poolwise_scenario::Diagnostics;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a sweep could not be planned, run or merged.
#[derive(Debug)]
pub enum SweepError {
    /// The sweep file, or a scenario, is invalid. The text says which.
    Invalid {
        /// What was being looked at; empty for the sweep file itself.
        about: String,
        /// What is wrong.
        problems: Diagnostics,
    },
    /// The design has more points or replications than anybody wants by mistake.
    Huge {
        /// How big it is, in a sentence.
        size: String,
    },
    /// What was asked makes no sense; a sentence.
    Usage(String),
    /// The folder holds results of another sweep.
    OtherSweep {
        /// The file that says so.
        path: PathBuf,
        /// What differs.
        differs: String,
    },
    /// Another process works on the same shard.
    Locked(PathBuf),
    /// A file could not be read or written.
    File {
        /// The file.
        path: PathBuf,
        /// What was to be done with it.
        doing: &'static str,
        /// Why it failed.
        cause: io::Error,
    },
    /// A file is not what it should be.
    Damaged {
        /// The file.
        path: PathBuf,
        /// In a sentence.
        why: String,
    },
    /// Two records of the same replication differ.
    Disagree {
        /// Which, and in which files.
        what: String,
    },
    /// Not everything is there yet.
    Gaps {
        /// Points that lack something, as `0-3,7`.
        points: String,
        /// How many points lack something.
        missing: usize,
        /// Of how many.
        of: usize,
    },
    /// A replication failed.
    Engine {
        /// Point, scenario and replication.
        what: String,
        /// Why.
        failure: poolwise_engine::Failure,
    },
}

impl SweepError {
    /// A failure of a file.
    pub fn file(path: &Path, doing: &'static str, cause: io::Error) -> Self {
        Self::File { path: path.to_owned(), doing, cause }
    }
}

impl fmt::Display for SweepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { about, problems } if about.is_empty() => problems.fmt(f),
            Self::Invalid { about, problems } => write!(f, "{about}\n{problems}"),
            Self::Huge { size } => write!(f, "{size}; if that is what you want, say so with --yes"),
            Self::Usage(why) => f.write_str(why),
            Self::OtherSweep { path, differs } => write!(
                f,
                "{} belongs to another sweep: {differs} differs; choose another folder with --out DIR, or remove \
                 this one",
                path.display()
            ),
            Self::Locked(path) => write!(
                f,
                "{}: another process works on this shard; wait for it, or take another shard",
                path.display()
            ),
            Self::File { path, doing, cause } => {
                write!(f, "cannot {doing} {}: ", path.display())?;
                match cause.kind() {
                    io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => f.write_str(
                        "no space is left; free some space, and the same command goes on from here",
                    ),
                    io::ErrorKind::FileTooLarge => f.write_str(
                        "the limit on the size of files is reached; raise it (ulimit -f), and the same command \
                         goes on from here",
                    ),
                    io::ErrorKind::PermissionDenied => f.write_str("permission denied"),
                    io::ErrorKind::NotFound => f.write_str("there is no such file"),
                    _ => cause.fmt(f),
                }
            }
            Self::Damaged { path, why } => write!(f, "{}: {why}", path.display()),
            Self::Disagree { what } => write!(
                f,
                "{what} differ, though the same replication must give the same numbers; were they made by \
                 different builds of the program? Remove one of the files and run again"
            ),
            Self::Gaps { points, missing, of } => write!(
                f,
                "{missing} of {of} points are not finished: {points}; run them, or see `poolwise sweep status`"
            ),
            Self::Engine { what, failure } => write!(f, "{what}: {failure}"),
        }
    }
}

impl std::error::Error for SweepError {}
