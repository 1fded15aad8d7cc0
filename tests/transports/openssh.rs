//! SFTP against OpenSSH's own server.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use passerelle::transport::{Kind, Options, handover};

use crate::openssh_server::{OpenSsh, SSHD, me, new_key, run};
use crate::process::{Server, installed, write_secret};
use crate::suite;

#[test]
fn openssh_passes_the_common_suite() {
    if installed(SSHD) {
        let server = OpenSsh::start("");
        suite::passes(&|| server.connect());
    }
}

#[test]
fn openssh_reports_names_that_it_cannot_use() {
    if installed(SSHD) {
        let server = OpenSsh::start("");
        suite::reports_names_that_it_cannot_use(&|| server.connect(), &server.at("drop"));
    }
}

#[test]
fn openssh_replaces_a_file_at_one_instant() {
    if installed(SSHD) {
        let server = OpenSsh::start("");
        suite::replaces_at_one_instant(&|| server.connect(), &server.at("drop"));
    }
}

#[test]
fn a_server_that_allows_one_channel_replaces_a_file_at_one_instant_too() {
    if installed(SSHD) {
        let server = OpenSsh::start("MaxSessions 1");
        suite::replaces_at_one_instant(&|| server.connect(), &server.at("drop"));
    }
}

#[test]
fn a_link_is_the_file_it_points_to_and_one_that_points_nowhere_is_not_listed() {
    if !installed(SSHD) {
        return;
    }
    let server = OpenSsh::start("");
    fs::write(server.at("target.csv"), "content").unwrap();
    for (link, target) in [("link.csv", "../target.csv"), ("nowhere.csv", "absent"), ("folder.csv", "..")] {
        std::os::unix::fs::symlink(target, server.at("drop").join(link)).unwrap();
    }
    let files = server.connect().list("").unwrap().files;
    assert_eq!(files.len(), 1);
    assert_eq!((files[0].name.as_str(), files[0].size), ("link.csv", 7));
}

#[test]
fn a_server_without_room_may_have_some_later() {
    if !installed(SSHD) {
        return;
    }
    let server = OpenSsh::start("");
    std::os::unix::fs::symlink("/dev/full", server.at("drop/full.csv")).unwrap();
    let mut session = server.connect();
    let error = session.write("full.csv", &mut &b"content"[..], 7).unwrap_err();
    assert_eq!(error.kind, Kind::Full, "{}", error.chain());
    assert!(error.later_may_help());
}

#[test]
fn the_server_is_known_by_any_of_its_keys_hashed_or_by_fingerprint() {
    if !installed(SSHD) {
        return;
    }
    let server = OpenSsh::start("");
    let known = "key = 'id'\nknown-hosts = 'known_hosts'";
    for key in ["host_ed25519", "host_rsa"] {
        server.know(&[key]);
        assert!(server.try_with(known).is_ok(), "{key}");
        let fingerprint = server.fingerprint(key);
        assert!(server.try_with(&format!("key = 'id'\nfingerprint = '{fingerprint}'")).is_ok(), "{key}");
    }
    run("ssh-keygen", &["-q", "-H", "-f", server.at("known_hosts").to_str().unwrap()]);
    assert!(!fs::read_to_string(server.at("known_hosts")).unwrap().contains("127.0.0.1"));
    assert!(server.try_with(known).is_ok());
}

#[test]
fn a_server_that_is_not_the_one_it_should_be_is_refused_with_what_it_showed() {
    if !installed(SSHD) {
        return;
    }
    let server = OpenSsh::start("");
    let known = "key = 'id'\nknown-hosts = 'known_hosts'";
    let shown = server.fingerprint("host_ed25519");

    fs::write(server.at("known_hosts"), "# nobody yet\n").unwrap();
    let said = server.refuses(Kind::Identity, known);
    assert!(said.contains("has no line for it") && said.contains(&shown), "{said}");

    server.know(&["id"]);
    let said = server.refuses(Kind::Identity, known);
    assert!(said.contains("new key or somebody stands between"), "{said}");
    assert!(said.contains(&shown) && said.contains(&server.fingerprint("id")), "{said}");

    let revoked = format!("@revoked * {}", server.public("host_ed25519"));
    let line = format!("[127.0.0.1]:{} {}", server.port, server.public("host_ed25519"));
    fs::write(server.at("known_hosts"), revoked + &line).unwrap();
    let said = server.refuses(Kind::Identity, known);
    assert!(said.contains("marks as revoked") && said.contains(&shown), "{said}");

    let wrong = server.fingerprint("id");
    let said = server.refuses(Kind::Identity, &format!("key = 'id'\nfingerprint = '{wrong}'"));
    assert!(said.contains(&wrong) && said.contains(&shown), "{said}");

    let said = server.refuses(Kind::Setup, "key = 'id'\nknown-hosts = 'absent'");
    assert!(said.contains("absent") && said.contains("No such file"), "{said}");
}

#[test]
fn keys_of_every_usual_kind_are_accepted() {
    if !installed(SSHD) {
        return;
    }
    let server = OpenSsh::start("");
    for (name, kind, passphrase) in [
        ("rsa", &["-t", "rsa", "-b", "2048"][..], ""),
        ("rsa_pem", &["-t", "rsa", "-b", "2048", "-m", "PEM"], ""),
        ("rsa_pem_locked", &["-t", "rsa", "-b", "2048", "-m", "PEM"], "open sesame"),
        ("rsa_pkcs8_locked", &["-t", "rsa", "-b", "2048", "-m", "PKCS8"], "open sesame"),
        ("ecdsa", &["-t", "ecdsa"], ""),
        ("ecdsa_locked", &["-t", "ecdsa"], "open sesame"),
    ] {
        new_key(&server.at(name), kind, passphrase);
        fs::write(server.at("authorized_keys"), server.public(name)).unwrap();
        write_secret(server.at("passphrase"), passphrase);
        let passphrase = if passphrase.is_empty() { "" } else { "passphrase = 'file:passphrase'\n" };
        let connected = server.try_with(&format!("key = '{name}'\n{passphrase}known-hosts = 'known_hosts'"));
        assert!(connected.is_ok(), "{name}: {}", connected.err().unwrap().chain());
    }
}

#[test]
fn what_is_wrong_with_a_key_is_told_apart() {
    if !installed(SSHD) {
        return;
    }
    let server = OpenSsh::start("");
    let known = "known-hosts = 'known_hosts'";
    write_secret(server.at("right"), "open sesame\n");
    write_secret(server.at("wrong"), "open barley\n");
    new_key(&server.at("stranger"), &["-t", "ed25519"], "");
    let whole = fs::read_to_string(server.at("id")).unwrap();
    write_secret(server.at("damaged"), whole.replace("QAAA", "AQAA"));
    fs::write(server.at("open-to-all"), &whole).unwrap();

    assert!(server.try_with(&format!("key = 'locked'\npassphrase = 'file:right'\n{known}")).is_ok());
    for (kind, rest, said) in [
        (Kind::Setup, "key = 'locked'\npassphrase = 'file:wrong'", "the passphrase does not open the key"),
        (Kind::Setup, "key = 'locked'", "it is encrypted: name its passphrase"),
        (Kind::Setup, "key = 'locked'\npassphrase = 'file:absent'", "read the secret `file:absent`"),
        (Kind::Setup, "key = 'id.pub'", "the public half"),
        (Kind::Setup, "key = 'damaged'", "is damaged"),
        (Kind::Setup, "key = 'open-to-all'", "every user of this machine may open it; `chmod o= "),
        (Kind::Setup, "key = 'absent'", "No such file"),
        (Kind::Login, "key = 'stranger'", "does not accept the key"),
    ] {
        let message = server.refuses(kind, &format!("{rest}\n{known}"));
        assert!(message.contains(said) && !message.contains("open barley"), "{rest}: {message}");
    }
}

#[test]
fn a_password_is_not_tried_where_the_server_takes_keys_only() {
    if !installed(SSHD) {
        return;
    }
    let server = OpenSsh::start("PasswordAuthentication no\nKbdInteractiveAuthentication no");
    write_secret(server.at("password"), "secret");
    let said = server.refuses(Kind::Login, "password = 'file:password'\nknown-hosts = 'known_hosts'");
    assert!(said.contains("the server takes publickey, and not a password"), "{said}");
}

/// A user of the system with a password, who is gone after the test.
struct User {
    name: String,
}

impl User {
    const PASSWORD: &str = "correct horse";

    fn add() -> User {
        use std::io::Write;
        let user = User { name: format!("passerelle-test-{}", std::process::id()) };
        run("useradd", &["--no-create-home", "--shell", "/bin/sh", &user.name]);
        let mut chpasswd = Command::new("chpasswd").stdin(Stdio::piped()).spawn().unwrap();
        writeln!(chpasswd.stdin.take().unwrap(), "{}:{}", user.name, User::PASSWORD).unwrap();
        assert!(chpasswd.wait().unwrap().success());
        user
    }

    fn id(&self) -> u32 {
        run("id", &["-u", &self.name]).trim().parse().unwrap()
    }
}

impl Drop for User {
    /// A user cannot be removed while the server still has a process that runs as it, a moment after the last session.
    fn drop(&mut self) {
        for _ in 0..100 {
            if Command::new("userdel").arg(&self.name).output().is_ok_and(|output| output.status.success()) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        eprintln!("LEFT BEHIND: the user {} could not be removed", self.name);
    }
}

#[test]
fn a_password_opens_the_door_and_a_wrong_one_does_not() {
    if !installed(SSHD) || !installed("/usr/sbin/useradd") {
        return;
    }
    if me() != "root" {
        eprintln!("SKIPPED: only root can add a user, so no password was tried against OpenSSH");
        return;
    }
    let server = OpenSsh::start("PasswordAuthentication yes");
    let user = User::add();
    std::os::unix::fs::chown(server.at("drop"), Some(user.id()), None).unwrap();
    fs::create_dir(server.at("drop/closed")).unwrap();
    write_secret(server.at("right"), format!("{}\n", User::PASSWORD));
    write_secret(server.at("wrong"), "wrong horse");
    let try_as = |user: &str, secret: &str| {
        server
            .options(user, &format!("password = 'file:{secret}'\nknown-hosts = 'known_hosts'"))
            .connect(server.base(), &suite::time_enough())
    };

    let mut session = try_as(&user.name, "right").unwrap_or_else(|error| panic!("{}", error.chain()));
    handover::upload(&mut *session, "", "a.csv", &mut &b"content"[..], 7).unwrap();
    handover::publish(&mut *session, "", "a.csv").unwrap();
    assert_eq!(fs::read(server.at("drop/a.csv")).unwrap(), b"content");
    let error = session.write("closed/a.csv", &mut &b"content"[..], 7).unwrap_err();
    assert_eq!(error.kind, Kind::Denied, "{}", error.chain());
    assert_eq!(session.size("a.csv").unwrap(), Some(7));

    for (name, secret) in [(user.name.as_str(), "wrong"), ("nobody-of-that-name", "right")] {
        let error = try_as(name, secret).err().unwrap();
        assert_eq!(error.kind, Kind::Login);
        let said = error.chain();
        assert!(said.contains(name) && said.contains("refuses this user with this password"), "{said}");
        assert!(!said.contains("horse"), "{said}");
    }
}

/// The name of the variable by which a test finds the server that its parent started.
const SERVER: &str = "PASSERELLE_TEST_SERVER";

/// `SSH_AUTH_SOCK` belongs to a process, so the test starts itself again in one that has it.
#[test]
fn an_agent_logs_in_with_the_key_it_holds() {
    if !installed(SSHD) || !installed("/usr/bin/ssh-agent") {
        return;
    }
    let server = OpenSsh::start("");
    let socket = server.at("agent");
    let _agent = Server::start("ssh-agent", |command| {
        command.arg("-D").arg("-a").arg(&socket).stdout(Stdio::null());
    })
    .unwrap();
    while !socket.exists() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let options = format!("{}\n{}", server.port, server.base().display());
    let with_agent = |expected: &str| {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "openssh::with_the_agent_of_the_environment", "--ignored", "--nocapture"])
            .env("SSH_AUTH_SOCK", &socket)
            .env(SERVER, &options)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains(expected), "{said}");
    };
    with_agent("REFUSED: log in to 127.0.0.1");
    with_agent("the agent holds no key: add one with `ssh-add`");
    new_key(&server.at("stranger"), &["-t", "ed25519"], "");
    add_to_agent(&socket, &server.at("stranger"));
    with_agent("the server does not accept the key of the agent for this user: a test");
    add_to_agent(&socket, &server.at("id"));
    with_agent("LET IN");
    fs::remove_file(&socket).unwrap();
    with_agent("no agent answers behind SSH_AUTH_SOCK");
}

fn add_to_agent(socket: &Path, key: &Path) {
    let added = Command::new("ssh-add").arg("-q").arg(key).env("SSH_AUTH_SOCK", socket).status().unwrap();
    assert!(added.success());
}

#[test]
#[ignore = "a part of the test of the agent, which starts it"]
fn with_the_agent_of_the_environment() {
    let Ok(server) = std::env::var(SERVER) else {
        return;
    };
    let (port, folder) = server.split_once('\n').unwrap();
    let options: Options = toml::from_str(&format!(
        "[sftp]\nhost = '127.0.0.1'\nport = {port}\nuser = '{}'\nagent = true\nknown-hosts = 'known_hosts'",
        me()
    ))
    .unwrap();
    match options.connect(Path::new(folder), &suite::time_enough()) {
        Ok(_) => println!("LET IN"),
        Err(error) => println!("REFUSED: {}", error.chain()),
    }
}
