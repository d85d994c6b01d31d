//! An answer in its parts, so that the terminal and a notebook say the same: sentences, tables, notes, what to do next.

use super::block::Block;

/// An answer in the order in which it is read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    /// Sentences, a paragraph or a line each.
    pub head: Vec<String>,
    /// Tables, in their order.
    pub blocks: Vec<Block>,
    /// Notes to read them by.
    pub notes: Vec<String>,
    /// What to write down or to do next, line breaks as they are.
    pub advice: String,
}
