//! What is known and what was delivered become operations, in order, under brakes.

pub mod brake;
