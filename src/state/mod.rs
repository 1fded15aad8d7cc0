//! Door: what we remember, one SQLite file.
