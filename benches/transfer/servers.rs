//! OpenSSH and vsftpd, on ports of this machine, for one folder each.

use std::fs::{self, Permissions};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

pub const SSHD: &str = "/usr/sbin/sshd";
pub const VSFTPD: &str = "/usr/sbin/vsftpd";
pub const PASSWORD: &str = "correct horse";

/// The user who serves those who log in to vsftpd; every Debian has him.
const DAEMON: u32 = 1;

/// Killed when it goes out of scope. Its files go to `drop`.
pub struct Server {
    pub port: u16,
    pub drop: PathBuf,
    child: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    pub fn empty(&self) {
        for file in fs::read_dir(&self.drop).expect("the folder is there").flatten() {
            fs::remove_file(file.path()).expect("nobody uses it");
        }
    }
}

/// Lets root in with the key `id`; `known_hosts` knows the server as `bench`.
pub fn openssh(folder: &Path) -> Server {
    let (port, drop, root) = (free_port(), folder.join("sftp"), folder.display());
    fs::create_dir_all(&drop).expect("a folder");
    // Where a server that is started as root gives up its rights.
    fs::create_dir_all("/run/sshd").expect("a folder");
    for key in ["host", "id"] {
        run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", &folder.join(key).display().to_string()]);
    }
    let public = |key: &str| fs::read_to_string(folder.join(format!("{key}.pub"))).expect("it was made");
    fs::write(folder.join("authorized_keys"), public("id")).expect("a file");
    fs::write(folder.join("known_hosts"), format!("bench {}", public("host"))).expect("a file");
    let config = format!(
        "ListenAddress 127.0.0.1:{port}\nHostKey {root}/host\nPidFile none\nAuthorizedKeysFile {root}/authorized_keys\n\
         StrictModes no\nUsePAM no\nPermitRootLogin yes\nSubsystem sftp internal-sftp\nLogLevel QUIET\n"
    );
    fs::write(folder.join("sshd_config"), config).expect("a file");
    let child = Command::new(SSHD).args(["-D", "-f"]).arg(folder.join("sshd_config")).spawn();
    started(child.expect("sshd is installed"), port, drop)
}

/// Serves `localhost` with explicit TLS; whoever trusts `authority.pem` trusts it.
pub fn vsftpd(folder: &Path) -> Server {
    let (port, home, root) = (free_port(), folder.join("home"), folder.display());
    let drop = home.join("drop");
    fs::create_dir_all(&drop).and_then(|()| fs::create_dir(folder.join("empty"))).expect("a folder");
    fs::set_permissions(folder, Permissions::from_mode(0o755)).expect("our folder");
    chown(&drop, Some(DAEMON), None).expect("root may");
    write_certificate(folder);
    fs::write(folder.join("passwords"), PASSWORD).expect("a file");
    fs::set_permissions(folder.join("passwords"), Permissions::from_mode(0o600)).expect("our file");
    let config = format!(
        "listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\nseccomp_sandbox=NO\nisolate=NO\n\
         isolate_network=NO\nsecure_chroot_dir={root}/empty\nxferlog_enable=NO\nlocal_enable=NO\nanonymous_enable=YES\n\
         ftp_username=daemon\nanon_root={root}/home\nwrite_enable=YES\nsecure_email_list_enable=YES\n\
         email_password_file={root}/passwords\nanon_umask=022\nanon_upload_enable=YES\nanon_other_write_enable=YES\n\
         anon_world_readable_only=NO\nallow_anon_ssl=YES\nrequire_ssl_reuse=YES\nssl_ciphers=HIGH\nssl_enable=YES\n\
         force_anon_logins_ssl=YES\nforce_anon_data_ssl=YES\nrsa_cert_file={root}/certificate.pem\n\
         rsa_private_key_file={root}/key.pem\n"
    );
    fs::write(folder.join("vsftpd.conf"), config).expect("a file");
    let child = Command::new(VSFTPD).arg(folder.join("vsftpd.conf")).spawn();
    started(child.expect("vsftpd is installed"), port, drop)
}

fn write_certificate(folder: &Path) {
    let new_key = || KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // OpenSSL takes a certificate that names itself as its issuer for self-signed, whoever signed it.
    params.distinguished_name.push(DnType::CommonName, "bench authority");
    let authority = CertifiedIssuer::self_signed(params, new_key()).expect("an authority");
    let (params, key) = (CertificateParams::new(["localhost".to_owned()]).expect("a name"), new_key());
    let certificate = params.signed_by(&key, &authority).expect("a certificate");
    for (name, pem) in
        [("authority.pem", authority.pem()), ("certificate.pem", certificate.pem()), ("key.pem", key.serialize_pem())]
    {
        fs::write(folder.join(name), pem).expect("a file");
    }
}

fn started(child: Child, port: u16, drop: PathBuf) -> Server {
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        thread::sleep(Duration::from_millis(20));
    }
    Server { port, drop, child }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

pub fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().expect("it is installed");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    said
}
