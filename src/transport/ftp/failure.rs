//! Why a step of a conversation failed, before it is said what the step was for.

use std::io;

use rustls::AlertDescription;
use suppaftp::FtpError;

use super::reply::Reply;
use crate::transport::{Error, Kind};

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The server understood, and said no.
    #[error(transparent)]
    Refused(Reply),
    /// The server said no because the file or the folder is not there.
    #[error(transparent)]
    Missing(Reply),
    #[error("the server has no such file")]
    Absent,
    /// Nothing was transferred, because the server did not like the TLS of the data connection.
    #[error("the server refused the TLS of the connection for the file; `tls = \"1.2\"` may help")]
    DataTls(#[source] Reply),
    /// The same, noticed after so much of a file went through that it cannot be done again from here.
    #[error("the server refused the TLS of the connection for the file; from now on TLS 1.2 is used")]
    DataTlsTooLate(#[source] Reply),
    #[error("the server gave no answer in time")]
    Silent,
    #[error("the connection broke")]
    Lost(#[source] io::Error),
    /// A listing ended without the sign by which a whole one is told from a part.
    #[error("the listing was cut short")]
    CutShort(#[source] io::Error),
    #[error("the server's certificate was refused")]
    Certificate(#[source] rustls::Error),
    #[error("TLS with the server failed")]
    Tls(#[source] rustls::Error),
    #[error("the server's answer was not understood: {0}")]
    NotUnderstood(String),
    #[error("{sent} bytes were sent, and the server has {}", found.map_or("no such file".to_owned(), |found| found.to_string()))]
    StoredOther { sent: u64, found: Option<u64> },
    #[error("the server announced {announced} bytes, and sent {received}")]
    ReceivedOther { announced: u64, received: u64 },
    #[error("{announced} bytes were to be sent, and there are {found}")]
    SentOther { announced: u64, found: u64 },
    /// Our side of a transfer failed: what is sent could not be read, or what is received not be written.
    #[error("our own file failed")]
    Local(#[source] io::Error),
}

impl Failure {
    pub fn kind(&self) -> Kind {
        match self {
            Failure::Refused(reply) => reply.kind(),
            Failure::Missing(_) | Failure::Absent => Kind::Missing,
            Failure::DataTls(_) | Failure::DataTlsTooLate(_) | Failure::Lost(_) | Failure::CutShort(_) => {
                Kind::Unreachable
            }
            Failure::Silent => Kind::TimedOut,
            Failure::Certificate(_) => Kind::Identity,
            // TLS notices every byte that was changed on the way.
            Failure::Tls(
                rustls::Error::DecryptError | rustls::Error::AlertReceived(AlertDescription::BadRecordMac),
            ) => Kind::Damaged,
            Failure::Tls(_) | Failure::NotUnderstood(_) => Kind::Protocol,
            Failure::StoredOther { .. } | Failure::ReceivedOther { .. } | Failure::SentOther { .. } => Kind::Damaged,
            Failure::Local(_) => Kind::Local,
        }
    }

    /// `tried` is a clause such as "fetch in/hr.csv from ftp.example:21".
    pub fn while_trying_to(self, tried: impl Into<String>) -> Error {
        Error::new(self.kind(), tried).caused_by(self)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidCertificate(_)) => Failure::Certificate(tls_error(error)),
            Some(_) => Failure::Tls(tls_error(error)),
            None => match error.kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Failure::Silent,
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Failure::NotUnderstood(error.to_string()),
                _ => Failure::Lost(error),
            },
        }
    }
}

fn tls_error(error: io::Error) -> rustls::Error {
    error.downcast().expect("the caller saw that the error holds one of TLS")
}

impl From<FtpError> for Failure {
    fn from(error: FtpError) -> Failure {
        match error {
            FtpError::UnexpectedResponse(response) => Failure::Refused(response.into()),
            FtpError::ConnectionError(error) => error.into(),
            FtpError::SecureError(text) => Failure::NotUnderstood(text),
            FtpError::BadResponse | FtpError::InvalidAddress(_) | FtpError::DataConnectionAlreadyOpen => {
                Failure::NotUnderstood(error.to_string())
            }
        }
    }
}
