//! What whoever started the program reads where a server is not the right one, or does not let us in; and that no secret
//! is in it, at any level of the log.

use std::fs;

use assert_cmd::Command;

use crate::certificate::Authority;
use crate::ftp_site::{PASSWORD, Site};
use crate::night::sample;
use crate::openssh_server::{OpenSsh, SSHD, me, new_key};
use crate::process::{installed, write_secret};
use crate::scripted::Scripted;

const SECRETS: [&str; 5] = [PASSWORD, "wrong horse", "open sesame", "open barley", "PRIVATE KEY"];

/// What a run of the one export says whose server is this, and how it ends.
fn export_to(server: &str) -> (i32, String) {
    let site = sample();
    let file = site.path().join("passerelle.toml");
    let text = fs::read_to_string(&file).unwrap();
    let changed = text.replace("[server.skillup.directory]\npath = \"skillup\"\n", server);
    assert_ne!(changed, text, "the sample names its server otherwise");
    fs::write(file, changed).unwrap();
    let mut command = Command::cargo_bin("passerelle").unwrap();
    command.args(["export", "skillup"]).env("PASSERELLE_LOG", "trace").env("SECRET", "wrong horse");
    let output = command.current_dir(site.path()).output().unwrap();
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    let remembered = String::from_utf8_lossy(&fs::read(site.path().join("state.db")).unwrap_or_default()).into_owned();
    for secret in SECRETS {
        let told = said.iter().chain([&remembered]).find(|text| text.contains(secret));
        assert!(told.is_none(), "`{secret}` is in {}", told.unwrap());
    }
    (output.status.code().unwrap(), said[0].split_whitespace().collect::<Vec<_>>().join(" "))
}

fn assert_ends(server: &str, code: i32, reason: &str) {
    let (ended, said) = export_to(server);
    assert_eq!(ended, code, "{said}");
    assert!(said.contains(reason), "{reason}\n{said}");
}

#[test]
fn an_ssh_server_that_cannot_be_used_ends_the_export_with_the_reason() {
    if !installed(SSHD) {
        return;
    }
    let server = OpenSsh::start("PasswordAuthentication yes");
    let (base, port, user) = (server.base().display().to_string(), server.port, me());
    new_key(&server.at("stranger"), &["-t", "ed25519"], "");
    write_secret(server.at("passphrase"), "open barley");
    fs::write(server.at("changed"), format!("[127.0.0.1]:{port} {}", server.public("id"))).unwrap();
    for (rest, code, reason) in [
        (
            "key = '{base}/id'\nknown-hosts = '{base}/changed'",
            6,
            "Either the server has a new key or somebody stands between",
        ),
        ("key = '{base}/stranger'\nknown-hosts = '{base}/known_hosts'", 6, "does not accept the key"),
        (
            "password = 'env:SECRET'\nknown-hosts = '{base}/known_hosts'",
            6,
            "the server refuses this user with this password",
        ),
        (
            "key = '{base}/locked'\npassphrase = 'file:{base}/passphrase'\nknown-hosts = '{base}/known_hosts'",
            3,
            "the passphrase does not open the key",
        ),
        (
            "password = 'file:{base}/locked'\nknown-hosts = '{base}/known_hosts'",
            3,
            "it has several lines: a password is one",
        ),
        (
            "password = 'env:NOT_SET'\nknown-hosts = '{base}/known_hosts'",
            3,
            "the environment variable NOT_SET is not set",
        ),
    ] {
        let rest = rest.replace("{base}", &base);
        let text = format!("[server.skillup.sftp]\nhost = '127.0.0.1'\nport = {port}\nuser = '{user}'\n{rest}\n");
        assert_ends(&text, code, reason);
    }
}

#[test]
fn an_ftps_server_that_cannot_be_used_ends_the_export_with_the_reason() {
    let site = Site::new();
    let ours = site.authority.certificate_for("acme");
    fs::write(site.path().join("client.pem"), &ours.chain).unwrap();
    write_secret(site.path().join("client.key"), &ours.key);
    write_secret(site.path().join("other.key"), site.authority.certificate_for("acme").key);
    let refusing = |command: &str, talk: &mut crate::scripted::Talk| {
        let is_password = command.starts_with("PASS");
        if is_password {
            talk.say("530 Login incorrect.");
        }
        is_password
    };
    let right = Scripted::with_tls(&site.authority.certificate_for("localhost"), refusing);
    let stranger = Authority::named("Other authority").certificate_for("localhost");
    let wrong = Scripted::with_tls(&stranger, |_, _| false);
    let with_key =
        |key: &str| format!("client-certificate = {{ chain = '{{base}}/client.pem', key = 'file:{{base}}/{key}' }}");
    for (port, rest, code, reason) in [
        (wrong.port, String::new(), 6, "and not `CN=Other authority`, who issued its certificate"),
        (right.port, String::new(), 6, "the server refuses this user with this password"),
        (right.port, with_key("client.key"), 6, "the server refuses this user with this password"),
        (right.port, with_key("other.key"), 3, "is not the key of the first certificate in it"),
    ] {
        let text = format!(
            "[server.skillup.ftp]\nhost = 'localhost'\nport = {port}\nuser = 'acme'\npassword = 'file:{{base}}/password'\n\
             encryption = 'explicit'\ntrust = {{ ca = '{{base}}/authority.pem' }}\n{rest}\n"
        );
        assert_ends(&text.replace("{base}", &site.path().display().to_string()), code, reason);
    }
}
