//! Scenarios as a command line gives them: a file, a file under a name, or a file with changes under a name, so that one
//! file may stand for several options.

use super::vary::Variation;
use super::{Loaded, Study, StudyError};
use poolwise_scenario::{Overrides, Snapshot};
use std::path::{Path, PathBuf};

/// A scenario as it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The scenario's file as it was named.
    pub path: PathBuf,
    /// The name that it goes by here, and changes to it alone. Without them it is the file as it is.
    pub under: Option<Variation>,
}

impl Given {
    /// Reads `FILE`, `NAME=FILE` or `NAME=FILE: path=value; path=value`. A file that is there is taken as it is, whatever
    /// its name.
    ///
    /// # Errors
    /// If the name or the file is missing, or a change has no `=`.
    ///
    /// # Examples
    /// ```
    /// use poolwise_study::Given;
    /// let one = Given::read("with night desk=base.toml: pool.night.officers=4").unwrap();
    /// assert_eq!(one.path.to_str(), Some("base.toml"));
    /// let under = one.under.unwrap();
    /// assert_eq!((under.title.as_str(), under.sets.len()), ("with night desk", 1));
    /// assert_eq!(Given::read("base.toml").unwrap().under, None);
    /// ```
    pub fn read(text: &str) -> Result<Self, StudyError> {
        let plain = || Ok(Self { path: PathBuf::from(text), under: None });
        if Path::new(text).exists() {
            return plain();
        }
        let Some((title, rest)) = text.split_once('=') else { return plain() };
        let wrong = |why: &str| StudyError::Given { text: text.to_owned(), why: why.to_owned() };
        let title = title.trim();
        // A blank behind the colon, because a path may have one (`C:\\base.toml`).
        let (path, changes) = rest.split_once(": ").map_or((rest, None), |(path, c)| (path, Some(c)));
        let path = path.trim();
        match (title.is_empty(), path.is_empty()) {
            (true, _) => return Err(wrong("it has no name before `=`")),
            (_, true) => return Err(wrong("it has no file behind `=`")),
            _ => {}
        }
        let sets = match changes {
            Some(changes) => Variation::sets(changes).map_err(|why| wrong(&why))?,
            None => Vec::new(),
        };
        Ok(Self { path: path.into(), under: Some(Variation { title: title.to_owned(), sets }) })
    }
}

impl Study {
    /// Reads scenarios as they are given, all with the same changes beside their own.
    ///
    /// # Errors
    /// As [`Study::load`].
    pub fn load_given(given: &[Given], overrides: &Overrides) -> Result<Self, StudyError> {
        let files = Snapshot::default();
        let (mut loaded, mut wrong) = (Vec::new(), Vec::new());
        let mut taken: Vec<String> = Vec::new();
        // Those without a name here have their own, which the others must leave free.
        for one in given.iter().filter(|g| g.under.is_none()) {
            if let Ok(plain) = Loaded::read(&files, &one.path, overrides) {
                taken.push(plain.scenario.model.name.clone());
            }
        }
        for (i, one) in given.iter().enumerate() {
            let mut own = overrides.clone();
            if let Some(under) = &one.under {
                let name = under.name(&taken);
                own.vary = under.changes(&name);
                // Of one file given twice only the first may be the baseline by what the file says.
                if given[..i].iter().all(|before| before.path != one.path) {
                    own.vary.retain(|set| set != "baseline=false");
                }
                taken.push(name);
            }
            match Loaded::read(&files, &one.path, &own) {
                Ok(one) => loaded.push(one),
                Err(problems) => wrong.push(problems),
            }
        }
        if wrong.is_empty() { Self::of(loaded) } else { Err(StudyError::Invalid(wrong)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_under_a_name_with_changes() {
        let of = |text: &str| Given::read(text).unwrap();
        assert_eq!(of("a.toml"), Given { path: "a.toml".into(), under: None });
        let one = of(r#"two = x/a.toml: run.target="2 h"; pool.a.shifts.0.start="06:00""#);
        assert_eq!(one.path, PathBuf::from("x/a.toml"));
        assert_eq!(one.under.unwrap().sets, [r#"run.target="2 h""#, r#"pool.a.shifts.0.start="06:00""#]);
        assert_eq!(of(r"a=C:\x\a.toml").path, PathBuf::from(r"C:\x\a.toml"));
        for wrong in ["=a.toml", "a=", "a=b.toml: ", "a=b.toml: x"] {
            assert!(Given::read(wrong).is_err(), "{wrong}");
        }
    }
}
