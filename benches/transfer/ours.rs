//! Passerelle's part: this program, started again, does the work with the library.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use passerelle::transport::{Limit, Options, Session, Stop, handover};

use crate::clients::Work;
use crate::servers::run;

const OURS: &str = "--ours";
const UPLOAD: &str = "upload";
const DOWNLOAD: &str = "download";

pub fn command(work: Work, remote: &str, port: u16, names: &[String]) -> Command {
    let section = match work {
        Work::FtpsUpload => format!(
            "[ftp]\nhost = 'localhost'\nport = {port}\nuser = 'anonymous'\npassword = 'file:passwords'\npath = '{remote}'\n\
             encryption = 'explicit'\ntrust = {{ ca = 'authority.pem' }}"
        ),
        Work::SftpUpload | Work::SftpDownload => format!(
            "[sftp]\nhost = '127.0.0.1'\nport = {port}\nuser = 'root'\nkey = 'id'\npath = '{remote}'\nfingerprint = 'HOST'"
        ),
    };
    let mut command = Command::new(std::env::current_exe().expect("the system knows which program runs"));
    command.args([OURS, if work.is_upload() { UPLOAD } else { DOWNLOAD }, &section]).args(names);
    command
}

/// The part of the program that works; None when it was started for something else.
pub fn work() -> Option<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [first, way, section, names @ ..] = &arguments[..] else { return None };
    (first == OURS).then(|| {
        let fingerprint = fs::read_to_string("fingerprint").expect("it was written");
        let options: Options = toml::from_str(&section.replace("HOST", &fingerprint)).expect("our own options");
        let limit = Limit::new(Duration::from_secs(3600), &Stop::default());
        let mut session = options.connect(Path::new("."), &limit).unwrap_or_else(|error| panic!("{}", error.chain()));
        for name in names {
            let done = if way == UPLOAD { upload(&mut *session, name) } else { download(&mut *session, name) };
            done.unwrap_or_else(|error| panic!("{}", error.chain()));
        }
        ExitCode::SUCCESS
    })
}

fn upload(session: &mut dyn Session, name: &str) -> Result<(), passerelle::transport::Error> {
    let mut file = File::open(format!("files/{name}")).expect("it was written");
    let size = file.metadata().expect("it is open").len();
    handover::upload(session, "", name, &mut file, size)?;
    handover::publish(session, "", name).map(drop)
}

fn download(session: &mut dyn Session, name: &str) -> Result<(), passerelle::transport::Error> {
    session.fetch(name, &mut File::create(format!("got/{name}")).expect("a file")).map(drop)
}

pub fn remember_fingerprint(folder: &Path) {
    let shown = run("ssh-keygen", &["-l", "-f", &folder.join("host.pub").display().to_string()]);
    fs::write(folder.join("fingerprint"), shown.split_whitespace().nth(1).expect("it shows one")).expect("a file");
}
