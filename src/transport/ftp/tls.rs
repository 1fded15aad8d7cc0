//! TLS for both connections of FTP: one configuration for all of a conversation, so that sessions are resumed.

use std::fmt;
use std::io::{self, Read};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, HandshakeKind, ProtocolVersion, StreamOwned, SupportedProtocolVersion};
use suppaftp::{FtpError, FtpResult, TlsConnector, TlsStream};

use super::client_certificate::Shower;
use super::options::Tls;
use super::trust::Verifier;
use crate::transport::{Error, Kind};

/// How long the server may take to close its side of an upload's connection, once ours is closed.
const FAREWELL: Duration = Duration::from_secs(1);

/// What all connections of one conversation share. Servers that ask for session reuse find it in here.
pub fn configuration(
    tls: Tls,
    verifier: Arc<Verifier>,
    ours: Arc<Shower>,
    provider: Arc<CryptoProvider>,
) -> Result<ClientConfig, Error> {
    let versions: &[&SupportedProtocolVersion] = match tls {
        Tls::Auto => rustls::DEFAULT_VERSIONS,
        Tls::Only1_2 => &[&rustls::version::TLS12],
        Tls::Only1_3 => &[&rustls::version::TLS13],
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(|cause| Error::new(Kind::Setup, "prepare TLS").caused_by(cause))?;
    // "Dangerous" is the library's word for any verifier that is not its own; ours only adds pinning.
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_client_cert_resolver(ours))
}

/// Puts TLS on a connection, and bounds each read and write on it.
pub struct Connector {
    pub configuration: Arc<ClientConfig>,
    pub timeout: Duration,
}

impl TlsConnector for Connector {
    type Stream = Stream;

    fn connect(&self, host: &str, socket: TcpStream) -> FtpResult<Stream> {
        let failed = |error: &dyn fmt::Display| FtpError::SecureError(error.to_string());
        socket.set_read_timeout(Some(self.timeout)).map_err(FtpError::ConnectionError)?;
        socket.set_write_timeout(Some(self.timeout)).map_err(FtpError::ConnectionError)?;
        let name = ServerName::try_from(host.to_owned()).map_err(|error| failed(&error))?;
        let connection =
            ClientConnection::new(Arc::clone(&self.configuration), name).map_err(|error| failed(&error))?;
        // The handshake happens with the first byte: an error keeps its type there, and would lose it here.
        Ok(Stream { inner: StreamOwned::new(connection, socket), abandoned: false })
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").finish_non_exhaustive()
    }
}

/// A connection with TLS on it.
#[derive(Debug)]
pub struct Stream {
    inner: StreamOwned<ClientConnection, TcpStream>,
    abandoned: bool,
}

/// What was agreed on for one connection.
#[derive(Debug, Clone)]
pub struct Handshake {
    pub version: &'static str,
    pub cipher: String,
    /// The session of an earlier connection goes on.
    pub is_resumed: bool,
}

impl Stream {
    /// None before the hands are shaken.
    pub fn handshake(&self) -> Option<Handshake> {
        let version = match self.version()? {
            ProtocolVersion::TLSv1_2 => "1.2",
            _ => "1.3",
        };
        let cipher = format!("{:?}", self.inner.conn.negotiated_cipher_suite()?.suite());
        let is_resumed = self.inner.conn.handshake_kind() == Some(HandshakeKind::Resumed);
        Some(Handshake { version, cipher, is_resumed })
    }

    pub fn shake_hands(&mut self) -> io::Result<()> {
        while self.inner.conn.is_handshaking() {
            self.inner.conn.complete_io(&mut self.inner.sock)?;
        }
        Ok(())
    }

    /// The version that was agreed on, once it was.
    pub fn version(&self) -> Option<ProtocolVersion> {
        self.inner.conn.protocol_version()
    }

    /// Says that all was sent, and hears the server out. What it still has to say are the tickets by which the next
    /// connection resumes this session: TLS 1.3 spends one each time, and an upload would never read new ones.
    pub fn finish_sending(&mut self) -> io::Result<()> {
        self.shake_hands()?;
        self.inner.conn.send_close_notify();
        while self.inner.conn.wants_write() {
            self.inner.conn.write_tls(&mut self.inner.sock)?;
        }
        self.hear_out();
        Ok(())
    }

    /// Ends without the farewell of TLS, so that nothing looks like the end of a file.
    pub fn abandon(&mut self) {
        self.abandoned = true;
    }

    /// As far as it goes: whether the file arrived is said on the control connection.
    fn hear_out(&mut self) {
        let socket = &self.inner.sock;
        if socket.shutdown(Shutdown::Write).is_ok() && socket.set_read_timeout(Some(FAREWELL)).is_ok() {
            let mut ignored = [0; 1024];
            while matches!(self.inner.read(&mut ignored), Ok(count) if count > 0) {}
        }
    }
}

impl TlsStream for Stream {
    type InnerStream = StreamOwned<ClientConnection, TcpStream>;

    fn tcp_stream(mut self) -> FtpResult<TcpStream> {
        self.abandoned = true;
        self.inner.sock.try_clone().map_err(FtpError::ConnectionError)
    }

    fn get_ref(&self) -> &TcpStream {
        &self.inner.sock
    }

    fn mut_ref(&mut self) -> &mut StreamOwned<ClientConnection, TcpStream> {
        &mut self.inner
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if !self.abandoned {
            self.inner.conn.send_close_notify();
            // A server that is gone needs no farewell.
            let _ = self.inner.conn.write_tls(&mut self.inner.sock);
        }
    }
}
