//! The Debian package, made of the program under test: what it holds, what lintian says, and that it comes and goes cleanly.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use chrono::Utc;
use passerelle::profile::Document;
use passerelle::site::Site;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const SITE_FILE: &str = include_str!("../debian/passerelle.toml");

/// How `tests/package/install.sh` ends where it may not mount.
const NO_RIGHT: i32 = 77;

/// What `tests/package/install.sh` sees.
const SEEN: &str = "\
# installed
passerelle:/var/lib/passerelle:/usr/sbin/nologin
/etc/passerelle drwxr-x--- root:passerelle
/etc/passerelle/passerelle.toml -rw-r--r-- root:root
/etc/passerelle/credentials drwx------ root:root
passerelle
the sample ends with 4
# changed and installed again
# ours
/etc/passerelle drwxrwx--- root:passerelle
# removed
/etc/passerelle:
passerelle.toml

/var/lib/passerelle:
state.db
no program
# purged
";

#[test]
fn the_package_holds_what_a_server_needs() {
    let Some(package) = package() else { return };
    let contents = said(Command::new("dpkg-deb").arg("--contents").arg(package));
    for wanted in [
        "-rwxr-xr-x root/root ./usr/bin/passerelle",
        "-rw-r--r-- root/root ./etc/passerelle/passerelle.toml",
        "drwx------ root/root ./etc/passerelle/credentials/",
        "-rw-r--r-- root/root ./lib/systemd/system/passerelle.timer",
        "-rw-r--r-- root/root ./lib/systemd/system/passerelle@.service",
        "-rw-r--r-- root/root ./lib/systemd/system/passerelle-watch@.service",
        "-rw-r--r-- root/root ./lib/systemd/system/passerelle-failure@.service",
        "-rw-r--r-- root/root ./usr/lib/sysusers.d/passerelle.conf",
        "-rw-r--r-- root/root ./usr/share/man/man1/passerelle.1.gz",
        "-rw-r--r-- root/root ./usr/share/man/man1/passerelle-import.1.gz",
        "-rw-r--r-- root/root ./usr/share/man/man5/passerelle.toml.5.gz",
        "-rw-r--r-- root/root ./usr/share/bash-completion/completions/passerelle",
        "-rw-r--r-- root/root ./usr/share/fish/vendor_completions.d/passerelle.fish",
        "-rw-r--r-- root/root ./usr/share/zsh/vendor-completions/_passerelle",
        // The units name it.
        "-rw-r--r-- root/root ./usr/share/doc/passerelle/README.md",
        "-rw-r--r-- root/root ./usr/share/doc/passerelle/profiles/skillup.toml",
        "-rw-r--r-- root/root ./usr/share/doc/passerelle/examples/acme/passerelle.toml",
    ] {
        let (mode, path) = wanted.split_at("-rwxr-xr-x root/root".len());
        let found = contents.lines().any(|line| line.starts_with(mode) && line.ends_with(path));
        assert!(found, "{wanted} is not in\n{contents}");
    }
    let depends = said(Command::new("dpkg-deb").arg("--field").arg(package).arg("Depends"));
    let needed: Vec<&str> = depends.trim().split(", ").map(|one| one.split(' ').next().unwrap()).collect();
    assert!(
        needed
            .iter()
            .all(|name| name.starts_with("libc6") || name.starts_with("libgcc-s1") || name.starts_with("systemd")),
        "{depends}"
    );
}

#[test]
fn lintian_finds_no_fault() {
    let Some(package) = package() else { return };
    if !installed("lintian") {
        return;
    }
    let output = Command::new("lintian").args(["--allow-root", "--fail-on", "error,warning"]).arg(package).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", text(&output));
}

#[test]
fn its_scripts_are_understood_by_the_shell_of_the_system() {
    let Some(package) = package() else { return };
    let control = tempfile::tempdir().unwrap();
    said(Command::new("dpkg-deb").arg("--control").arg(package).arg(control.path()));
    for script in ["postinst", "prerm", "postrm"] {
        said(Command::new("sh").arg("-n").arg(control.path().join(script)));
    }
}

#[test]
fn it_is_installed_used_removed_and_purged() {
    let Some(package) = package() else { return };
    let script = Path::new(ROOT).join("tests/package/install.sh");
    let output = Command::new("unshare").args(["--mount", "sh"]).arg(script).arg(package).output().unwrap();
    let is_forbidden = output.status.code() == Some(NO_RIGHT) || text(&output).starts_with("unshare: ");
    if is_forbidden {
        skip("nothing can be mounted here, so the package was not installed");
        return;
    }
    assert_eq!(String::from_utf8_lossy(&output.stdout), SEEN, "{}", text(&output));
    assert!(output.status.success(), "{}", text(&output));
}

#[test]
fn the_site_file_of_the_package_is_read_as_it_is_and_without_its_comment_marks() {
    let all: String = SITE_FILE.lines().map(|line| without_mark(line).to_owned() + "\n").collect();
    for (text, exchanges) in [(SITE_FILE, 0), (&all, 2)] {
        let document = Document::new("passerelle.toml", text.to_owned());
        let site = Site::read(document, Path::new("")).unwrap_or_else(|complaints| panic!("{complaints}"));
        assert_eq!(site.exchanges(Utc::now()).len(), exchanges);
    }
}

/// `#key = …` is a line of the site, `# A sentence.` is none.
fn without_mark(line: &str) -> &str {
    line.strip_prefix('#').filter(|rest| !rest.is_empty() && !rest.starts_with(' ')).unwrap_or(line)
}

/// Made once for all tests. None where Debian's tools are not installed.
fn package() -> Option<&'static Path> {
    static PACKAGE: LazyLock<Option<(tempfile::TempDir, PathBuf)>> = LazyLock::new(|| {
        let tree = installed("dh").then(tree)?;
        let made = Command::new("debian/rules")
            .args(["binary", &format!("BINARY={}", env!("CARGO_BIN_EXE_passerelle"))])
            // A program for tests is large, and nobody will fetch it.
            .env("DPKG_DEB_COMPRESSOR_LEVEL", "0")
            .current_dir(tree.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", text(&made));
        let mut files = fs::read_dir(tree.path().join("target/debian")).unwrap().map(|entry| entry.unwrap().path());
        let package = files.next().expect("a package was made");
        Some((tree, package))
    });
    PACKAGE.as_ref().map(|(_, package)| package.as_path())
}

/// What the package is made of, in a folder of its own: the tools write beside it.
fn tree() -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    for name in ["profiles", "samples", "systemd"] {
        symlink(Path::new(ROOT).join(name), tree.path().join(name)).unwrap();
    }
    let copied = ["README.md", "debian"].map(|name| Path::new(ROOT).join(name));
    assert!(Command::new("cp").arg("-r").args(copied).arg(tree.path()).status().unwrap().success());
    tree
}

/// Where it is not, the test says so and ends, unless `PASSERELLE_ALL_SERVERS=1` asks for everything.
fn installed(program: &str) -> bool {
    let is_there = Command::new(program).arg("--version").output().is_ok();
    if !is_there {
        let required = std::env::var_os("PASSERELLE_ALL_SERVERS").is_some_and(|all| all == "1");
        assert!(!required, "{program} is not installed");
        skip(&format!("{program} is not installed, so the package was not looked at"));
    }
    is_there
}

/// Past the capture of the test's output: this must be seen when the test passes, too.
fn skip(why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", text(&output));
    text(&output)
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
