//! One company's `passerelle.toml`.
