//! A connection that is given up in time.

use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use socket2::SockRef;

use super::{Error, Kind, Limit};

/// Connects to the first address of `host` that answers; each may take as long as `timeout`, and all of it as long as the
/// limit.
pub fn connect(host: &str, port: u16, timeout: Duration, limit: &Limit) -> Result<TcpStream, Error> {
    let tried = || format!("connect to {host}:{port}");
    let looking = || format!("find the address of {host}");
    let name = host.to_owned();
    let found = limit.bound(move || (name, port).to_socket_addrs()).ok_or_else(|| limit.overrun(looking()))?;
    let addresses = found.map_err(|cause| Error::new(Kind::Unreachable, looking()).caused_by(cause))?;
    let answered = limit.bound(move || first_that_answers(addresses, timeout));
    let stream = answered.ok_or_else(|| limit.overrun(tried()))?.map_err(|cause| {
        let kind = if cause.kind() == io::ErrorKind::TimedOut { Kind::TimedOut } else { Kind::Unreachable };
        Error::new(kind, tried()).caused_by(cause)
    })?;
    // A firewall forgets a connection that is silent while a server looks for viruses.
    SockRef::from(&stream)
        .set_keepalive(true)
        .and_then(|()| stream.set_nodelay(true))
        .map_err(|cause| Error::new(Kind::Unreachable, tried()).caused_by(cause))?;
    Ok(stream)
}

fn first_that_answers(addresses: impl Iterator<Item = SocketAddr>, timeout: Duration) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in addresses {
        match TcpStream::connect_timeout(&address, timeout) {
            Ok(stream) => return Ok(stream),
            Err(cause) => last = cause,
        }
    }
    Err(last)
}
