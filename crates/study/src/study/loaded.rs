//! A scenario that was read, and how to read it again.

use poolwise_scenario::{Diagnostics, Overrides, Scenario, Snapshot, load_through};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A scenario that was read, and how to read it again with other values: from the same texts, whatever happens on
/// the disk meanwhile.
///
/// # Examples
/// One file in two variants, on the same requests:
/// ```
/// use poolwise_scenario::{Overrides, Snapshot};
/// use poolwise_study::{Loaded, Options, Study, Unwatched};
///
/// let text = r#"
/// run = { horizon = "2 weeks", replications = 3 }
/// class.call = { rate = "48 per hour", start = "answer" }
/// stage.answer = { service = { role = "agent", time = { exponential = "1 min" } }, next = "answered" }
/// stage.answered = { exit = true }
/// centre.desk = { levels = { officers = 1 } }
/// route = [{ to = "desk" }]
/// "#;
/// let files = Snapshot::with([("desk.toml".into(), text.into())].into());
/// let one = Loaded::read(&files, "desk.toml".as_ref(), &Overrides::default()).expect("a valid scenario");
/// let two = one.changed(&["name=two".into(), "centre.desk.levels.officers=2".into()]).expect("the same");
/// let results = Study::of([one, two])?.paired(None)?.run(&Options::default(), &Unwatched)?;
/// let wait = |k: usize| results.cases[k].summary.measures["wait_mean_hours"].estimate;
/// assert!(wait(1) < wait(0) / 10.0);
/// # Ok::<(), poolwise_study::StudyError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The scenario: studies of it share it.
    pub scenario: Arc<Scenario>,
    /// Its file, or what stands for it.
    pub path: PathBuf,
    pub(super) reading: TextReading,
}

/// Where the texts are, and the changes to them.
#[derive(Debug, Clone)]
pub(super) struct TextReading {
    files: Snapshot,
    overrides: Overrides,
}

impl TextReading {
    /// The same with changes of one option alone.
    pub(super) fn varied(&self, sets: Vec<String>) -> Self {
        let mut reading = self.clone();
        reading.overrides.vary = sets;
        reading
    }

    /// The same with another horizon.
    pub(super) fn within(&self, horizon: &str) -> Self {
        let mut reading = self.clone();
        reading.overrides.horizon = Some(horizon.to_owned());
        reading
    }

    /// Changes of single values: of all options, then of this one alone.
    pub(super) fn changes(&self) -> Vec<String> {
        self.overrides.sets.iter().chain(&self.overrides.vary).cloned().collect()
    }

    /// The scenario without them.
    pub(super) fn unchanged(&self, path: &Path) -> Result<Scenario, Diagnostics> {
        let bare = Overrides { sets: Vec::new(), vary: Vec::new(), ..self.overrides.clone() };
        load_through(&self.files, path, &bare)
    }

    pub(super) fn parts(&self) -> (&Snapshot, &Overrides) {
        (&self.files, &self.overrides)
    }

    /// The scenario with more changes.
    pub(super) fn again(&self, path: &Path, sets: &[String]) -> Result<Scenario, Diagnostics> {
        let mut overrides = self.overrides.clone();
        overrides.sets.extend_from_slice(sets);
        load_through(&self.files, path, &overrides)
    }
}

impl Loaded {
    /// Reads a scenario from the files of a snapshot.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn read(files: &Snapshot, path: &Path, overrides: &Overrides) -> Result<Self, Diagnostics> {
        let scenario = load_through(files, path, overrides)?;
        let reading = TextReading { files: files.clone(), overrides: overrides.clone() };
        Ok(Self { scenario: Arc::new(scenario), path: path.to_owned(), reading })
    }

    /// A scenario of a model that was built in a program. `text` says the same as a file would: from it the scenario is
    /// read where values are to be changed.
    pub fn built(scenario: Scenario, path: &Path, text: String) -> Self {
        let files = Snapshot::with([(path.to_owned(), text.into())].into());
        let reading = TextReading { files, overrides: Overrides::default() };
        Self { scenario: Arc::new(scenario), path: path.to_owned(), reading }
    }

    /// The scenario with more changes, `path=value` each; later ones count.
    ///
    /// # Errors
    /// What makes it invalid; messages show the change.
    pub fn changed(&self, sets: &[String]) -> Result<Self, Diagnostics> {
        let mut reading = self.reading.clone();
        reading.overrides.sets.extend_from_slice(sets);
        let scenario = load_through(&reading.files, &self.path, &reading.overrides)?;
        Ok(Self { scenario: Arc::new(scenario), path: self.path.clone(), reading })
    }

    /// The changes to it so far.
    pub fn overrides(&self) -> &Overrides {
        &self.reading.overrides
    }

    /// The files as they were read.
    pub fn files(&self) -> &Snapshot {
        &self.reading.files
    }
}
