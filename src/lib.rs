//! Passerelle: the nightly exchange of HR files. This page is the map of the source.
//!
//! Rooms stand on floors and know only the floors below them; `tests/tidy.rs` guards the arrows.
//!
//! | floor | room | what it is for |
//! |---|---|---|
//! | 6 | [`cli`] | the only room that prints: arguments, progress, the report on the terminal, exit codes |
//! | 5 | [`job`] | one file per verb: gathers, decides, acts, tells |
//! | 4 | [`site`] | one company's `passerelle.toml`, checked against the profiles |
//! | 3 | [`profile`] | one partner's published contract |
//! | 2 | [`mod@format`] | bytes to table and back: CSV, workbooks, encodings |
//! | 2 | [`rule`] | one check per file, named after its finding code |
//! | 2 | [`plan`] | what is known and what was delivered become operations, in order, under brakes; and their undoing |
//! | 2 | [`report`] | what happened, told to the operator, to the partner, or of one person |
//! | 2 | [`transport`] | door: files that are elsewhere |
//! | 2 | [`lucca`] | door: people and organisation behind Lucca's API |
//! | 2 | [`state`] | door: what we remember, one SQLite file |
//! | 1 | [`net`] | what every door to another machine needs: failures, limits, secrets, HTTP |
//! | 0 | [`model`] | the nouns that everyone shares; no I/O |

pub mod cli;
pub mod format;
pub mod job;
pub mod lucca;
pub mod model;
pub mod net;
pub mod plan;
pub mod profile;
pub mod report;
pub mod rule;
pub mod site;
pub mod state;
pub mod transport;
