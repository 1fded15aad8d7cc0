//! The same work in the words of each program. Each invocation connects, works and leaves.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::ours;
use crate::servers::PASSWORD;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Client {
    Passerelle,
    Sftp,
    /// Asks the server to write what it got to its disk, as Passerelle does.
    SyncedSftp,
    Curl,
    Lftp,
}

/// What is to be done with the files of the folder `files`, by name; downloads go to `got`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Work {
    SftpUpload,
    SftpDownload,
    FtpsUpload,
}

impl Work {
    pub const fn is_upload(self) -> bool {
        !matches!(self, Work::SftpDownload)
    }
}

impl Client {
    pub const fn name(self) -> &'static str {
        match self {
            Client::Passerelle => "passerelle",
            Client::Sftp => "sftp",
            Client::SyncedSftp => "sftp, put -f",
            Client::Curl => "curl",
            Client::Lftp => "lftp",
        }
    }

    /// `folder` holds keys and certificates, `remote` is the folder on the server.
    pub fn command(self, work: Work, folder: &Path, remote: &str, port: u16, names: &[String]) -> Command {
        let mut command = match self {
            Client::Passerelle => ours::command(work, remote, port, names),
            Client::Sftp => sftp("put", work, folder, remote, port, names),
            Client::SyncedSftp => sftp("put -f", work, folder, remote, port, names),
            Client::Curl => curl(work, folder, remote, port, names),
            Client::Lftp => lftp(work, folder, remote, port, names),
        };
        command.current_dir(folder);
        command
    }
}

const SSH: &str = "-i id -o UserKnownHostsFile=known_hosts -o HostKeyAlias=bench -o StrictHostKeyChecking=yes";

/// Under a temporary name and then renamed, as Passerelle does it.
fn sftp(put: &str, work: Work, folder: &Path, remote: &str, port: u16, names: &[String]) -> Command {
    let mut batch = String::new();
    for name in names {
        let lines = match work.is_upload() {
            true => format!("{put} files/{name} {remote}/.{name}.part\nrename {remote}/.{name}.part {remote}/{name}"),
            false => format!("get {remote}/{name} got/{name}"),
        };
        writeln!(batch, "{lines}").expect("memory");
    }
    fs::write(folder.join("batch"), batch).expect("a file");
    let mut command = Command::new("sftp");
    command.args(["-q", "-b", "batch", "-P", &port.to_string()]).args(SSH.split(' ')).arg("root@127.0.0.1");
    command
}

/// Under the final name at once: a renaming would want a connection of its own for each file.
fn curl(work: Work, folder: &Path, remote: &str, port: u16, names: &[String]) -> Command {
    let mut config = String::new();
    for name in names {
        let url = match work {
            Work::FtpsUpload => format!("ftp://localhost:{port}{remote}/{name}"),
            Work::SftpUpload | Work::SftpDownload => format!("sftp://127.0.0.1:{port}{remote}/{name}"),
        };
        let way = match work.is_upload() {
            true => format!("upload-file = \"files/{name}\""),
            false => format!("output = \"got/{name}\""),
        };
        writeln!(config, "url = \"{url}\"\n{way}").expect("memory");
    }
    fs::write(folder.join("curl"), config).expect("a file");
    let mut command = Command::new("curl");
    command.args(["-sS", "-K", "curl"]);
    match work {
        Work::FtpsUpload => {
            command.args(["--ssl-reqd", "--cacert", "authority.pem", "-u"]).arg(format!("anonymous:{PASSWORD}"))
        }
        Work::SftpUpload | Work::SftpDownload => {
            command.args(["--insecure", "--key", "id", "--pubkey", "id.pub", "-u", "root:"])
        }
    };
    command
}

/// Under the final name at once, one connection.
fn lftp(work: Work, folder: &Path, remote: &str, port: u16, names: &[String]) -> Command {
    let login = match work {
        Work::FtpsUpload => format!(
            "set ftp:ssl-force true\nset ftp:ssl-protect-data true\nset ssl:ca-file authority.pem\n\
             open -u anonymous,\"{PASSWORD}\" -p {port} localhost"
        ),
        Work::SftpUpload | Work::SftpDownload => {
            format!("set sftp:connect-program \"ssh -a -x {SSH}\"\nopen -u root,none -p {port} sftp://127.0.0.1")
        }
    };
    let files = names.iter().map(|name| format!("files/{name}"));
    let transfer = match work.is_upload() {
        true => format!("cd {remote}\nmput {}", files.collect::<Vec<_>>().join(" ")),
        false => format!("cd {remote}\nlcd got\nmget {}", names.join(" ")),
    };
    fs::write(folder.join("lftp"), format!("set cmd:fail-exit true\nset xfer:clobber true\n{login}\n{transfer}\n"))
        .expect("a file");
    let mut command = Command::new("lftp");
    command.args(["--norc", "-f", "lftp"]);
    command
}
