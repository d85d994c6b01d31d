//! Shard files: one record for each finished replication, appended as it is finished.
//!
//! A file begins with a line that names its form and the hash of the plan; then come records of one length,
//! each with a checksum. A record that was cut off or damaged is found by its place and checksum and simply
//! counts as not done. One process writes a file, under a lock; any may read it at any time. Records are on
//! the disk (`fdatasync`) as soon as it takes them: a second thread syncs whenever something is new, so that
//! workers do not wait.

use super::error::SweepError;
use super::record::{Record, RecordForm, is_header};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Folder of shard files within a sweep's folder.
pub(crate) const SHARDS: &str = "shards";
/// Ending of shard files.
const ENDING: &str = "shard";

/// What a shard file was found to be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Health {
    /// Records that were read whole.
    pub good: usize,
    /// Records whose checksum does not fit.
    pub damaged: usize,
    /// Bytes after the last whole record's place.
    pub torn: u64,
    /// Whether the first line cannot be read.
    pub headless: bool,
}

impl Health {
    /// Whether nothing is wrong.
    pub(crate) fn fine(self) -> bool {
        self.damaged == 0 && self.torn == 0 && !self.headless
    }
}

/// The shard files of a sweep's folder, by name.
///
/// # Errors
/// If the folder cannot be read; none is there if it does not exist.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>, SweepError> {
    let shards = folder.join(SHARDS);
    let fail = |e| SweepError::file(&shards, "read the folder", e);
    let entries = match fs::read_dir(&shards) {
        Ok(entries) => entries,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(fail(e)),
    };
    let mut out = Vec::new();
    for entry in entries {
        let path = entry.map_err(fail)?.path();
        if path.extension().is_some_and(|e| e == ENDING) {
            out.push(path);
        }
    }
    out.sort();
    Ok(out)
}

/// Reads a shard file; `each` gets every whole record and the byte at which it begins.
///
/// # Errors
/// If the file cannot be read, or belongs to another sweep.
pub(crate) fn read(
    path: &Path,
    form: &RecordForm,
    each: &mut dyn FnMut(u64, Record),
) -> Result<Health, SweepError> {
    let fail = |e| SweepError::file(path, "read", e);
    let file = File::open(path).map_err(fail)?;
    let mut reader = BufReader::with_capacity(1 << 18, file);
    let header = form.header();
    let mut first = vec![0; header.len()];
    let mut health = Health::default();
    let got = fill(&mut reader, &mut first).map_err(fail)?;
    if first[..got] != *header.as_bytes() {
        if is_header(&String::from_utf8_lossy(&first[..got])) {
            return Err(SweepError::OtherSweep { path: path.to_owned(), differs: "its plan".to_owned() });
        }
        health.headless = got > 0;
        return Ok(health);
    }
    let mut at = header.len() as u64;
    let mut bytes = vec![0; form.length()];
    loop {
        let got = fill(&mut reader, &mut bytes).map_err(fail)?;
        if got < bytes.len() {
            health.torn = got as u64;
            return Ok(health);
        }
        match form.decode(&bytes) {
            Some(record) => {
                health.good += 1;
                each(at, record);
            }
            None => health.damaged += 1,
        }
        at += bytes.len() as u64;
    }
}

/// Reads until the buffer is full or the file ends.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while got < buffer.len() {
        match reader.read(&mut buffer[got..]) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(got)
}

/// Reads single records at places that [`read`] has told.
#[derive(Debug)]
pub(crate) struct Picker {
    path: PathBuf,
    file: File,
    bytes: Vec<u8>,
    form: RecordForm,
}

impl Picker {
    /// Opens a shard file.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub(crate) fn open(path: &Path, form: &RecordForm) -> Result<Self, SweepError> {
        let file = File::open(path).map_err(|e| SweepError::file(path, "read", e))?;
        Ok(Self { path: path.to_owned(), file, bytes: vec![0; form.length()], form: form.clone() })
    }

    /// The record at a place.
    ///
    /// # Errors
    /// If it cannot be read, or has changed since it was found.
    pub(crate) fn pick(&mut self, at: u64) -> Result<Record, SweepError> {
        use std::io::{Seek, SeekFrom};
        let fail = |e| SweepError::file(&self.path, "read", e);
        self.file.seek(SeekFrom::Start(at)).map_err(fail)?;
        self.file.read_exact(&mut self.bytes).map_err(fail)?;
        self.form.decode(&self.bytes).ok_or_else(|| SweepError::Damaged {
            path: self.path.clone(),
            why: "a record changed while it was being read; run the same command again".to_owned(),
        })
    }
}

/// A shard file that this process writes.
#[derive(Debug)]
pub struct Shard {
    path: PathBuf,
    form: RecordForm,
    file: Mutex<File>,
    state: Mutex<Syncing>,
    changed: Condvar,
    /// Held as long as the shard is.
    _lock: HeldShard,
}

/// A file whose lock is given back at the end. Closing alone would not do: a child that another thread is about to start
/// holds a copy of the open file for a moment, and with it the lock.
#[derive(Debug)]
struct HeldShard(File);

impl Drop for HeldShard {
    fn drop(&mut self) {
        // Where it fails, closing gives it back.
        let _ = self.0.unlock();
    }
}

#[derive(Debug, Default)]
struct Syncing {
    dirty: bool,
    closing: bool,
    failed: Option<io::Error>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shard {
    /// Opens or makes the shard file `name`, under a lock. What is damaged in it is taken out. `each` gets
    /// the records that are there.
    ///
    /// # Errors
    /// If another process has it, it belongs to another sweep, or it cannot be written.
    pub fn open(
        folder: &Path,
        name: &str,
        form: &RecordForm,
        each: &mut dyn FnMut(Record),
    ) -> Result<(Self, Health), SweepError> {
        let shards = folder.join(SHARDS);
        fs::create_dir_all(&shards).map_err(|e| SweepError::file(&shards, "make the folder", e))?;
        let lock_path = shards.join(format!("{name}.lock"));
        let fail_lock = |e| SweepError::file(&lock_path, "lock", e);
        let guard = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock_path)
            .map_err(fail_lock)?;
        match guard.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(SweepError::Locked(shards.join(format!("{name}.{ENDING}"))));
            }
            Err(TryLockError::Error(e)) => return Err(fail_lock(e)),
        }
        let path = shards.join(format!("{name}.{ENDING}"));
        let mut health = Health::default();
        if path.exists() {
            let mut records = Vec::new();
            let mut count = 0;
            health = read(&path, form, &mut |_, record| {
                count += 1;
                each(record);
            })?;
            if health.damaged > 0 {
                // Rare, so the good records may all be held for once.
                read(&path, form, &mut |_, record| records.push(record))?;
                let mut bytes = form.header().into_bytes();
                records.iter().for_each(|r| bytes.extend(form.encode(r)));
                write_whole(&path, &bytes)?;
            } else if health.torn > 0 || health.headless {
                let end = if health.headless { 0 } else { form.header().len() + count * form.length() };
                let cut = || -> io::Result<()> {
                    let file = OpenOptions::new().write(true).open(&path)?;
                    file.set_len(end as u64)?;
                    file.sync_data()
                };
                cut().map_err(|e| SweepError::file(&path, "mend", e))?;
            }
        }
        let fail = |e| SweepError::file(&path, "write", e);
        let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(fail)?;
        if file.metadata().map_err(fail)?.len() < form.header().len() as u64 {
            let begin = |file: &mut File| -> io::Result<()> {
                file.set_len(0)?;
                file.write_all(form.header().as_bytes())?;
                file.sync_data()
            };
            begin(&mut file).map_err(fail)?;
            sync_folder(&shards);
        }
        let shard = Self {
            path,
            form: form.clone(),
            file: Mutex::new(file),
            state: Mutex::default(),
            changed: Condvar::new(),
            _lock: HeldShard(guard),
        };
        Ok((shard, health))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a record.
    ///
    /// # Errors
    /// If it cannot be written whole; then nothing of it is left in the file.
    pub fn append(&self, record: &Record) -> Result<(), SweepError> {
        let bytes = self.form.encode(record);
        {
            let mut file = lock(&self.file);
            let before = file.metadata().map(|m| m.len());
            if let Err(e) = file.write_all(&bytes) {
                if let Ok(length) = before {
                    // If this fails too, the next reader finds the torn end.
                    let _ = file.set_len(length);
                }
                return Err(SweepError::file(&self.path, "write", e));
            }
        }
        lock(&self.state).dirty = true;
        self.changed.notify_all();
        match lock(&self.state).failed.take() {
            Some(e) => Err(SweepError::file(&self.path, "write", e)),
            None => Ok(()),
        }
    }

    /// Brings records to the disk until [`Self::close`]; for a thread of its own.
    pub(crate) fn sync(&self) {
        loop {
            let closing = {
                let mut state = lock(&self.state);
                while !state.dirty && !state.closing {
                    state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
                state.dirty = false;
                state.closing
            };
            // A handle of its own, so that workers can write meanwhile.
            let handle = lock(&self.file).try_clone();
            if let Err(e) = handle.and_then(|f| f.sync_data()) {
                lock(&self.state).failed = Some(e);
            }
            if closing {
                return;
            }
        }
    }

    /// Ends [`Self::sync`].
    pub(crate) fn close(&self) {
        lock(&self.state).closing = true;
        self.changed.notify_all();
    }

    /// Whether bringing records to the disk has failed.
    ///
    /// # Errors
    /// If it has.
    pub(crate) fn outcome(&self) -> Result<(), SweepError> {
        match lock(&self.state).failed.take() {
            Some(e) => Err(SweepError::file(&self.path, "write", e)),
            None => Ok(()),
        }
    }
}

/// Writes a file whole: to a temporary file beside it, to the disk, and renamed.
///
/// # Errors
/// If it cannot be written; an older file is kept.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), SweepError> {
    write_whole_with(path, |file| file.write_all(bytes))
}

/// The same with contents from a function, for what is too large to be held.
///
/// # Errors
/// As [`write_whole`].
pub(crate) fn write_whole_with(
    path: &Path,
    fill: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
) -> Result<(), SweepError> {
    let put = || -> io::Result<()> {
        let folder = path.parent().unwrap_or_else(|| Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".poolwise-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let mut file = builder.tempfile_in(folder)?;
        let mut buffer = BufWriter::new(file.as_file_mut());
        fill(&mut buffer)?;
        buffer.flush()?;
        drop(buffer);
        file.as_file().sync_all()?;
        file.persist(path).map_err(|e| e.error)?;
        sync_folder(folder);
        Ok(())
    };
    put().map_err(|e| SweepError::file(path, "write", e))
}

/// Brings a new name to the disk. Not every file system can; then it gets there in its own time.
fn sync_folder(folder: &Path) {
    if let Ok(file) = File::open(folder) {
        let _ = file.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::{form, record};
    use super::*;

    #[test]
    fn a_shard_is_one_writers_and_anybodys_to_read() {
        let dir = tempfile::tempdir().unwrap();
        let (shard, health) = Shard::open(dir.path(), "x", &form(), &mut |_| {}).unwrap();
        assert!(health.fine());
        let again = Shard::open(dir.path(), "x", &form(), &mut |_| {});
        assert!(matches!(again, Err(SweepError::Locked(_))));
        for r in 0..3 {
            shard.append(&record(r)).unwrap();
        }
        let mut seen = Vec::new();
        read(shard.path(), &form(), &mut |at, r| seen.push((at, r.replication))).unwrap();
        assert_eq!(seen.iter().map(|s| s.1).collect::<Vec<_>>(), [0, 1, 2]);
        let mut picker = Picker::open(shard.path(), &form()).unwrap();
        assert_eq!(picker.pick(seen[1].0).unwrap(), record(1));
        assert_eq!(files(dir.path()).unwrap(), [shard.path()]);
        let other = RecordForm { plan: "cd".repeat(32), ..form() };
        let refused = read(shard.path(), &other, &mut |_, _| {});
        assert!(matches!(refused, Err(SweepError::OtherSweep { .. })));
        drop(shard);
        let mut count = 0;
        Shard::open(dir.path(), "x", &form(), &mut |_| count += 1).unwrap();
        assert_eq!(count, 3);
    }
}
