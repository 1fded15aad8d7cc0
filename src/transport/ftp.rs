//! FTP, explicit FTPS and implicit FTPS. Only this file and its folder know which library speaks the protocol.

mod certificate;
mod client_certificate;
mod content;
mod conversation;
mod examine;
mod failure;
mod line;
mod login;
mod options;
mod refusal;
mod reply;
mod session;
mod tls;
mod transfer;
mod trust;

use std::path::Path;

pub use certificate::Certificate;
pub use options::Options;
pub use session::FtpSession;
pub use trust::Pin;

use super::{Error, Limit};

/// Connects, checks the server's certificate where there is one, logs in, and enters the folder of the options.
pub fn connect(options: &Options, base: &Path, limit: &Limit) -> Result<FtpSession, Error> {
    FtpSession::connect(options, base, limit)
}
