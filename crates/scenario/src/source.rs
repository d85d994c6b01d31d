//! The texts that a scenario is made of, and places in them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Scenario and data files held in memory, by path; `extends` and data files are looked up among them.
pub type Texts = BTreeMap<PathBuf, Cow<'static, str>>;

/// Files as they were when they were first read: whoever reads through the same snapshot sees the same texts,
/// whatever happens on the disk meanwhile. Clones share what was read.
///
/// A study reads its scenarios through one, again for each draw of uncertain inputs; a sweep for each case. So an
/// edit while they run changes nothing.
#[derive(Debug, Clone, Default)]
pub struct Snapshot(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// Texts by path without `.` and `..`.
    texts: Mutex<BTreeMap<PathBuf, Arc<str>>>,
    /// Nothing is looked up on the disk.
    closed: bool,
}

impl Snapshot {
    /// A snapshot of these texts alone: nothing is looked up on the disk.
    pub fn of(texts: Texts) -> Self {
        let texts = texts.into_iter().map(|(path, text)| (plain_path(&path), Arc::from(&*text))).collect();
        Self(Arc::new(Shared { texts: Mutex::new(texts), closed: true }))
    }

    /// Every text read so far, by path.
    pub fn read(&self) -> BTreeMap<PathBuf, Arc<str>> {
        self.texts().clone()
    }

    /// A snapshot in which these texts stand for files; what else is asked for is looked up on the disk.
    pub fn with(texts: Texts) -> Self {
        let texts = texts.into_iter().map(|(path, text)| (plain_path(&path), Arc::from(&*text))).collect();
        Self(Arc::new(Shared { texts: Mutex::new(texts), closed: false }))
    }

    /// The text of a file that was read before.
    pub fn known(&self, path: &Path) -> Option<Arc<str>> {
        self.texts().get(&plain_path(path)).map(Arc::clone)
    }

    /// The text of a file of at most `limit` bytes, or a sentence that says why there is none.
    pub(crate) fn text(&self, path: &Path, limit: u64) -> Result<Arc<str>, String> {
        let key = plain_path(path);
        if let Some(text) = self.texts().get(&key) {
            return Ok(Arc::clone(text));
        }
        if self.0.closed {
            return Err(format!("{}: there is no such text in memory", path.display()));
        }
        let text: Arc<str> = read_text(path, limit)?.into();
        // Another thread may have read it meanwhile: the first text stays.
        Ok(Arc::clone(self.texts().entry(key).or_insert(text)))
    }

    /// The same path for the same file, however it is written.
    fn identity(&self, path: &Path) -> PathBuf {
        match self.0.closed {
            false => path.canonicalize().unwrap_or_else(|_| path.to_path_buf()),
            true => plain_path(path),
        }
    }

    /// A thread that panicked with the texts in hand has left them whole: they are only added to.
    fn texts(&self) -> MutexGuard<'_, BTreeMap<PathBuf, Arc<str>>> {
        self.0.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Largest scenario file, bytes.
pub(crate) const MAX_SCENARIO: u64 = 16 << 20;
/// Largest data file, bytes.
pub(crate) const MAX_DATA: u64 = 256 << 20;

/// A span of bytes in one of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextSpan {
    pub source: u32,
    pub start: u32,
    pub end: u32,
}

impl TextSpan {
    /// The place of what nobody wrote: a default.
    pub(crate) const NONE: Self = Self { source: u32::MAX, start: 0, end: 0 };

    pub(crate) fn is_none(self) -> bool {
        self.source == u32::MAX
    }
}

/// One text: a file, or the pseudo-file of an override.
#[derive(Debug)]
pub(crate) struct SourceText {
    /// How messages call it: the path, or `--set path=value`.
    pub name: String,
    pub text: String,
    /// Where the paths it mentions start from.
    pub folder: PathBuf,
    /// Where it is, if it is a file.
    path: Option<PathBuf>,
    lines: Vec<u32>,
}

impl SourceText {
    /// A file and its text.
    pub(crate) fn file(path: &Path, text: &str) -> Self {
        let name = path.display().to_string();
        Self { path: Some(path.to_path_buf()), ..Self::pseudo(name, text.to_owned(), path) }
    }

    /// An override beside the scenario `beside`.
    pub(crate) fn pseudo(name: String, text: String, beside: &Path) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| (i + 1) as u32)).collect();
        Self { name, text, folder: folder_of(beside), path: None, lines }
    }

    /// Line (from 1) of a byte, and the byte at which the line begins.
    pub(crate) fn line(&self, at: usize) -> (usize, usize) {
        let i = self.lines.partition_point(|&s| s as usize <= at).max(1);
        (i, self.lines[i - 1] as usize)
    }

    /// End of line `number` (from 1), without its line break.
    pub(crate) fn line_end(&self, number: usize) -> usize {
        self.lines.get(number).map_or(self.text.len(), |&s| s as usize - 1)
    }
}

/// The folder that a file is in.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    path.parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Texts by name that stand in for files.
pub type Library = [(&'static str, &'static str)];

/// All texts, in the order in which they were read: the scenario, what it extends, overrides.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    read: Vec<SourceText>,
    /// Where files are looked up.
    files: Snapshot,
}

impl Sources {
    /// Files are read through a snapshot.
    pub(crate) fn through(files: &Snapshot) -> Self {
        Self { read: Vec::new(), files: files.clone() }
    }

    pub(crate) fn add(&mut self, source: SourceText) -> u32 {
        self.read.push(source);
        (self.read.len() - 1) as u32
    }

    /// The text of a file of at most `limit` bytes, or a sentence that says why there is none.
    pub(crate) fn text(&self, path: &Path, limit: u64) -> Result<Arc<str>, String> {
        self.files.text(path, limit)
    }

    /// The same path for the same file, however it is written.
    pub(crate) fn identity(&self, path: &Path) -> PathBuf {
        self.files.identity(path)
    }

    /// Paths of the files among them.
    pub(crate) fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.read.iter().filter_map(|s| s.path.clone())
    }

    pub(crate) fn get(&self, place: TextSpan) -> Option<&SourceText> {
        self.read.get(place.source as usize)
    }

    /// The scenario file itself, if it could be read.
    pub(crate) fn main(&self) -> Option<&SourceText> {
        self.read.first()
    }
}

/// A path without `.` and `..`, by its words alone.
pub fn plain_path(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// Reads a text file, or says in a sentence why not.
fn read_text(path: &Path, limit: u64) -> Result<String, String> {
    let shown = path.display();
    let meta = std::fs::metadata(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => format!("{shown}: there is no such file"),
        std::io::ErrorKind::PermissionDenied => format!("{shown}: no permission to read it"),
        _ => format!("{shown}: cannot be read: {e}"),
    })?;
    if meta.is_dir() {
        return Err(format!("{shown}: is a folder, not a file"));
    }
    if !meta.is_file() {
        return Err(format!("{shown}: is not a regular file"));
    }
    let too_large = || format!("{shown}: is larger than the limit of {} MiB", limit >> 20);
    if meta.len() > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(meta.len() as usize);
    File::open(path)
        .and_then(|f| f.take(limit + 1).read_to_end(&mut bytes))
        .map_err(|e| format!("{shown}: cannot be read: {e}"))?;
    if bytes.len() as u64 > limit {
        return Err(too_large());
    }
    super::decode::text(bytes, &shown.to_string())
}
