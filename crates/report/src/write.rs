//! Files written whole or not at all: each goes to a temporary file in the same folder and is then
//! renamed, so that a reader never meets half a file.

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile};
use thiserror::Error;

/// A folder of results.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

/// Why results could not be written.
#[derive(Debug, Error)]
pub struct WriteError {
    path: PathBuf,
    doing: &'static str,
    /// What on the command line names the folder.
    option: &'static str,
    #[source]
    cause: io::Error,
}

impl WriteError {
    fn new(path: &Path, doing: &'static str, cause: io::Error) -> Self {
        Self { path: path.to_owned(), doing, option: "--out DIR", cause }
    }

    /// The same where something else on the command line names the folder; empty where it is an argument.
    #[must_use]
    pub fn chosen_by(self, option: &'static str) -> Self {
        Self { option, ..self }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (why, advice) = match self.cause.kind() {
            ErrorKind::PermissionDenied => {
                ("permission denied".to_owned(), "choose a folder you may write to")
            }
            ErrorKind::ReadOnlyFilesystem => {
                ("the file system is read-only".to_owned(), "choose another folder")
            }
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                ("no space is left".to_owned(), "free some space, or choose a folder on another disk")
            }
            ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
                ("a file of that name is in the way".to_owned(), "move it, or choose another folder")
            }
            _ => (self.cause.to_string(), "choose another folder"),
        };
        write!(f, "cannot {} {}: {why}; {advice}", self.doing, self.path.display())?;
        if !self.option.is_empty() {
            write!(f, " with {}", self.option)?;
        }
        Ok(())
    }
}

impl Folder {
    /// The folder at `path`, made with its parents if it is not there, and shown to be writable.
    ///
    /// # Errors
    /// If it cannot be made or nothing can be written in it.
    pub fn create(path: &Path) -> Result<Self, WriteError> {
        fs::create_dir_all(path).map_err(|e| WriteError::new(path, "make the folder", e))?;
        Self(path.to_owned()).temporary().map_err(|e| WriteError::new(path, "write in the folder", e))?;
        Ok(Self(path.to_owned()))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file whole, in place of one of that name.
    ///
    /// # Errors
    /// If the folder is gone or not writable, or the disk is full; an older file of that name is kept.
    pub fn write(&self, name: &str, contents: &[u8]) -> Result<PathBuf, WriteError> {
        self.write_with(name, |file| file.write_all(contents))
    }

    /// The same with contents from a function, for files too large to hold in memory.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub(crate) fn write_with(
        &self,
        name: &str,
        fill: impl FnOnce(&mut io::BufWriter<&mut fs::File>) -> io::Result<()>,
    ) -> Result<PathBuf, WriteError> {
        let path = self.0.join(name);
        let put = || -> io::Result<()> {
            let mut file = self.temporary()?;
            let mut buffer = io::BufWriter::new(file.as_file_mut());
            fill(&mut buffer)?;
            buffer.flush()?;
            drop(buffer);
            file.persist(&path).map_err(|e| e.error)?;
            Ok(())
        };
        put().map_err(|e| WriteError::new(&path, "write", e))?;
        Ok(path)
    }

    /// A temporary file with the permissions of an ordinary one (temporary files are private unless
    /// told otherwise, and results are to be shared).
    fn temporary(&self) -> io::Result<NamedTempFile> {
        let mut builder = Builder::new();
        builder.prefix(".poolwise-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        builder.tempfile_in(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::create(&dir.path().join("a/b")).unwrap();
        folder.write("x.txt", b"old").unwrap();
        folder.write("x.txt", b"new").unwrap();
        assert_eq!(fs::read(folder.path().join("x.txt")).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["x.txt"]);
    }

    #[test]
    fn a_failed_write_keeps_the_old_file() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::create(dir.path()).unwrap();
        folder.write("x.txt", b"old").unwrap();
        let error = folder
            .write_with("x.txt", |file| {
                file.write_all(b"half")?;
                Err(io::Error::from(ErrorKind::StorageFull))
            })
            .unwrap_err();
        assert!(error.to_string().contains("no space is left; free some space"), "{error}");
        assert_eq!(fs::read(folder.path().join("x.txt")).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["x.txt"]);
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let in_the_way = dir.path().join("taken");
        fs::write(&in_the_way, b"").unwrap();
        for path in [in_the_way.clone(), in_the_way.join("below")] {
            let error = Folder::create(&path).unwrap_err().to_string();
            assert!(error.contains("taken") && error.contains("in the way"), "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_results() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let plain = dir.path().join("plain");
        fs::write(&plain, b"").unwrap();
        let path = Folder::create(dir.path()).unwrap().write("x", b"").unwrap();
        let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), mode(&plain));
    }
}
