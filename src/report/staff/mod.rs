//! The staffing answer as tables, JSON, files and a page.

pub mod json;
pub mod tables;
