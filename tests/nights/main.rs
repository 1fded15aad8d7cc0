//! Nights of small companies, seen from the outside: the program, its exit codes, its files, and what it remembers.

mod changes;
mod checks;
mod claims;
mod company;
mod damage;
mod decisions;
mod disks;
mod dry_runs;
mod exceptions;
mod exits;
mod gnupg;
mod holds;
mod json_schema;
mod kills;
mod logs;
mod pickups;
mod plans;
mod privacy;
mod renaming;
mod restoring;
mod schema;
mod sealed;
mod sealed_nights;
mod telling;
mod undo;
mod why;
