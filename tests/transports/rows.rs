//! Every server in every mode that makes sense for it: each is a test, and a row of the table in `tests/servers.md`.

use std::fmt;

use passerelle::transport::Error;

use self::Expected::{Fails, Passes};
use self::Mode::{Ftp, Sftp};
use crate::place::Place;
use crate::sftp_server::{Manners, PosixRename};
use crate::way::{EXPLICIT, IMPLICIT, IPV4, IPV6, PLAIN, Way};
use crate::{ftp_in_process, openssh_server, proftpd, pure_ftpd, pyftpdlib, sftp_in_process, suite, table, vsftpd};

/// A server in a mode.
pub struct Row {
    pub server: &'static str,
    pub mode: Mode,
    pub expected: Expected,
}

/// How it is spoken with, and what starts it; None where it is not installed.
pub enum Mode {
    Ftp(fn(Way) -> Option<Place>, Way),
    Sftp(&'static str, fn() -> Option<Place>),
}

#[derive(PartialEq)]
pub enum Expected {
    Passes,
    /// This cannot work, and is told in these words.
    Fails(&'static str),
}

macro_rules! rows {
    ($($test:ident: $server:literal, $mode:expr, $expected:expr;)*) => {
        pub const ROWS: &[Row] = &[$(Row { server: $server, mode: $mode, expected: $expected }),*];

        $(
            #[test]
            fn $test() {
                Row { server: $server, mode: $mode, expected: $expected }.is_as_written();
            }
        )*
    };
}

rows! {
    openssh_key: "OpenSSH", Sftp("key", || openssh_server::place(KEY, IPV4, "")), Passes;
    openssh_password: "OpenSSH", Sftp("password", || openssh_server::place(PASSWORD, IPV4, "")), Passes;
    openssh_key_ipv6: "OpenSSH", Sftp("key, IPv6", || openssh_server::place(KEY, IPV6, "")), Passes;
    openssh_one_channel: "OpenSSH",
        Sftp("key, one channel at a time", || openssh_server::place(KEY, IPV4, "MaxSessions 1")), Passes;

    vsftpd_plain: "vsftpd", Ftp(vsftpd::place, PLAIN), Passes;
    vsftpd_plain_false_address: "vsftpd", Ftp(vsftpd::place, PLAIN.behind_a_false_address()), Passes;
    vsftpd_plain_active: "vsftpd", Ftp(vsftpd::place, PLAIN.active()), Passes;
    vsftpd_plain_ipv6: "vsftpd", Ftp(vsftpd::place, PLAIN.over_ipv6()), Passes;
    vsftpd_plain_active_ipv6: "vsftpd", Ftp(vsftpd::place, PLAIN.active().over_ipv6()), Passes;
    vsftpd_explicit: "vsftpd", Ftp(vsftpd::place, EXPLICIT), Passes;
    vsftpd_explicit_1_2: "vsftpd", Ftp(vsftpd::place, EXPLICIT.tls("1.2")), Passes;
    vsftpd_explicit_1_3: "vsftpd", Ftp(vsftpd::place, EXPLICIT.tls("1.3")), Passes;
    vsftpd_explicit_false_address: "vsftpd", Ftp(vsftpd::place, EXPLICIT.behind_a_false_address()), Passes;
    vsftpd_explicit_active: "vsftpd", Ftp(vsftpd::place, EXPLICIT.active()), Passes;
    vsftpd_implicit: "vsftpd", Ftp(vsftpd::place, IMPLICIT), Passes;
    vsftpd_implicit_1_2: "vsftpd", Ftp(vsftpd::place, IMPLICIT.tls("1.2")), Passes;

    proftpd_plain: "ProFTPD", Ftp(proftpd::place, PLAIN), Passes;
    proftpd_plain_false_address: "ProFTPD", Ftp(proftpd::place, PLAIN.behind_a_false_address()), Passes;
    proftpd_plain_active: "ProFTPD", Ftp(proftpd::place, PLAIN.active()), Passes;
    proftpd_plain_ipv6: "ProFTPD", Ftp(proftpd::place, PLAIN.over_ipv6()), Passes;
    proftpd_plain_active_ipv6: "ProFTPD", Ftp(proftpd::place, PLAIN.active().over_ipv6()), Passes;
    proftpd_explicit: "ProFTPD", Ftp(proftpd::place, EXPLICIT), Passes;
    proftpd_explicit_1_2: "ProFTPD", Ftp(proftpd::place, EXPLICIT.tls("1.2")), Passes;
    proftpd_explicit_1_3: "ProFTPD", Ftp(proftpd::place, EXPLICIT.tls("1.3")), Fails(NEEDS_1_2);
    proftpd_explicit_active: "ProFTPD", Ftp(proftpd::place, EXPLICIT.active()), Passes;
    proftpd_implicit: "ProFTPD", Ftp(proftpd::place, IMPLICIT), Passes;
    proftpd_sftp_key: "ProFTPD", Sftp("key", || proftpd::sftp_place(KEY, IPV4)), Passes;
    proftpd_sftp_password: "ProFTPD", Sftp("password", || proftpd::sftp_place(PASSWORD, IPV4)), Passes;
    proftpd_sftp_ipv6: "ProFTPD", Sftp("password, IPv6", || proftpd::sftp_place(PASSWORD, IPV6)), Passes;

    pure_ftpd_plain: "Pure-FTPd", Ftp(pure_ftpd::place, PLAIN), Passes;
    pure_ftpd_plain_false_address: "Pure-FTPd", Ftp(pure_ftpd::place, PLAIN.behind_a_false_address()), Passes;
    pure_ftpd_plain_active: "Pure-FTPd", Ftp(pure_ftpd::place, PLAIN.active()), Passes;
    pure_ftpd_plain_ipv6: "Pure-FTPd", Ftp(pure_ftpd::place, PLAIN.over_ipv6()), Passes;
    pure_ftpd_explicit: "Pure-FTPd", Ftp(pure_ftpd::place, EXPLICIT), Passes;
    pure_ftpd_explicit_1_2: "Pure-FTPd", Ftp(pure_ftpd::place, EXPLICIT.tls("1.2")), Passes;
    pure_ftpd_explicit_1_3: "Pure-FTPd", Ftp(pure_ftpd::place, EXPLICIT.tls("1.3")), Passes;
    pure_ftpd_explicit_active: "Pure-FTPd", Ftp(pure_ftpd::place, EXPLICIT.active()), Passes;
    pure_ftpd_implicit: "Pure-FTPd", Ftp(pure_ftpd::place, IMPLICIT), Fails(NO_TLS_YET);

    pyftpdlib_plain: "pyftpdlib", Ftp(pyftpdlib::place, PLAIN), Passes;
    pyftpdlib_plain_false_address: "pyftpdlib", Ftp(pyftpdlib::place, PLAIN.behind_a_false_address()), Passes;
    pyftpdlib_plain_active: "pyftpdlib", Ftp(pyftpdlib::place, PLAIN.active()), Passes;
    pyftpdlib_plain_ipv6: "pyftpdlib", Ftp(pyftpdlib::place, PLAIN.over_ipv6()), Passes;
    pyftpdlib_explicit: "pyftpdlib", Ftp(pyftpdlib::place, EXPLICIT), Passes;
    pyftpdlib_explicit_1_2: "pyftpdlib", Ftp(pyftpdlib::place, EXPLICIT.tls("1.2")), Passes;
    pyftpdlib_explicit_1_3: "pyftpdlib", Ftp(pyftpdlib::place, EXPLICIT.tls("1.3")), Passes;
    pyftpdlib_explicit_active: "pyftpdlib", Ftp(pyftpdlib::place, EXPLICIT.active()), Passes;
    pyftpdlib_implicit: "pyftpdlib", Ftp(pyftpdlib::place, IMPLICIT), Fails(NO_TLS_YET);

    libunftp_plain: "libunftp", Ftp(ftp_in_process::place, PLAIN), Passes;
    libunftp_plain_active: "libunftp", Ftp(ftp_in_process::place, PLAIN.active()), Passes;
    libunftp_explicit: "libunftp", Ftp(ftp_in_process::place, EXPLICIT), Passes;
    libunftp_explicit_1_2: "libunftp", Ftp(ftp_in_process::place, EXPLICIT.tls("1.2")), Passes;
    libunftp_explicit_1_3: "libunftp", Ftp(ftp_in_process::place, EXPLICIT.tls("1.3")), Passes;

    russh_password: "russh", Sftp("password", || sftp_in_process::place(Manners::default())), Passes;
    russh_questions: "russh", Sftp("password asked for by keyboard", || {
        sftp_in_process::place(Manners { questions: &["Password: "], ..Manners::default() })
    }), Passes;
    russh_no_posix_rename: "russh", Sftp("password, no `posix-rename`", || {
        sftp_in_process::place(Manners { posix_rename: PosixRename::Absent, ..Manners::default() })
    }), Passes;
    russh_small_window: "russh", Sftp("password, 20 kB at a time", || {
        sftp_in_process::place(Manners { window: 20_000, ..Manners::default() })
    }), Passes;
}

/// It wants each connection to resume the first one's TLS session, which in TLS 1.3 rustls can do twice; `auto` turns to 1.2.
const NEEDS_1_2: &str = "the server refused the TLS of the connection for the file; `tls = \"1.2\"` may help";
/// The server has no implicit TLS.
const NO_TLS_YET: &str = "the server does not begin with TLS: `encryption = \"explicit\"` may be right";

const KEY: &str = "key = 'id'";
const PASSWORD: &str = "password = 'file:password'";

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ftp(_, way) => write!(f, "{way}"),
            Sftp(what, _) => write!(f, "SFTP, {what}"),
        }
    }
}

impl Row {
    fn is_as_written(&self) {
        let started = match &self.mode {
            Ftp(start, way) => start(*way),
            Sftp(_, start) => start(),
        };
        let Some(place) = started else { return };
        match self.expected {
            Passes => table::compare(self, &table::passed(&suite::seen(&place))),
            Fails(words) => {
                let said = first_failure(&place).chain();
                assert!(said.contains(words), "{said}");
                table::compare(self, words);
            }
        }
    }
}

/// Of what every partner asks for, again and again.
fn first_failure(place: &Place) -> Error {
    let many_files = || {
        let mut session = place.try_to_connect()?;
        (0..20).try_for_each(|number| session.write(&format!("{number}.csv"), &mut &b"content"[..], 7))
    };
    many_files().expect_err("this cannot work")
}
