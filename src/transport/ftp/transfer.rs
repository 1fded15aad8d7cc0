//! One data connection: the bytes of one file or one listing, and the server's word that they were all.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use rustls::ProtocolVersion;
use socket2::SockRef;
use suppaftp::{DataStream, ImplFtpStream, Status, TransferStream};

use super::failure::Failure;
use super::tls::{self, Handshake};
use crate::transport::watchdog::Watchdog;

pub type Client = ImplFtpStream<tls::Stream>;

/// More than any folder's listing: a server that sends more has lost its way.
const LONGEST_LISTING: usize = 64 << 20;

/// A piece of a listing.
const PIECE: usize = 64 << 10;

/// How long the server may take to say why it broke a data connection.
const EXPLANATION: Duration = Duration::from_secs(10);

pub struct Transfer<'a> {
    stream: TransferStream<tls::Stream>,
    client: &'a Client,
    watchdog: &'a Watchdog,
    timeout: Duration,
}

impl<'a> Transfer<'a> {
    /// Sends a command that is answered on a data connection: `MLSD`, `LIST`, `RETR`, `STOR`.
    pub fn open(
        client: &'a mut Client,
        command: String,
        watchdog: &'a Watchdog,
        timeout: Duration,
    ) -> Result<Transfer<'a>, Failure> {
        let (_, stream) = client.custom_data_command(command, &[Status::AboutToSend, Status::AlreadyOpen])?;
        let transfer = Transfer { stream, client, watchdog, timeout };
        match transfer.prepare() {
            Ok(()) => transfer.with_hands_shaken(),
            Err(error) => Err(transfer.abandon(Failure::Lost(error))),
        }
    }

    fn prepare(&self) -> io::Result<()> {
        // A connection that the server opened (active mode) has no timeouts yet.
        self.socket().set_read_timeout(Some(self.timeout))?;
        self.socket().set_write_timeout(Some(self.timeout))?;
        // libunftp seems to keep its second answer, that all is there, until its first one is acknowledged, which the system
        // puts off while we say nothing: 1,000 small files took 50 s longer.
        rustix::net::sockopt::set_tcp_quickack(&*self.client.get_ref(), true)?;
        self.watchdog.watch_data(self.socket())
    }

    /// An empty file too needs a handshake: without one the server would take it for a broken connection.
    fn with_hands_shaken(mut self) -> Result<Transfer<'a>, Failure> {
        let outcome = match self.stream.get_mut() {
            DataStream::Tcp(_) => Ok(()),
            DataStream::Ssl(stream) => stream.shake_hands(),
        };
        match outcome {
            Ok(()) => Ok(self),
            Err(error) => Err(self.explain(error)),
        }
    }

    fn socket(&self) -> &TcpStream {
        self.stream.get_ref().get_ref()
    }

    pub fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.stream.get_mut().read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => return outcome,
            }
        }
    }

    /// Reads a listing to its end, which the server must confirm.
    pub fn whole_listing(mut self) -> Result<Vec<u8>, Failure> {
        let (mut bytes, mut piece) = (Vec::new(), vec![0; PIECE]);
        loop {
            match self.read(&mut piece) {
                Ok(0) => break,
                Ok(count) => bytes.extend_from_slice(&piece[..count]),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    return Err(match self.explain(error) {
                        Failure::Lost(error) => Failure::CutShort(error),
                        failure => failure,
                    });
                }
                Err(error) => return Err(self.explain(error)),
            }
            if bytes.len() > LONGEST_LISTING {
                return Err(self.abandon(Failure::NotUnderstood("a listing without end".to_owned())));
            }
        }
        self.complete()?;
        Ok(bytes)
    }

    pub fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        // Past the library's own bookkeeping of writes, which would drain the socket without TLS, and even after a failure.
        self.stream.get_mut().write_all(bytes)
    }

    /// Says that all was sent.
    pub fn finish_sending(&mut self) -> io::Result<()> {
        match self.stream.get_mut() {
            DataStream::Tcp(stream) => stream.flush(),
            DataStream::Ssl(stream) => stream.finish_sending(),
        }
    }

    /// Closes the connection, and waits for the server's word that the file is complete.
    pub fn complete(self) -> Result<(), Failure> {
        let may_be_tls = self.may_be_about_tls();
        self.watchdog.release_data();
        self.stream.finish().map_err(|error| about_tls(error.into(), may_be_tls))
    }

    /// Why the connection broke: the server's own reason if it gives one soon, else what the socket said. A certificate that
    /// we refused is our own reason, and nothing more is said to a server that has it.
    pub fn explain(mut self, error: io::Error) -> Failure {
        let failure = Failure::from(error);
        let may_be_tls = self.may_be_about_tls();
        let patience = EXPLANATION.min(self.timeout);
        let is_stranger = matches!(failure, Failure::Certificate(_));
        if is_stranger || self.client.get_ref().set_read_timeout(Some(patience)).is_err() {
            return self.abandon(failure);
        }
        if let DataStream::Ssl(stream) = self.stream.get_mut() {
            stream.abandon();
        }
        self.watchdog.release_data();
        let outcome = self.stream.finish().map_err(Failure::from);
        let restored = self.client.get_ref().set_read_timeout(Some(self.timeout));
        match outcome {
            Err(refused @ Failure::Refused(_)) if restored.is_ok() => about_tls(refused, may_be_tls),
            _ => failure,
        }
    }

    /// Breaks the connection off in such a way that the server cannot take what it has for a whole file.
    pub fn abandon(mut self, failure: Failure) -> Failure {
        if let DataStream::Ssl(stream) = self.stream.get_mut() {
            stream.abandon();
        }
        // A reset in place of an end. Where it cannot be had, the temporary name still protects.
        let _ = SockRef::from(self.socket()).set_linger(Some(Duration::ZERO));
        self.watchdog.release_data();
        // Without a control connection the library's own farewell ends at once.
        self.watchdog.shut();
        failure
    }

    /// None without TLS.
    pub fn handshake(&self) -> Option<Handshake> {
        match self.stream.get_ref() {
            DataStream::Tcp(_) => None,
            DataStream::Ssl(stream) => stream.handshake(),
        }
    }

    /// Servers that want a TLS session resumed cannot have that from TLS 1.3 for long; TLS 1.2 they accept.
    fn may_be_about_tls(&self) -> bool {
        match self.stream.get_ref() {
            DataStream::Tcp(_) => false,
            DataStream::Ssl(stream) => stream.version() != Some(ProtocolVersion::TLSv1_2),
        }
    }
}

/// 522 says it, 425 and 450 are what others say; they may also mean a firewall, so the caller tries once.
fn about_tls(failure: Failure, may_be_tls: bool) -> Failure {
    match failure {
        Failure::Refused(reply) if may_be_tls && matches!(reply.code, 425 | 450 | 522) => Failure::DataTls(reply),
        other => other,
    }
}
