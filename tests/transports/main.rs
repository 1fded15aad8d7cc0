//! Every transport passes one common suite, against servers that run inside the test and against real ones.

mod directory;
mod process;
mod suite;
