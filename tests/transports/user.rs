//! A user of the system, for servers that know no others.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::openssh_server::run;
use crate::place::may_start_as_root;
use crate::process::installed;

/// A user of the system with a password, who is gone after the test.
pub struct User {
    pub name: String,
}

impl User {
    pub const PASSWORD: &str = "correct horse";

    pub fn add() -> User {
        static ADDED: AtomicU32 = AtomicU32::new(0);
        let number = ADDED.fetch_add(1, Ordering::Relaxed);
        let user = User { name: format!("passerelle-test-{}-{number}", std::process::id()) };
        let added = sooner_or_later("useradd", &["--no-create-home", "--shell", "/bin/sh", &user.name]);
        assert!(added, "the user {} could not be added", user.name);
        let mut chpasswd = Command::new("chpasswd").stdin(Stdio::piped()).spawn().unwrap();
        writeln!(chpasswd.stdin.take().unwrap(), "{}:{}", user.name, User::PASSWORD).unwrap();
        assert!(chpasswd.wait().unwrap().success());
        user
    }

    /// None, and a word on that, where nobody can be added.
    pub fn try_to_add() -> Option<User> {
        if !installed("/usr/sbin/useradd") || !may_start_as_root("a server with a new user of the system") {
            return None;
        }
        Some(User::add())
    }

    pub fn id(&self) -> u32 {
        run("id", &["-u", &self.name]).trim().parse().unwrap()
    }
}

impl Drop for User {
    /// A user cannot be removed while the server still has a process that runs as it, a moment after the last session.
    fn drop(&mut self) {
        if !sooner_or_later("userdel", &[&self.name]) {
            eprintln!("LEFT BEHIND: the user {} could not be removed", self.name);
        }
    }
}

/// Other tests may hold the system's list of users at this moment.
fn sooner_or_later(program: &str, arguments: &[&str]) -> bool {
    (0..100).any(|_| {
        let done = Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success());
        if !done {
            std::thread::sleep(Duration::from_millis(50));
        }
        done
    })
}
