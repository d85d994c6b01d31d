//! A sentence of an answer, for whoever has a command line before them and for whoever reads a page.

/// A sentence. Some name the option of the command line that goes on from them; on a page there is nothing to type it into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    typed: String,
    read: String,
}

impl Sentence {
    /// `Two unknowns may turn it over (--uncertain).`, without its full stop in `text`.
    pub(super) fn with_option(text: &str, option: &str) -> Self {
        Self { typed: format!("{text} ({option})."), read: format!("{text}.") }
    }

    /// Two ways to say the same.
    pub(super) fn either(typed: String, read: String) -> Self {
        Self { typed, read }
    }

    /// As the command line has it.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// As a page has it: no options.
    pub fn read(&self) -> &str {
        &self.read
    }
}

impl From<String> for Sentence {
    fn from(text: String) -> Self {
        Self { read: text.clone(), typed: text }
    }
}

/// An answer as the command line has it, and as pages do.
pub(crate) fn both(said: &[Sentence]) -> (Vec<String>, Vec<String>) {
    said.iter().map(|s| (s.typed.clone(), s.read.clone())).unzip()
}
