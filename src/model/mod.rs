//! The nouns that everyone shares; no I/O. One more is a file here, and a line below.

pub mod date;
pub mod delivered;
pub mod digest;
pub mod exit;
pub mod field;
pub mod finding;
pub mod fold;
pub mod index;
pub mod language;
pub mod operation;
pub mod otherwise;
pub mod people;
pub mod roll;
pub mod rule;
pub mod sheet;
pub mod table;
pub mod text;
pub mod unlisted;
pub mod verdict;

pub use delivered::Delivered;
pub use digest::Digest;
pub use exit::Exit;
pub use field::Field;
pub use finding::{Finding, Place, Severity};
pub use language::Language;
pub use operation::Operation;
pub use otherwise::Otherwise;
pub use people::People;
pub use roll::Roll;
pub use rule::{Example, Rule};
pub use sheet::Sheet;
pub use table::Table;
pub use text::Text;
pub use unlisted::Unlisted;
pub use verdict::Verdict;
