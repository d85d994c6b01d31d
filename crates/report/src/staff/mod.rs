//! The staffing answer as tables, JSON, files and a page.

mod controls;
pub mod csv;
pub mod folder;
pub mod json;
pub mod notes;
pub mod service;
pub mod tables;
