//! How the parts of a scenario are read, merged, written back, and described to editors: one trait,
//! and macros that derive all four from one declaration.

use super::diagnostic::Problems;
use super::node::{Node, NodeKind, Table};
use super::source::TextSpan;
use super::synonyms;
use crate::describe::JsonSchema;
use toml::Value;

/// How one tree is laid over another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layering {
    /// A file over the file that it extends: lists and distributions are replaced.
    Extends,
    /// `--set`: a path may go into lists and distributions.
    Set,
}

/// A part of a scenario.
pub trait Input: Sized + JsonSchema {
    /// What a planner may write here, for "expected ...".
    fn expects() -> String;

    /// Whether a value is of the right kind, its content aside.
    fn accepts(node: &Node) -> bool;

    /// Reads it; what is wrong goes to `cx`, and nothing comes back only if nothing can be made of it.
    fn read(node: &Node, cx: &mut Problems) -> Option<Self>;

    /// Writes it in its canonical form.
    fn write(&self) -> Value;

    /// Lays `over` over `base`.
    fn merge(base: &mut Node, over: Node, _how: Layering, _cx: &mut Problems) {
        *base = over;
    }
}

impl<T: Input> Input for Box<T> {
    fn expects() -> String {
        T::expects()
    }
    fn accepts(node: &Node) -> bool {
        T::accepts(node)
    }
    fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
        T::read(node, cx).map(Self::new)
    }
    fn write(&self) -> Value {
        T::write(self)
    }
    fn merge(base: &mut Node, over: Node, how: Layering, cx: &mut Problems) {
        T::merge(base, over, how, cx);
    }
}

/// A key of a table that need not be there, or must be.
pub(crate) trait Field: Sized {
    type Inner: Input;
    const REQUIRED: bool;
    fn take(table: &Table, key: &str, whole: TextSpan, cx: &mut Problems) -> Self;
    fn inner(&self) -> Option<&Self::Inner>;
}

impl<T: Input> Field for Option<T> {
    type Inner = T;
    const REQUIRED: bool = false;
    fn take(table: &Table, key: &str, whole: TextSpan, cx: &mut Problems) -> Self {
        let entry = table.get(key)?;
        let read = T::read(&entry.value, cx);
        if read.is_none() {
            cx.spoil(whole);
        }
        read
    }
    fn inner(&self) -> Option<&T> {
        self.as_ref()
    }
}

/// A value that must be written. Empty when it was not, or made no sense: that has been reported.
#[derive(Debug, Clone)]
pub(crate) struct Req<T>(pub Option<T>);

impl<T> Req<T> {
    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T: Input> Field for Req<T> {
    type Inner = T;
    const REQUIRED: bool = true;
    fn take(table: &Table, key: &str, whole: TextSpan, cx: &mut Problems) -> Self {
        match table.get(key) {
            Some(_) => Self(<Option<T> as Field>::take(table, key, whole, cx)),
            None => {
                cx.spoil(whole);
                cx.error(whole, format!("`{key}` is missing")).help(format!("`{key}` is {}", T::expects()));
                Self(None)
            }
        }
    }
    fn inner(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

/// Reads a key that has a default.
pub(crate) fn take_or<T: Input>(
    table: &Table,
    key: &str,
    whole: TextSpan,
    cx: &mut Problems,
    default: impl FnOnce() -> T,
) -> T {
    <Option<T> as Field>::take(table, key, whole, cx).unwrap_or_else(default)
}

/// The table in a node, or an error. What is expected is put into words only where it is not there.
pub(crate) fn expect_table<'n>(
    node: &'n Node,
    expects: impl FnOnce() -> String,
    cx: &mut Problems,
) -> Option<&'n Table> {
    match &node.kind {
        NodeKind::Table(t) => Some(t),
        _ => {
            wrong_kind(node, &expects(), cx);
            None
        }
    }
}

/// Notes that a value is of the wrong kind.
pub(crate) fn wrong_kind(node: &Node, expects: &str, cx: &mut Problems) {
    let quantity = expects.starts_with("a duration") || expects.starts_with("a rate");
    if quantity && matches!(node.kind, NodeKind::Integer(_) | NodeKind::Float(_)) {
        cx.error(node.place, format!("{} needs a unit", node.describe())).help(format!("write {expects}"));
        return;
    }
    let note = cx.error(node.place, format!("expected {expects}, found {}", node.describe()));
    if let Some(help) = node.text().filter(|_| expects.contains("number")).and_then(synonyms::number_for) {
        note.help(help);
    }
}

/// Checks a table's keys against those that exist, and its groups of alternatives.
pub(crate) fn check_keys(
    table: &Table,
    whole: TextSpan,
    keys: &[&str],
    exactly_one: &[&str],
    at_most_one: &[&str],
    cx: &mut Problems,
) {
    for (key, entry) in table.iter() {
        if !keys.contains(&key.as_str()) {
            cx.spoil(whole);
            let note = cx.error(entry.key, format!("unknown key `{key}`"));
            match synonyms::meant(key, keys) {
                Some(Ok(meant)) => {
                    note.names("", keys.iter().copied()).label(format!("did you mean `{meant}`?"))
                }
                Some(Err(elsewhere)) => note.names("", keys.iter().copied()).help(elsewhere),
                None => note.names(key, keys.iter().copied()),
            };
        }
    }
    for group in [exactly_one, at_most_one] {
        let given: Vec<&str> = group.iter().copied().filter(|k| table.contains_key(*k)).collect();
        if let (Some(first), Some(second)) = (given.first(), given.get(1)) {
            let place = table.get(*second).map_or(whole, |e| e.key);
            cx.spoil(whole);
            cx.error(place, format!("`{second}` cannot stand beside `{first}`"))
                .help(format!("give one of {}", super::diagnostic::list(group)));
        }
    }
    if !exactly_one.is_empty() && !exactly_one.iter().any(|k| table.contains_key(*k)) {
        // A misspelt alternative has been reported already as an unknown key.
        if table.iter().all(|(k, _)| keys.contains(&k.as_str())) {
            cx.spoil(whole);
            cx.error(whole, format!("one of {} is missing", super::diagnostic::list(exactly_one)));
        }
    }
}

/// Lays one table over another, key by key. A member of a group of alternatives takes the place of
/// the others.
pub(crate) fn merge_tables(
    base: &mut Node,
    over: Node,
    how: Layering,
    groups: &[&[&str]],
    each: &mut dyn FnMut(&str, &mut Node, Node),
) {
    let (NodeKind::Table(below), NodeKind::Table(_)) = (&mut base.kind, &over.kind) else {
        *base = over;
        return;
    };
    let NodeKind::Table(above) = over.kind else { return };
    for group in groups {
        if group.iter().any(|k| above.contains_key(*k)) {
            below.retain(|k, _| !group.contains(&k) || above.contains_key(k));
        }
    }
    // The place of a merged table is where it was last written, so that what it lacks is shown there.
    if how == Layering::Extends {
        base.place = over.place;
    }
    for (key, entry) in above {
        match below.get_mut(&key) {
            Some(old) => {
                old.key = entry.key;
                each(&key, &mut old.value, entry.value);
            }
            None => {
                below.insert(key, entry);
            }
        }
    }
}

/// Declares a table: its keys, their types and defaults, and groups of alternatives. `replaced` says
/// that a file replaces it as a whole in the file that it extends; `such` gives an example for messages.
macro_rules! table {
    (
        $(#[doc = $doc:literal])*
        $vis:vis struct $name:ident {
            $( $(#[doc = $fdoc:literal])* $field:ident : $ty:ty $(= $default:expr)? ),* $(,)?
        }
        $(exactly_one [$($one:ident),* $(,)?])?
        $(at_most_one [$($most:ident),* $(,)?])?
        $(such $example:literal)?
        $(as $replaced:ident)?
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone)]
        $vis struct $name {
            /// Where it is written. Not every table is spoken of as a whole.
            #[allow(dead_code, reason = "not every table is spoken of as a whole")]
            pub place: $crate::source::TextSpan,
            $( $(#[doc = $fdoc])* pub $field: $ty, )*
        }

        impl $name {
            const KEYS: &'static [&'static str] = &[$(stringify!($field)),*];
            const ONE: &'static [&'static str] = &[$($(stringify!($one)),*)?];
            const MOST: &'static [&'static str] = &[$($(stringify!($most)),*)?];
            /// What may be written, where an example says more than the keys.
            const SUCH: &'static str = concat!("" $(, $example)?);
        }

        impl $crate::describe::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(generator: &mut $crate::describe::SchemaGenerator) -> $crate::describe::Schema {
                let mut table = $crate::schema::TableSchema::new();
                $( table!(@schema table, generator, $field, concat!($($fdoc),*), $ty $(, $default)?); )*
                #[allow(unused_mut, reason = "changed by some of the tables only")]
                let mut schema = table.finish(concat!($($doc),*), Self::ONE, Self::MOST);
                $(
                    schema.insert(concat!("x-", stringify!($replaced)).to_owned(), true.into());
                )?
                schema
            }
        }

        impl $crate::input::Input for $name {
            fn expects() -> String {
                match Self::SUCH {
                    "" => format!("a table with {}", $crate::diagnostic::few(Self::KEYS, 8)),
                    such => format!("a table such as {such}"),
                }
            }
            fn accepts(node: &$crate::node::Node) -> bool {
                matches!(node.kind, $crate::node::NodeKind::Table(_))
            }
            fn read(
                node: &$crate::node::Node,
                cx: &mut $crate::diagnostic::Problems,
            ) -> Option<Self> {
                let table = $crate::input::expect_table(node, Self::expects, cx)?;
                $crate::input::check_keys(
                    table, node.place, Self::KEYS, Self::ONE, Self::MOST, cx,
                );
                Some(Self {
                    place: node.place,
                    $( $field: table!(@read table, node.place, cx, $field, $ty $(, $default)?), )*
                })
            }
            fn write(&self) -> toml::Value {
                #[allow(unused_mut, reason = "changed by some of the tables only")]
                let mut table = toml::Table::new();
                $( table!(@write table, self, $field, $ty $(, $default)?); )*
                toml::Value::Table(table)
            }
            fn merge(
                base: &mut $crate::node::Node,
                over: $crate::node::Node,
                how: $crate::input::Layering,
                cx: &mut $crate::diagnostic::Problems,
            ) {
                #[allow(unused_mut, unused_assignments, reason = "set by some of the tables only")]
                let mut whole = false;
                $( whole = stringify!($replaced) == "replaced"; )?
                if whole && how == $crate::input::Layering::Extends {
                    *base = over;
                    return;
                }
                $crate::input::merge_tables(base, over, how, &[Self::ONE, Self::MOST], &mut |key, b, o| {
                    match key {
                        $( stringify!($field) => table!(@merge b, o, how, cx, $ty $(, $default)?), )*
                        _ => *b = o,
                    }
                });
            }
        }
    };
    (@schema $t:ident, $g:ident, $f:ident, $doc:expr, $ty:ty) => {
        $t.key::<<$ty as $crate::input::Field>::Inner>(
            $g, stringify!($f), $doc, <$ty as $crate::input::Field>::REQUIRED, None,
        )
    };
    (@schema $t:ident, $g:ident, $f:ident, $doc:expr, $ty:ty, $default:expr) => {
        $t.key::<$ty>(
            $g, stringify!($f), $doc, false,
            Some(<$ty as $crate::input::Input>::write(&$default)),
        )
    };
    (@read $t:ident, $p:expr, $cx:ident, $f:ident, $ty:ty) => {
        <$ty as $crate::input::Field>::take($t, stringify!($f), $p, $cx)
    };
    (@read $t:ident, $p:expr, $cx:ident, $f:ident, $ty:ty, $default:expr) => {
        $crate::input::take_or::<$ty>($t, stringify!($f), $p, $cx, || $default)
    };
    (@write $t:ident, $s:ident, $f:ident, $ty:ty) => {
        if let Some(inner) = <$ty as $crate::input::Field>::inner(&$s.$f) {
            $t.insert(stringify!($f).to_owned(), $crate::input::Input::write(inner));
        }
    };
    (@write $t:ident, $s:ident, $f:ident, $ty:ty, $default:expr) => {
        $t.insert(stringify!($f).to_owned(), $crate::input::Input::write(&$s.$f));
    };
    (@merge $b:ident, $o:ident, $how:ident, $cx:ident, $ty:ty) => {
        <<$ty as $crate::input::Field>::Inner as $crate::input::Input>::merge(
            $b, $o, $how, $cx,
        )
    };
    (@merge $b:ident, $o:ident, $how:ident, $cx:ident, $ty:ty, $default:expr) => {
        <$ty as $crate::input::Input>::merge($b, $o, $how, $cx)
    };
}
pub(super) use table;

/// Declares a value that may be written in several ways, told apart by their kinds.
macro_rules! either {
    (
        $(#[doc = $doc:literal])*
        $vis:vis enum $name:ident { $( $(#[doc = $vdoc:literal])* $variant:ident($ty:ty) ),* $(,)? }
        expects $text:literal
    ) => {
        $(#[doc = $doc])*
        // Read once for each file and then thrown away: boxes would save nothing.
        #[allow(clippy::large_enum_variant, reason = "short-lived input, never in bulk")]
        #[derive(Debug, Clone)]
        $vis enum $name { $( $(#[doc = $vdoc])* $variant($ty) ),* }

        impl $crate::describe::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(generator: &mut $crate::describe::SchemaGenerator) -> $crate::describe::Schema {
                let options = vec![$(generator.subschema_for::<$ty>().into_value()),*];
                $crate::describe::json_schema!({ "description": concat!($($doc),*).trim(), "anyOf": options })
            }
        }

        impl $crate::input::Input for $name {
            fn expects() -> String {
                $text.to_owned()
            }
            fn accepts(node: &$crate::node::Node) -> bool {
                $( <$ty as $crate::input::Input>::accepts(node) )||*
            }
            fn read(
                node: &$crate::node::Node,
                cx: &mut $crate::diagnostic::Problems,
            ) -> Option<Self> {
                $(
                    if <$ty as $crate::input::Input>::accepts(node) {
                        return <$ty as $crate::input::Input>::read(node, cx).map(Self::$variant);
                    }
                )*
                $crate::input::wrong_kind(node, $text, cx);
                None
            }
            fn write(&self) -> toml::Value {
                match self { $( Self::$variant(x) => $crate::input::Input::write(x) ),* }
            }
            fn merge(
                base: &mut $crate::node::Node,
                over: $crate::node::Node,
                how: $crate::input::Layering,
                cx: &mut $crate::diagnostic::Problems,
            ) {
                $(
                    if <$ty as $crate::input::Input>::accepts(base)
                        && (<$ty as $crate::input::Input>::accepts(&over)
                            || $crate::input::enters(base, &over, how))
                    {
                        return <$ty as $crate::input::Input>::merge(base, over, how, cx);
                    }
                )*
                *base = over;
            }
        }
    };
}
pub(super) use either;

/// Whether `over` is a path of `--set` that goes into a list or into an uncertain number.
pub(crate) fn enters(base: &Node, over: &Node, how: Layering) -> bool {
    how == Layering::Set && matches!((&base.kind, &over.kind), (NodeKind::Array(_), NodeKind::Table(_)))
        || super::uncertain::enters(base, over, how)
}

/// Declares a choice between words. What may stand there in place of a word can be told after `otherwise`.
macro_rules! words {
    (
        $(#[doc = $doc:literal])*
        $vis:vis enum $name:ident { $( $(#[doc = $vdoc:literal])* $variant:ident = $word:literal ),* $(,)? }
        $(otherwise $hint:literal)?
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis enum $name { $( $(#[doc = $vdoc])* $variant ),* }

        impl $crate::describe::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut $crate::describe::SchemaGenerator) -> $crate::describe::Schema {
                $crate::describe::json_schema!({ "description": concat!($($doc),*).trim(), "enum": [$($word),*] })
            }
        }

        impl $crate::input::Input for $name {
            fn expects() -> String {
                let words: &[&str] = &[$($word),*];
                format!("one of {}", words.iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join(", "))
            }
            fn accepts(node: &$crate::node::Node) -> bool {
                node.text().is_some()
            }
            fn read(
                node: &$crate::node::Node,
                cx: &mut $crate::diagnostic::Problems,
            ) -> Option<Self> {
                match node.text() {
                    $( Some($word) => return Some(Self::$variant), )*
                    Some(other) => {
                        cx.error(node.place, format!("unknown word {other:?}"))
                            .names(other, [$($word),*])
                            $(.help($hint))?;
                    }
                    None => $crate::input::wrong_kind(node, &Self::expects(), cx),
                }
                None
            }
            fn write(&self) -> toml::Value {
                match self { $( Self::$variant => toml::Value::String($word.to_owned()) ),* }
            }
        }
    };
}
pub(super) use words;
