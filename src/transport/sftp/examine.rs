//! What SFTP servers differ in, and how each of it is found out.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use ssh2::MethodType;

use super::failure::behind;
use super::posix_rename::Announced;
use super::{Sftp, failure};
use crate::model::Text;
use crate::model::sheet::{Found, Trait};
use crate::transport::examine::{CONTENT, MIDDLE};

impl Sftp {
    /// `file` holds [`CONTENT`].
    pub(super) fn try_trait(&mut self, what: Trait, file: &str) -> Result<Option<Found>, ssh2::Error> {
        Ok(match what {
            Trait::Protocol => {
                Some(self.announced()?.map_or("SFTP".into(), |told| format!("SFTP {}", told.version)).into())
            }
            Trait::Greeting => self.session.banner().map(|banner| banner.trim().into()),
            Trait::Cipher => self.session.methods(MethodType::CryptCs).map(Into::into),
            Trait::Authentication => Some(self.ways.iter().map(|way| way.to_string()).collect::<Vec<_>>().into()),
            Trait::Features => self.announced()?.map(|told| told.extensions.into()),
            Trait::TimePrecision => Some(1.0.into()),
            Trait::Resume => Some(self.reads_from_the_middle(file)?.into()),
            Trait::FreeSpace => Some(self.free_space(file)?),
            _ => None,
        })
    }

    /// None where the server allows one channel, on which it was said already.
    fn announced(&self) -> Result<Option<Announced>, ssh2::Error> {
        match Announced::ask(&self.session) {
            Err(cause) if cause.code() == ssh2::ErrorCode::Session(failure::CHANNEL_FAILURE) => Ok(None),
            announced => announced.map(Some),
        }
    }

    fn reads_from_the_middle(&self, path: &str) -> Result<bool, ssh2::Error> {
        let mut file = self.files()?.open(Path::new(path))?;
        let mut read = Vec::new();
        let done = file.seek(SeekFrom::Start(MIDDLE as u64)).and_then(|_| file.read_to_end(&mut read));
        done.map_err(|error| behind(&self.session, &error))?;
        Ok(read == CONTENT[MIDDLE..])
    }

    /// For whoever has no special rights, in bytes.
    fn free_space(&self, path: &str) -> Result<Found, ssh2::Error> {
        match self.files()?.open(Path::new(path))?.statvfs() {
            Ok(told) => Ok((told.f_bavail as f64 * told.f_frsize as f64).into()),
            Err(cause) => Ok(Found::No(Text::same(cause.to_string()))),
        }
    }
}
