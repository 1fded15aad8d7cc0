//! Everything that is tested against the stand-in of Lucca: one binary, so that the stand-in is compiled once.

#[path = "../../examples/lucca-server/server/mod.rs"]
mod lucca_server;

#[path = "../nights/json_schema.rs"]
mod json_schema;

mod applying;
mod photos;
mod reading;
mod sample;
mod standin;
mod watch;
