//! OpenSSH's own server, in a process of its own, with a configuration of its own, on a port of this machine.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use passerelle::transport::{Error, Kind, Options, Session};

use crate::place::{Place, give, is_root, may_start_as_root, server_owner};
use crate::process::{Server, free_port, installed, write_secret};
use crate::suite;
use crate::user::User;
use crate::way::IPV4;

pub const SSHD: &str = "/usr/sbin/sshd";

/// A server with an ed25519 and an RSA key of its own, that lets the user of the test in with `id` or `locked`.
pub struct OpenSsh {
    folder: tempfile::TempDir,
    pub port: u16,
    _server: Server,
}

impl OpenSsh {
    /// `more` are lines of sshd_config.
    pub fn start(more: &str) -> OpenSsh {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(at("drop")).unwrap();
        new_key(&at("host_ed25519"), &["-t", "ed25519"], "");
        new_key(&at("host_rsa"), &["-t", "rsa", "-b", "2048"], "");
        new_key(&at("id"), &["-t", "ed25519"], "");
        new_key(&at("locked"), &["-t", "ed25519"], "open sesame");
        let keys = [at("id.pub"), at("locked.pub")].map(|file| fs::read_to_string(file).unwrap());
        fs::write(at("authorized_keys"), keys.concat()).unwrap();

        let port = free_port();
        let root = folder.path().display();
        // The server takes the first word on each thing.
        let pam = if more.contains("UsePAM") { "" } else { "UsePAM no" };
        let config = format!(
            "ListenAddress 127.0.0.1:{port}\nListenAddress [::1]:{port}\nHostKey {root}/host_ed25519\n\
             HostKey {root}/host_rsa\nPidFile none\nAuthorizedKeysFile {root}/authorized_keys\nStrictModes no\n\
             {pam}\nPermitRootLogin yes\n\
             Subsystem sftp internal-sftp\nMaxStartups 100\nLogLevel QUIET\n{more}\n"
        );
        fs::write(at("sshd_config"), config).unwrap();
        // Where a server that is started as root gives up its rights; the system's own start makes it.
        let _ = fs::create_dir_all("/run/sshd");
        let mut server = Server::start(SSHD, |command| {
            command.args(["-D", "-e", "-f"]).arg(at("sshd_config")).stderr(Stdio::null());
        })
        .unwrap();
        server.wait_for(IPV4, port);
        let server = OpenSsh { folder, port, _server: server };
        server.know(&["host_ed25519", "host_rsa"]);
        server
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder of the site file.
    pub fn base(&self) -> &Path {
        self.folder.path()
    }

    pub fn public(&self, key: &str) -> String {
        fs::read_to_string(self.at(&format!("{key}.pub"))).unwrap()
    }

    /// The public half of a key as `type key`, without its comment.
    pub fn key(&self, name: &str) -> String {
        self.public(name).split(' ').take(2).collect::<Vec<_>>().join(" ")
    }

    /// Writes `known_hosts` with these keys.
    pub fn know(&self, keys: &[&str]) {
        let lines = keys.iter().map(|key| format!("[127.0.0.1]:{} {}", self.port, self.public(key)));
        fs::write(self.at("known_hosts"), lines.collect::<String>()).unwrap();
    }

    pub fn fingerprint(&self, key: &str) -> String {
        let shown = run("ssh-keygen", &["-l", "-f", self.at(key).to_str().unwrap()]);
        shown.split_whitespace().nth(1).unwrap().to_owned()
    }

    pub fn options(&self, user: &str, rest: &str) -> Options {
        let (port, path) = (self.port, self.at("drop").display().to_string());
        toml::from_str(&format!("[sftp]\nhost = '127.0.0.1'\nport = {port}\nuser = '{user}'\npath = '{path}'\n{rest}"))
            .unwrap()
    }

    pub fn try_with(&self, rest: &str) -> Result<Box<dyn Session>, Error> {
        self.options(&me(), rest).connect(self.folder.path(), &suite::time_enough())
    }

    pub fn connect(&self) -> Box<dyn Session> {
        self.try_with("key = 'id'\nknown-hosts = 'known_hosts'").unwrap_or_else(|error| panic!("{}", error.chain()))
    }

    /// What is said when it does not let us in.
    pub fn refuses(&self, kind: Kind, rest: &str) -> String {
        let error = self.try_with(rest).err().unwrap_or_else(|| panic!("{rest} was let in"));
        assert_eq!(error.kind, kind, "{}", error.chain());
        error.chain()
    }
}

/// `proof` is the line of the site that says who we are: a `key`, or a `password`, which only root can give to a user;
/// `more` are lines of sshd_config.
pub fn place(proof: &'static str, host: &'static str, more: &str) -> Option<Place> {
    if !installed(SSHD) || proof.starts_with("password") && !may_start_as_root("a user with a password of OpenSSH") {
        return None;
    }
    let server = OpenSsh::start(&format!("PasswordAuthentication yes\n{more}"));
    let user = is_root().then(User::add);
    let (name, owner) = match &user {
        Some(user) => (user.name.clone(), user.id()),
        None => (me(), server_owner()),
    };
    give(&server.at("drop"), owner);
    new_key(&server.at("stranger"), &["-t", "ed25519"], "");
    write_secret(server.at("password"), User::PASSWORD);
    write_secret(server.at("wrong"), "battery staple");
    fs::write(server.at("known_hosts"), format!("[{host}]:{} {}", server.port, server.public("host_ed25519"))).unwrap();
    let options = |proof: &str| {
        let (port, path) = (server.port, server.at("drop").display().to_string());
        let text = format!(
            "[sftp]\nhost = '{host}'\nport = {port}\nuser = '{name}'\n{proof}\nknown-hosts = 'known_hosts'\n\
             path = '{path}'"
        );
        toml::from_str(&text).unwrap()
    };
    Some(Place {
        options: options(proof),
        stranger: options(if proof.starts_with("key") { "key = 'stranger'" } else { "password = 'file:wrong'" }),
        base: server.base().to_owned(),
        folder: server.at("drop"),
        // The user can only be removed once nothing runs as him.
        _running: Box::new((server, user)),
    })
}

pub fn new_key(file: &Path, kind: &[&str], passphrase: &str) {
    let file = file.to_str().unwrap();
    run("ssh-keygen", &[kind, &["-q", "-N", passphrase, "-C", "a test", "-f", file]].concat());
}

pub fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

pub fn me() -> String {
    run("id", &["-un"]).trim().to_owned()
}
