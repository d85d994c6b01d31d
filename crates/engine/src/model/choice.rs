//! Choices between a few words. The enum that the engine runs by carries the words that scenario files write, so that
//! there is one list of them.

use std::fmt::Debug;

/// An enum whose values are written as words. Declared by [`choice!`](crate::choice).
pub trait Choice: Copy + Eq + Debug + 'static {
    /// Name of the choice.
    const NAME: &'static str;
    /// What is chosen, in a sentence.
    const ABOUT: &'static str;
    /// All values and their words. The first is what holds where nothing is said.
    const WORDS: &'static [(Self, &'static str)];

    /// The value that a word stands for.
    fn of(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|w| w.1 == word).map(|w| w.0)
    }

    /// The word of a value.
    fn word(self) -> &'static str {
        Self::WORDS.iter().find(|w| w.0 == self).map_or("", |w| w.1)
    }
}

/// Declares a choice between words; the first is the default.
///
/// ```
/// use poolwise_engine::model::Choice;
///
/// poolwise_engine::choice! {
///     /// Which way to go.
///     pub enum Way {
///         /// To the left.
///         Left = "left",
///         /// To the right.
///         Right = "right",
///     }
/// }
/// assert_eq!((Way::default(), Way::of("right"), Way::Right.word()), (Way::Left, Some(Way::Right), "right"));
/// ```
#[macro_export]
macro_rules! choice {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident {
            $(#[doc = $first_doc:literal])* $first:ident = $first_word:literal
            $(, $(#[doc = $vdoc:literal])* $variant:ident = $word:literal)* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = $first_doc])* #[default] $first,
            $($(#[doc = $vdoc])* $variant),*
        }

        impl $crate::model::Choice for $name {
            const NAME: &'static str = stringify!($name);
            const ABOUT: &'static str = concat!($($doc),*);
            const WORDS: &'static [(Self, &'static str)] =
                &[(Self::$first, $first_word) $(, (Self::$variant, $word))*];
        }
    };
}
