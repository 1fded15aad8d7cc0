//! From an address to a client that is logged in.

use std::io;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::crypto::ring;
use secrecy::{ExposeSecret, SecretString};
use socket2::SockRef;
use suppaftp::FtpError;
use suppaftp::types::FileType;

use super::certificate::Certificate;
use super::client_certificate::Shower;
use super::failure::Failure;
use super::options::{Mode, Options, Protection};
use super::reply::Reply;
use super::tls::{self, Connector};
use super::transfer::Client;
use super::trust::Verifier;
use crate::transport::watchdog::Watchdog;
use crate::transport::{Error, Kind, Limit, tcp};

/// The connection, the handshake, and the greeting.
const IMPLICIT_STEPS: u32 = 3;

const LEAST: Duration = Duration::from_millis(1);

/// What the connections of one conversation are protected with.
pub struct Protected {
    configuration: Arc<ClientConfig>,
    verifier: Arc<Verifier>,
    ours: Arc<Shower>,
    host: String,
    address: String,
}

impl Protected {
    /// None for plain FTP. `base` is the folder of the site file.
    pub fn new(options: &Options, base: &Path) -> Result<Option<Protected>, Error> {
        let Some(security) = options.protection.security() else {
            return Ok(None);
        };
        let provider = Arc::new(ring::default_provider());
        let verifier = Arc::new(security.trust.verifier(base, Arc::clone(&provider))?);
        let ours = Arc::new(Shower::new(security.ours.as_ref(), base, &provider)?);
        let configuration =
            tls::configuration(options.tls(security.tls), Arc::clone(&verifier), Arc::clone(&ours), provider)?;
        let (configuration, host, address) = (Arc::new(configuration), options.host.clone(), options.address());
        Ok(Some(Protected { configuration, verifier, ours, host, address }))
    }

    fn connector(&self, options: &Options) -> Connector {
        Connector { configuration: Arc::clone(&self.configuration), timeout: options.timeouts.connect }
    }

    /// The server's own certificate, once it was shown.
    pub fn certificate(&self) -> Option<Certificate> {
        self.verifier.shown().into_iter().next()
    }

    /// Says what is wrong with the certificate of either side, where that is why.
    pub fn explain(&self, failure: Failure, tried: String) -> Error {
        match (failure, self.ours.blamed()) {
            (Failure::Certificate(rustls::Error::InvalidCertificate(cause)), _) => {
                let told = self.verifier.told(&self.host, &cause);
                Error::new(Kind::Identity, format!("make sure that this is {}", self.address)).caused_by(told)
            }
            (Failure::Tls(cause @ rustls::Error::AlertReceived(_)), Some(blamed)) => {
                Error::new(Kind::Login, tried).caused_by(OurCertificate { blamed, cause })
            }
            (failure, _) => failure.while_trying_to(tried),
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{blamed}")]
struct OurCertificate {
    blamed: String,
    #[source]
    cause: rustls::Error,
}

/// Connects, starts TLS where the options say so, and logs in. Files are transferred as bytes from here on.
pub fn log_in(
    options: &Options,
    password: &SecretString,
    protected: Option<&Protected>,
    limit: &Limit,
    watchdog: &Watchdog,
) -> Result<Client, Error> {
    let mut client = match (&options.protection, protected) {
        (Protection::Implicit(..), Some(protected)) => connect_implicit(options, protected, limit, watchdog)?,
        (Protection::Explicit(..), Some(protected)) => {
            let client = connect_plain(options, limit, watchdog)?;
            let secured = client.into_secure(protected.connector(options), &options.host);
            secured.map_err(|error| protected.explain(error.into(), starting_tls(options)))?
        }
        _ => connect_plain(options, limit, watchdog)?,
    };
    let logging_in = || format!("log in as {} on {}", options.user, options.address());
    let within = |client: &Client, timeout| {
        bound(&client.get_ref(), timeout).map_err(|error| Failure::from(error).while_trying_to(connecting(options)))
    };
    within(&client, options.timeouts.connect)?;
    if let Err(error) = client.login(options.user.as_str(), password.expose_secret()) {
        return Err(refused_login(error.into(), options, logging_in()));
    }
    client.transfer_type(FileType::Binary).map_err(|error| Failure::from(error).while_trying_to(logging_in()))?;
    within(&client, options.timeouts.answer)?;
    Ok(with_passive_connections(client, options, watchdog.time_left()))
}

fn connect_plain(options: &Options, limit: &Limit, watchdog: &Watchdog) -> Result<Client, Error> {
    let socket = tcp::connect(&options.host, options.port, options.timeouts.connect, limit)?;
    let greeted = || {
        bound(&socket, options.timeouts.connect)?;
        watchdog.watch_control(&socket)?;
        Ok(Client::connect_with_stream(socket)?)
    };
    greeted().map_err(|failure: Failure| failure.while_trying_to(connecting(options)))
}

/// The library connects by itself here, without a timeout for the connection: that is waited for outside. What bounds
/// the rest is in the connector.
fn connect_implicit(
    options: &Options,
    protected: &Protected,
    limit: &Limit,
    watchdog: &Watchdog,
) -> Result<Client, Error> {
    let (connector, host, port) = (protected.connector(options), options.host.clone(), options.port);
    let patience = limit.at_most(IMPLICIT_STEPS * options.timeouts.connect);
    let connected = patience.bound(move || Client::connect_secure_implicit((host.as_str(), port), connector, &host));
    if connected.is_none() && limit.is_over() {
        return Err(limit.overrun(connecting(options)));
    }
    let greeted = || {
        let client = connected.ok_or(Failure::Silent)??;
        keep_alive(&client.get_ref())?;
        watchdog.watch_control(&client.get_ref())?;
        Ok(client)
    };
    greeted().map_err(|failure| match failure {
        Failure::Tls(cause @ rustls::Error::InvalidMessage(_)) => {
            Error::new(Kind::Protocol, connecting(options)).caused_by(NoTls(cause))
        }
        Failure::Certificate(_) | Failure::Tls(_) => protected.explain(failure, starting_tls(options)),
        _ => failure.while_trying_to(connecting(options)),
    })
}

#[derive(Debug, thiserror::Error)]
#[error("the server does not begin with TLS: `encryption = \"explicit\"` may be right")]
struct NoTls(#[source] rustls::Error);

fn keep_alive(socket: &TcpStream) -> io::Result<()> {
    SockRef::from(socket).set_keepalive(true)?;
    socket.set_nodelay(true)
}

/// Bounds each read and each write.
fn bound(socket: &TcpStream, timeout: Duration) -> io::Result<()> {
    socket.set_read_timeout(Some(timeout))?;
    socket.set_write_timeout(Some(timeout))
}

fn starting_tls(options: &Options) -> String {
    format!("start TLS with {}", options.address())
}

fn connecting(options: &Options) -> String {
    format!("connect to {}", options.address())
}

fn refused_login(failure: Failure, options: &Options, tried: String) -> Error {
    let is_plain = options.protection.security().is_none();
    match failure {
        // vsftpd reports a mistake in its own configuration in clear text in the middle of TLS.
        Failure::Tls(cause @ rustls::Error::InvalidMessage(_)) => {
            Error::new(Kind::Protocol, tried).caused_by(BrokenServer(cause))
        }
        Failure::Refused(reply) => Error::new(reply.kind(), tried).caused_by(match reply.code {
            332 => RefusedLogin::Account(reply),
            430 | 500.. if is_plain => RefusedLogin::Plain(reply),
            430 | 530 => RefusedLogin::Wrong(reply),
            _ => RefusedLogin::Other(reply),
        }),
        failure => failure.while_trying_to(tried),
    }
}

#[derive(Debug, thiserror::Error)]
enum RefusedLogin {
    #[error("the server refuses this user with this password")]
    Wrong(#[source] Reply),
    #[error("the server asks for an account (`ACCT`) beside user and password, which is not understood here")]
    Account(#[source] Reply),
    #[error(
        "the server refuses this user with this password, or whoever comes without encryption: \
         `encryption = \"explicit\"` may be right"
    )]
    Plain(#[source] Reply),
    #[error(transparent)]
    Other(Reply),
}

#[derive(Debug, thiserror::Error)]
#[error(
    "the server left TLS after the password, which means a mistake in its configuration: its operator's log names it"
)]
struct BrokenServer(#[source] rustls::Error);

fn with_passive_connections(
    client: Client,
    options: &Options,
    time_left: impl Fn() -> Duration + Send + Sync + 'static,
) -> Client {
    let timeout = options.timeouts.connect;
    let mut client = client.passive_stream_builder(move |address| {
        // The system takes no time at all for a mistake.
        let patience = timeout.min(time_left()).max(LEAST);
        TcpStream::connect_timeout(&address, patience).map_err(FtpError::ConnectionError)
    });
    // The address in a PASV answer is often a private one, and could be a third party's: the known one is used.
    client.set_passive_nat_workaround(true);
    match options.mode {
        Mode::Passive => client,
        Mode::Active => client.active_mode(timeout),
    }
}
