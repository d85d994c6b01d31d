//! Words of the file that stand for a choice of the model: the model's enum has the list of them.

use super::diagnostic::Problems;
use super::input::{Input, wrong_kind};
use super::node::Node;
use poolwise_engine::model::Choice;
use std::borrow::Cow;

/// A choice of the model, as a word in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChoiceWord<T>(pub T);

fn words<T: Choice>() -> Vec<&'static str> {
    T::WORDS.iter().map(|w| w.1).collect()
}

impl<T: Choice> crate::describe::JsonSchema for ChoiceWord<T> {
    fn schema_name() -> Cow<'static, str> {
        T::NAME.into()
    }

    fn json_schema(_: &mut crate::describe::SchemaGenerator) -> crate::describe::Schema {
        crate::describe::json_schema!({ "description": T::ABOUT.trim(), "enum": words::<T>() })
    }
}

impl<T: Choice> Input for ChoiceWord<T> {
    fn expects() -> String {
        format!("one of {}", words::<T>().iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join(", "))
    }

    fn accepts(node: &Node) -> bool {
        node.text().is_some()
    }

    fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
        let Some(word) = node.text() else {
            wrong_kind(node, &Self::expects(), cx);
            return None;
        };
        let found = T::of(word).map(Self);
        if found.is_none() {
            cx.error(node.place, format!("unknown word {word:?}")).names(word, words::<T>());
        }
        found
    }

    fn write(&self) -> toml::Value {
        toml::Value::String(self.0.word().to_owned())
    }
}
