//! The ways in which FTP is spoken with a server under test.

use std::fmt;

#[derive(Clone, Copy, PartialEq)]
pub struct Way {
    pub encryption: Encryption,
    /// `tls` of the site.
    pub tls: &'static str,
    pub connections: Connections,
    /// The loopback address to use.
    pub host: &'static str,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Encryption {
    None,
    Explicit,
    Implicit,
}

/// What a firewall makes of an address: nobody is there.
pub const FALSE_ADDRESS: &str = "10.99.99.99";

pub const IPV4: &str = "127.0.0.1";
pub const IPV6: &str = "::1";

/// How the connections for files come about.
#[derive(Clone, Copy, PartialEq)]
pub enum Connections {
    /// We open them where the server says; it has `EPSV`.
    Extended,
    /// The server has no `EPSV`, and answers `PASV` with [`FALSE_ADDRESS`].
    FalseAddress,
    /// The server opens them where we say.
    Active,
}

pub const PLAIN: Way =
    Way { encryption: Encryption::None, tls: "auto", connections: Connections::Extended, host: IPV4 };
pub const EXPLICIT: Way = Way { encryption: Encryption::Explicit, ..PLAIN };
pub const IMPLICIT: Way = Way { encryption: Encryption::Implicit, ..PLAIN };

impl Way {
    pub const fn tls(self, tls: &'static str) -> Way {
        Way { tls, ..self }
    }

    pub const fn behind_a_false_address(self) -> Way {
        Way { connections: Connections::FalseAddress, ..self }
    }

    pub const fn active(self) -> Way {
        Way { connections: Connections::Active, ..self }
    }

    pub const fn over_ipv6(self) -> Way {
        Way { host: IPV6, ..self }
    }

    pub fn is_encrypted(self) -> bool {
        self.encryption != Encryption::None
    }

    pub fn is_implicit(self) -> bool {
        self.encryption == Encryption::Implicit
    }

    pub fn is_ipv6(self) -> bool {
        self.host == IPV6
    }

    pub fn has_false_address(self) -> bool {
        self.connections == Connections::FalseAddress
    }

    /// The lines of `[server.NAME.ftp]` that ask for it.
    pub fn options(self) -> String {
        let encryption = match self.encryption {
            Encryption::None => "encryption = 'none'".to_owned(),
            Encryption::Explicit => format!("encryption = 'explicit'\ntls = '{}'\n{TRUST}", self.tls),
            Encryption::Implicit => format!("encryption = 'implicit'\ntls = '{}'\n{TRUST}", self.tls),
        };
        let mode = if self.connections == Connections::Active { "active" } else { "passive" };
        format!("{encryption}\nmode = '{mode}'\nhost = '{}'", self.host)
    }
}

const TRUST: &str = "trust = { ca = 'authority.pem' }";

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.encryption {
            Encryption::None => f.write_str("plain")?,
            Encryption::Explicit => write!(f, "explicit TLS {}", self.tls)?,
            Encryption::Implicit => write!(f, "implicit TLS {}", self.tls)?,
        }
        f.write_str(match (self.connections, self.is_ipv6()) {
            (Connections::Extended, _) => ", passive (`EPSV`)",
            (Connections::FalseAddress, _) => ", passive (`PASV`, false address)",
            (Connections::Active, false) => ", active (`PORT`)",
            (Connections::Active, true) => ", active (`EPRT`)",
        })?;
        f.write_str(if self.is_ipv6() { ", IPv6" } else { "" })
    }
}
