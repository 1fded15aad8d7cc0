//! The certificates of FTPS servers, and ours: each one that is refused is refused for a reason that people understand.

use std::fs;
use std::process::Stdio;
use std::sync::Arc;

use passerelle::transport::{Error, Identity, Kind};
use rcgen::{CertificateParams, DistinguishedName, ExtendedKeyUsagePurpose, date_time_ymd};
use rustls::RootCertStore;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::server::WebPkiClientVerifier;

use crate::certificate::{Authority, Certificate};
use crate::ftp_site::{EXPLICIT, Site};
use crate::openssh_server::run;
use crate::process::{Server, free_port, installed, write_secret};
use crate::scripted::{Scripted, configuration};
use crate::vsftpd::{TLS, Vsftpd};
use crate::way::IPV4;

const SYSTEM: &str = "encryption = 'explicit'\ntrust = 'system'";

/// The failure to connect to a server that shows this certificate.
fn refused(site: &Site, certificate: &Certificate, rest: &str) -> String {
    said(&site.refusal(Scripted::with_tls(certificate, |_, _| false).port, rest))
}

/// What is said of a server that is not accepted, without a word of the library's.
fn said(error: &Error) -> String {
    let said = error.chain();
    assert_eq!(error.kind, Kind::Identity, "{said}");
    assert!(!error.later_may_help());
    assert!(
        !["DnsName(", "UNIX", "UnknownIssuer", "InvalidCertificate"].iter().any(|word| said.contains(word)),
        "{said}"
    );
    said
}

fn accepted(site: &Site, certificate: &Certificate, rest: &str) -> Option<Identity> {
    site.connect(Scripted::with_tls(certificate, |_, _| false).port, rest).identity()
}

fn ended(params: &mut CertificateParams) {
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2021, 1, 1);
}

#[test]
fn a_certificate_that_is_refused_says_why_and_what_to_write() {
    let site = Site::new();
    let (ours, other) = (&site.authority, Authority::named("Other authority"));
    let below = ours.intermediate("Department", |_| {});
    let outdated = ours.intermediate("Old department", ended);
    let begins = |params: &mut CertificateParams| params.not_before = date_time_ymd(2999, 1, 1);
    let for_people = |params: &mut CertificateParams| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
    };
    for (certificate, rest, reason) in [
        (ours.sign(&["localhost"], ended), EXPLICIT, "its certificate ended on 2021-01-01."),
        (
            outdated.certificate_for("localhost"),
            EXPLICIT,
            "the certificate of `CN=Old department`, between its own and its authority's, ended on 2021-01-01.",
        ),
        (
            ours.sign(&["localhost"], begins),
            EXPLICIT,
            "its certificate begins on 2999-01-01, and this machine's clock says 2",
        ),
        (
            ours.certificate_for("ftps.example"),
            EXPLICIT,
            "its certificate is for `ftps.example`, and not for `localhost`.",
        ),
        (
            ours.sign(&["a.example", "*.b.example"], |_| {}),
            EXPLICIT,
            "for `a.example`, `*.b.example`, and not for `localhost`.",
        ),
        (
            ours.sign(
                &["1.example", "2.example", "3.example", "4.example", "5.example", "6.example", "7.example"],
                |_| {},
            ),
            EXPLICIT,
            "`5.example` and 2 more, and not for",
        ),
        (ours.sign(&[], |_| {}), EXPLICIT, "names no host (its subject does not count), and `localhost` was expected."),
        (ours.sign(&["localhost"], for_people), EXPLICIT, "its certificate is not meant for servers."),
        (
            Certificate::signed_by_itself("localhost"),
            EXPLICIT,
            "its certificate is signed by itself, and by no authority.",
        ),
        (
            other.certificate_for("localhost"),
            EXPLICIT,
            "authority.pem holds `CN=Test authority`, and not `CN=Other authority`, who issued its certificate.",
        ),
        (
            below.certificate_for("localhost").alone(),
            EXPLICIT,
            "The server sent no other one: if `CN=Department` has its certificate from an authority that is trusted, the server must send that one too.",
        ),
        (
            below.certificate_for("localhost"),
            SYSTEM,
            "this system does not trust `CN=Test authority`, to whom its certificate goes back.",
        ),
    ] {
        let said = refused(&site, &certificate, rest);
        assert!(said.contains(reason), "{reason}\n{said}");
        assert!(said.contains("It showed the certificate of `CN=A server`"), "{said}");
        let advice = format!(
            "confirms that this very certificate is right, write `trust = {{ pinned = \"{}\" }}`",
            certificate.pin()
        );
        assert!(said.ends_with(&advice), "{said}");
        let pinned = format!("encryption = 'explicit'\ntrust = {{ pinned = '{}' }}", certificate.pin());
        accepted(&site, &certificate, &pinned).unwrap();
    }
}

#[test]
fn what_helps_without_pinning_is_said_first() {
    let site = Site::new();
    let unknown = Authority::named("Other authority").certificate_for("localhost");
    for (certificate, rest, advice) in [
        (&unknown, EXPLICIT, "says that `CN=Other authority` is right, add its certificate to authority.pem."),
        (&unknown, SYSTEM, "write its certificate into a file, and `trust = { ca = \"FILE.pem\" }`."),
        (
            &site.authority.certificate_for("ftps.example"),
            EXPLICIT,
            "If one of these names is the server's, write it as `host`.",
        ),
    ] {
        let said = refused(&site, certificate, rest);
        assert!(said.contains(advice), "{said}");
    }
}

#[test]
fn a_server_shows_until_when_it_is_trusted_and_by_whom() {
    let site = Site::new();
    let certificate = site.authority.intermediate("Department", |_| {}).sign(&["localhost", "127.0.0.1"], |params| {
        params.not_after = date_time_ymd(2999, 1, 1);
    });
    let identity = accepted(&site, &certificate, EXPLICIT).unwrap();
    assert_eq!(identity.until().unwrap().to_rfc3339(), "2999-01-01T00:00:00+00:00");
    let expected =
        "the certificate of `CN=A server` for `localhost`, `127.0.0.1`, issued by `CN=Department`, valid from ";
    assert!(identity.to_string().starts_with(expected), "{identity}");
}

#[test]
fn a_host_that_is_an_address_needs_a_certificate_for_the_address() {
    let site = Site::new();
    let rest = format!("host = '127.0.0.1'\n{EXPLICIT}");
    accepted(&site, &site.authority.certificate_for("127.0.0.1"), &rest).unwrap();
    let said = refused(&site, &site.authority.certificate_for("localhost"), &rest);
    assert!(said.contains("its certificate is for `localhost`, and not for `127.0.0.1`"), "{said}");
}

#[test]
fn several_authorities_in_one_file_are_all_trusted_and_one_in_between_is_enough() {
    let (site, other) = (Site::new(), Authority::named("Other authority"));
    let below = other.intermediate("Department", |_| {});
    let file = |authorities: &[&Authority]| {
        let pem: String = authorities.iter().map(|authority| format!("A remark\n{}", authority.pem())).collect();
        fs::write(site.path().join("authority.pem"), pem).unwrap();
    };
    file(&[&site.authority, &other]);
    accepted(&site, &site.authority.certificate_for("localhost"), EXPLICIT).unwrap();
    accepted(&site, &below.certificate_for("localhost"), EXPLICIT).unwrap();
    // What to do about a server that sends its own certificate alone.
    file(&[&below]);
    accepted(&site, &below.certificate_for("localhost").alone(), EXPLICIT).unwrap();
}

#[test]
fn another_certificate_than_the_pinned_one_is_refused_with_both() {
    let site = Site::new();
    let (pinned, shown) = (site.authority.certificate_for("localhost"), site.authority.certificate_for("localhost"));
    let said = refused(&site, &shown, &format!("encryption = 'explicit'\ntrust = {{ pinned = '{}' }}", pinned.pin()));
    assert!(
        said.contains(&format!("{} is pinned, and its certificate is {}: either", pinned.pin(), shown.pin())),
        "{said}"
    );
}

#[test]
fn what_a_certificate_says_of_itself_cannot_move_a_terminal() {
    let site = Site::new();
    let certificate = site.authority.sign(&["ftps.example"], |params| {
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(rcgen::DnType::CommonName, "\u{1b}[31mred");
    });
    let said = refused(&site, &certificate, EXPLICIT);
    assert!(said.contains("red") && !said.contains('\u{1b}'), "{said}");
}

/// The same rule holds for the connections that carry files.
#[test]
fn a_connection_for_a_file_with_another_certificate_is_refused() {
    let site = Site::new();
    let certificate = site.authority.certificate_for("localhost");
    let server = Scripted::with_tls(&certificate, |command, talk| {
        if command.starts_with("STOR") {
            talk.show(&Certificate::signed_by_itself("localhost"));
            assert!(talk.take().is_err());
            // As servers do that ask for a session to be resumed, which this is not about.
            talk.say("425 Unable to build data connection");
        }
        command.starts_with("STOR")
    });
    let error = site.connect(server.port, EXPLICIT).write("a.csv", &mut &b"content"[..], 7).unwrap_err();
    let said = said(&error);
    assert!(said.contains("its certificate is signed by itself"), "{said}");
}

/// rustls and rcgen make no certificate as weak as those that are met, so OpenSSL makes and shows them.
#[test]
fn a_certificate_that_is_too_weak_is_refused_as_such() {
    if !installed("/usr/bin/openssl") {
        return;
    }
    let site = Site::new();
    let at = |name: &str| site.path().join(name).display().to_string();
    let (authority_key, authority) = (at("authority.key"), at("authority.pem"));
    let new_key =
        ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Old authority", "-keyout", &authority_key];
    run("openssl", &[&new_key[..], &["-out", &authority, "-days", "30"]].concat());
    fs::write(at("names"), "subjectAltName=DNS:localhost").unwrap();
    for (bits, hash, reason) in [
        ("rsa:1024", "-sha256", "its key is RSA of 1024 bits, which is too short to prove anything."),
        ("rsa:2048", "-sha1", "its certificate is signed with SHA-1, which can be forged."),
    ] {
        let (key, request, certificate) = (at("server.key"), at("server.csr"), at("server.pem"));
        let new_key = ["req", "-newkey", bits, "-nodes", "-subj", "/CN=A server", "-keyout", &key, "-out", &request];
        run("openssl", &new_key);
        let sign = ["x509", "-req", hash, "-in", &request, "-CA", &authority, "-CAkey", &authority_key, "-days", "30"];
        run("openssl", &[&sign[..], &["-extfile", &at("names"), "-out", &certificate]].concat());
        let port = free_port();
        let mut server = Server::start("openssl", |command| {
            command.args(["s_server", "-quiet", "-cipher", "ALL:@SECLEVEL=0", "-accept", &format!("127.0.0.1:{port}")]);
            command.args(["-cert", &certificate, "-key", &key]).stdin(Stdio::piped()).stdout(Stdio::null());
            command.stderr(Stdio::null());
        })
        .unwrap();
        server.wait_for(IPV4, port);
        let said = said(&site.refusal(port, "encryption = 'implicit'\ntrust = { ca = 'authority.pem' }"));
        assert!(said.contains(reason), "{said}");
        assert_eq!(said.contains("pinned"), hash == "-sha1", "pinning helps where the key is good: {said}");
    }
}

#[test]
fn a_file_of_authorities_that_cannot_serve_is_named() {
    let site = Site::new();
    let pem = site.authority.pem();
    fs::write(site.path().join("empty.pem"), "").unwrap();
    fs::write(site.path().join("cut.pem"), &pem[..pem.len() / 2]).unwrap();
    fs::write(site.path().join("key.pem"), site.authority.certificate_for("localhost").key).unwrap();
    for (file, reason) in [
        ("absent.pem", "No such file"),
        ("empty.pem", "holds no certificate in PEM form"),
        ("key.pem", "holds no certificate in PEM form"),
        ("cut.pem", "the certificate 1 in it is damaged"),
    ] {
        let error = site.refusal(1, &format!("encryption = 'explicit'\ntrust = {{ ca = '{file}' }}"));
        assert_eq!(error.kind, Kind::Setup);
        assert!(error.to_string().ends_with(file) && error.chain().contains(reason), "{}", error.chain());
    }
}

/// A site with a certificate of ours, and its key.
fn with_ours(site: &Site, ours: &Certificate) -> String {
    fs::write(site.path().join("client.pem"), &ours.chain).unwrap();
    write_secret(site.path().join("client.key"), &ours.key);
    format!("{EXPLICIT}\nclient-certificate = {{ chain = 'client.pem', key = 'file:client.key' }}")
}

#[test]
fn a_server_that_asks_for_a_certificate_lets_in_who_has_it_and_the_others_hear_what_is_wrong() {
    let site = Site::new();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(site.authority.pem().as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
    let certificate = site.authority.certificate_for("localhost");
    let server = Scripted::with_configuration(
        configuration(&certificate, |builder| builder.with_client_cert_verifier(verifier)),
        |_, _| false,
    );
    let below = site.authority.intermediate("Department", |_| {});
    for ours in [site.authority.certificate_for("acme"), below.certificate_for("acme")] {
        let rest = with_ours(&site, &ours);
        for tls in ["1.2", "1.3"] {
            site.connect(server.port, &format!("{rest}\ntls = '{tls}'"));
        }
    }
    let stranger = with_ours(&site, &Authority::named("Other authority").certificate_for("acme"));
    for (rest, reason) in [
        (
            EXPLICIT.to_owned(),
            "the server asks for a certificate of ours, and there is none: write `client-certificate = {",
        ),
        (
            stranger,
            "the server does not accept the certificate of `CN=A server` for `acme`, issued by `CN=Other authority`",
        ),
    ] {
        for tls in ["1.2", "1.3"] {
            let error = site.refusal(server.port, &format!("{rest}\ntls = '{tls}'"));
            assert_eq!(error.kind, Kind::Login, "TLS {tls}: {}", error.chain());
            assert!(error.chain().contains(reason), "TLS {tls}: {}", error.chain());
        }
    }
}

#[test]
fn vsftpd_asks_for_a_certificate_and_is_shown_it() {
    let ours_only = "require_cert=YES\nvalidate_cert=YES";
    let Some(server) = Vsftpd::start_with(|site, folder| {
        let file = folder.join("authority.pem");
        fs::write(&file, site.authority.pem()).unwrap();
        format!("{TLS}\n{ours_only}\nca_certs_file={}", file.display())
    }) else {
        return;
    };
    let rest = with_ours(&server.site, &server.site.authority.certificate_for("acme"));
    for tls in ["1.2", "1.3"] {
        let mut session = server.site.connect(server.port, &format!("{rest}\ntls = '{tls}'\npath = '/drop'"));
        session.write("a.csv", &mut &b"content"[..], 7).unwrap();
        let error = server.site.refusal(server.port, &format!("{EXPLICIT}\ntls = '{tls}'"));
        assert_eq!(error.kind, Kind::Login, "{}", error.chain());
        assert!(error.chain().contains("the server asks for a certificate of ours"), "{}", error.chain());
    }
}

#[test]
fn a_certificate_of_ours_that_cannot_be_used_is_refused_before_anyone_is_asked() {
    let site = Site::new();
    let ours = site.authority.certificate_for("acme");
    let rest = with_ours(&site, &ours);
    let at = |name: &str| site.path().join(name);
    let convert = |arguments: &[&str], to: &str| {
        let key = at("client.key").display().to_string();
        let text = run("openssl", &[arguments, &["-in", &key]].concat());
        write_secret(at(to), text);
    };
    let mut cases = vec![
        ("absent.pem", "client.key", "No such file"),
        ("client.key", "client.key", "holds no certificate in PEM form"),
        ("client.pem", "absent.key", "read the secret `file:absent.key`"),
        ("client.pem", "client.pub", "it is not a private key in PEM form"),
        ("client.pem", "other.key", "`file:other.key` is not the key of the first certificate in it"),
    ];
    write_secret(at("client.pub"), &ours.chain);
    write_secret(at("other.key"), site.authority.certificate_for("acme").key);
    if installed("/usr/bin/openssl") {
        convert(&["pkcs8", "-topk8", "-passout", "pass:open sesame"], "pkcs8.key");
        convert(&["ec", "-aes256", "-passout", "pass:open sesame"], "sec1.key");
        for key in ["pkcs8.key", "sec1.key"] {
            cases.push((
                "client.pem",
                key,
                "it is encrypted: write it without its passphrase with `openssl pkey -in KEY",
            ));
        }
        convert(&["ec"], "plain-sec1.key");
        let server = Scripted::with_tls(&site.authority.certificate_for("localhost"), |_, _| false);
        site.connect(server.port, &rest.replace("client.key", "plain-sec1.key"));
    }
    for (chain, key, reason) in cases {
        let error = site.refusal(1, &rest.replace("client.pem", chain).replace("client.key", key));
        assert_eq!(error.kind, Kind::Setup, "{}", error.chain());
        assert!(error.chain().contains(reason) && !error.chain().contains("sesame"), "{}", error.chain());
    }
}
