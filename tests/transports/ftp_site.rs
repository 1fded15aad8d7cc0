//! A site's folder with what the options of an FTP server under test name: a password, and an authority's certificate.

use std::any::Any;
use std::path::{Path, PathBuf};

use passerelle::transport::{Error, Options, Session};

use crate::certificate::Authority;
use crate::place::Place;
use crate::process::write_secret;
use crate::suite;
use crate::way::Way;

pub const PASSWORD: &str = "correct horse";

/// Options that trust the authority of the site, and give up soon.
pub const EXPLICIT: &str = "encryption = 'explicit'\ntrust = { ca = 'authority.pem' }";
pub const IMPLICIT: &str = "encryption = 'implicit'\ntrust = { ca = 'authority.pem' }";
pub const PLAIN: &str = "encryption = 'none'";

pub struct Site {
    base: tempfile::TempDir,
    pub authority: Authority,
}

impl Site {
    pub fn new() -> Site {
        let (base, authority) = (tempfile::tempdir().unwrap(), Authority::new());
        write_secret(base.path().join("password"), PASSWORD);
        write_secret(base.path().join("wrong"), "battery staple");
        std::fs::write(base.path().join("authority.pem"), authority.pem()).unwrap();
        Site { base, authority }
    }

    pub fn path(&self) -> &Path {
        self.base.path()
    }

    /// `rest` are lines of `[server.NAME.ftp]`; what it does not say is said here.
    pub fn options(&self, port: u16, rest: &str) -> Options {
        let mut text = format!("[ftp]\nport = {port}\n{rest}\n");
        for (key, value) in [("host", "'localhost'"), ("user", "'anonymous'"), ("password", "'file:password'")] {
            if !rest.lines().any(|line| line.starts_with(&format!("{key} ="))) {
                text += &format!("{key} = {value}\n");
            }
        }
        toml::from_str(&text).unwrap()
    }

    pub fn try_to_connect(&self, port: u16, rest: &str) -> Result<Box<dyn Session>, Error> {
        self.options(port, rest).connect(self.path(), &suite::time_enough())
    }

    pub fn connect(&self, port: u16, rest: &str) -> Box<dyn Session> {
        self.try_to_connect(port, rest).unwrap_or_else(|error| panic!("{}", error.chain()))
    }

    /// The server that listens on `port` and serves `folder`, where `rest` says what else a site must write of it.
    pub fn place(self, port: u16, way: Way, rest: &str, folder: PathBuf, running: impl Any) -> Place {
        let rest = format!("{}\n{rest}", way.options());
        Place {
            options: self.options(port, &rest),
            stranger: self.options(port, &format!("{rest}\npassword = 'file:wrong'")),
            base: self.path().to_owned(),
            folder,
            _running: Box::new((running, self)),
        }
    }

    /// The failure to connect.
    pub fn refusal(&self, port: u16, rest: &str) -> Error {
        self.try_to_connect(port, rest).err().expect("the connection should have failed")
    }
}
