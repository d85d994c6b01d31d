//! The scenarios that `poolwise init` writes.

/// The files of two commented scenarios that run and can be compared, as `(name, text)`.
pub fn starter() -> &'static [(&'static str, &'static str)] {
    &[
        ("local.toml", include_str!("starter/local.toml")),
        ("central.toml", include_str!("starter/central.toml")),
    ]
}
