//! Why a sweep could not be planned, run or merged.

use poolwise_scenario::Diagnostics;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a sweep could not be planned, run or merged.
#[derive(Debug, Error)]
pub enum SweepError {
    /// The sweep file, or a scenario, is invalid. The text says which.
    #[error("{}{problems}", if about.is_empty() { String::new() } else { format!("{about}\n") })]
    Invalid {
        /// What was being looked at; empty for the sweep file itself.
        about: String,
        /// What is wrong.
        problems: Diagnostics,
    },
    /// The design has more points or replications than anybody wants by mistake.
    #[error("{size}; if that is what you want, say so with --yes")]
    Huge {
        /// How big it is, in a sentence.
        size: String,
    },
    /// What was asked makes no sense; a sentence.
    #[error("{0}")]
    Usage(String),
    /// A point was asked for that the sweep does not have.
    #[error("there is no point {point}; the sweep has points 0 to {most}")]
    NoPoint {
        /// The point.
        point: usize,
        /// The last that there is.
        most: usize,
    },
    /// The folder holds results of another sweep.
    #[error(
        "{} belongs to another sweep: {differs} differs; choose another folder with --out DIR, or remove this one",
        path.display()
    )]
    OtherSweep {
        /// The file that says so.
        path: PathBuf,
        /// What differs.
        differs: String,
    },
    /// Another process works on the same shard.
    #[error("{}: another process works on this shard; wait for it, or take another shard", .0.display())]
    Locked(PathBuf),
    /// A file could not be read or written.
    #[error("cannot {doing} {}: {}", path.display(), in_words(cause))]
    File {
        /// The file.
        path: PathBuf,
        /// What was to be done with it.
        doing: &'static str,
        /// Why it failed.
        #[source]
        cause: io::Error,
    },
    /// A file is not what it should be.
    #[error("{}: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// In a sentence.
        why: String,
    },
    /// Two records of the same replication differ.
    #[error(
        "{what} differ, though the same replication must give the same numbers; were they made by different builds \
         of the program? Remove one of the files and run again"
    )]
    Disagree {
        /// Which, and in which files.
        what: String,
    },
    /// Not everything is there yet.
    #[error("{missing} of {of} points are not finished: {points}; run them, or see `poolwise sweep status`")]
    Gaps {
        /// Points that lack something, as `0-3,7`.
        points: String,
        /// How many points lack something.
        missing: usize,
        /// Of how many.
        of: usize,
    },
    /// A replication failed.
    #[error("{what}: {failure}")]
    Engine {
        /// Point, scenario and replication.
        what: String,
        /// Why it failed.
        #[source]
        failure: poolwise_engine::Failure,
    },
}

impl SweepError {
    /// A failure of a file.
    pub fn file(path: &Path, doing: &'static str, cause: io::Error) -> Self {
        Self::File { path: path.to_owned(), doing, cause }
    }
}

/// Why a file could not be read or written, and what helps.
fn in_words(cause: &io::Error) -> String {
    match cause.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "no space is left; free some space, and the same command goes on from here".to_owned()
        }
        io::ErrorKind::FileTooLarge => {
            "the limit on the size of files is reached; raise it (ulimit -f), and the same command goes on from here"
                .to_owned()
        }
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => {
            "the file system is read-only; choose another folder with --out DIR".to_owned()
        }
        io::ErrorKind::IsADirectory => {
            "a folder of that name is in the way; move it, or choose another folder with --out DIR".to_owned()
        }
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => cause.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_in_the_way_is_named() {
        let error =
            SweepError::file(Path::new("out/results.csv"), "write", io::ErrorKind::IsADirectory.into());
        assert_eq!(
            error.to_string(),
            "cannot write out/results.csv: a folder of that name is in the way; move it, or choose another folder with --out DIR"
        );
    }
}
