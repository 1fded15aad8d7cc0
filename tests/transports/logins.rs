//! How we log in, by SSH and by FTP, and what is said where that is refused.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use passerelle::transport::{Kind, Options, handover};

use crate::ftp_site::{EXPLICIT, PLAIN, Site};
use crate::openssh_server::{OpenSsh, SSHD, me, new_key, run};
use crate::process::{Server, installed, write_secret};
use crate::scripted::Scripted;
use crate::suite;
use crate::user::User;

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
        ("ecdsa_384", &["-t", "ecdsa", "-b", "384"], ""),
        ("ecdsa_521", &["-t", "ecdsa", "-b", "521"], ""),
        ("ecdsa_pem", &["-t", "ecdsa", "-m", "PEM"], ""),
        ("ecdsa_pkcs8_locked", &["-t", "ecdsa", "-m", "PKCS8"], "open sesame"),
        ("rsa_locked", &["-t", "rsa", "-b", "2048"], "open sesame"),
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
    write_secret(server.at("cut"), &whole[..whole.len() / 2]);
    write_secret(server.at("bytes"), b"\x30\x82\xFF\x00");
    write_secret(server.at("ppk"), "PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\n");
    fs::write(server.at("open-to-all"), &whole).unwrap();

    assert!(server.try_with(&format!("key = 'locked'\npassphrase = 'file:right'\n{known}")).is_ok());
    for (kind, rest, said) in [
        (Kind::Setup, "key = 'locked'\npassphrase = 'file:wrong'", "the passphrase does not open the key"),
        (Kind::Setup, "key = 'locked'", "it is encrypted: name its passphrase"),
        (Kind::Setup, "key = 'locked'\npassphrase = 'file:absent'", "read the secret `file:absent`"),
        (Kind::Setup, "key = 'id.pub'", "the public half"),
        (Kind::Setup, "key = 'damaged'", "is damaged"),
        (Kind::Setup, "key = 'open-to-all'", "every user of this machine may open it; `chmod o= "),
        (Kind::Setup, "key = 'cut'", "is damaged"),
        (Kind::Setup, "key = 'bytes'", "is not a private key in OpenSSH's format or in PEM"),
        (Kind::Setup, "key = 'ppk'", "it is a key of PuTTY: convert it with `puttygen "),
        (Kind::Setup, "key = '.'", "Is a directory"),
        (Kind::Setup, "key = 'absent'", "No such file"),
        (
            Kind::Setup,
            "key = 'id'\ncertificate = 'id.pub'",
            "it is no certificate of OpenSSH: its file ends in `-cert.pub`",
        ),
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

#[test]
fn a_key_that_an_authority_has_signed_opens_the_door_with_its_certificate() {
    if !installed(SSHD) {
        return;
    }
    let server = OpenSsh::start("");
    for (name, kind) in
        [("ed25519", &["-t", "ed25519"][..]), ("ecdsa", &["-t", "ecdsa"]), ("rsa", &["-t", "rsa", "-b", "2048"])]
    {
        let authority = format!("{name}_authority");
        new_key(&server.at(&authority), &["-t", "ed25519"], "");
        new_key(&server.at(name), kind, "");
        let path = |name: &str| server.at(name).display().to_string();
        run("ssh-keygen", &["-q", "-s", &path(&authority), "-I", "acme", "-n", &me(), &path(&format!("{name}.pub"))]);
        let trusted = format!("cert-authority {}", server.public(&authority));
        fs::write(server.at("authorized_keys"), trusted).unwrap();
        let known = "known-hosts = 'known_hosts'";
        let signed = server.try_with(&format!("key = '{name}'\ncertificate = '{name}-cert.pub'\n{known}"));
        assert!(signed.is_ok(), "{name}: {}", signed.err().unwrap().chain());
        server.refuses(Kind::Login, &format!("key = '{name}'\n{known}"));
    }
}

/// As banks ask for it.
#[test]
fn a_server_that_asks_for_a_key_and_a_password_gets_both_in_its_order() {
    let Some(user) = User::try_to_add() else { return };
    for order in ["publickey,password", "password,publickey"] {
        let server = OpenSsh::start(&format!("PasswordAuthentication yes\nAuthenticationMethods {order}"));
        write_secret(server.at("right"), User::PASSWORD);
        write_secret(server.at("wrong"), "wrong horse");
        new_key(&server.at("stranger"), &["-t", "ed25519"], "");
        let try_with = |ways: &str| {
            let options = server.options(&user.name, &format!("{ways}\nknown-hosts = 'known_hosts'"));
            options.connect(server.base(), &suite::time_enough()).map(drop)
        };
        let connected = try_with("key = 'id'\npassword = 'file:right'");
        assert!(connected.is_ok(), "{order}: {}", connected.unwrap_err().chain());
        let key_first = order.starts_with("publickey");
        for (ways, reason) in [
            ("key = 'id'\npassword = 'file:wrong'", "the server refuses this user with this password"),
            ("key = 'stranger'\npassword = 'file:right'", "does not accept the key"),
            (
                "key = 'id'",
                match key_first {
                    true => {
                        "the server has taken a key, and asks for password too: write `password = \"credential:NAME\"`"
                    }
                    false => "the server takes password, and not a key: write `password = \"credential:NAME\"`",
                },
            ),
            (
                "password = 'file:right'",
                match key_first {
                    true => "the server takes publickey, and not a password: write `key = \"PATH\"`",
                    false => "the server has taken a password, and asks for publickey too: write `key = \"PATH\"`",
                },
            ),
        ] {
            let error = try_with(ways).unwrap_err();
            assert_eq!(error.kind, Kind::Login, "{order}, {ways}: {}", error.chain());
            assert!(error.chain().contains(reason), "{order}, {ways}: {}", error.chain());
            assert!(!error.chain().contains("horse"), "{}", error.chain());
        }
    }
}

/// As most of today's servers ask for a password: with the rules of the system behind it.
#[test]
fn a_password_answers_an_openssh_that_asks_by_keyboard_and_one_that_has_ended_is_refused() {
    let Some(user) = User::try_to_add() else { return };
    let server = OpenSsh::start("UsePAM yes\nPasswordAuthentication no\nKbdInteractiveAuthentication yes");
    write_secret(server.at("right"), User::PASSWORD);
    write_secret(server.at("wrong"), "wrong horse");
    let try_with = |secret: &str| {
        let options = format!("password = 'file:{secret}'\nknown-hosts = 'known_hosts'");
        server.options(&user.name, &options).connect(server.base(), &suite::time_enough()).map(drop)
    };
    let connected = try_with("right");
    assert!(connected.is_ok(), "{}", connected.unwrap_err().chain());
    let error = try_with("wrong").unwrap_err();
    assert_eq!(error.kind, Kind::Login, "{}", error.chain());
    assert!(error.chain().contains("the server refuses this user with this password"), "{}", error.chain());
    run("usermod", &["--expiredate", "2001-01-01", &user.name]);
    let error = try_with("right").unwrap_err();
    assert_eq!(error.kind, Kind::Login, "{}", error.chain());
    assert!(error.chain().contains("or the account is closed"), "{}", error.chain());
    run("usermod", &["--expiredate", "", &user.name]);
    run("chage", &["--lastday", "0", &user.name]);
    let error = try_with("right").unwrap_err();
    assert_eq!(error.kind, Kind::Login, "{}", error.chain());
    assert!(error.chain().contains("asks for more than a password: `"), "{}", error.chain());
}

/// Whoever is asked again and again by a machine locks its user out.
#[test]
fn a_server_that_hangs_up_on_a_password_is_not_asked_again() {
    let Some(user) = User::try_to_add() else { return };
    let server = OpenSsh::start("PasswordAuthentication yes\nMaxAuthTries 1");
    write_secret(server.at("wrong"), "wrong horse");
    let options = server.options(&user.name, "password = 'file:wrong'\nknown-hosts = 'known_hosts'");
    let error = options.connect(server.base(), &suite::time_enough()).err().unwrap();
    assert_eq!(error.kind, Kind::Login, "{}", error.chain());
    assert!(error.chain().contains("ended the conversation at this user with this password"), "{}", error.chain());
}

#[test]
fn what_an_ftp_server_says_of_a_login_is_told_with_what_may_help() {
    let site = Site::new();
    let with_tls = site.authority.certificate_for("localhost");
    let answering = |at: &'static str, answer: &'static str| {
        move |command: &str, talk: &mut crate::scripted::Talk| {
            let is_asked = command.starts_with(at);
            if is_asked {
                talk.say(answer);
            }
            is_asked
        }
    };
    for (at, answer, protection, kind, reason) in [
        (
            "PASS",
            "530 Login incorrect.",
            EXPLICIT,
            Kind::Login,
            "refuses this user with this password: the server answered `530 Login",
        ),
        ("PASS", "430 Invalid username or password", EXPLICIT, Kind::Login, "refuses this user with this password"),
        (
            "PASS",
            "530 Login incorrect.",
            PLAIN,
            Kind::Login,
            "or whoever comes without encryption: `encryption = \"explicit\"`",
        ),
        (
            "USER",
            "530 Non-anonymous sessions must use encryption.",
            PLAIN,
            Kind::Login,
            "`encryption = \"explicit\"` may be right",
        ),
        (
            "USER",
            "550 SSL/TLS required on the control channel",
            PLAIN,
            Kind::Denied,
            "`encryption = \"explicit\"` may be right",
        ),
        ("USER", "530 This FTP server is anonymous only.", EXPLICIT, Kind::Login, "is anonymous only"),
        ("PASS", "332 Need account", EXPLICIT, Kind::Login, "asks for an account (`ACCT`)"),
        ("USER", "421 Too many users", EXPLICIT, Kind::Unreachable, "log in as anonymous on localhost"),
        ("PASS", "550 Account has expired", EXPLICIT, Kind::Denied, "Account has expired"),
    ] {
        let server = match protection {
            PLAIN => Scripted::start(answering(at, answer)),
            _ => Scripted::with_tls(&with_tls, answering(at, answer)),
        };
        let error = site.refusal(server.port, protection);
        assert_eq!(error.kind, kind, "{answer}: {}", error.chain());
        assert!(error.chain().contains(reason) && error.chain().contains(answer), "{answer}: {}", error.chain());
        assert!(!error.chain().contains("horse"), "{}", error.chain());
    }
}

#[test]
fn a_password_opens_the_door_and_a_wrong_one_does_not() {
    let Some(user) = User::try_to_add() else { return };
    let server = OpenSsh::start("PasswordAuthentication yes");
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
    let with_agent = |server: &OpenSsh, expected: &str| {
        let options = format!("{}\n{}", server.port, server.base().display());
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "logins::with_the_agent_of_the_environment", "--ignored", "--nocapture"])
            .env("SSH_AUTH_SOCK", &socket)
            .env(SERVER, &options)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains(expected), "{said}");
    };
    with_agent(&server, "REFUSED: log in to 127.0.0.1");
    with_agent(&server, "the agent holds no key: add one with `ssh-add`");
    new_key(&server.at("stranger"), &["-t", "ed25519"], "");
    add_to_agent(&socket, &server.at("stranger"));
    with_agent(&server, "the server does not accept the key of the agent for this user: a test");
    add_to_agent(&socket, &server.at("id"));
    with_agent(&server, "LET IN");
    let impatient = OpenSsh::start("MaxAuthTries 1");
    with_agent(&impatient, "the server ended the conversation at key 1 of the 2 that the agent holds");
    fs::remove_file(&socket).unwrap();
    with_agent(&server, "no agent answers behind SSH_AUTH_SOCK");
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
