//! The newest generation of the API, as a second way to read.
