//! What SFTP servers differ in, and how each of it is found out.

use ssh2::MethodType;

use super::Sftp;
use super::conversation::unexpected;
use super::failure::Failure;
use super::fields::Fields;
use super::reply::Reply;
use super::request::{Request, STATVFS, VERSION};
use crate::model::Text;
use crate::model::sheet::{Found, Trait};
use crate::transport::examine::{CONTENT, MIDDLE};

impl Sftp {
    /// `file` holds [`CONTENT`].
    pub(super) fn try_trait(&mut self, what: Trait, file: &[u8]) -> Result<Option<Found>, Failure> {
        Ok(match what {
            Trait::Protocol => Some(format!("SFTP {VERSION}").into()),
            Trait::Greeting => self.ssh.banner().map(|banner| banner.trim().into()),
            Trait::Cipher => self.ssh.methods(MethodType::CryptCs).map(Into::into),
            Trait::Authentication => Some(self.ways.clone().into()),
            Trait::Features => Some(self.server.extensions.clone().into()),
            Trait::TimePrecision => Some(1.0.into()),
            Trait::Resume => Some(self.reads_from_the_middle(file)?.into()),
            Trait::FreeSpace => Some(self.free_space(file)?),
            _ => None,
        })
    }

    fn reads_from_the_middle(&mut self, path: &[u8]) -> Result<bool, Failure> {
        let opened = self.server.ask(Request::OpenToRead { path })?;
        let handle = self.server.handle(opened)?;
        let request = Request::Read { handle: &handle, offset: MIDDLE as u64, length: CONTENT.len() as u32 };
        let read = self.server.ask(request).and_then(|asked| self.server.answer(asked)).and_then(|reply| match reply {
            Reply::Data(bytes) => Ok(bytes == CONTENT[MIDDLE..]),
            reply => Err(unexpected(reply)),
        });
        self.server.let_go(&handle, read)
    }

    /// For whoever has no special rights, in bytes: the fields of OpenSSH's PROTOCOL, section 4.4.
    fn free_space(&mut self, path: &[u8]) -> Result<Found, Failure> {
        if !self.server.extensions.iter().any(|name| name == STATVFS) {
            return Ok(Found::No(Text::of("the server does not tell", "le serveur ne le dit pas")));
        }
        let asked = self.server.ask(Request::Room { path })?;
        let told = match self.server.answer(asked)? {
            Reply::Extended(told) => told,
            reply => return Err(unexpected(reply)),
        };
        let mut fields = Fields(&told);
        let (_block, fragment) = (fields.long_number(), fields.long_number());
        let (_all, _free, available) = (fields.long_number(), fields.long_number(), fields.long_number());
        match (fragment, available) {
            (Some(fragment), Some(available)) => Ok((fragment as f64 * available as f64).into()),
            _ => Err(Failure::NotUnderstood("it tells its room in fewer numbers than there are".to_owned())),
        }
    }
}
