//! Exports that are delivered to web services, over real sockets: a partner's own endpoint, and a SCIM server.

mod company;
mod endpoint;
mod https;
mod kills;
mod scim;
mod scim_faults;
mod scim_server;
mod trust;
