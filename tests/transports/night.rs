//! The sample's night, with OpenSSH and vsftpd in place of its directories: the partners receive the same files, and find
//! the same verdicts.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

use assert_cmd::Command;

use crate::openssh_server::{OpenSsh, SSHD, me};
use crate::process::installed;
use crate::vsftpd::{TLS, Vsftpd};

/// Files by their path in a folder. What tells one run from another is taken out of the texts.
type Files = BTreeMap<String, String>;

#[test]
fn a_night_on_real_servers_ends_as_a_night_on_directories() {
    if !installed(SSHD) {
        return;
    }
    let Some(formation) = Vsftpd::start(TLS) else { return };
    let skillup = OpenSsh::start("");
    let site = sample();
    let on_directories = run(site.path(), 4);
    let expected = ["skillup", "formation"].map(|server| files(&site.path().join(server)));

    let site = sample();
    move_to_server(&site.path().join("skillup"), &skillup.at("drop"));
    move_to_server(&site.path().join("formation"), &formation.drop_folder());
    name_servers(site.path(), &skillup, &formation);
    let on_servers = run(site.path(), 4);
    assert_eq!(files(&skillup.at("drop")), expected[0]);
    assert_eq!(files(&formation.drop_folder()), expected[1]);
    assert_eq!(outcomes(&on_servers), outcomes(&on_directories));

    let again = run(site.path(), 4);
    assert!(again.contains("delivered before, nothing was sent"), "{again}");
    assert_eq!(files(&skillup.at("drop")), expected[0]);
    assert_eq!(files(&formation.drop_folder()), expected[1]);
}

/// The sample company, in a folder of its own.
pub fn sample() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/acme"), folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}

/// The files of a server's folder now belong to whoever its server writes as.
fn move_to_server(from: &Path, to: &Path) {
    copy(from, to);
    fs::remove_dir_all(from).unwrap();
    give(to, fs::metadata(to).unwrap().uid());
}

fn give(path: &Path, owner: u32) {
    chown(path, Some(owner), None).unwrap();
    if path.is_dir() {
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
        fs::read_dir(path).unwrap().for_each(|entry| give(&entry.unwrap().path(), owner));
    }
}

fn name_servers(site: &Path, skillup: &OpenSsh, formation: &Vsftpd) {
    let file = site.join("passerelle.toml");
    let text = fs::read_to_string(&file).unwrap();
    let sftp = format!(
        "[server.skillup.sftp]\nhost = '127.0.0.1'\nport = {}\nuser = '{}'\nkey = '{}'\nknown-hosts = '{}'\npath = '{}'\n",
        skillup.port,
        me(),
        skillup.at("id").display(),
        skillup.at("known_hosts").display(),
        skillup.at("drop").display(),
    );
    let ftp = format!(
        "[server.formation.ftp]\nhost = 'localhost'\nport = {}\nuser = 'anonymous'\npassword = 'file:{base}/password'\n\
         encryption = 'explicit'\ntrust = {{ ca = '{base}/authority.pem' }}\npath = '/drop'\n",
        formation.port,
        base = formation.site.path().display(),
    );
    let text = text
        .replace("[server.skillup.directory]\npath = \"skillup\"\n", &sftp)
        .replace("[server.formation.directory]\npath = \"formation\"\n", &ftp);
    assert!(text.contains(&sftp) && text.contains(&ftp), "the sample names its servers otherwise");
    fs::write(file, text).unwrap();
}

fn run(site: &Path, expected: i32) -> String {
    let output = Command::cargo_bin("passerelle").unwrap().current_dir(site).arg("run").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(expected), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// What became of each file.
fn outcomes(said: &str) -> Vec<&str> {
    said.lines().filter(|line| line.contains(" — ")).collect()
}

fn files(folder: &Path) -> Files {
    let mut found = Files::new();
    collect(folder, folder, &mut found);
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Files) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
            continue;
        }
        let name = path.strip_prefix(root).unwrap().display().to_string();
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        let passing = ["Run ", "Exécution ", "  \"run\":", "  \"at\":"];
        let is_lasting = |line: &&str| !passing.iter().any(|start| line.starts_with(start));
        let lasting = text.lines().filter(is_lasting).collect::<Vec<_>>().join("\n");
        found.insert(name, lasting);
    }
}
