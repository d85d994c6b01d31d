//! What a scenario calls its requests and its officers. Nothing in the engine looks at these words.

/// A noun in the singular and the plural.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noun {
    /// One of them: `call`.
    pub one: String,
    /// The word for several of them, such as `calls`.
    pub many: String,
}

impl Noun {
    /// A noun with the plural that English makes of it by rule: `box`, `boxes`; `inquiry`, `inquiries`; `call`, `calls`.
    pub fn regular(one: &str) -> Self {
        let many = if ["s", "x", "z", "ch", "sh"].iter().any(|end| one.ends_with(end)) {
            format!("{one}es")
        } else {
            match one.strip_suffix('y') {
                Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
                _ => format!("{one}s"),
            }
        };
        Self { one: one.to_owned(), many }
    }

    /// The number with the noun that goes with it: `1 call`, `2 calls`.
    pub fn count(&self, n: u64) -> String {
        format!("{n} {}", if n == 1 { &self.one } else { &self.many })
    }
}

/// The words of a scenario. One that names no trade has those of the theory of queues: requests and servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// A request: a call, a case, a ticket.
    pub request: Noun,
    /// An officer: an agent, a nurse, a clerk.
    pub officer: Noun,
}

impl Default for Words {
    fn default() -> Self {
        Self { request: Noun::regular("request"), officer: Noun::regular("server") }
    }
}

impl Words {
    /// What all of several scenarios say: what they differ in is called as usual.
    pub fn common<'w>(all: impl IntoIterator<Item = &'w Self>) -> Self {
        let usual = Self::default();
        let mut all = all.into_iter();
        let first = all.next().cloned().unwrap_or_default();
        all.fold(first, |said, other| Self {
            request: if said.request == other.request { said.request } else { usual.request.clone() },
            officer: if said.officer == other.officer { said.officer } else { usual.officer.clone() },
        })
    }

    /// A text with the words put in: `{request}`, `{requests}`, `{officer}`, `{officers}`, and with a capital
    /// `{Request}` and so on.
    ///
    /// # Examples
    /// ```
    /// use poolwise_engine::model::{Noun, Words};
    /// let words = Words { request: Noun::regular("call"), ..Words::default() };
    /// assert_eq!(words.fill("{Requests} done, averaged over all {requests}"), "Calls done, averaged over all calls");
    /// ```
    pub fn fill(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for (name, noun) in [("request", &self.request), ("officer", &self.officer)] {
            let plural = format!("{name}s");
            for (name, word) in [(name, &noun.one), (&plural, &noun.many)] {
                out = out.replace(&format!("{{{name}}}"), word);
                out = out.replace(&format!("{{{}}}", capital(name)), &capital(word));
            }
        }
        out
    }
}

/// A text that begins with a capital, as a sentence or a heading does.
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_by_rule() {
        for (one, many) in [
            ("call", "calls"),
            ("box", "boxes"),
            ("dispatch", "dispatches"),
            ("inquiry", "inquiries"),
            ("day", "days"),
            ("case", "cases"),
        ] {
            assert_eq!(Noun::regular(one).many, many);
        }
        assert_eq!([Noun::regular("call").count(1), Noun::regular("call").count(2)], ["1 call", "2 calls"]);
    }
}
