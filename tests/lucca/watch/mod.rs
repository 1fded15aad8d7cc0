//! A watch, seen from the outside: somebody changes in the stand-in, and the partner has the row.

mod company;
mod events;
mod following;
mod hooks;
mod kills;
mod nights;
mod services;
mod troubles;
